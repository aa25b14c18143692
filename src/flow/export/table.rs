//! Tables: CSV, and what a workbook has in common with it.
//!
//! Areas have no place in a table; points have their longitude and latitude as `X` and `Y`, in another system than
//! WGS 84 under names of their own. A cell of what is
//! missing is empty.

use std::io::{self, Write};

use super::Taking;
use crate::flow::indicators::files::safe;
use crate::model::crs::Crs;
use crate::model::feature::{Feature, Shape, Value};
use crate::model::figure::round;
use crate::tiles::GeometryKind;

/// The mark makes Excel read UTF-8.
const UTF_8_MARK: &[u8] = b"\xEF\xBB\xBF";

pub(super) fn csv(taking: &Taking<'_>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(UTF_8_MARK)?;
    let mut table = csv::Writer::from_writer(out);
    table.write_record(heading(taking))?;
    for row in &taking.rows {
        let place = place(taking, row).into_iter().flatten();
        let places = place.map(|degrees| degrees.map_or_else(String::new, |degrees| degrees.to_string()));
        let cell = |name: &str| match row.get(name) {
            None => String::new(),
            Some(Value::Text(text)) => safe(text),
            Some(value) => plain(value),
        };
        let cells = taking.fields.iter().map(|field| cell(field.name));
        table.write_record(places.chain([safe(&row.key)]).chain(cells))?;
    }
    table.flush()
}

/// A value as it is read back: decimal points, no thousands.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
    }
}

/// The names of the columns.
pub(super) fn heading(taking: &Taking<'_>) -> Vec<&'static str> {
    let places: &[&str] = match taking.system {
        _ if taking.definition.geometry != GeometryKind::Point => &[],
        Crs::WGS84 => &["X", "Y"],
        // Viet Nam writes X for the northing: these names cannot be taken for each other.
        system if system.is_metric() => &["easting", "northing"],
        _ => &["longitude", "latitude"],
    };
    places.iter().copied().chain(["id"]).chain(taking.names()).collect()
}

/// Longitude and latitude, or easting and northing, where the layer is one of points; neither where nobody knows.
pub(super) fn place(taking: &Taking<'_>, row: &Feature) -> Option<[Option<f64>; 2]> {
    let at = match &row.shape {
        Shape::Point(at) => Some(*at),
        _ => None,
    };
    let [lon, lat] = [at.map(|at| at.lon()), at.map(|at| at.lat())];
    let place = if taking.system == Crs::WGS84 {
        [lon, lat]
    } else {
        let there = lon.zip(lat).and_then(|(lon, lat)| taking.system.from_wgs84(lon, lat));
        // A tenth of a millimetre, as degrees and as metres.
        let decimals = if taking.system.is_metric() { 4 } else { 9 };
        [there.map(|(east, _)| round(east, decimals)), there.map(|(_, north)| round(north, decimals))]
    };
    (taking.definition.geometry == GeometryKind::Point).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_they_are_read_back() {
        assert_eq!(plain(&Value::Number(0.1)), "0.1");
        assert_eq!(plain(&Value::Number(5.0)), "5");
        assert_eq!(plain(&Value::Flag(true)), "true");
    }
}
