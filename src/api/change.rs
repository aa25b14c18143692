//! Changes of what the store holds, one at a time beside the readers: begun, brought to their end and written down
//! whether the request waits or not, shown on the map, and only then answered.

use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::Value as Json;
use tokio::sync::OwnedMutexGuard;

use super::App;
use super::ask;
use super::caching;
use super::live;
use super::problem::Problem;
use crate::flow::snapshot::Snapshot;

/// How long a change waits for the one before it.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) async fn alone(app: &App) -> Result<OwnedMutexGuard<()>, Problem> {
    let turn = Arc::clone(&app.importing).lock_owned();
    tokio::time::timeout(PATIENCE, turn).await.map_err(|_| Problem::busy("another import is at work", 10))
}

/// Does a work to its end and answers with what the map shows then; a map that cannot be shown anew at once follows
/// within seconds.
pub(super) async fn to_the_end<T: Send + 'static>(
    app: &Arc<App>,
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
    told: impl FnOnce(T, &Snapshot) -> Json + Send + 'static,
) -> Result<Response, Problem> {
    let alone = alone(app).await?;
    let app = Arc::clone(app);
    // Not dropped with the request.
    let whole = tokio::spawn(async move {
        let done = work.await?;
        if let Err(error) = live::refresh(&app).await {
            tracing::warn!(%error, "the store was changed, and the map does not show it yet");
        }
        let snapshot = app.snapshot();
        let body = ask::work(move || {
            let mut body = told(done, &snapshot);
            body["epoch"] = Json::from(snapshot.epoch.to_string());
            body
        });
        let answer = answered(&app, &body.await?);
        drop(alone);
        Ok(answer)
    });
    whole.await.map_err(|error| {
        tracing::error!(%error, "a change of the store did not finish");
        Problem::ours()
    })?
}

pub(super) fn answered(app: &App, body: &Json) -> Response {
    let epoch = app.snapshot().epoch.to_string();
    caching::json(&HeaderMap::new(), &epoch, "application/json", body.to_string())
}
