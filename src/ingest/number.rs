//! Numbers as people and phones write them.
//!
//! Plain numbers go through an exact fast path; everything else through the
//! standard parser. Decimal commas are read where the comma does not separate
//! columns. NaN, infinities and numbers no measurement has are refused.

/// Larger than any time in milliseconds and any coordinate; `1e300` in a file is damage.
const LIMIT: f64 = 1e15;

/// Powers of ten that an `f64` holds exactly.
const TEN: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// A finite number of reasonable size, or nothing. `decimal_comma` says that the
/// comma does not separate columns here, so `1.234,5` may occur and `1,234` is little more than one.
/// Where it does separate them, a cell with a comma was quoted: `1,234` are thousands, `20,25` can only be a fraction.
pub(super) fn parse(text: &[u8], decimal_comma: bool) -> Option<f64> {
    let text = text.trim_ascii();
    let value = match plain(text) {
        Some(value) => value,
        None => general(text, decimal_comma)?,
    };
    (value.abs() < LIMIT).then_some(value)
}

/// A number with its unit behind it or without one: `-72 dBm`. Another unit is another quantity, and none of ours.
pub(super) fn with_unit(text: &[u8], decimal_comma: bool, unit: &str) -> Option<f64> {
    parse(text, decimal_comma).or_else(|| parse(without_unit(text, unit)?, decimal_comma))
}

/// What stands before the unit; `None` where the text does not end with it.
pub(super) fn without_unit<'t>(text: &'t [u8], unit: &str) -> Option<&'t [u8]> {
    let text = text.trim_ascii_end();
    let (value, end) = text.split_at_checked(text.len().checked_sub(unit.len())?)?;
    end.eq_ignore_ascii_case(unit.as_bytes()).then(|| value.trim_ascii())
}

/// `-12.345`: at most 15 digits, so that digits and power of ten are both exact
/// and one division rounds correctly (Clinger 1990).
fn plain(text: &[u8]) -> Option<f64> {
    in_words(text).or_else(|| digit_by_digit(text))
}

/// The same for what coordinates look like, such as `-106.531541`: all decimals are read at once, as the bytes of one
/// word of which neighbours are put together (Lemire, "Quickly parsing eight digits", 2018).
fn in_words(text: &[u8]) -> Option<f64> {
    let word = u64::from_le_bytes(*text.last_chunk()?);
    let point = text.iter().position(|byte| *byte == b'.')?;
    let decimals = text.len() - point - 1;
    let (negative, whole) = match &text[..point] {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if !(1..=8).contains(&decimals) || whole.len() > 7 {
        return None;
    }
    // The first byte is the lowest: what stands before the decimals becomes noughts.
    let digits = (word ^ 0x3030_3030_3030_3030) >> (8 * (8 - decimals)) << (8 * (8 - decimals));
    let mut are_digits = (digits | digits.wrapping_add(0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080 == 0;
    let mut mantissa = 0_u64;
    for byte in whole {
        let digit = u64::from(byte.wrapping_sub(b'0'));
        are_digits &= digit < 10;
        mantissa = mantissa.wrapping_mul(10).wrapping_add(digit);
    }
    if !are_digits {
        return None;
    }
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00FF_00FF_00FF_00FF;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_FFFF_0000_FFFF;
    let fraction = fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xFFFF_FFFF;
    // Fifteen digits cannot overflow.
    let value = mantissa.wrapping_mul(SCALES[decimals]).wrapping_add(fraction).cast_signed() as f64 / TEN[decimals];
    Some(if negative { -value } else { value })
}

const SCALES: [u64; 9] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

fn digit_by_digit(text: &[u8]) -> Option<f64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let mut mantissa: u64 = 0;
    let mut count = 0_usize;
    let mut decimals: Option<usize> = None;
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                // Fifteen digits cannot overflow.
                mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(byte.wrapping_sub(b'0')));
                count = count.wrapping_add(1);
                decimals = decimals.map(|n| n.wrapping_add(1));
                if count > 15 {
                    return None;
                }
            }
            b'.' if decimals.is_none() => decimals = Some(0),
            _ => return None,
        }
    }
    if count == 0 {
        return None;
    }
    let value = mantissa as f64 / TEN[decimals.unwrap_or(0)];
    Some(if negative { -value } else { value })
}

fn general(text: &[u8], decimal_comma: bool) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?;
    // A true minus sign, and blanks between thousands, come from spreadsheets.
    let text: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '\u{A0}' | '\u{202F}'))
        .map(|c| if c == '−' { '-' } else { c })
        .collect();
    if !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b',' | b'e' | b'E')) {
        return None;
    }
    let dots = text.matches('.').count();
    let commas = text.matches(',').count();
    let text = match (dots, commas) {
        (_, 0) if dots <= 1 => text,
        (_, 0) if thousands(&text, '.') => text.replace('.', ""),
        (0, 1) if decimal_comma || !thousands(&text, ',') => text.replace(',', "."),
        (_, 1) if decimal_comma && thousands(text.split(',').next()?, '.') => text.replace('.', "").replace(',', "."),
        (0 | 1, _) if thousands(text.split('.').next()?, ',') => text.replace(',', ""),
        _ => return None,
    };
    text.parse().ok().filter(|v: &f64| v.is_finite())
}

/// Groups of three digits, but for the first: `1.234.567`.
fn thousands(text: &str, separator: char) -> bool {
    let mut groups = text.trim_start_matches('-').split(separator);
    let first = groups.next().unwrap_or_default();
    let digits = |g: &str| g.bytes().all(|b| b.is_ascii_digit());
    (1..=3).contains(&first.len()) && digits(first) && groups.all(|g| g.len() == 3 && digits(g))
}

/// A count of things: `1234`, `1.234` where the comma does not separate columns,
/// `1,234` in quotes where it does, `12.0` from a spreadsheet. What is no whole number otherwise has
/// thousands by the other sign: nobody counts 1,234 homes as one and a quarter.
pub(super) fn count(text: &str, decimal_comma: bool) -> Option<u32> {
    let text = text.trim();
    let separator = if decimal_comma { '.' } else { ',' };
    if text.contains(separator) && thousands(text, separator) {
        return text.replace(separator, "").parse().ok();
    }
    let other = if decimal_comma { ',' } else { '.' };
    parse(text.as_bytes(), decimal_comma).and_then(whole).or_else(|| {
        let grouped = text.contains(other) && thousands(text, other) && !text.starts_with('-');
        if grouped { text.replace(other, "").parse().ok() } else { None }
    })
}

/// A whole number that fits, or nothing.
pub(super) fn whole(value: f64) -> Option<u32> {
    if value.fract() != 0.0 || !(0.0..=f64::from(u32::MAX)).contains(&value) {
        return None;
    }
    #[expect(clippy::cast_sign_loss, reason = "the range was checked on the line above")]
    Some(value as u32)
}

/// What people and apps write for "no value".
pub(super) fn is_missing(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    text.is_empty()
        || matches!(text, b"-" | b"--" | b"?" | b"\xE2\x80\x93" | b"\xE2\x80\x94")
        || (text.len() <= 14
            && text[0].is_ascii_alphabetic()
            && [
                b"n/a".as_slice(),
                b"na",
                b"nan",
                b"null",
                b"none",
                b"nil",
                b"not available",
                b"unknown",
                b"unavailable",
            ]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, decimal_comma: bool, expected: Option<f64>) {
        assert_eq!(parse(text.as_bytes(), decimal_comma), expected, "{text} {decimal_comma}");
    }

    #[test]
    fn a_unit_behind_a_number_is_read_and_another_unit_is_not() {
        for (text, unit, value) in [
            ("-72 dBm", "dBm", Some(-72.0)),
            ("-72DBM", "dBm", Some(-72.0)),
            ("7m", "m", Some(7.0)),
            ("7", "m", Some(7.0)),
            ("12 Mbps", "kbps", None),
            ("m", "m", None),
            ("", "m", None),
            ("mất sóng", "m", None),
        ] {
            assert_eq!(with_unit(text.as_bytes(), true, unit), value, "{text}");
        }
    }

    #[test]
    fn numbers_of_both_habits_are_read() {
        check("20.25", false, Some(20.25));
        check("20,25", true, Some(20.25));
        check("20,2539", false, Some(20.2539));
        check("-97,5", false, Some(-97.5));
        check("1,234", false, Some(1234.0));
        check("1,234", true, Some(1.234));
        check("1.234,5", true, Some(1234.5));
        check("1,234.5", false, Some(1234.5));
        check("1.234.567", true, Some(1_234_567.0));
        check("-0.5", false, Some(-0.5));
        check("−7", false, Some(-7.0));
        check("6.385646E-8", false, Some(6.385_646e-8));
        check(" 105.9745 ", false, Some(105.9745));
    }

    #[test]
    fn what_is_not_a_measurement_is_refused() {
        for text in ["", "NaN", "inf", "-Infinity", "1e300", "1e999", "abc", "1.2.3", "12,34,5", "0x10", "1_000", ","] {
            check(text, false, None);
        }
    }

    #[test]
    fn counts_know_thousands() {
        assert_eq!(count("1.234", true), Some(1234));
        assert_eq!(count("1,234", false), Some(1234));
        assert_eq!(count("12.0", false), Some(12));
        assert_eq!((count("1.234", false), count("1,234", true)), (Some(1234), Some(1234)));
        assert_eq!(count("0", true), Some(0));
        assert_eq!(count("12.5", false), None);
        assert_eq!(count("-3", false), None);
    }

    #[test]
    fn words_for_nothing_are_known() {
        for text in ["", " ", "-", "N/A", "not available", "—"] {
            assert!(is_missing(text.as_bytes()), "{text}");
        }
        assert!(!is_missing(b"0"));
    }

    proptest! {
        #[test]
        fn the_fast_path_agrees_with_the_standard_parser(value in -1e9..1e9_f64, decimals in 0_usize..10) {
            let text = format!("{value:.decimals$}");
            prop_assert_eq!(parse(text.as_bytes(), false), text.parse::<f64>().ok());
        }

        #[test]
        fn eight_digits_at_once_are_those_read_one_by_one(text in "-?[0-9]{0,9}[.,:/+ -]?[0-9]{0,9}|[-0-9./:]{0,14}") {
            let whole = |value: f64| value.to_bits();
            if let Some(value) = in_words(text.as_bytes()) {
                prop_assert_eq!(digit_by_digit(text.as_bytes()).map(whole), Some(whole(value)), "{}", text);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}") {
            parse(text.as_bytes(), true);
            count(&text, false);
        }
    }
}
