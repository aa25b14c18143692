//! Degrees to metres on a plane that touches the earth amid the measurements.
//!
//! Equirectangular: within 50 km of its origin distances are right to a few
//! parts in a thousand, and no correlation of signals is known better.

use crate::model::measure::{EARTH_RADIUS_M, LonLat};

/// Metres of one degree of latitude.
const METRES_PER_DEGREE: f64 = EARTH_RADIUS_M * std::f64::consts::PI / 180.0;

pub(in crate::engine::signal) struct Plane {
    lon: f64,
    lat: f64,
    east: f64,
}

impl Plane {
    /// With its origin at the mean of the places; `None` without any.
    pub(in crate::engine::signal) fn around(places: impl Iterator<Item = LonLat> + Clone) -> Option<Self> {
        let count = places.clone().count();
        if count == 0 {
            return None;
        }
        let mean = |of: fn(LonLat) -> f64| places.clone().map(of).sum::<f64>() / count as f64;
        let (lon, lat) = (mean(LonLat::lon), mean(LonLat::lat));
        Some(Self { lon, lat, east: METRES_PER_DEGREE * lat.to_radians().cos() })
    }

    /// East, north.
    pub(in crate::engine::signal) fn metres(&self, at: LonLat) -> [f64; 2] {
        [(at.lon() - self.lon) * self.east, (at.lat() - self.lat) * METRES_PER_DEGREE]
    }
}
