//! A program of one real model in a folder of its own, and the built `servec` in it.

use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};

use super::live::processes;
use super::onnx;

/// `y = x + bias`, called with `[[1, 2]]`.
pub const MAIN: &str = r#"model adder {
  framework = onnx("1.20")
  artifact  = "./m.onnx"
  input  x: tensor<f32>[batch, 2]
  output y: tensor<f32>[batch, 2]
}

endpoint score {
  serve  = adder
  mode   = realtime { timeout = 5s }
  sample { request = "./request.json", expect = "./expected.json", tolerance = 0.001 }
}

stack dev on local {
  deploy score
}
"#;

pub struct Program {
    folder: tempfile::TempDir,
}

impl Program {
    pub fn new() -> Self {
        let program = Self { folder: tempfile::tempdir().unwrap() };
        program.write("main.serve", MAIN.as_bytes());
        program.write("m.onnx", &onnx::add([10.0, 20.0]));
        program.write("request.json", br#"{ "x": [[1.0, 2.0]] }"#);
        program.write("expected.json", br#"{ "y": [[11.0, 22.0]] }"#);
        std::fs::create_dir(program.path().join("tmp")).unwrap();
        program
    }

    pub fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.folder.path()).unwrap()
    }

    pub fn data(&self) -> Utf8PathBuf {
        self.path().join(".servec")
    }

    pub fn write(&self, name: &str, contents: &[u8]) {
        std::fs::write(self.path().join(name), contents).unwrap();
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_servec"));
        command.args(args).current_dir(self.path()).env("TMPDIR", self.path().join("tmp"));
        command.env_remove("SERVEC_DATA").env_remove("SERVEC_RUNTIME").stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args).output().unwrap())
    }

    /// Starts a command whose model server takes its time to start.
    pub fn start_slowly(&self, args: &[&str], seconds: f32) -> Child {
        self.write(
            "slow",
            format!("#!/bin/sh\nsleep {seconds}\nexec {} serve-runtime \"$@\"\n", env!("CARGO_BIN_EXE_servec"))
                .as_bytes(),
        );
        let slow = self.path().join("slow");
        Command::new("chmod").args(["+x", slow.as_str()]).status().unwrap();
        self.command(args).env("SERVEC_RUNTIME", &slow).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Waits until the model server of the endpoint was started.
    pub fn wait_for_process(&self) {
        let started = Instant::now();
        while processes(self.path()).is_empty() {
            assert!(started.elapsed() < Duration::from_secs(20), "no process was started");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn port(&self) -> u64 {
        let text = std::fs::read_to_string(self.data().join("dev/endpoints/score/record.json")).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["port"].as_u64().unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        for pid in processes(self.path()) {
            let _ = Command::new("kill").args(["-9", &pid.to_string()]).status();
        }
    }
}

/// What a command said.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    #[track_caller]
    pub fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }
}
