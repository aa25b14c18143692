//! The readings of a log that an import takes, by the reader of imports itself: what is judged is what would be
//! imported.

use std::path::Path;

use jiff::Timestamp;
use rustc_hash::FxHashSet;

use super::Named;
use crate::ingest::{Headings, Options, Read, Written};
use crate::model::operator::{Operator, Technology};
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
        let new = read.rows.drain(..).filter(|row| seen.insert(said(&row.value)));
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

/// What says the same of the same instant counts once, from whichever log of a phone it came.
fn said(sample: &Sample) -> (Timestamp, Operator, Technology, [u64; 2], Option<u32>) {
    let place = [sample.position.lon().to_bits(), sample.position.lat().to_bits()];
    (sample.time, sample.operator, sample.technology, place, sample.rsrp.map(|power| power.get().to_bits()))
}

fn named(sample: &Sample, nobody: Option<Operator>) -> Named {
    Named {
        reading: Reading { at: sample.position, power: sample.rsrp },
        operator: Some(sample.operator).filter(|operator| Some(*operator) != nobody),
        technology: sample.technology,
    }
}

#[cfg(test)]
mod tests {
    use crate::ingest::fixture;
    use crate::ingest::samples::readings;

    #[test]
    fn what_says_the_same_counts_once_and_a_log_without_a_network_is_read_as_well() {
        let folder = fixture::folder();
        let text = "time,lat,lon,rsrp,speed_kmh\n2026-10-01 10:00:00,20.25,105.97,<-120,30\n\
                    2026-10-01 10:00:00,20.25,105.97,-120,31\n2026-10-01 10:00:01,20.25,105.97,-99,31\n";
        let path = fixture::write(&folder, "a.csv", text.as_bytes());
        let read = readings::read(&path, &fixture::options()).unwrap();
        let powers: Vec<_> = read.batch.rows.iter().map(|row| row.value.reading.power.unwrap().get()).collect();
        assert_eq!((powers, read.batch.rejects.len()), (vec![-120.0, -99.0], 0));
        assert!(read.batch.rows.iter().all(|row| row.value.operator.is_none()));
    }
}
