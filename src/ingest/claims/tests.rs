//! What the reader of claims promises, on small files of every kind.

use super::*;
use crate::ingest::fixture;

const FCC: &str = "providerid,technology,mindown,minup,minsignal,environmnt,h3_res9_id\n";
const CELL: &str = "89415a8b2c7ffff";

fn read_with(name: &str, text: &str, options: &Options) -> Result<Read<ClaimRecord>, Unreadable> {
    let folder = fixture::folder();
    let path = fixture::write(&folder, name, text.as_bytes());
    read(&path, options)
}

fn check(name: &str, text: &str, refused: &[(u64, &str, &str)]) -> Vec<ClaimRecord> {
    let read = read_with(name, text, &fixture::options()).unwrap();
    let found: Vec<_> = read.batch.rejects.iter().map(|r| (r.line, r.field.as_str(), r.reason.code())).collect();
    assert_eq!(found, refused, "{text}");
    read.batch.rows.into_iter().map(|row| row.value).collect()
}

/// Operator, technology, environment and minimum.
fn said(claim: &ClaimRecord) -> (&str, &'static str, &'static str, Option<f64>) {
    let ClaimRecord { operator, technology, environment, minimum, .. } = claim;
    (operator.as_str(), technology.generation(), environment.code(), minimum.map(Dbm::tenths))
}

#[test]
fn the_columns_of_the_fcc_are_read_and_its_provider_is_no_network_code() {
    let text = format!("{FCC}130077,400,5,1,-105.5,0,{CELL}\n130077,500,7,1,-112,1,{CELL}\n130077,300,,,,0,{CELL}\n");
    let read = read_with("a.csv", &text, &fixture::options()).unwrap();
    assert_eq!(read.profile, "fcc_bdc");
    let rows: Vec<_> = read.batch.rows.iter().map(|row| said(&row.value)).collect();
    let provider = "provider-130077";
    let expected = [
        (provider, "4G", "outdoor", Some(-105.5)),
        (provider, "5G", "vehicle", Some(-112.0)),
        // No power is no power, and not zero.
        (provider, "3G", "outdoor", None),
    ];
    assert_eq!(rows, expected);
    assert!(read.batch.rows.iter().all(|row| row.value.ground == ClaimedGround::Cell(CELL.parse().unwrap())));
    let stated = Options { operator: "310-410".parse().ok(), ..fixture::options() };
    assert_eq!(said(&read_with("a.csv", &text, &stated).unwrap().batch.rows[0].value).0, "310-410");
}

#[test]
fn a_table_of_an_office_is_read_and_its_bad_rows_say_why() {
    let coarse = "85415a8bfffffff";
    let rows = [
        format!("Viettel;4G;-110,5;ngoài trời;{CELL}"),
        format!("45202;3G/4G;;;{CELL}"),
        format!("MobiFone;LTE;-110 dBm;trong xe;{}", u64::from(CELL.parse::<CellIndex>().unwrap())),
        format!("Viettel;9G;-110;;{CELL}"),
        format!("Viettel;4G;110;;{CELL}"),
        format!("Viettel;4G;yếu;;{CELL}"),
        format!("Viettel;4G;-110;dưới hầm;{CELL}"),
        format!(";4G;-110;;{CELL}"),
        format!("Viettel;;-110;;{CELL}"),
        "Viettel;4G;-110;;".to_owned(),
        "Viettel;4G;-110;;89415a8b2c7".to_owned(),
        format!("Viettel;4G;-110;;{coarse}"),
        "Viettel;4G".to_owned(),
    ];
    let text = format!("Nhà mạng;Công nghệ;Mức tối thiểu (dBm);Môi trường;H3 index\n{}\n", rows.join("\n"));
    let claims = check(
        "a.csv",
        &text,
        &[
            (5, "Công nghệ", "unknown_value"),
            (6, "Mức tối thiểu (dBm)", "not_a_power"),
            (7, "Mức tối thiểu (dBm)", "not_a_number"),
            (8, "Môi trường", "unknown_value"),
            (9, "Nhà mạng", "missing"),
            (10, "Công nghệ", "missing"),
            (11, "H3 index", "missing"),
            (12, "H3 index", "unknown_value"),
            (13, "H3 index", "out_of_range"),
            (14, "", "wrong_width"),
        ],
    );
    let expected = [
        ("viettel", "4G", "outdoor", Some(-110.5)),
        ("vnpt", "3G", "unstated", None),
        ("vnpt", "4G", "unstated", None),
        ("mobifone", "4G", "vehicle", Some(-110.0)),
    ];
    assert_eq!(claims.iter().map(said).collect::<Vec<_>>(), expected);
}

fn feature(properties: &str, geometry: &str) -> String {
    format!(r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{geometry}}}"#)
}

#[test]
fn areas_of_a_map_file_keep_their_parts_and_holes() {
    let whole = r#"{"type":"MultiPolygon","coordinates":[[[[105,20],[106,20],[106,21],[105,20]],[[105.6,20.2],[105.8,20.2],[105.8,20.3],[105.6,20.2]]],[[[107,20],[108,20],[108,21],[107,20]]]]}"#;
    let point = r#"{"type":"Point","coordinates":[105.9,20.2]}"#;
    let flat = r#"{"type":"Polygon","coordinates":[[[105,20],[106,21],[107,22],[105,20]]]}"#;
    let of_viettel = r#""operator":"Viettel","technology":"4G","rsrp":-110,"cell":"NBH0012""#;
    let features = [
        feature(of_viettel, whole),
        feature(of_viettel, point),
        feature(of_viettel, flat),
        feature(of_viettel, "null"),
    ];
    let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    let bad = "bad_geometry";
    let claims = check("a.geojson", &text, &[(2, "geometry", bad), (3, "geometry", bad), (4, "cell", "unknown_value")]);
    assert_eq!(said(&claims[0]), ("viettel", "4G", "unstated", Some(-110.0)));
    let ClaimedGround::Area(area) = &claims[0].ground else { panic!("{claims:?}") };
    assert_eq!((area.0.len(), area.0[0].interiors().len()), (2, 1));
}

#[test]
fn what_the_file_does_not_say_the_person_states() {
    let area = r#"{"type":"Polygon","coordinates":[[[105,20],[106,20],[106,21],[105,20]]]}"#;
    let text = feature(r#""name":"vùng 1""#, area);
    let missing = read_with("a.geojson", &text, &fixture::options()).unwrap_err();
    assert!(matches!(missing, Unreadable::MissingColumns { missing, .. } if missing == ["operator", "technology"]));
    let stated = Options {
        operator: "viettel".parse().ok(),
        technology: Some(Technology::Nr),
        minimum: Dbm::new(-115.0).ok(),
        ..fixture::options()
    };
    let read = read_with("a.geojson", &text, &stated).unwrap();
    assert_eq!(said(&read.batch.rows[0].value), ("viettel", "5G", "unstated", Some(-115.0)));
}

#[test]
fn a_file_of_another_kind_is_named_and_not_read() {
    let error = read_with("a.csv", "time,operator,technology,rsrp,lon,lat\n", &fixture::options()).unwrap_err();
    assert_eq!(error, Unreadable::OtherKind { found: ImportKind::Samples, asked: ImportKind::Claims });
    let error = read_with("a.csv", "operator,technology,rsrp\nviettel,4G,-110\n", &fixture::options()).unwrap_err();
    assert!(matches!(error, Unreadable::MissingColumns { missing, .. } if missing == ["h3_index"]));
}
