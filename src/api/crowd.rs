//! More requests at once than the machine can answer are turned away at the door, not kept waiting with the others.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::App;
use super::problem::Problem;

/// Requests that are answered at the same time. Each may hold a thread and a tile.
pub(super) const SEATS: usize = 1_024;
/// Open pages that are told of changes.
pub(super) const LISTENERS: usize = 4_096;

pub(super) async fn admit(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match app.seats.try_acquire() {
        Ok(_seat) => next.run(request).await,
        Err(_) => {
            app.metrics.turned_away();
            Problem::busy("more is being asked than this server answers at once", 2).into_response()
        }
    }
}
