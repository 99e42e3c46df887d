//! Studies written down by hand from closed forms, for the tests of this room.

use crate::study::{
    Course, Cycle, Equation, Events, Group, LinearAt, Oscillation, Outcome, Point, Portrait, ReadIn, Seconds,
    Simulation, Spikes, StopCount, Study, Trials, TrialsPoint,
};
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
        guards: Vec::new(),
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
        cable: None,
        trials: None,
        continuation: None,
        rests: None,
        lyapunov: None,
        cycle: None,
        section: None,
        synapses: None,
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
        phase: None,
        about: String::new(),
        x,
        y,
    });
    study
}

fn millivolts() -> ReadIn {
    ReadIn { symbol: "mV".into(), size: 1e-3 }
}

fn bare_number() -> ReadIn {
    ReadIn { symbol: String::new(), size: 1.0 }
}

/// Variables with these names, and a nonlinear equation in SI units.
fn named(study: &mut Study, names: &[&str], text: &str) {
    study.names = names.iter().map(|n| (*n).to_string()).collect();
    let groups = study.names.iter().enumerate();
    study.groups =
        groups.map(|(start, name)| Group { name: name.clone(), start, len: 1, scalar: true }).collect();
    study.equation = Equation { text: text.into(), parts: Vec::new(), linear: false, map: false };
    study.time_unit = "s";
}

/// Hodgkin and Huxley 1952 in millivolts and milliseconds: dV/dt, dm/dt, dh/dt, dn/dt at 10 uA/cm^2.
fn hodgkin_huxley(x: [f64; 4]) -> [f64; 4] {
    let [v, m, h, n] = x;
    let ratio = |u: f64| if u.abs() < 1e-9 { 1.0 } else { u / (1.0 - (-u).exp()) };
    let (am, bm) = (ratio((v + 40.0) / 10.0), 4.0 * (-(v + 65.0) / 18.0).exp());
    let (ah, bh) = (0.07 * (-(v + 65.0) / 20.0).exp(), 1.0 / (1.0 + (-(v + 35.0) / 10.0).exp()));
    let (an, bn) = (0.1 * ratio((v + 55.0) / 10.0), 0.125 * (-(v + 65.0) / 80.0).exp());
    let current = 120.0 * m.powi(3) * h * (v - 50.0) + 36.0 * n.powi(4) * (v + 77.0) + 0.3 * (v + 54.387);
    [10.0 - current, am * (1.0 - m) - bm * m, ah * (1.0 - h) - bh * h, an * (1.0 - n) - bn * n]
}

/// One neuron of Hodgkin and Huxley that fires: variables in V and in fractions, 100 ms.
pub(super) fn cell() -> Study {
    let spectrum = [(198.0, 596.0), (198.0, -596.0), (-136.0, 0.0), (-4683.0, 0.0)];
    let mut study = bare("a cell", Matrix::identity(4), analysis(&spectrum, StabilityVerdict::Unstable));
    let text = "C*dV/dt = I - gNa*m**3*h*(V - ENa) - gK*n**4*(V - EK) - gL*(V - EL)\n\
                dm/dt = (0.1/mV*(V + 40*mV)/(1 - exp(-(V + 40*mV)/(10*mV)))*(1 - m) - 4*exp(-(V + 65*mV)/(18*mV))*m)/ms\n\
                dh/dt = alpha_h*(1 - h) - beta_h*h\ndn/dt = alpha_n*(1 - n) - beta_n*n";
    named(&mut study, &["V", "m", "h", "n"], text);
    study.units = vec![millivolts(), bare_number(), bare_number(), bare_number()];
    study.linear[0].point = Some(Point::certified(vec![-0.0596, 0.0975, 0.4023, 0.4028], 1e-15));
    let (h, every) = (0.005, 10);
    let mut x = [-65.0, 0.053, 0.596, 0.3177];
    let (mut states, mut spikes) = (vec![x], Vec::new());
    for k in 0..20_000 {
        let moved = |x: [f64; 4], d: [f64; 4], h: f64| [0, 1, 2, 3].map(|i| x[i] + h * d[i]);
        let a = hodgkin_huxley(x);
        let b = hodgkin_huxley(moved(x, a, h / 2.0));
        let c = hodgkin_huxley(moved(x, b, h / 2.0));
        let d = hodgkin_huxley(moved(x, c, h));
        let next = [0, 1, 2, 3].map(|i| x[i] + h / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i]));
        if x[0] < 0.0 && next[0] >= 0.0 {
            spikes.push((1e-3 * h * (f64::from(k) + x[0] / (x[0] - next[0])), 0));
        }
        x = next;
        if (k + 1) % every == 0 {
            states.push(x);
        }
    }
    follow(&mut study, 1e-3 * h * f64::from(every), states.len() - 1, |t| {
        let x = states[((t / (1e-3 * h * f64::from(every))).round() as usize).min(states.len() - 1)];
        vec![1e-3 * x[0], x[1], x[2], x[3]]
    });
    let period = (spikes[spikes.len() - 1].0 - spikes[1].0) / (spikes.len() - 2) as f64;
    study.oscillation = Some(Oscillation {
        verdict: Course::Oscillates,
        reason: String::new(),
        cycle: Some(Cycle {
            timed: "spikes of cell".into(),
            period,
            spread: 1e-7,
            error: None,
            count: spikes.len() - 2,
            lowest: vec![-0.0752, 0.02, 0.07, 0.37],
            highest: vec![0.0404, 0.99, 0.48, 0.77],
        }),
    });
    study.spikes = vec![Spikes {
        population: "cell".into(),
        n: 1,
        times: spikes,
        rate: 1.0 / period,
        cv: Some(0.004),
        resets: false,
    }];
    study
}

/// A leaky integrate-and-fire unit in closed form: rest -70 mV, drive 20 mV, threshold -52 mV, reset -60 mV, tau 10 ms.
pub(super) fn integrate_and_fire() -> Study {
    let a = analysis(&[(-100.0, 0.0)], StabilityVerdict::AsymptoticallyStable);
    let mut study = bare("integrate and fire", Matrix::diagonal(&[-100.0]), a);
    named(&mut study, &["v"], "tau*dv/dt = -(v - EL) + R*I\nspike: when v > -52*mV, v = -60*mV");
    study.units = vec![millivolts()];
    study.linear[0].point = Some(Point::certified(vec![-0.05], 0.0));
    let (rest, tau) = (-0.05, 0.01);
    let first = tau * (0.02_f64 / 0.002).ln();
    let period = tau * (0.01_f64 / 0.002).ln();
    follow(&mut study, 0.0005, 200, |t| {
        let (from, since) = if t < first { (-0.07, t) } else { (-0.06, (t - first) % period) };
        vec![rest + (from - rest) * (-since / tau).exp()]
    });
    let times: Vec<(f64, usize)> =
        (0..).map(|k| first + period * f64::from(k)).take_while(|t| *t < 0.1).map(|t| (t, 0)).collect();
    study.oscillation = Some(Oscillation {
        verdict: Course::Oscillates,
        reason: String::new(),
        cycle: Some(Cycle {
            timed: "spikes of cell".into(),
            period,
            spread: 0.0,
            error: None,
            count: 3,
            lowest: vec![-0.06],
            highest: vec![-0.052],
        }),
    });
    study.spikes = vec![Spikes {
        population: "cell".into(),
        n: 1,
        times,
        rate: 1.0 / period,
        cv: Some(0.0),
        resets: true,
    }];
    study
}

/// Two populations of 80 and 20 units whose spikes follow a rate that swells at 0.2 s; 100 potentials.
pub(super) fn populations() -> Study {
    let n = 100;
    let spectrum = vec![(-1.0, 0.0); n];
    let mut study = bare(
        "two populations",
        Matrix::identity(n),
        analysis(&spectrum, StabilityVerdict::AsymptoticallyStable),
    );
    named(&mut study, &[], "dv/dt = (E - v)/tau");
    study.linear.clear();
    study.names = (1..=80).map(|k| format!("E.v{k}")).chain((1..=20).map(|k| format!("I.v{k}"))).collect();
    study.groups = vec![
        Group { name: "E.v".into(), start: 0, len: 80, scalar: false },
        Group { name: "I.v".into(), start: 80, len: 20, scalar: false },
    ];
    study.units = vec![millivolts(); n];
    // A multiplicative generator is chance enough for a picture.
    let mut seed = 12_345_u64;
    let mut uniform = move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 11) as f64 / (1_u64 << 53) as f64
    };
    let rate = |t: f64, base: f64| base * (1.0 + 3.0 * (-((t - 0.2) / 0.04).powi(2)).exp());
    let dt = 0.001;
    let mut drawn = |n: usize, base: f64| {
        let mut times = Vec::new();
        for k in 0..500 {
            for unit in 0..n {
                if uniform() < dt * rate(f64::from(k) * dt, base) {
                    times.push((f64::from(k) * dt, unit));
                }
            }
        }
        times
    };
    let (e, i) = (drawn(80, 8.0), drawn(20, 20.0));
    study.spikes = vec![
        Spikes {
            population: "E".into(),
            n: 80,
            rate: e.len() as f64 / 40.0,
            times: e,
            cv: Some(0.93),
            resets: true,
        },
        Spikes {
            population: "I".into(),
            n: 20,
            rate: i.len() as f64 / 10.0,
            times: i,
            cv: Some(0.97),
            resets: true,
        },
    ];
    follow(&mut study, 0.002, 250, |t| {
        (0..n).map(|k| -0.06 + 0.01 * (40.0 * t + 0.3 * k as f64).sin()).collect()
    });
    study
}

/// A decision between two populations, 500 runs for each coherence, and one run.
pub(super) fn decision() -> Study {
    let mut study = bare(
        "a decision",
        Matrix::identity(2),
        analysis(&[(4.347, 0.0), (-2.604, 0.0)], StabilityVerdict::Unstable),
    );
    named(
        &mut study,
        &["S1", "S2"],
        "dS1/dt = -S1/tauS + (1 - S1)*gamma*r1\ndS2/dt = -S2/tauS + (1 - S2)*gamma*r2",
    );
    study.linear[0].point = Some(Point::certified(vec![0.4245, 0.4245], 1e-14));
    follow(&mut study, 0.01, 100, |t| {
        let s = 1.0 / (1.0 + (-(t - 0.5) / 0.08).exp());
        vec![0.1 + 0.55 * s, 0.1 + 0.2 * s * (1.0 - s)]
    });
    study.events =
        vec![Events { name: "correct".into(), times: vec![(0.557, 0)], resets: false, stopped: true }];
    let measured: [(f64, usize, Option<f64>, Option<f64>); 6] = [
        (0.0, 252, Some(0.376), Some(0.377)),
        (0.032, 333, Some(0.362), Some(0.383)),
        (0.064, 389, Some(0.351), Some(0.391)),
        (0.128, 470, Some(0.309), Some(0.404)),
        (0.256, 498, Some(0.241), Some(0.36)),
        (0.512, 500, Some(0.163), None),
    ];
    let points = measured.into_iter().map(|(value, correct, right, wrong)| TrialsPoint {
        value,
        stops: vec![
            StopCount { name: "correct".into(), count: correct, mean_time: right, sd_time: Some(0.15) },
            StopCount {
                name: "error".into(),
                count: 499_usize.saturating_sub(correct),
                mean_time: wrong,
                sd_time: wrong.map(|_| 0.17),
            },
        ],
        undecided: 500 - correct - 499_usize.saturating_sub(correct),
        mean_time: right,
    });
    let percent = ReadIn { symbol: "%".into(), size: 0.01 };
    study.trials =
        Some(Trials { count: 500, parameter: Some(("coherence".into(), percent)), points: points.collect() });
    study
}
