//! Facts: everything that answers rest on, prepared once per snapshot.
//!
//! Lookups, days and orders that no question changes are worked out here, so
//! that an answer is a walk over sorted slices.

mod editions;
mod register;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use jiff::civil::Date;

use super::counted::{self, Basis, Counted, HomeVisit};
use super::measurements::Measurements;
use super::odd::Odd;
use super::signal::claims::Claims;
use super::signal::sites::Sites;
use super::signal::{Pass, View, superseded};
use super::touched::Touched;
use super::visits::{Difference, Visits};
use crate::model::activity::Activity;
use crate::model::admin::{AdminUnit, UnitChange};
use crate::model::claim::Claim;
use crate::model::flag::Flags;
use crate::model::operator::{Operator, Technology};
use crate::model::place::Place;
use crate::model::question::Question;
use crate::model::register::{EarlierCount, Succession};
use crate::model::review::Decision;
use crate::model::rules::Rules;
use crate::model::sample::Run;
use crate::model::site::Site;
use crate::model::speed::SpeedTile;
use crate::model::team::Team;
use crate::model::village::{Village, VillageCode};
use crate::model::visit::Visit;
use editions::{Edition, editions};
use register::absorbed;

/// What facts are made of. `today` is the day at +07:00, read by the caller.
#[derive(Clone, Debug, Default)]
pub struct FactParts {
    pub units: Vec<AdminUnit>,
    pub changes: Vec<UnitChange>,
    pub villages: Vec<Village>,
    /// Which village follows which.
    pub successions: Vec<Succession>,
    pub earlier_counts: Vec<EarlierCount>,
    pub visits: Visits,
    /// The last decision about a visit, by its id at the source.
    pub decisions: HashMap<String, Decision>,
    pub runs: Arc<Measurements>,
    pub sites: Vec<Site>,
    pub places: Vec<Place>,
    pub speeds: Vec<SpeedTile>,
    pub claims: Vec<Claim>,
    pub teams: Vec<Team>,
    pub activities: Vec<Activity>,
    pub rules: Rules,
    pub today: Date,
}

/// Facts with their indexes. Immutable: a change makes new facts.
pub struct Facts {
    /// By code, then first day.
    pub units: Vec<AdminUnit>,
    pub changes: Vec<UnitChange>,
    /// By code.
    pub villages: Vec<Village>,
    /// Which village follows which, by day.
    pub successions: Vec<Succession>,
    /// Counts of households that later ones took the place of, by village and the day on which they ended.
    pub earlier_counts: Vec<EarlierCount>,
    /// As given.
    pub visits: Visits,
    odd: OnceLock<Odd>,
    /// Somebody has asked for them.
    odd_wanted: AtomicBool,
    /// By the id of a visit at its source.
    pub decisions: HashMap<String, Decision>,
    pub runs: Arc<Measurements>,
    /// Masts and cells, as given.
    pub sites: Sites,
    /// Public places, by id.
    pub places: Vec<Place>,
    /// Speed tests, by tile and quarter.
    pub speeds: Vec<SpeedTile>,
    /// Where operators say that they reach.
    pub claims: Claims,
    /// Community digital teams, by commune and village.
    pub teams: Vec<Team>,
    /// Activities and reports, by day.
    pub activities: Vec<Activity>,
    pub rules: Rules,
    pub today: Date,
    counted: Counted,
    /// Villages that a village goes on for since a merger, and since when.
    absorbed: HashMap<usize, Vec<(usize, Date)>>,
    editions: Vec<Edition>,
}

impl Facts {
    #[must_use]
    pub fn new(parts: FactParts) -> Self {
        Self::made(parts, None)
    }

    /// The same as [`Facts::new`], from those before and how its visits differ from theirs.
    #[must_use]
    pub fn after(&self, parts: FactParts, difference: &Difference) -> Self {
        Self::made(parts, Some((self, difference)))
    }

    fn made(parts: FactParts, before: Option<(&Self, &Difference)>) -> Self {
        let FactParts {
            mut units,
            changes,
            mut villages,
            mut successions,
            mut earlier_counts,
            visits,
            decisions,
            runs,
            sites,
            mut places,
            mut speeds,
            claims,
            mut teams,
            mut activities,
            rules,
            today,
        } = parts;
        units.sort_by_key(|unit| (unit.code, unit.valid_from));
        villages.sort_by_key(|village| village.code);
        // Stable: those of one day stay in the order of the log.
        successions.sort_by_key(|one| one.on);
        earlier_counts.sort_by_key(|one| (one.village, one.until));
        places.sort_by_key(|place| place.id);
        speeds.sort_by_key(|tile| (tile.tile, tile.quarter));
        teams.sort_by_key(|team| (team.commune, team.village));
        activities.sort_by(|a, b| (a.on, &a.key).cmp(&(b.on, &b.key)));
        let basis = Basis { visits: &visits, decisions: &decisions, villages: &villages, today };
        let same = before.filter(|(before, _)| before.today == today && before.villages == villages);
        let (counted, odd) = match same {
            Some((before, difference)) => {
                let touched = Touched::of(before.basis(), basis, difference);
                let odd = before.odd_wanted.load(Ordering::Acquire).then(|| before.odd().after(&touched));
                (before.counted.after(&touched), odd)
            }
            None => (Counted::of(basis), None),
        };
        let absorbed = absorbed(&successions, &villages);
        let editions = editions(&units);
        let mut facts = Self {
            units,
            changes,
            villages,
            successions,
            earlier_counts,
            visits,
            odd_wanted: AtomicBool::new(odd.is_some()),
            odd: odd.map_or_else(OnceLock::new, OnceLock::from),
            decisions,
            runs,
            sites: Sites::new(sites),
            places,
            speeds,
            claims: Claims::new(&claims),
            teams,
            activities,
            rules,
            today,
            counted,
            absorbed,
            editions,
        };
        if let Some((before, _)) = before.filter(|(before, _)| before.differ_in_outreach_alone(&facts)) {
            facts.placed_as(before);
        }
        facts.place_today();
        facts
    }

    fn basis(&self) -> Basis<'_> {
        Basis { visits: &self.visits, decisions: &self.decisions, villages: &self.villages, today: self.today }
    }

    /// Whether visits, decisions about them, teams and activities are all that other facts may tell otherwise.
    #[must_use]
    pub fn differ_in_outreach_alone(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.runs, &other.runs)
            && self.today == other.today
            && self.rules == other.rules
            && self.villages == other.villages
            && self.successions == other.successions
            && self.earlier_counts == other.earlier_counts
            && self.places == other.places
            && self.speeds == other.speeds
            && self.sites.all() == other.sites.all()
            && self.claims == other.claims
            && self.changes == other.changes
            && self.units == other.units
    }

    /// The place of a village in `villages`.
    #[must_use]
    pub fn village_at(&self, code: VillageCode) -> Option<usize> {
        village_at(&self.villages, code)
    }

    #[must_use]
    pub fn village(&self, code: VillageCode) -> Option<&Village> {
        self.village_at(code).map(|at| &self.villages[at])
    }

    /// The flags of each visit, its own and those that it has beside the others.
    #[must_use]
    pub fn flags(&self) -> Vec<Flags> {
        let mut flags = vec![Flags::default(); self.visits.len()];
        self.odd().iter().for_each(|visit| flags[visit.at] = visit.flags());
        flags
    }

    /// Finds the visits with a flag or a decision, before somebody asks for them.
    pub fn find_odd(&self) {
        let _ = self.odd();
    }

    /// Visits with a flag or a decision: worked out when first asked for, since no figure rests on them, and followed
    /// from then on. Facts made after these meanwhile wait, or those of a busy store would never have them.
    pub(super) fn odd(&self) -> &Odd {
        self.odd_wanted.store(true, Ordering::Release);
        self.odd.get_or_init(|| Odd::of(self.basis()))
    }

    /// Runs of the days that `covers` accepts, in cell order; which of them later ones supersede is told by these alone.
    pub fn passes(&self, covers: impl Fn(Date) -> bool) -> Vec<Pass<'_>> {
        self.marked(|_, day| covers(day))
    }

    /// The same of one network.
    pub fn passes_of(
        &self,
        (operator, technology): (Operator, Technology),
        covers: impl Fn(Date) -> bool,
    ) -> Vec<Pass<'_>> {
        self.marked(|run, day| (run.operator, run.technology) == (operator, technology) && covers(day))
    }

    fn marked(&self, counts: impl Fn(&Run, Date) -> bool) -> Vec<Pass<'_>> {
        let mut passes = self.runs.passes(counts);
        superseded::mark(&mut passes, &self.rules.signal);
        passes
    }

    /// Runs of the days that `covers` accepts and that the question's view shows, and that view.
    pub(super) fn shown(&self, question: &Question, covers: impl Fn(Date) -> bool) -> (Vec<Pass<'_>>, View) {
        // An operator that was not measured in the period is unmeasured there, not absent.
        let view = View::new(question.operator, question.technology, self.runs.networks(), &self.rules.signal);
        (self.marked(|run, day| view.shows(run.operator, run.technology) && covers(day)), view)
    }

    /// Visits that count.
    pub(super) fn counted_visits(&self) -> impl Iterator<Item = &Visit> {
        self.visits.iter().zip(self.counted.each()).filter_map(counted::counts)
    }

    /// Every visit and re-visit, and whether what it says can be taken for true.
    pub fn visits_trusted(&self) -> impl Iterator<Item = (&Visit, bool)> {
        self.visits.iter().zip(self.counted.each().iter().copied())
    }

    /// Counted visits of a village by household and day.
    pub(super) fn homes(&self, village: usize) -> &[HomeVisit] {
        self.counted.homes(village)
    }
}

/// The place of a village among those of a register, by code.
pub(super) fn village_at(villages: &[Village], code: VillageCode) -> Option<usize> {
    villages.binary_search_by_key(&code, |village| village.code).ok()
}
