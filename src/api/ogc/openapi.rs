//! The description that clients generate code from: OpenAPI 3.0, made from what the handlers themselves use.
//!
//! `tests/it/ogc.rs` asks every address of it with good and bad values and
//! holds the answers to what is promised here.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Map, Value as Json, json};

use super::super::App;
use super::super::ask::{FILTERS, Parameters};
use super::super::asker::Asker;
use super::super::lists::MOST;
use super::super::problem::Problem;
use super::{Asked, GEOJSON, JSON, OPENAPI, SCHEMA, items, systems, tiles};
use crate::model::access::Sight;
use crate::tiles::definitions;

pub(in crate::api) async fn document(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = Asked::new((&app, asker), &parameters, &headers, &[])?;
    let body = described(&asked.desk.base, asked.sight);
    Ok(asked.json(&headers, OPENAPI, &body))
}

fn described(base: &str, sight: Sight) -> Json {
    let mut paths = Map::new();
    let mut path = |address: &str, summary: &str, kind: &str, own: &[&str]| {
        let in_path = address.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let parameters: Vec<Json> = in_path
            .chain(own.iter().copied())
            .chain(FILTERS)
            .chain(["lang"])
            .map(|name| json!({"$ref": format!("#/components/parameters/{name}")}))
            .collect();
        let mut responses = json!({
            "200": {"description": "the answer", "content": {kind: {"schema": {"$ref": schema_of(kind)}}}},
            "304": {"description": "the client holds it"},
            "400": {"$ref": "#/components/responses/Problem"},
            "401": {"$ref": "#/components/responses/Problem"},
            "403": {"$ref": "#/components/responses/Problem"},
            "503": {"description": "busy, or it takes too long; ask again"},
        });
        if address.contains('{') {
            responses["404"] = json!({"$ref": "#/components/responses/Problem"});
        }
        if kind == MVT {
            responses["204"] = json!({"description": "there is nothing in this tile"});
        }
        let id: String = address.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        let id = if id.is_empty() { "landing".to_owned() } else { id };
        paths.insert(
            address.to_owned(),
            json!({"get": {"operationId": id, "summary": summary, "parameters": parameters, "responses": responses}}),
        );
    };
    path("/", "Links to everything", JSON, &[]);
    path("/conformance", "Requirements classes that are met", JSON, &[]);
    path("/collections", "The layers", JSON, &[]);
    path("/collections/{collectionId}", "One layer", JSON, &[]);
    path("/collections/{collectionId}/schema", "Its columns", SCHEMA, &[]);
    path("/collections/{collectionId}/queryables", "Columns that a filter may name", SCHEMA, &[]);
    path("/collections/{collectionId}/items", "Its rows, page by page", GEOJSON, &items::PARAMETERS);
    path("/collections/{collectionId}/items/{featureId}", "One row", GEOJSON, &["crs"]);
    path("/collections/{collectionId}/tiles", "Its tilesets", JSON, &[]);
    path("/collections/{collectionId}/tiles/{tileMatrixSetId}", "Its tileset in one tiling", JSON, &[]);
    path(
        "/collections/{collectionId}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}",
        "A vector tile",
        MVT,
        &[],
    );
    path("/tileMatrixSets", "The tilings", JSON, &[]);
    path("/tileMatrixSets/{tileMatrixSetId}", "One tiling", JSON, &[]);
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "Phủ Sóng",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Where the mobile signal is missing, whom the digital teams have not reached, and where the two meet.",
            "license": {"name": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": base}],
        "paths": paths,
        "components": {
            "parameters": parameters(sight),
            "responses": {"Problem": {
                "description": "why not, and what to ask instead (RFC 9457)",
                "content": {"application/problem+json": {"schema": {
                    "type": "object",
                    "required": ["type", "title", "status", "detail"],
                    "properties": {
                        "type": {"type": "string"},
                        "title": {"type": "string"},
                        "status": {"type": "integer"},
                        "detail": {"type": "string"},
                        "hint": {"type": "string", "nullable": true},
                    },
                }}},
            }},
            "schemas": {
                "Document": {"type": "object"},
                "Schema": {"type": "object", "required": ["$schema", "type", "properties"]},
                "Features": {"type": "object", "required": ["type"], "properties": {"type": {"type": "string"}}},
                "Tile": {"type": "string", "format": "binary"},
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    })
}

const MVT: &str = "application/vnd.mapbox-vector-tile";

fn schema_of(kind: &str) -> &'static str {
    match kind {
        GEOJSON => "#/components/schemas/Features",
        SCHEMA => "#/components/schemas/Schema",
        MVT => "#/components/schemas/Tile",
        _ => "#/components/schemas/Document",
    }
}

fn parameters(sight: Sight) -> Json {
    let seen: Vec<&str> =
        definitions().iter().filter(|layer| sight.shows(layer.matter)).map(|layer| layer.id).collect();
    let text = json!({"type": "string"});
    let day = json!({"type": "string", "format": "date"});
    let address = json!({"type": "string", "format": "uri"});
    let of = |place: &str, name: &str, schema: &Json, words: &str| json!({"name": name, "in": place, "required": place == "path", "schema": schema, "description": words});
    let path = |name: &str, schema: &Json, words: &str| of("path", name, schema, words);
    let query = |name: &str, schema: &Json, words: &str| of("query", name, schema, words);
    let number = |least: usize, most: Option<usize>, default: usize| {
        let mut schema = json!({"type": "integer", "minimum": least, "default": default});
        if let Some(most) = most {
            schema["maximum"] = Json::from(most);
        }
        schema
    };
    let mut bbox = query(
        "bbox",
        &json!({"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}),
        "rows that meet this box, in the order of the axes of `bbox-crs`",
    );
    bbox["style"] = Json::from("form");
    bbox["explode"] = Json::from(false);
    json!({
        "collectionId": path("collectionId", &json!({"type": "string", "enum": seen}), "a layer"),
        "featureId": path("featureId", &text, "commune code, village code, H3 index"),
        "tileMatrixSetId": path("tileMatrixSetId", &json!({"type": "string", "enum": [tiles::TILING]}), "a tiling"),
        "tileMatrix": path("tileMatrix", &text, "zoom"),
        "tileRow": path("tileRow", &text, "y from the north"),
        "tileCol": path("tileCol", &text, "x from the west"),
        "limit": query("limit", &number(1, Some(MOST), items::PAGE), "rows of a page"),
        "offset": query("offset", &number(0, None, 0), "rows before this page; links `next` and `prev` carry it"),
        "bbox": bbox,
        "bbox-crs": query("bbox-crs", &address, "system of `bbox`"),
        "datetime": query("datetime", &text, "rows with evidence of these days: `2025-07-01/2025-09-30`, `2025-09-01/..`"),
        "crs": query("crs", &json!({"type": "string", "enum": systems::all(), "default": systems::CRS84}), "system of the answer"),
        "filter": query("filter", &text, "CQL2, such as `percent < 20 AND S_INTERSECTS(geometry, BBOX(105.9, 20.1, 106, 20.3))`"),
        "filter-lang": query("filter-lang", &json!({"type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text"}), "language of `filter`"),
        "filter-crs": query("filter-crs", &json!({"type": "string", "enum": [systems::CRS84]}), "system of shapes in `filter`"),
        "purpose": query("purpose", &json!({"type": "string", "maxLength": 100}), "what rows of a guarded layer are taken for; kept in the audit"),
        "operator": query("operator", &text, "network; without it the best of all"),
        "technology": query("technology", &json!({"type": "string", "enum": ["2G", "3G", "4G", "5G"]}), "without it the best of all"),
        "from": query("from", &day, "first day of measurements, +07:00"),
        "to": query("to", &day, "last day"),
        "as_of": query("as_of", &day, "the day whose communes are shown"),
        "compared_from": query("compared_from", &day, "first day of the earlier period of `changes`"),
        "compared_to": query("compared_to", &day, "its last day"),
        "lang": query("lang", &json!({"type": "string", "enum": ["vi", "en"], "default": "vi"}), "language of titles"),
    })
}
