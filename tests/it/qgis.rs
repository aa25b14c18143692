//! QGIS by its own libraries: every collection, every layer of tiles, and files with their styles.

use std::process::Command;

use crate::support::{Server, demo_store, folder, phusong, text};

/// What says that QGIS is not there (`in_qgis.py`).
const NOT_THERE: i32 = 77;
/// Without these a build for debugging is done in a minute: what is expected between the measurements takes it many.
const SLOW: &str = if cfg!(debug_assertions) { "surface,measure_next" } else { "" };

/// A layer of points and one of areas with their styles, and the points in VN-2000 of the province's zone.
const FILES: [(&str, &str, &str); 4] = [
    ("villages", "villages.gpkg", "4326"),
    ("dead_areas", "dead_areas.gpkg", "4326"),
    ("signal", "signal.gpkg", "4326"),
    ("villages", "villages_epsg9209.gpkg", "9209"),
];

#[test]
fn qgis_reads_collections_tiles_and_styled_files() {
    // Its Python is the system's, whichever else stands before it on the path.
    let there = Command::new("/usr/bin/python3").args(["-c", "import qgis.core"]).output();
    if !there.is_ok_and(|said| said.status.success()) {
        eprintln!("skipped: QGIS is not installed (`make test` installs python3-qgis and qgis-providers)");
        return;
    }
    let server = Server::of_demo();
    let dir = folder();
    for (layer, name, crs) in FILES {
        let to = dir.path().join(name);
        let mut command = phusong();
        command.args(["export", layer, "--format", "gpkg", "--crs", crs, "--db"]).arg(demo_store()).arg("-o").arg(&to);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/in_qgis.py");
    let output = Command::new("/usr/bin/python3").arg(script).arg(&server.base).arg(dir.path()).arg(SLOW).output();
    let output = output.expect("python runs");
    let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
    if output.status.code() == Some(NOT_THERE) {
        eprintln!("skipped: {said}");
        return;
    }
    assert!(output.status.success(), "{said}");
    let facts = said.lines().filter(|line| line.starts_with("ok ")).count();
    assert!(facts > 50, "{said}");
}
