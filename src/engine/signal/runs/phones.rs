//! Who measured on which network in which seven weeks, as one number.
//!
//! A log of ten million rows has thousands of them; a fragment of a run names its
//! phone by the number, and its time by the bits below those of the seven weeks.

use rustc_hash::FxHashMap;

use super::place::Place;
use crate::model::operator::{Operator, Technology};
use crate::model::sample::Sample;

/// Milliseconds whose lowest 32 bits tell them apart: 49 days.
const PERIOD_BITS: u32 = 32;

/// A device on a network, in one period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Phone {
    pub(super) operator: Operator,
    pub(super) technology: Technology,
    pub(super) device: u64,
    /// The upper bits of milliseconds since 1970.
    period: i64,
}

impl Phone {
    pub(super) fn new(sample: &Sample, time_ms: i64) -> Self {
        let Sample { operator, technology, device, .. } = *sample;
        Self { operator, technology, device, period: time_ms >> PERIOD_BITS }
    }

    /// Milliseconds since 1970 of which the lowest bits are given.
    pub(super) fn time_ms(&self, lowest: u32) -> i64 {
        (self.period << PERIOD_BITS) | i64::from(lowest)
    }

    /// Whether only the period may be another one.
    pub(super) fn is(&self, other: &Self) -> bool {
        Self { period: other.period, ..*self } == *other
    }
}

/// Phones in the order in which they came.
#[derive(Default)]
pub(super) struct Phones {
    numbers: FxHashMap<Phone, u32>,
    /// Of the last sample: a phone stays in one network for a while.
    last: Option<(Phone, u32)>,
}

impl Phones {
    /// Less than [`Place::MOST_PHONES`].
    #[inline]
    pub(super) fn number(&mut self, phone: Phone) -> usize {
        let number = match self.last {
            Some((last, number)) if last == phone => number,
            _ => {
                let next = self.numbers.len().min(Place::MOST_PHONES - 1) as u32;
                *self.numbers.entry(phone).or_insert(next)
            }
        };
        self.last = Some((phone, number));
        number as usize
    }

    /// In the order of networks, devices and time, and for each number that was given the place in that order.
    pub(super) fn in_order(self) -> (Vec<Phone>, Vec<u32>) {
        let mut sorted: Vec<(Phone, u32)> = self.numbers.into_iter().collect();
        sorted.sort_unstable();
        let mut ranks = vec![0; sorted.len()];
        for (rank, (_, number)) in (0..).zip(&sorted) {
            if let Some(place) = ranks.get_mut(*number as usize) {
                *place = rank;
            }
        }
        (sorted.into_iter().map(|(phone, _)| phone).collect(), ranks)
    }
}
