//! Sets whose shape, length and drift are known.

use super::*;
use crate::analyze::{FixedPointSearch, search_fixed_points};
use crate::field::{EvalError, JacobianKind};
use crate::random::Stream;
use crate::simulate::unwatched;
use linalg::{Matrix, mul};

type Rate = fn(f64, &[f64], &mut [f64]);
type Slope = fn(f64, &[f64], &mut Matrix);

/// dy/dt = g(y; p), seen through a rotation.
struct Seen {
    n: usize,
    g: Rate,
    slope: Slope,
    q: Matrix,
}

impl Seen {
    fn new(n: usize, g: Rate, slope: Slope) -> Self {
        let mut random = Stream::new(4, 1, 0);
        let mut q = Matrix::from_fn(n, n, |_, _| random.normal());
        for k in 0..n {
            for l in 0..k {
                let dot: f64 = q.column(k).iter().zip(q.column(l)).map(|(a, b)| a * b).sum();
                let other = q.column(l).to_vec();
                q.column_mut(k).iter_mut().zip(other).for_each(|(a, b)| *a -= dot * b);
            }
            let size = norm(q.column(k));
            q.column_mut(k).iter_mut().for_each(|a| *a /= size);
        }
        Self { n, g, slope, q }
    }

    fn at(&self, y: &[f64]) -> Vec<f64> {
        self.q.mul_vec(y)
    }

    fn own(&self, x: &[f64]) -> Vec<f64> {
        self.q.transpose().mul_vec(x)
    }
}

impl VectorField for Seen {
    fn dimension(&self) -> usize {
        self.n
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
        for l in 0..lanes {
            let state: Vec<f64> = (0..self.n).map(|i| x[i * lanes + l]).collect();
            let mut g = vec![0.0; self.n];
            (self.g)(p.first().copied().unwrap_or(0.0), &self.own(&state), &mut g);
            self.at(&g).into_iter().enumerate().for_each(|(i, v)| dx[i * lanes + l] = v);
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
        let mut slope = Matrix::zeros(self.n, self.n);
        (self.slope)(p.first().copied().unwrap_or(0.0), &self.own(x), &mut slope);
        *j = mul(&mul(&self.q, &slope), &self.q.transpose());
        Ok(JacobianKind::Exact)
    }
}

/// r' = r(1 - r^2), angle' = w; five more variables decay at rate 1.5.
fn ring() -> Seen {
    let g = |w: f64, y: &[f64], g: &mut [f64]| {
        let pull = 1.0 - y[0] * y[0] - y[1] * y[1];
        (g[0], g[1]) = (y[0] * pull - w * y[1], y[1] * pull + w * y[0]);
        g[2..].iter_mut().zip(&y[2..]).for_each(|(g, y)| *g = -1.5 * y);
    };
    let slope = |w: f64, y: &[f64], j: &mut Matrix| {
        let pull = 1.0 - y[0] * y[0] - y[1] * y[1];
        (j[(0, 0)], j[(0, 1)]) = (pull - 2.0 * y[0] * y[0], -2.0 * y[0] * y[1] - w);
        (j[(1, 0)], j[(1, 1)]) = (-2.0 * y[0] * y[1] + w, pull - 2.0 * y[1] * y[1]);
        (2..y.len()).for_each(|i| j[(i, i)] = -1.5);
    };
    Seen::new(7, g, slope)
}

fn one(field: &Seen, p: &[f64], seed: &[f64]) -> ContinuousAttractor {
    let found = continuous_attractor(field, p, &field.at(seed), &AttractorSettings::default()).unwrap();
    found.expect("a set")
}

#[test]
fn a_ring_of_fixed_points_closes_with_its_length_and_its_decay() {
    let field = ring();
    let set = one(&field, &[0.0], &[1.01, 0.05, 0.02, 0.0, 0.0, 0.1, 0.0]);
    assert_eq!((set.shape, set.dimension, set.is_fixed), (AttractorShape::Ring, 1, true), "{:?}", set.ends);
    // The chords of an n-gon with sides of 1/20 are 1e-4 shorter than the circle.
    assert!((set.length / std::f64::consts::TAU - 1.0).abs() < 2e-4, "{}", set.length);
    assert!((set.decay - 1.5).abs() < 1e-9 && set.ratio < 1e-9);
    for x in &set.points {
        let y = field.own(x);
        assert!((y[0].hypot(y[1]) - 1.0).abs() < 1e-12 && norm(&y[2..]) < 1e-12);
    }
    // All that a search finds on it is one ring.
    let found = search_fixed_points(&field, &[0.0], &FixedPointSearch::default(), &unwatched).unwrap();
    assert_eq!(found.points.len(), 1, "only the origin is isolated");
    let seeds: Vec<Vec<f64>> = found.singular.iter().map(|x| x.x.clone()).collect();
    assert!(!seeds.is_empty());
    let sets =
        continuous_attractors(&field, &[0.0], &seeds, &AttractorSettings::default(), &unwatched).unwrap();
    assert_eq!(sets.len(), 1);
    assert_eq!(sets[0].shape, AttractorShape::Ring);
}

#[test]
fn a_ring_that_turns_slowly_is_told_with_its_drift_and_never_as_fixed_points() {
    let field = ring();
    for w in [1e-2, 1e-4, 1e-7] {
        let set = one(&field, &[w], &[0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!((set.shape, set.is_fixed), (AttractorShape::Ring, false), "{w}");
        // Chords give the direction to h^2/6 of its curvature's change, which is 0 on a circle.
        assert!((set.largest_drift / w - 1.0).abs() < 1e-4, "{w} {}", set.largest_drift);
        assert!((set.ratio / (w / 1.5) - 1.0).abs() < 1e-3, "{w} {}", set.ratio);
        let signs: Vec<f64> = set.drift.iter().map(|v| v[0].signum()).collect();
        assert!(signs.iter().all(|s| *s == signs[0]), "it turns one way");
        let found = search_fixed_points(&field, &[w], &FixedPointSearch::default(), &unwatched).unwrap();
        assert!(found.points.iter().all(|p| norm(&p.x) < 1e-12) && found.singular.is_empty(), "{w}");
    }
}

#[test]
fn a_curved_line_goes_on_and_a_short_one_ends_where_it_stops_to_be_flat() {
    let curved = Seen::new(
        4,
        |_, y, g| (g[0], g[1], g[2], g[3]) = (0.0, y[0].sin() - y[1], -2.0 * y[2], -3.0 * y[3]),
        |_, y, j| {
            (j[(1, 0)], j[(1, 1)]) = (y[0].cos(), -1.0);
            (j[(2, 2)], j[(3, 3)]) = (-2.0, -3.0);
        },
    );
    let set = one(&curved, &[], &[0.3, 0.3, 0.0, 0.1]);
    assert_eq!((set.shape, set.is_fixed), (AttractorShape::Line, true));
    assert_eq!(set.ends, Some([LineEnd::GoesOn; 2]));
    assert!(set.points.iter().map(|x| curved.own(x)).all(|y| (y[1] - y[0].sin()).abs() < 1e-12));
    assert!((set.decay - 1.0).abs() < 1e-9 && set.length > 8.0);
    // Flat between -1 and 1.
    let short = Seen::new(
        3,
        |_, y, g| {
            let beyond = (y[0].abs() - 1.0).max(0.0);
            (g[0], g[1], g[2]) = (-3.0 * beyond * y[0].signum(), -y[1], -2.0 * y[2]);
        },
        |_, y, j| {
            (j[(0, 0)], j[(1, 1)], j[(2, 2)]) = (if y[0].abs() > 1.0 { -3.0 } else { 0.0 }, -1.0, -2.0);
        },
    );
    let set = one(&short, &[], &[0.1, 0.0, 0.0]);
    assert_eq!((set.shape, set.is_fixed), (AttractorShape::Line, true));
    assert!((set.length - 2.0).abs() < 0.01, "{}", set.length);
    assert!(set.ends.unwrap().iter().all(|end| *end != LineEnd::GoesOn), "{:?}", set.ends);
}

#[test]
fn a_leaky_integrator_is_a_slow_line_and_a_node_none() {
    let leaky = Seen::new(
        3,
        |leak, y, g| (g[0], g[1], g[2]) = (-leak * y[0], -y[1], -2.0 * y[2]),
        |leak, _, j| (j[(0, 0)], j[(1, 1)], j[(2, 2)]) = (-leak, -1.0, -2.0),
    );
    let set = one(&leaky, &[0.01], &[0.5, 0.0, 0.0]);
    assert_eq!((set.shape, set.is_fixed), (AttractorShape::Line, false));
    // About 4 to each side of 0.5: the drift at the far end is 0.01 times 4.5, the rate 0.01.
    assert!((set.largest_drift - 0.045).abs() < 1e-3 && (set.ratio - 0.011).abs() < 1e-3, "{}", set.ratio);
    let none =
        continuous_attractor(&leaky, &[0.5], &leaky.at(&[0.0; 3]), &AttractorSettings::default()).unwrap();
    assert!(none.is_none());
}

#[test]
fn a_saddle_shaped_surface_is_a_plane_and_three_flat_directions_are_told() {
    let surface = Seen::new(
        4,
        |_, y, g| (g[0], g[1], g[2], g[3]) = (0.0, 0.0, y[0] * y[1] - y[2], -4.0 * y[3]),
        |_, y, j| {
            (j[(2, 0)], j[(2, 1)], j[(2, 2)]) = (y[1], y[0], -1.0);
            j[(3, 3)] = -4.0;
        },
    );
    let set = one(&surface, &[], &[0.5, -0.2, -0.1, 0.0]);
    assert_eq!((set.shape, set.dimension, set.is_fixed), (AttractorShape::Plane, 2, true));
    assert_eq!(set.points.len(), 49);
    assert!(set.points.iter().map(|x| surface.own(x)).all(|y| (y[2] - y[0] * y[1]).abs() < 1e-12));
    assert!((set.decay - 1.0).abs() < 1e-9);
    let more = Seen::new(4, |_, y, g| g[3] = -y[3], |_, _, j| j[(3, 3)] = -1.0);
    let set = one(&more, &[], &[0.5, -0.2, -0.1, 0.3]);
    assert_eq!((set.shape, set.dimension), (AttractorShape::Higher, 3));
}

#[test]
fn six_rectified_units_have_a_flat_ring_only_at_three_strengths() {
    // RA3: h' = (-h + W[h]+ + 1)/0.1, W = (-8 + JE cos)/6; flat at JE = 12, 4, 2.4.
    fn rate(je: f64, y: &[f64], g: &mut [f64]) {
        for (i, g) in g.iter_mut().enumerate() {
            let angle = |k: usize| std::f64::consts::TAU * (i as f64 - k as f64) / 6.0;
            let sum: f64 =
                y.iter().enumerate().map(|(k, h)| (-8.0 + je * angle(k).cos()) / 6.0 * h.max(0.0)).sum();
            *g = 10.0 * (sum - y[i] + 1.0);
        }
    }
    let slope: Slope = |je, y, j| {
        for (k, h) in y.iter().enumerate() {
            for i in 0..6 {
                let angle = std::f64::consts::TAU * (i as f64 - k as f64) / 6.0;
                let on = if *h > 0.0 { 1.0 } else { 0.0 };
                j[(i, k)] = 10.0 * (on * (-8.0 + je * angle.cos()) / 6.0 - f64::from(i == k));
            }
        }
    };
    let mut field = Seen::new(6, rate, slope);
    field.q = Matrix::identity(6);
    for je in [12.0, 4.0, 2.4] {
        let search = FixedPointSearch { scattered: 200, ..FixedPointSearch::default() };
        let found = search_fixed_points(&field, &[je], &search, &unwatched).unwrap();
        let seeds: Vec<Vec<f64>> = found.singular.iter().map(|x| x.x.clone()).collect();
        assert!(!seeds.is_empty(), "{je}");
        let sets =
            continuous_attractors(&field, &[je], &seeds, &AttractorSettings::default(), &unwatched).unwrap();
        let shapes: Vec<_> = sets.iter().map(|s| (s.shape, s.is_fixed, s.length, s.decay)).collect();
        assert!(sets.iter().any(|s| s.shape == AttractorShape::Ring && s.is_fixed), "{je}: {shapes:?}");
    }
    // Between them single bumps remain.
    let found = search_fixed_points(&field, &[3.5], &FixedPointSearch::default(), &unwatched).unwrap();
    assert!(found.singular.is_empty() && found.points.len() > 1);
}

#[test]
fn a_seed_that_does_not_fit_is_refused_in_words() {
    let refused = continuous_attractor(&ring(), &[0.0], &[0.0; 3], &AttractorSettings::default());
    assert_eq!(refused.unwrap_err().to_string(), "a seed has 3 entries, but the system has 7 variables");
}
