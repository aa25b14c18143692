//! What the store keeps for other programs: r9 verdicts and dead areas of
//! every view, with no filter but that nothing after the day of the facts counts.
//!
//! The map asks its own questions of the same functions; a reader of the
//! file finds here what the map shows when nothing is filtered.

use super::Facts;
use super::answer::localities;
use super::signal::{self, ByCell, View};
use crate::model::claim::{ClaimCount, ClaimVerdict};
use crate::model::verdict::{CellVerdict, DeadArea};

/// Verdicts of every operator and of the best of all, on every technology and on the best of all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// In the order of views, then of cells.
    pub cells: Vec<CellVerdict>,
    /// In the order of views, then of the list.
    pub dead_areas: Vec<DeadArea>,
    /// Every claimed network held to its own claim, in the order of networks, then of cells.
    pub claims: Vec<ClaimVerdict>,
    /// One for each of those networks.
    pub claim_counts: Vec<ClaimCount>,
}

/// Judges every view.
#[must_use]
pub fn standing(facts: &Facts) -> Standing {
    let all = facts.passes(|day| day <= facts.today);
    let cells = signal::every_view(&all, &facts.rules.signal);
    let villages = localities(facts, &facts.villages_on(facts.today), facts.today);
    let networks = signal::ground(all.iter().map(|pass| pass.run));
    let mut dead_areas = Vec::new();
    for of_view in cells.chunk_by(|a, b| (a.operator, a.technology) == (b.operator, b.technology)) {
        let Some(first) = of_view.first() else { continue };
        let view = View::new(first.operator, first.technology, networks.iter().copied(), &facts.rules.signal);
        let shown = all.iter().filter(|pass| view.shows(pass.run.operator, pass.run.technology));
        let passes: Vec<_> = shown.copied().collect();
        dead_areas.extend(signal::dead_areas(
            of_view,
            &ByCell::new(&passes),
            &villages,
            &facts.claims,
            &facts.rules.signal,
        ));
    }
    let (mut claims, mut claim_counts) = (Vec::new(), Vec::new());
    for (operator, technology) in facts.claims.networks() {
        let held = facts.claims.hold(&all, (Some(operator), Some(technology)), &facts.rules.signal);
        claims.extend(held.cells);
        claim_counts.extend(held.counts);
    }
    Standing { cells, dead_areas, claims, claim_counts }
}
