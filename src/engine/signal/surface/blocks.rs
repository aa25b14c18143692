//! Leaving out whole blocks of ground, to see what a field is worth.

use std::collections::BTreeMap;

use h3o::{CellIndex, Resolution};
use rayon::prelude::*;

use super::normal::NINE_IN_TEN;
use super::{Estimate, step};
use crate::engine::signal::locate::cell_at;
use crate::model::measure::LonLat;

/// Parts that are left out in turn.
const FOLDS: usize = 5;
/// A block should be wider than neighbours are alike (r9: 350 m across), and there should be enough of them.
const BLOCKS: [Resolution; 3] = [Resolution::Nine, Resolution::Ten, Resolution::Eleven];
const ENOUGH_BLOCKS: usize = 12;
/// Places that are predicted, evenly through all.
const MOST_PREDICTED: usize = 2_000;
/// The factor that drives in Santa Monica, Manassas and Kaiserslautern agree on, and the blocks that it
/// counts for: a quantile of thirty blocks is a matter of luck.
const USUAL: f64 = 1.08;
const USUAL_BLOCKS: f64 = 200.0;
/// Bounds of the factor on standard deviations: beyond them the model is wrong, not its width.
const WIDENED: (f64, f64) = (0.7, 2.0);

/// A split of places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folds {
    /// For each place the number of its fold; places of one H3 block are in one.
    pub of: Vec<u32>,
    pub blocks: usize,
}

/// Splits places into five folds of whole H3 blocks, as equal as they come.
#[must_use]
pub fn folds(places: &[LonLat]) -> Folds {
    let mut by_block: BTreeMap<Option<CellIndex>, Vec<usize>> = BTreeMap::new();
    for resolution in BLOCKS {
        by_block.clear();
        for (number, at) in places.iter().enumerate() {
            by_block.entry(cell_at(*at, resolution)).or_default().push(number);
        }
        if by_block.len() >= ENOUGH_BLOCKS {
            break;
        }
    }
    // The largest block first, each into the fold that is smallest so far.
    let mut blocks: Vec<Vec<usize>> = by_block.into_values().collect();
    let count = blocks.len();
    blocks.sort_by_key(|block| std::cmp::Reverse(block.len()));
    let mut sizes = [0; FOLDS];
    let mut folds = vec![0; places.len()];
    for block in blocks {
        let smallest = (0..FOLDS).min_by_key(|fold| sizes[*fold]).unwrap_or_default();
        sizes[smallest] += block.len();
        block.into_iter().for_each(|place| folds[place] = smallest as u32);
    }
    Folds { of: folds, blocks: count }
}

/// The factor on standard deviations with which nine in ten places of ground not seen hold; `left_out`
/// predicts a place from those that count, and says what was measured.
///
/// Places of one block err together, so blocks are what the future draws from, and of `B` blocks
/// the share 0.9 (1 + 1/B) is asked for (Dunn, Wasserman and Ramdas 2022).
pub(super) fn sd_calibration(
    left_out: impl Fn(usize, &dyn Fn(usize) -> bool) -> (Estimate, f64) + Sync,
    folds: &Folds,
) -> f64 {
    let of = &folds.of;
    let step = step(of.len(), MOST_PREDICTED);
    let width = |at: usize| {
        let (estimate, dbm) = left_out(at, &|other| of[other] != of[at]);
        (estimate.mean_dbm - dbm).abs() / estimate.sd_db
    };
    let mut widths: Vec<f64> = (0..of.len()).into_par_iter().step_by(step).map(width).collect();
    widths.sort_by(f64::total_cmp);
    let share = 0.9 * (1.0 + 1.0 / folds.blocks as f64);
    let rank = (0..widths.len()).take_while(|rank| ((rank + 1) as f64) < share * widths.len() as f64).count();
    let held = widths.get(rank).or(widths.last()).copied().unwrap_or(NINE_IN_TEN);
    let (own, blocks) = (held / NINE_IN_TEN, folds.blocks as f64);
    ((own * blocks + USUAL * USUAL_BLOCKS) / (blocks + USUAL_BLOCKS)).clamp(WIDENED.0, WIDENED.1)
}
