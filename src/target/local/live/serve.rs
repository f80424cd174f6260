//! Makes an endpoint's process, changes what it serves, and ends it.
//!
//! A change is proved first: a second process serves the new spec on a port of its own. Only then does the old one end, and
//! the new one takes its port, so that the address stays. If that fails after all, the old spec is served again.

use std::time::{Duration, Instant};

use camino::Utf8Path;
use serde_json::Value;
use serve_spec::Spec;

use crate::diff::same;
use crate::report::{Code, Diagnostic};
use crate::resource::{Address, Health, Resource};
use crate::target::{Failure, Progress};

use super::fail::{data_folder, not_as_asked};
use super::places::{make_folder, names, read_json, remove_all, remove_file, remove_if_empty, write_json};
use super::probe::{State, ask};
use super::record::{self, Instance, Record};
use super::{Here, log, observe, ports, process};

/// The longest that models may take to load.
const LOADING: Duration = Duration::from_secs(600);
/// Ports that are tried, should each be taken between finding it free and listening on it.
const TRIES: usize = 5;

/// The endpoint serves the spec when this is done.
pub async fn make(here: &Here, resource: &Resource, spec: &Spec, progress: &dyn Progress) -> Result<(), Failure> {
    let folder = here.places.endpoint(&resource.address);
    let told = Told { here, address: &resource.address, folder: &folder, progress };
    match record::read(&folder)? {
        Some(record) if process::find(&record.instance).is_some() => change(&told, record, spec, &resource.body).await,
        Some(record) => {
            discard(&record).await?;
            create(&told, Some(record.port), spec).await
        }
        None => create(&told, None, spec).await,
    }
}

/// What the endpoint serves, once it does: an interrupted run may have left it loading.
///
/// # Errors
/// When it is gone or broken, or does not get ready.
pub async fn settled(here: &Here, address: &Address) -> Result<Value, Failure> {
    let started = Instant::now();
    loop {
        let object = observe::endpoint(here, address).await?;
        let object = object.ok_or_else(|| not_as_asked(address, "it is not there"))?;
        match object.health {
            Health::Ready => {
                let folder = here.places.endpoint(address);
                if let Some(mut record) = record::read(&folder)?.filter(|record| !record.instance.served) {
                    record.instance.served = true;
                    record::write(&folder, &record)?;
                }
                return Ok(object.body);
            }
            Health::Pending(_) if started.elapsed() < LOADING => tokio::time::sleep(Duration::from_millis(100)).await,
            Health::Pending(why) | Health::Failed(why) => return Err(not_as_asked(address, &why)),
        }
    }
}

/// Nothing of the endpoint is left when this is done.
pub async fn end(here: &Here, address: &Address, progress: &dyn Progress) -> Result<(), Failure> {
    let folder = here.places.endpoint(address);
    if let Some(record) = record::read(&folder)? {
        progress.say(address, "finishing its calls");
        discard(&record).await?;
        process::stop(&record.instance).await?;
    }
    remove_all(&folder)?;
    remove_if_empty(&here.places.endpoints())
}

/// Ends what an interrupted change left over.
pub async fn sweep(here: &Here) -> Result<(), Failure> {
    for name in names(&here.places.endpoints())? {
        let folder = here.places.endpoints().join(&name);
        match record::read(&folder)? {
            Some(record) if record.candidate.is_some() => {
                discard(&record).await?;
                remove_file(&folder.join("next.json"))?;
                record::write(&folder, &Record { candidate: None, ..record })?;
            }
            Some(_) => {}
            None => remove_all(&folder)?,
        }
    }
    remove_if_empty(&here.places.endpoints())
}

/// What a step works on.
struct Told<'a> {
    here: &'a Here,
    address: &'a Address,
    folder: &'a Utf8Path,
    progress: &'a dyn Progress,
}

impl Told<'_> {
    fn say(&self, words: &str) {
        self.progress.say(self.address, words);
    }
}

async fn create(told: &Told<'_>, port: Option<u16>, spec: &Spec) -> Result<(), Failure> {
    make_folder(told.folder)?;
    write_json(&told.folder.join("spec.json"), spec)?;
    let kept = port.into_iter().filter(|port| ports::reserve(*port));
    let result = start(told, "spec.json", kept.chain(ports::preferred(told.folder.as_str())), Role::Serving).await;
    if result.is_err() {
        remove_all(told.folder)?;
        remove_if_empty(&told.here.places.endpoints())?;
    }
    result.map(|_| ())
}

async fn change(told: &Told<'_>, record: Record, spec: &Spec, body: &Value) -> Result<(), Failure> {
    if let State::Serves(served) = ask(&told.here.http, &record.instance).await
        && serde_json::to_value(&served.spec).is_ok_and(|served| same(&served, body))
    {
        return Ok(());
    }
    write_json(&told.folder.join("next.json"), spec)?;
    told.say("trying the new one beside the old");
    let tried = start(told, "next.json", ports::preferred(&format!("{} next", told.folder)), Role::Candidate).await;
    let candidate = match tried {
        Ok(candidate) => candidate,
        Err(failure) => {
            remove_file(&told.folder.join("next.json"))?;
            record::write(told.folder, &Record { candidate: None, ..record })?;
            return Err(Box::new(failure.note("the old one still serves as before")));
        }
    };
    process::stop(&candidate).await?;
    told.say("finishing the old one's calls");
    process::stop(&record.instance).await?;
    switch(told, &record).await
}

/// The old one has ended: the new one takes its port, or else the old spec does.
async fn switch(told: &Told<'_>, record: &Record) -> Result<(), Failure> {
    let [spec, next, previous] = ["spec.json", "next.json", "previous.json"].map(|name| told.folder.join(name));
    let broke = |error| data_folder("rename", &spec, &error);
    std::fs::rename(&spec, &previous).map_err(broke)?;
    std::fs::rename(&next, &spec).map_err(broke)?;
    let kept = || std::iter::once(record.port).filter(|port| ports::reserve(*port));
    let others = || ports::preferred(told.folder.as_str());
    let failure = match start(told, "spec.json", kept().chain(others()), Role::Serving).await {
        Ok(instance) => {
            if instance.port != record.port {
                told.say(&format!("port {} was taken: it is at {} now", record.port, instance.port));
            }
            return remove_file(&previous);
        }
        Err(failure) => failure,
    };
    std::fs::rename(&previous, &spec).map_err(broke)?;
    told.say("serving the old one again");
    match start(told, "spec.json", kept().chain(others()), Role::Serving).await {
        Ok(_) => Err(Box::new(failure.note("the old one serves again as before"))),
        Err(again) => {
            Err(Box::new(failure.note(format!("the old one can't be served again either: {}", again.message))))
        }
    }
}

/// Ends a process that was only tried.
async fn discard(record: &Record) -> Result<(), Failure> {
    match &record.candidate {
        Some(candidate) => process::stop(candidate).await,
        None => Ok(()),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Serving,
    /// Tried beside the one that serves.
    Candidate,
}

/// Starts a process on the first of the ports that nobody else takes in between, and waits until it serves.
async fn start(told: &Told<'_>, spec: &str, ports: impl Iterator<Item = u16>, role: Role) -> Result<Instance, Failure> {
    let none = format!("`{}` can't be started: no port is free", told.address);
    let mut failure = Box::new(Diagnostic::error(Code::StartFailed, none));
    for port in ports.take(TRIES) {
        let mut instance = Instance::new(port);
        let started = run(told, spec, &mut instance, role).await;
        ports::release(port);
        match started {
            Ok(()) => return Ok(instance),
            Err(Stopped { why, port_taken }) => {
                failure = why;
                process::stop(&instance).await?;
                if !port_taken {
                    break;
                }
            }
        }
    }
    Err(failure)
}

struct Stopped {
    why: Failure,
    /// Someone else listens on its port: another one may do.
    port_taken: bool,
}

impl From<Failure> for Stopped {
    fn from(why: Failure) -> Self {
        Self { why, port_taken: false }
    }
}

async fn run(told: &Told<'_>, spec: &str, instance: &mut Instance, role: Role) -> Result<(), Stopped> {
    note(told, instance, role)?;
    let path = log::path(told.folder);
    let from = log::begin(&path)?;
    let mut child = process::start(&told.here.runtime, &told.folder.join(spec), instance, &path)?;
    instance.pid = Some(child.id());
    note(told, instance, role)?;
    let started = Instant::now();
    let mut said = 0;
    loop {
        let state = ask(&told.here.http, instance).await;
        if let State::Serves(_) = state {
            instance.served = true;
            return Ok(note(told, instance, role)?);
        }
        // Asked after the port: a process that ended can't answer later.
        if let Ok(Some(status)) = child.try_wait() {
            let lines = log::last_lines(&path, from);
            let port_taken = lines.iter().any(|line| line.contains("can't listen on"));
            return Err(Stopped { why: ended(told.address, &status.to_string(), &lines), port_taken });
        }
        let seconds = started.elapsed().as_secs();
        if started.elapsed() > LOADING {
            let lines = log::last_lines(&path, from);
            return Err(ended(told.address, &format!("not ready after {seconds} s"), &lines).into());
        }
        if seconds > said {
            said = seconds;
            told.say(&format!("loading its models, {seconds} s"));
        }
        let pause = if started.elapsed() < Duration::from_secs(1) { 15 } else { 100 };
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
}

/// Writes down which process is which, before and after it is there.
fn note(told: &Told<'_>, instance: &Instance, role: Role) -> Result<(), Failure> {
    let record = match role {
        Role::Serving => Record { port: instance.port, instance: instance.clone(), candidate: None },
        Role::Candidate => {
            let Some(record) = read_json::<Record>(&told.folder.join("record.json"))? else { return Ok(()) };
            Record { candidate: Some(instance.clone()), ..record }
        }
    };
    record::write(told.folder, &record)
}

fn ended(address: &Address, status: &str, lines: &[String]) -> Failure {
    let message = format!("the process of `{address}` did not become ready: {status}");
    let lines =
        lines.iter().fold(Diagnostic::error(Code::StartFailed, message), |d, line| d.note(format!("log: {line}")));
    Box::new(lines.help("the last lines of its log say why"))
}
