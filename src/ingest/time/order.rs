//! Days before months or months before days: a column proves its order by a number above twelve.

use std::borrow::Cow;

/// The two numbers before the year of `31/03/2026 …`, and where they stand.
struct Pair {
    values: [u8; 2],
    /// End of the first, beginning and end of the second.
    ends: [usize; 3],
}

fn pair(text: &[u8]) -> Option<Pair> {
    let digits = |from: usize| text[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let value = |from: usize, to: usize| text[from..to].iter().fold(0_u8, |sum, digit| sum * 10 + (digit - b'0'));
    let first = digits(0);
    let separator = *text.get(first)?;
    let second = digits(first + 1);
    let end = first + 1 + second;
    let year = if text.get(end)? == &separator { digits(end + 1) } else { 0 };
    let fits = matches!(first, 1 | 2) && matches!(second, 1 | 2) && matches!(year, 2 | 4);
    (fits && matches!(separator, b'/' | b'-' | b'.'))
        .then(|| Pair { values: [value(0, first), value(first + 1, end)], ends: [first, first + 1, end] })
}

/// What the dates of a column prove: `Some(true)` for months before days. Nothing where none of them can tell, or they
/// contradict each other.
pub(in crate::ingest) fn is_month_first<'a>(column: impl Iterator<Item = &'a [u8]>) -> Option<bool> {
    let mut proven = [false, false];
    for Pair { values: [first, second], .. } in column.filter_map(pair) {
        proven[0] |= (13..=31).contains(&first) && (1..=12).contains(&second);
        proven[1] |= (13..=31).contains(&second) && (1..=12).contains(&first);
    }
    match proven {
        [true, false] => Some(false),
        [false, true] => Some(true),
        _ => None,
    }
}

/// Whether a date means another day in either order: `03/04/2026`, not `03/03/2026` or `13/04/2026`.
pub(in crate::ingest) fn is_open(text: &[u8]) -> bool {
    let months = 1..=12;
    pair(text).is_some_and(|Pair { values: [first, second], .. }| {
        first != second && months.contains(&first) && months.contains(&second)
    })
}

/// `8:15 AM`: as the United States write the clock, who write months first.
pub(in crate::ingest) fn has_half_days(text: &[u8]) -> bool {
    let end = text.trim_ascii_end().to_ascii_lowercase();
    let Some(clock) = end.strip_suffix(b"am").or_else(|| end.strip_suffix(b"pm")) else { return false };
    clock.trim_ascii_end().last().is_some_and(u8::is_ascii_digit)
}

/// `09/13/2026 8:15` with its day first.
pub(super) fn turned(text: &[u8]) -> Cow<'_, [u8]> {
    match pair(text) {
        Some(Pair { ends: [first, second, end], .. }) => {
            Cow::Owned([&text[second..end], &text[first..second], &text[..first], &text[end..]].concat())
        }
        None => Cow::Borrowed(text),
    }
}

/// `31/03/2026`, with nothing of the time of day.
pub(in crate::ingest) fn is_day_alone(text: &[u8]) -> bool {
    let is_mark = |byte: &u8| matches!(byte, b'/' | b'-' | b'.');
    (6..=10).contains(&text.len())
        && text.iter().filter(|byte| is_mark(byte)).count() == 2
        && text.iter().all(|byte| byte.is_ascii_digit() || is_mark(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(texts: &[&str]) -> Option<bool> {
        is_month_first(texts.iter().map(|text| text.as_bytes()))
    }

    #[test]
    fn a_number_above_twelve_tells_the_order_of_all() {
        assert_eq!(order(&["09/03/2026 8:15", "9/13/26"]), Some(true));
        assert_eq!(order(&["09/03/2026", "13.9.2026 08:15"]), Some(false));
        assert_eq!(order(&["09/03/2026", "2026-13-09", "1774919700", "", "99/99/2026"]), None);
        assert_eq!(order(&["13/09/2026", "09/13/2026"]), None, "a column of both orders has none");
    }

    #[test]
    fn a_month_that_stands_first_changes_places_with_the_day() {
        let check = |text: &str, expected: &str| assert_eq!(turned(text.as_bytes()), expected.as_bytes());
        check("09/13/2026 8:15:00 AM", "13/09/2026 8:15:00 AM");
        check("9-3-26", "3-9-26");
        check("2026-09-13", "2026-09-13");
        check("9", "9");
    }

    #[test]
    fn a_day_without_a_clock_is_a_day_alone() {
        let check = |text: &str, expected| assert_eq!(is_day_alone(text.as_bytes()), expected, "{text}");
        for text in ["31/03/2026", "2026-03-31", "1.3.26"] {
            check(text, true);
        }
        for text in ["31/03/2026 08:15", "46112.3437", "46112", "2026.03.31_08.15.00", "8h15", ""] {
            check(text, false);
        }
    }
}
