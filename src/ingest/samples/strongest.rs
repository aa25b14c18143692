//! Logs with several cells of a network at every moment: the strongest is the serving one.
//!
//! A scanner, and an app that writes all the cells that it hears, has a row for each of them, and nothing marks the
//! phone's own. Each counted as its own they make a dead area of good ground: of −80, −95, −112 and −118 dBm a phone
//! would be on the first. Whether a log is such a one is seen from its first lines, so that no other pays for it. A log
//! of one cell a second has two rows in the second of a handover, which are no reason.

use rustc_hash::{FxHashMap, FxHashSet};

use super::row::Reader;
use crate::ingest::header::Header;
use crate::ingest::warning::Warning;
use crate::model::measure::LonLat;
use crate::model::operator::{Operator, Technology};
use crate::model::refusal::{Batch, Reason, Reject};
use crate::model::sample::Sample;

/// What tells the cells of a moment apart, beside channel and identity.
const PCI: &[&str] = &[
    "pci",
    "physical_cell_id",
    "phys_cell_id",
    "phy_cell_id",
    "physicalcellid",
    "phycellid",
    "cell_pci",
    "lte_pci",
    "nr_pci",
    "psc",
    "bsic",
];
/// Ground on which cells are heard at the same place, metres: a second of a car.
const PLACE_M: f64 = 50.0;

type Network = (u64, Operator, Technology);

/// A second of a phone at a place.
#[derive(Clone, Copy)]
struct Moment {
    second: i64,
    at: LonLat,
}

impl Moment {
    fn of(sample: &Sample) -> Self {
        Self { second: sample.time.as_second(), at: sample.position }
    }

    fn holds(self, other: Self) -> bool {
        self.second == other.second && (self.at == other.at || self.at.distance_m(other.at) <= PLACE_M)
    }
}

/// The strongest row of the last moment of each phone and network.
#[derive(Default)]
pub(super) struct Strongest {
    /// Half of the rows of the log are of several cells of a moment, or more.
    is_of_several: bool,
    last: FxHashMap<Network, Best>,
    left_out: u64,
}

struct Best {
    moment: Moment,
    power: f32,
    key: i64,
    /// Its number within a batch.
    group: Option<usize>,
}

impl Strongest {
    /// By the first lines of a log.
    pub(super) fn of(reader: &Reader<'_>, header: &Header, first: &[u8], end: u8) -> Self {
        let columns = reader.columns();
        let pci = header.find(PCI);
        let mut seen = Seen::default();
        if pci.or(columns.cell).is_some() {
            let identity = [pci, columns.arfcn, columns.cell];
            super::row::first_lines((columns, header), first, end, &mut |line| {
                if let Ok(sample) = reader.row(line)
                    && !reader.is_day_alone(line)
                {
                    seen.add(&sample, identity.map(|at| line.get(at)).join(&0));
                }
            });
        }
        Self { is_of_several: seen.shows_several(), ..Self::default() }
    }

    /// Moves weaker rows of a moment to the refused ones. A moment across two batches may keep one of each.
    pub(super) fn sift(&mut self, batch: &mut Batch<Sample>) {
        if !self.is_of_several {
            return;
        }
        self.last.values_mut().for_each(|best| best.group = None);
        let mut best: Vec<(f32, i64)> = Vec::new();
        let group_of: Vec<Option<usize>> = batch.rows.iter().map(|row| self.see(&row.value, &mut best)).collect();
        let (mut groups, before) = (group_of.into_iter(), batch.rejects.len());
        let rejects = &mut batch.rejects;
        batch.rows.retain(|row| {
            let (Some(group), Some(power)) = (groups.next().flatten(), row.value.rsrp) else { return true };
            // The same row once more is a repeat and no other cell.
            let is_best = best.get(group).is_none_or(|(_, key)| *key == row.value.key());
            if !is_best {
                rejects.push(Reject::new(row.line, "", power.get().to_string(), Reason::NeighbourCell));
            }
            is_best
        });
        if batch.rejects.len() > before {
            self.left_out += (batch.rejects.len() - before) as u64;
            batch.rejects.sort_by_key(|reject| reject.line);
        }
    }

    /// The moment of this row among those of the batch. Silence is of no cell.
    fn see(&mut self, sample: &Sample, best: &mut Vec<(f32, i64)>) -> Option<usize> {
        let power = sample.rsrp?.get();
        let now = Best { moment: Moment::of(sample), power, key: sample.key(), group: None };
        let last = self.last.entry((sample.device, sample.operator, sample.technology));
        let last = last.or_insert_with(|| Best { group: None, ..now });
        if !last.moment.holds(now.moment) {
            *last = now;
        } else if power > last.power {
            (last.power, last.key) = (power, now.key);
        }
        let group = *last.group.get_or_insert(best.len());
        match best.get_mut(group) {
            Some(of) => *of = (last.power, last.key),
            None => best.push((last.power, last.key)),
        }
        Some(group)
    }

    /// What a person is told of it.
    pub(super) fn warning(&self) -> Option<Warning> {
        (self.left_out > 0).then_some(Warning::HeardBeside { rows: self.left_out })
    }
}

/// The moments of the first lines.
#[derive(Default)]
struct Seen {
    open: FxHashMap<Network, Open>,
    rows: usize,
    /// Of moments with several cells, and of those among them that have each cell once.
    of_several: usize,
    of_several_once: usize,
    has_seconds: bool,
}

struct Open {
    moment: Moment,
    cells: FxHashSet<Vec<u8>>,
    rows: usize,
}

impl Seen {
    fn add(&mut self, sample: &Sample, cell: Vec<u8>) {
        if sample.rsrp.is_none() {
            return;
        }
        let moment = Moment::of(sample);
        self.rows += 1;
        self.has_seconds |= moment.second % 60 != 0;
        let new = || Open { moment, cells: FxHashSet::default(), rows: 0 };
        let open = self.open.entry((sample.device, sample.operator, sample.technology)).or_insert_with(new);
        let closed = (!open.moment.holds(moment)).then(|| std::mem::replace(open, new()));
        open.rows += 1;
        open.cells.insert(cell);
        if let Some(closed) = closed {
            self.count(&closed);
        }
    }

    fn count(&mut self, Open { cells, rows, .. }: &Open) {
        if cells.len() > 1 {
            self.of_several += rows;
            self.of_several_once += if cells.len() == *rows { *rows } else { 0 };
        }
    }

    fn shows_several(mut self) -> bool {
        let open: Vec<Open> = std::mem::take(&mut self.open).into_values().collect();
        open.iter().for_each(|open| self.count(open));
        // A phone that stands still and writes the minute alone has gone through several cells in one.
        let several = if self.has_seconds { self.of_several } else { self.of_several_once };
        several > 0 && several * 2 >= self.rows
    }
}
