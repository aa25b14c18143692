//! When a commune reaches its target if it goes on as in the last weeks.
//!
//! What remains over its villages, divided by the households guided anew in a
//! week. The interval is that of the mean of the weeks (normal, from their
//! variance), so it knows how uneven the weeks were and nothing of what changes
//! next. Where the sum of the commune is hidden, or fewer than k households
//! were guided in all these weeks, there is no forecast: it would be one of
//! single homes.

use jiff::ToSpan;
use jiff::civil::Date;

use super::super::answer::Answer;
use super::super::facts::Facts;
use super::super::reach::remaining_at_most;
use super::communes_of;
use super::pace::{Weeks, weeks};
use crate::model::admin::UnitCode;
use crate::model::figure::Figure;
use crate::model::reach::CommuneReach;
use crate::model::rules::Rules;

/// A date further away than this is no date, days: nobody keeps a pace for ten years.
const FARTHEST: f64 = 3_650.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    Reached,
    OnPace,
    NotAtThisPace,
    /// Nobody sent a visit in these weeks: whether nobody went, or nobody reported, is not known.
    NoRecentVisits,
    NotEnough,
}

impl Outlook {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::OnPace => "on_pace",
            Self::NotAtThisPace => "not_at_this_pace",
            Self::NoRecentVisits => "no_recent_visits",
            Self::NotEnough => "not_enough",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    pub commune: UnitCode,
    pub outlook: Outlook,
    /// Over the villages that declare households, at most.
    pub remaining: u64,
    pub villages_unknown: u32,
    /// Households guided anew in a week.
    pub a_week: Option<f64>,
    pub weeks: u32,
    pub on: Option<Date>,
    pub earliest: Option<Date>,
    /// `None` beside a date: the slow end of the interval does not arrive.
    pub latest: Option<Date>,
}

/// One for each commune of the answer, in its order.
#[must_use]
pub fn forecast(facts: &Facts, answer: &Answer) -> Vec<Forecast> {
    let covers = |day: Date| answer.question.covers_visit(day) && day <= facts.today;
    let until = answer.question.until().map_or(facts.today, |until| until.min(facts.today));
    let mut paces = weeks(facts, &communes_of(facts, answer), (until, answer.register_on), covers);
    let mut remaining: std::collections::HashMap<UnitCode, (u64, u32, u32)> = std::collections::HashMap::new();
    for reach in &answer.villages {
        let (left, declaring, unknown) = remaining.entry(reach.commune).or_default();
        match remaining_at_most(reach, &facts.rules.reach) {
            Some(households) => {
                *left += u64::from(households);
                *declaring += 1;
            }
            None => *unknown += u32::from(reach.households.known() != Some(0)),
        }
    }
    let of = |commune: &CommuneReach| {
        let (left, declaring, unknown) = remaining.get(&commune.commune).copied().unwrap_or_default();
        let pace = paces.remove(&commune.commune).unwrap_or_default();
        let open = declaring > 0 && matches!(commune.guided, Figure::Known(_));
        let mut forecast = outlook(commune.commune, left, open.then_some(&pace), until, &facts.rules);
        forecast.villages_unknown = unknown;
        if declaring > 0 && left == 0 {
            forecast.outlook = Outlook::Reached;
        }
        forecast
    };
    answer.communes.iter().map(of).collect()
}

fn outlook(commune: UnitCode, remaining: u64, pace: Option<&Weeks>, until: Date, rules: &Rules) -> Forecast {
    let mut forecast = Forecast {
        commune,
        outlook: Outlook::NotEnough,
        remaining,
        villages_unknown: 0,
        a_week: None,
        weeks: 0,
        on: None,
        earliest: None,
        latest: None,
    };
    let Some((pace, first)) = pace.and_then(|pace| Some((pace, pace.first?))) else { return forecast };
    // Weeks before the campaign began are not weeks of rest.
    let age = first.until(until).map_or(0, |span| span.get_days() / 7 + 1);
    let counted = pace.guided.len().min(usize::try_from(age).unwrap_or(0));
    let guided: u32 = pace.guided[..counted].iter().sum();
    forecast.weeks = u32::try_from(counted).unwrap_or(u32::MAX);
    if forecast.weeks < rules.plan.forecast_min_weeks || (1..rules.reach.k).contains(&guided) {
        return forecast;
    }
    if guided == 0 {
        let window = i64::from(forecast.weeks) * 7;
        let is_silent =
            pace.last.is_none_or(|last| last.until(until).is_ok_and(|gone| i64::from(gone.get_days()) >= window));
        forecast.outlook = if is_silent { Outlook::NoRecentVisits } else { Outlook::NotAtThisPace };
        return forecast;
    }
    let n = f64::from(forecast.weeks);
    // In steps of k: the exact number, taken off the commune's sum, could give a hidden village away.
    let k = f64::from(rules.reach.k.max(1));
    let mean = (f64::from(guided) / k).round() * k / n;
    let squares: f64 = pace.guided[..counted].iter().map(|week| (f64::from(*week) - mean).powi(2)).sum();
    let error = rules.plan.forecast_z * (squares / (n - 1.0).max(1.0) / n).sqrt();
    let day = |a_week: f64| {
        let days = (remaining as f64 / a_week * 7.0).ceil();
        #[expect(clippy::cast_possible_truncation, reason = "bounded by ten years")]
        let days = (a_week > 0.0 && days <= FARTHEST).then_some(days as i64)?;
        until.checked_add(days.days()).ok()
    };
    forecast.a_week = Some(mean);
    forecast.on = day(mean);
    forecast.earliest = forecast.on.and_then(|_| day(mean + error));
    forecast.latest = forecast.on.and_then(|_| day(mean - error));
    forecast.outlook = if forecast.on.is_some() { Outlook::OnPace } else { Outlook::NotAtThisPace };
    forecast
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const UNTIL: Date = date(2026, 4, 15);

    fn check(remaining: u64, guided: &[u32], first: Date, expected: (Outlook, Option<Date>)) -> Forecast {
        let pace = Weeks { guided: guided.to_vec(), first: Some(first), last: Some(UNTIL) };
        let forecast = outlook("14001".parse().unwrap(), remaining, Some(&pace), UNTIL, &Rules::default());
        assert_eq!((forecast.outlook, forecast.on), expected, "{guided:?}");
        forecast
    }

    #[test]
    fn an_even_pace_gives_a_day_and_no_interval() {
        let told = check(100, &[20; 8], date(2026, 1, 1), (Outlook::OnPace, Some(date(2026, 5, 20))));
        assert_eq!((told.earliest, told.latest), (told.on, told.on));
    }

    #[test]
    fn uneven_weeks_give_an_interval_around_the_day() {
        let told =
            check(200, &[40, 0, 35, 5, 30, 10, 20, 20], date(2026, 1, 1), (Outlook::OnPace, Some(date(2026, 6, 24))));
        assert!(told.earliest < told.on && told.on < told.latest, "{told:?}");
        let told =
            check(200, &[150, 0, 0, 0, 0, 0, 0, 0], date(2026, 1, 1), (Outlook::OnPace, Some(date(2026, 6, 29))));
        assert_eq!(told.latest, None, "one good week of eight promises nothing");
    }

    #[test]
    fn a_campaign_that_rests_or_has_hardly_begun_has_no_day() {
        check(100, &[0; 8], date(2026, 1, 1), (Outlook::NotAtThisPace, None));
        check(100_000, &[9; 8], date(2026, 1, 1), (Outlook::NotAtThisPace, None));
        check(100, &[30, 30, 0, 0, 0, 0, 0, 0], date(2026, 4, 8), (Outlook::NotEnough, None));
        check(100, &[1, 2, 0, 0, 0, 0, 0, 0], date(2026, 1, 1), (Outlook::NotEnough, None));
    }

    #[test]
    fn weeks_of_which_nothing_came_in_are_not_weeks_of_rest() {
        for (last, expected) in
            [(date(2026, 2, 18), Outlook::NoRecentVisits), (date(2026, 2, 19), Outlook::NotAtThisPace)]
        {
            let pace = Weeks { guided: vec![0; 8], first: Some(date(2026, 1, 1)), last: Some(last) };
            let told = outlook("14001".parse().unwrap(), 100, Some(&pace), UNTIL, &Rules::default());
            assert_eq!(told.outlook, expected, "{last}");
        }
    }

    #[test]
    fn a_pace_is_told_in_steps_of_k() {
        let [one, other] = [[21, 20, 20, 20], [20, 20, 20, 19]].map(|guided| {
            let pace = Weeks { guided: guided.to_vec(), first: Some(date(2026, 1, 1)), last: Some(UNTIL) };
            outlook("14001".parse().unwrap(), 100, Some(&pace), UNTIL, &Rules::default()).a_week
        });
        assert_eq!((one, other), (Some(20.0), Some(20.0)));
    }

    #[test]
    fn weeks_before_the_first_visit_are_not_weeks_of_rest() {
        let told =
            check(60, &[20, 20, 20, 0, 0, 0, 0, 0], date(2026, 3, 28), (Outlook::OnPace, Some(date(2026, 5, 6))));
        assert_eq!(told.weeks, 3);
    }
}
