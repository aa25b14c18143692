//! Student's t distribution, by which what is measured lies around what was expected.
//!
//! Errors on ground not seen have heavier tails than the normal distribution: most are smaller than its bell says, a
//! few far larger (kurtosis 3.6, 4.5 and 6.8 on the drives in Santa Monica, Manassas and Kaiserslautern, 3 if
//! they were normal). Four degrees of freedom: the likelihood of those 1,613 errors is flat between four and six, and
//! four has a closed form.

use super::normal::NINE_IN_TEN;

/// The quantile at 0.95.
const QUANTILE_95: f64 = 2.131_846_786_326_649;

/// The chance of a value below `x` spreads, 0 to 1, where [`NINE_IN_TEN`] spreads to each side hold nine values in ten.
#[must_use]
pub(super) fn distribution(x: f64) -> f64 {
    let t = x.clamp(-1e9, 1e9) * (QUANTILE_95 / NINE_IN_TEN);
    let u = (t / 2.0).hypot(1.0).recip() * t;
    0.5 + 0.375 * u * (1.0 - u * u / 12.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_in_ten_lie_within_and_more_of_them_in_the_middle() {
        assert!((distribution(NINE_IN_TEN) - 0.95).abs() < 1e-12);
        assert!((distribution(-NINE_IN_TEN) - 0.05).abs() < 1e-12);
        assert_eq!(distribution(0.0), 0.5);
        let normal = super::super::normal::distribution;
        assert!(distribution(1.0) > normal(1.0) && distribution(3.0) < normal(3.0));
    }

    /// The derivative of the distribution is the density of the textbook: Γ(5/2) / (√(4π) Γ(2)) (1 + t²/4)^(−5/2).
    #[test]
    fn it_is_that_of_the_textbook() {
        let scale = QUANTILE_95 / NINE_IN_TEN;
        for step in -60..60 {
            let x = f64::from(step) / 10.0;
            let slope = (distribution(x + 1e-5) - distribution(x - 1e-5)) / 2e-5;
            let t = x * scale;
            let density = 0.375 * (1.0 + t * t / 4.0).powf(-2.5) * scale;
            assert!((slope - density).abs() < 1e-7, "{x}: {slope} {density}");
        }
        assert!(distribution(f64::INFINITY) > 1.0 - 1e-12 && distribution(f64::NEG_INFINITY) < 1e-12);
    }
}
