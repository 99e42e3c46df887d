//! What do events cost: to look for them on the way, to land on them, and to end trials by them?
//!
//! In process; without the second run that estimates the error; one thread, CPU time.
#![allow(clippy::print_stdout)]

#[path = "beside.rs"]
mod beside;

use beside::{compare, cpu};
use dynamics::field::{
    Action, Drive, EvalError, Guard, Hold, Hybrid, LinearSystem, Signal, VectorField, Workspace,
};
use dynamics::linalg::Matrix;
use dynamics::simulate::{ErrorEstimation, Method, Settings, simulate, simulate_hybrid, unwatched};

/// The van der Pol oscillator at mu = 1.
struct Oscillator;

impl VectorField for Oscillator {
    fn dimension(&self) -> usize {
        2
    }
    fn eval(
        &self,
        t: &[f64],
        _: &[f64],
        x: &[f64],
        dx: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        let lanes = t.len();
        for l in 0..lanes {
            let (a, b) = (x[l], x[lanes + l]);
            (dx[l], dx[lanes + l]) = (b, (1.0 - a * a) * b - a);
        }
        Ok(())
    }
}

/// The oscillator, whose upward passages through 0 are noted.
struct Observed([Guard; 1]);

impl Hybrid for Observed {
    fn flow(&self) -> &dyn VectorField {
        &Oscillator
    }
    fn guards(&self) -> &[Guard] {
        &self.0
    }
    fn guard(
        &self,
        _: &[f64],
        _: &[f64],
        x: &[f64],
        g: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        g.copy_from_slice(&x[..g.len()]);
        Ok(())
    }
    fn jump(&self, _: usize, _: f64, _: &[f64], _: &mut [f64], _: &mut Workspace) -> Result<(), EvalError> {
        Ok(())
    }
}

/// Leaky units, tau 20, from 15 to 0, held for 2, each with its own drive.
struct Population {
    flow: LinearSystem,
    guards: Vec<Guard>,
}

impl Population {
    fn new(n: usize) -> Self {
        let mut flow = LinearSystem::new(Matrix::diagonal(&vec![-0.05; n]));
        flow.g = (0..n).map(|i| (16.0 + 10.0 * i as f64 / n as f64) / 20.0).collect();
        // A drive that all share, so that the exact flow has something to do.
        let signal = Signal::Sine { onset: 0.0, amplitude: 0.1, frequency: 0.01, phase: 0.0 };
        flow.drives.push(Drive { direction: vec![1.0; n], signal });
        let action = |i| Action::Jump { hold: Some(Hold { variables: vec![i], duration: 2.0 }) };
        let guards = (0..n).map(|i| Guard { action: action(i), keeps_state: false }).collect();
        Self { flow, guards }
    }
}

impl Hybrid for Population {
    fn flow(&self) -> &dyn VectorField {
        &self.flow
    }
    fn linear(&self) -> Option<&LinearSystem> {
        Some(&self.flow)
    }
    fn guards(&self) -> &[Guard] {
        &self.guards
    }
    fn guard(
        &self,
        _: &[f64],
        _: &[f64],
        x: &[f64],
        g: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        g.iter_mut().zip(x).for_each(|(g, x)| *g = x - 15.0);
        Ok(())
    }
    fn jump(&self, k: usize, _: f64, _: &[f64], x: &mut [f64], _: &mut Workspace) -> Result<(), EvalError> {
        x[k] = 0.0;
        Ok(())
    }
}

fn main() {
    let settings = |method| Settings { method, error: ErrorEstimation::Off, ..Settings::default() };
    let (x0, times) = ([2.0, 0.0], [0.0, 200.0]);
    for method in [Method::Tsit5, Method::Dop853] {
        let plain = || simulate(&Oscillator, &[], &x0, &times, &settings(method), &unwatched).expect("valid");
        let system = Observed([Guard::new(Action::Observe)]);
        let observed =
            || simulate_hybrid(&system, &[], &x0, &times, &settings(method), &unwatched).expect("valid");
        let (steps, events) = (plain().steps, observed().events.len());
        compare(&format!("oscillator {}, {steps} steps", method.name()), 9, || cpu(20, plain), vec![]);
        let what = format!("oscillator {}, observed, {events} events", method.name());
        compare(&what, 9, || cpu(20, observed), vec![]);
    }
    for n in [1, 10, 100, 300] {
        let system = Population::new(n);
        for method in [Method::Expm, Method::Tsit5] {
            let run = || {
                simulate_hybrid(&system, &[], &vec![0.0; n], &[0.0, 300.0], &settings(method), &unwatched)
                    .expect("valid")
            };
            let found = run();
            let what = format!(
                "{n} leaky units, {}, {} events, {} steps",
                method.name(),
                found.events.len(),
                found.trajectory.steps
            );
            compare(&what, 3, || cpu((2000 / n / n).max(1), run), vec![]);
        }
    }
}
