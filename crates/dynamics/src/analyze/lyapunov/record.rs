//! The record of growth: ln R_ii of every interval, and what can be said of its mean.

use super::exponents::{Estimate, LyapunovExponents, LyapunovVerdict};

/// So many running averages are kept at most.
const KEPT: usize = 200;
/// Halves that differ by more than so many standard errors of their difference do not agree.
const DISAGREE: f64 = 4.0;

/// The growth of k tangent vectors over intervals of equal length.
pub(super) struct Record {
    k: usize,
    span: f64,
    logs: Vec<f64>,
}

/// What else is known when a record is judged.
pub(super) struct Circumstances {
    pub(super) dimension: usize,
    pub(super) tolerance: f64,
    pub(super) along_flow: Option<f64>,
    pub(super) has_trivial: bool,
    pub(super) mean_divergence: Option<f64>,
    /// What the length of the steps costs each exponent, in the order of the record; empty where it is not known.
    pub(super) step_errors: Vec<f64>,
    pub(super) ended: Option<LyapunovVerdict>,
    pub(super) state: Vec<f64>,
}

impl Record {
    pub(super) fn new(k: usize, span: f64) -> Self {
        Self { k, span, logs: Vec::new() }
    }

    pub(super) fn push(&mut self, diagonal: &[f64]) {
        self.logs.extend(diagonal.iter().map(|d| d.ln()));
    }

    fn rows(&self) -> usize {
        self.logs.len() / self.k.max(1)
    }

    fn mean(&self, i: usize, from: usize, to: usize) -> f64 {
        let sum: f64 = (from..to).map(|m| self.logs[m * self.k + i]).sum();
        sum / ((to - from) as f64 * self.span)
    }

    /// The largest standard error that blocks of three lengths give; infinite where there are fewer than 8 intervals.
    fn standard_error(&self, i: usize) -> f64 {
        let rows = self.rows();
        let of = |blocks: usize| {
            let length = rows / blocks;
            let means: Vec<f64> = (0..blocks).map(|b| self.mean(i, b * length, (b + 1) * length)).collect();
            let mean = means.iter().sum::<f64>() / blocks as f64;
            let square: f64 = means.iter().map(|m| (m - mean).powi(2)).sum();
            (square / (blocks * (blocks - 1)) as f64).sqrt()
        };
        if rows < 8 {
            return f64::INFINITY;
        }
        [8, 16, 32].into_iter().filter(|&b| b <= rows).map(of).fold(0.0, f64::max)
    }

    pub(super) fn judge(&self, c: Circumstances) -> LyapunovExponents {
        let (rows, k) = (self.rows(), self.k);
        let half = rows / 2;
        let rounding = 4.0 * f64::EPSILON / self.span;
        // The sum is known in another way: what it is wrong by, any of them may be wrong by.
        let total: f64 = (0..k).filter(|_| rows > 0).map(|i| self.mean(i, 0, rows)).sum();
        let mismatch = c.mean_divergence.map_or(0.0, |m| (total - m).abs());
        let mut list: Vec<(Estimate, f64, f64, f64, usize)> = (0..k)
            .map(|i| {
                if rows == 0 {
                    let unknown = Estimate { value: f64::NAN, error: f64::INFINITY };
                    return (unknown, f64::NAN, f64::NAN, f64::INFINITY, i);
                }
                let (value, scatter) = (self.mean(i, 0, rows), self.standard_error(i));
                let (first, second) = if half == 0 {
                    (value, value)
                } else {
                    (self.mean(i, 0, half), self.mean(i, half, rows))
                };
                let of_step = c.step_errors.get(i).copied().unwrap_or(0.0);
                let rounding = rounding + 4.0 * f64::EPSILON * value.abs();
                let error = scatter.max(0.5 * (first - second).abs()) + of_step + mismatch + rounding;
                let error = if error.is_nan() { f64::INFINITY } else { error };
                (Estimate { value, error }, first, second, scatter, i)
            })
            .collect();
        list.sort_by(|a, b| b.0.value.total_cmp(&a.0.value));
        let exponents: Vec<Estimate> = list.iter().map(|e| e.0).collect();
        let all = k == c.dimension;
        let sum: f64 = exponents.iter().map(|e| e.value).sum();
        let scale = exponents.iter().map(|e| e.value.abs()).fold(0.0, f64::max);
        let scale = if scale > 0.0 { scale } else { 1.0 };
        let zero = |e: &Estimate| e.value.abs() <= c.tolerance * scale + DISAGREE * e.error;
        let trivial = c.has_trivial.then(|| nearest_zero(&exponents, all)).flatten();
        let trivial = trivial.filter(|&i| zero(&exponents[i]));
        let counted: Vec<Estimate> = exponents
            .iter()
            .enumerate()
            .map(|(i, e)| if trivial == Some(i) { Estimate { value: 0.0, ..*e } } else { *e })
            .collect();
        let verdict = c.ended.unwrap_or_else(|| {
            self.verdict(&list, c.tolerance * scale, c.mean_divergence.map(|m| (sum - m).abs()))
        });
        let stride = rows.div_ceil(KEPT).max(1);
        let mut totals = vec![0.0; k];
        let (mut times, mut running) = (Vec::new(), Vec::new());
        for m in 0..rows {
            (0..k).for_each(|i| totals[i] += self.logs[m * k + i]);
            if (m + 1) % stride == 0 || m + 1 == rows {
                let time = (m + 1) as f64 * self.span;
                times.push(time);
                running.push(list.iter().map(|e| totals[e.4] / time).collect());
            }
        }
        LyapunovExponents {
            halves: [list.iter().map(|e| e.1).collect(), list.iter().map(|e| e.2).collect()],
            times,
            running,
            verdict,
            trivial,
            along_flow: c.along_flow,
            dimension: dimension(&counted, all),
            entropy: entropy(&counted, all),
            sum,
            mean_divergence: c.mean_divergence,
            time: rows as f64 * self.span,
            state: c.state,
            exponents,
        }
    }

    fn verdict(
        &self,
        list: &[(Estimate, f64, f64, f64, usize)],
        tolerance: f64,
        difference: Option<f64>,
    ) -> LyapunovVerdict {
        if let Some(difference) = difference.filter(|&d| d > tolerance || d.is_nan()) {
            return LyapunovVerdict::StepTooLong { difference };
        }
        let worst = (0..list.len()).max_by(|&a, &b| list[a].0.error.total_cmp(&list[b].0.error));
        let Some((i, e)) = worst.map(|i| (i, list[i])).filter(|(_, e)| e.0.error > tolerance) else {
            return LyapunovVerdict::Converged;
        };
        // Each half scatters sqrt 2 times as much as the whole, their difference twice as much.
        if (e.1 - e.2).abs() > DISAGREE * 2.0 * e.3 {
            return LyapunovVerdict::Drifting { exponent: i };
        }
        let time = self.rows() as f64 * self.span;
        LyapunovVerdict::Uncertain { exponent: i, time_needed: time * (e.0.error / tolerance).powi(2) }
    }
}

/// The exponent nearest 0; of the first k only, the next one might be nearer unless a negative one is among them.
fn nearest_zero(exponents: &[Estimate], all: bool) -> Option<usize> {
    let i = (0..exponents.len())
        .min_by(|&a, &b| exponents[a].value.abs().total_cmp(&exponents[b].value.abs()))?;
    let bracketed = all || i + 1 < exponents.len() || exponents[i].value.abs() <= 2.0 * exponents[i].error;
    bracketed.then_some(i)
}

/// j + S_j/|lambda_(j+1)|, with the error to first order.
fn dimension(exponents: &[Estimate], all: bool) -> Option<Estimate> {
    let (mut sum, mut square) = (0.0, 0.0);
    for (j, e) in exponents.iter().enumerate() {
        let stays = sum + e.value >= 0.0;
        if !stays {
            let below = e.value.abs();
            let error = (square + (sum / below * e.error).powi(2)).sqrt() / below;
            return e.value.is_finite().then_some(Estimate { value: j as f64 + sum / below, error });
        }
        sum += e.value;
        square += e.error * e.error;
    }
    all.then_some(Estimate { value: exponents.len() as f64, error: 0.0 })
}

/// The sum of the positive exponents.
fn entropy(exponents: &[Estimate], all: bool) -> Option<Estimate> {
    let complete = all || exponents.last().is_some_and(|e| e.value <= 0.0);
    let positive = || exponents.iter().filter(|e| e.value > 0.0);
    complete.then(|| Estimate {
        value: positive().map(|e| e.value).sum(),
        error: positive().map(|e| e.error * e.error).sum::<f64>().sqrt(),
    })
}
