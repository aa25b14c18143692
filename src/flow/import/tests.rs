//! What an import promises the store, on small files and a store of its own.
//!
//! Each test is a journey of one or two files that once did damage: a register
//! emptied by silence, ids that two communes share, a file that was never
//! tried again. The program as a whole is tested in `tests/it/bad_input.rs`.

mod claims;
mod edited;
mod extents;
mod masts;
mod mergers;
mod named;
mod namesakes;
mod register;
mod server;
mod sheets;
mod shortened;
mod spoken;
mod visits;

use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::model::village::{Village, VillageConfidence};
use crate::model::visit::Visit;

const VILLAGES: &str =
    "code,commune_code,name,lon,lat,precision_m,households,households_date,population,confidence,aliases";
const VISITS: &str = "id,time,village,commune_code,lon,lat,household,result";

pub(super) struct Desk {
    folder: TempDir,
    pub(super) store: Arc<dyn Store>,
    rules: Rules,
}

impl Desk {
    /// A store that knows two communes without boundaries.
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = crate::store::open(&folder.path().join("a.gpkg").to_string_lossy()).await.unwrap();
        let desk = Self { folder, store, rules: Rules::default() };
        let units = "code,name,kind\n14329,Hoa Lư,phường\n13285,Phủ Lý,phường\n";
        desk.import(ImportKind::Boundaries, "units.csv", units).await;
        desk
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    async fn try_import(&self, kind: ImportKind, name: &str, text: &str) -> Result<Report, ImportError> {
        import(&*self.store, &self.write(name, text), &self.request(kind)).await
    }

    fn request(&self, kind: ImportKind) -> Request {
        Request {
            language: Language::En,
            ..Request::new(kind, Role::Admin, self.rules.clone(), "2026-11-22T00:00:00Z".parse().unwrap())
        }
    }

    pub(super) async fn import(&self, kind: ImportKind, name: &str, text: &str) -> Report {
        self.try_import(kind, name, text).await.unwrap()
    }

    async fn villages(&self, name: &str, text: &str) -> Vec<Village> {
        self.import(ImportKind::Villages, name, text).await;
        self.store.villages().await.unwrap()
    }

    async fn visits(&self, name: &str, rows: &str) -> Vec<Visit> {
        self.import(ImportKind::Visits, name, &format!("{VISITS}\n{rows}")).await;
        self.store.visits().await.unwrap()
    }

    fn rejects(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.folder.path().join(format!("{name}.rejects.csv"))).ok()
    }
}

fn names(villages: &[Village]) -> Vec<(&str, Option<u32>)> {
    villages.iter().map(|village| (village.name.as_str(), village.households)).collect()
}

#[tokio::test]
async fn an_operator_that_nobody_knows_is_named() {
    let desk = Desk::new().await;
    let rows = "time,operator,rsrp,lon,lat\n2026-03-31,Vietel,-90,105.9,20.2\n2026-03-31,viettel,-90,105.9,20.2\n";
    let report = desk.import(ImportKind::Samples, "s.csv", rows).await;
    let note = |is_in| Note::UnknownOperators { names: vec!["vietel".into()], rows: 1, is_in };
    assert!(report.notes.contains(&note(true)) && report.accepted == 2, "{:?}", report.notes);
    let said = |is_in| note(is_in).message(Language::Vi);
    assert!(
        said(false).contains("hoặc sửa tệp, trước khi nhập") && said(true).contains("rút lần nhập này lại"),
        "what to do, by when"
    );
    assert!(!said(true).contains("kho mới"));
}

#[tokio::test]
async fn a_row_of_a_log_that_names_no_phone_is_known_whatever_stands_around_it() {
    let desk = Desk::new().await;
    let row = |minute: u32, network: &str, rsrp: i32| {
        format!("2026-04-01T10:{minute:02}:00+07:00,{network},4G,,{rsrp},,,,105.97{minute},20.25,,,,\n")
    };
    let header = "time,operator,technology,state,rsrp,rsrq,sinr,download_kbps,lon,lat,accuracy_m,speed_kmh,cell\n";
    let rows: Vec<String> = (0..9).map(|minute| row(minute, "viettel", -90 - i32::try_from(minute).unwrap())).collect();
    let file = |rows: &[String]| format!("{header}{}", rows.concat());
    let mut corrected = rows.clone();
    corrected[0] = row(0, "vnpt", -90);
    let reversed: Vec<String> = rows.iter().rev().cloned().collect();
    let grown: Vec<String> = [&[row(20, "viettel", -80)], &rows[..], &[row(21, "viettel", -81)]].concat();
    let mut told = Vec::new();
    for (name, rows) in [("a.csv", &rows), ("b.csv", &corrected), ("c.csv", &reversed), ("d.csv", &grown)] {
        let report = desk.import(ImportKind::Samples, name, &file(rows)).await;
        told.push((report.counts.inserted, report.counts.unchanged));
    }
    assert_eq!(told, [(9, 0), (1, 8), (0, 9), (2, 9)]);
}

#[tokio::test]
async fn refused_rows_come_by_line_under_the_files_own_headings_without_numbers_of_people() {
    let desk = Desk::new().await;
    desk.villages("a.csv", "commune_code,name\n14329,Xóm Một\n").await;
    let text = "Thời gian,Mã xã,Tên thôn,Kết quả\n\
        2026-03-31,14329,Xóm Lạ 0912345678,guided\nsoon,14329,Xóm Một,guided\n2026-03-31,99999,,guided\n";
    let report = desk.import(ImportKind::Visits, "v.csv", text).await;
    let told: Vec<_> = report.first_refused.iter().map(|r| (r.line, r.field.as_str(), r.found.as_str())).collect();
    assert_eq!(told, [(2, "Tên thôn", "Xóm Lạ …"), (3, "Thời gian", "soon"), (4, "Mã xã", "99999")]);
    assert!(!desk.rejects("v.csv").unwrap().contains("0912"));
}

#[tokio::test]
async fn a_clean_import_clears_old_rejects_and_a_failed_one_leaves_none() {
    let desk = Desk::new().await;
    let good = format!("{VISITS}\nv1,2026-03-31,,14329,,,a,guided\n");
    desk.import(ImportKind::Visits, "v.csv", &format!("{good}v2,soon,,14329,,,a,guided\n")).await;
    assert!(desk.rejects("v.csv").is_some());
    desk.import(ImportKind::Visits, "v.csv", &good).await;
    assert_eq!(desk.rejects("v.csv"), None);
    // What somebody else wrote under that name is not ours to remove.
    desk.write("w.csv.rejects.csv", "my notes\n");
    desk.import(ImportKind::Visits, "w.csv", &good.replace("v1", "w1")).await;
    assert_eq!(desk.rejects("w.csv").as_deref(), Some("my notes\n"));

    let mut sink = rejects::Sink::new(&desk.folder.path().join("x.csv"), &desk.request(ImportKind::Visits));
    sink.write(&[Reject::new(2, "time", "soon", crate::model::refusal::Reason::NotATime)]);
    drop(sink); // The transaction failed before `finish`.
    let left: Vec<_> = std::fs::read_dir(desk.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("x.csv"))
        .collect();
    assert_eq!(left, [""; 0]);
}

#[tokio::test]
async fn undated_boundaries_of_before_a_merger_are_not_put_over_those_after_it() {
    let desk = Desk::new().await;
    let old = "code,name,kind\n14329,Đông Thành,phường\n13285,Quang Trung,phường\n";
    let refused = desk.try_import(ImportKind::Boundaries, "old.csv", old).await;
    assert!(matches!(refused, Err(ImportError::OtherDay { units: 2, of: 2, .. })), "{refused:?}");
    let kept: Vec<String> = desk.store.units().await.unwrap().iter().map(|unit| unit.name.clone()).collect();
    assert!(kept.contains(&"Phủ Lý".to_owned()) && kept.len() == 2, "{kept:?}");

    // The file says so itself, or the codes do: this one ended on the day that would be taken.
    let changes = "old_code,new_code,old_name,new_name,share,effective\n13294,13285,Châu Cầu,Phủ Lý,whole,2025-07-01\n";
    desk.import(ImportKind::Mergers, "mergers.csv", changes).await;
    let ended = desk.try_import(ImportKind::Boundaries, "ended.csv", "code,name,kind\n13294,Châu Cầu,phường\n").await;
    assert!(matches!(ended, Err(ImportError::OtherDay { units: 1, of: 1, .. })), "{ended:?}");
    let dated = "code,name,kind,valid_from\n13294,Châu Cầu,phường,2025-01-01\n";
    desk.import(ImportKind::Boundaries, "dated.csv", dated).await;
}

#[tokio::test]
async fn a_unit_drawn_by_an_older_merger_ends_where_a_later_one_says() {
    let desk = Desk::new().await;
    let square = |code: &str, name: &str, west: f64| {
        let ring = [(0.0, 0.0), (0.1, 0.0), (0.1, 0.1), (0.0, 0.1), (0.0, 0.0)]
            .map(|(x, y)| format!("[{},{}]", 105.0 + west + x, 20.0 + y));
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"code\":\"{code}\",\"name\":\"{name}\",\"kind\":\"xã\",\"valid_from\":\"2020-01-01\"}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[{}]]}}}}",
            ring.join(",")
        )
    };
    let units = [square("00001", "A", 0.0), square("00002", "B", 0.1)].join(",");
    let units = format!("{{\"type\":\"FeatureCollection\",\"features\":[{units}]}}");
    desk.import(ImportKind::Boundaries, "old.geojson", &units).await;
    let header = "old_code,new_code,old_name,new_name,share,effective";
    let later = format!("{header}\n00003,13285,C,Phủ Lý,whole,2025-07-01\n");
    desk.import(ImportKind::Mergers, "later.csv", &later).await;
    let older = format!("{header}\n00001,00003,A,C,whole,2025-01-01\n00002,00003,B,C,whole,2025-01-01\n");
    desk.import(ImportKind::Mergers, "older.csv", &older).await;
    let units = desk.store.units().await.unwrap();
    let made = units.iter().find(|unit| unit.name == "C").unwrap();
    assert_eq!(made.valid_to, Some(jiff::civil::date(2025, 7, 1)));
}

#[tokio::test]
async fn a_public_place_is_one_place_whatever_becomes_of_its_commune() {
    let desk = Desk::new().await;
    let list = "name,kind,commune,lon,lat\nUBND phường,UBND phường,Phường Hoa Lư,105.9,20.2\n\
                Trường Một,trường,Phường Hoa Lư,105.9,20.2\nTRƯỜNG MỘT,trường,Phường Hoa Lư,105.9,20.2\n";
    let first = desk.import(ImportKind::Places, "p.csv", list).await;
    assert_eq!((first.counts.inserted, first.refused), (2, 1), "{:?}", first.first_refused);
    let again = desk.import(ImportKind::Places, "p.csv", list).await;
    assert_eq!((again.counts.inserted, again.counts.updated, again.counts.unchanged), (0, 0, 2));
    let changes = "old_code,new_code,old_name,new_name,share,effective\n14329,13285,Hoa Lư,Phủ Lý,whole,2026-06-01\n";
    desk.import(ImportKind::Mergers, "mergers.csv", changes).await;
    let merged = desk.import(ImportKind::Places, "p.csv", list).await;
    assert_eq!((merged.counts.inserted, merged.counts.updated), (0, 2), "{:?}", merged.first_refused);
    let places = desk.store.places().await.unwrap();
    let communes: Vec<String> = places.iter().map(|place| place.commune.to_string()).collect();
    assert_eq!(communes, ["13285", "13285"]);
}

#[tokio::test]
async fn the_same_bytes_of_speed_tests_under_the_name_of_another_quarter_are_that_quarter() {
    let desk = Desk::new().await;
    let tile = crate::model::speed::Quadkey::at(crate::model::measure::LonLat::new(105.97, 20.25).unwrap()).unwrap();
    let text = format!("quadkey,avg_d_kbps,tests,devices\n{tile},5000,9,3\n");
    for (name, inserted) in [("2025-Q1.csv", 1), ("2025-Q2.csv", 1), ("again 2025-Q2.csv", 0)] {
        let report = desk.import(ImportKind::Speeds, name, &text).await;
        assert_eq!(report.counts.inserted, inserted, "{name}");
        assert_eq!(report.already_imported.is_some(), inserted == 0, "{name}");
    }
    let quarters: Vec<String> = desk.store.speeds().await.unwrap().iter().map(|t| t.quarter.to_string()).collect();
    assert_eq!(quarters, ["2025-Q1", "2025-Q2"]);
}
