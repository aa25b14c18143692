//! `phusong judge`: one log, from a file to a file.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Common, Config, Failure, clock, keep_inputs_safe, profile, words};
use crate::flow::log::{self, Format, Judged};
use crate::ingest;
use crate::model::language::{Language, number};
use crate::model::operator::{Operator, Technology};

/// Refused rows shown; a store keeps all of them.
const SHOWN: usize = 5;

#[derive(Debug, Args)]
pub(super) struct Judge {
    /// Log of measurements, as `import samples` reads it
    log: PathBuf,
    /// File to write the cells to: .csv or .geojson [default: none, the summary only]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Network of rows that name none
    #[arg(long)]
    operator: Option<Operator>,
    /// Technology of rows that name none
    #[arg(long, value_name = "NAME")]
    technology: Option<Technology>,
    /// EPSG code of the log's coordinates, for a file that does not say
    #[arg(long, value_name = "EPSG")]
    crs: Option<u32>,
    /// What the columns of the log are, as `import samples --guess` proposes it
    #[arg(long, value_name = "TOML")]
    profile: Option<PathBuf>,
}

impl Judge {
    pub(super) fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        let format = self.output.as_deref().map(format).transpose()?;
        if let Some(output) = &self.output {
            keep_inputs_safe(std::iter::once(self.log.as_path()).chain(self.profile.as_deref()), output)?;
        }
        let options = ingest::Options {
            crs_epsg: self.crs,
            operator: self.operator,
            technology: self.technology,
            profile: profile(self.profile.as_deref())?,
            ..ingest::Options::at(clock::now())
        };
        let bar = words::spinner(common.quiet, "…");
        let judged = log::judge(&self.log, &options, &config.rules().signal);
        bar.finish_and_clear();
        let judged = judged.map_err(|problem| Failure::of_file(&self.log, &problem))?;
        if let (Some(path), Some(format)) = (&self.output, format) {
            let write = || {
                let mut out = BufWriter::new(File::create(path)?);
                log::write(&judged, format, &mut out)?;
                out.flush()
            };
            write().map_err(|error| Failure::cannot_write(path, &error))?;
        }
        words::result(&self.found(&judged, common.json, language));
        Ok(ExitCode::SUCCESS)
    }

    fn found(&self, judged: &Judged, as_json: bool, language: Language) -> String {
        let best = || judged.cells.iter().filter(|cell| cell.operator.is_none() && cell.technology.is_none());
        let (cells, dead) = (best().count(), best().filter(|cell| cell.verdict.is_dead()).count());
        if as_json {
            return json!({
                "command": "judge", "log": self.log, "profile": judged.profile, "samples": judged.samples,
                "repeated": judged.repeated, "refused": judged.refused, "runs": judged.runs, "cells": cells, "cells_dead": dead,
                "rows": judged.cells.len(), "passes": judged.passes, "output": self.output,
            })
            .to_string();
        }
        let [samples, repeated, refused, runs] = [judged.samples, judged.repeated, judged.refused, judged.runs]
            .map(|count| number(count as f64, 0, language));
        let [cells, dead] = [cells, dead].map(|n| number(n as f64, 0, language));
        let mut lines = vec![language.pick(
            format!(
                "{samples} trị đo ({repeated} dòng lặp lại, {refused} dòng bị loại) → {runs} lượt → {cells} ô, trong đó {dead} ô thiếu sóng"
            ),
            format!("{samples} samples ({repeated} rows repeated, {refused} refused) → {runs} runs → {cells} cells, of them {dead} dead"),
        )];
        lines.extend(judged.warnings.iter().map(|warning| format!("  {}", warning.message(language))));
        let name = self.log.display().to_string();
        lines.extend(
            judged
                .rejects
                .iter()
                .take(SHOWN)
                .map(|reject| format!("  {}: {}", reject.place(&name), reject.message(language))),
        );
        lines.join("\n")
    }
}

fn format(path: &Path) -> Result<Format, Failure> {
    match path.extension().and_then(|end| end.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("csv") => Ok(Format::Csv),
        Some("geojson" | "json") => Ok(Format::GeoJson),
        _ => Err(Failure::said(
            format!("{}: chỉ ghi được .csv hoặc .geojson", path.display()),
            format!("{}: only .csv and .geojson can be written", path.display()),
        )),
    }
}
