//! Eigenvalues and eigenvectors of a real square matrix, with what each is worth.
//!
//! A x = lambda x. Steps: a symmetric matrix goes to the symmetric solver. Otherwise the matrix is permuted
//! into [irreducible blocks](crate::irreducible_blocks), which makes the eigenvalues of 1 x 1 blocks exact and
//! those of 2 x 2 blocks accurate to the last places; larger blocks are balanced by powers of two and solved by
//! the multishift QR iteration. A matrix that is normal to rounding takes its vectors from the Schur form, so
//! that they are orthonormal for repeated eigenvalues as well.
//!
//! The error of an eigenvalue is, to first order, its condition 1/|y^H x| times eps ||A||.
//!
//! ```
//! use linalg::{Complex, Matrix, eigen};
//! let e = eigen(&Matrix::from_rows(&[[0.0, 1.0], [-1.0, 0.0]])).unwrap();
//! assert_eq!(e.values, [Complex::new(0.0, 1.0), Complex::new(0.0, -1.0)]);
//! ```

use crate::bridge::{require_square_and_finite, view, view_mut};
use crate::pair::pair;
use crate::{Complex, LinalgError, Lu, Matrix, balance, condition_real, irreducible_blocks, symmetric_eigen};
use faer::diag::DiagMut;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, evd_real, evd_scratch};
use faer::{Par, Spec};

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
    /// matrix moves it. At least 1; infinite where the eigenvectors are no basis.
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
    let power = balance::power_of_two_near(a.norm_max());
    if a.is_symmetric() {
        let e = symmetric_eigen(a);
        return Ok(Eigen {
            values: e.values.iter().map(|&v| Complex::new(v, 0.0)).collect(),
            vectors: e.vectors.to_complex(),
            rounding: vec![n as f64 * f64::EPSILON * a.norm_frobenius(); n],
            condition: vec![1.0; n],
            blocks: vec![0; n],
        });
    }
    let blocks = irreducible_blocks(a);
    let order: Vec<usize> = blocks.concat();
    let mut b = Matrix::from_fn(n, n, |i, j| a[(order[i], order[j])] / power);
    let d = balance::balance(&mut b);
    let (mut values, packed) = library_eigen(&b, true)?;
    let mut rounding = vec![0.0; n];
    let mut owner = vec![0; n];
    let mut start = 0;
    for (k, block) in blocks.iter().enumerate() {
        let i = start;
        owner[i..i + block.len()].fill(k);
        match block.len() {
            1 => values[i] = Complex::new(b[(i, i)], 0.0),
            2 => {
                let p = pair(b[(i, i)], b[(i, i + 1)], b[(i + 1, i)], b[(i + 1, i + 1)]);
                values[i..i + 2].copy_from_slice(&p.values);
                rounding[i..i + 2].fill(p.rounding);
            }
            size => {
                let norm = (0..size).map(|j| b.column(i + j)[i..i + size].iter().map(|x| x * x).sum::<f64>());
                rounding[i..i + size].fill(size as f64 * f64::EPSILON * norm.sum::<f64>().sqrt());
            }
        }
        start += block.len();
    }
    let mut vectors = unpack(&packed, &values);
    // Undo the scaling and the permutation.
    let mut restored = Matrix::zeros(n, n);
    for j in 0..n {
        for i in 0..n {
            restored[(order[i], j)] = vectors[(i, j)] * d[i];
        }
        normalize(restored.column_mut(j));
    }
    vectors = restored;
    let condition = conditions(&vectors, &values);
    let mut list: Vec<usize> = (0..n).collect();
    list.sort_by(|&i, &j| descending(&values[i], &values[j]));
    Ok(Eigen {
        values: list.iter().map(|&i| values[i] * power).collect(),
        rounding: list
            .iter()
            .map(|&i| {
                if blocks[owner[i]].len() > 2 {
                    rounding[i] * condition[i].min(1e16) * power
                } else {
                    rounding[i] * power
                }
            })
            .collect(),
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
    Ok(eigen(a)?.values)
}

/// The 2-norm condition number of the matrix of eigenvectors. Conjugate pairs let it be computed from a real
/// matrix: (x, conj x) = (Re x, Im x) times sqrt 2 and a unitary matrix.
pub fn eigenvector_condition(e: &Eigen) -> f64 {
    condition_real(&real_basis(&e.vectors, &e.values))
}

/// By descending real part, then descending imaginary part.
fn descending(a: &Complex, b: &Complex) -> std::cmp::Ordering {
    b.re.total_cmp(&a.re).then(b.im.total_cmp(&a.im))
}

/// Eigenvalues and packed real vectors of the library: (Re x, Im x) in two columns for a pair.
fn library_eigen(b: &Matrix, want_vectors: bool) -> Result<(Vec<Complex>, Matrix), LinalgError> {
    let n = b.rows();
    let (mut re, mut im) = (vec![0.0; n], vec![0.0; n]);
    let mut vectors = Matrix::zeros(n, n);
    if n == 0 {
        return Ok((Vec::new(), vectors));
    }
    let compute = if want_vectors { ComputeEigenvectors::Yes } else { ComputeEigenvectors::No };
    let scratch = evd_scratch::<f64>(n, ComputeEigenvectors::No, compute, Par::Seq, Spec::default());
    let mut memory = MemBuffer::new(scratch);
    evd_real(
        view(b),
        DiagMut::from_slice_mut(&mut re),
        DiagMut::from_slice_mut(&mut im),
        None,
        want_vectors.then(|| view_mut(&mut vectors)),
        Par::Seq,
        MemStack::new(&mut memory),
        Spec::default(),
    )
    .map_err(|_| LinalgError::NoConvergence { what: "the QR iteration", iterations: 30 * n })?;
    let values = re.iter().zip(&im).map(|(&re, &im)| Complex::new(re, im)).collect();
    Ok((values, vectors))
}

fn unpack(packed: &Matrix, values: &[Complex]) -> Matrix<Complex> {
    let n = values.len();
    let mut vectors = Matrix::zeros(n, n);
    let mut j = 0;
    while j < n {
        if values[j].im != 0.0 && j + 1 < n {
            for i in 0..n {
                let x = Complex::new(packed[(i, j)], packed[(i, j + 1)]);
                vectors[(i, j)] = x;
                vectors[(i, j + 1)] = x.conj();
            }
            j += 2;
        } else {
            for i in 0..n {
                vectors[(i, j)] = Complex::new(packed[(i, j)], 0.0);
            }
            j += 1;
        }
    }
    vectors
}

fn normalize(x: &mut [Complex]) {
    let largest = x.iter().map(|v| v.re.abs().max(v.im.abs())).fold(0.0, f64::max);
    if largest == 0.0 || !largest.is_finite() {
        return;
    }
    let power = balance::power_of_two_near(largest);
    let norm = x.iter().map(|v| (v / power).norm_sqr()).sum::<f64>().sqrt();
    for v in x {
        *v = *v / power / norm;
    }
}

/// The real matrix with the same singular values as the eigenvector matrix.
fn real_basis(vectors: &Matrix<Complex>, values: &[Complex]) -> Matrix {
    let n = values.len();
    let root_2 = std::f64::consts::SQRT_2;
    Matrix::from_fn(vectors.rows(), n, |i, j| match values[j].im {
        0.0 => vectors[(i, j)].re,
        im if im > 0.0 => root_2 * vectors[(i, j)].re,
        // The conjugate partner's imaginary part differs only in its sign.
        _ => -root_2 * vectors[(i, j)].im,
    })
}

/// The norms of the rows of the inverse of the eigenvector matrix: those of the left eigenvectors with
/// y^H x = 1.
fn conditions(vectors: &Matrix<Complex>, values: &[Complex]) -> Vec<f64> {
    let n = values.len();
    let Ok(lu) = Lu::new(&real_basis(vectors, values)) else {
        return vec![f64::INFINITY; n];
    };
    if lu.is_singular() {
        return vec![f64::INFINITY; n];
    }
    let inverse = lu.solve_matrix(&Matrix::identity(n));
    let squares: Vec<f64> = (0..n).map(|i| (0..n).map(|j| inverse[(i, j)].powi(2)).sum()).collect();
    (0..n)
        .map(|i| {
            let square = match values[i].im {
                0.0 => squares[i],
                // The partner of a pair stands beside it.
                im if im > 0.0 => (squares[i] + squares[i + 1]) / 2.0,
                _ => (squares[i] + squares[i - 1]) / 2.0,
            };
            if square.is_nan() { f64::INFINITY } else { square.sqrt().max(1.0) }
        })
        .collect()
}
