//! Which tile: zoom, column, row.
//!
//! Numbers from a URL become an [`Address`] once and are trusted afterwards.
//! Refuses zooms over 22 and columns or rows that the zoom does not have.

/// Column 0 is the westernmost, row 0 the northernmost (XYZ, not TMS).
///
/// Invariant: `z` ≤ 22, `x` and `y` < 2^`z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    z: u8,
    x: u32,
    y: u32,
}

/// Why three numbers are not a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotATile {
    #[error("zoom {0} is not within 0 to {max}", max = Address::MAX_ZOOM)]
    Zoom(u8),
    #[error("column {x} is not within 0 to {last} at zoom {z}", last = (1_u32 << z) - 1)]
    Column { z: u8, x: u32 },
    #[error("row {y} is not within 0 to {last} at zoom {z}", last = (1_u32 << z) - 1)]
    Row { z: u8, y: u32 },
}

impl Address {
    /// The deepest zoom that `MapLibre` asks for.
    pub const MAX_ZOOM: u8 = 22;

    /// The only way in.
    ///
    /// # Errors
    /// Says which of the three numbers no tile has.
    pub fn new(z: u8, x: u32, y: u32) -> Result<Self, NotATile> {
        if z > Self::MAX_ZOOM {
            return Err(NotATile::Zoom(z));
        }
        if x >= 1 << z {
            return Err(NotATile::Column { z, x });
        }
        if y >= 1 << z {
            return Err(NotATile::Row { z, y });
        }
        Ok(Self { z, x, y })
    }

    #[must_use]
    pub fn z(self) -> u8 {
        self.z
    }

    #[must_use]
    pub fn x(self) -> u32 {
        self.x
    }

    #[must_use]
    pub fn y(self) -> u32 {
        self.y
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(z: u8, x: u32, y: u32, expected: &str) {
        let said = Address::new(z, x, y).map_or_else(|e| e.to_string(), |_| "a tile".into());
        assert_eq!(said, expected);
    }

    #[test]
    fn the_world_has_one_tile_at_zoom_0_and_four_at_zoom_1() {
        check(0, 0, 0, "a tile");
        check(0, 1, 0, "column 1 is not within 0 to 0 at zoom 0");
        check(1, 1, 1, "a tile");
        check(1, 0, 2, "row 2 is not within 0 to 1 at zoom 1");
    }

    #[test]
    fn the_last_zoom_is_22() {
        check(22, 4_194_303, 4_194_303, "a tile");
        check(22, 4_194_304, 0, "column 4194304 is not within 0 to 4194303 at zoom 22");
        check(23, 0, 0, "zoom 23 is not within 0 to 22");
        check(255, u32::MAX, u32::MAX, "zoom 255 is not within 0 to 22");
    }
}
