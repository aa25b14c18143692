//! Lines above a header: titles of reports and comments of apps.
//!
//! A spreadsheet of an office says first what it is and who made it; an app
//! says its version behind a `#`. Such a line is known by what it lacks: the header
//! names twice as many columns. Only then is it looked for further down, so that a
//! table that begins at once stays as it is.

use std::collections::HashMap;

use super::MAX_ROW_BYTES;
use super::start::{DELIMITERS, first_line, split, whole_row};

/// Lines in which a header is looked for: offices put their own name, a title, a day and a unit above it.
const LINES: usize = 15;

/// The bytes and lines above the header of a text; none where the first line is the header, or none is.
pub(super) fn above(text: &[u8], stated: Option<u8>, end: u8) -> (usize, u64) {
    let rows = rows(text, stated, end);
    let comments = rows.iter().take_while(|row| row.is_comment).count();
    let below: Vec<Vec<&str>> =
        rows[comments..].iter().map(|row| row.cells.iter().map(String::as_str).collect()).collect();
    // `# time,lat,lon` over rows of as many cells is a header.
    let is_header = |row: &&Row| row.cells.len() > 2 && below.first().is_some_and(|next| next.len() == row.cells.len());
    let named = comments.checked_sub(1).filter(|last| rows.get(*last).as_ref().is_some_and(is_header));
    let at = named.unwrap_or_else(|| comments + header_at(&below));
    rows.get(at).map_or((0, 0), |row| (row.at, row.line))
}

/// Which of the first lines is the header. The first, unless what stands there is a title: then a later one names at
/// least twice as many columns, all of them by words and none twice, and is about as wide as the table gets.
pub(in crate::ingest) fn header_at(lines: &[Vec<&str>]) -> usize {
    let lines = &lines[..lines.len().min(LINES)];
    let filled = |line: &[&str]| line.iter().filter(|cell| !cell.trim().is_empty()).count();
    let widest = lines.iter().map(|line| filled(line)).max().unwrap_or_default();
    let title = lines.iter().map(|line| filled(line)).find(|width| *width > 0).unwrap_or_default();
    let found = lines.iter().position(|line| filled(line) * 10 >= widest * 7 && filled(line) > 0).unwrap_or_default();
    match lines.get(found) {
        Some(line) if title * 2 <= filled(line) && names_columns(line) => found,
        _ => 0,
    }
}

fn names_columns(line: &[&str]) -> bool {
    let mut seen = std::collections::HashSet::new();
    line.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).all(|cell| {
        // A number and a day begin with a digit; a heading never does, but for `4G`.
        let generation = matches!(cell.as_bytes(), [b'2'..=b'6', b'g' | b'G']);
        (generation || !cell.starts_with(|c: char| c.is_ascii_digit())) && seen.insert(cell.to_lowercase())
    })
}

struct Row {
    /// Where it begins, in bytes and lines.
    at: usize,
    line: u64,
    is_comment: bool,
    cells: Vec<String>,
}

/// The first rows, cut at the delimiter that most of them have in common.
fn rows(text: &[u8], stated: Option<u8>, end: u8) -> Vec<Row> {
    let mut lines = Vec::new();
    let mut at = 0;
    while at < text.len() && lines.len() < LINES {
        let line = first_line(&text[at..], end);
        lines.push(line);
        at += line.len();
    }
    let delimiter = stated.unwrap_or_else(|| common(&lines));
    let (mut rows, mut at, mut line) = (Vec::new(), 0, 0);
    while at < text.len() && rows.len() < LINES {
        let one = first_line(&text[at..], end);
        let row = whole_row(&text[at..], delimiter, end).unwrap_or(one);
        if row.len() > MAX_ROW_BYTES {
            break;
        }
        if !row.trim_ascii().is_empty() {
            let cells = split(row, delimiter);
            let cells = cells.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
            let is_comment = row.starts_with(b"#") || row.starts_with(b"//");
            rows.push(Row { at, line, is_comment, cells });
        }
        at += row.len();
        line += row.iter().filter(|byte| **byte == end).count().max(1) as u64;
    }
    rows
}

/// The delimiter by which the most lines have the same number of cells, and of such the one of most cells.
fn common(lines: &[&[u8]]) -> u8 {
    let alike = |delimiter: u8| {
        let mut counts: HashMap<usize, usize> = HashMap::new();
        for line in lines.iter().filter(|line| line.len() <= MAX_ROW_BYTES && !line.trim_ascii().is_empty()) {
            *counts.entry(split(line, delimiter).len()).or_default() += 1;
        }
        let of_several = counts.into_iter().filter(|(width, _)| *width > 1).map(|(width, count)| (count, width));
        of_several.max().unwrap_or_default()
    };
    // The last of equals wins: they are asked from the rarest to the usual.
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| alike(*delimiter)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines above the header.
    fn check(text: &str, lines: u64) {
        assert_eq!(above(text.as_bytes(), None, b'\n').1, lines, "{text}");
    }

    #[test]
    fn a_title_is_passed_over_however_it_is_written() {
        let table = "a;b;c;d\n1,5;2,5;3;4\n1,6;2,6;3;4\n";
        check(table, 0);
        check(&format!("KẾT QUẢ ĐO, ĐỢT 1\n\n{table}"), 2);
        check(&format!("KẾT QUẢ ĐO;;;\n;;;\n{table}"), 2);
        check(&format!("Đơn vị: Sở;;;\n\"Ngày 1\ntháng 2\";;;\n{table}"), 3);
    }

    #[test]
    fn comments_of_an_app_are_passed_over_and_a_header_behind_a_mark_is_none() {
        let table = "time,lat,lon,rsrp\n1,2,3,4\n";
        check(&format!("# Created by an app\n# Version=0.4.0\n{table}"), 2);
        check(&format!("# Created by an app, version 2\n{table}"), 1);
        check(&format!("// list, 3.0\n{table}"), 1);
        check(&format!("# an app\n# {table}"), 1);
        check(&format!("#{table}"), 0);
    }

    #[test]
    fn a_table_that_begins_at_once_stays_as_it_is() {
        for text in [
            "",
            "a\n1\n2\n",
            "a,b\n1,2\n3\n4,5,6\n",
            "name,x,y,z\n,,,\n1,,,\n",
            "wkt\nPOLYGON((1 2,3 4,5 6,1 2))\nPOLYGON((1 2,3 4,5 6,1 2))\n",
            "1;2;3;4\n1;2;3;4\n",
            "title\n",
            "title\n1,2,3,4\n5,6,7,8\n",
        ] {
            check(text, 0);
        }
    }
}
