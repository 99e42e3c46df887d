//! One step of the variables of a block of units, without spikes.
//!
//! ```text
//! x' = P x + q                                   the linear part, with P = exp(h A)
//! x' = x + h (e^(h a) - 1)/(h a) (a x + b)       each other variable, with a and b at the start of the step
//! ```
//!
//! The variables of a block lie one after the other, each as long as the block. Entries of P that are 0 cost nothing: a current
//! that only decays is one multiplication.

use super::description::{Flow, Propagator, Rates};
use super::lanes::LANES;
use equations::{Scratch, Sources, elementary};

/// P and q, row by row, without the zeros.
#[derive(Clone)]
pub(super) struct Motion {
    rows: Vec<Line>,
    rates: Option<Rates>,
}

#[derive(Clone)]
struct Line {
    variable: usize,
    /// Variables and factors; the row's own variable comes first.
    terms: Vec<(usize, f64)>,
    shift: f64,
}

impl Motion {
    pub(super) fn new(flow: &Flow) -> Self {
        let mut rows = Vec::new();
        if let Some(Propagator { variables, matrix, shift }) = &flow.linear {
            let k = variables.len();
            for (i, &variable) in variables.iter().enumerate() {
                let mut terms = vec![(variable, matrix[i * k + i])];
                let others = (0..k).filter(|&j| j != i && matrix[i * k + j] != 0.0);
                terms.extend(others.map(|j| (variables[j], matrix[i * k + j])));
                rows.push(Line { variable, terms, shift: shift[i] });
            }
            // Rows that others do not enter are written in place, after the others have read them.
            rows.sort_by_key(|row| row.terms.len() == 1);
        }
        Self { rows, rates: flow.rates.clone() }
    }
}

/// Memory of a step.
#[derive(Clone)]
pub(super) struct Work {
    pub(super) scratch: Scratch,
    pub(super) values: Vec<f64>,
    next: Vec<f64>,
}

impl Default for Work {
    fn default() -> Self {
        Self { scratch: Scratch::default(), values: Vec::new(), next: vec![0.0; LANES] }
    }
}

/// Moves a block; `rests` is given for the variables that are held, and says which units rest.
#[inline(always)]
pub(super) fn step(
    motion: &Motion,
    dt: f64,
    sources: &Sources<'_>,
    x: &mut [f64],
    lanes: usize,
    held: &[bool],
    free: &[f64],
    now: f64,
    work: &mut Work,
) {
    if let Some(Rates { kernel, .. }) = &motion.rates {
        work.values.resize(kernel.outputs() * lanes, 0.0);
        let sources = Sources { states: x, ..*sources };
        kernel.eval(&sources, lanes, &mut work.values, &mut work.scratch);
    }
    let coupled = motion.rows.iter().filter(|row| row.terms.len() > 1).count();
    if work.next.len() < coupled * LANES {
        work.next.resize(coupled * LANES, 0.0);
    }
    for (row, next) in motion.rows[..coupled].iter().zip(work.next.chunks_exact_mut(LANES)) {
        combine(row, x, lanes, &mut next[..lanes]);
    }
    for row in &motion.rows[coupled..] {
        let own = &mut x[row.variable * lanes..][..lanes];
        let (factor, shift) = (row.terms[0].1, row.shift);
        if held[row.variable] {
            decay_held(own, factor, shift, &free[..lanes], now);
        } else {
            decay(own, factor, shift);
        }
    }
    for (row, next) in motion.rows[..coupled].iter().zip(work.next.chunks_exact(LANES)) {
        let own = &mut x[row.variable * lanes..][..lanes];
        if held[row.variable] {
            choose(own, &next[..lanes], &free[..lanes], now);
        } else {
            own.copy_from_slice(&next[..lanes]);
        }
    }
    if let Some(rates) = &motion.rates {
        relax(rates, dt, x, lanes, held, free, now, work);
    }
}

fn relax(
    rates: &Rates,
    dt: f64,
    x: &mut [f64],
    lanes: usize,
    held: &[bool],
    free: &[f64],
    now: f64,
    work: &mut Work,
) {
    let (a, b) = work.values.split_at_mut(rates.variables.len() * lanes);
    for (k, &variable) in rates.variables.iter().enumerate() {
        let (a, b) = (&a[k * lanes..][..lanes], &mut b[k * lanes..][..lanes]);
        let own = &mut x[variable * lanes..][..lanes];
        if rates.whole[k] {
            b.iter_mut().zip(a).zip(&*own).for_each(|((b, a), x)| *b -= a * x);
        }
        if held[variable] {
            let next = &mut work.next[..lanes];
            next.copy_from_slice(own);
            elementary::relax_in_place(dt, a, b, next);
            choose(own, next, &free[..lanes], now);
        } else {
            elementary::relax_in_place(dt, a, b, own);
        }
    }
}

/// One row of P x + q.
#[inline(always)]
fn combine(row: &Line, x: &[f64], lanes: usize, y: &mut [f64]) {
    let of = |k: usize| (&x[row.terms[k].0 * lanes..][..lanes], row.terms[k].1);
    let ((x0, a), (x1, b)) = (of(0), of(1));
    let mut used = 2;
    if row.terms.len() > 2 {
        let (x2, c) = of(2);
        used = 3;
        for (((y, x0), x1), x2) in y.iter_mut().zip(x0).zip(x1).zip(x2) {
            *y = a.mul_add(*x0, b.mul_add(*x1, c.mul_add(*x2, row.shift)));
        }
    } else {
        for ((y, x0), x1) in y.iter_mut().zip(x0).zip(x1) {
            *y = a.mul_add(*x0, b.mul_add(*x1, row.shift));
        }
    }
    for k in used..row.terms.len() {
        let (x, a) = of(k);
        for (y, x) in y.iter_mut().zip(x) {
            *y = a.mul_add(*x, *y);
        }
    }
}

#[inline(always)]
fn decay(x: &mut [f64], factor: f64, shift: f64) {
    for x in x {
        *x = factor.mul_add(*x, shift);
    }
}

#[inline(always)]
fn decay_held(x: &mut [f64], factor: f64, shift: f64, free: &[f64], now: f64) {
    for (x, free) in x.iter_mut().zip(free) {
        let (old, next) = (*x, factor.mul_add(*x, shift));
        *x = if *free > now { old } else { next };
    }
}

#[inline(always)]
fn choose(x: &mut [f64], next: &[f64], free: &[f64], now: f64) {
    for ((x, next), free) in x.iter_mut().zip(next).zip(free) {
        // By bits: as a choice of numbers it would become a choice of places, one by one.
        let rests = 0u64.wrapping_sub(u64::from(*free > now));
        *x = f64::from_bits(x.to_bits() & rests | next.to_bits() & !rests);
    }
}
