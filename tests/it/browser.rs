//! The page in a real browser, against the real server.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Server, demo_store, folder, phusong, text};

/// `None` after saying that a script cannot run here.
fn script(name: &str) -> Option<Command> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    if !root.join("web/node_modules/playwright-core").exists() {
        eprintln!("skipped: web/node_modules is not installed (`make test` installs it)");
        return None;
    }
    let mut command = Command::new("node");
    command.arg(root.join("web/tests").join(name));
    Some(command)
}

/// A copy that may be written on: the other tests share theirs.
fn copy() -> (tempfile::TempDir, PathBuf) {
    let folder = folder();
    let store = folder.path().join("phusong.gpkg");
    std::fs::copy(demo_store(), &store).unwrap();
    (folder, store)
}

/// Runs a script against a demo of its own.
fn on_a_demo(name: &str) {
    let Some(mut script) = script(name) else { return };
    let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
    std::fs::create_dir_all(&shots).unwrap();
    let (folder, _) = copy();
    let dir = folder.path().to_string_lossy().into_owned();
    let server = Server::run(phusong().args(["demo", "--dir", &dir, "--port", "0"]));
    let output = script.arg(&server.base).arg(&shots).output().expect("node runs");
    assert!(output.status.success(), "{}\n{}", text(&output.stdout), text(&output.stderr));
}

#[test]
fn the_map_is_drawn_filtered_flown_and_translated() {
    on_a_demo("map.spec.mjs");
}

#[test]
fn work_is_done_on_the_page_from_an_import_to_a_printed_sheet() {
    on_a_demo("doing.spec.mjs");
}

#[test]
fn the_page_fits_phones_and_browsers_without_webgl() {
    on_a_demo("screens.spec.mjs");
}

/// The bar is 2 s (docs/benchmarks.md); a loaded machine is no reason to fail, so the time is only printed.
#[test]
fn an_open_map_shows_a_changed_status_after_one_new_visit() {
    let Some(mut script) = script("live.spec.mjs") else { return };
    let (_folder, store) = copy();
    let server = Server::start(&store);
    let output = script.arg(&server.base).output().expect("node runs");
    eprintln!("{}", text(&output.stdout));
    assert!(output.status.success(), "{}\n{}", text(&output.stdout), text(&output.stderr));
}
