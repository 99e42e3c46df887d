//! exp, expm1, tanh and the logistic function.
//!
//! x = k ln 2 + r with |r| <= ln(2)/2, and q = e^r - 1 by its Taylor polynomial of degree 13 (remainder below 5e-18), so
//!
//! ```text
//! exp x  = 2^k (1 + q)
//! tanh x = m/(m + 2),   m = e^(2|x|) - 1 = (2^k - 1) + 2^k q,   with the sign of x
//! ```
//!
//! Reference: Cody and Waite (1980), Software manual for the elementary functions.

/// 1.5 * 2^52: adding it rounds to an integer, whose bits are then the lowest of the sum.
const MAGIC: f64 = 6_755_399_441_055_744.0;
const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// 1/2!, 1/3!, … 1/13!.
const TAYLOR: [f64; 12] = [
    1.0 / 2.0,
    1.0 / 6.0,
    1.0 / 24.0,
    1.0 / 120.0,
    1.0 / 720.0,
    1.0 / 5040.0,
    1.0 / 40320.0,
    1.0 / 362_880.0,
    1.0 / 3_628_800.0,
    1.0 / 39_916_800.0,
    1.0 / 479_001_600.0,
    1.0 / 6_227_020_800.0,
];

/// k, as bits to be shifted into an exponent, and q = e^r - 1, where x = k ln 2 + r.
#[inline(always)]
fn reduce(x: f64) -> (u64, f64) {
    let z = x.mul_add(std::f64::consts::LOG2_E, MAGIC);
    let k = z - MAGIC;
    let r = (-k).mul_add(LN2_LOW, (-k).mul_add(LN2_HIGH, x));
    let mut s = TAYLOR[11];
    for c in TAYLOR[..11].iter().rev() {
        s = s.mul_add(r, *c);
    }
    (z.to_bits(), (r * r).mul_add(s, r))
}

/// 2^k for |k| <= 1022.
#[inline(always)]
fn power_of_two(bits: u64) -> f64 {
    f64::from_bits((bits << 52).wrapping_add(0x3ff0_0000_0000_0000))
}

/// e^x.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    // Comparisons rather than `clamp`, so that NaN passes. Beyond the bounds the result is infinity, or 0.
    let y = if x > 710.0 { 710.0 } else { x };
    let y = if y < -746.0 { -746.0 } else { y };
    // Half the exponent at a time, so that results below 2^-1022 lose only the digits that they cannot hold.
    let half = y.mul_add(std::f64::consts::LOG2_E * 0.5, MAGIC);
    let (bits, q) = reduce(y);
    let rest = bits.wrapping_sub(half.to_bits()).wrapping_add(MAGIC.to_bits());
    let p = power_of_two(half.to_bits());
    (p.mul_add(q, p)) * power_of_two(rest)
}

/// e^x - 1.
#[inline(always)]
pub fn expm1(x: f64) -> f64 {
    // Up to 60 by 2^k - 1, which is exact where it matters; beyond, 1 is less than half a unit in the last place of e^x.
    let y = if x > 60.0 { 60.0 } else { x };
    let y = if y < -60.0 { -60.0 } else { y };
    let (bits, q) = reduce(y);
    let p = power_of_two(bits);
    let m = p.mul_add(q, p - 1.0);
    let m = if x > 60.0 { exp(x) } else { m };
    m.copysign(x)
}

/// tanh x.
#[inline(always)]
pub fn tanh(x: f64) -> f64 {
    let a = 2.0 * x.abs();
    let a = if a > 60.0 { 60.0 } else { a };
    let (bits, q) = reduce(a);
    let p = power_of_two(bits);
    let m = p.mul_add(q, p - 1.0);
    (m / (m + 2.0)).copysign(x)
}

/// 1/(1 + e^-x).
#[inline(always)]
pub fn logistic(x: f64) -> f64 {
    let e = exp(-x.abs());
    (if x < 0.0 { e } else { 1.0 }) / (1.0 + e)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Distance in units in the last place of the larger.
    fn ulps(a: f64, b: f64) -> f64 {
        if a == b {
            return 0.0;
        }
        let m = a.abs().max(b.abs()).max(f64::MIN_POSITIVE);
        (a - b).abs() / (m.next_up() - m)
    }

    fn samples() -> impl Iterator<Item = f64> {
        let spread = (0..200_000).map(|k| (f64::from(k) - 1e5) * 7.45e-3);
        let near_zero = (0..80_000).map(|k| (f64::from(k) - 4e4) * 1.03e-4);
        let graded = (-1000..10).map(|e| 1.37 * 2f64.powi(e));
        spread.chain(near_zero).chain(graded)
    }

    /// The library's own error, at most one unit, is added to the bound of three.
    #[test]
    fn errors_stay_within_three_units_in_the_last_place() {
        for x in samples() {
            assert!(ulps(tanh(x), x.tanh()) <= 4.0, "tanh {x:e}: {:e} {:e}", tanh(x), x.tanh());
            assert!(ulps(exp(x), x.exp()) <= 4.0, "exp {x:e}: {:e} {:e}", exp(x), x.exp());
        }
    }

    #[test]
    fn known_values_and_ends_of_the_range_come_out() {
        // Digits by mpmath.
        for (x, t) in [
            (0.5, 0.462_117_157_260_009_76),
            (0.01, 0.009_999_666_679_999_46),
            (3.0, 0.995_054_753_686_730_5),
        ] {
            assert!(ulps(tanh(x), t) <= 2.0 && tanh(-x) == -tanh(x), "{x}");
        }
        assert!(ulps(exp(1.0), std::f64::consts::E) <= 1.0);
        assert_eq!((tanh(f64::INFINITY), tanh(-1e300), tanh(1e-310)), (1.0, -1.0, 1e-310));
        assert!(tanh(-0.0).is_sign_negative());
        assert_eq!((exp(0.0), exp(-800.0), exp(f64::NEG_INFINITY)), (1.0, 0.0, 0.0));
        assert_eq!((exp(710.0), exp(f64::INFINITY)), (f64::INFINITY, f64::INFINITY));
        assert!(exp(709.7).is_finite() && exp(-745.0) > 0.0);
        assert!(exp(f64::NAN).is_nan() && tanh(f64::NAN).is_nan() && logistic(f64::NAN).is_nan());
        assert_eq!((logistic(0.0), logistic(-1000.0), logistic(1000.0)), (0.5, 0.0, 1.0));
    }
}
