//! Which covariance the measurements speak for.
//!
//! The likelihood of all medians is a product of conditional ones, each given
//! the nearest of those before it in a random order (Vecchia 1988): fifteen
//! neighbours carry nearly everything, and a province costs what a village
//! costs. Where places are few, nearly everything is not enough to tell one
//! covariance from another, and each is given all before it. The mean falls out on the way.

use super::cholesky::Cholesky;
use super::covariance::{Covariance, Form};
use super::measured::Measured;
use super::simplex::minimise;
use super::{Observed, step};

const NEIGHBOURS: usize = 15;
/// Places up to which the likelihood is the exact one.
const FEW: usize = 600;
/// Conditional densities that are taken of a large set, evenly through the order.
const CONDITIONALS: usize = 800;
/// Of fewer than one in so many places each is looked at: in the tree most neighbours would be later ones.
const SPARSE: usize = 32;
/// Values of the likelihood that a search may take.
const MOST_VALUES: usize = 250;
/// Directions of the street grid that are tried before the search: every 7.5°, of a right angle.
pub(super) const DIRECTIONS: u32 = 12;

pub(super) struct Fitted {
    pub(super) covariance: Covariance,
    pub(super) mean: Mean,
    pub(super) neg_log_likelihood: f64,
    /// Conditional densities of which it is the product.
    pub(super) conditionals: usize,
}

/// Of all places together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mean {
    pub(super) dbm: f64,
    /// dB².
    pub(super) variance: f64,
}

/// What the data say by distance alone, and along the streets of a grid; the second search begins where the
/// first ends. `None` when no covariance makes sense of the values.
pub(super) fn fit(measured: &Measured) -> Option<[Fitted; 2]> {
    let observed = measured.observed();
    let vecchia = Vecchia::new(measured);
    let extent_m = extent_m(observed);
    let mean = observed.iter().map(|spot| spot.dbm).sum::<f64>() / observed.len() as f64;
    let variance = observed.iter().map(|spot| (spot.dbm - mean).powi(2)).sum::<f64>() / observed.len() as f64;
    let within = |covariance: &Covariance| {
        covariance.range_m <= 2.0 * extent_m && covariance.sill <= 10.0 * variance && covariance.nugget >= 1e-4
    };
    let cost = |covariance: Covariance| {
        if within(&covariance) {
            vecchia.likelihood(&covariance).map_or(f64::INFINITY, |l| l.cost)
        } else {
            f64::INFINITY
        }
    };
    let of = |[nugget, reading, sill, range]: [f64; 4], form: Form| Covariance {
        nugget: nugget.exp(),
        reading: reading.exp(),
        sill: sill.exp(),
        range_m: range.exp(),
        form,
    };
    let start = [(0.05 * variance).ln(), (0.2 * variance).ln(), variance.ln(), (extent_m / 8.0).ln()];
    let (around, _) = minimise(start, [0.7; 4], MOST_VALUES, |at| cost(of(*at, Form::Isotropic)));

    let streets = |[a, b, c, d, angle]: [f64; 5]| of([a, b, c, d], Form::Streets(angle));
    let [a, b, c, d] = around;
    let angle = |step: u32| f64::from(step) / f64::from(DIRECTIONS) * std::f64::consts::FRAC_PI_2;
    let first = (0..DIRECTIONS)
        .map(|step| [a, b, c, d, angle(step)])
        .min_by(|one, other| cost(streets(*one)).total_cmp(&cost(streets(*other))))?;
    let (along, _) = minimise(first, [0.4, 0.4, 0.4, 0.4, 0.06], MOST_VALUES, |at| cost(streets(*at)));
    Some([vecchia.fitted(of(around, Form::Isotropic))?, vecchia.fitted(streets(along))?])
}

/// The longer side of the box around all places, metres.
fn extent_m(observed: &[Observed]) -> f64 {
    let side = |axis: usize| {
        let (low, high) = observed.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), spot| {
            (low.min(spot.place[axis]), high.max(spot.place[axis]))
        });
        high - low
    };
    side(0).max(side(1)).max(1.0)
}

/// Observations, each after its nearest predecessors.
struct Vecchia {
    /// Those that stand in a link.
    observed: Vec<Observed>,
    links: Vec<ConditioningSet>,
    /// All observations for each conditional taken.
    share: f64,
}

/// Observations of which the last ones are each conditioned on all before them.
struct ConditioningSet {
    places: Vec<u32>,
    conditioned: usize,
}

struct Likelihood {
    /// Negative logarithm, but for a constant.
    cost: f64,
    mean: Mean,
}

impl Vecchia {
    fn new(measured: &Measured) -> Self {
        let observed = measured.observed();
        // An order that looks random and depends on the places alone.
        let mut order: Vec<u32> = (0..observed.len() as u32).collect();
        order.sort_by_key(|at| scattered(observed[*at as usize].place));
        if observed.len() <= FEW {
            let all = ConditioningSet { conditioned: order.len(), places: order };
            return Self { observed: observed.to_vec(), links: vec![all], share: 1.0 };
        }
        let step = step(observed.len(), CONDITIONALS);
        let mut rank_of = vec![0; order.len()];
        order.iter().enumerate().for_each(|(rank, at)| rank_of[*at as usize] = rank);
        let mut links: Vec<ConditioningSet> = (0..observed.len())
            .step_by(step)
            .map(|rank| {
                let here = observed[order[rank] as usize].place;
                let mut before: Vec<u32> = if rank * SPARSE < observed.len() {
                    nearest(&order[..rank], here, observed)
                } else {
                    let earlier = measured.nearest(here, NEIGHBOURS, |other| rank_of[other] < rank);
                    earlier.map(|at| at as u32).collect()
                };
                before.push(order[rank]);
                ConditioningSet { places: before, conditioned: 1 }
            })
            .collect();
        let share = observed.len() as f64 / links.len() as f64;
        let mut linked: Vec<u32> = links.iter().flat_map(|link| link.places.iter().copied()).collect();
        linked.sort_unstable();
        linked.dedup();
        for at in links.iter_mut().flat_map(|link| &mut link.places) {
            *at = linked.partition_point(|other| other < at) as u32;
        }
        Self { observed: linked.into_iter().map(|at| observed[at as usize]).collect(), links, share }
    }

    fn fitted(&self, covariance: Covariance) -> Option<Fitted> {
        let Likelihood { cost, mean } = self.likelihood(&covariance)?;
        let conditionals = self.links.iter().map(|link| link.conditioned).sum();
        Some(Fitted { covariance, mean, neg_log_likelihood: cost, conditionals })
    }

    fn likelihood(&self, covariance: &Covariance) -> Option<Likelihood> {
        let turn = covariance.to_ranges();
        let turned: Vec<[f64; 2]> = self.observed.iter().map(|spot| turn(spot.place)).collect();
        let mut factor = Cholesky::default();
        let (mut logs, mut squares) = (0.0, 0.0);
        // Sums for the mean: of value by weight, and of weight by weight.
        let (mut by_weight, mut weights) = (0.0, 0.0);
        for ConditioningSet { places: link, conditioned } in &self.links {
            let entry = |row: usize, column: usize| {
                covariance.entry(&self.observed, &turned, (link[row] as usize, link[column] as usize))
            };
            if !factor.factorise(link.len(), entry) {
                return None;
            }
            let mut values: Vec<f64> = link.iter().map(|at| self.observed[*at as usize].dbm).collect();
            let mut ones = vec![1.0; link.len()];
            factor.forward(&mut values);
            factor.forward(&mut ones);
            for row in link.len() - conditioned..link.len() {
                let (value, weight) = (values[row], ones[row]);
                logs += factor.diagonal(row).ln();
                squares += value * value;
                by_weight += value * weight;
                weights += weight * weight;
            }
        }
        let dbm = by_weight / weights;
        let cost = logs + 0.5 * (squares - dbm * by_weight);
        cost.is_finite().then_some(Likelihood { cost, mean: Mean { dbm, variance: 1.0 / (weights * self.share) } })
    }
}

/// The nearest of some, by looking at each.
fn nearest(some: &[u32], here: [f64; 2], observed: &[Observed]) -> Vec<u32> {
    let distance = |at: &u32| {
        let there = observed[*at as usize].place;
        (there[0] - here[0]).powi(2) + (there[1] - here[1]).powi(2)
    };
    let mut nearest = some.to_vec();
    if nearest.len() > NEIGHBOURS {
        nearest.select_nth_unstable_by(NEIGHBOURS - 1, |one, other| distance(one).total_cmp(&distance(other)));
        nearest.truncate(NEIGHBOURS);
    }
    nearest
}

/// A number that neighbours do not share (the finaliser of MurmurHash3).
fn scattered(place: [f64; 2]) -> u64 {
    place.iter().fold(0x9E37_79B9_7F4A_7C15, |hash, metres| {
        let mut word = hash ^ metres.to_bits();
        word = (word ^ (word >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
        word = (word ^ (word >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
        word ^ (word >> 33)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spots(count: u32) -> Vec<Observed> {
        let spot = |at: u32| {
            let bits = scattered([f64::from(at), 1.0]);
            let place = [(bits % 3_000) as f64, (bits / 3_000 % 3_000) as f64];
            Observed {
                place,
                dbm: -100.0 + 6.0 * (place[0] / 400.0).sin() - f64::from(at % 5),
                readings: 4.0,
                error_variance: 0.0,
            }
        };
        (0..count).map(spot).collect()
    }

    const COVARIANCE: Covariance =
        Covariance { nugget: 4.0, reading: 8.0, sill: 60.0, range_m: 500.0, form: Form::Isotropic };

    #[test]
    fn of_few_places_it_is_the_density_of_all_of_them_whatever_their_order() {
        let few = spots(60);
        let vecchia = Vecchia::new(&Measured::new(few.clone()));
        let exact = vecchia.likelihood(&COVARIANCE).unwrap();
        // By the determinant and the inverse, column by column.
        let turn = COVARIANCE.to_ranges();
        let turned: Vec<[f64; 2]> = few.iter().map(|spot| turn(spot.place)).collect();
        let mut factor = Cholesky::default();
        assert!(factor.factorise(few.len(), |row, column| COVARIANCE.entry(&few, &turned, (row, column))));
        let whitened = |mut values: Vec<f64>| {
            factor.forward(&mut values);
            values
        };
        let ones = whitened(vec![1.0; few.len()]);
        let values = whitened(few.iter().map(|spot| spot.dbm).collect());
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let mean = dot(&ones, &values) / dot(&ones, &ones);
        let rests: Vec<f64> = values.iter().zip(&ones).map(|(value, one)| value - mean * one).collect();
        let logs: f64 = (0..few.len()).map(|row| factor.diagonal(row).ln()).sum();
        assert!((exact.mean.dbm - mean).abs() < 1e-9);
        assert!((exact.cost - (logs + 0.5 * dot(&rests, &rests))).abs() < 1e-6, "{}", exact.cost);
    }

    #[test]
    fn the_tree_finds_the_neighbours_that_looking_at_each_finds() {
        let many = spots(3_000);
        let measured = Measured::new(many.clone());
        let vecchia = Vecchia::new(&measured);
        let last = vecchia.links.last().unwrap();
        let places = |of: &[u32], from: &[Observed]| {
            let mut places: Vec<_> = of.iter().map(|at| from[*at as usize].place.map(f64::to_bits)).collect();
            places.sort_unstable();
            places
        };
        let (own, before) = last.places.split_last().unwrap();
        let here = vecchia.observed[*own as usize].place;
        let others: Vec<u32> = (0..3_000).filter(|at| scattered(many[*at as usize].place) < scattered(here)).collect();
        assert_eq!(places(before, &vecchia.observed), places(&nearest(&others, here, &many), &many));
    }

    #[test]
    fn of_many_places_fifteen_neighbours_carry_nearly_all_of_it() {
        let many = spots(FEW as u32 + 1);
        let near = Vecchia::new(&Measured::new(many.clone()));
        assert_eq!((near.links.len(), near.links.last().map(|link| link.places.len())), (many.len(), Some(16)));
        let order: Vec<u32> = (0..many.len() as u32).collect();
        let all = Vecchia {
            observed: many.clone(),
            links: vec![ConditioningSet { conditioned: order.len(), places: order }],
            share: 1.0,
        };
        let (near, all) = (near.likelihood(&COVARIANCE).unwrap(), all.likelihood(&COVARIANCE).unwrap());
        assert!((near.cost - all.cost).abs() < 0.01 * all.cost, "{} and {}", near.cost, all.cost);
        assert!((near.mean.dbm - all.mean.dbm).abs() < 0.5);
    }
}
