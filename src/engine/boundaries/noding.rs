//! Noding: edges are cut wherever they meet, so that afterwards they meet in corners only.
//!
//! A corner that lies on an edge is put into it; where two edges cross, a new
//! corner is put into both. Each cut bends an edge by less than the tolerance,
//! which may bring it onto another corner, so the edges that changed are
//! looked at again until nothing changes. Edges that already meet in corners
//! are not touched.

use geo_types::Coord;

use super::boxes::Boxes;
use super::edges::{self, Edge};
use super::mesh::{Mesh, side};

/// A corner this close to an edge, degrees, is on it: 0.2 mm. Rounding to 10 decimals moves a point by 5e-11°.
pub(super) const ON_EDGE_DEG: f64 = 2e-9;

/// Edges of the boundaries at hand need two rounds, random ones up to five.
const MOST_ROUNDS: usize = 24;

/// Edges for one as drawn. Real drawings grow by a few in a hundred; a drawing no larger than the tolerance
/// would cut every edge by every other.
const MOST_GROWTH: usize = 64;

/// What to put into an edge.
#[derive(Clone, Copy)]
pub(super) struct Cut {
    pub(super) edge: u32,
    /// Part of the way along the edge.
    pub(super) along: f64,
    pub(super) corner: u32,
}

/// Cuts the edges; `None` if they still meet elsewhere than in corners after many rounds,
/// or become too many.
pub(super) fn node(mesh: &mut Mesh, mut edges: Vec<Edge>) -> Option<Vec<Edge>> {
    let mut changed: Option<Vec<bool>> = None;
    let most = edges.len() * MOST_GROWTH + 10_000;
    for _ in 0..MOST_ROUNDS {
        // Where neighbours match, one edge speaks for both.
        let partners = edges::partners(&edges, mesh.corners.len());
        let speaks = |edge: usize| partners[edge].is_none_or(|partner| partner as usize > edge);
        let speakers: Vec<u32> = (0..edges.len() as u32).filter(|edge| speaks(*edge as usize)).collect();
        let lines: Vec<Edge> = speakers.iter().map(|edge| edges[*edge as usize]).collect();
        let asked = |line: usize| changed.as_ref().is_none_or(|changed| changed[speakers[line] as usize]);
        let mut cuts = meetings(mesh, &lines, asked);
        if cuts.is_empty() {
            return Some(edges);
        }
        if edges.len() + cuts.len() > most {
            return None;
        }
        for cut in &mut cuts {
            cut.edge = speakers[cut.edge as usize];
        }
        let of_partner = |cut: &Cut| {
            partners[cut.edge as usize].map(|edge| Cut { edge, along: 1.0 - cut.along, corner: cut.corner })
        };
        let mirrored: Vec<Cut> = cuts.iter().filter_map(of_partner).collect();
        cuts.extend(mirrored);
        let (cut, is_new) = apply(&edges, cuts);
        (edges, changed) = (cut, Some(is_new));
    }
    None
}

/// What to cut where lines meet elsewhere than in corners; a crossing becomes a corner of the mesh.
fn meetings(mesh: &mut Mesh, lines: &[Edge], asked: impl Fn(usize) -> bool) -> Vec<Cut> {
    let mut cuts = Vec::new();
    let mut crossings = Vec::new();
    Boxes::over(&mesh.corners, lines, ON_EDGE_DEG, asked).pairs(|one, other| {
        if !corners_on(&mesh.corners, lines, (one, other), &mut cuts)
            && let Some(at) = crossing(&mesh.corners, lines[one], lines[other])
        {
            crossings.push((one, other, at));
        }
    });
    for (one, other, at) in crossings {
        let corner = mesh.number(at);
        for line in [one, other] {
            let ends = [lines[line].from, lines[line].to];
            if !ends.contains(&corner) {
                let [a, b] = ends.map(|end| mesh.corners[end as usize]);
                cuts.push(Cut { edge: line as u32, along: place_along(a, b, at), corner });
            }
        }
    }
    cuts
}

/// The corners of edges that lie on other edges. Crossings stay.
pub(super) fn corners_on_edges(corners: &[Coord<f64>], edges: &[Edge]) -> Vec<Cut> {
    let mut cuts = Vec::new();
    Boxes::over(corners, edges, ON_EDGE_DEG, |_| true).pairs(|one, other| {
        corners_on(corners, edges, (one, other), &mut cuts);
    });
    sort(&mut cuts);
    cuts
}

/// Whether a corner of one lies on the other, or the two are one line.
fn corners_on(corners: &[Coord<f64>], edges: &[Edge], (one, other): (usize, usize), cuts: &mut Vec<Cut>) -> bool {
    let mut meet = false;
    let (first, second) = if edges[one].to == edges[other].from { (one, other) } else { (other, one) };
    if edges[first].to == edges[second].from {
        // Most pairs follow one another; where the way does not turn back neither end can lie on the other edge.
        let [a, b, c] = [edges[first].from, edges[second].from, edges[second].to].map(|at| corners[at as usize]);
        if (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y) > 0.0 {
            return true;
        }
    }
    for (edge, by) in [(one, other), (other, one)] {
        let (Edge { from, to, .. }, other) = (edges[edge], edges[by]);
        for corner in [other.from, other.to] {
            if corner == from || corner == to {
                meet = true;
            } else if let Some(along) =
                place_on_edge(corners[from as usize], corners[to as usize], corners[corner as usize])
            {
                meet = true;
                cuts.push(Cut { edge: edge as u32, along, corner });
            }
        }
    }
    meet
}

/// Where two edges without a common corner cross.
fn crossing(corners: &[Coord<f64>], one: Edge, other: Edge) -> Option<Coord<f64>> {
    let [a, b, c, d] = [one.from, one.to, other.from, other.to].map(|corner| corners[corner as usize]);
    if side(a, b, c) * side(a, b, d) >= 0 || side(c, d, a) * side(c, d, b) >= 0 {
        return None;
    }
    let (u, v, w) = (b - a, d - c, c - a);
    let part = (w.x * v.y - w.y * v.x) / (u.x * v.y - u.y * v.x);
    // Edges that are all but parallel: anywhere between their ends will do.
    let part = if part.is_finite() { part.clamp(0.0, 1.0) } else { 0.5 };
    Some(Coord { x: a.x + u.x * part, y: a.y + u.y * part })
}

fn apply(edges: &[Edge], mut cuts: Vec<Cut>) -> (Vec<Edge>, Vec<bool>) {
    sort(&mut cuts);
    let mut result = Vec::with_capacity(edges.len() + cuts.len());
    let mut is_new = Vec::with_capacity(edges.len() + cuts.len());
    let mut cuts = cuts.into_iter().peekable();
    for (number, edge) in edges.iter().enumerate() {
        let mut from = edge.from;
        let mut is_cut = false;
        while let Some(cut) = cuts.next_if(|cut| cut.edge as usize == number) {
            is_cut = true;
            if cut.corner != from {
                result.push(Edge { from, to: cut.corner, ..*edge });
                is_new.push(true);
                from = cut.corner;
            }
        }
        if from != edge.to {
            result.push(Edge { from, ..*edge });
            is_new.push(is_cut);
        }
    }
    (result, is_new)
}

/// By edge, and along it.
fn sort(cuts: &mut [Cut]) {
    cuts.sort_unstable_by(|a, b| a.edge.cmp(&b.edge).then(a.along.total_cmp(&b.along)).then(a.corner.cmp(&b.corner)));
}

/// Part of the way from `a` to `b` at which `at` lies on the edge; `None` off it or at its ends.
fn place_on_edge(a: Coord<f64>, b: Coord<f64>, at: Coord<f64>) -> Option<f64> {
    // The box tells most others apart without a division.
    if at.x < a.x.min(b.x) - ON_EDGE_DEG
        || at.x > a.x.max(b.x) + ON_EDGE_DEG
        || at.y < a.y.min(b.y) - ON_EDGE_DEG
        || at.y > a.y.max(b.y) + ON_EDGE_DEG
    {
        return None;
    }
    let (along, to) = (b - a, at - a);
    let length_squared = along.x * along.x + along.y * along.y;
    let across = to.x * along.y - to.y * along.x;
    if across * across > ON_EDGE_DEG * ON_EDGE_DEG * length_squared {
        return None;
    }
    let part = place_along(a, b, at);
    (part > 0.0 && part < 1.0).then_some(part)
}

fn place_along(a: Coord<f64>, b: Coord<f64>, at: Coord<f64>) -> f64 {
    let (along, to) = (b - a, at - a);
    (to.x * along.x + to.y * along.y) / (along.x * along.x + along.y * along.y)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::boundaries::shapes::{area, walked};

    /// How many edges there are after noding.
    fn check(areas: &[&str], expected: usize) {
        let areas: Vec<_> = areas.iter().map(|text| area(text)).collect();
        let mut mesh = Mesh::as_drawn(&areas.iter().collect::<Vec<_>>());
        let edges = mesh.edges();
        assert_eq!(node(&mut mesh, edges).unwrap().len(), expected);
    }

    #[test]
    fn edges_that_fit_are_not_touched() {
        check(&["0 0, 1 0, 1 1, 0 1", "1 0, 2 0, 2 1, 1 1"], 8);
    }

    #[test]
    fn a_corner_on_an_edge_is_put_into_it() {
        check(&["0 0, 2 0, 2 1, 0 1", "0 1, 1 1, 1 2, 0 2"], 9);
    }

    #[test]
    fn a_crossing_is_put_into_both() {
        check(&["0 0, 2 0, 2 2, 0 2", "1 1, 3 1, 3 3, 1 3"], 12);
    }

    #[test]
    fn an_edge_over_another_is_cut_at_its_ends() {
        check(&["0 0, 3 0, 3 1, 0 1", "1 0, 2 0, 2 -1, 1 -1"], 10);
    }

    proptest! {
        #[test]
        fn afterwards_edges_meet_in_corners_only(
            rings in proptest::collection::vec(proptest::collection::vec((0.0f64..6.0, 0.0f64..6.0), 3..7), 1..5),
            lattice in any::<bool>(),
        ) {
            let place = |value: f64| if lattice { value.round() } else { value };
            let (mut mesh, edges) = walked(&rings, place);
            let noded = node(&mut mesh, edges).unwrap();
            for (place, one) in noded.iter().enumerate() {
                for other in &noded[place + 1..] {
                    let pair = [*one, *other];
                    let mut cuts = Vec::new();
                    let meet = corners_on(&mesh.corners, &pair, (0, 1), &mut cuts);
                    prop_assert!(cuts.is_empty());
                    prop_assert!(meet || crossing(&mesh.corners, *one, *other).is_none());
                }
            }
        }
    }
}
