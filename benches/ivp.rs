//! How long do the classics of the initial value problem take at rtol 1e-6, in process, beside SciPy?
//!
//! Right-hand sides written in Rust; without the second run that estimates the error; one thread, CPU time, in turn.
#![allow(clippy::print_stdout)]

#[path = "beside.rs"]
mod beside;

use beside::{Peer, compare, cpu};
use dynamics::field::{EvalError, JacobianKind, VectorField, Workspace};
use dynamics::linalg::Matrix;
use dynamics::simulate::{ErrorEstimation, Method, Settings, simulate, unwatched};

/// x' = 10 (y - x), y' = x (28 - z) - y, z' = x y - 8/3 z.
struct Lorenz;

impl VectorField for Lorenz {
    fn dimension(&self) -> usize {
        3
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
            let (a, b, c) = (x[l], x[lanes + l], x[2 * lanes + l]);
            dx[l] = 10.0 * (b - a);
            dx[lanes + l] = a * (28.0 - c) - b;
            dx[2 * lanes + l] = a * b - 8.0 / 3.0 * c;
        }
        Ok(())
    }
}

/// x' = y, y' = 1000 (1 - x^2) y - x.
struct VanDerPol;

impl VectorField for VanDerPol {
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
            let (a, b) = (x[l], x[lanes + l]);
            dx[l] = b;
            dx[lanes + l] = 1000.0 * (1.0 - a * a) * b - a;
        }
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
        let entries = [0.0, -2000.0 * x[0] * x[1] - 1.0, 1.0, 1000.0 * (1.0 - x[0] * x[0])];
        j.as_mut_slice().copy_from_slice(&entries);
        Ok(JacobianKind::Exact)
    }
}

/// Hodgkin and Huxley's equations (1952) around a rest of -65, driven by 10; the Jacobian by differences.
struct HodgkinHuxley;

impl VectorField for HodgkinHuxley {
    fn dimension(&self) -> usize {
        4
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
            let [v, m, h, n] = [0, 1, 2, 3].map(|i| x[i * lanes + l]);
            // Two exponentials give all six rates' arguments that differ by a factor 2.
            let exprel = |x: f64| if x == 0.0 { 1.0 } else { x.exp_m1() / x };
            let (am, bm) = (1.0 / exprel(-(v + 40.0) / 10.0), 4.0 * (-(v + 65.0) / 18.0).exp());
            let (ah, bh) = (0.07 * (-(v + 65.0) / 20.0).exp(), 1.0 / (1.0 + (-(v + 35.0) / 10.0).exp()));
            let (an, bn) = (0.1 / exprel(-(v + 55.0) / 10.0), 0.125 * (-(v + 65.0) / 80.0).exp());
            let n2 = n * n;
            let current =
                120.0 * m * m * m * h * (v - 50.0) + 36.0 * n2 * n2 * (v + 77.0) + 0.3 * (v + 54.387);
            dx[l] = 10.0 - current;
            dx[lanes + l] = am * (1.0 - m) - bm * m;
            dx[2 * lanes + l] = ah * (1.0 - h) - bh * h;
            dx[3 * lanes + l] = an * (1.0 - n) - bn * n;
        }
        Ok(())
    }
}

/// A field, where it begins, how far it is followed, by which methods, and the peer's.
struct Problem {
    name: &'static str,
    field: &'static dyn VectorField,
    x0: &'static [f64],
    end: f64,
    methods: &'static [&'static str],
    peer: &'static str,
}

const PROBLEMS: [Problem; 3] = [
    Problem {
        name: "lorenz",
        field: &Lorenz,
        x0: &[1.0; 3],
        end: 20.0,
        methods: &["auto", "dop853"],
        peer: "RK45",
    },
    Problem {
        name: "van_der_pol",
        field: &VanDerPol,
        x0: &[2.0, 0.0],
        end: 2000.0,
        methods: &["auto", "rodas5p"],
        peer: "LSODA",
    },
    Problem {
        name: "hodgkin_huxley",
        field: &HodgkinHuxley,
        x0: &[-65.0, 0.0529, 0.5961, 0.3177],
        end: 200.0,
        methods: &["auto", "dop853", "rodas5p"],
        peer: "LSODA",
    },
];

fn main() {
    for p in PROBLEMS {
        for (k, method) in p.methods.iter().enumerate() {
            let method = Method::from_name(method).expect("a method of the list");
            let settings = Settings { method, error: ErrorEstimation::Off, ..Settings::default() };
            let run = || {
                simulate(p.field, &[], p.x0, &[0.0, p.end], &settings, &unwatched).expect("a valid question")
            };
            let found = run();
            let what = format!(
                "{} {} ({} steps, {} rejected, {} evaluations)",
                p.name, found.method, found.steps, found.rejected, found.evaluations
            );
            let peer = || Peer::start(&format!("scipy {}", p.peer), "ivp.py", &[p.name, p.peer]);
            compare(&what, 15, || cpu(100, run), if k == 0 { vec![peer()] } else { vec![] });
        }
    }
}
