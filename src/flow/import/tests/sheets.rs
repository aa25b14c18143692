//! Workbooks with a sheet for each village.

use super::*;
use crate::ingest::Unreadable;

const HEAD: [&str; 4] = ["STT", "Số nhà", "Ngày đến", "Kết quả"];

/// The same homes on every sheet, as a team numbers them anew in each village.
fn book(sheets: &[&str], result: &str) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    for name in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).unwrap();
        let rows = [HEAD, ["1", "Ngõ 1", "5/9/2026", "Vắng nhà"], ["2", "Ngõ 2", "5/9/2026", result]];
        for (row, cells) in (0..).zip(rows) {
            for (column, text) in (0..).zip(cells) {
                sheet.write(row, column, text).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// `None` in a build that reads no workbooks.
async fn brought(sheets: &[&str], result: &str) -> Option<(Desk, Report)> {
    let desk = Desk::new().await;
    desk.villages("a.csv", "commune_code,name\n14329,Thôn Trung Đồng\n14329,Thôn Chi Phong\n").await;
    let path = desk.folder.path().join("m.xlsx");
    std::fs::write(&path, book(sheets, result)).unwrap();
    let request = Request { commune: Some("14329".parse().unwrap()), ..desk.request(ImportKind::Visits) };
    match import(&*desk.store, &path, &request).await {
        Err(ImportError::Unreadable(Unreadable::NoGdal { .. })) => None,
        report => Some((desk, report.unwrap())),
    }
}

async fn of_villages(desk: &Desk) -> Vec<Option<u32>> {
    let mut found: Vec<_> =
        desk.store.visits().await.unwrap().iter().map(|v| v.village.map(|code| code.seq())).collect();
    found.sort_unstable();
    found
}

#[tokio::test]
async fn the_name_of_a_sheet_is_the_village_of_its_rows() {
    for sheets in [["Thôn Trung Đồng", "Thôn Chi Phong"], ["Trung Đồng", "chi phong"]] {
        let Some((desk, report)) = brought(&sheets, "Đã hướng dẫn").await else { return };
        assert_eq!((report.accepted, report.refused), (4, 0), "{:?}", report.first_refused);
        assert_eq!(of_villages(&desk).await, [Some(1), Some(1), Some(2), Some(2)], "{sheets:?}");
        assert!(report.notes.contains(&Note::VillageOfSheet { rows: 4 }), "{:?}", report.notes);
    }
}

#[tokio::test]
async fn a_sheet_of_one_village_alone_is_enough() {
    let Some((desk, _)) = brought(&["Thôn Chi Phong"], "Đã hướng dẫn").await else { return };
    assert_eq!(of_villages(&desk).await, [Some(2), Some(2)]);
}

#[tokio::test]
async fn sheets_that_are_no_villages_name_none_and_their_rows_stay_apart() {
    let Some((desk, report)) = brought(&["Tháng 9", "T10"], "Đã hướng dẫn").await else { return };
    assert_eq!((report.accepted, report.refused), (4, 0), "{:?}", report.first_refused);
    assert_eq!(of_villages(&desk).await, [None; 4]);
}

#[tokio::test]
async fn a_refused_row_says_on_which_sheet_it_stands() {
    let Some((desk, report)) = brought(&["Thôn Trung Đồng", "Thôn Chi Phông Hạ"], "gì đó").await else {
        return;
    };
    assert_eq!((report.accepted, report.refused), (1, 3));
    let places: Vec<String> = report.first_refused.iter().map(|one| one.place("m.xlsx")).collect();
    assert_eq!(places, ["m.xlsx/Thôn Trung Đồng:3", "m.xlsx/Thôn Chi Phông Hạ:2", "m.xlsx/Thôn Chi Phông Hạ:3"]);
    assert_eq!(report.first_refused[1].reason.code(), "unknown_village");
    assert!(desk.rejects("m.xlsx").unwrap().contains("Thôn Chi Phông Hạ:2"));
}
