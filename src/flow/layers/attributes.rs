//! Attributes of a row, each named as `tiles/layers.json` names it.

use jiff::civil::Date;

use crate::model::feature::Value;
use crate::model::figure::{Figure, round};
use crate::model::operator::{Operator, Technology};
use crate::model::verdict::Evidence;

#[derive(Default)]
pub(super) struct Attributes(pub(super) Vec<(&'static str, Value)>);

impl Attributes {
    pub(super) fn text(&mut self, name: &'static str, value: impl Into<String>) {
        self.0.push((name, Value::Text(value.into())));
    }

    pub(super) fn integer(&mut self, name: &'static str, value: i64) {
        self.0.push((name, Value::Integer(value)));
    }

    pub(super) fn number(&mut self, name: &'static str, value: f64) {
        self.0.push((name, Value::Number(value)));
    }

    pub(super) fn flag(&mut self, name: &'static str, value: bool) {
        self.0.push((name, Value::Flag(value)));
    }

    pub(super) fn day(&mut self, name: &'static str, value: Option<Date>) {
        if let Some(day) = value {
            self.text(name, day.to_string());
        }
    }

    /// A count, or the word that says why there is none.
    pub(super) fn count(&mut self, name: &'static str, note: &'static str, figure: Figure<i64>) {
        match figure.note() {
            Some(word) => self.text(note, word),
            None => {
                if let Some(value) = figure.known() {
                    self.integer(name, value);
                }
            }
        }
    }

    /// The same for a number that is expected rather than counted.
    pub(super) fn tenths(&mut self, name: &'static str, note: &'static str, figure: Figure<f64>) {
        match figure.note() {
            Some(word) => self.text(note, word),
            None => {
                if let Some(value) = figure.known() {
                    self.number(name, round(value, 1));
                }
            }
        }
    }

    pub(super) fn percent(&mut self, figure: Figure<f64>) {
        match figure.note() {
            Some(word) => self.text("percent_note", word),
            None => {
                if let Some(value) = figure.known() {
                    self.number("percent", value);
                }
            }
        }
    }

    pub(super) fn network(&mut self, operator: Option<Operator>, technology: Option<Technology>) {
        self.text("operator", operator.map_or_else(|| "all".to_owned(), |o| o.to_string()));
        self.text("technology", technology.map_or("all", Technology::generation));
    }

    /// Both ends of the interval of the weak share, in thousandths.
    pub(super) fn share(&mut self, [low, high]: [&'static str; 2], evidence: &Evidence) {
        self.number(low, round(evidence.weak_low, 3));
        self.number(high, round(evidence.weak_high, 3));
    }

    pub(super) fn evidence(&mut self, evidence: &Evidence) {
        self.integer("runs", i64::from(evidence.runs));
        self.integer("days", i64::from(evidence.days));
        self.integer("devices", i64::from(evidence.devices));
        self.integer("weak_runs", i64::from(evidence.weak_runs));
        self.integer("silent_runs", i64::from(evidence.silent_runs));
        self.integer("superseded_runs", i64::from(evidence.superseded_runs));
        self.day("first_seen", Some(evidence.first_seen));
        self.day("last_seen", Some(evidence.last_seen));
    }
}
