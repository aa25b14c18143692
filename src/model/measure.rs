//! Measured quantities: position, received power, day.
//!
//! Text becomes one of these at the door and is trusted inside. Operations
//! that mean nothing are left out.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::packed::Finite;

/// Mean radius of the earth, metres (IUGG).
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A position on WGS 84, degrees, longitude before latitude in storage order.
///
/// Invariant: both are finite, |lon| ≤ 180, |lat| ≤ 90, and not exactly 0, 0,
/// which every phone reports before its first fix.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "[f64; 2]", into = "[f64; 2]")]
pub struct LonLat {
    lon: f64,
    lat: f64,
}

/// Why two numbers are not a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAPosition {
    #[error("not a finite number")]
    NotFinite,
    #[error("longitude is not within -180 to 180")]
    Longitude,
    #[error("latitude is not within -90 to 90")]
    Latitude,
    #[error("0, 0 is what a phone reports before its first fix")]
    NullIsland,
}

impl LonLat {
    /// The only way in.
    ///
    /// # Errors
    /// Says which of the two numbers cannot be, latitude last.
    #[inline]
    pub fn new(lon: f64, lat: f64) -> Result<Self, NotAPosition> {
        if !lon.is_finite() || !lat.is_finite() {
            return Err(NotAPosition::NotFinite);
        }
        if lon.abs() > 180.0 {
            return Err(NotAPosition::Longitude);
        }
        if lat.abs() > 90.0 {
            return Err(NotAPosition::Latitude);
        }
        if lon == 0.0 && lat == 0.0 {
            return Err(NotAPosition::NullIsland);
        }
        Ok(Self { lon, lat })
    }

    /// Degrees east.
    #[must_use]
    pub fn lon(self) -> f64 {
        self.lon
    }

    /// Degrees north.
    #[must_use]
    pub fn lat(self) -> f64 {
        self.lat
    }

    /// Great-circle distance in metres on a sphere of [`EARTH_RADIUS_M`].
    #[must_use]
    pub fn distance_m(self, other: Self) -> f64 {
        let (lat1, lat2) = (self.lat.to_radians(), other.lat.to_radians());
        let half_dlat = ((lat2 - lat1) / 2.0).sin();
        let half_dlon = ((other.lon - self.lon).to_radians() / 2.0).sin();
        let chord = half_dlat * half_dlat + lat1.cos() * lat2.cos() * half_dlon * half_dlon;
        2.0 * EARTH_RADIUS_M * chord.sqrt().clamp(0.0, 1.0).asin()
    }
}

impl TryFrom<[f64; 2]> for LonLat {
    type Error = NotAPosition;

    fn try_from([lon, lat]: [f64; 2]) -> Result<Self, NotAPosition> {
        Self::new(lon, lat)
    }
}

impl From<LonLat> for [f64; 2] {
    fn from(at: LonLat) -> Self {
        [at.lon, at.lat]
    }
}

impl From<LonLat> for geo_types::Point<f64> {
    fn from(at: LonLat) -> Self {
        Self::new(at.lon, at.lat)
    }
}

/// Received power. No `Add`: adding decibels multiplies the power.
///
/// Invariant: finite, −156 to −25 dBm, the widest range that any 3GPP
/// technology reports (NR SS-RSRP from −156, TS 38.133; UMTS RSCP to −25,
/// TS 25.133).
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f32", into = "f32")]
pub struct Dbm(Finite);

/// A number that no radio reports as received power.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{0} dBm is outside -156 to -25")]
pub struct NotAPower(pub f32);

impl Dbm {
    pub const LEAST: f32 = -156.0;
    pub const MOST: f32 = -25.0;

    /// The only way in.
    ///
    /// # Errors
    /// Refuses NaN, infinities and values that no radio reports.
    pub fn new(value: f32) -> Result<Self, NotAPower> {
        if !(Self::LEAST..=Self::MOST).contains(&value) {
            return Err(NotAPower(value));
        }
        Finite::new(value).map(Self).ok_or(NotAPower(value))
    }

    #[must_use]
    pub fn get(self) -> f32 {
        self.0.get()
    }

    /// To one decimal, as every output prints it: -106.90625 is -106.9 in the
    /// tile, the file and the database alike.
    #[must_use]
    pub fn tenths(self) -> f64 {
        (f64::from(self.get()) * 10.0).round() / 10.0
    }
}

impl TryFrom<f32> for Dbm {
    type Error = NotAPower;

    fn try_from(value: f32) -> Result<Self, NotAPower> {
        Self::new(value)
    }
}

impl From<Dbm> for f32 {
    fn from(power: Dbm) -> Self {
        power.get()
    }
}

impl fmt::Display for Dbm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} dBm", self.get())
    }
}

const OFFSET: jiff::tz::Offset = jiff::tz::offset(7);

/// Viet Nam's clock, UTC+7 without daylight saving since 1975. A fixed offset
/// needs no time-zone database on the machine.
#[must_use]
pub fn viet_nam() -> TimeZone {
    TimeZone::fixed(OFFSET)
}

/// The instant at which a local day begins.
#[must_use]
pub fn local_midnight(day: Date) -> Timestamp {
    OFFSET.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The local day of an instant: 23:30 UTC is already the next day at +07:00.
#[must_use]
pub fn local_day(at: impl Into<Timestamp>) -> Date {
    OFFSET.to_datetime(at.into()).date()
}

/// The hour at +07:00, 0 to 23.
#[must_use]
pub fn local_hour(at: Timestamp) -> i8 {
    OFFSET.to_datetime(at).hour()
}
