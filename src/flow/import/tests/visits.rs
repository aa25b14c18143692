//! Visits: the village and the home that they are of, what is corrected, and whose may come in.

use super::*;

#[tokio::test]
async fn the_nearest_village_is_as_near_as_the_rules_say() {
    let mut desk = Desk::new().await;
    desk.villages("a.csv", "commune_code,name,lon,lat\n14329,Xóm Một,105.9,20.2\n").await;
    let row = "v1,2026-03-31,,14329,105.904,20.2,a,guided\n"; // 418 m to the east.
    assert!(desk.visits("v.csv", row).await[0].village.is_some());
    desk.rules.reach.nearest_village_within_m = 100.0;
    assert!(desk.visits("v.csv", row).await[0].village.is_none(), "another rule reads the same file again");
}

#[tokio::test]
async fn visits_are_read_again_once_the_register_has_grown() {
    let desk = Desk::new().await;
    let row = "v1,2026-03-31,,14329,105.9,20.2,a,guided\n";
    assert!(desk.visits("v.csv", row).await[0].village.is_none());
    let again = desk.import(ImportKind::Visits, "v.csv", &format!("{VISITS}\n{row}")).await;
    assert!(again.already_imported.is_some(), "nothing has come since");
    desk.villages("a.csv", "commune_code,name,lon,lat\n14329,Xóm Một,105.9,20.2\n").await;
    assert!(desk.visits("v.csv", row).await[0].village.is_some());
    assert_eq!(desk.store.visits().await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_older_file_may_take_its_rows_back_from_a_later_one() {
    let desk = Desk::new().await;
    let list = |households: u32| format!("commune_code,name,households\n14329,Xóm Một,{households}\n");
    desk.villages("a.csv", &list(10)).await;
    desk.villages("b.csv", &list(20)).await;
    assert_eq!(names(&desk.villages("a.csv", &list(10)).await), [("Xóm Một", Some(10))]);
}

#[tokio::test]
async fn a_household_label_is_a_home_of_its_village() {
    let desk = Desk::new().await;
    desk.villages("a.csv", "commune_code,name\n14329,Xóm Một\n14329,Xóm Hai\n").await;
    let visits = desk
        .visits(
            "v.csv",
            "v1,2026-03-30,Xóm Một,14329,,,ngõ 3/12,not_home\nv2,2026-03-31,Xóm Một,14329,,,Ngõ 3/12,guided\n\
             v3,2026-03-31,Xóm Hai,14329,,,ngõ 3/12,guided\nv4,2026-03-31,Xóm Hai,14329,105.9,20.2,,guided\n",
        )
        .await;
    let homes: Vec<u64> = visits.iter().map(|visit| visit.household).collect();
    assert_eq!(homes[0], homes[1]);
    assert_ne!(homes[0], homes[2]);
    // Another store has another key, and so another number for the same door.
    let other = Desk::new().await;
    other.villages("a.csv", "commune_code,name\n14329,Xóm Một\n14329,Xóm Hai\n").await;
    let there = other.visits("v.csv", "v4,2026-03-31,Xóm Hai,14329,105.9,20.2,,guided\n").await;
    assert_ne!(there[0].household, homes[3]);
}

#[tokio::test]
async fn a_visit_is_outside_only_where_boundaries_are_drawn() {
    let desk = Desk::new().await;
    let row = "v1,2026-03-31,,14329,105.9,20.2,a,guided\n";
    assert!(desk.visits("v.csv", row).await[0].flags.is_empty());
    let drawn = r#"{"type":"Feature","properties":{"code":"14329","name":"Hoa Lư","kind":"phường"},"geometry":
        {"type":"Polygon","coordinates":[[[105.0,20.0],[105.1,20.0],[105.1,20.1],[105.0,20.0]]]}}"#;
    desk.import(ImportKind::Boundaries, "drawn.geojson", drawn).await;
    let report = desk.import(ImportKind::Visits, "v.csv", &format!("{VISITS}\n{row}")).await;
    assert!(report.notes.contains(&Note::OutsideProvince { rows: 1 }), "{:?}", report.notes);
    assert_eq!(desk.store.visits().await.unwrap()[0].flags.codes(), "outside_province");
}

const ODD_VISITS: &str = "id,time,village,commune_code,household,result\nv1,2026-03-31,Xóm Một,14329,P1,guided\nv2,2026-03-31,Xóm Hai,14329,P2,guided\nv3,2026-03-31,Xóm Một,14329,P3,gone\n";

#[tokio::test]
async fn the_file_of_refused_rows_filled_in_mends_them() {
    let desk = Desk::new().await;
    desk.villages("list.csv", "code,commune_code,name\n14329-001,14329,Xóm Một\n").await;
    let report = desk.import(ImportKind::Visits, "v.csv", ODD_VISITS).await;
    assert_eq!((report.accepted, report.refused), (1, 2));

    // The first answer alone; the file then still holds it beside what is open.
    let filled = |text: &str, line: &str, value: &str| {
        let fill = |row: &str| {
            if row.starts_with(line) && row.ends_with(',') { format!("{row}{value}") } else { row.to_owned() }
        };
        text.lines().map(fill).collect::<Vec<_>>().join("\n")
    };
    let mut rejects = desk.rejects("v.csv").unwrap();
    for (line, value, expected) in [("4,", "later", (2, 1)), ("3,", "Xóm Một", (3, 0))] {
        desk.write("fixes.csv", &filled(&rejects, line, value));
        let corrections =
            ingest::corrections::read(&desk.folder.path().join("fixes.csv"), desk.request(ImportKind::Visits).now);
        let request = Request { corrections: Arc::new(corrections.unwrap()), ..desk.request(ImportKind::Visits) };
        let report = import(&*desk.store, &desk.folder.path().join("v.csv"), &request).await.unwrap();
        assert_eq!((report.accepted, report.refused), expected);
        rejects = desk.rejects("v.csv").unwrap_or_default();
    }
    assert_eq!(rejects, "", "nothing is refused any more");
    let last = desk.store.imports().await.unwrap().pop().unwrap();
    assert_eq!((last.corrected, desk.store.visits().await.unwrap().len()), (2, 3));
    let kept = desk.store.corrected(last.id).await.unwrap();
    assert_eq!(
        (kept[0].line, kept[0].field.as_str(), kept[0].before.as_str(), kept[0].after.as_str()),
        (3, "village", "Xóm Hai", "Xóm Một")
    );
}

#[tokio::test]
async fn a_commune_brings_in_its_own_visits_and_takes_over_no_others() {
    let desk = Desk::new().await;
    desk.import(ImportKind::Visits, "all.csv", "id,time,commune_code,result\nv9,2026-03-31,13285,guided\n").await;
    let text = "id,time,commune_code,result\nv1,2026-03-31,14329,guided\nv2,2026-03-31,13285,guided\nv9,2026-03-31,14329,refused\n";
    let path = desk.write("own.csv", text);
    let own = |role: &str, kind| Request { importer: role.parse().unwrap(), ..desk.request(kind) };
    let report = import(&*desk.store, &path, &own("commune:14329", ImportKind::Visits)).await.unwrap();
    let refused: Vec<_> =
        report.first_refused.iter().map(|one| (one.line, one.field.as_str(), one.reason.code())).collect();
    assert_eq!((report.accepted, refused), (1, vec![(3, "commune_code", "outside_scope"), (4, "id", "outside_scope")]));
    let visits = desk.store.visits().await.unwrap();
    let v9 = visits.iter().find(|visit| visit.source_id == "v9").unwrap();
    assert_eq!((v9.commune.to_string().as_str(), v9.result.code()), ("13285", "guided"));
    for (role, kind) in [
        ("public", ImportKind::Visits),
        ("auditor", ImportKind::Visits),
        ("telecom:vnpt", ImportKind::Visits),
        ("commune:14329", ImportKind::Villages),
    ] {
        assert!(
            matches!(import(&*desk.store, &path, &own(role, kind)).await, Err(ImportError::Forbidden(_))),
            "{role} {kind}"
        );
    }
}

#[tokio::test]
async fn a_table_without_communes_is_of_the_commune_whose_importer_it_is() {
    let desk = Desk::new().await;
    let villages = "code,commune_code,name\n14329-001,14329,Xóm Một\n13285-001,13285,Xóm Một\n";
    desk.import(ImportKind::Villages, "villages.csv", villages).await;
    let text = "id,time,village,result\nv1,2026-03-31,Xóm Một,guided\nv2,2026-03-31,,refused\nv3,2026-03-31,13285-001,guided\n";
    let path = desk.write("office.csv", text);
    let by = |importer: &str, commune: Option<&str>| Request {
        importer: importer.parse().unwrap(),
        commune: commune.map(|code| code.parse().unwrap()),
        ..desk.request(ImportKind::Visits)
    };
    let refused =
        |report: &Report| report.first_refused.iter().map(|one| (one.line, one.reason.code())).collect::<Vec<_>>();
    let taken = |commune: &str, rows| Note::CommuneTaken { commune: commune.to_owned(), rows };

    let nobodys = import(&*desk.store, &path, &by("admin", None)).await.unwrap();
    assert_eq!(refused(&nobodys), [(2, "missing"), (3, "missing")]);

    let own = import(&*desk.store, &path, &by("commune:14329", None)).await.unwrap();
    assert_eq!((own.accepted, refused(&own)), (2, vec![(4, "outside_scope")]), "a code of elsewhere stays one");
    assert!(own.notes.contains(&taken("Phường Hoa Lư (14329)", 2)), "{:?}", own.notes);
    let visits = desk.store.visits().await.unwrap();
    let place = |id: &str| {
        let visit = visits.iter().find(|visit| visit.source_id == id).unwrap();
        (visit.commune.to_string(), visit.village.map(|code| code.to_string()))
    };
    assert_eq!(place("v1"), ("14329".to_owned(), Some("14329-001".to_owned())));
    assert_eq!(place("v2"), ("14329".to_owned(), None));

    // A team counts in its village alone.
    let team = import(&*desk.store, &path, &Request { dry_run: true, ..by("team:14329-001", None) }).await.unwrap();
    assert_eq!((team.accepted, refused(&team)), (1, vec![(3, "outside_scope"), (4, "outside_scope")]));

    let stated = import(&*desk.store, &path, &by("admin", Some("13285"))).await.unwrap();
    assert_eq!((stated.accepted, stated.already_imported), (3, None));
    assert!(stated.notes.contains(&taken("Phường Phủ Lý (13285)", 2)), "{:?}", stated.notes);
    let unknown = import(&*desk.store, &path, &by("admin", Some("99999"))).await;
    assert!(matches!(unknown, Err(ImportError::NoCommune(_))));
}

#[tokio::test]
async fn an_empty_cell_of_a_column_of_communes_is_still_missing() {
    let desk = Desk::new().await;
    let path = desk.write("gap.csv", "id,time,commune,village,result\nv1,2026-03-31,,Xóm Một,guided\n");
    let request = Request { importer: "commune:14329".parse().unwrap(), ..desk.request(ImportKind::Visits) };
    let report = import(&*desk.store, &path, &request).await.unwrap();
    assert_eq!((report.accepted, report.first_refused[0].reason.code()), (0, "missing"));
    assert!(report.notes.is_empty());
}

#[tokio::test]
async fn a_look_tells_flags_and_writes_nothing() {
    let desk = Desk::new().await;
    let rows: String =
        (0..6).map(|n| format!("v{n},2026-03-31T23:30:00+07:00,,14329,105.9,20.2,P{n},guided\n")).collect();
    let path = desk.write("desk.csv", &format!("{VISITS}\n{rows}"));
    let beside = Some(desk.store.visits().await.unwrap().into());
    let request = Request { dry_run: true, beside, ..desk.request(ImportKind::Visits) };
    let report = import(&*desk.store, &path, &request).await.unwrap();
    let flags: Vec<_> = report.seen.flags.iter().map(|(flag, rows)| (flag.code(), *rows)).collect();
    assert_eq!((report.seen.held, flags), (6, vec![("night", 6), ("stacked", 6)]));
    assert_eq!(
        (report.counts.inserted, report.seen.written.delimiter, desk.store.visits().await.unwrap().len()),
        (6, Some(','), 0)
    );
    assert_eq!(report.seen.first_good[0].line, 2);
}
