//! An r10 cell and a network in one number, in the order of cells.

use h3o::CellIndex;

/// The cell's path from its base cell down, and behind it the number of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(u64);

/// Every r10 index begins with the same twelve bits and ends with fifteen that say nothing.
const HEAD: u64 = 0x08A << 52;
const TAIL_BITS: u32 = 15;
const NETWORK_BITS: u32 = 27;

impl Place {
    /// Networks that can be told apart; every one has a name of its own in memory.
    pub(super) const MOST_NETWORKS: usize = 1 << NETWORK_BITS;

    /// `network` is less than [`Self::MOST_NETWORKS`].
    pub(super) fn new(cell: CellIndex, network: usize) -> Self {
        let path = (u64::from(cell) & !(0xFFF << 52)) >> TAIL_BITS;
        Self((path << NETWORK_BITS) | network as u64)
    }

    /// `None` never: what went in was a cell.
    pub(super) fn cell(self) -> Option<CellIndex> {
        CellIndex::try_from(HEAD | ((self.0 >> NETWORK_BITS) << TAIL_BITS) | ((1 << TAIL_BITS) - 1)).ok()
    }

    pub(super) fn network(self) -> usize {
        (self.0 & ((1 << NETWORK_BITS) - 1)) as usize
    }

    /// The same for all places of one r8 cell.
    pub(super) fn around(self) -> u64 {
        self.0 >> (NETWORK_BITS + 6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::signal::locate::cell_at;
    use crate::engine::signal::runs::PASS;
    use crate::model::measure::LonLat;

    #[test]
    fn a_place_gives_back_its_cell_and_network_in_the_order_of_cells() {
        let cell = |lon: f64| cell_at(LonLat::new(lon, 20.25).unwrap(), PASS).unwrap();
        let mut cells: Vec<CellIndex> = (-180..180).map(|lon| cell(f64::from(lon))).collect();
        cells.sort_unstable();
        for network in [0, 7, Place::MOST_NETWORKS - 1] {
            let places: Vec<Place> = cells.iter().map(|cell| Place::new(*cell, network)).collect();
            assert!(places.is_sorted());
            assert!(places.iter().all(|place| place.network() == network));
            assert_eq!(places.iter().filter_map(|place| place.cell()).collect::<Vec<_>>(), cells);
        }
    }
}
