//! The door with GDAL.
//!
//! Reads the first layer that has features and those of the same columns; `systems` takes them to WGS 84,
//! `writing` writes. GDAL's own messages go to the log and into errors, never to standard error.

use std::path::{Path, PathBuf};
use std::sync::Once;

use gdal::errors::GdalError;
use gdal::vector::{Feature, LayerAccess};
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};

use super::systems::ours;
use super::{Read, clock, kml, workbook};
use crate::ingest::{Options, RawFeature, RawGeometry, Unreadable, reading};
use crate::model::crs::Crs;
use crate::model::refusal::Parts;

pub use super::systems::ToWgs84;
pub use super::writing::{write, writes};

/// Features of a vector file, properties as text, geometry in WGS 84 degrees,
/// longitude first. A stated system overrules what the file declares; a file that
/// declares nothing is taken as WGS 84 when its extent fits the globe.
///
/// # Errors
/// [`Unreadable::Gdal`] with GDAL's words, [`Unreadable::UnsupportedCrs`],
/// [`Unreadable::NoFeatures`], [`Unreadable::NoLayer`].
pub fn read(path: &Path, options: &Options) -> Result<Read, Unreadable> {
    // It goes after the dataset that is read from it.
    let copy = clock::Copy::of(path);
    let dataset = open(copy.as_ref().map_or(path, clock::Copy::path), options)?;
    read_from(&dataset, path, options)
}

fn read_from(dataset: &Dataset, path: &Path, options: &Options) -> Result<Read, Unreadable> {
    let (mut features, mut passed_over) = (Vec::new(), Vec::new());
    let mut columns: Vec<String> = Vec::new();
    let wanted = |name: &str| options.layer.as_deref().is_none_or(|layer| layer == name);
    if let Some(found) = options.layer.as_ref().filter(|_| !dataset.layers().any(|layer| wanted(&layer.name()))) {
        let known = dataset.layers().map(|layer| layer.name()).collect();
        return Err(Unreadable::NoLayer { found: found.clone(), known });
    }
    if SHEETS.contains(&dataset.driver().short_name().as_str()) {
        return sheets(path, dataset, options, &wanted);
    }
    for mut layer in dataset.layers().filter(|layer| wanted(&layer.name())) {
        let names: Vec<String> = layer.defn().fields().map(|f| f.name()).collect();
        // A KML file has a layer for each folder; layers of other columns hold something else.
        if !features.is_empty() && names != columns {
            passed_over.push(layer.name());
            continue;
        }
        let to_wgs84 = match (options.crs_epsg, layer.spatial_ref()) {
            (Some(4326), _) | (None, None) => None,
            (Some(epsg), _) => Some(ToWgs84::new(epsg)?),
            (None, Some(srs)) => ToWgs84::from_declared(srs)?,
        };
        let before = features.len() as u64;
        for (feature, number) in layer.features().zip(before + 1..) {
            features.push(raw(&feature, number, &names, to_wgs84.as_ref()));
        }
        columns = names;
    }
    if features.is_empty() {
        return Err(Unreadable::NoFeatures);
    }
    if dataset.driver().short_name() == "LIBKML" {
        kml::tidy(&mut features);
    }
    Ok(Read { features, passed_over, is_sheet: false, title_above: None, sheets: Parts::default() })
}

/// Drivers of spreadsheets.
const SHEETS: [&str; 3] = ["XLSX", "XLS", "ODS"];

fn sheets(
    path: &Path,
    dataset: &Dataset,
    options: &Options,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<Read, Unreadable> {
    let merged = workbook::merged(path);
    let mut sheets = Vec::new();
    for mut layer in dataset.layers().filter(|layer| wanted(&layer.name())) {
        let sheet = layer.name();
        let names: Vec<String> = layer.defn().fields().map(|f| f.name()).collect();
        let rows: Vec<RawFeature> = layer.features().map(|feature| raw(&feature, 0, &names, None)).collect();
        let merged = merged.iter().find(|(name, _)| *name == sheet).map_or(&[][..], |(_, merged)| merged);
        sheets.extend(workbook::lay_out(sheet, rows, merged, options.layout()));
    }
    if sheets.is_empty() {
        return Err(Unreadable::NoFeatures);
    }
    let main = sheets.remove(workbook::main(&sheets));
    let mut parts = Parts::default();
    parts.begin(0, &main.sheet);
    let mut read = Read {
        features: main.features,
        passed_over: Vec::new(),
        is_sheet: true,
        title_above: main.title_above,
        sheets: Parts::default(),
    };
    let mut before = main.rows;
    for sheet in sheets {
        if sheet.names == main.names {
            // No two rows of a file have one number.
            let below = |row: RawFeature| RawFeature { number: before + row.number, ..row };
            read.features.extend(sheet.features.into_iter().map(below));
            parts.begin(before, &sheet.sheet);
            before += sheet.rows;
        } else {
            read.passed_over.push(sheet.sheet);
        }
    }
    Ok(Read { sheets: parts, ..read })
}

/// The layers of a vector file that have features, by their names; none of a file that is none.
#[must_use]
pub fn layers(path: &Path, options: &Options) -> Vec<String> {
    let Ok(dataset) = open(path, options) else { return Vec::new() };
    let filled = dataset.layers().filter(|layer| layer.feature_count() > 0);
    filled.map(|layer| layer.name()).collect()
}

/// The system that the layer says it is in, where it is one that we read ourselves.
/// WGS 84 where it says nothing.
#[must_use]
pub fn declared(path: &Path, options: &Options) -> Option<Crs> {
    let dataset = open(path, options).ok()?;
    let layer = match &options.layer {
        Some(name) => dataset.layer_by_name(name).ok()?,
        None => dataset.layers().next()?,
    };
    match layer.spatial_ref() {
        None => Some(Crs::WGS84),
        Some(srs) => ours(&srs),
    }
}

fn open(path: &Path, options: &Options) -> Result<Dataset, Unreadable> {
    quiet();
    let flags = GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_READONLY;
    // A zipped shapefile is read where it lies.
    let zipped = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("zip"));
    let name = if zipped { PathBuf::from(format!("/vsizip/{}", absolute(path)?.display())) } else { path.to_owned() };
    // Stated, it overrules a Shapefile's encoding file; drivers without this option pass it over.
    let encoding = options.encoding.map(|encoding| format!("ENCODING={}", encoding.code_page().name()));
    let stated: Vec<&str> = encoding.iter().map(String::as_str).collect();
    let stated = (!stated.is_empty()).then_some(&stated[..]);
    let options = DatasetOptions { open_flags: flags, open_options: stated, ..DatasetOptions::default() };
    Dataset::open_ex(&name, options).map_err(told)
}

fn absolute(path: &Path) -> Result<PathBuf, Unreadable> {
    Ok(std::path::absolute(path)?)
}

fn raw(feature: &Feature<'_>, number: u64, names: &[String], to_wgs84: Option<&ToWgs84>) -> RawFeature {
    let mut properties = Vec::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        let value = feature.field_as_string(index).ok().flatten().unwrap_or_default();
        properties.push((name.clone(), value));
    }
    // By its place: `geometry()` hands out a pointer to nothing where the row has no shape, and the process ends.
    let geometry = match feature.geometry_by_index(0).ok() {
        None => RawGeometry::None,
        Some(geometry) => match shape(geometry, to_wgs84) {
            Ok(shape) => RawGeometry::Shape(shape),
            Err(problem) => RawGeometry::Bad(problem),
        },
    };
    RawFeature { number, properties, geometry }
}

fn shape(geometry: &gdal::vector::Geometry, to_wgs84: Option<&ToWgs84>) -> Result<geo_types::Geometry<f64>, String> {
    let mut geometry = match to_wgs84.and_then(|to| to.by_proj.as_ref()) {
        Some(by_proj) => geometry.transform(by_proj).map_err(|e| e.to_string())?,
        None => geometry.clone(),
    };
    geometry.flatten_to_2d();
    if geometry.is_empty() {
        return Err("the geometry is empty".to_owned());
    }
    let shape = geo_types::Geometry::try_from(&geometry).map_err(|e| e.to_string())?;
    match to_wgs84.and_then(|to| to.by_us) {
        None => Ok(shape),
        Some(crs) => reading::shape(&shape, crs),
    }
}

/// GDAL prints to standard error unless told otherwise.
pub(super) fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Which row is the header is for `workbook` to say.
        for option in ["OGR_XLSX_HEADERS", "OGR_XLS_HEADERS", "OGR_ODS_HEADERS"] {
            // Only a name with a zero byte fails.
            let _ = gdal::config::set_config_option(option, "DISABLE");
        }
        gdal::config::set_error_handler(|class, number, text| {
            tracing::debug!(?class, number, text, "gdal");
        });
    });
}

pub(super) fn told(error: GdalError) -> Unreadable {
    Unreadable::Gdal(match error {
        GdalError::CplError { msg, .. } if !msg.trim().is_empty() => msg,
        GdalError::NullPointer { msg, .. } if !msg.trim().is_empty() => msg,
        other => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::fixture;

    #[test]
    fn noise_is_told_in_words() {
        let folder = fixture::folder();
        let path = fixture::write(&folder, "a.gpkg", b"SQLite format 3\0 and nothing more");
        assert!(matches!(read(&path, &fixture::options()), Err(Unreadable::Gdal(text)) if !text.is_empty()));
    }
}
