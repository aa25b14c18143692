//! What the handlers share: the snapshot of the moment and the tiles made from it.

use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use moka::sync::Cache;

use super::tiles::{Encoded, TileKey};
use crate::flow::snapshot::Snapshot;
use crate::model::rules::Rules;
use crate::store::{Store, StoreError};

/// Memory for finished tiles, bytes, all encodings together. Suits a laptop.
const TILE_CACHE_BYTES: u64 = 128 * 1024 * 1024;

/// Whether the work list may be written over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edits {
    Closed,
    Open,
}

pub struct App {
    pub(super) store: Arc<dyn Store>,
    pub(super) rules: Rules,
    /// The clock, handed in by the command line and by tests.
    pub(super) clock: fn() -> Timestamp,
    pub(super) edits: Edits,
    pub(super) tiles: Cache<TileKey, Arc<Encoded>>,
    snapshot: RwLock<Arc<Snapshot>>,
}

impl App {
    /// Takes the first snapshot, judging the store when its verdicts are out of date.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn new(
        store: Arc<dyn Store>,
        rules: Rules,
        clock: fn() -> Timestamp,
        edits: Edits,
    ) -> Result<Arc<Self>, StoreError> {
        let snapshot = Snapshot::take(&*store, &rules, clock()).await?;
        let tiles = Cache::builder()
            .max_capacity(TILE_CACHE_BYTES)
            .weigher(|_: &TileKey, tile: &Arc<Encoded>| tile.weight())
            .build();
        Ok(Arc::new(Self { store, rules, clock, edits, tiles, snapshot: RwLock::new(Arc::new(snapshot)) }))
    }

    /// The snapshot of the moment. Hold it for the whole request: the next call may see a newer one.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn replace(&self, snapshot: Snapshot) {
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
    }
}
