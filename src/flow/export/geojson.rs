//! GeoJSON by RFC 7946: a collection with its metadata, a sequence of lines, and the pieces that others use.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use geojson::GeometryValue;
use serde_json::{Map, Value as Json, json};

use super::Taking;
use crate::model::admin::AdminUnit;
use crate::model::feature::{Feature, Shape, Value};

/// One object, a feature a line. The `metadata` member says where the figures are from.
pub(super) fn collection(taking: &Taking<'_>, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{{\"type\":\"FeatureCollection\",\"name\":{},", Json::from(taking.definition.id))?;
    writeln!(out, "\"metadata\":{},", taking.metadata())?;
    writeln!(out, "\"features\":[")?;
    let fields = taking.names();
    for (i, row) in taking.rows.iter().enumerate() {
        let joint = if i + 1 == taking.rows.len() { "" } else { "," };
        writeln!(out, "{}{joint}", line(row, &fields))?;
    }
    writeln!(out, "]}}")
}

/// A feature a line and nothing around them, so that a reader need not hold the whole. Without the record
/// separators of RFC 8142: what reads lines (tippecanoe, jq, GDAL) reads it as it is.
pub(super) fn sequence(taking: &Taking<'_>, out: &mut dyn Write) -> io::Result<()> {
    let fields = taking.names();
    taking.rows.iter().try_for_each(|row| writeln!(out, "{}", line(row, &fields)))
}

/// One row as a line that says first what it is: GDAL looks no further to know a sequence from a single feature.
fn line(row: &Feature, fields: &[&str]) -> String {
    let feature = feature(row, fields);
    let member = |name| &feature[name];
    let (id, geometry, properties) = (member("id"), member("geometry"), member("properties"));
    format!(r#"{{"type":"Feature","id":{id},"geometry":{geometry},"properties":{properties}}}"#)
}

/// One row as a GeoJSON feature. Every declared field is there: a figure that
/// is absent is `null` beside the note that says why.
pub(in crate::flow) fn feature(row: &Feature, fields: &[&str]) -> Json {
    let mut properties = Map::new();
    for name in fields {
        properties.insert((*name).to_owned(), row.get(name).map_or(Json::Null, json_value));
    }
    json!({"type": "Feature", "id": row.key, "geometry": geometry(&row.shape), "properties": properties})
}

/// An attribute as JSON.
#[must_use]
pub fn json_value(value: &Value) -> Json {
    match value {
        Value::Text(text) => Json::from(text.as_str()),
        Value::Integer(number) => Json::from(*number),
        Value::Number(number) => Json::from(*number),
        Value::Flag(flag) => Json::from(*flag),
    }
}

fn geometry(shape: &Shape) -> Json {
    shape.geometry().map_or(Json::Null, |geometry| geometry_value(&geometry))
}

/// A geometry as RFC 7946 wants it, seven decimals.
pub(in crate::flow) fn geometry_value(geometry: &geo_types::Geometry<f64>) -> Json {
    let mut value = Json::from(&GeometryValue::from(geometry));
    round(&mut value);
    value
}

/// Seven decimals of a degree are a centimetre; RFC 7946 asks for no more.
fn round(value: &mut Json) {
    match value {
        Json::Array(items) => items.iter_mut().for_each(round),
        Json::Object(members) => members.values_mut().for_each(round),
        Json::Number(number) => {
            if let Some(float) = number.as_f64() {
                *value = Json::from((float * 1e7).round() / 1e7);
            }
        }
        _ => {}
    }
}

/// Writes units as GeoJSON that [`crate::ingest::boundaries`] reads back.
///
/// # Errors
/// Only those of the file.
pub fn write_units(units: &[AdminUnit], to: &Path) -> io::Result<()> {
    write_units_from(units, to, |unit| Some(unit.valid_from.to_string()))
}

/// The same for units whose first day was assumed: what is not known is not written.
///
/// # Errors
/// Only those of the file.
pub fn write_undated_units(units: &[AdminUnit], to: &Path) -> io::Result<()> {
    write_units_from(units, to, |_| None)
}

fn write_units_from(
    units: &[AdminUnit],
    to: &Path,
    first_day: impl Fn(&AdminUnit) -> Option<String>,
) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(to)?);
    writeln!(out, "{{\"type\":\"FeatureCollection\",\"features\":[")?;
    for (i, unit) in units.iter().enumerate() {
        let joint = if i + 1 == units.len() { "" } else { "," };
        let shape = unit.geometry.clone().map_or(Shape::Unlocated, Shape::Area);
        let mut feature = json!({
            "type": "Feature",
            "id": unit.code.to_string(),
            "geometry": geometry(&shape),
            "properties": {
                "code": unit.code.to_string(),
                "name": unit.name,
                "full_name": unit.full_name(),
                "kind": unit.kind.vietnamese(),
                "valid_to": unit.valid_to.map(|day| day.to_string()),
                "area_km2": unit.stated_area_km2,
                "approximate": unit.approximate,
                "source": unit.source,
            },
        });
        if let Some(day) = first_day(unit) {
            feature["properties"]["valid_from"] = Json::from(day);
        }
        writeln!(out, "{feature}{joint}")?;
    }
    writeln!(out, "]}}")?;
    out.flush()
}
