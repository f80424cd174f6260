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
    // E02 names
    // E03 types
    // E04 rules
    // E05 graph
    // E06 capability
    Unsupported = "E0601" "serve::capability::unsupported";
    PreviewNotAllowed = "E0602" "serve::capability::preview";
    EmulationNotAllowed = "E0603" "serve::capability::emulation";
    LimitedSupport = "E0604" "serve::capability::limited";
    // E07 target
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
    // E09 plan and apply
    StalePlan = "E0901" "serve::plan::stale";
    Protected = "E0902" "serve::plan::protected";
    BadPlanFile = "E0903" "serve::plan::file";
    ForeignPlan = "E0904" "serve::plan::foreign";
    PlanNotWritten = "E0905" "serve::plan::write";
    NotServed = "E0906" "serve::apply::not_served";
    DeletesAll = "E0907" "serve::plan::deletes_all";
}

impl Code {
    /// By `E0101` or by `serve::syntax::unexpected`, in any case.
    pub fn parse(text: &str) -> Option<Code> {
        Self::ALL.iter().copied().find(|c| c.id().eq_ignore_ascii_case(text) || c.name().eq_ignore_ascii_case(text))
    }
}
