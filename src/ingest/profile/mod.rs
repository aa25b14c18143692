//! A mapping profile: what the columns of a stranger's table hold, said by a person.
//!
//! Of samples here; `visits` has its own fields and the same form.
//!
//! TEMS, Nemo, QualiPoc, Actix and every office name their columns as they
//! like, so no list of headings ends. A profile is a small TOML file that names
//! them once, and can be kept and passed on. It says nothing of a row: what a
//! power or a time is stays with the readers. A column that may name a person
//! is taken for nothing but `device`, of which only a keyed hash is kept.

mod changed;
mod codes;
mod fault;
mod read;
mod section;
mod visits;
mod words;
mod write;

use std::path::Path;

use super::header::Header;
use super::table::Layout;
use super::time;
use crate::model::operator::{Operator, Technology};
use crate::model::sample::ServiceState;

pub use changed::Changes;
pub(super) use codes::{Codes, Words};
pub use fault::{BadProfile, Fault};
pub(super) use visits::VisitField;
pub use visits::VisitsProfile;
pub use write::Stated;

/// The version of the form of profiles.
const FORMAT: i64 = 1;
/// Where a profile was read from that a page sent.
const ON_PAGE: &str = "profile";

/// What the columns of a table hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Where it was read from, for messages.
    pub(super) file: String,
    pub(super) name: String,
    text: String,
    pub(super) layout: Layout,
    pub(super) crs_epsg: Option<u32>,
    /// The heading of each field, in the order of [`Field::ALL`].
    pub(super) columns: [Option<String>; Field::ALL.len()],
    /// Of rows that name none.
    pub(super) operator: Option<Operator>,
    pub(super) technology: Option<Technology>,
    pub(super) meaning: Meaning,
}

impl Profile {
    /// Reads a profile.
    ///
    /// # Errors
    /// [`BadProfile`] with the key that is wrong.
    pub fn read(path: &Path) -> Result<Self, BadProfile> {
        read::of_file(path)
    }

    /// The same of a text that a page sends.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn of_page(text: String) -> Result<Self, BadProfile> {
        let file = ON_PAGE.to_owned();
        section::fits(text.as_bytes())
            .and_then(|()| read::of_text(&file, text))
            .map_err(|fault| BadProfile { file, fault })
    }

    /// What its `name` says.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole of it as it was read: with another text the same table may mean something else.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it says what words of networks mean in a table with the headings of another.
    #[must_use]
    pub fn says_networks_of(&self, other: &Self) -> bool {
        self.columns == other.columns && !self.meaning.operators.is_empty()
    }

    /// One that a table suggests.
    pub(super) fn guessed(name: &str, header: &Header, places: Places, (layout, meaning): (Layout, Meaning)) -> Self {
        let heading = |field: Field| places.of(field).map(|at| header.name(at).to_owned());
        Self {
            file: name.to_owned(),
            name: name.to_owned(),
            text: String::new(),
            layout,
            crs_epsg: None,
            columns: Field::ALL.map(heading),
            operator: None,
            technology: None,
            meaning,
        }
    }

    /// As it is read from its own text.
    ///
    /// # Errors
    /// [`BadProfile`] when it says what no file may say.
    pub(super) fn as_written(&self) -> Result<Self, BadProfile> {
        let text = self.to_toml(&|_| Vec::new());
        read::of_text(&self.file, text).map_err(|fault| self.at_fault(fault))
    }

    pub(super) fn layout(&self) -> Layout {
        self.layout
    }

    pub(super) fn heading(&self, field: Field) -> Option<&str> {
        self.columns[field as usize].as_deref()
    }

    /// Where the fields stand in a table.
    ///
    /// # Errors
    /// [`Fault`] when a heading is not there, is there twice or may name a person.
    pub(super) fn places(&self, header: &Header) -> Result<Places, BadProfile> {
        let mut places = Places::default();
        for field in Field::ALL {
            let Some(heading) = self.heading(field) else { continue };
            let found = place(&field.path(), heading, header, field == Field::Device);
            places.0[field as usize] = Some(found.map_err(|fault| self.at_fault(fault))?);
        }
        Ok(places)
    }

    pub(super) fn at_fault(&self, fault: Fault) -> BadProfile {
        BadProfile { file: self.file.clone(), fault }
    }
}

/// By the spelling of the file; failing that whatever the marks, case and units.
fn place(key: &str, heading: &str, header: &Header, may_be_personal: bool) -> Result<usize, Fault> {
    let (key, column) = (key.to_owned(), heading.to_owned());
    let mut found = header.spelt(heading);
    if found.is_empty() {
        found = header.alike(heading);
    }
    match found[..] {
        [] => Err(Fault::NoColumn { key, column, header: header.names.clone() }),
        [at] if header.is_personal(at) && !may_be_personal => Err(Fault::Personal { key, column }),
        [at] => Ok(at),
        _ => Err(Fault::Doubled { key, column, count: found.len() }),
    }
}

/// The column of each field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Places([Option<usize>; Field::ALL.len()]);

impl Places {
    pub(super) fn of(self, field: Field) -> Option<usize> {
        self.0[field as usize]
    }

    pub(super) fn set(&mut self, field: Field, column: Option<usize>) {
        self.0[field as usize] = column;
    }

    pub(super) fn uses(self, column: usize) -> bool {
        self.0.contains(&Some(column))
    }
}

/// What a column may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Longitude,
    Latitude,
    Time,
    /// The day, of a table with the time of day in a column of its own.
    Date,
    Clock,
    Operator,
    Mcc,
    Mnc,
    Technology,
    State,
    Power,
    /// Power of one technology, of a table with a column for each.
    Power2g,
    Power3g,
    Power4g,
    Power5g,
    Rsrq,
    /// Quality of one technology.
    Rsrq4g,
    Rsrq5g,
    Sinr,
    Sinr4g,
    Sinr5g,
    Download,
    Accuracy,
    Speed,
    Cell,
    Arfcn,
    Device,
    /// Whether the row is of the phone's own cell.
    Serving,
    /// Whether it is of a cell that the phone heard beside its own.
    Neighbour,
}

impl Field {
    /// Every field, in the order in which a profile is written.
    pub const ALL: [Self; 29] = [
        Self::Longitude,
        Self::Latitude,
        Self::Time,
        Self::Date,
        Self::Clock,
        Self::Operator,
        Self::Mcc,
        Self::Mnc,
        Self::Technology,
        Self::State,
        Self::Power,
        Self::Power2g,
        Self::Power3g,
        Self::Power4g,
        Self::Power5g,
        Self::Rsrq,
        Self::Rsrq4g,
        Self::Rsrq5g,
        Self::Sinr,
        Self::Sinr4g,
        Self::Sinr5g,
        Self::Download,
        Self::Accuracy,
        Self::Speed,
        Self::Cell,
        Self::Arfcn,
        Self::Device,
        Self::Serving,
        Self::Neighbour,
    ];

    /// Its key under `[columns]`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Longitude => "longitude",
            Self::Latitude => "latitude",
            Self::Time => "time",
            Self::Date => "date",
            Self::Clock => "clock",
            Self::Operator => "operator",
            Self::Mcc => "mcc",
            Self::Mnc => "mnc",
            Self::Technology => "technology",
            Self::State => "state",
            Self::Power => "power",
            Self::Power2g => "power_2g",
            Self::Power3g => "power_3g",
            Self::Power4g => "power_4g",
            Self::Power5g => "power_5g",
            Self::Rsrq => "rsrq",
            Self::Rsrq4g => "rsrq_4g",
            Self::Rsrq5g => "rsrq_5g",
            Self::Sinr => "sinr",
            Self::Sinr4g => "sinr_4g",
            Self::Sinr5g => "sinr_5g",
            Self::Download => "download",
            Self::Accuracy => "accuracy",
            Self::Speed => "speed",
            Self::Cell => "cell",
            Self::Arfcn => "arfcn",
            Self::Device => "device",
            Self::Serving => "serving",
            Self::Neighbour => "neighbour",
        }
    }

    pub(super) fn power_of(technology: Technology) -> Self {
        match technology {
            Technology::Gsm => Self::Power2g,
            Technology::Umts => Self::Power3g,
            Technology::Lte => Self::Power4g,
            Technology::Nr => Self::Power5g,
        }
    }

    pub(super) fn rsrq_of(technology: Technology) -> Self {
        match technology {
            Technology::Lte => Self::Rsrq4g,
            Technology::Nr => Self::Rsrq5g,
            Technology::Umts | Technology::Gsm => Self::Rsrq,
        }
    }

    pub(super) fn sinr_of(technology: Technology) -> Self {
        match technology {
            Technology::Lte => Self::Sinr4g,
            Technology::Nr => Self::Sinr5g,
            Technology::Umts | Technology::Gsm => Self::Sinr,
        }
    }

    /// The technology of which this is the power.
    pub(super) fn technology(self) -> Option<Technology> {
        Technology::ALL.into_iter().find(|technology| Self::power_of(*technology) == self)
    }

    fn path(self) -> String {
        format!("columns.{}", self.key())
    }
}

/// What the values of a table mean, besides what every reader knows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Meaning {
    pub(super) time: time::Form,
    pub(super) power: PowerUnit,
    /// To kbit/s.
    pub(super) download_factor: f64,
    /// To km/h.
    pub(super) speed_factor: f64,
    /// Values of any column that say nothing.
    pub(super) missing: Codes,
    /// Powers that say that there was no network.
    pub(super) no_service: Codes,
    pub(super) operators: Words<Operator>,
    pub(super) technologies: Words<Technology>,
    pub(super) states: Words<ServiceState>,
    /// Whether a cell is the phone's own.
    pub(super) serving: Words<bool>,
}

impl Default for Meaning {
    fn default() -> Self {
        Self {
            time: time::Form::default(),
            power: PowerUnit::Dbm,
            download_factor: 1.0,
            speed_factor: 1.0,
            missing: Codes::default(),
            no_service: Codes::default(),
            operators: Words::default(),
            technologies: Words::default(),
            states: Words::default(),
            serving: Words::default(),
        }
    }
}

/// What a power is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PowerUnit {
    Dbm,
    /// Android's arbitrary strength units.
    Asu,
    /// dBm below zero, ASU from zero on.
    DbmOrAsu,
    /// dBm without their minus: 98 for −98.
    MinusDbm,
    /// The index of a measurement report: RSRP_47, RXLEV 30.
    ReportIndex,
}

#[cfg(test)]
mod tests;
