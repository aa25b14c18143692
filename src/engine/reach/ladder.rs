//! The ladder: from declared households and guided ones to a status.
//!
//! The cuts are the rule's own shares and are compared by division, so that
//! 27 of 30 is 90 %. Where there is nothing to divide by there is no rung.

use crate::model::reach::ReachStatus;
use crate::model::rules::ReachRules;

/// `denominator` is declared households above zero.
pub(super) fn status(denominator: Option<u32>, guided: u32, reports: bool, rules: &ReachRules) -> ReachStatus {
    let Some(households) = denominator else { return ReachStatus::NoDenominator };
    if !reports {
        return ReachStatus::NoReport;
    }
    let share = f64::from(guided) / f64::from(households);
    match guided {
        0 => ReachStatus::NotReached,
        _ if share < rules.started_below => ReachStatus::Started,
        _ if share < rules.low_below => ReachStatus::Low,
        _ if share < rules.near_below => ReachStatus::Near,
        _ => ReachStatus::Reached,
    }
}

/// The fewest guided households that make this share of `households`.
pub(super) fn needed(share: f64, households: u32) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=households")]
    let mut needed = (share * f64::from(households)).floor().clamp(0.0, f64::from(households)) as u32;
    // ⌈0.55 · 100⌉ is 56 in floating point; the ladder itself knows better.
    needed = needed.saturating_sub(1);
    while needed < households && f64::from(needed) / f64::from(households) < share {
        needed += 1;
    }
    needed
}

/// The guided households that a published status allows, both ends included.
pub(super) fn range(status: ReachStatus, households: u32, rules: &ReachRules) -> (u32, u32) {
    let from = |share: f64| needed(share, households).max(1);
    match status {
        ReachStatus::NotReached => (0, 0),
        ReachStatus::Started => (1, from(rules.started_below).saturating_sub(1)),
        ReachStatus::Low => (from(rules.started_below), from(rules.low_below).saturating_sub(1)),
        ReachStatus::Near => (from(rules.low_below), from(rules.near_below).saturating_sub(1)),
        // More may be guided than were declared.
        ReachStatus::Reached => (from(rules.near_below), u32::MAX),
        ReachStatus::NoRegister | ReachStatus::NoDenominator | ReachStatus::NoReport => (0, u32::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(households: Option<u32>, guided: u32, reports: bool, expected: ReachStatus) {
        assert_eq!(status(households, guided, reports, &ReachRules::default()), expected, "{guided} of {households:?}");
    }

    #[test]
    fn each_rung_begins_at_its_share() {
        check(Some(100), 0, true, ReachStatus::NotReached);
        check(Some(100), 1, true, ReachStatus::Started);
        check(Some(100), 19, true, ReachStatus::Started);
        check(Some(100), 20, true, ReachStatus::Low);
        check(Some(100), 74, true, ReachStatus::Low);
        check(Some(100), 75, true, ReachStatus::Near);
        check(Some(30), 26, true, ReachStatus::Near);
        check(Some(30), 27, true, ReachStatus::Reached);
        check(Some(30), 90, true, ReachStatus::Reached);
    }

    #[test]
    fn no_denominator_is_no_rung_whatever_was_done() {
        check(None, 50, true, ReachStatus::NoDenominator);
        check(None, 0, false, ReachStatus::NoDenominator);
        check(Some(50), 0, false, ReachStatus::NoReport);
    }

    #[test]
    fn needed_is_the_first_count_on_the_rung() {
        for share in [0.2, 0.55, 0.75, 0.9, 1.0] {
            for households in 1..500_u32 {
                let slow = (0..=households).find(|g| f64::from(*g) / f64::from(households) >= share);
                assert_eq!(Some(needed(share, households)), slow, "{share} of {households}");
            }
        }
    }

    #[test]
    fn a_status_allows_exactly_the_counts_that_have_it() {
        let rules = ReachRules::default();
        for households in 1..60 {
            for guided in 0..80 {
                for other in ReachStatus::ALL.into_iter().filter(|s| *s >= ReachStatus::NotReached) {
                    let (low, high) = range(other, households, &rules);
                    let allowed = (low..=high).contains(&guided);
                    let has = status(Some(households), guided, true, &rules) == other;
                    assert_eq!(allowed, has, "{guided} of {households} as {other:?}");
                }
            }
        }
    }
}
