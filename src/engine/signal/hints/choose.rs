//! A greedy choice, and exchanges that make it better.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Instance;

/// Exchanges at the most; a province needs a handful, and each one only adds.
const EXCHANGES: usize = 200;

/// Takes whoever adds most, again and again, and of equals the first.
///
/// What a candidate adds only falls as others are taken, so a sum of earlier is an upper bound: only the
/// candidate on top is added up again (Minoux 1978).
pub(super) fn greedy(instance: &Instance, sites: usize, from: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut open = vec![true; instance.weights.len()];
    let mut heap: BinaryHeap<(u64, Reverse<usize>)> = from.map(|at| (instance.gain(at, &open), Reverse(at))).collect();
    let mut chosen = Vec::new();
    while chosen.len() < sites
        && let Some((_, Reverse(at))) = heap.pop()
    {
        let now = (instance.gain(at, &open), Reverse(at));
        if now.0 == 0 {
            continue;
        }
        if heap.peek().is_some_and(|next| *next > now) {
            heap.push(now);
            continue;
        }
        instance.close(at, &mut open);
        chosen.push(at);
    }
    chosen
}

/// Replaces one site by one candidate while that covers more; the best exchange first, and of equals the first.
pub(super) fn exchange(instance: &Instance, chosen: &mut [usize]) {
    for _ in 0..EXCHANGES {
        let Some((place, candidate)) = best_exchange(instance, chosen) else { return };
        chosen[place] = candidate;
    }
}

fn best_exchange(instance: &Instance, chosen: &[usize]) -> Option<(usize, usize)> {
    // How many sites cover a demand, and which one does where it is a single one.
    let mut times = vec![0_usize; instance.weights.len()];
    let mut owner = vec![0_usize; instance.weights.len()];
    for (place, site) in chosen.iter().enumerate() {
        for demand in instance.covered_by(*site) {
            times[demand] += 1;
            owner[demand] = place;
        }
    }
    let mut lost = vec![0_u64; chosen.len()];
    for (demand, weight) in instance.weights.iter().enumerate().filter(|(demand, _)| times[*demand] == 1) {
        lost[owner[demand]] += weight;
    }
    let mut best: Option<(u64, Reverse<usize>, Reverse<usize>)> = None;
    let mut kept = vec![0_u64; chosen.len()];
    for candidate in 0..instance.covers.len() {
        kept.fill(0);
        let mut added = 0;
        for demand in instance.covered_by(candidate) {
            match times[demand] {
                0 => added += instance.weights[demand],
                1 => kept[owner[demand]] += instance.weights[demand],
                _ => {}
            }
        }
        for (place, (lost, kept)) in lost.iter().zip(&kept).enumerate() {
            let Some(more) = (added + kept).checked_sub(*lost).filter(|more| *more > 0) else { continue };
            best = best.max(Some((more, Reverse(place), Reverse(candidate))));
        }
    }
    best.map(|(_, Reverse(place), Reverse(candidate))| (place, candidate))
}
