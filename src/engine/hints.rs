//! Where a few more sites would reach the most households without usable
//! signal: a first hint for planners, without terrain, power or cost.
//!
//! Demand is what the dead areas of the answer count: the declared households of each
//! village inside, times the chance that its area is weak. A village whose
//! households nobody declares is told apart and counts as neither few nor none.
//! Candidates are masts that stand, then public places, villages, and
//! the dead ground itself; of two that would serve the same, that is the order.

use h3o::CellIndex;
use rustc_hash::FxHashSet;

use super::answer::Answer;
use super::facts::Facts;
use super::signal::hints::{Demand, Instance, covers, solve};
use super::signal::locate::middle;
use super::signal::surface::range;
use crate::model::admin::{UnitCode, UnitKind};
use crate::model::hint::{CandidateKind, HintUnit, NoHints, RadiusFrom};
use crate::model::measure::LonLat;
use crate::model::operator::{Operator, Technology};
use crate::model::place::PlaceId;
use crate::model::rules::{HintRules, Radii};
use crate::model::village::VillageCode;

/// Parts of a household in which weights are counted, so that they are whole; figures are shown in tenths.
const PARTS: f64 = 100.0;

/// What may be asked beside the question; `None` is what the rules say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HintOptions {
    pub sites: Option<u32>,
    pub radius_m: Option<f64>,
}

/// The hints of one answer, and what they are worth.
#[derive(Clone, Debug, PartialEq)]
pub struct HintPlan {
    pub unit: HintUnit,
    pub sites_asked: u32,
    pub radii: Radii,
    pub radius_from: RadiusFrom,
    /// Villages in dead areas, and those of them that do not say how many live there.
    pub villages: usize,
    pub villages_unknown: usize,
    /// Places that would serve at least one village.
    pub candidates: usize,
    /// Expected to be without usable signal, in all dead areas.
    pub affected: f64,
    /// Of them within reach of a hint.
    pub covered: f64,
    /// No choice of as many sites among the candidates reaches more.
    pub bound: f64,
    /// The one that reaches most first.
    pub hints: Vec<Hint>,
    /// Why there is none.
    pub nothing: Option<NoHints>,
}

impl HintPlan {
    /// How far the best choice can be above this one, percent of the bound.
    #[must_use]
    pub fn gap_percent(&self) -> Option<f64> {
        (self.bound > 0.0).then(|| 100.0 * (self.bound - self.covered) / self.bound)
    }

    /// The share of everybody affected, percent.
    #[must_use]
    pub fn share_percent(&self, affected: f64) -> Option<f64> {
        (self.affected > 0.0).then(|| 100.0 * affected / self.affected)
    }
}

/// One place where a site would help.
#[derive(Clone, Debug, PartialEq)]
pub struct Hint {
    pub spot: Spot,
    pub at: LonLat,
    pub commune: Option<UnitCode>,
    /// Villages that no hint before this one reaches.
    pub villages: Vec<VillageCode>,
    /// What they declare.
    pub declared: u64,
    /// Expected to be without usable signal among them.
    pub affected: f64,
    /// The same of this hint and all before it.
    pub affected_so_far: f64,
    /// Dead r9 cells whose middle no hint before this one reaches.
    pub cells: usize,
}

/// What stands at a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spot {
    /// Into [`super::signal::sites::Sites::all`]; `own` where it is of the operator asked for, or any operator is.
    Mast {
        own: bool,
        site: usize,
    },
    Place(PlaceId),
    Village(VillageCode),
    Ground(CellIndex),
}

impl Spot {
    #[must_use]
    pub fn kind(self) -> CandidateKind {
        match self {
            Self::Mast { own: true, .. } => CandidateKind::Mast,
            Self::Mast { own: false, .. } => CandidateKind::SharedMast,
            Self::Place(_) => CandidateKind::PublicPlace,
            Self::Village(_) => CandidateKind::Village,
            Self::Ground(_) => CandidateKind::Ground,
        }
    }
}

/// A village in a dead area.
struct Home {
    code: VillageCode,
    at: LonLat,
    declared: Option<u32>,
    weight: u64,
    within_m: f64,
}

/// The hints of an answer. The same facts, answer and options always give the same plan.
#[must_use]
pub fn hints(facts: &Facts, answer: &Answer, options: HintOptions) -> HintPlan {
    let rules = &facts.rules.hints;
    let sites_asked = options.sites.unwrap_or(rules.sites).min(HintRules::MOST_SITES);
    let (radii, radius_from) = radii(facts, answer, options.radius_m);
    let towns = Towns::of(facts, answer, radii);
    let (unit, homes) = homes(facts, answer, &towns);
    let known: Vec<&Home> = homes.iter().filter(|home| home.weight > 0).collect();
    let demands: Vec<Demand> = known.iter().map(|home| Demand { at: home.at, within_m: home.within_m }).collect();
    let weights: Vec<u64> = known.iter().map(|home| home.weight).collect();
    let all: u64 = weights.iter().sum();
    let (spots, covers) = candidates(facts, answer, &demands);
    let instance = Instance { weights, covers };
    let choice = solve(&instance, usize::try_from(sites_asked).unwrap_or(usize::MAX));

    let mut open = vec![true; known.len()];
    let mut ground = ground(facts, answer, &towns);
    let (mut chosen, mut so_far) = (Vec::with_capacity(choice.sites.len()), 0);
    for (at, gain) in choice.sites {
        let (spot, place) = spots[at];
        so_far += gain;
        let mut hint = Hint {
            spot,
            at: place,
            commune: facts.commune_at(place, answer.as_of),
            villages: Vec::new(),
            declared: 0,
            affected: gain as f64 / PARTS,
            affected_so_far: so_far as f64 / PARTS,
            cells: ground.len(),
        };
        for demand in instance.covers[at].iter().map(|demand| *demand as usize) {
            if std::mem::take(&mut open[demand]) {
                hint.villages.push(known[demand].code);
                hint.declared += known[demand].declared.map_or(0, u64::from);
            }
        }
        ground.retain(|(middle, within_m)| middle.distance_m(place) > *within_m);
        hint.cells -= ground.len();
        chosen.push(hint);
    }
    HintPlan {
        unit,
        sites_asked,
        radii,
        radius_from,
        villages: homes.len(),
        villages_unknown: homes.iter().filter(|home| home.declared.is_none()).count(),
        candidates: spots.len(),
        affected: all as f64 / PARTS,
        covered: choice.covered as f64 / PARTS,
        bound: choice.bound as f64 / PARTS,
        nothing: chosen.is_empty().then(|| reason(answer, &homes)),
        hints: chosen,
    }
}

fn reason(answer: &Answer, homes: &[Home]) -> NoHints {
    if answer.cells_at(super::signal::REPORTING).is_empty() {
        NoHints::NotMeasured
    } else if answer.dead_areas.is_empty() {
        NoHints::NoDeadArea
    } else if homes.is_empty() {
        NoHints::NoVillage
    } else if homes.iter().all(|home| home.declared.is_none()) {
        NoHints::NotReported
    } else {
        NoHints::Nobody
    }
}

/// Asked for, measured, or by the rules: of several networks the one that reaches farthest, as everywhere else the
/// best of them counts.
fn radii(facts: &Facts, answer: &Answer, asked: Option<f64>) -> (Radii, RadiusFrom) {
    let (least, most) = HintRules::RADIUS_M;
    let everywhere = |metres: f64| Radii { urban_m: metres, rural_m: metres };
    if let Some(metres) = asked.filter(|metres| metres.is_finite()) {
        return (everywhere(metres.clamp(least, most)), RadiusFrom::Asked);
    }
    let (question, rules) = (&answer.question, &facts.rules);
    let networks = facts.runs.networks().map(|(operator, technology, _)| (operator, technology));
    let is_asked = |(operator, technology): &(Operator, Technology)| {
        question.operator.is_none_or(|asked| asked == *operator)
            && question.technology.is_none_or(|asked| asked == *technology)
    };
    let networks: Vec<(Operator, Technology)> = networks.filter(is_asked).collect();
    let measured = networks.iter().filter_map(|(operator, technology)| {
        let masts = facts.sites.places(*operator, *technology);
        if masts.is_empty() {
            return None;
        }
        let passes = facts.passes_of((*operator, *technology), |day| question.covers(day) && day <= facts.today);
        let poor = f64::from(rules.signal.cuts(*technology).poor);
        Some(range(&passes, &masts)?.metres(poor, rules.hints.edge_z))
    });
    if let Some(metres) = measured.filter(|metres| metres.is_finite()).reduce(f64::max) {
        return (everywhere(metres.clamp(least, most)), RadiusFrom::Measured);
    }
    let stated = networks.iter().map(|(_, technology)| rules.hints.radii(*technology));
    let farther = |one: Radii, other: Radii| Radii {
        urban_m: one.urban_m.max(other.urban_m),
        rural_m: one.rural_m.max(other.rural_m),
    };
    (stated.reduce(farther).unwrap_or_default(), RadiusFrom::Rules)
}

/// Villages in dead areas, by code; in people where people are all that is declared.
fn homes(facts: &Facts, answer: &Answer, towns: &Towns) -> (HintUnit, Vec<Home>) {
    let index = |code: &VillageCode| facts.villages.binary_search_by_key(code, |village| village.code).ok();
    let inside: Vec<(usize, f64)> = answer
        .dead_areas
        .iter()
        .flat_map(|area| area.villages.iter().filter_map(index).map(|at| (at, area.weak_chance)))
        .collect();
    let says = |of: fn(&crate::model::village::Village) -> Option<u32>| {
        inside.iter().any(|(at, _)| of(&facts.villages[*at]).is_some())
    };
    let unit = if !says(|village| village.households) && says(|village| village.population) {
        HintUnit::People
    } else {
        HintUnit::Households
    };
    let home = |(at, chance): &(usize, f64)| {
        let village = &facts.villages[*at];
        let declared = match unit {
            HintUnit::Households => village.households,
            HintUnit::People => village.population,
        };
        Some(Home {
            code: village.code,
            at: village.point?,
            declared,
            weight: declared.map_or(0, |declared| parts(f64::from(declared) * chance)),
            within_m: towns.within_m(facts.commune_of_village(*at, answer.as_of)),
        })
    };
    let mut homes: Vec<Home> = inside.iter().filter_map(home).collect();
    homes.sort_by_key(|home| home.code);
    (unit, homes)
}

#[expect(clippy::cast_sign_loss, reason = "households and chances are not negative")]
fn parts(affected: f64) -> u64 {
    (affected * PARTS).round() as u64
}

/// Communes that are built up, where a mast reaches less far.
struct Towns {
    codes: FxHashSet<UnitCode>,
    radii: Radii,
}

impl Towns {
    fn of(facts: &Facts, answer: &Answer, radii: Radii) -> Self {
        let units = answer.unit_indices.iter().map(|at| &facts.units[*at]);
        let built = units.filter(|unit| matches!(unit.kind, UnitKind::Ward | UnitKind::Township));
        Self { codes: built.map(|unit| unit.code).collect(), radii }
    }

    /// From how far a place in this commune is served; outside of all as in the country.
    fn within_m(&self, commune: Option<UnitCode>) -> f64 {
        if commune.is_some_and(|code| self.codes.contains(&code)) { self.radii.urban_m } else { self.radii.rural_m }
    }
}

/// The middles of dead cells, and how far each is served from.
fn ground(facts: &Facts, answer: &Answer, towns: &Towns) -> Vec<(LonLat, f64)> {
    let cells = answer.dead_areas.iter().flat_map(|area| &area.cells);
    let reach = |cell: &CellIndex| towns.within_m(facts.commune_of_cell(*cell, answer.as_of));
    cells.filter_map(|cell| Some((middle(*cell)?, reach(cell)))).collect()
}

/// Places that would serve somebody and what each serves, the preferred first: by kind, then the nearer to those
/// it serves. Of those that serve the same the first is enough.
fn candidates(facts: &Facts, answer: &Answer, demands: &[Demand]) -> (Vec<(Spot, LonLat)>, Vec<Vec<u32>>) {
    let mut spots = masts(facts, answer);
    spots.extend(facts.places.iter().map(|place| (Spot::Place(place.id), place.at)));
    let villages = facts.villages_on(answer.register_on).into_iter().map(|at| &facts.villages[at]);
    spots.extend(villages.filter_map(|village| Some((Spot::Village(village.code), village.point?))));
    let cells = answer.dead_areas.iter().flat_map(|area| &area.cells);
    spots.extend(cells.filter_map(|cell| Some((Spot::Ground(*cell), middle(*cell)?))));
    let places: Vec<LonLat> = spots.iter().map(|(_, at)| *at).collect();
    let mut all: Vec<(Spot, LonLat, f64, Vec<u32>)> = spots
        .into_iter()
        .zip(covers(demands, &places))
        .filter(|(_, cover)| !cover.is_empty())
        .map(|((spot, at), cover)| {
            let far: f64 = cover.iter().map(|demand| at.distance_m(demands[*demand as usize].at)).sum();
            (spot, at, far / cover.len() as f64, cover)
        })
        .collect();
    all.sort_by(|one, other| {
        (one.0.kind().cmp(&other.0.kind())).then(one.2.total_cmp(&other.2)).then(one.0.cmp(&other.0))
    });
    let mut seen: FxHashSet<Vec<u32>> = FxHashSet::default();
    all.retain(|(.., cover)| seen.insert(cover.clone()));
    all.into_iter().map(|(spot, at, _, cover)| ((spot, at), cover)).unzip()
}

/// Masts whose own position is known, each place once, as an own one where any there is: the middle of what phones
/// heard is no place to build at.
fn masts(facts: &Facts, answer: &Answer) -> Vec<(Spot, LonLat)> {
    let asked = answer.question.operator;
    let exact = facts.sites.all().iter().enumerate().filter(|(_, site)| site.exact);
    let mut masts: Vec<(LonLat, bool, &str, usize)> = exact
        .map(|(at, site)| (site.at, asked.is_some_and(|asked| asked != site.operator), site.name.as_str(), at))
        .collect();
    masts.sort_by(|(a, other_a, name_a, at_a), (b, other_b, name_b, at_b)| {
        (a.lon().total_cmp(&b.lon()).then(a.lat().total_cmp(&b.lat())))
            .then((other_a, name_a, at_a).cmp(&(other_b, name_b, at_b)))
    });
    masts.dedup_by_key(|(at, ..)| *at);
    masts.into_iter().map(|(at, other, _, site)| (Spot::Mast { own: !other, site }, at)).collect()
}

#[cfg(test)]
mod tests;
