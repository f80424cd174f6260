//! Processes of the model server: started, found again, ended. A process is known by the token on its command line, never
//! by its number alone, so that nobody else's process is ever touched.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use rustix::process::{Pid, Signal, kill_process};

use crate::report::{Code, Diagnostic};
use crate::target::Failure;

use super::Runtime;
use super::fail::data_folder;
use super::record::Instance;

/// How long a process may take to finish its calls.
const DRAIN: Duration = Duration::from_secs(10);
/// How long the system may take to remove one that was ended by force.
const FORCED: Duration = Duration::from_secs(5);

/// What a process inherits: where programs and libraries are, and the runtime's own settings. Nothing else of the
/// caller's environment, so that no secret gets into a process that lives on.
const INHERITED: [&str; 7] =
    ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "ORT_DYLIB_PATH", "CUDA_VISIBLE_DEVICES"];

/// Starts a process that outlives this one, in a process group of its own, so that ctrl-c here does not end it.
///
/// # Errors
/// When the program can't be run or its log can't be written.
pub fn start(runtime: &Runtime, spec: &Utf8Path, instance: &Instance, log: &Utf8Path) -> Result<Child, Failure> {
    let out = OpenOptions::new().create(true).append(true).open(log).map_err(|e| data_folder("write", log, &e))?;
    let err = out.try_clone().map_err(|error| data_folder("write", log, &error))?;
    let inherited = std::env::vars_os().filter(|(name, _)| {
        name.to_str().is_some_and(|name| INHERITED.contains(&name) || name.starts_with("SERVE_RUNTIME_"))
    });
    let mut command = Command::new(&runtime.program);
    command
        .args(&runtime.arguments)
        .args(["serve", "--host", "127.0.0.1", "--spec", spec.as_str()])
        .args(["--port", &instance.port.to_string(), "--token", &instance.token])
        .env_clear()
        .envs(inherited)
        .current_dir(spec.parent().unwrap_or(Utf8Path::new("/")))
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err)
        .process_group(0);
    command.spawn().map_err(|error| {
        let message = format!("the model server `{}` can't be started: {error}", runtime.program.display());
        Box::new(Diagnostic::error(Code::StartFailed, message).help("`SERVEC_RUNTIME` may name another"))
    })
}

/// The process with this token, wherever it is; the record's number is only where to look first.
pub fn find(instance: &Instance) -> Option<u32> {
    if let Some(pid) = instance.pid
        && command_line(pid).is_some_and(|line| names(&line, &instance.token))
    {
        return Some(pid);
    }
    all().into_iter().find(|(_, line)| names(line, &instance.token)).map(|(pid, _)| pid)
}

/// Ends a process: asks it to finish its calls, then forces it. Done when it is gone; what is gone is done.
///
/// # Errors
/// When it is still there after all.
pub async fn stop(instance: &Instance) -> Result<(), Failure> {
    let Some(pid) = find(instance) else { return Ok(()) };
    for (signal, patience) in [(Signal::TERM, DRAIN), (Signal::KILL, FORCED)] {
        if send(pid, signal) && gone(pid, instance, patience).await {
            return Ok(());
        }
    }
    let message = format!("process {pid} was ended by force and is still there");
    Err(Box::new(Diagnostic::error(Code::NotStopped, message).help("run the command again when it is gone")))
}

/// False when the signal could not be sent at all.
fn send(pid: u32, signal: Signal) -> bool {
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { return false };
    match kill_process(pid, signal) {
        Ok(()) => true,
        Err(error) => error == rustix::io::Errno::SRCH,
    }
}

async fn gone(pid: u32, instance: &Instance, patience: Duration) -> bool {
    let started = Instant::now();
    let mut pause = Duration::from_millis(5);
    // An ended child of this very process has no command line any more, though nobody waited for it.
    while command_line(pid).is_some_and(|line| names(&line, &instance.token)) {
        if started.elapsed() > patience {
            return false;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(100));
    }
    true
}

/// Whether a command line says `--token TOKEN`.
fn names(line: &[String], token: &str) -> bool {
    line.windows(2).any(|pair| pair.first().is_some_and(|a| a == "--token") && pair.last().is_some_and(|b| b == token))
}

/// The words of a process's command line; none when it is gone.
fn command_line(pid: u32) -> Option<Vec<String>> {
    if !has_proc() {
        return all_by_ps(&["-p", &pid.to_string()]).into_iter().next().map(|(_, line)| line);
    }
    let bytes = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let words = bytes.split(|b| *b == 0).map(|word| String::from_utf8_lossy(word).into_owned());
    Some(words.collect())
}

fn all() -> Vec<(u32, Vec<String>)> {
    if !has_proc() {
        return all_by_ps(&["-ax"]);
    }
    let entries = Utf8Path::new("/proc").read_dir_utf8().into_iter().flatten().filter_map(io::Result::ok);
    let pids = entries.filter_map(|entry| entry.file_name().parse::<u32>().ok());
    pids.filter_map(|pid| Some((pid, command_line(pid)?))).collect()
}

/// Where there is no `/proc`, as on macOS. Tokens and flags hold no spaces, so splitting at them is enough.
fn all_by_ps(which: &[&str]) -> Vec<(u32, Vec<String>)> {
    let Ok(output) = Command::new("ps").args(which).args(["-ww", "-o", "pid=,command="]).output() else {
        return vec![];
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = |line: &str| {
        let mut words = line.split_whitespace().map(str::to_owned);
        Some((words.next()?.parse().ok()?, words.collect()))
    };
    text.lines().filter_map(line).collect()
}

fn has_proc() -> bool {
    Utf8PathBuf::from("/proc/self/cmdline").exists()
}
