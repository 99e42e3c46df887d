//! Floquet multipliers: the eigenvalues of the monodromy matrix, each with its own digits.
//!
//! The monodromy matrix is the product X_N … X_1 of the transfer matrices of the intervals. Its small eigenvalues would
//! drown in the rounding of its large ones, so it is never formed: a basis is sent around the cycle, orthogonalized
//! after each interval, X_j Q_(j-1) = Q_j R_j, and the multipliers are the products of the diagonals of the R_j, in descending
//! order after a few turns; those that did not separate (pairs) are taken together as blocks.
//! Cost: O(N n^3) a turn. Reference: Bojanczyk, Golub, Van Dooren (1992), The periodic Schur decomposition.

use super::collocation::Blocks;
use linalg::{Complex, Matrix, eigenvalues};

/// After so many turns what has not separated has moduli within a factor of 1e-14^(1/8) = 0.02 of one another.
const TURNS: usize = 8;
/// A coupling below this separates.
const COUPLED: f64 = 1e-14;

/// All multipliers, by descending modulus; empty where one is too large for a double.
pub(crate) fn multipliers(blocks: &Blocks) -> Vec<Complex> {
    let n = blocks.n;
    let transfers: Vec<Matrix> = (0..blocks.intervals).map(|j| blocks.transfer(j)).collect();
    let mut q = Matrix::identity(n);
    let mut image = Matrix::zeros(n, n);
    let mut r = Matrix::zeros(n, n);
    let mut product = Matrix::identity(n);
    let mut start = q.clone();
    for turn in 0..TURNS {
        start = q.clone();
        if turn + 1 == TURNS {
            product = Matrix::identity(n);
        }
        for x in &transfers {
            multiply(x, &q, &mut image);
            orthogonalize(&image, &mut q, &mut r);
            if turn + 1 == TURNS {
                product = upper_product(&r, &product);
            }
        }
    }
    // Q_0^T Q_N: block triangular where the basis has separated.
    let mut s = Matrix::zeros(n, n);
    multiply(&start.transpose(), &q, &mut s);
    let mut found = Vec::with_capacity(n);
    let mut from = 0;
    while from < n {
        let mut to = from + 1;
        while to < n && (to..n).any(|i| (from..to).any(|j| s[(i, j)].abs() > COUPLED.max(1e-13))) {
            to += 1;
        }
        let size = to - from;
        if size == 1 {
            found.push(Complex::new(s[(from, from)] * product[(from, from)], 0.0));
        } else {
            let block = Matrix::from_fn(size, size, |i, j| {
                (0..=j).map(|k| s[(from + i, from + k)] * product[(from + k, from + j)]).sum()
            });
            match eigenvalues(&block) {
                Ok(values) => found.extend(values),
                Err(_) => return Vec::new(),
            }
        }
        from = to;
    }
    if found.iter().any(|m| !m.norm().is_finite()) {
        return Vec::new();
    }
    found.sort_by(|a, b| b.norm().total_cmp(&a.norm()).then(b.im.total_cmp(&a.im)));
    found
}

/// The multiplier nearest 1, which every cycle has, and the others.
pub(crate) fn split(mut all: Vec<Complex>) -> (Option<Complex>, Vec<Complex>) {
    let one = Complex::new(1.0, 0.0);
    let nearest = (0..all.len()).min_by(|&a, &b| (all[a] - one).norm().total_cmp(&(all[b] - one).norm()));
    let trivial = nearest.map(|k| all.remove(k));
    (trivial, all)
}

fn multiply(a: &Matrix, b: &Matrix, c: &mut Matrix) {
    let n = a.rows();
    for j in 0..n {
        for i in 0..n {
            c[(i, j)] = (0..n).map(|k| a[(i, k)] * b[(k, j)]).sum();
        }
    }
}

/// R P for two upper triangular matrices.
fn upper_product(r: &Matrix, p: &Matrix) -> Matrix {
    let n = r.rows();
    Matrix::from_fn(n, n, |i, j| (i..=j).map(|k| r[(i, k)] * p[(k, j)]).sum())
}

/// A = Q R by Gram and Schmidt, twice.
fn orthogonalize(a: &Matrix, q: &mut Matrix, r: &mut Matrix) {
    let n = a.rows();
    for j in 0..n {
        let mut v = a.column(j).to_vec();
        (0..n).for_each(|i| r[(i, j)] = 0.0);
        for _ in 0..2 {
            for i in 0..j {
                let c: f64 = q.column(i).iter().zip(&v).map(|(x, y)| x * y).sum();
                r[(i, j)] += c;
                v.iter_mut().zip(q.column(i)).for_each(|(v, x)| *v -= c * x);
            }
        }
        let norm = v.iter().map(|x| x * x).sum::<f64>().sqrt();
        r[(j, j)] = norm;
        let scale = if norm > 0.0 { 1.0 / norm } else { 0.0 };
        q.column_mut(j).iter_mut().zip(&v).for_each(|(q, v)| *q = v * scale);
    }
}
