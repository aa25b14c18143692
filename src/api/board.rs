//! The board that open pages read: which epoch is served, and what changed with it.
//!
//! A page says which question it shows. When a new snapshot takes its place,
//! the questions of all pages that listen are compared in the old and the new
//! one, once for all who share them, and then everybody is told. The old
//! snapshot is let go with that.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::flow::changed::{Changed, changed};
use crate::flow::snapshot::Snapshot;
use crate::model::access::Sight;
use crate::model::question::Question;

/// Questions that are compared for pages; those of further pages are told that everything changed. Each is answered
/// again, as its pages are about to ask, and most pages ask the first one.
const MOST_COMPARED: usize = 12;
/// Pages are told within this time, of everything where the comparison takes longer. A change should be on an open
/// map within two seconds, and half of one goes by until the server sees it. A build for debugging is slower than that.
const PATIENCE: Duration = if cfg!(debug_assertions) { Duration::from_secs(20) } else { Duration::from_millis(800) };

/// What a page shows, as its reader sees it.
pub(super) type Shown = (Question, Sight);

/// One line of the board.
pub(super) struct News {
    pub(super) epoch: String,
    /// The epoch that was served before, which `changed` compares with.
    pub(super) before: Option<String>,
    /// By what was shown. What is not here may have changed anywhere.
    pub(super) changed: HashMap<Shown, Changed>,
    turn: u64,
}

pub(super) struct Board {
    /// `None` once the server stops.
    news: watch::Sender<Option<Arc<News>>>,
    /// How many pages show what.
    shown: Mutex<HashMap<Shown, usize>>,
    turns: AtomicU64,
}

/// A page in front of the board. Dropped when it leaves.
pub(super) struct Reader {
    board: Arc<Board>,
    pub(super) shown: Shown,
}

impl Board {
    pub(super) fn new(snapshot: &Snapshot) -> Arc<Self> {
        let first = News { epoch: snapshot.epoch.to_string(), before: None, changed: HashMap::new(), turn: 0 };
        Arc::new(Self {
            news: watch::Sender::new(Some(Arc::new(first))),
            shown: Mutex::default(),
            turns: AtomicU64::new(1),
        })
    }

    /// The line of now, and those after it.
    pub(super) fn read(&self) -> watch::Receiver<Option<Arc<News>>> {
        self.news.subscribe()
    }

    pub(super) fn sit_down(self: &Arc<Self>, shown: Shown) -> Reader {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner).entry(shown.clone()).or_default() += 1;
        Reader { board: Arc::clone(self), shown }
    }

    /// Tells of a snapshot that is served already: who asks at once gets the new one.
    pub(super) fn announce(self: &Arc<Self>, before: Arc<Snapshot>, after: Arc<Snapshot>) {
        let turn = self.turns.fetch_add(1, Ordering::Relaxed);
        let board = Arc::clone(self);
        let mut news = News {
            epoch: after.epoch.to_string(),
            before: Some(before.epoch.to_string()),
            changed: HashMap::new(),
            turn,
        };
        tokio::spawn(async move {
            let asked = board.asked();
            if !asked.is_empty() {
                let compared = tokio::task::spawn_blocking(move || {
                    let one = |shown: Shown| Some((shown.clone(), changed(&before, &after, shown.1, &shown.0)?));
                    asked.into_iter().filter_map(one).collect()
                });
                if let Ok(Ok(compared)) = tokio::time::timeout(PATIENCE, compared).await {
                    news.changed = compared;
                }
            }
            board.post(news);
        });
    }

    /// Ends what would keep an orderly stop waiting.
    pub(super) fn close(&self) {
        self.news.send_replace(None);
    }

    /// What most pages show comes first.
    fn asked(&self) -> Vec<Shown> {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let mut asked: Vec<(usize, Shown)> = shown.iter().map(|(shown, pages)| (*pages, shown.clone())).collect();
        asked.sort_by_key(|(pages, _)| std::cmp::Reverse(*pages));
        asked.into_iter().take(MOST_COMPARED).map(|(_, shown)| shown).collect()
    }

    /// A comparison that took longer than the next one is old news.
    fn post(&self, news: News) {
        self.news.send_if_modified(|line| {
            let newer = line.as_ref().is_some_and(|line| line.turn < news.turn);
            if newer {
                *line = Some(Arc::new(news));
            }
            newer
        });
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let mut shown = self.board.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pages) = shown.get_mut(&self.shown) {
            *pages -= 1;
            if *pages == 0 {
                shown.remove(&self.shown);
            }
        }
    }
}
