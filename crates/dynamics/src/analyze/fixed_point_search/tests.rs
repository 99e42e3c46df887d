//! Sets of fixed points that are known in closed form, beside what the search finds.

use super::*;
use crate::analyze::FixedPointVerdict;
use crate::field::{EvalError, JacobianKind};
use crate::random::Stream;
use crate::simulate::unwatched;
use linalg::{Matrix, mul, mul_vec_into};

/// A scalar rate with its slope and all its zeros.
#[derive(Clone)]
struct Unit {
    rate: fn(f64) -> (f64, f64),
    zeros: Vec<f64>,
}

/// -x + tanh(2 x).
fn bistable() -> Unit {
    let rate = |x: f64| {
        let t = (2.0 * x).tanh();
        (t - x, 2.0 * (1.0 - t * t) - 1.0)
    };
    let mut x = 1.0_f64;
    (0..60).for_each(|_| x = (2.0 * x).tanh());
    Unit { rate, zeros: vec![-x, 0.0, x] }
}

/// x - x^3.
fn cubic() -> Unit {
    Unit { rate: |x| (x - x * x * x, 1.0 - 3.0 * x * x), zeros: vec![-1.0, 0.0, 1.0] }
}

/// -(x^2 - 1)(x^2 - 4) x/4: five zeros.
fn quintic() -> Unit {
    let rate = |x: f64| {
        let x2 = x * x;
        (-(x2 - 1.0) * (x2 - 4.0) * x / 4.0, -(5.0 * x2 * x2 - 15.0 * x2 + 4.0) / 4.0)
    };
    Unit { rate, zeros: vec![-2.0, -1.0, 0.0, 1.0, 2.0] }
}

/// 0.3 - x - x^3/3: one zero, by Cardano's formula.
fn single() -> Unit {
    let (half_q, third_p) = (-0.45_f64, 1.0_f64);
    let root = (half_q * half_q + third_p.powi(3)).sqrt();
    let x = (-half_q + root).cbrt() + (-half_q - root).cbrt();
    Unit { rate: |x| (0.3 - x - x * x * x / 3.0, -1.0 - x * x), zeros: vec![x] }
}

/// dx/dt = B g(Q^T x): units seen through a rotation Q and a mixing B; the zeros are Q z.
struct Mixed {
    units: Vec<Unit>,
    q: Matrix,
    b: Matrix,
}

fn rotation(n: usize, seed: u64) -> Matrix {
    let mut random = Stream::new(seed, 1, 0);
    let mut q = Matrix::from_fn(n, n, |_, _| random.normal());
    for k in 0..n {
        for i in 0..k {
            let other = q.column(i).to_vec();
            let c: f64 = other.iter().zip(q.column(k)).map(|(a, b)| a * b).sum();
            q.column_mut(k).iter_mut().zip(&other).for_each(|(a, b)| *a -= c * b);
        }
        let size = norm(q.column(k));
        q.column_mut(k).iter_mut().for_each(|a| *a /= size);
    }
    q
}

impl Mixed {
    /// B = Q: a gradient-like product of units.
    fn rotated(units: Vec<Unit>, seed: u64) -> Self {
        let q = rotation(units.len(), seed);
        Self { units, b: q.clone(), q }
    }

    /// B = Q C with another invertible C, so that nothing is symmetric any more.
    fn sheared(units: Vec<Unit>, seed: u64) -> Self {
        let n = units.len();
        let q = rotation(n, seed);
        let mut random = Stream::new(seed, 2, 0);
        let c = Matrix::from_fn(n, n, |i, j| if i == j { 1.5 } else { 0.5 * random.uniform() / n as f64 });
        Self { units, b: mul(&q, &c), q }
    }

    fn zeros(&self) -> Vec<Vec<f64>> {
        let mut all = vec![Vec::new()];
        for unit in &self.units {
            let longer = |start: &Vec<f64>, z: f64| start.iter().copied().chain([z]).collect::<Vec<f64>>();
            all = all.iter().flat_map(|start| unit.zeros.iter().map(move |&z| longer(start, z))).collect();
        }
        all.iter().map(|z| self.q.mul_vec(z)).collect()
    }
}

impl VectorField for Mixed {
    fn dimension(&self) -> usize {
        self.units.len()
    }

    fn eval(
        &self,
        t: &[f64],
        _: &[f64],
        x: &[f64],
        dx: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        let (n, lanes) = (self.units.len(), t.len());
        for l in 0..lanes {
            let state: Vec<f64> = (0..n).map(|i| x[i * lanes + l]).collect();
            let y = self.q.transpose().mul_vec(&state);
            let g: Vec<f64> = self.units.iter().zip(y).map(|(unit, y)| (unit.rate)(y).0).collect();
            let mut f = vec![0.0; n];
            mul_vec_into(&self.b, &g, &mut f);
            (0..n).for_each(|i| dx[i * lanes + l] = f[i]);
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
        let y = self.q.transpose().mul_vec(x);
        let slopes: Vec<f64> = self.units.iter().zip(y).map(|(unit, y)| (unit.rate)(y).1).collect();
        *j = mul(&mul(&self.b, &Matrix::diagonal(&slopes)), &self.q.transpose());
        Ok(JacobianKind::Exact)
    }
}

/// How many of the known zeros were found, and how many found points are none of them.
fn recall(found: &FixedPointsFound, zeros: &[Vec<f64>]) -> (usize, usize) {
    let is = |x: &[f64], z: &[f64]| distance(x, z) < 1e-9;
    let hit = zeros.iter().filter(|z| found.points.iter().any(|p| is(&p.x, z))).count();
    let wrong = found.points.iter().filter(|p| !zeros.iter().any(|z| is(&p.x, z))).count();
    (hit, wrong)
}

#[test]
fn the_flip_flop_of_three_bits_has_27_fixed_points_8_12_6_and_1() {
    // FF1. Default settings.
    let field = Mixed::rotated(vec![bistable(); 3], 3);
    let found = search_fixed_points(&field, &[], &FixedPointSearch::default(), &unwatched).unwrap();
    assert_eq!(recall(&found, &field.zeros()), (27, 0));
    assert_eq!(found.points.len(), 27);
    for (unstable, count) in [(0, 8), (1, 12), (2, 6), (3, 1)] {
        assert_eq!(found.points.iter().filter(|p| p.unstable == unstable).count(), count);
    }
    let corner = field.q.transpose().mul_vec(&found.points[0].x);
    assert!(corner.iter().all(|x| (x.abs() - 0.957_504).abs() < 1e-6), "{corner:?}");
    assert!(found.points.iter().all(|p| p.verdict == FixedPointVerdict::Certified && p.residual < 1e-14));
    let kinds = |kind| found.points.iter().filter(|p| p.kind == Some(kind)).count();
    assert_eq!((kinds(PointKind::Node), kinds(PointKind::Saddle)), (9, 18));
    assert!(found.missed.points < 1.0);
}

#[test]
fn thirty_systems_with_known_sets_are_found_to_99_percent_without_a_false_point() {
    let mut systems: Vec<(Mixed, usize)> = Vec::new();
    for n in 1..=5 {
        systems.push((Mixed::rotated(vec![bistable(); n], n as u64), 0));
        systems.push((Mixed::sheared(vec![cubic(); n], 10 + n as u64), 0));
        let mixed = (0..n).map(|i| if i % 2 == 0 { bistable() } else { single() }).collect();
        systems.push((Mixed::sheared(mixed, 20 + n as u64), 0));
        let cycle = (0..n).map(|i| [cubic(), bistable(), single()][i % 3].clone()).collect();
        systems.push((Mixed::rotated(cycle, 30 + n as u64), 0));
    }
    for n in 1..=3 {
        systems.push((Mixed::rotated(vec![quintic(); n], 40 + n as u64), 0));
        systems.push((Mixed::sheared(vec![single(); 2 * n], 50 + n as u64), 0));
    }
    systems.push((Mixed::sheared(vec![quintic(), bistable(), cubic(), single()], 60), 0));
    systems.push((Mixed::sheared(vec![quintic(), quintic(), bistable()], 61), 0));
    systems.push((Mixed::sheared(vec![cubic(), single(), cubic(), single(), cubic(), single()], 62), 0));
    systems.push((Mixed::rotated(vec![cubic(); 6], 63), 0));
    assert_eq!(systems.len(), 30);
    let (mut all, mut hit) = (0, 0);
    for (k, (field, _)) in systems.iter().enumerate() {
        let zeros = field.zeros();
        let n = field.units.len();
        // The zeros lie within 2 of 0 along each axis of the units. Coupons: n ln(n/0.01) draws see 99 % of n equal ones.
        let scattered = (25 * zeros.len()).max(256);
        let search = FixedPointSearch {
            scattered,
            region: Region::Box(vec![(-2.5, 2.5); n]),
            seed: k as u64,
            ..FixedPointSearch::default()
        };
        let found = search_fixed_points(field, &[], &search, &unwatched).unwrap();
        let (right, wrong) = recall(&found, &zeros);
        assert_eq!(wrong, 0, "system {k}");
        assert_eq!(right, found.points.len(), "system {k}: a point twice");
        assert!(
            right as f64 >= 0.99 * zeros.len() as f64,
            "system {k}: {right} of {} in {n} dimensions, missed {:?}",
            zeros.len(),
            found.missed
        );
        (all, hit) = (all + zeros.len(), hit + right);
    }
    assert!(hit as f64 >= 0.99 * all as f64);
}

/// dx/dt = x^2 + p.
struct Fold;

impl VectorField for Fold {
    fn dimension(&self) -> usize {
        1
    }
    fn eval(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        dx: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        (0..t.len()).for_each(|l| dx[l] = x[l] * x[l] + p[l]);
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
        j[(0, 0)] = 2.0 * x[0];
        Ok(JacobianKind::Exact)
    }
}

#[test]
fn beyond_a_fold_only_a_slow_point_is_told() {
    for c in [1e-2, 1e-6, 1e-9] {
        let found = search_fixed_points(&Fold, &[c], &FixedPointSearch::default(), &unwatched).unwrap();
        assert!(found.points.is_empty() && found.singular.is_empty(), "{c}: {found:?}");
        assert_eq!(found.slow.len(), 1, "{c}: {found:?}");
        assert!((found.slow[0].speed / c - 1.0).abs() < 1e-3, "{c}: {found:?}");
    }
    let found = search_fixed_points(&Fold, &[-1e-4], &FixedPointSearch::default(), &unwatched).unwrap();
    let x: Vec<f64> = found.points.iter().map(|p| p.x[0]).collect();
    assert!(x.len() == 2 && (x[0] + 1e-2).abs() < 1e-14 && (x[1] - 1e-2).abs() < 1e-14, "{x:?}");
    assert!(found.slow.is_empty(), "{found:?}");
}

/// x' = -x + J tanh x, J with independent normal entries of variance g^2/n.
pub(crate) struct Network {
    j: Matrix,
}

impl Network {
    pub(crate) fn new(n: usize, g: f64, seed: u64) -> Self {
        let mut random = Stream::new(seed, 7, 0);
        let size = g / (n as f64).sqrt();
        Self { j: Matrix::from_fn(n, n, |_, _| size * random.normal()) }
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
        linalg::mul_lanes_into(&self.j, &r, t.len(), dx);
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

#[test]
fn a_random_network_below_the_transition_rests_at_0_alone() {
    // SC1, G35: g < 1 (here 0.8, well below the finite-size width of the transition).
    let field = Network::new(100, 0.8, 5);
    let found = search_fixed_points(&field, &[], &FixedPointSearch::default(), &unwatched).unwrap();
    assert_eq!(found.points.len(), 1);
    assert!(norm(&found.points[0].x) < 1e-13 && found.points[0].is_stable == Some(true));
    // The circular law puts the edge of the spectrum of J at g: the largest real part is near g - 1.
    assert!((found.points[0].eigenvalues[0].re + 0.2).abs() < 0.1);
    let field = Network::new(100, 1.5, 5);
    let found = search_fixed_points(&field, &[], &FixedPointSearch::default(), &unwatched).unwrap();
    let origin = found.points.iter().find(|p| norm(&p.x) < 1e-12).unwrap();
    assert_eq!(origin.is_stable, Some(false));
    assert!(found.points.iter().all(|p| p.residual < 1e-12));
    // Zeros of an odd field come in pairs.
    for p in &found.points {
        let mirror: Vec<f64> = p.x.iter().map(|x| -x).collect();
        let f = |x: &[f64]| {
            let mut dx = vec![0.0; 100];
            field.eval(&[0.0], &[], x, &mut dx, &mut Workspace::default()).unwrap();
            norm(&dx)
        };
        assert!(f(&mirror) < 1e-12);
    }
}

#[test]
fn the_answer_has_the_same_bits_on_one_thread_and_on_four() {
    let field = Mixed::sheared(vec![bistable(); 4], 9);
    let search = FixedPointSearch { scattered: 200, ..FixedPointSearch::default() };
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let found = pool.install(|| search_fixed_points(&field, &[], &search, &unwatched)).unwrap();
        found.points.iter().map(|p| (p.x.clone(), p.hits)).collect::<Vec<_>>()
    };
    assert_eq!(on(1), on(4));
}

#[test]
fn a_search_that_is_stopped_keeps_what_it_has() {
    let field = Mixed::rotated(vec![bistable(); 2], 1);
    let stop = |_: f64| std::ops::ControlFlow::Break(());
    let found = search_fixed_points(&field, &[], &FixedPointSearch::default(), &stop).unwrap();
    assert!(found.stopped && found.starts == 4 * LANES && !found.points.is_empty());
}

/// dx/dt = -x + J tanh(p x), the gain p a parameter.
struct Gain(Network);

impl VectorField for Gain {
    fn dimension(&self) -> usize {
        self.0.j.rows()
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
        let r: Vec<f64> = x.iter().enumerate().map(|(i, x)| (p[i % lanes] * x).tanh()).collect();
        linalg::mul_lanes_into(&self.0.j, &r, lanes, dx);
        dx.iter_mut().zip(x).for_each(|(d, x)| *d -= x);
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
        for (k, x) in x.iter().enumerate() {
            let slope = p[0] * (1.0 - (p[0] * x).tanh().powi(2));
            j.column_mut(k).iter_mut().zip(self.0.j.column(k)).for_each(|(j, w)| *j = slope * w);
            j[(k, k)] -= 1.0;
        }
        Ok(JacobianKind::Exact)
    }
}

#[test]
fn paths_in_the_gain_lead_to_points_that_few_starts_miss() {
    // 17 starts bring 5 points, the paths from them 14.
    let field = Network::new(40, 3.0, 1);
    let few =
        FixedPointSearch { scattered: 16, between: 0, deflated: 0, leaps: 0, ..FixedPointSearch::default() };
    let plain = search_fixed_points(&field, &[], &few, &unwatched).unwrap();
    let paths = FixedPointSearch { homotopy: Some(Homotopy::Pull { paths: 17 }), ..few.clone() };
    let with = search_fixed_points(&field, &[], &paths, &unwatched).unwrap();
    assert!(with.points.len() > plain.points.len(), "{} {}", with.points.len(), plain.points.len());
    assert!(with.points.iter().all(|p| p.residual < 1e-12));
    let index =
        FixedPointSearch { homotopy: Some(Homotopy::Parameter { index: 3, from: 0.5 }), ..few.clone() };
    let refused = search_fixed_points(&Gain(Network::new(4, 2.0, 1)), &[1.0], &index, &unwatched);
    assert!(refused.unwrap_err().to_string().contains("has 1 entries"));
    // Below the transition 0 is the only fixed point, and its path goes on to the wanted gain.
    let gain = FixedPointSearch { homotopy: Some(Homotopy::Parameter { index: 0, from: 0.3 }), ..few };
    let found = search_fixed_points(&Gain(Network::new(20, 2.0, 1)), &[1.0], &gain, &unwatched).unwrap();
    assert!(found.points.iter().any(|p| norm(&p.x) < 1e-12));
}

/// r_1' = -r_1 + max(0, 1 - r_2), and so with 1 and 2 exchanged: every r_1 + r_2 = 1 with both positive is at rest.
struct Corners;

impl VectorField for Corners {
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
            dx[l] = (1.0 - x[lanes + l]).max(0.0) - x[l];
            dx[lanes + l] = (1.0 - x[l]).max(0.0) - x[lanes + l];
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
        let slope = |x: f64| if x < 1.0 { -1.0 } else { 0.0 };
        *j = Matrix::from_rows(&[[-1.0, slope(x[1])], [slope(x[0]), -1.0]]);
        Ok(JacobianKind::Exact)
    }
}

#[test]
fn every_zero_of_a_line_of_them_is_a_state_of_numbers() {
    // J is singular and f exactly 0: the step J^-1 f is 0/0, and no state may follow it.
    let region = Region::Box(vec![(0.05, 0.95); 2]);
    let search = FixedPointSearch { region, ..FixedPointSearch::default() };
    let found = search_fixed_points(&Corners, &[], &search, &unwatched).unwrap();
    assert!(found.singular.len() > 10);
    for point in &found.singular {
        assert!((point.x[0] + point.x[1] - 1.0).abs() < 1e-12, "{:?}", point.x);
    }
}
