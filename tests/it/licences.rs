//! Every crate in the program may be given away under MIT or Apache-2.0.

use std::process::Command;

use serde_json::Value as Json;

/// Licences that ask for no more than notice.
const FREE: [&str; 15] = [
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "0BSD",
    "Unicode-3.0",
    "Unlicense",
    "BSL-1.0",
    "CC0-1.0",
    "MIT-0",
    "MPL-2.0",
    "CDLA-Permissive-2.0",
];

/// Of this platform: what is only built elsewhere need not lie on this machine.
#[test]
fn every_licence_is_free() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--filter-platform", "host-tuple", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Json = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100);
    let odd: Vec<String> = packages
        .iter()
        .filter(|package| !is_free(package["license"].as_str().unwrap_or_default()))
        .map(|package| format!("{} {}: {}", package["name"], package["version"], package["license"]))
        .collect();
    assert!(odd.is_empty(), "{}", odd.join("\n"));
}

/// `A OR B` needs one free side, `A AND B` both. `/` is an old way to write OR.
fn is_free(expression: &str) -> bool {
    let expression = expression.replace(['(', ')'], "").replace('/', " OR ");
    !expression.is_empty()
        && expression.split(" AND ").all(|part| part.split(" OR ").any(|licence| FREE.contains(&licence.trim())))
}

#[test]
fn a_licence_that_binds_is_found() {
    assert!(is_free("MIT OR Apache-2.0") && is_free("MIT/Apache-2.0") && is_free("(MIT OR GPL-3.0) AND BSD-3-Clause"));
    assert!(!is_free("GPL-3.0") && !is_free("MIT AND AGPL-3.0") && !is_free(""));
}
