//! Measurements, streamed: a file of any size passes through in pieces.

use std::collections::BTreeMap;
use std::path::Path;

use super::places::Places;
use super::{ImportError, Job, Note};
use crate::ingest;
use crate::model::operator::Operator;
use crate::model::refusal::Batch;
use crate::model::sample::Sample;
use crate::store::{Store, StoreError};

pub(super) async fn import(
    store: &dyn Store,
    job: &mut Job,
    path: &Path,
    options: &ingest::Options,
) -> Result<(), ImportError> {
    let places = Places::load(store, job.today).await?;
    let mut outside = 0_u64;
    let mut unknown: BTreeMap<Operator, u64> = BTreeMap::new();
    // The reader works on a thread of its own; a full channel makes it wait for the store.
    let (to_store, mut pieces) = tokio::sync::mpsc::channel::<Batch<Sample>>(2);
    let (reader_path, reader_options) = (path.to_owned(), options.clone());
    let reader = tokio::task::spawn_blocking(move || {
        ingest::samples::read(&reader_path, &reader_options, &mut |piece| {
            to_store.blocking_send(piece).map_err(|_| ingest::samples::Stop)
        })
    });
    while let Some(piece) = pieces.recv().await {
        if places.has_areas() {
            outside += piece.rows.iter().filter(|row| !places.is_inside(row.value.position)).count() as u64;
        }
        for operator in piece.rows.iter().map(|row| row.value.operator).filter(|operator| !is_known(*operator)) {
            *unknown.entry(operator).or_default() += 1;
        }
        let rows: Vec<Sample> = piece.rows.into_iter().map(|row| row.value).collect();
        let counts = job.transaction.put_samples(&rows).await?;
        job.took(rows.len(), counts);
        job.refuse(piece.rejects).await?;
    }
    let summary = reader.await.map_err(|_| StoreError::Interrupted)??;
    job.report.profile = summary.profile.to_owned();
    job.report.dropped_fields = summary.dropped_fields;
    job.report.warnings = summary.warnings;
    if !unknown.is_empty() {
        let rows = unknown.values().sum();
        let names = unknown.keys().take(NAMED).map(ToString::to_string).collect();
        job.report.notes.push(Note::UnknownOperators { names, rows });
    }
    if outside > 0 {
        job.report.notes.push(Note::OutsideCommunes { rows: outside });
    }
    Ok(())
}

/// How many unknown operators a note names.
const NAMED: usize = 5;

/// A brand of Viet Nam, or a network that states its code: `310-410`.
fn is_known(operator: Operator) -> bool {
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let code =
        |(mcc, mnc): (&str, &str)| mcc.len() == 3 && matches!(mnc.len(), 2 | 3) && is_number(mcc) && is_number(mnc);
    // Every brand is spelt otherwise than its slug; a slug without a brand stands for itself.
    operator.brand() != operator.as_str() || operator.as_str().split_once('-').is_some_and(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brands_and_codes_are_known_and_slips_are_not() {
        for (text, known) in [
            ("viettel", true),
            ("VINAPHONE", true),
            ("mobifone", true),
            ("vietnamobile", true),
            ("gmobile", true),
            ("itel", true),
            ("wintel", true),
            ("310-410", true),
            ("45204", true),
            ("Vietel", false),
            ("310-4x0", false),
            ("1-410", false),
        ] {
            assert_eq!(is_known(text.parse().unwrap()), known, "{text}");
        }
    }
}
