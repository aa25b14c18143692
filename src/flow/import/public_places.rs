//! Public places into the store, each in the commune that it lies in today.
//!
//! A place is found again by the id of its source, else by kind and name
//! within its commune, or what has become of that; then it may move. Two rows of one file that mean the
//! same place are not both taken.

use std::collections::HashMap;
use std::path::Path;

use super::communes::Claim;
use super::places::{self, Places};
use super::{ImportError, Job, Note};
use crate::engine::names;
use crate::ingest;
use crate::model::admin::UnitCode;
use crate::model::measure::LonLat;
use crate::model::place::{Place, PlaceId, PlaceKind, PlaceRecord};
use crate::model::refusal::{Reason, Reject, Row};
use crate::store::Store;

pub(super) async fn import(
    store: &dyn Store,
    job: &mut Job,
    path: &Path,
    options: &ingest::Options,
) -> Result<(), ImportError> {
    let (read, register) = places::read(store, job, (path, options), ingest::public_places::read, stated_place).await?;

    let known = known(&store.places().await?, &register);
    let mut refused = read.batch.rejects;
    let mut places = Vec::with_capacity(read.batch.rows.len());
    let mut seen: HashMap<PlaceId, u64> = HashMap::new();
    for Row { line, value } in read.batch.rows {
        let claim = Claim {
            code: value.commune_code,
            name: value.commune_name.as_ref(),
            district: value.district.as_deref(),
            point: Some(value.at),
            on: None,
        };
        let commune = match register.commune(&claim) {
            Ok((commune, _)) => commune,
            Err((field, found, reason)) => {
                refused.push(Reject::new(line, read.headings.of(field), found, reason));
                continue;
            }
        };
        let id = id(commune, value.source_key.as_deref(), value.kind, &value.name);
        let id = known.get(&id).copied().unwrap_or(id);
        if let Some(earlier) = seen.insert(id, line) {
            let reason = Reason::Duplicate { line: earlier };
            refused.push(Reject::new(line, read.headings.of("name"), value.name, reason));
            continue;
        }
        places.push(Place {
            id,
            kind: value.kind,
            name: value.name,
            commune,
            at: value.at,
            source_key: value.source_key,
            source: value.source.unwrap_or_else(|| options.default_source.clone()),
        });
    }
    let outside = places.iter().filter(|place| register.has_areas() && !register.is_inside(place.at)).count();
    if outside > 0 {
        job.report.notes.push(Note::OutsideCommunes { rows: outside as u64 });
    }
    refused.sort_by_key(|reject| reject.line);
    let counts = job.transaction.put_places(&places).await?;
    job.took(places.len(), counts);
    job.refuse(refused).await
}

fn id(commune: UnitCode, source_key: Option<&str>, kind: PlaceKind, name: &str) -> PlaceId {
    PlaceId::of(commune, source_key, kind, &names::exact_key(name))
}

/// Places of the store under the ids that they would get today: a merger must not double them.
fn known(places: &[Place], register: &Places) -> HashMap<PlaceId, PlaceId> {
    let today = |place: &Place| {
        let by_point = register.lookup().locate(place.at);
        by_point.or_else(|| register.commune_of_code(place.commune)).unwrap_or(place.commune)
    };
    let again = |place: &Place| id(today(place), place.source_key.as_deref(), place.kind, &place.name);
    let mut known: HashMap<PlaceId, PlaceId> = places.iter().map(|place| (again(place), place.id)).collect();
    known.extend(places.iter().map(|place| (place.id, place.id)));
    known
}

/// The commune of a row that states its code, and its point.
fn stated_place(record: &PlaceRecord, register: &Places) -> Option<(UnitCode, LonLat)> {
    Some((register.commune_of_code(record.commune_code?)?, record.at))
}
