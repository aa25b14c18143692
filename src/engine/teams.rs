//! The board of teams: a line for each commune and each village of the
//! register, whether a list names its team or not.
//!
//! The register says which teams there should be, as it says which villages
//! should be visited: a team that nobody set up is on the board.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::facts::Facts;
use crate::model::admin::UnitCode;
use crate::model::team::{TeamFacts, TeamState};
use crate::model::village::VillageCode;

#[derive(Clone, Debug, PartialEq)]
pub struct TeamEntry {
    pub commune: UnitCode,
    /// `None`: the team of the commune.
    pub village: Option<VillageCode>,
    /// `None`: no list names it.
    pub facts: Option<TeamFacts>,
    pub state: TeamState,
    /// Its commune handed in no list at all: whether there is a team is not known.
    pub unlisted: bool,
    /// Of the decision after the deadline; 0 is in time.
    pub days_late: Option<u32>,
}

/// By commune, its own team first; on the day of the units and that of the register.
#[must_use]
pub fn board(facts: &Facts, (as_of, register_on): (Date, Date)) -> Vec<TeamEntry> {
    let rules = &facts.rules.outreach;
    let place = |village: VillageCode, declared: UnitCode| {
        let placed = facts.village_at(village).and_then(|at| facts.commune_of_village(at, as_of));
        placed.unwrap_or(declared)
    };
    let mut known: BTreeMap<(UnitCode, Option<VillageCode>), &TeamFacts> = BTreeMap::new();
    for team in &facts.teams {
        let commune = team.village.map_or(team.commune, |village| place(village, team.commune));
        known.insert((commune, team.village), &team.facts);
    }
    let listed: BTreeSet<UnitCode> = known.keys().map(|(commune, _)| *commune).collect();
    let villages = facts.villages_on(register_on).into_iter().filter_map(|at| {
        let commune = facts.commune_of_village(at, as_of)?;
        Some((commune, Some(facts.villages[at].code)))
    });
    let expected: BTreeSet<_> =
        facts.communes_on(as_of).into_iter().map(|commune| (commune, None)).chain(villages).collect();
    expected
        .into_iter()
        .map(|(commune, village)| {
            let found = known.get(&(commune, village)).copied();
            TeamEntry {
                commune,
                village,
                facts: found.cloned(),
                state: found.map_or(TeamState::None, |found| TeamState::of(found.members, village.is_some(), rules)),
                unlisted: !listed.contains(&commune),
                days_late: found.and_then(|found| found.decided_on).map(|day| rules.days_late(day)),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::engine::facts::FactParts;
    use crate::engine::scene;
    use crate::model::measure::LonLat;
    use crate::model::team::Team;

    #[test]
    fn the_register_says_which_teams_there_should_be() {
        let day = date(2025, 7, 1);
        let team = |commune: &str, village: Option<&str>, members, decided_on| Team {
            commune: commune.parse().unwrap(),
            village: village.map(|code| code.parse().unwrap()),
            facts: TeamFacts { members, decided_on, ..TeamFacts::default() },
            source: "scene".to_owned(),
        };
        let village = |of: &str, commune, lon| scene::village(of, commune, Some(50), LonLat::new(lon, 20.05).ok());
        let facts = Facts::new(FactParts {
            units: vec![scene::commune("14001", 105.0, day, None), scene::commune("14002", 105.1, day, None)],
            villages: vec![
                village("14001-001", "14001", 105.01),
                village("14001-002", "14001", 105.02),
                village("14001-003", "14001", 105.03),
                village("14002-001", "14002", 105.11),
            ],
            teams: vec![
                team("14001", None, Some(15), Some(date(2025, 8, 14))),
                team("14001", Some("14001-001"), Some(8), Some(date(2025, 8, 20))),
                team("14001", Some("14001-002"), None, None),
            ],
            today: date(2026, 1, 1),
            ..FactParts::default()
        });
        let told: Vec<_> = board(&facts, (facts.today, facts.today))
            .into_iter()
            .map(|entry| (entry.state.code(), entry.unlisted, entry.days_late))
            .collect();
        assert_eq!(
            told,
            [
                ("compliant", false, Some(0)),
                ("below_minimum", false, Some(6)),
                ("members_unknown", false, None),
                ("none", false, None),
                ("none", true, None),
                ("none", true, None),
            ]
        );
    }
}
