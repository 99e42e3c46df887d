//! How long does the search for the fixed points of a network of 128 units take from 1024 starts?
//!
//! dx/dt = -x + J tanh x, J with independent normal entries of deviation 1.5/sqrt(N), drawn by a linear congruence so that ours
//! and the peer have the same matrix; residual 1e-10. Ours certifies each point and computes its eigenvalues; the peer is a damped
//! Newton's method in NumPy, without both. Wall time on the threads that there are.
#![allow(clippy::print_stdout)]

#[path = "beside.rs"]
mod beside;

use beside::{Peer, compare, wall};
use dynamics::analyze::{FixedPointSearch, Region, search_fixed_points};
use dynamics::field::{EvalError, JacobianKind, VectorField, Workspace};
use dynamics::simulate::unwatched;
use linalg::{Matrix, mul_lanes_into};

struct Network {
    j: Matrix,
}

impl Network {
    /// Entry (i, j) is the sum of twelve uniform numbers less 6, nearly normal, in the order of the rows.
    fn new(n: usize, g: f64) -> Self {
        let mut state: u64 = 1;
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        let size = g / (n as f64).sqrt();
        let rows = Matrix::from_fn(n, n, |_, _| size * ((0..12).map(|_| uniform()).sum::<f64>() - 6.0));
        Self { j: rows.transpose() }
    }
}

impl VectorField for Network {
    fn dimension(&self) -> usize {
        self.j.rows()
    }
    fn eval(
        &self,
        t: &[f64],
        _: &[f64],
        x: &[f64],
        dx: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        let r: Vec<f64> = x.iter().map(|x| x.tanh()).collect();
        mul_lanes_into(&self.j, &r, t.len(), dx);
        dx.iter_mut().zip(x).for_each(|(d, x)| *d -= x);
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
            j.column_mut(k).iter_mut().zip(self.j.column(k)).for_each(|(j, w)| *j = slope * w);
            j[(k, k)] -= 1.0;
        }
        Ok(JacobianKind::Exact)
    }
}

fn main() {
    let field = Network::new(128, 1.5);
    let region = Region::Around { states: vec![], deviation: 1.0 };
    let plain = FixedPointSearch {
        scattered: 1023,
        region,
        leaps: 0,
        between: 0,
        deflated: 0,
        slow_points: 0,
        ..FixedPointSearch::default()
    };
    let whole = FixedPointSearch { scattered: 1023, ..FixedPointSearch::default() };
    for (name, search) in [("1024 starts", plain), ("1024 starts and what follows them", whole)] {
        let found = search_fixed_points(&field, &[], &search, &unwatched).expect("a valid question");
        let worst = found.points.iter().map(|p| p.residual).fold(0.0, f64::max);
        println!(
            "{name}: {} points, largest residual {worst:.1e}, {} starts stalled",
            found.points.len(),
            found.stalled
        );
        let peer = Peer::start("damped Newton in NumPy", "fixed_points.py", &["128", "1024"]);
        let ours = || wall(|| search_fixed_points(&field, &[], &search, &unwatched));
        compare(&format!("{name}, N = 128"), 5, ours, vec![peer]);
    }
}
