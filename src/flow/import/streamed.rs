//! Measurements and sites, streamed: a file of any size passes through in pieces.

use std::collections::BTreeMap;
use std::path::Path;

use async_trait::async_trait;

use super::masts::Masts;
use super::places::Places;
use super::{ImportError, Job, Note};
use crate::ingest::{self, Sink, Stop, Summary, Unreadable};
use crate::model::import::Counts;
use crate::model::measure::LonLat;
use crate::model::operator::Operator;
use crate::model::refusal::Batch;
use crate::model::sample::Sample;
use crate::model::site::Site;
use crate::store::{ImportTransaction, Store, StoreError};

/// A row of a network at a place, of which files are too large for memory.
#[async_trait]
pub(super) trait Streamed: Sized + Send + 'static {
    fn read(path: &Path, options: &ingest::Options, sink: Sink<'_, Self>) -> Result<Summary, Unreadable>;
    fn network(&self) -> (Operator, LonLat);
    async fn put(rows: &[Self], transaction: &mut dyn ImportTransaction) -> Result<Counts, StoreError>;
    /// What is remembered of a mast until the file ends; of measurements nothing.
    fn remember(&self, _masts: &mut Masts) {}
}

#[async_trait]
impl Streamed for Sample {
    fn read(path: &Path, options: &ingest::Options, sink: Sink<'_, Self>) -> Result<Summary, Unreadable> {
        ingest::samples::read(path, options, sink)
    }

    fn network(&self) -> (Operator, LonLat) {
        (self.operator, self.position)
    }

    async fn put(rows: &[Self], transaction: &mut dyn ImportTransaction) -> Result<Counts, StoreError> {
        transaction.put_samples(rows).await
    }
}

#[async_trait]
impl Streamed for Site {
    fn read(path: &Path, options: &ingest::Options, sink: Sink<'_, Self>) -> Result<Summary, Unreadable> {
        ingest::sites::read(path, options, sink)
    }

    fn network(&self) -> (Operator, LonLat) {
        (self.operator, self.at)
    }

    async fn put(rows: &[Self], transaction: &mut dyn ImportTransaction) -> Result<Counts, StoreError> {
        transaction.put_sites(rows).await
    }

    fn remember(&self, masts: &mut Masts) {
        masts.see(self);
    }
}

/// Sites; `replace`: the file is the whole of its networks.
pub(super) async fn sites(
    store: &dyn Store,
    job: &mut Job,
    (path, options): (&Path, &ingest::Options),
    replace: bool,
) -> Result<(), ImportError> {
    let known = store.sites().await?;
    let masts = import::<Site>(store, job, path, options).await?;
    masts.settle(&known, job, replace).await
}

pub(super) async fn import<T: Streamed>(
    store: &dyn Store,
    job: &mut Job,
    path: &Path,
    options: &ingest::Options,
) -> Result<Masts, ImportError> {
    let places = Places::load(store, job.today).await?;
    let (mut watch, mut masts) = (Watch::default(), Masts::default());
    // The reader works on a thread of its own; a full channel makes it wait for the store.
    let (to_store, mut pieces) = tokio::sync::mpsc::channel::<Batch<T>>(2);
    let (reader_path, reader_options) = (path.to_owned(), options.clone());
    let reader = tokio::task::spawn_blocking(move || {
        T::read(&reader_path, &reader_options, &mut |piece| {
            to_store.blocking_send(std::mem::take(piece)).map_err(|_| Stop)
        })
    });
    while let Some(piece) = pieces.recv().await {
        for row in &piece.rows {
            let (operator, at) = row.value.network();
            watch.see(operator, at, &places);
            row.value.remember(&mut masts);
        }
        let rows: Vec<T> = piece.rows.into_iter().map(|row| row.value).collect();
        let counts = T::put(&rows, &mut *job.transaction).await?;
        job.took(rows.len(), counts);
        job.refuse(piece.rejects).await?;
    }
    let summary = reader.await.map_err(|_| StoreError::Interrupted)??;
    job.report.profile = summary.profile;
    job.report.dropped_fields = summary.dropped_fields;
    job.report.warnings = summary.warnings;
    let is_in = !job.report.dry_run;
    job.report.notes.extend(watch.notes(is_in));
    Ok(masts)
}

/// What is odd about single rows and said once about all of them.
#[derive(Default)]
struct Watch {
    outside: u64,
    /// Rows by operator.
    operators: BTreeMap<Operator, u64>,
}

impl Watch {
    fn see(&mut self, operator: Operator, at: LonLat, places: &Places) {
        self.outside += u64::from(places.has_areas() && !places.is_inside(at));
        *self.operators.entry(operator).or_default() += 1;
    }

    fn notes(self, is_in: bool) -> Vec<Note> {
        let mut notes = Vec::from_iter(unknown_operators(&self.operators, is_in));
        if self.outside > 0 {
            notes.push(Note::OutsideCommunes { rows: self.outside });
        }
        notes
    }
}

/// Names what may be a slip, from rows by operator. `is_in`: the rows have come in.
pub(super) fn unknown_operators(rows: &BTreeMap<Operator, u64>, is_in: bool) -> Option<Note> {
    let unknown = || rows.iter().filter(|(operator, _)| !is_known(**operator));
    let rows = unknown().map(|(_, rows)| rows).sum();
    let names: Vec<String> = unknown().take(MOST_ASKED).map(|(operator, _)| operator.to_string()).collect();
    (!names.is_empty()).then_some(Note::UnknownOperators { names, rows, is_in })
}

/// Unknown operators that the page asks about: a column with more of them is none of networks.
const MOST_ASKED: usize = 20;

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
