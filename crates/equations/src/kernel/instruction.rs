//! One step of a kernel: an operation on registers.

use super::source::{Source, Target};
use crate::function::{Binary, Ternary, Unary};

/// A register.
pub(super) type Register = u32;

/// d = …; k and j are numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Instruction<R = Register> {
    Constant {
        d: R,
        k: f64,
    },
    Load {
        d: R,
        from: Source,
    },
    Store {
        a: R,
        to: Target,
    },
    Unary {
        f: Unary,
        d: R,
        a: R,
    },
    Binary {
        f: Binary,
        d: R,
        a: R,
        b: R,
    },
    Ternary {
        f: Ternary,
        d: R,
        a: R,
        b: R,
        c: R,
    },
    Add {
        d: R,
        a: R,
        b: R,
    },
    Subtract {
        d: R,
        a: R,
        b: R,
    },
    Multiply {
        d: R,
        a: R,
        b: R,
    },
    Divide {
        d: R,
        a: R,
        b: R,
    },
    /// a + k
    AddConstant {
        d: R,
        a: R,
        k: f64,
    },
    /// k - a
    FromConstant {
        d: R,
        a: R,
        k: f64,
    },
    /// a k
    MultiplyConstant {
        d: R,
        a: R,
        k: f64,
    },
    /// a / k
    DivideConstant {
        d: R,
        a: R,
        k: f64,
    },
    /// k / a
    OverConstant {
        d: R,
        a: R,
        k: f64,
    },
    /// a b + c, rounded once
    MultiplyAdd {
        d: R,
        a: R,
        b: R,
        c: R,
    },
    /// a b - c, rounded once
    MultiplySubtract {
        d: R,
        a: R,
        b: R,
        c: R,
    },
    /// c - a b, rounded once
    SubtractProduct {
        d: R,
        a: R,
        b: R,
        c: R,
    },
    /// a b + k, rounded once
    MultiplyAddConstant {
        d: R,
        a: R,
        b: R,
        k: f64,
    },
    /// k - a b, rounded once
    ConstantSubtractProduct {
        d: R,
        a: R,
        b: R,
        k: f64,
    },
    /// a k + c, rounded once
    ScaleAdd {
        d: R,
        a: R,
        c: R,
        k: f64,
    },
    /// a k - c, rounded once
    ScaleSubtract {
        d: R,
        a: R,
        c: R,
        k: f64,
    },
    /// a k + j, rounded once
    Affine {
        d: R,
        a: R,
        k: f64,
        j: f64,
    },
    /// a^n, 2 <= n, by multiplications; expanded before it is run
    Power {
        d: R,
        a: R,
        n: u32,
    },
    /// (a + k) / j
    ShiftDivide {
        d: R,
        a: R,
        k: f64,
        j: f64,
    },
    /// a k b, from the left
    ScaleMultiply {
        d: R,
        a: R,
        b: R,
        k: f64,
    },
    /// Several instructions in a vector: place of a pack
    Few(u32),
    /// The same with twice as many
    Many(u32),
    /// A function of several registers: place of a pack
    Together(u32),
    /// a (a a)
    Cube {
        d: R,
        a: R,
    },
    /// (a a) (a a)
    Fourth {
        d: R,
        a: R,
    },
}

impl Instruction {
    /// The register that it writes, and those that it reads.
    pub(super) fn registers(&mut self) -> (Option<&mut Register>, [Option<&mut Register>; 3]) {
        match self {
            Self::Constant { d, .. } | Self::Load { d, .. } => (Some(d), [None, None, None]),
            Self::Store { a, .. } => (None, [Some(a), None, None]),
            Self::Few(_) | Self::Many(_) | Self::Together(_) => (None, [None, None, None]),
            Self::Unary { d, a, .. }
            | Self::AddConstant { d, a, .. }
            | Self::FromConstant { d, a, .. }
            | Self::MultiplyConstant { d, a, .. }
            | Self::DivideConstant { d, a, .. }
            | Self::OverConstant { d, a, .. }
            | Self::Affine { d, a, .. }
            | Self::ShiftDivide { d, a, .. }
            | Self::Cube { d, a }
            | Self::Fourth { d, a }
            | Self::Power { d, a, .. } => (Some(d), [Some(a), None, None]),
            Self::Binary { d, a, b, .. }
            | Self::Add { d, a, b }
            | Self::Subtract { d, a, b }
            | Self::Multiply { d, a, b }
            | Self::Divide { d, a, b }
            | Self::MultiplyAddConstant { d, a, b, .. }
            | Self::ScaleMultiply { d, a, b, .. }
            | Self::ConstantSubtractProduct { d, a, b, .. }
            | Self::ScaleAdd { d, a, c: b, .. }
            | Self::ScaleSubtract { d, a, c: b, .. } => (Some(d), [Some(a), Some(b), None]),
            Self::Ternary { d, a, b, c, .. }
            | Self::MultiplyAdd { d, a, b, c }
            | Self::MultiplySubtract { d, a, b, c }
            | Self::SubtractProduct { d, a, b, c } => (Some(d), [Some(a), Some(b), Some(c)]),
        }
    }

    /// The registers that it reads.
    pub(super) fn reads(mut self) -> impl Iterator<Item = Register> {
        self.registers().1.map(|r| r.copied()).into_iter().flatten()
    }

    /// The same instruction on other registers, if each has one.
    pub(super) fn rename<S>(self, r: impl Fn(Register) -> Option<S>) -> Option<Instruction<S>> {
        use Instruction as I;
        Some(match self {
            I::Constant { d, k } => I::Constant { d: r(d)?, k },
            I::Load { d, from } => I::Load { d: r(d)?, from },
            I::Store { a, to } => I::Store { a: r(a)?, to },
            I::Unary { f, d, a } => I::Unary { f, d: r(d)?, a: r(a)? },
            I::Binary { f, d, a, b } => I::Binary { f, d: r(d)?, a: r(a)?, b: r(b)? },
            I::Ternary { f, d, a, b, c } => I::Ternary { f, d: r(d)?, a: r(a)?, b: r(b)?, c: r(c)? },
            I::Add { d, a, b } => I::Add { d: r(d)?, a: r(a)?, b: r(b)? },
            I::Subtract { d, a, b } => I::Subtract { d: r(d)?, a: r(a)?, b: r(b)? },
            I::Multiply { d, a, b } => I::Multiply { d: r(d)?, a: r(a)?, b: r(b)? },
            I::Divide { d, a, b } => I::Divide { d: r(d)?, a: r(a)?, b: r(b)? },
            I::AddConstant { d, a, k } => I::AddConstant { d: r(d)?, a: r(a)?, k },
            I::FromConstant { d, a, k } => I::FromConstant { d: r(d)?, a: r(a)?, k },
            I::MultiplyConstant { d, a, k } => I::MultiplyConstant { d: r(d)?, a: r(a)?, k },
            I::DivideConstant { d, a, k } => I::DivideConstant { d: r(d)?, a: r(a)?, k },
            I::OverConstant { d, a, k } => I::OverConstant { d: r(d)?, a: r(a)?, k },
            I::MultiplyAdd { d, a, b, c } => I::MultiplyAdd { d: r(d)?, a: r(a)?, b: r(b)?, c: r(c)? },
            I::MultiplySubtract { d, a, b, c } => {
                I::MultiplySubtract { d: r(d)?, a: r(a)?, b: r(b)?, c: r(c)? }
            }
            I::SubtractProduct { d, a, b, c } => {
                I::SubtractProduct { d: r(d)?, a: r(a)?, b: r(b)?, c: r(c)? }
            }
            I::MultiplyAddConstant { d, a, b, k } => {
                I::MultiplyAddConstant { d: r(d)?, a: r(a)?, b: r(b)?, k }
            }
            I::ConstantSubtractProduct { d, a, b, k } => {
                I::ConstantSubtractProduct { d: r(d)?, a: r(a)?, b: r(b)?, k }
            }
            I::ScaleAdd { d, a, c, k } => I::ScaleAdd { d: r(d)?, a: r(a)?, c: r(c)?, k },
            I::ScaleSubtract { d, a, c, k } => I::ScaleSubtract { d: r(d)?, a: r(a)?, c: r(c)?, k },
            I::Affine { d, a, k, j } => I::Affine { d: r(d)?, a: r(a)?, k, j },
            I::Power { d, a, n } => I::Power { d: r(d)?, a: r(a)?, n },
            I::ShiftDivide { d, a, k, j } => I::ShiftDivide { d: r(d)?, a: r(a)?, k, j },
            I::ScaleMultiply { d, a, b, k } => I::ScaleMultiply { d: r(d)?, a: r(a)?, b: r(b)?, k },
            I::Few(_) | I::Many(_) | I::Together(_) => return None,
            I::Cube { d, a } => I::Cube { d: r(d)?, a: r(a)? },
            I::Fourth { d, a } => I::Fourth { d: r(d)?, a: r(a)? },
        })
    }
}
