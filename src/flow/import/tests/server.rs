//! What a server of forms says of visits that came in before.

use super::*;
use crate::model::review::{Decision, NewReview};

const FORMS: &str = "_uuid,end,commune_code,hh_label,result,_validation_status";

/// Three forms with these words of their server.
fn forms(words: [&str; 3]) -> String {
    let row = |(at, word): (usize, &str)| {
        format!("c0000000-0000-4000-8000-00000000000{at},2026-03-31T08:0{at}:00+07:00,14329,Ngõ {at},guided,{word}\n")
    };
    format!("{FORMS}\n{}", words.into_iter().enumerate().map(row).collect::<String>())
}

fn id(at: usize) -> String {
    format!("uuid:c0000000-0000-4000-8000-00000000000{at}")
}

async fn decisions(desk: &Desk) -> [Option<Decision>; 3] {
    let decisions = desk.store.decisions().await.unwrap();
    [0, 1, 2].map(|at| decisions.get(&id(at)).copied())
}

#[tokio::test]
async fn a_form_that_its_server_rejects_later_counts_no_more_until_it_is_approved_again() {
    let desk = Desk::new().await;
    desk.import(ImportKind::Visits, "a.csv", &forms(["Approved", "", "Approved"])).await;
    let epoch = desk.store.epoch().await.unwrap();
    let text = forms(["Approved", "Not Approved", "Not Approved"]);
    let report = desk.import(ImportKind::Visits, "b.csv", &text).await;
    assert_eq!((report.accepted, report.refused), (1, 2));
    assert!(report.notes.contains(&Note::WithdrawnAtServer { rows: 2 }), "{report:?}");
    assert_eq!(decisions(&desk).await, [None, Some(Decision::Rejected), Some(Decision::Rejected)]);
    assert_ne!(desk.store.epoch().await.unwrap(), epoch, "readers look again");

    // Said twice it is decided once.
    let report = desk.import(ImportKind::Visits, "c.csv", &text).await;
    assert!(!report.notes.iter().any(|note| matches!(note, Note::WithdrawnAtServer { .. })), "{report:?}");

    // A file that has no word of the server says nothing about it.
    let silent = text.replace(",_validation_status", "").replace(",Approved", "").replace(",Not Approved", "");
    desk.import(ImportKind::Visits, "d.csv", &silent).await;
    assert_eq!(decisions(&desk).await[1], Some(Decision::Rejected));

    let report = desk.import(ImportKind::Visits, "e.csv", &forms(["Approved", "Approved", "Not Approved"])).await;
    assert!(report.notes.contains(&Note::BackAtServer { rows: 1 }), "{report:?}");
    assert_eq!(decisions(&desk).await, [None, Some(Decision::Reopened), Some(Decision::Rejected)]);
}

#[tokio::test]
async fn what_a_person_decided_no_server_changes() {
    let desk = Desk::new().await;
    desk.import(ImportKind::Visits, "a.csv", &forms(["Approved"; 3])).await;
    let review = |decision| NewReview::new(decision, "UBND xã", "đã gọi lại").unwrap();
    let now = "2026-11-22T00:00:00Z".parse().unwrap();
    desk.store.review(&[id(0)], &review(Decision::Accepted), now).await.unwrap();
    desk.store.review(&[id(1)], &review(Decision::Rejected), now).await.unwrap();
    desk.import(ImportKind::Visits, "b.csv", &forms(["Not Approved", "Approved", "Not Approved"])).await;
    assert_eq!(decisions(&desk).await, [Some(Decision::Accepted), Some(Decision::Rejected), Some(Decision::Rejected)]);
}

#[tokio::test]
async fn a_form_that_was_deleted_counts_no_more_and_a_commune_takes_out_its_own_alone() {
    let desk = Desk::new().await;
    let rows = "_uuid,end,commune_code,hh_label,result,deletedAt\n\
                c0000000-0000-4000-8000-000000000000,2026-03-31,14329,Ngõ 1,guided,DAY\n\
                c0000000-0000-4000-8000-000000000001,2026-03-31,13285,Ngõ 1,guided,DAY\n";
    desk.import(ImportKind::Visits, "a.csv", &rows.replace("DAY", "")).await;
    let path = desk.write("b.csv", &rows.replace("DAY", "2026-04-01T00:00:00Z"));
    let commune = Role::Commune("14329".parse().unwrap());
    let request = Request { importer: commune, ..desk.request(ImportKind::Visits) };
    import(&*desk.store, &path, &request).await.unwrap();
    assert_eq!(decisions(&desk).await, [Some(Decision::Rejected), None, None]);
}
