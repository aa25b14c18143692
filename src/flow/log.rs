//! A log judged by itself, without a store: rows in, verdicts on cells out.
//!
//! Rows become runs as they are read and are let go. When the runs of a very large
//! log would outgrow the memory, the ground is halved and the log read again for
//! the other half; verdicts are the same.

use std::io::{self, Write};
use std::path::Path;

use super::export::feature;
use super::layers::cell_row;
use crate::engine::signal::cells::Tables;
use crate::engine::signal::passes;
use crate::engine::signal::runs::{Builder, Part};
use crate::ingest::{self, Unreadable, Warning};
use crate::model::feature::Value;
use crate::model::refusal::Reject;
use crate::model::rules::SignalRules;
use crate::model::verdict::CellVerdict;
use crate::tiles;

/// Bytes of runs in the making above which the ground is halved; judging takes as much again.
const MOST_BYTES: usize = 3 << 29;
/// Refused rows that are kept, of which a log of 100 million rows may have as many.
const REJECTS_KEPT: usize = 1_000;

/// What a log says.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Whose form the file has.
    pub profile: String,
    pub samples: u64,
    pub refused: u64,
    /// The first thousand of them.
    pub rejects: Vec<Reject>,
    pub warnings: Vec<Warning>,
    pub runs: u64,
    /// r9 cells of every view: operators and the best of all, technologies and the best of all.
    pub cells: Vec<CellVerdict>,
    /// How often the log was read.
    pub passes: u32,
}

/// Judges the readings of a log as its phones printed them: how phones differ is
/// known from many logs, and taken off in a store only.
///
/// # Errors
/// When the file cannot be read.
pub fn judge(log: &Path, options: &ingest::Options, rules: &SignalRules) -> Result<Judged, Unreadable> {
    judge_within(log, options, rules, MOST_BYTES)
}

fn judge_within(
    log: &Path,
    options: &ingest::Options,
    rules: &SignalRules,
    most_bytes: usize,
) -> Result<Judged, Unreadable> {
    let mut rejects = Vec::new();
    let mut tables = Tables::default();
    let (mut summary, mut runs, mut passes_made) = (None, 0, 0);
    let mut parts = vec![Part::default()];
    while let Some(part) = parts.pop() {
        let mut builder = Builder::of(part);
        let first = summary.is_none();
        let read = ingest::samples::read(log, options, &mut |batch| {
            builder.extend(batch.rows.iter().map(|row| &row.value));
            builder.shed(most_bytes, &mut parts);
            if first {
                let room = REJECTS_KEPT - rejects.len();
                rejects.extend(batch.rejects.into_iter().take(room));
            }
            Ok(())
        })?;
        summary.get_or_insert(read);
        passes_made += 1;
        let of_part = builder.finish();
        runs += of_part.len() as u64;
        tables.add(Tables::of(&passes(&of_part), rules));
    }
    let (profile, samples, refused, warnings) = summary.map_or((String::new(), 0, 0, Vec::new()), |summary| {
        (summary.profile, summary.accepted, summary.refused, summary.warnings)
    });
    let cells = tables.every_view(rules);
    Ok(Judged { profile, samples, refused, rejects, warnings, runs, cells, passes: passes_made })
}

/// What a file of verdicts may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A line a cell and view, without the hexagon: the `cell` column is its H3 index.
    Csv,
    GeoJson,
}

/// Writes the cells with the columns of the layer `signal`.
///
/// # Errors
/// Only those of `out`.
pub fn write(judged: &Judged, format: Format, out: &mut dyn Write) -> io::Result<()> {
    let fields: Vec<&str> = tiles::definition("signal").map_or(Vec::new(), |signal| {
        signal.fields.iter().map(|field| field.name).filter(|field| *field != "synthetic").collect()
    });
    let rows = || judged.cells.iter().map(|cell| cell_row(cell, false));
    match format {
        Format::Csv => {
            let mut csv = csv::Writer::from_writer(out);
            csv.write_record(&fields)?;
            for row in rows() {
                let text = |field: &&str| row.get(field).map_or_else(String::new, plain);
                csv.write_record(fields.iter().map(text))?;
            }
            csv.flush()
        }
        Format::GeoJson => {
            writeln!(out, "{{\"type\":\"FeatureCollection\",\"features\":[")?;
            for (number, row) in rows().enumerate() {
                writeln!(out, "{}{}", if number == 0 { "" } else { "," }, feature(&row, &fields))?;
            }
            writeln!(out, "]}}")
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// Forty phones on a lane of 4 km, one of them silent half the way.
    fn lane() -> tempfile::NamedTempFile {
        let mut text = "time,operator,technology,state,rsrp,lon,lat,device\n".to_owned();
        for phone in 0..40 {
            for second in 0..120 {
                let lon = 105.9 + f64::from(second) * 0.000_35;
                let (day, network) = (1 + phone % 5, ["viettel", "vnpt"][phone % 2]);
                let silent = phone == 3 && second > 60;
                let (state, power) =
                    if silent { ("no_service", String::new()) } else { ("in_service", (-80 - second / 3).to_string()) };
                let (minute, second) = (second / 60, second % 60);
                writeln!(text, "2026-03-0{day}T08:{minute:02}:{second:02}+07:00,{network},4G,{state},{power},{lon},20.25,phone-{phone}").unwrap();
            }
        }
        let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn halving_the_ground_changes_no_verdict() {
        let (log, rules) = (lane(), SignalRules::default());
        let options = ingest::Options::at("2026-04-01T00:00:00Z".parse().unwrap());
        let whole = judge(log.path(), &options, &rules).unwrap();
        let halved = judge_within(log.path(), &options, &rules, 40_000).unwrap();
        assert_eq!((whole.passes, whole.samples, whole.refused), (1, 4_800, 0));
        assert!(halved.passes > 2, "{}", halved.passes);
        assert_eq!((halved.runs, halved.samples), (whole.runs, whole.samples));
        assert_eq!(halved.cells, whole.cells);
    }

    #[test]
    fn a_file_of_verdicts_has_a_line_for_each_cell_and_view() {
        let (log, rules) = (lane(), SignalRules::default());
        let options = ingest::Options::at("2026-04-01T00:00:00Z".parse().unwrap());
        let judged = judge(log.path(), &options, &rules).unwrap();
        let (mut csv, mut json) = (Vec::new(), Vec::new());
        write(&judged, Format::Csv, &mut csv).unwrap();
        write(&judged, Format::GeoJson, &mut json).unwrap();
        let lines = String::from_utf8(csv).unwrap();
        assert!(lines.starts_with("cell,resolution,operator,technology,verdict,"), "{lines}");
        assert_eq!(lines.lines().count(), judged.cells.len() + 1);
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(json["features"].as_array().unwrap().len(), judged.cells.len());
        assert_eq!(json["features"][0]["properties"]["cell"], json["features"][0]["id"]);
    }
}
