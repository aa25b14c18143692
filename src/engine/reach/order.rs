//! The order of the unreached: where to go first.
//!
//! It rests on published figures only, so that a place on the list cannot
//! give away what the floor hides.

use std::cmp::Reverse;

use super::ladder::needed;
use crate::model::figure::Figure;
use crate::model::reach::{ReachStatus, VillageReach};
use crate::model::rules::ReachRules;
use crate::model::village::VillageCode;

/// Villages up to `started`: those nobody visited by declared households,
/// those nobody visited without a denominator, those visited in vain, those
/// begun by what remains, and last those visited that declare nothing.
#[must_use]
pub fn unreached(villages: &[VillageReach], rules: &ReachRules) -> Vec<VillageCode> {
    let mut listed: Vec<&VillageReach> = villages.iter().filter(|v| v.status.is_unreached()).collect();
    listed.sort_by_key(|v| {
        let remaining = remaining_at_most(v, rules).unwrap_or(0);
        let households = v.households.known().unwrap_or(0);
        let weight = if v.status == ReachStatus::Started { remaining } else { households };
        (step(v), Reverse(weight), v.village)
    });
    listed.into_iter().map(|v| v.village).collect()
}

fn step(village: &VillageReach) -> u8 {
    let nobody_came = matches!(village.visited, Figure::Known(0) | Figure::NotReported);
    match (village.status, nobody_came) {
        (ReachStatus::NoDenominator | ReachStatus::NoRegister, true) => 1,
        (ReachStatus::NoDenominator | ReachStatus::NoRegister, false) => 4,
        (ReachStatus::Started, _) => 3,
        (_, true) => 0,
        (_, false) => 2,
    }
}

/// Households still to go, as if none were guided where the count is not
/// shown; `None` without a denominator.
pub(in crate::engine) fn remaining_at_most(village: &VillageReach, rules: &ReachRules) -> Option<u32> {
    let households = village.denominator()?;
    Some(village.remaining.known().unwrap_or_else(|| needed(rules.near_below, households)))
}
