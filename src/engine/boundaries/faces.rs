//! The faces into which noded edges divide the plane.
//!
//! A doubly-connected edge list: every line has two halves, each half knows
//! the next one around the face on its left. Walks that turn left enclose a
//! face; each connected piece of the drawing has one walk that turns right,
//! its outside, and lies in the face that a ray to the west meets first.
//! Nothing is computed from coordinates but the order of lines around a
//! corner and that ray, both exact, so faces never overlap and miss nothing.

use geo_types::{Coord, LineString};

use super::boxes::{Box2, Boxes};
use super::edges::{Edge, Listed};
use super::mesh::{Mesh, side};

/// Half of a line: `2n` walks line `n` from the lower corner to the higher, `2n + 1` back.
pub(super) type Half = u32;
/// One closed walk with its face on the left.
pub(super) type Cycle = u32;

const NONE: u32 = u32::MAX;

/// Invariant: edges meet in corners only (see `noding`).
pub(super) struct Faces<'a> {
    corners: &'a [Coord<f64>],
    /// Every line once: its corners, the lower number first.
    lines: Vec<(u32, u32)>,
    /// The edges along line `n` are `sides[starts[n]..starts[n + 1]]`.
    starts: Vec<u32>,
    sides: Vec<Edge>,
    next: Vec<Half>,
    cycle_of: Vec<Cycle>,
    cycles: Vec<Walk>,
    order: Vec<(Cycle, Via)>,
}

struct Walk {
    start: Half,
    /// Square degrees; positive encloses a face, the others are outsides.
    area: f64,
    /// The westernmost corner on it.
    west: u32,
}

/// How a walk is reached from one reached before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Via {
    /// The outside of a piece that lies in no face.
    Open,
    /// The outside of a piece that lies in the face of this walk.
    In(Cycle),
    /// Over a line: this half is on the walk, its twin on the one reached before.
    Over(Half),
}

pub(super) fn twin(half: Half) -> Half {
    half ^ 1
}

/// From the lower corner to the higher.
pub(super) fn is_forward(half: Half) -> bool {
    half & 1 == 0
}

impl<'a> Faces<'a> {
    pub(super) fn new(mesh: &'a Mesh, edges: &[Edge]) -> Self {
        let corners = &mesh.corners[..];
        let (lines, starts, sides) = lines_of(edges, corners.len());
        let next = next_halves(corners, &lines);
        let mut faces = Self {
            corners,
            lines,
            starts,
            sides,
            cycle_of: vec![NONE; next.len()],
            next,
            cycles: Vec::new(),
            order: Vec::new(),
        };
        faces.walk();
        faces.put_in_order();
        faces
    }

    pub(super) fn lines(&self) -> usize {
        self.lines.len()
    }

    pub(super) fn cycles(&self) -> usize {
        self.cycles.len()
    }

    /// Whether the walk encloses a face; the others are outsides of pieces.
    pub(super) fn is_face(&self, cycle: Cycle) -> bool {
        self.area(cycle) > 0.0
    }

    /// Square degrees; negative for the outside of a piece.
    pub(super) fn area(&self, cycle: Cycle) -> f64 {
        self.cycles[cycle as usize].area
    }

    pub(super) fn cycle_of(&self, half: Half) -> Cycle {
        self.cycle_of[half as usize]
    }

    /// Every walk once, after the one it is reached from.
    pub(super) fn order(&self) -> &[(Cycle, Via)] {
        &self.order
    }

    /// The edges along the line of a half, as they were given.
    pub(super) fn sides(&self, half: Half) -> &[Edge] {
        let line = half as usize / 2;
        &self.sides[self.starts[line] as usize..self.starts[line + 1] as usize]
    }

    /// Areas more on the left of a half than on its right.
    pub(super) fn gain(&self, half: Half) -> i32 {
        let forward = |edge: &Edge| if edge.is_forward() { 1 } else { -1 };
        let gain: i32 = self.sides(half).iter().map(forward).sum();
        if is_forward(half) { gain } else { -gain }
    }

    /// From corner, to corner.
    pub(super) fn ends(&self, half: Half) -> (u32, u32) {
        let (low, high) = self.lines[half as usize / 2];
        if is_forward(half) { (low, high) } else { (high, low) }
    }

    /// The halves of a walk.
    pub(super) fn halves(&self, cycle: Cycle) -> impl Iterator<Item = Half> {
        let start = self.cycles[cycle as usize].start;
        let mut half = Some(start);
        std::iter::from_fn(move || {
            let here = half?;
            half = Some(self.next[here as usize]).filter(|next| *next != start);
            Some(here)
        })
    }

    /// The closed line of a walk.
    pub(super) fn line_of(&self, cycle: Cycle) -> LineString<f64> {
        let mut line: Vec<_> = self.halves(cycle).map(|half| self.corners[self.ends(half).0 as usize]).collect();
        line.extend(line.first().copied());
        LineString::new(line)
    }

    pub(super) fn at(&self, corner: u32) -> Coord<f64> {
        self.corners[corner as usize]
    }

    pub(super) fn corners(&self) -> usize {
        self.corners.len()
    }

    pub(super) fn next(&self, half: Half) -> Half {
        self.next[half as usize]
    }

    fn walk(&mut self) {
        for start in 0..self.next.len() as Half {
            if self.cycle_of[start as usize] != NONE {
                continue;
            }
            let cycle = self.cycles.len() as Cycle;
            let origin = self.corners[self.ends(start).0 as usize];
            let (mut twice, mut west) = (0.0, self.ends(start).0);
            let mut half = start;
            loop {
                self.cycle_of[half as usize] = cycle;
                let (from, to) = self.ends(half);
                let (a, b) = (self.corners[from as usize], self.corners[to as usize]);
                twice += (a.x - origin.x) * (b.y - origin.y) - (a.y - origin.y) * (b.x - origin.x);
                if a.x < self.corners[west as usize].x {
                    west = from;
                }
                half = self.next[half as usize];
                if half == start {
                    break;
                }
            }
            self.cycles.push(Walk { start, area: twice / 2.0, west });
        }
    }

    /// Pieces from west to east, so that what holds a piece comes before it.
    fn put_in_order(&mut self) {
        let mut outsides: Vec<Cycle> = self.outsides();
        let west = |cycle: &Cycle| self.corners[self.cycles[*cycle as usize].west as usize].x;
        outsides.sort_by(|a, b| west(a).total_cmp(&west(b)).then(a.cmp(b)));
        let halves: Vec<Edge> =
            self.lines.iter().map(|(from, to)| Edge { from: *from, to: *to, area: 0, source: 0 }).collect();
        let boxes = (outsides.len() > 1).then(|| Boxes::over(self.corners, &halves, 0.0, |_| true));
        let mut reached = vec![false; self.cycles.len()];
        let mut piece = vec![NONE; self.cycles.len()];
        let mut holder: Vec<Via> = vec![Via::Open; self.cycles.len()];
        let mut order = Vec::with_capacity(self.cycles.len());
        for outside in outsides {
            let via = boxes.as_ref().map_or(Via::Open, |boxes| self.around(outside, boxes, &piece, &holder));
            holder[outside as usize] = via;
            let first = order.len();
            reached[outside as usize] = true;
            piece[outside as usize] = outside;
            order.push((outside, via));
            let mut at = first;
            while at < order.len() {
                let (cycle, _) = order[at];
                for half in self.halves(cycle) {
                    let other = self.cycle_of(twin(half));
                    if !reached[other as usize] {
                        reached[other as usize] = true;
                        piece[other as usize] = outside;
                        order.push((other, Via::Over(twin(half))));
                    }
                }
                at += 1;
            }
        }
        drop(boxes);
        self.order = order;
    }

    /// The outside of every connected piece: its one walk that turns right.
    fn outsides(&self) -> Vec<Cycle> {
        (0..self.cycles.len() as Cycle).filter(|cycle| !self.is_face(*cycle)).collect()
    }

    /// Where a piece lies: the face east of the first line that a ray to the west meets, among pieces placed already.
    fn around(&self, outside: Cycle, boxes: &Boxes<'_>, piece: &[Cycle], holder: &[Via]) -> Via {
        let from = self.corners[self.cycles[outside as usize].west as usize];
        let ray = Box2 { low: Coord { x: f64::NEG_INFINITY, y: from.y }, high: from };
        let mut nearest: Option<(Upward, Half)> = None;
        boxes.within(&ray, |line| {
            let up = 2 * line as Half;
            let (a, b) = self.ends(up);
            let (a, b) = (self.corners[a as usize], self.corners[b as usize]);
            let (lower, upper, east) = if a.y <= b.y { (a, b, twin(up)) } else { (b, a, up) };
            let meets = lower.y <= from.y && from.y < upper.y && side(lower, upper, from) < 0;
            if !meets || piece[self.cycle_of(east) as usize] == NONE {
                return;
            }
            if nearest.is_none_or(|(other, _)| is_east((lower, upper), other)) {
                nearest = Some(((lower, upper), east));
            }
        });
        let Some((_, east)) = nearest else { return Via::Open };
        let cycle = self.cycle_of(east);
        if self.is_face(cycle) { Via::In(cycle) } else { holder[cycle as usize] }
    }
}

/// A line from its lower end to its upper.
type Upward = (Coord<f64>, Coord<f64>);

/// Which of two lines that one level line meets, and that do not cross, is met further east; exact.
/// A place computed on them would not do: near a common corner it is the same for both.
fn is_east(one: Upward, other: Upward) -> bool {
    let east_of = |line: Upward, at: Coord<f64>| -side(line.0, line.1, at);
    let by_lower = if one.0.y >= other.0.y { east_of(other, one.0) } else { -east_of(one, other.0) };
    let by_upper = || if one.1.y <= other.1.y { east_of(other, one.1) } else { -east_of(one, other.1) };
    if by_lower == 0 { by_upper() > 0 } else { by_lower > 0 }
}

/// Lines with the edges along them, in the order of their lower corners.
fn lines_of(edges: &[Edge], corners: usize) -> (Vec<(u32, u32)>, Vec<u32>, Vec<Edge>) {
    let mut by_corner = Listed::by(corners, edges.iter().map(|edge| edge.line().0));
    let mut lines = Vec::with_capacity(edges.len());
    let mut starts = Vec::with_capacity(edges.len() + 1);
    let mut sides = Vec::with_capacity(edges.len());
    for corner in 0..corners {
        let here = by_corner.of_mut(corner);
        here.sort_unstable_by_key(|edge| (edges[*edge as usize].line().1, *edge));
        for edge in here.iter().map(|edge| edges[*edge as usize]) {
            if lines.last() != Some(&edge.line()) {
                lines.push(edge.line());
                starts.push(sides.len() as u32);
            }
            sides.push(edge);
        }
    }
    starts.push(sides.len() as u32);
    (lines, starts, sides)
}

/// After a half comes, at its end, the first one clockwise from its twin.
fn next_halves(corners: &[Coord<f64>], lines: &[(u32, u32)]) -> Vec<Half> {
    let tails = lines.iter().flat_map(|(low, high)| [*low, *high]);
    let mut leaving = Listed::by(corners.len(), tails);
    let mut next = vec![NONE; 2 * lines.len()];
    let head = |half: Half| {
        let (low, high) = lines[half as usize / 2];
        corners[if is_forward(half) { high } else { low } as usize]
    };
    for (corner, at) in corners.iter().enumerate() {
        let around = leaving.of_mut(corner);
        if around.len() > 2 {
            around.sort_unstable_by(|a, b| counter_clockwise(*at, head(*a), head(*b)).then(a.cmp(b)));
        }
        for place in 0..around.len() {
            let before = if place == 0 { around.len() - 1 } else { place - 1 };
            next[twin(around[place]) as usize] = around[before];
        }
    }
    next
}

/// The order of directions around a corner, from due west on; exact.
fn counter_clockwise(at: Coord<f64>, a: Coord<f64>, b: Coord<f64>) -> std::cmp::Ordering {
    let upper = |to: Coord<f64>| to.y > at.y || (to.y == at.y && to.x > at.x);
    upper(a).cmp(&upper(b)).then_with(|| 0.cmp(&side(at, a, b)))
}
