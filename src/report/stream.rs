//! The two streams of a process and its log: the one place where anything is written to them.
//!
//! A reader that went away (`servec explain | head`) is no error and no panic; a disk that is full is an error, told at
//! the end by [`Streams::finish`].

use std::fmt;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

/// Standard output, standard error, and a log.
pub struct Streams {
    out: Stream,
    err: Stream,
    log: Option<Stream>,
}

struct Stream(Mutex<State>);

struct State {
    to: Box<dyn Write + Send>,
    failure: Option<io::Error>,
}

impl Streams {
    /// Those of the process.
    pub fn process() -> Self {
        Self::new(Box::new(io::stdout()), Box::new(io::stderr()))
    }

    pub fn new(out: Box<dyn Write + Send>, err: Box<dyn Write + Send>) -> Self {
        Self { out: Stream::new(out), err: Stream::new(err), log: None }
    }

    /// Everything told to [`Streams::log`] goes here too.
    pub fn with_log(mut self, log: Box<dyn Write + Send>) -> Self {
        self.log = Some(Stream::new(log));
        self
    }

    /// For programs: standard output.
    pub fn out(&self, text: &str) {
        self.out.write(text);
    }

    /// For people: standard error.
    pub fn err(&self, text: &str) {
        self.err.write(text);
    }

    pub fn log(&self, text: &str) {
        if let Some(log) = &self.log {
            log.write(text);
        }
    }

    /// Flushes, and gives the first failure that was not a reader who went away.
    ///
    /// # Errors
    /// Whatever writing said first.
    pub fn finish(&self) -> io::Result<()> {
        self.out.finish()?;
        self.log.as_ref().map_or(Ok(()), Stream::finish)
    }
}

impl fmt::Debug for Streams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streams").field("log", &self.log.is_some()).finish_non_exhaustive()
    }
}

impl Stream {
    fn new(to: Box<dyn Write + Send>) -> Self {
        Self(Mutex::new(State { to, failure: None }))
    }

    fn write(&self, text: &str) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.failure.is_none()
            && let Err(error) = state.to.write_all(text.as_bytes()).and_then(|()| state.to.flush())
        {
            state.failure = Some(error);
        }
    }

    fn finish(&self) -> io::Result<()> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match state.failure.take() {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            Some(_) | None => Ok(()),
        }
    }
}
