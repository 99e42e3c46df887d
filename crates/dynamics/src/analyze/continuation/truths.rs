//! Diagrams of equilibria against known ones.

use super::systems::{Dual, field};
use super::{
    BranchEnd, BranchKind, ContinuationSettings, Criticality, Diagram, FollowCycles, Special, SpecialKind,
    continuation,
};
use crate::analyze::AnalyzeError;
use crate::field::VectorField;
use crate::simulate::unwatched;

fn follow(f: &dyn VectorField, p: &[f64], settings: &ContinuationSettings) -> Diagram {
    let settings = ContinuationSettings { cycles: FollowCycles::No, ..settings.clone() };
    continuation(f, p, &settings, &unwatched).unwrap()
}

fn of(diagram: &Diagram, kind: SpecialKind) -> Vec<&Special> {
    let mut all: Vec<&Special> = diagram.specials.iter().filter(|s| s.kind == kind).collect();
    all.sort_by(|a, b| a.p.total_cmp(&b.p));
    all
}

/// True within 1e-7 relative, and within the error that is told.
fn agrees(special: &Special, truth: f64) {
    let wrong = (special.p - truth).abs();
    assert!(wrong <= 1e-7 * truth.abs().max(1e-2), "{} is not {truth}", special.p);
    assert!(wrong <= special.error, "{} is wrong by {wrong:e}, told {:e}", special.p, special.error);
    assert!(special.error <= 1e-7 * truth.abs().max(1e-2), "told {:e}", special.error);
}

/// The kinds and numbers found, and no other.
fn counts(diagram: &Diagram, fold: usize, hopf: usize, branch_point: usize) {
    let count = |kind| of(diagram, kind).len();
    let found = (count(SpecialKind::Fold), count(SpecialKind::Hopf), count(SpecialKind::BranchPoint));
    assert_eq!(found, (fold, hopf, branch_point), "{:?} {:?}", diagram.specials, diagram.notes);
    assert!(diagram.notes.is_empty(), "{:?}", diagram.notes);
}

#[test]
fn a_cubic_relaxation_oscillator_has_two_subcritical_hopf_points_in_closed_form() {
    let f = field(2, |x, p| {
        let v = &x[0];
        let cube = v * &(v * v);
        vec![v - &(cube / 3.0) - x[1].clone() + p[0].clone(), 0.08 * (v.clone() + 0.7 - 0.8 * x[1].clone())]
    });
    let found = follow(&f, &[0.0], &ContinuationSettings::new(0, 0.0, 2.0));
    counts(&found, 0, 2, 0);
    let hopf = of(&found, SpecialKind::Hopf);
    agrees(hopf[0], 0.331_281_337_454_745_8);
    agrees(hopf[1], 1.418_718_662_545_254_1);
    for h in hopf {
        assert_eq!(h.criticality, Some(Criticality::Subcritical));
        assert!((h.period.unwrap() - 22.805_916_865_386_006).abs() < 1e-9);
    }
    assert_eq!(found.branches.len(), 1);
    assert_eq!(found.branches[0].ends, [BranchEnd::Interval, BranchEnd::Interval]);
    let stable = |p: f64| {
        let nearest =
            found.branches[0].points.iter().min_by(|a, b| (a.p - p).abs().total_cmp(&(b.p - p).abs()));
        nearest.unwrap().is_stable
    };
    assert_eq!([stable(0.1), stable(0.9), stable(1.9)], [Some(true), Some(false), Some(true)]);
}

#[test]
fn the_form_of_the_lecture_has_its_hopf_points_elsewhere() {
    let f = field(2, |x, p| {
        let v = &x[0];
        let cube = v * &(v * v);
        vec![v - &cube - x[1].clone() + p[0].clone(), 0.08 * (v.clone() + 0.7 - 0.8 * x[1].clone())]
    });
    let found = follow(&f, &[0.0], &ContinuationSettings::new(0, 0.0, 1.5));
    counts(&found, 0, 2, 0);
    // 1 - 3 v^2 = 0.064 at v = -+sqrt(0.312); I = v^3 - v + (v + 0.7)/0.8.
    let at = |v: f64| v.powi(3) - v + (v + 0.7) / 0.8;
    agrees(of(&found, SpecialKind::Hopf)[0], at(-(0.312_f64.sqrt())));
    agrees(of(&found, SpecialKind::Hopf)[1], at(0.312_f64.sqrt()));
    assert!((of(&found, SpecialKind::Hopf)[0].p - 0.561_084).abs() < 1e-6);
}

#[test]
fn convection_rolls_appear_at_1_and_lose_stability_subcritically_at_470_over_19() {
    let f = field(3, |x, p| {
        vec![10.0 * (&x[1] - &x[0]), &x[0] * &(&p[0] - &x[2]) - x[1].clone(), &x[0] * &x[1] - &p[1] * &x[2]]
    });
    let p = [0.0, 8.0 / 3.0];
    let found = follow(&f, &p, &ContinuationSettings::new(0, 0.5, 30.0));
    counts(&found, 0, 2, 1);
    agrees(of(&found, SpecialKind::BranchPoint)[0], 1.0);
    for hopf in of(&found, SpecialKind::Hopf) {
        agrees(hopf, 470.0 / 19.0);
        assert_eq!(hopf.criticality, Some(Criticality::Subcritical));
    }
}

#[test]
fn a_feedback_of_third_order_has_a_hopf_point_at_1_with_frequency_1() {
    let f = field(3, |x, p| {
        let square = &x[0] * &x[0];
        vec![x[1].clone(), x[2].clone(), square - &p[0] * &x[2] - x[1].clone() - x[0].clone()]
    });
    let found = follow(&f, &[0.0], &ContinuationSettings::new(0, 0.4, 1.6));
    // The saddle at x = 1 has no Hopf point.
    counts(&found, 0, 1, 0);
    let hopf = of(&found, SpecialKind::Hopf)[0];
    agrees(hopf, 1.0);
    assert!((hopf.period.unwrap() - std::f64::consts::TAU).abs() < 1e-9);
}

/// u'' + p exp(u) = 0 by differences on n inner points.
fn reaction(n: usize) -> impl VectorField {
    field(n, move |u, p| {
        let h = 1.0 / (n + 1) as f64;
        let zero = Dual::constant(0.0, u[0].d.len());
        let at = |i: isize| if i < 0 || i >= n as isize { zero.clone() } else { u[i as usize].clone() };
        (0..n as isize)
            .map(|i| (at(i - 1) - 2.0 * at(i) + at(i + 1)) / (h * h) + &p[0] * &at(i).exp())
            .collect()
    })
}

impl std::ops::Add<Dual> for &Dual {
    type Output = Dual;
    fn add(self, b: Dual) -> Dual {
        self + &b
    }
}

#[test]
fn a_reaction_with_diffusion_ignites_at_one_fold() {
    // n = 1: -8 u + p e^u folds at u = 1, p = 8/e. n = 2: -9 u + p e^u on both points: u = 1, p = 9/e.
    for (n, truth) in [(2, 9.0 / 1_f64.exp()), (2, 9.0 / 1_f64.exp())] {
        let found = follow(&reaction(n), &[0.0], &ContinuationSettings::new(0, 0.0, 4.0));
        let folds = of(&found, SpecialKind::Fold);
        assert_eq!(folds.len(), 1, "{n}: {:?} {:?}", found.specials, found.notes);
        agrees(folds[0], truth);
    }
    // The upper branch goes to infinity as p goes to 0.
    let bounded = ContinuationSettings { high: vec![6.0; 10], ..ContinuationSettings::new(0, 0.0, 4.0) };
    let found = follow(&reaction(10), &[0.0], &bounded);
    let fold = of(&found, SpecialKind::Fold)[0];
    assert!((fold.p - 3.513_830_719).abs() < 0.02 && fold.error < 1e-9, "{fold:?}");
}

#[test]
fn normal_forms_are_found_with_their_coefficients() {
    let fold = field(1, |x, p| vec![p[0].clone() - &x[0] * &x[0]]);
    let found = follow(&fold, &[0.0], &ContinuationSettings::new(0, -0.7, 1.0));
    counts(&found, 1, 0, 0);
    agrees(of(&found, SpecialKind::Fold)[0], 0.0);
    assert!((of(&found, SpecialKind::Fold)[0].coefficient.unwrap().abs() - 1.0).abs() < 1e-9);

    let transcritical = field(1, |x, p| vec![&p[0] * &x[0] - &x[0] * &x[0]]);
    let found = follow(&transcritical, &[0.0], &ContinuationSettings::new(0, -0.7, 1.0));
    counts(&found, 0, 0, 1);
    agrees(of(&found, SpecialKind::BranchPoint)[0], 0.0);
    assert_eq!(found.branches.len(), 2);

    for sign in [1.0, -1.0] {
        let pitchfork = field(1, move |x, p| vec![&p[0] * &x[0] - sign * (&x[0] * &(&x[0] * &x[0]))]);
        let found = follow(&pitchfork, &[0.0], &ContinuationSettings::new(0, -0.7, 1.0));
        counts(&found, 0, 0, 1);
        agrees(of(&found, SpecialKind::BranchPoint)[0], 0.0);
        let end = if sign > 0.0 { 1.0 } else { -0.7 };
        let at_end: Vec<f64> = found
            .branches
            .iter()
            .flat_map(|b| b.points.windows(2))
            .filter(|w| (w[0].p < end) != (w[1].p < end))
            .map(|w| w[1].x[0])
            .collect();
        assert_eq!(at_end.len(), 3, "{sign}: {at_end:?} {:?}", found.notes);
    }

    for (sigma, born) in [(-1.0, Criticality::Supercritical), (1.0, Criticality::Subcritical)] {
        let hopf = field(2, move |x, p| {
            let square = &x[0] * &x[0] + &x[1] * &x[1];
            vec![
                &p[0] * &x[0] - 2.0 * x[1].clone() + sigma * (&square * &x[0]),
                2.0 * x[0].clone() + &p[0] * &x[1] + sigma * (&square * &x[1]),
            ]
        });
        let found = follow(&hopf, &[0.0], &ContinuationSettings::new(0, -0.7, 1.0));
        counts(&found, 0, 1, 0);
        let h = of(&found, SpecialKind::Hopf)[0];
        agrees(h, 0.0);
        assert_eq!(h.criticality, Some(born));
        // |x|^2 = 2 |zeta|^2 for x = zeta q + conjugate with |q| = 1: zeta' = 2 sigma |zeta|^2 zeta, and omega = 2.
        assert!((h.coefficient.unwrap() - sigma).abs() < 1e-6, "{h:?}");
    }
}

#[test]
fn a_neutral_saddle_is_no_hopf_point() {
    // Eigenvalues 1 + p and -1: their sum is 0 at p = 0.
    let f = field(2, |x, p| vec![x[0].clone() + &p[0] * &x[0] - 0.3 * (&x[0] * &x[1]), -1.0 * x[1].clone()]);
    let found = follow(&f, &[0.0], &ContinuationSettings::new(0, -0.5, 0.5));
    counts(&found, 0, 0, 0);
}

#[test]
fn two_events_within_one_step_are_both_found() {
    // Stable but for |p - 0.3| < 1e-3, far below a step: Re lambda = 1e-6 - (p - 0.3)^2.
    let hopf = field(2, |x, p| {
        let d = p[0].clone() - 0.3;
        let growth = 1e-6 - &d * &d;
        vec![&growth * &x[0] - x[1].clone(), x[0].clone() + &growth * &x[1]]
    });
    let found = follow(&hopf, &[0.0], &ContinuationSettings::new(0, 0.0, 1.0));
    counts(&found, 0, 2, 0);
    agrees(of(&found, SpecialKind::Hopf)[0], 0.299);
    agrees(of(&found, SpecialKind::Hopf)[1], 0.301);
    // Folds of p = x^3 - 3 e x at x = -+sqrt e, p = +-2 e^(3/2), with e = 1e-4.
    let folds = field(1, |x, p| vec![p[0].clone() - &x[0] * &(&x[0] * &x[0]) + 3e-4 * x[0].clone()]);
    let found = follow(&folds, &[0.0], &ContinuationSettings::new(0, -1.0, 0.7));
    counts(&found, 2, 0, 0);
    for (fold, truth) in of(&found, SpecialKind::Fold).iter().zip([-2e-6, 2e-6]) {
        assert!((fold.p - truth).abs() < 1e-13, "{fold:?}");
    }
}

#[test]
fn a_hopf_point_beside_a_fold_is_not_taken_into_it() {
    // Bogdanov and Takens: a fold at x = e/2, p = e^2/4 and a Hopf point at x = 0, p = 0, where one step passes both.
    for e in [0.1, 1e-2, 1e-3] {
        let f = field(2, |x, p| {
            let (x, y) = (&x[0], &x[1]);
            vec![y.clone(), p[0].clone() - e * x.clone() + x * x - x * y]
        });
        let found = follow(&f, &[0.0], &ContinuationSettings::new(0, -1.0, 1.0));
        counts(&found, 1, 1, 0);
        for (kind, truth) in [(SpecialKind::Hopf, 0.0), (SpecialKind::Fold, e * e / 4.0)] {
            let special = of(&found, kind)[0];
            assert!((special.p - truth).abs() <= special.error.min(1e-9), "{e} {special:?}");
        }
    }
}

/// Relaxation with sigmoid conductances, its textbook parameters; p = (drive, phi, g, v3, v4).
fn sigmoids() -> impl VectorField {
    field(2, |x, p| {
        let (v, w) = (&x[0], &x[1]);
        let m = 0.5 * (1.0 + ((v.clone() + 1.2) / 18.0).tanh());
        let shift = (v - &p[3]) / p[4].clone();
        let open = 0.5 * (1.0 + shift.tanh());
        let rate = &p[1] * &(shift / 2.0).cosh();
        let currents =
            (&p[2] * &m) * (v.clone() - 120.0) + 8.0 * (w * &(v.clone() + 84.0)) + 2.0 * (v.clone() + 60.0);
        vec![(p[0].clone() - currents) / 20.0, rate * (open - w.clone())]
    })
}

impl std::ops::Mul<Dual> for &Dual {
    type Output = Dual;
    fn mul(self, b: Dual) -> Dual {
        self * &b
    }
}

#[test]
fn a_relaxation_with_sigmoid_gates_has_its_textbook_bifurcations() {
    let found = follow(&sigmoids(), &[0.0, 0.04, 4.4, 2.0, 30.0], &ContinuationSettings::new(0, 0.0, 300.0));
    counts(&found, 0, 2, 0);
    let hopf = of(&found, SpecialKind::Hopf);
    assert!((hopf[0].p - 93.857_618).abs() < 1e-5 && (hopf[1].p - 212.018_816).abs() < 1e-5, "{hopf:?}");
    assert!((hopf[0].x[0] + 25.270_105).abs() < 1e-5);
    // The set with a saddle-node on a cycle: its branch folds outside the interval and comes back with the Hopf point.
    for (phi, truth) in [(0.0667, 97.773_713_234), (0.23, 36.316_217_497)] {
        let settings = ContinuationSettings::new(0, 30.0, 120.0);
        let found = follow(&sigmoids(), &[0.0, phi, 4.0, 12.0, 17.4], &settings);
        let hopf = of(&found, SpecialKind::Hopf);
        assert_eq!(hopf.len(), 1, "{:?}", found.specials);
        assert!((hopf[0].p - truth).abs() < 1e-8, "{:?}", hopf[0]);
        let folds = of(&found, SpecialKind::Fold);
        assert!((folds[0].p - 39.963).abs() < 1e-3, "{folds:?}");
        let all: Vec<_> = found.specials.iter().chain(&found.outside).collect();
        assert_eq!(all.iter().filter(|s| s.kind == SpecialKind::Fold).count(), 2, "{all:?}");
    }
}

#[test]
fn a_branch_that_is_left_by_the_interval_is_met_again_outside() {
    // p = x^3 - 3 x + 2.5 folds at p = 4.5 and 0.5; over [0, 1] alone the two ends see one and three equilibria of one curve.
    let f = field(1, |x, p| vec![p[0].clone() - 2.5 - &x[0] * &(&x[0] * &x[0]) + 3.0 * x[0].clone()]);
    let wide = ContinuationSettings { margin: 4.0, ..ContinuationSettings::new(0, 0.0, 1.0) };
    let found = follow(&f, &[0.0], &wide);
    assert_eq!(found.branches.len(), 1);
    assert_eq!((found.specials.len(), found.outside.len()), (1, 1));
    let narrow = ContinuationSettings { margin: 0.1, ..wide };
    assert_eq!(follow(&f, &[0.0], &narrow).branches.len(), 2);
}

#[test]
fn a_closed_branch_is_followed_once_around() {
    // x^2 + (p - 1/2)^2 = 1/4 + 0.01 cuts both ends of [0, 1].
    let f = field(1, |x, p| {
        let d = p[0].clone() - 0.5;
        vec![0.26 - &x[0] * &x[0] - &d * &d]
    });
    let found = follow(&f, &[0.0], &ContinuationSettings::new(0, 0.0, 1.0));
    assert_eq!(found.branches.len(), 1);
    assert_eq!(found.branches[0].ends, [BranchEnd::Closed, BranchEnd::Closed]);
    assert_eq!(found.outside.len(), 2);
}

#[test]
fn what_ends_a_branch_is_told() {
    let line = field(1, |x, p| vec![x[0].clone() - 10.0 * p[0].clone()]);
    let boxed =
        ContinuationSettings { low: vec![-1.0], high: vec![5.0], ..ContinuationSettings::new(0, 0.0, 1.0) };
    let found = follow(&line, &[0.0], &boxed);
    let outer = |value| BranchEnd::Box { variable: 0, value };
    let ends = &found.branches[0].ends;
    assert_eq!(ends[1], outer(5.0));
    assert!(ends[0] == outer(-1.0), "{ends:?}");
    // Not finite beyond p = 1/2.
    let cliff = field(1, |x, p| {
        let far = if p[0].v > 0.5 { f64::NAN } else { 1.0 };
        vec![far * (x[0].clone() - p[0].clone())]
    });
    let found = follow(&cliff, &[0.0], &ContinuationSettings::new(0, 0.0, 1.0));
    assert!(matches!(found.branches[0].ends[1], BranchEnd::Failed { .. }), "{:?}", found.branches[0].ends);
    assert!((found.branches[0].points.last().unwrap().p - 0.5).abs() < 1e-5);
    let few = ContinuationSettings { points: 5, ..ContinuationSettings::new(0, 0.0, 1.0) };
    assert_eq!(follow(&line, &[0.0], &few).branches[0].ends[1], BranchEnd::Points);
    let none = field(1, |x, p| vec![1.0 + &x[0] * &x[0] + &p[0] * &p[0]]);
    let found = follow(&none, &[0.0], &ContinuationSettings::new(0, 0.0, 1.0));
    assert!(found.branches.is_empty() && found.notes[0].contains("no equilibrium"), "{:?}", found.notes);
}

#[test]
fn cycles_from_one_hopf_point_to_the_other_are_followed_once_with_their_folds() {
    let f = field(2, |x, p| {
        let v = &x[0];
        let cube = v * &(v * v);
        vec![v - &(cube / 3.0) - x[1].clone() + p[0].clone(), 0.08 * (v.clone() + 0.7 - 0.8 * x[1].clone())]
    });
    let found = continuation(&f, &[0.0], &ContinuationSettings::new(0, 0.0, 2.0), &unwatched).unwrap();
    let cycles: Vec<_> = found.branches.iter().filter(|b| b.kind == BranchKind::Cycle).collect();
    assert_eq!(cycles.len(), 1, "{:?}", found.notes);
    assert_eq!(cycles[0].ends, [BranchEnd::Special(0), BranchEnd::Special(1)]);
    // The branch may say in a note which folds it took for one.
    assert_eq!(of(&found, SpecialKind::Hopf).len(), 2);
    let folds = of(&found, SpecialKind::CycleFold);
    // By AUTO-07p on 60 intervals.
    for (fold, truth) in folds.iter().zip([0.324_178_522_5, 1.425_821_477_5]) {
        assert!((fold.p - truth).abs() < 1e-7, "{} {truth}", fold.p);
    }
    assert_eq!(folds.len(), 2);
}

#[test]
fn questions_that_cannot_be_asked_are_refused() {
    let f = field(1, |x, p| vec![p[0].clone() - x[0].clone()]);
    let ask = |settings: ContinuationSettings| continuation(&f, &[0.0], &settings, &unwatched).unwrap_err();
    assert_eq!(ask(ContinuationSettings::new(0, 1.0, 1.0)), AnalyzeError::Interval { at: 1.0 });
    assert_eq!(ask(ContinuationSettings::new(3, 0.0, 1.0)), AnalyzeError::Parameter { index: 3, count: 1 });
    let given =
        ContinuationSettings { given: vec![vec![1.0, 2.0]], ..ContinuationSettings::new(0, 0.0, 1.0) };
    assert!(matches!(ask(given), AnalyzeError::Length { .. }));
    assert!(matches!(ask(ContinuationSettings::new(0, 0.0, f64::NAN)), AnalyzeError::NotFinite { .. }));
}
