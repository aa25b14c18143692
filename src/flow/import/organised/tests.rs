//! Lists of teams and activities through the whole import, the bad ones above all.

use crate::flow::import::tests::Desk;
use crate::model::import::ImportKind;

const VILLAGES: &str = "code,commune_code,name,households\n14329-001,14329,Thôn 1,50\n13285-001,13285,Thôn 1,50\n";

#[tokio::test]
async fn a_list_of_teams_finds_its_units_and_says_what_is_wrong() {
    let desk = Desk::new().await;
    desk.import(ImportKind::Villages, "v.csv", VILLAGES).await;
    let list = "level,commune_code,commune,village_code,village,decision_no,members,youth,Họ tên tổ trưởng\n\
        commune,14329,,,,1/QĐ,15,5,Nguyễn Văn A\n\
        village,,Phường Hoa Lư,,thôn 1,2/QĐ,9,,\n\
        village,14329,,13285-001,,3/QĐ,9,,\n\
        village,14329,,,Thôn 7,4/QĐ,9,,\n\
        commune,99999,,,,5/QĐ,9,,\n\
        village,14329,,14329-001,,6/QĐ,9,,\n\
        village,13285,,,Thôn 1,7/QĐ,9,10,\n";
    let report = desk.import(ImportKind::Teams, "t.csv", list).await;
    let refused: Vec<_> =
        report.first_refused.iter().map(|row| (row.line, row.field.as_str(), row.reason.code())).collect();
    assert_eq!(
        refused,
        [
            (4, "village_code", "other_commune"),
            (5, "village", "unknown_village"),
            (6, "commune_code", "unknown_unit"),
            (7, "village", "duplicate"),
            (8, "youth", "more_than_the_whole"),
        ]
    );
    assert_eq!(report.dropped_fields, ["Họ tên tổ trưởng"]);
    let teams = desk.store.teams().await.unwrap();
    assert_eq!(teams.len(), 2);
    assert_eq!(teams[1].village, "14329-001".parse().ok());
}

#[tokio::test]
async fn an_activity_is_one_event_however_often_its_list_comes() {
    let desk = Desk::new().await;
    desk.import(ImportKind::Villages, "v.csv", VILLAGES).await;
    let list = "type,date,period,commune_code,village,attendees,hours,topic\n\
        Lớp học,05/09/2025,,14329,Thôn 1,30,2,VNeID\n\
        Lớp học,05/09/2025,,14329,Thôn 1,25,2,VNeID\n\
        Báo cáo,03/10/2025,Quý III/2025,14329,,,,\n\
        Báo cáo,04/10/2025,2025Q3,14329,,,,\n\
        Phát thanh,05/09/2025,,37,,,1,\n\
        Lớp học,05/09/2025,,14329,Thôn 9,3,2,\n";
    let first = desk.import(ImportKind::Activities, "a.csv", list).await;
    let refused: Vec<_> = first.first_refused.iter().map(|row| (row.line, row.reason.code())).collect();
    assert_eq!(refused, [(5, "duplicate"), (7, "unknown_village")]);
    assert_eq!(first.counts.inserted, 4, "two like classes on one day are two");
    let again = desk.import(ImportKind::Activities, "a.csv", list).await;
    assert_eq!((again.counts.inserted, again.counts.unchanged), (0, 4));
    let activities = desk.store.activities().await.unwrap();
    let province = activities.iter().filter(|activity| activity.commune.is_none()).count();
    assert_eq!(province, 1);
}

#[tokio::test]
async fn no_word_of_what_an_activity_was_about_is_kept_and_one_that_was_is_let_go() {
    let desk = Desk::new().await;
    let list = "type,date,commune_code,attendees,topic\n\
        Lớp học,05/09/2025,14329,1,Cài VNeID cho bà Lê Thị Hoa\n\
        Lớp học,05/09/2025,14329,2,Cài VNeID cho ông Ba\n\
        Lớp học,05/09/2025,14329,3,Cài VNeID cho ông Ba\n";
    desk.import(ImportKind::Activities, "a.csv", list).await;
    let kept = desk.store.activities().await.unwrap();
    assert_eq!(kept.len(), 3);
    assert!(kept.iter().all(|one| one.counts.topic.as_deref() == Some("vneid other")), "{kept:?}");
    let text = format!("{kept:?}").to_lowercase();
    assert!(!text.contains("hoa") && !text.contains("ba#") && !text.contains("ông"), "{text}");

    // As a store of before has them.
    let key = desk.store.household_key().await.unwrap();
    let words = ["cài vneid cho bà lê thị hoa", "cài vneid cho ông ba", "cài vneid cho ông ba#2"];
    let before = words.map(|words| format!("14329|class_residents|2025-09-05||{words}"));
    let of = |key: &str, topic: Option<&str>| {
        let mut one = kept[0].clone();
        (one.key, one.counts.topic) = (key.to_owned(), topic.map(str::to_owned));
        one
    };
    let words = Some("Cài VNeID cho bà Lê Thị Hoa");
    let renamed: Vec<_> = before.iter().map(|before| super::without_words(&of(before, words), &key).unwrap()).collect();
    assert!(renamed.iter().all(|one| one.topic.as_deref() == Some("vneid other")));
    let renamed: Vec<_> = renamed.into_iter().map(|one| one.key).collect();
    let mut expected: Vec<&str> = kept.iter().map(|one| one.key.as_str()).collect();
    expected.sort_unstable();
    let mut found: Vec<&str> = renamed.iter().map(String::as_str).collect();
    found.sort_unstable();
    assert_eq!(found, expected);
    for other in ["14329|id-7", "14329|report|2025Q3", "14329|class_residents|2025-09-05||", renamed[0].as_str()] {
        assert_eq!(super::without_words(&of(other, Some("vneid safe")), &key), None, "{other}");
        let clean = super::without_words(&of(other, words), &key).unwrap();
        assert_eq!((clean.key.as_str(), clean.topic.as_deref()), (other, Some("vneid other")));
    }
}
