//! Whether register, crosswalk and drawn boundaries tell one story.
//!
//! On each day of the crosswalk the units of the day before must all go
//! somewhere, the units of the day must all come from somewhere, and nobody may
//! go whole to two places. Drawn boundaries are a second witness: they find
//! what a list cannot know of itself. They are drawn apart, so what they say is
//! a suspicion with a percentage; the bars are measured in
//! docs/decisions/0011-carrying-values.md.

use std::collections::{BTreeMap, BTreeSet};

use geo::BoundingRect;
use geo_types::{MultiPolygon, Rect};
use jiff::civil::Date;
use rayon::prelude::*;

use super::area::{area_m2, check as check_area};
use super::lineage::Lineage;
use super::overlap::share_within;
use crate::engine::names::{exact_key, fold};
use crate::model::admin::{AdminUnit, Share, UnitChange, UnitCode, UnitKind};

/// One thing that does not fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The day of the reorganisation.
    pub effective: Date,
    pub fault: Fault,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// In force on the day before, gone on the day, and no change says where to.
    EndsWithoutSuccessor { from: UnitCode },
    /// Nearly everything around it was reorganised on that day; the crosswalk does not name it.
    NotInCrosswalk { from: UnitCode },
    /// In force from that day on, and no change says where from.
    FromNowhere { to: UnitCode },
    /// The crosswalk takes it from somewhere on a day when nobody bore its code the day before.
    NotInForce { from: UnitCode, to: UnitCode },
    /// Nobody bears the code of the new unit on the day.
    TargetNotInForce { from: UnitCode, to: UnitCode },
    /// Said to go whole to one unit and also to another.
    WholeToSeveral { from: UnitCode, targets: Vec<UnitCode> },
    /// A part went to `to`; the rest is not recorded.
    PartAlone { from: UnitCode, to: UnitCode },
    /// Crosswalk and register call the unit by different names.
    NameDiffers { code: UnitCode, crosswalk: String, register: String },
    /// The same name, spelt otherwise.
    SpellingDiffers { code: UnitCode, crosswalk: String, register: String },
    /// The crosswalk names the edge; next to nothing of the old unit is drawn in the new one.
    DrawnElsewhere { from: UnitCode, to: UnitCode, fraction: f64 },
    /// Much of the old unit is drawn in a new unit that the crosswalk does not name.
    DrawnWithoutEdge { from: UnitCode, to: UnitCode, fraction: f64 },
    /// Only the crosswalk that is checked has this edge.
    NotInOther { from: UnitCode, to: UnitCode },
    /// Only the crosswalk that it is held against has this edge.
    OnlyInOther { from: UnitCode, to: UnitCode },
    /// Both have the edge, one with the whole and one with a part.
    OtherShare { from: UnitCode, to: UnitCode, share: Share, other: Share },
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Values are lost or counted twice.
    Error,
    /// Somebody should look.
    Warning,
    Note,
}

impl Fault {
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::NotInCrosswalk { .. }
            | Self::FromNowhere { .. }
            | Self::NotInForce { .. }
            | Self::TargetNotInForce { .. }
            | Self::WholeToSeveral { .. }
            | Self::NameDiffers { .. }
            | Self::NotInOther { .. }
            | Self::OnlyInOther { .. }
            | Self::OtherShare { .. } => Severity::Error,
            Self::EndsWithoutSuccessor { .. }
            | Self::PartAlone { .. }
            | Self::DrawnElsewhere { .. }
            | Self::DrawnWithoutEdge { .. } => Severity::Warning,
            Self::SpellingDiffers { .. } => Severity::Note,
        }
    }

    /// The stable name in `--json`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::EndsWithoutSuccessor { .. } => "ends_without_successor",
            Self::NotInCrosswalk { .. } => "not_in_crosswalk",
            Self::FromNowhere { .. } => "from_nowhere",
            Self::NotInForce { .. } => "not_in_force",
            Self::TargetNotInForce { .. } => "target_not_in_force",
            Self::WholeToSeveral { .. } => "whole_to_several",
            Self::PartAlone { .. } => "part_alone",
            Self::NameDiffers { .. } => "name_differs",
            Self::SpellingDiffers { .. } => "spelling_differs",
            Self::DrawnElsewhere { .. } => "drawn_elsewhere",
            Self::DrawnWithoutEdge { .. } => "drawn_without_edge",
            Self::NotInOther { .. } => "not_in_other",
            Self::OnlyInOther { .. } => "only_in_other",
            Self::OtherShare { .. } => "other_share",
        }
    }

    /// The old and the new unit, as far as it is about one.
    #[must_use]
    pub fn edge(&self) -> (Option<UnitCode>, Option<UnitCode>) {
        match self {
            Self::EndsWithoutSuccessor { from } | Self::NotInCrosswalk { from } | Self::WholeToSeveral { from, .. } => {
                (Some(*from), None)
            }
            Self::FromNowhere { to } => (None, Some(*to)),
            Self::NotInForce { from, to }
            | Self::TargetNotInForce { from, to }
            | Self::PartAlone { from, to }
            | Self::DrawnElsewhere { from, to, .. }
            | Self::DrawnWithoutEdge { from, to, .. }
            | Self::NotInOther { from, to }
            | Self::OnlyInOther { from, to }
            | Self::OtherShare { from, to, .. } => (Some(*from), Some(*to)),
            Self::NameDiffers { code, .. } | Self::SpellingDiffers { code, .. } => (Some(*code), None),
        }
    }

    /// The drawn part of the old unit, 0 to 1.
    #[must_use]
    pub fn fraction(&self) -> Option<f64> {
        match self {
            Self::DrawnElsewhere { fraction, .. } | Self::DrawnWithoutEdge { fraction, .. } => Some(*fraction),
            _ => None,
        }
    }
}

/// Below this part of the old unit an edge of the crosswalk is suspect, and from the other on a
/// drawn overlap that it does not name: 403 of the 404 true edges lie above the first, and 4 false ones above the second.
const LEAST_OF_AN_EDGE: f64 = 0.05;
const MUCH_WITHOUT_EDGE: f64 = 0.20;

/// A day that changes more than this part of all units reorganises everything: who is not named was forgotten.
const REORGANISES_ALL: f64 = 0.5;

/// What does not fit between the register and the crosswalk, by day, the worst first.
#[must_use]
pub fn check(units: &[AdminUnit], changes: &[UnitChange]) -> Vec<Finding> {
    let units: Vec<&AdminUnit> = units.iter().filter(|unit| unit.is_commune()).collect();
    let owned: Vec<AdminUnit> = units.iter().map(|unit| AdminUnit { geometry: None, ..(*unit).clone() }).collect();
    let lineage = Lineage::new(&owned, changes);
    let days: BTreeSet<Date> =
        changes.iter().map(|change| change.effective).chain(units.iter().filter_map(|unit| unit.valid_to)).collect();
    let mut findings = Vec::new();
    for effective in days {
        let Ok(eve) = effective.yesterday() else { continue };
        let by_code = |day: Date| -> BTreeMap<UnitCode, &AdminUnit> {
            units.iter().filter(|unit| unit.in_force(day)).map(|unit| (unit.code, *unit)).collect()
        };
        let day = OfDay {
            effective,
            lineage: &lineage,
            before: by_code(eve),
            after: by_code(effective),
            changes: changes.iter().filter(|change| change.effective == effective).collect(),
        };
        let mut of_day = day.ends();
        of_day.extend(day.edges());
        of_day.extend(day.names());
        of_day.extend(day.drawings());
        of_day.sort_by_key(Fault::severity);
        findings.extend(of_day.into_iter().map(|fault| Finding { effective, fault }));
    }
    findings
}

/// How one crosswalk differs from another, by day and edge.
#[must_use]
pub fn compare(changes: &[UnitChange], other: &[UnitChange]) -> Vec<Finding> {
    let keyed = |changes: &[UnitChange]| -> BTreeMap<(Date, UnitCode, UnitCode), Share> {
        changes.iter().map(|change| ((change.effective, change.from, change.to), change.share)).collect()
    };
    let (own, others) = (keyed(changes), keyed(other));
    let keys: BTreeSet<_> = own.keys().chain(others.keys()).copied().collect();
    let differs = |(effective, from, to): (Date, UnitCode, UnitCode)| {
        let key = (effective, from, to);
        let fault = match (own.get(&key), others.get(&key)) {
            (Some(_), None) => Fault::NotInOther { from, to },
            (None, Some(_)) => Fault::OnlyInOther { from, to },
            (Some(share), Some(other)) if share != other => {
                Fault::OtherShare { from, to, share: *share, other: *other }
            }
            _ => return None,
        };
        Some(Finding { effective, fault })
    };
    keys.into_iter().filter_map(differs).collect()
}

/// One day of the crosswalk.
struct OfDay<'a> {
    effective: Date,
    lineage: &'a Lineage,
    /// By code, in force on the day before and on the day.
    before: BTreeMap<UnitCode, &'a AdminUnit>,
    after: BTreeMap<UnitCode, &'a AdminUnit>,
    changes: Vec<&'a UnitChange>,
}

impl OfDay<'_> {
    fn ends(&self) -> Vec<Fault> {
        let leaving: BTreeSet<UnitCode> = self.changes.iter().map(|change| change.from).collect();
        let arriving: BTreeSet<UnitCode> = self.changes.iter().map(|change| change.to).collect();
        let named = self.before.keys().filter(|code| leaving.contains(code)).count();
        let reorganises_all = named as f64 > self.before.len() as f64 * REORGANISES_ALL;
        let mut faults = Vec::new();
        for code in self.before.keys().filter(|code| !leaving.contains(code)) {
            if reorganises_all {
                faults.push(Fault::NotInCrosswalk { from: *code });
            } else if !self.lineage.goes_on(*code, self.effective) {
                faults.push(Fault::EndsWithoutSuccessor { from: *code });
            }
        }
        // Before the first edition of the register everything comes from nowhere, and nothing is wrong with that.
        let begins = |code: &&UnitCode| !arriving.contains(code) && !self.before.contains_key(code);
        if !self.before.is_empty() {
            faults.extend(self.after.keys().filter(begins).map(|code| Fault::FromNowhere { to: *code }));
        }
        faults
    }

    fn edges(&self) -> Vec<Fault> {
        let mut targets: BTreeMap<UnitCode, BTreeMap<UnitCode, Share>> = BTreeMap::new();
        for change in &self.changes {
            targets.entry(change.from).or_default().insert(change.to, change.share);
        }
        let mut faults = Vec::new();
        for (from, to) in targets {
            let first = to.keys().next().copied().unwrap_or(from);
            if !self.before.is_empty() && !self.before.contains_key(&from) {
                faults.push(Fault::NotInForce { from, to: first });
            }
            let gone = to.keys().filter(|to| !self.after.is_empty() && !self.after.contains_key(to));
            faults.extend(gone.map(|to| Fault::TargetNotInForce { from, to: *to }));
            match to.len() {
                1 if to.values().any(|share| *share == Share::Part) => {
                    faults.push(Fault::PartAlone { from, to: first })
                }
                2.. if to.values().any(|share| *share == Share::Whole) => {
                    faults.push(Fault::WholeToSeveral { from, targets: to.into_keys().collect() });
                }
                _ => {}
            }
        }
        faults
    }

    fn names(&self) -> Vec<Fault> {
        let old = self.changes.iter().map(|change| (change.from, change.from_name.as_str(), &self.before));
        let new = self.changes.iter().map(|change| (change.to, change.to_name.as_str(), &self.after));
        let mut told = BTreeSet::new();
        let mut faults = Vec::new();
        for (code, crosswalk, units) in old.chain(new).filter(|(_, name, _)| !name.is_empty()) {
            let Some(unit) = units.get(&code) else { continue };
            let (kind, name) = UnitKind::split(crosswalk);
            let same_kind = kind.is_none_or(|kind| kind == unit.kind);
            if (same_kind && exact_key(&name) == exact_key(&unit.name)) || !told.insert((code, crosswalk.to_owned())) {
                continue;
            }
            let (crosswalk, register) = (crosswalk.to_owned(), unit.full_name());
            faults.push(if same_kind && fold(&name) == fold(&unit.name) {
                Fault::SpellingDiffers { code, crosswalk, register }
            } else {
                Fault::NameDiffers { code, crosswalk, register }
            });
        }
        faults
    }

    fn drawings(&self) -> Vec<Fault> {
        let drawn = |units: &BTreeMap<UnitCode, &'_ AdminUnit>| -> Vec<(UnitCode, MultiPolygon<f64>, Rect<f64>)> {
            let one = |(code, unit): (&UnitCode, &&AdminUnit)| {
                let polygon = unit.geometry.as_ref().filter(|polygon| check_area(polygon).is_ok())?;
                Some((*code, polygon.clone(), polygon.bounding_rect()?))
            };
            units.iter().filter_map(one).collect()
        };
        // A unit that goes on unchanged is drawn once for both days and tells nothing.
        let touched: BTreeSet<UnitCode> = self.changes.iter().map(|change| change.from).collect();
        let old: Vec<_> = drawn(&self.before).into_iter().filter(|(code, ..)| touched.contains(code)).collect();
        let new = drawn(&self.after);
        let edges: BTreeSet<(UnitCode, UnitCode)> =
            self.changes.iter().map(|change| (change.from, change.to)).collect();
        let near = |a: &Rect<f64>, b: &Rect<f64>| {
            a.min().x <= b.max().x && b.min().x <= a.max().x && a.min().y <= b.max().y && b.min().y <= a.max().y
        };
        let of_old = |(from, polygon, frame): &(UnitCode, MultiPolygon<f64>, Rect<f64>)| -> Vec<Fault> {
            if !area_m2(polygon).is_ok_and(|area| area > 0.0) {
                return Vec::new();
            }
            let mut faults = Vec::new();
            for (to, target, target_frame) in &new {
                let named = edges.contains(&(*from, *to));
                if !named && !near(frame, target_frame) {
                    continue;
                }
                let Some(fraction) = share_within(polygon, target) else { continue };
                let (from, to) = (*from, *to);
                if named && fraction < LEAST_OF_AN_EDGE {
                    faults.push(Fault::DrawnElsewhere { from, to, fraction });
                } else if !named && fraction >= MUCH_WITHOUT_EDGE {
                    faults.push(Fault::DrawnWithoutEdge { from, to, fraction });
                }
            }
            faults
        };
        old.par_iter().flat_map_iter(of_old).collect()
    }
}

#[cfg(test)]
mod tests;
