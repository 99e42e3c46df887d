//! A stage for a single entry: one number in each register.
//!
//! Registers are counted in a byte and there are 256 of them, so that none has to be looked for. A stage that needs more runs as
//! a block.

use super::apply::{binary, ternary, unary, unary_each};
use super::batch::WIDEST;
use super::instruction::Instruction as I;
use super::source::{Arrays, Place, Target};
use crate::function::Unary;
use pulp::NullaryFnOnce;

/// Registers of a single entry.
pub(super) type Registers = [f64; 256];

/// The instructions for the one entry of one lane, with what they work on.
pub(super) struct Run<'a> {
    pub(super) tape: &'a [I<u8>],
    pub(super) arrays: &'a Arrays<'a>,
    pub(super) carried: &'a mut [f64],
    pub(super) registers: &'a mut Registers,
    pub(super) out: &'a mut [f64],
}

impl NullaryFnOnce for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        run(self.tape, self.arrays, self.carried, self.registers, self.out);
    }
}

#[inline(always)]
fn run(tape: &[I<u8>], arrays: &Arrays, carried: &mut [f64], r: &mut Registers, out: &mut [f64]) {
    macro_rules! r {
        ($k:expr) => {
            r[usize::from($k)]
        };
    }
    let mut steps = tape.iter();
    while let Some(instruction) = steps.next() {
        match *instruction {
            I::Batch { f, count } => {
                let (batch, rest) = steps.as_slice().split_at(usize::from(count));
                together(f, batch, r);
                steps = rest.iter();
            }
            I::Constant { d, k } => r!(d) = k,
            I::Load { d, from } => {
                r!(d) = match from.place {
                    Place::States => arrays.sources.states[from.offset as usize],
                    Place::Carried => carried[from.offset as usize],
                    place => arrays.of(place)[from.offset as usize],
                }
            }
            I::Store { a, to: Target::Output(k) } => out[k as usize] = r!(a),
            I::Store { a, to: Target::Carried(k) } => carried[k as usize] = r!(a),
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
            I::Power { .. } => unreachable!("powers are expanded when the stage is made"),
        }
    }
}

/// f of some registers, in one vector that is filled up with the last.
#[inline(always)]
fn together(f: Unary, batch: &[I<u8>], r: &mut Registers) {
    let (mut x, mut y) = ([0.0; WIDEST], [0.0; WIDEST]);
    let mut last = 0.0;
    for (k, x) in x.iter_mut().enumerate() {
        if let Some(I::Unary { a, .. }) = batch.get(k) {
            last = r[usize::from(*a)];
        }
        *x = last;
    }
    let n = if batch.len() > WIDEST / 2 { WIDEST } else { WIDEST / 2 };
    unary_each(f, &x[..n], &mut y[..n]);
    for (step, y) in batch.iter().zip(y) {
        if let I::Unary { d, .. } = step {
            r[usize::from(*d)] = y;
        }
    }
}
