//! Lyapunov equations: A X + X A^T + Q = 0 (a flow) and A X A^T - X + Q = 0 (a map).
//!
//! X is the stationary covariance of dx = A x dt + dW with <dW dW^T> = Q dt, respectively of
//! x(k+1) = A x(k) + xi(k). With the complex Schur form A = U T U^H the equation becomes triangular and is
//! solved column by column from the last (Bartels and Stewart 1972). Cost: about 25 n^3 for the Schur form
//! and 12 n^3 for the columns. There is no unique solution where two eigenvalues add up to 0 (a flow) or
//! multiply to 1 (a map).
//!
//! ```
//! use linalg::{Matrix, lyapunov};
//! let a = Matrix::from_rows(&[[-1.0, 3.0], [0.0, -2.0]]);
//! let x = lyapunov(&a, &Matrix::identity(2)).unwrap();
//! assert!((x[(0, 0)] - 1.25).abs() < 1e-15 && (x[(0, 1)] - 0.25).abs() < 1e-15);
//! ```

use crate::bridge::require_square_and_finite;
use crate::{Complex, LinalgError, Matrix, complex_schur, mul};

const ZERO: Complex = Complex::new(0.0, 0.0);

/// X with A X + X A^T + Q = 0, for any square Q of A's size.
///
/// # Errors
/// If the shapes do not fit, an entry is not finite, or two eigenvalues of A add up to 0 within rounding.
pub fn lyapunov(a: &Matrix, q: &Matrix) -> Result<Matrix, LinalgError> {
    let Reduced { u, t, f } = reduced(a, q)?;
    let n = a.rows();
    let tiny = f64::EPSILON * t.norm_frobenius();
    // T Y + Y T^H = -F, with column j of Y T^H = sum over k >= j of Y_k conj(t_jk).
    let mut y = Matrix::zeros(n, n);
    for j in (0..n).rev() {
        let mut r: Vec<Complex> = f.column(j).iter().map(|v| -v).collect();
        for k in j + 1..n {
            let w = t[(j, k)].conj();
            if w != ZERO {
                for (ri, yi) in r.iter_mut().zip(y.column(k)) {
                    *ri -= yi * w;
                }
            }
        }
        for i in (0..n).rev() {
            let pivot = t[(i, i)] + t[(j, j)].conj();
            if pivot.norm() <= tiny {
                return Err(shared("lambda + conj(mu) = 0", t[(i, i)], t[(j, j)]));
            }
            let x = r[i] / pivot;
            r[i] = x;
            for (rk, tk) in r[..i].iter_mut().zip(t.column(i)) {
                *rk -= tk * x;
            }
        }
        y.column_mut(j).copy_from_slice(&r);
    }
    Ok(back(&u, &y, q))
}

/// X with A X A^T - X + Q = 0, for any square Q of A's size.
///
/// # Errors
/// If the shapes do not fit, an entry is not finite, or two eigenvalues of A multiply to 1 within rounding.
pub fn discrete_lyapunov(a: &Matrix, q: &Matrix) -> Result<Matrix, LinalgError> {
    let Reduced { u, t, f } = reduced(a, q)?;
    let n = a.rows();
    // T Y T^H - Y = -F: column j of T (Y T^H) is T (sum over k >= j of Y_k conj(t_jk)).
    let mut y = Matrix::zeros(n, n);
    for j in (0..n).rev() {
        let mut sum = vec![ZERO; n];
        for k in j + 1..n {
            let w = t[(j, k)].conj();
            for (si, yi) in sum.iter_mut().zip(y.column(k)) {
                *si += yi * w;
            }
        }
        let mut r: Vec<Complex> = f.column(j).iter().map(|v| -v).collect();
        for (k, s) in sum.iter().enumerate() {
            for (ri, tk) in r[..=k].iter_mut().zip(t.column(k)) {
                *ri -= tk * s;
            }
        }
        let w = t[(j, j)].conj();
        for i in (0..n).rev() {
            let product = t[(i, i)] * w;
            let pivot = product - 1.0;
            if pivot.norm() <= 4.0 * f64::EPSILON * (1.0 + product.norm()) {
                return Err(shared("lambda conj(mu) = 1", t[(i, i)], t[(j, j)]));
            }
            let x = r[i] / pivot;
            r[i] = x;
            for (rk, tk) in r[..i].iter_mut().zip(t.column(i)) {
                *rk -= tk * w * x;
            }
        }
        y.column_mut(j).copy_from_slice(&r);
    }
    Ok(back(&u, &y, q))
}

/// The equation in Schur coordinates.
struct Reduced {
    u: Matrix<Complex>,
    t: Matrix<Complex>,
    /// U^H Q U.
    f: Matrix<Complex>,
}

fn reduced(a: &Matrix, q: &Matrix) -> Result<Reduced, LinalgError> {
    require_square_and_finite(a)?;
    require_square_and_finite(q)?;
    if q.rows() != a.rows() {
        return Err(LinalgError::Shape {
            what: "Q",
            found: format!("{0} x {0}", q.rows()),
            expected: format!("{0} x {0}, the shape of A", a.rows()),
        });
    }
    let s = complex_schur(a)?;
    let f = mul(&adjoint(&s.q), &mul(&q.to_complex(), &s.q));
    Ok(Reduced { u: s.q, t: s.t, f })
}

/// The real matrix U Y U^H, symmetric where Q is.
fn back(u: &Matrix<Complex>, y: &Matrix<Complex>, q: &Matrix) -> Matrix {
    let x = mul(&mul(u, y), &adjoint(u)).map(|v| v.re);
    if q.is_symmetric() { (&x + &x.transpose()).scaled(0.5) } else { x }
}

fn adjoint(u: &Matrix<Complex>) -> Matrix<Complex> {
    Matrix::from_fn(u.cols(), u.rows(), |i, j| u[(j, i)].conj())
}

fn shared(relation: &'static str, first: Complex, second: Complex) -> LinalgError {
    LinalgError::SharedEigenvalue { relation, first: first.to_string(), second: second.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stable(n: usize) -> Matrix {
        Matrix::from_fn(n, n, |i, j| ((5 * i + 3 * j) as f64).sin() - if i == j { 6.0 } else { 0.0 })
    }

    #[test]
    fn the_textbook_case_has_its_quarters() {
        let a = Matrix::from_rows(&[[-1.0, 3.0], [0.0, -2.0]]);
        let x = lyapunov(&a, &Matrix::identity(2)).unwrap();
        let expected = Matrix::from_rows(&[[1.25, 0.25], [0.25, 0.25]]);
        assert!((&x - &expected).norm_max() < 1e-15);
    }

    #[test]
    fn solutions_solve_their_equations() {
        for n in [1, 2, 3, 8, 25] {
            let a = stable(n);
            let q = Matrix::from_fn(n, n, |i, j| 1.0 / (1 + i + 2 * j) as f64);
            let x = lyapunov(&a, &q).unwrap();
            let r = &(&mul(&a, &x) + &mul(&x, &a.transpose())) + &q;
            assert!(r.norm_max() < 1e-13, "{n}: {:e}", r.norm_max());
            let m = a.scaled(0.05);
            let x = discrete_lyapunov(&m, &q).unwrap();
            let r = &(&mul(&mul(&m, &x), &m.transpose()) - &x) + &q;
            assert!(r.norm_max() < 1e-13, "{n}: {:e}", r.norm_max());
        }
    }

    #[test]
    fn a_map_with_complex_multipliers_sums_its_series() {
        let m = Matrix::from_rows(&[[0.3, 0.6], [-0.5, 0.2]]);
        let q = Matrix::from_rows(&[[1.0, 0.2], [0.2, 2.0]]);
        let (mut sum, mut term) = (q.clone(), q.clone());
        for _ in 0..200 {
            term = mul(&mul(&m, &term), &m.transpose());
            sum = &sum + &term;
        }
        assert!((&discrete_lyapunov(&m, &q).unwrap() - &sum).norm_max() < 1e-14);
    }

    #[test]
    fn a_shared_eigenvalue_is_refused() {
        let eye = Matrix::identity(2);
        let center = Matrix::from_rows(&[[0.0, 1.0], [-1.0, 0.0]]);
        assert!(matches!(lyapunov(&center, &eye), Err(LinalgError::SharedEigenvalue { .. })));
        assert!(matches!(discrete_lyapunov(&center, &eye), Err(LinalgError::SharedEigenvalue { .. })));
        assert!(matches!(lyapunov(&Matrix::zeros(2, 2), &eye), Err(LinalgError::SharedEigenvalue { .. })));
    }
}
