//! One exponential step of dx/dt = a x + b, with a and b constant within it, for each entry.
//!
//! ```text
//! x' = x + h (e^(h a) - 1)/(h a) (a x + b)
//! ```
//!
//! is exact, and h = infinity apart also for the longest steps: then x' = -b/a where a < 0.

use super::expm1;
use pulp::{Arch, NullaryFnOnce};

/// Replaces each x by its value a time h later, where dx/dt = a x + b.
///
/// # Panics
/// If a or b is shorter than x.
pub fn relax_in_place(h: f64, a: &[f64], b: &[f64], x: &mut [f64]) {
    let n = x.len();
    Arch::new().dispatch(Relax { h, a: &a[..n], b: &b[..n], x });
}

/// A type of its own, because a closure may stay a function without the instructions that were chosen.
struct Relax<'a> {
    h: f64,
    a: &'a [f64],
    b: &'a [f64],
    x: &'a mut [f64],
}

impl NullaryFnOnce for Relax<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { h, a, b, x } = self;
        for ((x, &a), &b) in x.iter_mut().zip(a).zip(b) {
            let z = h * a;
            let grown = expm1(z) / a;
            let length = if z == 0.0 { h } else { grown };
            *x = length.mul_add(a.mul_add(*x, b), *x);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_exact_however_long() {
        let (a, b) = ([-2.0, 0.0, 0.5, -1e-300, -3.0], [1.0, 2.0, -1.0, 1.0, 6.0]);
        let mut x = [0.25, 1.0, 3.0, 1.0, 0.0];
        relax_in_place(0.7, &a, &b, &mut x);
        let known =
            [0.5 - 0.25 * (-1.4f64).exp(), 2.4, 2.0 + 0.35f64.exp(), 1.7, 2.0 - 2.0 * (-2.1f64).exp()];
        for (x, known) in x.iter().zip(known) {
            assert!((x - known).abs() < 1e-15 * 4.0 * known, "{x} {known}");
        }
        let mut x = [7.0];
        relax_in_place(1e9, &[-4.0], &[2.0], &mut x);
        assert_eq!(x, [0.5]);
    }
}
