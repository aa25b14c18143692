//! Public places: the centres of the new communes first of all, then culture
//! houses, schools and health stations.
//!
//! The province mends coverage around the commune centres before anything
//! else, so they are judged by name and not only by area. A place that nobody
//! measured is unmeasured: it is never said to be covered.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::admin::{StatedName, UnitCode};
use super::key::Key;
use super::measure::LonLat;
use super::rules::SignalRules;
use super::verdict::VillageSignal;

/// What a place is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// UBND xã, phường, đặc khu.
    CommuneCentre,
    /// Trung tâm phục vụ hành chính công of a commune, or a branch of it.
    ServiceCentre,
    /// Nhà văn hóa, where Vietnamese practice judges a village.
    CultureHouse,
    School,
    /// Trạm y tế, phòng khám, bệnh viện.
    HealthStation,
    Other,
}

impl PlaceKind {
    pub const ALL: [Self; 6] =
        [Self::CommuneCentre, Self::ServiceCentre, Self::CultureHouse, Self::School, Self::HealthStation, Self::Other];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::CommuneCentre => "commune_centre",
            Self::ServiceCentre => "service_centre",
            Self::CultureHouse => "culture_house",
            Self::School => "school",
            Self::HealthStation => "health_station",
            Self::Other => "other",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What an office may write in place of the code.
    #[must_use]
    pub fn vietnamese(self) -> &'static str {
        match self {
            Self::CommuneCentre => "UBND xã",
            Self::ServiceCentre => "Một cửa",
            Self::CultureHouse => "Nhà văn hóa",
            Self::School => "Trường học",
            Self::HealthStation => "Trạm y tế",
            Self::Other => "Khác",
        }
    }

    /// Where a commune is governed from: mended first.
    #[must_use]
    pub fn is_centre(self) -> bool {
        matches!(self, Self::CommuneCentre | Self::ServiceCentre)
    }

    /// The distance within which such a place is judged, metres.
    #[must_use]
    pub fn within_m(self, rules: &SignalRules) -> f64 {
        if self.is_centre() { rules.centre_within_m } else { rules.place_within_m }
    }
}

/// Fourteen hexadecimal digits, made from the natural key; below 2⁵³, so that JavaScript keeps it whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceId(u64);

impl PlaceId {
    /// By the id of its source within its commune; without one by kind and name there.
    ///
    /// `name` as `engine::names::exact_key` spells it, so that one place is not two.
    #[must_use]
    pub fn of(commune: UnitCode, source_key: Option<&str>, kind: PlaceKind, name: &str) -> Self {
        let mut key = Key::default();
        key.mix(u64::from(commune.number()));
        match source_key {
            Some(id) => key.mix_text(id),
            None => {
                key.mix(kind as u64 + 1);
                key.mix_text(name);
            }
        }
        Self(key.get().unsigned_abs() & ((1 << 53) - 1))
    }

    /// From the number that [`PlaceId::number`] gave.
    #[must_use]
    pub fn from_number(number: u64) -> Option<Self> {
        (number < 1 << 53).then_some(Self(number))
    }

    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for PlaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:014x}", self.0)
    }
}

/// A public place of the register.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub id: PlaceId,
    pub kind: PlaceKind,
    /// NFC: `UBND xã Gia Viễn`.
    pub name: String,
    /// The commune of the day of its import.
    pub commune: UnitCode,
    pub at: LonLat,
    /// The id in the file that it came from.
    pub source_key: Option<String>,
    pub source: String,
}

/// A place as a file states it, before its commune is known.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceRecord {
    pub kind: PlaceKind,
    pub name: String,
    pub commune_code: Option<UnitCode>,
    /// As written, NFC.
    pub commune_name: Option<StatedName>,
    /// The district that an old name belongs to.
    pub district: Option<String>,
    pub at: LonLat,
    pub source_key: Option<String>,
    pub source: Option<String>,
}

/// What is said of a place, and on what evidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaceSignal {
    pub place: PlaceId,
    /// The commune around it on the day that is shown.
    pub commune: Option<UnitCode>,
    /// The distance within which it was judged, metres.
    pub within_m: f64,
    /// `None`: nobody measured there.
    pub signal: Option<VillageSignal>,
}

impl PlaceSignal {
    /// [`super::verdict::PlaceVerdict::code`], or `unmeasured`.
    #[must_use]
    pub fn verdict_code(&self) -> &'static str {
        self.signal.map_or("unmeasured", |signal| signal.place.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(commune: &str, source_key: Option<&str>, kind: PlaceKind, name: &str) -> PlaceId {
        PlaceId::of(commune.parse().unwrap(), source_key, kind, name)
    }

    #[test]
    fn a_place_is_known_by_its_id_and_else_by_kind_and_name_in_its_commune() {
        let (centre, school) = (PlaceKind::CommuneCentre, PlaceKind::School);
        let plain = id("14329", None, centre, "ubnd xa gia vien");
        assert_eq!(plain, id("14329", None, centre, "ubnd xa gia vien"));
        for other in [
            id("13285", None, centre, "ubnd xa gia vien"),
            id("14329", None, school, "ubnd xa gia vien"),
            id("14329", None, centre, "ubnd xa gia lap"),
            id("14329", Some("TT-01"), centre, "ubnd xa gia vien"),
        ] {
            assert_ne!(plain, other);
        }
        assert_eq!(id("14329", Some("TT-01"), centre, "a"), id("14329", Some("TT-01"), school, "b"));
        assert_eq!(PlaceId::from_number(plain.number()), Some(plain));
        assert_eq!(plain.to_string().len(), 14);
    }

    #[test]
    fn centres_of_communes_are_judged_within_half_a_kilometre() {
        let rules = SignalRules::default();
        let within = PlaceKind::ALL.map(|kind| kind.within_m(&rules));
        assert_eq!(within, [500.0, 500.0, 150.0, 150.0, 150.0, 150.0]);
    }
}
