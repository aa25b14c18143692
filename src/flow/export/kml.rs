//! KML 2.2 for Google Earth: a placemark a row, its columns as typed data.

use std::io::{self, Write};

use geo_types::{LineString, MultiPolygon};

use super::Taking;
use super::table::plain;
use crate::model::feature::{Feature, Shape, Value};
use crate::tiles::FieldKind;

pub(super) fn write(taking: &Taking<'_>, out: &mut dyn Write) -> io::Result<()> {
    let layer = taking.definition;
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(out, r#"<kml xmlns="http://www.opengis.net/kml/2.2"><Document id="root_doc">"#)?;
    writeln!(out, "<name>{}</name>", escaped(layer.id))?;
    writeln!(out, "<description>{}</description>", escaped(&taking.metadata().to_string()))?;
    writeln!(out, r#"<Schema name="{0}" id="{0}">"#, escaped(layer.id))?;
    writeln!(out, r#"<SimpleField name="id" type="string"/>"#)?;
    for field in &taking.fields {
        // KML 2.2 has no integer of 64 bits; no figure of a province needs one.
        let kind = match field.kind {
            FieldKind::Text => "string",
            FieldKind::Integer => "int",
            FieldKind::Number => "double",
            FieldKind::Flag => "bool",
        };
        writeln!(out, r#"<SimpleField name="{}" type="{kind}"/>"#, escaped(field.name))?;
    }
    writeln!(out, "</Schema>\n<Folder><name>{}</name>", escaped(layer.id))?;
    taking.rows.iter().try_for_each(|row| placemark(taking, row, out))?;
    writeln!(out, "</Folder></Document></kml>")
}

fn placemark(taking: &Taking<'_>, row: &Feature, out: &mut dyn Write) -> io::Result<()> {
    let name = match row.get("name") {
        Some(Value::Text(name)) => name,
        _ => &row.key,
    };
    write!(out, "<Placemark><name>{}</name>", escaped(name))?;
    write!(out, r##"<ExtendedData><SchemaData schemaUrl="#{}">"##, escaped(taking.definition.id))?;
    write!(out, r#"<SimpleData name="id">{}</SimpleData>"#, escaped(&row.key))?;
    // What is missing is not there: an empty number would be read as 0.
    for (name, value) in taking.fields.iter().filter_map(|field| Some((field.name, row.get(field.name)?))) {
        write!(out, r#"<SimpleData name="{}">{}</SimpleData>"#, escaped(name), escaped(&said(value)))?;
    }
    write!(out, "</SchemaData></ExtendedData>")?;
    match &row.shape {
        Shape::Unlocated => {}
        Shape::Point(at) => write!(out, "<Point><coordinates>{},{}</coordinates></Point>", at.lon(), at.lat())?,
        Shape::Area(area) => areas(area, out)?,
    }
    writeln!(out, "</Placemark>")
}

/// GDAL's reader takes `true` for 0; 1 and 0 are `boolean` of XML Schema as well.
fn said(value: &Value) -> String {
    match value {
        Value::Flag(flag) => u8::from(*flag).to_string(),
        other => plain(other),
    }
}

fn areas(area: &MultiPolygon<f64>, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "<MultiGeometry>")?;
    for polygon in area {
        write!(out, "<Polygon>")?;
        ring("outerBoundaryIs", polygon.exterior(), out)?;
        polygon.interiors().iter().try_for_each(|inner| ring("innerBoundaryIs", inner, out))?;
        write!(out, "</Polygon>")?;
    }
    write!(out, "</MultiGeometry>")
}

fn ring(role: &str, ring: &LineString<f64>, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "<{role}><LinearRing><coordinates>")?;
    for (number, at) in ring.coords().enumerate() {
        write!(out, "{}{},{}", if number == 0 { "" } else { " " }, at.x, at.y)?;
    }
    write!(out, "</coordinates></LinearRing></{role}>")
}

/// Text in XML 1.0, without the characters that it cannot hold at all.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars().filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t' | '\r')) {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {}
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_name_cannot_break_the_file() {
        assert_eq!(escaped("<Thôn \"A\" & \u{0}\u{1b}B>"), "&lt;Thôn &quot;A&quot; &amp; B&gt;");
        assert!(roxmltree::Document::parse(&format!("<a b=\"{0}\">{0}</a>", escaped("]]>\u{ffff}'\u{8}"))).is_ok());
    }
}
