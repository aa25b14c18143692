//! Masts and cells, streamed: the list of a country has a million rows.

use std::path::Path;

use super::places::Places;
use super::samples::Watch;
use super::{ImportError, Job};
use crate::ingest;
use crate::model::refusal::Batch;
use crate::model::site::Site;
use crate::store::{Store, StoreError};

pub(super) async fn import(
    store: &dyn Store,
    job: &mut Job,
    path: &Path,
    options: &ingest::Options,
) -> Result<(), ImportError> {
    let places = Places::load(store, job.today).await?;
    let mut watch = Watch::default();
    // As for samples: a reader of its own thread, and a channel that makes it wait for the store.
    let (to_store, mut pieces) = tokio::sync::mpsc::channel::<Batch<Site>>(2);
    let (reader_path, reader_options) = (path.to_owned(), options.clone());
    let reader = tokio::task::spawn_blocking(move || {
        ingest::sites::read(&reader_path, &reader_options, &mut |piece| {
            to_store.blocking_send(piece).map_err(|_| ingest::Stop)
        })
    });
    while let Some(piece) = pieces.recv().await {
        for row in &piece.rows {
            watch.see(row.value.operator, row.value.at, &places);
        }
        let rows: Vec<Site> = piece.rows.into_iter().map(|row| row.value).collect();
        let counts = job.transaction.put_sites(&rows).await?;
        job.took(rows.len(), counts);
        job.refuse(piece.rejects).await?;
    }
    let summary = reader.await.map_err(|_| StoreError::Interrupted)??;
    job.report.profile = summary.profile.to_owned();
    job.report.dropped_fields = summary.dropped_fields;
    job.report.warnings = summary.warnings;
    job.report.notes.extend(watch.notes());
    Ok(())
}
