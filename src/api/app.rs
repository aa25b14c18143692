//! What the handlers share: the snapshot of the moment and the tiles made from it.

use std::sync::{Arc, PoisonError, RwLock};

use axum::http::HeaderMap;
use jiff::Timestamp;
use moka::sync::Cache;
use tokio::sync::Semaphore;

use super::asker;
use super::board::Board;
use super::crowd;
use super::metrics::Metrics;
use super::tiles::{Encoded, TileKey};
use crate::flow::snapshot::Snapshot;
use crate::flow::uploads::Desk;
use crate::model::access::Role;
use crate::model::rules::Rules;
use crate::store::{Store, StoreError};

/// Memory for finished tiles, bytes, all encodings together, unless said otherwise. Suits a laptop.
pub const TILE_CACHE_BYTES: u64 = 128 * 1024 * 1024;

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
    pub(super) metrics: Metrics,
    pub(super) tiles: Cache<TileKey, Arc<Encoded>>,
    snapshot: RwLock<Arc<Snapshot>>,
    /// What open pages are told.
    pub(super) board: Arc<Board>,
    pub(super) seats: Semaphore,
    pub(super) listeners: Arc<Semaphore>,
}

impl App {
    /// Takes the first snapshot, judging the store when its verdicts are out of date. Without memory for tiles each is
    /// made anew, once for all who ask at the same time.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn new(
        store: Arc<dyn Store>,
        rules: Rules,
        clock: fn() -> Timestamp,
        doors: Doors,
        tile_cache_bytes: u64,
    ) -> Result<Arc<Self>, StoreError> {
        let snapshot = Snapshot::take(&*store, &rules, clock()).await?;
        let tiles = Cache::builder()
            .max_capacity(tile_cache_bytes)
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
            metrics: Metrics::new(),
            tiles,
            board: Board::new(&snapshot),
            snapshot: RwLock::new(Arc::new(snapshot)),
            seats: Semaphore::new(crowd::SEATS),
            listeners: Arc::new(Semaphore::new(crowd::LISTENERS)),
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
        let shown = !self.doors.demo.is_empty()
            && self.snapshot().imports.iter().filter(|import| import.stands()).all(|import| import.synthetic);
        shown.then_some(self.doors.demo.as_slice())
    }

    /// What readers see stays: they are told nothing.
    pub(super) fn settle(&self, snapshot: Snapshot) {
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
    }

    /// Serves another snapshot from now on, and says so.
    pub(super) fn replace(&self, after: Arc<Snapshot>) {
        let before = {
            let mut served = self.snapshot.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *served, Arc::clone(&after))
        };
        self.board.announce(before, after);
    }

    /// Ends what would keep an orderly stop waiting.
    pub(super) fn close(&self) {
        self.board.close();
    }
}
