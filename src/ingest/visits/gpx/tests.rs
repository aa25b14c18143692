//! Points of loggers become visits, and what they say of people does not.

use super::*;
use crate::ingest::visits;
use crate::ingest::{Options, Read, VisitsProfile, fixture};
use crate::model::language::Language;
use crate::model::refusal::Reason;
use crate::model::visit::{VisitRecord, VisitResult};

const ROOT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1" xmlns:osmand="https://osmand.net" xmlns:ogr="http://osgeo.org/gdal"
  xmlns:gpxx="http://www.garmin.com/xmlschemas/GpxExtensions/v3">"#;
const TRACK: &str = r#"<trk><name>Bà Sáu</name><trkseg><trkpt lat="20.2" lon="105.9"><time>2026-03-31T01:00:00Z</time></trkpt>
  <trkpt lat="20.2" lon="105.9"/></trkseg></trk><rte><rtept lat="20.2" lon="105.9"/></rte>"#;

fn options() -> Options {
    fixture::options()
}

fn try_read(points: &str, options: &Options) -> Result<Read<VisitRecord>, Unreadable> {
    let folder = fixture::folder();
    let path = fixture::write(&folder, "a.gpx", format!("{ROOT}{points}</gpx>").as_bytes());
    visits::read(&path, options)
}

fn point(inside: &str) -> String {
    format!(r#"<wpt lat="20.25" lon="105.97"><ele>3</ele><time>2026-03-31T01:15:00Z</time>{inside}</wpt>"#)
}

fn check(inside: &str) -> Result<VisitRecord, (String, String, &'static str)> {
    let mut read = try_read(&point(inside), &options()).unwrap();
    match read.batch.rejects.pop() {
        Some(reject) => Err((reject.field, reject.found, reject.reason.code())),
        None => Ok(read.batch.rows.remove(0).value),
    }
}

#[test]
fn a_waypoint_whose_name_is_an_outcome_is_a_visit_in_greenwich_time() {
    let visit = check("<name>Vắng nhà</name><hdop>12</hdop>").unwrap();
    assert_eq!(visit.result, VisitResult::NotHome);
    assert_eq!(visit.time.to_string(), "2026-03-31T01:15:00Z");
    assert_eq!(visit.point.map(|at| (at.lon(), at.lat())), Some((105.97, 20.25)));
    assert_eq!(visit.accuracy_m, None, "hdop has no metres");
    let without_zone = r#"<wpt lat="20.25" lon="105.97"><time>2026-03-31T01:15:00</time><type>Hẹn lại</type></wpt>"#;
    let read = try_read(without_zone, &options()).unwrap();
    assert_eq!(read.batch.rows[0].value.time.to_string(), "2026-03-31T01:15:00Z");
    assert_eq!(read.batch.rows[0].value.result, VisitResult::Later);
}

#[test]
fn pairs_of_our_headings_in_a_note_are_cells() {
    let visit = check(
        "<name>012</name><cmt>Thôn: Đông; Mã xã: 14329; Kết quả: đã chuyển đi, nhà bỏ trống; Số người được hướng dẫn: 2\n\
         Sóng Viettel: yếu, chập chờn\ngặp chị Lan, hẹn thứ hai</cmt><desc>topic=vneid, an toàn; household=ngõ 3 số 7</desc>",
    )
    .unwrap();
    assert_eq!((visit.result, visit.guided_people), (VisitResult::MovedOrEmpty, Some(2)));
    assert_eq!(visit.village_name.as_deref(), Some("Đông"));
    assert_eq!(visit.commune_code.map(|code| code.to_string()).as_deref(), Some("14329"));
    assert_eq!(visit.topics.codes().as_deref(), Some("vneid safe"));
    assert_eq!(visit.signal_seen.iter().count(), 1);
    assert!(visit.household.is_some());
}

#[test]
fn leaves_of_extensions_are_columns_whatever_app_wrote_them() {
    let of_gdal = "<name>3</name><extensions><ogr:result>guided</ogr:result><ogr:ten_thon>Đông</ogr:ten_thon>\
        <ogr:accuracy_m>4.5</ogr:accuracy_m><ogr:ho_ten>Nguyễn Văn A</ogr:ho_ten></extensions>";
    let visit = check(of_gdal).unwrap();
    assert_eq!((visit.result, visit.accuracy_m), (VisitResult::Guided, Some(4.5)));
    assert_eq!(visit.village_name.as_deref(), Some("Đông"));
    let nested = "<extensions><gpxx:WaypointExtension><gpxx:Categories><gpxx:Category>a</gpxx:Category><gpxx:Category>b\
        </gpxx:Category></gpxx:Categories><gpxx:Address><gpxx:StreetAddress>x</gpxx:StreetAddress></gpxx:Address>\
        </gpxx:WaypointExtension><osmand:ket_qua>xong</osmand:ket_qua></extensions>";
    let read = try_read(&point(nested), &options()).unwrap();
    assert_eq!(read.batch.rows[0].value.result, VisitResult::Guided);
    assert_eq!(read.dropped_fields, ["WaypointExtension/Address/StreetAddress"]);
    // GPX 1.0 has them beside the rest.
    assert_eq!(check("<ogr:result>từ chối</ogr:result>").unwrap().result, VisitResult::Refused);
}

#[test]
fn free_words_are_neither_kept_nor_quoted_nor_hashed() {
    let of = |name: &str| {
        let inside =
            format!("<name>{name}</name><desc>Kết quả: vắng nhà; gặp {name}; Chủ hộ: {name}</desc><cmt>{name}</cmt>");
        try_read(&point(&inside), &options()).unwrap()
    };
    let (one, other) = (of("Nguyễn Văn A 0912345678"), of("Trần Thị B"));
    assert_eq!(one.batch.rows, other.batch.rows);
    assert_eq!(one.dropped_fields, ["name", "desc", "cmt"]);
    assert!(!format!("{:?}{:?}", one.batch, one.headings).contains("Nguyễn"));
    for heading in ["kết quả", "guided", "Sóng Viettel", "Mã thôn", "Ngày thăm", "kiểm tra lại"] {
        let inside = format!("<sym>x</sym><cmt>{heading}: bà Nguyễn Thị Sáu</cmt>");
        let read = try_read(&point(&inside), &options()).unwrap();
        assert!(!format!("{:?}", read.batch).contains("Nguyễn"), "{heading}");
    }
    assert_eq!(check("<cmt>kết quả: bà Sáu</cmt>"), Err(("result".into(), "…".into(), "unknown_value")));
}

#[test]
fn two_outcomes_of_one_point_are_none() {
    assert_eq!(
        check("<name>vắng nhà</name><desc>kết quả: xong</desc>"),
        Err(("result".into(), "not_home / guided".into(), "unknown_value"))
    );
    assert_eq!(check("<name>vắng nhà</name><cmt>Vắng nhà</cmt>").unwrap().result, VisitResult::NotHome);
}

#[test]
fn a_point_that_says_no_outcome_is_refused_with_a_hint_and_a_profile_states_one() {
    let inside = point("<name>Nhà ông Ba</name>");
    let read = try_read(&inside, &options()).unwrap();
    let reject = &read.batch.rejects[0];
    assert_eq!((reject.line, reject.field.as_str(), &reject.reason), (1, "result", &Reason::NoResult));
    assert!(reject.reason.hint(Language::Vi).unwrap().contains("[constants]"));
    assert!(reject.reason.expected(Language::Vi).contains("Vắng nhà (not_home)"));
    let profile = |rest: &str| {
        let text = format!("format = 1\nname = \"x\"\n{rest}");
        Options { visits: Some(VisitsProfile::of_page(text).unwrap().into()), ..options() }
    };
    let stated = try_read(&inside, &profile("[constants]\nresult = \"guided\"")).unwrap();
    assert_eq!(stated.batch.rows[0].value.result, VisitResult::Guided);
    // What a point says itself goes first; a campaign has words of its own, and columns.
    let own = profile(
        "[columns]\nvillage = \"sym\"\n[constants]\nresult = \"guided\"\n[words.result]\n\"Cờ đỏ\" = \"refused\"",
    );
    let read = try_read(&point("<name>Cờ đỏ</name><sym>Đông</sym>"), &own).unwrap();
    let visit = &read.batch.rows[0].value;
    assert_eq!((visit.result, visit.village_name.as_deref()), (VisitResult::Refused, Some("Đông")));
}

#[test]
fn points_of_tracks_and_routes_are_counted_and_are_no_visits() {
    let read = try_read(&format!("{TRACK}{}", point("<name>xong</name>")), &options()).unwrap();
    assert_eq!(read.batch.rows.len(), 1);
    assert_eq!(read.warnings, [Warning::WayPassedOver { points: 3 }]);
    let alone = try_read(TRACK, &options()).unwrap_err();
    assert_eq!(alone, Unreadable::NoWaypoints { points: 3 });
    assert!(alone.hint(Language::Vi).is_some() && alone.message(Language::Vi).contains("waypoint"));
    assert_eq!(try_read("", &options()).unwrap_err(), Unreadable::NoFeatures);
}

#[test]
fn a_position_that_is_none_and_a_missing_time_are_refused_by_their_names() {
    let read = try_read(
        r#"<wpt lat="105.9" lon="20.2"><time>2026-03-31T01:15:00Z</time><name>xong</name></wpt>
        <wpt lat="0" lon="0"><time>2026-03-31T01:15:00Z</time><name>xong</name></wpt>
        <wpt lat="20.2" lon="105.9"><name>xong</name></wpt>"#,
        &options(),
    )
    .unwrap();
    let codes: Vec<_> = read.batch.rejects.iter().map(|r| (r.line, r.field.as_str(), r.reason.code())).collect();
    assert_eq!(codes, [(1, "lat", "swapped_lat_lon"), (2, "lat", "null_island"), (3, "time", "missing")]);
}

#[test]
fn a_file_cut_off_gives_its_whole_points_aloud_and_a_broken_one_says_where() {
    let folder = fixture::folder();
    let whole = format!("{ROOT}{}{}", point("<name>xong</name>"), point("<name>vắng nhà</name>"));
    let first = whole.find("</wpt>").unwrap() + "</wpt>".len();
    for length in ROOT.len()..whole.len() {
        if !whole.is_char_boundary(length) {
            continue;
        }
        let path = fixture::write(&folder, "a.gpx", &whole.as_bytes()[..length]);
        match visits::read(&path, &options()) {
            Ok(read) => assert!(length >= first && read.warnings.contains(&Warning::Truncated { good: 1 }), "{length}"),
            Err(error) => {
                assert!(length < first && matches!(error, Unreadable::BrokenXml { .. }), "{length} {error:?}")
            }
        }
    }
    let path = fixture::write(&folder, "a.gpx", format!("{ROOT}\n<wpt></name></wpt></gpx>").as_bytes());
    assert!(matches!(visits::read(&path, &options()), Err(Unreadable::BrokenXml { line: 4, .. })));
}

#[test]
fn no_depth_of_elements_makes_the_reader_panic() {
    let deep = format!("<extensions>{}x{}</extensions>", "<osmand:a>".repeat(50_000), "</osmand:a>".repeat(50_000));
    assert_eq!(check(&format!("<name>xong</name>{deep}")).unwrap().result, VisitResult::Guided);
}

#[test]
fn a_waypoint_is_known_again_by_its_place_and_time_whatever_it_says() {
    let first = check("<name>hẹn lại</name><sym>Flag, Blue</sym>").unwrap();
    let later = check("<name>xong</name><extensions><osmand:color>#ff0000</osmand:color></extensions>").unwrap();
    assert_eq!(first.source_id, later.source_id);
    let own = check("<name>xong</name><extensions><ogr:uuid>v7</ogr:uuid></extensions>").unwrap();
    assert_eq!(own.source_id, "v7");
    // Homes of one house, marked at one instant by a program.
    let both = point("<name>xong</name>").repeat(2);
    let read = try_read(&both, &options()).unwrap();
    assert_eq!((read.batch.rows.len(), read.batch.rejects.len()), (2, 0));
    assert_eq!(read.batch.rows[0].value.source_id, first.source_id);
}

proptest::proptest! {
    #[test]
    fn no_note_makes_the_reader_panic_or_lose_a_point(note in "[a-zâêôđ:=;,|<&\\n 0-9]{0,40}|(kết quả|thôn|result|guided|ngày|ho)[:=][ a-z0-9:,;]{0,20}") {
        let note = note.replace('&', "&amp;").replace('<', "&lt;");
        let read = try_read(&point(&format!("<name>x</name><desc>{note}</desc>")), &options()).unwrap();
        proptest::prop_assert_eq!(read.batch.rows.len() + read.batch.rejects.len(), 1);
    }
}
