//! The text of a profile becomes a [`Profile`], key by key.
//!
//! Read by hand and not by derived code, so that every fault names its key,
//! what was found and what was expected. A key that nobody knows is refused: a
//! misspelt one would otherwise be left out in silence.

use std::path::Path;

use toml::Value;

use super::section::{self, Section};
use super::{BadProfile, Fault, Field, Meaning, PowerUnit, Profile};
use crate::ingest::table::Layout;
use crate::model::operator::Technology;
use crate::model::sample::ServiceState;

pub(super) fn of_file(path: &Path) -> Result<Profile, BadProfile> {
    let file = path.display().to_string();
    section::text_of(path).and_then(|text| of_text(&file, text)).map_err(|fault| BadProfile { file, fault })
}

pub(super) fn of_text(file: &str, text: String) -> Result<Profile, Fault> {
    let (mut top, name) = section::opened(&text)?;
    let mut meaning = Meaning::default();
    let (layout, crs_epsg) = table_of(top.section("table")?, &mut meaning)?;
    let columns = columns(top.section("columns")?)?;
    section::clock(top.section("time")?, &mut meaning.time)?;
    units(top.section("units")?, &mut meaning)?;
    let mut constants = top.section("constants")?;
    let operator = constants.parsed("operator", "a network, such as \"viettel\"")?;
    let technology = constants.parsed("technology", TECHNOLOGIES)?;
    constants.end(&["operator", "technology"])?;
    let mut words = top.section("words")?;
    meaning.operators = words.words("operator", "a network, such as \"viettel\"", |text| text.parse().ok())?;
    meaning.technologies = words.words("technology", TECHNOLOGIES, |text| text.parse::<Technology>().ok())?;
    meaning.states = words.words("state", "in_service, limited or no_service", |text| {
        ServiceState::from_code(text).filter(|state| *state != ServiceState::Unknown)
    })?;
    meaning.serving = words.words("serving", "serving or neighbour", |text| match text {
        SERVING => Some(true),
        NEIGHBOUR => Some(false),
        _ => None,
    })?;
    words.end(&["operator", "technology", "state", "serving"])?;
    top.end(&["format", "name", "table", "columns", "time", "units", "constants", "words"])?;
    Ok(Profile { file: file.to_owned(), name, text, layout, crs_epsg, columns, operator, technology, meaning })
}

pub(super) const SERVING: &str = "serving";
pub(super) const NEIGHBOUR: &str = "neighbour";
const TECHNOLOGIES: &str = "\"2G\", \"3G\", \"4G\" or \"5G\"";

fn table_of(mut section: Section, meaning: &mut Meaning) -> Result<(Layout, Option<u32>), Fault> {
    let laid_out = section::layout(&mut section)?;
    meaning.missing = section.codes("missing")?;
    meaning.no_service = section.codes("no_service")?;
    section.end(&[&section::LAYOUT[..], &["missing", "no_service"]].concat())?;
    Ok(laid_out)
}

fn columns(mut section: Section) -> Result<[Option<String>; Field::ALL.len()], Fault> {
    let mut columns = [const { None }; Field::ALL.len()];
    for field in Field::ALL {
        columns[field as usize] = section.text(field.key())?;
    }
    section.end(&Field::ALL.map(Field::key))?;
    for (i, one) in Field::ALL.into_iter().enumerate() {
        for other in &Field::ALL[i + 1..] {
            if let (Some(column), Some(same)) = (&columns[one as usize], &columns[*other as usize])
                && column == same
            {
                return Err(Fault::SameColumn { column: column.clone(), keys: [one.path(), other.path()] });
            }
        }
    }
    let has = |field: Field| columns[field as usize].is_some();
    if has(Field::Time) && (has(Field::Date) || has(Field::Clock)) {
        let other = if has(Field::Date) { Field::Date } else { Field::Clock };
        return Err(Fault::Both { key: Field::Time.path(), other: other.path() });
    }
    for (one, other) in [
        (Field::Date, Field::Clock),
        (Field::Clock, Field::Date),
        (Field::Mcc, Field::Mnc),
        (Field::Mnc, Field::Mcc),
        (Field::Longitude, Field::Latitude),
        (Field::Latitude, Field::Longitude),
    ] {
        if has(one) && !has(other) {
            return Err(Fault::Absent { key: other.path(), expected: format!("a column beside `{}`", one.path()) });
        }
    }
    Ok(columns)
}

fn units(mut section: Section, meaning: &mut Meaning) -> Result<(), Fault> {
    if let Some(unit) = section.text("power")? {
        meaning.power = match unit.to_ascii_lowercase().as_str() {
            "dbm" => PowerUnit::Dbm,
            "minus_dbm" => PowerUnit::MinusDbm,
            "asu" => PowerUnit::Asu,
            "dbm_or_asu" => PowerUnit::DbmOrAsu,
            "report_index" => PowerUnit::ReportIndex,
            _ => {
                let expected = "\"dBm\", \"minus_dBm\", \"ASU\", \"dBm_or_ASU\" or \"report_index\"";
                return Err(section.wrong("power", &Value::String(unit), expected));
            }
        };
    }
    if let Some(unit) = section.text("download")? {
        meaning.download_factor = match (unit.as_str(), unit.to_ascii_lowercase().as_str()) {
            ("kB/s" | "KB/s", _) => 8.0,
            ("MB/s", _) => 8000.0,
            (_, "kbit/s" | "kbps") => 1.0,
            (_, "mbit/s" | "mbps") => 1000.0,
            _ => {
                let expected = "\"kbit/s\", \"Mbit/s\", \"kB/s\" or \"MB/s\"";
                return Err(section.wrong("download", &Value::String(unit), expected));
            }
        };
    }
    if let Some(unit) = section.text("speed")? {
        meaning.speed_factor = match unit.to_ascii_lowercase().as_str() {
            "km/h" | "kmh" => 1.0,
            "m/s" => 3.6,
            _ => return Err(section.wrong("speed", &Value::String(unit), "\"km/h\" or \"m/s\"")),
        };
    }
    section.end(&["power", "download", "speed"])
}
