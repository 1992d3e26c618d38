//! The doorbell: arguments -> `cli::run` -> exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(tonearm::cli::run(std::env::args_os()))
}
