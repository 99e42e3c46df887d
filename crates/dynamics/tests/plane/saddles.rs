//! Separatrices and basins.

use crate::formula::{formula, sketch, whole};
use dynamics::analyze::phase_plane::{Destination, Manifold};

#[test]
fn the_unstable_manifold_of_a_quadratic_saddle_is_its_parabola() {
    // x' = x, y' = -y + x^2: y = x^2/3 leads out, x = 0 in.
    let p = sketch(&formula(|x, y| (x, -y + x * x)), [-1.0, 1.0], [-0.9, 1.1]);
    assert_eq!(p.separatrices.len(), 4);
    for s in &p.separatrices {
        assert_eq!(s.end, Destination::Leaves);
        for [x, y] in &s.points {
            let off = match s.manifold {
                Manifold::Unstable => y - x * x / 3.0,
                Manifold::Stable => *x,
            };
            // The tolerance of 1e-10 and the Jacobian by differences.
            assert!(off.abs() < 2e-9, "{:?} is off by {off:e} at {x}, {y}", s.manifold);
        }
        assert!(s.points.iter().any(|[x, y]| x.abs() >= 1.0 || y.abs() >= 0.9));
    }
}

#[test]
fn the_separatrices_of_the_pendulum_have_its_energy() {
    // x'' = -sin x: y^2/2 - cos x = 1, from (-pi, 0) to (pi, 0).
    let p = sketch(&formula(|x, y| (y, -x.sin())), [-4.0, 4.0], [-3.0, 3.0]);
    assert_eq!(p.fixed_points.len(), 3);
    assert!(p.has_closed_orbits && p.cycles.is_empty());
    for s in &p.separatrices {
        for [x, y] in &s.points {
            assert!((0.5 * y * y - x.cos() - 1.0).abs() < 1e-7);
        }
    }
    // Both saddles are joined, above and below.
    let joined = p.separatrices.iter().filter(|s| matches!(s.end, Destination::Point(k) if k != s.saddle));
    assert_eq!(joined.count(), 4);
}

#[test]
fn the_homoclinic_orbits_of_duffing_come_back_to_the_saddle() {
    // x'' = x - x^3: y^2 = x^2 - x^4/2.
    let p = sketch(&formula(|x, y| (y, x - x.powi(3))), [-2.0, 2.0], [-1.5, 1.5]);
    assert_eq!(p.separatrices.len(), 4);
    assert!(
        p.separatrices.iter().all(|s| s.end == Destination::Point(s.saddle)),
        "{:?}",
        p.separatrices.iter().map(|s| s.end).collect::<Vec<_>>()
    );
    let farthest = p.separatrices.iter().flat_map(|s| &s.points).fold(0.0, |m: f64, z| m.max(z[0]));
    assert!((farthest - 2f64.sqrt()).abs() < 1e-3);
}

#[test]
fn damped_duffing_parts_the_plane_in_two_equal_basins() {
    let p = whole(&formula(|x, y| (y, x - x.powi(3) - 0.3 * y)), [-2.0, 2.0], [-1.5, 1.5]);
    let basins = p.basins.as_ref().unwrap();
    assert_eq!(basins.parts.len(), 2);
    for part in &basins.parts {
        assert!((part.fraction - 0.5).abs() < 1e-12, "{part:?}");
        assert!(part.error > 0.0 && part.error < 0.1);
    }
    let unstable: Vec<_> =
        p.separatrices.iter().filter(|s| s.manifold == Manifold::Unstable).map(|s| s.end).collect();
    assert!(unstable.contains(&Destination::Point(0)) && unstable.contains(&Destination::Point(2)));
    // Cells on the two sides of a stable manifold differ: no cell center beside it has the wrong end.
    assert_eq!(p.missed, Some(0));
}

#[test]
fn basins_of_a_gradient_are_split_by_the_stable_manifold() {
    // x' = x - x^3, y' = -y: the y axis parts them exactly.
    let p = whole(&formula(|x, y| (x - x.powi(3), -y)), [-1.3, 2.6], [-1.0, 1.0]);
    let basins = p.basins.unwrap();
    for (c, label) in basins.labels.iter().enumerate() {
        let x = -1.3 + 3.9 * ((c % basins.side) as f64 + 0.5) / basins.side as f64;
        assert_eq!(*label, Destination::Point(if x < 0.0 { 0 } else { 2 }));
    }
    let right = basins.parts.iter().find(|b| b.destination == Destination::Point(2)).unwrap();
    assert!((right.fraction - 2.0 / 3.0).abs() <= right.error);
}
