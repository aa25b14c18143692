//! Taking back an import, as whoever runs the program or holds a role meets it.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::support::{Server, demo_store, folder, phusong, run, run_json, text};
use crate::uploads::Office;

const HEAD: &str = "time,operator,technology,state,rsrp,lon,lat,accuracy_m,device\n";

/// A log of one phone, a row a second, from a second on.
fn log(operator: &str, seconds: std::ops::Range<u32>) -> String {
    let mut rows = HEAD.to_owned();
    for second in seconds {
        let (minute, second) = (second / 60, second % 60);
        let lon = 105.97 + f64::from(minute * 60 + second) * 1e-5;
        // A modem that says the same while it moves is not believed.
        let dbm = -90 - i64::from(second % 7);
        rows +=
            &format!("2026-03-02T09:{minute:02}:{second:02}+07:00,{operator},4G,in_service,{dbm},{lon:.6},20.25,5,a\n");
    }
    rows
}

#[test]
fn an_import_of_the_wrong_network_is_told_taken_back_and_brought_again() {
    let dir = folder();
    let db = dir.path().join("store.gpkg").to_string_lossy().into_owned();
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let (wrong, other) = (file("wrong.csv", &log("vnpt", 0..600)), file("other.csv", &log("vnpt", 300..700)));
    run_json(&["import", "samples", &wrong, "--db", &db]);
    run_json(&["import", "samples", &other, "--db", &db]);
    run_json(&["analyse", "--db", &db]);
    let listed = run_json(&["imports", "list", "--db", &db]);
    let counts = |at: usize, name: &str| listed["items"][at][name].clone();
    assert_eq!((counts(1, "new"), counts(1, "known"), counts(1, "role")), (json!(100), json!(300), json!("admin")));

    let told = run_json(&["imports", "undo", "1", "--db", &db]);
    assert_eq!((&told["done"], &told["rows"], &told["days"]), (&json!(false), &json!(600), &json!(1)), "{told}");
    assert_eq!(told["operators"], json!([{"operator": "vnpt", "rows": 600}]), "{told}");
    assert_eq!(told["later"], json!([{"id": 2, "file": "other.csv", "rows": 300, "exact": true}]));
    assert!(told["cells"].as_u64().unwrap() > 1 && told["areas"].is_u64(), "{told}");
    assert_eq!(run_json(&["imports", "list", "--db", &db]), listed);
    let sum = |told: &Json, side: &str| -> u64 {
        let cells = told["outcome"]["views"][0]["cells"][side].as_object().unwrap();
        cells.values().map(|cells| cells.as_u64().unwrap()).sum()
    };
    assert!(sum(&told, "before") > sum(&told, "after") && sum(&told, "after") > 0, "{told}");
    let said = text(&run(&["imports", "undo", "1", "--db", &db, "--lang", "en"]).stdout).to_owned();
    assert!(said.contains("without them, all networks together: cells measured") && said.contains("VNPT"), "{said}");

    let done = run_json(&["imports", "undo", "1", "--yes", "--reason", "sai nhà mạng", "--db", &db]);
    assert_eq!((&done["done"], &done["import"]["taken_back"]["rows"]), (&json!(true), &json!(600)), "{done}");
    assert_eq!(done["outcome"], told["outcome"], "what it became is what was told");
    assert_eq!(run_json(&["analyse", "--db", &db])["samples"], 100);
    let audit = run_json(&["audit", "--db", &db]);
    let taken = audit["items"].as_array().unwrap().iter().find(|line| line["action"] == "take_back").unwrap();
    assert_eq!((&taken["subject"], &taken["purpose"]), (&json!("1 samples 600 wrong.csv"), &json!("sai nhà mạng")));
    let refused = run(&["imports", "undo", "1", "--yes", "--db", &db, "--lang", "en"]);
    assert!(!refused.status.success() && text(&refused.stderr).contains("hint:"), "{}", text(&refused.stderr));

    let again = run_json(&["import", "samples", &wrong, "--db", &db]);
    assert_eq!((&again["files"][0]["inserted"], &again["files"][0]["already_imported"]), (&json!(600), &Json::Null));
    assert_eq!(run_json(&["check", "store", "--db", &db])["problems"], json!([]));
}

#[test]
fn a_kill_in_the_middle_of_taking_back_leaves_the_store_as_it_was() {
    let dir = folder();
    let db = dir.path().join("store.gpkg").to_string_lossy().into_owned();
    let mut rows = HEAD.to_owned();
    for i in 0..200_000 {
        rows += &format!("2026-01-05T08:00:00+07:00,viettel,4G,in_service,-95,105.{i:06},20.25,5,d{i}\n");
    }
    let large = dir.path().join("large.csv");
    fs::write(&large, rows).unwrap();
    run_json(&["import", "samples", &large.to_string_lossy(), "--db", &db]);
    let before = run_json(&["imports", "list", "--db", &db]);
    let mut killed_midway = false;
    for wait_ms in [300, 600, 150, 1_200, 50] {
        let copy = dir.path().join(format!("copy{wait_ms}.gpkg")).to_string_lossy().into_owned();
        fs::copy(&db, &copy).unwrap();
        let mut child =
            phusong().args(["imports", "undo", "1", "--yes", "--db", &copy]).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait_ms));
        if child.try_wait().unwrap().is_some() {
            continue;
        }
        child.kill().unwrap(); // SIGKILL
        child.wait().unwrap();
        killed_midway = true;
        assert_eq!(run_json(&["check", "store", "--db", &copy])["problems"], json!([]));
        let after = run_json(&["imports", "list", "--db", &copy]);
        let told = run(&["imports", "undo", "1", "--db", &copy, "--json"]);
        let was_done = after["items"][0]["taken_back"] != Json::Null;
        assert_eq!(told.status.success(), !was_done, "whole or not at all");
        if !was_done {
            assert_eq!(after, before);
            assert_eq!(serde_json::from_slice::<Json>(&told.stdout).unwrap()["rows"], 200_000);
        }
    }
    assert!(killed_midway, "it was never caught under way");
}

#[test]
fn a_commune_lists_and_takes_back_what_it_brought_itself_and_nothing_of_others() {
    let office = Office::open();
    let (own, other) = (office.commune(), office.token(&["commune", "--commune", "13288"]));
    let (department, team) = (office.token(&["department"]), office.token(&["team", "--village", &office.villages[0]]));
    let visits = |form: &str| {
        format!(
            "id,time,village_code,household,result,ten_chu_ho\n{form},2026-03-02T09:00:00+07:00,{},H1,guided,Bình\n",
            office.villages[0]
        )
    };
    let bring = |token: &str, name: &str, text: &str| {
        let key = office.lay(token, name, text.as_bytes());
        let (status, done) = office.post(token, &format!("/api/uploads/{key}/import"), &json!({"kind": "visits"}));
        assert_eq!((status, &done["new"]), (200, &json!(1)), "{done}");
    };
    let listed = |token: &str| {
        let reply = office.server.ask("/api/imports", &[("authorization", token)]);
        assert_eq!(reply.status, 200, "{}", reply.json());
        let items = reply.json()["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|one| (one["id"].as_i64().unwrap(), one["file"].as_str().unwrap().to_owned()))
            .collect::<Vec<_>>()
    };
    let undo = |token: &str, id: i64| office.post(token, &format!("/api/imports/{id}/undo?lang=en"), &json!({}));
    assert_eq!((listed(&own), listed(&other)), (vec![], vec![]), "what the department brought is not for a commune");
    bring(&own, "xa.csv", &visits("uuid:own"));
    bring(&department, "so.csv", &visits("uuid:of-the-department"));
    bring(&team, "to.csv", &visits("uuid:of-the-team"));
    let all = listed(&department);
    let id = |file: &str| all.iter().find(|(_, name)| name == file).unwrap().0;
    assert_eq!((listed(&own), listed(&other)), (vec![(id("xa.csv"), "xa.csv".to_owned())], vec![]));
    assert_eq!(undo(&other, id("xa.csv")).0, 404, "another commune");
    assert_eq!(undo(&team, id("to.csv")).0, 403, "whoever reports takes nothing out of it");
    for file in ["so.csv", "to.csv"] {
        assert_eq!(undo(&own, id(file)).0, 404, "{file}");
    }
    let (status, done) = undo(&own, id("xa.csv"));
    assert_eq!((status, &done["rows"], &done["import"]["role"]), (200, &json!(1), &json!("commune")), "{done}");
    assert_eq!(undo(&own, id("xa.csv")).0, 409, "it is told that it was");
    bring(&own, "xa.csv", &visits("uuid:own"));
}

#[test]
fn a_department_takes_an_import_back_on_an_open_map() {
    let dir = folder();
    let path = dir.path().join("phusong.gpkg");
    fs::copy(demo_store(), &path).unwrap();
    let server = Server::start_with(&path, &["--as", "department"]);
    let listed = server.json("/api/imports");
    let items = listed["items"].as_array().unwrap();
    assert_eq!(listed["total"].as_u64(), Some(items.len() as u64));
    let of = |kind: &str| items.iter().rev().find(|one| one["kind"] == kind).unwrap()["id"].as_i64().unwrap();
    let (boundaries, samples) = (of("boundaries"), of("samples"));
    let (status, refused) = server.post(&format!("/api/imports/{boundaries}/undo?lang=en"), &json!({}));
    assert_eq!(status, 409, "{refused}");
    assert!(refused["detail"].as_str().unwrap().contains("cannot be taken back") && refused["hint"].is_string());

    let told = server.json(&format!("/api/imports/{samples}/undo"));
    assert!(told["rows"].as_u64().unwrap() > 0 && told["cells"].as_u64().unwrap() > 0, "{told}");
    assert!(told["import"]["taken_back"].is_null() && told["outcome"]["views"][0]["cells"].is_object(), "{told}");
    let before = server.json("/health")["epoch"].clone();
    let (status, done) = server.post(&format!("/api/imports/{samples}/undo"), &json!({"reason": "tệp thử"}));
    assert_eq!((status, &done["rows"]), (200, &told["rows"]), "{done}");
    assert_eq!(done["outcome"], told["outcome"]);
    assert_ne!(server.json("/health")["epoch"], before, "an open map asks again");
    let (status, _) = server.post(&format!("/api/imports/{samples}/undo"), &json!({}));
    assert_eq!(status, 409);
    let (status, _) = server.post("/api/imports/1/undo", &json!({"reason": "0912 345 678"}));
    assert_eq!(status, 400);
}
