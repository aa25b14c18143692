//! Coverage that operators claim: what replaces what, and how much ground is too much.

use super::*;

const CLAIMS: &str = "operator,technology,minsignal,environmnt,h3_res9_id";

#[tokio::test]
async fn a_later_claim_takes_the_place_of_the_earlier_one_and_says_so() {
    let desk = Desk::new().await;
    let cell = |at: f64| h3o::LatLng::new(20.25, at).unwrap().to_cell(h3o::Resolution::Nine);
    let (one, other) = (cell(105.97), cell(105.99));
    let first = format!("{CLAIMS}\nviettel,400,-110,0,{one}\nviettel,400,-105,0,{one}\nviettel,400,,0,{other}\n");
    let report = desk.import(ImportKind::Claims, "a.csv", &first).await;
    assert_eq!((report.accepted, report.counts.inserted, report.refused), (3, 1, 0));
    assert!(
        matches!(&report.notes[..], [Note::Claimed { network, replaced: None, .. }] if network == "Viettel 4G (outdoor)")
    );
    let claims = desk.store.claims().await.unwrap();
    let found: Vec<_> = claims[0].cells.iter().map(|one| (one.cell, one.minimum.map(Dbm::get))).collect();
    let mut expected = vec![(one, Some(-105.0)), (other, None)];
    expected.sort_by_key(|(cell, _)| *cell);
    assert_eq!(found, expected, "of two minima the higher, of none none");

    // Another environment is another claim.
    let vehicle = format!("{CLAIMS}\nviettel,400,-115,1,{one}\n");
    let report = desk.import(ImportKind::Claims, "b.csv", &vehicle).await;
    assert!(matches!(&report.notes[..], [Note::Claimed { replaced: None, .. }]), "{:?}", report.notes);
    let less = format!("{CLAIMS}\nviettel,400,-110,0,{other}\n");
    let report = desk.import(ImportKind::Claims, "c.csv", &less).await;
    assert_eq!((report.counts.inserted, report.counts.updated), (0, 1));
    assert!(matches!(&report.notes[..], [Note::Claimed { replaced: Some(_), .. }]), "{:?}", report.notes);
    let sizes: Vec<usize> = desk.store.claims().await.unwrap().iter().map(|claim| claim.cells.len()).collect();
    assert_eq!(sizes, [1, 1]);
}

fn claimed_area(corners: &[[f64; 2]]) -> String {
    let ring: Vec<String> = corners.iter().chain(&corners[..1]).map(|[x, y]| format!("[{x},{y}]")).collect();
    format!(
        r#"{{"type":"Feature","properties":{{"operator":"vnpt","technology":"4G"}},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}"#,
        ring.join(",")
    )
}

#[tokio::test]
async fn an_area_that_crosses_itself_or_covers_the_country_is_refused_and_the_rest_kept() {
    let desk = Desk::new().await;
    let features = [
        claimed_area(&[[105.9, 20.2], [105.95, 20.2], [105.95, 20.25], [105.9, 20.25]]),
        claimed_area(&[[105.9, 20.2], [105.95, 20.25], [105.95, 20.2], [105.9, 20.25]]),
        claimed_area(&[[100.0, 8.0], [110.0, 8.0], [110.0, 23.0], [100.0, 23.0]]),
        claimed_area(&[[105.9, 20.2], [105.9001, 20.2], [105.9, 20.2001]]),
    ];
    let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    let report = desk.import(ImportKind::Claims, "a.geojson", &text).await;
    let refused: Vec<_> = report.first_refused.iter().map(|reject| (reject.line, reject.reason.code())).collect();
    assert_eq!(refused, [(2, "bad_geometry"), (3, "too_much_ground")]);
    assert!(report.notes.contains(&Note::SmallAreas { rows: 1 }), "{:?}", report.notes);
    let claims = desk.store.claims().await.unwrap();
    let km2: f64 = claims[0].cells.iter().map(|one| one.cell.area_km2()).sum();
    // 0.05 degrees each way at this latitude.
    assert!((km2 - 28.9).abs() < 0.3, "{km2}");
}

#[tokio::test]
async fn a_file_that_claims_a_country_of_cells_is_not_imported_at_all() {
    let desk = Desk::new().await;
    let middle = h3o::LatLng::new(16.0, 106.0).unwrap().to_cell(h3o::Resolution::Six);
    let rows: Vec<String> =
        middle.grid_disk::<Vec<_>>(30).iter().map(|cell| format!("viettel,400,-110,0,{cell}\n")).collect();
    let error =
        desk.try_import(ImportKind::Claims, "a.csv", &format!("{CLAIMS}\n{}", rows.concat())).await.unwrap_err();
    assert!(matches!(error, ImportError::TooMuchGround { .. }), "{error}");
    assert_eq!(desk.store.claims().await.unwrap(), []);
}
