//! The tornado to t = 30 at rtol 1e-6, in process, without the second run that estimates the error.
#![allow(clippy::print_stdout)]

use dynamics::field::LinearSystem;
use dynamics::linalg::Matrix;
use dynamics::simulate::{ErrorEstimation, Method, Settings, simulate, simulate_linear, unwatched};
use std::time::Instant;

fn main() {
    let (a, b, l) = (0.035, 10.5, 0.08);
    let tornado = LinearSystem::new(Matrix::from_rows(&[[a, b, 0.0], [-b, a, 0.0], [0.0, 0.0, l]]));
    let end = [4.035143017690633, -0.22351879544645858, 11.023176380641601];
    println!("{:8} {:>9} {:>7} {:>9}", "method", "ms", "steps", "error");
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
        let mut all: Vec<f64> = (0..101)
            .map(|_| {
                let start = Instant::now();
                std::hint::black_box(run());
                start.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        all.sort_by(f64::total_cmp);
        println!("{:8} {:9.3} {:7} {error:9.1e}", method.name(), all[50], found.steps);
    }
}
