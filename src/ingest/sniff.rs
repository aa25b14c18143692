//! What a file is, by its first bytes.
//!
//! Extensions lie: a sign-in page saved as `.csv`, a spreadsheet renamed, a
//! GeoPackage sent as `.json`. Gzip is opened without being asked. What is
//! neither text nor a known container is refused before any parser sees it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::model::language::Language;

use super::Unreadable;
use super::encoding::StatedEncoding;
use super::text::{self, Encoding};

/// Bytes looked at before the kind is decided.
const HEAD_BYTES: usize = 64 * 1024;

/// The kinds of file that people bring, wanted or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    Text,
    Json,
    Kml,
    Gpx,
    Xml,
    Html,
    MapInfo,
    Xlsx,
    /// `.xls`, `.doc` and other compound files of before 2007.
    OldOffice,
    Zip,
    Gzip,
    Sqlite,
    GeoPackage,
    Shapefile,
    FlatGeobuf,
    Parquet,
    /// A folder.
    FileGeodatabase,
    /// MicroStation design, version 7 and before.
    Dgn,
    Dxf,
    Pdf,
    Png,
    Jpeg,
    Binary,
}

impl FileKind {
    #[must_use]
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::Text => language.pick("văn bản", "text"),
            Self::Json => "JSON",
            Self::Kml => "KML",
            Self::Gpx => "GPX",
            Self::Xml => "XML",
            Self::Html => language.pick("trang web (HTML)", "a web page (HTML)"),
            Self::MapInfo => "MapInfo",
            Self::Xlsx => language.pick("bảng tính Excel (.xlsx)", "a spreadsheet (.xlsx)"),
            Self::OldOffice => language.pick("tệp Office cũ (.xls, .doc)", "an old Office file (.xls, .doc)"),
            Self::Zip => language.pick("tệp nén ZIP", "a ZIP archive"),
            Self::Gzip => language.pick("tệp nén gzip", "gzip"),
            Self::Sqlite => language.pick("cơ sở dữ liệu SQLite", "an SQLite database"),
            Self::GeoPackage => "GeoPackage",
            Self::Shapefile => "Shapefile",
            Self::FlatGeobuf => "FlatGeobuf",
            Self::Parquet => "Parquet",
            Self::FileGeodatabase => "File Geodatabase",
            Self::Dgn => "DGN",
            Self::Dxf => "DXF",
            Self::Pdf => "PDF",
            Self::Png => language.pick("ảnh PNG", "a PNG image"),
            Self::Jpeg => language.pick("ảnh JPEG", "a JPEG image"),
            Self::Binary => language.pick("dữ liệu nhị phân", "binary data"),
        }
    }
}

impl FileKind {
    /// The one kind that is a folder: tables named `a0000…` beside a file `gdb`.
    fn of_folder(path: &Path) -> Option<Self> {
        let named = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("gdb"));
        (named && path.join("a00000001.gdbtable").is_file()).then_some(Self::FileGeodatabase)
    }
}

/// A file that has been opened and looked at. Reading starts at the first byte,
/// of the unpacked content where it was gzip.
pub(super) struct Source {
    pub(super) kind: FileKind,
    pub(super) encoding: Encoding,
    /// Length of the byte order mark.
    mark: usize,
    reader: Box<dyn Read + Send>,
    /// The lower-case extension, without `.gz`.
    pub(super) extension: String,
    /// Bytes of the file as it lies on the disk.
    bytes: u64,
}

impl Source {
    fn of_folder(kind: FileKind) -> Self {
        let extension = "gdb".to_owned();
        Self { kind, encoding: Encoding::Utf8, mark: 0, reader: Box::new(io::empty()), extension, bytes: 0 }
    }

    /// A table that was taken out of an archive.
    pub(super) fn of_table(csv: Vec<u8>) -> Self {
        let (encoding, mark) = text::detect(&csv);
        let bytes = csv.len() as u64;
        let (kind, extension) = (FileKind::Text, "csv".to_owned());
        Self { kind, encoding, mark, reader: Box::new(io::Cursor::new(csv)), extension, bytes }
    }

    /// The content as UTF-8 without byte order mark. Where the file only seemed
    /// to be UTF-8, bad bytes come through and are refused row by row.
    pub(super) fn into_utf8(self) -> impl Read + Send {
        text::Utf8Reader::new(self.reader, self.encoding, self.mark)
    }

    /// All of the content as UTF-8, up to a limit.
    pub(super) fn read_all(self, limit_bytes: u64) -> Result<Vec<u8>, Unreadable> {
        let size = usize::try_from(self.bytes.min(limit_bytes)).unwrap_or(0);
        let mut bytes = Vec::with_capacity(size + 1);
        self.into_utf8().take(limit_bytes + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit_bytes { Err(Unreadable::TooLarge { limit_bytes }) } else { Ok(bytes) }
    }

    /// Takes a person's word for the code page. Text that is Unicode stays so under a font encoding: it was
    /// copied out of a file that somebody had opened as western text.
    pub(super) fn state(&mut self, encoding: StatedEncoding) {
        let a_font = !matches!(encoding, StatedEncoding::CodePage(_));
        if self.mark == 0 && !(a_font && self.encoding == Encoding::Utf8) {
            self.encoding = Encoding::Page(encoding.code_page());
        }
    }

    /// The extension promises text or JSON and the content is neither.
    pub(super) fn extension_lies(&self) -> bool {
        match self.extension.as_str() {
            "csv" | "tsv" | "txt" => !matches!(self.kind, FileKind::Text | FileKind::Json),
            "json" | "geojson" | "ndjson" => self.kind != FileKind::Json,
            _ => false,
        }
    }
}

/// Opens a file and decides what it is.
///
/// # Errors
/// [`Unreadable::Folder`], [`Unreadable::Io`], [`Unreadable::Empty`].
pub(super) fn open(path: &Path) -> Result<Source, Unreadable> {
    let mut file = File::open(path)?;
    let about = file.metadata()?;
    if about.is_dir() {
        return FileKind::of_folder(path).ok_or(Unreadable::Folder).map(Source::of_folder);
    }
    let mut head = read_head(&mut file)?;
    let mut reader: Box<dyn Read + Send> = Box::new(io::Cursor::new(head.clone()).chain(file));
    let mut name = path.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
    if head.starts_with(&[0x1F, 0x8B]) {
        let mut unpacked = flate2::read::MultiGzDecoder::new(reader);
        head = read_head(&mut unpacked)?;
        reader = Box::new(io::Cursor::new(head.clone()).chain(unpacked));
        name = name.strip_suffix(".gz").map(str::to_owned).unwrap_or(name);
    }
    let extension = name.rsplit_once('.').map(|(_, e)| e.to_owned()).unwrap_or_default();
    let (encoding, mark) = text::detect(&head);
    let kind = kind(&head, encoding, mark);
    if head[mark..].iter().all(u8::is_ascii_whitespace) && head.len() < HEAD_BYTES {
        return Err(Unreadable::Empty);
    }
    Ok(Source { kind, encoding, mark, reader, extension, bytes: about.len() })
}

fn read_head(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    reader.take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// Pairs of lines, a group code and a value, that begin with a comment or a section.
fn is_dxf(start: &str) -> bool {
    let mut lines = start.lines().map(str::trim);
    match (lines.next(), lines.next()) {
        (Some("0"), Some("section")) => true,
        (Some("999"), Some(_)) => lines.next() == Some("0"),
        _ => false,
    }
}

fn kind(head: &[u8], encoding: Encoding, mark: usize) -> FileKind {
    let holds = |needle: &[u8]| head.windows(needle.len()).any(|w| w == needle);
    match head {
        [b'P', b'K', 3 | 5, 4 | 6, ..] if holds(b"xl/") || holds(b"[Content_Types].xml") => return FileKind::Xlsx,
        [b'P', b'K', 3 | 5, 4 | 6, ..] => return FileKind::Zip,
        [0x1F, 0x8B, ..] => return FileKind::Gzip,
        [0xD0, 0xCF, 0x11, 0xE0, ..] => return FileKind::OldOffice,
        [0x89, b'P', b'N', b'G', ..] => return FileKind::Png,
        [0xFF, 0xD8, 0xFF, ..] => return FileKind::Jpeg,
        [b'%', b'P', b'D', b'F', ..] => return FileKind::Pdf,
        [0, 0, 0x27, 0x0A, ..] => return FileKind::Shapefile,
        [b'f', b'g', b'b', ..] => return FileKind::FlatGeobuf,
        [b'P', b'A', b'R', b'1', ..] => return FileKind::Parquet,
        // The type-9 element that heads a design file, 766 words long, in two or three dimensions.
        [8, 9, 0xFE, 2, ..] | [0xC8, 9, 0xFE, 2, ..] => return FileKind::Dgn,
        _ if head.starts_with(b"SQLite format 3\0") => {
            // `application_id` stands at byte 68; GeoPackage 1.0 and 1.1 had their own.
            let id = head.get(68..72).unwrap_or_default();
            return if id.starts_with(b"GP") { FileKind::GeoPackage } else { FileKind::Sqlite };
        }
        _ => {}
    }
    if matches!(encoding, Encoding::Utf8 | Encoding::Windows1258) {
        let sample = &head[mark..head.len().min(8192).max(mark)];
        let odd = sample.iter().filter(|b| matches!(b, 0..=8 | 14..=31 | 127)).count();
        // A log may hold a stray control character; a table does not hold one in twenty.
        if sample.contains(&0) || odd * 20 > sample.len() {
            return FileKind::Binary;
        }
    }
    let text: String = match encoding {
        Encoding::Utf8 | Encoding::Windows1258 | Encoding::Page(_) => {
            String::from_utf8_lossy(&head[mark..head.len().min(1024 + mark)]).to_lowercase()
        }
        // Enough to see the first bracket.
        Encoding::Utf16Le | Encoding::Utf16Be => {
            head[mark..].iter().filter(|b| **b != 0).take(64).map(|b| char::from(*b)).collect()
        }
    };
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{1E}');
    match start.chars().next() {
        Some('{' | '[') => FileKind::Json,
        Some('<') if start.contains("<kml") => FileKind::Kml,
        Some('<') if start.contains("<gpx") => FileKind::Gpx,
        Some('<') if start.contains("<html") || start.contains("<!doctype html") => FileKind::Html,
        Some('<') => FileKind::Xml,
        Some('0' | '9') if is_dxf(start) => FileKind::Dxf,
        Some('!') if start.starts_with("!table") => FileKind::MapInfo,
        _ if start.starts_with("version ") && start.contains("columns") => FileKind::MapInfo,
        _ => FileKind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::fixture;
    use std::io::Write;

    fn check(name: &str, bytes: &[u8], expected: Result<FileKind, Unreadable>) {
        let folder = fixture::folder();
        let path = fixture::write(&folder, name, bytes);
        assert_eq!(open(&path).map(|s| s.kind), expected, "{name}");
    }

    #[test]
    fn content_decides_and_not_the_extension() {
        check("a.csv", b"time,lat\n", Ok(FileKind::Text));
        check("a.csv", b"PK\x03\x04....xl/workbook.xml", Ok(FileKind::Xlsx));
        check("a.csv", b"\x89PNG\r\n\x1a\n....", Ok(FileKind::Png));
        check("a.csv", b" \n {\"type\":\"FeatureCollection\"", Ok(FileKind::Json));
        check("a.json", b"<!DOCTYPE html><html>", Ok(FileKind::Html));
        check("a.csv", b"SQLite format 3\0", Ok(FileKind::Sqlite));
        check("a.csv", b"\x01\x02\x00\xfe\x07\x1b\x00\x03", Ok(FileKind::Binary));
        check("a.kml", b"<?xml version=\"1.0\"?><kml>", Ok(FileKind::Kml));
        check("a.xml", b"<?xml version=\"1.0\"?><gpx>", Ok(FileKind::Gpx));
    }

    #[test]
    fn nothing_and_blanks_are_empty() {
        check("a.csv", b"", Err(Unreadable::Empty));
        check("a.csv", b"\xEF\xBB\xBF \r\n\r\n", Err(Unreadable::Empty));
    }

    #[test]
    fn a_folder_and_a_file_that_is_not_there_are_told_apart() {
        let folder = fixture::folder();
        assert_eq!(open(folder.path()).map(|s| s.kind), Err(Unreadable::Folder));
        let gone = open(&folder.path().join("gone.csv")).map(|s| s.kind);
        assert!(matches!(gone, Err(Unreadable::Io { kind: io::ErrorKind::NotFound, .. })), "{gone:?}");
    }

    #[test]
    fn gzip_is_opened_without_being_asked() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"time,lat\n").unwrap();
        let folder = fixture::folder();
        let path = fixture::write(&folder, "a.csv.gz", &packed.finish().unwrap());
        let source = open(&path).unwrap();
        assert_eq!((source.kind, source.extension.as_str()), (FileKind::Text, "csv"));
        assert_eq!(source.read_all(100).unwrap(), b"time,lat\n");
    }

    #[test]
    fn a_file_over_the_limit_is_refused_and_not_cut() {
        let folder = fixture::folder();
        let path = fixture::write(&folder, "a.csv", b"0123456789");
        assert_eq!(open(&path).unwrap().read_all(9), Err(Unreadable::TooLarge { limit_bytes: 9 }));
        assert!(open(&path).unwrap().read_all(10).is_ok());
    }
}
