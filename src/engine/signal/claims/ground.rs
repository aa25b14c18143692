//! The ground of a claim, as H3 cells.
//!
//! A drawn area claims the r10 cells whose middle lies in it; cells that a
//! file names stay as they are. Every candidate is tested against the exact
//! area, so nothing leaks out of a ring that touches or crosses itself. How
//! much ground one claim may hold is bounded: degrees that are wrong by a
//! factor would fill the memory with the whole earth.

use geo_types::{Coord, MultiPolygon, Polygon};
use h3o::{CellIndex, Resolution};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::engine::boundaries::Lookup;
use crate::engine::boundaries::area::area_m2;
use crate::engine::signal::locate::{cell_at, middle};
use crate::model::admin::UnitCode;
use crate::model::claim::ClaimedCell;
use crate::model::measure::{Dbm, LonLat};

/// Areas are taken as cells of this resolution: 75 m edge, that of runs.
pub const DRAWN: Resolution = Resolution::Ten;
/// Cells of r10 that one claim may hold, about 60,000 km²: more than twice the largest province (Lâm Đồng,
/// 24,233 km²).
pub const MOST_CELLS: u64 = 4_000_000;
/// The same for people, km².
pub const MOST_KM2: u32 = 60_000;
/// Metres between the places along a border whose cells are looked at: half an edge of r10, with room for
/// cells that are smaller than the average.
const STEP_M: f64 = 20.0;
/// Such places of one area: 200,000 km of border. All borders and coasts of Viet Nam are 8,000 km.
const MOST_STEPS: u64 = 10_000_000;
/// Metres of a degree of latitude, roundly.
const DEGREE_M: f64 = 111_000.0;

/// More ground than one claim may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooMuch {
    /// One area alone.
    Area,
    /// All that was claimed before, with this.
    Claim,
}

/// Ground in the making. Where several rows claim a cell, the highest minimum counts: an operator is held to
/// all that it claims.
#[derive(Default)]
pub struct Ground {
    drawn: FxHashMap<CellIndex, Option<Dbm>>,
    given: FxHashMap<CellIndex, Option<Dbm>>,
    /// Of the given ones, in cells of r10.
    given_size: u64,
}

impl Ground {
    /// Adds a cell as it is.
    ///
    /// # Errors
    /// [`TooMuch`], and nothing is added.
    pub fn give(&mut self, cell: CellIndex, minimum: Option<Dbm>) -> Result<(), TooMuch> {
        let size = cell.children_count(DRAWN).max(1);
        let known = self.given.contains_key(&cell);
        if !known && self.size() + size > MOST_CELLS {
            return Err(TooMuch::Claim);
        }
        self.given_size += if known { 0 } else { size };
        claim(&mut self.given, cell, minimum);
        Ok(())
    }

    /// Adds the r10 cells whose middle lies in any part of an area, and returns how many those are.
    ///
    /// # Errors
    /// [`TooMuch`], and nothing is added.
    pub fn draw(&mut self, area: &MultiPolygon<f64>, minimum: Option<Dbm>) -> Result<usize, TooMuch> {
        // Plainly too large is seen at once; what is near the bound, or crosses itself, by counting.
        if area_m2(area).is_ok_and(|m2| m2 > 2e6 * f64::from(MOST_KM2)) {
            return Err(TooMuch::Area);
        }
        let mut cells = FxHashSet::default();
        for part in area {
            cover(part, &mut cells)?;
        }
        let new = cells.iter().filter(|cell| !self.drawn.contains_key(cell)).count() as u64;
        if self.size() + new > MOST_CELLS {
            return Err(TooMuch::Claim);
        }
        cells.iter().for_each(|cell| claim(&mut self.drawn, *cell, minimum));
        Ok(cells.len())
    }

    /// In cells of r10, those of overlapping rows once or twice.
    fn size(&self) -> u64 {
        self.drawn.len() as u64 + self.given_size
    }

    /// Every cell once, in order; whole families of drawn cells that claim the same are one parent.
    #[must_use]
    pub fn finish(self) -> Vec<ClaimedCell> {
        let mut by_minimum: FxHashMap<Option<u32>, (Option<Dbm>, Vec<CellIndex>)> = FxHashMap::default();
        for (cell, minimum) in self.drawn {
            let bits = minimum.map(|power| power.get().to_bits());
            by_minimum.entry(bits).or_insert_with(|| (minimum, Vec::new())).1.push(cell);
        }
        let mut all = self.given;
        for (minimum, mut cells) in by_minimum.into_values() {
            // Distinct cells of one resolution always compact; as they are they still tell the truth.
            let _ = CellIndex::compact(&mut cells);
            cells.into_iter().for_each(|cell| claim(&mut all, cell, minimum));
        }
        let mut cells: Vec<ClaimedCell> =
            all.into_iter().map(|(cell, minimum)| ClaimedCell { cell, minimum }).collect();
        cells.sort_unstable_by_key(|claimed| claimed.cell);
        cells
    }
}

fn claim(cells: &mut FxHashMap<CellIndex, Option<Dbm>>, cell: CellIndex, minimum: Option<Dbm>) {
    let known = cells.entry(cell).or_insert(minimum);
    *known = stronger(*known, minimum);
}

/// The claim that promises more; one without a power promises least.
pub(super) fn stronger(a: Option<Dbm>, b: Option<Dbm>) -> Option<Dbm> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if a.get() < b.get() { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// The r10 cells whose middle lies in a polygon: those along its rings first, then inward from cell to cell.
///
/// A cell inside with a neighbour outside lies along a ring, because the way between their middles crosses
/// it; and from there all cells inside are reached.
fn cover(polygon: &Polygon<f64>, into: &mut FxHashSet<CellIndex>) -> Result<(), TooMuch> {
    let Ok(any_code) = "00001".parse::<UnitCode>() else { return Ok(()) };
    let area = MultiPolygon::new(vec![polygon.clone()]);
    let lookup = Lookup::new(std::iter::once((any_code, &area)));
    let holds = |cell: CellIndex| middle(cell).is_some_and(|at| lookup.locate(at).is_some());
    let mut seen: FxHashSet<CellIndex> = FxHashSet::default();
    let mut open: Vec<CellIndex> = Vec::new();
    let mut look = |around: CellIndex, open: &mut Vec<CellIndex>, into: &mut FxHashSet<CellIndex>| {
        for cell in around.grid_disk::<Vec<_>>(1) {
            if seen.insert(cell) && holds(cell) {
                into.insert(cell);
                open.push(cell);
            }
        }
        if into.len() as u64 > MOST_CELLS { Err(TooMuch::Area) } else { Ok(()) }
    };
    let mut last = None;
    along(polygon, &mut |at| {
        let cell = LonLat::new(at.x, at.y).ok().and_then(|at| cell_at(at, DRAWN));
        match cell {
            Some(cell) if last != Some(cell) => {
                last = Some(cell);
                look(cell, &mut open, into)
            }
            _ => Ok(()),
        }
    })?;
    while let Some(cell) = open.pop() {
        look(cell, &mut open, into)?;
    }
    Ok(())
}

/// Places along the rings, no further apart than [`STEP_M`].
fn along(polygon: &Polygon<f64>, visit: &mut dyn FnMut(Coord<f64>) -> Result<(), TooMuch>) -> Result<(), TooMuch> {
    let mut room = MOST_STEPS;
    for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
        for edge in ring.0.windows(2) {
            let (a, b) = (edge[0], edge[1]);
            let shortened = a.y.abs().min(b.y.abs()).to_radians().cos();
            let metres = ((b.x - a.x) * shortened).hypot(b.y - a.y) * DEGREE_M;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a length on earth in steps")]
            let steps = (metres / STEP_M).ceil().clamp(1.0, 1e9) as u64;
            room = room.checked_sub(steps).ok_or(TooMuch::Area)?;
            for step in 0..steps {
                let share = step as f64 / steps as f64;
                visit(Coord { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share })?;
            }
        }
    }
    Ok(())
}
