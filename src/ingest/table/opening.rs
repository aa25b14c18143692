//! A table of whatever a file is: lines of text, features of a map, forms, sheets.
//!
//! The delimiter is guessed by the consistency of the lines; blank first lines
//! and Excel's `sep=;` are passed over.

use std::collections::HashSet;
use std::path::Path;

use super::start::{Layout, Start};
use super::sums::Sums;
use super::{Body, MAX_FILE_BYTES, Table, letters};
use crate::ingest::features::{self, RawFeature};
use crate::ingest::header::Header;
use crate::ingest::mending::Mending;
use crate::ingest::sniff::{self, FileKind};
use crate::ingest::submissions::{self, Submissions};
use crate::ingest::text::Encoding;
use crate::ingest::{Options, StatedEncoding, Unreadable, Warning, Written, archive, encoding, gdal, kind, reading};
use crate::model::crs::Crs;
use crate::model::refusal::Parts;

/// What is read.
const EXPECTED: &str = "CSV, XLSX, GeoJSON";

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

pub(super) fn suspected(text: &[u8], options: &Options) -> Option<Warning> {
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
    pub(in crate::ingest) fn open(path: &Path, options: &Options) -> Result<Self, Unreadable> {
        Ok(Self::of_file(path, options)?.laid_out(options.layout())?.mended(options))
    }

    /// As [`Table::open`], each row with the name of its sheet where that may be the village of it.
    ///
    /// # Errors
    /// As [`Table::open`].
    pub(in crate::ingest) fn open_by_sheet(path: &Path, options: &Options) -> Result<Self, Unreadable> {
        let mut table = Self::of_file(path, options)?.laid_out(options.layout())?;
        table.keep_sheets();
        Ok(table.mended(options))
    }

    /// Rows that a reader has made of a file of its own, in WGS 84.
    ///
    /// # Errors
    /// [`Unreadable::NoFeatures`].
    pub(in crate::ingest) fn of_rows(
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

    /// A table whose headings are known only as the text of an old font is one: it is read so, aloud.
    fn of_file(path: &Path, options: &Options) -> Result<Self, Unreadable> {
        let table = Self::as_stated(path, options)?;
        let is_said = options.encoding.is_some() || options.profile.is_some() || options.visits.is_some();
        if is_said || table.header.names.iter().all(|name| name.is_ascii()) || kind::of(&table.header).is_some() {
            return Ok(table);
        }
        for font in encoding::FONTS {
            if !table.may_be_of(font) {
                continue;
            }
            let again = Self::as_stated(path, &Options { encoding: Some(font), ..options.clone() });
            if let Ok(mut read) = again
                && kind::of(&read.header).is_some()
            {
                read.warnings.push(Warning::FontTaken { name: font.name() });
                return Ok(read);
            }
        }
        Ok(table)
    }

    /// Whether the headings would be known if they were of a font. Text that was not Unicode must be read anew to tell.
    fn may_be_of(&self, font: StatedEncoding) -> bool {
        let names = match &self.body {
            Body::Features(_, names) => names,
            Body::Lines { .. } if self.written.encoding != Some(Encoding::Utf8.name()) => return true,
            Body::Lines { .. } => &self.header.names,
        };
        kind::of(&Header::new(names.iter().map(|name| font.convert(name).into_owned()).collect())).is_some()
    }

    fn as_stated(path: &Path, options: &Options) -> Result<Self, Unreadable> {
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
            | FileKind::MapInfo => Self::from_gdal(path, options).map_err(|error| damaged(error, source.kind, path)),
            FileKind::Xlsx => Self::from_gdal(path, options).map_err(|error| match error {
                Unreadable::NoFeatures => Unreadable::NoRows,
                other => damaged(other, source.kind, path),
            }),
            // What it holds says more than that nothing opens it.
            FileKind::Zip => Self::from_gdal(path, options).map_err(|error| match error {
                Unreadable::Gdal(_) => archive::fault(path).into(),
                other => other,
            }),
            // A workbook of before 2007, or some other document of that time.
            found @ FileKind::OldOffice => Self::from_gdal(path, options).map_err(|error| match error {
                Unreadable::Gdal(_) | Unreadable::NoGdal { .. } => Unreadable::LooksLike { found, expected: EXPECTED },
                Unreadable::NoFeatures => Unreadable::NoRows,
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
        let gdal::Read { mut features, passed_over, is_sheet, title_above, sheets } = read;
        reading::check_degrees(&features)?;
        if let Some(encoding) = options.encoding {
            for (name, value) in features.iter_mut().flat_map(|feature| &mut feature.properties) {
                for text in [name, value] {
                    if !text.is_ascii() {
                        *text = encoding.convert(text).into_owned();
                    }
                }
            }
        }
        let suspected = suspected(letters::words_of(&features).as_bytes(), options);
        let crs = match options.crs_epsg {
            Some(epsg) => Crs::from_epsg(epsg),
            None => gdal::declared(path, options),
        };
        let mut table = Self::from_features(features, "gdal", crs)?;
        table.is_sheet = is_sheet;
        if sheets.len() > 1 {
            table.parts = sheets.clone();
            table.written.sheets = sheets.clone();
        }
        table.sheets = sheets;
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

    pub(super) fn from_text(text: Vec<u8>, layout: Layout) -> Result<Self, Unreadable> {
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
            spoken: HashSet::new(),
            parts: Parts::default(),
            sheets: Parts::default(),
            totals: 0,
            sums: Sums::default(),
            empty: None,
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
        let mut known = HashSet::new();
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
            spoken: HashSet::new(),
            parts: Parts::default(),
            sheets: Parts::default(),
            totals: 0,
            sums: Sums::default(),
            empty: None,
            body: Body::Features(features.into_iter(), names),
        })
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
