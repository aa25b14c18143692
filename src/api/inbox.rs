//! The inbox of visits that were held back: read and decided where the server was started for it.

use std::sync::Arc;

use axum::Json as Body;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::App;
use super::app::Edits;
use super::ask::{self, Parameters};
use super::caching;
use super::live;
use super::problem::Problem;
use crate::engine::inbox::Held;
use crate::flow::inbox::{self, Filter};
use crate::model::review::{Decision, NewReview};

/// Its lines count fewer than k households.
fn allowed(app: &App) -> Result<(), Problem> {
    if app.edits == Edits::Closed {
        return Err(Problem::forbidden(
            "this server does not show visits that were held back",
            "start it with `phusong serve --edit`, or use `phusong review`",
        ));
    }
    Ok(())
}

pub(super) async fn list(
    State(app): State<Arc<App>>,
    Query(parameters): Query<Parameters>,
) -> Result<Response, Problem> {
    allowed(&app)?;
    let filter = filter(&parameters)?;
    let snapshot = app.snapshot();
    let epoch = snapshot.epoch.to_string();
    let body = ask::work(move || {
        let items = inbox::lines(&snapshot, filter, |_, _| true);
        json!({"epoch": snapshot.epoch.to_string(), "total": items.len(), "items": items})
    })
    .await?;
    Ok(caching::json(&HeaderMap::new(), &epoch, "application/json", body.to_string()))
}

fn filter(parameters: &Parameters) -> Result<Filter, Problem> {
    if let Some(odd) =
        parameters.keys().find(|name| !name.starts_with('_') && !matches!(name.as_str(), "commune" | "state"))
    {
        return Err(Problem::bad_request(format!("there is no parameter `{odd}` here"), "one of commune, state"));
    }
    let commune = parameters.get("commune").map(|code| code.parse()).transpose();
    let commune = commune.map_err(|_| Problem::bad_request("`commune` is no code of a commune", "five digits"))?;
    let held = parameters.get("state").map(|code| Held::from_code(code).ok_or(code)).transpose();
    let held = held.map_err(|code| {
        Problem::bad_request(format!("`state` is `{code}`"), format!("one of {}", Held::ALL.map(Held::code).join(", ")))
    })?;
    Ok(Filter { commune, held })
}

/// What a body says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    decision: String,
    who: String,
    #[serde(default)]
    why: String,
}

pub(super) async fn decide(
    State(app): State<Arc<App>>,
    Path(key): Path<String>,
    body: Result<Body<Asked>, JsonRejection>,
) -> Result<Response, Problem> {
    allowed(&app)?;
    let Body(asked) = body?;
    let decision = Decision::from_code(&asked.decision).ok_or_else(|| {
        let known = Decision::ALL.map(Decision::code).join(", ");
        Problem::bad_request(format!("there is no decision `{}`", asked.decision), format!("one of {known}"))
    })?;
    let review = NewReview::new(decision, &asked.who, &asked.why)?;
    let snapshot = app.snapshot();
    let named = key.clone();
    let visits = ask::work(move || inbox::visits_of(&snapshot, &named, decision, |_, _| true)).await??;
    app.store.review(&visits, &review, (app.clock)()).await.map_err(Problem::of_store)?;
    live::refresh(&app).await.map_err(Problem::of_store)?;
    let epoch = app.snapshot().epoch.to_string();
    let body = json!({"key": key, "decision": decision.code(), "visits": visits.len(), "epoch": epoch});
    Ok(caching::json(&HeaderMap::new(), &epoch, "application/json", body.to_string()))
}
