//! The strict judge of our tiles held against Mapbox's fixtures: what the specification calls wrong it finds, and what
//! is right it reads.

use std::path::PathBuf;

use serde_json::Value as Json;

use crate::support::{mvt, text};

/// What a number of a fixture is about, and why the judge lets it pass: none of it can come from our writer.
const BEYOND_THE_JUDGE: [(&str, &str); 0] = [];

/// `fixtures/NNN` of `@mapbox/mvt-fixtures`, which `make test` installs with the page's own packages.
fn fixtures() -> Vec<(String, Vec<u8>, Json)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("web/node_modules/@mapbox/mvt-fixtures/fixtures");
    let mut found: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|e| panic!("{}: {e}; `make web-test` installs them", folder.display()))
        .map(|entry| {
            let path = entry.unwrap().path();
            let info = serde_json::from_slice(&std::fs::read(path.join("info.json")).unwrap()).unwrap();
            (text(path.file_name().unwrap().as_encoded_bytes()), std::fs::read(path.join("tile.mvt")).unwrap(), info)
        })
        .collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

#[test]
fn what_version_2_forbids_is_found_in_every_fixture() {
    let wrong: Vec<_> = fixtures().into_iter().filter(|(.., info)| info["validity"]["v2"] == false).collect();
    assert!(wrong.len() > 20, "{}", wrong.len());
    let passed: Vec<String> = wrong
        .iter()
        .filter(|(number, tile, _)| {
            mvt::problems(tile).is_empty() && !BEYOND_THE_JUDGE.iter().any(|(known, _)| known == number)
        })
        .map(|(number, _, info)| format!("{number}: {}", info["description"]))
        .collect();
    assert!(passed.is_empty(), "taken for valid:\n{}", passed.join("\n"));
}

#[test]
fn what_version_2_allows_is_read_as_another_decoder_reads_it() {
    let mut read = 0;
    for (number, tile, info) in fixtures().into_iter().filter(|(.., info)| info["validity"]["v2"] == true) {
        let Ok(theirs) = fast_mvt::MvtReaderRef::new(&tile) else { continue };
        let ours = mvt::decode(&tile);
        let layers: Vec<(String, usize)> =
            theirs.layers().map(|layer| (layer.name().to_owned(), layer.features().count())).collect();
        let told: Vec<(String, usize)> = ours.iter().map(|l| (l.name.clone(), l.features.len())).collect();
        assert_eq!(told, layers, "{number}: {}", info["description"]);
        read += 1;
    }
    assert!(read > 20, "{read}");
}
