//! A rate network with symmetric M and a rising F descends its energy, which closed forms and quadrature give alike.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use dynamics::analyze::energy_along;
use dynamics::simulate::{Settings, simulate, unwatched};
use linalg::Matrix;
use nullcline::network::{
    Network, PerUnit, Population, Projection, Rate, Structure, SystemKind, Transfer, connectivity, lower,
};
use nullcline::{dynamics, linalg};

#[test]
fn the_energy_of_a_symmetric_network_never_rises() {
    let n = 8;
    let m = Matrix::from_fn(n, n, |i, j| 1.3 * ((i * j) as f64).cos() / (n as f64).sqrt());
    for transfer in [
        Transfer::Tanh { gain: 1.5 },
        Transfer::Logistic { gain: 4.0, threshold: 0.2 },
        Transfer::Softplus { gain: 2.0 },
    ] {
        let mut population = Population::new(
            "v",
            n,
            Rate { transfer, bias: PerUnit::Uniform { low: -0.5, high: 0.5 }, ..Rate::default() },
        );
        population.init = PerUnit::Uniform { low: 0.1, high: 0.9 };
        let network = Network {
            populations: vec![population],
            projections: vec![Projection::new(0, 0, Structure::Matrix(m.clone()))],
            inputs: vec![],
            seed: 4,
        };
        let system = lower(&network).unwrap();
        let SystemKind::Field { field, .. } = &system.kind else { panic!("F is not linear") };
        let times: Vec<f64> = (0..60).map(|k| 0.1 * f64::from(k)).collect();
        let run =
            simulate(field.as_ref(), &[], &system.x0, &times, &Settings::default(), &unwatched).unwrap();
        let h = connectivity(&network).unwrap().h;
        let by_quadrature = energy_along(&m, &h, &|u| transfer.apply(u), &run.x);
        let closed = |v: &[f64]| {
            let field: f64 = m.mul_vec(v).iter().zip(&h).zip(v).map(|((m, h), v)| (0.5 * m + h) * v).sum();
            v.iter().map(|&v| transfer.inverse_integral(v).unwrap()).sum::<f64>() - field
        };
        // The quadrature integrates from F(0), the closed form from 0: they differ by a constant.
        let energies: Vec<f64> = (0..run.x.cols()).map(|k| closed(run.x.column(k))).collect();
        let first = by_quadrature.values[0].unwrap();
        for (e, q) in energies.iter().zip(&by_quadrature.values) {
            assert!((e - energies[0] - (q.unwrap() - first)).abs() < 1e-9, "{transfer:?}: {e} {q:?}");
        }
        assert!(energies.windows(2).all(|e| e[1] < e[0] + 1e-13) && energies[0] - energies[59] > 1e-3);
        assert!(by_quadrature.largest_rise <= by_quadrature.rounding);
    }
}
