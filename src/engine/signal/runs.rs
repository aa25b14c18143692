//! Samples become runs: one pass of one device through one r10 cell.
//!
//! A phone logs once a second and neighbouring seconds say the same thing, so
//! a pass is one piece of evidence however many rows it has. Nothing here
//! judges; a sample that is neither a reading nor a silence is left out.
//!
//! Samples come in any order and are let go at once: of each only its values are
//! kept, by fragment of a run. A log in the order of time has hardly more fragments
//! than runs; those between which a late sample fits become one at the end.

use h3o::{CellIndex, Resolution};
use jiff::SignedDuration;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::locate::Locator;
use super::lower_median;
use crate::model::measure::Dbm;
use crate::model::operator::{Operator, Technology};
use crate::model::sample::{Run, Sample};

/// A longer silence of the logger ends the pass. At 30 s two readings of one
/// drive still correlate at 0.47 (ICNP'21, Los Angeles), at 60 s hardly.
const GAP: SignedDuration = SignedDuration::from_secs(60);

/// 75 m edge, 0.015 km².
pub(super) const PASS: Resolution = Resolution::Ten;

/// Runs of all samples, whatever their order; ordered by device, operator,
/// technology, cell and time.
#[must_use]
pub fn runs(samples: &[Sample]) -> Vec<Run> {
    let mut builder = Builder::default();
    builder.extend(samples);
    let mut runs = builder.finish();
    in_order(&mut runs);
    runs
}

/// Orders runs by device, operator, technology, cell and time.
pub fn in_order(runs: &mut [Run]) {
    runs.sort_unstable_by_key(|run| (run.device, run.operator, run.technology, run.cell, run.start));
}

/// Runs in the making.
///
/// A phone that stands on the border of two cells flickers between them. It
/// has one run in each, not one per flicker: a sample joins the run of its
/// cell that it lies within 60 s of.
#[derive(Default)]
pub struct Builder {
    part: Part,
    locator: Locator,
    networks: FxHashMap<(Operator, Technology), u64>,
    fragments: Vec<Run>,
    /// Cell with network, for each fragment: the lowest 15 bits of every r10 index say nothing.
    places: Vec<u64>,
    /// Fragments that the last samples went to, the newest first.
    recent: [u32; RECENT],
    power_dbm: Values<f32>,
    rsrq_db: Values<f32>,
    sinr_db: Values<f32>,
    download_kbps: Values<u32>,
    cells: Values<u64>,
    arfcns: Values<u32>,
}

/// Cells that meet in a corner are three; one more for another device between.
const RECENT: usize = 4;
const UNUSED: u64 = 0x7FFF;

/// No run.
const NONE: u32 = u32::MAX;

/// Values, each with the number of its fragment.
type Values<T> = Vec<(u32, T)>;

/// One of `of` parts of the ground, a power of two: those r8 cells whose hash ends in `index`.
/// Runs and verdicts of cells up to r8 never reach over two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    index: u64,
    of: u64,
}

const MOST_PARTS: u64 = 1 << 12;

impl Default for Part {
    fn default() -> Self {
        Self { index: 0, of: 1 }
    }
}

impl Part {
    fn has(self, cell: CellIndex) -> bool {
        self.of == 1 || {
            // The digits under r8 are all the same; the golden ratio spreads the others into the upper bits.
            let around = cell.parent(Resolution::Eight).map_or(0, u64::from) >> 21;
            (around.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) & (self.of - 1) == self.index
        }
    }

    /// `None` for a part so small that what fills it lies in one place.
    fn halves(self) -> Option<[Self; 2]> {
        let of = 2 * self.of;
        (of <= MOST_PARTS).then(|| [Self { of, ..self }, Self { index: self.index + self.of, of }])
    }
}

impl Builder {
    #[must_use]
    pub fn of(part: Part) -> Self {
        Self { part, ..Self::default() }
    }

    pub fn extend<'a>(&mut self, samples: impl IntoIterator<Item = &'a Sample>) {
        for sample in samples {
            if (sample.state.is_censored() || sample.rsrp.is_some())
                && let Some(cell) = self.locator.cell(sample.position)
                && self.part.has(cell)
            {
                self.add(sample, cell);
            }
        }
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
        let fragment = size_of::<Run>() + 2 * size_of::<(u64, u32)>();
        let narrow = self.power_dbm.len() + self.rsrq_db.len() + self.sinr_db.len();
        let wide = self.download_kbps.len() + self.arfcns.len() + 2 * self.cells.len();
        self.fragments.len() * fragment + (narrow + wide) * size_of::<(u32, f32)>()
    }

    /// Lets go of half the ground, and says which; `None` where no half is left to give.
    pub(super) fn halve(&mut self) -> Option<Part> {
        let [kept, gone] = self.part.halves()?;
        let stays: Vec<bool> = self.fragments.iter().map(|fragment| kept.has(fragment.cell)).collect();
        let mut numbers = 0..;
        let moved: Vec<u32> =
            stays.iter().map(|stays| if *stays { numbers.next().unwrap_or(NONE) } else { NONE }).collect();
        self.part = kept;
        self.recent = [0; RECENT];
        let mut of_places = stays.iter();
        self.places.retain(|_| of_places.next() == Some(&true));
        let mut of_fragments = stays.iter();
        self.fragments.retain(|_| of_fragments.next() == Some(&true));
        keep(&mut self.power_dbm, &moved);
        keep(&mut self.rsrq_db, &moved);
        keep(&mut self.sinr_db, &moved);
        keep(&mut self.download_kbps, &moved);
        keep(&mut self.cells, &moved);
        keep(&mut self.arfcns, &moved);
        Some(gone)
    }

    fn add(&mut self, sample: &Sample, cell: CellIndex) {
        let number = self.fragment_for(sample, cell);
        let run = &mut self.fragments[number as usize];
        run.samples = run.samples.saturating_add(1);
        let power = sample.rsrp.filter(|_| !sample.state.is_censored());
        if let Some(power) = power {
            run.worst = Some(run.worst.map_or(power, |worst| if power < worst { power } else { worst }));
        } else {
            run.censored = run.censored.saturating_add(1);
        }
        self.power_dbm.push((number, power.map_or(f32::NEG_INFINITY, Dbm::get)));
        let with = |value| (number, value);
        self.rsrq_db.extend(sample.rsrq_db.filter(|v| v.is_finite()).map(with));
        self.sinr_db.extend(sample.sinr_db.filter(|v| v.is_finite()).map(with));
        self.download_kbps.extend(sample.download_kbps.map(|value| (number, value)));
        self.cells.extend(sample.serving_cell.map(|value| (number, value)));
        self.arfcns.extend(sample.arfcn.map(|value| (number, value)));
    }

    fn place(&mut self, sample: &Sample, cell: CellIndex) -> u64 {
        let next = self.networks.len() as u64;
        let number = *self.networks.entry((sample.operator, sample.technology)).or_insert(next);
        // A file of slips of the hand may have more: the last number is then shared.
        u64::from(cell) & !UNUSED | number.min(UNUSED)
    }

    /// A fragment that the sample goes on with, reaching to its time; a new one where no recent one does.
    fn fragment_for(&mut self, sample: &Sample, cell: CellIndex) -> u32 {
        let place = self.place(sample, cell);
        for rank in 0..RECENT {
            let number = self.recent[rank];
            let Some(run) = self.fragments.get_mut(number as usize) else { break };
            if self.places[number as usize] == place
                && who(run) == (sample.device, sample.operator, sample.technology)
                && run.start <= sample.time
                && sample.time.duration_since(run.end) <= GAP
            {
                run.end = run.end.max(sample.time);
                self.recent[..=rank].rotate_right(1);
                return number;
            }
        }
        let number = self.push(sample, cell);
        self.places.push(place);
        self.recent.rotate_right(1);
        self.recent[0] = number;
        number
    }

    fn push(&mut self, sample: &Sample, cell: CellIndex) -> u32 {
        self.fragments.push(Run {
            operator: sample.operator,
            technology: sample.technology,
            device: sample.device,
            cell,
            start: sample.time,
            end: sample.time,
            samples: 0,
            censored: 0,
            median: None,
            worst: None,
            rsrq_db: None,
            sinr_db: None,
            download_kbps: None,
            serving_cell: None,
            arfcn: None,
        });
        (self.fragments.len() - 1) as u32
    }

    /// The runs, ordered by cell and then by network, device and time.
    #[must_use]
    pub fn finish(self) -> Vec<Run> {
        let Self { fragments, places, .. } = self;
        let mut order: Vec<(u64, u32)> = places.into_iter().zip(0..).collect();
        order.par_sort_unstable();
        let at = |(_, number): &(u64, u32)| &fragments[*number as usize];
        order
            .par_chunk_by_mut(|one, other| one.0 == other.0)
            .for_each(|here| here.sort_unstable_by_key(|one| (who(at(one)), at(one).start)));
        let mut runs: Vec<Run> = Vec::with_capacity(fragments.len());
        let mut homes = vec![NONE; fragments.len()];
        let mut last_place = None;
        for (place, number) in order {
            let fragment = &fragments[number as usize];
            match runs.last_mut().filter(|run| {
                last_place == Some(place) && who(run) == who(fragment) && fragment.start.duration_since(run.end) <= GAP
            }) {
                Some(run) => join(run, fragment),
                None => runs.push(*fragment),
            }
            last_place = Some(place);
            homes[number as usize] = (runs.len() - 1) as u32;
        }
        drop(fragments);
        each(self.power_dbm, &homes, &mut runs, |run, values| {
            run.median = lower_median(values, f32::total_cmp).and_then(|v| Dbm::new(v).ok());
        });
        each(self.rsrq_db, &homes, &mut runs, |run, values| run.rsrq_db = lower_median(values, f32::total_cmp));
        each(self.sinr_db, &homes, &mut runs, |run, values| run.sinr_db = lower_median(values, f32::total_cmp));
        each(self.download_kbps, &homes, &mut runs, |run, values| run.download_kbps = lower_median(values, u32::cmp));
        each(self.cells, &homes, &mut runs, |run, values| run.serving_cell = most_frequent(values));
        each(self.arfcns, &homes, &mut runs, |run, values| run.arfcn = most_frequent(values));
        runs
    }
}

fn who(run: &Run) -> (u64, Operator, Technology) {
    (run.device, run.operator, run.technology)
}

/// Makes a later fragment part of a run.
fn join(run: &mut Run, later: &Run) {
    run.end = run.end.max(later.end);
    run.samples = run.samples.saturating_add(later.samples);
    run.censored = run.censored.saturating_add(later.censored);
    run.worst = match (run.worst, later.worst) {
        (Some(a), Some(b)) => Some(if a < b { a } else { b }),
        (a, b) => a.or(b),
    };
}

/// The values of fragments that are kept, under their new numbers.
fn keep<T: Copy>(values: &mut Values<T>, moved: &[u32]) {
    *values = values
        .iter()
        .map(|(fragment, value)| (moved[*fragment as usize], *value))
        .filter(|(to, _)| *to != NONE)
        .collect();
}

/// Hands on the values of each run that has some: a counting sort.
fn each<T: Copy + Default>(
    values: Values<T>,
    homes: &[u32],
    runs: &mut [Run],
    mut take: impl FnMut(&mut Run, &mut [T]),
) {
    if values.is_empty() {
        return;
    }
    let mut ends = vec![0_u32; runs.len() + 1];
    values.iter().for_each(|(fragment, _)| ends[homes[*fragment as usize] as usize + 1] += 1);
    for run in 0..runs.len() {
        ends[run + 1] += ends[run];
    }
    // Each start moves to its end while the values find their places.
    let mut sorted = vec![T::default(); values.len()];
    for (fragment, value) in values {
        let at = &mut ends[homes[fragment as usize] as usize];
        sorted[*at as usize] = value;
        *at += 1;
    }
    let mut start = 0;
    for (run, end) in runs.iter_mut().zip(ends) {
        let end = end as usize;
        if end > start {
            take(run, &mut sorted[start..end]);
        }
        start = end;
    }
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
