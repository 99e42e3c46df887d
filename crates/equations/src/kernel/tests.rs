//! Kernels against the graph evaluated node by node, in every arrangement of units and lanes.

use super::*;
use crate::function::{Binary as B, Ternary as T, Unary as U};
use crate::graph::Op;

/// A dense matrix by its rows.
#[derive(Debug)]
struct Dense(Vec<Vec<f64>>);

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

/// The value of a node for one lane, entry by entry; vectors of length 1 go with any other.
fn value(g: &Graph, b: &Binding, s: &Sources, node: Node) -> Vec<f64> {
    let of = |n| value(g, b, s, n);
    let entry = |x: &[f64], k: usize| if x.len() == 1 { x[0] } else { x[k] };
    let slice = |x: &[f64], lengths: &[usize], k: u32| {
        let before: usize = lengths[..k as usize].iter().sum();
        x[before..][..lengths[k as usize]].to_vec()
    };
    match g.op(node) {
        Op::Constant(x) => vec![x],
        Op::Time => vec![s.t[0]],
        Op::State(k) => slice(s.states, &b.states, k),
        Op::Input(k) => slice(s.inputs, &b.inputs, k),
        Op::Noise(k) => slice(s.noises, &b.noises, k),
        Op::Delayed(k) => slice(s.delayed, &b.delayed, k),
        Op::Parameter(k) => match &b.parameters[k as usize] {
            Value::Number(x) => vec![*x],
            Value::PerUnit(x) => x.clone(),
            Value::Free(_) => {
                let free = |v: &Value| if let Value::Free(n) = v { *n } else { 0 };
                let lengths: Vec<usize> = b.parameters.iter().map(free).collect();
                slice(s.parameters, &lengths, k)
            }
        },
        Op::Unary(f, a) => of(a).into_iter().map(|a| f.apply(a)).collect(),
        Op::Binary(f, x, y) => {
            let (x, y) = (of(x), of(y));
            (0..x.len().max(y.len())).map(|k| f.apply(entry(&x, k), entry(&y, k))).collect()
        }
        Op::Ternary(f, x, y, z) => {
            let (x, y, z) = (of(x), of(y), of(z));
            let n = x.len().max(y.len()).max(z.len());
            (0..n).map(|k| f.apply(entry(&x, k), entry(&y, k), entry(&z, k))).collect()
        }
        Op::Product(k, a) => {
            let m = &b.matrices[k as usize];
            let a = of(a);
            let x: Vec<f64> = (0..m.cols()).map(|j| entry(&a, j)).collect();
            let mut y = vec![0.0; m.rows()];
            m.apply(&x, 1, &mut y);
            y
        }
    }
}

/// Numbers in (0.1, 1.9) without order.
fn numbers(count: usize) -> Vec<f64> {
    (0..count).map(|k| 1.0 + 0.9 * ((k * k + 3 * k) as f64 * 0.7).sin()).collect()
}

/// Hodgkin and Huxley's equations in mV and ms, by hand.
fn hodgkin_huxley(g: &mut Graph, length: usize) -> Vec<Node> {
    let [v, m, h, n] = [0, 1, 2, 3].map(|k| g.leaf(Op::State(k), length));
    let mut rate = |kind: U, shift: f64, scale: f64, factor: f64| {
        let (shift, scale, factor) = (g.constant(shift), g.constant(scale), g.constant(factor));
        let x = g.binary(B::Add, v, shift);
        let x = g.unary(U::Negate, x);
        let x = g.binary(B::Divide, x, scale);
        let y = g.unary(kind, x);
        if kind == U::Exp { g.binary(B::Multiply, factor, y) } else { g.binary(B::Divide, factor, y) }
    };
    let am = rate(U::Exprel, 40.0, 10.0, 1.0);
    let bm = rate(U::Exp, 65.0, 18.0, 4.0);
    let ah = rate(U::Exp, 65.0, 20.0, 0.07);
    let bh = rate(U::Sigmoid, -35.0, -10.0, 1.0);
    let an = rate(U::Exprel, 55.0, 10.0, 0.1);
    let bn = rate(U::Exp, 65.0, 80.0, 0.125);
    let mut gate = |x: Node, a: Node, b: Node| {
        let one = g.constant(1.0);
        let rest = g.binary(B::Subtract, one, x);
        let (up, down) = (g.binary(B::Multiply, a, rest), g.binary(B::Multiply, b, x));
        g.binary(B::Subtract, up, down)
    };
    let (dm, dh, dn) = (gate(m, am, bm), gate(h, ah, bh), gate(n, an, bn));
    let mut current = |power: Option<(Node, f64)>, other: Option<Node>, conductance: f64, reversal: f64| {
        let mut y = g.constant(conductance);
        if let Some((x, k)) = power {
            let k = g.constant(k);
            let p = g.binary(B::Power, x, k);
            y = g.binary(B::Multiply, y, p);
        }
        if let Some(x) = other {
            y = g.binary(B::Multiply, y, x);
        }
        let e = g.constant(reversal);
        let drive = g.binary(B::Subtract, e, v);
        g.binary(B::Multiply, y, drive)
    };
    let sodium = current(Some((m, 3.0)), Some(h), 120.0, 50.0);
    let potassium = current(Some((n, 4.0)), None, 36.0, -77.0);
    let leak = current(None, None, 0.3, -54.4);
    let input = g.leaf(Op::Parameter(0), 1);
    let mut sum = g.binary(B::Add, sodium, potassium);
    sum = g.binary(B::Add, sum, leak);
    sum = g.binary(B::Add, sum, input);
    vec![sum, dm, dh, dn]
}

/// A graph that uses every arrangement: a vector of 5, a scalar, products either way, time, and all kinds of symbols.
fn mixed(g: &mut Graph) -> (Binding, Vec<Node>) {
    let v = g.leaf(Op::State(0), 5);
    let w = g.leaf(Op::State(1), 1);
    let p = g.leaf(Op::Parameter(0), 5);
    let q = g.leaf(Op::Parameter(1), 1);
    let r = g.leaf(Op::Parameter(2), 1);
    let per_unit = g.leaf(Op::Parameter(3), 5);
    let (t, u) = (g.leaf(Op::Time, 1), g.leaf(Op::Input(0), 2));
    let (d, x) = (g.leaf(Op::Delayed(0), 5), g.leaf(Op::Noise(0), 5));
    let (square, row, tall) = (0, 1, 2);
    let f = g.unary(U::Tanh, v);
    let mf = g.product(square, 5, f);
    let mmf = g.product(square, 5, mf);
    let wu = g.product(tall, 5, u);
    let mean = g.product(row, 1, v);
    let gain = g.unary(U::Exp, mean);
    let slow = g.binary(B::Multiply, q, w);
    let slow = g.binary(B::Add, slow, t);
    let one = g.constant(1.0);
    let ones = g.product(square, 5, one);
    let ws = g.product(square, 5, slow);
    let mut dv = g.binary(B::Subtract, mf, v);
    for term in [mmf, wu, ones, ws, d, x] {
        dv = g.binary(B::Add, dv, term);
    }
    dv = g.binary(B::Multiply, dv, gain);
    dv = g.binary(B::Divide, dv, p);
    let scaled = g.binary(B::Multiply, per_unit, r);
    dv = g.binary(B::Add, dv, scaled);
    let dw = g.binary(B::Subtract, mean, w);
    let mpu = g.product(square, 5, per_unit);
    let bounded = g.ternary(T::Clip, mpu, w, gain);
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

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-13 * (1.0 + a.abs().max(b.abs()))
}

/// Lane `l` of values that lie variable-major.
fn lane(x: &[f64], lanes: usize, l: usize) -> Vec<f64> {
    x.iter().skip(l).step_by(lanes).copied().collect()
}

#[test]
fn every_arrangement_of_units_and_lanes_gives_the_value_of_the_graph_and_the_same_bits() {
    let mut g = Graph::default();
    let (binding, outputs) = mixed(&mut g);
    let lengths = [5, 1, 5, 5, 5, 5];
    let kernel = Kernel::with_lengths(&g, &binding, &outputs, &lengths);
    assert_eq!(kernel.outputs(), 26);
    let mut scratch = Scratch::default();
    for lanes in [1, 2, 7, 8, 13, 64, 65, 200] {
        let arrays: Vec<Vec<f64>> = [1, 6, 6, 2, 5, 5].iter().map(|n| numbers(n * lanes)).collect();
        let all = sources(&arrays);
        let mut out = vec![0.0; 26 * lanes];
        kernel.eval(&all, lanes, &mut out, &mut scratch);
        for l in 0..lanes {
            let alone: Vec<Vec<f64>> = arrays.iter().map(|x| lane(x, lanes, l)).collect();
            let mut single = vec![0.0; 26];
            kernel.eval(&sources(&alone), 1, &mut single, &mut scratch);
            let mut at = 0;
            for (&output, &length) in outputs.iter().zip(&lengths) {
                let expected = value(&g, &binding, &sources(&alone), output);
                for j in 0..length {
                    let e = expected[if expected.len() == 1 { 0 } else { j }];
                    assert!(close(single[at + j], e), "{output:?} {j}: {} {e}", single[at + j]);
                    assert_eq!(single[at + j].to_bits(), out[(at + j) * lanes + l].to_bits());
                }
                at += length;
            }
        }
    }
}

fn sources(arrays: &[Vec<f64>]) -> Sources<'_> {
    Sources {
        t: &arrays[0],
        states: &arrays[1],
        parameters: &arrays[2],
        inputs: &arrays[3],
        delayed: &arrays[4],
        noises: &arrays[5],
    }
}

#[test]
fn a_vector_of_units_many_lanes_and_a_single_unit_have_the_same_bits() {
    let count = 150;
    let mut x: Vec<f64> = (0..count).map(|k| f64::from(k) - 90.0).collect();
    x.extend(numbers(3 * 150).iter().map(|p| p / 2.0));
    let run = |length: usize, lanes: usize| {
        let mut g = Graph::default();
        let outputs = hodgkin_huxley(&mut g, length);
        let parameters = vec![Value::Number(10.0)];
        let binding = Binding { states: vec![length; 4], parameters, ..Binding::default() };
        let kernel = Kernel::new(&g, &binding, &outputs);
        let mut out = vec![0.0; 600];
        let mut scratch = Scratch::default();
        if length * lanes == 1 {
            for l in 0..150 {
                let states = lane(&x, 150, l);
                let mut one = [0.0; 4];
                kernel.eval(&Sources { states: &states, ..Sources::default() }, 1, &mut one, &mut scratch);
                one.iter().enumerate().for_each(|(k, y)| out[k * 150 + l] = *y);
            }
        } else {
            kernel.eval(&Sources { states: &x, ..Sources::default() }, lanes, &mut out, &mut scratch);
        }
        out.into_iter().map(f64::to_bits).collect::<Vec<u64>>()
    };
    let reference = run(1, 1);
    assert_eq!(run(150, 1), reference);
    assert_eq!(run(1, 150), reference);
    assert_eq!(run(50, 3), reference);
}

#[test]
fn time_may_be_one_number_for_all_lanes() {
    let mut g = Graph::default();
    let t = g.leaf(Op::Time, 1);
    let y = g.binary(B::Multiply, t, t);
    let kernel = Kernel::new(&g, &Binding::default(), &[y]);
    let mut out = [0.0; 3];
    kernel.eval(&Sources { t: &[3.0], ..Sources::default() }, 3, &mut out, &mut Scratch::default());
    assert_eq!(out, [9.0; 3]);
}

#[test]
fn integer_powers_are_products() {
    let mut g = Graph::default();
    let x = g.leaf(Op::State(0), 1);
    let powers: Vec<Node> = (2..=16)
        .map(|n| {
            let n = g.constant(f64::from(n));
            g.binary(B::Power, x, n)
        })
        .collect();
    let kernel = Kernel::new(&g, &Binding { states: vec![1], ..Binding::default() }, &powers);
    let mut out = [0.0; 15];
    kernel.eval(&Sources { states: &[3.0], ..Sources::default() }, 1, &mut out, &mut Scratch::default());
    (2..=16).for_each(|n| assert_eq!(out[n as usize - 2], 3f64.powi(n)));
}
