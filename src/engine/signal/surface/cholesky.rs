//! Covariance matrices of a hundred places, factorised.
//!
//! A general library sets up threads and blocks for matrices a thousand times
//! larger; here one matrix is factorised for every place asked about.

/// Columns that are worked on side by side.
pub(super) const LANES: usize = 8;

/// The lower triangle of A = L·Lᵀ, row by row: row `i` begins at `i (i + 1) / 2`.
#[derive(Default)]
pub(super) struct Cholesky {
    lower: Vec<f64>,
    size: usize,
    room: Vec<[f64; LANES]>,
}

impl Cholesky {
    /// Factorises the matrix with these entries on and below the diagonal; false when it is not positive definite.
    pub(super) fn factorise(&mut self, size: usize, entry: impl Fn(usize, usize) -> f64) -> bool {
        self.lower.clear();
        let mut room = std::mem::take(&mut self.room);
        for first in (0..size).step_by(LANES) {
            // What some rows of L have in the columns before them is L⁻¹ of what they have in A.
            let rows = LANES.min(size - first);
            let of = |lane: usize, column: usize| if lane < rows { entry(first + lane, column) } else { 0.0 };
            room.clear();
            room.extend((0..first).map(|column| std::array::from_fn(|lane| of(lane, column))));
            self.size = first;
            self.forward_many(&mut room);
            for row in first..first + rows {
                let start = self.lower.len();
                self.lower.extend(room.iter().map(|lanes| lanes[row - first]));
                for column in first..=row {
                    let other = column * (column + 1) / 2;
                    let done = dot(&self.lower[start..start + column], &self.lower[other..other + column]);
                    let rest = entry(row, column) - done;
                    if column < row {
                        let pivot = self.lower[other + column];
                        self.lower.push(rest / pivot);
                    } else if rest > 0.0 {
                        self.lower.push(rest.sqrt());
                    } else {
                        return false;
                    }
                }
            }
        }
        (self.size, self.room) = (size, room);
        true
    }

    /// An entry on the diagonal of L: the standard deviation of an unknown given those before it.
    pub(super) fn diagonal(&self, row: usize) -> f64 {
        self.lower[row * (row + 3) / 2]
    }

    /// L⁻¹·b in place of b.
    pub(super) fn forward(&self, b: &mut [f64]) {
        for row in 0..self.size {
            let start = row * (row + 1) / 2;
            let rest = b[row] - dot(&self.lower[start..start + row], &b[..row]);
            b[row] = rest / self.lower[start + row];
        }
    }

    /// The same for several columns at once: each entry of L is fetched for all of them.
    pub(super) fn forward_many(&self, b: &mut [[f64; LANES]]) {
        for row in 0..self.size {
            let start = row * (row + 1) / 2;
            let (done, rest) = b.split_at_mut(row);
            // Two sums, so that one need not wait for the other.
            let (mut one, mut other) = (rest[0], [0.0; LANES]);
            let (factors, there) = (self.lower[start..start + row].chunks_exact(2), done.chunks_exact(2));
            if let ([factor], [there]) = (factors.remainder(), there.remainder()) {
                (0..LANES).for_each(|lane| other[lane] = factor * there[lane]);
            }
            for (factors, there) in factors.zip(there) {
                for lane in 0..LANES {
                    one[lane] -= factors[0] * there[0][lane];
                    other[lane] += factors[1] * there[1][lane];
                }
            }
            let pivot = self.lower[start + row];
            rest[0] = std::array::from_fn(|lane| (one[lane] - other[lane]) / pivot);
        }
    }
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    // Eight sums at once: the compiler may not reorder one.
    let mut sums = [0.0; 8];
    let (a8, b8) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest = a8.remainder().iter().zip(b8.remainder());
    sums.iter_mut().zip(rest).for_each(|(sum, (a, b))| *sum = a * b);
    for (a, b) in a8.zip(b8) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + e) + (b + f)) + ((c + g) + (d + h))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_factor_times_its_transpose_is_the_matrix() {
        // Covariances of nine points on a line.
        let entry = |a: usize, b: usize| (-(a.abs_diff(b) as f64)).exp() + if a == b { 0.3 } else { 0.0 };
        let mut factor = Cholesky::default();
        assert!(factor.factorise(9, entry));
        // Through L⁻¹ the columns of the matrix become those of Lᵀ: their products are its entries.
        let through: Vec<Vec<f64>> = (0..9)
            .map(|column| {
                let mut b: Vec<f64> = (0..9).map(|row| entry(row, column)).collect();
                factor.forward(&mut b);
                b
            })
            .collect();
        for (a, b) in (0..9).flat_map(|a| (0..9).map(move |b| (a, b))) {
            assert!((dot(&through[a], &through[b]) - entry(a, b)).abs() < 1e-12, "{a} {b}");
        }
        assert!((factor.diagonal(8) - through[8][8]).abs() < 1e-12);
        let mut together: Vec<[f64; LANES]> =
            (0..9).map(|row| std::array::from_fn(|column| entry(row, column))).collect();
        factor.forward_many(&mut together);
        for (row, column) in (0..9).flat_map(|row| (0..LANES).map(move |column| (row, column))) {
            assert!((together[row][column] - through[column][row]).abs() < 1e-12, "{row} {column}");
        }
    }

    #[test]
    fn what_is_no_covariance_is_refused() {
        assert!(!Cholesky::default().factorise(2, |a, b| if a == b { 1.0 } else { 2.0 }));
        assert!(!Cholesky::default().factorise(1, |_, _| f64::NAN));
    }
}
