//! Fragments of runs in the making, while samples stream by.

use std::collections::BTreeMap;

use h3o::CellIndex;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::GAP_MS;
use super::part::Part;
use super::place::Place;
use super::sorted::Sorted;
use super::values::{NONE, Values};
use crate::engine::signal::locate::Locator;
use crate::model::measure::Dbm;
use crate::model::operator::{Operator, Technology};
use crate::model::sample::Sample;

/// Runs in the making.
///
/// A phone that stands on the border of two cells flickers between them. It
/// has one run in each, not one per flicker: a sample joins the run of its
/// cell that it lies within 60 s of.
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
    /// Fragments that the last samples went to, the newest first.
    recent: [u32; RECENT],
    values: Columns,
    /// Fragments with a time that was not later than all before it: a row may stand twice there.
    suspects: FxHashSet<u32>,
    watched: FxHashMap<CellIndex, Seen>,
}

/// Cells that meet in a corner are three; one more for another device between.
const RECENT: usize = 4;

/// A piece of a run, in the order of rows. A large log has tens of millions, and to touch memory
/// for the first time is dear.
#[derive(Clone, Copy)]
pub(super) struct Fragment {
    pub(super) place: Place,
    /// Since 1970.
    pub(super) start_ms: i64,
    /// One of 49 days is broken off.
    pub(super) lasts_ms: u32,
    /// In the order in which devices came.
    pub(super) device: u32,
}

impl Fragment {
    pub(super) fn end_ms(&self) -> i64 {
        self.start_ms.saturating_add(i64::from(self.lasts_ms))
    }
}

/// What samples hold that runs are made of.
#[derive(Default)]
pub(super) struct Columns {
    pub(super) powers: Values<Power>,
    pub(super) rsrq_db: Values<f32>,
    pub(super) sinr_db: Values<f32>,
    pub(super) download_kbps: Values<u32>,
    pub(super) cells: Values<u64>,
    pub(super) arfcns: Values<u32>,
}

/// What every sample has.
#[derive(Clone, Copy, Default)]
pub(super) struct Power {
    /// Silence is below every number.
    pub(super) dbm: f32,
    /// When, in milliseconds, of which the lowest 32 bits tell two times of one walk apart.
    pub(super) time_ms: u32,
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
        self.values.powers.reserve(samples);
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

    /// About what is held and what sorting takes besides, in bytes.
    fn size(&self) -> usize {
        let fragment = size_of::<Fragment>() + size_of::<(Place, u32)>() + 2 * size_of::<u32>();
        let Columns { powers, rsrq_db, sinr_db, download_kbps, cells, arfcns } = &self.values;
        let narrow = powers.size() + rsrq_db.size() + sinr_db.size();
        let wide = download_kbps.size() + cells.size() + arfcns.size();
        // A table of keys is half empty after it grew.
        let keys: usize = self.watched.values().map(|seen| 2 * seen.keys.capacity() * size_of::<i64>()).sum();
        self.fragments.len() * fragment + narrow + wide + keys
    }

    /// Lets go of half the ground, and says which; `None` where no half is left to give.
    pub(in crate::engine::signal) fn halve(&mut self) -> Option<Part> {
        let [kept, gone] = self.part.halves()?;
        let has = |fragment: &Fragment| fragment.place.cell().is_some_and(|cell| kept.has(cell));
        let mut numbers = 0..;
        let moved: Vec<u32> = self
            .fragments
            .iter()
            .map(|fragment| if has(fragment) { numbers.next().unwrap_or(NONE) } else { NONE })
            .collect();
        self.part = kept;
        self.recent = [0; RECENT];
        self.fragments.retain(has);
        let stays = |fragment: u32| Some(moved[fragment as usize]).filter(|number| *number != NONE);
        self.suspects = self.suspects.drain().filter_map(stays).collect();
        self.watched.retain(|cell, _| kept.has(*cell));
        let Columns { powers, rsrq_db, sinr_db, download_kbps, cells, arfcns } = &mut self.values;
        powers.keep(&moved);
        rsrq_db.keep(&moved);
        sinr_db.keep(&moved);
        download_kbps.keep(&moved);
        cells.keep(&moved);
        arfcns.keep(&moved);
        Some(gone)
    }

    fn add(&mut self, sample: &Sample, cell: CellIndex) {
        let time = sample.time.as_millisecond();
        let fragment = self.fragment_for(sample, cell, time);
        let power = sample.rsrp.filter(|_| !sample.state.is_censored());
        let values = &mut self.values;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the lowest bits are wanted")]
        let power = Power { dbm: power.map_or(f32::NEG_INFINITY, Dbm::get), time_ms: time as u32 };
        values.powers.push(fragment, power);
        values.rsrq_db.extend(fragment, sample.rsrq_db.filter(|v| v.is_finite()));
        values.sinr_db.extend(fragment, sample.sinr_db.filter(|v| v.is_finite()));
        values.download_kbps.extend(fragment, sample.download_kbps);
        values.cells.extend(fragment, sample.serving_cell);
        values.arfcns.extend(fragment, sample.arfcn);
    }

    /// A fragment that the sample goes on with, reaching to its time; a new one where no recent one does.
    fn fragment_for(&mut self, sample: &Sample, cell: CellIndex, time: i64) -> u32 {
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
                let next = u32::try_from(self.devices.len()).unwrap_or(NONE);
                *self.devices.entry(sample.device).or_insert(next)
            }
        };
        self.device = Some((sample.device, device));
        for rank in 0..RECENT {
            let number = self.recent[rank];
            let Some(fragment) = self.fragments.get_mut(number as usize) else { break };
            if fragment.place == place
                && fragment.device == device
                && time.saturating_sub(fragment.end_ms()) <= GAP_MS
                && let Ok(lasts_ms) = u32::try_from(time.saturating_sub(fragment.start_ms))
            {
                if lasts_ms > fragment.lasts_ms {
                    fragment.lasts_ms = lasts_ms;
                } else {
                    self.suspects.insert(number);
                }
                self.recent[..=rank].rotate_right(1);
                return number;
            }
        }
        let number = u32::try_from(self.fragments.len()).unwrap_or(NONE);
        self.fragments.push(Fragment { place, start_ms: time, lasts_ms: 0, device });
        self.recent.rotate_right(1);
        self.recent[0] = number;
        number
    }

    /// The fragments by cell, then by network, device and time.
    #[must_use]
    pub fn sort(self) -> Sorted {
        let Self { fragments, values, networks, devices, suspects, .. } = self;
        let networks = by_number(networks);
        let devices = by_number(devices);
        let mut order = by_ground(&fragments);
        let at = |(_, number): &(Place, u32)| &fragments[*number as usize];
        order.par_chunk_by_mut(|one, other| one.0.around() == other.0.around()).for_each(|ground| {
            ground.sort_unstable();
            for here in ground.chunk_by_mut(|one, other| one.0 == other.0) {
                here.sort_unstable_by_key(|one| (at(one).device, at(one).start_ms, one.1));
            }
        });
        let mut ranks = vec![NONE; fragments.len()];
        for (rank, (_, number)) in (0..).zip(&order) {
            ranks[*number as usize] = rank;
        }
        let order = order.into_iter().map(|(_, number)| number).collect();
        Sorted::new((fragments, order), (networks, devices), (values, &ranks, &suspects))
    }
}

/// What was numbered as it came, in the order of the numbers.
fn by_number<T, N: Copy + Ord>(numbered: impl IntoIterator<Item = (T, N)>) -> Vec<T> {
    let mut all: Vec<(T, N)> = numbered.into_iter().collect();
    all.sort_unstable_by_key(|(_, number)| *number);
    all.into_iter().map(|(thing, _)| thing).collect()
}

/// The places of fragments with their numbers, those of one r8 cell side by side and all in the order of such
/// cells: what is left to sort fits the processor's own memory.
fn by_ground(fragments: &[Fragment]) -> Vec<(Place, u32)> {
    // A phone stays in an r8 cell for some fragments on end.
    let stays = || {
        let stays = fragments.chunk_by(|one, other| one.place.around() == other.place.around());
        stays.filter_map(|stay| Some((stay.first()?.place.around(), stay)))
    };
    let mut ends: BTreeMap<u64, usize> = BTreeMap::new();
    for (around, stay) in stays() {
        *ends.entry(around).or_default() += stay.len();
    }
    // Each count becomes a start, which moves on to the end while the fragments find their places.
    let mut start = 0;
    for count in ends.values_mut() {
        (*count, start) = (start, start + *count);
    }
    let Some(first) = fragments.first() else { return Vec::new() };
    let mut order = vec![(first.place, NONE); fragments.len()];
    let mut numbers = 0..;
    for (around, stay) in stays() {
        let at = ends.entry(around).or_default();
        for ((fragment, number), to) in stay.iter().zip(&mut numbers).zip(&mut order[*at..]) {
            *to = (fragment.place, number);
        }
        *at += stay.len();
    }
    order
}
