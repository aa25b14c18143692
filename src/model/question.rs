//! What a reader asks: the filters of a request, as plain data.
//!
//! A question is answered by the engine and cached by its canonical text, so
//! two spellings of one question are one question.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::operator::{NotATechnology, NotAnOperator, Operator, Technology};

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Question {
    /// `None`: the best of all operators.
    pub operator: Option<Operator>,
    /// `None`: the best of all technologies.
    pub technology: Option<Technology>,
    /// First local day of visits and measurements that count, inclusive.
    pub from: Option<Date>,
    /// Last local day that counts, inclusive.
    pub to: Option<Date>,
    /// The day whose boundaries and register are shown; nothing later counts.
    pub as_of: Option<Date>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAQuestion {
    #[error(transparent)]
    Operator(#[from] NotAnOperator),
    #[error(transparent)]
    Technology(#[from] NotATechnology),
    #[error("`{name}` is `{found}`, expected a day such as 2026-03-31")]
    Day { name: &'static str, found: String },
    #[error("`from` ({from}) is after `to` ({to})")]
    Backwards { from: Date, to: Date },
}

impl Question {
    /// Reads the five parameters; empty text and `all` mean "not asked".
    ///
    /// # Errors
    /// Names the parameter that cannot be read.
    pub fn parse<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Result<Self, NotAQuestion> {
        let asked = |name: &str| get(name).map(str::trim).filter(|text| !text.is_empty() && *text != "all");
        let day = |name: &'static str| {
            asked(name)
                .map(|text| text.parse::<Date>().map_err(|_| NotAQuestion::Day { name, found: text.to_owned() }))
                .transpose()
        };
        let question = Self {
            operator: asked("operator").map(str::parse).transpose()?,
            technology: asked("technology").map(str::parse).transpose()?,
            from: day("from")?,
            to: day("to")?,
            as_of: day("as_of")?,
        };
        if let (Some(from), Some(to)) = (question.from, question.to)
            && from > to
        {
            return Err(NotAQuestion::Backwards { from, to });
        }
        Ok(question)
    }

    /// The last day whose evidence counts.
    #[must_use]
    pub fn until(&self) -> Option<Date> {
        match (self.to, self.as_of) {
            (Some(to), Some(as_of)) => Some(to.min(as_of)),
            (to, as_of) => to.or(as_of),
        }
    }

    #[must_use]
    pub fn covers(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until().is_none_or(|until| day <= until)
    }

    /// `operator=viettel&from=2026-01-01`, fixed order, nothing where nothing is asked.
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut out = String::new();
        let mut put = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                let joint = if out.is_empty() { "" } else { "&" };
                let _ = write!(out, "{joint}{name}={value}");
            }
        };
        put("operator", self.operator.map(|o| o.to_string()));
        put("technology", self.technology.map(|t| t.to_string()));
        put("from", self.from.map(|d| d.to_string()));
        put("to", self.to.map(|d| d.to_string()));
        put("as_of", self.as_of.map(|d| d.to_string()));
        out
    }
}
