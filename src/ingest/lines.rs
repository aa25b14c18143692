//! Lines cut into cells.
//!
//! A row is one line, which most often is cut at its delimiters alone; quotes
//! that need more than that are the business of the CSV reader.

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
        let mut cutter = Cutter::new(text, self);
        let mut cells: Vec<&[u8]> = Vec::with_capacity(self.width);
        let mut start = 0;
        while start < text.len() {
            let (end, is_cut) = cutter.cut(start, &mut cells);
            let row = &text[start..end];
            let row = row.strip_suffix(b"\r").unwrap_or(row);
            if row.len() > MAX_ROW_BYTES {
                each(Err(Reject::new(number, "", "", Reason::TooLong { limit: MAX_ROW_BYTES })));
            } else if row.trim_ascii().is_empty() {
                // Nothing, and no row.
            } else if is_cut {
                self.hand_on(Line { number, cells: &cells }, each);
            } else {
                let record = table::split(row, self.delimiter);
                let cells: Vec<&[u8]> = record.iter().collect();
                self.hand_on(Line { number, cells: &cells }, each);
            }
            number += 1;
            start = end + 1;
        }
    }

    #[inline]
    fn hand_on(self, line: Line<'_>, each: &mut dyn FnMut(Result<Line<'_>, Reject>)) {
        let (cells, width) = (line.cells, self.width);
        let beyond = || cells[width..].iter().all(|cell| cell.trim_ascii().is_empty());
        if cells.len() == width || (cells.len() > width && beyond()) {
            each(Ok(line));
        } else {
            let found = cells.len().to_string();
            each(Err(Reject::new(line.number, "", found, Reason::WrongWidth { expected: width })));
        }
    }
}

/// Cuts lines one after the other.
struct Cutter<'a> {
    text: &'a [u8],
    shape: Shape,
    /// Where the bytes stand that were looked at last.
    block: usize,
    /// Those of them that are a delimiter, a quote or an end, and were not handed out; the first byte is the lowest bit.
    found: u64,
}

const BLOCK: usize = 64;

impl<'a> Cutter<'a> {
    fn new(text: &'a [u8], shape: Shape) -> Self {
        Self { text, shape, block: 0, found: marks(text, shape) }
    }

    /// Where the next mark stands, or the end of the text.
    #[inline]
    fn next(&mut self) -> usize {
        while self.found == 0 {
            if self.text.len() - self.block <= BLOCK {
                return self.text.len();
            }
            self.block += BLOCK;
            self.found = marks(&self.text[self.block..], self.shape);
        }
        // A block ends within the text, and something was found.
        let at = self.block.wrapping_add(self.found.trailing_zeros() as usize);
        self.found &= self.found.wrapping_sub(1);
        at
    }

    #[inline]
    fn mark(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or(self.shape.end)
    }

    /// Cuts the line that begins there, and says where it ends, and whether nothing has to be put together anew: cells
    /// are bare, or in quotes as a whole.
    #[inline]
    fn cut(&mut self, start: usize, cells: &mut Vec<&'a [u8]>) -> (usize, bool) {
        let (text, end) = (self.text, self.shape.end);
        cells.clear();
        let mut from = start;
        loop {
            let mut at = self.next();
            let mark = self.mark(at);
            if mark == b'"' {
                if at != from {
                    return (self.end_of_line(at), false);
                }
                let closing = loop {
                    at = self.next();
                    let mark = self.mark(at);
                    if mark == b'"' {
                        break at;
                    }
                    if mark == end {
                        return (at, false);
                    }
                };
                cells.push(&text[from + 1..closing]);
                at = self.next();
                let mark = self.mark(at);
                if mark == end {
                    return (at, closing + 1 == self.without_return(closing, at));
                }
                if at != closing + 1 || mark == b'"' {
                    return (self.end_of_line(at), false);
                }
            } else if mark == end {
                cells.push(&text[from..self.without_return(from, at)]);
                return (at, true);
            } else {
                cells.push(&text[from..at]);
            }
            from = at + 1;
        }
    }

    /// The end of a line without the carriage return before it.
    fn without_return(&self, from: usize, end: usize) -> usize {
        if end > from && self.text[end - 1] == b'\r' { end - 1 } else { end }
    }

    #[cold]
    fn end_of_line(&mut self, mut at: usize) -> usize {
        while self.mark(at) != self.shape.end {
            at = self.next();
        }
        at
    }
}

/// The marks among the first bytes of a text, all of a block at once: the loop without branches becomes vector
/// instructions. Whoever calls keeps where it stands in registers.
#[inline(never)]
fn marks(rest: &[u8], shape: Shape) -> u64 {
    let mut is_mark = [0_u8; BLOCK];
    let Shape { delimiter, end, .. } = shape;
    let mark = |byte: u8| u8::from(byte == delimiter) | u8::from(byte == b'"') | u8::from(byte == end);
    match rest.first_chunk::<BLOCK>() {
        Some(block) => is_mark = block.map(mark),
        None => is_mark.iter_mut().zip(rest).for_each(|(is_mark, byte)| *is_mark = mark(*byte)),
    }
    let (words, _) = is_mark.as_chunks();
    // The lowest bit of each byte, side by side.
    let bits = |word: &[u8; 8]| u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    words.iter().rev().fold(0, |found, word| found << 8 | bits(word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A line that was cut, or what it was refused for.
    type Cut = (u64, Result<Vec<Vec<u8>>, Reason>);

    fn slowly(text: &[u8], shape: Shape) -> Vec<Cut> {
        let rows = (5..).zip(text.split(|byte| *byte == shape.end));
        let rows = rows.map(|(number, row)| (number, row.strip_suffix(b"\r").unwrap_or(row)));
        rows.filter(|(_, row)| !row.trim_ascii().is_empty())
            .map(|(number, row)| {
                let mut cells: Vec<Vec<u8>> = table::split(row, shape.delimiter).iter().map(<[u8]>::to_vec).collect();
                let found = cells.len();
                while cells.len() > shape.width && cells.last().is_some_and(|cell| cell.trim_ascii().is_empty()) {
                    cells.pop();
                }
                let fits = cells.len() == shape.width && found >= shape.width;
                (number, if fits { Ok(cells) } else { Err(Reason::WrongWidth { expected: shape.width }) })
            })
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn lines_are_cut_as_the_csv_reader_cuts_them(
            text in "((\"[ab, ]{0,30}\"|[ab ]{0,30}|[ab\" ;]{0,6}),){0,3}[ab\"]{0,9}|([ab\"]{0,3}[,\n]{1,3}){0,60}[ab\",\n]{0,90}",
            ends in "[\n]|\r\n",
            lines in 1_usize..6,
            width in 1_usize..5,
        ) {
            let shape = Shape { delimiter: b',', width, end: b'\n' };
            let text = vec![text; lines].join(&ends);
            let mut found: Vec<Cut> = Vec::new();
            shape.lines(text.as_bytes(), 5, &mut |line| found.push(match line {
                Ok(line) => {
                    let cells = line.cells[..width].iter().map(|cell| cell.to_vec());
                    (line.number, Ok(cells.collect()))
                }
                Err(reject) => (reject.line, Err(reject.reason)),
            }));
            prop_assert_eq!(found, slowly(text.as_bytes(), shape));
        }
    }

    #[test]
    fn a_line_longer_than_any_row_is_refused_and_the_next_one_read() {
        let shape = Shape { delimiter: b';', width: 2, end: b'\r' };
        let text = format!("a;b\r{};c\r\"d\";\"e;f\"", "x".repeat(MAX_ROW_BYTES));
        let mut found = Vec::new();
        shape.lines(text.as_bytes(), 1, &mut |line| {
            found.push(line.map(|line| line.cells.concat()).map_err(|no| no.line))
        });
        assert_eq!(found, [Ok(b"ab".to_vec()), Err(2), Ok(b"de;f".to_vec())]);
    }
}
