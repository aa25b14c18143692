//! Covariance matrices of a hundred places, factorised.
//!
//! A general library sets up threads and blocks for matrices a thousand times
//! larger; here one matrix is factorised for every place asked about.

/// The lower triangle of A = L·Lᵀ, row by row: row `i` begins at `i (i + 1) / 2`.
#[derive(Default)]
pub(super) struct Cholesky {
    lower: Vec<f64>,
    size: usize,
}

impl Cholesky {
    /// Factorises the matrix with these entries on and below the diagonal; false when it is not positive definite.
    pub(super) fn factorise(&mut self, size: usize, entry: impl Fn(usize, usize) -> f64) -> bool {
        self.size = size;
        self.lower.clear();
        for row in 0..size {
            let start = self.lower.len();
            for column in 0..=row {
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
        true
    }

    /// The last entry on the diagonal of L: the standard deviation of the last unknown given the others.
    pub(super) fn last(&self) -> f64 {
        self.lower.last().copied().unwrap_or_default()
    }

    /// L⁻¹·b in place of b.
    pub(super) fn forward(&self, b: &mut [f64]) {
        for row in 0..self.size {
            let start = row * (row + 1) / 2;
            let rest = b[row] - dot(&self.lower[start..start + row], &b[..row]);
            b[row] = rest / self.lower[start + row];
        }
    }
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    // Four sums at once: the compiler may not reorder one.
    let mut sums = [0.0; 4];
    let (a4, b4) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = a4.remainder().iter().zip(b4.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a4.zip(b4) {
        for lane in 0..4 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f64>() + rest
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
        assert!((factor.last() - through[8][8]).abs() < 1e-12);
    }

    #[test]
    fn what_is_no_covariance_is_refused() {
        assert!(!Cholesky::default().factorise(2, |a, b| if a == b { 1.0 } else { 2.0 }));
        assert!(!Cholesky::default().factorise(1, |_, _| f64::NAN));
    }
}
