//! Every method finds the end of the tornado.

use dynamics::field::LinearSystem;
use dynamics::linalg::Matrix;
use dynamics::simulate::{Method, Settings, simulate_linear, unwatched};

fn tornado() -> LinearSystem {
    let (a, b, l) = (0.035, 10.5, 0.08);
    LinearSystem::new(Matrix::from_rows(&[[a, b, 0.0], [-b, a, 0.0], [0.0, 0.0, l]]))
}

#[test]
fn every_method_finds_the_end_of_the_tornado() {
    let want = [4.035143017690633, -0.22351879544645858, 11.023176380641601];
    for (name, tolerance) in
        [("auto", 1e-11), ("bs32", 0.2), ("ode45", 1e-3), ("tsit5", 1e-3), ("dop853", 1e-3), ("rk4", 1e-3)]
    {
        let settings =
            Settings { method: Method::from_name(name).unwrap(), dt: Some(0.005), ..Settings::default() };
        let times: Vec<f64> = (0..=1000).map(|k| 0.03 * k as f64).collect();
        let run = simulate_linear(&tornado(), &[1.0; 3], &times, &settings, &unwatched).unwrap();
        let e = run.x.column(1000).iter().zip(want).map(|(x, k)| (x - k).powi(2)).sum::<f64>().sqrt();
        println!("{name} {e} {:?} {} {} {}", run.error, run.steps, run.rejected, run.reason);
        assert!(e < tolerance, "{name}: {e}");
    }
}
