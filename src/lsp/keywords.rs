//! Words of the language that no schema has: what declares, what stands in any block, and types. With a text to start from.

/// A word that begins a declaration.
#[derive(Debug, Clone, Copy)]
pub struct Declaration {
    pub word: &'static str,
    pub about: &'static str,
    /// In the notation of the protocol's snippets.
    pub snippet: &'static str,
}

pub const DECLARATIONS: &[Declaration] = &[
    Declaration {
        word: "use",
        about: "brings names in from another file, or from the standard library",
        snippet: "use ${1:std/images}.{$0}",
    },
    Declaration {
        word: "param",
        about: "an input of the program, given with `--set`, in a stack's `with`, or by its default",
        snippet: "param ${1:name}: ${2:string} = $0",
    },
    Declaration { word: "let", about: "a constant", snippet: "let ${1:name} = $0" },
    Declaration {
        word: "model",
        about: "one servable artifact or container",
        snippet: "model ${1:name} {\n  framework = ${2:onnx(\"1.20\")}\n  artifact  = \"${3:./models/model.onnx}\"\n  $0\n}",
    },
    Declaration {
        word: "transform",
        about: "a typed step before or after a model",
        snippet: "transform ${1:name} {\n  input  ${2:x}: ${3:bytes}\n  output ${4:y}: ${5:bytes}\n  handler = $0\n}",
    },
    Declaration {
        word: "pipeline",
        about: "a typed graph of calls",
        snippet: "pipeline ${1:name} {\n  input ${2:x}: ${3:bytes}\n  output ${4:y} = $0\n}",
    },
    Declaration {
        word: "pool",
        about: "many models that share hardware",
        snippet: "pool ${1:name} {\n  members = [$0]\n}",
    },
    Declaration { word: "endpoint", about: "a stable address", snippet: "endpoint ${1:name} {\n  serve = $0\n}" },
    Declaration {
        word: "job",
        about: "batch prediction over a data set",
        snippet: "job ${1:name} {\n  run  = ${2:model}\n  mode = batch { input = \"${3:s3://bucket/in/}\", output = \"${4:s3://bucket/out/}\" }\n}",
    },
    Declaration {
        word: "stack",
        about: "what `plan` and `apply` address: what is deployed, and on which target",
        snippet: "stack ${1:name} on ${2:local} {\n  deploy $0\n}",
    },
    Declaration {
        word: "policy",
        about: "an assertion over every stack",
        snippet: "policy ${1:name} {\n  require = [for e in endpoints: $0]\n  message = \"${2:what is wrong}\"\n}",
    },
    Declaration {
        word: "moved",
        about: "says that a thing is the same under a new name",
        snippet: "moved ${1:old} -> ${2:new}",
    },
];

/// Words that begin an entry, or stand in an expression.
pub const ENTRIES: &[(&str, &str)] = &[
    ("input", "what callers send, or what a step takes"),
    ("output", "what callers get, or what a step gives"),
    ("param", "a constant that each call may give"),
    ("deploy", "what the stack serves, with changes for this stack alone in braces"),
    ("with", "a copy with some fields changed; in a stack, values of parameters"),
    ("if", "`if CONDITION then VALUE else VALUE`"),
    ("for", "`[for x in xs if CONDITION: VALUE]`"),
    ("from", "the artifact's own name of this port"),
    ("true", "yes"),
    ("false", "no"),
];

/// Types by their word, with what stands behind it.
pub const TYPES: &[(&str, &str, &str)] = &[
    ("bool", "bool", "`true` or `false`"),
    ("int", "int", "a whole number"),
    ("float", "float", "a number"),
    ("string", "string", "text in quotes"),
    ("duration", "duration", "a time such as `60s`"),
    ("size", "size", "an amount of memory such as `16GiB`"),
    ("percent", "percent", "a share such as `10%`"),
    ("rate", "rate", "events a time such as `50/s`"),
    ("money", "money", "an amount such as `4000 USD/month`"),
    ("range", "range<${1:int}>", "`1..20`"),
    ("uri", "uri<${1:s3}>", "an address of some scheme"),
    ("image", "image<${1:jpeg}>", "an encoded photo"),
    ("audio", "audio<${1:wav}>", "encoded sound"),
    ("text", "text", "UTF-8 text"),
    ("bytes", "bytes", "any bytes"),
    ("json", "json", "a JSON document"),
    ("list", "list<${1:int}>", "many of one type"),
    ("tensor", "tensor<${1:f32}>[${2:batch}]", "numbers in some dims"),
];

pub fn declaration(word: &str) -> Option<&'static Declaration> {
    DECLARATIONS.iter().find(|d| d.word == word)
}

pub fn entry(word: &str) -> Option<&'static str> {
    ENTRIES.iter().find(|(w, _)| *w == word).map(|(_, about)| *about)
}

pub fn type_doc(word: &str) -> Option<&'static str> {
    TYPES.iter().find(|(w, ..)| *w == word).map(|(.., about)| *about)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The checker has the list of types; here is only what to say about each.
    #[test]
    fn every_type_here_is_one_of_the_checker_s() {
        for (word, ..) in TYPES {
            assert!(crate::check::types::names().any(|name| name == *word), "{word}");
        }
    }

    #[test]
    fn every_declaration_of_the_language_is_here() {
        use crate::check::schema::decl_word;
        use crate::syntax::ast::DeclKind;
        let kinds = [
            DeclKind::Model,
            DeclKind::Transform,
            DeclKind::Pipeline,
            DeclKind::Pool,
            DeclKind::Endpoint,
            DeclKind::Job,
            DeclKind::Stack,
            DeclKind::Policy,
        ];
        for kind in kinds {
            assert!(declaration(decl_word(kind)).is_some(), "{kind:?}");
        }
    }
}
