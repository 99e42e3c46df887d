//! What noise that is multiplied by the state does, from the text of a model file: dx = a x dt + b x xi.
//!
//! | sense | E x(t) | E log x(t) |
//! |---|---|---|
//! | Ito | exp(a t) | (a - b^2/2) t |
//! | Stratonovich | exp((a + b^2/2) t) | a t |
//!
//! log x has variance b^2 t, x has (E x)^2 (exp(b^2 t) - 1). Reference: Kloeden and Platen (1992), Numerical solution of stochastic
//! differential equations, section 4.4.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use nullcline::dynamics::simulate::unwatched;
use nullcline::model::{MemoryFolder, Model};
use nullcline::walk::{Options, build, examine};

const A: f64 = -0.5;
const B: f64 = 0.7;
/// Trajectories: one for each unit, whose noises are independent.
const N: usize = 20_000;

/// Every unit at t = 1, from 1, with steps of 0.01.
fn ends(method: &str, sense: &str, seed: usize) -> Vec<f64> {
    let text = format!(
        "format = 1\nseed = {seed}\n[parameters]\na = {A}\nb = {B}\n[populations.cell]\nn = {N}\n\
         eq = \"dx/dt = a*x + b*x*xi\"\ninit = {{ x = 1 }}\n[run]\nt = [0, 1]\ndt = 0.01\nmethod = \"{method}\"\n\
         interpretation = \"{sense}\"\nrecord = {{ every = 1 }}\nerror_estimate = false\n"
    );
    let model = Model::parse("noise.toml", &text, &MemoryFolder::default())
        .unwrap_or_else(|e| panic!("{:?}", miette::Report::new(e)));
    let built = build(&model).unwrap();
    let study = examine(&model, &built, Options { simulate: true, full: false }, &unwatched).unwrap();
    let run = study.simulation.unwrap().trajectory;
    run.x.column(run.t.len() - 1).to_vec()
}

fn mean(x: impl Iterator<Item = f64>) -> f64 {
    x.sum::<f64>() / N as f64
}

#[test]
fn noise_that_multiplies_the_state_drifts_in_the_sense_of_stratonovich_only() {
    // One standard error of the mean, relative: 0.0056.
    let spread = ((B * B).exp_m1() / N as f64).sqrt();
    // Four of them, and the weak error of order 1: a^2 dt/2 of the growth, 0.0013. The two senses differ by 0.28.
    let tolerance = 4.0 * spread + 0.002;
    assert!((0.5 * B * B).exp_m1() > 10.0 * tolerance);
    for (sense, growth) in [("ito", A), ("stratonovich", A + 0.5 * B * B)] {
        for (k, method) in ["euler_maruyama", "heun", "milstein"].into_iter().enumerate() {
            let x = ends(method, sense, k);
            let found = mean(x.iter().copied()) / growth.exp();
            assert!((found - 1.0).abs() < tolerance, "{sense} {method}: {found}");
            // Four standard errors b/sqrt(n), and the weak error.
            let (drift, found) = (growth - 0.5 * B * B, mean(x.iter().map(|x| x.ln())));
            let near = 4.0 * B / (N as f64).sqrt() + 0.004;
            assert!((found - drift).abs() < near, "{sense} {method}: {found}, not {drift}");
            // A normal variable: the standard error of its variance is sqrt(2/n) of it; and the weak error.
            let variance = mean(x.iter().map(|x| (x.ln() - found).powi(2)));
            let near = 4.0 * (2.0 / N as f64).sqrt() + 0.03;
            assert!((variance / (B * B) - 1.0).abs() < near, "{sense} {method}: {variance}");
        }
    }
}
