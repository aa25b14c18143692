//! Where the rows of a text begin, and how they are cut: the header, the delimiter, the cells of a row.

use csv::ByteRecord;

use super::{MAX_ROW_BYTES, title};
use crate::ingest::Unreadable;
use crate::ingest::header::Header;

pub(super) const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// What a person says of the lines and numbers of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::ingest) struct Layout {
    pub(in crate::ingest) delimiter: Option<u8>,
    /// Whether numbers have a decimal comma; by the delimiter where nobody says.
    pub(in crate::ingest) decimal_comma: Option<bool>,
    /// Lines of a title.
    pub(in crate::ingest) lines_before_header: usize,
    /// Lines of units.
    pub(in crate::ingest) lines_after_header: usize,
}

/// Where the rows begin, and how they are written.
pub(in crate::ingest) struct Start {
    pub(in crate::ingest) header: Header,
    pub(in crate::ingest) delimiter: u8,
    /// `\n`, or `\r` in files of old Macintosh programs.
    pub(in crate::ingest) end: u8,
    pub(in crate::ingest) body_at: usize,
    pub(in crate::ingest) body_line: u64,
    /// The line of the header, where others stand above it that nobody stated.
    pub(in crate::ingest) title_above: Option<u64>,
}

impl Start {
    /// Reads the header from the beginning of a text, of which the first lines at least must be there.
    pub(in crate::ingest) fn find(text: &[u8], layout: Layout) -> Result<Self, Unreadable> {
        let end = if !text.contains(&b'\n') && text.contains(&b'\r') { b'\r' } else { b'\n' };
        let mut at = 0;
        let mut line = 1;
        let mut stated = layout.delimiter;
        for _ in 0..layout.lines_before_header {
            at += first_line(&text[at..], end).len();
            line += 1;
        }
        loop {
            let here = first_line(&text[at..], end);
            if here.is_empty() {
                return Err(Unreadable::Empty);
            }
            let trimmed = here.trim_ascii();
            // Excel's own way to name the delimiter.
            if let [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] = trimmed {
                stated = stated.or(Some(*delimiter));
            } else if !trimmed.iter().all(|b| matches!(b, b' ' | b',' | b';' | b'\t' | b'|')) {
                break;
            }
            at += here.len();
            line += 1;
        }
        let stated = stated.filter(|d| DELIMITERS.contains(d));
        let mut title_above = None;
        if layout.lines_before_header == 0 {
            let (bytes, lines) = title::above(&text[at..], stated, end);
            at += bytes;
            line += lines;
            title_above = (lines > 0).then_some(line);
        }
        let delimiter = stated.unwrap_or_else(|| guess(&text[at..], end));
        let one = first_line(&text[at..], end);
        let head = whole_row(&text[at..], delimiter, end).unwrap_or(one);
        if head.len() > MAX_ROW_BYTES {
            return Err(Unreadable::LineTooLong { line, limit_bytes: MAX_ROW_BYTES });
        }
        let mut names: Vec<String> =
            split(head, delimiter).iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
        while names.len() > 1 && names.last().is_some_and(|n| n.trim().is_empty()) {
            names.pop();
        }
        at += head.len();
        line += head.iter().filter(|b| **b == end).count().max(1) as u64;
        for _ in 0..layout.lines_after_header {
            at += first_line(&text[at..], end).len();
            line += 1;
        }
        Ok(Self { header: Header::new(names), delimiter, end, body_at: at, body_line: line, title_above })
    }
}

/// The delimiter by which the header has at least two columns and most lines
/// have as many as the header; the widest header among equals.
fn guess(text: &[u8], end: u8) -> u8 {
    let mut best = (0_usize, b',');
    for delimiter in DELIMITERS {
        let (mut at, mut width, mut same, mut seen) = (0, 0, 0_usize, 0_usize);
        while at < text.len() && seen < 20 {
            let line = first_line(&text[at..], end);
            at += line.len();
            if line.len() > MAX_ROW_BYTES || line.trim_ascii().is_empty() {
                continue;
            }
            let cells = split(line, delimiter).len();
            if seen == 0 {
                width = cells;
            }
            same += usize::from(cells == width);
            seen += 1;
        }
        if width >= 2 && seen > 0 {
            let score = same * 1000 / seen * 1000 + width;
            if score > best.0 {
                best = (score, delimiter);
            }
        }
    }
    best.1
}

/// The first line with its end, or all that is left.
pub(in crate::ingest) fn first_line(text: &[u8], end: u8) -> &[u8] {
    memchr::memchr(end, text).map_or(text, |at| &text[..=at])
}

/// The first row with its end, which a quoted cell may carry over several lines.
/// `None` when a quote is still open after [`MAX_ROW_BYTES`] or at the end, or closes
/// in the middle of a cell: then it was another row's quote that closed it.
pub(super) fn whole_row(text: &[u8], delimiter: u8, end: u8) -> Option<&[u8]> {
    let mut quoted = false;
    let mut cell_starts = true;
    let mut i = 0;
    while i < text.len().min(MAX_ROW_BYTES) {
        let byte = text[i];
        if quoted {
            if byte == b'"' {
                match text.get(i + 1) {
                    Some(b'"') => i += 1,
                    Some(next) if *next != delimiter && *next != end && *next != b'\r' => return None,
                    _ => quoted = false,
                }
            }
        } else if byte == end {
            return Some(&text[..=i]);
        } else if byte == b'"' && cell_starts {
            quoted = true;
            cell_starts = false;
        } else {
            cell_starts = byte == delimiter;
        }
        i += 1;
    }
    if quoted || text.len() > MAX_ROW_BYTES { None } else { Some(text) }
}

/// A row without its end.
pub(super) fn bare(row: &[u8]) -> &[u8] {
    let row = row.strip_suffix(b"\n").unwrap_or(row);
    row.strip_suffix(b"\r").unwrap_or(row)
}

/// The cells of one row, quotes undone.
pub(in crate::ingest) fn split(row: &[u8], delimiter: u8) -> ByteRecord {
    let row = bare(row);
    if !row.contains(&b'"') {
        return row.split(|b| *b == delimiter).collect::<Vec<_>>().into();
    }
    let mut record = ByteRecord::new();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(row.len() + 2)
        .from_reader(row);
    // A slice cannot fail to be read, and bytes need no encoding.
    let _ = reader.read_byte_record(&mut record);
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_delimiter(text: &str, delimiter: char) {
        assert_eq!(char::from(guess(text.as_bytes(), b'\n')), delimiter, "{text}");
    }

    #[test]
    fn the_delimiter_is_the_one_that_fits_all_lines() {
        check_delimiter("a,b,c\n1,2,3\n", ',');
        check_delimiter("a;b;c\n1,5;2,5;3,5\n", ';');
        check_delimiter("a\tb\n1,5\t2\n", '\t');
        check_delimiter("a|b|c\n1|2|3\n", '|');
        check_delimiter("tên;xã\n\"Xóm 1, Xóm 2\";Gia Viễn\n", ';');
        check_delimiter("alone\n1\n", ',');
    }

    #[test]
    fn a_title_above_the_header_is_passed_over_and_a_header_never_is() {
        let check = |text: &str, line: Option<u64>, names: &[&str]| {
            let start = Start::find(text.as_bytes(), Layout::default()).unwrap();
            assert_eq!(
                (start.title_above, start.header.names),
                (line, names.iter().map(|n| (*n).to_owned()).collect()),
                "{text}"
            );
        };
        check(
            "UBND XÃ A;;;\nDanh sách hộ;;;\n\nSTT;Ngày;Xóm;Hộ\n1;31/03/2026;Xóm 2;12\n",
            Some(4),
            &["STT", "Ngày", "Xóm", "Hộ"],
        );
        check(
            "Danh sách\nTháng 3, năm 2026\nSTT,Ngày,Xóm,Hộ\n1,31/03/2026,Xóm 2,12\n",
            Some(3),
            &["STT", "Ngày", "Xóm", "Hộ"],
        );
        check("a,b,c\n1,2,3\n", None, &["a", "b", "c"]);
        check("a,b\nx,y,z,t\n", Some(2), &["x", "y", "z", "t"]);
        check("a,b,c\nx,y,z,t\n", None, &["a", "b", "c"]);
        check("a;b\n1;2;3;4\n", None, &["a", "b"]);
        check("tên,xã,,,\nHoa Lư,Gia Viễn,,,\n", None, &["tên", "xã"]);
    }

    #[test]
    fn lines_around_the_header_are_passed_over_when_stated() {
        let text = "Báo cáo; đo\nNgày 1\na;b\n(m);(s)\n1,5;2\n";
        let layout = Layout { lines_before_header: 2, lines_after_header: 1, ..Layout::default() };
        let start = Start::find(text.as_bytes(), layout).unwrap();
        assert_eq!((start.header.names, start.delimiter, start.body_line), (vec!["a".into(), "b".into()], b';', 5));
        assert!(text[start.body_at..].starts_with("1,5"));
        let beyond = Layout { lines_before_header: 9, ..Layout::default() };
        assert_eq!(Start::find(text.as_bytes(), beyond).map(|s| s.end).err(), Some(Unreadable::Empty));
        let stated = Layout { delimiter: Some(b'|'), ..Layout::default() };
        assert_eq!(Start::find(b"a;b\n1;2\n", stated).unwrap().header.len(), 1);
    }
}
