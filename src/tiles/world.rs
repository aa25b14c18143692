//! Positions on the whole world's grid, and how they snap to a zoom.
//!
//! Longitude and latitude become Web Mercator once, as two 32-bit integers:
//! 2³² steps around the equator, 9.3 mm each, finer than any survey that we
//! are given and half the memory of two floats. Snapping to a zoom is then a
//! shift with rounding, a function of the position and the zoom alone. Hence
//! neighbouring tiles and neighbouring polygons agree on every vertex.

use super::{Address, EXTENT};

/// Steps east of −180° and south of +85.0511°.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct World {
    pub(crate) x: u32,
    pub(crate) y: u32,
}

/// Bits of a world coordinate.
const WORLD_BITS: u8 = 32;
/// At this zoom one world step is one tile unit: 32 − log₂ 4096.
const EXACT_ZOOM: u8 = WORLD_BITS - EXTENT.trailing_zeros() as u8;

impl World {
    /// `None` for coordinates that are not finite. Latitudes beyond the square
    /// world of Web Mercator (±85.0511°) go to its edge.
    pub(crate) fn project(lon: f64, lat: f64) -> Option<Self> {
        if !lon.is_finite() || !lat.is_finite() {
            return None;
        }
        // Invariant: |sine| < 1, so that the logarithm is finite; tanh π is the edge of the square.
        let edge = std::f64::consts::PI.tanh();
        let sine = lat.to_radians().sin().clamp(-edge, edge);
        let x = lon / 360.0 + 0.5;
        let y = 0.5 - ((1.0 + sine) / (1.0 - sine)).ln() / (4.0 * std::f64::consts::PI);
        Some(Self { x: step(x), y: step(y) })
    }
}

#[expect(clippy::cast_sign_loss, reason = "`as` saturates, and the edge of the world is where such positions belong")]
fn step(share: f64) -> u32 {
    (share * 2_f64.powi(i32::from(WORLD_BITS)) + 0.5) as u32
}

/// A bounding box of world positions, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) min: World,
    pub(crate) max: World,
}

impl Extent {
    pub(crate) fn of(positions: impl IntoIterator<Item = World>) -> Option<Self> {
        let mut positions = positions.into_iter();
        let first = positions.next()?;
        Some(positions.fold(Self { min: first, max: first }, |extent, at| Self {
            min: World { x: extent.min.x.min(at.x), y: extent.min.y.min(at.y) },
            max: World { x: extent.max.x.max(at.x), y: extent.max.y.max(at.y) },
        }))
    }
}

/// Tile units, relative to the tile's north-west corner, y down.
pub(crate) type Local = [i64; 2];

/// One tile seen from the world grid, with the box that shapes are cut to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    half: i64,
    right: u8,
    left: u8,
    origin: Local,
    /// The buffered box on both axes, tile units, both ends included.
    pub(crate) low: i64,
    pub(crate) high: i64,
}

impl Window {
    pub(crate) fn new(at: Address, buffer: u32) -> Self {
        let right = EXACT_ZOOM.saturating_sub(at.z());
        Self {
            half: (1 << right) >> 1,
            right,
            left: at.z().saturating_sub(EXACT_ZOOM),
            origin: [i64::from(at.x()) * i64::from(EXTENT), i64::from(at.y()) * i64::from(EXTENT)],
            low: -i64::from(buffer),
            high: i64::from(EXTENT) + i64::from(buffer),
        }
    }

    /// The one rounding rule, on both axes: to the nearest unit, halves east and south.
    #[inline]
    pub(crate) fn snap(&self, at: World) -> Local {
        let snap = |step: u32| ((i64::from(step) + self.half) >> self.right) << self.left;
        [snap(at.x) - self.origin[0], snap(at.y) - self.origin[1]]
    }

    /// Whether a step of the world is more than a unit of the tile: whoever lies a step beside does not lie a unit beside.
    pub(crate) fn magnifies(&self) -> bool {
        self.left > 0
    }

    /// Snapping keeps order, so a snapped bounding box is the box of what was snapped.
    pub(crate) fn snap_extent(&self, extent: Extent) -> (Local, Local) {
        (self.snap(extent.min), self.snap(extent.max))
    }

    /// Whether a position belongs to this tile and to no other of its zoom.
    pub(crate) fn owns(&self, at: World) -> bool {
        self.snap(at).iter().all(|v| (0..i64::from(EXTENT)).contains(v))
    }

    /// The buffered box in world steps, a unit wider for what snaps into it.
    pub(crate) fn envelope(&self) -> ([f64; 2], [f64; 2]) {
        let steps_per_unit = 2_f64.powi(i32::from(self.right) - i32::from(self.left));
        let corner = |edge: i64| self.origin.map(|origin| (origin + edge) as f64 * steps_per_unit);
        (corner(self.low - 1), corner(self.high + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(z: u8, x: u32, y: u32) -> Window {
        Window::new(Address::new(z, x, y).unwrap(), 64)
    }

    #[test]
    fn the_middle_of_the_world_is_the_middle_of_the_grid() {
        assert_eq!(World::project(0.0, 0.0), Some(World { x: 1 << 31, y: 1 << 31 }));
    }

    #[test]
    fn the_corners_of_the_world_stay_on_the_grid() {
        let last = u32::MAX;
        assert_eq!(World::project(-180.0, 90.0), Some(World { x: 0, y: 0 }));
        assert_eq!(World::project(180.0, -90.0), Some(World { x: last, y: last }));
        assert_eq!(World::project(1e300, -1e300).map(|w| w.x), Some(last));
        assert_eq!(World::project(f64::NAN, 20.0), None);
        assert_eq!(World::project(106.0, f64::INFINITY), None);
    }

    #[expect(clippy::cast_sign_loss, reason = "east of Greenwich and south of the pole both are positive")]
    /// Source: the slippy-map tile formula of the OpenStreetMap wiki.
    #[test]
    fn ninh_binh_lies_in_the_tile_that_the_textbook_formula_says() {
        let (lon, lat) = (105.975_f64, 20.254_f64);
        for z in [5_u8, 10, 14, 20] {
            let n = f64::from(1_u32 << z);
            let x = ((lon + 180.0) / 360.0 * n) as u32;
            let y = ((1.0 - lat.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * n) as u32;
            assert!(window(z, x, y).owns(World::project(lon, lat).unwrap()), "zoom {z}");
        }
    }

    #[test]
    fn both_axes_round_to_the_nearest_unit_and_halves_go_up() {
        // At zoom 14 a tile unit is 64 steps.
        for (steps, units) in [(0, 0), (31, 0), (32, 1), (63, 1), (64, 1), (95, 1), (96, 2)] {
            assert_eq!(window(14, 0, 0).snap(World { x: steps, y: steps }), [units, units], "{steps}");
        }
        assert_eq!(window(20, 0, 0).snap(World { x: 7, y: 9 }), [7, 9]);
        assert_eq!(window(22, 0, 0).snap(World { x: 7, y: 9 }), [28, 36]);
    }

    #[test]
    fn a_vertex_has_the_same_place_seen_from_both_sides_of_a_tile_edge() {
        for (z, x, y) in [(7_u8, 101_u32, 56_u32), (14, 13_010, 7_250), (22, 3_330_000, 1_856_000)] {
            for nudge in [-1_i64, 0, 1, 700] {
                let edge = (i64::from(x + 1) << (32 - z)) + nudge;
                let at = World { x: u32::try_from(edge).unwrap(), y: (y << (32 - z)) + 5 };
                let (west, east) = (window(z, x, y).snap(at), window(z, x + 1, y).snap(at));
                assert_eq!([west[0] - 4096, west[1]], east);
                assert_ne!(window(z, x, y).owns(at), window(z, x + 1, y).owns(at));
            }
        }
    }
}
