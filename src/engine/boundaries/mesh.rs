//! Polygons as rings of shared corners.
//!
//! Neighbours in a coverage spell the same corner with the same numbers, so a
//! corner becomes one number for all of them: edges can then be compared, and
//! moved for all neighbours at once. Corners are equal on a grid of 1e-9°
//! (0.1 mm). Doubled corners, spikes and rings without area are dropped here,
//! and a corner lying on a neighbour's edge is put into that edge.

use std::collections::HashMap;

use geo::algorithm::kernels::{Kernel, Orientation, RobustKernel};
use geo_types::{Coord, LineString, MultiPolygon};
use rustc_hash::FxBuildHasher;

use super::area::{check_polygon, rings};
use super::edges::{self, Edge};
use super::noding;

/// Corners per degree at which two are one: 1e-9°, finer than any published
/// boundary (7 decimals) and coarser than what overlays shift (6.5e-10°).
const KEYS_PER_DEGREE: f64 = 1e9;

#[derive(Default)]
pub(super) struct Mesh {
    /// Where each corner is: longitude, latitude, as the first polygon spells it.
    pub(super) corners: Vec<Coord<f64>>,
    /// Exteriors counter-clockwise, holes clockwise; a polygon's exterior comes before its holes.
    pub(super) rings: Vec<Ring>,
    numbers: HashMap<(i64, i64), u32, FxBuildHasher>,
}

pub(super) struct Ring {
    /// Index of the area in the input.
    pub(super) area: usize,
    /// Index of the polygon in that area.
    pub(super) polygon: usize,
    pub(super) hole: bool,
    /// Corners in order, the first not repeated; at least three.
    pub(super) corners: Vec<usize>,
}

impl Mesh {
    /// Polygons with coordinates that are no position are left out.
    pub(super) fn new(areas: &[&MultiPolygon<f64>]) -> Self {
        let mut mesh = Self::as_drawn(areas);
        mesh.node();
        mesh
    }

    /// As the areas have it: no corner is put into a neighbour's edge.
    pub(super) fn as_drawn(areas: &[&MultiPolygon<f64>]) -> Self {
        let mut mesh = Self::default();
        let count = areas.iter().flat_map(|area| area.iter()).flat_map(rings).map(|ring| ring.0.len()).sum::<usize>();
        mesh.numbers.reserve(count / 2); // most corners have two areas
        for (area, parts) in areas.iter().enumerate() {
            for (polygon, part) in parts.iter().enumerate() {
                if check_polygon(part).is_err() {
                    continue;
                }
                for (place, ring) in rings(part).enumerate() {
                    let corners = mesh.line_of(ring);
                    let turned = signed_area(&mesh.corners, &corners);
                    let hole = place > 0;
                    if corners.len() < 3 || turned == 0.0 {
                        if hole { continue } else { break }
                    }
                    let mut ring = Ring { area, polygon, hole, corners };
                    if (turned > 0.0) == hole {
                        ring.corners.reverse();
                    }
                    mesh.rings.push(ring);
                }
            }
        }
        mesh
    }

    /// The number of the corner at a place; a new one if there is none.
    pub(super) fn number(&mut self, at: Coord<f64>) -> u32 {
        *self.numbers.entry(key(at)).or_insert_with(|| {
            self.corners.push(at);
            self.corners.len() as u32 - 1
        })
    }

    fn line_of(&mut self, ring: &LineString<f64>) -> Vec<usize> {
        let mut line: Vec<usize> = Vec::with_capacity(ring.0.len());
        for at in &ring.0 {
            push_without_spike(&mut line, self.number(*at) as usize);
        }
        // The same at the seam, where the end of the line meets its start.
        while line.len() > 1 {
            let last = line.len() - 1;
            if line[0] == line[last] || (last > 1 && line[last - 1] == line[0]) {
                line.pop();
            } else if line[last] == line[1] {
                line.remove(0);
            } else {
                break;
            }
        }
        line
    }

    /// All edges, ring by ring.
    pub(super) fn edges(&self) -> Vec<Edge> {
        let mut all = Vec::with_capacity(self.rings.iter().map(|ring| ring.corners.len()).sum());
        for ring in &self.rings {
            let mut push = |from: usize, to: usize| {
                all.push(Edge { from: from as u32, to: to as u32, area: ring.area as u32, source: all.len() as u32 });
            };
            ring.corners.windows(2).for_each(|pair| push(pair[0], pair[1]));
            if let [first, .., last] = ring.corners[..] {
                push(last, first);
            }
        }
        all
    }

    /// Puts corners that lie on an edge into it, so that edges of neighbours match. Edges that
    /// match already are passed over: a corner on one of them is of an area that overlaps both.
    pub(super) fn node(&mut self) {
        let open = edges::open(&self.edges(), self.corners.len());
        let cuts = noding::corners_on_edges(&self.corners, &open);
        if cuts.is_empty() {
            return;
        }
        let mut cuts = cuts.into_iter().map(|cut| (open[cut.edge as usize].source, cut.corner as usize)).peekable();
        let mut place = 0;
        for ring in &mut self.rings {
            let mut noded: Vec<usize> = Vec::with_capacity(ring.corners.len());
            for corner in &ring.corners {
                push_without_spike(&mut noded, *corner);
                while let Some((_, corner)) = cuts.next_if(|(edge, _)| *edge == place) {
                    push_without_spike(&mut noded, corner);
                }
                place += 1;
            }
            if noded.len() >= 3 {
                ring.corners = noded;
            }
        }
    }
}

/// A line that goes to a corner and straight back encloses nothing.
fn push_without_spike(line: &mut Vec<usize>, corner: usize) {
    match line.len() {
        n if n > 0 && line[n - 1] == corner => {}
        n if n > 1 && line[n - 2] == corner => {
            line.pop();
        }
        _ => line.push(corner),
    }
}

pub(super) fn key(at: Coord<f64>) -> (i64, i64) {
    // Halves go away from zero, as `round` has it; that one is a call for every number.
    let nearest = |degrees: f64| {
        let keys = degrees * KEYS_PER_DEGREE;
        (keys + 0.5_f64.copysign(keys)) as i64
    };
    (nearest(at.x), nearest(at.y))
}

/// Directed edges of a ring whose first corner is not repeated.
pub(super) fn edges(ring: &[usize]) -> impl Iterator<Item = (usize, usize)> {
    let next = ring.iter().skip(1).chain(ring.first());
    ring.iter().zip(next).map(|(a, b)| (*a, *b))
}

/// Square degrees, positive when counter-clockwise. Measured from the first
/// corner: far from 0, 0 the plain formula loses the digits that matter.
pub(super) fn signed_area(corners: &[Coord<f64>], ring: &[usize]) -> f64 {
    let Some(&first) = ring.first() else { return 0.0 };
    let origin = corners[first];
    let from_origin = |corner: usize| (corners[corner].x - origin.x, corners[corner].y - origin.y);
    let twice: f64 = edges(ring)
        .map(|(a, b)| {
            let ((ax, ay), (bx, by)) = (from_origin(a), from_origin(b));
            ax * by - ay * bx
        })
        .sum();
    twice / 2.0
}

/// The closed line of a ring.
pub(super) fn line(corners: &[Coord<f64>], ring: &[usize]) -> LineString<f64> {
    LineString::new(ring.iter().chain(ring.first()).map(|corner| corners[*corner]).collect())
}

/// 1 left of the line from `a` to `b`, -1 right of it, 0 on it; exact.
pub(super) fn side(a: Coord<f64>, b: Coord<f64>, at: Coord<f64>) -> i8 {
    match RobustKernel::orient2d(a, b, at) {
        Orientation::CounterClockwise => 1,
        Orientation::Clockwise => -1,
        Orientation::Collinear => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::boundaries::shapes::area;

    fn check(areas: &[&str], expected: &[usize]) {
        let areas: Vec<_> = areas.iter().map(|text| area(text)).collect();
        let mesh = Mesh::new(&areas.iter().collect::<Vec<_>>());
        assert_eq!(mesh.rings.iter().map(|ring| ring.corners.len()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn doubled_corners_are_one() {
        check(&["0 0, 0 0, 1 0, 1 1, 1 1, 0 1, 0 0, 0 0"], &[4]);
    }

    #[test]
    fn spikes_are_cut_also_at_the_seam() {
        check(&["0 0, 1 0, 2 0, 1 0, 1 1, 0 1"], &[4]);
        check(&["0 0, 1 0, 1 1, 0 1, 0 0, -1 0"], &[4]);
        check(&["-1 0, 0 0, 1 0, 1 1, 0 1, 0 0"], &[4]);
    }

    #[test]
    fn a_ring_without_area_is_dropped_with_its_holes() {
        check(&["0 0, 1 0, 2 0; 0.1 0, 0.2 0, 0.2 0.1", "0 0, 1 0, 1 1"], &[3]);
    }

    #[test]
    fn a_corner_on_the_neighbours_edge_is_put_into_it() {
        check(&["0 0, 2 0, 2 1, 0 1", "0 1, 1 1, 1 2, 0 2", "1 1, 2 1, 2 2, 1 2"], &[5, 4, 4]);
    }

    #[test]
    fn exteriors_turn_left_and_holes_right() {
        let square = area("0 0, 0 3, 3 3, 3 0; 1 1, 2 1, 2 2, 1 2");
        let mesh = Mesh::new(&[&square]);
        assert_eq!(signed_area(&mesh.corners, &mesh.rings[0].corners), 9.0);
        assert_eq!(signed_area(&mesh.corners, &mesh.rings[1].corners), -1.0);
    }

    #[test]
    fn a_polygon_that_is_no_position_is_left_out_and_the_others_stay() {
        check(&["0 0, NaN 0, 1 1 | 0 0, 1 0, 1 1", "0 0, 1e300 0, 1 1"], &[3]);
    }
}
