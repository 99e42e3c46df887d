//! Exact arithmetic on doubles: the signs that decide a border are not left to rounding.
//!
//! Every finite double is m 2^e with integers m and e, and so are sums, differences and products of such numbers.
//! The trace, the determinant and the discriminant of a matrix of doubles are therefore known exactly, at any scale
//! from the subnormal numbers to the largest ones.
//!
//! Cost: a product of two doubles needs 106 bits; a sum of numbers of very different size up to 4200 bits, which
//! takes about a microsecond.

use num_bigint::{BigInt, Sign};
use std::cmp::Ordering;
use std::ops::{Add, Mul, Sub};

/// The number m 2^e.
#[derive(Clone, Debug)]
pub(super) struct Dyadic {
    m: BigInt,
    e: i64,
}

impl Dyadic {
    /// The double itself, which must be finite.
    pub(super) fn new(x: f64) -> Self {
        let (m, e) = mantissa_and_exponent(x);
        Self { m: BigInt::from(m), e }
    }

    /// Its sign: less, equal or greater than 0.
    pub(super) fn sign(&self) -> Ordering {
        match self.m.sign() {
            Sign::Minus => Ordering::Less,
            Sign::NoSign => Ordering::Equal,
            Sign::Plus => Ordering::Greater,
        }
    }

    /// Whether it is 0.
    pub(super) fn is_zero(&self) -> bool {
        self.sign() == Ordering::Equal
    }

    /// k with 2^(k-1) <= |x| < 2^k; `None` for 0.
    pub(super) fn magnitude(&self) -> Option<i64> {
        if self.is_zero() { None } else { Some(self.e + self.m.bits() as i64) }
    }

    /// The double nearest to x 2^k (0 or infinity where it leaves the range of doubles).
    pub(super) fn scaled(&self, k: i64) -> f64 {
        let bits = self.m.bits();
        let magnitude = self.m.magnitude();
        let drop = bits.saturating_sub(64);
        let top = magnitude >> drop;
        // A sticky last bit makes the rounding of the 64 leading bits the rounding of the whole number.
        let sticky = drop > 0 && magnitude.trailing_zeros().is_some_and(|z| z < drop);
        let leading = top.iter_u64_digits().next().unwrap_or(0) | u64::from(sticky);
        let value = times_power_of_two(leading as f64, self.e + drop as i64 + k);
        if self.m.sign() == Sign::Minus { -value } else { value }
    }

    /// The nearest double.
    pub(super) fn to_f64(&self) -> f64 {
        self.scaled(0)
    }
}

/// A finite double as m 2^e.
pub(super) fn mantissa_and_exponent(x: f64) -> (i64, i64) {
    debug_assert!(x.is_finite());
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i64;
    let fraction = (bits & ((1 << 52) - 1)) as i64;
    let (m, e) = if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    (if x.is_sign_negative() { -m } else { m }, e)
}

/// x 2^k, in steps that neither overflow nor underflow before the result does.
pub(super) fn times_power_of_two(mut x: f64, mut k: i64) -> f64 {
    while k > 1000 && x.is_finite() && x != 0.0 {
        x *= 2.0_f64.powi(1000);
        k -= 1000;
    }
    while k < -900 && x != 0.0 {
        x *= 2.0_f64.powi(-900);
        k += 900;
    }
    x * 2.0_f64.powi(k.clamp(-1000, 1000) as i32)
}

fn aligned(a: &Dyadic, b: &Dyadic) -> (BigInt, BigInt, i64) {
    let e = a.e.min(b.e);
    let raise = |x: &Dyadic| if x.is_zero() { BigInt::from(0) } else { &x.m << ((x.e - e) as u64) };
    (raise(a), raise(b), e)
}

impl Add for &Dyadic {
    type Output = Dyadic;
    fn add(self, other: Self) -> Dyadic {
        let (a, b, e) = aligned(self, other);
        Dyadic { m: a + b, e }
    }
}

impl Sub for &Dyadic {
    type Output = Dyadic;
    fn sub(self, other: Self) -> Dyadic {
        let (a, b, e) = aligned(self, other);
        Dyadic { m: a - b, e }
    }
}

impl Mul for &Dyadic {
    type Output = Dyadic;
    fn mul(self, other: Self) -> Dyadic {
        Dyadic { m: &self.m * &other.m, e: self.e + other.e }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_double_survives_the_way_there_and_back() {
        for x in [0.0, 1.0, -0.1, 1e300, -1e-300, f64::MIN_POSITIVE, 5e-324, f64::MAX, 0.3] {
            assert_eq!(Dyadic::new(x).to_f64(), x);
        }
    }

    #[test]
    fn the_sum_of_a_tenth_and_two_tenths_is_not_three_tenths() {
        let d = &(&Dyadic::new(0.1) + &Dyadic::new(0.2)) - &Dyadic::new(0.3);
        assert_eq!(d.sign(), Ordering::Greater);
        assert_eq!(d.to_f64(), 2.0_f64.powi(-55));
    }

    #[test]
    fn products_beyond_the_range_of_doubles_keep_their_sign() {
        let tiny = Dyadic::new(-5e-324);
        let square = &tiny * &tiny;
        assert_eq!(square.sign(), Ordering::Greater);
        assert_eq!(square.to_f64(), 0.0);
        assert_eq!(square.scaled(2148), 1.0);
        let huge = Dyadic::new(1e300);
        assert!((&huge * &huge).to_f64().is_infinite());
    }

    #[test]
    fn rounding_goes_to_the_nearest_double() {
        // 2^53 + 1 is a tie and goes to the even neighbor; a little more goes up.
        let x = &Dyadic::new(2.0_f64.powi(53)) + &Dyadic::new(1.0);
        assert_eq!(x.to_f64(), 2.0_f64.powi(53));
        let x = &x + &Dyadic::new(1e-20);
        assert_eq!(x.to_f64(), 2.0_f64.powi(53) + 2.0);
    }
}
