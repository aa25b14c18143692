//! A plain grid of cells over a box, and the walk of a segment through it.
//!
//! Noding, crossing checks, simplification and lookup all ask "what is near
//! here". One grid serves them, because a boundary's corners lie evenly
//! enough that a tree would only add steps. It holds no data of its own.

use geo_types::Coord;

/// Cells are numbered row by row from the south-west corner.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    west: f64,
    south: f64,
    cell: f64,
    columns: usize,
    rows: usize,
    /// How far a segment reaches into the next cell, so that rounding never hides it.
    pad: f64,
}

/// Most cells on a side: 2048² cell numbers of a few bytes stay within tens of megabytes.
const MOST_CELLS_ON_A_SIDE: usize = 2048;

impl Grid {
    /// Covers all `corners` with about `cells` square cells; `None` without corners.
    pub(super) fn over(corners: impl Iterator<Item = Coord<f64>>, cells: usize) -> Option<Self> {
        let (low, high) = corners.fold(None, |bounds: Option<(Coord<f64>, Coord<f64>)>, at| {
            let (low, high) = bounds.unwrap_or((at, at));
            Some((Coord { x: low.x.min(at.x), y: low.y.min(at.y) }, Coord { x: high.x.max(at.x), y: high.y.max(at.y) }))
        })?;
        let (width, height) = (high.x - low.x, high.y - low.y);
        let longest = width.max(height).max(1e-9);
        let cell = (width * height / cells.max(1) as f64).sqrt().max(longest / MOST_CELLS_ON_A_SIDE as f64);
        let count = |length: f64| whole(length / cell) + 1;
        let (columns, rows) = (count(width), count(height));
        Some(Self { west: low.x, south: low.y, cell, columns, rows, pad: cell * 1e-3 + 4e-9 })
    }

    pub(super) fn len(&self) -> usize {
        self.columns * self.rows
    }

    /// Cells in one row: cell `n + columns` lies north of cell `n`.
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    pub(super) fn centre(&self, cell: usize) -> Coord<f64> {
        let (column, row) = (cell % self.columns, cell / self.columns);
        Coord { x: self.west + (column as f64 + 0.5) * self.cell, y: self.south + (row as f64 + 0.5) * self.cell }
    }

    /// The cell of a position; `None` outside the box.
    pub(super) fn cell(&self, at: Coord<f64>) -> Option<usize> {
        let (x, y) = ((at.x - self.west) / self.cell, (at.y - self.south) / self.cell);
        if x < 0.0 || y < 0.0 || x >= self.columns as f64 || y >= self.rows as f64 {
            return None;
        }
        Some(whole(y) * self.columns + whole(x))
    }

    /// Every cell that the segment touches or nearly touches.
    pub(super) fn along(&self, a: Coord<f64>, b: Coord<f64>, mut visit: impl FnMut(usize)) {
        let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
        for row in self.rows_between(low.y, high.y) {
            let band_south = self.south + row as f64 * self.cell - self.pad;
            let band_north = band_south + self.cell + 2.0 * self.pad;
            let x_at = |y: f64| {
                let t = if high.y > low.y { ((y - low.y) / (high.y - low.y)).clamp(0.0, 1.0) } else { 0.0 };
                low.x + (high.x - low.x) * t
            };
            let (x1, x2) = if high.y - low.y > self.pad {
                (x_at(band_south), x_at(band_north))
            } else {
                (low.x, high.x) // nearly level: the whole run lies in this band
            };
            for column in self.columns_between(x1.min(x2), x1.max(x2)) {
                visit(row * self.columns + column);
            }
        }
    }

    /// Every cell of the box between two corners.
    pub(super) fn within(&self, low: Coord<f64>, high: Coord<f64>) -> impl Iterator<Item = usize> {
        let columns = self.columns_between(low.x, high.x);
        let width = self.columns;
        self.rows_between(low.y, high.y).flat_map(move |row| columns.clone().map(move |column| row * width + column))
    }

    fn columns_between(&self, west: f64, east: f64) -> std::ops::RangeInclusive<usize> {
        range(west - self.pad - self.west, east + self.pad - self.west, self.cell, self.columns)
    }

    fn rows_between(&self, south: f64, north: f64) -> std::ops::RangeInclusive<usize> {
        range(south - self.pad - self.south, north + self.pad - self.south, self.cell, self.rows)
    }
}

/// What lies before the first cell or beyond the last belongs to it.
fn range(from: f64, to: f64, cell: f64, count: usize) -> std::ops::RangeInclusive<usize> {
    let index = |offset: f64| whole(offset / cell).min(count - 1);
    index(from)..=index(to)
}

#[expect(clippy::cast_sign_loss, reason = "what is negative counts as 0, and the cast says so")]
pub(super) fn whole(value: f64) -> usize {
    value as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(x: f64, y: f64) -> Coord<f64> {
        Coord { x, y }
    }

    proptest! {
        #[test]
        fn a_walk_visits_the_cell_of_every_point_of_the_segment(
            x1 in 0.0..9.0, y1 in 0.0..5.0, x2 in 0.0..9.0, y2 in 0.0..5.0, t in 0.0..=1.0, cells in 1usize..500
        ) {
            let grid = Grid::over([at(0.0, 0.0), at(9.0, 5.0)].into_iter(), cells).unwrap();
            let mut seen = Vec::new();
            grid.along(at(x1, y1), at(x2, y2), |cell| seen.push(cell));
            let on = at(x1 + (x2 - x1) * t, y1 + (y2 - y1) * t);
            prop_assert!(seen.contains(&grid.cell(on).unwrap()));
            seen.sort_unstable();
            let count = seen.len();
            seen.dedup();
            prop_assert_eq!(count, seen.len(), "no cell twice");
        }
    }

    #[test]
    fn a_box_without_width_still_has_cells() {
        let grid = Grid::over([at(1.0, 1.0), at(1.0, 3.0)].into_iter(), 100).unwrap();
        assert!(grid.cell(at(1.0, 2.0)).is_some());
        assert!(Grid::over(std::iter::empty(), 10).is_none());
    }
}
