//! The list of imports, and taking one back.
//!
//! What would go is told before it goes: rows, days and networks by the store,
//! and of measurements the cells that they lie in, with the dead areas and the
//! claimed repairs that rest on them in part, and what the map would be without them.

mod outcome;

use std::collections::BTreeSet;

use h3o::{CellIndex, Resolution};
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::analyse;
use super::removal;
use super::snapshot::Snapshot;
use crate::engine::signal::REPORTING;
use crate::engine::signal::locate::cell_at;
use crate::model::access::Role;
use crate::model::import::{ImportKind, ImportRecord};
use crate::model::rules::Rules;
use crate::model::sample::Sample;
use crate::model::taking_back::{LaterImport, Obstacle, TakingBack};
use crate::model::token::AuditEvent;
use crate::store::{Store, StoreError};
pub use outcome::{Area, Named, Outcome, Repair, Resting, ViewOutcome};

#[derive(Debug, thiserror::Error)]
pub enum TakingBackError {
    #[error("{}", .0.message(crate::model::language::Language::En))]
    Obstacle(Obstacle),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What taking back an import takes out, and what rests on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    pub takes: TakingBack,
    /// H3 r9 cells that the measurements lie in; `None` for another kind.
    pub cells: Option<u64>,
    pub resting: Option<Resting>,
    /// The map without them, where it was worked out.
    pub outcome: Option<Outcome>,
}

/// Tells what taking back an import would take out; changes nothing. `snapshot`: whose areas and repairs are looked at.
///
/// # Errors
/// [`Obstacle`] where it cannot be taken back.
pub async fn preview(store: &dyn Store, import: i64, snapshot: Option<&Snapshot>) -> Result<Preview, TakingBackError> {
    let takes = store.take_back(import, None).await?.map_err(TakingBackError::Obstacle)?;
    if takes.import.kind != ImportKind::Samples {
        return Ok(Preview { takes, cells: None, resting: None, outcome: None });
    }
    let mut cells = BTreeSet::new();
    store.samples_of(import, &mut |samples| cells.extend(samples.iter().filter_map(cell_of))).await?;
    let resting = snapshot.map(|snapshot| outcome::resting(snapshot, &takes, &cells));
    Ok(Preview { takes, cells: Some(cells.len() as u64), resting, outcome: None })
}

impl Preview {
    /// Judges a second time, without the rows and in memory alone, and tells what becomes of `snapshot`, in which the
    /// resting ones were looked up. Takes as long as an analysis of all measurements.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn look_ahead(&mut self, store: &dyn Store, snapshot: &Snapshot) -> Result<(), StoreError> {
        if self.resting.is_some() {
            self.became(snapshot, &snapshot.without(store, self.takes.import.id).await?);
        }
        Ok(())
    }

    /// Tells the same once it was done, of the snapshots before and after.
    pub fn became(&mut self, before: &Snapshot, after: &Snapshot) {
        self.outcome = self.resting.as_ref().map(|resting| outcome::outcome(before, after, &self.takes, resting));
    }
}

/// A snapshot where the verdicts are those of all rows, so that to look at them costs no analysis.
///
/// # Errors
/// When the store cannot be read.
pub async fn at_hand(store: &dyn Store, rules: &Rules, now: Timestamp) -> Result<Option<Snapshot>, StoreError> {
    let is_judged = analyse::covers_every_row(store).await?;
    Ok(if is_judged { Some(Snapshot::read(store, rules, now).await?) } else { None })
}

/// The r9 cell whose verdict it is part of: that of its run, which is not always the one that its point lies in.
fn cell_of(sample: &Sample) -> Option<CellIndex> {
    cell_at(sample.position, Resolution::Ten)?.parent(REPORTING)
}

/// Takes an import back. Verdicts follow with the next analysis.
///
/// # Errors
/// [`Obstacle`] where it cannot be taken back; nothing is changed then.
pub async fn take_back(store: &dyn Store, import: i64, event: &AuditEvent) -> Result<TakingBack, TakingBackError> {
    store.take_back(import, Some(event)).await?.map_err(TakingBackError::Obstacle)
}

/// Works the verdicts out anew where there were any.
///
/// # Errors
/// When the store cannot be read or written; what was taken back stays taken back.
pub async fn finish(store: &dyn Store, rules: &Rules, now: Timestamp) -> Result<(), StoreError> {
    if store.analysed().await?.is_some() { removal::judge(store, rules, now).await } else { Ok(()) }
}

/// A line of the list.
#[must_use]
pub fn import_json(import: &ImportRecord) -> Json {
    let counts = import.counts;
    json!({
        "id": import.id, "kind": import.kind.code(), "file": import.file, "at": import.at.to_string(),
        "role": import.by.map(Role::code), "scope": import.by.and_then(Role::scope),
        "new": counts.inserted, "changed": counts.updated, "known": counts.unchanged, "refused": import.refused,
        "synthetic": import.synthetic,
        "taken_back": import.taken_back.map(|taken| json!({
            "at": taken.at.to_string(), "rows": taken.rows, "kept": taken.kept,
        })),
    })
}

#[must_use]
pub fn preview_json(preview: &Preview) -> Json {
    let Preview { takes, cells, resting, outcome } = preview;
    let resting = resting.as_ref();
    let operators: Vec<Json> =
        takes.operators.iter().map(|(operator, rows)| json!({"operator": operator.as_str(), "rows": rows})).collect();
    let later = |one: &LaterImport| json!({"id": one.id, "file": one.file, "rows": one.rows, "exact": one.is_exact});
    json!({
        "import": import_json(&takes.import), "rows": takes.rows, "kept": takes.kept, "elsewhere": takes.elsewhere,
        "days": takes.days, "first_day": takes.first.map(|day| day.to_string()),
        "last_day": takes.last.map(|day| day.to_string()), "operators": operators, "cells": cells,
        "areas": resting.map(|resting| resting.areas.total), "repairs": resting.map(|resting| resting.repairs.len()),
        "resting": resting.map(Resting::json), "outcome": outcome.as_ref().map(Outcome::json),
        "later": takes.later.iter().map(later).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests;
