//! Phones without service that name no network: whose silence it is, is known when the whole log was read.
//!
//! A phone that finds no network prints none. It is on the network that its other rows name; a phone that never had
//! one is on that of the log. Only where they name one alone: silence under the wrong network is a dead area on the
//! wrong list, so a row of a phone with two cards is refused.

use std::collections::BTreeSet;
use std::ops::AddAssign;

use rustc_hash::FxHashMap;

use crate::model::operator::Operator;
use crate::model::refusal::{Batch, Reason, Reject, Row};
use crate::model::sample::Sample;

/// Rows that wait for the end of the log; more would outgrow the memory, and are refused.
const MOST: usize = 2_000_000;

/// Networks by device: one, or `None` for several.
#[derive(Default)]
pub(super) struct Networks {
    of: FxHashMap<u64, Option<Operator>>,
    /// What came last most often comes again.
    last: Option<(u64, Operator)>,
}

impl Networks {
    #[inline]
    pub(super) fn add(&mut self, device: u64, operator: Operator) {
        if self.last != Some((device, operator)) {
            self.last = Some((device, operator));
            self.put(device, Some(operator));
        }
    }

    fn put(&mut self, device: u64, named: Option<Operator>) {
        let of = self.of.entry(device).or_insert(named);
        if *of != named {
            *of = None;
        }
    }

    /// The network of all phones, where they have one alone.
    fn only(&self) -> Option<Operator> {
        let mut all: BTreeSet<Option<Operator>> = self.of.values().copied().collect();
        if all.len() == 1 { all.pop_first()? } else { None }
    }
}

/// What pieces of a log said of networks, and the rows that say nothing of theirs.
#[derive(Default)]
pub(super) struct Nameless {
    pub(super) networks: Networks,
    /// Their network is not yet true.
    rows: Vec<Row<Sample>>,
    /// Rows that there was no room for.
    lost: Vec<Reject>,
}

impl AddAssign for Nameless {
    fn add_assign(&mut self, other: Self) {
        other.networks.of.into_iter().for_each(|(device, named)| self.networks.put(device, named));
        self.lost.extend(other.lost);
        other.rows.into_iter().for_each(|row| self.keep(row));
    }
}

impl Nameless {
    pub(super) fn keep(&mut self, row: Row<Sample>) {
        if self.rows.len() < MOST {
            self.rows.push(row);
        } else {
            self.lost.push(Reject::new(row.line, "", "", Reason::WhoseSilence));
        }
    }

    /// The rows with their networks; `column` is where one would stand.
    pub(super) fn told(self, column: &str) -> Batch<Sample> {
        let Self { networks, rows, lost } = self;
        let only = networks.only();
        let mut batch = Batch { rows: Vec::with_capacity(rows.len()), rejects: lost };
        for mut row in rows {
            match networks.of.get(&row.value.device).copied().unwrap_or(only) {
                Some(operator) => {
                    row.value.operator = operator;
                    batch.rows.push(row);
                }
                None => batch.rejects.push(Reject::new(row.line, column, "", Reason::WhoseSilence)),
            }
        }
        batch
    }
}
