//! Chance with a name: every stream of random numbers is keyed by what it
//! decides, so that a village keeps its households when roads change, and the
//! bytes do not depend on how many cores share the work.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The whole demo hangs on this number; 1 July 2025 is the day of the merger.
const SEED: u64 = 20_250_701;

/// A stream of chance for one purpose and one thing.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn new(purpose: &str, thing: u64) -> Self {
        // FNV-1a keeps the purposes apart; ChaCha's stream number keeps the things apart.
        let seed = purpose
            .bytes()
            .fold(SEED ^ 0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(thing);
        Self(rng)
    }

    /// 0 to 1, without 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double")]
    pub(super) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// 0 to `count` − 1; 0 for an empty range.
    pub(super) fn below(&mut self, count: usize) -> usize {
        let count = count.max(1) as u128;
        usize::try_from((u128::from(self.0.next_u64()) * count) >> 64).unwrap_or(0)
    }

    /// Mean 0, deviation 1, the sum of four uniforms: no logarithm on the hot
    /// path, and never beyond ±3.5.
    pub(super) fn normal(&mut self) -> f64 {
        let word = self.0.next_u64();
        let quarter = |shift: u32| f64::from(u16::try_from((word >> shift) & 0xffff).unwrap_or(0)) / 65_535.0;
        (quarter(0) + quarter(16) + quarter(32) + quarter(48) - 2.0) * 3_f64.sqrt()
    }

    /// Beta by Jöhnk's method, good for the small shapes used here.
    pub(super) fn beta(&mut self, a: f64, b: f64) -> f64 {
        for _ in 0..200 {
            let (x, y) = (self.unit().powf(1.0 / a), self.unit().powf(1.0 / b));
            if x + y <= 1.0 && x + y > 0.0 {
                return x / (x + y);
            }
        }
        a / (a + b)
    }

    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }

    pub(super) fn shuffle<T>(&mut self, of: &mut [T]) {
        for last in (1..of.len()).rev() {
            of.swap(last, self.below(last + 1));
        }
    }
}

/// One number for a lattice point, −1 to 1, the same wherever it is asked.
#[expect(clippy::cast_precision_loss, reason = "24 bits fit a double")]
fn lattice(x: i64, y: i64, layer: u64) -> f64 {
    let mut hash = x.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ y.cast_unsigned().wrapping_mul(0xC2B2_AE3D_27D4_EB4F)
        ^ (layer ^ SEED).wrapping_mul(0x1656_67B1_9E37_79F9);
    hash = (hash ^ (hash >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    hash = (hash ^ (hash >> 32)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (hash >> 40) as f64 / 8_388_607.5 - 1.0
}

/// Smooth noise with deviation near 1 and features of `size_m`: the stand-in
/// for terrain and buildings, since it is the same for every car that passes.
#[expect(clippy::cast_possible_truncation, reason = "the province is some hundred lattice points wide")]
pub(super) fn terrain(x_m: f64, y_m: f64, size_m: f64, layer: u64) -> f64 {
    let (x, y) = (x_m / size_m, y_m / size_m);
    let (left, bottom) = (x.floor(), y.floor());
    let ease = |t: f64| t * t * (3.0 - 2.0 * t);
    let (across, up) = (ease(x - left), ease(y - bottom));
    let (left, bottom) = (left as i64, bottom as i64);
    let row = |y: i64| lattice(left, y, layer) * (1.0 - across) + lattice(left + 1, y, layer) * across;
    // Uniform lattice values blended by this easing have a deviation of 0.43.
    (row(bottom) * (1.0 - up) + row(bottom + 1) * up) / 0.43
}
