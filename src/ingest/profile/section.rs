//! A profile as sections of TOML, of which keys are taken until none may be left.

use std::io::Read;
use std::path::Path;
use std::str::FromStr;

use toml::{Table, Value};

use super::{Codes, FORMAT, Fault, Words};
use crate::ingest::table::Layout;
use crate::ingest::{privacy, time};

/// A profile is a page; a larger file is something else.
const MOST_BYTES: u64 = 256 * 1024;
/// More lines than any title has.
const MOST_LINES: i64 = 1000;

/// The text of a file.
pub(super) fn text_of(path: &Path) -> Result<String, Fault> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|opened| opened.take(MOST_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| Fault::Io(error.to_string()))?;
    fits(&bytes)?;
    String::from_utf8(bytes).map_err(|_| not_toml("the file is not UTF-8 text"))
}

/// Whether a text is no larger than a profile may be.
pub(super) fn fits(bytes: &[u8]) -> Result<(), Fault> {
    if bytes.len() as u64 > MOST_BYTES { Err(not_toml("the file is too large")) } else { Ok(()) }
}

fn not_toml(problem: &str) -> Fault {
    Fault::NotToml { line: 1, problem: problem.to_owned() }
}

/// The whole of a text of this form, and its name.
pub(super) fn opened(text: &str) -> Result<(Section, String), Fault> {
    let plain = text.strip_prefix('\u{FEFF}').unwrap_or(text);
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
    // It is shown with every import that goes by it.
    Ok((top, privacy::mask_names(&name)))
}

/// Keys of `[table]` that say how it is laid out.
pub(super) const LAYOUT: [&str; 5] = ["delimiter", "decimal_comma", "lines_before_header", "lines_after_header", "crs"];

/// How a table is laid out, and the system of its coordinates.
pub(super) fn layout(section: &mut Section) -> Result<(Layout, Option<u32>), Fault> {
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
    Ok((layout, crs))
}

/// `[time]`.
pub(super) fn clock(mut section: Section, form: &mut time::Form) -> Result<(), Fault> {
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
    form.month_first = section.truth("month_first")?;
    if form.month_first.is_some() && form.pattern.is_some() {
        return Err(Fault::Both { key: section.key("format"), other: section.key("month_first") });
    }
    section.end(&["format", "month_first", "zone"])
}

/// A table of the text, of which keys are taken until none may be left.
pub(super) struct Section {
    /// `columns`; empty for the whole.
    path: &'static str,
    table: Table,
}

impl Section {
    pub(super) fn key(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    pub(super) fn wrong(&self, key: &str, found: &Value, expected: &str) -> Fault {
        wrong(&self.key(key), found, expected)
    }

    pub(super) fn take(&mut self, key: &str) -> Option<Value> {
        self.table.remove(key)
    }

    pub(super) fn text(&mut self, key: &str) -> Result<Option<String>, Fault> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.wrong(key, &other, "a text in \"…\"")),
        }
    }

    pub(super) fn truth(&mut self, key: &str) -> Result<Option<bool>, Fault> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::Boolean(truth)) => Ok(Some(truth)),
            Some(other) => Err(self.wrong(key, &other, "true or false")),
        }
    }

    pub(super) fn count(&mut self, key: &str) -> Result<usize, Fault> {
        match self.take(key) {
            None => Ok(0),
            Some(Value::Integer(count)) if (0..=MOST_LINES).contains(&count) => {
                Ok(usize::try_from(count).unwrap_or_default())
            }
            Some(other) => Err(self.wrong(key, &other, &format!("0 to {MOST_LINES}"))),
        }
    }

    /// A list of numbers and words.
    pub(super) fn codes(&mut self, key: &str) -> Result<Codes, Fault> {
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

    pub(super) fn parsed<T: FromStr>(&mut self, key: &str, expected: &str) -> Result<Option<T>, Fault> {
        self.one_of(key, expected, |text| text.parse().ok())
    }

    /// A word that means one of ours.
    pub(super) fn one_of<T>(
        &mut self,
        key: &str,
        expected: &str,
        of: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        of(&text).map(Some).ok_or_else(|| self.wrong(key, &Value::String(text), expected))
    }

    /// Every key with its value.
    pub(super) fn into_entries(self) -> impl Iterator<Item = (String, Value)> {
        self.table.into_iter()
    }

    pub(super) fn section(&mut self, path: &'static str) -> Result<Self, Fault> {
        match self.take(path) {
            None => Ok(Self { path, table: Table::new() }),
            Some(Value::Table(table)) => Ok(Self { path, table }),
            Some(other) => Err(self.wrong(path, &other, &format!("a section [{path}]"))),
        }
    }

    pub(super) fn words<T>(
        &mut self,
        key: &str,
        expected: &str,
        of: impl Fn(&str) -> Option<T>,
    ) -> Result<Words<T>, Fault> {
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

    pub(super) fn end(self, known: &[&'static str]) -> Result<(), Fault> {
        match self.table.keys().next() {
            None => Ok(()),
            Some(key) => Err(Fault::UnknownKey { key: self.key(key), known: known.to_vec() }),
        }
    }
}

pub(super) fn wrong(key: &str, found: &Value, expected: &str) -> Fault {
    let found = match found {
        Value::Table(_) => "a section".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        other => other.to_string(),
    };
    Fault::Wrong { key: key.to_owned(), found, expected: expected.to_owned() }
}
