//! One line of a log becomes a sample, or says why not.
//!
//! The good path works on bytes and allocates nothing: operator, technology and
//! device are remembered from the line before. What is optional and impossible
//! is left out and counted; what is needed and impossible refuses the row.

use std::collections::BTreeSet;
use std::ops::AddAssign;

use jiff::Timestamp;
use memchr::memchr_iter;

use crate::ingest::header::Header;
use crate::ingest::lines::{Line, Shape};
use crate::ingest::position::Axis;
use crate::ingest::reading::{self, Axes};
use crate::ingest::table;
use crate::ingest::{Options, number, privacy, time};
use crate::model::crs::Crs;
use crate::model::measure::LonLat;
use crate::model::operator::{Operator, Technology};
use crate::model::packed::Finite;
use crate::model::refusal::{Batch, Reason, Reject, Row};
use crate::model::sample::{Sample, ServiceState, unnamed_device};

use super::columns::Columns;
use super::headers::{self, Headers};
use super::nameless::Nameless;
use super::network::Names;
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
    pub(super) options: &'a Options,
    crs: Crs,
    latest: Timestamp,
    /// Stands for the device where no column names one: [`Reader::identity`].
    file_device: u64,
    /// Those in the middle of the log.
    pub(super) headers: Headers,
    /// The only operator of the first rows: what a phone without service cannot say.
    file_operator: Option<Operator>,
    /// The heading of the first column: a line that begins with it may be a header.
    first_name: &'a [u8],
    /// Whether the table has a column of what a sample may have and need not.
    has_more: bool,
    /// Whether a row may be a reading of 4G and one of 5G.
    has_two_powers: bool,
    /// Whether a row may have both and name one of them.
    leaves_a_power: bool,
    /// Whether the power stands under the heading of a quality as well.
    pub(super) copies_power: bool,
}

/// What the lines before had, so that equal text is understood once.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) operators: Recent<Option<Operator>>,
    /// Networks of Viet Nam by their numbers.
    pub(super) numbers: Recent<Option<Operator>>,
    pub(super) technologies: Recent<Technology>,
    devices: Recent<u64>,
    minute: time::Minute,
}

fn shape(columns: &Columns, end: u8) -> Shape {
    Shape { delimiter: columns.delimiter, width: columns.width, end }
}

/// Those of the first thousand lines that have the width of the table.
pub(super) fn first_lines(
    (columns, header): (&Columns, &Header),
    first: &[u8],
    end: u8,
    each: &mut dyn FnMut(Line<'_>),
) {
    let lines = memchr_iter(end, first).nth(999).map_or(first, |at| &first[..at]);
    shape(columns, end).lines(lines, 0, &mut |line| match line {
        Ok(line) if !is_header(header, line) => each(line),
        _ => {}
    });
}

/// Logs that were put together have a header in the middle.
pub(super) fn is_header(header: &Header, line: Line<'_>) -> bool {
    let is = |at: usize| line.get(Some(at)) == header.name(at).trim().as_bytes();
    is(0) && (1..header.len()).all(is)
}

/// What one line holds.
struct Found {
    /// Of `operator`, where that is known.
    sample: Sample,
    operator: Option<Operator>,
}

/// What a piece of a log holds beside its rows.
#[derive(Default)]
pub(super) struct Beside {
    pub(super) dropped: Dropped,
    pub(super) nameless: Nameless,
}

impl AddAssign for Beside {
    fn add_assign(&mut self, other: Self) {
        self.dropped += other.dropped;
        self.nameless += other.nameless;
    }
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
            headers: Headers::default(),
            file_operator: None,
            first_name: header.name(0).trim().as_bytes(),
            has_more: columns.has_more(),
            has_two_powers: columns.hold_two_powers(),
            leaves_a_power: columns.have_two_powers() && !columns.hold_two_powers(),
            copies_power: false,
        };
        reader.copies_power = reader.copies(first, end);
        reader.file_operator = reader.only_operator(first, end);
        reader.file_device = reader.identity(first, end);
        reader
    }

    /// The identity of a log: the key of its first good row, whatever its spelling. A log
    /// that has grown begins as it began, under whatever name it comes, so its new rows are of the
    /// phone of its old ones, which are known by themselves ([`Sample::key`]). Without a good row near the beginning it is the
    /// text of the first one, of which columns that may name a person are no part.
    fn identity(&self, first: &[u8], end: u8) -> u64 {
        let key = &self.options.household_key;
        let mut good = None;
        self.first_lines(first, end, &mut |line| {
            if good.is_none() {
                good = self.row(line).ok();
            }
        });
        if let Some(sample) = good {
            return unnamed_device(privacy::keyed_hash(key, &[b"log", &sample.key().to_le_bytes()]));
        }
        let row = first.split(|b| *b == end).map(<[u8]>::trim_ascii).find(|row| !row.is_empty()).unwrap_or_default();
        let record = table::split(row, self.columns.delimiter);
        let cells = (0..self.columns.width).filter(|i| !self.header.is_personal(*i));
        let mut parts: Vec<&[u8]> = vec![b"log in text"];
        parts.extend(cells.map(|i| record.get(i).unwrap_or_default().trim_ascii()));
        unnamed_device(privacy::keyed_hash(key, &parts))
    }

    /// The operator of the first thousand lines, when there is exactly one.
    fn only_operator(&self, first: &[u8], end: u8) -> Option<Operator> {
        let (mut memory, mut named) = (Memory::default(), BTreeSet::new());
        self.first_lines(first, end, &mut |line| {
            named.extend(self.named_operator(line, self.names(line, &memory), &mut memory));
        });
        if named.len() == 1 { named.pop_first() } else { None }
    }

    pub(super) fn first_lines(&self, first: &[u8], end: u8, each: &mut dyn FnMut(Line<'_>)) {
        first_lines((self.columns, self.header), first, end, each);
    }

    pub(super) fn columns(&self) -> &Columns {
        self.columns
    }

    /// One line alone.
    pub(super) fn row(&self, line: Line<'_>) -> Result<Sample, Reject> {
        let found = self.sample(line, &mut Memory::default(), &mut Dropped::default())?;
        match found.operator.or(self.file_operator) {
            Some(operator) => Ok(Sample { operator, ..found.sample }),
            None => Err(self.lacking(line, (self.network_column(), "operator"), Reason::WhoseSilence)),
        }
    }

    /// Reads whole lines, of which the first has the number `line`.
    pub(super) fn read(&self, (text, line, end): (&[u8], u64, u8), batch: &mut Batch<Sample>) -> Beside {
        batch.rows.reserve(text.len() / 64);
        let mut beside = Beside::default();
        let mut memory = Memory::default();
        shape(self.columns, end).lines(text, line, &mut |line| match line {
            Ok(line) if line.get(Some(0)) == self.first_name && is_header(self.header, line) => {
                self.headers.saw(line.number, true)
            }
            Ok(line) => match self.sample(line, &mut memory, &mut beside.dropped) {
                Ok(Found { sample, operator: Some(operator) }) => {
                    beside.nameless.networks.add(sample.device, operator);
                    batch.rows.push(Row { line: line.number, value: sample });
                    if self.leaves_a_power {
                        beside.dropped.other_powers += u64::from(self.bears_other(line, &sample));
                    }
                    if self.has_two_powers
                        && let Some(other) = self.other_reading(line, &sample, &mut beside.dropped)
                    {
                        batch.rows.push(Row { line: line.number, value: other });
                    }
                }
                Ok(Found { sample, operator: None }) => {
                    beside.nameless.keep(Row { line: line.number, value: sample });
                }
                Err(reject) => {
                    if headers::is_another(self.header, line) {
                        self.headers.saw(line.number, false);
                    }
                    batch.rejects.push(reject);
                }
            },
            Err(reject) => batch.rejects.push(reject),
        });
        beside
    }

    fn sample(&self, line: Line<'_>, memory: &mut Memory, dropped: &mut Dropped) -> Result<Found, Reject> {
        if !self.columns.marks.is_empty() {
            self.own_cell(line)?;
        }
        let position = self.position(line)?;
        let time = self.time(line, &mut memory.minute)?;
        dropped.clocks += u64::from(self.is_day_alone(line));
        self.fresh(line)?;
        let accuracy_m = self.accuracy(line, dropped)?;
        let names = self.names(line, memory);
        let state = self.state(line, names)?;
        let stated = self.technology(line, state, (names, memory))?;
        let technology = if state.is_censored() { stated } else { self.measured_on(line, stated) };
        let operator = self.operator(line, state, (names, memory))?;
        dropped.networks += u64::from(self.is_of_two(line, operator, memory));
        let rsrp = if state.is_censored() { None } else { Some(self.power(line, technology)?) };
        let device = self.device(line, memory);
        let sample = Sample {
            operator: operator.unwrap_or(Operator::VIETNAMESE[0]),
            technology,
            state,
            rsrp,
            rsrq_db: None,
            sinr_db: None,
            download_kbps: None,
            position,
            accuracy_m,
            time,
            device,
            serving_cell: None,
            arfcn: None,
            speed_kmh: None,
        };
        let sample = if self.has_more { self.with_more(sample, line, dropped)? } else { sample };
        Ok(Found { sample, operator })
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
            return Err(self.lacking(line, (*column, "time"), Reason::Missing));
        }
        let found = match clock {
            None => minute.parse_as(text, &meaning.time).or_else(|| {
                let day = self.stated(line, self.columns.date)?;
                time::parse_joined(day, text, &meaning.time)
            }),
            Some(_) => time::parse_joined(text, self.cell(line, *clock), &meaning.time),
        };
        let time = found.ok_or_else(|| self.refuse(line, *column, Reason::NotATime))?;
        if time > self.latest { Err(self.refuse(line, *column, Reason::InTheFuture)) } else { Ok(time) }
    }

    /// All that a phone read on such a day in a cell is one run.
    pub(super) fn is_day_alone(&self, line: Line<'_>) -> bool {
        self.columns.clock.is_none() && time::is_day_alone(self.cell(line, self.columns.time))
    }

    pub(super) fn position(&self, line: Line<'_>) -> Result<LonLat, Reject> {
        let (lon, lat) = (self.cell(line, self.columns.lon), self.cell(line, self.columns.lat));
        for (text, column, ours) in [(lat, self.columns.lat, "lat"), (lon, self.columns.lon, "lon")] {
            if text.is_empty() || text == b"-" {
                return Err(self.lacking(line, (column, ours), Reason::Missing));
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

    pub(super) fn accuracy(&self, line: Line<'_>, dropped: &mut Dropped) -> Result<Option<Finite>, Reject> {
        let Some(text) = self.stated(line, self.columns.accuracy) else { return Ok(None) };
        match self.measured(text, "m") {
            Some(2_147_483_647.0) => Ok(None),
            Some(metres) if metres > WORST_ACCURACY_M => {
                let reason = Reason::OutOfRange { from: "0 m".to_owned(), to: format!("{WORST_ACCURACY_M} m") };
                Err(self.refuse(line, self.columns.accuracy, reason))
            }
            Some(metres) if metres >= 0.0 => Ok(Finite::new(metres as f32)),
            Some(metres) if SENTINELS.contains(&metres) => Ok(None),
            _ => {
                dropped.accuracy += 1;
                Ok(None)
            }
        }
    }

    pub(super) fn technology(
        &self,
        line: Line<'_>,
        state: ServiceState,
        (names, memory): (Names<'_>, &mut Memory),
    ) -> Result<Technology, Reject> {
        if let Some(technology) = names.technology {
            return Ok(technology);
        }
        let text = names.radio;
        let fallback = self.columns.implied.or(self.options.technology).unwrap_or(Technology::Lte);
        if self.columns.technology.is_none() {
            return Ok(self.filled(line).unwrap_or(fallback));
        }
        if number::is_missing(text) || self.says_silence(text) {
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

    pub(super) fn refuse(&self, line: Line<'_>, column: Option<usize>, reason: Reason) -> Reject {
        line.refused(self.header, column, reason)
    }

    /// The same for want of a value: a column that the table does not have bears our name.
    pub(super) fn lacking(&self, line: Line<'_>, (column, ours): (Option<usize>, &str), reason: Reason) -> Reject {
        match column {
            Some(_) => self.refuse(line, column, reason),
            None => Reject::new(line.number, ours, "", reason),
        }
    }
}
