//! exp, expm1, tanh and their kin.
//!
//! x = k ln 2 + r with |r| <= ln(2)/2, and q = e^r - 1 by a polynomial of degree 11, so
//!
//! ```text
//! exp x   = 2^k (1 + q)
//! expm1 x = (2^k - 1) + 2^k q
//! tanh x  = m/(m + 2),   m = expm1(2|x|), with the sign of x
//! ```
//!
//! The polynomial interpolates (e^r - 1 - r - r^2/2)/r^3 at Chebyshev's points: its error is a third of a unit in the last
//! place. It is evaluated in pairs (Estrin), which halves the time of a single number.
//!
//! Reference: Cody and Waite (1980), Software manual for the elementary functions.

/// 1.5 * 2^52: adding it rounds to an integer, whose bits are then the lowest of the sum.
const MAGIC: f64 = 6_755_399_441_055_744.0;
const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// Of (e^r - 1 - r - r^2/2)/r^3.
const C: [f64; 9] = [
    0.166_666_666_666_666_66,
    0.041_666_666_666_651_36,
    0.008_333_333_333_332_155,
    0.001_388_888_890_588_154_2,
    0.000_198_412_698_543_386_1,
    2.480_153_638_869_076_6e-5,
    2.755_728_006_701_698e-6,
    2.761_380_686_153_829e-7,
    2.509_555_467_711_111_2e-8,
];

/// k, as bits to be shifted into an exponent, and q = e^r - 1, where x + low = k ln 2 + r.
#[inline(always)]
fn reduce(x: f64, low: f64) -> (u64, f64) {
    let z = x.mul_add(std::f64::consts::LOG2_E, MAGIC);
    let k = z - MAGIC;
    let r = (-k).mul_add(LN2_LOW, (-k).mul_add(LN2_HIGH, x)) + low;
    let (s, a, b) = (r * r, C[1].mul_add(r, C[0]), C[3].mul_add(r, C[2]));
    let (c, d) = (C[5].mul_add(r, C[4]), C[8].mul_add(s, C[7].mul_add(r, C[6])));
    let g = d.mul_add(s, c).mul_add(s * s, b.mul_add(s, a));
    (z.to_bits(), g.mul_add(r, 0.5).mul_add(s, r))
}

/// 2^k for |k| <= 1022.
#[inline(always)]
fn power_of_two(bits: u64) -> f64 {
    f64::from_bits((bits << 52).wrapping_add(0x3ff0_0000_0000_0000))
}

/// q = e^r - 1 and two powers of two, the product of which is 2^k, where x + low = k ln 2 + r.
///
/// Half the exponent at a time, so that results below 2^-1022 lose only the digits that they cannot hold.
#[inline(always)]
fn parts(x: f64, low: f64) -> (f64, f64, f64) {
    let half = x.mul_add(std::f64::consts::LOG2_E * 0.5, MAGIC).to_bits();
    let (bits, q) = reduce(x, low);
    let rest = bits.wrapping_sub(half).wrapping_add(MAGIC.to_bits());
    (q, power_of_two(half), power_of_two(rest))
}

/// x within bounds; comparisons rather than `clamp`, so that NaN passes.
#[inline(always)]
fn between(x: f64, low: f64, high: f64) -> f64 {
    let y = if x > high { high } else { x };
    if y < low { low } else { y }
}

/// e^(x + low), where low is a correction of x.
#[inline(always)]
pub(super) fn exp_sum(x: f64, low: f64) -> f64 {
    // Beyond the bounds the result is infinity, or 0.
    let (q, p, rest) = parts(between(x, -746.0, 710.0), low);
    p.mul_add(q, p) * rest
}

/// e^x.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    exp_sum(x, 0.0)
}

/// From here on, 1 is less than half a unit in the last place of e^x.
const LARGE: f64 = 60.0;

/// e^x - 1.
#[inline(always)]
pub fn expm1(x: f64) -> f64 {
    let (q, p, rest) = parts(between(x, -746.0, 710.0), 0.0);
    // 2^k - 1 is exact where it matters.
    let power = p * rest;
    let small = power.mul_add(q, power - 1.0);
    let large = p.mul_add(q, p) * rest;
    (if x > LARGE { large } else { small }).copysign(x)
}

/// (e^x - 1)/x.
#[inline(always)]
pub(super) fn exprel(x: f64) -> f64 {
    let y = between(x, -746.0, 720.0);
    let (q, p, rest) = parts(y, 0.0);
    let power = p * rest;
    let small = power.mul_add(q, power - 1.0);
    // Divided before the second half of the exponent is there: the quotient may be finite where e^x is not.
    let large = p.mul_add(q, p);
    let ratio = (if x > LARGE { large } else { small }) / (if x > LARGE { y } else { x });
    let ratio = ratio * if x > LARGE { rest } else { 1.0 };
    if x == 0.0 { 1.0 } else { ratio }
}

/// tanh x.
#[inline(always)]
pub fn tanh(x: f64) -> f64 {
    let a = 2.0 * x.abs();
    let a = if a > LARGE { LARGE } else { a };
    let (bits, q) = reduce(a, 0.0);
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

/// e^|x|/2, finite as long as cosh x is.
#[inline(always)]
fn half_exp(x: f64) -> f64 {
    let (q, p, rest) = parts(between(x.abs(), 0.0, 712.0), 0.0);
    p.mul_add(q, p) * (0.5 * rest)
}

/// cosh x.
#[inline(always)]
pub(crate) fn cosh(x: f64) -> f64 {
    let h = half_exp(x);
    h + 0.25 / h
}

/// sinh x.
#[inline(always)]
pub(crate) fn sinh(x: f64) -> f64 {
    let a = x.abs();
    let m = expm1(if a > LARGE { LARGE } else { a });
    let (small, large) = (0.5 * (m + m / (m + 1.0)), half_exp(x));
    (if a > LARGE { large } else { small }).copysign(x)
}
