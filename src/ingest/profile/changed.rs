//! A profile as somebody changes it who looks at the table.
//!
//! What is changed is put into the text of the profile and read again, so that
//! it is refused for the same reasons and in the same words as a file of one.

use toml::{Table, Value};

use super::{BadProfile, Fault, Profile, read};

/// What is said anew of a table, in the words of a profile; `None` leaves it as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Field and heading of every column that is read; no other is.
    pub columns: Option<Vec<(String, String)>>,
    /// The network of rows that name none; empty for none.
    pub operator: Option<String>,
    /// Their technology; empty for none.
    pub technology: Option<String>,
    pub zone: Option<String>,
    /// Whether months stand before days, in place of any form of times.
    pub month_first: Option<bool>,
    pub decimal_comma: Option<bool>,
    pub power_unit: Option<String>,
    /// Words of the table for networks, and the network of each.
    pub operators: Option<Vec<(String, String)>>,
    /// EPSG number of the coordinates.
    pub crs_epsg: Option<u32>,
}

impl Changes {
    /// Nothing is said anew.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self { crs_epsg: self.crs_epsg, ..Self::default() }
    }
}

impl Profile {
    /// The same with the columns that are stated.
    ///
    /// # Errors
    /// [`BadProfile`] when they make no profile.
    pub(in crate::ingest) fn with_columns(&self, columns: &[(String, String)]) -> Result<Self, BadProfile> {
        let mut named = Table::new();
        for (field, heading) in columns {
            if let Some(before) = named.insert(field.clone(), Value::String(heading.clone())) {
                let before = before.as_str().unwrap_or_default().to_owned();
                let key = format!("columns.{field}");
                return Err(self.at_fault(Fault::Twice { key, columns: [before, heading.clone()] }));
            }
        }
        self.edited(|table| {
            table.insert("columns".to_owned(), Value::Table(named));
        })
    }

    /// The same with everything that is stated beside the columns.
    ///
    /// # Errors
    /// As [`Self::with_columns`].
    pub(in crate::ingest) fn with_meaning(&self, changes: &Changes) -> Result<Self, BadProfile> {
        self.edited(|table| {
            let texts = [
                ("constants", "operator", &changes.operator),
                ("constants", "technology", &changes.technology),
                ("time", "zone", &changes.zone),
                ("units", "power", &changes.power_unit),
            ];
            for (section, key, text) in texts {
                match text.as_deref() {
                    None => {}
                    Some("") => drop(inside(table, section).map(|section| section.remove(key))),
                    Some(text) => put(table, section, key, Value::String(text.to_owned())),
                }
            }
            if let Some(truth) = changes.decimal_comma {
                put(table, "table", "decimal_comma", Value::Boolean(truth));
            }
            if let Some(truth) = changes.month_first {
                put(table, "time", "month_first", Value::Boolean(truth));
                drop(inside(table, "time").map(|section| section.remove("format")));
            }
            if let Some(epsg) = changes.crs_epsg {
                put(table, "table", "crs", Value::Integer(i64::from(epsg)));
            }
            if let Some(words) = &changes.operators {
                let words = words.iter().map(|(word, meaning)| (word.clone(), Value::String(meaning.clone())));
                put(table, "words", "operator", Value::Table(words.collect()));
            }
        })
    }

    fn edited(&self, edit: impl FnOnce(&mut Table)) -> Result<Self, BadProfile> {
        let not_toml = |problem: String| self.at_fault(Fault::NotToml { line: 1, problem });
        let mut table: Table =
            self.to_toml(&|_| Vec::new()).parse().map_err(|error: toml::de::Error| not_toml(error.to_string()))?;
        edit(&mut table);
        let edited = read::of_text(&self.file, table.to_string()).map_err(|fault| self.at_fault(fault))?;
        edited.as_written()
    }
}

fn inside<'a>(table: &'a mut Table, section: &str) -> Option<&'a mut Table> {
    table.entry(section).or_insert_with(|| Value::Table(Table::new())).as_table_mut()
}

fn put(table: &mut Table, section: &str, key: &str, value: Value) {
    if let Some(section) = inside(table, section) {
        section.insert(key.to_owned(), value);
    }
}
