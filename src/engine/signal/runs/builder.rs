//! Fragments of runs in the making, while samples stream by.

use h3o::CellIndex;
use rustc_hash::{FxHashMap, FxHashSet};

use super::GAP_MS;
use super::fragment::Fragment;
use super::part::Part;
use super::phones::{Phone, Phones};
use super::place::Place;
use super::sorted::Sorted;
use super::values::Columns;
use crate::engine::signal::locate::Locator;
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
    phones: Phones,
    fragments: Vec<Fragment>,
    /// When the last fragment ends.
    end_ms: i64,
    values: Columns,
    watched: FxHashMap<CellIndex, Seen>,
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
            *fragment = fragment.moved(rows);
            rows += fragment.count();
        }
        // What was last may be gone: the next row begins a fragment.
        self.end_ms = i64::MAX;
        Some(gone)
    }

    /// Into the last fragment where the sample goes on with it; into a new one otherwise.
    fn add(&mut self, sample: &Sample, cell: CellIndex) {
        let time_ms = sample.time.as_millisecond();
        let place = Place::new(cell, self.phones.number(Phone::new(sample, time_ms)));
        let pause_ms = time_ms.saturating_sub(self.end_ms);
        self.end_ms = time_ms;
        let goes_on = |last: &mut Fragment| last.place == place && (1..=GAP_MS).contains(&pause_ms) && last.grow();
        if !self.fragments.last_mut().is_some_and(goes_on) {
            self.fragments.push(Fragment::new(place, self.values.len()));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the lowest bits are wanted")]
        self.values.push(sample, time_ms as u32);
    }

    /// The fragments by cell, then by network, device and time.
    #[must_use]
    pub fn sort(self) -> Sorted {
        let Self { mut fragments, values, phones, .. } = self;
        let (phones, ranks) = phones.in_order();
        for fragment in &mut fragments {
            let rank = ranks.get(fragment.place.phone()).copied().unwrap_or_default();
            fragment.place = fragment.place.with_phone(rank as usize);
        }
        // Rayon's sort takes twice the work of this one, and on two cores as long.
        fragments.sort_unstable_by_key(Fragment::key);
        Sorted::new(fragments, phones, values)
    }
}
