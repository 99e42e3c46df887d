//! Equations that are linear, as a linear system: then they are propagated exactly, also where they rotate or are
//! defective.
//!
//! All rates must be affine in the states with constant coefficients, forced by g + B u with inputs u; noise, if there is any,
//! must not depend on the state.

use super::cells::EquationNetwork;
use dynamics::field::{Drive, LinearBlock, LinearSystem, Noise};
use equations::{Binding, Kernel, Node, Scratch, Sources, Value, linear_part};
use linalg::Matrix;

/// A system of more variables than this is followed as a field: its matrix is dense, and its analysis of order n^3.
const DENSE: usize = 10_000;

/// The linear system that the equations are, if they are one; none above [`DENSE`] variables.
pub(super) fn linear(network: &EquationNetwork, binding: &Binding) -> Option<LinearSystem> {
    let equations = &network.equations;
    if !equations.delays.is_empty() || network.dimension() > DENSE {
        return None;
    }
    let mut graph = equations.graph.clone();
    let rates: Vec<Node> = equations.states.iter().map(|s| s.rate).collect();
    let part = linear_part(&mut graph, binding, &rates).filter(|part| part.states.len() == rates.len())?;
    let n = part.dimension;
    let b = part.input_matrix(&[])?;
    let signals = network.signals();
    let mut g = vec![0.0; n];
    let (zeros, silence) = (vec![0.0; n], vec![0.0; signals.len()]);
    part.forcing(0.0, &silence, &[], &zeros, &mut g, &mut Scratch::default());
    let drives = signals
        .into_iter()
        .zip(b.chunks_exact(n.max(1)))
        .map(|(signal, column)| Drive { direction: column.to_vec(), signal });
    let system = LinearSystem::new(Matrix::from_columns(n, n, part.matrix(&[])));
    Some(LinearSystem { g, drives: drives.collect(), noises: noises(network, binding)?, ..system })
}

/// The largest closed linear part, for methods that propagate it exactly; none above [`LARGE`] variables, or with free
/// parameters.
pub(super) fn blocks(network: &EquationNetwork, binding: &Binding) -> Vec<LinearBlock> {
    let equations = &network.equations;
    if binding.parameters.iter().any(|value| matches!(value, Value::Free(_))) {
        return Vec::new();
    }
    let mut graph = equations.graph.clone();
    let rates: Vec<Node> = equations.states.iter().map(|s| s.rate).collect();
    let Some(part) = linear_part(&mut graph, binding, &rates) else { return Vec::new() };
    if part.dimension > LARGE {
        return Vec::new();
    }
    let offsets = network.offsets();
    let variables = part.states.iter().flat_map(|&k| offsets[k]..offsets[k] + equations.states[k].len);
    let a = Matrix::from_columns(part.dimension, part.dimension, part.matrix(&[]));
    vec![LinearBlock { variables: variables.collect(), a }]
}

/// A block of more variables than this is not propagated as a whole: its exponential would cost more than it brings.
const LARGE: usize = 500;

/// Directions of the noises; `None` if one depends on the state, on time or on an input.
fn noises(network: &EquationNetwork, binding: &Binding) -> Option<Vec<Noise>> {
    let equations = &network.equations;
    let n = network.dimension();
    let offsets = network.offsets();
    let mut all = Vec::new();
    for (k, noise) in equations.noises.iter().enumerate() {
        let mut directions = vec![vec![0.0; n]; noise.len];
        for (state, &first) in equations.states.iter().zip(&offsets) {
            for (_, node) in state.diffusion.iter().filter(|(which, _)| *which == k) {
                if !equations.graph.is_constant(*node) {
                    return None;
                }
                let kernel = Kernel::with_lengths(&equations.graph, binding, &[*node], &[state.len]);
                let mut factor = vec![0.0; state.len];
                kernel.eval(
                    &Sources { t: &[0.0], ..Sources::default() },
                    1,
                    &mut factor,
                    &mut Scratch::default(),
                );
                for (i, f) in factor.into_iter().enumerate() {
                    directions[if noise.len == 1 { 0 } else { i }][first + i] += f;
                }
            }
        }
        all.extend(directions.into_iter().map(|direction| Noise { direction, sigma: 1.0, tau: None }));
    }
    Some(all)
}
