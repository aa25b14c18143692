//! What may name a person, and the keyed hash that stands for a label.
//!
//! Columns whose heading says so are dropped at the door: their text enters no
//! row, no refused row and no hash.

mod cell;
mod heading;
mod names;

use sha2::{Digest, Sha256};

use super::time;

pub(super) use cell::{is_number_of_a_person, is_uuid, mask_cell};
pub(super) use heading::is_personal;
pub use names::mask_names;

/// HMAC-SHA-256 (RFC 2104) cut to 63 bits, so that every store keeps it as a
/// positive integer. Parts are length-prefixed: `ab`,`c` differs from `a`,`bc`.
pub fn keyed_hash(key: &[u8; 32], parts: &[&[u8]]) -> u64 {
    let mut inner_pad = [0x36_u8; 64];
    let mut outer_pad = [0x5c_u8; 64];
    for (i, byte) in key.iter().enumerate() {
        inner_pad[i] ^= byte;
        outer_pad[i] ^= byte;
    }
    let mut inner = Sha256::new();
    inner.update(inner_pad);
    for part in parts {
        inner.update((part.len() as u64).to_le_bytes());
        inner.update(part);
    }
    let mut outer = Sha256::new();
    outer.update(outer_pad);
    outer.update(inner.finalize());
    let digest = outer.finalize();
    let mut first = [0_u8; 8];
    first.copy_from_slice(&digest[..8]);
    u64::from_be_bytes(first) & (u64::MAX >> 1)
}

/// A text fit for a refused row: phone and identity numbers are masked, because
/// a shifted row may put one under any heading. Coordinates and dates stay.
pub(super) fn mask_long_numbers(text: &str) -> String {
    let bare: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '+')).collect();
    // Metres east or north, with centimetres: `2240658.67`.
    let metres = text.trim().split_once('.').is_some_and(|(whole, decimals)| {
        matches!(whole.len(), 6 | 7) && (1..=3).contains(&decimals.len()) && !whole.starts_with('0')
    }) && text.trim().parse::<f64>().is_ok_and(|value| (100_000.0..=2_700_000.0).contains(&value));
    let coordinate = text.trim().trim_start_matches('-').find('.').is_some_and(|at| at <= 3)
        && text.matches('.').count() == 1
        && !text.trim().starts_with('0');
    let number = bare.len() >= 9 && bare.bytes().all(|b| b.is_ascii_digit());
    if number && !coordinate && !metres && !is_of_nobody(&bare) { "…".to_owned() } else { text.to_owned() }
}

/// Digits that are no number of a person: the largest `int`, which phones print for "no value", and those of a day and
/// its clock. An account at a bank may be as long.
fn is_of_nobody(digits: &str) -> bool {
    let is_clock = digits.len() == 14 && time::parse(digits.as_bytes()).is_some();
    is_clock || matches!(digits, "2147483647" | "2147483648")
}

/// A text in which the digits of a phone or an identity card are masked wherever
/// they stand: nine in a row or more, or a phone number in groups. The decimals
/// of a coordinate are no such number.
#[must_use]
pub fn mask_numbers(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let (mut kept, mut at) = (0, 0);
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let run = digits_at(bytes, at);
        let decimals = at >= 2 && matches!(bytes[at - 1], b'.' | b',') && bytes[at - 2].is_ascii_digit();
        let is_long = run >= 9 && !decimals && !is_of_nobody(&text[at..at + run]);
        let number = if is_long { run } else { phone_at(bytes, at).unwrap_or_default() };
        if number > 0 {
            out.push_str(&text[kept..at]);
            out.push('…');
            kept = at + number;
        }
        at += number.max(run);
    }
    out.push_str(&text[kept..]);
    out
}

fn digits_at(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count()
}

/// The length of `0912 345 678`, `091.234.5678` or `84 912 345 678`: groups with one sign between
/// them, of which the first begins as no year, day or coordinate does.
fn phone_at(bytes: &[u8], at: usize) -> Option<usize> {
    let first = digits_at(bytes, at);
    let abroad = first == 2 && bytes[at..].starts_with(b"84");
    if !(abroad || (bytes[at] == b'0' && matches!(first, 3 | 4))) {
        return None;
    }
    let (mut end, mut digits) = (at + first, first);
    while end + 1 < bytes.len() && matches!(bytes[end], b' ' | b'.' | b'-') && bytes[end + 1].is_ascii_digit() {
        let group = digits_at(bytes, end + 1);
        end += 1 + group;
        digits += group;
    }
    (9..=12).contains(&digits).then_some(end - at)
}

/// A text fit for a refused time or number: letters that spell words are masked.
pub(super) fn mask_words(text: &str) -> String {
    let is_word = |part: &&str| {
        let letters: String = part.chars().filter(|c| c.is_alphabetic()).collect();
        let is_of_a_day = part.contains(|c: char| c.is_ascii_digit()) && is_one_of(&MONTHS, &letters);
        let is_of_a_clock = text.contains(':') && is_one_of(&["am", "pm"], &letters);
        letters.chars().count() >= 2 && !is_of_a_day && !is_of_a_clock
    };
    let words = text.split_whitespace().filter(is_word).count();
    if words >= 2 { "…".to_owned() } else { mask_long_numbers(text) }
}

/// Months as machines shorten them. Alone they may be people: May is one.
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn is_one_of(words: &[&str], letters: &str) -> bool {
    words.iter().any(|word| letters.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn another_key_gives_another_hash_and_parts_do_not_run_together() {
        let hash = |key: u8, parts: &[&[u8]]| keyed_hash(&[key; 32], parts);
        assert_eq!(hash(1, &[b"ngo 3", b"7"]), hash(1, &[b"ngo 3", b"7"]));
        assert_ne!(hash(1, &[b"ngo 3"]), hash(2, &[b"ngo 3"]));
        assert_ne!(hash(1, &[b"ab", b"c"]), hash(1, &[b"a", b"bc"]));
        assert!(hash(7, &[b"x"]) <= i64::MAX as u64);
    }

    #[test]
    fn a_phone_number_inside_a_name_is_masked_and_coordinates_stay() {
        for (text, masked) in [
            ("Xóm Một 0912345678", "Xóm Một …"),
            ("0912 345 678 (ông Ba)", "… (ông Ba)"),
            ("tel 091.234.5678, +84 912 345 678", "tel …, +…"),
            ("037099001234", "…"),
            ("106.7123456789, 20.2512345678", "106.7123456789, 20.2512345678"),
            ("2026-03-31 08:15:00", "2026-03-31 08:15:00"),
            ("Tổ dân phố 12345678", "Tổ dân phố 12345678"),
            ("2147483647", "2147483647"),
            ("20251121233000", "20251121233000"),
            ("30251121233000", "…"),
            ("19034567890123", "…"),
            ("20251399990000", "…"),
            ("", ""),
        ] {
            assert_eq!(mask_numbers(text), masked);
        }
    }

    #[test]
    fn a_phone_number_under_a_wrong_heading_is_not_quoted() {
        assert_eq!(mask_words("0912345678"), "…");
        assert_eq!(mask_words("0912.345.678"), "…");
        assert_eq!(mask_words("Nguyễn Văn Bình"), "…");
        assert_eq!(mask_words("Nguyễn May"), "…");
        assert_eq!(mask_words("12 Nguyễn Am"), "…");
        assert_eq!(mask_words("31-Nov-25 11:30:00 PM"), "31-Nov-25 11:30:00 PM");
        assert_eq!(mask_words("106.7123456789"), "106.7123456789");
        for (metres, shown) in
            [("2240658.67", "2240658.67"), ("601611.352", "601611.352"), ("9123456.78", "…"), ("0912345.678", "…")]
        {
            assert_eq!(mask_words(metres), shown);
        }
        assert_eq!(mask_words("31/13/2026"), "31/13/2026");
    }

    proptest! {
        #[test]
        fn no_nine_digits_in_a_row_survive_but_decimals(text in "[0-9a-zô .,+-]{0,40}") {
            let masked = mask_numbers(&text);
            for run in masked.split(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',')) {
                let first = run.split(['.', ',']).next().unwrap_or_default();
                prop_assert!(first.len() < 9, "{} gave {}", text, masked);
            }
        }
    }
}
