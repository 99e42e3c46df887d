//! The eigenvalues of [[a, b], [c, d]], each right to a few units in the last place.
//!
//! lambda = m +- sqrt(D) with m = (a + d)/2 and D = ((a - d)/2)^2 + b c. D is a difference of like numbers
//! near the border between real and complex, so it is summed exactly (error-free products and sums); the
//! eigenvalue of smaller modulus is det/lambda with an exact determinant. A double eigenvalue is found
//! exactly double, a zero eigenvalue exactly zero.
//!
//! Reference: J. R. Shewchuk (1997), Adaptive precision floating-point arithmetic.

use crate::Complex;

/// The two eigenvalues and their eigenvectors.
pub(crate) struct Pair {
    /// Real: any order; complex: positive imaginary part first.
    pub(crate) values: [Complex; 2],
    /// Not normalized.
    pub(crate) vectors: [[Complex; 2]; 2],
    /// A bound on the rounding error of both; 0 where they are exact.
    pub(crate) rounding: f64,
}

/// Eigenvalues and eigenvectors of [[a, b], [c, d]] with entries of moderate size.
pub(crate) fn pair(a: f64, b: f64, c: f64, d: f64) -> Pair {
    let p = (a - d) / 2.0;
    let disc = discriminant(a, b, c, d);
    let det = exact_sum(&[product(a, d), product(-b, c)]);
    let (sum, sum_low) = two_sum(a, d);
    let mean = sum / 2.0;
    let root = disc.0.abs().sqrt();
    let exact_root = product(root, root) == (disc.0.abs(), 0.0) && disc.1 == 0.0;
    let exact = exact_root && sum_low == 0.0;
    let real = |x: f64| Complex::new(x, 0.0);
    if disc.0 < 0.0 {
        let (up, down) = (Complex::new(mean, root), Complex::new(mean, -root));
        return Pair {
            values: [up, down],
            vectors: [[real(b), Complex::new(-p, root)], [real(b), Complex::new(-p, -root)]],
            rounding: if exact { 0.0 } else { 2.0 * f64::EPSILON * up.norm() },
        };
    }
    let (large, _) = two_sum(mean, if mean >= 0.0 { root } else { -root });
    let small = if disc.0 == 0.0 {
        mean
    } else if large == 0.0 {
        0.0
    } else if exact {
        mean - (large - mean)
    } else {
        det.0 / large
    };
    let (high, low) = if large >= small { (large, small) } else { (small, large) };
    // high - a = -p + root and high - d = p + root: take the one without cancellation.
    let reach = p.abs() + root;
    let vectors = if p >= 0.0 {
        [[real(reach), real(c)], [real(b), real(-reach)]]
    } else {
        [[real(b), real(reach)], [real(-reach), real(c)]]
    };
    let exact = exact && two_sum(mean, root).1 == 0.0 && two_sum(mean, -root).1 == 0.0;
    Pair {
        values: [real(high), real(low)],
        vectors,
        rounding: if exact || (disc.0 == 0.0 && sum_low == 0.0) {
            0.0
        } else {
            4.0 * f64::EPSILON * large.abs()
        },
    }
}

/// ((a - d)/2)^2 + b c as (nearest double, rest); its sign is exact.
pub(crate) fn discriminant(a: f64, b: f64, c: f64, d: f64) -> (f64, f64) {
    let (gap, gap_low) = two_sum(a, -d);
    let (p, low) = (gap / 2.0, gap_low / 2.0);
    exact_sum(&[product(p, p), product(2.0 * p, low), product(low, low), product(b, c)])
}

/// a + b = s + e exactly.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let s = a + b;
    let bb = s - a;
    (s, (a - (s - bb)) + (b - bb))
}

/// a b = h + l exactly, unless it underflows.
fn product(a: f64, b: f64) -> (f64, f64) {
    let h = a * b;
    (h, a.mul_add(b, -h))
}

/// The sum of the pairs as (nearest double, rest); its sign is exact.
fn exact_sum(terms: &[(f64, f64)]) -> (f64, f64) {
    // Grow an expansion of numbers that do not overlap, smallest first.
    let mut expansion: Vec<f64> = Vec::with_capacity(2 * terms.len());
    for &(h, l) in terms {
        for x in [l, h] {
            let mut carry = x;
            for e in &mut expansion {
                let (s, rest) = two_sum(carry, *e);
                (*e, carry) = (rest, s);
            }
            expansion.push(carry);
        }
    }
    let mut total = (0.0, 0.0);
    for &e in &expansion {
        total = two_sum(e, total.0);
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_are_met_exactly() {
        let double = pair(2.0, 1.0, -1.0, 0.0);
        assert_eq!(double.values, [Complex::new(1.0, 0.0); 2]);
        assert_eq!(double.rounding, 0.0);
        let center = pair(0.0, 2.0, -2.0, 0.0);
        assert_eq!((center.values[0], center.rounding), (Complex::new(0.0, 2.0), 0.0));
        let singular = pair(0.1, 0.3, 0.2, 0.6);
        assert!(singular.values[1].re.abs() < 1e-16);
        let singular = pair(1.0, 3.0, 2.0, 6.0);
        assert_eq!(singular.values, [Complex::new(7.0, 0.0), Complex::new(0.0, 0.0)]);
    }

    #[test]
    fn cancellation_does_not_hurt() {
        // The discriminant of [[1 + d, -d], [d, 1 - d]] is 0: the naive one is rounding.
        for d in [0.1, 1.0 / 3.0, 1e-5, 12345.678] {
            let (a, b) = (1.0 + d, 1.0 - d);
            let p = pair(a, -(a - 1.0), a - 1.0, 2.0 - a);
            assert!((p.values[0].re - 1.0).abs() <= p.rounding.max(1e-16), "{d} {b}");
            assert_eq!(p.values[0], p.values[1]);
        }
        // 1e8 and 1e-8 side by side.
        let p = pair(1e8, 1.0, 1.0, 2e-8);
        assert!((p.values[1].re - 1e-8).abs() < 1e-23, "{}", p.values[1]);
    }

    #[test]
    fn vectors_solve_their_equation() {
        for m in [
            [1.0, 2.0, 3.0, 4.0],
            [1.0, 1e-9, 1e-9, 1.0 + 1e-12],
            [0.3, -5.0, 0.01, 0.3],
            [-2.0, 1.0, 1.0, 5.0],
        ] {
            let p = pair(m[0], m[1], m[2], m[3]);
            for (l, v) in p.values.iter().zip(p.vectors) {
                let r = [v[0] * m[0] + v[1] * m[1] - l * v[0], v[0] * m[2] + v[1] * m[3] - l * v[1]];
                let size = v[0].norm() + v[1].norm();
                assert!(r[0].norm() + r[1].norm() <= 1e-15 * 8.0 * size, "{m:?}");
            }
        }
    }
}
