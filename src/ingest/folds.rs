//! A split into folds: H3 cells, each with the fold that it is left out with.
//!
//! `cell,fold` must be there; `value` (the median that predictions are held
//! against, dBm) may. With such a file two programs can be judged on one split.

use std::path::Path;

use h3o::CellIndex;

use super::table::{Record, Table};
use super::{Options, Read, Unreadable, number};
use crate::model::refusal::{Batch, Reason, Reject, Row};

/// One row of a split.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fold {
    pub cell: CellIndex,
    pub fold: u32,
    /// dBm.
    pub median_dbm: Option<f64>,
}

/// Reads a split.
///
/// # Errors
/// The file as a whole cannot be read, or has no `cell` or no `fold`.
pub fn read(path: &Path, options: &Options) -> Result<Read<Fold>, Unreadable> {
    let mut table = Table::open(path, options)?;
    let header = table.header.clone();
    let (cell, fold) = (header.find(&["cell", "h3", "h3_cell", "hex"]), header.find(&["fold", "split"]));
    let median = header.find(&["value", "median", "median_dbm", "rsrp"]);
    let missing: Vec<String> = [(cell, "cell"), (fold, "fold")]
        .iter()
        .filter(|(at, _)| at.is_none())
        .map(|(_, name)| (*name).into())
        .collect();
    if !missing.is_empty() {
        return Err(Unreadable::MissingColumns { missing, header: header.names.clone(), asked: None });
    }
    let mut batch = Batch { rows: Vec::new(), rejects: std::mem::take(&mut table.rejects) };
    while let Some(next) = table.next() {
        let row = next.and_then(|record: Record| {
            let refuse = |at: Option<usize>, reason| {
                Reject::new(record.line, header.name(at.unwrap_or_default()), record.get(at), reason)
            };
            let known = || vec!["8b4143121048fff".to_owned()];
            let index = record.get(cell).parse().map_err(|_| refuse(cell, Reason::UnknownValue { known: known() }))?;
            let number_of = |at: Option<usize>| number::parse(record.get(at).as_bytes(), table.decimal_comma);
            let whole = number_of(fold).and_then(number::whole).ok_or_else(|| refuse(fold, Reason::NotANumber))?;
            let value = Fold { cell: index, fold: whole, median_dbm: number_of(median) };
            Ok(Row { line: record.line, value })
        });
        match row {
            Ok(row) => batch.rows.push(row),
            Err(reject) => batch.rejects.push(reject),
        }
    }
    Ok(Read {
        batch,
        profile: table.profile,
        dropped_fields: Vec::new(),
        warnings: std::mem::take(&mut table.warnings),
        crs: table.crs,
        headings: super::Headings::default(),
        written: super::Written::default(),
        corrected: Vec::new(),
    })
}
