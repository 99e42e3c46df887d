//! sin, cos and tan.
//!
//! x = n pi/2 + r with |r| <= pi/4, pi/2 in three parts: n times the first, fused with the subtraction, leaves no error. Then
//! sin r and cos r by fdlibm's polynomials, exchanged and signed by n mod 4. Beyond |x| = 10^6 `libm` reduces with as many
//! digits of pi as it takes.
//!
//! Reference: Cody and Waite (1980), Software manual for the elementary functions; fdlibm (Sun Microsystems 1993).

/// 1.5 * 2^52: adding it rounds to an integer, whose bits are then the lowest of the sum.
const MAGIC: f64 = 6_755_399_441_055_744.0;
const HALF_PI: [f64; 3] =
    [std::f64::consts::FRAC_PI_2, 6.123_233_995_736_766e-17, -1.497_384_904_859_169_8e-33];
const S: [f64; 6] = [
    -1.666_666_666_666_663_2e-1,
    8.333_333_333_322_49e-3,
    -1.984_126_982_985_795e-4,
    2.755_731_370_707_006_8e-6,
    -2.505_076_025_340_686_3e-8,
    1.589_690_995_211_55e-10,
];
const C: [f64; 6] = [
    4.166_666_666_666_66e-2,
    -1.388_888_888_887_411e-3,
    2.480_158_728_947_673e-5,
    -2.755_731_435_139_066_3e-7,
    2.087_572_321_298_175e-9,
    -1.135_964_755_778_819_5e-11,
];

/// Whether the fast way serves.
#[inline(always)]
pub(crate) fn is_near(x: f64) -> bool {
    (x.abs() <= 1e6) | x.is_nan()
}

/// n, in the lowest bits, sin r and cos r.
#[inline(always)]
fn turn(x: f64) -> (u64, f64, f64) {
    let z = x.mul_add(std::f64::consts::FRAC_2_PI, MAGIC);
    let n = z - MAGIC;
    let near = (-n).mul_add(HALF_PI[1], (-n).mul_add(HALF_PI[0], x));
    let r = (-n).mul_add(HALF_PI[2], near);
    let w = r * r;
    let v = w * w;
    let odd = S[5].mul_add(w, S[4]).mul_add(v, S[3].mul_add(w, S[2])).mul_add(v, S[1].mul_add(w, S[0]));
    // The sign from before the last correction, so that -0 stays -0.
    let sin = (w * r).mul_add(odd, r).copysign(near);
    let even = C[5].mul_add(w, C[4]).mul_add(v, C[3].mul_add(w, C[2])).mul_add(v, C[1].mul_add(w, C[0]));
    let half = 0.5 * w;
    let one = 1.0 - half;
    let cos = one + v.mul_add(even, (1.0 - one) - half);
    (z.to_bits(), sin, cos)
}

/// The sine or the cosine, with its sign, of the quadrant.
#[inline(always)]
fn of_quadrant(n: u64, sin: f64, cos: f64) -> f64 {
    let y = if n & 1 == 0 { sin } else { cos };
    f64::from_bits(y.to_bits() ^ ((n & 2) << 62))
}

/// sin x where [`is_near`]; any number elsewhere.
#[inline(always)]
pub(crate) fn sin_near(x: f64) -> f64 {
    let (n, sin, cos) = turn(x);
    of_quadrant(n, sin, cos)
}

/// cos x where [`is_near`]; any number elsewhere.
#[inline(always)]
pub(crate) fn cos_near(x: f64) -> f64 {
    let (n, sin, cos) = turn(x);
    of_quadrant(n.wrapping_add(1), sin, cos)
}

/// tan x where [`is_near`]; any number elsewhere.
#[inline(always)]
pub(crate) fn tan_near(x: f64) -> f64 {
    let (n, sin, cos) = turn(x);
    let odd = n & 1 == 1;
    (if odd { -cos } else { sin }) / (if odd { sin } else { cos })
}

/// sin x.
#[inline(always)]
pub(crate) fn sin(x: f64) -> f64 {
    if is_near(x) { sin_near(x) } else { libm::sin(x) }
}

/// cos x.
#[inline(always)]
pub(crate) fn cos(x: f64) -> f64 {
    if is_near(x) { cos_near(x) } else { libm::cos(x) }
}

/// tan x.
#[inline(always)]
pub(crate) fn tan(x: f64) -> f64 {
    if is_near(x) { tan_near(x) } else { libm::tan(x) }
}
