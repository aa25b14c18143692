//! Where the two maps meet: unreached, without signal, or both.
//!
//! A village that is unreached and silent cannot be reached by telephone
//! either, so it stands first. A village whose signal nobody measured is not
//! called silent: it has its own place, and a reason to take a meter along. Nor
//! is one that has not enough data as a place, where reports judge it: the list
//! and the card of the village then say the same.

use super::reach::remaining_at_most;
use crate::model::figure::Figure;
use crate::model::reach::{Need, PriorityRow, VillageReach};
use crate::model::rules::ReachRules;
use crate::model::verdict::{PlaceVerdict, Verdict};

/// Ranked rows: by need, then households to go, unknown ones last, then code.
#[must_use]
pub fn rank(villages: &[VillageReach], rules: &ReachRules) -> Vec<PriorityRow> {
    let mut rows: Vec<(Need, Option<u32>, &VillageReach)> = villages
        .iter()
        .filter_map(|village| Some((need(village)?, remaining_at_most(village, rules), village)))
        .collect();
    rows.sort_by(|(need_a, left_a, a), (need_b, left_b, b)| {
        // `None` is below every number, so the unknown come last.
        need_a.cmp(need_b).then(left_b.cmp(left_a)).then(a.village.cmp(&b.village))
    });
    let rank = |at: usize| u32::try_from(at + 1).unwrap_or(u32::MAX);
    let row = |(at, (need, left, village)): (usize, (Need, Option<u32>, &VillageReach))| PriorityRow {
        rank: rank(at),
        village: village.village,
        need,
        households_at_most: left.map_or(Figure::NotReported, Figure::Known),
    };
    rows.into_iter().enumerate().map(row).collect()
}

fn need(village: &VillageReach) -> Option<Need> {
    let known = village.signal.filter(|signal| signal.place != PlaceVerdict::NotEnough);
    match (village.status.is_unreached(), known.map(|signal| signal.verdict)) {
        (true, None | Some(Verdict::Suspected)) => Some(Need::UnreachedUnmeasured),
        (true, Some(verdict)) if verdict.is_dead() => Some(Need::Both),
        (true, Some(_)) => Some(Need::Unreached),
        (false, Some(verdict)) if verdict.is_dead() => Some(Need::NoSignal),
        (false, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::model::reach::ReachStatus;
    use crate::model::verdict::{Evidence, VillageSignal};
    use crate::model::village::VillageCode;

    fn village(seq: u32, households: Option<u32>, status: ReachStatus, heard: Option<Verdict>) -> VillageReach {
        let commune = "14001".parse().unwrap();
        let evidence = Evidence {
            runs: 6,
            days: 3,
            devices: 1,
            samples: 60,
            weak_runs: 0,
            silent_runs: 0,
            superseded_runs: 0,
            weak_low: 0.0,
            weak_high: 1.0,
            first_seen: date(2026, 3, 1),
            last_seen: date(2026, 3, 3),
        };
        VillageReach {
            village: VillageCode::new(commune, seq),
            commune,
            status,
            households: households.map_or(Figure::NotReported, Figure::Known),
            visited: Figure::NotReported,
            guided: Figure::NotReported,
            remaining: Figure::NotReported,
            percent: Figure::NotReported,
            last_visit: None,
            stale: false,
            over_declared: false,
            signal: heard.map(|verdict| VillageSignal {
                verdict,
                confirmed: true,
                median: None,
                evidence,
                place: if verdict.is_dead() { PlaceVerdict::Poor } else { PlaceVerdict::Covered },
            }),
        }
    }

    #[test]
    fn both_comes_first_then_the_unmeasured_and_the_reached_last() {
        let villages = [
            village(1, Some(90), ReachStatus::NoReport, Some(Verdict::Good)),
            village(2, Some(10), ReachStatus::NotReached, Some(Verdict::Weak)),
            village(3, None, ReachStatus::NoDenominator, Some(Verdict::None)),
            village(4, Some(500), ReachStatus::Started, Some(Verdict::Suspected)),
            village(5, Some(600), ReachStatus::Started, None),
            village(6, Some(70), ReachStatus::Reached, Some(Verdict::None)),
            village(7, Some(70), ReachStatus::Reached, Some(Verdict::Suspected)),
            village(8, Some(70), ReachStatus::Low, None),
            village(9, Some(20), ReachStatus::NoReport, Some(Verdict::None)),
        ];
        let rows = rank(&villages, &ReachRules::default());
        let seen: Vec<_> =
            rows.iter().map(|r| (r.rank, r.village.seq(), r.need, r.households_at_most.known())).collect();
        assert_eq!(
            seen,
            [
                (1, 9, Need::Both, Some(18)),
                (2, 2, Need::Both, Some(9)),
                (3, 3, Need::Both, None),
                (4, 5, Need::UnreachedUnmeasured, Some(540)),
                (5, 4, Need::UnreachedUnmeasured, Some(450)),
                (6, 1, Need::Unreached, Some(81)),
                (7, 6, Need::NoSignal, Some(63)),
            ]
        );
    }

    #[test]
    fn a_village_without_enough_data_as_a_place_is_neither_with_nor_without_signal() {
        let with_place = |seq, status, heard, place| {
            let told = village(seq, Some(100), status, Some(heard));
            VillageReach { signal: told.signal.map(|signal| VillageSignal { place, ..signal }), ..told }
        };
        let villages = [
            with_place(1, ReachStatus::Started, Verdict::None, PlaceVerdict::NotEnough),
            with_place(2, ReachStatus::Started, Verdict::Good, PlaceVerdict::NotEnough),
            with_place(3, ReachStatus::Reached, Verdict::Weak, PlaceVerdict::NotEnough),
            with_place(4, ReachStatus::Started, Verdict::None, PlaceVerdict::Hole),
        ];
        let rows = rank(&villages, &ReachRules::default());
        let seen: Vec<_> = rows.iter().map(|row| (row.village.seq(), row.need)).collect();
        assert_eq!(seen, [(4, Need::Both), (1, Need::UnreachedUnmeasured), (2, Need::UnreachedUnmeasured)]);
    }
}
