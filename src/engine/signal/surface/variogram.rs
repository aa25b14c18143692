//! How unalike two places are by how far they lie apart, as the textbook has it.
//!
//! Half the mean squared difference of pairs, by classes of distance, and an
//! exponential covariance through them by weighted least squares (Cressie 1985).
//! The likelihood knows more about the data as a whole; this knows only what is
//! near, and is right about that where one law for the whole town is wrong.

use super::covariance::{Covariance, Form};
use super::measured::Measured;
use super::simplex::minimise;
use super::step;

/// Pairs farther apart are not looked at, metres: beyond what neighbours decide.
const REACH_M: f64 = 1_500.0;
/// Classes of distance up to there, each 50 m wide.
const CLASSES: usize = 30;
/// Places that are held against all within reach.
const MOST: usize = 2_000;
/// Values of the sum of squares that the search may take: each costs thirty classes.
const MOST_VALUES: usize = 400;
/// Where the search begins: nugget and sill in dB², range in metres, as drives in towns have them.
const START: [f64; 3] = [20.0, 80.0, 200.0];
/// Variance of a median by itself below which matrices of places close together are no longer positive
/// definite, dB².
const LEAST_NUGGET: f64 = 1e-3;
/// A range beyond it is a slope, and any number says the same, metres.
const LONGEST_M: f64 = 100.0 * REACH_M;

/// Pairs of about one distance.
#[derive(Clone, Copy, Default)]
struct Class {
    pairs: f64,
    /// Sums over the pairs: metres, and half the squared difference in dB².
    metres: f64,
    unlike: f64,
}

/// `None` where no two places lie apart within reach.
pub(super) fn fit(measured: &Measured) -> Option<Covariance> {
    let classes = classes(measured);
    if classes.is_empty() {
        return None;
    }
    let squares = |at: &[f64; 3]| {
        let [nugget, sill, range_m] = at.map(f64::exp);
        let off = |class: &Class| {
            let expected = nugget + sill * (1.0 - (-class.metres / class.pairs / range_m).exp());
            class.pairs * (class.unlike / class.pairs / expected - 1.0).powi(2)
        };
        if range_m > LONGEST_M { f64::INFINITY } else { classes.iter().map(off).sum::<f64>() }
    };
    let (found, _) = minimise(START.map(f64::ln), [0.5; 3], MOST_VALUES, squares);
    let [nugget, sill, range_m] = found.map(f64::exp);
    Some(Covariance { nugget: nugget.max(LEAST_NUGGET), reading: 0.0, sill, range_m, form: Form::Exponential })
}

/// Those that hold pairs.
fn classes(measured: &Measured) -> Vec<Class> {
    let observed = measured.observed();
    let mut classes = vec![Class::default(); CLASSES];
    for one in observed.iter().step_by(step(observed.len(), MOST)) {
        for (other, metres) in measured.within(one.place, REACH_M) {
            #[expect(clippy::cast_sign_loss, reason = "no distance is negative")]
            let class = (metres / REACH_M * CLASSES as f64) as usize;
            // Not with itself, nor with what stands at the very same place.
            if let Some(class) = classes.get_mut(class).filter(|_| metres > 0.0) {
                class.pairs += 1.0;
                class.metres += metres;
                class.unlike += 0.5 * (one.dbm - other.dbm).powi(2);
            }
        }
    }
    classes.retain(|class| class.pairs > 0.0);
    classes
}

#[cfg(test)]
mod tests {
    use super::super::Observed;
    use super::*;

    fn measured(places: &[[f64; 2]], dbm: impl Fn(usize) -> f64) -> Measured {
        let spot = |(at, place): (usize, &[f64; 2])| Observed {
            place: *place,
            dbm: dbm(at),
            readings: 5.0,
            error_variance: 0.0,
        };
        Measured::new(places.iter().enumerate().map(spot).collect())
    }

    /// A road with steps of independent levels: places of one step share all, of two steps nothing.
    #[test]
    fn steps_of_a_road_are_a_sill_and_a_range_of_about_a_step() {
        let places: Vec<[f64; 2]> = (0..600).map(|at| [f64::from(at) * 40.0, 0.0]).collect();
        let level = |step: usize| ((step * step * 7919) % 1009) as f64 / 1009.0 * 34.6 - 100.0;
        let found = fit(&measured(&places, |at| level(at / 10))).unwrap();
        // A level is spread evenly over 34.6 dB, whose variance is a twelfth of its square.
        assert!((70.0..130.0).contains(&(found.sill + found.nugget)), "{found:?}");
        assert!((100.0..400.0).contains(&found.range_m) && found.nugget < 0.2 * found.sill, "{found:?}");
    }

    #[test]
    fn what_no_neighbour_shares_is_as_unlike_near_as_far() {
        let places: Vec<[f64; 2]> = (0..400).map(|at| [f64::from(at % 20) * 70.0, f64::from(at / 20) * 70.0]).collect();
        let found = fit(&measured(&places, |at| (at * at * 7919 % 1009) as f64 / 100.0)).unwrap();
        let unlike = |metres: f64| found.nugget + found.sill * (1.0 - (-metres / found.range_m).exp());
        assert!(unlike(70.0) > 0.8 * unlike(1_000.0), "{found:?}");
    }

    #[test]
    fn places_that_no_pair_joins_have_none() {
        let far: Vec<[f64; 2]> = (0..20).map(|at| [f64::from(at) * 2.0 * REACH_M, 0.0]).collect();
        assert_eq!(fit(&measured(&far, |at| at as f64)), None);
        assert_eq!(fit(&measured(&[[0.0; 2]; 20], |at| at as f64)), None);
    }
}
