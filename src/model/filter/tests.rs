//! Filters read, refused and asked of rows, each beside a slow or written-out answer.

use super::*;
use crate::model::measure::LonLat;
use proptest::prelude::*;

const COLUMNS: [(&str, Kind); 4] =
    [("name", Kind::Text), ("percent", Kind::Number), ("stale", Kind::Flag), ("last_visit", Kind::Text)];

fn row(name: &str, percent: Option<f64>, stale: bool, at: Option<(f64, f64)>) -> Feature {
    let mut attributes = vec![
        ("name", Value::Text(name.into())),
        ("stale", Value::Flag(stale)),
        ("last_visit", Value::Text("2025-09-14".into())),
    ];
    attributes.extend(percent.map(|percent| ("percent", Value::Number(percent))));
    let shape = at.and_then(|(lon, lat)| LonLat::new(lon, lat).ok()).map_or(Shape::Unlocated, Shape::Point);
    Feature { id: 1, key: "1".into(), shape, attributes }
}

fn yen_khanh() -> Feature {
    row("Xã Yên Khánh", Some(20.0), false, Some((106.0, 20.2)))
}

fn keeps(text: &str, row: &Feature) -> bool {
    Filter::of_text(text, &COLUMNS).unwrap_or_else(|error| panic!("{text}: {error}")).keeps(row)
}

fn keeps_json(text: &str, row: &Feature) -> bool {
    Filter::of_json(text, &COLUMNS).unwrap_or_else(|error| panic!("{text}: {error}")).keeps(row)
}

#[test]
fn conditions_read_as_they_are_written() {
    for (text, kept) in [
        ("percent = 20", true),
        ("percent <> 20", false),
        ("percent != 20", false),
        ("percent < 20.5 AND percent >= 2e1", true),
        ("20 > percent or stale = TRUE", false),
        ("NOT percent > 20", true),
        ("not (percent = 20 and stale = false)", false),
        ("stale", false),
        ("NOT stale", true),
        ("percent BETWEEN 20 AND 30 AND name LIKE 'Xã%'", true),
        ("percent NOT BETWEEN 20 AND 30", false),
        ("name IN ('a', 'Xã Yên Khánh')", true),
        ("name NOT IN ('a')", true),
        ("name LIKE 'Xã _ên%'", true),
        ("name LIKE 'xã%'", false),
        ("CASEI(name) LIKE CASEI('XÃ%')", true),
        ("ACCENTI(name) = ACCENTI('Xa Yen Khanh')", true),
        ("CASEI(ACCENTI(name)) LIKE '%khanh'", true),
        ("name IS NOT NULL AND geometry IS NOT NULL", true),
        ("\"percent\" = 20", true),
        ("name = 'It''s'", false),
        ("last_visit >= DATE('2025-09-01') AND last_visit < DATE('2025-10-01')", true),
        ("percent = 1 OR percent = 20 AND stale = true", false),
        ("(percent = 1 OR percent = 20) AND stale = false", true),
    ] {
        assert_eq!(keeps(text, &yen_khanh()), kept, "{text}");
    }
}

#[test]
fn what_is_not_known_is_neither_kept_nor_kept_by_its_opposite() {
    let unknown = row("Xã", None, true, None);
    for text in [
        "percent < 20",
        "NOT percent < 20",
        "percent BETWEEN 0 AND 9",
        "percent IN (1)",
        "NOT percent IN (1)",
        "NOT 5 IN (percent)",
    ] {
        assert!(!keeps(text, &unknown), "{text}");
    }
    assert!(keeps("percent IS NULL", &unknown));
    assert!(keeps("percent < 20 OR stale", &unknown), "the other half is known");
    assert!(!keeps("percent < 20 AND stale", &unknown));
    assert!(!keeps("S_INTERSECTS(geometry, BBOX(100, 0, 110, 30))", &unknown));
    assert!(!keeps("NOT S_INTERSECTS(geometry, BBOX(100, 0, 110, 30))", &unknown));
    assert!(keeps("geometry IS NULL", &unknown));
}

#[test]
fn ground_is_met_by_points_and_areas() {
    let here = yen_khanh();
    for (text, kept) in [
        ("S_INTERSECTS(geometry, BBOX(105.9, 20.1, 106.1, 20.3))", true),
        ("S_INTERSECTS(BBOX(106, 20.2, 107, 21), geom)", true),
        ("S_INTERSECTS(geometry, BBOX(170, 10, 107, 30))", true),
        ("S_INTERSECTS(geometry, BBOX(170, 10, -170, 30))", false),
        ("S_INTERSECTS(geometry, POLYGON((105 20, 107 20, 107 21, 105 20)))", true),
        ("S_INTERSECTS(geometry, POLYGON((105 20, 107 20, 107 20.1, 105 20)))", false),
        ("S_INTERSECTS(geometry, MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)), ((105 20, 107 20, 107 21, 105 20))))", true),
        ("S_INTERSECTS(geometry, POINT(106 20.2))", true),
        ("S_INTERSECTS(geometry, MULTIPOINT(1 1, 106 20.2))", true),
        ("S_INTERSECTS(geometry, MULTIPOINT((1 1), (106 20.2 5)))", true),
        ("S_INTERSECTS(geometry, LINESTRING(105 20.2, 107 20.2))", true),
    ] {
        assert_eq!(keeps(text, &here), kept, "{text}");
    }
    let corners = [(105.0, 20.0), (105.1, 20.0), (105.1, 20.1), (105.0, 20.0)];
    let ring = geo_types::LineString::from(corners.to_vec());
    let area = Shape::Area(geo_types::MultiPolygon(vec![geo_types::Polygon::new(ring, vec![])]));
    let commune = Feature { shape: area, ..here };
    assert!(keeps("S_INTERSECTS(geometry, BBOX(105.09, 20.0, 106, 21))", &commune));
    // Within the box of the triangle, outside of the triangle itself.
    assert!(!keeps("S_INTERSECTS(geometry, BBOX(105.0, 20.09, 105.01, 21))", &commune));
}

#[test]
fn json_says_the_same() {
    let here = yen_khanh();
    for (json, kept) in [
        (r#"{"op": "=", "args": [{"property": "percent"}, 20]}"#, true),
        (r#"{"op": "and", "args": [{"op": "<", "args": [{"property": "percent"}, 5]}, {"property": "stale"}]}"#, false),
        (r#"{"op": "not", "args": [{"op": "isNull", "args": [{"property": "percent"}]}]}"#, true),
        (r#"{"op": "like", "args": [{"op": "casei", "args": [{"property": "name"}]}, "xã%"]}"#, true),
        (r#"{"op": "between", "args": [{"property": "percent"}, 0, 20]}"#, true),
        (r#"{"op": "in", "args": [{"property": "percent"}, [1, 20]]}"#, true),
        (r#"{"op": ">", "args": [{"property": "last_visit"}, {"date": "2025-09-13"}]}"#, true),
        (r#"{"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [105, 20, 107, 21]}]}"#, true),
        (
            r#"{"op": "s_intersects", "args": [{"property": "geom"},
               {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}]}"#,
            false,
        ),
    ] {
        assert_eq!(keeps_json(json, &here), kept, "{json}");
    }
}

#[test]
fn what_is_no_filter_is_told_where_and_why() {
    let said = |text: &str| Filter::of_text(text, &COLUMNS).map(|_| ()).unwrap_err().to_string();
    for (text, words) in [
        ("", "at character 1: found the end"),
        ("percent <", "at character 10: found the end"),
        ("percent < 20 20", "at character 14: found `20`, expected AND, OR or the end"),
        ("percant < 20", "no column `percant` here, only name, percent"),
        ("percent = 'many'", "`percent` holds a number, and is compared with a text"),
        ("name", "`name` holds a text, and is compared with true or false"),
        ("percent = 'open", "expected a closing '"),
        ("percent ~ 3", "at character 9: found `~ 3`"),
        ("area(geometry) > 3", "expected S_INTERSECTS, CASEI"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1)))", "fewer than four places"),
        ("S_INTERSECTS(geometry, BBOX(0, 95, 1, 96))", "latitude 95"),
        ("S_INTERSECTS(geometry, BBOX(0, 5, 1, 4))", "above its north"),
        ("percent = 1e999", "expected a number"),
        ("last_visit = DATE('yesterday')", "such as '2025-09-01'"),
        ("percent IS 5", "expected NULL"),
    ] {
        let found = said(text);
        assert!(found.contains(words), "{text:?}: {found}");
    }
    for json in
        ["", "[]", "{}", r#"{"op": "=", "args": [1]}"#, r#"{"op": "drop", "args": []}"#, r#"{"op": "and", "args": []}"#]
    {
        assert!(Filter::of_json(json, &COLUMNS).is_err(), "{json}");
    }
}

#[test]
fn deep_and_long_filters_are_refused_and_cost_nothing() {
    let deep = |open: &str, count: usize| open.repeat(count);
    for text in [deep("(", 8_000), deep("NOT ", 2_000), deep("CASEI(", 1_300), format!("{}1=1", deep("((", 30))] {
        assert!(Filter::of_text(&text, &COLUMNS).is_err());
    }
    let long = vec!["percent=1"; 600].join(" OR ");
    assert_eq!(Filter::of_text(&long, &COLUMNS), Err(NotAFilter::TooDeep));
    assert_eq!(Filter::of_text(&"x".repeat(MOST_TEXT + 1), &COLUMNS), Err(NotAFilter::TooLong));
    let json = format!("{}true{}", r#"{"op":"not","args":["#.repeat(60), "]}".repeat(60));
    assert_eq!(Filter::of_json(&json, &COLUMNS), Err(NotAFilter::TooDeep));
    let like = format!("name LIKE '{}'", "%a".repeat(2_000));
    assert!(!keeps(&like, &row(&"a".repeat(1_000), None, false, None)));
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,200}") {
        let _ = Filter::of_text(&text, &COLUMNS);
        let _ = Filter::of_json(&text, &COLUMNS);
    }

    #[test]
    fn likeness_is_that_of_the_slow_definition(text in "[ab%]{0,8}", pattern in "[ab%_]{0,6}") {
        fn slow(text: &[char], pattern: &[char]) -> bool {
            match pattern.split_first() {
                None => text.is_empty(),
                Some(('%', rest)) => (0..=text.len()).any(|skip| slow(&text[skip..], rest)),
                Some(('_', rest)) => !text.is_empty() && slow(&text[1..], rest),
                Some((sign, rest)) => text.first() == Some(sign) && slow(&text[1..], rest),
            }
        }
        let letters: (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
        prop_assert_eq!(is_like(&text, &pattern), slow(&letters.0, &letters.1));
    }
}
