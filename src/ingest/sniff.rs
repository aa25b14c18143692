//! What a file is, by its first bytes.
//!
//! Extensions lie: a sign-in page saved as `.csv`, a spreadsheet renamed, a
//! GeoPackage sent as `.json`. Gzip is opened without being asked. What is
//! neither text nor a known container is refused before any parser sees it.

mod office;

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
    /// A workbook or document that a password opens.
    LockedOffice,
    Word,
    Slides,
    /// Apple's spreadsheet.
    Numbers,
    /// A web page or XML that a spreadsheet opens, mostly under the name `.xls`.
    HtmlSheet,
    XmlSheet,
    Zip,
    /// RAR and 7z: nothing here unpacks them.
    OtherArchive,
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
            Self::LockedOffice => language.pick("tệp Excel hoặc Office có mật khẩu", "an Office file with a password"),
            Self::Word => language.pick("tài liệu Word", "a Word document"),
            Self::Slides => language.pick("tệp trình chiếu PowerPoint", "PowerPoint slides"),
            Self::Numbers => language.pick("tệp Numbers của Apple", "a Numbers file of Apple's"),
            Self::HtmlSheet => {
                language.pick("trang web (HTML) mang tên bảng tính", "a web page (HTML) named like a spreadsheet")
            }
            Self::XmlSheet => language.pick("bảng tính XML của Excel 2003", "an XML spreadsheet of Excel 2003"),
            Self::OtherArchive => language.pick("tệp nén RAR hoặc 7z", "a RAR or 7z archive"),
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
        Self::of_bytes(csv, FileKind::Text)
    }

    /// A file that was taken out of an archive.
    pub(super) fn of_bytes(content: Vec<u8>, kind: FileKind) -> Self {
        let (encoding, mark) = text::detect(&content);
        let bytes = content.len() as u64;
        Self { kind, encoding, mark, reader: Box::new(io::Cursor::new(content)), extension: String::new(), bytes }
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
    let kind = match kind(&head, encoding, mark) {
        seen @ (FileKind::Zip | FileKind::Xlsx) => office::of_archive(path, seen),
        FileKind::OldOffice => office::of_compound(path),
        FileKind::Html | FileKind::Xml if is_named_sheet(&extension) && holds(&head, b"<table") => FileKind::HtmlSheet,
        FileKind::Html if holds(&head, b"office:excel") => FileKind::HtmlSheet,
        FileKind::Xml if holds(&head, b"office:spreadsheet") => FileKind::XmlSheet,
        seen => seen,
    };
    if head[mark..].iter().all(u8::is_ascii_whitespace) && head.len() < HEAD_BYTES {
        return Err(Unreadable::Empty);
    }
    Ok(Source { kind, encoding, mark, reader, extension, bytes: about.len() })
}

fn is_named_sheet(extension: &str) -> bool {
    extension.starts_with("xls")
}

fn holds(head: &[u8], needle: &[u8]) -> bool {
    head.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle))
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
    match head {
        [b'P', b'K', 3 | 5, 4 | 6, ..] if holds(head, b"xl/") || holds(head, b"[Content_Types].xml") => {
            return FileKind::Xlsx;
        }
        [b'P', b'K', 3 | 5, 4 | 6, ..] => return FileKind::Zip,
        [0x1F, 0x8B, ..] => return FileKind::Gzip,
        [b'R', b'a', b'r', b'!', 0x1A, 7, ..] | [b'7', b'z', 0xBC, 0xAF, 0x27, 0x1C, ..] => {
            return FileKind::OtherArchive;
        }
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
        // A phone that died left zeros at the end of its log.
        let written = sample.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        let sample = if written > 0 { &sample[..written] } else { sample };
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
        check("a.xls", b"<html><body><TABLE><tr><td>1", Ok(FileKind::HtmlSheet));
        check("a.html", b"<html><body><table><tr><td>1", Ok(FileKind::Html));
        check("a.xls", b"<html><body>Please sign in", Ok(FileKind::Html));
        let of_excel = br#"<html xmlns:x="urn:schemas-microsoft-com:office:excel"><body>"#;
        check("a.html", of_excel, Ok(FileKind::HtmlSheet));
        let of_2003 = br#"<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">"#;
        check("a.xls", of_2003, Ok(FileKind::XmlSheet));
        check("a.rar", b"Rar!\x1a\x07\x01\0", Ok(FileKind::OtherArchive));
        check("a.7z", b"7z\xbc\xaf\x27\x1c\0\x04", Ok(FileKind::OtherArchive));
    }

    #[test]
    fn documents_are_known_by_their_parts_and_streams_wherever_they_lie() {
        let packed = |name: &str| {
            let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
            // A picture as long as what is looked at stands before it.
            for (name, size) in [("preview.jpg", HEAD_BYTES), (name, 3)] {
                let plain = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
                zip.start_file(name, plain).unwrap();
                zip.write_all(&vec![b'x'; size]).unwrap();
            }
            zip.finish().unwrap().into_inner()
        };
        check("a.zip", &packed("a.csv"), Ok(FileKind::Zip));
        check("a.xlsx", &packed("xl/workbook.xml"), Ok(FileKind::Xlsx));
        check("a.docx", &packed("word/document.xml"), Ok(FileKind::Word));
        check("a.pptx", &packed("ppt/presentation.xml"), Ok(FileKind::Slides));
        check("a.numbers", &packed("Index/Document.iwa"), Ok(FileKind::Numbers));
        let compound = |name: &str| {
            let mut bytes = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
            bytes.resize(2 * HEAD_BYTES, 0);
            bytes.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
            bytes
        };
        check("a.xls", &compound("Workbook"), Ok(FileKind::OldOffice));
        check("a.xlsx", &compound("EncryptedPackage"), Ok(FileKind::LockedOffice));
        check("a.doc", &compound("WordDocument"), Ok(FileKind::Word));
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
