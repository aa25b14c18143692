//! One layer, written in a format of GDAL's: types kept, what is missing null, longitude first.

use std::path::Path;

use gdal::spatial_ref::{AxisMappingStrategy, SpatialRef};
use gdal::vector::{Feature, FieldDefn, LayerAccess, LayerOptions, OGRFieldType, OGRwkbGeometryType};
use gdal::{Dataset, DriverManager};
use geo::{BoundingRect, MapCoords};
use geozero::{CoordDimensions, ToWkb};

use super::imp::{quiet, told};
use super::{ColumnKind, Sheet};
use crate::ingest::Unreadable;
use crate::model::crs::Crs;
use crate::model::feature::{Feature as Row, Value};

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
/// Returns how many texts were cut: DBF and MapInfo hold 254 bytes of one.
///
/// # Errors
/// [`Unreadable::Gdal`] with GDAL's words.
pub fn write(rows: &[&Row], sheet: &Sheet<'_>, to: &Path) -> Result<u64, Unreadable> {
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
    let cut = if let Ok(mut transaction) = target.start_transaction() {
        let cut = put(rows, sheet, &mut transaction, options)?;
        transaction.commit().map_err(told)?;
        cut
    } else {
        put(rows, sheet, &mut target, options)?
    };
    target.close().map_err(told)?;
    if sheet.driver == MAPINFO {
        say_utf_8(to)?;
    }
    Ok(cut)
}

const MAPINFO: &str = "MapInfo File";
/// Bytes of a text in DBF and MapInfo.
const MOST_TEXT: usize = 254;

/// GDAL before 3.10 knows no charset UTF-8: it writes UTF-8 and calls it `Neutral`, which MapInfo reads by the code
/// page of the computer. The header is what later ones write.
fn say_utf_8(tab: &Path) -> Result<(), Unreadable> {
    let header = String::from_utf8_lossy(&std::fs::read(tab)?).into_owned();
    let said = header.replacen("!charset Neutral", "!charset UTF-8", 1);
    let said = said.replacen("Charset \"Neutral\"", "Charset \"UTF-8\"", 1);
    if said != header {
        std::fs::write(tab, said)?;
    }
    Ok(())
}

/// As many whole characters as have room.
fn fitted(text: &str) -> &str {
    &text[..text.floor_char_boundary(MOST_TEXT)]
}

/// MapInfo has no numbers of systems and no VN-2000: it is given the parameters, or places would come back 225 m away.
fn named(sheet: &Sheet<'_>) -> gdal::errors::Result<SpatialRef> {
    let mut srs = match sheet.driver {
        MAPINFO if sheet.system != Crs::WGS84 => SpatialRef::from_proj4(&sheet.system.proj())?,
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
        MAPINFO => {
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

fn put(rows: &[&Row], sheet: &Sheet<'_>, to: &mut Dataset, options: LayerOptions<'_>) -> Result<u64, Unreadable> {
    let layer = to.create_layer(options).map_err(told)?;
    let (columns, mapinfo) = (&sheet.columns, sheet.driver == MAPINFO);
    let is_short = mapinfo || sheet.driver == "ESRI Shapefile";
    let mut cut = 0;
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
                (Some(Value::Text(text)), _) if is_short => {
                    let fitted = fitted(&text);
                    cut += u64::from(fitted.len() < text.len());
                    feature.set_field_string(index, fitted)
                }
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
    Ok(cut)
}

#[cfg(test)]
mod tests {
    use super::super::{Column, imp};
    use super::*;
    use crate::ingest::{RawGeometry, fixture};
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

    fn put(rows: &[&Row], driver: &str, to: &Path) -> u64 {
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
        write(rows, &sheet, to).unwrap()
    }

    const FILES: [(&str, &str); 4] =
        [("GPKG", "a.gpkg"), ("ESRI Shapefile", "a.shp"), ("MapInfo File", "b.tab"), ("FlatGeobuf", "c.fgb")];

    #[test]
    fn mapinfo_is_told_that_its_bytes_are_utf_8() {
        let folder = fixture::folder();
        let to = folder.path().join("a.tab");
        put(&[&square("00007")], MAPINFO, &to);
        let header = std::fs::read_to_string(&to).unwrap();
        assert!(header.contains("!charset UTF-8") && header.contains("Charset \"UTF-8\""), "{header}");
        let bytes = std::fs::read(to.with_extension("dat")).unwrap();
        assert!(bytes.windows(6).any(|window| window == "Đồng".as_bytes().get(..6).unwrap()));
    }

    #[test]
    fn a_long_text_is_cut_at_a_character_and_counted() {
        let folder = fixture::folder();
        for (driver, file) in FILES {
            let to = folder.path().join(file);
            // 253 bytes, then a letter of three.
            let text = format!("{}ẩn", "x".repeat(253));
            let mut row = square("00007");
            row.attributes[1].1 = Value::Text(text.clone());
            let cut = put(&[&row, &square("00008")], driver, &to);
            let short = matches!(driver, "ESRI Shapefile" | MAPINFO);
            assert_eq!(cut, u64::from(short), "{driver}");
            let features = imp::read(&to, &fixture::options()).unwrap().features;
            let name = features[0].properties.iter().find(|(name, _)| name == "name").map(|(_, value)| value.as_str());
            assert_eq!(name, Some(if short { &text[..253] } else { &text }), "{driver}");
        }
    }

    /// Formats of several files must be overwritten as a whole.
    #[test]
    fn writing_twice_leaves_the_second() {
        let folder = fixture::folder();
        for (driver, file) in FILES {
            let to = folder.path().join(file);
            put(&[&square("00007")], driver, &to);
            put(&[&square("00008")], driver, &to);
            let features = imp::read(&to, &fixture::options()).unwrap().features;
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
            let features = imp::read(&to, &fixture::options()).unwrap().features;
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
            let features = imp::read(&to, &fixture::options()).unwrap().features;
            assert_eq!(features.len(), 2, "{driver}");
            let lost = features.iter().find(|row| row.properties.iter().any(|(_, value)| value == "00009"));
            assert!(!matches!(lost.unwrap().geometry, RawGeometry::Shape(_)), "{driver}");
        }
    }
}
