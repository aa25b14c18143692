//! The inbox of visits that were held back: each role reads and decides about its own places.

use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Extension, Json as Body};
use serde::Deserialize;
use serde_json::json;

use super::App;
use super::ask::{self, Parameters};
use super::asker::Asker;
use super::caching;
use super::live;
use super::problem::Problem;
use crate::engine::inbox::Held;
use crate::flow::inbox::{self, Filter};
use crate::model::access::Matter;
use crate::model::review::{Decision, NewReview};
use crate::model::token::AuditAction;

pub(super) async fn list(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
) -> Result<Response, Problem> {
    // Its lines count fewer than k households: who may see none of them gets none.
    asker.role.need_some(Matter::Visits)?;
    let filter = filter(&parameters)?;
    let snapshot = app.snapshot();
    let epoch = snapshot.epoch.to_string();
    let lines = ask::work(move || {
        inbox::lines(&snapshot.facts, filter, |commune, village| asker.role.may_see_place(commune, village))
    })
    .await?;
    let items = inbox::with_decisions(&*app.store, lines).await.map_err(Problem::of_store)?;
    let body = json!({"epoch": epoch, "total": items.len(), "items": items});
    Ok(caching::json(&HeaderMap::new(), &epoch, "application/json", body.to_string()))
}

fn filter(parameters: &Parameters) -> Result<Filter, Problem> {
    ask::only(parameters, &["commune", "state"])?;
    let commune = ask::communes(parameters)?.first().copied();
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
    Extension(asker): Extension<Asker>,
    Path(key): Path<String>,
    body: Result<Body<Asked>, JsonRejection>,
) -> Result<Response, Problem> {
    let role = asker.role;
    role.need_some(Matter::Review)?;
    let Body(asked) = body?;
    let decision = Decision::from_code(&asked.decision).ok_or_else(|| {
        let known = Decision::ALL.map(Decision::code).join(", ");
        Problem::bad_request(format!("there is no decision `{}`", asked.decision), format!("one of {known}"))
    })?;
    let review = NewReview::new(decision, &asked.who, &asked.why)?;
    let snapshot = app.snapshot();
    let named = key.clone();
    let visits = ask::work(move || {
        inbox::visits_of(&snapshot.facts, &named, decision, |commune, village| role.may_review_place(commune, village))
    })
    .await??;
    let now = (app.clock)();
    app.store.review(&visits, &review, now).await.map_err(Problem::of_store)?;
    let did = asker.actor().did(AuditAction::Review, format!("{} {key}", decision.code()), now);
    app.store.record(&did).await.map_err(Problem::of_store)?;
    live::refresh(&app).await.map_err(Problem::of_store)?;
    let epoch = app.snapshot().epoch.to_string();
    let body = json!({"key": key, "decision": decision.code(), "visits": visits.len(), "epoch": epoch});
    Ok(caching::json(&HeaderMap::new(), &epoch, "application/json", body.to_string()))
}
