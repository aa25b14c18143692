//! The text of a profile becomes a [`Profile`], key by key.
//!
//! Read by hand and not by derived code, so that every fault names its key,
//! what was found and what was expected. A key that nobody knows is refused: a
//! misspelt one would otherwise be left out in silence.

use std::io::Read;
use std::path::Path;
use std::str::FromStr;

use toml::{Table, Value};

use super::{BadProfile, Codes, FORMAT, Fault, Field, Meaning, PowerUnit, Profile, Words};
use crate::ingest::table::Layout;
use crate::ingest::time;
use crate::model::operator::Technology;
use crate::model::sample::ServiceState;

/// A profile is a page; a larger file is something else.
const MOST_BYTES: u64 = 256 * 1024;
/// More lines than any title has.
const MOST_LINES: i64 = 1000;

pub(super) fn of_file(path: &Path) -> Result<Profile, BadProfile> {
    let file = path.display().to_string();
    let bad = |fault| BadProfile { file: file.clone(), fault };
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|opened| opened.take(MOST_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| bad(Fault::Io(error.to_string())))?;
    let not_toml = |problem: &str| Fault::NotToml { line: 1, problem: problem.to_owned() };
    if bytes.len() as u64 > MOST_BYTES {
        return Err(bad(not_toml("the file is too large")));
    }
    let text = String::from_utf8(bytes).map_err(|_| bad(not_toml("the file is not UTF-8 text")))?;
    of_text(&file, text).map_err(bad)
}

pub(super) fn of_text(file: &str, text: String) -> Result<Profile, Fault> {
    let plain = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    let table: Table = plain.parse().map_err(|error: toml::de::Error| {
        let at = error.span().map_or(0, |span| span.start).min(plain.len());
        let line = 1 + plain.as_bytes()[..at].iter().filter(|b| **b == b'\n').count();
        Fault::NotToml { line, problem: error.message().lines().next().unwrap_or_default().to_owned() }
    })?;
    let mut top = Section { path: "", table };
    match top.take("format") {
        Some(Value::Integer(FORMAT)) => {}
        Some(other) => return Err(wrong("format", &other, &FORMAT.to_string())),
        None => return Err(Fault::Absent { key: "format".to_owned(), expected: FORMAT.to_string() }),
    }
    let name = top.text("name")?.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    let name =
        name.ok_or_else(|| Fault::Absent { key: "name".to_owned(), expected: "a name of your own".to_owned() })?;
    let mut meaning = Meaning::default();
    let (layout, crs_epsg) = table_of(top.section("table")?, &mut meaning)?;
    let columns = columns(top.section("columns")?)?;
    clock(top.section("time")?, &mut meaning.time)?;
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
    words.end(&["operator", "technology", "state"])?;
    top.end(&["format", "name", "table", "columns", "time", "units", "constants", "words"])?;
    Ok(Profile { file: file.to_owned(), name, text, layout, crs_epsg, columns, operator, technology, meaning })
}

const TECHNOLOGIES: &str = "\"2G\", \"3G\", \"4G\" or \"5G\"";

fn table_of(mut section: Section, meaning: &mut Meaning) -> Result<(Layout, Option<u32>), Fault> {
    let delimiter = match section.text("delimiter")? {
        None => None,
        Some(stated) => Some(match stated.as_str() {
            "," => b',',
            ";" => b';',
            "|" => b'|',
            "\t" | "tab" => b'\t',
            _ => return Err(section.wrong("delimiter", &Value::String(stated), "\",\", \";\", \"|\" or \"tab\"")),
        }),
    };
    let layout = Layout {
        delimiter,
        decimal_comma: section.truth("decimal_comma")?,
        lines_before_header: section.count("lines_before_header")?,
        lines_after_header: section.count("lines_after_header")?,
    };
    let crs = match section.take("crs") {
        None => None,
        Some(Value::Integer(epsg)) if (1..=i64::from(u32::MAX)).contains(&epsg) => u32::try_from(epsg).ok(),
        Some(other) => return Err(section.wrong("crs", &other, "an EPSG number, such as 5897")),
    };
    meaning.missing = section.codes("missing")?;
    meaning.no_service = section.codes("no_service")?;
    section.end(&[
        "delimiter",
        "decimal_comma",
        "lines_before_header",
        "lines_after_header",
        "crs",
        "missing",
        "no_service",
    ])?;
    Ok((layout, crs))
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

fn clock(mut section: Section, form: &mut time::Form) -> Result<(), Fault> {
    if let Some(pattern) = section.text("format")? {
        if !time::is_pattern(&pattern) {
            return Err(section.wrong("format", &Value::String(pattern), "a pattern such as \"%d/%m/%Y %H:%M:%S\""));
        }
        form.pattern = Some(pattern);
    }
    if let Some(zone) = section.text("zone")? {
        let expected = "an offset such as \"+07:00\", \"UTC\", or a zone such as \"Asia/Ho_Chi_Minh\"";
        form.zone = zone.parse().map_err(|()| section.wrong("zone", &Value::String(zone), expected))?;
    }
    section.end(&["format", "zone"])
}

fn units(mut section: Section, meaning: &mut Meaning) -> Result<(), Fault> {
    if let Some(unit) = section.text("power")? {
        meaning.power = match unit.to_ascii_lowercase().as_str() {
            "dbm" => PowerUnit::Dbm,
            "asu" => PowerUnit::Asu,
            "dbm_or_asu" => PowerUnit::DbmOrAsu,
            "report_index" => PowerUnit::ReportIndex,
            _ => {
                let expected = "\"dBm\", \"ASU\", \"dBm_or_ASU\" or \"report_index\"";
                return Err(section.wrong("power", &Value::String(unit), expected));
            }
        };
    }
    if let Some(unit) = section.text("download")? {
        meaning.download_factor = match unit.to_ascii_lowercase().as_str() {
            "kbit/s" | "kbps" => 1.0,
            "mbit/s" | "mbps" => 1000.0,
            _ => return Err(section.wrong("download", &Value::String(unit), "\"kbit/s\" or \"Mbit/s\"")),
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

/// A table of the text, of which keys are taken until none may be left.
struct Section {
    /// `columns`; empty for the whole.
    path: &'static str,
    table: Table,
}

impl Section {
    fn key(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn wrong(&self, key: &str, found: &Value, expected: &str) -> Fault {
        wrong(&self.key(key), found, expected)
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        self.table.remove(key)
    }

    fn text(&mut self, key: &str) -> Result<Option<String>, Fault> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.wrong(key, &other, "a text in \"…\"")),
        }
    }

    fn truth(&mut self, key: &str) -> Result<Option<bool>, Fault> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::Boolean(truth)) => Ok(Some(truth)),
            Some(other) => Err(self.wrong(key, &other, "true or false")),
        }
    }

    fn count(&mut self, key: &str) -> Result<usize, Fault> {
        match self.take(key) {
            None => Ok(0),
            Some(Value::Integer(count)) if (0..=MOST_LINES).contains(&count) => {
                Ok(usize::try_from(count).unwrap_or_default())
            }
            Some(other) => Err(self.wrong(key, &other, &format!("0 to {MOST_LINES}"))),
        }
    }

    /// A list of numbers and words.
    fn codes(&mut self, key: &str) -> Result<Codes, Fault> {
        let list = match self.take(key) {
            None => return Ok(Codes::default()),
            Some(Value::Array(list)) => list,
            Some(other) => return Err(self.wrong(key, &other, "a list, such as [-999, \"n/a\"]")),
        };
        let mut texts = Vec::new();
        for code in list {
            texts.push(match code {
                Value::String(text) => text,
                Value::Integer(number) => number.to_string(),
                Value::Float(number) => number.to_string(),
                other => return Err(self.wrong(key, &other, "numbers and texts")),
            });
        }
        Ok(Codes::new(&texts.iter().map(String::as_str).collect::<Vec<_>>()))
    }

    fn parsed<T: FromStr>(&mut self, key: &str, expected: &str) -> Result<Option<T>, Fault> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| self.wrong(key, &Value::String(text), expected))
    }

    fn section(&mut self, path: &'static str) -> Result<Self, Fault> {
        match self.take(path) {
            None => Ok(Self { path, table: Table::new() }),
            Some(Value::Table(table)) => Ok(Self { path, table }),
            Some(other) => Err(self.wrong(path, &other, &format!("a section [{path}]"))),
        }
    }

    fn words<T>(&mut self, key: &str, expected: &str, of: impl Fn(&str) -> Option<T>) -> Result<Words<T>, Fault> {
        let table = match self.take(key) {
            None => return Ok(Words::default()),
            Some(Value::Table(table)) => table,
            Some(other) => return Err(self.wrong(key, &other, &format!("a section [words.{key}]"))),
        };
        let mut words = Vec::new();
        for (word, meaning) in table {
            let found = meaning.as_str().and_then(&of);
            words.push((word.clone(), found.ok_or_else(|| self.wrong(&format!("{key}.{word}"), &meaning, expected))?));
        }
        Ok(Words(words))
    }

    fn end(self, known: &[&'static str]) -> Result<(), Fault> {
        match self.table.keys().next() {
            None => Ok(()),
            Some(key) => Err(Fault::UnknownKey { key: self.key(key), known: known.to_vec() }),
        }
    }
}

fn wrong(key: &str, found: &Value, expected: &str) -> Fault {
    let found = match found {
        Value::Table(_) => "a section".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        other => other.to_string(),
    };
    Fault::Wrong { key: key.to_owned(), found, expected: expected.to_owned() }
}
