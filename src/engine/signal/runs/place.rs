//! An r10 cell and a phone in one number, in the order of cells.

use h3o::CellIndex;

/// The cell's path from its base cell down, and behind it the number of the [`super::phones::Phone`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(u64);

/// Every r10 index begins with the same twelve bits and ends with fifteen that say nothing.
const HEAD: u64 = 0x08A << 52;
const TAIL_BITS: u32 = 15;
const PHONE_BITS: u32 = 27;

impl Place {
    /// Phones that can be told apart: more than runs in the making ever have.
    pub(super) const MOST_PHONES: usize = 1 << PHONE_BITS;

    /// `phone` is less than [`Self::MOST_PHONES`].
    pub(super) fn new(cell: CellIndex, phone: usize) -> Self {
        let path = (u64::from(cell) & !(0xFFF << 52)) >> TAIL_BITS;
        Self((path << PHONE_BITS) | phone as u64)
    }

    /// `None` never: what went in was a cell.
    pub(super) fn cell(self) -> Option<CellIndex> {
        CellIndex::try_from(HEAD | (self.path() << TAIL_BITS) | ((1 << TAIL_BITS) - 1)).ok()
    }

    pub(super) fn phone(self) -> usize {
        (self.0 & ((1 << PHONE_BITS) - 1)) as usize
    }

    pub(super) fn number(self) -> u64 {
        self.0
    }

    pub(super) fn with_phone(self, phone: usize) -> Self {
        Self((self.path() << PHONE_BITS) | phone as u64)
    }

    /// The same for all places of one cell.
    pub(super) fn path(self) -> u64 {
        self.0 >> PHONE_BITS
    }

    /// The same for all places of one r8 cell.
    pub(super) fn around(self) -> u64 {
        self.path() >> 6
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::signal::locate::cell_at;
    use crate::engine::signal::runs::PASS;
    use crate::model::measure::LonLat;

    #[test]
    fn a_place_gives_back_its_cell_and_phone_in_the_order_of_cells() {
        let cell = |lon: f64| cell_at(LonLat::new(lon, 20.25).unwrap(), PASS).unwrap();
        let mut cells: Vec<CellIndex> = (-180..180).map(|lon| cell(f64::from(lon))).collect();
        cells.sort_unstable();
        for phone in [0, 7, Place::MOST_PHONES - 1] {
            let places: Vec<Place> = cells.iter().map(|cell| Place::new(*cell, phone)).collect();
            assert!(places.is_sorted());
            assert!(places.iter().all(|place| place.phone() == phone && place.with_phone(3).phone() == 3));
            assert_eq!(places.iter().filter_map(|place| place.with_phone(5).cell()).collect::<Vec<_>>(), cells);
        }
    }
}
