//! Power by place and nothing more: what a surface is fitted to and judged by.
//!
//! Any table or map file with a place and a power will do, spreadsheets
//! included; operator, time and device need not be there. With a time, rows
//! that say the same of the same instant count once, since exports of one app
//! overlap.

use std::collections::HashSet;
use std::path::Path;

use super::columns::{POWER, STATE, TECHNOLOGY, TIME, profile};
use super::radio;
use crate::ingest::place::{self, Point};
use crate::ingest::table::{Record, Table};
use crate::ingest::{Headings, Options, Read, Unreadable, kind, number, privacy, text};
use crate::model::import::ImportKind;
use crate::model::measure::Dbm;
use crate::model::operator::Technology;
use crate::model::refusal::{Batch, Reason, Reject, Row};
use crate::model::sample::Reading;

struct Columns {
    power: Option<usize>,
    state: Option<usize>,
    time: Option<usize>,
    technology: Option<usize>,
    is_gnettrack: bool,
}

/// Reads the powers of a file. `options.technology` says whose range they must keep to (LTE without it).
///
/// # Errors
/// The file as a whole cannot be read, or has no place or no power.
pub fn read(path: &Path, options: &Options) -> Result<Read<Reading>, Unreadable> {
    let mut table = Table::open(path, options)?;
    let header = table.header.clone();
    let is_gnettrack = profile(&header) == "gnettrack";
    let begins = || ["rsrp", "ss_rsrp", "rscp", "rxlev"].iter().find_map(|name| header.find_beginning(name));
    let columns = Columns {
        power: header.find(POWER).or_else(begins),
        state: if is_gnettrack { None } else { header.find(STATE) },
        time: header.find(TIME),
        technology: header.find(TECHNOLOGY),
        is_gnettrack,
    };
    let point = Point::new((header.find(place::LON), header.find(place::LAT)), &header, table.decimal_comma, options)?;
    let mut missing = Vec::new();
    if !point.is_known() && !table.has_geometry() {
        missing.extend(["lon", "lat"].map(str::to_owned));
    }
    if columns.power.is_none() && columns.state.is_none() {
        missing.push("rsrp".to_owned());
    }
    if !missing.is_empty() {
        return Err(kind::missing(&header, ImportKind::Samples, missing));
    }
    let mut batch = Batch { rows: Vec::new(), rejects: std::mem::take(&mut table.rejects) };
    let mut seen = HashSet::new();
    while let Some(next) = table.next() {
        let read = next.and_then(|record| {
            let line = record.line;
            let at = point.of(&record, &header)?;
            let at = at.ok_or_else(|| Reject::new(line, "lat", "", Reason::Missing))?;
            let power = columns.power(&record, &table, options)?;
            Ok((line, Reading { at, power }, record.get(columns.time).to_owned()))
        });
        match read {
            Ok((line, value, time)) => {
                if columns.time.is_none() || seen.insert(key(&value, time)) {
                    batch.rows.push(Row { line, value });
                }
            }
            Err(reject) => batch.rejects.push(reject),
        }
    }
    let warnings = std::mem::take(&mut table.warnings);
    Ok(Read {
        batch,
        profile: table.profile,
        dropped_fields: header.personal(),
        warnings,
        crs: table.crs,
        headings: Headings::default(),
    })
}

fn key(reading: &Reading, time: String) -> (String, [u64; 2], Option<u32>) {
    let place = [reading.at.lon().to_bits(), reading.at.lat().to_bits()];
    (time, place, reading.power.map(|power| power.get().to_bits()))
}

impl Columns {
    fn power(&self, record: &Record, table: &Table, options: &Options) -> Result<Option<Dbm>, Reject> {
        let found = record.get(self.power);
        let refuse = |column: Option<usize>, reason: Reason| {
            let found = privacy::mask_words(&text::clean(record.get(column)));
            Reject::new(record.line, table.header.name(column.unwrap_or_default()), found, reason)
        };
        let stated = record.get(self.state);
        if !number::is_missing(stated.as_bytes())
            && radio::stated(stated.as_bytes()).is_some_and(|state| state.is_censored())
        {
            return Ok(None);
        }
        if number::is_missing(found.as_bytes()) {
            let says_none = radio::says_no_service(record.get(self.technology).as_bytes());
            return if says_none { Ok(None) } else { Err(refuse(self.power, Reason::NoReading)) };
        }
        let value = number::parse(found.as_bytes(), table.decimal_comma);
        let value = value.ok_or_else(|| refuse(self.power, Reason::NotAPower))?;
        if self.is_gnettrack && value == radio::GNETTRACK_SILENCE {
            return Ok(None);
        }
        let technology = record.get(self.technology).parse().ok().or(options.technology).unwrap_or(Technology::Lte);
        radio::power(value, technology).map(Some).map_err(|reason| refuse(self.power, reason))
    }
}
