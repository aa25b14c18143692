//! Transverse Mercator by Krüger's series to n⁶.
//!
//! Karney, "Transverse Mercator with an accuracy of a few nanometers",
//! J. Geodesy 85 (2011), equations 7 to 21 and 35, 36: exact conformal
//! latitude, and series that err by 5 nm within 3,900 km of the central
//! meridian. Viet Nam's zones are 80 km to a side.

use std::sync::LazyLock;

use super::datum::{ECCENTRICITY_2, FLATTENING, SEMI_MAJOR_M};

/// All grids of Viet Nam begin at the equator and have 500 km at the central meridian.
const FALSE_EASTING_M: f64 = 500_000.0;
/// The series are trusted this far from the meridian, degrees: 3,900 km at the equator are 35°.
const REACH_DEGREES: f64 = 35.0;
/// The same in units of the rectifying radius; `asinh(tan 35°)` is 0.65.
const REACH_RADIUS: f64 = 0.66;

/// One grid. `meridian` in degrees.
#[derive(Clone, Copy, Debug)]
pub(super) struct TransverseMercator {
    pub(super) meridian: f64,
    pub(super) scale: f64,
}

struct Series {
    /// Of the circle whose circumference is the meridian's, metres.
    radius_m: f64,
    forward: [f64; 6],
    inverse: [f64; 6],
}

static SERIES: LazyLock<Series> = LazyLock::new(|| {
    let n = FLATTENING / (2.0 - FLATTENING);
    let [n2, n3, n4, n5, n6] = [2, 3, 4, 5, 6].map(|power| n.powi(power));
    Series {
        radius_m: SEMI_MAJOR_M / (1.0 + n) * (1.0 + n2 / 4.0 + n4 / 64.0 + n6 / 256.0),
        forward: [
            n / 2.0 - n2 * 2.0 / 3.0 + n3 * 5.0 / 16.0 + n4 * 41.0 / 180.0 - n5 * 127.0 / 288.0
                + n6 * 7_891.0 / 37_800.0,
            n2 * 13.0 / 48.0 - n3 * 3.0 / 5.0 + n4 * 557.0 / 1_440.0 + n5 * 281.0 / 630.0
                - n6 * 1_983_433.0 / 1_935_360.0,
            n3 * 61.0 / 240.0 - n4 * 103.0 / 140.0 + n5 * 15_061.0 / 26_880.0 + n6 * 167_603.0 / 181_440.0,
            n4 * 49_561.0 / 161_280.0 - n5 * 179.0 / 168.0 + n6 * 6_601_661.0 / 7_257_600.0,
            n5 * 34_729.0 / 80_640.0 - n6 * 3_418_889.0 / 1_995_840.0,
            n6 * 212_378_941.0 / 319_334_400.0,
        ],
        inverse: [
            n / 2.0 - n2 * 2.0 / 3.0 + n3 * 37.0 / 96.0 - n4 / 360.0 - n5 * 81.0 / 512.0 + n6 * 96_199.0 / 604_800.0,
            n2 / 48.0 + n3 / 15.0 - n4 * 437.0 / 1_440.0 + n5 * 46.0 / 105.0 - n6 * 1_118_711.0 / 3_870_720.0,
            n3 * 17.0 / 480.0 - n4 * 37.0 / 840.0 - n5 * 209.0 / 4_480.0 + n6 * 5_569.0 / 90_720.0,
            n4 * 4_397.0 / 161_280.0 - n5 * 11.0 / 504.0 - n6 * 830_251.0 / 7_257_600.0,
            n5 * 4_583.0 / 161_280.0 - n6 * 108_847.0 / 3_991_680.0,
            n6 * 20_648_693.0 / 638_668_800.0,
        ],
    }
});

impl TransverseMercator {
    /// Easting and northing in metres; `None` out of reach of the meridian.
    pub(super) fn forward(self, lon: f64, lat: f64) -> Option<(f64, f64)> {
        let from_meridian = lon - self.meridian;
        if !(from_meridian.abs() <= REACH_DEGREES && lat.abs() <= 90.0) {
            return None;
        }
        let (sin, cos) = from_meridian.to_radians().sin_cos();
        let conformal = conformal_tangent(lat.to_radians().tan());
        let xi = conformal.atan2(cos);
        let eta = (sin / conformal.hypot(cos)).asinh();
        let (up, across) = add(xi, eta, SERIES.forward, 1.0);
        let radius = SERIES.radius_m * self.scale;
        Some((FALSE_EASTING_M + radius * across, radius * up))
    }

    /// Longitude and latitude in degrees; `None` for numbers that lie nowhere near the zone.
    pub(super) fn inverse(self, easting: f64, northing: f64) -> Option<(f64, f64)> {
        let radius = SERIES.radius_m * self.scale;
        let (up, across) = (northing / radius, (easting - FALSE_EASTING_M) / radius);
        // A quarter of the meridian lies between equator and pole.
        if !(across.abs() <= REACH_RADIUS && up.abs() <= std::f64::consts::FRAC_PI_2) {
            return None;
        }
        let (xi, eta) = add(up, across, SERIES.inverse, -1.0);
        let conformal = xi.sin() / eta.sinh().hypot(xi.cos());
        let lon = self.meridian + eta.sinh().atan2(xi.cos()).to_degrees();
        let lat = tangent_of_latitude(conformal).atan().to_degrees();
        (lon.abs() <= 180.0 && lat.is_finite()).then_some((lon, lat))
    }
}

/// ξ + Σ c sin 2jξ cosh 2jη and η + Σ c cos 2jξ sinh 2jη, the coefficients taken with a sign.
fn add(xi: f64, eta: f64, coefficients: [f64; 6], sign: f64) -> (f64, f64) {
    let (mut up, mut across, mut twice) = (xi, eta, 0.0);
    for coefficient in coefficients {
        twice += 2.0;
        up += sign * coefficient * (twice * xi).sin() * (twice * eta).cosh();
        across += sign * coefficient * (twice * xi).cos() * (twice * eta).sinh();
    }
    (up, across)
}

/// The tangent of the conformal latitude from that of the latitude.
fn conformal_tangent(tangent: f64) -> f64 {
    let eccentricity = ECCENTRICITY_2.sqrt();
    let sigma = (eccentricity * (eccentricity * tangent / tangent.hypot(1.0)).atanh()).sinh();
    tangent * sigma.hypot(1.0) - sigma * tangent.hypot(1.0)
}

/// Newton's method; three steps reach the last digit at any latitude.
fn tangent_of_latitude(conformal: f64) -> f64 {
    let mut tangent = conformal;
    for _ in 0..4 {
        let found = conformal_tangent(tangent);
        let slope = (1.0 - ECCENTRICITY_2) * found.hypot(1.0) * tangent.hypot(1.0)
            / (1.0 + (1.0 - ECCENTRICITY_2) * tangent * tangent);
        tangent += (conformal - found) / slope;
    }
    tangent
}
