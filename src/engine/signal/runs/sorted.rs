//! Fragments in order become runs, many cells at once.

use h3o::CellIndex;
use nonmax::{NonMaxU32, NonMaxU64};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::GAP_MS;
use super::builder::Fragment;
use super::values::Columns;
use crate::engine::signal::lower_median;
use crate::model::measure::Dbm;
use crate::model::operator::{Operator, Technology};
use crate::model::packed::{Finite, Moment};
use crate::model::sample::Run;

/// All fragments of a log or of a part of its ground, by cell, network, device and time.
pub struct Sorted {
    fragments: Vec<Fragment>,
    /// By their numbers.
    networks: Vec<(Operator, Technology)>,
    devices: Vec<u64>,
    values: Columns,
    doubtful: FxHashSet<CellIndex>,
}

/// Room for a piece, its runs, and the values of one run.
#[derive(Default)]
struct Scratch {
    powers: Vec<f32>,
    runs: Vec<Run>,
    values: ValuesOf,
}

#[derive(Default)]
struct ValuesOf {
    decibels: Vec<Finite>,
    wide: Vec<NonMaxU32>,
    cells: Vec<NonMaxU64>,
}

/// Fragments made into runs at once: what is made of them stays in the processor's own memory.
const PIECE: usize = 1 << 12;

impl Sorted {
    pub(super) fn new(
        fragments: Vec<Fragment>,
        (networks, devices): (Vec<(Operator, Technology)>, Vec<u64>),
        values: Columns,
    ) -> Self {
        let mut doubtful = FxHashSet::default();
        let mut times = Vec::new();
        // Times reach into each other only where fragments do, and most places saw a phone once: where those end, which
        // stands far away, is not asked.
        let by_phone = fragments.chunk_by(Fragment::is_beside).filter(|same| same.len() > 1);
        let meetings = by_phone.flat_map(|same| joined(same, &values, 0)).filter(|(meeting, _)| meeting.len() > 1);
        for (meeting, _) in meetings {
            times.clear();
            times.extend(meeting.iter().flat_map(|one| &values.powers[one.rows()]).map(|power| power.time_ms));
            times.sort_unstable();
            if times.windows(2).any(|pair| pair[0] == pair[1]) {
                doubtful.extend(meeting[0].place.cell());
            }
        }
        Self { fragments, networks, devices, values, doubtful }
    }

    /// Cells in which two samples have the same device, network and millisecond: only there can a row of
    /// the log have stood twice.
    #[must_use]
    pub fn doubtful(&self) -> &FxHashSet<CellIndex> {
        &self.doubtful
    }

    /// The runs by cell, and then by network, device and time.
    #[must_use]
    pub fn runs(&self) -> Vec<Run> {
        self.by_ground(<[Run]>::to_vec).concat()
    }

    /// Hands on the runs of whole r8 cells, in the order of cells, and lets go of them.
    pub fn by_ground<R: Send>(&self, take: impl Fn(&[Run]) -> R + Sync) -> Vec<R> {
        let mut pieces: Vec<&[Fragment]> = Vec::new();
        let (mut rest, mut length) = (&self.fragments[..], 0);
        for ground in self.fragments.chunk_by(|one, other| one.place.around() == other.place.around()) {
            length += ground.len();
            if length >= PIECE {
                let (piece, behind) = rest.split_at(std::mem::take(&mut length));
                pieces.push(piece);
                rest = behind;
            }
        }
        pieces.push(rest);
        let hand_on = |scratch: &mut Scratch, piece: &[Fragment]| {
            let Scratch { powers, runs, values } = scratch;
            // One walk through the piece fetches what lies far apart, before anything is made of it.
            powers.clear();
            for fragment in piece {
                powers.extend(self.values.powers[fragment.rows()].iter().map(|power| power.dbm));
            }
            runs.clear();
            let mut rest = &mut powers[..];
            for (same, end) in joined(piece, &self.values, GAP_MS) {
                let samples = same.iter().map(|fragment| fragment.rows().len()).sum();
                let Some((powers, behind)) = std::mem::take(&mut rest).split_at_mut_checked(samples) else { break };
                rest = behind;
                runs.extend(self.run(same, end, (powers, values)));
            }
            take(runs)
        };
        pieces.into_par_iter().map_init(Scratch::default, hand_on).collect()
    }

    /// `None` never: places are of cells and networks that there are.
    fn run(&self, same: &[Fragment], end: i64, (powers, room): (&mut [f32], &mut ValuesOf)) -> Option<Run> {
        let ValuesOf { decibels, wide, cells } = room;
        let (first, values) = (same.first()?, &self.values);
        let (operator, technology) = *self.networks.get(first.place.network())?;
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
            start: Moment::from_millisecond(first.start_ms()),
            end: Moment::from_millisecond(end),
            samples,
            censored,
            median: power(median),
            worst: power(worst),
            rsrq_db: lower_median(values.rsrq_db.of(same, decibels), Finite::cmp),
            sinr_db: lower_median(values.sinr_db.of(same, decibels), Finite::cmp),
            download_kbps: lower_median(values.download_kbps.of(same, wide), NonMaxU32::cmp),
            serving_cell: most_frequent(values.cells.of(same, cells)),
            arfcn: most_frequent(values.arfcns.of(same, wide)),
        })
    }
}

/// Fragments in order by what goes on with each other: one device, network and cell, and none later than `gap_ms`
/// after all before it. With the end in time.
fn joined<'a>(fragments: &'a [Fragment], values: &Columns, gap_ms: i64) -> impl Iterator<Item = (&'a [Fragment], i64)> {
    let mut rest = fragments;
    std::iter::from_fn(move || {
        let first = rest.first()?;
        let (mut until, mut length) = (values.end_ms(first), 1);
        for next in &rest[1..] {
            if !first.is_beside(next) || next.start_ms().saturating_sub(until) > gap_ms {
                break;
            }
            until = until.max(values.end_ms(next));
            length += 1;
        }
        let (same, behind) = rest.split_at(length);
        rest = behind;
        Some((same, until))
    })
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
