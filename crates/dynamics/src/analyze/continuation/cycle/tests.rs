//! Branches of cycles whose bifurcations are known.

use super::super::diagram::{BranchEnd, SpecialKind};
use super::*;
use crate::analyze::{CycleGuess, CycleSettings, CycleVerdict, limit_cycle, phase_response, settled_cycle};
use crate::field::{EvalError, JacobianKind, VectorField, Workspace};
use linalg::Matrix;
use std::f64::consts::TAU;

type Law = fn(&[f64], &[f64], &mut [f64]);
type Slope = fn(&[f64], &[f64], &mut Matrix);

/// A field by its formula and the formula of its Jacobian.
struct Formula {
    n: usize,
    parameters: usize,
    law: Law,
    slope: Slope,
}

impl VectorField for Formula {
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
        let (mut y, mut q, mut f) = ([0.0; 6], [0.0; 6], [0.0; 6]);
        for l in 0..lanes {
            (0..self.n).for_each(|i| y[i] = x[i * lanes + l]);
            (0..self.parameters).for_each(|i| q[i] = p[i * lanes + l]);
            (self.law)(&q, &y, &mut f);
            (0..self.n).for_each(|i| dx[i * lanes + l] = f[i]);
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
        (self.slope)(p, x, j);
        Ok(JacobianKind::Exact)
    }
}

/// A cubic relaxation oscillator: v' = v - v^3/3 - w + I, w' = 0.08 (v + 0.7 - 0.8 w).
fn relaxation() -> Formula {
    Formula {
        n: 2,
        parameters: 1,
        law: |p, x, f| {
            f[0] = x[0] - x[0].powi(3) / 3.0 - x[1] + p[0];
            f[1] = 0.08 * (x[0] + 0.7 - 0.8 * x[1]);
        },
        slope: |_, x, j| {
            (j[(0, 0)], j[(0, 1)]) = (1.0 - x[0] * x[0], -1.0);
            (j[(1, 0)], j[(1, 1)]) = (0.08, -0.064);
        },
    }
}

/// x''' + a x'' + x' + x - x^2 = 0.
fn lure() -> Formula {
    Formula {
        n: 3,
        parameters: 1,
        law: |p, x, f| {
            f[0] = x[1];
            f[1] = x[2];
            f[2] = -p[0] * x[2] - x[1] - x[0] + x[0] * x[0];
        },
        slope: |p, x, j| {
            for i in 0..3 {
                for k in 0..3 {
                    j[(i, k)] = 0.0;
                }
            }
            (j[(0, 1)], j[(1, 2)]) = (1.0, 1.0);
            (j[(2, 0)], j[(2, 1)], j[(2, 2)]) = (2.0 * x[0] - 1.0, -1.0, -p[0]);
        },
    }
}

fn tell(name: &str, found: &CycleBranch) {
    println!(
        "{name}: {} points, ends {:?}, notes {:?}",
        found.branch.points.len(),
        found.branch.ends,
        found.notes
    );
    for s in &found.specials {
        println!("  {} {:.13} +- {:.1e} T {:?} {:?}", s.kind.name(), s.p, s.error, s.period, s.criticality);
    }
}

#[test]
fn the_folds_of_a_relaxation_oscillator_are_found_through_its_canards() {
    // The lower Hopf point in closed form: v^2 = 1 - 0.064.
    let v = -(1.0f64 - 0.064).sqrt();
    let w = (v + 0.7) / 0.8;
    let p = w - v + v.powi(3) / 3.0;
    let settings = CycleBranchSettings { interval: (0.0, 1.5), ..CycleBranchSettings::default() };
    let found = cycles_from_hopf(&relaxation(), &[p], &[v, w], &settings).unwrap();
    tell("relaxation", &found);
    let kinds: Vec<SpecialKind> = found.specials.iter().map(|s| s.kind).collect();
    assert_eq!(kinds, [SpecialKind::CycleFold, SpecialKind::CycleFold, SpecialKind::Hopf]);
    assert!((found.specials[0].p - 0.324_178_522_5).abs() < 1e-7);
    assert!((found.specials[1].p - 1.425_821_477_5).abs() < 1e-7);
    // The system is symmetric about 1.75/2.
    assert!((found.specials[0].p + found.specials[1].p - 1.75).abs() < 1e-9);
    assert!((found.specials[2].p - (1.75 - p)).abs() < 1e-9);
}

#[test]
fn the_lure_system_doubles_its_period() {
    let settings = CycleBranchSettings { interval: (0.5, 1.1), ..CycleBranchSettings::default() };
    let found = cycles_from_hopf(&lure(), &[1.0], &[0.0, 0.0, 0.0], &settings).unwrap();
    tell("lure", &found);
    let doubling = found.specials.iter().find(|s| s.kind == SpecialKind::PeriodDoubling).unwrap();
    assert!((doubling.p - 0.630_302_006_16).abs() < 1e-7);
    let second = cycles_from_period_doubling(&lure(), &found.doublings[0], &settings).unwrap();
    tell("lure doubled", &second);
    let period = second.branch.points[0].period.unwrap();
    assert!((period / doubling.period.unwrap() - 2.0).abs() < 1e-2);
}

/// A polar torus: r' = r (mu - r^2) about a circle of radius 2 in the (x, y) plane, turning with the angle omega there:
/// with u = sqrt(x^2 + y^2) - 2 the pair (u, z) obeys w' = (mu + i omega) w - |w|^2 w, and the angle runs at speed 1.
fn torus() -> Formula {
    Formula {
        n: 3,
        parameters: 1,
        law: |p, x, f| {
            let r = x[0].hypot(x[1]);
            let (u, z) = (r - 2.0, x[2]);
            let omega = 0.3;
            let q = u * u + z * z;
            let du = p[0] * u - omega * z - q * u;
            f[2] = omega * u + p[0] * z - q * z;
            f[0] = du * x[0] / r - x[1];
            f[1] = du * x[1] / r + x[0];
        },
        slope: |p, x, j| {
            let r = x[0].hypot(x[1]);
            let (u, z, omega) = (r - 2.0, x[2], 0.3);
            let q = u * u + z * z;
            let du = p[0] * u - omega * z - q * u;
            let (du_u, du_z) = (p[0] - q - 2.0 * u * u, -omega - 2.0 * u * z);
            let (dz_u, dz_z) = (omega - 2.0 * u * z, p[0] - q - 2.0 * z * z);
            let (c, s) = (x[0] / r, x[1] / r);
            j[(0, 0)] = du_u * c * c + du * s * s / r;
            j[(0, 1)] = du_u * s * c - du * s * c / r - 1.0;
            j[(0, 2)] = du_z * c;
            j[(1, 0)] = du_u * s * c - du * s * c / r + 1.0;
            j[(1, 1)] = du_u * s * s + du * c * c / r;
            j[(1, 2)] = du_z * s;
            (j[(2, 0)], j[(2, 1)], j[(2, 2)]) = (dz_u * c, dz_u * s, dz_z);
        },
    }
}

/// A saddle connection at mu = 0 exactly: with E = y^2/2 - x^2/2 + x^3/3 the system x' = y, y' = x - x^2 - (E - mu) y has the
/// closed level curves E = mu, in (-1/6, 0), as cycles, and at mu = 0 the loop of the saddle at the origin.
fn connection() -> Formula {
    Formula {
        n: 2,
        parameters: 1,
        law: |p, x, f| {
            let e = 0.5 * x[1] * x[1] - 0.5 * x[0] * x[0] + x[0].powi(3) / 3.0;
            f[0] = x[1];
            f[1] = x[0] - x[0] * x[0] - (e - p[0]) * x[1];
        },
        slope: |p, x, j| {
            let e = 0.5 * x[1] * x[1] - 0.5 * x[0] * x[0] + x[0].powi(3) / 3.0;
            (j[(0, 0)], j[(0, 1)]) = (0.0, 1.0);
            j[(1, 0)] = 1.0 - 2.0 * x[0] - (x[0] * x[0] - x[0]) * x[1];
            j[(1, 1)] = -(e - p[0]) - x[1] * x[1];
        },
    }
}

/// On the unit circle theta' = 1 + p - cos(theta) with r' = r (1 - r^2): a saddle-node on the cycle at p = 0.
fn saddle_node_on_circle() -> Formula {
    Formula {
        n: 2,
        parameters: 1,
        law: |p, x, f| {
            let q = x[0] * x[0] + x[1] * x[1];
            let turn = 1.0 + p[0] - x[0];
            f[0] = x[0] * (1.0 - q) - x[1] * turn;
            f[1] = x[1] * (1.0 - q) + x[0] * turn;
        },
        slope: |p, x, j| {
            let q = x[0] * x[0] + x[1] * x[1];
            let turn = 1.0 + p[0] - x[0];
            j[(0, 0)] = 1.0 - q - 2.0 * x[0] * x[0] + x[1];
            j[(0, 1)] = -2.0 * x[0] * x[1] - turn;
            j[(1, 0)] = -2.0 * x[0] * x[1] + turn - x[0];
            j[(1, 1)] = 1.0 - q - 2.0 * x[1] * x[1];
        },
    }
}

fn circle(n: usize, period: f64, radius: f64) -> CycleGuess {
    let times: Vec<f64> = (0..=60).map(|k| period * f64::from(k) / 60.0).collect();
    let states = times
        .iter()
        .flat_map(|t| {
            let s = TAU * t / period;
            let mut x = vec![0.0; n];
            (x[0], x[1]) = (radius * s.cos(), radius * s.sin());
            x
        })
        .collect();
    CycleGuess { times, states }
}

#[test]
fn a_torus_is_born_where_the_pair_crosses_the_circle() {
    let field = torus();
    let cycle = limit_cycle(&field, &[-0.1], &circle(3, 6.2, 2.0), &CycleSettings::default()).unwrap();
    assert_eq!(cycle.verdict, CycleVerdict::Converged);
    let settings = CycleBranchSettings { interval: (-0.5, 0.6), ..CycleBranchSettings::default() };
    let found = cycles_from_cycle(&field, &cycle, &settings).unwrap();
    tell("torus", &found);
    assert_eq!(found.branch.ends, [BranchEnd::Interval, BranchEnd::Interval]);
    assert_eq!(found.specials.len(), 1);
    assert_eq!(found.specials[0].kind, SpecialKind::Torus);
    assert!(found.specials[0].p.abs() <= found.specials[0].error && found.specials[0].error < 1e-9);
}

#[test]
fn a_saddle_connection_is_told_by_the_growing_period() {
    // The center of the family, at (1, 0) with E = -1/6, is its Hopf point: mu = -1/6.
    let settings = CycleBranchSettings { interval: (-0.3, 0.3), ..CycleBranchSettings::default() };
    let found = cycles_from_hopf(&connection(), &[-1.0 / 6.0], &[1.0, 0.0], &settings).unwrap();
    tell("connection", &found);
    assert!(matches!(found.branch.ends[1], BranchEnd::GrowingPeriod { .. }));
    let s = &found.specials[found.specials.len() - 1];
    assert_eq!((s.kind, found.specials.len()), (SpecialKind::Homoclinic, 1));
    assert!(s.p.abs() <= s.error && s.error < 1e-8);
}

#[test]
fn a_saddle_node_on_the_cycle_is_told_by_the_growing_period() {
    let field = saddle_node_on_circle();
    // The period is 2 pi / sqrt(p^2 + 2 p).
    let cycle = limit_cycle(&field, &[1.0], &circle(2, 3.7, 1.0), &CycleSettings::default()).unwrap();
    assert!((cycle.orbit.period - TAU / 3f64.sqrt()).abs() < 1e-11);
    let settings = CycleBranchSettings { interval: (-0.5, 2.0), ..CycleBranchSettings::default() };
    let found = cycles_from_cycle(&field, &cycle, &settings).unwrap();
    tell("saddle-node", &found);
    let s = &found.specials[0];
    assert_eq!((s.kind, found.specials.len()), (SpecialKind::Snic, 1));
    assert!(s.p.abs() <= s.error && s.error < 1e-8);
    for b in &found.branch.points {
        let truth = TAU / (b.p * b.p + 2.0 * b.p).sqrt();
        assert!((b.period.unwrap() / truth - 1.0).abs() < 1e-6, "{} {:?} {truth}", b.p, b.period);
    }
}

/// A circle with a direction across it: r' = r (1 - r^2), theta' = 1, z' = p z - z^3. At p = 0 the cycle loses stability to two others.
fn pitchfork() -> Formula {
    Formula {
        n: 3,
        parameters: 1,
        law: |p, x, f| {
            let q = 1.0 - x[0] * x[0] - x[1] * x[1];
            f[0] = x[0] * q - x[1];
            f[1] = x[1] * q + x[0];
            f[2] = p[0] * x[2] - x[2].powi(3);
        },
        slope: |p, x, j| {
            let q = 1.0 - x[0] * x[0] - x[1] * x[1];
            (j[(0, 0)], j[(0, 1)], j[(0, 2)]) = (q - 2.0 * x[0] * x[0], -2.0 * x[0] * x[1] - 1.0, 0.0);
            (j[(1, 0)], j[(1, 1)], j[(1, 2)]) = (-2.0 * x[0] * x[1] + 1.0, q - 2.0 * x[1] * x[1], 0.0);
            (j[(2, 0)], j[(2, 1)], j[(2, 2)]) = (0.0, 0.0, p[0] - 3.0 * x[2] * x[2]);
        },
    }
}

#[test]
fn a_branch_point_of_cycles_is_no_fold() {
    let field = pitchfork();
    let cycle = limit_cycle(&field, &[-0.2], &circle(3, 6.2, 1.1), &CycleSettings::default()).unwrap();
    assert_eq!(cycle.verdict, CycleVerdict::Converged);
    let settings = CycleBranchSettings { interval: (-0.5, 0.6), ..CycleBranchSettings::default() };
    let found = cycles_from_cycle(&field, &cycle, &settings).unwrap();
    tell("pitchfork", &found);
    assert_eq!(found.specials.len(), 1);
    assert_eq!(found.specials[0].kind, SpecialKind::CycleBranchPoint);
    assert!(found.specials[0].p.abs() <= found.specials[0].error && found.specials[0].error < 1e-9);
}

/// x' = -y - z, y' = x + 0.2 y, z' = 0.2 + z (x - p).
fn band() -> Formula {
    Formula {
        n: 3,
        parameters: 1,
        law: |p, x, f| {
            f[0] = -x[1] - x[2];
            f[1] = x[0] + 0.2 * x[1];
            f[2] = 0.2 + x[2] * (x[0] - p[0]);
        },
        slope: |p, x, j| {
            (j[(0, 0)], j[(0, 1)], j[(0, 2)]) = (0.0, -1.0, -1.0);
            (j[(1, 0)], j[(1, 1)], j[(1, 2)]) = (1.0, 0.2, 0.0);
            (j[(2, 0)], j[(2, 1)], j[(2, 2)]) = (x[2], 0.0, x[0] - p[0]);
        },
    }
}

#[test]
fn periods_double_again_and_again_at_falling_distances() {
    let field = band();
    let cycle = settled_cycle(&field, &[2.5], &[1.0, 1.0, 0.0], 300.0, &CycleSettings::default()).unwrap();
    let settings = CycleBranchSettings { interval: (2.0, 6.0), ..CycleBranchSettings::default() };
    let mut found = cycles_from_cycle(&field, &cycle, &settings).unwrap();
    let mut places = Vec::new();
    for _ in 0..4 {
        tell("band", &found);
        assert_eq!(found.specials[0].kind, SpecialKind::PeriodDoubling);
        places.push(found.specials[0].p);
        found = cycles_from_period_doubling(&field, &found.doublings[0], &settings).unwrap();
    }
    // The first three decimals are in the literature: 2.832, 3.837, 4.124.
    for (found, known) in places.iter().zip([2.832, 3.837, 4.124]) {
        assert!((found - known).abs() < 1e-3);
    }
    // The ratio of distances tends to Feigenbaum's 4.669.
    let ratio = (places[2] - places[1]) / (places[3] - places[2]);
    assert!((ratio - 4.669).abs() < 0.2, "{ratio}");
}

/// The relaxation oscillator with a recovery of the speed p1.
fn slow() -> Formula {
    Formula {
        n: 2,
        parameters: 2,
        law: |p, x, f| {
            f[0] = x[0] - x[0].powi(3) / 3.0 - x[1] + p[0];
            f[1] = p[1] * (x[0] + 0.7 - 0.8 * x[1]);
        },
        slope: |p, x, j| {
            (j[(0, 0)], j[(0, 1)]) = (1.0 - x[0] * x[0], -1.0);
            (j[(1, 0)], j[(1, 1)]) = (p[1], -0.8 * p[1]);
        },
    }
}

#[test]
fn a_sharp_canard_is_no_saddle_connection() {
    for speed in [0.04, 0.02] {
        // The Hopf points: v^2 = 1 - 0.8 speed.
        let v = -(1.0f64 - 0.8 * speed).sqrt();
        let w = (v + 0.7) / 0.8;
        let p = w - v + v.powi(3) / 3.0;
        let settings = CycleBranchSettings { interval: (0.0, 1.5), ..CycleBranchSettings::default() };
        let found = cycles_from_hopf(&slow(), &[p, speed], &[v, w], &settings).unwrap();
        tell("slow", &found);
        let kinds: Vec<SpecialKind> = found.specials.iter().map(|s| s.kind).collect();
        assert_eq!(kinds, [SpecialKind::CycleFold, SpecialKind::CycleFold, SpecialKind::Hopf]);
        let sum = found.specials[0].p + found.specials[1].p - 1.75;
        assert!(sum.abs() <= found.specials[0].error + found.specials[1].error);
        assert!((found.specials[2].p - (1.75 - p)).abs() <= found.specials[2].error);
    }
}

/// Cycles on a closed curve: r' = -r ((r - 2)^2 + p^2 - 1), theta' = 1 has the cycles (r - 2)^2 + p^2 = 1.
fn isola() -> Formula {
    Formula {
        n: 2,
        parameters: 1,
        law: |p, x, f| {
            let r = x[0].hypot(x[1]);
            let g = -((r - 2.0).powi(2) + p[0] * p[0] - 1.0);
            f[0] = g * x[0] - x[1];
            f[1] = g * x[1] + x[0];
        },
        slope: |p, x, j| {
            let r = x[0].hypot(x[1]);
            let g = -((r - 2.0).powi(2) + p[0] * p[0] - 1.0);
            let d = -2.0 * (r - 2.0) / r;
            (j[(0, 0)], j[(0, 1)]) = (g + d * x[0] * x[0], d * x[0] * x[1] - 1.0);
            (j[(1, 0)], j[(1, 1)]) = (d * x[0] * x[1] + 1.0, g + d * x[1] * x[1]);
        },
    }
}

#[test]
fn a_closed_branch_of_cycles_ends_where_it_began() {
    let field = isola();
    let cycle = limit_cycle(&field, &[0.3], &circle(2, 6.2, 2.9), &CycleSettings::default()).unwrap();
    assert!(cycle.verdict.is_cycle(), "{}", cycle.verdict.words());
    let settings = CycleBranchSettings { interval: (-2.0, 2.0), ..CycleBranchSettings::default() };
    let found = cycles_from_cycle(&field, &cycle, &settings).unwrap();
    tell("isola", &found);
    assert_eq!(found.branch.ends[1], BranchEnd::Closed);
    let mut folds: Vec<f64> = found.specials.iter().map(|s| s.p).collect();
    folds.sort_by(f64::total_cmp);
    assert_eq!(folds.len(), 2);
    assert!(found.specials.iter().all(|s| s.kind == SpecialKind::CycleFold));
    for (s, truth) in folds.iter().zip([-1.0, 1.0]) {
        assert!((s - truth).abs() < 1e-9);
    }
}

#[test]
fn near_a_saddle_node_the_phase_response_is_one_cosine() {
    // On the circle theta' = a - cos(theta), a = 1 + p: Z along it is 1/theta' = (a + cos(W t))/W^2, W^2 = a^2 - 1, with t
    // counted from theta = 0.
    let field = saddle_node_on_circle();
    let p = 0.05;
    let a: f64 = 1.0 + p;
    let w = (a * a - 1.0).sqrt();
    let cycle = settled_cycle(&field, &[p], &[0.5, 0.5], 100.0, &CycleSettings::default()).unwrap();
    let z = phase_response(&field, &cycle).unwrap().unwrap();
    // tan(theta/2) = sqrt((a - 1)/(a + 1)) tan(W t/2).
    let start = cycle.orbit.points[1].atan2(cycle.orbit.points[0]);
    let t0 = 2.0 / w * ((0.5 * start).tan() * ((a + 1.0) / (a - 1.0)).sqrt()).atan();
    for k in 0..50 {
        let s = f64::from(k) / 50.0;
        let (x, z) = (cycle.orbit.at(s), z.curve.at(s));
        let along = -x[1] * z[0] + x[0] * z[1];
        let truth = (a + (w * (t0 + s * cycle.orbit.period)).cos()) / (w * w);
        assert!((along - truth).abs() < 1e-6 * a / (w * w), "{along} {truth}");
    }
}

#[test]
fn questions_that_cannot_be_asked_are_answered_in_words() {
    let zero = CycleBranchSettings { interval: (1.0, 1.0), ..CycleBranchSettings::default() };
    let other = CycleBranchSettings { parameter: 3, ..CycleBranchSettings::default() };
    let plain = CycleBranchSettings::default();
    for (x, settings, word) in [
        (vec![0.0, 0.0], &zero, "length"),
        (vec![0.0, 0.0], &other, "parameter 3"),
        (vec![0.0], &plain, "entries"),
        // At (3, 0) both eigenvalues are real.
        (vec![3.0, 0.0], &plain, "complex"),
    ] {
        let found = cycles_from_hopf(&relaxation(), &[0.5], &x, settings).unwrap();
        assert!(found.branch.points.is_empty());
        assert!(found.notes[0].contains(word), "{:?}", found.notes);
    }
}
