//! Thirty kinds of difficult matrices, each of any size.

use linalg::Matrix;

/// What may be said of the eigenvectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// Exactly defective where n > 1.
    Defective,
    /// Normal.
    Normal,
    /// A basis, however badly conditioned.
    Basis,
}

/// A number in [-1, 1).
pub fn noise(i: usize, j: usize) -> f64 {
    let x = ((i * 131 + j * 71 + 7) as f64 * 12.9898).sin() * 43_758.545_3;
    2.0 * (x - x.floor()) - 1.0
}

/// A B.
pub fn product(a: &Matrix, b: &Matrix) -> Matrix {
    Matrix::from_fn(a.rows(), b.cols(), |i, j| (0..a.cols()).map(|k| a[(i, k)] * b[(k, j)]).sum())
}

/// S J S^-1 with a unimodular integer S: exact in doubles while the entries stay small.
fn sheared(j: &Matrix) -> Matrix {
    let n = j.rows();
    let mut a = j.clone();
    for k in 0..n.saturating_sub(1) {
        // Row k += row k+1, column k+1 -= column k.
        for c in 0..n {
            let x = a[(k + 1, c)];
            a[(k, c)] += x;
        }
        for r in 0..n {
            let x = a[(r, k)];
            a[(r, k + 1)] -= x;
        }
    }
    a
}

/// Each with its name and what may be said of its eigenvectors.
pub fn zoo(n: usize) -> Vec<(&'static str, Truth, Matrix)> {
    use Truth::{Basis, Defective, Normal};
    let of = |f: &dyn Fn(usize, usize) -> f64| Matrix::from_fn(n, n, f);
    let jordan = |x: f64| of(&|i, j| if i == j { x } else { f64::from(u8::from(j == i + 1)) });
    let small = if n == 1 { Normal } else { Defective };
    let basis = if n == 1 { Normal } else { Basis };
    let nilpotent = of(&|i, j| if j > i { noise(i, j) } else { 0.0 });
    let random = of(&noise);
    let reversed = |m: &Matrix| Matrix::from_fn(n, n, |i, j| m[(n - 1 - i, n - 1 - j)]);
    let two_blocks = of(&|i, j| {
        if i == j { -1.0 } else { f64::from(u8::from(j == i + 1 && j != n / 2)) }
    });
    vec![
        ("jordan block", small, jordan(3.0)),
        ("its transpose", small, jordan(3.0).transpose()),
        ("jordan block of a negative eigenvalue", small, jordan(-0.5)),
        ("nilpotent shift", small, jordan(0.0)),
        ("nilpotent triangle", small, nilpotent.clone()),
        ("nilpotent triangle, reversed", small, reversed(&nilpotent)),
        ("two jordan blocks", if n > 2 { Defective } else { Normal }, two_blocks),
        ("sheared jordan block", small, sheared(&jordan(2.0))),
        ("tiny jordan block", small, jordan(1.0).scaled(1e-300)),
        ("huge jordan block", small, jordan(1.0).scaled(1e150)),
        (
            "weakly coupled jordan block",
            small,
            of(&|i, j| {
                if i == j {
                    1.0
                } else if j == i + 1 {
                    1e-9
                } else {
                    0.0
                }
            }),
        ),
        ("frank", basis, of(&|i, j| if j + 1 < i { 0.0 } else { (n - i.max(j)) as f64 })),
        (
            "grcar",
            basis,
            of(&|i, j| {
                if i == j + 1 {
                    -1.0
                } else if j >= i && j <= i + 3 {
                    1.0
                } else {
                    0.0
                }
            }),
        ),
        (
            "kahan",
            basis,
            of(&|i, j| {
                let (s, c) = (1.2_f64.sin(), 1.2_f64.cos());
                let row = s.powi(i as i32);
                if i == j {
                    row
                } else if j > i {
                    -c * row
                } else {
                    0.0
                }
            }),
        ),
        (
            "clustered",
            basis,
            of(&|i, j| (if i == j { 1.0 + 1e-10 * i as f64 } else { 0.0 }) + if j > i { 1.0 } else { 0.0 }),
        ),
        ("graded", basis, of(&|i, j| noise(i, j) * 10.0_f64.powi(-((i + j) as i32)))),
        (
            "companion",
            basis,
            of(&|i, j| {
                if i == 0 { -(j as f64 + 1.0) } else { f64::from(u8::from(i == j + 1)) }
            }),
        ),
        ("zero", Normal, Matrix::zeros(n, n)),
        ("identity", Normal, Matrix::identity(n)),
        ("scaled identity", Normal, Matrix::identity(n).scaled(-1e-200)),
        ("symmetric", Normal, &random + &random.transpose()),
        ("skew", Normal, &random - &random.transpose()),
        ("cyclic permutation", Normal, of(&|i, j| f64::from(u8::from(i == (j + 1) % n)))),
        ("random", basis, random.clone()),
        ("tiny random", basis, random.scaled(1e-290)),
        ("huge random", basis, random.scaled(1e150)),
        ("rank one", basis, of(&|i, j| noise(i, 0) * noise(j, 1))),
        ("projection", basis, of(&|i, j| if i == 0 { 1.0 } else { 0.0 * j as f64 })),
        (
            "stable, far from normal",
            basis,
            of(&|i, j| {
                if i == j {
                    -1.0 - i as f64
                } else if j == i + 1 {
                    30.0
                } else {
                    0.0
                }
            }),
        ),
        ("hilbert", Normal, of(&|i, j| 1.0 / (i + j + 1) as f64)),
    ]
}
