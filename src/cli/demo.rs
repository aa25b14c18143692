//! `phusong demo`: from nothing to a map.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;

use super::{Common, Config, Failure, clock, serve, words};
use crate::api::{Doors, TILE_CACHE_BYTES};
use crate::flow::access;
use crate::flow::province::{self, Progress};
use crate::model::access::Role;
use crate::store;

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Folder for the demo's files and its store
    #[arg(long, default_value = "demo")]
    dir: PathBuf,
    /// Build, then stop
    #[arg(long)]
    no_serve: bool,
    /// Port on 127.0.0.1; 0 takes a free one [default: 8080]
    #[arg(long, env = "PHUSONG_PORT")]
    port: Option<u16>,
    /// Role of readers on this machine who show no token
    #[arg(long = "as", value_name = "ROLE", default_value = "department")]
    unasked: Role,
    /// A twentieth of the measurements and visits, for tests
    #[arg(long)]
    small: bool,
}

impl Demo {
    pub(super) async fn run(self, common: &Common, config: &Config) -> Result<ExitCode, Failure> {
        let started = Instant::now();
        let bar = words::spinner(common.quiet, "");
        let mut tell = |progress: Progress| {
            let text = progress.message(common.language());
            bar.set_message(text.clone());
            if !common.quiet {
                bar.suspend(|| words::say(&format!("{:>6.1} s  {text}", started.elapsed().as_secs_f64())));
            }
        };
        let built = province::build(&self.dir, self.small, &config.rules(), clock::now, &mut tell).await;
        bar.finish_and_clear();
        let file = built.map_err(|error| {
            Failure::new(error.to_string()).hint("choose another folder with --dir, or remove this one")
        })?;
        let store = store::open(&file.to_string_lossy()).await?;
        let tokens = access::of_demo(&*store, &self.dir, clock::now()).await;
        let tokens = tokens.map_err(|error| Failure::new(error.to_string()))?;
        if !common.quiet {
            let path = self.dir.join(access::DEMO_TOKENS);
            words::say(&common.language().pick(
                format!("mã của từng vai trò (cũng ở {}):", path.display()),
                format!("a token for each role (also in {}):", path.display()),
            ));
            tokens.iter().for_each(|(role, secret)| words::say(&format!("  {role} {secret}")));
        }
        if self.no_serve {
            store.close().await;
            words::result(&file.display().to_string());
            return Ok(ExitCode::SUCCESS);
        }
        serve::serve(
            store,
            self.port,
            (Doors { unasked: self.unasked, demo: tokens }, TILE_CACHE_BYTES),
            common,
            config,
        )
        .await
    }
}
