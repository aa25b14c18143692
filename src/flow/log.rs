//! A log judged by itself, without a store: rows in, verdicts on cells out.
//!
//! Rows become runs as they are read and are let go. When the runs of a very large
//! log would outgrow the memory, the ground is halved and the log read again for
//! the other half; verdicts are the same. Where two rows of a phone have one time the
//! log is read again too, now with the rows of those cells known by their keys.

use std::io::{self, Write};
use std::path::Path;

use super::export::feature;
use super::layers::cell_row;
use crate::engine::signal::cells::Tables;
use crate::engine::signal::runs::{Builder, Part};
use crate::engine::signal::superseded::marked;
use crate::ingest::{self, Unreadable, Warning};
use crate::model::feature::Value;
use crate::model::refusal::Reject;
use crate::model::rules::SignalRules;
use crate::model::verdict::CellVerdict;
use crate::tiles;

/// Bytes of runs in the making above which the ground is halved; judging takes little more.
const MOST_BYTES: usize = 3 << 29;
/// Refused rows that are kept, of which a log of 100 million rows may have as many.
const REJECTS_KEPT: usize = 1_000;

/// What a log says.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// Whose form the file has.
    pub profile: String,
    /// Good rows, each once.
    pub samples: u64,
    /// Good rows that had come before: device, time, network, place, power and speed are the same.
    pub repeated: u64,
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
/// known from many logs, and taken off in a store only. A row that stands twice counts once, as in a store.
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
    let mut reading = Reading { log, options, most_bytes, judged: None, parts: vec![Part::default()] };
    let mut tables = Tables::default();
    let (mut runs, mut repeated) = (0, 0);
    while let Some(part) = reading.parts.pop() {
        let builder = reading.pass(Builder::of(part).expecting(reading.most_samples()))?;
        let part = builder.part();
        let mut sorted = builder.sort();
        if !sorted.doubtful().is_empty() {
            let doubtful = sorted.doubtful().clone();
            drop(sorted);
            let builder = reading.pass(Builder::of(part).watching(doubtful))?;
            repeated += builder.repeated();
            sorted = builder.sort();
        }
        for (found, table) in sorted.by_ground(|runs| (runs.len(), Tables::of(&marked(runs, rules), rules))) {
            runs += found as u64;
            tables.add(table);
        }
    }
    let mut judged = reading.judged.unwrap_or_default();
    judged.samples -= repeated.min(judged.samples);
    (judged.repeated, judged.runs, judged.cells) = (repeated, runs, tables.every_view(rules));
    Ok(judged)
}

/// A log that is read more than once.
struct Reading<'a> {
    log: &'a Path,
    options: &'a ingest::Options,
    most_bytes: usize,
    /// From the first pass, what every pass would say.
    judged: Option<Judged>,
    /// Ground that is still to do.
    parts: Vec<Part>,
}

/// Bytes of a row of a log at the least: a time, a place and a power, with something between.
const LEAST_ROW: u64 = 40;
/// Of what is kept of a sample in a fragment of its own.
const SAMPLE_BYTES: usize = 24;

impl Reading<'_> {
    /// As many as the file can hold, or as may be held at once. A packed file holds more, and the room grows.
    fn most_samples(&self) -> usize {
        let bytes = std::fs::metadata(self.log).map_or(0, |file| file.len());
        usize::try_from(bytes / LEAST_ROW).unwrap_or(usize::MAX).min(self.most_bytes / SAMPLE_BYTES)
    }

    /// Reads the log into a builder; ground that is too much goes to `parts`.
    fn pass(&mut self, mut builder: Builder) -> Result<Builder, Unreadable> {
        let mut rejects = Vec::new();
        let keep = if self.judged.is_none() { REJECTS_KEPT } else { 0 };
        let summary = ingest::samples::read(self.log, self.options, &mut |batch| {
            builder.extend(batch.rows.iter().map(|row| &row.value));
            builder.shed(self.most_bytes, &mut self.parts);
            rejects.extend(batch.rejects.drain(..).take(keep.saturating_sub(rejects.len())));
            Ok(())
        })?;
        let ingest::Summary { profile, accepted: samples, refused, warnings, .. } = summary;
        let first = || Judged { profile, samples, refused, rejects, warnings, ..Judged::default() };
        self.judged.get_or_insert_with(first).passes += 1;
        Ok(builder)
    }
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
        let halved = judge_within(log.path(), &options, &rules, 15_000).unwrap();
        assert_eq!((whole.passes, whole.samples, whole.refused), (1, 4_800, 0));
        assert!(halved.passes > 2, "{}", halved.passes);
        assert_eq!((halved.runs, halved.samples), (whole.runs, whole.samples));
        assert_eq!(halved.cells, whole.cells);
    }

    #[test]
    fn a_row_that_stands_twice_counts_once_wherever_it_stands() {
        let (log, rules) = (lane(), SignalRules::default());
        let options = ingest::Options::at("2026-04-01T00:00:00Z".parse().unwrap());
        let once = judge(log.path(), &options, &rules).unwrap();
        assert_eq!((once.passes, once.repeated), (1, 0));
        let text = std::fs::read_to_string(log.path()).unwrap();
        let (header, rows) = text.split_once('\n').unwrap();
        let neighbours = rows.lines().map(|row| format!("{row}\n{row}\n")).collect::<String>();
        for body in [format!("{rows}{rows}"), neighbours] {
            let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
            std::fs::write(file.path(), format!("{header}\n{body}")).unwrap();
            let twice = judge(file.path(), &options, &rules).unwrap();
            assert_eq!((twice.samples, twice.repeated, twice.passes), (once.samples, once.samples, 2));
            assert_eq!((twice.runs, &twice.cells), (once.runs, &once.cells));
            let halved = judge_within(file.path(), &options, &rules, 30_000).unwrap();
            assert_eq!((halved.samples, halved.repeated), (once.samples, once.samples));
            assert_eq!((halved.runs, halved.cells), (once.runs, once.cells.clone()));
        }
    }

    /// Its rows out of their order, none at the time of another: there is nothing to read again for.
    #[test]
    fn a_log_whose_times_cross_is_read_once() {
        let (log, rules) = (lane(), SignalRules::default());
        let options = ingest::Options::at("2026-04-01T00:00:00Z".parse().unwrap());
        let once = judge(log.path(), &options, &rules).unwrap();
        let text = std::fs::read_to_string(log.path()).unwrap();
        let (header, rows) = text.split_once('\n').unwrap();
        let phones: Vec<&str> = rows.lines().collect();
        let crossed =
            phones.chunks(120).flat_map(|phone| phone.iter().step_by(2).chain(phone.iter().skip(1).step_by(2)));
        let crossed: Vec<&str> = crossed.copied().collect();
        let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        std::fs::write(file.path(), format!("{header}\n{}\n", crossed.join("\n"))).unwrap();
        let judged = judge(file.path(), &options, &rules).unwrap();
        assert_eq!((judged.passes, judged.samples, judged.repeated), (1, once.samples, 0));
        assert_eq!((judged.runs, judged.cells), (once.runs, once.cells));
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
