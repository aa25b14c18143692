//! Household visits. Counts and keys, never a person.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::admin::{StatedName, UnitCode};
use super::flag::Flags;
use super::language::Language;
use super::measure::LonLat;
use super::signal_seen::SignalsSeen;
use super::topic::{Topics, Yields};
use super::village::VillageCode;

/// How a visit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitResult {
    Guided,
    Partly,
    NotHome,
    Refused,
    MovedOrEmpty,
    NotResidential,
    Inaccessible,
    Later,
}

impl VisitResult {
    pub const ALL: [Self; 8] = [
        Self::Guided,
        Self::Partly,
        Self::NotHome,
        Self::Refused,
        Self::MovedOrEmpty,
        Self::NotResidential,
        Self::Inaccessible,
        Self::Later,
    ];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Guided => "guided",
            Self::Partly => "partly",
            Self::NotHome => "not_home",
            Self::Refused => "refused",
            Self::MovedOrEmpty => "moved_or_empty",
            Self::NotResidential => "not_residential",
            Self::Inaccessible => "inaccessible",
            Self::Later => "later",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }

    /// What teams call it: in the form, and where a row is refused.
    #[must_use]
    pub fn word(self, language: Language) -> &'static str {
        match self {
            Self::Guided => language.pick("Đã hướng dẫn", "Guided"),
            Self::Partly => language.pick("Hướng dẫn một phần", "Partly guided"),
            Self::NotHome => language.pick("Vắng nhà", "Nobody home"),
            Self::Refused => language.pick("Từ chối", "Refused"),
            Self::MovedOrEmpty => language.pick("Đã chuyển đi, nhà bỏ trống", "Moved away or empty"),
            Self::NotResidential => language.pick("Không phải nhà ở", "Not a home"),
            Self::Inaccessible => language.pick("Không tiếp cận được", "Could not be reached"),
            Self::Later => language.pick("Hẹn lại", "Come back later"),
        }
    }

    /// Whether a home that is asked again was guided. `None` where nobody was there to be asked: that says nothing of
    /// the visit before.
    #[must_use]
    pub fn says_guided(self) -> Option<bool> {
        match self {
            Self::Guided => Some(true),
            Self::Partly | Self::Refused | Self::MovedOrEmpty | Self::NotResidential | Self::Later => Some(false),
            Self::NotHome | Self::Inaccessible => None,
        }
    }
}

/// How a visit found its village.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignMethod {
    /// The file named our village code.
    Code,
    /// The file named the village within its commune.
    Name,
    /// The only village of the commune whose drawn extent holds the visit.
    Extent,
    /// The nearest village point within the commune that holds the visit.
    Nearest,
    /// In a commune, but no village is near: counted for the commune only.
    CommuneOnly,
}

impl AssignMethod {
    pub const ALL: [Self; 5] = [Self::Code, Self::Name, Self::Extent, Self::Nearest, Self::CommuneOnly];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Name => "name",
            Self::Extent => "extent",
            Self::Nearest => "nearest",
            Self::CommuneOnly => "commune_only",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.code() == code)
    }
}

/// A visit as a file states it.
#[derive(Clone, Debug, PartialEq)]
pub struct VisitRecord {
    /// Unique in its source: ODK `KEY`, or a hash of the row.
    pub source_id: String,
    /// What else its form is known by where an edit changes its id: the id before the edit, or the number that its
    /// server gave it with the moment at which it came in.
    pub other_ids: Vec<String>,
    pub time: Timestamp,
    pub village_code: Option<VillageCode>,
    pub village_name: Option<String>,
    /// As written; may be a code that has vanished.
    pub commune_code: Option<UnitCode>,
    pub commune_name: Option<StatedName>,
    /// The commune before the merger, where a list names it beside the one of today.
    pub old_commune: Option<String>,
    /// The district that an old name belongs to.
    pub district: Option<String>,
    /// The sheet of a row whose file has no column of villages: it may be called by the village.
    pub sheet: Option<String>,
    /// These names came out of free words, which may name a person: they are looked up and never quoted.
    pub spoken: bool,
    pub point: Option<LonLat>,
    /// 68 % radius; exactly 0 means placed by hand or mocked.
    pub accuracy_m: Option<f32>,
    /// Keyed hash of the household label, never the label.
    pub household: Option<u64>,
    pub result: VisitResult,
    pub guided_people: Option<u32>,
    pub signal_seen: SignalsSeen,
    pub topics: Topics,
    pub yields: Yields,
    /// It holds an earlier visit of the home against what the home says, and is none itself.
    pub supervision: bool,
    /// Somebody at the server of forms marked it for another look.
    pub has_issues: bool,
    /// The form says when it was begun and ended, and was filled in within a minute.
    pub too_fast: bool,
}

/// A visit that has found its place. Private: only the store and the engine hold one.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    pub source_id: String,
    pub time: Timestamp,
    pub commune: UnitCode,
    pub village: Option<VillageCode>,
    pub assigned_by: AssignMethod,
    pub point: Option<LonLat>,
    pub accuracy_m: Option<f32>,
    /// Key of the household: the same home on two days is one home.
    pub household: u64,
    pub result: VisitResult,
    pub guided_people: Option<u32>,
    pub signal_seen: SignalsSeen,
    pub topics: Topics,
    pub yields: Yields,
    /// It checks the visit before it of the same home: its result is what the home says of that one. It counts as
    /// no visit.
    pub supervision: bool,
    /// What is odd about it by itself.
    pub flags: Flags,
    /// Its term has ended: it has no position, its day is the first of the month, and its flags stand as they were.
    pub coarse: bool,
}
