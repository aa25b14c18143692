//! Campaigns: a name, some days, some communes and what is to be reached.

use jiff::civil::Date;

use super::admin::UnitCode;
use super::period::Period;
use super::said;

/// Letters of a code.
pub const CODE_MOST: usize = 40;
/// Characters of a name.
pub const NAME_MOST: usize = 100;
/// Days of the longest: two years.
pub const DAYS_MOST: i32 = 731;

/// A drive that visits fall into by their day and place.
#[derive(Clone, Debug, PartialEq)]
pub struct Campaign {
    pub code: String,
    pub name: String,
    /// Made of the first and the last day.
    pub period: Period,
    /// Share of households guided from which a village is done, above 0 and at most 1.
    pub target: f64,
    /// None: the whole province.
    pub communes: Vec<UnitCode>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotACampaign {
    #[error("a code has 1 to {CODE_MOST} small letters, digits and `-`")]
    Code,
    #[error("a name has 1 to {NAME_MOST} characters, and is of no person")]
    Name,
    #[error("it ends before it begins, or lasts more than {DAYS_MOST} days")]
    Days,
    #[error("a target is a percentage above 0 and at most 100")]
    Target,
}

impl Campaign {
    /// # Errors
    /// [`NotACampaign`].
    pub fn new(
        code: &str,
        name: &str,
        (from, to): (Date, Date),
        target_percent: f64,
        mut communes: Vec<UnitCode>,
    ) -> Result<Self, NotACampaign> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if code.is_empty() || code.len() > CODE_MOST || !code.chars().all(fits) {
            return Err(NotACampaign::Code);
        }
        // Dates belong into it, so digits do not make it a telephone number.
        let name = said::cleaned(name).split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() || name.chars().count() > NAME_MOST || name.contains('@') {
            return Err(NotACampaign::Name);
        }
        let days = from.until(to).map_or(i32::MAX, |span| span.get_days());
        let period = Period::window(from, to).filter(|_| days < DAYS_MOST).ok_or(NotACampaign::Days)?;
        if !(target_percent > 0.0 && target_percent <= 100.0) {
            return Err(NotACampaign::Target);
        }
        communes.sort_unstable();
        communes.dedup();
        Ok(Self { code: code.to_owned(), name, period, target: target_percent / 100.0, communes })
    }

    /// Whether it is of this commune.
    #[must_use]
    pub fn holds(&self, commune: UnitCode) -> bool {
        self.communes.is_empty() || self.communes.contains(&commune)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_campaign_has_a_code_days_and_a_target() {
        let days = (date(2026, 10, 10), date(2026, 11, 10));
        let made = |code: &str, days, target| Campaign::new(code, "Ngày 10/10", days, target, Vec::new());
        let good = made("10-10", days, 75.0).unwrap();
        assert_eq!((good.target, good.period.first(), good.period.last()), (0.75, days.0, days.1));
        assert!(Campaign::new("a", "Từ 01/10/2026 đến 31/10/2026", days, 20.0, Vec::new()).is_ok());
        assert_eq!(Campaign::new("a", " ", days, 20.0, Vec::new()), Err(NotACampaign::Name));
        assert_eq!(made("Mười", days, 75.0), Err(NotACampaign::Code));
        assert_eq!(made("a", (days.1, days.0), 75.0), Err(NotACampaign::Days));
        assert_eq!(made("a", (days.0, date(2030, 1, 1)), 75.0), Err(NotACampaign::Days));
        for target in [0.0, 101.0, f64::NAN] {
            assert_eq!(made("a", days, target), Err(NotACampaign::Target));
        }
    }
}
