//! What the values of the columns mean: units, words, codes and the form of times.

use super::super::marks::is_primary;
use super::super::units::{self, download_factor, speed_factor};
use super::fields::{POWERS, Rows, cells};
use super::values;
use crate::ingest::header::{self, Header, holds};
use crate::ingest::profile::{Codes, Field, Meaning, Places, PowerUnit, Words};
use crate::ingest::time::Zone;
use crate::model::operator::{Operator, Technology};

/// Units, words and the form of times, by the headings and values of the columns.
pub(super) fn meaning(header: &Header, rows: &Rows, places: Places) -> Meaning {
    let unit = |field| places.of(field).map(|at| units::unit(header.name(at))).unwrap_or_default();
    let cells = |field| places.of(field).map(|at| cells(rows, at)).unwrap_or_default();
    let power = POWERS.into_iter().find_map(|field| Some((field, places.of(field)?)));
    let mut meaning = Meaning {
        download_factor: download_factor(&unit(Field::Download)).unwrap_or(1.0),
        speed_factor: speed_factor(&unit(Field::Speed)).unwrap_or(1.0),
        power: power.map_or(PowerUnit::Dbm, |(field, at)| power_unit(header.name(at), &cells(field))),
        ..Meaning::default()
    };
    let (days, clocks) = (cells(Field::Date), cells(Field::Clock));
    let joined: Vec<Vec<u8>> = days.iter().zip(&clocks).map(|(day, clock)| [*day, b" ", *clock].concat()).collect();
    let times = joined.iter().map(Vec::as_slice).chain(cells(Field::Time)).collect::<Vec<_>>();
    meaning.time.pattern = values::pattern_of(&times).map(str::to_owned);
    let stated = places.of(Field::Time).and_then(|at| units::zone(header.name(at)));
    if let Some(offset_s) = stated {
        meaning.time.zone = Zone::Fixed(offset_s);
    }
    let mut codes: Vec<&str> = [Field::Longitude, Field::Latitude, Field::Power, Field::Rsrq, Field::Sinr]
        .into_iter()
        .flat_map(cells)
        .filter(|cell| values::is_code(cell))
        .filter_map(|cell| std::str::from_utf8(cell).ok())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    // More of them are measurements of something else.
    if codes.len() <= MOST_CODES {
        meaning.missing = Codes::new(&codes);
    }
    meaning.operators = words(&cells(Field::Operator), |word| {
        let read = std::str::from_utf8(word).ok()?.parse::<Operator>().ok()?;
        // A word that is no brand is written down, to be put right.
        (!values::is_brand(word)).then_some(read)
    });
    meaning.technologies = words(&cells(Field::Technology), |word| {
        let read = std::str::from_utf8(word).ok()?.parse::<Technology>().ok();
        if read.is_some() { None } else { values::technology(word) }
    });
    let serving = cells(Field::Serving);
    if serving.iter().any(|cell| is_primary(cell)) {
        meaning.serving = Words::new(vec![("None".to_owned(), false)]);
    }
    meaning
}

const MOST_CODES: usize = 5;

/// Words of their own of a column, at most as many as a person looks through.
pub(super) fn words<T: Copy>(cells: &[&[u8]], of: impl Fn(&[u8]) -> Option<T>) -> Words<T> {
    const MOST: usize = 20;
    let mut words: Vec<(String, T)> = Vec::new();
    for cell in cells.iter().filter(|cell| !crate::ingest::number::is_missing(cell)) {
        if let Some(meaning) = of(cell)
            && words.len() < MOST
            && let Ok(word) = std::str::from_utf8(cell)
            && words.iter().all(|(known, _)| known != word)
        {
            words.push((word.to_owned(), meaning));
        }
    }
    Words::new(words)
}

pub(super) fn power_unit(heading: &str, cells: &[&[u8]]) -> PowerUnit {
    let not_negative = values::share(cells, |cell| !cell.starts_with(b"-")) > 0.9;
    let folded = header::fold(heading);
    if !not_negative {
        PowerUnit::Dbm
    } else if units::has_minus(heading) {
        PowerUnit::MinusDbm
    } else if ["rxlev", "index", "rx_lev"].iter().any(|word| holds(&folded, word)) {
        PowerUnit::ReportIndex
    } else if is_without_minus(heading, cells) {
        PowerUnit::MinusDbm
    } else {
        PowerUnit::Asu
    }
}

/// Powers whose minus was left out: dBm by their heading and more than most ASU, or more than ASU can be.
fn is_without_minus(heading: &str, cells: &[&[u8]]) -> bool {
    /// RSRP in ASU (3GPP TS 27.007, `+CESQ`): 97 is −44 dBm and more.
    const MOST_ASU: f64 = 97.0;
    /// Few phones hear more than −44 dBm, the end of the range of RSRP.
    const LEAST_DBM: f64 = 44.0;
    let share_above = |least: f64| values::share(cells, |cell| values::value(cell).is_some_and(|value| value > least));
    let says_dbm = units::unit(heading).ends_with("dbm");
    says_dbm && share_above(LEAST_DBM) > 0.5 || share_above(MOST_ASU) > 0.05 && share_above(LEAST_DBM) > 0.9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_without_their_minus_are_no_asu() {
        for (heading, cells, expected) in [
            ("RSRP (dBm)", ["80", "98", "119"], PowerUnit::MinusDbm),
            ("Mức sóng (dBm)", ["70", "85", "96"], PowerUnit::MinusDbm),
            ("Mức thu", ["80", "98", "119"], PowerUnit::MinusDbm),
            ("Mức thu (dBm)", ["21", "33", "40"], PowerUnit::Asu),
            ("Mức thu", ["21", "60", "97"], PowerUnit::Asu),
            ("RSRP (dBm)", ["-80", "-98", "-119"], PowerUnit::Dbm),
        ] {
            let cells: Vec<&[u8]> = cells.iter().map(|cell| cell.as_bytes()).collect();
            assert_eq!(power_unit(heading, &cells), expected, "{heading} {cells:?}");
        }
    }
}
