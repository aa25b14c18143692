//! Values of samples, in the order in which they came.

use std::ops::Range;

use nonmax::{NonMaxU32, NonMaxU64};

use super::builder::Fragment;
use crate::model::measure::Dbm;
use crate::model::packed::Finite;
use crate::model::sample::Sample;

/// What samples hold that runs are made of.
#[derive(Default)]
pub(super) struct Columns {
    pub(super) powers: Vec<Power>,
    pub(super) rsrq_db: Column<Finite>,
    pub(super) sinr_db: Column<Finite>,
    pub(super) download_kbps: Column<NonMaxU32>,
    pub(super) cells: Column<NonMaxU64>,
    pub(super) arfcns: Column<NonMaxU32>,
}

/// What every sample has.
#[derive(Clone, Copy)]
pub(super) struct Power {
    /// Silence is below every number.
    pub(super) dbm: f32,
    /// When, in milliseconds, of which the lowest 32 bits tell two times of one walk apart.
    pub(super) time_ms: u32,
}

impl Power {
    pub(super) fn new(power: Option<Dbm>, time_ms: i64) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the lowest bits are wanted")]
        Self { dbm: power.map_or(f32::NEG_INFINITY, Dbm::get), time_ms: time_ms as u32 }
    }
}

impl Columns {
    /// Makes room for so many samples, which costs nothing until they come.
    pub(super) fn expect(&mut self, samples: usize) {
        self.powers.reserve_exact(samples);
    }

    /// Samples that are held.
    pub(super) fn len(&self) -> usize {
        self.powers.len()
    }

    pub(super) fn push(&mut self, sample: &Sample, power: Power) {
        let number = self.len();
        self.powers.push(power);
        self.rsrq_db.set(number, sample.rsrq_db);
        self.sinr_db.set(number, sample.sinr_db);
        self.download_kbps.set(number, sample.download_kbps);
        self.cells.set(number, sample.serving_cell);
        self.arfcns.set(number, sample.arfcn);
    }

    /// What is held, in bytes.
    pub(super) fn size(&self) -> usize {
        let Self { powers, rsrq_db, sinr_db, download_kbps, cells, arfcns } = self;
        let wide = cells.size() + download_kbps.size() + arfcns.size();
        size_of_val(&powers[..]) + rsrq_db.size() + sinr_db.size() + wide
    }

    /// Those of the rows that stay, in order, which move up.
    pub(super) fn keep(&mut self, rows: impl Iterator<Item = Range<usize>> + Clone) {
        move_up(&mut self.powers, rows.clone());
        move_up(&mut self.rsrq_db.0, rows.clone());
        move_up(&mut self.sinr_db.0, rows.clone());
        move_up(&mut self.download_kbps.0, rows.clone());
        move_up(&mut self.cells.0, rows.clone());
        move_up(&mut self.arfcns.0, rows);
    }

    /// When the last row of a fragment was.
    pub(super) fn end_ms(&self, fragment: &Fragment) -> i64 {
        let start_ms = fragment.start_ms();
        // Times of a fragment differ by less than these bits hold.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the lowest bits are wanted")]
        let lasts_ms = self.powers[fragment.rows()].last().map_or(0, |last| last.time_ms.wrapping_sub(start_ms as u32));
        start_ms.saturating_add(i64::from(lasts_ms))
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
    use super::{Column, move_up};

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
