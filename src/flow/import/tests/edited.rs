//! Forms that somebody edited at their server after they had come in.

use super::*;
use crate::model::visit::VisitResult;

const HEADER: &str = "end,commune_code,result,_id,_uuid,_submission_time";

fn forms(version: u8, result: &str, sent: &str) -> String {
    let row = |at: u8| {
        format!(
            "2026-03-31,14329,{result},{},b000{version}00{at}-0000-4000-8000-000000000000,{sent}\n",
            5000 + u16::from(at)
        )
    };
    format!("{HEADER}\n{}", (0..3).map(row).collect::<String>())
}

#[tokio::test]
async fn an_edited_form_is_the_visit_that_its_first_version_was() {
    let desk = Desk::new().await;
    let first = forms(1, "not_home", "2026-03-31T02:00:00");
    desk.import(ImportKind::Visits, "a.csv", &first).await;
    let before = desk.store.visits().await.unwrap();
    let report = desk.import(ImportKind::Visits, "b.csv", &forms(2, "guided", "2026-03-31T02:00:00Z")).await;
    assert_eq!((report.counts.inserted, report.counts.updated), (0, 3), "{report:?}");
    let after = desk.store.visits().await.unwrap();
    assert!(after.iter().all(|visit| visit.result == VisitResult::Guided));
    let ids =
        |visits: &[Visit]| visits.iter().map(|visit| (visit.source_id.clone(), visit.household)).collect::<Vec<_>>();
    assert_eq!(ids(&before), ids(&after), "the same visits, of the same homes");

    // The same number of another server came in at another moment.
    let other = desk.import(ImportKind::Visits, "c.csv", &forms(3, "guided", "2026-03-31T02:00:01")).await;
    assert_eq!(other.counts.inserted, 3);
}

#[tokio::test]
async fn a_phone_says_which_version_it_edited_however_often() {
    let desk = Desk::new().await;
    let header = "meta/instanceID,meta/deprecatedID,end,commune_code,result";
    let id = |version: u8| format!("uuid:b000{version}000-0000-4000-8000-000000000000");
    for version in 1..4 {
        let before = if version == 1 { String::new() } else { id(version - 1) };
        let row = format!("{header}\n{},{before},2026-03-31,14329,guided\n", id(version));
        desk.import(ImportKind::Visits, &format!("{version}.csv"), &row).await;
    }
    assert_eq!(desk.store.visits().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_form_that_was_edited_and_then_rejected_counts_no_more() {
    let desk = Desk::new().await;
    desk.import(ImportKind::Visits, "a.csv", &forms(1, "guided", "2026-03-31T02:00:00")).await;
    let text = forms(2, "guided", "2026-03-31T02:00:00").replace("00\n", "00,Not Approved\n");
    let text = text.replace("_submission_time", "_submission_time,_validation_status");
    let report = desk.import(ImportKind::Visits, "b.csv", &text).await;
    assert!(report.notes.contains(&Note::WithdrawnAtServer { rows: 3 }), "{report:?}");
}
