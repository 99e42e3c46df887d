//! The functions of the grammar for one number, and for each entry of a block: the same inline function in both.

use crate::elementary::{exp, expm1, exprel, logistic, tanh};
use crate::function::{Binary, Ternary, Unary};

/// f(x).
#[inline(always)]
pub(super) fn unary(f: Unary, x: f64) -> f64 {
    match f {
        Unary::Exp => exp(x),
        Unary::Expm1 => expm1(x),
        Unary::Exprel => exprel::<0>(x),
        Unary::Tanh => tanh(x),
        Unary::Sigmoid => logistic(x),
        Unary::Sqrt => x.sqrt(),
        Unary::Abs => x.abs(),
        Unary::Sign => sign(x),
        Unary::Heaviside => heaviside(x),
        Unary::Relu => relu(x),
        _ => f.apply(x),
    }
}

/// f of each entry.
#[inline(always)]
pub(super) fn unary_each(f: Unary, x: &[f64], y: &mut [f64]) {
    match f {
        Unary::Exp => each(x, y, exp),
        Unary::Expm1 => each(x, y, expm1),
        Unary::Exprel => each(x, y, exprel::<0>),
        Unary::Tanh => each(x, y, tanh),
        Unary::Sigmoid => each(x, y, logistic),
        Unary::Sqrt => each(x, y, f64::sqrt),
        Unary::Abs => each(x, y, f64::abs),
        Unary::Sign => each(x, y, sign),
        Unary::Heaviside => each(x, y, heaviside),
        Unary::Relu => each(x, y, relu),
        _ => each(x, y, |x| f.apply(x)),
    }
}

/// f(x, y).
#[inline(always)]
pub(super) fn binary(f: Binary, x: f64, y: f64) -> f64 {
    match f {
        Binary::Add => x + y,
        Binary::Subtract => x - y,
        Binary::Multiply => x * y,
        Binary::Divide => x / y,
        Binary::Less => truth(x < y),
        Binary::LessEqual => truth(x <= y),
        Binary::Greater => truth(x > y),
        Binary::GreaterEqual => truth(x >= y),
        Binary::Equal => truth(x == y),
        Binary::NotEqual => truth(x != y),
        Binary::Min => min(x, y),
        Binary::Max => max(x, y),
        Binary::Power | Binary::Atan2 | Binary::Mod => f.apply(x, y),
    }
}

/// f of each pair of entries.
#[inline(always)]
pub(super) fn binary_each(f: Binary, x: &[f64], y: &[f64], z: &mut [f64]) {
    match f {
        Binary::Less => each_pair(x, y, z, |x, y| truth(x < y)),
        Binary::LessEqual => each_pair(x, y, z, |x, y| truth(x <= y)),
        Binary::Greater => each_pair(x, y, z, |x, y| truth(x > y)),
        Binary::GreaterEqual => each_pair(x, y, z, |x, y| truth(x >= y)),
        Binary::Equal => each_pair(x, y, z, |x, y| truth(x == y)),
        Binary::NotEqual => each_pair(x, y, z, |x, y| truth(x != y)),
        Binary::Min => each_pair(x, y, z, min),
        Binary::Max => each_pair(x, y, z, max),
        _ => each_pair(x, y, z, |x, y| binary(f, x, y)),
    }
}

/// f(x, y, z).
#[inline(always)]
pub(super) fn ternary(f: Ternary, x: f64, y: f64, z: f64) -> f64 {
    match f {
        Ternary::Clip => min(max(x, y), z),
        Ternary::Where => choose(x, y, z),
    }
}

#[inline(always)]
fn each(x: &[f64], y: &mut [f64], f: impl Fn(f64) -> f64) {
    y.iter_mut().zip(x).for_each(|(y, &x)| *y = f(x));
}

#[inline(always)]
fn each_pair(x: &[f64], y: &[f64], z: &mut [f64], f: impl Fn(f64, f64) -> f64) {
    z.iter_mut().zip(x).zip(y).for_each(|((z, &x), &y)| *z = f(x, y));
}

#[inline(always)]
fn truth(b: bool) -> f64 {
    if b { 1.0 } else { 0.0 }
}

/// -1, 0 or 1 of the sign of x; zeros and NaN are kept.
#[inline(always)]
fn sign(x: f64) -> f64 {
    if x == 0.0 || x.is_nan() { x } else { 1.0_f64.copysign(x) }
}

/// 0 below 0, 1 from 0 on; NaN is kept.
#[inline(always)]
fn heaviside(x: f64) -> f64 {
    if x.is_nan() { x } else { truth(x >= 0.0) }
}

/// max(x, 0); NaN is kept.
#[inline(always)]
fn relu(x: f64) -> f64 {
    if x < 0.0 { 0.0 } else { x }
}

/// The smaller; NaN if either is NaN.
#[inline(always)]
fn min(x: f64, y: f64) -> f64 {
    if x < y || x.is_nan() { x } else { y }
}

/// The larger; NaN if either is NaN.
#[inline(always)]
fn max(x: f64, y: f64) -> f64 {
    if x > y || x.is_nan() { x } else { y }
}

/// a where c is not 0, else b; NaN if c is NaN.
#[inline(always)]
fn choose(c: f64, a: f64, b: f64) -> f64 {
    if c.is_nan() {
        c
    } else if c != 0.0 {
        a
    } else {
        b
    }
}
