//! Measurements, streamed: a file of any size passes through in pieces.

use std::path::Path;

use super::places::Places;
use super::{ImportError, Job, Note};
use crate::ingest;
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
    // The reader works on a thread of its own; a full channel makes it wait for the store.
    let (to_store, mut pieces) = tokio::sync::mpsc::channel::<Batch<Sample>>(2);
    let (reader_path, reader_options) = (path.to_owned(), options.clone());
    let reader = tokio::task::spawn_blocking(move || {
        ingest::samples::read(&reader_path, &reader_options, &mut |piece| {
            to_store.blocking_send(piece).map_err(|_| ingest::samples::Stop)
        })
    });
    while let Some(piece) = pieces.recv().await {
        if places.has_units() {
            outside += piece.rows.iter().filter(|row| !places.is_inside(row.value.position)).count() as u64;
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
    if outside > 0 {
        job.report.notes.push(Note::OutsideCommunes { rows: outside });
    }
    Ok(())
}
