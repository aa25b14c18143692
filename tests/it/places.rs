//! Public places from a file of an office to the list over HTTP, on a store of its own.

use serde_json::Value as Json;

use crate::support::{Server, demo_store, folder, run, run_json};

#[test]
fn a_list_of_places_is_imported_once_judged_and_shown_with_its_evidence() {
    let folder = folder();
    let store = folder.path().join("phusong.gpkg");
    std::fs::copy(demo_store(), &store).unwrap();
    let db = store.to_string_lossy().into_owned();
    // A school beside the worst centre of the demo, one where nobody drives, and rows that cannot be.
    let server = Server::start(&store);
    let listed = server.json("/api/places?limit=5000");
    let centres = listed["items"].as_array().unwrap();
    assert_eq!(listed["total"], 129, "one centre for each commune of the demo");
    assert!(centres.iter().all(|place| place["kind"] == "commune_centre" && place["within_m"] == 500.0));
    let worst = &centres[0];
    let (lon, lat) = (worst["lon"].as_f64().unwrap(), worst["lat"].as_f64().unwrap());
    drop(server);
    let file = folder.path().join("dia_diem.csv");
    let text = format!(
        "Tên cơ quan,Loại,Mã xã,Kinh độ,Vĩ độ\n\
         Trường THCS Một,Trường,,{lon},{lat}\n\
         Trạm y tế ngoài khơi,,{commune},107.3,19.1\n\
         Quán nước,quán,,{lon},{lat}\n\
         trường thcs một,Trường,,{lon},{lat}\n",
        commune = worst["commune"].as_str().unwrap()
    );
    std::fs::write(&file, text).unwrap();
    let file = file.to_string_lossy().into_owned();
    let import = |arguments: &[&str]| {
        let mut all = vec!["import", "places", &file, "--db", &db];
        all.extend(arguments);
        run_json(&all)["files"][0].clone()
    };
    let dry = import(&["--dry-run"]);
    assert_eq!((&dry["accepted"], &dry["refused"]), (&Json::from(2), &Json::from(2)));
    let first = import(&[]);
    assert_eq!((&first["inserted"], &first["refused"]), (&Json::from(2), &Json::from(2)));
    let again = import(&[]);
    assert_eq!((&again["inserted"], &again["updated"], &again["unchanged"]), (&0.into(), &0.into(), &2.into()));
    let rejects = std::fs::read_to_string(format!("{file}.rejects.csv")).unwrap();
    let reasons: Vec<&str> = rejects.lines().skip(1).collect();
    assert!(reasons[0].contains("unknown_value") && reasons[0].contains("quán"), "{rejects}");
    assert!(reasons[1].contains("duplicate"), "{rejects}");

    let server = Server::start(&store);
    let list = server.json("/api/places?limit=5000");
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 131);
    assert!(items[..129].iter().all(|place| place["kind"] == "commune_centre"), "centres come first");
    let named = |name: &str| items.iter().find(|place| place["name"] == name).unwrap();
    let lost = named("Trạm y tế ngoài khơi");
    assert_eq!((&lost["verdict"], &lost["runs"], &lost["within_m"]), (&"unmeasured".into(), &0.into(), &150.0.into()));
    let school = named("Trường THCS Một");
    assert_eq!(school["commune"], worst["commune"], "its commune is found by its position");
    assert!(lost["weak_low"].is_null() && lost["median_dbm"].is_null());

    // By operator, as everything else; the card says what the list says.
    let one = server.json("/api/places?limit=1&operator=viettel");
    let key = one["items"][0]["key"].as_str().unwrap();
    assert_eq!(server.json(&format!("/api/places/{key}?operator=viettel")), one["items"][0]);
    let file = server.json("/export/places.geojson");
    assert_eq!(file["features"].as_array().unwrap().len(), 131);
}

#[test]
fn the_demo_has_centres_of_several_verdicts_and_the_worst_come_first() {
    let server = Server::of_demo();
    let list = server.json("/api/places?limit=5000");
    let order = ["no_signal", "hole", "poor", "not_enough", "unmeasured", "covered"];
    let items = list["items"].as_array().unwrap();
    let ranks: Vec<usize> =
        items.iter().map(|place| order.iter().position(|code| place["verdict"] == *code).unwrap()).collect();
    assert!(ranks.is_sorted(), "{ranks:?}");
    assert!(ranks[0] < 3 && ranks.last() == Some(&5), "nothing to mend, or nothing that works: {ranks:?}");
    for place in items {
        let measured = place["verdict"] != "unmeasured";
        assert_eq!(measured, place["runs"].as_u64().unwrap() > 0, "{place}");
        assert_eq!(measured, place["weak_low"].is_number() && place["last_seen"].is_string(), "{place}");
    }
    // What lies in a dead area is named there.
    let areas = server.json("/api/dead_areas?limit=5000");
    let areas = areas["items"].as_array().unwrap();
    let named: u64 = areas.iter().map(|area| area["places"].as_u64().unwrap()).sum();
    assert!(named > 0, "no centre lies in a dead area");
    assert!(areas.iter().all(|area| (area["places"] == 0) == (area["place_names"] == "")));
}

#[test]
fn a_list_without_positions_says_what_is_missing() {
    let folder = folder();
    let file = folder.path().join("ten.csv");
    std::fs::write(&file, "Tên cơ quan,Mã xã\nUBND xã A,14329\n").unwrap();
    let db = folder.path().join("new.gpkg").to_string_lossy().into_owned();
    let output = run(&["import", "places", &file.to_string_lossy(), "--db", &db]);
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && words.contains("lon"), "{words}");
}
