//! The register of villages over HTTP: the log of a village, and acts on it by those who may.

use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Extension, Json as Body};
use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};

use super::App;
use super::asker::Asker;
use super::caching;
use super::live;
use super::problem::Problem;
use crate::flow::register::{self, RegisterError};
use crate::model::access::{Forbidden, Matter};
use crate::model::measure::local_day;
use crate::model::register::{Change, NewAct, NotAnAct};
use crate::model::village::VillageCode;

pub(super) async fn log(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    asker.role.need_some(Matter::Outreach)?;
    let snapshot = app.snapshot();
    let code = code_of(&code)?;
    let unknown = || RegisterError::NotAnAct(NotAnAct::Unknown(code));
    let commune = register::commune(&snapshot.facts, code).ok_or_else(unknown)?;
    if !asker.role.may_see_team(commune, Some(code)) {
        return Err(Forbidden::Matter { role: asker.role, matter: Matter::Outreach }.into());
    }
    let village = snapshot.facts.village(code).ok_or_else(unknown)?;
    let acts = app.store.register_acts(code).await.map_err(Problem::of_store)?;
    let epoch = snapshot.epoch.to_string();
    let body = json!({
        "epoch": epoch,
        "village": register::village_json(village, &snapshot.facts.successions),
        "names": register::names(&snapshot.facts, village.code, &acts),
        "may_edit": asker.role.may_edit_place(commune, Some(code)),
        "acts": acts.iter().map(register::act_json).collect::<Vec<_>>(),
    });
    Ok(caching::json(&HeaderMap::new(), &epoch, "application/json", body.to_string()))
}

fn code_of(text: &str) -> Result<VillageCode, Problem> {
    text.parse().map_err(|_| {
        Problem::not_found(format!("the register has no village `{text}`"), "GET /api/villages lists the codes")
    })
}

pub(super) async fn act(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(code): Path<String>,
    body: Result<Body<Map<String, Json>>, JsonRejection>,
) -> Result<Response, Problem> {
    asker.role.need_some(Matter::Register)?;
    let Body(said) = body?;
    let now = (app.clock)();
    let act = asked(code_of(&code)?, said, local_day(now))?;
    register::admit(&app.snapshot().facts, asker.role, &act)?;
    let done = register::act(&*app.store, &act, asker.actor(), now).await?;
    live::refresh(&app).await.map_err(Problem::of_store)?;
    let snapshot = app.snapshot();
    let epoch = snapshot.epoch.to_string();
    let villages: Vec<Json> =
        done.villages.iter().map(|one| register::village_json(one, &snapshot.facts.successions)).collect();
    let body = json!({"id": done.id, "villages": villages, "epoch": epoch});
    Ok(caching::json(&HeaderMap::new(), &epoch, "application/json", body.to_string()))
}

/// An act as a body says it: `act` with its members, `who`, `why` and, where it is not today, `on`.
fn asked(village: VillageCode, mut said: Map<String, Json>, today: Date) -> Result<NewAct, Problem> {
    const EXAMPLE: &str = r#"{"act": "rename", "name": "Xóm Mới", "who": "UBND xã", "why": "nghị quyết"}"#;
    let mut text = |name: &str| match said.remove(name) {
        None => Ok(None),
        Some(Json::String(text)) => Ok(Some(text)),
        Some(_) => Err(Problem::bad_request(format!("`{name}` is not a text"), EXAMPLE)),
    };
    let (who, why) = (text("who")?.unwrap_or_default(), text("why")?.unwrap_or_default());
    let on: Option<Date> = text("on")?
        .map(|text| {
            text.trim().parse().map_err(|_| {
                Problem::bad_request(format!("`on` is `{text}`, expected a day"), "write the day as year-month-day")
            })
        })
        .transpose()?;
    let members: Vec<String> = said.keys().cloned().collect();
    let change: Change =
        serde_json::from_value(Json::Object(said)).map_err(|error| Problem::bad_request(error.to_string(), EXAMPLE))?;
    // An act without members of its own lets `serde` pass any.
    let known = serde_json::to_value(&change).unwrap_or_default();
    if let Some(odd) = members.iter().find(|name| known.get(name.as_str()).is_none()) {
        return Err(Problem::bad_request(format!("`{}` takes no `{odd}`", change.code()), EXAMPLE));
    }
    Ok(NewAct::new((village, change), on.unwrap_or(today), (&who, &why), today).map_err(RegisterError::from)?)
}
