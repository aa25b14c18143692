//! Indicators, the board of teams and places by verdict over HTTP: JSON and files.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::json;

use super::App;
use super::ask::{self, Parameters};
use super::asker::Asker;
use super::caching;
use super::problem::Problem;
use crate::flow::export::Format;
use crate::flow::indicators::{self, IndicatorQuestion, NoIndicators, Told};
use crate::flow::snapshot::Snapshot;
use crate::model::access::{Matter, Role};
use crate::model::indicator::{IndicatorLevel, NotALevel};

pub(super) async fn list(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = asked(&parameters, &[])?;
    let snapshot = app.snapshot();
    let epoch = snapshot.epoch.to_string();
    let body = ask::work(move || {
        let told = asked.answer(&snapshot, asker.role)?;
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

/// Places by verdict, of the filters that the map has; a campaign has no signal of its own.
pub(super) async fn verdicts(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let question = ask::question(&parameters, &[])?;
    let snapshot = app.snapshot();
    let epoch = snapshot.epoch.to_string();
    let body = ask::work(move || {
        let mut body = indicators::ask_verdicts(&snapshot, asker.role, &question)?.to_json(&snapshot);
        body["epoch"] = snapshot.epoch.to_string().into();
        Ok::<_, NoIndicators>(body.to_string())
    })
    .await??;
    Ok(caching::json(&headers, &epoch, "application/json", body))
}

/// `indicators.csv`, `indicators.xlsx`, `teams.csv` and `verdicts.csv`.
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
    if file == "verdicts.csv" {
        let question = ask::question(&parameters, &["lang"])?;
        let body = ask::work(move || {
            let told = indicators::ask_verdicts(&snapshot, asker.role, &question)?;
            Ok::<_, NoIndicators>(told.csv(&snapshot, language))
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
                "one of /indicators/indicators.csv, /indicators/indicators.xlsx, /indicators/teams.csv, /indicators/verdicts.csv",
            ));
        }
    };
    let asked = asked(&parameters, &["lang"])?;
    let name = format!("{}.{format}", asked.name());
    let body = ask::work(move || {
        let told = asked.answer(&snapshot, asker.role)?;
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
        "csv" => Format::Csv.content_type(),
        _ => Format::Xlsx.content_type(),
    };
    Ok(caching::file(&headers, &epoch, body, (kind, Some(&name))))
}

/// Campaigns, for those who may ask about them.
pub(super) async fn campaigns(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    asker.role.need(Matter::AnyDays)?;
    ask::only(&parameters, &[])?;
    let snapshot = app.snapshot();
    let epoch = snapshot.epoch.to_string();
    let items: Vec<_> = snapshot.campaigns.iter().map(indicators::campaign_json).collect();
    let body = json!({"epoch": epoch, "total": items.len(), "items": items}).to_string();
    Ok(caching::json(&headers, &epoch, "application/json", body))
}

/// What is asked for: a period, or a campaign.
enum Asked {
    Period(IndicatorQuestion),
    Campaign(String, IndicatorLevel),
}

impl Asked {
    fn answer(&self, snapshot: &Arc<Snapshot>, role: Role) -> Result<Told, NoIndicators> {
        match self {
            Self::Period(question) => indicators::ask(snapshot, role, *question),
            Self::Campaign(code, level) => indicators::ask_campaign(snapshot, role, code, *level),
        }
    }

    /// Of its file.
    fn name(&self) -> String {
        match self {
            Self::Period(question) => format!("indicators_{}_{}", question.period, question.level),
            Self::Campaign(code, level) => {
                let plain: String = code.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
                format!("indicators_{plain}_{level}")
            }
        }
    }
}

fn asked(parameters: &Parameters, also: &[&str]) -> Result<Asked, Problem> {
    let Some(campaign) = parameters.get("campaign") else { return question(parameters, also).map(Asked::Period) };
    ask::only(parameters, &[&["campaign", "level"], also].concat())?;
    Ok(Asked::Campaign(campaign.clone(), level(parameters)?))
}

fn level(parameters: &Parameters) -> Result<IndicatorLevel, Problem> {
    let level = parameters.get("level").map(|text| text.parse()).transpose();
    let bad = |error: NotALevel| Problem::bad_request(format!("`level`: {error}"), "period=2025Q3&level=commune");
    Ok(level.map_err(bad)?.unwrap_or_default())
}

fn question(parameters: &Parameters, also: &[&str]) -> Result<IndicatorQuestion, Problem> {
    ask::only(parameters, &[&["period", "level"], also].concat())?;
    let bad = |detail: String| Problem::bad_request(detail, "period=2025Q3&level=commune");
    let period = parameters.get("period").map(String::as_str).unwrap_or_default();
    let period = period.parse().map_err(|error| bad(format!("`period`: {error}")))?;
    Ok(IndicatorQuestion { period, level: level(parameters)? })
}

impl From<NoIndicators> for Problem {
    fn from(error: NoIndicators) -> Self {
        match error {
            NoIndicators::NoAnswer(error) => error.into(),
            NoIndicators::NoCampaign(error) => error.into(),
            NoIndicators::NotBegun { .. } => Self::bad_request(error.to_string(), "choose a period that has begun"),
            NoIndicators::NoDistricts => {
                Self::bad_request(error.to_string(), "level=commune; boundaries of before 07/2025 may name districts")
            }
        }
    }
}
