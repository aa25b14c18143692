//! The map follows the store: an import by another program is on the map
//! within seconds, without a restart.

use std::sync::Arc;
use std::time::Duration;

use super::App;
use crate::flow::snapshot::Since;
use crate::store::StoreError;

/// How often the store's epoch is read. It is one row, and a change should be on an open map within two seconds.
const EVERY: Duration = Duration::from_millis(500);
/// Verdicts are worked out anew when the store moves on meanwhile, this often.
const TRIES: u32 = 3;
/// Since the last change, before its verdicts are written for other programs.
const AT_REST: Duration = Duration::from_secs(3);
/// Since the last change, before the surface is worked out unasked: the first screen has been drawn by then.
const SETTLED: Duration = Duration::from_secs(20);

/// Watches for ever; failures are logged and tried again, and the old snapshot stays.
pub async fn follow(app: Arc<App>) {
    let mut quiet = Duration::ZERO;
    loop {
        tokio::time::sleep(EVERY).await;
        quiet += EVERY;
        app.uploads.sweep((app.clock)());
        if quiet == AT_REST {
            drop(tokio::spawn(settle(Arc::clone(&app))));
        }
        if quiet == SETTLED {
            prepare(&app);
        }
        match look(&app).await {
            Ok(true) => quiet = Duration::ZERO,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "the store could not be read; the old snapshot stays"),
        }
    }
}

/// A store that moves on meanwhile is settled after that change.
async fn settle(app: Arc<App>) {
    let snapshot = app.snapshot();
    match snapshot.settle(&*app.store, &app.rules, (app.clock)()).await {
        Ok(()) | Err(StoreError::Moved { .. }) => {}
        Err(error) => {
            tracing::warn!(%error, "the verdicts could not be written; the map shows them, the file does not")
        }
    }
}

/// On one thread of its own, so that questions do not queue behind it; a reader who asks for the surface
/// meanwhile waits for the same work.
fn prepare(app: &App) {
    let snapshot = app.snapshot();
    drop(tokio::task::spawn_blocking(move || {
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        if let Ok(alone) = alone {
            alone.install(|| snapshot.prepare());
        }
    }));
}

/// Takes a new snapshot at once where the store has moved on, so that a writer sees what was written.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn refresh(app: &App) -> Result<(), StoreError> {
    for _ in 1..TRIES {
        match look(app).await {
            Err(StoreError::Moved { .. }) => {}
            other => return other.map(|_| ()),
        }
    }
    look(app).await.map(|_| ())
}

/// Whether there was anything new, which is served from now on.
async fn look(app: &App) -> Result<bool, StoreError> {
    let _alone = app.looking.lock().await;
    let now = (app.clock)();
    let before = app.snapshot();
    let snapshot = match before.since(&*app.store, &app.rules, now).await? {
        Since::Nothing => return Ok(false),
        Since::Settled(snapshot) => {
            app.settle(snapshot);
            return Ok(false);
        }
        Since::Changed(snapshot) => Arc::new(snapshot),
    };
    let warmed = Arc::clone(&snapshot);
    tokio::task::spawn_blocking(move || warmed.warm()).await.map_err(|_| StoreError::Interrupted)?;
    tracing::info!(epoch = %snapshot.epoch, "the store has changed: a new snapshot is served");
    app.replace(snapshot);
    Ok(true)
}
