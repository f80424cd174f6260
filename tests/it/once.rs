//! How often a compile reads the files beside the program.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use servec::compile::{Options, compile_with};
use servec::files::{Contents, Files, Nothing, Overlay};

/// Counts how often each file is hashed.
struct Counted {
    files: Overlay<Nothing>,
    hashed: RefCell<BTreeMap<Utf8PathBuf, usize>>,
}

impl Files for Counted {
    fn read(&self, path: &Utf8Path) -> io::Result<String> {
        self.files.read(path)
    }

    fn list(&self, folder: &Utf8Path) -> io::Result<Vec<Utf8PathBuf>> {
        self.files.list(folder)
    }

    fn is_folder(&self, path: &Utf8Path) -> bool {
        self.files.is_folder(path)
    }

    fn digest(&self, path: &Utf8Path) -> io::Result<(u64, String)> {
        *self.hashed.borrow_mut().entry(path.to_owned()).or_default() += 1;
        self.files.digest(path)
    }

    fn open(&self, path: &Utf8Path) -> io::Result<Box<dyn Contents>> {
        self.files.open(path)
    }
}

/// Twenty models of one file, deployed by two stacks, with one sample for all.
#[test]
fn each_file_is_hashed_once_however_often_it_is_named() {
    let mut text = String::new();
    for n in 0..20 {
        text.push_str(&format!(
            r#"
model m{n} {{
  framework = onnx("1.20")
  artifact  = "{}weights.bin"
  input  x: tensor<f32>[1]
  output y: tensor<f32>[1]
}}
endpoint e{n} {{
  serve  = m{n}
  mode   = realtime {{ timeout = 5s }}
  sample {{ request = "./request.json" }}
}}
"#,
            if n % 2 == 0 { "./" } else { "" }
        ));
    }
    let names: Vec<String> = (0..20).map(|n| format!("e{n}")).collect();
    for stack in ["one", "two"] {
        text.push_str(&format!("stack {stack} on local {{ deploy {} }}\n", names.join(", ")));
    }
    let texts = [("main.serve", text.as_str()), ("weights.bin", "w"), ("request.json", "{}")];
    let texts = texts.into_iter().map(|(path, text)| (path.into(), text.to_owned())).collect();
    let files = Counted { files: Overlay { texts, below: Nothing }, hashed: RefCell::default() };
    let compiled = compile_with(Utf8Path::new("main.serve"), &Options::default(), &files);
    assert!(!compiled.failed, "{:?}", compiled.diagnostics);
    assert_eq!(compiled.stacks.len(), 2);
    let hashed: Vec<(String, usize)> = files.hashed.take().into_iter().map(|(p, n)| (p.into_string(), n)).collect();
    assert_eq!(hashed, [("request.json".to_owned(), 1), ("weights.bin".to_owned(), 1)]);
}
