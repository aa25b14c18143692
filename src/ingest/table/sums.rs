//! Rows of sums, as offices put them below their lists.

use super::Record;
use crate::ingest::{text, time};

/// Whether a row is one of sums: it says so, and has no day. What was held on a day may be for `Toàn xã`.
pub(super) fn is_sum(record: &Record) -> bool {
    let is_day = |cell: &String| cell.contains(['/', '-', ':']) && time::parse(cell.as_bytes()).is_some();
    record.cells.iter().any(|cell| is_total(cell)) && !record.cells.iter().any(is_day)
}

/// Whether a cell calls its row a sum. Marks count: `Cống` is a village.
fn is_total(cell: &str) -> bool {
    // Nearly every cell of a large table ends here.
    if cell.len() > 24 || !cell.trim_start().starts_with(['T', 't', 'C', 'c']) {
        return false;
    }
    let word = text::clean(cell).to_lowercase();
    let word = word.trim_end_matches([':', ' ', '.']);
    matches!(
        word,
        "tổng"
            | "tổng cộng"
            | "tổng số"
            | "tổng cộng toàn xã"
            | "cộng"
            | "toàn xã"
            | "toàn phường"
            | "total"
            | "grand total"
    )
}

#[cfg(test)]
mod tests {
    use super::super::{Layout, Table};
    use crate::ingest::Warning;

    #[test]
    fn a_row_of_sums_is_passed_over_aloud_and_a_village_of_a_like_name_is_not() {
        let text = "STT,Thôn,Số hộ\n1,Cống,5\n2,Tông,7\n,Tổng cộng,12\nCộng:,,12\n".as_bytes().to_vec();
        let mut table = Table::from_text(text, Layout::default()).unwrap();
        let lines: Vec<u64> = std::iter::from_fn(|| table.next()).map(|row| row.unwrap().line).collect();
        assert_eq!((lines, table.warnings), (vec![2, 3], vec![Warning::TotalsPassedOver { rows: 2 }]));
    }
}
