//! `phusong export`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use super::{Common, Config, Failure, Filters, clock, words};
use crate::flow::access::{Actor, is_guarded};
use crate::flow::choice::{Choice, NotAChoice};
use crate::flow::export::{self, Format, Taking};
use crate::flow::layers::LAYERS;
use crate::flow::snapshot::Snapshot;
use crate::model::access::{Role, Sight};
use crate::model::language::Language;
use crate::model::question::Question;
use crate::model::token::{AuditAction, AuditEvent, Note};
use crate::store::Store;
use crate::tiles::{self, LayerDefinition};

#[derive(Debug, Args)]
pub(super) struct Export {
    #[arg(help = LAYERS.join(", "))]
    layer: String,
    /// geojson, geojsonl, csv, xlsx, kml, gpkg, fgb, shp, tab or parquet [default: that of the file's name]; shp.zip
    /// and tab.zip as names give one archive
    #[arg(long, short)]
    format: Option<String>,
    /// File to write [default: LAYER.FORMAT]
    #[arg(long, short)]
    output: Option<PathBuf>,
    /// Coordinate system of the places, by its EPSG number: 5897 is VN-2000 105°00′, 9209 105°30′ [default: WGS 84]
    #[arg(long, value_name = "EPSG")]
    crs: Option<String>,
    /// What a layer that is not for everybody is taken away for: it stands in the audit
    #[arg(long, default_value = "")]
    purpose: String,
    #[command(flatten)]
    chosen: Chosen,
    #[command(flatten)]
    filters: Filters,
    /// Households and visits of a campaign alone: the code that `phusong campaign list` shows
    #[arg(long, value_name = "CODE")]
    campaign: Option<String>,
}

/// Which rows.
#[derive(Debug, Args)]
pub(super) struct Chosen {
    /// Rows that fit a filter of CQL2: "percent < 20 AND signal_place = 'no_signal'"
    #[arg(long, value_name = "CQL2")]
    pub(super) filter: Option<String>,
    /// cql2-text or cql2-json
    #[arg(long, value_name = "LANGUAGE")]
    filter_lang: Option<String>,
    /// Rows that meet a box: west,south,east,north in degrees
    #[arg(long, value_name = "W,S,E,N", allow_hyphen_values = true)]
    pub(super) bbox: Option<String>,
    /// Rows in a commune
    #[arg(long, value_name = "CODE")]
    pub(super) commune: Option<String>,
}

impl Chosen {
    pub(super) fn read(&self, of: (&LayerDefinition, Sight)) -> Result<Choice, NotAChoice> {
        let get = |name: &str| match name {
            "filter" => self.filter.as_deref(),
            "filter-lang" => self.filter_lang.as_deref(),
            "bbox" => self.bbox.as_deref(),
            "commune" => self.commune.as_deref(),
            _ => None,
        };
        Choice::read(get, of)
    }
}

/// Writes down what was taken away that is not for everybody, and what for.
pub(super) async fn record(store: &dyn Store, name: &str, choice: &Choice, purpose: Note) -> Result<(), Failure> {
    let joint = if choice.is_all() { "" } else { "?" };
    let subject = format!("{name}{joint}{}", choice.told());
    let did = Actor::TERMINAL.did(AuditAction::Export, subject, clock::now());
    Ok(store.record(&AuditEvent { purpose, ..did }).await?)
}

impl Export {
    pub(super) async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        let question = Question { campaign: self.campaign.clone(), ..self.filters.question()? };
        let purpose = Note::new(&self.purpose).map_err(|error| Failure::new(format!("--purpose: {error}")))?;
        let code = self.format.clone().or_else(|| self.output.as_deref().and_then(Format::code_of));
        let format = Format::of_code(code.as_deref().unwrap_or("geojson"))?;
        let system = export::system(self.crs.as_deref())?;
        export::fits(&self.layer, format, system)?;
        let choice = match tiles::definition(&self.layer) {
            Some(layer) => self.chosen.read((layer, Sight::Whole))?,
            // Refused below, with the layers that there are.
            None => Choice::default(),
        };
        let output = self.output.clone().unwrap_or_else(|| {
            let chosen = choice.suffix();
            let joint = if chosen.is_empty() { "" } else { "_" };
            PathBuf::from(format!("{}{joint}{chosen}.{}", self.layer, format.code()))
        });
        let store = common.open_existing(config).await?;
        common.keep_store_safe(config, &output)?;
        let bar = words::spinner(common.quiet, "…");
        let snapshot = Snapshot::read(&*store, &config.rules(), clock::now()).await;
        bar.finish_and_clear();
        let snapshot = Arc::new(snapshot?).asked(&question)?;
        let view = snapshot.ask(Role::Admin, &question)?;
        let taking = Taking::new(&snapshot, &view, &self.layer, &choice)?.in_system(system).in_language(language);
        let export::Written { rows, cut } = taking.write(format, &output)?;
        if is_guarded(&self.layer) {
            record(&*store, &format!("{}.{}", self.layer, format.code()), &choice, purpose).await?;
        }
        store.close().await;
        let style = export::style_beside(&output, &self.layer, format, language)?;
        if cut > 0 {
            words::say(&language.pick(
                format!("{cut} ô chữ dài hơn 254 byte đã bị cắt: định dạng này không chứa hết (bản đầy đủ: gpkg, xlsx, csv)"),
                format!("{cut} texts of more than 254 bytes were cut: the format has no room for them (whole in gpkg, xlsx, csv)"),
            ));
        }
        words::result(&if common.json {
            json!({
                "command": "export", "layer": self.layer, "format": format.code(), "crs": system.to_string(), "rows": rows,
                "cut": cut, "output": output,
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
