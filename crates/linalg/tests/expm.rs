//! The matrix exponential against closed forms and sixty-digit references.

use linalg::{Matrix, expm, mul, norm_2, symmetric_eigen};
use proptest::prelude::*;

const REFERENCE_2: [[f64; 2]; 2] =
    [[2323.6814770457713, 22354356.93909242], [0.21830426698332442, 2100.137907654847]];

const REFERENCE_4: [[f64; 4]; 4] = [
    [205.35539090734878, 80.48830826796254, 377.35394395829894, 382.7944168263022],
    [636.1663281897827, 249.5033092930014, 1168.804082836815, 1182.6617750430041],
    [148.68285233869037, 58.37755833281716, 273.6761700272893, 276.85700204690767],
    [83.7052517666775, 32.89512588485644, 154.43906262344976, 156.45960644364524],
];

fn close(x: &Matrix, expected: &Matrix, relative: f64) {
    let gap = (x - expected).norm_max() / expected.norm_max();
    assert!(gap <= relative, "off by {gap:e}: {x:?} instead of {expected:?}");
}

#[test]
fn the_exponential_of_a_number_is_its_exponential() {
    for a in [0.0, 1.0, -1.0, 3.0, 700.0, -700.0, 1e-300, -1e4] {
        assert_eq!(expm(&Matrix::from_rows(&[[a]]))[(0, 0)], a.exp());
    }
    assert_eq!(expm(&Matrix::zeros(3, 3)), Matrix::identity(3));
    assert_eq!(expm(&Matrix::zeros(0, 0)), Matrix::zeros(0, 0));
}

#[test]
fn a_jordan_block_gives_the_exponential_and_its_derivative() {
    let x = expm(&Matrix::from_rows(&[[3.0, 1.0], [0.0, 3.0]]));
    let e3 = 20.085536923187668;
    close(&x, &Matrix::from_rows(&[[e3, e3], [0.0, e3]]), 2e-16);
}

#[test]
fn a_nilpotent_matrix_gives_its_finite_series() {
    // exp of the shift is 1/(j - i)!.
    let n = 6;
    let x = expm(&Matrix::from_fn(n, n, |i, j| if j == i + 1 { 1.0 } else { 0.0 }));
    let factorial = |k: usize| (1..=k).map(|v| v as f64).product::<f64>();
    close(&x, &Matrix::from_fn(n, n, |i, j| if j >= i { 1.0 / factorial(j - i) } else { 0.0 }), 4e-16);
    let x = expm(&Matrix::from_rows(&[[0.0, 1e300], [0.0, 0.0]]));
    assert_eq!(x, Matrix::from_rows(&[[1.0, 1e300], [0.0, 1.0]]));
    // Irreducible and nilpotent: I + A.
    let x = expm(&Matrix::from_rows(&[[1e6, -1e6], [1e6, -1e6]]));
    close(&x, &Matrix::from_rows(&[[1e6 + 1.0, -1e6], [1e6, 1.0 - 1e6]]), 1e-15);
}

#[test]
fn a_rotation_keeps_its_angle() {
    let omega = 3.7f64;
    let x = expm(&Matrix::from_rows(&[[0.0, -omega], [omega, 0.0]]));
    let (s, c) = omega.sin_cos();
    close(&x, &Matrix::from_rows(&[[c, -s], [s, c]]), 3e-15);
    let turns = 200.0 * std::f64::consts::PI;
    let x = expm(&Matrix::from_rows(&[[0.0, -turns], [turns, 0.0]]));
    assert!((&x - &Matrix::identity(2)).norm_max() < 1e-12);
}

#[test]
fn a_large_coupling_is_not_overscaled() {
    let (e, r) = (1f64.exp(), (-1f64).exp());
    let expected = Matrix::from_rows(&[[e, 1e6 * 1f64.sinh()], [0.0, r]]);
    let x = expm(&Matrix::from_rows(&[[1.0, 1e6], [0.0, -1.0]]));
    for (v, w) in x.as_slice().iter().zip(expected.as_slice()) {
        assert!((v - w).abs() <= 1e-15 * w.abs(), "{v} instead of {w}");
    }
    // The same as a lower triangle, and hidden by the order of its units.
    let lower = expm(&Matrix::from_rows(&[[-1.0, 0.0], [1e6, 1.0]]));
    assert_eq!((lower[(0, 0)], lower[(1, 0)], lower[(1, 1)]), (x[(1, 1)], x[(0, 1)], x[(0, 0)]));
    // Not triangular, yet far from normal (reference: 60 digits).
    let x = expm(&Matrix::from_rows(&[[-1.0, 100000.0], [1.0 / 1024.0, -2.0]]));
    let expected = Matrix::from_rows(&REFERENCE_2);
    for (v, w) in x.as_slice().iter().zip(expected.as_slice()) {
        assert!((v - w).abs() <= 3e-14 * w.abs(), "{v} instead of {w}");
    }
}

#[test]
fn a_general_matrix_agrees_with_sixty_digits() {
    let a = Matrix::from_rows(&[
        [1.0, 2.0, 0.0, -1.0],
        [0.5, -3.0, 40.0, 2.0],
        [0.0, 1.0, -2.0, 8.0],
        [3.0, 0.0, 0.25, -1.0],
    ]);
    close(&expm(&a), &Matrix::from_rows(&REFERENCE_4), 2e-14);
}

#[test]
fn stiff_triangular_matrices_keep_their_fast_modes() {
    let x = expm(&Matrix::from_rows(&[[-2000.0, 5.0, 1.0], [0.0, -1.0, 2.0], [0.0, 0.0, -1e-3]]));
    assert!(x.is_finite());
    let expected = 5.0 * (-1f64).exp() / 1999.0;
    assert!((x[(0, 1)] - expected).abs() <= 1e-15 * expected);
    assert!((x[(2, 2)] - (-1e-3f64).exp()).abs() == 0.0);
}

#[test]
fn an_overflow_is_infinite_and_never_nan() {
    let x = expm(&Matrix::from_rows(&[[1000.0, 1.0], [1.0, 1000.0]]));
    assert!(x.as_slice().iter().all(|v| *v == f64::INFINITY), "{x:?}");
    let x = expm(&Matrix::from_rows(&[[800.0, 0.0], [0.0, -1.0]]));
    assert_eq!((x[(0, 0)], x[(1, 0)], x[(1, 1)]), (f64::INFINITY, 0.0, (-1f64).exp()));
    let x = expm(&Matrix::diagonal(&[800.0, -1.0, 800.0, -2.0]));
    assert!((0..4).all(|j| (0..4).all(|i| i == j || x[(i, j)] == 0.0)), "{x:?}");
    assert!(
        !expm(&Matrix::from_fn(5, 5, |i, j| 1e300 * (i + j) as f64)).as_slice().iter().any(|v| v.is_nan())
    );
}

fn matrix(n: usize, size: f64) -> impl Strategy<Value = Matrix> {
    proptest::collection::vec(-size..size, n * n).prop_map(move |v| Matrix::from_columns(n, n, v))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn exp_of_minus_a_is_the_inverse(a in matrix(6, 2.0)) {
        let (x, y) = (expm(&a), expm(&a.scaled(-1.0)));
        let defect = (&mul(&x, &y) - &Matrix::identity(6)).norm_max();
        prop_assert!(defect <= 1e-13 * norm_2(&x) * norm_2(&y), "{defect:e}");
    }

    #[test]
    fn a_symmetric_matrix_agrees_with_its_eigenvalues(a in matrix(7, 3.0)) {
        let s = (&a + &a.transpose()).scaled(0.5);
        let e = symmetric_eigen(&s);
        let scaled = Matrix::from_fn(7, 7, |i, j| e.vectors[(i, j)] * e.values[j].exp());
        let expected = mul(&scaled, &e.vectors.transpose());
        prop_assert!((&expm(&s) - &expected).norm_max() <= 2e-13 * expected.norm_max());
    }

    #[test]
    fn the_transpose_of_exp_is_exp_of_the_transpose(a in matrix(5, 5.0)) {
        let gap = (&expm(&a.transpose()) - &expm(&a).transpose()).norm_max();
        prop_assert!(gap <= 1e-12 * expm(&a).norm_max());
    }
}
