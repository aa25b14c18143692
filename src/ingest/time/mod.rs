//! Instants as phones, forms and spreadsheets write them.
//!
//! A time without a zone is Viet Nam's (+07:00) unless a person says otherwise. Days come before months, as
//! the country writes them, unless a column proves the other order: `03/31/2026` alone is refused rather than turned
//! round.
//! Years before 1990 and after 2100 are clocks that were never set.

mod form;
mod order;

use jiff::Timestamp;
use jiff::civil::Date;

use super::text;
pub(super) use form::{Form, Minute, Zone, is_pattern, parse_as, parse_joined};
pub(super) use order::{has_half_days, is_day_alone, is_month_first, is_open};

/// Viet Nam has kept UTC+7 since 1975.
const LOCAL_OFFSET_S: i64 = 7 * 3600;
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2100;

/// An instant, or nothing.
pub(super) fn parse(text: &[u8]) -> Option<Timestamp> {
    parse_at(text, LOCAL_OFFSET_S)
}

fn parse_at(text: &[u8], offset_s: i64) -> Option<Timestamp> {
    let text = text.trim_ascii();
    iso(text, offset_s)
        .or_else(|| number(text, offset_s))
        .or_else(|| civil(text, offset_s))
        .or_else(|| english(text, offset_s))
        .or_else(|| java(text, offset_s))
        .or_else(|| words(text, offset_s))
        .or_else(|| day_among_words(text, offset_s))
}

/// A day. A time of day behind it is read and left out.
pub(super) fn parse_date(text: &str) -> Option<Date> {
    parse(text.as_bytes()).map(crate::model::measure::local_day)
}

/// `2026-03-31T08:15:00[.123][Z|+07:00]`, the form that nearly every row has.
fn iso(text: &[u8], local_s: i64) -> Option<Timestamp> {
    within(iso_minute(text)?, &text[17..], local_s)
}

/// When the minute began that such a text names, in seconds since 1970 on its own clock.
fn iso_minute(text: &[u8]) -> Option<i64> {
    if text.len() < 19 || text[4] != b'-' || text[7] != b'-' || text[13] != b':' || text[16] != b':' {
        return None;
    }
    if !matches!(text[10], b'T' | b' ' | b't' | b'_') {
        return None;
    }
    let two = |at: usize| two_digits(text[at], text[at + 1]);
    minute_of([two(0)? * 100 + two(2)?, two(5)?, two(8)?], [two(11)?, two(14)?])
}

/// The instant of seconds, fraction and zone behind a minute.
fn within(minute_s: i64, text: &[u8], local_s: i64) -> Option<Timestamp> {
    let (second, mut rest) = (two_digits(*text.first()?, *text.get(1)?)?, &text[2..]);
    // As most databases write it: milliseconds, and no zone.
    if let [b'.', tenths, hundredths, thousandths] = rest
        && let (Some(hundreds), Some(ones)) = (two_digits(*tenths, *hundredths), two_digits(b'0', *thousandths))
    {
        return second_of(minute_s, second, i32::try_from((hundreds * 10 + ones) * 1_000_000).ok()?, local_s);
    }
    let mut nanos = 0;
    if let [b'.' | b',', fraction @ ..] = rest {
        let length = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
        nanos = nanoseconds(&fraction[..length])?;
        rest = &fraction[length..];
    }
    second_of(minute_s, second, nanos, zone(rest, local_s)?)
}

fn two_digits(tens: u8, ones: u8) -> Option<i64> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i64::from(tens * 10 + ones))
}

/// Nineteen digits may be more than an `i64` holds, and then they are no time.
fn digits(text: &[u8]) -> Option<i64> {
    let mut value = 0_i64;
    for byte in text {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?;
    }
    Some(value)
}

/// A fraction of a second of 1 to 9 digits.
fn nanoseconds(fraction: &[u8]) -> Option<i32> {
    if !(1..=9).contains(&fraction.len()) {
        return None;
    }
    const SCALES: [i32; 9] = [100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];
    Some(i32::try_from(digits(fraction)?).ok()? * SCALES[fraction.len() - 1])
}

/// Seconds east of Greenwich; nothing written means the table's own.
fn zone(text: &[u8], local_s: i64) -> Option<i64> {
    let text = text.trim_ascii();
    let is_offset = |rest: &&[u8]| matches!(rest.first(), Some(b'+' | b'-'));
    let offset = text.strip_prefix(b"GMT").or_else(|| text.strip_prefix(b"UTC")).filter(is_offset);
    let (sign, rest) = match offset.unwrap_or(text) {
        [] => return Some(local_s),
        b"Z" | b"z" | b"UTC" | b"GMT" => return Some(0),
        b"ICT" => return Some(7 * 3600),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest.len() {
        1 | 2 => (digits(rest)?, 0),
        4 => (digits(&rest[..2])?, digits(&rest[2..])?),
        5 if rest[2] == b':' => (digits(&rest[..2])?, digits(&rest[3..])?),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

fn instant(date: [i64; 3], [hour, minute, second]: [i64; 3], nanos: i32, offset_s: i64) -> Option<Timestamp> {
    second_of(minute_of(date, [hour, minute])?, second, nanos, offset_s)
}

fn minute_of([year, month, day]: [i64; 3], [hour, minute]: [i64; 2]) -> Option<i64> {
    let year = i16::try_from(year).ok().filter(|y| YEARS.contains(y))?;
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    if hour > 23 || minute > 59 {
        return None;
    }
    Some(days_since_1970(date) * 86_400 + hour * 3600 + minute * 60)
}

fn second_of(minute_s: i64, second: i64, nanos: i32, offset_s: i64) -> Option<Timestamp> {
    // Second 60 is a leap second, which a GNSS clock may print.
    if second > 60 {
        return None;
    }
    Timestamp::new(minute_s + second.min(59) - offset_s, nanos).ok()
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar (Hinnant, `days_from_civil`).
fn days_since_1970(date: Date) -> i64 {
    let (month, day) = (i64::from(date.month()), i64::from(date.day()));
    let year = i64::from(date.year()) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, a spreadsheet's day number, or the digits of a day and
/// its clock: `20260331081500`.
fn number(text: &[u8], local_s: i64) -> Option<Timestamp> {
    let point = text.iter().position(|b| matches!(b, b'.' | b','));
    let (whole, fraction) = point.map_or((text, &b""[..]), |at| (&text[..at], &text[at + 1..]));
    if whole.len() < 5 || whole.len() > 19 || !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits(whole)?;
    let nanos = || if fraction.is_empty() { Some(0) } else { nanoseconds(&fraction[..fraction.len().min(9)]) };
    let made = match whole.len() {
        5 => {
            // Day 25 569 is 1970-01-01 for spreadsheets of the 1900 system.
            let part: f64 = format!("0.{}", std::str::from_utf8(fraction).ok()?).parse().unwrap_or(0.0);
            let seconds = (part * 86_400.0).round() as i64;
            Timestamp::new((value - 25_569) * 86_400 + seconds - local_s, 0)
        }
        9 | 10 => Timestamp::new(value, nanos()?),
        12 | 13 => Timestamp::from_millisecond(value),
        14 => {
            let two = |hundreds: i64| value / hundreds % 100;
            let date = [value / 10_000_000_000, two(100_000_000), two(1_000_000)];
            return instant(date, [two(10_000), two(100), two(1)], nanos()?, local_s);
        }
        15 | 16 => Timestamp::from_microsecond(value),
        18 | 19 => Timestamp::from_nanosecond(i128::from(value)),
        _ => return None,
    };
    let made = made.ok()?;
    YEARS.contains(&crate::model::measure::local_day(made).year()).then_some(made)
}

/// `31/03/2026 08:15[:00]`, `8h15, ngày 31/3/2026`, `9/8/25`, `2019.11.21_10.20.17`, `18-12-2020_03:36:48:087`, `08:15 31/03/2026`.
fn civil(text: &[u8], local_s: i64) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let (date, clock) = match text.split_once([' ', '_', 'T', ',']) {
        // A clock of twelve hours has a word behind it, and the day stands last.
        Some((first, second)) if first.contains([':', 'h']) => match text.rsplit_once([' ', ',']) {
            Some((clock, date)) => {
                let clock = clock.trim_end_matches([' ', ',']);
                (date, clock.strip_suffix("ngày").unwrap_or(clock).trim_end_matches([' ', ',']))
            }
            None => (second.trim(), first),
        },
        Some((first, second)) => (first, second.trim()),
        None => (text, ""),
    };
    let separator = date.chars().find(|c| matches!(c, '/' | '-' | '.'))?;
    let mut parts = date.split(separator);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    let one = |t: &str| if (1..=4).contains(&t.len()) { digits(t.as_bytes()) } else { None };
    if parts.next().is_some() || second.len() > 2 {
        return None;
    }
    let date = match (first.len(), third.len()) {
        (4, 1 | 2) => [one(first)?, one(second)?, one(third)?],
        (1 | 2, 4) => [one(third)?, one(second)?, one(first)?],
        (1 | 2, 2) => [2000 + one(third)?, one(second)?, one(first)?],
        _ => return None,
    };
    let (clock, nanos, offset_s) = time_of_day(clock, local_s)?;
    instant(date, clock, nanos, offset_s)
}

/// `08:15`, `8h15`, `08.15.30`, `03:36:48:087`, `8:15:00 CH`, with a zone or without.
fn time_of_day(text: &str, local_s: i64) -> Option<([i64; 3], i32, i64)> {
    if text.is_empty() {
        return Some(([0, 0, 0], 0, local_s));
    }
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | 'h' | ','))).unwrap_or(text.len());
    let (clock, rest) = text.split_at(end);
    let (afternoon, rest) = half_of_day(rest.trim_start());
    let mut parts = clock.split([':', '.', 'h', ',']);
    let mut next = || match parts.next() {
        Some(part) if (1..=2).contains(&part.len()) => Some(digits(part.as_bytes())),
        Some("") | None => Some(Some(0)),
        Some(_) => None,
    };
    let (mut hour, minute, second) = (next()??, next()??, next()??);
    let nanos = match parts.next() {
        Some(fraction) => nanoseconds(fraction.as_bytes())?,
        None => 0,
    };
    if parts.next().is_some() {
        return None;
    }
    match afternoon {
        Some(true) if hour < 12 => hour += 12,
        Some(false) if hour == 12 => hour = 0,
        _ => {}
    }
    Some(([hour, minute, second], nanos, zone(rest.as_bytes(), local_s)?))
}

/// Whether a clock of twelve hours is past noon, where it says so, and what stands behind the word.
fn half_of_day(text: &str) -> (Option<bool>, &str) {
    const WORDS: [(&str, bool); 9] = [
        ("am", false),
        ("pm", true),
        ("sa", false),
        ("ch", true),
        ("a.m.", false),
        ("p.m.", true),
        ("sáng", false),
        ("chiều", true),
        ("tối", true),
    ];
    let found = WORDS.into_iter().find_map(|(word, afternoon)| {
        let (head, rest) = text.split_at_checked(word.len())?;
        head.eq_ignore_ascii_case(word).then_some((Some(afternoon), rest))
    });
    found.unwrap_or((None, text))
}

/// `Fri Nov 21 10:20:17 GMT+07:00 2025`, as Java prints a date, with its year behind its clock.
fn java(text: &[u8], local_s: i64) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?;
    let mut parts: Vec<&str> = text.split_ascii_whitespace().collect();
    let year = parts.pop().filter(|year| year.len() == 4)?;
    let [weekday, month, day, clock, ref zone @ ..] = parts[..] else { return None };
    if weekday.len() != 3 || !clock.contains(':') || zone.len() > 1 {
        return None;
    }
    english(format!("{month} {day} {year} {clock} {}", zone.concat()).as_bytes(), local_s)
}

/// `Mar 31, 2026 8:15:05 PM`, `31 March 2026 08:15`, `31-Mar-2026`, `31-Mar-26`: a month in English letters has no doubtful order.
fn english(text: &[u8], local_s: i64) -> Option<Timestamp> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let text = std::str::from_utf8(text).ok()?.trim();
    let mut rest = text;
    let mut part = || {
        rest = rest.trim_start_matches([' ', ',', '-', '/', '.']);
        let end = rest.find([' ', ',', '-', '/', '.']).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        word.to_ascii_lowercase()
    };
    let (first, second, year) = (part(), part(), part());
    let is_word = |word: &str| word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let day_first = !is_word(&first);
    let (name, day) = if day_first { (second, first) } else { (first, second) };
    // Only behind day and month are two digits the year.
    let century = if year.len() == 2 && day_first { 2000 } else { 0 };
    if !(3..=9).contains(&name.len()) || !(1..=2).contains(&day.len()) || (year.len() != 4 && century == 0) {
        return None;
    }
    let month = (1..).zip(MONTHS).find(|(_, month)| month.starts_with(&name)).map(|(number, _)| number)?;
    let date = [century + digits(year.as_bytes())?, month, digits(day.as_bytes())?];
    let (clock, nanos, offset_s) = time_of_day(rest.trim_start_matches([' ', ',']), local_s)?;
    instant(date, clock, nanos, offset_s)
}

/// `ngày 09 tháng 8 năm 2025`, with a clock before or behind it or without.
fn words(text: &[u8], local_s: i64) -> Option<Timestamp> {
    let folded = text::fold(std::str::from_utf8(text).ok()?);
    let after = |word: &str| -> Option<i64> {
        let (_, rest) = folded.split_once(word)?;
        let rest = rest.trim_start();
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        if (1..=4).contains(&end) { digits(&rest.as_bytes()[..end]) } else { None }
    };
    let date = [after("nam ")?, after("thang ")?, after("ngay ")?];
    let clock = folded.split([' ', ',']).find(|w| w.contains(':')).unwrap_or_default();
    let (clock, nanos, offset_s) = time_of_day(clock, local_s)?;
    instant(date, clock, nanos, offset_s)
}

/// `Sáng 7/9/2026`, `ngày 6/9/2026`, `Chiều thứ Hai, 7/9/2026`: a day alone among words for a day and its parts.
fn day_among_words(text: &[u8], local_s: i64) -> Option<Timestamp> {
    const WORDS: [&str; 19] = [
        "sang", "trua", "chieu", "toi", "buoi", "ngay", "thu", "hai", "ba", "tu", "nam", "sau", "bay", "chu", "nhat",
        "cn", "vao", "luc", "hom",
    ];
    let folded = text::fold(std::str::from_utf8(text).ok()?);
    let mut words = folded.split([' ', ',', '(', ')']).filter(|word| !word.is_empty()).peekable();
    let mut day = None;
    while let Some(word) = words.next() {
        if word == "thu" {
            words.next_if(|next| matches!(*next, "2" | "3" | "4" | "5" | "6" | "7"));
        }
        if !WORDS.contains(&word) && day.replace(word).is_some() {
            return None;
        }
    }
    // A clock of twelve hours beside `chiều` would be another hour.
    civil(day.filter(|day| !day.contains([':', 'h']))?.as_bytes(), local_s)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &str) {
        let found = parse(text.as_bytes()).map(|t| t.to_string()).unwrap_or_default();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_day_may_stand_among_words_for_it_and_its_parts() {
        for text in
            ["Sáng 7/9/2026", "ngày 7/9/2026", "Chiều thứ 2, 7/9/2026", "7/9/2026 (tối)", "buổi sáng ngày 07-09-2026"]
        {
            check(text, "2026-09-06T17:00:00Z");
        }
        for text in ["Chiều 7/9/2026 2:00", "ngày 7/9/2026 8/9/2026", "sau ông Ba 7/9/2026", "sáng", "ngày 7"] {
            check(text, "");
        }
    }

    #[test]
    fn the_same_instant_in_many_hands() {
        for text in [
            "2026-03-31T08:15:00+07:00",
            "2026-03-31T01:15:00Z",
            "2026-03-31T08:15:00",
            "2026-03-31 08:15:00",
            "2026-03-31 08:15",
            "2026/03/31 08:15:00",
            "31/03/2026 08:15",
            "31/3/26 8:15",
            "31-03-2026 08:15:00",
            "31.03.2026 8h15",
            "08:15 31/03/2026",
            "8h15 31/3/2026",
            "8:15:00 SA, 31/03/2026",
            "8h15, ngày 31/3/2026",
            "08h15 ngày 31/03/2026",
            "31/03/2026 8:15:00 SA",
            "31/03/2026 8:15:00 am",
            "31/03/2026 8:15 a.m.",
            "31/03/2026 8h15 sáng",
            "2026.03.31_08.15.00",
            "31-03-2026_08:15:00:000",
            "1774919700",
            "1774919700000",
            "ngày 31 tháng 3 năm 2026, 08:15",
            "46112.34375",
            "46112,34375",
            "Mar 31, 2026 8:15:00 AM",
            "Mar 31, 2026, 08:15",
            "31-Mar-2026 08:15",
            "31-Mar-26 08:15:00 AM",
            "20260331081500",
            "31 March 2026 8:15:00 AM",
        ] {
            check(text, "2026-03-31T01:15:00Z");
        }
    }

    #[test]
    fn fractions_and_afternoons() {
        check("2026-03-31T08:15:00.250+07:00", "2026-03-31T01:15:00.25Z");
        check("2026-03-31 08:15:00.250", "2026-03-31T01:15:00.25Z");
        check("2026-03-31 08:15:60.007", "2026-03-31T01:15:59.007Z");
        check("2026-03-31 08:15:61.250", "");
        check("2026-03-31 08:15:00.2x0", "");
        check("18-12-2020_03:36:48:087", "2020-12-17T20:36:48.087Z");
        check("31/03/2026 8:15:00 CH", "2026-03-31T13:15:00Z");
        check("2025-11-30T10:00:00-05:00", "2025-11-30T15:00:00Z");
    }

    #[test]
    fn a_day_begins_at_midnight_in_viet_nam() {
        check("9/8/25", "2025-08-08T17:00:00Z");
        check("ngày 09 tháng 8 năm 2025", "2025-08-08T17:00:00Z");
        assert_eq!(parse_date("09/08/2025"), Some(jiff::civil::date(2025, 8, 9)));
    }

    #[test]
    fn no_time_is_guessed() {
        for text in [
            "",
            "-",
            "Mar 2026",
            "Ma 31, 2026",
            "31 Xyz 2026",
            "03/31/2026",
            "31/02/2026",
            "2026-13-01",
            "25:00",
            "1970-01-01",
            "0",
            "12",
            "hôm qua",
            "2026",
        ] {
            check(text, "");
        }
    }

    #[test]
    fn a_number_too_long_to_count_is_no_time() {
        for length in 17..40 {
            check(&"9".repeat(length), if length == 18 { "2001-09-09T01:46:39.999999999Z" } else { "" });
        }
        for text in
            ["9223372036854775807", "9223372036854775808", "99999.99999999999999999999", "9999999999.9999999999"]
        {
            parse(text.as_bytes());
        }
    }

    proptest! {
        #[test]
        fn no_digits_make_it_panic(text in "[0-9]{17,21}([.,][0-9]{0,30})?") {
            parse(text.as_bytes());
        }

        #[test]
        fn days_agree_with_jiff(days in 7_305_i64..47_847) {
            let date = crate::model::measure::local_day(Timestamp::new(days * 86_400, 0).unwrap());
            prop_assert_eq!(days_since_1970(date), days);
        }

        #[test]
        fn no_text_makes_it_panic(text in "[0-9:/.T +Zhngày-]{0,30}|.{0,30}") {
            parse(text.as_bytes());
        }
    }
}
