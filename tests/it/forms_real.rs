//! Forms of real campaigns through the whole program: what is read is what a plain count of the file gives.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::support::{folder, phusong, real_data, run_json};

/// A square of ground as a commune, for campaigns that Viet Nam's boundaries do not hold.
fn commune(folder: &Path, [west, south, east, north]: [f64; 4]) -> PathBuf {
    let path = folder.join("commune.geojson");
    let ring = format!("[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]");
    let text = format!(
        r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"code":"00001","name":"Chibombo","kind":"Xã"}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}]}}"#
    );
    std::fs::write(&path, text).unwrap();
    path
}

fn run(arguments: &[&str]) {
    assert!(phusong().args(arguments).status().unwrap().success(), "{arguments:?}");
}

#[test]
fn a_campaign_of_ona_imports_with_the_counts_of_its_file_and_without_its_people() {
    let Some(data) = real_data() else { return };
    let folder = folder();
    // A copy: refused rows are written beside the file.
    let file = folder.path().join("forms.json");
    std::fs::copy(data.join("outreach/samples/onadata_submissions_mspray_2017_redacted.json"), &file).unwrap();
    let data = file;
    let db = folder.path().join("a.gpkg");
    let db = db.to_str().unwrap();
    let ground = commune(folder.path(), [22.0, -18.2, 33.8, -8.1]);
    run(&["import", "boundaries", ground.to_str().unwrap(), "--db", db, "--as-of", "2017-01-01"]);
    let villages = folder.path().join("villages.csv");
    std::fs::write(&villages, "code,commune_code,name,households\n00001-001,00001,Akros,178\n").unwrap();
    run(&["import", "villages", villages.to_str().unwrap(), "--db", db]);
    let profile = folder.path().join("mspray.toml");
    std::fs::write(
        &profile,
        "format = 1\nname = \"mSpray\"\n[columns]\ntime = \"today\"\nlongitude = \"osmstructure:ctr:lon\"\nlatitude = \"osmstructure:ctr:lat\"\n\
         household = \"osmstructure:osm_way_id\"\nresult = \"osmstructure:spray_status\"\n[words.result]\nsprayed = \"guided\"\nnotsprayed = \"refused\"\n",
    )
    .unwrap();

    // The plain count: forms with a status, a place and a day.
    let forms: Vec<Json> = serde_json::from_str(&std::fs::read_to_string(&data).unwrap()).unwrap();
    let text = |form: &Json, key: &str| match &form[key] {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let good = |form: &&Json| {
        ["osmstructure:spray_status", "osmstructure:ctr:lon", "osmstructure:ctr:lat", "today"]
            .iter()
            .all(|key| !text(form, key).is_empty())
            && ["sprayed", "notsprayed"].contains(&text(form, "osmstructure:spray_status").as_str())
    };
    let kept: Vec<&Json> = forms.iter().filter(good).collect();
    let ids: BTreeSet<String> = kept.iter().map(|form| text(form, "_uuid")).collect();

    let report =
        run_json(&["import", "visits", data.to_str().unwrap(), "--db", db, "--profile", profile.to_str().unwrap()]);
    let file = &report["files"][0];
    assert_eq!(file["accepted"], kept.len(), "{file}");
    assert_eq!(file["inserted"], ids.len());
    assert_eq!(file["refused"], forms.len() - kept.len());
    let again =
        run_json(&["import", "visits", data.to_str().unwrap(), "--db", db, "--profile", profile.to_str().unwrap()]);
    assert_eq!(again["files"][0]["inserted"], 0);

    // No words of people, and none of their files, anywhere in the store.
    let store = std::fs::read(db).unwrap();
    let mut words: BTreeMap<&str, bool> = BTreeMap::new();
    for word in ["msprayzambia2017", "sprayop", "supervisor", "tla_leader"] {
        let mut found = memchr::memmem::find_iter(&store, word);
        // The report of the import names the columns that it dropped.
        let is_heading = |at: usize| store[at + word.len()..].starts_with(b"_name");
        words.insert(word, found.any(|at| !is_heading(at)));
    }
    assert!(words.values().all(|found| !found), "{words:?}");
}

#[test]
fn files_of_odk_and_kobo_say_what_they_lack() {
    for (name, found) in [("odk_central_odata_fq_raw.json", "result"), ("odk_central_odata_geo_gj_raw.json", "result")]
    {
        let Some(data) = real_data() else { return };
        let folder = folder();
        let file = folder.path().join(name);
        std::fs::copy(data.join("outreach/samples").join(name), &file).unwrap();
        let data = file;
        let db = folder.path().join("a.gpkg");
        let output = phusong()
            .args(["--lang", "en", "import", "visits", data.to_str().unwrap(), "--db", db.to_str().unwrap()])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(found), "{name}: {said}");
    }
}

#[test]
fn points_of_a_campaign_in_zambia_cover_what_a_plain_count_says() {
    let Some(data) = real_data() else { return };
    let folder = folder();
    let samples = data.join("outreach/samples");
    let points = |name: &str| -> Vec<(f64, f64)> {
        let text = std::fs::read_to_string(samples.join(name)).unwrap();
        let file: Json = serde_json::from_str(&text).unwrap();
        let place = |feature: &Json| {
            let at = &feature["geometry"]["coordinates"];
            (at[0].as_f64().unwrap(), at[1].as_f64().unwrap())
        };
        file["features"].as_array().unwrap().iter().map(place).collect()
    };
    let (homes, visits) = (points("mspray_households_chibombo.geojson"), points("mspray_spraydays_chibombo.geojson"));
    let db = folder.path().join("a.gpkg");
    let db = db.to_str().unwrap();
    let ground = commune(folder.path(), [28.0, -15.4, 28.5, -15.0]);
    run(&["import", "boundaries", ground.to_str().unwrap(), "--db", db, "--as-of", "2016-01-01"]);
    let villages = folder.path().join("villages.csv");
    let register = format!(
        "code,commune_code,name,lon,lat,households\n00001-001,00001,Chibombo 1,{},{},{}\n",
        homes[0].0,
        homes[0].1,
        homes.len()
    );
    std::fs::write(&villages, register).unwrap();
    run(&["import", "villages", villages.to_str().unwrap(), "--db", db]);
    // A point and a day are all that is known: everything stated by the profile.
    let profile = folder.path().join("chibombo.toml");
    let stated = "format = 1\nname = \"Chibombo\"\n[columns]\nvillage_code = \"village_code\"\n[constants]\nday = \"2016-10-03\"\nresult = \"guided\"\n";
    std::fs::write(&profile, stated).unwrap();
    let file = folder.path().join("days.geojson");
    let text = std::fs::read_to_string(samples.join("mspray_spraydays_chibombo.geojson")).unwrap();
    let mut days: Json = serde_json::from_str(&text).unwrap();
    for feature in days["features"].as_array_mut().unwrap() {
        feature["properties"]["village_code"] = "00001-001".into();
    }
    std::fs::write(&file, days.to_string()).unwrap();
    let report =
        run_json(&["import", "visits", file.to_str().unwrap(), "--db", db, "--profile", profile.to_str().unwrap()]);
    let read = &report["files"][0];
    assert_eq!((&read["accepted"], &read["refused"]), (&visits.len().into(), &0.into()), "{read}");

    // Homes without a label are told apart to five metres.
    let doors: BTreeSet<(i64, i64)> =
        visits.iter().map(|(lon, lat)| ((lon * 20_000.0).round() as i64, (lat * 20_000.0).round() as i64)).collect();
    assert_eq!(doors.len(), visits.len());
    let to = folder.path().join("communes.geojson");
    run_json(&["export", "villages", "--db", db, "--format", "geojson", "-o", to.to_str().unwrap()]);
    let written: Json = serde_json::from_str(&std::fs::read_to_string(to).unwrap()).unwrap();
    let row = &written["features"][0]["properties"];
    assert_eq!((&row["guided"], &row["households"]), (&doors.len().into(), &homes.len().into()), "{row}");
    let share = (1000.0 * doors.len() as f64 / homes.len() as f64).round() / 10.0;
    assert_eq!((row["percent"].as_f64(), row["status"].as_str()), (Some(share), Some("reached")), "{row}");
}
