//! Kernels against the graph evaluated node by node, in every arrangement of units and lanes.

use super::*;
use crate::function::{Binary as B, Unary as U};
use crate::graph::{Op, Symbol};
use crate::reference::{Dense, Dice, mixed, numbers, random_expression, symbols, value};

/// Hodgkin and Huxley's equations in mV and ms, by hand.
pub(super) fn hodgkin_huxley(g: &mut Graph, length: usize) -> Vec<Node> {
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
    let (binding, mut outputs) = mixed(&mut g);
    // A vector that is bound to one number goes to a matrix, too.
    let (one, w) = (g.constant(1.0), g.symbol(Symbol::State(1), 1));
    let slow = g.unary(U::Exp, w);
    outputs.extend([one, w, slow].map(|x| g.product(0, 5, x)));
    let lengths = [5, 1, 5, 5, 5, 5, 5, 5, 5];
    let kernel = Kernel::with_lengths(&g, &binding, &outputs, &lengths);
    assert_eq!(kernel.outputs(), 41);
    let mut scratch = Scratch::default();
    for lanes in [1, 2, 7, 8, 13, 64, 65, 200] {
        let arrays: Vec<Vec<f64>> = [1, 6, 6, 2, 5, 5].iter().map(|n| numbers(n * lanes)).collect();
        let all = sources(&arrays);
        let mut out = vec![0.0; 41 * lanes];
        kernel.eval(&all, lanes, &mut out, &mut scratch);
        for l in 0..lanes {
            let alone: Vec<Vec<f64>> = arrays.iter().map(|x| lane(x, lanes, l)).collect();
            let mut single = vec![0.0; 41];
            kernel.eval(&sources(&alone), 1, &mut single, &mut scratch);
            let mut at = 0;
            for (&output, &length) in outputs.iter().zip(&lengths) {
                let expected = value(&g, &binding, &symbols::<f64>(&alone, &binding), output);
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

#[test]
fn random_expressions_have_the_value_of_the_graph_and_the_same_bits_in_every_place() {
    let mut dice = Dice(1);
    let binding = Binding { states: vec![1; 3], ..Binding::default() };
    let mut scratch = Scratch::default();
    let (mut finite, mut other) = (0, 0);
    for _ in 0..2000 {
        let mut g = Graph::default();
        let operations = 1 + dice.below(12);
        let y = random_expression(&mut g, &mut dice, operations);
        let kernel = Kernel::new(&g, &binding, &[y]);
        let states: Vec<f64> = (0..3 * 70).map(|_| dice.number()).collect();
        let mut block = vec![0.0; 70];
        kernel.eval(&Sources { states: &states, ..Sources::default() }, 70, &mut block, &mut scratch);
        for l in 0..70 {
            let alone = lane(&states, 70, l);
            let mut single = [0.0];
            kernel.eval(&Sources { states: &alone, ..Sources::default() }, 1, &mut single, &mut scratch);
            let same = single[0].to_bits() == block[l].to_bits() || single[0].is_nan() && block[l].is_nan();
            assert!(same, "{} {}", single[0], block[l]);
            let at = |shift: f64| {
                let of = |s: Symbol| match s {
                    Symbol::State(k) => vec![alone[k] * (1.0 + shift)],
                    _ => unreachable!(),
                };
                value(&g, &binding, &of, y)[0]
            };
            // What a tiny shift changes, jumps and cancellation, cannot be compared.
            let (e, near) = (at(0.0), at(1e-14));
            if e.is_finite() && (e - near).abs() <= 1e-12 * e.abs() {
                finite += 1;
                other += usize::from((single[0] - e).abs() > 1e-11 * e.abs());
            }
        }
    }
    // Where two equal numbers are compared, their last digits decide.
    assert!(finite > 50_000 && other * 1000 < finite, "{other} of {finite}");
}

/// The instruction sets of this machine.
fn instruction_sets() -> Vec<Arch> {
    let mut all = vec![Arch::Scalar];
    #[cfg(target_arch = "x86_64")]
    {
        all.extend(pulp::x86::V3::try_new().map(Arch::V3));
        all.extend(pulp::x86::V4::try_new().map(Arch::V4));
    }
    all
}

/// The outputs for `lanes` lanes by each instruction set, together and one by one; all NaN are one.
fn bits(kernel: &Kernel, states: &[f64], lanes: usize) -> Vec<Vec<u64>> {
    let mut all = Vec::new();
    let bits = |x: &[f64]| x.iter().map(|x| if x.is_nan() { 0 } else { x.to_bits() }).collect();
    for arch in instruction_sets() {
        let kernel = Kernel { arch, ..kernel.clone() };
        let mut out = vec![0.0; kernel.outputs() * lanes];
        kernel.eval(&Sources { states, ..Sources::default() }, lanes, &mut out, &mut Scratch::default());
        all.push(bits(&out));
        let mut scratch = Scratch::default();
        for l in 0..lanes {
            let (alone, mut single) = (lane(states, lanes, l), vec![0.0; kernel.outputs()]);
            kernel.eval(&Sources { states: &alone, ..Sources::default() }, 1, &mut single, &mut scratch);
            single.iter().enumerate().for_each(|(k, y)| out[k * lanes + l] = *y);
        }
        all.push(bits(&out));
    }
    all
}

#[test]
fn every_instruction_set_gives_the_same_bits() {
    let mut dice = Dice(3);
    let binding = Binding { states: vec![1; 3], ..Binding::default() };
    let states: Vec<f64> = (0..3 * 50).map(|_| dice.number()).collect();
    for round in 0..500 {
        let mut g = Graph::default();
        // Several outputs, so that a single entry has vectors too.
        let outputs: Vec<Node> = (0..1 + round % 12)
            .map(|_| {
                let operations = 1 + dice.below(12);
                random_expression(&mut g, &mut dice, operations)
            })
            .collect();
        let all = bits(&Kernel::new(&g, &binding, &outputs), &states, 50);
        assert!(all.iter().all(|other| *other == all[0]));
    }
}

#[test]
fn every_instruction_set_gives_each_function_the_bits_whose_error_is_known() {
    use U::{Cos, Cosh, Exp, Expm1, Exprel, Log, Log1p, Log10, Sigmoid, Sin, Sinh, Softplus, Tan, Tanh};
    let x: Vec<f64> = (-4000..4000)
        .map(|k| f64::from(k) * 0.2003)
        .chain((-320..308).map(|k| 10f64.powi(k) * 1.7))
        .chain([0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 5e-324, f64::MAX])
        .collect();
    let all = [Exp, Expm1, Exprel, Tanh, Sigmoid, Sinh, Cosh, Log, Log1p, Log10, Softplus, Sin, Cos, Tan];
    for (f, last) in all.map(|f| (f, f)).into_iter().chain([(Exp, Exprel)]) {
        let mut g = Graph::default();
        // Six of them make a vector of a single entry.
        let outputs = [0, 1, 2, 3, 4, 5].map(|k| {
            let x = g.leaf(Op::State(k), 1);
            g.unary(if k < 3 { f } else { last }, x)
        });
        let kernel = Kernel::new(&g, &Binding { states: vec![1; 6], ..Binding::default() }, &outputs);
        let lanes = x.len();
        let states: Vec<f64> =
            (0..6).flat_map(|k| x.iter().cycle().skip(7 * k).take(lanes)).copied().collect();
        let of = |k: usize| if k < 3 * lanes { f } else { last };
        let portable = states.iter().enumerate().map(|(k, &x)| apply::unary(of(k), x));
        let known: Vec<u64> = portable.map(|y| if y.is_nan() { 0 } else { y.to_bits() }).collect();
        assert!(bits(&kernel, &states, lanes).iter().all(|other| *other == known), "{f:?}");
    }
}

#[test]
fn a_single_entry_of_equal_rates_computes_them_in_vectors() {
    let mut g = Graph::default();
    let outputs = hodgkin_huxley(&mut g, 1);
    let binding = Binding { states: vec![1; 4], parameters: vec![Value::Number(10.0)], ..Binding::default() };
    let kernel = Kernel::new(&g, &binding, &outputs);
    let [Stage::Elementwise { lane: Some(single), tape, .. }] = kernel.plan.stages.as_slice() else {
        panic!("one stage, which may be a single entry")
    };
    assert!(2 * single.steps.len() < tape.len(), "{} {}", single.steps.len(), tape.len());
    assert!(single.many.iter().any(|pack| pack.operation == pack::Operation::Apply(U::Exp)));
}

#[test]
fn very_many_products_in_a_row_are_planned() {
    let mut g = Graph::default();
    let mut y = g.symbol(Symbol::State(0), 2);
    for _ in 0..5000 {
        y = g.product(0, 2, y);
        y = g.unary(U::Tanh, y);
    }
    let matrices: Vec<Arc<dyn Product>> = vec![Arc::new(Dense(vec![vec![0.5, -1.0], vec![1.0, 0.5]]))];
    let binding = Binding { states: vec![2], matrices, ..Binding::default() };
    let kernel = Kernel::new(&g, &binding, &[y]);
    let mut out = [0.0; 2];
    kernel.eval(&Sources { states: &[0.3, 0.4], ..Sources::default() }, 1, &mut out, &mut Scratch::default());
    assert!(out.iter().all(|y| y.abs() < 1.0 && *y != 0.0));
}
