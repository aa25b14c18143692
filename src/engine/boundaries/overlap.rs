//! How much of one area lies in another.
//!
//! Old and new polygons are drawn by different people at different scales, so
//! a share is a measurement of two drawings and never exactly one. What does
//! not touch costs nothing: boxes are compared first.

use geo::{BooleanOps, BoundingRect, Intersects, Orient, orient::Direction};
use geo_types::MultiPolygon;

use super::area::{area_m2, check};

/// Area that both cover, square metres on the ellipsoid. `None` when one of them has a
/// coordinate that is no position. Degrees; rings may turn either way.
#[must_use]
pub fn common_area_m2(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> Option<f64> {
    check(a).and(check(b)).ok()?;
    let (Some(one), Some(other)) = (a.bounding_rect(), b.bounding_rect()) else { return Some(0.0) };
    if !one.intersects(&other) {
        return Some(0.0);
    }
    // `geo`'s overlay asks for rings that turn one way (docs/decisions/0002).
    let common = a.orient(Direction::Default).intersection(&b.orient(Direction::Default));
    // The sum of nothing is -0.0.
    area_m2(&common).ok().map(|area| area + 0.0)
}

/// The part of `old` that lies in `new`, 0 to 1. `None` without an area to speak of.
#[must_use]
pub fn share_within(old: &MultiPolygon<f64>, new: &MultiPolygon<f64>) -> Option<f64> {
    let all = area_m2(old).ok().filter(|all| *all > 0.0)?;
    common_area_m2(old, new).map(|common| (common / all).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::boundaries::shapes::area as shape;

    fn check_share(old: &str, new: &str, expected: Option<f64>) {
        let got = share_within(&shape(old), &shape(new));
        match (got, expected) {
            (Some(got), Some(expected)) => assert!((got - expected).abs() < 1e-4, "{old} in {new}: {got}"),
            (got, expected) => assert_eq!(got, expected, "{old} in {new}"),
        }
    }

    #[test]
    fn a_share_is_of_the_old_area() {
        check_share("1 1, 2 1, 2 2, 1 2", "1.5 0, 4 0, 4 4, 1.5 4", Some(0.5));
        check_share("1 1, 2 1, 2 2, 1 2", "0 0, 4 0, 4 4, 0 4", Some(1.0));
        check_share("1 1, 2 1, 2 2, 1 2", "5 5, 6 5, 6 6", Some(0.0));
        check_share("1 1, 2 1, 2 2, 1 2", "2 1, 3 1, 3 2, 2 2", Some(0.0));
    }

    #[test]
    fn winding_makes_no_difference() {
        check_share("1 1, 1 2, 2 2, 2 1", "1.5 0, 4 0, 4 4, 1.5 4", Some(0.5));
    }

    #[test]
    fn what_is_no_position_has_no_share() {
        check_share("NaN 1, 2 1, 2 2", "0 0, 4 0, 4 4", None);
        check_share("1 1, 2 1, 2 2", "0 0, 1e300 0, 4 4", None);
        check_share("1 1, 1 1, 1 1", "0 0, 4 0, 4 4", None);
    }
}
