//! A stage for a single entry: one number in each register.

use super::apply::{binary, ternary, unary};
use super::instruction::Instruction as I;
use super::source::{Arrays, Place, Target};
use pulp::NullaryFnOnce;

/// The instructions for the one entry of one lane, with what they work on.
pub(super) struct Run<'a> {
    pub(super) tape: &'a [I],
    pub(super) arrays: &'a Arrays<'a>,
    pub(super) carried: &'a mut [f64],
    pub(super) registers: &'a mut [f64],
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
fn run(tape: &[I], arrays: &Arrays, carried: &mut [f64], r: &mut [f64], out: &mut [f64]) {
    macro_rules! r {
        ($k:expr) => {
            r[$k as usize]
        };
    }
    for instruction in tape {
        match *instruction {
            I::Constant { d, k } => r!(d) = k,
            I::Load { d, from } => {
                r!(d) = match from.place {
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
            I::Power { .. } => unreachable!("powers are expanded when the stage is made"),
        }
    }
}
