//! What the equations give at the start, before anything runs.

use super::cells::{EquationNetwork, Initial};
use super::field::signals_at;
use equations::{Kernel, Node, Scratch, Sources};

impl EquationNetwork {
    /// dx/dt without noise, at time `t` in the state at the start; `None` where a part of that state is yet to be found.
    pub fn first_rates(&self, t: f64) -> Option<Vec<f64>> {
        let states = &self.equations.states;
        let each: Option<Vec<Vec<f64>>> = states
            .iter()
            .zip(&self.initial)
            .map(|(state, initial)| match initial {
                Initial::Same(x) => Some(vec![*x; state.len]),
                Initial::Each(list) => Some(list.clone()),
                Initial::Steady => None,
            })
            .collect();
        let each = each?;
        let delayed: Vec<f64> =
            self.equations.delays.iter().flat_map(|delay| each[delay.state].iter().copied()).collect();
        let x = each.concat();
        let mut inputs = Vec::new();
        signals_at(&self.signals(), &[t], &mut inputs);
        let rates: Vec<Node> = states.iter().map(|state| state.rate).collect();
        let lengths: Vec<usize> = states.iter().map(|state| state.len).collect();
        let sources =
            Sources { t: &[t], states: &x, inputs: &inputs, delayed: &delayed, ..Sources::default() };
        Some(self.values(&rates, &lengths, &sources))
    }

    fn values(&self, nodes: &[Node], lengths: &[usize], sources: &Sources<'_>) -> Vec<f64> {
        let kernel = Kernel::with_lengths(&self.equations.graph, &self.binding(), nodes, lengths);
        let mut values = vec![0.0; lengths.iter().sum()];
        kernel.eval(sources, 1, &mut values, &mut Scratch::default());
        values
    }
}
