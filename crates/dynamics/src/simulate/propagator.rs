//! The exact step of a driven linear system, as one matrix exponential.
//!
//! Between breakpoints every signal u solves a little linear equation of its own: a constant u' = 0, a ramp u'' = 0, a sine
//! s' = w c, c' = -w s. With e the states of these generators (S their matrix, B the directions of the drives)
//!
//! ```text
//! d/dt [x]   [A B] [x]                            [E  G]
//!      [e] = [0 S] [e],   x(t + h) = E x + G e,   [0  .] = exp(h [A B; 0 S])
//! ```
//!
//! and e is read anew from the signals at every step, so that it carries no error along.

use crate::field::{LinearSystem, Signal};
use linalg::{Matrix, expm, mul, mul_vec_into};

/// The augmented matrix of a system, and the propagators made of it, by length.
pub(crate) struct Propagators<'a> {
    system: &'a LinearSystem,
    n: usize,
    augmented: Matrix,
    cache: Vec<(f64, Propagator)>,
}

/// E and G of one length.
#[derive(Clone)]
pub(crate) struct Propagator {
    e: Matrix,
    g: Matrix,
}

/// More lengths than this are not kept.
const KEPT: usize = 64;

impl<'a> Propagators<'a> {
    /// For one system.
    pub(crate) fn new(system: &'a LinearSystem) -> Self {
        let n = system.dimension();
        let mut columns: Vec<Vec<f64>> = Vec::new();
        let mut generators: Vec<(usize, usize, f64)> = Vec::new();
        if system.g.iter().any(|g| *g != 0.0) {
            columns.push(system.g.clone());
        }
        for drive in &system.drives {
            let at = n + columns.len();
            columns.push(drive.direction.clone());
            match &drive.signal {
                Signal::Constant { .. } | Signal::Step { .. } | Signal::Pulse { .. } => {}
                Signal::Ramp { .. } | Signal::Samples { .. } => {
                    columns.push(vec![0.0; n]);
                    generators.push((at, at + 1, 1.0));
                }
                sine @ Signal::Sine { .. } => {
                    columns.push(vec![0.0; n]);
                    let w = sine.angular_frequency();
                    generators.extend([(at, at + 1, w), (at + 1, at, -w)]);
                }
            }
        }
        let size = n + columns.len();
        let mut augmented = Matrix::zeros(size, size);
        for j in 0..n {
            augmented.column_mut(j)[..n].copy_from_slice(system.a.column(j));
        }
        for (j, b) in columns.iter().enumerate() {
            augmented.column_mut(n + j)[..n].copy_from_slice(b);
        }
        for (i, j, v) in generators {
            augmented[(i, j)] = v;
        }
        Self { system, n, augmented, cache: Vec::new() }
    }

    /// [A B; 0 S].
    pub(crate) fn matrix(&self) -> &Matrix {
        &self.augmented
    }

    /// The states e of the generators at time t, of the piece that begins there.
    pub(crate) fn generators(&self, t: f64) -> Vec<f64> {
        let mut e = Vec::with_capacity(self.augmented.rows() - self.n);
        if self.system.g.iter().any(|g| *g != 0.0) {
            e.push(1.0);
        }
        for drive in &self.system.drives {
            let signal = &drive.signal;
            e.push(signal.value(t));
            match signal {
                Signal::Constant { .. } | Signal::Step { .. } | Signal::Pulse { .. } => {}
                Signal::Ramp { .. } | Signal::Samples { .. } => e.push(signal.slope(t)),
                Signal::Sine { .. } => {
                    let w = signal.angular_frequency();
                    e.push(if w == 0.0 { 0.0 } else { signal.slope(t) / w });
                }
            }
        }
        e
    }

    /// The propagator of length h; lengths within `slack` of each other are the same length.
    pub(crate) fn of_length(&mut self, h: f64, slack: f64) -> Propagator {
        if let Some((_, known)) = self.cache.iter().find(|(k, _)| (k - h).abs() <= slack) {
            return known.clone();
        }
        let made = self.split(&expm(&self.augmented.scaled(h)));
        if self.cache.len() < KEPT {
            self.cache.push((h, made.clone()));
        }
        made
    }

    /// The propagator of twice the length.
    pub(crate) fn doubled(&self, p: &Propagator, h: f64) -> Propagator {
        let size = self.augmented.rows();
        if size == self.n {
            return Propagator { e: mul(&p.e, &p.e), g: p.g.clone() };
        }
        let s =
            Matrix::from_fn(size - self.n, size - self.n, |i, j| self.augmented[(self.n + i, self.n + j)]);
        let exosystem = expm(&s.scaled(h));
        Propagator { e: mul(&p.e, &p.e), g: &mul(&p.e, &p.g) + &mul(&p.g, &exosystem) }
    }

    fn split(&self, full: &Matrix) -> Propagator {
        let (n, size) = (self.n, full.rows());
        Propagator {
            e: Matrix::from_fn(n, n, |i, j| full[(i, j)]),
            g: Matrix::from_fn(n, size - n, |i, j| full[(i, n + j)]),
        }
    }

    /// Moves the states x (n x k) from t to t + h.
    ///
    /// Where the exponential of the whole step is beyond the doubles the step is taken in halves: what grows may not be
    /// in the state at all.
    pub(crate) fn hop(&mut self, x: &Matrix, t: f64, h: f64, slack: f64) -> Matrix {
        let p = self.of_length(h, slack);
        if p.is_finite() {
            return p.apply(x, &self.generators(t));
        }
        let mut pieces = 2u32;
        loop {
            let step = h / f64::from(pieces);
            let p = self.split(&expm(&self.augmented.scaled(step)));
            if p.is_finite() {
                let mut x = x.clone();
                for k in 0..pieces {
                    x = p.apply(&x, &self.generators(t + f64::from(k) * step));
                    if !x.is_finite() {
                        break;
                    }
                }
                return x;
            }
            if pieces >= 1 << 20 {
                return x.map(|_| f64::INFINITY);
            }
            pieces *= 2;
        }
    }
}

impl Propagator {
    /// E x + G e for each column of x.
    pub(crate) fn apply(&self, x: &Matrix, e: &[f64]) -> Matrix {
        let mut y = if x.cols() == 1 {
            let mut y = Matrix::zeros(x.rows(), 1);
            mul_vec_into(&self.e, x.as_slice(), y.as_mut_slice());
            y
        } else {
            mul(&self.e, x)
        };
        if !e.is_empty() {
            let drift = self.g.mul_vec(e);
            for j in 0..y.cols() {
                y.column_mut(j).iter_mut().zip(&drift).for_each(|(y, d)| *y += d);
            }
        }
        y
    }

    /// Whether no entry overflowed.
    pub(crate) fn is_finite(&self) -> bool {
        self.e.is_finite() && self.g.is_finite()
    }
}
