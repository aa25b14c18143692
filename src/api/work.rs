//! The work list: read and written by the roles that the table of `model/access` gives it to.
//!
//! A page of another site cannot write here: a body must say that it is JSON,
//! which a browser asks about first, and the answer to that allows reading only.

use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Extension, Json as Body};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::App;
use super::ask::{self, Parameters};
use super::asker::Asker;
use super::caching;
use super::lists::{MOST, chosen, item};
use super::live;
use super::problem::Problem;
use crate::flow::snapshot::{Snapshot, View};
use crate::flow::work::{self, LAYER, Order};
use crate::flow::{choice, export};
use crate::model::access::Matter;
use crate::model::question::NotAQuestion;
use crate::model::token::AuditAction;
use crate::model::work::{NewAction, NotAnAction, WorkKind};

pub(super) async fn list(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let limit = ask::number(&parameters, "limit", 100)?.min(MOST);
    let offset = ask::number(&parameters, "offset", 0)?;
    let order = parameters.get("sort").map(|code| order(code)).transpose()?.flatten();
    let also = [&["limit", "offset", "sort", ask::CAMPAIGN], &choice::PARAMETERS[..]].concat();
    let (snapshot, view) = ask::view(&app, asker, ask::question(&parameters, &also)?).await?;
    let epoch = snapshot.epoch.to_string();
    view.need(LAYER)?;
    let choice = chosen(&parameters, LAYER, &view)?;
    let body = ask::work(move || {
        let rows = choice::rows(&snapshot, &view, LAYER, &choice)?;
        let (total, ordered) = (rows.len(), work::ordered(rows, order));
        let items: Vec<Json> = ordered.into_iter().skip(offset).take(limit).map(item).collect();
        Ok::<_, export::ExportError>(json!({
            "layer": LAYER, "epoch": snapshot.epoch.to_string(), "as_of": view.answer.as_of.to_string(),
            "question": view.answer.question.canonical(), "total": total, "offset": offset, "items": items,
        }))
    })
    .await??;
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
    Extension(asker): Extension<Asker>,
    Path(key): Path<String>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (snapshot, view) = ask::view(&app, asker, ask::question(&parameters, &[ask::CAMPAIGN])?).await?;
    let epoch = snapshot.epoch.to_string();
    let body = ask::work(move || sheet(&snapshot, &view, &key)).await??;
    Ok(caching::json(&headers, &epoch, "application/json", body.to_string()))
}

/// The row of an area with its log and its readings.
fn sheet(snapshot: &Snapshot, view: &View, key: &str) -> Result<Json, Problem> {
    let (key, detail) = work::detail(snapshot, view, key)?;
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
    /// The day since when it works, of a claim of fixed.
    on: Option<String>,
}

fn day_of(text: &str) -> Result<Date, Problem> {
    text.parse().map_err(|_| NotAQuestion::Day { name: "on", found: text.to_owned() }.into())
}

pub(super) async fn act(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(key): Path<String>,
    Query(parameters): Query<Parameters>,
    body: Result<Body<Asked>, JsonRejection>,
) -> Result<Response, Problem> {
    let question = ask::question(&parameters, &[ask::CAMPAIGN])?;
    asker.role.need_network(Matter::Act, question.operator)?;
    let Body(asked) = body?;
    let kind = WorkKind::from_code(&asked.action).ok_or(NotAnAction::Kind(asked.action))?;
    let on = asked.on.filter(|day| !day.is_empty()).map(|day| day_of(&day)).transpose()?;
    let action = NewAction::new(kind, &asked.who, &asked.text)?.since(on)?;
    let (snapshot, view) = ask::view(&app, asker, question.clone()).await?;
    let place = {
        let key = key.clone();
        ask::work(move || work::place(&snapshot, (&view, asker.role), &key, (kind, on))).await??
    };
    let now = (app.clock)();
    app.store.act(&place, &action, now).await.map_err(Problem::of_store)?;
    let did = asker.actor().did(AuditAction::Work, action.subject(&key), now);
    app.store.record(&did).await.map_err(Problem::of_store)?;
    live::refresh(&app).await.map_err(Problem::of_store)?;
    let (snapshot, view) = ask::view(&app, asker, question).await?;
    let epoch = snapshot.epoch.to_string();
    let body = ask::work(move || sheet(&snapshot, &view, &key)).await??;
    Ok(caching::json(&HeaderMap::new(), &epoch, "application/json", body.to_string()))
}
