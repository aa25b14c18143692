//! From the coordinate system of a file to WGS 84.
//!
//! Systems of Viet Nam are read by our own formulas, whatever the format; the
//! rest by GDAL. Which of two unnamed numbers is the northing is decided by
//! which value fits, aloud; a column that says what it holds is believed, and
//! its row refused when its number says otherwise. Metres without a stated
//! system are never read: an easting fits many meridians equally well.

use geo::{CoordsIter, MapCoords};
use geo_types::{Coord, Geometry, Polygon};

use crate::model::crs::Crs;
use crate::model::measure::LonLat;
use crate::model::refusal::Reason;

use super::features::{RawFeature, RawGeometry};
use super::gdal::ToWgs84;
use super::position::{self, Axis};
use super::{Options, Unreadable, number, sexagesimal};

pub(super) enum Reading {
    Ours(Crs),
    Gdal(ToWgs84),
}

/// What the columns of a point say of their order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Axes {
    /// `lon` and `lat`, `easting` and `northing`.
    Named,
    /// `x` and `y`, which Viet Nam and the rest of the world use the other way round.
    Unnamed,
}

/// Which of two unnamed numbers was the northing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    EastFirst,
    NorthFirst,
}

impl Reading {
    /// By what the person states; WGS 84 where nothing is stated.
    ///
    /// # Errors
    /// [`Unreadable::UnsupportedCrs`] when nobody here knows the system.
    pub(super) fn stated(options: &Options) -> Result<Self, Unreadable> {
        let epsg = options.crs_epsg.unwrap_or(Crs::WGS84.epsg());
        match Crs::from_epsg(epsg) {
            Some(crs) => Ok(Self::Ours(crs)),
            None => Ok(Self::Gdal(ToWgs84::new(epsg)?)),
        }
    }

    /// `None` for a system that only GDAL knows.
    pub(super) fn ours(&self) -> Option<Crs> {
        match self {
            Self::Ours(crs) => Some(*crs),
            Self::Gdal(_) => None,
        }
    }

    pub(super) fn is_metric(&self) -> bool {
        match self {
            Self::Ours(crs) => crs.is_metric(),
            Self::Gdal(_) => true,
        }
    }

    /// The place of two numbers of a row. `None` stands for a text that is no number.
    pub(super) fn position(
        &self,
        first: Option<f64>,
        second: Option<f64>,
        axes: Axes,
    ) -> Result<(LonLat, Order), (Axis, Reason)> {
        match self {
            Self::Ours(crs) => position(*crs, first, second, axes),
            Self::Gdal(to_wgs84) => {
                let (Some(a), Some(b)) = (first, second) else { return in_degrees(first, second) };
                // A foreign grid: its larger number is the northing more often than not.
                let order = if axes == Axes::Unnamed && a > b { Order::NorthFirst } else { Order::EastFirst };
                let (east, north) = if order == Order::NorthFirst { (b, a) } else { (a, b) };
                let at = to_wgs84.point(east, north);
                position::check(at.map(|p| p.0), at.map(|p| p.1)).map(|at| (at, order))
            }
        }
    }
}

/// A degree or a metre, or degrees with minutes and seconds.
pub(super) fn coordinate(text: &[u8], decimal_comma: bool) -> Option<f64> {
    let number = number::parse(text, decimal_comma).map(|number| {
        // `105,974` in quotes: no place has so many degrees, and no grid of Viet Nam so few metres.
        let fraction = || number::parse(text, true).filter(|fraction| fraction.abs() <= 180.0);
        if decimal_comma || number.abs() <= 180.0 { number } else { fraction().unwrap_or(number) }
    });
    number.or_else(|| sexagesimal::degrees(std::str::from_utf8(text).ok()?))
}

/// The place of two numbers in a system of ours.
#[inline]
pub(super) fn position(
    crs: Crs,
    first: Option<f64>,
    second: Option<f64>,
    axes: Axes,
) -> Result<(LonLat, Order), (Axis, Reason)> {
    match (first, second) {
        (Some(a), Some(b)) if crs.is_metric() => metric(crs, a, b, axes),
        _ if crs.is_metric() || crs == Crs::WGS84 => in_degrees(first, second),
        _ => {
            // Checked before the datum moves them, so that 0, 0 is still 0, 0.
            let (at, order) = in_degrees(first, second)?;
            let moved = crs.to_wgs84(at.lon(), at.lat());
            position::check(moved.map(|p| p.0), moved.map(|p| p.1)).map(|at| (at, order))
        }
    }
}

#[inline]
fn in_degrees(lon: Option<f64>, lat: Option<f64>) -> Result<(LonLat, Order), (Axis, Reason)> {
    position::check(lon, lat).map(|at| (at, Order::EastFirst))
}

fn metric(crs: Crs, a: f64, b: f64, axes: Axes) -> Result<(LonLat, Order), (Axis, Reason)> {
    let east_first = crs.to_wgs84(a, b);
    let north_first = crs.to_wgs84(b, a);
    let fits = |place: Option<(f64, f64)>| place.is_some_and(|(lon, lat)| in_viet_nam(lon, lat));
    let order = match (fits(east_first), fits(north_first)) {
        (false, true) if axes == Axes::Named => return Err((Axis::Lat, Reason::SwappedAxes)),
        (false, true) => Order::NorthFirst,
        _ => Order::EastFirst,
    };
    let at = if order == Order::NorthFirst { north_first } else { east_first };
    let Some((lon, lat)) = at else { return Err((Axis::Lon, Reason::OutsideCrs { epsg: crs.epsg() })) };
    position::check(Some(lon), Some(lat)).map(|at| (at, order))
}

/// Land and sea of Viet Nam, generously: within it an easting and a northing cannot be mistaken for
/// each other, because northings of the country begin where its eastings end, at about 900 km.
fn in_viet_nam(lon: f64, lat: f64) -> bool {
    (100.0..=119.0).contains(&lon) && (6.0..=24.0).contains(&lat)
}

/// Features in the degrees or metres of a system of ours become WGS 84.
///
/// # Errors
/// As [`check_degrees`], and [`Unreadable::Degrees`] where most numbers are degrees and the system has metres.
pub(super) fn features(features: &mut [RawFeature], crs: Crs) -> Result<(), Unreadable> {
    if crs.is_metric() {
        check_metres(features, crs)?;
    } else {
        check_degrees(features)?;
    }
    if crs == Crs::WGS84 {
        return Ok(()); // Its numbers come through untouched.
    }
    for feature in features {
        if let RawGeometry::Shape(old) = &feature.geometry {
            feature.geometry = shape(old, crs).map_or_else(RawGeometry::Bad, RawGeometry::Shape);
        }
    }
    Ok(())
}

/// A shape in a system of ours, in WGS 84.
///
/// # Errors
/// The first position that is none in that system.
pub(super) fn shape(shape: &Geometry<f64>, crs: Crs) -> Result<Geometry<f64>, String> {
    shape.try_map_coords(|at| match crs.to_wgs84(at.x, at.y) {
        Some((x, y)) => Ok(Coord { x, y }),
        None => Err(format!("{:?}, {:?} is no place in {crs}", at.x, at.y)),
    })
}

/// Areas whose numbers are no degrees are caught as a whole file: one message with the remedy is
/// worth more than a refused unit for each commune. Points speak row by row.
///
/// # Errors
/// [`Unreadable::Metres`] or [`Unreadable::SwappedAxes`] where most areas say so.
pub(super) fn check_degrees(features: &[RawFeature]) -> Result<(), Unreadable> {
    let corners: Vec<Coord<f64>> = features.iter().filter_map(first_corner).collect();
    let metres: Vec<_> = corners.iter().filter_map(|at| position::metres(at.x, at.y)).collect();
    let swapped = corners.iter().filter(|at| position::is_swapped(at.x, at.y)).count();
    if metres.len() * 2 > corners.len()
        && let Some((east_m, north_m)) = metres.first()
    {
        return Err(Unreadable::Metres { east_m: *east_m, north_m: *north_m });
    }
    if swapped * 2 > corners.len() {
        return Err(Unreadable::SwappedAxes);
    }
    Ok(())
}

/// Taken for metres, degrees lie within a stone's throw of the system's origin: a province shrinks to a
/// point in the sea.
fn check_metres(features: &[RawFeature], crs: Crs) -> Result<(), Unreadable> {
    let corner = |feature: &RawFeature| match &feature.geometry {
        RawGeometry::Shape(shape) => shape.coords_iter().next(),
        _ => None,
    };
    let corners: Vec<Coord<f64>> = features.iter().filter_map(corner).collect();
    let mut degrees = corners.iter().filter(|at| at.x.abs() <= 180.0 && at.y.abs() <= 180.0);
    match degrees.next() {
        Some(at) if (1 + degrees.count()) * 2 > corners.len() => {
            Err(Unreadable::Degrees { found: format!("{:.4}, {:.4}", at.x, at.y), epsg: crs.epsg() })
        }
        _ => Ok(()),
    }
}

fn first_corner(feature: &RawFeature) -> Option<Coord<f64>> {
    fn of(shape: &Geometry<f64>) -> Option<Coord<f64>> {
        let corner = |polygon: &Polygon<f64>| polygon.exterior().0.first().copied();
        match shape {
            Geometry::Polygon(polygon) => corner(polygon),
            Geometry::MultiPolygon(many) => many.0.first().and_then(corner),
            Geometry::GeometryCollection(many) => many.0.iter().find_map(of),
            _ => None,
        }
    }
    match &feature.geometry {
        RawGeometry::Shape(shape) => of(shape),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::fixture;

    const HOA_LU: (f64, f64) = (601_611.35, 2_240_658.67);

    fn place(epsg: u32, (a, b): (f64, f64), axes: Axes) -> Result<(f64, f64, Order), &'static str> {
        let options = Options { crs_epsg: Some(epsg), ..fixture::options() };
        let found = Reading::stated(&options).unwrap().position(Some(a), Some(b), axes);
        let round = |degrees: f64| (degrees * 1e4).round() / 1e4;
        found.map(|(at, order)| (round(at.lon()), round(at.lat()), order)).map_err(|(_, reason)| reason.code())
    }

    #[test]
    fn the_value_says_which_of_x_and_y_is_the_northing() {
        let (east, north) = HOA_LU;
        assert_eq!(place(5897, (east, north), Axes::Unnamed), Ok((105.9745, 20.2539, Order::EastFirst)));
        assert_eq!(place(5897, (north, east), Axes::Unnamed), Ok((105.9745, 20.2539, Order::NorthFirst)));
    }

    #[test]
    fn a_column_that_says_what_it_holds_is_not_exchanged() {
        let (east, north) = HOA_LU;
        assert_eq!(place(5897, (east, north), Axes::Named), Ok((105.9745, 20.2539, Order::EastFirst)));
        assert_eq!(place(5897, (north, east), Axes::Named), Err("swapped_axes"));
    }

    #[test]
    fn degrees_in_a_metric_system_and_metres_in_degrees_are_refused() {
        assert_eq!(place(4756, HOA_LU, Axes::Unnamed), Err("metres"));
        assert_eq!(place(4326, HOA_LU, Axes::Named), Err("metres"));
        assert_eq!(place(4756, (0.0, 0.0), Axes::Named), Err("null_island"));
        assert_eq!(place(5897, (1e300, 1e300), Axes::Unnamed), Err("outside_crs"));
    }

    #[test]
    fn an_unknown_number_is_unsupported() {
        let options = Options { crs_epsg: Some(999_999), ..fixture::options() };
        assert!(matches!(Reading::stated(&options), Err(Unreadable::UnsupportedCrs { .. })));
    }
}
