//! The visits with a flag or a decision, which are few: worked out whole once, then followed change by change.
//!
//! The inbox is of these. Flags of all visits rest on two orders of all of them, which takes ten seconds with five
//! million; a form changes only those in its home, at its coordinate and within minutes of it.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::counted::Basis;
use super::quality::{self, Desks};
use super::touched::Touched;
use super::visits::Difference;
use crate::model::flag::Flags;
use crate::model::visit::Visit;

/// Visits with a flag or a decision, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Odd(Vec<OddVisit>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct OddVisit {
    /// The index of the visit.
    pub(super) at: usize,
    /// All but that it repeats another.
    alone: Flags,
    /// It repeats the one before it in its home.
    repeats_home: bool,
    /// It repeats one at the next door.
    repeats_door: bool,
    /// Somebody has decided on it.
    decided: bool,
}

impl OddVisit {
    pub(super) fn flags(self) -> Flags {
        quality::beside(self.alone, self.repeats_home || self.repeats_door)
    }

    fn is_odd(self) -> bool {
        self.decided || self.repeats_home || self.repeats_door || !self.alone.is_empty()
    }
}

impl Odd {
    pub(super) fn of(basis: Basis<'_>) -> Self {
        let visits: Vec<&Visit> = basis.visits.iter().collect();
        let desks = Desks::of(visits.iter().copied());
        let look = |(at, visit): (usize, &&Visit)| {
            let alone = quality::alone(visit, desks.beside(visit), basis.today);
            let decided = basis.decisions.contains_key(&visit.source_id);
            OddVisit { at, alone, decided, ..OddVisit::default() }
        };
        let mut all: Vec<OddVisit> = visits.par_iter().enumerate().map(look).collect();
        quality::home_repeats(&visits).into_iter().for_each(|at| all[at].repeats_home = true);
        quality::door_repeats(&visits).into_iter().for_each(|at| all[at].repeats_door = true);
        all.retain(|visit| visit.is_odd());
        all.shrink_to_fit();
        Self(all)
    }

    /// The same from those before, for the same day.
    pub(super) fn after(&self, touched: &Touched<'_>) -> Self {
        let known = carried(&self.0, touched.difference);
        let visits: Vec<&Visit> = touched.near.iter().map(|at| &touched.now.visits[*at]).collect();
        let desks = Desks::of(visits.iter().copied());
        let [homes, doors] = [quality::home_repeats(&visits), quality::door_repeats(&visits)]
            .map(|repeats| repeats.into_iter().collect::<FxHashSet<usize>>());
        let of: FxHashMap<usize, OddVisit> = known.iter().map(|visit| (visit.at, *visit)).collect();
        let again = touched.near.iter().zip(&visits).enumerate().map(|(near, (at, visit))| {
            let mut odd = of.get(at).copied().unwrap_or(OddVisit { at: *at, ..OddVisit::default() });
            // Of what is not all among those near, it stays as it was.
            if touched.stands_beside(visit) || touched.difference.is_new(*at) {
                odd.alone = quality::alone(visit, desks.beside(visit), touched.now.today);
            }
            if touched.shares_home(visit) {
                odd.repeats_home = homes.contains(&near);
            }
            if touched.comes_soon_after(visit) {
                odd.repeats_door = doors.contains(&near);
            }
            odd.decided = touched.now.decisions.contains_key(&visit.source_id);
            odd
        });
        let again: Vec<OddVisit> = again.filter(|odd| odd.is_odd()).collect();
        let mut all: Vec<OddVisit> =
            known.into_iter().filter(|odd| touched.near.binary_search(&odd.at).is_err()).chain(again).collect();
        all.sort_unstable_by_key(|odd| odd.at);
        Self(all)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = OddVisit> {
        self.0.iter().copied()
    }
}

/// Those known before, at the indices of now; one that changed has nothing of what it had.
fn carried(known: &[OddVisit], difference: &Difference) -> Vec<OddVisit> {
    let mut gone = 0;
    let moved = known.iter().filter_map(|odd| {
        while difference.gone.get(gone).is_some_and(|at| *at < odd.at) {
            gone += 1;
        }
        let stays = difference.before.binary_search(&odd.at).is_err();
        stays.then_some(OddVisit { at: odd.at - gone, ..*odd })
    });
    moved.collect()
}
