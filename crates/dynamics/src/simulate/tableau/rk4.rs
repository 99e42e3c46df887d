//! The classical method of order 4.
//!
//! Reference: Kutta (1901), Beitrag zur näherungsweisen Integration totaler Differentialgleichungen.

use super::{Slopes, Tableau, hermite};

/// The numbers of the classical method.
pub(crate) static RK4: Tableau = Tableau {
    name: "rk4",
    order: 4,
    error_order: 5,
    beta: 0.0,
    stability: 2.785,
    slopes: Slopes::Explicit,
    c: &[0.0, 0.5, 0.5, 1.0],
    a: &[&[], &[0.5], &[0.0, 0.5], &[0.0, 0.0, 1.0]],
    b: &[1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0],
    error: &[],
    error3: &[],
    extra: &[],
    dense: |theta, w| hermite(theta, RK4.b, w),
};
