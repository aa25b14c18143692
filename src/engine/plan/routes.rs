//! Which villages one team sees on one day, and in which order.
//!
//! The capacitated vehicle routing problem: every day begins and ends at the
//! start, no day holds more households than a team visits, and the days
//! together are first as few and then as short as can be found. One order of all
//! stops is kept and cut into days by shortest path (Prins, Computers &
//! Operations Research 31, 2004); moves of one stop, exchanges and reversals
//! improve it, and then neighbourhoods are taken out and put back, each in
//! its turn. No chance and no clock: the effort is a number of orders tried.
//! `docs/decisions/0015` says why this is not a solver of others.

/// Orders tried for one team unless a benchmark asks for more.
pub const EFFORT: usize = 40_000;

/// A day costs more than any way within a province, metres, so that fewer days win.
const DAY_M: f64 = 1e7;
/// An order this much longer than the best is still worth improving.
const WORSE: f64 = 1.02;

/// Stops and the ways between them; index 0 is the start.
pub struct Routing {
    /// Households of each stop; that of the start is 0.
    pub demands: Vec<u32>,
    /// Households of a day. Invariant: no stop holds more.
    pub capacity: u32,
    /// Metres.
    pub ways: Vec<Vec<f64>>,
}

/// Days, each the stops in the order of the way.
pub type Days = Vec<Vec<usize>>;

/// Days for all stops after at most `effort` orders.
#[must_use]
pub fn solve(routing: &Routing, effort: usize) -> Days {
    let stops = routing.demands.len().saturating_sub(1);
    if stops == 0 {
        return Vec::new();
    }
    let mut search = Search { routing, left: effort, costs: Vec::new(), from: Vec::new() };
    let mut best = search.improved(nearest_first(routing));
    let mut best_cost = search.cost(&best);
    let (mut current, mut current_cost) = (best.clone(), best_cost);
    let mut unchanged = 0;
    for turn in 0.. {
        // Around each stop, with fewer and more of its neighbours.
        let (around, taken) = (1 + turn % stops, 3 + turn / stops % 8);
        if search.left == 0 || unchanged > 8 * stops {
            break;
        }
        let order = search.again(&current, around, taken.min(stops));
        let order = search.improved_near(order);
        let cost = search.cost(&order);
        unchanged += 1;
        if cost < best_cost - 1e-6 {
            (best, best_cost, unchanged) = (order.clone(), cost, 0);
        }
        if cost < best_cost + (WORSE - 1.0) * best_cost.rem_euclid(DAY_M) {
            (current, current_cost) = (order, cost);
        } else if current_cost > best_cost {
            (current, current_cost) = (best.clone(), best_cost);
        }
    }
    search.days(&best)
}

/// The way of some days together, metres.
#[must_use]
pub fn length_m(routing: &Routing, days: &Days) -> f64 {
    days.iter().map(|day| day_m(routing, day)).sum()
}

pub(super) fn day_m(routing: &Routing, day: &[usize]) -> f64 {
    let stops = std::iter::once(0).chain(day.iter().copied()).chain([0]);
    stops.clone().zip(stops.skip(1)).map(|(a, b)| routing.ways[a][b]).sum()
}

fn nearest_first(routing: &Routing) -> Vec<usize> {
    let mut left: Vec<usize> = (1..routing.demands.len()).collect();
    let mut order = Vec::with_capacity(left.len());
    let mut at = 0;
    while !left.is_empty() {
        let nearest = (0..left.len())
            .min_by(|a, b| routing.ways[at][left[*a]].total_cmp(&routing.ways[at][left[*b]]))
            .unwrap_or(0);
        at = left.swap_remove(nearest);
        order.push(at);
    }
    order
}

struct Search<'a> {
    routing: &'a Routing,
    left: usize,
    /// Least cost of the first stops of an order, and where their last day begins.
    costs: Vec<f64>,
    from: Vec<usize>,
}

impl Search<'_> {
    /// The least cost of an order over all ways to cut it into days.
    fn cost(&mut self, order: &[usize]) -> f64 {
        self.left = self.left.saturating_sub(1);
        let Routing { demands, capacity, ways } = self.routing;
        self.costs.clear();
        self.costs.resize(order.len() + 1, f64::INFINITY);
        self.from.clear();
        self.from.resize(order.len() + 1, 0);
        self.costs[0] = 0.0;
        for first in 0..order.len() {
            let base = self.costs[first] + DAY_M + ways[0][order[first]];
            let (mut held, mut along) = (0, 0.0);
            for last in first..order.len() {
                held += demands[order[last]];
                if held > *capacity && last > first {
                    break;
                }
                if last > first {
                    along += ways[order[last - 1]][order[last]];
                }
                let cost = base + along + ways[order[last]][0];
                if cost < self.costs[last + 1] {
                    self.costs[last + 1] = cost;
                    self.from[last + 1] = first;
                }
            }
        }
        self.costs[order.len()]
    }

    fn days(&mut self, order: &[usize]) -> Days {
        self.cost(order);
        let mut days = Vec::new();
        let mut end = order.len();
        while end > 0 {
            let first = self.from[end];
            days.push(order[first..end].to_vec());
            end = first;
        }
        days.reverse();
        days
    }

    fn improved(&mut self, order: Vec<usize>) -> Vec<usize> {
        let width = order.len();
        self.improve(order, width)
    }

    /// Moves no farther than a few places: what a neighbourhood put back needs.
    fn improved_near(&mut self, order: Vec<usize>) -> Vec<usize> {
        self.improve(order, 6)
    }

    fn improve(&mut self, mut order: Vec<usize>, width: usize) -> Vec<usize> {
        let mut cost = self.cost(&order);
        let mut better = true;
        while better && self.left > 0 {
            better = false;
            for a in 0..order.len() {
                for b in a.saturating_sub(width)..(a + width + 1).min(order.len()) {
                    for change in [shift, exchange, reverse] {
                        if a == b || self.left == 0 {
                            continue;
                        }
                        let mut tried = order.clone();
                        change(&mut tried, a, b);
                        let new = self.cost(&tried);
                        if new < cost - 1e-6 {
                            (order, cost, better) = (tried, new, true);
                        }
                    }
                }
            }
        }
        order
    }

    /// Takes a stop and its nearest ones out and puts each back where it costs least, the farthest from the start first.
    fn again(&mut self, order: &[usize], around: usize, taken: usize) -> Vec<usize> {
        let ways = &self.routing.ways;
        let mut nearest: Vec<usize> = (1..ways.len()).collect();
        nearest.sort_by(|a, b| ways[around][*a].total_cmp(&ways[around][*b]).then(a.cmp(b)));
        nearest.truncate(taken);
        let mut kept: Vec<usize> = order.iter().copied().filter(|stop| !nearest.contains(stop)).collect();
        nearest.sort_by(|a, b| ways[0][*b].total_cmp(&ways[0][*a]).then(a.cmp(b)));
        for stop in nearest {
            let mut best = (f64::INFINITY, 0);
            for place in 0..=kept.len() {
                kept.insert(place, stop);
                let cost = self.cost(&kept);
                kept.remove(place);
                if cost < best.0 {
                    best = (cost, place);
                }
            }
            kept.insert(best.1, stop);
        }
        kept
    }
}

fn shift(order: &mut [usize], a: usize, b: usize) {
    if a < b {
        order[a..=b].rotate_left(1);
    } else {
        order[b..=a].rotate_right(1);
    }
}

fn exchange(order: &mut [usize], a: usize, b: usize) {
    order.swap(a, b);
}

fn reverse(order: &mut [usize], a: usize, b: usize) {
    order[a.min(b)..=a.max(b)].reverse();
}
