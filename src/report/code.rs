//! Every diagnostic's code, its stable name and its page. One line a code; a page that is missing does not compile.

macro_rules! codes {
    ($($variant:ident = $id:literal $name:literal;)*) => {
        /// A diagnostic's code: `E0101`, with a name such as `serve::syntax::unexpected` that never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($variant),* }

        impl Code {
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];

            pub fn id(self) -> &'static str {
                match self { $(Code::$variant => $id),* }
            }

            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name),* }
            }

            /// The page that `servec explain` prints, in Markdown.
            pub fn page(self) -> &'static str {
                match self { $(Code::$variant => include_str!(concat!("../../docs/codes/", $id, ".md"))),* }
            }
        }
    };
}

codes! {
    // E00 the command line
    NoSuchPath = "E0001" "serve::command::no_such_path";
    Unwritable = "E0002" "serve::command::unwritable";
    AlreadyThere = "E0003" "serve::command::already_there";
    UnknownCode = "E0004" "serve::command::unknown_code";
    // E01 syntax
    Unexpected = "E0101" "serve::syntax::unexpected";
    Unclosed = "E0102" "serve::syntax::unclosed";
    UnterminatedString = "E0103" "serve::syntax::unterminated_string";
    SyntaxLimit = "E0104" "serve::syntax::limit";
    BadCharacter = "E0105" "serve::syntax::bad_character";
    BadNumber = "E0106" "serve::syntax::bad_number";
    UnknownDeclaration = "E0107" "serve::syntax::unknown_declaration";
    BadEscape = "E0108" "serve::syntax::bad_escape";
    ChainedComparison = "E0109" "serve::syntax::chained_comparison";
    // E02 names
    UnknownName = "E0201" "serve::names::unknown";
    DeclaredTwice = "E0202" "serve::names::declared_twice";
    UseCycle = "E0203" "serve::names::use_cycle";
    FileUnreadable = "E0204" "serve::names::file_unreadable";
    NotExported = "E0205" "serve::names::not_exported";
    UsedTwice = "E0206" "serve::names::used_twice";
    UnknownStd = "E0207" "serve::names::unknown_std";
    UnknownTarget = "E0208" "serve::names::unknown_target";
    UnknownStack = "E0209" "serve::names::unknown_stack";
    UnknownParam = "E0210" "serve::names::unknown_param";
    BadVars = "E0211" "serve::names::bad_vars";
    // E03 types
    Mismatch = "E0301" "serve::types::mismatch";
    MissingUnit = "E0302" "serve::types::missing_unit";
    UnknownUnit = "E0303" "serve::types::unknown_unit";
    UnlikeUnits = "E0304" "serve::types::unlike_units";
    OutOfRange = "E0305" "serve::types::out_of_range";
    UnknownField = "E0306" "serve::types::unknown_field";
    MissingField = "E0307" "serve::types::missing_field";
    GivenTwice = "E0308" "serve::types::given_twice";
    UnknownWord = "E0309" "serve::types::unknown_word";
    Arguments = "E0310" "serve::types::arguments";
    Misplaced = "E0311" "serve::types::misplaced";
    ConstantCycle = "E0312" "serve::types::constant_cycle";
    TooLong = "E0313" "serve::types::too_long";
    SecretInText = "E0314" "serve::types::secret_in_text";
    MissingParam = "E0315" "serve::types::missing_param";
    Overruled = "E0316" "serve::types::overruled";
    UnknownType = "E0320" "serve::types::unknown_type";
    TypeArguments = "E0321" "serve::types::type_arguments";
    UnknownDtype = "E0322" "serve::types::element_type";
    BadDims = "E0323" "serve::types::dims";
    TypeWord = "E0324" "serve::types::word";
    TypeUnion = "E0325" "serve::types::choice";
    TypeRecord = "E0326" "serve::types::record";
    NotData = "E0327" "serve::types::not_data";
    EdgeType = "E0330" "serve::pipeline::edge";
    SizeConflict = "E0331" "serve::pipeline::size_conflict";
    TooManyArguments = "E0332" "serve::pipeline::too_many_arguments";
    UnknownArgument = "E0333" "serve::pipeline::unknown_argument";
    MissingArgument = "E0334" "serve::pipeline::missing_argument";
    ArgumentTwice = "E0335" "serve::pipeline::argument_twice";
    NotCallable = "E0336" "serve::pipeline::not_callable";
    NotDataflow = "E0337" "serve::pipeline::not_dataflow";
    UnknownValue = "E0338" "serve::pipeline::unknown_value";
    PickOutput = "E0339" "serve::pipeline::pick_output";
    UnknownOutput = "E0340" "serve::pipeline::unknown_output";
    SingleOutput = "E0341" "serve::pipeline::single_output";
    OutputType = "E0342" "serve::pipeline::output_type";
    ValueTwice = "E0343" "serve::pipeline::value_twice";
    ShadowsInput = "E0344" "serve::pipeline::shadows_input";
    NoOutputs = "E0345" "serve::pipeline::no_outputs";
    PipelinePort = "E0346" "serve::pipeline::port";
    UnusedValue = "E0347" "serve::pipeline::unused";
    PipelineEntry = "E0348" "serve::pipeline::entry";
    DimParameter = "E0349" "serve::pipeline::dim_parameter";
    ParameterFlows = "E0350" "serve::pipeline::parameter_flows";
    NotAValue = "E0351" "serve::pipeline::not_a_value";
    ArtifactUnreadable = "E0352" "serve::artifact::unreadable";
    ArtifactPort = "E0353" "serve::artifact::port";
    ArtifactType = "E0354" "serve::artifact::port_type";
    ArtifactKind = "E0355" "serve::artifact::port_kind";
    // E04 rules
    ReversedRange = "E0401" "serve::rules::reversed_range";
    NoReplica = "E0402" "serve::rules::no_replica";
    TrackedTwice = "E0403" "serve::rules::tracked_twice";
    BadSchedule = "E0404" "serve::rules::bad_schedule";
    ScheduleBeyondScale = "E0405" "serve::rules::schedule_beyond_scale";
    NoTime = "E0406" "serve::rules::no_time";
    TimeoutTooShort = "E0407" "serve::rules::timeout_too_short";
    VariantTwice = "E0408" "serve::rules::variant_twice";
    NobodyAnswers = "E0409" "serve::rules::nobody_answers";
    ShadowWeight = "E0410" "serve::rules::shadow_weight";
    NotAShare = "E0411" "serve::rules::not_a_share";
    SloReversed = "E0412" "serve::rules::slo_reversed";
    ColdStart = "E0413" "serve::rules::cold_start";
    NegativeTolerance = "E0414" "serve::rules::negative_tolerance";
    NoConcurrency = "E0415" "serve::rules::no_concurrency";
    NoBatch = "E0416" "serve::rules::no_batch";
    NoAccelerator = "E0417" "serve::rules::no_accelerator";
    NoPorts = "E0418" "serve::rules::no_ports";
    SmallPool = "E0419" "serve::rules::small_pool";
    FrameworkAndImage = "E0420" "serve::rules::framework_and_image";
    MembersTwice = "E0421" "serve::rules::members_twice";
    NoFile = "E0422" "serve::rules::no_file";
    DeployedTwice = "E0423" "serve::rules::deployed_twice";
    NotDeployable = "E0424" "serve::rules::not_deployable";
    EmptyStack = "E0425" "serve::rules::empty_stack";
    PolicyBroken = "E0426" "serve::rules::policy_broken";
    StillThere = "E0427" "serve::rules::still_there";
    MovedTwice = "E0428" "serve::rules::moved_twice";
    MixedFrameworks = "E0429" "serve::rules::mixed_frameworks";
    VariantsDiffer = "E0430" "serve::rules::variants_differ";
    QueueTooLong = "E0431" "serve::rules::queue";
    CoarseMetric = "E0432" "serve::rules::coarse_metric";
    SharedThreshold = "E0433" "serve::rules::shared_threshold";
    WeightsTooLarge = "E0434" "serve::rules::accelerator_memory";
    UnlikeMember = "E0435" "serve::rules::unlike_member";
    ColdTail = "E0436" "serve::rules::cold_tail";
    PipelineTooSlow = "E0437" "serve::rules::pipeline_timeout";
    UnknownMetric = "E0438" "serve::rules::unknown_metric";
    MetricTarget = "E0439" "serve::rules::metric_target";
    OverBudget = "E0440" "serve::rules::over_budget";
    MayExceedBudget = "E0441" "serve::rules::may_exceed_budget";
    WorkerTooSmall = "E0442" "serve::rules::worker_memory";
    ServedByNone = "E0443" "serve::rules::served_by_none";
    ReservedEnvironment = "E0446" "serve::rules::reserved_environment";
    SloBelowLatency = "E0448" "serve::rules::slo_below_latency";
    // E05 graph
    PipelineCycle = "E0501" "serve::graph::pipeline_cycle";
    DependencyCycle = "E0502" "serve::graph::dependency_cycle";
    // E06 capability
    Unsupported = "E0601" "serve::capability::unsupported";
    PreviewNotAllowed = "E0602" "serve::capability::preview";
    EmulationNotAllowed = "E0603" "serve::capability::emulation";
    LimitedSupport = "E0604" "serve::capability::limited";
    ModeRefused = "E0605" "serve::capability::mode";
    ScaleToZeroRefused = "E0606" "serve::capability::scale_to_zero";
    ScaleRefused = "E0607" "serve::capability::scale";
    MetricRefused = "E0608" "serve::capability::metric";
    ShapeRefused = "E0609" "serve::capability::shape";
    PoolRefused = "E0610" "serve::capability::pool";
    FrameworkRefused = "E0611" "serve::capability::framework";
    ArtifactRefused = "E0612" "serve::capability::artifact";
    HandlerRefused = "E0613" "serve::capability::handler";
    HardwareRefused = "E0614" "serve::capability::hardware";
    VariantsRefused = "E0615" "serve::capability::variants";
    RolloutRefused = "E0616" "serve::capability::rollout";
    AccessRefused = "E0617" "serve::capability::access";
    UnknownRegion = "E0618" "serve::capability::region";
    BadTable = "E0619" "serve::capability::table";
    NoMachineFits = "E0620" "serve::capability::no_machine_fits";
    UnknownMachine = "E0621" "serve::capability::unknown_machine";
    NotOffered = "E0622" "serve::capability::not_offered";
    MoreAccelerators = "E0623" "serve::capability::more_accelerators";
    NoImage = "E0624" "serve::capability::no_image";
    BadPrices = "E0625" "serve::capability::bad_prices";
    PayloadLimit = "E0630" "serve::limits::payload";
    TimeLimit = "E0631" "serve::limits::timeout";
    StartLimit = "E0632" "serve::limits::start";
    MemoryStep = "E0633" "serve::limits::serverless_memory";
    ConcurrencyLimit = "E0634" "serve::limits::concurrency";
    ArtifactLimit = "E0635" "serve::limits::artifact";
    ContainerLimit = "E0636" "serve::limits::containers";
    VariantLimit = "E0637" "serve::limits::variants";
    NameLimit = "E0638" "serve::limits::name";
    EnvironmentLimit = "E0639" "serve::limits::environment";
    DiskLimit = "E0640" "serve::limits::disk";
    ReplicaLimit = "E0641" "serve::limits::replicas";
    RolloutLimit = "E0642" "serve::limits::rollout";
    CooldownLimit = "E0643" "serve::limits::cooldown";
    UnsureLimit = "E0644" "serve::limits::unsure";
    NotTogether = "E0645" "serve::capability::together";
    TagLimit = "E0646" "serve::limits::tags";
    // E07 target
    NotEmitted = "E0701" "serve::target::not_emitted";
    // E08 live
    StackLocked = "E0801" "serve::live::locked";
    StartFailed = "E0802" "serve::live::start_failed";
    DataFolder = "E0803" "serve::live::data_folder";
    ArtifactChanged = "E0804" "serve::live::artifact_changed";
    NotAsAsked = "E0805" "serve::live::not_as_asked";
    NotRunning = "E0806" "serve::live::not_running";
    CallFailed = "E0807" "serve::live::call_failed";
    SampleDiffers = "E0808" "serve::live::sample_differs";
    NoSample = "E0809" "serve::live::no_sample";
    NotStopped = "E0810" "serve::live::not_stopped";
    NotLocal = "E0811" "serve::live::not_local";
    NotConfirmed = "E0812" "serve::live::not_confirmed";
    WhichStack = "E0813" "serve::live::which_stack";
    Drifted = "E0814" "serve::live::drifted";
    NoCredential = "E0860" "serve::live::no_credential";
    PlatformDenied = "E0861" "serve::live::denied";
    PlatformNotFound = "E0862" "serve::live::not_found";
    PlatformQuota = "E0863" "serve::live::quota";
    PlatformRefused = "E0864" "serve::live::refused";
    OperationFailed = "E0865" "serve::live::operation_failed";
    PlatformUnreachable = "E0866" "serve::live::unreachable";
    Foreign = "E0867" "serve::live::foreign";
    TakenBack = "E0868" "serve::live::taken_back";
    // E09 plan and apply
    StalePlan = "E0901" "serve::plan::stale";
    Protected = "E0902" "serve::plan::protected";
    BadPlanFile = "E0903" "serve::plan::file";
    ForeignPlan = "E0904" "serve::plan::foreign";
    PlanNotWritten = "E0905" "serve::plan::write";
    NotServed = "E0906" "serve::apply::not_served";
    DeletesAll = "E0907" "serve::plan::deletes_all";
    // What one platform refuses when it is asked, and its tables don't say
    ImageOutside = "E0960" "serve::aws::image_outside";
    StepsApart = "E0961" "serve::aws::steps_apart";
    EnvironmentsDiffer = "E0962" "serve::aws::environments_differ";
    ScheduleBoth = "E0964" "serve::aws::schedule_both";
    StepsMeet = "E0965" "serve::aws::steps_meet";
    AlarmTooLong = "E0966" "serve::aws::alarm_too_long";
    NotAnAwsName = "E0967" "serve::aws::name";
    BadTag = "E0968" "serve::aws::tag";
    MembersUnknown = "E0969" "serve::aws::members_unknown";
    NotOneServer = "E0980" "serve::target::one_server";
    NotALabel = "E0981" "serve::target::label";
    WrongForm = "E0982" "serve::target::form";
    NoStore = "E0990" "serve::cluster::no_store";
    NotAName = "E0991" "serve::cluster::not_a_name";
    NotScaledSo = "E0992" "serve::cluster::not_scaled_so";
    NeedsGraph = "E0993" "serve::cluster::needs_graph";
    NoQueue = "E0994" "serve::cluster::no_queue";
    NotPooledSo = "E0995" "serve::cluster::not_pooled_so";
    OneContainer = "E0996" "serve::cluster::one_container";
}

impl Code {
    /// The page's title, without the code.
    pub fn title(self) -> &'static str {
        let first = self.page().lines().next().unwrap_or("");
        first.split_once(": ").map_or(self.name(), |(_, title)| title)
    }

    /// By `E0101` or by `serve::syntax::unexpected`, in any case.
    pub fn parse(text: &str) -> Option<Code> {
        Self::ALL.iter().copied().find(|c| c.id().eq_ignore_ascii_case(text) || c.name().eq_ignore_ascii_case(text))
    }
}
