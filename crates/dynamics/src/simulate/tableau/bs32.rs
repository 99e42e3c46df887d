//! The pair 3(2) of Bogacki and Shampine, with the cubic as dense output.
//!
//! Reference: Bogacki, Shampine (1989), A 3(2) pair of Runge-Kutta formulas.

use super::{Slopes, Tableau, hermite};

/// The numbers of the pair of Bogacki and Shampine.
pub(crate) static BS32: Tableau = Tableau {
    name: "bs32",
    order: 3,
    error_order: 3,
    beta: 0.04,
    stability: 2.5,
    slopes: Slopes::Explicit,
    c: &[0.0, 0.5, 0.75],
    a: &[&[], &[0.5], &[0.0, 0.75]],
    b: &[2.0 / 9.0, 1.0 / 3.0, 4.0 / 9.0],
    error: &[5.0 / 72.0, -1.0 / 12.0, -1.0 / 9.0, 1.0 / 8.0],
    error3: &[],
    extra: &[],
    dense: |theta, w| hermite(theta, BS32.b, w),
};
