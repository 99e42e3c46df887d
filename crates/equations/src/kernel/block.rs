//! A stage for many entries, a block of them at a time: a register holds one number for each entry of the block.
//!
//! Blocks stay in the first-level cache. Every instruction is one loop without branches, which the compiler turns into
//! vector instructions. The last block is filled up to whole vectors with copies of its last entry, so that
//! nothing is computed on old values; the bits of an entry do not depend on where in a block it lies.

use super::apply::{binary_each, ternary, unary_each};
use super::instruction::Instruction as I;
use super::source::{Arrays, Place, Source, Target};
use pulp::NullaryFnOnce;
use std::mem::take;
use std::ops::Range;

/// Entries of a block.
pub(super) const BLOCK: usize = 128;
/// Blocks are filled up to a multiple of this.
const VECTOR: usize = 8;

/// Registers of a block.
pub(super) type Registers = Vec<Vec<f64>>;

/// The instructions for `length` entries of each lane, with what they work on.
pub(super) struct Run<'a> {
    pub(super) tape: &'a [I],
    pub(super) length: usize,
    pub(super) lanes: usize,
    pub(super) arrays: &'a Arrays<'a>,
    pub(super) carried: &'a mut [f64],
    pub(super) registers: &'a mut Registers,
    pub(super) out: &'a mut [f64],
}

impl NullaryFnOnce for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        run(self.tape, self.length, self.lanes, self.arrays, self.carried, self.registers, self.out);
    }
}

#[inline(always)]
fn run(
    tape: &[I],
    length: usize,
    lanes: usize,
    arrays: &Arrays,
    carried: &mut [f64],
    r: &mut Registers,
    out: &mut [f64],
) {
    let entries = length * lanes;
    for start in (0..entries).step_by(BLOCK) {
        let range = start..(start + BLOCK).min(entries);
        let n = range.len().next_multiple_of(VECTOR);
        for instruction in tape {
            match *instruction {
                I::Load { d, from } => {
                    let mut to = take(&mut r[d as usize]);
                    match from.place {
                        Place::Carried => load(&mut to, from, carried, range.clone(), lanes),
                        place => load(&mut to, from, arrays.of(place), range.clone(), lanes),
                    }
                    let last = to[range.len() - 1];
                    to[range.len()..n].fill(last);
                    r[d as usize] = to;
                }
                I::Store { a, to } => {
                    let from = &r[a as usize][..range.len()];
                    let (to, offset) = match to {
                        Target::Output(k) => (&mut *out, k),
                        Target::Carried(k) => (&mut *carried, k),
                    };
                    to[offset as usize * lanes + range.start..][..range.len()].copy_from_slice(from);
                }
                other => compute(other, n, r),
            }
        }
    }
}

/// Copies the entries of `range` from an array.
#[inline(always)]
fn load(to: &mut [f64], from: Source, array: &[f64], range: Range<usize>, lanes: usize) {
    let to = &mut to[..range.len()];
    let offset = from.offset as usize;
    if from.place == Place::Time && array.len() == 1 {
        to.fill(array[0]);
    } else if from.place == Place::PerUnit {
        if lanes == 1 {
            to.copy_from_slice(&array[offset + range.start..][..range.len()]);
        } else {
            to.iter_mut().zip(range).for_each(|(to, k)| *to = array[offset + k / lanes]);
        }
    } else if from.single && lanes == 1 {
        to.fill(array[offset]);
    } else if from.single {
        // Lane after lane, over and over.
        let array = &array[offset * lanes..][..lanes];
        let (mut lane, mut at) = (range.start % lanes, 0);
        while at < to.len() {
            let count = (lanes - lane).min(to.len() - at);
            to[at..at + count].copy_from_slice(&array[lane..lane + count]);
            (lane, at) = (0, at + count);
        }
    } else {
        to.copy_from_slice(&array[offset * lanes + range.start..][..range.len()]);
    }
}

#[inline(always)]
fn one(r: &mut Registers, n: usize, d: u32, a: u32, f: impl Fn(f64) -> f64) {
    let mut to = take(&mut r[d as usize]);
    for (to, &a) in to[..n].iter_mut().zip(&r[a as usize][..n]) {
        *to = f(a);
    }
    r[d as usize] = to;
}

#[inline(always)]
fn two(r: &mut Registers, n: usize, d: u32, a: u32, b: u32, f: impl Fn(f64, f64) -> f64) {
    let mut to = take(&mut r[d as usize]);
    for ((to, &a), &b) in to[..n].iter_mut().zip(&r[a as usize][..n]).zip(&r[b as usize][..n]) {
        *to = f(a, b);
    }
    r[d as usize] = to;
}

#[inline(always)]
fn three(r: &mut Registers, n: usize, d: u32, a: u32, b: u32, c: u32, f: impl Fn(f64, f64, f64) -> f64) {
    let mut to = take(&mut r[d as usize]);
    let (a, b, c) = (&r[a as usize][..n], &r[b as usize][..n], &r[c as usize][..n]);
    for (((to, &a), &b), &c) in to[..n].iter_mut().zip(a).zip(b).zip(c) {
        *to = f(a, b, c);
    }
    r[d as usize] = to;
}

#[inline(always)]
fn compute(instruction: I, n: usize, r: &mut Registers) {
    match instruction {
        I::Constant { d, k } => r[d as usize][..n].fill(k),
        I::Unary { f, d, a } => {
            let mut to = take(&mut r[d as usize]);
            unary_each(f, &r[a as usize][..n], &mut to[..n]);
            r[d as usize] = to;
        }
        I::Binary { f, d, a, b } => {
            let mut to = take(&mut r[d as usize]);
            binary_each(f, &r[a as usize][..n], &r[b as usize][..n], &mut to[..n]);
            r[d as usize] = to;
        }
        I::Ternary { f, d, a, b, c } => three(r, n, d, a, b, c, |a, b, c| ternary(f, a, b, c)),
        I::Add { d, a, b } => two(r, n, d, a, b, |a, b| a + b),
        I::Subtract { d, a, b } => two(r, n, d, a, b, |a, b| a - b),
        I::Multiply { d, a, b } => two(r, n, d, a, b, |a, b| a * b),
        I::Divide { d, a, b } => two(r, n, d, a, b, |a, b| a / b),
        I::AddConstant { d, a, k } => one(r, n, d, a, |a| a + k),
        I::FromConstant { d, a, k } => one(r, n, d, a, |a| k - a),
        I::MultiplyConstant { d, a, k } => one(r, n, d, a, |a| a * k),
        I::DivideConstant { d, a, k } => one(r, n, d, a, |a| a / k),
        I::OverConstant { d, a, k } => one(r, n, d, a, |a| k / a),
        I::MultiplyAdd { d, a, b, c } => three(r, n, d, a, b, c, |a, b, c| a.mul_add(b, c)),
        I::MultiplySubtract { d, a, b, c } => three(r, n, d, a, b, c, |a, b, c| a.mul_add(b, -c)),
        I::SubtractProduct { d, a, b, c } => three(r, n, d, a, b, c, |a, b, c| (-a).mul_add(b, c)),
        I::MultiplyAddConstant { d, a, b, k } => two(r, n, d, a, b, |a, b| a.mul_add(b, k)),
        I::ConstantSubtractProduct { d, a, b, k } => two(r, n, d, a, b, |a, b| (-a).mul_add(b, k)),
        I::ScaleAdd { d, a, c, k } => two(r, n, d, a, c, |a, c| a.mul_add(k, c)),
        I::ScaleSubtract { d, a, c, k } => two(r, n, d, a, c, |a, c| a.mul_add(k, -c)),
        I::Affine { d, a, k, j } => one(r, n, d, a, |a| a.mul_add(k, j)),
        I::ShiftDivide { d, a, k, j } => one(r, n, d, a, |a| (a + k) / j),
        I::ScaleMultiply { d, a, b, k } => two(r, n, d, a, b, |a, b| a * k * b),
        I::Cube { d, a } => one(r, n, d, a, |a| a * (a * a)),
        I::Fourth { d, a } => one(r, n, d, a, |a| (a * a) * (a * a)),
        I::Load { .. } | I::Store { .. } => unreachable!("handled where the arrays are"),
        I::Few(_) | I::Many(_) | I::Together(_) => unreachable!("blocks are vectors anyway"),
        I::Power { .. } => unreachable!("powers are expanded when the stage is made"),
    }
}
