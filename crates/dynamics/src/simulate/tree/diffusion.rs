//! One implicit step of what diffuses, with the reaction replaced by its tangent.
//!
//! ```text
//! (C/h + L + G) v' = (C/h) v + J + u,   L the Laplacian of the couplings
//! ```
//!
//! is backward Euler over h. The rule of the midpoint (Crank and Nicolson) over 2 h is the same system, for the state in the
//! middle, from which the end is extrapolated: v'' = 2 v' - v. Nodes without capacity are not extrapolated: they follow
//! their neighbors.
//!
//! The matrix is symmetric, and positive definite unless the reaction of a node grows faster than 1/h. Then the step would leap
//! over a pole and land on its other side; the pivots tell, and the run ends as diverged.
//!
//! The factors are kept as long as the diagonal does not change, so a linear reaction at one step is factored once.

use crate::field::{EvalError, Reaction, TreeSystem, Workspace};

/// A tree system, and memory for its steps.
pub(super) struct Diffusion<'a> {
    system: &'a TreeSystem,
    reaction: &'a dyn Reaction,
    /// The diagonal of L, and its entries off the diagonal: minus the coupling of each edge.
    sums: Vec<f64>,
    edges: Vec<f64>,
    /// The nodes without capacity, each with its neighbors and their couplings.
    joints: Vec<(usize, Vec<(usize, f64)>)>,
    g: Vec<f64>,
    j: Vec<f64>,
    diagonal: Vec<f64>,
    factored: Vec<f64>,
    reciprocals: Vec<f64>,
    /// Whether every pivot so far was positive.
    definite: bool,
}

impl<'a> Diffusion<'a> {
    pub(super) fn new(system: &'a TreeSystem, reaction: &'a dyn Reaction) -> Self {
        let n = system.tree.len();
        let (mut sums, mut edges, mut neighbors) = (vec![0.0; n], vec![0.0; n], vec![Vec::new(); n]);
        for i in 0..n {
            if let Some(p) = system.tree.parent(i) {
                let g = system.coupling[i];
                edges[i] = -g;
                sums[i] += g;
                sums[p] += g;
                neighbors[i].push((p, g));
                neighbors[p].push((i, g));
            }
        }
        let of = |i: usize| (i, std::mem::take(&mut neighbors[i]));
        let joints = (0..n).filter(|&i| system.capacity[i] == 0.0).map(of).collect();
        let zeros = || vec![0.0; n];
        Self {
            system,
            reaction,
            sums,
            edges,
            joints,
            g: zeros(),
            j: zeros(),
            diagonal: zeros(),
            factored: zeros(),
            reciprocals: zeros(),
            definite: true,
        }
    }

    /// The last tangent of the reaction: G.
    pub(super) fn rates(&self) -> &[f64] {
        &self.g
    }

    /// Whether every step so far was shorter than the time in which a reaction grows.
    pub(super) fn is_definite(&self) -> bool {
        self.definite
    }

    /// Replaces v by the state a time h later, by backward Euler; the reaction and the drives are those of time `at`.
    #[inline(always)]
    pub(super) fn backward(
        &mut self,
        h: f64,
        at: f64,
        v: &mut [f64],
        s: &[f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        self.tangent(at, v, s, ws)?;
        let (n, w) = (v.len(), 1.0 / h);
        let (c, sums) = (&self.system.capacity[..n], &self.sums[..n]);
        let (g, j, d) = (&self.g[..n], &self.j[..n], &mut self.diagonal[..n]);
        for i in 0..n {
            let capacity = c[i] * w;
            d[i] = capacity + (sums[i] + g[i]);
            v[i] = capacity.mul_add(v[i], j[i]);
        }
        if self.diagonal != self.factored {
            self.factored.copy_from_slice(&self.diagonal);
            self.reciprocals.copy_from_slice(&self.diagonal);
            self.system.tree.factor_in_place(&self.edges, &self.edges, &mut self.reciprocals);
            // Counted without a branch, so that whole registers are compared at once.
            let wrong = self.reciprocals.iter().fold(0, |n, r| n + u64::from(r.is_nan() | (*r <= 0.0)));
            self.definite &= wrong == 0;
        }
        self.system.tree.solve_in_place(&self.edges, &self.edges, &self.reciprocals, v);
        Ok(())
    }

    /// Replaces the state v in the middle of a step by that at its end, given that at its beginning.
    #[inline(always)]
    pub(super) fn extrapolate(&self, before: &[f64], v: &mut [f64]) {
        for (v, b) in v.iter_mut().zip(before) {
            *v = 2.0 * *v - b;
        }
        for (i, neighbors) in &self.joints {
            let (mut flow, mut sum) = (self.j[*i], self.g[*i]);
            for (k, g) in neighbors {
                flow += g * v[*k];
                sum += g;
            }
            v[*i] = flow / sum;
        }
    }

    /// G and J at time t, the drives included.
    pub(super) fn tangent(
        &mut self,
        t: f64,
        v: &[f64],
        s: &[f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        self.reaction.linear(t, v, s, &mut self.g, &mut self.j, ws)?;
        for drive in &self.system.drives {
            self.j[drive.node] += drive.signal.value(t);
        }
        Ok(())
    }

    /// Whether the reaction or a drive jumps at time t; what only bends does not.
    pub(super) fn jumps(
        &mut self,
        t: f64,
        v: &[f64],
        s: &[f64],
        ws: &mut Workspace,
    ) -> Result<bool, EvalError> {
        self.tangent(t.next_down(), v, s, ws)?;
        let before = (self.g.clone(), self.j.clone());
        self.tangent(t, v, s, ws)?;
        // Between two neighboring doubles a signal that does not jump moves by rounding and by its slope.
        let apart = |a: &[f64], b: &[f64]| {
            let size = a.iter().chain(b).fold(0.0, |m: f64, x| m.max(x.abs()));
            a.iter().zip(b).any(|(a, b)| (a - b).abs() > 1e-6 * size)
        };
        Ok(apart(&before.0, &self.g) || apart(&before.1, &self.j))
    }
}
