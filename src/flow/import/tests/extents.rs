//! Extents of villages: whose ground a visit was made on, and what an area may not do to a register.

use super::*;
use crate::model::village::{ExtentSource, VillageCode};
use crate::model::visit::AssignMethod;

const TWO: &str = "commune_code,name,lon,lat,households,confidence\n\
    14329,Xóm Một,105.90,20.2,50,synthetic\n14329,Xóm Hai,105.91,20.2,60,official\n";

/// A rectangle on the twentieth parallel and a bit.
fn area(properties: &str, west: f64, east: f64) -> String {
    format!(
        r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{{"type":"Polygon","coordinates":
        [[[{west},20.19],[{east},20.19],[{east},20.21],[{west},20.21],[{west},20.19]]]}}}}"#
    )
}

fn map(features: &[String]) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

fn code(text: &str) -> VillageCode {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_visit_belongs_to_the_ground_that_it_was_made_on_before_the_nearest_point() {
    let desk = Desk::new().await;
    let villages = desk.villages("a.csv", TWO).await;
    let rows = "v1,2026-03-31,,14329,105.907,20.2,a,guided\n\
        v2,2026-03-31,,14329,105.909,20.2,b,guided\n\
        v3,2026-03-31,,14329,105.913,20.2,c,guided\n\
        v4,2026-03-31,Xóm Hai,14329,105.907,20.2,d,guided\n";
    let hai = villages.iter().find(|village| village.name == "Xóm Hai").unwrap().code;
    let mot = villages.iter().find(|village| village.name == "Xóm Một").unwrap().code;
    assert!(desk.visits("v.csv", rows).await.iter().all(|visit| visit.village == Some(hai)), "313 m, not 730");
    // The two overlap from 105.908 to 105.91.
    let drawn = map(&[
        area(r#""commune_code":"14329","name":"Xóm Một""#, 105.895, 105.91),
        area(r#""commune_code":"14329","name":"xom 2","extent_source":"voronoi""#, 105.908, 105.912),
    ]);
    let report = desk.import(ImportKind::Villages, "ground.geojson", &drawn).await;
    assert_eq!((report.counts.updated, report.refused), (2, 0), "{report:?}");
    let placed: Vec<_> =
        desk.visits("v.csv", rows).await.iter().map(|visit| (visit.village.unwrap(), visit.assigned_by)).collect();
    let expected = [
        (mot, AssignMethod::Extent),
        (hai, AssignMethod::Nearest), // Two grounds hold it.
        (hai, AssignMethod::Nearest), // None does.
        (hai, AssignMethod::Name),    // Whoever was there knows better.
    ];
    assert_eq!(placed, expected);
}

#[tokio::test]
async fn an_area_changes_nothing_of_its_village_but_the_ground() {
    let desk = Desk::new().await;
    let before = desk.villages("a.csv", TWO).await;
    let drawn = map(&[area(r#""code":"14329-001""#, 105.895, 105.908)]);
    let after = desk.villages("ground.geojson", &drawn).await;
    let extent = after[0].extent.as_deref().unwrap();
    assert_eq!((extent.by, extent.source.as_str()), (ExtentSource::Declared, "ground.geojson"));
    let without: Vec<Village> = after.iter().map(|village| Village { extent: None, ..village.clone() }).collect();
    assert_eq!(without, before);
    // A later list does not know the ground, and takes nothing away.
    let again = desk.villages("a.csv", &TWO.replace(",50,", ",55,")).await;
    assert_eq!((again[0].extent.clone(), again[0].households), (after[0].extent.clone(), Some(55)));
    let same = desk.import(ImportKind::Villages, "copy.geojson", &drawn.replace("ground", "copy")).await;
    assert_eq!(same.counts.inserted, 0);
}

#[tokio::test]
async fn an_area_makes_no_village_and_is_no_bow_tie() {
    let desk = Desk::new().await;
    let before = desk.villages("a.csv", TWO).await;
    let crossed = area(r#""code":"14329-001""#, 105.895, 105.908)
        .replace("[105.908,20.21],[105.895,20.21]", "[105.895,20.21],[105.908,20.21]");
    let drawn = map(&[
        area(r#""commune_code":"14329","name":"Xóm Mốt Nhì""#, 105.895, 105.908),
        area(r#""code":"14329-777""#, 105.895, 105.908),
        area(r#""code":"14329-002","extent_source":"guess""#, 105.895, 105.908),
        crossed,
        area(r#""code":"14329-002""#, 105.92, 105.93),
    ]);
    let report = desk.import(ImportKind::Villages, "ground.geojson", &drawn).await;
    let reasons: Vec<_> = report.first_refused.iter().map(|reject| reject.reason.code()).collect();
    assert_eq!(reasons, ["unknown_village", "unknown_village", "unknown_value", "bad_geometry"], "{report:?}");
    assert!(report.notes.contains(&Note::PointOutsideExtent { rows: 1 }), "{:?}", report.notes);
    let after = desk.store.villages().await.unwrap();
    assert_eq!(after.len(), before.len());
    assert!(after.iter().find(|village| village.code == code("14329-002")).unwrap().extent.is_some());
}
