//! Visits find their village.
//!
//! By our code, by name within the commune, or by the nearest village point;
//! a visit that names a village nobody knows is refused with the nearest
//! spellings, because counting it elsewhere would be a guess.

use std::path::Path;

use super::places::{Claim, Places, Unplaced};
use super::{ImportError, Job, Note};
use crate::engine::names::Match;
use crate::ingest;
use crate::model::refusal::{Reason, Reject, Row};
use crate::model::rules::ReachRules;
use crate::model::visit::{AssignMethod, Visit, VisitRecord};
use crate::store::Store;

pub(super) async fn import(
    store: &dyn Store,
    job: &mut Job,
    path: &Path,
    options: &ingest::Options,
) -> Result<(), ImportError> {
    let read = ingest::visits::read(path, options)?;
    job.report.profile = read.profile.to_owned();
    job.report.dropped_fields = read.dropped_fields;
    job.report.warnings = read.warnings;
    let places = Places::load(store, job.today).await?;
    let within_m = ReachRules::default().nearest_village_within_m;

    let mut refused = read.batch.rejects;
    let mut visits = Vec::with_capacity(read.batch.rows.len());
    for Row { line, value } in read.batch.rows {
        match place(&places, value, within_m) {
            Ok(visit) => visits.push(visit),
            Err((field, found, reason)) => refused.push(Reject::new(line, field, found, reason)),
        }
    }
    let commune_only = visits.iter().filter(|visit| visit.village.is_none()).count() as u64;
    if commune_only > 0 {
        job.report.notes.push(Note::CommuneOnly { rows: commune_only });
    }
    let counts = job.transaction.put_visits(&visits).await?;
    job.took(visits.len(), counts);
    job.refuse(refused).await
}

fn place(places: &Places, record: VisitRecord, within_m: f64) -> Result<Visit, Unplaced> {
    let mut flags = flags(places, &record);
    let (commune, village, assigned_by) = if let Some(code) = record.village_code {
        let Some(village) = places.village(code) else {
            return Err(("village_code", code.to_string(), Reason::UnknownVillage { candidates: Vec::new() }));
        };
        (village.commune, Some(code), AssignMethod::Code)
    } else {
        let claim = Claim { code: record.commune_code, name: record.commune_name.as_deref(), point: record.point };
        let commune = places.commune(&claim)?;
        if let Some(name) = record.village_name.as_deref() {
            match places.village_named(commune, name) {
                Match::Exact(code) | Match::Folded(code) => (commune, Some(code), AssignMethod::Name),
                Match::Ambiguous(codes) => {
                    let candidates = places.village_labels(&codes);
                    return Err(("village", name.to_owned(), Reason::AmbiguousVillage { candidates }));
                }
                Match::None { near } => {
                    let candidates = places.village_labels(&near);
                    return Err(("village", name.to_owned(), Reason::UnknownVillage { candidates }));
                }
            }
        } else {
            let nearest = record.point.and_then(|at| places.nearest_village(commune, at, within_m));
            match nearest {
                Some(code) => (commune, Some(code), AssignMethod::Nearest),
                None => (commune, None, AssignMethod::CommuneOnly),
            }
        }
    };
    if let (Some(at), Some(known)) = (record.point, village.and_then(|code| places.village(code)))
        && known.point.is_some_and(|point| point.distance_m(at) > FAR_M)
    {
        flags.push("far_from_village".to_owned());
    }
    Ok(Visit {
        household: record.household.unwrap_or_else(|| stand_in(&record)),
        source_id: record.source_id,
        time: record.time,
        commune,
        village,
        assigned_by,
        point: record.point,
        accuracy_m: record.accuracy_m,
        result: record.result,
        guided_people: record.guided_people,
        signal_seen: record.signal_seen,
        flags,
    })
}

/// A visit this far from its village is worth a look, metres: the diameter of a large village.
const FAR_M: f64 = 5_000.0;

fn flags(places: &Places, record: &VisitRecord) -> Vec<String> {
    let mut flags = Vec::new();
    match record.point {
        None => flags.push("no_point".to_owned()),
        Some(at) if places.has_units() && !places.is_inside(at) => flags.push("outside_province".to_owned()),
        Some(_) => {}
    }
    match record.accuracy_m {
        Some(0.0) => flags.push("accuracy_zero".to_owned()),
        Some(metres) if metres > 100.0 => flags.push("accuracy_gt_100".to_owned()),
        _ => {}
    }
    flags
}

/// A visit that names no household is a home of its own: by position, to about
/// 5 m, where there is one, else by its id.
fn stand_in(record: &VisitRecord) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64; // FNV-1a
    let mut mix = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    match record.point {
        #[expect(clippy::cast_possible_truncation, reason = "degrees × 20 000 fit in 32 bits")]
        Some(at) => {
            mix(&((at.lon() * 20_000.0).round() as i32).to_le_bytes());
            mix(&((at.lat() * 20_000.0).round() as i32).to_le_bytes());
        }
        None => mix(record.source_id.as_bytes()),
    }
    hash
}
