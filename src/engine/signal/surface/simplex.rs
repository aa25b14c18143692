//! The least of a function of a few numbers (Nelder and Mead 1965).

/// Starts at `from` with steps of `step` on every axis; stops after `most` values or when the
/// simplex has shrunk to a hundredth of a step. Infinite values are walls.
pub(super) fn minimise<const N: usize>(
    from: [f64; N],
    step: [f64; N],
    most: usize,
    mut value: impl FnMut(&[f64; N]) -> f64,
) -> ([f64; N], f64) {
    let mut corners: Vec<([f64; N], f64)> = vec![(from, value(&from))];
    for axis in 0..N {
        let mut at = from;
        at[axis] += step[axis];
        corners.push((at, value(&at)));
    }
    let mut values = corners.len();
    while values < most {
        corners.sort_by(|one, other| one.1.total_cmp(&other.1));
        let (best, worst) = (corners[0], corners[N]);
        let small = |axis: usize| (worst.0[axis] - best.0[axis]).abs() < step[axis] * 0.01;
        if (0..N).all(small) && worst.1 - best.1 < 0.01 {
            break;
        }
        let middle: [f64; N] =
            std::array::from_fn(|axis| corners[..N].iter().map(|(at, _)| at[axis]).sum::<f64>() / N as f64);
        let mut along = |factor: f64| {
            let at = std::array::from_fn(|axis| middle[axis] + (middle[axis] - worst.0[axis]) * factor);
            values += 1;
            (at, value(&at))
        };
        let reflected = along(1.0);
        corners[N] = if reflected.1 < best.1 {
            let further = along(2.0);
            if further.1 < reflected.1 { further } else { reflected }
        } else if reflected.1 < corners[N - 1].1 {
            reflected
        } else {
            let nearer = along(if reflected.1 < worst.1 { 0.5 } else { -0.5 });
            if nearer.1 < worst.1.min(reflected.1) {
                nearer
            } else {
                for corner in &mut corners[1..] {
                    corner.0 = std::array::from_fn(|axis| f64::midpoint(corner.0[axis], best.0[axis]));
                    corner.1 = value(&corner.0);
                    values += 1;
                }
                continue;
            }
        };
    }
    corners.sort_by(|one, other| one.1.total_cmp(&other.1));
    corners[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bottom_of_a_valley_is_found() {
        let valley = |at: &[f64; 2]| (1.0 - at[0]).powi(2) + 10.0 * (at[1] - at[0] * at[0]).powi(2);
        let (at, least) = minimise([-1.0, 1.5], [0.5, 0.5], 500, valley);
        assert!(least < 1e-3 && (at[0] - 1.0).abs() < 0.1, "{at:?} {least}");
    }

    #[test]
    fn a_wall_is_not_crossed() {
        let wall = |at: &[f64; 1]| if at[0] < 2.0 { f64::INFINITY } else { at[0] };
        let (at, _) = minimise([5.0], [1.0], 200, wall);
        assert!(at[0] >= 2.0 && at[0] < 2.1, "{at:?}");
    }
}
