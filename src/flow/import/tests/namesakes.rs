//! Villages of one name that came from several old communes of a new one.

use super::*;

const OLD: &str = "code,name,kind,district,valid_from\n\
    14488,Gia Vân,xã,Huyện Gia Viễn,2008-06-24\n\
    14491,Gia Hòa,xã,Huyện Gia Viễn,2008-06-24\n\
    14464,Thịnh Vượng,thị trấn,Huyện Gia Viễn,2008-06-24\n";
/// The same communes as they were before an earlier reform, one under another code and kind.
const OLDER: &str = "code,name,kind,district,valid_from,valid_to\n\
    14491,Gia Hòa,xã,Huyện Gia Viễn,1996-01-01,2008-06-24\n\
    14465,Thịnh Vượng,xã,Huyện Gia Viễn,1996-01-01,2008-06-24\n";
const OLDER_MERGERS: &str = "old_code,new_code,old_name,new_name,share,effective\n\
    14491,14491,Gia Hòa,Gia Hòa,whole,2008-06-24\n\
    14465,14464,Thịnh Vượng,Thịnh Vượng,whole,2008-06-24\n";
const MERGERS: &str = "old_code,new_code,old_name,new_name,share,effective\n\
    14488,14488,Gia Vân,Gia Vân,whole,2025-07-01\n\
    14491,14488,Gia Hòa,Gia Vân,whole,2025-07-01\n\
    14464,14488,Thịnh Vượng,Gia Vân,whole,2025-07-01\n";

async fn desk() -> Desk {
    let desk = Desk::new().await;
    desk.import(ImportKind::Boundaries, "old.csv", OLD).await;
    desk.import(ImportKind::Boundaries, "new.csv", "code,name,kind\n14488,Gia Vân,xã\n").await;
    desk.import(ImportKind::Mergers, "m.csv", MERGERS).await;
    desk
}

async fn check(desk: &Desk, list: &str, expected: &[(&str, &str, u32)]) -> Report {
    let report = desk.import(ImportKind::Villages, "v.csv", list).await;
    let villages = desk.store.villages().await.unwrap();
    let found: Vec<_> = villages
        .iter()
        .map(|one| (one.name.as_str(), one.aliases.join("|"), one.households.unwrap_or_default()))
        .collect();
    let expected: Vec<_> = expected.iter().map(|(name, others, count)| (*name, (*others).to_owned(), *count)).collect();
    assert_eq!(found, expected, "{list} {report:?}");
    report
}

const HOA: &str = "Huyện cũ,Xã,Thôn,Số hộ\nHuyện Gia Viễn,Xã Gia Hòa,Thôn 1,250\n";
const VUONG: &str = "Huyện cũ,Xã,Thôn,Số hộ\nHuyện Gia Viễn,Thị trấn Thịnh Vượng,Thôn 1,70\n";
const BOTH: [(&str, &str, u32); 2] = [("Thôn 1", "Thôn 1 (Gia Hòa)", 250), ("Thôn 1", "Thôn 1 (Thịnh Vượng)", 70)];

#[tokio::test]
async fn a_village_of_another_old_commune_is_another_village() {
    let desk = desk().await;
    check(&desk, HOA, &BOTH[..1]).await;
    check(&desk, VUONG, &BOTH).await;
    // Each is known again.
    let again = check(&desk, &HOA.replace("250", "260"), &[(BOTH[0].0, BOTH[0].1, 260), BOTH[1]]).await;
    assert_eq!(again.counts.updated, 1);

    // A list of today that does not say which is refused with both.
    let today = "Xã,Thôn,Số hộ\nXã Gia Vân,Thôn 1,300\n";
    let report = check(&desk, today, &[(BOTH[0].0, BOTH[0].1, 260), BOTH[1]]).await;
    assert_eq!(report.first_refused[0].reason.code(), "ambiguous_village");
    let said = report.first_refused[0].reason.expected(Language::Vi);
    assert!(said.contains("Thôn 1 (Gia Hòa) (14488-001), Thôn 1 (Thịnh Vượng) (14488-002)"), "{said}");
    let named = "Xã,Thôn,Số hộ\nXã Gia Vân,Thôn 1 (Gia Hòa),300\n";
    check(&desk, named, &[("Thôn 1", "Thôn 1 (Gia Hòa)", 300), BOTH[1]]).await;
}

#[tokio::test]
async fn editions_of_one_old_commune_are_one_commune() {
    let desk = desk().await;
    check(&desk, HOA, &BOTH[..1]).await;
    desk.import(ImportKind::Boundaries, "older.csv", OLDER).await;
    desk.import(ImportKind::Mergers, "older_mergers.csv", OLDER_MERGERS).await;
    check(&desk, VUONG, &BOTH).await;
    check(&desk, &HOA.replace("250", "251"), &[(BOTH[0].0, BOTH[0].1, 251), BOTH[1]]).await;
    check(&desk, &VUONG.replace("70", "71"), &[(BOTH[0].0, BOTH[0].1, 251), (BOTH[1].0, BOTH[1].1, 71)]).await;
}

#[tokio::test]
async fn a_column_of_old_communes_tells_villages_of_one_list_apart_and_without_it_the_second_is_refused() {
    let list = "STT,Xã cũ,Xã,Thôn,Số hộ\n1,Gia Hòa,Gia Vân,Thôn 1,250\n2,Thịnh Vượng,Gia Vân,Thôn 1,70\n";
    check(&desk().await, list, &BOTH).await;
    let without = "STT,Xã,Thôn,Số hộ\n1,Gia Vân,Thôn 1,250\n2,Gia Vân,Thôn 1,70\n";
    let report = check(&desk().await, without, &[("Thôn 1", "", 250)]).await;
    let hint = report.first_refused[0].reason.hint(Language::Vi).unwrap();
    assert!(hint.contains("Thôn 1 (Gia Hòa)"), "{hint}");
}

#[tokio::test]
async fn a_visit_that_names_the_old_commune_is_of_its_village_alone() {
    let desk = desk().await;
    check(&desk, HOA, &BOTH[..1]).await;
    let visits =
        |commune: &str| format!("Huyện,Xã,Thôn,Số nhà,Ngày,Kết quả\nGia Viễn,{commune},Thôn 1,1,5/9/2026,guided\n");
    let report = desk.import(ImportKind::Visits, "a.csv", &visits("Thị trấn Thịnh Vượng")).await;
    assert_eq!(report.first_refused[0].reason.code(), "unknown_village", "{report:?}");
    check(&desk, VUONG, &BOTH).await;
    let report = desk.import(ImportKind::Visits, "b.csv", &visits("Thị trấn Thịnh Vượng")).await;
    assert_eq!((report.accepted, report.refused), (1, 0));
    let visits = desk.store.visits().await.unwrap();
    assert_eq!(visits[0].village.map(|code| code.to_string()).as_deref(), Some("14488-002"));
}
