//! A sparse matrix in compressed rows.
//!
//! Row after row: the columns of its entries that are not 0, ascending, and their values. A product A x costs
//! one multiplication for each stored entry.
//!
//! ```
//! use linalg::Sparse;
//! let a = Sparse::from_triplets(2, 3, &[(0, 2, 4.0), (1, 0, -1.0), (0, 2, 1.0)]);
//! let mut y = [0.0; 2];
//! a.mul_vec_into(&[1.0, 2.0, 3.0], &mut y);
//! assert_eq!(y, [15.0, -1.0]);
//! ```

use crate::Matrix;

/// A sparse `rows x cols` matrix in compressed rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Sparse {
    rows: usize,
    cols: usize,
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f64>,
}

impl Sparse {
    /// From triplets (row, column, value); entries at one place add up.
    pub fn from_triplets(rows: usize, cols: usize, triplets: &[(usize, usize, f64)]) -> Self {
        let mut sorted = triplets.to_vec();
        sorted.sort_by_key(|&(i, j, _)| (i, j));
        let (mut starts, mut columns, mut values) = (vec![0; rows + 1], Vec::new(), Vec::new());
        let mut last = None;
        for (i, j, v) in sorted {
            assert!(i < rows && j < cols, "entry ({i}, {j}) of a matrix of {rows} x {cols}");
            if last == Some((i, j)) {
                *values.last_mut().expect("an entry at this place was stored") += v;
                continue;
            }
            last = Some((i, j));
            starts[i + 1] += 1;
            columns.push(j as u32);
            values.push(v);
        }
        for i in 0..rows {
            starts[i + 1] += starts[i];
        }
        Self { rows, cols, starts, columns, values }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Number of stored entries.
    pub fn entries(&self) -> usize {
        self.values.len()
    }

    /// The entries of a dense matrix whose modulus exceeds `threshold`.
    pub fn from_dense(a: &Matrix, threshold: f64) -> Self {
        let (rows, cols) = (a.rows(), a.cols());
        let (mut starts, mut columns, mut values) = (vec![0; rows + 1], Vec::new(), Vec::new());
        for i in 0..rows {
            for j in 0..cols {
                let v = a[(i, j)];
                if v.abs() > threshold {
                    columns.push(j as u32);
                    values.push(v);
                }
            }
            starts[i + 1] = values.len();
        }
        Self { rows, cols, starts, columns, values }
    }

    /// The same matrix, dense.
    pub fn to_dense(&self) -> Matrix {
        let mut a = Matrix::zeros(self.rows, self.cols);
        for (i, j, v) in self.triplets() {
            a[(i, j)] = v;
        }
        a
    }

    /// The stored entries as (row, column, value), row after row.
    pub fn triplets(&self) -> impl Iterator<Item = (usize, usize, f64)> + '_ {
        (0..self.rows).flat_map(move |i| self.row(i).map(move |(j, v)| (i, j, v)))
    }

    /// The stored entries of row `i` as (column, value).
    pub fn row(&self, i: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = self.starts[i]..self.starts[i + 1];
        self.columns[range.clone()].iter().zip(&self.values[range]).map(|(&j, &v)| (j as usize, v))
    }

    /// This matrix times a number.
    pub fn scaled(&self, s: f64) -> Self {
        Self { values: self.values.iter().map(|v| v * s).collect(), ..self.clone() }
    }

    /// The root of the sum of squared entries.
    pub fn norm_frobenius(&self) -> f64 {
        let m = self.values.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
        if m == 0.0 || !m.is_finite() {
            return m;
        }
        m * self.values.iter().map(|v| (v / m).powi(2)).sum::<f64>().sqrt()
    }

    /// The largest row sum of moduli.
    pub fn norm_inf(&self) -> f64 {
        (0..self.rows).map(|i| self.row(i).map(|(_, v)| v.abs()).sum()).fold(0.0, f64::max)
    }

    /// The product A x, written over y.
    ///
    /// # Panics
    /// If the lengths do not fit.
    pub fn mul_vec_into(&self, x: &[f64], y: &mut [f64]) {
        assert_eq!(x.len(), self.cols, "A x needs one entry of x for each column of A");
        assert_eq!(y.len(), self.rows, "A x has one entry for each row of A");
        for (i, yi) in y.iter_mut().enumerate() {
            *yi = self.row(i).map(|(j, v)| v * x[j]).sum();
        }
    }

    /// The product A X for many lanes at once, written over Y: lane `l` of variable `i` is `y[i * lanes + l]`.
    ///
    /// # Panics
    /// If the lengths do not fit.
    pub fn mul_into(&self, x: &[f64], lanes: usize, y: &mut [f64]) {
        assert_eq!(x.len(), self.cols * lanes, "A X needs one row of lanes of X for each column of A");
        assert_eq!(y.len(), self.rows * lanes, "A X has one row of lanes for each row of A");
        if lanes == 0 {
            return;
        }
        for (i, yi) in y.chunks_exact_mut(lanes).enumerate() {
            yi.fill(0.0);
            for (j, v) in self.row(i) {
                for (a, b) in yi.iter_mut().zip(&x[j * lanes..(j + 1) * lanes]) {
                    *a += v * b;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sparse_and_dense_products_agree() {
        let a = Matrix::from_fn(7, 5, |i, j| if (i * j) % 3 == 1 { (i + 2 * j) as f64 } else { 0.0 });
        let s = Sparse::from_dense(&a, 0.0);
        assert_eq!(s.to_dense(), a);
        let triplets: Vec<_> = s.triplets().collect();
        assert_eq!(Sparse::from_triplets(7, 5, &triplets), s);
        let x: Vec<f64> = (0..5).map(|j| j as f64 - 2.0).collect();
        let mut y = vec![f64::NAN; 7];
        s.mul_vec_into(&x, &mut y);
        assert_eq!(y, a.mul_vec(&x));
        assert_eq!(s.norm_inf(), a.norm_inf());
        assert!((s.scaled(-2.0).norm_frobenius() - 2.0 * a.norm_frobenius()).abs() < 1e-13);
    }

    #[test]
    fn each_lane_is_a_product_of_its_own() {
        let s = Sparse::from_triplets(2, 3, &[(0, 2, 4.0), (1, 0, -1.0)]);
        let lanes = 4;
        let x: Vec<f64> = (0..3 * lanes).map(|k| k as f64).collect();
        let mut y = vec![f64::NAN; 2 * lanes];
        s.mul_into(&x, lanes, &mut y);
        for l in 0..lanes {
            assert_eq!((y[l], y[lanes + l]), (4.0 * x[2 * lanes + l], -x[l]));
        }
    }
}
