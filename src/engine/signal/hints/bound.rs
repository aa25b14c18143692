//! How much any choice of so many sites can cover at the most.
//!
//! The rule that a demand counts only where a chosen site covers it is given a
//! price for each demand. Whatever the prices, what is then the best is never
//! below the true one: each demand is worth what it exceeds its price, and the
//! sites are those that collect the most. Prices move against what is too
//! dear or too cheap (Held and Karp 1971; Galvão and ReVelle 1996 for this
//! problem), and the lowest sum that was seen is kept. It cannot fall below the bound of the linear programme.

use super::Instance;

/// Steps of the prices; each is one walk over all pairs of a candidate and a demand within its reach.
const STEPS: usize = 1_000;
/// Steps without a lower sum after which a step becomes half as wide, as Fisher (1981) advises.
const PATIENCE: usize = 20;

/// `open` is what a choice of weight `covered` leaves.
pub(super) fn bound(instance: &Instance, open: &[bool], sites: usize, covered: u64) -> u64 {
    let mut reachable = vec![false; instance.weights.len()];
    instance.covers.iter().flatten().for_each(|demand| reachable[*demand as usize] = true);
    let all: u64 =
        instance.weights.iter().zip(&reachable).filter(|(_, within)| **within).map(|(weight, _)| weight).sum();
    if covered == all {
        return all;
    }
    let worth: Vec<f64> = instance
        .weights
        .iter()
        .zip(&reachable)
        .map(|(weight, within)| if *within { *weight as f64 } else { 0.0 })
        .collect();
    // With these prices the sum is the choice and the most that so many further sites could add to it.
    let mut prices: Vec<f64> = worth.iter().zip(open).map(|(worth, open)| if *open { *worth } else { 0.0 }).collect();
    let (mut lowest, mut width, mut since) = (f64::INFINITY, 1.0, 0);
    for _ in 0..STEPS {
        let (sum, slope) = priced(instance, &worth, &prices, sites);
        if sum < lowest {
            (lowest, since) = (sum, 0);
        } else {
            since += 1;
            if since == PATIENCE {
                (width, since) = (width / 2.0, 0);
            }
        }
        let steepness: f64 = slope.iter().map(|slope| slope * slope).sum();
        if steepness == 0.0 || lowest <= covered as f64 {
            break;
        }
        let step = width * (sum - covered as f64) / steepness;
        for ((price, slope), worth) in prices.iter_mut().zip(&slope).zip(&worth) {
            *price = (*price - step * slope).clamp(0.0, *worth);
        }
    }
    whole(lowest).clamp(covered, all)
}

/// What the best is worth under the prices, and how often each demand is then covered too often (above zero) or
/// counted without being covered.
fn priced(instance: &Instance, worth: &[f64], prices: &[f64], sites: usize) -> (f64, Vec<f64>) {
    let mut slope: Vec<f64> =
        worth.iter().zip(prices).map(|(worth, price)| if worth > price { -1.0 } else { 0.0 }).collect();
    let mut sum: f64 = worth.iter().zip(prices).map(|(worth, price)| (worth - price).max(0.0)).sum();
    let mut takings: Vec<(f64, usize)> = (0..instance.covers.len())
        .map(|candidate| (instance.covered_by(candidate).map(|demand| prices[demand]).sum(), candidate))
        .collect();
    let most = |one: &(f64, usize), other: &(f64, usize)| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1));
    if sites < takings.len() {
        takings.select_nth_unstable_by(sites, most);
        takings.truncate(sites);
    }
    takings.sort_by(most);
    for (taking, candidate) in takings {
        sum += taking;
        instance.covered_by(candidate).for_each(|demand| slope[demand] += 1.0);
    }
    (sum, slope)
}

/// The best is a whole number, so nothing above the next lower one can be it; sums of floats err by less than this.
#[expect(clippy::cast_sign_loss, reason = "sums of weights are not negative")]
fn whole(sum: f64) -> u64 {
    (sum * (1.0 + 1e-12) + 1e-3).floor() as u64
}
