//! Rational numbers p/q of modest size: the exponents of units.
//!
//! Every operation is exact or refuses: an exponent beyond a few thousand, or a denominator of that size, gives `None`.

use std::fmt;

/// p/q in lowest terms, q > 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rational {
    numerator: i32,
    denominator: i32,
}

const LARGEST: i64 = 10_000;

impl Default for Rational {
    fn default() -> Self {
        Self::ZERO
    }
}

impl Rational {
    /// 0.
    pub const ZERO: Self = Self::integer(0);
    /// 1.
    pub const ONE: Self = Self::integer(1);

    /// An integer.
    pub const fn integer(k: i8) -> Self {
        Self { numerator: k as i32, denominator: 1 }
    }

    /// p/q; `None` where q = 0 or the numbers are too large.
    pub fn new(p: i64, q: i64) -> Option<Self> {
        if q == 0 {
            return None;
        }
        let g = gcd(p.unsigned_abs(), q.unsigned_abs()).max(1) as i64 * q.signum();
        let (p, q) = (p / g, q / g);
        (p.abs() <= LARGEST && q <= LARGEST).then_some(Self { numerator: p as i32, denominator: q as i32 })
    }

    /// The rational number of a denominator up to 64 that a double means, such as 1/3 for 0.333…
    pub fn nearest(x: f64) -> Option<Self> {
        if !x.is_finite() || x.abs() > 1000.0 {
            return None;
        }
        (1..=64).find_map(|q| {
            let p = x * f64::from(q);
            ((p - p.round()).abs() <= 1e-12 * p.abs().max(1.0))
                .then(|| Self::new(p.round() as i64, q.into()))?
        })
    }

    /// Whether it is 0.
    pub fn is_zero(self) -> bool {
        self.numerator == 0
    }

    /// The numerator, which carries the sign.
    pub fn numerator(self) -> i32 {
        self.numerator
    }

    /// The denominator, at least 1.
    pub fn denominator(self) -> i32 {
        self.denominator
    }

    /// The sum.
    pub fn plus(self, other: Self) -> Option<Self> {
        let (p, q) = (i64::from(self.numerator), i64::from(self.denominator));
        let (r, s) = (i64::from(other.numerator), i64::from(other.denominator));
        Self::new(p * s + r * q, q * s)
    }

    /// The product.
    pub fn times(self, other: Self) -> Option<Self> {
        let p = i64::from(self.numerator) * i64::from(other.numerator);
        Self::new(p, i64::from(self.denominator) * i64::from(other.denominator))
    }

    /// The quotient; `None` for a divisor of 0.
    pub fn over(self, other: Self) -> Option<Self> {
        let p = i64::from(self.numerator) * i64::from(other.denominator);
        Self::new(p, i64::from(self.denominator) * i64::from(other.numerator))
    }

    /// The negative.
    pub fn negated(self) -> Self {
        Self { numerator: -self.numerator, denominator: self.denominator }
    }
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl fmt::Debug for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.denominator {
            1 => write!(f, "{}", self.numerator),
            q => write!(f, "({}/{q})", self.numerator),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn r(p: i64, q: i64) -> Rational {
        Rational::new(p, q).unwrap()
    }

    #[test]
    fn arithmetic_is_that_of_fractions() {
        assert_eq!(r(1, 2).plus(r(1, 3)), Some(r(5, 6)));
        assert_eq!(r(2, -4), r(-1, 2));
        assert_eq!(r(2, 3).times(r(3, 2)), Some(Rational::ONE));
        assert_eq!(r(1, 2).over(r(-1, 4)), Some(Rational::integer(-2)));
        assert_eq!(r(1, 2).over(Rational::ZERO), None);
        assert_eq!((r(-1, 2).to_string(), r(4, 2).to_string()), ("(-1/2)".into(), "2".into()));
    }

    #[test]
    fn what_grows_too_large_is_refused() {
        assert_eq!(Rational::new(10_001, 1), None);
        assert_eq!(r(5000, 1).times(r(5000, 1)), None);
        assert_eq!(r(1, 9973).plus(r(1, 9967)), None);
    }

    #[test]
    fn a_double_that_means_a_fraction_is_one() {
        for (p, q) in [(1, 3), (-1, 2), (7, 10), (5, 1), (0, 1), (63, 64)] {
            assert_eq!(Rational::nearest(p as f64 / q as f64), Some(r(p, q)));
        }
        for x in [std::f64::consts::PI, f64::NAN, f64::INFINITY, 1e9, 0.123_456_7] {
            assert_eq!(Rational::nearest(x), None);
        }
    }
}
