//! What a list would change of villages that are known, old beside new: nobody should learn from the map that a list
//! of last year took away the counts of this one.

use super::Job;
use super::places::Places;
use crate::model::village::{Village, VillageCode};

/// Rows that are shown of each kind: as many as fit a small screen.
const SHOWN: usize = 8;
/// A count so many times the known one, or so small a part of it, is more often a slip than news.
const ODD_TIMES: u32 = 5;

/// A row of a register, and what it would change.
#[derive(Clone, Debug)]
pub struct VillageGlance {
    pub line: u64,
    pub code: VillageCode,
    pub village: String,
    pub households: Option<u32>,
    /// Nothing for a new one.
    pub changes: Option<Vec<VillageChange>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VillageChange {
    pub field: &'static str,
    /// `None` where nothing was known.
    pub old: Option<String>,
    pub new: Option<String>,
    pub odd: bool,
}

/// Notes the first rows, and the first that change something: odd ones first, and last those whose list alone is another.
pub(super) fn note(job: &mut Job, places: &Places, rows: &[(u64, &Village)]) {
    let glance = |(line, village): &(u64, &Village)| VillageGlance {
        line: *line,
        code: village.code,
        village: village.name.clone(),
        households: village.households,
        changes: places.village(village.code).map(|known| changes(known, village)),
    };
    let seen = &mut job.report.seen;
    seen.villages = rows.iter().take(SHOWN).map(glance).collect();
    let is_changed = |one: &VillageGlance| one.changes.as_ref().is_some_and(|changes| !changes.is_empty());
    let mut changed: Vec<VillageGlance> = rows.iter().map(glance).filter(is_changed).collect();
    changed.sort_by_key(|one| {
        let changes = || one.changes.iter().flatten();
        let odd = changes().any(|change| change.odd);
        (!odd, changes().all(|change| matches!(change.field, "confidence" | "source")), one.line)
    });
    changed.truncate(SHOWN);
    seen.changed_villages = changed;
}

fn changes(known: &Village, new: &Village) -> Vec<VillageChange> {
    let point = |one: &Village| one.point.map(|at| format!("{:.5}, {:.5}", at.lat(), at.lon()));
    let aliases = |one: &Village| (!one.aliases.is_empty()).then(|| one.aliases.join(", "));
    let extent = |one: &Village| one.extent.as_ref().map(|extent| extent.by.code().to_owned());
    let text = |field, old: Option<String>, new: Option<String>| VillageChange { field, old, new, odd: false };
    let count = |one: Option<u32>| one.map(|count| count.to_string());
    let all = [
        text("name", Some(known.name.clone()), Some(new.name.clone())),
        text("commune", Some(known.commune.to_string()), Some(new.commune.to_string())),
        VillageChange {
            odd: known.households.zip(new.households).is_some_and(is_odd),
            ..text("households", count(known.households), count(new.households))
        },
        text("population", count(known.population), count(new.population)),
        text("point", point(known), point(new)),
        text("aliases", aliases(known), aliases(new)),
        text("confidence", Some(known.confidence.code().to_owned()), Some(new.confidence.code().to_owned())),
        text("extent", extent(known), extent(new)),
        text("source", Some(known.source.clone()), Some(new.source.clone())),
    ];
    all.into_iter().filter(|change| change.old != change.new).collect()
}

fn is_odd((old, new): (u32, u32)) -> bool {
    let (low, high) = (old.min(new), old.max(new));
    low != high && high >= low.saturating_mul(ODD_TIMES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_that_changes_fivefold_is_odd() {
        for (pair, odd) in [
            ((100, 500), true),
            ((500, 100), true),
            ((100, 499), false),
            ((0, 3), true),
            ((0, 0), false),
            ((7, 7), false),
        ] {
            assert_eq!(is_odd(pair), odd, "{pair:?}");
        }
    }
}
