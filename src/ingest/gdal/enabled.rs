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
use gdal::vector::{Feature, FieldDefn, LayerAccess, LayerOptions, OGRFieldType, OGRwkbGeometryType};
use gdal::{Dataset, DatasetOptions, DriverManager, GdalOpenFlags};
use geo::{BoundingRect, MapCoords};
use geozero::{CoordDimensions, ToWkb};

use super::{ColumnKind, Read, Sheet, clock, kml, workbook};
use crate::ingest::{Options, RawFeature, RawGeometry, Unreadable, reading};
use crate::model::crs::Crs;
use crate::model::feature::{Feature as Row, Value};

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
    Ok(Read { features, passed_over, is_sheet: false, title_above: None })
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
    let mut read =
        Read { features: main.features, passed_over: Vec::new(), is_sheet: true, title_above: main.title_above };
    let mut before = main.rows;
    for sheet in sheets {
        if sheet.names == main.names {
            // No two rows of a file have one number.
            let below = |row: RawFeature| RawFeature { number: before + row.number, ..row };
            read.features.extend(sheet.features.into_iter().map(below));
            before += sheet.rows;
        } else {
            read.passed_over.push(sheet.sheet);
        }
    }
    Ok(read)
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

/// From a coordinate system to WGS 84: first by PROJ, then by us. The national datum is always left
/// to `model::crs`, so that a file gives the same place whichever way it comes in; PROJ chooses
/// between two sets of parameters by region and version.
pub struct ToWgs84 {
    by_proj: Option<CoordTransform>,
    by_us: Option<Crs>,
}

impl ToWgs84 {
    /// # Errors
    /// [`Unreadable::UnsupportedCrs`] when PROJ does not know the number.
    pub fn new(epsg: u32) -> Result<Self, Unreadable> {
        quiet();
        if let Some(crs) = Crs::from_epsg(epsg) {
            return Ok(Self { by_proj: None, by_us: Some(crs) });
        }
        let unsupported = |_| Unreadable::UnsupportedCrs { found: format!("EPSG:{epsg}") };
        Self::between(SpatialRef::from_epsg(epsg).map_err(unsupported)?).map_err(unsupported)
    }

    /// `None` for WGS 84 itself, whose numbers must come through untouched.
    fn from_declared(srs: SpatialRef) -> Result<Option<Self>, Unreadable> {
        match ours(&srs) {
            Some(Crs::WGS84) => return Ok(None),
            Some(crs) => return Ok(Some(Self { by_proj: None, by_us: Some(crs) })),
            None => {}
        }
        let found = srs.name().unwrap_or_else(|| "without a name".to_owned());
        Self::between(srs).map(Some).map_err(|_| Unreadable::UnsupportedCrs { found })
    }

    fn between(mut from: SpatialRef) -> Result<Self, GdalError> {
        from.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        if !is_vn2000(&from) {
            return Ok(Self { by_proj: Some(CoordTransform::new(&from, &wgs84()?)?), by_us: None });
        }
        // A local grid on the national datum: PROJ takes it to degrees without leaving the datum.
        let mut degrees = from.geog_cs()?;
        degrees.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        Ok(Self { by_proj: Some(CoordTransform::new(&from, &degrees)?), by_us: Some(Crs::VN2000) })
    }

    /// Longitude and latitude of an easting and a northing (in Viet Nam written
    /// Y and X), or nothing where the system does not reach.
    #[must_use]
    pub fn point(&self, easting: f64, northing: f64) -> Option<(f64, f64)> {
        let (mut x, mut y, mut z) = ([easting], [northing], [0.0]);
        if let Some(by_proj) = &self.by_proj {
            by_proj.transform_coords(&mut x, &mut y, &mut z).ok()?;
        }
        match self.by_us {
            Some(crs) => crs.to_wgs84(x[0], y[0]),
            None => (x[0].is_finite() && y[0].is_finite()).then_some((x[0], y[0])),
        }
    }
}

fn ours(srs: &SpatialRef) -> Option<Crs> {
    match srs.auth_name().as_deref() {
        Some("EPSG") => Crs::from_epsg(u32::try_from(srs.auth_code().ok()?).ok()?),
        // CRS84 and its like.
        Some("OGC") => Some(Crs::WGS84),
        _ => None,
    }
}

/// By the name of the datum, which survives where numbers do not: `VN-2000`, `D_Vietnam_2000`, `Vietnam_2000`.
fn is_vn2000(srs: &SpatialRef) -> bool {
    ["DATUM", "GEOGCS"].iter().any(|node| {
        let name = srs.get_attr_value(node, 0).ok().flatten().unwrap_or_default();
        let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        letters.contains("vn2000") || letters.contains("vietnam2000")
    })
}

fn wgs84() -> Result<SpatialRef, GdalError> {
    let mut srs = SpatialRef::from_epsg(4326)?;
    srs.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    Ok(srs)
}

/// Whether this GDAL makes files of a format.
#[must_use]
pub fn writes(driver: &str) -> bool {
    quiet();
    // Every driver that we name can make files where it is there at all.
    DriverManager::get_driver_by_name(driver).is_ok()
}

/// Writes rows as `GPKG`, `ESRI Shapefile`, `FlatGeobuf`, `MapInfo File` …, types kept, what is missing null.
/// An existing file of that name is replaced. `FlatGeobuf` holds no row without a place: GDAL 3.6 drops it.
///
/// # Errors
/// [`Unreadable::Gdal`] with GDAL's words.
pub fn write(rows: &[&Row], sheet: &Sheet<'_>, to: &Path) -> Result<(), Unreadable> {
    quiet();
    if to.is_file() {
        std::fs::remove_file(to)?;
    }
    let srs = named(sheet).map_err(told)?;
    let mut target = DriverManager::get_driver_by_name(sheet.driver)
        .and_then(|driver| driver.create_vector_only(to))
        .map_err(told)?;
    let options = layer_options(rows, sheet);
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let ty = if sheet.points { OGRwkbGeometryType::wkbPoint } else { OGRwkbGeometryType::wkbMultiPolygon };
    let options = LayerOptions { name: sheet.name, srs: Some(&srs), ty, options: Some(&options) };
    // One transaction where the format has them: a GeoPackage would otherwise sync to disk at every row.
    if let Ok(mut transaction) = target.start_transaction() {
        put(rows, sheet, &mut transaction, options)?;
        transaction.commit().map_err(told)?;
    } else {
        put(rows, sheet, &mut target, options)?;
    }
    target.close().map_err(told)
}

/// MapInfo has no numbers of systems and no VN-2000: it is given the parameters, or places would come back 225 m away.
fn named(sheet: &Sheet<'_>) -> gdal::errors::Result<SpatialRef> {
    let mut srs = match sheet.driver {
        "MapInfo File" if sheet.system != Crs::WGS84 => SpatialRef::from_proj4(&sheet.system.proj())?,
        _ => SpatialRef::from_epsg(sheet.system.epsg())?,
    };
    srs.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    Ok(srs)
}

/// The shape of a row in the system of the sheet.
fn placed(row: &Row, system: Crs) -> Result<Option<geo_types::Geometry<f64>>, Unreadable> {
    let Some(shape) = row.shape.geometry().filter(|_| system != Crs::WGS84) else { return Ok(row.shape.geometry()) };
    let moved = shape.try_map_coords(|at| {
        let there = system.from_wgs84(at.x, at.y);
        there.map(Into::into).ok_or_else(|| Unreadable::Gdal(format!("{} is no place in {system}", row.key)))
    });
    moved.map(Some)
}

fn layer_options(rows: &[&Row], sheet: &Sheet<'_>) -> Vec<String> {
    match sheet.driver {
        // Without it names lose their marks; the text goes to a `.dbf` with a `.cpg` beside it.
        "ESRI Shapefile" => vec!["ENCODING=UTF-8".into()],
        "MapInfo File" => {
            // MapInfo keeps whole numbers on a grid over these bounds: for a province, a tenth of a millimetre.
            let boxes = rows.iter().filter_map(|row| placed(row, sheet.system).ok()??.bounding_rect());
            let bounds = boxes.reduce(|one, other| {
                let (low, high) = (one.min(), one.max());
                let (low2, high2) = (other.min(), other.max());
                geo_types::Rect::new((low.x.min(low2.x), low.y.min(low2.y)), (high.x.max(high2.x), high.y.max(high2.y)))
            });
            let bounds = bounds.map(|all| {
                let (low, high) = (all.min(), all.max());
                // A hundredth of a degree around, or a kilometre, so that no place lies on the edge.
                let rim = if sheet.system.is_metric() { 1_000.0 } else { 0.01 };
                let [west, south, east, north] = [low.x - rim, low.y - rim, high.x + rim, high.y + rim];
                format!("BOUNDS={west},{south},{east},{north}")
            });
            std::iter::once("ENCODING=UTF-8".to_owned()).chain(bounds).collect()
        }
        "GPKG" => vec![format!("IDENTIFIER={}", sheet.name), format!("DESCRIPTION={}", sheet.about)],
        _ => vec![],
    }
}

fn put(rows: &[&Row], sheet: &Sheet<'_>, to: &mut Dataset, options: LayerOptions<'_>) -> Result<(), Unreadable> {
    let layer = to.create_layer(options).map_err(told)?;
    let (columns, mapinfo) = (&sheet.columns, sheet.driver == "MapInfo File");
    for column in columns {
        let kind = match column.kind {
            ColumnKind::Text => OGRFieldType::OFTString,
            // MapInfo has none of 64 bits; a real number holds every count.
            ColumnKind::Integer if mapinfo => OGRFieldType::OFTReal,
            ColumnKind::Integer => OGRFieldType::OFTInteger64,
            ColumnKind::Number => OGRFieldType::OFTReal,
            ColumnKind::Flag => OGRFieldType::OFTInteger,
        };
        FieldDefn::new(&column.name, kind).and_then(|field| field.add_to_layer(&layer)).map_err(told)?;
    }
    let defn = layer.defn();
    for row in rows {
        let mut feature = Feature::new(defn).map_err(told)?;
        for (index, column) in columns.iter().enumerate() {
            let key = || Some(Value::Text(row.key.clone()));
            let value = column.of.map_or_else(key, |name| row.get(name).cloned());
            let set = match (value, column.kind) {
                (None, _) => feature.set_field_null(index),
                (Some(Value::Text(text)), _) => feature.set_field_string(index, &text),
                (Some(Value::Integer(number)), ColumnKind::Text) => {
                    feature.set_field_string(index, &number.to_string())
                }
                (Some(Value::Number(number)), ColumnKind::Text) => feature.set_field_string(index, &number.to_string()),
                (Some(Value::Flag(flag)), ColumnKind::Text) => {
                    feature.set_field_string(index, if flag { "1" } else { "0" })
                }
                (Some(Value::Integer(number)), _) => feature.set_field_integer64(index, number),
                (Some(Value::Number(number)), _) => feature.set_field_double(index, number),
                (Some(Value::Flag(flag)), _) => feature.set_field_integer(index, i32::from(flag)),
            };
            set.map_err(told)?;
        }
        if let Some(geometry) = placed(row, sheet.system)? {
            let wkb = geometry.to_wkb(CoordDimensions::xy()).map_err(|error| Unreadable::Gdal(error.to_string()))?;
            let geometry = gdal::vector::Geometry::from_wkb(&wkb).map_err(told)?;
            feature.set_geometry(geometry).map_err(told)?;
        }
        feature.create(&layer).map_err(told)?;
    }
    Ok(())
}

/// GDAL prints to standard error unless told otherwise.
fn quiet() {
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

fn told(error: GdalError) -> Unreadable {
    Unreadable::Gdal(match error {
        GdalError::CplError { msg, .. } if !msg.trim().is_empty() => msg,
        GdalError::NullPointer { msg, .. } if !msg.trim().is_empty() => msg,
        other => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::Column;
    use super::*;
    use crate::ingest::fixture;
    use crate::model::feature::Shape;

    fn square(code: &str) -> Row {
        let ring = vec![(105.9, 20.2), (106.0, 20.2), (106.0, 20.3), (105.9, 20.2)];
        let area = geo_types::Polygon::new(ring.into(), vec![]);
        let attributes = vec![
            ("code", Value::Text(code.to_owned())),
            ("name", Value::Text("Đồng Hướng".to_owned())),
            ("households", Value::Integer(120)),
            ("share", Value::Number(0.25)),
            ("centre", Value::Flag(true)),
        ];
        Row { id: 7, key: format!("k{code}"), shape: Shape::Area(area.into()), attributes }
    }

    fn put(rows: &[&Row], driver: &str, to: &Path) {
        let columns = [
            (None, ColumnKind::Text),
            (Some("code"), ColumnKind::Text),
            (Some("name"), ColumnKind::Text),
            (Some("households"), ColumnKind::Integer),
            (Some("share"), ColumnKind::Number),
            (Some("centre"), ColumnKind::Flag),
        ];
        let columns = columns.map(|(of, kind)| Column { name: of.unwrap_or("id").to_owned(), of, kind });
        let (columns, system) = (columns.into(), Crs::WGS84);
        let sheet = Sheet { driver, name: "squares", points: false, columns, about: "a square", system };
        write(rows, &sheet, to).unwrap();
    }

    const FILES: [(&str, &str); 4] =
        [("GPKG", "a.gpkg"), ("ESRI Shapefile", "a.shp"), ("MapInfo File", "b.tab"), ("FlatGeobuf", "c.fgb")];

    /// Formats of several files must be overwritten as a whole.
    #[test]
    fn writing_twice_leaves_the_second() {
        let folder = fixture::folder();
        for (driver, file) in FILES {
            let to = folder.path().join(file);
            put(&[&square("00007")], driver, &to);
            put(&[&square("00008")], driver, &to);
            let features = read(&to, &fixture::options()).unwrap().features;
            assert_eq!(features.len(), 1, "{driver}");
            assert!(features[0].properties.iter().any(|(_, v)| v == "00008"), "{driver}");
        }
    }

    #[test]
    fn names_codes_and_places_survive_every_format() {
        let folder = fixture::folder();
        for (driver, file) in FILES {
            let to = folder.path().join(file);
            put(&[&square("00007")], driver, &to);
            let features = read(&to, &fixture::options()).unwrap().features;
            let get = |name: &str| features[0].properties.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
            let said = ["id", "code", "name", "households", "centre"].map(get);
            assert_eq!(said, [Some("k00007"), Some("00007"), Some("Đồng Hướng"), Some("120"), Some("1")], "{driver}");
            assert_eq!(get("share").and_then(|share| share.parse().ok()), Some(0.25), "{driver}");
            let RawGeometry::Shape(shape) = &features[0].geometry else { panic!("{driver}") };
            let low = shape.bounding_rect().unwrap().min();
            assert!((low.x - 105.9).abs() < 1e-7 && (low.y - 20.2).abs() < 1e-7, "{driver} {low:?}");
        }
    }

    #[test]
    fn a_row_without_a_place_comes_through_every_format_that_has_room_for_it() {
        let folder = fixture::folder();
        let nowhere = Row { shape: Shape::Unlocated, ..square("00009") };
        for (driver, file) in FILES.into_iter().filter(|(driver, _)| *driver != "FlatGeobuf") {
            let to = folder.path().join(file);
            put(&[&square("00007"), &nowhere], driver, &to);
            let features = read(&to, &fixture::options()).unwrap().features;
            assert_eq!(features.len(), 2, "{driver}");
            let lost = features.iter().find(|row| row.properties.iter().any(|(_, value)| value == "00009"));
            assert!(!matches!(lost.unwrap().geometry, RawGeometry::Shape(_)), "{driver}");
        }
    }

    /// The published parameters as PROJ writes them, from and to radians.
    const EPSG_6960: &str = "+step +proj=push +v_3 +step +proj=cart +ellps=WGS84 +step +proj=helmert \
        +x=-191.90441429 +y=-39.30318279 +z=-111.45032835 +rx=-0.00928836 +ry=0.01975479 +rz=-0.00427372 \
        +s=0.252906278 +convention=coordinate_frame +step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3";

    /// PROJ told to use the projection of a system and the published parameters, and nothing else.
    fn by_proj(crs: Crs) -> CoordTransform {
        let mut from = SpatialRef::from_epsg(crs.epsg()).unwrap();
        from.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        // GDAL hands an operation its coordinates as the authority orders them: degrees are latitude first.
        let swap = "+step +proj=axisswap +order=2,1";
        let radians = if crs.is_metric() {
            let grid = from.to_proj4().unwrap();
            let projection = grid.split(' ').filter(|part| !part.starts_with("+towgs84") && *part != "+type=crs");
            format!("+step +inv {}", projection.collect::<Vec<_>>().join(" "))
        } else {
            format!("{swap} +step +proj=unitconvert +xy_in=deg +xy_out=rad")
        };
        let datum = if crs.is_vn2000() { EPSG_6960 } else { "" };
        let operation =
            format!("+proj=pipeline {radians} {datum} +step +proj=unitconvert +xy_in=rad +xy_out=deg {swap}");
        let mut options = gdal::spatial_ref::CoordTransformOptions::new().unwrap();
        options.set_coordinate_operation(&operation, false).unwrap();
        CoordTransform::new_with_options(&from, &wgs84().unwrap(), &options).unwrap()
    }

    fn transformed(by: &CoordTransform, (east, north): (f64, f64)) -> (f64, f64) {
        let (mut x, mut y, mut z) = ([east], [north], [0.0]);
        by.transform_coords(&mut x, &mut y, &mut z).unwrap();
        (x[0], y[0])
    }

    fn apart_m((lon1, lat1): (f64, f64), (lon2, lat2): (f64, f64)) -> f64 {
        111_320.0 * (lon1 - lon2).hypot(lat1 - lat2)
    }

    #[test]
    fn our_projections_agree_with_proj_to_a_millimetre() {
        quiet();
        let (mut most, mut most_back): (f64, f64) = (0.0, 0.0);
        for crs in Crs::ALL {
            let by_proj = by_proj(crs);
            for step in 0..33 * 17 {
                let at = (102.0 + f64::from(step % 33) * 0.25, 8.0 + f64::from(step / 33));
                let grid = crs.from_wgs84(at.0, at.1).unwrap();
                let theirs = transformed(&by_proj, grid);
                let off = apart_m(crs.to_wgs84(grid.0, grid.1).unwrap(), theirs);
                assert!(off < 1e-3, "{crs} at {at:?}: {off} m");
                most = most.max(off);
                most_back = most_back.max(apart_m(at, theirs));
            }
        }
        println!("off PROJ by {most:.1e} m at most, there and back by {most_back:.1e} m");
        assert!(most < 1e-6 && most_back < 2e-3);
    }

    /// Left to itself PROJ takes other parameters in the Mekong delta (EPSG 5194): one file, two places.
    /// This is why the national datum never goes through it.
    #[test]
    fn proj_by_its_own_choice_differs_only_where_the_registry_has_two_operations() {
        quiet();
        let mut from = SpatialRef::from_epsg(4756).unwrap();
        from.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        let chosen = CoordTransform::new(&from, &wgs84().unwrap()).unwrap();
        let off = |at: (f64, f64)| apart_m(transformed(&chosen, at), Crs::VN2000.to_wgs84(at.0, at.1).unwrap());
        println!(
            "PROJ's own choice: {:.2e} m in Ninh Bình, {:.2} m in the delta",
            off((105.97, 20.25)),
            off((105.0, 9.5))
        );
        assert!(off((105.97, 20.25)) < 1e-3);
        assert!(off((105.0, 9.5)) < 2.0, "both are said to be good to 1 m");
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
        assert!(matches!(read(&path, &fixture::options()), Err(Unreadable::Gdal(text)) if !text.is_empty()));
    }
}
