//! The term of phones, as whoever runs the program meets it.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::support::{Server, folder, run, run_json, text};

/// A minute of one phone on each of two days, along a road of the demo province.
fn log() -> String {
    let mut rows = "time,operator,technology,state,rsrp,lon,lat,device\n".to_owned();
    for day in ["2026-03-02", "2026-03-03"] {
        for second in 0..60 {
            let lon = 105.97 + f64::from(second) * 1e-4;
            rows += &format!(
                "{day}T09:00:{second:02}+07:00,viettel,4G,in_service,{},{lon:.6},20.25,samsung-1\n",
                -99 - second % 7
            );
        }
    }
    rows
}

/// Every verdict on a cell of the best of all.
fn verdicts(server: &Server) -> Json {
    let answer = server.json("/api/signal?limit=5000");
    assert!(answer["items"].as_array().is_some_and(|items| items.len() > 1_000), "{}", answer["total"]);
    answer["items"].clone()
}

#[test]
fn retain_takes_the_phones_of_old_days_and_an_open_map_follows_with_the_same_verdicts() {
    let dir = folder();
    // A small one always: the whole demo knows offsets of phones, and its verdicts are long in the writing.
    let demo = dir.path().join("demo");
    let made = run(&["demo", "--small", "--no-serve", "--dir", &demo.to_string_lossy()]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let path = demo.join("phusong.gpkg");
    let db = path.to_string_lossy().into_owned();
    let file = dir.path().join("log.csv");
    fs::write(&file, log()).unwrap();
    let import = |name: &str| {
        let answer = run_json(&["import", "samples", name, "--db", &db]);
        (answer["files"][0]["inserted"].clone(), answer["files"][0]["unchanged"].clone())
    };
    assert_eq!(import(&file.to_string_lossy()), (json!(120), json!(0)));
    let server = Server::start(&path);
    let (epoch, before) = (server.json("/health")["epoch"].clone(), verdicts(&server));

    let would = run_json(&["retain", "--dry-run", "--db", &db]);
    assert_eq!(server.json("/health")["epoch"], epoch);
    let done = run_json(&["retain", "--db", &db]);
    assert_eq!(would["measurements"], done["measurements"]);
    assert!(done["measurements"].as_u64().unwrap() > 120, "{done}");
    assert_eq!(done["rules"]["phones_months"], 3);
    let since = Instant::now();
    while server.json("/health")["epoch"] == epoch {
        assert!(since.elapsed() < Duration::from_secs(60), "the map follows");
        std::thread::sleep(Duration::from_millis(100));
    }
    // The demo has too few cells that phones share to know an offset.
    let without = |mut rows: Json| {
        rows.as_array_mut().unwrap().iter_mut().for_each(|row| drop(row.as_object_mut().unwrap().remove("devices")));
        rows
    };
    assert_eq!(without(verdicts(&server)), without(before));

    let again = dir.path().join("log of march.csv");
    fs::write(&again, log() + "\n").unwrap();
    assert_eq!(import(&again.to_string_lossy()), (json!(0), json!(120)));
    assert_eq!(run_json(&["retain", "--db", &db])["measurements"], 0);
    let audit = run_json(&["audit", "--db", &db]);
    let subjects: Vec<&str> =
        audit["items"].as_array().unwrap().iter().filter_map(|item| item["subject"].as_str()).collect();
    let told = format!("{} measurements", done["measurements"]);
    assert!(subjects.iter().any(|subject| subject.contains(&told)), "{subjects:?}");
    assert_eq!(run_json(&["check", "store", "--db", &db])["problems"], json!([]));
}
