//! `pytest-lsp` over every request: its types are those of the protocol, so an answer that is not of the protocol fails.

use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn pytest_lsp_gets_an_answer_to_every_request() {
    let python = std::env::var_os("SERVEC_TEST_PYTHON").map(PathBuf::from);
    let Some(python) = python else {
        assert!(std::env::var_os("CI").is_none(), "SERVEC_TEST_PYTHON is not set: run tests/all");
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/editors/protocol");
    let output = Command::new(python)
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir"])
        .arg(&script)
        .arg(&script)
        .env("SERVEC", env!("CARGO_BIN_EXE_servec"))
        .env("SERVEC_METHODS", methods().join(" "))
        .env("XDG_CACHE_HOME", home.path())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// Everything that is answered, for the script to be held against.
fn methods() -> Vec<&'static str> {
    servec::lsp::serve::routes::all().iter().map(|route| route.method).collect()
}
