//! Bad input is normal: a clear message with line and hint, no panic, no loss.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::Value as Json;

use crate::support::{demo_store, folder, phusong, run, run_json, text};

const SAMPLES: &str =
    "time,operator,technology,state,rsrp,rsrq,sinr,download_kbps,lon,lat,accuracy_m,speed_kmh,device,cell\n";
const VILLAGES: &str = "code,commune_code,commune_name,name,kind,lon,lat,precision_m,households,households_date,population,confidence,aliases\n";
const VISITS: &str =
    "id,time,village_code,village,commune_code,commune,lon,lat,accuracy_m,household,result,guided,signal_viettel\n";

/// A store with the communes and villages of the demo, made once and copied for each test.
fn province(dir: &Path) -> String {
    let db = dir.join("copy.gpkg");
    fs::copy(demo_store(), &db).unwrap();
    db.to_string_lossy().into_owned()
}

struct Outcome {
    output: Output,
    words: String,
    report: Json,
    rejects: String,
}

/// Imports bytes under a name into an empty store (or a given one), with `--json`, and again in words as a dry run.
fn import_into(db: Option<&str>, kind: &str, name: &str, bytes: &[u8], more: &[&str]) -> Outcome {
    let dir = folder();
    let file = dir.path().join(name);
    fs::write(&file, bytes).unwrap();
    let own = dir.path().join("store.gpkg").to_string_lossy().into_owned();
    let db = db.unwrap_or(&own);
    let file = file.to_string_lossy().into_owned();
    let mut arguments = vec!["import", kind, &file, "--db", db];
    arguments.extend(more);
    let words = phusong().args(&arguments).arg("--dry-run").output().unwrap();
    let words = format!("{}{}", text(&words.stdout), text(&words.stderr));
    let output = phusong().arg("--json").args(&arguments).output().unwrap();
    let report: Json = serde_json::from_slice(&output.stdout).unwrap_or(Json::Null);
    let rejects = fs::read_to_string(format!("{file}.rejects.csv")).unwrap_or_default();
    for shown in [&words, &text(&output.stderr)] {
        assert!(!shown.contains("panicked"), "{name}: {shown}");
    }
    Outcome { output, words, report: report["files"][0].clone(), rejects }
}

fn import(kind: &str, name: &str, bytes: &[u8]) -> Outcome {
    import_into(None, kind, name, bytes, &[])
}

/// The file as a whole is refused, in words that hold each of `words`.
fn refused_whole(kind: &str, name: &str, bytes: &[u8], words: &[&str]) {
    let outcome = import(kind, name, bytes);
    assert!(!outcome.output.status.success(), "{kind} {name} was accepted: {}", outcome.report);
    let shown = outcome.words.to_lowercase();
    assert!(shown.contains(name) && shown.contains("hint:"), "{kind} {name}: {}", outcome.words);
    for word in words {
        assert!(shown.contains(word), "{kind} {name}: no `{word}` in: {}", outcome.words);
    }
}

/// Some rows are refused: how many of each, with this line, this reason and these words in the message.
fn refused_row(outcome: &Outcome, accepted: u64, line: u64, reason: &str, words: &[&str]) {
    assert_eq!(outcome.report["accepted"].as_u64(), Some(accepted), "{}\n{}", outcome.report, outcome.words);
    let row = outcome.rejects.lines().find(|row| row.starts_with(&format!("{line},")));
    let row =
        row.unwrap_or_else(|| panic!("line {line} is not among the refused:\n{}\n{}", outcome.rejects, outcome.words));
    assert!(row.contains(reason), "`{reason}` expected: {row}");
    assert!(outcome.words.contains(&format!(":{line}:")), "{}", outcome.words);
    for word in words {
        assert!(outcome.words.contains(word), "no `{word}` in: {}", outcome.words);
    }
}

#[test]
fn an_empty_file_is_named_as_empty() {
    for (kind, name) in [
        ("boundaries", "a.geojson"),
        ("mergers", "a.csv"),
        ("villages", "a.csv"),
        ("villages", "a.geojson"),
        ("visits", "a.csv"),
        ("samples", "a.csv"),
        ("claims", "a.csv"),
        ("claims", "a.geojson"),
    ] {
        refused_whole(kind, name, b"", &["empty"]);
        refused_whole(kind, name, b"\xef\xbb\xbf\n\n", &[]);
    }
}

#[test]
fn a_truncated_geojson_keeps_what_came_before_the_cut_and_says_where_it_ends() {
    let whole = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"13285","name":"Phủ Lý","kind":"phường"},"geometry":{"type":"Polygon","coordinates":[[[105.9,20.5],[105.95,20.5],[105.95,20.55],[105.9,20.5]]]}},
{"type":"Feature","properties":{"code":"13291","name":"Phù Vân","kind":"phường"},"geometry":{"type":"Polygon","coordinates":[[[105.8,20.5],[105.85,20.5],"#;
    let outcome = import("boundaries", "cut.geojson", whole.as_bytes());
    assert!(outcome.words.to_lowercase().contains("cut off") || outcome.words.contains("JSON"), "{}", outcome.words);
    assert!(outcome.report["refused"].as_u64() != Some(0), "{}", outcome.report);
}

#[test]
fn a_csv_with_swapped_coordinates_is_told_so() {
    let rows = format!(
        "{SAMPLES}2026-01-05T08:00:00+07:00,viettel,4G,in_service,-95,-10,10,,20.25,105.97,5,30,a,1\n2026-01-05T08:00:01+07:00,viettel,4G,in_service,-95,-10,10,,105.97,20.25,5,30,a,1\n"
    );
    let outcome = import("samples", "swapped.csv", rows.as_bytes());
    refused_row(&outcome, 1, 2, "swapped_lat_lon", &["swapped"]);
}

#[test]
fn coordinates_that_are_no_place_are_refused_one_by_one() {
    let mut rows = SAMPLES.to_owned();
    for (lon, lat) in
        [("NaN", "20.2"), ("1e300", "20.2"), ("0", "0"), ("105.97", "inf"), ("", "20.2"), ("105.97", "20.25")]
    {
        rows += &format!("2026-01-05T08:00:00+07:00,viettel,4G,in_service,-95,-10,10,,{lon},{lat},5,30,a,1\n");
    }
    let outcome = import("samples", "places.csv", rows.as_bytes());
    refused_row(&outcome, 1, 2, "not_a_number", &[]);
    refused_row(&outcome, 1, 4, "null_island", &["0, 0"]);
    refused_row(&outcome, 1, 6, "missing", &[]);
    for line in [3, 5] {
        assert!(outcome.rejects.lines().any(|row| row.starts_with(&format!("{line},"))), "{}", outcome.rejects);
    }
}

#[test]
fn a_power_that_no_radio_reports_never_becomes_a_reading() {
    let mut rows = SAMPLES.to_owned();
    for rsrp in ["2147483647", "-200", "-", "-95"] {
        rows += &format!("2026-01-05T08:00:00+07:00,viettel,4G,in_service,{rsrp},-10,10,,105.97,20.25,5,30,a,1\n");
    }
    rows += "2026-01-05T08:00:09+07:00,viettel,4G,no_service,,,,,105.97,20.25,5,30,a,1\n";
    let outcome = import("samples", "power.csv", rows.as_bytes());
    assert_eq!(
        (outcome.report["accepted"].as_u64(), outcome.report["refused"].as_u64()),
        (Some(2), Some(3)),
        "{}",
        outcome.report
    );
    assert!(outcome.words.contains("no_service"), "{}", outcome.words);
}

#[test]
fn decomposed_text_means_the_same_village() {
    let dir = folder();
    let db = province(dir.path());
    let communes = run_json(&[
        "import",
        "villages",
        &write(
            dir.path(),
            "nfc.csv",
            &format!("{VILLAGES},14329,,Xóm Đường Mới,xóm,105.97,20.25,50,120,2026-01-01,,official,\n"),
        ),
        "--db",
        &db,
    ]);
    assert_eq!(communes["files"][0]["inserted"], 1, "{communes}");
    // The same name in NFD: e + combining marks, as a Mac writes it.
    let nfd = "Xo\u{301}m Đu\u{31b}o\u{31b}\u{300}ng Mo\u{31b}\u{301}i";
    let again = run_json(&[
        "import",
        "villages",
        &write(
            dir.path(),
            "nfd.csv",
            &format!("{VILLAGES},14329,,{nfd},xóm,105.97,20.25,50,120,2026-01-01,,official,\n"),
        ),
        "--db",
        &db,
    ]);
    assert_eq!(
        (again["files"][0]["inserted"].as_u64(), again["files"][0]["refused"].as_u64()),
        (Some(0), Some(0)),
        "{again}"
    );
}

#[test]
fn a_windows_file_with_semicolons_a_mark_and_decimal_commas_is_read() {
    let rows = "\u{feff}Mã xã;Tên xã;Tên thôn;Kinh độ;Vĩ độ;Số hộ;Nhân khẩu\r\n14329;;Xóm Cổng Đình;105,9712;20,2501;1.204;4.310\r\n14329;;Xóm Ao;105,9722;20,2511;;\r\n";
    let dir = folder();
    let db = province(dir.path());
    let outcome = import_into(Some(&db), "villages", "excel.csv", rows.as_bytes(), &[]);
    assert_eq!(
        (outcome.report["accepted"].as_u64(), outcome.report["refused"].as_u64()),
        (Some(2), Some(0)),
        "{}",
        outcome.words
    );
    let to = dir.path().join("villages.geojson");
    run_json(&["export", "villages", "--db", &db, "-o", &to.to_string_lossy()]);
    let file: Json = serde_json::from_str(&fs::read_to_string(&to).unwrap()).unwrap();
    let village = |name: &str| {
        file["features"].as_array().unwrap().iter().find(|f| f["properties"]["name"] == name).unwrap().clone()
    };
    let first = village("Xóm Cổng Đình");
    assert_eq!(first["properties"]["households"], 1204, "{first}");
    assert!((first["geometry"]["coordinates"][0].as_f64().unwrap() - 105.9712).abs() < 1e-9, "{first}");
    // No declared households: not a figure, and not 0 or 100 %.
    let second = village("Xóm Ao");
    assert_eq!(second["properties"]["status"], "no_denominator");
    assert_eq!(second["properties"]["households"], Json::Null);
    assert_eq!(second["properties"]["households_note"], "not_reported");
    assert_eq!(second["properties"]["percent"], Json::Null);
}

#[test]
fn a_vanished_code_follows_the_merger_and_a_split_one_is_held() {
    let dir = folder();
    let db = province(dir.path());
    // 13294 Châu Cầu went whole to 13285 Phủ Lý; 13354 Tiên Nội was split; 99999 never was.
    let rows = format!(
        "{VISITS}v1,2026-01-05T09:00:00+07:00,,,13294,,,,,a,guided,2,\nv2,2026-01-05T09:00:00+07:00,,,13354,,,,,b,guided,2,\nv3,2026-01-05T09:00:00+07:00,,,99999,,,,,c,guided,1,\n"
    );
    let outcome = import_into(Some(&db), "visits", "old_codes.csv", rows.as_bytes(), &[]);
    refused_row(&outcome, 1, 3, "split_unit", &["split between"]);
    refused_row(&outcome, 1, 4, "unknown_unit", &["99999"]);
}

#[test]
fn an_unknown_village_is_refused_with_what_it_may_have_meant() {
    let dir = folder();
    let db = province(dir.path());
    let villages = format!("{VILLAGES},14329,,Xóm Cổng Đình,xóm,105.97,20.25,50,120,2026-01-01,,official,\n");
    run_json(&["import", "villages", &write(dir.path(), "one.csv", &villages), "--db", &db]);
    let rows = format!(
        "{VISITS}v1,2026-01-05T09:00:00+07:00,,Xóm Cổng Đin,14329,,,,,a,guided,2,\nv2,2026-01-05T09:00:00+07:00,14329-9999,,,,,,,b,guided,2,\nv3,2026-01-05T09:00:00+07:00,,xom cong dinh,14329,,,,,c,guided,2,\n"
    );
    let outcome = import_into(Some(&db), "visits", "unknown.csv", rows.as_bytes(), &[]);
    refused_row(&outcome, 1, 2, "unknown_village", &["Xóm Cổng Đình"]);
    refused_row(&outcome, 1, 3, "unknown_village", &["14329-9999"]);
}

#[test]
fn a_file_whose_extension_lies_is_named_for_what_it_is() {
    let zip = b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00[Content_Types].xml";
    let png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR";
    let sqlite = b"SQLite format 3\x00\x10\x00\x02\x02\x00";
    let pdf = b"%PDF-1.7\n1 0 obj";
    let noise: Vec<u8> = (0..4096_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for kind in ["mergers", "villages", "visits", "samples", "claims"] {
        refused_whole(kind, "a.csv", zip, &[]);
        refused_whole(kind, "b.csv", png, &[]);
        refused_whole(kind, "c.csv", sqlite, &[]);
        refused_whole(kind, "d.csv", pdf, &["pdf"]);
        refused_whole(kind, "e.csv", &noise, &[]);
    }
    refused_whole("boundaries", "f.geojson", png, &[]);
    refused_whole("boundaries", "g.geojson", b"code,name\n13285,Ph", &[]);
    refused_whole("samples", "h.csv", br#"{"type":"FeatureCollection","features":[]}"#, &[]);
}

#[test]
fn a_folder_a_missing_file_and_a_store_that_is_none_are_said_plainly() {
    let dir = folder();
    let db = dir.path().join("store.gpkg").to_string_lossy().into_owned();
    for path in
        [dir.path().to_string_lossy().into_owned(), dir.path().join("nowhere.csv").to_string_lossy().into_owned()]
    {
        let output = run(&["import", "samples", &path, "--db", &db]);
        assert!(!output.status.success());
        assert!(text(&output.stderr).contains("hint:"), "{}", text(&output.stderr));
    }
    let not_a_store = write(dir.path(), "notes.gpkg", "this is no store\n");
    let output = run(&["serve", "--port", "0", "--db", &not_a_store]);
    assert!(!output.status.success());
    assert!(!text(&output.stderr).contains("panicked"));
    assert_eq!(fs::read_to_string(&not_a_store).unwrap(), "this is no store\n", "a foreign file was written to");
    let output = run(&["serve", "--port", "0", "--db", "nowhere/none.gpkg"]);
    assert!(text(&output.stderr).contains("there is no store"), "{}", text(&output.stderr));
}

#[test]
fn polygons_that_are_none_are_refused_with_a_reason_each() {
    let mut features = Vec::new();
    for (i, ring) in [
        "[[105.9,20.5],[105.95,20.5]]",                                           // two points
        "[[105.9,20.5],[105.95,20.55],[105.95,20.5],[105.9,20.55],[105.9,20.5]]", // bow-tie
        "[[105.9,20.5],[1e300,20.5],[105.95,20.55],[105.9,20.5]]",                // huge
        "[[105.9,20.5],[105.9,20.5],[105.9,20.5],[105.9,20.5]]",                  // no area
        "[]",                                                                     // empty
        "[[500000,2250000],[501000,2250000],[501000,2251000],[500000,2250000]]",  // metres
        "[[105.9,20.5],[105.95,20.5],[105.95,20.55],[105.9,20.5]]",               // good
    ]
    .into_iter()
    .enumerate()
    {
        features.push(format!(r#"{{"type":"Feature","properties":{{"code":"1328{i}","name":"Xã {i}","kind":"xã"}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}"#));
    }
    features
        .push(r#"{"type":"Feature","properties":{"code":"13299","name":"Không","kind":"xã"},"geometry":null}"#.into());
    let file = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    let outcome = import("boundaries", "shapes.geojson", file.as_bytes());
    let (accepted, refused) =
        (outcome.report["accepted"].as_u64().unwrap(), outcome.report["refused"].as_u64().unwrap());
    assert_eq!(accepted + refused, 8, "{}\n{}", outcome.report, outcome.rejects);
    assert!(accepted <= 2 && outcome.rejects.contains("bad_geometry"), "{}\n{}", outcome.report, outcome.rejects);
}

#[test]
fn quotes_left_open_ragged_rows_and_one_endless_line_end_in_words() {
    let open =
        format!("{SAMPLES}2026-01-05T08:00:00+07:00,\"viettel,4G,in_service,-95,-10,10,,105.97,20.25,5,30,a,1\n");
    assert_eq!(import("samples", "open.csv", open.as_bytes()).report["accepted"].as_u64().unwrap_or(0), 0);
    let ragged = format!(
        "{SAMPLES}2026-01-05T08:00:00+07:00,viettel,4G\n2026-01-05T08:00:00+07:00,viettel,4G,in_service,-95,-10,10,,105.97,20.25,5,30,a,1\n"
    );
    refused_row(&import("samples", "ragged.csv", ragged.as_bytes()), 1, 2, "wrong_width", &[]);
    let endless = format!("{SAMPLES}{}", "9".repeat(10_000_000));
    assert_eq!(import("samples", "endless.csv", endless.as_bytes()).report["accepted"].as_u64().unwrap_or(0), 0);
}

#[test]
fn the_same_file_twice_changes_nothing_and_its_rows_in_another_file_are_known() {
    let dir = folder();
    let db = dir.path().join("store.gpkg").to_string_lossy().into_owned();
    let row = "2026-01-05T08:00:00+07:00,viettel,4G,in_service,-95,-10,10,,105.97,20.25,5,30,a,1\n";
    let first = write(dir.path(), "one.csv", &format!("{SAMPLES}{row}"));
    assert_eq!(run_json(&["import", "samples", &first, "--db", &db])["files"][0]["inserted"], 1);
    let again = run_json(&["import", "samples", &first, "--db", &db]);
    assert!(again["files"][0]["already_imported"].is_string(), "{again}");
    let copy = write(dir.path(), "two.csv", &format!("{SAMPLES}{row}\n"));
    let other = run_json(&["import", "samples", &copy, "--db", &db]);
    assert_eq!(
        (other["files"][0]["inserted"].as_u64(), other["files"][0]["unchanged"].as_u64()),
        (Some(0), Some(1)),
        "{other}"
    );
}

#[test]
fn strict_fails_where_a_row_is_refused_and_a_dry_run_writes_nothing() {
    let rows = format!(
        "{SAMPLES}2026-01-05T08:00:00+07:00,viettel,4G,in_service,-300,,,,105.97,20.25,5,30,a,1\n2026-01-05T08:00:00+07:00,viettel,4G,in_service,-95,,,,105.97,20.25,5,30,a,1\n"
    );
    assert!(import("samples", "some.csv", rows.as_bytes()).output.status.success());
    assert!(!import_into(None, "samples", "some.csv", rows.as_bytes(), &["--strict"]).output.status.success());
    let dir = folder();
    let db = dir.path().join("store.gpkg").to_string_lossy().into_owned();
    let file = write(dir.path(), "dry.csv", &rows);
    let dry = run_json(&["import", "samples", &file, "--db", &db, "--dry-run"]);
    assert_eq!(dry["files"][0]["accepted"], 1, "{dry}");
    assert!(!Path::new(&format!("{file}.rejects.csv")).exists());
    assert_eq!(run_json(&["import", "samples", &file, "--db", &db])["files"][0]["inserted"], 1);
}

#[test]
fn no_person_reaches_the_store_or_the_refused_rows() {
    let dir = folder();
    let db = province(dir.path());
    let rows = "id,time,commune_code,lon,lat,household,result,Họ tên chủ hộ,Số điện thoại,deviceid\n\
        p1,2026-01-05T09:00:00+07:00,14329,,,ngõ 3/12,guided,Nguyễn Văn Bí Mật,0912345678,imei-9988\n\
        p2,sometime,14329,,,ngõ 3/14,guided,Trần Thị Bí Mật,0987654321,imei-9989\n";
    let outcome = import_into(Some(&db), "visits", "people.csv", rows.as_bytes(), &[]);
    let dropped = outcome.report["dropped_fields"].to_string();
    assert!(dropped.contains("Họ tên") && dropped.contains("điện thoại") && dropped.contains("deviceid"), "{dropped}");
    run_json(&["analyse", "--db", &db]);
    let stored = fs::read(&db).unwrap();
    for secret in ["Bí Mật", "0912345678", "0987654321", "imei-998", "ngõ 3/12"] {
        assert!(!stored.windows(secret.len()).any(|w| w == secret.as_bytes()), "`{secret}` is in the store");
        assert!(!outcome.rejects.contains(secret), "`{secret}` is in the rejects");
    }
}

#[test]
fn three_hundred_megabytes_pass_through_in_pieces() {
    let dir = folder();
    let path = dir.path().join("large.csv");
    let mut file = std::io::BufWriter::new(fs::File::create(&path).unwrap());
    file.write_all(SAMPLES.as_bytes()).unwrap();
    let mut size = SAMPLES.len();
    let mut rows = 0_u64;
    while size < 300_000_000 {
        let (minute, second) = ((rows / 60) % 60, rows % 60);
        let row = format!(
            "2026-01-05T08:{minute:02}:{second:02}+07:00,viettel,4G,in_service,-{},-10,10,,105.{:06},20.{:06},5,30,dev{},1234567890123{}\n",
            80 + rows % 30,
            rows % 900_000,
            200_000 + rows % 100_000,
            rows / 3600,
            " ".repeat(220)
        );
        file.write_all(row.as_bytes()).unwrap();
        size += row.len();
        rows += 1;
    }
    file.write_all(b"2026-01-05T08:00:00+07:00,viettel,4G,in_service,-999,-10,10,,105.97,20.25,5,30,a,1\n").unwrap();
    drop(file);
    let db = dir.path().join("store.gpkg").to_string_lossy().into_owned();
    let report = run_json(&["import", "samples", &path.to_string_lossy(), "--db", &db]);
    assert_eq!(report["files"][0]["accepted"].as_u64(), Some(rows), "{report}");
    assert_eq!(report["files"][0]["refused"].as_u64(), Some(1), "{report}");
}

#[test]
fn a_kill_in_the_middle_of_an_import_leaves_the_store_as_it_was() {
    let dir = folder();
    let db = dir.path().join("store.gpkg").to_string_lossy().into_owned();
    let small = write(
        dir.path(),
        "small.csv",
        &format!("{SAMPLES}2026-01-05T08:00:00+07:00,viettel,4G,in_service,-95,-10,10,,105.97,20.25,5,30,a,1\n"),
    );
    run_json(&["import", "samples", &small, "--db", &db]);
    let mut rows = SAMPLES.to_owned();
    for i in 0..400_000 {
        rows += &format!(
            "2026-01-05T08:00:00+07:00,viettel,4G,in_service,-95,-10,10,,105.{:06},20.25,5,30,d{i},1\n",
            i % 900_000
        );
    }
    let large = write(dir.path(), "large.csv", &rows);
    let mut killed_midway = false;
    for wait_ms in [400, 200, 100, 800, 50] {
        let mut child =
            phusong().args(["import", "samples", &large, "--db", &db]).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait_ms));
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap(); // SIGKILL
            child.wait().unwrap();
            killed_midway = true;
            break;
        }
        // It finished before it could be killed: start from a store without it.
        for suffix in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(format!("{db}{suffix}"));
        }
        run_json(&["import", "samples", &small, "--db", &db]);
    }
    assert!(killed_midway, "the import was never caught under way");
    assert_eq!(run_json(&["check", "store", "--db", &db])["problems"], serde_json::json!([]));
    assert_eq!(run_json(&["analyse", "--db", &db])["samples"], 1);
    let again = run_json(&["import", "samples", &large, "--db", &db]);
    assert_eq!(again["files"][0]["inserted"], 400_000, "{again}");
}

#[test]
fn a_time_of_nineteen_nines_is_a_refused_row_everywhere() {
    let endless = "9999999999999999999";
    let rows = format!("{SAMPLES}{endless},viettel,4G,in_service,-95,-10,10,,105.97,20.25,5,30,a,1\n");
    refused_row(&import("samples", "nines.csv", rows.as_bytes()), 0, 2, "not_a_time", &[]);
    let rows = format!("{VISITS}v1,{endless},,,14329,,,,,a,guided,2,\n");
    refused_row(&import("visits", "nines.csv", rows.as_bytes()), 0, 2, "not_a_time", &[]);
    let rows = format!("{VILLAGES},14329,,A,,,,,10,{endless},,,\n");
    refused_row(&import("villages", "nines.csv", rows.as_bytes()), 0, 2, "not_a_time", &[]);
}

#[test]
fn a_file_of_another_kind_is_refused_with_the_command_that_reads_it() {
    let visits = format!("{VISITS}v1,2026-01-05T09:00:00+07:00,,Xóm Một,14329,,,,,a,guided,2,\n");
    let samples = format!("{SAMPLES}2026-01-05T08:00:00+07:00,viettel,4G,in_service,-95,,,,105.97,20.25,5,30,a,1\n");
    let villages = format!("{VILLAGES},14329,,Xóm Một,xóm,105.97,20.25,50,120,2026-01-01,,official,\n");
    let mergers = "old_code,old_name,new_code,new_name\n13294,Châu Cầu,13285,Phủ Lý\n";
    for (text, own) in [(&*visits, "visits"), (&samples, "samples"), (&villages, "villages"), (mergers, "mergers")] {
        for kind in ["boundaries", "mergers", "villages", "visits", "samples"] {
            if kind != own {
                refused_whole(kind, "a.csv", text.as_bytes(), &[&format!("phusong import {own}")]);
            }
        }
    }
}

#[test]
fn a_dry_run_makes_no_store() {
    let dir = folder();
    let db = dir.path().join("store.gpkg");
    let file = write(
        dir.path(),
        "dry.csv",
        &format!("{SAMPLES}2026-01-05T08:00:00+07:00,viettel,4G,in_service,-95,,,,105.97,20.25,5,30,a,1\n"),
    );
    let temporary = dir.path().join("temporary");
    fs::create_dir(&temporary).unwrap();
    let output = phusong()
        .env("TMPDIR", &temporary)
        .args(["--json", "import", "samples", &file, "--dry-run", "--db"])
        .arg(&db)
        .output()
        .unwrap();
    let report: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["files"][0]["accepted"], 1, "{report}");
    let left: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
}

fn write(dir: &Path, name: &str, content: &str) -> String {
    let path = dir.join(name);
    fs::write(&path, content).unwrap();
    path.to_string_lossy().into_owned()
}

#[test]
fn waypoints_come_in_and_what_they_say_of_people_stays_outside() {
    let dir = folder();
    let db = province(dir.path());
    let point =
        |inside: &str| format!("<wpt lat=\"20.25\" lon=\"105.97\"><time>2026-03-31T01:15:00Z</time>{inside}</wpt>");
    let track = "<trk><trkseg><trkpt lat=\"20.25\" lon=\"105.97\"/></trkseg></trk>";
    let file = |inside: &str| {
        format!(
            "<?xml version=\"1.0\"?><gpx version=\"1.1\" xmlns=\"http://www.topografix.com/GPX/1/1\">{inside}</gpx>"
        )
    };
    let both = [
        point("<name>Vắng nhà</name><cmt>Chủ hộ: Nguyễn Văn Sáu</cmt>"),
        point("<name>Nguyễn Văn Sáu</name>"),
        track.to_owned(),
    ];
    let outcome = import_into(Some(&db), "visits", "a.gpx", file(&both.concat()).as_bytes(), &["--lang", "vi"]);
    assert_eq!(
        (&outcome.report["accepted"], &outcome.report["refused"]),
        (&Json::from(1), &Json::from(1)),
        "{}",
        outcome.words
    );
    assert!(outcome.words.contains("1 điểm của vết đi") && outcome.words.contains("[constants]"), "{}", outcome.words);
    for shown in [&outcome.words, &outcome.rejects, &outcome.report.to_string()] {
        assert!(!shown.contains("Sáu"), "{shown}");
    }
    let bytes = fs::read(&db).unwrap();
    assert!(!bytes.windows("Nguyễn Văn Sáu".len()).any(|at| at == "Nguyễn Văn Sáu".as_bytes()));
    refused_whole("visits", "b.gpx", file(track).as_bytes(), &["waypoint"]);
}
