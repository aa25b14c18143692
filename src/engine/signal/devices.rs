//! How each phone reads against the others, and runs freed of it.
//!
//! Two models side by side differ by 4 dB and more (a Pixel 5 reads 4.3 dB below
//! a Pixel 4a), which is a class of signal. Phones are compared only where
//! several measured one network in one cell in one quarter, so that a network that
//! was mended is not taken for a phone that reads high; the offset is shrunk
//! towards nothing where few cells speak for it. What nobody else measured
//! stays as it was read, and so do runs whose phone is known for their day alone: to compare one phone's
//! days would take a bad day for a bad phone.

use std::collections::{BTreeMap, BTreeSet};

use h3o::CellIndex;
use jiff::civil::Date;

use crate::model::measure::{Dbm, local_day};
use crate::model::operator::{Operator, Technology};
use crate::model::sample::Run;

/// Cells shared with other phones below which nothing is said of a phone, and the number at which half of what
/// they say is believed: with a spread of 6 dB between runs, 30 cells tell an offset to 1 dB.
const SHARED_CELLS: usize = 30;
/// Other phones that one must have met: of two alone nobody can say which reads low.
const FEWEST_OTHERS: usize = 2;
/// An offset beyond this is no phone but a fault of the log, dB.
const MOST_DB: f64 = 10.0;
/// Rounds of medians; they stand still after three or four.
const ROUNDS: usize = 8;

/// What is said of one phone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offset {
    /// By how much it reads above the others, dB, shrunk.
    pub db: f64,
    /// Cells that it shares with others.
    pub cells: u32,
}

/// One network in one cell in one quarter.
type Place = (CellIndex, Operator, Technology, i16, i8);

/// The offsets of phones that share enough cells with others. Only runs from the day on are of one phone.
#[must_use]
pub fn offsets(runs: &[Run], since: Date) -> BTreeMap<u64, Offset> {
    let mut places: BTreeMap<Place, BTreeMap<u64, Vec<f64>>> = BTreeMap::new();
    for run in runs {
        let Some(median) = run.median else { continue };
        let day = local_day(run.start);
        if day < since {
            continue;
        }
        let place = (run.cell, run.operator, run.technology, day.year(), (day.month() - 1) / 3);
        places.entry(place).or_default().entry(run.device).or_default().push(f64::from(median.get()));
    }
    // Each phone's median at each place that it shares.
    let shared: Vec<Vec<(u64, f64)>> = places
        .into_values()
        .filter(|phones| phones.len() > 1)
        .map(|phones| {
            phones.into_iter().filter_map(|(device, mut powers)| Some((device, median(&mut powers)?))).collect()
        })
        .collect();
    let mut offsets: BTreeMap<u64, Offset> = BTreeMap::new();
    let mut met: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
    for phones in &shared {
        for (device, _) in phones {
            offsets.entry(*device).or_insert(Offset { db: 0.0, cells: 0 }).cells += 1;
            met.entry(*device)
                .or_default()
                .extend(phones.iter().map(|(other, _)| *other).filter(|other| other != device));
        }
    }
    let meets_enough = |device: &u64| met.get(device).is_some_and(|others| others.len() >= FEWEST_OTHERS);
    offsets.retain(|device, offset| offset.cells as usize >= SHARED_CELLS && meets_enough(device));
    for _ in 0..ROUNDS {
        let mut above: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
        for phones in &shared {
            let freed = |(device, power): &(u64, f64)| power - offsets.get(device).map_or(0.0, |offset| offset.db);
            let Some(level) = median(&mut phones.iter().map(freed).collect::<Vec<_>>()) else { continue };
            for (device, power) in phones.iter().filter(|(device, _)| offsets.contains_key(device)) {
                above.entry(*device).or_default().push(power - level);
            }
        }
        for (device, mut above) in above {
            if let (Some(offset), Some(db)) = (offsets.get_mut(&device), median(&mut above)) {
                offset.db = db;
            }
        }
    }
    for offset in offsets.values_mut() {
        let believed = f64::from(offset.cells) / (f64::from(offset.cells) + SHARED_CELLS as f64);
        offset.db = (offset.db * believed).clamp(-MOST_DB, MOST_DB);
    }
    offsets
}

/// Takes the offsets off the medians of runs from a day on; the worst reading stays as the phone had it.
pub fn free(runs: &mut [Run], offsets: &BTreeMap<u64, Offset>, since: Date) {
    for run in runs.iter_mut().filter(|run| local_day(run.start) >= since) {
        if let (Some(median), Some(offset)) = (run.median, offsets.get(&run.device)) {
            #[expect(clippy::cast_possible_truncation, reason = "tenths of a dB in an f32")]
            let freed = (f64::from(median.get()) - offset.db) as f32;
            run.median = Dbm::new(freed.clamp(Dbm::LEAST, Dbm::MOST)).ok().or(run.median);
        }
    }
}

/// Between the two middle values where they are even.
fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let (low, high) = (values.get(values.len().checked_sub(1)? / 2)?, values.get(values.len() / 2)?);
    Some(low.midpoint(*high))
}

#[cfg(test)]
mod tests {
    use h3o::{LatLng, Resolution};
    use jiff::{Timestamp, ToSpan};

    use super::*;

    fn run(device: u64, place: u32, month: i64, dbm: f64) -> Run {
        let at = LatLng::new(20.25, 105.97 + f64::from(place) * 2e-3).unwrap();
        let start = "2026-01-10T03:00:00Z".parse::<Timestamp>().unwrap() + (month * 30 * 24).hours();
        Run {
            operator: "viettel".parse().unwrap(),
            technology: Technology::Lte,
            device,
            cell: at.to_cell(Resolution::Ten),
            start: start.into(),
            end: start.into(),
            samples: 9,
            censored: 0,
            median: Some(Dbm::new(dbm as f32).unwrap()),
            worst: None,
            rsrq_db: None,
            sinr_db: None,
            download_kbps: None,
            serving_cell: None,
            arfcn: None,
        }
    }

    fn level(place: u32) -> f64 {
        -95.0 - f64::from(place % 17)
    }

    /// Three phones of which the third reads low.
    #[test]
    fn a_phone_that_reads_low_is_found_and_freed() {
        let off = [0.0, 1.0, -6.0];
        let mut runs: Vec<Run> = (0..90_u32)
            .flat_map(|place| (0..3).map(move |phone| (place, phone)))
            .map(|(place, phone)| run(phone as u64, place, 0, level(place) + off[phone]))
            .collect();
        let found = offsets(&runs, Date::MIN);
        // Ninety cells are believed to three quarters; a phone in the middle is the measure of the others.
        assert!((found[&2].db + 4.5).abs() < 0.3 && found[&0].db.abs() < 0.3, "{found:?}");
        assert_eq!(found[&2].cells, 90);
        free(&mut runs, &found, Date::MIN);
        let of = |device: u64| runs.iter().find(|run| run.device == device).unwrap().median.unwrap().get();
        assert!((of(0) - of(2)).abs() < 2.0, "{} {}", of(0), of(2));
    }

    #[test]
    fn few_shared_cells_say_nothing_and_silence_counts_for_none() {
        let mut runs: Vec<Run> =
            (0..29).flat_map(|place| [run(1, place, 0, level(place)), run(2, place, 0, level(place) - 8.0)]).collect();
        runs.push(Run { median: None, ..run(2, 40, 0, -100.0) });
        assert_eq!(offsets(&runs, Date::MIN), BTreeMap::new());
    }

    #[test]
    fn of_two_phones_nobody_can_say_which_reads_low() {
        let runs: Vec<Run> =
            (0..90).flat_map(|place| [run(1, place, 0, level(place)), run(2, place, 0, level(place) - 6.0)]).collect();
        assert_eq!(offsets(&runs, Date::MIN), BTreeMap::new());
    }

    #[test]
    fn a_network_that_was_mended_is_no_phone_that_reads_high() {
        let runs: Vec<Run> =
            (0..60).flat_map(|place| [run(1, place, 0, level(place)), run(2, place, 4, level(place) + 20.0)]).collect();
        assert_eq!(offsets(&runs, Date::MIN), BTreeMap::new());
    }

    #[test]
    fn days_of_one_phone_are_not_compared_and_stay_as_they_were_read() {
        let off = [0.0, 1.0, -6.0];
        let mut runs: Vec<Run> = (0..90_u32)
            .flat_map(|place| (0..3).map(move |phone| (place, phone)))
            .map(|(place, phone)| run(phone as u64, place, 0, level(place) + off[phone]))
            .collect();
        let as_read = runs.clone();
        let day = local_day(runs[0].start);
        let since = day.tomorrow().unwrap();
        assert_eq!(offsets(&runs, since), BTreeMap::new());
        let found = offsets(&runs, day);
        free(&mut runs, &found, since);
        assert_eq!(runs, as_read, "a phone that came in late has its offset in younger runs alone");
    }
}
