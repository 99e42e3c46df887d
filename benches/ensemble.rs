//! 10 000 trajectories of FitzHugh and Nagumo's equations, each with its own step and error control, on two threads.
#![allow(clippy::print_stdout)]

use dynamics::field::{EvalError, VectorField, Workspace};
use dynamics::linalg::Matrix;
use dynamics::simulate::{ErrorEstimation, Method, Settings, ensemble, unwatched};
use std::time::Instant;

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
    println!("{:8} {:>9} {:>9} {:>9} {:>9}", "method", "ms", "ms (dyn)", "steps", "rejected");
    for method in [Method::BogackiShampine32, Method::DormandPrince54, Method::Tsit5, Method::Dop853] {
        let settings = Settings { method, error: ErrorEstimation::Off, ..Settings::default() };
        let times = [0.0, 50.0];
        let run =
            || ensemble(&FitzHughNagumo, &[], &x0s, &times, &settings, &unwatched).expect("a valid question");
        let field: &dyn VectorField = &FitzHughNagumo;
        let run_dyn = || ensemble(field, &[], &x0s, &times, &settings, &unwatched).expect("a valid question");
        let counts = run();
        let (fast, slow) = (median(15, run), median(15, run_dyn));
        println!("{:8} {fast:9.2} {slow:9.2} {:9} {:9}", method.name(), counts.steps, counts.rejected);
    }
}

/// The median time of `k` runs in milliseconds.
fn median<T>(k: usize, run: impl Fn() -> T) -> f64 {
    let mut all: Vec<f64> = (0..k)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(run());
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    all.sort_by(f64::total_cmp);
    all[k / 2]
}
