//! A [`Profile`] as the text of its file, with remarks where somebody has some.

use toml::Value;

use super::{Codes, FORMAT, Field, Meaning, PowerUnit, Profile, Words, read};
use crate::ingest::time::Zone;
use crate::model::operator::{Operator, Technology};

impl Profile {
    /// The text of its file. `remarks` are written as comments above the key of each field.
    #[must_use]
    pub fn to_toml(&self, remarks: &dyn Fn(Field) -> Vec<String>) -> String {
        let mut out = format!("format = {FORMAT}\nname = {}\n", quoted(&self.name));
        let meaning = &self.meaning;
        section(&mut out, "table", &self.table_lines());
        let mut columns = Vec::new();
        for field in Field::ALL {
            if let Some(heading) = self.heading(field) {
                columns.extend(remarks(field).iter().map(|remark| format!("# {}", remark.replace(['\n', '\r'], " "))));
                columns.push(format!("{} = {}", field.key(), quoted(heading)));
            }
        }
        section(&mut out, "columns", &columns);
        let mut time = Vec::new();
        time.extend(meaning.time.pattern.as_ref().map(|pattern| format!("format = {}", quoted(pattern))));
        time.extend(meaning.time.month_first.map(|truth| format!("month_first = {truth}")));
        if meaning.time.zone != Zone::default() {
            time.push(format!("zone = {}", quoted(&meaning.time.zone.to_string())));
        }
        section(&mut out, "time", &time);
        section(&mut out, "units", &self.unit_lines());
        let mut constants = Vec::new();
        constants.extend(self.operator.map(|operator| format!("operator = {}", quoted(operator.as_str()))));
        constants.extend(self.technology.map(|technology| format!("technology = {}", quoted(technology.generation()))));
        section(&mut out, "constants", &constants);
        let Meaning { operators, technologies, states, serving, .. } = meaning;
        section(&mut out, "words.operator", &words(operators, |operator| operator.to_string()));
        section(&mut out, "words.technology", &words(technologies, |technology| technology.to_string()));
        section(&mut out, "words.state", &words(states, |state| state.code().to_owned()));
        let is = |serves: bool| if serves { read::SERVING } else { read::NEIGHBOUR }.to_owned();
        section(&mut out, "words.serving", &words(serving, is));
        out
    }

    fn table_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let layout = self.layout;
        lines.extend(layout.delimiter.map(|delimiter| match delimiter {
            b'\t' => "delimiter = \"tab\"".to_owned(),
            other => format!("delimiter = \"{}\"", char::from(other)),
        }));
        lines.extend(layout.decimal_comma.map(|truth| format!("decimal_comma = {truth}")));
        for (key, count) in
            [("lines_before_header", layout.lines_before_header), ("lines_after_header", layout.lines_after_header)]
        {
            if count > 0 {
                lines.push(format!("{key} = {count}"));
            }
        }
        lines.extend(self.crs_epsg.map(|epsg| format!("crs = {epsg}")));
        for (key, codes) in [("missing", &self.meaning.missing), ("no_service", &self.meaning.no_service)] {
            if !codes.is_empty() {
                lines.push(format!("{key} = [{}]", list(codes)));
            }
        }
        lines
    }

    /// A unit is written where its column is, also when it is the usual one: it is what people get wrong.
    fn unit_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let meaning = &self.meaning;
        let powers = [Field::Power, Field::Power2g, Field::Power3g, Field::Power4g, Field::Power5g];
        if powers.into_iter().any(|field| self.heading(field).is_some()) {
            lines.push(format!("power = \"{}\"", meaning.power_unit()));
        }
        if self.heading(Field::Download).is_some() {
            lines.push(format!("download = \"{}\"", meaning.download_unit()));
        }
        if self.heading(Field::Speed).is_some() {
            lines.push(format!("speed = \"{}\"", meaning.speed_unit()));
        }
        lines
    }
}

impl Meaning {
    fn power_unit(&self) -> &'static str {
        match self.power {
            PowerUnit::Dbm => "dBm",
            PowerUnit::MinusDbm => "minus_dBm",
            PowerUnit::Asu => "ASU",
            PowerUnit::DbmOrAsu => "dBm_or_ASU",
            PowerUnit::ReportIndex => "report_index",
        }
    }

    fn download_unit(&self) -> &'static str {
        match self.download_factor {
            8.0 => "kB/s",
            1000.0 => "Mbit/s",
            8000.0 => "MB/s",
            _ => "kbit/s",
        }
    }

    fn speed_unit(&self) -> &'static str {
        if self.speed_factor > 1.0 { "m/s" } else { "km/h" }
    }
}

/// What a profile says beside its columns, in the words of its file.
#[derive(Clone, Debug, PartialEq)]
pub struct Stated {
    /// Of rows that name none.
    pub operator: Option<Operator>,
    pub technology: Option<Technology>,
    pub zone: String,
    /// Of times in a form that may mean another day.
    pub time_format: Option<String>,
    /// Whether months stand before days, where that is stated.
    pub month_first: Option<bool>,
    pub power_unit: &'static str,
    pub download_unit: &'static str,
    pub speed_unit: &'static str,
    pub crs_epsg: Option<u32>,
    /// Words of the table for networks.
    pub operators: Vec<(String, Operator)>,
}

impl Profile {
    /// What it says beside its columns.
    #[must_use]
    pub fn stated(&self) -> Stated {
        let meaning = &self.meaning;
        Stated {
            operator: self.operator,
            technology: self.technology,
            zone: meaning.time.zone.to_string(),
            time_format: meaning.time.pattern.clone(),
            month_first: meaning.time.month_first,
            power_unit: meaning.power_unit(),
            download_unit: meaning.download_unit(),
            speed_unit: meaning.speed_unit(),
            crs_epsg: self.crs_epsg,
            operators: meaning.operators.0.clone(),
        }
    }
}

fn section(out: &mut String, name: &str, lines: &[String]) {
    if !lines.is_empty() {
        out.push_str(&format!("\n[{name}]\n{}\n", lines.join("\n")));
    }
}

fn words<T: Copy>(words: &Words<T>, spelt: impl Fn(T) -> String) -> Vec<String> {
    words.0.iter().map(|(word, meaning)| format!("{} = {}", quoted(word), quoted(&spelt(*meaning)))).collect()
}

fn list(codes: &Codes) -> String {
    let spelt = |text: &str| text.parse::<i64>().map_or_else(|_| quoted(text), |whole| whole.to_string());
    codes.texts().map(spelt).collect::<Vec<_>>().join(", ")
}

fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}
