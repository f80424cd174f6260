//! Starts the real binary on a free port with a spec written to a folder of its own, and ends it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Where a test's spec and models are.
pub struct Folder {
    dir: tempfile::TempDir,
}

impl Folder {
    pub fn new() -> Self {
        Folder { dir: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file and gives the asset that a spec has for it.
    pub fn asset(&self, name: &str, bytes: &[u8]) -> Value {
        std::fs::write(self.path(name), bytes).unwrap();
        let sha256: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        json!({ "path": name, "sha256": sha256, "bytes": bytes.len() })
    }

    pub fn spec(&self, spec: &Value) -> PathBuf {
        let path = self.path("spec.json");
        std::fs::write(&path, serde_json::to_vec(spec).unwrap()).unwrap();
        path
    }
}

/// A running server.
pub struct Server {
    child: Child,
    pub base: String,
    pub address: String,
    pub http: reqwest::Client,
    _folder: Option<Folder>,
}

pub fn command(spec: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_serve-runtime"));
    command.args(["serve", "--port", "0", "--spec"]).arg(spec).args(args);
    command.env_remove("SERVE_RUNTIME_ENGINE").env_remove("ORT_DYLIB_PATH");
    command
}

impl Server {
    pub async fn start(folder: Folder, spec: &Value, args: &[&str]) -> Server {
        let path = folder.spec(spec);
        let mut server = Server::spawn(command(&path, args)).await;
        server._folder = Some(folder);
        server
    }

    /// Waits for the log line that says where it listens.
    pub async fn spawn(mut command: Command) -> Server {
        let mut child = command.args(["--log-format", "json"]).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = child.stderr.take().unwrap();
        let (send, address) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let mut send = Some(send);
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let log: Value = serde_json::from_str(&line).unwrap_or_default();
                if let (Some(address), Some(send)) =
                    (log["address"].as_str(), send.take_if(|_| log["message"] == "ready"))
                {
                    send.send(address.to_owned()).unwrap();
                }
                if std::env::var_os("SHOW_SERVER_LOG").is_some() {
                    eprintln!("{line}");
                }
            }
        });
        let address = tokio::time::timeout(Duration::from_secs(60), address).await.unwrap().expect("it ended early");
        let http = reqwest::Client::builder().timeout(Duration::from_secs(60)).build().unwrap();
        Server { child, base: format!("http://{address}"), address, http, _folder: None }
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.http.get(format!("{}{path}", self.base)).send().await.unwrap()).await
    }

    pub fn post(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.post(format!("{}{path}", self.base))
    }

    pub async fn json(&self, path: &str, body: &str) -> Answer {
        let request = self.post(path).header("content-type", "application/json").body(body.to_owned());
        Answer::of(request.send().await.unwrap()).await
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn terminate(&self) {
        assert!(Command::new("kill").arg(self.pid().to_string()).status().unwrap().success());
    }

    pub fn wait(&mut self, longest: Duration) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(began.elapsed() < longest, "still running after {longest:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A response, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, bytes: response.bytes().await.unwrap().to_vec() }
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    /// The message of an error, after checking that it is one, with this status.
    pub fn error(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text());
        self.json()["error"].as_str().unwrap().to_owned()
    }

    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text());
        self.json()
    }
}
