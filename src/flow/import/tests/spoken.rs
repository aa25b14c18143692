//! Free words that take a person for a village leave no name behind.

use super::*;

fn file(points: &[(&str, &str)]) -> String {
    let point = |(at, inside): (usize, &(&str, &str))| {
        let (of, text) = inside;
        format!(
            r#"<wpt lat="20.25" lon="105.97"><time>2026-03-31T01:{at:02}:00Z</time><{of}>{text}; Kết quả: Vắng nhà</{of}></wpt>"#
        )
    };
    let points: Vec<String> = points.iter().enumerate().map(point).collect();
    format!(r#"<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">{}</gpx>"#, points.concat())
}

#[tokio::test]
async fn a_name_out_of_free_words_that_is_no_place_is_neither_quoted_nor_kept() {
    let desk = Desk::new().await;
    desk.villages("a.csv", "commune_code,name\n14329,Xóm Một\n").await;
    let text = file(&[
        ("desc", "Mã xã: 14329; Thôn: nhà ông Tám"),
        ("cmt", "Mã xã: 14329; thôn=bà Chín"),
        ("name", "Mã xã: 14329; Thôn: Xóm Một"),
        ("desc", "Xã: chú Mười; Thôn: Xóm Một"),
    ]);
    let report = desk.import(ImportKind::Visits, "t.gpx", &text).await;
    assert_eq!((report.accepted, report.refused), (1, 3), "{:?}", report.first_refused);
    let found: Vec<_> = report.first_refused.iter().map(|one| (one.field.as_str(), one.found.as_str())).collect();
    assert_eq!(found, [("village", "…"), ("village", "…"), ("commune", "…")]);
    assert!(desk.rejects("t.gpx").is_some_and(|text| text.contains("unknown_village")));
    // In no file beside the one that came: not in the store, its log, or the refusals.
    for entry in std::fs::read_dir(desk.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for name in ["ông Tám", "bà Chín", "chú Mười"] {
            let is_there = bytes.windows(name.len()).any(|at| at == name.as_bytes());
            assert_eq!(is_there, path.ends_with("t.gpx"), "{name} in {}", path.display());
        }
    }
}

#[tokio::test]
async fn a_village_that_a_column_states_is_quoted_as_before() {
    let desk = Desk::new().await;
    desk.villages("a.csv", "commune_code,name\n14329,Xóm Một\n").await;
    let text = file(&[("desc", "Mã xã: 14329")])
        .replace("</wpt>", "<extensions><ten_thon>Xóm Mốt</ten_thon></extensions></wpt>");
    let report = desk.import(ImportKind::Visits, "t.gpx", &text).await;
    assert_eq!(report.first_refused.iter().map(|one| one.found.as_str()).collect::<Vec<_>>(), ["Xóm Mốt"]);
}
