//! Verdicts on cells, for one view or for every view.
//!
//! Runs are grouped by the parent of their r10 cell. A cell appears when a run
//! of the view lies in it; a cell that nobody measured does not appear, which
//! is not the same as a cell without signal.

use h3o::{CellIndex, Resolution};
use rayon::prelude::*;

use super::judge::{Judged, Scratch};
use super::views::{View, table};
use super::{Pass, REPORTING, groups, passes};
use crate::model::operator::{Operator, Technology};
use crate::model::rules::SignalRules;
use crate::model::sample::Run;
use crate::model::verdict::CellVerdict;

/// Verdicts of one view in cell order.
#[must_use]
pub fn cells<'a>(
    runs: impl IntoIterator<Item = &'a Run>,
    operator: Option<Operator>,
    technology: Option<Technology>,
    rules: &SignalRules,
    resolution: Resolution,
) -> Vec<CellVerdict> {
    let runs: Vec<&Run> = runs.into_iter().collect();
    let view = View::new(operator, technology, networks(runs.iter().copied()), rules);
    let passes = passes(runs.into_iter().filter(|run| view.shows(run.operator, run.technology)));
    of_passes(&passes, &view, rules, resolution)
}

/// The same on passes in cell order, all of which the view shows.
#[must_use]
pub fn of_passes(passes: &[Pass<'_>], view: &View, rules: &SignalRules, resolution: Resolution) -> Vec<CellVerdict> {
    groups(passes, resolution)
        .par_iter()
        .map_init(Scratch::default, |scratch, (cell, group)| {
            view.best(&table(group, rules, scratch)).map(|best| verdict(*cell, view, best))
        })
        .flatten_iter()
        .collect()
}

/// r9 verdicts of every operator and of the best of all, on every technology
/// and on the best of all, in the order of views and then of cells. `passes` in
/// cell order, as [`passes`] returns them.
#[must_use]
pub fn every_view(passes: &[Pass<'_>], rules: &SignalRules) -> Vec<CellVerdict> {
    let tables: Vec<(CellIndex, Vec<Judged>)> = groups(passes, REPORTING)
        .par_iter()
        .map_init(Scratch::default, |scratch, (cell, group)| (*cell, table(group, rules, scratch)))
        .collect();
    let runs = || passes.iter().map(|pass| pass.run);
    let mut operators: Vec<Operator> = runs().map(|run| run.operator).collect();
    operators.sort_unstable();
    operators.dedup();
    let technologies = Technology::ALL.into_iter().filter(|t| runs().any(|run| run.technology == *t));
    let technologies: Vec<_> = std::iter::once(None).chain(technologies.map(Some)).collect();
    let mut views = Vec::new();
    for operator in std::iter::once(None).chain(operators.into_iter().map(Some)) {
        for technology in &technologies {
            views.push(View::new(operator, *technology, networks(runs()), rules));
        }
    }
    let of_view = |view: &View| -> Vec<CellVerdict> {
        tables.iter().filter_map(|(cell, table)| view.best(table).map(|best| verdict(*cell, view, best))).collect()
    };
    views.par_iter().flat_map_iter(of_view).collect()
}

fn networks<'a>(runs: impl IntoIterator<Item = &'a Run>) -> impl Iterator<Item = (&'a Operator, &'a Technology)> {
    runs.into_iter().map(|run| (&run.operator, &run.technology))
}

fn verdict(cell: CellIndex, view: &View, (best, operators_measured): (Judged, u32)) -> CellVerdict {
    CellVerdict {
        cell,
        operator: view.operator,
        technology: view.technology,
        verdict: best.verdict,
        confirmed: best.confirmed,
        median: best.median,
        evidence: best.evidence,
        operators_measured,
    }
}
