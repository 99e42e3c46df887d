//! What the lecture and the papers behind it say of linear systems, in numbers.

use dynamics::analyze::{
    EigenvectorVerdict, FixedPointSet, LinearAnalysis, LinearOptions, PlanarType, Rotation, StabilityVerdict,
    TimeKind, linear,
};
use linalg::{Complex, Matrix};

fn flow(a: &Matrix) -> LinearAnalysis {
    linear(a, &vec![0.0; a.rows()], TimeKind::Flow, &LinearOptions::default())
        .expect("the matrix is square and finite")
}

fn of(rows: &[&[f64]]) -> LinearAnalysis {
    flow(&Matrix::from_rows(rows))
}

fn assert_close(x: f64, truth: f64, tolerance: f64) {
    assert!((x - truth).abs() <= tolerance, "{x} instead of {truth}");
}

fn ring(factor: f64) -> Matrix {
    Matrix::from_fn(50, 50, |i, j| factor * ((i as f64 - j as f64) * std::f64::consts::PI / 50.0).cos())
}

#[test]
fn the_half_ring_has_two_equal_eigenvalues_and_nullity_48() {
    let found = flow(&ring(1.0));
    for k in 0..2 {
        assert_close(found.eigenvalues[k].re, 25.0, 1e-10);
    }
    assert!(found.eigenvalues[2..].iter().all(|z| z.norm() < 1e-13));
    assert_eq!(found.eigenvectors.verdict, EigenvectorVerdict::Orthonormal);
    assert_eq!((found.fixed_points.verdict, found.fixed_points.dimension), (FixedPointSet::Affine, 48));
}

#[test]
fn the_raw_ring_explodes_and_the_scaled_ring_is_a_plane_attractor() {
    let less_identity = |m: Matrix| &m - &Matrix::identity(50);
    let raw = flow(&less_identity(ring(1.0)));
    assert_eq!(raw.stability.verdict, StabilityVerdict::Unstable);
    assert_close(raw.stability.spectral_abscissa, 24.0, 1e-10);
    let plane = flow(&less_identity(ring(2.0 / 50.0)));
    assert_eq!(plane.stability.verdict, StabilityVerdict::Stable, "{}", plane.stability.reason);
    assert!(plane.stability.to_rounding);
    assert_eq!((plane.fixed_points.verdict, plane.fixed_points.dimension), (FixedPointSet::Affine, 2));
    assert_eq!(plane.time_constants[..2], [None, None]);
    assert_close(plane.time_constants[2].unwrap(), 1.0, 1e-13);
    assert_eq!(plane.stability.distance_to_instability, Some(0.0));
    assert_eq!(plane.non_normality.kreiss, Some(1.0));
    assert_close(plane.non_normality.max_amplification.unwrap().value, 1.0, 1e-12);
}

#[test]
fn the_jordan_matrix_is_defective_and_its_condition_is_not_told() {
    let found = of(&[&[3.0, 1.0], &[0.0, 3.0]]);
    assert_eq!(found.eigenvalues, [Complex::new(3.0, 0.0); 2]);
    assert_eq!(found.eigenvectors.verdict, EigenvectorVerdict::Defective);
    assert_eq!(found.eigenvectors.condition, None);
    assert!(found.modes.is_empty());
    assert_eq!(found.non_normality.numerical_abscissa, 3.5);
    assert_eq!(found.non_normality.henrici, 1.0);
    // One eigenvector: ker(A - 3 I) is a line. e^A has t e^{3t} beside its diagonal.
    assert_eq!(of(&[&[0.0, 1.0], &[0.0, 0.0]]).fixed_points.dimension, 1);
    let e = linalg::expm(&Matrix::from_rows(&[[3.0, 1.0], [0.0, 3.0]]));
    for (x, truth) in [(e[(0, 0)], 3f64.exp()), (e[(0, 1)], 20.085_536_923_187_668), (e[(1, 0)], 0.0)] {
        assert_close(x, truth, 1e-13);
    }
    let planar = found.planar.unwrap();
    assert_eq!(planar.kind, PlanarType::ImproperNode);
    assert_eq!((planar.trace, planar.determinant, planar.discriminant), (6.0, 9.0, 0.0));
    // The square-root law of a defective pair.
    let split = of(&[&[3.0, 1.0], &[1e-10, 3.0]]);
    assert_close(split.eigenvalues[0].re, 3.0 + 1e-5, 1e-15);
    assert_close(split.eigenvalues[1].re, 3.0 - 1e-5, 1e-15);
    assert_eq!(split.eigenvectors.verdict, EigenvectorVerdict::Independent);
}

#[test]
fn the_tornado_turns_clockwise_once_in_0_598_while_it_grows() {
    let a = Matrix::from_rows(&[[0.035, 10.5, 0.0], [-10.5, 0.035, 0.0], [0.0, 0.0, 0.08]]);
    let options = LinearOptions { initial: Some(vec![1.0; 3]), ..LinearOptions::default() };
    let found = linear(&a, &[0.0; 3], TimeKind::Flow, &options).unwrap();
    assert_close(found.eigenvalues[0].re, 0.08, 1e-16);
    assert_close(1.0 / found.frequencies[1], 0.598_398_6, 1e-7);
    assert_close(30.0 * found.frequencies[1], 50.1338, 5e-5);
    let end = linalg::expm(&a.scaled(30.0)).mul_vec(&[1.0; 3]);
    for (x, truth) in
        end.iter().zip([4.035_143_017_690_633, -0.223_518_795_446_458_58, 11.023_176_380_641_601])
    {
        assert_close(*x, truth, 1e-11);
    }
    assert_close(end[0].hypot(end[1]), 4.041_329, 1e-6);
    assert_close(found.time_constants[1].unwrap(), -1.0 / 0.035, 1e-10);
    assert_eq!(found.eigenvectors.verdict, EigenvectorVerdict::Orthonormal);
    assert_eq!(found.modes.len(), 2);
    assert_close(found.modes[0].coefficient.unwrap().norm(), 1.0, 1e-14);
    assert_close(found.modes[1].coefficient.unwrap().norm(), 1.0, 1e-14);
    // The state turns from u towards -w: clockwise means from the second axis to the first.
    let (u, w) = (&found.modes[1].u, found.modes[1].w.as_ref().unwrap());
    assert!(u[0] * -w[1] - u[1] * -w[0] < 0.0);
    let plane = of(&[&[0.035, 10.5], &[-10.5, 0.035]]).planar.unwrap();
    assert_eq!(plane.rotation, Some(Rotation::Clockwise));
}

#[test]
fn two_integrators_in_a_row_are_unstable_although_no_real_part_is_positive() {
    for rows in [[[0.0, 0.0], [1.0, 0.0]], [[0.0, 1.0], [0.0, 0.0]]] {
        let found = of(&[&rows[0], &rows[1]]);
        assert_eq!(found.stability.verdict, StabilityVerdict::Unstable);
        assert_eq!(found.planar.unwrap().kind, PlanarType::Shear);
        assert_eq!(found.stability.spectral_abscissa, 0.0);
    }
    // The same in a larger circuit, and in another basis.
    let big = of(&[&[0.0, 0.0, 0.0], &[1.0, 0.0, 0.0], &[0.0, 3.0, -1.0]]);
    assert_eq!(big.stability.verdict, StabilityVerdict::Unstable, "{}", big.stability.reason);
    let mixed = of(&[&[2.0, 1.0, 0.0], &[-4.0, -2.0, 0.0], &[1.0, 1.0, -1.0]]);
    assert_eq!(mixed.stability.verdict, StabilityVerdict::Unstable, "{}", mixed.stability.reason);
    assert_eq!(mixed.eigenvectors.verdict, EigenvectorVerdict::Defective);
}

#[test]
fn the_time_constant_of_a_network_has_its_tau() {
    // tau = 20 ms, lambda(M) = 0.99: 2 s.
    let found = of(&[&[(0.99 - 1.0) / 0.02]]);
    assert_close(found.time_constants[0].unwrap(), 2.0, 1e-12);
}

#[test]
fn transient_growth_of_the_textbook_matrices() {
    let g7 = of(&[&[-1.0, 100.0], &[0.0, -2.0]]).non_normality.max_amplification.unwrap();
    assert_close(g7.value, 25.006_250_968_982_894, 1e-12);
    // Forty digits give 0.69284713553893488; the number quoted for it, 0.6928471459852312, stopped at the flat top.
    assert_close(g7.time.unwrap(), 0.692_847_135_538_935, 1e-13);
    assert_close(g7.time.unwrap(), 0.692_847_145_985_231_2, 2e-8);
    let al1 = of(&[&[-1.0, 5.0], &[0.0, -2.0]]);
    assert_eq!(al1.stability.spectral_abscissa, -1.0);
    assert_close(al1.non_normality.numerical_abscissa, 1.049_510, 5e-7);
    assert_close(al1.non_normality.henrici, 5.0, 1e-14);
    assert_close(al1.non_normality.kreiss.unwrap(), 1.154_92, 1e-5);
    let peak = al1.non_normality.max_amplification.unwrap();
    assert_close(peak.value, 1.383_621, 1e-6);
    assert_close(peak.time.unwrap(), 0.5643, 1e-4);
}

#[test]
fn a_supremum_that_is_only_approached_has_no_time() {
    let found = of(&[&[0.0, 1.0], &[0.0, -1.0]]);
    let peak = found.non_normality.max_amplification.unwrap();
    assert_close(peak.value, 2.0_f64.sqrt(), 1e-14);
    assert_eq!(peak.time, None);
    assert_close(found.non_normality.kreiss.unwrap(), 2.0_f64.sqrt(), 1e-14);
    // Four equal integrators behind one another's leaks: the norm of the projector [I, B; 0, 0] is sqrt(1 + ||B||^2).
    let b = [[3.0, 1.0], [0.0, 4.0]];
    let wide = Matrix::from_fn(4, 4, |i, j| match (i, j) {
        (0 | 1, 2 | 3) => b[i][j - 2],
        _ if i == j && i > 1 => -1.0,
        _ => 0.0,
    });
    let norm = linalg::norm_2(&Matrix::from_rows(&b));
    assert_close(flow(&wide).non_normality.kreiss.unwrap(), norm.hypot(1.0), 1e-13);
    // An oscillator in a skewed basis, beside a decaying mode.
    let turn = of(&[&[0.0, 2.0, 7.0], &[-2.0, 0.0, 0.0], &[0.0, 0.0, -3.0]]);
    let peak = turn.non_normality.max_amplification.unwrap().value;
    let kreiss = turn.non_normality.kreiss.unwrap();
    assert!(kreiss > 1.0 && kreiss <= peak * (1.0 + 1e-12), "{kreiss} {peak}");
    // A center with unequal axes reaches its largest norm in every turn.
    let peak = of(&[&[0.0, 2.0], &[-0.5, 0.0]]).non_normality.max_amplification.unwrap();
    assert_close(peak.value, 2.0, 1e-13);
    assert_close(peak.time.unwrap() % std::f64::consts::PI, std::f64::consts::FRAC_PI_2, 1e-6);
}

#[test]
fn balanced_amplification_of_murphy_and_miller() {
    let (w, k) = (30.0 / 7.0, 1.1);
    let m = Matrix::from_rows(&[[w, -k * w], [w, -k * w]]);
    let a = &m - &Matrix::identity(2);
    let found = flow(&a);
    assert_close(found.eigenvalues[0].re, -1.0, 1e-13);
    assert_close(found.eigenvalues[1].re, -1.0 - w * (k - 1.0), 1e-13);
    assert_close(found.non_normality.henrici, 9.0, 1e-12);
    // From (1, 0): the sum peaks at 3.071456, the length at 2.1995; the best initial state does better.
    let peak = found.non_normality.max_amplification.unwrap();
    assert!(peak.value > 2.1995 && peak.value < 0.5 * 3.2 * 2.0_f64.sqrt() * 2.0);
    // k = 1: sum = (1 + 2wt) e^-t.
    let plain = of(&[&[9.0, -10.0], &[10.0, -11.0]]);
    assert_eq!(plain.eigenvectors.verdict, EigenvectorVerdict::Defective);
    assert_eq!(plain.eigenvalues, [Complex::new(-1.0, 0.0); 2]);
}

#[test]
fn stiff_spectra_hide_no_peak() {
    // Two blocks with time constants 1e-3 and 1e3: each amplifies like AL1, and the slow one counts twice as much.
    let mut a = Matrix::zeros(4, 4);
    for (k, rate, coupling) in [(0, 1e3, 5.0), (2, 1e-3, 9.0)] {
        a[(k, k)] = -rate;
        a[(k, k + 1)] = coupling * rate;
        a[(k + 1, k + 1)] = -2.0 * rate;
    }
    let peak = flow(&a).non_normality.max_amplification.unwrap();
    let alone = of(&[&[-1.0, 9.0], &[0.0, -2.0]]).non_normality.max_amplification.unwrap();
    // Scaling and squaring to the fast block's norm costs the slow one 2^20 eps.
    assert_close(peak.value, alone.value, 1e-9);
    assert_close(peak.time.unwrap(), 1e3 * alone.time.unwrap(), 1e-6);
}

#[test]
fn a_map_is_judged_by_the_unit_circle() {
    let map = |rows: &[&[f64]], g: &[f64]| {
        linear(&Matrix::from_rows(rows), g, TimeKind::Map, &LinearOptions::default()).unwrap()
    };
    let found = map(&[&[0.5, 0.0], &[0.0, -0.9]], &[1.0, 0.0]);
    assert_eq!(found.stability.verdict, StabilityVerdict::AsymptoticallyStable);
    assert_close(found.stability.distance_to_instability.unwrap(), 0.1, 1e-9);
    assert_close(found.fixed_points.point.unwrap()[0], 2.0, 1e-14);
    assert!(found.planar.is_none());
    let turn = map(&[&[0.0, -1.0], &[1.0, 0.0]], &[0.0, 0.0]);
    assert_eq!(turn.stability.verdict, StabilityVerdict::Stable);
    assert_close(turn.frequencies[0], 0.25, 1e-15);
    let shear = map(&[&[1.0, 1.0], &[0.0, 1.0]], &[0.0, 0.0]);
    assert_eq!(shear.stability.verdict, StabilityVerdict::Unstable);
    let peak = map(&[&[0.5, 10.0], &[0.0, 0.5]], &[0.0, 0.0]).non_normality.max_amplification.unwrap();
    assert!(peak.time == Some(1.0) && peak.value > 10.0);
    let peak = map(&[&[1.0, 0.5], &[0.0, 0.5]], &[0.0, 0.0]).non_normality.max_amplification.unwrap();
    assert_close(peak.value, 2.0_f64.sqrt(), 1e-12);
    assert_eq!(peak.time, None);
}

#[test]
fn the_impulse_response_of_balanced_amplification_has_its_closed_form() {
    let peak_of = |w: f64, k: f64, f: &dyn Fn(&[f64]) -> f64| {
        let m = Matrix::from_rows(&[[w, -k * w], [w, -k * w]]);
        let a = &m - &Matrix::identity(2);
        let at = |t: f64| f(&linalg::expm(&a.scaled(t)).mul_vec(&[1.0, 0.0]));
        let best = (0..4000).max_by(|&i, &j| at(f64::from(i) * 5e-4).total_cmp(&at(f64::from(j) * 5e-4)));
        let t = f64::from(best.expect("there are samples")) * 5e-4;
        (at(t), t)
    };
    let sum = |x: &[f64]| x[0] + x[1];
    let (w, k) = (30.0 / 7.0, 1.1);
    // diff = e^-t and sum = e^-(1+w+)t + wFF (e^-t - e^-(1+w+)t)/w+ at every t.
    let (forward, plus) = (w * (1.0 + k), w * (k - 1.0));
    assert_close(forward, 9.0, 1e-14);
    assert_close(plus, 0.428_571, 5e-7);
    let a = Matrix::from_rows(&[[w - 1.0, -k * w], [w, -k * w - 1.0]]);
    for t in [0.1, 0.5, 0.718, 2.0, 8.0] {
        let x = linalg::expm(&a.scaled(t)).mul_vec(&[1.0, 0.0]);
        let (slow, fast) = ((-t).exp(), (-(1.0 + plus) * t).exp());
        assert_close(x[0] - x[1], slow, 1e-13);
        assert_close(sum(&x), fast + forward * (slow - fast) / plus, 1e-13);
    }
    let (value, t) = peak_of(w, k, &sum);
    assert_close(value, 3.071_456, 1e-6);
    assert_close(t, 0.718, 1e-3);
    let (value, t) = peak_of(w, k, &|x| x[0]);
    assert_close(value, 1.7933, 1e-4);
    assert_close(t, 0.610, 1e-3);
    assert_close(peak_of(w, k, &|x| x[0].hypot(x[1])).0, 2.1995, 1e-4);
    for (w, value, t) in [(1.0, 1.2131, 0.5), (2.0, 1.8895, 0.75), (10.0, 7.7348, 0.95)] {
        let found = peak_of(w, 1.0, &sum);
        assert_close(found.0, value, 1e-4);
        assert_close(found.1, t, 1e-3);
    }
}

#[test]
fn the_lyapunov_equation_of_the_ground_truths_is_the_covariance_of_white_noise() {
    use dynamics::field::{LinearSystem, Noise};
    let mut system = LinearSystem::new(Matrix::from_rows(&[[-1.0, 3.0], [0.0, -2.0]]));
    for direction in [vec![1.0, 0.0], vec![0.0, 1.0]] {
        system.noises.push(Noise { direction, sigma: 1.0, tau: None });
    }
    let found = dynamics::analyze::stationary_covariance(&system).unwrap().unwrap().covariance;
    for (place, truth) in [((0, 0), 1.25), ((0, 1), 0.25), ((1, 1), 0.25)] {
        assert_close(found[place], truth, 1e-14);
    }
}

#[test]
fn the_numerical_abscissa_of_grcar_100_is_that_of_eigtool() {
    let a =
        Matrix::from_fn(
            100,
            100,
            |i, j| {
                if i == j + 1 { -1.0 } else { f64::from(u8::from(j >= i && j <= i + 3)) }
            },
        );
    let found = flow(&a);
    assert_close(found.non_normality.numerical_abscissa, 2.993_881_699_303_956, 1e-13);
    assert_eq!(found.stability.verdict, StabilityVerdict::Unstable);
    assert_ne!(found.eigenvectors.verdict, EigenvectorVerdict::Orthonormal);
}
