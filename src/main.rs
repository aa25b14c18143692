//! The `phusong` program: reads what was typed, runs it, prints what went wrong.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match phusong::cli::typed() {
        Ok(arguments) => phusong::cli::run(arguments),
        Err(code) => code,
    }
}
