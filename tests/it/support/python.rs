//! Python with the packages of `tests/requirements.txt`: what is validated there shares no code with what is tested here.

use std::process::{Command, Output};

/// `python ARGS`, or nothing where `tests/all` did not install it. In CI it must be there.
pub fn python(args: &[&str]) -> Option<Output> {
    let Ok(python) = std::env::var("SERVEC_TEST_PYTHON") else {
        assert!(std::env::var_os("CI").is_none(), "SERVEC_TEST_PYTHON is not set: run tests/all");
        println!("skipped: SERVEC_TEST_PYTHON is not set; tests/all sets it");
        return None;
    };
    Some(Command::new(python).args(args).output().unwrap())
}
