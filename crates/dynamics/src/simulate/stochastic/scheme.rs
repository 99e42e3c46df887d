//! One step of a stochastic method, for a block of lanes.
//!
//! ```text
//! Euler-Maruyama   x' = x + f_I h + G dW                                          strong order 1/2, weak 1; Ito
//! Heun             y  = x + f_S h + G dW                                          strong order 1 if the noise commutes,
//!                  x' = x + (f_S + f_S(y)) h/2 + (G + G(y)) dW/2                  else 1/2; Stratonovich
//! Milstein         x' = x + f_S h + G dW + 1/2 (dG/dx . G dW) dW                  strong order 1, for noise that commutes
//! ```
//!
//! f_I and f_S are the drifts of the same process in the sense of Ito and of Stratonovich, so that any method serves either.
//! Milstein's double sum over the noises is one derivative in the direction G dW, because the noises commute. With additive
//! noise all are of strong order 1, and Heun's step is of order 2 in the drift.
//!
//! Reference: Maruyama (1955); Milstein (1974), Approximate integration of stochastic differential equations; Rümelin (1982),
//! Numerical treatment of stochastic differential equations.

use crate::field::{EvalError, Interpretation, NoiseStructure, Stochastic, Workspace};
use crate::random::Stream;

/// The stochastic methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    EulerMaruyama,
    Heun,
    Milstein,
}

/// Lanes at one time, and the scratch of a step.
pub(crate) struct Lanes<'a> {
    system: &'a dyn Stochastic,
    parameters: &'a [f64],
    structure: NoiseStructure,
    pub(crate) n: usize,
    pub(crate) lanes: usize,
    /// States, variable by variable.
    pub(crate) x: Vec<f64>,
    /// States before the step.
    pub(crate) before: Vec<f64>,
    /// Increments, noise by noise.
    pub(crate) dw: Vec<f64>,
    t: Vec<f64>,
    p: Vec<f64>,
    f: [Vec<f64>; 2],
    g: [Vec<f64>; 2],
    dg: Vec<f64>,
    v: Vec<f64>,
    y: Vec<f64>,
    pub(crate) ws: Workspace,
}

impl<'a> Lanes<'a> {
    /// `lanes` lanes, whose states are to be written to `x`.
    pub(crate) fn new(
        system: &'a dyn Stochastic,
        parameters: &'a [f64],
        structure: NoiseStructure,
        lanes: usize,
    ) -> Self {
        let n = system.drift().dimension();
        let mut made = Self {
            system,
            parameters,
            structure,
            n,
            lanes: 0,
            x: vec![0.0; n * lanes],
            before: Vec::new(),
            dw: Vec::new(),
            t: Vec::new(),
            p: Vec::new(),
            f: [Vec::new(), Vec::new()],
            g: [Vec::new(), Vec::new()],
            dg: Vec::new(),
            v: Vec::new(),
            y: Vec::new(),
            ws: Workspace::default(),
        };
        made.resize(lanes);
        made
    }

    fn resize(&mut self, lanes: usize) {
        self.lanes = lanes;
        let (size, entries) = (self.n * lanes, self.system.entries().len() * lanes);
        for v in [&mut self.before, &mut self.v, &mut self.y] {
            v.resize(size, 0.0);
        }
        self.f.iter_mut().for_each(|f| f.resize(size, 0.0));
        self.g.iter_mut().for_each(|g| g.resize(entries, 0.0));
        self.dg.resize(entries, 0.0);
        self.dw.resize(self.system.noises() * lanes, 0.0);
        self.t.resize(lanes, 0.0);
        self.p = self.parameters.iter().flat_map(|p| std::iter::repeat_n(*p, lanes)).collect();
    }

    /// Keeps these lanes only.
    pub(crate) fn keep(&mut self, which: &[usize]) {
        let old = self.lanes;
        let rows = self.x.chunks_exact(old);
        self.x = rows.flat_map(|row| which.iter().map(|&l| row[l])).collect();
        self.resize(which.len());
    }

    /// The parameters of one lane.
    pub(crate) fn parameters(&self) -> &'a [f64] {
        self.parameters
    }

    /// One step from t to t + h, with the increments in `dw`; `latest` is the last time at which the system may be asked.
    pub(crate) fn step(&mut self, scheme: Scheme, t: f64, h: f64, latest: f64) -> Result<(), EvalError> {
        self.before.copy_from_slice(&self.x);
        self.t.fill(t.min(latest));
        self.drift(0, scheme)?;
        if scheme == Scheme::Milstein && self.structure != NoiseStructure::Additive {
            self.direction();
            self.system.diffusion_along(&self.t, &self.p, &self.x, &self.v, &mut self.dg, &mut self.ws)?;
        }
        self.x.iter_mut().zip(&self.f[0]).for_each(|(x, f)| *x += h * f);
        kick(self.system.entries(), self.lanes, &self.g[0], &self.dw, 1.0, &mut self.x);
        match scheme {
            Scheme::EulerMaruyama => {}
            Scheme::Milstein => {
                if self.structure != NoiseStructure::Additive {
                    kick(self.system.entries(), self.lanes, &self.dg, &self.dw, 0.5, &mut self.x);
                }
            }
            Scheme::Heun => {
                // Now x is the predictor: the slopes there, then the mean of both.
                self.t.fill((t + h).min(latest));
                self.drift(1, scheme)?;
                let (first, second) = (&self.f[0], &self.f[1]);
                for (((x, before), a), b) in self.x.iter_mut().zip(&self.before).zip(first).zip(second) {
                    *x = before + 0.5 * h * (a + b);
                }
                for g in &self.g {
                    kick(self.system.entries(), self.lanes, g, &self.dw, 0.5, &mut self.x);
                }
            }
        }
        Ok(())
    }

    /// One lane alone, from the state `x` at t to `until`, with numbers of its own.
    pub(crate) fn rest(
        &self,
        scheme: Scheme,
        x: &[f64],
        t: f64,
        until: f64,
        numbers: &mut Stream,
    ) -> Result<Vec<f64>, EvalError> {
        let mut alone = Lanes::new(self.system, self.parameters, self.structure, 1);
        alone.x.copy_from_slice(x);
        let root = (until - t).max(0.0).sqrt();
        alone.dw.iter_mut().for_each(|w| *w = root * numbers.normal());
        alone.step(scheme, t, until - t, until)?;
        Ok(alone.x)
    }

    /// Writes the drift in the sense of the scheme, and the diffusion, where the lanes are.
    fn drift(&mut self, at: usize, scheme: Scheme) -> Result<(), EvalError> {
        let system = self.system;
        system.drift().eval(&self.t, &self.p, &self.x, &mut self.f[at], &mut self.ws)?;
        system.diffusion(&self.t, &self.p, &self.x, &mut self.g[at], &mut self.ws)?;
        let sense =
            if scheme == Scheme::EulerMaruyama { Interpretation::Ito } else { Interpretation::Stratonovich };
        if sense == system.interpretation() || self.structure == NoiseStructure::Additive {
            return Ok(());
        }
        let sign = if sense == Interpretation::Ito { 0.5 } else { -0.5 };
        self.add_conversion(at, sign)
    }

    /// Adds sign sum_k (g_k . grad) g_k to the drift.
    fn add_conversion(&mut self, at: usize, sign: f64) -> Result<(), EvalError> {
        let (entries, lanes) = (self.system.entries(), self.lanes);
        let is_diagonal = self.structure == NoiseStructure::Diagonal;
        let groups = if is_diagonal { 1 } else { self.system.noises() };
        for noise in 0..groups {
            let mine = |e: usize| is_diagonal || entries[e].1 == noise;
            self.v.fill(0.0);
            for e in (0..entries.len()).filter(|&e| mine(e)) {
                let row = &mut self.v[entries[e].0 * lanes..][..lanes];
                row.iter_mut().zip(&self.g[at][e * lanes..]).for_each(|(v, g)| *v += g);
            }
            self.system.diffusion_along(&self.t, &self.p, &self.x, &self.v, &mut self.dg, &mut self.ws)?;
            for e in (0..entries.len()).filter(|&e| mine(e)) {
                let row = &mut self.f[at][entries[e].0 * lanes..][..lanes];
                row.iter_mut().zip(&self.dg[e * lanes..]).for_each(|(f, dg)| *f += sign * dg);
            }
        }
        Ok(())
    }

    /// v = G dW.
    fn direction(&mut self) {
        self.v.fill(0.0);
        kick(self.system.entries(), self.lanes, &self.g[0], &self.dw, 1.0, &mut self.v);
    }

    /// The variance of each guard per time, from its derivatives along the noises at the states before the step; `g0` are
    /// the guards there.
    pub(crate) fn guard_variance(
        &mut self,
        t: f64,
        g0: &[f64],
        variance: &mut [f64],
    ) -> Result<(), EvalError> {
        variance.fill(0.0);
        let Some(hybrid) = self.system.hybrid() else { return Ok(()) };
        let (entries, lanes) = (self.system.entries(), self.lanes);
        let mut moved = vec![0.0; g0.len()];
        self.t.fill(t);
        for noise in 0..self.system.noises() {
            self.v.fill(0.0);
            let mut scale = 0.0f64;
            for e in (0..entries.len()).filter(|&e| entries[e].1 == noise) {
                let row = &mut self.v[entries[e].0 * lanes..][..lanes];
                for (v, g) in row.iter_mut().zip(&self.g[0][e * lanes..]) {
                    *v += g;
                    scale = scale.max(g.abs());
                }
            }
            if scale == 0.0 {
                continue;
            }
            let size = self.before.iter().fold(1e-3f64, |s, x| s.max(x.abs()));
            let step = f64::EPSILON.sqrt() * size / scale;
            self.y.iter_mut().zip(&self.before).zip(&self.v).for_each(|((y, x), v)| *y = x + step * v);
            hybrid.guard(&self.t, &self.p, &self.y, &mut moved, &mut self.ws)?;
            for ((variance, moved), g0) in variance.iter_mut().zip(&moved).zip(g0) {
                *variance += ((moved - g0) / step).powi(2);
            }
        }
        Ok(())
    }

    /// All guards at the present states and time `t`.
    pub(crate) fn guards(&mut self, t: f64, g: &mut [f64]) -> Result<(), EvalError> {
        let Some(hybrid) = self.system.hybrid() else { return Ok(()) };
        self.t.fill(t);
        hybrid.guard(&self.t, &self.p, &self.x, g, &mut self.ws)
    }
}

/// x += factor G dW.
fn kick(entries: &[(usize, usize)], lanes: usize, g: &[f64], dw: &[f64], factor: f64, x: &mut [f64]) {
    for (e, &(i, k)) in entries.iter().enumerate() {
        let (x, g, w) = (&mut x[i * lanes..][..lanes], &g[e * lanes..][..lanes], &dw[k * lanes..][..lanes]);
        for l in 0..lanes {
            x[l] += factor * g[l] * w[l];
        }
    }
}

/// The largest difference (g_j . grad) g_k - (g_k . grad) g_j at one state, relative to its terms: 0 where the noises
/// commute.
pub(crate) fn commutator(system: &dyn Stochastic, p: &[f64], t: f64, x: &[f64]) -> Result<f64, EvalError> {
    let (n, m, entries, mut ws) = (x.len(), system.noises(), system.entries(), Workspace::default());
    let mut g = vec![0.0; entries.len()];
    system.diffusion(&[t], p, x, &mut g, &mut ws)?;
    // along[j]: the derivative of every g_k along g_j, as n x m numbers.
    let mut along = vec![vec![0.0; n * m]; m];
    let mut dg = vec![0.0; entries.len()];
    for (j, along) in along.iter_mut().enumerate() {
        let mut v = vec![0.0; n];
        entries.iter().zip(&g).filter(|((_, k), _)| *k == j).for_each(|((i, _), g)| v[*i] += g);
        system.diffusion_along(&[t], p, x, &v, &mut dg, &mut ws)?;
        entries.iter().zip(&dg).for_each(|((i, k), dg)| along[k * n + i] += dg);
    }
    let size = along.iter().flatten().fold(0.0f64, |s, a| s.max(a.abs()));
    let mut worst = 0.0f64;
    for j in 0..m {
        for k in 0..j {
            for i in 0..n {
                worst = worst.max((along[j][k * n + i] - along[k][j * n + i]).abs());
            }
        }
    }
    Ok(if size > 0.0 { worst / size } else { 0.0 })
}
