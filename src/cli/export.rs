//! `phusong export`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Common, Config, Failure, Filters, clock, words};
use crate::flow::export;
use crate::flow::snapshot::Snapshot;
use crate::model::question::Question;

#[derive(Debug, Args)]
pub(super) struct Export {
    /// communes, villages, unreached, signal, dead_areas or priority
    layer: String,
    /// geojson, csv, xlsx, gpkg, shp, kml, fgb or tab [default: that of the file's name]
    #[arg(long, short)]
    format: Option<String>,
    /// File to write [default: LAYER.FORMAT]
    #[arg(long, short)]
    output: Option<PathBuf>,
    #[command(flatten)]
    filters: Filters,
}

impl Export {
    pub(super) async fn run(self, common: &Common, config: &Config) -> Result<ExitCode, Failure> {
        let Filters { operator, technology, from, to, as_of } = self.filters;
        let question = Question { operator, technology, from, to, as_of };
        let by_name = || self.output.as_ref()?.extension()?.to_str().map(str::to_owned);
        let format = self.format.clone().or_else(by_name).unwrap_or_else(|| "geojson".into());
        let output = self.output.clone().unwrap_or_else(|| PathBuf::from(format!("{}.{format}", self.layer)));
        let store = common.open_existing(config).await?;
        let bar = words::spinner(common.quiet, "…");
        let snapshot = Snapshot::take(&*store, &config.rules(), clock::now()).await;
        bar.finish_and_clear();
        store.close().await;
        let snapshot = snapshot?;
        let rows = export::write(&snapshot, &snapshot.view(&question), &self.layer, &format, &output)?;
        words::result(&if common.json {
            json!({"command": "export", "layer": self.layer, "format": format, "rows": rows, "output": output, "epoch": snapshot.epoch.to_string()})
                .to_string()
        } else {
            format!("{}: {rows}", output.display())
        });
        Ok(ExitCode::SUCCESS)
    }
}
