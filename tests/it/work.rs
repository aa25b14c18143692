//! The work list over HTTP and at the terminal, on a store of its own.

use std::collections::BTreeSet;

use jiff::ToSpan;
use phusong::flow::snapshot::{Since, Snapshot};
use phusong::model::access::Role;
use phusong::model::feature::Value;
use phusong::model::question::Question;
use phusong::model::rules::Rules;
use phusong::model::work::{NewAction, WorkKind, WorkPlace};
use serde_json::{Value as Json, json};

use crate::support::{Server, demo_store, folder, run_json};

#[test]
fn an_action_is_on_the_list_of_the_terminal_and_of_a_server_and_who_only_reads_is_refused() {
    let folder = folder();
    let store = folder.path().join("phusong.gpkg");
    std::fs::copy(demo_store(), &store).unwrap();
    let db = store.to_string_lossy().into_owned();
    let listed = run_json(&["work", "list", "--db", &db, "--operator", "viettel"]);
    let key = listed["items"][0]["key"].as_str().unwrap().to_owned();
    assert_eq!(listed["items"][0]["state"], "open");
    let act = |kind: &str, text: &str| {
        let who = "Viettel Ninh Bình";
        run_json(&["work", kind, &key, "--db", &db, "--operator", "viettel", "--who", who, "--text", text])
    };
    assert_eq!(act("assign", "Đội 3")["item"], act("comment", "cột đổ")["item"]);

    let server = Server::start(&store);
    let address = format!("/api/work/{key}?operator=viettel");
    let sheet = server.json(&address);
    assert_eq!((sheet["state"].as_str(), sheet["assignee"].as_str()), (Some("assigned"), Some("Đội 3")));
    let said: Vec<&Json> = sheet["history"].as_array().unwrap().iter().map(|action| &action["action"]).collect();
    assert_eq!(said, ["assign", "comment"]);
    let readings = sheet["readings"].as_array().unwrap();
    let superseded = readings.iter().filter(|reading| reading["superseded"] == true).count() as u64;
    assert_eq!(superseded, sheet["superseded_runs"].as_u64().unwrap());
    assert_eq!(readings.len() as u64, sheet["runs"].as_u64().unwrap() + superseded);
    assert_eq!(server.json("/api/work?operator=viettel&sort=state")["items"][0]["state"], "open");
    assert_eq!(server.json("/api/work?limit=1")["items"][0]["state"], "open", "the best of all is another list");
    // Rows are chosen as everywhere.
    let chosen = server.json("/api/work?operator=viettel&filter=state='assigned'");
    assert_eq!((chosen["total"].as_u64(), chosen["items"][0]["key"].as_str()), (Some(1), Some(&*key)), "{chosen}");
    let chosen = run_json(&["work", "list", "--db", &db, "--operator", "viettel", "--filter", "state = 'assigned'"]);
    assert_eq!((chosen["items"].as_array().map(Vec::len), chosen["items"][0]["key"].as_str()), (Some(1), Some(&*key)));
    drop(server);
    let server = Server::start_with(&store, &["--as", "auditor"]);
    assert_eq!(server.json(&address)["state"], "assigned", "an auditor reads");
    assert_eq!(server.json("/api/me")["act"], false);
    let refused = server.post(&format!("/api/work/{key}/actions"), &json!({"action": "fixed", "who": "VNPT"}));
    assert_eq!((refused.0, refused.1["title"].as_str()), (403, Some("forbidden")));
}

#[test]
fn a_claim_is_refused_where_it_means_nothing() {
    let folder = folder();
    let store = folder.path().join("phusong.gpkg");
    std::fs::copy(demo_store(), &store).unwrap();
    let server = Server::start(&store);
    let key = server.json("/api/work?limit=1")["items"][0]["key"].as_str().unwrap().to_owned();
    let act = |key: &str, action: &str, who: &str| {
        let body = json!({"action": action, "who": who, "text": "x"});
        let (status, answer) = server.post(&format!("/api/work/{key}/actions"), &body);
        (status, answer["state"].as_str().or(answer["detail"].as_str()).unwrap_or_default().to_owned())
    };
    assert_eq!(act(&key, "reopen", "VNPT"), (409, "nobody has claimed it as fixed".to_owned()));
    assert_eq!(act(&key, "fixed", "VNPT"), (200, "fixed".to_owned()));
    assert_eq!(act(&key, "fixed", "VNPT").0, 409);
    assert_eq!(act(&key, "reopen", "VNPT"), (200, "open".to_owned()));
    assert_eq!(act(&key, "dance", "VNPT").0, 400);
    assert_eq!(act(&key, "comment", "0912 345 678").0, 400);
    assert_eq!(act("nowhere", "comment", "VNPT").0, 404);
    // The number of the item is its key for good, and a remark keeps its sign.
    let item = server.json(&format!("/api/work/{key}"))["item"].as_i64().unwrap();
    assert_eq!(server.json(&format!("/api/work/item-{item}"))["key"], key.as_str());
    assert_eq!(act(&format!("item-{item}"), "comment", "VNPT").0, 200);
    let minus = json!({"action": "comment", "who": "VNPT", "text": "-3 dB công suất sector 2"});
    let (_, answer) = server.post(&format!("/api/work/{key}/actions"), &minus);
    assert_eq!(answer["last_comment"], "-3 dB công suất sector 2");
    // A claim may be of an earlier day, since the area was first seen.
    let claim = |on: &str| {
        let body = json!({"action": "fixed", "who": "VNPT", "on": on});
        let (status, answer) = server.post(&format!("/api/work/{key}/actions"), &body);
        (status, answer["fixed_on"].as_str().map(str::to_owned), answer["history"].clone())
    };
    let seen = server.json(&format!("/api/work/{key}"))["last_seen"].as_str().unwrap().to_owned();
    assert_eq!((claim("2019-01-01").0, claim("2999-01-01").0, claim("soon").0), (400, 400, 400));
    let (status, fixed_on, history) = claim(&seen);
    assert_eq!((status, fixed_on.as_deref()), (200, Some(seen.as_str())));
    let last = history.as_array().unwrap().last().unwrap().clone();
    assert_eq!((last["on"].as_str(), last["at"].is_string()), (Some(seen.as_str()), true));
    assert_eq!(act(&key, "reopen", "VNPT").0, 200);
    assert_eq!(act(&key, "comment", &"x".repeat(20_000)).0, 413);
}

/// What drives say that come after a claim, from file to list: dBm of each, and the state that they make of it.
#[tokio::test(flavor = "multi_thread")]
async fn drives_after_a_claimed_repair_bear_it_out_or_contradict_it() {
    for (level, state) in [("-78", "verified"), ("-126", "contradicted")] {
        let folder = folder();
        let path = folder.path().join("phusong.gpkg");
        std::fs::copy(demo_store(), &path).unwrap();
        let store = phusong::store::open(&path.to_string_lossy()).await.unwrap();
        let now = store.imports().await.unwrap().last().unwrap().at;
        let (rules, question) =
            (Rules::default(), Question { operator: "viettel".parse().ok(), ..Question::default() });
        let snapshot = Snapshot::take(&*store, &rules, now).await.unwrap();
        let view = snapshot.ask(Role::Admin, &question).unwrap();
        let area = view.answer.dead_areas.iter().min_by_key(|area| area.cells.len()).unwrap();
        let place = WorkPlace { operator: area.operator, technology: area.technology, cells: area.cells.clone() };
        let fixed = NewAction::new(WorkKind::Fixed, "Viettel Ninh Bình", "đã nâng công suất").unwrap();
        let item = store.act(&place, &fixed, now - (24 * 20).hours()).await.unwrap();
        let state_of = |snapshot: &Snapshot| {
            let view = snapshot.ask(Role::Admin, &question).unwrap();
            let rows = snapshot.rows(&view, "work").unwrap();
            let row = rows.iter().find(|row| row.get("item") == Some(&Value::Integer(item))).unwrap();
            row.get("state").cloned()
        };
        let Since::Changed(claimed) = snapshot.since(&*store, &rules, now).await.unwrap() else {
            panic!("a claim is news")
        };
        assert_eq!(state_of(&claimed), Some(Value::Text("fixed".to_owned())));

        // Three phones on three days through every cell, an hour from each other.
        let mut rows = "time,operator,technology,state,rsrp,lon,lat,accuracy_m,device\n".to_owned();
        for day in [9, 8, 7] {
            for (hour, phone) in ["a", "b", "c"].into_iter().enumerate() {
                for cell in &place.cells {
                    let at = h3o::LatLng::from(*cell);
                    let time = now - (24 * day).hours() + i64::try_from(hour).unwrap().hours();
                    let (lon, lat) = (at.lng(), at.lat());
                    rows += &format!("{time},viettel,4G,in_service,{level},{lon:.6},{lat:.6},5,phone {phone}\n");
                }
            }
        }
        let drive = folder.path().join("drive.csv");
        std::fs::write(&drive, rows).unwrap();
        run_json(&["import", "samples", &drive.to_string_lossy(), "--db", &path.to_string_lossy()]);
        let Since::Changed(after) = claimed.since(&*store, &rules, now).await.unwrap() else {
            panic!("a drive is news")
        };
        assert_eq!(state_of(&after), Some(Value::Text(state.to_owned())), "{level} dBm");
        store.close().await;
    }
}

#[test]
fn the_work_list_of_a_commune_is_of_the_areas_on_its_ground() {
    let server = Server::of_demo();
    let keys = |address: &str| -> BTreeSet<String> {
        let items = server.json(address)["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["key"].as_str().unwrap().to_owned()).collect()
    };
    let commune = server.json("/api/villages?limit=5000")["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|village| village["dead_area"].is_string())
        .unwrap()["commune"]
        .as_str()
        .unwrap()
        .to_owned();
    let of_commune = keys(&format!("/api/work?limit=5000&commune={commune}"));
    assert_eq!(of_commune, keys(&format!("/api/dead_areas?limit=5000&commune={commune}")));
    assert!(!of_commune.is_empty() && of_commune.len() < keys("/api/work?limit=5000").len());
    let total = server.json(&format!("/api/work?limit=1&sort=area&commune={commune}"))["total"].as_u64();
    assert_eq!(total, Some(of_commune.len() as u64));
}

#[test]
fn a_key_of_a_dead_area_of_before_says_where_its_ground_is_today() {
    let server = Server::of_demo();
    let listed = server.json("/api/dead_areas?limit=5000");
    let areas: Vec<&Json> = listed["items"].as_array().unwrap().iter().collect();
    // A cell inside that is not the one that the area is known by, as one is when areas merge.
    let inside = |area: &Json| {
        let side = |name: &str| area[name].as_f64().unwrap();
        let cell = h3o::LatLng::new(side("centre_lat"), side("centre_lon")).unwrap().to_cell(h3o::Resolution::Nine);
        Some(cell.to_string()).filter(|cell| area["key"] != cell.as_str())
    };
    let (area, cell) = areas.iter().find_map(|area| Some((*area, inside(area)?))).unwrap();
    let today = server.json(&format!("/api/dead_areas/{cell}"));
    assert_eq!((&today["key"], &today["formerly"], &today["runs"]), (&area["key"], &json!(cell), &area["runs"]));
    assert_eq!(server.json(&format!("/api/dead_areas/{}", area["key"].as_str().unwrap()))["formerly"], Json::Null);

    let good = server.json("/api/signal?limit=1&filter=verdict='good'");
    let good = &good["items"][0];
    let closed = server.get(&format!("/api/dead_areas/{}", good["key"].as_str().unwrap()));
    let problem = closed.json();
    assert_eq!((closed.status, &problem["title"]), (410, &json!("gone")), "{problem}");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("its cell is good") && detail.contains(good["last_seen"].as_str().unwrap()), "{detail}");
    // In the open sea, and no cell at all.
    for key in ["89414000003ffff", "gone"] {
        assert_eq!(server.get(&format!("/api/dead_areas/{key}")).status, 404, "{key}");
    }
}
