//! The matrix exponential exp(A) by scaling and squaring.

use crate::{Lu, Matrix, mul};

/// exp(A). An overflow gives infinite entries.
///
/// # Panics
/// If A is not square.
pub fn expm(a: &Matrix) -> Matrix {
    assert!(a.is_square(), "exp(A) needs a square matrix, but A is {} x {}", a.rows(), a.cols());
    const B: [f64; 14] = [
        64764752532480000.0,
        32382376266240000.0,
        7771770303897600.0,
        1187353796428800.0,
        129060195264000.0,
        10559470521600.0,
        670442572800.0,
        33522128640.0,
        1323241920.0,
        40840800.0,
        960960.0,
        16380.0,
        182.0,
        1.0,
    ];
    let n = a.rows();
    let s = (a.norm_1() / 5.37).log2().ceil().clamp(0.0, 1100.0) as i32;
    let a = a.scaled(0.5f64.powi(s));
    let (a2, eye) = (mul(&a, &a), Matrix::identity(n));
    let (a4, a6) = (mul(&a2, &a2), mul(&a2, &mul(&a2, &a2)));
    let sum = |c: [f64; 4]| &(&a6.scaled(c[0]) + &a4.scaled(c[1])) + &(&a2.scaled(c[2]) + &eye.scaled(c[3]));
    let u = mul(&a, &(&mul(&a6, &sum([B[13], B[11], B[9], 0.0])) + &sum([B[7], B[5], B[3], B[1]])));
    let v = &mul(&a6, &sum([B[12], B[10], B[8], 0.0])) + &sum([B[6], B[4], B[2], B[0]]);
    let Ok(lu) = Lu::new(&(&v - &u)) else {
        return Matrix::from_fn(n, n, |_, _| f64::NAN);
    };
    let mut x = lu.solve_matrix(&(&v + &u));
    for _ in 0..s {
        x = mul(&x, &x);
    }
    x
}
