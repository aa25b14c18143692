//! The door with GDAL.
//!
//! Reads the first layer that has features and those of the same columns, writes one layer. Axis order is
//! longitude first on both sides, whatever the authority says (GDAL 3 would
//! otherwise write EPSG:4326 as latitude first). GDAL's own messages go to the
//! log and into errors, never to standard error.

use std::path::{Path, PathBuf};
use std::sync::Once;

use gdal::errors::GdalError;
use gdal::spatial_ref::{AxisMappingStrategy, CoordTransform, SpatialRef};
use gdal::vector::{Feature, FieldDefn, FieldValue, LayerAccess, LayerOptions};
use gdal::{Dataset, DatasetOptions, DriverManager, GdalOpenFlags};

use crate::ingest::{RawFeature, RawGeometry, Unreadable};

/// Features of a vector file, properties as text, geometry in WGS 84 degrees,
/// longitude first. `crs_epsg` overrules what the file declares; a file that
/// declares nothing is taken as WGS 84 when its extent fits the globe.
///
/// # Errors
/// [`Unreadable::Gdal`] with GDAL's words, [`Unreadable::UnsupportedCrs`],
/// [`Unreadable::NoFeatures`].
pub fn read(path: &Path, crs_epsg: Option<u32>) -> Result<Vec<RawFeature>, Unreadable> {
    quiet();
    let flags = GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_READONLY;
    // A zipped shapefile is read where it lies.
    let zipped = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("zip"));
    let name = if zipped { PathBuf::from(format!("/vsizip/{}", absolute(path)?.display())) } else { path.to_owned() };
    let options = DatasetOptions { open_flags: flags, ..DatasetOptions::default() };
    let dataset = Dataset::open_ex(&name, options).map_err(told)?;
    let mut features = Vec::new();
    let mut columns: Vec<String> = Vec::new();
    for mut layer in dataset.layers() {
        let names: Vec<String> = layer.defn().fields().map(|f| f.name()).collect();
        // A KML file has a layer for each folder; layers of other columns hold something else.
        if !features.is_empty() && names != columns {
            tracing::warn!(layer = layer.name(), "layer passed over: its columns differ from the first layer's");
            continue;
        }
        let to_wgs84 = match (crs_epsg, layer.spatial_ref()) {
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
    if features.is_empty() { Err(Unreadable::NoFeatures) } else { Ok(features) }
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
    let geometry = match feature.geometry() {
        None => RawGeometry::None,
        Some(geometry) => match shape(geometry, to_wgs84) {
            Ok(shape) => RawGeometry::Shape(shape),
            Err(problem) => RawGeometry::Bad(problem),
        },
    };
    RawFeature { number, properties, geometry }
}

fn shape(geometry: &gdal::vector::Geometry, to_wgs84: Option<&ToWgs84>) -> Result<geo_types::Geometry<f64>, String> {
    let mut geometry = match to_wgs84 {
        Some(to) => geometry.transform(&to.0).map_err(|e| e.to_string())?,
        None => geometry.clone(),
    };
    geometry.flatten_to_2d();
    if geometry.is_empty() {
        return Err("the geometry is empty".to_owned());
    }
    geo_types::Geometry::try_from(&geometry).map_err(|e| e.to_string())
}

/// From a coordinate system to WGS 84.
pub struct ToWgs84(CoordTransform);

impl ToWgs84 {
    /// # Errors
    /// [`Unreadable::UnsupportedCrs`] when PROJ does not know the number.
    pub fn new(epsg: u32) -> Result<Self, Unreadable> {
        quiet();
        let unsupported = |_| Unreadable::UnsupportedCrs { found: format!("EPSG:{epsg}") };
        Self::between(SpatialRef::from_epsg(epsg).map_err(unsupported)?).map_err(unsupported)
    }

    /// `None` for WGS 84 itself, whose numbers must come through untouched.
    fn from_declared(srs: SpatialRef) -> Result<Option<Self>, Unreadable> {
        let is_wgs84 = srs.auth_name().as_deref() == Some("EPSG") && srs.auth_code().ok() == Some(4326);
        let crs84 = srs.auth_name().as_deref() == Some("OGC");
        if is_wgs84 || crs84 {
            return Ok(None);
        }
        let found = srs.name().unwrap_or_else(|| "without a name".to_owned());
        Self::between(srs).map(Some).map_err(|_| Unreadable::UnsupportedCrs { found })
    }

    fn between(mut from: SpatialRef) -> Result<Self, GdalError> {
        from.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        Ok(Self(CoordTransform::new(&from, &wgs84()?)?))
    }

    /// Longitude and latitude of an easting and a northing (in Viet Nam written
    /// Y and X), or nothing where the system does not reach.
    #[must_use]
    pub fn point(&self, easting: f64, northing: f64) -> Option<(f64, f64)> {
        let (mut x, mut y, mut z) = ([easting], [northing], [0.0]);
        self.0.transform_coords(&mut x, &mut y, &mut z).ok()?;
        (x[0].is_finite() && y[0].is_finite()).then_some((x[0], y[0]))
    }
}

fn wgs84() -> Result<SpatialRef, GdalError> {
    let mut srs = SpatialRef::from_epsg(4326)?;
    srs.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    Ok(srs)
}

/// Writes a GeoJSON file of ours as another format, attributes and types kept:
/// `CSV`, `GPKG`, `ESRI Shapefile`, `KML`, `FlatGeobuf`, `XLSX`, `MapInfo File` …
/// An existing file of that name is replaced.
///
/// # Errors
/// [`Unreadable::Gdal`] with GDAL's words.
pub fn convert(geojson: &Path, to: &Path, driver: &str) -> Result<(), Unreadable> {
    quiet();
    let source = Dataset::open(geojson).map_err(told)?;
    let mut layer = source.layer(0).map_err(told)?;
    let srs = wgs84().map_err(told)?;
    if to.is_file() {
        std::fs::remove_file(to)?;
    }
    let mut target =
        DriverManager::get_driver_by_name(driver).and_then(|driver| driver.create_vector_only(to)).map_err(told)?;
    let points = layer
        .features()
        .next()
        .is_some_and(|f| f.geometry().is_some_and(|g| g.geometry_type() == gdal_sys::OGRwkbGeometryType::wkbPoint));
    let name = to.file_stem().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let options = layer_options(driver, points);
    let layer_options =
        LayerOptions { name: &name, srs: Some(&srs), options: Some(&options), ..LayerOptions::default() };
    // One transaction where the format has them: a GeoPackage would otherwise sync to disk at every row.
    if let Ok(mut transaction) = target.start_transaction() {
        copy(&mut layer, &mut transaction, layer_options).map_err(told)?;
        transaction.commit().map_err(told)?;
    } else {
        copy(&mut layer, &mut target, layer_options).map_err(told)?;
    }
    target.close().map_err(told)
}

fn layer_options(driver: &str, points: bool) -> Vec<&'static str> {
    match driver {
        // Without it names lose their marks; the text goes to a `.dbf` with a `.cpg` beside it.
        "ESRI Shapefile" | "MapInfo File" => vec!["ENCODING=UTF-8"],
        // The mark makes Excel read UTF-8; areas have no place in a table.
        "CSV" if points => vec!["GEOMETRY=AS_XY", "WRITE_BOM=YES"],
        "CSV" => vec!["WRITE_BOM=YES"],
        _ => vec![],
    }
}

fn copy(from: &mut gdal::vector::Layer<'_>, to: &mut Dataset, options: LayerOptions<'_>) -> Result<(), GdalError> {
    let fields: Vec<(String, gdal::vector::OGRFieldType::Type)> =
        from.defn().fields().map(|f| (f.name(), f.field_type())).collect();
    let layer = to.create_layer(options)?;
    for (name, kind) in &fields {
        FieldDefn::new(name, *kind)?.add_to_layer(&layer)?;
    }
    // By position, because Shapefile cuts names to 10 characters. A table format may put columns
    // of its own in front; then the fields that we added are the last ones.
    let defn = layer.defn();
    let first = defn.fields().count().saturating_sub(fields.len());
    // A spreadsheet has no place for geometry.
    let has_place = defn.geom_fields().count() > 0;
    for feature in from.features() {
        let mut copy = Feature::new(defn)?;
        for index in 0..fields.len() {
            match feature.field(index) {
                Ok(Some(FieldValue::StringValue(text))) => copy.set_field_string(first + index, &text)?,
                Ok(Some(value)) => copy.set_field(first + index, &value)?,
                Ok(None) => copy.set_field_null(first + index)?,
                // Lists and the like go as text.
                Err(_) => {
                    if let Some(text) = feature.field_as_string(index)? {
                        copy.set_field_string(first + index, &text)?;
                    }
                }
            }
        }
        if let Some(geometry) = feature.geometry().filter(|_| has_place) {
            copy.set_geometry(geometry.clone())?;
        }
        copy.create(&layer)?;
    }
    Ok(())
}

/// GDAL prints to standard error unless told otherwise.
fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        gdal::config::set_error_handler(|class, number, text| {
            tracing::debug!(?class, number, text, "gdal");
        });
    });
}

fn told(error: GdalError) -> Unreadable {
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

    /// Formats of several files must be overwritten as a whole.
    #[test]
    fn writing_twice_leaves_the_second() {
        let folder = fixture::folder();
        let one = fixture::write(&folder, "one.geojson", SQUARE.as_bytes());
        let two = fixture::write(&folder, "two.geojson", SQUARE.replace("00007", "00008").as_bytes());
        for (driver, file) in
            [("GPKG", "a.gpkg"), ("ESRI Shapefile", "a.shp"), ("MapInfo File", "b.tab"), ("CSV", "c.csv")]
        {
            let to = folder.path().join(file);
            convert(&one, &to, driver).unwrap();
            convert(&two, &to, driver).unwrap();
            let features = read(&to, None).unwrap();
            assert_eq!(features.len(), 1, "{driver}");
            assert!(features[0].properties.iter().any(|(_, v)| v == "00008"), "{driver}");
        }
    }

    const SQUARE: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":
        {"code":"00007","name":"Đồng Hướng","households":120,"share":0.25},"geometry":{"type":"Polygon",
        "coordinates":[[[105.9,20.2],[106.0,20.2],[106.0,20.3],[105.9,20.2]]]}}]}"#;

    fn there_and_back(driver: &str, file: &str) -> Vec<RawFeature> {
        let folder = fixture::folder();
        let from = fixture::write(&folder, "from.geojson", SQUARE.as_bytes());
        let to = folder.path().join(file);
        convert(&from, &to, driver).unwrap();
        read(&to, None).unwrap()
    }

    #[test]
    fn names_codes_and_places_survive_every_format() {
        for (driver, file) in [
            ("GPKG", "a.gpkg"),
            ("ESRI Shapefile", "a.shp"),
            ("FlatGeobuf", "a.fgb"),
            ("KML", "a.kml"),
            ("MapInfo File", "a.tab"),
            ("XLSX", "a.xlsx"),
            ("CSV", "a.csv"),
        ] {
            let features = there_and_back(driver, file);
            let get = |name: &str| features[0].properties.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
            assert_eq!(get("code"), Some("00007"), "{driver}");
            assert!(features[0].properties.iter().any(|(_, v)| v == "Đồng Hướng"), "{driver}");
            if let RawGeometry::Shape(geo_types::Geometry::Polygon(polygon)) = &features[0].geometry {
                let first = polygon.exterior().0[0];
                // MapInfo keeps whole numbers on a grid of about 0.01 m.
                assert!((first.x - 105.9).abs() < 0.2 && (first.y - 20.2).abs() < 0.2, "{driver} {first:?}");
            } else {
                assert!(matches!(driver, "XLSX" | "CSV"), "{driver} {:?}", features[0].geometry);
            }
        }
    }

    #[test]
    fn a_province_system_lands_where_it_should() {
        // Hoa Lư, EPSG:5897 easting and northing, to about a metre.
        let (lon, lat) = ToWgs84::new(5897).unwrap().point(601_611.35, 2_240_658.67).unwrap();
        assert!((lon - 105.9745).abs() < 2e-5 && (lat - 20.2539).abs() < 2e-5, "{lon} {lat}");
        assert!(matches!(ToWgs84::new(999_999), Err(Unreadable::UnsupportedCrs { .. })));
    }

    #[test]
    fn noise_is_told_in_words() {
        let folder = fixture::folder();
        let path = fixture::write(&folder, "a.gpkg", b"SQLite format 3\0 and nothing more");
        assert!(matches!(read(&path, None), Err(Unreadable::Gdal(text)) if !text.is_empty()));
    }
}
