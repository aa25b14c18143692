//! The demo province, through the same doors as anyone's data.
//!
//! Files are generated, old communes are dissolved, everything is imported
//! and judged into a store beside the real name, which gets that name only
//! when it is whole. An interrupted build leaves nothing that looks finished.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::access::Actor;
use super::analyse;
use super::demo::{self, DemoError, DemoFile, DemoFiles, Scale};
use super::export;
use super::import::{self, ImportError, Request};
use super::merge::{self, MergeError, Sources};
use crate::engine::boundaries::union_areas;
use crate::ingest;
use crate::model::access::Role;
use crate::model::admin::AdminUnit;
use crate::model::import::ImportKind;
use crate::model::language::Language;
use crate::model::rules::Rules;
use crate::model::token::AuditAction;
use crate::store::{self, StoreError};

/// What the build is doing, or has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    AlreadyThere(PathBuf),
    Generating,
    Merging,
    Importing(String),
    Imported { file: String, accepted: u64, refused: u64 },
    Judging,
    Done { dead_areas: u64, villages_unreached: u64 },
}

impl Progress {
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        match self {
            Self::AlreadyThere(path) => {
                let path = path.display();
                language.pick(format!("đã có {path}"), format!("{path} is there already"))
            }
            Self::Generating => language.pick("tạo tỉnh mô phỏng".into(), "making the demo province".into()),
            Self::Merging => {
                language.pick("ghép xã cũ thành xã mới".into(), "dissolving old communes into new ones".into())
            }
            Self::Importing(file) => language.pick(format!("nhập {file}"), format!("importing {file}")),
            Self::Imported { file, accepted, refused } => language.pick(
                format!("{file}: nhận {accepted}, loại {refused}"),
                format!("{file}: {accepted} accepted, {refused} refused"),
            ),
            Self::Judging => language.pick("phân tích".into(), "judging".into()),
            Self::Done { dead_areas, villages_unreached } => language.pick(
                format!("xong: {dead_areas} vùng thiếu sóng, {villages_unreached} thôn chưa tiếp cận"),
                format!("done: {dead_areas} dead areas, {villages_unreached} villages not reached"),
            ),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("{path}: {source}")]
    Folder { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Demo(#[from] DemoError),
    #[error(transparent)]
    Merge(#[from] MergeError),
    #[error("{file}: {source}")]
    Import { file: String, source: ImportError },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Builds `dir/phusong.gpkg` unless it is there, and returns its path.
///
/// # Errors
/// When the folder cannot be written; the step that failed is named.
pub async fn build(
    dir: &Path,
    small: bool,
    rules: &Rules,
    clock: fn() -> Timestamp,
    tell: &mut dyn FnMut(Progress),
) -> Result<PathBuf, BuildError> {
    let folder = |path: &Path| {
        let path = path.to_owned();
        move |source| BuildError::Folder { path, source }
    };
    let finished = dir.join("phusong.gpkg");
    if finished.exists() {
        tell(Progress::AlreadyThere(finished.clone()));
        return Ok(finished);
    }
    let input = dir.join("input");
    fs::create_dir_all(&input).map_err(folder(&input))?;
    let unfinished = dir.join("unfinished.gpkg");
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(dir.join(format!("unfinished.gpkg{suffix}")));
    }

    tell(Progress::Generating);
    let scale = if small { Scale::small() } else { Scale::full() };
    let DemoFiles { mut files, pieces_path: pieces, .. } = demo::write(&input, &scale, &mut |_| {})?;
    tell(Progress::Merging);
    let new_units = input.join("demo_boundaries_2025-07-01.geojson");
    let options = ingest::Options { default_source: demo::SOURCE.to_owned(), ..ingest::Options::at(clock()) };
    let of_kind = |kind| files.iter().find(|file| file.kind == kind).map(|file| file.path.clone()).unwrap_or_default();
    let (old_units, crosswalk) = (of_kind(ImportKind::Boundaries), of_kind(ImportKind::Mergers));
    let sources = Sources { units: &[old_units], pieces: &[pieces], crosswalk: &crosswalk };
    let merged = merge::merge(&sources, &new_units, &options)?;
    let drawn: Vec<_> = merged.units.iter().filter_map(|unit| unit.geometry.as_ref()).collect();
    let whole = AdminUnit { geometry: Some(union_areas(&drawn)), ..demo::province()? };
    let province = input.join("demo_province.geojson");
    export::write_units(&[whole], &province).map_err(folder(&province))?;
    for path in [new_units, province] {
        files.insert(1, DemoFile { path, kind: ImportKind::Boundaries, as_of: None });
    }

    let store = store::open(&unfinished.to_string_lossy()).await?;
    for file in &files {
        let name = file.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        tell(Progress::Importing(name.clone()));
        let request = Request {
            as_of: file.as_of,
            synthetic: true,
            ..Request::new(file.kind, Role::Admin, rules.clone(), clock())
        };
        let report = import::import(&*store, &file.path, &request)
            .await
            .map_err(|source| BuildError::Import { file: name.clone(), source })?;
        tell(Progress::Imported { file: name, accepted: report.accepted, refused: report.refused });
    }
    let campaign = demo::campaign()?;
    let made = Actor::TERMINAL.did(AuditAction::Campaign, campaign.code.clone(), clock());
    store.put_campaign(&campaign, &made).await?;
    tell(Progress::Judging);
    let found = analyse::analyse(&*store, rules, analyse::Runs::Anew, clock()).await?;
    store.close().await;
    fs::rename(&unfinished, &finished).map_err(folder(&finished))?;
    tell(Progress::Done { dead_areas: found.dead_areas, villages_unreached: found.villages_unreached });
    Ok(finished)
}
