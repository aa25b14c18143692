//! Invented radio: masts where people live, shared in part by four operators,
//! loss by distance and by terrain-like noise, and hollows where none of them
//! reaches, most of them in the karst of the west and along the far coast.
//!
//! A shape to exercise the engine with, not a prediction: no mast here exists.

use super::dice::{Dice, terrain};
use super::land::Land;
use super::plane::{Buckets, Spot, coast, hills, smooth};
use super::villages::Village;

/// Places that no operator reaches, and places that one of them misses.
const SHARED_HOLLOWS: usize = 75;
const OWN_HOLLOWS: usize = 90;
/// By market share, largest first.
pub(super) const OPERATORS: [&str; 4] = ["viettel", "vnpt", "mobifone", "vietnamobile"];
/// Share of the masts that each operator uses.
const PRESENT: [f64; 4] = [0.92, 0.84, 0.78, 0.56];
/// LTE RSRP at 1 km in open land, dBm, and the fall in dB for ten times the distance: suburban slopes in
/// the range of 3GPP TR 38.901 RMa/UMa at 1.8 GHz.
const LTE_AT_1_KM: f64 = -88.0;
const LTE_SLOPE: f64 = 35.0;
/// NR at 3.5 GHz hears less far.
const NR_AT_1_KM: f64 = -96.0;
const NR_SLOPE: f64 = 38.0;
/// Deviation of shadowing, dB, within the 7-9 dB measured inside r9 hexes.
const SHADOW_DB: f64 = 5.5;
const OWN_SHADOW_DB: f64 = 3.5;

pub(super) struct Site {
    pub(super) at: Spot,
    uses: [bool; 4],
    nr: [bool; 4],
}

/// A place that masts do not see.
pub(super) struct Hollow {
    pub(super) at: Spot,
    pub(super) radius_m: f64,
    loss_db: [f64; 4],
}

pub(super) struct Radio {
    pub(super) sites: Vec<Site>,
    buckets: Buckets,
    pub(super) hollows: Vec<Hollow>,
    hollow_buckets: Buckets,
}

/// What one operator's phone could hear, before fading.
#[derive(Clone, Copy)]
pub(super) struct Heard {
    pub(super) lte_dbm: f64,
    /// −∞ where the operator has no 5G near.
    pub(super) nr_dbm: f64,
    pub(super) site: usize,
}

/// Hearts of the four cities, degrees: where 5G is.
const CITIES: [(f64, f64); 4] = [(105.913, 20.543), (106.172, 20.428), (105.974, 20.254), (105.915, 20.156)];

fn in_town(at: Spot) -> bool {
    CITIES.iter().any(|(lon, lat)| Spot::from_degrees(*lon, *lat).distance(at) < 4_500.0)
}

pub(super) fn build(land: &Land, villages: &[Village]) -> Radio {
    let hollows = hollows(land);
    let sites = sites(land, villages, &hollows);
    let buckets = Buckets::new(&sites.iter().map(|s| s.at).collect::<Vec<_>>(), 3_000.0);
    let hollow_buckets = Buckets::new(&hollows.iter().map(|h| h.at).collect::<Vec<_>>(), 2_500.0);
    Radio { sites, buckets, hollows, hollow_buckets }
}

/// Hollows lie where communes meet, far from their centres, and mostly in hills and on the coast.
fn hollows(land: &Land) -> Vec<Hollow> {
    let mut dice = Dice::new("hollow", 0);
    let mut corners: Vec<Spot> =
        land.cells.iter().flat_map(|cell| cell.ring.iter().step_by(9)).map(|m| Spot::from_micro(*m)).collect();
    dice.shuffle(&mut corners);
    let mut hollows: Vec<Hollow> = Vec::new();
    for at in corners {
        let shared = hollows.len() < SHARED_HOLLOWS;
        if hollows.len() >= SHARED_HOLLOWS + OWN_HOLLOWS {
            break;
        }
        let wanted = 0.03 + 0.30 * hills(at) + 0.16 * coast(at);
        let clear = hollows.iter().all(|other| other.at.distance(at) > 1_900.0);
        if !clear || (shared && in_town(at)) || !dice.chance(if shared { wanted } else { 0.3 }) {
            continue;
        }
        let radius_m = if shared { dice.between(700.0, 1_700.0) } else { dice.between(600.0, 1_300.0) };
        let mut loss_db = [0.0; 4];
        if shared {
            let depth = dice.between(24.0, 42.0);
            for loss in &mut loss_db {
                *loss = depth * dice.between(0.85, 1.15);
            }
        } else {
            loss_db[dice.below(4)] = dice.between(18.0, 34.0);
        }
        hollows.push(Hollow { at, radius_m, loss_db });
    }
    hollows
}

/// Masts at villages, closer together where villages are, none in a hollow.
fn sites(land: &Land, villages: &[Village], hollows: &[Hollow]) -> Vec<Site> {
    let mut dice = Dice::new("site", 0);
    let mut spots: Vec<Spot> = land.cells.iter().map(|c| c.seed).chain(villages.iter().map(|v| v.at)).collect();
    dice.shuffle(&mut spots);
    let mut sites: Vec<Site> = Vec::new();
    for spot in spots {
        let at = spot.moved(120.0 * dice.normal(), 120.0 * dice.normal());
        let town = in_town(at);
        let apart = if town { 1_000.0 } else { 1_750.0 + 1_000.0 * hills(at) + 650.0 * coast(at) };
        let hidden = hollows.iter().take(SHARED_HOLLOWS).any(|h| h.at.distance(at) < h.radius_m + 250.0);
        if hidden || sites.iter().any(|s| s.at.distance(at) < apart) {
            continue;
        }
        let mut site = Site { at, uses: [false; 4], nr: [false; 4] };
        for (operator, present) in PRESENT.into_iter().enumerate() {
            site.uses[operator] = dice.chance(present - 0.12 * hills(at));
            site.nr[operator] = town && operator < 3 && site.uses[operator] && dice.chance(0.8);
        }
        sites.push(site);
    }
    sites
}

impl Radio {
    /// The level at a place for each operator: distance to the nearest mast, terrain, hollows.
    pub(super) fn hear(&self, at: Spot) -> [Heard; 4] {
        let mut nearest = [(f64::MAX, usize::MAX); 4];
        let mut nearest_nr = [f64::MAX; 4];
        for reach in [1, 3, 8] {
            for index in self.buckets.near(at, reach) {
                let site = &self.sites[index];
                let distance = at.distance(site.at);
                for operator in 0..4 {
                    if site.uses[operator] && distance < nearest[operator].0 {
                        nearest[operator] = (distance, index);
                    }
                    if site.nr[operator] && distance < nearest_nr[operator] {
                        nearest_nr[operator] = distance;
                    }
                }
            }
            if nearest.iter().all(|(distance, _)| *distance < f64::MAX) {
                break;
            }
        }
        // Karst shadows: noise of valley size that only takes away.
        let karst = 13.0 * hills(at) * (terrain(at.x, at.y, 1_300.0, 1) - 0.3).clamp(0.0, 2.0);
        let shadow = SHADOW_DB * terrain(at.x, at.y, 500.0, 2) - karst;
        let mut loss = [0.0_f64; 4];
        for index in self.hollow_buckets.near(at, 1) {
            let hollow = &self.hollows[index];
            let depth = smooth(1.25 * (1.0 - at.distance(hollow.at) / hollow.radius_m));
            for (operator, loss) in loss.iter_mut().enumerate() {
                *loss = loss.max(depth * hollow.loss_db[operator]);
            }
        }
        std::array::from_fn(|operator| {
            let own = OWN_SHADOW_DB * terrain(at.x, at.y, 420.0, 10 + operator as u64);
            let (distance, site) = nearest[operator];
            let fall = |at_1_km: f64, slope: f64, distance: f64| {
                at_1_km - slope * (distance.max(60.0) / 1_000.0).log10() + shadow + own - loss[operator]
            };
            Heard {
                lte_dbm: fall(LTE_AT_1_KM, LTE_SLOPE, distance.min(40_000.0)),
                nr_dbm: if nearest_nr[operator] < 6_000.0 {
                    fall(NR_AT_1_KM, NR_SLOPE, nearest_nr[operator])
                } else {
                    f64::NEG_INFINITY
                },
                site,
            }
        })
    }
}
