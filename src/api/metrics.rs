//! Counts for Prometheus: requests, tiles, the epoch, and what the process takes.
//!
//! Nothing here knows what was asked: a route stands as it is written in the router, never as it was called.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Extension;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::App;
use super::asker::Asker;
use super::problem::Problem;
use crate::model::access::Matter;

/// Seconds. From a tile in memory to a question that nobody asked before.
const SECONDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

pub(super) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    request_seconds: Histogram,
    tiles: Family<TileLabels, Counter>,
    tile_seconds: Histogram,
    turned_away: Counter,
    epoch: Gauge,
    resident: Gauge,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TileLabels {
    zoom: u8,
    from: &'static str,
}

impl Metrics {
    pub(super) fn new() -> Self {
        let mut registry = Registry::with_prefix("phusong");
        let (requests, tiles) = (Family::default(), Family::default());
        let (request_seconds, tile_seconds) = (Histogram::new(SECONDS), Histogram::new(SECONDS));
        let (turned_away, epoch, resident) = (Counter::default(), Gauge::default(), Gauge::default());
        registry.register("requests", "Answers by route and status", Family::clone(&requests));
        registry.register("request_seconds", "Until the head of an answer", request_seconds.clone());
        registry.register("tiles", "Tiles by zoom, from memory or made", Family::clone(&tiles));
        registry.register("tile_seconds", "Making a tile, without compressing it", tile_seconds.clone());
        registry.register("turned_away", "Requests beyond those answered at once", turned_away.clone());
        registry.register("epoch_imports", "Imports and decisions that the served data hold", epoch.clone());
        registry.register("resident_bytes", "Memory of the process; 0 where it cannot be read", resident.clone());
        Self { registry, requests, request_seconds, tiles, tile_seconds, turned_away, epoch, resident }
    }

    pub(super) fn tile(&self, zoom: u8, kept: bool) {
        self.tiles.get_or_create(&TileLabels { zoom, from: if kept { "memory" } else { "made" } }).inc();
    }

    pub(super) fn made(&self, took: Duration) {
        self.tile_seconds.observe(took.as_secs_f64());
    }

    pub(super) fn turned_away(&self) {
        self.turned_away.inc();
    }
}

/// Counts every answer.
pub(super) async fn count(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>();
    // Everything that no route takes is a file of the page, or nothing.
    let route = matched.map_or_else(|| "page".to_owned(), |path| path.as_str().to_owned());
    let start = Instant::now();
    let response = next.run(request).await;
    app.metrics.request_seconds.observe(start.elapsed().as_secs_f64());
    app.metrics.requests.get_or_create(&RequestLabels { route, status: response.status().as_u16() }).inc();
    response
}

/// The text format of Prometheus, for whoever may read who did what.
pub(super) async fn metrics(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
) -> Result<Response, Problem> {
    asker.role.need(Matter::Audit)?;
    app.metrics.epoch.set(i64::try_from(app.snapshot().imports.len()).unwrap_or(i64::MAX));
    app.metrics.resident.set(resident_bytes().unwrap_or(0));
    let mut text = String::new();
    encode(&mut text, &app.metrics.registry).map_err(|error| {
        tracing::error!(%error, "the metrics could not be written");
        Problem::ours()
    })?;
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "no-store")], text).into_response())
}

/// The second number of `/proc/self/statm` is pages; they have 4 KiB wherever there is one and we are built for.
fn resident_bytes() -> Option<i64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: i64 = text.split_whitespace().nth(1)?.parse().ok()?;
    pages.checked_mul(4096)
}
