//! What a sample may have and need not: an impossible value is left out and counted, and the row stays.

use std::ops::AddAssign;

use nonmax::{NonMaxU32, NonMaxU64};

use super::columns::Columns;
use super::quantity;
use super::radio::{self, RSRQ_DB, SENTINELS, SINR_DB};
use super::row::Reader;
use super::units;
use crate::ingest::header::Header;
use crate::ingest::lines::Line;
use crate::ingest::{Warning, number};
use crate::model::operator::Technology;
use crate::model::packed::Finite;
use crate::model::refusal::{Reason, Reject};
use crate::model::sample::Sample;

/// Faster than any train; more is damage.
const MOST_KMH: f64 = 1_000.0;

/// Optional values left out.
#[derive(Clone, Copy, Default)]
pub(super) struct Dropped {
    rsrq: u64,
    sinr: u64,
    download: u64,
    pub(super) accuracy: u64,
    arfcn: u64,
    speed: u64,
    /// Times without a time of day.
    pub(super) clocks: u64,
    /// Rows with a power of 4G and one of 5G, each a reading.
    pub(super) doubled: u64,
    /// Rows that name one of the two and have a power of both.
    pub(super) other_powers: u64,
    /// Rows that name one network and bear the number of another.
    pub(super) networks: u64,
}

impl AddAssign for Dropped {
    fn add_assign(&mut self, other: Self) {
        self.rsrq += other.rsrq;
        self.sinr += other.sinr;
        self.download += other.download;
        self.accuracy += other.accuracy;
        self.arfcn += other.arfcn;
        self.speed += other.speed;
        self.clocks += other.clocks;
        self.doubled += other.doubled;
        self.other_powers += other.other_powers;
        self.networks += other.networks;
    }
}

impl Dropped {
    pub(super) fn warnings(self, columns: &Columns, header: &Header) -> Vec<Warning> {
        let counts = [
            (self.rsrq, columns.rsrq),
            (self.sinr, columns.sinr),
            (self.download, columns.download),
            (self.accuracy, columns.accuracy),
            (self.arfcn, columns.arfcn),
            (self.speed, columns.speed),
        ];
        let mut warnings = Warning::values_dropped(&counts, header);
        if self.clocks > 0 {
            warnings.push(Warning::DaysAlone { rows: self.clocks });
        }
        if self.doubled > 0 {
            warnings.push(Warning::TwoPowers { rows: self.doubled });
        }
        if self.other_powers > 0 {
            warnings.push(Warning::OtherPower { rows: self.other_powers });
        }
        if self.networks > 0 {
            let column = header.name(columns.operator.unwrap_or_default()).to_owned();
            warnings.push(Warning::TwoNetworks { column, rows: self.networks });
        }
        warnings
    }
}

/// The lowest power of 4G beside its best quality (indices 0 and 34 of TS 36.133): at −140 dBm the noise of the phone
/// alone keeps RSRQ below −20 dB, so both are what a modem says that measured nothing.
fn is_clamped(sample: &Sample) -> bool {
    sample.technology == Technology::Lte
        && sample.rsrp.is_some_and(|power| power.get() == -140.0)
        && sample.rsrq_db.is_some_and(|rsrq| rsrq.get() == -3.0)
}

impl Reader<'_> {
    /// A sample with what it may have and need not.
    ///
    /// # Errors
    /// Power and quality together are no reading.
    pub(super) fn with_more(
        &self,
        mut sample: Sample,
        line: Line<'_>,
        dropped: &mut Dropped,
    ) -> Result<Sample, Reject> {
        let before = (dropped.rsrq, dropped.sinr);
        sample.rsrq_db = self.rsrq(line, sample.technology, dropped);
        sample.sinr_db = self.sinr(line, sample.technology, dropped);
        sample.download_kbps = self.download(line, dropped);
        sample.serving_cell = self.serving_cell(line);
        sample.arfcn = self.arfcn(line, dropped);
        sample.speed_kmh = self.speed(line, dropped);
        if (dropped.rsrq, dropped.sinr) != before && self.bears_one_code(&sample, line) || is_clamped(&sample) {
            (dropped.rsrq, dropped.sinr) = before;
            return Err(self.lacking(line, (self.power_column(sample.technology), "rsrp"), Reason::CodeForNone));
        }
        Ok(sample)
    }

    /// A modem that was asked in vain gives one number in every column: −125 is a power, and no quality.
    #[cold]
    fn bears_one_code(&self, sample: &Sample, line: Line<'_>) -> bool {
        let power = sample.rsrp.map(|power| f64::from(power.get()));
        let [rsrq, sinr] = self.ratios(sample.technology).map(|at| self.measured(self.stated(line, at)?, "dB"));
        power.is_some() && !self.copies_power && (rsrq == power || sinr == power)
    }

    /// The columns of quality and ratio.
    fn ratios(&self, technology: Technology) -> [Option<usize>; 2] {
        let columns = self.columns();
        [
            quantity::own(&columns.rsrq_of, technology).or(columns.rsrq),
            quantity::own(&columns.sinr_of, technology).or(columns.sinr),
        ]
    }

    /// Of the columns that are of this technology alone.
    pub(super) fn own_ratios(
        &self,
        line: Line<'_>,
        technology: Technology,
        dropped: &mut Dropped,
    ) -> (Option<Finite>, Option<Finite>) {
        let rsrq = quantity::own(&self.columns().rsrq_of, technology);
        let sinr = quantity::own(&self.columns().sinr_of, technology);
        (self.ratio(line, rsrq, RSRQ_DB, &mut dropped.rsrq), self.ratio(line, sinr, SINR_DB, &mut dropped.sinr))
    }

    /// Whether the table writes its power under the heading of a quality as well: several numbers are no code.
    pub(super) fn copies(&self, first: &[u8], end: u8) -> bool {
        let mut copied: Option<f64> = None;
        let mut are_several = false;
        if self.columns().rsrq.or(self.columns().sinr).is_none() {
            return false;
        }
        self.first_lines(first, end, &mut |line| {
            let number = |at| self.measured(self.stated(line, at)?, "dB");
            let Some(power) = number(self.columns().rsrp).filter(|power| *power < RSRQ_DB.0) else { return };
            if [self.columns().rsrq, self.columns().sinr].into_iter().any(|at| number(at) == Some(power)) {
                are_several |= copied.is_some_and(|before| before != power);
                copied = Some(power);
            }
        });
        are_several
    }

    /// A log with a column for cells of 5G and one for the others has one of them in a row.
    fn serving_cell(&self, line: Line<'_>) -> Option<NonMaxU64> {
        let identity = |column| self.stated(line, column).and_then(radio::cell).and_then(NonMaxU64::new);
        identity(self.columns().cell).or_else(|| identity(self.columns().cell_of_others))
    }

    /// On 2G the same column holds RXQUAL, which is a class of bit errors.
    pub(super) fn rsrq(&self, line: Line<'_>, technology: Technology, dropped: &mut Dropped) -> Option<Finite> {
        if technology == Technology::Gsm {
            return None;
        }
        let [column, _] = self.ratios(technology);
        self.ratio(line, column, RSRQ_DB, &mut dropped.rsrq)
    }

    pub(super) fn sinr(&self, line: Line<'_>, technology: Technology, dropped: &mut Dropped) -> Option<Finite> {
        let [_, column] = self.ratios(technology);
        self.ratio(line, column, SINR_DB, &mut dropped.sinr)
    }

    pub(super) fn arfcn(&self, line: Line<'_>, dropped: &mut Dropped) -> Option<NonMaxU32> {
        self.optional(line, (self.columns().arfcn, ""), &mut dropped.arfcn, |value| {
            number::whole(value).filter(|arfcn| *arfcn <= radio::MOST_ARFCN).and_then(NonMaxU32::new)
        })
    }

    pub(super) fn speed(&self, line: Line<'_>, dropped: &mut Dropped) -> Option<Finite> {
        let unit = if self.columns().meaning.speed_factor == 1.0 { "km/h" } else { "m/s" };
        self.optional(line, (self.columns().speed, unit), &mut dropped.speed, |value| {
            let speed_kmh = value * self.columns().meaning.speed_factor;
            Finite::new(speed_kmh as f32).filter(|_| (0.0..=MOST_KMH).contains(&speed_kmh))
        })
    }

    fn ratio(
        &self,
        line: Line<'_>,
        column: Option<usize>,
        (least, most): (f64, f64),
        dropped: &mut u64,
    ) -> Option<Finite> {
        let text = self.stated(line, column)?;
        match self.measured(text, "dB") {
            Some(value) if (least..=most).contains(&value) => Finite::new(value as f32),
            Some(value) if SENTINELS.contains(&value) => None,
            _ => {
                *dropped += 1;
                None
            }
        }
    }

    /// A number that is accepted; a code for "no value" is none, and anything else is counted.
    fn optional<T>(
        &self,
        line: Line<'_>,
        (column, unit): (Option<usize>, &str),
        dropped: &mut u64,
        accept: impl Fn(f64) -> Option<T>,
    ) -> Option<T> {
        let value = self.measured(self.stated(line, column)?, unit);
        if value.is_some_and(|value| value < 0.0 && SENTINELS.contains(&value) || value == 2_147_483_647.0) {
            return None;
        }
        let accepted = value.and_then(accept);
        *dropped += u64::from(accepted.is_none());
        accepted
    }

    pub(super) fn download(&self, line: Line<'_>, dropped: &mut Dropped) -> Option<NonMaxU32> {
        let factor = self.columns().meaning.download_factor;
        let unit = match factor {
            1.0 => "kbps",
            1000.0 => "Mbps",
            _ => "",
        };
        let text = self.stated(line, self.columns().download)?;
        // `KBps` is no other spelling of `kbps`.
        match self.measured(text, unit).filter(|_| !text.ends_with(b"s") || !units::counts_bytes(text)) {
            Some(value) if value < 0.0 && SENTINELS.contains(&value) => None,
            Some(2_147_483_647.0) => None,
            Some(value) if value >= 0.0 => number::whole((value * factor).round()).and_then(NonMaxU32::new),
            _ => {
                dropped.download += 1;
                None
            }
        }
    }
}
