//! The privacy floor: no count of 1 to k − 1 households can be worked out.
//!
//! Hiding such a count is not enough where its commune's sum is shown, since
//! the sum less the others gives it away. So the next smallest village is
//! hidden too, and the next, until what is published leaves a doubt; where
//! no doubt can be made, the sum is hidden.

/// One village's count of one figure within one published sum.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) count: u32,
    /// Least and most that the rest of the publication (status, other figures) says of it when it is hidden.
    pub(super) low: u32,
    pub(super) high: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hidden {
    /// By entry.
    pub(super) entries: Vec<bool>,
    /// The sum must not be shown.
    pub(super) sum: bool,
}

/// Decides what to hide of counts that are published with their sum.
pub(super) fn hide(entries: &[Entry], k: u32) -> Hidden {
    let small = |entry: &Entry| (1..k).contains(&entry.count);
    let mut hidden = Hidden { entries: entries.iter().map(small).collect(), sum: false };
    if !hidden.entries.contains(&true) {
        return hidden;
    }
    let total: u64 = entries.iter().map(|e| u64::from(e.count)).sum();
    let mut next: Vec<usize> = (0..entries.len()).filter(|at| entries[*at].count >= k).collect();
    next.sort_by_key(|at| entries[*at].count);
    let mut next = next.into_iter();
    while !in_doubt(entries, &hidden.entries, k) {
        match next.next() {
            Some(at) => hidden.entries[at] = true,
            None => {
                hidden.sum = true;
                break;
            }
        }
    }
    hidden.sum |= total < u64::from(k);
    hidden
}

/// Whether each small count may still have two values for a reader who knows
/// the sum of the hidden ones, which of them are small, and that the rest
/// were chosen smallest first.
fn in_doubt(entries: &[Entry], hidden: &[bool], k: u32) -> bool {
    let smallest_shown =
        entries.iter().zip(hidden).filter(|(e, hidden)| !**hidden && e.count > 0).map(|(e, _)| e.count).min();
    let bounds = |entry: &Entry| -> (u64, u64) {
        if entry.count < k {
            // Nothing else that is shown narrows a small count; see `villages`.
            return (1, u64::from(k - 1));
        }
        let high = entry.high.min(smallest_shown.unwrap_or(u32::MAX));
        (u64::from(entry.low.max(k)), u64::from(high))
    };
    let secret = || entries.iter().zip(hidden).filter(|(_, hidden)| **hidden).map(|(entry, _)| entry);
    let sum: u64 = secret().map(|e| u64::from(e.count)).sum();
    let (lows, highs) = secret().map(bounds).fold((0, 0), |(l, h), (low, high)| (l + low, h + high));
    secret().filter(|entry| entry.count < k).all(|entry| {
        let (low, high) = bounds(entry);
        let least = low.max((sum + high).saturating_sub(highs));
        let most = high.min(sum.saturating_sub(lows - low));
        least < most
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeSet, HashMap};

    fn open(counts: &[u32]) -> Vec<Entry> {
        counts.iter().map(|count| Entry { count: *count, low: 0, high: u32::MAX }).collect()
    }

    fn check(counts: &[u32], hidden: &[bool], sum: bool) {
        assert_eq!(hide(&open(counts), 5), Hidden { entries: hidden.to_vec(), sum }, "{counts:?}");
    }

    #[test]
    fn nothing_small_hides_nothing() {
        check(&[0, 5, 90], &[false, false, false], false);
    }

    #[test]
    fn one_small_count_hides_its_next_smallest_neighbour() {
        check(&[3, 0, 60, 20], &[true, false, false, true], false);
    }

    #[test]
    fn a_neighbour_at_the_floor_hides_nothing_and_another_follows() {
        // 1 and 5 make 6, and only 1 + 5 does; with 20 there is a doubt.
        check(&[1, 5, 20, 40], &[true, true, true, false], false);
    }

    #[test]
    fn a_sum_of_a_few_is_hidden() {
        check(&[3, 0, 0], &[true, false, false], true);
        check(&[1, 1, 0], &[true, true, false], true);
    }

    #[test]
    fn two_counts_at_the_ceiling_need_a_third() {
        check(&[4, 4, 30, 60], &[true, true, true, false], false);
    }

    /// The strongest reader: knows this very program and the sum, and tries every commune that there could be.
    #[test]
    fn no_reader_can_solve_a_small_count_from_what_is_shown() {
        const K: u32 = 3;
        const MOST: u32 = 9;
        type Shown = (Vec<Option<u32>>, Option<u32>, Vec<bool>);
        let mut communes: HashMap<Shown, Vec<Vec<u32>>> = HashMap::new();
        for number in 0..(MOST + 1).pow(4) {
            let counts: Vec<u32> = (0..4).map(|at| number / (MOST + 1).pow(at) % (MOST + 1)).collect();
            let hidden = hide(&open(&counts), K);
            let shown = counts.iter().zip(&hidden.entries).map(|(c, hidden)| (!hidden).then_some(*c)).collect();
            let sum = (!hidden.sum).then(|| counts.iter().sum());
            // The status may tell which of the hidden ones are small.
            let small = counts.iter().map(|c| (1..K).contains(c)).collect();
            communes.entry((shown, sum, small)).or_default().push(counts);
        }
        for ((shown, sum, small), possible) in communes {
            for at in (0..4).filter(|at| small[*at]) {
                let values: BTreeSet<u32> = possible.iter().map(|counts| counts[at]).collect();
                assert!(values.len() > 1, "{shown:?} with sum {sum:?} can only be {possible:?}");
            }
        }
    }
}
