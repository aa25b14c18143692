//! The periods that reports are written for: month, quarter, half-year, year.
//!
//! Days are those of Viet Nam (+07:00). Every period is made of whole months,
//! so that what is told of one may be told to everybody.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::language::Language;

/// A year and a part of it. Made by [`Period::month`] and its like, and by reading `2025-09`, `2025Q3`, `2025H2`, `2025`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    year: i16,
    part: Part,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Part {
    /// 1 to 12.
    Month(i8),
    /// 1 to 4.
    Quarter(i8),
    /// 1 or 2.
    Half(i8),
    Year,
    /// From a day to a day: a campaign, which is not told to everybody. Nobody types it.
    Window(Date, Date),
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a period, expected 2025-09, 2025Q3, 2025H2 or 2025")]
pub struct NotAPeriod(pub String);

/// Years that a report may be of: before them there was no team, and a year beyond is a slip of the hand.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2100;

impl Period {
    /// Month 1 to 12 of a year of this century.
    #[must_use]
    pub fn month(year: i16, month: i8) -> Option<Self> {
        Self::of(year, Part::Month(month), (1..=12).contains(&month))
    }

    #[must_use]
    pub fn quarter(year: i16, quarter: i8) -> Option<Self> {
        Self::of(year, Part::Quarter(quarter), (1..=4).contains(&quarter))
    }

    #[must_use]
    pub fn half(year: i16, half: i8) -> Option<Self> {
        Self::of(year, Part::Half(half), (1..=2).contains(&half))
    }

    #[must_use]
    pub fn year(year: i16) -> Option<Self> {
        Self::of(year, Part::Year, true)
    }

    /// The days of a campaign, both ends included.
    #[must_use]
    pub fn window(first: Date, last: Date) -> Option<Self> {
        Self::of(first.year(), Part::Window(first, last), first <= last && YEARS.contains(&last.year()))
    }

    fn of(year: i16, part: Part, fits: bool) -> Option<Self> {
        (fits && YEARS.contains(&year)).then_some(Self { year, part })
    }

    /// The quarter that holds a day.
    #[must_use]
    pub fn quarter_of(day: Date) -> Option<Self> {
        Self::quarter(day.year(), (day.month() - 1) / 3 + 1)
    }

    /// How many months it has.
    fn length(self) -> i8 {
        match self.part {
            Part::Month(_) => 1,
            Part::Quarter(_) => 3,
            Part::Half(_) => 6,
            Part::Year => 12,
            Part::Window(first, last) => {
                let months =
                    (i32::from(last.year()) - i32::from(first.year())) * 12 + i32::from(last.month() - first.month());
                i8::try_from(months + 1).unwrap_or(i8::MAX)
            }
        }
    }

    /// Its number within the year, from 1.
    fn number(self) -> i8 {
        match self.part {
            Part::Month(number) | Part::Quarter(number) | Part::Half(number) => number,
            Part::Year | Part::Window(..) => 1,
        }
    }

    #[must_use]
    pub fn first(self) -> Date {
        if let Part::Window(first, _) = self.part {
            return first;
        }
        date(self.year, (self.number() - 1) * self.length() + 1, 1)
    }

    #[must_use]
    pub fn last(self) -> Date {
        if let Part::Window(_, last) = self.part {
            return last;
        }
        date(self.year, self.number() * self.length(), 1).last_of_month()
    }

    #[must_use]
    pub fn holds(self, day: Date) -> bool {
        (self.first()..=self.last()).contains(&day)
    }

    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.first() <= other.last() && other.first() <= self.last()
    }

    /// The period of the same length just before it; `None` before the year 2000, and of a campaign.
    #[must_use]
    pub fn before(self) -> Option<Self> {
        if matches!(self.part, Part::Window(..)) {
            return None;
        }
        let last = self.first().yesterday().ok()?;
        let number = (last.month() - 1) / self.length() + 1;
        match self.part {
            Part::Month(_) => Self::month(last.year(), number),
            Part::Quarter(_) => Self::quarter(last.year(), number),
            Part::Half(_) => Self::half(last.year(), number),
            Part::Year => Self::year(last.year()),
            Part::Window(..) => None,
        }
    }

    /// Its months in order; of a campaign those that it touches.
    #[must_use]
    pub fn months(self) -> Vec<Self> {
        (0..self.length())
            .filter_map(|at| {
                let first = self.first().first_of_month().checked_add(i64::from(at).months()).ok()?;
                Self::month(first.year(), first.month())
            })
            .collect()
    }

    /// As people write it: `Tháng 9/2025`, `Quý III/2025`, `6 tháng cuối năm 2025`, `Năm 2025`.
    #[must_use]
    pub fn label(self, language: Language) -> String {
        let (year, number) = (self.year, self.number());
        let roman = ["I", "II", "III", "IV"].get(usize::try_from(number - 1).unwrap_or(0)).copied().unwrap_or_default();
        match self.part {
            Part::Month(_) => {
                let name = self.first().strftime("%B").to_string();
                language.pick(format!("Tháng {number}/{year}"), format!("{name} {year}"))
            }
            Part::Quarter(_) => language.pick(format!("Quý {roman}/{year}"), format!("Quarter {number}, {year}")),
            Part::Half(_) => {
                let (vi, en) = if number == 1 { ("đầu", "First") } else { ("cuối", "Second") };
                language.pick(format!("6 tháng {vi} năm {year}"), format!("{en} half of {year}"))
            }
            Part::Year => language.pick(format!("Năm {year}"), format!("Year {year}")),
            Part::Window(first, last) => {
                let day = |day: Date| language.pick(day.strftime("%d/%m/%Y").to_string(), day.to_string());
                format!("{} – {}", day(first), day(last))
            }
        }
    }
}

/// `2025-09`, `2025Q3`, `2025H2`, `2025`.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.part {
            Part::Month(month) => write!(f, "{}-{month:02}", self.year),
            Part::Quarter(quarter) => write!(f, "{}Q{quarter}", self.year),
            Part::Half(half) => write!(f, "{}H{half}", self.year),
            Part::Year => write!(f, "{}", self.year),
            Part::Window(first, last) => write!(f, "{first}..{last}"),
        }
    }
}

impl FromStr for Period {
    type Err = NotAPeriod;

    fn from_str(text: &str) -> Result<Self, NotAPeriod> {
        let wrong = || NotAPeriod(text.chars().take(40).collect());
        let text = text.trim();
        let year: i16 = text
            .get(..4)
            .filter(|year| year.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|y| y.parse().ok())
            .ok_or_else(wrong)?;
        let rest = text.get(4..).unwrap_or_default();
        let number =
            |digits: &str| digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<i8>().ok()).flatten();
        let rest = rest.strip_prefix('-').unwrap_or(rest);
        let period = match rest.chars().next() {
            None if text.len() == 4 => Self::year(year),
            Some('Q' | 'q') => number(&rest[1..]).and_then(|n| Self::quarter(year, n)),
            Some('H' | 'h') => number(&rest[1..]).and_then(|n| Self::half(year, n)),
            Some(_) if text.len() == 7 => number(rest).and_then(|n| Self::month(year, n)),
            _ => None,
        };
        period.ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    fn check(text: &str, first: Date, last: Date, before: &str, label: &str) {
        let read = period(text);
        assert_eq!((read.first(), read.last()), (first, last), "{text}");
        assert_eq!(read.before().unwrap().to_string(), before);
        assert_eq!(read.label(Language::Vi), label);
        assert_eq!(read.to_string(), text);
    }

    #[test]
    fn a_period_is_whole_months_and_has_one_before_it() {
        check("2025-09", date(2025, 9, 1), date(2025, 9, 30), "2025-08", "Tháng 9/2025");
        check("2024-02", date(2024, 2, 1), date(2024, 2, 29), "2024-01", "Tháng 2/2024");
        check("2025Q3", date(2025, 7, 1), date(2025, 9, 30), "2025Q2", "Quý III/2025");
        check("2025Q1", date(2025, 1, 1), date(2025, 3, 31), "2024Q4", "Quý I/2025");
        check("2025H2", date(2025, 7, 1), date(2025, 12, 31), "2025H1", "6 tháng cuối năm 2025");
        check("2026H1", date(2026, 1, 1), date(2026, 6, 30), "2025H2", "6 tháng đầu năm 2026");
        check("2025", date(2025, 1, 1), date(2025, 12, 31), "2024", "Năm 2025");
    }

    #[test]
    fn a_period_is_the_union_of_its_months() {
        for text in ["2025-09", "2025Q3", "2025H2", "2025"] {
            let (whole, months) = (period(text), period(text).months());
            let mut day = date(2024, 12, 1);
            while day < date(2026, 2, 1) {
                assert_eq!(whole.holds(day), months.iter().any(|month| month.holds(day)), "{text} {day}");
                day = day.tomorrow().unwrap();
            }
        }
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in [
            "",
            "25",
            "2025Q5",
            "2025Q0",
            "2025-13",
            "2025-00",
            "2025H3",
            "2025Q",
            "1899",
            "2025-9-1",
            "quý 3",
            "2025-+9",
            "２０２５",
        ] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
        assert_eq!(period("2025-Q3"), period("2025q3"));
    }
}
