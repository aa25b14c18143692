//! Drawings: lines, and labels at points, in whatever layers a CAD or GIS file has them.
//!
//! A label is a point with a code, a name, or the text that CAD puts into a
//! field `Text`. Rings of areas count as lines: a commune that is drawn closed
//! is a border too.

use std::path::Path;

use geo_types::{Coord, Geometry, LineString, Polygon};

use super::features::RawGeometry;
use super::table::Table;
use super::{Options, Unreadable, Warning, place, text};
use crate::model::admin::UnitCode;
use crate::model::refusal::{Reason, Reject};

/// What a drawing holds. Degrees, longitude first.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    pub lines: Vec<LineString<f64>>,
    pub labels: Vec<Label>,
    /// Features that cannot be used.
    pub rejects: Vec<Reject>,
    pub warnings: Vec<Warning>,
}

/// Words, or a code, at a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    pub at: Coord<f64>,
    pub code: Option<UnitCode>,
    /// Cleaned; empty where there is a code only.
    pub name: String,
}

/// Reads a drawing from any vector format.
///
/// # Errors
/// The file as a whole cannot be read.
pub fn read(path: &Path, options: &Options) -> Result<Drawing, Unreadable> {
    let mut table = Table::open(path, options)?;
    let code = table.header.find(&["code", "ma", "ma_xa"]);
    let words = ["full_name", "name", "ten", "ten_xa", "text", "label", "nhan"].map(|name| table.header.find(&[name]));
    let mut drawing = Drawing {
        rejects: std::mem::take(&mut table.rejects),
        warnings: std::mem::take(&mut table.warnings),
        ..Drawing::default()
    };
    while let Some(next) = table.next() {
        let record = match next {
            Ok(record) => record,
            Err(reject) => {
                drawing.rejects.push(reject);
                continue;
            }
        };
        let name = words.iter().map(|column| text::clean(record.get(*column))).find(|name| !name.is_empty());
        let name = name.unwrap_or_default();
        let code = place::commune_code(record.get(code)).or_else(|| place::commune_code(&name));
        let name = if place::commune_code(&name).is_some() { String::new() } else { name };
        match record.geometry {
            RawGeometry::None => {
                let fault = crate::model::geometry_fault::GeometryFault::Absent;
                drawing.rejects.push(Reject::new(record.line, "geometry", name, Reason::BadGeometry { fault }));
            }
            RawGeometry::Bad(problem) => {
                let fault = crate::model::geometry_fault::GeometryFault::Unreadable(problem);
                drawing.rejects.push(Reject::new(record.line, "geometry", name, Reason::BadGeometry { fault }));
            }
            RawGeometry::Shape(shape) => drawing.add(shape, code, &name),
        }
    }
    Ok(drawing)
}

impl Drawing {
    fn add(&mut self, shape: Geometry<f64>, code: Option<UnitCode>, name: &str) {
        match shape {
            Geometry::Point(point) if code.is_some() || !name.is_empty() => {
                self.labels.push(Label { at: point.0, code, name: name.to_owned() });
            }
            Geometry::MultiPoint(points) => points.into_iter().for_each(|point| self.add(point.into(), code, name)),
            Geometry::Line(line) => self.lines.push(vec![line.start, line.end].into()),
            Geometry::LineString(line) => self.lines.push(line),
            Geometry::MultiLineString(lines) => self.lines.extend(lines),
            Geometry::Polygon(polygon) => self.add_rings(polygon),
            Geometry::MultiPolygon(polygons) => polygons.into_iter().for_each(|polygon| self.add_rings(polygon)),
            Geometry::GeometryCollection(shapes) => {
                shapes.into_iter().for_each(|shape| self.add(shape, code, name));
            }
            // A point without words is a survey mark; rectangles and triangles come from no reader.
            Geometry::Point(_) | Geometry::Rect(_) | Geometry::Triangle(_) => {}
        }
    }

    fn add_rings(&mut self, polygon: Polygon<f64>) {
        let (exterior, interiors) = polygon.into_inner();
        self.lines.push(exterior);
        self.lines.extend(interiors);
    }
}
