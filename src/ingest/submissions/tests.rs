//! Forms become rows, and nothing else does.

use super::*;
use crate::ingest::fixture;

fn of_json(text: &[u8]) -> Result<Option<Submissions>, Unreadable> {
    super::of_json(text, &fixture::options())
}

fn cells(submissions: &Submissions) -> Vec<Vec<(&str, &str)>> {
    let mut rows = Vec::new();
    for row in &submissions.rows {
        rows.push(row.properties.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect());
    }
    rows
}

#[test]
fn a_form_of_odk_has_the_columns_of_its_csv() {
    let text = br#"{"value":[{"__id":"uuid:1","__system":{"submissionDate":"2026-03-31T02:00:00Z","submitterName":"Kin","reviewState":null},
        "visit":{"loc":{"type":"Point","coordinates":[105.97,20.25,3],"properties":{"accuracy":4.5}},"result":"guided"},
        "members@odata.navigationLink":"x","people":[{"age":1}]}],"@odata.context":"x"}"#;
    let read = of_json(text).unwrap().unwrap();
    assert_eq!((read.profile, &read.lists), ("odk_odata", &BTreeSet::from(["people".to_owned()])));
    assert_eq!(
        cells(&read)[0],
        [
            ("KEY", "uuid:1"),
            ("submissionDate", "2026-03-31T02:00:00Z"),
            ("submitterName", "Kin"),
            ("visit/loc-Latitude", "20.25"),
            ("visit/loc-Longitude", "105.97"),
            ("visit/loc-Altitude", "3"),
            ("visit/loc-Accuracy", "4.5"),
            ("visit/result", "guided"),
        ]
    );
}

#[test]
fn a_form_of_kobo_gives_its_point_from_the_answer_not_from_the_servers_own() {
    let text = br#"[{"_id":7,"_uuid":"a","_geolocation":[null,null],"loc":"20.25 105.97 3 0","topics":["safe","epay"],
        "_attachments":[{"filename":"x.jpg"}],"group/result":"guided"}]"#;
    let read = of_json(text).unwrap().unwrap();
    assert_eq!(read.profile, "kobo_json");
    assert!(read.lists.is_empty());
    let row = &cells(&read)[0];
    assert!(row.contains(&("loc-Accuracy", "0")) && row.contains(&("group/result", "guided")));
    assert!(row.contains(&("topics", "safe epay")));
    assert!(!row.iter().any(|(name, _)| name.contains("geolocation") || name.contains("attachments")));
}

#[test]
fn a_form_of_a_phone_is_a_row_whatever_its_prefixes() {
    let text = r#"<?xml version="1.0"?><data id="tham_ho" xmlns:orx="http://openrosa.org/xforms"><visit><loc>20.25 105.97 3 4.5</loc>
        <result>guided</result></visit><hh><n>1</n></hh><hh><n>2</n></hh><orx:meta><orx:instanceID>uuid:9</orx:instanceID></orx:meta></data>"#;
    let read = of_xml(text).unwrap();
    assert_eq!((read.rows.len(), &read.lists), (1, &BTreeSet::from(["hh".to_owned()])));
    let row = &cells(&read)[0];
    assert!(row.contains(&("visit/result", "guided")) && row.contains(&("KEY", "uuid:9")));
    assert!(row.contains(&("visit/loc-Longitude", "105.97")));
}

#[test]
fn what_is_no_form_is_left_to_others() {
    for text in ["", "[]", "{}", "7", "[1,2]", r#"{"value":[]}"#, r#"{"type":"FeatureCollection","features":[]}"#] {
        assert!(of_json(text.as_bytes()).unwrap().is_none(), "{text}");
    }
    for text in ["", "<a/>", "<kml><Document/></kml>", "<data><meta/></data>", "<data><meta>"] {
        assert!(of_xml(text).is_none(), "{text}");
    }
}

#[test]
fn a_form_that_is_none_and_a_file_cut_off_say_so() {
    let read = of_json(br#"[{"_uuid":"a"}, 7, null]"#).unwrap().unwrap();
    assert_eq!((read.rows.len(), read.rejects.len()), (1, 2));
    assert!(matches!(of_json(br#"[{"_uuid":"a"}, {"_uuid":"#), Err(Unreadable::BrokenJson { .. })));
}

#[test]
fn the_servers_own_point_serves_where_no_form_has_one() {
    let read = of_json(
        br#"[{"_uuid":"a","_geolocation":[20.25,105.97],"result":"guided"},{"_uuid":"b","_geolocation":[null,null]}]"#,
    );
    let read = read.unwrap().unwrap();
    assert!(cells(&read)[0].contains(&("_geolocation-Latitude", "20.25")));
    assert!(!cells(&read)[1].iter().any(|(name, _)| name.contains("geolocation")));
}

#[test]
fn one_page_of_several_says_so() {
    let page = |text: &str| of_json(text.as_bytes()).unwrap().unwrap().is_one_page;
    assert!(page(r#"{"count":9,"next":"https://x/?start=1","results":[{"_uuid":"a"}]}"#));
    assert!(page(r#"{"@odata.nextLink":"https://x/?$skiptoken=01","value":[{"__id":"uuid:1"}]}"#));
    assert!(!page(r#"{"count":1,"next":null,"results":[{"_uuid":"a"}]}"#));
}
