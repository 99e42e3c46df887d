//! Forward Euler, of order 1: here to be compared with, seldom to be used.
//!
//! Reference: Euler (1768), Institutiones calculi integralis I.

use super::{Slopes, Tableau, hermite};

/// The numbers of forward Euler.
pub(crate) static EULER: Tableau = Tableau {
    name: "euler",
    order: 1,
    error_order: 2,
    beta: 0.0,
    stability: 2.0,
    slopes: Slopes::Explicit,
    c: &[0.0],
    a: &[&[]],
    b: &[1.0],
    error: &[],
    error3: &[],
    extra: &[],
    dense: |theta, w| hermite(theta, EULER.b, w),
};
