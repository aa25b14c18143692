//! Rows of sums, as offices put them below their lists.
//!
//! A row is one of sums where it says so in words that nothing else is called by (`Tổng cộng`, `Cộng xã Gia Vân`), or
//! where it begins like one and its numbers are those of the rows above, added up: a village may be called Cộng Hòa.

use super::Record;
use crate::ingest::{number, text, time};

/// What the rows so far come to.
#[derive(Default)]
pub(super) struct Sums {
    rows: usize,
    columns: Vec<Column>,
}

#[derive(Clone, Default)]
struct Column {
    /// Below the last row of sums.
    since: Part,
    all: Part,
    last: f64,
    /// The numbers are not those of the rows themselves: 1, 2, 3.
    counts: bool,
}

#[derive(Clone, Copy, Default)]
struct Part {
    sum: f64,
    rows: usize,
}

/// Lists that somebody adds up are shorter; a table of millions is not added up in vain.
const MOST_ROWS: usize = 20_000;

/// How a cell speaks of sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    /// Not at all.
    Other,
    /// It begins so, as a name may.
    Begins,
    /// In words that name nothing else.
    Total,
}

impl Sums {
    /// Whether a row is one of sums: it says so, and has no day. What was held on a day may be for `Toàn xã`.
    pub(super) fn is_sum(&mut self, record: &Record, decimal_comma: bool) -> bool {
        let is_day = |cell: &String| cell.contains(['/', '-', ':']) && time::parse(cell.as_bytes()).is_some();
        let word = record.cells.iter().map(|cell| word(cell)).max().unwrap_or(Word::Other);
        let is_sum = word != Word::Other
            && !record.cells.iter().any(is_day)
            && (word == Word::Total || self.adds_up(record, decimal_comma));
        if is_sum {
            self.columns.iter_mut().for_each(|column| column.since = Part::default());
        } else {
            self.add(record, decimal_comma);
        }
        is_sum
    }

    fn add(&mut self, record: &Record, decimal_comma: bool) {
        if self.rows >= MOST_ROWS {
            return;
        }
        self.rows += 1;
        self.columns.resize(record.cells.len(), Column { counts: true, ..Column::default() });
        for (cell, column) in record.cells.iter().zip(&mut self.columns) {
            let Some(value) = value(cell, decimal_comma) else { continue };
            column.counts &= value == 1.0 || value == column.last + 1.0;
            column.last = value;
            for part in [&mut column.since, &mut column.all] {
                part.sum += value;
                part.rows += 1;
            }
        }
    }

    /// At least as many of its numbers as not are the sum of two rows above or more.
    fn adds_up(&self, record: &Record, decimal_comma: bool) -> bool {
        if self.rows >= MOST_ROWS {
            return false;
        }
        let (mut equal, mut other) = (0, 0);
        for (cell, column) in record.cells.iter().zip(&self.columns).filter(|(_, column)| !column.counts) {
            let Some(value) = value(cell, decimal_comma).filter(|value| *value != 0.0) else { continue };
            let is_of = |part: Part| part.rows > 1 && (part.sum - value).abs() <= 1e-6 * value.abs();
            if is_of(column.since) || is_of(column.all) {
                equal += 1;
            } else {
                other += 1;
            }
        }
        equal > 0 && equal >= other
    }
}

fn value(cell: &str, decimal_comma: bool) -> Option<f64> {
    // Nearly every text of a large table ends here.
    let first = cell.trim_start().as_bytes().first()?;
    if !(first.is_ascii_digit() || *first == b'-') {
        return None;
    }
    number::count(cell, decimal_comma).map(f64::from).or_else(|| number::parse(cell.as_bytes(), decimal_comma))
}

/// Words behind `Tổng` or `Cộng` that say of what.
const OF_WHAT: &[&str] =
    &["tổng", "cộng", "số", "toàn", "dồn", "chung", "hộ", "khẩu", "nhân", "người", "lượt", "các", "cả"];
/// Units whose sum it is: what stands behind them is a name.
const OF_WHOM: &[&str] =
    &["xã", "phường", "trấn", "huyện", "tỉnh", "phố", "thôn", "xóm", "bản", "tổ", "tdp", "ấp", "khu"];

/// Marks count: `Cống` is a village.
fn word(cell: &str) -> Word {
    let mut letters = cell.trim_start().chars();
    let begins = matches!(letters.next(), Some('T' | 't' | 'C' | 'c' | 'G' | 'g'))
        && matches!(letters.next(), Some('o' | 'O' | 'ô' | 'Ô' | 'ổ' | 'Ổ' | 'ộ' | 'Ộ' | 'r' | 'R'));
    // Nearly every cell of a large table ends here.
    if !begins || cell.len() > 160 {
        return Word::Other;
    }
    let clean = text::clean(cell).to_lowercase();
    // `Tổng cộng (2 thôn)`
    let clean = clean.split('(').next().unwrap_or_default().trim_end_matches([':', ' ', '.', ',']);
    if matches!(clean, "toàn xã" | "toàn phường" | "toàn tỉnh" | "total" | "grand total" | "tong cong") {
        return Word::Total;
    }
    let mut words = clean.split([' ', ':', ',', '/', '-']).filter(|word| !word.is_empty());
    match words.next() {
        Some("tổng" | "cộng") => {}
        Some("total") => return Word::Begins,
        Some("tong" | "cong") if cell.is_ascii() => return Word::Begins,
        _ => return Word::Other,
    }
    let mut is_whole = true;
    for word in words {
        if OF_WHOM.contains(&word) {
            return Word::Total;
        }
        // `Tổng số 12 thôn`, `Cộng thị trấn Me`, `Tổng thành phố`
        let leads = matches!(word, "thị" | "thành") || word.bytes().all(|byte| byte.is_ascii_digit());
        if !leads && !OF_WHAT.contains(&word) {
            return Word::Begins;
        }
        is_whole = !leads;
    }
    if is_whole { Word::Total } else { Word::Begins }
}

#[cfg(test)]
mod tests {
    use super::super::{Layout, Table};
    use super::{Word, word};
    use crate::ingest::Warning;

    fn check(text: &str, lines: &[u64], totals: u64) {
        let mut table = Table::from_text(text.as_bytes().to_vec(), Layout::default()).unwrap();
        let found: Vec<u64> = std::iter::from_fn(|| table.next()).map(|row| row.unwrap().line).collect();
        let told: Vec<Warning> =
            (totals > 0).then_some(Warning::TotalsPassedOver { rows: totals }).into_iter().collect();
        assert_eq!((found.as_slice(), table.warnings), (lines, told), "{text}");
    }

    #[test]
    fn a_row_of_sums_is_passed_over_aloud_and_a_village_of_a_like_name_is_not() {
        check("STT,Thôn,Số hộ\n1,Cống,5\n2,Tông,7\n,Tổng cộng,12\nCộng:,,12\n", &[2, 3], 2);
    }

    #[test]
    fn a_total_is_no_village_whatever_it_is_called() {
        for total in [
            "Cộng toàn xã",
            "Tổng số hộ",
            "TỔNG",
            "Tổng cộng (2 thôn)",
            "Cộng xã Gia Vân",
            "Tổng cộng xã",
            "Tổng toàn xã",
            "Tổng cộng toàn tỉnh",
            "Cộng dồn",
            "Tổng số 12 thôn",
            "Cộng thị trấn Me",
            "Grand total",
        ] {
            assert_eq!(word(total), Word::Total, "{total}");
            check(&format!("STT,Thôn,Số hộ\n1,A,212\n2,B,310\n,{total},520\n"), &[2, 3], 1);
        }
        for name in ["Cống", "Tông", "Tổ 2", "Tổ dân phố 3", "Thôn Tổng", "Trấn Hải", "Gò", "Cộng đồng Hòa Bình"]
        {
            assert_ne!(word(name), Word::Total, "{name}");
        }
    }

    #[test]
    fn the_sum_decides_where_a_name_may_begin_like_a_total() {
        let list = |third: &str| format!("STT;Thôn;Số hộ;Khẩu\n1;A;212;745\n2;B;1.310;1100\n3;{third}\n4;D;7;20\n");
        check(&list("Cộng Hòa;98;350"), &[2, 3, 4, 5], 0);
        check(&list("Cộng Gia Vân;1.522;1845"), &[2, 3, 5], 1);
        check(&list("Tong Gia Van;1.522;1845"), &[2, 3, 5], 1);
        check("STT,Thôn,Số hộ\n1,A,5\n2,B,6\n3,Cộng Hòa,9\n", &[2, 3, 4], 0);
        // Sums of each commune, and one of them all.
        let groups = "Thôn,Số hộ\nA,5\nB,6\nCộng Gia Vân,11\nC,7\nD,8\nCộng Gia Viễn,15\nTổng hai nơi,26\n";
        check(groups, &[2, 3, 5, 6], 3);
    }
}
