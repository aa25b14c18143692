//! The outline of several areas.
//!
//! Where neighbours share their edges, the outline is the edges that have one
//! side only: cancel the others, stitch the rest. The result keeps every
//! corner as it came. Where areas overlap or miss each other the stitched
//! lines would cross; then, and only then, `geo`'s overlay answers, behind the
//! guards of docs/decisions/0002. Nothing is folded with `union` one by one.

use std::collections::HashMap;

use geo::coordinate_position::{CoordPos, coord_pos_relative_to_ring};
use geo_types::{Coord, LineString, MultiPolygon, Polygon};

use super::area::ring_area_m2;
use super::mesh::{Mesh, edges, line, meetings, signed_area};

/// A hole smaller than this, square metres, lies between neighbours that nearly fit: the pin-holes
/// of the official communes of this province are under it, and so is what the overlay leaves.
const SLIVER_HOLE_M2: f64 = 1.0;

/// The overlay moves corners by up to 6.5e-10° (docs/decisions/0002): within
/// this many degrees the input's corner is put back.
const OVERLAY_SHIFT_DEG: f64 = 2e-9;

/// The area covered by any of `areas`: exteriors counter-clockwise, holes clockwise,
/// holes under 1 m² filled. Polygons with coordinates that are no position are left out;
/// `area::check` tells which. Degrees in, degrees out.
#[must_use]
pub fn union_areas(areas: &[&MultiPolygon<f64>]) -> MultiPolygon<f64> {
    fill_slivers(union_of(&Mesh::new(areas)))
}

/// The area covered by a noded mesh, with every hole that it has.
pub(super) fn union_of(mesh: &Mesh) -> MultiPolygon<f64> {
    stitch(mesh).unwrap_or_else(|| overlay(mesh))
}

/// `None` where the areas are not a coverage: edges cross, run over each other, or one area holds another.
fn stitch(mesh: &Mesh) -> Option<MultiPolygon<f64>> {
    let open = open_edges(mesh)?;
    if cross(mesh, &open) {
        return None;
    }
    let mut shells = Vec::new();
    let mut holes = Vec::new();
    for ring in follow(mesh, &open)? {
        let turned = signed_area(&mesh.corners, &ring);
        if turned > 0.0 {
            shells.push(Shell::new(line(&mesh.corners, &ring), turned));
        } else if turned < 0.0 {
            holes.push(line(&mesh.corners, &ring));
        }
    }
    nest(shells, holes)
}

/// Directed edges that no neighbour walks the other way; `None` if two areas lie on the same side of one.
fn open_edges(mesh: &Mesh) -> Option<Vec<(usize, usize)>> {
    let mut seen: HashMap<(usize, usize), usize> = HashMap::new();
    for (a, b) in mesh.rings.iter().flat_map(|ring| edges(&ring.corners)) {
        let count = seen.entry((a, b)).or_default();
        *count += 1;
        if *count > 1 {
            return None;
        }
    }
    let all = mesh.rings.iter().flat_map(|ring| edges(&ring.corners));
    Some(all.filter(|&(a, b)| !seen.contains_key(&(b, a))).collect())
}

/// Whether two edges meet anywhere but at a common corner.
fn cross(mesh: &Mesh, edges: &[(usize, usize)]) -> bool {
    let mut found = false;
    meetings(mesh, edges, edges, |_, _| {
        found = true;
        false
    });
    found
}

/// Simple rings out of open edges, area on the left. `None` if a line stays open.
fn follow(mesh: &Mesh, open: &[(usize, usize)]) -> Option<Vec<Vec<usize>>> {
    let mut leaving: HashMap<usize, Vec<usize>> = HashMap::new();
    for (number, (a, _)) in open.iter().enumerate() {
        leaving.entry(*a).or_default().push(number);
    }
    let mut used = vec![false; open.len()];
    let mut rings = Vec::new();
    for start in 0..open.len() {
        if used[start] {
            continue;
        }
        let mut walk = Vec::new();
        let mut edge = start;
        loop {
            if used[edge] {
                return None; // ran into another ring: the lines do not pair up
            }
            used[edge] = true;
            walk.push(open[edge].0);
            edge = turn(mesh, open, open[edge], leaving.get(&open[edge].1)?)?;
            if edge == start {
                break;
            }
        }
        cut_loops(walk, &mut rings);
    }
    Some(rings)
}

/// The edge to go on with: the first one clockwise from where we came, so that
/// the wedge between the two lies inside. Areas that touch in one corner stay apart.
fn turn(mesh: &Mesh, open: &[(usize, usize)], (from, at): (usize, usize), leaving: &[usize]) -> Option<usize> {
    if let [only] = leaving {
        return Some(*only);
    }
    let angle = |to: usize| {
        let (here, there) = (mesh.corners[at], mesh.corners[to]);
        (there.y - here.y).atan2(there.x - here.x)
    };
    let back = angle(from);
    let clockwise = |edge: &usize| (back - angle(open[*edge].1)).rem_euclid(std::f64::consts::TAU);
    leaving.iter().min_by(|a, b| clockwise(a).total_cmp(&clockwise(b))).copied()
}

/// Cuts a walk that comes back to a corner into rings that do not.
fn cut_loops(walk: Vec<usize>, rings: &mut Vec<Vec<usize>>) {
    let mut place: HashMap<usize, usize> = HashMap::new();
    let mut path: Vec<usize> = Vec::new();
    for corner in walk {
        if let Some(&from) = place.get(&corner) {
            let ring = path.split_off(from);
            for passed in &ring {
                place.remove(passed);
            }
            rings.push(ring);
        }
        place.insert(corner, path.len());
        path.push(corner);
    }
    rings.push(path);
}

struct Shell {
    exterior: LineString<f64>,
    area: f64,
    low: Coord<f64>,
    high: Coord<f64>,
    holes: Vec<LineString<f64>>,
}

impl Shell {
    fn new(exterior: LineString<f64>, area: f64) -> Self {
        let (low, high) = bounds(&exterior);
        Self { exterior, area, low, high, holes: Vec::new() }
    }

    fn holds(&self, ring: &LineString<f64>) -> bool {
        let (low, high) = bounds(ring);
        self.low.x <= low.x
            && self.low.y <= low.y
            && high.x <= self.high.x
            && high.y <= self.high.y
            && inside(ring, &self.exterior)
    }
}

/// Holes go to the smallest shell around them. `None` if a hole has no shell, or a shell lies in the
/// land of another: two areas cover the same ground.
fn nest(mut shells: Vec<Shell>, holes: Vec<LineString<f64>>) -> Option<MultiPolygon<f64>> {
    for hole in holes {
        let around = shells.iter_mut().filter(|shell| shell.holds(&hole));
        around.min_by(|a, b| a.area.total_cmp(&b.area))?.holes.push(hole);
    }
    let covered_twice = shells.iter().enumerate().any(|(place, shell)| {
        shells.iter().enumerate().any(|(other_place, other)| {
            place != other_place
                && other.area >= shell.area
                && other.holds(&shell.exterior)
                && !other.holes.iter().any(|hole| inside(&shell.exterior, hole))
        })
    });
    let polygons = shells.into_iter().map(|shell| Polygon::new(shell.exterior, shell.holes));
    (!covered_twice).then(|| polygons.collect())
}

/// Whether `ring` lies in `around`; they may touch but do not cross.
fn inside(ring: &LineString<f64>, around: &LineString<f64>) -> bool {
    let middles = ring.lines().map(|edge| (edge.start + edge.end) / 2.0);
    let mut places = ring.0.iter().copied().chain(middles).map(|at| coord_pos_relative_to_ring(at, around));
    places.find(|place| *place != CoordPos::OnBoundary).is_none_or(|place| place == CoordPos::Inside)
}

fn bounds(ring: &LineString<f64>) -> (Coord<f64>, Coord<f64>) {
    let far = Coord { x: f64::INFINITY, y: f64::INFINITY };
    ring.0.iter().fold((far, -far), |(low, high), at| {
        (Coord { x: low.x.min(at.x), y: low.y.min(at.y) }, Coord { x: high.x.max(at.x), y: high.y.max(at.y) })
    })
}

/// Invariant: the mesh has finite coordinates and consistent winding, without
/// which `unary_union` panics or silently returns another area.
fn overlay(mesh: &Mesh) -> MultiPolygon<f64> {
    let mut polygons: Vec<Polygon<f64>> = Vec::new();
    for ring in &mesh.rings {
        let line = line(&mesh.corners, &ring.corners);
        match polygons.last_mut().filter(|_| ring.hole) {
            Some(polygon) => polygon.interiors_push(line),
            None => polygons.push(Polygon::new(line, Vec::new())),
        }
    }
    let mut union = geo::unary_union(&polygons);
    let mut near: HashMap<(i64, i64), Coord<f64>> = HashMap::new();
    for corner in &mesh.corners {
        near.insert(bin(*corner, 0, 0), *corner);
    }
    let put_back = |at: Coord<f64>| {
        let bins = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (dx, dy)));
        let corners = bins.filter_map(|(dx, dy)| near.get(&bin(at, dx, dy)));
        let distance = |corner: &Coord<f64>| (corner.x - at.x).hypot(corner.y - at.y);
        let closest = corners.min_by(|a, b| distance(a).total_cmp(&distance(b)));
        closest.filter(|corner| distance(corner) <= OVERLAY_SHIFT_DEG).copied().unwrap_or(at)
    };
    for polygon in &mut union.0 {
        polygon.exterior_mut(|ring| restore(ring, &put_back));
        polygon.interiors_mut(|rings| rings.iter_mut().for_each(|ring| restore(ring, &put_back)));
    }
    union
}

fn restore(ring: &mut LineString<f64>, put_back: &impl Fn(Coord<f64>) -> Coord<f64>) {
    let mut corners: Vec<_> = ring.0.iter().map(|at| put_back(*at)).collect();
    corners.dedup();
    if corners.len() >= 4 {
        ring.0 = corners;
    }
}

fn bin(at: Coord<f64>, dx: i64, dy: i64) -> (i64, i64) {
    let bin = |value: f64| (value / OVERLAY_SHIFT_DEG).floor() as i64;
    (bin(at.x) + dx, bin(at.y) + dy)
}

/// Also turns every ring the way that it should turn: the overlay promises nothing about it.
fn fill_slivers(area: MultiPolygon<f64>) -> MultiPolygon<f64> {
    use geo::orient::{Direction, Orient};
    let fill = |polygon: Polygon<f64>| {
        let (exterior, holes) = polygon.into_inner();
        let holes = holes.into_iter().filter(|hole| ring_area_m2(hole) >= SLIVER_HOLE_M2).collect();
        Polygon::new(exterior, holes)
    };
    area.into_iter().map(fill).collect::<MultiPolygon<f64>>().orient(Direction::Default)
}

#[cfg(test)]
mod tests {
    use geo::{Area, BooleanOps};
    use proptest::prelude::*;

    use super::*;
    use crate::engine::boundaries::shapes::{area, quads};

    fn union_of(areas: &[&str]) -> MultiPolygon<f64> {
        let areas: Vec<_> = areas.iter().map(|text| area(text)).collect();
        union_areas(&areas.iter().collect::<Vec<_>>())
    }

    fn triangle(corners: &[(i8, i8)]) -> MultiPolygon<f64> {
        let ring = corners.iter().map(|(x, y)| Coord { x: f64::from(*x), y: f64::from(*y) });
        MultiPolygon::new(vec![Polygon::new(ring.collect(), vec![])])
    }

    /// Number of parts, number of holes, and area in square degrees.
    fn check(areas: &[&str], parts: usize, holes: usize, expected: f64) {
        let union = union_of(areas);
        assert_eq!((union.0.len(), union.iter().map(|p| p.interiors().len()).sum()), (parts, holes), "{union:?}");
        assert!((union.unsigned_area() - expected).abs() < 1e-8, "{}", union.unsigned_area());
        assert!(union.iter().all(|polygon| polygon.exterior().0.len() >= 4 && polygon.signed_area() > 0.0));
    }

    #[test]
    fn neighbours_lose_the_edge_between_them() {
        check(&["0 0, 1 0, 1 1, 0 1", "1 0, 2 0, 2 1, 1 1"], 1, 0, 2.0);
    }

    #[test]
    fn winding_of_the_input_does_not_matter() {
        check(&["0 0, 0 1, 1 1, 1 0", "1 0, 2 0, 2 1, 1 1"], 1, 0, 2.0);
    }

    #[test]
    fn a_corner_that_only_one_neighbour_knows_is_no_gap() {
        check(&["0 0, 2 0, 2 1, 0 1", "0 1, 1 1, 1 2, 0 2", "1 1, 2 1, 2 2, 1 2"], 1, 0, 4.0);
    }

    #[test]
    fn areas_that_touch_in_a_corner_stay_two() {
        check(&["0 0, 1 0, 1 1, 0 1", "1 1, 2 1, 2 2, 1 2"], 2, 0, 2.0);
    }

    #[test]
    fn a_ring_of_units_keeps_its_hole() {
        let ring = ["0 0, 3 0, 3 1, 0 1", "0 2, 3 2, 3 3, 0 3", "0 1, 1 1, 1 2, 0 2", "2 1, 3 1, 3 2, 2 2"];
        check(&ring, 1, 1, 8.0);
    }

    #[test]
    fn a_hole_that_touches_the_outside_in_a_corner_is_a_hole() {
        check(&["0 0, 2 0, 2 1, 1 1, 1 2, 0 2", "2 1, 3 1, 3 3, 0 3, 0 2, 1 2, 2 2"], 1, 1, 7.0);
    }

    #[test]
    fn an_enclave_fills_the_hole_around_it() {
        check(&["0 0, 3 0, 3 3, 0 3; 1 1, 2 1, 2 2, 1 2", "1 1, 2 1, 2 2, 1 2"], 1, 0, 9.0);
        check(&["0 0, 3 0, 3 3, 0 3; 1 1, 2 1, 2 2, 1 2", "1.2 1.2, 1.4 1.2, 1.3 1.4"], 2, 1, 8.02);
    }

    #[test]
    fn overlapping_areas_count_once() {
        check(&["0 0, 2 0, 2 1, 0 1", "1 0, 3 0, 3 1, 1 1"], 1, 0, 3.0);
        check(&["0 0, 2 0, 2 2, 0 2", "1 1, 3 1, 3 3, 1 3"], 1, 0, 7.0);
        check(&["0 0, 4 0, 4 4, 0 4", "1 1, 2 1, 2 2, 1 2"], 1, 0, 16.0);
        check(&["0 0, 1 0, 1 1, 0 1", "0 0, 1 0, 1 1, 0 1"], 1, 0, 1.0);
    }

    #[test]
    fn a_pin_hole_under_a_square_metre_is_filled_and_a_pond_is_not() {
        let around = "0 0, 0.01 0, 0.01 0.01, 0 0.01; ";
        check(&[&format!("{around}0.005 0.005, 0.005005 0.005, 0.005 0.005005")], 1, 0, 1e-4);
        check(&[&format!("{around}0.005 0.005, 0.006 0.005, 0.005 0.006")], 1, 1, 1e-4 - 5e-7);
    }

    #[test]
    fn corners_come_out_as_they_went_in_even_from_the_overlay() {
        let inputs = [
            "105.1234567 20.1, 105.2 20.1, 105.2 20.2, 105.1234567 20.2",
            "105.15 20.15, 105.25 20.15, 105.25 20.25, 105.15 20.25",
        ];
        let known: Vec<Coord<f64>> = inputs.iter().flat_map(|text| area(text).0[0].exterior().0.clone()).collect();
        let union = union_of(&inputs);
        let kept = union.0[0].exterior().0.iter().filter(|at| known.contains(at)).count();
        assert_eq!(kept, 7, "six corners, one of them twice; the two crossings are new");
    }

    #[test]
    fn what_is_no_position_neither_panics_nor_spoils_the_rest() {
        check(&["0 0, 1 0, 1 1, 0 1", "NaN 0, 2 0, 2 1", "inf 0, 2 0, 2 1", "1e300 0, 2 0, 2 1"], 1, 0, 1.0);
        check(&["0 0, 1 1, 0 0"], 0, 0, 0.0);
        assert!(union_areas(&[]).0.is_empty());
    }

    #[test]
    fn a_bowtie_becomes_its_two_wings() {
        let union = union_of(&["0 0, 2 2, 2 0, 0 1"]);
        assert!(union.iter().all(|polygon| polygon.signed_area() > 0.0));
    }

    #[test]
    fn a_coverage_has_exactly_the_area_of_its_parts() {
        let units = quads(7, 5, 6);
        let union = union_areas(&units.iter().collect::<Vec<_>>());
        let sum: f64 = units.iter().map(Area::unsigned_area).sum();
        assert_eq!((union.0.len(), union.0[0].interiors().len()), (1, 0));
        assert!((union.unsigned_area() - sum).abs() < 1e-12 * sum);
    }

    proptest! {
        /// On a small lattice corners, edges and areas meet in every way there is.
        #[test]
        fn triangles_anywhere_cover_what_the_overlay_says(
            corners in proptest::collection::vec((0i8..6, 0i8..6), 3..18)
        ) {
            let triangles: Vec<_> = corners.chunks_exact(3).map(triangle).collect();
            let fast = union_areas(&triangles.iter().collect::<Vec<_>>());
            let slow = triangles.iter().fold(MultiPolygon::new(vec![]), |sum, next| sum.union(next));
            prop_assert!((fast.unsigned_area() - slow.unsigned_area()).abs() < 1e-6, "{fast:?} {slow:?}");
            prop_assert!(fast.xor(&slow).unsigned_area() < 1e-6);
        }

        /// Rings that cross themselves are wrong, and still no reason to stop.
        #[test]
        fn no_ring_makes_the_room_panic(corners in proptest::collection::vec((0i8..5, 0i8..5), 1..14)) {
            use crate::engine::boundaries::{Lookup, area, topology};
            let (one, two) = (triangle(&corners), triangle(&corners[corners.len() / 2..]));
            prop_assert!(union_areas(&[&one, &two]).unsigned_area().is_finite());
            prop_assert_eq!(topology::simplify(&[&one, &two], 1.5).len(), 2);
            prop_assert!(area::area_m2(&one).is_ok());
            let at = crate::model::measure::LonLat::new(1.5, 2.5).unwrap();
            let lookup = Lookup::new([("00001".parse().unwrap(), &one), ("00002".parse().unwrap(), &two)].into_iter());
            prop_assert!(lookup.locate(at).is_none() || lookup.nearest(at).is_some());
        }

        #[test]
        fn any_choice_of_units_agrees_with_the_overlay_folded_one_by_one(chosen in proptest::collection::vec(any::<bool>(), 20)) {
            let units = quads(5, 4, 2);
            let picked: Vec<_> = units.iter().zip(chosen).filter(|(_, pick)| *pick).map(|(unit, _)| unit).collect();
            let fast = union_areas(&picked);
            let slow = picked.iter().fold(MultiPolygon::new(vec![]), |sum, unit| sum.union(*unit));
            prop_assert!((fast.unsigned_area() - slow.unsigned_area()).abs() < 1e-9);
            prop_assert!(fast.xor(&slow).unsigned_area() < 1e-9);
        }
    }
}
