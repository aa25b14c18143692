//! Why a tile holds what it holds: candidates, features drawn and left out, bytes, and what making it took.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value as Json, json};

use super::encoded::Encoded;
use super::{TileKey, address, also, choices, definitions, draw, drawn, seen};
use crate::api::App;
use crate::api::ask::{self, Parameters};
use crate::api::asker::Asker;
use crate::api::caching::{self, Encoding};
use crate::api::problem::Problem;
use crate::tiles::{self, LayerTally};

pub(in crate::api) async fn explain(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path((layers, z, x, y)): Path<(String, String, String, String)>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let layers = definitions(&layers)?;
    let at = address(&z, &x, &y)?;
    let question = ask::question(&parameters, &also())?;
    let snapshot = app.snapshot();
    let sight = snapshot.admit(asker.role, &question)?;
    seen(&layers, sight)?;
    let choices = choices(&parameters, &layers, sight)?;
    let epoch = snapshot.epoch.to_string();
    let key = TileKey::new(&epoch, sight, &layers, (&question, &choices), at);
    let kept = app.tiles.contains_key(&key);
    let asked = question.canonical();
    let told = ask::work(move || {
        let view = snapshot.ask(asker.role, &question)?;
        let (layers, preparing) = timed(|| drawn(&snapshot, &view, &layers, &choices));
        let layers = layers?;
        let (tile, drawing) = timed(|| draw(&layers, at));
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
    let mut told = told.await??;
    told["epoch"] = epoch.clone().into();
    told["sight"] = sight.code().into();
    told["question"] = asked.into();
    told["kept"] = kept.into();
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
