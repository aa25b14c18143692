//! Visits of every source, refused by line, and no person in them.

use std::fmt::Write as _;

use super::*;
use crate::ingest::{Read, Unreadable, Warning, fixture};
use crate::model::correction::Correction;
use crate::model::language::Language;
use crate::model::operator::Operator;
use crate::model::signal_seen::SignalSeen;

fn read_text(name: &str, text: &str) -> Read<VisitRecord> {
    let folder = fixture::folder();
    let path = fixture::write(&folder, name, text.as_bytes());
    read(&path, &fixture::options()).unwrap()
}

fn check(text: &str, good: usize, refused: &[(u64, &str)]) -> Read<VisitRecord> {
    let read = read_text("visits.csv", text);
    let found: Vec<_> = read.batch.rejects.iter().map(|r| (r.line, r.reason.code())).collect();
    assert_eq!(found, refused, "{text}");
    assert_eq!(read.batch.rows.len(), good, "{text}");
    read
}

const HEADER: &str = "id,time,village_code,village,commune_code,commune,lon,lat,accuracy_m,household,result,guided,signal_viettel,signal_vnpt";

#[test]
fn a_visit_comes_back_whole() {
    let read = check(
        &format!(
            "{HEADER}\nv1,2026-03-31T08:15:00+07:00,14329-001,Xóm Một,14329,Hoa Lư,105.9,20.2,8,Ngõ 3 số 7,guided,2,none,ok\n"
        ),
        1,
        &[],
    );
    let visit = &read.batch.rows[0].value;
    assert_eq!((visit.source_id.as_str(), visit.result, visit.guided_people), ("v1", VisitResult::Guided, Some(2)));
    let seen: Vec<SignalSeen> = visit.signal_seen.iter().map(|(_, seen)| seen).collect();
    assert_eq!((seen.len(), seen[0]), (2, SignalSeen::None));
    assert!(visit.household.is_some());
}

#[test]
fn faulty_visits_are_refused_by_line() {
    let row = |time: &str, lon: &str, lat: &str, result: &str| format!("{time},{lon},{lat},{result}\n");
    let text = format!(
        "time,lon,lat,result\n{}{}{}{}{}{}{}{}",
        row("31/03/2026 08:15", "105.9", "20.2", "guided"),
        row("31/03/2026 08:16", "20.2", "105.9", "guided"),
        row("31/03/2026 08:17", "0", "0", "guided"),
        row("31/03/2026 08:18", "NaN", "20.2", "guided"),
        row("31/03/2026 08:19", "1e300", "20.2", "guided"),
        row("31/03/2027 08:20", "105.9", "20.2", "guided"),
        row("soon", "105.9", "20.2", "guided"),
        row("31/03/2026 08:21", "", "", "vắng nhà"),
    );
    check(
        &text,
        2,
        &[
            (3, "swapped_lat_lon"),
            (4, "null_island"),
            (5, "not_a_number"),
            (6, "not_a_number"),
            (7, "in_the_future"),
            (8, "not_a_time"),
        ],
    );
}

#[test]
fn an_odk_export_is_known_by_its_key_and_loses_its_people() {
    let text = "SubmissionDate,visit-loc-Latitude,visit-loc-Longitude,visit-loc-Altitude,visit-loc-Accuracy,visit-result,visit-hh_label,visit-ho_ten,end,KEY,SubmitterID,SubmitterName,DeviceID,ReviewState\n\
        2026-03-31T02:00:00.000Z,20.2,105.9,3,4.5,guided,ngo 3,Nguyen Van Kin,2026-03-31T08:15:00.000+07:00,uuid:1,7,Tran Thi Kin,abc,approved\n\
        2026-03-31T02:00:00.000Z,20.2,105.9,3,4.5,guided,ngo 3,Nguyen Van Kin,2026-03-31T08:15:00.000+07:00,uuid:2,7,Tran Thi Kin,abc,rejected\n\
        2026-03-31T02:00:00.000Z,20.2,105.9,3,4.5,guided,ngo 3,Nguyen Van Kin,Nguyen Van Kin,uuid:3,7,Tran Thi Kin,abc,\n";
    let read = check(text, 1, &[(3, "rejected_at_server"), (4, "not_a_time")]);
    assert_eq!(read.profile, "odk_central");
    assert_eq!(read.dropped_fields, ["visit-ho_ten", "SubmitterID", "SubmitterName", "DeviceID"]);
    let visit = &read.batch.rows[0].value;
    assert_eq!(visit.source_id, "uuid:1");
    assert_eq!(visit.time.to_string(), "2026-03-31T01:15:00Z");
    assert_eq!(visit.accuracy_m, Some(4.5));
    assert!(!format!("{:?}", read.batch).contains("Kin"));
}

#[test]
fn a_household_has_one_key_however_it_is_spelt_and_another_key_elsewhere() {
    let text =
        "id,time,household,result\n1,31/03/2026,Ngõ 3,guided\n2,1/4/2026,  NGÕ  3,guided\n3,1/4/2026,Ngõ 4,guided\n";
    let read = check(text, 3, &[]);
    let keys: Vec<_> = read.batch.rows.iter().map(|r| r.value.household).collect();
    assert_eq!(keys[0], keys[1]);
    assert_ne!(keys[0], keys[2]);
}

#[test]
fn a_visit_without_an_id_has_the_same_one_each_time_whatever_the_person() {
    let one = check("time,result,ho_ten\n31/03/2026,guided,A\n", 1, &[]);
    let two = check("time,result,ho_ten\n31/03/2026,guided,B\n", 1, &[]);
    assert_eq!(one.batch.rows[0].value.source_id, two.batch.rows[0].value.source_id);
    check("time,result\n31/03/2026,guided\n31/03/2026,guided\n", 1, &[(3, "duplicate")]);
}

#[test]
fn points_of_a_map_file_that_say_the_same_are_visits_of_their_places() {
    let point = |lon: f64| {
        format!(
            r#"{{"type":"Feature","properties":{{"time":"2026-03-31T08:15:00Z","result":"later"}},"geometry":{{"type":"Point","coordinates":[{lon},20.2]}}}}"#
        )
    };
    let file = |points: &[f64]| {
        let features: Vec<String> = points.iter().map(|lon| point(*lon)).collect();
        read_text("a.geojson", &format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(",")))
    };
    let read = file(&[105.9, 105.8, 105.9]);
    assert_eq!((read.batch.rows.len(), read.batch.rejects.len()), (2, 1));
    let again = file(&[105.8]);
    assert_eq!(read.batch.rows[1].value.source_id, again.batch.rows[0].value.source_id);
}

#[test]
fn points_of_a_map_file_are_visits_too() {
    let read = read_text(
        "a.geojson",
        r#"{"type":"Feature","id":"v9","properties":{"time":"2026-03-31T08:15:00Z","result":"later"},"geometry":{"type":"Point","coordinates":[105.9,20.2]}}"#,
    );
    assert_eq!(read.batch.rows[0].value.source_id, "v9");
    assert!(read.batch.rows[0].value.point.is_some());
}

#[test]
fn one_form_has_one_id_in_every_export_of_its_server() {
    let id = "30d11f1e-39f2-40b2-b3b0-201b6e043bc2";
    let json = format!(
        r#"[{{"_id":7,"_uuid":"{id}","end":"2026-03-31T08:15:00+07","visit/result":"guided","visit/loc":"20.2 105.9 3 0"}}]"#
    );
    let xml = format!(
        "<data id=\"a\"><end>2026-03-31T08:15:00+07</end><visit><result>guided</result><loc>20.2 105.9 3 0</loc></visit>\
         <meta><instanceID>uuid:{id}</instanceID></meta></data>"
    );
    let csv = format!(
        "end,visit-result,visit-loc-Latitude,visit-loc-Longitude,visit-loc-Accuracy,KEY,SubmissionDate\n2026-03-31T08:15:00+07,guided,20.2,105.9,0,uuid:{id},2026-03-31T02:00:00Z\n"
    );
    let kobo = format!(
        "end,visit/result,visit/_loc_latitude,visit/_loc_longitude,visit/_loc_precision,_uuid,_id\n2026-03-31T08:15:00+07,guided,20.2,105.9,0,{id},7\n"
    );
    for (name, text) in [("a.json", json), ("a.xml", xml), ("a.csv", csv), ("b.csv", kobo)] {
        let read = read_text(name, &text);
        let visit = &read.batch.rows.first().unwrap_or_else(|| panic!("{name}: {:?}", read.batch.rejects)).value;
        assert_eq!(visit.source_id, format!("uuid:{id}"), "{name}");
        assert_eq!(visit.time.to_string(), "2026-03-31T01:15:00Z", "{name}");
        assert_eq!((visit.accuracy_m, visit.result), (Some(0.0), VisitResult::Guided), "{name}");
        assert!(visit.point.is_some(), "{name}");
    }
}

#[test]
fn a_server_speaks_of_utc_where_a_phone_speaks_of_its_own_clock() {
    let read = read_text("a.json", r#"[{"_uuid":"a","_submission_time":"2026-03-30T23:30:00","result":"guided"}]"#);
    assert_eq!(read.batch.rows[0].value.time.to_string(), "2026-03-30T23:30:00Z");
}

#[test]
fn forms_that_were_rejected_or_taken_back_are_refused_and_those_with_issues_marked() {
    let form = |id: u8, more: &str| format!(r#"{{"_uuid":"{id}","end":"2026-03-31","result":"guided"{more}}}"#);
    let review = |uid: &str| format!(r#","_validation_status":{{"uid":"validation_status_{uid}","label":"x"}}"#);
    let check = |forms: &[String], expected: &[(u64, bool)]| {
        let read = read_text("a.json", &format!("[{}]", forms.join(",")));
        let found: Vec<_> = read.batch.rows.iter().map(|row| (row.line, row.value.has_issues)).collect();
        assert_eq!(found, expected, "{:?}", read.batch.rejects);
    };
    check(
        &[form(1, &review("approved")), form(2, &review("not_approved")), form(3, &review("on_hold"))],
        &[(1, false), (3, true)],
    );
    check(
        &[
            form(4, r#","__system":{"reviewState":"hasIssues","deletedAt":null}"#),
            form(5, r#","__system":{"deletedAt":"2026-03-31T00:00:00Z"}"#),
        ],
        &[(1, true)],
    );
    // Ona's numbers in JSON, and its words in tables.
    let ona = |status: &str| format!(r#","_review_status":"{status}""#);
    check(&[form(6, &ona("1")), form(7, &ona("2")), form(8, &ona("3"))], &[(1, false), (3, true)]);
    let read =
        read_text("a.csv", "_uuid,end,result,_review_status\n6,2026-03-31,guided,Pending\n7,2026-03-31,guided,n/a\n");
    assert_eq!(read.batch.rows.iter().map(|row| row.value.has_issues).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn families_that_personal_columns_alone_tell_apart_are_visits_of_their_own() {
    let row = |name: &str| format!("Thôn 1,{name},0912345000,5/9/2026,guided\n");
    let text = |names: &[&str]| {
        let rows: String = names.iter().map(|name| row(name)).collect();
        format!("Thôn,Họ và tên chủ hộ,Số điện thoại,Ngày đến,Kết quả\n{rows}")
    };
    let first = check(&text(&["Ông An", "Bà Bình", "Ông An", "Bà Dung"]), 3, &[(4, "duplicate")]);
    assert!(first.warnings.contains(&Warning::NoHomes { rows: 3 }), "{:?}", first.warnings);
    let ids = |read: &Read<VisitRecord>| {
        read.batch.rows.iter().map(|row| row.value.source_id.clone()).collect::<std::collections::BTreeSet<_>>()
    };
    // Who stands where makes no other visits, and no name is in them.
    let again = check(&text(&["Bà Dung", "Ông An", "Bà Bình"]), 3, &[]);
    assert_eq!(ids(&first), ids(&again));
    let more = check(&text(&["Ông An", "Bà Bình", "Bà Dung", "Ông Em"]), 4, &[]);
    assert!(ids(&more).is_superset(&ids(&first)));
    // Without such a column a row that stands twice is one.
    check("Thôn,Ngày đến,Kết quả\nThôn 1,5/9/2026,guided\nThôn 1,5/9/2026,guided\n", 1, &[(3, "duplicate")]);
}

#[test]
fn a_report_that_counts_homes_is_no_list_of_visits() {
    let folder = fixture::folder();
    let refusal = |heading: &str| {
        let text = format!("Thôn,{heading},Ngày,Kết quả\nThôn 1,30,5/9/2026,Hoàn thành\n");
        read(&fixture::write(&folder, "a.csv", text.as_bytes()), &fixture::options()).err()
    };
    let column = "Số hộ đã đến".to_owned();
    assert_eq!(refusal("Số hộ đã đến,Số hộ được hướng dẫn"), Some(Unreadable::HomesCounted { column }));
    // A row that says which home it is of may say how many there are, too.
    assert_eq!(refusal("Số nhà,Số hộ đã đến").map(|problem| problem.to_string()), None);
    assert_eq!(refusal("Số hồ sơ dịch vụ công").map(|problem| problem.to_string()), None);
}

#[test]
fn a_yes_under_a_heading_that_asks_whether_a_home_was_guided_says_so_and_a_no_says_nothing() {
    let rows = "Thôn 1,1,5/9/2026,Có\nThôn 1,2,Sáng 6/9/2026,x\nThôn 1,3,5/9/2026,Không\nThôn 1,4,5/9/2026,Vắng nhà\n";
    let read = check(&format!("Thôn,Số nhà,Ngày đến,Đã hướng dẫn\n{rows}"), 3, &[(4, "unknown_value")]);
    let results: Vec<_> = read.batch.rows.iter().map(|row| row.value.result).collect();
    assert_eq!(results, [VisitResult::Guided, VisitResult::Guided, VisitResult::NotHome]);
    check(&format!("Thôn,Số nhà,Ngày đến,Kết quả\n{rows}"), 1, &[2, 3, 4].map(|line| (line, "unknown_value")));
}

#[test]
fn a_strangers_table_is_read_by_a_profile() {
    let folder = fixture::folder();
    let text = "format = 1\nname = \"Phun 2017\"\n[columns]\nresult = \"status\"\nhousehold = \"Chủ hộ\"\n[signal]\nviettel = \"net\"\n\
        [words.result]\nsprayed = \"guided\"\nnotsprayed = \"refused\"\n[words.signal]\n\"E\" = \"weak\"\n[constants]\nday = \"2026-03-30\"\n";
    let profile = fixture::write(&folder, "p.toml", text.as_bytes());
    let profile = crate::ingest::VisitsProfile::read(&profile).unwrap();
    let options = Options { visits: Some(std::sync::Arc::new(profile)), ..fixture::options() };
    let path = fixture::write(&folder, "a.csv", "status,Chủ hộ,net\nsprayed,A,E\nnotsprayed,B,\nlost,C,\n".as_bytes());
    let read = read(&path, &options).unwrap();
    let found: Vec<_> =
        read.batch.rows.iter().map(|row| (row.value.result, row.value.signal_seen.iter().count())).collect();
    assert_eq!(found, [(VisitResult::Guided, 1), (VisitResult::Refused, 0)]);
    assert_eq!(read.batch.rows[0].value.time.to_string(), "2026-03-29T17:00:00Z");
    assert_eq!(read.batch.rejects[0].line, 4);
    assert!(!format!("{:?}", read.batch).contains("\"A\""));
}

#[test]
fn a_profile_of_visits_names_its_fault() {
    let fault = |text: &str| {
        let folder = fixture::folder();
        let path = fixture::write(&folder, "p.toml", text.as_bytes());
        crate::ingest::VisitsProfile::read(&path).unwrap_err().fault
    };
    let head = "format = 1\nname = \"x\"\n";
    let wrong = [
        "[columns]\nresutl = \"a\"\n",
        "[constants]\nresult = \"done\"\n",
        "[constants]\nday = \"31/03\"\n",
        "[words.result]\na = \"b\"\n",
        "[signal]\nviettel = 1\n",
        "[table]\nmissing = []\n",
    ];
    for text in wrong {
        let message = format!("{:?}", fault(&format!("{head}{text}")));
        assert!(message.starts_with("UnknownKey") || message.starts_with("Wrong"), "{message}");
    }
}

/// Reads a file with corrections; gives ids and results of good rows, and refused lines with their reasons.
fn mended(name: &str, bytes: &[u8], corrections: &[Correction]) -> (Read<VisitRecord>, Vec<(u64, &'static str)>) {
    let folder = fixture::folder();
    let path = fixture::write(&folder, name, bytes);
    let options = Options { corrections: std::sync::Arc::new(corrections.to_vec()), ..fixture::options() };
    let read = read(&path, &options).unwrap();
    let refused = read.batch.rejects.iter().map(|reject| (reject.line, reject.reason.code())).collect();
    (read, refused)
}

fn cell(line: u64, field: &str, value: &str) -> Correction {
    Correction::cell(line, field, value).unwrap()
}

const ODD: &str =
    "id,time,commune_code,phone,household,result\nv1,2026-03-31,13285,0912345678,P1,guidd\nv2,soon,13285,,P2,guided\n";

#[test]
fn a_correction_answers_the_refusal_of_its_line_and_field() {
    let (read, refused) = mended("a.csv", ODD.as_bytes(), &[]);
    let named: Vec<_> = read.batch.rejects.iter().map(|reject| (reject.line, reject.field.as_str())).collect();
    assert_eq!((refused.len(), named), (2, vec![(2, "result"), (3, "time")]));
    let (read, refused) =
        mended("a.csv", ODD.as_bytes(), &[cell(2, "result", "guided"), cell(3, "time", "31/03/2026")]);
    assert_eq!((read.batch.rows.len(), refused.len()), (2, 0));
    let kept: Vec<_> = read.corrected.iter().map(|one| (one.line, one.before.as_str(), one.after.as_str())).collect();
    assert_eq!(kept, [(2, "guidd", "guided"), (3, "soon", "31/03/2026")]);
}

#[test]
fn a_correction_that_cannot_be_put_in_is_refused_with_words() {
    let wrong = [
        (cell(2, "phone", "0987654321"), (2, "personal_column")),
        (cell(2, "reslt", "guided"), (2, "no_such_column")),
        (cell(9, "result", "guided"), (9, "no_such_line")),
        (cell(1, "result", "guided"), (1, "no_such_line")),
        (cell(2, "result", "still wrong"), (2, "unknown_value")),
        (Correction::leave_out(2).unwrap(), (2, "left_out")),
        (Correction::leave_out(7).unwrap(), (7, "no_such_line")),
    ];
    for (correction, expected) in wrong {
        let (read, refused) = mended("a.csv", ODD.as_bytes(), std::slice::from_ref(&correction));
        assert!(refused.contains(&expected), "{correction:?} gave {refused:?}");
        assert!(read.batch.rejects.iter().all(|reject| !reject.found.contains("09")), "{correction:?}");
        assert!(read.corrected.iter().all(|one| !one.before.contains("09") && !one.after.contains("09")));
    }
}

#[test]
fn a_good_row_whose_correction_cannot_be_put_in_does_not_come_in_as_it_was() {
    let text = "id,time,result\nv1,2026-03-31,guided\n";
    let (read, refused) = mended("a.csv", text.as_bytes(), &[cell(2, "reslt", "later")]);
    assert_eq!((read.batch.rows.len(), refused), (0, vec![(2, "no_such_column")]));
}

#[test]
fn neither_text_of_a_household_is_kept() {
    let (read, _) = mended("a.csv", ODD.as_bytes(), &[cell(2, "household", "Nhà ông Ba"), cell(2, "result", "guided")]);
    let kept: Vec<_> = read.corrected.iter().map(|one| (one.before.as_str(), one.after.as_str())).collect();
    assert_eq!(kept, [("…", "…"), ("guidd", "guided")]);
}

#[test]
fn a_row_without_an_id_stays_the_same_row_when_it_is_corrected() {
    let text = "time,household,result\n2026-03-31,P1,guided\n2026-03-31,P2,x\n";
    let ids = |corrections: &[Correction]| {
        let (read, _) = mended("a.csv", text.as_bytes(), corrections);
        read.batch.rows.into_iter().map(|row| row.value.source_id).collect::<Vec<_>>()
    };
    let before = ids(&[]);
    let brought = ids(&[cell(2, "village_code", "13285-001"), cell(3, "result", "later")]);
    let again = ids(&[cell(3, "result", "guided")]);
    assert_eq!((before.len(), brought.len()), (1, 2));
    assert_eq!((&before[0], &brought), (&brought[0], &again));
}

#[test]
fn a_column_of_a_place_may_be_brought_where_the_file_has_none() {
    let text = "id,time,result\nv1,2026-03-31,guided\nv2,2026-03-31,guided\n";
    let (read, refused) = mended("a.csv", text.as_bytes(), &[cell(3, "village_code", "13285-001")]);
    assert!(refused.is_empty());
    let codes: Vec<_> = read.batch.rows.iter().map(|row| row.value.village_code.map(|code| code.to_string())).collect();
    assert_eq!(codes, [None, Some("13285-001".to_owned())]);
    let (_, refused) = mended("a.csv", text.as_bytes(), &[cell(3, "phone", "1")]);
    assert_eq!(refused, [(3, "no_such_column")]);
}

#[test]
fn forms_are_corrected_by_their_number_and_path() {
    let kobo = r#"[{"_uuid":"1","_submission_time":"2026-03-31T02:00:00","visit/result":"guided","visit/loc":"20.25 105.97 3 4"},
        {"_uuid":"2","_submission_time":"2026-03-31T02:00:00","visit/result":"gone","visit/loc":"20.25 105.97 3 4"}]"#;
    let odata = r#"{"value":[{"__id":"uuid:1","__system":{"submissionDate":"2026-03-31T02:00:00Z"},"visit":{"result":"guided"}},
        {"__id":"uuid:2","__system":{"submissionDate":"2026-03-31T02:00:00Z"},"visit":{"result":"gone"}}]}"#;
    for (text, field) in [(kobo, "visit/result"), (odata, "visit/result")] {
        let (read, refused) = mended("forms.json", text.as_bytes(), &[]);
        assert_eq!((refused, read.batch.rejects[0].field.as_str()), (vec![(2, "unknown_value")], field));
        let (read, refused) = mended("forms.json", text.as_bytes(), &[cell(2, field, "moved_or_empty")]);
        assert_eq!((read.batch.rows.len(), refused.len()), (2, 0));
        assert_eq!(read.batch.rows[1].value.result, VisitResult::MovedOrEmpty);
    }
    let xml = r#"<data xmlns:jr="http://openrosa.org/javarosa" id="visit"><start>2026-03-31T08:15:00+07:00</start>
        <visit><result>gone</result></visit><meta><instanceID>uuid:1</instanceID></meta></data>"#;
    let (before, refused) = mended("form.xml", xml.as_bytes(), &[]);
    assert_eq!(refused, [(1, "unknown_value")]);
    let field = before.batch.rejects[0].field.clone();
    let (read, refused) = mended("form.xml", xml.as_bytes(), &[cell(1, &field, "later")]);
    assert_eq!((read.batch.rows.len(), refused.len()), (1, 0));
}

#[test]
fn a_spreadsheet_is_corrected_by_the_row_that_excel_shows() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in
        [["id", "time", "result"], ["v1", "2026-03-31", "guided"], ["v2", "2026-03-31", "gon"]].iter().enumerate()
    {
        for (column, text) in cells.iter().enumerate() {
            sheet.write(u32::try_from(row).unwrap(), u16::try_from(column).unwrap(), *text).unwrap();
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    let folder = fixture::folder();
    if let Err(Unreadable::NoGdal { .. }) = read(&fixture::write(&folder, "a.xlsx", &bytes), &fixture::options()) {
        return;
    }
    let (_, refused) = mended("a.xlsx", &bytes, &[]);
    assert_eq!(refused, [(3, "unknown_value")]);
    let (read, refused) = mended("a.xlsx", &bytes, &[cell(3, "result", "refused")]);
    assert_eq!((read.batch.rows.len(), refused.len()), (2, 0));
}

proptest::proptest! {
    #[test]
    fn no_correction_makes_the_reader_panic(line in 0_u64..6, field in "[a-zô_ ]{0,8}|result|time", value in ".{0,20}") {
        if let Ok(correction) = Correction::cell(line, &field, &value) {
            let (read, refused) = mended("a.csv", ODD.as_bytes(), &[correction]);
            proptest::prop_assert!(read.batch.rows.len() + refused.len() >= 2);
        }
    }
}

#[test]
fn a_form_filled_in_within_a_minute_is_told_and_geojson_of_a_server_says_what_it_lacks() {
    let from = |name: &str, text: &str| {
        let file = tempfile::Builder::new().suffix(name).tempfile().unwrap();
        std::fs::write(file.path(), text).unwrap();
        read(file.path(), &Options::at("2026-04-01T00:00:00Z".parse().unwrap())).unwrap()
    };
    let fast = |end: &str| {
        let text = format!("start,end,result\n2026-03-31T08:00:00+07:00,{end},guided\n");
        from(".csv", &text).batch.rows[0].value.too_fast
    };
    assert!(fast("2026-03-31T08:00:59+07:00"));
    assert!(!fast("2026-03-31T08:01:00+07:00"));
    assert!(!fast("2026-03-31T07:59:00+07:00"), "a clock that was set back says nothing");

    let form = |more: &str| {
        format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","geometry":{{"type":"Point","coordinates":[105.9,20.2]}},"properties":{{"_uuid":"a","end":"2026-03-31T08:00:59+07:00","result":"guided"{more}}}}}]}}"#
        )
    };
    assert!(from(".geojson", &form("")).warnings.contains(&Warning::LossyGeoJson));
    assert!(!from(".geojson", &form(r#","accuracy_m":4"#)).warnings.contains(&Warning::LossyGeoJson));
}

#[test]
fn a_re_visit_says_so_in_the_words_of_phones_and_offices() {
    let text = "time,result,Kiểm tra lại\n31/03/2026,guided,Có\n31/03/2026,later,x\n31/03/2026,guided,không\n31/03/2026,guided,\n31/03/2026,guided,hôm qua\n";
    let read = check(text, 4, &[(6, "unknown_value")]);
    let said: Vec<bool> = read.batch.rows.iter().map(|row| row.value.supervision).collect();
    assert_eq!(said, [true, true, false, false]);
    let read = check("time,result,visit/supervision\n31/03/2026,guided,yes\n", 1, &[]);
    assert!(read.batch.rows[0].value.supervision, "with its group before it, as Kobo writes it");
}

#[test]
fn rows_come_in_pieces_in_their_order_and_an_id_counts_once_in_the_whole_file() {
    let mut text = "id,time,result\n".to_owned();
    let rows = 100_007;
    for i in 0..rows {
        let result = if i % 50_000 == 13 { "?" } else { "guided" };
        writeln!(text, "v{},2026-03-31,{result}", if i == 99_999 { 7 } else { i }).unwrap();
    }
    let folder = fixture::folder();
    let path = fixture::write(&folder, ".csv", text.as_bytes());
    let mut sizes = Vec::new();
    let read = read_pieces(&path, &fixture::options(), &mut |piece| {
        let batch = &piece.batch;
        let mut lines: Vec<u64> = batch.rows.iter().map(|row| row.line).collect();
        assert!(lines.is_sorted());
        lines.extend(batch.rejects.iter().map(|reject| reject.line));
        sizes.push((lines.iter().min().copied(), lines.iter().max().copied(), batch.rows.len(), batch.rejects.len()));
        Ok(())
    });
    assert!(read.unwrap().batch.rows.is_empty());
    let expected = [(Some(2), Some(50_001)), (Some(50_002), Some(100_001)), (Some(100_002), Some(100_008))];
    assert_eq!(sizes.iter().map(|(first, last, ..)| (*first, *last)).collect::<Vec<_>>(), expected);
    assert_eq!(
        sizes.iter().map(|(_, _, good, bad)| (*good, *bad)).collect::<Vec<_>>(),
        [(49_999, 1), (49_998, 2), (7, 0)]
    );

    let whole = super::read(&path, &fixture::options()).unwrap();
    assert_eq!(whole.batch.rows.len() as u64 + 3, rows);
    let again = whole.batch.rejects.iter().find(|reject| reject.line == 100_001).unwrap();
    assert_eq!(again.reason, Reason::Duplicate { line: 9 });

    let stopped = read_pieces(&path, &fixture::options(), &mut |_| Err(crate::ingest::Stop));
    assert_eq!(stopped.err(), Some(Unreadable::Stopped));
}

#[test]
fn a_cell_that_says_there_is_nothing_is_an_empty_cell() {
    let read = check(
        "end,village_code,village,hh_label,_gps_latitude,_gps_longitude,_gps_precision,result,n_guided,signal_viettel,supervision,_uuid\n\
         2026-03-31T08:15:00+07:00,n/a,n/a,n/a,n/a,n/a,n/a,not_home,n/a,none,n/a,o1\n\
         2026-03-31T08:25:00+07:00,14329-001,n/a,n/a,20.25,105.97,4.5,guided,2,n/a,n/a,o2\n\
         2026-03-31T08:35:00+07:00,14329-001,n/a,n/a,20.25,105.97,4.5,n/a,2,n/a,n/a,o3\n",
        2,
        &[(4, "missing")],
    );
    let (first, second) = (&read.batch.rows[0].value, &read.batch.rows[1].value);
    assert_eq!((first.village_code, first.point, first.guided_people), (None, None, None));
    assert_eq!((&first.village_name, first.household), (&None, None), "one home for all of them would be one visit");
    assert_eq!((second.accuracy_m, second.signal_seen.iter().count()), (Some(4.5), 0));
}

#[test]
fn the_labels_of_our_own_form_are_read_in_both_languages() {
    for text in [
        "start;end;Xã, phường;Thôn, xóm, tổ dân phố;Ngõ và số thứ tự nhà;_Vị trí, đứng ngoài cửa_latitude;_Vị trí, đứng ngoài cửa_longitude;_Vị trí, đứng ngoài cửa_precision;Đây là lượt kiểm tra lại?;Kết quả lượt đến;Đã hướng dẫn gì;Đã hướng dẫn gì/Chữ ký số;Đã hướng dẫn gì/Phòng chống lừa đảo, an toàn trên mạng;Số người được hướng dẫn;Tài khoản VNeID mức 2 mới;Hồ sơ dịch vụ công đã nộp giúp;Tài khoản thanh toán số mới;Sóng Viettel tại đây\n\
         2026-03-31T08:10:00+07:00;2026-03-31T08:15:00+07:00;Phường Hoa Lư;14329-001;ngõ 3;20.25;105.97;4.5;Không;Hướng dẫn một phần;Chữ ký số Phòng chống lừa đảo, an toàn trên mạng;1;1;2;1;1;0;Yếu, chập chờn\n",
        "start;end;Commune or ward;Village or residential group;Lane and number of the house;_loc_latitude;_loc_longitude;_loc_precision;Is this a check of an earlier visit?;How the visit ended;What was shown;What was shown/Digital signature;What was shown/Safety online;People guided;New VNeID level 2 accounts;Public services applied for;New payment accounts;Viettel signal here\n\
         2026-03-31T08:10:00+07:00;2026-03-31T08:15:00+07:00;Phường Hoa Lư;14329-001;ngõ 3;20.25;105.97;4.5;No;Partly guided;Digital signature Safety online;1;1;2;1;1;0;Weak\n",
    ] {
        let visit = &check(text, 1, &[]).batch.rows[0].value;
        assert_eq!(
            (visit.village_code.map(|code| code.to_string()).as_deref(), visit.result),
            (Some("14329-001"), VisitResult::Partly)
        );
        assert_eq!(
            (visit.commune_name.as_ref().map(|name| name.text.as_str()), visit.guided_people),
            (Some("Phường Hoa Lư"), Some(2))
        );
        assert_eq!((visit.topics.codes().as_deref(), visit.accuracy_m), (Some("digsig safe"), Some(4.5)));
        assert_eq!((visit.yields.vneid, visit.yields.services, visit.yields.payments), (Some(1), Some(1), Some(0)));
        assert_eq!(visit.signal_seen.iter().next().map(|(_, seen)| seen), Some(SignalSeen::Weak));
        assert!(visit.household.is_some() && !visit.supervision);
    }
}

#[test]
fn a_time_that_somebody_states_within_a_group_goes_before_that_of_the_phone() {
    let text = "start,end,visit/ngay_tham,visit/result,_uuid\n2026-03-31T20:00:00+07:00,2026-03-31T20:05:00+07:00,2026-03-30,guided,a\n";
    assert_eq!(check(text, 1, &[]).batch.rows[0].value.time.to_string(), "2026-03-29T17:00:00Z");
}

#[test]
fn an_edited_form_keeps_the_id_of_its_first_version() {
    let of = |root: &str| {
        let text = format!(
            "end,result,_uuid,meta/instanceID,meta/rootUuid\n2026-03-31T08:15:00+07:00,guided,aaaaaaaa-3eee-4bd7-8512-4a97ea8fbb03,uuid:aaaaaaaa-3eee-4bd7-8512-4a97ea8fbb03,{root}\n"
        );
        check(&text, 1, &[]).batch.rows[0].value.source_id.clone()
    };
    assert_eq!(of("e58da38d-3eee-4bd7-8512-4a97ea8fbb01"), "uuid:e58da38d-3eee-4bd7-8512-4a97ea8fbb01");
    assert_eq!(of(""), "uuid:aaaaaaaa-3eee-4bd7-8512-4a97ea8fbb03");
}

#[test]
fn headings_and_dates_of_surveycto_are_read_and_what_it_rejects_is_refused() {
    let read = check(
        "SubmissionDate,starttime,endtime,deviceid,devicephonenum,gpsLatitude,gpsLongitude,gpsAccuracy,result,review_status,KEY\n\
         \"Mar 31, 2026 1:20:05 PM\",\"Mar 31, 2026 1:10:33 PM\",\"Mar 31, 2026 1:15:33 PM\",abc,0912345678,20.25,105.97,4.5,guided,approved,uuid:s1\n\
         \"Mar 31, 2026 1:20:05 PM\",\"Mar 31, 2026 1:10:33 PM\",\"Mar 31, 2026 1:15:33 PM\",abc,0912345678,20.25,105.97,4.5,guided,rejected,uuid:s2\n",
        1,
        &[(3, "rejected_at_server")],
    );
    let visit = &read.batch.rows[0].value;
    assert_eq!((visit.time.to_string().as_str(), visit.accuracy_m), ("2026-03-31T06:15:33Z", Some(4.5)));
    assert!(visit.point.is_some());
    assert_eq!(read.dropped_fields, ["deviceid", "devicephonenum"]);
}

#[test]
fn both_numbers_of_a_point_may_stand_in_one_cell_and_words_there_are_no_fault() {
    let read = check(
        "end,gps,result,_uuid\n2026-03-31T08:15:00+07:00,20.25 105.97 3 4.5,guided,a\n\
         2026-03-31T08:15:00+07:00,\"20.25, 105.97\",guided,b\n2026-03-31T08:15:00+07:00,cạnh chợ,guided,c\n\
         2026-03-31T08:15:00+07:00,105.97 20.25 3 4.5,guided,d\n",
        3,
        &[(5, "swapped_lat_lon")],
    );
    let of = |at: usize| &read.batch.rows[at].value;
    assert_eq!(of(0).point.map(|at| (at.lon(), at.lat())), Some((105.97, 20.25)));
    assert_eq!((of(0).accuracy_m, of(1).accuracy_m), (Some(4.5), None));
    assert_eq!((of(1).point, of(2).point), (of(0).point, None));
}

#[test]
fn the_hour_may_stand_in_a_column_of_its_own_and_the_signal_be_asked_at_length() {
    let read = check(
        "Ngày thăm;Giờ;Kết quả;Tình trạng sóng VinaPhone\n31/03/2026;08:15;Đã hướng dẫn;tốt\n31/03/2026;;Vắng nhà;\n31/03/2026;sáng;Vắng nhà;\n",
        3,
        &[],
    );
    let times: Vec<String> = read.batch.rows.iter().map(|row| row.value.time.to_string()).collect();
    assert_eq!(times, ["2026-03-31T01:15:00Z", "2026-03-30T17:00:00Z", "2026-03-30T17:00:00Z"]);
    let seen: Vec<_> = read.batch.rows[0].value.signal_seen.iter().collect();
    assert_eq!(seen, [("vnpt".parse::<Operator>().unwrap(), SignalSeen::Ok)]);
}

#[test]
fn a_word_about_signal_that_nobody_knows_is_left_out_and_the_visit_stays() {
    let read = check(
        "Ngày đi;Kết quả;Sóng Viettel\n31/03/2026;Đã hướng dẫn;có\n30/03/2026;Vắng nhà;hai vạch\n29/03/2026;Vắng nhà;3 vạch\n28/03/2026;Vắng nhà;không\n",
        4,
        &[],
    );
    let seen = read.batch.rows.iter().map(|row| row.value.signal_seen.iter().map(|(_, seen)| seen).next());
    assert_eq!(seen.collect::<Vec<_>>(), [Some(SignalSeen::Ok), None, None, Some(SignalSeen::None)]);
    let told =
        read.warnings.iter().map(|warning| warning.message(Language::Vi)).find(|said| said.contains("không hiểu"));
    let told = told.unwrap();
    assert!(
        told.contains("2 dòng") && told.contains("“Sóng Viettel”") && told.contains("(như “3 vạch”)"),
        "a word that may be a name is not quoted: {told}"
    );
}

#[test]
fn a_day_of_going_is_the_day_of_the_visit() {
    for heading in ["Ngày đi", "Ngày thăm", "Ngày ghé", "Ngày tới", "Ngày đi thăm"] {
        let read = check(&format!("{heading};Kết quả\n31/03/2026;Vắng nhà\n"), 1, &[]);
        assert_eq!(read.batch.rows[0].value.time.to_string(), "2026-03-30T17:00:00Z", "{heading}");
    }
}
