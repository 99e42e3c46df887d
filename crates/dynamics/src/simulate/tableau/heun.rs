//! Heun's method of order 2 (the explicit trapezoidal rule).
//!
//! Reference: Heun (1900), Neue Methoden zur approximativen Integration der Differentialgleichungen einer unabhängigen
//! Veränderlichen.

use super::{Slopes, Tableau, hermite};

/// The numbers of Heun's method.
pub(crate) static HEUN: Tableau = Tableau {
    name: "heun",
    order: 2,
    error_order: 3,
    beta: 0.0,
    stability: 2.0,
    slopes: Slopes::Explicit,
    c: &[0.0, 1.0],
    a: &[&[], &[1.0]],
    b: &[0.5, 0.5],
    error: &[],
    error3: &[],
    extra: &[],
    dense: |theta, w| hermite(theta, HEUN.b, w),
};
