//! Steps of a linear flow that are exact but for rounding, with the whole way between their ends.
//!
//! With e the states of the generators of the inputs (constants, ramps, sines), z = (x, e) follows dz/dt = M z between
//! breakpoints, and its Taylor series
//!
//! ```text
//! z(t + s) = sum_j c_j (s/h)^j,   c_0 = z(t),   c_{j+1} = h M c_j/(j + 1)
//! ```
//!
//! is summed until nothing is added any more. With h ||M|| at most 1 that takes some twenty products and loses no digit to
//! cancellation; the same coefficients give the state at every moment of the step, which is what the search for an event
//! asks for. A variable that is held has a zero row in M. Equal time constants and rotations are nothing special.
//!
//! The step is at most 1/||M||, with M balanced: no time constant and no rotation is overlooked.

use super::steps::Steps;
use crate::field::{EvalError, LinearSystem};
use crate::simulate::propagator::Propagators;
use crate::simulate::stepper::Step;
use linalg::{Matrix, Sparse, mul_vec_into};

/// Most terms of the series; chains of more variables than that fill up beyond it by less than rounding.
const TERMS: usize = 64;

/// One trajectory of a linear flow.
pub(crate) struct Taylor<'a> {
    inputs: Propagators<'a>,
    product: Product,
    n: usize,
    t: f64,
    h: f64,
    longest: f64,
    held: Vec<bool>,
    /// c_j, one after the other.
    c: Vec<f64>,
    terms: usize,
    x: Vec<f64>,
    y: Vec<f64>,
    until: f64,
    beside: (Vec<f64>, Vec<f64>),
    products: usize,
}

/// M, in the form that is cheaper.
enum Product {
    Dense(Matrix),
    Sparse(Sparse),
}

impl<'a> Taylor<'a> {
    /// For one system; `finer` divides the longest step.
    pub(crate) fn new(system: &'a LinearSystem, finer: f64) -> Self {
        let inputs = Propagators::new(system);
        let n = system.dimension();
        let m = inputs.matrix().clone();
        let norm = rate(&m, n);
        let entries = m.as_slice().iter().filter(|v| **v != 0.0).count();
        let product = if m.rows() > 8 && entries < m.as_slice().len() / 3 {
            Product::Sparse(Sparse::from_dense(&m, 0.0))
        } else {
            Product::Dense(m)
        };
        Self {
            inputs,
            product,
            n,
            t: 0.0,
            h: 0.0,
            longest: 1.0 / (norm * finer),
            held: vec![false; n],
            c: Vec::new(),
            terms: 0,
            x: vec![0.0; n],
            y: vec![0.0; n],
            until: 0.0,
            beside: (vec![0.0; n], vec![0.0; n]),
            products: 0,
        }
    }

    /// The coefficients for a step of h; whether the series has ended.
    fn expand(&mut self, h: f64) -> bool {
        let n = self.n;
        self.c.clear();
        self.c.extend_from_slice(&self.x);
        self.c.extend(self.inputs.generators(self.t));
        let size = self.c.len();
        let mut largest: Vec<f64> = self.c.iter().map(|c| c.abs()).collect();
        let mut quiet = 0;
        for j in 0..TERMS {
            let at = j * size;
            self.c.resize(at + 2 * size, 0.0);
            let (before, next) = self.c[at..].split_at_mut(size);
            match &self.product {
                Product::Dense(m) => mul_vec_into(m, before, next),
                Product::Sparse(m) => m.mul_vec_into(before, next),
            }
            self.products += 1;
            let scale = h / (j + 1) as f64;
            next.iter_mut().for_each(|c| *c *= scale);
            next[..n].iter_mut().zip(&self.held).filter(|(_, held)| **held).for_each(|(c, _)| *c = 0.0);
            let mut small = true;
            for (c, l) in next.iter().zip(&mut largest) {
                small &= c.abs() <= 2f64.powi(-57) * *l;
                *l = l.max(c.abs());
            }
            // Two terms in a row: one alone may vanish in an oscillation.
            quiet = if small { quiet + 1 } else { 0 };
            self.terms = j + 2;
            if quiet == 2 {
                return true;
            }
        }
        false
    }

    /// The state at fraction `theta` of the step.
    fn sum(c: &[f64], size: usize, terms: usize, theta: f64, out: &mut [f64]) {
        let n = out.len();
        out.copy_from_slice(&c[(terms - 1) * size..][..n]);
        for j in (0..terms - 1).rev() {
            out.iter_mut().zip(&c[j * size..][..n]).for_each(|(o, c)| *o = *o * theta + c);
        }
    }

    fn size(&self) -> usize {
        self.inputs.matrix().rows()
    }
}

impl Steps for Taylor<'_> {
    fn start(&mut self, t: f64, x: &[f64], held: &[bool]) -> Result<(), EvalError> {
        self.t = t;
        self.x.copy_from_slice(x);
        self.held.copy_from_slice(held);
        Ok(())
    }

    fn regrid(&mut self) {}

    fn step(&mut self, stop: f64) -> Result<Step, EvalError> {
        let left = stop - self.t;
        let pieces = (left / self.longest).ceil().max(1.0);
        let mut h = left / pieces;
        self.until = if pieces == 1.0 { stop } else { self.t + h };
        // The state is carried to the time that the doubles have, or the inputs would run ahead of it.
        h = self.until - self.t;
        // A series that does not end within its terms belongs to a norm that was too small a bound: halve.
        for _ in 0..8 {
            if self.expand(h) || h * 2.0 < self.longest {
                break;
            }
            self.until = self.t + 0.5 * h;
            h = self.until - self.t;
        }
        self.h = h;
        if self.until <= self.t {
            return Ok(Step::TooSmall { step: h, variable: None });
        }
        Self::sum(&self.c, self.size(), self.terms, 1.0, &mut self.y);
        let fine = self.y.iter().all(|y| y.is_finite());
        Ok(if fine { Step::To(self.until) } else { Step::Diverges })
    }

    fn length(&self) -> f64 {
        self.h
    }

    fn after(&self) -> &[f64] {
        &self.y
    }

    fn dense(&mut self, theta: &[f64], out: &mut [f64]) -> Result<(), EvalError> {
        let (size, lanes) = (self.size(), theta.len());
        for (j, &theta) in theta.iter().enumerate() {
            Self::sum(&self.c, size, self.terms, theta, &mut self.beside.0);
            for (row, x) in out.chunks_exact_mut(lanes).zip(&self.beside.0) {
                row[j] = *x;
            }
        }
        Ok(())
    }

    fn read(&mut self, t: f64, out: &mut [f64]) -> Result<(), EvalError> {
        Self::sum(&self.c, self.size(), self.terms, (t - self.t) / self.h, out);
        Ok(())
    }

    fn probe(&mut self, h: f64) -> Result<(&[f64], &[f64]), EvalError> {
        let (theta, size, n) = (h / self.h, self.size(), self.n);
        let (x, slope) = (&mut self.beside.0, &mut self.beside.1);
        Self::sum(&self.c, size, self.terms, theta, x);
        // The series, term by term: sum_j j c_j theta^(j - 1)/h.
        slope.fill(0.0);
        for j in (1..self.terms).rev() {
            slope.iter_mut().zip(&self.c[j * size..][..n]).for_each(|(s, c)| *s = *s * theta + j as f64 * c);
        }
        slope.iter_mut().for_each(|s| *s /= self.h);
        Ok((&self.beside.0, &self.beside.1))
    }

    fn accept(&mut self) {
        std::mem::swap(&mut self.x, &mut self.y);
        self.t = self.until;
    }

    fn work(&self) -> (usize, usize) {
        (0, self.products)
    }

    fn samples(&self) -> usize {
        8
    }
}

/// A bound on the rates of M = [A B; 0 S]: the 1-norm of its diagonal blocks, each balanced by powers of 2. B adds none: the
/// inputs could be measured in a smaller unit.
fn rate(m: &Matrix, n: usize) -> f64 {
    let size = m.rows();
    let block = |i: usize| i >= n;
    let mut d = vec![1.0f64; size];
    for _ in 0..8 {
        for i in 0..size {
            let others = (0..size).filter(|&j| j != i && block(j) == block(i));
            let (row, column) = others.fold((0.0, 0.0), |(row, column), j| {
                (row + m[(i, j)].abs() * d[j], column + m[(j, i)].abs() / d[j])
            });
            let (row, column) = (row / d[i], column * d[i]);
            if row > 0.0 && column > 0.0 && (row / column).is_finite() {
                d[i] *= (0.5 * (row / column).log2()).round().exp2();
            }
        }
    }
    let sum = |j: usize| -> f64 {
        (0..size).filter(|&i| block(i) == block(j)).map(|i| m[(i, j)].abs() * d[j] / d[i]).sum()
    };
    (0..size).map(sum).fold(0.0, f64::max).max(f64::MIN_POSITIVE)
}
