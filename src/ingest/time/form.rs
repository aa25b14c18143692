//! Times by what a person says of them: their pattern, their zone, a day and a clock in two cells.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

use super::order::turned;
use super::{LOCAL_OFFSET_S, YEARS, iso_minute, parse_at, within, zone};

/// How a table writes its times, where a person says so.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::ingest) struct Form {
    /// In the words of `strptime`; `None` reads every form that this file knows.
    pub(in crate::ingest) pattern: Option<String>,
    pub(in crate::ingest) zone: Zone,
    /// Where no pattern is stated: whether months stand before days. `None` before anything is known of it.
    pub(in crate::ingest) month_first: Option<bool>,
}

/// Where clocks that name no zone stood.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::ingest) enum Zone {
    /// Seconds east of Greenwich.
    Fixed(i64),
    /// With summer time, as `Europe/Berlin`.
    Named(TimeZone),
}

impl Default for Zone {
    fn default() -> Self {
        Self::Fixed(LOCAL_OFFSET_S)
    }
}

impl std::str::FromStr for Zone {
    type Err = ();

    /// `+07:00`, `UTC` or a name of the time zone database.
    fn from_str(text: &str) -> Result<Self, ()> {
        match zone(text.as_bytes(), LOCAL_OFFSET_S) {
            Some(offset_s) if !text.trim().is_empty() => Ok(Self::Fixed(offset_s)),
            _ => TimeZone::get(text.trim()).map(Self::Named).map_err(|_| ()),
        }
    }
}

impl std::fmt::Display for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fixed(0) => f.write_str("UTC"),
            Self::Fixed(offset_s) => {
                let (sign, minutes) = (if *offset_s < 0 { '-' } else { '+' }, offset_s.abs() / 60);
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
            Self::Named(zone) => f.write_str(zone.iana_name().unwrap_or("UTC")),
        }
    }
}

/// As [`parse`], by what a person says of the form.
pub(in crate::ingest) fn parse_as(text: &[u8], form: &Form) -> Option<Timestamp> {
    let turned = if form.month_first == Some(true) { turned(text.trim_ascii()) } else { Cow::Borrowed(text) };
    let text = &*turned;
    match (&form.pattern, &form.zone) {
        (None, Zone::Fixed(offset_s)) => parse_at(text, *offset_s),
        (None, Zone::Named(zone)) => {
            let (here, an_hour_east) = (parse_at(text, 0)?, parse_at(text, 3600)?);
            // A text that names its own zone is the same instant wherever its clock stood.
            if here == an_hour_east { Some(here) } else { local(Offset::UTC.to_datetime(here), zone) }
        }
        (Some(pattern), zone) => by_pattern(std::str::from_utf8(text).ok()?.trim(), pattern, zone),
    }
}

/// The minute that the last ISO time of a table named: the next rows of a log are in it, and only their seconds are
/// left to read.
#[derive(Default)]
pub(in crate::ingest) struct Minute(Option<([u8; 17], i64)>);

impl Minute {
    /// As [`parse_as`].
    pub(in crate::ingest) fn parse_as(&mut self, text: &[u8], form: &Form) -> Option<Timestamp> {
        let (None, Zone::Fixed(offset_s), Some((minute, rest))) = (&form.pattern, &form.zone, text.split_first_chunk())
        else {
            return parse_as(text, form);
        };
        let began_s = match self.0 {
            Some((known, began_s)) if known == *minute => began_s,
            _ => {
                let Some(began_s) = iso_minute(text) else { return parse_as(text, form) };
                self.0 = Some((*minute, began_s));
                began_s
            }
        };
        within(began_s, rest, *offset_s).or_else(|| parse_as(text, form))
    }
}

/// A day and a time of day in cells of their own; a spreadsheet's day number may have its fraction beside it.
pub(in crate::ingest) fn parse_joined(day: &[u8], clock: &[u8], form: &Form) -> Option<Timestamp> {
    const MOST: usize = 64;
    let is_fraction = matches!(clock, [b'0', b'.' | b',', ..]) && day.len() == 5 && day.iter().all(u8::is_ascii_digit);
    // A sheet may show the day with a midnight behind it.
    let day = day.strip_suffix(b" 00:00:00").unwrap_or(day);
    let (between, clock): (&[u8], &[u8]) = if is_fraction { (b"", &clock[1..]) } else { (b" ", clock) };
    let mut joined = [0_u8; MOST];
    let mut length = 0;
    for part in [day, between, clock] {
        joined.get_mut(length..length + part.len())?.copy_from_slice(part);
        length += part.len();
    }
    parse_as(&joined[..length], form)
}

/// Whether a pattern reads back the instant that it writes.
pub(in crate::ingest) fn is_pattern(pattern: &str) -> bool {
    let written = jiff::civil::date(2026, 3, 31).at(8, 15, 42, 0).to_zoned(TimeZone::UTC);
    let Some(written) = written.ok() else { return false };
    let Ok(text) = jiff::fmt::strtime::format(pattern, &written) else { return false };
    by_pattern(&text, pattern, &Zone::Fixed(0))
        .is_some_and(|read| read.duration_since(written.timestamp()).abs() < jiff::SignedDuration::from_hours(24))
}

fn by_pattern(text: &str, pattern: &str, zone: &Zone) -> Option<Timestamp> {
    let parts = jiff::fmt::strtime::parse(pattern, text).ok()?;
    let found = match (parts.to_timestamp(), zone) {
        (Ok(found), _) => found,
        (Err(_), Zone::Named(zone)) => local(parts.to_datetime().ok()?, zone)?,
        (Err(_), Zone::Fixed(offset_s)) => {
            let offset = Offset::from_seconds(i32::try_from(*offset_s).ok()?).ok()?;
            offset.to_timestamp(parts.to_datetime().ok()?).ok()?
        }
    };
    YEARS.contains(&crate::model::measure::local_day(found).year()).then_some(found)
}

/// The instant at which a clock of that zone shows this; of the two of an autumn night the first.
fn local(shown: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(shown).compatible().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check_as(text: &str, pattern: Option<&str>, zone: &str, expected: &str) {
        let form = Form { pattern: pattern.map(str::to_owned), zone: zone.parse().unwrap(), ..Form::default() };
        let found = parse_as(text.as_bytes(), &form).map(|t| t.to_string()).unwrap_or_default();
        assert_eq!(found, expected, "{text} {pattern:?} {zone}");
    }

    #[test]
    fn a_stated_zone_is_that_of_clocks_that_name_none() {
        check_as("2026-03-31 08:15:00", None, "UTC", "2026-03-31T08:15:00Z");
        check_as("31/03/2026 08:15", None, "+05:30", "2026-03-31T02:45:00Z");
        check_as("2026-03-31 08:15:00", None, "America/Los_Angeles", "2026-03-31T15:15:00Z");
        check_as("2026-12-31 08:15:00", None, "America/Los_Angeles", "2026-12-31T16:15:00Z");
        check_as("2026-03-31T08:15:00+07:00", None, "America/Los_Angeles", "2026-03-31T01:15:00Z");
        check_as("1774919700", None, "America/Los_Angeles", "2026-03-31T01:15:00Z");
        for zone in ["", "Hà Nội", "+25:00", "7"] {
            assert!(zone.parse::<Zone>().is_err(), "{zone}");
        }
    }

    #[test]
    fn a_zone_may_have_its_name_before_its_offset_or_be_that_of_indochina() {
        for text in [
            "2025-11-21 10:20:17 GMT+07:00",
            "2025-11-21 10:20:17 GMT+7",
            "2025-11-21 10:20:17 ICT",
            "21/11/2025 10:20:17 ICT",
            "Fri Nov 21 10:20:17 GMT+07:00 2025",
            "Fri Nov 21 10:20:17 ICT 2025",
            "Fri Nov 21 03:20:17 UTC 2025",
            "Fri Nov 21 10:20:17 2025",
        ] {
            check_as(text, None, "+07:00", "2025-11-21T03:20:17Z");
        }
    }

    proptest! {
        #[test]
        fn a_time_in_the_minute_of_the_one_before_is_read_as_alone(
            texts in prop::collection::vec(
                " ?20(26|25)-0[0-3]-[03][01][T _]2[0-4]:[0-6][0-9]:[0-6][0-9]?([.,][0-9]{0,10})?( |Z|[+]07:00|-05)? ?",
                1..12,
            ),
            local_s in -3600_i64..3600,
        ) {
            let form = Form { zone: Zone::Fixed(local_s), ..Form::default() };
            let mut minute = Minute::default();
            for text in texts.iter().flat_map(|text| [text, text, &texts[0]]) {
                prop_assert_eq!(minute.parse_as(text.as_bytes(), &form), parse_as(text.as_bytes(), &form), "{}", text);
            }
        }
    }

    #[test]
    fn a_column_with_months_first_is_read_so() {
        let form = Form { month_first: Some(true), ..Form::default() };
        for (text, expected) in [
            ("03/31/2026 8:15 AM", "2026-03-31T01:15:00Z"),
            ("3/4/2026 08:15", "2026-03-04T01:15:00Z"),
            ("2026-03-31 08:15:00", "2026-03-31T01:15:00Z"),
        ] {
            assert_eq!(parse_as(text.as_bytes(), &form).map(|t| t.to_string()).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_stated_pattern_is_the_only_form() {
        check_as("03/31/2026 8:15:00 AM", Some("%m/%d/%Y %I:%M:%S %p"), "+07:00", "2026-03-31T01:15:00Z");
        check_as("31/03/2026 8:15:00", Some("%m/%d/%Y %H:%M:%S"), "+07:00", "");
        check_as("20260331081500.5", Some("%Y%m%d%H%M%S%.f"), "+07:00", "2026-03-31T01:15:00.5Z");
        check_as("03/31/1926", Some("%m/%d/%Y"), "+07:00", "");
        for (pattern, good) in [
            ("%d.%m.%y %H:%M", true),
            ("%s", true),
            ("dd/MM/yyyy", false),
            ("%Y", false),
            ("%Q %!", false),
            ("", false),
        ] {
            assert_eq!(is_pattern(pattern), good, "{pattern}");
        }
    }

    #[test]
    fn a_day_and_a_clock_in_two_cells_are_one_instant() {
        for (day, clock) in [
            ("31/03/2026", "08:15:00"),
            ("2026/03/31", "8:15:00 SA"),
            ("2026-03-31 00:00:00", "08:15"),
            ("46112", "0.34375"),
            ("46112", "0,34375"),
        ] {
            let found = parse_joined(day.as_bytes(), clock.as_bytes(), &Form::default()).map(|t| t.to_string());
            assert_eq!(found.as_deref(), Some("2026-03-31T01:15:00Z"), "{day} {clock}");
        }
        assert_eq!(parse_joined(&[b'1'; 60], &[b'2'; 60], &Form::default()), None);
    }
}
