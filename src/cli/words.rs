//! The only place that writes to the terminal.

use std::io::{IsTerminal, Write, stderr, stdout};

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use super::traces::{self, Traces};

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

/// Logs go to standard error; `PHUSONG_LOG=debug` says more. A program that serves also sends traces where a collector
/// is named; what comes back is held until its end.
pub(super) fn log_to_standard_error(serves: bool) -> Traces {
    let filter = EnvFilter::try_from_env("PHUSONG_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let log = tracing_subscriber::fmt::layer().with_writer(stderr).with_filter(filter);
    let (layer, traces, wrong) = match serves.then(traces::start).transpose() {
        Ok(started) => {
            let (layer, traces) = started.unwrap_or_default();
            (layer, traces, None)
        }
        Err(error) => (None, Traces::default(), Some(error)),
    };
    let _ = tracing_subscriber::registry().with(layer).with(log).try_init();
    if let Some(error) = wrong {
        tracing::warn!(%error, "there are no traces: the variables OTEL_… are not understood");
    }
    traces
}
