//! The `phusong` program: reads what was typed, runs it, prints what went wrong.

use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    phusong::cli::run(phusong::cli::Arguments::parse())
}
