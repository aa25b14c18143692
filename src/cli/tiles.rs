//! `phusong tiles export`.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::export::{Chosen, record};
use super::{Common, Config, Failure, Filters, clock, words};
use crate::api;
use crate::flow::access::is_guarded;
use crate::flow::archive::{self, Wanted};
use crate::flow::choice::{self, Choice, NotAChoice};
use crate::flow::pack;
use crate::flow::snapshot::Snapshot;
use crate::model::access::Role;
use crate::model::language::Language;
use crate::model::token::Note;
use crate::tiles::{self, Address, LayerDefinition};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Tiles {
    /// Write the tiles of some layers, zooms and ground into one file
    #[command(
        after_help = "Example:\n  phusong tiles export --layers communes,signal --zoom 4-14 --commune 13285 --db demo/phusong.gpkg --out xa.pmtiles\n  phusong tiles export --layers villages --filter \"percent < 50\" --db demo/phusong.gpkg --out villages.mbtiles\n  phusong tiles export --pack --commune 13285 --db demo/phusong.gpkg --out xa.zip\n\nThe tiles are those that the server gives the role. --commune and --bbox say which tiles, whole ones; --filter which rows."
    )]
    Export(Export),
}

#[derive(Debug, Args)]
pub(super) struct Export {
    /// Layers, with commas between
    #[arg(long, default_value = "communes,commune_labels,signal,dead_areas,villages,places")]
    layers: String,
    /// First and last zoom
    #[arg(long, value_name = "FROM-TO", default_value = "4-14")]
    zoom: String,
    /// Who will look at it: public, department, telecom:viettel …; what a role may not see is not in the file
    #[arg(long, value_name = "ROLE", default_value = "public")]
    role: Role,
    /// A map to carry: tiles, style, letters and a page in one .zip, for any server of static files
    #[arg(long)]
    pack: bool,
    /// File to write: .pmtiles or .mbtiles, of a pack .zip
    #[arg(long, short, alias = "output", value_name = "FILE")]
    out: PathBuf,
    /// What layers that are not for everybody are taken away for: it stands in the audit
    #[arg(long, default_value = "")]
    purpose: String,
    #[command(flatten)]
    chosen: Chosen,
    #[command(flatten)]
    filters: Filters,
}

impl Tiles {
    pub(super) async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        let Self::Export(export) = self;
        export.run(common, config, language).await
    }
}

impl Export {
    async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        let question = self.filters.question()?;
        let purpose = Note::new(&self.purpose).map_err(|error| Failure::new(format!("--purpose: {error}")))?;
        let (layers, zooms) = (self.layers()?, self.zooms()?);
        let zipped = self.out.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
        if self.pack && (!zipped || (self.chosen.commune.is_none() && self.chosen.bbox.is_none())) {
            return Err(Failure::said(
                "--pack cần --commune hoặc --bbox, và tệp ghi ra kết thúc bằng .zip",
                "--pack needs --commune or --bbox, and a file that ends in .zip",
            )
            .hint("--pack --commune 13285 --out xa.zip"));
        }
        let bounds = self.chosen.bbox.as_deref().map(bounds).transpose()?;
        let store = common.open_existing(config).await?;
        common.keep_store_safe(config, &self.out)?;
        let bar = words::spinner(common.quiet, "…");
        let snapshot = Snapshot::read(&*store, &config.rules(), clock::now()).await?;
        let view = snapshot.ask(self.role, &question)?;
        let choice = self.choice(&layers, &view)?;
        let wanted = Wanted { layers, zooms, bounds, choice: &choice, language };
        let seen = |done: u64, all: u64| bar.set_message(format!("{done}/{all}"));
        let written = if self.pack {
            pack::write((&snapshot, &view), &wanted, api::page(), &self.out, &seen).await
        } else {
            archive::write((&snapshot, &view), &wanted, &self.out, &seen).await
        };
        bar.finish_and_clear();
        let written = written?;
        let names: Vec<&str> = wanted.layers.iter().map(|layer| layer.id).collect();
        if names.iter().any(|layer| is_guarded(layer)) {
            record(&*store, &format!("tiles/{}", names.join(",")), &choice, purpose).await?;
        }
        store.close().await;
        words::result(&if common.json {
            json!({
                "command": "tiles export", "layers": names, "zooms": [wanted.zooms.start(), wanted.zooms.end()],
                "role": self.role.to_string(), "asked": written.asked, "tiles": written.tiles, "bytes": written.bytes,
                "output": self.out, "epoch": snapshot.epoch.to_string(),
            })
            .to_string()
        } else {
            let of = language.pick("ô bản đồ", "tiles");
            format!("{}: {} {of}, {} kB", self.out.display(), written.tiles, written.bytes.div_ceil(1000))
        });
        Ok(ExitCode::SUCCESS)
    }

    fn layers(&self) -> Result<Vec<&'static LayerDefinition>, Failure> {
        tiles::named(self.layers.split(',').map(str::trim)).map_err(|name| {
            let known: Vec<&str> = tiles::definitions().iter().map(|layer| layer.id).collect();
            Failure::said(
                format!("không có lớp `{name}`, cần một trong: {}", known.join(", ")),
                format!("there is no layer `{name}`, expected one of {}", known.join(", ")),
            )
        })
    }

    /// `4-14`, `12`.
    fn zooms(&self) -> Result<RangeInclusive<u8>, Failure> {
        let (from, to) = self.zoom.split_once('-').unwrap_or((&self.zoom, &self.zoom));
        let zooms = from.trim().parse().ok().zip(to.trim().parse().ok());
        let fits = |(from, to): &(u8, u8)| from <= to && *to <= Address::MAX_ZOOM;
        zooms.filter(fits).map(|(from, to)| from..=to).ok_or_else(|| {
            let (zoom, most) = (&self.zoom, Address::MAX_ZOOM);
            Failure::said(
                format!("--zoom là `{zoom}`, cần hai số từ 0 đến {most}"),
                format!("--zoom is `{zoom}`, expected two numbers from 0 to {most}"),
            )
            .hint("--zoom 4-14")
        })
    }

    /// A filter has to fit every layer that it is asked of.
    fn choice(
        &self,
        layers: &[&'static LayerDefinition],
        view: &crate::flow::snapshot::View,
    ) -> Result<Choice, Failure> {
        let mut last = Choice::default();
        for layer in layers {
            last = self.chosen.read((layer, view.sight)).map_err(|error| {
                let of_layer = matches!(error, NotAChoice::Filter(_));
                let failure = Failure::from(error);
                if of_layer && layers.len() > 1 {
                    failure.hint(format!("a filter is asked of every layer, also of {}: --layers", layer.id))
                } else {
                    failure
                }
            })?;
        }
        Ok(last)
    }
}

/// West, south, east, north.
fn bounds(text: &str) -> Result<[f64; 4], Failure> {
    choice::ground(text)?;
    match choice::numbers(text)?[..] {
        [west, south, east, north] if west <= east => Ok([west, south, east, north]),
        _ => Err(Failure::new(format!("--bbox is `{text}`, expected west, south, east, north"))),
    }
}
