//! The test of Mann and Whitney: do the values of one group tend to lie above those of the other?
//!
//! Exact over all ways to share the ranks out while the groups are small, ties
//! and all; beyond that by the normal distribution, corrected for ties and for
//! steps.

use crate::engine::signal::surface::normal;

/// Ways to share the ranks that are counted one by one: C(16, 8).
const MOST_WAYS: u64 = 12_870;

/// Two-sided; `None` when a group is empty.
pub(super) fn p_value(one: &[f64], other: &[f64]) -> Option<f64> {
    if one.is_empty() || other.is_empty() {
        return None;
    }
    let ranks = ranks(one, other);
    let sum: f64 = ranks[..one.len()].iter().sum();
    let expected = one.len() as f64 * (ranks.len() as f64 + 1.0) / 2.0;
    let far = (sum - expected).abs();
    let exact = ways(ranks.len() as u64, one.len() as u64).is_some_and(|ways| ways <= MOST_WAYS);
    Some(if exact { enumerated(&ranks, one.len(), expected, far) } else { by_normal(&ranks, one.len(), far) })
}

/// The smallest p-value that groups of so many values can have: where all of one lie above all of the other.
pub(super) fn least(one: usize, other: usize) -> f64 {
    if one == 0 || other == 0 {
        return 1.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "a share of some ways of many")]
    ways((one + other) as u64, one as u64).map_or(0.0, |ways| (2.0 / ways as f64).min(1.0))
}

/// Mean ranks from 1 of the first group and then the second.
fn ranks(one: &[f64], other: &[f64]) -> Vec<f64> {
    let values: Vec<f64> = one.iter().chain(other).copied().collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for tied in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let mean = before as f64 + (tied.len() as f64 + 1.0) / 2.0;
        tied.iter().for_each(|at| ranks[*at] = mean);
        before += tied.len();
    }
    ranks
}

/// The binomial coefficient, where it fits.
fn ways(all: u64, some: u64) -> Option<u64> {
    (0..some.min(all - some)).try_fold(1_u64, |ways, step| Some(ways.checked_mul(all - step)? / (step + 1)))
}

/// The share of all choices of `count` ranks whose sum lies as far from what is expected.
fn enumerated(ranks: &[f64], count: usize, expected: f64, far: f64) -> f64 {
    fn choose(ranks: &[f64], count: usize, sum: f64, seen: &mut dyn FnMut(f64)) {
        if count == 0 {
            return seen(sum);
        }
        for at in 0..=ranks.len() - count {
            choose(&ranks[at + 1..], count - 1, sum + ranks[at], seen);
        }
    }
    let (mut all, mut as_far) = (0_u32, 0_u32);
    choose(ranks, count, 0.0, &mut |sum| {
        all += 1;
        as_far += u32::from((sum - expected).abs() >= far - 1e-9);
    });
    f64::from(as_far) / f64::from(all)
}

fn by_normal(ranks: &[f64], count: usize, far: f64) -> f64 {
    let (all, one) = (ranks.len() as f64, count as f64);
    let other = all - one;
    let mut sorted = ranks.to_vec();
    sorted.sort_by(f64::total_cmp);
    let ties: f64 = sorted.chunk_by(|a, b| a == b).map(|tied| (tied.len() as f64).powi(3) - tied.len() as f64).sum();
    let variance = one * other / 12.0 * (all + 1.0 - ties / (all * (all - 1.0)));
    if variance <= 0.0 {
        return 1.0;
    }
    2.0 * normal::distribution(-((far - 0.5).max(0.0) / variance.sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_groups_are_counted_exactly() {
        // Of the 20 ways to choose three of six, two are as far apart as can be.
        assert_eq!(p_value(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]), Some(0.1));
        assert_eq!(p_value(&[1.0, 2.0], &[1.0, 2.0]), Some(1.0));
        assert_eq!(p_value(&[], &[1.0]), None);
        let silence = f64::NEG_INFINITY;
        assert_eq!(p_value(&[silence; 4], &[-90.0; 4]), Some(2.0 / 70.0));
    }

    /// Against `scipy.stats.mannwhitneyu(…, method="asymptotic")` of SciPy 1.16, without ties and with many.
    #[test]
    fn large_groups_agree_with_scipy() {
        let one: Vec<f64> = (0..12).map(f64::from).collect();
        let other: Vec<f64> = one.iter().map(|x| x + 6.5).collect();
        let tied = [1.0, 2.0, 2.0, 3.0, 3.0, 3.0, 4.0, 5.0, 5.0, 6.0, 7.0, 8.0];
        let tied_too = [3.0, 3.0, 4.0, 5.0, 5.0, 6.0, 7.0, 8.0, 8.0, 9.0, 9.0, 10.0];
        for (p, scipy) in [
            (p_value(&one, &other), 0.001_106_178_184_080_724_2),
            (p_value(&tied, &tied_too), 0.026_913_390_126_565_71),
        ] {
            assert!((p.unwrap() - scipy).abs() < 1e-12, "{p:?} {scipy}");
        }
    }
}
