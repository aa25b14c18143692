//! One unit and its past and future, on the day that is asked about.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::App;
use super::ask::{self, Parameters};
use super::caching;
use super::problem::Problem;
use crate::flow::history::{self, History};
use crate::model::admin::UnitCode;

pub(super) async fn history(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let question = ask::question(&parameters, &["on"])?;
    let on = parameters.get("on").filter(|text| !text.trim().is_empty());
    let on: Option<Date> = on
        .map(|text| {
            text.trim().parse().map_err(|_| {
                Problem::bad_request(format!("`on` is `{text}`, expected a day"), "write the day as year-month-day")
            })
        })
        .transpose()?;
    let snapshot = app.snapshot();
    let on = on.or(question.as_of).unwrap_or(snapshot.facts.today);
    let unknown = Problem::not_found(
        format!("no unit bears the code `{code}` on {on}"),
        "GET /api/search?q= finds a unit by its code or name; `on` chooses the day",
    );
    let Ok(code) = code.parse::<UnitCode>() else { return Err(unknown) };
    let epoch = snapshot.epoch.to_string();
    let found = ask::work(move || history::of(&snapshot.facts, snapshot.lineage(), code, on)).await?;
    let Some(history) = found else { return Err(unknown) };
    Ok(caching::json(&headers, &epoch, "application/json", as_json(&history).to_string()))
}

fn as_json(history: &History) -> Json {
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    let made_of: Vec<Json> = history
        .made_of
        .iter()
        .map(|origin| {
            json!({
                "code": origin.code.to_string(), "name": origin.name, "district": origin.district,
                "share": origin.share.code(), "valid_from": day(origin.valid_from), "valid_to": day(origin.valid_to),
                "legal_basis": origin.legal_basis, "fraction": origin.fraction.map(rounded),
            })
        })
        .collect();
    let became: Vec<Json> = history
        .became
        .iter()
        .map(|outcome| {
            json!({
                "code": outcome.code.to_string(), "name": outcome.name, "share": outcome.share.code(),
                "effective": outcome.effective.to_string(), "legal_basis": outcome.legal_basis,
                "fraction": outcome.fraction.map(rounded),
            })
        })
        .collect();
    json!({
        "code": history.code.to_string(), "name": history.name, "kind": history.kind.map(crate::model::admin::UnitKind::code),
        "district": history.district, "valid_from": day(history.valid_from), "valid_to": day(history.valid_to),
        "area_km2": history.area_km2.map(rounded), "stated_area_km2": history.stated_area_km2,
        "legal_basis": history.legal_basis, "made_of": made_of, "became": became,
    })
}

/// Four decimals: 100 m² of a square kilometre, a hundredth of a per cent.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}
