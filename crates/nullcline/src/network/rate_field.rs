//! The field of a network of rate units.
//!
//! With r_j what unit j sends, s_i what unit i hears, and W u the sum of the inputs:
//!
//! ```text
//! r_j = x_j                        form `rate`          s_i = sum_j M_ij r_j + sum_k W_ik u_k(t) + h_i
//!     = F(x_j)                     form `current`
//! tau_i dx_i/dt = -leak x_i + F(s_i)   form `rate`      = -leak x_i + s_i   form `current`
//! ```
//!
//! | symbol | shape | meaning |
//! |---|---|---|
//! | M | n x n | weights, [post, pre] |
//! | u_k, W | m, n x m | signals and hidden Ornstein-Uhlenbeck processes |
//! | tau, h | n | time constants, constant input |
//!
//! A noise inside F is a variable of its own, dz/dt = -z/tau_z (+ white noise, which the simulation adds), behind the units.
//!
//! Cost: one product with M an evaluation; for many lanes at once one matrix product.

use super::{Connections, Form, Transfer};
use dynamics::field::{Drive, EvalError, JacobianKind, VectorField, Workspace};
use linalg::Matrix;
use std::ops::Range;

/// The right-hand side of a network of rate units.
#[derive(Clone, Debug)]
pub struct RateField {
    /// M.
    pub m: Connections,
    /// Units of one form and one transfer function, covering all units in order.
    pub segments: Vec<Segment>,
    /// 1/tau of each unit.
    pub inverse_tau: Vec<f64>,
    /// Factor of -x of each unit.
    pub leak: Vec<f64>,
    /// h.
    pub h: Vec<f64>,
    /// Columns of W with their signals.
    pub drives: Vec<Drive>,
    /// Noises inside F.
    pub hidden: Vec<Hidden>,
}

/// Units of one form and one transfer function.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Their indices.
    pub range: Range<usize>,
    /// Where F sits.
    pub form: Form,
    /// F.
    pub transfer: Transfer,
}

/// An Ornstein-Uhlenbeck process that units hear inside F.
#[derive(Clone, Debug, PartialEq)]
pub struct Hidden {
    /// Its column of W.
    pub direction: Vec<f64>,
    /// Its correlation time.
    pub tau: f64,
}

impl RateField {
    /// The number of units; hidden noises follow them in the state.
    pub fn units(&self) -> usize {
        self.h.len()
    }

    /// Replaces x by what the units send.
    fn send(&self, x: &mut [f64], lanes: usize) {
        for s in self.segments.iter().filter(|s| s.form == Form::Current) {
            s.transfer.apply_in_place(&mut x[s.range.start * lanes..s.range.end * lanes]);
        }
    }

    /// What the units hear, from what they send.
    fn hear(&self, t: &[f64], x: &[f64], sent: &[f64], heard: &mut [f64]) {
        let (n, lanes) = (self.units(), t.len());
        match &self.m {
            Connections::Dense(m) => linalg::mul_lanes_into(m, sent, lanes, heard),
            Connections::Sparse(m) if lanes == 1 => m.mul_vec_into(sent, heard),
            Connections::Sparse(m) => m.mul_into(sent, lanes, heard),
        }
        for (s, &h) in heard.chunks_exact_mut(lanes).zip(&self.h) {
            s.iter_mut().for_each(|s| *s += h);
        }
        for drive in &self.drives {
            for (l, &t) in t.iter().enumerate() {
                let u = drive.signal.value(t);
                if u != 0.0 {
                    drive.direction.iter().enumerate().for_each(|(i, b)| heard[i * lanes + l] += b * u);
                }
            }
        }
        for (hidden, z) in self.hidden.iter().zip(x[n * lanes..].chunks_exact(lanes)) {
            for (i, &b) in hidden.direction.iter().enumerate().filter(|(_, b)| **b != 0.0) {
                heard[i * lanes..(i + 1) * lanes].iter_mut().zip(z).for_each(|(s, z)| *s += b * z);
            }
        }
    }
}

impl VectorField for RateField {
    fn dimension(&self) -> usize {
        self.units() + self.hidden.len()
    }

    fn eval(
        &self,
        t: &[f64],
        _p: &[f64],
        x: &[f64],
        dx: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        let (n, lanes) = (self.units(), t.len());
        if lanes == 0 {
            return Ok(());
        }
        let (own, hidden) = dx.split_at_mut(n * lanes);
        if self.segments.iter().all(|s| s.form == Form::Rate) {
            self.hear(t, x, &x[..n * lanes], own);
        } else {
            let mut buffer = ws.take(0, n * lanes);
            let sent = &mut buffer[..n * lanes];
            sent.copy_from_slice(&x[..n * lanes]);
            self.send(sent, lanes);
            self.hear(t, x, sent, own);
            ws.put(0, buffer);
        }
        for s in self.segments.iter().filter(|s| s.form == Form::Rate) {
            s.transfer.apply_in_place(&mut own[s.range.start * lanes..s.range.end * lanes]);
        }
        let rows = own.chunks_exact_mut(lanes).zip(x.chunks_exact(lanes));
        for ((row, x), (&leak, &rate)) in rows.zip(self.leak.iter().zip(&self.inverse_tau)) {
            row.iter_mut().zip(x).for_each(|(d, x)| *d = (*d - leak * x) * rate);
        }
        let rows = hidden.chunks_exact_mut(lanes).zip(x[n * lanes..].chunks_exact(lanes));
        for ((row, z), noise) in rows.zip(&self.hidden) {
            row.iter_mut().zip(z).for_each(|(d, z)| *d = -z / noise.tau);
        }
        Ok(())
    }

    fn jacobian(
        &self,
        t: f64,
        _p: &[f64],
        x: &[f64],
        j: &mut Matrix,
        ws: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        let n = self.units();
        // dx_i/dt has the slope row_i (M_ij column_j + …)/tau_i: F' of the target in form `rate`, of the source in `current`.
        let (mut row, mut column) = (ws.take(0, n), ws.take(1, n));
        row[..n].copy_from_slice(&x[..n]);
        self.send(&mut row[..n], 1);
        self.hear(&[t], x, &row[..n], &mut column[..n]);
        for s in &self.segments {
            for i in s.range.clone() {
                (row[i], column[i]) = match s.form {
                    Form::Rate => (s.transfer.derivative(column[i]), 1.0),
                    Form::Current => (1.0, s.transfer.derivative(x[i])),
                };
            }
        }
        j.as_mut_slice().fill(0.0);
        match &self.m {
            Connections::Dense(m) => {
                for k in 0..n {
                    j.column_mut(k)[..n].copy_from_slice(m.column(k));
                }
            }
            Connections::Sparse(m) => m.triplets().for_each(|(i, k, w)| j[(i, k)] = w),
        }
        for k in 0..n {
            for i in 0..n {
                j[(i, k)] *= row[i] * column[k] * self.inverse_tau[i];
            }
            j[(k, k)] -= self.leak[k] * self.inverse_tau[k];
        }
        for (k, hidden) in self.hidden.iter().enumerate() {
            for i in 0..n {
                j[(i, n + k)] = row[i] * hidden.direction[i] * self.inverse_tau[i];
            }
            j[(n + k, n + k)] = -1.0 / hidden.tau;
        }
        ws.put(0, row);
        ws.put(1, column);
        Ok(JacobianKind::Exact)
    }

    fn breakpoints(&self, t0: f64, t1: f64) -> Vec<f64> {
        let mut at: Vec<f64> = self.drives.iter().flat_map(|d| d.signal.breakpoints(t0, t1)).collect();
        at.sort_by(f64::total_cmp);
        at.dedup();
        at
    }
}
