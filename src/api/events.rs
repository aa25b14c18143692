//! Server-sent events: an open map is told when the data have changed, and which layers of what it shows, and where.
//!
//! One event, `epoch`: the epoch of the snapshot that is served, at once, so
//! that a page that was away compares, and again after each change. With a
//! change come the layers that are drawn otherwise for this reader and this
//! question, each with a box that holds every difference; a box begins and ends
//! with tiles of zoom 12, some 9 km wide. The boxes are worked out from what the
//! reader sees before and after, so they tell nothing that two maps do not.
//! A stream ends after a while and with the server; browsers come back by themselves.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::App;
use super::ask::{self, Parameters};
use super::asker::{self, Asker};
use super::board::{News, Reader};
use super::problem::Problem;

/// Seconds that a stream lasts unless asked for fewer.
const LASTS: usize = 600;
/// A line that says nothing, so that proxies keep the stream open.
const STILL_HERE: Duration = Duration::from_secs(20);
/// When a browser comes back after a stream has ended.
const COME_BACK: Duration = Duration::from_secs(2);

/// One open page.
struct Listener {
    app: Arc<App>,
    asker: Asker,
    headers: HeaderMap,
    reader: Reader,
    news: watch::Receiver<Option<Arc<News>>>,
    /// The last epoch that it was told.
    told: Option<String>,
    _seat: OwnedSemaphorePermit,
}

pub(super) async fn events(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let question = ask::question(&parameters, &["seconds", ask::CAMPAIGN])?;
    let seconds = ask::number(&parameters, "seconds", LASTS)?.min(LASTS);
    let sight = app.snapshot().admit(asker.role, &question)?;
    let Ok(seat) = Arc::clone(&app.listeners).try_acquire_owned() else {
        return Err(Problem::busy("too many pages listen already", 60));
    };
    let end = Box::pin(tokio::time::sleep(Duration::from_secs(seconds as u64)));
    let (reader, news) = (app.board.sit_down((question, sight)), app.board.read());
    let listener = Listener { app, asker, headers, reader, news, told: None, _seat: seat };
    let tell = stream::unfold((listener, end), |(mut listener, mut end)| async move {
        if listener.told.is_some() {
            tokio::select! {
                changed = listener.news.changed() => changed.ok()?,
                () = &mut end => return None,
            }
        }
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), (listener, end)))
    });
    let mut response = Sse::new(tell).keep_alive(KeepAlive::new().interval(STILL_HERE)).into_response();
    // nginx would hold events back.
    response.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

impl Listener {
    /// `None` once there is nothing more for this reader: the server stops, or its token opens nothing any more.
    async fn next(&mut self) -> Option<Event> {
        let news = self.news.borrow_and_update().clone()?;
        let still = asker::identify(&self.app, &self.headers).await.ok()?;
        if still != self.asker {
            return None;
        }
        let follows = self.told.is_some() && self.told == news.before;
        let changed = news.changed.get(&self.reader.shown).filter(|_| follows);
        let said = match changed {
            None => json!({"epoch": news.epoch}),
            Some(changed) => json!({"epoch": news.epoch, "before": news.before, "changed": changed}),
        };
        self.told = Some(news.epoch.clone());
        Some(Event::default().event("epoch").data(said.to_string()).retry(COME_BACK))
    }
}
