//! Villages: thôn, xóm, bản, tổ dân phố.
//!
//! They have no national code, so we mint one and keep it. A village is
//! closed, never deleted.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use geo_types::MultiPolygon;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::admin::{StatedName, UnitCode};
use super::measure::LonLat;

/// `<commune>-<seq>`: five digits, a hyphen, three digits or more. The commune
/// is the one in force when the code was minted; the code does not change later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VillageCode {
    commune: UnitCode,
    seq: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a village code, expected <5-digit commune>-<number> such as 14329-007")]
pub struct NotAVillageCode(pub String);

impl VillageCode {
    /// The largest number within a commune: four digits, so that [`Self::number`] is one village's alone.
    pub const MOST: u32 = 9_999;

    /// # Panics
    /// Never: a number over [`Self::MOST`] is refused by the reader; here it saturates.
    #[must_use]
    pub fn new(commune: UnitCode, seq: u32) -> Self {
        Self { commune, seq: seq.min(Self::MOST) }
    }

    #[must_use]
    pub fn commune(self) -> UnitCode {
        self.commune
    }

    #[must_use]
    pub fn seq(self) -> u32 {
        self.seq
    }

    /// Feature id in tiles: commune × 10 000 + seq, below 2⁵³ so that JavaScript keeps it whole.
    #[must_use]
    pub fn number(self) -> u64 {
        u64::from(self.commune.number()) * 10_000 + u64::from(self.seq)
    }
}

impl FromStr for VillageCode {
    type Err = NotAVillageCode;

    fn from_str(text: &str) -> Result<Self, NotAVillageCode> {
        let wrong = || NotAVillageCode(text.to_owned());
        let (commune, seq) = text.split_once('-').ok_or_else(wrong)?;
        if !(3..=4).contains(&seq.len()) || !seq.bytes().all(|b| b.is_ascii_digit()) || commune.len() != 5 {
            return Err(wrong());
        }
        Ok(Self { commune: commune.parse().map_err(|_| wrong())?, seq: seq.parse().map_err(|_| wrong())? })
    }
}

impl TryFrom<String> for VillageCode {
    type Error = NotAVillageCode;

    fn try_from(text: String) -> Result<Self, NotAVillageCode> {
        text.parse()
    }
}

impl From<VillageCode> for String {
    fn from(code: VillageCode) -> Self {
        code.to_string()
    }
}

impl fmt::Display for VillageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:03}", self.commune, self.seq)
    }
}

/// How sure we are that the village exists as listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VillageConfidence {
    Official,
    CommuneConfirmed,
    Gazetteer,
    Machine,
    /// Made for the demo province.
    Synthetic,
}

impl VillageConfidence {
    pub const ALL: [Self; 5] =
        [Self::Official, Self::CommuneConfirmed, Self::Gazetteer, Self::Machine, Self::Synthetic];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::CommuneConfirmed => "commune_confirmed",
            Self::Gazetteer => "gazetteer",
            Self::Machine => "machine",
            Self::Synthetic => "synthetic",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.code() == code)
    }
}

/// How somebody came by the ground of a village.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExtentSource {
    /// The commune, or the village, says so.
    Declared,
    /// Drawn around buildings that can be seen.
    Footprints,
    /// Nearer to its point than to any other: a guess.
    Voronoi,
}

impl ExtentSource {
    pub const ALL: [Self; 3] = [Self::Declared, Self::Footprints, Self::Voronoi];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Footprints => "footprints",
            Self::Voronoi => "voronoi",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.code() == code)
    }
}

/// The ground of a village.
#[derive(Clone, Debug, PartialEq)]
pub struct VillageExtent {
    /// Degrees, longitude before latitude; rings do not cross.
    pub area: MultiPolygon<f64>,
    pub by: ExtentSource,
    /// The file it came from.
    pub source: String,
}

/// A village of the register.
#[derive(Clone, Debug, PartialEq)]
pub struct Village {
    pub code: VillageCode,
    /// The commune that it lies in today.
    pub commune: UnitCode,
    /// NFC, with the word that people put before it: `Xóm Một`.
    pub name: String,
    /// Other names and spellings, NFC.
    pub aliases: Vec<String>,
    pub point: Option<LonLat>,
    /// Radius within which the point is known, metres.
    pub point_precision_m: Option<f32>,
    /// Shared, since a register is copied more often than its areas change.
    pub extent: Option<Arc<VillageExtent>>,
    /// Declared households H: the denominator. `None` is "no denominator", never zero.
    pub households: Option<u32>,
    pub households_date: Option<Date>,
    pub population: Option<u32>,
    pub confidence: VillageConfidence,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
    /// The id in the file that it came from, so that a second import finds it again.
    pub source_key: Option<String>,
    pub source: String,
}

impl Village {
    /// Whether the register has it on a day.
    #[must_use]
    pub fn in_force(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day < end)
    }
}

/// A village as a file states it, before the register has an opinion.
#[derive(Clone, Debug, PartialEq)]
pub struct VillageRecord {
    /// Our own code, where the file carries one.
    pub code: Option<VillageCode>,
    pub commune_code: Option<UnitCode>,
    /// As written, NFC: `Xã Thanh Sơn`.
    pub commune_name: Option<StatedName>,
    /// The district that an old name belongs to.
    pub district: Option<String>,
    /// The commune before the merger, where a list names it beside the one of today.
    pub old_commune: Option<String>,
    /// Empty where a row of an area names its village by code alone.
    pub name: String,
    pub aliases: Vec<String>,
    pub point: Option<LonLat>,
    pub point_precision_m: Option<f32>,
    pub extent: Option<(MultiPolygon<f64>, ExtentSource)>,
    pub households: Option<u32>,
    pub households_date: Option<Date>,
    pub population: Option<u32>,
    pub confidence: VillageConfidence,
    pub source_key: Option<String>,
}
