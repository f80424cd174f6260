//! What is asked of a person, on a terminal of its own: yes, anything else, and ctrl-c instead of an answer.

use crate::support::live::processes;
use crate::support::program::{Program, Ran};

/// Runs a command on a new terminal, types each answer after its words were shown, and ends as the command did.
const TERMINAL: &str = r#"
import os, pty, sys
words, answer, command = sys.argv[1].encode(), sys.argv[2].encode(), sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(command[0], command)
shown, typed = b"", False
while True:
    try:
        more = os.read(terminal, 65536)
    except OSError:
        break
    if not more:
        break
    shown += more
    if not typed and words in shown:
        os.write(terminal, answer)
        typed = True
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"#;

const QUESTION: &str = "Only `yes` is taken for one:";

fn on_a_terminal(program: &Program, words: &str, answer: &str, args: &[&str]) -> Ran {
    let servec = program.command(args);
    let mut command = std::process::Command::new("python3");
    command.args(["-c", TERMINAL, words, answer]).arg(servec.get_program()).args(servec.get_args());
    command.current_dir(program.path()).env_remove("SERVEC_DATA").env_remove("SERVEC_RUNTIME").env("TERM", "xterm");
    Ran::of(command.output().unwrap())
}

#[test]
fn only_yes_is_a_yes() {
    let program = Program::new();
    for answer in ["no\n", "y\n", "\n", "\u{4}"] {
        let ran = on_a_terminal(&program, QUESTION, answer, &["apply"]).ends_with(1);
        assert!(ran.out.contains("not done: nothing was changed"), "{answer:?}: {ran:?}");
        assert!(!program.data().exists(), "{answer:?} changed something");
    }
    on_a_terminal(&program, QUESTION, "yes\n", &["apply"]).ends_with(0);
    on_a_terminal(&program, QUESTION, "no\n", &["destroy"]).ends_with(1);
    assert_eq!(processes(program.path()).len(), 1, "a refused destroy ends nothing");
    let destroyed = on_a_terminal(&program, QUESTION, "yes\n", &["destroy"]).ends_with(0);
    assert!(destroyed.out.contains("2 removed: nothing of stack `dev` is left"), "{destroyed:?}");
    assert!(!program.data().exists());
}

#[test]
fn ctrl_c_at_the_question_is_an_interrupt_and_changes_nothing() {
    let program = Program::new();
    let ran = on_a_terminal(&program, QUESTION, "\u{3}", &["apply"]).ends_with(130);
    assert!(ran.out.contains("interrupted: nothing was changed"), "{ran:?}");
    assert!(!program.data().exists());
}

#[test]
fn watching_ends_with_ctrl_c() {
    let program = Program::new();
    program.run(&["apply", "--yes"]).ends_with(0);
    on_a_terminal(&program, "ready", "\u{3}", &["status", "--watch"]).ends_with(130);
    assert_eq!(processes(program.path()).len(), 1, "what was watched goes on");
}
