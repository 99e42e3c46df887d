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
