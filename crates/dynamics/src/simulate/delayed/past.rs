//! The path that a delayed system remembers: its history, then the dense output of its steps.

use crate::field::{Delayed, EvalError, History, VectorField, Workspace};
use crate::simulate::block::Block;
use crate::simulate::tableau::Tableau;
use std::collections::VecDeque;

/// The path so far, as far back as the longest delay.
pub(crate) struct Past<'a> {
    history: History<'a>,
    t0: f64,
    x0: Vec<f64>,
    m: &'static Tableau,
    pieces: VecDeque<Piece>,
}

/// One step with all its evaluations.
struct Piece {
    t: f64,
    h: f64,
    /// The state at its beginning, then the evaluations.
    numbers: Vec<f64>,
}

impl<'a> Past<'a> {
    /// Nothing but the history.
    pub(crate) fn new(history: History<'a>, t0: f64, x0: &[f64], m: &'static Tableau) -> Self {
        Self { history, t0, x0: x0.to_vec(), m, pieces: VecDeque::new() }
    }

    /// Keeps the step that `block` just took, and forgets what lies before `oldest`.
    pub(crate) fn keep(&mut self, block: &Block, oldest: f64) {
        let mut numbers = match self.pieces.front() {
            Some(first) if first.t + first.h < oldest => {
                self.pieces.pop_front().map_or_else(Vec::new, |piece| piece.numbers)
            }
            _ => Vec::new(),
        };
        while self.pieces.front().is_some_and(|first| first.t + first.h < oldest) {
            self.pieces.pop_front();
        }
        numbers.clear();
        numbers.extend_from_slice(&block.x);
        block.k.iter().for_each(|k| numbers.extend_from_slice(k));
        self.pieces.push_back(Piece { t: block.t[0], h: block.h[0], numbers });
    }

    /// How many numbers are kept.
    pub(crate) fn size(&self) -> usize {
        self.pieces.len() * self.x0.len() * (1 + self.m.evaluations())
    }

    /// Writes the state at time t; of the two sides of t0 it is the one before it if `is_before`.
    fn read(&self, t: f64, is_before: bool, out: &mut [f64], weights: &mut [f64]) {
        let n = out.len();
        if is_before || self.pieces.is_empty() {
            match self.history {
                History::Constant => out.copy_from_slice(&self.x0),
                History::Function(f) if is_before => f(t.min(self.t0), out),
                History::Function(_) => out.copy_from_slice(&self.x0),
            }
            return;
        }
        let at = self.pieces.partition_point(|piece| piece.t <= t).saturating_sub(1);
        let piece = &self.pieces[at];
        (self.m.dense)(((t - piece.t) / piece.h).clamp(0.0, 1.0), weights);
        let (x, evaluations) = piece.numbers.split_at(n);
        out.fill(0.0);
        for (k, w) in evaluations.chunks_exact(n).zip(weights).filter(|(_, w)| **w != 0.0) {
            out.iter_mut().zip(k).for_each(|(o, k)| *o += *w * k);
        }
        out.iter_mut().zip(x).for_each(|(o, x)| *o = x + piece.h * *o);
    }
}

/// A delayed system during one step: a field, since the past is known.
pub(crate) struct Remembering<'a> {
    pub(crate) system: &'a dyn Delayed,
    pub(crate) delays: &'a [f64],
    pub(crate) past: &'a Past<'a>,
    /// A time within the step: it says on which side of t0 the past of a moment lies.
    pub(crate) within: f64,
}

impl VectorField for Remembering<'_> {
    fn dimension(&self) -> usize {
        self.system.dimension()
    }

    fn eval(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        dx: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        let (n, lanes) = (self.system.dimension(), t.len());
        let mut past = vec![0.0; self.delays.len() * n * lanes];
        let (mut state, mut weights) = (vec![0.0; n], vec![0.0; self.past.m.evaluations()]);
        for (delay, rows) in self.delays.iter().zip(past.chunks_exact_mut((n * lanes).max(1))) {
            let is_before = self.within - delay < self.past.t0;
            for (l, t) in t.iter().enumerate() {
                self.past.read(t - delay, is_before, &mut state, &mut weights);
                state.iter().enumerate().for_each(|(i, x)| rows[i * lanes + l] = *x);
            }
        }
        self.system.eval(t, p, x, &past, dx, ws)
    }
}
