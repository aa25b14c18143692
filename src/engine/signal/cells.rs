//! Verdicts on cells, for one view or for every view.
//!
//! Runs are grouped by the parent of their r10 cell. A cell appears when a run
//! of the view lies in it; a cell that nobody measured does not appear, which
//! is not the same as a cell without signal.

use std::collections::{BTreeMap, BTreeSet};

use h3o::{CellIndex, Resolution};
use rayon::prelude::*;

use super::judge::{Judged, Scratch};
use super::views::{NetworkVerdict, View, table};
use super::{Pass, REPORTING, groups, superseded};
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
    let view = View::new(operator, technology, ground(runs.iter().copied()), rules);
    let passes = superseded::marked(runs.into_iter().filter(|run| view.shows(run.operator, run.technology)), rules);
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
/// cell order, as [`superseded::marked`] returns them.
#[must_use]
pub fn every_view(passes: &[Pass<'_>], rules: &SignalRules) -> Vec<CellVerdict> {
    Tables::of(passes, rules).every_view(rules)
}

/// What each network is worth in each r9 cell: all that views need.
#[derive(Default)]
pub struct Tables(Vec<(CellIndex, Vec<NetworkVerdict>)>);

impl Tables {
    /// `passes` in cell order.
    #[must_use]
    pub fn of(passes: &[Pass<'_>], rules: &SignalRules) -> Self {
        let table =
            |scratch: &mut Scratch, (cell, group): &(CellIndex, &[Pass<'_>])| (*cell, table(group, rules, scratch));
        Self(groups(passes, REPORTING).par_iter().map_init(Scratch::default, table).collect())
    }

    /// Takes in the cells of other ground.
    pub fn add(&mut self, other: Self) {
        let is_in_order = self.0.last().map(|(cell, _)| cell) < other.0.first().map(|(cell, _)| cell);
        self.0.extend(other.0);
        if !is_in_order {
            self.0.sort_unstable_by_key(|(cell, _)| *cell);
        }
    }

    /// As [`every_view`].
    #[must_use]
    pub fn every_view(&self, rules: &SignalRules) -> Vec<CellVerdict> {
        let mut ground: BTreeMap<(Operator, Technology), u64> = BTreeMap::new();
        for line in self.0.iter().flat_map(|(_, lines)| lines) {
            *ground.entry((line.alone.operator, line.alone.technology)).or_default() += 1;
        }
        let operators: BTreeSet<Operator> = ground.keys().map(|(operator, _)| *operator).collect();
        let technologies = Technology::ALL.into_iter().filter(|t| ground.keys().any(|(_, technology)| technology == t));
        let technologies: Vec<_> = std::iter::once(None).chain(technologies.map(Some)).collect();
        let networks = || ground.iter().map(|((operator, technology), cells)| (*operator, *technology, *cells));
        let views: Vec<View> = std::iter::once(None)
            .chain(operators.into_iter().map(Some))
            .flat_map(|operator| technologies.iter().map(move |technology| (operator, *technology)))
            .map(|(operator, technology)| View::new(operator, technology, networks(), rules))
            .collect();
        let of_view = |view: &View| -> Vec<CellVerdict> {
            let mut verdicts = Vec::with_capacity(self.0.len());
            let best = |(cell, table): &(CellIndex, Vec<NetworkVerdict>)| Some(verdict(*cell, view, view.best(table)?));
            verdicts.extend(self.0.iter().filter_map(best));
            verdicts
        };
        views.par_iter().map(of_view).collect::<Vec<_>>().concat()
    }
}

/// In how many r9 cells each network was measured, for [`View::new`]; `runs` in cell order.
#[must_use]
pub fn ground<'a>(runs: impl IntoIterator<Item = &'a Run>) -> Vec<(Operator, Technology, u64)> {
    let mut ground: Vec<(Operator, Technology, u64)> = Vec::new();
    // The cell, and which networks were met in it.
    let (mut here, mut met): (_, Vec<(Operator, Technology)>) = (None, Vec::new());
    for run in runs {
        let cell = run.cell.parent(REPORTING);
        if cell != here {
            here = cell;
            met.clear();
        }
        let network = (run.operator, run.technology);
        if met.contains(&network) {
            continue;
        }
        met.push(network);
        match ground.binary_search_by_key(&network, |(of, on, _)| (*of, *on)) {
            Ok(at) => ground[at].2 += 1,
            Err(at) => ground.insert(at, (run.operator, run.technology, 1)),
        }
    }
    ground
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
