//! The list of imports, and taking one back.
//!
//! What would go is told before it goes: rows, days and networks by the store,
//! and of measurements the cells that they lie in, with the dead areas and the
//! claimed repairs that rest on them in part, and what the map would be without them.

mod outcome;

use std::collections::BTreeSet;
use std::sync::Arc;

use h3o::{CellIndex, Resolution};
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::analyse;
use super::removal;
use super::snapshot::Snapshot;
use crate::engine::Facts;
use crate::engine::signal::REPORTING;
use crate::engine::signal::locate::cell_at;
use crate::model::access::{Matter, Role};
use crate::model::import::{ImportKind, ImportRecord};
use crate::model::rules::Rules;
use crate::model::sample::Sample;
use crate::model::taking_back::{LaterImport, Obstacle, TakingBack};
use crate::model::token::AuditEvent;
use crate::model::visit::Visit;
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
    pub async fn look_ahead(&mut self, store: &dyn Store, snapshot: &Arc<Snapshot>) -> Result<(), StoreError> {
        let Some(resting) = self.resting.clone() else { return Ok(()) };
        let (before, takes) = (Arc::clone(snapshot), self.takes.clone());
        let after = match snapshot.without(store, takes.import.id).await {
            // What others brought meanwhile would be told as of this import.
            Err(StoreError::Moved { .. }) => return Ok(()),
            other => other?,
        };
        // On a thread of its own: whoever has waited long enough goes on without it.
        let told = tokio::task::spawn_blocking(move || outcome::outcome(&before, &after, &takes, &resting));
        self.outcome = Some(told.await.map_err(|_| StoreError::Interrupted)?);
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
pub async fn at_hand(store: &dyn Store, rules: &Rules, now: Timestamp) -> Result<Option<Arc<Snapshot>>, StoreError> {
    let is_judged = analyse::covers_every_row(store).await?;
    Ok(if is_judged { Some(Arc::new(Snapshot::read(store, rules, now).await?)) } else { None })
}

/// The r9 cell whose verdict it is part of: that of its run, which is not always the one that its point lies in.
fn cell_of(sample: &Sample) -> Option<CellIndex> {
    cell_at(sample.position, Resolution::Ten)?.parent(REPORTING)
}

/// Imports of the list that a reader may see, oldest first.
///
/// # Errors
/// When the store cannot be read.
pub async fn listed(store: &dyn Store, reader: Role) -> Result<Vec<ImportRecord>, StoreError> {
    let mut imports = store.imports().await?;
    if reader.need(Matter::Files).is_err() {
        imports.retain(|import| reader.may_take_back(import.by));
    }
    Ok(imports)
}

/// That a reader may take back an import: of a commune what it brought itself, while all of it is of its own. For every
/// other there is no such import.
///
/// # Errors
/// [`Obstacle`] where it may not.
pub async fn admit(store: &dyn Store, import: i64, reader: Role, facts: &Facts) -> Result<(), TakingBackError> {
    if reader.need(Matter::Import).is_ok() {
        return Ok(());
    }
    let known = store.imports().await?.into_iter().find(|one| one.id == import);
    if !known.is_some_and(|one| one.kind == ImportKind::Visits && reader.may_take_back(one.by)) {
        return Err(TakingBackError::Obstacle(Obstacle::NoSuchImport(import)));
    }
    let visits = store.visits_of(import).await?.into_iter();
    let is_of_others = |visit: &Visit| {
        let commune = facts.commune_of_visit(visit, facts.today);
        !reader.may_import_place(commune, visit.village)
    };
    match visits.filter(is_of_others).count() as u64 {
        0 => Ok(()),
        visits => Err(TakingBackError::Obstacle(Obstacle::OfOthers { visits })),
    }
}

/// Leaves out the names of files that are not for a reader.
///
/// # Errors
/// When the store cannot be read.
pub async fn without_names_of_others(store: &dyn Store, reader: Role, told: &mut TakingBack) -> Result<(), StoreError> {
    if !told.later.is_empty() && reader.need(Matter::Files).is_err() {
        let own: BTreeSet<i64> = listed(store, reader).await?.iter().map(|import| import.id).collect();
        told.later.iter_mut().filter(|later| !own.contains(&later.id)).for_each(|later| later.file = None);
    }
    Ok(())
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
