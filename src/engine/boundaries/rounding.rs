//! A coverage on a grid: rounded so that lines never come to cross.
//!
//! Rounding each corner alone may push it over a line that it lay beside, and
//! neighbours then overlap by a triangle. In snap rounding (Hobby 1999; Guibas
//! and Marimont 1998) a cell of the grid that holds a corner is hot, and every
//! line that passes through a hot cell is led through its middle: lines may
//! come to lie on each other, never across. What a face becomes is then read
//! from the noded lines, so what fitted before fits on the grid, to the unit.

use std::collections::BTreeMap;

use geo_types::{Coord, MultiPolygon};

use super::cover;
use super::edges::Edge;
use super::faces::{Cycle, Faces, twin};
use super::grid::Grid;
use super::mesh::{Mesh, side};
use super::noding;
use super::regions::{Regions, held};

/// Rounds to multiples of `step` on both axes. One result per unit, in order; exteriors
/// counter-clockwise, holes clockwise, no ring passes a corner twice.
///
/// Enclosed ground of nobody under 1,024 cells, which is what is left of a creek when its mouth falls
/// shut, goes to the unit with the longest border on it.
///
/// Any plane within ±180, ±90. A unit that falls flat has no polygon left. Units that overlap still
/// do. Polygons with coordinates that are no position are left out. A step that is no positive
/// number, or so small that a coordinate has more than 2³¹ of them, changes nothing.
#[must_use]
pub fn round(units: &[&MultiPolygon<f64>], step: f64) -> Vec<MultiPolygon<f64>> {
    let as_they_are = || units.iter().map(|unit| (*unit).clone()).collect();
    if !(step.is_finite() && step >= LEAST_STEP) {
        return as_they_are();
    }
    let mut mesh = Mesh::as_drawn(units);
    let drawn = mesh.edges();
    let Some(noded) = noding::node(&mut mesh, drawn) else { return as_they_are() };
    let (cells, edges) = led_through_hot_cells(&mesh, &noded, step);
    let faces = Faces::new(&cells, &edges);
    let mut own: Vec<Vec<Cycle>> = vec![Vec::new(); units.len()];
    let mut areas = cover::areas(&faces);
    close_creeks(&faces, &mut areas);
    for (cycle, covering) in areas.iter().enumerate() {
        covering.iter().for_each(|unit| own[*unit as usize].push(cycle as Cycle));
    }
    let mut regions = Regions::of(&faces);
    let pieces: Vec<(Cycle, Cycle)> = faces.order().iter().filter_map(held).collect();
    let mut shapes: Vec<_> =
        own.iter().map(|own| regions.draw(own, &pieces, |cycle| own.binary_search(&cycle).is_ok())).collect();
    for line in shapes.iter_mut().flatten() {
        let scale = |at: &mut Coord<f64>| *at = Coord { x: at.x * step, y: at.y * step };
        line.exterior_mut(|ring| ring.0.iter_mut().for_each(scale));
        line.interiors_mut(|rings| rings.iter_mut().flat_map(|ring| &mut ring.0).for_each(scale));
    }
    shapes
}

/// Cells: four pixels square on a tile with 512 pixels and 4,096 cells a side.
const LEAST_GAP: f64 = 1024.0;

fn close_creeks(faces: &Faces<'_>, areas: &mut [Vec<u32>]) {
    let small =
        |face: &Cycle| faces.is_face(*face) && areas[*face as usize].is_empty() && faces.area(*face) < LEAST_GAP;
    let creeks: Vec<Cycle> = (0..faces.cycles() as Cycle).filter(small).collect();
    for creek in creeks {
        let mut borders: BTreeMap<u32, f64> = BTreeMap::new();
        for half in faces.halves(creek) {
            let (from, to) = faces.ends(half);
            let way = faces.at(to) - faces.at(from);
            for unit in &areas[faces.cycle_of(twin(half)) as usize] {
                *borders.entry(*unit).or_default() += way.x.hypot(way.y);
            }
        }
        let longest = borders.into_iter().max_by(|one, other| one.1.total_cmp(&other.1));
        areas[creek as usize].extend(longest.map(|(unit, _)| unit));
    }
}

/// 180 / 2³¹: with more steps a cell's number no longer fits the key of a corner.
const LEAST_STEP: f64 = 180.0 / (1u64 << 31) as f64;

/// The hot cells, as corners in steps, and the edges from cell to cell.
fn led_through_hot_cells(mesh: &Mesh, noded: &[Edge], step: f64) -> (Mesh, Vec<Edge>) {
    let places: Vec<Coord<f64>> = mesh.corners.iter().map(|at| Coord { x: at.x / step, y: at.y / step }).collect();
    let mut used = vec![false; places.len()];
    noded.iter().for_each(|edge| used[edge.from as usize] = true);
    noded.iter().for_each(|edge| used[edge.to as usize] = true);
    let mut cells = Mesh::default();
    let cell_of: Vec<u32> =
        places.iter().zip(used).map(|(at, used)| if used { cells.number(middle(*at)) } else { 0 }).collect();
    let hot = Hot::new(&cells.corners);

    // Neighbours share most lines: each is led once, from the lower corner to the higher.
    let mut by_line: Vec<&Edge> = noded.iter().collect();
    by_line.sort_unstable_by_key(|edge| (edge.line(), edge.source));
    let (mut edges, mut path, mut near) = (Vec::with_capacity(noded.len()), Vec::new(), Vec::new());
    for sides in by_line.chunk_by(|a, b| a.line() == b.line()) {
        let [low, high] = [sides[0].line().0, sides[0].line().1].map(|corner| corner as usize);
        path.clear();
        path.push(cell_of[low]);
        hot.between(places[low], places[high], &mut near);
        path.extend(near.iter().filter(|cell| **cell != cell_of[low] && **cell != cell_of[high]));
        path.push(cell_of[high]);
        for pair in path.windows(2).filter(|pair| pair[0] != pair[1]) {
            edges.extend(sides.iter().map(|side| {
                let (from, to) = if side.is_forward() { (pair[0], pair[1]) } else { (pair[1], pair[0]) };
                Edge { from, to, ..**side }
            }));
        }
    }
    // Faces are read from lines in the order of the rings: what follows one another lies near.
    edges.sort_by_key(|edge| edge.source);
    (cells, edges)
}

/// The middle of the cell that holds a place; a cell has its west and south side and not the others.
fn middle(at: Coord<f64>) -> Coord<f64> {
    Coord { x: (at.x + 0.5).floor(), y: (at.y + 0.5).floor() }
}

/// Hot cells, to be found by place.
struct Hot<'a> {
    middles: &'a [Coord<f64>],
    grid: Option<Grid>,
    near: Vec<Vec<u32>>,
}

impl<'a> Hot<'a> {
    fn new(middles: &'a [Coord<f64>]) -> Self {
        let grid = Grid::over(middles.iter().copied(), middles.len());
        let mut near = vec![Vec::new(); grid.as_ref().map_or(0, Grid::len)];
        for (number, at) in middles.iter().enumerate() {
            if let Some(place) = grid.as_ref().and_then(|grid| grid.cell(*at)) {
                near[place].push(number as u32);
            }
        }
        Self { middles, grid, near }
    }

    /// The hot cells that the line from `a` to `b` passes through, in its order.
    fn between(&self, a: Coord<f64>, b: Coord<f64>, found: &mut Vec<u32>) {
        found.clear();
        let Some(grid) = &self.grid else { return };
        let low = Coord { x: a.x.min(b.x) - 0.5, y: a.y.min(b.y) - 0.5 };
        let high = Coord { x: a.x.max(b.x) + 0.5, y: a.y.max(b.y) + 0.5 };
        let near = grid.within(low, high).flat_map(|place| &self.near[place]);
        found.extend(near.filter(|cell| passes(a, b, self.middles[**cell as usize])));
        // Through cells of one size a line that goes east and north goes from middle to middle so too.
        let along = |cell: &u32| {
            let (to, way) = (self.middles[*cell as usize] - a, b - a);
            to.x * way.x + to.y * way.y
        };
        found.sort_unstable_by(|one, other| along(one).total_cmp(&along(other)));
    }
}

/// Whether the line touches the cell around a middle: a square of side 1 with its west and south side.
/// By the sides of the line on which the cell's corners lie, which is exact (as in JTS, `HotPixel`).
fn passes(a: Coord<f64>, b: Coord<f64>, middle: Coord<f64>) -> bool {
    let (a, b) = if a.x <= b.x { (a, b) } else { (b, a) };
    let (west, east, south, north) = (middle.x - 0.5, middle.x + 0.5, middle.y - 0.5, middle.y + 0.5);
    if a.x >= east || b.x < west || a.y.min(b.y) >= north || a.y.max(b.y) < south {
        return false;
    }
    if a.x == b.x || a.y == b.y {
        return true;
    }
    let corner = |x: f64, y: f64| side(a, b, Coord { x, y });
    let rises = a.y < b.y;
    let (upper_left, lower_right) = (corner(west, north), corner(east, south));
    // Through a corner that the cell does not have: only the line that goes down from the upper left,
    // or down into the lower right, is inside as well.
    if upper_left == 0 || lower_right == 0 {
        return !rises;
    }
    let upper_right = corner(east, north);
    if upper_right == 0 {
        return rises;
    }
    let lower_left = corner(west, south);
    lower_left == 0 || [upper_right, lower_left, lower_right].iter().any(|place| *place != upper_left)
}

#[cfg(test)]
mod tests {
    use geo::{Area, Contains, Distance, Euclidean, Validation};
    use geo_types::Point;
    use proptest::prelude::*;

    use super::*;
    use crate::engine::boundaries::shapes::{area, quads, walked};

    fn rounded(texts: &[&str], step: f64) -> Vec<MultiPolygon<f64>> {
        let areas: Vec<_> = texts.iter().map(|text| area(text)).collect();
        round(&areas.iter().collect::<Vec<_>>(), step)
    }

    /// The slow truth about edges on the grid: no two cross, and no corner lies on another's edge.
    fn check_edges(edges: &[Edge], corners: &[Coord<f64>]) {
        let at = |corner: u32| corners[corner as usize];
        let whole = |at: Coord<f64>| (at.x as i64, at.y as i64);
        let turn = |a: Coord<f64>, b: Coord<f64>, c: Coord<f64>| {
            let ((ax, ay), (bx, by), (cx, cy)) = (whole(a), whole(b), whole(c));
            ((bx - ax) * (cy - ay) - (by - ay) * (cx - ax)).signum()
        };
        for one in edges {
            let (a, b) = (at(one.from), at(one.to));
            for c in edges.iter().map(|edge| at(edge.from)) {
                let between = (c.x - a.x) * (c.x - b.x) + (c.y - a.y) * (c.y - b.y) < 0.0;
                assert!(turn(a, b, c) != 0 || !between, "{c:?} lies on {a:?} {b:?}");
            }
            for other in edges {
                let (c, d) = (at(other.from), at(other.to));
                let crosses = turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
                assert!(!crosses, "{a:?} {b:?} crosses {c:?} {d:?}");
            }
        }
    }

    #[test]
    fn a_corner_beside_a_line_is_not_pushed_over_it() {
        // Rounded alone, 1.4 2.45 goes to 1 2, below the line from 0 1.6 (0 2) to 4 4.4 (4 4) — the other's ground.
        let units = rounded(&["0 0, 4 0, 4 4.4, 1.4 2.45, 0 1.6", "0 1.6, 1.4 2.45, 4 4.4, 0 5"], 1.0);
        let sum: f64 = units.iter().map(Area::unsigned_area).sum();
        assert_eq!(sum, geo::unary_union(&units).unsigned_area().round());
        assert!(units.iter().flatten().flat_map(|p| &p.exterior().0).all(|at| at.x.fract() == 0.0));
    }

    #[test]
    fn a_strip_that_falls_flat_goes_and_what_it_joined_stays() {
        let dumbbell = "0 0, 3 0, 3 1.4, 6 1.4, 6 0, 9 0, 9 3, 6 3, 6 1.45, 3 1.45, 3 3, 0 3";
        let units = rounded(&[dumbbell, "20 20, 20.2 20, 20.2 20.2"], 1.0);
        assert_eq!((units[0].0.len(), units[0].unsigned_area()), (2, 18.0));
        assert!(units[1].0.is_empty());
    }

    #[test]
    fn a_creek_whose_mouth_falls_shut_is_land_and_a_bay_is_not() {
        let units = rounded(&["0 0, 40 0, 40 5.1, 9 5.1, 9 4, 1 4, 1 8, 9 8, 9 5.2, 40 5.2, 40 20, 0 20"], 1.0);
        assert_eq!((units[0].0[0].interiors().len(), units[0].unsigned_area()), (0, 800.0));
        let units = rounded(&["0 0, 80 0, 80 9.1, 69 9.1, 69 1, 1 1, 1 38, 69 38, 69 9.2, 80 9.2, 80 50, 0 50"], 1.0);
        assert_eq!((units[0].0[0].interiors().len(), units[0].unsigned_area()), (1, 4000.0 - 37.0 * 68.0));
    }

    #[test]
    fn what_lies_on_the_grid_stays_as_it_is() {
        let square = rounded(&["0 0, 4 0, 4 4, 0 4; 1 1, 1 3, 3 3, 3 1", "1 1, 3 1, 3 3, 1 3"], 0.5);
        assert_eq!(square[0].unsigned_area(), 12.0);
        assert_eq!(square[0].0[0].interiors().len(), 1);
        assert_eq!(square[1].unsigned_area(), 4.0);
    }

    #[test]
    fn a_step_that_is_none_changes_nothing() {
        let unit = area("0 0, 1.3 0, 1 1");
        for step in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-12] {
            assert_eq!(round(&[&unit], step)[0], unit, "{step}");
        }
    }

    proptest! {
        #[test]
        fn edges_on_the_grid_meet_in_corners_only(
            rings in proptest::collection::vec(proptest::collection::vec((0.0f64..12.0, 0.0f64..12.0), 3..8), 1..5),
            lattice in prop::sample::select(vec![0.0, 2.0, 4.0]),
        ) {
            let place = |value: f64| if lattice > 0.0 { (value * lattice).round() / lattice } else { value };
            let (mut mesh, edges) = walked(&rings, place);
            let noded = noding::node(&mut mesh, edges).unwrap();
            let (cells, edges) = led_through_hot_cells(&mesh, &noded, 1.0);
            check_edges(&edges, &cells.corners);
        }

        /// The slow truth: every spot of the old whole is in one unit, but for those a step from its outline.
        #[test]
        fn neighbours_still_fit_on_the_grid(step in 0.000_5_f64..0.006) {
            let exact = quads(5, 4, 9);
            let units = round(&exact.iter().collect::<Vec<_>>(), step);
            let whole = geo::unary_union(&exact);
            for unit in &units {
                prop_assert!(unit.is_valid());
                prop_assert!(unit.iter().all(|polygon| polygon.signed_area() > 0.0));
            }
            for (column, row) in (0..40).flat_map(|column| (0..32).map(move |row| (column, row))) {
                let spot = Point::new(104.99 + f64::from(column) * 0.003_07, 19.99 + f64::from(row) * 0.003_11);
                let holders = units.iter().filter(|unit| unit.contains(&spot)).count();
                let near_outline = Euclidean.distance(&spot, whole.0[0].exterior()) < step;
                prop_assert!(near_outline && holders < 2 || holders == usize::from(whole.contains(&spot)));
            }
        }
    }
}
