//! `phusong serve`.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::{Common, Config, Failure, clock, words};
use crate::api::serve::Patience;
use crate::api::{self, App, Doors, TILE_CACHE_BYTES};
use crate::model::access::Role;
use crate::store::Store;

/// The port of the README.
const PORT: u16 = 8080;

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Port on 127.0.0.1; 0 takes a free one [default: 8080]
    #[arg(long, env = "PHUSONG_PORT")]
    port: Option<u16>,
    /// Role of readers on this machine who show no token, such as department or telecom:viettel; everybody else,
    /// and whoever comes through a proxy, is the public
    #[arg(long = "as", value_name = "ROLE", default_value = "public")]
    unasked: Role,
    /// Memory for finished tiles, megabytes; 0 keeps none
    #[arg(long, value_name = "MB", default_value_t = TILE_CACHE_BYTES >> 20, value_parser = clap::value_parser!(u64).range(..=1 << 20))]
    tile_cache_mb: u64,
}

impl Serve {
    pub(super) async fn run(self, common: &Common, config: &Config) -> Result<ExitCode, Failure> {
        let store = common.open_existing(config).await?;
        let doors = Doors { unasked: self.unasked, demo: Vec::new() };
        serve(store, self.port, (doors, self.tile_cache_mb << 20), common, config).await
    }
}

pub(super) async fn serve(
    store: Arc<dyn Store>,
    port: Option<u16>,
    (doors, tile_cache_bytes): (Doors, u64),
    common: &Common,
    config: &Config,
) -> Result<ExitCode, Failure> {
    let bar = words::spinner(common.quiet, "…");
    let app = App::new(Arc::clone(&store), config.rules(), clock::now, doors, tile_cache_bytes).await;
    bar.finish_and_clear();
    let port = port.or(config.port).unwrap_or(PORT);
    // Without it a thousand open pages are as many as many systems let a program have.
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the limit on open connections stays as it is");
    }
    let listening = |at| words::result(&format!("listening on http://{at}"));
    let served = api::serve::serve(app?, port, Patience::default(), listening, stopped()).await;
    store.close().await;
    match served {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => Err(Failure::new(format!("cannot serve on 127.0.0.1:{port}: {error}"))
            .hint("another program may hold the port; try --port 0")),
    }
}

/// Ctrl-C, or the signal by which a service manager says stop.
async fn stopped() {
    let interrupted = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
