//! How long do Lyapunov exponents take: x' = -x + W tanh x, N = 200, g = 2, 1000 steps of Runge and Kutta, QR every 10?
#![allow(clippy::print_stdout)]

mod beside;

use beside::{Peer, compare};
use dynamics::analyze::{LyapunovSettings, lyapunov_exponents};
use dynamics::field::{EvalError, JacobianKind, VectorField, Workspace};
use dynamics::linalg::{Matrix, mul_into, mul_lanes_into};
use dynamics::simulate::unwatched;
use std::time::Instant;

/// x' = -x + W tanh x.
struct Network(Matrix);

impl VectorField for Network {
    fn dimension(&self) -> usize {
        self.0.rows()
    }

    fn eval(
        &self,
        t: &[f64],
        _: &[f64],
        x: &[f64],
        dx: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        let mut rate = ws.take(0, x.len());
        rate.iter_mut().zip(x).for_each(|(r, x)| *r = x.tanh());
        mul_lanes_into(&self.0, &rate[..x.len()], t.len(), dx);
        dx.iter_mut().zip(x).for_each(|(d, x)| *d -= x);
        ws.put(0, rate);
        Ok(())
    }

    fn jacobian(
        &self,
        _: f64,
        _: &[f64],
        x: &[f64],
        j: &mut Matrix,
        _: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        for (k, x) in x.iter().enumerate() {
            let slope = 1.0 - x.tanh().powi(2);
            j.column_mut(k).iter_mut().zip(self.0.column(k)).for_each(|(j, w)| *j = w * slope);
            j[(k, k)] -= 1.0;
        }
        Ok(JacobianKind::Exact)
    }

    fn jacobian_product(
        &self,
        _: f64,
        _: &[f64],
        x: &[f64],
        v: &Matrix,
        out: &mut Matrix,
        ws: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        let n = v.rows();
        let (scaled, slope): &mut (Option<Matrix>, Vec<f64>) = ws.own();
        slope.clear();
        slope.extend(x.iter().map(|x| 1.0 - x.tanh().powi(2)));
        let scaled = scaled.get_or_insert_with(|| v.clone());
        for (to, from) in scaled.as_mut_slice().chunks_exact_mut(n).zip(v.as_slice().chunks_exact(n)) {
            to.iter_mut().zip(from.iter().zip(&*slope)).for_each(|(y, (v, s))| *y = v * s);
        }
        mul_into(&self.0, scaled, out);
        out.as_mut_slice().iter_mut().zip(v.as_slice()).for_each(|(y, v)| *y -= v);
        Ok(JacobianKind::Exact)
    }

    fn is_autonomous(&self) -> bool {
        true
    }
}

fn main() {
    let n = 200;
    let uniform = |k: usize| (((k as f64 + 1.0) * 78.233).sin() * 43_758.545_3).rem_euclid(1.0);
    let field =
        Network(Matrix::from_fn(n, n, |i, j| 2.0 * (12.0 / n as f64).sqrt() * (uniform(i * n + j) - 0.5)));
    let x0: Vec<f64> = (0..n).map(|k| 2.0 * uniform(k + 7) - 1.0).collect();
    for (count, peer) in [(None, "200"), (Some(10), "10")] {
        let settings =
            LyapunovSettings { count, transient: 100.0, alignment: 0.0, ..LyapunovSettings::new(100.0, 0.1) };
        let mut found = None;
        let ours = || {
            let start = Instant::now();
            found = lyapunov_exponents(&field, &[], &x0, &settings, &unwatched).ok();
            1e3 * start.elapsed().as_secs_f64()
        };
        let what = format!("N = 200, 1000 steps, {peer} exponents, wall time");
        compare(&what, 3, ours, vec![Peer::start("NumPy", "lyapunov.py", &[peer])]);
        if let Some(found) = found {
            let first = found.exponents[0];
            println!(
                "    lambda_1 = {:.4} +- {:.4}, sum {:.4}, divergence {:?}, dimension {:?}",
                first.value, first.error, found.sum, found.mean_divergence, found.dimension
            );
        }
    }
}
