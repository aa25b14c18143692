//! Values of samples by fragment: kept as they come, sorted once.

use std::ops::Range;

/// No fragment.
pub(super) const NONE: u32 = u32::MAX;

/// Values in the order of samples, each with the number of its fragment.
pub(super) struct Values<T>(Vec<(u32, T)>);

impl<T> Default for Values<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy + Default> Values<T> {
    pub(super) fn reserve(&mut self, more: usize) {
        self.0.reserve_exact(more);
    }

    pub(super) fn push(&mut self, fragment: u32, value: T) {
        self.0.push((fragment, value));
    }

    pub(super) fn extend(&mut self, fragment: u32, value: Option<T>) {
        self.0.extend(value.map(|value| (fragment, value)));
    }

    /// About what is held and what sorting takes besides, in bytes.
    pub(super) fn size(&self) -> usize {
        self.0.len() * (size_of::<(u32, T)>() + size_of::<T>())
    }

    /// Those whose fragment is kept, under its new number.
    pub(super) fn keep(&mut self, moved: &[u32]) {
        self.0.retain_mut(|(fragment, _)| {
            *fragment = moved[*fragment as usize];
            *fragment != NONE
        });
    }

    /// By the rank of their fragment: a counting sort, in which values of one fragment stay in order.
    pub(super) fn sort(self, ranks: &[u32]) -> Ranked<T> {
        if self.0.is_empty() {
            return Ranked::default();
        }
        let mut starts = vec![0_u32; ranks.len() + 1];
        self.0.iter().for_each(|(fragment, _)| starts[ranks[*fragment as usize] as usize + 1] += 1);
        for rank in 0..ranks.len() {
            starts[rank + 1] += starts[rank];
        }
        // Each start moves to its end, which is the next start, while the values find their places.
        let mut values = vec![T::default(); self.0.len()];
        for (fragment, value) in self.0 {
            let at = &mut starts[ranks[fragment as usize] as usize];
            values[*at as usize] = value;
            *at += 1;
        }
        Ranked { ends: starts, values }
    }
}

/// Values by rank of their fragment.
#[derive(Default)]
pub(super) struct Ranked<T> {
    ends: Vec<u32>,
    values: Vec<T>,
}

impl<T> Ranked<T> {
    /// The values of fragments whose ranks lie side by side.
    pub(super) fn of(&self, ranks: &Range<usize>) -> &[T] {
        if self.values.is_empty() {
            return &[];
        }
        let start = ranks.start.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.values[start as usize..self.ends[ranks.end - 1] as usize]
    }

    /// The same, to be changed in `room`.
    pub(super) fn copy<'r>(&self, ranks: &Range<usize>, room: &'r mut Vec<T>) -> &'r mut [T]
    where
        T: Copy,
    {
        room.clear();
        room.extend_from_slice(self.of(ranks));
        room
    }
}
