//! Lists of villages: what they say, what they leave alone, and whose numbers are whose.

use super::*;

#[tokio::test]
async fn what_a_list_does_not_say_stays_known() {
    let desk = Desk::new().await;
    let full = format!("{VILLAGES}\n14329-001,14329,Xóm Một,105.9,20.2,50,120,2026-01-01,480,official,Mot\n");
    let before = desk.villages("full.csv", &full).await;
    let after = desk.villages("names.csv", "commune_code,name\n14329,Xóm Một\n").await;
    let silent = Village { source: before[0].source.clone(), ..after[0].clone() };
    assert_eq!([silent], *before);
    assert_eq!(after[0].confidence, VillageConfidence::Official);

    // A new count has its own day, and a new point its own precision.
    let news = "commune_code,name,households,households_date,lon,lat\n14329,Xóm Một,130,2026-02-01,105.91,20.21\n";
    let after = desk.villages("news.csv", news).await;
    let counted = (after[0].households, after[0].households_date, after[0].population);
    assert_eq!(counted, (Some(130), Some(jiff::civil::date(2026, 2, 1)), Some(480)));
    assert_eq!((after[0].point.map(|at| at.lon()), after[0].point_precision_m), (Some(105.91), None));
}

#[tokio::test]
async fn a_list_without_communes_is_of_the_stated_one() {
    let desk = Desk::new().await;
    let path = desk.write("a.csv", "Tên thôn;Số hộ\nThôn Một;212\nThôn Hai;310\n");
    let request = Request { commune: Some("14329".parse().unwrap()), ..desk.request(ImportKind::Villages) };
    let report = import(&*desk.store, &path, &request).await.unwrap();
    assert!(report.notes.contains(&Note::CommuneTaken { commune: "Phường Hoa Lư (14329)".to_owned(), rows: 2 }));
    let villages = desk.store.villages().await.unwrap();
    assert_eq!(villages.iter().map(|one| one.commune.to_string()).collect::<Vec<_>>(), ["14329", "14329"]);
}

#[tokio::test]
async fn a_count_of_a_day_gives_way_to_one_of_a_later_day_alone() {
    let desk = Desk::new().await;
    let file = |count: &str| format!("commune_code,name,households,households_date\n14329,Xóm Một,{count}\n");
    desk.villages("a.csv", &file("120,31/12/2025")).await;
    for (count, stands, kept) in [
        ("150,", 120, 1),
        ("130,30/11/2025", 120, 1),
        ("120,", 120, 0),
        ("140,01/02/2026", 140, 0),
        ("141,01/02/2026", 141, 0),
    ] {
        let report = desk.import(ImportKind::Villages, "b.csv", &file(count)).await;
        let notes: Vec<_> = report.notes.iter().filter(|note| matches!(note, Note::CountsKept { rows: 1 })).collect();
        assert_eq!((desk.store.villages().await.unwrap()[0].households, notes.len()), (Some(stands), kept), "{count}");
    }
    let earlier = desk.store.earlier_counts().await.unwrap();
    assert_eq!(
        earlier.iter().map(|one| (one.households, one.until.to_string())).collect::<Vec<_>>(),
        [(120, "2026-02-01".to_owned())]
    );
}

#[tokio::test]
async fn a_village_found_by_name_keeps_the_id_of_its_source() {
    let desk = Desk::new().await;
    desk.villages("wof.csv", "wof_id,commune_code,name\n777,14329,Xóm Một\n").await;
    let after = desk.villages("names.csv", "commune_code,name,households\n14329,Xóm Một,10\n").await;
    assert_eq!(after[0].source_key.as_deref(), Some("wof:777"));
    // The gazetteer finds it again under a new name and in another commune.
    let after = desk.villages("wof.csv", "wof_id,commune_code,name\n777,13285,Xóm Mới\n").await;
    assert_eq!(names(&after), [("Xóm Mới", Some(10))]);
    assert_eq!(after[0].commune.to_string(), "13285");
}

#[tokio::test]
async fn lists_of_two_communes_that_count_from_one_do_not_overwrite_each_other() {
    let desk = Desk::new().await;
    desk.villages("a.csv", "id,commune_code,name,households\n1,14329,Xóm Một,10\n2,14329,Xóm Hai,20\n").await;
    let after =
        desk.villages("b.csv", "id,commune_code,name,households\n1,13285,Thôn Đông,30\n2,13285,Thôn Tây,40\n").await;
    let four = [("Thôn Đông", Some(30)), ("Thôn Tây", Some(40)), ("Xóm Một", Some(10)), ("Xóm Hai", Some(20))];
    assert_eq!(names(&after), four);
    // The same list, sorted otherwise, is the same villages.
    let after =
        desk.villages("c.csv", "id,commune_code,name,households\n1,14329,Xóm Hai,20\n2,14329,Xóm Một,10\n").await;
    assert_eq!(names(&after), four);
}

#[tokio::test]
async fn a_plain_id_finds_its_village_in_its_commune_only() {
    let desk = Desk::new().await;
    let text = "id,commune_code,name\nTH-1,14329,Xóm Một\nTH-1,13285,Thôn Đông\n";
    assert_eq!(desk.villages("a.csv", text).await.len(), 2);
    let after = desk.villages("a.csv", "id,commune_code,name\nTH-1,14329,Xóm Nhất\n").await;
    assert_eq!(names(&after), [("Thôn Đông", None), ("Xóm Nhất", None)]);
    // An id that another code has does not fail the file.
    let after = desk.villages("a.csv", "code,id,commune_code,name\n14329-007,TH-1,14329,Xóm Bảy\n").await;
    assert_eq!(after.len(), 3);
    // Two places of one gazetteer may bear one name.
    let twins = "wof_id,commune_code,name\n1,14329,Đồng\n2,14329,Đồng\n";
    assert_eq!(desk.villages("wof.csv", twins).await.len(), 5);
}

#[tokio::test]
async fn the_last_number_of_a_commune_is_never_given_twice() {
    let desk = Desk::new().await;
    desk.villages("a.csv", "code,commune_code,name\n14329-9999,14329,Xóm Cuối\n").await;
    let report = desk.import(ImportKind::Villages, "b.csv", "commune_code,name\n14329,Xóm Mới\n").await;
    assert_eq!((report.accepted, report.refused), (0, 1));
    assert_eq!(names(&desk.store.villages().await.unwrap()), [("Xóm Cuối", None)]);
}

#[tokio::test]
async fn visits_given_as_villages_leave_the_register_alone() {
    let desk = Desk::new().await;
    let before = desk.villages("a.csv", "commune_code,name,households\n14329,Xóm Một,10\n").await;
    let visits = format!("{VISITS}\nv1,2026-03-31,Xóm Một,14329,,,a,guided\n");
    let error = desk.try_import(ImportKind::Villages, "v.csv", &visits).await.unwrap_err();
    assert!(
        matches!(error, ImportError::Unreadable(Unreadable::OtherKind { found: ImportKind::Visits, .. })),
        "{error}"
    );
    assert_eq!(desk.store.villages().await.unwrap(), before);
}
