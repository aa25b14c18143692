//! Fragments in order become runs, many cells at once.

use std::ops::Range;

use h3o::CellIndex;
use nonmax::{NonMaxU32, NonMaxU64};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::GAP_MS;
use super::builder::{Columns, Fragment, Power};
use super::values::Ranked;
use crate::engine::signal::lower_median;
use crate::model::measure::Dbm;
use crate::model::operator::{Operator, Technology};
use crate::model::packed::{Finite, Moment};
use crate::model::sample::Run;

/// All fragments of a log or of a part of its ground, by cell, network, device and time.
pub struct Sorted {
    /// As they came.
    fragments: Vec<Fragment>,
    /// Their numbers, in order.
    order: Vec<u32>,
    /// By their numbers.
    networks: Vec<(Operator, Technology)>,
    devices: Vec<u64>,
    values: RankedColumns,
    doubtful: FxHashSet<CellIndex>,
}

/// As [`Columns`], by rank of the fragment.
pub(super) struct RankedColumns {
    powers: Ranked<Power>,
    rsrq_db: Ranked<f32>,
    sinr_db: Ranked<f32>,
    download_kbps: Ranked<u32>,
    cells: Ranked<u64>,
    arfcns: Ranked<u32>,
}

impl Columns {
    /// By the rank of their fragment.
    fn sort(self, ranks: &[u32]) -> RankedColumns {
        RankedColumns {
            powers: self.powers.sort(ranks),
            rsrq_db: self.rsrq_db.sort(ranks),
            sinr_db: self.sinr_db.sort(ranks),
            download_kbps: self.download_kbps.sort(ranks),
            cells: self.cells.sort(ranks),
            arfcns: self.arfcns.sort(ranks),
        }
    }
}

/// Room for a piece, its runs, and the values of one run.
#[derive(Default)]
struct Scratch {
    fragments: Vec<Fragment>,
    runs: Vec<Run>,
    values: ValuesOf,
}

#[derive(Default)]
struct ValuesOf {
    narrow: Vec<f32>,
    wide: Vec<u32>,
    cells: Vec<u64>,
}

/// Fragments made into runs at once: some 5 MB of them.
const PIECE: usize = 1 << 15;

impl Sorted {
    pub(super) fn new(
        (fragments, order): (Vec<Fragment>, Vec<u32>),
        (networks, devices): (Vec<(Operator, Technology)>, Vec<u64>),
        (values, ranks, suspects): (Columns, &[u32], &FxHashSet<u32>),
    ) -> Self {
        let values = values.sort(ranks);
        let mut sorted = Self { fragments, order, networks, devices, values, doubtful: FxHashSet::default() };
        let mut times = Vec::new();
        let mut is_twice = |ranks: &Range<usize>| {
            times.clear();
            times.extend(sorted.values.powers.of(ranks).iter().map(|power| power.time_ms));
            times.sort_unstable();
            times.windows(2).any(|pair| pair[0] == pair[1])
        };
        let meeting = sorted.meeting(suspects).into_iter().filter(|ranks| is_twice(ranks));
        let cell = |ranks: Range<usize>| sorted.in_order(ranks).next()?.place.cell();
        sorted.doubtful = meeting.filter_map(cell).collect();
        sorted
    }

    /// Cells in which two samples have the same device, network and millisecond: only there can a row of
    /// the log have stood twice.
    #[must_use]
    pub fn doubtful(&self) -> &FxHashSet<CellIndex> {
        &self.doubtful
    }

    /// Ranks, side by side, of fragments of one device and network whose times reach into each other, or one alone that is
    /// not in the order of time.
    fn meeting(&self, suspects: &FxHashSet<u32>) -> Vec<Range<usize>> {
        let mut meeting = Vec::new();
        let mut start = 0;
        while let Some((_, end)) = joined(self.in_order(start..self.order.len()), 0) {
            let end = start + end;
            if end - start > 1 || (!suspects.is_empty() && suspects.contains(&self.order[start])) {
                meeting.push(start..end);
            }
            start = end;
        }
        meeting
    }

    fn in_order(&self, ranks: Range<usize>) -> impl Iterator<Item = &Fragment> {
        self.order.get(ranks).unwrap_or_default().iter().map(|number| &self.fragments[*number as usize])
    }

    /// The runs by cell, and then by network, device and time.
    #[must_use]
    pub fn runs(&self) -> Vec<Run> {
        self.by_ground(<[Run]>::to_vec).concat()
    }

    /// Hands on the runs of whole r8 cells, in the order of cells, and lets go of them.
    pub fn by_ground<R: Send>(&self, take: impl Fn(&[Run]) -> R + Sync) -> Vec<R> {
        let mut pieces: Vec<Range<usize>> = Vec::new();
        let mut around = None;
        for (rank, fragment) in self.in_order(0..self.order.len()).enumerate() {
            let here = Some(fragment.place.around());
            match pieces.last_mut() {
                Some(piece) if piece.len() < PIECE || around == here => piece.end += 1,
                _ => pieces.push(rank..rank + 1),
            }
            around = here;
        }
        let hand_on = |scratch: &mut Scratch, piece: Range<usize>| {
            self.runs_of(piece, scratch);
            take(&scratch.runs)
        };
        pieces.into_par_iter().map_init(Scratch::default, hand_on).collect()
    }

    /// Leaves the runs of a piece in `scratch`.
    fn runs_of(&self, ranks: Range<usize>, scratch: &mut Scratch) {
        let Scratch { fragments, runs, values } = scratch;
        fragments.clear();
        fragments.extend(self.in_order(ranks.clone()));
        runs.clear();
        let mut start = 0;
        while let Some((until, len)) = joined(fragments[start..].iter(), GAP_MS) {
            let end = start + len;
            runs.extend(self.run(&fragments[start], until, &(ranks.start + start..ranks.start + end), values));
            start = end;
        }
    }

    /// `None` never: places are of cells and networks that there are.
    fn run(&self, first: &Fragment, end: i64, ranks: &Range<usize>, room: &mut ValuesOf) -> Option<Run> {
        let ValuesOf { narrow, wide, cells } = room;
        let (operator, technology) = *self.networks.get(first.place.network())?;
        let powers = refill(narrow, self.values.powers.of(ranks).iter().map(|power| power.dbm));
        let samples = count(powers.len());
        let censored = count(powers.iter().filter(|power| !power.is_finite()).count());
        let worst = powers.iter().copied().filter(|power| power.is_finite()).min_by(f32::total_cmp);
        let median = lower_median(powers, f32::total_cmp);
        let power = |value: Option<f32>| value.and_then(|value| Dbm::new(value).ok());
        Some(Run {
            operator,
            technology,
            device: *self.devices.get(first.device as usize)?,
            cell: first.place.cell()?,
            start: Moment::from_millisecond(first.start_ms),
            end: Moment::from_millisecond(end),
            samples,
            censored,
            median: power(median),
            worst: power(worst),
            rsrq_db: lower_median(self.values.rsrq_db.copy(ranks, narrow), f32::total_cmp).and_then(Finite::new),
            sinr_db: lower_median(self.values.sinr_db.copy(ranks, narrow), f32::total_cmp).and_then(Finite::new),
            download_kbps: lower_median(self.values.download_kbps.copy(ranks, wide), u32::cmp).and_then(NonMaxU32::new),
            serving_cell: most_frequent(self.values.cells.copy(ranks, cells)).and_then(NonMaxU64::new),
            arfcn: most_frequent(self.values.arfcns.copy(ranks, wide)).and_then(NonMaxU32::new),
        })
    }
}

/// The end in time of the first of these fragments and of those that go on with it, none later than `gap_ns` after
/// all before it, and how many they are; nothing where there is none.
fn joined<'a>(mut fragments: impl Iterator<Item = &'a Fragment>, gap_ms: i64) -> Option<(i64, usize)> {
    let first = fragments.next()?;
    let (mut until, mut len) = (first.end_ms(), 1);
    for next in fragments {
        let is_same = next.place == first.place && next.device == first.device;
        if !is_same || next.start_ms.saturating_sub(until) > gap_ms {
            break;
        }
        until = until.max(next.end_ms());
        len += 1;
    }
    Some((until, len))
}

fn refill<T>(room: &mut Vec<T>, values: impl Iterator<Item = T>) -> &mut [T] {
    room.clear();
    room.extend(values);
    room
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// The smallest of those that occur most often.
fn most_frequent<T: Copy + Ord>(values: &mut [T]) -> Option<T> {
    values.sort_unstable();
    let mut best: Option<&[T]> = None;
    for same in values.chunk_by(T::eq) {
        if best.is_none_or(|best| same.len() > best.len()) {
            best = Some(same);
        }
    }
    best?.first().copied()
}

#[cfg(test)]
mod tests {
    use super::most_frequent;

    #[test]
    fn the_cell_that_served_most_stands_for_the_run_and_the_smaller_one_on_ties() {
        assert_eq!(most_frequent(&mut [7, 3, 7, 9, 3, 7]), Some(7));
        assert_eq!(most_frequent(&mut [9, 3, 9, 3, 5]), Some(3));
        assert_eq!(most_frequent::<u32>(&mut []), None);
    }
}
