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
    // E03 types
    UnknownType = "E0320" "serve::types::unknown_type";
    TypeArguments = "E0321" "serve::types::arguments";
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
    // E05 graph
    PipelineCycle = "E0501" "serve::graph::pipeline_cycle";
    DependencyCycle = "E0502" "serve::graph::dependency_cycle";
    // E06 capability
    // E07 target
    // E08 live
    // E09 plan and apply
}

impl Code {
    /// By `E0101` or by `serve::syntax::unexpected`, in any case.
    pub fn parse(text: &str) -> Option<Code> {
        Self::ALL.iter().copied().find(|c| c.id().eq_ignore_ascii_case(text) || c.name().eq_ignore_ascii_case(text))
    }
}
