//! The page in a real browser, against the real server.

use std::path::Path;
use std::process::Command;

use crate::support::{Server, demo_store, folder, phusong, text};

#[test]
fn the_map_is_drawn_filtered_flown_and_translated() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    if !root.join("web/node_modules/playwright-core").exists() {
        eprintln!("skipped: web/node_modules is not installed (`make test` installs it)");
        return;
    }
    let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
    std::fs::create_dir_all(&shots).unwrap();
    // A copy that may be written on: the other tests share theirs.
    let folder = folder();
    let store = folder.path().join("phusong.gpkg");
    std::fs::copy(demo_store(), &store).unwrap();
    let dir = folder.path().to_string_lossy().into_owned();
    let server = Server::run(phusong().args(["demo", "--dir", &dir, "--port", "0"]));
    let output = Command::new("node")
        .arg(root.join("web/tests/map.spec.mjs"))
        .arg(&server.base)
        .arg(&shots)
        .output()
        .expect("node runs");
    assert!(output.status.success(), "{}\n{}", text(&output.stdout), text(&output.stderr));
}
