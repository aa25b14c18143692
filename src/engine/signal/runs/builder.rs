//! Fragments of runs in the making, while samples stream by.

use std::ops::Range;

use h3o::CellIndex;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::GAP_MS;
use super::part::Part;
use super::place::Place;
use super::sorted::Sorted;
use super::values::{Columns, Power};
use crate::engine::signal::locate::Locator;
use crate::model::operator::{Operator, Technology};
use crate::model::sample::Sample;

/// Runs in the making.
///
/// A phone that stands on the border of two cells flickers between them. It
/// has one run in each, not one per flicker: fragments of a run are put together
/// once all are there.
#[derive(Default)]
pub struct Builder {
    part: Part,
    locator: Locator,
    networks: FxHashMap<(Operator, Technology), usize>,
    /// The network of the last sample, and its number: a phone stays in one for a while.
    network: Option<((Operator, Technology), usize)>,
    devices: FxHashMap<u64, u32>,
    /// The device of the last sample, and its number.
    device: Option<(u64, u32)>,
    fragments: Vec<Fragment>,
    /// When the last fragment ends.
    end_ms: i64,
    values: Columns,
    watched: FxHashMap<CellIndex, Seen>,
}

/// Rows of one run that follow each other in the log, each later than the one before. A large log has tens of
/// millions, and to touch memory for the first time is dear: 24 bytes.
#[derive(Clone, Copy)]
pub(super) struct Fragment {
    pub(super) place: Place,
    /// Where its rows stand among those of the builder.
    first: u32,
    /// In the order in which devices came.
    pub(super) device: u32,
    /// Milliseconds since 1970, of which the lower and the upper bits: 4,000 years to either side.
    start: (u32, i16),
    rows: u16,
}

impl Fragment {
    fn new(place: Place, device: u32, (start_ms, first): (i64, usize)) -> Self {
        let start_ms = start_ms.clamp(-(1 << 47), (1 << 47) - 1);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cut in two parts that hold it")]
        let start = (start_ms as u32, (start_ms >> 32) as i16);
        Self { place, first: u32::try_from(first).unwrap_or(u32::MAX), device, start, rows: 1 }
    }

    pub(super) fn start_ms(&self) -> i64 {
        (i64::from(self.start.1) << 32) | i64::from(self.start.0)
    }

    pub(super) fn rows(&self) -> Range<usize> {
        self.first as usize..self.first as usize + usize::from(self.rows)
    }

    /// Whether one phone was in one place on one network.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        (self.place, self.device) == (other.place, other.device)
    }

    /// The order of runs.
    fn key(&self) -> (Place, u32, i64, u32) {
        (self.place, self.device, self.start_ms(), self.first)
    }
}

/// Rows of a cell by their natural keys.
#[derive(Default)]
struct Seen {
    keys: FxHashSet<i64>,
    repeated: u64,
}

impl Builder {
    #[must_use]
    pub fn of(part: Part) -> Self {
        Self { part, ..Self::default() }
    }

    /// Has room for so many samples from the beginning, which costs nothing until they come; to grow would be to copy.
    #[must_use]
    pub fn expecting(mut self, samples: usize) -> Self {
        self.fragments.reserve_exact(samples);
        self.values.expect(samples);
        self
    }

    /// Takes a row in these cells once, however often it comes ([`Sample::key`]).
    #[must_use]
    pub fn watching(self, cells: impl IntoIterator<Item = CellIndex>) -> Self {
        Self { watched: cells.into_iter().map(|cell| (cell, Seen::default())).collect(), ..self }
    }

    pub fn extend<'a>(&mut self, samples: impl IntoIterator<Item = &'a Sample>) {
        for sample in samples {
            if (sample.state.is_censored() || sample.rsrp.is_some())
                && let Some(cell) = self.locator.cell(sample.position)
                && self.part.has(cell)
                && (self.watched.is_empty() || self.is_new(sample, cell))
            {
                self.add(sample, cell);
            }
        }
    }

    fn is_new(&mut self, sample: &Sample, cell: CellIndex) -> bool {
        let Some(seen) = self.watched.get_mut(&cell) else { return true };
        let new = seen.keys.insert(sample.key());
        seen.repeated += u64::from(!new);
        new
    }

    /// The ground that is left.
    #[must_use]
    pub fn part(&self) -> Part {
        self.part
    }

    /// Rows of the ground that were left out because they had come before.
    #[must_use]
    pub fn repeated(&self) -> u64 {
        self.watched.values().map(|seen| seen.repeated).sum()
    }

    /// Lets go of ground until no more than so many bytes are held; what it was wants builders of its own, and all
    /// samples again.
    pub fn shed(&mut self, most_bytes: usize, gone: &mut Vec<Part>) {
        while self.size() > most_bytes {
            let Some(part) = self.halve() else { break };
            gone.push(part);
        }
    }

    /// About what is held, in bytes.
    fn size(&self) -> usize {
        // A table of keys is half empty after it grew.
        let keys: usize = self.watched.values().map(|seen| 2 * seen.keys.capacity() * size_of::<i64>()).sum();
        size_of_val(&self.fragments[..]) + self.values.size() + keys
    }

    /// Lets go of half the ground, and says which; `None` where no half is left to give.
    pub(in crate::engine::signal) fn halve(&mut self) -> Option<Part> {
        let [kept, gone] = self.part.halves()?;
        self.part = kept;
        self.fragments.retain(|fragment| fragment.place.cell().is_some_and(|cell| kept.has(cell)));
        self.watched.retain(|cell, _| kept.has(*cell));
        self.values.keep(self.fragments.iter().map(Fragment::rows));
        let mut rows = 0;
        for fragment in &mut self.fragments {
            fragment.first = rows;
            rows += u32::from(fragment.rows);
        }
        // What was last may be gone: the next row begins a fragment.
        self.end_ms = i64::MAX;
        Some(gone)
    }

    fn add(&mut self, sample: &Sample, cell: CellIndex) {
        let time = sample.time.as_millisecond();
        self.count_in(sample, cell, time);
        let power = sample.rsrp.filter(|_| !sample.state.is_censored());
        self.values.push(sample, Power::new(power, time));
    }

    /// Into the last fragment where the sample goes on with it; into a new one otherwise.
    fn count_in(&mut self, sample: &Sample, cell: CellIndex, time: i64) {
        let name = (sample.operator, sample.technology);
        let network = match self.network {
            Some((last, number)) if last == name => number,
            _ => {
                let next = self.networks.len().min(Place::MOST_NETWORKS - 1);
                *self.networks.entry(name).or_insert(next)
            }
        };
        self.network = Some((name, network));
        let place = Place::new(cell, network);
        let device = match self.device {
            Some((last, number)) if last == sample.device => number,
            _ => {
                let next = u32::try_from(self.devices.len()).unwrap_or(u32::MAX);
                *self.devices.entry(sample.device).or_insert(next)
            }
        };
        self.device = Some((sample.device, device));
        let pause_ms = time.saturating_sub(self.end_ms);
        self.end_ms = time;
        if let Some(last) = self.fragments.last_mut()
            && (last.place, last.device) == (place, device)
            && (1..=GAP_MS).contains(&pause_ms)
            // Within 49 days the lowest bits of the times tell how long it lasts.
            && u32::try_from(time.saturating_sub(last.start_ms())).is_ok()
            && let Some(rows) = last.rows.checked_add(1)
        {
            last.rows = rows;
        } else {
            self.fragments.push(Fragment::new(place, device, (time, self.values.len())));
        }
    }

    /// The fragments by cell, then by network, device and time.
    #[must_use]
    pub fn sort(self) -> Sorted {
        let Self { fragments: mut sorted, values, networks, devices, .. } = self;
        let (networks, devices) = (by_number(networks), by_number(devices));
        sorted.par_sort_unstable_by_key(Fragment::key);
        Sorted::new(sorted, (networks, devices), values)
    }
}

/// What was numbered as it came, in the order of the numbers.
fn by_number<T, N: Copy + Ord>(numbered: impl IntoIterator<Item = (T, N)>) -> Vec<T> {
    let mut all: Vec<(T, N)> = numbered.into_iter().collect();
    all.sort_unstable_by_key(|(_, number)| *number);
    all.into_iter().map(|(thing, _)| thing).collect()
}
