//! Rows of a table, from CSV of any habit or from features of a map file.
//!
//! `opening` makes a table of whatever a file is; here it gives its rows, each
//! with its true line. A quote that is never closed costs one row, not the rest
//! of the file. Rows of another width than the header are refused, never shifted.

mod by_sheet;
mod letters;
mod opening;
mod start;
mod sums;
#[cfg(test)]
mod tests;
pub(super) mod title;
pub(super) mod unread;

use std::collections::HashSet;

use super::features::{RawFeature, RawGeometry};
use super::header::Header;
use super::mending::Mending;
use super::{Warning, Written, number};
use crate::model::crs::Crs;
use crate::model::refusal::{Parts, Reason, Reject};
pub(super) use by_sheet::SHEET;
pub(super) use start::{Layout, Start, first_line, split};
use start::{bare, whole_row};

/// The most bytes of one row. Legal citations run to a few thousand; more is damage.
pub(super) const MAX_ROW_BYTES: usize = 64 * 1024;
/// The most bytes of a file that is held in memory as a whole. Samples are streamed and know no limit.
pub(super) const MAX_FILE_BYTES: u64 = 1 << 30;

/// Rows by which a column is judged that may hold one thing or another.
const FIRST_ROWS: usize = 100;

/// One row. `cells` has the width of the header.
pub(super) struct Record {
    pub(super) line: u64,
    pub(super) cells: Vec<String>,
    pub(super) geometry: RawGeometry,
    /// The cells of the file, where corrections changed or lengthened them.
    pub(super) as_written: Option<Vec<String>>,
}

impl Record {
    /// The cell of a column, trimmed; empty where the file has no such column.
    pub(super) fn get(&self, column: Option<usize>) -> &str {
        column.and_then(|i| self.cells.get(i)).map_or("", |cell| cell.trim())
    }
}

pub(super) struct Table {
    pub(super) header: Header,
    /// The comma does not separate columns, so it may be a decimal sign.
    pub(super) decimal_comma: bool,
    pub(super) profile: &'static str,
    /// The system that the coordinates are in; `None` for one that only GDAL knows.
    pub(super) crs: Option<Crs>,
    pub(super) warnings: Vec<Warning>,
    /// Rows already refused, and true where the file ends in the middle.
    pub(super) rejects: Vec<Reject>,
    pub(super) written: Written,
    pub(super) mending: Mending,
    /// Rows of a spreadsheet, numbered as it shows them.
    pub(super) is_sheet: bool,
    /// Names of free words that the reader has read for what it knows and let go.
    pub(super) let_go: Vec<String>,
    /// Lines whose names of places somebody said in free words.
    pub(super) spoken: HashSet<u64>,
    /// The files of an archive that the rows are from, or the sheets of a workbook, where there are several.
    pub(super) parts: Parts,
    /// The sheets of a workbook, one or more.
    sheets: Parts,
    /// Rows of sums that were passed over so far.
    totals: u64,
    sums: sums::Sums,
    /// Columns in which no row so far has anything.
    empty: Option<Vec<usize>>,
    body: Body,
}

enum Body {
    Lines { text: Vec<u8>, at: usize, line: u64, delimiter: u8, end: u8 },
    Features(std::vec::IntoIter<RawFeature>, Vec<String>),
}

impl Table {
    /// Whether rows carry geometry of their own.
    pub(super) fn has_geometry(&self) -> bool {
        matches!(self.body, Body::Features(..))
    }

    /// About how many rows are left, by the length of the first hundred lines; never more than one for 64 bytes.
    pub(super) fn rows_expected(&self) -> usize {
        match &self.body {
            Body::Features(features, _) => features.len(),
            Body::Lines { text, at, end, .. } => {
                let rest = &text[*at..];
                let mut ends = memchr::memchr_iter(*end, rest);
                ends.nth(99).map_or(100, |hundred| rest.len() / (hundred / 100).max(64) + 1)
            }
        }
    }

    /// The next row with what was corrected in it, or why it is refused.
    pub(super) fn next(&mut self) -> Option<Result<Record, Reject>> {
        loop {
            let Some(next) = self.next_as_written() else {
                if self.totals > 0 {
                    self.warnings.push(Warning::TotalsPassedOver { rows: std::mem::take(&mut self.totals) });
                }
                return None;
            };
            if let Ok(record) = &next
                && self.sums.is_sum(record, self.decimal_comma)
            {
                self.totals += 1;
                continue;
            }
            if let Ok(record) = &next {
                let empty = self.empty.get_or_insert_with(|| (0..record.cells.len()).collect());
                empty.retain(|at| number::is_missing(record.get(Some(*at)).as_bytes()));
            }
            return Some(self.mending.mend(next, &self.header));
        }
    }

    /// Whether what stands in a column of the first rows are counts, and something does.
    pub(super) fn holds_numbers(&self, column: usize) -> bool {
        let cells: Vec<String> = match &self.body {
            Body::Features(features, names) => {
                let of_column = |row: &RawFeature| {
                    row.properties
                        .iter()
                        .find(|(name, _)| names.get(column) == Some(name))
                        .map(|(_, cell)| cell.clone())
                };
                features.as_slice().iter().take(FIRST_ROWS).filter_map(of_column).collect()
            }
            Body::Lines { text, at, delimiter, end, .. } => {
                let lines = text[*at..].split(|byte| byte == end).take(FIRST_ROWS);
                let cell =
                    |line: &[u8]| Some(String::from_utf8_lossy(split(line, *delimiter).get(column)?).into_owned());
                lines.filter_map(cell).collect()
            }
        };
        let mut given = cells.iter().filter(|cell| !number::is_missing(cell.as_bytes())).peekable();
        given.peek().is_some() && given.all(|cell| number::count(cell, self.decimal_comma).is_some())
    }

    fn next_as_written(&mut self) -> Option<Result<Record, Reject>> {
        let width = self.mending.own_width(&self.header);
        match &mut self.body {
            Body::Features(features, names) => {
                let feature = features.next()?;
                let mut cells = vec![String::new(); width];
                for (name, value) in feature.properties {
                    if let Some(at) = names.iter().position(|n| *n == name) {
                        cells[at] = value;
                    }
                }
                Some(Ok(Record { line: feature.number, cells, geometry: feature.geometry, as_written: None }))
            }
            Body::Lines { text, at, line, delimiter, end } => loop {
                if *at >= text.len() {
                    return None;
                }
                let here = *line;
                let rest = &text[*at..];
                let one = first_line(rest, *end);
                if memchr::memchr(b'"', one).is_none() {
                    *at += one.len();
                    *line += 1;
                    if one.iter().all(u8::is_ascii_whitespace) {
                        continue;
                    }
                    return Some(record(here, bare(one).split(|byte| byte == delimiter), one.len(), width));
                }
                // A row of several lines must earn it by its width; else only its first line is refused.
                let (bytes, cells) = match whole_row(rest, *delimiter, *end) {
                    Some(row) if row.len() > one.len() => match split(row, *delimiter) {
                        cells if has_width(&cells, width) => (row, cells),
                        _ => (one, split(one, *delimiter)),
                    },
                    _ => (one, split(one, *delimiter)),
                };
                *at += bytes.len();
                *line += bytes.iter().filter(|b| *b == end).count().max(1) as u64;
                return Some(record(here, cells.iter(), bytes.len(), width));
            },
        }
    }
}

/// As wide as the header, but for empty cells behind it.
fn has_width(cells: &csv::ByteRecord, width: usize) -> bool {
    cells.len() >= width && cells.iter().skip(width).all(<[u8]>::is_empty)
}

/// The cells as text, as many as the header has. Empty ones beyond it are no fault.
fn record<'a>(line: u64, cells: impl Iterator<Item = &'a [u8]>, bytes: usize, width: usize) -> Result<Record, Reject> {
    if bytes > MAX_ROW_BYTES {
        return Err(Reject::new(line, "", "", Reason::TooLong { limit: MAX_ROW_BYTES }));
    }
    let mut out = Vec::with_capacity(width);
    let (mut count, mut beyond, mut text) = (0, false, true);
    for cell in cells {
        count += 1;
        if count > width {
            beyond |= !cell.is_empty();
        } else if let Ok(cell) = std::str::from_utf8(cell) {
            out.push(cell.to_owned());
        } else {
            text = false;
        }
    }
    if count < width || beyond {
        return Err(Reject::new(line, "", count.to_string(), Reason::WrongWidth { expected: width }));
    }
    if !text {
        return Err(Reject::new(line, "", "", Reason::NotText));
    }
    Ok(Record { line, cells: out, geometry: RawGeometry::None, as_written: None })
}
