//! Visits find their village.
//!
//! By our code, by name within the commune, by the extent of a village that
//! holds it, or by the nearest village point;
//! a visit that names a village nobody knows is refused with the nearest
//! spellings, because counting it elsewhere would be a guess. A table without a
//! column of communes is of the importer's commune, or of a stated one.
//!
//! A file comes in pieces, each placed and stored while the next is read.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use jiff::civil::Date;

use super::communes::{Claim, Found, Unplaced};
use super::misfit::{self, Points};
use super::places::{self, Places};
use super::{ImportError, Job, Note, Request, edited, seen};
use crate::ingest::visits::Piece;
use crate::ingest::{self, Stop};
use crate::model::access::{Extent, Matter, Role};
use crate::model::admin::UnitCode;
use crate::model::crs::Crs;
use crate::model::flag::{Flag, Flags};
use crate::model::measure::{LonLat, local_day};
use crate::model::refusal::{Reason, Reject, Row};
use crate::model::village::VillageCode;
use crate::model::visit::{AssignMethod, Visit, VisitRecord};
use crate::store::{Store, StoreError};

pub(super) async fn import(
    store: &dyn Store,
    job: &mut Job,
    (path, options): (&Path, &ingest::Options),
    request: &Request,
) -> Result<(), ImportError> {
    let places = Places::load(store, job.today).await?;
    let own = own_commune(request, &places)?;
    let gone = store.gone().await?;
    let within_m = request.rules.reach.nearest_village_within_m;
    let (mut points, mut tally, mut all) = (Points::default(), Tally::default(), (Vec::new(), Vec::new()));
    // The reader works on a thread of its own; a full channel makes it wait for the store.
    let (to_store, mut pieces) = tokio::sync::mpsc::channel::<Piece>(1);
    let (reader_path, reader_options) = (path.to_owned(), options.clone());
    let reader = tokio::task::spawn_blocking(move || {
        let mut send = |piece| to_store.blocking_send(piece).map_err(|_| Stop);
        ingest::visits::read_pieces(&reader_path, &reader_options, &mut send)
    });
    while let Some(mut piece) = pieces.recv().await {
        let other_ids = edited::resolve(&mut *job.transaction, &mut piece, &options.household_key).await?;
        let Piece { batch, withdrawn, says_withdrawn, corrected, headings, parts, has_communes } = piece;
        points.see(&batch, |record| stated_place(record, &places));
        job.report.corrected.extend(corrected);
        let mut refused = batch.rejects;
        let mut placed = Vec::with_capacity(batch.rows.len());
        for Row { line, value } in batch.rows {
            let taken = own.filter(|_| !has_communes && says_no_commune(&value, &places));
            tally.commune_taken += u64::from(taken.is_some());
            let by_sheet = value.sheet.is_some() && value.village_code.is_none() && value.village_name.is_none();
            let spoken = value.spoken;
            match place(&places, (value, taken), within_m, &options.household_key) {
                Err((field @ ("village" | "commune" | "commune_code"), _, reason)) if spoken => {
                    refused.push(Reject::new(line, headings.of(field), NOT_REPEATED, reason));
                }
                Ok(visit) => {
                    tally.by_sheet += u64::from(by_sheet && visit.assigned_by == AssignMethod::Name);
                    placed.push((line, visit));
                }
                Err((field, found, reason)) => refused.push(Reject::new(line, headings.of(field), found, reason)),
            }
        }
        let scope = Scope::of(store, request.importer, &places, &placed).await?;
        let mut visits = Vec::with_capacity(placed.len());
        let mut lines = Vec::with_capacity(placed.len());
        for (line, visit) in placed {
            if let Some((field, found)) = scope.fault(&visit) {
                refused.push(Reject::new(line, headings.of(field), found, Reason::OutsideScope));
            } else if gone.holds(&visit) {
                tally.kept_out += 1;
            } else {
                tally.see(&visit);
                visits.push(visit);
                lines.push(line);
            }
        }
        refused.sort_by_key(|reject| reject.line);
        refused.iter_mut().for_each(|reject| reject.within = parts.of(reject.line));
        seen::count(job, &visits);
        let counts = job.transaction.put_visits(&visits).await?;
        let came_in: HashSet<&str> = visits.iter().map(|visit| visit.source_id.as_str()).collect();
        let other_ids = other_ids.iter().map(|(hash, id)| (*hash, id.as_str()));
        let other_ids: Vec<_> = other_ids.filter(|(_, id)| came_in.contains(id)).collect();
        job.transaction.put_other_ids(&other_ids).await?;
        job.took(visits.len(), counts);
        job.refuse(refused).await?;
        let withdrawn = scope.own(store, &places, &withdrawn).await?;
        tally.withdrawn += job.transaction.put_server_decision(true, &withdrawn).await?;
        if says_withdrawn {
            let ids: Vec<&str> = visits.iter().map(|visit| visit.source_id.as_str()).collect();
            tally.back += job.transaction.put_server_decision(false, &ids).await?;
        }
        if request.beside.is_some() {
            all.0.extend(visits);
            all.1.extend(lines);
        }
    }
    let read = reader.await.map_err(|_| StoreError::Interrupted)??;
    places::describe(job, &read);
    let again = |crs: Crs| {
        let options = ingest::Options { crs_epsg: Some(crs.epsg()), ..options.clone() };
        let mut points = Points::default();
        points.see(&ingest::visits::read(path, &options).ok()?.batch, |record| stated_place(record, &places));
        Some(points)
    };
    misfit::of_points(&points, read.crs, places.lookup(), again)?;
    let taken = own.filter(|_| tally.commune_taken > 0);
    job.report.notes.extend(
        taken.map(|code| Note::CommuneTaken { commune: places.commune_label(code), rows: tally.commune_taken }),
    );
    job.report.notes.extend(tally.notes());
    seen::of_visits(job, (&all.0, &all.1), request.beside.as_ref());
    Ok(())
}

/// The commune of today of whoever imports, or the one that was stated.
fn own_commune(request: &Request, places: &Places) -> Result<Option<UnitCode>, ImportError> {
    match (request.commune, request.importer) {
        (Some(code), _) => places.commune_of_code(code).map(Some).ok_or(ImportError::NoCommune(code)),
        (None, Role::Commune(code)) => Ok(places.commune_of_code(code)),
        (None, Role::Team(village)) => Ok(places.village(village).map(|village| village.commune)),
        (None, _) => Ok(None),
    }
}

/// Whether nothing in a row says which commune it means: no code, no name, and no position in one for a row that
/// names no village.
fn says_no_commune(record: &VisitRecord, places: &Places) -> bool {
    let is_in_one = || record.point.is_some_and(|at| places.is_inside(at));
    record.village_code.is_none()
        && record.commune_code.is_none()
        && record.commune_name.is_none()
        && (record.village_name.is_some() || !is_in_one())
}

/// Stands for a name out of free words that is no place: it may be a person's.
const NOT_REPEATED: &str = "…";

/// What is odd about single visits and said once about all of them.
#[derive(Default)]
struct Tally {
    commune_taken: u64,
    by_sheet: u64,
    kept_out: u64,
    withdrawn: u64,
    back: u64,
    commune_only: u64,
    supervision: u64,
    outside: u64,
}

impl Tally {
    fn see(&mut self, visit: &Visit) {
        self.commune_only += u64::from(visit.village.is_none());
        self.supervision += u64::from(visit.supervision);
        self.outside += u64::from(visit.flags.has(Flag::OutsideProvince));
    }

    fn notes(self) -> impl Iterator<Item = Note> {
        let counted = [
            (self.by_sheet, Note::VillageOfSheet { rows: self.by_sheet }),
            (self.kept_out, Note::KeptOut { rows: self.kept_out }),
            (self.withdrawn, Note::WithdrawnAtServer { rows: self.withdrawn }),
            (self.back, Note::BackAtServer { rows: self.back }),
            (self.commune_only, Note::CommuneOnly { rows: self.commune_only }),
            (self.supervision, Note::Supervision { rows: self.supervision }),
            (self.outside, Note::OutsideProvince { rows: self.outside }),
        ];
        counted.into_iter().filter_map(|(rows, note)| (rows > 0).then_some(note))
    }
}

/// What whoever imports may write.
struct Scope {
    importer: Role,
    /// Where those that the store has already are, by id; empty for an importer of everything.
    known: HashMap<String, (UnitCode, Option<VillageCode>)>,
}

impl Scope {
    async fn of(
        store: &dyn Store,
        importer: Role,
        places: &Places,
        placed: &[(u64, Visit)],
    ) -> Result<Self, StoreError> {
        if importer.extent(Matter::Import) == Extent::All {
            return Ok(Self { importer, known: HashMap::new() });
        }
        let today = |code: UnitCode| places.commune_of_code(code).unwrap_or(code);
        let ids: Vec<&str> = placed.iter().map(|(_, visit)| visit.source_id.as_str()).collect();
        let visits = store.visits_with(&ids).await?.into_iter();
        let known = visits.map(|visit| (visit.source_id, (today(visit.commune), visit.village))).collect();
        Ok(Self { importer, known })
    }

    /// Those of these ids whose visit whoever imports may take out.
    async fn own<'a>(
        &self,
        store: &dyn Store,
        places: &Places,
        forms: &'a [(String, Vec<String>)],
    ) -> Result<Vec<&'a str>, StoreError> {
        let ids: Vec<&str> = forms.iter().map(|(id, _)| id.as_str()).collect();
        if self.importer.extent(Matter::Import) == Extent::All || ids.is_empty() {
            return Ok(ids);
        }
        let visits = store.visits_with(&ids).await?.into_iter();
        let today = |code: UnitCode| places.commune_of_code(code).unwrap_or(code);
        let mine = |visit: &Visit| self.importer.may_import_place(today(visit.commune), visit.village);
        let mine: HashSet<String> = visits.filter(mine).map(|visit| visit.source_id).collect();
        Ok(ids.into_iter().filter(|id| mine.contains(*id)).collect())
    }

    /// The field at fault and what it says. A visit of another place is not taken over by its id either.
    fn fault(&self, visit: &Visit) -> Option<(&'static str, String)> {
        if !self.importer.may_import_place(visit.commune, visit.village) {
            return Some(match visit.village {
                Some(village) => ("village_code", village.to_string()),
                None => ("commune_code", visit.commune.to_string()),
            });
        }
        let (commune, village) = self.known.get(&visit.source_id)?;
        (!self.importer.may_import_place(*commune, *village)).then(|| ("id", String::new()))
    }
}

/// The commune of a row that states its code or that of its village, and its point.
fn stated_place(record: &VisitRecord, places: &Places) -> Option<(UnitCode, LonLat)> {
    let commune = match record.village_code.and_then(|code| places.village(code)) {
        Some(village) => village.commune,
        None => places.commune_of_code(record.commune_code?)?,
    };
    Some((commune, record.point?))
}

/// `taken` is the commune of a row that names none, where it was taken for it.
fn place(
    places: &Places,
    (record, taken): (VisitRecord, Option<UnitCode>),
    within_m: f64,
    key: &[u8; 32],
) -> Result<Visit, Unplaced> {
    let mut flags = flags(places, &record);
    let on = local_day(record.time);
    let (commune, village, assigned_by) = if let Some(code) = record.village_code {
        (places.village_coded("village_code", code)?.commune, Some(code), AssignMethod::Code)
    } else {
        let claim = Claim {
            code: record.commune_code,
            name: record.commune_name.as_ref(),
            district: record.district.as_deref(),
            point: record.point,
            on: Some(on),
        };
        let found = taken.map_or_else(
            || places.commune_of_old(&claim, record.old_commune.as_deref()),
            |commune| Ok((commune, None)),
        )?;
        let commune = found.0;
        if let Some(name) = record.village_name.as_deref() {
            (commune, Some(places.village_named("village", (found, name), on)?), AssignMethod::Name)
        } else if let Some(village) = of_sheet(places, &record, found, on)? {
            (commune, Some(village), AssignMethod::Name)
        } else {
            let around = record.point.and_then(|at| places.village_around(commune, at, on));
            let nearest = || record.point.and_then(|at| places.nearest_village(commune, at, on, within_m));
            match around.map(|code| (code, AssignMethod::Extent)).or_else(|| Some((nearest()?, AssignMethod::Nearest)))
            {
                Some((code, by)) => (commune, Some(code), by),
                None => (commune, None, AssignMethod::CommuneOnly),
            }
        }
    };
    let found = record.point.and_then(|at| places.lookup().locate(at));
    if found.is_some_and(|found| found != commune) {
        flags.insert(Flag::OutsideCommune);
    }
    if let (Some(at), Some(known)) = (record.point, village.and_then(|code| places.village(code)))
        && known.point.is_some_and(|point| point.distance_m(at) > FAR_M)
        && assigned_by != AssignMethod::Extent
    {
        flags.insert(Flag::FarFromVillage);
    }
    Ok(Visit {
        household: household(&record, commune, village, key),
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
        topics: record.topics,
        yields: record.yields,
        supervision: record.supervision,
        flags,
        coarse: false,
    })
}

/// The village that the sheet of a row is called by. A sheet that is called a village and is none that is known refuses
/// its rows, as a column would; `Tháng 9` says nothing of villages.
fn of_sheet(places: &Places, record: &VisitRecord, found: Found, on: Date) -> Result<Option<VillageCode>, Unplaced> {
    let Some(sheet) = record.sheet.as_deref().filter(|sheet| ingest::villages::may_be_called(sheet)) else {
        return Ok(None);
    };
    match places.village_named("village", (found, sheet), on) {
        Ok(code) => Ok(Some(code)),
        Err(unplaced) if ingest::villages::is_called_a_village(sheet) => Err(unplaced),
        Err(_) => Ok(None),
    }
}

/// A visit this far from its village is worth a look, metres: the diameter of a large village.
const FAR_M: f64 = 5_000.0;

/// Worse than this a position says little, metres.
const ACCURATE_M: f32 = 100.0;

fn flags(places: &Places, record: &VisitRecord) -> Flags {
    let outside = |at| places.has_areas() && !places.is_inside(at);
    [
        (Flag::NoPoint, record.point.is_none()),
        (Flag::OutsideProvince, record.point.is_some_and(outside)),
        (Flag::HasIssues, record.has_issues),
        (Flag::TooFast, record.too_fast),
        (Flag::AccuracyZero, record.accuracy_m == Some(0.0)),
        (Flag::AccuracyGt100, record.accuracy_m.is_some_and(|metres| metres > ACCURATE_M)),
    ]
    .into_iter()
    .filter_map(|(flag, holds)| holds.then_some(flag))
    .collect()
}

/// The key of a home. A label counts within its village, because every village has
/// a lane 3; a visit without one is a home of its own: by position, to about 5 m,
/// where there is one, else by its id. Keyed, because labels, places and ids are few
/// enough to be tried one by one.
fn household(record: &VisitRecord, commune: UnitCode, village: Option<VillageCode>, key: &[u8; 32]) -> u64 {
    match (record.household, record.point) {
        (Some(label), _) => home_by_label(commune, village, label, key),
        #[expect(clippy::cast_possible_truncation, reason = "degrees × 20 000 fit in 32 bits")]
        (None, Some(at)) => {
            let step = |degrees: f64| ((degrees * 20_000.0).round() as i32).to_le_bytes();
            ingest::keyed_hash(key, &[b"home by position", &step(at.lon()), &step(at.lat())])
        }
        (None, None) => ingest::keyed_hash(key, &[b"home by visit", record.source_id.as_bytes()]),
    }
}

/// The key of a home that a label names: within its village, else within its commune.
pub(in crate::flow) fn home_by_label(
    commune: UnitCode,
    village: Option<VillageCode>,
    label: u64,
    key: &[u8; 32],
) -> u64 {
    let place = village.map_or_else(|| commune.to_string(), |village| village.to_string());
    ingest::keyed_hash(key, &[b"home by label", place.as_bytes(), &label.to_le_bytes()])
}
