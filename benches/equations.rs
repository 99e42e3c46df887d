//! How long do equations from text take, beside the same written by hand in Rust?
//!
//! Hodgkin and Huxley's right-hand side for 10 000 units and for one, Lorenz's for one, on one thread, each in turn with
//! native scalar code; and from text to machine.
#![allow(clippy::print_stdout)]

use equations::{
    Binding, Dimension, Equations, Kernel, Name, NameKind, Node, Scope, Scratch, Section, Sources, Value,
};
use std::hint::black_box;
use std::time::Instant;

const HODGKIN_HUXLEY: &str = "
am = 0.1/ms * (v + 40*mV)/mV / (1 - exp(-(v + 40*mV)/(10*mV)))
bm = 4/ms * exp(-(v + 65*mV)/(18*mV))
ah = 0.07/ms * exp(-(v + 65*mV)/(20*mV))
bh = 1/ms / (1 + exp(-(v + 35*mV)/(10*mV)))
an = 0.1/ms / exprel(-(v + 55*mV)/(10*mV))
bn = 0.125/ms * exp(-(v + 65*mV)/(80*mV))
i = 120*mS/cm^2*m^3*h*(v - 50*mV) + 36*mS/cm^2*n^4*(v + 77*mV) + 0.3*mS/cm^2*(v + 54.4*mV)
1*uF/cm^2 * dv/dt = -i + drive : volt
dm/dt = am*(1 - m) - bm*m
dh/dt = ah*(1 - h) - bh*h
dn/dt = an*(1 - n) - bn*n
";

const LORENZ: &str = "
dx/dt = 10*(y - x)
dy/dt = x*(28 - z) - y
dz/dt = x*y - 8/3*z
";

/// The same in mV and ms.
fn native_hodgkin_huxley(x: &[f64], dx: &mut [f64], n: usize, drive: f64) {
    let exprel = |z: f64| if z == 0.0 { 1.0 } else { z.exp_m1() / z };
    for k in 0..n {
        let (v, m, h, g) = (x[k], x[n + k], x[2 * n + k], x[3 * n + k]);
        let am = 0.1 * (v + 40.0) / (1.0 - (-(v + 40.0) / 10.0).exp());
        let bm = 4.0 * (-(v + 65.0) / 18.0).exp();
        let ah = 0.07 * (-(v + 65.0) / 20.0).exp();
        let bh = 1.0 / (1.0 + (-(v + 35.0) / 10.0).exp());
        let an = 0.1 / exprel(-(v + 55.0) / 10.0);
        let bn = 0.125 * (-(v + 65.0) / 80.0).exp();
        let i = 120.0 * m * m * m * h * (v - 50.0) + 36.0 * g * g * g * g * (v + 77.0) + 0.3 * (v + 54.4);
        dx[k] = drive - i;
        dx[n + k] = am * (1.0 - m) - bm * m;
        dx[2 * n + k] = ah * (1.0 - h) - bh * h;
        dx[3 * n + k] = an * (1.0 - g) - bn * g;
    }
}

fn native_lorenz(x: &[f64], dx: &mut [f64]) {
    dx[0] = 10.0 * (x[1] - x[0]);
    dx[1] = x[0] * (28.0 - x[2]) - x[1];
    dx[2] = x[0] * x[1] - 8.0 / 3.0 * x[2];
}

/// The rates of a text with one parameter, `drive`.
fn kernel(text: &str, units: usize, time: Dimension) -> Kernel {
    let drive = Name { name: "drive".into(), dimension: None, kind: NameKind::Parameter { len: 1 } };
    let scope = Scope { time: Some(time), names: vec![drive] };
    let section = Section { name: "cell", length: Some(units), texts: &[text], ..Section::default() };
    let system = Equations::parse(&[section], &scope).expect("the text is right");
    let rates: Vec<Node> = system.states.iter().map(|s| s.rate).collect();
    let lengths = vec![units; rates.len()];
    let binding = Binding {
        states: lengths.clone(),
        // 10 uA/cm^2.
        parameters: vec![Value::Number(0.1)],
        ..Binding::default()
    };
    Kernel::with_lengths(&system.graph, &binding, &rates, &lengths)
}

/// Nanoseconds of one call of each, in turn: the median of many short spells.
fn compare<const N: usize>(mut all: [&mut dyn FnMut(); N]) -> [f64; N] {
    let mut calls = [1_usize; N];
    let mut spells = [const { Vec::new() }; N];
    for round in 0..300 {
        for (k, f) in all.iter_mut().enumerate() {
            let start = Instant::now();
            (0..calls[k]).for_each(|_| f());
            let seconds = start.elapsed().as_secs_f64();
            if seconds < 2e-4 && round < 30 {
                calls[k] *= 2;
            } else {
                spells[k].push(1e9 * seconds / calls[k] as f64);
            }
        }
    }
    spells.map(|mut s| {
        s.sort_by(f64::total_cmp);
        s[s.len() / 2]
    })
}

fn tell(what: &str, [ours, native]: [f64; 2], per: f64) {
    let (ours, native) = (ours / per, native / per);
    println!("{what}: {ours:.1} ns, native {native:.1} ns, ratio {:.2}", ours / native);
}

fn main() {
    let n = 10_000;
    let many = kernel(HODGKIN_HUXLEY, n, Dimension::TIME);
    let mut x: Vec<f64> = (0..n).map(|k| -90.0 + 0.013 * k as f64).collect();
    x.extend((0..3 * n).map(|k| 0.5 + 0.3 * (k as f64).sin()));
    let volts: Vec<f64> = x.iter().enumerate().map(|(k, x)| if k < n { x / 1000.0 } else { *x }).collect();
    let (mut dx, mut dy) = (vec![0.0; 4 * n], vec![0.0; 4 * n]);
    let mut scratch = Scratch::default();
    let sources = Sources { states: &volts, ..Sources::default() };
    many.eval(&sources, 1, &mut dx, &mut scratch);
    native_hodgkin_huxley(&x, &mut dy, n, 10.0);
    // Units of the text are SI: volts and gates per second.
    for k in 0..4 * n {
        let ours = if k < n { dx[k] } else { dx[k] / 1000.0 };
        assert!((ours - dy[k]).abs() < 1e-9 * (1.0 + dy[k].abs()), "{k}: {ours} {}", dy[k]);
    }
    let times = compare([&mut || many.eval(black_box(&sources), 1, &mut dx, &mut scratch), &mut || {
        native_hodgkin_huxley(black_box(&x), &mut dy, n, 10.0)
    }]);
    tell("Hodgkin and Huxley, a unit of 10 000", times, n as f64);

    let one = kernel(HODGKIN_HUXLEY, 1, Dimension::TIME);
    let state = [-0.06, 0.1, 0.5, 0.3];
    let sources = Sources { states: &state, ..Sources::default() };
    let native = [-60.0, 0.1, 0.5, 0.3];
    let times = compare([&mut || one.eval(black_box(&sources), 1, &mut dx, &mut scratch), &mut || {
        native_hodgkin_huxley(black_box(&native), &mut dy, 1, 10.0)
    }]);
    tell("Hodgkin and Huxley, alone", times, 1.0);

    let lorenz = kernel(LORENZ, 1, Dimension::NONE);
    let state = [1.0, 2.0, 20.0];
    let sources = Sources { states: &state, ..Sources::default() };
    let times = compare([&mut || lorenz.eval(black_box(&sources), 1, &mut dx, &mut scratch), &mut || {
        native_lorenz(black_box(&state), &mut dy)
    }]);
    tell("Lorenz, alone", times, 1.0);

    let [time] = compare([&mut || {
        black_box(kernel(black_box(HODGKIN_HUXLEY), n, Dimension::TIME));
    }]);
    println!("Hodgkin and Huxley, from text to kernel: {:.0} us", time / 1e3);
}
