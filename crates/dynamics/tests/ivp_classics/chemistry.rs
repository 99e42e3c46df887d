//! Stiff chemistry: rate constants that lie up to twenty powers of ten apart.

use crate::{Plain, meets_its_tolerance};

/// x' of Robertson's three species (1966): the fast ones vanish while t grows to 1e11.
fn robertson(_: f64, x: &[f64], dx: &mut [f64]) {
    let (r1, r2, r3) = (0.04 * x[0], 1e4 * x[1] * x[2], 3e7 * x[1] * x[1]);
    (dx[0], dx[1], dx[2]) = (r2 - r1, r1 - r2 - r3, r3);
}

#[test]
fn robertsons_reaction_is_followed_over_twelve_powers_of_ten() {
    // From references.py.
    let at_40 = [0.71582706871940509, 9.1855347645577639e-6, 0.28416374574583035];
    let at_1e11 = [2.0833401497012942e-8, 8.3333607703347834e-14, 0.99999997916651517];
    let field = Plain(3, robertson);
    let tolerances = [(1e-4, 1e-12), (1e-6, 1e-14), (1e-8, 1e-16)];
    meets_its_tolerance(&field, &[1.0, 0.0, 0.0], 40.0, &at_40, &["rodas5p"], &tolerances, 100.0);
    // The slow species decay like 1/t: their relative errors are those of the sum of the species, which the rates keep.
    let tolerances = [(1e-4, 1e-18), (1e-6, 1e-20), (1e-8, 1e-20)];
    meets_its_tolerance(&field, &[1.0, 0.0, 0.0], 1e11, &at_1e11, &["rodas5p"], &tolerances, 100.0);
}
