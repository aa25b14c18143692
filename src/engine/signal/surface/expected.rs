//! What is expected of a network at cells that nobody drove through.
//!
//! Every r10 cell within reach of a measured one, from the medians of its runs.
//! A cell farther away has no line: nobody knows, and the map says so.

use std::collections::BTreeSet;

use h3o::{CellIndex, Resolution};
use rayon::prelude::*;

use super::{Spot, Surface};
use crate::engine::signal::locate::middle;
use crate::engine::signal::{Pass, groups, lower_median, standing};
use crate::model::measure::{Dbm, LonLat};
use crate::model::operator::{Operator, Technology};
use crate::model::rules::SignalRules;
use crate::model::sample::Run;

/// Metres between the middles of neighbouring r10 cells, at the least.
const SPACING_M: f64 = 120.0;

/// A cell of the surface. A province has hundreds of thousands for each network: single precision is a thousand times
/// finer than what is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// r10, r9 or r8.
    pub cell: CellIndex,
    pub operator: Operator,
    pub technology: Technology,
    /// dBm.
    pub mean_dbm: f32,
    /// Of a median measured there, dB.
    pub sd_db: f32,
    /// The chance that such a median lies below the "poor" cut, 0 to 1.
    pub weak: f32,
    /// Somebody measured in the cell.
    pub measured: bool,
}

/// Resolutions of the surface, coarse to fine.
pub const LEVELS: [Resolution; 3] = [Resolution::Eight, Resolution::Nine, Resolution::Ten];

/// A network's surface on the cells of each of [`LEVELS`], in cell order.
pub type Levels = [Vec<Expected>; 3];

/// The surface of one network. `passes` in cell order, all of one operator and one technology, and its
/// masts as far as they are known. Nothing where they make no surface.
#[must_use]
pub fn expected(passes: &[Pass<'_>], masts: &[LonLat], rules: &SignalRules) -> Levels {
    match (passes.first(), Surface::fit_with(&spots_of_runs(passes), masts)) {
        (Some(first), Some(surface)) => LEVELS.map(|level| cells(first.run, passes, &surface, rules, level)),
        _ => Levels::default(),
    }
}

fn cells(
    network: &Run,
    passes: &[Pass<'_>],
    surface: &Surface,
    rules: &SignalRules,
    resolution: Resolution,
) -> Vec<Expected> {
    let measured: BTreeSet<CellIndex> = passes.iter().filter_map(|pass| pass.run.cell.parent(resolution)).collect();
    let rings = (1..).find(|rings| f64::from(*rings) * SPACING_M >= surface.reach_m()).unwrap_or(1);
    let mut near: Vec<CellIndex> = passes
        .chunk_by(|one, other| one.run.cell == other.run.cell)
        .flat_map(|here| here[0].run.cell.grid_disk::<Vec<_>>(rings))
        .filter_map(|cell| cell.parent(resolution))
        .collect();
    near.par_sort_unstable();
    near.dedup();
    let (cells, places): (Vec<CellIndex>, Vec<LonLat>) =
        near.into_iter().filter_map(|cell| Some((cell, middle(cell)?))).unzip();
    let poor = f64::from(rules.cuts(network.technology).poor);
    let told = cells.into_iter().zip(surface.map(&places)).filter_map(|(cell, estimate)| {
        let estimate = estimate?;
        Some(Expected {
            cell,
            operator: network.operator,
            technology: network.technology,
            mean_dbm: estimate.mean_dbm as f32,
            sd_db: estimate.sd_db as f32,
            weak: estimate.below(poor) as f32,
            measured: measured.contains(&cell),
        })
    });
    let mut told: Vec<Expected> = told.collect();
    told.shrink_to_fit();
    told
}

/// The network that is expected to serve each cell best: the one least likely to be weak, then the
/// stronger. Powers of two technologies are not the same signal, so chances are compared, not powers.
#[must_use]
pub fn best(networks: &[&[Expected]]) -> Vec<Expected> {
    let mut all: Vec<Expected> = networks.concat();
    all.sort_unstable_by(|one, other| {
        (one.cell.cmp(&other.cell))
            .then(one.weak.total_cmp(&other.weak))
            .then(other.mean_dbm.total_cmp(&one.mean_dbm))
            .then((one.operator, one.technology).cmp(&(other.operator, other.technology)))
    });
    all.dedup_by_key(|expected| expected.cell);
    all.shrink_to_fit();
    all
}

/// The r10 cells of the passes with the medians of their runs.
pub(super) fn spots_of_runs(passes: &[Pass<'_>]) -> Vec<Spot> {
    groups(passes, Resolution::Ten).into_iter().filter_map(|(cell, passes)| spot(cell, passes)).collect()
}

fn spot(cell: CellIndex, passes: &[Pass<'_>]) -> Option<Spot> {
    let mut medians: Vec<f32> =
        standing(passes).map(|pass| pass.run.median.map_or(f32::NEG_INFINITY, Dbm::get)).collect();
    let median = lower_median(&mut medians, f32::total_cmp)?;
    Some(Spot {
        at: middle(cell)?,
        median_dbm: median.is_finite().then_some(f64::from(median)),
        readings: u32::try_from(medians.len()).unwrap_or(u32::MAX),
    })
}
