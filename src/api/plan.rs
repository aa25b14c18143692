//! Plans, today's list and forecasts over HTTP: JSON, files and the printed sheets.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::civil::Date;
use serde_json::json;

use super::App;
use super::ask::{self, Parameters};
use super::asker::Asker;
use super::caching;
use super::lists::MOST;
use super::problem::Problem;
use crate::flow::plan::{self, NotAPlan, PlanQuestion};
use crate::flow::snapshot::{Snapshot, View};
use crate::model::access::Matter;
use crate::model::admin::UnitCode;
use crate::model::measure::LonLat;
use crate::model::question::Question;

/// Communes that one request may plan.
const MOST_COMMUNES: usize = 20;

/// `from` is a filter of measurements everywhere, so a plan's first day has a name of its own.
const OF_PLAN: [&str; 4] = ["commune", "teams", "days", "first_day"];

pub(super) async fn plan(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (filters, asked) = asked(&parameters, &[])?;
    let (epoch, body) = planned((&app, asker), filters, move |snapshot, view| {
        let planned = plan::ask(snapshot, view, &asked)?;
        let mut body = plan::to_json(snapshot, view, &planned, true);
        body["epoch"] = snapshot.epoch.to_string().into();
        Ok(body.to_string())
    })
    .await?;
    Ok(caching::json(&headers, &epoch, "application/json", body))
}

/// `plan.geojson`, `plan.csv` and `sheet`.
pub(super) async fn file(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(file): Path<String>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let language = ask::language(&parameters)?;
    let part = |name| {
        let number = ask::number(&parameters, name, 0)?;
        Ok::<_, Problem>(u32::try_from(number).ok().filter(|number| *number > 0))
    };
    let only = (part("team")?, part("day")?);
    let (filters, asked) = asked(&parameters, &["lang", "team", "day"])?;
    let kind = match file.as_str() {
        "plan.geojson" => "application/geo+json",
        "plan.csv" => "text/csv; charset=utf-8",
        "sheet" => "text/html; charset=utf-8",
        _ => {
            return Err(Problem::not_found(
                format!("a plan has no `{file}`"),
                "one of /plan/plan.geojson, /plan/plan.csv, /plan/sheet",
            ));
        }
    };
    let wanted = file.clone();
    let (epoch, body) = planned((&app, asker), filters, move |snapshot, view| {
        let planned = plan::ask(snapshot, view, &asked)?;
        Ok(match wanted.as_str() {
            "plan.geojson" => plan::geojson(snapshot, view, &planned).into_bytes(),
            "plan.csv" => plan::csv(snapshot, view, &planned, language),
            _ => plan::sheets(snapshot, view, &planned, only, language).into_bytes(),
        })
    })
    .await?;
    let name = (file != "sheet").then_some(file.as_str());
    Ok(caching::file(&headers, &epoch, body, (kind, name)))
}

pub(super) async fn today(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let limit = ask::number(&parameters, "limit", 20)?.min(MOST);
    let offset = ask::number(&parameters, "offset", 0)?;
    let commune = ask::communes(&parameters)?.first().copied();
    let near = near(&parameters)?;
    let question = ask::question(&parameters, &["commune", "near", "limit", "offset", ask::CAMPAIGN])?;
    let (epoch, body) = planned((&app, asker), question, move |snapshot, view| {
        known(view, commune)?;
        let (total, items) = plan::today(snapshot, view, commune, near, limit, offset);
        let rules = &snapshot.facts.rules.plan;
        Ok(json!({
            "epoch": snapshot.epoch.to_string(), "as_of": view.answer.as_of.to_string(), "rules": rules.version,
            "weights": {"remaining": rules.weight_remaining, "stale": rules.weight_stale,
                "signal": rules.weight_signal, "near": rules.weight_near},
            "total": total, "offset": offset, "items": items,
        })
        .to_string())
    })
    .await?;
    Ok(caching::json(&headers, &epoch, "application/json", body))
}

pub(super) async fn forecast(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let commune = ask::communes(&parameters)?.first().copied();
    let question = ask::question(&parameters, &["commune", ask::CAMPAIGN])?;
    let (epoch, body) = planned((&app, asker), question, move |snapshot, view| {
        known(view, commune)?;
        let rules = &snapshot.facts.rules;
        Ok(json!({
            "epoch": snapshot.epoch.to_string(), "as_of": view.answer.as_of.to_string(), "rules": rules.plan.version,
            "target_percent": crate::model::figure::round(100.0 * rules.reach.near_below, 1),
            "items": plan::forecasts(snapshot, view, commune),
        })
        .to_string())
    })
    .await?;
    Ok(caching::json(&headers, &epoch, "application/json", body))
}

/// The epoch, and what is made of the answer to the filters.
async fn planned<T: Send + 'static>(
    (app, asker): (&App, Asker),
    filters: Question,
    make: impl FnOnce(&Snapshot, &View) -> Result<T, NotAPlan> + Send + 'static,
) -> Result<(String, T), Problem> {
    asker.role.need(Matter::Planning)?;
    let (snapshot, view) = ask::view(app, asker, filters).await?;
    let epoch = snapshot.epoch.to_string();
    Ok((epoch, ask::work(move || make(&snapshot, &view)).await??))
}

fn known(view: &View, commune: Option<UnitCode>) -> Result<(), NotAPlan> {
    match commune.filter(|code| view.answer.communes.iter().all(|reach| reach.commune != *code)) {
        Some(unknown) => Err(NotAPlan::UnknownCommune(unknown)),
        None => Ok(()),
    }
}

fn asked(parameters: &Parameters, also: &[&str]) -> Result<(Question, PlanQuestion), Problem> {
    let names: Vec<&str> = OF_PLAN.iter().chain(also).copied().chain([ask::CAMPAIGN]).collect();
    let filters = ask::question(parameters, &names)?;
    let communes = ask::communes(parameters)?;
    if communes.is_empty() || communes.len() > MOST_COMMUNES {
        return Err(Problem::bad_request(
            format!("a plan is of 1 to {MOST_COMMUNES} communes, found {}", communes.len()),
            "commune=14329, or several with commas; `phusong plan` plans the whole province",
        ));
    }
    let count = |name: &str, default| {
        let number = ask::number(parameters, name, default)?;
        Ok::<_, Problem>(u32::try_from(number).unwrap_or(u32::MAX))
    };
    let first_day = parameters.get("first_day").map(|text| text.trim()).filter(|text| !text.is_empty());
    let from: Option<Date> = first_day
        .map(|text| {
            text.parse().map_err(|_| {
                let detail = format!("`first_day` is `{text}`, expected a day such as 2026-03-31");
                Problem::bad_request(detail, "write the day as year-month-day")
            })
        })
        .transpose()?;
    let days = parameters.contains_key("days").then(|| count("days", 0)).transpose()?;
    Ok((filters, PlanQuestion { communes, teams: count("teams", 1)?, days, from }))
}

fn near(parameters: &Parameters) -> Result<Option<LonLat>, Problem> {
    let Some(text) = parameters.get("near").map(|text| text.trim()).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let numbers =
        text.split_once(',').and_then(|(lon, lat)| Some((lon.trim().parse().ok()?, lat.trim().parse().ok()?)));
    let at = numbers.and_then(|(lon, lat)| LonLat::new(lon, lat).ok());
    at.map(Some).ok_or_else(|| {
        Problem::bad_request(format!("`near` is `{text}`, expected degrees east, degrees north"), "near=105.97,20.25")
    })
}

impl From<NotAPlan> for Problem {
    fn from(error: NotAPlan) -> Self {
        let hint = match &error {
            NotAPlan::UnknownCommune(_) => "GET /api/communes lists the codes; `as_of` chooses the day",
            NotAPlan::Outside { .. } => "choose a number within",
            NotAPlan::Day(_) => "a day between the years 2000 and 2100",
        };
        Self::bad_request(error.to_string(), hint)
    }
}
