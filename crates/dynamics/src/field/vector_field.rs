//! The narrow waist: dx/dt = f(t, x; p), evaluated for many lanes at once.

use linalg::Matrix;
use std::any::Any;
use std::fmt;

/// dx/dt = f(t, x; p).
///
/// With `lanes = t.len()`, `x[i * lanes + l]` is variable `i` of lane `l`, and `p[k * lanes + l]` parameter `k`.
pub trait VectorField: Sync {
    /// The number n of variables.
    fn dimension(&self) -> usize;

    /// Writes f(t, x; p) to `dx`.
    ///
    /// # Errors
    /// When the field cannot be evaluated there (a user's function failed, a domain was left).
    fn eval(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        dx: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError>;

    /// Writes the n x n Jacobian df/dx of one lane to `j`, by central differences unless the field knows better.
    ///
    /// # Errors
    /// As [`VectorField::eval`].
    fn jacobian(
        &self,
        t: f64,
        p: &[f64],
        x: &[f64],
        j: &mut Matrix,
        ws: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        jacobian_by_differences(self, t, p, x, j, ws)
    }

    /// Writes J V, the Jacobian of one lane times the columns of V, to `out`, by way of the dense Jacobian unless the field
    /// knows better: the variational equation asks for it.
    ///
    /// # Errors
    /// As [`VectorField::eval`].
    fn jacobian_product(
        &self,
        t: f64,
        p: &[f64],
        x: &[f64],
        v: &Matrix,
        out: &mut Matrix,
        ws: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        let n = self.dimension();
        let mut j = Matrix::zeros(n, n);
        let kind = self.jacobian(t, p, x, &mut j, ws)?;
        if n <= 8 {
            for (from, to) in
                v.as_slice().chunks_exact(n.max(1)).zip(out.as_mut_slice().chunks_exact_mut(n.max(1)))
            {
                for (i, y) in to.iter_mut().enumerate() {
                    *y = from.iter().enumerate().map(|(k, x)| j[(i, k)] * x).sum();
                }
            }
        } else {
            linalg::mul_into(&j, v, out);
        }
        Ok(kind)
    }

    /// Writes df/dp, n x m for m parameters, of one lane to `slopes`, by central differences unless the field knows better.
    ///
    /// # Errors
    /// As [`VectorField::eval`].
    fn parameter_slopes(
        &self,
        t: f64,
        p: &[f64],
        x: &[f64],
        slopes: &mut Matrix,
        ws: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        parameter_slopes_by_differences(self, t, p, x, slopes, ws)
    }

    /// Writes f(t, x; p) to `f` and df_i/dx_i, how each rate depends on its own variable, to `a`, by central differences
    /// (2 n evaluations for all lanes at once) unless the field knows better. Exponential methods ask for it.
    ///
    /// # Errors
    /// As [`VectorField::eval`].
    fn rates(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        f: &mut [f64],
        a: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        let lanes = t.len();
        let mut y = x.to_vec();
        let (mut above, mut below) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        let step = |x: f64| f64::EPSILON.cbrt() * x.abs().max(1.0);
        for row in (0..x.len()).step_by(lanes).map(|at| at..at + lanes) {
            row.clone().for_each(|at| y[at] = x[at] + step(x[at]));
            self.eval(t, p, &y, &mut above, ws)?;
            row.clone().for_each(|at| y[at] = x[at] - step(x[at]));
            self.eval(t, p, &y, &mut below, ws)?;
            row.clone().for_each(|at| y[at] = x[at]);
            row.for_each(|at| a[at] = (above[at] - below[at]) / (2.0 * step(x[at])));
        }
        self.eval(t, p, x, f, ws)
    }

    /// Groups of variables, each variable in one at most, whose rates are linear in the group with constant coefficients.
    fn linear_blocks(&self, _p: &[f64]) -> Vec<LinearBlock> {
        Vec::new()
    }

    /// Whether f does not depend on t. `false` is always safe, and costs some solvers two evaluations a step.
    fn is_autonomous(&self) -> bool {
        false
    }

    /// Times in (t0, t1) at which the field or one of its low derivatives jumps; a solver lands on each.
    fn breakpoints(&self, _t0: f64, _t1: f64) -> Vec<f64> {
        Vec::new()
    }
}

/// Variables x_B with dx_B/dt = A x_B + b, where A is constant and b depends on other variables and on time alone.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearBlock {
    /// The indices of the variables.
    pub variables: Vec<usize>,
    /// A.
    pub a: Matrix,
}

/// Writes the Jacobian of one lane to `j`, by central differences.
///
/// # Errors
/// As [`VectorField::eval`].
pub fn jacobian_by_differences<F: VectorField + ?Sized>(
    field: &F,
    t: f64,
    p: &[f64],
    x: &[f64],
    j: &mut Matrix,
    ws: &mut Workspace,
) -> Result<JacobianKind, EvalError> {
    let n = field.dimension();
    let mut y = x.to_vec();
    let (mut above, mut below) = (vec![0.0; n], vec![0.0; n]);
    for k in 0..n {
        let h = f64::EPSILON.cbrt() * x[k].abs().max(1.0);
        y[k] = x[k] + h;
        field.eval(&[t], p, &y, &mut above, ws)?;
        y[k] = x[k] - h;
        field.eval(&[t], p, &y, &mut below, ws)?;
        y[k] = x[k];
        for i in 0..n {
            j[(i, k)] = (above[i] - below[i]) / (2.0 * h);
        }
    }
    Ok(JacobianKind::Differences)
}

/// Writes df/dp of one lane to `slopes`, by central differences.
///
/// # Errors
/// As [`VectorField::eval`].
pub fn parameter_slopes_by_differences<F: VectorField + ?Sized>(
    field: &F,
    t: f64,
    p: &[f64],
    x: &[f64],
    slopes: &mut Matrix,
    ws: &mut Workspace,
) -> Result<JacobianKind, EvalError> {
    let n = field.dimension();
    let mut q = p.to_vec();
    let (mut above, mut below) = (vec![0.0; n], vec![0.0; n]);
    for k in 0..p.len() {
        let h = f64::EPSILON.cbrt() * p[k].abs().max(1.0);
        q[k] = p[k] + h;
        field.eval(&[t], &q, x, &mut above, ws)?;
        q[k] = p[k] - h;
        field.eval(&[t], &q, x, &mut below, ws)?;
        q[k] = p[k];
        for i in 0..n {
            slopes[(i, k)] = (above[i] - below[i]) / (2.0 * h);
        }
    }
    Ok(JacobianKind::Differences)
}

/// Whether a Jacobian is exact; certificates need an exact one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JacobianKind {
    /// Written from the formula.
    Exact,
    /// Central differences.
    Differences,
}

/// A right-hand side that could not be evaluated.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("the right-hand side could not be evaluated: {reason}")]
pub struct EvalError {
    /// Why.
    pub reason: String,
}

/// Scratch memory of a field, owned by the caller so that fields stay immutable.
#[derive(Default)]
pub struct Workspace {
    buffers: Vec<Vec<f64>>,
    own: Option<Box<dyn Any + Send>>,
}

impl Clone for Workspace {
    /// New scratch memory: what is in the old one has no meaning.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for Workspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workspace").field("buffers", &self.buffers.len()).finish_non_exhaustive()
    }
}

impl Workspace {
    /// Scratch memory of a type of the field's own, made at the first call.
    pub fn own<T: Any + Send + Default>(&mut self) -> &mut T {
        let fits = self.own.as_ref().is_some_and(|own| own.is::<T>());
        if !fits {
            self.own = Some(Box::new(T::default()));
        }
        let own = self.own.as_mut().and_then(|own| own.downcast_mut());
        own.expect("memory of another type was replaced")
    }

    /// Takes buffer `k` out, with at least `len` numbers of any value; give it back with [`Workspace::put`].
    pub fn take(&mut self, k: usize, len: usize) -> Vec<f64> {
        if self.buffers.len() <= k {
            self.buffers.resize_with(k + 1, Vec::new);
        }
        let mut b = std::mem::take(&mut self.buffers[k]);
        if b.len() < len {
            b.resize(len, 0.0);
        }
        b
    }

    /// Gives buffer `k` back, so that its memory is used again.
    pub fn put(&mut self, k: usize, buffer: Vec<f64>) {
        self.buffers[k] = buffer;
    }
}
