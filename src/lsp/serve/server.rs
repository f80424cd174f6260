//! The loop: what comes from the client and from the checking thread, in the order in which it comes. A request that asks about
//! a state that is not checked yet waits; one whose text changes while it waits is ended, since its answer would be about
//! places that are no more.

use std::collections::{BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};

use camino::Utf8PathBuf;
use crossbeam_channel::select;
use lsp_server::{Connection, ErrorCode, Message, Notification, ProtocolError, Request, RequestId, Response};
use lsp_types::*;
use serde_json::{Value, json};

use crate::compile::Options;
use crate::lsp::Root;
use crate::lsp::analysis::Shared;

use super::answer::Failure;
use super::documents::Documents;
use super::programs::{Programs, home};
use super::publish;
use super::routes::{Needs, Route};
use super::session::{Abilities, Places, Session, parsed};
use super::wire::Encoding;
use super::worker::{Done, Job, Worker};
use super::{library, offer, uri, worker, workspace};

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// `shutdown`, then `exit`.
    AsAsked,
    /// The client went away, or said `exit` alone.
    Abruptly,
}

struct Server<'c> {
    connection: &'c Connection,
    routes: Vec<Route>,
    worker: Worker,
    encoding: Encoding,
    can: Abilities,
    documents: Documents,
    programs: Programs,
    options: Options,
    /// Open in the client.
    folders: Vec<Utf8PathBuf>,
    /// What came and is not looked at yet.
    queue: VecDeque<Message>,
    /// Requests that wait for a program.
    waiting: Vec<Request>,
    shut: bool,
}

/// Serves one client until it leaves.
///
/// # Errors
/// When the client breaks the protocol at its beginning, or no thread can be had.
pub fn serve(connection: &Connection, options: &Options, routes: Vec<Route>) -> Result<Ended, ProtocolError> {
    let (id, params) = connection.initialize_start()?;
    let params: InitializeParams = serde_json::from_value(params).unwrap_or_default();
    let general = params.capabilities.general.as_ref();
    let encoding = Encoding::agreed(general.and_then(|g| g.position_encodings.as_deref()));
    connection.initialize_finish(id, offer::answer(encoding))?;
    let Ok(worker) = Worker::start(options.clone()) else { return Ok(Ended::Abruptly) };
    let mut server = Server {
        connection,
        routes,
        worker,
        encoding,
        can: offer::heard(&params.capabilities),
        documents: Documents::default(),
        programs: Programs::default(),
        options: options.clone(),
        folders: workspace::folders(&params),
        queue: VecDeque::new(),
        waiting: Vec::new(),
        shut: false,
    };
    if watches(&params.capabilities) {
        server.watch();
    }
    Ok(server.run())
}

fn watches(client: &ClientCapabilities) -> bool {
    let watched = client.workspace.as_ref().and_then(|w| w.did_change_watched_files.as_ref());
    watched.and_then(|w| w.dynamic_registration).unwrap_or(false)
}

impl Server<'_> {
    fn run(&mut self) -> Ended {
        loop {
            while let Some(message) = self.queue.pop_front() {
                if let Some(ended) = self.take(message) {
                    return ended;
                }
                self.drain();
            }
            select! {
                recv(self.connection.receiver) -> message => match message {
                    Ok(message) => self.queue.push_back(message),
                    Err(_) => return Ended::Abruptly,
                },
                recv(self.worker.done) -> done => {
                    if let Ok(done) = done {
                        self.checked(done);
                    }
                }
            }
            self.drain();
        }
    }

    /// Takes in what has come meanwhile, and ends requests that were cancelled before anyone looked at them.
    fn drain(&mut self) {
        self.queue.extend(self.connection.receiver.try_iter());
        let cancelled: BTreeSet<RequestId> = self.queue.iter().filter_map(cancelled).collect();
        if cancelled.is_empty() {
            return;
        }
        let (gone, kept): (VecDeque<Message>, VecDeque<Message>) = std::mem::take(&mut self.queue)
            .into_iter()
            .partition(|m| matches!(m, Message::Request(r) if cancelled.contains(&r.id)));
        self.queue = kept;
        for message in gone {
            if let Message::Request(request) = message {
                self.end(request.id, ErrorCode::RequestCanceled, "cancelled");
            }
        }
    }

    fn take(&mut self, message: Message) -> Option<Ended> {
        match message {
            Message::Request(request) => {
                self.request(request);
                None
            }
            Message::Notification(note) if note.method == "exit" => {
                Some(if self.shut { Ended::AsAsked } else { Ended::Abruptly })
            }
            Message::Notification(note) => {
                let method = note.method.clone();
                if catch_unwind(AssertUnwindSafe(|| self.notified(note))).is_err() {
                    self.log(&format!("`{method}` ended in an internal error"));
                }
                None
            }
            Message::Response(_) => None,
        }
    }

    fn request(&mut self, request: Request) {
        if request.method == "shutdown" {
            self.shut = true;
            return self.send(Response::new_ok(request.id, Value::Null));
        }
        if self.shut {
            return self.end(request.id, ErrorCode::InvalidRequest, "the server was shut down");
        }
        let Some(route) = self.routes.iter().find(|r| r.method == request.method) else {
            let message = format!("`{}` is not answered", request.method);
            return self.end(request.id, ErrorCode::MethodNotFound, &message);
        };
        if self.is_ready(&request, route.needs) { self.answer(request) } else { self.waiting.push(request) }
    }

    fn is_ready(&self, request: &Request, needs: Needs) -> bool {
        let path = path_of(request).unwrap_or_default();
        let program = self.programs.get(&home(&path));
        match needs {
            Needs::Text => true,
            Needs::Any => program.is_none_or(|p| p.any(&path).is_some() || p.is_done()),
            Needs::Newest => program.is_none_or(super::programs::Program::is_done),
            Needs::All => self.programs.iter().all(|(_, p)| p.is_done()),
        }
    }

    fn answer(&self, request: Request) {
        let Some(route) = self.routes.iter().find(|r| r.method == request.method) else { return };
        let session = self.session(&request, route.needs);
        let (id, params) = (request.id, request.params);
        let answer = catch_unwind(AssertUnwindSafe(|| (route.handle)(&session, params)));
        self.send(match answer {
            Ok(Ok(value)) => Response::new_ok(id, value),
            Ok(Err(Failure { code, message })) => Response::new_err(id, code, message),
            Err(_) => {
                let message = format!("`{}` ended in an internal error", route.method);
                Response::new_err(id, ErrorCode::InternalError as i32, message)
            }
        });
    }

    fn session(&self, request: &Request, needs: Needs) -> Session<'_> {
        let path = path_of(request).unwrap_or_default();
        let fresh = |program: &super::programs::Program| match needs {
            Needs::Any => program.any(&path).cloned(),
            Needs::Text | Needs::Newest | Needs::All => program.newest().cloned(),
        };
        let own = self.programs.get(&home(&path)).and_then(fresh).filter(|a| a.unit_at(&path).is_some());
        // A file that is open nowhere may be part of a program that is.
        let having = || self.programs.iter().filter_map(|(_, p)| fresh(p)).find(|a| a.unit_at(&path).is_some());
        let program = own.or_else(having);
        let mut all: Vec<Shared> = self.programs.iter().filter_map(|(_, p)| p.newest().cloned()).collect();
        if needs == Needs::All {
            all.extend(self.closed_users(&path));
        }
        Session { places: self.places(), program, all, document: self.documents.get(&path), path, can: self.can }
    }

    /// Programs that use a file and have no open text: checked for one request alone.
    fn closed_users(&self, path: &camino::Utf8Path) -> Vec<Shared> {
        let users = workspace::users(&self.folders, path);
        let closed = users.into_iter().filter(|root| self.programs.get(root).is_none());
        closed.filter_map(|root| worker::checked(&root, self.documents.buffers(), &self.options)).collect()
    }

    fn places(&self) -> Places<'_> {
        Places { encoding: self.encoding, documents: &self.documents }
    }

    fn notified(&mut self, note: Notification) {
        match note.method.as_str() {
            "textDocument/didOpen" => {
                let Ok(p) = serde_json::from_value::<DidOpenTextDocumentParams>(note.params) else { return };
                let document = p.text_document;
                let path = self.documents.open(document.uri.as_str().to_owned(), document.version, document.text);
                self.changed(&path);
            }
            "textDocument/didChange" => {
                let Ok(p) = serde_json::from_value::<DidChangeTextDocumentParams>(note.params) else { return };
                let (uri, version) = (p.text_document.uri, p.text_document.version);
                if let Some(path) = self.documents.change(uri.as_str(), version, p.content_changes, self.encoding) {
                    self.changed(&path);
                }
            }
            "textDocument/didClose" => {
                let Ok(p) = serde_json::from_value::<DidCloseTextDocumentParams>(note.params) else { return };
                if let Some(document) = self.documents.close(p.text_document.uri.as_str()) {
                    self.changed(&document.path);
                    let open: BTreeSet<Root> = self.documents.paths().map(|path| home(path)).collect();
                    for path in self.programs.forget(&open) {
                        self.publish(&path);
                    }
                }
            }
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" | "workspace/didChangeConfiguration" => {
                let touched = self.programs.touch_all();
                self.check(touched);
            }
            "workspace/didChangeWorkspaceFolders" => {
                let Ok(p) = serde_json::from_value::<DidChangeWorkspaceFoldersParams>(note.params) else { return };
                let paths = |all: &[WorkspaceFolder]| all.iter().map(|f| uri::path(f.uri.as_str())).collect::<Vec<_>>();
                let gone = paths(&p.event.removed);
                self.folders.retain(|folder| !gone.contains(folder));
                self.folders.extend(paths(&p.event.added));
            }
            "$/cancelRequest" => {
                if let Some(id) = cancelled(&Message::Notification(note)) {
                    let gone = self.waiting.extract_if(.., |r| r.id == id).collect::<Vec<_>>();
                    gone.into_iter().for_each(|r| self.end(r.id, ErrorCode::RequestCanceled, "cancelled"));
                }
            }
            _ => {}
        }
    }

    /// A text is another: what waits for an answer about it is ended, and its programs are checked.
    fn changed(&mut self, path: &camino::Utf8Path) {
        let about = |r: &mut Request| path_of(r).is_some_and(|p| p == path);
        let gone: Vec<Request> = self.waiting.extract_if(.., about).collect();
        for request in gone {
            self.end(request.id, ErrorCode::ContentModified, "the text has changed");
        }
        let touched = self.programs.touch(path);
        self.check(touched);
    }

    fn check(&self, roots: Vec<Root>) {
        for root in roots {
            let Some(program) = self.programs.get(&root) else { continue };
            let buffers = self.documents.buffers();
            // The thread ends with the server only.
            let _ = self.worker.jobs.send(Job { root, generation: program.generation, buffers });
        }
    }

    fn checked(&mut self, done: Done) {
        let Some(program) = self.programs.get_mut(&done.root) else { return };
        if done.warm {
            program.warm = done.analysis;
            return;
        }
        let newest = done.generation == program.generation;
        let Some(analysis) = done.analysis else {
            program.panicked = Some(done.generation);
            self.log(&format!("checking `{}` ended in an internal error", done.root.folder));
            return self.go_on();
        };
        program.last = Some((done.generation, analysis.clone()));
        if newest {
            let own = done.root.folder.starts_with(library::folder());
            let found = if own { Default::default() } else { publish::by_file(&analysis, &self.places()) };
            let Some(program) = self.programs.get_mut(&done.root) else { return };
            let before = std::mem::replace(&mut program.found, found.clone());
            let files: BTreeSet<&Utf8PathBuf> = before.keys().chain(found.keys()).collect();
            for path in files {
                // A text that is open is always told of: its version is new.
                if self.documents.get(path).is_some() || before.get(path) != found.get(path) {
                    self.publish(path);
                }
            }
        }
        self.go_on();
    }

    /// Answers what has waited long enough.
    fn go_on(&mut self) {
        for request in std::mem::take(&mut self.waiting) {
            self.request(request);
        }
    }

    fn publish(&self, path: &camino::Utf8Path) {
        let Some(uri) = self.places().uri_of(path) else { return };
        let version = self.documents.get(path).map(|document| document.version);
        let params = PublishDiagnosticsParams { uri, diagnostics: self.programs.found(path), version };
        self.tell("textDocument/publishDiagnostics", json!(params));
    }

    /// Asks to be told of files that change on disk.
    fn watch(&self) {
        let watchers = [json!({ "globPattern": "**/*.serve" }), json!({ "globPattern": "**/*.onnx" })];
        let registration = json!({ "id": "files", "method": "workspace/didChangeWatchedFiles", "registerOptions": { "watchers": watchers } });
        let params = json!({ "registrations": [registration] });
        let id = RequestId::from("watch".to_owned());
        let request = Request { id, method: "client/registerCapability".to_owned(), params };
        let _ = self.connection.sender.send(Message::Request(request));
    }

    fn log(&self, message: &str) {
        self.tell("window/logMessage", json!({ "type": 1, "message": message }));
    }

    fn tell(&self, method: &str, params: Value) {
        let note = Notification { method: method.to_owned(), params };
        // Where nobody listens any more, the loop ends by itself.
        let _ = self.connection.sender.send(Message::Notification(note));
    }

    fn send(&self, response: Response) {
        let _ = self.connection.sender.send(Message::Response(response));
    }

    fn end(&self, id: RequestId, code: ErrorCode, why: &str) {
        self.send(Response::new_err(id, code as i32, why.to_owned()));
    }
}

/// The text that a request is about.
fn path_of(request: &Request) -> Option<Utf8PathBuf> {
    let text = request.params.pointer("/textDocument/uri").or_else(|| request.params.pointer("/item/uri"))?;
    let text = text.as_str()?;
    parsed(text).map(|_| uri::path(text))
}

fn cancelled(message: &Message) -> Option<RequestId> {
    let Message::Notification(note) = message else { return None };
    if note.method != "$/cancelRequest" {
        return None;
    }
    match note.params.get("id")? {
        Value::String(id) => Some(RequestId::from(id.clone())),
        Value::Number(id) => Some(RequestId::from(i32::try_from(id.as_i64()?).ok()?)),
        _ => None,
    }
}
