//! Speed tests by map tile and quarter, as a crowd's service publishes them.
//!
//! They know neither network nor technology and no received power, so they
//! stand beside the signal as evidence of their own and decide nothing about
//! it. A tile that nobody tested in a quarter is not one without coverage.

use std::f64::consts::PI;
use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, date};

use super::measure::LonLat;

/// Tiles to a side of the world at zoom 16, the only one that is published.
const SIDE: i32 = 1 << 16;

/// A tile of the Web Mercator grid at zoom 16: some 573 m at the latitude of Ninh Bình.
///
/// In order of rows from the north, then columns from the west.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quadkey {
    y: u16,
    x: u16,
}

/// Not sixteen digits of 0 to 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a quadkey of zoom 16")]
pub struct NotAQuadkey;

impl Quadkey {
    /// The tile around a place; `None` beyond the edges of Web Mercator.
    #[must_use]
    pub fn at(place: LonLat) -> Option<Self> {
        let side = f64::from(SIDE);
        let column = (place.lon() + 180.0) / 360.0 * side;
        let row = (1.0 - place.lat().to_radians().tan().asinh() / PI) / 2.0 * side;
        let whole = |value: f64| {
            #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
            (0.0..side).contains(&value).then_some(value as i32)
        };
        Self::of(whole(column)?, whole(row)?)
    }

    /// By column from the west and row from the north.
    #[must_use]
    pub fn of(x: i32, y: i32) -> Option<Self> {
        Some(Self { y: u16::try_from(y).ok()?, x: u16::try_from(x).ok()? })
    }

    /// So many tiles to the east and to the south; `None` off the map.
    #[must_use]
    pub fn moved(self, east: i32, south: i32) -> Option<Self> {
        Self::of(i32::from(self.x) + east, i32::from(self.y) + south)
    }

    #[must_use]
    pub fn x(self) -> u16 {
        self.x
    }

    #[must_use]
    pub fn y(self) -> u16 {
        self.y
    }

    /// West, south, east, north, degrees.
    #[must_use]
    pub fn bounds(self) -> [f64; 4] {
        let (x, y) = (f64::from(self.x), f64::from(self.y));
        [lon(x), lat(y + 1.0), lon(x + 1.0), lat(y)]
    }

    /// `None` only where no position can be.
    #[must_use]
    pub fn middle(self) -> Option<LonLat> {
        LonLat::new(lon(f64::from(self.x) + 0.5), lat(f64::from(self.y) + 0.5)).ok()
    }

    /// Unique among tiles of this zoom.
    #[must_use]
    pub fn number(self) -> u64 {
        (u64::from(self.y) << 16) | u64::from(self.x)
    }
}

fn lon(column: f64) -> f64 {
    column / f64::from(SIDE) * 360.0 - 180.0
}

fn lat(row: f64) -> f64 {
    (PI * (1.0 - 2.0 * row / f64::from(SIDE))).sinh().atan().to_degrees()
}

impl FromStr for Quadkey {
    type Err = NotAQuadkey;

    fn from_str(text: &str) -> Result<Self, NotAQuadkey> {
        if text.len() != 16 {
            return Err(NotAQuadkey);
        }
        let (mut x, mut y) = (0_u16, 0_u16);
        for digit in text.bytes() {
            let digit = digit.checked_sub(b'0').filter(|digit| *digit < 4).ok_or(NotAQuadkey)?;
            x = (x << 1) | u16::from(digit & 1);
            y = (y << 1) | u16::from(digit >> 1);
        }
        Ok(Self { y, x })
    }
}

impl fmt::Display for Quadkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digit = |bit: u32| (self.x >> bit & 1) | (self.y >> bit & 1) << 1;
        (0..16).rev().try_for_each(|bit| write!(f, "{}", digit(bit)))
    }
}

/// A quarter of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter {
    year: i16,
    /// 1 to 4.
    quarter: i8,
}

/// Not `2025-Q3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a quarter such as 2025-Q3")]
pub struct NotAQuarter;

impl Quarter {
    /// # Errors
    /// No such quarter, or a year before 2000 or after 2100: those are clocks that were never set.
    pub fn new(year: i16, quarter: i8) -> Result<Self, NotAQuarter> {
        let known = (2000..=2100).contains(&year) && (1..=4).contains(&quarter);
        known.then_some(Self { year, quarter }).ok_or(NotAQuarter)
    }

    /// The quarter of a day.
    ///
    /// # Errors
    /// As [`Quarter::new`].
    pub fn of(day: Date) -> Result<Self, NotAQuarter> {
        Self::new(day.year(), (day.month() + 2) / 3)
    }

    #[must_use]
    pub fn first_day(self) -> Date {
        date(self.year, self.quarter * 3 - 2, 1)
    }

    /// Quarters since the year 0: the distance of two is their difference.
    #[must_use]
    pub fn number(self) -> i32 {
        i32::from(self.year) * 4 + i32::from(self.quarter) - 1
    }
}

impl FromStr for Quarter {
    type Err = NotAQuarter;

    /// `2025-Q3`, `2025Q3`, `Q3/2025`, `Quý 3/2025`; marks, blanks and case are passed over.
    fn from_str(text: &str) -> Result<Self, NotAQuarter> {
        let letters: String = text.chars().filter(|c| c.is_alphabetic()).collect::<String>().to_lowercase();
        if !matches!(letters.as_str(), "q" | "quy" | "quý") {
            return Err(NotAQuarter);
        }
        let digits = |part: &str| -> Option<i16> { part.parse().ok() };
        let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
        let (Some(one), Some(two), None) = (numbers.next(), numbers.next(), numbers.next()) else {
            return Err(NotAQuarter);
        };
        let (year, quarter) = if one.len() == 4 { (one, two) } else { (two, one) };
        match (digits(year), quarter.parse()) {
            (Some(year), Ok(quarter)) => Self::new(year, quarter),
            _ => Err(NotAQuarter),
        }
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-Q{}", self.year, self.quarter)
    }
}

/// What phones that ran a speed test in one tile found in one quarter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpeedTile {
    pub tile: Quadkey,
    pub quarter: Quarter,
    /// Mean over the tests, kbit/s.
    pub download_kbps: u32,
    pub upload_kbps: Option<u32>,
    pub latency_ms: Option<u32>,
    /// At least 1.
    pub tests: u32,
    /// Distinct in this quarter, 1 to `tests`.
    pub devices: u32,
    /// Who published it, to be named wherever it is shown.
    pub source: String,
    /// What the publisher allows, where known.
    pub licence: Option<String>,
}

/// How fast a tile is, by the zones of speed that an operator publishes ([`super::rules::SpeedRules`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpeedClass {
    /// Slower than any published zone.
    VerySlow,
    Slow,
    Fair,
    Fast,
    /// Too few tests, or of one phone alone.
    NotEnough,
}

impl SpeedClass {
    pub const ALL: [Self; 5] = [Self::VerySlow, Self::Slow, Self::Fair, Self::Fast, Self::NotEnough];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::VerySlow => "very_slow",
            Self::Slow => "slow",
            Self::Fair => "fair",
            Self::Fast => "fast",
            Self::NotEnough => "not_enough",
        }
    }
}

/// What is said of a tile over four quarters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TileSpeed {
    pub tile: Quadkey,
    pub class: SpeedClass,
    /// Expected in the tile: its own tests, and the tiles around it as far as those are few; kbit/s.
    pub download_kbps: f64,
    pub upload_kbps: Option<f64>,
    pub latency_ms: Option<f64>,
    /// The tile's own tests alone, kbit/s.
    pub own_download_kbps: f64,
    pub tests: u32,
    /// The most in one quarter: a phone that comes back is counted anew in each, so a sum would be too many.
    pub devices: u32,
    pub quarters: u32,
    pub last: Quarter,
}

/// What the tests of several tiles say together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpeedAround {
    pub class: SpeedClass,
    pub download_kbps: f64,
    pub tiles: u32,
    pub tests: u32,
    /// The most in one tile and quarter: at least so many.
    pub devices: u32,
    pub last: Quarter,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).unwrap()
    }

    #[test]
    fn a_quadkey_is_that_of_bings_tile_system() {
        // "213" is tile 3, 5 of zoom 3 in Microsoft's description of the tile system; here with thirteen zeros behind.
        let key: Quadkey = "2130000000000000".parse().unwrap();
        assert_eq!((key.x(), key.y()), (3 << 13, 5 << 13));
        assert_eq!(key.to_string(), "2130000000000000");
        for text in ["", "213", "21300000000000000", "2130000000000004", "213000000000000٣", "1.32323E+15"] {
            assert_eq!(text.parse::<Quadkey>(), Err(NotAQuadkey), "{text}");
        }
    }

    #[test]
    fn a_tile_of_ninh_binh_is_some_573_metres_wide() {
        let tile = Quadkey::at(at(105.97, 20.25)).unwrap();
        let [west, south, east, north] = tile.bounds();
        assert!(west <= 105.97 && 105.97 < east && south < 20.25 && 20.25 <= north);
        let width = at(west, 20.25).distance_m(at(east, 20.25));
        let height = at(105.97, south).distance_m(at(105.97, north));
        assert!((width - 573.0).abs() < 2.0 && (height - 573.0).abs() < 2.0, "{width} x {height}");
    }

    #[test]
    fn beyond_the_map_is_no_tile() {
        assert_eq!(Quadkey::at(at(105.0, 86.0)), None);
        assert_eq!(Quadkey::at(at(180.0, 20.0)), None);
        let corner: Quadkey = "0000000000000000".parse().unwrap();
        assert_eq!((corner.moved(-1, 0), corner.moved(0, -1)), (None, None));
        assert_eq!(corner.moved(3, 2).map(|tile| (tile.x(), tile.y())), Some((3, 2)));
    }

    #[test]
    fn quarters_are_read_as_people_write_them() {
        let third = Quarter::new(2025, 3).unwrap();
        for text in ["2025-Q3", "2025Q3", "2025q3", "Q3/2025", "Q3 2025", "Quý 3/2025", "quy 3-2025"] {
            assert_eq!(text.parse(), Ok(third), "{text}");
        }
        for text in ["", "2025", "2025-3", "2025-Q5", "2025-Q0", "1925-Q3", "Q3", "2025-07-01", "2025-Q3-Q4", "x3 2025"]
        {
            assert_eq!(text.parse::<Quarter>(), Err(NotAQuarter), "{text}");
        }
        assert_eq!(third.to_string(), "2025-Q3");
        assert_eq!(third.first_day(), date(2025, 7, 1));
        for (day, text) in
            [(date(2025, 3, 31), "2025-Q1"), (date(2025, 4, 1), "2025-Q2"), (date(2025, 12, 31), "2025-Q4")]
        {
            assert_eq!(Quarter::of(day).map(|quarter| quarter.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(Quarter::new(2026, 1).unwrap().number() - third.number(), 2);
    }

    proptest! {
        #[test]
        fn a_tile_holds_its_middle_and_comes_back_from_its_digits(x in 0..65_536_i32, y in 0..65_536_i32) {
            let tile = Quadkey::of(x, y).unwrap();
            prop_assert_eq!(tile.middle().and_then(Quadkey::at), Some(tile));
            prop_assert_eq!(tile.to_string().parse(), Ok(tile));
        }
    }
}
