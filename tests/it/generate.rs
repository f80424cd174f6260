//! Random programs that are correct in form: every production of the grammar, with the blanks, line breaks, comments and
//! trailing commas that people write. Names mean nothing; the same seed gives the same text.

pub use crate::random::Random;

/// A program of about `size` declarations.
pub fn program(seed: u64, size: usize) -> String {
    let mut writer = Writer { random: Random::new(seed), out: String::new(), depth: 0 };
    for _ in 0..size.max(1) {
        writer.gap();
        writer.item();
        writer.end_of_line();
    }
    writer.out
}

const NAMES: &[&str] =
    &["a", "model", "input", "on", "deploy", "param", "max_size", "X9", "_y", "for_each", "use", "let"];
const WORDS: &[&str] =
    &["detector", "search", "small", "gpu", "realtime", "on", "off", "true", "false", "photo_search"];
const NUMBERS: &[&str] =
    &["0", "42", "1_000", "1.5", "60s", "18ms", "16GiB", "10%", "50/s", "4000 USD/month", "1e-3", "12 EUR"];
const STRINGS: &[&str] =
    &["\"\"", "\"s3://b/x\"", "\"// no comment\"", "\"a \\\"b\\\" \\u{1F600}\\n\"", "\"größe\"", "\"{ [ (\""];

struct Writer {
    random: Random,
    out: String,
    depth: usize,
}

impl Writer {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn choose(&mut self, from: &[&'static str]) {
        let text = self.random.pick(from);
        self.put(text);
    }

    /// A blank, sometimes several.
    fn blank(&mut self) {
        let text = self.random.pick(&[" ", " ", " ", " ", "  ", "\t", "     "]);
        self.put(text);
    }

    /// Perhaps a blank.
    fn maybe(&mut self) {
        let text = self.random.pick(&["", "", " ", "  "]);
        self.put(text);
    }

    fn end_of_line(&mut self) {
        let text = self.random.pick(&["\n", "\n", "\n", "\r\n", "  \n", " // why\n", "// tight\n", "   //\n"]);
        self.put(text);
    }

    /// Blank lines and comment lines.
    fn gap(&mut self) {
        while self.random.once_in(3) {
            let text = self.random.pick(&["\n", "\n\n", "// a note\n", "  // deeper\n", "/// what it is\n", "////\n"]);
            self.put(text);
        }
    }

    /// Where the grammar allows a line break.
    fn maybe_break(&mut self) {
        if self.random.once_in(6) {
            self.end_of_line();
            self.gap();
        }
        self.maybe();
    }

    fn name(&mut self) {
        self.choose(NAMES);
    }

    fn item(&mut self) {
        match self.random.below(14) {
            0 => self.use_item(),
            1 | 2 => self.param(),
            3 => {
                self.put("let ");
                self.name();
                if self.random.once_in(2) {
                    self.maybe();
                    self.put(":");
                    self.maybe();
                    self.ty();
                }
                self.equals();
            }
            4 => {
                self.put("moved ");
                self.name();
                self.put(" -> ");
                self.name();
            }
            _ => self.decl(),
        }
    }

    fn use_item(&mut self) {
        self.put("use ");
        self.choose(&["std/images", "std/a/b", "\"./x.serve\""]);
        self.put(".");
        self.separated("{", "}", |w| {
            w.choose(WORDS);
            if w.random.once_in(3) {
                w.put(" as ");
                w.name();
            }
        });
    }

    /// One or more between brackets, by commas.
    fn separated(&mut self, open: &str, close: &str, each: impl Fn(&mut Self)) {
        self.put(open);
        self.maybe_break();
        for index in 0..1 + self.random.below(3) {
            if index > 0 {
                self.maybe_break();
                self.put(",");
                self.maybe_break();
            }
            each(self);
        }
        if open != "<" && self.random.once_in(5) {
            self.put(",");
        }
        self.maybe_break();
        self.put(close);
    }

    fn param(&mut self) {
        self.put("param ");
        self.choose(&["stage", "bucket", "on", "x"]);
        self.maybe();
        self.put(":");
        self.maybe();
        self.ty();
        if self.random.once_in(2) {
            self.maybe();
            self.put("=");
            self.maybe();
            self.choose(STRINGS);
            if self.random.once_in(3) {
                self.put(" { secret = true }");
            }
        }
    }

    fn decl(&mut self) {
        let kind = self.random.pick(&["model", "transform", "pipeline", "pool", "endpoint", "job", "stack", "policy"]);
        self.put(kind);
        self.blank();
        self.name();
        if kind == "stack" {
            self.put(" on ");
            self.choose(&["local", "sagemaker", "vertex"]);
        }
        self.maybe();
        self.block();
    }

    fn equals(&mut self) {
        self.maybe();
        self.put("=");
        self.maybe();
        self.expr();
    }

    fn block(&mut self) {
        self.depth += 1;
        self.put("{");
        let entries = if self.depth > 4 { 0 } else { self.random.below(5) };
        let lines = self.random.once_in(2);
        for index in 0..entries {
            match lines {
                true => {
                    if index > 0 && self.random.once_in(6) {
                        self.put(",");
                    }
                    self.end_of_line();
                    self.gap();
                }
                false if index > 0 => self.put(", "),
                false => {}
            }
            self.maybe();
            self.entry();
        }
        if lines {
            self.end_of_line();
            self.gap();
        }
        self.maybe();
        self.put("}");
        self.depth -= 1;
    }

    fn entry(&mut self) {
        match self.random.below(12) {
            0 | 1 => {
                // `model` with a name at the start of a line would start a declaration.
                let kind = self.random.pick(&["variant", "slo", "track", "with", "model"]);
                self.put(kind);
                if kind != "model" && self.random.once_in(2) {
                    self.put(" stable");
                }
                self.maybe();
                self.block();
            }
            2 | 3 => self.port(),
            4 => self.param(),
            5 => self.deploy(),
            _ => {
                self.name();
                self.equals();
            }
        }
    }

    fn port(&mut self) {
        let output = self.random.once_in(2);
        self.put(if output { "output " } else { "input  " });
        self.choose(&["pixels", "x", "on", "from"]);
        let typed = !output || self.random.once_in(2);
        if typed {
            self.maybe();
            self.put(":");
            self.maybe();
            self.ty();
            if self.random.once_in(4) {
                self.put(" from \"images:0\"");
            }
        }
        if output && (!typed || self.random.once_in(3)) {
            self.equals();
        }
    }

    fn deploy(&mut self) {
        self.put("deploy ");
        self.choose(WORDS);
        match self.random.below(3) {
            0 => {
                self.maybe();
                self.block();
            }
            1 => {
                for _ in 0..self.random.below(3) {
                    let text = if self.random.once_in(4) { ",\n" } else { ", " };
                    self.put(text);
                    self.choose(&["tags", "shops", "nightly"]);
                }
            }
            _ => {}
        }
    }

    fn ty(&mut self) {
        self.depth += 1;
        let choice = if self.depth > 5 { 0 } else { self.random.below(8) };
        match choice {
            0 | 1 => self.choose(&["int", "duration", "image<jpeg>", "uri<s3 | gs>", "tensor<f32>[batch, 3, ?]"]),
            2 => self.choose(&["\"dev\" | \"prod\"", "\"a\"|\"b\"|\"c\"", "1 | 2", "\"a\" |\n  \"b\""]),
            3 => {
                self.put("tensor");
                self.separated("<", ">", |w| w.choose(&["f32", "nchw", "i64"]));
                self.separated("[", "]", |w| w.choose(&["batch", "3", "?", "640"]));
            }
            4 => {
                self.put("{ a: ");
                self.ty();
                let text = if self.random.once_in(2) { ", b: string }" } else { "\n b: string\n}" };
                self.put(text);
            }
            5 => {
                self.put("list");
                self.separated("<", ">", Self::ty);
            }
            _ => self.choose(WORDS),
        }
        self.depth -= 1;
    }

    fn expr(&mut self) {
        self.depth += 1;
        let choice = if self.depth > 5 { 9 } else { self.random.below(14) };
        match choice {
            0 => {
                self.put("if ");
                self.expr();
                self.break_or_blank();
                self.put("then ");
                self.expr();
                self.break_or_blank();
                self.put("else ");
                self.expr();
            }
            1 => {
                self.operand();
                self.put("..");
                self.choose(&["20", "limit", "(1 + 2)", "8 + n", "f(x)"]);
                if self.random.once_in(2) {
                    self.maybe();
                    self.block();
                }
            }
            2 | 3 => {
                self.operand();
                for _ in 0..1 + self.random.below(2) {
                    let op = self.random.pick(&[" + ", " - ", "*", " / ", " && ", "||", " +\n  ", " && // why\n"]);
                    self.put(op);
                    self.operand();
                }
            }
            4 => {
                self.operand();
                let op = self.random.pick(&[" == ", "!=", " < ", " <= ", " > ", " >= "]);
                self.put(op);
                self.operand();
            }
            _ => self.operand(),
        }
        self.depth -= 1;
    }

    fn break_or_blank(&mut self) {
        let text = if self.random.once_in(5) { "\n" } else { " " };
        self.put(text);
    }

    fn operand(&mut self) {
        self.depth += 1;
        if self.random.once_in(12) {
            self.choose(&["-", "!", "- ", "!!"]);
        }
        let choice = if self.depth > 6 { self.random.below(3) } else { self.random.below(12) };
        match choice {
            0 => self.choose(NUMBERS),
            1 => self.choose(STRINGS),
            2 => self.choose(WORDS),
            3 => self.separated("[", "]", Self::expr),
            4 => self.comprehension(),
            5 => self.block(),
            6 => {
                self.choose(WORDS);
                self.maybe();
                self.block();
            }
            7 => {
                self.put("(");
                self.maybe_break();
                self.expr();
                self.maybe_break();
                self.put(")");
            }
            8 => self.choose(&["[]", "f()", "\"${bucket}/x\"", "\"${a + f(b, c: \"d\")}-${ e.g }\""]),
            _ => {
                self.choose(&["f", "onnx", "resize"]);
                self.separated("(", ")", Self::argument);
            }
        }
        while self.random.once_in(8) {
            self.choose(&[".size", ".on", "(x)", " with { a = 1 }", " with {\n a = 1\n b = 2\n}"]);
        }
        self.depth -= 1;
    }

    fn argument(&mut self) {
        if self.random.once_in(3) {
            self.name();
            self.maybe();
            self.put(":");
            self.maybe();
        }
        self.expr();
    }

    fn comprehension(&mut self) {
        self.put("[");
        self.maybe_break();
        self.put("for x in ");
        self.operand();
        if self.random.once_in(2) {
            self.break_or_blank();
            self.put("if x > 1");
        }
        self.maybe();
        self.put(":");
        self.maybe_break();
        self.expr();
        self.maybe_break();
        self.put("]");
    }
}
