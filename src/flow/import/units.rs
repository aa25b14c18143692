//! Boundaries and mergers.
//!
//! The crosswalk closes the units it names, and new units that nobody has
//! drawn are dissolved from the old ones. Which file comes first makes no
//! difference, but that the first has nothing to be compared with (`misfit`).

use std::collections::HashSet;
use std::path::Path;

use super::{ImportError, Job, Note, misfit};
use crate::engine::boundaries::dissolve::dissolve;
use crate::flow::{areas, merge};
use crate::ingest;
use crate::model::admin::{AdminUnit, UnitChange, UnitCode};
use crate::store::Store;

pub(super) async fn boundaries(
    store: &dyn Store,
    job: &mut Job,
    path: &Path,
    options: &ingest::Options,
) -> Result<(), ImportError> {
    let mut units = store.units().await?;
    let read = match areas::units(path, options) {
        Err(plain) => return Err(misfit::of_metres(path, options, plain, &units)),
        Ok(read) => read,
    };
    job.report.profile = read.profile.to_owned();
    job.report.warnings = read.warnings;
    let new: Vec<AdminUnit> = read.batch.rows.into_iter().map(|row| row.value).collect();
    misfit::of_boundaries(job, &new, read.crs, &units)?;
    let counts = job.transaction.put_units(&new).await?;
    job.took(new.len(), counts);
    job.refuse(read.batch.rejects).await?;

    let drawn: HashSet<_> = new.iter().map(|unit| (unit.code, unit.valid_from)).collect();
    units.retain(|unit| !drawn.contains(&(unit.code, unit.valid_from)));
    units.extend(new);
    let changes = store.changes().await?;
    reconcile(job, units, &changes).await
}

pub(super) async fn mergers(
    store: &dyn Store,
    job: &mut Job,
    path: &Path,
    options: &ingest::Options,
) -> Result<(), ImportError> {
    let read = ingest::mergers::read(path, options)?;
    job.report.profile = read.profile.to_owned();
    job.report.warnings = read.warnings;
    let new: Vec<UnitChange> = read.batch.rows.into_iter().map(|row| row.value).collect();
    let counts = job.transaction.put_changes(&new).await?;
    job.took(new.len(), counts);
    job.refuse(read.batch.rejects).await?;

    let mut changes = store.changes().await?;
    changes.retain(|old| !new.iter().any(|c| (c.from, c.to, c.effective) == (old.from, old.to, old.effective)));
    changes.extend(new);
    let units = store.units().await?;
    reconcile(job, units, &changes).await
}

/// Closes what the crosswalk ends and draws what it makes.
async fn reconcile(job: &mut Job, mut units: Vec<AdminUnit>, changes: &[UnitChange]) -> Result<(), ImportError> {
    let mut closed = Vec::new();
    for i in 0..units.len() {
        let (code, from) = (units[i].code, units[i].valid_from);
        let by_change = changes.iter().filter(|c| c.from == code && from < c.effective).map(|c| c.effective).min();
        // A later edition of the same code ends this one even where no crosswalk says so.
        let by_edition = units.iter().filter(|u| u.code == code && from < u.valid_from).map(|u| u.valid_from).min();
        let end = [by_change, by_edition].into_iter().flatten().min();
        if end.is_some() && (units[i].valid_to.is_none() || units[i].valid_to > end) {
            units[i].valid_to = end;
            closed.push(units[i].clone());
        }
    }
    if !closed.is_empty() {
        job.transaction.put_units(&closed).await?;
        job.report.notes.push(Note::Closed { units: closed.len() });
    }

    let days: std::collections::BTreeSet<_> = changes.iter().map(|change| change.effective).collect();
    for day in days {
        let have: HashSet<UnitCode> =
            units.iter().filter(|unit| unit.valid_from == day).map(|unit| unit.code).collect();
        let wanted: Vec<UnitChange> =
            changes.iter().filter(|c| c.effective == day && !have.contains(&c.to)).cloned().collect();
        if wanted.is_empty() {
            continue;
        }
        let made = dissolve(&units, &wanted, day);
        let drawn = merge::as_units(&made, &units, &wanted, day);
        let split: Vec<String> =
            made.units.iter().flat_map(|unit| unit.split.iter().map(ToString::to_string)).collect();
        if !split.is_empty() {
            let mut codes = split;
            codes.sort();
            codes.dedup();
            job.report.notes.push(Note::SplitWithoutLine { codes });
        }
        if !drawn.is_empty() {
            job.transaction.put_units(&drawn).await?;
            job.report.notes.push(Note::Dissolved { units: drawn.len() });
            units.extend(drawn);
        }
    }
    Ok(())
}
