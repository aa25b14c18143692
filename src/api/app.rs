//! What the handlers share: the snapshot of the moment and the tiles made from it.

use std::sync::{Arc, PoisonError, RwLock};

use axum::http::HeaderMap;
use jiff::Timestamp;
use moka::sync::Cache;

use super::asker;
use super::tiles::{Encoded, TileKey};
use crate::flow::snapshot::Snapshot;
use crate::flow::uploads::Desk;
use crate::model::access::Role;
use crate::model::rules::Rules;
use crate::store::{Store, StoreError};

/// Memory for finished tiles, bytes, all encodings together. Suits a laptop.
const TILE_CACHE_BYTES: u64 = 128 * 1024 * 1024;

/// Who is let in as what.
#[derive(Clone, Debug)]
pub struct Doors {
    /// The role of requests without a token from this machine. Everybody else is the public.
    pub unasked: Role,
    /// Secrets of the demo, a token for each role, for its page to choose among.
    pub demo: Vec<(Role, String)>,
}

pub struct App {
    pub(super) store: Arc<dyn Store>,
    pub(super) rules: Rules,
    /// The clock, handed in by the command line and by tests.
    pub(super) clock: fn() -> Timestamp,
    doors: Doors,
    /// Files that wait for their import.
    pub(super) uploads: Arc<Desk>,
    /// Held by the one import or look that is at work.
    pub(super) importing: Arc<tokio::sync::Mutex<()>>,
    /// Held while a new snapshot is made: two at once would overwrite each other's verdicts.
    pub(super) looking: tokio::sync::Mutex<()>,
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
        doors: Doors,
    ) -> Result<Arc<Self>, StoreError> {
        let snapshot = Snapshot::take(&*store, &rules, clock()).await?;
        let tiles = Cache::builder()
            .max_capacity(TILE_CACHE_BYTES)
            .weigher(|_: &TileKey, tile: &Arc<Encoded>| tile.weight())
            .build();
        Ok(Arc::new(Self {
            store,
            rules,
            clock,
            doors,
            uploads: Arc::new(Desk::new()),
            importing: Arc::default(),
            looking: tokio::sync::Mutex::default(),
            tiles,
            snapshot: RwLock::new(Arc::new(snapshot)),
        }))
    }

    /// The snapshot of the moment. Hold it for the whole request: the next call may see a newer one.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The role of a request without a token.
    pub(super) fn unasked(&self, headers: &HeaderMap) -> Role {
        if asker::is_local(headers) { self.doors.unasked } else { Role::Public }
    }

    /// The roles that the page may choose among, with their secrets; `None` unless everything here was made for the demo.
    pub(super) fn demo(&self) -> Option<&[(Role, String)]> {
        let shown = !self.doors.demo.is_empty() && self.snapshot().imports.iter().all(|import| import.synthetic);
        shown.then_some(self.doors.demo.as_slice())
    }

    pub(super) fn replace(&self, snapshot: Snapshot) {
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
    }
}
