//! The derivative of each function of the grammar by each of its arguments.
//!
//! At a corner, where there is none, a convention holds:
//!
//! | function | convention |
//! |---|---|
//! | `abs` | 0 at 0 |
//! | `relu` | 0 at 0, the silent side |
//! | `sign floor ceil heaviside`, comparisons | 0 everywhere, also at the jumps |
//! | `min max clip` | of the argument whose value it has; of the first where they are equal |
//! | `mod(x, y)` | 1 and -floor(x/y), also at the jumps |
//! | `where(c, a, b)` | of the branch that is taken; none by c |
//! | `x^y` by y | 0 for x <= 0 |
//!
//! Forms are chosen so that nothing cancels: 1/cosh^2 rather than 1 - tanh^2, (1 - x)(1 + x) rather than 1 - x^2.

use crate::function::{Binary, Ternary, Unary};
use crate::graph::{Graph, Node};

/// How the derivatives of two arguments make up that of the value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Pair {
    /// Each times its factor, where there is one.
    Factors([Option<Node>; 2]),
    /// The first where this is not 0, else the second; what is not taken may be infinite.
    Choice(Node),
}

/// df/da at f(a) = `y`.
pub(super) fn unary(g: &mut Graph, f: Unary, a: Node, y: Node) -> Option<Node> {
    let one = g.constant(1.0);
    Some(match f {
        Unary::Negate => g.constant(-1.0),
        Unary::Exp => y,
        Unary::Expm1 => g.unary(Unary::Exp, a),
        Unary::Log => g.binary(Binary::Divide, one, a),
        Unary::Log1p => {
            let x = g.binary(Binary::Add, a, one);
            g.binary(Binary::Divide, one, x)
        }
        Unary::Log10 => {
            let k = g.constant(std::f64::consts::LOG10_E);
            g.binary(Binary::Divide, k, a)
        }
        Unary::Sqrt => {
            let half = g.constant(0.5);
            g.binary(Binary::Divide, half, y)
        }
        Unary::Sin => g.unary(Unary::Cos, a),
        Unary::Cos => {
            let s = g.unary(Unary::Sin, a);
            g.unary(Unary::Negate, s)
        }
        Unary::Tan => {
            let square = g.binary(Binary::Multiply, y, y);
            g.binary(Binary::Add, square, one)
        }
        Unary::Asin | Unary::Acos => {
            let (less, more) = (g.binary(Binary::Subtract, one, a), g.binary(Binary::Add, a, one));
            let product = g.binary(Binary::Multiply, less, more);
            let root = g.unary(Unary::Sqrt, product);
            let sign = g.constant(if f == Unary::Asin { 1.0 } else { -1.0 });
            g.binary(Binary::Divide, sign, root)
        }
        Unary::Atan => {
            let square = g.binary(Binary::Multiply, a, a);
            let sum = g.binary(Binary::Add, square, one);
            g.binary(Binary::Divide, one, sum)
        }
        Unary::Sinh => g.unary(Unary::Cosh, a),
        Unary::Cosh => g.unary(Unary::Sinh, a),
        Unary::Tanh => {
            let c = g.unary(Unary::Cosh, a);
            let over = g.binary(Binary::Divide, one, c);
            g.binary(Binary::Multiply, over, over)
        }
        Unary::Abs => g.unary(Unary::Sign, a),
        Unary::Sign | Unary::Floor | Unary::Ceil | Unary::Heaviside => return None,
        Unary::Exprel => g.unary(Unary::ExprelPrime, a),
        Unary::ExprelPrime => g.unary(Unary::ExprelSecond, a),
        Unary::ExprelSecond => g.unary(Unary::ExprelThird, a),
        Unary::ExprelThird => {
            // E_4 = (e^x - 4 E_3)/x, and 1/5 at 0.
            let four = g.constant(4.0);
            let (e, product) = (g.unary(Unary::Exp, a), g.binary(Binary::Multiply, four, y));
            let difference = g.binary(Binary::Subtract, e, product);
            let quotient = g.binary(Binary::Divide, difference, a);
            let fifth = g.constant(0.2);
            g.ternary(Ternary::Where, a, quotient, fifth)
        }
        Unary::Sigmoid => {
            let minus = g.unary(Unary::Negate, a);
            let rest = g.unary(Unary::Sigmoid, minus);
            g.binary(Binary::Multiply, y, rest)
        }
        Unary::Softplus => g.unary(Unary::Sigmoid, a),
        Unary::Relu => {
            let zero = g.constant(0.0);
            g.binary(Binary::Greater, a, zero)
        }
        Unary::Erf => {
            let k = g.constant(std::f64::consts::FRAC_2_SQRT_PI);
            let square = g.binary(Binary::Multiply, a, a);
            let minus = g.unary(Unary::Negate, square);
            let e = g.unary(Unary::Exp, minus);
            g.binary(Binary::Multiply, k, e)
        }
    })
}

/// Whether the minimum, or the maximum, of two is the first of them.
pub(super) fn is_first(g: &mut Graph, f: Binary, a: Node, b: Node) -> Node {
    let order = if f == Binary::Min { Binary::LessEqual } else { Binary::GreaterEqual };
    g.binary(order, a, b)
}

/// df/da and df/db at f(a, b) = `y`; `by` says which are wanted.
pub(super) fn binary(g: &mut Graph, f: Binary, a: Node, b: Node, y: Node, by: [bool; 2]) -> Pair {
    let one = g.constant(1.0);
    Pair::Factors(match f {
        Binary::Add => [Some(one), Some(one)],
        Binary::Subtract => [Some(one), Some(g.constant(-1.0))],
        Binary::Multiply => [Some(b), Some(a)],
        Binary::Divide => {
            let over = g.binary(Binary::Divide, one, b);
            let ratio = g.binary(Binary::Divide, y, b);
            [Some(over), Some(g.unary(Unary::Negate, ratio))]
        }
        Binary::Power => power(g, a, b, y, by),
        Binary::Less
        | Binary::LessEqual
        | Binary::Greater
        | Binary::GreaterEqual
        | Binary::Equal
        | Binary::NotEqual => [None, None],
        Binary::Atan2 => {
            let (aa, bb) = (g.binary(Binary::Multiply, a, a), g.binary(Binary::Multiply, b, b));
            let sum = g.binary(Binary::Add, aa, bb);
            let (by_a, by_b) = (g.binary(Binary::Divide, b, sum), g.binary(Binary::Divide, a, sum));
            [Some(by_a), Some(g.unary(Unary::Negate, by_b))]
        }
        Binary::Mod => {
            let ratio = g.binary(Binary::Divide, a, b);
            let whole = g.unary(Unary::Floor, ratio);
            [Some(one), Some(g.unary(Unary::Negate, whole))]
        }
        Binary::Min | Binary::Max => return Pair::Choice(is_first(g, f, a, b)),
    })
}

/// b a^(b-1), and a^b log a.
fn power(g: &mut Graph, a: Node, b: Node, y: Node, by: [bool; 2]) -> [Option<Node>; 2] {
    let (zero, one) = (g.constant(0.0), g.constant(1.0));
    let by_base = (by[0] && g.as_constant(b) != Some(0.0)).then(|| {
        let less = g.binary(Binary::Subtract, b, one);
        let p = g.binary(Binary::Power, a, less);
        g.binary(Binary::Multiply, b, p)
    });
    let by_exponent = by[1].then(|| {
        let log = g.unary(Unary::Log, a);
        let product = g.binary(Binary::Multiply, y, log);
        let silent = g.binary(Binary::LessEqual, a, zero);
        g.ternary(Ternary::Where, silent, zero, product)
    });
    [by_base, by_exponent]
}
