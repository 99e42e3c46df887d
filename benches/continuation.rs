//! How long does a diagram take: equilibria alone, and with the cycles born on them?
//!
//! Right-hand sides and Jacobians written in Rust; wall time of one call on the threads that there are, median of five.
#![allow(clippy::print_stdout)]

use dynamics::analyze::continuation::{
    BranchKind, ContinuationSettings, Diagram, FollowCycles, continuation,
};
use dynamics::field::{EvalError, JacobianKind, VectorField, Workspace};
use dynamics::simulate::unwatched;
use linalg::Matrix;
use std::time::Instant;

/// Writes f, and if asked the Jacobian row by row, at (x, drive).
type Law = fn(&[f64], f64, &mut [f64], Option<&mut [f64]>);

/// A field of N variables with one parameter, a drive that is added to the first velocity.
struct Driven<const N: usize>(Law);

impl<const N: usize> VectorField for Driven<N> {
    fn dimension(&self) -> usize {
        N
    }
    fn eval(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        dx: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        let lanes = t.len();
        let drives = p.len();
        for l in 0..lanes {
            let (mut y, mut f) = ([0.0; N], [0.0; N]);
            (0..N).for_each(|i| y[i] = x[i * lanes + l]);
            (self.0)(&y, p[if drives == lanes { l } else { 0 }], &mut f, None);
            (0..N).for_each(|i| dx[i * lanes + l] = f[i]);
        }
        Ok(())
    }
    fn jacobian(
        &self,
        _: f64,
        p: &[f64],
        x: &[f64],
        j: &mut Matrix,
        _: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        let mut f = [0.0; N];
        let mut rows = vec![0.0; N * N];
        (self.0)(x, p[0], &mut f, Some(&mut rows));
        for i in 0..N {
            (0..N).for_each(|k| j[(i, k)] = rows[i * N + k]);
        }
        Ok(JacobianKind::Exact)
    }
    fn parameter_slopes(
        &self,
        _: f64,
        _: &[f64],
        _: &[f64],
        slopes: &mut Matrix,
        _: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        (0..N).for_each(|i| slopes[(i, 0)] = if i == 0 { 1.0 } else { 0.0 });
        Ok(JacobianKind::Exact)
    }
}

fn fitzhugh_nagumo(x: &[f64], drive: f64, f: &mut [f64], j: Option<&mut [f64]>) {
    let (v, w) = (x[0], x[1]);
    f[0] = v - v * v * v / 3.0 - w + drive;
    f[1] = 0.08 * (v + 0.7 - 0.8 * w);
    if let Some(j) = j {
        j.copy_from_slice(&[1.0 - v * v, -1.0, 0.08, -0.064]);
    }
}

/// u/(exp(u) - 1) and its derivative.
fn linoid(u: f64) -> (f64, f64) {
    if u.abs() < 1e-5 {
        return (1.0 - u / 2.0 + u * u / 12.0, -0.5 + u / 6.0);
    }
    let e = u.exp();
    (u / (e - 1.0), (e - 1.0 - u * e) / ((e - 1.0) * (e - 1.0)))
}

fn hodgkin_huxley(x: &[f64], drive: f64, f: &mut [f64], j: Option<&mut [f64]>) {
    let (v, m, h, n) = (x[0], x[1], x[2], x[3]);
    let sodium = 120.0 * m.powi(3) * h;
    let potassium = 36.0 * n.powi(4);
    f[0] = drive - sodium * (v - 115.0) - potassium * (v + 12.0) - 0.3 * (v - 10.6);
    let ((lm, sm), (ln, sn)) = (linoid((25.0 - v) / 10.0), linoid((10.0 - v) / 10.0));
    let closing = 1.0 / (((30.0 - v) / 10.0).exp() + 1.0);
    // Opening and closing rate with their slopes by v.
    let decay = |size: f64, width: f64| {
        let value = size * (-v / width).exp();
        (value, -value / width)
    };
    let rates = [
        ((lm, -0.1 * sm), decay(4.0, 18.0)),
        (decay(0.07, 20.0), (closing, 0.1 * closing * (1.0 - closing))),
        ((0.1 * ln, -0.01 * sn), decay(0.125, 80.0)),
    ];
    for (k, ((a, _), (b, _))) in rates.iter().enumerate() {
        f[k + 1] = a * (1.0 - x[k + 1]) - b * x[k + 1];
    }
    let Some(j) = j else { return };
    j.fill(0.0);
    j[0] = -sodium - potassium - 0.3;
    j[1] = -360.0 * m * m * h * (v - 115.0);
    j[2] = -120.0 * m.powi(3) * (v - 115.0);
    j[3] = -144.0 * n.powi(3) * (v + 12.0);
    for (k, ((a, da), (b, db))) in rates.iter().enumerate() {
        j[4 * (k + 1)] = da * (1.0 - x[k + 1]) - db * x[k + 1];
        j[5 * (k + 1)] = -a - b;
    }
}

fn measure(name: &str, field: &dyn VectorField, settings: &ContinuationSettings) {
    let time = |cycles: FollowCycles| {
        let settings = ContinuationSettings { cycles, ..settings.clone() };
        let mut spells: Vec<f64> = Vec::new();
        let mut found: Option<Diagram> = None;
        for _ in 0..5 {
            let start = Instant::now();
            found = continuation(field, &[0.0], &settings, &unwatched).ok();
            spells.push(1e3 * start.elapsed().as_secs_f64());
        }
        spells.sort_by(f64::total_cmp);
        (spells[2], found)
    };
    let ((alone, _), (whole, found)) = (time(FollowCycles::No), time(FollowCycles::FromHopf));
    let Some(found) = found else { return println!("{name}: refused") };
    let points = |kind| {
        let of: Vec<usize> =
            found.branches.iter().filter(|b| b.kind == kind).map(|b| b.points.len()).collect();
        format!("{} branches of {} points", of.len(), of.iter().sum::<usize>())
    };
    println!(
        "{name:24} equilibria {alone:7.1} ms   with cycles {whole:7.1} ms   equilibria: {}, cycles: {}",
        points(BranchKind::Equilibrium),
        points(BranchKind::Cycle)
    );
    for s in &found.specials {
        println!("    {:20} {:.9} +- {:.1e}", s.kind.name(), s.p, s.error);
    }
    found.notes.iter().for_each(|note| println!("    {note}"));
}

fn main() {
    measure("FitzHugh-Nagumo", &Driven::<2>(fitzhugh_nagumo), &ContinuationSettings::new(0, 0.0, 2.0));
    let gates = ContinuationSettings {
        low: vec![-100.0, 0.0, 0.0, 0.0],
        high: vec![150.0, 1.0, 1.0, 1.0],
        ..ContinuationSettings::new(0, 0.0, 200.0)
    };
    measure("Hodgkin-Huxley", &Driven::<4>(hodgkin_huxley), &gates);
}
