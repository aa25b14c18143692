//! Degrees to metres on a plane that touches the earth at a place.
//!
//! Equirectangular: within 50 km of its origin distances are right to a few
//! parts in a thousand, and neither the correlation of signals nor the way
//! between two villages is known better.

use crate::model::measure::{EARTH_RADIUS_M, LonLat};

/// Metres of one degree of latitude.
const METRES_PER_DEGREE: f64 = EARTH_RADIUS_M * std::f64::consts::PI / 180.0;

#[derive(Clone, Copy, Debug)]
pub(super) struct Plane {
    lon: f64,
    lat: f64,
    /// Metres of one degree of longitude; more than nought at the poles.
    east: f64,
}

impl Plane {
    pub(super) fn at(origin: LonLat) -> Self {
        Self::of(origin.lon(), origin.lat())
    }

    /// With its origin at the mean of the places; `None` without any.
    pub(super) fn around(places: impl Iterator<Item = LonLat> + Clone) -> Option<Self> {
        let count = places.clone().count();
        if count == 0 {
            return None;
        }
        let mean = |of: fn(LonLat) -> f64| places.clone().map(of).sum::<f64>() / count as f64;
        Some(Self::of(mean(LonLat::lon), mean(LonLat::lat)))
    }

    fn of(lon: f64, lat: f64) -> Self {
        Self { lon, lat, east: METRES_PER_DEGREE * lat.to_radians().cos().max(0.01) }
    }

    /// East, north.
    pub(super) fn metres(&self, at: LonLat) -> [f64; 2] {
        self.metres_of([at.lon(), at.lat()])
    }

    /// Of degrees east, degrees north, which need not be a place.
    pub(super) fn metres_of(&self, [lon, lat]: [f64; 2]) -> [f64; 2] {
        [(lon - self.lon) * self.east, (lat - self.lat) * METRES_PER_DEGREE]
    }

    /// Degrees east, degrees north.
    pub(super) fn degrees(&self, [east, north]: [f64; 2]) -> [f64; 2] {
        [self.lon + east / self.east, self.lat + north / METRES_PER_DEGREE]
    }
}
