//! The error that a run of fixed step tells is about the true one, also where the end, breakpoints or events cut its steps: each
//! engine against a closed form, with one step for the whole run (`dt` is longer) and with all steps cut.

use dynamics::field::{
    Delayed, EvalError, Guard, History, Hybrid, Interpretation, NoiseStructure, Reaction, Stochastic,
    TreeSystem, VectorField, Workspace,
};
use dynamics::linalg::Tree;
use dynamics::simulate::{
    Draw, Method, Settings, SimulateError, Trajectory, Verdict, simulate, simulate_delayed,
    simulate_diffusion, simulate_hybrid, simulate_tree, unwatched,
};

/// dx/dt = r x, asked to stop at some times.
struct Growth(f64, Vec<f64>);

impl VectorField for Growth {
    fn dimension(&self) -> usize {
        1
    }
    fn eval(
        &self,
        _: &[f64],
        _: &[f64],
        x: &[f64],
        dx: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        dx.iter_mut().zip(x).for_each(|(d, x)| *d = self.0 * x);
        Ok(())
    }
    fn breakpoints(&self, t0: f64, t1: f64) -> Vec<f64> {
        self.1.iter().copied().filter(|&t| t0 < t && t < t1).collect()
    }
}

fn settings(method: Method, dt: f64) -> Settings {
    Settings { method, dt: Some(dt), ..Settings::default() }
}

/// Whether the told error is within a factor 2.5 of the true one: the order 1 of an order-2 method's damped first steps costs 1.5.
#[track_caller]
fn is_honest(run: &Trajectory, exact: &[f64]) {
    assert_eq!(run.verdict, Verdict::Completed);
    let last = run.x.column(run.x.cols() - 1);
    let error = last.iter().zip(exact).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
    let told = run.error.value.unwrap_or_else(|| panic!("{:?}", run.error));
    assert!(error > 1e-12, "nothing is tested: {error:e}");
    assert!(
        (error / 2.5..2.5 * error).contains(&told),
        "{}: told {told:e}, and it is wrong by {error:e}",
        run.method
    );
}

#[test]
fn a_step_longer_than_the_run_is_halved_by_the_control_of_a_field() {
    for (method, end) in [(Method::Euler, 0.01), (Method::Heun, 0.1), (Method::Rk4, 0.3)] {
        for cuts in [vec![], vec![0.3 * end, 0.8 * end]] {
            let field = Growth(-1.0, cuts);
            for dt in [5.0, end, 0.45 * end] {
                let run =
                    simulate(&field, &[], &[1.0], &[0.0, end], &settings(method, dt), &unwatched).unwrap();
                is_honest(&run, &[(-end).exp()]);
            }
        }
    }
}

/// Grows from 1 and falls back to it at 1.05: x(0.1) = exp(0.1)/1.05.
struct Sawtooth(Growth, [Guard; 1]);

impl Hybrid for Sawtooth {
    fn flow(&self) -> &dyn VectorField {
        &self.0
    }
    fn guards(&self) -> &[Guard] {
        &self.1
    }
    fn guard(
        &self,
        _: &[f64],
        _: &[f64],
        x: &[f64],
        g: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        g.iter_mut().zip(x).for_each(|(g, x)| *g = x - 1.05);
        Ok(())
    }
    fn jump(&self, _: usize, _: f64, _: &[f64], x: &mut [f64], _: &mut Workspace) -> Result<(), EvalError> {
        x[0] = 1.0;
        Ok(())
    }
}

#[test]
fn a_step_that_an_event_cuts_is_halved_by_the_control_of_a_hybrid_system() {
    for (method, end) in
        [(Method::Heun, 0.06), (Method::Heun, 0.09), (Method::Heun, 0.12), (Method::Rk4, 0.12)]
    {
        for cuts in [vec![], vec![0.02, 0.07]] {
            let system = Sawtooth(Growth(1.0, cuts), [Guard::jump()]);
            let events = f64::floor(end / 1.05f64.ln()) as i32;
            for dt in [5.0, end, 0.45 * end] {
                let asked = settings(method, dt);
                let run = simulate_hybrid(&system, &[], &[1.0], &[0.0, end], &asked, &unwatched).unwrap();
                assert_eq!(run.events.len(), events as usize);
                is_honest(&run.trajectory, &[end.exp() / 1.05f64.powi(events)]);
            }
        }
    }
}

/// dx/dt = -x - x(t - 1), with x = 1 before 0: 2 exp(-t) - 1 until 1.
struct Feedback;

impl Delayed for Feedback {
    fn dimension(&self) -> usize {
        1
    }
    fn delays(&self, _: &[f64]) -> Vec<f64> {
        vec![1.0]
    }
    fn eval(
        &self,
        _: &[f64],
        _: &[f64],
        x: &[f64],
        past: &[f64],
        dx: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        dx.iter_mut().zip(x.iter().zip(past)).for_each(|(dx, (x, past))| *dx = -x - past);
        Ok(())
    }
}

#[test]
fn a_step_longer_than_the_run_is_halved_by_the_control_of_a_delayed_system() {
    for (method, end) in [(Method::Euler, 0.01), (Method::Heun, 0.1), (Method::Rk4, 0.3)] {
        for dt in [5.0, end, 0.45 * end] {
            let (asked, times) = (settings(method, dt), [0.0, end]);
            let run = simulate_delayed(&Feedback, &[], History::Constant, &[1.0], &times, &asked, &unwatched);
            is_honest(&run.unwrap(), &[2.0 * (-end).exp() - 1.0]);
        }
    }
}

/// Nothing happens at the nodes, but it is looked at them at some times.
struct Inert(Vec<f64>);

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
    fn advance(&self, _: f64, _: f64, _: &[f64], _: &mut [f64], _: &mut Workspace) -> Result<(), EvalError> {
        Ok(())
    }
    fn breakpoints(&self, _: f64, _: f64) -> Vec<f64> {
        self.0.clone()
    }
}

#[test]
fn a_step_longer_than_the_run_is_halved_by_the_control_of_a_tree() {
    // Two vessels with a pipe: the difference, 3 at first, decays at the rate 1.5, and x0 + 2 x1 = 3 stays.
    for (method, end) in [(Method::BackwardEuler, 0.005f64), (Method::CrankNicolson, 0.05)] {
        for cuts in [vec![], vec![0.3 * end, 0.8 * end]] {
            let tree = Tree::new(&[None, Some(0)]).unwrap();
            let vessels =
                TreeSystem { tree, capacity: vec![1.0, 2.0], coupling: vec![0.0, 1.0], drives: vec![] };
            let difference = 3.0 * (-1.5 * end).exp();
            for dt in [5.0, end, 0.45 * end] {
                let (asked, times) = (settings(method, dt), [0.0, end]);
                let reaction = Inert(cuts.clone());
                let run =
                    simulate_tree(&vessels, &reaction, &[3.0, 0.0], &times, &[0, 1], &asked, &unwatched);
                is_honest(&run.unwrap(), &[1.0 + 2.0 * difference / 3.0, 1.0 - difference / 3.0]);
            }
        }
    }
}

/// Decay with so little noise that the drift makes the error.
struct Quiet(Growth);

impl Stochastic for Quiet {
    fn drift(&self) -> &dyn VectorField {
        &self.0
    }
    fn interpretation(&self) -> Interpretation {
        Interpretation::Ito
    }
    fn noises(&self) -> usize {
        1
    }
    fn entries(&self) -> &[(usize, usize)] {
        &[(0, 0)]
    }
    fn structure(&self) -> NoiseStructure {
        NoiseStructure::Additive
    }
    fn diffusion(
        &self,
        _: &[f64],
        _: &[f64],
        _: &[f64],
        g: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        g.fill(1e-14);
        Ok(())
    }
}

#[test]
fn a_step_longer_than_the_run_is_halved_by_the_control_of_a_path() {
    for (method, end) in [(Method::EulerMaruyama, 0.01), (Method::Heun, 0.1)] {
        for cuts in [vec![], vec![0.3 * end, 0.8 * end]] {
            let system = Quiet(Growth(-1.0, cuts));
            for dt in [5.0, end] {
                let (asked, times) = (settings(method, dt), [0.0, end]);
                let run =
                    simulate_diffusion(&system, &[], &[1.0], &times, &asked, Draw::default(), &unwatched);
                is_honest(&run.unwrap().trajectory, &[(-end).exp()]);
            }
        }
    }
}

#[test]
fn a_step_shorter_than_the_limit_of_steps_allows_is_refused_before_the_first() {
    let tiny = settings(Method::Rk4, 1e-300);
    let is_refused = |found: Result<(), SimulateError>| match found {
        Err(SimulateError::TooManySteps { steps, .. }) => assert!(steps > 1e299, "{steps:e}"),
        other => panic!("{other:?}"),
    };
    let times = [0.0, 10.0];
    is_refused(simulate(&Growth(-1.0, vec![]), &[], &[1.0], &times, &tiny, &unwatched).map(|_| ()));
    let system = Sawtooth(Growth(1.0, vec![]), [Guard::jump()]);
    is_refused(simulate_hybrid(&system, &[], &[1.0], &times, &tiny, &unwatched).map(|_| ()));
    let history = History::Constant;
    is_refused(simulate_delayed(&Feedback, &[], history, &[1.0], &times, &tiny, &unwatched).map(|_| ()));
    let asked = Settings { method: Method::Auto, ..tiny };
    let (quiet, draw) = (Quiet(Growth(-1.0, vec![])), Draw::default());
    is_refused(simulate_diffusion(&quiet, &[], &[1.0], &times, &asked, draw, &unwatched).map(|_| ()));
}

#[test]
fn a_delay_shorter_than_the_limit_of_steps_allows_is_refused_before_the_first_step() {
    let few = Settings { max_steps: 5, ..Settings::default() };
    let found = simulate_delayed(&Feedback, &[], History::Constant, &[1.0], &[0.0, 10.0], &few, &unwatched);
    let text = found.unwrap_err().to_string();
    assert!(text.contains("a delay of 1e0 over a time of 10 asks for 1.0e1 steps"), "{text}");
}
