//! What the eigenvalue routine needs around the QR iteration: the library's multishift iteration with a check
//! of its answer, unit vectors, conditions of eigenvalues, and bounds on their rounding.

use crate::bridge::{view, view_mut};
use crate::quasi_triangular::block_of;
use crate::{Complex, Lu, Matrix, balance};
use faer::diag::DiagMut;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, evd_real, evd_scratch};
use faer::{Par, Spec};

/// Eigenvalues and eigenvectors (not normalized) by the library's multishift QR iteration; `None` where its
/// answer fails the check, since it does not say itself whether it converged.
pub(crate) fn multishift(b: &Matrix, want_vectors: bool) -> Option<(Vec<Complex>, Matrix<Complex>)> {
    let n = b.rows();
    let (mut re, mut im) = (vec![0.0; n], vec![0.0; n]);
    let size = if want_vectors { n } else { 0 };
    let mut packed = Matrix::zeros(size, size);
    let compute = if want_vectors { ComputeEigenvectors::Yes } else { ComputeEigenvectors::No };
    let scratch = evd_scratch::<f64>(n, ComputeEigenvectors::No, compute, Par::Seq, Spec::default());
    let mut memory = MemBuffer::new(scratch);
    evd_real(
        view(b),
        DiagMut::from_slice_mut(&mut re),
        DiagMut::from_slice_mut(&mut im),
        None,
        want_vectors.then(|| view_mut(&mut packed)),
        Par::Seq,
        MemStack::new(&mut memory),
        Spec::default(),
    )
    .ok()?;
    let mut values: Vec<Complex> = re.iter().zip(&im).map(|(&re, &im)| Complex::new(re, im)).collect();
    pair_up(&mut values)?;
    let finite = packed.is_finite() && values.iter().all(|v| v.re.is_finite() && v.im.is_finite());
    (finite && keeps_the_moments(b, &values)).then(|| {
        let vectors = unpack(&packed, &values);
        (values, vectors)
    })
}

/// Makes neighbors in a pair exact conjugates, positive imaginary part first.
fn pair_up(values: &mut [Complex]) -> Option<()> {
    let mut j = 0;
    while j < values.len() {
        if values[j].im != 0.0 {
            let v = values[j];
            *values.get_mut(j + 1)? = v.conj();
            if v.im < 0.0 {
                return None;
            }
            j += 1;
        }
        j += 1;
    }
    Some(())
}

/// A backward stable answer keeps the sums of the eigenvalues and of their squares: tr A and tr A^2.
fn keeps_the_moments(b: &Matrix, values: &[Complex]) -> bool {
    let n = b.rows();
    let norm = b.norm_frobenius();
    let tolerance = 100.0 * n as f64 * f64::EPSILON * norm;
    let first: f64 = values.iter().map(|v| v.re).sum();
    let second: f64 = values.iter().map(|v| (v * v).re).sum();
    // tr A^2 = sum a_ij a_ji, by tiles that stay in the cache while one factor runs across.
    let mut trace = 0.0;
    const TILE: usize = 32;
    for j0 in (0..n).step_by(TILE) {
        for i0 in (0..n).step_by(TILE) {
            for j in j0..(j0 + TILE).min(n) {
                for i in i0..(i0 + TILE).min(n) {
                    trace += b[(i, j)] * b[(j, i)];
                }
            }
        }
    }
    (first - b.trace()).abs() <= tolerance && (second - trace).abs() <= tolerance * norm
}

/// Two real columns (Re x, Im x) for each pair become x and its conjugate.
fn unpack(packed: &Matrix, values: &[Complex]) -> Matrix<Complex> {
    let n = packed.cols();
    let mut data = Vec::with_capacity(n * n);
    for j in 0..n {
        let im = values[j].im;
        if im == 0.0 {
            data.extend(packed.column(j).iter().map(|&x| Complex::new(x, 0.0)));
        } else {
            let first = if im > 0.0 { j } else { j - 1 };
            let pair = packed.column(first).iter().zip(packed.column(first + 1));
            data.extend(pair.map(|(&x, &y)| Complex::new(x, if im > 0.0 { y } else { -y })));
        }
    }
    Matrix::from_columns(packed.rows(), n, data)
}

/// Divides a vector by its 2-norm, without overflow.
pub(crate) fn normalize(x: &mut [Complex]) {
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

/// The real matrix (sqrt 2 Re x, sqrt 2 Im x) for pairs and x for real eigenvalues: the eigenvector matrix up
/// to a unitary factor on the right.
pub(crate) fn real_basis(vectors: &Matrix<Complex>, values: &[Complex]) -> Matrix {
    let root_2 = std::f64::consts::SQRT_2;
    Matrix::from_fn(vectors.rows(), values.len(), |i, j| match values[j].im {
        0.0 => vectors[(i, j)].re,
        im if im > 0.0 => root_2 * vectors[(i, j)].re,
        // The conjugate partner's imaginary part differs only in its sign.
        _ => -root_2 * vectors[(i, j)].im,
    })
}

/// 1/|y^H x| for each eigenvalue, from unit eigenvectors that form a square matrix: the norms of the rows of
/// its inverse.
pub(crate) fn conditions(vectors: &Matrix<Complex>, values: &[Complex]) -> Vec<f64> {
    let n = values.len();
    let none = vec![f64::INFINITY; n];
    let Ok(lu) = Lu::new(&real_basis(vectors, values)) else {
        return none;
    };
    if lu.is_singular() {
        return none;
    }
    let inverse = lu.solve_matrix(&Matrix::identity(n));
    let mut squares = vec![0.0; n];
    for j in 0..n {
        for (s, x) in squares.iter_mut().zip(inverse.column(j)) {
            *s += x * x;
        }
    }
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

/// The same for each diagonal block on its own, balanced as it is: what rounding inside the block moves.
pub(crate) fn block_conditions(
    local: &Matrix<Complex>,
    values: &[Complex],
    blocks: &[(usize, usize)],
) -> Vec<f64> {
    let mut result = vec![1.0; values.len()];
    for &(start, size) in blocks.iter().filter(|b| b.1 > 2) {
        let mut own = Matrix::from_fn(size, size, |i, j| local[(start + i, start + j)]);
        for j in 0..size {
            normalize(own.column_mut(j));
        }
        result[start..start + size].copy_from_slice(&conditions(&own, &values[start..start + size]));
    }
    result
}

/// A bound on the rounding error of each eigenvalue of a balanced block triangular matrix.
pub(crate) fn rounding_bounds(
    b: &Matrix,
    values: &[Complex],
    blocks: &[(usize, usize)],
    sensitivity: &[f64],
) -> Vec<f64> {
    let mut result = vec![0.0; values.len()];
    for &(start, size) in blocks {
        let range = start..start + size;
        if size == 2 {
            let (i, j) = (start, start + 1);
            result[range].fill(crate::pair::pair(b[(i, i)], b[(i, j)], b[(j, i)], b[(j, j)]).rounding);
        } else if size > 2 {
            let norm = block_of(b, (start, size), (start, size)).norm_frobenius();
            let backward = 4.0 * (size as f64).sqrt() * f64::EPSILON;
            for i in range.clone() {
                let first_order = backward * norm * sensitivity[i];
                result[i] = if sensitivity[i] * backward.sqrt() < 1.0 {
                    first_order
                } else {
                    first_order.min(cluster_bound(&values[range.clone()], values[i], backward, norm))
                };
            }
        }
    }
    result
}

/// A bound for an eigenvalue whose first-order bound is useless. A Jordan block of size j splits by about the
/// j-th root of the perturbation (Elsner 1985), and the computed cluster shows it: the bound is that of the
/// smallest j at whose scale a cluster of j or more stands apart. An ill-conditioned eigenvalue without a cluster gets
/// the bound for the largest j.
fn cluster_bound(block: &[Complex], value: Complex, backward: f64, norm: f64) -> f64 {
    let radius = |j: usize| 2.0 * norm * backward.powf(1.0 / j as f64);
    let distances: Vec<f64> = block.iter().map(|v| (v - value).norm()).collect();
    let count = |r: f64| distances.iter().filter(|d| **d <= r).count();
    let mut inside = count(radius(2));
    for j in 2..=block.len().min(16) {
        let next = count(radius(j + 1));
        if inside >= j && next == inside {
            return radius(j);
        }
        inside = next;
    }
    radius(block.len())
}

#[cfg(test)]
mod tests {
    use crate::{Complex, Matrix, eigen};

    #[test]
    fn a_hidden_jordan_block_is_bounded_by_the_root_of_rounding() {
        // Balanced excitation and inhibition: M = w (1, ..., 1)(1, ..., 1, -1, ..., -1)^T / n is nilpotent, so
        // every eigenvalue of M - I is -1, one pair of them defective.
        for n in [4, 10, 40, 100] {
            let m = Matrix::from_fn(n, n, |_, j| if 2 * j < n { 0.3 } else { -0.3 });
            let e = eigen(&(&m - &Matrix::identity(n))).unwrap();
            for (v, r) in e.values.iter().zip(&e.rounding) {
                assert!((v - Complex::new(-1.0, 0.0)).norm() <= *r, "{n}: {v} +- {r:e}");
                assert!(*r < 1e-5, "{n}: {v} +- {r:e}");
            }
        }
    }
}
