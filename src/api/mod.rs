//! HTTP: the only room with status codes.
//!
//! Tiles, lists, files and the page, all read from one [`Snapshot`] that is
//! replaced whole. Nothing here decides a figure.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, Method, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::cors::{Any, CorsLayer};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

pub mod app;
pub mod live;
pub mod serve;

mod access;
mod ask;
mod asker;
mod assets;
mod board;
mod boundaries;
mod caching;
mod change;
mod crowd;
mod events;
mod export;
mod glyphs;
mod imports;
mod inbox;
mod indicators;
mod lists;
mod metrics;
mod ogc;
mod plan;
mod problem;
mod register;
mod removal;
mod search;
mod tiles;
mod traces;
mod units;
mod uploads;
mod work;

pub use assets::files as page;

pub use app::{App, Doors, TILE_CACHE_BYTES};

/// A question that takes longer than this is answered with 503. The surface of a province, asked for before it is
/// there, takes half a minute on two cores and more on an old laptop.
const DEADLINE: Duration = Duration::from_secs(120);

/// Bytes of an action: a comment of a thousand characters and what stands around it.
const MOST_SAID: usize = 16 * 1024;

/// Bytes of what is said of a file: two thousand corrections and a profile.
const MOST_CORRECTED: usize = 1024 * 1024;

/// Every route. The seam for tests: hand it an app and speak HTTP to it.
pub fn router(app: Arc<App>) -> Router {
    // Tiles are compressed once and kept; only what has no encoding yet is compressed here.
    let compressible = DefaultPredicate::new().and(NotForContentType::const_new("font/"));
    let data = Router::new()
        .route("/style.json", get(tiles::style))
        .route("/tiles/{layers}", get(tiles::tilejson))
        .route("/tiles/{layers}/{z}/{x}/{y}", get(tiles::tile))
        .route("/tiles/{layers}/{z}/{x}/{y}/explain", get(tiles::explain))
        .route("/events", get(events::events))
        .route("/metrics", get(metrics::metrics))
        .route("/api/me", get(access::me))
        .route("/api/audit", get(access::audit))
        .route("/api/meta", get(lists::meta))
        .route("/api/summary", get(lists::summary))
        .route("/api/search", get(search::search))
        .route("/api/units/{code}/history", get(units::history))
        .route("/api/boundary_problems", get(boundaries::problems))
        .route("/api/work", get(work::list))
        .route("/api/work/{area}", get(work::one))
        .route("/api/work/{area}/actions", post(work::act).layer(DefaultBodyLimit::max(MOST_SAID)))
        .route("/api/inbox", get(inbox::list))
        .route("/api/inbox/{key}", post(inbox::decide).layer(DefaultBodyLimit::max(MOST_SAID)))
        .route("/api/register/{code}", get(register::log))
        .route("/api/register/{code}/acts", post(register::act).layer(DefaultBodyLimit::max(MOST_SAID)))
        .route("/api/erasures", post(removal::erase).layer(DefaultBodyLimit::max(MOST_SAID)))
        .route("/api/imports", get(imports::list))
        .route("/api/imports/{id}/undo", get(imports::preview).post(imports::undo))
        .route("/api/uploads", post(uploads::lay_down).layer(DefaultBodyLimit::max(crate::flow::uploads::MOST_BYTES)))
        .route("/api/uploads/{key}/mapping", post(uploads::mapping).layer(DefaultBodyLimit::max(MOST_CORRECTED)))
        .route("/api/uploads/{key}/preview", post(uploads::preview).layer(DefaultBodyLimit::max(MOST_CORRECTED)))
        .route("/api/uploads/{key}/refused", post(uploads::refused).layer(DefaultBodyLimit::max(MOST_CORRECTED)))
        .route("/api/uploads/{key}/import", post(uploads::import).layer(DefaultBodyLimit::max(MOST_CORRECTED)))
        .route("/api/plan", get(plan::plan))
        .route("/api/today", get(plan::today))
        .route("/api/forecast", get(plan::forecast))
        .route("/plan/{file}", get(plan::file))
        .route("/api/indicators", get(indicators::list))
        .route("/api/campaigns", get(indicators::campaigns))
        .route("/api/teams", get(indicators::teams))
        .route("/api/verdicts", get(indicators::verdicts))
        .route("/indicators/{file}", get(indicators::file))
        .route("/api/{layer}", get(lists::list))
        .route("/api/{layer}/{key}", get(lists::one))
        .route("/api/{layer}/{key}/speeds", get(lists::speeds))
        .route("/export/{file}", get(export::file))
        .route("/ogc", get(ogc::landing))
        .route("/ogc/", get(ogc::landing))
        .route("/ogc/api", get(ogc::openapi::document))
        .route("/ogc/conformance", get(ogc::conformance))
        .route("/ogc/collections", get(ogc::collections))
        .route("/ogc/collections/{id}", get(ogc::collection))
        .route("/ogc/collections/{id}/schema", get(ogc::schema))
        .route("/ogc/collections/{id}/queryables", get(ogc::queryables))
        .route("/ogc/collections/{id}/items", get(ogc::items::list))
        .route("/ogc/collections/{id}/items/{key}", get(ogc::items::one))
        .route("/ogc/collections/{id}/tiles", get(ogc::tiles::tilesets))
        .route("/ogc/collections/{id}/tiles/{tiling}", get(ogc::tiles::tileset))
        .route("/ogc/collections/{id}/tiles/{tiling}/{z}/{row}/{column}", get(ogc::tiles::tile))
        .route("/ogc/tileMatrixSets", get(ogc::tiles::tilings))
        .route("/ogc/tileMatrixSets/{id}", get(ogc::tiles::tiling))
        .route_layer(from_fn_with_state(Arc::clone(&app), asker::admit));
    // Only what knows nothing of the data stands before the gate.
    Router::new()
        .route("/health", get(lists::health))
        .route("/fonts/{stack}/{range}", get(glyphs::range))
        .route("/api/login", post(access::login).layer(DefaultBodyLimit::max(MOST_SAID)))
        .route("/api/logout", post(access::logout))
        .merge(data)
        .fallback(assets::file)
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::SERVICE_UNAVAILABLE, DEADLINE))
        .layer(CatchPanicLayer::custom(problem::of_panic))
        // What took too long or broke is counted and traced like every other answer.
        .layer(from_fn_with_state(Arc::clone(&app), crowd::admit))
        .layer(from_fn_with_state(Arc::clone(&app), metrics::count))
        .layer(from_fn(traces::trace))
        .with_state(app)
        .layer(CompressionLayer::new().compress_when(compressible))
        .layer(
            CorsLayer::new()
                .allow_origin(Any)
                .allow_methods([Method::GET, Method::HEAD])
                .allow_headers([header::IF_NONE_MATCH])
                .expose_headers([
                    header::ETAG,
                    HeaderName::from_static("content-crs"),
                    HeaderName::from_static("x-phusong-dropped"),
                    HeaderName::from_static("x-phusong-epoch"),
                ]),
        )
        .layer(TraceLayer::new_for_http())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axum_still_refuses_a_suffix_behind_a_parameter() {
        let built = std::panic::catch_unwind(|| Router::<()>::new().route("/{y}.mvt", get(|| async {})));
        assert!(built.is_err(), "docs/decisions/0007 can be shortened: axum takes `/{{y}}.mvt` now");
    }
}
