//! Equations as a vector field: the rates of all states by one kernel, their Jacobian by another.

use dynamics::field::{
    EvalError, JacobianKind, LinearBlock, Signal, VectorField, Workspace, jacobian_by_differences,
    parameter_slopes_by_differences,
};
use equations::{Jacobian, Kernel, Scratch, Sources};
use linalg::Matrix;

/// dx/dt = f(t, x; p), as equations say it. Free parameters are `p`, in the order in which they were freed.
#[derive(Clone, Debug)]
pub struct EquationField {
    pub(super) dimension: usize,
    pub(super) rates: Kernel,
    /// The rates, and then how each depends on its own variable.
    pub(super) own: Kernel,
    /// The closed linear parts.
    pub(super) blocks: Vec<LinearBlock>,
    /// Whether neither time nor an input occurs.
    pub(super) autonomous: bool,
    /// Absent where it would be a sum of very many products of matrices.
    pub(super) jacobian: Option<Jacobian>,
    /// The rates by the free parameters; absent where there are none, or as above.
    pub(super) slopes: Option<Jacobian>,
    /// All channels of all inputs, in their order.
    pub(super) signals: Vec<Signal>,
}

/// What an evaluation needs for a while.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) scratch: Scratch,
    pub(super) inputs: Vec<f64>,
    pub(super) values: Vec<f64>,
}

/// Writes u_k(t_l) to `u[k * lanes + l]`.
pub(super) fn signals_at(signals: &[Signal], t: &[f64], u: &mut Vec<f64>) {
    u.clear();
    if signals.is_empty() {
        return;
    }
    u.extend(signals.iter().flat_map(|signal| t.iter().map(|&t| signal.value(t))));
}

/// The times in (t0, t1) at which a signal or its slope jumps.
pub(super) fn breakpoints(signals: &[Signal], t0: f64, t1: f64) -> Vec<f64> {
    let mut at: Vec<f64> = signals.iter().flat_map(|s| s.breakpoints(t0, t1)).collect();
    at.sort_by(f64::total_cmp);
    at.dedup();
    at
}

impl VectorField for EquationField {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn eval(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        dx: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        let Memory { scratch, inputs, .. } = ws.own::<Memory>();
        signals_at(&self.signals, t, inputs);
        let sources = Sources { t, states: x, parameters: p, inputs, ..Sources::default() };
        self.rates.eval(&sources, t.len(), dx, scratch);
        Ok(())
    }

    fn jacobian(
        &self,
        t: f64,
        p: &[f64],
        x: &[f64],
        j: &mut Matrix,
        ws: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        let Some(jacobian) = &self.jacobian else { return jacobian_by_differences(self, t, p, x, j, ws) };
        let Memory { scratch, inputs, .. } = ws.own::<Memory>();
        signals_at(&self.signals, &[t], inputs);
        let sources = Sources { t: &[t], states: x, parameters: p, inputs, ..Sources::default() };
        jacobian.eval(&sources, 1, j.as_mut_slice(), scratch);
        Ok(JacobianKind::Exact)
    }

    fn parameter_slopes(
        &self,
        t: f64,
        p: &[f64],
        x: &[f64],
        slopes: &mut Matrix,
        ws: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        let Some(by_parameters) = &self.slopes else {
            return parameter_slopes_by_differences(self, t, p, x, slopes, ws);
        };
        let Memory { scratch, inputs, .. } = ws.own::<Memory>();
        signals_at(&self.signals, &[t], inputs);
        let sources = Sources { t: &[t], states: x, parameters: p, inputs, ..Sources::default() };
        by_parameters.eval(&sources, 1, slopes.as_mut_slice(), scratch);
        Ok(JacobianKind::Exact)
    }

    fn rates(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        f: &mut [f64],
        a: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        let Memory { scratch, inputs, values } = ws.own::<Memory>();
        signals_at(&self.signals, t, inputs);
        let sources = Sources { t, states: x, parameters: p, inputs, ..Sources::default() };
        values.resize(2 * x.len(), 0.0);
        self.own.eval(&sources, t.len(), values, scratch);
        f.copy_from_slice(&values[..x.len()]);
        a.copy_from_slice(&values[x.len()..]);
        Ok(())
    }

    fn linear_blocks(&self, _p: &[f64]) -> Vec<LinearBlock> {
        self.blocks.clone()
    }

    fn is_autonomous(&self) -> bool {
        self.autonomous
    }

    fn breakpoints(&self, t0: f64, t1: f64) -> Vec<f64> {
        breakpoints(&self.signals, t0, t1)
    }
}
