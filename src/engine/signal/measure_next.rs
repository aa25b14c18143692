//! Where a measurement would change a verdict that matters.
//!
//! Villages of which too little is known, the most households in the most
//! doubt first. They are never counted as dead: this list is what separates
//! "nobody measured" from "no signal".

use crate::model::rules::SignalRules;
use crate::model::verdict::{MeasureNext, PlaceVerdict, VillageSignal};
use crate::model::village::VillageCode;

/// A village as far as this list cares.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    pub village: VillageCode,
    pub households: Option<u32>,
    pub signal: Option<VillageSignal>,
    /// The chance of weakness that the surface gives its place; `None` beyond its reach.
    pub expected_weak: Option<f64>,
}

/// The list, most to be learnt first: households times the doubt in bits, then the doubt, then the code.
/// `prior` is the chance of weakness where nothing is known.
#[must_use]
pub fn measure_next(candidates: &[Candidate], prior: f64, rules: &SignalRules) -> Vec<MeasureNext> {
    let mut list: Vec<MeasureNext> = candidates
        .iter()
        .filter(|one| PlaceVerdict::of(one.signal.as_ref()) == PlaceVerdict::NotEnough)
        .map(|one| row(one, prior, rules))
        .collect();
    let gain = |row: &MeasureNext| row.gain.unwrap_or(0.0);
    list.sort_by(|one, other| {
        (gain(other).total_cmp(&gain(one)))
            .then(doubt(other.weak).total_cmp(&doubt(one.weak)))
            .then(one.village.cmp(&other.village))
    });
    list
}

fn row(one: &Candidate, prior: f64, rules: &SignalRules) -> MeasureNext {
    let evidence = one.signal.map(|signal| signal.evidence);
    let (runs, days) = evidence.map_or((0, 0), |evidence| (evidence.runs, evidence.days));
    // One day in the mind beside those of the runs, which rise and fall together on each, weak with the chance
    // that was expected before.
    let before = one.expected_weak.unwrap_or(prior);
    let share = evidence.map_or(0.0, |evidence| evidence.weak_share());
    let weak = (share * f64::from(days) + before) / (f64::from(days) + 1.0);
    MeasureNext {
        village: one.village,
        runs,
        // At the centre none is known to be there: what surrounds it does not stand in for it.
        runs_needed: rules.weak_min_runs,
        days_needed: rules.weak_min_days.saturating_sub(days).max(1),
        weak,
        expected: one.expected_weak.is_some(),
        gain: one.households.map(|households| f64::from(households) * doubt(weak)),
    }
}

/// Entropy of a yes or no, bits.
fn doubt(chance: f64) -> f64 {
    let part = |p: f64| if p > 0.0 { -p * p.log2() } else { 0.0 };
    part(chance) + part(1.0 - chance)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::model::verdict::{Evidence, Verdict};

    fn candidate(number: u32, households: Option<u32>, expected_weak: Option<f64>) -> Candidate {
        Candidate {
            village: VillageCode::new("14329".parse().unwrap(), number),
            households,
            signal: None,
            expected_weak,
        }
    }

    /// Six weak runs of one morning rise and fall together: another day may say otherwise.
    #[test]
    fn a_village_that_was_weak_on_one_day_is_in_doubt() {
        let evidence = |runs, weak_runs, days| Evidence {
            runs,
            days,
            devices: 1,
            samples: 60,
            weak_runs,
            silent_runs: 0,
            superseded_runs: 0,
            weak_low: 0.0,
            weak_high: 1.0,
            first_seen: date(2026, 4, 1),
            last_seen: date(2026, 4, 8),
        };
        let heard = |number, evidence| Candidate {
            signal: Some(VillageSignal {
                verdict: Verdict::Suspected,
                confirmed: false,
                median: None,
                evidence,
                place: PlaceVerdict::NotEnough,
            }),
            ..candidate(number, Some(100), Some(0.2))
        };
        let list =
            measure_next(&[heard(1, evidence(8, 0, 8)), heard(2, evidence(6, 6, 1))], 0.2, &SignalRules::default());
        let order: Vec<u32> = list.iter().map(|row| row.village.seq()).collect();
        assert_eq!((order, list[0].weak), (vec![2, 1], 0.6));
    }

    #[test]
    fn many_households_in_doubt_come_first_and_those_without_a_count_last() {
        let list = measure_next(
            &[
                candidate(1, None, Some(0.5)),
                candidate(2, Some(200), Some(0.01)),
                candidate(3, Some(100), Some(0.5)),
                candidate(4, Some(150), None),
            ],
            0.2,
            &SignalRules::default(),
        );
        let order: Vec<u32> = list.iter().map(|row| row.village.seq()).collect();
        assert_eq!(order, [4, 3, 2, 1]);
        assert_eq!((list[1].gain, list[1].expected, list[0].expected), (Some(100.0), true, false));
        assert_eq!((list[0].runs_needed, list[0].days_needed), (3, 2));
    }
}
