//! Limit cycles, against closed forms, published periods and the claims.

use crate::formula::{formula, sketch, whole};
use dynamics::analyze::phase_plane::Destination;
use std::f64::consts::TAU;

#[test]
fn cycles_of_a_radial_field_have_the_multipliers_of_their_radial_slopes() {
    // r' = r (1 - r^2) (r - 2), theta' = 1: r = 1 and r = 2, multipliers exp(2 pi g'(r)).
    let f = formula(|x, y| {
        let r = x.hypot(y);
        let g = (1.0 - r * r) * (r - 2.0);
        (x * g - y, y * g + x)
    });
    let p = sketch(&f, [-3.0, 3.0], [-3.1, 2.9]);
    assert_eq!(p.cycles.len(), 2);
    for c in &p.cycles {
        let r = c.points[0][0].hypot(c.points[0][1]);
        // d/dr of r (1 - r^2) (r - 2): 2 at 1, -6 at 2.
        let slope = if r < 1.5 { 2.0 } else { -6.0 };
        assert!((r - r.round()).abs() < 1e-9, "{r}");
        assert!((c.period - TAU).abs() < 1e-9, "{}", c.period);
        assert!((c.log_multiplier / (TAU * slope) - 1.0).abs() < 1e-8, "{}", c.log_multiplier);
        assert_eq!(c.is_stable, Some(slope < 0.0));
        assert_eq!(c.around, [0]);
        assert!((c.amplitude()[0] - 2.0 * r).abs() < 1e-4 && c.gap < 1e-9);
    }
}

#[test]
fn three_nested_cycles_and_their_basins() {
    // r' = r (1 - r^2) (4 - r^2) (9 - r^2)/20: stable, unstable, stable.
    let f = formula(|x, y| {
        let s = x * x + y * y;
        let g = (1.0 - s) * (4.0 - s) * (9.0 - s) / 20.0;
        (x * g - y, y * g + x)
    });
    let p = whole(&f, [-4.0, 4.0], [-4.0, 4.0]);
    let mut radii: Vec<f64> = p.cycles.iter().map(|c| c.points[0][0].hypot(c.points[0][1])).collect();
    radii.sort_by(f64::total_cmp);
    assert!(radii.iter().zip([1.0, 2.0, 3.0]).all(|(a, b)| (a - b).abs() < 1e-8), "{radii:?}");
    let basins = p.basins.unwrap();
    let inner = p.cycles.iter().position(|c| c.points[0][0].hypot(c.points[0][1]) < 1.5).unwrap();
    let part = basins.parts.iter().find(|b| b.destination == Destination::Cycle(inner)).unwrap();
    // pi 2^2 of 64, but for its border.
    assert!((part.fraction - TAU * 2.0 / 64.0).abs() <= part.error, "{part:?}");
    assert_eq!(basins.parts.len(), 2, "{:?}", basins.parts);
}

#[test]
fn van_der_pol_has_its_period() {
    let f = formula(|x, y| (y, (1.0 - x * x) * y - x));
    let p = whole(&f, [-3.0, 3.0], [-4.0, 4.0]);
    let [c] = p.cycles.as_slice() else { panic!("{} cycles", p.cycles.len()) };
    assert!((c.period - 6.663_286_859_323_13).abs() < 1e-9, "{}", c.period);
    assert_eq!((c.is_stable, c.around.as_slice()), (Some(true), [0].as_slice()));
    assert!((c.high[0] - 2.008_619_860_874_843).abs() < 1e-5, "{}", c.high[0]);
    let basins = p.basins.unwrap();
    assert_eq!(basins.parts.len(), 1, "{:?}", basins.parts);
    assert_eq!(basins.parts[0].destination, Destination::Cycle(0));
}

#[test]
fn a_relaxation_oscillator_with_a_thousandfold_stiffness_has_its_period() {
    let f = formula(|x, y| (y, 1000.0 * (1.0 - x * x) * y - x));
    let p = whole(&f, [-2.5, 2.5], [-1500.0, 1500.0]);
    let [c] = p.cycles.as_slice() else { panic!("{} cycles", p.cycles.len()) };
    // By Radau of order 5 at 1e-11.
    assert!((c.period / 1_614.401_125_84 - 1.0).abs() < 1e-8, "{}", c.period);
    assert_eq!(c.is_stable, Some(true));
}

/// FitzHugh and Nagumo's equations.
fn cubic(current: f64) -> impl Fn(f64, f64) -> (f64, f64) + Sync {
    move |v, w| (v - v.powi(3) / 3.0 - w + current, 0.08 * (v + 0.7 - 0.8 * w))
}

#[test]
fn before_the_subcritical_hopf_point_a_stable_and_an_unstable_cycle_surround_rest() {
    let p = whole(&formula(cubic(0.325)), [-2.5, 2.5], [-1.0, 2.0]);
    assert_eq!(p.fixed_points.len(), 1);
    assert_eq!(p.fixed_points[0].is_stable, Some(true));
    assert_eq!(
        p.cycles.len(),
        2,
        "{:?}",
        p.cycles.iter().map(|c| (c.period, c.log_multiplier)).collect::<Vec<_>>()
    );
    let stable = p.cycles.iter().find(|c| c.is_stable == Some(true)).unwrap();
    let unstable = p.cycles.iter().find(|c| c.is_stable == Some(false)).unwrap();
    assert!((stable.amplitude()[0] - 3.715).abs() < 2e-3, "{:?}", stable.amplitude());
    assert!((stable.period - 51.8).abs() < 0.1, "{}", stable.period);
    assert!(unstable.amplitude()[0] < stable.amplitude()[0]);
    // All but a thousandth of the picture.
    let basins = p.basins.unwrap();
    let both = basins.parts.iter().filter(|b| b.destination != Destination::Undecided);
    assert!(both.clone().count() == 2 && both.map(|b| b.fraction).sum::<f64>() > 0.999, "{:?}", basins.parts);
}

#[test]
fn further_before_it_there_is_none() {
    let p = sketch(&formula(cubic(0.32)), [-2.5, 2.5], [-1.0, 2.0]);
    assert!(p.cycles.is_empty(), "{:?}", p.cycles.iter().map(|c| c.period).collect::<Vec<_>>());
    let p = sketch(&formula(cubic(0.5)), [-2.5, 2.5], [-1.0, 2.0]);
    assert_eq!(p.cycles.len(), 1);
    // The claim's, to its digits.
    assert!((p.cycles[0].period - 39.475).abs() < 1e-3, "{}", p.cycles[0].period);
}

#[test]
fn logistic_rates_are_bistable_or_oscillate() {
    let f = |gain: f64, threshold: f64, x: f64| {
        1.0 / (1.0 + (-gain * (x - threshold)).exp()) - 1.0 / (1.0 + (gain * threshold).exp())
    };
    // Wilson and Cowan (1972), without the refractory factor.
    let rates = |a: [[f64; 2]; 2], p: f64| {
        formula(move |e, i| {
            (-e + f(1.3, 4.0, a[0][0] * e - a[0][1] * i + p), -i + f(2.0, 3.7, a[1][0] * e - a[1][1] * i))
        })
    };
    let p = sketch(&rates([[16.0, 12.0], [15.0, 3.0]], 1.25), [-0.1, 1.0], [-0.1, 1.0]);
    assert_eq!(p.cycles.len(), 1);
    assert_eq!(p.cycles[0].is_stable, Some(true));
    let p = whole(&rates([[13.0, 4.0], [22.0, 2.0]], 1.5), [-0.1, 1.0], [-0.1, 1.0]);
    let stable = p.fixed_points.iter().filter(|q| q.is_stable == Some(true)).count();
    let saddles = p.fixed_points.iter().filter(|q| q.is_saddle()).count();
    assert_eq!((stable, saddles + 1, p.missed), (saddles + 1, stable, Some(0)));
}
