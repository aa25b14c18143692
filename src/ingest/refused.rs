//! Refused rows as a table that can be mended and brought in again: the cells of the file, without its personal columns.
//!
//! The file is read once more, for the wanted lines alone. A place that was geometry becomes two columns; a visit
//! without an id gets the one that its row has, so that the mended row is the same visit. A row that never had cells
//! (broken JSON, another width than the header) cannot be laid out, nor can an area.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use geo_types::Geometry;

use super::features::RawGeometry;
use super::table::{Record, Table};
use super::{Options, Unreadable, privacy, villages, visits};
use crate::model::import::ImportKind;

/// The rows of a file under its own headings.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct LaidOut {
    pub headings: Vec<String>,
    /// By the line of the file.
    pub rows: BTreeMap<u64, Vec<String>>,
}

/// Headings of what is added to the columns of the file.
const LON: &str = "lon";
const LAT: &str = "lat";
const ID: &str = "visit_id";

/// The rows of these lines, of a kind whose readers read whole tables ([`super::takes_corrections`]).
///
/// # Errors
/// As the reader of the kind, where the file has changed since it was read.
pub fn lay_out(kind: ImportKind, path: &Path, options: &Options, lines: &HashSet<u64>) -> Result<LaidOut, Unreadable> {
    let mut table = if kind == ImportKind::Visits { visits::open(path, options)? } else { Table::open(path, options)? };
    let mut ids = (kind == ImportKind::Visits).then(|| visits::Ids::of(&table, options)).transpose()?;
    let mut above = (kind == ImportKind::Villages).then(|| villages::Lists::of(&table, options)).transpose()?;
    let kept: Vec<usize> = (0..table.header.len()).filter(|at| !table.header.is_personal(*at)).collect();
    // What a program counts or times by may be as long as a telephone number; a masked id would make two rows one.
    let of_numbers: HashSet<usize> = ids.iter().flat_map(visits::Ids::of_numbers).collect();
    let (mut rows, mut has_points, mut has_ids) = (Vec::new(), false, false);
    while let Some(next) = table.next() {
        let Ok(record) = next else { continue };
        let record = match &mut above {
            Some(lists) => lists.fill(record),
            None => Some(record),
        };
        let Some(record) = record else { continue };
        // Also of a row that is not wanted: of rows that are alike each has its number.
        let id = ids.as_mut().and_then(|ids| ids.made(&record, &table, options));
        if !lines.contains(&record.line) {
            continue;
        }
        let Some(point) = place(&record) else { continue };
        has_points |= point.is_some();
        has_ids |= id.is_some();
        let cells: Vec<String> = kept.iter().map(|at| shown(record.get(Some(*at)), of_numbers.contains(at))).collect();
        rows.push((record.line, cells, point, id));
    }
    let mut headings: Vec<String> = kept.iter().map(|at| table.header.name(*at).to_owned()).collect();
    headings.extend(if has_points { [LON, LAT].map(str::to_owned).to_vec() } else { Vec::new() });
    headings.extend(has_ids.then(|| ID.to_owned()));
    let rows = rows.into_iter().map(|(line, mut cells, point, id)| {
        if has_points {
            cells.extend(point.unwrap_or_default());
        }
        cells.extend(has_ids.then(|| id.unwrap_or_default()));
        (line, cells)
    });
    Ok(LaidOut { rows: rows.collect(), headings })
}

/// A cell without the number of a person, whatever its heading.
fn shown(cell: &str, is_number: bool) -> String {
    match (is_number, privacy::is_number_of_a_person(cell)) {
        (false, _) => privacy::mask_cell(cell),
        (true, false) => cell.to_owned(),
        (true, true) => String::new(),
    }
}

/// The point of a row that has one as geometry, in two cells; `None` for what no two cells hold.
fn place(record: &Record) -> Option<Option<[String; 2]>> {
    match &record.geometry {
        RawGeometry::None | RawGeometry::Bad(_) => Some(None),
        RawGeometry::Shape(Geometry::Point(at)) => Some(Some([at.x().to_string(), at.y().to_string()])),
        RawGeometry::Shape(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::fixture;

    fn check(kind: ImportKind, name: &str, text: &str, lines: &[u64]) -> LaidOut {
        let folder = fixture::folder();
        let path = fixture::write(&folder, name, text.as_bytes());
        lay_out(kind, &path, &fixture::options(), &lines.iter().copied().collect()).unwrap()
    }

    #[test]
    fn wanted_rows_come_without_personal_columns_and_with_the_id_of_their_row() {
        let text = "Ngày đến nhà;Chủ hộ;Mã thôn;Kết quả\n31/03/2026;Ông Bình;13285-001;xong\n1/4/2026;Bà Tám;;xong\n";
        let laid = check(ImportKind::Visits, "a.csv", text, &[3, 9]);
        assert_eq!(laid.headings, ["Ngày đến nhà", "Mã thôn", "Kết quả", "visit_id"]);
        assert_eq!(laid.rows.keys().copied().collect::<Vec<_>>(), [3]);
        assert_eq!(laid.rows[&3][..3], ["1/4/2026", "", "xong"]);
        // The id that the row has when it comes in as it is mended by a correction.
        let good = text.replace("xong", "guided");
        let folder = fixture::folder();
        let path = fixture::write(&folder, "b.csv", good.as_bytes());
        let read = visits::read(&path, &fixture::options()).unwrap();
        let laid = check(ImportKind::Visits, "b.csv", &good, &[3]);
        assert_eq!(laid.rows[&3][3], read.batch.rows[1].value.source_id);
    }

    #[test]
    fn no_number_of_a_person_is_laid_out_whatever_its_heading() {
        let text = "Ngày đến nhà;SĐT liên hệ;Tên hộ gia đình;Số nhà;Mã thôn;Kết quả\n\
                    1/4/2026;0912345678;Bà Tám;Ngõ 3, gọi 0912 345 678;912345678;xong\n";
        let laid = check(ImportKind::Visits, "a.csv", text, &[2]);
        assert_eq!(laid.headings[..4], ["Ngày đến nhà", "Số nhà", "Mã thôn", "Kết quả"]);
        assert_eq!(laid.rows[&2][..4], ["1/4/2026", "Ngõ 3, gọi …", "…", "xong"]);
        let text = "id;Ngày;Kết quả\n412345678;1/4/2026;xong\n0912345678;1/4/2026;xong\n";
        let laid = check(ImportKind::Visits, "b.csv", text, &[2, 3]);
        assert_eq!((laid.rows[&2][0].as_str(), laid.rows[&3][0].as_str()), ("412345678", ""));
    }

    #[test]
    fn rows_that_personal_columns_tell_apart_keep_ids_of_their_own() {
        let row = |name: &str| format!("5/9/2026;{name};13285-001;guided\n");
        let text = format!("Ngày đến;Chủ hộ;Mã thôn;Kết quả\n{}{}{}", row("Ông An"), row("Bà Bình"), row("Ông Em"));
        let folder = fixture::folder();
        let path = fixture::write(&folder, "a.csv", text.as_bytes());
        let read = visits::read(&path, &fixture::options()).unwrap();
        let laid = check(ImportKind::Visits, "a.csv", &text, &[3, 4]);
        let ids: Vec<&str> = laid.rows.values().map(|cells| cells[3].as_str()).collect();
        assert_eq!(ids, [1, 2].map(|at| read.batch.rows[at].value.source_id.as_str()));
    }

    #[test]
    fn a_point_becomes_two_cells_and_the_commune_of_a_list_goes_with_each_row() {
        let text = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"1","time":"2026-03-31","result":"x"},"geometry":{"type":"Point","coordinates":[105.9,20.25]}}]}"#;
        let laid = check(ImportKind::Visits, "a.geojson", text, &[1]);
        assert_eq!(laid.headings, ["id", "result", "time", "lon", "lat"]);
        assert_eq!(laid.rows[&1], ["1", "x", "2026-03-31", "105.9", "20.25"]);

        let text = "Tên xã;Tên thôn;Số hộ\nXã A;Thôn 1;50\n;Thôn 2;nhiều\n";
        let laid = check(ImportKind::Villages, "b.csv", text, &[3]);
        assert_eq!(laid.rows[&3], ["Xã A", "Thôn 2", "nhiều"]);
    }
}
