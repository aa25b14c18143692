//! What the register of villages lacks.
//!
//! A village that is not listed is on no list of places to go, so the gaps are
//! looked for where the register cannot see: communes without any village, and
//! ground where teams were and no listed village is near.

use std::collections::{BTreeMap, BTreeSet};

use h3o::{CellIndex, Resolution};
use jiff::civil::Date;

use super::facts::Facts;
use super::signal::locate::{cell_at, middle};
use crate::model::admin::UnitCode;
use crate::model::measure::LonLat;
use crate::model::review::Decision;

/// A listed village this near to visits is taken to be theirs, metres: the distance at which a settlement on the map
/// counts as listed.
const NEAR_M: f64 = 500.0;
/// Visits are gathered by cells of some 0.7 km², the ground of a village.
const GROUND: Resolution = Resolution::Eight;

/// Something that the register does not know.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// The commune that holds it; `None` for ground outside all of them.
    pub commune: Option<UnitCode>,
    pub kind: GapKind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GapKind {
    /// No village of the register lies in the commune.
    NoVillage,
    /// Homes were visited, and no village is listed within 500 m of where.
    Visited {
        /// The middle of an H3 r8 cell: no home is told by it.
        at: LonLat,
        /// Distinct ones, never fewer than k.
        households: u32,
    },
}

impl GapKind {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoVillage => "no_village",
            Self::Visited { .. } => "visited",
        }
    }
}

/// Gaps on a day: communes without a village by code, then visited ground, the most households first.
#[must_use]
pub fn gaps(facts: &Facts, as_of: Date) -> Vec<Gap> {
    let villages = facts.villages_on(as_of);
    let listed: BTreeSet<UnitCode> =
        villages.iter().filter_map(|village| facts.commune_of_village(*village, as_of)).collect();
    let empty = facts.communes_on(as_of).into_iter().filter(|commune| !listed.contains(commune));
    let mut gaps: Vec<Gap> = empty.map(|commune| Gap { commune: Some(commune), kind: GapKind::NoVillage }).collect();

    let points: Vec<LonLat> = villages.iter().filter_map(|village| facts.villages[*village].point).collect();
    let is_listed = |at: LonLat| points.iter().any(|point| point.distance_m(at) <= NEAR_M);
    let mut grounds: BTreeMap<CellIndex, Ground> = BTreeMap::new();
    for visit in facts.visits.iter().filter(|visit| visit.village.is_none() && !visit.supervision) {
        let rejected = facts.decisions.get(&visit.source_id) == Some(&Decision::Rejected);
        if let Some((at, cell)) = visit.point.and_then(|at| Some((at, cell_at(at, GROUND)?))).filter(|_| !rejected) {
            grounds.entry(cell).or_default().add(visit.household, at);
        }
    }
    let mut visited: Vec<Gap> = grounds
        .into_iter()
        .filter(|(_, ground)| {
            ground.homes.len() >= facts.rules.reach.k as usize && !ground.centre().is_some_and(is_listed)
        })
        .filter_map(|(cell, ground)| {
            let (at, households) = (middle(cell)?, u32::try_from(ground.homes.len()).ok()?);
            Some(Gap { commune: facts.commune_at(at, as_of), kind: GapKind::Visited { at, households } })
        })
        .collect();
    let households = |gap: &Gap| match gap.kind {
        GapKind::Visited { households, .. } => households,
        GapKind::NoVillage => 0,
    };
    visited.sort_by_key(|gap| std::cmp::Reverse(households(gap)));
    gaps.extend(visited);
    gaps
}

/// Visits of one cell.
#[derive(Default)]
struct Ground {
    homes: BTreeSet<u64>,
    sums: [f64; 2],
    visits: f64,
}

impl Ground {
    fn add(&mut self, home: u64, at: LonLat) {
        self.homes.insert(home);
        self.sums = [self.sums[0] + at.lon(), self.sums[1] + at.lat()];
        self.visits += 1.0;
    }

    /// The middle of the visits.
    fn centre(&self) -> Option<LonLat> {
        LonLat::new(self.sums[0] / self.visits, self.sums[1] / self.visits).ok()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::engine::facts::FactParts;
    use crate::engine::scene;
    use crate::model::visit::{AssignMethod, Visit};

    const TODAY: Date = date(2026, 4, 15);

    fn visits(lon: f64, homes: u64) -> Vec<Visit> {
        let visit = |home: u64| Visit {
            source_id: format!("{lon}/{home}"),
            village: None,
            assigned_by: AssignMethod::CommuneOnly,
            point: LonLat::new(lon + home as f64 * 1e-5, 20.05).ok(),
            ..scene::visit("14001-001", home)
        };
        (0..homes).map(visit).collect()
    }

    fn found(visits: Vec<Visit>) -> Vec<(Option<String>, &'static str)> {
        let facts = Facts::new(FactParts {
            units: [("14001", 105.0), ("14002", 105.1)]
                .map(|(code, west)| scene::commune(code, west, date(2025, 7, 1), None))
                .to_vec(),
            villages: vec![scene::village("14001-001", "14001", Some(50), LonLat::new(105.02, 20.05).ok())],
            visits: visits.into(),
            today: TODAY,
            ..FactParts::default()
        });
        gaps(&facts, TODAY).iter().map(|gap| (gap.commune.map(|code| code.to_string()), gap.kind.code())).collect()
    }

    #[test]
    fn a_commune_without_a_listed_village_is_a_gap_and_so_is_visited_ground_without_one() {
        let empty = || (Some("14002".to_owned()), "no_village");
        assert_eq!(found(Vec::new()), [empty()]);
        assert_eq!(found(visits(105.07, 5)), [empty(), (Some("14001".to_owned()), "visited")]);
        assert_eq!(found(visits(105.07, 4)), [empty()], "fewer than k homes are nobody's business");
        assert_eq!(found(visits(105.021, 9)), [empty()], "a village is listed there");
    }
}
