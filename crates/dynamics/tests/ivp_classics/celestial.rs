//! Bodies under gravity: smooth, not stiff, with close encounters.

use crate::{Plain, error, run};

#[test]
fn the_arenstorf_orbit_closes_after_its_period() {
    // Initial state and period: Hairer, Nørsett, Wanner (1993), section II.0; G21 of the ground truths. A returning orbit
    // amplifies errors some thousand times.
    let (mu, y0) = (0.012277471, [0.994, 0.0, 0.0, -2.0015851063790825]);
    let field = Plain(4, |_, x: &[f64], dx: &mut [f64]| {
        let d1 = ((x[0] + mu).powi(2) + x[1] * x[1]).powf(1.5);
        let d2 = ((x[0] + mu - 1.0).powi(2) + x[1] * x[1]).powf(1.5);
        (dx[0], dx[1]) = (x[2], x[3]);
        dx[2] = x[0] + 2.0 * x[3] - (1.0 - mu) * (x[0] + mu) / d1 - mu * (x[0] + mu - 1.0) / d2;
        dx[3] = x[1] - 2.0 * x[2] - (1.0 - mu) * x[1] / d1 - mu * x[1] / d2;
    });
    let period = 17.065216560157964;
    for (method, rtol, below) in
        [("dop853", 1e-13, 1e-8), ("dop853", 1e-9, 1e-4), ("tsit5", 1e-10, 1e-4), ("rodas5p", 1e-11, 1e-4)]
    {
        let found = run(&field, &y0, &[0.0, period], method, rtol, 1e-2 * rtol);
        let e = error(&found, &y0, 0.0, 1.0);
        assert!(e < below, "{method} at {rtol:e}: {e:e}");
    }
}

#[test]
fn seven_stars_pass_each_other() {
    // Hairer, Nørsett, Wanner (1993), section II.10; positions at t = 3 from the test set, which SciPy's DOP853 at a tolerance
    // of 1e-13 confirms to 1e-11.
    let field = Plain(28, |_, x: &[f64], dx: &mut [f64]| {
        dx[..14].copy_from_slice(&x[14..]);
        dx[14..].fill(0.0);
        for i in 0..7 {
            for j in (0..7).filter(|&j| j != i) {
                let (a, b) = (x[j] - x[i], x[7 + j] - x[7 + i]);
                let pull = (j + 1) as f64 / (a * a + b * b).powf(1.5);
                dx[14 + i] += pull * a;
                dx[21 + i] += pull * b;
            }
        }
    });
    let mut x0 = vec![3.0, 3.0, -1.0, -3.0, 2.0, -2.0, 2.0, 3.0, -3.0, 2.0, 0.0, 0.0, -4.0, 4.0];
    x0.extend([0.0, 0.0, 0.0, 0.0, 0.0, 1.75, -1.5, 0.0, 0.0, 0.0, -1.25, 1.0, 0.0, 0.0]);
    let want = [
        0.3706139143970502,
        3.237284092057233,
        -3.222559032418324,
        0.6597091455775310,
        0.3425581707156584,
        1.562172101400631,
        -0.7003092922212495,
        -3.943437585517392,
        -3.271380973972550,
        5.225081843456543,
        -2.590612434977470,
        1.198213693392275,
        -0.2429682344935824,
        1.091449240428980,
    ];
    for (method, rtol, below) in
        [("dop853", 1e-13, 1e-10), ("dop853", 1e-8, 1e-4), ("tsit5", 1e-8, 1e-4), ("rodas5p", 1e-8, 1e-4)]
    {
        let found = run(&field, &x0, &[0.0, 3.0], method, rtol, rtol);
        let e = error(&found, &want, 0.0, 1.0);
        assert!(e < below, "{method} at {rtol:e}: {e:e}");
    }
}
