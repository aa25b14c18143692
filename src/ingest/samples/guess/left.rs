//! Columns that are not read, with some of their values: a person who looks for a meaning must see them.
//!
//! Nobody has said yet what such a column holds, so that no value is shown
//! which may name somebody: numbers, times and the words of radio alone.

use super::super::radio;
use super::head::Head;
use super::values;
use crate::ingest::profile::Places;
use crate::ingest::{number, privacy, text, time};

/// A column that is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Where it stands in the table, from 0.
    pub at: usize,
    pub heading: String,
    /// It may name a person: none of its values is shown, and it can be the device alone.
    pub is_personal: bool,
    /// Several columns bear its heading, by which a profile would name it.
    pub is_doubled: bool,
    pub values: Vec<String>,
}

pub(super) fn columns(head: &Head, places: Places, most: usize) -> Vec<Left> {
    let rows = head.rows();
    let left = (0..head.header.len()).filter(|at| !places.uses(*at));
    left.map(|at| {
        let is_personal = head.header.is_personal(at);
        let mut found: Vec<String> = Vec::new();
        for cell in rows.iter().filter_map(|row| row.get(at)).filter(|cell| !is_personal && !number::is_missing(cell)) {
            if found.len() == most {
                break;
            }
            let value = shown(cell);
            if !found.contains(&value) {
                found.push(value);
            }
        }
        let heading = head.header.name(at).to_owned();
        let is_doubled = !heading.is_empty() && head.header.spelt(&heading).len() > 1;
        Left { at, heading, is_personal, is_doubled, values: found }
    })
    .filter(|left| !(left.heading.is_empty() && left.values.is_empty()))
    .collect()
}

/// A value that names nobody, as it stands; any other as `…`.
fn shown(cell: &[u8]) -> String {
    let value = text::clean(&String::from_utf8_lossy(cell));
    let is_number = number::parse(cell, true).is_some();
    let is_of_radio = || values::is_brand(cell) || values::technology(cell).is_some() || radio::stated(cell).is_some();
    // A word without a figure in it may be a name.
    let is_word = |part: &str| {
        part.chars().filter(|c| c.is_alphabetic()).count() >= 2 && !part.chars().any(|c| c.is_ascii_digit())
    };
    let may_name = || value.contains('@') || value.split_whitespace().any(is_word);
    if is_number || time::parse(cell).is_some() || !may_name() {
        privacy::mask_cell(&privacy::mask_long_numbers(&value))
    } else if is_of_radio() {
        value
    } else {
        "…".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_a_column_that_nobody_has_named_is_shown_where_it_names_nobody() {
        for (cell, expected) in [
            ("-97,5", "-97,5"),
            ("105.9745", "105.9745"),
            ("31/03/2026 08:15", "31/03/2026 08:15"),
            ("Viettel", "Viettel"),
            ("LTE FDD", "LTE FDD"),
            ("B3", "B3"),
            ("Bình", "…"),
            ("Nguyễn Văn Bình", "…"),
            ("Bình 2", "…"),
            ("binh90@example.vn", "…"),
            ("0912345678", "…"),
            ("912 345 678", "…"),
            ("350000000000001", "…"),
        ] {
            assert_eq!(shown(cell.as_bytes()), expected, "{cell}");
        }
    }
}
