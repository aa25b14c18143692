//! Boundary lines and labels become areas: how commune offices hold their borders.
//!
//! All lines are noded with one another and divide the plane into faces; ends
//! that hang over are passed over by themselves, for both their sides lie in
//! one face. A label names the face in which it lies. Nothing is guessed: a face without a
//! label, or with several, and a label in no face are told, and so is every
//! line end that meets nothing, for that is where a border was left open.

use geo::coordinate_position::{CoordPos, CoordinatePosition};
use geo::{BoundingRect, Intersects};
use geo_types::{Coord, LineString, MultiPolygon, Rect};

use super::area::{area_m2, check_line};
use super::edges::Edge;
use super::faces::{Cycle, Faces, twin};
use super::mesh::Mesh;
use super::noding;
use super::regions::{Regions, held};
use crate::model::measure::LonLat;

/// What lines and labels gave.
#[derive(Clone, Debug, Default)]
pub struct Polygonised {
    /// The largest first.
    pub faces: Vec<Face>,
    /// Labels that lie in no face, or on a line.
    pub stray: Vec<usize>,
    /// Ends of lines that meet no other line. Degrees.
    pub loose_ends: Vec<Coord<f64>>,
}

/// One face and the labels in it.
#[derive(Clone, Debug)]
pub struct Face {
    pub area: MultiPolygon<f64>,
    /// On the ellipsoid.
    pub area_m2: f64,
    /// Places in the list of labels.
    pub labels: Vec<usize>,
}

/// Areas between `lines`, with the places of `labels` in them. Degrees, longitude first. Lines with
/// coordinates that are no position are left out. An end that meets nothing is joined to the nearest line
/// within `snap_m` metres. `None` when the lines cannot be noded.
#[must_use]
pub fn polygonise(lines: &[LineString<f64>], labels: &[Coord<f64>], snap_m: f64) -> Option<Polygonised> {
    let mut mesh = Mesh::default();
    let mut edges: Vec<Edge> = Vec::new();
    for line in lines.iter().filter(|line| check_line(line).is_ok()) {
        let corners: Vec<u32> = line.0.iter().map(|at| mesh.number(*at)).collect();
        for pair in corners.windows(2).filter(|pair| pair[0] != pair[1]) {
            edges.push(Edge { from: pair[0], to: pair[1], area: 0, source: edges.len() as u32 });
        }
    }
    let mut noded = noding::node(&mut mesh, edges)?;
    if snap_m > 0.0 {
        let joints = joints(&mesh, &noded, snap_m);
        if !joints.is_empty() {
            for (end, at) in joints {
                let to = mesh.number(at);
                let edge = Edge { from: end, to, area: 0, source: noded.len() as u32 };
                noded.extend(Some(edge).filter(|edge| edge.from != edge.to));
            }
            noded = noding::node(&mut mesh, noded)?;
        }
    }
    let faces = Faces::new(&mesh, &noded);
    let pieces: Vec<(Cycle, Cycle)> = faces.order().iter().filter_map(held).collect();
    let mut regions = Regions::of(&faces);
    let mut drawn: Vec<Face> = (0..faces.cycles() as Cycle)
        .filter(|cycle| faces.is_face(*cycle))
        .filter(|face| faces.halves(*face).any(|half| faces.cycle_of(twin(half)) != *face))
        .map(|face| {
            let area = regions.face(face, &pieces);
            Face { area_m2: area_m2(&area).unwrap_or_default(), area, labels: Vec::new() }
        })
        .filter(|face| !face.area.0.is_empty())
        .collect();
    drawn.sort_by(|a, b| b.area_m2.total_cmp(&a.area_m2));
    let stray = put_in(&mut drawn, labels);
    let loose_ends = loose_ends(&mesh, &noded).into_iter().map(|end| mesh.corners[end as usize]).collect();
    Some(Polygonised { faces: drawn, stray, loose_ends })
}

/// Puts every label into its face; those that lie in none come back.
fn put_in(faces: &mut [Face], labels: &[Coord<f64>]) -> Vec<usize> {
    let boxes: Vec<Option<Rect<f64>>> = faces.iter().map(|face| face.area.bounding_rect()).collect();
    let mut stray = Vec::new();
    for (label, at) in labels.iter().enumerate() {
        let holds = |face: &Face| face.area.coordinate_position(at) == CoordPos::Inside;
        let near = |face: &usize| boxes[*face].is_some_and(|bounds| bounds.intersects(at));
        match (0..faces.len()).find(|face| near(face) && holds(&faces[*face])) {
            Some(face) => faces[face].labels.push(label),
            None => stray.push(label),
        }
    }
    stray
}

/// Corners at which one edge ends and none goes on, lowest number first.
fn loose_ends(mesh: &Mesh, edges: &[Edge]) -> Vec<u32> {
    let mut lines: Vec<(u32, u32)> = edges.iter().map(|edge| edge.line()).collect();
    lines.sort_unstable();
    lines.dedup();
    let mut degree = vec![0u32; mesh.corners.len()];
    for (a, b) in lines {
        degree[a as usize] += 1;
        degree[b as usize] += 1;
    }
    (0..degree.len() as u32).filter(|corner| degree[*corner as usize] == 1).collect()
}

/// Where each loose end would be joined: the nearest place on another edge, within `snap_m`.
fn joints(mesh: &Mesh, edges: &[Edge], snap_m: f64) -> Vec<(u32, Coord<f64>)> {
    let at = |corner: u32| mesh.corners[corner as usize];
    // A degree of latitude is 110.6 km; the box is wider than needed and the distance decides.
    let reach_deg = snap_m / 100_000.0;
    let nearest = |end: u32| {
        let place = at(end);
        let candidates = edges.iter().filter(|edge| edge.from != end && edge.to != end).filter_map(|edge| {
            let (a, b) = (at(edge.from), at(edge.to));
            let near = |low: f64, high: f64, value: f64| {
                low.min(high) - reach_deg <= value && value <= low.max(high) + reach_deg
            };
            (near(a.x, b.x, place.x) && near(a.y, b.y, place.y)).then(|| foot(a, b, place))
        });
        let measured = candidates.filter_map(|foot| {
            let distance = LonLat::new(place.x, place.y).ok()?.distance_m(LonLat::new(foot.x, foot.y).ok()?);
            (distance <= snap_m).then_some((distance, foot))
        });
        measured.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, foot)| (end, foot))
    };
    loose_ends(mesh, edges).into_iter().filter_map(nearest).collect()
}

/// The place on a line that is nearest to a point, in degrees with longitudes shrunk by the latitude.
fn foot(a: Coord<f64>, b: Coord<f64>, p: Coord<f64>) -> Coord<f64> {
    let shrink = p.y.to_radians().cos();
    let (along, to) = (b - a, p - a);
    let (dx, px) = (along.x * shrink, to.x * shrink);
    let length = dx * dx + along.y * along.y;
    let part = if length > 0.0 { ((dx * px + along.y * to.y) / length).clamp(0.0, 1.0) } else { 0.0 };
    a + along * part
}

#[cfg(test)]
mod tests {
    use geo::Area;
    use geo_types::{coord, line_string};

    use super::*;

    /// Two squares drawn as an outline that hangs over at its seam, and a line between them.
    fn two_squares(middle_from: f64) -> Vec<LineString<f64>> {
        vec![
            line_string![(x: 105.0, y: 20.0), (x: 105.02, y: 20.0), (x: 105.02, y: 20.01), (x: 105.0, y: 20.01), (x: 105.0, y: 19.999)],
            line_string![(x: 105.01, y: middle_from), (x: 105.01, y: 20.012)],
        ]
    }

    const LABELS: [Coord<f64>; 3] =
        [coord! { x: 105.005, y: 20.005 }, coord! { x: 105.015, y: 20.005 }, coord! { x: 106.0, y: 21.0 }];

    fn check(lines: &[LineString<f64>], snap_m: f64, expected: &[&[usize]], loose: usize) {
        let found = polygonise(lines, &LABELS, snap_m).unwrap();
        let mut labels: Vec<Vec<usize>> = found.faces.iter().map(|face| face.labels.clone()).collect();
        labels.sort();
        assert_eq!(labels, expected);
        assert_eq!((found.stray, found.loose_ends.len()), (vec![2], loose));
        let sum: f64 = found.faces.iter().map(|face| face.area.unsigned_area()).sum();
        assert!((sum - 0.0002).abs() < 1e-9, "no ground is lost: {sum}");
    }

    #[test]
    fn lines_that_cross_and_hang_over_make_areas_with_their_labels() {
        check(&two_squares(19.998), 0.0, &[&[0], &[1]], 3);
    }

    #[test]
    fn a_border_that_was_left_open_joins_two_labels_and_is_told() {
        // The line between ends a metre short of the outline.
        check(&two_squares(20.00001), 0.0, &[&[0, 1]], 3);
        check(&two_squares(20.00001), 5.0, &[&[0], &[1]], 2);
    }

    #[test]
    fn an_island_is_a_hole_in_the_area_around_it() {
        let ring = |low: f64, high: f64| line_string![(x: 105.0 + low, y: 20.0 + low), (x: 105.0 + high, y: 20.0 + low), (x: 105.0 + high, y: 20.0 + high), (x: 105.0 + low, y: 20.0 + high), (x: 105.0 + low, y: 20.0 + low)];
        let found = polygonise(&[ring(0.0, 0.03), ring(0.01, 0.02)], &[coord! { x: 105.015, y: 20.015 }], 0.0).unwrap();
        let areas: Vec<i64> = found.faces.iter().map(|face| (face.area.unsigned_area() * 1e8).round() as i64).collect();
        assert_eq!(areas, [80_000, 10_000]);
        assert_eq!((found.faces[0].labels.len(), found.faces[1].labels.len()), (0, 1));
    }

    #[test]
    fn what_encloses_nothing_gives_nothing() {
        let bad = line_string![(x: f64::NAN, y: 20.0), (x: 105.0, y: 1e300)];
        let found = polygonise(&[bad, line_string![(x: 105.0, y: 20.0), (x: 105.1, y: 20.0)]], &[], 10.0).unwrap();
        assert!(found.faces.is_empty() && found.loose_ends.len() == 2);
        assert!(polygonise(&[], &[], 0.0).unwrap().faces.is_empty());
    }
}
