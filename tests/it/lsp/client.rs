//! A client over any transport, as small as tests need.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use lsp_server::{Connection, Message, Notification, Request, RequestId};
use serde_json::{Value, json};

/// Nothing takes so long.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What a test says to a server.
pub struct Client {
    pub connection: Connection,
    next: i32,
    /// The last diagnostics of each file, with the version they are of.
    pub published: BTreeMap<String, (Option<i64>, Vec<Value>)>,
    pub notes: Vec<Notification>,
    /// Addresses of the folders that it has open.
    pub folders: Vec<String>,
    /// Answers that came before anyone waited for them.
    early: BTreeMap<String, lsp_server::Response>,
}

impl Client {
    pub fn new(connection: Connection) -> Self {
        Self { connection, next: 0, published: BTreeMap::new(), notes: vec![], folders: vec![], early: BTreeMap::new() }
    }

    /// Shakes hands; the server's own words come back.
    pub fn initialize(&mut self, encodings: &[&str]) -> Value {
        let capabilities = json!({
            "general": { "positionEncodings": encodings },
            "workspace": { "workspaceEdit": { "documentChanges": true, "resourceOperations": ["create"] } },
            "textDocument": {
                "completion": { "completionItem": { "snippetSupport": true } },
                "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
            },
        });
        let folders: Vec<Value> = self.folders.iter().map(|uri| json!({ "uri": uri, "name": "folder" })).collect();
        let params = json!({ "processId": null, "workspaceFolders": folders, "capabilities": capabilities });
        let answer = self.ask("initialize", params);
        self.tell("initialized", json!({}));
        answer.unwrap()
    }

    pub fn tell(&mut self, method: &str, params: Value) {
        let note = Notification { method: method.into(), params };
        self.connection.sender.send(Message::Notification(note)).unwrap();
    }

    pub fn send(&mut self, method: &str, params: Value) -> i32 {
        self.next += 1;
        let request = Request { id: RequestId::from(self.next), method: method.into(), params };
        self.connection.sender.send(Message::Request(request)).unwrap();
        self.next
    }

    /// The answer to a request: its result, or its error's code and message.
    pub fn ask(&mut self, method: &str, params: Value) -> Result<Value, (i32, String)> {
        let id = self.send(method, params);
        self.answer(id)
    }

    pub fn answer(&mut self, id: i32) -> Result<Value, (i32, String)> {
        let key = RequestId::from(id).to_string();
        loop {
            if let Some(response) = self.early.remove(&key) {
                return response.response_result.map_err(|error| (error.code, error.message));
            }
            let message = self.receive();
            self.note(message);
        }
    }

    fn receive(&self) -> Message {
        self.connection.receiver.recv_timeout(PATIENCE).expect("the server says nothing")
    }

    fn note(&mut self, message: Message) {
        let note = match message {
            Message::Notification(note) => note,
            Message::Response(response) => {
                self.early.insert(response.id.to_string(), response);
                return;
            }
            Message::Request(_) => return,
        };
        if note.method == "textDocument/publishDiagnostics" {
            let uri = note.params["uri"].as_str().unwrap().to_owned();
            let all = note.params["diagnostics"].as_array().unwrap().clone();
            self.published.insert(uri, (note.params["version"].as_i64(), all));
        } else {
            self.notes.push(note);
        }
    }

    pub fn open(&mut self, uri: &str, version: i32, text: &str) {
        let document = json!({ "uri": uri, "languageId": "serve", "version": version, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    pub fn change(&mut self, uri: &str, version: i32, changes: Value) {
        let document = json!({ "uri": uri, "version": version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// Waits until diagnostics of this version of a file are there.
    pub fn diagnostics(&mut self, uri: &str, version: i64) -> Vec<Value> {
        let start = Instant::now();
        loop {
            if let Some((Some(of), all)) = self.published.get(uri)
                && *of >= version
            {
                return all.clone();
            }
            assert!(start.elapsed() < PATIENCE, "no diagnostics of {uri} at {version}: {:?}", self.published);
            let message = self.receive();
            self.note(message);
        }
    }

    /// Leaves as one should.
    pub fn leave(&mut self) {
        assert_eq!(self.ask("shutdown", Value::Null), Ok(Value::Null));
        self.tell("exit", Value::Null);
    }
}
