//! Server-sent events: an open map is told when the data have changed.
//!
//! One event, `epoch`, with the epoch of the snapshot that is served: at once,
//! so that a page that was away compares, and again after each change. Nothing
//! of the data is in it. A stream ends after a while and with the server; browsers come back by themselves.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::App;
use super::ask::{self, Parameters};
use super::problem::Problem;

/// Seconds that a stream lasts unless asked for fewer.
const LASTS: usize = 600;
/// A line that says nothing, so that proxies keep the stream open.
const STILL_HERE: Duration = Duration::from_secs(20);
/// When a browser comes back after a stream has ended.
const COME_BACK: Duration = Duration::from_secs(2);

pub(super) async fn events(
    State(app): State<Arc<App>>,
    Query(parameters): Query<Parameters>,
) -> Result<Response, Problem> {
    ask::only(&parameters, &["seconds"])?;
    let seconds = ask::number(&parameters, "seconds", LASTS)?.min(LASTS);
    let Ok(seat) = Arc::clone(&app.listeners).try_acquire_owned() else {
        return Err(Problem::busy("too many pages listen already", 60));
    };
    let end = Box::pin(tokio::time::sleep(Duration::from_secs(seconds as u64)));
    let told = app.told();
    let tell = stream::unfold((told, end, true, seat), |(mut told, mut end, first, seat)| async move {
        if !first {
            tokio::select! {
                changed = told.changed() => changed.ok()?,
                () = &mut end => return None,
            }
        }
        let epoch = told.borrow_and_update().clone()?;
        let event = Event::default().event("epoch").data(epoch).retry(COME_BACK);
        Some((Ok::<_, Infallible>(event), (told, end, false, seat)))
    });
    let mut response = Sse::new(tell).keep_alive(KeepAlive::new().interval(STILL_HERE)).into_response();
    // nginx would hold events back.
    response.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}
