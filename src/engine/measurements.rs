//! All runs of a store, prepared once and shared: an import of visits changes none of them.

use std::ops::Deref;
use std::sync::Arc;

use h3o::CellIndex;
use jiff::civil::Date;
use rayon::prelude::*;

use super::signal::{Pass, REPORTING, ground};
use crate::model::measure::local_day;
use crate::model::operator::{Operator, Technology};
use crate::model::packed::Moment;
use crate::model::sample::Run;

/// Runs by cell, then time.
#[derive(Debug)]
pub struct Measurements {
    runs: Vec<Run>,
    /// The local day of each.
    days: Vec<Date>,
    /// r9 cells with a run, in order.
    cells: Vec<CellIndex>,
    /// In how many of those cells.
    networks: Vec<(Operator, Technology, u64)>,
    /// Before this day a phone is told from others on each day alone.
    phones_since: Date,
    first: Option<Moment>,
    last: Option<Moment>,
}

impl Default for Measurements {
    fn default() -> Self {
        Self {
            runs: Vec::new(),
            days: Vec::new(),
            cells: Vec::new(),
            networks: Vec::new(),
            phones_since: Date::MIN,
            first: None,
            last: None,
        }
    }
}

impl Measurements {
    /// Runs whose phones are all known.
    #[must_use]
    pub fn of(runs: Vec<Run>) -> Arc<Self> {
        Self::since(Date::MIN, runs)
    }

    /// Runs of which those before a day know their phone of that day alone.
    #[must_use]
    pub fn since(phones_since: Date, mut runs: Vec<Run>) -> Arc<Self> {
        runs.par_sort_unstable_by_key(|r| (r.cell, r.start, r.device, r.operator, r.technology, r.end));
        let days = runs.par_iter().map(|run| local_day(run.start)).collect();
        // Each is asked of neighbours first: a list of all runs would be as long as what is kept.
        let mut cells = Vec::new();
        for cell in runs.iter().filter_map(|run| run.cell.parent(REPORTING)) {
            if cells.last() != Some(&cell) {
                cells.push(cell);
            }
        }
        cells.shrink_to_fit();
        let networks = ground(&runs);
        Arc::new(Self {
            days,
            cells,
            networks,
            phones_since,
            first: runs.iter().map(|run| run.start).min(),
            last: runs.iter().map(|run| run.end).max(),
            runs,
        })
    }

    /// When the first run began and the last one ended.
    #[must_use]
    pub fn span(&self) -> Option<(Moment, Moment)> {
        Some((self.first?, self.last?))
    }

    /// First and last local day on which a run began.
    #[must_use]
    pub fn days(&self) -> Option<(Date, Date)> {
        Some((*self.days.iter().min()?, *self.days.iter().max()?))
    }

    /// r9 cells with a run, in order.
    #[must_use]
    pub fn cells(&self) -> &[CellIndex] {
        &self.cells
    }

    /// Every network with a run, and in how many r9 cells, in order.
    pub fn networks(&self) -> impl Iterator<Item = (Operator, Technology, u64)> {
        self.networks.iter().copied()
    }

    /// Runs that `counts` accepts with their days, in cell order. None is marked as superseded yet.
    pub fn passes(&self, counts: impl Fn(&Run, Date) -> bool) -> Vec<Pass<'_>> {
        let dated = self.runs.iter().zip(&self.days).filter(|(run, day)| counts(run, **day));
        let pass =
            |(run, day): (_, &Date)| Pass { run, day: *day, of_a_day: *day < self.phones_since, superseded: false };
        dated.map(pass).collect()
    }
}

impl Deref for Measurements {
    type Target = [Run];

    fn deref(&self) -> &[Run] {
        &self.runs
    }
}
