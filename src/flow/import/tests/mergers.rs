//! Tables of mergers that say less than the store knows.

use super::*;
use crate::model::admin::Share;
use crate::model::refusal::Reason;

const CODED: &str = "old_code,new_code,old_name,new_name,share,effective,legal_basis\n\
    13285,13285,Quang Trung,Phủ Lý,part,2025-07-01,1674/NQ\n\
    13285,13366,Quang Trung,Hà Nam,part,2025-07-01,1674/NQ\n\
    13294,13285,Châu Cầu,Phủ Lý,whole,2025-07-01,1674/NQ\n";

async fn desk() -> Desk {
    let desk = Desk::new().await;
    let old = "code,name,kind,valid_from\n13285,Quang Trung,phường,2008-06-24\n13294,Châu Cầu,phường,2008-06-24\n";
    desk.import(ImportKind::Boundaries, "old.csv", old).await;
    desk.import(ImportKind::Boundaries, "new.csv", "code,name,kind\n13366,Hà Nam,phường\n").await;
    desk.import(ImportKind::Mergers, "coded.csv", CODED).await;
    desk
}

/// What the store has after a table, and what was refused of it.
async fn check(desk: &Desk, table: &str, expected: &[&str]) -> Vec<Reject> {
    let report = desk.import(ImportKind::Mergers, "m.csv", table).await;
    let changes = desk.store.changes().await.unwrap();
    let shown: Vec<String> = changes
        .iter()
        .map(|one| {
            let basis = one.legal_basis.as_deref().unwrap_or("-");
            format!("{} {} {} {basis}", one.from, one.to, one.share.code())
        })
        .collect();
    assert_eq!(shown, expected, "{table}");
    report.first_refused
}

const KNOWN: [&str; 3] = ["13285 13285 part 1674/NQ", "13285 13366 part 1674/NQ", "13294 13285 whole 1674/NQ"];

#[tokio::test]
async fn a_table_of_names_without_shares_leaves_shares_and_legal_bases_as_they_are() {
    let desk = desk().await;
    let names = "Đơn vị cũ;Đơn vị mới\nPhường Quang Trung;Phường Phủ Lý\nPhường Châu Cầu;Phường Phủ Lý\n";
    assert_eq!(check(&desk, names, &KNOWN).await, []);
    // A new word on either wins.
    let stated = "Đơn vị cũ;Đơn vị mới;share;Nghị quyết\nPhường Quang Trung;Phường Phủ Lý;whole;\n\
        Phường Châu Cầu;Phường Phủ Lý;;7/NQ\n";
    let expected = ["13285 13285 whole 1674/NQ", "13285 13366 part 1674/NQ", "13294 13285 whole 7/NQ"];
    assert_eq!(check(&desk, stated, &expected).await, []);
}

#[tokio::test]
async fn a_table_of_codes_that_states_nothing_erases_nothing() {
    let desk = desk().await;
    assert_eq!(check(&desk, "old_code,new_code\n13285,13285\n13294,13285\n", &KNOWN).await, []);
    let empty = "old_code,new_code,share,legal_basis\n13285,13366,,\n13285,13285,-,\n";
    assert_eq!(check(&desk, empty, &KNOWN).await, []);
    assert!(desk.store.changes().await.unwrap().iter().all(|one| !one.from_name.is_empty() && !one.to_name.is_empty()));
}

#[tokio::test]
async fn a_second_successor_of_a_unit_that_went_whole_is_refused_by_name_unless_its_part_is_stated() {
    let desk = desk().await;
    let names = "Đơn vị cũ;Đơn vị mới\nPhường Châu Cầu;Phường Hà Nam\n";
    let reason = Reason::WentWhole { successor: "Phủ Lý (13285)".into() };
    let refused = check(&desk, names, &KNOWN).await;
    assert_eq!(refused, [Reject::new(2, "Đơn vị mới", "Phường Hà Nam (13366)", reason.clone())]);
    assert!(refused[0].message(Language::Vi).contains("Phủ Lý (13285)"), "{}", refused[0].message(Language::Vi));
    let codes = "old_code,new_code\n13294,13366\n";
    assert_eq!(check(&desk, codes, &KNOWN).await, [Reject::new(2, "new_code", "13366", reason)]);
    let stated = "old_code,new_code,share\n13294,13366,part\n";
    let four = [KNOWN[0], KNOWN[1], KNOWN[2], "13294 13366 part -"];
    assert_eq!(check(&desk, stated, &four).await, []);
}

#[tokio::test]
async fn a_new_successor_of_a_divided_unit_took_a_part_of_it() {
    let desk = desk().await;
    let four = [KNOWN[0], KNOWN[1], "13285 14329 part -", KNOWN[2]];
    assert_eq!(check(&desk, "Đơn vị cũ;Đơn vị mới\nPhường Quang Trung;Phường Hoa Lư\n", &four).await, []);
    // What the same file divides is divided for its silent rows.
    let divided = "old_code,new_code,share\n13294,13285,part\n13294,13366,\n";
    let five = [four[0], four[1], four[2], "13294 13285 part 1674/NQ", "13294 13366 part -"];
    assert_eq!(check(&desk, divided, &five).await, []);
    assert!(desk.store.changes().await.unwrap().iter().all(|one| one.share == Share::Part));
}
