//! How fast a commune works: households of a team-day, and households guided
//! anew in a week.
//!
//! Visits know no team, so a day of work in one village stands for a team-day,
//! if at least k homes were visited on it: fewer are a second call or a stray
//! form. Both are told from visits, which are private: what leaves here is a
//! median over many such days, and sums of whole communes over weeks.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use crate::engine::Facts;
use crate::model::admin::UnitCode;

/// Households of a team-day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub households: u32,
    /// Days of work that it is the median of; `None`: the assumption of the rules.
    pub days: Option<u32>,
}

/// The rate of each commune that has enough days; others go by the rules.
#[must_use]
pub fn rates(
    facts: &Facts,
    villages: &[(usize, UnitCode)],
    register_on: Date,
    covers: impl Fn(Date) -> bool,
) -> HashMap<UnitCode, Rate> {
    let mut days: HashMap<UnitCode, Vec<u32>> = HashMap::new();
    for (village, commune) in villages {
        let mut homes: Vec<(Date, u64)> = facts
            .homes_on(*village, register_on)
            .iter()
            .filter(|v| covers(v.day))
            .map(|v| (v.day, v.household))
            .collect();
        homes.sort_unstable();
        homes.dedup();
        let counts = homes.chunk_by(|a, b| a.0 == b.0).map(|day| u32::try_from(day.len()).unwrap_or(u32::MAX));
        days.entry(*commune).or_default().extend(counts);
    }
    let rules = (&facts.rules.plan, facts.rules.reach.k);
    days.into_iter()
        .filter_map(|(commune, counts)| Some((commune, median(counts, rules.0.rate_min_days, rules.1)?)))
        .collect()
}

fn median(mut counts: Vec<u32>, least: u32, k: u32) -> Option<Rate> {
    counts.retain(|count| *count >= k);
    let days = u32::try_from(counts.len()).unwrap_or(u32::MAX);
    if days < least.max(1) {
        return None;
    }
    counts.sort_unstable();
    Some(Rate { households: counts[(counts.len() - 1) / 2], days: Some(days) })
}

/// Households guided for the first time, by full weeks back from a day: the last week first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::engine) struct Weeks {
    pub(in crate::engine) guided: Vec<u32>,
    /// The first visit of the commune at all.
    pub(in crate::engine) first: Option<Date>,
    /// And the last.
    pub(in crate::engine) last: Option<Date>,
}

pub(in crate::engine) fn weeks(
    facts: &Facts,
    villages: &[(usize, UnitCode)],
    (until, register_on): (Date, Date),
    covers: impl Fn(Date) -> bool,
) -> BTreeMap<UnitCode, Weeks> {
    let window = usize::try_from(facts.rules.plan.forecast_weeks).unwrap_or(0);
    let week = |day: Date| {
        let days = day.until(until).map(|span| span.get_days()).ok()?;
        usize::try_from(days).ok().map(|days| days / 7).filter(|week| *week < window)
    };
    let mut communes: BTreeMap<UnitCode, Weeks> = BTreeMap::new();
    for (village, commune) in villages {
        let weeks = communes.entry(*commune).or_insert_with(|| Weeks { guided: vec![0; window], ..Weeks::default() });
        for home in facts.homes_on(*village, register_on).chunk_by(|a, b| a.household == b.household) {
            let counted = || home.iter().filter(|visit| covers(visit.day));
            for visit in counted() {
                weeks.first = Some(weeks.first.map_or(visit.day, |first| first.min(visit.day)));
                weeks.last = weeks.last.max(Some(visit.day));
            }
            let first = counted().filter(|visit| visit.guided).map(|visit| visit.day).min();
            if let Some(at) = first.and_then(week) {
                weeks.guided[at] += 1;
            }
        }
    }
    communes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(counts: &[u32], expected: Option<u32>) {
        assert_eq!(median(counts.to_vec(), 3, 5).map(|rate| rate.households), expected, "{counts:?}");
    }

    #[test]
    fn a_rate_is_the_lower_median_of_enough_days_of_work_and_never_small() {
        check(&[], None);
        check(&[20, 30], None);
        check(&[20, 30, 8], Some(20));
        check(&[20, 30, 8, 25], Some(20));
        check(&[1, 2, 3, 1, 2, 20, 30, 8], Some(20));
        check(&[1, 2, 3, 4], None);
    }
}
