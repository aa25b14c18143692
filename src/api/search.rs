//! Search as one types, over names of today and of old.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value as Json, json};
use unicode_normalization::UnicodeNormalization;

use super::App;
use super::ask::{self, Parameters};
use super::caching;
use super::problem::Problem;
use crate::flow::search::Found;

/// Answers that one search may bring.
const MOST: usize = 50;
/// No name of a place is longer; the rest of a longer text is not read.
const LONGEST: usize = 100;

pub(super) async fn search(
    State(app): State<Arc<App>>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let limit = ask::number(&parameters, "limit", 10)?.min(MOST);
    let question = ask::question(&parameters, &["q", "limit"])?;
    let Some(text) = parameters.get("q") else {
        return Err(Problem::bad_request("there is nothing to search for", "GET /api/search?q=chau+cau"));
    };
    let text: String = text.nfc().take(LONGEST).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let snapshot = app.snapshot();
    let epoch = snapshot.epoch.to_string();
    let body = ask::work(move || {
        let search = snapshot.search(question.as_of.unwrap_or(snapshot.facts.today));
        let items: Vec<Json> = search.find(&text, limit).into_iter().map(item).collect();
        json!({"query": text, "items": items})
    })
    .await?;
    Ok(caching::json(&headers, &epoch, "application/json", body.to_string()))
}

fn item(found: &Found) -> Json {
    match found {
        Found::Commune(commune) => json!({
            "kind": "commune",
            "key": commune.code.to_string(),
            "name": commune.name,
            "matched": commune.matched,
            "matched_code": commune.matched_code.to_string(),
            "matched_district": commune.matched_district,
            "matched_from": commune.matched_from.to_string(),
            "matched_to": commune.matched_to.map(|day| day.to_string()),
            "since": commune.since.to_string(),
            "share": commune.share.map(crate::model::admin::Share::code),
            "legal_basis": commune.legal_basis,
            "lon": commune.at.map(crate::model::measure::LonLat::lon),
            "lat": commune.at.map(crate::model::measure::LonLat::lat),
        }),
        Found::Village(village) => {
            let mut told = json!({
                "kind": "village",
                "key": village.code,
                "name": village.name,
                "commune": village.commune.map(|code| code.to_string()),
                "commune_name": village.commune_name,
                "matched": village.matched,
                "lon": village.at.map(crate::model::measure::LonLat::lon),
                "lat": village.at.map(crate::model::measure::LonLat::lat),
            });
            if let Some((end, after)) = &village.ended {
                let after = after.iter().map(|(code, name)| json!({"code": code, "name": name}));
                told["ended"] = Json::from(end.to_string());
                told["became"] = after.collect();
            }
            told
        }
    }
}
