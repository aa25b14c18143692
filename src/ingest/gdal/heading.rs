//! The heading of a sheet, which may take several rows.
//!
//! One heading stands over several columns and the row below names each (`Quy mô` over `Số hộ` and `Số khẩu`): the
//! lowest name is that of the column, and goes with the one above where it says little alone (`Tên` under `Xã`) or stands
//! twice. What may name a person above keeps its column personal, whatever stands below. Where the columns under one
//! heading hold nothing but crosses, the heading is a question and the crossed columns are the answers.

use super::workbook::Merged;
use crate::ingest::header::fold;
use crate::ingest::privacy;

/// The most rows of a header in several lines; more is a merged title.
pub(super) const LINES: usize = 3;

/// The last row of a header that begins at a row: by the cells merged down from it, or by a row below it that has names
/// and nothing but names, all of them under headings of several columns.
pub(super) fn last(cells: &[Vec<String>], merged: &[Merged], header: usize) -> usize {
    let down = merged.iter().filter(|one| one.first == header && one.last < header + LINES).map(|one| one.last);
    let last = down.max().unwrap_or(header);
    match (cells.get(header), cells.get(header + 1)) {
        (Some(upper), Some(lower)) if last == header && is_second(upper, lower) => header + 1,
        _ => last,
    }
}

fn is_second(upper: &[String], lower: &[String]) -> bool {
    let is_empty = |row: &[String], at: usize| row.get(at).is_none_or(|cell| cell.trim().is_empty());
    // A heading whose right neighbour has none stands over both.
    let is_group = |at: usize| (is_empty(upper, at) && at > 0) || (at + 1 < upper.len() && is_empty(upper, at + 1));
    let named: Vec<usize> = (0..lower.len()).filter(|at| !is_empty(lower, *at)).collect();
    let are_words = named.iter().all(|at| !lower[*at].trim_start().starts_with(|c: char| c.is_ascii_digit()));
    let first = named.first().copied().unwrap_or_default();
    named.len() > 1
        && are_words
        && named.iter().all(|at| is_group(*at))
        && named.iter().any(|at| is_empty(upper, *at))
        // The first row below a header without names of its own begins with a number or the name of a village.
        && (0..first).any(|at| !is_empty(upper, at))
}

/// A name for each column; no two are the same. `at`: the row of the first line.
pub(super) fn names(header: &[Vec<String>], merged: &[Merged], at: usize) -> Vec<String> {
    let width = header.iter().map(Vec::len).max().unwrap_or_default();
    let lines: Vec<Vec<&str>> = (0..width).map(|column| above(header, merged, at, column)).collect();
    let lowest = |column: usize| lines[column].last().copied().unwrap_or_default();
    let mut names: Vec<String> = Vec::with_capacity(width);
    for column in 0..width {
        let name = match lines[column].as_slice() {
            [] => format!("Field{}", column + 1),
            [one] => (*one).to_owned(),
            [.., upper, lower] => {
                let twice =
                    (0..width).any(|other| other != column && lowest(other) == *lower && lines[other].len() > 1);
                both(upper, lower, twice)
            }
        };
        let before = names.iter().filter(|known| **known == name).count();
        names.push(if before == 0 { name } else { format!("{name} ({})", column + 1) });
    }
    names
}

/// What stands over a column, the uppermost first; what is said twice, once.
fn above<'a>(header: &'a [Vec<String>], merged: &[Merged], at: usize, column: usize) -> Vec<&'a str> {
    let mut found: Vec<&str> = Vec::new();
    for (line, row) in header.iter().enumerate() {
        let own = row.get(column).map_or("", |name| name.trim());
        let of_group = || {
            let over = |one: &&Merged| {
                (one.first..=one.last).contains(&(at + line)) && (one.column..=one.to).contains(&column)
            };
            let group = merged.iter().find(over)?;
            header.get(group.first.checked_sub(at)?)?.get(group.column).map(|name| name.trim())
        };
        let name = if own.is_empty() { of_group().unwrap_or_default() } else { own };
        if !name.is_empty() && found.last() != Some(&name) {
            found.push(name);
        }
    }
    found
}

/// The name of a column that stands under another.
fn both(upper: &str, lower: &str, twice: bool) -> String {
    let (above, below) = (fold(upper), fold(lower));
    let counts = ["so_", "tong_"].iter().any(|begins| below.starts_with(begins));
    if privacy::is_personal(&above) && !privacy::is_personal(&below) && !counts {
        return upper.to_owned();
    }
    match below.as_str() {
        // All of what stands above.
        "tong" | "tong_so" | "cong" | "tong_cong" | "so_luong" | "chung" => upper.to_owned(),
        "ten" | "ma" | "so" | "ngay" | "loai" | "cap" => format!("{lower} {upper}"),
        _ if matches!(above.as_str(), "tong_so" | "so_luong" | "so") && !counts => format!("{upper} {lower}"),
        _ if twice => format!("{upper} {lower}"),
        _ => lower.to_owned(),
    }
}

/// A question that is answered by crosses, and its columns.
pub(super) struct Crossed {
    name: String,
    columns: Vec<(usize, String)>,
}

/// The headings of the first line over columns of crosses.
pub(super) fn crossed(
    names: &[String],
    header: &[Vec<String>],
    merged: &[Merged],
    at: usize,
    rows: &[&[String]],
) -> Vec<Crossed> {
    let groups = merged.iter().filter(|one| one.first == at && one.to > one.column && header.len() > 1);
    let question = |group: &Merged| {
        let name = header.first()?.get(group.column)?.trim();
        let columns = group.column..(group.to + 1).min(names.len());
        let filled =
            |row: &&&[String]| columns.clone().any(|at| row.get(at).is_some_and(|cell| !cell.trim().is_empty()));
        let answered = rows.iter().filter(filled).count();
        let by_cross = rows.iter().filter(|row| crosses(row, columns.clone()).is_some_and(|found| !found.is_empty()));
        let most = by_cross.count() * 2 > answered;
        let new = !name.is_empty() && !names.iter().any(|known| known == name);
        (new && most).then(|| Crossed {
            name: name.to_owned(),
            columns: columns.clone().map(|at| (at, names[at].clone())).collect(),
        })
    };
    groups.filter_map(question).collect()
}

impl Crossed {
    /// One column more, of the answers; those of the crosses are called as in an export of a form (`Kết quả/Vắng nhà`).
    pub(super) fn name(&self, names: &mut Vec<String>) {
        for (at, answer) in &self.columns {
            names[*at] = format!("{}/{answer}", self.name);
        }
        names.push(self.name.clone());
    }

    /// The answers of a row; nothing where anything but crosses stands there.
    pub(super) fn answer(&self, row: &[String]) -> String {
        let (Some((first, _)), Some((last, _))) = (self.columns.first(), self.columns.last()) else {
            return String::new();
        };
        let found = crosses(row, *first..*last + 1).unwrap_or_default();
        let answers = self.columns.iter().filter(|(at, _)| found.contains(at)).map(|(_, name)| name.as_str());
        answers.collect::<Vec<_>>().join("; ")
    }
}

/// Which of these columns are crossed; `None` where one holds something else.
fn crosses(row: &[String], columns: std::ops::Range<usize>) -> Option<Vec<usize>> {
    let mut found = Vec::new();
    for at in columns {
        match row.get(at).map_or("", |cell| cell.trim()) {
            "" => {}
            "x" | "X" | "✓" | "✔" | "√" | "☑" => found.push(at),
            _ => return None,
        }
    }
    Some(found)
}
