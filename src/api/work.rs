//! The work list: read by everybody, written where the server was started for it.
//!
//! A page of another site cannot write here: a body must say that it is JSON,
//! which a browser asks about first, and the answer to that allows reading only.

use std::sync::Arc;

use axum::Json as Body;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::App;
use super::app::Edits;
use super::ask::{self, Parameters};
use super::caching;
use super::lists::{MOST, item};
use super::live;
use super::problem::Problem;
use crate::flow::snapshot::{Snapshot, View};
use crate::flow::work::{self, Order};
use crate::model::work::{NewAction, NotAnAction, WorkKind};

/// The layer that the list shows.
const LAYER: &str = "work";

pub(super) async fn list(
    State(app): State<Arc<App>>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let limit = ask::number(&parameters, "limit", 100)?.min(MOST);
    let offset = ask::number(&parameters, "offset", 0)?;
    let order = parameters.get("sort").map(|code| order(code)).transpose()?.flatten();
    let (snapshot, view) = ask::view(&app, ask::question(&parameters, &["limit", "offset", "sort"])?).await?;
    let epoch = snapshot.epoch.to_string();
    let body = ask::work(move || {
        let rows = snapshot.rows(&view, LAYER).unwrap_or_default();
        let ordered = work::ordered(rows, order);
        let items: Vec<Json> = ordered.into_iter().skip(offset).take(limit).map(item).collect();
        json!({
            "layer": LAYER, "epoch": snapshot.epoch.to_string(), "as_of": view.answer.as_of.to_string(),
            "question": view.answer.question.canonical(), "total": rows.len(), "offset": offset, "items": items,
        })
    })
    .await?;
    Ok(caching::json(&headers, &epoch, "application/json", body.to_string()))
}

fn order(code: &str) -> Result<Option<Order>, Problem> {
    if code.is_empty() || code == "rank" {
        return Ok(None);
    }
    let known = || Order::ALL.map(|(name, _)| name).join(", ");
    Order::from_code(code)
        .map(Some)
        .ok_or_else(|| Problem::bad_request(format!("`sort` is `{code}`"), format!("one of rank, {}", known())))
}

pub(super) async fn one(
    State(app): State<Arc<App>>,
    Path(key): Path<String>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (snapshot, view) = ask::view(&app, ask::question(&parameters, &[])?).await?;
    let epoch = snapshot.epoch.to_string();
    let body = ask::work(move || sheet(&snapshot, &view, &key)).await??;
    Ok(caching::json(&headers, &epoch, "application/json", body.to_string()))
}

/// The row of an area with its log and its readings.
fn sheet(snapshot: &Snapshot, view: &View, key: &str) -> Result<Json, Problem> {
    let detail = work::detail(snapshot, view, key)?;
    let rows = snapshot.rows(view, LAYER).unwrap_or_default();
    let mut body = rows.iter().find(|row| row.key == key).map_or(Json::Null, item);
    for (name, value) in detail {
        body[name] = value;
    }
    Ok(body)
}

/// What a body says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    action: String,
    who: String,
    #[serde(default)]
    text: String,
}

pub(super) async fn act(
    State(app): State<Arc<App>>,
    Path(key): Path<String>,
    Query(parameters): Query<Parameters>,
    body: Result<Body<Asked>, JsonRejection>,
) -> Result<Response, Problem> {
    if app.edits == Edits::Closed {
        return Err(Problem::forbidden(
            "this server only shows the work list",
            "start it with `phusong serve --edit`, or use `phusong work`",
        ));
    }
    let Body(asked) = body?;
    let kind = WorkKind::from_code(&asked.action).ok_or(NotAnAction::Kind(asked.action))?;
    let action = NewAction::new(kind, &asked.who, &asked.text)?;
    let question = ask::question(&parameters, &[])?;
    let (snapshot, view) = ask::view(&app, question.clone()).await?;
    let place = {
        let key = key.clone();
        ask::work(move || work::place(&snapshot, &view, &key, kind)).await??
    };
    app.store.act(&place, &action, (app.clock)()).await.map_err(Problem::of_store)?;
    live::refresh(&app).await.map_err(Problem::of_store)?;
    let (snapshot, view) = ask::view(&app, question).await?;
    let epoch = snapshot.epoch.to_string();
    let body = ask::work(move || sheet(&snapshot, &view, &key)).await??;
    Ok(caching::json(&HeaderMap::new(), &epoch, "application/json", body.to_string()))
}
