//! Exponential Euler and the exponential midpoint rule: no weights, but names and orders like the others.
//!
//! The step is in the file `exponential` beside this folder.

use super::{Exponential, Slopes, Tableau};

/// Exponential Euler, of order 1.
pub(crate) static EXPONENTIAL_EULER: Tableau = numbers("exponential_euler", 1, Exponential::Euler);

/// The exponential midpoint rule, of order 2.
pub(crate) static EXPONENTIAL_MIDPOINT: Tableau = numbers("exponential_midpoint", 2, Exponential::Midpoint);

const fn numbers(name: &'static str, order: i32, method: Exponential) -> Tableau {
    Tableau {
        name,
        order,
        error_order: order + 1,
        beta: 0.0,
        stability: 0.0,
        slopes: Slopes::Exponential(method),
        c: &[],
        a: &[],
        b: &[1.0],
        error: &[],
        error3: &[],
        extra: &[],
        dense: |_, w| w.fill(0.0),
    }
}
