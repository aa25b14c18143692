//! Signal around a village: its r9 cell and the six around it, pooled.
//!
//! A village point is often off by hundreds of metres, and people are judged
//! at the village centre, so a single cell would be luck. No run in the seven
//! cells is no verdict: unmeasured is not silent.

use h3o::CellIndex;

use super::judge::Scratch;
use super::runs::cell_at;
use super::views::{View, table};
use super::{ByCell, Pass, REPORTING};
use crate::model::measure::LonLat;
use crate::model::rules::SignalRules;
use crate::model::verdict::VillageSignal;

/// The view's verdict within about 500 m of a point.
#[must_use]
pub fn around(point: LonLat, runs: &ByCell<'_>, view: &View, rules: &SignalRules) -> Option<VillageSignal> {
    let disk: Vec<CellIndex> = cell_at(point, REPORTING)?.grid_disk(1);
    let pooled: Vec<Pass<'_>> = disk.into_iter().flat_map(|cell| runs.get(cell)).copied().collect();
    let (best, _) = view.best(&table(&pooled, rules, &mut Scratch::default()))?;
    Some(VillageSignal {
        verdict: best.verdict,
        confirmed: best.confirmed,
        median: best.median,
        evidence: best.evidence,
    })
}
