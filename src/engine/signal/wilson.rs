//! Wilson's score interval for a share.
//!
//! It stays between 0 and 1 and holds its level at five runs, where the
//! textbook normal interval does not. Count runs, not samples: on samples it
//! covers the truth in half of the cells only.

/// Lower and upper bound of the share behind `hits` of `trials`, at the normal
/// quantile `z` (1.96 for a two-sided 95 %). Nothing tried says nothing: 0 to 1.
///
/// Wilson 1927, *J. Am. Stat. Assoc.* 22(158):209–212.
#[must_use]
pub fn interval(hits: u32, trials: u32, z: f64) -> (f64, f64) {
    if trials == 0 {
        return (0.0, 1.0);
    }
    let n = f64::from(trials);
    let share = f64::from(hits.min(trials)) / n;
    let z_squared = z * z;
    let centre = share + z_squared / (2.0 * n);
    let half = z * (share * (1.0 - share) / n + z_squared / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z_squared / n;
    // All or nothing has its own end, which rounding would miss by 1e-17.
    let low = if hits == 0 { 0.0 } else { (centre - half) / scale };
    let high = if hits >= trials { 1.0 } else { (centre + half) / scale };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::interval;

    const Z95: f64 = 1.959_963_985;

    fn check(hits: u32, trials: u32, low: f64, high: f64) {
        let (l, h) = interval(hits, trials, Z95);
        assert!((l - low).abs() < 5e-5 && (h - high).abs() < 5e-5, "{hits} of {trials}: {l}, {h}");
    }

    /// Newcombe 1998, *Statistics in Medicine* 17:857–872, table I, method 3.
    #[test]
    fn it_agrees_with_newcombes_table() {
        check(81, 263, 0.2553, 0.3662);
        check(15, 148, 0.0624, 0.1605);
        check(0, 20, 0.0, 0.1611);
        check(1, 29, 0.0061, 0.1718);
    }

    #[test]
    fn nothing_tried_says_nothing() {
        assert_eq!(interval(0, 0, Z95), (0.0, 1.0));
    }

    #[test]
    fn more_hits_raise_and_more_misses_lower_the_bounds() {
        for trials in 1..40 {
            for hits in 0..=trials {
                let here = interval(hits, trials, Z95);
                let hit = interval(hits + 1, trials + 1, Z95);
                let miss = interval(hits, trials + 1, Z95);
                assert!(hit.0 >= here.0 && miss.0 <= here.0 && miss.1 <= here.1 && hit.1 >= here.1, "{hits}/{trials}");
            }
        }
    }
}
