//! Signal by place: samples become runs, runs become verdicts on cells,
//! dead cells become areas, and villages get a verdict of their own.
//!
//! Everything is judged by the median of runs with silence below every
//! reading: a mean would need a number for silence, and would let one strong
//! reading hide four weak ones. A place without a run has no verdict at all.

use h3o::{CellIndex, Resolution};
use jiff::civil::Date;

use crate::model::measure::local_day;
use crate::model::sample::Run;

pub mod around;
pub mod cells;
pub mod change;
pub mod claims;
pub mod dead_areas;
pub mod devices;
pub mod hints;
mod judge;
pub mod locate;
pub mod measure_next;
pub mod proof;
pub mod runs;
pub mod sites;
pub mod superseded;
pub mod surface;
mod views;
pub mod wilson;

#[cfg(test)]
mod scenes;

pub use cells::{cells, every_view, ground};
pub use dead_areas::dead_areas;
pub use runs::runs;
pub use views::View;

/// The resolution that verdicts are published at: 201 m edge, 0.105 km².
pub const REPORTING: Resolution = Resolution::Nine;

/// A run and the local day that it began on, which is the one day it counts for.
#[derive(Clone, Copy, Debug)]
pub struct Pass<'a> {
    pub run: &'a Run,
    pub day: Date,
    /// Its phone is told from others on this day alone.
    pub of_a_day: bool,
    /// Later runs of the place say the opposite: no verdict rests on it.
    pub superseded: bool,
}

/// The runs in cell order, so that the runs of a cell of any resolution lie
/// side by side: an H3 index sorts like its path from the base cell down. None is marked as superseded yet.
#[must_use]
pub fn passes<'a>(runs: impl IntoIterator<Item = &'a Run>) -> Vec<Pass<'a>> {
    // Cells beside the runs: to sort by what lies behind a pointer takes four times as long.
    let mut order: Vec<(CellIndex, &Run)> = runs.into_iter().map(|run| (run.cell, run)).collect();
    order.sort_unstable_by_key(|(cell, _)| *cell);
    order
        .into_iter()
        .map(|(_, run)| Pass { run, day: local_day(run.start), of_a_day: false, superseded: false })
        .collect()
}

/// Those that verdicts rest on.
fn standing<'p, 'a>(passes: &'p [Pass<'a>]) -> impl Iterator<Item = &'p Pass<'a>> {
    passes.iter().filter(|pass| !pass.superseded)
}

/// Passes found by their r9 cell.
pub struct ByCell<'a> {
    groups: Vec<(CellIndex, &'a [Pass<'a>])>,
}

impl<'a> ByCell<'a> {
    /// `passes` in cell order, as [`passes`] returns them.
    #[must_use]
    pub fn new(passes: &'a [Pass<'a>]) -> Self {
        Self { groups: groups(passes, REPORTING) }
    }

    /// r9 cells with a pass, in order.
    pub fn cells(&self) -> impl Iterator<Item = CellIndex> {
        self.groups.iter().map(|(cell, _)| *cell)
    }

    /// Nothing where nobody measured.
    #[must_use]
    pub fn get(&self, cell: CellIndex) -> &'a [Pass<'a>] {
        self.groups.binary_search_by_key(&cell, |(cell, _)| *cell).map_or(&[], |at| self.groups[at].1)
    }
}

/// Slices of passes by their cell at a resolution, in cell order. A run whose
/// cell is coarser than that cannot be placed and is left out.
fn groups<'a>(passes: &'a [Pass<'a>], resolution: Resolution) -> Vec<(CellIndex, &'a [Pass<'a>])> {
    passes
        .chunk_by(|a, b| a.run.cell.parent(resolution) == b.run.cell.parent(resolution))
        .filter_map(|group| Some((group.first()?.run.cell.parent(resolution)?, group)))
        .collect()
}

/// The middle value, the lower of two: silence ranks below every reading, and
/// half a place in silence is not a working place. `None` for nothing.
fn lower_median<T: Copy>(values: &mut [T], order: impl FnMut(&T, &T) -> std::cmp::Ordering) -> Option<T> {
    if let [only] = values {
        return Some(*only);
    }
    let middle = values.len().checked_sub(1)? / 2;
    Some(*values.select_nth_unstable_by(middle, order).1)
}
