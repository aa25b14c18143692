//! Units and pieces from a file, with every polygon judged: a reader tells
//! what a file says, the engine whether it is an area.

use std::path::Path;

use geo_types::MultiPolygon;
use rayon::prelude::*;

use crate::engine::boundaries::validity;
use crate::ingest::{self, Options, Read, Unreadable};
use crate::model::admin::{AdminUnit, UnitPiece};
use crate::model::refusal::{Reason, Reject};

/// Units whose polygon, where there is one, is valid.
///
/// # Errors
/// The file as a whole cannot be read.
pub(super) fn units(path: &Path, options: &Options) -> Result<Read<AdminUnit>, Unreadable> {
    let mut read = ingest::boundaries::read(path, options)?;
    judge(&mut read, |unit| unit.geometry.as_ref(), |unit| unit.code.to_string());
    Ok(read)
}

/// Pieces whose polygon is valid.
///
/// # Errors
/// The file as a whole cannot be read.
pub(super) fn pieces(path: &Path, options: &Options) -> Result<Read<UnitPiece>, Unreadable> {
    let mut read = ingest::pieces::read(path, options)?;
    judge(&mut read, |piece| Some(&piece.geometry), |piece| format!("{} → {}", piece.from, piece.to));
    Ok(read)
}

fn judge<T: Send + Sync>(
    read: &mut Read<T>,
    geometry: impl Fn(&T) -> Option<&MultiPolygon<f64>> + Sync,
    name: impl Fn(&T) -> String,
) {
    let rows = std::mem::take(&mut read.batch.rows);
    let faults: Vec<_> =
        rows.par_iter().map(|row| geometry(&row.value).and_then(|area| validity::check(area).err())).collect();
    for (row, fault) in rows.into_iter().zip(faults) {
        match fault {
            None => read.batch.rows.push(row),
            Some(fault) => {
                let reason = Reason::BadGeometry { fault };
                read.batch.rejects.push(Reject::new(row.line, "geometry", name(&row.value), reason));
            }
        }
    }
    read.batch.rejects.sort_by_key(|reject| reject.line);
}
