//! Welch's estimate of a power spectrum from samples, at the frequencies that are asked for.
//!
//! The record is cut into segments that overlap by half, each is freed of its mean and tapered by a Hann window, and the
//! squared moduli of the Fourier sums are averaged:
//!
//! S(f) = dt / sum w_k^2  mean over segments of |sum w_k (x_k - mean) exp(-2 pi i f k dt)|^2
//!
//! Two-sided density, so that its integral over all frequencies is the variance. Cost: frequencies x samples.
//! Fails where f is near 0 (the mean is taken out) or near half the sampling rate (aliasing).
//! Reference: Welch (1967), The use of fast Fourier transform for the estimation of power spectra.

use std::f64::consts::TAU;

/// Segments that a record is cut into, before overlap.
const SEGMENTS: usize = 16;

/// The two-sided power spectral density of samples `dt` apart.
pub fn periodogram(samples: &[f64], dt: f64, frequencies: &[f64]) -> Vec<f64> {
    let length = (samples.len() / SEGMENTS).max(2).min(samples.len());
    if length < 2 {
        return vec![f64::NAN; frequencies.len()];
    }
    let window: Vec<f64> =
        (0..length).map(|k| 0.5 - 0.5 * (TAU * (k as f64 + 0.5) / length as f64).cos()).collect();
    let energy: f64 = window.iter().map(|w| w * w).sum();
    let segments: Vec<Vec<f64>> = (0..=samples.len() - length)
        .step_by((length / 2).max(1))
        .map(|start| {
            let part = &samples[start..start + length];
            let mean = part.iter().sum::<f64>() / length as f64;
            part.iter().zip(&window).map(|(x, w)| w * (x - mean)).collect()
        })
        .collect();
    let density = |f: &f64| {
        let total: f64 = segments.iter().map(|segment| squared_sum(segment, TAU * f * dt)).sum();
        dt / energy * total / segments.len() as f64
    };
    frequencies.iter().map(density).collect()
}

/// |sum x_k exp(-i angle k)|^2, by a rotating phasor.
fn squared_sum(x: &[f64], angle: f64) -> f64 {
    let (sin, cos) = angle.sin_cos();
    let (mut c, mut s, mut re, mut im) = (1.0, 0.0, 0.0, 0.0);
    for v in x {
        re += v * c;
        im += v * s;
        (c, s) = (c * cos - s * sin, s * cos + c * sin);
    }
    re * re + im * im
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_of_amplitude_a_holds_half_a_squared() {
        let dt = 1e-2;
        let samples: Vec<f64> = (0..16_000).map(|k| 3.0 * (TAU * 5.0 * f64::from(k) * dt).sin()).collect();
        let frequencies: Vec<f64> = (0..=2000).map(|k| f64::from(k) * 0.025).collect();
        let density = periodogram(&samples, dt, &frequencies);
        let variance: f64 = 2.0 * 0.025 * density.iter().sum::<f64>();
        assert!((variance - 4.5).abs() < 0.01, "{variance}");
    }

    #[test]
    fn white_samples_have_a_flat_spectrum_of_height_variance_times_dt() {
        let mut random = crate::random::Stream::new(1, 2, 0);
        let samples: Vec<f64> = (0..20_000).map(|_| random.normal()).collect();
        let density = periodogram(&samples, 0.1, &[0.5, 1.0, 2.0, 3.0, 4.0]);
        let mean = density.iter().sum::<f64>() / 5.0;
        assert!((mean - 0.1).abs() < 0.02, "{density:?}");
    }
}
