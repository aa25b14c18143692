//! `phusong export`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Common, Config, Failure, Filters, clock, words};
use crate::flow::access::{Actor, is_guarded};
use crate::flow::export;
use crate::flow::snapshot::Snapshot;
use crate::model::access::Role;
use crate::model::language::Language;
use crate::model::token::{AuditAction, AuditEvent, Note};

#[derive(Debug, Args)]
pub(super) struct Export {
    /// communes, villages, unreached, signal, dead_areas, work, hints or priority
    layer: String,
    /// geojson, csv, xlsx, gpkg, shp, kml, fgb or tab [default: that of the file's name]
    #[arg(long, short)]
    format: Option<String>,
    /// File to write [default: LAYER.FORMAT]
    #[arg(long, short)]
    output: Option<PathBuf>,
    /// What a layer that is not for everybody is taken away for: it stands in the audit
    #[arg(long, default_value = "")]
    purpose: String,
    #[command(flatten)]
    filters: Filters,
}

impl Export {
    pub(super) async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        let question = self.filters.question()?;
        let purpose = Note::new(&self.purpose).map_err(|error| Failure::new(format!("--purpose: {error}")))?;
        let by_name = || self.output.as_ref()?.extension()?.to_str().map(str::to_owned);
        let format = self.format.clone().or_else(by_name).unwrap_or_else(|| "geojson".into());
        let output = self.output.clone().unwrap_or_else(|| PathBuf::from(format!("{}.{format}", self.layer)));
        let store = common.open_existing(config).await?;
        common.keep_store_safe(config, &output)?;
        let bar = words::spinner(common.quiet, "…");
        let snapshot = Snapshot::read(&*store, &config.rules(), clock::now()).await;
        bar.finish_and_clear();
        let snapshot = snapshot?;
        let view = snapshot.ask(Role::Admin, &question).map_err(|error| {
            Failure::new(error.to_string())
                .hint_said("bỏ bộ lọc này để xem mạng tốt nhất", "leave the filter out for the best of all")
        })?;
        let rows = export::write(&snapshot, &view, &self.layer, &format, &output)?;
        if is_guarded(&self.layer) {
            let did = Actor::TERMINAL.did(AuditAction::Export, format!("{}.{format}", self.layer), clock::now());
            store.record(&AuditEvent { purpose, ..did }).await?;
        }
        store.close().await;
        let style = export::style_beside(&output, &self.layer, &format, language)?;
        words::result(&if common.json {
            json!({
                "command": "export", "layer": self.layer, "format": format, "rows": rows, "output": output,
                "style": style, "epoch": snapshot.epoch.to_string(),
            })
            .to_string()
        } else {
            let style = style.map_or_else(String::new, |style| format!("\n{} (QGIS)", style.display()));
            format!("{}: {rows}{style}", output.display())
        });
        Ok(ExitCode::SUCCESS)
    }
}
