//! Curves and points of known truth.

use super::{
    CurveEnd, CurveSpecial, CurveSpecialKind, ParameterCurve, ParameterCurveSettings, fold_curve, hopf_curve,
};
use crate::analyze::AnalyzeError;
use crate::analyze::continuation::systems::field;
use crate::analyze::continuation::{ContinuationSettings, FollowCycles, Special, SpecialKind, continuation};
use crate::field::VectorField;
use crate::simulate::unwatched;

fn specials(
    f: &dyn VectorField,
    p: &[f64],
    settings: ContinuationSettings,
    kind: SpecialKind,
) -> Vec<Special> {
    let settings = ContinuationSettings { cycles: FollowCycles::No, ..settings };
    let found = continuation(f, p, &settings, &unwatched).unwrap();
    let all: Vec<Special> =
        found.specials.into_iter().chain(found.outside).filter(|s| s.kind == kind).collect();
    assert!(!all.is_empty(), "{:?}", found.notes);
    all
}

fn of(curve: &ParameterCurve, kind: CurveSpecialKind) -> Vec<&CurveSpecial> {
    curve.specials.iter().filter(|s| s.kind == kind).collect()
}

/// True within `asked`, and within the errors that are told.
fn agrees(special: &CurveSpecial, truth: [f64; 2], asked: f64) {
    for k in 0..2 {
        let wrong = (special.p[k] - truth[k]).abs();
        assert!(wrong <= asked && special.error[k] <= asked, "{special:?} is not {truth:?}: {wrong:e}");
        assert!(wrong <= special.error[k], "{special:?} is wrong by {wrong:e}");
    }
}

#[test]
fn two_folds_meet_in_the_cusp_of_the_cubic() {
    let f = field(1, |x, p| {
        let cube = &x[0] * &(&x[0] * &x[0]);
        vec![p[0].clone() - 0.3 + (p[1].clone() - 0.2) * x[0].clone() - cube]
    });
    let start = specials(&f, &[0.0, 1.2], ContinuationSettings::new(0, -0.8, 1.3), SpecialKind::Fold);
    assert_eq!(start.len(), 2);
    let settings = ParameterCurveSettings::new([0, 1], [-0.8, -0.5], [1.3, 1.5]);
    for fold in &start {
        let found = fold_curve(&f, &[0.0, 1.2], fold, &settings).unwrap();
        assert_eq!((found.specials.len(), found.ends), (1, [CurveEnd::Border; 2]), "{found:?}");
        agrees(&found.specials[0], [0.3, 0.2], 1e-9);
        assert_eq!(found.specials[0].kind.name(), "cusp");
        for point in &found.points {
            let (a, b) = (point.p[0] - 0.3, point.p[1] - 0.2);
            assert!((27.0 * a * a - 4.0 * b * b * b).abs() < 1e-11, "{point:?}");
        }
    }
}

#[test]
fn a_hopf_curve_ends_on_a_fold_curve_at_a_double_eigenvalue_0() {
    let f = field(2, |x, p| {
        let (b1, b2) = (p[0].clone() - 0.1, p[1].clone() - 0.7);
        let slow = b1 + b2 * x[0].clone() + &x[0] * &x[0] - &x[0] * &x[1];
        vec![x[1].clone(), slow]
    });
    let p = [0.0, -0.3];
    let over = || ContinuationSettings::new(0, -0.4, 0.6);
    let settings = ParameterCurveSettings::new([0, 1], [-0.5, -0.8], [1.0, 1.7]);
    let folds = fold_curve(&f, &p, &specials(&f, &p, over(), SpecialKind::Fold)[0], &settings).unwrap();
    assert_eq!((folds.specials.len(), folds.ends), (1, [CurveEnd::Border; 2]), "{:?}", folds.notes);
    agrees(&folds.specials[0], [0.1, 0.7], 1e-9);
    assert_eq!(folds.specials[0].kind, CurveSpecialKind::BogdanovTakens);
    for point in &folds.points {
        assert!(((point.p[1] - 0.7).powi(2) - 4.0 * (point.p[0] - 0.1)).abs() < 1e-11);
    }
    let hopf = hopf_curve(&f, &p, &specials(&f, &p, over(), SpecialKind::Hopf)[0], &settings).unwrap();
    let ends = hopf.ends;
    assert!(ends.contains(&CurveEnd::Border) && ends.contains(&CurveEnd::BogdanovTakens(0)), "{hopf:?}");
    agrees(&hopf.specials[0], [0.1, 0.7], 1e-9);
    for point in &hopf.points {
        // omega^2 = -b2 at b1 = 0.
        let omega = point.omega.unwrap();
        assert!(
            (point.p[0] - 0.1).abs() < 1e-9 && (omega * omega + point.p[1] - 0.7).abs() < 1e-9,
            "{point:?}"
        );
    }
}

#[test]
fn the_cycles_of_a_hopf_curve_change_their_kind_at_a_generalized_hopf_point() {
    // r' = r (b1 + b2 r^2 - r^4), angle' = 1.5 in coordinates x = y + Q(y), twice.
    let f = field(2, |u, p| {
        let (q, r) = (0.2, -0.3);
        let y1 = u[1].clone() + r * (&u[0] * &u[0]);
        let x0 = u[0].clone() + q * (&y1 * &y1);
        let b2 = p[1].clone() - 0.45;
        let b1 = p[0].clone() - 0.2 + 0.3 * p[1].clone();
        let square = &x0 * &x0 + &y1 * &y1;
        let growth = b1 + &b2 * &square - &square * &square;
        let f0 = &growth * &x0 - 1.5 * y1.clone();
        let f1 = &growth * &y1 + 1.5 * x0;
        let u0 = f0 - (2.0 * q) * (&y1 * &f1);
        let u1 = f1 - (2.0 * r) * (&u[0] * &u0);
        vec![u0, u1]
    });
    for start in [0.0, 0.8] {
        let p = [0.0, start];
        let boxed = ContinuationSettings {
            low: vec![-1.0; 2],
            high: vec![1.0; 2],
            ..ContinuationSettings::new(0, -0.5, 0.6)
        };
        let hopf = specials(&f, &p, boxed, SpecialKind::Hopf);
        let settings = ParameterCurveSettings::new([0, 1], [-0.5, -0.2], [0.6, 1.0]);
        let found = hopf_curve(&f, &p, &hopf[0], &settings).unwrap();
        assert_eq!((found.specials.len(), found.ends), (1, [CurveEnd::Border; 2]), "{found:?}");
        agrees(&found.specials[0], [0.2 - 0.3 * 0.45, 0.45], 1e-7);
        assert_eq!(found.specials[0].kind.name(), "generalized hopf");
    }
}

#[test]
fn a_catalytic_reaction_has_a_cusp_and_two_double_eigenvalues_0() {
    // Bykov, Yablonskii, Kim (1978), On the simple model of kinetic self-oscillations in catalytic reaction of CO oxidation.
    let f = field(3, |u, p| {
        let (x, y, s) = (&u[0], &u[1], &u[2]);
        let z = 1.0 - (x.clone() + y.clone() + s.clone());
        let xy = 10.0 * (x * y);
        vec![
            5.0 * (&z * &z) - 2.0 * (x * x) - xy.clone(),
            &p[0] * &z - 0.1 * y.clone() - xy,
            0.0675 * (z - &p[1] * s),
        ]
    });
    let p = [1.0, 0.4];
    let over = || ContinuationSettings {
        low: vec![0.0; 3],
        high: vec![1.0; 3],
        ..ContinuationSettings::new(0, 0.6, 1.6)
    };
    let settings = ParameterCurveSettings::new([0, 1], [0.5, 0.1], [2.0, 1.5]);
    // By Newton's method with 40 digits on f = 0, det J = 0 and its derivative along the null vector, or the sum of minors.
    let cusp = [1.006_408_329_678_318, 0.355_991_273_208_676_5];
    let double =
        [[1.161_198_708_821_739, 0.722_339_072_522_229], [1.417_627_637_600_646, 0.971_397_573_485_313_4]];
    for fold in specials(&f, &p, over(), SpecialKind::Fold) {
        let found = fold_curve(&f, &p, &fold, &settings).unwrap();
        let tips = of(&found, CurveSpecialKind::Cusp);
        assert_eq!(tips.len(), 1, "{:?} {:?}", found.specials, found.notes);
        agrees(tips[0], cusp, 1e-9);
        let mut ends = of(&found, CurveSpecialKind::BogdanovTakens);
        ends.sort_by(|a, b| a.p[0].total_cmp(&b.p[0]));
        assert_eq!(ends.len(), 2, "{:?} {:?} {:?}", found.specials, found.notes, found.ends);
        agrees(ends[0], double[0], 1e-9);
        agrees(ends[1], double[1], 1e-9);
    }
    let hopf = specials(&f, &p, over(), SpecialKind::Hopf);
    let found = hopf_curve(&f, &p, &hopf[0], &settings).unwrap();
    let ends = of(&found, CurveSpecialKind::BogdanovTakens);
    assert_eq!(ends.len(), 2, "{:?} {:?} {:?}", found.specials, found.notes, found.ends);
    for end in ends {
        let truth = double.iter().find(|t| (t[0] - end.p[0]).abs() < 1e-3).unwrap();
        agrees(end, *truth, 1e-9);
    }
}

#[test]
fn questions_that_cannot_be_asked_of_two_parameters_are_refused() {
    let f = field(1, |x, p| vec![p[0].clone() + p[1].clone() - &x[0] * &x[0]]);
    let fold = &specials(&f, &[0.0, 0.0], ContinuationSettings::new(0, -0.7, 1.0), SpecialKind::Fold)[0];
    let ask = |parameters, low, high| {
        fold_curve(&f, &[0.0, 0.0], fold, &ParameterCurveSettings::new(parameters, low, high)).unwrap_err()
    };
    let unit = ([-1.0; 2], [1.0; 2]);
    assert_eq!(ask([0, 2], unit.0, unit.1), AnalyzeError::Parameter { index: 2, count: 2 });
    assert!(matches!(ask([0, 0], unit.0, unit.1), AnalyzeError::Setting { .. }));
    assert!(matches!(ask([0, 1], [0.5, -1.0], unit.1), AnalyzeError::Setting { .. }));
    assert!(matches!(ask([0, 1], [-1.0, 1.0], unit.1), AnalyzeError::Interval { .. }));
    let settings = ParameterCurveSettings::new([0, 1], unit.0, unit.1);
    assert!(matches!(hopf_curve(&f, &[0.0; 2], fold, &settings), Err(AnalyzeError::Setting { .. })));
    // A line of folds leaves the square at both ends.
    let found = fold_curve(&f, &[0.0; 2], fold, &settings).unwrap();
    assert_eq!((found.ends, found.specials.len()), ([CurveEnd::Border; 2], 0));
}
