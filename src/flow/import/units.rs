//! Boundaries and mergers.
//!
//! The crosswalk closes the units it names, and new units that nobody has
//! drawn are dissolved from the old ones. Which file comes first makes no
//! difference, but that the first has nothing to be compared with (`misfit`).

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use jiff::civil::Date;

use super::known_changes::{self, Listed};
use super::{ImportError, Job, Note, by_name, misfit};
use crate::engine::boundaries::dissolve::dissolve;
use crate::engine::names;
use crate::flow::{areas, merge};
use crate::ingest::{self, Warning};
use crate::model::admin::{AdminUnit, Share, UnitChange, UnitCode};
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
    let changes = store.changes().await?;
    if let Some(date) = assumed_date(&job.report.warnings) {
        not_of_another_day(&new, date, &units, &changes)?;
    }
    let counts = job.transaction.put_units(&new).await?;
    job.took(new.len(), counts);
    job.refuse(read.batch.rejects).await?;

    let drawn: HashSet<_> = new.iter().map(|unit| (unit.code, unit.valid_from)).collect();
    units.retain(|unit| !drawn.contains(&(unit.code, unit.valid_from)));
    units.extend(new);
    reconcile(job, units, &changes).await
}

fn assumed_date(warnings: &[Warning]) -> Option<Date> {
    warnings.iter().find_map(|warning| match warning {
        Warning::DateAssumed { date } => Some(*date),
        _ => None,
    })
}

/// A file without a date is not put over the units of a day that it does not describe: most codes of
/// today were borne by another commune before the merger.
fn not_of_another_day(
    new: &[AdminUnit],
    date: Date,
    units: &[AdminUnit],
    changes: &[UnitChange],
) -> Result<(), ImportError> {
    let of_day: Vec<&UnitChange> = changes.iter().filter(|change| change.effective == date).collect();
    let (ended, begun): (HashSet<_>, HashSet<_>) = of_day.iter().map(|change| (change.from, change.to)).unzip();
    let known: HashMap<UnitCode, &AdminUnit> =
        units.iter().filter(|unit| unit.valid_from == date).map(|unit| (unit.code, unit)).collect();
    let is_stranger = |unit: &&AdminUnit| match known.get(&unit.code) {
        Some(known) => names::fold(&known.name) != names::fold(&unit.name),
        None => ended.contains(&unit.code) && !begun.contains(&unit.code),
    };
    let strangers: Vec<&AdminUnit> = new.iter().filter(is_stranger).collect();
    match strangers.first() {
        // A name may have been corrected; one in five has not.
        Some(first) if strangers.len() * 5 > new.len() => Err(ImportError::OtherDay {
            date,
            units: strangers.len(),
            of: new.len(),
            example: format!("{} ({})", first.full_name(), first.code),
        }),
        _ => Ok(()),
    }
}

pub(super) async fn mergers(
    store: &dyn Store,
    job: &mut Job,
    path: &Path,
    options: &ingest::Options,
) -> Result<(), ImportError> {
    let ingest::mergers::Crosswalk { changes: read, silent, new_heading, ends, begins, named } =
        ingest::mergers::read_crosswalk(path, options)?;
    let mut units = store.units().await?;
    let (by_name, not_found) = by_name::found(named, &units);
    job.report.profile = read.profile.to_owned();
    job.report.warnings = read.warnings;
    // Rows with one side only are good rows that make no edge.
    job.report.accepted += ends.len() as u64 + begins;
    let coded = read.batch.rows.into_iter().map(|row| Listed {
        line: row.line,
        field: new_heading.clone(),
        change: row.value,
        says_share: !silent.contains(&row.line),
    });
    let mut changes = store.changes().await?;
    let (new, contradicted) = known_changes::beside(coded.chain(by_name).collect(), &changes);
    let counts = job.transaction.put_changes(&new).await?;
    job.took(new.len(), counts);
    let mut refused = read.batch.rejects;
    refused.extend(not_found);
    refused.extend(contradicted);
    refused.sort_by_key(|reject| reject.line);
    job.refuse(refused).await?;

    let again: HashSet<_> = new.iter().map(UnitChange::key).collect();
    changes.retain(|old| !again.contains(&old.key()));
    changes.extend(new);
    let ended: Vec<AdminUnit> = units
        .iter_mut()
        .filter_map(|unit| {
            let end = ends.iter().find(|end| end.code == unit.code && unit.in_force(end.effective))?;
            (unit.valid_from < end.effective).then(|| {
                unit.valid_to = Some(end.effective);
                unit.clone()
            })
        })
        .collect();
    job.transaction.put_units(&ended).await?;
    reconcile(job, units, &changes).await
}

/// Closes what the crosswalk ends and draws what it makes.
async fn reconcile(job: &mut Job, mut units: Vec<AdminUnit>, changes: &[UnitChange]) -> Result<(), ImportError> {
    let mut closed = Vec::new();
    for i in 0..units.len() {
        let (code, from) = (units[i].code, units[i].valid_from);
        let end = end_of(code, from, &units, changes);
        if end.is_some() && (units[i].valid_to.is_none() || units[i].valid_to > end) {
            units[i].valid_to = end;
            closed.push(units[i].clone());
        }
    }
    if !closed.is_empty() {
        job.transaction.put_units(&closed).await?;
        job.report.notes.push(Note::Closed { units: closed.len() });
    }

    let days: BTreeSet<Date> = changes.iter().map(|change| change.effective).collect();
    let mut drawn_units = 0;
    for day in days {
        let of_day = with_those_that_go_on(&units, changes, day);
        let have: HashSet<UnitCode> = units
            .iter()
            .filter(|unit| unit.valid_from == day && unit.geometry.is_some())
            .map(|unit| unit.code)
            .collect();
        let wanted: Vec<UnitChange> = of_day.into_iter().filter(|change| !have.contains(&change.to)).collect();
        if wanted.is_empty() {
            continue;
        }
        let made = dissolve(&units, &wanted, day);
        let split: Vec<String> =
            made.units.iter().flat_map(|unit| unit.split.iter().map(ToString::to_string)).collect();
        if !split.is_empty() {
            let mut codes = split;
            codes.sort();
            codes.dedup();
            job.report.notes.push(Note::SplitWithoutLine { codes });
        }
        for mut drawn in merge::as_units(&made, &units, &wanted, day) {
            drawn.valid_to = end_of(drawn.code, day, &units, changes);
            let put = place_drawn(&mut units, drawn, day);
            job.transaction.put_units(&put).await?;
            drawn_units += 1;
        }
    }
    if drawn_units > 0 {
        job.report.notes.push(Note::Dissolved { units: drawn_units });
    }
    Ok(())
}

/// The first day on which the unit that began then is no more.
fn end_of(code: UnitCode, from: Date, units: &[AdminUnit], changes: &[UnitChange]) -> Option<Date> {
    let by_change = changes.iter().filter(|c| c.from == code && from < c.effective).map(|c| c.effective).min();
    // A later edition of the same code ends this one even where no crosswalk says so.
    let by_edition = units.iter().filter(|u| u.code == code && from < u.valid_from).map(|u| u.valid_from).min();
    [by_change, by_edition].into_iter().flatten().min()
}

/// The changes of a day, and an edge of its own for each unit that others join while it goes on
/// under its code: a crosswalk names what changes hands and not what stays.
fn with_those_that_go_on(units: &[AdminUnit], changes: &[UnitChange], day: Date) -> Vec<UnitChange> {
    let mut of_day: Vec<UnitChange> = changes.iter().filter(|change| change.effective == day).cloned().collect();
    let leaving: HashSet<UnitCode> = of_day.iter().map(|change| change.from).collect();
    let joined: BTreeSet<UnitCode> = of_day.iter().map(|change| change.to).collect();
    for code in joined.into_iter().filter(|code| !leaving.contains(code)) {
        let goes_on = units.iter().find(|unit| unit.code == code && unit.valid_from < day && unit.in_force(day));
        if let Some(unit) = goes_on {
            of_day.push(UnitChange {
                from: code,
                from_name: unit.full_name(),
                to: code,
                to_name: unit.full_name(),
                share: Share::Whole,
                effective: day,
                legal_basis: None,
            });
        }
    }
    of_day
}

/// Puts a drawn unit where the register has its edition, or begins a new one; returns what changed.
fn place_drawn(units: &mut Vec<AdminUnit>, mut drawn: AdminUnit, day: Date) -> Vec<AdminUnit> {
    if let Some(known) = units.iter_mut().find(|unit| unit.code == drawn.code && unit.valid_from == day) {
        known.geometry = drawn.geometry;
        known.approximate = drawn.approximate;
        return vec![known.clone()];
    }
    let mut put = Vec::new();
    if let Some(old) = units.iter_mut().find(|unit| unit.code == drawn.code && unit.in_force(day)) {
        drawn = AdminUnit {
            geometry: drawn.geometry,
            approximate: drawn.approximate,
            source: drawn.source,
            valid_from: day,
            valid_to: drawn.valid_to,
            stated_area_km2: None,
            ..old.clone()
        };
        old.valid_to = Some(day);
        put.push(old.clone());
    }
    units.push(drawn.clone());
    put.push(drawn);
    put
}
