//! The thread that checks programs. Only the newest state of each is checked: what a later change has superseded while it
//! waited is dropped.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::compile::Options;
use crate::lsp::analysis::Shared;
use crate::lsp::{Analysis, Buffers, Root};

/// Enough for what a command has.
const STACK: usize = 16 << 20;

/// A program to check.
pub struct Job {
    pub root: Root,
    pub generation: u64,
    pub buffers: Buffers,
}

/// A program that was checked.
pub struct Done {
    pub root: Root,
    pub generation: u64,
    /// `None` after a panic, which is our mistake.
    pub analysis: Option<Shared>,
    /// Said a second time, now that what completion asks is worked out too.
    pub warm: bool,
}

/// The thread's two ends. It ends when the first is dropped.
pub struct Worker {
    pub jobs: Sender<Job>,
    pub done: Receiver<Done>,
}

impl Worker {
    /// # Errors
    /// When the system gives no thread.
    pub fn start(options: Options) -> std::io::Result<Self> {
        let (jobs, todo) = unbounded::<Job>();
        let (send, done) = unbounded();
        thread::Builder::new().name("check".to_owned()).stack_size(STACK).spawn(move || {
            while let Ok(first) = todo.recv() {
                let mut newest: BTreeMap<Root, Job> = BTreeMap::new();
                for job in [first].into_iter().chain(todo.try_iter()) {
                    newest.insert(job.root.clone(), job);
                }
                for (root, job) in newest {
                    let analysis = checked(&root, job.buffers, &options);
                    let done = |analysis, warm| Done { root: root.clone(), generation: job.generation, analysis, warm };
                    if send.send(done(analysis.clone(), false)).is_err() {
                        return;
                    }
                    // Only while nothing else waits to be checked.
                    if let Some(warm) = analysis.filter(|analysis| todo.is_empty() && warmed(analysis)) {
                        let _ = send.send(done(Some(warm), true));
                    }
                }
            }
        })?;
        Ok(Self { jobs, done })
    }
}

/// Works out what completion asks of a program; not after a panic.
fn warmed(analysis: &Shared) -> bool {
    catch_unwind(AssertUnwindSafe(|| {
        analysis.known();
        analysis.marks();
    }))
    .is_ok()
}

/// Checks one program; `None` after a panic.
pub fn checked(root: &Root, buffers: Buffers, options: &Options) -> Option<Shared> {
    catch_unwind(AssertUnwindSafe(|| Arc::new(Analysis::new(root.clone(), options, buffers)))).ok()
}
