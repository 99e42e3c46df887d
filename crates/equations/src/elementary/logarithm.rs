//! log, log1p, log10, softplus, and x^y.
//!
//! x = 2^k m with m in [sqrt(1/2), sqrt 2), f = m - 1 and s = f/(2 + f), so
//!
//! ```text
//! log x = k ln 2 + log m,   log m = 2 atanh s = f - f^2/2 + s (f^2/2 + R(s^2))
//! x^y   = exp(y log x)      with log x as the sum of two numbers, 2^-64 of it away from the truth
//! ```
//!
//! The power follows IEEE 754 at zeros, infinities and for negative x; the cases besides 0 < x < inf are left to `libm`.
//!
//! Reference: the coefficients R are those of fdlibm (Sun Microsystems 1993). Muller et al. (2018), Handbook of floating-point
//! arithmetic, chapter 4, for sums and products of two numbers.

use super::exponential::{exp, exp_sum};

const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
const R: [f64; 7] = [
    6.666_666_666_666_735e-1,
    3.999_999_999_940_942e-1,
    2.857_142_874_366_239e-1,
    2.222_219_843_214_978_4e-1,
    1.818_357_216_161_805e-1,
    1.531_383_769_920_937_3e-1,
    1.479_819_860_511_658_6e-1,
];
/// Bits of sqrt(1/2).
const ROOT: u64 = 0x3fe6_a09e_667f_3bcd;
const MANTISSA: u64 = 0x000f_ffff_ffff_ffff;
const TWO_52: f64 = 4_503_599_627_370_496.0;

/// k and m of a positive normal number.
#[inline(always)]
fn split(x: f64) -> (f64, f64) {
    let u = x.to_bits().wrapping_add(0x3ff0_0000_0000_0000 - ROOT);
    // An integer below 2^52 becomes a number by its bits.
    let k = f64::from_bits((u >> 52) | TWO_52.to_bits()) - (TWO_52 + 1023.0);
    (k, f64::from_bits((u & MANTISSA).wrapping_add(ROOT)))
}

/// k and m of a positive number, also below 2^-1022.
#[inline(always)]
fn split_any(x: f64) -> (f64, f64) {
    let (tiny, larger) = (x < f64::MIN_POSITIVE, x * (4.0 * TWO_52));
    let (k, m) = split(if tiny { larger } else { x });
    (k - if tiny { 54.0 } else { 0.0 }, m)
}

/// f^2/2, and s (f^2/2 + R), the difference of which is f - log(1 + f).
#[inline(always)]
fn correction(f: f64) -> (f64, f64) {
    let s = f / (2.0 + f);
    let (z, half) = (s * s, 0.5 * f * f);
    let w = z * z;
    let even = w * R[5].mul_add(w, R[3]).mul_add(w, R[1]);
    let odd = z * R[6].mul_add(w, R[4]).mul_add(w, R[2]).mul_add(w, R[0]);
    (half, s * (half + (even + odd)))
}

/// y = log x for a positive finite x, and what it is elsewhere.
#[inline(always)]
fn at_the_ends(x: f64, y: f64) -> f64 {
    let y = if x == f64::INFINITY { x } else { y };
    let y = if x == 0.0 { f64::NEG_INFINITY } else { y };
    if x >= 0.0 { y } else { f64::NAN }
}

/// The natural logarithm.
#[inline(always)]
pub(crate) fn log(x: f64) -> f64 {
    let (k, m) = split_any(x);
    let f = m - 1.0;
    let (half, c) = correction(f);
    at_the_ends(x, k * LN2_HIGH - ((half - (c + k * LN2_LOW)) - f))
}

/// log(1 + x).
#[inline(always)]
pub(crate) fn log1p(x: f64) -> f64 {
    let u = 1.0 + x;
    let (k, m) = split(u);
    // What the sum lost, and nothing where x itself is the f of its logarithm.
    let (of_one, of_x, f) = (1.0 - (u - x), x - (u - 1.0), m - 1.0);
    let lost = (if k > 1.0 { of_one } else { of_x }) / u;
    let lost = if k == 0.0 { 0.0 } else { lost };
    let f = if k == 0.0 { x } else { f };
    let (half, c) = correction(f);
    at_the_ends(u, k * LN2_HIGH - ((half - (c + (k * LN2_LOW + lost))) - f)).copysign(x)
}

/// The decimal logarithm; exact at powers of 10.
#[inline(always)]
pub(crate) fn log10(x: f64) -> f64 {
    const HIGH: f64 = 4.342_944_818_781_689e-1;
    const LOW: f64 = 2.508_294_671_164_527_5e-11;
    const TWO_HIGH: f64 = 3.010_299_956_636_117_7e-1;
    const TWO_LOW: f64 = 3.694_239_077_158_931e-13;
    let (k, m) = split_any(x);
    let f = m - 1.0;
    let (half, c) = correction(f);
    // log m in two parts, the first with few enough digits that its product is exact.
    let high = f64::from_bits((f - half).to_bits() & 0xffff_ffff_0000_0000);
    let low = (f - high) - half + c;
    let (a, b) = (k * TWO_HIGH, high * HIGH);
    let w = a + b;
    let rest = (a - w) + b;
    at_the_ends(x, rest + (k * TWO_LOW + (low + high) * LOW + low * HIGH) + w)
}

/// log(1 + e^x), without overflow.
#[inline(always)]
pub(crate) fn softplus(x: f64) -> f64 {
    let tail = log1p(exp(-x.abs()));
    (if x < 0.0 { 0.0 } else { x }) + tail
}

/// Of (atanh(s)/s - 1 - w/3)/w^2, w = s^2.
const T: [f64; 8] = [
    0.2,
    0.142_857_142_857_146_82,
    0.111_111_111_108_279_43,
    0.090_909_091_676_964_01,
    0.076_922_974_812_592_15,
    0.066_674_023_469_236_55,
    0.058_531_181_697_456_03,
    0.058_615_893_119_382_59,
];
const THIRD: f64 = 1.0 / 3.0;
const THIRD_LOW: f64 = 1.850_371_707_708_594e-17;

/// log x as the sum of two numbers, for a positive finite x.
#[inline(always)]
fn log_sum(x: f64) -> (f64, f64) {
    let (k, m) = split_any(x);
    let f = m - 1.0;
    // s in two parts.
    let d = 2.0 + f;
    let d_low = f - (d - 2.0);
    let over = 1.0 / d;
    let s = f * over;
    let s_low = over * (-s).mul_add(d_low, (-s).mul_add(d, f));
    // w = s^2 and B = w (1/3 + w T(w)), both in two parts.
    let w = s * s;
    let w_low = (2.0 * s).mul_add(s_low, s.mul_add(s, -w));
    let v = w * w;
    let (a, b) = (T[1].mul_add(w, T[0]), T[3].mul_add(w, T[2]));
    let (c, e) = (T[5].mul_add(w, T[4]), T[7].mul_add(w, T[6]));
    let t = w * e.mul_add(v, c).mul_add(v * v, b.mul_add(v, a));
    let third = THIRD + t;
    let third_low = ((THIRD - third) + t) + THIRD_LOW;
    let b = w * third;
    let b_low = w_low.mul_add(third, w.mul_add(third_low, w.mul_add(third, -b)));
    // 2 s B.
    let (u, u_low) = (2.0 * s, 2.0 * s_low);
    let p = u * b;
    let p_low = u_low.mul_add(b, u.mul_add(b_low, u.mul_add(b, -p)));
    // The sum of all, from the largest.
    let whole = k * LN2_HIGH;
    let first = whole + u;
    let lost = (whole - first) + u;
    let lost = if k == 0.0 { 0.0 } else { lost };
    let second = first + p;
    let low = (((first - second) + p) + lost) + k.mul_add(LN2_LOW, u_low + p_low);
    let high = second + low;
    (high, (second - high) + low)
}

/// Whether the fast way of the power serves.
#[inline(always)]
pub(crate) fn is_plain(x: f64, y: f64) -> bool {
    // Bounds on y so that y log x stays finite.
    (x > 0.0) & (x < f64::INFINITY) & (y.abs() < 1e300)
}

/// x^y where [`is_plain`]; any number elsewhere.
#[inline(always)]
pub(crate) fn power_plain(x: f64, y: f64) -> f64 {
    let (high, low) = log_sum(x);
    let p = y * high;
    let rest = y.mul_add(low, y.mul_add(high, -p));
    // Far out the result is 0 or infinite, and what is left of the product has no meaning.
    exp_sum(p, if p.abs() < 800.0 { rest } else { 0.0 })
}

/// x^y.
#[inline(always)]
pub(crate) fn power(x: f64, y: f64) -> f64 {
    if is_plain(x, y) { power_plain(x, y) } else { libm::pow(x, y) }
}
