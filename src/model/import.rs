//! Imports: what was read, from which file, and what became of it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::access::Role;
use super::language::Language;

/// The kinds of file that a person brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImportKind {
    Boundaries,
    Mergers,
    Villages,
    Visits,
    Samples,
    Sites,
    Places,
    Speeds,
    Claims,
    Teams,
    Activities,
}

impl ImportKind {
    pub const ALL: [Self; 11] = [
        Self::Boundaries,
        Self::Mergers,
        Self::Villages,
        Self::Visits,
        Self::Samples,
        Self::Sites,
        Self::Places,
        Self::Speeds,
        Self::Claims,
        Self::Teams,
        Self::Activities,
    ];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Boundaries => "boundaries",
            Self::Mergers => "mergers",
            Self::Villages => "villages",
            Self::Visits => "visits",
            Self::Samples => "samples",
            Self::Sites => "sites",
            Self::Places => "places",
            Self::Speeds => "speeds",
            Self::Claims => "claims",
            Self::Teams => "teams",
            Self::Activities => "activities",
        }
    }

    /// As the page calls it.
    #[must_use]
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::Visits => language.pick("Lượt đến nhà", "Visits to homes"),
            Self::Villages => language.pick("Danh bạ thôn", "The list of villages"),
            Self::Places => language.pick("Địa điểm công cộng", "Public places"),
            Self::Samples => language.pick("Trị đo sóng", "Signal measurements"),
            Self::Sites => language.pick("Trạm và ô phủ sóng", "Sites and cells"),
            Self::Boundaries => language.pick("ranh giới", "boundaries"),
            Self::Mergers => language.pick("bảng sáp nhập", "mergers of units"),
            Self::Speeds => language.pick("kết quả thử tốc độ theo ô", "speed tests by tile"),
            Self::Claims => language.pick("vùng phủ công bố", "claimed coverage"),
            Self::Teams => language.pick("danh sách tổ công nghệ số", "digital teams"),
            Self::Activities => language.pick("hoạt động và báo cáo của các xã, phường", "activities and reports"),
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code() == code)
    }
}

impl fmt::Display for ImportKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A file about to be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewImport {
    pub kind: ImportKind,
    /// Base name only: a path tells where a person keeps things.
    pub file: String,
    /// SHA-256 of the bytes, 64 hex digits, then the options that change what is read.
    pub hash: String,
    /// The reader that recognised the file, e.g. `gnettrack`.
    pub profile: String,
    /// Made for the demo, and labelled so wherever it is shown.
    pub synthetic: bool,
    /// Who brings it.
    pub by: Role,
}

/// What happened to the rows that were put into the store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub inserted: u64,
    /// Known before with other values, now replaced.
    pub updated: u64,
    /// Known before, the same.
    pub unchanged: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.inserted += other.inserted;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
    }
}

/// An import that took place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRecord {
    pub id: i64,
    pub kind: ImportKind,
    pub file: String,
    pub hash: String,
    pub profile: String,
    pub synthetic: bool,
    pub counts: Counts,
    pub refused: u64,
    /// Columns dropped at the door because they may name a person.
    pub dropped_fields: Vec<String>,
    /// Cells that were read as a person corrected them.
    pub corrected: u64,
    pub at: Timestamp,
    /// Who brought it; `None` for imports of before that was written down.
    pub by: Option<Role>,
    pub taken_back: Option<TakenBack>,
}

/// What became of an import that was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenBack {
    pub at: Timestamp,
    /// Rows that went.
    pub rows: u64,
    /// Rows of it that stay, because their term had ended.
    pub kept: u64,
}

impl ImportRecord {
    /// SHA-256 of the file's bytes, as `sha256sum` prints it.
    #[must_use]
    pub fn sha256(&self) -> &str {
        self.hash.split(' ').next().unwrap_or_default()
    }

    /// Whether what is shown may rest on it.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.taken_back.is_none_or(|taken| taken.kept > 0)
    }
}

/// The state of the store: it changes with every import and every analysis.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Epoch {
    /// Random, made with the store: two stores never share an epoch.
    pub dataset: String,
    /// Counts commits.
    pub number: u64,
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.dataset, self.number)
    }
}

/// A mapping profile that an import went by, kept for the next file with these columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptProfile {
    pub name: String,
    /// TOML, as its file.
    pub text: String,
    /// The import that used it last was taken back.
    pub taken_back: bool,
}
