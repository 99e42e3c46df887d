//! How long is one Euler step of a dense rate network, beside NumPy?
//!
//! tau dv/dt = -v + tanh(M v) + h with N units, tau = 10 ms and dt = 0.1 ms, one thread, CPU time where the system
//! tells it, in turn with NumPy.

#![allow(clippy::print_stdout)]

#[path = "beside.rs"]
mod beside;

use beside::{Peer, compare, cpu};
use nullcline::dynamics::simulate::{ErrorEstimation, Method, Settings, simulate, unwatched};
use nullcline::network::{
    Network, PerUnit, Population, Projection, Rate, Structure, SystemKind, Transfer, lower,
};

fn main() {
    for (n, steps) in [(200, 20_000), (1000, 2000), (4000, 100)] {
        let step = euler(n);
        let peer = Peer::start("numpy", "rate_network.py", &[&n.to_string(), &steps.to_string()]);
        compare(&format!("one step of a rate network, N = {n}"), 9, || step(steps), vec![peer]);
    }
}

/// A function that makes so many steps and says how many milliseconds each took.
fn euler(n: usize) -> impl Fn(usize) -> f64 {
    let rate = Rate { tau: PerUnit::Same(0.01), transfer: Transfer::Tanh { gain: 1.0 }, ..Rate::default() };
    let mut population = Population::new("v", n, rate);
    population.init = PerUnit::Normal { mean: 0.0, sd: 0.1 };
    let network = Network {
        populations: vec![population],
        projections: vec![Projection::new(0, 0, Structure::Gaussian { g: 1.5 })],
        inputs: vec![],
        seed: 1,
    };
    let system = lower(&network).expect("the network is sound");
    move |steps| {
        let SystemKind::Field { field, .. } = &system.kind else { unreachable!("tanh is not linear") };
        let settings = Settings {
            method: Method::Euler,
            dt: Some(1e-4),
            error: ErrorEstimation::Off,
            ..Settings::default()
        };
        let times = [0.0, 1e-4 * steps as f64];
        let mut run = None;
        let ms =
            cpu(1, || run = Some(simulate(field.as_ref(), &[], &system.x0, &times, &settings, &unwatched)));
        let run = run.expect("it ran").expect("a valid question");
        assert_eq!(run.steps, steps);
        assert!(run.x.column(1).iter().all(|x| x.abs() < 1.0));
        ms / steps as f64
    }
}
