//! The tiles of a collection as OGC API – Tiles speaks of them. The tiles are those of `/tiles`.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value as Json, json};

use super::super::App;
use super::super::ask::Parameters;
use super::super::asker::Asker;
use super::super::problem::Problem;
use super::super::tiles as vector;
use super::{Asked, JSON};
use crate::flow::meta;
use crate::tiles::LayerDefinition;

/// The one tiling there is: that of web maps (OGC 17-083r4, annex D.1).
pub(super) const TILING: &str = "WebMercatorQuad";
const TILING_URI: &str = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad";
const WEB_MERCATOR: &str = "http://www.opengis.net/def/crs/EPSG/0/3857";
const MVT: &str = "application/vnd.mapbox-vector-tile";
/// Scale denominator and metres of a pixel of 0.28 mm at zoom 0, and the corner where rows and columns begin: the same annex.
const SCALE_0: f64 = 559_082_264.028_717_8;
const PIXEL_0: f64 = 156_543.033_928_040_97;
const CORNER: f64 = 20_037_508.342_789_244;
const LAST_ZOOM: u32 = 22;

pub(in crate::api) async fn tilings(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = Asked::new((&app, asker), &parameters, &headers, &[])?;
    let link = asked.desk.link("self", JSON, &format!("/tileMatrixSets/{TILING}"), TILING);
    let one =
        json!({"id": TILING, "title": "Google Maps Compatible for the World", "uri": TILING_URI, "links": [link]});
    Ok(asked.json(&headers, JSON, &json!({"tileMatrixSets": [one]})))
}

pub(in crate::api) async fn tiling(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = Asked::new((&app, asker), &parameters, &headers, &[])?;
    only_tiling(&id)?;
    let matrix = |zoom: u32| {
        let parts = f64::from(zoom).exp2();
        json!({
            "id": zoom.to_string(),
            "scaleDenominator": SCALE_0 / parts,
            "cellSize": PIXEL_0 / parts,
            "cornerOfOrigin": "topLeft",
            "pointOfOrigin": [-CORNER, CORNER],
            "tileWidth": 256,
            "tileHeight": 256,
            "matrixWidth": 1_u64 << zoom,
            "matrixHeight": 1_u64 << zoom,
        })
    };
    let body = json!({
        "id": TILING,
        "title": "Google Maps Compatible for the World",
        "uri": TILING_URI,
        "crs": WEB_MERCATOR,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": (0..=LAST_ZOOM).map(matrix).collect::<Vec<_>>(),
    });
    Ok(asked.json(&headers, JSON, &body))
}

pub(in crate::api) async fn tilesets(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = Asked::new((&app, asker), &parameters, &headers, &[])?;
    let layer = super::layer(&id, asked.sight)?;
    let path = format!("/collections/{id}/tiles");
    let body = json!({
        "links": [asked.desk.link("self", JSON, &path, layer.id)],
        "tilesets": [of_layer(&asked, layer)],
    });
    Ok(asked.json(&headers, JSON, &body))
}

pub(in crate::api) async fn tileset(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    Path((id, tiling)): Path<(String, String)>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = Asked::new((&app, asker), &parameters, &headers, &[])?;
    let layer = super::layer(&id, asked.sight)?;
    only_tiling(&tiling)?;
    Ok(asked.json(&headers, JSON, &of_layer(&asked, layer)))
}

fn of_layer(asked: &Asked, layer: &LayerDefinition) -> Json {
    let desk = &asked.desk;
    let path = format!("/collections/{}/tiles/{TILING}", layer.id);
    let mut tile = desk.link("item", MVT, &format!("{path}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"), layer.id);
    tile["templated"] = Json::from(true);
    let [west, south, east, north] = meta::bounds(&asked.snapshot);
    json!({
        "title": desk.language.pick(layer.vi, layer.en),
        "dataType": "vector",
        "crs": WEB_MERCATOR,
        "tileMatrixSetURI": TILING_URI,
        "boundingBox": {"lowerLeft": [west, south], "upperRight": [east, north], "crs": super::systems::CRS84},
        "layers": [{
            "id": layer.id,
            "dataType": "vector",
            "minTileMatrix": layer.minzoom.to_string(),
            "maxTileMatrix": layer.maxzoom.to_string(),
        }],
        "links": [
            desk.link("self", JSON, &path, layer.id),
            tile,
            desk.link("http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme", JSON, &format!("/tileMatrixSets/{TILING}"), TILING),
            desk.link("http://www.opengis.net/def/rel/ogc/1.0/geodata", JSON, &format!("/collections/{}", layer.id), layer.id),
        ],
    })
}

/// Matrix, row, column: y before x.
pub(in crate::api) async fn tile(
    state: State<Arc<App>>,
    asker: Extension<Asker>,
    Path((id, tiling, z, row, column)): Path<(String, String, String, String, String)>,
    Query(mut parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    only_tiling(&tiling)?;
    // Links carry it; a tile has no words of ours.
    parameters.remove("lang");
    match parameters.remove("f").as_deref() {
        None | Some("mvt") => {}
        Some(other) => {
            return Err(Problem::bad_request(format!("there are no tiles as `{other}`"), "f=mvt, or leave it out"));
        }
    }
    let row = row.strip_suffix(".mvt").unwrap_or(&row).to_owned();
    vector::tile(state, asker, Path((id, z, column, row)), Query(parameters), headers).await
}

fn only_tiling(id: &str) -> Result<(), Problem> {
    if id == TILING {
        return Ok(());
    }
    Err(Problem::not_found(format!("there is no tiling `{id}`"), format!("GET /ogc/tileMatrixSets/{TILING}")))
}
