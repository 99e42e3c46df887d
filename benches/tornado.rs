//! How long does the tornado to t = 30 take at rtol 1e-6, in process, beside SciPy and diffrax?
//!
//! Without the second run that estimates the error; one thread, CPU time, in turn.
#![allow(clippy::print_stdout)]

#[path = "beside.rs"]
mod beside;

use beside::{Peer, compare, cpu};
use dynamics::field::LinearSystem;
use dynamics::linalg::Matrix;
use dynamics::simulate::{ErrorEstimation, Method, Settings, simulate, simulate_linear, unwatched};

/// Runs in a row, because the clock ticks.
const REPEATS: usize = 300;

fn main() {
    let (a, b, l) = (0.035, 10.5, 0.08);
    let tornado = LinearSystem::new(Matrix::from_rows(&[[a, b, 0.0], [-b, a, 0.0], [0.0, 0.0, l]]));
    let end = [4.035143017690633, -0.22351879544645858, 11.023176380641601];
    for method in
        [Method::Expm, Method::BogackiShampine32, Method::DormandPrince54, Method::Tsit5, Method::Dop853]
    {
        let settings = Settings { method, error: ErrorEstimation::Off, ..Settings::default() };
        let run = || {
            if method == Method::Expm {
                simulate_linear(&tornado, &[1.0; 3], &[0.0, 30.0], &settings, &unwatched)
            } else {
                simulate(&tornado, &[], &[1.0; 3], &[0.0, 30.0], &settings, &unwatched)
            }
            .expect("a valid question")
        };
        let found = run();
        let error = found.x.column(1).iter().zip(end).map(|(x, e)| (x - e).powi(2)).sum::<f64>().sqrt();
        let what = format!("tornado {} ({} steps, error {error:.1e})", method.name(), found.steps);
        let peers = match method {
            Method::DormandPrince54 => vec![Peer::start("scipy RK45", "tornado.py", &["RK45"])],
            Method::Tsit5 => vec![Peer::start("diffrax Tsit5", "tornado.py", &["diffrax"])],
            Method::Dop853 => vec![Peer::start("scipy DOP853", "tornado.py", &["DOP853"])],
            _ => vec![],
        };
        compare(&what, 15, || cpu(REPEATS, run), peers);
    }
}
