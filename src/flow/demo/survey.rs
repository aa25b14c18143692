//! The invented survey: which car drives which road on which day.
//!
//! A verdict needs runs on several days, so each road is driven in rounds
//! that lie months apart. Planning is serial and cheap; `drives` makes the
//! samples of the car-days in parallel.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::dice::Dice;
use super::plane::Spot;
use super::roads::Roads;

/// The period of the survey, both days included.
pub(super) const FIRST_DAY: Date = date(2025, 9, 1);
const DAYS: usize = 395;
/// Distance between two readings of a phone: 3 s at 48 km/h.
pub(super) const STEP_M: f64 = 40.0;
/// A car-day ends after this many metres or legs.
const CAR_DAY_M: f64 = 110_000.0;
const CAR_DAY_LEGS: usize = 25;
/// Further than this many roads, the car moves without logging.
const NEAR_ROADS: usize = 5;

/// A stretch driven without a pause: (road, forwards).
pub(super) type Leg = Vec<(usize, bool)>;

pub(super) struct CarDay {
    pub(super) day: Date,
    pub(super) car: usize,
    /// Position in the plan, which seeds its chance.
    pub(super) number: u64,
    pub(super) legs: Vec<Leg>,
    /// Readings of each phone.
    pub(super) ticks: usize,
}

/// Car-days whose ticks sum to `ticks`, in order of date.
pub(super) fn plan(roads: &Roads, ticks: usize) -> Vec<CarDay> {
    let budget_m = f64::from(u32::try_from(ticks).unwrap_or(u32::MAX)) * STEP_M;
    let chosen = chosen(roads, budget_m);
    let mut planner = Planner { roads, days: Vec::new(), driven_m: 0.0, budget_m };
    // Whatever the rounds leave of the budget goes into more of the same.
    for round in 0..40_u32 {
        if planner.driven_m >= budget_m {
            break;
        }
        for district in 0..roads.districts.len() {
            let wanted = |road: usize| {
                chosen[road]
                    && roads.roads[road].district == district
                    && roads.roads[road].passes > if round < 4 { round } else { round % 3 }
            };
            planner.round(round, district, (0..roads.roads.len()).filter(|road| wanted(*road)).collect());
        }
    }
    dated(planner.days, ticks)
}

/// Roads taken district by district, near the district's middle first, as far as the budget reaches.
fn chosen(roads: &Roads, budget_m: f64) -> Vec<bool> {
    let middle = |road: usize| roads.roads[road].line[roads.roads[road].line.len() / 2];
    let mut sums = vec![(0.0, 0.0, 0.0); roads.districts.len()];
    for (index, road) in roads.roads.iter().enumerate() {
        let sum = &mut sums[road.district];
        let at = middle(index);
        *sum = (sum.0 + at.x, sum.1 + at.y, sum.2 + 1.0);
    }
    let centre = |district: usize| {
        let (x, y, count): (f64, f64, f64) = sums[district];
        Spot { x: x / count.max(1.0), y: y / count.max(1.0) }
    };
    let mut order: Vec<usize> = (0..roads.roads.len()).filter(|road| roads.roads[*road].passes > 0).collect();
    order.sort_by(|a, b| {
        let (first, second) = (&roads.roads[*a], &roads.roads[*b]);
        let near = |road: usize| middle(road).distance(centre(roads.roads[road].district));
        first.district.cmp(&second.district).then(near(*a).total_cmp(&near(*b))).then(a.cmp(b))
    });
    let mut chosen = vec![false; roads.roads.len()];
    let mut sum_m = 0.0;
    for road in order {
        // Ways between roads cost about a tenth on top.
        sum_m += 1.1 * roads.roads[road].length_m * f64::from(roads.roads[road].passes);
        if sum_m > budget_m {
            break;
        }
        chosen[road] = true;
    }
    chosen
}

struct Planner<'a> {
    roads: &'a Roads,
    /// Legs and metres of each car-day.
    days: Vec<(Vec<Leg>, f64)>,
    driven_m: f64,
    budget_m: f64,
}

impl Planner<'_> {
    /// Drives each of `wanted` once.
    fn round(&mut self, round: u32, district: usize, mut wanted: Vec<usize>) {
        let mut dice = Dice::new("route", u64::from(round) << 32 | district as u64);
        dice.shuffle(&mut wanted);
        let mut left = vec![false; self.roads.roads.len()];
        for road in &wanted {
            left[*road] = true;
        }
        let (mut legs, mut metres): (Vec<Leg>, f64) = (Vec::new(), 0.0);
        let mut at: Option<usize> = None;
        let mut starts = wanted.into_iter();
        loop {
            let way = match at.map(|node| self.way(node, &left, &mut dice)) {
                Some(way) if !way.is_empty() => way,
                _ => {
                    let Some(start) = starts.find(|road| left[*road]) else { break };
                    if metres > CAR_DAY_M || legs.len() >= CAR_DAY_LEGS {
                        self.close(&mut legs, &mut metres);
                    }
                    legs.push(Vec::new());
                    vec![(start, true)]
                }
            };
            for (road, forwards) in way {
                left[road] = false;
                metres += self.roads.roads[road].length_m;
                at = Some(self.roads.roads[road].ends[usize::from(forwards)]);
                if let Some(leg) = legs.last_mut() {
                    leg.push((road, forwards));
                }
            }
            if metres > CAR_DAY_M {
                at = None;
            }
            if self.driven_m + metres >= self.budget_m + 5_000.0 {
                break;
            }
        }
        self.close(&mut legs, &mut metres);
    }

    fn close(&mut self, legs: &mut Vec<Leg>, metres: &mut f64) {
        if *metres > 0.0 {
            self.days.push((std::mem::take(legs), *metres));
            self.driven_m += *metres;
            *metres = 0.0;
        }
    }

    /// From a node to the end of the nearest road that is left, some roads away at most; empty if none.
    fn way(&self, from: usize, left: &[bool], dice: &mut Dice) -> Leg {
        let forwards = |road: usize, node: usize| self.roads.roads[road].ends[0] == node;
        let mut seen = vec![(from, usize::MAX, usize::MAX)];
        let mut next = 0;
        let mut depth_ends = 1;
        let mut depth = 0;
        while next < seen.len() && depth < NEAR_ROADS {
            let (node, ..) = seen[next];
            let open: Vec<usize> =
                self.roads.leaving[node].iter().map(|(road, _)| *road).filter(|road| left[*road]).collect();
            if let Some(road) = dice.pick(&open) {
                let mut way = vec![(*road, forwards(*road, node))];
                let mut back = next;
                while seen[back].1 != usize::MAX {
                    let (_, road, parent) = seen[back];
                    way.push((road, forwards(road, seen[parent].0)));
                    back = parent;
                }
                way.reverse();
                return way;
            }
            for (road, other) in &self.roads.leaving[node] {
                if seen.iter().all(|(known, ..)| known != other) {
                    seen.push((*other, *road, next));
                }
            }
            next += 1;
            if next == depth_ends {
                depth += 1;
                depth_ends = seen.len();
            }
        }
        Leg::new()
    }
}

/// Car-days get their day in the order of the plan, spread over the period, so that two rounds of a
/// district never share one; the last is cut to make the sum exact.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "metres of a day are positive and small")]
fn dated(mut days: Vec<(Vec<Leg>, f64)>, ticks: usize) -> Vec<CarDay> {
    let mut sum = 0;
    days.retain(|(_, metres)| {
        let needed = sum < ticks;
        sum += (metres / STEP_M) as usize;
        needed
    });
    let cars = if days.len() < 60 { 1 } else { 4 };
    let dates = days.len().div_ceil(cars).max(1);
    let mut left = ticks;
    let mut planned = Vec::new();
    for (index, (legs, metres)) in days.into_iter().enumerate() {
        let offset = (index / cars) * DAYS / dates;
        let ticks = ((metres / STEP_M) as usize).min(left);
        left -= ticks;
        let day = FIRST_DAY.saturating_add(i64::try_from(offset).unwrap_or(0).days());
        if ticks > 0 {
            planned.push(CarDay { day, car: index % cars + 1, number: index as u64, legs, ticks });
        }
    }
    planned
}
