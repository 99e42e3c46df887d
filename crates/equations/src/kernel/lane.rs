//! A stage for a single entry: one number in each register.
//!
//! Registers are counted in a byte and there are more of them than a byte and a vector can count, so that none has to be
//! looked for. A stage that needs more runs as a block.

use super::apply::{binary, ternary, unary, unary_each};
use super::instruction::Instruction as I;
use super::pack::{Operand, Operation, Pack, Single, WIDTH};
use super::source::{Arrays, Place};
use pulp::NullaryFnOnce;

/// Registers of a single entry.
pub(super) type Registers = [f64; 256 + WIDTH];

/// The instructions for the one entry of one lane, with what they work on.
pub(super) struct Run<'a> {
    pub(super) single: &'a Single,
    pub(super) arrays: &'a Arrays<'a>,
    pub(super) carried: &'a mut [f64],
    pub(super) registers: &'a mut Registers,
    pub(super) out: &'a mut [f64],
}

impl NullaryFnOnce for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        run(self.single, self.arrays, self.carried, self.registers, self.out);
    }
}

#[inline(always)]
fn run(single: &Single, arrays: &Arrays, carried: &mut [f64], r: &mut Registers, out: &mut [f64]) {
    let states = arrays.sources.states;
    for &(d, from) in &single.states {
        r[usize::from(d)] = states[from as usize];
    }
    for &(d, from) in &single.loads {
        r[usize::from(d)] = match from.place {
            Place::Carried => carried[from.offset as usize],
            place => arrays.of(place)[from.offset as usize],
        }
    }
    for step in &single.steps {
        take(step, single, r);
    }
    for &(a, to) in &single.carried {
        carried[to as usize] = r[usize::from(a)];
    }
    for &(a, to) in &single.outputs {
        out[to as usize] = r[usize::from(a)];
    }
}

#[inline(always)]
fn take(step: &I<u8>, single: &Single, r: &mut Registers) {
    macro_rules! r {
        ($k:expr) => {
            r[usize::from($k)]
        };
    }
    match *step {
        I::Few(k) => together(&single.few[k as usize], r),
        I::Many(k) => together(&single.many[k as usize], r),
        I::Together(k) => apply(&single.many[k as usize], r),
        I::Constant { d, k } => r!(d) = k,
        I::Unary { f, d, a } => r!(d) = unary(f, r!(a)),
        I::Binary { f, d, a, b } => r!(d) = binary(f, r!(a), r!(b)),
        I::Ternary { f, d, a, b, c } => r!(d) = ternary(f, r!(a), r!(b), r!(c)),
        I::Add { d, a, b } => r!(d) = r!(a) + r!(b),
        I::Subtract { d, a, b } => r!(d) = r!(a) - r!(b),
        I::Multiply { d, a, b } => r!(d) = r!(a) * r!(b),
        I::Divide { d, a, b } => r!(d) = r!(a) / r!(b),
        I::AddConstant { d, a, k } => r!(d) = r!(a) + k,
        I::FromConstant { d, a, k } => r!(d) = k - r!(a),
        I::MultiplyConstant { d, a, k } => r!(d) = r!(a) * k,
        I::DivideConstant { d, a, k } => r!(d) = r!(a) / k,
        I::OverConstant { d, a, k } => r!(d) = k / r!(a),
        I::MultiplyAdd { d, a, b, c } => r!(d) = r!(a).mul_add(r!(b), r!(c)),
        I::MultiplySubtract { d, a, b, c } => r!(d) = r!(a).mul_add(r!(b), -r!(c)),
        I::SubtractProduct { d, a, b, c } => r!(d) = (-r!(a)).mul_add(r!(b), r!(c)),
        I::MultiplyAddConstant { d, a, b, k } => r!(d) = r!(a).mul_add(r!(b), k),
        I::ConstantSubtractProduct { d, a, b, k } => r!(d) = (-r!(a)).mul_add(r!(b), k),
        I::ScaleAdd { d, a, c, k } => r!(d) = r!(a).mul_add(k, r!(c)),
        I::ScaleSubtract { d, a, c, k } => r!(d) = r!(a).mul_add(k, -r!(c)),
        I::Affine { d, a, k, j } => r!(d) = r!(a).mul_add(k, j),
        I::ShiftDivide { d, a, k, j } => r!(d) = (r!(a) + k) / j,
        I::ScaleMultiply { d, a, b, k } => r!(d) = r!(a) * k * r!(b),
        I::Cube { d, a } => r!(d) = r!(a) * (r!(a) * r!(a)),
        I::Fourth { d, a } => {
            let square = r!(a) * r!(a);
            r!(d) = square * square;
        }
        I::Load { .. } | I::Store { .. } => unreachable!("they come before and after all else"),
        I::Power { .. } => unreachable!("powers are expanded when the stage is made"),
    }
}

/// The numbers of some registers.
#[inline(always)]
fn gather<const W: usize>(from: &Operand<W>, r: &Registers) -> [f64; W] {
    let mut x = [0.0; W];
    match from {
        Operand::Shared(one) => x.fill(r[usize::from(*one)]),
        Operand::Row(first) => x.copy_from_slice(&r[usize::from(*first)..usize::from(*first) + W]),
        Operand::Any(from) => {
            for l in 0..W {
                x[l] = r[usize::from(from[l])];
            }
        }
    }
    x
}

/// Writes to neighboring registers.
#[inline(always)]
fn put<const W: usize>(y: [f64; W], d: u8, r: &mut Registers) {
    r[usize::from(d)..usize::from(d) + W].copy_from_slice(&y);
}

/// The same operation on some registers, in one vector.
#[inline(always)]
fn together<const W: usize>(p: &Pack<W>, r: &mut Registers) {
    macro_rules! each {
        ($($x:ident),*; $f:expr) => {{
            $(let $x = gather(&p.$x, r);)*
            let (k, j) = (&p.k, &p.j);
            let mut y = [0.0; W];
            for l in 0..W {
                y[l] = $f($($x[l],)* k[l], j[l]);
            }
            y
        }};
    }
    let y = match p.operation {
        Operation::Line => each!(a; |a: f64, k: f64, j: f64| a * k + j),
        Operation::Affine => each!(a; |a: f64, k: f64, j: f64| a.mul_add(k, j)),
        Operation::ShiftDivide => each!(a; |a: f64, k: f64, j: f64| (a + k) / j),
        Operation::Over => each!(a; |a: f64, k: f64, _| k / a),
        Operation::Divide => each!(a, b; |a: f64, b: f64, _, _| a / b),
        Operation::Product => each!(a, b; |a: f64, b: f64, k: f64, _| a * k * b),
        Operation::MultiplyAdd => each!(a, b, c; |a: f64, b: f64, c: f64, _, _| a.mul_add(b, c)),
        Operation::MultiplySubtract => each!(a, b, c; |a: f64, b: f64, c: f64, _, _| a.mul_add(b, -c)),
        Operation::SubtractProduct => each!(a, b, c; |a: f64, b: f64, c: f64, _, _| (-a).mul_add(b, c)),
        Operation::MultiplyAddConstant => each!(a, b; |a: f64, b: f64, k: f64, _| a.mul_add(b, k)),
        Operation::ConstantSubtractProduct => each!(a, b; |a: f64, b: f64, k: f64, _| (-a).mul_add(b, k)),
        Operation::ScaleAdd => each!(a, b; |a: f64, c: f64, k: f64, _| a.mul_add(k, c)),
        Operation::ScaleSubtract => each!(a, b; |a: f64, c: f64, k: f64, _| a.mul_add(k, -c)),
        Operation::Apply(_) => unreachable!("functions have packs of their own"),
    };
    put(y, p.d, r);
}

/// A function of some registers, in one vector.
#[inline(always)]
fn apply(p: &Pack<WIDTH>, r: &mut Registers) {
    let Operation::Apply(f) = p.operation else { unreachable!("a pack of functions") };
    let x = gather(&p.a, r);
    let mut y = [0.0; WIDTH];
    unary_each(f, &x, &mut y);
    put(y, p.d, r);
}
