//! What a unit was made of and what became of it, for the day that is asked about.
//!
//! The register says which unit bore the code on that day, the crosswalk what
//! came before and after, and drawn boundaries, where both sides have them, how
//! much of one lies in the other. Where only the crosswalk knows a unit, its
//! name and days are what the crosswalk says.

use jiff::civil::Date;

use crate::engine::Facts;
use crate::engine::boundaries::area::area_m2;
use crate::engine::boundaries::lineage::{Fate, Lineage};
use crate::engine::boundaries::overlap::share_within;
use crate::model::admin::{AdminUnit, Share, UnitChange, UnitCode, UnitKind};

/// One unit on one day, with what stands before and after it.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    pub code: UnitCode,
    /// With the kind, where it is known.
    pub name: String,
    pub kind: Option<UnitKind>,
    pub district: Option<String>,
    /// First day; `None` where only the crosswalk knows the unit.
    pub valid_from: Option<Date>,
    /// First day no longer in force; `None` while in force.
    pub valid_to: Option<Date>,
    /// As drawn, on the ellipsoid.
    pub area_km2: Option<f64>,
    pub stated_area_km2: Option<f64>,
    /// What made the unit as it was on that day.
    pub legal_basis: Option<String>,
    /// The units of the day before it was made so; empty when nobody recorded any.
    pub made_of: Vec<Origin>,
    /// What it is today; empty while it is itself, and after an end without a recorded successor.
    pub became: Vec<Outcome>,
}

/// A unit that went into another, whole or in part.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    pub code: UnitCode,
    pub name: String,
    pub district: Option<String>,
    pub share: Share,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    pub legal_basis: Option<String>,
    /// The part of it that lies in the unit, as both are drawn, 0 to 1.
    pub fraction: Option<f64>,
}

/// A unit of today that holds all or some of an old one.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub code: UnitCode,
    pub name: String,
    pub share: Share,
    /// First day on which it was so.
    pub effective: Date,
    pub legal_basis: Option<String>,
    /// The part of the old unit that lies in it, as both are drawn, 0 to 1.
    pub fraction: Option<f64>,
}

/// The unit that bore `code` on `on`; `None` when nobody did.
#[must_use]
pub fn of(facts: &Facts, lineage: &Lineage, code: UnitCode, on: Date) -> Option<History> {
    let unit = edition(facts, code, on);
    if unit.is_none() && !lineage.bears(code, on) {
        return None;
    }
    let arriving = lineage.predecessors(code, on);
    let made_on = arriving.first().map(|change| change.effective);
    let until = facts.today.max(on);
    let leaving = lineage.became(code, on, until);
    let stated = leaving.first().and_then(|_| facts.changes.iter().find(|c| c.from == code && c.effective > on));
    let name = match (unit, arriving.first(), stated) {
        (Some(unit), _, _) => unit.full_name(),
        (None, Some(change), _) => change.to_name.clone(),
        (None, None, Some(change)) => change.from_name.clone(),
        (None, None, None) => code.to_string(),
    };
    let outcome = |fate: Fate<'_>| {
        let target = edition(facts, fate.code, until);
        Outcome {
            code: fate.code,
            name: target.map_or_else(|| fate.name.clone(), AdminUnit::full_name),
            share: fate.share,
            effective: fate.last.effective,
            legal_basis: fate.last.legal_basis.clone(),
            fraction: fraction(unit, target),
        }
    };
    Some(History {
        code,
        name,
        kind: unit.map(|unit| unit.kind),
        district: unit.and_then(|unit| unit.district.clone()),
        valid_from: unit.map(|unit| unit.valid_from).or(made_on),
        valid_to: unit.map_or_else(|| stated.map(|change| change.effective), |unit| unit.valid_to),
        area_km2: unit.and_then(|unit| area_m2(unit.geometry.as_ref()?).ok()).map(|area_m2| area_m2 / 1e6),
        stated_area_km2: unit.and_then(|unit| unit.stated_area_km2),
        legal_basis: arriving.first().and_then(|change| change.legal_basis.clone()),
        made_of: made_of(facts, lineage, &arriving, code, unit),
        became: leaving.into_iter().map(outcome).collect(),
    })
}

fn made_of(
    facts: &Facts,
    lineage: &Lineage,
    arriving: &[&UnitChange],
    code: UnitCode,
    unit: Option<&AdminUnit>,
) -> Vec<Origin> {
    let Some((day, eve)) = arriving.first().and_then(|c| Some((c.effective, c.effective.yesterday().ok()?))) else {
        return Vec::new();
    };
    let origin = |from: UnitCode, name: &str, share: Share, legal_basis: Option<String>| {
        let old = edition(facts, from, eve);
        Origin {
            code: from,
            name: old.map_or_else(|| name.to_owned(), AdminUnit::full_name),
            district: old.and_then(|old| old.district.clone()),
            share,
            valid_from: old.map(|old| old.valid_from),
            valid_to: Some(day),
            legal_basis,
            fraction: fraction(old, unit),
        }
    };
    let mut origins: Vec<Origin> =
        arriving.iter().map(|c| origin(c.from, &c.from_name, c.share, c.legal_basis.clone())).collect();
    // A unit that others join goes on without a row of its own in the crosswalk.
    let goes_on = lineage.bears(code, eve) && lineage.goes_on(code, day);
    if goes_on && origins.iter().all(|origin| origin.code != code) {
        let name = arriving.first().map(|change| change.to_name.clone()).unwrap_or_default();
        let basis = arriving.first().and_then(|change| change.legal_basis.clone());
        origins.push(origin(code, &name, Share::Whole, basis));
    }
    origins.sort_by_key(|origin| origin.code);
    origins
}

fn edition(facts: &Facts, code: UnitCode, day: Date) -> Option<&AdminUnit> {
    let after = facts.units.partition_point(|unit| (unit.code, unit.valid_from) <= (code, day));
    let unit = facts.units.get(after.checked_sub(1)?)?;
    (unit.code == code && unit.in_force(day)).then_some(unit)
}

fn fraction(old: Option<&AdminUnit>, new: Option<&AdminUnit>) -> Option<f64> {
    share_within(old?.geometry.as_ref()?, new?.geometry.as_ref()?)
}
