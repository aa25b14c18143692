//! Power by place and nothing more: what a surface is fitted to and judged by.
//!
//! What an import takes is read as an import reads it (`as_imported`). Any other table or map file with a place and a
//! power will do, spreadsheets included; operator, time and device need not be there. With a time, rows
//! that say the same of the same instant count once, since exports of one app
//! overlap.

mod as_imported;

use std::collections::HashSet;
use std::path::Path;

use super::columns::{self, GNETTRACK_SILENCE, MCC, MNC, OPERATOR, POWER, STATE, TECHNOLOGY, TIME, profile};
use super::mapped::by_technology;
use super::marks::Mark;
use super::quantity::{self, Quantity};
use super::radio;
use crate::ingest::header::Header;
use crate::ingest::place::{self, Point};
use crate::ingest::profile::{BadProfile, Codes, Fault, Field, Meaning, Profile};
use crate::ingest::table::{Record, Table};
use crate::ingest::{Headings, Options, Read, Unreadable, kind, number, privacy, text};
use crate::model::import::ImportKind;
use crate::model::measure::Dbm;
use crate::model::operator::{Operator, Technology};
use crate::model::refusal::{Batch, Reason, Reject, Row};
use crate::model::sample::{Reading, ServiceState};

/// A reading, and what it is of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Named {
    pub reading: Reading,
    /// The network that it names.
    pub operator: Option<Operator>,
    /// As its row says, else as stated, else 4G.
    pub technology: Technology,
}

struct Columns {
    place: (Option<usize>, Option<usize>),
    power: Option<usize>,
    /// Of one technology, as a profile names them.
    power_of: Vec<(Technology, usize)>,
    state: Option<usize>,
    /// The instant, or the day and the time of day.
    time: [Option<usize>; 2],
    technology: Option<usize>,
    operator: Option<usize>,
    plmn: [Option<usize>; 2],
    /// Whether a row is of the phone's own cell.
    marks: Vec<Mark>,
    meaning: Meaning,
}

/// Reads the powers of a file. `options.technology` is that of rows that name none (4G without it).
///
/// # Errors
/// The file as a whole cannot be read, or has no place or no power.
pub fn read(path: &Path, options: &Options) -> Result<Read<Named>, Unreadable> {
    let options = &super::stated(options);
    match as_imported::read(path, options) {
        Some(read) => Ok(read),
        None => of_places(path, options),
    }
}

/// What no import takes: places and powers alone.
fn of_places(path: &Path, options: &Options) -> Result<Read<Named>, Unreadable> {
    let mut table = Table::open(path, options)?;
    let header = table.header.clone();
    let columns = match &options.profile {
        Some(profile) => Columns::mapped(profile, &header)?,
        None => Columns::find(&header),
    };
    let point = Point::new(columns.place, &header, table.decimal_comma, options)?;
    let mut missing = Vec::new();
    if !point.is_known() && !table.has_geometry() {
        missing.extend(["lon", "lat"].map(str::to_owned));
    }
    if columns.power.is_none() && columns.power_of.is_empty() && columns.state.is_none() {
        missing.push("rsrp".to_owned());
    }
    if !missing.is_empty() {
        if let Some(profile) = &options.profile {
            let keys = missing.iter().map(|name| if name == "rsrp" { "columns.power" } else { "columns.longitude" });
            let mut keys: Vec<&'static str> = keys.collect();
            keys.dedup();
            return Err(profile.at_fault(Fault::Unsaid { keys }).into());
        }
        return Err(kind::missing(&header, ImportKind::Samples, missing));
    }
    let mut batch = Batch { rows: Vec::new(), rejects: std::mem::take(&mut table.rejects) };
    let mut seen = HashSet::new();
    while let Some(next) = table.next() {
        let read = next.and_then(|record| {
            let line = record.line;
            let at = point.of(&record, &header)?;
            let at = at.ok_or_else(|| Reject::new(line, "lat", "", Reason::Missing))?;
            columns.own_cell(&record, &header)?;
            let (technology, power) = columns.power(&record, &table, options)?;
            let operator = columns.operator(&record, &table);
            let time = columns.time.map(|column| record.get(column)).join(" ");
            Ok((line, Named { reading: Reading { at, power }, operator, technology }, time))
        });
        match read {
            Ok((line, value, time)) => {
                if columns.time[0].is_none() || seen.insert(key(&value.reading, time)) {
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
        written: crate::ingest::Written::default(),
        corrected: Vec::new(),
    })
}

fn key(reading: &Reading, time: String) -> (String, [u64; 2], Option<u32>) {
    let place = [reading.at.lon().to_bits(), reading.at.lat().to_bits()];
    (time, place, reading.power.map(|power| power.get().to_bits()))
}

impl Columns {
    fn find(header: &Header) -> Self {
        let profile = profile(header);
        let is_gnettrack = profile == "gnettrack";
        let begins = || ["rsrp", "ss_rsrp", "rscp", "rxlev"].iter().find_map(|name| header.find_beginning(name));
        let power = quantity::of_any(header, POWER).or_else(|| header.find(POWER)).or_else(begins);
        let one_power = matches!(profile, "gnettrack" | "opencellid_upload" | "tower_collector" | "network_survey");
        let no_service = if is_gnettrack { Codes::new(&[GNETTRACK_SILENCE]) } else { Codes::default() };
        Self {
            place: (header.find(place::LON), header.find(place::LAT)),
            power,
            power_of: if one_power { Vec::new() } else { quantity::columns(header, Quantity::Power) },
            state: if is_gnettrack { None } else { header.find(STATE) },
            time: [header.find(TIME), None],
            technology: header.find(TECHNOLOGY),
            operator: header.find(OPERATOR),
            plmn: [header.find(MCC), header.find(MNC)],
            marks: Mark::find(header, profile),
            meaning: Meaning { no_service, power: columns::power_unit(header, profile, power), ..Meaning::default() },
        }
    }

    fn mapped(profile: &Profile, header: &Header) -> Result<Self, BadProfile> {
        let places = profile.places(header)?;
        Ok(Self {
            place: (places.of(Field::Longitude), places.of(Field::Latitude)),
            power: places.of(Field::Power),
            power_of: by_technology(places, Field::power_of),
            state: places.of(Field::State),
            time: [places.of(Field::Time).or(places.of(Field::Date)), places.of(Field::Clock)],
            technology: places.of(Field::Technology),
            operator: places.of(Field::Operator),
            plmn: [places.of(Field::Mcc), places.of(Field::Mnc)],
            marks: Mark::of_places(places),
            meaning: profile.meaning.clone(),
        })
    }

    fn cell<'r>(&self, record: &'r Record, column: Option<usize>, table: &Table) -> &'r str {
        let text = record.get(column);
        if self.meaning.missing.hold(text.as_bytes(), table.decimal_comma) { "" } else { text }
    }

    /// Refuses what the phone heard beside its own cell.
    fn own_cell(&self, record: &Record, header: &Header) -> Result<(), Reject> {
        for mark in &self.marks {
            let found = record.get(Some(mark.column));
            if let Some(reason) = mark.refuses(found.as_bytes(), &self.meaning.serving) {
                return Err(Reject::new(record.line, header.name(mark.column), found, reason));
            }
        }
        Ok(())
    }

    fn operator(&self, record: &Record, table: &Table) -> Option<Operator> {
        let text = self.cell(record, self.operator, table);
        let named = || text.parse().ok().filter(|_| !number::is_missing(text.as_bytes()));
        let code = |column| self.cell(record, column, table).trim_end_matches(".0").parse::<u16>().ok();
        let by_number = || Operator::from_plmn(code(self.plmn[0])?, code(self.plmn[1])?);
        let named = self.meaning.operators.get(text.as_bytes()).or_else(named);
        named.filter(|named| named.is_network()).or_else(by_number).or(named)
    }

    fn power(&self, record: &Record, table: &Table, options: &Options) -> Result<(Technology, Option<Dbm>), Reject> {
        let refuse = |column: Option<usize>, reason: Reason| {
            let found = privacy::mask_words(&text::clean(record.get(column)));
            Reject::new(record.line, table.header.name(column.unwrap_or_default()), found, reason)
        };
        let cell = |column| self.cell(record, column, table);
        let (stated, named) = (cell(self.state), cell(self.technology));
        let words = &self.meaning.technologies;
        let known = words.get(named.as_bytes()).or_else(|| radio::technology(named.as_bytes()));
        let technology = known.or(options.technology).unwrap_or(Technology::Lte);
        let column = quantity::own(&self.power_of, technology).or(self.power);
        let found = cell(column);
        let state = || self.meaning.states.get(stated.as_bytes()).or_else(|| radio::stated(stated.as_bytes()));
        if radio::silence(named.as_bytes()).or_else(|| radio::silence(cell(self.operator).as_bytes())).is_some()
            || !number::is_missing(stated.as_bytes()) && state().is_some_and(ServiceState::is_censored)
            || radio::is_silence(found.as_bytes(), &self.meaning, table.decimal_comma)
        {
            return Ok((technology, None));
        }
        let value = number::with_unit(found.as_bytes(), table.decimal_comma, "dBm");
        if !value.is_some_and(|value| radio::is_power(value, self.meaning.power))
            && radio::says_no_service(named.as_bytes())
        {
            return Ok((technology, None));
        }
        if number::is_missing(found.as_bytes()) {
            return Err(refuse(column, Reason::NoReading));
        }
        let value = value.and_then(|value| radio::in_dbm(value, self.meaning.power, technology));
        let value = value.ok_or_else(|| refuse(column, Reason::NotAPower))?;
        radio::power(value, technology).map(|power| (technology, Some(power))).map_err(|reason| refuse(column, reason))
    }
}
