//! Claimed coverage into the store: rows of areas and cells become the ground
//! of one claim for each operator, technology and environment.
//!
//! A claim takes the place of the earlier one of the three, said aloud. An
//! area whose rings cross is refused, since nobody knows which side is meant;
//! parts that overlap are taken together. A file that claims more ground of
//! one network than a few provinces have is not imported at all: half of a
//! claim would make the other half "not claimed".

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use h3o::CellIndex;

use super::places::Places;
use super::streamed::unknown_operators;
use super::{ImportError, Job, Note, Replaced};
use crate::engine::boundaries::validity;
use crate::engine::signal::claims::ground::{Ground, MOST_KM2, TooMuch};
use crate::engine::signal::locate::middle;
use crate::ingest::{self, Read};
use crate::model::claim::{Claim, ClaimRecord, ClaimedCell, ClaimedGround, Environment};
use crate::model::geometry_fault::GeometryFault;
use crate::model::operator::{Operator, Technology};
use crate::model::refusal::{Reason, Reject};
use crate::store::{Store, StoreError};

/// Cells that are looked at to say whether a claim lies in the province at all.
const LOOKED_AT: usize = 10_000;

type Key = (Operator, Technology, Environment);

/// What a file claims.
struct Claimed {
    read: Read<ClaimRecord>,
    grounds: BTreeMap<Key, Vec<ClaimedCell>>,
    /// Rows by operator.
    operators: BTreeMap<Operator, u64>,
    rows: usize,
    small: u64,
}

pub(super) async fn import(
    store: &dyn Store,
    job: &mut Job,
    path: &Path,
    options: &ingest::Options,
) -> Result<(), ImportError> {
    let (reader_path, reader_options) = (path.to_owned(), options.clone());
    let claimed = tokio::task::spawn_blocking(move || gather(&reader_path, &reader_options));
    let Claimed { read, grounds, operators, rows, small } = claimed.await.map_err(|_| StoreError::Interrupted)??;
    job.report.profile = read.profile.to_owned();
    job.report.dropped_fields = read.dropped_fields;
    job.report.warnings = read.warnings;

    let known = store.claims().await?;
    let claim = |((operator, technology, environment), cells): (Key, Vec<ClaimedCell>)| Claim {
        operator,
        technology,
        environment,
        as_of: options.as_of,
        source: options.default_source.clone(),
        cells,
    };
    let claims: Vec<Claim> = grounds.into_iter().filter(|(_, cells)| !cells.is_empty()).map(claim).collect();
    for claim in &claims {
        let earlier = known.iter().find(|known| key(known) == key(claim)).filter(|known| *known != claim);
        let replaced = earlier.map(|known| Replaced { km2: km2(&known.cells), as_of: known.as_of });
        job.report.notes.push(Note::Claimed { network: named(claim), km2: km2(&claim.cells), replaced });
    }
    let is_in = !job.report.dry_run;
    job.report.notes.extend(unknown_operators(&operators, is_in));
    if small > 0 {
        job.report.notes.push(Note::SmallAreas { rows: small });
    }
    let places = Places::load(store, job.today).await?;
    if places.has_areas() && !claims.is_empty() && !any_inside(&claims, &places) {
        job.report.notes.push(Note::ClaimedElsewhere);
    }
    let counts = job.transaction.put_claims(&claims).await?;
    job.took(rows, counts);
    job.refuse(read.batch.rejects).await
}

/// Reads the file and gathers its ground. Work for a thread of its own.
fn gather(path: &Path, options: &ingest::Options) -> Result<Claimed, ImportError> {
    let mut read = ingest::claims::read(path, options)?;
    let mut grounds: BTreeMap<Key, Ground> = BTreeMap::new();
    let mut operators: BTreeMap<Operator, u64> = BTreeMap::new();
    let (mut rows, mut small) = (0, 0);
    let mut refused_lines: HashSet<u64> = HashSet::new();
    for row in std::mem::take(&mut read.batch.rows) {
        let ClaimRecord { operator, technology, environment, minimum, ground: of_row } = row.value;
        let ground = grounds.entry((operator, technology, environment)).or_default();
        let added = match &of_row {
            ClaimedGround::Cell(cell) => ground.give(*cell, minimum).map(|()| 1).map_err(|_| TooMuch::Claim),
            ClaimedGround::Area(area) => match area.iter().find_map(|part| ambiguous(&(part.clone().into()))) {
                Some(fault) => {
                    // A row of several technologies is refused once.
                    if refused_lines.insert(row.line) {
                        read.batch.rejects.push(Reject::new(
                            row.line,
                            "geometry",
                            "Polygon",
                            Reason::BadGeometry { fault },
                        ));
                    }
                    continue;
                }
                None => ground.draw(area, minimum),
            },
        };
        match added {
            Ok(cells) => {
                rows += 1;
                small += u64::from(cells == 0);
                *operators.entry(operator).or_default() += 1;
            }
            Err(TooMuch::Area) => {
                if refused_lines.insert(row.line) {
                    let reason = Reason::TooMuchGround { most_km2: MOST_KM2 };
                    read.batch.rejects.push(Reject::new(row.line, "geometry", "Polygon", reason));
                }
            }
            Err(TooMuch::Claim) => return Err(ImportError::TooMuchGround { most_km2: MOST_KM2 }),
        }
    }
    read.batch.rejects.sort_by_key(|reject| reject.line);
    let grounds = grounds.into_iter().map(|(key, ground)| (key, ground.finish())).collect();
    Ok(Claimed { read, grounds, operators, rows, small })
}

/// A fault that leaves open which ground is meant. Rings that touch and parts that overlap do not.
fn ambiguous(part: &geo_types::MultiPolygon<f64>) -> Option<GeometryFault> {
    match validity::check(part) {
        Ok(()) | Err(GeometryFault::SelfTouching { .. } | GeometryFault::Spike { .. }) => None,
        Err(fault) => Some(fault),
    }
}

fn key(claim: &Claim) -> Key {
    (claim.operator, claim.technology, claim.environment)
}

/// `Viettel 4G (outdoor)`.
fn named(claim: &Claim) -> String {
    let network = format!("{} {}", claim.operator.brand(), claim.technology);
    match claim.environment {
        Environment::Unstated => network,
        stated => format!("{network} ({})", stated.code()),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an area on earth in km²")]
fn km2(cells: &[ClaimedCell]) -> u64 {
    cells.iter().map(|claimed| claimed.cell.area_km2()).sum::<f64>().round() as u64
}

fn any_inside(claims: &[Claim], places: &Places) -> bool {
    let cells: Vec<CellIndex> = claims.iter().flat_map(|claim| &claim.cells).map(|claimed| claimed.cell).collect();
    let step = cells.len().div_ceil(LOOKED_AT).max(1);
    cells.iter().step_by(step).filter_map(|cell| middle(*cell)).any(|at| places.is_inside(at))
}
