//! Noise through a linear system: the covariance and the power spectrum by theory, beside those of the run.

use crate::study::{Fluctuations, Simulation};
use dynamics::analyze::{output_spectrum, periodogram, stationary_covariance};
use dynamics::field::LinearSystem;
use linalg::{Matrix, mul};

/// Frequencies at which the spectra are compared.
const FREQUENCIES: usize = 80;

/// Theory beside simulation; `None` without noise, without a stationary state, or without a run.
pub(super) fn fluctuations(
    system: &LinearSystem,
    names: &[String],
    simulation: Option<&Simulation>,
    slowest: Option<f64>,
) -> Option<Fluctuations> {
    if system.noises.is_empty() {
        return None;
    }
    let theory = stationary_covariance(system).ok()??.covariance;
    let run = &simulation?.trajectory;
    let settled = run.t.partition_point(|t| *t < run.t[0] + 5.0 * slowest.unwrap_or(0.0));
    let columns = settled.min(run.t.len().saturating_sub(2))..run.t.len();
    let simulated = covariance(&run.x, columns.clone());
    let step = (run.t[columns.end - 1] - run.t[columns.start]) / (columns.len() - 1) as f64;
    let samples: Vec<f64> = columns.clone().map(|k| run.x[(0, k)]).collect();
    let frequencies = frequencies(step, columns.len());
    let first: Vec<f64> = (0..system.dimension()).map(|i| if i == 0 { 1.0 } else { 0.0 }).collect();
    let spectrum = output_spectrum(system, &first, &frequencies).ok()??;
    let spectrum_simulated = periodogram(&samples, step, &frequencies);
    Some(Fluctuations {
        theory,
        simulated,
        frequencies,
        spectrum,
        spectrum_simulated,
        variable: names[0].clone(),
    })
}

/// Evenly spaced in the logarithm, from a few cycles in a segment of the record to a fifth of the sampling rate.
fn frequencies(step: f64, samples: usize) -> Vec<f64> {
    let (low, high) = (32.0 / (samples as f64 * step), 0.2 / step);
    let ratio = (high / low).max(1.0);
    (0..FREQUENCIES).map(|k| low * ratio.powf(k as f64 / (FREQUENCIES - 1) as f64)).collect()
}

fn covariance(x: &Matrix, columns: std::ops::Range<usize>) -> Matrix {
    let (n, count) = (x.rows(), columns.len() as f64);
    let mean: Vec<f64> = (0..n).map(|i| columns.clone().map(|k| x[(i, k)]).sum::<f64>() / count).collect();
    let apart = Matrix::from_fn(n, columns.len(), |i, k| x[(i, columns.start + k)] - mean[i]);
    mul(&apart, &apart.transpose()).scaled(1.0 / (count - 1.0))
}
