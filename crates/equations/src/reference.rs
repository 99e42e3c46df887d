//! What tests hold kernels and derivatives against: a graph evaluated node by node, for numbers and for complex numbers.
//!
//! With x + i h in place of x, and h = 1e-100, the imaginary part of f is h f'(x) without any difference being taken
//! (complex step; Squire and Trapp 1998, Using complex variables to estimate derivatives of real functions).

use crate::function::{Binary, Ternary, Unary};
use crate::graph::{Graph, Node, Op, Symbol};
use crate::kernel::{Binding, Product, Value};
use num_complex::Complex64 as Complex;
use std::sync::Arc;

/// The step of the derivative.
pub(crate) const H: f64 = 1e-100;

/// A number that functions of the grammar apply to.
pub(crate) trait Number: Copy + std::ops::Add<Output = Self> + std::ops::Mul<Output = Self> {
    fn real(x: f64) -> Self;
    fn unary(f: Unary, x: Self) -> Self;
    fn binary(f: Binary, x: Self, y: Self) -> Self;
    fn ternary(f: Ternary, x: Self, y: Self, z: Self) -> Self;
}

impl Number for f64 {
    fn real(x: f64) -> Self {
        x
    }
    fn unary(f: Unary, x: Self) -> Self {
        f.apply(x)
    }
    fn binary(f: Binary, x: Self, y: Self) -> Self {
        f.apply(x, y)
    }
    fn ternary(f: Ternary, x: Self, y: Self, z: Self) -> Self {
        f.apply(x, y, z)
    }
}

/// (e^z - 1)/z, and its derivatives, by their power series.
fn exprel(n: u32, z: Complex) -> Complex {
    if z.re.abs() > 2.0 {
        let mut e = (z.exp() - 1.0) / z;
        for k in 1..=n {
            e = (z.exp() - e * f64::from(k)) / z;
        }
        return e;
    }
    let (mut power, mut sum) = (Complex::new(1.0, 0.0), Complex::new(0.0, 0.0));
    for k in 0..40 {
        sum += power / f64::from(n + k + 1);
        power *= z / f64::from(k + 1);
    }
    sum
}

fn erf(z: Complex) -> Complex {
    let (mut power, mut sum) = (z, Complex::new(0.0, 0.0));
    for k in 0..120 {
        sum += power / f64::from(2 * k + 1);
        power *= -z * z / f64::from(k + 1);
    }
    sum * std::f64::consts::FRAC_2_SQRT_PI
}

fn power(x: Complex, y: Complex) -> Complex {
    if y.im == 0.0 && y.re.trunc() == y.re {
        return x.powi(y.re as i32);
    }
    (y * x.ln()).exp()
}

impl Number for Complex {
    fn real(x: f64) -> Self {
        Self::new(x, 0.0)
    }

    fn unary(f: Unary, z: Self) -> Self {
        let x = z.re;
        // Only what is real and finite on the real line.
        if !f.apply(x).is_finite() {
            return Self::real(f64::NAN);
        }
        // An inverse function by one step of Newton's method from the real line; the step is as small as h.
        let inverse = |w: f64, value: Self, slope: Self| (z - value) / slope + w;
        match f {
            Unary::Negate => -z,
            Unary::Exp => z.exp(),
            Unary::Expm1 => Self::new(x.exp_m1(), z.exp().im),
            Unary::Log => z.ln(),
            Unary::Log1p => Self::new(x.ln_1p(), (z + 1.0).ln().im),
            Unary::Log10 => z.ln() / std::f64::consts::LN_10,
            Unary::Sqrt => z.sqrt(),
            Unary::Sin => z.sin(),
            Unary::Cos => z.cos(),
            Unary::Tan => z.sin() / z.cos(),
            Unary::Asin => inverse(x.asin(), Self::real(x), Self::real(x.asin()).cos()),
            Unary::Acos => inverse(x.acos(), Self::real(x), -Self::real(x.acos()).sin()),
            Unary::Atan => {
                let c = Self::real(x.atan()).cos();
                inverse(x.atan(), Self::real(x), (c * c).inv())
            }
            Unary::Sinh => z.sinh(),
            Unary::Cosh => z.cosh(),
            Unary::Tanh => z.sinh() / z.cosh(),
            Unary::Abs => z * Unary::Sign.apply(x),
            Unary::Sign | Unary::Floor | Unary::Ceil | Unary::Heaviside => Self::real(f.apply(x)),
            Unary::Exprel => exprel(0, z),
            Unary::ExprelPrime => exprel(1, z),
            Unary::ExprelSecond => exprel(2, z),
            Unary::ExprelThird => exprel(3, z),
            Unary::Sigmoid => ((-z).exp() + 1.0).inv(),
            Unary::Softplus => (z.exp() + 1.0).ln(),
            Unary::Relu => z * if x > 0.0 { 1.0 } else { 0.0 },
            Unary::Erf => erf(z),
        }
    }

    fn binary(f: Binary, z: Self, w: Self) -> Self {
        if z.re.is_nan() || w.re.is_nan() || !f.apply(z.re, w.re).is_finite() {
            return Self::real(f64::NAN);
        }
        match f {
            Binary::Add => z + w,
            Binary::Subtract => z - w,
            Binary::Multiply => z * w,
            Binary::Divide => z / w,
            Binary::Power => power(z, w),
            Binary::Atan2 if z.re.abs() < w.re.abs() => {
                let a = Self::unary(Unary::Atan, z / w);
                a + (z.re.atan2(w.re) - a.re)
            }
            Binary::Atan2 => {
                let a = -Self::unary(Unary::Atan, w / z);
                a + (z.re.atan2(w.re) - a.re)
            }
            Binary::Mod => z - w * (z.re / w.re).floor(),
            Binary::Min => {
                if z.re <= w.re {
                    z
                } else {
                    w
                }
            }
            Binary::Max => {
                if z.re >= w.re {
                    z
                } else {
                    w
                }
            }
            _ => Self::real(f.apply(z.re, w.re)),
        }
    }

    fn ternary(f: Ternary, x: Self, y: Self, z: Self) -> Self {
        match f {
            Ternary::Clip => Self::binary(Binary::Min, Self::binary(Binary::Max, x, y), z),
            Ternary::Where if x.re.is_nan() => x,
            Ternary::Where => {
                if x.re != 0.0 {
                    y
                } else {
                    z
                }
            }
        }
    }
}

/// The value of a node for one lane, entry by entry; `of` knows the values of the symbols.
pub(crate) fn value<N: Number>(g: &Graph, b: &Binding, of: &impl Fn(Symbol) -> Vec<N>, node: Node) -> Vec<N> {
    let mut known: Vec<Option<Vec<N>>> = vec![None; g.len()];
    let entry = |x: &[N], k: usize| if x.len() == 1 { x[0] } else { x[k] };
    let mut pending = vec![node];
    while let Some(&node) = pending.last() {
        let waiting = pending.len();
        pending.extend(g.arguments(node).filter(|a| known[a.index()].is_none()));
        if pending.len() > waiting {
            continue;
        }
        pending.pop();
        let arguments: Vec<&[N]> =
            g.arguments(node).map(|a| known[a.index()].as_deref().expect("evaluated before")).collect();
        let n = arguments.iter().map(|a| a.len()).max().unwrap_or(0);
        let x = |argument: usize, k: usize| entry(arguments[argument], k);
        let value = match g.op(node) {
            Op::Constant(x) => vec![N::real(x)],
            Op::Time => of(Symbol::Time),
            Op::State(k) => of(Symbol::State(k as usize)),
            Op::Input(k) => of(Symbol::Input(k as usize)),
            Op::Noise(k) => of(Symbol::Noise(k as usize)),
            Op::Delayed(k) => of(Symbol::Delayed(k as usize)),
            Op::Parameter(k) => match &b.parameters[k as usize] {
                Value::Number(x) => vec![N::real(*x)],
                Value::PerUnit(x) => x.iter().map(|&x| N::real(x)).collect(),
                Value::Free(_) => of(Symbol::Parameter(k as usize)),
            },
            Op::Unary(f, _) => (0..n).map(|k| N::unary(f, x(0, k))).collect(),
            Op::Binary(f, ..) => (0..n).map(|k| N::binary(f, x(0, k), x(1, k))).collect(),
            Op::Ternary(f, ..) => (0..n).map(|k| N::ternary(f, x(0, k), x(1, k), x(2, k))).collect(),
            Op::Product(m, _) => multiply(b.matrices[m as usize].as_ref(), arguments[0]),
        };
        known[node.index()] = Some(value);
    }
    known[node.index()].take().expect("evaluated last")
}

fn multiply<N: Number>(m: &dyn Product, x: &[N]) -> Vec<N> {
    let entries = m.entries();
    let rows = m.rows();
    let row = |i: usize| {
        let terms =
            (0..m.cols()).map(|j| N::real(entries[j * rows + i]) * x[if x.len() == 1 { 0 } else { j }]);
        terms.fold(N::real(0.0), |a, b| a + b)
    };
    (0..rows).map(row).collect()
}

/// A dense matrix by its rows.
#[derive(Debug)]
pub(crate) struct Dense(pub(crate) Vec<Vec<f64>>);

impl Product for Dense {
    fn rows(&self) -> usize {
        self.0.len()
    }
    fn cols(&self) -> usize {
        self.0[0].len()
    }
    fn apply(&self, x: &[f64], lanes: usize, y: &mut [f64]) {
        for (i, row) in self.0.iter().enumerate() {
            for l in 0..lanes {
                y[i * lanes + l] = row.iter().enumerate().map(|(j, m)| m * x[j * lanes + l]).sum();
            }
        }
    }
}

/// Numbers in (0.1, 1.9) without order.
pub(crate) fn numbers(count: usize) -> Vec<f64> {
    (0..count).map(|k| 1.0 + 0.9 * ((k * k + 3 * k) as f64 * 0.7).sin()).collect()
}

/// Random numbers by a linear congruence (Knuth's), enough to choose expressions.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }

    /// In [-2, 2).
    pub(crate) fn number(&mut self) -> f64 {
        self.below(1 << 30) as f64 / f64::from(1 << 28) - 2.0
    }
}

const UNARY: [Unary; 29] = [
    Unary::Negate,
    Unary::Exp,
    Unary::Expm1,
    Unary::Log,
    Unary::Log1p,
    Unary::Log10,
    Unary::Sqrt,
    Unary::Sin,
    Unary::Cos,
    Unary::Tan,
    Unary::Asin,
    Unary::Acos,
    Unary::Atan,
    Unary::Sinh,
    Unary::Cosh,
    Unary::Tanh,
    Unary::Abs,
    Unary::Sign,
    Unary::Floor,
    Unary::Ceil,
    Unary::Heaviside,
    Unary::Exprel,
    Unary::ExprelPrime,
    Unary::ExprelSecond,
    Unary::ExprelThird,
    Unary::Sigmoid,
    Unary::Softplus,
    Unary::Relu,
    Unary::Erf,
];

const BINARY: [Binary; 15] = [
    Binary::Add,
    Binary::Subtract,
    Binary::Multiply,
    Binary::Divide,
    Binary::Power,
    Binary::Less,
    Binary::LessEqual,
    Binary::Greater,
    Binary::GreaterEqual,
    Binary::Equal,
    Binary::NotEqual,
    Binary::Atan2,
    Binary::Mod,
    Binary::Min,
    Binary::Max,
];

/// A random expression of so many operations over three states, by functions of the whole grammar.
pub(crate) fn random_expression(g: &mut Graph, dice: &mut Dice, operations: usize) -> Node {
    if operations == 0 {
        return match dice.below(4) {
            0 => g.constant((dice.number() * 8.0).round() / 4.0),
            k => g.symbol(Symbol::State(k - 1), 1),
        };
    }
    let rest = operations - 1;
    let first = dice.below(rest + 1);
    match dice.below(9) {
        0..=3 => {
            let a = random_expression(g, dice, rest);
            g.unary(UNARY[dice.below(UNARY.len())], a)
        }
        4..=7 => {
            let a = random_expression(g, dice, first);
            let b = random_expression(g, dice, rest - first);
            // Arithmetic half of the time.
            let count = if dice.below(2) == 0 { 5 } else { BINARY.len() };
            g.binary(BINARY[dice.below(count)], a, b)
        }
        _ => {
            let a = random_expression(g, dice, first);
            let b = random_expression(g, dice, rest - first);
            let c = random_expression(g, dice, 0);
            let f = if dice.below(2) == 0 { Ternary::Clip } else { Ternary::Where };
            g.ternary(f, a, b, c)
        }
    }
}

/// A graph that uses every arrangement: a vector of 5, a scalar, products either way, time, and all kinds of symbols.
pub(crate) fn mixed(g: &mut Graph) -> (Binding, Vec<Node>) {
    let v = g.leaf(Op::State(0), 5);
    let w = g.leaf(Op::State(1), 1);
    let p = g.leaf(Op::Parameter(0), 5);
    let q = g.leaf(Op::Parameter(1), 1);
    let r = g.leaf(Op::Parameter(2), 1);
    let per_unit = g.leaf(Op::Parameter(3), 5);
    let (t, u) = (g.leaf(Op::Time, 1), g.leaf(Op::Input(0), 2));
    let (d, x) = (g.leaf(Op::Delayed(0), 5), g.leaf(Op::Noise(0), 5));
    let (square, row, tall) = (0, 1, 2);
    let f = g.unary(Unary::Tanh, v);
    let mf = g.product(square, 5, f);
    let mmf = g.product(square, 5, mf);
    let wu = g.product(tall, 5, u);
    let mean = g.product(row, 1, v);
    let gain = g.unary(Unary::Exp, mean);
    let slow = g.binary(Binary::Multiply, q, w);
    let slow = g.binary(Binary::Add, slow, t);
    let mut dv = g.binary(Binary::Subtract, mf, v);
    dv = g.binary(Binary::Add, dv, slow);
    for term in [mmf, wu, d, x] {
        dv = g.binary(Binary::Add, dv, term);
    }
    dv = g.binary(Binary::Multiply, dv, gain);
    dv = g.binary(Binary::Divide, dv, p);
    let scaled = g.binary(Binary::Multiply, per_unit, r);
    dv = g.binary(Binary::Add, dv, scaled);
    let dw = g.binary(Binary::Subtract, mean, w);
    let mpu = g.product(square, 5, per_unit);
    let bounded = g.ternary(Ternary::Clip, mpu, w, gain);
    let matrix = |rows: usize, cols: usize| {
        let all = numbers(rows * cols);
        Arc::new(Dense(all.chunks(cols).map(<[f64]>::to_vec).collect())) as Arc<dyn Product>
    };
    let binding = Binding {
        states: vec![5, 1],
        parameters: vec![
            Value::Free(5),
            Value::Free(1),
            Value::Number(0.75),
            Value::PerUnit(vec![0.1, 0.2, -0.3, 0.4, 0.5]),
        ],
        inputs: vec![2],
        delayed: vec![5],
        noises: vec![5],
        matrices: vec![matrix(5, 5), matrix(1, 5), matrix(5, 2)],
    };
    (binding, vec![dv, dw, bounded, t, w, mf])
}

/// The values of the symbols of one lane: time, states, free parameters, inputs, delayed states, noises.
pub(crate) fn symbols<N: Number>(alone: &[Vec<N>], b: &Binding) -> impl Fn(Symbol) -> Vec<N> {
    let part = |x: &[N], lengths: &[usize], k: usize| {
        let before: usize = lengths[..k].iter().sum();
        x[before..][..lengths[k]].to_vec()
    };
    let free = |v: &Value| if let Value::Free(n) = v { *n } else { 0 };
    let parameters: Vec<usize> = b.parameters.iter().map(free).collect();
    move |s| match s {
        Symbol::Time => alone[0].clone(),
        Symbol::State(k) => part(&alone[1], &b.states, k),
        Symbol::Parameter(k) => part(&alone[2], &parameters, k),
        Symbol::Input(k) => part(&alone[3], &b.inputs, k),
        Symbol::Delayed(k) => part(&alone[4], &b.delayed, k),
        Symbol::Noise(k) => part(&alone[5], &b.noises, k),
    }
}
