//! Documents that are archives or compound files inside: which program wrote them, and whether a password locks them.
//!
//! An archive says it by the names of its parts. A compound file (of before 2007, or a newer one that is encrypted)
//! names its streams in UTF-16 wherever its directory lies (MS-CFB 2.6.1; MS-OFFCRYPTO 2.3.4.4 `EncryptedPackage`).

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use zip::ZipArchive;

use super::FileKind;

/// The most of a compound file that is searched: old spreadsheets end at 65,536 rows.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// The kind of an archive, as the names of its parts show it.
pub(super) fn of_archive(path: &Path, seen: FileKind) -> FileKind {
    let Ok(archive) =
        File::open(path).map_err(drop).and_then(|file| ZipArchive::new(BufReader::new(file)).map_err(drop))
    else {
        return seen;
    };
    let has = |is: fn(&str) -> bool| archive.file_names().flatten().any(|name| is(&name));
    if has(|name| name.starts_with("xl/")) {
        FileKind::Xlsx
    } else if has(|name| name.starts_with("word/")) {
        FileKind::Word
    } else if has(|name| name.starts_with("ppt/")) {
        FileKind::Slides
    } else if has(|name| name.ends_with(".iwa") || name == "Index.zip") {
        FileKind::Numbers
    } else {
        seen
    }
}

/// The kind of a compound file, as the names of its streams show it.
pub(super) fn of_compound(path: &Path) -> FileKind {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes));
    let names = [
        ("EncryptedPackage", FileKind::LockedOffice),
        ("WordDocument", FileKind::Word),
        ("PowerPoint Document", FileKind::Slides),
    ];
    let holds = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memchr::memmem::find(&bytes, &wide).is_some()
    };
    let found = names.into_iter().find(|(name, _)| read.is_ok() && holds(name));
    found.map_or(FileKind::OldOffice, |(_, kind)| kind)
}
