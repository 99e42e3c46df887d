//! The equation of a cycle on a mesh, linearized and condensed: what each interval does to the state at its beginning.
//!
//! On an interval of width h the polynomial x satisfies x' = h T f(x; p) at its 4 Gauss points. Linearized about a guess
//! these 4 n equations give the corrections inside the interval and at its end by those at its beginning and by those
//! of T and p:
//!
//! d_k = X_k d_0 + Y_k (dT, dp) + z_k, k = 1 … 4.
//!
//! The last X is the interval's transfer matrix, and the product of all of them the monodromy matrix. The equation is
//! evaluated once, for the Gauss points of all intervals as lanes. Cost: O(N (4 n)^3) for N intervals.
//! Reference: Ascher, Mattheij, Russell (1988), Numerical solution of boundary value problems, chapter 7.

use super::basis::{Basis, DEGREE};
use super::orbit::Orbit;
use crate::field::{EvalError, VectorField, Workspace};
use linalg::{Elimination, Matrix};

/// What is asked, with the memory for it.
pub(crate) struct Collocation<'a> {
    pub(crate) field: &'a dyn VectorField,
    /// Which parameter is free.
    pub(crate) parameter: Option<usize>,
    pub(crate) n: usize,
    pub(crate) basis: Basis,
    /// Evaluations of the right-hand side, counted in states.
    pub(crate) evaluations: usize,
    ws: Workspace,
    jacobian: Matrix,
    local: Matrix,
    elimination: Elimination,
    x: Vec<f64>,
    f: Vec<f64>,
    p: Vec<f64>,
    t: Vec<f64>,
}

/// The condensed equations of all intervals.
#[derive(Clone, Debug, Default)]
pub(crate) struct Blocks {
    pub(crate) n: usize,
    pub(crate) intervals: usize,
    /// The number of scalar unknowns, T and perhaps p.
    pub(crate) scalars: usize,
    /// For each interval the columns of X, Y and z, 4 n numbers each.
    columns: Vec<f64>,
    /// The largest |x'/h - T f(x; p)| / T at a Gauss point.
    pub(crate) residual: f64,
}

impl Blocks {
    /// Column c of interval j: of X for c < n, of Y up to n + scalars, then z.
    pub(crate) fn column(&self, j: usize, c: usize) -> &[f64] {
        let (rows, width) = (DEGREE * self.n, self.n + self.scalars + 1);
        let at = (j * width + c) * rows;
        &self.columns[at..at + rows]
    }

    /// Blocks of given transfer matrices, without insides and scalars.
    pub(crate) fn of(transfers: Vec<Matrix>) -> Self {
        let n = transfers.first().map_or(0, Matrix::rows);
        let rows = DEGREE * n;
        let mut blocks = Self { n, intervals: transfers.len(), ..Self::default() };
        for x in &transfers {
            for c in 0..n {
                blocks.columns.extend(std::iter::repeat_n(0.0, rows - n));
                blocks.columns.extend_from_slice(x.column(c));
            }
            blocks.columns.extend(std::iter::repeat_n(0.0, rows));
        }
        blocks
    }

    /// The transfer matrix of interval j.
    pub(crate) fn transfer(&self, j: usize) -> Matrix {
        let end = (DEGREE - 1) * self.n;
        Matrix::from_fn(self.n, self.n, |r, c| self.column(j, c)[end + r])
    }
}

impl<'a> Collocation<'a> {
    pub(crate) fn new(field: &'a dyn VectorField, parameter: Option<usize>) -> Self {
        let n = field.dimension();
        Self {
            field,
            parameter,
            n,
            basis: Basis::new(),
            evaluations: 0,
            ws: Workspace::default(),
            jacobian: Matrix::zeros(n, n),
            local: Matrix::zeros(DEGREE * n, DEGREE * n),
            elimination: Elimination::new(DEGREE * n),
            x: Vec::new(),
            f: Vec::new(),
            p: Vec::new(),
            t: Vec::new(),
        }
    }

    /// f at one state.
    pub(crate) fn rate(&mut self, p: &[f64], x: &[f64]) -> Result<Vec<f64>, EvalError> {
        let mut f = vec![0.0; self.n];
        self.evaluations += 1;
        self.field.eval(&[0.0], p, x, &mut f, &mut self.ws)?;
        Ok(f)
    }

    /// df/dx at one state.
    pub(crate) fn jacobian(&mut self, p: &[f64], x: &[f64]) -> Result<Matrix, EvalError> {
        let mut j = Matrix::zeros(self.n, self.n);
        self.field.jacobian(0.0, p, x, &mut j, &mut self.ws)?;
        Ok(j)
    }

    /// Linearizes the equation about `orbit` and condenses it.
    pub(crate) fn condense(
        &mut self,
        orbit: &Orbit,
        p: &[f64],
        blocks: &mut Blocks,
    ) -> Result<(), EvalError> {
        let (n, intervals) = (self.n, orbit.intervals());
        let scalars = 1 + usize::from(self.parameter.is_some());
        let (rows, width) = (DEGREE * n, n + scalars + 1);
        blocks.n = n;
        blocks.intervals = intervals;
        blocks.scalars = scalars;
        blocks.columns.resize(intervals * width * rows, 0.0);
        blocks.residual = 0.0;
        let steps = self.rates(orbit, p)?;
        let (gauss, lanes) = (intervals * DEGREE, self.t.len());
        let mut state = vec![0.0; n];
        for j in 0..intervals {
            let h = orbit.mesh[j + 1] - orbit.mesh[j];
            let out = &mut blocks.columns[j * width * rows..(j + 1) * width * rows];
            for i in 0..DEGREE {
                let lane = j * DEGREE + i;
                (0..n).for_each(|a| state[a] = self.x[a * lanes + lane]);
                self.field.jacobian(0.0, p, &state, &mut self.jacobian, &mut self.ws)?;
                let scale = h * orbit.period;
                for a in 0..n {
                    let row = i * n + a;
                    for b in 0..n {
                        let slope = scale * self.jacobian[(a, b)];
                        let identity = f64::from(u8::from(a == b));
                        let entry =
                            |k: usize| self.basis.slope[i][k] * identity - self.basis.value[i][k] * slope;
                        out[b * rows + row] = -entry(0);
                        for k in 1..=DEGREE {
                            self.local[(row, (k - 1) * n + b)] = entry(k);
                        }
                    }
                    let f = self.f[a * lanes + lane];
                    out[n * rows + row] = h * f;
                    if scalars == 2 {
                        let [above, below] = [1, 2].map(|q| self.f[a * lanes + q * gauss + lane]);
                        out[(n + 1) * rows + row] = scale * (above - below) / steps;
                    }
                    let slope: f64 = (0..=DEGREE)
                        .map(|k| self.basis.slope[i][k] * orbit.points[(j * DEGREE + k) * n + a])
                        .sum();
                    let r = slope - scale * f;
                    blocks.residual = blocks.residual.max((r / scale).abs());
                    out[(width - 1) * rows + row] = -r;
                }
            }
            self.elimination.factor(&self.local);
            self.elimination.solve_columns(out);
        }
        Ok(())
    }

    /// Evaluates f at all Gauss points and, where a parameter is free, a step above and below it; returns the difference.
    fn rates(&mut self, orbit: &Orbit, p: &[f64]) -> Result<f64, EvalError> {
        let (n, gauss) = (self.n, orbit.intervals() * DEGREE);
        let copies = if self.parameter.is_some() { 3 } else { 1 };
        let lanes = copies * gauss;
        self.t.clear();
        self.t.resize(lanes, 0.0);
        self.x.resize(n * lanes, 0.0);
        self.f.resize(n * lanes, 0.0);
        self.p.clear();
        for value in p {
            self.p.extend(std::iter::repeat_n(*value, lanes));
        }
        let mut difference = 1.0;
        if let Some(q) = self.parameter {
            let h = f64::EPSILON.cbrt() * p[q].abs().max(1.0);
            let (above, below) = (p[q] + h, p[q] - h);
            difference = above - below;
            self.p[q * lanes + gauss..q * lanes + 2 * gauss].fill(above);
            self.p[q * lanes + 2 * gauss..(q + 1) * lanes].fill(below);
        }
        for lane in 0..gauss {
            let (j, i) = (lane / DEGREE, lane % DEGREE);
            for a in 0..n {
                let x: f64 = (0..=DEGREE)
                    .map(|k| self.basis.value[i][k] * orbit.points[(j * DEGREE + k) * n + a])
                    .sum();
                for copy in 0..copies {
                    self.x[a * lanes + copy * gauss + lane] = x;
                }
            }
        }
        self.evaluations += lanes;
        self.field.eval(&self.t, &self.p, &self.x, &mut self.f, &mut self.ws)?;
        Ok(difference)
    }
}
