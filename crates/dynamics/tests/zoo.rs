//! A zoo of difficult matrices: no NaN anywhere, and no eigenvector basis called independent that is none.

use dynamics::analyze::{EigenvectorVerdict as V, LinearAnalysis, LinearOptions, TimeKind, linear};
use linalg::Matrix;

/// What may be said of the eigenvectors.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Truth {
    /// Exactly defective where n > 1.
    Defective,
    /// Normal.
    Normal,
    /// A basis, however badly conditioned.
    Basis,
}

fn noise(i: usize, j: usize) -> f64 {
    let x = ((i * 131 + j * 71 + 7) as f64 * 12.9898).sin() * 43_758.545_3;
    2.0 * (x - x.floor()) - 1.0
}

fn product(a: &Matrix, b: &Matrix) -> Matrix {
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

fn zoo(n: usize) -> Vec<(&'static str, Truth, Matrix)> {
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

fn assert_no_nan(name: &str, f: &LinearAnalysis) {
    let mut all: Vec<f64> = f.eigenvalues.iter().flat_map(|z| [z.re, z.im]).collect();
    all.extend(&f.rounding);
    all.extend(f.time_constants.iter().flatten());
    all.extend(&f.frequencies);
    for m in &f.modes {
        all.extend(&m.u);
        all.extend(m.w.iter().flatten());
        all.push(m.condition);
        all.extend(m.coefficient.iter().flat_map(|z| [z.re, z.im]));
    }
    let s = &f.stability;
    all.extend([s.spectral_abscissa, s.spectral_radius]);
    all.extend(s.distance_to_instability.iter().chain(&s.real_distance));
    if let Some(p) = &f.planar {
        all.extend([p.trace, p.determinant, p.discriminant, p.margin]);
    }
    all.extend(f.eigenvectors.condition.iter());
    if let Some(v) = &f.eigenvectors.vectors {
        all.extend(v.as_slice().iter().flat_map(|z| [z.re, z.im]));
    }
    all.extend(f.fixed_points.point.iter().flatten());
    all.extend(f.fixed_points.directions.iter().flatten());
    all.extend(f.fixed_points.drift.iter().flatten());
    let n = &f.non_normality;
    all.extend([n.numerical_abscissa, n.henrici]);
    all.extend(n.kreiss.iter().chain(&n.curve.0).chain(&n.curve.1));
    if let Some(a) = &n.max_amplification {
        all.push(a.value);
        all.extend(a.time.iter().chain(&a.initial).chain(&a.response));
    }
    assert!(all.iter().all(|x| !x.is_nan()), "{name}: a NaN");
}

#[test]
fn the_zoo_brings_no_nan_and_no_wrong_independent() {
    for n in [1, 2, 3, 5, 10, 50] {
        for (name, truth, a) in zoo(n) {
            for time in [TimeKind::Flow, TimeKind::Map] {
                let options = LinearOptions { initial: Some(vec![1.0; n]), ..LinearOptions::default() };
                let found = linear(&a, &vec![1.0; n], time, &options);
                let found = found.unwrap_or_else(|e| panic!("{name} {n}: {e}"));
                assert_no_nan(&format!("{name} {n} {time:?}"), &found);
                let e = &found.eigenvectors;
                let verdict = e.verdict;
                match truth {
                    Truth::Defective => assert_eq!(verdict, V::Defective, "{name} {n}"),
                    Truth::Normal => assert_eq!(verdict, V::Orthonormal, "{name} {n}"),
                    Truth::Basis => assert_ne!(verdict, V::Defective, "{name} {n}"),
                }
                assert_eq!(e.vectors.is_none(), verdict == V::Defective);
                assert_eq!(e.condition.is_none(), verdict == V::Defective);
                if verdict == V::Orthonormal {
                    let v = e.vectors.as_ref().unwrap();
                    for i in 0..n {
                        for j in 0..=i {
                            let inner: linalg::Complex =
                                v.column(i).iter().zip(v.column(j)).map(|(x, y)| x.conj() * y).sum();
                            let one = f64::from(u8::from(i == j));
                            assert!((inner - one).norm() < 1e-12 * n as f64, "{name} {n}: {inner}");
                        }
                    }
                }
                if verdict == V::Independent {
                    // The basis is one: A V = V diag(lambda).
                    let v = e.vectors.as_ref().unwrap();
                    let scale = a.norm_frobenius();
                    for j in 0..n {
                        for i in 0..n {
                            let x: linalg::Complex = (0..n).map(|k| v[(k, j)] * a[(i, k)]).sum();
                            let residual = (x - found.eigenvalues[j] * v[(i, j)]).norm();
                            assert!(residual < 1e-12 * scale, "{name} {n}: {residual:e}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn a_matrix_that_is_defective_in_a_dense_basis_is_not_called_independent() {
    // Rounding makes Q J Q^T a matrix with a basis, of condition about 1e8: nearly defective, or defective.
    for n in [2, 3, 5, 10, 50] {
        let seed = Matrix::from_fn(n, n, noise);
        let q = linalg::svd(&seed).u;
        let j = Matrix::from_fn(n, n, |i, j| if i == j { 3.0 } else { f64::from(u8::from(j == i + 1)) });
        let a = product(&product(&q, &j), &q.transpose());
        let found = linear(&a, &vec![0.0; n], TimeKind::Flow, &LinearOptions::default()).unwrap();
        let verdict = found.eigenvectors.verdict;
        assert!(matches!(verdict, V::NearlyDefective | V::Defective), "{n}: {verdict:?}");
    }
}
