//! The ground of a commune: which villages are neighbours, and whose ground
//! is whose.
//!
//! Lanes and limits of villages are not known, so each village has the ground
//! that is nearest to its point: its Voronoi cell. Two villages are neighbours
//! where their cells share a border inside the commune. Cells are cut by the
//! bisectors of the points around, nearest first, until none can reach.

use geo::{BooleanOps, Intersects, MapCoords, Orient, orient::Direction};
use geo_types::{Coord, Line, LineString, MultiPolygon, Polygon};

use crate::engine::boundaries::area;
use crate::engine::boundaries::outline::union_areas;
use crate::engine::plane::Plane;

/// Nearer than this, metres, two villages stand on one point: no register knows a place better.
const SAME_POINT_M: f64 = 0.5;
/// Ground beyond the villages and the commune that cells may have, metres.
const MARGIN_M: f64 = 1_000.0;
/// A shared border shorter than this, metres, is a corner.
const CORNER_M: f64 = 1e-3;

/// Neighbours and cells, by index of point.
#[derive(Clone, Debug)]
pub(super) struct Ground {
    pub(super) near: Vec<Vec<usize>>,
    /// Metres, counter-clockwise; of several villages on one point the first has the cell.
    cells: Vec<Vec<Coord<f64>>>,
    plane: Plane,
}

impl Ground {
    /// `commune` in degrees; without one every shared border counts.
    pub(super) fn new(points: &[Coord<f64>], commune: Option<&MultiPolygon<f64>>, plane: Plane) -> Self {
        let commune =
            commune.filter(|area| area::check(area).is_ok()).map(|area| area.map_coords(|at| metres(plane, at)));
        let first = first_on_point(points);
        let distinct: Vec<usize> = (0..points.len()).filter(|at| first[*at] == *at).collect();
        let frame = frame(points, commune.as_ref());
        let mut near = vec![Vec::new(); points.len()];
        let mut cells = vec![Vec::new(); points.len()];
        for at in &distinct {
            let cell = cell(points, &distinct, *at, &frame);
            for (side, (from, across)) in cell.iter().enumerate() {
                let Some(across) = across else { continue };
                let to = cell[(side + 1) % cell.len()].0;
                let border = Line::new(*from, to);
                let inside = commune.as_ref().is_none_or(|area| area.intersects(&border));
                if inside && distance(*from, to) > CORNER_M {
                    near[*at].push(*across);
                    near[*across].push(*at);
                }
            }
            cells[*at] = cell.into_iter().map(|(corner, _)| corner).collect();
        }
        for at in (0..points.len()).filter(|at| first[*at] != *at) {
            // On one point with others: a neighbour of each of them, and of their neighbours.
            let home = first[at];
            let around: Vec<usize> = near[home].clone();
            for other in around.into_iter().chain([home]) {
                near[at].push(other);
                near[other].push(at);
            }
        }
        join(points, &mut near);
        for list in &mut near {
            list.sort_unstable();
            list.dedup();
        }
        Self { near, cells, plane }
    }

    /// The ground of several villages within the commune, degrees. `None` where they have none.
    pub(super) fn area(&self, villages: &[usize], commune: Option<&MultiPolygon<f64>>) -> Option<MultiPolygon<f64>> {
        let cell = |at: &usize| {
            let ring: Vec<Coord<f64>> =
                self.cells[*at].iter().map(|corner| Coord::from(self.plane.degrees([corner.x, corner.y]))).collect();
            (ring.len() >= 3).then(|| MultiPolygon::new(vec![Polygon::new(LineString::new(ring), Vec::new())]))
        };
        let cells: Vec<MultiPolygon<f64>> = villages.iter().filter_map(cell).collect();
        let whole = union_areas(&cells.iter().collect::<Vec<_>>());
        let held = match commune.filter(|commune| area::check(commune).is_ok() && area::check(&whole).is_ok()) {
            // `geo`'s overlay asks for rings that turn one way (docs/decisions/0002).
            Some(commune) => commune.orient(Direction::Default).intersection(&whole.orient(Direction::Default)),
            None => whole,
        };
        (!held.0.is_empty()).then_some(held)
    }
}

/// A place in degrees on a plane.
pub(super) fn metres(plane: Plane, at: Coord<f64>) -> Coord<f64> {
    plane.metres_of([at.x, at.y]).into()
}

pub(super) fn distance(a: Coord<f64>, b: Coord<f64>) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

fn first_on_point(points: &[Coord<f64>]) -> Vec<usize> {
    (0..points.len())
        .map(|at| (0..at).find(|other| distance(points[*other], points[at]) < SAME_POINT_M).unwrap_or(at))
        .scan(Vec::<usize>::new(), |first, at| {
            // The first of the first: three in a row stand on one point.
            let root = first.get(at).copied().unwrap_or(at);
            first.push(root);
            Some(root)
        })
        .collect()
}

fn frame(points: &[Coord<f64>], commune: Option<&MultiPolygon<f64>>) -> [Coord<f64>; 4] {
    let corners = commune.into_iter().flat_map(|area| area.iter().flat_map(|part| part.exterior().0.iter().copied()));
    let all = points.iter().copied().chain(corners);
    let (low, high) = all.fold(
        (Coord { x: f64::MAX, y: f64::MAX }, Coord { x: f64::MIN, y: f64::MIN }),
        |(low, high): (Coord<f64>, Coord<f64>), at| {
            (Coord { x: low.x.min(at.x), y: low.y.min(at.y) }, Coord { x: high.x.max(at.x), y: high.y.max(at.y) })
        },
    );
    let (west, south, east, north) = (low.x - MARGIN_M, low.y - MARGIN_M, high.x + MARGIN_M, high.y + MARGIN_M);
    [(west, south), (east, south), (east, north), (west, north)].map(|(x, y)| Coord { x, y })
}

/// Corners of a cell, each with the point across the side that begins there; `None` is the frame.
type Cell = Vec<(Coord<f64>, Option<usize>)>;

fn cell(points: &[Coord<f64>], distinct: &[usize], at: usize, frame: &[Coord<f64>; 4]) -> Cell {
    let here = points[at];
    let mut others: Vec<usize> = distinct.iter().copied().filter(|other| *other != at).collect();
    others.sort_by(|a, b| distance(points[*a], here).total_cmp(&distance(points[*b], here)).then(a.cmp(b)));
    let mut cell: Cell = frame.iter().map(|corner| (*corner, None)).collect();
    for other in others {
        let there = points[other];
        let reach = cell.iter().map(|(corner, _)| distance(*corner, here)).fold(0.0, f64::max);
        if distance(there, here) > 2.0 * reach {
            break;
        }
        cell = nearer(&cell, here, there, other);
    }
    cell
}

/// The part of a convex cell that is nearer to `here` than to `there`.
fn nearer(cell: &Cell, here: Coord<f64>, there: Coord<f64>, across: usize) -> Cell {
    let (dx, dy) = (there.x - here.x, there.y - here.y);
    let (mx, my) = (f64::midpoint(here.x, there.x), f64::midpoint(here.y, there.y));
    let beyond = |at: Coord<f64>| (at.x - mx) * dx + (at.y - my) * dy;
    let mut kept = Cell::new();
    for (side, (from, label)) in cell.iter().enumerate() {
        let to = cell[(side + 1) % cell.len()].0;
        let (a, b) = (beyond(*from), beyond(to));
        let crossing = || {
            let share = a / (a - b);
            Coord { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
        };
        match (a <= 0.0, b <= 0.0) {
            (true, true) => kept.push((*from, *label)),
            (true, false) => kept.extend([(*from, *label), (crossing(), Some(across))]),
            (false, true) => kept.push((crossing(), *label)),
            (false, false) => {}
        }
    }
    kept
}

/// Joins what a bay of the commune parts, by the shortest way: a team can go around.
fn join(points: &[Coord<f64>], near: &mut [Vec<usize>]) {
    loop {
        let Some(start) = (!points.is_empty()).then_some(0) else { return };
        let inside = reached(start, near, |_| true);
        let pairs = (0..points.len()).filter(|at| inside[*at]).flat_map(|a| {
            let inside = &inside;
            (0..points.len()).filter(move |b| !inside[*b]).map(move |b| (a, b))
        });
        let length = |(a, b): &(usize, usize)| distance(points[*a], points[*b]);
        let Some((a, b)) = pairs.min_by(|one, other| length(one).total_cmp(&length(other))) else { return };
        near[a].push(b);
        near[b].push(a);
    }
}

/// Who can be reached from a village over neighbours that are `allowed`.
pub(super) fn reached(from: usize, near: &[Vec<usize>], allowed: impl Fn(usize) -> bool) -> Vec<bool> {
    let mut seen = vec![false; near.len()];
    seen[from] = true;
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        for next in &near[at] {
            if !seen[*next] && allowed(*next) {
                seen[*next] = true;
                open.push(*next);
            }
        }
    }
    seen
}
