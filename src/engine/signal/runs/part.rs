//! A share of the ground.

use h3o::{CellIndex, Resolution};

/// One of `of` parts of the ground, a power of two: those r8 cells whose hash ends in `index`.
/// Runs and verdicts of cells up to r8 never reach over two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    index: u64,
    of: u64,
}

const MOST_PARTS: u64 = 1 << 12;

impl Default for Part {
    fn default() -> Self {
        Self { index: 0, of: 1 }
    }
}

impl Part {
    pub(super) fn has(self, cell: CellIndex) -> bool {
        self.of == 1 || {
            // The digits under r8 are all the same; the golden ratio spreads the others into the upper bits.
            let around = cell.parent(Resolution::Eight).map_or(0, u64::from) >> 21;
            (around.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) & (self.of - 1) == self.index
        }
    }

    /// `None` for a part so small that what fills it lies in one place.
    pub(super) fn halves(self) -> Option<[Self; 2]> {
        let of = 2 * self.of;
        (of <= MOST_PARTS).then(|| [Self { of, ..self }, Self { index: self.index + self.of, of }])
    }
}
