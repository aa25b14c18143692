//! Lines cut into cells.
//!
//! A row is one line, which most often is cut at its delimiters alone; quotes
//! that need more than that are the business of the CSV reader.

use memchr::memchr;

use crate::model::refusal::{Reason, Reject};

use super::header::Header;
use super::table::{self, MAX_ROW_BYTES};
use super::{privacy, text};

/// A line cut into cells, with its number.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) number: u64,
    pub(super) cells: &'a [&'a [u8]],
}

impl<'a> Line<'a> {
    pub(super) fn get(self, column: Option<usize>) -> &'a [u8] {
        column.and_then(|i| self.cells.get(i)).map_or(b"", |cell| cell.trim_ascii())
    }

    /// Refused for what stands in a column, without words that may name a person.
    pub(super) fn refused(self, header: &Header, column: Option<usize>, reason: Reason) -> Reject {
        let found = String::from_utf8_lossy(self.get(column));
        let name = column.map_or("", |i| header.name(i));
        Reject::new(self.number, name, privacy::mask_words(&text::clean(&found)), reason)
    }
}

/// How lines are cut.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) delimiter: u8,
    pub(super) width: usize,
    pub(super) end: u8,
}

impl Shape {
    /// Hands on every line that is not blank, of which the first has the number `number`;
    /// those too long or of another width as refused.
    pub(super) fn lines(self, text: &[u8], mut number: u64, each: &mut dyn FnMut(Result<Line<'_>, Reject>)) {
        let mut rest = text;
        let mut cells: Vec<&[u8]> = Vec::with_capacity(self.width);
        while !rest.is_empty() {
            let length = memchr(self.end, rest).unwrap_or(rest.len());
            let row = &rest[..length];
            rest = rest.get(length + 1..).unwrap_or_default();
            let row = row.strip_suffix(b"\r").unwrap_or(row);
            if row.len() > MAX_ROW_BYTES {
                each(Err(Reject::new(number, "", "", Reason::TooLong { limit: MAX_ROW_BYTES })));
            } else if row.trim_ascii().is_empty() {
                // Nothing, and no row.
            } else if cut(row, self.delimiter, &mut cells) {
                each(self.fitting(Line { number, cells: &cells }));
            } else {
                let record = table::split(row, self.delimiter);
                let cells: Vec<&[u8]> = record.iter().collect();
                each(self.fitting(Line { number, cells: &cells }));
            }
            number += 1;
        }
    }

    fn fitting(self, line: Line<'_>) -> Result<Line<'_>, Reject> {
        let (cells, width) = (line.cells, self.width);
        let beyond = || cells[width..].iter().all(|cell| cell.trim_ascii().is_empty());
        if cells.len() == width || (cells.len() > width && beyond()) {
            return Ok(line);
        }
        Err(Reject::new(line.number, "", cells.len().to_string(), Reason::WrongWidth { expected: width }))
    }
}

/// Cuts a row where nothing needs to be put together anew: cells are bare, or in quotes as a whole.
fn cut<'a>(row: &'a [u8], delimiter: u8, cells: &mut Vec<&'a [u8]>) -> bool {
    cells.clear();
    let mut marks = Marks { rest: row, at: 0, found: 0, delimiter: EVERY * u64::from(delimiter) };
    let mut from = 0;
    loop {
        let is_quoted = row.get(from) == Some(&b'"');
        if !is_quoted {
            let Some(end) = marks.next() else {
                cells.push(&row[from..]);
                return true;
            };
            cells.push(&row[from..end]);
            if row[end] == b'"' {
                return false;
            }
            from = end + 1;
            continue;
        }
        // The opening quote.
        marks.next();
        let Some(closing) = marks.find(|at| row[*at] == b'"') else { return false };
        cells.push(&row[from + 1..closing]);
        match marks.next() {
            None => return closing + 1 == row.len(),
            Some(end) if end == closing + 1 && row[end] != b'"' => from = end + 1,
            _ => return false,
        }
    }
}

/// Where delimiters and quotes stand in a row, found eight bytes at once.
struct Marks<'a> {
    /// What was not looked at yet.
    rest: &'a [u8],
    /// Where that begins.
    at: usize,
    /// The highest bit of each byte before it that is a mark, of the last eight; the first byte is the lowest.
    found: u64,
    /// In every byte.
    delimiter: u64,
}

const EVERY: u64 = 0x0101_0101_0101_0101;
const QUOTES: u64 = EVERY * b'"' as u64;

impl Iterator for Marks<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        while self.found == 0 {
            let word = match self.rest.split_first_chunk() {
                Some((word, rest)) => {
                    self.rest = rest;
                    u64::from_le_bytes(*word)
                }
                None if self.rest.is_empty() => return None,
                None => {
                    // Behind the end stands what is no mark.
                    let mut word = [b'\n'; 8];
                    word[..self.rest.len()].copy_from_slice(self.rest);
                    self.rest = &[];
                    u64::from_le_bytes(word)
                }
            };
            self.at += 8;
            self.found = zeros(word ^ self.delimiter) | zeros(word ^ QUOTES);
        }
        let back = 8 - self.found.trailing_zeros() as usize / 8;
        self.found &= self.found - 1;
        Some(self.at - back)
    }
}

/// The highest bit of each byte that is zero (Warren, Hacker's Delight, 6-1): no carry leaves its byte.
fn zeros(word: u64) -> u64 {
    const LOW: u64 = EVERY * 0x7F;
    !(((word & LOW) + LOW) | word | LOW)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_row_is_cut_as_the_csv_reader_cuts_it(row in "[ab\" ,;]{1,40}") {
            let mut cells = Vec::new();
            let row = row.as_bytes();
            let record = table::split(row, b',');
            if cut(row, b',', &mut cells) {
                prop_assert_eq!(cells, record.iter().collect::<Vec<_>>());
            } else {
                prop_assert!(row.contains(&b'"'));
            }
        }
    }
}
