//! A campaign planned: which team goes to which village on which day.
//!
//! What is shared are the households that remain for the target, as published:
//! where the guided count is hidden or nobody reported it, all that the target
//! asks for, so that a plan cannot give away what the floor hides. A village
//! that declares no households gets one day, to count them and to begin.
//! Homes are not known as places, so a village is its point.

use std::collections::HashMap;

use geo_types::{Coord, MultiPolygon};
use jiff::civil::Date;
use rayon::prelude::*;

use super::answer::Answer;
use super::facts::Facts;
use super::plane::Plane;
use super::reach::remaining_at_most;
use crate::model::admin::UnitCode;
use crate::model::figure::Figure;
use crate::model::measure::LonLat;
use crate::model::place::PlaceKind;
use crate::model::reach::VillageReach;
use crate::model::rules::ReachRules;
use crate::model::village::VillageCode;

pub mod forecast;
pub mod pace;
pub mod routes;
pub mod today;

mod days;
mod ground;
mod share;

#[cfg(test)]
mod tests;

pub use pace::Rate;

use days::{RawDay, Work};
use ground::{Ground, metres};
use share::{Load, Sharing};

/// What may be asked of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlanOptions {
    /// Each is planned by itself, with its own teams.
    pub communes: Vec<UnitCode>,
    /// Teams of each commune, from 1.
    pub teams: u32,
    /// No more days than this are planned; `None`: as many as it takes.
    pub days: Option<u32>,
}

/// Where teams begin and end their days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartFrom {
    /// The commune's People's Committee or service centre.
    Centre,
    /// The village with the shortest ways to the others.
    Village,
}

#[derive(Clone, Debug, PartialEq)]
pub struct CommunePlan {
    pub commune: UnitCode,
    /// `None` without any village that has a place.
    pub start: Option<(LonLat, StartFrom)>,
    pub rate: Rate,
    pub teams: Vec<TeamPlan>,
    /// Remaining households that are shared, the sum over the villages that declare any.
    pub households: u64,
    /// Of these villages the remaining households are not shown, and all that the target asks for is planned.
    pub villages_at_most: u32,
    /// Villages that declare no households; a day each.
    pub villages_unknown: u32,
    pub villages: u32,
    /// The largest deviation of a team's load from the mean, as a share of it.
    pub balance: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TeamPlan {
    /// From 1.
    pub team: u32,
    /// Households of all its days.
    pub households: u64,
    /// Days that all its work takes, also where fewer are listed.
    pub days_needed: u32,
    pub days: Vec<DayPlan>,
    /// Straight lines times the detour of the rules, all listed days, metres.
    pub distance_m: f64,
    /// The villages of which it has the larger part.
    pub ground: Option<MultiPolygon<f64>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct DayPlan {
    /// From 1.
    pub day: u32,
    pub stops: Vec<Stop>,
    pub households: u64,
    pub distance_m: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    pub village: VillageCode,
    pub at: Option<LonLat>,
    /// To be visited on this day; `NotReported` where nobody declared any.
    pub households: Figure<u32>,
    /// This is part `part` of `parts` of its village, over all teams and days.
    pub part: u32,
    pub parts: u32,
}

/// Plans of communes, in the order asked for. A commune without work has teams without days.
#[must_use]
pub fn plan(facts: &Facts, answer: &Answer, options: &PlanOptions) -> Vec<CommunePlan> {
    let mut by_commune: HashMap<UnitCode, Vec<&VillageReach>> = HashMap::new();
    for reach in &answer.villages {
        by_commune.entry(reach.commune).or_default().push(reach);
    }
    let urgency: HashMap<VillageCode, usize> =
        answer.priority.iter().enumerate().map(|(at, row)| (row.village, at)).collect();
    let rates = rates(facts, answer);
    let of = |commune: &UnitCode| {
        let reach = by_commune.get(commune).map_or(&[][..], Vec::as_slice);
        let rate = rates.get(commune).copied().unwrap_or(Rate { households: facts.rules.plan.rate.max(1), days: None });
        let villages = villages(facts, reach, &urgency);
        let area = answer.unit_indices.iter().map(|at| &facts.units[*at]).find(|unit| unit.code == *commune);
        let area = area.and_then(|unit| unit.geometry.as_ref());
        let centre = centre(facts, *commune, answer.as_of);
        Commune { villages, rate, area, centre }.plan(*commune, options, facts)
    };
    options.communes.par_iter().map(of).collect()
}

/// Households of a team-day by commune, as the visits of the question tell.
#[must_use]
pub fn rates(facts: &Facts, answer: &Answer) -> HashMap<UnitCode, Rate> {
    let covers = |day: Date| answer.question.covers_visit(day) && day <= facts.today;
    pace::rates(facts, &communes_of(facts, answer), answer.register_on, covers)
}

/// Villages of the answer, by index, with their commune.
pub(super) fn communes_of(facts: &Facts, answer: &Answer) -> Vec<(usize, UnitCode)> {
    answer.villages.iter().filter_map(|reach| Some((facts.village_at(reach.village)?, reach.commune))).collect()
}

/// The office of a commune, where teams begin.
pub(super) fn centre(facts: &Facts, commune: UnitCode, day: Date) -> Option<LonLat> {
    let centres = facts.places.iter().enumerate().filter(|(_, place)| place.kind.is_centre());
    let here = centres.filter(|(at, _)| facts.commune_of_place(*at, day) == Some(commune));
    here.min_by_key(|(_, place)| (place.kind != PlaceKind::CommuneCentre, place.id)).map(|(_, place)| place.at)
}

/// A village with work.
struct Home {
    code: VillageCode,
    at: Option<LonLat>,
    /// `None`: not declared.
    households: Option<u32>,
    at_most: bool,
    urgency: usize,
}

fn villages(facts: &Facts, reach: &[&VillageReach], urgency: &HashMap<VillageCode, usize>) -> Vec<Home> {
    let home = |reach: &&VillageReach| {
        let Left { households, at_most } = left(reach, &facts.rules.reach)?;
        let urgency = urgency.get(&reach.village).copied().unwrap_or(usize::MAX);
        Some(Home { code: reach.village, at: facts.village(reach.village)?.point, households, at_most, urgency })
    };
    reach.iter().filter_map(home).collect()
}

/// What is left to do in a village.
struct Left {
    /// `None`: not declared.
    households: Option<u32>,
    /// All that the target asks for, since what was done is not shown or not reported.
    at_most: bool,
}

/// `None` for nothing. A village that declares to have no household has nothing to plan; one that declares nothing
/// does.
fn left(reach: &VillageReach, rules: &ReachRules) -> Option<Left> {
    let households = remaining_at_most(reach, rules);
    let work = households.map_or(reach.households.known() != Some(0), |households| households > 0);
    work.then(|| Left { households, at_most: households.is_some() && reach.remaining.known().is_none() })
}

struct Commune<'a> {
    villages: Vec<Home>,
    rate: Rate,
    area: Option<&'a MultiPolygon<f64>>,
    centre: Option<LonLat>,
}

impl Commune<'_> {
    fn plan(&self, commune: UnitCode, options: &PlanOptions, facts: &Facts) -> CommunePlan {
        let rules = &facts.rules.plan;
        let rate = self.rate.households.max(1);
        let start = self.start();
        // A village without a place is looked for at the start.
        let spot = |home: &Home| home.at.or(start.map(|(at, _)| at));
        let spots: Vec<Option<LonLat>> = self.villages.iter().map(spot).collect();
        let plane = start.map(|(at, _)| Plane::at(at));
        let on_plane = |at: &Option<LonLat>| {
            let (at, plane) = at.zip(plane).unzip();
            let corner = at.map(|at| Coord { x: at.lon(), y: at.lat() });
            plane.zip(corner).map_or(Coord { x: 0.0, y: 0.0 }, |(plane, corner)| metres(plane, corner))
        };
        let points: Vec<Coord<f64>> = spots.iter().map(on_plane).collect();
        let loads: Vec<u32> = self.villages.iter().map(|home| home.households.unwrap_or(rate)).collect();
        let ground = plane.map(|plane| Ground::new(&points, self.area, plane));
        let together: Vec<Vec<usize>> =
            (0..points.len()).map(|at| (0..points.len()).filter(|o| *o != at).collect()).collect();
        let near = ground.as_ref().map_or(&together, |ground| &ground.near);
        let sharing = Sharing { loads: &loads, points: &points, near, rate, balance: rules.balance };
        let pieces = share::share(&sharing, options.teams.max(1));
        let balance = balance(&pieces);

        let metres = |a: Option<LonLat>, b: Option<LonLat>| a.zip(b).map_or(0.0, |(a, b)| a.distance_m(b));
        let from_start: Vec<f64> = spots.iter().map(|at| metres(*at, start.map(|(at, _)| at))).collect();
        let ways: Vec<Vec<f64>> = spots.iter().map(|a| spots.iter().map(|b| metres(*a, *b)).collect()).collect();
        let work = Work {
            from_start: &from_start,
            ways: &ways,
            urgency: &self.villages.iter().map(|home| home.urgency).collect::<Vec<_>>(),
            unknown: &self.villages.iter().map(|home| home.households.is_none()).collect::<Vec<_>>(),
            rate,
            effort: routes::EFFORT,
        };
        let raw: Vec<Vec<RawDay>> = pieces.par_iter().map(|piece| days::days(&work, piece)).collect();
        let mut teams = self.numbered(&raw, options.days, rules.detour);
        if let Some(ground) = &ground {
            for (team, villages) in teams.iter_mut().zip(mostly(&pieces, loads.len())) {
                team.ground = ground.area(&villages, self.area);
            }
        }
        let count =
            |which: fn(&&Home) -> bool| u32::try_from(self.villages.iter().filter(which).count()).unwrap_or(u32::MAX);
        CommunePlan {
            commune,
            start,
            rate: self.rate,
            teams,
            households: self.villages.iter().filter_map(|home| home.households).map(u64::from).sum(),
            villages_at_most: count(|home| home.at_most),
            villages_unknown: count(|home| home.households.is_none()),
            villages: count(|_| true),
            balance,
        }
    }

    fn start(&self) -> Option<(LonLat, StartFrom)> {
        if let Some(centre) = self.centre {
            return Some((centre, StartFrom::Centre));
        }
        let points: Vec<LonLat> = self.villages.iter().filter_map(|home| home.at).collect();
        let ways = |from: &LonLat| points.iter().map(|to| from.distance_m(*to)).sum::<f64>();
        points.iter().copied().min_by(|a, b| ways(a).total_cmp(&ways(b))).map(|at| (at, StartFrom::Village))
    }

    /// Days with their parts numbered: by day, then team.
    fn numbered(&self, raw: &[Vec<RawDay>], most: Option<u32>, detour: f64) -> Vec<TeamPlan> {
        let mut parts = vec![0_u32; self.villages.len()];
        raw.iter().flatten().flat_map(|day| &day.stops).for_each(|stop| parts[stop.village] += 1);
        let mut given = vec![0_u32; self.villages.len()];
        let mut teams: Vec<TeamPlan> = (1..).zip(raw).map(|(team, days)| empty(team, days)).collect();
        let longest = raw.iter().map(Vec::len).max().unwrap_or(0);
        for (at, day) in (0..longest).zip(1_u32..) {
            for (team, days) in teams.iter_mut().zip(raw) {
                let Some(work) = days.get(at) else { continue };
                let mut stop = |stop: &days::RawStop| {
                    given[stop.village] += 1;
                    let home = &self.villages[stop.village];
                    Stop {
                        village: home.code,
                        at: home.at,
                        households: stop.households.map_or(Figure::NotReported, Figure::Known),
                        part: given[stop.village],
                        parts: parts[stop.village],
                    }
                };
                let stops: Vec<Stop> = work.stops.iter().map(&mut stop).collect();
                if most.is_some_and(|most| day > most) {
                    continue;
                }
                let households = work.stops.iter().filter_map(|stop| stop.households).map(u64::from).sum();
                let distance_m = work.way_m * detour;
                team.distance_m += distance_m;
                team.days.push(DayPlan { day, stops, households, distance_m });
            }
        }
        teams
    }
}

fn empty(team: u32, days: &[RawDay]) -> TeamPlan {
    let stops = days.iter().flat_map(|day| &day.stops);
    TeamPlan {
        team,
        households: stops.filter_map(|stop| stop.households).map(u64::from).sum(),
        days_needed: u32::try_from(days.len()).unwrap_or(u32::MAX),
        days: Vec::new(),
        distance_m: 0.0,
        ground: None,
    }
}

/// The largest deviation from the mean, a share of it; 0 where there is nothing to share.
fn balance(pieces: &[Vec<Load>]) -> f64 {
    let loads: Vec<f64> = pieces.iter().map(|piece| share::sum(piece) as f64).collect();
    let mean = loads.iter().sum::<f64>() / loads.len().max(1) as f64;
    if mean > 0.0 { loads.iter().map(|load| (load - mean).abs() / mean).fold(0.0, f64::max) } else { 0.0 }
}

/// The villages of which each team has the larger part; of equal parts the first team has it.
fn mostly(pieces: &[Vec<Load>], villages: usize) -> Vec<Vec<usize>> {
    let mut owner: Vec<Option<(u32, usize)>> = vec![None; villages];
    for (team, piece) in pieces.iter().enumerate() {
        for (village, load) in piece {
            if owner[*village].is_none_or(|(most, _)| *load > most) {
                owner[*village] = Some((*load, team));
            }
        }
    }
    let of = |team: usize| (0..villages).filter(|at| owner[*at].is_some_and(|(_, owner)| owner == team)).collect();
    (0..pieces.len()).map(of).collect()
}
