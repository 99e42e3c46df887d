//! Equations with delays: the states of some times ago beside those of now.

use super::cells::EquationNetwork;
use super::field::{Memory, breakpoints, signals_at};
use dynamics::field::{Delayed, EvalError, Signal, Workspace};
use equations::{Binding, Kernel, Node, Scratch, Sources};

/// dx/dt = f(t, x(t), x(t - tau_1), …), as equations say it.
#[derive(Clone, Debug)]
pub struct EquationDelayed {
    dimension: usize,
    rates: Kernel,
    signals: Vec<Signal>,
    /// The different delays.
    delays: Vec<f64>,
    /// For each delayed state of the equations: which delay, its first variable and how many.
    parts: Vec<(usize, usize, usize)>,
}

impl EquationDelayed {
    /// The delayed system of a network.
    pub(super) fn new(network: &EquationNetwork, binding: &Binding) -> Self {
        let equations = &network.equations;
        let offsets = network.offsets();
        let mut delays: Vec<f64> = Vec::new();
        let mut parts = Vec::new();
        for (delay, by) in equations.delays.iter().zip(network.delays()) {
            let known = delays.iter().position(|d| *d == by);
            let which = known.unwrap_or_else(|| {
                delays.push(by);
                delays.len() - 1
            });
            parts.push((which, offsets[delay.state], equations.states[delay.state].len));
        }
        let rates: Vec<Node> = equations.states.iter().map(|s| s.rate).collect();
        let lengths: Vec<usize> = equations.states.iter().map(|s| s.len).collect();
        Self {
            dimension: lengths.iter().sum(),
            rates: Kernel::with_lengths(&equations.graph, binding, &rates, &lengths),
            signals: network.signals(),
            delays,
            parts,
        }
    }
}

impl EquationNetwork {
    /// The delay of each delayed state of the equations.
    pub fn delays(&self) -> Vec<f64> {
        let nodes: Vec<Node> = self.equations.delays.iter().map(|d| d.by).collect();
        let kernel = Kernel::new(&self.equations.graph, &self.binding(), &nodes);
        let mut values = vec![0.0; kernel.outputs()];
        kernel.eval(&Sources { t: &[0.0], ..Sources::default() }, 1, &mut values, &mut Scratch::default());
        values
    }
}

impl Delayed for EquationDelayed {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn delays(&self, _p: &[f64]) -> Vec<f64> {
        self.delays.clone()
    }

    fn eval(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        past: &[f64],
        dx: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        let lanes = t.len();
        let Memory { scratch, inputs, values } = ws.own::<Memory>();
        signals_at(&self.signals, t, inputs);
        values.clear();
        for &(delay, first, len) in &self.parts {
            let at = (delay * self.dimension + first) * lanes;
            values.extend_from_slice(&past[at..at + len * lanes]);
        }
        let sources = Sources { t, states: x, parameters: p, inputs, delayed: values, ..Sources::default() };
        self.rates.eval(&sources, lanes, dx, scratch);
        Ok(())
    }

    fn breakpoints(&self, t0: f64, t1: f64) -> Vec<f64> {
        breakpoints(&self.signals, t0, t1)
    }
}
