//! Features of GeoJSON, one by one, so that a damaged one costs only itself.
//!
//! FeatureCollections, single features and line-delimited sequences are read.
//! A file that ends in the middle gives its whole features and says that it was
//! cut. Coordinates with two numbers or more are taken as longitude, latitude
//! or easting, northing; a system that is not one of ours is left to GDAL.

use geo_types::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPolygon, Point, Polygon};
use geojson::{GeometryValue, Position};
use serde_json::Value;

use crate::model::crs::Crs;
use crate::model::refusal::{Reason, Reject};

use super::{Unreadable, reading};

/// A feature before it means anything.
#[derive(Clone, Debug, PartialEq)]
pub struct RawFeature {
    /// From 1, in the order of the file.
    pub number: u64,
    /// Values as text; null is the empty text.
    pub properties: Vec<(String, String)>,
    pub geometry: RawGeometry,
}

/// WGS 84 degrees, longitude first; not yet checked for validity.
#[derive(Clone, Debug, PartialEq)]
pub enum RawGeometry {
    None,
    Shape(Geometry<f64>),
    /// Known to be wrong already, and how.
    Bad(String),
}

pub(super) enum Read {
    Features {
        features: Vec<RawFeature>,
        rejects: Vec<Reject>,
        /// The file ends in the middle.
        cut: bool,
        /// What the coordinates were in.
        crs: Crs,
    },
    /// The coordinates are in a system that is not ours: for GDAL to read, by name.
    OtherCrs(String),
}

/// Reads a GeoJSON text. `crs_epsg` is what the person states, and overrules the file's `crs` member (GeoJSON of 2008).
///
/// # Errors
/// [`Unreadable::BrokenJson`] when there is no feature to be found at all; areas in metres
/// of no stated system, or with latitude first.
pub(super) fn read(text: &[u8], crs_epsg: Option<u32>) -> Result<Read, Unreadable> {
    let stated = match crs_epsg {
        None => None,
        Some(epsg) => match Crs::from_epsg(epsg) {
            None => return Ok(Read::OtherCrs(format!("EPSG:{epsg}"))),
            ours => ours,
        },
    };
    let mut scan = Scan {
        text,
        at: 0,
        features: Vec::new(),
        rejects: Vec::new(),
        cut: false,
        number: 0,
        first_problem: None,
        declared: None,
    };
    loop {
        scan.skip_blank();
        match scan.peek() {
            None => break,
            Some(b'{') => {
                scan.object()?;
                if let Some(name) =
                    scan.declared.as_ref().filter(|name| stated.is_none() && Crs::from_name(name).is_none())
                {
                    return Ok(Read::OtherCrs(name.clone()));
                }
            }
            // A bare array of features, and what stands between features of a sequence.
            Some(b'[' | b']' | b',' | 0x1E) => scan.at += 1,
            Some(_) if scan.number > 0 => {
                scan.refuse_rest("text after the last feature");
                break;
            }
            Some(_) => return Err(scan.broken("a `{` was expected")),
        }
        if scan.cut {
            break;
        }
    }
    if scan.features.is_empty() {
        return Err(match scan.first_problem {
            Some((line, column, problem)) => Unreadable::BrokenJson { line, column, problem },
            None if scan.cut => scan.broken("the text ends before its first feature"),
            None => Unreadable::NoFeatures,
        });
    }
    let crs = stated.or_else(|| Crs::from_name(scan.declared.as_ref()?)).unwrap_or(Crs::WGS84);
    reading::features(&mut scan.features, crs)?;
    Ok(Read::Features { features: scan.features, rejects: scan.rejects, cut: scan.cut, crs })
}

struct Scan<'a> {
    text: &'a [u8],
    at: usize,
    features: Vec<RawFeature>,
    rejects: Vec<Reject>,
    cut: bool,
    number: u64,
    /// Why there is no feature, where there is none.
    first_problem: Option<(u64, u64, String)>,
    /// The name in the `crs` member.
    declared: Option<String>,
}

impl<'a> Scan<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip_blank(&mut self) {
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// A top-level object: a collection, whose members are walked without
    /// holding them, or one feature.
    fn object(&mut self) -> Result<(), Unreadable> {
        let start = self.at;
        self.at += 1;
        loop {
            self.skip_blank();
            match self.peek() {
                Some(b',') => {
                    self.at += 1;
                    continue;
                }
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'"') => {}
                None if self.number > 0 => {
                    self.cut = true;
                    return Ok(());
                }
                None => return Err(self.broken("the text ends before its first feature")),
                _ => return Err(self.broken("a member name was expected")),
            }
            let Some(name) = self.value() else { return Err(self.broken("the text ends in a member name")) };
            self.skip_blank();
            if self.peek() != Some(b':') {
                return Err(self.broken("a `:` was expected"));
            }
            self.at += 1;
            self.skip_blank();
            match (name, self.peek()) {
                (b"\"features\"", Some(b'[')) => {
                    self.at += 1;
                    self.array_of_features();
                    if self.cut {
                        return Ok(());
                    }
                }
                (b"\"type\"", _) => match self.value() {
                    Some(b"\"Feature\"") => {
                        self.at = start;
                        self.feature();
                        return Ok(());
                    }
                    Some(_) => {}
                    None => return Err(self.broken("the text ends before its first feature")),
                },
                (b"\"crs\"", _) => {
                    let Some(value) = self.value() else {
                        return Err(self.broken("the text ends before its first feature"));
                    };
                    self.declared = serde_json::from_slice(value).ok().as_ref().and_then(crs_name);
                }
                _ => {
                    if self.value().is_none() {
                        return Err(self.broken("the text ends before its first feature"));
                    }
                }
            }
        }
    }

    fn array_of_features(&mut self) {
        loop {
            self.skip_blank();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return;
                }
                Some(b'{') => self.feature(),
                Some(_) => {
                    self.refuse_rest("a `{` was expected");
                    self.cut = true;
                }
                None => {
                    self.refuse_rest("the text ends");
                    self.cut = true;
                }
            }
            if self.cut {
                return;
            }
        }
    }

    /// The object at hand, as a feature.
    fn feature(&mut self) {
        self.number += 1;
        let start = self.at;
        let Some(text) = self.value() else {
            self.number -= 1;
            self.refuse_rest("the text ends inside the feature");
            self.cut = true;
            return;
        };
        match serde_json::from_slice::<geojson::Feature>(text) {
            Ok(feature) => self.features.push(raw(self.number, feature)),
            Err(error) => {
                self.refuse(start, &error.to_string());
            }
        }
    }

    /// What follows the last good feature, as one more feature that is none.
    fn refuse_rest(&mut self, problem: &str) {
        self.number += 1;
        self.refuse(self.at, problem);
    }

    fn refuse(&mut self, at: usize, problem: &str) {
        let (line, column) = self.place_of(at);
        self.first_problem.get_or_insert_with(|| (line, column, problem.to_owned()));
        let problem = format!("line {line}, column {column}: {problem}");
        self.rejects.push(Reject::new(self.number, "", "", Reason::BrokenJson { problem }));
    }

    /// Passes over one value and gives its bytes; `None`, with the cursor where
    /// it was, when the value is cut off.
    fn value(&mut self) -> Option<&'a [u8]> {
        let text = self.text;
        let length = value_length(&text[self.at..])?;
        let value = &text[self.at..self.at + length];
        self.at += length;
        Some(value)
    }

    fn place(&self) -> (u64, u64) {
        self.place_of(self.at)
    }

    /// Line and column of a byte, from 1. Counts from the beginning, so for refusals only.
    fn place_of(&self, at: usize) -> (u64, u64) {
        let before = &self.text[..at.min(self.text.len())];
        let line = before.iter().filter(|b| **b == b'\n').count() as u64 + 1;
        let column = before.iter().rev().take_while(|b| **b != b'\n').count() as u64 + 1;
        (line, column)
    }

    fn broken(&self, problem: &str) -> Unreadable {
        let (line, column) = self.place();
        Unreadable::BrokenJson { line, column, problem: problem.to_owned() }
    }
}

/// The bytes of the value that a text begins with, by brackets and quotes alone:
/// a value that is damaged inside still ends where it ends.
fn value_length(text: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut escaped = false;
    for (i, byte) in text.iter().enumerate() {
        if quoted {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    quoted = false;
                    if depth == 0 {
                        return Some(i + 1);
                    }
                }
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return Some(if depth == 1 { i + 1 } else { i }),
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => return Some(i),
            _ => {}
        }
    }
    None
}

/// The name in a `crs` member (GeoJSON of 2008).
fn crs_name(crs: &Value) -> Option<String> {
    Some(crs.get("properties")?.get("name")?.as_str()?.to_owned())
}

fn raw(number: u64, feature: geojson::Feature) -> RawFeature {
    let mut properties: Vec<(String, String)> = feature
        .properties
        .unwrap_or_default()
        .into_iter()
        .map(|(name, value)| {
            let text = match value {
                Value::Null => String::new(),
                Value::String(text) => text,
                other => other.to_string(),
            };
            (name, text)
        })
        .collect();
    if !properties.iter().any(|(name, _)| name == "id")
        && let Some(id) = feature.id
    {
        let id = match id {
            geojson::feature::Id::String(text) => text,
            geojson::feature::Id::Number(number) => number.to_string(),
        };
        properties.push(("id".to_owned(), id));
    }
    let geometry = match feature.geometry.map(|g| shape(&g.value)) {
        None => RawGeometry::None,
        Some(Ok(shape)) => RawGeometry::Shape(shape),
        Some(Err(problem)) => RawGeometry::Bad(problem),
    };
    RawFeature { number, properties, geometry }
}

/// Points, lines and areas. Rings must be closed in the file, because
/// `geo_types` closes them without a word.
fn shape(value: &GeometryValue) -> Result<Geometry<f64>, String> {
    match value {
        GeometryValue::Point { coordinates } => Ok(Geometry::Point(Point(coord(coordinates)?))),
        GeometryValue::MultiPoint { coordinates } if coordinates.len() == 1 => {
            Ok(Geometry::Point(Point(coord(&coordinates[0])?)))
        }
        GeometryValue::LineString { coordinates } => Ok(Geometry::LineString(line(coordinates)?)),
        GeometryValue::MultiLineString { coordinates } => {
            let lines: Result<Vec<_>, _> = coordinates.iter().map(|part| line(part)).collect();
            Ok(Geometry::MultiLineString(MultiLineString(lines?)))
        }
        GeometryValue::Polygon { coordinates } => Ok(Geometry::Polygon(polygon(coordinates, 1)?)),
        GeometryValue::MultiPolygon { coordinates } => {
            let parts: Result<Vec<_>, _> = coordinates.iter().zip(1..).map(|(part, i)| polygon(part, i)).collect();
            Ok(Geometry::MultiPolygon(MultiPolygon(parts?)))
        }
        GeometryValue::GeometryCollection { geometries } => {
            let parts: Result<Vec<_>, _> = geometries.iter().map(|g| shape(&g.value)).collect();
            Ok(Geometry::GeometryCollection(GeometryCollection(parts?)))
        }
        other => Err(format!("a {} is no one place", other.type_name())),
    }
}

fn line(positions: &[Position]) -> Result<LineString<f64>, String> {
    Ok(LineString(positions.iter().map(coord).collect::<Result<_, _>>()?))
}

fn polygon(rings: &[Vec<Position>], part: usize) -> Result<Polygon<f64>, String> {
    let mut lines = Vec::with_capacity(rings.len());
    for (ring, number) in rings.iter().zip(1..) {
        let coords: Vec<Coord<f64>> = ring.iter().map(coord).collect::<Result<_, _>>()?;
        if coords.len() < 4 {
            return Err(format!("ring {number} of part {part} has {} positions, fewer than 4", coords.len()));
        }
        if coords.first() != coords.last() {
            return Err(format!("ring {number} of part {part} is not closed"));
        }
        lines.push(LineString(coords));
    }
    if lines.is_empty() {
        return Err(format!("part {part} has no ring"));
    }
    let exterior = lines.remove(0);
    Ok(Polygon::new(exterior, lines))
}

fn coord(position: &Position) -> Result<Coord<f64>, String> {
    match position.as_slice() {
        [x, y, ..] => Ok(Coord { x: *x, y: *y }),
        other => Err(format!("a position has {} numbers", other.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collection(features: &str) -> String {
        format!("{{\"type\":\"FeatureCollection\",\"bbox\":[1,2,3,4],\n\"features\":[\n{features}")
    }

    fn feature(name: &str) -> String {
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"name\":\"{name} }} ]\"}},\"geometry\":{{\"type\":\"Point\",\"coordinates\":[105.9,20.2]}}}}"
        )
    }

    fn check(text: &str, good: &[u64], refused: &[u64], cut: bool) {
        match read(text.as_bytes(), None) {
            Ok(Read::Features { features, rejects, cut: found, .. }) => {
                assert_eq!(features.iter().map(|f| f.number).collect::<Vec<_>>(), good, "{text}");
                assert_eq!(rejects.iter().map(|r| r.line).collect::<Vec<_>>(), refused, "{text}");
                assert_eq!(found, cut, "{text}");
            }
            Ok(Read::OtherCrs(name)) => panic!("{name} in {text}"),
            Err(error) => panic!("{error} in {text}"),
        }
    }

    #[test]
    fn collections_features_and_sequences_are_read() {
        check(&collection(&format!("{},{}]}}", feature("A"), feature("B"))), &[1, 2], &[], false);
        check(&feature("A"), &[1], &[], false);
        check(&format!("{}\n\u{1E}{}\n", feature("A"), feature("B")), &[1, 2], &[], false);
        check(&format!("[{},{}]", feature("A"), feature("B")), &[1, 2], &[], false);
    }

    #[test]
    fn a_damaged_feature_costs_only_itself() {
        let broken = feature("B").replace("105.9", "NaN");
        check(&collection(&format!("{},{broken},{}]}}", feature("A"), feature("C"))), &[1, 3], &[2], false);
    }

    #[test]
    fn a_cut_file_keeps_what_came_before_the_cut_and_says_so() {
        let whole = collection(&format!("{},{}]}}", feature("A"), feature("B")));
        let after_first = whole.find("},{").unwrap() + 1;
        for end in after_first..whole.len() - 2 {
            if let Ok(Read::Features { features, rejects, cut, .. }) = read(&whole.as_bytes()[..end], None) {
                assert!(cut, "{}", &whole[..end]);
                assert!((1..=2).contains(&features.len()) && rejects.len() == 1, "{}", &whole[..end]);
            } else {
                panic!("{}", &whole[..end]);
            }
        }
    }

    #[test]
    fn what_has_no_feature_is_unreadable() {
        let broken = |text: &str| matches!(read(text.as_bytes(), None), Err(Unreadable::BrokenJson { .. }));
        assert!(broken("{\"type\":\"FeatureColl"));
        assert!(broken("{\"type\":\"FeatureCollection\""));
        assert!(broken("{]"));
        assert_eq!(read(b"{\"type\":\"FeatureCollection\",\"features\":[]}", None).err(), Some(Unreadable::NoFeatures));
        assert_eq!(read(b"{\"a\":1}", None).err(), Some(Unreadable::NoFeatures));
    }

    #[test]
    fn a_declared_system_is_read_where_it_is_ours_and_left_where_it_is_not() {
        let check = |name: &str, stated: Option<u32>, expected: Option<u32>| {
            let crs = format!("{{\"crs\":{{\"type\":\"name\",\"properties\":{{\"name\":\"{name}\"}}}},");
            let text = collection(&format!("{}]}}", feature("A"))).replacen('{', &crs, 1);
            let found = match read(text.as_bytes(), stated) {
                Ok(Read::Features { crs, .. }) => Some(crs.epsg()),
                Ok(Read::OtherCrs(_)) => None,
                // The numbers are degrees: a system of metres is known, and refused.
                Err(Unreadable::Degrees { epsg, .. }) => Some(epsg),
                Err(error) => panic!("{error} in {text}"),
            };
            assert_eq!(found, expected, "{name} {stated:?}");
        };
        check("urn:ogc:def:crs:EPSG::9210", None, Some(9210));
        check("urn:ogc:def:crs:OGC:1.3:CRS84", None, Some(4326));
        check("urn:ogc:def:crs:EPSG::4326", None, Some(4326));
        check("urn:ogc:def:crs:EPSG::27700", None, None);
        check("urn:ogc:def:crs:OGC:1.3:CRS84", Some(4756), Some(4756));
        check("urn:ogc:def:crs:EPSG::27700", Some(4326), Some(4326));
        check("EPSG:5897", Some(27700), None);
    }

    fn areas(system: &str, corners: &str) -> Result<Vec<Geometry<f64>>, Unreadable> {
        let text = format!(
            "{{\"type\":\"FeatureCollection\",\"crs\":{{\"properties\":{{\"name\":\"{system}\"}}}},\"features\":[{{\"type\":\"Feature\",\"properties\":null,\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[{corners}]]}}}}]}}"
        );
        match read(text.as_bytes(), None)? {
            Read::Features { features, .. } => Ok(features
                .into_iter()
                .filter_map(|f| match f.geometry {
                    RawGeometry::Shape(shape) => Some(shape),
                    _ => None,
                })
                .collect()),
            Read::OtherCrs(name) => panic!("{name}"),
        }
    }

    #[test]
    fn areas_in_a_provincial_zone_become_degrees() {
        let metres = "[601611.35,2240658.67],[602611.35,2240658.67],[602611.35,2241658.67],[601611.35,2240658.67]";
        let shapes = areas("EPSG:5897", metres).unwrap();
        let Geometry::Polygon(polygon) = &shapes[0] else { panic!("{shapes:?}") };
        let corner = polygon.exterior().0[0];
        assert!((corner.x - 105.9745).abs() < 1e-7 && (corner.y - 20.2539).abs() < 1e-7, "{corner:?}");
    }

    #[test]
    fn areas_in_metres_of_no_system_and_latitude_first_are_caught_as_a_file() {
        let metres = "[601611.35,2240658.67],[602611.35,2240658.67],[602611.35,2241658.67],[601611.35,2240658.67]";
        assert_eq!(areas("CRS84", metres), Err(Unreadable::Metres { east_m: 601_611, north_m: 2_240_659 }));
        let swapped = "[20.2,105.9],[20.2,106.0],[20.3,106.0],[20.2,105.9]";
        assert_eq!(areas("CRS84", swapped), Err(Unreadable::SwappedAxes));
        assert_eq!(areas("EPSG:4756", swapped), Err(Unreadable::SwappedAxes));
    }

    #[test]
    fn an_open_ring_is_not_closed_without_a_word() {
        let text = "{\"type\":\"Feature\",\"properties\":null,\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1],[0,1]]]}}";
        let Ok(Read::Features { features, .. }) = read(text.as_bytes(), None) else { panic!("unreadable") };
        assert_eq!(features[0].geometry, RawGeometry::Bad("ring 1 of part 1 is not closed".to_owned()));
    }
}
