//! Finding the commune and the village that a row means.
//!
//! Code first, then name, then position; a code that has gone follows the
//! crosswalk, and one that was split is held rather than guessed.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::engine::boundaries::Lookup;
use crate::engine::boundaries::lineage::{Lineage, Resolution};
use crate::engine::names::{Match, Matcher};
use crate::model::admin::{AdminUnit, UnitCode};
use crate::model::measure::LonLat;
use crate::model::refusal::Reason;
use crate::model::village::{Village, VillageCode};
use crate::store::{Store, StoreError};

/// The register as it stands when an import begins.
pub(super) struct Places {
    units: Vec<AdminUnit>,
    pub(super) villages: Vec<Village>,
    lineage: Lineage,
    lookup: Lookup,
    has_areas: bool,
    names: Matcher<UnitCode>,
    today: Date,
    in_commune: HashMap<UnitCode, Matcher<VillageCode>>,
    by_code: HashMap<VillageCode, usize>,
}

/// What a row says of its commune.
pub(super) struct Claim<'a> {
    pub(super) code: Option<UnitCode>,
    pub(super) name: Option<&'a str>,
    pub(super) point: Option<LonLat>,
}

/// Which field is at fault, what it held, and why.
pub(super) type Unplaced = (&'static str, String, Reason);

impl Places {
    pub(super) async fn load(store: &dyn Store, today: Date) -> Result<Self, StoreError> {
        let units = store.units().await?;
        let changes = store.changes().await?;
        let villages = store.villages().await?;
        let lineage = Lineage::new(&units, &changes);
        let current = || units.iter().filter(|unit| unit.is_commune() && unit.in_force(today));
        let has_areas = current().any(|unit| unit.geometry.is_some());
        let lookup = Lookup::new(current().filter_map(|unit| Some((unit.code, unit.geometry.as_ref()?))));
        let names =
            Matcher::new(current().flat_map(|unit| [(unit.full_name(), unit.code), (unit.name.clone(), unit.code)]));
        let mut spellings: HashMap<UnitCode, Vec<(String, VillageCode)>> = HashMap::new();
        for village in villages.iter().filter(|village| village.valid_to.is_none_or(|end| today < end)) {
            let list = spellings.entry(village.commune).or_default();
            list.push((village.name.clone(), village.code));
            list.extend(village.aliases.iter().map(|alias| (alias.clone(), village.code)));
        }
        let in_commune = spellings.into_iter().map(|(commune, list)| (commune, Matcher::new(list))).collect();
        let by_code = villages.iter().enumerate().map(|(i, village)| (village.code, i)).collect();
        Ok(Self { units, villages, lineage, lookup, has_areas, names, today, in_commune, by_code })
    }

    /// The commune of today that a row means.
    pub(super) fn commune(&self, claim: &Claim<'_>) -> Result<UnitCode, Unplaced> {
        let by_point = claim.point.and_then(|at| self.lookup.locate(at));
        if let Some(code) = claim.code {
            return match self.lineage.resolve_undated(code, self.today) {
                Resolution::Current(code) => Ok(code),
                Resolution::Moved { to, .. } => Ok(to),
                Resolution::Split { successors } => match by_point {
                    Some(code) if successors.iter().any(|(to, _)| *to == code) => Ok(code),
                    _ => {
                        let successors = successors.iter().map(|(to, name)| format!("{name} ({to})")).collect();
                        Err(("commune_code", code.to_string(), Reason::SplitUnit { successors }))
                    }
                },
                Resolution::Unknown => {
                    Err(("commune_code", code.to_string(), Reason::UnknownUnit { candidates: Vec::new() }))
                }
            };
        }
        if let Some(name) = claim.name {
            return match self.names.find(name) {
                Match::Exact(code) | Match::Folded(code) => Ok(code),
                Match::Ambiguous(codes) => match by_point {
                    Some(code) if codes.contains(&code) => Ok(code),
                    _ => Err(("commune", name.to_owned(), Reason::UnknownUnit { candidates: self.labels(&codes) })),
                },
                Match::None { near } => match by_point {
                    Some(code) => Ok(code),
                    None => Err(("commune", name.to_owned(), Reason::UnknownUnit { candidates: self.labels(&near) })),
                },
            };
        }
        match (by_point, claim.point) {
            (Some(code), _) => Ok(code),
            (None, Some(at)) => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a distance on earth in whole metres fits"
                )]
                let nearest_m = self.lookup.nearest(at).map(|(_, metres)| metres.round() as u64);
                Err(("lon, lat", format!("{}, {}", at.lon(), at.lat()), Reason::OutsideProvince { nearest_m }))
            }
            (None, None) => Err(("commune_code", String::new(), Reason::Missing)),
        }
    }

    /// The commune of today of a stated code, where that is one commune.
    pub(super) fn commune_of_code(&self, code: UnitCode) -> Option<UnitCode> {
        match self.lineage.resolve_undated(code, self.today) {
            Resolution::Current(code) | Resolution::Moved { to: code, .. } => Some(code),
            Resolution::Split { .. } | Resolution::Unknown => None,
        }
    }

    pub(super) fn lookup(&self) -> &Lookup {
        &self.lookup
    }

    pub(super) fn is_inside(&self, at: LonLat) -> bool {
        self.lookup.locate(at).is_some()
    }

    /// Some commune of today has a boundary: without one, nothing is inside or outside.
    pub(super) fn has_areas(&self) -> bool {
        self.has_areas
    }

    pub(super) fn village(&self, code: VillageCode) -> Option<&Village> {
        self.by_code.get(&code).map(|i| &self.villages[*i])
    }

    /// A village by its name within one commune.
    pub(super) fn village_named(&self, commune: UnitCode, name: &str) -> Match<VillageCode> {
        self.in_commune.get(&commune).map_or_else(|| Match::None { near: Vec::new() }, |names| names.find(name))
    }

    /// The nearest village of a commune within a distance, metres.
    pub(super) fn nearest_village(&self, commune: UnitCode, at: LonLat, within_m: f64) -> Option<VillageCode> {
        self.villages
            .iter()
            .filter(|village| village.commune == commune && village.valid_to.is_none())
            .filter_map(|village| Some((village.code, village.point?.distance_m(at))))
            .filter(|(_, metres)| *metres <= within_m)
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(code, _)| code)
    }

    pub(super) fn village_labels(&self, codes: &[VillageCode]) -> Vec<String> {
        codes
            .iter()
            .filter_map(|code| self.village(*code))
            .map(|village| format!("{} ({})", village.name, village.code))
            .collect()
    }

    fn labels(&self, codes: &[UnitCode]) -> Vec<String> {
        codes
            .iter()
            .filter_map(|code| self.units.iter().find(|unit| unit.code == *code && unit.in_force(self.today)))
            .map(|unit| format!("{} ({})", unit.full_name(), unit.code))
            .collect()
    }
}
