//! The facts of a campaign: its days, its communes, its target, and nothing else.
//!
//! What is told of a campaign is then told by the same engine as everything
//! else, floor and all. A home that was guided before the campaign and not in it is one to
//! go to.

use std::sync::Arc;

use super::checks::checks;
use super::facts::{FactParts, Facts};
use crate::model::campaign::Campaign;
use crate::model::measure::local_day;
use crate::model::visit::Visit;

/// Facts with the visits, villages, communes and public places of a campaign, where plans begin. Sites and claims, which
/// no indicator asks for, are not in them.
#[must_use]
pub fn facts_of(facts: &Facts, campaign: &Campaign) -> Facts {
    let today = facts.today;
    let in_place = |index: usize| {
        let commune = facts.commune_of_village(index, today).unwrap_or(facts.villages[index].commune);
        campaign.holds(commune)
    };
    let villages = (0..facts.villages.len()).filter(|index| in_place(*index));
    let villages = villages.map(|index| facts.villages[index].clone()).collect();
    let holds = |visit: &Visit| {
        let village = visit.village.and_then(|code| facts.village_at(code));
        let here = village.map_or_else(|| campaign.holds(visit.commune), in_place);
        !visit.supervision && here && campaign.period.holds(local_day(visit.time))
    };
    let mut kept: Vec<bool> = facts.visits.iter().map(holds).collect();
    // A re-visit belongs to the visit that it checks, whenever it was made.
    for checked in checks(facts) {
        kept[checked.by] = kept[checked.visit];
    }
    let visits = facts.visits.iter().zip(kept).filter(|(_, kept)| *kept).map(|(visit, _)| visit);
    // Older units say where a place lay; of today's those of the campaign alone are counted.
    let units =
        facts.units.iter().filter(|unit| !unit.is_commune() || !unit.in_force(today) || campaign.holds(unit.code));
    let places = (0..facts.places.len())
        .filter(|at| facts.commune_of_place(*at, today).is_some_and(|commune| campaign.holds(commune)));
    let mut rules = facts.rules.clone();
    rules.reach.near_below = campaign.target;
    rules.reach.low_below = rules.reach.low_below.min(campaign.target);
    rules.reach.started_below = rules.reach.started_below.min(campaign.target);
    Facts::new(FactParts {
        units: units.cloned().collect(),
        changes: facts.changes.clone(),
        villages,
        successions: facts.successions.clone(),
        earlier_counts: facts.earlier_counts.clone(),
        visits: visits.cloned().collect(),
        decisions: facts.decisions.clone(),
        runs: Arc::clone(&facts.runs),
        places: places.map(|at| facts.places[at].clone()).collect(),
        teams: facts.teams.iter().filter(|team| campaign.holds(team.commune)).cloned().collect(),
        activities: facts
            .activities
            .iter()
            .filter(|activity| activity.commune.is_none_or(|commune| campaign.holds(commune)))
            .cloned()
            .collect(),
        rules,
        today,
        ..FactParts::default()
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::*;
    use crate::engine::indicators::{Asked, IndicatorTable, indicators};
    use crate::engine::{answer, scene};
    use crate::model::indicator::{Cell, IndicatorLevel, IndicatorUnit, Line};
    use crate::model::measure::LonLat;
    use crate::model::question::Question;

    const TODAY: Date = date(2026, 4, 15);

    fn guided(of: &str, homes: std::ops::Range<u64>, day: &str) -> Vec<Visit> {
        let visit = |home: u64| Visit {
            source_id: format!("{of}/{home}/{day}"),
            time: format!("{day}T09:00:00+07:00").parse().unwrap(),
            ..scene::visit(of, home)
        };
        homes.map(visit).collect()
    }

    fn table(target: f64, communes: &[&str]) -> IndicatorTable {
        let mut visits = guided("14001-001", 0..20, "2026-02-27");
        visits.extend(guided("14001-001", 10..40, "2026-03-10"));
        visits.extend(guided("14002-001", 0..30, "2026-03-20"));
        visits.extend(guided("14001-001", 40..50, "2026-03-21"));
        let facts = Facts::new(FactParts {
            units: vec![
                scene::commune("14001", 105.0, date(2020, 1, 1), None),
                scene::commune("14002", 105.1, date(2020, 1, 1), None),
            ],
            villages: vec![
                scene::village("14001-001", "14001", Some(50), LonLat::new(105.02, 20.05).ok()),
                scene::village("14002-001", "14002", Some(60), LonLat::new(105.12, 20.05).ok()),
            ],
            visits: visits.into(),
            today: TODAY,
            ..FactParts::default()
        });
        let communes = communes.iter().map(|code| code.parse().unwrap()).collect();
        let days = (date(2026, 3, 1), date(2026, 3, 20));
        let campaign = Campaign::new("x", "Chiến dịch", days, target, communes).unwrap();
        let facts = facts_of(&facts, &campaign);
        let answered = answer(&facts, &Question { to: Some(days.1), ..Question::default() });
        let asked = Asked { period: campaign.period, level: IndicatorLevel::Commune, planning: true };
        indicators(&facts, (&answered, None), asked)
    }

    fn cell(table: &IndicatorTable, commune: &str, line: Line) -> Cell {
        let unit = IndicatorUnit::Commune(commune.parse().unwrap());
        table.rows.iter().find(|row| row.unit == unit).unwrap().now[&line]
    }

    #[test]
    fn visits_fall_in_by_day_and_place_and_homes_of_before_are_not_done() {
        let told = table(90.0, &[]);
        let reach = cell(&told, "14001", Line::Reach);
        assert_eq!((reach.numerator, reach.denominator), (Some(30.0), Some(50.0)));
        assert_eq!(told.total.now[&Line::Reach].numerator, Some(60.0));
    }

    #[test]
    fn the_target_says_when_a_village_is_done_and_what_remains() {
        let reached = |target| table(target, &[]).total.now[&Line::VillagesReached].numerator;
        assert_eq!((reached(90.0), reached(60.0), reached(20.0)), (Some(0.0), Some(1.0), Some(2.0)));
        assert_eq!(cell(&table(75.0, &[]), "14001", Line::Remaining).numerator, Some(8.0));
    }

    #[test]
    fn a_campaign_of_one_commune_counts_no_other() {
        let told = table(90.0, &["14002"]);
        assert_eq!((told.rows.len(), told.communes), (1, 1));
        assert_eq!(told.total.now[&Line::Reach].numerator, Some(30.0));
        assert!(told.silent.is_empty());
    }
}
