//! Logging in and out, what a reader may do, and the audit.
//!
//! A login puts the token where scripts cannot read it and other sites cannot
//! send it. A body must say that it is JSON, which a page of another site
//! cannot without asking first.

use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum::{Extension, Json as Body};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::App;
use super::ask::{self, Parameters};
use super::asker::{self, Asker, COOKIE};
use super::caching;
use super::problem::Problem;
use crate::flow::access;
use crate::model::access::{Matter, Role};
use crate::model::measure::local_midnight;
use crate::model::token::{AuditAction, Note};

/// What may be written as a purpose.
const PURPOSE: &str = "say in a few words what for, without a person: purpose=báo cáo quý";

pub(super) async fn me(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let question = ask::question(&parameters, &[])?;
    let mut body = access::rights(asker.role, question.operator);
    body["token"] = Json::from(asker.token);
    body["expires"] = Json::from(asker.expires.map(|at| at.to_string()));
    let snapshot = app.snapshot();
    let name = |role| access::scope_name(&snapshot.facts, role);
    body["scope_name"] = Json::from(name(asker.role));
    let choice = |(role, _): &(Role, String)| json!({"as": role.to_string(), "role": role.code(), "scope": role.scope(), "scope_name": name(*role)});
    body["demo"] = app.demo().map_or(Json::Null, |tokens| tokens.iter().map(choice).collect());
    let epoch = snapshot.epoch.to_string();
    Ok(caching::json(&headers, &epoch, "application/json", body.to_string()))
}

/// What a login says: a token, or a role of the demo.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Login {
    token: Option<String>,
    demo: Option<String>,
}

pub(super) async fn login(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Result<Body<Login>, JsonRejection>,
) -> Result<Response, Problem> {
    let Body(login) = body?;
    let expected = || Problem::bad_request("there is no token to log in with", r#"{"token": "phusong_…"}"#);
    let secret = match (&login.token, &login.demo) {
        (Some(token), None) => token.trim(),
        (None, Some(demo)) => {
            let found = app.demo().into_iter().flatten().find(|(role, _)| role.to_string() == *demo);
            found.map(|(_, secret)| secret.as_str()).ok_or_else(|| {
                Problem::not_found(format!("there is no role `{demo}` of the demo here"), "GET /api/me lists them")
            })?
        }
        _ => return Err(expected()),
    };
    let asker = asker::of_secret(&app, secret).await?;
    let now = (app.clock)();
    let event = asker.actor().did(AuditAction::Login, asker.role.to_string(), now);
    app.store.record(&event).await.map_err(Problem::of_store)?;
    let seconds = asker.expires.map_or(0, |at| at.duration_since(now).as_secs().max(0));
    let mut response = answered(&access::rights(asker.role, None));
    set_cookie(&mut response, &headers, secret, seconds);
    Ok(response)
}

pub(super) async fn logout(headers: HeaderMap) -> Response {
    let mut response = answered(&json!({"status": "ok"}));
    set_cookie(&mut response, &headers, "", 0);
    response
}

fn answered(body: &Json) -> Response {
    let mut response = Response::new(body.to_string().into());
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn set_cookie(response: &mut Response, headers: &HeaderMap, secret: &str, seconds: i64) {
    let secure = if ask::base_url(headers).starts_with("https") { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
}

pub(super) async fn audit(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    asker.role.need(Matter::Audit)?;
    ask::question(&parameters, &["since"])?;
    let since = parameters.get("since").map(|text| since(text)).transpose()?;
    let events = app.store.events(since).await.map_err(Problem::of_store)?;
    let items: Vec<Json> = events.iter().map(access::event_json).collect();
    let epoch = app.snapshot().epoch.to_string();
    let body = json!({"total": items.len(), "items": items});
    Ok(caching::json(&headers, &epoch, "application/json", body.to_string()))
}

fn since(text: &str) -> Result<Timestamp, Problem> {
    let day: Option<Date> = text.trim().parse().ok();
    day.map(local_midnight).ok_or_else(|| {
        Problem::bad_request(format!("`since` is `{text}`, expected a day"), "write the day as year-month-day")
    })
}

/// Why a file that is not for everybody is taken away. The public gets none of them, so it need not say.
pub(super) fn purpose(parameters: &Parameters, needed: bool) -> Result<Note, Problem> {
    let note = Note::new(parameters.get("purpose").map_or("", String::as_str));
    let note = note.map_err(|error| Problem::bad_request(format!("`purpose`: {error}"), PURPOSE))?;
    if needed && note.is_empty() {
        return Err(Problem::bad_request("this file is not for everybody and `purpose` is empty", PURPOSE));
    }
    Ok(note)
}
