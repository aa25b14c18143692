//! Sites: where masts and cells stand, as far as anybody says.
//!
//! An operator's list gives the mast itself; a crowd's list gives the centre of
//! the places where a cell was heard, which may be a kilometre away. `exact`
//! keeps the two apart. What a list does not say is `None`, never zero.

use super::key::Key;
use super::measure::LonLat;
use super::operator::{Operator, Technology};

/// A mast, or one cell of it, of one operator and technology.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    pub operator: Operator,
    pub technology: Technology,
    pub at: LonLat,
    /// The mast's own position, not the centre of observations.
    pub exact: bool,
    /// Cell identity as phones print it: CI, UCID, ECI or NCI by technology; or the number within its mast, where a
    /// list states no more ([`Site::is_local`]).
    pub cell: Option<u64>,
    /// LAC or TAC.
    pub area_code: Option<u32>,
    pub arfcn: Option<u32>,
    /// Main direction of the antenna, degrees clockwise from north, below 360.
    pub azimuth_deg: Option<f32>,
    /// Of the antenna above ground.
    pub height_m: Option<f32>,
    /// How many observations an estimated position rests on.
    pub observations: Option<u32>,
    /// Label, cleaned; empty where the list has none.
    pub name: String,
    /// The file, or what it says of itself.
    pub source: String,
}

impl Site {
    /// Natural key: the same cell in two lists is one site, and may move.
    ///
    /// A cell is known by its identity, on 2G and 3G within its location area; one that has only its number within its
    /// mast by the mast's name and place as well; a mast without one by its name, its place and the direction of its
    /// antenna.
    #[must_use]
    pub fn key(&self) -> i64 {
        let mut key = Key::default();
        key.mix_operator(self.operator);
        key.mix(self.technology as u64);
        match self.cell {
            Some(cell) if self.is_local() => {
                key.mix_text(&self.name);
                key.mix(self.at.lon().to_bits());
                key.mix(self.at.lat().to_bits());
                key.mix(cell);
            }
            Some(cell) => {
                let by_area = matches!(self.technology, Technology::Gsm | Technology::Umts);
                key.mix(cell);
                key.mix(self.area_code.filter(|_| by_area).map_or(u64::MAX, u64::from));
            }
            None => {
                key.mix_text(&self.name);
                key.mix(self.at.lon().to_bits());
                key.mix(self.at.lat().to_bits());
                key.mix(self.azimuth_deg.map_or(u64::MAX, |azimuth| u64::from(azimuth.to_bits())));
            }
        }
        key.get()
    }

    /// Whether the cell is a number that repeats from mast to mast: an ECI below 256 would be of eNodeB 0 (TS 36.413
    /// 9.2.1.38), an NCI below 2^14 of gNB 0 whatever its length (TS 38.413 9.3.1.7), and a CI as short without its
    /// location area says nothing. Of exact lists alone: a crowd's cell is as phones printed it.
    #[must_use]
    pub fn is_local(&self) -> bool {
        let most = match self.technology {
            Technology::Gsm | Technology::Umts if self.area_code.is_some() => return false,
            Technology::Gsm | Technology::Umts | Technology::Lte => LOCAL_CELLS,
            Technology::Nr => 1 << 14,
        };
        self.exact && self.cell.is_some_and(|cell| cell < most)
    }
}

/// Cells of an eNodeB: an ECI is `eNodeB · 256 + cell` (TS 36.413 9.2.1.38).
pub const LOCAL_CELLS: u64 = 1 << 8;
/// eNodeBs of a network: 20 bits.
const MOST_ENODEB: u64 = (1 << 20) - 1;

/// The ECI of a cell of an eNodeB; `None` where one of the two is none.
#[must_use]
pub fn eci(enodeb: u64, cell: u64) -> Option<u64> {
    ((1..=MOST_ENODEB).contains(&enodeb) && cell < LOCAL_CELLS).then_some(enodeb * LOCAL_CELLS + cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(technology: Technology, cell: Option<u64>, area_code: u32) -> Site {
        Site {
            operator: "viettel".parse().unwrap(),
            technology,
            at: LonLat::new(105.97, 20.25).unwrap(),
            exact: true,
            cell,
            area_code: Some(area_code),
            arfcn: None,
            azimuth_deg: None,
            height_m: None,
            observations: None,
            name: "NBH0012".to_owned(),
            source: "list".to_owned(),
        }
    }

    #[test]
    fn a_cell_may_move_and_a_mast_may_not() {
        let (cell, mast) = (site(Technology::Lte, Some(1_234_567), 9), site(Technology::Lte, None, 9));
        let moved = |site: &Site| Site { at: LonLat::new(105.98, 20.25).unwrap(), ..site.clone() };
        assert_eq!(cell.key(), moved(&cell).key());
        assert_ne!(mast.key(), moved(&mast).key());
        assert!(cell.key() > 0 && mast.key() > 0);
    }

    #[test]
    fn short_identities_repeat_between_areas_and_long_ones_do_not() {
        for (technology, repeats) in
            [(Technology::Gsm, true), (Technology::Umts, true), (Technology::Lte, false), (Technology::Nr, false)]
        {
            let (one, other) = (site(technology, Some(5293), 1), site(technology, Some(5293), 2));
            assert_eq!(one.key() != other.key(), repeats, "{technology}");
        }
    }

    #[test]
    fn a_number_within_a_mast_is_no_identity_by_itself() {
        let named = |technology, cell, name: &str| {
            Site { area_code: None, name: name.to_owned(), ..site(technology, Some(cell), 1) }.key()
        };
        for (technology, cell, repeats) in [
            (Technology::Lte, 1, true),
            (Technology::Lte, 255, true),
            (Technology::Lte, 256, false),
            (Technology::Nr, 16_383, true),
            (Technology::Nr, 16_384, false),
            (Technology::Gsm, 1, true),
        ] {
            let apart = named(technology, cell, "NBH0001") != named(technology, cell, "NBH0002");
            assert_eq!(apart, repeats, "{technology} {cell}");
        }
        let heard = Site { exact: false, ..site(Technology::Lte, Some(1), 1) };
        assert!(!heard.is_local(), "a crowd's estimate moves");
        assert_eq!(eci(100_213, 1), Some(25_654_529));
        assert_eq!((eci(0, 1), eci(1 << 20, 1), eci(100_213, 256)), (None, None, None));
    }

    #[test]
    fn sectors_of_a_mast_are_told_apart_by_direction() {
        let at = |azimuth| Site { azimuth_deg: Some(azimuth), ..site(Technology::Lte, None, 9) }.key();
        assert_ne!(at(0.0), at(120.0));
    }
}
