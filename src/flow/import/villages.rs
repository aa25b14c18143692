//! Villages into the register.
//!
//! A village is found again by its code, by the id of its source, or by its
//! name within its commune; only then is a new code minted. Codes are never
//! reused, so an import in another order mints the same codes only for the
//! villages it already knows.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use geo_types::MultiPolygon;
use jiff::civil::{Date, date};

use super::communes::{Claim, Found, Unplaced};
use super::origins::Origins;
use super::places::{self, Places};
use super::village_changes;
use super::{ImportError, Job, Note};
use crate::engine::boundaries::place::label_point;
use crate::engine::boundaries::validity;
use crate::engine::names;
use crate::ingest;
use crate::model::admin::UnitCode;
use crate::model::measure::LonLat;
use crate::model::refusal::{Reason, Reject, Row};
use crate::model::village::{ExtentSource, Village, VillageCode, VillageConfidence, VillageExtent, VillageRecord};
use crate::store::Store;

/// The day from which a village counts when its file does not say: before any
/// visit that the order of August 2025 asks for, and before the mergers.
pub(super) const SINCE: Date = date(2025, 1, 1);

pub(super) async fn import(
    store: &dyn Store,
    job: &mut Job,
    path: &Path,
    options: &ingest::Options,
    stated: Option<UnitCode>,
) -> Result<(), ImportError> {
    let (read, places) = places::read(store, job, (path, options), ingest::villages::read, stated_place).await?;
    let mut register = Register::new(&places);
    let stated = stated.map(|code| places.commune_of_code(code).ok_or(ImportError::NoCommune(code))).transpose()?;
    let has_communes = read.headings.found().any(|(ours, _)| matches!(ours, "commune_code" | "commune"));
    let (stated, mut taken) = (stated.filter(|_| !has_communes), 0);

    let mut refused = read.batch.rejects;
    let mut villages = Vec::with_capacity(read.batch.rows.len());
    let mut seen: HashMap<VillageCode, u64> = HashMap::new();
    for Row { line, value } in read.batch.rows {
        let own = stated.filter(|_| says_no_commune(&value));
        taken += u64::from(own.is_some());
        match placed(&places, value, own) {
            Err((field, found, reason)) => {
                refused.push(Reject::new(line, read.headings.of(field), found, reason));
            }
            Ok((commune, value)) => {
                let name = value.name.clone();
                let village = match register.place(commune, value, options) {
                    Ok(village) => village,
                    Err(reason @ Reason::AmbiguousVillage { .. }) => {
                        refused.push(Reject::new(line, read.headings.of("name"), name, reason));
                        continue;
                    }
                    Err(reason) => {
                        refused.push(Reject::new(line, "", "", reason));
                        continue;
                    }
                };
                match seen.insert(village.code, line) {
                    Some(earlier) => {
                        let field = read.headings.of("name");
                        refused.push(Reject::new(line, field, village.name, Reason::SameVillage { line: earlier }));
                    }
                    None => villages.push(village),
                }
            }
        }
    }
    let without = |f: fn(&Village) -> bool| villages.iter().filter(|village| f(village)).count() as u64;
    let (pointless, uncounted) = (without(|v| v.point.is_none()), without(|v| v.households.is_none()));
    if pointless > 0 {
        job.report.notes.push(Note::VillagesWithoutPoint { rows: pointless });
    }
    if uncounted > 0 {
        job.report.notes.push(Note::VillagesWithoutHouseholds { rows: uncounted });
    }
    if register.counts_kept > 0 {
        job.report.notes.push(Note::CountsKept { rows: register.counts_kept });
    }
    if let Some(commune) = stated.filter(|_| taken > 0) {
        job.report.notes.push(Note::CommuneTaken { commune: places.commune_label(commune), rows: taken });
    }
    let beside = villages.iter().filter(|village| is_beside(village)).count() as u64;
    if beside > 0 {
        job.report.notes.push(Note::PointOutsideExtent { rows: beside });
    }
    let rows: Vec<(u64, &Village)> = villages.iter().filter_map(|one| Some((*seen.get(&one.code)?, one))).collect();
    village_changes::note(job, &places, &rows);
    refused.sort_by_key(|reject| reject.line);
    let counts = job.transaction.put_villages(&villages).await?;
    job.took(villages.len(), counts);
    job.refuse(refused).await
}

/// The commune of a record. An area is of a village that is listed, and changes neither its names nor its id: a misspelt
/// name on a map is no new village.
fn placed(places: &Places, record: VillageRecord, own: Option<UnitCode>) -> Result<(Found, VillageRecord), Unplaced> {
    let commune = |point: Option<LonLat>| {
        if let Some(own) = own {
            return Ok((own, None));
        }
        let claim = Claim {
            code: record.commune_code,
            name: record.commune_name.as_ref(),
            district: record.district.as_deref(),
            point,
            on: None,
        };
        places.commune_of_old(&claim, record.old_commune.as_deref())
    };
    let Some((area, _)) = &record.extent else { return Ok((commune(record.point)?, record)) };
    validity::check(area).map_err(|fault| ("geometry", "Polygon".to_owned(), Reason::BadGeometry { fault }))?;
    let code = match record.code {
        Some(code) => code,
        None => {
            let commune = commune(record.point.or_else(|| label_point(area)))?;
            places.village_named("name", (commune, &record.name), places.today)?
        }
    };
    let village = places.village_coded("code", code)?;
    let named =
        VillageRecord { code: Some(code), name: String::new(), aliases: Vec::new(), source_key: None, ..record };
    Ok(((village.commune, None), named))
}

/// Nothing in a row says which commune it means: no code, no name and no place.
fn says_no_commune(record: &VillageRecord) -> bool {
    record.code.is_none()
        && record.commune_code.is_none()
        && record.commune_name.is_none()
        && record.point.is_none()
        && record.extent.is_none()
}

/// Its point lies outside of its own ground: one of them is wrong, or of another village.
fn is_beside(village: &Village) -> bool {
    let both = village.point.zip(village.extent.as_deref());
    both.is_some_and(|(at, extent)| !places::holds(extent, at))
}

/// The commune of a row that states its code, and its point.
fn stated_place(record: &VillageRecord, places: &Places) -> Option<(UnitCode, LonLat)> {
    Some((places.commune_of_code(record.commune_code?)?, record.point?))
}

/// Who has which code.
struct Register<'a> {
    places: &'a Places,
    /// Ids as [`key_in`] spells them, so that equal keys mean one village.
    by_key: HashMap<String, VillageCode>,
    /// The id and the source of each village that has one.
    keys: HashMap<VillageCode, (String, String)>,
    /// Exact name within a commune; where one of a name has no end, none that has.
    by_name: HashMap<(UnitCode, String), Vec<VillageCode>>,
    /// Other names of villages that have no end: a renamed one is found by its old name.
    by_alias: HashMap<(UnitCode, String), Vec<VillageCode>>,
    origins: Origins,
    last_seq: HashMap<UnitCode, u32>,
    /// Counts that a row without a day, or of an earlier one, did not take the place of.
    counts_kept: u64,
}

/// The id of a named gazetteer (`wof:7`) means the same village anywhere. A plain id
/// is only unique in its commune, so the commune goes in front of it.
fn key_in(commune: UnitCode, id: &str) -> String {
    if id.contains(':') { id.to_owned() } else { format!("{commune}:{id}") }
}

impl<'a> Register<'a> {
    fn new(places: &'a Places) -> Self {
        let mut register = Self {
            places,
            by_key: HashMap::new(),
            keys: HashMap::new(),
            by_name: HashMap::new(),
            by_alias: HashMap::new(),
            origins: places.origins.clone(),
            last_seq: HashMap::new(),
            counts_kept: 0,
        };
        for village in &places.villages {
            register.remember(village);
        }
        register
    }

    fn remember(&mut self, village: &Village) {
        if let Some(id) = &village.source_key {
            let key = key_in(village.commune, id);
            self.by_key.insert(key.clone(), village.code);
            self.keys.insert(village.code, (key, village.source.clone()));
        }
        let namesakes = self.by_name.entry((village.commune, names::exact_key(&village.name))).or_default();
        let has_ended = |code: &VillageCode| self.places.village(*code).is_some_and(|known| known.valid_to.is_some());
        if village.valid_to.is_none() {
            namesakes.retain(|code| !has_ended(code));
        } else if namesakes.iter().all(has_ended) {
            // Of several that are no more the last one is meant.
            namesakes.clear();
        }
        if !namesakes.contains(&village.code) && (village.valid_to.is_none() || namesakes.is_empty()) {
            namesakes.push(village.code);
        }
        for alias in village.aliases.iter().filter(|_| village.valid_to.is_none()) {
            let bearers = self.by_alias.entry((village.commune, names::exact_key(alias))).or_default();
            if !bearers.contains(&village.code) {
                bearers.push(village.code);
            }
        }
        let last = self.last_seq.entry(village.code.commune()).or_default();
        *last = (*last).max(village.code.seq());
    }

    /// The village that a record means, with what is known of it kept where the record
    /// is silent. The number of a village that comes to be is out of range when those of the commune are used up.
    fn place(
        &mut self,
        (commune, old): Found,
        mut record: VillageRecord,
        options: &ingest::Options,
    ) -> Result<Village, Reason> {
        record.households_date = record.households.and(record.households_date.or(options.as_of));
        let source = options.default_source.as_str();
        let key = record.source_key.as_deref().map(|id| key_in(commune, id));
        let code = match record.code.or_else(|| key.as_ref().and_then(|key| self.by_key.get(key).copied())) {
            Some(code) => Some(code),
            None => self.named((commune, old), &record.name, key.as_deref(), source)?,
        };
        let is_listed = record.code.is_some();
        let code = match code {
            Some(code) => code,
            None => {
                let seq = self.last_seq.get(&commune).copied().unwrap_or_default() + 1;
                let used_up = || Reason::OutOfRange { from: "1".to_owned(), to: VillageCode::MOST.to_string() };
                (seq <= VillageCode::MOST).then(|| VillageCode::new(commune, seq)).ok_or_else(used_up)?
            }
        };
        if let Some(old) = old.filter(|_| !is_listed) {
            let alias = format!("{} ({})", record.name, self.places.old_label(commune, old));
            // Whoever writes the old commune into the name has said it.
            if !record.name.ends_with(')') && !record.aliases.contains(&alias) {
                record.aliases.push(alias);
            }
            self.origins.add(code, old);
        }
        // An id that another village has stays with that one.
        let key = key.filter(|key| self.by_key.get(key).is_none_or(|holder| *holder == code));
        let village = match self.places.village(code) {
            Some(known) => {
                self.counts_kept += u64::from(keeps_count(known, &record));
                merged(known, commune, record, key, source)
            }
            None => new(code, commune, record, key, source),
        };
        self.remember(&village);
        Ok(village)
    }

    /// The village of this name, unless its source already tells it from this record by another id, or it is known to
    /// come from another old commune than this record.
    fn named(
        &self,
        (commune, old): Found,
        name: &str,
        key: Option<&str>,
        source: &str,
    ) -> Result<Option<VillageCode>, Reason> {
        let named = (commune, names::exact_key(name));
        let (by_name, by_alias) = (self.by_name.get(&named), self.by_alias.get(&named));
        let space = |key: &str| key.split_once(':').map(|(space, _)| space.to_owned());
        let told_apart = |code: &VillageCode| match (key, self.keys.get(code)) {
            (Some(key), Some((known, known_source))) => {
                let gazetteer = space(key).is_some_and(|s| s.parse::<UnitCode>().is_err());
                space(key) == space(known) && key != known && (gazetteer || known_source == source)
            }
            _ => false,
        };
        let of = |codes: Option<&Vec<VillageCode>>| {
            let codes: Vec<VillageCode> = codes.into_iter().flatten().copied().filter(|c| !told_apart(c)).collect();
            self.origins.narrow(&codes, old)
        };
        let found = if by_name.is_some() { of(by_name) } else { of(by_alias) };
        // A village that was renamed since, of the old commune that the record names.
        let found = if found.is_empty() && old.is_some() { of(by_alias) } else { found };
        match found.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            several => Err(Reason::AmbiguousVillage { candidates: self.places.village_labels(several) }),
        }
    }
}

fn new(code: VillageCode, commune: UnitCode, record: VillageRecord, key: Option<String>, source: &str) -> Village {
    Village {
        code,
        commune,
        name: record.name,
        aliases: record.aliases,
        point: record.point,
        point_precision_m: record.point_precision_m,
        extent: record.extent.map(|drawn| extent(drawn, source)),
        households: record.households,
        households_date: record.households_date,
        population: record.population,
        confidence: record.confidence,
        valid_from: SINCE,
        valid_to: None,
        source_key: key,
        source: source.to_owned(),
    }
}

/// Whether another count is known of a day, and the record says none, or an earlier one.
fn keeps_count(known: &Village, record: &VillageRecord) -> bool {
    record.households.is_some_and(|count| known.households.is_some_and(|known| known != count))
        && known.households_date.is_some()
        && record.households_date < known.households_date
}

/// Silence is not a value: what a record does not say stays as it is known. A precision
/// goes with its point, a day with its count and a source with its id.
fn merged(known: &Village, commune: UnitCode, mut record: VillageRecord, key: Option<String>, source: &str) -> Village {
    if keeps_count(known, &record) {
        record.households = None;
    }
    let (drawn, file) = (record.extent, source);
    let point_precision_m = match record.point {
        None => known.point_precision_m,
        Some(at) if known.point != Some(at) => record.point_precision_m,
        Some(_) => record.point_precision_m.or(known.point_precision_m),
    };
    let households_date = match record.households {
        None => known.households_date,
        Some(count) if known.households != Some(count) => record.households_date,
        Some(_) => record.households_date.max(known.households_date),
    };
    let (source_key, source) = match (key, &known.source_key) {
        (None, Some(id)) => (Some(id.clone()), known.source.clone()),
        // Whoever draws a village does not list it.
        (None, None) if drawn.is_some() => (None, known.source.clone()),
        (key, _) => (key, source.to_owned()),
    };
    // A name that the village had before does not come back with an older list.
    let is_old = known.aliases.iter().any(|alias| names::exact_key(alias) == names::exact_key(&record.name));
    let name = if is_old || record.name.is_empty() { known.name.clone() } else { record.name };
    let mut aliases = record.aliases;
    for alias in &known.aliases {
        if *alias != name && !aliases.contains(alias) {
            aliases.push(alias.clone());
        }
    }
    // The same names in another order are no change.
    if aliases.iter().all(|alias| known.aliases.contains(alias)) && aliases.len() == known.aliases.len() {
        aliases.clone_from(&known.aliases);
    }
    Village {
        code: known.code,
        commune,
        name,
        aliases,
        point: record.point.or(known.point),
        point_precision_m,
        extent: drawn.map(|drawn| extent(drawn, file)).or_else(|| known.extent.clone()),
        households: record.households.or(known.households),
        households_date,
        population: record.population.or(known.population),
        confidence: surer(known.confidence, record.confidence),
        valid_from: known.valid_from,
        valid_to: known.valid_to,
        source_key,
        source,
    }
}

fn extent((area, by): (MultiPolygon<f64>, ExtentSource), source: &str) -> Arc<VillageExtent> {
    Arc::new(VillageExtent { area, by, source: source.to_owned() })
}

/// The surer of two. [`VillageConfidence::ALL`] begins with the surest.
fn surer(one: VillageConfidence, other: VillageConfidence) -> VillageConfidence {
    VillageConfidence::ALL.into_iter().find(|c| *c == one || *c == other).unwrap_or(one)
}
