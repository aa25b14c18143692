//! Where a few more masts would serve the most of those without usable signal:
//! the maximal covering location problem (Church and ReVelle 1974).
//!
//! Of all candidates so many are chosen that the weight within reach of one of
//! them is as large as can be. A greedy choice is never below 1 − 1/e of the best (Nemhauser, Wolsey and
//! Fisher 1978), exchanges of one site for another come closer, and a Lagrangian
//! bound says how far away the best can be at the most. Weights are whole
//! numbers, so that equal is equal and every machine chooses alike.

mod bound;
mod choose;
mod reach;
#[cfg(test)]
mod tests;

pub use reach::{Demand, covers};

/// What can be covered, and by whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instance {
    /// By demand.
    pub weights: Vec<u64>,
    /// By candidate, those that are preferred first: the demands within its reach, in order, each once.
    pub covers: Vec<Vec<u32>>,
}

/// A choice, and how good it can be at the most.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Candidates, the one that covers most first, and the weight that each adds to those before it. Fewer
    /// than asked for where no further one would add anything.
    pub sites: Vec<(usize, u64)>,
    /// The weight of all of them.
    pub covered: u64,
    /// No choice of as many sites covers more than this.
    pub bound: u64,
}

/// Chooses at most so many sites. The same instance always gives the same choice.
#[must_use]
pub fn solve(instance: &Instance, sites: usize) -> Choice {
    let mut chosen = choose::greedy(instance, sites, 0..instance.covers.len());
    choose::exchange(instance, &mut chosen);
    // What an exchange brought in may cover more than what was taken first.
    let chosen = choose::greedy(instance, sites, chosen.into_iter());
    let mut open = vec![true; instance.weights.len()];
    let mut ordered = Vec::with_capacity(chosen.len());
    for at in chosen {
        ordered.push((at, instance.gain(at, &open)));
        instance.close(at, &mut open);
    }
    let covered = ordered.iter().map(|(_, gain)| gain).sum();
    Choice { covered, bound: bound::bound(instance, &open, sites, covered), sites: ordered }
}

impl Instance {
    /// The weight that a candidate would add.
    fn gain(&self, candidate: usize, open: &[bool]) -> u64 {
        self.covered_by(candidate).filter(|demand| open[*demand]).map(|demand| self.weights[demand]).sum()
    }

    fn close(&self, candidate: usize, open: &mut [bool]) {
        self.covered_by(candidate).for_each(|demand| open[demand] = false);
    }

    fn covered_by(&self, candidate: usize) -> impl Iterator<Item = usize> {
        self.covers[candidate].iter().map(|demand| *demand as usize)
    }
}
