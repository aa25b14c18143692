//! Villages judged: status, figures that may be shown, and signal.
//!
//! Each figure is hidden on its own merit, and everything that follows from a
//! hidden figure is hidden with it: the percentage, what remains, the flag
//! that more were guided than declared, the exact rung.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use super::floor::{Entry, Hidden, hide, hides_visited};
use super::{Tally, ladder};
use crate::model::admin::UnitCode;
use crate::model::figure::Figure;
use crate::model::reach::{ReachStatus, VillageReach};
use crate::model::rules::ReachRules;
use crate::model::verdict::VillageSignal;

/// Villages judged, and which sums over them must stay hidden.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// In the order of the tallies.
    pub villages: Vec<VillageReach>,
    /// Communes whose guided sum would give a village away.
    pub(super) guided_sum_hidden: BTreeMap<UnitCode, SumsHidden>,
}

/// A commune publishes two sums of guided households: over all villages, and
/// (as the percentage) over those with a denominator.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct SumsHidden {
    pub(super) with_denominator: bool,
    pub(super) without_denominator: bool,
}

/// Judges villages of one day. `signals` by index of tally; a visit is stale
/// when it lies long before the day `seen_from`.
#[must_use]
pub fn judge(tallies: &[Tally], signals: &[Option<VillageSignal>], rules: &ReachRules, seen_from: Date) -> Judged {
    let mut visited_hidden = vec![false; tallies.len()];
    let mut guided_hidden = vec![false; tallies.len()];
    let mut guided_sum_hidden: BTreeMap<UnitCode, SumsHidden> = BTreeMap::new();
    for ((placed, commune, divisible), members) in groups(tallies) {
        let guided = hide_in(&members, rules.k, |at| entry_of_guided(&tallies[at], rules));
        for (at, hidden) in members.iter().zip(&guided.entries) {
            let tally = &tallies[*at];
            guided_hidden[*at] = *hidden || tally.few;
            visited_hidden[*at] = tally.in_steps || hides_visited(tally.visited, tally.guided, *hidden, rules.k);
        }
        if placed && guided.sum {
            let sums = guided_sum_hidden.entry(commune).or_default();
            if divisible {
                sums.with_denominator = true;
            } else {
                sums.without_denominator = true;
            }
        }
    }
    let villages = tallies
        .iter()
        .enumerate()
        .map(|(at, tally)| {
            let signal = signals.get(at).copied().flatten();
            village(tally, visited_hidden[at], guided_hidden[at], signal, rules, seen_from)
        })
        .collect();
    Judged { villages, guided_sum_hidden }
}

/// Indices of reporting villages that share a sum. With and without a
/// denominator apart, since a commune's total and its percentage give both.
fn groups(tallies: &[Tally]) -> HashMap<(bool, UnitCode, bool), Vec<usize>> {
    let mut groups: HashMap<_, Vec<usize>> = HashMap::new();
    for (at, tally) in tallies.iter().enumerate().filter(|(_, tally)| tally.reports) {
        groups.entry((tally.placed, tally.commune, tally.denominator().is_some())).or_default().push(at);
    }
    groups
}

fn hide_in(members: &[usize], k: u32, entry: impl Fn(usize) -> Entry) -> Hidden {
    let entries: Vec<Entry> = members.iter().map(|at| entry(*at)).collect();
    hide(&entries, k)
}

fn entry_of_guided(tally: &Tally, rules: &ReachRules) -> Entry {
    // Visited bounds nothing here: beside a hidden count of k or more it is hidden too.
    let (low, high) = match tally.denominator() {
        // A small count is always shown as `started`, so its rung says nothing.
        Some(_) if tally.guided < rules.k => (0, u32::MAX),
        Some(h) => ladder::range(ladder::status(Some(h), tally.guided, true, rules), h, rules),
        None => (0, u32::MAX),
    };
    Entry { count: tally.guided, low, high }
}

fn village(
    tally: &Tally,
    visited_hidden: bool,
    guided_hidden: bool,
    signal: Option<VillageSignal>,
    rules: &ReachRules,
    seen_from: Date,
) -> VillageReach {
    let figure = |value: u32, hidden: bool| match (tally.reports, hidden) {
        (false, _) => Figure::NotReported,
        (true, true) => Figure::Suppressed,
        (true, false) => Figure::Known(value),
    };
    let guided = figure(tally.guided, guided_hidden);
    let denominator = tally.denominator();
    let (remaining, percent) = match denominator {
        None => (Figure::NotReported, Figure::NotReported),
        Some(h) => (
            guided.map(|g| ladder::needed(rules.near_below, h).saturating_sub(g)),
            match guided.map(|g| percent(u64::from(g), u64::from(h))) {
                Figure::Known(_) if h < rules.percent_min_households => Figure::Suppressed,
                percent => percent,
            },
        ),
    };
    let mut status = ladder::status(denominator, tally.guided, tally.reports, rules);
    let is_rung = status >= ReachStatus::NotReached;
    if is_rung && (tally.few || (guided_hidden && tally.guided < rules.k && status > ReachStatus::Started)) {
        status = ReachStatus::Started;
    }
    VillageReach {
        village: tally.village,
        commune: tally.commune,
        status,
        households: tally.households.map_or(Figure::NotReported, Figure::Known),
        visited: figure(tally.visited, visited_hidden),
        guided,
        remaining,
        percent,
        // The day of a visit to a handful of homes tells too much of them.
        last_visit: tally.last_visit.filter(|_| tally.visited >= rules.k),
        stale: tally.last_visit.is_some_and(|day| days_between(day, seen_from) > rules.stale_after_days),
        over_declared: !guided_hidden && denominator.is_some_and(|h| tally.guided > h),
        signal,
    }
}

/// To one decimal, as every output prints it, and at most 100: more guided
/// than declared is a fault of the denominator.
pub(super) fn percent(guided: u64, households: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "households of a province are far below 2⁵³")]
    let share = guided as f64 / households as f64;
    (share * 1000.0).round().min(1000.0) / 10.0
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}
