//! Nullclines and streamlines.

use crate::formula::{formula, length, sketch, whole};
use dynamics::analyze::phase_plane::{PortraitError, PortraitSettings, Rectangle, portrait};
use dynamics::linalg::Matrix;
use dynamics::simulate::unwatched;
use std::f64::consts::{PI, TAU};

#[test]
fn a_circle_is_one_closed_nullcline_of_its_length() {
    let f = formula(|x, y| (x * x + y * y - 1.0, x - 0.3));
    let p = sketch(&f, [-2.0, 2.0], [-1.7, 1.9]);
    let [circle] = p.nullclines[0].pieces.as_slice() else { panic!("{:?}", p.nullclines[0].pieces.len()) };
    assert!(circle.is_closed);
    assert_eq!(circle.points.first(), circle.points.last());
    // A chord of 4/512 is shorter than its arc by (h/r)^2/24 = 2.5e-6 of it.
    assert!((length(&circle.points) / TAU - 1.0).abs() < 5e-6, "{}", length(&circle.points));
    // Every vertex to rounding.
    assert!(circle.points.iter().all(|[x, y]| (x * x + y * y - 1.0).abs() < 1e-13));
    let [line] = p.nullclines[1].pieces.as_slice() else { panic!() };
    assert!(!line.is_closed && (length(&line.points) - 3.6).abs() < 1e-12);
}

#[test]
fn a_lemniscate_has_the_length_of_its_elliptic_integral() {
    // (x^2 + y^2)^2 = 2 (x^2 - y^2): its length is 2 sqrt(2) times the lemniscate constant 2.62205755429211981.
    let f = formula(|x, y| ((x * x + y * y).powi(2) - 2.0 * (x * x - y * y), 1.0));
    let p = sketch(&f, [-2.0, 2.0], [-1.3, 1.1]);
    let total: f64 = p.nullclines[0].pieces.iter().map(|c| length(&c.points)).sum();
    assert!(p.nullclines[0].pieces.iter().all(|c| c.is_closed));
    // In the cell of the crossing the two branches are joined by a corner.
    assert!((total / (2.0 * 2f64.sqrt() * 2.622_057_554_292_119_8) - 1.0).abs() < 1e-3, "{total}");
}

#[test]
fn small_circles_between_the_nodes_of_the_coarse_grid_are_found() {
    // 1/64 of the picture is 0.03125: these have radii from a whole cell down to a third of one.
    for (k, r) in [0.03, 0.02, 0.01].into_iter().enumerate() {
        let (a, b) = (0.1234 + 0.1 * k as f64, -0.2345);
        let f = formula(move |x, y| ((x - a).powi(2) + (y - b).powi(2) - r * r, 1.0));
        let p = sketch(&f, [-1.0, 1.0], [-1.0, 1.0]);
        let [circle] = p.nullclines[0].pieces.as_slice() else { panic!("r = {r}") };
        assert!(circle.is_closed && (length(&circle.points) / (TAU * r) - 1.0).abs() < 0.05);
    }
}

#[test]
fn a_folded_nullcline_and_several_pieces_are_whole() {
    // x = y^3 - y is one folded curve; sin(pi x) = 0 three lines.
    let f = formula(|x, y| (y.powi(3) - y - x, (PI * x).sin()));
    let p = sketch(&f, [-1.4, 1.4], [-1.5, 1.5]);
    let [folded] = p.nullclines[0].pieces.as_slice() else { panic!() };
    let fine = (0..=100_000).map(|k| {
        let y = -1.5 + 3.0 * f64::from(k) / 1e5;
        [y.powi(3) - y, y]
    });
    let inside: Vec<[f64; 2]> = fine.filter(|z| z[0].abs() <= 1.4).collect();
    assert!((length(&folded.points) / length(&inside) - 1.0).abs() < 1e-4);
    assert_eq!(p.nullclines[1].pieces.len(), 3);
    // Seven crossings: y^3 - y = -1, 0, 1.
    assert_eq!(p.fixed_points.len(), 5);
    assert_eq!(p.missed, Some(0));
}

#[test]
fn a_pole_and_a_jump_are_no_nullclines() {
    let f = formula(|x, y| (1.0 / (x - 0.1001), if y > 0.2 { 1.0 } else { -1.0 }));
    let p = sketch(&f, [-1.0, 1.0], [-1.0, 1.0]);
    assert!(p.nullclines.iter().all(|n| n.pieces.is_empty()));
    // tan has both.
    let f = formula(|x, y| (x.tan(), y));
    let p = sketch(&f, [-2.0, 2.0], [-1.0, 1.0]);
    let [line] = p.nullclines[0].pieces.as_slice() else { panic!() };
    assert!(line.points.iter().all(|z| z[0].abs() < 1e-15));
}

#[test]
fn a_component_that_is_zero_has_no_curves() {
    let p = sketch(&formula(|_, y| (0.0, -y)), [-1.0, 1.0], [-1.0, 1.0]);
    assert!(p.nullclines[0].is_everywhere && p.nullclines[0].pieces.is_empty());
    assert!(!p.nullclines[1].is_everywhere);
}

#[test]
fn outside_of_its_domain_a_field_has_no_nullclines() {
    let f = formula(|x, y| (x.sqrt() - 0.5, y));
    let p = sketch(&f, [-1.0, 1.0], [-1.0, 1.0]);
    assert_eq!(p.nullclines[0].pieces.len(), 1);
    assert_eq!(p.fixed_points.len(), 1);
    assert!((p.fixed_points[0].x[0] - 0.25).abs() < 1e-12);
}

#[test]
fn streamlines_keep_their_distance_and_fill_the_picture() {
    let p = whole(&formula(|x, y| (y, -x - 0.2 * y)), [-1.0, 1.0], [-1.0, 1.0]);
    let n = p.streamlines.len();
    assert!((300..=520).contains(&n), "{n} lines");
    // They are tangent to the flow.
    for line in &p.streamlines {
        for w in line.windows(2) {
            let (x, y) = (0.5 * (w[0][0] + w[1][0]), 0.5 * (w[0][1] + w[1][1]));
            let (u, v) = (w[1][0] - w[0][0], w[1][1] - w[0][1]);
            let cosine = (u * y + v * (-x - 0.2 * y)) / (u.hypot(v) * y.hypot(-x - 0.2 * y));
            assert!(cosine > 0.99 || u.hypot(v) < 1e-3, "{cosine} at {x} {y}");
        }
    }
    // No empty disk of a tenth of the picture.
    for (i, j) in (0..20).flat_map(|i| (0..20).map(move |j| (i, j))) {
        let z = [0.1 * f64::from(i) - 0.95, 0.1 * f64::from(j) - 0.95];
        let near = p.streamlines.iter().flatten().any(|q| (q[0] - z[0]).hypot(q[1] - z[1]) < 0.2);
        assert!(near, "nothing near {z:?}");
    }
}

#[test]
fn what_cannot_be_asked_is_refused_in_words() {
    let f = formula(|x, y| (x, y));
    let empty = PortraitSettings::new(Rectangle { x: [1.0, 1.0], y: [0.0, 1.0] });
    let error = portrait(&f, &[], &empty, &unwatched).unwrap_err();
    assert!(error.to_string().contains("first axis"), "{error}");
    let nan = formula(|_, _| (f64::NAN, 1.0));
    let all = PortraitSettings::new(Rectangle { x: [0.0, 1.0], y: [0.0, 1.0] });
    assert_eq!(portrait(&nan, &[], &all, &unwatched).unwrap_err(), PortraitError::Nowhere);
    let line = dynamics::field::LinearSystem::new(Matrix::from_rows(&[[-1.0]]));
    let error = portrait(&line, &[], &all, &unwatched).unwrap_err();
    assert!(error.to_string().contains("no plane"), "{error}");
}
