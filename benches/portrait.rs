//! How long does a complete phase portrait take (nullclines, fixed points, separatrices, cycles, basins, 400 streamlines)?
//!
//! Right-hand sides written in Rust, Jacobians by differences; wall time of one call on the threads that there are.
#![allow(clippy::print_stdout)]

use dynamics::analyze::phase_plane::{PhasePortrait, PortraitSettings, Rectangle, portrait};
use dynamics::field::{EvalError, VectorField, Workspace};
use dynamics::simulate::unwatched;
use std::time::Instant;

/// A planar field as a formula.
struct Formula<F>(F);

impl<F: Fn(f64, f64) -> (f64, f64) + Sync> VectorField for Formula<F> {
    fn dimension(&self) -> usize {
        2
    }
    fn eval(
        &self,
        t: &[f64],
        _: &[f64],
        x: &[f64],
        dx: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        let lanes = t.len();
        for l in 0..lanes {
            (dx[l], dx[lanes + l]) = (self.0)(x[l], x[lanes + l]);
        }
        Ok(())
    }
}

fn measure(name: &str, field: &dyn VectorField, x: [f64; 2], y: [f64; 2]) {
    let all = PortraitSettings::new(Rectangle { x, y });
    let lines = PortraitSettings { basins: 0, ..all.clone() };
    let curves = PortraitSettings { streamlines: 0, ..lines.clone() };
    let time = |settings: &PortraitSettings| {
        let mut spells: Vec<f64> = Vec::new();
        let mut found: Option<PhasePortrait> = None;
        for _ in 0..5 {
            let start = Instant::now();
            found = portrait(field, &[], settings, &unwatched).ok();
            spells.push(1e3 * start.elapsed().as_secs_f64());
        }
        spells.sort_by(f64::total_cmp);
        (spells[2], found)
    };
    let ((curves, _), (lines, _), (whole, found)) = (time(&curves), time(&lines), time(&all));
    let Some(found) = found else { return println!("{name}: refused") };
    println!(
        "{name:24} curves {curves:6.1} ms   with streamlines {lines:6.1} ms   with basins {whole:6.1} ms   {} points, {} cycles, \
         {} separatrices, {} streamlines",
        found.fixed_points.len(),
        found.cycles.len(),
        found.separatrices.len(),
        found.streamlines.len()
    );
}

fn main() {
    let cubic = |i: f64| move |v: f64, w: f64| (v - v.powi(3) / 3.0 - w + i, 0.08 * (v + 0.7 - 0.8 * w));
    measure("FitzHugh-Nagumo", &Formula(cubic(0.5)), [-2.5, 2.5], [-1.0, 2.0]);
    measure("FitzHugh-Nagumo, two", &Formula(cubic(0.325)), [-2.5, 2.5], [-1.0, 2.0]);
    let ml = |i: f64, g: f64, v3: f64, v4: f64, phi: f64| {
        move |v: f64, w: f64| {
            let m = 0.5 * (1.0 + ((v + 1.2) / 18.0).tanh());
            let steady = 0.5 * (1.0 + ((v - v3) / v4).tanh());
            let rate = phi * ((v - v3) / (2.0 * v4)).cosh();
            ((i - g * m * (v - 120.0) - 8.0 * w * (v + 84.0) - 2.0 * (v + 60.0)) / 20.0, rate * (steady - w))
        }
    };
    measure("Morris-Lecar, Hopf", &Formula(ml(90.0, 4.4, 2.0, 30.0, 0.04)), [-70.0, 50.0], [-0.1, 0.7]);
    measure(
        "Morris-Lecar, SNIC",
        &Formula(ml(38.0, 4.0, 12.0, 17.4, 1.0 / 15.0)),
        [-70.0, 50.0],
        [-0.1, 0.7],
    );
    let rate = |i: f64| {
        let a = 270.0 * i - 108.0;
        if a.abs() < 1e-9 { 1.0 / 0.154 } else { a / (1.0 - (-0.154 * a).exp()) }
    };
    let slow = |mu: f64| {
        move |a: f64, b: f64| {
            let input = 0.3255 + 5.2e-4 * mu;
            let (x, y) = (0.2609 * a - 0.0497 * b + input, 0.2609 * b - 0.0497 * a + input);
            (-a / 0.1 + (1.0 - a) * 0.641 * rate(x), -b / 0.1 + (1.0 - b) * 0.641 * rate(y))
        }
    };
    measure("Wong-Wang, mu0 = 0", &Formula(slow(0.0)), [0.0, 0.8], [0.0, 0.8]);
    measure("Wong-Wang, mu0 = 30", &Formula(slow(30.0)), [0.0, 0.8], [0.0, 0.8]);
    let f = |gain: f64, threshold: f64, x: f64| {
        1.0 / (1.0 + (-gain * (x - threshold)).exp()) - 1.0 / (1.0 + (gain * threshold).exp())
    };
    let rates = move |e: f64, i: f64| {
        (-e + f(1.3, 4.0, 16.0 * e - 12.0 * i + 1.25), -i + f(2.0, 3.7, 15.0 * e - 3.0 * i))
    };
    measure("Wilson-Cowan", &Formula(rates), [-0.1, 1.0], [-0.1, 1.0]);
    measure("van der Pol", &Formula(|x, y| (y, (1.0 - x * x) * y - x)), [-3.0, 3.0], [-4.0, 4.0]);
    let stiff = |x: f64, y: f64| (y, 1000.0 * (1.0 - x * x) * y - x);
    measure("van der Pol, mu = 1000", &Formula(stiff), [-2.5, 2.5], [-1500.0, 1500.0]);
    measure("pendulum", &Formula(|x: f64, y| (y, -x.sin())), [-4.0, 4.0], [-3.0, 3.0]);
    measure("saddle", &Formula(|x, y: f64| (x, -y)), [-1.0, 1.0], [-1.0, 1.0]);
}
