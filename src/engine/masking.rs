//! Homes shown near where they are, and never where they are.
//!
//! Each home is moved once and for good, into a ring around it (donut masking):
//! farther than some other homes, so that the nearest one to the point is
//! another, and near enough to say which part of a commune was visited. The
//! draw is keyed by a secret of the store and by the home alone, since a new
//! draw for each file would let their mean give the home away; the ring is told
//! by the register and not by the visits, since those come in every day. A
//! point stays in its commune and on the ground of its village.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::boundaries::Lookup;
use super::facts::Facts;
use super::plane::Plane;
use crate::model::admin::UnitCode;
use crate::model::measure::{LonLat, local_day};
use crate::model::question::Question;
use crate::model::village::VillageCode;
use crate::model::visit::Visit;

/// Other homes that lie in the ring, by the register: of the points of a file at most one in twenty has its own
/// home nearest.
const OTHERS: f64 = 20.0;
/// No point is nearer to its home than this, metres: two houses of a lane.
const INNER_M: f64 = 100.0;
/// Nor farther: the largest displacement that surveys use in towns (DHS, 2 km).
const OUTER_MOST_M: f64 = 2_000.0;
/// Rings grow in steps, so that a few households more in the register move nothing.
const STEP: f64 = std::f64::consts::SQRT_2;
/// The ground of a village reaches half way to the next, this far at least and at most, metres.
const GROUND_M: (f64, f64) = (150.0, 1_500.0);
/// Where nobody declared households: as few as there may be.
const UNKNOWN_HOUSEHOLDS: u32 = 20;
/// Draws before a home is left out. One in two or three falls on other ground at the edge of a village.
const DRAWS: u32 = 64;

/// A home, moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Masked {
    /// Keyed: it leads to no household and to no form.
    pub id: u64,
    pub at: LonLat,
    pub commune: UnitCode,
    /// Whose ground it lies on.
    pub village: VillageCode,
    /// The ring that it was moved into, metres.
    pub within_m: f64,
    pub visits: u32,
    /// The last visit, of which the month is told.
    pub last: jiff::civil::Date,
}

/// Homes with a position and a visit that counts until the last day of a question, by id. `draw` makes 63 bits of a
/// key and a number, the same for ever. Homes on the ground of a village with fewer than k of them are left out.
#[must_use]
pub fn masked(facts: &Facts, question: &Question, draw: impl Fn(u64, u32) -> u64 + Sync) -> Vec<Masked> {
    let grounds = Grounds::new(facts);
    let mut homes: BTreeMap<u64, Vec<&Visit>> = BTreeMap::new();
    for visit in facts.counted_visits() {
        homes.entry(visit.household).or_default().push(visit);
    }
    let homes: Vec<(u64, Vec<&Visit>)> = homes.into_iter().collect();
    let last_day = question.to.unwrap_or(facts.today).min(facts.today);
    let moved = |(home, visits): &(u64, Vec<&Visit>)| {
        // Where it was first seen, whatever is asked for and whoever comes again.
        let placed = visits.iter().filter_map(|visit| Some((visit.time, &visit.source_id, visit.point?)));
        let (.., at) = placed.min_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)))?;
        let days = || visits.iter().map(|visit| local_day(visit.time)).filter(|day| *day <= last_day);
        let last = days().max()?;
        let ground = grounds.of(at)?;
        let within_m = ground.ring_m();
        let at = (1..=DRAWS).find_map(|number| {
            let to = displaced(at, within_m, draw(*home, draw_of(within_m, number)))?;
            let there = grounds.of(to)?;
            (there.commune == ground.commune && there.village == ground.village).then_some(to)
        })?;
        Some(Masked {
            id: draw(*home, 0),
            at,
            commune: ground.commune,
            village: ground.village,
            within_m,
            visits: u32::try_from(days().count()).unwrap_or(u32::MAX),
            last,
        })
    };
    let mut all: Vec<Masked> = homes.par_iter().filter_map(moved).collect();
    let mut count: HashMap<VillageCode, u32> = HashMap::new();
    for home in &all {
        *count.entry(home.village).or_default() += 1;
    }
    all.retain(|home| count.get(&home.village).is_some_and(|homes| *homes >= facts.rules.reach.k));
    all.sort_by_key(|home| home.id);
    all
}

/// The number of a draw for a ring. Each ring has draws of its own: with the same one in two rings, which follow each
/// other where the register changes, both points would lie on one line with the home, and tell where on it.
fn draw_of(within_m: f64, number: u32) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a ring is 1 to 10 steps wide")]
    let ring = (within_m / INNER_M).log(STEP).round() as u32;
    ring * (DRAWS + 1) + number
}

/// A place in the ring, evenly by area. 31 bits for the way and 31 for the direction.
fn displaced(at: LonLat, within_m: f64, bits: u64) -> Option<LonLat> {
    const MOST: f64 = (1_u64 << 31) as f64;
    let part = |bits: u64| (bits & ((1 << 31) - 1)) as f64 / MOST;
    let (inner, outer) = (INNER_M * INNER_M, within_m * within_m);
    let way = (inner + part(bits) * (outer - inner)).sqrt();
    let direction = part(bits >> 31) * std::f64::consts::TAU;
    let plane = Plane::at(at);
    let unit = plane.metres(LonLat::new(at.lon() + 1e-3, at.lat() + 1e-3).ok()?);
    let [east, north] = [way * direction.cos() / unit[0] * 1e-3, way * direction.sin() / unit[1] * 1e-3];
    LonLat::new(at.lon() + east, at.lat() + north).ok()
}

/// The ground of a village: what lies in its commune and nearer to it than to the next.
#[derive(Clone, Copy)]
struct Ground {
    commune: UnitCode,
    village: VillageCode,
    at: LonLat,
    households: u32,
    radius_m: f64,
}

impl Ground {
    /// The ring with enough other homes, where they lie evenly on the ground of the village.
    fn ring_m(&self) -> f64 {
        let homes_per_m2 = f64::from(self.households) / (std::f64::consts::PI * self.radius_m * self.radius_m);
        let outer = (INNER_M * INNER_M + OTHERS / (std::f64::consts::PI * homes_per_m2)).sqrt();
        let mut ring = INNER_M * STEP;
        while ring < outer && ring < OUTER_MOST_M {
            ring *= STEP;
        }
        ring.min(OUTER_MOST_M)
    }
}

/// The grounds of today's villages: those of another day would move the points.
struct Grounds {
    communes: Lookup,
    of: HashMap<UnitCode, Vec<Ground>>,
}

impl Grounds {
    fn new(facts: &Facts) -> Self {
        let units = facts.units_on(facts.today).into_iter().map(|at| &facts.units[at]);
        let communes = Lookup::new(units.filter_map(|unit| unit.geometry.as_ref().map(|area| (unit.code, area))));
        let mut of: HashMap<UnitCode, Vec<Ground>> = HashMap::new();
        for index in facts.villages_on(facts.today) {
            let village = &facts.villages[index];
            let Some((at, commune)) = village.point.zip(facts.commune_of_village(index, facts.today)) else { continue };
            let declared = village.households.filter(|households| *households > 0);
            let households = declared.unwrap_or(UNKNOWN_HOUSEHOLDS);
            let ground = Ground { commune, village: village.code, at, households, radius_m: GROUND_M.1 };
            of.entry(commune).or_default().push(ground);
        }
        for grounds in of.values_mut() {
            let points: Vec<LonLat> = grounds.iter().map(|ground| ground.at).collect();
            for (index, ground) in grounds.iter_mut().enumerate() {
                let others = points.iter().enumerate().filter(|(other, _)| *other != index);
                let next = others.map(|(_, other)| ground.at.distance_m(*other)).fold(f64::INFINITY, f64::min);
                ground.radius_m = (next / 2.0).clamp(GROUND_M.0, GROUND_M.1);
            }
        }
        Self { communes, of }
    }

    fn of(&self, at: LonLat) -> Option<Ground> {
        let grounds = self.of.get(&self.communes.locate(at)?)?;
        grounds.iter().min_by(|a, b| a.at.distance_m(at).total_cmp(&b.at.distance_m(at))).copied()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::*;
    use crate::engine::facts::FactParts;
    use crate::engine::scene;

    const TODAY: Date = date(2026, 4, 15);

    /// Mixes a key and a number: stands for a keyed hash.
    fn draw(home: u64, number: u32) -> u64 {
        let mut bits = (home ^ 0x5bd1_e995).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(number) << 17;
        for _ in 0..3 {
            bits = (bits ^ (bits >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        }
        bits >> 1
    }

    #[test]
    fn no_ring_has_a_draw_of_another() {
        let rings = (1..=9).map(|step| (INNER_M * STEP.powi(step)).min(OUTER_MOST_M));
        let draws: Vec<u32> = rings.flat_map(|ring| (1..=DRAWS).map(move |number| draw_of(ring, number))).collect();
        let distinct: std::collections::BTreeSet<u32> = draws.iter().copied().collect();
        assert_eq!(distinct.len(), draws.len());
        assert!(!distinct.contains(&0), "0 is the draw of the id");
    }

    fn parts(visits: Vec<Visit>, declared: Option<u32>) -> FactParts {
        let spots = [(105.02, 20.03), (105.03, 20.03), (105.02, 20.04), (105.03, 20.04), (105.098, 20.05)];
        let village = |(n, (lon, lat)): (usize, (f64, f64))| {
            scene::village(&format!("14001-00{}", n + 1), "14001", declared, LonLat::new(lon, lat).ok())
        };
        let mut villages: Vec<_> = spots.into_iter().enumerate().map(village).collect();
        villages.push(scene::village("14002-001", "14002", declared, LonLat::new(105.102, 20.05).ok()));
        FactParts {
            units: vec![
                scene::commune("14001", 105.0, date(2020, 1, 1), None),
                scene::commune("14002", 105.1, date(2020, 1, 1), None),
            ],
            villages,
            visits: visits.into(),
            today: TODAY,
            ..FactParts::default()
        }
    }

    /// Homes strewn evenly over the ground of four villages, 250 each.
    fn homes(count: u64) -> Vec<Visit> {
        let home = |n: u64| {
            let bits = draw(n, 999);
            let part = |bits: u64| (bits & 0xFFFF) as f64 / 65_536.0;
            let (lon, lat) = (105.015 + 0.02 * part(bits), 20.025 + 0.02 * part(bits >> 20));
            Visit { point: LonLat::new(lon, lat).ok(), ..scene::visit(&format!("14001-00{}", 1 + n % 4), n) }
        };
        (1..=count).map(home).collect()
    }

    fn shown(visits: Vec<Visit>) -> Vec<Masked> {
        masked(&Facts::new(parts(visits, Some(250))), &Question::default(), draw)
    }

    #[test]
    fn of_a_thousand_points_at_most_one_in_twenty_has_its_own_home_nearest() {
        let visits = homes(1_000);
        let points = shown(visits.clone());
        assert!(points.len() > 950, "{}", points.len());
        let place: HashMap<u64, LonLat> =
            visits.iter().map(|visit| (draw(visit.household, 0), visit.point.unwrap())).collect();
        let mut own = 0;
        for point in &points {
            let distance = place[&point.id].distance_m(point.at);
            assert!((INNER_M - 1.0..=OUTER_MOST_M + 1.0).contains(&distance), "{distance}");
            let nearest = place.iter().min_by(|a, b| a.1.distance_m(point.at).total_cmp(&b.1.distance_m(point.at)));
            own += usize::from(*nearest.unwrap().0 == point.id);
        }
        assert!(own * 20 <= points.len(), "{own} of {}", points.len());
    }

    #[test]
    fn points_stay_put_when_others_come_in_and_when_a_home_is_visited_again() {
        let before = shown(homes(200));
        let mut more = homes(400);
        more.push(Visit {
            source_id: "again".into(),
            time: "2026-04-10T02:00:00Z".parse().unwrap(),
            point: LonLat::new(105.021, 20.031).ok(),
            ..homes(1).remove(0)
        });
        let after: HashMap<u64, LonLat> = shown(more).iter().map(|home| (home.id, home.at)).collect();
        assert!(before.len() > 150);
        for home in before {
            assert_eq!(after[&home.id], home.at);
        }
    }

    #[test]
    fn no_point_leaves_its_commune_or_the_ground_of_its_village() {
        let edge = |n: u64| Visit {
            point: LonLat::new(105.0995, 20.048 + n as f64 * 1e-4).ok(),
            ..scene::visit("14001-005", n)
        };
        let facts = Facts::new(parts((0..40).map(edge).collect(), Some(250)));
        let points = masked(&facts, &Question::default(), draw);
        assert!(points.len() > 30, "{}", points.len());
        for point in points {
            assert!(point.at.lon() < 105.1, "{point:?}");
            assert_eq!(point.village.to_string(), "14001-005");
        }
    }

    #[test]
    fn fewer_than_k_homes_on_one_ground_are_not_shown_and_neither_is_a_coarse_visit() {
        assert_eq!(shown(homes(4)).len(), 0);
        let edge = |n: u64| Visit { point: LonLat::new(105.02, 20.03).ok(), ..scene::visit("14001-001", n) };
        let mut visits: Vec<Visit> =
            (0..4).map(|n| Visit { point: LonLat::new(105.02 + n as f64 * 1e-5, 20.03).ok(), ..edge(n) }).collect();
        visits.push(Visit { point: None, coarse: true, ..edge(9) });
        assert_eq!(shown(visits), []);
    }

    #[test]
    fn a_sparse_village_has_a_wide_ring_and_one_more_household_changes_no_ring() {
        let ring = |households| {
            let facts = Facts::new(parts(homes(200), households));
            masked(&facts, &Question::default(), draw).first().map(|home| home.within_m)
        };
        assert!(ring(None) > ring(Some(250)));
        assert_eq!(ring(Some(250)), ring(Some(253)));
    }
}
