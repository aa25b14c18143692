//! Times in workbooks, as GDAL can read them.
//!
//! GDAL 3.6 takes a cell for a time only where its format writes the hour in two
//! digits: under `d/m/yyyy h:mm` it gives the day alone, and nobody would miss
//! the clock. Such formats are widened in a copy in memory, which is then opened.

use std::fs::File;
use std::io::{Cursor, Read, Write};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const STYLES: &str = "xl/styles.xml";
/// Styles of a workbook are some kilobytes; more is something else.
const MOST_STYLES: u64 = 16 << 20;
/// A copy is held in memory.
const MOST_BYTES: u64 = 512 << 20;

/// A copy that GDAL finds under a name in memory. The bytes stay ours: GDAL would give them back to another allocator.
pub(super) struct Copy {
    name: PathBuf,
    /// Invariant: not touched before the name is gone.
    _bytes: Vec<u8>,
}

impl Copy {
    /// Of a workbook that needs it; of any other file none.
    pub(super) fn of(path: &Path) -> Option<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let is_workbook =
            path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx") || e.eq_ignore_ascii_case("xlsm"));
        if !is_workbook || path.metadata().ok()?.len() > MOST_BYTES {
            return None;
        }
        let mut bytes = widened(File::open(path).ok()?)?;
        let name = PathBuf::from(format!("/vsimem/phusong-{}.xlsx", COUNT.fetch_add(1, Ordering::Relaxed)));
        // Its guard may not outlive a borrow; ours takes the name away, and then lets go of the bytes.
        let _ = ManuallyDrop::new(gdal::vsi::create_mem_file_from_ref(&name, &mut bytes).ok()?);
        Some(Self { name, _bytes: bytes })
    }

    pub(super) fn path(&self) -> &Path {
        &self.name
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = gdal::vsi::unlink_mem_file(&self.name);
    }
}

fn widened(file: File) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(std::io::BufReader::new(file)).ok()?;
    let mut styles = String::new();
    archive.by_name(STYLES).ok()?.take(MOST_STYLES).read_to_string(&mut styles).ok()?;
    let wide = of_styles(&styles)?;
    let mut copy = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let part = archive.by_index_raw(at).ok()?;
        if part.name().ok()? == STYLES {
            copy.start_file(STYLES, SimpleFileOptions::default()).ok()?;
            copy.write_all(wide.as_bytes()).ok()?;
        } else {
            copy.raw_copy_file(part).ok()?;
        }
    }
    Some(copy.finish().ok()?.into_inner())
}

/// Styles with hours of two digits; `None` where they are so already.
fn of_styles(styles: &str) -> Option<String> {
    const CODE: &str = "formatCode=\"";
    let mut out = String::with_capacity(styles.len() + 64);
    let mut rest = styles;
    let mut changed = false;
    while let Some(at) = rest.find(CODE) {
        let (before, code) = rest.split_at(at + CODE.len());
        let (code, behind) = code.split_at(code.find('"')?);
        let wide = hours(code);
        changed |= wide != code;
        out.push_str(before);
        out.push_str(&wide);
        rest = behind;
    }
    out.push_str(rest);
    changed.then_some(out)
}

/// `h` alone becomes `hh`, but for letters that are text: in quotes, behind a stroke, in brackets.
fn hours(code: &str) -> String {
    let mut out = String::with_capacity(code.len() + 2);
    let (mut rest, mut quoted) = (code, false);
    while let Some(letter) = rest.chars().next() {
        let mut length = letter.len_utf8();
        if rest.starts_with("&quot;") {
            quoted = !quoted;
            length = "&quot;".len();
        } else if !quoted && letter == '\\' {
            length += rest[1..].chars().next().map_or(0, char::len_utf8);
        } else if !quoted && letter == '[' {
            length = rest.find(']').map_or(rest.len(), |end| end + 1);
        } else if !quoted && matches!(letter, 'h' | 'H') {
            length = rest.find(|c| !matches!(c, 'h' | 'H')).unwrap_or(rest.len());
            if length == 1 {
                out.push(letter);
            }
        }
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_of_one_digit_is_widened_and_letters_of_text_are_not() {
        for (code, expected) in [
            ("d/m/yyyy h:mm", "d/m/yyyy hh:mm"),
            ("d/m/yyyy hh:mm", "d/m/yyyy hh:mm"),
            ("[$-409]m/d/yy h:mm AM/PM;@", "[$-409]m/d/yy hh:mm AM/PM;@"),
            ("[h]:mm", "[h]:mm"),
            ("0 &quot;h&quot;", "0 &quot;h&quot;"),
            ("0\\h", "0\\h"),
            ("\\", "\\"),
            ("", ""),
        ] {
            assert_eq!(hours(code), expected, "{code}");
        }
        assert_eq!(of_styles("<numFmt formatCode=\"0.00\"/>"), None);
        let wide = of_styles("<a formatCode=\"0.0\"/><b formatCode=\"h:mm\"/><c/>");
        assert_eq!(wide.as_deref(), Some("<a formatCode=\"0.0\"/><b formatCode=\"hh:mm\"/><c/>"));
        assert_eq!(of_styles("formatCode=\"h"), None);
    }

    /// A workbook of one cell under a heading: the day 46112 is 2026-03-31, and 0.34375 of it 08:15.
    fn workbook(code: &str) -> Vec<u8> {
        let mut book = rust_xlsxwriter::Workbook::new();
        let format = rust_xlsxwriter::Format::new().set_num_format(code);
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "time").unwrap();
        sheet.write_with_format(1, 0, 46_112.343_75, &format).unwrap();
        book.save_to_buffer().unwrap()
    }

    #[test]
    fn a_time_keeps_its_clock_whatever_the_format_of_the_hour() {
        let folder = crate::ingest::fixture::folder();
        for (i, code) in ["d/m/yyyy h:mm", "dd/mm/yyyy hh:mm:ss", "m/d/yy h:mm AM/PM"].into_iter().enumerate() {
            let path = crate::ingest::fixture::write(&folder, &format!("{i}.xlsx"), &workbook(code));
            let read = super::super::read(&path, &crate::ingest::fixture::options()).unwrap();
            assert_eq!(read.features[0].properties[0].1, "2026/03/31 08:15:00", "{code}");
        }
    }
}
