//! The outline of several areas.
//!
//! Edges that two neighbours share cancel. What is left is noded and divides
//! the plane into faces; how many areas cover a face follows from the edges
//! crossed on the way to it. The outline parts faces that some area covers
//! from those that none does, and keeps every corner as it came. Slivers
//! between neighbours that nearly fit are filled, and said aloud.

use std::collections::BTreeSet;

use geo_types::{MultiPolygon, Polygon};

use super::area::ring_area_m2;
use super::cover;
use super::edges::{self, Edge};
use super::faces::{Cycle, Faces};
use super::mesh::{Mesh, line};
use super::noding;
use super::regions::{Regions, held};
use crate::model::measure::LonLat;

/// A hole smaller than this, square metres, is filled whoever is around it: the pin-holes of the
/// official communes of this province are under it.
const PIN_HOLE_M2: f64 = 1.0;

/// A hole between two areas that is smaller, square metres, or narrower, metres, is a drawing error and
/// no ground: official communes of four provinces have no larger.
pub(super) const SLIVER_M2: f64 = 100.0;
pub const SLIVER_WIDTH_M: f64 = 0.5;

/// The area covered by any of several, and what was done to get it.
#[derive(Clone, Debug, PartialEq)]
pub struct Union {
    /// Degrees; exteriors counter-clockwise, holes clockwise.
    pub area: MultiPolygon<f64>,
    pub filled: Filled,
    /// Places in the input of areas whose rings cross themselves and turn the wrong way there:
    /// that ground is left out. Empty for valid polygons.
    pub crossed: Vec<usize>,
}

/// Slivers that were filled.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Filled {
    pub holes: usize,
    pub area_m2: f64,
}

/// The area covered by any of `areas`; see [`unite`].
#[must_use]
pub fn union_areas(areas: &[&MultiPolygon<f64>]) -> MultiPolygon<f64> {
    unite(areas).area
}

/// The area covered by any of `areas`, holes under 1 m² filled, and holes under 100 m² or narrower than
/// half a metre where they lie between two areas. Polygons with coordinates that are no position are
/// left out; `area::check` tells which. Degrees in, degrees out.
#[must_use]
pub fn unite(areas: &[&MultiPolygon<f64>]) -> Union {
    let mut mesh = Mesh::as_drawn(areas);
    let open = edges::open(&mesh.edges(), mesh.corners.len());
    let Some(noded) = noding::node(&mut mesh, open) else { return overlay(&mesh) };
    of_noded(&mesh, &noded)
}

fn of_noded(mesh: &Mesh, noded: &[Edge]) -> Union {
    let faces = Faces::new(mesh, noded);
    let cover = cover::counts(&faces);
    let mut covered: Vec<bool> = cover.iter().map(|count| *count > 0).collect();
    let mut filled = Filled::default();
    let mut crossed = BTreeSet::new();
    for face in (0..faces.cycles() as Cycle).filter(|face| faces.is_face(*face)) {
        match cover[face as usize] {
            0 => {
                if let Some(area_m2) = sliver_m2(&faces, face) {
                    covered[face as usize] = true;
                    filled.holes += 1;
                    filled.area_m2 += area_m2;
                }
            }
            ..0 => {
                let less = faces.halves(face).filter(|half| faces.gain(*half) < 0);
                crossed.extend(less.flat_map(|half| faces.sides(half)).map(|edge| edge.area as usize));
            }
            _ => {}
        }
    }
    // What lies in a filled hole lies in the outline.
    for (piece, around) in faces.order().iter().filter_map(held) {
        covered[piece as usize] |= covered[around as usize];
    }
    Union { area: Regions::of(&faces).all(&covered), filled, crossed: crossed.into_iter().collect() }
}

/// The size of a face that is to be filled.
fn sliver_m2(faces: &Faces<'_>, face: Cycle) -> Option<f64> {
    let ring = faces.line_of(face);
    let area_m2 = ring_area_m2(&ring);
    if area_m2 < PIN_HOLE_M2 {
        return Some(area_m2);
    }
    let mut around = faces.halves(face).flat_map(|half| faces.sides(half)).map(|edge| edge.area);
    let first = around.next();
    let between_two = around.any(|area| Some(area) != first);
    (between_two && (area_m2 < SLIVER_M2 || mean_width_m(area_m2, length_m(&ring)) < SLIVER_WIDTH_M)).then_some(area_m2)
}

/// The width of a long strip: twice the area by the perimeter.
pub(super) fn mean_width_m(area_m2: f64, around_m: f64) -> f64 {
    if around_m > 0.0 { 2.0 * area_m2.max(0.0) / around_m } else { 0.0 }
}

/// On the sphere; 0.5 % from the ellipsoid at most.
pub(super) fn length_m(line: &geo_types::LineString<f64>) -> f64 {
    let places = || line.0.iter().map(|at| LonLat::new(at.x, at.y).ok());
    places().zip(places().skip(1)).filter_map(|(a, b)| Some(a?.distance_m(b?))).sum()
}

/// For rings that no rounding brings to meet in corners only; none is known.
/// Invariant: the mesh has finite coordinates and consistent winding, without
/// which `unary_union` panics or silently returns another area.
fn overlay(mesh: &Mesh) -> Union {
    use geo::orient::{Direction, Orient};
    let mut polygons: Vec<Polygon<f64>> = Vec::new();
    for ring in &mesh.rings {
        let line = line(&mesh.corners, &ring.corners);
        match polygons.last_mut().filter(|_| ring.hole) {
            Some(polygon) => polygon.interiors_push(line),
            None => polygons.push(Polygon::new(line, Vec::new())),
        }
    }
    let area = geo::unary_union(&polygons).orient(Direction::Default);
    Union { area, filled: Filled::default(), crossed: Vec::new() }
}

#[cfg(test)]
mod tests {
    use geo::{Area, BooleanOps, Contains, Validation};
    use geo_types::Coord;
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
    fn a_bowtie_keeps_the_wing_that_turns_its_way_and_is_named() {
        let bowtie = area("0 0, 2 2, 2 0, 0 1");
        let union = unite(&[&bowtie]);
        assert!(union.area.iter().all(|polygon| polygon.signed_area() > 0.0));
        assert_eq!(union.crossed, [0]);
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
        fn triangles_anywhere_cover_together_what_each_covers(
            corners in proptest::collection::vec((0i8..6, 0i8..6), 3..18)
        ) {
            let triangles: Vec<_> = corners.chunks_exact(3).map(triangle).collect();
            let fast = union_areas(&triangles.iter().collect::<Vec<_>>());
            prop_assert!(fast.is_valid(), "{fast:?}");
            // Point by point: `geo`'s own union puts some of these into each other's holes. No point of this grid
            // is nearer than 1e-6 to a line through two corners of the lattice.
            for (x, y) in (0..60).flat_map(|x| (0..60).map(move |y| (x, y))) {
                let at = geo_types::Point::new(f64::from(x) * 0.0998 + 0.01719, f64::from(y) * 0.0996 + 0.01351);
                let covered = triangles.iter().any(|triangle| triangle.contains(&at));
                prop_assert_eq!(fast.contains(&at), covered, "{:?} {:?}", at, fast);
            }
        }

        /// Rings that cross themselves are wrong, and still no reason to stop.
        #[test]
        fn no_ring_makes_the_room_panic(corners in proptest::collection::vec((0i8..5, 0i8..5), 1..14)) {
            use crate::engine::boundaries::{Lookup, area, topology};
            let (one, two) = (triangle(&corners), triangle(&corners[corners.len() / 2..]));
            prop_assert!(union_areas(&[&one, &two]).unsigned_area().is_finite());
            prop_assert_eq!(topology::simplify(&[&one, &two], 1.5).len(), 2);
            prop_assert!(area::area_m2(&one).is_ok());
            let at = LonLat::new(1.5, 2.5).unwrap();
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

    /// A triangle whose westmost corner is a rounding lower than a corner of the star beside it:
    /// the ray to the west meets both lines below that corner at what computes as one place.
    #[test]
    fn a_piece_level_with_a_neighbours_corner_is_not_taken_to_lie_in_it() {
        let ring = |pairs: &[(f64, f64)]| -> geo_types::LineString<f64> {
            pairs.iter().map(|(x, y)| Coord { x: 105.0 + x * 1e-3, y: 20.0 + y * 1e-3 }).collect()
        };
        let star = ring(&[(0., 7.), (6., 10.), (6., 9.), (0., 1.), (3., 15.), (3., 0.)]);
        let (triangle, hole) = (ring(&[(10., 0.), (5., 5.), (6., 8.)]), ring(&[(6., 5.), (10., 6.), (7., 8.)]));
        let star = MultiPolygon::new(vec![Polygon::new(star, Vec::new())]);
        let triangle = MultiPolygon::new(vec![Polygon::new(triangle, vec![hole])]);
        let united = unite(&[&star, &triangle]).area;
        assert!(crate::engine::boundaries::validity::check(&united).is_ok());
        assert_eq!(united.0.len(), 2);
    }
}
