//! Exact facts about a matrix of doubles, by arithmetic modulo the prime p = 2^61 - 1.
//!
//! A double m 2^e is a number modulo p (2 has the inverse 2^60), so that rank, characteristic polynomial and
//! diagonalizability of the matrix *as given* are decided without rounding, in O(n^3) operations:
//!
//! - a matrix whose characteristic polynomial f is coprime to f' has n different eigenvalues;
//! - otherwise it is diagonalizable exactly if the squarefree part s = f/gcd(f, f') annihilates it, s(A) = 0.
//!
//! A matrix could be built on which p divides the deciding integer; for one that was not built for that purpose the
//! chance is about n^2/p < 1e-13. Reference: von zur Gathen and Gerhard (2013), *Modern Computer Algebra*, ch. 5, 14.

use super::dyadic::mantissa_and_exponent;
use linalg::Matrix;

const P: u64 = (1 << 61) - 1;

/// A square matrix of doubles, less shift times the identity, modulo p; row by row.
#[derive(Clone)]
pub(super) struct Modular {
    rows: Vec<Vec<u64>>,
}

impl Modular {
    /// A - shift I.
    pub(super) fn new(a: &Matrix, shift: f64) -> Self {
        let s = residue(shift);
        let entry = |i: usize, j: usize| {
            let r = residue(a[(i, j)]);
            if i == j { sub(r, s) } else { r }
        };
        Self { rows: (0..a.rows()).map(|i| (0..a.cols()).map(|j| entry(i, j)).collect()).collect() }
    }

    /// The rank of the matrix.
    pub(super) fn rank(&self) -> usize {
        rank(self.rows.clone())
    }

    /// Whether g lies in the span of the columns.
    pub(super) fn range_contains(&self, g: &[f64]) -> bool {
        let mut extended = self.rows.clone();
        for (row, &x) in extended.iter_mut().zip(g) {
            row.push(residue(x));
        }
        rank(extended) == self.rank()
    }

    /// How often 0 is a root of the characteristic polynomial.
    pub(super) fn zero_multiplicity(&self) -> usize {
        characteristic_polynomial(&self.rows).iter().take_while(|&&c| c == 0).count()
    }

    /// Whether there is no basis of eigenvectors.
    pub(super) fn is_defective(&self) -> bool {
        let f = characteristic_polynomial(&self.rows);
        let derivative = trim((1..f.len()).map(|k| mul(f[k], k as u64)).collect());
        let g = gcd(f.clone(), derivative);
        if g.len() <= 1 {
            return false;
        }
        let s = divide(f, &g).0;
        // s(A) = 0 is asked of one fixed, patternless vector: a nonzero s(A) sends it to 0 with chance 1/p.
        let v: Vec<u64> = (0..self.rows.len() as u64).map(scramble).collect();
        let mut w = vec![0; v.len()];
        for &c in s.iter().rev() {
            w = self.apply(&w).iter().zip(&v).map(|(&x, &y)| add(x, mul(c, y))).collect();
        }
        w.iter().any(|&x| x != 0)
    }

    fn apply(&self, x: &[u64]) -> Vec<u64> {
        self.rows.iter().map(|r| r.iter().zip(x).fold(0, |s, (&a, &b)| add(s, mul(a, b)))).collect()
    }
}

fn scramble(k: u64) -> u64 {
    // SplitMix64's finalizer: well spread residues for consecutive k.
    let z = (k + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (z ^ (z >> 27)) % P
}

fn residue(x: f64) -> u64 {
    let (m, e) = mantissa_and_exponent(x);
    // 2^61 = 1 modulo p.
    let r = mul(m.unsigned_abs(), 1 << e.rem_euclid(61));
    if m < 0 { sub(0, r) } else { r }
}

fn add(a: u64, b: u64) -> u64 {
    let s = a + b;
    if s >= P { s - P } else { s }
}

fn sub(a: u64, b: u64) -> u64 {
    if a >= b { a - b } else { a + P - b }
}

fn mul(a: u64, b: u64) -> u64 {
    let w = u128::from(a) * u128::from(b);
    let s = (w as u64 & P) + (w >> 61) as u64;
    if s >= P { s - P } else { s }
}

fn inverse(a: u64) -> u64 {
    // a^(p-2), p prime.
    let (mut base, mut power, mut result) = (a, P - 2, 1);
    while power > 0 {
        if power & 1 == 1 {
            result = mul(result, base);
        }
        base = mul(base, base);
        power >>= 1;
    }
    result
}

fn rank(mut rows: Vec<Vec<u64>>) -> usize {
    let cols = rows.first().map_or(0, Vec::len);
    let mut rank = 0;
    for j in 0..cols {
        let Some(pivot) = (rank..rows.len()).find(|&i| rows[i][j] != 0) else { continue };
        rows.swap(rank, pivot);
        let (done, rest) = rows.split_at_mut(rank + 1);
        let top = &done[rank];
        let unit = inverse(top[j]);
        for row in rest.iter_mut().filter(|r| r[j] != 0) {
            let factor = mul(row[j], unit);
            for (x, &t) in row[j..].iter_mut().zip(&top[j..]) {
                *x = sub(*x, mul(factor, t));
            }
        }
        rank += 1;
    }
    rank
}

/// Coefficients of det(x I - A), lowest power first: Hessenberg form by similarity, then its recurrence.
fn characteristic_polynomial(a: &[Vec<u64>]) -> Vec<u64> {
    let n = a.len();
    let mut h = a.to_vec();
    for k in 1..n.saturating_sub(1) {
        let Some(pivot) = (k..n).find(|&i| h[i][k - 1] != 0) else { continue };
        h.swap(k, pivot);
        for row in &mut h {
            row.swap(k, pivot);
        }
        let unit = inverse(h[k][k - 1]);
        for i in k + 1..n {
            if h[i][k - 1] == 0 {
                continue;
            }
            let factor = mul(h[i][k - 1], unit);
            let (upper, lower) = h.split_at_mut(i);
            for (x, &t) in lower[0][k - 1..].iter_mut().zip(&upper[k][k - 1..]) {
                *x = sub(*x, mul(factor, t));
            }
            for row in &mut h {
                row[k] = add(row[k], mul(factor, row[i]));
            }
        }
    }
    // p_k = (x - h_kk) p_{k-1} - sum_i h_ik (prod of subdiagonals i+1..k) p_{i-1}
    let mut p: Vec<Vec<u64>> = vec![vec![1]];
    for k in 0..n {
        let mut next = vec![0; k + 2];
        for (j, &c) in p[k].iter().enumerate() {
            next[j + 1] = add(next[j + 1], c);
            next[j] = sub(next[j], mul(h[k][k], c));
        }
        let mut product = 1;
        for i in (0..k).rev() {
            product = mul(product, h[i + 1][i]);
            let factor = mul(product, h[i][k]);
            if product == 0 {
                break;
            }
            for (j, &c) in p[i].iter().enumerate() {
                next[j] = sub(next[j], mul(factor, c));
            }
        }
        p.push(next);
    }
    p.pop().unwrap_or_else(|| vec![1])
}

fn trim(mut f: Vec<u64>) -> Vec<u64> {
    while f.last() == Some(&0) {
        f.pop();
    }
    f
}

/// Quotient and remainder; `d` is not 0.
fn divide(mut f: Vec<u64>, d: &[u64]) -> (Vec<u64>, Vec<u64>) {
    let unit = inverse(d[d.len() - 1]);
    let mut q = vec![0; (f.len() + 1).saturating_sub(d.len())];
    for k in (0..q.len()).rev() {
        q[k] = mul(f[k + d.len() - 1], unit);
        for (j, &c) in d.iter().enumerate() {
            f[k + j] = sub(f[k + j], mul(q[k], c));
        }
    }
    (q, trim(f))
}

fn gcd(mut f: Vec<u64>, mut g: Vec<u64>) -> Vec<u64> {
    while !g.is_empty() {
        let r = divide(f, &g).1;
        f = g;
        g = r;
    }
    f
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: &[&[f64]]) -> Modular {
        Modular::new(&Matrix::from_rows(rows), 0.0)
    }

    #[test]
    fn the_characteristic_polynomial_of_a_companion_matrix_is_its_polynomial() {
        // (x - 1)(x - 2)(x - 3) = x^3 - 6 x^2 + 11 x - 6
        let a = of(&[&[0.0, 1.0, 0.0], &[0.0, 0.0, 1.0], &[6.0, -11.0, 6.0]]);
        assert_eq!(characteristic_polynomial(&a.rows), [P - 6, 11, P - 6, 1]);
        assert!(!a.is_defective());
    }

    #[test]
    fn a_defective_matrix_is_seen_in_any_integer_basis() {
        // S J S^-1 with J = blocks {3, 1 above}, {3}, {-1}, and S unimodular.
        let s = Matrix::from_rows(&[
            [1.0, 2.0, 0.0, 1.0],
            [0.0, 1.0, 3.0, 0.0],
            [0.0, 0.0, 1.0, -2.0],
            [0.0, 0.0, 0.0, 1.0],
        ]);
        let s_inverse = Matrix::from_rows(&[
            [1.0, -2.0, 6.0, 11.0],
            [0.0, 1.0, -3.0, -6.0],
            [0.0, 0.0, 1.0, 2.0],
            [0.0, 0.0, 0.0, 1.0],
        ]);
        let product = |a: &Matrix, b: &Matrix| {
            Matrix::from_fn(4, 4, |i, j| (0..4).map(|k| a[(i, k)] * b[(k, j)]).sum())
        };
        assert_eq!(product(&s, &s_inverse), Matrix::identity(4));
        for (coupling, defective) in [(1.0, true), (0.0, false)] {
            let mut j = Matrix::diagonal(&[3.0, 3.0, 3.0, -1.0]);
            j[(0, 1)] = coupling;
            let a = product(&product(&s, &j), &s_inverse);
            assert_eq!(Modular::new(&a, 0.0).is_defective(), defective);
            assert_eq!(Modular::new(&a, 3.0).rank(), if defective { 2 } else { 1 });
            assert_eq!(Modular::new(&a, 3.0).zero_multiplicity(), 3);
        }
    }

    #[test]
    fn rank_and_range_are_exact_at_any_scale() {
        let a = of(&[&[1.0, 1.0], &[1.0, 1.0 + f64::EPSILON]]);
        assert_eq!(a.rank(), 2);
        let a = of(&[&[1e-300, 3e-300], &[1e-300, 3e-300]]);
        assert_eq!(a.rank(), 1);
        assert!(a.range_contains(&[7.0, 7.0]));
        assert!(!a.range_contains(&[7.0, 7.1]));
        assert_eq!(of(&[&[0.0, 1.0], &[0.0, 0.0]]).zero_multiplicity(), 2);
    }
}
