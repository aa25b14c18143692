//! Chooses the web page that the binary carries.
//!
//! A map that was built (`npm run build` leaves it in `web/dist`) is embedded;
//! without one, a small page of ours that says how to build it, so that
//! `cargo build` works on a machine without Node. `PHUSONG_WEB_DIST` names
//! another built page. This program runs nothing and writes only under
//! `OUT_DIR`; `api` embeds `$OUT_DIR/web`.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const DIST: &str = "web/dist";
const FALLBACK: &str = "web/fallback";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={FALLBACK}");
    println!("cargo:rerun-if-env-changed=PHUSONG_WEB_DIST");
    // sqlx embeds the migrations and does not notice a new file by itself.
    println!("cargo:rerun-if-changed=migrations");

    let into = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR for build scripts")?).join("web");
    let from = choose()?;
    println!("cargo:rerun-if-changed={}", from.display());

    if into.exists() {
        fs::remove_dir_all(&into)?;
    }
    copy(&from, &into)?;
    Ok(())
}

/// A folder that was asked for must be there; one that was not may be missing.
fn choose() -> Result<PathBuf, String> {
    if let Some(asked) = env::var_os("PHUSONG_WEB_DIST").filter(|text| !text.is_empty()) {
        let asked = PathBuf::from(asked);
        return if asked.join("index.html").is_file() {
            Ok(asked)
        } else {
            Err(format!("PHUSONG_WEB_DIST is `{}`, expected a folder with index.html", asked.display()))
        };
    }
    if Path::new(DIST).join("index.html").is_file() {
        return Ok(PathBuf::from(DIST));
    }
    // To cargo a watched path that is missing has always just changed, and the
    // crate would be compiled anew each time. The folder around it exists, and
    // changes when the page is built.
    println!("cargo:rerun-if-changed=web");
    Ok(PathBuf::from(FALLBACK))
}

fn copy(from: &Path, into: &Path) -> io::Result<()> {
    fs::create_dir_all(into)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = into.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
