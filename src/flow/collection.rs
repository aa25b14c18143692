//! A layer as a collection of the OGC: its rows page by page, under filters, in any system; its columns as a schema.

use geojson::GeometryValue;
use serde_json::{Map, Value as Json, json};

use super::choice::{self, Choice};
use super::export::{self, ExportError};
use super::snapshot::{Snapshot, View};
use crate::model::access::Sight;
use crate::model::crs::Crs;
use crate::model::feature::Feature;
use crate::model::filter::Kind;
use crate::model::language::Language;
use crate::tiles::{FieldKind, GeometryKind, LayerDefinition};

/// What is asked of a collection.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub choice: Choice,
    pub offset: usize,
    pub limit: usize,
}

/// One page, and how many rows there are on all pages.
pub struct Page<'a> {
    pub rows: Vec<&'a Feature>,
    pub matched: usize,
}

/// The rows of a page, in the order of the layer's list.
///
/// # Errors
/// As [`choice::rows`].
pub fn page<'a>(snapshot: &Snapshot, view: &'a View, layer: &str, wanted: &Wanted) -> Result<Page<'a>, ExportError> {
    let rows = choice::rows(snapshot, view, layer, &wanted.choice)?;
    let matched = rows.len();
    Ok(Page { rows: rows.into_iter().skip(wanted.offset).take(wanted.limit).collect(), matched })
}

/// The row of a key.
///
/// # Errors
/// As [`choice::rows`].
pub fn one<'a>(
    snapshot: &Snapshot,
    view: &'a View,
    layer: &str,
    key: &str,
) -> Result<Option<&'a Feature>, ExportError> {
    Ok(export::rows(snapshot, view, layer)?.iter().find(|row| row.key == key))
}

/// Columns that a reader sees, and what they hold.
#[must_use]
pub fn columns(definition: &LayerDefinition, sight: Sight) -> Vec<(&'static str, Kind)> {
    let shown = definition.fields.iter().filter(|field| definition.shows_field(field.name, sight));
    shown
        .map(|field| {
            let kind = match field.kind {
                FieldKind::Text => Kind::Text,
                FieldKind::Integer | FieldKind::Number => Kind::Number,
                FieldKind::Flag => Kind::Flag,
            };
            (field.name, kind)
        })
        .collect()
}

/// A row as a GeoJSON feature with every column, its coordinates in a system and in the order of its axes:
/// EPSG's systems of degrees have latitude first, CRS84 and the metric ones of Viet Nam east first.
#[must_use]
pub fn feature(row: &Feature, columns: &[(&'static str, Kind)], system: Option<Crs>) -> Json {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let mut feature = export::feature(row, &names);
    if let (Some(system), Some(geometry)) = (system, row.shape.geometry()) {
        let mut value = Json::from(&GeometryValue::from(&geometry));
        let moved = move_places(&mut value["coordinates"], system);
        feature["geometry"] = if moved.is_some() { value } else { Json::Null };
    }
    feature
}

/// `None` where a place has no coordinates in the system.
fn move_places(value: &mut Json, system: Crs) -> Option<()> {
    let items = value.as_array_mut()?;
    let [Json::Number(east), Json::Number(north), ..] = items.as_slice() else {
        return items.iter_mut().try_for_each(|item| move_places(item, system));
    };
    let (east, north) = system.from_wgs84(east.as_f64()?, north.as_f64()?)?;
    // A millimetre, and seven decimals of a degree.
    let digits = if system.is_metric() { 1e3 } else { 1e7 };
    let [east, north] = [east, north].map(|number| Json::from((number * digits).round() / digits));
    *items = if system.is_metric() { vec![east, north] } else { vec![north, east] };
    Some(())
}

/// JSON Schema of a collection's rows. `queryables`: what a filter may name, and nothing else.
#[must_use]
pub fn schema(
    definition: &LayerDefinition,
    sight: Sight,
    language: Language,
    (address, queryables): (&str, bool),
) -> Json {
    let mut properties = Map::new();
    let geometry = match definition.geometry {
        GeometryKind::Area => "geometry-multipolygon",
        GeometryKind::Point => "geometry-point",
    };
    let geometry = if queryables { "geometry-any" } else { geometry };
    properties.insert("geometry".into(), json!({"x-ogc-role": "primary-geometry", "format": geometry}));
    for field in definition.fields.iter().filter(|field| definition.shows_field(field.name, sight)) {
        let kind = match field.kind {
            FieldKind::Text => "string",
            FieldKind::Integer => "integer",
            FieldKind::Number => "number",
            FieldKind::Flag => "boolean",
        };
        properties.insert(field.name.into(), json!({"type": kind, "description": field.description}));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "type": "object",
        "title": language.pick(definition.vi, definition.en),
        "properties": properties,
        "additionalProperties": false,
    })
}
