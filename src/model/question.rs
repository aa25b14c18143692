//! What a reader asks: the filters of a request, as plain data.
//!
//! A question is answered by the engine and cached by its canonical text, so
//! two spellings of one question are one question. Signal is a matter of a
//! period, reach of everything done so far: a village finished in June is
//! still finished in October, whatever period is asked for.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::operator::{NotATechnology, NotAnOperator, Operator, Technology};

/// Letters of a name that nobody knows, as it is told again.
const TOLD: usize = 40;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Question {
    /// `None`: the best of all operators.
    pub operator: Option<Operator>,
    /// `None`: the best of all technologies.
    pub technology: Option<Technology>,
    /// First local day of measurements that count, inclusive. Visits count from the first one on.
    pub from: Option<Date>,
    /// Last local day of measurements and visits that count, inclusive.
    pub to: Option<Date>,
    /// The day whose communes and villages are shown. It chooses the map, not
    /// the evidence: today's figures can be seen on yesterday's boundaries.
    pub as_of: Option<Date>,
    /// First and last day of the earlier period that changes are told from. Evidence of it counts nowhere else.
    pub compared: (Option<Date>, Option<Date>),
    /// The code of a campaign: households, visits and what rests on them are those of its days and communes alone.
    pub campaign: Option<String>,
    /// Households are told as everybody may know them: to the end of a month, in steps that give no household away
    /// when two answers are subtracted. Who asks decides, so no parameter of a request sets it.
    pub steps: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAQuestion {
    #[error(transparent)]
    Operator(#[from] NotAnOperator),
    #[error("there is no measurement of the operator `{0}`")]
    UnknownOperator(String),
    #[error(transparent)]
    Technology(#[from] NotATechnology),
    #[error("`{name}` is `{found}`, expected a day such as 2026-03-31")]
    Day { name: &'static str, found: String },
    #[error("`{from_name}` ({from}) is after `{to_name}` ({to})")]
    Backwards { from_name: &'static str, from: Date, to_name: &'static str, to: Date },
    #[error("the earlier period ends on {earlier}, and the later one begins on {later}: no day may be in both")]
    Overlapping { earlier: Date, later: Date },
}

impl Question {
    /// Reads the eight parameters; empty text and `all` mean "not asked".
    ///
    /// # Errors
    /// Names the parameter that cannot be read.
    pub fn parse<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Result<Self, NotAQuestion> {
        Self::read(get, |text| Ok(text.parse()?))
    }

    /// The same from somebody who may be anybody: a network that nothing has named is refused, since names are kept.
    ///
    /// # Errors
    /// Names the parameter that cannot be read.
    pub fn of_a_stranger<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Result<Self, NotAQuestion> {
        Self::read(get, known_operator)
    }

    fn read<'a>(
        get: impl Fn(&str) -> Option<&'a str>,
        operator: impl Fn(&str) -> Result<Operator, NotAQuestion>,
    ) -> Result<Self, NotAQuestion> {
        let asked = |name: &str| get(name).map(str::trim).filter(|text| !text.is_empty() && *text != "all");
        let day = |name: &'static str| {
            asked(name)
                .map(|text| text.parse::<Date>().map_err(|_| NotAQuestion::Day { name, found: text.to_owned() }))
                .transpose()
        };
        let question = Self {
            operator: asked("operator").map(operator).transpose()?,
            technology: asked("technology").map(str::parse).transpose()?,
            from: day("from")?,
            to: day("to")?,
            as_of: day("as_of")?,
            compared: (day("compared_from")?, day("compared_to")?),
            campaign: asked("campaign").map(str::to_owned),
            steps: false,
        };
        for (from_name, from, to_name, to) in [
            ("from", question.from, "to", question.to),
            ("compared_from", question.compared.0, "compared_to", question.compared.1),
        ] {
            if let (Some(from), Some(to)) = (from, to)
                && from > to
            {
                return Err(NotAQuestion::Backwards { from_name, from, to_name, to });
            }
        }
        // Where the earlier period has no end it is the day before the later one.
        if let (Some(earlier), Some(later)) = (question.compared.1.or(question.compared.0), question.from)
            && earlier >= later
        {
            return Err(NotAQuestion::Overlapping { earlier, later });
        }
        Ok(question)
    }

    /// The last day whose evidence counts; `None`: no bound but today.
    #[must_use]
    pub fn until(&self) -> Option<Date> {
        self.to
    }

    /// Whether a measurement of this day counts.
    #[must_use]
    pub fn covers(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.covers_visit(day)
    }

    /// Whether a visit of this day counts: reach is cumulative, so `from` does not bound it.
    #[must_use]
    pub fn covers_visit(&self, day: Date) -> bool {
        self.until().is_none_or(|until| day <= until)
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
        put("compared_from", self.compared.0.map(|d| d.to_string()));
        put("compared_to", self.compared.1.map(|d| d.to_string()));
        put("campaign", self.campaign.clone());
        out
    }
}

fn known_operator(text: &str) -> Result<Operator, NotAQuestion> {
    Operator::asked(text)?.ok_or_else(|| NotAQuestion::UnknownOperator(text.trim().chars().take(TOLD).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_that_nothing_has_named_is_asked_about_at_a_terminal_and_not_by_a_stranger() {
        let get = |name: &str| (name == "operator").then_some("Asked by nobody");
        assert_eq!(Question::of_a_stranger(get), Err(NotAQuestion::UnknownOperator("Asked by nobody".to_owned())));
        let named = Question::parse(get).unwrap();
        assert_eq!(named.canonical(), "operator=asked-by-nobody");
        assert_eq!(Question::of_a_stranger(get), Ok(named), "a name that is there can be asked about");
    }
}
