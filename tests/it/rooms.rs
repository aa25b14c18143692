//! The house checks its own plan: arrows between rooms, file headers, and
//! the absences that ARCHITECTURE.md states.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms that it may name.
const ARROWS: [(&str, &[&str]); 8] = [
    ("model", &[]),
    ("engine", &["model"]),
    ("ingest", &["model"]),
    ("store", &["model"]),
    ("tiles", &["model"]),
    ("flow", &["model", "ingest", "store", "engine", "tiles"]),
    ("api", &["model", "store", "engine", "tiles", "flow"]),
    ("cli", &["model", "ingest", "store", "engine", "tiles", "flow", "api"]),
];

/// Words that a room must not contain, and why not.
const ABSENCES: [(&[&str], &[&str], &str); 6] = [
    (&["model", "engine"], &["async fn", ".await", "tokio::"], "the engine and the nouns never wait"),
    (&["model", "engine", "tiles"], &["std::fs", "std::net", "File::open"], "these rooms touch no file and no socket"),
    (
        &["model", "engine", "ingest", "store", "tiles", "flow"],
        &["Timestamp::now", "SystemTime::now", "Instant::now"],
        "the clock is read at the rim and passed in",
    ),
    (&["engine", "model"], &["thread_rng", "rand::rng", "OsRng"], "an answer depends on its question alone"),
    (&["model", "ingest", "store", "engine", "tiles", "flow"], &["StatusCode"], "status codes live in `api`"),
    (
        &["model", "ingest", "engine", "tiles", "flow", "api"],
        &["sqlx::", "SELECT ", "INSERT INTO"],
        "SQL lives in `store`",
    ),
];

#[test]
fn every_arrow_points_left() {
    let wrong = wrong_arrows(&sources());
    assert!(wrong.is_empty(), "wrong arrows:\n{}", wrong.join("\n"));
}

#[test]
fn an_arrow_drawn_the_wrong_way_is_found() {
    let check = |path: &str, text: &str| wrong_arrows(&[(PathBuf::from(path), text.to_owned())]).len();
    assert_eq!(check("src/engine/x.rs", "use crate::store::open;"), 1);
    assert_eq!(check("src/engine/x.rs", "use crate::model::rules::Rules;"), 0);
    assert_eq!(check("src/tiles/x.rs", "use crate::{model::rules::Rules, engine::{answer, facts}};"), 1);
    assert_eq!(check("src/store/x/y.rs", "fn f() { crate::ingest::samples::read() }"), 1);
    assert_eq!(check("src/engine/x.rs", "// crate::store is not named in code here"), 0);
    assert_eq!(check("src/flow/x.rs", "use crate::api::problem;"), 1);
}

#[test]
fn every_file_opens_with_why() {
    let bare: Vec<_> = sources()
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(bare.is_empty(), "no `//!` header:\n{}", bare.join("\n"));
}

#[test]
fn no_file_holds_both_sides_of_a_merge() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let (path, name) = (entry.path(), entry.file_name());
            let ours = !matches!(
                name.to_string_lossy().as_ref(),
                "target" | "node_modules" | "dist" | "demo" | ".git" | ".toolchain"
            );
            if entry.file_type().unwrap().is_dir() && ours {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                let marked =
                    |line: &str| line.starts_with(concat!("<<<<", "<<< ")) || line.starts_with(concat!(">>>>", ">>> "));
                assert!(!text.lines().any(marked), "{}", path.display());
            }
        }
    }
}

#[test]
fn what_a_room_never_does_is_absent() {
    let mut found = Vec::new();
    for (path, text) in sources() {
        let code = without_comments(&text);
        let code = code.split("#[cfg(test)]").next().unwrap_or_default();
        for (rooms, words, reason) in ABSENCES {
            if rooms.contains(&room(&path).as_str()) {
                for word in words.iter().filter(|word| code.contains(**word)) {
                    found.push(format!("{}: `{word}`, but {reason}", path.display()));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_feature_has_one_door() {
    let doors: BTreeSet<_> = sources()
        .into_iter()
        .filter(|(_, text)| without_comments(text).contains("feature = \"gdal\""))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(doors.len() <= 1, "the feature `gdal` is named in {doors:?}");
}

fn wrong_arrows(sources: &[(PathBuf, String)]) -> Vec<String> {
    let rooms: Vec<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    let mut wrong = Vec::new();
    for (path, text) in sources {
        let from = room(path);
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == from) else { continue };
        for (number, line_rooms) in rooms_named(&without_comments(text)) {
            for to in line_rooms {
                if rooms.contains(&to.as_str()) && to != from && !allowed.contains(&to.as_str()) {
                    wrong.push(format!("{}:{number}: `{from}` names `{to}`", path.display()));
                }
            }
        }
    }
    wrong
}

/// Top-level modules named as `crate::room` or inside `crate::{…}`, with line numbers.
fn rooms_named(code: &str) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + "crate::".len()..];
        let names = if let Some(group) = rest.strip_prefix('{') {
            let (mut depth, mut start, mut heads) = (0_u32, 0, Vec::new());
            for (i, c) in group.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => {
                        heads.push(&group[start..i]);
                        break;
                    }
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        heads.push(&group[start..i]);
                        start = i + 1;
                    }
                    _ => {}
                }
            }
            heads.into_iter().map(|head| identifier(head.trim())).collect()
        } else {
            vec![identifier(rest)]
        };
        found.push((line, names));
    }
    found
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn without_comments(text: &str) -> String {
    text.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line }).collect::<Vec<_>>().join("\n")
}

/// `src/engine/signal/runs.rs` is in `engine`; `src/cli.rs` would be in `cli`.
fn room(path: &Path) -> String {
    let mut parts = path.components().map(|c| c.as_os_str().to_string_lossy().into_owned());
    parts.find(|part| part == "src");
    parts.next().map(|part| part.trim_end_matches(".rs").to_owned()).unwrap_or_default()
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let short = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().to_owned();
                found.push((short, text));
            }
        }
    }
    assert!(found.len() > 10, "the source was not found");
    found.sort();
    found
}
