//! Oscillators, from smooth to stiff, and one that is chaotic.

use crate::{Plain, error, meets_its_tolerance, run};

#[test]
fn the_stiff_van_der_pol_oscillator_arrives_where_the_test_set_says() {
    // From references.py; the test set: 1.706167732170469, -0.8928097010248226e-3.
    let want = [1.7061677321704471, -0.0008928097010248226];
    let field = Plain(2, |_, x: &[f64], dx: &mut [f64]| {
        (dx[0], dx[1]) = (x[1], 1000.0 * (1.0 - x[0] * x[0]) * x[1] - x[0]);
    });
    let tolerances = [(1e-3, 1e-6), (1e-4, 1e-7), (1e-6, 1e-9), (1e-8, 1e-11), (1e-10, 1e-13)];
    meets_its_tolerance(&field, &[2.0, 0.0], 2000.0, &want, &["rodas5p", "auto"], &tolerances, 100.0);
}

#[test]
fn the_period_of_the_smooth_van_der_pol_oscillator_is_that_of_the_ground_truths() {
    // G16: 6.6632868593231365 at mu = 1.
    let field = Plain(2, |_, x: &[f64], dx: &mut [f64]| {
        (dx[0], dx[1]) = (x[1], (1.0 - x[0] * x[0]) * x[1] - x[0]);
    });
    // Disturbances of the cycle shrink to 9e-4 in a period: after ten of them nothing is left.
    let after = |x: &[f64], t: f64| run(&field, x, &[0.0, t], "dop853", 1e-13, 1e-13).x.column(1).to_vec();
    // The time near t at which y is 0, by Newton's method.
    let crossing = |x: &[f64], mut t: f64| {
        for _ in 0..8 {
            let y = after(x, t);
            t -= y[1] / ((1.0 - y[0] * y[0]) * y[1] - y[0]);
        }
        t
    };
    let x = after(&[2.0, 0.0], 70.0);
    let scan: Vec<f64> = (0..=700).map(|k| 0.01 * f64::from(k)).collect();
    let path = run(&field, &x, &scan, "tsit5", 1e-6, 1e-9);
    let falls = |k: &usize| path.x[(1, *k)] > 0.0 && path.x[(1, k + 1)] <= 0.0;
    let x = after(&x, crossing(&x, scan[(0..700).find(falls).unwrap()]));
    let period = crossing(&x, 6.66);
    assert!((period - 6.6632868593231365).abs() < 1e-11, "{period}");
}

#[test]
fn lorenz_is_followed_to_t_20() {
    // From references.py; G24 has its first eight digits. Nearby states part by a factor 1e8 on the way.
    let want = [13.793199595128618832, 12.951803936189898540, 34.901608681135142907];
    let field = Plain(3, |_, x: &[f64], dx: &mut [f64]| {
        dx[0] = 10.0 * (x[1] - x[0]);
        dx[1] = x[0] * (28.0 - x[2]) - x[1];
        dx[2] = x[0] * x[1] - 8.0 / 3.0 * x[2];
    });
    for (method, rtol, below) in
        [("dop853", 1e-14, 1e-5), ("dop853", 1e-12, 1e-3), ("tsit5", 1e-12, 1e-3), ("rodas5p", 1e-11, 1e-2)]
    {
        let found = run(&field, &[1.0; 3], &[0.0, 20.0], method, rtol, rtol);
        let e = error(&found, &want, 0.0, 1.0);
        assert!(e < below, "{method} at {rtol:e}: {e:e}");
    }
}
