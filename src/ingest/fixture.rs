//! Help for this room's tests: files on disk and ready options.
//!
//! The readers take paths, because they judge content against extension; so
//! the tests write real files, each in a folder that goes away with the test.

use std::path::PathBuf;

use tempfile::TempDir;

use super::Options;

pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

pub(crate) fn write(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

pub(crate) fn options() -> Options {
    Options {
        household_key: [7; 32],
        default_source: "test".to_owned(),
        ..Options::at("2026-11-22T00:00:00Z".parse().unwrap())
    }
}
