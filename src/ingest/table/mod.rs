//! Rows of a table, from CSV of any habit or from features of a map file.
//!
//! The delimiter is guessed by the consistency of the lines; blank first lines
//! and Excel's `sep=;` are passed over; every row keeps its true line. A quote
//! that is never closed costs one row, not the rest of the file. Rows of
//! another width than the header are refused, never shifted.

mod letters;
mod start;
mod sums;
pub(super) mod title;

use std::path::Path;

use crate::model::crs::Crs;
use crate::model::refusal::{Reason, Reject};

use super::archive;
use super::features::{self, RawFeature, RawGeometry};
use super::header::Header;
use super::mending::Mending;
use super::sniff::{self, FileKind};
use super::submissions::{self, Submissions};
use super::text::Encoding;
use super::{Options, StatedEncoding, Unreadable, Warning, Written, encoding, gdal, reading};
pub(super) use start::{Layout, Start, first_line, split};
use start::{bare, whole_row};

/// The most bytes of one row. Legal citations run to a few thousand; more is damage.
pub(super) const MAX_ROW_BYTES: usize = 64 * 1024;
/// The most bytes of a file that is held in memory as a whole. Samples are streamed and know no limit.
pub(super) const MAX_FILE_BYTES: u64 = 1 << 30;

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
    /// Rows of sums that were passed over so far.
    totals: u64,
    body: Body,
}

enum Body {
    Lines { text: Vec<u8>, at: usize, line: u64, delimiter: u8, end: u8 },
    Features(std::vec::IntoIter<RawFeature>, Vec<String>),
}

/// What is read.
const EXPECTED: &str = "CSV, GeoJSON";

/// Text of a font encoding as Vietnamese. Bad bytes stay, to be refused row by row.
fn converted(text: Vec<u8>, options: &Options) -> Vec<u8> {
    let Some(encoding) = options.encoding else { return text };
    match std::str::from_utf8(&text) {
        Ok(western) => encoding.convert(western).into_owned().into_bytes(),
        Err(_) => text,
    }
}

/// Bytes that are looked at for a font encoding.
const SUSPECT_BYTES: usize = 256 * 1024;

fn suspected(text: &[u8], options: &Options) -> Option<Warning> {
    if options.encoding.is_some() {
        return None;
    }
    let head = String::from_utf8_lossy(&text[..text.len().min(SUSPECT_BYTES)]);
    let suspected = encoding::suspect(&head)?;
    Some(Warning::EncodingSuspected { name: suspected.name() })
}

impl Table {
    /// Opens a table or a map file, whichever the content is.
    ///
    /// # Errors
    /// Everything that [`Unreadable`] knows but missing columns.
    pub(super) fn open(path: &Path, options: &Options) -> Result<Self, Unreadable> {
        Ok(Self::of_file(path, options)?.laid_out(options.layout())?.mended(options))
    }

    /// Rows that a reader has made of a file of its own, in WGS 84.
    ///
    /// # Errors
    /// [`Unreadable::NoFeatures`].
    pub(super) fn of_rows(
        rows: Vec<RawFeature>,
        (profile, kind): (&'static str, FileKind),
        options: &Options,
    ) -> Result<Self, Unreadable> {
        let crs = Crs::from_epsg(options.crs_epsg.unwrap_or(Crs::WGS84.epsg()));
        let mut table = Self::from_features(rows, profile, crs)?;
        table.written.kind = Some(kind);
        Ok(table.mended(options))
    }

    fn mended(mut self, options: &Options) -> Self {
        let by_headings = options.visits.is_none() && options.profile.is_none();
        self.mending = Mending::new(&mut self.header, &options.corrections, by_headings);
        self
    }

    fn of_file(path: &Path, options: &Options) -> Result<Self, Unreadable> {
        let mut source = sniff::open(path)?;
        if let Some(encoding) = options.encoding {
            source.state(encoding);
        }
        if source.extension_lies() {
            return Err(Unreadable::LooksLike { found: source.kind, expected: EXPECTED });
        }
        let mut lists = Vec::new();
        if source.kind == FileKind::Zip
            && let Some(found) = archive::submissions(path)?
        {
            source = sniff::Source::of_table(found.csv);
            lists = found.lists;
        }
        let (kind, encoding) = (Some(source.kind), source.encoding);
        let mut table = Self::of_source(source, path, options)?;
        if !lists.is_empty() {
            table.warnings.push(Warning::ListsPassedOver { lists });
        }
        table.written.kind = kind;
        if matches!(table.body, Body::Lines { .. }) {
            table.written.encoding = Some(options.encoding.map_or(encoding.name(), StatedEncoding::name));
        }
        Ok(table)
    }

    fn of_source(source: sniff::Source, path: &Path, options: &Options) -> Result<Self, Unreadable> {
        match source.kind {
            FileKind::Text => {
                let encoding = source.encoding;
                let text = converted(source.read_all(MAX_FILE_BYTES)?, options);
                let suspected = suspected(&text, options);
                let mut table = Self::from_text(text, options.layout())?;
                table.warnings.extend(suspected);
                table.crs = Crs::from_epsg(options.crs_epsg.unwrap_or(Crs::WGS84.epsg()));
                if encoding != Encoding::Utf8 && options.encoding.is_none() {
                    table.warnings.push(Warning::Encoding { name: encoding.name() });
                }
                Ok(table)
            }
            FileKind::Json => {
                let text = converted(source.read_all(MAX_FILE_BYTES)?, options);
                if let Some(forms) = submissions::of_json(&text, options)? {
                    return Self::from_submissions(forms, options);
                }
                if is_topology(&text) {
                    return Self::from_gdal(path, options);
                }
                let read = features::read(&text, options.crs_epsg)?;
                match read {
                    features::Read::Features { features, rejects, cut, crs } => {
                        let suspected = suspected(&text, options);
                        let mut table = Self::from_features(features, "geojson", Some(crs))?;
                        table.warnings.extend(suspected);
                        if cut {
                            let good = table.rows_held();
                            table.warnings.push(Warning::Truncated { good });
                        }
                        table.rejects = rejects;
                        Ok(table)
                    }
                    features::Read::OtherCrs(found) => Self::from_gdal(path, options).map_err(|error| match error {
                        Unreadable::NoGdal { .. } => Unreadable::UnsupportedCrs { found },
                        other => other,
                    }),
                }
            }
            FileKind::Xml => {
                let text = source.read_all(MAX_FILE_BYTES)?;
                match std::str::from_utf8(&text).ok().and_then(submissions::of_xml) {
                    Some(forms) => Self::from_submissions(forms, options),
                    None => Self::from_gdal(path, options).map_err(|error| damaged(error, FileKind::Xml, path)),
                }
            }
            FileKind::GeoPackage
            | FileKind::Sqlite
            | FileKind::Shapefile
            | FileKind::FlatGeobuf
            | FileKind::FileGeodatabase
            | FileKind::Dgn
            | FileKind::Dxf
            | FileKind::Kml
            | FileKind::Gpx
            | FileKind::MapInfo
            | FileKind::Xlsx
            | FileKind::Zip => Self::from_gdal(path, options).map_err(|error| damaged(error, source.kind, path)),
            // A workbook of before 2007, or some other document of that time.
            found @ FileKind::OldOffice => Self::from_gdal(path, options).map_err(|error| match error {
                Unreadable::Gdal(_) | Unreadable::NoGdal { .. } => Unreadable::LooksLike { found, expected: EXPECTED },
                other => other,
            }),
            found => Err(Unreadable::LooksLike { found, expected: EXPECTED }),
        }
    }

    fn from_submissions(forms: Submissions, options: &Options) -> Result<Self, Unreadable> {
        let Submissions { profile, rows, rejects, lists, is_one_page, deleted, layers, crs } = forms;
        let stated = Crs::from_epsg(options.crs_epsg.unwrap_or(Crs::WGS84.epsg()));
        let mut table = Self::from_features(rows, profile, crs.or(stated))?;
        table.rejects = rejects;
        if deleted > 0 {
            table.warnings.push(Warning::DeletedInFile { rows: deleted });
        }
        if !layers.is_empty() {
            table.warnings.push(Warning::LayersPassedOver { layers });
        }
        if is_one_page {
            table.warnings.push(Warning::OnePage { rows: table.rows_held() });
        }
        if !lists.is_empty() {
            table.warnings.push(Warning::ListsPassedOver { lists: lists.into_iter().collect() });
        }
        Ok(table)
    }

    fn from_gdal(path: &Path, options: &Options) -> Result<Self, Unreadable> {
        let (read, taken) = letters::read(path, options)?;
        let gdal::Read { mut features, passed_over, is_sheet, title_above } = read;
        reading::check_degrees(&features)?;
        if let Some(encoding) = options.encoding {
            for value in features.iter_mut().flat_map(|feature| &mut feature.properties).map(|(_, value)| value) {
                *value = encoding.convert(value).into_owned();
            }
        }
        let suspected = suspected(letters::words_of(&features).as_bytes(), options);
        let crs = match options.crs_epsg {
            Some(epsg) => Crs::from_epsg(epsg),
            None => gdal::declared(path, options),
        };
        let mut table = Self::from_features(features, "gdal", crs)?;
        table.is_sheet = is_sheet;
        table.warnings.extend(title_above.map(|line| Warning::TitleAbove { line }));
        table.warnings.extend(suspected.or(taken));
        if !passed_over.is_empty() {
            table.warnings.push(Warning::LayersPassedOver { layers: passed_over });
        }
        Ok(table)
    }

    fn rows_held(&self) -> u64 {
        match &self.body {
            Body::Lines { .. } => 0,
            Body::Features(features, _) => features.len() as u64,
        }
    }

    fn from_text(text: Vec<u8>, layout: Layout) -> Result<Self, Unreadable> {
        let start = Start::find(&text, layout)?;
        Ok(Self {
            header: start.header,
            decimal_comma: layout.decimal_comma.unwrap_or(start.delimiter != b','),
            profile: "csv",
            crs: None,
            warnings: start.title_above.map(|line| Warning::TitleAbove { line }).into_iter().collect(),
            rejects: Vec::new(),
            written: Written { delimiter: Some(char::from(start.delimiter)), ..Written::default() },
            mending: Mending::default(),
            is_sheet: false,
            let_go: Vec::new(),
            totals: 0,
            body: Body::Lines {
                at: start.body_at,
                line: start.body_line,
                delimiter: start.delimiter,
                end: start.end,
                text,
            },
        })
    }

    /// A map file of rows with lines above and below its header; a spreadsheet has been laid out as it was read.
    fn laid_out(mut self, layout: Layout) -> Result<Self, Unreadable> {
        let Body::Features(features, names) = &mut self.body else { return Ok(self) };
        if self.is_sheet {
            self.decimal_comma = layout.decimal_comma.unwrap_or(self.decimal_comma);
            return Ok(self);
        }
        if layout.lines_before_header > 0 {
            let header = features.nth(layout.lines_before_header - 1).ok_or(Unreadable::Empty)?;
            let named = |name: &String| {
                let value = header.properties.iter().find(|(key, _)| key == name);
                value.map_or_else(String::new, |(_, value)| value.clone())
            };
            self.header = Header::new(names.iter().map(named).collect());
        }
        for _ in 0..layout.lines_after_header {
            features.next();
        }
        self.decimal_comma = layout.decimal_comma.unwrap_or(self.decimal_comma);
        Ok(self)
    }

    /// Properties become columns, in the order in which they first appear.
    fn from_features(features: Vec<RawFeature>, profile: &'static str, crs: Option<Crs>) -> Result<Self, Unreadable> {
        if features.is_empty() {
            return Err(Unreadable::NoFeatures);
        }
        let mut names: Vec<String> = Vec::new();
        let mut known = std::collections::HashSet::new();
        for (name, _) in features.iter().flat_map(|f| &f.properties) {
            if known.insert(name.as_str()) {
                names.push(name.clone());
            }
        }
        Ok(Self {
            header: Header::new(names.clone()),
            // No sign separates columns here: a comma in a number is one of decimals.
            decimal_comma: true,
            profile,
            crs,
            warnings: Vec::new(),
            rejects: Vec::new(),
            written: Written::default(),
            mending: Mending::default(),
            is_sheet: false,
            let_go: Vec::new(),
            totals: 0,
            body: Body::Features(features.into_iter(), names),
        })
    }

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
            if next.as_ref().is_ok_and(sums::is_sum) {
                self.totals += 1;
                continue;
            }
            return Some(self.mending.mend(next, &self.header));
        }
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

/// What GDAL does not open, in our words; its own name the path, which is nobody's business.
fn damaged(error: Unreadable, found: FileKind, path: &Path) -> Unreadable {
    let Unreadable::Gdal(problem) = error else { return error };
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    Unreadable::Damaged { found, problem: problem.replace(&*path.to_string_lossy(), &name) }
}

/// TopoJSON says what it is near its beginning, and has no features.
fn is_topology(text: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&text[..text.len().min(1024)]).replace([' ', '\n', '\r', '\t'], "");
    head.contains("\"type\":\"Topology\"")
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
#[cfg(test)]
mod tests {
    use super::*;

    type Cells = Vec<(u64, Vec<String>)>;

    fn read(text: &str) -> (Vec<String>, Cells, Vec<(u64, &'static str)>) {
        let mut table = Table::from_text(text.as_bytes().to_vec(), Layout::default()).unwrap();
        let (mut rows, mut refused) = (Vec::new(), Vec::new());
        while let Some(row) = table.next() {
            match row {
                Ok(record) => rows.push((record.line, record.cells)),
                Err(reject) => refused.push((reject.line, reject.reason.code())),
            }
        }
        (table.header.names, rows, refused)
    }

    #[test]
    fn lines_are_counted_in_the_file_and_not_in_the_rows() {
        let (header, rows, refused) = read("\r\n\r\na,b\r\n1,2\r\n\r\n\"two\r\nlines\",3\r\n4\r\n5,6");
        assert_eq!(header, ["a", "b"]);
        assert_eq!(rows.iter().map(|r| r.0).collect::<Vec<_>>(), [4, 6, 9]);
        assert_eq!(rows[1].1, ["two\r\nlines", "3"]);
        assert_eq!(refused, [(8, "wrong_width")]);
    }

    #[test]
    fn an_open_quote_costs_its_own_line_only() {
        let (_, rows, refused) = read("a,b\n1,2\n\"3,4\n5,6\n7,8\n");
        assert_eq!(rows.iter().map(|r| r.0).collect::<Vec<_>>(), [2, 4, 5]);
        assert_eq!(refused, [(3, "wrong_width")]);
    }

    #[test]
    fn an_open_quote_closed_by_another_rows_quote_still_costs_one_line() {
        let (_, rows, refused) = read("a,b\n\"1,2\n3,4\n\"5\",6\n");
        assert_eq!(rows.iter().map(|r| r.0).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(refused, [(2, "wrong_width")]);
    }

    #[test]
    fn a_row_of_several_lines_may_have_empty_cells_behind_the_header() {
        let (_, rows, refused) = read("a,b,,\n\"one\ntwo\",2,,\n3,4,,\n");
        assert_eq!((rows.iter().map(|r| r.0).collect::<Vec<_>>(), refused.len()), (vec![2, 4], 0));
    }

    #[test]
    fn empty_cells_beyond_the_header_are_no_fault() {
        let (header, rows, refused) = read("sep=;\na;b;;\n1;2;;\n3;4;5\n");
        assert_eq!(header, ["a", "b"]);
        assert_eq!(rows.len(), 1);
        assert_eq!(refused, [(4, "wrong_width")]);
    }

    #[test]
    fn bytes_that_are_no_text_refuse_their_row() {
        let mut text = "tên,xã\nHoa Lư,Gia Viễn\n".as_bytes().to_vec();
        text.extend_from_slice(b"a\xFF,b\nc,d\n");
        let mut table = Table::from_text(text, Layout::default()).unwrap();
        let codes: Vec<_> =
            std::iter::from_fn(|| table.next()).map(|r| r.map_or_else(|e| e.reason.code(), |_| "ok")).collect();
        assert_eq!(codes, ["ok", "not_text", "ok"]);
    }

    #[test]
    fn one_endless_line_is_no_table() {
        let text = vec![b'x'; 10 << 20];
        assert_eq!(
            Table::from_text(text, Layout::default()).map(|t| t.header.len()).err(),
            Some(Unreadable::LineTooLong { line: 1, limit_bytes: MAX_ROW_BYTES })
        );
    }

    #[test]
    fn old_macintosh_line_ends_are_lines() {
        let (_, rows, _) = read("a,b\r1,2\r3,4\r");
        assert_eq!(rows.iter().map(|r| r.0).collect::<Vec<_>>(), [2, 3]);
    }
}
