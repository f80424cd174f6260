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
    // E03 types
    // E04 rules
    // E05 graph
    // E06 capability
    // E07 target
    // E08 live
    // E09 plan and apply
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
