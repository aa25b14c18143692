//! Villages shared among teams in contiguous pieces of about one size.
//!
//! A set of villages is cut in two across, in one of several directions, and
//! each half again, so that both halves hang together on the graph of
//! neighbours and carry what their teams can. The village at the cut goes
//! whole to one side while the loads allow it; otherwise it is shared, and
//! belongs to both. Where no straight cut leaves two connected halves, the cut
//! is made at one village: everything behind it is one side.

use geo_types::Coord;

use super::ground::{distance, reached};

/// Directions that are tried for each cut, over half a turn.
const DIRECTIONS: u32 = 24;
/// Of the tolerance; the rest is for whole households.
const CAREFUL: f64 = 0.8;
/// A cut that shares a village must be so much more compact than one that does not.
const SHARING_COSTS: f64 = 1.15;

/// A village with the households of it that are meant.
pub(super) type Load = (usize, u32);

/// What is shared: by index of village.
pub(super) struct Sharing<'a> {
    pub(super) loads: &'a [u32],
    pub(super) points: &'a [Coord<f64>],
    pub(super) near: &'a [Vec<usize>],
    /// Households of a day: shares are whole days where they can be.
    pub(super) rate: u32,
    /// How far a load may lie from the mean, a share of it.
    pub(super) balance: f64,
}

/// One list for each team; some are empty where there are fewer households than teams.
pub(super) fn share(sharing: &Sharing<'_>, teams: u32) -> Vec<Vec<Load>> {
    let villages: Vec<Load> = sharing.loads.iter().copied().enumerate().filter(|(_, load)| *load > 0).collect();
    let mean = sum(&villages) as f64 / f64::from(teams.max(1));
    let mut pieces = Vec::new();
    cut(sharing, villages, teams.max(1), mean, &mut pieces);
    pieces
}

fn cut(sharing: &Sharing<'_>, villages: Vec<Load>, teams: u32, mean: f64, pieces: &mut Vec<Vec<Load>>) {
    if teams == 1 {
        pieces.push(villages);
        return;
    }
    let halves = [teams / 2, teams - teams / 2];
    let [one, other] = halve(sharing, &villages, halves, mean);
    cut(sharing, one, halves[0], mean, pieces);
    cut(sharing, other, halves[1], mean, pieces);
}

type Halves = [Vec<Load>; 2];

fn halve(sharing: &Sharing<'_>, villages: &[Load], teams: [u32; 2], mean: f64) -> Halves {
    let total = sum(villages) as f64;
    let [first, second] = teams.map(f64::from);
    let aim = total * first / (first + second);
    let slack = sharing.balance * CAREFUL * mean;
    // Neither side may have a mean beyond the tolerance, so that no team has.
    let low = (first * (mean - slack)).max(total - second * (mean + slack)).min(aim);
    let high = (first * (mean + slack)).min(total - second * (mean - slack)).max(aim);
    let range = Range { aim, low, high };
    let straight = (0..DIRECTIONS).flat_map(|turn| {
        let angle = std::f64::consts::PI * f64::from(turn) / f64::from(DIRECTIONS);
        let (sin, cos) = angle.sin_cos();
        let along = |at: usize| sharing.points[at].x * cos + sharing.points[at].y * sin;
        let mut order = villages.to_vec();
        order.sort_by(|(a, _), (b, _)| along(*a).total_cmp(&along(*b)).then(a.cmp(b)));
        candidates(&order, range, sharing.rate)
    });
    let connected = |halves: &Halves| halves.iter().all(|half| is_connected(half, sharing.near));
    let scored = straight.filter(connected).map(|halves| (spread(sharing, &halves), halves));
    if let Some((_, best)) = scored.min_by(|(a, _), (b, _)| a.total_cmp(b)) {
        return best;
    }
    at_one_village(sharing, villages, range).unwrap_or_else(|| {
        // Nothing to cut: fewer households than teams.
        let mut first = villages.to_vec();
        let second = if first.len() > 1 { first.split_off(1) } else { Vec::new() };
        [first, second]
    })
}

/// What the first side should carry, and what it may.
#[derive(Clone, Copy)]
struct Range {
    aim: f64,
    low: f64,
    high: f64,
}

/// Cuts of an order: between two villages, and through the one that holds the aim.
fn candidates(order: &[Load], range: Range, rate: u32) -> Vec<Halves> {
    let mut found = Vec::new();
    let mut before = 0.0;
    let mut whole: Option<(f64, usize)> = None;
    for (at, (village, load)) in order.iter().enumerate() {
        let after = before + f64::from(*load);
        let off = (before - range.aim).abs();
        if at > 0 && (range.low..=range.high).contains(&before) && whole.is_none_or(|(least, _)| off < least) {
            whole = Some((off, at));
        }
        if before < range.aim && range.aim <= after && *load > 1 {
            let given = portion(*load, rate, range, before);
            let mut one = order[..at].to_vec();
            one.push((*village, given));
            let mut other = vec![(*village, load - given)];
            other.extend_from_slice(&order[at + 1..]);
            found.push([one, other]);
        }
        before = after;
    }
    if let Some((_, at)) = whole {
        found.push([order[..at].to_vec(), order[at..].to_vec()]);
    }
    found
}

/// How much of a village the first side takes: whole days where the range allows it, and never nothing or all.
fn portion(load: u32, rate: u32, range: Range, before: f64) -> u32 {
    let wanted = range.aim - before;
    let bounded = |households: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 1..load")]
        let whole = households.round().clamp(1.0, f64::from(load - 1)) as u32;
        whole
    };
    let days = bounded((wanted / f64::from(rate)).round() * f64::from(rate));
    let allowed = (range.low..=range.high).contains(&(before + f64::from(days)));
    if allowed && days.is_multiple_of(rate) { days } else { bounded(wanted) }
}

/// Two sides that both hang together at one village, as near to the aim as such sides come.
fn at_one_village(sharing: &Sharing<'_>, villages: &[Load], range: Range) -> Option<Halves> {
    let mut best: Option<(f64, Halves)> = None;
    for (at, (village, load)) in villages.iter().enumerate() {
        let mut rest = villages.to_vec();
        rest.remove(at);
        let mut behind = components(&rest, sharing.near);
        behind.sort_by_key(|part| (std::cmp::Reverse(sum(part)), part.first().map(|(village, _)| *village)));
        let (mut one, mut other) = (Vec::new(), Vec::new());
        let mut carried = 0.0;
        for part in behind {
            let weight = sum(&part) as f64;
            if carried + weight <= range.aim {
                carried += weight;
                one.extend(part);
            } else {
                other.extend(part);
            }
        }
        let splits = [0, portion_or_all(*load, range.aim - carried), *load];
        for given in splits {
            let mut halves = [one.clone(), other.clone()];
            for (half, part) in halves.iter_mut().zip([given, load - given]) {
                if part > 0 {
                    half.push((*village, part));
                }
            }
            if halves.iter().any(Vec::is_empty) || !halves.iter().all(|half| is_connected(half, sharing.near)) {
                continue;
            }
            let off = (sum(&halves[0]) as f64 - range.aim).abs();
            if best.as_ref().is_none_or(|(least, _)| off < *least) {
                best = Some((off, halves));
            }
        }
    }
    best.map(|(_, halves)| halves)
}

fn portion_or_all(load: u32, wanted: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=load")]
    let given = wanted.round().clamp(0.0, f64::from(load)) as u32;
    given
}

fn components(villages: &[Load], near: &[Vec<usize>]) -> Vec<Vec<Load>> {
    let mut inside = vec![false; near.len()];
    villages.iter().for_each(|(at, _)| inside[*at] = true);
    let mut left = villages.to_vec();
    let mut parts = Vec::new();
    while let Some((first, _)) = left.first() {
        let seen = reached(*first, near, |at| inside[at]);
        let (part, rest) = left.into_iter().partition(|(at, _)| seen[*at]);
        parts.push(part);
        left = rest;
    }
    parts
}

pub(super) fn is_connected(villages: &[Load], near: &[Vec<usize>]) -> bool {
    components(villages, near).len() <= 1
}

/// Households times their distance from the middle of their side: small where sides are compact.
fn spread(sharing: &Sharing<'_>, halves: &Halves) -> f64 {
    let of = |half: &Vec<Load>| {
        let weight = (sum(half) as f64).max(1.0);
        let mean = |axis: fn(Coord<f64>) -> f64| {
            half.iter().map(|(at, load)| f64::from(*load) * axis(sharing.points[*at])).sum::<f64>() / weight
        };
        let middle = Coord { x: mean(|at| at.x), y: mean(|at| at.y) };
        half.iter().map(|(at, load)| f64::from(*load) * distance(sharing.points[*at], middle)).sum::<f64>()
    };
    let shares = halves[0].iter().any(|(at, _)| halves[1].iter().any(|(other, _)| at == other));
    halves.iter().map(of).sum::<f64>() * if shares { SHARING_COSTS } else { 1.0 }
}

pub(super) fn sum(villages: &[Load]) -> u64 {
    villages.iter().map(|(_, load)| u64::from(*load)).sum()
}
