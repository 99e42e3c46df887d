//! Equations with noise: the drift of the equations, and how strongly each noise drives each state.
//!
//! A noise that drives a vector is one process for each unit of it; a noise of a single state is one process. The processes are
//! counted noise by noise, unit by unit.

use super::cells::EquationNetwork;
use super::field::{Memory, signals_at};
use super::hybrid::EquationHybrid;
use dynamics::field::{
    EvalError, Hybrid, Interpretation, JacobianKind, NoiseStructure, Stochastic, VectorField, Workspace,
};
use equations::{Binding, Jacobian, Kernel, Node, Sources, Symbol};

/// With so many variables the derivative of the diffusion is a matrix; with more, differences along one direction.
const DENSE: usize = 32;

/// Drift and diffusion by equations.
#[derive(Clone, Debug)]
pub struct EquationStochastic {
    hybrid: EquationHybrid,
    has_rules: bool,
    interpretation: Interpretation,
    noises: usize,
    entries: Vec<(usize, usize)>,
    structure: NoiseStructure,
    diffusion: Kernel,
    slope: Option<Jacobian>,
}

impl EquationStochastic {
    /// The noises of a network around its drift.
    pub(super) fn new(
        network: &EquationNetwork,
        hybrid: EquationHybrid,
        interpretation: Interpretation,
        binding: &Binding,
    ) -> Self {
        let equations = &network.equations;
        let offsets = network.offsets();
        let mut first = Vec::new();
        let mut noises = 0;
        for noise in &equations.noises {
            first.push(noises);
            noises += noise.len;
        }
        let (mut nodes, mut entries, mut diagonal) = (Vec::new(), Vec::new(), true);
        for (k, state) in equations.states.iter().enumerate() {
            for &(noise, node) in &state.diffusion {
                nodes.push((node, state.len));
                let single = equations.noises[noise].len == 1;
                entries.extend(
                    (0..state.len).map(|i| (offsets[k] + i, first[noise] + if single { 0 } else { i })),
                );
                let own = (0..equations.states.len()).all(|j| j == k || !equations.graph.uses_state(node, j));
                diagonal &= own;
            }
        }
        let additive = nodes
            .iter()
            .all(|(node, _)| (0..equations.states.len()).all(|k| !equations.graph.uses_state(*node, k)));
        let once = |of: fn(&(usize, usize)) -> usize| {
            let mut seen: Vec<usize> = entries.iter().map(of).collect();
            seen.sort_unstable();
            seen.windows(2).all(|w| w[0] != w[1])
        };
        let structure = if additive {
            NoiseStructure::Additive
        } else if diagonal && once(|e| e.0) && once(|e| e.1) {
            NoiseStructure::Diagonal
        } else if noises == 1 {
            NoiseStructure::Commutative
        } else {
            NoiseStructure::General
        };
        let by: Vec<(Symbol, usize)> =
            equations.states.iter().enumerate().map(|(k, s)| (Symbol::State(k), s.len)).collect();
        let slope = (!additive && network.dimension() <= DENSE)
            .then(|| Jacobian::new(&mut equations.graph.clone(), binding, &nodes, &by))
            .flatten();
        let (alone, lengths): (Vec<Node>, Vec<usize>) = nodes.into_iter().unzip();
        let diffusion = Kernel::with_lengths(&equations.graph, binding, &alone, &lengths);
        let has_rules = !hybrid.guards().is_empty();
        Self { hybrid, has_rules, interpretation, noises, entries, structure, diffusion, slope }
    }
}

impl Stochastic for EquationStochastic {
    fn drift(&self) -> &dyn VectorField {
        self.hybrid.flow()
    }

    fn interpretation(&self) -> Interpretation {
        self.interpretation
    }

    fn noises(&self) -> usize {
        self.noises
    }

    fn entries(&self) -> &[(usize, usize)] {
        &self.entries
    }

    fn structure(&self) -> NoiseStructure {
        self.structure
    }

    fn diffusion(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        g: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        let Memory { scratch, inputs, .. } = ws.own::<Memory>();
        signals_at(&self.hybrid.flow.signals, t, inputs);
        let sources = Sources { t, states: x, parameters: p, inputs, ..Sources::default() };
        self.diffusion.eval(&sources, t.len(), g, scratch);
        Ok(())
    }

    fn diffusion_along(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        v: &[f64],
        dg: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        let (lanes, n, m) = (t.len(), self.drift().dimension(), self.entries.len());
        let Some(slope) = &self.slope else {
            if self.structure == NoiseStructure::Additive {
                dg.fill(0.0);
                return Ok(JacobianKind::Exact);
            }
            return dynamics::field::diffusion_by_differences(self, t, p, x, v, dg, ws);
        };
        let Memory { scratch, inputs, values } = ws.own::<Memory>();
        signals_at(&self.hybrid.flow.signals, t, inputs);
        let sources = Sources { t, states: x, parameters: p, inputs, ..Sources::default() };
        values.resize(n * m * lanes, 0.0);
        slope.eval(&sources, lanes, values, scratch);
        dg.fill(0.0);
        for j in 0..n {
            for e in 0..m {
                for l in 0..lanes {
                    dg[e * lanes + l] += values[(j * m + e) * lanes + l] * v[j * lanes + l];
                }
            }
        }
        Ok(JacobianKind::Exact)
    }

    fn hybrid(&self) -> Option<&dyn Hybrid> {
        self.has_rules.then_some(&self.hybrid as &dyn Hybrid)
    }
}
