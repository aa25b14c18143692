//! Whether a place that is claimed to be fixed works: only the runs since the
//! claim speak, by the rules of every other verdict.
//!
//! A dead place closes on good runs of two days, and in at least half of its
//! cells; one good morning is not a repair, nor one good corner, and one bad
//! morning no failure. What nobody measured again stays a claim.

use std::collections::BTreeSet;

use h3o::CellIndex;
use jiff::civil::Date;

use super::cells::of_passes;
use super::judge::good_runs;
use super::{Pass, REPORTING, View};
use crate::model::rules::SignalRules;
use crate::model::verdict::Verdict;

/// What the runs since a claim say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Not enough.
    Awaiting,
    Verified,
    Contradicted,
}

/// The runs since a claim, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    pub outcome: Outcome,
    pub runs: u32,
    pub days: u32,
    pub good_runs: u32,
    /// Cells of the place with such a run.
    pub cells: u32,
}

/// Judges a claim. `passes` in cell order, all of which the view shows; `cells` are r9, in order.
#[must_use]
pub fn since(claim: Date, cells: &[CellIndex], passes: &[Pass<'_>], view: &View, rules: &SignalRules) -> Since {
    let inside = |pass: &&Pass<'_>| {
        pass.day > claim && pass.run.cell.parent(REPORTING).is_some_and(|cell| cells.binary_search(&cell).is_ok())
    };
    let later: Vec<Pass<'_>> = passes.iter().filter(inside).copied().collect();
    let (good_runs, closes) = good_runs(&later, rules);
    let verdicts = of_passes(&later, view, rules, REPORTING);
    let works = verdicts.iter().filter(|cell| !cell.verdict.is_dead() && cell.verdict != Verdict::Suspected).count();
    let outcome = if verdicts.iter().any(|cell| cell.verdict.is_dead()) {
        Outcome::Contradicted
    } else if closes && works * 2 >= cells.len() {
        Outcome::Verified
    } else {
        Outcome::Awaiting
    };
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Since {
        outcome,
        runs: count(later.len()),
        days: count(later.iter().map(|pass| pass.day).collect::<BTreeSet<_>>().len()),
        good_runs: count(good_runs),
        cells: count(verdicts.len()),
    }
}
