//! Villages into the register.
//!
//! A village is found again by its code, by the id of its source, or by its
//! name within its commune; only then is a new code minted. Codes are never
//! reused, so an import in another order mints the same codes only for the
//! villages it already knows.

use std::collections::HashMap;
use std::path::Path;

use jiff::civil::{Date, date};

use super::places::{Claim, Places};
use super::{ImportError, Job, Note};
use crate::engine::names;
use crate::ingest;
use crate::model::admin::UnitCode;
use crate::model::refusal::{Reason, Reject, Row};
use crate::model::village::{Village, VillageCode, VillageRecord};
use crate::store::Store;

/// The day from which a village counts when its file does not say: before any
/// visit that the order of August 2025 asks for, and before the mergers.
const SINCE: Date = date(2025, 1, 1);

pub(super) async fn import(
    store: &dyn Store,
    job: &mut Job,
    path: &Path,
    options: &ingest::Options,
) -> Result<(), ImportError> {
    let read = ingest::villages::read(path, options)?;
    job.report.profile = read.profile.to_owned();
    job.report.dropped_fields = read.dropped_fields;
    job.report.warnings = read.warnings;
    let places = Places::load(store, job.today).await?;
    let mut register = Register::new(&places);

    let mut refused = read.batch.rejects;
    let mut villages = Vec::with_capacity(read.batch.rows.len());
    let mut seen: HashMap<VillageCode, u64> = HashMap::new();
    for Row { line, value } in read.batch.rows {
        let claim = Claim { code: value.commune_code, name: value.commune_name.as_deref(), point: value.point };
        match places.commune(&claim) {
            Err((field, found, reason)) => refused.push(Reject::new(line, field, found, reason)),
            Ok(commune) => {
                let village = register.place(commune, value, options);
                match seen.insert(village.code, line) {
                    Some(earlier) => {
                        refused.push(Reject::new(line, "name", village.name, Reason::Duplicate { line: earlier }));
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
    let counts = job.transaction.put_villages(&villages).await?;
    job.took(villages.len(), counts);
    job.refuse(refused).await
}

/// Who has which code.
struct Register<'a> {
    places: &'a Places,
    by_source: HashMap<String, VillageCode>,
    /// Exact name within a commune, for rows whose source has no ids.
    by_name: HashMap<(UnitCode, String), VillageCode>,
    last_seq: HashMap<UnitCode, u32>,
}

impl<'a> Register<'a> {
    fn new(places: &'a Places) -> Self {
        let mut register =
            Self { places, by_source: HashMap::new(), by_name: HashMap::new(), last_seq: HashMap::new() };
        for village in &places.villages {
            register.remember(village);
        }
        register
    }

    fn remember(&mut self, village: &Village) {
        if let Some(key) = &village.source_key {
            self.by_source.insert(key.clone(), village.code);
        }
        self.by_name.insert((village.commune, names::exact_key(&village.name)), village.code);
        let last = self.last_seq.entry(village.code.commune()).or_default();
        *last = (*last).max(village.code.seq());
    }

    fn place(&mut self, commune: UnitCode, record: VillageRecord, options: &ingest::Options) -> Village {
        let code = record.code.or_else(|| match &record.source_key {
            Some(key) => self.by_source.get(key).copied(),
            None => self.by_name.get(&(commune, names::exact_key(&record.name))).copied(),
        });
        let code = code.unwrap_or_else(|| {
            let seq = self.last_seq.get(&commune).copied().unwrap_or_default() + 1;
            VillageCode::new(commune, seq)
        });
        let known = self.places.village(code);
        let village = Village {
            code,
            commune,
            name: record.name,
            aliases: record.aliases,
            point: record.point,
            point_precision_m: record.point_precision_m,
            households: record.households,
            households_date: record.households_date,
            population: record.population,
            confidence: record.confidence,
            valid_from: known.map_or(SINCE, |village| village.valid_from),
            valid_to: known.and_then(|village| village.valid_to),
            source_key: record.source_key,
            source: options.default_source.clone(),
        };
        self.remember(&village);
        village
    }
}
