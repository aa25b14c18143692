//! Signal samples and runs.
//!
//! A phone logs once a second, and neighbouring seconds say the same thing
//! (autocorrelation 0.97). The unit of evidence is the run, never the sample.

use h3o::CellIndex;
use jiff::Timestamp;
use nonmax::{NonMaxU32, NonMaxU64};
use serde::{Deserialize, Serialize};

use super::key::Key;
use super::measure::{Dbm, LonLat};
use super::operator::{Operator, Technology};
use super::packed::{Finite, Moment};

/// What the phone could do at that moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceState {
    InService,
    /// Emergency calls only.
    Limited,
    /// Looked for a network and found none: a measurement, not a gap.
    NoService,
    Unknown,
}

impl ServiceState {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::InService => "in_service",
            Self::Limited => "limited",
            Self::NoService => "no_service",
            Self::Unknown => "unknown",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::InService, Self::Limited, Self::NoService, Self::Unknown].into_iter().find(|state| state.code() == code)
    }

    /// The reading lies below whatever the phone can report.
    #[must_use]
    pub fn is_censored(self) -> bool {
        matches!(self, Self::NoService | Self::Limited)
    }
}

/// One reading of one phone.
///
/// Invariant: `rsrp` is present unless the state is censored. Ten million pass from core to core: what may be absent
/// is packed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    pub operator: Operator,
    pub technology: Technology,
    pub state: ServiceState,
    /// LTE RSRP, NR SS-RSRP, UMTS RSCP or GSM RxLev, by technology.
    pub rsrp: Option<Dbm>,
    /// dB.
    pub rsrq_db: Option<Finite>,
    /// dB.
    pub sinr_db: Option<Finite>,
    pub download_kbps: Option<NonMaxU32>,
    pub position: LonLat,
    /// 68 % radius of the fix, metres.
    pub accuracy_m: Option<Finite>,
    pub time: Timestamp,
    /// Hash of the device, or of the file where no device is named. Never an IMEI. Past its term, of one day of it.
    pub device: u64,
    /// Serving cell identity as the phone printed it.
    pub serving_cell: Option<NonMaxU64>,
    /// Channel of the serving cell: ARFCN, UARFCN, EARFCN or NR-ARFCN by technology.
    pub arfcn: Option<NonMaxU32>,
    pub speed_kmh: Option<Finite>,
}

/// Bits that stand in the device of a log which does not name its phone; of named ones one in 65,536 has them.
const UNNAMED: u64 = 0xFFFF << 48;

/// The device of a log that does not name its phone, by what the log is known again.
#[must_use]
pub fn unnamed_device(log: u64) -> u64 {
    log | UNNAMED
}

impl Sample {
    /// Natural key: the same reading in two files is one reading.
    ///
    /// Device, time, operator, technology, position and power. Among 100 million rows two
    /// different readings share a key with probability 5 in 10 000.
    /// Of a log without a column for the phone the device is no part of it: a row of it that comes in with other rows
    /// around it is the same row.
    #[must_use]
    pub fn key(&self) -> i64 {
        self.key_as(if self.device & UNNAMED == UNNAMED { 0 } else { self.device })
    }

    /// The same of a row that has lost its phone: a key is no hash, and whoever has it and the row could work the phone
    /// out.
    #[must_use]
    pub fn key_without_phone(&self) -> i64 {
        self.key_as(0)
    }

    /// The same of a row under another phone.
    #[must_use]
    pub(crate) fn key_as(&self, device: u64) -> i64 {
        let mut key = Key::default();
        key.mix(device);
        key.mix(self.time.as_millisecond().cast_unsigned());
        key.mix_operator(self.operator);
        key.mix(self.technology as u64);
        key.mix(self.position.lon().to_bits());
        key.mix(self.position.lat().to_bits());
        key.mix(self.rsrp.map_or(u64::MAX, |p| u64::from(p.get().to_bits())));
        // Some apps write one fix twice and know better how fast it moved: two rows of the log.
        key.mix(self.speed_kmh.map_or(u64::MAX, |speed| u64::from(speed.get().to_bits())));
        key.get()
    }
}

/// A power at a place, from a log that need not say more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    pub at: LonLat,
    /// `None` for silence: looked for a network and found none.
    pub power: Option<Dbm>,
}

/// One pass of one device through one H3 r10 cell on one operator and
/// technology, with no gap over 60 s.
///
/// A busy province has millions: what may be absent is packed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Run {
    pub operator: Operator,
    pub technology: Technology,
    pub device: u64,
    /// Resolution 10 (75 m edge, 0.015 km²).
    pub cell: CellIndex,
    pub start: Moment,
    pub end: Moment,
    pub samples: u32,
    /// Samples without service among them.
    pub censored: u32,
    /// Median with "no service" below every reading; `None` when the median itself is silence.
    pub median: Option<Dbm>,
    /// Lowest reading that was a number.
    pub worst: Option<Dbm>,
    /// Median RSRQ, dB, of the samples that had one.
    pub rsrq_db: Option<Finite>,
    /// Median SINR, dB.
    pub sinr_db: Option<Finite>,
    /// Median download, kbit/s.
    pub download_kbps: Option<NonMaxU32>,
    /// The cell that served most of its samples; the smaller of two that served as many.
    pub serving_cell: Option<NonMaxU64>,
    /// The channel of most of its samples, likewise.
    pub arfcn: Option<NonMaxU32>,
}
