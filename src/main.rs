//! The binary: hands the command line to [`servec::cli`] and ends with its exit code.

fn main() -> std::process::ExitCode {
    servec::cli::main()
}
