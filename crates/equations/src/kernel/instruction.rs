//! One step of a kernel: an operation on registers.

use super::source::{Source, Target};
use crate::function::{Binary, Ternary, Unary};

/// A register.
pub(super) type Register = u32;

/// d = …; k is a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Instruction {
    Constant {
        d: Register,
        k: f64,
    },
    Load {
        d: Register,
        from: Source,
    },
    Store {
        a: Register,
        to: Target,
    },
    Unary {
        f: Unary,
        d: Register,
        a: Register,
    },
    Binary {
        f: Binary,
        d: Register,
        a: Register,
        b: Register,
    },
    Ternary {
        f: Ternary,
        d: Register,
        a: Register,
        b: Register,
        c: Register,
    },
    Add {
        d: Register,
        a: Register,
        b: Register,
    },
    Subtract {
        d: Register,
        a: Register,
        b: Register,
    },
    Multiply {
        d: Register,
        a: Register,
        b: Register,
    },
    Divide {
        d: Register,
        a: Register,
        b: Register,
    },
    /// a + k
    AddConstant {
        d: Register,
        a: Register,
        k: f64,
    },
    /// k - a
    FromConstant {
        d: Register,
        a: Register,
        k: f64,
    },
    /// a k
    MultiplyConstant {
        d: Register,
        a: Register,
        k: f64,
    },
    /// a / k
    DivideConstant {
        d: Register,
        a: Register,
        k: f64,
    },
    /// k / a
    OverConstant {
        d: Register,
        a: Register,
        k: f64,
    },
    /// a b + c, rounded once
    MultiplyAdd {
        d: Register,
        a: Register,
        b: Register,
        c: Register,
    },
    /// a b - c, rounded once
    MultiplySubtract {
        d: Register,
        a: Register,
        b: Register,
        c: Register,
    },
    /// c - a b, rounded once
    SubtractProduct {
        d: Register,
        a: Register,
        b: Register,
        c: Register,
    },
    /// a b + k, rounded once
    MultiplyAddConstant {
        d: Register,
        a: Register,
        b: Register,
        k: f64,
    },
    /// k - a b, rounded once
    ConstantSubtractProduct {
        d: Register,
        a: Register,
        b: Register,
        k: f64,
    },
    /// a k + c, rounded once
    ScaleAdd {
        d: Register,
        a: Register,
        c: Register,
        k: f64,
    },
    /// a k - c, rounded once
    ScaleSubtract {
        d: Register,
        a: Register,
        c: Register,
        k: f64,
    },
    /// a k + j, rounded once
    Affine {
        d: Register,
        a: Register,
        k: f64,
        j: f64,
    },
    /// a^n, 2 <= n, by multiplications; expanded before it is run
    Power {
        d: Register,
        a: Register,
        n: u32,
    },
}

impl Instruction {
    /// The register that it writes, and those that it reads.
    pub(super) fn registers(&mut self) -> (Option<&mut Register>, [Option<&mut Register>; 3]) {
        match self {
            Self::Constant { d, .. } | Self::Load { d, .. } => (Some(d), [None, None, None]),
            Self::Store { a, .. } => (None, [Some(a), None, None]),
            Self::Unary { d, a, .. }
            | Self::AddConstant { d, a, .. }
            | Self::FromConstant { d, a, .. }
            | Self::MultiplyConstant { d, a, .. }
            | Self::DivideConstant { d, a, .. }
            | Self::OverConstant { d, a, .. }
            | Self::Affine { d, a, .. }
            | Self::Power { d, a, .. } => (Some(d), [Some(a), None, None]),
            Self::Binary { d, a, b, .. }
            | Self::Add { d, a, b }
            | Self::Subtract { d, a, b }
            | Self::Multiply { d, a, b }
            | Self::Divide { d, a, b }
            | Self::MultiplyAddConstant { d, a, b, .. }
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
}
