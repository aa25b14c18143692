//! Approximated communes: Voronoi cells of the published centroids, with an
//! edge to the outside drawn by seeds placed around the province, and bent
//! borders. An exact coverage: neighbours share every vertex, bit for bit.
//!
//! Nothing here pretends to be a boundary: every feature says `approximate`.

use std::collections::HashMap;

use spade::{DelaunayTriangulation, Point2, Triangulation};

use super::DemoError;
use super::dice::Dice;
use super::facts::Facts;
use super::plane::{Buckets, Micro, Spot, area_m2};

/// Distance between the seeds outside.
const OUTSIDE_STEP_M: f64 = 1_300.0;
/// How far from a centroid the outside begins, in radii of a disc of the commune's area. The border then
/// lies half-way. Set so that the province has its published area.
const OUTSIDE_RADII: f64 = 1.75;
/// Bays narrower than twice this are filled, so that the outline is not a row of bubbles.
const BAY_M: f64 = 5_000.0;
/// Borders are bent until their pieces are about this long.
const BEND_DOWN_TO_M: f64 = 170.0;

/// What one edge of the crosswalk covers: an old commune, or a piece of one.
pub(super) struct Cell {
    /// Index in `Facts::old`.
    pub(super) old: usize,
    /// Index in `Facts::new`.
    pub(super) new: usize,
    pub(super) part: bool,
    pub(super) seed: Spot,
    /// Open, counter-clockwise.
    pub(super) ring: Vec<Micro>,
    pub(super) area_m2: f64,
}

pub(super) struct Land {
    pub(super) cells: Vec<Cell>,
    /// By index in `Facts::old`: the whole unit, open and counter-clockwise.
    pub(super) old_rings: Vec<Vec<Micro>>,
    seeds: Vec<Spot>,
    buckets: Buckets,
}

impl Land {
    /// The cell whose seed is nearest, by index; `None` outside the province. Borders are
    /// straight here, so a point within a bend of one may get the neighbour.
    pub(super) fn cell_near(&self, at: Spot) -> Option<usize> {
        let nearest = self
            .buckets
            .near(at, 2)
            .min_by(|a, b| at.distance(self.seeds[*a]).total_cmp(&at.distance(self.seeds[*b])))?;
        (nearest < self.cells.len()).then_some(nearest)
    }
}

pub(super) fn lay(facts: &Facts) -> Result<Land, DemoError> {
    let (seeds, radii) = seeds(facts);
    let outside = outside(&seeds, &radii);
    let all: Vec<Spot> = seeds.iter().chain(&outside).copied().collect();
    let rings = voronoi_rings(&all, seeds.len())?;
    let cells: Vec<Cell> = facts
        .mergers
        .iter()
        .zip(seeds)
        .zip(rings)
        .map(|((&(old, new, part), seed), ring)| Cell { old, new, part, seed, area_m2: area_m2(&ring), ring })
        .collect();
    let old_rings = (0..facts.old.len())
        .map(|old| joined(cells.iter().filter(|cell| cell.old == old).map(|cell| cell.ring.as_slice())))
        .collect();
    let buckets = Buckets::new(&all, 2_500.0);
    Ok(Land { cells, old_rings, seeds: all, buckets })
}

/// One seed for each edge of the crosswalk, and the radius of a disc of its expected area. The pieces of a
/// split unit stand apart in the direction of the communes that they went to.
fn seeds(facts: &Facts) -> (Vec<Spot>, Vec<f64>) {
    let mut pieces = vec![0.0; facts.new.len()];
    let mut centres = vec![(Spot::default(), 0.0); facts.new.len()];
    for &(old, new, part) in &facts.mergers {
        pieces[new] += if part { 0.5 } else { 1.0 };
        if !part {
            let (sum, count) = centres[new];
            let at = facts.old[old].spot();
            centres[new] = (sum.moved(at.x, at.y), count + 1.0);
        }
    }
    let centre = |new: usize| {
        let (sum, count): (Spot, f64) = centres[new];
        Spot { x: sum.x / count.max(1.0), y: sum.y / count.max(1.0) }
    };
    let radius = |new: usize| (facts.new[new].area_km2 / pieces[new] / std::f64::consts::PI).sqrt() * 1_000.0;
    facts
        .mergers
        .iter()
        .map(|&(old, new, part)| {
            let at = facts.old[old].spot();
            if !part {
                return (at, radius(new));
            }
            let other = facts.mergers.iter().find(|(o, n, _)| *o == old && *n != new).map_or(new, |edge| edge.1);
            let (mine, theirs) = (centre(new), centre(other));
            let apart = mine.distance(theirs).max(1.0);
            let step = 0.35 * radius(new);
            let seed = at.moved((mine.x - theirs.x) / apart * step, (mine.y - theirs.y) / apart * step);
            (seed, radius(new))
        })
        .unzip()
}

/// Seeds around the province: a jittered lattice, kept where it is far enough from every centroid and
/// connected to the rim, so that no hole opens inside.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a lattice of some thousand points"
)]
fn outside(seeds: &[Spot], radii: &[f64]) -> Vec<Spot> {
    const RIM_M: f64 = 16_000.0;
    let low = seeds.iter().fold(Spot { x: f64::MAX, y: f64::MAX }, |a, b| Spot { x: a.x.min(b.x), y: a.y.min(b.y) });
    let high = seeds.iter().fold(Spot { x: f64::MIN, y: f64::MIN }, |a, b| Spot { x: a.x.max(b.x), y: a.y.max(b.y) });
    let columns = ((high.x - low.x + 2.0 * RIM_M) / OUTSIDE_STEP_M) as usize + 1;
    let rows = ((high.y - low.y + 2.0 * RIM_M) / OUTSIDE_STEP_M) as usize + 1;
    let mut dice = Dice::new("outside", 0);
    let lattice: Vec<Spot> = (0..rows * columns)
        .map(|index| {
            let (row, column) = (index / columns, index % columns);
            let shift = if row % 2 == 0 { 0.0 } else { OUTSIDE_STEP_M / 2.0 };
            let at = Spot {
                x: low.x - RIM_M + column as f64 * OUTSIDE_STEP_M + shift,
                y: low.y - RIM_M + row as f64 * OUTSIDE_STEP_M,
            };
            at.moved(dice.between(-300.0, 300.0), dice.between(-300.0, 300.0))
        })
        .collect();
    let room: Vec<f64> = lattice
        .iter()
        .map(|at| {
            let rooms =
                seeds.iter().zip(radii).map(|(seed, radius)| at.distance(*seed) - OUTSIDE_RADII * radius.max(900.0));
            rooms.fold(f64::MAX, f64::min)
        })
        .collect();
    // Morphological opening: outside is what a disc reaches that touches no commune.
    let open_sea: Vec<Spot> = lattice.iter().zip(&room).filter(|(_, room)| **room > BAY_M).map(|(at, _)| *at).collect();
    let buckets = Buckets::new(&open_sea, BAY_M);
    let free: Vec<bool> = lattice
        .iter()
        .zip(&room)
        .map(|(at, room)| *room > 0.0 && buckets.near(*at, 1).any(|index| open_sea[index].distance(*at) < BAY_M))
        .collect();
    let mut reached = vec![false; lattice.len()];
    let mut open = vec![0_usize];
    while let Some(index) = open.pop() {
        if reached[index] || !free[index] {
            continue;
        }
        reached[index] = true;
        let (row, column) = (index / columns, index % columns);
        if column > 0 {
            open.push(index - 1);
        }
        if column + 1 < columns {
            open.push(index + 1);
        }
        if row > 0 {
            open.push(index - columns);
        }
        if row + 1 < rows {
            open.push(index + columns);
        }
    }
    lattice.into_iter().zip(reached).filter(|(_, reached)| *reached).map(|(at, _)| at).collect()
}

/// The ring around each of the first `count` seeds.
fn voronoi_rings(seeds: &[Spot], count: usize) -> Result<Vec<Vec<Micro>>, DemoError> {
    let points = seeds.iter().map(|s| Point2::new(s.x, s.y)).collect();
    let triangulation: DelaunayTriangulation<Point2<f64>> =
        DelaunayTriangulation::bulk_load_stable(points).map_err(|error| DemoError::Land(error.to_string()))?;
    let mut borders: HashMap<(usize, usize), Vec<Micro>> = HashMap::new();
    let mut rings = vec![Vec::new(); count];
    for face in triangulation.voronoi_faces() {
        let mine = face.as_delaunay_vertex().fix().index();
        if mine >= count {
            continue;
        }
        let mut ring: Vec<Micro> = Vec::new();
        // spade walks clockwise.
        for edge in face.adjacent_edges().rev() {
            let theirs = edge.rev().face().as_delaunay_vertex().fix().index();
            let (Some(from), Some(to)) = (edge.from().position(), edge.to().position()) else {
                return Err(DemoError::Land("a commune is open to the outside".to_owned()));
            };
            let (from, to) = (Spot { x: from.x, y: from.y }, Spot { x: to.x, y: to.y });
            let key = (mine.min(theirs), mine.max(theirs));
            let border = borders.entry(key).or_insert_with(|| {
                let (start, end) = if mine < theirs { (from, to) } else { (to, from) };
                bent(start, end, seeds[key.0], seeds[key.1], key)
            });
            let mut part = border.clone();
            if mine > theirs {
                part.reverse();
            }
            part.pop();
            ring.extend(part);
        }
        ring.dedup();
        if ring.first() == ring.last() {
            ring.pop();
        }
        if area_m2(&ring) < 0.0 {
            ring.reverse();
        }
        rings[mine] = ring;
    }
    Ok(rings)
}

/// A border bent by midpoint displacement inside a rhombus that lies within the two triangles from the
/// border to its seeds. Those triangles are disjoint for different borders, so bends never cross.
/// (After the "noisy edges" of Amit Patel's polygonal map generation.)
fn bent(from: Spot, to: Spot, left: Spot, right: Spot, key: (usize, usize)) -> Vec<Micro> {
    let length = from.distance(to);
    let mut line = vec![from];
    if length > 1.0 {
        let across = Spot { x: -(to.y - from.y) / length, y: (to.x - from.x) / length };
        let along = Spot { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
        let reach = |seed: Spot| {
            let (x, height) = (
                (seed.x - from.x) * along.x + (seed.y - from.y) * along.y,
                ((seed.x - from.x) * across.x + (seed.y - from.y) * across.y).abs(),
            );
            height * (length / 2.0) / x.max(length - x)
        };
        let half = (0.9 * reach(left).min(reach(right))).min(0.3 * length);
        let middle = from.toward(to, 0.5);
        let (a, b) = (middle.moved(across.x * half, across.y * half), middle.moved(-across.x * half, -across.y * half));
        let mut dice = Dice::new("border", (key.0 as u64) << 32 | key.1 as u64);
        if half > 20.0 {
            bend(&mut line, [from, a, to, b], &mut dice);
        }
    }
    line.push(to);
    let mut line: Vec<Micro> = line.into_iter().map(Spot::micro).collect();
    line.dedup();
    if line.len() == 1 {
        line.push(line[0]);
    }
    line
}

/// `[from, a, to, b]`: the border runs from `from` to `to`, its middle lies between `a` and `b`.
fn bend(line: &mut Vec<Spot>, [from, a, to, b]: [Spot; 4], dice: &mut Dice) {
    if from.distance(to) < BEND_DOWN_TO_M || a.distance(b) < 10.0 {
        return;
    }
    let middle = a.toward(b, dice.between(0.22, 0.78));
    bend(line, [from, from.toward(a, 0.5), middle, from.toward(b, 0.5)], dice);
    line.push(middle);
    bend(line, [middle, a.toward(to, 0.5), to, b.toward(to, 0.5)], dice);
}

/// Rings that touch, as one ring: borders that occur in both directions fall away.
fn joined<'a>(rings: impl Iterator<Item = &'a [Micro]>) -> Vec<Micro> {
    let mut segments: Vec<(Micro, Micro)> = Vec::new();
    for ring in rings {
        segments.extend(ring.iter().copied().zip(ring.iter().copied().cycle().skip(1)));
    }
    let all: std::collections::HashSet<(Micro, Micro)> = segments.iter().copied().collect();
    segments.retain(|(from, to)| !all.contains(&(*to, *from)));
    let next: HashMap<Micro, Micro> = segments.iter().copied().collect();
    let mut ring = Vec::new();
    let Some((start, _)) = segments.first() else { return ring };
    let mut at = *start;
    while ring.len() < segments.len() {
        ring.push(at);
        match next.get(&at) {
            Some(to) if to != start => at = *to,
            _ => break,
        }
    }
    ring
}
