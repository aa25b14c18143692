//! `phusong analyse --validate`: how far the surface can be trusted on a log of one's own.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value as Json, json};

use super::{Common, Failure, clock, keep_inputs_safe, profile, words};
use crate::engine::signal::surface::validate::{Baselines, Validation};
use crate::flow::validate::{self, Request, Validated};
use crate::ingest;
use crate::model::language::{Language, number};
use crate::model::operator::{Operator, Technology};

#[derive(Debug, Args)]
pub(super) struct Validate {
    /// Log (place and power) to fit a surface to and judge it by
    #[arg(long, value_name = "FILE")]
    validate: Option<PathBuf>,
    /// Split: H3 `cell` and `fold`, and `value` in dBm where it is known [default: blocks of H3 r9]
    #[arg(long, value_name = "CSV", requires = "validate")]
    folds: Option<PathBuf>,
    /// Masts of the network, as `import sites` reads them: then the surface knows how far each place is from one
    #[arg(long, value_name = "FILE", requires = "validate")]
    sites: Option<PathBuf>,
    /// Network to judge, of several in the log, and of the masts [default: all as one]
    #[arg(long, value_name = "NAME", requires = "validate")]
    operator: Option<Operator>,
    /// A place below this power is weak
    #[arg(long, value_name = "DBM", default_value_t = -105.0, allow_negative_numbers = true, requires = "validate")]
    threshold: f64,
    /// Technology to judge, of several in the log, and of rows that name none [default: that of the most readings]
    #[arg(long, value_name = "NAME", requires = "validate")]
    technology: Option<Technology>,
    /// EPSG code of the log's coordinates, for a file that does not say
    #[arg(long, value_name = "EPSG", requires = "validate")]
    crs: Option<u32>,
    /// Mapping profile: what the columns of the log hold
    #[arg(long, value_name = "TOML", requires = "validate")]
    profile: Option<PathBuf>,
    /// File to write the figures to, as JSON
    #[arg(long, short, value_name = "FILE", requires = "validate")]
    output: Option<PathBuf>,
}

impl Validate {
    pub(super) fn log(&self) -> Option<&Path> {
        self.validate.as_deref()
    }

    pub(super) fn run(&self, log: &Path, common: &Common, language: Language) -> Result<ExitCode, Failure> {
        let options = ingest::Options {
            crs_epsg: self.crs,
            operator: self.operator,
            technology: self.technology,
            profile: profile(self.profile.as_deref())?,
            ..ingest::Options::at(clock::now())
        };
        if let Some(output) = &self.output {
            let others = [&self.folds, &self.sites, &self.profile];
            let read = std::iter::once(log).chain(others.into_iter().filter_map(|path| path.as_deref()));
            keep_inputs_safe(read, output)?;
        }
        let request =
            Request { log, folds: self.folds.as_deref(), sites: self.sites.as_deref(), threshold_dbm: self.threshold };
        let bar = words::spinner(common.quiet, "…");
        let validated = validate::validate(&request, &options);
        bar.finish_and_clear();
        let validated = validated?;
        let figures = as_json(log, &validated);
        if let Some(path) = &self.output {
            let text = format!("{figures:#}\n");
            std::fs::write(path, text).map_err(|error| Failure::cannot_write(path, &error))?;
        }
        words::result(&if common.json { figures.to_string() } else { as_text(log, &validated, language) });
        Ok(ExitCode::SUCCESS)
    }
}

fn as_json(log: &Path, validated: &Validated) -> Json {
    let found = &validated.figures;
    let reliability: Vec<Json> = found
        .reliability
        .iter()
        .map(|tenth| {
            json!({
                "from": tenth.from, "to": tenth.to, "cells": tenth.places,
                "predicted": tenth.predicted, "observed": tenth.observed,
            })
        })
        .collect();
    let Baselines { mean_rmse_db, nearest_rmse_db, inverse_distance_rmse_db } = found.baselines;
    let baselines = json!({
        "mean_rmse_db": mean_rmse_db, "nearest_rmse_db": nearest_rmse_db,
        "inverse_distance_rmse_db": inverse_distance_rmse_db,
    });
    json!({
        "command": "analyse", "validated": log, "readings": validated.readings, "refused": validated.rejects.len(),
        "cells": found.places, "cells_without_reading": validated.cells_without_reading, "folds": found.folds,
        "sites": validated.sites, "folds_with_trend": found.folds_with_trend,
        "technology": validated.technology.map(Technology::generation),
        "warnings": validated.warnings.iter().map(|warning| warning.message(Language::En)).collect::<Vec<_>>(),
        "threshold_dbm": found.threshold_dbm, "weak_share": found.weak_share,
        "rmse_db": found.rmse_db, "mae_db": found.mae_db, "bias_db": found.bias_db, "bias_weak_db": found.bias_weak_db,
        "auc": found.ranking.map(|ranking| ranking.auc),
        "average_precision": found.ranking.map(|ranking| ranking.average_precision),
        "brier": found.brier, "interval_90_coverage": found.interval_90_coverage,
        "interval_90_width_db": found.interval_90_width_db, "reliability": reliability, "baselines": baselines,
    })
}

fn as_text(log: &Path, validated: &Validated, language: Language) -> String {
    let found: &Validation = &validated.figures;
    let (name, threshold) = (log.display(), number(found.threshold_dbm, 0, language));
    let (readings, refused) = (validated.readings as f64, validated.rejects.len() as f64);
    let [readings, refused, cells, folds] =
        [readings, refused, found.places as f64, found.folds as f64].map(|count| number(count, 0, language));
    let mut lines = vec![language.pick(
        format!("{name}: {readings} trị đo ({refused} dòng bị loại), {cells} ô, bỏ ra {folds} nhóm khối đất lần lượt"),
        format!("{name}: {readings} readings ({refused} rows refused), {cells} cells, {folds} folds of blocks left out in turn"),
    )];
    lines.extend(validated.warnings.iter().map(|warning| format!("  {}", warning.message(language))));
    if validated.sites > 0 {
        let [masts, helped] = [validated.sites, found.folds_with_trend].map(|n| number(n as f64, 0, language));
        lines.push(language.pick(
            format!("  {masts} trạm: khoảng cách tới trạm giúp dự báo ở {helped}/{folds} nhóm"),
            format!("  {masts} masts: the distance from them helped in {helped} of {folds} folds"),
        ));
    }
    let mut line = |vietnamese: &str, english: &str, value: Option<f64>, digits: usize, unit: &str| {
        let none = language.pick("không tính được", "not defined");
        let value = value.map_or_else(|| none.to_owned(), |value| format!("{}{unit}", number(value, digits, language)));
        let label = language.pick(vietnamese, english);
        lines.push(format!("  {label}{}{value}", " ".repeat(44_usize.saturating_sub(label.chars().count()))));
    };
    line("RMSE", "RMSE", Some(found.rmse_db), 2, " dB");
    let Baselines { mean_rmse_db, nearest_rmse_db, inverse_distance_rmse_db } = found.baselines;
    line("  của giá trị trung bình", "  of the mean", Some(mean_rmse_db), 2, " dB");
    line("  của điểm gần nhất", "  of the nearest place", Some(nearest_rmse_db), 2, " dB");
    line("  của nghịch đảo khoảng cách", "  of inverse distances", Some(inverse_distance_rmse_db), 2, " dB");
    line("MAE", "MAE", Some(found.mae_db), 2, " dB");
    line("Độ lệch", "Bias", Some(found.bias_db), 2, " dB");
    let weak = (format!("Độ lệch ở nơi dưới {threshold} dBm"), format!("Bias where below {threshold} dBm"));
    line(&weak.0, &weak.1, found.bias_weak_db, 2, " dB");
    let ranking = found.ranking;
    let auc = (format!("AUC của xác suất dưới {threshold} dBm"), format!("AUC of the chance below {threshold} dBm"));
    line(&auc.0, &auc.1, ranking.map(|ranking| ranking.auc), 3, "");
    line("Độ chính xác trung bình (AP)", "Average precision", ranking.map(|ranking| ranking.average_precision), 3, "");
    line("Điểm Brier", "Brier score", Some(found.brier), 3, "");
    line(
        "Khoảng 90 % chứa giá trị đo",
        "90 % interval holds the measured",
        Some(found.interval_90_coverage * 100.0),
        1,
        " %",
    );
    line(
        "Bề rộng trung bình của khoảng 90 %",
        "Mean width of the 90 % interval",
        Some(found.interval_90_width_db),
        1,
        " dB",
    );
    lines.push(
        language
            .pick("  Xác suất dự báo → tỉ lệ thật (số ô):", "  Predicted chance → observed share (cells):")
            .to_owned(),
    );
    for tenth in &found.reliability {
        let [predicted, observed] = [tenth.predicted, tenth.observed].map(|share| number(share, 2, language));
        lines.push(format!("    {predicted} → {observed} ({})", number(tenth.places as f64, 0, language)));
    }
    lines.join("\n")
}
