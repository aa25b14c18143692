//! ODK Central's `FORM.csv.zip`: the table of submissions, a table for each repeated group, photographs.
//!
//! The main table is the one whose heading has `KEY` and `SubmissionDate`; the
//! groups are named aloud and passed over, as lists inside a form are. Nothing
//! is unpacked onto the disk. An archive that is not what the server writes is
//! refused as a whole: what else may be wrong with it nobody can know.
//! Logs of measurements and GPX files that somebody packed are taken out under the same rules, one after the other.

mod bad;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

use super::Unreadable;
use super::text::{self, Encoding};
pub use bad::BadArchive;

/// What the tables of an archive may unpack to together; as much as an upload may.
const LIMIT_BYTES: u64 = 512 * 1024 * 1024;
/// Deflate packs a table of text some ten times and noughts a thousand times. Small tables are let be.
const MOST_TIMES: u64 = 200;
const SMALL_BYTES: u64 = 1024 * 1024;
/// Bytes of a table that are looked at for its heading; forms have hundreds of questions.
const HEAD_BYTES: u64 = 256 * 1024;

/// The main table, and the names of those that were passed over.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Submissions {
    pub(super) csv: Vec<u8>,
    pub(super) lists: Vec<String>,
}

/// Looks into an archive. `None`: it holds no table, so it is some other archive.
///
/// # Errors
/// [`Unreadable::Archive`] says what is wrong with it, [`Unreadable::Io`].
pub(super) fn submissions(path: &Path) -> Result<Option<Submissions>, Unreadable> {
    of(File::open(path)?)
}

/// The one table of an archive that somebody packed for sending, and nothing of a server. `None`: it holds no
/// table, so it is some other archive.
///
/// # Errors
/// As [`submissions`]; several tables are refused, since a refused row must be found by its file and line.
pub(super) fn table(path: &Path) -> Result<Option<Vec<u8>>, Unreadable> {
    let mut archive = ZipArchive::new(io::BufReader::new(File::open(path)?)).map_err(broken)?;
    // Beside a map a text says what it is.
    if has_map(&archive) {
        return Ok(None);
    }
    let mut tables = listed(&mut archive, &["csv", "txt", "tsv"])?;
    if tables.len() > 1 {
        return Err(BadArchive::Logs(tables.into_iter().map(|(_, name)| name).collect()).into());
    }
    let Some((at, name)) = tables.pop() else { return Ok(None) };
    let mut left = LIMIT_BYTES;
    unpacked(&mut archive, (at, &name), &mut left, |_| true)
}

/// Why an archive that nothing reads is none to read.
pub(super) fn fault(path: &Path) -> BadArchive {
    let archive = File::open(path).map_err(ZipError::Io).and_then(|file| ZipArchive::new(io::BufReader::new(file)));
    let mut archive = match archive {
        Ok(archive) => archive,
        Err(error) => return BadArchive::Broken(error.to_string()),
    };
    let mut names = Vec::new();
    for at in 0..archive.len() {
        let Ok(part) = archive.by_index_raw(at) else { continue };
        let name = part.name().map(std::borrow::Cow::into_owned).unwrap_or_default();
        if is_archive(&name) {
            return BadArchive::Nested(name);
        }
        if part.encrypted() {
            return BadArchive::Locked;
        }
        names.extend(part.is_file().then_some(name));
    }
    BadArchive::Nothing(names)
}

fn is_archive(name: &str) -> bool {
    has_ending(name, &["zip", "gz", "7z", "rar", "tar", "xz", "bz2"])
}

/// The files of an archive that end like this, one after the other.
pub(super) struct Files {
    archive: ZipArchive<io::BufReader<File>>,
    listed: std::vec::IntoIter<(usize, String)>,
    /// Bytes that may still be unpacked.
    left: u64,
}

impl Files {
    /// None where a map lies among them: beside it a text says what it is.
    ///
    /// # Errors
    /// As [`submissions`].
    pub(super) fn open(path: &Path, endings: &[&str]) -> Result<Self, Unreadable> {
        let mut archive = ZipArchive::new(io::BufReader::new(File::open(path)?)).map_err(broken)?;
        let listed = if has_map(&archive) { Vec::new() } else { listed(&mut archive, endings)? };
        Ok(Self { archive, listed: listed.into_iter(), left: LIMIT_BYTES })
    }

    pub(super) fn len(&self) -> usize {
        self.listed.len()
    }
}

impl Iterator for Files {
    type Item = Result<(String, Vec<u8>), Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        let (at, name) = self.listed.next()?;
        let bytes = unpacked(&mut self.archive, (at, &name), &mut self.left, |_| true);
        Some(bytes.map(|bytes| (name, bytes.unwrap_or_default())))
    }
}

fn of(file: impl Read + io::Seek) -> Result<Option<Submissions>, Unreadable> {
    let mut archive = ZipArchive::new(io::BufReader::new(file)).map_err(broken)?;
    let mut tables = listed(&mut archive, &["csv"])?;
    // The tables stand beside each other, at the top or in a folder that somebody packed; below them are photographs
    // and logs of the phone.
    let depth = |name: &str| name.matches('/').count();
    let top = tables.iter().map(|(_, name)| depth(name)).min().unwrap_or_default();
    tables.retain(|(_, name)| depth(name) == top);
    let is_alone = tables.len() == 1;
    if tables.is_empty() {
        let workbook = archive.file_names().flatten().find(|name| has_ending(name, &["xlsx", "xls", "ods"]));
        if let Some(name) = workbook.filter(|_| !has_map(&archive)) {
            return Err(BadArchive::Workbook(name.into_owned()).into());
        }
        return Ok(None);
    }
    let (mut mains, mut lists, mut left) = (Vec::new(), Vec::new(), LIMIT_BYTES);
    for (at, name) in tables {
        let is_wanted = |bytes: &[u8]| is_main(bytes) || (is_alone && !is_list(bytes));
        let Some(bytes) = unpacked(&mut archive, (at, &name), &mut left, is_wanted)? else {
            lists.push(name);
            continue;
        };
        let (encoding, mark) = text::detect(&bytes);
        if encoding != Encoding::Utf8 || std::str::from_utf8(&bytes[mark..]).is_err() {
            return Err(BadArchive::NotUtf8(name).into());
        }
        mains.push((name, bytes));
    }
    if mains.len() > 1 {
        return Err(BadArchive::Several(mains.into_iter().map(|(name, _)| name).collect()).into());
    }
    match mains.pop() {
        Some((_, csv)) => Ok(Some(Submissions { csv, lists })),
        None => Err(BadArchive::NoMain(lists).into()),
    }
}

/// Whether a file in it is one of a map, or of a document that is an archive itself.
fn has_map(archive: &ZipArchive<impl Read + io::Seek>) -> bool {
    const MAPS: [&str; 11] = ["shp", "gpkg", "kml", "gml", "geojson", "json", "tab", "mif", "fgb", "gdbtable", "xml"];
    archive.file_names().flatten().any(|name| has_ending(&name, &MAPS))
}

/// The files of an archive that may be tables, where there is one at all: then nothing odd may be beside it. What a
/// Macintosh notes of files is none.
fn listed(
    archive: &mut ZipArchive<impl Read + io::Seek>,
    endings: &[&str],
) -> Result<Vec<(usize, String)>, Unreadable> {
    let mut tables = Vec::new();
    let mut fault = None;
    for at in 0..archive.len() {
        let part = archive.by_index_raw(at).map_err(broken)?;
        let name = part.name().map_err(broken)?.into_owned();
        if leads_out(&name) {
            fault.get_or_insert(BadArchive::Path(name));
        } else if is_archive(&name) {
            fault.get_or_insert(BadArchive::Nested(name));
        } else if part.is_file() && has_ending(&name, endings) && !name.contains("__MACOSX") {
            if part.encrypted() {
                fault.get_or_insert(BadArchive::Locked);
            }
            tables.push((at, name));
        }
    }
    match fault {
        Some(fault) if !tables.is_empty() => Err(fault.into()),
        _ => Ok(tables),
    }
}

/// A file of an archive, where its beginning is what is looked for.
fn unpacked(
    archive: &mut ZipArchive<impl Read + io::Seek>,
    (at, name): (usize, &str),
    left: &mut u64,
    is_wanted: impl Fn(&[u8]) -> bool,
) -> Result<Option<Vec<u8>>, Unreadable> {
    let mut part = archive.by_index(at).map_err(broken)?;
    let (packed, said) = (part.compressed_size(), part.size());
    let bomb = || BadArchive::Bomb { name: name.to_owned(), limit_bytes: LIMIT_BYTES };
    if said > *left || (said > SMALL_BYTES && said / MOST_TIMES > packed) {
        return Err(bomb().into());
    }
    *left -= said;
    let mut bytes = Vec::new();
    part.by_ref().take(HEAD_BYTES).read_to_end(&mut bytes)?;
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0x1F, 0x8B]) {
        return Err(BadArchive::Nested(name.to_owned()).into());
    }
    if !is_wanted(&bytes) {
        return Ok(None);
    }
    // What it says of its size is not to be trusted.
    part.take(said.saturating_sub(bytes.len() as u64) + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > said { Err(bomb().into()) } else { Ok(Some(bytes)) }
}

/// Whether the heading is that of a repeated group.
fn is_list(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    memchr::memmem::find(line, b"PARENT_KEY").is_some()
}

/// Whether the heading is that of submissions: UTF-16 is seen through, so that it can be refused by its name.
fn is_main(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line: String = line.iter().filter(|byte| **byte != 0).map(|byte| char::from(*byte)).collect();
    let has = |is: fn(&str) -> bool| line.split([',', ';', '\t']).any(|name| is(name.trim().trim_matches('"')));
    // A mark of the encoding may stand before the first name.
    has(|name| name == "KEY") && has(|name| name.ends_with("SubmissionDate"))
}

/// A path of a root, of a drive, upwards, or as another system writes them.
fn leads_out(name: &str) -> bool {
    name.starts_with('/') || name.contains(['\\', ':', '\0']) || name.split('/').any(|part| part == "..")
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| endings.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

fn broken(error: ZipError) -> Unreadable {
    match error {
        ZipError::Io(error) => BadArchive::Broken(error.to_string()).into(),
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => BadArchive::Locked.into(),
        other => BadArchive::Broken(other.to_string()).into(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    const MAIN: &[u8] = b"SubmissionDate,visit-result,KEY\n2026-03-01T00:00:00Z,guided,uuid:1\n";
    const LIST: &[u8] = b"name,PARENT_KEY,KEY\nx,uuid:1,uuid:1/people[1]\n";

    fn read(parts: &[(&str, &[u8])]) -> Result<Option<Submissions>, Unreadable> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        of(zip.finish().unwrap())
    }

    fn refused(parts: &[(&str, &[u8])]) -> BadArchive {
        match read(parts) {
            Err(Unreadable::Archive(bad)) => bad,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_main_table_is_found_by_its_columns_and_the_groups_are_named() {
        let parts: [(&str, &[u8]); 3] = [("a-people.csv", LIST), ("a.csv", MAIN), ("media/1.jpg", b"\xFF\xD8")];
        let found = read(&parts).unwrap().unwrap();
        assert_eq!((found.csv.as_slice(), found.lists), (MAIN, vec!["a-people.csv".to_owned()]));
    }

    #[test]
    fn a_log_that_somebody_packed_is_the_one_table_of_its_archive() {
        let folder = crate::ingest::fixture::folder();
        let packed = |parts: &[(&str, &[u8])]| {
            let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
            for (name, bytes) in parts {
                zip.start_file(*name, SimpleFileOptions::default()).unwrap();
                zip.write_all(bytes).unwrap();
            }
            let bytes = zip.finish().unwrap().into_inner();
            table(&crate::ingest::fixture::write(&folder, "a.zip", &bytes))
        };
        let one = packed(&[("log/a.txt", b"time,rsrp\n"), ("__MACOSX/log/._a.txt", b"x"), ("a.jpg", b"x")]);
        assert_eq!(one, Ok(Some(b"time,rsrp\n".to_vec())));
        assert_eq!(packed(&[("a.shp", b"x"), ("readme.txt", b"x")]), Ok(None));
        let several = packed(&[("a.csv", b"x"), ("b.csv", b"x")]);
        assert!(matches!(several, Err(Unreadable::Archive(BadArchive::Logs(names))) if names == ["a.csv", "b.csv"]));
        assert!(matches!(
            packed(&[("../a.csv", b"x"), ("b.csv", b"x")]),
            Err(Unreadable::Archive(BadArchive::Path(_)))
        ));
    }

    #[test]
    fn a_folder_that_somebody_packed_is_looked_into_and_a_table_alone_needs_no_marks() {
        let found = read(&[("x/a.csv", MAIN), ("x/media/audit.csv", LIST), ("x/a-people.csv", LIST)]).unwrap().unwrap();
        assert_eq!((found.csv.as_slice(), found.lists), (MAIN, vec!["x/a-people.csv".to_owned()]));
        let plain: &[u8] = b"time,result\n2026-03-31,guided\n";
        assert_eq!(read(&[("visits.csv", plain)]).unwrap().unwrap().csv, plain);
    }

    #[test]
    fn an_archive_without_tables_is_some_other_archive() {
        assert_eq!(refused(&[("x/a.xlsx", b"PK")]), BadArchive::Workbook("x/a.xlsx".into()));
        assert_eq!(read(&[("a.shp", b"x"), ("a.dbf", b"y")]), Ok(None));
    }

    #[test]
    fn what_the_server_does_not_write_is_refused() {
        assert_eq!(refused(&[("a.csv", LIST)]), BadArchive::NoMain(vec!["a.csv".into()]));
        assert!(matches!(refused(&[("a.csv", MAIN), ("b.csv", MAIN)]), BadArchive::Several(_)));
        for path in ["../a.csv", "/etc/a.csv", "x/../../a.csv", "..\\a.csv", "C:a.csv"] {
            assert_eq!(refused(&[("a.csv", MAIN), (path, MAIN)]), BadArchive::Path(path.into()));
        }
        assert!(matches!(refused(&[("a.csv", MAIN), ("b.zip", b"PK")]), BadArchive::Nested(_)));
        assert!(matches!(refused(&[("a.csv", b"PK\x03\x04....")]), BadArchive::Nested(_)));
        let page = [MAIN, b"2026-03-02T00:00:00Z,\xD0\xE3,uuid:2\n"].concat();
        assert_eq!(refused(&[("a.csv", &page)]), BadArchive::NotUtf8("a.csv".into()));
        let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(MAIN.iter().flat_map(|byte| [*byte, 0])).collect();
        assert_eq!(refused(&[("a.csv", &wide)]), BadArchive::NotUtf8("a.csv".into()));
    }

    #[test]
    fn a_table_that_unpacks_beyond_all_size_is_refused_unread() {
        let noughts = [MAIN, &vec![b' '; 8 << 20]].concat();
        assert!(matches!(refused(&[("a.csv", &noughts)]), BadArchive::Bomb { .. }));
    }

    #[test]
    fn an_archive_that_was_cut_off_is_broken() {
        let whole = {
            let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
            zip.start_file("a.csv", SimpleFileOptions::default()).unwrap();
            zip.write_all(MAIN).unwrap();
            zip.finish().unwrap().into_inner()
        };
        for length in 0..whole.len() {
            let cut = of(Cursor::new(whole[..length].to_vec()));
            assert!(matches!(cut, Err(Unreadable::Archive(BadArchive::Broken(_)))), "{length}");
        }
    }
}
