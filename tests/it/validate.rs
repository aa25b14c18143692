//! `phusong analyse --validate`: the surface judged on ground that it has not seen.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use crate::support::{folder, real_data, run, run_json, text};

/// Every 10 m along rows 30 m apart.
fn places() -> impl Iterator<Item = (u32, (f64, f64))> {
    (0..12_000_u32).map(|step| (step, (105.97 + f64::from(step % 200) * 1e-4, 20.25 + f64::from(step / 200) * 3e-4)))
}

/// A log without operator, time or device: a smooth slope of signal over 2 km, weak in the north.
fn log(path: &Path) {
    let mut rows = String::from("Lattitude;Longitude;RSRP_54\n");
    for (step, (lon, lat)) in places() {
        let power = -85.0 - (lat - 20.25) * 1_800.0 + f64::from((step * 7919) % 7) - 3.0;
        let _ = writeln!(rows, "{}", format!("{lat:.6};{lon:.6};{power:.1}").replace('.', ","));
    }
    fs::write(path, rows).unwrap();
}

fn figure(found: &Json, name: &str) -> f64 {
    found[name].as_f64().unwrap_or_else(|| panic!("{name} in {found}"))
}

#[test]
fn a_log_of_places_and_powers_is_enough() {
    let dir = folder();
    let (file, to) = (dir.path().join("log.csv"), dir.path().join("figures.json"));
    log(&file);
    let (file, to) = (file.to_string_lossy(), to.to_string_lossy());
    let found = run_json(&["analyse", "--validate", &file, "--output", &to]);
    assert_eq!((found["readings"].as_u64(), found["refused"].as_u64()), (Some(12_000), Some(0)), "{found}");
    assert!(figure(&found, "rmse_db") < 2.0, "{found}");
    assert!(figure(&found, "rmse_db") < found["baselines"]["mean_rmse_db"].as_f64().unwrap() / 2.0, "{found}");
    assert!(figure(&found, "auc") > 0.97, "{found}");
    let written: Json = serde_json::from_str(&fs::read_to_string(&*to).unwrap()).unwrap();
    assert_eq!(written, found);
    let cells: u64 =
        found["reliability"].as_array().unwrap().iter().map(|tenth| tenth["cells"].as_u64().unwrap()).sum();
    assert_eq!(Some(cells), found["cells"].as_u64());
}

#[test]
fn a_split_decides_which_cells_are_judged_together() {
    let dir = folder();
    let (file, folds) = (dir.path().join("log.csv"), dir.path().join("folds.csv"));
    log(&file);
    let mut rows = String::from("cell,fold,value\n");
    let mut cells: Vec<_> = places()
        .map(|(_, (lon, lat))| (h3o::LatLng::new(lat, lon).unwrap().to_cell(h3o::Resolution::Eleven), lat))
        .collect();
    cells.sort_by_key(|(cell, _)| *cell);
    cells.dedup_by_key(|(cell, _)| *cell);
    for (cell, lat) in &cells {
        let _ = writeln!(rows, "{cell},{},-100", u8::from(*lat > 20.259));
    }
    rows.push_str("nowhere,1,-100\n");
    fs::write(&folds, rows).unwrap();
    let (file, folds) = (file.to_string_lossy(), folds.to_string_lossy());
    let found = run_json(&["analyse", "--validate", &file, "--folds", &folds]);
    assert_eq!((found["folds"].as_u64(), found["refused"].as_u64()), (Some(2), Some(1)), "{found}");
    assert_eq!(found["cells"].as_u64(), Some(cells.len() as u64));
    // All that was measured is said to be −100: no place is weak, and nothing can be ranked.
    assert_eq!((found["weak_share"].as_f64(), found["auc"].is_null()), (Some(0.0), true), "{found}");
}

/// Two masts at the ends of 2 km: what is measured near the one says how the other fades.
#[test]
fn masts_say_how_a_signal_fades_where_nobody_measured() {
    let dir = folder();
    let (file, sites) = (dir.path().join("log.csv"), dir.path().join("sites.csv"));
    let masts = [(105.972, 20.258), (105.991, 20.259)];
    let mut rows = String::from("lat;lon;rsrp\n");
    for (step, (lon, lat)) in places() {
        let metres = masts.iter().map(|mast| ((lon - mast.0) * 104_400.0).hypot((lat - mast.1) * 110_700.0));
        let power = -55.0 - 38.0 * (metres.fold(f64::INFINITY, f64::min).max(80.0) / 80.0).log10();
        let _ = writeln!(rows, "{lat:.6};{lon:.6};{:.1}", power + f64::from((step * 7919) % 9) - 4.0);
    }
    fs::write(&file, rows).unwrap();
    let list = masts.iter().map(|(lon, lat)| format!("viettel,4G,{lon},{lat}\nvnpt,4G,{},20.2\n", lon + 0.004));
    fs::write(&sites, format!("operator,technology,lon,lat\n{}", list.collect::<String>())).unwrap();
    let (file, sites) = (file.to_string_lossy(), sites.to_string_lossy());
    let without = run_json(&["analyse", "--validate", &file]);
    let with = run_json(&["analyse", "--validate", &file, "--sites", &sites, "--operator", "viettel"]);
    assert_eq!(with["folds_with_trend"], with["folds"], "{with}");
    assert_eq!((with["sites"].as_u64(), without["sites"].as_u64()), (Some(2), Some(0)), "{with}");
    assert!(figure(&with, "rmse_db") < 0.9 * figure(&without, "rmse_db"), "{with} {without}");
}

#[test]
fn what_cannot_be_validated_says_why() {
    let dir = folder();
    let path = |name: &str, content: &str| {
        let path = dir.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_string_lossy().into_owned()
    };
    let few = path("few.csv", "lat,lon,rsrp\n20.25,105.97,-90\n20.26,105.98,-95\n");
    let bare = path("bare.csv", "lat,lon\n20.25,105.97\n");
    let mixed = path("mixed.csv", "cell,fold\n8b4143121048fff,0\n89414312107ffff,1\n");
    for (arguments, expected) in [
        (vec!["--validate", &few], "too few for a surface"),
        (vec!["--validate", &bare], "missing columns rsrp"),
        (vec!["--validate", &few, "--folds", &mixed], "one H3 resolution"),
        (vec!["--validate", &few, "--folds", &bare], "missing columns cell, fold"),
        (vec!["--folds", &mixed], "--validate"),
    ] {
        let output = run(&[&["analyse"], &arguments[..]].concat());
        assert!(!output.status.success());
        assert!(text(&output.stderr).contains(expected), "{arguments:?}: {}", text(&output.stderr));
    }
}

/// The bars of the field on a drive through every street of 3 km², in blocks of H3 r9: ordinary
/// kriging reaches an RMSE of 8.14 dB, an AUC of 0.866 and an average precision of 0.599 there.
#[test]
fn a_real_drive_is_predicted_better_than_by_ordinary_kriging() {
    let Some(data) = real_data() else { return };
    let log = data.join("signal/drive_santa_monica_att_1hz.csv.gz").to_string_lossy().into_owned();
    let found = run_json(&["analyse", "--validate", &log]);
    assert_eq!((found["readings"].as_u64(), found["refused"].as_u64()), (Some(43_678), Some(0)), "{found}");
    assert!(figure(&found, "rmse_db") < 8.1 && figure(&found, "auc") > 0.866, "{found}");
    assert!((0.86..0.94).contains(&figure(&found, "interval_90_coverage")), "{found}");
    assert!(figure(&found, "average_precision") > 0.6, "{found}");
}

#[test]
fn a_spreadsheet_is_a_log_too() {
    let Some(data) = real_data() else { return };
    let log = data.join("signal/kaiserslautern_campus/cleaned2_network_data.xlsx").to_string_lossy().into_owned();
    let found = run_json(&["analyse", "--validate", &log, "--technology", "5G"]);
    assert_eq!((found["readings"].as_u64(), found["refused"].as_u64()), (Some(15_820), Some(0)), "{found}");
}

/// A part of them.
fn few_places() -> impl Iterator<Item = (u32, (f64, f64))> {
    places().filter(|(step, _)| step % 200 < 50)
}

/// 4G weak everywhere and 2G strong everywhere, in one log: a surface over both would be of neither.
#[test]
fn one_technology_of_several_is_judged_and_the_others_are_counted() {
    let dir = folder();
    let file = dir.path().join("log.csv");
    let mut rows = String::from("time,lat,lon,operator,technology,rsrp\n");
    for (step, (lon, lat)) in few_places() {
        let power = -112.0 - f64::from((step * 7919) % 7);
        let time = 1_774_919_700 + step;
        let _ = writeln!(rows, "{time},{lat:.6},{lon:.6},viettel,4G,{power}");
        if step % 2 == 0 {
            let _ = writeln!(rows, "{time},{lat:.6},{lon:.6},viettel,2G,{}", power + 50.0);
        }
    }
    fs::write(&file, rows).unwrap();
    let file = file.to_string_lossy();
    for arguments in
        [vec!["analyse", "--validate", &*file], vec!["analyse", "--validate", &*file, "--technology", "4G"]]
    {
        let found = run_json(&arguments);
        assert_eq!((found["readings"].as_u64(), found["technology"].as_str()), (Some(3_000), Some("4G")), "{found}");
        assert_eq!(found["weak_share"].as_f64(), Some(1.0), "{found}");
        let said = found["warnings"].to_string();
        assert_eq!(said.contains("2G: 1500"), arguments.len() == 3, "{said}");
    }
    let found = run_json(&["analyse", "--validate", &file, "--technology", "2G"]);
    assert_eq!((found["readings"].as_u64(), found["weak_share"].as_f64()), (Some(1_500), Some(0.0)), "{found}");
    let none = run(&["--lang", "en", "analyse", "--validate", &file, "--technology", "5G"]);
    assert!(text(&none.stderr).contains("no reading of 5G"), "{}", text(&none.stderr));
}

/// On 5G NSA a phone prints the power of its 4G anchor beside `5G`, and `<-120` below what its app shows.
#[test]
fn a_log_is_validated_as_it_is_imported() {
    let dir = folder();
    let file = dir.path().join("log.csv");
    let mut rows = String::from("time,lat,lon,operator,technology,rsrp,arfcn\n");
    for (step, (lon, lat)) in few_places() {
        let power = if step % 3 == 0 { "<-120".to_owned() } else { format!("{}", -100 - i64::from(step % 7)) };
        let _ = writeln!(rows, "{},{lat:.6},{lon:.6},viettel,5G,{power},1300", 1_774_919_700 + step);
    }
    fs::write(&file, rows).unwrap();
    let found = run_json(&["analyse", "--validate", &file.to_string_lossy()]);
    assert_eq!((found["readings"].as_u64(), found["refused"].as_u64()), (Some(3_000), Some(0)), "{found}");
    assert_eq!(found["technology"].as_str(), Some("4G"), "{found}");
}
