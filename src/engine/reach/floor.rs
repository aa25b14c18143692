//! The privacy floor: no count of 1 to k − 1 households that were visited,
//! guided, or visited and not guided can be worked out.
//!
//! Hiding a small guided count is not enough where its commune's sum is shown,
//! since the sum less the others gives it away; so a lone one takes its next
//! smallest neighbour with it. What is hidden rests only on what a reader may
//! know anyway, or else the choice itself would be a figure. Visited has no
//! published sum, so each village stands alone ([`hides_visited`]).
//!
//! Protected is what happened at a door: to be at home, to be guided, to
//! refuse. Declared households H are a public figure of the register, and a
//! household that nobody has been to yet (H − guided, H − visited, and
//! `remaining`, which follows from H and guided) has nothing to hide; those
//! are shown however small. The floor guards one answer: it cannot keep two
//! answers, of two days, from being subtracted.

/// One village's count of one figure within one published sum.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Entry {
    pub(in crate::engine) count: u32,
    /// Least and most that the rest of the publication (status, other figures)
    /// says of it when it is hidden; unused for counts below k.
    pub(in crate::engine) low: u32,
    pub(in crate::engine) high: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::engine) struct Hidden {
    /// By entry.
    pub(in crate::engine) entries: Vec<bool>,
    /// The sum must not be shown.
    pub(in crate::engine) sum: bool,
}

/// Steps between the sum of what is hidden and the least and most that it
/// could be. One step leaves two values for each count where the sum is shown;
/// the second leaves two where it is not, for its absence is news as well.
const MARGIN: u64 = 2;

/// Decides what to hide of counts that are published with their sum.
pub(in crate::engine) fn hide(entries: &[Entry], k: u32) -> Hidden {
    let small = |entry: &Entry| (1..k).contains(&entry.count);
    let mut hidden = Hidden { entries: entries.iter().map(small).collect(), sum: false };
    if !hidden.entries.contains(&true) {
        return hidden;
    }
    let total: u64 = entries.iter().map(|e| u64::from(e.count)).sum();
    if hidden.entries.iter().filter(|hidden| **hidden).count() == 1 {
        let neighbours = (0..entries.len()).filter(|at| entries[*at].count >= k);
        if let Some(neighbour) = neighbours.min_by_key(|at| (entries[*at].count, *at)) {
            hidden.entries[neighbour] = true;
        }
    }
    let secret = || (0..entries.len()).filter(|at| hidden.entries[*at]);
    let sum: u64 = secret().map(|at| u64::from(entries[at].count)).sum();
    let bounds = secret().map(|at| bounds(entries, &hidden.entries, at, k));
    let (least, most) = bounds.fold((0, 0), |(least, most), (low, high)| (least + low, most + high));
    hidden.sum = total < u64::from(k) || sum < least + MARGIN || sum + MARGIN > most;
    hidden
}

/// Whether a village's visited households stay hidden, by its own counts:
/// where they are few, or where less those guided they are few, since that is
/// who was out or refused.
///
/// Beside a small hidden guided count they are shown from k on: that says no
/// more of it. Beside a large hidden one, a neighbour, they are not shown at
/// all: being shown would rule out the k − 1 values just below them, and may
/// leave a single one.
pub(super) fn hides_visited(visited: u32, guided: u32, guided_hidden: bool, k: u32) -> bool {
    let few = |count: u32| (1..k).contains(&count);
    few(visited) || if guided_hidden { guided >= k } else { few(visited.saturating_sub(guided)) }
}

/// What a reader knows of a hidden count who knows the rule and which counts are small.
fn bounds(entries: &[Entry], hidden: &[bool], at: usize, k: u32) -> (u64, u64) {
    let entry = entries[at];
    if entry.count < k {
        return (1, u64::from(k - 1));
    }
    // It was chosen as the smallest, and as the first of equals.
    let shown = entries.iter().enumerate().filter(|(other, e)| !hidden[*other] && e.count >= k);
    let ceiling = shown.map(|(other, e)| if other < at { e.count - 1 } else { e.count }).min();
    let high = entry.high.min(ceiling.unwrap_or(u32::MAX));
    (u64::from(entry.low.max(k)), u64::from(high))
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
    fn a_sum_that_leaves_no_doubt_is_hidden() {
        // 1 and 5 make 6, and nothing else does.
        check(&[1, 5, 20, 40], &[true, true, false, false], true);
        check(&[4, 4, 30, 60], &[true, true, false, false], true);
        check(&[1, 2, 30, 60], &[true, true, false, false], true);
        check(&[2, 4, 30, 60], &[true, true, false, false], false);
    }

    #[test]
    fn a_sum_of_a_few_is_hidden() {
        check(&[3, 0, 0], &[true, false, false], true);
        check(&[1, 1, 0], &[true, true, false], true);
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
            let entries: Vec<Entry> = counts.iter().map(|count| Entry { count: *count, low: 0, high: MOST }).collect();
            let hidden = hide(&entries, K);
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
