//! Files that a reader brings through the page, kept until they are imported or an hour old.
//!
//! They lie in a folder of this process that only its user opens. A key is 256
//! bits from the system and opens a file for the role and scope that brought
//! it, for nobody else. Few per role are kept: the oldest makes room.

mod answer;
mod asked;
mod bomb;
mod mapping;
mod refused;
mod unread;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::ingest;
use crate::model::access::Role;

pub use crate::ingest::Changes;
pub use answer::{of_imported, of_preview};
pub use asked::{Asked, AskedError, KINDS};
pub use mapping::{Mapped, Told, mapping, of_mapping};
pub use refused::workbook;
pub use unread::{choices_of_error, reader, words, words_of_empty};

/// Most bytes of a file: some twenty thousand forms of KoboToolbox, more than a province makes in a season.
pub const MOST_BYTES: usize = 32 * 1024 * 1024;
/// How long a file waits for its import.
const LASTS: SignedDuration = SignedDuration::from_hours(1);
/// Files of one role that wait at the same time.
const MOST_OF_A_ROLE: usize = 4;
/// And of all roles together: two gigabytes at most.
const MOST: usize = 64;
/// Bytes of chance in a key.
const CHANCE: usize = 32;
/// Characters of a file's name that are kept.
const NAME_MOST: usize = 100;
/// Twice as long as a file waits, seconds.
const LEFT_S: u64 = 2 * 3600;
const FOLDER: &str = "phusong-uploads-";

#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    #[error("the file is empty")]
    Empty,
    #[error("the file unpacks to more than {} MB", limit_bytes / 1_000_000)]
    Bomb { limit_bytes: u64 },
    /// Not there, of another role, too old, or never made: which of them is nobody's business.
    #[error("there is no such file here, or no longer")]
    Unknown,
    #[error("the system gives no random numbers")]
    NoChance,
    #[error("cannot keep the file: {0}")]
    Io(#[from] io::Error),
}

/// Where files wait.
#[derive(Debug, Default)]
pub struct Desk {
    /// The folder, made when the first file comes.
    root: OnceLock<PathBuf>,
    kept: Mutex<HashMap<String, Kept>>,
}

#[derive(Clone, Debug)]
struct Kept {
    owner: Role,
    at: Timestamp,
    file: PathBuf,
}

impl Desk {
    /// A desk in the system's folder for temporary files. Nothing is made before the first file comes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn root(&self) -> Result<&Path, UploadError> {
        if self.root.get().is_none() {
            let root = std::env::temp_dir().join(format!("{FOLDER}{}", chance()?));
            clear_left();
            // Of two first files at once the second takes the folder of the first.
            let _ = self.root.set(root);
        }
        self.root.get().map(PathBuf::as_path).ok_or(UploadError::NoChance)
    }

    /// Keeps a file and returns its key.
    ///
    /// # Errors
    /// [`UploadError`] for an empty file, an archive that unpacks beyond all size, and a disk that takes nothing.
    pub fn keep(&self, owner: Role, name: &str, bytes: &[u8], now: Timestamp) -> Result<String, UploadError> {
        if bytes.is_empty() {
            return Err(UploadError::Empty);
        }
        bomb::check(bytes)?;
        self.sweep(now);
        let mut kept = self.lock();
        let of_role = kept.values().filter(|one| one.owner == owner).count();
        let crowded = if of_role >= MOST_OF_A_ROLE { Some(owner) } else { None };
        if crowded.is_some() || kept.len() >= MOST {
            let theirs = kept.iter().filter(|(_, one)| crowded.is_none_or(|role| one.owner == role));
            if let Some(key) = theirs.min_by_key(|(_, one)| one.at).map(|(key, _)| key.clone()) {
                remove(kept.remove(&key));
            }
        }
        let key = chance()?;
        let root = self.root()?;
        private(root)?;
        let folder = root.join(&key);
        private(&folder)?;
        let file = folder.join(plain(name));
        fs::write(&file, bytes)?;
        kept.insert(key.clone(), Kept { owner, at: now, file });
        Ok(key)
    }

    /// The file of a key, for the role that brought it.
    ///
    /// # Errors
    /// [`UploadError::Unknown`].
    pub fn find(&self, owner: Role, key: &str, now: Timestamp) -> Result<PathBuf, UploadError> {
        self.sweep(now);
        let kept = self.lock();
        let found = kept.get(key).filter(|one| one.owner == owner);
        found.map(|one| one.file.clone()).ok_or(UploadError::Unknown)
    }

    /// Removes a file that has come in.
    pub fn forget(&self, key: &str) {
        remove(self.lock().remove(key));
    }

    /// Removes what has waited too long.
    pub fn sweep(&self, now: Timestamp) {
        let mut kept = self.lock();
        let old = |one: &Kept| now.duration_since(one.at) >= LASTS;
        let keys: Vec<String> = kept.iter().filter(|(_, one)| old(one)).map(|(key, _)| key.clone()).collect();
        for key in keys {
            remove(kept.remove(&key));
        }
    }

    /// Removes everything: the server ends.
    pub fn clear(&self) {
        self.lock().clear();
        if let Some(root) = self.root.get() {
            let _ = fs::remove_dir_all(root);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.clear();
    }
}

fn remove(kept: Option<Kept>) {
    if let Some(folder) = kept.as_ref().and_then(|kept| kept.file.parent()) {
        let _ = fs::remove_dir_all(folder);
    }
}

/// Removes what a server left that was killed: folders in which nothing has changed for longer than a file waits.
/// Another server may still run on one of them; its files are gone by then, and it makes the folder anew.
pub fn clear_left() {
    let Ok(entries) = fs::read_dir(std::env::temp_dir()) else { return };
    for entry in entries.flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(FOLDER);
        let age = entry.metadata().and_then(|it| it.modified()).ok().and_then(|at| at.elapsed().ok());
        if ours && age.is_some_and(|age| age.as_secs() > LEFT_S) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn chance() -> Result<String, UploadError> {
    let mut chance = [0; CHANCE];
    getrandom::fill(&mut chance).map_err(|_| UploadError::NoChance)?;
    let mut text = String::with_capacity(2 * CHANCE);
    for byte in chance {
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}

/// Makes a folder that only its owner opens, where there is none.
fn private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

/// A file's name without folders, signs that shells and disks mind, and numbers and names of people.
fn plain(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let masked = ingest::mask_numbers(&ingest::mask_names(base));
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ' | '(' | ')');
    let clean: String = masked.chars().map(|c| if fits(c) { c } else { '_' }).collect();
    let clean = clean.trim_start_matches(['.', ' ', '-']).trim();
    // The end says what the file is.
    let skip = clean.chars().count().saturating_sub(NAME_MOST);
    let short: String = clean.chars().skip(skip).collect();
    if short.is_empty() { "file".to_owned() } else { short }
}

#[cfg(test)]
mod tests;
