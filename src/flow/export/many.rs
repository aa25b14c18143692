//! Files that GDAL writes, and the archive of those that are several files.
//!
//! Shapefile and MapInfo have room for less than a layer holds: short names, no true and false, in MapInfo no
//! missing numbers. What became of each column stands in a text file beside them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;

use super::{Format, Taking};
use crate::ingest::Unreadable;
use crate::ingest::gdal::{self, Column, ColumnKind, Sheet};
use crate::model::feature::{Feature, Shape};
use crate::tiles::{FieldKind, GeometryKind};

/// Characters of a column's name in a DBF file: 10 and a zero (dBASE III).
const SHORT_NAME: usize = 10;

pub(super) enum Problem {
    Disk(io::Error),
    Gdal(Unreadable),
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

pub(super) fn write(
    taking: &Taking<'_>,
    (format, driver): (Format, &str),
    to: &Path,
    zipped: bool,
) -> Result<u64, Problem> {
    let about = taking.metadata().to_string();
    let points = taking.definition.geometry == GeometryKind::Point;
    let columns = columns(taking, format);
    let told = matches!(format, Format::Shp | Format::Tab).then(|| told(taking, format, &columns, &about));
    let rows = placed(taking, format);
    let sheet = Sheet { driver, name: taking.definition.id, points, columns, about: &about, system: taking.system };
    if !zipped {
        let cut = gdal::write(&rows, &sheet, to).map_err(Problem::Gdal)?;
        if let Some(told) = told {
            std::fs::write(to.with_extension("columns.txt"), told + &of_cut(cut))?;
        }
        return Ok(cut);
    }
    let folder = to.with_extension("parts");
    std::fs::create_dir(&folder)?;
    let made = gdal::write(&rows, &sheet, &folder.join(format!("{}.{}", sheet.name, format.code())));
    let packed = made.map_err(Problem::Gdal).and_then(|cut| {
        if let Some(told) = told {
            std::fs::write(folder.join("README.txt"), told + &of_cut(cut))?;
        }
        pack(&folder, File::create(to)?)?;
        Ok(cut)
    });
    std::fs::remove_dir_all(&folder)?;
    packed
}

/// What is said of texts that were cut.
fn of_cut(cut: u64) -> String {
    if cut == 0 {
        return String::new();
    }
    format!(
        "\r\n{cut} ô chữ dài hơn 254 byte đã bị cắt; bản đầy đủ: gpkg, geojson, xlsx, csv.\r\n\
         {cut} texts of more than 254 bytes were cut; they are whole in gpkg, geojson, xlsx and csv.\r\n"
    )
}

/// The rows that the format can hold: `FlatGeobuf` has none without a place.
pub(super) fn placed<'a>(taking: &Taking<'a>, format: Format) -> Vec<&'a Feature> {
    let has_place = |row: &&&Feature| format != Format::Fgb || row.shape != Shape::Unlocated;
    taking.rows.iter().filter(has_place).copied().collect()
}

/// The files of a folder as one archive, by name.
fn pack(folder: &Path, out: impl Write + Seek) -> io::Result<()> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>()?;
    names.sort();
    let mut archive = zip::ZipWriter::new(out);
    for name in names {
        archive.start_file(name.to_string_lossy(), SimpleFileOptions::default())?;
        io::copy(&mut File::open(folder.join(&name))?, &mut archive)?;
    }
    archive.finish().map(drop).map_err(io::Error::from)
}

/// The key and every column, as the format can hold them.
fn columns<'a>(taking: &Taking<'a>, format: Format) -> Vec<Column<'a>> {
    let mut taken = BTreeSet::new();
    let mut named = |name: &str| if format == Format::Shp { short(name, &mut taken) } else { name.to_owned() };
    let mut columns = vec![Column { name: named("id"), of: None, kind: ColumnKind::Text }];
    for field in &taking.fields {
        let kind = match field.kind {
            FieldKind::Text => ColumnKind::Text,
            FieldKind::Integer => ColumnKind::Integer,
            FieldKind::Number => ColumnKind::Number,
            FieldKind::Flag => ColumnKind::Flag,
        };
        // MapInfo writes 0 for a number that is missing; an empty text is told apart from "0".
        let missing = format == Format::Tab && taking.rows.iter().any(|row| row.get(field.name).is_none());
        let kind = if missing { ColumnKind::Text } else { kind };
        columns.push(Column { name: named(field.name), of: Some(field.name), kind });
        if missing && matches!(field.kind, FieldKind::Integer | FieldKind::Number) {
            columns.push(Column {
                name: format!("{}{TO_SUM}", field.name),
                of: Some(field.name),
                kind: ColumnKind::Number,
            });
        }
    }
    columns
}

/// Ends the name of the column of numbers beside one that MapInfo has as text.
const TO_SUM: &str = "_num";

/// A name of at most ten characters that no other column has, whatever the case of its letters.
fn short(name: &str, taken: &mut BTreeSet<String>) -> String {
    let cut = |most: usize| name.chars().take(most).collect::<String>();
    let numbered = (2..).map(|number| {
        let end = format!("_{number}");
        format!("{}{end}", cut(SHORT_NAME - end.len()))
    });
    let free = std::iter::once(cut(SHORT_NAME)).chain(numbered).find(|name| !taken.contains(&name.to_lowercase()));
    let free = free.unwrap_or_default();
    taken.insert(free.to_lowercase());
    free
}

/// What a reader must know of the columns, in Vietnamese and in English.
fn told(taking: &Taking<'_>, format: Format, columns: &[Column<'_>], about: &str) -> String {
    let mut text = String::new();
    let (vi, en) = if format == Format::Shp {
        (
            "Shapefile: tên cột dài nhất 10 ký tự, chữ dài nhất 254 byte, cả tệp dưới 2 GB. Chữ là UTF-8 (.cpg). \
             Ô trống là không có số liệu, không phải bằng 0. Đúng, sai ghi là 1, 0.",
            "Shapefile: column names have at most 10 characters, texts at most 254 bytes, the file less than 2 GB. \
             Text is UTF-8 (.cpg). An empty cell is not known, which is not 0. True and false are 1 and 0.",
        )
    } else {
        (
            "MapInfo: định dạng này không có ô số để trống, nên cột số còn ô chưa biết được ghi thành cột chữ, \
             kèm cột số cùng tên có đuôi _num để tô màu và cộng: ở đó ô chưa biết là 0, hãy lọc bằng cột chữ <> \"\". \
             Ô trống là không có số liệu, không phải bằng 0. Đúng, sai ghi là 1, 0. Chữ là UTF-8.",
            "MapInfo: the format has no empty numbers, so a column of numbers with a cell that is not known is \
             written as text, with a column of numbers of the same name and _num beside it to theme and sum: what is not \
             known is 0 there, so select by the column of text <> \"\". An empty cell is not known, which is not 0. True and false are 1 and 0. Text is UTF-8.",
        )
    };
    let _ = writeln!(text, "{vi}\r\n{en}\r\n\r");
    for column in columns {
        let name = column.of.unwrap_or("id");
        let meaning = taking.fields.iter().find(|field| Some(field.name) == column.of).map(|field| field.description);
        let kind = match column.kind {
            ColumnKind::Text => "text",
            ColumnKind::Integer => "integer",
            ColumnKind::Number => "number",
            ColumnKind::Flag => "1/0",
        };
        let _ = writeln!(text, "{}\t{name}\t{kind}\t{}\r", column.name, meaning.unwrap_or("key of the row"));
    }
    let _ = writeln!(text, "\r\nmetadata\t{about}\r");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles;

    #[test]
    fn short_names_are_unique_in_every_layer() {
        for layer in tiles::definitions() {
            let mut taken = BTreeSet::new();
            let names: Vec<String> = layer.fields.iter().map(|field| short(field.name, &mut taken)).collect();
            assert!(names.iter().all(|name| (1..=SHORT_NAME).contains(&name.len())), "{names:?}");
            assert_eq!(taken.len(), layer.fields.len(), "{names:?}");
        }
    }

    #[test]
    fn columns_to_sum_fit_mapinfo_and_have_names_of_their_own() {
        for layer in tiles::definitions() {
            let names: Vec<&str> = layer.fields.iter().map(|field| field.name).collect();
            for field in
                layer.fields.iter().filter(|field| matches!(field.kind, FieldKind::Integer | FieldKind::Number))
            {
                let name = format!("{}{TO_SUM}", field.name);
                assert!(name.len() <= 31 && !names.contains(&name.as_str()), "{}.{name}", layer.id);
            }
        }
    }

    #[test]
    fn the_second_of_two_long_names_has_a_number() {
        let mut taken = BTreeSet::new();
        let names = ["households", "households_note", "Households_x"].map(|name| short(name, &mut taken));
        assert_eq!(names, ["households", "househol_2", "Househol_3"]);
    }
}
