//! OGC API: the layers as collections that QGIS, GDAL and ArcGIS read without a plug-in.
//!
//! Common, Features (Parts 1, 2 and 3, with CQL2) and Tiles, all under `/ogc`.
//! Nothing here has figures of its own: rows, filters and rights are those of
//! the lists, tiles those of `/tiles`.

pub(super) mod items;
pub(super) mod openapi;
pub(super) mod systems;
pub(super) mod tiles;

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value as Json, json};

use super::App;
use super::ask::{self, Parameters};
use super::asker::Asker;
use super::caching;
use super::problem::Problem;
use crate::flow::snapshot::Snapshot;
use crate::flow::{collection, meta};
use crate::model::access::{Forbidden, Sight};
use crate::model::language::Language;
use crate::model::question::Question;
use crate::tiles::{self as definitions, LayerDefinition};

/// What is claimed, each with a test of its name in `tests/it/ogc.rs`.
pub(super) const CONFORMANCE: [&str; 22] = [
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/schemas",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
    "http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/accent-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
];

/// Where and how a reader asks: what every link of an answer repeats.
pub(super) struct Desk {
    /// `http://host/ogc`
    base: String,
    language: Language,
    /// The filters of the question and the language, `&operator=viettel`.
    kept: String,
}

impl Desk {
    fn new(headers: &HeaderMap, parameters: &Parameters, question: &Question) -> Result<Self, Problem> {
        let language = ask::language(parameters)?;
        let mut kept = String::new();
        let asked = question.canonical();
        if !asked.is_empty() {
            kept = format!("&{asked}");
        }
        if parameters.contains_key("lang") {
            kept = format!("{kept}&lang={}", language.pick("vi", "en"));
        }
        Ok(Self { base: format!("{}/ogc", ask::base_url(headers)), language, kept })
    }

    /// An address under `/ogc` with the filters of this request.
    fn at(&self, path: &str) -> String {
        match self.kept.strip_prefix('&') {
            Some(kept) => format!("{}{path}?{kept}", self.base),
            None => format!("{}{path}", self.base),
        }
    }

    fn link(&self, rel: &str, kind: &str, path: &str, title: &str) -> Json {
        json!({"rel": rel, "type": kind, "href": self.at(path), "title": title})
    }
}

pub(super) const JSON: &str = "application/json";
pub(super) const GEOJSON: &str = "application/geo+json";
pub(super) const SCHEMA: &str = "application/schema+json";
pub(super) const OPENAPI: &str = "application/vnd.oai.openapi+json;version=3.0";

/// A request that knows nothing but who asks and under which filters.
struct Asked {
    snapshot: Arc<Snapshot>,
    sight: Sight,
    question: Question,
    desk: Desk,
}

impl Asked {
    fn new(
        (app, asker): (&App, Asker),
        parameters: &Parameters,
        headers: &HeaderMap,
        also: &[&str],
    ) -> Result<Self, Problem> {
        only_json(parameters)?;
        let question = ask::question(parameters, &[&["f", "lang"], also].concat())?;
        let desk = Desk::new(headers, parameters, &question)?;
        let snapshot = app.snapshot();
        let sight = snapshot.admit(asker.role, &question)?;
        Ok(Self { snapshot, sight, question, desk })
    }

    fn json(&self, headers: &HeaderMap, kind: &'static str, body: &Json) -> Response {
        caching::json(headers, &self.snapshot.epoch.to_string(), kind, body.to_string())
    }
}

/// `f` names an encoding; JSON is the one there is.
fn only_json(parameters: &Parameters) -> Result<(), Problem> {
    match parameters.get("f").map(String::as_str) {
        None | Some("json" | "geojson") => Ok(()),
        Some(other) => {
            Err(Problem::bad_request(format!("there is no encoding `{other}` here"), "f=json, or leave it out"))
        }
    }
}

/// The layer of a collection, for a reader who may have it.
fn layer(id: &str, sight: Sight) -> Result<&'static LayerDefinition, Problem> {
    let Some(definition) = definitions::definition(id) else {
        let known: Vec<&str> = definitions::definitions().iter().map(|layer| layer.id).collect();
        return Err(Problem::not_found(
            format!("there is no collection `{id}`"),
            format!("one of {}", known.join(", ")),
        ));
    };
    if sight.shows(definition.matter) { Ok(definition) } else { Err(Forbidden::Layer { layer: definition.id }.into()) }
}

pub(super) async fn landing(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = Asked::new((&app, asker), &parameters, &headers, &[])?;
    let (desk, language) = (&asked.desk, asked.desk.language);
    let description = language.pick(
        "Ranh giới sau sáp nhập, thôn đã và chưa tới, nơi có và không có sóng",
        "Boundaries after the mergers, villages reached and not, where the signal is and is not",
    );
    let body = json!({
        "title": "Phủ Sóng",
        "description": description,
        "links": [
            desk.link("self", JSON, "", language.pick("Trang này", "This page")),
            desk.link("service-desc", OPENAPI, "/api", "OpenAPI 3.0"),
            desk.link("conformance", JSON, "/conformance", language.pick("Chuẩn được tuân theo", "Conformance")),
            desk.link("data", JSON, "/collections", language.pick("Các lớp", "Collections")),
            desk.link("http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes", JSON, "/tileMatrixSets",
                language.pick("Lưới ô bản đồ", "Tile matrix sets")),
        ],
    });
    Ok(asked.json(&headers, JSON, &body))
}

pub(super) async fn conformance(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = Asked::new((&app, asker), &parameters, &headers, &[])?;
    Ok(asked.json(&headers, JSON, &json!({"conformsTo": CONFORMANCE})))
}

pub(super) async fn collections(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = Asked::new((&app, asker), &parameters, &headers, &[])?;
    let seen = definitions::definitions().iter().filter(|layer| asked.sight.shows(layer.matter));
    let all: Vec<Json> = seen.map(|layer| described(&asked, layer)).collect();
    let body = json!({
        "links": [asked.desk.link("self", JSON, "/collections", asked.desk.language.pick("Các lớp", "Collections"))],
        "crs": systems::all(),
        "collections": all,
    });
    Ok(asked.json(&headers, JSON, &body))
}

pub(super) async fn collection(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = Asked::new((&app, asker), &parameters, &headers, &[])?;
    let layer = layer(&id, asked.sight)?;
    Ok(asked.json(&headers, JSON, &described(&asked, layer)))
}

fn described(asked: &Asked, layer: &LayerDefinition) -> Json {
    let (desk, language) = (&asked.desk, asked.desk.language);
    let path = format!("/collections/{}", layer.id);
    let known = asked.snapshot.period;
    let period = [known.map(|(from, _)| from), known.map(|(_, to)| to)];
    // Days of Viet Nam, whose offset no day of the data changes.
    let [from, to] = [(period[0], "00:00:00"), (period[1], "23:59:59")]
        .map(|(day, time)| day.map(|day| format!("{day}T{time}+07:00")));
    json!({
        "id": layer.id,
        "title": language.pick(layer.vi, layer.en),
        "itemType": "feature",
        "extent": {
            "spatial": {"bbox": [meta::bounds(&asked.snapshot)], "crs": systems::CRS84},
            "temporal": {"interval": [[from, to]], "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"},
        },
        "crs": ["#/crs"],
        "storageCrs": systems::CRS84,
        "links": [
            desk.link("self", JSON, &path, language.pick("Lớp này", "This collection")),
            desk.link("items", GEOJSON, &format!("{path}/items"), language.pick("Các dòng", "Items")),
            desk.link("http://www.opengis.net/def/rel/ogc/1.0/schema", SCHEMA, &format!("{path}/schema"), "JSON Schema"),
            desk.link("http://www.opengis.net/def/rel/ogc/1.0/queryables", SCHEMA, &format!("{path}/queryables"),
                language.pick("Cột lọc được", "Queryables")),
            desk.link("http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", JSON, &format!("{path}/tiles"),
                language.pick("Ô bản đồ", "Tiles")),
        ],
    })
}

pub(super) async fn schema(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    columns_of(&Asked::new((&app, asker), &parameters, &headers, &[])?, &id, &headers, false)
}

pub(super) async fn queryables(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    columns_of(&Asked::new((&app, asker), &parameters, &headers, &[])?, &id, &headers, true)
}

fn columns_of(asked: &Asked, id: &str, headers: &HeaderMap, queryables: bool) -> Result<Response, Problem> {
    let layer = layer(id, asked.sight)?;
    let name = if queryables { "queryables" } else { "schema" };
    let address = asked.desk.at(&format!("/collections/{id}/{name}"));
    let body = collection::schema(layer, asked.sight, asked.desk.language, (&address, queryables));
    Ok(asked.json(headers, SCHEMA, &body))
}
