//! Eigenvalues and eigenvectors of a real square matrix, with what each is worth.
//!
//! A x = lambda x. Steps: a symmetric matrix goes to the symmetric solver. Otherwise the matrix is permuted
//! into [irreducible blocks](crate::irreducible_blocks), which makes the eigenvalues of 1 x 1 blocks exact and
//! those of 2 x 2 blocks right to the last places; larger blocks are balanced by powers of two and brought to
//! Schur form by a QR iteration (multishift for large ones). A matrix that is normal to rounding takes its
//! vectors from the Schur form, so that they are orthonormal for repeated eigenvalues as well.
//!
//! The error of an eigenvalue is, to first order, its condition 1/|y^H x| times eps ||A||; in a cluster of m
//! eigenvalues it is at most about eps^(1/m) ||A|| (Elsner 1985). Cost: about 25 n^3 operations.
//!
//! ```
//! use linalg::{Complex, Matrix, eigen};
//! let e = eigen(&Matrix::from_rows(&[[0.0, 1.0], [-1.0, 0.0]])).unwrap();
//! assert_eq!(e.values, [Complex::new(0.0, 1.0), Complex::new(0.0, -1.0)]);
//! ```

use crate::bridge::require_square_and_finite;
use crate::pair::pair;
use crate::quasi_triangular::{block_of, ranges, reduce};
use crate::spectrum::{block_conditions, conditions, multishift, normalize, real_basis, rounding_bounds};
use crate::{Complex, LinalgError, Matrix, balance, condition_real, irreducible_blocks};
use crate::{SymmetricEigen, symmetric_eigen, symmetric_eigenvalues};

/// Blocks up to this size take the double-shift iteration, which is as fast there and deflates more finely.
const SMALL: usize = 64;

/// Eigenvalues and eigenvectors, by descending real part, then descending imaginary part.
#[derive(Clone, Debug)]
pub struct Eigen {
    /// The eigenvalues; conjugate pairs are exact conjugates.
    pub values: Vec<Complex>,
    /// The eigenvectors: columns of unit norm; conjugate pairs are exact conjugates.
    pub vectors: Matrix<Complex>,
    /// A bound on the rounding error of each eigenvalue; 0 where it is exact.
    pub rounding: Vec<f64>,
    /// 1/|y^H x| of each, with left and right eigenvectors of unit norm: how strongly a perturbation of the
    /// matrix moves it. At least 1; huge or infinite where the eigenvectors are no basis.
    pub condition: Vec<f64>,
    /// The irreducible block that each comes from, counted from 0 in an order that makes A block triangular.
    pub blocks: Vec<usize>,
}

/// Eigenvalues and eigenvectors.
///
/// # Errors
/// If A is not square, or has an entry that is not finite.
pub fn eigen(a: &Matrix) -> Result<Eigen, LinalgError> {
    require_square_and_finite(a)?;
    let n = a.rows();
    if a.is_symmetric() {
        return Ok(symmetric(a));
    }
    let Balanced { matrix: b, order, d, blocks, power } = Balanced::new(a);
    let unscaled = d.iter().all(|&x| x == 1.0);
    let (values, local) = eigenpairs(&b, &blocks, unscaled)?;
    let mut owner = vec![0; n];
    for (k, &(start, size)) in blocks.iter().enumerate() {
        owner[start..start + size].fill(k);
    }
    let mut vectors = Matrix::zeros(n, n);
    for j in 0..n {
        for i in 0..n {
            vectors[(order[i], j)] = local[(i, j)] * d[i];
        }
        normalize(vectors.column_mut(j));
    }
    let condition = conditions(&vectors, &values);
    let sensitivity = if unscaled && blocks.len() == 1 {
        condition.clone()
    } else {
        block_conditions(&local, &values, &blocks)
    };
    let rounding = rounding_bounds(&b, &values, &blocks, &sensitivity);
    let list = descending_order(&values);
    Ok(Eigen {
        values: list.iter().map(|&i| values[i] * power).collect(),
        rounding: list.iter().map(|&i| rounding[i] * power).collect(),
        condition: list.iter().map(|&i| condition[i]).collect(),
        blocks: list.iter().map(|&i| owner[i]).collect(),
        vectors: Matrix::from_fn(n, n, |i, j| vectors[(i, list[j])]),
    })
}

/// The eigenvalues alone, in the same order.
///
/// # Errors
/// As [`eigen`].
pub fn eigenvalues(a: &Matrix) -> Result<Vec<Complex>, LinalgError> {
    require_square_and_finite(a)?;
    if a.is_symmetric() {
        return Ok(match a.rows() {
            0..=2 => symmetric(a).values,
            _ => symmetric_eigenvalues(a).into_iter().map(|v| Complex::new(v, 0.0)).collect(),
        });
    }
    let Balanced { matrix: b, blocks, power, .. } = Balanced::new(a);
    let mut values = Vec::with_capacity(a.rows());
    for block in blocks {
        let own = block_of(&b, block, block);
        let fast = if block.1 > SMALL { multishift(&own, false) } else { None };
        values.extend(match fast {
            Some((values, _)) => values,
            None => reduce(own, &[(0, block.1)])?.eigenvalues(),
        });
    }
    Ok(descending_order(&values).into_iter().map(|i| values[i] * power).collect())
}

/// The 2-norm condition number of the matrix of eigenvectors. Conjugate pairs let it be computed from a real
/// matrix: (x, conj x) = (sqrt 2 Re x, sqrt 2 Im x) times a unitary matrix.
pub fn eigenvector_condition(e: &Eigen) -> f64 {
    condition_real(&real_basis(&e.vectors, &e.values))
}

/// P^T A P / power, balanced: block triangular, with entries of moderate size.
struct Balanced {
    matrix: Matrix,
    order: Vec<usize>,
    d: Vec<f64>,
    blocks: Vec<(usize, usize)>,
    power: f64,
}

impl Balanced {
    fn new(a: &Matrix) -> Self {
        let n = a.rows();
        let power = balance::power_of_two_near(a.norm_max());
        let lists = irreducible_blocks(a);
        let blocks = ranges(lists.iter().map(Vec::len));
        let order: Vec<usize> = lists.concat();
        let mut matrix = Matrix::from_fn(n, n, |i, j| a[(order[i], order[j])] / power);
        let d = balance::balance(&mut matrix, &blocks);
        Self { matrix, order, d, blocks, power }
    }
}

/// Eigenvalues, in the order of the blocks, and eigenvectors, not normalized, of a block triangular matrix.
fn eigenpairs(
    b: &Matrix,
    blocks: &[(usize, usize)],
    unscaled: bool,
) -> Result<(Vec<Complex>, Matrix<Complex>), LinalgError> {
    let largest = blocks.iter().map(|b| b.1).max().unwrap_or(0);
    if largest > SMALL
        && !(unscaled && may_be_normal(b))
        && let Some((mut values, vectors)) = multishift(b, true)
    {
        for &(start, size) in blocks.iter().filter(|b| b.1 <= 2) {
            let mut own = reduce(block_of(b, (start, size), (start, size)), &[(0, size)])?.eigenvalues();
            if size == 2 && (own[1] - values[start]).norm() < (own[0] - values[start]).norm() {
                own.swap(0, 1);
            }
            // The vectors were packed for a pair or for two real eigenvalues: keep their kind.
            if size == 1 || (own[0].im != 0.0) == (values[start].im != 0.0) {
                values[start..start + size].copy_from_slice(&own);
            }
        }
        return Ok((values, vectors));
    }
    let form = reduce(b.clone(), blocks)?;
    let normal = unscaled && form.is_normal();
    Ok(form.eigenvectors(normal))
}

/// Whether A A^T = A^T A to rounding (of all of A: a small part may still be far from normal).
fn may_be_normal(a: &Matrix) -> bool {
    let n = a.rows();
    let total: f64 = a.as_slice().iter().map(|x| x * x).sum();
    let tolerance = 8.0 * f64::EPSILON * (n as f64).sqrt() * total;
    // The diagonal first: rows and columns of a normal matrix have equal norms.
    let mut rows = vec![0.0; n];
    for j in 0..n {
        for (r, x) in rows.iter_mut().zip(a.column(j)) {
            *r += x * x;
        }
    }
    let differs = |j: usize| (a.column(j).iter().map(|x| x * x).sum::<f64>() - rows[j]).abs() > tolerance;
    if (0..n).any(differs) {
        return false;
    }
    let t = a.transpose();
    (&crate::mul(a, &t) - &crate::mul(&t, a)).norm_frobenius() <= tolerance
}

/// A symmetric matrix falls into independent irreducible blocks, each with orthonormal eigenvectors.
fn symmetric(a: &Matrix) -> Eigen {
    let n = a.rows();
    let (mut values, mut rounding, mut owner) = (Vec::new(), Vec::new(), Vec::new());
    let mut vectors = Matrix::zeros(n, n);
    for (k, units) in irreducible_blocks(a).iter().enumerate() {
        let start = values.len();
        let own = Matrix::from_fn(units.len(), units.len(), |i, j| a[(units[i], units[j])]);
        let (e, bound) = symmetric_block(&own);
        for j in 0..units.len() {
            for (i, &unit) in units.iter().enumerate() {
                vectors[(unit, start + j)] = Complex::new(e.vectors[(i, j)], 0.0);
            }
        }
        values.extend(e.values.iter().map(|&v| Complex::new(v, 0.0)));
        rounding.resize(values.len(), bound);
        owner.resize(values.len(), k);
    }
    let list = descending_order(&values);
    Eigen {
        values: list.iter().map(|&i| values[i]).collect(),
        vectors: Matrix::from_fn(n, n, |i, j| vectors[(i, list[j])]),
        rounding: list.iter().map(|&i| rounding[i]).collect(),
        condition: vec![1.0; n],
        blocks: list.iter().map(|&i| owner[i]).collect(),
    }
}

/// An irreducible symmetric block, with a bound on the rounding error of its eigenvalues.
fn symmetric_block(s: &Matrix) -> (SymmetricEigen, f64) {
    let n = s.rows();
    match n {
        1 => (SymmetricEigen { values: vec![s[(0, 0)]], vectors: Matrix::identity(1) }, 0.0),
        2 => {
            let power = balance::power_of_two_near(s.norm_max());
            let [a, b, _, d] = [0, 1, 2, 3].map(|k| s.as_slice()[k] / power);
            let p = pair(a, b, b, d);
            let columns = p.vectors.map(|v| {
                let length = v[0].re.hypot(v[1].re);
                [v[0].re / length, v[1].re / length]
            });
            let vectors = Matrix::from_columns(2, 2, columns.concat());
            (SymmetricEigen { values: p.values.map(|v| v.re * power).to_vec(), vectors }, p.rounding * power)
        }
        _ => (symmetric_eigen(s), 4.0 * (n as f64).sqrt() * f64::EPSILON * s.norm_frobenius()),
    }
}

/// The places of the eigenvalues by descending real part, then descending imaginary part.
fn descending_order(values: &[Complex]) -> Vec<usize> {
    let mut list: Vec<usize> = (0..values.len()).collect();
    // Adding 0 makes -0 equal to 0.
    let key = |i: usize| (values[i].re + 0.0, values[i].im + 0.0);
    list.sort_by(|&i, &j| {
        let ((a, b), (c, d)) = (key(i), key(j));
        c.total_cmp(&a).then(d.total_cmp(&b))
    });
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    fn real(values: &[f64]) -> Vec<Complex> {
        values.iter().map(|&v| Complex::new(v, 0.0)).collect()
    }

    #[test]
    fn a_jordan_block_has_its_eigenvalue_twice_and_no_basis() {
        let e = eigen(&Matrix::from_rows(&[[3.0, 1.0], [0.0, 3.0]])).unwrap();
        assert_eq!(e.values, real(&[3.0, 3.0]));
        assert_eq!((e.rounding, e.blocks), (vec![0.0, 0.0], vec![0, 1]));
        assert!(e.condition.iter().all(|c| *c > 1e15));
    }

    #[test]
    fn conditions_are_those_of_the_closed_form() {
        // [[1, k], [0, 2]] has left vectors (1, -k) and (0, 1): conditions sqrt(1 + k^2).
        let k = 1e3f64;
        let e = eigen(&Matrix::from_rows(&[[1.0, k], [0.0, 2.0]])).unwrap();
        assert!(e.condition.iter().all(|c| (c / k.hypot(1.0) - 1.0).abs() < 1e-12), "{:?}", e.condition);
        let e = eigen(&Matrix::from_rows(&[[0.0, 4.0], [-1.0, 0.0]])).unwrap();
        assert!(e.condition.iter().all(|c| (c - 1.25).abs() < 1e-15), "{:?}", e.condition);
        assert!((eigenvector_condition(&e) - 2.0).abs() < 1e-14);
    }

    #[test]
    fn a_symmetric_matrix_of_rank_one_keeps_its_zero() {
        let e = eigen(&Matrix::from_rows(&[[1.0, 2.0], [2.0, 4.0]])).unwrap();
        assert_eq!(e.values, real(&[5.0, 0.0]));
        assert_eq!(e.rounding, [0.0, 0.0]);
        let e = eigen(&Matrix::from_rows(&[[1.0, 0.0, 1.0], [0.0, 7.0, 0.0], [1.0, 0.0, 1.0]])).unwrap();
        assert_eq!(e.values, real(&[7.0, 2.0, 0.0]));
    }

    #[test]
    fn nothing_has_no_eigenvalues_and_misuse_is_refused() {
        assert!(eigen(&Matrix::zeros(0, 0)).unwrap().values.is_empty());
        assert!(matches!(eigen(&Matrix::zeros(2, 3)), Err(LinalgError::NotSquare { .. })));
        let wrong = Matrix::from_rows(&[[f64::INFINITY, 0.0], [0.0, 1.0]]);
        assert!(matches!(eigenvalues(&wrong), Err(LinalgError::NotFinite { .. })));
    }
}
