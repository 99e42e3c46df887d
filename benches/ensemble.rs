//! How long do 10 000 trajectories of FitzHugh and Nagumo's equations take, each with its own step and error control?
//!
//! Two threads, wall time, in turn with diffrax (vmap) and SciPy.
#![allow(clippy::print_stdout)]

#[path = "beside.rs"]
mod beside;

use beside::{Peer, compare, wall};
use dynamics::field::{EvalError, VectorField, Workspace};
use dynamics::linalg::Matrix;
use dynamics::simulate::{ErrorEstimation, Method, Settings, ensemble, ensemble_of, unwatched};

/// v' = v - v^3/3 - w + 0.5, w' = 0.08 (v + 0.7 - 0.8 w).
struct FitzHughNagumo;

impl VectorField for FitzHughNagumo {
    fn dimension(&self) -> usize {
        2
    }
    #[inline(always)]
    fn eval(
        &self,
        t: &[f64],
        _: &[f64],
        x: &[f64],
        dx: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        let (v, w) = x.split_at(t.len());
        let (dv, dw) = dx.split_at_mut(t.len());
        for (((v, w), dv), dw) in v.iter().zip(w).zip(dv).zip(dw) {
            *dv = v - v * v * v / 3.0 - w + 0.5;
            *dw = 0.08 * (v + 0.7 - 0.8 * w);
        }
        Ok(())
    }
}

fn main() {
    let grid = |k: usize| -3.0 + 6.0 * k as f64 / 99.0;
    let x0s = Matrix::from_fn(2, 10_000, |i, j| if i == 0 { grid(j % 100) } else { grid(j / 100) });
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("two threads can be started");
    for method in [Method::BogackiShampine32, Method::DormandPrince54, Method::Tsit5, Method::Dop853] {
        let settings = Settings { method, error: ErrorEstimation::Off, ..Settings::default() };
        let times = [0.0, 50.0];
        let run = || {
            let all = || ensemble_of(&FitzHughNagumo, &[], &x0s, &times, &settings, &unwatched);
            pool.install(all).expect("a valid question")
        };
        let counts = run();
        let what =
            format!("ensemble {} ({} steps, {} rejected)", method.name(), counts.steps, counts.rejected);
        let peers = match method {
            Method::DormandPrince54 => vec![
                Peer::start("scipy RK45 stacked", "ensemble.py", &["stacked"]),
                Peer::start("scipy RK45 one by one", "ensemble.py", &["loop"]),
            ],
            Method::Tsit5 => vec![Peer::start("diffrax Tsit5 vmap", "ensemble.py", &["diffrax"])],
            _ => vec![],
        };
        compare(&what, 9, || wall(run), peers);
        let field: &dyn VectorField = &FitzHughNagumo;
        let run_dyn = || {
            let all = || ensemble(field, &[], &x0s, &times, &settings, &unwatched);
            pool.install(all).expect("a valid question")
        };
        compare(&format!("ensemble {} through dyn", method.name()), 9, || wall(run_dyn), vec![]);
    }
}
