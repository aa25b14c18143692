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
