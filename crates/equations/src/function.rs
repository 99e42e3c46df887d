//! The functions and operators that a formula may use.
//!
//! | function | value |
//! |---|---|
//! | `exprel(x)` | (e^x - 1)/x, 1 at 0 |
//! | `sigmoid(x)` | 1/(1 + e^-x) |
//! | `softplus(x)` | ln(1 + e^x), without overflow |
//! | `relu(x)` | max(x, 0) |
//! | `heaviside(x)` | 0 below 0, 1 from 0 on |
//! | `sign(x)` | -1, 0 or 1 |
//! | `mod(x, y)` | x - y floor(x/y): the sign of y |
//! | `clip(x, low, high)` | min(max(x, low), high) |
//! | `where(c, a, b)` | a where c is not 0, else b |
//!
//! and `exp expm1 log log1p log10 sqrt sin cos tan asin acos atan atan2 sinh cosh tanh abs floor ceil min max erf`.

use crate::elementary::exprel;

/// Functions of one argument.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Unary {
    Negate,
    Exp,
    Expm1,
    Log,
    Log1p,
    Log10,
    Sqrt,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
    Abs,
    Sign,
    Floor,
    Ceil,
    Heaviside,
    Exprel,
    /// The first derivative of `Exprel`; this and the next two have no name in the grammar.
    ExprelPrime,
    /// The second derivative.
    ExprelSecond,
    /// The third derivative.
    ExprelThird,
    Sigmoid,
    Softplus,
    Relu,
    Erf,
}

/// Functions and operators of two arguments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    Atan2,
    Mod,
    Min,
    Max,
}

/// Functions of three arguments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Ternary {
    Clip,
    Where,
}

/// A function by its name in a formula.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Function {
    Unary(Unary),
    Binary(Binary),
    /// Of two or more arguments, by folding.
    Fold(Binary),
    Ternary(Ternary),
}

pub(crate) const FUNCTIONS: [(&str, Function); 31] = [
    ("exp", Function::Unary(Unary::Exp)),
    ("expm1", Function::Unary(Unary::Expm1)),
    ("log", Function::Unary(Unary::Log)),
    ("log1p", Function::Unary(Unary::Log1p)),
    ("log10", Function::Unary(Unary::Log10)),
    ("sqrt", Function::Unary(Unary::Sqrt)),
    ("sin", Function::Unary(Unary::Sin)),
    ("cos", Function::Unary(Unary::Cos)),
    ("tan", Function::Unary(Unary::Tan)),
    ("asin", Function::Unary(Unary::Asin)),
    ("acos", Function::Unary(Unary::Acos)),
    ("atan", Function::Unary(Unary::Atan)),
    ("sinh", Function::Unary(Unary::Sinh)),
    ("cosh", Function::Unary(Unary::Cosh)),
    ("tanh", Function::Unary(Unary::Tanh)),
    ("abs", Function::Unary(Unary::Abs)),
    ("sign", Function::Unary(Unary::Sign)),
    ("floor", Function::Unary(Unary::Floor)),
    ("ceil", Function::Unary(Unary::Ceil)),
    ("heaviside", Function::Unary(Unary::Heaviside)),
    ("exprel", Function::Unary(Unary::Exprel)),
    ("sigmoid", Function::Unary(Unary::Sigmoid)),
    ("softplus", Function::Unary(Unary::Softplus)),
    ("relu", Function::Unary(Unary::Relu)),
    ("erf", Function::Unary(Unary::Erf)),
    ("atan2", Function::Binary(Binary::Atan2)),
    ("mod", Function::Binary(Binary::Mod)),
    ("min", Function::Fold(Binary::Min)),
    ("max", Function::Fold(Binary::Max)),
    ("clip", Function::Ternary(Ternary::Clip)),
    ("where", Function::Ternary(Ternary::Where)),
];

impl Function {
    /// How many arguments, in words, and whether `count` is right.
    pub(crate) fn accepts(self, count: usize) -> Result<(), &'static str> {
        match self {
            Self::Unary(_) if count != 1 => Err("1 argument"),
            Self::Binary(_) if count != 2 => Err("2 arguments"),
            Self::Fold(_) if count < 2 => Err("2 or more arguments"),
            Self::Ternary(_) if count != 3 => Err("3 arguments"),
            _ => Ok(()),
        }
    }
}

impl Unary {
    pub(crate) fn apply(self, x: f64) -> f64 {
        match self {
            Self::Negate => -x,
            Self::Exp => x.exp(),
            Self::Expm1 => x.exp_m1(),
            Self::Log => x.ln(),
            Self::Log1p => x.ln_1p(),
            Self::Log10 => x.log10(),
            Self::Sqrt => x.sqrt(),
            Self::Sin => x.sin(),
            Self::Cos => x.cos(),
            Self::Tan => x.tan(),
            Self::Asin => x.asin(),
            Self::Acos => x.acos(),
            Self::Atan => x.atan(),
            Self::Sinh => x.sinh(),
            Self::Cosh => x.cosh(),
            Self::Tanh => x.tanh(),
            Self::Abs => x.abs(),
            Self::Sign if x == 0.0 || x.is_nan() => x,
            Self::Sign => x.signum(),
            Self::Floor => x.floor(),
            Self::Ceil => x.ceil(),
            Self::Heaviside if x.is_nan() => x,
            Self::Heaviside => f64::from(u8::from(x >= 0.0)),
            Self::Exprel => exprel::<0>(x),
            Self::ExprelPrime => exprel::<1>(x),
            Self::ExprelSecond => exprel::<2>(x),
            Self::ExprelThird => exprel::<3>(x),
            Self::Sigmoid => 1.0 / (1.0 + (-x).exp()),
            Self::Softplus => relu(x) + (-x.abs()).exp().ln_1p(),
            Self::Relu => relu(x),
            Self::Erf => libm::erf(x),
        }
    }
}

/// max(x, 0) that keeps NaN.
fn relu(x: f64) -> f64 {
    if x < 0.0 { 0.0 } else { x }
}

impl Binary {
    /// Whether its value is true or false.
    pub(crate) fn is_comparison(self) -> bool {
        use Binary::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
        matches!(self, Less | LessEqual | Greater | GreaterEqual | Equal | NotEqual)
    }

    pub(crate) fn apply(self, x: f64, y: f64) -> f64 {
        let truth = |b: bool| f64::from(u8::from(b));
        match self {
            Self::Add => x + y,
            Self::Subtract => x - y,
            Self::Multiply => x * y,
            Self::Divide => x / y,
            Self::Power => power(x, y),
            Self::Less => truth(x < y),
            Self::LessEqual => truth(x <= y),
            Self::Greater => truth(x > y),
            Self::GreaterEqual => truth(x >= y),
            Self::Equal => truth(x == y),
            Self::NotEqual => truth(x != y),
            Self::Atan2 => x.atan2(y),
            Self::Mod => modulo(x, y),
            // A NaN in either argument is kept: an error that is hidden is not found.
            Self::Min if x.is_nan() || y.is_nan() => f64::NAN,
            Self::Min => x.min(y),
            Self::Max if x.is_nan() || y.is_nan() => f64::NAN,
            Self::Max => x.max(y),
        }
    }
}

/// x^y; small integer powers by repeated squaring.
fn power(x: f64, y: f64) -> f64 {
    if y == 2.0 {
        x * x
    } else if y.trunc() == y && y.abs() <= 32.0 {
        x.powi(y as i32)
    } else {
        x.powf(y)
    }
}

/// x - y floor(x/y), in [0, y) for positive y.
fn modulo(x: f64, y: f64) -> f64 {
    let r = x % y;
    if r != 0.0 && (r < 0.0) != (y < 0.0) { r + y } else { r }
}

impl Ternary {
    pub(crate) fn apply(self, x: f64, y: f64, z: f64) -> f64 {
        match self {
            Self::Clip => Binary::Min.apply(Binary::Max.apply(x, y), z),
            Self::Where if x.is_nan() => x,
            Self::Where => {
                if x != 0.0 {
                    y
                } else {
                    z
                }
            }
        }
    }
}
