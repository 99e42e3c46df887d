//! What one step of a map adds: the field f(x; p) - x.
//!
//! Its zeros are the fixed points of x(k+1) = f(x(k); p), so every search for zeros serves both kinds of time. Its Jacobian is that of
//! the map minus 1; stability is judged by the unit circle, with the 1 added again.

use super::{EvalError, IteratedMap, JacobianKind, VectorField, Workspace};
use linalg::Matrix;

/// f(x; p) - x.
#[derive(Clone, Copy)]
pub struct Increment<'a> {
    /// f.
    pub map: &'a dyn IteratedMap,
}

impl VectorField for Increment<'_> {
    fn dimension(&self) -> usize {
        self.map.dimension()
    }

    fn eval(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        dx: &mut [f64],
        _ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        let (n, lanes) = (self.map.dimension(), t.len());
        let (mut q, mut y, mut next) = (vec![0.0; p.len() / lanes.max(1)], vec![0.0; n], vec![0.0; n]);
        for l in 0..lanes {
            q.iter_mut().enumerate().for_each(|(k, q)| *q = p[k * lanes + l]);
            y.iter_mut().enumerate().for_each(|(i, y)| *y = x[i * lanes + l]);
            self.map.step(&q, &y, &mut next);
            (0..n).for_each(|i| dx[i * lanes + l] = next[i] - y[i]);
        }
        Ok(())
    }

    fn jacobian(
        &self,
        _t: f64,
        p: &[f64],
        x: &[f64],
        j: &mut Matrix,
        _ws: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        let kind = self.map.jacobian(p, x, j);
        (0..x.len()).for_each(|i| j[(i, i)] -= 1.0);
        Ok(kind)
    }

    fn is_autonomous(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::{FixedPointSearch, Homotopy, PointKind, TimeKind, search_fixed_points};
    use crate::field::{LinearMap, laws};
    use crate::simulate::unwatched;

    /// x' = 1 - a x^2 + y, y' = b x.
    struct Henon;

    impl IteratedMap for Henon {
        fn dimension(&self) -> usize {
            2
        }
        fn step(&self, p: &[f64], x: &[f64], next: &mut [f64]) {
            (next[0], next[1]) = (1.0 - p[0] * x[0] * x[0] + x[1], p[1] * x[0]);
        }
        fn jacobian(&self, p: &[f64], x: &[f64], j: &mut Matrix) -> JacobianKind {
            *j = Matrix::from_rows(&[[-2.0 * p[0] * x[0], 1.0], [p[1], 0.0]]);
            JacobianKind::Exact
        }
    }

    /// The same without its Jacobian.
    struct Plain;

    impl IteratedMap for Plain {
        fn dimension(&self) -> usize {
            2
        }
        fn step(&self, p: &[f64], x: &[f64], next: &mut [f64]) {
            Henon.step(p, x, next);
        }
    }

    #[test]
    fn henons_map_has_its_two_fixed_points_both_saddles_by_the_unit_circle() {
        // G34: a = 1.4, b = 0.3; x = (-(1-b) ± sqrt((1-b)^2 + 4a))/(2a).
        for map in [&Henon as &dyn IteratedMap, &Plain] {
            let field = Increment { map };
            laws::check(&field, &[1.4, 0.3], &[0.3, -0.2], 0.0).unwrap();
            let search = FixedPointSearch { time: TimeKind::Map, ..FixedPointSearch::default() };
            let found = search_fixed_points(&field, &[1.4, 0.3], &search, &unwatched).unwrap();
            let mut x: Vec<f64> = found.points.iter().map(|p| p.x[0]).collect();
            x.sort_by(f64::total_cmp);
            assert_eq!(x.len(), 2);
            assert!((x[0] + 1.131_354_477_089_504_8).abs() < 1e-14);
            assert!((x[1] - 0.631_354_477_089_504_9).abs() < 1e-14);
            for point in &found.points {
                assert_eq!((point.unstable, point.kind), (1, Some(PointKind::Saddle)));
                // The product of the eigenvalues is -b.
                let product = point.eigenvalues[0].re * point.eigenvalues[1].re;
                assert!((product + 0.3).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn a_linear_map_is_judged_by_the_unit_circle() {
        let map = LinearMap { a: Matrix::diagonal(&[-0.5, 0.9]), g: vec![3.0, 0.1] };
        let search = FixedPointSearch { time: TimeKind::Map, scattered: 4, ..FixedPointSearch::default() };
        let found = search_fixed_points(&Increment { map: &map }, &[], &search, &unwatched).unwrap();
        assert_eq!((found.points.len(), found.points[0].is_stable), (1, Some(true)));
        assert!((found.points[0].x[0] - 2.0).abs() < 1e-14 && (found.points[0].x[1] - 1.0).abs() < 1e-14);
    }

    /// h' = (1 - z) n + z h, r and z = logistic(W h + b), n = tanh(b + r (W h + c)): a gated recurrent cell without input.
    struct Gated {
        /// For r, z and n.
        w: [Matrix; 3],
        b: [Vec<f64>; 3],
    }

    impl Gated {
        fn new(n: usize, gain: f64, seed: u64) -> Self {
            let mut random = crate::random::Stream::new(seed, 9, 0);
            let size = gain / (n as f64).sqrt();
            let mut matrix = || Matrix::from_fn(n, n, |_, _| size * random.normal());
            let w = [matrix(), matrix(), matrix()];
            let mut vector = || (0..n).map(|_| 0.1 * random.normal()).collect();
            Self { w, b: [vector(), vector(), vector()] }
        }

        /// r, z, n and W h + c.
        fn gates(&self, h: &[f64]) -> [Vec<f64>; 4] {
            let logistic = |u: f64| 1.0 / (1.0 + (-u).exp());
            let sum = |k: usize| -> Vec<f64> {
                self.w[k].mul_vec(h).iter().zip(&self.b[k]).map(|(u, b)| u + b).collect()
            };
            let gate = |k: usize| -> Vec<f64> { sum(k).into_iter().map(logistic).collect() };
            let (r, u) = (gate(0), sum(2));
            let n = r.iter().zip(&u).map(|(r, u)| (r * u).tanh()).collect();
            [r, gate(1), n, u]
        }
    }

    impl IteratedMap for Gated {
        fn dimension(&self) -> usize {
            self.b[0].len()
        }
        fn step(&self, _: &[f64], h: &[f64], next: &mut [f64]) {
            let [_, z, n, _] = self.gates(h);
            for (i, next) in next.iter_mut().enumerate() {
                *next = (1.0 - z[i]) * n[i] + z[i] * h[i];
            }
        }
        fn jacobian(&self, _: &[f64], h: &[f64], j: &mut Matrix) -> JacobianKind {
            let [r, z, n, u] = self.gates(h);
            *j = Matrix::from_fn(h.len(), h.len(), |i, k| {
                let inner = r[i] * self.w[2][(i, k)] + u[i] * r[i] * (1.0 - r[i]) * self.w[0][(i, k)];
                let own = if i == k { z[i] } else { 0.0 };
                own + (1.0 - z[i]) * (1.0 - n[i] * n[i]) * inner
                    + (h[i] - n[i]) * z[i] * (1.0 - z[i]) * self.w[1][(i, k)]
            });
            JacobianKind::Exact
        }
    }

    #[test]
    fn a_random_gated_cell_of_128_units_at_gain_3_has_a_certified_fixed_point() {
        let map = Gated::new(128, 3.0, 1);
        let small = Gated::new(6, 3.0, 2);
        laws::check(&Increment { map: &small }, &[], &[0.3, -0.2, 0.5, 0.1, -0.4, 0.2], 0.0).unwrap();
        // Newton's method stalls from nearly everywhere here; h = s f(h) has a path of solutions from 0 at s = 0 to s = 1.
        let search = FixedPointSearch {
            time: TimeKind::Map,
            scattered: 7,
            leaps: 2,
            between: 0,
            homotopy: Some(Homotopy::Pull { paths: 4 }),
            deflated: 0,
            slow_points: 0,
            ..FixedPointSearch::default()
        };
        let found = search_fixed_points(&Increment { map: &map }, &[], &search, &unwatched).unwrap();
        assert!(!found.points.is_empty());
        for point in &found.points {
            assert_eq!(point.verdict, crate::analyze::FixedPointVerdict::Certified);
            assert!(point.residual < 1e-12, "{:e}", point.residual);
            assert!(point.x.iter().all(|h| h.abs() < 1.0), "a mean of tanh and h");
        }
        assert!(found.points.iter().any(|point| point.unstable > 0), "gain 3 is beyond the transition");
    }
}
