//! How long does the matrix exponential of a dense 500 x 500 matrix take, beside SciPy?
//!
//! exp(t A) of a stable random rate network, A = 0.9 G/sqrt(N) - I, at t = 1 and t = 10; one thread, CPU time, in turn.

#![allow(clippy::print_stdout)]

#[path = "beside.rs"]
mod beside;

use beside::{Peer, compare, cpu};
use linalg::{Matrix, expm};

fn main() {
    for (n, t, repeats) in [(200, 1.0, 50), (500, 1.0, 5), (500, 10.0, 5)] {
        let a = network(n).scaled(t);
        let peer = Peer::start("scipy", "expm.py", &[&n.to_string(), &t.to_string(), &repeats.to_string()]);
        compare(&format!("expm n = {n}, t = {t}"), 15, || cpu(repeats, || expm(&a)), vec![peer]);
    }
}

/// 0.9 G/sqrt(N) - I, where G has entries of variance 1 (sums of twelve uniform numbers).
fn network(n: usize) -> Matrix {
    let mut state = 1u64;
    let mut uniform = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let scale = 0.9 / (n as f64).sqrt();
    Matrix::from_fn(n, n, |i, j| {
        let normal = (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
        scale * normal - f64::from(i == j)
    })
}
