//! Files as offices hand them over: every format, every encoding, through the whole program.

use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;

use crate::support::{folder, phusong, real_data, run_json, text};

const UNITS: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"13285","name":"Phủ Lý","kind":"Phường","district":"Thành phố Phủ Lý"},"geometry":
{"type":"Polygon","coordinates":[[[105.9,20.5],[105.95,20.5],[105.95,20.55],[105.9,20.5]]]}},
{"type":"Feature","properties":{"code":"14464","name":"Gia Viễn","kind":"Xã","district":"Huyện Gia Viễn"},"geometry":
{"type":"Polygon","coordinates":[[[105.8,20.3],[105.85,20.3],[105.85,20.35],[105.8,20.3]]]}}]}"#;

fn import(file: &Path, more: &[&str]) -> Json {
    let db = file.with_extension("store.gpkg");
    let (file, db) = (file.to_string_lossy(), db.to_string_lossy());
    let mut arguments = vec!["import", "boundaries", &*file, "--db", &*db, "--as-of", "2025-07-01"];
    arguments.extend(more);
    run_json(&arguments)["files"][0].clone()
}

/// The names that the store holds, through its export.
fn names(file: &Path) -> Vec<String> {
    let db = file.with_extension("store.gpkg");
    let out = file.with_extension("out.geojson");
    let arguments =
        ["export", "communes", "--db", &*db.to_string_lossy(), "-o", &*out.to_string_lossy()].map(str::to_owned);
    assert!(phusong().args(arguments).status().unwrap().success());
    let json: Json = serde_json::from_str(&std::fs::read_to_string(&out).unwrap()).unwrap();
    let name = |feature: &Json| feature["properties"]["name"].as_str().unwrap().to_owned();
    let mut names: Vec<String> = json["features"].as_array().unwrap().iter().map(name).collect();
    names.sort();
    names
}

fn ogr2ogr(arguments: &[&str]) -> bool {
    match Command::new("ogr2ogr").args(arguments).output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", text(&output.stderr));
            true
        }
        Err(_) => {
            eprintln!("skipped: ogr2ogr is not installed (`make test` installs it)");
            false
        }
    }
}

#[test]
fn every_format_gives_the_same_communes() {
    let folder = folder();
    let source = folder.path().join("units.geojson");
    std::fs::write(&source, UNITS).unwrap();
    for (driver, name) in [
        ("ESRI Shapefile", "a.shp"),
        ("MapInfo File", "b.tab"),
        ("MapInfo File", "c.mif"),
        ("LIBKML", "d.kml"),
        ("LIBKML", "e.kmz"),
        ("GPKG", "f.gpkg"),
        ("FlatGeobuf", "g.fgb"),
        ("OpenFileGDB", "h.gdb"),
    ] {
        let made = folder.path().join(name);
        let mut arguments = vec!["-f", driver, "-q"];
        if driver == "ESRI Shapefile" {
            arguments.extend(["-lco", "ENCODING=UTF-8"]);
        }
        let (to, from) = (made.to_string_lossy(), source.to_string_lossy());
        arguments.extend([&*to, &*from]);
        if !ogr2ogr(&arguments) {
            return;
        }
        let report = import(&made, &[]);
        assert_eq!((&report["accepted"], &report["refused"]), (&Json::from(2), &Json::from(0)), "{name}: {report}");
        assert_eq!(names(&made), ["Phường Phủ Lý", "Xã Gia Viễn"], "{name}");
    }
}

#[test]
fn a_shapefile_is_read_by_its_encoding_file_or_by_the_stated_code_page() {
    let folder = folder();
    let source = folder.path().join("units.geojson");
    std::fs::write(&source, UNITS).unwrap();
    let shape = folder.path().join("page.shp");
    if !ogr2ogr(&["-q", "-lco", "ENCODING=UTF-8", &shape.to_string_lossy(), &source.to_string_lossy()]) {
        return;
    }
    assert_eq!(std::fs::read_to_string(shape.with_extension("cpg")).unwrap(), "UTF-8");
    import(&shape, &[]);
    assert_eq!(names(&shape), ["Phường Phủ Lý", "Xã Gia Viễn"]);
    // Without its encoding file nothing says what the bytes are; a person does.
    let lone = folder.path().join("lone.shp");
    for extension in ["shp", "shx", "dbf"] {
        std::fs::copy(shape.with_extension(extension), lone.with_extension(extension)).unwrap();
    }
    import(&lone, &["--encoding", "utf-8"]);
    assert_eq!(names(&lone), ["Phường Phủ Lý", "Xã Gia Viễn"]);
}

#[test]
fn of_a_file_of_several_layers_the_named_one_is_read_and_others_are_told() {
    let folder = folder();
    let (source, roads) = (folder.path().join("units.geojson"), folder.path().join("roads.geojson"));
    std::fs::write(&source, UNITS).unwrap();
    std::fs::write(
        &roads,
        r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"ref":"QL1"},
        "geometry":{"type":"LineString","coordinates":[[105.9,20.5],[106,20.6]]}}]}"#,
    )
    .unwrap();
    let both = folder.path().join("both.gpkg");
    let (to, units, roads) = (both.to_string_lossy(), source.to_string_lossy(), roads.to_string_lossy());
    if !ogr2ogr(&["-q", "-f", "GPKG", "-nln", "units", &to, &units]) {
        return;
    }
    ogr2ogr(&["-q", "-update", "-nln", "roads", &to, &roads]);
    let report = import(&both, &[]);
    assert!(report["warnings"].to_string().contains("roads"), "what was not read is told: {report}");
    let report = import(&both, &["--layer", "units"]);
    assert_eq!(report["accepted"], 2, "{report}");
    let db = folder.path().join("x.gpkg").to_string_lossy().into_owned();
    let output = phusong()
        .args(["--lang", "en", "import", "boundaries", &to, "--layer", "communes", "--db", &db])
        .output()
        .unwrap();
    let said = text(&output.stderr);
    assert!(
        !output.status.success() && said.contains("no layer `communes`") && said.contains("units, roads"),
        "{said}"
    );
}

#[test]
fn a_first_layer_of_other_columns_is_refused_with_the_names_of_all() {
    let folder = folder();
    let (roads, visits) = (folder.path().join("roads.geojson"), folder.path().join("visits.geojson"));
    let feature = |properties: &str| {
        format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{properties},"geometry":{{"type":"Point","coordinates":[105.9,20.5]}}}}]}}"#
        )
    };
    std::fs::write(&roads, feature(r#"{"ref":"QL1"}"#)).unwrap();
    std::fs::write(&visits, feature(r#"{"time":"2026-03-31T08:15:00+07:00","result":"guided"}"#)).unwrap();
    let both = folder.path().join("both.gpkg");
    let (to, roads, visits) = (both.to_string_lossy(), roads.to_string_lossy(), visits.to_string_lossy());
    if !ogr2ogr(&["-q", "-f", "GPKG", "-nln", "đường", &to, &roads]) {
        return;
    }
    ogr2ogr(&["-q", "-update", "-nln", "lượt thăm", &to, &visits]);
    let db = folder.path().join("x.gpkg").to_string_lossy().into_owned();
    let said = |more: &[&str]| {
        let output =
            phusong().args(["import", "visits", &to, "--db", &db, "--lang", "vi"]).args(more).output().unwrap();
        format!("{}{}", text(&output.stdout), text(&output.stderr))
    };
    let refused = said(&[]);
    assert!(
        refused.contains("thiếu cột") && refused.contains("đường, lượt thăm") && refused.contains("--layer"),
        "{refused}"
    );
    let named = said(&["--layer", "lượt thăm"]);
    assert!(!named.contains("thiếu cột"), "{named}");
}

#[test]
fn a_damaged_map_or_workbook_is_told_in_the_readers_words_without_its_path() {
    let folder = folder();
    let db = folder.path().join("x.gpkg").to_string_lossy().into_owned();
    for (name, bytes) in [
        ("a.xlsx", &b"PK\x03\x04....xl/workbook.xml"[..]),
        ("b.gpkg", &b"SQLite format 3\0and nothing else"[..]),
        ("c.kml", &b"<?xml version=\"1.0\"?><kml><Document><Placemark>"[..]),
    ] {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        let output = phusong()
            .args(["import", "visits", &file.to_string_lossy(), "--db", &db, "--lang", "vi"])
            .output()
            .unwrap();
        let said = text(&output.stderr);
        assert!(said.contains("không mở được tệp như") && said.contains("gợi ý"), "{said}");
        let own = said.split("(GDAL:").nth(1).unwrap_or_default();
        assert!(!own.contains(&*folder.path().to_string_lossy()), "{said}");
    }
}

/// `name_tcvn3` in the letters of western Europe, as it is copied around.
const TCVN3: &str = "code,name,kind,district\n13285,Phñ Lý,Phường,Hµ Nam\n14464,Gia ViÔn,X·,HuyÖn Gia ViÔn\n\
    14518,Gia TiÕn,X·,HuyÖn Gia ViÔn\n14494,Gia TrÊn,X·,HuyÖn Gia ViÔn\n";

#[test]
fn tcvn3_is_suspected_aloud_and_converted_when_stated() {
    let folder = folder();
    let file = folder.path().join("units.csv");
    std::fs::write(&file, TCVN3.replace("Phường", "Ph\u{AD}êng")).unwrap();
    let report = import(&file, &[]);
    assert!(report["warnings"].to_string().contains("--encoding tcvn3"), "{report}");
    let report = import(&file, &["--encoding", "tcvn3"]);
    assert_eq!((&report["accepted"], &report["refused"]), (&Json::from(4), &Json::from(0)), "{report}");
    assert!(!report["warnings"].to_string().contains("tcvn3"), "{report}");
    // The same as bytes of the font, which are no UTF-8.
    let raw = folder.path().join("raw.csv");
    let western: Vec<u8> =
        TCVN3.replace("Phường", "Ph\u{AD}êng").chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    std::fs::write(&raw, western).unwrap();
    let report = import(&raw, &["--encoding", "tcvn3"]);
    assert_eq!(report["accepted"], 4, "{report}");
}

#[test]
fn published_tcvn3_names_convert_to_those_that_others_read() {
    let Some(data) = real_data() else { return };
    let mut wrong = Vec::new();
    let tcvn3: phusong::ingest::StatedEncoding = "tcvn3".parse().unwrap();
    let mut rows = csv::Reader::from_path(data.join("admin/names_tcvn3_sample.csv")).unwrap();
    let mut count = 0;
    for row in rows.deserialize::<std::collections::HashMap<String, String>>() {
        let row = row.unwrap();
        for what in ["name", "district"] {
            count += 1;
            let ours = tcvn3.convert(&row[&format!("{what}_tcvn3_as_published")]).into_owned();
            if ours != row[&format!("{what}_decoded")] {
                wrong.push((ours, row[&format!("{what}_decoded")].clone()));
            }
        }
    }
    assert!(count > 20 && wrong.is_empty(), "{count}: {wrong:?}");
}

/// Two communes as a commune office draws them: lines that hang over, texts inside.
const DRAWN: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":
[[105.9,20.5],[105.92,20.5],[105.92,20.51],[105.9,20.51],[105.9,20.4999]]}},
{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[105.91,20.49999],[105.91,20.50999]]}}]}"#;
const LABELS: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"Text":"P. Phủ Lý"},"geometry":{"type":"Point","coordinates":[105.905,20.505]}},
{"type":"Feature","properties":{"Text":"Xã Gia Viễn"},"geometry":{"type":"Point","coordinates":[105.915,20.505]}},
{"type":"Feature","properties":{"Text":"S = 12,5 ha"},"geometry":{"type":"Point","coordinates":[105.916,20.506]}}]}"#;

#[test]
fn lines_and_labels_become_communes_that_can_be_imported() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let (lines, labels, units) = (at("lines.geojson"), at("labels.geojson"), at("units.csv"));
    std::fs::write(&lines, DRAWN).unwrap();
    std::fs::write(&labels, LABELS).unwrap();
    std::fs::write(&units, "code,name,kind\n13285,Phủ Lý,Phường\n14464,Gia Viễn,Xã\n").unwrap();
    let (drawn, texts) = (at("drawn.dgn"), at("labels.dxf"));
    if !ogr2ogr(&["-q", "-f", "DGN", &drawn.to_string_lossy(), &lines.to_string_lossy()]) {
        return;
    }
    let style = "SELECT geometry, Text, 'LABEL(t:\"' || Text || '\")' AS OGR_STYLE FROM labels";
    ogr2ogr(&[
        "-q",
        "-f",
        "DXF",
        "-dialect",
        "SQLite",
        "-sql",
        style,
        &texts.to_string_lossy(),
        &labels.to_string_lossy(),
    ]);
    for (lines, labels) in [(&lines, &labels), (&drawn, &labels), (&lines, &texts)] {
        let made = at("made.geojson");
        let paths = [lines, labels, &units, &made].map(|path| path.to_string_lossy().into_owned());
        let [lines, labels, units, out] = &paths;
        let open = run_json(&["polygonise", lines, labels, "--units", units, "-o", out]);
        assert_eq!(open["contested"][0].as_array().unwrap().len(), 2, "the border is a metre short: {open}");
        let told = run_json(&["polygonise", lines, labels, "--units", units, "--snap", "3", "-o", out]);
        assert_eq!(
            (&told["units"], &told["with_code"], &told["unlabelled"]),
            (&2.into(), &2.into(), &0.into()),
            "{told}"
        );
        assert_eq!(told["unmatched"], serde_json::json!(["S = 12,5 ha"]), "{told}");
        let report = import(&made, &[]);
        assert_eq!((&report["accepted"], &report["refused"]), (&Json::from(2), &Json::from(0)), "{report}");
        std::fs::remove_file(made.with_extension("store.gpkg")).unwrap();
    }
}

#[test]
fn official_borders_as_lines_with_labels_become_the_official_communes() {
    let Some(data) = real_data() else { return };
    let folder = folder();
    let official = data.join("admin/communes_2025.geojson");
    let json: Json = serde_json::from_str(&std::fs::read_to_string(&official).unwrap()).unwrap();
    let (mut lines, mut labels) = (Vec::new(), Vec::new());
    for feature in json["features"].as_array().unwrap() {
        let polygons = match feature["geometry"]["type"].as_str().unwrap() {
            "Polygon" => vec![feature["geometry"]["coordinates"].clone()],
            _ => feature["geometry"]["coordinates"].as_array().unwrap().clone(),
        };
        for polygon in polygons {
            let polygon: geo_types::Geometry<f64> = geojson::GeometryValue::new_polygon(
                serde_json::from_value::<Vec<Vec<Vec<f64>>>>(polygon.clone()).unwrap(),
            )
            .try_into()
            .unwrap();
            let geo_types::Geometry::Polygon(shape) = polygon else { panic!("not a polygon") };
            let at = phusong::engine::boundaries::place::label_point(&shape.clone().into()).unwrap();
            let code = &feature["properties"]["code"];
            labels.push(serde_json::json!({"type": "Feature", "properties": {"code": code},
                "geometry": {"type": "Point", "coordinates": [at.lon(), at.lat()]}}));
            for ring in std::iter::once(shape.exterior()).chain(shape.interiors()) {
                let line: Vec<[f64; 2]> = ring.0.iter().map(|at| [at.x, at.y]).collect();
                lines.push(serde_json::json!({"type": "Feature", "properties": {},
                    "geometry": {"type": "LineString", "coordinates": line}}));
            }
        }
    }
    let write = |name: &str, features: Vec<Json>| {
        let path = folder.path().join(name);
        let all = serde_json::json!({"type": "FeatureCollection", "features": features});
        std::fs::write(&path, all.to_string()).unwrap();
        path.to_string_lossy().into_owned()
    };
    let (lines, labels) = (write("lines.geojson", lines), write("labels.geojson", labels));
    let made = folder.path().join("made.geojson").to_string_lossy().into_owned();
    let told = run_json(&["polygonise", &lines, &labels, "--units", &official.to_string_lossy(), "-o", &made]);
    assert_eq!(
        (&told["units"], &told["with_code"], told["contested"].as_array().unwrap().len()),
        (&129.into(), &129.into(), 0)
    );
    let beside = run_json(&["check", "boundaries", &made, "--against", &official.to_string_lossy()]);
    let worst = beside["against"]["units"][0]["iou"].as_f64().unwrap();
    assert!(worst >= 0.999_999, "{worst}");
}

/// One log in four forms: the rows, the refused row and its number are the same.
#[test]
fn a_log_of_measurements_is_read_from_a_sheet_and_from_a_map_file() {
    let dir = folder();
    let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    let source = path("log.csv");
    let rows = [
        "time,operator,technology,state,rsrp,lon,lat,note",
        "2026-03-31T08:15:00+07:00,viettel,4G,in_service,-97,105.9745,20.2539,\"a \"\"quoted\"\" note\"",
        "2026-03-31T08:15:01+07:00,viettel,4G,no_service,,105.9746,20.2540,",
        "2026-03-31T08:15:02+07:00,viettel,4G,in_service,-300,105.9747,20.2541,",
        "2026-03-31T08:15:03+07:00,mobifone,3G,in_service,-101,105.9748,20.2542,",
    ];
    std::fs::write(&source, rows.join("\n")).unwrap();
    let points = ["-oo", "X_POSSIBLE_NAMES=lon", "-oo", "Y_POSSIBLE_NAMES=lat", "-a_srs", "EPSG:4326"];
    for (name, driver, as_points) in
        [("log.xlsx", "XLSX", false), ("log.gpkg", "GPKG", true), ("log.geojson", "GeoJSON", true)]
    {
        let to = path(name);
        let mut arguments = vec!["-q", "-f", driver];
        if as_points {
            arguments.extend(points);
        }
        arguments.extend([to.as_str(), source.as_str()]);
        if !ogr2ogr(&arguments) {
            return;
        }
        let found = run_json(&["import", "samples", &to, "--db", &path(&format!("{name}.db.gpkg"))]);
        let file = &found["files"][0];
        assert_eq!((file["accepted"].as_u64(), file["refused"].as_u64()), (Some(3), Some(1)), "{name}: {found}");
        let rejects = std::fs::read_to_string(file["rejects_file"].as_str().unwrap()).unwrap();
        assert!(rejects.contains("\n4,") || rejects.contains("4,rsrp"), "{name}: {rejects}");
    }
}

/// Android Network Survey keeps a table for each technology, and others that measure no network.
#[test]
#[cfg_attr(not(feature = "gdal"), ignore = "built without GDAL")]
fn every_table_of_a_survey_that_holds_measurements_is_read() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let head = "deviceTime,latitude,longitude,recordNumber,missionId,accuracy,mcc,mnc,";
    let tables = [
        (
            "gnss_message",
            "deviceTime,latitude,longitude,recordNumber,agc\n2026-03-31T08:15:00+07:00,20.25,105.97,1,3\n".to_owned(),
        ),
        (
            "lte_message",
            format!(
                "{head}tac,eci,earfcn,rsrp,rsrq,servingCell\n\
                 2026-03-31T08:15:00+07:00,20.25,105.97,1,m,4,452,4,5124,167172104,1650,-101,-12,true\n\
                 2026-03-31T08:15:01+07:00,20.25,105.97,2,m,4,452,4,5124,167172104,1650,-300,-12,true\n"
            ),
        ),
        (
            "nr_message",
            format!(
                "{head}tac,nci,narfcn,ssRsrp,ssRsrq,servingCell\n\
                 2026-03-31T08:15:00+07:00,20.26,105.98,1,m,4,452,1,5124,99,630000,-95,-11,true\n\
                 2026-03-31T08:16:00+07:00,20.26,105.98,2,m,4,452,1,5124,99,630000,-500,-11,true\n"
            ),
        ),
    ];
    let survey = path("survey.gpkg");
    for (number, (name, rows)) in tables.iter().enumerate() {
        let csv = path(&format!("{name}.csv"));
        std::fs::write(&csv, rows).unwrap();
        let more: &[&str] = if number == 0 { &[] } else { &["-update"] };
        let points = ["-oo", "X_POSSIBLE_NAMES=longitude", "-oo", "Y_POSSIBLE_NAMES=latitude", "-a_srs", "EPSG:4326"];
        if !ogr2ogr(&[&["-q", "-f", "GPKG", "-nln", name], more, &points, &[&survey, &csv]].concat()) {
            return;
        }
    }
    let found = run_json(&["import", "samples", &survey, "--db", &path("store.gpkg")]);
    let file = &found["files"][0];
    assert_eq!((file["accepted"].as_u64(), file["refused"].as_u64()), (Some(2), Some(2)), "{found}");
    assert!(file["warnings"].to_string().contains("gnss_message"), "the table that holds none is named: {found}");
    let rejects = std::fs::read_to_string(file["rejects_file"].as_str().unwrap()).unwrap();
    let lines: Vec<&str> = rejects.lines().skip(1).filter_map(|line| line.split(&[',', ';'][..]).next()).collect();
    assert_eq!(lines.len(), 2, "{rejects}");
    assert_ne!(lines[0], lines[1], "rows are numbered on from table to table: {rejects}");
}
