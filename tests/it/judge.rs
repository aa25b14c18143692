//! `phusong judge`: a log by itself, from a file to a file.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::support::{folder, run, run_json, text};

/// Eight phones of two networks on one street over five days; the east of it is weak on one of them.
fn log(path: &Path, quoted: bool) {
    let cell = |text: &str| if quoted { format!("\"{text}\"") } else { text.to_owned() };
    let mut rows = String::from("time,operator,technology,rsrp,lon,lat,device\n");
    for phone in 0..8 {
        for second in 0..180 {
            let (day, network) = (1 + phone % 5, ["viettel", "mobifone"][phone % 2]);
            let lon = 105.97 + f64::from(second) * 1e-4;
            let power = if network == "viettel" && second > 120 { -114 } else { -88 } - second % 5;
            let at = format!("2026-03-0{day}T08:{:02}:{:02}+07:00", second / 60, second % 60);
            let (network, technology, phone) = (cell(network), cell("4G"), cell(&format!("phone-{phone}")));
            let _ = writeln!(rows, "{at},{network},{technology},{power},{lon:.6},20.25,{phone}");
        }
    }
    fs::write(path, rows).unwrap();
}

#[test]
fn a_log_judged_by_itself_says_what_a_store_says() {
    let dir = folder();
    let (file, cells, db) = (dir.path().join("log.csv"), dir.path().join("cells.csv"), dir.path().join("store.gpkg"));
    log(&file, false);
    let (file, cells, db) = (file.to_string_lossy(), cells.to_string_lossy(), db.to_string_lossy());
    let judged = run_json(&["judge", &file, "--output", &cells]);
    run_json(&["import", "samples", &file, "--db", &db]);
    let stored = run_json(&["analyse", "--db", &db]);
    for member in ["samples", "runs", "cells", "cells_dead"] {
        assert_eq!(judged[member], stored[member], "{member}: {judged} {stored}");
    }
    let exported = dir.path().join("signal.csv");
    run_json(&["export", "signal", "--operator", "viettel", "--db", &db, "-o", &exported.to_string_lossy()]);
    let lines = |path: &Path| fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>();
    let (ours, theirs) = (lines(Path::new(&*cells)), lines(&exported));
    let place = |header: &str, name: &str| header.split(',').position(|column| column == name).unwrap();
    let figures = |lines: &[String]| -> Vec<[String; 4]> {
        let columns = ["cell", "verdict", "runs", "median_dbm"].map(|name| place(&lines[0], name));
        let (operator, of) = (place(&lines[0], "operator"), place(&lines[0], "technology"));
        let rows = lines[1..].iter().map(|line| line.split(',').collect::<Vec<_>>());
        let own = rows.filter(|row| row[operator] == "viettel" && row[of] == "all");
        let mut figures: Vec<_> = own.map(|row| columns.map(|at| row[at].trim_matches('"').to_owned())).collect();
        figures.sort();
        figures
    };
    let best = figures(&ours);
    assert!(best.iter().any(|row| row[1] == "weak") && best.iter().any(|row| row[1] == "very_good"), "{best:?}");
    assert_eq!(best, figures(&theirs));
}

#[test]
fn quotes_around_cells_change_nothing() {
    let dir = folder();
    let [bare, quoted] = [false, true].map(|quoted| {
        let file = dir.path().join(if quoted { "quoted.csv" } else { "bare.csv" });
        log(&file, quoted);
        let mut found = run_json(&["judge", &file.to_string_lossy()]);
        found["log"] = serde_json::Value::Null;
        found
    });
    assert_eq!(bare, quoted);
    assert_eq!(bare["samples"], 8 * 180);
}

#[test]
fn what_cannot_be_judged_says_why_and_the_log_is_never_written_over() {
    let dir = folder();
    let (file, bare) = (dir.path().join("log.csv"), dir.path().join("bare.csv"));
    log(&file, false);
    fs::write(&bare, "a,b\n1,2\n").unwrap();
    let before = fs::read(&file).unwrap();
    let (file, bare) = (file.to_string_lossy(), bare.to_string_lossy());
    for (arguments, said) in [
        (vec!["judge", "nowhere.csv"], "nowhere.csv"),
        (vec!["judge", &bare], "missing columns"),
        (vec!["judge", &file, "-o", "cells.docx"], ".geojson"),
        (vec!["judge", &file, "-o", &file], "both read and written"),
    ] {
        let mut arguments = arguments;
        arguments.extend(["--lang", "en"]);
        let output = run(&arguments);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(text(&output.stderr).contains(said), "{arguments:?}: {}", text(&output.stderr));
    }
    assert_eq!(fs::read(&*file).unwrap(), before);
}
