//! The normal distribution.

/// The chance of a value below `x` standard deviations, 0 to 1; to 1e-15.
#[must_use]
pub fn distribution(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}

/// Standard deviations that hold nine values in ten.
pub const NINE_IN_TEN: f64 = 1.644_853_626_951_472_7;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_in_ten_lie_within() {
        assert!((distribution(NINE_IN_TEN) - 0.95).abs() < 1e-12);
        assert!((distribution(-NINE_IN_TEN) - 0.05).abs() < 1e-12);
        assert_eq!((distribution(0.0), distribution(f64::NEG_INFINITY), distribution(f64::INFINITY)), (0.5, 0.0, 1.0));
    }
}
