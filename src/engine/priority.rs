//! Where the two maps meet: unreached, without signal, or both.
//!
//! A village that is unreached and silent cannot be reached by telephone
//! either, so it stands first. A village whose signal nobody measured is not
//! called silent: it has its own place, and a reason to take a meter along.

use super::reach::remaining_at_most;
use crate::model::reach::{Need, PriorityRow, VillageReach};
use crate::model::rules::ReachRules;
use crate::model::verdict::Verdict;

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
        score: f64::from(left.unwrap_or(0)),
    };
    rows.into_iter().enumerate().map(row).collect()
}

fn need(village: &VillageReach) -> Option<Need> {
    let signal = village.signal.map(|signal| signal.verdict);
    match (village.status.is_unreached(), signal) {
        (true, None | Some(Verdict::Suspected)) => Some(Need::UnreachedUnmeasured),
        (true, Some(verdict)) if verdict.is_dead() => Some(Need::Both),
        (true, Some(_)) => Some(Need::Unreached),
        (false, Some(verdict)) if verdict.is_dead() => Some(Need::NoSignal),
        (false, _) => None,
    }
}
