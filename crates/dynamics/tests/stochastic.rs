//! Stochastic systems against closed forms: strong and weak orders, interpretations, first passages, trials.

#![allow(clippy::unwrap_used)]

use dynamics::field::{
    Action, EvalError, Guard, Hold, Hybrid, Interpretation, NoiseStructure, Stochastic, VectorField,
    Workspace,
};
use dynamics::linalg::Matrix;
use dynamics::simulate::{
    Crossings, Draw, ErrorEstimation, Method, Settings, SimulateError, Trials, Verdict, Wiener,
    simulate_diffusion, simulate_trials, unwatched,
};

type Slope = fn(&[f64], &mut [f64]);
type GuardFn = fn(usize, &[f64]) -> f64;
type JumpFn = fn(usize, &mut [f64]);

/// A system from functions of one state.
struct System {
    n: usize,
    m: usize,
    f: Slope,
    /// Entries of G, one after the other.
    g: Slope,
    entries: Vec<(usize, usize)>,
    structure: NoiseStructure,
    sense: Interpretation,
    guards: Vec<Guard>,
    guard: GuardFn,
    jump: JumpFn,
}

fn each_lane(lanes: usize, n: usize, x: &[f64], out: &mut [f64], f: impl Fn(&[f64], &mut [f64])) {
    let (mut state, mut slope) = (vec![0.0; n], vec![0.0; out.len() / lanes]);
    for l in 0..lanes {
        (0..n).for_each(|i| state[i] = x[i * lanes + l]);
        f(&state, &mut slope);
        slope.iter().enumerate().for_each(|(i, s)| out[i * lanes + l] = *s);
    }
}

impl VectorField for System {
    fn dimension(&self) -> usize {
        self.n
    }
    fn eval(
        &self,
        t: &[f64],
        _: &[f64],
        x: &[f64],
        dx: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        each_lane(t.len(), self.n, x, dx, self.f);
        Ok(())
    }
}

impl Stochastic for System {
    fn drift(&self) -> &dyn VectorField {
        self
    }
    fn interpretation(&self) -> Interpretation {
        self.sense
    }
    fn noises(&self) -> usize {
        self.m
    }
    fn entries(&self) -> &[(usize, usize)] {
        &self.entries
    }
    fn structure(&self) -> NoiseStructure {
        self.structure
    }
    fn diffusion(
        &self,
        t: &[f64],
        _: &[f64],
        x: &[f64],
        g: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        each_lane(t.len(), self.n, x, g, self.g);
        Ok(())
    }
    fn hybrid(&self) -> Option<&dyn Hybrid> {
        if self.guards.is_empty() { None } else { Some(self) }
    }
}

impl Hybrid for System {
    fn flow(&self) -> &dyn VectorField {
        self
    }
    fn guards(&self) -> &[Guard] {
        &self.guards
    }
    fn guard(
        &self,
        t: &[f64],
        _: &[f64],
        x: &[f64],
        g: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        each_lane(t.len(), self.n, x, g, |x, g| (0..g.len()).for_each(|k| g[k] = (self.guard)(k, x)));
        Ok(())
    }
    fn jump(&self, k: usize, _: f64, _: &[f64], x: &mut [f64], _: &mut Workspace) -> Result<(), EvalError> {
        (self.jump)(k, x);
        Ok(())
    }
}

fn system(n: usize, f: Slope, g: Slope, entries: &[(usize, usize)], structure: NoiseStructure) -> System {
    let m = entries.iter().map(|e| e.1 + 1).max().unwrap_or(0);
    System {
        n,
        m,
        f,
        g,
        entries: entries.to_vec(),
        structure,
        sense: Interpretation::Ito,
        guards: Vec::new(),
        guard: |_, _| -1.0,
        jump: |_, _| {},
    }
}

const A: f64 = 0.5;
const B: f64 = 0.8;

/// dx = A x dt + B x dW.
fn geometric(sense: Interpretation) -> System {
    let f: Slope = |x, dx| dx[0] = A * x[0];
    System { sense, ..system(1, f, |x, g| g[0] = B * x[0], &[(0, 0)], NoiseStructure::Diagonal) }
}

fn once(s: &System, x0: &[f64], method: Method, dt: f64, draw: Draw) -> Vec<f64> {
    let settings = Settings { method, dt: Some(dt), error: ErrorEstimation::Off, ..Settings::default() };
    let run = simulate_diffusion(s, &[], x0, &[0.0, 1.0], &settings, draw, &unwatched).unwrap();
    assert_eq!(run.trajectory.verdict, Verdict::Completed);
    run.trajectory.x.column(1).to_vec()
}

/// W(1) of each noise of a trial of seed 0.
fn wiener(trial: u64, m: usize) -> Vec<f64> {
    let path = Wiener::new(0, trial, 1.0 / 16.0, 0);
    let (mut sum, mut dw) = (vec![0.0; m], vec![0.0; m]);
    for step in 0..16 {
        path.increments(step, &mut dw);
        sum.iter_mut().zip(&dw).for_each(|(s, w)| *s += w);
    }
    sum
}

/// The mean of |x - exact| and of x - exact at 1, by halvings of the step 1/16, over paths.
fn errors(
    s: &System,
    method: Method,
    halvings: u32,
    paths: usize,
    exact: &dyn Fn(&[f64]) -> f64,
) -> (f64, f64) {
    let settings = Settings { method, dt: Some(1.0 / 16.0), ..Settings::default() };
    let (start, draw) = (Matrix::from_rows(&[[1.0]]), Draw { trial: 0, halvings });
    let all = simulate_trials(s, &[], &start, paths, &[0.0, 1.0], &settings, draw, &unwatched).unwrap();
    let (mut strong, mut weak) = (0.0, 0.0);
    for trial in 0..paths {
        let error = all.ensemble.state(trial, 1)[0] - exact(&wiener(trial as u64, s.m));
        strong += error.abs() / paths as f64;
        weak += error / paths as f64;
    }
    (strong, weak)
}

#[test]
fn the_systems_of_these_tests_satisfy_the_laws() {
    dynamics::field::laws::check_stochastic(&geometric(Interpretation::Ito), &[], &[0.7], 0.3).unwrap();
    dynamics::field::laws::check_stochastic(&exit(), &[], &[0.2], 0.0).unwrap();
}

#[test]
fn geometric_brownian_motion_shows_the_strong_orders() {
    // Four halvings; sampling leaves the measured order of 1000 paths uncertain by some 0.05.
    for (sense, correction) in [(Interpretation::Ito, 0.5 * B * B), (Interpretation::Stratonovich, 0.0)] {
        let s = geometric(sense);
        let exact = |w: &[f64]| f64::exp(A - correction + B * w[0]);
        for (method, order) in [(Method::EulerMaruyama, 0.5), (Method::Milstein, 1.0), (Method::Heun, 1.0)] {
            let (coarse, _) = errors(&s, method, 2, 1000, &exact);
            let (fine, _) = errors(&s, method, 6, 1000, &exact);
            let found = (coarse / fine).log2() / 4.0;
            assert!((found - order).abs() < 0.1, "{sense:?} {method:?}: {found} from {coarse:e}, {fine:e}");
        }
    }
}

#[test]
fn the_weak_order_is_one() {
    // E x(1) of Euler-Maruyama is (1 + A h)^(1/h); the exact solution of the same path is the control variate.
    let s = geometric(Interpretation::Ito);
    let exact = |w: &[f64]| f64::exp(A - 0.5 * B * B + B * w[0]);
    for halvings in [0, 1] {
        let h = 1.0 / f64::from(16 << halvings);
        let bias = (1.0 + A * h).powf(1.0 / h) - A.exp();
        let (strong, weak) = errors(&s, Method::EulerMaruyama, halvings, 20_000, &exact);
        // The strong error is about the deviation of one sample.
        let sampling = 4.0 * 1.5 * strong / 20_000f64.sqrt();
        assert!((weak - bias).abs() < sampling, "{weak} is not {bias} within {sampling}");
    }
}

#[test]
fn two_noises_that_commute_keep_order_one() {
    // dx = A x dt + 0.5 x dW1 + 0.4 x dW2, Ito.
    let g: Slope = |x, g| (g[0], g[1]) = (0.5 * x[0], 0.4 * x[0]);
    let s = system(1, |x, dx| dx[0] = A * x[0], g, &[(0, 0), (0, 1)], NoiseStructure::General);
    let exact = |w: &[f64]| f64::exp(A - 0.5 * 0.41 + 0.5 * w[0] + 0.4 * w[1]);
    let (coarse, _) = errors(&s, Method::Milstein, 2, 500, &exact);
    let (fine, _) = errors(&s, Method::Milstein, 6, 500, &exact);
    let found = (coarse / fine).log2() / 4.0;
    assert!((found - 1.0).abs() < 0.1, "{found}");
}

#[test]
fn milstein_refuses_noises_that_do_not_commute() {
    // Rotation by one noise, translation by the other.
    let g: Slope = |x, g| (g[0], g[1], g[2]) = (1.0, x[1], -x[0]);
    let s = system(2, |_, dx| dx.fill(0.0), g, &[(0, 0), (0, 1), (1, 1)], NoiseStructure::General);
    let ask = |method| {
        let settings = Settings { method, dt: Some(0.01), ..Settings::default() };
        simulate_diffusion(&s, &[], &[1.0, 0.0], &[0.0, 1.0], &settings, Draw::default(), &unwatched)
    };
    let Err(SimulateError::Unfit { method: "milstein", reason }) = ask(Method::Milstein) else { panic!() };
    assert!(reason.contains("take `euler_maruyama`"));
    assert!(matches!(ask(Method::Rk4), Err(SimulateError::Unfit { .. })));
    let auto = ask(Method::Auto).unwrap().trajectory;
    assert_eq!(auto.method, "euler_maruyama");
    assert!(auto.reason.contains("not known to commute"), "{}", auto.reason);
}

#[test]
fn additive_noise_gives_every_method_order_one() {
    // The double well x - x^3 with noise 0.5, against 1/2^11.
    let f: Slope = |x, dx| dx[0] = x[0] - x[0].powi(3);
    let s = system(1, f, |_, g| g[0] = 0.5, &[(0, 0)], NoiseStructure::Additive);
    for method in [Method::EulerMaruyama, Method::Heun, Method::Milstein] {
        let mean = |halvings| {
            let error = |trial| {
                let end = |halvings| once(&s, &[0.5], method, 1.0 / 16.0, Draw { trial, halvings })[0];
                (end(halvings) - end(7)).abs()
            };
            (0..100).map(error).sum::<f64>()
        };
        let found = (mean(0) / mean(4)).log2() / 4.0;
        assert!((found - 1.0).abs() < 0.15, "{method:?}: {found}");
    }
}

#[test]
fn the_two_interpretations_have_their_means() {
    // E x(1) = exp(A) for Ito, exp(A + B^2/2) for Stratonovich; 20 000 trials, four standard errors.
    for (sense, mean) in
        [(Interpretation::Ito, A.exp()), (Interpretation::Stratonovich, (A + 0.5 * B * B).exp())]
    {
        let settings = Settings { dt: Some(1.0 / 256.0), seed: 3, ..Settings::default() };
        let start = Matrix::from_rows(&[[1.0]]);
        let s = geometric(sense);
        let found =
            simulate_trials(&s, &[], &start, 20_000, &[0.0, 1.0], &settings, Draw::default(), &unwatched);
        let found = found.unwrap().ensemble;
        let average = (0..20_000).map(|k| found.state(k, 1)[0]).sum::<f64>() / 20_000.0;
        let deviation = mean * ((B * B).exp() - 1.0).sqrt();
        assert!(
            (average - mean).abs() < 4.0 * deviation / 20_000f64.sqrt(),
            "{sense:?}: {average} is not {mean}"
        );
    }
}

#[test]
fn half_the_step_along_the_same_path_tells_the_error() {
    let s = geometric(Interpretation::Ito);
    let (mut told, mut made) = (0.0, 0.0);
    for trial in 0..50 {
        let settings = Settings { dt: Some(1.0 / 16.0), ..Settings::default() };
        let draw = Draw { trial, halvings: 3 };
        let run = simulate_diffusion(&s, &[], &[1.0], &[0.0, 1.0], &settings, draw, &unwatched).unwrap();
        told += run.trajectory.error.value.unwrap();
        made += (run.trajectory.x[(0, 1)] - f64::exp(A - 0.5 * B * B + B * wiener(trial, 1)[0])).abs();
    }
    // Order 1: the distance is half the error.
    assert!(told > 0.3 * made && told < made, "{told} {made}");
}

/// Brownian motion with drift 0.5 and noise 1, absorbed at 1 and at -1.
fn exit() -> System {
    let s = system(1, |_, dx| dx[0] = 0.5, |_, g| g[0] = 1.0, &[(0, 0)], NoiseStructure::Additive);
    let guards = vec![Guard::new(Action::Stop), Guard::new(Action::Stop)];
    System { guards, guard: |k, x| if k == 0 { x[0] - 1.0 } else { -1.0 - x[0] }, ..s }
}

fn exits(s: &System, trials: usize, dt: f64) -> Trials {
    let settings = Settings { dt: Some(dt), seed: 11, ..Settings::default() };
    let start = Matrix::from_rows(&[[0.0]]);
    simulate_trials(s, &[], &start, trials, &[0.0, 40.0], &settings, Draw::default(), &unwatched).unwrap()
}

#[test]
fn first_passages_have_their_mean_time_and_their_chance() {
    // P(up) = 1/(1 + exp(-2 mu a/sigma^2)); mean time a/mu tanh(mu a/sigma^2). Without the bridge, the step of 0.05 would
    // make the mean time 25 % too long (by 0.58 sqrt(dt) at each border).
    let trials = 20_000;
    let found = exits(&exit(), trials, 0.05);
    let (mut up, mut sum, mut squares) = (0, 0.0, 0.0);
    for verdict in &found.ensemble.verdicts {
        let Verdict::Ended { time, guard } = verdict else { panic!("{verdict:?}") };
        up += usize::from(*guard == 0);
        (sum, squares) = (sum + time, squares + time * time);
    }
    let count = trials as f64;
    let (chance, mean) = (1.0 / (1.0 + (-1f64).exp()), 2.0 * 0.5f64.tanh());
    let (p, t) = (up as f64 / count, sum / count);
    let error = ((squares / count - t * t) / count).sqrt();
    assert!((p - chance).abs() < 4.0 * (chance * (1.0 - chance) / count).sqrt(), "{p} is not {chance}");
    // The place of a crossing within its step is not known: another 1 % of the mean.
    assert!((t - mean).abs() < 4.0 * error + 0.01 * mean, "{t} is not {mean} within {error}");
    assert!(found.events.iter().all(|e| e.len() == 1));
}

#[test]
fn trials_have_the_same_bits_for_any_number_of_threads() {
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| exits(&exit(), 1000, 0.01))
    };
    let (one, four) = (run(1), run(4));
    assert_eq!(one.ensemble.verdicts, four.ensemble.verdicts);
    assert_eq!(one.events, four.events);
}

#[test]
fn a_trial_is_the_path_that_its_number_names() {
    let s = geometric(Interpretation::Ito);
    let settings = Settings { dt: Some(0.01), error: ErrorEstimation::Off, ..Settings::default() };
    let times = [0.0, 0.5, 0.995, 1.0];
    let start = Matrix::from_rows(&[[1.0]]);
    let all = simulate_trials(&s, &[], &start, 100, &times, &settings, Draw::default(), &unwatched).unwrap();
    for trial in [0, 7, 99] {
        let draw = Draw { trial: trial as u64, halvings: 0 };
        let one = simulate_diffusion(&s, &[], &[1.0], &times, &settings, draw, &unwatched).unwrap();
        assert_eq!(one.trajectory.x, all.ensemble.trajectory(trial));
    }
}

#[test]
fn events_without_noise_are_those_of_the_hybrid_system() {
    // tau x' = -x + 20, from 15 to 0, held for 2: without noise the intervals are those of the closed form, but for the step.
    let hold = Some(Hold { variables: vec![0], duration: 2.0 });
    let s = system(
        1,
        |x, dx| dx[0] = (20.0 - x[0]) / 20.0,
        |_, g| g[0] = 0.0,
        &[(0, 0)],
        NoiseStructure::Additive,
    );
    let guards = vec![Guard::new(Action::Jump { hold })];
    let s = System { guards, guard: |_, x| x[0] - 15.0, jump: |_, x| x[0] = 0.0, ..s };
    let settings = Settings { dt: Some(0.01), error: ErrorEstimation::Off, ..Settings::default() };
    let run =
        simulate_diffusion(&s, &[], &[0.0], &[0.0, 1000.0], &settings, Draw::default(), &unwatched).unwrap();
    let period = 2.0 + 20.0 * 4f64.ln();
    assert_eq!(run.events.len(), 33);
    for (k, event) in run.events.iter().enumerate() {
        let want = (k + 1) as f64 * period - 2.0;
        assert!((event.time - want).abs() < 0.01 * (k + 1) as f64, "{} is not {want}", event.time);
    }
}

#[test]
fn a_jump_loses_no_part_of_its_step() {
    // dx = (2 - x) dt from 0 to 1: ln 2, and y' = 1 - y is left alone. A jump at the end of its step would make each interval
    // half a step longer, 0.05 here.
    let f: Slope = |x, dx| (dx[0], dx[1]) = (2.0 - x[0], 1.0 - x[1]);
    let s = system(2, f, |_, g| g[0] = 0.0, &[(0, 0)], NoiseStructure::Additive);
    let s = System { guards: vec![Guard::jump()], guard: |_, x| x[0] - 1.0, jump: |_, x| x[0] = 0.0, ..s };
    let settings = Settings { dt: Some(0.1), error: ErrorEstimation::Off, ..Settings::default() };
    let run =
        simulate_diffusion(&s, &[], &[0.0; 2], &[0.0, 70.0], &settings, Draw::default(), &unwatched).unwrap();
    let interval = run.events[99].time / 100.0;
    // What is left is of second order in the step: 0.01/4.
    assert!((interval - 2f64.ln()).abs() < 3e-3, "{interval}");
    assert!((run.trajectory.x[(1, 1)] - 1.0).abs() < 1e-9);
}

#[test]
fn a_path_that_leaves_its_bound_is_told() {
    let s = system(1, |x, dx| dx[0] = x[0].powi(3), |_, g| g[0] = 0.1, &[(0, 0)], NoiseStructure::Additive);
    let settings = Settings { dt: Some(0.01), bound: 1e6, ..Settings::default() };
    let times = [0.0, 0.1, 5.0];
    let run = simulate_diffusion(&s, &[], &[1.0], &times, &settings, Draw::default(), &unwatched).unwrap();
    assert!(
        matches!(run.trajectory.verdict, Verdict::Diverged { variable: 0, .. }),
        "{:?}",
        run.trajectory.verdict
    );
    assert_eq!(run.trajectory.t, [0.0, 0.1]);
    assert_eq!(run.trajectory.error.value, None);
}

/// The rates of two variables that compete for evidence of 12.8 % from 0.5 on; x = (own, other, noise, noise, time).
fn rates(x: &[f64]) -> [f64; 2] {
    let evidence = if x[4] < 0.499_9 { [0.0; 2] } else { [30.0 * 1.128, 30.0 * 0.872] };
    [0, 1].map(|i| {
        let current = 0.2609 * x[i] - 0.0497 * x[1 - i] + 0.3255 + 5.2e-4 * evidence[i] + x[2 + i];
        let drive = 270.0 * current - 108.0;
        drive / (1.0 - (-0.154 * drive).exp())
    })
}

#[test]
fn two_thousand_decisions_have_their_accuracy_and_their_time() {
    // Wong and Wang (2006), reduced to two variables, each with an Ornstein-Uhlenbeck noise of 2 ms; a rate of 15 decides. The
    // values, 0.940 and 0.314 s, are from an independent program, uncertain by 0.03 and 3 %.
    let f: Slope = |x, dx| {
        for (i, rate) in rates(x).into_iter().enumerate() {
            dx[i] = -x[i] / 0.1 + (1.0 - x[i]) * 0.641 * rate;
            dx[2 + i] = -x[2 + i] / 0.002;
        }
        dx[4] = 1.0;
    };
    let g: Slope = |_, g| g.fill(0.02 / 0.002f64.sqrt());
    let s = system(5, f, g, &[(2, 0), (3, 1)], NoiseStructure::Additive);
    let guards = vec![Guard::new(Action::Stop), Guard::new(Action::Stop)];
    let guard: GuardFn = |k, x| if x[4] < 0.5 { -1.0 } else { rates(x)[k] - 15.0 };
    let s = System { guards, guard, ..s };
    let start = Matrix::from_columns(5, 1, vec![0.1, 0.1, 0.0, 0.0, 0.0]);
    let decide = |trials: usize, method, crossings, halvings| -> (f64, f64) {
        let settings = Settings { method, dt: Some(5e-4), seed: 1, crossings, ..Settings::default() };
        let draw = Draw { trial: 0, halvings };
        let found = simulate_trials(&s, &[], &start, trials, &[0.0, 4.5], &settings, draw, &unwatched);
        let (mut right, mut sum, mut decided) = (0.0, 0.0, 0.0);
        for verdict in &found.unwrap().ensemble.verdicts {
            if let Verdict::Ended { time, guard } = verdict {
                decided += 1.0;
                right += if *guard == 0 { 1.0 } else { 0.0 };
                sum += time - 0.5;
            }
        }
        assert!(decided > 0.99 * trials as f64, "{decided}");
        (right / decided, sum / decided)
    };
    // The published program looks at the rates after each step.
    let (accuracy, time) = decide(2000, Method::EulerMaruyama, Crossings::AtSteps, 0);
    assert!((accuracy - 0.940).abs() < 0.03, "{accuracy}");
    assert!((time / 0.314 - 1.0).abs() < 0.05, "{time}");
    // Watched in between too, the same steps give what a quarter of the step gives along the same paths, and a tenth less. By
    // Heun: at this step Euler makes the variance of the noise a seventh too large.
    let between = |halvings| decide(500, Method::Heun, Crossings::Between, halvings).1;
    let (coarse, fine) = (between(0), between(2));
    assert!((coarse / fine - 1.0).abs() < 0.03 && coarse < 0.97 * time, "{coarse} {fine}");
}
