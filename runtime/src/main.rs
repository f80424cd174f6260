//! The model server's own binary.

fn main() -> std::process::ExitCode {
    serve_runtime::main_with(std::env::args_os())
}
