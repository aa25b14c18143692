//! The plane that tiles are cut from, for those who prepare shapes for it.
//!
//! Web Mercator with the world as a square from -90 to 90 on both axes, x east,
//! y north. A shape whose corners are multiples of [`unit`] comes through the
//! snapping of that zoom as it is.

use std::f64::consts::PI;

use geo_types::Coord;

use super::EXTENT;

const HALF_SIDE: f64 = 90.0;

/// From longitude and latitude in degrees. Latitudes beyond ±85.0511° go to the edge.
#[must_use]
pub fn to_square(at: Coord<f64>) -> Coord<f64> {
    let edge = PI.tanh();
    let sine = at.y.to_radians().sin().clamp(-edge, edge);
    Coord { x: at.x / 2.0, y: sine.atanh() / PI * HALF_SIDE }
}

/// To longitude and latitude in degrees.
#[must_use]
pub fn from_square(at: Coord<f64>) -> Coord<f64> {
    Coord { x: at.x * 2.0, y: (at.y / HALF_SIDE * PI).tanh().asin().to_degrees() }
}

/// The side of a tile unit at a zoom, on the square.
#[must_use]
pub fn unit(z: u8) -> f64 {
    2.0 * HALF_SIDE / f64::from(EXTENT) / f64::from(z).exp2()
}

#[cfg(test)]
mod tests {
    use super::super::Address;
    use super::super::world::{Window, World};
    use super::*;

    #[test]
    fn a_corner_on_the_grid_of_a_zoom_stays_where_it_is() {
        for z in 0..=20_u8 {
            let window = Window::new(Address::new(z, 0, 0).unwrap(), 0);
            let half = i64::from(EXTENT) << z >> 1;
            for share in [-0.93, -0.2, 0.0, 0.111, 0.588_7, 0.999] {
                let steps = (share * half as f64).round();
                let at = from_square(Coord { x: steps * unit(z), y: -steps * unit(z) });
                let snapped = window.snap(World::project(at.x, at.y).unwrap());
                assert_eq!(snapped, [half + steps as i64; 2], "zoom {z}, {share}");
            }
        }
    }

    #[test]
    fn there_and_back_is_where_it_was() {
        for (lon, lat) in [(105.975, 20.254), (-179.9, -84.9), (0.0, 0.0), (180.0, 85.05)] {
            let back = from_square(to_square(Coord { x: lon, y: lat }));
            assert!((back.x - lon).abs() < 1e-12 && (back.y - lat).abs() < 1e-11, "{back:?}");
        }
    }
}
