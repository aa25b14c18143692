//! The readings of a log that an import takes, by the reader of imports itself: what is judged is what would be
//! imported.

use std::path::Path;

use rustc_hash::FxHashSet;

use super::Named;
use crate::ingest::{Headings, Options, Read, Written};
use crate::model::operator::Operator;
use crate::model::refusal::{Batch, Row};
use crate::model::sample::{Reading, Sample};

/// Stands for the network of a log that names none, which is judged all the same.
const NOBODY: &str = "unnamed";

/// `None` for a file that no import takes, or of which it takes no row.
pub(super) fn read(path: &Path, options: &Options) -> Option<Read<Named>> {
    match options.operator {
        Some(_) => of(path, options, None),
        None => of(path, options, None).or_else(|| {
            let nobody: Operator = NOBODY.parse().ok()?;
            of(path, &Options { operator: Some(nobody), ..options.clone() }, Some(nobody))
        }),
    }
}

fn of(path: &Path, options: &Options, nobody: Option<Operator>) -> Option<Read<Named>> {
    let mut batch = Batch { rows: Vec::new(), rejects: Vec::new() };
    let mut seen = FxHashSet::default();
    let found = super::super::read(path, options, &mut |read| {
        let new = read.rows.drain(..).filter(|row| seen.insert(row.value.key()));
        batch.rows.extend(new.map(|row| Row { line: row.line, value: named(&row.value, nobody) }));
        batch.rejects.append(&mut read.rejects);
        Ok(())
    });
    let summary = found.ok().filter(|_| !batch.rows.is_empty())?;
    Some(Read {
        batch,
        profile: "samples",
        dropped_fields: summary.dropped_fields,
        warnings: summary.warnings,
        crs: None,
        headings: Headings::default(),
        written: Written::default(),
        corrected: Vec::new(),
    })
}

fn named(sample: &Sample, nobody: Option<Operator>) -> Named {
    Named {
        reading: Reading { at: sample.position, power: sample.rsrp },
        operator: Some(sample.operator).filter(|operator| Some(*operator) != nobody),
        technology: sample.technology,
    }
}
