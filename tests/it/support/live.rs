//! A data folder whose processes end with the test.

use camino::{Utf8Path, Utf8PathBuf};
use servec::capability::fit;
use servec::report::Sink;
use servec::resource::{Address, Desired};
use servec::stack::Stack;
use servec::target::local::{Here, Local, Runtime};
use servec::target::{Emitter as _, Place, Progress, Target as _};

use super::{onnx, stacks};

/// Says nothing.
pub struct Quiet;

impl Progress for Quiet {
    fn say(&self, _: &Address, _: &str) {}
}

/// The model server inside the built `servec`.
pub fn runtime() -> Runtime {
    Runtime { program: env!("CARGO_BIN_EXE_servec").into(), arguments: vec!["serve-runtime".into()] }
}

/// A folder for one test, with models in it.
pub struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.folder.path()).unwrap()
    }

    pub fn data(&self) -> Utf8PathBuf {
        self.path().join(".servec")
    }

    pub fn here(&self) -> Here {
        self.here_with(runtime())
    }

    pub fn here_with(&self, runtime: Runtime) -> Here {
        let place = Place {
            data: self.data(),
            stack: "dev".to_owned(),
            settings: Default::default(),
            command: "apply".to_owned(),
        };
        Here::new(&place, runtime).unwrap()
    }

    /// `endpoint score` of a model that adds the bias.
    pub fn stack(&self, file: &str, bias: [f32; 2]) -> Stack {
        let (path, bytes) = (self.path().join(file), onnx::add(bias));
        std::fs::write(&path, &bytes).unwrap();
        let sha256 = hex(&bytes);
        let model = stacks::model("adder", &path, &sha256, bytes.len() as u64);
        stacks::stack(vec![stacks::endpoint("score", "adder")], vec![model])
    }
}

/// Every process that a test started names a file in the test's folder.
impl Drop for Bench {
    fn drop(&mut self) {
        for pid in processes(self.path()) {
            let _ = std::process::Command::new("kill").args(["-9", &pid.to_string()]).status();
        }
    }
}

/// Processes of the model server that work in this folder.
pub fn processes(folder: &Utf8Path) -> Vec<u32> {
    let mut found = vec![];
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        if line.contains("--token") && line.contains(folder.as_str()) {
            found.push(pid);
        }
    }
    found
}

pub fn lowered(stack: &Stack) -> Desired {
    let dag = stacks::dag();
    Local.lower(&fit(stack, &dag, Local.table(), &mut Sink::default()).unwrap())
}

fn hex(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}
