//! Whether the values of a column can be what its heading says.
//!
//! A column is judged by what is written in it: most of its values must fit,
//! since logs have codes for "no value" and a title line now and then.

use super::super::radio;
use crate::ingest::profile::Field;
use crate::ingest::{number, time};
use crate::model::operator::{Operator, Technology};

/// The share of written values that must fit.
const MOST: f64 = 0.6;
/// Longitudes and latitudes of Viet Nam, with its sea.
const LON: std::ops::RangeInclusive<f64> = 102.0..=117.5;
const LAT: std::ops::RangeInclusive<f64> = 6.0..=23.5;

/// Metres of VN-2000 and UTM there.
const EAST_M: std::ops::RangeInclusive<f64> = 100_000.0..=900_000.0;
const NORTH_M: std::ops::RangeInclusive<f64> = 900_000.0..=2_700_000.0;

/// How well values fit a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// They cannot be it.
    No,
    /// They can, if the heading says so.
    Maybe,
    /// They are hardly anything else.
    Surely,
}

/// How well the cells of a column fit a field.
pub(super) fn fit(field: Field, cells: &[&[u8]]) -> Fit {
    if share(cells, |cell| surely(field, cell)) >= MOST {
        return if matches!(field, Field::Power) && whole_numbers_rise(cells) { Fit::Maybe } else { Fit::Surely };
    }
    if share(cells, |cell| maybe(field, cell)) >= MOST { Fit::Maybe } else { Fit::No }
}

/// Of the values that are written and no codes; 0 where none is.
pub(super) fn share(cells: &[&[u8]], fits: impl Fn(&[u8]) -> bool) -> f64 {
    let written: Vec<&&[u8]> = cells.iter().filter(|cell| !number::is_missing(cell) && !is_code(cell)).collect();
    let good = written.iter().filter(|cell| fits(cell)).count();
    if written.is_empty() { 0.0 } else { good as f64 / written.len() as f64 }
}

/// -999, Android's largest number and their like: no coordinate, no power and no ratio is so low.
pub(super) fn is_code(cell: &[u8]) -> bool {
    cell == b"2147483647" || cell.starts_with(b"-") && value(cell).is_some_and(|value| value <= -200.0)
}

/// A counter that runs through −140 to −40 is no power.
fn whole_numbers_rise(cells: &[&[u8]]) -> bool {
    let numbers: Vec<f64> = cells.iter().filter_map(|cell| value(cell)).collect();
    numbers.len() > 5 && numbers.windows(2).all(|pair| pair[1] - pair[0] == 1.0)
}

pub(super) fn value(cell: &[u8]) -> Option<f64> {
    number::parse(cell, true)
}

fn within(cell: &[u8], range: &std::ops::RangeInclusive<f64>) -> bool {
    value(cell).is_some_and(|value| range.contains(&value))
}

fn word(cell: &[u8]) -> &str {
    std::str::from_utf8(cell).unwrap_or_default()
}

fn surely(field: Field, cell: &[u8]) -> bool {
    match field {
        Field::Longitude => within(cell, &LON) && has_decimals(cell),
        Field::Latitude => within(cell, &LAT) && has_decimals(cell),
        Field::Time => is_instant(cell) || pattern_of(&[cell]).is_some(),
        Field::Date => is_day(cell),
        Field::Clock => is_clock(cell),
        Field::Operator => is_brand(cell),
        Field::Technology => technology(cell).is_some(),
        Field::Power => within(cell, &(-140.0..=-40.0)),
        _ => false,
    }
}

fn maybe(field: Field, cell: &[u8]) -> bool {
    match field {
        Field::Longitude => within(cell, &(-180.0..=180.0)) || within(cell, &EAST_M),
        Field::Latitude => within(cell, &(-90.0..=90.0)) || within(cell, &NORTH_M),
        Field::Time | Field::Date | Field::Clock => false,
        Field::Operator => word(cell).parse::<Operator>().is_ok() && (value(cell).is_none() || is_plmn(cell)),
        Field::Technology => radio::says_no_service(cell),
        Field::Mcc => within(cell, &(200.0..=799.0)),
        Field::Mnc => within(cell, &(0.0..=999.0)),
        Field::State => radio::stated(cell).is_some(),
        // Dbm, or ASU and indices, which are not negative.
        Field::Power => within(cell, &(-160.0..=127.0)),
        Field::Power2g | Field::Power3g | Field::Power4g | Field::Power5g => false,
        Field::Rsrq4g | Field::Rsrq5g | Field::Sinr4g | Field::Sinr5g => false,
        Field::Rsrq => within(cell, &radio_range(radio::RSRQ_DB)),
        Field::Sinr => within(cell, &radio_range(radio::SINR_DB)),
        Field::Download => within(cell, &(0.0..=1e8)),
        Field::Accuracy => within(cell, &(0.0..=10_000.0)),
        Field::Speed => within(cell, &(0.0..=1_000.0)),
        Field::Cell => radio::cell(cell).is_some(),
        Field::Arfcn => value(cell).and_then(number::whole).is_some_and(|arfcn| arfcn <= radio::MOST_ARFCN),
        Field::Device => value(cell).is_none_or(|_| cell.len() < 9),
        Field::Serving | Field::Neighbour => cell.len() < 20,
    }
}

fn radio_range((least, most): (f64, f64)) -> std::ops::RangeInclusive<f64> {
    least..=most
}

fn has_decimals(cell: &[u8]) -> bool {
    cell.iter().any(|byte| matches!(byte, b'.' | b','))
}

/// A day with a time of day, or a number of seconds.
pub(super) fn is_instant(cell: &[u8]) -> bool {
    let clock = cell.iter().any(|byte| matches!(byte, b':' | b'h')) || value(cell).is_some_and(|value| value > 1e8);
    let spreadsheet = cell.len() > 6 && within(cell, &(36_000.0..=60_000.0)) && has_decimals(cell);
    (clock || spreadsheet) && time::parse(cell).is_some()
}

fn is_day(cell: &[u8]) -> bool {
    let day = cell.strip_suffix(b" 00:00:00").unwrap_or(cell);
    let usual = value(day).is_none() && time::parse(day).is_some();
    !day.contains(&b':') && cell.len() <= 20 && (usual || pattern_of(&[&[day, b" 00:00:00"].concat()]).is_some())
}

fn is_clock(cell: &[u8]) -> bool {
    let head = cell.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let clock = (1..=2).contains(&head) && matches!(cell.get(head), Some(b':' | b'h'));
    clock && time::parse_joined(b"2026-03-31", cell, &time::Form::default()).is_some() && time::parse(cell).is_none()
}

/// Metres east or north in a projected system, by their size alone.
pub(super) fn are_metres(cells: &[&[u8]]) -> bool {
    share(cells, |cell| within(cell, &EAST_M) || within(cell, &NORTH_M)) >= MOST
}

/// A brand of Viet Nam, or a code of a network.
pub(super) fn is_brand(cell: &[u8]) -> bool {
    let Ok(operator) = word(cell).parse::<Operator>() else { return false };
    operator.brand() != operator.as_str() && value(cell).is_none_or(|_| cell.starts_with(b"452"))
}

/// The number of a network: three digits of a country, two or three of its own (ITU-T E.212).
fn is_plmn(cell: &[u8]) -> bool {
    matches!(cell.len(), 5 | 6) && matches!(cell[0], b'2'..=b'7') && cell.iter().all(u8::is_ascii_digit)
}

/// A technology by its name, or by a name within a longer word; of `NR+LTE` the first.
pub(super) fn technology(cell: &[u8]) -> Option<Technology> {
    let first = || word(cell).split(|c: char| !c.is_alphanumeric()).find_map(|part| part.parse().ok());
    radio::technology(cell).or_else(first)
}

/// Forms of times that no reader takes for granted, because they may mean another day.
const PATTERNS: [&str; 8] = [
    "%m/%d/%Y %H:%M:%S%.f",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %H:%M",
    "%m/%d/%y %H:%M:%S%.f",
    "%Y%m%d %H:%M:%S%.f",
    "%Y%m%d %H%M%S",
    "%d-%b-%Y %H:%M:%S%.f",
    "%d %b %Y %H:%M:%S%.f",
];

/// The pattern that reads all of these times, where the usual forms do not.
pub(super) fn pattern_of(times: &[&[u8]]) -> Option<&'static str> {
    let written: Vec<&&[u8]> = times.iter().filter(|cell| !number::is_missing(cell)).collect();
    let reads = |form: &time::Form| written.iter().filter(|cell| time::parse_as(cell, form).is_some()).count();
    let usual = reads(&time::Form::default());
    PATTERNS.into_iter().find(|pattern| {
        let form = time::Form { pattern: Some((*pattern).to_owned()), ..time::Form::default() };
        let read = reads(&form);
        read > usual && read as f64 >= MOST * written.len() as f64
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(field: Field, cells: &[&str], expected: Fit) {
        let cells: Vec<&[u8]> = cells.iter().map(|cell| cell.as_bytes()).collect();
        assert_eq!(fit(field, &cells), expected, "{field:?} {cells:?}");
    }

    #[test]
    fn values_say_what_a_column_can_be() {
        check(Field::Longitude, &["105.97", "105,98", "-"], Fit::Surely);
        check(Field::Longitude, &["20.25", "20.26"], Fit::Maybe);
        check(Field::Longitude, &["601611.35"], Fit::Maybe);
        check(Field::Latitude, &["105.97"], Fit::No);
        check(Field::Power, &["-97", "-101,5", "n/a"], Fit::Surely);
        check(Field::Power, &["21", "31"], Fit::Maybe);
        check(Field::Power, &["good"], Fit::No);
        check(Field::Time, &["31/03/2026 08:15:00"], Fit::Surely);
        check(Field::Time, &["31/03/2026"], Fit::No);
        check(Field::Time, &["03/31/2026 08:15:00"], Fit::Surely);
        check(Field::Date, &["31/03/2026"], Fit::Surely);
        check(Field::Date, &["03/31/2026", "03/04/2026"], Fit::Surely);
        check(Field::Date, &["20260331"], Fit::Surely);
        check(Field::Date, &["1275", "-97", "105.97"], Fit::No);
        check(Field::Power, &["-97", "-999", "-999"], Fit::Surely);
        check(Field::Clock, &["08:15:00", "8h15"], Fit::Surely);
        check(Field::Clock, &["08:15 31/03/2026"], Fit::No);
        check(Field::Operator, &["VN Viettel", "45204"], Fit::Surely);
        check(Field::Operator, &["Mạng A"], Fit::Maybe);
        check(Field::Technology, &["LTE FDD", "HSPA+"], Fit::Surely);
        check(Field::Power, &[], Fit::No);
    }

    #[test]
    fn a_pattern_is_found_only_where_the_usual_forms_fail() {
        let of = |times: &[&str]| pattern_of(&times.iter().map(|t| t.as_bytes()).collect::<Vec<_>>());
        assert_eq!(of(&["03/04/2026 08:15:00", "03/31/2026 08:15:00"]), Some("%m/%d/%Y %H:%M:%S%.f"));
        assert_eq!(of(&["03/04/2026 08:15:00", "31/03/2026 08:15:00"]), None);
        assert_eq!(of(&["20260331081500"]), None);
        assert_eq!(of(&["31-Mar-2026 08:15:00.5"]), None);
    }
}
