//! Search over everything that had a name: communes of today and of old, villages.
//!
//! A person types the ward of her childhood and means the commune that it
//! became. Each name of a past edition leads to the units that hold it on the
//! day that is shown; one that was divided leads to each of its parts.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use crate::engine::Facts;
use crate::engine::boundaries::lineage::{Lineage, Resolution};
use crate::engine::boundaries::place;
use crate::engine::names::{self, Finder, Fit, vietnamese_cmp};
use crate::model::admin::{AdminUnit, Share, UnitCode};
use crate::model::measure::LonLat;
use crate::model::village::VillageCode;

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    Commune(FoundCommune),
    Village(FoundVillage),
}

/// A commune of the day that is shown, under its name of then or an older one.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundCommune {
    pub code: UnitCode,
    /// With the kind.
    pub name: String,
    /// The name that fits; equal to `name` for a present one.
    pub matched: String,
    pub matched_code: UnitCode,
    pub matched_district: Option<String>,
    pub matched_from: Date,
    /// `None` for a present name.
    pub matched_to: Option<Date>,
    /// First day of the present unit.
    pub since: Date,
    /// `None` for a present name.
    pub share: Option<Share>,
    /// What ended the old unit, or made the present one.
    pub legal_basis: Option<String>,
    pub at: Option<LonLat>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FoundVillage {
    pub code: String,
    pub name: String,
    pub commune: Option<UnitCode>,
    pub commune_name: Option<String>,
    /// The name or alias that fits.
    pub matched: String,
    pub at: Option<LonLat>,
    /// The first day without it, and what goes on for it: code and name.
    pub ended: Option<(Date, Vec<(String, String)>)>,
}

/// Every name as of one day, ready to be searched.
pub struct Search {
    /// In the order of a list of equals: present before past, the newest past
    /// first, communes before villages, then the Vietnamese order.
    entries: Vec<Found>,
    finder: Finder,
}

impl Search {
    #[must_use]
    pub fn new(facts: &Facts, lineage: &Lineage, as_of: Date) -> Self {
        let mut entries = communes(facts, lineage, as_of);
        entries.extend(villages(facts, as_of));
        entries.sort_by(|a, b| {
            let age = |found: &Found| match found {
                Found::Commune(commune) => commune.matched_to.map(std::cmp::Reverse),
                Found::Village(village) => village.ended.as_ref().map(|(end, _)| std::cmp::Reverse(*end)),
            };
            let is_village = |found: &Found| matches!(found, Found::Village(_));
            age(a)
                .cmp(&age(b))
                .then_with(|| is_village(a).cmp(&is_village(b)))
                .then_with(|| vietnamese_cmp(a.matched(), b.matched()))
                .then_with(|| a.key().cmp(&b.key()))
        });
        let around: Vec<String> = entries.iter().map(Found::surroundings).collect();
        let finder = Finder::new(entries.iter().zip(&around).map(|(entry, around)| (entry.matched(), around.as_str())));
        Self { entries, finder }
    }

    /// The best `limit` answers to a text that may be unfinished: a name in any spelling, or a code.
    #[must_use]
    pub fn find(&self, text: &str, limit: usize) -> Vec<&Found> {
        let mut fits: Vec<(Fit, usize)> = self.finder.find(text).into_iter().map(|(place, fit)| (fit, place)).collect();
        if let Some(code) = code_text(text) {
            fits.extend(self.entries.iter().enumerate().filter_map(|(place, entry)| {
                let own = entry.matched_code();
                let fit = if own == code { Fit::Exact } else { Fit::Begins };
                own.starts_with(code).then_some((fit, place))
            }));
        }
        fits.sort_unstable();
        // One answer for one name of one place, its best.
        let mut told = HashSet::new();
        let found = fits.into_iter().map(|(_, place)| &self.entries[place]);
        found.filter(|entry| told.insert((entry.key(), names::exact_key(entry.bare_name())))).take(limit).collect()
    }
}

/// Three digits or more may be the beginning of a code; fewer are a number in a name.
fn code_text(text: &str) -> Option<&str> {
    let text = text.trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (digits >= 3 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-')).then_some(text)
}

impl Found {
    /// The key of its row in the layer `communes` or `villages`.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Commune(commune) => commune.code.to_string(),
            Self::Village(village) => village.code.clone(),
        }
    }

    fn matched(&self) -> &str {
        match self {
            Self::Commune(commune) => &commune.matched,
            Self::Village(village) => &village.matched,
        }
    }

    /// What tells two answers of one place apart: a commune's names without the kind, a village once.
    fn bare_name(&self) -> &str {
        match self {
            Self::Commune(commune) => commune.matched.split_once(' ').map_or("", |(_, name)| name),
            Self::Village(_) => "",
        }
    }

    fn matched_code(&self) -> String {
        match self {
            Self::Commune(commune) => commune.matched_code.to_string(),
            Self::Village(village) => village.code.clone(),
        }
    }

    fn surroundings(&self) -> String {
        match self {
            Self::Commune(commune) => commune.matched_district.clone().unwrap_or_default(),
            Self::Village(village) => village.commune_name.clone().unwrap_or_default(),
        }
    }
}

fn communes(facts: &Facts, lineage: &Lineage, as_of: Date) -> Vec<Found> {
    let present: HashMap<UnitCode, (&AdminUnit, Option<LonLat>)> = facts
        .units_on(as_of)
        .into_iter()
        .map(|at| &facts.units[at])
        .map(|unit| (unit.code, (unit, unit.geometry.as_ref().and_then(place::label_point))))
        .collect();
    let made_by = |unit: &AdminUnit| {
        let changes = lineage.predecessors(unit.code, unit.valid_from);
        changes.iter().find(|change| change.effective == unit.valid_from).and_then(|change| change.legal_basis.clone())
    };
    let mut found: Vec<FoundCommune> = present
        .values()
        .map(|(unit, at)| FoundCommune {
            code: unit.code,
            name: unit.full_name(),
            matched: unit.full_name(),
            matched_code: unit.code,
            matched_district: unit.district.clone(),
            matched_from: unit.valid_from,
            matched_to: None,
            since: unit.valid_from,
            share: None,
            legal_basis: made_by(unit),
            at: *at,
        })
        .collect();
    // Editions that differ in kind or district only are one name that led to one place.
    let mut known: HashMap<(UnitCode, String, UnitCode), usize> = HashMap::new();
    let mut past: Vec<&AdminUnit> =
        facts.units.iter().filter(|u| u.is_commune() && u.valid_to.is_some_and(|end| end <= as_of)).collect();
    past.sort_by_key(|unit| std::cmp::Reverse(unit.valid_to));
    for unit in past {
        let Some((end, last)) = unit.valid_to.and_then(|end| Some((end, end.yesterday().ok()?))) else { continue };
        let (targets, share) = match lineage.resolve(unit.code, last, as_of) {
            Resolution::Current(to) | Resolution::Moved { to, .. } => (vec![to], Share::Whole),
            Resolution::Split { successors } => (successors.into_iter().map(|(to, _)| to).collect(), Share::Part),
            Resolution::Unknown => continue,
        };
        for to in targets {
            let Some((target, at)) = present.get(&to) else { continue };
            let same_unit = unit.code == to && names::exact_key(&unit.name) == names::exact_key(&target.name);
            if same_unit && share == Share::Whole {
                continue;
            }
            let key = (unit.code, names::exact_key(&unit.name), to);
            if let Some(place) = known.get(&key) {
                found[*place].matched_from = found[*place].matched_from.min(unit.valid_from);
                continue;
            }
            known.insert(key, found.len());
            found.push(FoundCommune {
                code: to,
                name: target.full_name(),
                matched: unit.full_name(),
                matched_code: unit.code,
                matched_district: unit.district.clone(),
                matched_from: unit.valid_from,
                matched_to: Some(end),
                since: target.valid_from,
                share: Some(share),
                legal_basis: lineage.successors(unit.code, end).first().and_then(|c| c.legal_basis.clone()),
                at: *at,
            });
        }
    }
    found.into_iter().map(Found::Commune).collect()
}

fn villages(facts: &Facts, as_of: Date) -> Vec<Found> {
    let commune_names: HashMap<UnitCode, String> =
        facts.units_on(as_of).into_iter().map(|at| (facts.units[at].code, facts.units[at].full_name())).collect();
    let mut found = Vec::new();
    let past = facts.villages.iter().enumerate().filter(|(_, one)| one.valid_to.is_some_and(|end| end <= as_of));
    let past: Vec<usize> = past.map(|(index, _)| index).collect();
    for index in facts.villages_on(as_of).into_iter().chain(past) {
        let village = &facts.villages[index];
        let ended = village.valid_to.filter(|end| *end <= as_of).map(|end| (end, after(facts, village.code)));
        let commune = facts.commune_of_village(index, as_of);
        for matched in std::iter::once(&village.name).chain(&village.aliases) {
            found.push(Found::Village(FoundVillage {
                code: village.code.to_string(),
                name: village.name.clone(),
                commune,
                commune_name: commune.and_then(|code| commune_names.get(&code).cloned()),
                matched: matched.clone(),
                at: village.point,
                ended: ended.clone(),
            }));
        }
    }
    found
}

/// The villages that go on for one that ended.
fn after(facts: &Facts, ended: VillageCode) -> Vec<(String, String)> {
    let next = facts.successions.iter().filter(|one| one.from == ended).filter_map(|one| facts.village(one.to));
    next.map(|village| (village.code.to_string(), village.name.clone())).collect()
}
