//! The live half: a folder for each stack, and in it files by content and one process for each endpoint.
//!
//! The folder is the only state, and every fact in it is asked again: a process counts as ours when it runs with the token
//! that the record names, and what it serves is what it answers at `/servec/spec`.

mod access;
mod fail;
mod lock;
mod log;
mod observe;
mod places;
mod ports;
mod probe;
mod process;
mod record;
mod serve;
mod store;

use std::ffi::OsString;
use std::path::PathBuf;

use camino::{Utf8Path, Utf8PathBuf};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::diff::same;
use crate::report::{Code, Diagnostic};
use crate::resource::{Observed, Resource};
use crate::target::{Action, BoxFuture, Failure, Guard, Live, Place, Progress};

use super::super::spec::{self, Copied};

use fail::data_folder;
use places::Places;

/// The environment variable that names another model server than the one that is compiled in.
pub const RUNTIME: &str = "SERVEC_RUNTIME";

/// How the model server is started: a program and its first arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runtime {
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
}

impl Runtime {
    /// The one that `SERVEC_RUNTIME` names, or this very binary.
    ///
    /// # Errors
    /// When the system does not say which file this process runs from.
    pub fn found() -> Result<Self, Failure> {
        if let Some(program) = std::env::var_os(RUNTIME).filter(|program| !program.is_empty()) {
            return Ok(Self { program: program.into(), arguments: vec![] });
        }
        let program = std::env::current_exe().map_err(|error| {
            let message = format!("the model server can't be started: this program's own file is unknown: {error}");
            Box::new(Diagnostic::error(Code::StartFailed, message).help(format!("name one in `{RUNTIME}`")))
        })?;
        Ok(Self { program, arguments: vec!["serve-runtime".into()] })
    }
}

/// One stack on this machine.
#[derive(Debug)]
pub struct Here {
    places: Places,
    runtime: Runtime,
    command: String,
    http: reqwest::Client,
}

impl Here {
    /// A stack's live half. Touches nothing yet.
    ///
    /// # Errors
    /// When the folder's place can't be made absolute, or no HTTP client can be made.
    pub fn new(place: &Place, runtime: Runtime) -> Result<Self, Failure> {
        let folder = absolute(&place.data)?.join(&place.stack);
        Ok(Self { places: Places::new(folder), runtime, command: place.command.clone(), http: probe::client()? })
    }

    /// The stack's folder.
    pub fn folder(&self) -> &Utf8Path {
        self.places.folder()
    }
}

fn absolute(path: &Utf8Path) -> Result<Utf8PathBuf, Failure> {
    let absolute = std::path::absolute(path).map_err(|error| data_folder("find", path, &error))?;
    Utf8PathBuf::from_path_buf(absolute).map_err(|path| {
        let message = format!("the data folder `{}` is not named in UTF-8", path.display());
        Box::new(Diagnostic::error(Code::DataFolder, message).help("name another in `SERVEC_DATA`"))
    })
}

impl Live for Here {
    fn observe<'a>(&'a self) -> BoxFuture<'a, Result<Observed, Failure>> {
        Box::pin(observe::observe(self))
    }

    fn lock<'a>(&'a self) -> BoxFuture<'a, Result<Box<dyn Guard>, Failure>> {
        Box::pin(async move {
            let held = lock::take(&self.places, &self.command)?;
            // Under the lock nobody else copies files or tries processes: what is half done is left over.
            store::sweep(&self.places)?;
            serve::sweep(self).await?;
            Ok(Box::new(held) as Box<dyn Guard>)
        })
    }

    fn act<'a>(&'a self, action: &'a Action, progress: &'a dyn Progress) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            match action {
                Action::Create(resource) | Action::Update { resource, .. } => match &*resource.kind {
                    spec::KIND => store::put(&self.places, typed(&resource.body)?, &resource.address, progress).await,
                    _ => serve::make(self, resource, &typed(&resource.body)?, progress).await,
                },
                Action::Delete { address, before } => match typed::<Copied>(before) {
                    Ok(copied) => store::remove(&self.places, &copied),
                    Err(_) => serve::end(self, address, progress).await,
                },
            }
        })
    }

    fn verify<'a>(&'a self, resource: &'a Resource) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            let served = match &*resource.kind {
                spec::KIND => store::holds(&self.places, &typed(&resource.body)?),
                _ => same(&serve::settled(self, &resource.address).await?, &resource.body),
            };
            if served { Ok(()) } else { Err(fail::not_as_asked(&resource.address, "it serves something else")) }
        })
    }
}

/// A body as the struct that it was made from. A saved plan may hold another.
fn typed<T: DeserializeOwned>(body: &Value) -> Result<T, Failure> {
    serde_json::from_value(body.clone()).map_err(|error| {
        let message = format!("the plan holds something that this version can't make: {error}");
        Box::new(Diagnostic::error(Code::NotAsAsked, message).help("make the plan again"))
    })
}
