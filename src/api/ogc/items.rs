//! The rows of a collection, page by page, and one of them.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::super::App;
use super::super::access;
use super::super::ask::{self, Parameters};
use super::super::asker::Asker;
use super::super::lists::MOST;
use super::super::problem::Problem;
use super::{Asked, GEOJSON, JSON, systems};
use crate::flow::access::is_guarded;
use crate::flow::choice::Choice;
use crate::flow::collection::{self, Wanted};
use crate::model::access::Sight;
use crate::model::crs::Crs;
use crate::model::measure::local_day;
use crate::model::token::{AuditAction, AuditEvent};
use crate::tiles::LayerDefinition;

/// Parameters of `items` beside the filters of every address.
pub(super) const PARAMETERS: [&str; 10] =
    ["limit", "offset", "bbox", "bbox-crs", "datetime", "crs", "filter", "filter-lang", "filter-crs", "purpose"];
/// Rows of a page that does not say.
pub(super) const PAGE: usize = 100;

pub(in crate::api) async fn list(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = Asked::new((&app, asker), &parameters, &headers, &PARAMETERS)?;
    let layer = super::layer(&id, asked.sight)?;
    let columns = collection::columns(layer, asked.sight);
    let system = systems::named("crs", parameters.get("crs"))?;
    let wanted = wanted(&parameters, (layer, asked.sight))?;
    let purpose = access::purpose(&parameters, false)?;
    if is_guarded(layer.id) && wanted.offset == 0 {
        let subject = ask::subject(&format!("ogc/{}", layer.id), &asked.question, &wanted.choice);
        let did = asker.actor().did(AuditAction::Export, subject, (app.clock)());
        app.store.record(&AuditEvent { purpose, ..did }).await.map_err(Problem::of_store)?;
    }
    let (snapshot, question) = (Arc::clone(&asked.snapshot), asked.question.clone());
    let (offset, limit) = (wanted.offset, wanted.limit);
    let (rows, matched) = ask::work(move || {
        let view = snapshot.ask(asker.role, &question)?;
        let page = collection::page(&snapshot, &view, layer.id, &wanted)?;
        let rows: Vec<Json> = page.rows.iter().map(|row| collection::feature(row, &columns, system)).collect();
        Ok::<_, Problem>((rows, page.matched))
    })
    .await??;
    let desk = &asked.desk;
    let path = format!("/collections/{id}/items");
    let at = |offset: usize| {
        let mut address = format!("{}{path}?limit={limit}&offset={offset}{}", desk.base, desk.kept);
        for name in PARAMETERS.iter().filter(|name| !matches!(**name, "limit" | "offset")) {
            if let Some(value) = parameters.get(*name) {
                address = format!("{address}&{name}={}", ask::encoded(value));
            }
        }
        address
    };
    let page = |rel: &str, offset: usize| json!({"rel": rel, "type": GEOJSON, "href": at(offset)});
    let mut links = vec![page("self", offset), desk.link("collection", JSON, &format!("/collections/{id}"), &id)];
    if offset + rows.len() < matched && !rows.is_empty() {
        links.push(page("next", offset + rows.len()));
    }
    if offset > 0 {
        links.push(page("prev", offset.saturating_sub(limit)));
    }
    let body = json!({
        "type": "FeatureCollection",
        "numberMatched": matched,
        "numberReturned": rows.len(),
        "links": links,
        "features": rows,
    });
    Ok(in_system(asked.json(&headers, GEOJSON, &body), system))
}

pub(in crate::api) async fn one(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path((id, key)): Path<(String, String)>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = Asked::new((&app, asker), &parameters, &headers, &["crs"])?;
    let layer = super::layer(&id, asked.sight)?;
    let columns = collection::columns(layer, asked.sight);
    let system = systems::named("crs", parameters.get("crs"))?;
    let (snapshot, question, wanted) = (Arc::clone(&asked.snapshot), asked.question.clone(), key.clone());
    let found = ask::work(move || {
        let view = snapshot.ask(asker.role, &question)?;
        let row = collection::one(&snapshot, &view, layer.id, &wanted)?;
        Ok::<_, Problem>(row.map(|row| collection::feature(row, &columns, system)))
    })
    .await??;
    let Some(mut feature) = found else {
        return Err(Problem::not_found(
            format!("`{id}` has no `{key}`"),
            format!("GET /ogc/collections/{id}/items lists the rows"),
        ));
    };
    let path = format!("/collections/{id}");
    feature["links"] = json!([
        asked.desk.link("self", GEOJSON, &format!("{path}/items/{}", ask::encoded(&key)), &key),
        asked.desk.link("collection", JSON, &path, &id),
    ]);
    Ok(in_system(asked.json(&headers, GEOJSON, &feature), system))
}

/// Features Part 2: every answer with coordinates says their system.
fn in_system(mut response: Response, system: Option<Crs>) -> Response {
    if let Ok(value) = HeaderValue::from_str(&systems::told(system)) {
        response.headers_mut().insert("content-crs", value);
    }
    response
}

fn wanted(parameters: &Parameters, of: (&LayerDefinition, Sight)) -> Result<Wanted, Problem> {
    let limit = ask::number(parameters, "limit", PAGE)?.min(MOST);
    if limit == 0 {
        return Err(Problem::bad_request("`limit` is 0", format!("1 to {MOST}")));
    }
    if systems::named("filter-crs", parameters.get("filter-crs"))?.is_some() {
        return Err(Problem::bad_request(
            "shapes in a filter are longitude and latitude",
            format!("filter-crs={}, or leave it out", systems::CRS84),
        ));
    }
    let bbox_crs = systems::named("bbox-crs", parameters.get("bbox-crs"))?;
    // A box of another system is read here; what is said of it stays as it was said.
    let get = |name: &str| parameters.get(name).filter(|_| bbox_crs.is_none() || name != "bbox").map(String::as_str);
    let mut choice = Choice::read(get, of)?;
    if let (Some(system), Some(text)) = (bbox_crs, parameters.get("bbox")) {
        choice.ground = Some(systems::ground(text, system)?);
    }
    choice.days = parameters.get("datetime").map(|text| days(text)).transpose()?;
    Ok(Wanted { choice, offset: ask::number(parameters, "offset", 0)?, limit })
}

/// `2025-09-01`, `2025-09-01T00:00:00Z`, `2025-09-01/..`: first and last local day.
fn days(text: &str) -> Result<(Option<String>, Option<String>), Problem> {
    let wrong = || {
        Problem::bad_request(
            format!("`datetime` is `{text}`, expected an instant, a day or an interval of them"),
            "datetime=2025-07-01/2025-09-30; `..` is an open end",
        )
    };
    let day = |text: &str| -> Result<Option<Date>, Problem> {
        if matches!(text, "" | "..") {
            return Ok(None);
        }
        if let Ok(at) = text.parse::<jiff::Timestamp>() {
            return Ok(Some(local_day(at)));
        }
        if text.len() == 10 { text.parse().map(Some).map_err(|_| wrong()) } else { Err(wrong()) }
    };
    let (from, to) = match text.split_once('/') {
        Some((from, to)) => (day(from)?, day(to)?),
        None => {
            let day = day(text)?.ok_or_else(wrong)?;
            (Some(day), Some(day))
        }
    };
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(wrong());
    }
    Ok((from.map(|day| day.to_string()), to.map(|day| day.to_string())))
}
