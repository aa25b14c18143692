//! Fragments in order become runs, many cells at once.

use h3o::CellIndex;
use nonmax::{NonMaxU32, NonMaxU64};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::GAP_MS;
use super::fragment::Fragment;
use super::phones::Phone;
use super::values::Columns;
use crate::engine::signal::lower_median;
use crate::model::measure::Dbm;
use crate::model::packed::{Finite, Moment};
use crate::model::sample::Run;

/// All fragments of a log or of a part of its ground, by cell, network, device and time.
pub struct Sorted {
    fragments: Vec<Fragment>,
    rows: Rows,
    doubtful: FxHashSet<CellIndex>,
}

/// What fragments are of.
struct Rows {
    /// By their numbers, in the order of networks, devices and time.
    phones: Vec<Phone>,
    values: Columns,
}

/// Room for a piece, its runs, and the values of one run.
#[derive(Default)]
struct Scratch {
    powers: Vec<f32>,
    spans: Vec<Span>,
    runs: Vec<Run>,
    values: ValuesOf,
}

#[derive(Default)]
struct ValuesOf {
    decibels: Vec<Finite>,
    wide: Vec<NonMaxU32>,
    cells: Vec<NonMaxU64>,
}

/// First and last time of a fragment, milliseconds since 1970.
#[derive(Clone, Copy)]
struct Span {
    from: i64,
    to: i64,
}

/// Fragments made into runs at once: what is made of them stays in the processor's own memory.
const PIECE: usize = 1 << 12;

impl Sorted {
    /// `fragments` by place, and there as the log had them.
    pub(super) fn new(mut fragments: Vec<Fragment>, phones: Vec<Phone>, values: Columns) -> Self {
        let start = |fragment: &Fragment| values.times[fragment.first()];
        for of_a_phone in fragments.chunk_by_mut(|one, other| one.place == other.place) {
            if of_a_phone.len() > 1 && !of_a_phone.is_sorted_by_key(start) {
                of_a_phone.sort_by_key(start);
            }
        }
        let rows = Rows { phones, values };
        let mut doubtful = FxHashSet::default();
        let (mut times, mut spans) = (Vec::new(), Vec::new());
        // Times reach into each other only where fragments do, and most places saw a phone once: where those end, which
        // stands far away, is not asked.
        for same in fragments.chunk_by(|one, other| rows.are_beside(one, other)).filter(|same| same.len() > 1) {
            spans.clear();
            spans.extend(same.iter().map(|fragment| rows.span(fragment)));
            for (meeting, _) in rows.joined(same, &spans, 0).filter(|(meeting, _)| meeting.len() > 1) {
                times.clear();
                let all =
                    meeting.iter().flat_map(|one| rows.values.times[one.rows()].iter().map(move |time| (one, time)));
                times.extend(all.map(|(one, time)| rows.time_ms(one, *time)));
                times.sort_unstable();
                if times.windows(2).any(|pair| pair[0] == pair[1]) {
                    doubtful.extend(meeting[0].place.cell());
                }
            }
        }
        Self { fragments, rows, doubtful }
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
            let Scratch { powers, spans, runs, values } = scratch;
            // One walk through the piece fetches what lies far apart, before anything is made of it.
            powers.clear();
            spans.clear();
            for fragment in piece {
                self.rows.values.powers.add_to(powers, fragment.rows());
                spans.push(self.rows.span(fragment));
            }
            runs.clear();
            let mut rest = &mut powers[..];
            for (same, span) in self.rows.joined(piece, spans, GAP_MS) {
                let samples = same.iter().map(Fragment::count).sum();
                let Some((powers, behind)) = std::mem::take(&mut rest).split_at_mut_checked(samples) else { break };
                rest = behind;
                runs.extend(self.run(same, span, (powers, values)));
            }
            take(runs)
        };
        pieces.into_par_iter().map_init(Scratch::default, hand_on).collect()
    }

    /// `None` never: places are of cells and networks that there are.
    fn run(&self, same: &[Fragment], span: Span, (powers, room): (&mut [f32], &mut ValuesOf)) -> Option<Run> {
        let ValuesOf { decibels, wide, cells } = room;
        let (first, values) = (same.first()?, &self.rows.values);
        let Phone { operator, technology, device, .. } = *self.rows.phones.get(first.place.phone())?;
        let samples = count(powers.len());
        let censored = count(powers.iter().filter(|power| !power.is_finite()).count());
        let worst = powers.iter().copied().filter(|power| power.is_finite()).min_by(f32::total_cmp);
        let median = lower_median(powers, f32::total_cmp);
        let power = |value: Option<f32>| value.and_then(|value| Dbm::new(value).ok());
        Some(Run {
            operator,
            technology,
            device,
            cell: first.place.cell()?,
            start: Moment::from_millisecond(span.from),
            end: Moment::from_millisecond(span.to),
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

impl Rows {
    /// Of a row of a fragment, milliseconds since 1970.
    fn time_ms(&self, of: &Fragment, lowest: u32) -> i64 {
        self.phones.get(of.place.phone()).map_or(0, |phone| phone.time_ms(lowest))
    }

    fn span(&self, of: &Fragment) -> Span {
        let at = |row: usize| self.time_ms(of, self.values.times[row]);
        Span { from: at(of.first()), to: at(of.first() + of.count() - 1) }
    }

    /// Whether one phone was in one place on one network, the other time in the same seven weeks or in the next.
    fn are_beside(&self, one: &Fragment, other: &Fragment) -> bool {
        let goes_on = || match self.phones.get(one.place.phone()..) {
            Some([phone, next, ..]) => phone.is(next) && other.place == one.place.with_phone(one.place.phone() + 1),
            _ => false,
        };
        one.place == other.place || (one.place.path() == other.place.path() && goes_on())
    }

    /// Fragments in order by what goes on with each other: one device, network and cell, and none later than `gap_ms`
    /// after all before it. With the span of each from `spans`, of all together.
    fn joined<'a>(
        &self,
        fragments: &'a [Fragment],
        spans: &[Span],
        gap_ms: i64,
    ) -> impl Iterator<Item = (&'a [Fragment], Span)> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let mut span = *spans.get(from)?;
            let mut until = from + 1;
            while let (Some(last), Some(next)) = (fragments.get(until - 1), fragments.get(until)) {
                let of_next = spans[until];
                if !self.are_beside(last, next) || of_next.from.saturating_sub(span.to) > gap_ms {
                    break;
                }
                span.to = span.to.max(of_next.to);
                until += 1;
            }
            let same = fragments.get(from..until)?;
            from = until;
            Some((same, span))
        })
    }
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
