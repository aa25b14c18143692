//! Tables of other people's tools: mapped by a profile, guessed, refused, through the whole program.

use std::path::Path;

use nonmax::NonMaxU32;
use phusong::model::packed::Finite;
use serde_json::Value as Json;

use crate::support::{folder, phusong, run, run_json, text};

/// An export of a drive test tool: a title, units in headings and below them, day and clock apart.
const TEMS: &str = "TEMS Investigation, logfile ninh_binh_0331.trp\n\
    Date\tTime\tAll-Longitude [deg]\tAll-Latitude [deg]\tServing System\tServing EARFCN\tServing Cell RSRP [dBm]\t\
    Serving Cell RSRQ [dB]\tServing SINR [dB]\tPDSCH Throughput (Mbit/s)\tSpeed (m/s)\tService\tIMEI\n\
    \t\tdeg\tdeg\t\t\tdBm\tdB\tdB\tMbit/s\tm/s\t\t\n\
    03/31/2026\t08:15:00.250\t105.974500\t20.253900\tLTE FDD\t1275\t-97.5\t-11.2\t8.5\t12.4\t10\tIdle\t350000000000001\n\
    03/31/2026\t08:15:01.250\t105.974600\t20.254000\tLTE FDD\t1275\t-98.0\t-11.4\t8.1\t\t10\tIdle\t350000000000001\n\
    03/31/2026\t08:15:02.250\t105.974700\t20.254100\tLTE FDD\t\t-999\t\t\t\t10\tLost\t350000000000001\n\
    03/31/2026\t08:15:03.250\t105.974800\t20.254200\tLTE FDD\t1275\t-999\t\t\t\t10\tIdle\t350000000000001\n";

const TEMS_PROFILE: &str = r#"format = 1
name = "tems ninh binh"
[table]
delimiter = "tab"
lines_before_header = 1
lines_after_header = 1
missing = [-999]
[columns]
longitude = "All-Longitude [deg]"
latitude = "All-Latitude [deg]"
date = "Date"
clock = "Time"
technology = "Serving System"
arfcn = "Serving EARFCN"
power = "Serving Cell RSRP [dBm]"
rsrq = "Serving Cell RSRQ [dB]"
sinr = "Serving SINR [dB]"
download = "PDSCH Throughput (Mbit/s)"
speed = "Speed (m/s)"
state = "Service"
device = "IMEI"
[time]
format = "%m/%d/%Y %H:%M:%S%.f"
zone = "UTC"
[units]
download = "Mbit/s"
speed = "m/s"
[constants]
operator = "viettel"
[words.technology]
"LTE FDD" = "4G"
[words.state]
"Idle" = "in_service"
"Lost" = "no_service"
"#;

/// A table of an office, with decimal commas and the office's own word for a network.
const OFFICE: &str = "Kinh độ;Vĩ độ;Thời gian;Nhà mạng;Công nghệ;Mức thu (dBm)\n\
    105,9745;20,2539;31/03/2026 08:15:00;Mạng A;4G;-97,5\n\
    105,9746;20,2540;31/03/2026 08:15:01;Mạng B;4G;-101\n\
    105,9747;20,2541;31/03/2026 08:15:02;Mạng A;4G;Mất sóng\n\
    105,9748;20,2542;31/03/2026 08:15:03;Mạng C;4G;-300\n";

const OFFICE_PROFILE: &str = r#"format = 1
name = "so-tttt"
[table]
no_service = ["Mất sóng"]
[columns]
longitude = "Kinh độ"
latitude = "Vĩ độ"
time = "Thời gian"
operator = "Nhà mạng"
technology = "Công nghệ"
power = "Mức thu (dBm)"
[words.operator]
"Mạng A" = "viettel"
"Mạng B" = "vnpt"
"Mạng C" = "mobifone"
"#;

/// A list of an app that counts in strength units.
const ASU: &str = "when;where_x;where_y;net;gen;strength (ASU)\n\
    1774919700;105.9745;20.2539;45204;2G;10\n\
    1774919701;105.9746;20.2540;45204;3G;30\n\
    1774919702;105.9747;20.2541;45202;3G;99\n";

const ASU_PROFILE: &str = r#"format = 1
name = "asu"
[table]
no_service = [99]
[columns]
longitude = "where_x"
latitude = "where_y"
time = "when"
operator = "net"
technology = "gen"
power = "strength (ASU)"
[units]
power = "ASU"
"#;

/// Writes a table and a profile beside each other, and returns their names.
fn write(folder: &Path, name: &str, table: &str, profile: &str) -> [String; 3] {
    let (file, toml, db) = (folder.join(name), folder.join("p.toml"), folder.join(format!("{name}.gpkg")));
    std::fs::write(&file, table).unwrap();
    std::fs::write(&toml, profile).unwrap();
    [file, toml, db].map(|path| path.to_string_lossy().into_owned())
}

fn import(table: &str, profile: &str) -> Json {
    let folder = folder();
    let [file, toml, db] = write(folder.path(), "table.txt", table, profile);
    run_json(&["import", "samples", &file, "--profile", &toml, "--db", &db])["files"][0].clone()
}

fn check(table: &str, profile: &str, (name, accepted, refused): (&str, u64, u64)) {
    let report = import(table, profile);
    let found = (report["profile"].as_str(), report["accepted"].as_u64(), report["refused"].as_u64());
    assert_eq!(found, (Some(name), Some(accepted), Some(refused)), "{report}");
}

#[test]
fn tables_of_three_hands_are_read_by_their_profiles() {
    check(TEMS, TEMS_PROFILE, ("tems ninh binh", 3, 1));
    check(OFFICE, OFFICE_PROFILE, ("so-tttt", 3, 1));
    check(ASU, ASU_PROFILE, ("asu", 3, 0));
}

#[test]
fn what_was_read_means_what_the_profile_says() {
    let folder = folder();
    let now = "2026-11-22T00:00:00Z".parse().unwrap();
    let read = |table: &str, profile: &str| {
        let [file, toml, _] = write(folder.path(), "t.txt", table, profile);
        let profile = phusong::ingest::Profile::read(Path::new(&toml)).unwrap();
        let options = phusong::ingest::Options {
            profile: Some(std::sync::Arc::new(profile)),
            ..phusong::ingest::Options::at(now)
        };
        let mut rows = Vec::new();
        let summary = phusong::ingest::samples::read(Path::new(&file), &options, &mut |batch| {
            rows.extend(batch.rows.drain(..).map(|row| row.value));
            Ok(())
        });
        (rows, summary.unwrap())
    };
    let (rows, summary) = read(TEMS, TEMS_PROFILE);
    assert_eq!(rows[0].time.to_string(), "2026-03-31T08:15:00.25Z");
    assert_eq!((rows[0].rsrp.map(|p| p.get()), rows[0].download_kbps), (Some(-97.5), NonMaxU32::new(12_400)));
    assert_eq!(
        (rows[0].speed_kmh, rows[0].arfcn, rows[0].operator.as_str()),
        (Finite::new(36.0), NonMaxU32::new(1275), "viettel")
    );
    assert_eq!((rows[2].rsrp, rows[2].state.code()), (None, "no_service"));
    assert!(summary.dropped_fields.is_empty(), "the column of the device is kept as a hash");
    let (rows, _) = read(OFFICE, OFFICE_PROFILE);
    assert_eq!(rows.iter().map(|row| row.operator.as_str()).collect::<Vec<_>>(), ["viettel", "vnpt", "viettel"]);
    assert_eq!((rows[2].rsrp, rows[2].state.code()), (None, "no_service"));
    assert_eq!(rows[0].time.to_string(), "2026-03-31T01:15:00Z");
    let (rows, _) = read(ASU, ASU_PROFILE);
    let powers: Vec<_> = rows.iter().map(|row| row.rsrp.map(|power| power.get())).collect();
    assert_eq!(powers, [Some(-93.0), Some(-86.0), None]);
}

#[test]
fn a_sheet_with_a_title_is_read_by_a_profile() {
    let folder = folder();
    // Commas in cells, so that the same table goes through a spreadsheet.
    let lines = format!("Sở TTTT;;;;;\n{OFFICE}");
    let csv = folder.path().join("t.csv");
    std::fs::write(&csv, lines).unwrap();
    let xlsx = folder.path().join("t.xlsx");
    let (to, from) = (xlsx.to_string_lossy(), csv.to_string_lossy());
    let options = ["-q", "-f", "XLSX", "-oo", "HEADERS=NO", "-oo", "SEPARATOR=SEMICOLON", &*to, &*from];
    match std::process::Command::new("ogr2ogr").args(options).output() {
        Ok(output) => assert!(output.status.success(), "{}", text(&output.stderr)),
        Err(_) => return eprintln!("skipped: ogr2ogr is not installed (`make test` installs it)"),
    }
    // GDAL writes a line of names of its own above: the title is the second line, the header the third.
    let profile = OFFICE_PROFILE.replace("[table]\n", "[table]\nlines_before_header = 2\ndecimal_comma = true\n");
    let toml = folder.path().join("p.toml");
    std::fs::write(&toml, profile).unwrap();
    let (toml, db) = (toml.to_string_lossy(), folder.path().join("x.gpkg"));
    let found = run_json(&["import", "samples", &to, "--profile", &toml, "--db", &db.to_string_lossy()]);
    let file = &found["files"][0];
    assert_eq!((file["accepted"].as_u64(), file["refused"].as_u64()), (Some(3), Some(1)), "{found}");
    let rejects = std::fs::read_to_string(file["rejects_file"].as_str().unwrap()).unwrap();
    assert!(rejects.contains("\n7,"), "the line is that of the sheet: {rejects}");
    let guess = run(&["import", "samples", &to, "--guess"]);
    let said = text(&guess.stdout);
    assert!(said.contains("lines_before_header = 2") && said.contains("power = \"Mức thu (dBm)\""), "{said}");
}

#[test]
fn another_profile_reads_the_same_file_anew() {
    let folder = folder();
    let [file, toml, db] = write(folder.path(), "asu.txt", ASU, ASU_PROFILE);
    let arguments = ["import", "samples", &file, "--profile", &toml, "--db", &db];
    assert_eq!(run_json(&arguments)["files"][0]["inserted"], 3);
    assert!(run_json(&arguments)["files"][0]["already_imported"].is_string());
    std::fs::write(&toml, ASU_PROFILE.replace("[99]", "[99, 98]")).unwrap();
    let again = run_json(&arguments);
    assert!(again["files"][0]["already_imported"].is_null(), "{again}");
    assert_eq!(again["files"][0]["unchanged"], 3);
}

#[test]
fn a_guess_is_a_profile_that_can_be_used() {
    let folder = folder();
    for (table, operator, accepted) in [(TEMS, Some("viettel"), 2), (OFFICE, None, 2), (ASU, None, 2)] {
        let [file, toml, db] = write(folder.path(), "t.txt", table, "");
        let mut arguments = vec!["import", "samples", &file, "--guess", "-o", &toml];
        arguments.extend(operator.iter().flat_map(|operator| ["--operator", operator]));
        let found = run(&arguments);
        assert!(found.status.success(), "{}\n{}", text(&found.stdout), text(&found.stderr));
        let written = std::fs::read_to_string(&toml).unwrap();
        assert_eq!(written.trim_end(), text(&found.stdout).trim_end());
        assert!(written.contains("# Guessed from t.txt"), "{written}");
        assert!(!Path::new(&db).exists(), "a guess imports nothing");
        let report = run_json(&["import", "samples", &file, "--profile", &toml, "--db", &db]);
        assert!(report["files"][0]["accepted"].as_u64() >= Some(accepted), "{written}\n{report}");
        if table == TEMS {
            assert!(written.contains("missing = [-999]") && written.contains("format = \"%m/%d/%Y"), "{written}");
        }
        std::fs::remove_file(&db).unwrap();
    }
}

#[test]
fn a_guess_says_what_is_not_found_and_what_is_known() {
    let folder = folder();
    let [file, ..] = write(folder.path(), "t.csv", "a,b\n1,2\n", "");
    let found = run(&["import", "samples", &file, "--guess"]);
    assert!(!found.status.success() && text(&found.stdout).contains("# NOT FOUND: columns.time"));
    let [file, ..] = write(
        folder.path(),
        "t.csv",
        "time,operator,rsrp,lon,lat\n2026-03-31T08:15:00+07:00,viettel,-97,105.9,20.2\n",
        "",
    );
    let found = run_json(&["import", "samples", &file, "--guess"]);
    assert_eq!(found["guesses"][0]["known"], "canonical", "{found}");
    assert_eq!(found["guesses"][0]["columns"][0]["examples"][0]["understood"], "105.900000°", "{found}");
}

#[test]
fn unknown_headings_lead_to_the_guess() {
    let folder = folder();
    let [file, _, db] = write(folder.path(), "t.csv", ASU, "");
    let found = run(&["import", "samples", &file, "--db", &db]);
    assert!(!found.status.success() && text(&found.stderr).contains("--guess"), "{}", text(&found.stderr));
    let found = run(&["analyse", "--validate", &file]);
    assert!(!found.status.success() && text(&found.stderr).contains("--guess"), "{}", text(&found.stderr));
}

#[test]
fn a_bad_profile_is_refused_with_its_key_and_a_hint() {
    let folder = folder();
    for (change, with, expected) in [
        ("power = \"strength (ASU)\"", "power = \"strenght (ASU)\"", "is `strength (ASU)` meant?"),
        (
            "power = \"strength (ASU)\"",
            "power = \"RSRP\"",
            "which the file does not have; the header has when, where_x",
        ),
        ("time = \"when\"", "tiem = \"when\"", "is `time` meant?"),
        ("time = \"when\"\n", "", "does not say columns.time"),
        ("power = \"ASU\"", "power = \"watt\"", "`units.power` is \"watt\", expected \"dBm\""),
        ("format = 1", "Định dạng: 1", "not TOML"),
        ("format = 1", "format = 9", "`format` is 9, expected 1"),
        ("operator = \"net\"", "operator = \"when\"", "stands for both"),
    ] {
        let [file, toml, db] = write(folder.path(), "t.txt", ASU, &ASU_PROFILE.replacen(change, with, 1));
        let found = run(&["import", "samples", &file, "--profile", &toml, "--db", &db]);
        let said = text(&found.stderr);
        assert!(!found.status.success() && said.contains(expected) && said.contains("p.toml"), "{with}: {said}");
    }
    let [file, toml, db] =
        write(folder.path(), "t.txt", "lon,lon\n1,2\n", "format = 1\nname = \"x\"\n[columns]\ntime = \"lon\"");
    let found = run(&["import", "samples", &file, "--profile", &toml, "--db", &db]);
    assert!(text(&found.stderr).contains("the file has 2 of them"), "{}", text(&found.stderr));
    let found = run(&["import", "samples", &file, "--profile", "nowhere.toml", "--db", &db]);
    assert!(text(&found.stderr).contains("nowhere.toml"), "{}", text(&found.stderr));
    let found = run(&["import", "villages", &file, "--profile", &toml, "--db", &db]);
    assert!(text(&found.stderr).contains("only samples and visits"), "{}", text(&found.stderr));
}

#[test]
fn validation_takes_places_and_powers_by_a_profile() {
    let folder = folder();
    let mut table = String::from("when;where_x;where_y;net;gen;strength (ASU)\n");
    // Blocks of ground some 400 m apart, with five readings in each of their cells.
    for i in 0_u32..4000 {
        let (east, north) = (i / 5 % 40, i / 5 / 40);
        let (x, y) = (105.9 + f64::from(east) * 0.0006, 20.2 + f64::from(north) * 0.0006);
        let asu = 20 + (east * 7 + north * 3) % 11 + east / 2;
        table.push_str(&format!("{};{x:.5};{y:.5};45204;4G;{asu}\n", 1_774_919_700 + i));
    }
    let profile = ASU_PROFILE.replace("operator = \"net\"\n", "").replace("time = \"when\"\n", "");
    let [file, toml, _] = write(folder.path(), "t.txt", &table, &profile);
    let output = phusong().args(["--json", "analyse", "--validate", &file, "--profile", &toml]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let found: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((found["readings"].as_u64(), found["refused"].as_u64()), (Some(4000), Some(0)), "{found}");
}
