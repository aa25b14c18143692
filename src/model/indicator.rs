//! The nineteen indicators of outreach, and what one cell of their table says.
//!
//! A cell carries numerator and denominator and is summed upward; a percentage
//! is made at the very end and never averaged. A cell without a figure says
//! why, and a sum over units of which some have none says "at least".

use std::fmt;
use std::str::FromStr;

use super::admin::UnitCode;
use super::rules::ReachRules;
use super::village::VillageCode;

mod line;

pub use line::{Awaited, Line, LineKind};

/// How a figure stands to the truth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bound {
    #[default]
    Exact,
    /// Some parts are not known.
    AtLeast,
    /// Some parts are taken at their most.
    AtMost,
    /// Both.
    Neither,
}

impl Bound {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::AtLeast => "at_least",
            Self::AtMost => "at_most",
            Self::Neither => "neither",
        }
    }

    /// What is written before the figure.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Exact => "",
            Self::AtLeast => "≥ ",
            Self::AtMost => "≤ ",
            Self::Neither => "~ ",
        }
    }

    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Exact, bound) | (bound, Self::Exact) => bound,
            (one, other) if one == other => one,
            _ => Self::Neither,
        }
    }
}

/// Why a cell has no figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The commune has no village in the register.
    NoRegister,
    /// Nobody declared households, or none are left to divide by.
    NoDenominator,
    /// The commune has not reported.
    NoReport,
    /// The commune handed in no list of teams.
    NoTeams,
    /// The privacy floor, or told to fewer readers.
    Suppressed,
    /// No file says it: nobody looked at a visit again, or these carry no topic.
    NotRecorded,
    /// Events came in, and none of them states it.
    NotStated,
    /// Nothing has happened of which it would be a share.
    Nothing,
    /// Told for communes only.
    ByCommune,
    /// No month of the period has ended.
    NotEnded,
}

impl Why {
    pub const ALL: [Self; 10] = [
        Self::NoRegister,
        Self::NoDenominator,
        Self::NoReport,
        Self::NoTeams,
        Self::Suppressed,
        Self::NotRecorded,
        Self::NotStated,
        Self::Nothing,
        Self::ByCommune,
        Self::NotEnded,
    ];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoRegister => "no_register",
            Self::NoDenominator => "no_denominator",
            Self::NoReport => "no_report",
            Self::NoTeams => "no_teams",
            Self::Suppressed => "suppressed",
            Self::NotRecorded => "not_recorded",
            Self::NotStated => "not_stated",
            Self::Nothing => "nothing",
            Self::ByCommune => "by_commune",
            Self::NotEnded => "not_ended",
        }
    }
}

/// Parts of a figure that are not in it, each kind of "not known" apart. Nought visits are none of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// Communes without a village in the register.
    pub no_register: u32,
    /// Villages that declare no households.
    pub no_denominator: u32,
    /// Communes that have not reported.
    pub no_report: u32,
    /// Units whose figure the privacy floor hides.
    pub suppressed: u32,
    /// Events and teams that do not state it.
    pub not_stated: u32,
    /// Communes of several old districts.
    pub straddling: u32,
}

impl Missing {
    pub fn add(&mut self, other: Self) {
        self.no_register += other.no_register;
        self.no_denominator += other.no_denominator;
        self.no_report += other.no_report;
        self.suppressed += other.suppressed;
        self.not_stated += other.not_stated;
        self.straddling += other.straddling;
    }

    /// Named as in JSON.
    #[must_use]
    pub fn parts(self) -> [(&'static str, u32); 6] {
        [
            ("no_register", self.no_register),
            ("no_denominator", self.no_denominator),
            ("no_report", self.no_report),
            ("suppressed", self.suppressed),
            ("not_stated", self.not_stated),
            ("straddling", self.straddling),
        ]
    }
}

/// One figure of one unit, before it is divided.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cell {
    /// `None`: not known, and `why` says why.
    pub numerator: Option<f64>,
    /// `None` for counts.
    pub denominator: Option<f64>,
    /// Of a sample, what it was drawn from: visits of the unit that count. Told also where nothing was drawn.
    pub population: Option<f64>,
    pub bound: Bound,
    pub missing: Missing,
    pub why: Option<Why>,
    /// More than the whole: the denominator is out of date, and the share is shown as 100 %.
    pub over: bool,
}

impl Cell {
    #[must_use]
    pub fn count(value: f64) -> Self {
        Self { numerator: Some(value), ..Self::default() }
    }

    #[must_use]
    pub fn share(numerator: f64, denominator: f64) -> Self {
        let why = (denominator <= 0.0).then_some(Why::Nothing);
        Self { numerator: Some(numerator), denominator: Some(denominator), why, ..Self::default() }
    }

    #[must_use]
    pub fn unknown(why: Why) -> Self {
        let mut missing = Missing::default();
        match why {
            Why::NoRegister => missing.no_register = 1,
            Why::NoDenominator => missing.no_denominator = 1,
            Why::NoReport | Why::NoTeams => missing.no_report = 1,
            Why::Suppressed => missing.suppressed = 1,
            Why::NotStated => missing.not_stated = 1,
            Why::NotRecorded | Why::Nothing | Why::ByCommune | Why::NotEnded => {}
        }
        Self { why: Some(why), missing, ..Self::default() }
    }

    /// As it is printed: a count, or a percentage to one decimal of at most 100. `None` where nothing is known, there
    /// is nothing to divide by, or too few households for a percentage.
    #[must_use]
    pub fn value(&self, line: Line, rules: &ReachRules) -> Option<f64> {
        let numerator = self.numerator?;
        let denominator = match line.kind() {
            LineKind::Count => return Some(super::figure::round(numerator, 1)),
            LineKind::PerHundred => {
                let homes = self.denominator.filter(|homes| *homes > 0.0)?;
                return Some(super::figure::round(100.0 * numerator / homes, 1));
            }
            LineKind::Share | LineKind::MatchedShare => self.denominator?,
            LineKind::ShareOfHouseholds | LineKind::MatchedShareOfHouseholds => {
                self.denominator.filter(|households| *households >= f64::from(rules.percent_min_households))?
            }
        };
        (denominator > 0.0).then(|| super::figure::round((100.0 * numerator / denominator).min(100.0), 1))
    }

    /// The sum of the same line of several units.
    #[must_use]
    pub fn sum<'a>(line: Line, parts: impl IntoIterator<Item = &'a Self>) -> Self {
        let matched =
            matches!(line.kind(), LineKind::MatchedShare | LineKind::MatchedShareOfHouseholds | LineKind::PerHundred);
        let mut sum = Self::default();
        let mut whys: Vec<Why> = Vec::new();
        for part in parts {
            sum.missing.add(part.missing);
            if let Some(population) = part.population {
                sum.population = Some(sum.population.unwrap_or(0.0) + population);
            }
            match part.numerator {
                Some(value) => {
                    sum.numerator = Some(sum.numerator.unwrap_or(0.0) + value);
                    sum.bound = sum.bound.and(part.bound);
                }
                None => whys.extend(part.why),
            }
            if let Some(denominator) = part.denominator.filter(|_| !matched || part.numerator.is_some()) {
                sum.denominator = Some(sum.denominator.unwrap_or(0.0) + denominator);
            }
        }
        // Nothing to count and nothing to divide is no gap: 0 of 0 members.
        let gaps = whys.iter().any(|why| *why != Why::Nothing && !(*why == Why::NoDenominator && line.is_share()));
        whys.sort_unstable();
        if sum.numerator.is_none() {
            sum.why = Some(whys.first().copied().unwrap_or(Why::Nothing));
        } else if !matched && gaps {
            sum.bound = sum.bound.and(Bound::AtLeast);
        } else if matched && sum.missing.suppressed > 0 {
            // Those that are hidden are those of a few, and others than the rest.
            sum.bound = sum.bound.and(Bound::Neither);
        }
        if line.kind() != LineKind::Count && sum.numerator.is_some() && sum.denominator.is_none_or(|all| all <= 0.0) {
            sum.why = Some(Why::Nothing);
        }
        let is_over = |(part, whole)| whole > 0.0 && part > whole;
        sum.over = line.is_share() && sum.numerator.zip(sum.denominator).is_some_and(is_over);
        sum
    }
}

/// What a row is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IndicatorUnit {
    Province,
    /// By its name as of the last day on which there were districts.
    District(String),
    Commune(UnitCode),
    Village(VillageCode, UnitCode),
}

/// Which units are rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IndicatorLevel {
    Province,
    District,
    #[default]
    Commune,
    Village,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a level, expected one of province, district, commune, village")]
pub struct NotALevel(pub String);

impl IndicatorLevel {
    pub const ALL: [Self; 4] = [Self::Province, Self::District, Self::Commune, Self::Village];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::District => "district",
            Self::Commune => "commune",
            Self::Village => "village",
        }
    }
}

impl fmt::Display for IndicatorLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for IndicatorLevel {
    type Err = NotALevel;

    fn from_str(text: &str) -> Result<Self, NotALevel> {
        Self::ALL.into_iter().find(|level| level.code() == text.trim()).ok_or_else(|| NotALevel(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(line: Line, cell: &Cell) -> Option<f64> {
        cell.value(line, &ReachRules::default())
    }

    #[test]
    fn shares_are_summed_and_never_averaged() {
        let parts = [Cell::share(10.0, 10.0), Cell::share(0.0, 90.0)];
        assert_eq!(value(Line::Reach, &Cell::sum(Line::Reach, &parts)), Some(10.0));
    }

    #[test]
    fn a_missing_report_makes_a_sum_at_least_and_keeps_its_households() {
        let silent = Cell { denominator: Some(100.0), ..Cell::unknown(Why::NoReport) };
        let sum = Cell::sum(Line::Reach, &[Cell::share(50.0, 100.0), silent]);
        assert_eq!((value(Line::Reach, &sum), sum.bound, sum.missing.no_report), (Some(25.0), Bound::AtLeast, 1));
        let sum = Cell::sum(Line::Reach, &[silent, silent]);
        assert_eq!((sum.numerator, sum.why), (None, Some(Why::NoReport)));
    }

    #[test]
    fn nothing_to_divide_by_is_null_and_few_households_are_n_of_n() {
        let none = Cell::sum(Line::Reach, &[Cell::share(0.0, 0.0)]);
        assert_eq!((value(Line::Reach, &none), none.why), (None, Some(Why::Nothing)));
        let few = Cell::share(4.0, 8.0);
        assert_eq!((value(Line::Reach, &few), value(Line::VillagesReached, &few)), (None, Some(50.0)));
    }

    #[test]
    fn more_than_the_whole_is_shown_as_the_whole() {
        let sum = Cell::sum(Line::Reach, &[Cell::share(60.0, 50.0)]);
        assert_eq!((value(Line::Reach, &sum), sum.over), (Some(100.0), true));
    }

    #[test]
    fn what_is_matched_leaves_the_unknown_out_of_both_and_says_so_of_what_is_hidden() {
        let with = |why: Why| {
            let unknown = Cell { denominator: Some(40.0), ..Cell::unknown(why) };
            let sum = Cell::sum(Line::Success, &[Cell::share(30.0, 60.0), unknown]);
            (value(Line::Success, &sum), sum.bound)
        };
        assert_eq!(with(Why::NoReport), (Some(50.0), Bound::Exact));
        assert_eq!(with(Why::Suppressed), (Some(50.0), Bound::Neither), "those of a few are no sample");
    }

    #[test]
    fn every_line_stands_once_and_the_nineteen_are_all_there() {
        let mut codes: Vec<_> = Line::ALL.iter().map(|line| line.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Line::ALL.len());
        for number in 1..=19 {
            assert!(Line::ALL.iter().any(|line| line.number() == number), "{number}");
        }
    }
}
