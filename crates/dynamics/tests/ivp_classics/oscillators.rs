//! Oscillators, from smooth to stiff, and one that is chaotic.

use crate::{Plain, meets_its_tolerance};

#[test]
fn the_stiff_van_der_pol_oscillator_arrives_where_the_test_set_says() {
    // From references.py; the test set: 1.706167732170469, -0.8928097010248226e-3.
    let want = [1.7061677321704471, -0.0008928097010248226];
    let field = Plain(2, |_, x: &[f64], dx: &mut [f64]| {
        (dx[0], dx[1]) = (x[1], 1000.0 * (1.0 - x[0] * x[0]) * x[1] - x[0]);
    });
    let tolerances = [(1e-3, 1e-6), (1e-4, 1e-7), (1e-6, 1e-9), (1e-8, 1e-11), (1e-10, 1e-13)];
    meets_its_tolerance(&field, &[2.0, 0.0], 2000.0, &want, &["rodas5p"], &tolerances, 100.0);
}
