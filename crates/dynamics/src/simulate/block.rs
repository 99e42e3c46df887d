//! A block of lanes that take one step of a Runge-Kutta method together, each with its own time and step.
//!
//! All numbers lie variable by variable over the lanes, so that one flat loop over n x lanes numbers serves a large
//! network in one lane as well as many small systems. The loops use no fused multiply-add and no reordered sums: a lane
//! has the same bits in any company and on any instruction set.

use super::tableau::Tableau;
use crate::field::{EvalError, JacobianKind, VectorField, Workspace};
use linalg::Matrix;

/// States, slopes and steps of a block.
pub(crate) struct Block {
    /// Variables.
    pub(crate) n: usize,
    /// Lanes.
    pub(crate) lanes: usize,
    /// Time of each lane.
    pub(crate) t: Vec<f64>,
    /// Step of each lane.
    pub(crate) h: Vec<f64>,
    /// The latest time at which the field may be asked in this step (just before a jump).
    pub(crate) limit: Vec<f64>,
    /// States before the step.
    pub(crate) x: Vec<f64>,
    /// States after it.
    pub(crate) y: Vec<f64>,
    /// Evaluations; `k[0]` at the beginning of the step.
    pub(crate) k: Vec<Vec<f64>>,
    /// Scratch of the size of a state.
    pub(crate) z: Vec<f64>,
    /// The step of each lane, once for every variable.
    pub(crate) wide: Vec<f64>,
    ts: Vec<f64>,
    p: Vec<f64>,
    parameters: Vec<f64>,
    /// The parameters of lanes that are evaluated apart.
    apart: Vec<f64>,
    /// The weights of dense output.
    weights: Vec<f64>,
    ws: Workspace,
}

impl Block {
    /// A block without lanes.
    pub(crate) fn new(n: usize, parameters: &[f64], evaluations: usize) -> Self {
        Self {
            n,
            lanes: 0,
            t: Vec::new(),
            h: Vec::new(),
            limit: Vec::new(),
            x: Vec::new(),
            y: Vec::new(),
            k: vec![Vec::new(); evaluations],
            z: Vec::new(),
            ts: Vec::new(),
            wide: Vec::new(),
            p: Vec::new(),
            parameters: parameters.to_vec(),
            apart: Vec::new(),
            weights: vec![0.0; evaluations],
            ws: Workspace::default(),
        }
    }

    /// Changes the number of lanes: lane l of the new block is lane `keep[l]` of the old one, or an empty one.
    pub(crate) fn resize(&mut self, keep: &[Option<usize>]) {
        let (old, new, n) = (self.lanes, keep.len(), self.n);
        let moved = |v: &[f64], rows: usize| {
            let mut w = vec![0.0; rows * new];
            for (l, from) in keep.iter().enumerate() {
                if let Some(from) = from {
                    (0..rows).for_each(|i| w[i * new + l] = v[i * old + from]);
                }
            }
            w
        };
        self.t = moved(&self.t, 1);
        self.h = moved(&self.h, 1);
        self.limit = moved(&self.limit, 1);
        self.x = moved(&self.x, n);
        self.k[0] = moved(&self.k[0], n);
        let m = n * new;
        self.y.resize(m, 0.0);
        self.z.resize(m, 0.0);
        self.wide.resize(m, 0.0);
        self.ts.resize(new, 0.0);
        self.k.iter_mut().for_each(|k| k.resize(m, 0.0));
        self.p.clear();
        for p in &self.parameters {
            self.p.extend(std::iter::repeat_n(*p, new));
        }
        self.lanes = new;
    }

    /// Evaluates all stages of one step, the states after it and the slopes there.
    #[inline(always)]
    pub(crate) fn step<F: VectorField + ?Sized>(&mut self, field: &F, m: &Tableau) -> Result<(), EvalError> {
        self.spread_steps();
        let s = m.stages();
        for i in 1..s {
            self.advance(0, m.a[i]);
            self.eval(field, m.c[i], i)?;
        }
        self.advance(0, m.b);
        self.eval(field, 1.0, s)
    }

    /// Gives every variable the step of its lane, for what follows.
    #[inline(always)]
    pub(crate) fn spread_steps(&mut self) {
        let lanes = self.lanes;
        self.wide.chunks_exact_mut(lanes).for_each(|w| w.copy_from_slice(&self.h));
    }

    /// Writes x + h sum_j weights_j k_j to `y`, beginning with `k[first]`.
    #[inline(always)]
    pub(crate) fn advance(&mut self, first: usize, weights: &[f64]) {
        combine(&mut self.y, Some(&self.x), &self.wide, &self.k[first..], weights);
    }

    /// Evaluates what only dense output needs; spoils `z`.
    #[inline(always)]
    pub(crate) fn extra<F: VectorField + ?Sized>(&mut self, field: &F, m: &Tableau) -> Result<(), EvalError> {
        for (j, e) in m.extra.iter().enumerate() {
            combine(&mut self.z, Some(&self.x), &self.wide, &self.k, e.a);
            std::mem::swap(&mut self.y, &mut self.z);
            let done = self.eval(field, e.c, m.stages() + 1 + j);
            std::mem::swap(&mut self.y, &mut self.z);
            done?;
        }
        Ok(())
    }

    /// Writes h sum_i weights_i k_i to `z`.
    #[inline(always)]
    pub(crate) fn difference(&mut self, weights: &[f64]) {
        combine(&mut self.z, None, &self.wide, &self.k, weights);
    }

    /// Writes the state of lane l a part theta into its step, read from dense output.
    pub(crate) fn read(&mut self, m: &Tableau, l: usize, theta: f64, out: &mut [f64]) {
        (m.dense)(theta, &mut self.weights);
        for (i, out) in out.iter_mut().enumerate() {
            let at = i * self.lanes + l;
            let sum: f64 = self.k.iter().zip(&self.weights).map(|(k, w)| w * k[at]).sum();
            *out = self.x[at] + self.h[l] * sum;
        }
    }

    /// Evaluates the field at the states `y`, into `k[into]`.
    #[inline(always)]
    pub(crate) fn eval<F: VectorField + ?Sized>(
        &mut self,
        field: &F,
        c: f64,
        into: usize,
    ) -> Result<(), EvalError> {
        for (ts, ((t, h), limit)) in self.ts.iter_mut().zip(self.t.iter().zip(&self.h).zip(&self.limit)) {
            *ts = (t + c * h).min(*limit);
        }
        field.eval(&self.ts, &self.p, &self.y, &mut self.k[into], &mut self.ws)
    }

    /// Evaluates the field at the states `y`, into `k[1]`, and how each rate depends on its own variable, into `own`.
    pub(crate) fn rates_after<F: VectorField + ?Sized>(
        &mut self,
        field: &F,
        c: f64,
        own: &mut [f64],
    ) -> Result<(), EvalError> {
        for (ts, ((t, h), limit)) in self.ts.iter_mut().zip(self.t.iter().zip(&self.h).zip(&self.limit)) {
            *ts = (t + c * h).min(*limit);
        }
        field.rates(&self.ts, &self.p, &self.y, &mut self.k[1], own, &mut self.ws)
    }

    /// The same at the states `x`, with the slopes into `k[0]`.
    pub(crate) fn rates_here<F: VectorField + ?Sized>(
        &mut self,
        field: &F,
        own: &mut [f64],
    ) -> Result<(), EvalError> {
        field.rates(&self.t, &self.p, &self.x, &mut self.k[0], own, &mut self.ws)
    }

    /// The parameters of every lane.
    pub(crate) fn parameters(&self) -> &[f64] {
        &self.parameters
    }

    /// Evaluates the field at lanes `which` at their present times and states, into `k[0]`.
    pub(crate) fn refresh<F: VectorField + ?Sized>(
        &mut self,
        field: &F,
        which: &[usize],
    ) -> Result<(), EvalError> {
        let t: Vec<f64> = which.iter().map(|&l| self.t[l]).collect();
        let x = self.gather(&self.x, which);
        let dx = self.eval_few(field, &t, &x)?;
        scatter(&mut self.k[0], self.lanes, which, &dx);
        Ok(())
    }

    /// The lanes `which` of `v`, side by side.
    pub(crate) fn gather(&self, v: &[f64], which: &[usize]) -> Vec<f64> {
        (0..self.n).flat_map(|i| which.iter().map(move |&l| v[i * self.lanes + l])).collect()
    }

    /// The field at states that need not be those of the block.
    pub(crate) fn eval_few<F: VectorField + ?Sized>(
        &mut self,
        field: &F,
        t: &[f64],
        x: &[f64],
    ) -> Result<Vec<f64>, EvalError> {
        let mut dx = vec![0.0; x.len()];
        self.eval_apart(field, t, x, &mut dx)?;
        Ok(dx)
    }

    /// The same, into memory of the caller.
    pub(crate) fn eval_apart<F: VectorField + ?Sized>(
        &mut self,
        field: &F,
        t: &[f64],
        x: &[f64],
        dx: &mut [f64],
    ) -> Result<(), EvalError> {
        self.apart.clear();
        for p in &self.parameters {
            self.apart.extend(std::iter::repeat_n(*p, t.len()));
        }
        field.eval(t, &self.apart, x, dx, &mut self.ws)
    }

    /// The field's own Jacobian where a block of one lane stands.
    pub(crate) fn jacobian<F: VectorField + ?Sized>(
        &mut self,
        field: &F,
        j: &mut Matrix,
    ) -> Result<JacobianKind, EvalError> {
        field.jacobian(self.t[0], &self.parameters, &self.x, j, &mut self.ws)
    }
}

/// Writes `few`, whose lanes are `which` of `all`.
pub(crate) fn scatter(all: &mut [f64], lanes: usize, which: &[usize], few: &[f64]) {
    for (i, row) in few.chunks_exact(which.len()).enumerate() {
        for (&l, v) in which.iter().zip(row) {
            all[i * lanes + l] = *v;
        }
    }
}

/// out = x + h sum_j weights_j k_j, without the terms of weight 0.
#[inline(always)]
fn combine(out: &mut [f64], x: Option<&[f64]>, h: &[f64], k: &[Vec<f64>], weights: &[f64]) {
    macro_rules! few {
        ($($m:literal)*) => {
            match out.len() {
                $($m => return few_numbers::<$m>(out, x, h, k, weights),)*
                _ => {}
            }
        };
    }
    few!(1 2 3 4 5 6 7 8);
    let (mut w, mut ks, mut count) = ([0.0; 16], [&[] as &[f64]; 16], 0);
    for (k, &a) in k.iter().zip(weights) {
        if a != 0.0 {
            (w[count], ks[count]) = (a, k);
            count += 1;
        }
    }
    macro_rules! by_count {
        ($($j:literal)*) => {
            match count {
                $($j => sum::<$j>(out, x, h, &w, &ks),)*
                _ => match x {
                    Some(x) => out.copy_from_slice(x),
                    None => out.fill(0.0),
                },
            }
        };
    }
    by_count!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16);
}

/// The same for M numbers, where making vector registers ready would cost more than the sums.
#[inline(always)]
fn few_numbers<const M: usize>(
    out: &mut [f64],
    x: Option<&[f64]>,
    h: &[f64],
    k: &[Vec<f64>],
    weights: &[f64],
) {
    // Minus 0 plus anything is that.
    let mut sums = [-0.0; M];
    for (k, &w) in k.iter().zip(weights) {
        if w != 0.0
            && let Some(k) = k.first_chunk::<M>()
        {
            for i in 0..M {
                sums[i] += w * k[i];
            }
        }
    }
    let (out, h) = (&mut out[..M], &h[..M]);
    match x {
        Some(x) => {
            let x = &x[..M];
            for i in 0..M {
                out[i] = x[i] + h[i] * sums[i];
            }
        }
        None => {
            for i in 0..M {
                out[i] = h[i] * sums[i];
            }
        }
    }
}

#[inline(always)]
fn sum<const J: usize>(out: &mut [f64], x: Option<&[f64]>, h: &[f64], w: &[f64; 16], k: &[&[f64]; 16]) {
    let m = out.len();
    let h = &h[..m];
    let k: [&[f64]; J] = std::array::from_fn(|j| &k[j][..m]);
    let w: [f64; J] = std::array::from_fn(|j| w[j]);
    match x {
        Some(x) => {
            let x = &x[..m];
            for i in 0..m {
                let mut s = w[0] * k[0][i];
                for j in 1..J {
                    s += w[j] * k[j][i];
                }
                out[i] = x[i] + h[i] * s;
            }
        }
        None => {
            for i in 0..m {
                let mut s = w[0] * k[0][i];
                for j in 1..J {
                    s += w[j] * k[j][i];
                }
                out[i] = h[i] * s;
            }
        }
    }
}
