//! One step of a Rosenbrock method, for one lane.
//!
//! The Jacobian and df/dt are taken anew after every accepted step: the order of the method rests on them. A rejected step
//! keeps both and factors I/gamma - h J again with the smaller h.
//!
//! Where the field does not know its Jacobian, central differences are taken of all variables at once, as lanes of one call.
//! Each variable is moved in proportion to itself, to what it moves within the step, or to the value below which its
//! absolute tolerance takes over, whichever is largest. df/dt is a difference forward in time, within the step, so that it
//! never looks across a breakpoint. A sum of variables that the field keeps is kept to 1e-16 h ||J|| of what flows through it
//! with an exact Jacobian, and to some 1e-10 with differences.
//!
//! Cost of a step with n variables: 8 evaluations for the stages of Rodas5P and 2 for df/dt (none for an autonomous field),
//! the Jacobian (2 n evaluations by differences), 2/3 n^3 operations for the factors and 16 n^2 for the eight solutions.
//! From some thousand variables on the factors cost more than most explicit methods lose; a sparse Jacobian is not used yet.

use super::block::Block;
use super::control::Tolerance;
use super::tableau::{Rosenbrock, Tableau};
use crate::field::{EvalError, JacobianKind, VectorField};
use linalg::{Elimination, Matrix};

/// The cube root of the rounding unit balances rounding and curvature in central differences.
const NUDGE: f64 = 6.055_454_452_393_34e-6;

/// The field linearized where the step begins, and the factors of the step.
pub(crate) struct Linearization {
    tolerance: Tolerance,
    /// Where it was taken.
    t: f64,
    x: Vec<f64>,
    jacobian: Matrix,
    /// df/dt.
    slope: Vec<f64>,
    matrix: Matrix,
    elimination: Elimination,
    /// Whether the field writes its Jacobian itself; asked once.
    knows_jacobian: Option<bool>,
    lanes: Lanes,
    weights: Vec<f64>,
    defect: Vec<f64>,
}

/// States side by side, for differences.
#[derive(Default)]
struct Lanes {
    t: Vec<f64>,
    x: Vec<f64>,
    dx: Vec<f64>,
    moved: Vec<f64>,
}

impl Linearization {
    /// For n variables, not yet taken anywhere.
    pub(crate) fn new(n: usize, tolerance: Tolerance) -> Self {
        Self {
            tolerance,
            t: f64::NAN,
            x: vec![0.0; n],
            jacobian: Matrix::zeros(n, n),
            slope: vec![0.0; n],
            matrix: Matrix::zeros(n, n),
            elimination: Elimination::new(n),
            knows_jacobian: None,
            lanes: Lanes::default(),
            weights: Vec::new(),
            defect: Vec::new(),
        }
    }

    /// Takes the field anew at the next step, even in the same place.
    pub(crate) fn forget(&mut self) {
        self.t = f64::NAN;
    }

    /// Evaluates all stages of one step, the state after it and the slope there; returns the number of evaluations.
    pub(crate) fn step<F: VectorField + ?Sized>(
        &mut self,
        block: &mut Block,
        field: &F,
        m: &Tableau,
        r: &Rosenbrock,
    ) -> Result<usize, EvalError> {
        let (h, stages) = (block.h[0], r.alpha.len());
        let asked = self.renew(block, field)?;
        for (m, j) in self.matrix.as_mut_slice().iter_mut().zip(self.jacobian.as_slice()) {
            *m = -h * j;
        }
        (0..block.n).for_each(|i| self.matrix[(i, i)] += 1.0 / r.gamma);
        self.elimination.factor(&self.matrix);
        block.spread_steps();
        for i in 0..stages {
            if i > 0 {
                block.advance(1, r.a[i]);
                block.eval(field, r.alpha[i], i + 1)?;
            }
            let (before, k) = block.k.split_at_mut(i + 1);
            let k = &mut k[0];
            if i == 0 {
                k.copy_from_slice(&before[0]);
            }
            for (k_j, c) in before[1..].iter().zip(r.c[i]) {
                k.iter_mut().zip(k_j).for_each(|(k, k_j)| *k += c * k_j);
            }
            if r.d[i] != 0.0 {
                k.iter_mut().zip(&self.slope).for_each(|(k, s)| *k += h * r.d[i] * s);
            }
            self.elimination.solve(k);
        }
        block.advance(0, m.b);
        block.eval(field, 1.0, stages + 1)?;
        Ok(asked + stages)
    }

    /// Improves a state `u` that dense output gave for time t, see [`Rosenbrock`]; returns the number of evaluations.
    pub(crate) fn sharpen<F: VectorField + ?Sized>(
        &mut self,
        block: &mut Block,
        field: &F,
        r: &Rosenbrock,
        t: f64,
        u: &mut [f64],
    ) -> Result<usize, EvalError> {
        let h = block.h[0];
        self.weights.resize(block.k.len(), 0.0);
        (r.dense_slope)((t - block.t[0]) / h, &mut self.weights);
        self.defect.resize(block.n, 0.0);
        block.eval_apart(field, &[t], u, &mut self.defect)?;
        for (i, d) in self.defect.iter_mut().enumerate() {
            let slope: f64 = block.k.iter().zip(&self.weights).map(|(k, w)| w * k[i]).sum();
            *d = h * (slope - *d);
        }
        self.elimination.solve(&mut self.defect);
        if self.defect.iter().all(|d| d.is_finite()) {
            u.iter_mut().zip(&self.defect).for_each(|(u, d)| *u -= d);
        }
        Ok(1)
    }

    /// Takes the Jacobian and df/dt where the block stands, unless they were taken there; returns the evaluations.
    fn renew<F: VectorField + ?Sized>(&mut self, block: &mut Block, field: &F) -> Result<usize, EvalError> {
        if self.t == block.t[0] && self.x == block.x {
            return Ok(0);
        }
        let mut asked = 0;
        if self.knows_jacobian != Some(false) {
            let kind = block.jacobian(field, &mut self.jacobian)?;
            self.knows_jacobian = Some(kind == JacobianKind::Exact);
        }
        if self.knows_jacobian == Some(false) {
            asked += self.differ(block, field)?;
        }
        if !field.is_autonomous() {
            asked += self.differ_in_time(block, field)?;
        }
        self.t = block.t[0];
        self.x.copy_from_slice(&block.x);
        Ok(asked)
    }

    /// The Jacobian by central differences, some columns at a time.
    fn differ<F: VectorField + ?Sized>(&mut self, block: &mut Block, field: &F) -> Result<usize, EvalError> {
        let (n, h) = (block.n, block.h[0]);
        let lanes = &mut self.lanes;
        let at_once = (8192 / n).clamp(1, n);
        for first in (0..n).step_by(at_once) {
            let columns = first..n.min(first + at_once);
            let width = 2 * columns.len();
            lanes.resize(n, width, block.t[0]);
            for (i, x) in block.x.iter().enumerate() {
                lanes.x[i * width..(i + 1) * width].fill(*x);
            }
            lanes.moved.clear();
            for (l, k) in columns.clone().enumerate() {
                let x = block.x[k];
                let size = x.abs().max((h * block.k[0][k]).abs()).max(self.tolerance.floor());
                let size = if size > 0.0 && size.is_finite() { size } else { 1.0 };
                let by = NUDGE * size;
                let (above, below) = (x + by, x - by);
                lanes.x[k * width + 2 * l] = above;
                lanes.x[k * width + 2 * l + 1] = below;
                lanes.moved.push(above - below);
            }
            block.eval_apart(field, &lanes.t, &lanes.x, &mut lanes.dx)?;
            for (l, k) in columns.enumerate() {
                for (i, j) in self.jacobian.column_mut(k).iter_mut().enumerate() {
                    let at = i * width + 2 * l;
                    *j = (lanes.dx[at] - lanes.dx[at + 1]) / lanes.moved[l];
                }
            }
        }
        Ok(2 * n)
    }

    /// df/dt from the slopes at the beginning and at two times within the step: (-3 f(t) + 4 f(t + d) - f(t + 2 d))/(2 d).
    fn differ_in_time<F: VectorField + ?Sized>(
        &mut self,
        block: &mut Block,
        field: &F,
    ) -> Result<usize, EvalError> {
        let (n, t, h) = (block.n, block.t[0], block.h[0]);
        let by = (NUDGE * h).max(1e-10 * t.abs()).min(0.25 * h);
        // What the clock resolves.
        let by = (t + by) - t;
        let lanes = &mut self.lanes;
        lanes.resize(n, 2, t);
        (lanes.t[0], lanes.t[1]) = (t + by, t + 2.0 * by);
        for (pair, x) in lanes.x.chunks_exact_mut(2).zip(&block.x) {
            pair.fill(*x);
        }
        block.eval_apart(field, &lanes.t, &lanes.x, &mut lanes.dx)?;
        for ((slope, f), pair) in self.slope.iter_mut().zip(&block.k[0]).zip(lanes.dx.chunks_exact(2)) {
            // Differences of slopes do not round where nothing changes.
            *slope = if by > 0.0 { (4.0 * (pair[0] - f) - (pair[1] - f)) / (2.0 * by) } else { 0.0 };
        }
        Ok(2)
    }
}

impl Lanes {
    fn resize(&mut self, n: usize, width: usize, t: f64) {
        self.t.clear();
        self.t.resize(width, t);
        self.x.resize(n * width, 0.0);
        self.dx.resize(n * width, 0.0);
    }
}
