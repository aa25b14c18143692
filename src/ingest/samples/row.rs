//! One line of a log becomes a sample, or says why not.
//!
//! The good path works on bytes and allocates nothing: operator, technology and
//! device are remembered from the line before. What is optional and impossible
//! is left out and counted; what is needed and impossible refuses the row.

use std::collections::BTreeSet;

use jiff::Timestamp;
use memchr::memchr_iter;

use crate::ingest::header::Header;
use crate::ingest::lines::{Line, Shape};
use crate::ingest::position::Axis;
use crate::ingest::reading::{self, Axes};
use crate::ingest::table;
use crate::ingest::{Options, number, privacy, time};
use crate::model::crs::Crs;
use crate::model::measure::{Dbm, LonLat};
use crate::model::operator::{Operator, Technology};
use crate::model::refusal::{Batch, Reason, Reject, Row};
use crate::model::sample::{Sample, ServiceState};

use super::columns::Columns;
use super::optional::Dropped;
use super::radio::{self, SENTINELS};
use super::recent::Recent;

/// A fix worse than this says nothing of a cell 174 m wide.
const WORST_ACCURACY_M: f64 = 100.0;
/// In 20 s a car leaves the cell that it was in.
const OLDEST_FIX_MS: f64 = 20_000.0;

pub(super) struct Reader<'a> {
    columns: &'a Columns,
    header: &'a Header,
    options: &'a Options,
    crs: Crs,
    latest: Timestamp,
    /// Stands for the device where no column names one: [`Reader::first_row`].
    file_device: u64,
    /// The only operator of the first rows: what a phone without service cannot say.
    file_operator: Option<Operator>,
}

/// What the lines before had, so that equal text is understood once.
#[derive(Default)]
pub(super) struct Memory {
    operators: Recent<Option<Operator>>,
    technologies: Recent<Technology>,
    devices: Recent<u64>,
    minute: time::Minute,
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
            file_device: 0,
            file_operator: None,
        };
        reader.file_operator = reader.only_operator(first, end);
        reader.file_device = reader.first_row(first, end);
        reader
    }

    /// The identity of a log: the key of its first good row, whatever its spelling. A log
    /// that has grown begins as it began, under whatever name it comes, so its old rows
    /// are known again and count once. Without a good row near the beginning it is the
    /// text of the first one, of which columns that may name a person are no part.
    fn first_row(&self, first: &[u8], end: u8) -> u64 {
        let key = &self.options.household_key;
        let mut good = None;
        self.first_lines(first, end, &mut |line| {
            if good.is_none() {
                good = self.row(line).ok();
            }
        });
        if let Some(sample) = good {
            return privacy::keyed_hash(key, &[b"log", &sample.key().to_le_bytes()]);
        }
        let row = first.split(|b| *b == end).map(<[u8]>::trim_ascii).find(|row| !row.is_empty()).unwrap_or_default();
        let record = table::split(row, self.columns.delimiter);
        let cells = (0..self.columns.width).filter(|i| !self.header.is_personal(*i));
        let mut parts: Vec<&[u8]> = vec![b"log in text"];
        parts.extend(cells.map(|i| record.get(i).unwrap_or_default().trim_ascii()));
        privacy::keyed_hash(key, &parts)
    }

    /// The operator of the first thousand lines, when there is exactly one.
    fn only_operator(&self, first: &[u8], end: u8) -> Option<Operator> {
        let (mut memory, mut named) = (Memory::default(), BTreeSet::new());
        self.first_lines(first, end, &mut |line| named.extend(self.named_operator(line, &mut memory)));
        if named.len() == 1 { named.pop_first() } else { None }
    }

    /// Those of the first thousand lines that have the width of the table.
    fn first_lines(&self, first: &[u8], end: u8, each: &mut dyn FnMut(Line<'_>)) {
        let lines = memchr_iter(end, first).nth(999).map_or(first, |at| &first[..at]);
        self.shape(end).lines(lines, 0, &mut |line| line.into_iter().for_each(&mut *each));
    }

    fn shape(&self, end: u8) -> Shape {
        Shape { delimiter: self.columns.delimiter, width: self.columns.width, end }
    }

    pub(super) fn columns(&self) -> &Columns {
        self.columns
    }

    /// One line alone.
    pub(super) fn row(&self, line: Line<'_>) -> Result<Sample, Reject> {
        self.sample(line, &mut Memory::default(), &mut Dropped::default())
    }

    /// Reads whole lines, of which the first has the number `line`.
    pub(super) fn read(&self, (text, line, end): (&[u8], u64, u8), batch: &mut Batch<Sample>) -> Dropped {
        batch.rows.reserve(text.len() / 64);
        let mut dropped = Dropped::default();
        let mut memory = Memory::default();
        self.shape(end).lines(text, line, &mut |line| match line {
            Ok(line) => match self.sample(line, &mut memory, &mut dropped) {
                Ok(value) => batch.rows.push(Row { line: line.number, value }),
                Err(reject) => batch.rejects.push(reject),
            },
            Err(reject) => batch.rejects.push(reject),
        });
        dropped
    }

    fn sample(&self, line: Line<'_>, memory: &mut Memory, dropped: &mut Dropped) -> Result<Sample, Reject> {
        let columns = self.columns;
        if columns.neighbour.is_some()
            && matches!(self.cell(line, columns.neighbour), b"1" | b"true" | b"TRUE" | b"True")
        {
            return Err(self.refuse(line, columns.neighbour, Reason::NeighbourCell));
        }
        if columns.serving.is_some() && !matches!(self.cell(line, columns.serving), b"1" | b"true" | b"TRUE" | b"True")
        {
            return Err(self.refuse(line, columns.serving, Reason::NeighbourCell));
        }
        let position = self.position(line)?;
        let time = self.time(line, &mut memory.minute)?;
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
            rsrq_db: self.rsrq(line, technology, dropped),
            sinr_db: self.sinr(line, technology, dropped),
            download_kbps: self.download(line, dropped),
            position,
            accuracy_m,
            time,
            device,
            serving_cell: self.stated(line, columns.cell).and_then(radio::cell),
            arfcn: self.arfcn(line, dropped),
            speed_kmh: self.speed(line, dropped),
        })
    }

    /// A cell of a column that the table has, where something stands in it. Most tables lack most columns.
    #[inline]
    pub(super) fn stated<'l>(&self, line: Line<'l>, column: Option<usize>) -> Option<&'l [u8]> {
        column?;
        Some(self.cell(line, column)).filter(|text| !number::is_missing(text))
    }

    /// A cell, empty where the table says that its value is missing.
    pub(super) fn cell<'l>(&self, line: Line<'l>, column: Option<usize>) -> &'l [u8] {
        let text = line.get(column);
        if self.columns.meaning.missing.hold(text, self.columns.decimal_comma) { b"" } else { text }
    }

    pub(super) fn number(&self, text: &[u8]) -> Option<f64> {
        number::parse(text, self.columns.decimal_comma)
    }

    pub(super) fn measured(&self, text: &[u8], unit: &str) -> Option<f64> {
        number::with_unit(text, self.columns.decimal_comma, unit)
    }

    pub(super) fn time(&self, line: Line<'_>, minute: &mut time::Minute) -> Result<Timestamp, Reject> {
        let Columns { time: column, clock, meaning, .. } = self.columns;
        let text = self.cell(line, *column);
        if text.is_empty() {
            return Err(self.refuse(line, *column, Reason::Missing));
        }
        let is_day = column.is_some() && *column == self.columns.date;
        let found = match clock {
            // Every reading of a day at midnight would be one run.
            None if is_day && !text.iter().any(|byte| matches!(byte, b':' | b'h')) => None,
            None => minute.parse_as(text, &meaning.time).or_else(|| {
                let day = self.stated(line, self.columns.date)?;
                time::parse_joined(day, text, &meaning.time)
            }),
            Some(_) => time::parse_joined(text, self.cell(line, *clock), &meaning.time),
        };
        let time = found.ok_or_else(|| self.refuse(line, *column, Reason::NotATime))?;
        if time > self.latest { Err(self.refuse(line, *column, Reason::InTheFuture)) } else { Ok(time) }
    }

    pub(super) fn position(&self, line: Line<'_>) -> Result<LonLat, Reject> {
        let (lon, lat) = (self.cell(line, self.columns.lon), self.cell(line, self.columns.lat));
        for (text, column) in [(lat, self.columns.lat), (lon, self.columns.lon)] {
            if text.is_empty() || text == b"-" {
                return Err(self.refuse(line, column, Reason::Missing));
            }
        }
        let found = reading::position(self.crs, self.coordinate(lon), self.coordinate(lat), Axes::Named);
        found.map(|(at, _)| at).map_err(|(axis, reason)| match axis {
            Axis::Lon => self.refuse(line, self.columns.lon, reason),
            Axis::Lat => self.refuse(line, self.columns.lat, reason),
        })
    }

    fn coordinate(&self, text: &[u8]) -> Option<f64> {
        reading::coordinate(text, self.columns.decimal_comma)
    }

    /// A fix that is known to be old stands where the phone was, not where it is.
    fn fresh(&self, line: Line<'_>) -> Result<(), Reject> {
        match self.stated(line, self.columns.age).and_then(|text| self.number(text)) {
            Some(age_ms) if age_ms > OLDEST_FIX_MS => {
                let (from, to) = ("0 ms".to_owned(), format!("{OLDEST_FIX_MS} ms"));
                Err(self.refuse(line, self.columns.age, Reason::OutOfRange { from, to }))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn accuracy(&self, line: Line<'_>, dropped: &mut Dropped) -> Result<Option<f32>, Reject> {
        let Some(text) = self.stated(line, self.columns.accuracy) else { return Ok(None) };
        match self.measured(text, "m") {
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
    pub(super) fn state(&self, line: Line<'_>) -> Result<ServiceState, Reject> {
        let meaning = &self.columns.meaning;
        let (stated, power) = (self.cell(line, self.columns.state), self.cell(line, self.columns.rsrp));
        let silent = radio::is_silence(power, meaning, self.columns.decimal_comma);
        if number::is_missing(stated) {
            // Android shows "no service" in place of the network's name.
            let says_none = number::is_missing(power)
                && [self.columns.technology, self.columns.operator]
                    .into_iter()
                    .any(|column| radio::says_no_service(self.cell(line, column)));
            return Ok(if silent || says_none { ServiceState::NoService } else { ServiceState::InService });
        }
        let found = if stated.eq_ignore_ascii_case(b"in_service") {
            Some(ServiceState::InService)
        } else {
            meaning.states.get(stated).or_else(|| radio::stated(stated))
        };
        match found {
            Some(ServiceState::InService) if silent => Ok(ServiceState::NoService),
            Some(state) => Ok(state),
            None => {
                let known = ["in_service", "no_service", "limited"].map(str::to_owned).to_vec();
                Err(self.refuse(line, self.columns.state, Reason::UnknownValue { known }))
            }
        }
    }

    pub(super) fn technology(
        &self,
        line: Line<'_>,
        state: ServiceState,
        memory: &mut Memory,
    ) -> Result<Technology, Reject> {
        let text = self.cell(line, self.columns.technology);
        let fallback = self.columns.implied.or(self.options.technology).unwrap_or(Technology::Lte);
        if self.columns.technology.is_none() {
            return Ok(fallback);
        }
        if let Some(technology) = memory.technologies.get(text) {
            return Ok(technology);
        }
        if number::is_missing(text) || radio::says_no_service(text) {
            return match (state.is_censored(), self.options.technology) {
                (true, _) => Ok(fallback),
                (false, Some(stated)) => Ok(stated),
                (false, None) => Err(self.refuse(line, self.columns.technology, Reason::Missing)),
            };
        }
        let words = &self.columns.meaning.technologies;
        let of_code = || self.columns.technology_codes.then(|| radio::technology_of_code(text)).flatten();
        match words.get(text).or_else(|| radio::technology(text)).or_else(of_code) {
            Some(technology) => {
                memory.technologies.keep(text, technology);
                Ok(technology)
            }
            None => Err(self.refuse(line, self.columns.technology, radio::unknown_technology())),
        }
    }

    pub(super) fn operator(
        &self,
        line: Line<'_>,
        state: ServiceState,
        memory: &mut Memory,
    ) -> Result<Operator, Reject> {
        let stated = self.named_operator(line, memory).or(self.options.operator);
        match stated.or(if state.is_censored() { self.file_operator } else { None }) {
            Some(operator) => Ok(operator),
            None => {
                let column = self.columns.operator.or(self.columns.mcc).or(self.columns.cgi);
                let text = self.cell(line, column);
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

    pub(super) fn named_operator(&self, line: Line<'_>, memory: &mut Memory) -> Option<Operator> {
        let text = self.cell(line, self.columns.operator);
        if let Some(operator) = memory.operators.get(text) {
            return operator;
        }
        let mut named = None;
        if !number::is_missing(text) && !radio::says_no_service(text) {
            let said = self.columns.meaning.operators.get(text);
            named = said.or_else(|| std::str::from_utf8(text).ok()?.parse().ok());
            // Any word makes an operator; one that is no network we know is weaker than a number beside it.
            let by_number = self.columns.cgi.or(self.columns.mcc.and(self.columns.mnc)).is_some();
            if said.is_some() || !by_number || named.is_some_and(Operator::is_network) {
                memory.operators.keep(text, named);
                return named;
            }
        }
        if let Some(operator) = self.stated(line, self.columns.cgi).and_then(of_cgi) {
            return Some(operator);
        }
        let code = |column: Option<usize>| {
            let text = std::str::from_utf8(self.cell(line, column)).ok()?;
            text.strip_suffix(".0").unwrap_or(text).parse::<u16>().ok()
        };
        let by_number = || Operator::from_plmn(code(self.columns.mcc)?, code(self.columns.mnc)?);
        by_number().or(named)
    }

    pub(super) fn power(&self, line: Line<'_>, technology: Technology) -> Result<Dbm, Reject> {
        if let Some(power) = self.power_of(line, technology) {
            return Ok(power);
        }
        let column = self.columns.rsrp;
        let text = self.cell(line, column);
        if number::is_missing(text) {
            return Err(self.refuse(line, column, Reason::NoReading));
        }
        let value =
            self.measured(text, "dBm").and_then(|value| radio::in_dbm(value, self.columns.meaning.power, technology));
        let value = value.ok_or_else(|| self.refuse(line, column, Reason::NotAPower))?;
        radio::power(value, technology).map_err(|reason| self.refuse(line, column, reason))
    }

    /// What the column of this technology says, where the table has one for each and a power stands in it.
    fn power_of(&self, line: Line<'_>, technology: Technology) -> Option<Dbm> {
        let (_, column) = self.columns.power_of.iter().find(|(of, _)| *of == technology)?;
        let value = self.measured(self.stated(line, Some(*column))?, "dBm")?;
        radio::power(value, technology).ok()
    }

    pub(super) fn device(&self, line: Line<'_>, memory: &mut Memory) -> u64 {
        let text = self.cell(line, self.columns.device);
        if let Some(device) = memory.devices.get(text) {
            return device;
        }
        if number::is_missing(text) {
            return self.file_device;
        }
        let device = privacy::keyed_hash(&self.options.household_key, &[b"device", text]);
        memory.devices.keep(text, device);
        device
    }

    fn refuse(&self, line: Line<'_>, column: Option<usize>, reason: Reason) -> Reject {
        line.refused(self.header, column, reason)
    }
}

/// `45204…` or `452-04-…`: two digits of network, as everywhere outside North America (ITU-T E.212).
fn of_cgi(cgi: &[u8]) -> Option<Operator> {
    let mut digits = cgi.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| u16::from(byte - b'0'));
    let mut next = |count: usize| (0..count).try_fold(0, |sum, _| Some(sum * 10 + digits.next()?));
    let (mcc, mnc) = (next(3)?, next(2)?);
    if (310..=316).contains(&mcc) { None } else { Operator::from_plmn(mcc, mnc) }
}
