//! One row becomes a tile, lies elsewhere, or says why not.
//!
//! Where it lies is settled first: what is wrong with a row of another
//! country is not told. An optional value that is impossible is left out and
//! counted; a missing one stays missing.

use std::ops::RangeInclusive;

use jiff::civil::Date;

use crate::ingest::header::Header;
use crate::ingest::{Options, number, privacy, text, time};
use crate::model::measure::{LonLat, local_day};
use crate::model::refusal::{Reason, Reject};
use crate::model::speed::{Quadkey, Quarter, SpeedTile};

use super::columns::{Columns, Rate};

/// As Ookla asks to be named.
const OOKLA: &str = "Speedtest® by Ookla® Global Fixed and Mobile Network Performance Maps";
/// Of that data: not for commercial use.
const OOKLA_LICENCE: &str = "CC BY-NC-SA 4.0";
/// Kbit/s. IMT-2020 asks for a peak of 20 Gbit/s (ITU-R M.2410); half of that as a mean of a tile is damage.
const MOST_KBPS: f64 = 10_000_000.0;
/// Milliseconds. A test that waits a minute has failed.
const MOST_LATENCY_MS: f64 = 60_000.0;
/// Tests of one tile in one quarter: ten a minute.
const MOST_TESTS: u32 = 1_300_000;
/// Share of a side by which an outline may miss its tile: six decimals of a degree are a five-thousandth.
const OUTLINE_SLACK: f64 = 0.05;
/// Characters of a source or a licence.
const MOST_WORDS: usize = 200;

pub(super) struct Reader<'a> {
    columns: &'a Columns,
    header: &'a Header,
    decimal_comma: bool,
    stated: Option<Quarter>,
    default_source: &'a str,
    today: Date,
    /// Columns and rows of tiles that are kept.
    within: Option<[RangeInclusive<u16>; 2]>,
}

/// Rows that are not kept and values that are left out.
#[derive(Clone, Copy, Default)]
pub(super) struct Counted {
    pub(super) elsewhere: u64,
    upload: u64,
    latency: u64,
}

impl std::ops::AddAssign for Counted {
    fn add_assign(&mut self, other: Self) {
        self.elsewhere += other.elsewhere;
        self.upload += other.upload;
        self.latency += other.latency;
    }
}

impl Counted {
    /// Values left out, by column.
    pub(super) fn dropped(&self, columns: &Columns) -> [(u64, Option<usize>); 2] {
        [(self.upload, columns.upload.map(|rate| rate.at)), (self.latency, columns.latency)]
    }
}

type Cell<'c, 'r> = &'c dyn Fn(Option<usize>) -> &'r [u8];

impl<'a> Reader<'a> {
    pub(super) fn new(columns: &'a Columns, header: &'a Header, decimal_comma: bool, options: &'a Options) -> Self {
        let corner = |lon, lat| LonLat::new(lon, lat).ok().and_then(Quadkey::at);
        let within = options.within.and_then(|[west, south, east, north]| {
            let (first, last) = (corner(west, north)?, corner(east, south)?);
            Some([first.x()..=last.x(), first.y()..=last.y()])
        });
        Self {
            columns,
            header,
            decimal_comma,
            stated: options.period,
            default_source: &options.default_source,
            today: local_day(options.now),
            within,
        }
    }

    /// Whether a tile is near enough to be kept.
    pub(super) fn keeps(&self, tile: Quadkey) -> bool {
        self.within.as_ref().is_none_or(|[x, y]| x.contains(&tile.x()) && y.contains(&tile.y()))
    }

    /// The tile of a row; `None` for one elsewhere.
    pub(super) fn tile(
        &self,
        line: u64,
        cell: Cell<'_, '_>,
        outline: Option<[f64; 4]>,
        counted: &mut Counted,
    ) -> Result<Option<SpeedTile>, Reject> {
        let columns = self.columns;
        let tile = self.place(line, cell, outline)?;
        if !self.keeps(tile) {
            return Ok(None);
        }
        let tests = self.count(line, cell, columns.tests)?;
        let devices = self.count(line, cell, columns.devices)?;
        if devices > tests {
            let reason = Reason::MoreDevicesThanTests { tests };
            return Err(self.refuse(line, cell, Some(columns.devices), reason));
        }
        let upload = columns
            .upload
            .and_then(|rate| self.optional(cell(Some(rate.at)), rate.kbps, MOST_KBPS, &mut counted.upload));
        let latency = self.optional(cell(columns.latency), 1.0, MOST_LATENCY_MS, &mut counted.latency);
        Ok(Some(SpeedTile {
            tile,
            quarter: self.quarter(line, cell)?,
            download_kbps: self.rate(line, cell, columns.download)?,
            upload_kbps: upload,
            latency_ms: latency,
            tests,
            devices,
            source: self.words(cell, columns.source).unwrap_or_else(|| self.source().to_owned()),
            licence: self.words(cell, columns.licence).or_else(|| columns.of_ookla.then(|| OOKLA_LICENCE.to_owned())),
        }))
    }

    fn source(&self) -> &str {
        if self.columns.of_ookla { OOKLA } else { self.default_source }
    }

    fn place(&self, line: u64, cell: Cell<'_, '_>, outline: Option<[f64; 4]>) -> Result<Quadkey, Reject> {
        let columns = self.columns;
        let key = cell(columns.quadkey);
        if !number::is_missing(key) {
            return quadkey(key).ok_or_else(|| self.refuse(line, cell, columns.quadkey, Reason::NotAQuadkey));
        }
        let wkt = cell(columns.outline);
        if let Some(outline) = outline.or_else(|| std::str::from_utf8(wkt).ok().and_then(of_wkt)) {
            return of_outline(outline).ok_or_else(|| Reject::new(line, "", "", Reason::NotAQuadkey));
        }
        let axis = |column| number::parse(cell(column), self.decimal_comma);
        let middle = axis(columns.lon).zip(axis(columns.lat)).and_then(|(lon, lat)| LonLat::new(lon, lat).ok());
        let column = columns.quadkey.or(columns.outline).or(columns.lon);
        middle.and_then(Quadkey::at).ok_or_else(|| {
            let found = !number::is_missing(cell(column));
            self.refuse(line, cell, column, if found { Reason::NotAQuadkey } else { Reason::Missing })
        })
    }

    fn quarter(&self, line: u64, cell: Cell<'_, '_>) -> Result<Quarter, Reject> {
        let columns = self.columns;
        let found = cell(columns.quarter);
        let quarter = match (self.stated, columns.quarter) {
            (Some(stated), _) => stated,
            (None, None) => columns.period.ok_or_else(|| self.refuse(line, cell, None, Reason::Missing))?,
            (None, column) if number::is_missing(found) => {
                return Err(self.refuse(line, cell, column, Reason::Missing));
            }
            (None, column) => {
                let year = std::str::from_utf8(cell(columns.year)).unwrap_or_default();
                let read = std::str::from_utf8(found).ok().and_then(|text| written(text, year));
                read.ok_or_else(|| self.refuse(line, cell, column, Reason::NotAQuarter))?
            }
        };
        if quarter.first_day() > self.today {
            return Err(self.refuse(line, cell, columns.quarter, Reason::InTheFuture));
        }
        Ok(quarter)
    }

    fn rate(&self, line: u64, cell: Cell<'_, '_>, column: Rate) -> Result<u32, Reject> {
        let found = cell(Some(column.at));
        let refuse = |reason| self.refuse(line, cell, Some(column.at), reason);
        if number::is_missing(found) {
            return Err(refuse(Reason::Missing));
        }
        let value = number::parse(found, self.decimal_comma).ok_or_else(|| refuse(Reason::NotANumber))?;
        bounded(value * column.kbps, MOST_KBPS).ok_or_else(|| {
            refuse(Reason::OutOfRange { from: "0".to_owned(), to: (MOST_KBPS / column.kbps).to_string() })
        })
    }

    fn count(&self, line: u64, cell: Cell<'_, '_>, column: usize) -> Result<u32, Reject> {
        let found = cell(Some(column));
        let refuse = |reason| self.refuse(line, cell, Some(column), reason);
        if number::is_missing(found) {
            return Err(refuse(Reason::Missing));
        }
        let value = std::str::from_utf8(found).ok().and_then(|text| number::count(text, self.decimal_comma));
        match value {
            Some(value) if (1..=MOST_TESTS).contains(&value) => Ok(value),
            Some(_) => Err(refuse(Reason::OutOfRange { from: "1".to_owned(), to: MOST_TESTS.to_string() })),
            None => Err(refuse(Reason::NotANumber)),
        }
    }

    fn optional(&self, found: &[u8], unit: f64, most: f64, dropped: &mut u64) -> Option<u32> {
        if number::is_missing(found) {
            return None;
        }
        let value = number::parse(found, self.decimal_comma).and_then(|value| bounded(value * unit, most));
        *dropped += u64::from(value.is_none());
        value
    }

    fn words(&self, cell: Cell<'_, '_>, column: Option<usize>) -> Option<String> {
        let text = text::clean(&String::from_utf8_lossy(cell(column)));
        let text: String = privacy::mask_numbers(&text).chars().take(MOST_WORDS).collect();
        (!number::is_missing(text.as_bytes())).then_some(text)
    }

    fn refuse(&self, line: u64, cell: Cell<'_, '_>, column: Option<usize>, reason: Reason) -> Reject {
        let found = text::clean(&String::from_utf8_lossy(cell(column)));
        Reject::new(line, column.map_or("", |at| self.header.name(at)), privacy::mask_words(&found), reason)
    }
}

/// Spreadsheets write an apostrophe before digits that are text, or `.0` behind a number.
pub(super) fn quadkey(text: &[u8]) -> Option<Quadkey> {
    let text = std::str::from_utf8(text).ok()?.trim().trim_start_matches('\'');
    text.strip_suffix(".0").unwrap_or(text).parse().ok()
}

/// `2025-Q3`, a day of it, or `3` beside a year.
fn written(text: &str, year: &str) -> Option<Quarter> {
    if let Ok(quarter) = text.parse() {
        return Some(quarter);
    }
    if let (Ok(quarter), Ok(year)) = (text.trim().parse(), year.trim().parse()) {
        return Quarter::new(year, quarter).ok();
    }
    time::parse_date(text).and_then(|day| Quarter::of(day).ok())
}

/// A whole number from 0 to a bound.
fn bounded(value: f64, most: f64) -> Option<u32> {
    (0.0..=most).contains(&value).then(|| number::whole(value.round())).flatten()
}

/// The one tile that a box outlines.
fn of_outline([west, south, east, north]: [f64; 4]) -> Option<Quadkey> {
    let tile = LonLat::new(f64::midpoint(west, east), f64::midpoint(south, north)).ok().and_then(Quadkey::at)?;
    let bounds = tile.bounds();
    let slack = (bounds[2] - bounds[0]) * OUTLINE_SLACK;
    let fits = bounds.into_iter().zip([west, south, east, north]).all(|(ours, theirs)| (ours - theirs).abs() <= slack);
    fits.then_some(tile)
}

/// The bounds of `POLYGON((105.97 20.25, …))`.
fn of_wkt(text: &str) -> Option<[f64; 4]> {
    let upper = text.trim().to_ascii_uppercase();
    let body = upper.strip_prefix("POLYGON")?;
    let mut bounds: Option<[f64; 4]> = None;
    for pair in body.split(',') {
        let mut axes = pair.trim_matches([' ', '(', ')']).split_ascii_whitespace().map(|axis| axis.parse::<f64>().ok());
        let (lon, lat) = (axes.next()??, axes.next()??);
        if !lon.is_finite() || !lat.is_finite() {
            return None;
        }
        let [west, south, east, north] = bounds.unwrap_or([lon, lat, lon, lat]);
        bounds = Some([west.min(lon), south.min(lat), east.max(lon), north.max(lat)]);
    }
    bounds
}
