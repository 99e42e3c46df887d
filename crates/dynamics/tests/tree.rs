//! Reaction and diffusion on a tree: orders, breakpoints, joints without capacity, verdicts.
//!
//! References are runs of order 8 at a tolerance of 1e-12 on the same equations, written once more as a vector field.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use dynamics::field::{EvalError, NodeDrive, Reaction, Signal, TreeSystem, VectorField, Workspace};
use dynamics::linalg::Tree;
use dynamics::simulate::{
    ErrorEstimation, Method, Settings, SimulateError, Trajectory, Verdict, simulate, simulate_tree, unwatched,
};
use std::ops::ControlFlow;

/// What one node does, twice: as a tangent with an exact step, and as rates.
trait Node: Sync {
    const STATES: usize;
    fn tangent(t: f64, v: f64, s: &[f64]) -> (f64, f64);
    fn advance(h: f64, t: f64, v: f64, s: &mut [f64]);
    fn rates(t: f64, v: f64, s: &[f64], ds: &mut [f64]) -> f64;
}

/// A gate of fourth power that opens with v, and a slow one of second power: affine in v, each gate linear in itself.
struct Gated;

fn gates(v: f64) -> [(f64, f64); 2] {
    [(1.0 / (1.0 + (-v).exp()), 0.3 + 0.2 * v.cos()), (1.0 / (1.0 + v.exp()), 1.5)]
}

impl Node for Gated {
    const STATES: usize = 2;
    fn tangent(_: f64, _: f64, s: &[f64]) -> (f64, f64) {
        let (fast, slow) = (3.0 * s[0].powi(4), 2.0 * s[1].powi(2));
        (0.2 + fast + slow, 2.0 * fast - slow)
    }
    fn advance(h: f64, _: f64, v: f64, s: &mut [f64]) {
        for (s, (rest, tau)) in s.iter_mut().zip(gates(v)) {
            *s = rest + (*s - rest) * (-h / tau).exp();
        }
    }
    fn rates(t: f64, v: f64, s: &[f64], ds: &mut [f64]) -> f64 {
        for (k, (rest, tau)) in gates(v).into_iter().enumerate() {
            ds[k] = (rest - s[k]) / tau;
        }
        let (g, j) = Self::tangent(t, v, s);
        j - g * v
    }
}

/// FitzHugh and Nagumo's cubic with a season of its own: not affine in v, so that the tangent is tested.
struct Cubic;

impl Node for Cubic {
    const STATES: usize = 1;
    fn tangent(t: f64, v: f64, s: &[f64]) -> (f64, f64) {
        let g = v * v - 1.0;
        (g, v - v * v * v / 3.0 - s[0] + 0.3 * t.sin() + g * v)
    }
    fn advance(h: f64, _: f64, v: f64, s: &mut [f64]) {
        let rest = (v + 0.7) / 0.8;
        s[0] = rest + (s[0] - rest) * (-0.5 * 0.8 * h).exp();
    }
    fn rates(t: f64, v: f64, s: &[f64], ds: &mut [f64]) -> f64 {
        ds[0] = 0.5 * (v + 0.7 - 0.8 * s[0]);
        v - v * v * v / 3.0 - s[0] + 0.3 * t.sin()
    }
}

/// The same node everywhere; local states variable by variable.
struct Everywhere<N>(usize, std::marker::PhantomData<N>);

fn everywhere<N>(n: usize) -> Everywhere<N> {
    Everywhere(n, std::marker::PhantomData)
}

impl<N: Node> Reaction for Everywhere<N> {
    fn states(&self) -> usize {
        self.0 * N::STATES
    }
    fn linear(
        &self,
        t: f64,
        v: &[f64],
        s: &[f64],
        g: &mut [f64],
        j: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        for i in 0..v.len() {
            let s: Vec<f64> = (0..N::STATES).map(|k| s[k * v.len() + i]).collect();
            (g[i], j[i]) = N::tangent(t, v[i], &s);
        }
        Ok(())
    }
    fn advance(&self, h: f64, t: f64, v: &[f64], s: &mut [f64], _: &mut Workspace) -> Result<(), EvalError> {
        for i in 0..v.len() {
            let mut own: Vec<f64> = (0..N::STATES).map(|k| s[k * v.len() + i]).collect();
            N::advance(h, t, v[i], &mut own);
            own.iter().enumerate().for_each(|(k, x)| s[k * v.len() + i] = *x);
        }
        Ok(())
    }
}

/// The tree system as one vector field. Its nodes all have a capacity.
struct Field<'a, N>(&'a TreeSystem, std::marker::PhantomData<N>);

impl<N: Node> VectorField for Field<'_, N> {
    fn dimension(&self) -> usize {
        self.0.tree.len() * (1 + N::STATES)
    }
    fn eval(
        &self,
        t: &[f64],
        _: &[f64],
        x: &[f64],
        dx: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        let n = self.0.tree.len();
        for i in 0..n {
            let s: Vec<f64> = (0..N::STATES).map(|k| x[(k + 1) * n + i]).collect();
            let mut ds = vec![0.0; N::STATES];
            dx[i] = N::rates(t[0], x[i], &s, &mut ds);
            ds.iter().enumerate().for_each(|(k, d)| dx[(k + 1) * n + i] = *d);
        }
        for i in 0..n {
            if let Some(p) = self.0.tree.parent(i) {
                let flow = self.0.coupling[i] * (x[p] - x[i]);
                dx[i] += flow;
                dx[p] -= flow;
            }
        }
        for drive in &self.0.drives {
            dx[drive.node] += drive.signal.value(t[0]);
        }
        (0..n).for_each(|i| dx[i] /= self.0.capacity[i]);
        Ok(())
    }
    fn breakpoints(&self, t0: f64, t1: f64) -> Vec<f64> {
        let mut all: Vec<f64> = self.0.drives.iter().flat_map(|d| d.signal.breakpoints(t0, t1)).collect();
        all.sort_by(f64::total_cmp);
        all
    }
}

/// Seven nodes: a trunk of three, a fork, and a second root.
fn forest(drives: Vec<NodeDrive>) -> TreeSystem {
    TreeSystem {
        tree: Tree::new(&[None, Some(0), Some(1), Some(1), Some(3), Some(0), None]).unwrap(),
        capacity: vec![1.0, 0.5, 0.8, 1.5, 0.3, 1.0, 0.7],
        coupling: vec![0.0, 2.0, 1.0, 0.5, 3.0, 0.7, 0.0],
        drives,
    }
}

fn sine() -> Vec<NodeDrive> {
    let signal = Signal::Sine { onset: f64::NEG_INFINITY, amplitude: 1.0, frequency: 0.3, phase: 0.2 };
    vec![NodeDrive { node: 4, signal }, NodeDrive { node: 6, signal: Signal::Constant { value: 0.4 } }]
}

/// A pulse whose edges no step meets, and samples with a kink in every few steps.
fn rough() -> Vec<NodeDrive> {
    let pulse = Signal::Pulse { onset: 0.7331, width: 1.2345, amplitude: 2.0 };
    let times: Vec<f64> = (0..60).map(|k| 0.0713 * f64::from(k)).collect();
    let values = times.iter().map(|t| (5.0 * t).sin()).collect();
    vec![
        NodeDrive { node: 4, signal: pulse },
        NodeDrive { node: 6, signal: Signal::Samples { times, values } },
    ]
}

fn start<N: Node>(n: usize) -> Vec<f64> {
    (0..n * (1 + N::STATES)).map(|i| 0.5 + 0.4 * (1.7 * i as f64).sin()).collect()
}

const TIMES: [f64; 3] = [0.0, 1.0, 4.0];

fn run<N: Node>(system: &TreeSystem, method: Method, dt: f64) -> Trajectory {
    let n = system.tree.len();
    let settings = Settings { method, dt: Some(dt), error: ErrorEstimation::Off, ..Settings::default() };
    let (x0, all): (_, Vec<usize>) = (start::<N>(n), (0..n * (1 + N::STATES)).collect());
    simulate_tree(system, &everywhere::<N>(n), &x0, &TIMES, &all, &settings, &unwatched).unwrap()
}

fn reference<N: Node>(system: &TreeSystem) -> Trajectory {
    let settings = Settings {
        method: Method::Dop853,
        rtol: 1e-12,
        atol: 1e-12,
        error: ErrorEstimation::Off,
        ..Settings::default()
    };
    let field = Field::<N>(system, std::marker::PhantomData);
    simulate(&field, &[], &start::<N>(system.tree.len()), &TIMES, &settings, &unwatched).unwrap()
}

/// The errors of v and of the local states, at the two recorded times together.
fn errors<N: Node>(system: &TreeSystem, truth: &Trajectory, method: Method, dt: f64) -> [f64; 2] {
    let (n, found) = (system.tree.len(), run::<N>(system, method, dt));
    let norm = |rows: std::ops::Range<usize>| {
        let square = |i: usize, k: usize| (found.x[(i, k)] - truth.x[(i, k)]).powi(2);
        rows.flat_map(|i| [square(i, 1), square(i, 2)]).sum::<f64>().sqrt()
    };
    [norm(0..n), norm(n..n * (1 + N::STATES))]
}

/// Orders over two halvings, for v and for the local states.
fn orders<N: Node>(drives: Vec<NodeDrive>, method: Method, dt: f64) -> [f64; 2] {
    let system = forest(drives);
    let truth = reference::<N>(&system);
    let (coarse, fine) =
        (errors::<N>(&system, &truth, method, dt), errors::<N>(&system, &truth, method, 0.25 * dt));
    [0, 1].map(|k| (coarse[k] / fine[k]).log2() / 2.0)
}

#[test]
fn both_methods_show_their_order_in_v_and_in_the_local_states() {
    for (method, order, dt) in [(Method::BackwardEuler, 1.0, 1e-3), (Method::CrankNicolson, 2.0, 2.5e-3)] {
        for found in [orders::<Gated>(sine(), method, dt), orders::<Cubic>(sine(), method, dt)] {
            assert!(found.iter().all(|o| (o - order).abs() < 0.05), "{}: {found:?}", method.name());
        }
    }
}

#[test]
fn neither_jumps_nor_kinks_of_a_drive_cost_an_order() {
    for (method, order, dt) in [(Method::BackwardEuler, 1.0, 1e-3), (Method::CrankNicolson, 2.0, 0.01)] {
        for found in [orders::<Gated>(rough(), method, dt), orders::<Cubic>(rough(), method, dt)] {
            assert!(found.iter().all(|o| (o - order).abs() < 0.1), "{}: {found:?}", method.name());
        }
    }
}

#[test]
fn what_is_recorded_and_when_changes_no_bit_of_the_run() {
    let system = forest(rough());
    let all = run::<Gated>(&system, Method::CrankNicolson, 0.01);
    let settings = Settings { dt: Some(0.01), error: ErrorEstimation::Off, ..Settings::default() };
    let times: Vec<f64> = (0..=400).map(|k| 0.01 * f64::from(k)).chain([4.0]).collect();
    let times = [&times[..100], &[1.0], &times[101..400], &[4.0]].concat();
    let reaction = everywhere::<Gated>(7);
    let one =
        simulate_tree(&system, &reaction, &start::<Gated>(7), &times, &[9], &settings, &unwatched).unwrap();
    assert_eq!((one.x[(0, 100)], one.x[(0, 400)]), (all.x[(9, 1)], all.x[(9, 2)]));
}

#[test]
fn between_steps_the_record_keeps_the_order() {
    let system = forest(sine());
    let (x0, times, all) = (start::<Gated>(7), [0.0, 1.0037, 1.0041, 4.0], (0..21).collect::<Vec<_>>());
    let field = Field::<Gated>(&system, std::marker::PhantomData);
    let exact = Settings {
        method: Method::Dop853,
        rtol: 1e-12,
        atol: 1e-12,
        error: ErrorEstimation::Off,
        ..Settings::default()
    };
    let truth = simulate(&field, &[], &x0, &times, &exact, &unwatched).unwrap();
    let settings = Settings { dt: Some(0.01), error: ErrorEstimation::Off, ..Settings::default() };
    let run =
        simulate_tree(&system, &everywhere::<Gated>(7), &x0, &times, &all, &settings, &unwatched).unwrap();
    for k in [1, 2] {
        for i in all.iter().copied() {
            // dt^2/8 times a second derivative of about 10, and the error of the method.
            assert!((run.x[(i, k)] - truth.x[(i, k)]).abs() < 2e-4, "{i} at {}", times[k]);
        }
    }
}

/// Two nodes in series behind a joint without capacity are two nodes with half the coupling.
#[test]
fn a_joint_without_capacity_is_a_resistance_in_series() {
    struct Decay;
    impl Reaction for Decay {
        fn states(&self) -> usize {
            0
        }
        fn linear(
            &self,
            _: f64,
            v: &[f64],
            _: &[f64],
            g: &mut [f64],
            j: &mut [f64],
            _: &mut Workspace,
        ) -> Result<(), EvalError> {
            j.fill(0.0);
            g.fill(0.0);
            g[0] = 0.3;
            g[v.len() - 1] = 0.1;
            Ok(())
        }
        fn advance(
            &self,
            _: f64,
            _: f64,
            _: &[f64],
            _: &mut [f64],
            _: &mut Workspace,
        ) -> Result<(), EvalError> {
            Ok(())
        }
    }
    let joined = TreeSystem {
        tree: Tree::new(&[None, Some(0), Some(1)]).unwrap(),
        capacity: vec![1.0, 0.0, 2.0],
        coupling: vec![0.0, 4.0, 4.0],
        drives: vec![NodeDrive { node: 2, signal: Signal::Step { onset: 0.35, value: 1.0 } }],
    };
    let direct = TreeSystem {
        tree: Tree::new(&[None, Some(0)]).unwrap(),
        capacity: vec![1.0, 2.0],
        coupling: vec![0.0, 2.0],
        drives: vec![NodeDrive { node: 1, ..joined.drives[0].clone() }],
    };
    let times: Vec<f64> = (0..=20).map(|k| 0.1 * f64::from(k)).collect();
    for method in [Method::BackwardEuler, Method::CrankNicolson] {
        let settings = Settings { method, ..Settings::default() };
        let a = simulate_tree(&joined, &Decay, &[1.0, 0.5, 0.0], &times, &[0, 1, 2], &settings, &unwatched)
            .unwrap();
        let b = simulate_tree(&direct, &Decay, &[1.0, 0.0], &times, &[0, 1], &settings, &unwatched).unwrap();
        for k in 0..times.len() {
            let near = |x: f64, y: f64| (x - y).abs() < 1e-13;
            assert!(near(a.x[(0, k)], b.x[(0, k)]) && near(a.x[(2, k)], b.x[(1, k)]));
            assert!(near(a.x[(1, k)], 0.5 * (a.x[(0, k)] + a.x[(2, k)])), "{}", method.name());
        }
    }
}

/// 400 nodes in a row, so finely cut that the step is 10^4 times the time of the fastest mode: after a jump at one end the
/// midpoint rule alone would alternate there for many steps.
#[test]
fn a_jump_does_not_ring_in_a_stiff_chain() {
    let n = 400;
    let parents: Vec<Option<usize>> = (0..n).map(|i: usize| i.checked_sub(1)).collect();
    let chain = TreeSystem {
        tree: Tree::new(&parents).unwrap(),
        capacity: vec![1.0 / n as f64; n],
        coupling: vec![n as f64; n],
        drives: vec![NodeDrive { node: 0, signal: Signal::Pulse { onset: 0.1, width: 0.1, amplitude: 1.0 } }],
    };
    let times: Vec<f64> = (0..=400).map(|k| 1e-3 * f64::from(k)).collect();
    struct Inert;
    impl Reaction for Inert {
        fn states(&self) -> usize {
            0
        }
        fn linear(
            &self,
            _: f64,
            _: &[f64],
            _: &[f64],
            g: &mut [f64],
            j: &mut [f64],
            _: &mut Workspace,
        ) -> Result<(), EvalError> {
            g.fill(0.0);
            j.fill(0.0);
            Ok(())
        }
        fn advance(
            &self,
            _: f64,
            _: f64,
            _: &[f64],
            _: &mut [f64],
            _: &mut Workspace,
        ) -> Result<(), EvalError> {
            Ok(())
        }
    }
    let run =
        simulate_tree(&chain, &Inert, &vec![0.0; n], &times, &[0, n - 1], &Settings::default(), &unwatched)
            .unwrap();
    let v = |k: usize| run.x[(0, k)];
    assert!((100..200).all(|k| v(k + 1) > v(k)), "it rises while the pulse lasts");
    assert!((201..400).all(|k| v(k + 1) < v(k)), "and falls after it");
    // A half-line takes up v(0, t) = 2 sqrt(t/pi) of a constant current (at t = 0.1 the far end is not felt to 1e-4): half a
    // cell from the end, that is less by half a cell's drop of 1/800.
    let known = 2.0 * (0.1 / std::f64::consts::PI).sqrt() - 0.5 / n as f64;
    assert!((v(200) - known).abs() < 2e-4, "{} {known}", v(200));
}

#[test]
fn the_estimate_of_the_error_is_the_error() {
    let system = forest(sine());
    let truth = reference::<Cubic>(&system);
    for method in [Method::BackwardEuler, Method::CrankNicolson] {
        let settings = Settings { method, dt: Some(0.01), ..Settings::default() };
        let all: Vec<usize> = (0..14).collect();
        let reaction = everywhere::<Cubic>(7);
        let run = simulate_tree(&system, &reaction, &start::<Cubic>(7), &TIMES, &all, &settings, &unwatched);
        let run = run.unwrap();
        let error = run.x.column(2).iter().zip(truth.x.column(2)).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
        let ratio = run.error.value.unwrap() / error.sqrt();
        assert!((0.9..1.1).contains(&ratio), "{}: {ratio}", method.name());
    }
}

#[test]
fn divergence_names_the_node_and_its_growth() {
    struct Explosive;
    impl Reaction for Explosive {
        fn states(&self) -> usize {
            0
        }
        fn linear(
            &self,
            _: f64,
            v: &[f64],
            _: &[f64],
            g: &mut [f64],
            j: &mut [f64],
            _: &mut Workspace,
        ) -> Result<(), EvalError> {
            g.fill(0.0);
            j.fill(0.0);
            (g[3], j[3]) = (-2.0 * v[3], -v[3] * v[3]);
            Ok(())
        }
        fn advance(
            &self,
            _: f64,
            _: f64,
            _: &[f64],
            _: &mut [f64],
            _: &mut Workspace,
        ) -> Result<(), EvalError> {
            Ok(())
        }
    }
    let times: Vec<f64> = (0..=100).map(|k| 0.1 * f64::from(k)).collect();
    let settings = Settings { dt: Some(1e-3), bound: 1e6, ..Settings::default() };
    let run = simulate_tree(&forest(vec![]), &Explosive, &[30.0; 7], &times, &[3], &settings, &unwatched);
    let run = run.unwrap();
    let Verdict::Diverged { time, variable, cause, .. } = &run.verdict else { panic!("{:?}", run.verdict) };
    assert!(*variable == 3 && cause.contains("node 3 grows by itself"), "{cause}");
    assert!(
        run.t.len() < 101 && *run.t.last().unwrap() <= *time && time - run.t.last().unwrap() < 0.1 + 1e-9
    );
    assert_eq!((run.x.cols(), run.error.value), (run.t.len(), None));
}

#[test]
fn a_run_stops_when_asked_and_keeps_what_it_has() {
    let system = forest(sine());
    let stop = |f: f64| if f > 0.1 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let times: Vec<f64> = (0..=100).map(|k| 0.04 * f64::from(k)).collect();
    let settings = Settings { dt: Some(1e-4), ..Settings::default() };
    let reaction = everywhere::<Gated>(7);
    let run = simulate_tree(&system, &reaction, &start::<Gated>(7), &times, &[0], &settings, &stop).unwrap();
    assert!(matches!(run.verdict, Verdict::Stopped { time } if time < 4.0));
    assert!(run.t.len() > 1 && run.t.len() < 101 && run.x.cols() == run.t.len());
    assert!(run.x.as_slice().iter().all(|x| x.is_finite()));
    let one = simulate_tree(&system, &reaction, &start::<Gated>(7), &[0.0], &[2], &settings, &unwatched);
    assert_eq!(one.unwrap().x.as_slice(), [start::<Gated>(7)[2]]);
}

#[test]
fn questions_that_make_no_sense_are_refused() {
    let reaction = everywhere::<Gated>(7);
    let ask = |system: &TreeSystem, x0: &[f64], recorded: &[usize], method| {
        let settings = Settings { method, ..Settings::default() };
        simulate_tree(system, &reaction, x0, &[0.0, 1.0], recorded, &settings, &unwatched)
            .unwrap_err()
            .to_string()
    };
    let (good, x0) = (forest(vec![]), start::<Gated>(7));
    assert!(ask(&good, &x0[1..], &[], Method::Auto).contains("initial state"));
    assert!(ask(&good, &x0, &[21], Method::Auto).contains("recorded = 21"));
    assert!(ask(&good, &x0, &[], Method::Tsit5).contains("crank_nicolson"));
    let with = |change: &dyn Fn(&mut TreeSystem)| {
        let mut system = good.clone();
        change(&mut system);
        ask(&system, &x0, &[0], Method::Auto)
    };
    assert!(with(&|s| s.capacity[2] = -1.0).contains("capacity = -1"));
    assert!(with(&|s| s.capacity.truncate(3)).contains("capacities has 3 entries"));
    assert!(with(&|s| s.coupling[2] = f64::NAN).contains("coupling = NaN"));
    assert!(with(&|s| s.capacity[1..3].fill(0.0)).contains("neither it nor its parent"));
    assert!(with(&|s| s.capacity[6] = 0.0).contains("neither a capacity nor a neighbor"));
    let drive = NodeDrive { node: 7, signal: Signal::Constant { value: 1.0 } };
    assert!(with(&|s| s.drives.push(drive.clone())).contains("node of a drive = 7"));
    let settings = Settings { method: Method::CrankNicolson, ..Settings::default() };
    let field = Field::<Gated>(&good, std::marker::PhantomData);
    let refused = simulate(&field, &[], &x0, &[0.0, 1.0], &settings, &unwatched);
    assert!(matches!(refused, Err(SimulateError::Unfit { .. })));
}
