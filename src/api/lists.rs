//! The lists behind the screens: the rows of a layer as plain JSON.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Map, Value as Json, json};

use super::App;
use super::ask::{self, Parameters};
use super::asker::Asker;
use super::caching;
use super::problem::Problem;
use crate::engine::boundaries::place;
use crate::flow::choice::{self, Choice};
use crate::flow::collection::{self, Wanted};
use crate::flow::export::{self, Format, json_value};
use crate::flow::former::{self, Former};
use crate::flow::snapshot::{Snapshot, View};
use crate::flow::{changes, hints, meta, speeds};
use crate::model::crs::Crs;
use crate::model::feature::{Feature, Shape};
use crate::model::language::Language;
use crate::tiles;

/// Rows that one request may take.
pub(super) const MOST: usize = 5_000;

pub(super) async fn health(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let epoch = app.snapshot().epoch.to_string();
    app.store.epoch().await.map_err(|error| {
        tracing::error!(%error, "the store does not answer");
        Problem::ours()
    })?;
    let body = json!({"status": "ok", "epoch": epoch, "version": env!("CARGO_PKG_VERSION")});
    Ok(caching::json(&HeaderMap::new(), &epoch, "application/json", body.to_string()))
}

pub(super) async fn meta(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let snapshot = app.snapshot();
    let epoch = snapshot.epoch.to_string();
    let mut body = ask::work(move || meta::of_dataset(&snapshot, asker.role.sight(None))).await?;
    body["formats"] = Format::made().iter().map(|format| format.ending()).collect();
    body["systems"] = systems(&body["bounds"]);
    let of_layer = |layer: &tiles::LayerDefinition| {
        let holds = |format: &&Format| format.may_be_in(Crs::VN2000, layer.geometry);
        let endings: Vec<&str> = Format::made().iter().filter(holds).map(|format| format.ending()).collect();
        (layer.id.to_owned(), Json::from(endings))
    };
    body["formats_in_systems"] = tiles::definitions().iter().map(of_layer).collect::<Map<_, _>>().into();
    Ok(caching::json(&headers, &epoch, "application/json", body.to_string()))
}

/// The systems in metres that are used in the middle of a box, which files may be asked for in.
fn systems(bounds: &Json) -> Json {
    let at = |side: usize| bounds[side].as_f64().unwrap_or_default();
    let (lon, lat) = (f64::midpoint(at(0), at(2)), f64::midpoint(at(1), at(3)));
    let used = |system: &Crs| system.is_metric() && *system != Crs::WEB_MERCATOR && system.suits(lon, lat);
    let told =
        |system: Crs| json!({"epsg": system.epsg(), "vi": system.name(Language::Vi), "en": system.name(Language::En)});
    Crs::ALL.into_iter().filter(used).map(told).collect()
}

pub(super) async fn summary(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (snapshot, view) = ask::view(&app, asker, ask::question(&parameters, &[ask::CAMPAIGN])?).await?;
    let body = meta::summary(&snapshot, &view);
    Ok(caching::json(&headers, &snapshot.epoch.to_string(), "application/json", body.to_string()))
}

pub(super) async fn list(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(layer): Path<String>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let limit = ask::number(&parameters, "limit", 100)?.min(MOST);
    let offset = ask::number(&parameters, "offset", 0)?;
    let also = [&["limit", "offset", ask::CAMPAIGN], &choice::PARAMETERS[..]].concat();
    let (snapshot, view) = ask::view(&app, asker, ask::question(&parameters, &also)?).await?;
    let wanted = Wanted { choice: chosen(&parameters, &layer, &view)?, offset, limit };
    let epoch = snapshot.epoch.to_string();
    let name = layer.clone();
    let body = ask::work(move || {
        let page = collection::page(&snapshot, &view, &layer, &wanted)?;
        let items: Vec<Json> = page.rows.into_iter().map(item).collect();
        let mut body = json!({
            "layer": layer, "epoch": snapshot.epoch.to_string(), "as_of": view.answer.as_of.to_string(),
            "question": view.answer.question.canonical(), "total": page.matched, "offset": offset, "items": items,
        });
        if !wanted.choice.is_all() {
            body["choice"] = Json::from(wanted.choice.whole());
        }
        if layer == hints::LAYER {
            body["plan"] = hints::plan(&snapshot, &view);
        }
        if layer == changes::LAYER {
            body["comparison"] = changes::comparison(&snapshot, &view);
        }
        Ok::<_, export::ExportError>(body)
    })
    .await?
    .map_err(|error| of_layer(error, &name))?;
    Ok(caching::json(&headers, &epoch, "application/json", body.to_string()))
}

pub(super) async fn one(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(row): Path<(String, String)>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let find = |snapshot: &Snapshot, view: &View, layer: &str, key: &str| {
        let found = collection::one(snapshot, view, layer, key).map_err(|error| of_layer(error, layer))?;
        if found.is_some() || layer != former::LAYER {
            return Ok(found.map(item));
        }
        match former::former(snapshot, view, key)? {
            Some(Former::PartOf(row)) => {
                let mut body = item(row);
                body["formerly"] = Json::from(key);
                Ok(Some(body))
            }
            Some(Former::Closed(cell)) => {
                Err(Problem::gone(former::closed(key, &cell), format!("GET /api/signal/{key} tells of the cell")))
            }
            None => Ok(None),
        }
    };
    of_row((&app, asker), row, &parameters, &headers, find).await
}

/// Speed tests around a row, which its layer does not hold.
pub(super) async fn speeds(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(row): Path<(String, String)>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let find = |snapshot: &Snapshot, view: &View, layer: &str, key: &str| {
        speeds::of_row(snapshot, view, layer, key).map_err(|error| of_layer(error, layer))
    };
    of_row((&app, asker), row, &parameters, &headers, find).await
}

/// What there is to say of one row of a layer.
async fn of_row(
    (app, asker): (&Arc<App>, Asker),
    (layer, key): (String, String),
    parameters: &Parameters,
    headers: &HeaderMap,
    find: impl FnOnce(&Snapshot, &View, &str, &str) -> Result<Option<Json>, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let (snapshot, view) = ask::view(app, asker, ask::question(parameters, &[ask::CAMPAIGN])?).await?;
    let epoch = snapshot.epoch.to_string();
    let (name, wanted) = (layer.clone(), key.clone());
    let found = ask::work(move || find(&snapshot, &view, &layer, &key)).await?;
    let Some(body) = found? else {
        let hint = match &*name {
            former::LAYER => {
                format!("GET /api/{name} lists the keys; a key is of one network and period, as it was listed")
            }
            name => format!("GET /api/{name} lists the keys"),
        };
        return Err(Problem::not_found(format!("`{name}` has no `{wanted}`"), hint));
    };
    Ok(caching::json(headers, &epoch, "application/json", body.to_string()))
}

/// The rows of a layer that are wanted; a layer that does not exist, or not for this reader, is refused later.
pub(super) fn chosen(parameters: &Parameters, layer: &str, view: &View) -> Result<Choice, Problem> {
    let Some(definition) = tiles::definition(layer).filter(|_| view.need(layer).is_ok()) else {
        return Ok(Choice::default());
    };
    Ok(Choice::read(|name| parameters.get(name).map(String::as_str), (definition, view.sight))?)
}

fn of_layer(error: export::ExportError, layer: &str) -> Problem {
    if !matches!(error, export::ExportError::UnknownLayer { .. }) {
        return error.into();
    }
    let known = crate::flow::layers::LAYERS.join(", ");
    Problem::not_found(format!("there is no list `{layer}`"), format!("one of meta, summary, {known}"))
}

/// A row with its attributes and the point to fly to.
pub(super) fn item(row: &Feature) -> Json {
    let mut members = Map::new();
    members.insert("id".into(), Json::from(row.id));
    members.insert("key".into(), Json::from(row.key.as_str()));
    let at = match &row.shape {
        Shape::Point(at) => Some(*at),
        Shape::Area(area) => place::label_point(area),
        Shape::Unlocated => None,
    };
    members.insert("lon".into(), at.map_or(Json::Null, |at| Json::from(at.lon())));
    members.insert("lat".into(), at.map_or(Json::Null, |at| Json::from(at.lat())));
    for (name, value) in &row.attributes {
        members.insert((*name).to_owned(), json_value(value));
    }
    Json::Object(members)
}
