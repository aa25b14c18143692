//! Values of samples, in the order in which they came.

use std::ops::Range;

use nonmax::{NonMaxU32, NonMaxU64};

use super::fragment::Fragment;
use crate::model::measure::Dbm;
use crate::model::packed::Finite;
use crate::model::sample::Sample;

/// What samples hold that runs are made of.
#[derive(Default)]
pub(super) struct Columns {
    pub(super) powers: Powers,
    /// When, in milliseconds, of which the lowest 32 bits: see [`super::phones`].
    pub(super) times: Vec<u32>,
    pub(super) rsrq_db: Column<Finite>,
    pub(super) sinr_db: Column<Finite>,
    pub(super) download_kbps: Column<NonMaxU32>,
    pub(super) cells: Column<NonMaxU64>,
    pub(super) arfcns: Column<NonMaxU32>,
}

/// Powers in dBm, silence below every number: a byte each as long as all are whole, as most phones tell them.
pub(super) enum Powers {
    /// Less than nothing, which they are.
    Whole(Vec<u8>),
    Any(Vec<f32>),
}

/// No power is as low.
const SILENT: u8 = u8::MAX;

impl Default for Powers {
    fn default() -> Self {
        Self::Whole(Vec::new())
    }
}

impl Powers {
    fn push(&mut self, power: Option<Dbm>) {
        match self {
            Self::Whole(powers) => match whole(power) {
                Some(power) => powers.push(power),
                None => {
                    let mut any = Vec::with_capacity(powers.capacity());
                    any.extend(powers.iter().copied().map(of_whole).chain([of(power)]));
                    *self = Self::Any(any);
                }
            },
            Self::Any(powers) => powers.push(of(power)),
        }
    }

    /// Adds those of some rows.
    pub(super) fn add_to(&self, to: &mut Vec<f32>, rows: Range<usize>) {
        match self {
            Self::Whole(powers) => to.extend(powers[rows].iter().copied().map(of_whole)),
            Self::Any(powers) => to.extend_from_slice(&powers[rows]),
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Whole(powers) => size_of_val(&powers[..]),
            Self::Any(powers) => size_of_val(&powers[..]),
        }
    }

    fn keep(&mut self, rows: impl Iterator<Item = Range<usize>>) {
        match self {
            Self::Whole(powers) => move_up(powers, rows),
            Self::Any(powers) => move_up(powers, rows),
        }
    }
}

fn of(power: Option<Dbm>) -> f32 {
    power.map_or(f32::NEG_INFINITY, Dbm::get)
}

fn of_whole(power: u8) -> f32 {
    if power == SILENT { f32::NEG_INFINITY } else { -f32::from(power) }
}

/// `None` where a byte does not hold it.
fn whole(power: Option<Dbm>) -> Option<u8> {
    let Some(power) = power.map(Dbm::get) else { return Some(SILENT) };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "compared with what it was")]
    let byte = (-power) as u8;
    (byte != SILENT && of_whole(byte) == power).then_some(byte)
}

impl Columns {
    /// Makes room for so many samples, which costs nothing until they come.
    pub(super) fn expect(&mut self, samples: usize) {
        if let Powers::Whole(powers) = &mut self.powers {
            powers.reserve_exact(samples);
        }
        self.times.reserve_exact(samples);
    }

    /// Samples that are held.
    pub(super) fn len(&self) -> usize {
        self.times.len()
    }

    #[inline]
    pub(super) fn push(&mut self, sample: &Sample, lowest_ms: u32) {
        let number = self.len();
        self.powers.push(sample.rsrp.filter(|_| !sample.state.is_censored()));
        self.times.push(lowest_ms);
        self.rsrq_db.set(number, sample.rsrq_db);
        self.sinr_db.set(number, sample.sinr_db);
        self.download_kbps.set(number, sample.download_kbps);
        self.cells.set(number, sample.serving_cell);
        self.arfcns.set(number, sample.arfcn);
    }

    /// What is held, in bytes.
    pub(super) fn size(&self) -> usize {
        let Self { powers, times, rsrq_db, sinr_db, download_kbps, cells, arfcns } = self;
        let wide = cells.size() + download_kbps.size() + arfcns.size();
        powers.size() + size_of_val(&times[..]) + rsrq_db.size() + sinr_db.size() + wide
    }

    /// Those of the rows that stay, in order, which move up.
    pub(super) fn keep(&mut self, rows: impl Iterator<Item = Range<usize>> + Clone) {
        self.powers.keep(rows.clone());
        move_up(&mut self.times, rows.clone());
        move_up(&mut self.rsrq_db.0, rows.clone());
        move_up(&mut self.sinr_db.0, rows.clone());
        move_up(&mut self.download_kbps.0, rows.clone());
        move_up(&mut self.cells.0, rows.clone());
        move_up(&mut self.arfcns.0, rows);
    }
}

/// What a sample may have and need not, up to the last that has it. Most logs lack most columns.
pub(super) struct Column<T>(Vec<Option<T>>);

impl<T> Default for Column<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy> Column<T> {
    fn set(&mut self, number: usize, value: Option<T>) {
        if value.is_some() {
            self.0.resize(number, None);
            self.0.push(value);
        }
    }

    fn size(&self) -> usize {
        size_of_val(&self.0[..])
    }

    /// Those of some fragments, to be changed in `room`.
    pub(super) fn of<'r>(&self, fragments: &[Fragment], room: &'r mut Vec<T>) -> &'r mut [T] {
        room.clear();
        if !self.0.is_empty() {
            let upto = |rows: Range<usize>| rows.start.min(self.0.len())..rows.end.min(self.0.len());
            room.extend(fragments.iter().flat_map(|fragment| &self.0[upto(fragment.rows())]).flatten());
        }
        room
    }
}

fn move_up<T: Copy>(values: &mut Vec<T>, rows: impl Iterator<Item = Range<usize>>) {
    let (held, mut kept) = (values.len(), 0);
    for rows in rows {
        let rows = rows.start.min(held)..rows.end.min(held);
        let until = kept + rows.len();
        values.copy_within(rows, kept);
        kept = until;
    }
    values.truncate(kept);
}

#[cfg(test)]
mod tests {
    use super::{Column, Powers, move_up};
    use crate::model::measure::Dbm;

    #[test]
    fn powers_come_back_as_they_went_in_whole_or_not() {
        let given = [Some(-98.0), None, Some(-140.0), Some(-25.0), Some(-98.5), None, Some(-156.0)];
        for length in 0..=given.len() {
            let mut powers = Powers::default();
            given[..length].iter().for_each(|dbm| powers.push(dbm.map(|dbm| Dbm::new(dbm).unwrap())));
            let mut told = Vec::new();
            powers.add_to(&mut told, 0..length);
            let expected: Vec<f32> = given[..length].iter().map(|dbm| dbm.unwrap_or(f32::NEG_INFINITY)).collect();
            assert_eq!(told, expected);
            assert_eq!(matches!(powers, Powers::Whole(_)), length < 5, "{length}");
        }
    }

    #[test]
    fn a_column_ends_with_the_last_value_and_rows_that_stay_move_up() {
        let mut column = Column::default();
        for (number, value) in [None, Some('b'), None, None, Some('e'), Some('f'), None].into_iter().enumerate() {
            column.set(number, value);
        }
        let text = |column: &Column<char>| column.0.iter().map(|value| value.unwrap_or('-')).collect::<String>();
        assert_eq!(text(&column), "-b--ef");
        move_up(&mut column.0, [1..3, 5..7, 7..9].into_iter());
        assert_eq!(text(&column), "b-f");
    }
}
