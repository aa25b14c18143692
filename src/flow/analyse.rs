//! From stored samples, visits and villages to stored verdicts.
//!
//! The verdicts are written so that QGIS and scripts read from the file what
//! the map shows; the map itself is answered by the same engine from the
//! same facts, and a test compares the two.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::engine::signal::devices;
use crate::engine::signal::runs::{Builder, Part, in_order};
use crate::engine::visits::{Difference, Revision};
use crate::engine::{self, Answer, FactParts, Facts, Measurements, Standing};
use crate::model::claim::ClaimCount;
use crate::model::import::Epoch;
use crate::model::measure::local_day;
use crate::model::question::Question;
use crate::model::rules::Rules;
use crate::model::sample::Run;
use crate::store::{Analysis, AnalysisStamp, RunsFrom, SignalAnalysis, Store, StoreError};

/// Bytes of runs in the making above which the ground is halved and the samples are read again: some 24 million
/// samples that say everything, in whatever order. Their runs may take twice as much.
const MOST_BYTES: usize = 5 << 28;

/// What an analysis found, for the screen.
#[derive(Clone, Debug, PartialEq)]
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
    /// How every claimed network stands to its own claim.
    pub claims: Vec<ClaimCount>,
}

/// What was taken off the medians of runs because phones read differently.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Devices {
    /// Phones that share enough cells with others to be compared.
    pub compared: u64,
    /// Of one phone, either way, dB.
    pub largest_offset_db: f64,
}

/// Where an analysis takes its runs from.
#[derive(Clone, Copy)]
pub enum Runs<'a> {
    /// From all samples.
    Anew,
    /// From the last analysis, where no sample came in since.
    Kept,
    /// From facts of an earlier moment, where no sample came in since ([`Store::last_sample`] of then).
    Of(&'a Arc<Facts>, u64),
}

/// Judges everything in the store and writes the verdicts in one transaction.
///
/// # Errors
/// When the store cannot be read or written; the old verdicts then stay.
pub async fn analyse(store: &dyn Store, rules: &Rules, runs: Runs<'_>, now: Timestamp) -> Result<Summary, StoreError> {
    Ok(judged(store, rules, runs, now).await?.0)
}

/// The same, with the facts that it was made from, the answer to [`Question::default`] and the epoch that it made.
///
/// # Errors
/// As [`analyse`].
pub async fn judged(
    store: &dyn Store,
    rules: &Rules,
    runs: Runs<'_>,
    now: Timestamp,
) -> Result<(Summary, Facts, Answer, Epoch), StoreError> {
    let made_from = store.epoch().await?;
    let last_sample = store.last_sample().await?;
    let kept = match runs {
        Runs::Anew => None,
        Runs::Kept | Runs::Of(..) => store.runs_from().await?.filter(|from| from.last_sample == last_sample),
    };
    let before = if let Runs::Of(facts, _) = runs { Some(Arc::clone(facts)) } else { None };
    let (samples, runs) = match (&kept, runs) {
        (None, _) => {
            let (samples, runs) = runs_of(store, None).await?;
            (samples, Found::Anew(runs, store.phones_since().await?))
        }
        (Some(from), Runs::Of(facts, of)) if of == last_sample => (from.samples, Found::Kept(Arc::clone(&facts.runs))),
        (Some(from), _) => (from.samples, Found::Kept(measured(store).await?)),
    };
    let (parts, difference) = parts(store, rules, before.as_deref(), local_day(now)).await?;
    let is_new = kept.is_none();
    let judging = tokio::task::spawn_blocking(move || judge(parts, runs, before.as_deref().zip(difference.as_ref())));
    let Judged { facts, answer, standing, devices } = judging.await.map_err(|_| StoreError::Interrupted)?;
    let runs_from = kept.unwrap_or(RunsFrom {
        last_sample,
        samples,
        devices_compared: devices.compared,
        largest_offset_db: devices.largest_offset_db,
    });
    let epoch = Epoch { number: made_from.number + 1, ..made_from.clone() };
    let judged = (&facts, &answer, Some(&standing));
    write(store, rules, judged, (made_from, runs_from, is_new), now).await?;
    let Standing { cells, claim_counts, .. } = standing;
    let best = cells.iter().filter(|cell| cell.operator.is_none() && cell.technology.is_none());
    let summary = Summary {
        samples,
        runs: facts.runs.len() as u64,
        cells: best.clone().count() as u64,
        cells_dead: best.filter(|cell| cell.verdict.is_dead()).count() as u64,
        dead_areas: answer.dead_areas.len() as u64,
        villages: answer.villages.len() as u64,
        villages_unreached: answer.unreached.len() as u64,
        as_of: answer.as_of,
        devices: Devices { compared: runs_from.devices_compared, largest_offset_db: runs_from.largest_offset_db },
        claims: claim_counts,
    };
    Ok((summary, facts, answer, epoch))
}

/// How many samples there are, but for those of an import, and their runs. A store has no order of time, so a sample may be a fragment
/// of a run by itself; the ground is halved when that is more than the memory should hold.
pub(super) async fn runs_of(store: &dyn Store, without: Option<i64>) -> Result<(u64, Vec<Run>), StoreError> {
    let (mut samples, mut runs) = (0, Vec::new());
    let mut parts = vec![Part::default()];
    while let Some(part) = parts.pop() {
        let mut builder = Builder::of(part);
        samples = 0;
        store
            .samples_but(without, &mut |piece| {
                samples += piece.len() as u64;
                builder.extend(&piece);
                builder.shed(MOST_BYTES, &mut parts);
            })
            .await?;
        let more = tokio::task::spawn_blocking(move || builder.sort().runs()).await;
        runs.extend(more.map_err(|_| StoreError::Interrupted)?);
    }
    in_order(&mut runs);
    Ok((samples, runs))
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

/// Runs, and whether what phones add is taken off already.
enum Found {
    /// With the day since which phones are known.
    Anew(Vec<Run>, Date),
    Kept(Arc<Measurements>),
}

fn judge(parts: FactParts, runs: Found, before: Option<(&Facts, &Difference)>) -> Judged {
    let (runs, offsets) = match runs {
        Found::Kept(runs) => (runs, BTreeMap::new()),
        Found::Anew(runs, since) => prepared(runs, since),
    };
    let facts = made(FactParts { runs, ..parts }, before);
    let answer = engine::answer(&facts, &Question::default());
    let standing = engine::standing(&facts);
    Judged { facts, answer, standing, devices: spread(&offsets) }
}

/// Takes off what phones add.
fn prepared(mut runs: Vec<Run>, since: Date) -> (Arc<Measurements>, BTreeMap<u64, devices::Offset>) {
    let offsets = devices::offsets(&runs, since);
    devices::free(&mut runs, &offsets, since);
    (Measurements::since(since, runs), offsets)
}

/// Facts as they would be without the measurements of an import. Nothing is written.
///
/// # Errors
/// When the store cannot be read.
pub async fn facts_without(store: &dyn Store, facts: &Arc<Facts>, import: i64) -> Result<Facts, StoreError> {
    let (_, runs) = runs_of(store, Some(import)).await?;
    let since = store.phones_since().await?;
    let (parts, difference) = parts(store, &facts.rules, Some(facts), facts.today).await?;
    let before = Arc::clone(facts);
    let making = move || {
        let parts = FactParts { runs: prepared(runs, since).0, ..parts };
        made(parts, difference.as_ref().map(|difference| (&*before, difference)))
    };
    tokio::task::spawn_blocking(making).await.map_err(|_| StoreError::Interrupted)
}

/// The facts of a store that has been analysed.
///
/// # Errors
/// When the store cannot be read.
pub async fn facts(store: &dyn Store, rules: &Rules, now: Timestamp) -> Result<Facts, StoreError> {
    let (parts, _) = parts(store, rules, None, local_day(now)).await?;
    let parts = FactParts { runs: measured(store).await?, ..parts };
    tokio::task::spawn_blocking(move || Facts::new(parts)).await.map_err(|_| StoreError::Interrupted)
}

/// The runs of the last analysis.
async fn measured(store: &dyn Store) -> Result<Arc<Measurements>, StoreError> {
    let (since, runs) = (store.phones_since().await?, store.runs().await?);
    tokio::task::spawn_blocking(move || Measurements::since(since, runs)).await.map_err(|_| StoreError::Interrupted)
}

/// The facts of a store from those of an earlier moment, where no sample came in since.
///
/// # Errors
/// When the store cannot be read.
pub async fn facts_after(
    store: &dyn Store,
    before: &Arc<Facts>,
    rules: &Rules,
    now: Timestamp,
) -> Result<Facts, StoreError> {
    let (parts, difference) = parts(store, rules, Some(before), local_day(now)).await?;
    let parts = FactParts { runs: Arc::clone(&before.runs), ..parts };
    let before = Arc::clone(before);
    let making = move || made(parts, difference.as_ref().map(|difference| (&*before, difference)));
    tokio::task::spawn_blocking(making).await.map_err(|_| StoreError::Interrupted)
}

fn made(parts: FactParts, before: Option<(&Facts, &Difference)>) -> Facts {
    match before {
        Some((before, difference)) => before.after(parts, difference),
        None => Facts::new(parts),
    }
}

/// Writes the verdicts of facts that were read at an epoch and whose runs the store has, and their answer to
/// [`Question::default`], beside other work; where the store has those on the signal already, the others alone.
///
/// # Errors
/// When the store cannot be written, or has moved on.
pub async fn settle(
    store: &dyn Store,
    rules: &Rules,
    (facts, answer): (&Arc<Facts>, &Answer),
    (made_from, has_signal): (Epoch, bool),
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(runs_from) = store.runs_from().await? else { return Ok(()) };
    if has_signal {
        return write(store, rules, (facts, answer, None), (made_from, runs_from, false), now).await;
    }
    let known = Arc::clone(facts);
    let judging = tokio::task::spawn_blocking(move || {
        // On a thread of its own, so that no question waits behind it.
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().ok()?;
        Some(alone.install(|| engine::standing(&known)))
    });
    let Some(standing) = judging.await.map_err(|_| StoreError::Interrupted)? else { return Ok(()) };
    write(store, rules, (facts, answer, Some(&standing)), (made_from, runs_from, false), now).await
}

async fn write(
    store: &dyn Store,
    rules: &Rules,
    (facts, answer, standing): (&Facts, &Answer, Option<&Standing>),
    (made_from, runs_from, runs_are_new): (Epoch, RunsFrom, bool),
    now: Timestamp,
) -> Result<(), StoreError> {
    let signal = standing.map(|standing| SignalAnalysis {
        runs: runs_are_new.then_some(&facts.runs[..]),
        cells: &standing.cells,
        dead_areas: &standing.dead_areas,
        places: &answer.places,
        speeds: &answer.speeds,
        claims: &standing.claims,
    });
    let analysis = Analysis {
        made_from,
        as_of: answer.as_of,
        rules,
        runs_from,
        signal,
        areas: &answer.dead_areas,
        villages: &answer.villages,
        communes: &answer.communes,
        priority: &answer.priority,
    };
    store.replace_analysis(&analysis, now).await
}

/// What the store holds beside the runs, and how its visits differ from those before. Of them only what has changed is
/// read.
async fn parts(
    store: &dyn Store,
    rules: &Rules,
    before: Option<&Facts>,
    today: Date,
) -> Result<(FactParts, Option<Difference>), StoreError> {
    let known = before.map(|facts| facts.visits.clone()).unwrap_or_default();
    let mark = known.mark().clone();
    let mut revision = Revision::of(known);
    let mark = store.visits_since(&mark, &mut |news| revision.take(news)).await?;
    let (visits, difference) = revision.end(mark);
    let parts = FactParts {
        units: store.units().await?,
        changes: store.changes().await?,
        villages: store.villages().await?,
        successions: store.successions().await?,
        earlier_counts: store.earlier_counts().await?,
        visits,
        decisions: store.decisions().await?,
        runs: Arc::default(),
        sites: store.sites().await?,
        places: store.places().await?,
        speeds: store.speeds().await?,
        claims: store.claims().await?,
        teams: store.teams().await?,
        activities: store.activities().await?,
        rules: rules.clone(),
        today,
    };
    Ok((parts, difference))
}

/// Whether the verdicts in the store were made from what it holds now, by these rules, today.
///
/// # Errors
/// When the store cannot be read.
pub async fn is_current(store: &dyn Store, rules: &Rules, now: Timestamp) -> Result<bool, StoreError> {
    let (stamp, epoch) = (store.analysed().await?, store.epoch().await?);
    Ok(stamp.is_some_and(|stamp| stands(&stamp, &epoch, rules, now)))
}

/// The same of a stamp and an epoch that were read.
#[must_use]
pub fn stands(stamp: &AnalysisStamp, epoch: &Epoch, rules: &Rules, now: Timestamp) -> bool {
    stamp.is_current(epoch, rules) && stamp.as_of == local_day(now)
}

/// Whether every imported row has been judged, whenever and by whatever rules:
/// the runs that an answer is worked out from are then all there.
///
/// # Errors
/// When the store cannot be read.
pub async fn covers_every_row(store: &dyn Store) -> Result<bool, StoreError> {
    let epoch = store.epoch().await?;
    let is_last = store.analysed().await?.is_some_and(|stamp| stamp.committed_as == epoch.number);
    Ok(is_last && has_every_sample(store).await?)
}

/// Whether the runs in the store are those of all its samples.
///
/// # Errors
/// When the store cannot be read.
pub async fn has_every_sample(store: &dyn Store) -> Result<bool, StoreError> {
    let last_sample = store.last_sample().await?;
    Ok(store.runs_from().await?.is_some_and(|from| from.last_sample == last_sample))
}
