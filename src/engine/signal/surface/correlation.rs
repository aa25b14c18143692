//! exp(−d^1.1), a hundred million times.
//!
//! A logarithm and two exponentials for every pair of places were half of what a surface cost. Over the
//! square root of the distance the curve is smooth, and a cubic between a thousand knots follows it to ten
//! digits; at the root itself, where it is not, it is worked out.

use std::sync::LazyLock;

/// Of the powered exponential. Chosen by block cross-validation on the drive in Santa Monica (ICNP'21),
/// where 1.0 to 1.35 differ by less than 0.1 dB, and lower powers rank weak places better.
const POWER: f64 = 1.1;
const KNOTS: usize = 1024;
/// Square root of the distance at which nothing is left: below 10⁻¹⁷.
const END: f64 = 5.5;
const PER_UNIT: f64 = KNOTS as f64 / END;
/// Square root of the distance below which the curve is worked out.
const NEAR: f64 = 0.1;

/// A cubic from each knot to the next: its coefficients, the constant first.
static CUBICS: LazyLock<Vec<[f64; 4]>> = LazyLock::new(|| {
    let knot = |number: usize| {
        let root = number as f64 / PER_UNIT;
        let value = exact(root);
        (value, -2.0 * POWER * root.powf(2.0 * POWER - 1.0) * value / PER_UNIT)
    };
    let cubic = |number| {
        let ((from, slope), (to, next_slope)) = (knot(number), knot(number + 1));
        let rise = to - from;
        [from, slope, 3.0 * rise - 2.0 * slope - next_slope, slope + next_slope - 2.0 * rise]
    };
    (0..KNOTS).map(cubic).collect()
});

/// How alike places are, 1 to 0, by their distance in ranges: exp(−d^1.1).
pub(super) fn correlation(distance: f64) -> f64 {
    let root = distance.sqrt();
    if root < NEAR {
        return exact(root);
    }
    let at = root * PER_UNIT;
    #[expect(clippy::cast_sign_loss, reason = "a root is not negative, and NaN becomes 0")]
    let knot = at as usize;
    let Some([a, b, c, d]) = CUBICS.get(knot) else { return 0.0 };
    let on = at - knot as f64;
    a + on * (b + on * (c + on * d))
}

fn exact(root: f64) -> f64 {
    (-root.powf(2.0 * POWER)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cubics_follow_the_curve_to_ten_digits() {
        for step in 0..200_000_u32 {
            let distance = f64::from(step) * 2e-4;
            let slow = (-distance.powf(POWER)).exp();
            assert!((correlation(distance) - slow).abs() < 2e-10, "{distance}");
        }
        assert_eq!((correlation(0.0), correlation(1e9), correlation(f64::INFINITY)), (1.0, 0.0, 0.0));
        assert!(correlation(f64::NAN).is_nan());
    }
}
