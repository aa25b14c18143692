//! Indicators and the board of teams over HTTP: JSON and files.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::App;
use super::ask::{self, Parameters};
use super::asker::Asker;
use super::caching;
use super::problem::Problem;
use crate::flow::indicators::{self, IndicatorQuestion, NoIndicators};
use crate::model::access::Matter;

pub(super) async fn list(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let question = question(&parameters, &[])?;
    let snapshot = app.snapshot();
    let epoch = snapshot.epoch.to_string();
    let body = ask::work(move || {
        let told = indicators::ask(&snapshot, asker.role, question)?;
        let mut body = indicators::to_json(&snapshot, &told);
        body["epoch"] = snapshot.epoch.to_string().into();
        Ok::<_, NoIndicators>(body.to_string())
    })
    .await??;
    Ok(caching::json(&headers, &epoch, "application/json", body))
}

pub(super) async fn teams(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    ask::only(&parameters, &[])?;
    let snapshot = app.snapshot();
    let epoch = snapshot.epoch.to_string();
    let body = ask::work(move || {
        let mut body = indicators::board(&snapshot, asker.role)?.to_json(&snapshot);
        body["epoch"] = snapshot.epoch.to_string().into();
        Ok::<_, NoIndicators>(body.to_string())
    })
    .await??;
    Ok(caching::json(&headers, &epoch, "application/json", body))
}

/// `indicators.csv`, `indicators.xlsx` and `teams.csv`.
pub(super) async fn file(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(file): Path<String>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let language = ask::language(&parameters)?;
    let snapshot = app.snapshot();
    let epoch = snapshot.epoch.to_string();
    if file == "teams.csv" {
        asker.role.need_some(Matter::Outreach)?;
        ask::only(&parameters, &["lang"])?;
        let body = ask::work(move || {
            let board = indicators::board(&snapshot, asker.role)?;
            Ok::<_, NoIndicators>(indicators::board_csv(&board, language))
        })
        .await??;
        return Ok(caching::file(&headers, &epoch, body, ("text/csv; charset=utf-8", Some(&file))));
    }
    let format = match file.as_str() {
        "indicators.csv" => "csv",
        "indicators.xlsx" => "xlsx",
        _ => {
            return Err(Problem::not_found(
                format!("there is no `{file}` of indicators"),
                "one of /indicators/indicators.csv, /indicators/indicators.xlsx, /indicators/teams.csv",
            ));
        }
    };
    let question = question(&parameters, &["lang"])?;
    let body = ask::work(move || {
        let told = indicators::ask(&snapshot, asker.role, question)?;
        Ok::<_, NoIndicators>(match format {
            "csv" => Ok(indicators::csv(&snapshot, &told, language)),
            _ => indicators::xlsx(&snapshot, &told, language),
        })
    })
    .await??;
    let body = body.map_err(|error| {
        tracing::error!(%error, "a workbook was not made");
        Problem::ours()
    })?;
    let kind = match format {
        "csv" => "text/csv; charset=utf-8",
        _ => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    };
    let name = format!("indicators_{}_{}.{format}", question.period, question.level);
    Ok(caching::file(&headers, &epoch, body, (kind, Some(&name))))
}

fn question(parameters: &Parameters, also: &[&str]) -> Result<IndicatorQuestion, Problem> {
    ask::only(parameters, &[&["period", "level"], also].concat())?;
    let bad = |detail: String| Problem::bad_request(detail, "period=2025Q3&level=commune");
    let period = parameters.get("period").map(String::as_str).unwrap_or_default();
    let period = period.parse().map_err(|error| bad(format!("`period`: {error}")))?;
    let level = parameters.get("level").map(|text| text.parse()).transpose();
    let level = level.map_err(|error| bad(format!("`level`: {error}")))?.unwrap_or_default();
    Ok(IndicatorQuestion { period, level })
}

impl From<NoIndicators> for Problem {
    fn from(error: NoIndicators) -> Self {
        match error {
            NoIndicators::NoAnswer(error) => error.into(),
            NoIndicators::NotBegun { .. } => Self::bad_request(error.to_string(), "choose a period that has begun"),
            NoIndicators::NoDistricts => {
                Self::bad_request(error.to_string(), "level=commune; boundaries of before 07/2025 may name districts")
            }
        }
    }
}
