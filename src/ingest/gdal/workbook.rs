//! Sheets as people fill them in: a title above the header, cells merged over several rows, a sheet that explains.
//!
//! GDAL hands out every row as it stands; what is the header is decided here, as for a CSV. A merged cell holds its
//! value for all of its rows, which the file itself says (`mergeCells`); GDAL leaves them out. The table is the first
//! sheet that is not far narrower than the widest, for a guide how to fill it in may stand before it.

use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::path::Path;

use roxmltree::Document;
use zip::ZipArchive;

use super::heading;
use crate::ingest::RawFeature;
use crate::ingest::table::Layout;
use crate::ingest::table::title::header_at;

/// Rows of a sheet below its header, under the names of the header.
pub(super) struct Laid {
    pub(super) sheet: String,
    pub(super) names: Vec<String>,
    pub(super) features: Vec<RawFeature>,
    /// The row of the header where a title stands above it that nobody stated.
    pub(super) title_above: Option<u64>,
    /// Rows of the whole sheet.
    pub(super) rows: u64,
}

/// Rows `first..=last` and columns `column..=to` (all from 0) that share the value of the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Merged {
    pub(super) column: usize,
    pub(super) to: usize,
    pub(super) first: usize,
    pub(super) last: usize,
}

/// Bytes of what lists the sheets of a workbook.
const MOST_BYTES: u64 = 1 << 30;
/// Bytes of a tag that names merged cells, and more.
const MOST_TAG: u64 = 1 << 16;

/// `rows` as GDAL gives them, the first row of the sheet first. `None` for a sheet without a row below its header.
pub(super) fn lay_out(sheet: String, rows: Vec<RawFeature>, merged: &[Merged], layout: Layout) -> Option<Laid> {
    let count = rows.len() as u64;
    let mut cells: Vec<Vec<String>> =
        rows.into_iter().map(|row| row.properties.into_iter().map(|(_, value)| value).collect()).collect();
    for one in merged {
        let value = cells.get(one.first).and_then(|row| row.get(one.column)).cloned().unwrap_or_default();
        for row in cells.iter_mut().take(one.last.saturating_add(1)).skip(one.first + 1) {
            if let Some(cell) = row.get_mut(one.column).filter(|cell| cell.is_empty()) {
                cell.clone_from(&value);
            }
        }
    }
    let stated = (layout.lines_before_header > 0).then_some(layout.lines_before_header);
    let header = stated.unwrap_or_else(|| {
        let mut head: Vec<Vec<&str>> =
            cells.iter().take(64).map(|row| row.iter().map(String::as_str).collect()).collect();
        fill_groups(&mut head, merged);
        // Blank rows above are not lines to a reader of CSV, and no title either.
        header_at(&head).max(head.iter().position(|row| row.iter().any(|cell| !cell.is_empty())).unwrap_or_default())
    });
    let last = heading::last(&cells, merged, header).min(cells.len().saturating_sub(1));
    let lines = cells.get(header..=last)?;
    let mut names = heading::names(lines, merged, header);
    let body: Vec<&[String]> = cells.iter().skip(last + 1).map(Vec::as_slice).collect();
    let crossed = heading::crossed(&names, lines, merged, header, &body);
    crossed.iter().for_each(|question| question.name(&mut names));
    let below = cells.into_iter().enumerate().skip(last + 1 + layout.lines_after_header);
    let filled = below.filter(|(_, row)| row.iter().any(|cell| !cell.trim().is_empty()));
    let features: Vec<RawFeature> = filled
        .map(|(at, mut row)| {
            row.resize(names.len() - crossed.len(), String::new());
            let answers: Vec<String> = crossed.iter().map(|question| question.answer(&row)).collect();
            row.extend(answers);
            RawFeature {
                number: at as u64 + 1,
                properties: names.iter().cloned().zip(row).collect(),
                geometry: crate::ingest::RawGeometry::None,
            }
        })
        .collect();
    let title_above = (stated.is_none() && header > 0).then_some(header as u64 + 1);
    (!features.is_empty()).then_some(Laid { sheet, names, features, title_above, rows: count })
}

/// Headings that stand over several columns count as one for each, in a row from which other headings go down: by its
/// own cells it may be too narrow for a header.
fn fill_groups(head: &mut [Vec<&str>], merged: &[Merged]) {
    // No two columns of a header have one name.
    const UNDER: [&str; 8] = ["Field1", "Field2", "Field3", "Field4", "Field5", "Field6", "Field7", "Field8"];
    let mut filled = 0;
    for group in merged.iter().filter(|one| one.first == one.last && one.to > one.column) {
        let goes_down =
            |one: &Merged| one.first == group.first && one.last > one.first && one.last < one.first + heading::LINES;
        let Some(row) = head.get_mut(group.first).filter(|_| merged.iter().any(goes_down)) else { continue };
        for cell in row.iter_mut().take(group.to + 1).skip(group.column + 1).filter(|cell| cell.is_empty()) {
            let Some(name) = UNDER.get(filled) else { return };
            *cell = name;
            filled += 1;
        }
    }
}

/// Which of the sheets is the table: the first that is not far narrower than the widest.
pub(super) fn main(sheets: &[Laid]) -> usize {
    let width = |sheet: &Laid| sheet.names.iter().filter(|name| !name.starts_with("Field")).count();
    let widest = sheets.iter().map(width).max().unwrap_or_default();
    sheets.iter().position(|sheet| width(sheet) * 2 >= widest).unwrap_or_default()
}

/// The merged cells of every sheet of an XLSX workbook, by its name; nothing of a file that is none.
pub(super) fn merged(path: &Path) -> Vec<(String, Vec<Merged>)> {
    let read = || -> Option<Vec<(String, Vec<Merged>)>> {
        let mut archive = ZipArchive::new(BufReader::new(File::open(path).ok()?)).ok()?;
        let mut part = |name: &str| {
            let mut text = String::new();
            archive.by_name(name).ok()?.take(MOST_BYTES).read_to_string(&mut text).ok().map(|_| text)
        };
        let (book, links) = (part("xl/workbook.xml")?, part("xl/_rels/workbook.xml.rels")?);
        let (book, links) = (Document::parse(&book).ok()?, Document::parse(&links).ok()?);
        let mut sheets = Vec::new();
        for sheet in book.descendants().filter(|node| node.tag_name().name() == "sheet") {
            let id = sheet.attributes().find(|one| one.name() == "id").map(|one| one.value());
            let target = links.descendants().find(|node| id.is_some() && node.attribute("Id") == id);
            let (Some(name), Some(target)) = (sheet.attribute("name"), target.and_then(|to| to.attribute("Target")))
            else {
                continue;
            };
            let target = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
            let sheet = archive.by_name(&target).map(|sheet| ranges(BufReader::new(sheet)));
            sheets.push((name.to_owned(), sheet.unwrap_or_default()));
        }
        Some(sheets)
    };
    read().unwrap_or_default()
}

/// The ranges of `<mergeCell ref="B3:B5"/>`. A sheet is long, and is read tag by tag.
fn ranges(mut sheet: impl BufRead) -> Vec<Merged> {
    let mut found = Vec::new();
    let mut tag = Vec::new();
    loop {
        tag.clear();
        if !matches!(sheet.by_ref().take(MOST_TAG).read_until(b'>', &mut tag), Ok(1..)) {
            return found;
        }
        let text = std::str::from_utf8(&tag).unwrap_or_default();
        let range = text.split_once("mergeCell ").and_then(|(_, rest)| rest.split_once("ref=\""));
        let range = range.and_then(|(_, rest)| rest.split_once('"')).and_then(|(range, _)| range.split_once(':'));
        let Some((from, to)) = range else { continue };
        let (Some((column, first)), Some((to, last))) = (cell(from), cell(to)) else { continue };
        if last >= first && to >= column {
            found.push(Merged { column, to, first, last });
        }
    }
}

/// Column and row, both from 0, of `B3`.
fn cell(name: &str) -> Option<(usize, usize)> {
    let at = name.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = name.split_at(at);
    let column = letters.bytes().try_fold(0_usize, |sum, letter| {
        letter.is_ascii_uppercase().then(|| sum.checked_mul(26)?.checked_add(usize::from(letter - b'A') + 1))?
    })?;
    Some((column.checked_sub(1)?, digits.parse::<usize>().ok()?.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::ingest::{RawGeometry, fixture};

    fn sheet(rows: &[&[&str]]) -> Vec<RawFeature> {
        let row = |cells: &&[&str]| RawFeature {
            number: 0,
            properties: cells.iter().map(|cell| (String::new(), (*cell).to_owned())).collect(),
            geometry: RawGeometry::None,
        };
        rows.iter().map(row).collect()
    }

    fn laid(rows: &[&[&str]], merged: &str) -> Laid {
        lay_out("a".into(), sheet(rows), &ranges(merged.as_bytes()), Layout::default()).unwrap()
    }

    fn cells(laid: &Laid, row: usize) -> Vec<&str> {
        laid.features[row].properties.iter().map(|(_, value)| value.as_str()).collect()
    }

    #[test]
    fn a_title_and_blank_rows_are_passed_over_and_a_row_keeps_its_number() {
        let laid = laid(
            &[
                &["UBND XÃ A", "", ""],
                &["", "", ""],
                &["STT", "Xóm", "Số hộ"],
                &["1", "Xóm 2", "140"],
                &["", "", ""],
                &["2", "Xóm 3", "9"],
            ],
            r#"<mergeCells><mergeCell ref="A1:C1"/></mergeCells>"#,
        );
        assert_eq!(
            (laid.names.as_slice(), laid.title_above),
            (&["STT", "Xóm", "Số hộ"].map(str::to_owned)[..], Some(3))
        );
        assert_eq!(laid.features.iter().map(|row| row.number).collect::<Vec<_>>(), [4, 6]);
    }

    #[test]
    fn a_merged_cell_counts_in_all_of_its_rows_and_only_there() {
        let laid = laid(&[&["Xã", "Xóm"], &["A", "1"], &["", "2"], &["", "3"]], r#"<mergeCell ref="A2:A3"/>"#);
        assert_eq!((cells(&laid, 1), cells(&laid, 2)), (vec!["A", "2"], vec!["", "3"]));
    }

    #[test]
    fn a_header_of_two_rows_is_one_header() {
        let laid = laid(
            &[&["STT", "Xóm", "Số hộ", ""], &["", "", "Tổng", "Hộ nghèo"], &["1", "Xóm 2", "140", "3"]],
            r#"<mergeCell ref="A1:A2"/><mergeCell ref="B1:B2"/><mergeCell ref="C1:D1"/>"#,
        );
        assert_eq!(laid.names, ["STT", "Xóm", "Số hộ", "Hộ nghèo"]);
        assert_eq!((laid.features.len(), cells(&laid, 0)), (1, vec!["1", "Xóm 2", "140", "3"]));
    }

    #[test]
    fn each_column_under_a_heading_of_several_has_its_own_name() {
        let down = r#"<mergeCell ref="A1:A2"/><mergeCell ref="B1:B2"/>"#;
        let over = r#"<mergeCell ref="C1:D1"/><mergeCell ref="E1:F1"/>"#;
        let rows: &[&[&str]] = &[
            &["STT", "Xóm", "Quy mô", "", "Toạ độ nhà văn hoá", ""],
            &["", "", "Số hộ", "Số khẩu", "Kinh độ", "Vĩ độ"],
            &["1", "Xóm 2", "140", "500", "105,9", "20,3"],
        ];
        let names = ["STT", "Xóm", "Số hộ", "Số khẩu", "Kinh độ", "Vĩ độ"];
        // With cells merged down, across alone, and with nothing merged at all.
        for merged in [format!("{down}{over}"), over.to_owned(), String::new()] {
            let laid = laid(rows, &merged);
            assert_eq!((laid.names.as_slice(), laid.features.len()), (&names.map(str::to_owned)[..], 1), "{merged}");
            assert_eq!((cells(&laid, 0), laid.features[0].number), (rows[2].to_vec(), 3));
        }
    }

    #[test]
    fn a_name_that_says_little_goes_with_the_one_above() {
        let laid = laid(
            &[
                &["Xã", "", "Số hộ", "", "Kế hoạch", "", "Thực hiện", "", "Chủ hộ", ""],
                &["Mã", "Tên", "Tổng số", "Nghèo", "Quý I", "Quý II", "Quý I", "Quý II", "Ông", "Bà"],
                &["14488", "Gia Vân", "140", "3", "1", "2", "1", "2", "A", "B"],
            ],
            r#"<mergeCell ref="A1:B1"/><mergeCell ref="C1:D1"/><mergeCell ref="E1:F1"/><mergeCell ref="G1:H1"/><mergeCell ref="I1:J1"/><mergeCell ref="K1:K2"/>"#,
        );
        let names = [
            "Mã Xã",
            "Tên Xã",
            "Số hộ",
            "Nghèo",
            "Kế hoạch Quý I",
            "Kế hoạch Quý II",
            "Thực hiện Quý I",
            "Thực hiện Quý II",
            "Chủ hộ",
            "Chủ hộ (10)",
        ];
        assert_eq!(laid.names, names);
    }

    #[test]
    fn a_row_of_a_list_is_no_second_row_of_its_header() {
        let laid = laid(&[&["Xóm", "Số hộ", ""], &["Xóm 2", "nhiều", "x"], &["Xóm 3", "9", ""]], "");
        assert_eq!((laid.names.len(), laid.features.len()), (3, 2));
    }

    #[test]
    fn crosses_under_a_question_are_its_answer() {
        let laid = laid(
            &[
                &["STT", "Kết quả", "", ""],
                &["", "Đã hướng dẫn", "Vắng nhà", "Từ chối"],
                &["1", "x", "", ""],
                &["2", "", "", "X"],
                &["3", "x", "x", ""],
                &["4", "", "", ""],
                &["Tổng", "2", "1", "1"],
            ],
            r#"<mergeCell ref="A1:A2"/><mergeCell ref="B1:D1"/>"#,
        );
        let choices = ["Kết quả/Đã hướng dẫn", "Kết quả/Vắng nhà", "Kết quả/Từ chối"];
        assert_eq!(laid.names, [&["STT"], &choices[..], &["Kết quả"]].concat());
        let answers: Vec<&str> = (0..5).map(|row| cells(&laid, row)[4]).collect();
        assert_eq!(answers, ["Đã hướng dẫn", "Từ chối", "Đã hướng dẫn; Vắng nhà", "", ""]);
    }

    #[test]
    fn two_columns_of_one_name_stay_two() {
        let laid = laid(&[&["Xóm", "Xóm", ""], &["Xóm 2", "", "x"]], "");
        assert_eq!(laid.names, ["Xóm", "Xóm (2)", "Field3"]);
    }

    /// What Excel writes at the least: one sheet, a format of days with an hour of one letter.
    fn workbook(rows: &str) -> Vec<u8> {
        const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        const LINK: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let kind = |name: &str| format!("application/vnd.openxmlformats-officedocument.spreadsheetml.{name}+xml");
        let parts = [
            (
                "[Content_Types].xml",
                format!(
                    r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{}"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{}"/><Override PartName="/xl/styles.xml" ContentType="{}"/></Types>"#,
                    kind("sheet.main"),
                    kind("worksheet"),
                    kind("styles")
                ),
            ),
            (
                "_rels/.rels",
                format!(
                    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="{LINK}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
                ),
            ),
            (
                "xl/workbook.xml",
                format!(
                    r#"<workbook xmlns="{MAIN}" xmlns:r="{LINK}"><sheets><sheet name="T3" sheetId="1" r:id="r1"/></sheets></workbook>"#
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="{LINK}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{LINK}/styles" Target="styles.xml"/></Relationships>"#
                ),
            ),
            (
                "xl/styles.xml",
                format!(
                    r#"<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="d/m/yyyy h:mm"/></numFmts><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>"#
                ),
            ),
            (
                "xl/worksheets/sheet1.xml",
                format!(
                    r#"<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData><mergeCells><mergeCell ref="A1:C1"/><mergeCell ref="B3:B4"/></mergeCells></worksheet>"#
                ),
            ),
        ];
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn a_workbook_keeps_its_times_and_its_merged_cells_count_in_every_row() {
        let text = |at: &str, value: &str| format!(r#"<c r="{at}" t="inlineStr"><is><t>{value}</t></is></c>"#);
        let rows = format!(
            r#"<row r="1">{}</row><row r="2">{}{}{}</row><row r="3"><c r="A3" s="1"><v>46112.34375</v></c>{}{}</row><row r="4"><c r="A4" s="1"><v>46112.375</v></c><c r="B4"/>{}</row>"#,
            text("A1", "DANH SÁCH"),
            text("A2", "Ngày thăm"),
            text("B2", "Xóm"),
            text("C2", "Hộ"),
            text("B3", "Xóm 2"),
            text("C3", "1"),
            text("C4", "2"),
        );
        let folder = fixture::folder();
        let path = fixture::write(&folder, "a.xlsx", &workbook(&rows));
        let read = crate::ingest::gdal::read(&path, &fixture::options()).unwrap();
        let row =
            |at: usize| -> Vec<&str> { read.features[at].properties.iter().map(|(_, value)| value.as_str()).collect() };
        assert_eq!(row(0), ["2026/03/31 08:15:00", "Xóm 2", "1"]);
        assert_eq!(row(1), ["2026/03/31 09:00:00", "Xóm 2", "2"]);
        assert_eq!((read.features[1].number, read.title_above), (4, Some(2)));
    }

    #[test]
    fn references_of_cells_are_read() {
        assert_eq!((cell("A1"), cell("AB12")), (Some((0, 0)), Some((27, 11))));
        assert_eq!((cell(""), cell("1"), cell("A"), cell("A0"), cell("é1")), (None, None, None, None, None));
        let tags = r#"<mergeCell ref="A1:C1"/><mergeCell ref="x"/><mergeCell ref="B3:B5"/>"#;
        assert_eq!(ranges(tags.as_bytes()).len(), 2);
    }
}
