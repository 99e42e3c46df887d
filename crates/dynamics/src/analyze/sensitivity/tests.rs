//! Derivatives and smallest changes that are known in closed form, and certificates for those that are not.

use super::*;
use linalg::{Complex, Matrix, eigenvalues};

fn plain(rows: &[&[f64]]) -> Weights {
    Weights::plain(Matrix::from_rows(rows))
}

fn random(n: usize, seed: usize) -> Matrix {
    let uniform = |k: usize| (((k + 1) as f64 * 78.233 + seed as f64).sin() * 43_758.545_3).rem_euclid(1.0);
    Matrix::from_fn(n, n, |i, j| 2.0 * (uniform(i * n + j) - 0.5) / (n as f64).sqrt())
}

#[test]
fn of_a_diagonal_matrix_only_its_own_entry_matters() {
    let s = sensitivity(&plain(&[&[-1.0, 0.0], &[0.0, -3.0]]), 1).unwrap();
    assert_eq!(s.eigenvalue, Complex::new(-3.0, 0.0));
    let d = s.derivative.unwrap().map(|z| z.re);
    assert!((&d - &Matrix::from_rows(&[[0.0, 0.0], [0.0, 1.0]])).norm_max() < 1e-14);
    assert!((s.condition - 1.0).abs() < 1e-14 && s.gap == 2.0);
}

#[test]
fn a_feedforward_weight_makes_the_feedback_weight_matter() {
    // lambda of [[a, b], [c, d]] at c = 0: d lambda_1/dc = b/(a - d), and nothing hangs on b itself.
    let s = sensitivity(&plain(&[&[-1.0, 100.0], &[0.0, -2.0]]), 0).unwrap();
    let d = s.derivative.clone().unwrap();
    assert!((d[(1, 0)].re - 100.0).abs() < 1e-10 && d[(0, 1)].norm() < 1e-12);
    assert!((d[(0, 0)].re - 1.0).abs() < 1e-12 && d[(1, 1)].norm() < 1e-12);
    assert!((s.condition - (1.0_f64 + 1e4).sqrt()).abs() < 1e-8);
    assert_eq!((s.strongest(1)[0].0, s.strongest(1)[0].1), (1, 0));
}

#[test]
fn in_a_ring_every_weight_of_one_distance_matters_alike() {
    // Circulant: lambda_k = sum c_d z^d with z = exp(2 pi i k/n), and d lambda_k/d M_ij = z^(j - i)/n.
    let n = 8;
    let c = [0.3, 0.5, 0.1, 0.0, 0.0, 0.0, 0.0, -0.2];
    let w = Weights {
        m: Matrix::from_fn(n, n, |i, j| c[(j + n - i) % n]),
        shift: vec![1.0; n],
        tau: vec![2.0; n],
    };
    for index in 0..n {
        let s = sensitivity(&w, index).unwrap();
        let Some(d) = s.derivative else { continue };
        let tau = 2.0;
        let z = d[(0, 1)] * n as f64 * tau;
        assert!((z.norm() - 1.0).abs() < 1e-10);
        for i in 0..n {
            for j in 0..n {
                let want = z.powi(((j + n - i) % n) as i32) / (n as f64 * tau);
                assert!((d[(i, j)] - want).norm() < 1e-10, "{index} {i} {j}");
            }
        }
    }
}

#[test]
fn eigenvalues_that_coincide_have_no_derivative() {
    for rows in [[[1.0, 1.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]] {
        let s = sensitivity(&plain(&[&rows[0], &rows[1]]), 0).unwrap();
        assert_eq!(s.verdict, SensitivityVerdict::NotSimple);
        assert!(s.derivative.is_none() && s.strongest(3).is_empty());
    }
    let s = sensitivity(&plain(&[&[1.0, 1e4], &[0.0, 1.001]]), 0).unwrap();
    assert_eq!(s.verdict, SensitivityVerdict::NearlyDefective);
}

#[test]
fn derivatives_agree_with_differences() {
    let n = 12;
    let tau: Vec<f64> = (0..n).map(|i| 1.0 + 0.1 * i as f64).collect();
    let w = Weights { m: random(n, 3), shift: vec![1.0; n], tau };
    for index in [0, 4, n - 1] {
        let s = sensitivity(&w, index).unwrap();
        let d = s.derivative.unwrap();
        for (i, j) in [(0, 0), (3, 7), (11, 2)] {
            let at = |h: f64| {
                let mut m = w.m.clone();
                m[(i, j)] += h;
                let values = eigenvalues(&Weights { m, ..w.clone() }.system(None)).unwrap();
                let near = |a: &&Complex, b: &&Complex| {
                    (**a - s.eigenvalue).norm().total_cmp(&(**b - s.eigenvalue).norm())
                };
                *values.iter().min_by(near).unwrap()
            };
            let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((slope - d[(i, j)]).norm() < 1e-6 * s.condition, "{index} {i} {j} {slope} {}", d[(i, j)]);
        }
    }
}

#[test]
fn the_smallest_change_to_a_real_value_is_a_singular_value() {
    // Diagonal: to move -1 to -0.25 costs 0.75, on its own entry.
    let c =
        smallest_change(&plain(&[&[-1.0, 0.0], &[0.0, -3.0]]), 0, Wanted::Value(Complex::new(-0.25, 0.0)))
            .unwrap();
    assert_eq!(c.verdict, ChangeVerdict::Smallest);
    assert!((c.norm_frobenius - 0.75).abs() < 1e-14 && (c.change[(0, 0)] - 0.75).abs() < 1e-14);
    assert!(c.miss < 1e-14 && c.leads);
    // Feedforward: the weak feedback weight does it for about 1/100 of the price.
    let c = smallest_change(&plain(&[&[-1.0, 100.0], &[0.0, -2.0]]), 0, Wanted::RealPart(0.0)).unwrap();
    assert!(c.norm_frobenius < 0.021 && c.miss < 1e-10, "{c:?}");
    assert!((c.change[(1, 0)] - 0.02).abs() < 1e-4 && (c.norm_2 - c.norm_frobenius).abs() < 1e-12);
}

#[test]
fn a_time_constant_costs_what_the_leak_says() {
    // One unit with tau = 10 and weight 0.5 has time constant 20; 50 needs the weight 0.8.
    let w = Weights { m: Matrix::from_rows(&[[0.5]]), shift: vec![1.0], tau: vec![10.0] };
    let c = smallest_change(&w, 0, Wanted::RealPart(-1.0 / 50.0)).unwrap();
    assert!((c.change[(0, 0)] - 0.3).abs() < 1e-14);
}

#[test]
fn a_rotation_is_brought_to_the_axis_along_its_diagonal() {
    // A = -a I + omega rotation is normal: both diagonal entries by a, Frobenius norm a sqrt 2, 2-norm a.
    let w = plain(&[&[-0.3, 5.0], &[-5.0, -0.3]]);
    let c = nearest_bifurcation(&w).unwrap().unwrap();
    assert_eq!((c.crossing, c.verdict), (Some(BorderCrossing::Hopf), ChangeVerdict::LocallySmallest));
    assert!((c.norm_frobenius - 0.3 * 2.0_f64.sqrt()).abs() < 1e-8, "{c:?}");
    assert!((c.norm_2 - 0.3).abs() < 1e-8 && (c.lower_bound - 0.3).abs() < 1e-6);
    assert!(c.miss < 1e-12 && c.leads);
}

#[test]
fn the_trace_of_a_planar_pair_is_all_that_counts() {
    // The axis is reached where the trace is 0: the smallest change is -tr/2 on each diagonal entry, whatever the shear.
    let w = plain(&[&[-1.0, 20.0], &[-1.0, -0.2]]);
    let c = smallest_change(&w, 0, Wanted::RealPart(0.0)).unwrap();
    assert!((c.norm_frobenius - 0.6 * 2.0_f64.sqrt()).abs() < 1e-8, "{c:?}");
    assert!((c.change[(0, 0)] - 0.6).abs() < 1e-7 && (c.change[(1, 1)] - 0.6).abs() < 1e-7);
    // But the determinant of 20.2 is reached sooner over its singular values only if sigma_min is smaller: it is 1.0.
    let best = nearest_bifurcation(&w).unwrap().unwrap();
    assert!(
        best.norm_frobenius <= 0.6 * 2.0_f64.sqrt() + 1e-8 && best.norm_2 >= best.lower_bound * (1.0 - 1e-6)
    );
}

#[test]
fn a_slow_pair_parts_on_the_real_axis_where_that_is_cheaper() {
    // As a pair both diagonal entries move by 1/2, at sqrt(1/2); the matrix + 1/2 is singular after sigma_min = 0.21 already.
    let w = plain(&[&[-1.0, 1.0], &[-0.01, -1.0]]);
    let c = smallest_change(&w, 0, Wanted::RealPart(-0.5)).unwrap();
    assert!(c.norm_frobenius < 0.25 && c.miss < 1e-9 && c.leads, "{c:?}");
    assert_eq!(c.reached.im, 0.0);
}

#[test]
fn the_nearest_bifurcation_of_a_real_spectrum_is_at_zero() {
    let c = nearest_bifurcation(&plain(&[&[-1.0, 0.5], &[0.5, -2.0]])).unwrap().unwrap();
    assert_eq!((c.crossing, c.verdict), (Some(BorderCrossing::Zero), ChangeVerdict::Smallest));
    let nearest = 1.5 - 0.5_f64.sqrt();
    assert!((c.norm_frobenius - nearest).abs() < 1e-12 && c.miss < 1e-12);
    assert!(nearest_bifurcation(&plain(&[&[0.0, 1.0], &[-1.0, 0.0]])).unwrap().is_none());
}

#[test]
fn every_change_of_a_random_network_is_certified() {
    let mut missed = 0;
    for seed in 0..6 {
        let n = 10;
        let w = Weights { m: random(n, seed), shift: vec![1.0; n], tau: vec![0.5; n] };
        let a = w.system(None);
        let values = eigenvalues(&a).unwrap();
        let index = (0..n).find(|&k| values[k].im > 0.0).unwrap();
        for wanted in [Wanted::RealPart(-0.5), Wanted::Value(values[index] + Complex::new(0.2, 0.1))] {
            let c = smallest_change(&w, index, wanted).unwrap();
            // A pair on its way may meet the real axis, where its gradient has no bound; then the change is told as missed.
            if c.verdict == ChangeVerdict::Missed {
                missed += 1;
                continue;
            }
            let bounded = c.norm_2 >= c.lower_bound * (1.0 - 1e-9);
            assert!(c.miss < 1e-9 && bounded, "{seed} {wanted:?} {:?} {}", c.verdict, c.miss);
        }
        // A small change is what the derivative says, to first order.
        let d = sensitivity(&w, index).unwrap().derivative.unwrap();
        let first = 1e-3 / d.map(|z| z.re).norm_frobenius();
        let c = smallest_change(&w, index, Wanted::RealPart(values[index].re + 1e-3)).unwrap();
        assert!((c.norm_frobenius / first - 1.0).abs() < 0.2, "{seed} {} {first}", c.norm_frobenius);
        let c = nearest_bifurcation(&w).unwrap().unwrap();
        assert!(c.miss < 1e-9 && c.norm_2 >= c.lower_bound * (1.0 - 1e-6), "{seed} {:?}", c.verdict);
        assert!(c.norm_frobenius <= 10.0 * c.lower_bound, "{seed} {} {}", c.norm_frobenius, c.lower_bound);
    }
    assert!(missed <= 2, "{missed} of 12");
}

#[test]
fn questions_that_cannot_be_asked_are_refused() {
    let w = plain(&[&[-1.0]]);
    assert!(sensitivity(&w, 1).is_err() && smallest_change(&w, 1, Wanted::RealPart(0.0)).is_err());
    assert!(smallest_change(&w, 0, Wanted::RealPart(f64::NAN)).is_err());
    assert!(sensitivity(&Weights { tau: vec![0.0], ..w.clone() }, 0).is_err());
    assert!(sensitivity(&Weights { tau: vec![], ..w }, 0).is_err());
    assert!(nearest_bifurcation(&Weights::plain(Matrix::zeros(0, 0))).is_err());
    assert!(sensitivity(&plain(&[&[f64::NAN]]), 0).is_err());
}
