//! What is taken away holds what is shown: every format read back and held against GeoJSON, every filter against the
//! rows that a reader sees.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::{Map, Value as Json};

use crate::support::{Server, demo_store, folder, run, run_json, text};

/// Rows by their keys, columns as the file has them; nothing for what is missing.
type Rows = BTreeMap<String, BTreeMap<String, String>>;

fn export(layer: &str, to: &Path, more: &[&str]) -> Json {
    let (db, to) = (demo_store().to_string_lossy().into_owned(), to.to_string_lossy().into_owned());
    let mut arguments = vec!["export", layer, "--db", &db, "-o", &to];
    arguments.extend(more);
    run_json(&arguments)
}

fn geojson(path: &Path) -> Vec<Json> {
    let file: Json = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    file["features"].as_array().unwrap().clone()
}

fn csv(path: &Path) -> Rows {
    let text = std::fs::read_to_string(path).unwrap();
    let mut table = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let heading: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
    let records = table.records().map(Result::unwrap);
    let rows = records.map(|record| {
        let cells = heading.iter().cloned().zip(record.iter().map(str::to_owned));
        let row: BTreeMap<_, _> = cells.filter(|(_, cell)| !cell.is_empty()).collect();
        (row["id"].clone(), row)
    });
    rows.collect()
}

fn parquet(path: &Path) -> Rows {
    let file = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let said = file.metadata().file_metadata().key_value_metadata().unwrap();
    let geo = said.iter().find(|pair| pair.key == "geo").unwrap();
    let geo: Json = serde_json::from_str(geo.value.as_ref().unwrap()).unwrap();
    assert_eq!(geo["version"], "1.1.0");
    assert_eq!(geo["columns"]["geometry"]["covering"]["bbox"]["xmin"], serde_json::json!(["bbox", "xmin"]));
    let rows = file.get_row_iter(None).unwrap().map(|row| {
        let row = row.unwrap();
        let cells = row.get_column_iter().filter_map(|(name, field)| Some((name.clone(), plain(field)?)));
        let row: BTreeMap<String, String> = cells.collect();
        // Without a place there is neither shape nor box.
        assert_eq!(row.contains_key("geometry"), row.contains_key("bbox"));
        (row["id"].clone(), row)
    });
    rows.collect()
}

fn plain(field: &Field) -> Option<String> {
    match field {
        Field::Null => None,
        Field::Str(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Field::Bool(flag) => Some(flag.to_string()),
        Field::Long(number) => Some(number.to_string()),
        Field::Double(number) => Some(number.to_string()),
        Field::Bytes(bytes) => Some(bytes.len().to_string()),
        other => Some(other.to_string()),
    }
}

/// `names`: what columns are called in the file, where they are called otherwise.
#[cfg(feature = "gdal")]
fn by_gdal(path: &Path) -> (Rows, BTreeMap<String, [f64; 4]>) {
    use gdal::vector::LayerAccess;
    let name = if path.extension().is_some_and(|ending| ending == "zip") {
        std::path::PathBuf::from(format!("/vsizip/{}", path.display()))
    } else {
        path.to_owned()
    };
    let dataset = gdal::Dataset::open(&name).unwrap();
    let mut layer = dataset.layer(0).unwrap();
    let columns: Vec<String> = layer.defn().fields().map(|field| field.name()).collect();
    let (mut rows, mut boxes) = (Rows::new(), BTreeMap::new());
    for feature in layer.features() {
        let cell = |at: usize| feature.field_as_string(at).unwrap();
        let cells = columns.iter().enumerate().filter_map(|(at, name)| Some((name.clone(), cell(at)?)));
        let row: BTreeMap<String, String> = cells.filter(|(_, cell)| !cell.is_empty()).collect();
        if let Ok(shape) = feature.geometry_by_index(0) {
            let around = shape.envelope();
            boxes.insert(row["id"].clone(), [around.MinX, around.MinY, around.MaxX, around.MaxY]);
        }
        rows.insert(row["id"].clone(), row);
    }
    (rows, boxes)
}

/// Every cell of every row. `named`: what a column is called in the file.
fn compare(layer: &str, format: &str, features: &[Json], rows: &Rows, named: &dyn Fn(&str) -> String) {
    assert_eq!(rows.len(), features.len(), "{layer}.{format}");
    let mut missing = 0;
    for feature in features {
        let key = feature["id"].as_str().unwrap();
        let row = &rows[key];
        for (name, value) in feature["properties"].as_object().unwrap() {
            let found = row.get(&named(name)).map(String::as_str);
            let equal = match (value, found) {
                (Json::Null, None) => true,
                (Json::String(text), found) if text.is_empty() => found.is_none(),
                (Json::String(text), Some(found)) => text == found,
                (Json::Bool(flag), Some(found)) => {
                    [if *flag { "true" } else { "false" }, if *flag { "1" } else { "0" }]
                        .contains(&found.to_lowercase().as_str())
                }
                (Json::Number(number), Some(found)) => {
                    let (number, found) = (number.as_f64().unwrap(), found.parse::<f64>().unwrap());
                    (number - found).abs() <= 1e-9 * number.abs().max(1.0)
                }
                _ => false,
            };
            missing += usize::from(value.is_null());
            assert!(equal, "{layer}.{format} {key} {name}: {value} is {found:?}");
        }
    }
    assert!(missing > 0 || layer == "communes", "{layer}: nothing is missing, so nothing was tested");
}

#[cfg(feature = "gdal")]
fn corners(value: &Json, around: &mut [f64; 4]) {
    let items = value.as_array().unwrap();
    if let [Json::Number(x), Json::Number(y)] = items.as_slice() {
        let (x, y) = (x.as_f64().unwrap(), y.as_f64().unwrap());
        *around = [around[0].min(x), around[1].min(y), around[2].max(x), around[3].max(y)];
    } else {
        items.iter().for_each(|item| corners(item, around));
    }
}

const LAYERS: [&str; 4] = ["villages", "communes", "dead_areas", "signal"];

#[test]
fn formats_without_gdal_hold_what_geojson_holds() {
    let dir = folder();
    for layer in LAYERS {
        let whole = dir.path().join(format!("{layer}.geojson"));
        export(layer, &whole, &[]);
        let features = geojson(&whole);
        let to = |ending: &str| dir.path().join(format!("{layer}.{ending}"));
        export(layer, &to("geojsonl"), &[]);
        let lines = std::fs::read_to_string(to("geojsonl")).unwrap();
        // By this GDAL knows a sequence; it took lines that begin otherwise for one feature.
        assert!(lines.lines().all(|line| line.starts_with(r#"{"type":"Feature","#)), "{layer}");
        let lines: Vec<Json> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines, features, "{layer}");
        export(layer, &to("csv"), &[]);
        compare(layer, "csv", &features, &csv(&to("csv")), &str::to_owned);
        export(layer, &to("parquet"), &[]);
        compare(layer, "parquet", &features, &parquet(&to("parquet")), &str::to_owned);
        export(layer, &to("kml"), &[]);
        let text = std::fs::read_to_string(to("kml")).unwrap();
        let options = roxmltree::ParsingOptions { nodes_limit: u32::MAX, ..Default::default() };
        let document = roxmltree::Document::parse_with_options(&text, options).unwrap();
        let places = document.descendants().filter(|node| node.has_tag_name("Placemark"));
        let rows: Rows = places
            .map(|place| {
                let cells = place.descendants().filter(|node| node.has_tag_name("SimpleData"));
                let cells =
                    cells.map(|node| (node.attribute("name").unwrap().into(), node.text().unwrap_or("").into()));
                let row: BTreeMap<String, String> =
                    cells.filter(|(_, cell): &(String, String)| !cell.is_empty()).collect();
                (row["id"].clone(), row)
            })
            .collect();
        compare(layer, "kml", &features, &rows, &str::to_owned);
    }
}

/// `MapInfo` has no empty numbers: beside a column that is text for that reason stands one of numbers.
#[cfg(feature = "gdal")]
fn can_be_summed(layer: &str, features: &[Json], rows: &Rows) {
    for feature in features {
        let row = &rows[feature["id"].as_str().unwrap()];
        for (name, value) in feature["properties"].as_object().unwrap() {
            if let Some(number) = row.get(&format!("{name}_num")) {
                let expected = value.as_f64().unwrap_or(0.0);
                assert!(
                    (number.parse::<f64>().unwrap() - expected).abs() < 1e-6,
                    "{layer} {name}: {value} is {number}"
                );
            }
        }
    }
    let summed = rows.values().flat_map(BTreeMap::keys).any(|name| name.ends_with("_num"));
    assert!(summed || layer == "communes", "{layer}: no column can be summed");
}

#[cfg(feature = "gdal")]
#[test]
fn gdal_reads_back_every_value_and_shape_of_every_format() {
    let dir = folder();
    for layer in LAYERS {
        let whole = dir.path().join(format!("{layer}.geojson"));
        export(layer, &whole, &[]);
        let features = geojson(&whole);
        for ending in ["gpkg", "fgb", "shp", "shp.zip", "tab", "tab.zip", "kml", "csv"] {
            // One layer of points shows that an archive holds the same files.
            if ending.ends_with("zip") && layer != "villages" {
                continue;
            }
            let to = dir.path().join(format!("{layer}.{ending}"));
            let said = export(layer, &to, &[]);
            let (rows, boxes) = by_gdal(&to);
            let is_placed = |feature: &&Json| ending != "fgb" || !feature["geometry"].is_null();
            let features: Vec<Json> = features.iter().filter(is_placed).cloned().collect();
            assert_eq!(said["rows"], features.len(), "{layer}.{ending}");
            let told = std::fs::read_to_string(dir.path().join(format!("{layer}.columns.txt"))).unwrap_or_default();
            let named = |name: &str| {
                let mut lines = told.lines().map(|line| line.split('\t').collect::<Vec<_>>());
                let line = lines.find(|line| line.get(1) == Some(&name) && ending.starts_with("shp"));
                line.map_or(name, |line| line[0]).to_owned()
            };
            // GDAL's reader of KML adds columns of its own and knows `name` as its own.
            if ending != "kml" {
                compare(layer, ending, &features, &rows, &named);
            }
            if ending == "csv" {
                continue;
            }
            if ending == "tab" {
                can_be_summed(layer, &features, &rows);
            }
            for feature in features.iter().filter(|feature| !feature["geometry"].is_null()) {
                let mut around = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
                corners(&feature["geometry"]["coordinates"], &mut around);
                let key = feature["id"].as_str().unwrap();
                let found = boxes[key];
                let off = around.iter().zip(found).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max);
                assert!(off < 2e-7, "{layer}.{ending} {key}: {around:?} {found:?}");
            }
            let placed = features.iter().filter(|feature| !feature["geometry"].is_null()).count();
            assert_eq!(boxes.len(), placed, "{layer}.{ending}: a row without a place has none");
        }
    }
}

#[test]
fn a_download_is_the_file_of_the_terminal_under_a_type_and_a_name_of_its_own() {
    let server = Server::of_demo();
    let formats = server.json("/api/meta")["formats"].clone();
    let formats: Vec<&str> = formats.as_array().unwrap().iter().filter_map(Json::as_str).collect();
    assert!(["geojson", "geojsonl", "csv", "xlsx", "kml", "parquet"].iter().all(|one| formats.contains(one)));
    for ending in formats {
        let path = format!("/export/villages.{ending}?filter=percent%20%3C%2050&operator=viettel");
        let reply = server.get(&path);
        assert_eq!(reply.status, 200, "{path}: {}", text(&reply.body));
        let kept = reply.header("content-disposition").unwrap();
        assert!(
            kept.contains("villages_operator_viettel_filtered-") && kept.contains(&format!(".{ending}\"")),
            "{kept}"
        );
        assert!(kept.contains("filename*=UTF-8''villages"), "{kept}");
        assert!(!reply.body.is_empty() && reply.header("content-type").is_some(), "{ending}");
        let tag = reply.header("etag").unwrap();
        assert_eq!(server.ask(&path, &[("if-none-match", tag)]).status, 304, "{ending}");
        let other = server.get(&path.replace("50", "49"));
        assert_ne!(other.header("etag"), Some(tag), "{ending}");
    }
    let refused = server.get("/export/villages.exe").json();
    assert!(refused["hint"].as_str().unwrap().contains("parquet"), "{refused}");
}

#[test]
fn a_download_comes_whole_compressed_or_not() {
    use std::io::Read;

    let server = Server::of_demo();
    for ending in ["geojson", "geojsonl", "csv", "kml"] {
        let path = format!("/export/villages.{ending}");
        let plain = server.get(&path);
        let packed = server.ask(&path, &[("accept-encoding", "gzip")]);
        assert_eq!(packed.header("content-encoding"), Some("gzip"), "{ending}");
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&packed.body[..]).read_to_end(&mut unpacked).unwrap();
        assert!(unpacked == plain.body, "{ending}: {} of {} bytes", unpacked.len(), plain.body.len());
    }
}

#[test]
fn lists_files_and_the_ogc_choose_the_same_rows() {
    let server = Server::of_demo();
    let dir = folder();
    for (layer, asked) in [
        ("villages", "filter=percent%20%3C%2050"),
        ("villages", "bbox=105.8,20.1,106.0,20.3"),
        ("communes", "filter=percent%20%3C%2010%20OR%20percent%20IS%20NULL"),
        ("signal", "bbox=105.5,19.9,106.4,20.6&filter=verdict%3D%27weak%27"),
        (
            "villages",
            "filter=%7B%22op%22%3A%22%3C%22%2C%22args%22%3A%5B%7B%22property%22%3A%22percent%22%7D%2C50%5D%7D&filter-lang=cql2-json",
        ),
    ] {
        let listed = server.json(&format!("/api/{layer}?{asked}&limit=5000"));
        let keys = |items: &Json, name: &str| -> Vec<String> {
            items.as_array().unwrap().iter().filter_map(|item| item[name].as_str()).map(str::to_owned).collect()
        };
        let list = keys(&listed["items"], "key");
        assert_eq!(listed["total"], if list.len() < 5000 { list.len().into() } else { listed["total"].clone() });
        let file = server.json(&format!("/export/{layer}.geojson?{asked}"));
        let rows = keys(&file["features"], "id");
        assert_eq!(rows[..list.len()], list, "{layer} {asked}");
        assert!(
            !rows.is_empty() && file["metadata"]["filter"].as_str().is_some_and(|said| !said.is_empty()),
            "{asked}"
        );
        let items = server.json(&format!("/ogc/collections/{layer}/items?{asked}&limit=5000"));
        assert_eq!(keys(&items["features"], "id"), list, "{layer} {asked}");
        assert_eq!(items["numberMatched"], rows.len());
        let whole = server.json(&format!("/api/{layer}"))["total"].as_u64().unwrap();
        assert!((rows.len() as u64) < whole, "{layer} {asked} chooses nothing");
    }
    let to = dir.path().join("a.geojson");
    let said = export("villages", &to, &["--filter", "percent < 50"]);
    assert_eq!(said["rows"], server.json("/api/villages?filter=percent%20%3C%2050")["total"]);
}

#[test]
fn a_commune_holds_its_own_villages_and_the_cells_on_its_ground() {
    let server = Server::of_demo();
    let code = server.json("/api/communes?limit=1")["items"][0]["code"].as_str().unwrap().to_owned();
    let villages = server.json(&format!("/api/villages?commune={code}&limit=5000"));
    let items = villages["items"].as_array().unwrap();
    assert!(!items.is_empty() && items.iter().all(|row| row["commune"] == code.as_str()));
    assert_eq!(server.json(&format!("/api/communes?commune={code}"))["total"], 1, "neighbours share its edge");
    let cells = |code: &str| server.json(&format!("/api/signal?commune={code}"))["total"].as_u64().unwrap();
    let codes = server.json("/api/communes?limit=5000");
    let codes: Vec<&str> = codes["items"].as_array().unwrap().iter().filter_map(|row| row["code"].as_str()).collect();
    let some = codes.iter().map(|code| cells(code)).find(|cells| *cells > 0).expect("a commune with cells");
    assert!(some < server.json("/api/signal")["total"].as_u64().unwrap());
    let db = demo_store().to_string_lossy().into_owned();
    let dir = folder();
    let never = dir.path().join("never.csv");
    let refused = run(&["export", "villages", "--db", &db, "--commune", "99999", "-o", &never.to_string_lossy()]);
    assert!(text(&refused.stderr).contains("99999"), "{}", text(&refused.stderr));
}

/// A filter asks the rows that a reader sees, and no others: which rows stay tells nothing more than the rows.
#[test]
fn a_filter_tells_a_reader_no_more_than_the_rows_do() {
    for role in ["public", "telecom:viettel", "department"] {
        let server = Server::start_with(demo_store(), &["--as", role]);
        for (layer, column) in [
            ("villages", "guided"),
            ("communes", "guided"),
            ("villages", "visited"),
            ("unreached", "remaining"),
            ("villages", "percent"),
        ] {
            let whole = server.json(&format!("/api/{layer}?limit=5000"));
            let items = whole["items"].as_array().unwrap();
            let keys = |rows: &mut dyn Iterator<Item = &Json>| -> Vec<String> {
                rows.map(|row| row["key"].as_str().unwrap().to_owned()).collect()
            };
            let figure = |row: &Json| row.get(column).and_then(Json::as_f64);
            for (asked, test) in [
                (
                    format!("{column} >= 1 AND {column} <= 4"),
                    Box::new(|value: Option<f64>| value.is_some_and(|v| (1.0..=4.0).contains(&v)))
                        as Box<dyn Fn(Option<f64>) -> bool>,
                ),
                (format!("{column} > 20"), Box::new(|value: Option<f64>| value.is_some_and(|v| v > 20.0))),
                (format!("NOT ({column} > 20)"), Box::new(|value: Option<f64>| value.is_some_and(|v| v <= 20.0))),
                (format!("{column} IS NULL"), Box::new(|value: Option<f64>| value.is_none())),
            ] {
                let encoded = asked.replace(' ', "%20").replace('>', "%3E").replace('<', "%3C");
                let chosen = server.json(&format!("/api/{layer}?limit=5000&filter={encoded}"));
                let chosen = keys(&mut chosen["items"].as_array().unwrap().iter());
                let shown = keys(&mut items.iter().filter(|row| test(figure(row))));
                assert_eq!(chosen, shown, "{role} {layer} {asked}");
                if column == "guided" && asked.contains("<= 4") {
                    assert!(chosen.is_empty(), "{role} {layer}: {chosen:?}");
                }
            }
        }
        let claimed = server.get("/api/communes?filter=cells_claimed%20%3E%200");
        assert_eq!(claimed.status == 200, role == "department", "{role}: {}", text(&claimed.body));
        if claimed.status != 200 {
            let problem = claimed.json();
            assert!(problem["detail"].as_str().unwrap().contains("`cells_claimed`"), "{problem}");
        }
    }
}

#[test]
fn what_a_guarded_file_was_filtered_by_stands_in_the_audit() {
    let dir = folder();
    let store = dir.path().join("phusong.gpkg");
    std::fs::copy(demo_store(), &store).unwrap();
    let db = store.to_string_lossy().into_owned();
    let to = dir.path().join("work.csv").to_string_lossy().into_owned();
    run_json(&["export", "work", "--db", &db, "--filter", "rank <= 3", "-o", &to, "--purpose", "họp"]);
    let server = Server::start(&store);
    assert_eq!(server.get("/export/work.csv?filter=rank%20%3C%203&purpose=x").status, 200);
    drop(server);
    let events = run_json(&["audit", "--db", &db]);
    let subjects: Vec<&str> =
        events["items"].as_array().unwrap().iter().filter_map(|event| event["subject"].as_str()).collect();
    assert!(
        subjects.contains(&"work.csv?filter=rank <= 3") && subjects.contains(&"work.csv?filter=rank < 3"),
        "{subjects:?}"
    );
}

/// The members of a row, for what only compares names.
#[test]
fn a_filtered_file_has_the_columns_of_the_whole_one() {
    let dir = folder();
    let (some, none) = (dir.path().join("some.geojson"), dir.path().join("none.csv"));
    export("communes", &some, &["--filter", "percent >= 0"]);
    export("communes", &none, &["--filter", "percent > 1000"]);
    let columns: Map<String, Json> = geojson(&some)[0]["properties"].as_object().unwrap().clone();
    let heading = std::fs::read_to_string(&none).unwrap();
    assert_eq!(heading.lines().count(), 1, "only a heading");
    assert!(columns.keys().all(|name| heading.contains(name.as_str())), "{heading}");
}
