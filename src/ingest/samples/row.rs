//! One line of a log becomes a sample, or says why not.
//!
//! The good path works on bytes and allocates nothing: operator, technology and
//! device are remembered from the line before. What is optional and impossible
//! is left out and counted; what is needed and impossible refuses the row.

use jiff::Timestamp;

use crate::ingest::header::Header;
use crate::ingest::position::Axis;
use crate::ingest::reading::{self, Axes};
use crate::ingest::stream::{Line, Shape};
use crate::ingest::table;
use crate::ingest::{Options, Warning, number, privacy, time};
use crate::model::crs::Crs;
use crate::model::measure::{Dbm, LonLat};
use crate::model::operator::{Operator, Technology};
use crate::model::refusal::{Batch, Reason, Reject, Row};
use crate::model::sample::{Sample, ServiceState};

use super::columns::Columns;
use super::radio::{self, RSRQ_DB, SENTINELS, SINR_DB};

/// A fix worse than this says nothing of a cell 174 m wide.
const WORST_ACCURACY_M: f64 = 100.0;
/// In 20 s a car leaves the cell that it was in.
const OLDEST_FIX_MS: f64 = 20_000.0;
/// Faster than any train; more is damage.
const MOST_KMH: f64 = 1_000.0;

pub(super) struct Reader<'a> {
    columns: &'a Columns,
    header: &'a Header,
    options: &'a Options,
    crs: Crs,
    latest: Timestamp,
    decimal_comma: bool,
    /// Stands for the device where no column names one: [`Reader::first_row`].
    file_device: u64,
    /// The only operator of the first rows: what a phone without service cannot say.
    file_operator: Option<Operator>,
}

/// Optional values left out.
#[derive(Clone, Copy, Default)]
pub(super) struct Dropped {
    rsrq: u64,
    sinr: u64,
    download: u64,
    accuracy: u64,
    arfcn: u64,
    speed: u64,
}

impl std::ops::AddAssign for Dropped {
    fn add_assign(&mut self, other: Self) {
        self.rsrq += other.rsrq;
        self.sinr += other.sinr;
        self.download += other.download;
        self.accuracy += other.accuracy;
        self.arfcn += other.arfcn;
        self.speed += other.speed;
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
        Warning::values_dropped(&counts, header)
    }
}

/// What the line before had, so that equal text is understood once.
#[derive(Default)]
struct Memory {
    operator: (Vec<u8>, Option<Operator>),
    technology: (Vec<u8>, Option<Technology>),
    device: (Vec<u8>, u64),
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        columns: &'a Columns,
        header: &'a Header,
        (options, crs): (&'a Options, Crs),
        first: &[u8],
        end: u8,
    ) -> Self {
        let mut reader = Self {
            columns,
            header,
            options,
            crs,
            latest: options.now.saturating_add(super::CLOCK_SLACK).unwrap_or(options.now),
            decimal_comma: columns.delimiter != b',',
            file_device: 0,
            file_operator: None,
        };
        reader.file_operator = reader.only_operator(first);
        reader.file_device = reader.first_row(first, end);
        reader
    }

    /// The identity of a log: the key of its first good row, whatever its spelling. A log
    /// that has grown begins as it began, under whatever name it comes, so its old rows
    /// are known again and count once. Without a good row near the beginning it is the
    /// text of the first one, of which columns that may name a person are no part.
    fn first_row(&self, first: &[u8], end: u8) -> u64 {
        let rows = || first.split(|b| *b == end).map(<[u8]>::trim_ascii).filter(|row| !row.is_empty()).take(1000);
        let key = &self.options.household_key;
        let good = rows().find_map(|row| {
            let record = table::split(row, self.columns.delimiter);
            let cells: Vec<&[u8]> = record.iter().collect();
            self.sample(Line { number: 0, cells: &cells }, &mut Memory::default(), &mut Dropped::default()).ok()
        });
        if let Some(sample) = good {
            return privacy::keyed_hash(key, &[b"log", &sample.key().to_le_bytes()]);
        }
        let record = table::split(rows().next().unwrap_or_default(), self.columns.delimiter);
        let cells = (0..self.columns.width).filter(|i| !self.header.is_personal(*i));
        let mut parts: Vec<&[u8]> = vec![b"log in text"];
        parts.extend(cells.map(|i| record.get(i).unwrap_or_default().trim_ascii()));
        privacy::keyed_hash(key, &parts)
    }

    /// The operator of the first thousand lines, when there is exactly one.
    fn only_operator(&self, first: &[u8]) -> Option<Operator> {
        let mut only = None;
        for row in first.split(|b| *b == b'\n').take(1000) {
            let record = table::split(row, self.columns.delimiter);
            let cells: Vec<&[u8]> = record.iter().collect();
            let line = Line { number: 0, cells: &cells };
            match (self.named_operator(line, &mut Memory::default()), only) {
                (Some(one), None) => only = Some(one),
                (Some(one), Some(other)) if one != other => return None,
                _ => {}
            }
        }
        only
    }

    /// Reads whole lines, of which the first has the number `line`.
    pub(super) fn read(&self, text: &[u8], line: u64, end: u8) -> (Batch<Sample>, Dropped) {
        let mut batch = Batch { rows: Vec::with_capacity(text.len() / 64), rejects: Vec::new() };
        let mut dropped = Dropped::default();
        let mut memory = Memory::default();
        let shape = Shape { delimiter: self.columns.delimiter, width: self.columns.width, end };
        shape.lines(text, line, &mut |line| match line
            .and_then(|line| Ok((line.number, self.sample(line, &mut memory, &mut dropped)?)))
        {
            Ok((line, value)) => batch.rows.push(Row { line, value }),
            Err(reject) => batch.rejects.push(reject),
        });
        (batch, dropped)
    }

    fn sample(&self, line: Line<'_>, memory: &mut Memory, dropped: &mut Dropped) -> Result<Sample, Reject> {
        let columns = self.columns;
        if columns.neighbour.is_some() && matches!(line.get(columns.neighbour), b"1" | b"true" | b"TRUE" | b"True") {
            return Err(self.refuse(line, columns.neighbour, Reason::NeighbourCell));
        }
        if columns.serving.is_some() && !matches!(line.get(columns.serving), b"1" | b"true" | b"TRUE" | b"True") {
            return Err(self.refuse(line, columns.serving, Reason::NeighbourCell));
        }
        let position = self.position(line)?;
        let time_text = line.get(columns.time);
        if time_text.is_empty() {
            return Err(self.refuse(line, columns.time, Reason::Missing));
        }
        let time = time::parse(time_text).ok_or_else(|| self.refuse(line, columns.time, Reason::NotATime))?;
        if time > self.latest {
            return Err(self.refuse(line, columns.time, Reason::InTheFuture));
        }
        self.fresh(line)?;
        let accuracy_m = self.accuracy(line, dropped)?;
        let state = self.state(line)?;
        let technology = self.technology(line, state, memory)?;
        let operator = self.operator(line, state, memory)?;
        let rsrp = if state.is_censored() { None } else { Some(self.power(line, technology)?) };
        let device = self.device(line, memory);
        Ok(Sample {
            operator,
            technology,
            state,
            rsrp,
            rsrq_db: self.ratio(line, columns.rsrq, RSRQ_DB, &mut dropped.rsrq),
            sinr_db: self.ratio(line, columns.sinr, SINR_DB, &mut dropped.sinr),
            download_kbps: self.download(line, dropped),
            position,
            accuracy_m,
            time,
            device,
            serving_cell: radio::cell(line.get(columns.cell)),
            arfcn: self.optional(line, columns.arfcn, &mut dropped.arfcn, |value| {
                number::whole(value).filter(|arfcn| *arfcn <= radio::MOST_ARFCN)
            }),
            speed_kmh: self.optional(line, columns.speed, &mut dropped.speed, |value| {
                let speed_kmh = value * columns.speed_factor;
                (0.0..=MOST_KMH).contains(&speed_kmh).then_some(speed_kmh as f32)
            }),
        })
    }

    fn number(&self, text: &[u8]) -> Option<f64> {
        number::parse(text, self.decimal_comma)
    }

    fn position(&self, line: Line<'_>) -> Result<LonLat, Reject> {
        let (lon, lat) = (line.get(self.columns.lon), line.get(self.columns.lat));
        for (text, column) in [(lat, self.columns.lat), (lon, self.columns.lon)] {
            if text.is_empty() || text == b"-" {
                return Err(self.refuse(line, column, Reason::Missing));
            }
        }
        let found = reading::position(self.crs, self.number(lon), self.number(lat), Axes::Named);
        found.map(|(at, _)| at).map_err(|(axis, reason)| match axis {
            Axis::Lon => self.refuse(line, self.columns.lon, reason),
            Axis::Lat => self.refuse(line, self.columns.lat, reason),
        })
    }

    /// A fix that is known to be old stands where the phone was, not where it is.
    fn fresh(&self, line: Line<'_>) -> Result<(), Reject> {
        match self.number(line.get(self.columns.age)) {
            Some(age_ms) if age_ms > OLDEST_FIX_MS => {
                let (from, to) = ("0 ms".to_owned(), format!("{OLDEST_FIX_MS} ms"));
                Err(self.refuse(line, self.columns.age, Reason::OutOfRange { from, to }))
            }
            _ => Ok(()),
        }
    }

    fn accuracy(&self, line: Line<'_>, dropped: &mut Dropped) -> Result<Option<f32>, Reject> {
        let text = line.get(self.columns.accuracy);
        if number::is_missing(text) {
            return Ok(None);
        }
        match self.number(text) {
            Some(2_147_483_647.0) => Ok(None),
            Some(metres) if metres > WORST_ACCURACY_M => {
                let reason = Reason::OutOfRange { from: "0 m".to_owned(), to: format!("{WORST_ACCURACY_M} m") };
                Err(self.refuse(line, self.columns.accuracy, reason))
            }
            Some(metres) if metres >= 0.0 => Ok(Some(metres as f32)),
            Some(metres) if SENTINELS.contains(&metres) => Ok(None),
            _ => {
                dropped.accuracy += 1;
                Ok(None)
            }
        }
    }

    /// What the state column says; without one, what the reading says.
    fn state(&self, line: Line<'_>) -> Result<ServiceState, Reject> {
        let stated = line.get(self.columns.state);
        let power = line.get(self.columns.rsrp);
        if number::is_missing(stated) {
            let silent = self.columns.profile == "gnettrack" && self.number(power) == Some(radio::GNETTRACK_SILENCE);
            let says_none = number::is_missing(power) && radio::says_no_service(line.get(self.columns.technology));
            return Ok(if silent || says_none { ServiceState::NoService } else { ServiceState::InService });
        }
        if stated.eq_ignore_ascii_case(b"in_service") {
            return Ok(ServiceState::InService);
        }
        radio::stated(stated).ok_or_else(|| {
            let known = ["in_service", "no_service", "limited"].map(str::to_owned).to_vec();
            self.refuse(line, self.columns.state, Reason::UnknownValue { known })
        })
    }

    fn technology(&self, line: Line<'_>, state: ServiceState, memory: &mut Memory) -> Result<Technology, Reject> {
        let text = line.get(self.columns.technology);
        let fallback = self.columns.implied.or(self.options.technology).unwrap_or(Technology::Lte);
        if self.columns.technology.is_none() {
            return Ok(fallback);
        }
        if !text.is_empty()
            && text == memory.technology.0
            && let Some(technology) = memory.technology.1
        {
            return Ok(technology);
        }
        if number::is_missing(text) || radio::says_no_service(text) {
            return match (state.is_censored(), self.options.technology) {
                (true, _) => Ok(fallback),
                (false, Some(stated)) => Ok(stated),
                (false, None) => Err(self.refuse(line, self.columns.technology, Reason::Missing)),
            };
        }
        match std::str::from_utf8(text).ok().and_then(|t| t.parse().ok()) {
            Some(technology) => {
                memory.technology = (text.to_vec(), Some(technology));
                Ok(technology)
            }
            None => Err(self.refuse(line, self.columns.technology, radio::unknown_technology())),
        }
    }

    fn operator(&self, line: Line<'_>, state: ServiceState, memory: &mut Memory) -> Result<Operator, Reject> {
        let stated = self.named_operator(line, memory).or(self.options.operator);
        match stated.or(if state.is_censored() { self.file_operator } else { None }) {
            Some(operator) => Ok(operator),
            None => {
                let column = self.columns.operator.or(self.columns.mcc);
                let text = line.get(column);
                let reason = if number::is_missing(text) {
                    Reason::Missing
                } else {
                    Reason::UnknownValue {
                        known: ["viettel", "vnpt", "mobifone", "vietnamobile"].map(str::to_owned).to_vec(),
                    }
                };
                Err(self.refuse(line, column, reason))
            }
        }
    }

    fn named_operator(&self, line: Line<'_>, memory: &mut Memory) -> Option<Operator> {
        let text = line.get(self.columns.operator);
        if !text.is_empty() && text == memory.operator.0 {
            return memory.operator.1;
        }
        if !number::is_missing(text) && !radio::says_no_service(text) {
            let operator = std::str::from_utf8(text).ok().and_then(|t| t.parse().ok());
            memory.operator = (text.to_vec(), operator);
            return operator;
        }
        let code = |column: Option<usize>| {
            let text = std::str::from_utf8(line.get(column)).ok()?;
            text.strip_suffix(".0").unwrap_or(text).parse::<u16>().ok()
        };
        Operator::from_plmn(code(self.columns.mcc)?, code(self.columns.mnc)?)
    }

    fn power(&self, line: Line<'_>, technology: Technology) -> Result<Dbm, Reject> {
        let column = self.columns.rsrp;
        let text = line.get(column);
        if number::is_missing(text) {
            return Err(self.refuse(line, column, Reason::NoReading));
        }
        let Some(mut value) = self.number(text) else { return Err(self.refuse(line, column, Reason::NotAPower)) };
        if value >= 0.0 && self.columns.profile == "opencellid_upload" {
            match radio::from_asu(value, technology) {
                Some(power) => value = power,
                None => return Err(self.refuse(line, column, Reason::NotAPower)),
            }
        }
        radio::power(value, technology).map_err(|reason| self.refuse(line, column, reason))
    }

    fn ratio(
        &self,
        line: Line<'_>,
        column: Option<usize>,
        (least, most): (f64, f64),
        dropped: &mut u64,
    ) -> Option<f32> {
        let text = line.get(column);
        if number::is_missing(text) {
            return None;
        }
        match self.number(text) {
            Some(value) if (least..=most).contains(&value) => Some(value as f32),
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
        column: Option<usize>,
        dropped: &mut u64,
        accept: impl Fn(f64) -> Option<T>,
    ) -> Option<T> {
        let text = line.get(column);
        if number::is_missing(text) {
            return None;
        }
        let value = self.number(text);
        if value.is_some_and(|value| value < 0.0 && SENTINELS.contains(&value) || value == 2_147_483_647.0) {
            return None;
        }
        let accepted = value.and_then(accept);
        *dropped += u64::from(accepted.is_none());
        accepted
    }

    fn download(&self, line: Line<'_>, dropped: &mut Dropped) -> Option<u32> {
        let text = line.get(self.columns.download);
        if number::is_missing(text) {
            return None;
        }
        match self.number(text) {
            Some(value) if value < 0.0 && SENTINELS.contains(&value) => None,
            Some(2_147_483_647.0) => None,
            Some(value) if value >= 0.0 => number::whole(value.round()),
            _ => {
                dropped.download += 1;
                None
            }
        }
    }

    fn device(&self, line: Line<'_>, memory: &mut Memory) -> u64 {
        let text = line.get(self.columns.device);
        if number::is_missing(text) {
            return self.file_device;
        }
        if text != memory.device.0 {
            memory.device = (text.to_vec(), privacy::keyed_hash(&self.options.household_key, &[b"device", text]));
        }
        memory.device.1
    }

    fn refuse(&self, line: Line<'_>, column: Option<usize>, reason: Reason) -> Reject {
        line.refused(self.header, column, reason)
    }
}
