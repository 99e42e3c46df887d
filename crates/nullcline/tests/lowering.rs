//! From networks to systems: closed forms of the lecture, both forms of rate units, inputs and noise.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use dynamics::field::{JacobianKind, Signal, VectorField, Workspace};
use linalg::{Matrix, eigenvalues, schur};
use nullcline::network::{
    Form, Group, Input, InputSignal, InputWeights, Network, NetworkErrorKind, PerUnit, Population,
    Projection, Rate, Structure, System, SystemKind, Transfer, lower,
};
use nullcline::{dynamics, equations, linalg};

fn network(n: usize, rate: Rate, m: Matrix) -> Network {
    Network {
        populations: vec![Population::new("v", n, rate)],
        projections: vec![Projection::new(0, 0, Structure::Matrix(m))],
        inputs: vec![],
        seed: 1,
    }
}

fn a_of(system: &System) -> &Matrix {
    match &system.kind {
        SystemKind::Linear(system) => &system.a,
        _ => panic!("a linear network"),
    }
}

fn tau(tau: f64) -> Rate {
    Rate { tau: PerUnit::Same(tau), ..Rate::default() }
}

fn input(channels: Vec<InputSignal>, weights: InputWeights) -> Input {
    Input { name: "u".into(), channels, to: vec![(0, weights)] }
}

#[test]
fn an_integrator_mistuned_by_one_percent_leaks_with_a_hundred_time_constants() {
    // T = tau/|1 - lambda|; above 1 the same number is the time of e-fold growth.
    for (lambda, time_constant) in [(0.9, 1.0), (0.99, 10.0), (0.995, 20.0), (0.999, 100.0), (1.01, -10.0)] {
        let system = lower(&network(1, tau(0.1), Matrix::from_rows(&[[lambda]]))).unwrap();
        assert!((-1.0 / a_of(&system)[(0, 0)] / time_constant - 1.0).abs() < 1e-12);
    }
    // tau = 20 ms and lambda = 0.99: 2 s.
    let system = lower(&network(1, tau(0.02), Matrix::from_rows(&[[0.99]]))).unwrap();
    assert!((-1.0 / a_of(&system)[(0, 0)] - 2.0).abs() < 1e-12);
    // Without leak and loops, the perfect integrator.
    let perfect = lower(&network(1, Rate { leak: 0.0, ..tau(0.1) }, Matrix::zeros(1, 1))).unwrap();
    assert_eq!(a_of(&perfect)[(0, 0)], 0.0);
}

#[test]
fn push_pull_integrates_the_difference_and_forgets_the_sum() {
    let system = lower(&network(2, tau(0.1), Matrix::from_rows(&[[0.5, -0.5], [-0.5, 0.5]]))).unwrap();
    let values = eigenvalues(a_of(&system)).unwrap();
    assert!(values[0].norm() < 1e-14 && (values[1].re + 10.0).abs() < 1e-13);
}

#[test]
fn balanced_amplification_is_a_feedforward_weight_of_nine() {
    // w = 4 2/7 and k = 1.1: eigenvalues 0 and -w(k - 1), hidden feedforward weight w(1 + k).
    let (w, k) = (30.0 / 7.0, 1.1);
    let mut network = network(1, Rate::default(), Matrix::from_rows(&[[w]]));
    network.populations[0].name = "E".into();
    network.populations.push(Population::new("I", 1, Rate::default()));
    for (from, to, weight) in [(0, 1, w), (1, 0, -k * w), (1, 1, -k * w)] {
        network.projections.push(Projection::new(
            from,
            to,
            Structure::Matrix(Matrix::from_rows(&[[weight]])),
        ));
    }
    let system = lower(&network).unwrap();
    assert_eq!(system.names, ["E", "I"]);
    let m = &Matrix::identity(2) + a_of(&system);
    let values = eigenvalues(&m).unwrap();
    assert!(values[0].norm() < 1e-13 && (values[1].re + 3.0 / 7.0).abs() < 1e-13);
    let s = schur(&m).unwrap();
    assert!((s.t[(0, 1)].abs() - 9.0).abs() < 1e-12);
}

#[test]
fn the_raw_ring_explodes_and_the_scaled_one_remembers_a_plane() {
    let ring = |scale: f64| {
        let theta = |i: usize| std::f64::consts::PI * i as f64 / 50.0;
        let m = Matrix::from_fn(50, 50, |i, j| scale * (theta(i) - theta(j)).cos());
        eigenvalues(a_of(&lower(&network(50, tau(0.02), m)).unwrap())).unwrap()
    };
    let raw = ring(1.0);
    assert!(raw[..2].iter().all(|z| (z.re - 24.0 / 0.02).abs() < 1e-9));
    let scaled = ring(2.0 / 50.0);
    assert!(scaled[..2].iter().all(|z| z.norm() < 1e-11));
    assert!(scaled[2..].iter().all(|z| (z.re + 50.0).abs() < 1e-9));
}

#[test]
fn time_constants_divide_rows_inputs_and_noise() {
    let mut network = network(2, Rate::default(), Matrix::from_rows(&[[0.0, 1.0], [2.0, 3.0]]));
    let Some(population) = network.populations.first_mut() else { unreachable!() };
    *population = Population::new(
        "v",
        2,
        Rate { tau: PerUnit::Each(vec![2.0, 4.0]), bias: PerUnit::Each(vec![6.0, 8.0]), ..Rate::default() },
    );
    let w = Matrix::from_rows(&[[1.0, 0.0], [5.0, 3.0]]);
    let noise = InputSignal::Noise { sigma: 0.7, tau: Some(0.1), independent: false };
    network.inputs = vec![input(
        vec![InputSignal::Signal(Signal::Constant { value: 2.0 }), noise],
        InputWeights::Matrix(w),
    )];
    let system = lower(&network).unwrap();
    let SystemKind::Linear(system) = system.kind else { panic!("linear") };
    assert_eq!(system.a, Matrix::from_rows(&[[-0.5, 0.5], [0.5, 0.5]]));
    assert_eq!(system.g, [3.0, 2.0]);
    assert_eq!(system.drives[0].direction, [0.5, 1.25]);
    assert_eq!((&system.noises[0].direction[..], system.noises[0].sigma), (&[0.0, 0.75][..], 0.7));
}

#[test]
fn independent_noise_is_one_noise_for_each_unit_it_reaches() {
    let mut network = network(3, tau(0.5), Matrix::zeros(3, 3));
    let noise = InputSignal::Noise { sigma: 1.0, tau: None, independent: true };
    network.inputs = vec![input(vec![noise], InputWeights::Uniform)];
    let SystemKind::Linear(system) = lower(&network).unwrap().kind else { panic!("linear") };
    let directions: Vec<&[f64]> = system.noises.iter().map(|n| &n.direction[..]).collect();
    assert_eq!(directions, [[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 2.0]]);
}

fn field(system: &System) -> &dyn VectorField {
    match &system.kind {
        SystemKind::Field { field, .. } => field.as_ref(),
        _ => panic!("a nonlinear network"),
    }
}

fn derivative(field: &dyn VectorField, t: f64, x: &[f64]) -> Vec<f64> {
    let mut dx = vec![0.0; field.dimension()];
    field.eval(&[t], &[], x, &mut dx, &mut Workspace::default()).unwrap();
    dx
}

/// A dense and a sparse network of both forms, with drives and a noise inside F.
fn mixed(n: usize, sparse: bool) -> Network {
    let rate = Rate { tau: PerUnit::Same(0.3), transfer: Transfer::Tanh { gain: 1.2 }, ..Rate::default() };
    let current = Rate {
        form: Form::Current,
        transfer: Transfer::Logistic { gain: 2.0, threshold: 0.1 },
        bias: PerUnit::Normal { mean: 0.2, sd: 0.1 },
        leak: 0.8,
        ..Rate::default()
    };
    let weight = nullcline::network::Weight::Normal { mean: 0.0, sd: 0.4 };
    let p = if sparse { 0.02 } else { 0.5 };
    let mut projections = vec![];
    for (stream, (from, to)) in [(0, 0), (0, 1), (1, 0), (1, 1)].into_iter().enumerate() {
        let structure = Structure::Probability { p, weight };
        projections.push(Projection { stream: stream as u64, ..Projection::new(from, to, structure) });
    }
    let mut b = Population::new("b", n, current);
    b.init = PerUnit::Formula(equations::Formula::parse("sin(i/n)").unwrap());
    let noise = InputSignal::Noise { sigma: 0.5, tau: Some(0.2), independent: false };
    let step = InputSignal::Signal(Signal::Step { onset: 1.0, value: 0.3 });
    let pulse = InputSignal::Signal(Signal::Pulse { onset: 0.5, width: 0.5, amplitude: 0.3 });
    Network {
        populations: vec![Population::new("a", n, rate), b],
        projections,
        inputs: vec![
            input(vec![noise], InputWeights::Uniform),
            Input { name: "s".into(), channels: vec![step, pulse], to: vec![(1, InputWeights::Uniform)] },
        ],
        seed: 9,
    }
}

#[test]
fn every_rate_field_obeys_the_laws_of_fields() {
    for (n, sparse) in [(5, false), (160, true)] {
        let system = lower(&mixed(n, sparse)).unwrap();
        dynamics::field::laws::check(field(&system), &[], &system.x0, 0.7).unwrap();
        let (_, kind) = system.jacobian(0.7, &system.x0).unwrap();
        assert_eq!(kind, JacobianKind::Exact);
        assert_eq!(field(&system).breakpoints(0.0, 2.0), [0.5, 1.0]);
    }
}

#[test]
fn a_rate_field_is_its_equation_written_out() {
    let system = lower(&mixed(5, false)).unwrap();
    let c = nullcline::network::connectivity(&mixed(5, false)).unwrap();
    let (m, h) = (c.m.to_dense(), c.h);
    let x: Vec<f64> = (0..11).map(|i| (1.7 * f64::from(i)).sin()).collect();
    let logistic = |x: f64| 1.0 / (1.0 + (-2.0 * (x - 0.1)).exp());
    let sent: Vec<f64> = (0..10).map(|i| if i < 5 { x[i] } else { logistic(x[i]) }).collect();
    let dx = derivative(field(&system), 1.5, &x);
    for i in 0..10 {
        let heard = (0..10).map(|j| m[(i, j)] * sent[j]).sum::<f64>() + h[i];
        let expected =
            if i < 5 { ((1.2 * (heard + x[10])).tanh() - x[i]) / 0.3 } else { heard + 0.3 - 0.8 * x[i] };
        assert!((dx[i] - expected).abs() < 1e-13, "{i}: {} {expected}", dx[i]);
    }
    assert!((dx[10] + x[10] / 0.2).abs() < 1e-15);
    assert!((system.x0[7] - 0.4_f64.sin()).abs() < 1e-15);
}

#[test]
fn noise_inside_f_is_a_hidden_variable_and_outside_it_is_added() {
    let system = lower(&mixed(5, false)).unwrap();
    assert_eq!(system.groups[2], Group { name: "u".into(), range: 10..11, scalar: true });
    assert_eq!(
        (&system.names[..6], &system.names[10]),
        (&["a[0]", "a[1]", "a[2]", "a[3]", "a[4]", "b[0]"].map(String::from)[..], &"u".to_owned())
    );
    let SystemKind::Field { noises, .. } = &system.kind else { panic!("nonlinear") };
    // d z = -z/tau dt + sigma sqrt(2/tau) dW has the standard deviation sigma.
    assert_eq!((noises.len(), noises[0].tau, noises[0].direction[10]), (1, None, 1.0));
    assert!((noises[0].sigma - 0.5 * 10.0_f64.sqrt()).abs() < 1e-15);

    // It starts from its stationary distribution: over 500 seeds the variance is within five standard errors.
    let squares = (0..500).map(|seed| lower(&Network { seed, ..mixed(2, false) }).unwrap().x0[4].powi(2));
    assert!((squares.sum::<f64>() / 500.0 / 0.25 - 1.0).abs() < 5.0 * (2.0_f64 / 500.0).sqrt());

    let mut outside = mixed(5, false);
    outside.inputs[0].to[0].0 = 1;
    let system = lower(&outside).unwrap();
    let SystemKind::Field { noises, .. } = &system.kind else { panic!("nonlinear") };
    assert_eq!((system.dimension(), noises[0].tau, noises[0].direction[7]), (10, Some(0.2), 1.0));

    let mut white = mixed(5, false);
    white.inputs[0].channels = vec![InputSignal::Noise { sigma: 0.5, tau: None, independent: true }];
    let error = lower(&white).err().unwrap();
    assert_eq!(error.kind, NetworkErrorKind::Noise);
    assert!(error.remedy.contains("current"), "{error}");
    white.inputs[0].to[0].0 = 1;
    assert!(lower(&white).is_ok());
}

#[test]
fn wrong_numbers_are_refused_with_their_unit() {
    for (rate, part) in [
        (tau(0.0), "tau of `v[0]` is 0"),
        (Rate { tau: PerUnit::Each(vec![1.0, -2.0]), ..Rate::default() }, "tau of `v[1]` is -2"),
        (Rate { tau: PerUnit::Each(vec![1.0]), ..Rate::default() }, "1 values, but n = 2"),
        (Rate { leak: f64::NAN, ..Rate::default() }, "leak"),
        (Rate { transfer: Transfer::Tanh { gain: 0.0 }, ..Rate::default() }, "gain = 0"),
        (
            Rate { bias: PerUnit::Formula(equations::Formula::parse("1/i").unwrap()), ..Rate::default() },
            "bias of unit 0",
        ),
    ] {
        let error = lower(&network(2, rate, Matrix::zeros(2, 2))).err().unwrap();
        assert!(error.what.contains(part), "{error}");
    }
    let mut wrong = network(2, tau(1.0), Matrix::zeros(2, 2));
    let constant = vec![InputSignal::Signal(Signal::Constant { value: 1.0 })];
    wrong.inputs = vec![input(constant, InputWeights::Matrix(Matrix::zeros(1, 2)))];
    assert_eq!(lower(&wrong).err().unwrap().kind, NetworkErrorKind::Shape);
    let error = lower(&mixed_names()).err().unwrap();
    assert_eq!(error.kind, NetworkErrorKind::Population);
}

fn mixed_names() -> Network {
    let mut network = mixed(3, false);
    network.populations[1].name = "a".into();
    network
}
