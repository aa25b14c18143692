//! The map of a campaign: a snapshot inside a snapshot.
//!
//! Its facts are those of the campaign alone, so that every tile, list and
//! sheet of it tells what its indicators tell. What rests on no visit is that
//! of the map around it, and the very same rows: a dead area does not end where
//! a campaign ends.

use std::sync::Arc;

use jiff::civil::Date;
use moka::sync::Cache;

use super::{NotInTheData, SEARCHES, Snapshot, VIEWS, View};
use crate::engine::hints::HintOptions;
use crate::engine::{answer, campaign, visited_until};
use crate::model::campaign::Campaign;
use crate::model::question::Question;

/// Campaigns whose maps are kept: each holds its visits once more.
pub(super) const KEPT: u64 = 2;

/// Letters of a code that nobody knows, as it is told again.
const TOLD: usize = 40;

/// Why there is no map of a campaign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCampaign {
    #[error("there is no campaign `{0}`")]
    Unknown(String),
    #[error("the campaign `{code}` begins on {first}")]
    NotBegun { code: String, first: Date },
}

/// What a snapshot of a campaign lies in.
#[derive(Clone)]
pub(super) struct Around {
    campaign: Campaign,
    snapshot: Arc<Snapshot>,
}

impl Snapshot {
    /// A campaign that has begun.
    ///
    /// # Errors
    /// One that is not there, or has not begun.
    pub fn campaign(&self, code: &str) -> Result<&Campaign, NoCampaign> {
        let campaign = self.campaigns.iter().find(|campaign| campaign.code == code);
        let campaign = campaign.ok_or_else(|| NoCampaign::Unknown(code.chars().take(TOLD).collect()))?;
        let first = campaign.period.first();
        if first > self.facts.today {
            return Err(NoCampaign::NotBegun { code: campaign.code.clone(), first });
        }
        Ok(campaign)
    }

    /// The snapshot that answers a question: this, or that of the campaign that is asked about, made when first asked for.
    ///
    /// # Errors
    /// A campaign that is not there, or has not begun on the last day that is asked about.
    pub fn asked(self: &Arc<Self>, question: &Question) -> Result<Arc<Self>, NoCampaign> {
        let Some(code) = question.campaign.as_ref() else { return Ok(Arc::clone(self)) };
        let campaign = self.campaign(code)?;
        let first = campaign.period.first();
        if question.to.is_some_and(|to| to < first) {
            return Err(NoCampaign::NotBegun { code: code.clone(), first });
        }
        Ok(self.of_campaigns.get_with(code.clone(), || Arc::new(self.within(campaign))))
    }

    /// Whether that is done already.
    #[must_use]
    pub fn has_asked(&self, question: &Question) -> bool {
        question.campaign.as_ref().is_none_or(|code| self.of_campaigns.contains_key(code))
    }

    fn within(&self, campaign: &Campaign) -> Self {
        // Without the maps of campaigns, which hold it: neither would ever be let go.
        let around = Self { of_campaigns: Cache::new(0), ..self.clone() };
        Self {
            around: Some(Around { campaign: campaign.clone(), snapshot: Arc::new(around) }),
            of_campaigns: Cache::new(0),
            facts: Arc::new(campaign::facts_of(&self.facts, campaign)),
            views: Cache::new(VIEWS),
            earlier: None,
            parts: Cache::new(VIEWS),
            coverages: Cache::new(SEARCHES),
            checks: Cache::new(SEARCHES),
            lineage: Arc::default(),
            searches: Cache::new(SEARCHES),
            chosen: Cache::new(super::CHOSEN),
            plans: Cache::new(super::PLANS),
            ..self.clone()
        }
    }

    /// The campaign whose households and visits a layer of a view tells.
    pub(in crate::flow) fn campaign_of(&self, view: &View, layer: &str) -> Option<&Campaign> {
        self.around.as_ref().filter(|_| std::ptr::eq(view.of(layer), view)).map(|around| &around.campaign)
    }

    /// That a question is put to the snapshot of its campaign, and not to the map around it.
    pub(super) fn answers(&self, question: &Question) -> Result<(), NoCampaign> {
        let own = self.around.as_ref().map(|around| &around.campaign.code);
        match &question.campaign {
            asked if asked.as_ref() == own => Ok(()),
            asked => Err(NoCampaign::Unknown(asked.clone().unwrap_or_default())),
        }
    }

    /// The snapshot that tells of the signal.
    pub(in crate::flow) fn beyond(&self) -> &Self {
        self.around.as_ref().map_or(self, |around| &around.snapshot)
    }

    /// The snapshot and the view that a layer of a view is made from.
    pub(in crate::flow) fn whose<'s, 'v>(&'s self, view: &'v View, layer: &str) -> (&'s Self, &'v View) {
        let of = view.of(layer);
        (if std::ptr::eq(of, view) { self } else { self.beyond() }, of)
    }
}

impl Around {
    /// The answer of the campaign as it stood when it ended.
    pub(super) fn whole(&self, within: &Snapshot, question: &Question) -> Result<Arc<View>, NotInTheData> {
        let around = self.snapshot.whole(&Question { campaign: None, ..question.clone() })?;
        Ok(within.views.get_with(question.clone(), || {
            let last = Some(self.campaign.period.last()).filter(|last| *last < within.facts.today);
            let to = question.to.min(last).or(question.to).or(last);
            let mut answered = answer(&within.facts, question);
            if to != question.to {
                answered = visited_until(&within.facts, &answered, to);
            }
            let mut view = View::whole(Arc::new(answered), within.synthetic(), HintOptions::default());
            view.around = Some(around);
            Arc::new(view)
        }))
    }
}
