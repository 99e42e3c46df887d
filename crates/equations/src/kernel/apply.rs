//! The functions of the grammar for one number, and for each entry of a block: the same inline function in both.

use crate::elementary::{
    cos, cos_near, cosh, exp, expm1, exprel, is_near, is_plain, log, log1p, log10, logistic, power,
    power_plain, sin, sin_near, sinh, softplus, tan, tan_near, tanh,
};
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
        Unary::Sinh => sinh(x),
        Unary::Cosh => cosh(x),
        Unary::Log => log(x),
        Unary::Log1p => log1p(x),
        Unary::Log10 => log10(x),
        Unary::Softplus => softplus(x),
        Unary::Sin => sin(x),
        Unary::Cos => cos(x),
        Unary::Tan => tan(x),
        Unary::Sqrt => x.sqrt(),
        Unary::Abs => x.abs(),
        Unary::Sign => sign(x),
        Unary::Heaviside => heaviside(x),
        Unary::Relu => relu(x),
        _ => f.apply(x),
    }
}

/// f of each entry. A macro, because a function that is handed over, or a closure, may stay a function of its own, without
/// the instructions that were chosen for the machine.
macro_rules! each {
    ($x:expr, $y:expr, $f:expr) => {
        for (y, &x) in $y.iter_mut().zip($x) {
            *y = ($f)(x);
        }
    };
    ($x:expr, $y:expr, $z:expr, $f:expr) => {
        for ((z, &x), &y) in $z.iter_mut().zip($x).zip($y) {
            *z = ($f)(x, y);
        }
    };
}

/// All entries by the fast function, then the few that it cannot serve by the whole one.
macro_rules! each_near {
    ($x:expr, $y:expr, $near:expr, $whole:expr) => {{
        each!($x, $y, $near);
        let mut all = true;
        for &x in $x {
            all &= is_near(x);
        }
        if !all {
            for (y, &x) in $y.iter_mut().zip($x) {
                if !is_near(x) {
                    *y = $whole(x);
                }
            }
        }
    }};
}

/// f of each entry.
#[inline(always)]
pub(super) fn unary_each(f: Unary, x: &[f64], y: &mut [f64]) {
    match f {
        Unary::Exp => each!(x, y, exp),
        Unary::Expm1 => each!(x, y, expm1),
        Unary::Exprel => each!(x, y, exprel::<0>),
        Unary::Tanh => each!(x, y, tanh),
        Unary::Sigmoid => each!(x, y, logistic),
        Unary::Sinh => each!(x, y, sinh),
        Unary::Cosh => each!(x, y, cosh),
        Unary::Log => each!(x, y, log),
        Unary::Log1p => each!(x, y, log1p),
        Unary::Log10 => each!(x, y, log10),
        Unary::Softplus => each!(x, y, softplus),
        Unary::Sin => each_near!(x, y, sin_near, sin),
        Unary::Cos => each_near!(x, y, cos_near, cos),
        Unary::Tan => each_near!(x, y, tan_near, tan),
        Unary::Sqrt => each!(x, y, f64::sqrt),
        Unary::Abs => each!(x, y, f64::abs),
        Unary::Sign => each!(x, y, sign),
        Unary::Heaviside => each!(x, y, heaviside),
        Unary::Relu => each!(x, y, relu),
        _ => each!(x, y, |x: f64| f.apply(x)),
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
        Binary::Power => power(x, y),
        Binary::Atan2 | Binary::Mod => f.apply(x, y),
    }
}

/// f of each pair of entries.
#[inline(always)]
pub(super) fn binary_each(f: Binary, x: &[f64], y: &[f64], z: &mut [f64]) {
    match f {
        Binary::Less => each!(x, y, z, |x: f64, y: f64| truth(x < y)),
        Binary::LessEqual => each!(x, y, z, |x: f64, y: f64| truth(x <= y)),
        Binary::Greater => each!(x, y, z, |x: f64, y: f64| truth(x > y)),
        Binary::GreaterEqual => each!(x, y, z, |x: f64, y: f64| truth(x >= y)),
        Binary::Equal => each!(x, y, z, |x: f64, y: f64| truth(x == y)),
        Binary::NotEqual => each!(x, y, z, |x: f64, y: f64| truth(x != y)),
        Binary::Power => power_each(x, y, z),
        Binary::Min => each!(x, y, z, min),
        Binary::Max => each!(x, y, z, max),
        _ => each!(x, y, z, |x: f64, y: f64| binary(f, x, y)),
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

/// As `each_near`, for x^y.
#[inline(always)]
fn power_each(x: &[f64], y: &[f64], z: &mut [f64]) {
    each!(x, y, z, power_plain);
    let mut all = true;
    for (&x, &y) in x.iter().zip(y) {
        all &= is_plain(x, y);
    }
    if !all {
        for ((z, &x), &y) in z.iter_mut().zip(x).zip(y) {
            if !is_plain(x, y) {
                *z = power(x, y);
            }
        }
    }
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
