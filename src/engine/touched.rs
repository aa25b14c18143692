//! Which visits may stand otherwise than a moment before, found by one walk through all: beside those that changed
//! stand others at one coordinate, in one home, and in a commune within minutes.

use std::collections::HashMap;

use jiff::Timestamp;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::counted::Basis;
use super::quality::{SAME_MS, Spot, spot};
use super::visits::Difference;
use crate::model::admin::UnitCode;
use crate::model::review::Decision;
use crate::model::visit::Visit;

/// What has changed, and the visits of now that are near it.
pub(super) struct Touched<'a> {
    pub(super) now: Basis<'a>,
    pub(super) before: Basis<'a>,
    pub(super) difference: &'a Difference,
    /// In order.
    pub(super) near: Vec<usize>,
    /// Ids of visits on which the last decision is another one.
    decided: FxHashSet<&'a str>,
    /// Coordinates of visits that came, went or changed, and of those that were decided on.
    spots: FxHashSet<Spot>,
    /// Homes of visits that came, went or changed.
    homes: FxHashSet<u64>,
    /// When such visits were made, in order.
    times: FxHashMap<UnitCode, Vec<Timestamp>>,
}

impl<'a> Touched<'a> {
    pub(super) fn of(before: Basis<'a>, now: Basis<'a>, difference: &'a Difference) -> Self {
        let was = difference.before.iter().map(|at| &before.visits[*at]);
        let new = (difference.new_from..now.visits.len()).chain(difference.now.iter().copied());
        let changed: Vec<&Visit> = was.chain(new.map(|at| &now.visits[at])).collect();
        let mut times: FxHashMap<UnitCode, Vec<Timestamp>> = FxHashMap::default();
        for visit in &changed {
            times.entry(visit.commune).or_default().push(visit.time);
        }
        times.values_mut().for_each(|times| times.sort_unstable());
        let mut touched = Self {
            now,
            before,
            difference,
            near: Vec::new(),
            decided: differing(before.decisions, now.decisions),
            spots: changed.iter().filter_map(|visit| spot(visit)).collect(),
            homes: changed.iter().map(|visit| visit.household).collect(),
            times,
        };
        if !touched.decided.is_empty() {
            let decided = now.visits.iter().filter(|visit| touched.is_decided(visit)).filter_map(spot);
            touched.spots.extend(decided.collect::<Vec<_>>());
        }
        let near = |(start, visits): &(usize, &[Visit])| -> Vec<usize> {
            let all = visits.iter().enumerate().map(|(at, visit)| (start + at, visit));
            all.filter(|(at, visit)| touched.is_near(*at, visit)).map(|(at, _)| at).collect()
        };
        touched.near = now.visits.pieces().par_iter().flat_map_iter(near).collect();
        touched
    }

    /// Whether a visit came or changed, was decided on, or stands where such a one stands or stood: what it counts
    /// for rests on nothing else.
    pub(super) fn may_count_otherwise(&self, at: usize, visit: &Visit) -> bool {
        self.stands_beside(visit) || self.difference.is_new(at) || self.is_decided(visit)
    }

    pub(super) fn stands_beside(&self, visit: &Visit) -> bool {
        spot(visit).is_some_and(|spot| self.spots.contains(&spot))
    }

    pub(super) fn shares_home(&self, visit: &Visit) -> bool {
        self.homes.contains(&visit.household)
    }

    /// Whether it was made at the moment of a visit that changed, or within minutes after, in one commune with it.
    pub(super) fn comes_soon_after(&self, visit: &Visit) -> bool {
        self.times.get(&visit.commune).is_some_and(|times| {
            let last = times.partition_point(|time| *time <= visit.time).checked_sub(1);
            last.is_some_and(|last| visit.time.as_millisecond() - times[last].as_millisecond() < SAME_MS)
        })
    }

    fn comes_soon_before(&self, visit: &Visit) -> bool {
        self.times.get(&visit.commune).is_some_and(|times| {
            let next = times.get(times.partition_point(|time| *time < visit.time));
            next.is_some_and(|next| next.as_millisecond() - visit.time.as_millisecond() < SAME_MS)
        })
    }

    fn is_decided(&self, visit: &Visit) -> bool {
        !self.decided.is_empty() && self.decided.contains(visit.source_id.as_str())
    }

    fn is_near(&self, at: usize, visit: &Visit) -> bool {
        self.shares_home(visit)
            || self.comes_soon_after(visit)
            || self.comes_soon_before(visit)
            || self.may_count_otherwise(at, visit)
    }
}

/// Ids on which the last decision is another one.
fn differing<'a>(before: &'a HashMap<String, Decision>, now: &'a HashMap<String, Decision>) -> FxHashSet<&'a str> {
    let gone = before.keys().filter(|id| !now.contains_key(*id));
    let other = now.iter().filter(|(id, decision)| before.get(*id) != Some(decision)).map(|(id, _)| id);
    gone.chain(other).map(String::as_str).collect()
}
