//! Cells of files that are handed on: whatever its heading, none holds the number of a person.

use super::mask_numbers;

/// A cell fit for a file that is handed on: without the numbers of phones and identity cards, wherever they stand. A
/// cell of nothing but digits in groups is one too, as spreadsheets write phones (`912 345 678`); coordinates stay, and
/// the ids that programs make.
pub(in crate::ingest) fn mask_cell(text: &str) -> String {
    let id = text.trim().strip_prefix("uuid:").unwrap_or(text.trim());
    match () {
        () if is_uuid(id) => text.to_owned(),
        () if is_grouped(text) => "…".to_owned(),
        () => mask_numbers(text),
    }
}

/// Nine to twelve digits and nothing else, in groups of three or four behind the first: seconds of arc and the decimals
/// of a coordinate have two.
fn is_grouped(text: &str) -> bool {
    let groups: Vec<&str> = text.trim().split([' ', '.', '-']).collect();
    let digits: usize = groups.iter().map(|group| group.len()).sum();
    (9..=12).contains(&digits)
        && groups.len() > 2
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_digit()))
        && groups[0].len() > 1
        && groups[1..].iter().all(|group| matches!(group.len(), 3 | 4))
}

/// `b0000300-0000-4000-8000-000000000300`
pub(in crate::ingest) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text
            .char_indices()
            .all(|(at, c)| if matches!(at, 8 | 13 | 18 | 23) { c == '-' } else { c.is_ascii_hexdigit() })
}

/// Whether nothing but the number of a phone or an identity card stands in a text: as long as one, and begun like one.
pub(in crate::ingest) fn is_number_of_a_person(text: &str) -> bool {
    let bare: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '+')).collect();
    (9..=12).contains(&bare.len())
        && bare.bytes().all(|b| b.is_ascii_digit())
        && (bare.starts_with('0') || bare.starts_with("84"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_is_handed_on_has_no_number_of_a_person() {
        for (text, masked) in [
            ("0912345678", "…"),
            ("912 345 678", "…"),
            ("037088001234", "…"),
            ("Nhà 4, ĐT 0912 345 678", "Nhà 4, ĐT …"),
            ("uuid:b0000300-0000-4000-8000-000000000300", "uuid:b0000300-0000-4000-8000-000000000300"),
            ("105.8512345678", "105.8512345678"),
            ("105,8512", "105,8512"),
            ("2240658.67", "2240658.67"),
            ("5/9/2026", "5/9/2026"),
            ("1.234", "1.234"),
            ("105 51 10.25", "105 51 10.25"),
            ("2026-03-31", "2026-03-31"),
        ] {
            assert_eq!(mask_cell(text), masked);
        }
    }
}
