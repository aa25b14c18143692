//! Why a tile holds what it holds: candidates, features drawn and left out, bytes, and what making it took.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value as Json, json};

use super::encoded::Encoded;
use super::{Asked, Place, draw};
use crate::api::App;
use crate::api::ask::{self, Parameters};
use crate::api::asker::Asker;
use crate::api::caching::{self, Encoding};
use crate::api::problem::Problem;
use crate::tiles::{self, LayerTally};

pub(in crate::api) async fn explain(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(place): Path<Place>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = Asked::read(&app, asker, &place, &parameters).await?;
    let epoch = asked.epoch.clone();
    let kept = app.tiles.contains_key(&asked.key());
    let told = ask::work(move || {
        let view = asked.snapshot.ask(asker.role, &asked.question)?;
        let (layers, preparing) = timed(|| asked.drawn(&view));
        let layers = layers?;
        let (at, (tile, drawing)) = (asked.at, timed(|| draw(&layers, asked.at)));
        let of_layer = |tally: &LayerTally| {
            json!({
                "id": tally.id, "features_at_this_zoom": tally.at_this_zoom, "clusters": tally.clusters,
                "candidates": tally.candidates, "drawn": tally.drawn, "dropped": tally.dropped, "bytes": tally.bytes,
            })
        };
        let layers: Vec<Json> = tile.layers.iter().map(of_layer).collect();
        let encoded = Encoded::new(tile);
        let travels = |encoding: Encoding| {
            let (bytes, took) = timed(|| encoded.bytes(encoding).len());
            json!({"bytes": bytes, "milliseconds": milliseconds(took)})
        };
        Ok::<_, Problem>(json!({
            "epoch": asked.epoch,
            "sight": asked.sight.code(),
            "question": asked.question.canonical(),
            "kept": kept,
            "tile": {"z": at.z(), "x": at.x(), "y": at.y()},
            "layers": layers,
            "budget_bytes": tiles::BUDGET,
            "preparing": {"milliseconds": milliseconds(preparing)},
            "drawing": {"milliseconds": milliseconds(drawing)},
            "encodings": {
                "identity": travels(Encoding::Identity), "gzip": travels(Encoding::Gzip),
                "br": travels(Encoding::Brotli), "zstd": travels(Encoding::Zstd),
            },
        }))
    });
    let told = told.await??;
    Ok(caching::json(&headers, &epoch, "application/json", told.to_string()))
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed())
}

fn milliseconds(took: Duration) -> f64 {
    (took.as_secs_f64() * 1e6).round() / 1e3
}
