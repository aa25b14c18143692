//! Simplification that never parts neighbours.
//!
//! `geo` simplifies one geometry at a time, which opens gaps between communes
//! (docs/decisions/0004). Here a corner belongs to all units around it and
//! goes for all of them at once. Corners where lines meet stay. A corner goes
//! only while no other corner lies in the triangle that it spans with its two
//! neighbours, so lines never cross or swap sides, whatever the tolerance.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, HashSet};

use geo::BoundingRect;
use geo::coordinate_position::{CoordPos, coord_pos_relative_to_ring};
use geo_types::{Coord, MultiPolygon, Polygon};

use super::grid::Grid;
use super::mesh::{Mesh, Ring, edges, line, side, signed_area};

/// Simplifies a coverage. One result per unit, in order; exteriors counter-clockwise.
///
/// A corner goes while the triangle with its neighbours is smaller than
/// `tolerance_deg²` (Visvalingam and Whyatt 1993; their "effective area").
/// Every ring keeps at least three corners. Islands and holes smaller than
/// `tolerance_deg²` go, but not a unit's largest part and not a ring with
/// something inside. Polygons with coordinates that are no position are left out.
#[must_use]
pub fn simplify(units: &[&MultiPolygon<f64>], tolerance_deg: f64) -> Vec<MultiPolygon<f64>> {
    let least = if tolerance_deg.is_finite() { tolerance_deg * tolerance_deg } else { 0.0 };
    let mut mesh = Mesh::new(units);
    let mut net = Net::new(&mesh);
    net.thin(least);
    for ring in &mut mesh.rings {
        ring.corners.retain(|corner| !net.gone[*corner]);
    }
    let small = small_rings(&mesh, &net, least, units.len());
    assemble(&mesh, &small, units.len())
}

/// All lines of the coverage, each once.
struct Net {
    corners: Vec<Coord<f64>>,
    /// The two neighbours of a corner on a line; `None` where lines meet or end: those corners stay.
    neighbours: Vec<Option<[usize; 2]>>,
    gone: Vec<bool>,
    edges: HashSet<(usize, usize)>,
    grid: Option<Grid>,
    /// Corners that are not gone, by cell.
    near: Vec<Vec<usize>>,
}

/// A corner that may go: the smallest triangle first, then by place, so that
/// the order of the units changes nothing.
#[derive(PartialEq)]
struct Candidate {
    triangle: f64,
    at: Coord<f64>,
    corner: usize,
}

impl Eq for Candidate {}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_area = self.triangle.total_cmp(&other.triangle);
        by_area.then(self.at.x.total_cmp(&other.at.x)).then(self.at.y.total_cmp(&other.at.y))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Net {
    fn new(mesh: &Mesh) -> Self {
        let corners = mesh.corners.clone();
        let mut lines: HashSet<(usize, usize)> = HashSet::new();
        let mut around: Vec<Vec<usize>> = vec![Vec::new(); corners.len()];
        for (a, b) in mesh.rings.iter().flat_map(|ring| edges(&ring.corners)) {
            if lines.insert(undirected(a, b)) {
                around[a].push(b);
                around[b].push(a);
            }
        }
        let neighbours = around.into_iter().map(|list| <[usize; 2]>::try_from(list).ok()).collect();
        let grid = Grid::over(corners.iter().copied(), corners.len());
        let mut near = vec![Vec::new(); grid.as_ref().map_or(0, Grid::len)];
        if let Some(grid) = &grid {
            for (corner, at) in corners.iter().enumerate() {
                if let Some(cell) = grid.cell(*at) {
                    near[cell].push(corner);
                }
            }
        }
        let gone = vec![false; corners.len()];
        Self { corners, neighbours, gone, edges: lines, grid, near }
    }

    /// Takes corners away until none may go. A corner that was in the way of
    /// another may have gone since, so rounds repeat until one changes nothing.
    fn thin(&mut self, least: f64) {
        let mut again = true;
        while again {
            again = false;
            let all = (0..self.corners.len()).filter(|corner| !self.gone[*corner]);
            let mut queue: BinaryHeap<Reverse<Candidate>> =
                all.filter_map(|corner| self.candidate(corner, least)).collect();
            while let Some(Reverse(candidate)) = queue.pop() {
                let corner = candidate.corner;
                let Some([a, c]) = self.neighbours[corner] else { continue };
                let stale = self.gone[corner] || self.triangle(corner, a, c) != candidate.triangle;
                if stale || !self.may_go(corner, a, c) {
                    continue;
                }
                self.take_away(corner, a, c);
                again = true;
                queue.extend([a, c].into_iter().filter_map(|corner| self.candidate(corner, least)));
            }
        }
    }

    fn candidate(&self, corner: usize, least: f64) -> Option<Reverse<Candidate>> {
        let [a, c] = self.neighbours[corner]?;
        let triangle = self.triangle(corner, a, c);
        (triangle < least).then(|| Reverse(Candidate { triangle, at: self.corners[corner], corner }))
    }

    /// Square degrees. The same whichever way the line is walked.
    fn triangle(&self, corner: usize, a: usize, c: usize) -> f64 {
        let [at, a, c] = [corner, a.min(c), a.max(c)].map(|corner| self.corners[corner]);
        ((a.x - at.x) * (c.y - at.y) - (a.y - at.y) * (c.x - at.x)).abs() / 2.0
    }

    /// Invariant: lines that do not cross before a corner goes do not cross
    /// after. A line could only come to cross the new edge by having a corner
    /// in the triangle, for its sides are lines already. And where the new edge
    /// exists already, a ring or a gap would fall flat.
    fn may_go(&self, corner: usize, a: usize, c: usize) -> bool {
        if a == c || self.edges.contains(&undirected(a, c)) {
            return false;
        }
        let Some(grid) = &self.grid else { return false };
        let [p, q, r] = [a, corner, c].map(|corner| self.corners[corner]);
        let low = Coord { x: p.x.min(q.x).min(r.x), y: p.y.min(q.y).min(r.y) };
        let high = Coord { x: p.x.max(q.x).max(r.x), y: p.y.max(q.y).max(r.y) };
        let mut others = grid.within(low, high).flat_map(|cell| &self.near[cell]);
        !others.any(|&other| {
            let at = self.corners[other];
            let boxed = low.x <= at.x && at.x <= high.x && low.y <= at.y && at.y <= high.y;
            boxed && other != a && other != corner && other != c && in_triangle(at, p, q, r)
        })
    }

    fn take_away(&mut self, corner: usize, a: usize, c: usize) {
        self.gone[corner] = true;
        self.edges.remove(&undirected(a, corner));
        self.edges.remove(&undirected(corner, c));
        self.edges.insert(undirected(a, c));
        for (end, other) in [(a, c), (c, a)] {
            if let Some(pair) = &mut self.neighbours[end] {
                for neighbour in pair.iter_mut().filter(|neighbour| **neighbour == corner) {
                    *neighbour = other;
                }
            }
        }
        if let Some(cell) = self.grid.as_ref().and_then(|grid| grid.cell(self.corners[corner])) {
            self.near[cell].retain(|other| *other != corner);
        }
    }

    /// Whether any corner but the ring's own lies inside it or on it.
    fn holds_something(&self, ring: &[usize]) -> bool {
        let Some(grid) = &self.grid else { return false };
        let own: HashSet<usize> = ring.iter().copied().collect();
        let outline = line(&self.corners, ring);
        let Some(bounds) = outline.bounding_rect() else { return false };
        grid.within(bounds.min(), bounds.max()).flat_map(|cell| &self.near[cell]).any(|other| {
            !own.contains(other) && coord_pos_relative_to_ring(self.corners[*other], &outline) != CoordPos::Outside
        })
    }
}

fn undirected(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}

/// Inside or on the edge; exact.
fn in_triangle(at: Coord<f64>, p: Coord<f64>, q: Coord<f64>, r: Coord<f64>) -> bool {
    let sides = [side(p, q, at), side(q, r, at), side(r, p, at)];
    !(sides.contains(&1) && sides.contains(&-1))
}

/// Which rings go for being too small. A ring that two units share goes from both or from neither.
fn small_rings(mesh: &Mesh, net: &Net, least: f64, units: usize) -> HashSet<Vec<usize>> {
    let area = |ring: &Ring| signed_area(&mesh.corners, &ring.corners).abs();
    let mut largest: Vec<Option<(f64, usize)>> = vec![None; units];
    for ring in mesh.rings.iter().filter(|ring| !ring.hole) {
        let best = &mut largest[ring.area];
        if best.is_none_or(|(most, _)| area(ring) > most) {
            *best = Some((area(ring), ring.polygon));
        }
    }
    let mut small = HashSet::new();
    let mut stays = HashSet::new();
    for ring in &mesh.rings {
        let only_line = ring.corners.iter().all(|corner| net.neighbours[*corner].is_some());
        if !only_line || area(ring) >= least {
            continue;
        }
        let main = !ring.hole && largest[ring.area].is_some_and(|(_, polygon)| polygon == ring.polygon);
        if main || net.holds_something(&ring.corners) {
            stays.insert(sorted(&ring.corners));
        } else {
            small.insert(sorted(&ring.corners));
        }
    }
    small.retain(|ring| !stays.contains(ring));
    small
}

/// The name of a ring, whichever way and from wherever it is walked.
fn sorted(ring: &[usize]) -> Vec<usize> {
    let mut ring = ring.to_vec();
    ring.sort_unstable();
    ring
}

fn assemble(mesh: &Mesh, small: &HashSet<Vec<usize>>, units: usize) -> Vec<MultiPolygon<f64>> {
    let mut result: Vec<MultiPolygon<f64>> = vec![MultiPolygon::new(Vec::new()); units];
    let mut exterior_stays = false;
    for ring in &mesh.rings {
        let stays = !small.contains(&sorted(&ring.corners));
        if !ring.hole {
            exterior_stays = stays;
        }
        if !stays || !exterior_stays {
            continue;
        }
        let outline = line(&mesh.corners, &ring.corners);
        let parts = &mut result[ring.area].0;
        match parts.last_mut().filter(|_| ring.hole) {
            Some(polygon) => polygon.interiors_push(outline),
            None => parts.push(Polygon::new(outline, Vec::new())),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use geo::{Area, Validation};
    use proptest::prelude::*;

    use super::super::mesh::key;
    use super::super::outline::union_areas;
    use super::*;
    use crate::engine::boundaries::shapes::{area as shape, quads};

    /// The slow truth about a coverage: valid polygons, every edge walked at most once each way,
    /// and parts that add up to their outline, which has no new holes.
    fn check_coverage(units: &[MultiPolygon<f64>]) {
        for unit in units {
            assert!(unit.is_valid(), "{unit:?}");
            assert!(unit.iter().all(|polygon| polygon.signed_area() > 0.0));
            assert!(unit.iter().all(|polygon| polygon.exterior().0.len() >= 4));
        }
        let mut walked: HashMap<_, usize> = HashMap::new();
        for edge in units
            .iter()
            .flatten()
            .flat_map(|p| p.exterior().lines().chain(p.interiors().iter().flat_map(|r| r.lines())))
        {
            *walked.entry((key(edge.start), key(edge.end))).or_default() += 1;
        }
        assert!(walked.values().all(|count| *count == 1));
        let sum: f64 = units.iter().map(Area::unsigned_area).sum();
        let slow = geo::unary_union(units);
        // The overlay's own grid of 6.5e-10° leaves an error in the eighth digit of small areas.
        assert!((slow.unsigned_area() - sum).abs() < 1e-7 * sum, "{} {sum}", slow.unsigned_area());
    }

    fn vertices(units: &[MultiPolygon<f64>]) -> usize {
        units
            .iter()
            .flatten()
            .map(|p| p.exterior().0.len() + p.interiors().iter().map(|r| r.0.len()).sum::<usize>())
            .sum()
    }

    fn simplified(units: &[MultiPolygon<f64>], tolerance_deg: f64) -> Vec<MultiPolygon<f64>> {
        simplify(&units.iter().collect::<Vec<_>>(), tolerance_deg)
    }

    fn shapes(texts: &[&str]) -> Vec<MultiPolygon<f64>> {
        texts.iter().map(|text| shape(text)).collect()
    }

    #[test]
    fn neighbours_never_part() {
        let units = quads(6, 5, 12);
        check_coverage(&units);
        let mut least = usize::MAX;
        for tolerance in [1e-4, 5e-4, 2e-3, 1e-2, 1.0] {
            let simple = simplified(&units, tolerance);
            check_coverage(&simple);
            assert!(vertices(&simple) < least, "{tolerance} takes more away");
            least = vertices(&simple);
            let outline = union_areas(&simple.iter().collect::<Vec<_>>());
            assert_eq!((outline.0.len(), outline.0[0].interiors().len()), (1, 0));
        }
        // Where four lines meet they stay; the four corners of the whole belong to one unit each and may go.
        assert!(least <= units.len() * 5);
    }

    #[test]
    fn no_tolerance_changes_nothing() {
        let units = quads(3, 2, 4);
        assert_eq!(simplified(&units, 0.0), units);
        assert_eq!(simplified(&units, f64::NAN), units);
    }

    #[test]
    fn the_order_of_units_does_not_matter() {
        let units = quads(4, 3, 8);
        let turned: Vec<_> = units.iter().rev().cloned().collect();
        let mut again = simplified(&turned, 1e-3);
        again.reverse();
        assert_eq!(simplified(&units, 1e-3), again);
    }

    #[test]
    fn one_unit_alone_keeps_three_corners() {
        let unit = shapes(&["0 0, 1 0, 2 0.1, 2 1, 1 1.2, 0 1"]);
        let simple = simplified(&unit, 100.0);
        assert_eq!(simple[0].0[0].exterior().0.len(), 4);
        check_coverage(&simple);
    }

    #[test]
    fn an_enclave_keeps_fitting_its_hole() {
        let units =
            shapes(&["0 0, 4 0, 4 4, 0 4; 1 1, 1 2, 1.5 2.6, 2 3, 3 3, 3 1", "1 1, 3 1, 3 3, 2 3, 1.5 2.6, 1 2"]);
        for tolerance in [0.3, 1.0, 10.0] {
            let simple = simplified(&units, tolerance);
            check_coverage(&simple);
            assert_eq!(simple[0].0[0].interiors().len(), 1, "the only part of a unit never goes");
        }
    }

    #[test]
    fn a_small_island_and_a_small_pond_go_and_the_largest_part_stays() {
        let units = shapes(&["0 0, 4 0, 4 4, 0 4; 1 1, 1 1.1, 1.1 1 | 5 5, 5.1 5, 5 5.1", "9 9, 9.1 9, 9 9.1"]);
        let simple = simplified(&units, 0.5);
        assert_eq!((simple[0].0.len(), simple[0].0[0].interiors().len(), simple[1].0.len()), (1, 0, 1));
        check_coverage(&simple);
    }

    #[test]
    fn a_coast_does_not_swallow_the_island_in_its_bay() {
        let units = shapes(&["0 0, 4 0, 4 4, 2 1, 0 4", "1.9 2, 2.1 2, 2 2.2"]);
        check_coverage(&simplified(&units, 10.0));
        let whole = simplified(&units[..1], 10.0);
        assert_eq!(whole[0].0[0].exterior().0.len(), 4, "without the island the bay closes");
    }

    #[test]
    fn a_corner_that_only_one_neighbour_knows_opens_nothing() {
        let units = shapes(&["0 0, 2 0, 2 1, 0 1", "0 1, 1 1, 1 2, 0 2", "1 1, 2 1, 2 2, 1 2"]);
        for tolerance in [0.01, 1.0, 10.0] {
            check_coverage(&simplified(&units, tolerance));
        }
    }

    #[test]
    fn what_is_no_position_gives_an_empty_unit() {
        let units = shapes(&["NaN 0, 1 0, 1 1", "0 0, 1 0, 1 1, 0 1"]);
        let simple = simplified(&units, 0.1);
        assert_eq!((simple[0].0.len(), simple[1].0.len()), (0, 1));
        assert!(simplify(&[], 0.1).is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn any_coverage_stays_a_coverage(columns in 1usize..5, rows in 1usize..5, bends in 0usize..10, exponent in -4.0..0.0) {
            check_coverage(&simplified(&quads(columns, rows, bends), 10f64.powf(exponent)));
        }
    }
}
