//! How a snapshot is taken: from a store, or from the one before it and what has changed since.
//!
//! Where no measurement came in, what is told of the signal is kept from the snapshot before, so that a visit is on
//! the map at once. The verdicts in the store, which other programs read, follow when it has been quiet for a while
//! ([`Snapshot::settle`]); the map does not wait for them.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use moka::sync::Cache;
use tracing::Instrument;

use super::{CHOSEN, PLANS, SEARCHES, Snapshot, VIEWS, campaign};
use crate::engine::Facts;
use crate::flow::TRACES;
use crate::flow::analyse::{self, Runs};
use crate::flow::surface::Surfaces;
use crate::model::campaign::Campaign;
use crate::model::import::{Epoch, ImportRecord};
use crate::model::measure::local_day;
use crate::model::question::Question;
use crate::model::rules::Rules;
use crate::model::work::WorkItem;
use crate::store::{AnalysisStamp, Store, StoreError};

/// Readings of a store that is being written before we give up, each a second or so.
const TRIES: u32 = 5;

/// The analysis that facts are those of: the epoch that it read, and when.
pub(super) type Judged = Option<(u64, Timestamp)>;

/// What has become of a store since a snapshot was taken of it.
pub enum Since {
    Nothing,
    /// Verdicts of what is served were written into it: the same snapshot, which knows that.
    Settled(Snapshot),
    Changed(Snapshot),
}

/// What is read beside the facts.
struct Beside {
    imports: Vec<ImportRecord>,
    work: Vec<WorkItem>,
    campaigns: Vec<Campaign>,
    judged: Judged,
    last_sample: u64,
    mask_key: [u8; 32],
}

impl Beside {
    async fn read(store: &dyn Store) -> Result<Self, StoreError> {
        Ok(Self {
            imports: store.imports().await?,
            work: store.work().await?,
            campaigns: store.campaigns().await?,
            judged: store.analysed().await?.as_ref().map(judged),
            last_sample: store.last_sample().await?,
            mask_key: store.household_key().await?,
        })
    }
}

fn judged(stamp: &AnalysisStamp) -> (u64, Timestamp) {
    (stamp.made_from, stamp.at)
}

impl Snapshot {
    /// Reads the store for serving: judges it first when its verdicts are not
    /// those of today, of these rules and of all that was imported.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn take(store: &dyn Store, rules: &Rules, now: Timestamp) -> Result<Self, StoreError> {
        let span = tracing::info_span!(target: TRACES, "snapshot");
        Self::judged_anew(store, rules, Runs::Kept, now).instrument(span).await
    }

    async fn judged_anew(store: &dyn Store, rules: &Rules, runs: Runs<'_>, now: Timestamp) -> Result<Self, StoreError> {
        for _ in 0..TRIES {
            if analyse::is_current(store, rules, now).await? && analyse::has_every_sample(store).await? {
                match Self::gathered(store, rules, now).await? {
                    Some(snapshot) => return Ok(snapshot),
                    None => continue,
                }
            }
            match analyse::judged(store, rules, runs, now).await {
                Ok((_, facts, answer, epoch)) => {
                    let beside = Beside::read(store).await?;
                    if store.epoch().await? == epoch {
                        let snapshot = Self::of(epoch, Arc::new(facts), beside, None);
                        snapshot.keep(answer);
                        return Ok(snapshot);
                    }
                }
                // Something came in meanwhile; where it was no measurement, the runs are there all the same.
                Err(StoreError::Moved { .. }) => {
                    if let Some(snapshot) = Self::gathered(store, rules, now).await? {
                        return Ok(snapshot);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Locked)
    }

    /// Reads the store for one answer: the stored verdicts stay as they are,
    /// under the rules of whoever made them, unless rows came in since.
    ///
    /// # Errors
    /// When the store cannot be read, or has to be judged and cannot be written.
    pub async fn read(store: &dyn Store, rules: &Rules, now: Timestamp) -> Result<Self, StoreError> {
        for _ in 0..TRIES {
            if !analyse::covers_every_row(store).await? {
                match analyse::analyse(store, rules, Runs::Kept, now).await {
                    Ok(_) | Err(StoreError::Moved { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            if let Some(snapshot) = Self::gathered(store, rules, now).await? {
                return Ok(snapshot);
            }
        }
        Err(StoreError::Locked)
    }

    /// What to serve after this, if anything.
    ///
    /// # Errors
    /// When the store cannot be read, or new measurements have to be judged and it cannot be written.
    pub async fn since(&self, store: &dyn Store, rules: &Rules, now: Timestamp) -> Result<Since, StoreError> {
        let epoch = store.epoch().await?;
        let same_day = self.facts.today == local_day(now);
        if epoch == self.stored && same_day {
            return Ok(Since::Nothing);
        }
        let span = tracing::info_span!(target: TRACES, "snapshot");
        self.after((epoch, same_day), store, rules, now).instrument(span).await
    }

    async fn after(
        &self,
        (epoch, same_day): (Epoch, bool),
        store: &dyn Store,
        rules: &Rules,
        now: Timestamp,
    ) -> Result<Since, StoreError> {
        // Another file under the same name has nothing in common with this.
        if epoch.dataset != self.stored.dataset {
            return Self::take(store, rules, now).await.map(Since::Changed);
        }
        let stamp = store.analysed().await?.filter(|stamp| same_day && analyse::stands(stamp, &epoch, rules, now));
        let current = stamp.as_ref().map(judged);
        let is_of_this = current.is_some_and(|(from, _)| from == self.stored.number);
        if is_of_this && epoch.number == self.stored.number + 1 {
            return Ok(Since::Settled(self.settled(epoch, current)));
        }
        // Work on a dead area moves the epoch on and changes no evidence.
        if is_of_this || current.is_some() && self.judged == current {
            let beside = Beside::read(store).await?;
            if store.epoch().await? == epoch {
                return Ok(Since::Changed(Self::of(epoch, Arc::clone(&self.facts), beside, Some(self))));
            }
        }
        if same_day && store.last_sample().await? == self.last_sample {
            let facts = analyse::facts_after(store, &self.facts, rules, now).await?;
            let beside = Beside::read(store).await?;
            if store.epoch().await? == epoch && beside.last_sample == self.last_sample {
                return Ok(Since::Changed(Self::of(epoch, Arc::new(facts), beside, Some(self))));
            }
        }
        let runs = Runs::Of(&self.facts, self.last_sample);
        Self::judged_anew(store, rules, runs, now).await.map(Since::Changed)
    }

    /// Writes the verdicts of what is served where the store does not have them yet.
    ///
    /// # Errors
    /// When the store cannot be written, or has moved on: then there is something newer to settle.
    pub async fn settle(&self, store: &dyn Store, rules: &Rules, now: Timestamp) -> Result<(), StoreError> {
        if self.facts.today == local_day(now) && !analyse::is_current(store, rules, now).await? {
            let Ok(view) = self.whole(&Question::default()) else { return Ok(()) };
            let stamp = store.analysed().await?;
            let has_signal = self.signal_of.is_some() && stamp.as_ref().map(judged) == self.signal_of;
            let judged = (&self.facts, &*view.answer);
            analyse::settle(store, rules, judged, (self.stored.clone(), has_signal), now).await?;
        }
        Ok(())
    }

    /// What this would be without the measurements of an import. Nothing is written, and it is never served.
    ///
    /// # Errors
    /// When the store cannot be read, or has other measurements than this.
    pub async fn without(&self, store: &dyn Store, import: i64) -> Result<Self, StoreError> {
        let facts = analyse::facts_without(store, &self.facts, import).await?;
        if store.last_sample().await? != self.last_sample {
            let now = store.epoch().await?.to_string();
            return Err(StoreError::Moved { made_from: self.stored.to_string(), now });
        }
        let beside = Beside {
            imports: self.imports.clone(),
            work: self.work.clone(),
            campaigns: self.campaigns.clone(),
            judged: None,
            last_sample: self.last_sample,
            mask_key: self.mask_key,
        };
        Ok(Self::of(self.epoch.clone(), Arc::new(facts), beside, None))
    }

    /// Invariant: the facts are those of the epoch, and their runs those of all its samples. `None` where something
    /// came in meanwhile.
    async fn gathered(store: &dyn Store, rules: &Rules, now: Timestamp) -> Result<Option<Self>, StoreError> {
        let epoch = store.epoch().await?;
        let facts = analyse::facts(store, rules, now).await?;
        let beside = Beside::read(store).await?;
        let is_whole = analyse::has_every_sample(store).await? && store.epoch().await? == epoch;
        Ok(is_whole.then(|| Self::of(epoch, Arc::new(facts), beside, None)))
    }

    fn of(epoch: Epoch, facts: Arc<Facts>, beside: Beside, before: Option<&Self>) -> Self {
        let Beside { imports, work, campaigns, judged, last_sample, mask_key } = beside;
        let surfaces = before.map_or_else(Surfaces::new, |before| before.surfaces.for_facts(&before.facts, &facts));
        let kin = before.filter(|before| before.facts.differ_in_outreach_alone(&facts));
        let synthetic = imports.iter().any(|import| import.synthetic && import.stands());
        let signal_of = match kin {
            Some(before) if before.synthetic() == synthetic => before.signal_of,
            _ => judged.filter(|(made_from, _)| made_from + 1 == epoch.number),
        };
        Self {
            stored: epoch.clone(),
            epoch,
            judged,
            signal_of,
            last_sample,
            mask_key,
            operators: facts.runs.networks().map(|(operator, ..)| operator).collect(),
            technologies: facts.runs.networks().map(|(_, technology, _)| technology).collect(),
            period: period(&facts),
            imports,
            work,
            campaigns,
            of_campaigns: Cache::new(campaign::KEPT),
            around: None,
            views: Cache::new(VIEWS),
            earlier: kin.map(|before| before.views.clone()),
            parts: Cache::new(VIEWS),
            coverages: kin.map_or_else(|| Cache::new(64), |before| before.coverages.clone()),
            checks: kin.map_or_else(|| Cache::new(SEARCHES), |before| before.checks.clone()),
            lineage: kin.map_or_else(Arc::default, |before| Arc::clone(&before.lineage)),
            searches: kin.map_or_else(|| Cache::new(SEARCHES), |before| before.searches.clone()),
            surfaces,
            chosen: Cache::new(CHOSEN),
            plans: Cache::new(PLANS),
            facts,
        }
    }

    /// Whether what is expected between the measurements is the same.
    pub(in crate::flow) fn measures_as(&self, other: &Self) -> bool {
        Surfaces::are_alike(&self.facts, &other.facts)
    }

    /// The same under an epoch of the store that verdicts alone have made.
    fn settled(&self, stored: Epoch, judged: Judged) -> Self {
        // What nobody asked for until now is worked out anew when somebody does.
        let of_campaigns = Cache::new(campaign::KEPT);
        Self { stored, judged, signal_of: judged, earlier: None, of_campaigns, ..self.clone() }
    }

    /// Works out what an open map asks for first.
    pub fn warm(&self) {
        if let Ok(view) = self.whole(&Question::default()) {
            for layer in ["communes", "villages", "unreached"] {
                let _ = self.layer(&view, layer);
            }
        }
    }
}

/// First and last local day with a visit or a measurement.
fn period(facts: &Facts) -> Option<(Date, Date)> {
    let runs = facts.runs.span().into_iter().flat_map(|(first, last)| [Timestamp::from(first), last.into()]);
    let visits = facts.visits.span().into_iter().flat_map(|(first, last)| [first, last]);
    let (first, last) = runs.chain(visits).fold((None, None), |(first, last), at| {
        (Some(first.map_or(at, |f: Timestamp| f.min(at))), Some(last.map_or(at, |l: Timestamp| l.max(at))))
    });
    Some((local_day(first?), local_day(last?)))
}
