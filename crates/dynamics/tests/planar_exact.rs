//! The planar taxonomy over integer matrices, against exact arithmetic in 128-bit integers.

use dynamics::analyze::{LinearOptions, PlanarType, Rotation, StabilityVerdict, TimeKind, linear, planar};
use linalg::Matrix;

/// A small generator of integers (SplitMix64), so that the matrices never change.
struct Integers(u64);

impl Integers {
    fn next(&mut self, bound: i128) -> i128 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        i128::from(z ^ (z >> 31)).rem_euclid(2 * bound + 1) - bound
    }
}

type Truth = (PlanarType, StabilityVerdict, Option<Rotation>, Vec<PlanarType>);

fn truth([[a, b], [c, d]]: [[i128; 2]; 2]) -> Truth {
    use PlanarType as T;
    use StabilityVerdict::{AsymptoticallyStable as A, Stable as S, Unstable as U};
    let (tr, det) = (a + d, a * d - b * c);
    let disc = tr * tr - 4 * det;
    let attracting = if tr < 0 { A } else { U };
    let turn = Some(if c > 0 { Rotation::Counterclockwise } else { Rotation::Clockwise });
    if det < 0 {
        return (T::Saddle, U, None, vec![T::Saddle, T::Node]);
    }
    if det == 0 {
        return match (tr, [a, b, c, d] == [0; 4]) {
            (0, true) => (T::PlaneOfFixedPoints, S, None, vec![T::Saddle, T::Node, T::Spiral]),
            (0, false) => (T::Shear, U, None, vec![T::Saddle, T::Node, T::Spiral]),
            _ => (T::LineOfFixedPoints, if tr < 0 { S } else { U }, None, vec![T::Saddle, T::Node]),
        };
    }
    let both = vec![T::Node, T::Spiral];
    if disc == 0 {
        let kind = if b == 0 && c == 0 { T::ProperNode } else { T::ImproperNode };
        return (kind, attracting, None, both);
    }
    // Distances to the borders, in doubles: they only decide the neighbors, and only where they differ clearly.
    let f = |x: i128| x as f64;
    let (p, s, k) = (0.5 * f(a - d), 0.5 * f(b + c), 0.5 * f(b - c));
    let gap = (p.hypot(s) - k.abs()).abs();
    if disc > 0 {
        let sigma = f(det) / (p.hypot(s) + (0.5 * f(tr)).hypot(k));
        return (T::Node, attracting, None, if sigma < gap { vec![T::Saddle, T::Node] } else { both });
    }
    if tr == 0 {
        return (T::Center, S, turn, vec![T::Spiral]);
    }
    (T::Spiral, attracting, turn, if 0.5 * f(tr).abs() < gap { vec![T::Spiral] } else { both })
}

fn check(m: [[i128; 2]; 2]) {
    for scale in [1.0, 2.0_f64.powi(-900), 2.0_f64.powi(700)] {
        let a = Matrix::from_rows(&m.map(|r| r.map(|x| x as f64 * scale)));
        let found = planar(&a);
        let (kind, stability, rotation, neighbors) = truth(m);
        assert_eq!(
            (found.kind, found.stability, found.rotation),
            (kind, stability, rotation),
            "{m:?} {scale:e}"
        );
        let open = matches!(kind, PlanarType::Saddle | PlanarType::Node | PlanarType::Spiral);
        assert_eq!(found.margin > 0.0, open, "{m:?}");
        assert!(found.margin.is_finite());
        // Equal distances to two borders name the types of both.
        assert!(neighbors.iter().all(|t| found.neighbors.contains(t)) || open, "{m:?} {:?}", found.neighbors);
        if scale == 1.0 && (found.neighbors.len() == 2 || found.neighbors.len() == 1) {
            assert!(found.neighbors == neighbors || ties(m), "{m:?} {:?}", found.neighbors);
        }
    }
}

/// Whether a matrix is equally far from two borders, up to rounding.
fn ties([[a, b], [c, d]]: [[i128; 2]; 2]) -> bool {
    let f = |x: i128| x as f64;
    let (p, s, k, q) = (0.5 * f(a - d), 0.5 * f(b + c), 0.5 * f(b - c), 0.5 * f(a + d));
    let gap = (p.hypot(s) - k.abs()).abs();
    let sigma = f(a * d - b * c).abs() / (p.hypot(s) + q.hypot(k));
    (gap - sigma).abs() < 1e-9 * (gap + sigma) || (gap - q.abs()).abs() < 1e-9 * gap
}

#[test]
fn ten_thousand_random_integer_matrices_are_typed_exactly() {
    let mut next = Integers(1);
    for k in 0..10_000 {
        let bound = [3, 10, 1000, 90_000_000][k % 4];
        check([[next.next(bound), next.next(bound)], [next.next(bound), next.next(bound)]]);
    }
}

#[test]
fn ten_thousand_integer_matrices_on_and_beside_the_borders_are_typed_exactly() {
    let mut next = Integers(2);
    let mut on_border = 0;
    for k in 0..10_000 {
        let bound = [3, 50, 4000][k % 3];
        let (a, b, c, d) = (next.next(bound), next.next(bound), next.next(bound), next.next(bound));
        let m = match k % 6 {
            // det = 0: rank one.
            0 => [[a * c, a * d], [b * c, b * d]],
            // trace = 0.
            1 => [[a, b], [c, -a]],
            // discriminant = 0: lambda I plus a nilpotent matrix.
            2 => [[d + a * b, -a * a], [b * b, d - a * b]],
            // One unit beside each of them.
            3 => [[a * c + 1, a * d], [b * c, b * d]],
            4 => [[a, b], [c, 1 - a]],
            _ => [[d + a * b, -a * a], [b * b, d - a * b + next.next(1)]],
        };
        let kind = truth(m).0;
        on_border += usize::from(!matches!(kind, PlanarType::Saddle | PlanarType::Node | PlanarType::Spiral));
        check(m);
    }
    assert!(on_border > 4000, "{on_border}");
}

#[test]
fn stability_and_eigenvectors_agree_with_the_planar_type() {
    let mut next = Integers(3);
    for k in 0..300 {
        let bound = [1, 2, 4][k % 3];
        let m = [[next.next(bound), next.next(bound)], [next.next(bound), next.next(bound)]];
        let a = Matrix::from_rows(&m.map(|r| r.map(|x| x as f64)));
        let found = linear(&a, &[0.0, 0.0], TimeKind::Flow, &LinearOptions::default()).unwrap();
        let (kind, stability, _, _) = truth(m);
        assert_eq!(found.stability.verdict, stability, "{m:?}");
        let defective = matches!(kind, PlanarType::ImproperNode | PlanarType::Shear);
        assert_eq!(found.eigenvectors.vectors.is_none(), defective, "{m:?}");
        let kernel = match kind {
            PlanarType::PlaneOfFixedPoints => 2,
            PlanarType::Shear | PlanarType::LineOfFixedPoints => 1,
            _ => 0,
        };
        assert_eq!(found.fixed_points.dimension, kernel, "{m:?}");
    }
}
