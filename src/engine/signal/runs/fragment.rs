//! Rows of one run that follow each other in a log.

use std::ops::Range;

use super::place::Place;

/// Of one phone in one cell, each row later than the one before. A large log has tens of millions of
/// fragments, and to touch memory for the first time is dear: 16 bytes.
#[derive(Clone, Copy)]
pub(super) struct Fragment {
    pub(super) place: Place,
    /// The first of them, of at most 2³², and in the lowest bits how many.
    rows: u64,
}

const COUNT_BITS: u32 = 16;
const MOST: u64 = (1 << COUNT_BITS) - 1;

impl Fragment {
    /// Of one row.
    pub(super) fn new(place: Place, first: usize) -> Self {
        Self { place, rows: (first as u64) << COUNT_BITS | 1 }
    }

    pub(super) fn first(&self) -> usize {
        (self.rows >> COUNT_BITS) as usize
    }

    pub(super) fn count(&self) -> usize {
        (self.rows & MOST) as usize
    }

    pub(super) fn rows(&self) -> Range<usize> {
        self.first()..self.first() + self.count()
    }

    /// Takes one more; `false` where it holds as many as it can.
    pub(super) fn grow(&mut self) -> bool {
        let has_room = self.rows & MOST < MOST;
        self.rows += u64::from(has_room);
        has_room
    }

    /// Its order, compared at once.
    pub(super) fn key(&self) -> u128 {
        u128::from(self.place.number()) << 64 | u128::from(self.rows)
    }

    /// The same rows, which have moved.
    pub(super) fn moved(self, first: usize) -> Self {
        Self { rows: (first as u64) << COUNT_BITS | self.rows & MOST, ..self }
    }
}
