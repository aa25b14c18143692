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

use super::area::{check_polygon, rings};
use super::grid::Grid;

/// Corners per degree at which two are one: 1e-9°, finer than any published
/// boundary (7 decimals) and coarser than what overlays shift (6.5e-10°).
const KEYS_PER_DEGREE: f64 = 1e9;

/// A corner this close to an edge, degrees, is on it: rounding to 10 decimals moves a point by 5e-11°.
const ON_EDGE_DEG: f64 = 2e-9;

pub(super) struct Mesh {
    /// Where each corner is: longitude, latitude, as the first polygon spells it.
    pub(super) corners: Vec<Coord<f64>>,
    /// Exteriors counter-clockwise, holes clockwise; a polygon's exterior comes before its holes.
    pub(super) rings: Vec<Ring>,
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
        let mut mesh = Self { corners: Vec::new(), rings: Vec::new() };
        let mut numbers = HashMap::new();
        for (area, parts) in areas.iter().enumerate() {
            for (polygon, part) in parts.iter().enumerate() {
                if check_polygon(part).is_err() {
                    continue;
                }
                for (place, ring) in rings(part).enumerate() {
                    let corners = mesh.number(ring, &mut numbers);
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

    fn number(&mut self, ring: &LineString<f64>, numbers: &mut HashMap<(i64, i64), usize>) -> Vec<usize> {
        let mut line: Vec<usize> = Vec::with_capacity(ring.0.len());
        for at in &ring.0 {
            let corner = *numbers.entry(key(*at)).or_insert_with(|| {
                self.corners.push(*at);
                self.corners.len() - 1
            });
            push_without_spike(&mut line, corner);
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

    /// Puts corners that lie on an edge into it, so that edges of neighbours match.
    pub(super) fn node(&mut self) {
        let Some(grid) = Grid::over(self.corners.iter().copied(), self.corners.len()) else { return };
        let mut near: Vec<Vec<usize>> = vec![Vec::new(); grid.len()];
        for (corner, at) in self.corners.iter().enumerate() {
            if let Some(cell) = grid.cell(*at) {
                near[cell].push(corner);
            }
        }
        let mut on_edge: Vec<(f64, usize)> = Vec::new();
        for ring in &mut self.rings {
            let mut noded: Vec<usize> = Vec::with_capacity(ring.corners.len());
            for (a, b) in edges(&ring.corners) {
                push_without_spike(&mut noded, a);
                let (from, to) = (self.corners[a], self.corners[b]);
                on_edge.clear();
                grid.along(from, to, |cell| {
                    let inside = near[cell].iter().filter(|&&corner| corner != a && corner != b);
                    on_edge.extend(inside.filter_map(|&c| Some((place_on_edge(from, to, self.corners[c])?, c))));
                });
                on_edge.sort_by(|x, y| x.0.total_cmp(&y.0));
                for (_, corner) in &on_edge {
                    push_without_spike(&mut noded, *corner);
                }
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

/// Part of the way from `a` to `b` at which `at` lies on the edge; `None` off it or at its ends.
fn place_on_edge(a: Coord<f64>, b: Coord<f64>, at: Coord<f64>) -> Option<f64> {
    let (along, to) = (Coord { x: b.x - a.x, y: b.y - a.y }, Coord { x: at.x - a.x, y: at.y - a.y });
    let length_squared = along.x * along.x + along.y * along.y;
    let t = (to.x * along.x + to.y * along.y) / length_squared;
    let off = (to.x * along.y - to.y * along.x).abs() / length_squared.sqrt();
    (t > 0.0 && t < 1.0 && off <= ON_EDGE_DEG).then_some(t)
}

pub(super) fn key(at: Coord<f64>) -> (i64, i64) {
    ((at.x * KEYS_PER_DEGREE).round() as i64, (at.y * KEYS_PER_DEGREE).round() as i64)
}

/// Calls `visit` with the places of an edge of `some` and one of `others` that meet anywhere
/// but at a common corner, possibly more than once, until it answers false.
pub(super) fn meetings(
    mesh: &Mesh,
    some: &[(usize, usize)],
    others: &[(usize, usize)],
    mut visit: impl FnMut(usize, usize) -> bool,
) {
    let ends = some.iter().flat_map(|(a, b)| [mesh.corners[*a], mesh.corners[*b]]);
    let Some(grid) = Grid::over(ends, some.len()) else { return };
    let mut cells: Vec<Vec<usize>> = vec![Vec::new(); grid.len()];
    for (number, (a, b)) in some.iter().enumerate() {
        grid.along(mesh.corners[*a], mesh.corners[*b], |cell| cells[cell].push(number));
    }
    let mut go_on = true;
    for (other, edge) in others.iter().enumerate() {
        grid.along(mesh.corners[edge.0], mesh.corners[edge.1], |cell| {
            for &one in &cells[cell] {
                go_on = go_on && (!meet(mesh, some[one], *edge) || visit(one, other));
            }
        });
        if !go_on {
            return;
        }
    }
}

/// In a noded mesh corners are in the edges that they lie on, so edges with a common corner do not overlap.
fn meet(mesh: &Mesh, (a, b): (usize, usize), (c, d): (usize, usize)) -> bool {
    if a == c || a == d || b == c || b == d {
        return false;
    }
    let [a, b, c, d] = [a, b, c, d].map(|corner| mesh.corners[corner]);
    if a.x.max(b.x) < c.x.min(d.x) || c.x.max(d.x) < a.x.min(b.x) {
        return false;
    }
    if a.y.max(b.y) < c.y.min(d.y) || c.y.max(d.y) < a.y.min(b.y) {
        return false;
    }
    side(a, b, c) * side(a, b, d) <= 0 && side(c, d, a) * side(c, d, b) <= 0
}

/// Directed edges of a ring whose first corner is not repeated.
pub(super) fn edges(ring: &[usize]) -> impl Iterator<Item = (usize, usize)> {
    ring.iter().zip(ring.iter().cycle().skip(1)).map(|(a, b)| (*a, *b))
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
