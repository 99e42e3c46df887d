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
    let (gap, gap_low) = two_sum(a, -d);
    let (p, p_low) = (gap / 2.0, gap_low / 2.0);
    let disc = exact_sum(&[product(p, p), product(2.0 * p, p_low), product(p_low, p_low), product(b, c)]);
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
