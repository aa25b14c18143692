//! The command line: help that works, answers that scripts can rely on, exports that harm nothing.

use std::fs;

use crate::support::{demo_store, folder, phusong, run, run_json, text};

#[test]
fn every_command_has_help_with_an_example() {
    for command in ["demo", "serve", "import", "merge", "analyse", "export", "check", "token", "audit", "imports"] {
        let output = run(&[command, "--help"]);
        let words = text(&output.stdout);
        assert!(output.status.success() && words.contains("Example:"), "{command}: {words}");
        assert!(words.contains(&format!("phusong {command}")), "{command}: {words}");
    }
}

#[test]
fn an_export_never_lands_on_the_store_it_comes_from() {
    let dir = folder();
    let db = dir.path().join("copy.gpkg");
    fs::copy(demo_store(), &db).unwrap();
    let name = db.to_string_lossy().into_owned();
    for format in ["gpkg", "geojson", "csv"] {
        let output = run(&["export", "villages", "--db", &name, "--format", format, "-o", &name]);
        assert!(!output.status.success(), "{format}");
        assert!(text(&output.stderr).contains("is the store itself"), "{}", text(&output.stderr));
    }
    assert_eq!(run_json(&["check", "store", "--db", &name])["problems"], serde_json::json!([]));
}

#[test]
fn an_export_that_fails_leaves_the_old_file_and_names_the_one_that_was_asked_for() {
    let dir = folder();
    let db = demo_store().to_string_lossy().into_owned();
    let to = dir.path().join("villages.csv");
    fs::write(&to, "old").unwrap();
    let name = to.to_string_lossy().into_owned();
    let output = run(&["export", "nothing", "--db", &db, "-o", &name]);
    assert!(!output.status.success() && text(&output.stderr).contains("there is no layer `nothing`"));
    assert_eq!(fs::read_to_string(&to).unwrap(), "old");
    let output = run(&["export", "villages", "--db", &db, "-o", "/nowhere/at/all/x.csv"]);
    assert!(text(&output.stderr).contains("/nowhere/at/all/x.csv"), "{}", text(&output.stderr));
    run_json(&["export", "villages", "--db", &db, "-o", &name]);
    assert!(fs::read_to_string(&to).unwrap().lines().count() > 3_000);
    let left: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn a_question_about_what_nobody_measured_is_refused() {
    let db = demo_store().to_string_lossy().into_owned();
    for (filter, word) in [
        (&["--operator", "viettell"][..], "viettel"),
        (&["--technology", "2G"], "4G"),
        (&["--technology", "9G"], "2G, 3G, 4G or 5G"),
        (&["--from", "2026-03-01", "--to", "2026-02-01"], "is after"),
        (&["--from", "soon"], "expected a day"),
    ] {
        let mut arguments = vec!["export", "dead_areas", "--db", &db, "-o", "/nowhere/x.geojson"];
        arguments.extend(filter);
        let output = run(&arguments);
        assert!(!output.status.success());
        assert!(text(&output.stderr).contains(word), "{filter:?}: {}", text(&output.stderr));
    }
}

#[test]
fn a_failure_speaks_the_readers_language() {
    let output = phusong().args(["--lang", "vi", "serve", "--db", "nowhere.gpkg"]).output().unwrap();
    let words = text(&output.stderr);
    assert!(words.contains("không có kho dữ liệu") && words.contains("gợi ý:"), "{words}");
}

#[test]
fn a_crosswalk_without_a_usable_row_makes_no_file() {
    let dir = folder();
    let crosswalk = dir.path().join("empty.csv");
    fs::write(&crosswalk, "old_code,new_code\nabc,def\n").unwrap();
    let units = dir.path().join("units.csv");
    fs::write(&units, "code,name\n13285,Phường Phủ Lý\n").unwrap();
    let to = dir.path().join("out.geojson");
    let [units, crosswalk, out] = [&units, &crosswalk, &to].map(|p| p.to_string_lossy().into_owned());
    let output = run(&["merge", "--units", &units, "--crosswalk", &crosswalk, "-o", &out]);
    assert!(
        !output.status.success() && text(&output.stderr).contains("no usable merger row"),
        "{}",
        text(&output.stderr)
    );
    assert!(!to.exists());
}

#[test]
fn the_members_of_json_are_those_of_the_documentation() {
    let documentation = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/cli.md")).unwrap();
    let dir = folder();
    let db = dir.path().join("copy.gpkg");
    fs::copy(demo_store(), &db).unwrap();
    let db = db.to_string_lossy().into_owned();
    let to = dir.path().join("x.geojson").to_string_lossy().into_owned();
    let archive = dir.path().join("x.pmtiles").to_string_lossy().into_owned();
    let empty = dir.path().join("v.csv");
    fs::write(&empty, "code,name,lon,lat\n,Xóm Thử,105.97,20.25\n").unwrap();
    for arguments in [
        vec!["analyse"],
        vec!["verdicts"],
        vec!["check", "store"],
        vec!["check", "register"],
        vec!["export", "dead_areas", "-o", to.as_str()],
        vec!["tiles", "export", "--zoom", "8", "--out", archive.as_str()],
        vec!["hints"],
        vec!["token", "create", "--role", "admin"],
        vec!["token", "list"],
        vec!["token", "revoke", "1"],
        vec!["audit"],
        vec!["plan", "--days", "1"],
        vec!["retain", "--dry-run"],
        vec!["campaign", "list"],
        vec!["villages", "list"],
        vec!["villages", "log", "13285-001"],
        vec!["import", "villages", empty.to_str().unwrap()],
    ] {
        let mut all = arguments.clone();
        all.extend(["--db", &db]);
        let answer = run_json(&all);
        let file = answer["files"].get(0).and_then(|f| f.as_object()).cloned().unwrap_or_default();
        let plan = answer["plan"].as_object().cloned().unwrap_or_default();
        for member in answer.as_object().unwrap().keys().chain(file.keys()).chain(plan.keys()) {
            assert!(documentation.contains(&format!("`{member}")), "{arguments:?}: `{member}` is not in docs/cli.md");
        }
    }
}

#[test]
fn rules_that_would_expose_a_household_are_refused() {
    let dir = folder();
    let config = dir.path().join("phusong.toml");
    let db = demo_store().to_string_lossy().into_owned();
    for (rule, good) in [
        ("[reach]\nk = 1\n", false),
        ("[signal]\nlte = { poor = -112.0 }\n", true),
        ("[signal]\nlte = { poor = -500.0 }\n", false),
    ] {
        fs::write(&config, rule).unwrap();
        let to = dir.path().join("x.geojson").to_string_lossy().into_owned();
        let output = run(&["export", "communes", "--db", &db, "--config", &config.to_string_lossy(), "-o", &to]);
        assert_eq!(output.status.success(), good, "{rule}: {}", text(&output.stderr));
    }
}
