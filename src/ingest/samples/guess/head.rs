//! The beginning of a table: its header wherever that stands, and its first rows.

use std::path::Path;

use super::super::columns::Columns;
use super::super::geosubmit;
use super::super::row::is_header;
use super::fields;
use crate::ingest::header::Header;
use crate::ingest::lines::Shape;
use crate::ingest::profile::{Field, Places};
use crate::ingest::sheet;
use crate::ingest::sniff::FileKind;
use crate::ingest::stream::{self, Blocks};
use crate::ingest::table::{self, Layout, MAX_FILE_BYTES, Start};
use crate::ingest::{Options, Unreadable, Warning, number};

/// Rows that are looked at.
const ROWS: usize = 500;
/// Lines of a title at most.
const TITLE: usize = 30;
/// Lines of units at most.
const UNITS: usize = 3;

/// The beginning of a table.
pub(super) struct Head {
    pub(super) header: Header,
    pub(super) delimiter: u8,
    pub(super) end: u8,
    /// The first rows, whole lines.
    pub(super) body: Vec<u8>,
    /// The number of the first of them.
    pub(super) line: u64,
    pub(super) has_points: bool,
    /// An import finds this header without being told where it is.
    is_found: bool,
    /// The delimiter is the file's own, and not that of a sheet turned into lines.
    is_text: bool,
    before: usize,
    after: usize,
}

/// Lines above the header on this line, counted from 1.
fn lines_above(line: u64) -> usize {
    usize::try_from(line.saturating_sub(1)).unwrap_or_default()
}

impl Head {
    pub(super) fn open(path: &Path, options: &Options) -> Result<Self, Unreadable> {
        let (source, _) = stream::open(path, options)?;
        if source.kind == FileKind::Text {
            let mut blocks = Blocks::new(source.into_utf8());
            blocks.fill()?;
            return Self::of_text(blocks.bytes(), options);
        }
        if source.extension_lies() {
            return Err(Unreadable::LooksLike { found: source.kind, expected: "CSV" });
        }
        if source.kind == FileKind::Json {
            let text = source.read_all(MAX_FILE_BYTES)?;
            if geosubmit::is_geosubmit(&text) {
                return Self::of_lines(geosubmit::open(&text)?, false);
            }
        } else {
            drop(source);
        }
        let sheet = sheet::open(path, options)?;
        let has_points = sheet.in_degrees;
        Self::of_lines(sheet, has_points)
    }

    /// As an import by the profile of the options finds it.
    pub(super) fn by_profile(path: &Path, options: &Options) -> Result<Self, Unreadable> {
        let options = &super::super::stated(options);
        let layout = options.layout();
        let (before, after) = (layout.lines_before_header, layout.lines_after_header);
        let (source, _) = stream::open(path, options)?;
        if source.kind == FileKind::Text {
            let (blocks, start, _) = stream::begin(source, options)?;
            let Start { header, delimiter, end, body_at, body_line: line, .. } = start;
            let body = first_lines(&blocks.bytes()[body_at..], end);
            let (has_points, is_found, is_text) = (false, true, true);
            return Ok(Self { header, delimiter, end, body, line, has_points, is_found, is_text, before, after });
        }
        if source.extension_lies() {
            return Err(Unreadable::LooksLike { found: source.kind, expected: "CSV" });
        }
        let mut sheet = None;
        if source.kind == FileKind::Json {
            let text = source.read_all(MAX_FILE_BYTES)?;
            if geosubmit::is_geosubmit(&text) {
                sheet = Some(geosubmit::open(&text)?);
            }
        } else {
            drop(source);
        }
        let sheet = match sheet {
            Some(sheet) => sheet,
            None => sheet::open(path, options)?,
        };
        let (has_points, delimiter, line) = (sheet.in_degrees, sheet::DELIMITER, sheet.first_line);
        let body = first_lines(&sheet.lines, b'\n');
        let (header, end, is_found, is_text) = (sheet.header, b'\n', true, false);
        Ok(Self { header, delimiter, end, body, line, has_points, is_found, is_text, before, after })
    }

    fn of_text(text: &[u8], options: &Options) -> Result<Self, Unreadable> {
        let starts = (0..=TITLE).map(|before| {
            let start = Start::find(text, Layout { lines_before_header: before, ..Layout::default() });
            (before, start)
        });
        let mut best: Option<(usize, usize, Start)> = None;
        let mut first_fault = None;
        for (before, start) in starts {
            match start {
                // Logs that were put together have another header further on.
                Ok(start) if before == 0 && Columns::find(&start.header, start.delimiter, options).is_ok() => {
                    best = Some((0, before, start));
                    break;
                }
                Ok(start) => {
                    let known = fields::named(&start.header);
                    // A title of one word is no header, and a later line must know more fields.
                    let better = best.as_ref().is_none_or(|(most, ..)| known >= 2 && known > *most);
                    if better {
                        best = Some((known, before, start));
                    }
                }
                Err(fault) => first_fault = first_fault.or(Some(fault)),
            }
        }
        let Some((_, before, start)) = best else { return Err(first_fault.unwrap_or(Unreadable::Empty)) };
        let Start { header, delimiter, end, body_at, body_line, title_above } = start;
        let is_found = before == 0;
        let before = title_above.map_or(before, lines_above);
        let body = first_lines(&text[body_at..], end);
        Ok(Self {
            header,
            delimiter,
            end,
            body,
            line: body_line,
            has_points: false,
            is_found,
            is_text: true,
            before,
            after: 0,
        })
    }

    fn of_lines(sheet: sheet::Sheet, has_points: bool) -> Result<Self, Unreadable> {
        let mut best = (fields::named(&sheet.header), 0, sheet.header, 0);
        let mut at = 0;
        for before in 1..=TITLE {
            let line = table::first_line(&sheet.lines[at..], b'\n');
            if line.is_empty() {
                break;
            }
            at += line.len();
            let names = table::split(line, sheet::DELIMITER);
            let header = Header::new(names.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect());
            let known = fields::named(&header);
            if known >= 2 && known > best.0 && !has_points {
                best = (known, before, header, at);
            }
        }
        let (_, below, header, at) = best;
        let above = sheet.warnings.iter().find_map(|warning| match warning {
            Warning::TitleAbove { line } => Some(lines_above(*line)),
            _ => None,
        });
        let before = below + above.unwrap_or_default();
        let body = first_lines(&sheet.lines[at..], b'\n');
        let (delimiter, line) = (sheet::DELIMITER, sheet.first_line + below as u64);
        Ok(Self {
            header,
            delimiter,
            end: b'\n',
            body,
            line,
            has_points,
            is_found: below == 0,
            is_text: false,
            before,
            after: 0,
        })
    }

    /// What the reader makes of the table without a profile, where it knows it.
    ///
    /// # Errors
    /// The table is plainly something else.
    pub(super) fn known(&self, options: &Options) -> Result<Option<Columns>, Unreadable> {
        match Columns::find(&self.header, self.delimiter, options) {
            Ok(mut columns) if self.is_found => {
                columns.settle_time(&self.header, &self.body, self.end);
                Ok(Some(columns))
            }
            Ok(_) | Err(Unreadable::MissingColumns { .. }) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// The cells of the first rows; rows of another width are left out.
    pub(super) fn rows(&self) -> Vec<Vec<Vec<u8>>> {
        let mut rows = Vec::new();
        self.shape().lines(&self.body, self.line, &mut |line| {
            if let Ok(line) = line
                && !is_header(&self.header, line)
            {
                rows.push(line.cells.iter().map(|cell| cell.trim_ascii().to_vec()).collect());
            }
        });
        rows
    }

    pub(super) fn shape(&self) -> Shape {
        Shape { delimiter: self.delimiter, width: self.header.len(), end: self.end }
    }

    /// Leaves out lines under the header in which nothing is a number that should be one.
    pub(super) fn pass_over_units(&mut self, places: Places) {
        let rows = self.rows();
        let numbers = [Field::Longitude, Field::Latitude, Field::Power].map(|field| places.of(field));
        let numeric = |row: &Vec<Vec<u8>>| {
            let cells = numbers.iter().flatten().filter_map(|at| row.get(*at));
            cells.filter(|cell| number::parse(cell, true).is_some()).count() > 0
        };
        let empty = |row: &Vec<Vec<u8>>| numbers.iter().flatten().all(|at| row.get(*at).is_none_or(Vec::is_empty));
        let units = rows.iter().take(UNITS).take_while(|row| !numeric(row) && !empty(row)).count();
        if !rows.get(units).is_some_and(numeric) {
            return;
        }
        for _ in 0..units {
            let line = table::first_line(&self.body, self.end).len();
            self.body.drain(..line);
            self.line += 1;
        }
        self.after = units;
    }

    /// As the profile must state it.
    pub(super) fn layout(&self, places: Places) -> Layout {
        let rows = self.rows();
        let numbers = [Field::Longitude, Field::Latitude, Field::Power, Field::Rsrq, Field::Sinr];
        let commas = numbers.iter().filter_map(|field| places.of(*field)).flat_map(|at| {
            rows.iter()
                .filter_map(move |row| row.get(at))
                .filter(|cell| cell.contains(&b',') && number::parse(cell, true).is_some())
                // `1,234` may be thousands.
                .filter(|cell| number::parse(cell, false).is_none_or(|same| number::parse(cell, true) == Some(same)))
        });
        Layout {
            delimiter: self.is_text.then_some(self.delimiter),
            decimal_comma: (commas.count() > 0).then_some(true),
            lines_before_header: self.before,
            lines_after_header: self.after,
        }
    }
}

fn first_lines(text: &[u8], end: u8) -> Vec<u8> {
    text.split_inclusive(|byte| *byte == end).take(ROWS).flatten().copied().collect()
}
