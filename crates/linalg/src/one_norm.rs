//! An estimate of ||B||_1 for a matrix that is only known by its products B x and B^T x.
//!
//! x -> ||B x||_1 is convex, so its maximum over the unit ball lies at a vertex; the estimate climbs from
//! vertex to vertex along the gradient. It never exceeds the norm and is almost always within a factor 3.
//!
//! Reference: N. J. Higham (1988), FORTRAN codes for estimating the one-norm of a real or complex matrix.

use crate::Scalar;

/// A lower estimate of ||B||_1; infinite where a product overflows.
pub(crate) fn estimate<T: Scalar>(
    n: usize,
    product: impl Fn(&[T]) -> Vec<T>,
    transposed: impl Fn(&[T]) -> Vec<T>,
) -> f64 {
    let sum = |y: &[T]| y.iter().map(|v| v.modulus()).sum::<f64>();
    let mut x = vec![T::from_real(1.0 / n as f64); n];
    let (mut best, mut vertex) = (0.0, usize::MAX);
    for _ in 0..5 {
        let y = product(&x);
        let norm = sum(&y);
        if !norm.is_finite() {
            return f64::INFINITY;
        }
        if norm <= best {
            break;
        }
        best = norm;
        let sign = |v: &T| match v.modulus() {
            0.0 => T::ONE,
            r => Scalar::conj(*v * T::from_real(1.0 / r)),
        };
        let z = transposed(&y.iter().map(sign).collect::<Vec<T>>());
        let largest =
            z.iter().map(|v| v.modulus()).enumerate().fold((0, -1.0), |m, c| if c.1 > m.1 { c } else { m });
        if largest.0 == vertex {
            break;
        }
        vertex = largest.0;
        x = vec![T::ZERO; n];
        x[vertex] = T::ONE;
    }
    // An oscillating vector catches the matrices on which the climb stops early.
    let probe = |i: usize| {
        let size = 1.0 + i as f64 / (n.max(2) - 1) as f64;
        T::from_real(if i.is_multiple_of(2) { size } else { -size })
    };
    best.max(2.0 * sum(&product(&(0..n).map(probe).collect::<Vec<T>>())) / (3.0 * n as f64))
}
