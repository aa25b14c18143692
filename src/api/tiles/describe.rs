//! What a client reads before it asks for a tile: TileJSON and the style.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::{choices, definitions, edition, seen};
use crate::api::App;
use crate::api::ask::{self, Parameters};
use crate::api::asker::Asker;
use crate::api::caching;
use crate::api::problem::Problem;
use crate::flow::{choice, meta};
use crate::tiles;

pub(in crate::api) async fn tilejson(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(file): Path<String>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(names) = file.strip_suffix(".json") else {
        return Err(Problem::not_found(
            format!("there is no /tiles/{file}"),
            "GET /tiles/communes.json is TileJSON, /tiles/communes/10/813/449 a tile",
        ));
    };
    let layers = definitions(names)?;
    let question = ask::question(&parameters, &[&["lang", ask::CAMPAIGN], &choice::PARAMETERS[..]].concat())?;
    let language = ask::language(&parameters)?;
    let (snapshot, sight) = ask::snapshot(&app, asker, &question).await?;
    seen(&layers, sight)?;
    // Refused here and not by every tile.
    choices(&parameters, &layers, sight)?;
    let epoch = snapshot.epoch.to_string();
    let joined: Vec<&str> = layers.iter().map(|layer| layer.id).collect();
    let chosen = choice::PARAMETERS
        .into_iter()
        .filter_map(|name| Some(format!("{name}={}", ask::encoded(parameters.get(name)?))));
    let asked: Vec<String> =
        std::iter::once(question.canonical()).chain(chosen).filter(|part| !part.is_empty()).collect();
    let asked = asked.join("&");
    let joint = if asked.is_empty() { "" } else { "&" };
    let url = format!(
        "{}/tiles/{}/{{z}}/{{x}}/{{y}}?v={}{joint}{asked}",
        ask::base_url(&headers),
        joined.join(","),
        edition(&epoch, sight)
    );
    let attribution = meta::attribution(&snapshot, &joined, language);
    let body = tiles::tilejson((&layers, sight), &url, meta::bounds(&snapshot), &attribution, language);
    Ok(caching::json(&headers, &epoch, "application/json", body.to_string()))
}

pub(in crate::api) async fn style(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let question = ask::question(&parameters, &["lang", "for", ask::CAMPAIGN])?;
    let language = ask::language(&parameters)?;
    let make = match parameters.get("for").map(String::as_str) {
        None => tiles::style,
        Some("qgis") => tiles::plain_style,
        Some(other) => {
            return Err(Problem::bad_request(
                format!("for: there is no style for `{other}`"),
                "without `for` the style is for MapLibre, with `for=qgis` for readers of few expressions",
            ));
        }
    };
    let (snapshot, sight) = ask::snapshot(&app, asker, &question).await?;
    let epoch = snapshot.epoch.to_string();
    let body = make(&ask::base_url(&headers), &question.canonical(), (language, sight));
    Ok(caching::json(&headers, &epoch, "application/json", body.to_string()))
}
