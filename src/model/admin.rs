//! Administrative units and how they change.
//!
//! A code is not a key: all 129 communes of the province made on 1 July 2025
//! reuse the code of an older commune. The key is the code and the day.

use std::fmt;
use std::str::FromStr;

use geo_types::MultiPolygon;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The name of a commune as a row writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedName {
    /// NFC.
    pub text: String,
    /// It stands where a code belongs.
    pub for_code: bool,
}

/// Five digits for a commune, two for a province. A string that keeps its
/// leading zeros in print, a small number in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnitCode {
    number: u32,
    digits: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a unit code, expected 5 digits (commune) or 2 (province)")]
pub struct NotAUnitCode(pub String);

impl UnitCode {
    /// The code as a number, which is also the feature id in tiles.
    #[must_use]
    pub fn number(self) -> u32 {
        self.number
    }
}

impl FromStr for UnitCode {
    type Err = NotAUnitCode;

    fn from_str(text: &str) -> Result<Self, NotAUnitCode> {
        let good = matches!(text.len(), 2 | 5) && text.bytes().all(|b| b.is_ascii_digit());
        let number = if good { text.parse().ok() } else { None };
        match number {
            Some(number) => Ok(Self { number, digits: u8::try_from(text.len()).unwrap_or(5) }),
            None => Err(NotAUnitCode(text.to_owned())),
        }
    }
}

impl TryFrom<String> for UnitCode {
    type Error = NotAUnitCode;

    fn try_from(text: String) -> Result<Self, NotAUnitCode> {
        text.parse()
    }
}

impl From<UnitCode> for String {
    fn from(code: UnitCode) -> Self {
        code.to_string()
    }
}

impl fmt::Display for UnitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$}", self.number, width = usize::from(self.digits))
    }
}

/// What a unit is called in law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    Province,
    /// xã
    Commune,
    /// phường
    Ward,
    /// đặc khu
    SpecialZone,
    /// thị trấn, abolished in July 2025
    Township,
}

impl UnitKind {
    /// The word that stands before the name, in Vietnamese.
    #[must_use]
    pub fn vietnamese(self) -> &'static str {
        match self {
            Self::Province => "tỉnh",
            Self::Commune => "xã",
            Self::Ward => "phường",
            Self::SpecialZone => "đặc khu",
            Self::Township => "thị trấn",
        }
    }

    /// Reads `xã`, `Phường`, `thị trấn` … in NFC, any case.
    #[must_use]
    pub fn from_vietnamese(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        [Self::Province, Self::Commune, Self::Ward, Self::SpecialZone, Self::Township]
            .into_iter()
            .find(|kind| kind.vietnamese() == text)
    }

    /// The stable name in files, tiles and the store.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::Commune => "commune",
            Self::Ward => "ward",
            Self::SpecialZone => "special_zone",
            UnitKind::Township => "township",
        }
    }

    /// `Phường Phủ Lý` → ward and `Phủ Lý`; a name without a kind stays whole.
    #[must_use]
    pub fn split(name: &str) -> (Option<Self>, String) {
        const WORDS: [(&str, UnitKind); 10] = [
            ("thị trấn ", UnitKind::Township),
            ("đặc khu ", UnitKind::SpecialZone),
            ("thành phố ", UnitKind::Province),
            ("phường ", UnitKind::Ward),
            ("tỉnh ", UnitKind::Province),
            ("xã ", UnitKind::Commune),
            ("tt. ", UnitKind::Township),
            ("p. ", UnitKind::Ward),
            ("x. ", UnitKind::Commune),
            ("tt ", UnitKind::Township),
        ];
        for (word, kind) in WORDS {
            let length = word.chars().count();
            let head: String = name.chars().take(length).collect();
            if head.to_lowercase() == word {
                let rest: String = name.chars().skip(length).collect();
                if !rest.trim().is_empty() {
                    return (Some(kind), rest.trim().to_owned());
                }
            }
        }
        (None, name.to_owned())
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Province, Self::Commune, Self::Ward, Self::SpecialZone, Self::Township]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// One unit during one edition. Key: (`code`, `valid_from`).
#[derive(Clone, Debug, PartialEq)]
pub struct AdminUnit {
    pub code: UnitCode,
    /// Without the kind: `Phủ Lý`, not `Phường Phủ Lý`. NFC.
    pub name: String,
    pub kind: UnitKind,
    /// The district before July 2025, kept as history: names repeat between districts.
    pub district: Option<String>,
    /// First day in force.
    pub valid_from: Date,
    /// First day no longer in force; `None` while in force.
    pub valid_to: Option<Date>,
    /// WGS 84, longitude and latitude in degrees; exteriors counter-clockwise.
    pub geometry: Option<MultiPolygon<f64>>,
    /// Area stated by the authority, km².
    pub stated_area_km2: Option<f64>,
    /// Where the unit came from, in the words of the file or the reader.
    pub source: String,
    /// The boundary is ours, not the authority's.
    pub approximate: bool,
}

impl AdminUnit {
    #[must_use]
    pub fn in_force(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day < end)
    }

    /// Communes, wards and special zones; also the townships of old.
    #[must_use]
    pub fn is_commune(&self) -> bool {
        self.kind != UnitKind::Province
    }

    /// `Phường Phủ Lý`.
    #[must_use]
    pub fn full_name(&self) -> String {
        let kind = self.kind.vietnamese();
        let mut chars = kind.chars();
        let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
        format!("{first}{} {}", chars.as_str(), self.name)
    }
}

/// How much of the old unit went to the new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Share {
    Whole,
    /// Some of it; the resolution says "một phần" and gives no figure.
    Part,
}

impl Share {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Part => "part",
        }
    }
}

/// One edge of the crosswalk. Key: (`from`, `to`, `effective`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitChange {
    pub from: UnitCode,
    pub from_name: String,
    pub to: UnitCode,
    pub to_name: String,
    pub share: Share,
    /// First day of the new unit.
    pub effective: Date,
    /// Resolution or decree, as cited by the source.
    pub legal_basis: Option<String>,
}

impl UnitChange {
    #[must_use]
    pub fn key(&self) -> (UnitCode, UnitCode, Date) {
        (self.from, self.to, self.effective)
    }
}

/// A unit whose end is recorded and whose successor is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitEnd {
    pub code: UnitCode,
    pub name: String,
    /// Names repeat between districts.
    pub district: Option<String>,
    /// First day no longer in force.
    pub effective: Date,
    pub legal_basis: Option<String>,
}

/// The part of a split unit that went to one new unit, where somebody drew the line.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitPiece {
    pub from: UnitCode,
    pub to: UnitCode,
    /// WGS 84 degrees; exteriors counter-clockwise.
    pub geometry: MultiPolygon<f64>,
}
