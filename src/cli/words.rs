//! The only place that writes to the terminal.

use std::io::{IsTerminal, Write, stderr, stdout};

use tracing_subscriber::EnvFilter;

/// A message: to standard error, so that standard output stays data.
pub(super) fn say(text: &str) {
    let _ = writeln!(stderr(), "{text}");
}

/// A result: to standard output.
pub(super) fn result(text: &str) {
    let _ = writeln!(stdout(), "{text}");
}

/// Whether a person is watching, so that progress is worth drawing.
pub(super) fn watched() -> bool {
    stderr().is_terminal()
}

/// A spinner for work of unknown length; silent with `--quiet` and in pipes.
pub(super) fn spinner(quiet: bool, text: &str) -> indicatif::ProgressBar {
    if quiet || !watched() {
        return indicatif::ProgressBar::hidden();
    }
    let bar = indicatif::ProgressBar::new_spinner();
    bar.enable_steady_tick(std::time::Duration::from_millis(120));
    bar.set_message(text.to_owned());
    bar
}

/// Logs go to standard error; `PHUSONG_LOG=debug` says more.
pub(super) fn log_to_standard_error() {
    let filter = EnvFilter::try_from_env("PHUSONG_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr).try_init();
}
