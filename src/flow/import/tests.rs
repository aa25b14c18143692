//! What an import promises the store, on small files and a store of its own.
//!
//! Each test is a journey of one or two files that once did damage: a register
//! emptied by silence, ids that two communes share, a file that was never
//! tried again. The program as a whole is tested in `tests/it/bad_input.rs`.

mod edited;
mod extents;
mod masts;
mod mergers;
mod named;
mod namesakes;
mod server;
mod sheets;
mod shortened;
mod spoken;

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
async fn what_a_list_does_not_say_stays_known() {
    let desk = Desk::new().await;
    let full = format!("{VILLAGES}\n14329-001,14329,Xóm Một,105.9,20.2,50,120,2026-01-01,480,official,Mot\n");
    let before = desk.villages("full.csv", &full).await;
    let after = desk.villages("names.csv", "commune_code,name\n14329,Xóm Một\n").await;
    let silent = Village { source: before[0].source.clone(), ..after[0].clone() };
    assert_eq!([silent], *before);
    assert_eq!(after[0].confidence, VillageConfidence::Official);

    // A new count has its own day, and a new point its own precision.
    let news = "commune_code,name,households,households_date,lon,lat\n14329,Xóm Một,130,2026-02-01,105.91,20.21\n";
    let after = desk.villages("news.csv", news).await;
    let counted = (after[0].households, after[0].households_date, after[0].population);
    assert_eq!(counted, (Some(130), Some(jiff::civil::date(2026, 2, 1)), Some(480)));
    assert_eq!((after[0].point.map(|at| at.lon()), after[0].point_precision_m), (Some(105.91), None));
}

#[tokio::test]
async fn a_list_without_communes_is_of_the_stated_one() {
    let desk = Desk::new().await;
    let path = desk.write("a.csv", "Tên thôn;Số hộ\nThôn Một;212\nThôn Hai;310\n");
    let request = Request { commune: Some("14329".parse().unwrap()), ..desk.request(ImportKind::Villages) };
    let report = import(&*desk.store, &path, &request).await.unwrap();
    assert!(report.notes.contains(&Note::CommuneTaken { commune: "Phường Hoa Lư (14329)".to_owned(), rows: 2 }));
    let villages = desk.store.villages().await.unwrap();
    assert_eq!(villages.iter().map(|one| one.commune.to_string()).collect::<Vec<_>>(), ["14329", "14329"]);
}

#[tokio::test]
async fn a_count_of_a_day_gives_way_to_one_of_a_later_day_alone() {
    let desk = Desk::new().await;
    let file = |count: &str| format!("commune_code,name,households,households_date\n14329,Xóm Một,{count}\n");
    desk.villages("a.csv", &file("120,31/12/2025")).await;
    for (count, stands, kept) in [
        ("150,", 120, 1),
        ("130,30/11/2025", 120, 1),
        ("120,", 120, 0),
        ("140,01/02/2026", 140, 0),
        ("141,01/02/2026", 141, 0),
    ] {
        let report = desk.import(ImportKind::Villages, "b.csv", &file(count)).await;
        let notes: Vec<_> = report.notes.iter().filter(|note| matches!(note, Note::CountsKept { rows: 1 })).collect();
        assert_eq!((desk.store.villages().await.unwrap()[0].households, notes.len()), (Some(stands), kept), "{count}");
    }
    let earlier = desk.store.earlier_counts().await.unwrap();
    assert_eq!(
        earlier.iter().map(|one| (one.households, one.until.to_string())).collect::<Vec<_>>(),
        [(120, "2026-02-01".to_owned())]
    );
}

#[tokio::test]
async fn a_village_found_by_name_keeps_the_id_of_its_source() {
    let desk = Desk::new().await;
    desk.villages("wof.csv", "wof_id,commune_code,name\n777,14329,Xóm Một\n").await;
    let after = desk.villages("names.csv", "commune_code,name,households\n14329,Xóm Một,10\n").await;
    assert_eq!(after[0].source_key.as_deref(), Some("wof:777"));
    // The gazetteer finds it again under a new name and in another commune.
    let after = desk.villages("wof.csv", "wof_id,commune_code,name\n777,13285,Xóm Mới\n").await;
    assert_eq!(names(&after), [("Xóm Mới", Some(10))]);
    assert_eq!(after[0].commune.to_string(), "13285");
}

#[tokio::test]
async fn lists_of_two_communes_that_count_from_one_do_not_overwrite_each_other() {
    let desk = Desk::new().await;
    desk.villages("a.csv", "id,commune_code,name,households\n1,14329,Xóm Một,10\n2,14329,Xóm Hai,20\n").await;
    let after =
        desk.villages("b.csv", "id,commune_code,name,households\n1,13285,Thôn Đông,30\n2,13285,Thôn Tây,40\n").await;
    let four = [("Thôn Đông", Some(30)), ("Thôn Tây", Some(40)), ("Xóm Một", Some(10)), ("Xóm Hai", Some(20))];
    assert_eq!(names(&after), four);
    // The same list, sorted otherwise, is the same villages.
    let after =
        desk.villages("c.csv", "id,commune_code,name,households\n1,14329,Xóm Hai,20\n2,14329,Xóm Một,10\n").await;
    assert_eq!(names(&after), four);
}

#[tokio::test]
async fn a_plain_id_finds_its_village_in_its_commune_only() {
    let desk = Desk::new().await;
    let text = "id,commune_code,name\nTH-1,14329,Xóm Một\nTH-1,13285,Thôn Đông\n";
    assert_eq!(desk.villages("a.csv", text).await.len(), 2);
    let after = desk.villages("a.csv", "id,commune_code,name\nTH-1,14329,Xóm Nhất\n").await;
    assert_eq!(names(&after), [("Thôn Đông", None), ("Xóm Nhất", None)]);
    // An id that another code has does not fail the file.
    let after = desk.villages("a.csv", "code,id,commune_code,name\n14329-007,TH-1,14329,Xóm Bảy\n").await;
    assert_eq!(after.len(), 3);
    // Two places of one gazetteer may bear one name.
    let twins = "wof_id,commune_code,name\n1,14329,Đồng\n2,14329,Đồng\n";
    assert_eq!(desk.villages("wof.csv", twins).await.len(), 5);
}

#[tokio::test]
async fn the_last_number_of_a_commune_is_never_given_twice() {
    let desk = Desk::new().await;
    desk.villages("a.csv", "code,commune_code,name\n14329-9999,14329,Xóm Cuối\n").await;
    let report = desk.import(ImportKind::Villages, "b.csv", "commune_code,name\n14329,Xóm Mới\n").await;
    assert_eq!((report.accepted, report.refused), (0, 1));
    assert_eq!(names(&desk.store.villages().await.unwrap()), [("Xóm Cuối", None)]);
}

#[tokio::test]
async fn visits_given_as_villages_leave_the_register_alone() {
    let desk = Desk::new().await;
    let before = desk.villages("a.csv", "commune_code,name,households\n14329,Xóm Một,10\n").await;
    let visits = format!("{VISITS}\nv1,2026-03-31,Xóm Một,14329,,,a,guided\n");
    let error = desk.try_import(ImportKind::Villages, "v.csv", &visits).await.unwrap_err();
    assert!(
        matches!(error, ImportError::Unreadable(Unreadable::OtherKind { found: ImportKind::Visits, .. })),
        "{error}"
    );
    assert_eq!(desk.store.villages().await.unwrap(), before);
}

#[tokio::test]
async fn the_nearest_village_is_as_near_as_the_rules_say() {
    let mut desk = Desk::new().await;
    desk.villages("a.csv", "commune_code,name,lon,lat\n14329,Xóm Một,105.9,20.2\n").await;
    let row = "v1,2026-03-31,,14329,105.904,20.2,a,guided\n"; // 418 m to the east.
    assert!(desk.visits("v.csv", row).await[0].village.is_some());
    desk.rules.reach.nearest_village_within_m = 100.0;
    assert!(desk.visits("v.csv", row).await[0].village.is_none(), "another rule reads the same file again");
}

#[tokio::test]
async fn visits_are_read_again_once_the_register_has_grown() {
    let desk = Desk::new().await;
    let row = "v1,2026-03-31,,14329,105.9,20.2,a,guided\n";
    assert!(desk.visits("v.csv", row).await[0].village.is_none());
    let again = desk.import(ImportKind::Visits, "v.csv", &format!("{VISITS}\n{row}")).await;
    assert!(again.already_imported.is_some(), "nothing has come since");
    desk.villages("a.csv", "commune_code,name,lon,lat\n14329,Xóm Một,105.9,20.2\n").await;
    assert!(desk.visits("v.csv", row).await[0].village.is_some());
    assert_eq!(desk.store.visits().await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_older_file_may_take_its_rows_back_from_a_later_one() {
    let desk = Desk::new().await;
    let list = |households: u32| format!("commune_code,name,households\n14329,Xóm Một,{households}\n");
    desk.villages("a.csv", &list(10)).await;
    desk.villages("b.csv", &list(20)).await;
    assert_eq!(names(&desk.villages("a.csv", &list(10)).await), [("Xóm Một", Some(10))]);
}

#[tokio::test]
async fn a_household_label_is_a_home_of_its_village() {
    let desk = Desk::new().await;
    desk.villages("a.csv", "commune_code,name\n14329,Xóm Một\n14329,Xóm Hai\n").await;
    let visits = desk
        .visits(
            "v.csv",
            "v1,2026-03-30,Xóm Một,14329,,,ngõ 3/12,not_home\nv2,2026-03-31,Xóm Một,14329,,,Ngõ 3/12,guided\n\
             v3,2026-03-31,Xóm Hai,14329,,,ngõ 3/12,guided\nv4,2026-03-31,Xóm Hai,14329,105.9,20.2,,guided\n",
        )
        .await;
    let homes: Vec<u64> = visits.iter().map(|visit| visit.household).collect();
    assert_eq!(homes[0], homes[1]);
    assert_ne!(homes[0], homes[2]);
    // Another store has another key, and so another number for the same door.
    let other = Desk::new().await;
    other.villages("a.csv", "commune_code,name\n14329,Xóm Một\n14329,Xóm Hai\n").await;
    let there = other.visits("v.csv", "v4,2026-03-31,Xóm Hai,14329,105.9,20.2,,guided\n").await;
    assert_ne!(there[0].household, homes[3]);
}

#[tokio::test]
async fn a_visit_is_outside_only_where_boundaries_are_drawn() {
    let desk = Desk::new().await;
    let row = "v1,2026-03-31,,14329,105.9,20.2,a,guided\n";
    assert!(desk.visits("v.csv", row).await[0].flags.is_empty());
    let drawn = r#"{"type":"Feature","properties":{"code":"14329","name":"Hoa Lư","kind":"phường"},"geometry":
        {"type":"Polygon","coordinates":[[[105.0,20.0],[105.1,20.0],[105.1,20.1],[105.0,20.0]]]}}"#;
    desk.import(ImportKind::Boundaries, "drawn.geojson", drawn).await;
    let report = desk.import(ImportKind::Visits, "v.csv", &format!("{VISITS}\n{row}")).await;
    assert!(report.notes.contains(&Note::OutsideProvince { rows: 1 }), "{:?}", report.notes);
    assert_eq!(desk.store.visits().await.unwrap()[0].flags.codes(), "outside_province");
}

#[tokio::test]
async fn an_operator_that_nobody_knows_is_named() {
    let desk = Desk::new().await;
    let rows = "time,operator,rsrp,lon,lat\n2026-03-31,Vietel,-90,105.9,20.2\n2026-03-31,viettel,-90,105.9,20.2\n";
    let report = desk.import(ImportKind::Samples, "s.csv", rows).await;
    let note = Note::UnknownOperators { names: vec!["vietel".into()], rows: 1 };
    assert!(report.notes.contains(&note) && report.accepted == 2, "{:?}", report.notes);
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

const CLAIMS: &str = "operator,technology,minsignal,environmnt,h3_res9_id";

#[tokio::test]
async fn a_later_claim_takes_the_place_of_the_earlier_one_and_says_so() {
    let desk = Desk::new().await;
    let cell = |at: f64| h3o::LatLng::new(20.25, at).unwrap().to_cell(h3o::Resolution::Nine);
    let (one, other) = (cell(105.97), cell(105.99));
    let first = format!("{CLAIMS}\nviettel,400,-110,0,{one}\nviettel,400,-105,0,{one}\nviettel,400,,0,{other}\n");
    let report = desk.import(ImportKind::Claims, "a.csv", &first).await;
    assert_eq!((report.accepted, report.counts.inserted, report.refused), (3, 1, 0));
    assert!(
        matches!(&report.notes[..], [Note::Claimed { network, replaced: None, .. }] if network == "Viettel 4G (outdoor)")
    );
    let claims = desk.store.claims().await.unwrap();
    let found: Vec<_> = claims[0].cells.iter().map(|one| (one.cell, one.minimum.map(Dbm::get))).collect();
    let mut expected = vec![(one, Some(-105.0)), (other, None)];
    expected.sort_by_key(|(cell, _)| *cell);
    assert_eq!(found, expected, "of two minima the higher, of none none");

    // Another environment is another claim.
    let vehicle = format!("{CLAIMS}\nviettel,400,-115,1,{one}\n");
    let report = desk.import(ImportKind::Claims, "b.csv", &vehicle).await;
    assert!(matches!(&report.notes[..], [Note::Claimed { replaced: None, .. }]), "{:?}", report.notes);
    let less = format!("{CLAIMS}\nviettel,400,-110,0,{other}\n");
    let report = desk.import(ImportKind::Claims, "c.csv", &less).await;
    assert_eq!((report.counts.inserted, report.counts.updated), (0, 1));
    assert!(matches!(&report.notes[..], [Note::Claimed { replaced: Some(_), .. }]), "{:?}", report.notes);
    let sizes: Vec<usize> = desk.store.claims().await.unwrap().iter().map(|claim| claim.cells.len()).collect();
    assert_eq!(sizes, [1, 1]);
}

fn claimed_area(corners: &[[f64; 2]]) -> String {
    let ring: Vec<String> = corners.iter().chain(&corners[..1]).map(|[x, y]| format!("[{x},{y}]")).collect();
    format!(
        r#"{{"type":"Feature","properties":{{"operator":"vnpt","technology":"4G"}},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}"#,
        ring.join(",")
    )
}

#[tokio::test]
async fn an_area_that_crosses_itself_or_covers_the_country_is_refused_and_the_rest_kept() {
    let desk = Desk::new().await;
    let features = [
        claimed_area(&[[105.9, 20.2], [105.95, 20.2], [105.95, 20.25], [105.9, 20.25]]),
        claimed_area(&[[105.9, 20.2], [105.95, 20.25], [105.95, 20.2], [105.9, 20.25]]),
        claimed_area(&[[100.0, 8.0], [110.0, 8.0], [110.0, 23.0], [100.0, 23.0]]),
        claimed_area(&[[105.9, 20.2], [105.9001, 20.2], [105.9, 20.2001]]),
    ];
    let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    let report = desk.import(ImportKind::Claims, "a.geojson", &text).await;
    let refused: Vec<_> = report.first_refused.iter().map(|reject| (reject.line, reject.reason.code())).collect();
    assert_eq!(refused, [(2, "bad_geometry"), (3, "too_much_ground")]);
    assert!(report.notes.contains(&Note::SmallAreas { rows: 1 }), "{:?}", report.notes);
    let claims = desk.store.claims().await.unwrap();
    let km2: f64 = claims[0].cells.iter().map(|one| one.cell.area_km2()).sum();
    // 0.05 degrees each way at this latitude.
    assert!((km2 - 28.9).abs() < 0.3, "{km2}");
}

#[tokio::test]
async fn a_file_that_claims_a_country_of_cells_is_not_imported_at_all() {
    let desk = Desk::new().await;
    let middle = h3o::LatLng::new(16.0, 106.0).unwrap().to_cell(h3o::Resolution::Six);
    let rows: Vec<String> =
        middle.grid_disk::<Vec<_>>(30).iter().map(|cell| format!("viettel,400,-110,0,{cell}\n")).collect();
    let error =
        desk.try_import(ImportKind::Claims, "a.csv", &format!("{CLAIMS}\n{}", rows.concat())).await.unwrap_err();
    assert!(matches!(error, ImportError::TooMuchGround { .. }), "{error}");
    assert_eq!(desk.store.claims().await.unwrap(), []);
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

const ODD_VISITS: &str = "id,time,village,commune_code,household,result\nv1,2026-03-31,Xóm Một,14329,P1,guided\nv2,2026-03-31,Xóm Hai,14329,P2,guided\nv3,2026-03-31,Xóm Một,14329,P3,gone\n";

#[tokio::test]
async fn the_file_of_refused_rows_filled_in_mends_them() {
    let desk = Desk::new().await;
    desk.villages("list.csv", "code,commune_code,name\n14329-001,14329,Xóm Một\n").await;
    let report = desk.import(ImportKind::Visits, "v.csv", ODD_VISITS).await;
    assert_eq!((report.accepted, report.refused), (1, 2));

    // The first answer alone; the file then still holds it beside what is open.
    let filled = |text: &str, line: &str, value: &str| {
        let fill = |row: &str| {
            if row.starts_with(line) && row.ends_with(',') { format!("{row}{value}") } else { row.to_owned() }
        };
        text.lines().map(fill).collect::<Vec<_>>().join("\n")
    };
    let mut rejects = desk.rejects("v.csv").unwrap();
    for (line, value, expected) in [("4,", "later", (2, 1)), ("3,", "Xóm Một", (3, 0))] {
        desk.write("fixes.csv", &filled(&rejects, line, value));
        let corrections =
            ingest::corrections::read(&desk.folder.path().join("fixes.csv"), desk.request(ImportKind::Visits).now);
        let request = Request { corrections: Arc::new(corrections.unwrap()), ..desk.request(ImportKind::Visits) };
        let report = import(&*desk.store, &desk.folder.path().join("v.csv"), &request).await.unwrap();
        assert_eq!((report.accepted, report.refused), expected);
        rejects = desk.rejects("v.csv").unwrap_or_default();
    }
    assert_eq!(rejects, "", "nothing is refused any more");
    let last = desk.store.imports().await.unwrap().pop().unwrap();
    assert_eq!((last.corrected, desk.store.visits().await.unwrap().len()), (2, 3));
    let kept = desk.store.corrected(last.id).await.unwrap();
    assert_eq!(
        (kept[0].line, kept[0].field.as_str(), kept[0].before.as_str(), kept[0].after.as_str()),
        (3, "village", "Xóm Hai", "Xóm Một")
    );
}

#[tokio::test]
async fn a_commune_brings_in_its_own_visits_and_takes_over_no_others() {
    let desk = Desk::new().await;
    desk.import(ImportKind::Visits, "all.csv", "id,time,commune_code,result\nv9,2026-03-31,13285,guided\n").await;
    let text = "id,time,commune_code,result\nv1,2026-03-31,14329,guided\nv2,2026-03-31,13285,guided\nv9,2026-03-31,14329,refused\n";
    let path = desk.write("own.csv", text);
    let own = |role: &str, kind| Request { importer: role.parse().unwrap(), ..desk.request(kind) };
    let report = import(&*desk.store, &path, &own("commune:14329", ImportKind::Visits)).await.unwrap();
    let refused: Vec<_> =
        report.first_refused.iter().map(|one| (one.line, one.field.as_str(), one.reason.code())).collect();
    assert_eq!((report.accepted, refused), (1, vec![(3, "commune_code", "outside_scope"), (4, "id", "outside_scope")]));
    let visits = desk.store.visits().await.unwrap();
    let v9 = visits.iter().find(|visit| visit.source_id == "v9").unwrap();
    assert_eq!((v9.commune.to_string().as_str(), v9.result.code()), ("13285", "guided"));
    for (role, kind) in [
        ("public", ImportKind::Visits),
        ("auditor", ImportKind::Visits),
        ("telecom:vnpt", ImportKind::Visits),
        ("commune:14329", ImportKind::Villages),
    ] {
        assert!(
            matches!(import(&*desk.store, &path, &own(role, kind)).await, Err(ImportError::Forbidden(_))),
            "{role} {kind}"
        );
    }
}

#[tokio::test]
async fn a_table_without_communes_is_of_the_commune_whose_importer_it_is() {
    let desk = Desk::new().await;
    let villages = "code,commune_code,name\n14329-001,14329,Xóm Một\n13285-001,13285,Xóm Một\n";
    desk.import(ImportKind::Villages, "villages.csv", villages).await;
    let text = "id,time,village,result\nv1,2026-03-31,Xóm Một,guided\nv2,2026-03-31,,refused\nv3,2026-03-31,13285-001,guided\n";
    let path = desk.write("office.csv", text);
    let by = |importer: &str, commune: Option<&str>| Request {
        importer: importer.parse().unwrap(),
        commune: commune.map(|code| code.parse().unwrap()),
        ..desk.request(ImportKind::Visits)
    };
    let refused =
        |report: &Report| report.first_refused.iter().map(|one| (one.line, one.reason.code())).collect::<Vec<_>>();
    let taken = |commune: &str, rows| Note::CommuneTaken { commune: commune.to_owned(), rows };

    let nobodys = import(&*desk.store, &path, &by("admin", None)).await.unwrap();
    assert_eq!(refused(&nobodys), [(2, "missing"), (3, "missing")]);

    let own = import(&*desk.store, &path, &by("commune:14329", None)).await.unwrap();
    assert_eq!((own.accepted, refused(&own)), (2, vec![(4, "outside_scope")]), "a code of elsewhere stays one");
    assert!(own.notes.contains(&taken("Phường Hoa Lư (14329)", 2)), "{:?}", own.notes);
    let visits = desk.store.visits().await.unwrap();
    let place = |id: &str| {
        let visit = visits.iter().find(|visit| visit.source_id == id).unwrap();
        (visit.commune.to_string(), visit.village.map(|code| code.to_string()))
    };
    assert_eq!(place("v1"), ("14329".to_owned(), Some("14329-001".to_owned())));
    assert_eq!(place("v2"), ("14329".to_owned(), None));

    // A team counts in its village alone.
    let team = import(&*desk.store, &path, &Request { dry_run: true, ..by("team:14329-001", None) }).await.unwrap();
    assert_eq!((team.accepted, refused(&team)), (1, vec![(3, "outside_scope"), (4, "outside_scope")]));

    let stated = import(&*desk.store, &path, &by("admin", Some("13285"))).await.unwrap();
    assert_eq!((stated.accepted, stated.already_imported), (3, None));
    assert!(stated.notes.contains(&taken("Phường Phủ Lý (13285)", 2)), "{:?}", stated.notes);
    let unknown = import(&*desk.store, &path, &by("admin", Some("99999"))).await;
    assert!(matches!(unknown, Err(ImportError::NoCommune(_))));
}

#[tokio::test]
async fn an_empty_cell_of_a_column_of_communes_is_still_missing() {
    let desk = Desk::new().await;
    let path = desk.write("gap.csv", "id,time,commune,village,result\nv1,2026-03-31,,Xóm Một,guided\n");
    let request = Request { importer: "commune:14329".parse().unwrap(), ..desk.request(ImportKind::Visits) };
    let report = import(&*desk.store, &path, &request).await.unwrap();
    assert_eq!((report.accepted, report.first_refused[0].reason.code()), (0, "missing"));
    assert!(report.notes.is_empty());
}

#[tokio::test]
async fn a_look_tells_flags_and_writes_nothing() {
    let desk = Desk::new().await;
    let rows: String =
        (0..6).map(|n| format!("v{n},2026-03-31T23:30:00+07:00,,14329,105.9,20.2,P{n},guided\n")).collect();
    let path = desk.write("desk.csv", &format!("{VISITS}\n{rows}"));
    let beside = Some(desk.store.visits().await.unwrap().into());
    let request = Request { dry_run: true, beside, ..desk.request(ImportKind::Visits) };
    let report = import(&*desk.store, &path, &request).await.unwrap();
    let flags: Vec<_> = report.seen.flags.iter().map(|(flag, rows)| (flag.code(), *rows)).collect();
    assert_eq!((report.seen.held, flags), (6, vec![("night", 6), ("stacked", 6)]));
    assert_eq!(
        (report.counts.inserted, report.seen.written.delimiter, desk.store.visits().await.unwrap().len()),
        (6, Some(','), 0)
    );
    assert_eq!(report.seen.first_good[0].line, 2);
}
