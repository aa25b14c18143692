//! Old communes into new ones, from files to a file, without a store.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::{areas, export};
use crate::engine::boundaries::dissolve::{Dissolved, Piece, Problem, dissolve_with_pieces};
use crate::engine::boundaries::outline::Filled;
use crate::ingest::{self, Unreadable};
use crate::model::admin::{AdminUnit, UnitChange, UnitCode, UnitKind};

/// What came of a merge.
#[derive(Clone, Debug)]
pub struct Merged {
    pub units: Vec<AdminUnit>,
    /// New units that could not be drawn whole, with the old codes that are missing.
    pub incomplete: Vec<(UnitCode, Vec<UnitCode>)>,
    /// Old units that went in parts without a line, and where to: on the ground of no new unit.
    pub split_without_line: Vec<(UnitCode, Vec<UnitCode>)>,
    pub refused: u64,
    /// Slivers between old units that were filled.
    pub filled: Filled,
}

/// The files of a merge.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// Old communes.
    pub units: &'a [PathBuf],
    /// Parts of split communes, where somebody drew the line.
    pub pieces: &'a [PathBuf],
    /// Old code to new code.
    pub crosswalk: &'a Path,
}

#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    #[error("{path}: {problem}")]
    Unreadable { path: PathBuf, problem: Unreadable },
    #[error("{path}: no usable merger row")]
    NoChanges { path: PathBuf },
    #[error("no unit of the crosswalk has an old unit with a boundary in force on {day}")]
    NothingMade { day: Date },
    #[error("cannot write {path}: {source}")]
    Write { path: PathBuf, source: std::io::Error },
}

/// Reads old units and a crosswalk, dissolves, and writes GeoJSON.
///
/// # Errors
/// When a file cannot be read as what it should be, or the result cannot be written.
pub fn merge(from: &Sources<'_>, to: &Path, options: &ingest::Options) -> Result<Merged, MergeError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |problem| MergeError::Unreadable { path, problem }
    };
    let mut refused = 0;
    let read = ingest::mergers::read(from.crosswalk, options).map_err(unreadable(from.crosswalk))?;
    refused += read.batch.rejects.len() as u64;
    let changes: Vec<UnitChange> = read.batch.rows.into_iter().map(|row| row.value).collect();
    let Some(day) = changes.iter().map(|change| change.effective).max() else {
        return Err(MergeError::NoChanges { path: from.crosswalk.to_owned() });
    };
    // Old units that do not say since when are those that the crosswalk found in force.
    let before = ingest::Options { as_of: day.yesterday().ok(), ..options.clone() };
    let mut old = Vec::new();
    for path in from.units {
        let read = areas::units(path, &before).map_err(unreadable(path))?;
        refused += read.batch.rejects.len() as u64;
        old.extend(read.batch.rows.into_iter().map(|row| row.value));
    }
    let mut drawn = Vec::new();
    for path in from.pieces {
        let read = areas::pieces(path, &before).map_err(unreadable(path))?;
        refused += read.batch.rejects.len() as u64;
        drawn.extend(read.batch.rows.into_iter().map(|row| row.value));
    }
    let pieces: Vec<Piece<'_>> =
        drawn.iter().map(|piece| Piece { from: piece.from, to: piece.to, geometry: &piece.geometry }).collect();
    let made = dissolve_with_pieces(&old, &pieces, &changes, day);
    let merged = as_units(&made, &old, &changes, day);
    if merged.is_empty() {
        return Err(MergeError::NothingMade { day: day.yesterday().unwrap_or(day) });
    }
    let incomplete = made.units.iter().filter(|u| !u.missing.is_empty()).map(|u| (u.code, u.missing.clone())).collect();
    let split_without_line = made.problems.iter().filter_map(|problem| match problem {
        Problem::SplitWithoutLine { from, targets } => Some((*from, targets.clone())),
        _ => None,
    });
    let split_without_line = split_without_line.collect();
    export::write_units(&merged, to).map_err(|source| MergeError::Write { path: to.to_owned(), source })?;
    let filled = made.units.iter().fold(Filled::default(), |sum, unit| Filled {
        holes: sum.holes + unit.filled.holes,
        area_m2: sum.area_m2 + unit.filled.area_m2,
    });
    Ok(Merged { units: merged, incomplete, split_without_line, refused, filled })
}

/// Dissolved geometry as units: named by the crosswalk, approximate because
/// nobody surveyed it as one.
#[must_use]
pub fn as_units(made: &Dissolved, old: &[AdminUnit], changes: &[UnitChange], day: Date) -> Vec<AdminUnit> {
    let names: HashMap<UnitCode, &str> = changes.iter().map(|c| (c.to, c.to_name.as_str())).collect();
    let approximate = old.iter().any(|unit| unit.approximate);
    made.units
        .iter()
        .filter(|unit| !unit.geometry.0.is_empty())
        .map(|unit| {
            // A crosswalk of codes alone leaves the code to stand for the name.
            let code = unit.code.to_string();
            let full = names.get(&unit.code).copied().filter(|name| !name.trim().is_empty()).unwrap_or(&code);
            let (kind, name) = UnitKind::split(full);
            AdminUnit {
                code: unit.code,
                name,
                kind: kind.unwrap_or(UnitKind::Commune),
                district: None,
                valid_from: day,
                valid_to: None,
                geometry: Some(unit.geometry.clone()),
                stated_area_km2: None,
                source: "dissolved from old communes".to_owned(),
                approximate: approximate || !unit.split.is_empty() || !unit.missing.is_empty(),
            }
        })
        .collect()
}
