//! Hybrid systems from closures, and the classical ones.

use dynamics::field::{Action, EvalError, Guard, Hold, Hybrid, LinearSystem, VectorField, Workspace};
use dynamics::linalg::Matrix;
use dynamics::simulate::{ErrorEstimation, HybridTrajectory, Method, Settings, simulate_hybrid, unwatched};

type SlopeFn = Box<dyn Fn(f64, &[f64], &mut [f64]) + Sync>;

/// A flow from a closure, one lane at a time.
pub struct Flow(pub usize, pub SlopeFn, pub Vec<f64>);

impl VectorField for Flow {
    fn dimension(&self) -> usize {
        self.0
    }
    fn eval(
        &self,
        t: &[f64],
        _: &[f64],
        x: &[f64],
        dx: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        let (n, lanes) = (self.0, t.len());
        let mut slope = vec![0.0; n];
        for l in 0..lanes {
            let state: Vec<f64> = (0..n).map(|i| x[i * lanes + l]).collect();
            (self.1)(t[l], &state, &mut slope);
            (0..n).for_each(|i| dx[i * lanes + l] = slope[i]);
        }
        Ok(())
    }
    fn breakpoints(&self, t0: f64, t1: f64) -> Vec<f64> {
        self.2.iter().copied().filter(|&t| t0 < t && t < t1).collect()
    }
}

type GuardFn = Box<dyn Fn(usize, f64, &[f64]) -> f64 + Sync>;
type JumpFn = Box<dyn Fn(usize, f64, &mut [f64]) + Sync>;

/// A hybrid system from closures.
pub struct System {
    pub flow: Flow,
    pub linear: Option<LinearSystem>,
    pub guards: Vec<Guard>,
    pub guard: GuardFn,
    pub jump: JumpFn,
}

impl Hybrid for System {
    fn flow(&self) -> &dyn VectorField {
        match &self.linear {
            Some(linear) => linear,
            None => &self.flow,
        }
    }
    fn linear(&self) -> Option<&LinearSystem> {
        self.linear.as_ref()
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
        let lanes = t.len();
        for l in 0..lanes {
            let state: Vec<f64> = x.iter().skip(l).step_by(lanes).copied().collect();
            (0..self.guards.len()).for_each(|k| g[k * lanes + l] = (self.guard)(k, t[l], &state));
        }
        Ok(())
    }
    fn jump(&self, k: usize, t: f64, _: &[f64], x: &mut [f64], _: &mut Workspace) -> Result<(), EvalError> {
        (self.jump)(k, t, x);
        Ok(())
    }
}

/// A system with a flow from a closure.
pub fn nonlinear(
    n: usize,
    f: impl Fn(f64, &[f64], &mut [f64]) + Sync + 'static,
    guards: Vec<Guard>,
    guard: impl Fn(usize, f64, &[f64]) -> f64 + Sync + 'static,
    jump: impl Fn(usize, f64, &mut [f64]) + Sync + 'static,
) -> System {
    let flow = Flow(n, Box::new(f), Vec::new());
    System { flow, linear: None, guards, guard: Box::new(guard), jump: Box::new(jump) }
}

/// A system with a linear flow dx/dt = A x + g.
pub fn linear(
    a: Matrix,
    g: Vec<f64>,
    guards: Vec<Guard>,
    guard: impl Fn(usize, f64, &[f64]) -> f64 + Sync + 'static,
    jump: impl Fn(usize, f64, &mut [f64]) + Sync + 'static,
) -> System {
    let n = a.rows();
    let mut system = LinearSystem::new(a);
    system.g = g;
    let flow = Flow(n, Box::new(|_, _, _| {}), Vec::new());
    System { flow, linear: Some(system), guards, guard: Box::new(guard), jump: Box::new(jump) }
}

/// tau x' = -x + drive; from threshold to 0, where it rests for 2.
pub fn leaky(drive: f64) -> System {
    let hold = Some(Hold { variables: vec![0], duration: 2.0 });
    linear(
        Matrix::from_rows(&[[-1.0 / 20.0]]),
        vec![drive / 20.0],
        vec![Guard::new(Action::Jump { hold })],
        |_, _, x| x[0] - 15.0,
        |_, _, x| x[0] = 0.0,
    )
}

/// x' = x^2 + c; from 10 to `reset`.
pub fn quadratic(c: f64, reset: f64) -> System {
    let f = move |_: f64, x: &[f64], dx: &mut [f64]| dx[0] = x[0] * x[0] + c;
    nonlinear(1, f, vec![Guard::jump()], |_, _, x| x[0] - 10.0, move |_, _, x| x[0] = reset)
}

/// A ball above a floor: height and velocity, gravity 9.81; `e` of the velocity is left after a bounce.
pub fn ball(e: f64) -> System {
    linear(
        Matrix::from_rows(&[[0.0, 1.0], [0.0, 0.0]]),
        vec![0.0, -9.81],
        vec![Guard::jump()],
        |_, _, x| -x[0],
        move |_, _, x| x[1] *= -e,
    )
}

/// A run with this method and tolerance.
pub fn run(system: &System, x0: &[f64], times: &[f64], method: Method, rtol: f64) -> HybridTrajectory {
    let settings = Settings { method, rtol, atol: rtol * 1e-3, dt: Some(0.01), ..Settings::default() };
    simulate_hybrid(system, &[], x0, times, &settings, &unwatched).unwrap()
}

/// A run without the second one.
pub fn run_once(system: &System, x0: &[f64], times: &[f64], settings: Settings) -> HybridTrajectory {
    let settings = Settings { error: ErrorEstimation::Off, ..settings };
    simulate_hybrid(system, &[], x0, times, &settings, &unwatched).unwrap()
}
