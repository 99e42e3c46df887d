//! Studies written down by hand from closed forms, for the tests of this room.

use crate::study::{Equation, Group, LinearAt, Outcome, Portrait, Seconds, Simulation, Study};
use dynamics::analyze::{
    Amplification, EigenvectorVerdict, Eigenvectors, FixedPointSet, FixedPoints, LinearAnalysis, Mode,
    NonNormality, Planar, PlanarType, Stability, StabilityVerdict, TimeKind,
};
use dynamics::simulate::{ErrorEstimate, Trajectory, Verdict};
use linalg::{Complex, Matrix};
use std::f64::consts::{FRAC_1_SQRT_2, TAU};

fn equation() -> Equation {
    Equation {
        text: "dx/dt = A x".into(),
        parts: vec![("A".into(), "how each variable drives each".into(), "a matrix".into())],
        linear: true,
        map: false,
    }
}

/// An analysis with these eigenvalues (in their order) and every other field plain.
pub(super) fn analysis(eigenvalues: &[(f64, f64)], verdict: StabilityVerdict) -> LinearAnalysis {
    let n = eigenvalues.len();
    let z: Vec<Complex> = eigenvalues.iter().map(|&(re, im)| Complex::new(re, im)).collect();
    LinearAnalysis {
        time: TimeKind::Flow,
        dimension: n,
        rounding: vec![0.0; n],
        to_rounding: vec![false; n],
        time_constants: z.iter().map(|z| (z.re != 0.0).then(|| -1.0 / z.re)).collect(),
        frequencies: z.iter().map(|z| z.im.abs() / TAU).collect(),
        modes: Vec::new(),
        stability: Stability {
            verdict,
            spectral_abscissa: z[0].re,
            spectral_radius: z.iter().map(|z| z.norm()).fold(0.0, f64::max),
            distance_to_instability: None,
            most_fragile_frequency: None,
            real_distance: None,
            to_rounding: false,
            reason: "the eigenvalues say so".into(),
        },
        planar: None,
        eigenvectors: Eigenvectors {
            verdict: EigenvectorVerdict::Independent,
            condition: Some(2.0),
            vectors: None,
        },
        fixed_points: FixedPoints {
            verdict: FixedPointSet::Unique,
            dimension: 0,
            point: Some(vec![0.0; n]),
            directions: Vec::new(),
            drift: None,
            drift_rate: None,
            to_rounding: false,
        },
        non_normality: NonNormality {
            numerical_abscissa: z[0].re,
            henrici: 1.0,
            max_amplification: None,
            kreiss: None,
            curve: (Vec::new(), Vec::new()),
        },
        skipped: Vec::new(),
        eigenvalues: z,
    }
}

/// A study of dx/dt = A x without a simulation.
pub(super) fn bare(name: &str, a: Matrix, analysis: LinearAnalysis) -> Study {
    let n = a.rows();
    let names: Vec<String> = (1..=n).map(|i| format!("x{i}")).collect();
    Study {
        name: name.into(),
        description: None,
        sha256: None,
        seed: 1,
        time_unit: "",
        groups: names
            .iter()
            .enumerate()
            .map(|(start, name)| Group { name: name.clone(), start, len: 1, scalar: true })
            .collect(),
        names,
        equation: equation(),
        basis: None,
        connectivity: None,
        simulation: None,
        linear: vec![LinearAt { g: vec![0.0; n], a, point: None, analysis }],
        symmetry: None,
        components: None,
        activity: None,
        fluctuations: None,
        oscillation: None,
        portrait: None,
        ensemble: Vec::new(),
        units: Vec::new(),
        spikes: Vec::new(),
        events: Vec::new(),
        trials: None,
        expect: Vec::new(),
        notes: Vec::new(),
        seconds: None,
    }
}

/// [3 1; 0 3], the Jordan block of interface.md's example.
pub(super) fn improper_node() -> Study {
    let mut a = analysis(&[(3.0, 0.0), (3.0, 0.0)], StabilityVerdict::Unstable);
    a.planar = Some(Planar {
        kind: PlanarType::ImproperNode,
        stability: StabilityVerdict::Unstable,
        rotation: None,
        trace: 6.0,
        determinant: 9.0,
        discriminant: 0.0,
        margin: 0.0,
        neighbors: vec![PlanarType::Node, PlanarType::Spiral],
        within_rounding: false,
    });
    a.eigenvectors = Eigenvectors { verdict: EigenvectorVerdict::Defective, condition: None, vectors: None };
    a.non_normality.numerical_abscissa = 3.5;
    bare("jordan", Matrix::from_rows(&[[3.0, 1.0], [0.0, 3.0]]), a)
}

/// A run of `x(t)` for a study, at the times `0, h, …, steps h`.
pub(super) fn follow(study: &mut Study, h: f64, steps: usize, x: impl Fn(f64) -> Vec<f64>) {
    let t: Vec<f64> = (0..=steps).map(|k| k as f64 * h).collect();
    let data: Vec<f64> = t.iter().flat_map(|&t| x(t)).collect();
    study.simulation = Some(Simulation {
        x0: x(0.0),
        span: (0.0, t[steps]),
        trajectory: Trajectory {
            x: Matrix::from_columns(data.len() / t.len(), t.len(), data),
            t,
            method: "expm".into(),
            reason: "a linear system is propagated exactly".into(),
            steps,
            rejected: 0,
            evaluations: 0,
            verdict: Verdict::Completed,
            error: ErrorEstimate {
                value: Some(3e-14),
                reason: "the rounding of the matrix exponential".into(),
            },
        },
    });
}

/// The lecture's tornado: a = 0.035, b = 10.5, l3 = 0.08, x0 = (1, 1, 1), in closed form.
pub(super) fn tornado() -> Study {
    let (a, b, l3) = (0.035, 10.5, 0.08);
    let mut analysis = analysis(&[(l3, 0.0), (a, b), (a, -b)], StabilityVerdict::Unstable);
    let s = FRAC_1_SQRT_2;
    analysis.modes = vec![
        Mode {
            eigenvalue: Complex::new(l3, 0.0),
            index: 0,
            u: vec![0.0, 0.0, 1.0],
            w: None,
            coefficient: Some(Complex::new(1.0, 0.0)),
            condition: 1.0,
        },
        Mode {
            eigenvalue: Complex::new(a, b),
            index: 1,
            u: vec![s, 0.0, 0.0],
            w: Some(vec![0.0, s, 0.0]),
            coefficient: Some(Complex::new(s, -s)),
            condition: 1.0,
        },
    ];
    analysis.stability.reason = "the largest real part is 0.08".into();
    analysis.eigenvectors.verdict = EigenvectorVerdict::Orthonormal;
    analysis.eigenvectors.condition = Some(1.0);
    analysis.non_normality.henrici = 0.0;
    let times: Vec<f64> = (0..100).map(f64::from).collect();
    analysis.non_normality.curve = (times.clone(), times.iter().map(|t| (l3 * t).exp()).collect());
    let matrix = Matrix::from_rows(&[[a, b, 0.0], [-b, a, 0.0], [0.0, 0.0, l3]]);
    let mut study = bare("tornado", matrix, analysis);
    study.basis = Some(Matrix::identity(3));
    study.sha256 = Some("0".repeat(64));
    follow(&mut study, 0.01, 3000, |t| {
        let (sin, cos) = (b * t).sin_cos();
        let r = (a * t).exp();
        vec![r * (cos + sin), r * (cos - sin), (l3 * t).exp()]
    });
    study.expect = vec![Outcome {
        path: "final".into(),
        expected: "[4.035143017691,-0.223518795446,11.023176380642]".into(),
        words: "[4.035143017691,-0.223518795446,11.023176380642] (rtol 1e-8)".into(),
        measured: "[4.035143017690633,-0.22351879544645858,11.023176380641601]".into(),
        pass: true,
    }];
    study.seconds = Some(Seconds { build: 0.001, run: 0.002 });
    study
}

/// The transient growth of [-1 100; 0 -2]: max ||exp(tA)|| = 25.006 at t = 0.693.
pub(super) fn transient() -> Study {
    let mut a = analysis(&[(-1.0, 0.0), (-2.0, 0.0)], StabilityVerdict::AsymptoticallyStable);
    let v = Complex::new(-100.0, 0.0) / 10_001f64.sqrt();
    a.eigenvectors.condition = Some(200.0);
    a.eigenvectors.vectors = Some(Matrix::from_columns(
        2,
        2,
        vec![Complex::new(1.0, 0.0), Complex::new(0.0, 0.0), v, Complex::new(1.0 / 10_001f64.sqrt(), 0.0)],
    ));
    a.stability.distance_to_instability = Some(0.02);
    a.stability.real_distance = Some(0.02);
    a.planar = Some(Planar {
        kind: PlanarType::Node,
        stability: StabilityVerdict::AsymptoticallyStable,
        rotation: None,
        trace: -3.0,
        determinant: 2.0,
        discriminant: 1.0,
        margin: 0.0025,
        neighbors: vec![PlanarType::Spiral],
        within_rounding: false,
    });
    a.non_normality = NonNormality {
        numerical_abscissa: 48.5,
        henrici: 100.0,
        max_amplification: Some(Amplification {
            value: 25.006_250_968_982_894,
            time: Some(0.692_847_145_985_231_2),
            initial: vec![0.01, 1.0],
            response: vec![1.0, 0.01],
        }),
        kreiss: Some(17.0),
        curve: {
            let t: Vec<f64> = (0..=200).map(|k| f64::from(k) * 0.03).collect();
            let norm = |t: &f64| {
                let (p, q) = ((-t).exp(), (-2.0 * t).exp());
                let r = 100.0 * (p - q);
                let s = p * p + q * q + r * r;
                ((s + (s * s - 4.0 * p * p * q * q).sqrt()) / 2.0).sqrt()
            };
            let y = t.iter().map(norm).collect();
            (t, y)
        },
    };
    let matrix = Matrix::from_rows(&[[-1.0, 100.0], [0.0, -2.0]]);
    let mut study = bare("transient growth", matrix.clone(), a);
    study.time_unit = "s";
    let run = |x: f64, y: f64| {
        move |t: f64| {
            let (p, q) = ((-t).exp(), (-2.0 * t).exp());
            vec![x * p + 100.0 * y * (p - q), y * q]
        }
    };
    follow(&mut study, 0.02, 250, run(0.0, 1.0));
    let grid: Vec<f64> = (0..15).map(f64::from).collect();
    let (x, y): (Vec<f64>, Vec<f64>) = (
        grid.iter().map(|k| -30.0 + 60.0 * k / 14.0).collect(),
        grid.iter().map(|k| -1.2 + 2.4 * k / 14.0).collect(),
    );
    let at = |i: usize, j: usize| matrix.mul_vec(&[x[i], y[j]]);
    study.portrait = Some(Portrait {
        plane: (0, 1),
        dx: Matrix::from_fn(15, 15, |i, j| at(i, j)[0]),
        dy: Matrix::from_fn(15, 15, |i, j| at(i, j)[1]),
        curves: [(-20.0, 1.0), (20.0, -1.0), (0.0, -1.0)]
            .iter()
            .map(|&(a, b)| {
                let f = run(a, b);
                Matrix::from_columns(2, 100, (0..100).flat_map(|k| f(f64::from(k) * 0.05)).collect())
            })
            .collect(),
        eigenvectors: vec![
            ([0.0, 0.0], [1.0, 0.0], Complex::new(-1.0, 0.0)),
            ([0.0, 0.0], [-0.99995, 0.009_999_5], Complex::new(-2.0, 0.0)),
        ],
        x,
        y,
    });
    study
}
