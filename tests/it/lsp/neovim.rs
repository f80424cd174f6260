//! Neovim, headless, as the plugin of `editors/nvim` sets it up: Debian's (which counts in UTF-16), and a newer one (UTF-8). `tests/all`
//! installs both.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::program::{MAIN, Program};

/// A program of Neovim; none where it is absent, which fails in CI.
fn neovim(variable: &str) -> Option<PathBuf> {
    let found = std::env::var_os(variable).map(PathBuf::from);
    assert!(found.is_some() || std::env::var_os("CI").is_none(), "{variable} is not set: run tests/all");
    found
}

#[test]
fn debian_s_neovim_fixes_a_broken_file() {
    if let Some(nvim) = neovim("SERVEC_TEST_NVIM") {
        assert_eq!(edited_with(&nvim), "positions in utf-16");
    }
}

#[test]
fn a_newer_neovim_does_the_same_in_utf_8() {
    if let Some(nvim) = neovim("SERVEC_TEST_NVIM_NEW") {
        assert_eq!(edited_with(&nvim), "positions in utf-8");
    }
}

/// Lets the script of `tests/editors` use an editor; its last words come back.
fn edited_with(nvim: &Path) -> String {
    let program = Program::new();
    std::fs::remove_file(program.path().join("main.serve")).unwrap();
    let broken = MAIN.replace("timeout = 5s", "timeout = 5sec");
    program.write("broken.serve", broken.as_bytes());
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(nvim);
    command
        .args(["--headless", "--clean", "-n", "-u", "NONE", "--cmd", "filetype on"])
        .args(["--cmd", &format!("let g:servec_path = '{}'", env!("CARGO_BIN_EXE_servec"))])
        .args(["--cmd", &format!("lua arg_folder = '{}'", program.path())])
        .args(["--cmd", &format!("luafile {}", root.join("editors/nvim/servec.lua").display())])
        .args(["-c", &format!("luafile {}", root.join("tests/editors/neovim.lua").display())])
        .env("HOME", program.path().as_std_path())
        .env("XDG_CACHE_HOME", program.path().join("cache"))
        .env("XDG_STATE_HOME", program.path().join("state"))
        .current_dir(program.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{nvim:?}: {error}"));
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(120) {
            child.kill().unwrap();
            panic!("{nvim:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().unwrap();
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{nvim:?}: {}\n{out}\n{err}", output.status);
    out.lines().last().unwrap_or("").trim().to_owned()
}
