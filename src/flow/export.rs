//! The rows of a layer as a file: GeoJSON by RFC 7946, other formats through GDAL.
//!
//! The figures are those of the map: the same rows, under the same question.
//! A `metadata` member says the period, the thresholds, the sources and the
//! epoch, so that a figure can be traced a year later.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use geojson::GeometryValue;
use serde_json::{Map, Value as Json, json};

use super::meta;
use super::snapshot::{Snapshot, View};
use crate::ingest::{self, Unreadable};
use crate::model::access::Forbidden;
use crate::model::admin::AdminUnit;
use crate::model::feature::{Feature, Shape, Value};
use crate::model::language::Language;
use crate::tiles;

/// The file formats that can be asked for, and GDAL's name for each.
pub const FORMATS: [(&str, &str); 8] = [
    ("geojson", "GeoJSON"),
    ("csv", "CSV"),
    ("xlsx", "XLSX"),
    ("gpkg", "GPKG"),
    ("shp", "ESRI Shapefile"),
    ("kml", "KML"),
    ("fgb", "FlatGeobuf"),
    ("tab", "MapInfo File"),
];

/// Formats of a single file, which a server can hand out; MapInfo and Shapefile are several.
pub const SINGLE_FILES: [&str; 4] = ["geojson", "csv", "xlsx", "kml"];

/// Those of [`SINGLE_FILES`] that this build can make: all but GeoJSON need GDAL.
#[must_use]
pub fn single_files() -> &'static [&'static str] {
    static MADE: OnceLock<&'static [&'static str]> = OnceLock::new();
    // The door to GDAL says that it is shut, whatever it is asked.
    MADE.get_or_init(|| match ingest::gdal::convert(Path::new(""), Path::new(""), "CSV") {
        Err(Unreadable::NoGdal { .. }) => &SINGLE_FILES[..1],
        _ => &SINGLE_FILES,
    })
}

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("there is no layer `{found}`, expected one of {}", known.join(", "))]
    UnknownLayer { found: String, known: Vec<String> },
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    #[error("there is no format `{found}`, expected one of {}", known.join(", "))]
    UnknownFormat { found: String, known: Vec<String> },
    #[error("cannot write {path}: {source}")]
    Write { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Convert(#[from] Unreadable),
}

/// Writes a layer to a file.
///
/// # Errors
/// Names the layers or formats that exist when the one asked for does not.
pub fn write(snapshot: &Snapshot, view: &View, layer: &str, format: &str, to: &Path) -> Result<u64, ExportError> {
    let rows = rows(snapshot, view, layer)?;
    let Some((_, driver)) = FORMATS.into_iter().find(|(name, _)| *name == format) else {
        let known = FORMATS.into_iter().map(|(name, _)| name.to_owned()).collect();
        return Err(ExportError::UnknownFormat { found: format.to_owned(), known });
    };
    written(snapshot, view, layer, rows, (format, driver), to)
        .map_err(|problem| match problem {
            Problem::Disk(source) => ExportError::Write { path: to.to_owned(), source },
            Problem::Convert(problem) => ExportError::Convert(problem),
        })
        .map(|()| rows.len() as u64)
}

/// Writes a style for QGIS beside a file, where the layer has one, the format is one that QGIS
/// looks beside, and no style is there: somebody may have made it.
///
/// # Errors
/// The disk says no.
pub fn style_beside(to: &Path, layer: &str, format: &str, language: Language) -> Result<Option<PathBuf>, ExportError> {
    let style = to.with_extension("qml");
    if !matches!(format, "geojson" | "gpkg" | "shp" | "fgb" | "tab") || style.exists() {
        return Ok(None);
    }
    let Some(text) = tiles::qml(layer, language) else { return Ok(None) };
    let written = std::fs::write(&style, text);
    written.map_err(|source| ExportError::Write { path: style.clone(), source }).map(|()| Some(style))
}

/// A layer as the bytes of one file, by way of a folder of its own.
///
/// # Errors
/// As [`write`].
pub fn bytes(snapshot: &Snapshot, view: &View, layer: &str, format: &str) -> Result<Vec<u8>, ExportError> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("phusong-{}-{number}", std::process::id()));
    let to = folder.join(format!("{layer}.{format}"));
    let failed = |source| ExportError::Write { path: to.clone(), source };
    std::fs::create_dir(&folder).map_err(failed)?;
    let made = write(snapshot, view, layer, format, &to).and_then(|_| std::fs::read(&to).map_err(failed));
    if let Err(error) = std::fs::remove_dir_all(&folder) {
        tracing::warn!(%error, "a folder of an export stays behind");
    }
    made
}

enum Problem {
    Disk(io::Error),
    Convert(Unreadable),
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// Writes into a folder beside the target and moves what came out into place:
/// an export that fails leaves the old file as it was. A Shapefile is several files.
fn written(
    snapshot: &Snapshot,
    view: &View,
    layer: &str,
    rows: &[Feature],
    (format, driver): (&str, &str),
    to: &Path,
) -> Result<(), Problem> {
    let name = to.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let target = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let workshop = target.join(format!(".phusong-export-{}", std::process::id()));
    std::fs::create_dir(&workshop)?;
    let make = || -> Result<(), Problem> {
        let source = workshop.join("source.geojson");
        let mut out = BufWriter::new(File::create(&source)?);
        geojson(snapshot, view, layer, rows, &mut out)?;
        out.flush()?;
        drop(out);
        if format == "geojson" {
            return Ok(std::fs::rename(&source, to)?);
        }
        let made = workshop.join("made");
        std::fs::create_dir_all(&made)?;
        ingest::gdal::convert(&source, &made.join(name), driver).map_err(Problem::Convert)?;
        for entry in std::fs::read_dir(&made)? {
            let entry = entry?;
            std::fs::rename(entry.path(), target.join(entry.file_name()))?;
        }
        Ok(())
    };
    let outcome = make();
    let cleared = std::fs::remove_dir_all(&workshop);
    outcome?;
    Ok(cleared?)
}

/// The rows of a layer.
///
/// # Errors
/// Names the layers that exist when this one does not, and says when it is not for the reader of the view.
pub fn rows<'a>(snapshot: &Snapshot, view: &'a View, layer: &str) -> Result<&'a [Feature], ExportError> {
    view.need(layer)?;
    snapshot.rows(view, layer).ok_or_else(|| ExportError::UnknownLayer {
        found: layer.to_owned(),
        known: super::layers::LAYERS.into_iter().map(str::to_owned).collect(),
    })
}

/// Streams a layer as one GeoJSON object, a feature a line.
///
/// # Errors
/// Only those of `out`.
pub fn geojson(snapshot: &Snapshot, view: &View, layer: &str, rows: &[Feature], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{{\"type\":\"FeatureCollection\",\"name\":{},", Json::from(layer))?;
    writeln!(out, "\"metadata\":{},", meta::of_export(snapshot, view, layer, rows.len()))?;
    writeln!(out, "\"features\":[")?;
    let fields: Vec<&str> =
        tiles::definition(layer).map(|definition| shown_fields(definition, view)).unwrap_or_default();
    for (i, row) in rows.iter().enumerate() {
        let joint = if i + 1 == rows.len() { "" } else { "," };
        writeln!(out, "{}{joint}", feature(row, &fields))?;
    }
    writeln!(out, "]}}")
}

fn shown_fields(definition: &tiles::LayerDefinition, view: &View) -> Vec<&'static str> {
    definition.fields.iter().map(|field| field.name).filter(|name| definition.shows_field(name, view.sight)).collect()
}

/// One row as a GeoJSON feature. Every declared field is there: a figure that
/// is absent is `null` beside the note that says why.
pub(super) fn feature(row: &Feature, fields: &[&str]) -> Json {
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
pub(super) fn geometry_value(geometry: &geo_types::Geometry<f64>) -> Json {
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
