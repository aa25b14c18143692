//! Reach: which villages the teams have not reached, driven by the register.
//!
//! A village exists because it is listed, not because somebody went there, so
//! the one that nobody visited stands first. Missing is never zero: without a
//! denominator or a report there is no percentage at all. Counts of fewer
//! than k households do not leave this room.

use std::collections::HashSet;

use jiff::civil::Date;
use rayon::prelude::*;

use super::facts::Facts;
use crate::model::admin::UnitCode;
use crate::model::village::VillageCode;

mod communes;
pub(super) mod floor;
mod ladder;
mod order;
mod steps;
mod villages;

#[cfg(test)]
mod readers;
#[cfg(test)]
mod scenes;

pub use communes::{MeasuredCell, communes};
pub(super) use order::remaining_at_most;
pub use order::unreached;
pub use steps::Steps;
pub use villages::{Judged, judge};

/// What the visits say of one village, before anything is hidden.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tally {
    pub village: VillageCode,
    /// The commune that held it on the day; the declared one where none did.
    pub commune: UnitCode,
    /// It lies in a commune of that day's edition, and counts in its sums.
    pub placed: bool,
    pub households: Option<u32>,
    /// Distinct households with any visit.
    pub visited: u32,
    /// Distinct households guided; in steps, those that everybody may know of.
    pub guided: u32,
    /// Some are guided, and `guided` tells of none.
    pub few: bool,
    /// Told in steps: what is not told so is not told at all.
    pub in_steps: bool,
    pub last_visit: Option<Date>,
    /// Somebody in its commune reported a visit that counts.
    pub reports: bool,
}

impl Tally {
    /// Declared households above zero. A village of no households has nothing
    /// to divide by: `None`, not 100 %.
    #[must_use]
    pub fn denominator(&self) -> Option<u32> {
        self.households.filter(|h| *h > 0)
    }
}

/// Counts the visits of the days that `covers` accepts; with `steps`, as everybody may know them. `villages` are
/// indices into `Facts::villages`; the days are that of the units and that of the register.
#[must_use]
pub fn tallies(
    facts: &Facts,
    villages: &[usize],
    (as_of, register_on): (Date, Date),
    covers: impl Fn(Date) -> bool + Sync,
    steps: Option<Steps>,
) -> Vec<Tally> {
    let covers = |day: Date| covers(day) && steps.is_none_or(|steps| steps.covers(day));
    let mut tallies: Vec<Tally> =
        villages.par_iter().map(|at| tally(facts, *at, (as_of, register_on), &covers, steps)).collect();
    let mut reporting: HashSet<(bool, UnitCode)> =
        tallies.iter().filter(|t| t.visited > 0).map(|t| (t.placed, t.commune)).collect();
    reporting.extend(facts.loose_communes(as_of, covers).into_iter().map(|commune| (true, commune)));
    for tally in &mut tallies {
        tally.reports = reporting.contains(&(tally.placed, tally.commune));
    }
    tallies
}

fn tally(
    facts: &Facts,
    at: usize,
    (as_of, register_on): (Date, Date),
    covers: &impl Fn(Date) -> bool,
    steps: Option<Steps>,
) -> Tally {
    let village = &facts.villages[at];
    let placed = facts.commune_of_village(at, as_of);
    let (mut visited, mut guided, mut few, mut last_visit) = (0, 0, false, None);
    let mut first_guided: Vec<Date> = Vec::new();
    // One home on two days is one home.
    for visits in facts.homes_on(at, register_on).chunk_by(|a, b| a.household == b.household) {
        let counted = || visits.iter().filter(|visit| covers(visit.day));
        visited += u32::from(counted().next().is_some());
        let first = counted().filter(|visit| visit.guided).map(|visit| visit.day).min();
        guided += u32::from(first.is_some());
        first_guided.extend(first.filter(|_| steps.is_some()));
        last_visit = last_visit.max(counted().map(|visit| visit.day).max());
    }
    if let Some(steps) = steps {
        (guided, few) = steps.told(first_guided);
        last_visit = last_visit.map(Date::last_of_month);
    }
    Tally {
        village: village.code,
        commune: placed.unwrap_or(village.commune),
        placed: placed.is_some(),
        households: facts.declared_on(at, register_on).0,
        visited,
        guided,
        few,
        in_steps: steps.is_some(),
        last_visit,
        reports: false,
    }
}
