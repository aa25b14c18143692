//! What is to be looked at in the boundaries of a day.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::json;

use super::App;
use super::ask::{self, Parameters};
use super::caching;
use super::problem::Problem;

/// Findings that one request may take.
const MOST: usize = 1_000;

pub(super) async fn problems(
    State(app): State<Arc<App>>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let limit = ask::number(&parameters, "limit", 100)?.min(MOST);
    let offset = ask::number(&parameters, "offset", 0)?;
    let question = ask::question(&parameters, &["limit", "offset"])?;
    let snapshot = app.snapshot();
    let epoch = snapshot.epoch.to_string();
    let body = ask::work(move || {
        let as_of = question.as_of.unwrap_or(snapshot.facts.today);
        let found = snapshot.boundaries(as_of);
        let items: Vec<_> = found.findings.iter().skip(offset).take(limit).collect();
        json!({
            "as_of": as_of.to_string(), "units": found.units, "counts": found.counts,
            "total": found.findings.len(), "offset": offset, "items": items,
        })
    })
    .await?;
    Ok(caching::json(&headers, &epoch, "application/json", body.to_string()))
}
