//! Readings that a modem repeated while the phone moved on.
//!
//! Some phones ask the modem seldom, or not at all with the screen off, and
//! loggers write its last word beside each new fix. Such a row says nothing of
//! where it stands. It cannot be told from an honest repeat by one pair: at 1 dB
//! a walker reads the same for tens of metres, and in a car that logs every 5 s
//! one pair in six agrees by chance over 100 m.
//!
//! So a row is refused when its reading (power, quality, cell and technology)
//! has come at least four times before without a break, and was first read more than
//! 100 m away. On a dense drive of Santa Monica (43,678 rows at 1 Hz, rounded to
//! 1 dB) this refuses nothing, and of every fifth row nothing either, where three equal
//! readings would cost ten honest ones; the longest honest repeat at 1 Hz is 69 m. What
//! lies nearer is kept; it counts once in the run of its cell.

use jiff::{SignedDuration, Timestamp};
use nonmax::NonMaxU64;
use rustc_hash::FxHashMap;

use super::columns::Columns;
use crate::model::measure::{Dbm, LonLat};
use crate::model::operator::{Operator, Technology};
use crate::model::packed::Finite;
use crate::model::refusal::{Batch, Reason, Reject};
use crate::model::sample::Sample;

/// How far an honest reading at a 1 dB step does not last.
const FAR_M: f64 = 100.0;
/// The row at which a repeat stops being chance: the fifth.
const CHANCE: u32 = 5;
/// A pause after which the same value is a reading of its own.
const BREAK: SignedDuration = SignedDuration::from_secs(30);

/// What the modem said.
type Reading = (Operator, Technology, Option<NonMaxU64>, Option<Dbm>, [Option<Finite>; 2]);

/// The last reading of each device, in the order of the file.
#[derive(Default)]
pub(super) struct Stale {
    /// Of the device that the last row was of; its next row is the next one most often.
    last: Option<(u64, Held)>,
    others: FxHashMap<u64, Held>,
    /// Rows of 4G and 5G take turns, each with a memory of its own.
    by_technology: bool,
}

/// A reading, and how long it has been repeated.
struct Held {
    reading: Reading,
    first_at: LonLat,
    last: Timestamp,
    /// Whether times go down: some apps write their newest row first.
    is_backwards: Option<bool>,
    /// Instants at which it came: the same row twice is one.
    times: u32,
}

impl Stale {
    pub(super) fn of(columns: &Columns) -> Self {
        Self { by_technology: columns.hold_two_powers(), ..Self::default() }
    }

    /// Whose memory it is.
    #[inline]
    fn modem(&self, sample: &Sample) -> u64 {
        let technology = if self.by_technology { sample.technology as u64 } else { 0 };
        sample.device ^ technology.rotate_right(8)
    }

    /// Moves stale rows to the refused ones.
    pub(super) fn sift(&mut self, batch: &mut Batch<Sample>) {
        let before = batch.rejects.len();
        let rejects = &mut batch.rejects;
        batch.rows.retain(|row| match self.see(&row.value) {
            Some(moved_m) => {
                let found = row.value.rsrp.map_or_else(String::new, |power| power.get().to_string());
                rejects.push(Reject::new(row.line, "", found, Reason::StaleReading { moved_m }));
                false
            }
            None => true,
        });
        if batch.rejects.len() > before {
            batch.rejects.sort_by_key(|reject| reject.line);
        }
    }

    /// How far the phone has moved from where this stale reading was read, metres.
    fn see(&mut self, sample: &Sample) -> Option<u32> {
        let modem = self.modem(sample);
        if self.last.as_ref().is_none_or(|(device, _)| *device != modem) {
            let held = self.others.remove(&modem);
            if let Some((device, held)) = std::mem::replace(&mut self.last, held.map(|held| (modem, held))) {
                self.others.insert(device, held);
            }
        }
        if sample.rsrp.is_none() {
            self.last = None; // Silence is told by the phone, not by the modem's memory.
            return None;
        }
        let now = reading(sample);
        let (_, held) = self.last.get_or_insert_with(|| (modem, Held::new(now, sample)));
        let pause = sample.time.duration_since(held.last);
        let turns = !pause.is_zero() && held.is_backwards.is_some_and(|backwards| backwards != pause.is_negative());
        if held.reading != now || pause.abs() > BREAK || turns {
            *held = Held::new(now, sample);
            return None;
        }
        if !pause.is_zero() {
            held.times += 1;
            held.is_backwards = Some(pause.is_negative());
        }
        held.last = sample.time;
        if held.times < CHANCE {
            return None;
        }
        let moved_m = held.first_at.distance_m(sample.position);
        #[expect(clippy::cast_sign_loss, reason = "a distance")]
        (moved_m > FAR_M).then_some(moved_m.round() as u32)
    }
}

impl Held {
    fn new(reading: Reading, sample: &Sample) -> Self {
        Self { reading, first_at: sample.position, last: sample.time, is_backwards: None, times: 1 }
    }
}

fn reading(sample: &Sample) -> Reading {
    (sample.operator, sample.technology, sample.serving_cell, sample.rsrp, [sample.rsrq_db, sample.sinr_db])
}
