//! The macaque cortex of 29 areas in the linear regime of Chaudhuri et al. (2015): its slowest time constants.
//!
//! Equations, with h the hierarchy over its largest value and FLN [post, pre]:
//!
//! ```text
//! 20 ms dE_i/dt = -E_i + 0.066 ((1 + 0.68 h_i)(24.3 E_i + 33.7 sum_j FLN_ij E_j) - 19.7 I_i)
//! 10 ms dI_i/dt = -I_i + 0.351 ((1 + 0.68 h_i)(12.2 E_i + 25.3 sum_j FLN_ij E_j) - 12.5 I_i)
//! ```
//!
//! Reference: Chaudhuri, Knoblauch, Gariel, Kennedy, Wang (2015), A large-scale circuit mechanism for hierarchical dynamical
//! processing in the primate cortex.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use linalg::{Matrix, eigenvalues};
use nullcline::linalg;
use nullcline::network::{
    Network, PerUnit, Population, Projection, Rate, Sign, Structure, SystemKind, Weight, lower,
};
use std::io::Write;
use std::path::Path;

/// A column of areas.csv by name, or the numbers of fln.csv without its labels.
fn table(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn the_macaque_cortex_has_a_hierarchy_of_time_constants() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/macaque_fln29");
    if !folder.is_dir() {
        // Past the capture of the test harness, which would swallow it.
        let _ = writeln!(std::io::stderr(), "skipped: {} is not there", folder.display());
        return;
    }
    let areas = table(&folder.join("areas.csv"));
    let hierarchy: Vec<f64> = areas.iter().map(|r| r[1].parse().unwrap()).collect();
    let rows = table(&folder.join("fln.csv"));
    let fln: Matrix = Matrix::from_fn(29, 29, |i, j| rows[i][rows[i].len() - 29 + j].parse().unwrap());
    let highest = hierarchy.iter().copied().fold(0.0, f64::max);
    let scale: Vec<f64> = hierarchy.iter().map(|h| 1.0 + 0.68 * h / highest).collect();
    let excitation = |beta: f64, own: f64, long_range: f64| {
        let own = |i, j| if i == j { own } else { 0.0 };
        Structure::Matrix(Matrix::from_fn(29, 29, |i, j| {
            beta * scale[i] * (own(i, j) + long_range * fln[(i, j)])
        }))
    };
    let inhibition = |w: f64| Structure::OneToOne { weight: Weight::Same(w) };
    let population = |name: &str, sign, tau| Population {
        sign: Some(sign),
        ..Population::new(name, 29, Rate { tau: PerUnit::Same(tau), ..Rate::default() })
    };
    let cortex = Network {
        populations: vec![population("E", Sign::Excitatory, 0.020), population("I", Sign::Inhibitory, 0.010)],
        projections: vec![
            Projection::new(0, 0, excitation(0.066, 24.3, 33.7)),
            Projection::new(0, 1, excitation(0.351, 12.2, 25.3)),
            Projection::new(1, 0, inhibition(0.066 * 19.7)),
            Projection::new(1, 1, inhibition(0.351 * 12.5)),
        ],
        inputs: vec![],
        seed: 1,
    };
    let SystemKind::Linear(system) = lower(&cortex).unwrap().kind else { panic!("F is linear") };
    let slowest: Vec<f64> = eigenvalues(&system.a).unwrap().iter().map(|z| -1e3 / z.re).collect();
    let expected = [760.34240587, 603.43590653, 322.88061285, 293.72117655, 253.89872665, 247.60753676];
    for (found, expected) in slowest.iter().zip(expected) {
        // Eight decimals are given; they are sensitive to rounding in proportion to the time constant.
        assert!((found / expected - 1.0).abs() < 1e-9, "{found} ms, not {expected}");
    }
}
