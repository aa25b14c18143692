//! From stored samples, visits and villages to stored verdicts.
//!
//! The verdicts are written so that QGIS and scripts read from the file what
//! the map shows; the map itself is answered by the same engine from the
//! same facts, and a test compares the two.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::engine::signal::devices;
use crate::engine::{self, Answer, FactParts, Facts, Standing};
use crate::model::measure::local_day;
use crate::model::question::Question;
use crate::model::rules::Rules;
use crate::model::sample::{Run, Sample};
use crate::store::{Analysis, Store, StoreError};

/// What an analysis found, for the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    pub samples: u64,
    pub runs: u64,
    /// H3 r9 cells with a verdict in the best-of-all view.
    pub cells: u64,
    /// The dead ones among them.
    pub cells_dead: u64,
    pub dead_areas: u64,
    pub villages: u64,
    pub villages_unreached: u64,
    pub as_of: Date,
    pub devices: Devices,
}

/// What was taken off the medians of runs because phones read differently.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Devices {
    /// Phones that share enough cells with others to be compared.
    pub compared: u64,
    /// Of one phone, either way, dB.
    pub largest_offset_db: f64,
}

/// Judges everything in the store and writes the verdicts in one transaction.
///
/// # Errors
/// When the store cannot be read or written; the old verdicts then stay.
pub async fn analyse(store: &dyn Store, rules: &Rules, now: Timestamp) -> Result<Summary, StoreError> {
    let made_from = store.epoch().await?;
    let mut samples: Vec<Sample> = Vec::new();
    store.samples(&mut |piece| samples.extend(piece)).await?;
    let sample_count = samples.len() as u64;
    let parts = FactParts {
        units: store.units().await?,
        changes: store.changes().await?,
        villages: store.villages().await?,
        visits: store.visits().await?,
        runs: Vec::new(),
        sites: store.sites().await?,
        places: store.places().await?,
        rules: rules.clone(),
        today: local_day(now),
    };
    let judged =
        tokio::task::spawn_blocking(move || judge(samples, parts)).await.map_err(|_| StoreError::Interrupted)?;
    let Judged { facts, answer, standing: Standing { cells, dead_areas }, devices } = judged;
    store
        .replace_analysis(
            &Analysis {
                made_from,
                as_of: answer.as_of,
                rules,
                runs: &facts.runs,
                cells: &cells,
                dead_areas: &dead_areas,
                villages: &answer.villages,
                communes: &answer.communes,
                priority: &answer.priority,
                places: &answer.places,
            },
            now,
        )
        .await?;
    let best = cells.iter().filter(|cell| cell.operator.is_none() && cell.technology.is_none());
    Ok(Summary {
        samples: sample_count,
        runs: facts.runs.len() as u64,
        cells: best.clone().count() as u64,
        cells_dead: best.filter(|cell| cell.verdict.is_dead()).count() as u64,
        dead_areas: answer.dead_areas.len() as u64,
        villages: answer.villages.len() as u64,
        villages_unreached: answer.unreached.len() as u64,
        as_of: answer.as_of,
        devices,
    })
}

struct Judged {
    facts: Facts,
    answer: Answer,
    standing: Standing,
    devices: Devices,
}

fn spread(offsets: &BTreeMap<u64, devices::Offset>) -> Devices {
    let sizes = offsets.values().map(|offset| offset.db.abs());
    Devices { compared: offsets.len() as u64, largest_offset_db: sizes.fold(0.0, f64::max) }
}

fn judge(samples: Vec<Sample>, parts: FactParts) -> Judged {
    let mut runs: Vec<Run> = engine::signal::runs(&samples);
    drop(samples);
    let offsets = devices::offsets(&runs);
    devices::free(&mut runs, &offsets);
    let facts = Facts::new(FactParts { runs, ..parts });
    let answer = engine::answer(&facts, &Question::default());
    let standing = engine::standing(&facts);
    Judged { facts, answer, standing, devices: spread(&offsets) }
}

/// The facts of a store that has been analysed.
///
/// # Errors
/// When the store cannot be read.
pub async fn facts(store: &dyn Store, rules: &Rules, now: Timestamp) -> Result<Facts, StoreError> {
    let parts = FactParts {
        units: store.units().await?,
        changes: store.changes().await?,
        villages: store.villages().await?,
        visits: store.visits().await?,
        runs: store.runs().await?,
        sites: store.sites().await?,
        places: store.places().await?,
        rules: rules.clone(),
        today: local_day(now),
    };
    tokio::task::spawn_blocking(move || Facts::new(parts)).await.map_err(|_| StoreError::Interrupted)
}

/// Whether the verdicts in the store were made from what it holds now, by these rules, today.
///
/// # Errors
/// When the store cannot be read.
pub async fn is_current(store: &dyn Store, rules: &Rules, now: Timestamp) -> Result<bool, StoreError> {
    let Some(stamp) = store.analysed().await? else { return Ok(false) };
    Ok(stamp.is_current(&store.epoch().await?, rules) && stamp.as_of == local_day(now))
}

/// Whether every imported row has been judged, whenever and by whatever rules:
/// the runs that an answer is worked out from are then all there.
///
/// # Errors
/// When the store cannot be read.
pub async fn covers_every_row(store: &dyn Store) -> Result<bool, StoreError> {
    let epoch = store.epoch().await?;
    Ok(store.analysed().await?.is_some_and(|stamp| stamp.committed_as == epoch.number))
}
