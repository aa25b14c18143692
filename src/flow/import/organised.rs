//! Teams and activities find their commune and village, as visits do: by code
//! or name, old codes through the mergers.
//!
//! A row that names a village of another commune than the one beside it is
//! refused: one of the two is wrong, and nobody here can tell which.

use std::collections::HashMap;
use std::path::Path;

use jiff::civil::Date;

use super::communes::{Claim, Unplaced};
use super::places::Places;
use super::{ImportError, Job};
use crate::engine::names;
use crate::ingest;
use crate::model::activity::{Activity, ActivityKind, ActivityRecord};
use crate::model::admin::{StatedName, UnitCode};
use crate::model::refusal::{Reason, Reject, Row};
use crate::model::team::Team;
use crate::model::village::VillageCode;
use crate::store::{RenamedActivity, Store};

/// What a row says of its place.
struct Named<'a> {
    village_code: Option<VillageCode>,
    village_name: Option<&'a str>,
    commune_code: Option<UnitCode>,
    commune_name: Option<&'a StatedName>,
    district: Option<&'a str>,
    on: Option<Date>,
}

pub(super) async fn teams(
    store: &dyn Store,
    job: &mut Job,
    path: &Path,
    options: &ingest::Options,
) -> Result<(), ImportError> {
    let read = ingest::teams::read(path, options)?;
    noted(job, &read);
    let places = Places::load(store, job.today).await?;
    let mut refused = read.batch.rejects;
    let mut teams = Vec::with_capacity(read.batch.rows.len());
    let mut seen: HashMap<(UnitCode, Option<VillageCode>), u64> = HashMap::new();
    for Row { line, value } in read.batch.rows {
        let named = Named {
            village_code: value.village_code,
            // A list of commune teams may repeat the seat of the commune in the column of the village.
            village_name: value.village_name.as_deref().filter(|_| value.of_village != Some(false)),
            commune_code: value.commune_code,
            commune_name: value.commune_name.as_ref(),
            district: value.district.as_deref(),
            on: value.facts.decided_on,
        };
        let (commune, village) = match place(&places, &named) {
            Ok(found) => found,
            Err((field, found, reason)) => {
                refused.push(Reject::new(line, read.headings.of(field), found, reason));
                continue;
            }
        };
        if let Some(earlier) = seen.insert((commune, village), line) {
            let found = village.map_or_else(|| commune.to_string(), |village| village.to_string());
            let field = if village.is_some() { "village" } else { "commune_code" };
            refused.push(Reject::new(line, read.headings.of(field), found, Reason::Duplicate { line: earlier }));
            continue;
        }
        let source = value.source.unwrap_or_else(|| options.default_source.clone());
        teams.push(Team { commune, village, facts: value.facts, source });
    }
    refused.sort_by_key(|reject| reject.line);
    let counts = job.transaction.put_teams(&teams).await?;
    job.took(teams.len(), counts);
    job.refuse(refused).await
}

pub(super) async fn activities(
    store: &dyn Store,
    job: &mut Job,
    path: &Path,
    options: &ingest::Options,
) -> Result<(), ImportError> {
    let read = ingest::activities::read(path, options)?;
    noted(job, &read);
    let places = Places::load(store, job.today).await?;
    let known = store.activities().await?;
    let renamed: Vec<_> = known.iter().filter_map(|one| without_words(one, &options.household_key)).collect();
    job.transaction.rename_activities(&renamed).await?;
    let mut refused = read.batch.rejects;
    let mut activities = Vec::with_capacity(read.batch.rows.len());
    let mut times: HashMap<String, (u32, u64)> = HashMap::new();
    for Row { line, value } in read.batch.rows {
        let (commune, village) = match whose(&places, &value) {
            Ok(found) => found,
            Err((field, found, reason)) => {
                refused.push(Reject::new(line, read.headings.of(field), found, reason));
                continue;
            }
        };
        let mut key = key(commune, village, &value, &options.household_key);
        let (count, earlier) = times.get(&key).copied().unwrap_or((0, line));
        times.insert(key.clone(), (count + 1, line));
        if count > 0 {
            // One report of one period; the same id twice. Two like classes on one day are two classes.
            if value.kind == ActivityKind::Report || value.source_key.is_some() {
                refused.push(Reject::new(line, "", key, Reason::Duplicate { line: earlier }));
                continue;
            }
            key = format!("{key}#{}", count + 1);
        }
        activities.push(Activity {
            key,
            kind: value.kind,
            on: value.on,
            period: value.period,
            commune,
            village,
            counts: value.counts,
            source: value.source.unwrap_or_else(|| options.default_source.clone()),
        });
    }
    refused.sort_by_key(|reject| reject.line);
    let counts = job.transaction.put_activities(&activities).await?;
    job.took(activities.len(), counts);
    job.refuse(refused).await
}

fn noted<T>(job: &mut Job, read: &ingest::Read<T>) {
    job.report.profile = read.profile.to_owned();
    job.report.dropped_fields.clone_from(&read.dropped_fields);
    job.report.warnings.clone_from(&read.warnings);
}

fn whose(places: &Places, record: &ActivityRecord) -> Result<(Option<UnitCode>, Option<VillageCode>), Unplaced> {
    if record.of_province {
        return Ok((None, None));
    }
    let named = Named {
        village_code: record.village_code,
        village_name: record.village_name.as_deref(),
        commune_code: record.commune_code,
        commune_name: record.commune_name.as_ref(),
        district: record.district.as_deref(),
        on: Some(record.on),
    };
    place(places, &named).map(|(commune, village)| (Some(commune), village))
}

/// The commune of today and the village that a row means.
fn place(places: &Places, named: &Named<'_>) -> Result<(UnitCode, Option<VillageCode>), Unplaced> {
    let stated = named.commune_code.is_some() || named.commune_name.is_some();
    let claim = Claim {
        code: named.commune_code,
        name: named.commune_name,
        district: named.district,
        point: None,
        on: named.on,
    };
    if let Some(code) = named.village_code {
        let village = places.village_coded("village_code", code)?;
        if stated && places.commune(&claim)?.0 != village.commune {
            let commune = village.commune.to_string();
            return Err(("village_code", code.to_string(), Reason::OtherCommune { commune }));
        }
        return Ok((village.commune, Some(code)));
    }
    let found = places.commune(&claim)?;
    let commune = found.0;
    let Some(name) = named.village_name else { return Ok((commune, None)) };
    let village = places.village_named("village", (found, name), named.on.unwrap_or(places.today))?;
    Ok((commune, Some(village)))
}

/// Before the keyed hash of what an activity was about.
const ABOUT: &str = "about:";

/// What stands in a key for words, which may name a person.
fn about(words: &str, key: &[u8; 32]) -> String {
    if words.is_empty() {
        return String::new();
    }
    format!("{ABOUT}{:016x}", ingest::keyed_hash(key, &[b"about", words.as_bytes()]))
}

/// An activity of before, when the words themselves stood in its key and its topic, without them.
fn without_words(known: &Activity, key: &[u8; 32]) -> Option<RenamedActivity> {
    let before = &known.key;
    let written = known.counts.topic.as_deref();
    let renamed = RenamedActivity {
        before: before.clone(),
        key: key_without_words(before, key).unwrap_or_else(|| before.clone()),
        topic: written.and_then(|topic| ingest::visits::topics_of(topic).codes()),
    };
    (renamed.key != *before || renamed.topic.as_deref() != written).then_some(renamed)
}

fn key_without_words(before: &str, key: &[u8; 32]) -> Option<String> {
    let mut parts = before.splitn(5, '|');
    let (place, kind, on, at, words) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    if ActivityKind::from_code(kind).is_none() || on.parse::<Date>().is_err() || words.starts_with(ABOUT) {
        return None;
    }
    // The second of two alike ends in `#2`.
    let number = words.rsplit_once('#').filter(|(_, number)| number.parse::<u32>().is_ok());
    let (words, number) = number.map_or((words, String::new()), |(words, number)| (words, format!("#{number}")));
    Some(format!("{place}|{kind}|{on}|{at}|{}{number}", about(words, key)))
}

/// What makes it one event: its id, else where, what, when and about what.
fn key(commune: Option<UnitCode>, village: Option<VillageCode>, record: &ActivityRecord, secret: &[u8; 32]) -> String {
    let place = village
        .map(|code| code.to_string())
        .or_else(|| commune.map(|code| code.to_string()))
        .unwrap_or_else(|| "province".to_owned());
    if let Some(id) = &record.source_key {
        return format!("{place}|{id}");
    }
    let kind = record.kind.code();
    if let Some(period) = record.period {
        return format!("{place}|{kind}|{period}");
    }
    let words = record.about.as_deref().map(names::exact_key).unwrap_or_default();
    let at = record.counts.place_kind.map_or("", |kind| kind.code());
    format!("{place}|{kind}|{}|{at}|{}", record.on, about(&words, secret))
}

#[cfg(test)]
mod tests;
