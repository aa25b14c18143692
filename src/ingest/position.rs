//! Two numbers become a position, or a reason.
//!
//! Exchanged latitude and longitude, the origin that phones report before
//! their first fix, and numbers that are no coordinate are told apart, because
//! each has another remedy. Nothing is exchanged silently.

use crate::model::measure::{LonLat, NotAPosition};
use crate::model::refusal::Reason;

/// Which of the two fields is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    Lon,
    Lat,
}

/// `None` stands for a text that is not a finite number.
#[inline]
pub(super) fn check(lon: Option<f64>, lat: Option<f64>) -> Result<LonLat, (Axis, Reason)> {
    let Some(lat) = lat else { return Err((Axis::Lat, Reason::NotANumber)) };
    let Some(lon) = lon else { return Err((Axis::Lon, Reason::NotANumber)) };
    LonLat::new(lon, lat).map_err(|fault| why(fault, lon, lat))
}

#[cold]
fn why(fault: NotAPosition, lon: f64, lat: f64) -> (Axis, Reason) {
    let out_of_range = |limit: &str| Reason::OutOfRange { from: format!("-{limit}"), to: limit.to_owned() };
    // What is a position is too small for metres.
    if let Some((east_m, north_m)) = metres(lon, lat) {
        return (Axis::Lon, Reason::Metres { east_m, north_m });
    }
    match fault {
        NotAPosition::NotFinite => (Axis::Lat, Reason::NotANumber),
        NotAPosition::NullIsland => (Axis::Lat, Reason::NullIsland),
        // A latitude over 90 that is a longitude beside a longitude that is a latitude. Every
        // longitude of Viet Nam (102 to 110) is over 90, so the country's own swaps end here.
        NotAPosition::Latitude if is_swapped(lon, lat) => (Axis::Lat, Reason::SwappedLatLon),
        NotAPosition::Latitude => (Axis::Lat, out_of_range("90")),
        NotAPosition::Longitude => (Axis::Lon, out_of_range("180")),
    }
}

/// Would be a position if the two were exchanged, and is none as it stands.
pub(super) fn is_swapped(lon: f64, lat: f64) -> bool {
    lat.abs() > 90.0 && LonLat::new(lat, lon).is_ok()
}

/// Easting and northing of a grid of Viet Nam, whole metres, whichever comes first: eastings of its
/// zones are 100 to 900 km, northings (8° to 24° north) 900 to 2,700 km.
pub(super) fn metres(a: f64, b: f64) -> Option<(u32, u32)> {
    const EASTINGS: std::ops::Range<f64> = 100_000.0..900_000.0;
    const NORTHINGS: std::ops::Range<f64> = 900_000.0..2_700_000.0;
    #[expect(clippy::cast_sign_loss, reason = "both ranges are positive")]
    let whole = |east: f64, north: f64| (east.round() as u32, north.round() as u32);
    if EASTINGS.contains(&a) && NORTHINGS.contains(&b) {
        return Some(whole(a, b));
    }
    (NORTHINGS.contains(&a) && EASTINGS.contains(&b)).then(|| whole(b, a))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(lon: f64, lat: f64) -> Option<&'static str> {
        check(Some(lon), Some(lat)).err().map(|(_, r)| r.code())
    }

    #[test]
    fn each_fault_has_its_own_name() {
        assert_eq!(reason(105.97, 20.25), None);
        assert_eq!(reason(20.25, 105.97), Some("swapped_lat_lon"));
        assert_eq!(reason(0.0, 0.0), Some("null_island"));
        assert_eq!(reason(601_611.0, 2_240_658.0), Some("metres"));
        assert_eq!(reason(2_240_658.0, 601_611.0), Some("metres"));
        assert_eq!(reason(11_797_000.0, 2_300_000.0), Some("out_of_range"));
        assert_eq!(reason(105.9, 91.0), Some("out_of_range"));
        assert_eq!(reason(181.0, 20.0), Some("out_of_range"));
        assert_eq!(reason(f64::NAN, 20.0), Some("not_a_number"));
        assert_eq!(check(None, Some(20.0)), Err((Axis::Lon, Reason::NotANumber)));
    }
}
