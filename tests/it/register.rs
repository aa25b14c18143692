//! The editor of the register at the terminal and over HTTP, on a store of its own.

use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use crate::support::{Server, demo_store, folder, run, run_json, text};

fn copy() -> (tempfile::TempDir, PathBuf) {
    let folder = folder();
    let store = folder.path().join("phusong.gpkg");
    std::fs::copy(demo_store(), &store).unwrap();
    (folder, store)
}

fn listed(store: &Path, commune: &str) -> Vec<Json> {
    let db = store.to_string_lossy().into_owned();
    run_json(&["villages", "list", "--db", &db, "--commune", commune])["items"].as_array().unwrap().clone()
}

fn code(village: &Json) -> &str {
    village["code"].as_str().unwrap()
}

/// Households declared and visited of a commune, as the department reads them.
fn sums(server: &Server, commune: &str) -> (Json, Json, u64) {
    let row = server.json(&format!("/api/communes/{commune}"));
    let visited = server.json("/api/villages?limit=5000")["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|village| village["commune"] == commune)
        .filter_map(|village| village["visited"].as_u64())
        .sum();
    (row["households"].clone(), row["guided"].clone(), visited)
}

#[test]
fn a_merger_at_the_terminal_changes_no_sum_and_splits_and_closings_stay_to_be_read() {
    let (_folder, store) = copy();
    let db = store.to_string_lossy().into_owned();
    let act = |arguments: &[&str]| {
        let mut all = vec!["villages"];
        all.extend(arguments);
        all.extend(["--db", &db, "--who", "UBND phường", "--why", "đề án sắp xếp"]);
        run_json(&all)
    };
    let villages = listed(&store, "13285");
    let known: Vec<&Json> = villages.iter().filter(|one| one["households"].is_u64()).collect();
    let (kept, other) = (code(known[0]).to_owned(), code(known[1]).to_owned());
    let before = sums(&Server::start(&store), "13285");
    let merged = act(&["merge", &kept, "--with", &other]);
    let sum = known[0]["households"].as_u64().unwrap() + known[1]["households"].as_u64().unwrap();
    assert_eq!((&merged["command"], &merged["villages"][0]["households"]), (&json!("villages merge"), &json!(sum)));
    assert_eq!(merged["villages"][1]["successors"], json!([kept]));
    let names = merged["villages"][0]["aliases"].as_array().unwrap();
    assert!(names.contains(&known[1]["name"]), "{names:?}");
    let after = sums(&Server::start(&store), "13285");
    assert_eq!((&after.0, &after.1), (&before.0, &before.1), "declared and guided of the commune");
    assert_eq!(listed(&store, "13285").len(), villages.len() - 1);

    let split = act(&["split", &kept, "--into", "Xóm Đông; 55; 105.97; 20.25; 50", "--into", "Xóm Tây"]);
    assert_eq!(split["villages"][1]["households"], 55);
    assert_eq!(split["villages"][2]["predecessors"], json!([kept]));
    act(&["rename", code(&split["villages"][1]), "--name", "Xóm Đông Mới"]);
    act(&["close", code(&split["villages"][2])]);
    act(&["reopen", code(&split["villages"][2])]);
    let log = run_json(&["villages", "log", &kept, "--db", &db]);
    let acts: Vec<&Json> = log["acts"].as_array().unwrap().iter().map(|one| &one["act"]).collect();
    assert_eq!(acts, ["merge", "split"]);
    let all = run_json(&["villages", "list", "--db", &db, "--ended", "--commune", "13285"]);
    assert_eq!(all["items"].as_array().unwrap().len(), villages.len() + 2, "nothing is deleted");
    assert_eq!(run_json(&["check", "store", "--db", &db])["problems"], json!([]));
}

#[test]
fn a_village_that_ended_is_found_and_says_since_when_and_what_goes_on_for_it() {
    let (_folder, store) = copy();
    let db = store.to_string_lossy().into_owned();
    let villages = listed(&store, "13285");
    let (kept, other) = (&villages[0], &villages[1]);
    let said = ["--who", "UBND phường", "--why", "đề án sắp xếp", "--db", &db];
    let merged = run_json(&[&["villages", "merge", code(kept), "--with", code(other)], &said[..]].concat());
    let server = Server::start(&store);
    let found = server.json(&format!("/api/search?q={}", code(other)));
    let first = &found["items"][0];
    assert_eq!((&first["key"], &first["ended"]), (&other["code"], &merged["villages"][1]["valid_to"]), "{found}");
    assert_eq!(first["became"], json!([{"code": kept["code"], "name": kept["name"]}]));
    let log = server.json(&format!("/api/register/{}", code(other)));
    assert_eq!((log["acts"][0]["act"].as_str(), &log["acts"][0]["village"]), (Some("merge"), &kept["code"]));
    assert_eq!((&log["names"][code(kept)], &log["names"][code(other)]), (&kept["name"], &other["name"]));
    let standing = server.json(&format!("/api/search?q={}", code(kept)));
    assert!(standing["items"][0]["ended"].is_null(), "{standing}");
}

#[test]
fn the_terminal_refuses_an_act_that_means_nothing_and_says_why() {
    let (_folder, store) = copy();
    let db = store.to_string_lossy().into_owned();
    let (here, there) = (listed(&store, "13285"), listed(&store, "14329"));
    let (one, other, away) = (code(&here[0]), code(&here[1]), code(&there[0]));
    let epoch = |db: &str| run_json(&["work", "list", "--db", db])["epoch"].clone();
    let before = epoch(&db);
    for (arguments, why, word) in [
        (&["confirm", "13285-9999"][..], "x", "no village `13285-9999`"),
        (&["confirm", one], "", "`why` is empty"),
        (&["close", one, "--on", "2999-01-01"], "x", "has not come yet"),
        (&["close", one, "--on", "1999-01-01"], "x", "begins on"),
        (&["merge", one, "--with", away], "x", "another commune"),
        (&["merge", one, "--with", one], "x", "named twice"),
        (&["rename", one, "--name", here[1]["name"].as_str().unwrap()], "x", other),
        (&["alias", one, "--name", here[1]["name"].as_str().unwrap()], "x", other),
        (&["split", one, "--into", "Xóm Đông"], "x", "2 to 100"),
        (&["split", one, "--into", "A;b", "--into", "C"], "x", "cannot read the new village"),
        (&["move", one, "--lon", "20.2", "--lat", "106.0", "--precision-m", "5"], "x", "latitude"),
        (&["move", one, "--lon", "106.0", "--lat", "20.2", "--precision-m", "NaN"], "x", "metres"),
        (&["reopen", one], "x", "was not closed"),
    ] {
        let mut all = vec!["villages"];
        all.extend(arguments);
        all.extend(["--db", &db, "--who", "UBND", "--why", why]);
        let output = run(&all);
        let words = text(&output.stderr);
        assert!(!output.status.success() && words.contains(word), "{arguments:?}: {words}");
    }
    assert_eq!(epoch(&db), before, "nothing was written");
}

#[test]
fn a_commune_keeps_its_own_register_over_http_and_no_other() {
    let (_folder, store) = copy();
    let (here, there) = (listed(&store, "13285"), listed(&store, "14329"));
    let (one, away) = (code(&here[0]), code(&there[0]));
    let server = Server::start_with(&store, &["--as", "commune:13285"]);
    let post = |village: &str, body: &Json| server.post(&format!("/api/register/{village}/acts"), body);
    let said = |act: &str| json!({"act": act, "name": "Tổ Mới", "who": "UBND phường Phủ Lý", "why": "nghị quyết"});
    let (status, answer) = post(one, &said("rename"));
    assert_eq!((status, &answer["villages"][0]["name"]), (200, &json!("Tổ Mới")), "{answer}");
    assert_eq!(server.json(&format!("/api/villages/{one}"))["name"], "Tổ Mới", "the map follows");
    let log = server.json(&format!("/api/register/{one}"));
    assert_eq!((&log["may_edit"], &log["acts"][0]["act"]), (&json!(true), &json!("rename")));
    assert_eq!(log["acts"][0]["who"], "UBND phường Phủ Lý");
    assert_eq!(log["village"]["aliases"].as_array().unwrap().last(), Some(&here[0]["name"]));
    assert_eq!(post(away, &said("rename")).0, 403);
    let merge = json!({"act": "merge", "others": [away], "who": "UBND", "why": "x"});
    assert_eq!(post(one, &merge).0, 403, "nor does a merger reach into another commune");
    for (body, status) in [
        (said("dance"), 400),
        (json!({"act": "close", "who": "UBND"}), 400),
        (json!({"act": "close", "who": "0912 345 678", "why": "x"}), 400),
        (json!({"act": "close", "who": "UBND", "why": "x", "on": "hôm nay"}), 400),
        (json!({"act": "close", "who": 5, "why": "x"}), 400),
        (json!({"act": "close", "who": "UBND", "why": "x", "more": 1}), 400),
        (json!({"act": "move", "point": [106.0, 200.0], "precision_m": 5, "who": "UBND", "why": "x"}), 400),
        (json!({"act": "reopen", "who": "UBND", "why": "x"}), 409),
        (json!([1]), 400),
    ] {
        let (found, answer) = post(one, &body);
        assert_eq!(found, status, "{body}: {answer}");
    }
    assert_eq!(post("13285-9999", &said("rename")).0, 404);
    let name = here[1]["name"].as_str().unwrap();
    let (status, refused) = post(one, &json!({"act": "rename", "name": name, "who": "UBND", "why": "x"}));
    let why = json!({"code": "same_name", "village": code(&here[1]), "name": name});
    assert_eq!((status, &refused["reason"]), (409, &why), "in parts, for a page in any language: {refused}");
    drop(server);
    let server = Server::start_with(&store, &["--as", "auditor"]);
    assert_eq!(server.json(&format!("/api/register/{one}"))["may_edit"], false);
    assert_eq!(server.post(&format!("/api/register/{one}/acts"), &said("rename")).0, 403);
    let audit = server.json("/api/audit");
    let last = audit["items"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["action"], &last["subject"]), (&json!("register"), &json!(format!("rename {one}"))));
}

#[test]
fn an_older_list_brings_no_old_name_back_and_mints_no_twin() {
    let (folder, store) = copy();
    let db = store.to_string_lossy().into_owned();
    let before = listed(&store, "13285");
    let (one, other) = (code(&before[0]).to_owned(), code(&before[1]).to_owned());
    let list = folder.path().join("villages.csv");
    let row = |at: usize| format!("13285,{},77,01/10/2026\n", before[at]["name"].as_str().unwrap());
    std::fs::write(&list, format!("commune_code,name,households,households_date\n{}{}", row(0), row(1))).unwrap();
    let said = ["--db", &db, "--who", "UBND phường", "--why", "nghị quyết"];
    run_json(&[&["villages", "rename", &one, "--name", "Tổ Mới"], &said[..]].concat());
    run_json(&[&["villages", "close", &other], &said[..]].concat());
    let read = run_json(&["import", "villages", &list.to_string_lossy(), "--db", &db]);
    assert_eq!((&read["files"][0]["inserted"], &read["files"][0]["refused"]), (&json!(0), &json!(0)), "{read}");
    let all = run_json(&["villages", "list", "--db", &db, "--ended", "--commune", "13285"]);
    let of = |code: &str| all["items"].as_array().unwrap().iter().find(|village| village["code"] == *code).unwrap();
    assert_eq!((&of(&one)["name"], &of(&one)["households"]), (&json!("Tổ Mới"), &json!(77)));
    assert!(of(&one)["aliases"].as_array().unwrap().contains(&before[0]["name"]));
    assert!(of(&other)["valid_to"].is_string(), "a list opens nothing that was closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_belongs_to_a_village_of_its_own_day_however_late_it_comes_in() {
    let (folder, store) = copy();
    let db = store.to_string_lossy().into_owned();
    let here = listed(&store, "13285");
    let (one, name) = (code(&here[0]).to_owned(), here[0]["name"].as_str().unwrap());
    let (lon, lat) = (here[0]["point"][0].as_f64().unwrap(), here[0]["point"][1].as_f64().unwrap());
    let said = ["--db", &db, "--who", "UBND phường", "--why", "nghị quyết", "--on", "2026-09-01"];
    run_json(&[&["villages", "close", &one], &said[..]].concat());
    let forms = folder.path().join("late.csv");
    let rows = format!(
        "id,time,commune_code,village,lon,lat,household,result\n\
         named-before,2026-08-31T09:00:00+07:00,13285,{name},,,nhà 1,guided\n\
         placed-before,2026-08-31T10:00:00+07:00,13285,,{lon},{lat},nhà 2,guided\n\
         named-after,2026-09-02T09:00:00+07:00,13285,{name},,,nhà 3,guided\n"
    );
    std::fs::write(&forms, rows).unwrap();
    run_json(&["import", "visits", &forms.to_string_lossy(), "--db", &db]);
    let store = phusong::store::open(&db).await.unwrap();
    let visits = store.visits_with(&["named-before", "placed-before", "named-after"]).await.unwrap();
    let village = Some(one.parse().unwrap());
    let placed = |id: &str| visits.iter().any(|visit| visit.source_id == id && visit.village == village);
    assert!(placed("named-before") && placed("placed-before"), "{visits:?}");
    assert!(!placed("named-after"), "another village of a like name, or none");
    store.close().await;
}
