//! How long do Rallpack 1 and 3 take, beside Arbor?
//!
//! A cable of 1 mm and 1 um in 1000 compartments for 0.25 s, passive or with Hodgkin and Huxley's channels, dt 0.05 ms, recorded at both
//! ends at every step; one thread, CPU time, in turn. Without the second run that estimates the error.
#![allow(clippy::print_stdout)]

#[path = "beside.rs"]
mod beside;

use beside::{Peer, compare, cpu};
use dynamics::field::{EvalError, NodeDrive, Reaction, Signal, TreeSystem, Workspace};
use dynamics::linalg::Tree;
use dynamics::simulate::{ErrorEstimation, Method, Settings, Trajectory, simulate_tree, unwatched};
use equations::elementary::exp;
use nullcline::dynamics;

const N: usize = 1000;
/// nF, uS and nA of one compartment of pi um^2.
const AREA: f64 = std::f64::consts::PI;
const LEAK: f64 = 2.5e-7 * AREA;

struct Passive;

impl Reaction for Passive {
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
        g.fill(LEAK);
        j.fill(-65.0 * LEAK);
        Ok(())
    }
    fn advance(&self, _: f64, _: f64, _: &[f64], _: &mut [f64], _: &mut Workspace) -> Result<(), EvalError> {
        Ok(())
    }
}

/// Hodgkin and Huxley's channels, written by hand.
struct Squid;

#[inline(always)]
fn exprel(x: f64) -> f64 {
    let y = x / (1.0 - exp(-x));
    if x.abs() < 1e-6 { 1.0 + 0.5 * x } else { y }
}

#[inline(always)]
fn gate(x: &mut f64, alpha: f64, beta: f64, h: f64) {
    let rate = alpha + beta;
    let rest = alpha / rate;
    *x = rest + (*x - rest) * exp(-h * rate);
}

/// One step of the gates, in whole vector registers: a type of its own, because a closure is not inlined surely.
struct Gates<'a> {
    dt: f64,
    v: &'a [f64],
    s: &'a mut [f64],
}

impl pulp::NullaryFnOnce for Gates<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let dt = self.dt;
        let (m, rest) = self.s.split_at_mut(N);
        let (h, n) = rest.split_at_mut(N);
        let (v, h, n) = (&self.v[..N], &mut h[..N], &mut n[..N]);
        for i in 0..N {
            let v = v[i];
            gate(&mut m[i], exprel((v + 40.0) / 10.0), 4.0 * exp((v + 65.0) / -18.0), dt);
            gate(&mut h[i], 0.07 * exp((v + 65.0) / -20.0), 1.0 / (1.0 + exp((v + 35.0) / -10.0)), dt);
            gate(&mut n[i], 0.1 * exprel((v + 55.0) / 10.0), 0.125 * exp((v + 65.0) / -80.0), dt);
        }
    }
}

impl Reaction for Squid {
    fn states(&self) -> usize {
        3 * N
    }
    fn linear(
        &self,
        _: f64,
        _: &[f64],
        s: &[f64],
        g: &mut [f64],
        j: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        let (m, rest) = s.split_at(N);
        let (h, n) = rest.split_at(N);
        for i in 0..N {
            let sodium = 1.2e-3 * AREA * (m[i] * m[i] * m[i] * h[i]);
            let potassium = 3.6e-4 * AREA * (n[i] * n[i] * (n[i] * n[i]));
            g[i] = sodium + potassium + LEAK;
            j[i] = 50.0 * sodium - 77.0 * potassium - 65.0 * LEAK;
        }
        Ok(())
    }
    fn advance(&self, dt: f64, _: f64, v: &[f64], s: &mut [f64], _: &mut Workspace) -> Result<(), EvalError> {
        pulp::Arch::new().dispatch(Gates { dt, v, s });
        Ok(())
    }
}

fn run(reaction: &dyn Reaction, method: Method) -> Trajectory {
    let parents: Vec<Option<usize>> = (0..N).map(|i| i.checked_sub(1)).collect();
    let cable = TreeSystem {
        tree: Tree::new(&parents).expect("a chain is a tree"),
        capacity: vec![1e-5 * AREA; N],
        coupling: vec![0.25 * AREA; N],
        drives: vec![NodeDrive { node: 0, signal: Signal::Constant { value: 0.1 } }],
    };
    let mut x0 = vec![-65.0; N];
    for rest in [0.052_932_485_257_249_58, 0.596_120_753_508_460_2, 0.317_676_914_060_697_6] {
        x0.extend(if reaction.states() > 0 { vec![rest; N] } else { vec![] });
    }
    let times: Vec<f64> = (0..=5000).map(|k| 0.05 * f64::from(k)).collect();
    let settings = Settings { method, dt: Some(0.05), error: ErrorEstimation::Off, ..Settings::default() };
    simulate_tree(&cable, reaction, &x0, &times, &[0, N - 1], &settings, &unwatched)
        .expect("a valid question")
}

fn main() {
    for (name, reaction) in [("rallpack1", &Passive as &dyn Reaction), ("rallpack3", &Squid)] {
        for method in [Method::CrankNicolson, Method::BackwardEuler] {
            let found = run(reaction, method);
            let far: Vec<f64> = (0..found.t.len()).map(|k| found.x[(1, k)]).collect();
            let spikes = far.windows(2).filter(|v| v[0] < 0.0 && v[1] >= 0.0).count();
            let what = format!(
                "{name} {} (far end {:.2} mV after {spikes} passages of 0)",
                method.name(),
                far[far.len() - 1]
            );
            compare(
                &what,
                9,
                || cpu(1, || run(reaction, method)),
                vec![Peer::start("Arbor", "rallpack.py", &[name])],
            );
        }
    }
}
