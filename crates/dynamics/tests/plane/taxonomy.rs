//! Planar types in nonlinear systems: a linear part, higher terms, and a nonlinear change of the coordinates.

use crate::formula::{Formula, formula, sketch};
use dynamics::analyze::PlanarType;
use dynamics::analyze::phase_plane::PlaneFixedPoint;

/// The pictured types and the missing ones.
const TYPES: [([[f64; 2]; 2], PlanarType, Option<bool>); 15] = {
    use PlanarType as T;
    [
        ([[1.0, 0.0], [0.0, -1.0]], T::Saddle, Some(false)),
        ([[-1.0, 0.0], [0.0, -2.0]], T::Node, Some(true)),
        ([[1.0, 0.0], [0.0, 2.0]], T::Node, Some(false)),
        ([[-1.0, 2.0], [-2.0, -1.0]], T::Spiral, Some(true)),
        ([[1.0, 2.0], [-2.0, 1.0]], T::Spiral, Some(false)),
        ([[0.0, 2.0], [-2.0, 0.0]], T::Center, None),
        ([[0.0, -2.0], [2.0, 0.0]], T::Center, None),
        ([[-1.0, 0.0], [0.0, -1.0]], T::ProperNode, Some(true)),
        ([[3.0, 0.0], [0.0, 3.0]], T::ProperNode, Some(false)),
        ([[-1.0, 1.0], [0.0, -1.0]], T::ImproperNode, Some(true)),
        ([[3.0, 1.0], [0.0, 3.0]], T::ImproperNode, Some(false)),
        ([[0.0, 0.0], [0.0, -1.0]], T::LineOfFixedPoints, None),
        ([[0.0, 0.0], [0.0, 1.0]], T::LineOfFixedPoints, None),
        ([[0.0, 1.0], [0.0, 0.0]], T::Shear, None),
        ([[0.0, 0.0], [0.0, 0.0]], T::PlaneOfFixedPoints, None),
    ]
};

#[test]
fn every_type_is_recognized_behind_a_nonlinear_change_of_coordinates() {
    // u = (x + a y^2, y + b x^2) with du/dt = A u + |u|^2 (c, d) u: in x, dx/dt = D^-1 du/dt.
    for (a, kind, is_stable) in TYPES {
        for (shift, bend) in [([0.0, 0.0], 0.0), ([0.0, 0.0], 0.3), ([0.31, -0.17], 0.3)] {
            let f = formula(move |x, y| {
                let (x, y) = (x - shift[0], y - shift[1]);
                let u = [x + bend * y * y, y - 0.7 * bend * x * x];
                let s = u[0] * u[0] + u[1] * u[1];
                let du = [
                    a[0][0] * u[0]
                        + a[0][1] * u[1]
                        + 0.2 * bend * s * u[0] * f64::from(u8::from(is_stable.is_some())),
                    a[1][0] * u[0] + a[1][1] * u[1]
                        - 0.1 * bend * s * u[1] * f64::from(u8::from(is_stable.is_some())),
                ];
                // D = [[1, 2 bend y], [-1.4 bend x, 1]].
                let det = 1.0 + 2.8 * bend * bend * x * y;
                ((du[0] - 2.0 * bend * y * du[1]) / det, (du[1] + 1.4 * bend * x * du[0]) / det)
            });
            let p = sketch(&f, [-1.0, 1.0], [-0.9, 1.1]);
            let near = |q: &&PlaneFixedPoint| {
                // Of a line or a plane of fixed points any will do.
                is_stable.is_none() && kind != PlanarType::Center
                    || (q.x[0] - shift[0]).hypot(q.x[1] - shift[1]) < 1e-6
            };
            if kind == PlanarType::PlaneOfFixedPoints {
                assert!(p.nullclines.iter().all(|n| n.is_everywhere));
            }
            let point = p.fixed_points.iter().find(near);
            let point = point.unwrap_or_else(|| panic!("{kind:?} at {shift:?}, bend {bend}: none found"));
            assert_eq!(point.kind, kind, "{a:?} at {shift:?}, bend {bend}: {point:?}");
            if bend == 0.0 || is_stable.is_some() {
                assert_eq!(point.is_stable, is_stable, "{a:?} at {shift:?}, bend {bend}");
            }
        }
    }
}

#[test]
fn with_an_exact_jacobian_fixed_points_are_certified() {
    let f = Formula {
        f: |x: f64, y: f64| (x - x.powi(3) / 3.0 - y + 0.5, 0.08 * (x + 0.7 - 0.8 * y)),
        jacobian: Some(|x, _| [[1.0 - x * x, -1.0], [0.08, -0.064]]),
    };
    let p = sketch(&f, [-2.5, 2.5], [-1.0, 2.0]);
    assert_eq!(p.fixed_points.len(), 1);
    let point = &p.fixed_points[0];
    assert_eq!(point.verdict, dynamics::analyze::FixedPointVerdict::Certified);
    assert!((point.x[0] + 0.804_847_747_008_334_5).abs() < 1e-14 && point.residual < 1e-15);
    assert_eq!((point.index, p.index, p.missed), (Some(1), Some(1), Some(0)));
}

#[test]
fn sixteen_fixed_points_are_all_found_and_add_up_to_the_index() {
    // Products: x' = sin 3x + y/20, y' = sin 3y - x/20.
    let f = formula(|x, y| ((3.0 * x).sin() + y / 20.0, (3.0 * y).sin() - x / 20.0));
    let p = sketch(&f, [-0.5, 3.6], [-0.5, 3.6]);
    assert_eq!(p.fixed_points.len(), 16);
    assert_eq!(p.missed, Some(0));
}
