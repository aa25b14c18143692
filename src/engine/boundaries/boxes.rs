//! Boxes around runs of edges, in a tree: which edges come near each other.
//!
//! Edges of a boundary follow one another, so eight of them share a small box
//! and one test answers for all eight. The runs are put in the order of a
//! Hilbert curve and a binary tree of boxes is built over them in place: no
//! node is allocated, and a few hundred thousand edges are joined with
//! themselves in milliseconds. It knows nothing of what it is asked for.

use geo_types::Coord;

use super::edges::Edge;

/// Edges in one box: more make fewer boxes and more tests of single edges. 8 was fastest on district borders.
const RUN: usize = 8;

#[derive(Clone, Copy)]
pub(super) struct Box2 {
    pub(super) low: Coord<f64>,
    pub(super) high: Coord<f64>,
}

impl Box2 {
    const NOTHING: Self = Self {
        low: Coord { x: f64::INFINITY, y: f64::INFINITY },
        high: Coord { x: f64::NEG_INFINITY, y: f64::NEG_INFINITY },
    };

    pub(super) fn of(corners: &[Coord<f64>], edge: Edge, pad: f64) -> Self {
        let (a, b) = (corners[edge.from as usize], corners[edge.to as usize]);
        let ((west, east), (south, north)) = (sorted(a.x, b.x), sorted(a.y, b.y));
        Self { low: Coord { x: west - pad, y: south - pad }, high: Coord { x: east + pad, y: north + pad } }
    }

    fn with(self, other: Self) -> Self {
        Self {
            low: Coord { x: self.low.x.min(other.low.x), y: self.low.y.min(other.low.y) },
            high: Coord { x: self.high.x.max(other.high.x), y: self.high.y.max(other.high.y) },
        }
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        self.low.x <= other.high.x
            && other.low.x <= self.high.x
            && self.low.y <= other.high.y
            && other.low.y <= self.high.y
    }
}

/// `f64::min` and `max` also settle what NaN is; here it has been refused at the door.
fn sorted(a: f64, b: f64) -> (f64, f64) {
    if a < b { (a, b) } else { (b, a) }
}

/// A run of edges `first..last` of the list.
#[derive(Clone, Copy)]
struct Run {
    first: u32,
    last: u32,
    around: Box2,
    /// Whether one of the edges is asked about.
    asked: bool,
}

pub(super) struct Boxes<'a> {
    corners: &'a [Coord<f64>],
    edges: &'a [Edge],
    pad: f64,
    runs: Vec<Run>,
    /// A heap: node `n` has the children `2n` and `2n + 1`; the leaves are the runs, from `leaves` on.
    nodes: Vec<(Box2, bool)>,
    leaves: usize,
}

impl<'a> Boxes<'a> {
    /// Every box is wider by `pad` degrees on each side. Only pairs with an edge that is `asked` about are joined.
    pub(super) fn over(corners: &'a [Coord<f64>], edges: &'a [Edge], pad: f64, asked: impl Fn(usize) -> bool) -> Self {
        let mut runs: Vec<Run> = Vec::with_capacity(edges.len() / 4 + 1);
        for (number, edge) in edges.iter().enumerate() {
            let (around, asked) = (Box2::of(corners, *edge, pad), asked(number));
            let goes_on = number > 0 && edges[number - 1].to == edge.from;
            match runs.last_mut().filter(|run| goes_on && number - (run.first as usize) < RUN) {
                Some(run) => {
                    run.last = number as u32 + 1;
                    run.around = run.around.with(around);
                    run.asked |= asked;
                }
                None => runs.push(Run { first: number as u32, last: number as u32 + 1, around, asked }),
            }
        }
        let whole = runs.iter().fold(Box2::NOTHING, |whole, run| whole.with(run.around));
        runs.sort_by_cached_key(|run| hilbert(&whole, &run.around));
        let leaves = runs.len().next_power_of_two();
        let mut nodes = vec![(Box2::NOTHING, false); 2 * leaves];
        for (place, run) in runs.iter().enumerate() {
            nodes[leaves + place] = (run.around, run.asked);
        }
        for node in (1..leaves).rev() {
            let ((a, asked), (b, also)) = (nodes[2 * node], nodes[2 * node + 1]);
            nodes[node] = (a.with(b), asked || also);
        }
        Self { corners, edges, pad, runs, nodes, leaves }
    }

    /// Calls `visit` once for every two edges whose boxes meet and of whose runs one holds an edge asked about.
    pub(super) fn pairs(&self, mut visit: impl FnMut(usize, usize)) {
        let mut open: Vec<(usize, usize)> = vec![(1, 1)];
        while let Some((a, b)) = open.pop() {
            let ((around_a, asked_a), (around_b, asked_b)) = (&self.nodes[a], &self.nodes[b]);
            if !(*asked_a || *asked_b) || (a != b && !around_a.meets(around_b)) {
                continue;
            }
            if a >= self.leaves {
                self.pairs_of_runs(a - self.leaves, b - self.leaves, &mut visit);
            } else if a == b {
                open.extend([(2 * a, 2 * a), (2 * a, 2 * a + 1), (2 * a + 1, 2 * a + 1)]);
            } else {
                // Both lie on the same level.
                open.extend([(2 * a, 2 * b), (2 * a, 2 * b + 1), (2 * a + 1, 2 * b), (2 * a + 1, 2 * b + 1)]);
            }
        }
    }

    fn pairs_of_runs(&self, a: usize, b: usize, visit: &mut impl FnMut(usize, usize)) {
        let (Some(run_a), Some(run_b)) = (self.runs.get(a), self.runs.get(b)) else { return };
        let mut boxes = [Box2::NOTHING; RUN];
        for (of, edge) in boxes.iter_mut().zip(&self.edges[run_b.first as usize..run_b.last as usize]) {
            *of = Box2::of(self.corners, *edge, self.pad);
        }
        for one in run_a.first..run_a.last {
            let (around, first) = if a == b {
                let place = (one - run_a.first) as usize;
                (boxes[place], place + 1)
            } else {
                (Box2::of(self.corners, self.edges[one as usize], self.pad), 0)
            };
            if a != b && !around.meets(&run_b.around) {
                continue;
            }
            for (place, other) in boxes.iter().enumerate().skip(first) {
                if around.meets(other) {
                    visit(one as usize, run_b.first as usize + place);
                }
            }
        }
    }

    /// Calls `visit` for every edge whose box meets `asked`.
    pub(super) fn within(&self, asked: &Box2, mut visit: impl FnMut(usize)) {
        let mut open = vec![1];
        while let Some(node) = open.pop() {
            if !self.nodes[node].0.meets(asked) {
                continue;
            }
            if node < self.leaves {
                open.extend([2 * node, 2 * node + 1]);
            } else if let Some(run) = self.runs.get(node - self.leaves) {
                let near = |edge: &usize| Box2::of(self.corners, self.edges[*edge], self.pad).meets(asked);
                (run.first as usize..run.last as usize).filter(near).for_each(&mut visit);
            }
        }
    }
}

/// Steps of the curve on a side, as a power of two: 16 bits keep neighbours of a few metres apart in a province.
const CURVE_BITS: u32 = 16;

/// How far along the curve the middle of a box lies (Hilbert's curve as in Hacker's Delight, 16-1).
fn hilbert(whole: &Box2, of: &Box2) -> u32 {
    let last = (1u32 << CURVE_BITS) - 1;
    let part = |low: f64, high: f64, from: f64, to: f64| {
        let at = ((low + high) / 2.0 - from) / (to - from).max(f64::MIN_POSITIVE);
        (super::grid::whole(at * f64::from(last)) as u32).min(last)
    };
    let mut x = part(of.low.x, of.high.x, whole.low.x, whole.high.x);
    let mut y = part(of.low.y, of.high.y, whole.low.y, whole.high.y);
    let mut along = 0;
    let mut side = 1 << (CURVE_BITS - 1);
    while side > 0 {
        let (right, up) = (u32::from(x & side > 0), u32::from(y & side > 0));
        along = (along << 2) | ((3 * right) ^ up);
        if up == 0 {
            if right == 1 {
                (x, y) = (!x, !y);
            }
            (x, y) = (y, x);
        }
        side >>= 1;
    }
    along
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The slow way: every box with every other.
        #[test]
        fn the_tree_names_every_two_edges_whose_boxes_meet(
            corners in proptest::collection::vec((0i8..40, 0i8..40), 2..80),
            asked in proptest::collection::vec(any::<bool>(), 80),
        ) {
            let corners: Vec<_> = corners.iter().map(|(x, y)| Coord { x: f64::from(*x), y: f64::from(*y) }).collect();
            let edge = |from: usize| Edge { from: from as u32, to: ((from + 1) % corners.len()) as u32, area: 0, source: 0 };
            let edges: Vec<_> = (0..corners.len()).map(edge).collect();
            let around = |edge: usize| Box2::of(&corners, edges[edge], 0.1);
            let all = || (0..edges.len()).flat_map(|a| (0..edges.len()).map(move |b| (a, b)));
            let meeting: Vec<_> = all().filter(|(a, b)| a < b && around(*a).meets(&around(*b))).collect();

            let boxes = Boxes::over(&corners, &edges, 0.1, |_| true);
            let mut found = Vec::new();
            boxes.pairs(|a, b| found.push((a.min(b), a.max(b))));
            found.sort_unstable();
            prop_assert_eq!(&found, &meeting, "each once");

            let some = Boxes::over(&corners, &edges, 0.1, |edge| asked[edge]);
            let mut found = Vec::new();
            some.pairs(|a, b| found.push((a.min(b), a.max(b))));
            prop_assert!(meeting.iter().filter(|(a, b)| asked[*a] || asked[*b]).all(|pair| found.contains(pair)));

            let mut near = Vec::new();
            boxes.within(&around(0), |edge| near.push(edge));
            near.sort_unstable();
            let expected: Vec<_> = (0..edges.len()).filter(|edge| around(*edge).meets(&around(0))).collect();
            prop_assert_eq!(near, expected);
        }
    }
}
