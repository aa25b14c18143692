//! QGIS's own libraries read what the server and the exports offer: no plug-in, the same counts, the styles as meant.

use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;

use crate::support::{Server, demo_store, folder, run, text};

/// What QGIS sees; nothing where it is not installed.
fn seen(server: &Server, files: &[&Path]) -> Option<Json> {
    // Debian's bindings belong to the system's Python.
    let python = "/usr/bin/python3";
    let known = Command::new(python).args(["-c", "import qgis.core"]).env("QT_QPA_PLATFORM", "offscreen").output();
    if !known.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: QGIS is not installed (`make test` installs it)");
        return None;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/qgis/read.py");
    let output = Command::new(python).arg(script).arg(&server.base).args(files).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn qgis_reads_every_collection_draws_the_tiles_and_opens_files_with_their_styles() {
    let folder = folder();
    let file = |name: &str| folder.path().join(name);
    let files = [
        ("villages", file("v.gpkg")),
        ("dead_areas", file("d.tab")),
        ("signal", file("s.gpkg")),
        ("work", file("w.gpkg")),
    ];
    for (layer, to) in &files {
        let made = run(&["export", layer, "--db", &demo_store().to_string_lossy(), "-o", &to.to_string_lossy()]);
        assert!(made.status.success(), "{}", text(&made.stderr));
    }
    let server = Server::of_demo();
    let paths: Vec<&Path> = files.iter().map(|(_, to)| to.as_path()).collect();
    let Some(seen) = seen(&server, &paths) else { return };

    let collections = seen["collections"].as_object().unwrap();
    let offered = server.json("/ogc/collections");
    assert_eq!(collections.len(), offered["collections"].as_array().unwrap().len());
    for (name, one) in collections {
        assert_eq!((&one["valid"], &one["crs"]), (&true.into(), &"EPSG:4326".into()), "{name}: {one}");
        assert_eq!(one["count"], one["expected"], "{name}");
        assert!(one["count"].as_u64() > Some(0) && one["with_geometry"] == one["count"], "{name}: {one}");
    }

    let tiles = &seen["tiles"];
    assert_eq!((&tiles["valid"], &tiles["converted"]), (&true.into(), &true.into()));
    // Images and fonts of a server are fetched where a person adds it, not here.
    let fetched =
        |warning: &&Json| warning.as_str().is_some_and(|text| text.contains("sprite") || text.contains("font"));
    let not_understood: Vec<&Json> = tiles["warnings"].as_array().unwrap().iter().filter(|w| !fetched(w)).collect();
    assert!(not_understood.is_empty(), "{not_understood:?}");
    assert!(tiles["styles"].as_u64() > Some(10) && tiles["colours"].as_u64() > Some(20), "something is drawn: {tiles}");

    for (layer, path) in &files {
        let one = &seen["files"][path.file_name().unwrap().to_str().unwrap()];
        let total = &server.json(&format!("/api/{layer}?limit=1"))["total"];
        assert_eq!((&one["count"], &one["styled"]), (total, &true.into()), "{layer}: as many as on the map");
        assert_eq!(one["renderer"], "categorizedSymbol", "{layer}");
        assert_eq!(one["drawn"], one["count"], "{layer}: every row has a symbol");
        let legend: Vec<&str> = one["legend"].as_array().unwrap().iter().filter_map(Json::as_str).collect();
        assert!(legend.len() > 1 && legend.iter().all(|word| !word.is_empty()), "{layer}: {legend:?}");
    }
}
