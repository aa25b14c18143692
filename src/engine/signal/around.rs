//! Signal around a village: its r9 cell and the six around it, pooled; and the
//! verdict on the village as a place; and the same of a public place, from the runs within
//! a distance of it.
//!
//! A village point is often off by hundreds of metres, and people are judged
//! at the village centre, so a single cell would be luck. No run in the seven
//! cells is no verdict: unmeasured is not silent.

use h3o::{CellIndex, Resolution};

use super::judge::Scratch;
use super::locate::{cell_at, middle};
use super::views::{NetworkVerdict, View, table};
use super::{ByCell, Pass, REPORTING};
use crate::model::measure::LonLat;
use crate::model::rules::SignalRules;
use crate::model::verdict::{CellVerdict, PlaceVerdict, Verdict, VillageSignal};

/// Rings of r10 cells around a point that are its centre: cells whose middle lies within about
/// 150 m of the culture house, where Vietnamese practice judges a village.
const CENTRE: u32 = 1;

/// Metres by which another ring of r9 cells reaches out at the least: 1.5 edges of 201 m on average, which
/// vary by a sixth over the earth.
const RING_M: f64 = 250.0;
/// Rings for the largest distance that the rules allow.
const MOST_RINGS: u32 = 8;

/// The view's verdict within about 500 m of a point.
///
/// `cells` are the r9 verdicts of the same runs and view, in cell order.
#[must_use]
pub fn around(
    point: LonLat,
    runs: &ByCell<'_>,
    cells: &[CellVerdict],
    view: &View,
    rules: &SignalRules,
) -> Option<VillageSignal> {
    let disk: Vec<CellIndex> = cell_at(point, REPORTING)?.grid_disk(1);
    let pooled: Vec<Pass<'_>> = disk.iter().flat_map(|cell| runs.get(*cell)).copied().collect();
    let mut scratch = Scratch::default();
    let (best, _) = view.best(&table(&pooled, rules, &mut scratch))?;
    let middle: Vec<CellIndex> = cell_at(point, Resolution::Ten)?.grid_disk(CENTRE);
    let centre: Vec<Pass<'_>> = pooled.iter().filter(|pass| middle.contains(&pass.run.cell)).copied().collect();
    let centre = established(table(&centre, rules, &mut scratch), view, rules);
    let judged = |cell: &CellIndex| cells.binary_search_by_key(cell, |verdict| verdict.cell).ok();
    let parts: Vec<Verdict> = disk.iter().filter_map(judged).map(|at| cells[at].verdict).collect();
    Some(VillageSignal {
        verdict: best.verdict,
        confirmed: best.confirmed,
        median: best.median,
        evidence: best.evidence,
        place: place(centre, best.verdict, &parts),
    })
}

/// The view's verdict on a public place: all runs within a distance of it, metres, are its centre, and its
/// parts are those of each r9 cell. A run lies where the middle of its r10 cell does.
#[must_use]
pub fn within(
    point: LonLat,
    within_m: f64,
    runs: &ByCell<'_>,
    view: &View,
    rules: &SignalRules,
) -> Option<VillageSignal> {
    let rings = (1..MOST_RINGS).find(|rings| f64::from(*rings) * RING_M >= within_m).unwrap_or(MOST_RINGS);
    let disk: Vec<CellIndex> = cell_at(point, REPORTING)?.grid_disk(rings + 1);
    let is_near = |pass: &&Pass<'_>| middle(pass.run.cell).is_some_and(|middle| middle.distance_m(point) <= within_m);
    let parts = disk.iter().map(|cell| runs.get(*cell).iter().filter(is_near).copied().collect());
    let parts: Vec<Vec<Pass<'_>>> = parts.filter(|part: &Vec<_>| !part.is_empty()).collect();
    let mut scratch = Scratch::default();
    let all = table(&parts.concat(), rules, &mut scratch);
    let (best, _) = view.best(&all)?;
    let centre = established(all, view, rules);
    let verdict = |part: &Vec<Pass<'_>>| view.best(&table(part, rules, &mut scratch)).map(|(best, _)| best.verdict);
    let parts: Vec<Verdict> = parts.iter().filter_map(verdict).collect();
    Some(VillageSignal {
        verdict: best.verdict,
        confirmed: best.confirmed,
        median: best.median,
        evidence: best.evidence,
        place: place(centre, best.verdict, &parts),
    })
}

/// The verdict on a centre; `None` where too few runs of every network made it. To say that a place works takes as many
/// as to say that it does not: one good second is no coverage, nor does it hide the coverage of another network.
fn established(mut centre: Vec<NetworkVerdict>, view: &View, rules: &SignalRules) -> Option<Verdict> {
    centre.retain(|line| line.alone.evidence.runs >= rules.weak_min_runs);
    view.best(&centre).map(|(best, _)| best.verdict)
}

/// The verdict on a place from those on its centre, on the whole of it, and on its parts. The centre decides; what
/// differs from it makes a hole. Without an established centre there is not enough to say, nor where it works and the
/// whole looks weak.
fn place(centre: Option<Verdict>, whole: Verdict, parts: &[Verdict]) -> PlaceVerdict {
    let works = |verdict: &Verdict| *verdict >= Verdict::Outdoor;
    let has_dead_part = whole.is_dead() || parts.iter().any(|part| part.is_dead());
    match centre {
        None | Some(Verdict::Suspected) => PlaceVerdict::NotEnough,
        Some(centre) if works(&centre) && !has_dead_part && !works(&whole) => PlaceVerdict::NotEnough,
        Some(centre) if works(&centre) && !has_dead_part => PlaceVerdict::Covered,
        Some(centre) if works(&centre) || parts.iter().any(works) => PlaceVerdict::Hole,
        Some(Verdict::None) => PlaceVerdict::NoSignal,
        Some(_) => PlaceVerdict::Poor,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PlaceVerdict::{Covered, Hole, NoSignal, NotEnough, Poor};
    use Verdict::{Good, None as Silent, Outdoor, Suspected, Weak};

    #[test]
    fn the_centre_decides_and_a_part_that_differs_is_a_hole() {
        for (centre, whole, parts, expected) in [
            (None, Silent, &[Silent, Silent][..], NotEnough),
            (Some(Suspected), Silent, &[Silent], NotEnough),
            (Some(Silent), Silent, &[Silent, Weak], NoSignal),
            (Some(Silent), Silent, &[], NoSignal),
            (Some(Silent), Silent, &[Silent, Outdoor], Hole),
            (Some(Weak), Weak, &[Silent, Weak], Poor),
            (Some(Weak), Weak, &[Weak, Good], Hole),
            (Some(Good), Good, &[Good, Suspected], Covered),
            (Some(Outdoor), Outdoor, &[Outdoor, Weak], Hole),
            (Some(Good), Suspected, &[Good, Suspected], NotEnough),
            (Some(Good), Weak, &[Good, Suspected], Hole),
        ] {
            assert_eq!(place(centre, whole, parts), expected, "{centre:?} {whole:?} {parts:?}");
        }
    }
}
