//! Laws that hold for every matrix, over random ones.

use linalg::{
    Complex, Lu, Matrix, Sparse, discrete_lyapunov, eigen, eigenvalues, henrici, irreducible_blocks,
    lyapunov, mul, mul_lanes_into, norm_2, schur, singular_values, svd_complex,
};
use proptest::prelude::*;

fn matrix(n: usize) -> impl Strategy<Value = Matrix> {
    proptest::collection::vec(-1.0..1.0f64, n * n).prop_map(move |v| Matrix::from_columns(n, n, v))
}

/// Small integers, many of them 0.
fn sparse_integers(n: usize) -> impl Strategy<Value = Matrix> {
    proptest::collection::vec(prop_oneof![3 => Just(0), 1 => -3..=3i32], n * n)
        .prop_map(move |v| Matrix::from_columns(n, n, v.into_iter().map(f64::from).collect()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_sums_of_powers_of_eigenvalues_are_traces(a in matrix(9)) {
        let values = eigenvalues(&a).unwrap();
        let sum: Complex = values.iter().sum();
        let squares: Complex = values.iter().map(|v| v * v).sum();
        prop_assert!((sum - a.trace()).norm() < 1e-13);
        prop_assert!((squares - mul(&a, &a).trace()).norm() < 1e-13);
    }

    #[test]
    fn planar_borders_are_decided_as_in_exact_arithmetic(v in proptest::array::uniform4(-9..=9i64)) {
        let [a, b, c, d] = v;
        let e = eigen(&Matrix::from_columns(2, 2, v.iter().map(|x| *x as f64).collect())).unwrap();
        // Columns first: b is the lower left entry.
        let (disc, det) = ((a - d) * (a - d) + 4 * b * c, a * d - b * c);
        prop_assert_eq!(e.values[0].im != 0.0, disc < 0);
        prop_assert_eq!(e.values[0] == e.values[1], disc == 0);
        prop_assert_eq!(e.values.iter().any(|x| *x == Complex::new(0.0, 0.0)), det == 0);
        if disc < 0 {
            prop_assert_eq!(2.0 * e.values[0].re, (a + d) as f64);
        }
        for (k, x) in e.values.iter().enumerate() {
            // The characteristic polynomial vanishes within the bound times its slope.
            let p = x * x - x * (a + d) as f64 + det as f64;
            let slope = (2.0 * x - (a + d) as f64).norm();
            prop_assert!(p.norm() <= e.rounding[k] * (slope + e.rounding[k]) + 1e-14, "{} {}", p, e.rounding[k]);
        }
    }

    #[test]
    fn the_order_of_the_units_does_not_change_the_spectrum(a in sparse_integers(8)) {
        let order = [3, 7, 0, 5, 1, 6, 2, 4];
        let b = Matrix::from_fn(8, 8, |i, j| a[(order[i], order[j])]);
        let (e, f) = (eigen(&a).unwrap(), eigen(&b).unwrap());
        prop_assert_eq!(irreducible_blocks(&a).len(), irreducible_blocks(&b).len());
        for (j, v) in e.values.iter().enumerate() {
            let (gap, bound) = f.values.iter().zip(&f.rounding).map(|(w, r)| ((w - v).norm(), *r))
                .fold((f64::INFINITY, 0.0), |m, x| if x.0 < m.0 { x } else { m });
            prop_assert!(gap <= e.rounding[j] + bound, "{}: {:e} > {:e}", v, gap, e.rounding[j] + bound);
        }
    }

    #[test]
    fn henrici_is_the_norm_that_the_eigenvalues_leave(a in matrix(7)) {
        let s = schur(&a).unwrap();
        let rest = a.norm_frobenius().powi(2) - s.eigenvalues().iter().map(|v| v.norm_sqr()).sum::<f64>();
        prop_assert!((henrici(&s).powi(2) - rest).abs() < 1e-12);
    }

    #[test]
    fn lyapunov_solutions_of_stable_systems_are_covariances(a in matrix(6), b in matrix(6)) {
        let q = mul(&b, &b.transpose());
        let shift = norm_2(&a) + 0.1;
        let flow = &a - &Matrix::identity(6).scaled(shift);
        let x = lyapunov(&flow, &q).unwrap();
        let r = &(&mul(&flow, &x) + &mul(&x, &flow.transpose())) + &q;
        prop_assert!(r.norm_max() < 1e-12 * (1.0 + x.norm_max()));
        let map = a.scaled(0.9 / shift);
        let y = discrete_lyapunov(&map, &q).unwrap();
        let r = &(&mul(&mul(&map, &y), &map.transpose()) - &y) + &q;
        prop_assert!(r.norm_max() < 1e-12 * (1.0 + y.norm_max()));
        for z in [x, y] {
            prop_assert!(linalg::symmetric_eigenvalues(&z).iter().all(|v| *v > -1e-12));
        }
    }

    #[test]
    fn the_condition_estimate_is_a_lower_bound(a in matrix(8)) {
        let inverse = linalg::inverse(&a).unwrap();
        let condition = a.norm_1() * inverse.norm_1();
        let estimate = 1.0 / Lu::new(&a).unwrap().reciprocal_condition();
        prop_assert!(estimate <= condition * (1.0 + 1e-9) && estimate >= 0.2 * condition);
    }

    #[test]
    fn complex_singular_values_are_those_of_the_real_form(a in matrix(4), b in matrix(4)) {
        let z = Matrix::from_fn(4, 4, |i, j| Complex::new(a[(i, j)], b[(i, j)]));
        let real = Matrix::from_fn(8, 8, |i, j| match (i / 4, j / 4) {
            (0, 0) | (1, 1) => a[(i % 4, j % 4)],
            (0, _) => -b[(i % 4, j % 4)],
            _ => b[(i % 4, j % 4)],
        });
        let (s, doubled) = (svd_complex(&z).s, singular_values(&real));
        for k in 0..4 {
            prop_assert!((s[k] - doubled[2 * k]).abs() < 1e-14 && (s[k] - doubled[2 * k + 1]).abs() < 1e-14);
        }
    }

    #[test]
    fn dense_and_sparse_lanes_agree(a in sparse_integers(6), lanes in 1..5usize) {
        let x: Vec<f64> = (0..6 * lanes).map(|k| (k % 7) as f64 - 3.0).collect();
        let (mut y, mut z) = (vec![f64::NAN; 6 * lanes], vec![f64::NAN; 6 * lanes]);
        Sparse::from_dense(&a, 0.0).mul_into(&x, lanes, &mut y);
        mul_lanes_into(&a, &x, lanes, &mut z);
        prop_assert_eq!(y, z);
    }
}
