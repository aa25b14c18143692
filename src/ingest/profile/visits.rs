//! What the columns of a stranger's table of visits hold: the forms of other campaigns have other words.

use std::path::Path;

use jiff::civil::Date;

use super::section::{self, Section};
use super::{BadProfile, Fault, Words};
use crate::ingest::header::Header;
use crate::ingest::table::Layout;
use crate::ingest::time;
use crate::model::operator::Operator;
use crate::model::signal_seen::SignalSeen;
use crate::model::visit::VisitResult;

/// What the columns of a table of visits hold.
#[derive(Clone, Debug, PartialEq)]
pub struct VisitsProfile {
    file: String,
    name: String,
    text: String,
    pub(in crate::ingest) layout: Layout,
    pub(in crate::ingest) crs_epsg: Option<u32>,
    columns: [Option<String>; VisitField::ALL.len()],
    signal: Vec<(Operator, String)>,
    pub(in crate::ingest) time: time::Form,
    pub(in crate::ingest) results: Words<VisitResult>,
    pub(in crate::ingest) seen: Words<SignalSeen>,
    /// Of rows that name none.
    pub(in crate::ingest) result: Option<VisitResult>,
    pub(in crate::ingest) day: Option<Date>,
}

/// What a column of visits may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ingest) enum VisitField {
    Id,
    Time,
    VillageCode,
    Village,
    CommuneCode,
    Commune,
    District,
    Longitude,
    Latitude,
    Accuracy,
    Household,
    Result,
    Guided,
    Topic,
    Vneid,
    Services,
    Payments,
    Supervision,
}

impl VisitField {
    const ALL: [Self; 18] = [
        Self::Id,
        Self::Time,
        Self::VillageCode,
        Self::Village,
        Self::CommuneCode,
        Self::Commune,
        Self::District,
        Self::Longitude,
        Self::Latitude,
        Self::Accuracy,
        Self::Household,
        Self::Result,
        Self::Guided,
        Self::Topic,
        Self::Vneid,
        Self::Services,
        Self::Payments,
        Self::Supervision,
    ];

    fn key(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Time => "time",
            Self::VillageCode => "village_code",
            Self::Village => "village",
            Self::CommuneCode => "commune_code",
            Self::Commune => "commune",
            Self::District => "district",
            Self::Longitude => "longitude",
            Self::Latitude => "latitude",
            Self::Accuracy => "accuracy",
            Self::Household => "household",
            Self::Result => "result",
            Self::Guided => "guided",
            Self::Topic => "topic",
            Self::Vneid => "vneid",
            Self::Services => "services",
            Self::Payments => "payments",
            Self::Supervision => "supervision",
        }
    }
}

const RESULTS: &str = "guided, partly, not_home, refused, moved_or_empty, not_residential, inaccessible or later";

impl VisitsProfile {
    /// Reads a profile of visits.
    ///
    /// # Errors
    /// [`BadProfile`] with the key that is wrong.
    pub fn read(path: &Path) -> Result<Self, BadProfile> {
        let file = path.display().to_string();
        section::text_of(path).and_then(|text| Self::of_text(&file, text)).map_err(|fault| BadProfile { file, fault })
    }

    /// The same of a text that a page sends.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn of_page(text: String) -> Result<Self, BadProfile> {
        let file = super::ON_PAGE.to_owned();
        Self::of_text(&file, text).map_err(|fault| BadProfile { file, fault })
    }

    /// What its `name` says.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole of it as it was read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn of_text(file: &str, text: String) -> Result<Self, Fault> {
        let (mut top, name) = section::opened(&text)?;
        let mut table = top.section("table")?;
        let (layout, crs_epsg) = section::layout(&mut table)?;
        table.end(&section::LAYOUT)?;
        let mut named = top.section("columns")?;
        let mut columns = [const { None }; VisitField::ALL.len()];
        for field in VisitField::ALL {
            columns[field as usize] = named.text(field.key())?;
        }
        named.end(&VisitField::ALL.map(VisitField::key))?;
        let signal = signal(top.section("signal")?)?;
        let mut form = time::Form::default();
        section::clock(top.section("time")?, &mut form)?;
        let mut constants = top.section("constants")?;
        let result = constants.one_of("result", RESULTS, VisitResult::from_code)?;
        let day = constants.parsed("day", "a day such as \"2026-03-31\"")?;
        constants.end(&["result", "day"])?;
        let mut words = top.section("words")?;
        let results = words.words("result", RESULTS, VisitResult::from_code)?;
        let seen = words.words("signal", "none, weak or ok", SignalSeen::from_code)?;
        words.end(&["result", "signal"])?;
        top.end(&["format", "name", "table", "columns", "signal", "time", "constants", "words"])?;
        Ok(Self {
            file: file.to_owned(),
            name,
            text,
            layout,
            crs_epsg,
            columns,
            signal,
            time: form,
            results,
            seen,
            result,
            day,
        })
    }

    /// Where a field stands in a table; `None` where the profile names no column for it.
    ///
    /// # Errors
    /// [`BadProfile`] when the heading is not there, is there twice or may name a person.
    pub(in crate::ingest) fn place(&self, field: VisitField, header: &Header) -> Result<Option<usize>, BadProfile> {
        let Some(heading) = &self.columns[field as usize] else { return Ok(None) };
        // A label of a home is kept as a keyed hash alone.
        let may_be_personal = field == VisitField::Household;
        self.at(&format!("columns.{}", field.key()), heading, header, may_be_personal).map(Some)
    }

    /// The columns of what was seen on a phone, by operator.
    ///
    /// # Errors
    /// As [`Self::place`].
    pub(in crate::ingest) fn signal(&self, header: &Header) -> Result<Vec<(Operator, usize)>, BadProfile> {
        let at = |(operator, heading): &(Operator, String)| {
            Ok((*operator, self.at(&format!("signal.{}", operator.as_str()), heading, header, false)?))
        };
        self.signal.iter().map(at).collect()
    }

    fn at(&self, key: &str, heading: &str, header: &Header, may_be_personal: bool) -> Result<usize, BadProfile> {
        super::place(key, heading, header, may_be_personal)
            .map_err(|fault| BadProfile { file: self.file.clone(), fault })
    }
}

/// `[signal]`: `viettel = "heading"`.
fn signal(section: Section) -> Result<Vec<(Operator, String)>, Fault> {
    let mut found = Vec::new();
    for (key, value) in section.into_entries() {
        let expected = "a network and its column, such as viettel = \"Sóng Viettel\"";
        let (Ok(operator), Some(heading)) = (key.parse(), value.as_str()) else {
            return Err(section::wrong(&format!("signal.{key}"), &value, expected));
        };
        found.push((operator, heading.to_owned()));
    }
    Ok(found)
}
