//! Visits that somebody should look at, in the bundles in which they can be judged.
//!
//! Of one village, one day and one kind of oddity: forty visits typed in at one
//! desk are one decision. What leaves this room are counts of a bundle; they are
//! below the privacy floor, so whoever shows them asks first who is looking.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;

use jiff::civil::Date;

use super::facts::Facts;
use crate::model::admin::UnitCode;
use crate::model::flag::Flags;
use crate::model::measure::local_day;
use crate::model::review::Decision;
use crate::model::village::VillageCode;
use crate::model::visit::{Visit, VisitResult};

/// Where the visits of a bundle stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Held {
    /// They count nowhere until somebody decides.
    Pending,
    /// Odd, and counted.
    Noted,
    Accepted,
    Rejected,
}

impl Held {
    pub const ALL: [Self; 4] = [Self::Pending, Self::Noted, Self::Accepted, Self::Rejected];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Noted => "noted",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|held| held.code() == code)
    }
}

/// What the visits of a bundle have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bundle {
    pub held: Held,
    pub day: Date,
    /// That holds the village today; the stated one of a visit without a village.
    pub commune: UnitCode,
    pub village: Option<VillageCode>,
    pub flags: Flags,
}

/// `14329-003.2026-03-04.stacked.pending`: place, day, flags and standing.
impl fmt::Display for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.village {
            Some(village) => write!(f, "{village}")?,
            None => write!(f, "{}", self.commune)?,
        }
        let flags = if self.flags.is_empty() { "none".to_owned() } else { self.flags.codes() };
        write!(f, ".{}.{flags}.{}", self.day, self.held.code())
    }
}

/// One line of the inbox.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldBack {
    pub bundle: Bundle,
    pub visits: u32,
    /// Distinct ones.
    pub households: u32,
    /// Guided ones among them, by the reports.
    pub guided: u32,
    /// Households of the village that the reports call guided, rejected ones left out, and those that count.
    /// `None` for visits without a village.
    pub claimed_and_counted: Option<(u32, u32)>,
    /// Indices into [`Facts::visits`], in order.
    pub of: Vec<usize>,
}

/// Bundles with a flag or a decision, of the places that `sees` says yes to; pending ones first, then by day and place.
#[must_use]
pub fn inbox(facts: &Facts, sees: impl Fn(UnitCode, Option<VillageCode>) -> bool) -> Vec<HeldBack> {
    let mut bundles: BTreeMap<Bundle, Vec<usize>> = BTreeMap::new();
    // Guided homes of reports that count nowhere yet, by village.
    let mut waiting: HashMap<VillageCode, HashSet<u64>> = HashMap::new();
    for odd in facts.odd().iter() {
        let (at, visit, flags) = (odd.at, &facts.visits[odd.at], odd.flags());
        let held = match facts.decisions.get(&visit.source_id) {
            Some(Decision::Accepted) => Held::Accepted,
            Some(Decision::Rejected) => Held::Rejected,
            Some(Decision::Reopened) | None if flags.block() => Held::Pending,
            Some(Decision::Reopened) | None if flags.is_empty() => continue,
            Some(Decision::Reopened) | None => Held::Noted,
        };
        if let Some(village) = visit.village.filter(|_| held == Held::Pending && is_claim(visit)) {
            waiting.entry(village).or_default().insert(visit.household);
        }
        let commune = facts.commune_of_visit(visit, facts.today);
        if sees(commune, visit.village) {
            let day = local_day(visit.time);
            bundles.entry(Bundle { held, day, commune, village: visit.village, flags }).or_default().push(at);
        }
    }
    let claims = claims(facts, bundles.keys().filter_map(|bundle| bundle.village).collect(), &waiting);
    let line = |(bundle, of): (Bundle, Vec<usize>)| {
        let households: HashSet<u64> = of.iter().map(|at| facts.visits[*at].household).collect();
        let guided = of.iter().map(|at| &facts.visits[*at]).filter(|visit| visit.result == VisitResult::Guided);
        HeldBack {
            visits: count(of.len()),
            households: count(households.len()),
            guided: count(guided.map(|visit| visit.household).collect::<HashSet<_>>().len()),
            claimed_and_counted: bundle.village.map(|village| {
                let counted = facts.village_at(village).map_or(0, |at| counted(facts, at));
                (claims.get(&village).copied().unwrap_or(0), counted)
            }),
            bundle,
            of,
        }
    };
    bundles.into_iter().map(line).collect()
}

/// How many households reports call guided, by village; those of rejected visits left out.
///
/// What is not rejected counts or waits, so that nobody has to walk through all visits for it, but for villages that
/// the register does not know.
fn claims(
    facts: &Facts,
    of: BTreeSet<VillageCode>,
    waiting: &HashMap<VillageCode, HashSet<u64>>,
) -> HashMap<VillageCode, u32> {
    let (known, unknown): (Vec<_>, Vec<_>) = of.into_iter().partition(|code| facts.village_at(*code).is_some());
    let mut homes: HashMap<VillageCode, HashSet<u64>> = HashMap::new();
    for code in known {
        let counted = facts.village_at(code).map_or(&[][..], |at| facts.homes(at));
        let mut guided: HashSet<u64> =
            counted.iter().filter(|visit| visit.guided).map(|visit| visit.household).collect();
        guided.extend(waiting.get(&code).into_iter().flatten());
        homes.insert(code, guided);
    }
    if !unknown.is_empty() {
        for visit in facts.visits.iter().filter(|visit| is_claim(visit)) {
            let rejected = || facts.decisions.get(&visit.source_id) == Some(&Decision::Rejected);
            if let Some(village) = visit.village.filter(|village| unknown.contains(village) && !rejected()) {
                homes.entry(village).or_default().insert(visit.household);
            }
        }
    }
    homes.into_iter().map(|(village, homes)| (village, count(homes.len()))).collect()
}

/// A report of a guided home, that is no re-visit.
fn is_claim(visit: &Visit) -> bool {
    visit.result == VisitResult::Guided && !visit.supervision
}

fn counted(facts: &Facts, village: usize) -> u32 {
    let homes = facts.homes(village).chunk_by(|one, other| one.household == other.household);
    count(homes.filter(|visits| visits.iter().any(|visit| visit.guided)).count())
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::engine::facts::FactParts;
    use crate::engine::scene;
    use crate::model::flag::Flag;

    fn visit(id: u64, flag: Option<Flag>) -> Visit {
        let time = "2026-03-31T02:00:00Z".parse().unwrap();
        Visit { source_id: format!("v{id}"), time, flags: flag.into_iter().collect(), ..scene::visit("14329-001", id) }
    }

    fn facts(decisions: &[(&str, Decision)]) -> Facts {
        let mut visits: Vec<Visit> = (0..3).map(|id| visit(id, Some(Flag::HasIssues))).collect();
        visits.push(visit(3, None));
        visits.push(visit(4, Some(Flag::NoPoint)));
        Facts::new(FactParts {
            villages: vec![scene::village("14329-001", "14329", Some(50), None)],
            visits: visits.into(),
            decisions: decisions.iter().map(|(id, decision)| ((*id).to_owned(), *decision)).collect(),
            today: date(2026, 4, 1),
            ..FactParts::default()
        })
    }

    type Line = (String, u32, Option<(u32, u32)>);

    fn lines(facts: &Facts) -> Vec<Line> {
        inbox(facts, |_, _| true)
            .into_iter()
            .map(|line| (line.bundle.to_string(), line.visits, line.claimed_and_counted))
            .collect()
    }

    #[test]
    fn visits_of_one_place_day_and_oddity_are_one_line_with_what_is_claimed_and_what_counts() {
        let said = lines(&facts(&[]));
        assert_eq!(
            said,
            [
                ("14329-001.2026-03-31.has_issues.pending".to_owned(), 3, Some((5, 2))),
                ("14329-001.2026-03-31.no_point.noted".to_owned(), 1, Some((5, 2))),
            ]
        );
        let said = lines(&facts(&[("v0", Decision::Accepted), ("v1", Decision::Rejected), ("v3", Decision::Rejected)]));
        assert_eq!(
            said,
            [
                ("14329-001.2026-03-31.has_issues.pending".to_owned(), 1, Some((3, 2))),
                ("14329-001.2026-03-31.no_point.noted".to_owned(), 1, Some((3, 2))),
                ("14329-001.2026-03-31.has_issues.accepted".to_owned(), 1, Some((3, 2))),
                ("14329-001.2026-03-31.none.rejected".to_owned(), 1, Some((3, 2))),
                ("14329-001.2026-03-31.has_issues.rejected".to_owned(), 1, Some((3, 2))),
            ]
        );
    }

    #[test]
    fn whoever_may_not_see_a_place_sees_no_line_of_it() {
        assert!(inbox(&facts(&[]), |commune, _| commune == "14330".parse().unwrap()).is_empty());
    }
}
