//! Tables for Excel and the like: CSV and a workbook.
//!
//! Areas have no place in a table; points have their longitude and latitude as `X` and `Y`, in another system than
//! WGS 84 under names of their own. A cell of what is
//! missing is empty.

use std::io::{self, Write};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

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

/// The rows, and a sheet that says where they are from.
pub(super) fn xlsx(taking: &Taking<'_>, out: &mut (dyn Write + Send)) -> io::Result<()> {
    workbook(taking).and_then(|mut book| book.save_to_writer(out)).map_err(io::Error::other)
}

fn workbook(taking: &Taking<'_>) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    // A workbook says when it was made; the day of the figures is enough, and the same rows are then the same bytes.
    let day = taking.view.answer.as_of;
    let [month, of_month] = [day.month(), day.day()].map(|part| u8::try_from(part).unwrap_or(1));
    let made = ExcelDateTime::from_ymd(u16::try_from(day.year()).unwrap_or(2026), month, of_month)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet();
    sheet.set_name(taking.definition.id)?;
    for (column, text) in (0..).zip(heading(taking)) {
        sheet.write_string_with_format(0, column, text, &bold)?;
    }
    for (line, row) in (1..).zip(&taking.rows) {
        written(sheet, line, (taking, row))?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let sheet = book.add_worksheet();
    sheet.set_name("metadata")?;
    let metadata = taking.metadata();
    for (line, (name, value)) in (0..).zip(metadata.as_object().into_iter().flatten()) {
        sheet.write_string_with_format(line, 0, name, &bold)?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        // A cell holds 32,767 characters (Excel's limit); hundreds of imported files would be more.
        sheet.write_string(line, 1, text.chars().take(32_767).collect::<String>())?;
    }
    sheet.set_column_width(0, 20)?;
    Ok(book)
}

fn written(sheet: &mut Worksheet, line: u32, (taking, row): (&Taking<'_>, &Feature)) -> Result<(), XlsxError> {
    let places = place(taking, row).into_iter().flatten().map(|degrees| degrees.map(Value::Number));
    let key = Some(Value::Text(row.key.clone()));
    let cells = taking.fields.iter().map(|field| row.get(field.name).cloned());
    for (column, value) in (0..).zip(places.chain([key]).chain(cells)) {
        match value {
            None => continue,
            Some(Value::Text(text)) => sheet.write_string(line, column, text)?,
            #[expect(clippy::cast_precision_loss, reason = "no count of a province comes near 2⁵³")]
            Some(Value::Integer(number)) => sheet.write_number(line, column, number as f64)?,
            Some(Value::Number(number)) => sheet.write_number(line, column, number)?,
            Some(Value::Flag(flag)) => sheet.write_boolean(line, column, flag)?,
        };
    }
    Ok(())
}

fn heading(taking: &Taking<'_>) -> Vec<&'static str> {
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
fn place(taking: &Taking<'_>, row: &Feature) -> Option<[Option<f64>; 2]> {
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
