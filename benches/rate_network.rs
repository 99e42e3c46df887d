//! How long is one Euler step of a dense rate network, beside NumPy?
//!
//! tau dv/dt = -v + tanh(M v) + h with N units, tau = 10 ms and dt = 0.1 ms, one thread, CPU time where the system
//! tells it. The peer, `peers/rate_network.py`, runs in turn with it, round by round, because machines are noisy and ratios are not.

#![allow(clippy::print_stdout)]

use nullcline::dynamics::simulate::{ErrorEstimation, Method, Settings, simulate, unwatched};
use nullcline::network::{
    Network, PerUnit, Population, Projection, Rate, Structure, SystemKind, Transfer, lower,
};
use std::process::Command;
use std::time::Instant;

const ROUNDS: usize = 7;

fn main() {
    for (n, steps) in [(200, 20_000), (1000, 2000), (4000, 100)] {
        let step = euler(n);
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(step(steps));
            theirs.extend(peer(n, steps));
        }
        let ours = median(ours);
        match theirs.is_empty() {
            true => println!("N = {n}: {ours:.1} us a step (no Python with NumPy for the peer)"),
            false => {
                let theirs = median(theirs);
                println!("N = {n}: {ours:.1} us a step, NumPy {theirs:.1}, ratio {:.2}", ours / theirs);
            }
        }
    }
}

/// A function that makes so many steps and says how many microseconds each took.
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
        let start = Clock::start();
        let run = simulate(field.as_ref(), &[], &system.x0, &times, &settings, &unwatched)
            .expect("a valid question");
        let seconds = start.seconds();
        assert_eq!(run.steps, steps);
        assert!(run.x.column(1).iter().all(|x| x.abs() < 1.0));
        seconds / steps as f64 * 1e6
    }
}

/// CPU time of this thread, as the kernel of Linux counts it, or else wall time.
struct Clock(Option<f64>, Instant);

impl Clock {
    fn start() -> Self {
        Self(cpu(), Instant::now())
    }

    fn seconds(&self) -> f64 {
        match (self.0, cpu()) {
            (Some(start), Some(end)) => end - start,
            _ => self.1.elapsed().as_secs_f64(),
        }
    }
}

fn cpu() -> Option<f64> {
    let nanoseconds = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    nanoseconds.split(' ').next()?.parse().ok().map(|ns: f64| ns * 1e-9)
}

/// NumPy's microseconds a step, if there is a Python with NumPy.
fn peer(n: usize, steps: usize) -> Option<f64> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../benches/peers/rate_network.py");
    let python = std::env::var("NULLCLINE_PYTHON").unwrap_or_else(|_| "python3".into());
    let mut command = Command::new(python);
    command.args([script, &n.to_string(), &steps.to_string()]);
    for variable in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"] {
        command.env(variable, "1");
    }
    let output = command.output().ok().filter(|o| o.status.success())?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

fn median(mut x: Vec<f64>) -> f64 {
    x.sort_by(f64::total_cmp);
    x[x.len() / 2]
}
