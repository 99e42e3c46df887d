//! Transient growth, Kreiss constant and distance to instability against plain, slow searches, and the inequalities between them.

use dynamics::analyze::{LinearAnalysis, LinearOptions, StabilityVerdict, TimeKind, linear};
use linalg::{Complex, Matrix, expm, singular_values, singular_values_complex};

fn noise(seed: usize, i: usize, j: usize) -> f64 {
    let x = ((seed * 977 + i * 131 + j * 71 + 7) as f64 * 12.9898).sin() * 43_758.545_3;
    2.0 * (x - x.floor()) - 1.0
}

/// A random matrix with `coupling` above the diagonal and real parts moved below -0.05.
fn stable(seed: usize, n: usize, coupling: f64, turn: f64) -> Matrix {
    let mut a = Matrix::from_fn(n, n, |i, j| {
        let skew = if i + 1 == j {
            turn
        } else if j + 1 == i {
            -turn
        } else {
            0.0
        };
        noise(seed, i, j) * if j > i { coupling } else { 0.3 } + skew
    });
    let top = linalg::eigenvalues(&a).expect("the matrix is finite")[0].re;
    for i in 0..n {
        a[(i, i)] -= top + 0.05 + 0.3 * noise(seed, n, n).abs();
    }
    a
}

fn analyze(a: &Matrix, time: TimeKind) -> LinearAnalysis {
    let found =
        linear(a, &vec![0.0; a.rows()], time, &LinearOptions::default()).expect("the matrix is finite");
    assert_eq!(found.stability.verdict, StabilityVerdict::AsymptoticallyStable);
    found
}

fn sigma_min(a: &Matrix, z: Complex) -> f64 {
    let n = a.rows();
    let shifted =
        Matrix::from_fn(n, n, |i, j| if i == j { z - a[(i, j)] } else { Complex::new(-a[(i, j)], 0.0) });
    singular_values_complex(&shifted)[n - 1]
}

fn cases() -> Vec<Matrix> {
    let mut cases = Vec::new();
    for seed in 0..8 {
        let n = 2 + seed % 4;
        cases.push(stable(seed, n, [1.0, 10.0, 60.0][seed % 3], [0.0, 3.0][seed % 2]));
    }
    cases
}

#[test]
fn no_sample_of_the_curve_exceeds_the_supremum() {
    for a in cases() {
        let found = analyze(&a, TimeKind::Flow);
        let peak = found.non_normality.max_amplification.expect("n is small");
        let slow = found.time_constants.iter().flatten().fold(0.0_f64, |m, &t| m.max(t));
        let h = 8.0 * slow / 4000.0;
        let step = expm(&a.scaled(h));
        let mut e = Matrix::identity(a.rows());
        let mut best: f64 = 1.0;
        for _ in 0..4000 {
            e = linalg::mul(&e, &step);
            best = best.max(singular_values(&e)[0]);
        }
        assert!(best <= peak.value * (1.0 + 1e-10), "{best} {}", peak.value);
        assert!(best >= peak.value * (1.0 - 1e-3), "{best} {}", peak.value);
        // The state amplified most does what is said of it.
        let image = expm(&a.scaled(peak.time.expect("reached"))).mul_vec(&peak.initial);
        for (x, r) in image.iter().zip(&peak.response) {
            assert!((x - peak.value * r).abs() < 1e-9 * peak.value);
        }
    }
}

#[test]
fn the_kreiss_constant_lies_between_its_samples_and_the_supremum() {
    for a in cases() {
        let found = analyze(&a, TimeKind::Flow);
        let kreiss = found.non_normality.kreiss.expect("n is small");
        let peak = found.non_normality.max_amplification.expect("n is small").value;
        assert!((1.0..=peak * (1.0 + 1e-9)).contains(&kreiss), "{kreiss} {peak}");
        let mut best: f64 = 1.0;
        for k in 0..60 {
            let x = 0.01 * 10.0_f64.powf(f64::from(k) * 0.06);
            for l in 0..60 {
                let y = f64::from(l) * 0.25;
                best = best.max(x / sigma_min(&a, Complex::new(x, y)));
            }
        }
        assert!(best <= kreiss * (1.0 + 1e-8), "{best} {kreiss}");
    }
}

#[test]
fn no_sample_on_the_border_is_nearer_than_the_distance_to_instability() {
    for a in cases() {
        let distance = analyze(&a, TimeKind::Flow).stability.distance_to_instability.expect("n is small");
        let samples = (0..3000).map(|k| sigma_min(&a, Complex::new(0.0, f64::from(k) * 0.01)));
        let least = samples.fold(f64::INFINITY, f64::min);
        assert!(least >= distance * (1.0 - 1e-8), "{least} {distance}");
        assert!(least - distance <= 0.005, "{least} {distance}");
        assert!(distance <= -analyze(&a, TimeKind::Flow).stability.spectral_abscissa * (1.0 + 1e-9));
    }
}

#[test]
fn a_map_obeys_the_same_bounds() {
    for seed in 0..6 {
        let n = 2 + seed % 3;
        let mut a = Matrix::from_fn(n, n, |i, j| noise(seed, i, j) * if j > i { 8.0 } else { 0.5 });
        let radius =
            linalg::eigenvalues(&a).expect("finite").iter().fold(0.0_f64, |m: f64, z| m.max(z.norm()));
        a = a.scaled(0.93 / radius);
        let found = analyze(&a, TimeKind::Map);
        let peak = found.non_normality.max_amplification.expect("n is small");
        let mut e = Matrix::identity(n);
        let mut best: f64 = 1.0;
        for _ in 0..400 {
            e = linalg::mul(&e, &a);
            best = best.max(singular_values(&e)[0]);
        }
        assert!((best - peak.value).abs() < 1e-10 * best, "{best} {}", peak.value);
        let distance = found.stability.distance_to_instability.expect("n is small");
        let mut least = f64::INFINITY;
        let mut high: f64 = 1.0;
        for k in 0..=800 {
            let angle = std::f64::consts::PI * f64::from(k) / 800.0;
            least = least.min(sigma_min(&a, Complex::from_polar(1.0, angle)));
            if k % 20 == 0 {
                for x in [0.01, 0.03, 0.1, 0.3, 1.0, 3.0] {
                    high = high.max(x / sigma_min(&a, Complex::from_polar(1.0 + x, angle)));
                }
            }
        }
        assert!(least >= distance * (1.0 - 1e-8) && least <= distance + 5e-3, "{least} {distance}");
        let kreiss = found.non_normality.kreiss.expect("n is small");
        assert!(high <= kreiss * (1.0 + 1e-8) && kreiss <= peak.value * (1.0 + 1e-9), "{high} {kreiss}");
    }
}

#[test]
fn integrators_and_oscillators_in_a_skewed_basis_stay_bounded() {
    for (n, seed) in [(5, 1), (8, 2), (20, 3)] {
        let s = Matrix::from_fn(n, n, |i, j| noise(seed, i, j));
        let inverse = linalg::inverse(&s).expect("a random matrix is invertible");
        for with_pair in [false, true] {
            let mut d = Matrix::from_fn(n, n, |i, j| if i == j && i > 0 { -0.3 - i as f64 } else { 0.0 });
            if with_pair {
                (d[(1, 1)], d[(1, 2)], d[(2, 1)], d[(2, 2)]) = (0.0, 2.0, -2.0, 0.0);
            }
            let a = linalg::mul(&linalg::mul(&s, &d), &inverse);
            let found = linear(&a, &vec![0.0; n], TimeKind::Flow, &LinearOptions::default()).expect("finite");
            assert_eq!(found.stability.verdict, StabilityVerdict::Stable, "{}", found.stability.reason);
            assert_eq!(found.fixed_points.dimension, 1);
            assert_eq!(
                found.time_constants.iter().filter(|t| t.is_none()).count(),
                if with_pair { 3 } else { 1 }
            );
            // Long after, the norm is that of the projector on what does not decay; over one turn it is sampled.
            let mut late: f64 = 0.0;
            for k in 0..400 {
                let t = 200.0 + f64::from(k) * std::f64::consts::PI / 400.0;
                late = late.max(singular_values(&expm(&a.scaled(t)))[0]);
            }
            let peak = found.non_normality.max_amplification.expect("bounded");
            let kreiss = found.non_normality.kreiss.expect("bounded");
            assert!(peak.value >= late * (1.0 - 1e-8), "{} {late}", peak.value);
            assert!(peak.time.is_some() || peak.value <= late * (1.0 + 1e-3), "{} {late}", peak.value);
            assert!((1.0..=peak.value * (1.0 + 1e-9)).contains(&kreiss), "{kreiss} {}", peak.value);
            if !with_pair {
                assert!(kreiss >= late * (1.0 - 1e-9), "{kreiss} {late}");
            }
        }
    }
}
