//! A linear system driven by noise: its stationary covariance and its power spectrum.
//!
//! dx = (A x + g) dt + sum_k s_k (white noise of strength sigma_k, or an Ornstein-Uhlenbeck process of standard deviation
//! sigma_k and correlation time tau_k). An Ornstein-Uhlenbeck input is one more variable, d eta = -eta/tau dt + sigma sqrt(2/tau) dW, so
//! that the whole is again linear and driven by white noise:
//!
//! A C + C A^T + B B^T = 0 (stationary covariance C, the Lyapunov equation),
//!
//! S(f) = sum_k |H(f) s_k|^2 d_k(f), H(f) = (2 pi i f I - A)^-1, with d = sigma^2 for white and
//! 2 sigma^2 tau/(1 + (2 pi f tau)^2) for Ornstein-Uhlenbeck noise. S is two-sided: its integral over all f, positive
//! and negative, is the variance.
//!
//! Neither exists unless A is asymptotically stable. Cost: O(n^3), and O(n^3) for each frequency. Of a single output y = w^T x
//! the density costs O(n^2) for each frequency: with A = U T U^H (Schur) all solutions are with a triangular matrix.
//! Reference: Gardiner (2009), *Stochastic Methods*, ch. 4.
//!
//! ```
//! use dynamics::analyze::stationary_covariance;
//! use dynamics::field::{LinearSystem, Noise};
//! use linalg::Matrix;
//! // dx = -x/2 dt + dW has the variance sigma^2/(2 * 1/2) = 1.
//! let mut system = LinearSystem::new(Matrix::from_rows(&[[-0.5]]));
//! system.noises.push(Noise { direction: vec![1.0], sigma: 1.0, tau: None });
//! let found = stationary_covariance(&system).unwrap().unwrap();
//! assert!((found.covariance[(0, 0)] - 1.0).abs() < 1e-14);
//! ```

use super::linear::AnalyzeError;
use crate::field::{LinearSystem, Noise};
use linalg::{Complex, Lu, Matrix, complex_schur, eigenvalues, lyapunov, mul};

/// The state long after the start, under constant input and noise.
#[derive(Clone, Debug)]
pub struct StationaryState {
    /// The mean, -A^-1 g.
    pub mean: Vec<f64>,
    /// Covariance of the n variables.
    pub covariance: Matrix,
    /// The total variance that the covariance adds up to.
    pub total_variance: f64,
}

/// Power spectral densities of a linear system driven by noise.
#[derive(Clone, Debug)]
pub struct PowerSpectrum {
    /// The frequencies, in cycles per unit of time.
    pub frequencies: Vec<f64>,
    /// Two-sided density of variable i at frequency k, as entry (i, k): variance per unit of frequency.
    pub density: Matrix,
}

/// Mean and covariance of the stationary state, `None` where there is none (A is not asymptotically stable).
///
/// # Errors
/// If a direction does not fit the system, or the Lyapunov equation cannot be solved.
pub fn stationary_covariance(system: &LinearSystem) -> Result<Option<StationaryState>, AnalyzeError> {
    let n = check(system)?;
    if !is_stable(&system.a)? {
        return Ok(None);
    }
    let colored: Vec<(usize, f64)> =
        system.noises.iter().enumerate().filter_map(|(k, noise)| noise.tau.map(|tau| (k, tau))).collect();
    let size = n + colored.len();
    let mut a = Matrix::zeros(size, size);
    for j in 0..n {
        a.column_mut(j)[..n].copy_from_slice(system.a.column(j));
    }
    let mut q = Matrix::zeros(size, size);
    for noise in system.noises.iter().filter(|noise| noise.tau.is_none()) {
        for j in 0..n {
            for i in 0..n {
                q[(i, j)] += noise.sigma * noise.sigma * noise.direction[i] * noise.direction[j];
            }
        }
    }
    for (at, &(k, tau)) in colored.iter().enumerate() {
        let noise = &system.noises[k];
        a.column_mut(n + at)[..n].copy_from_slice(&noise.direction);
        a[(n + at, n + at)] = -1.0 / tau;
        q[(n + at, n + at)] = 2.0 * noise.sigma * noise.sigma / tau;
    }
    let whole = lyapunov(&a, &q)?;
    let covariance = Matrix::from_fn(n, n, |i, j| 0.5 * (whole[(i, j)] + whole[(j, i)]));
    let mean = Lu::new(&system.a)?.solve(&system.g).iter().map(|x| -x + 0.0).collect();
    Ok(Some(StationaryState { mean, total_variance: covariance.trace(), covariance }))
}

/// The power spectral density of every variable at these frequencies, `None` where A is not asymptotically stable.
///
/// # Errors
/// If a direction does not fit the system, or a frequency is not finite.
pub fn power_spectrum(
    system: &LinearSystem,
    frequencies: &[f64],
) -> Result<Option<PowerSpectrum>, AnalyzeError> {
    let n = check(system)?;
    if let Some(index) = frequencies.iter().position(|f| !f.is_finite()) {
        let value = frequencies[index];
        return Err(AnalyzeError::NotFinite { what: "the frequencies", index, value });
    }
    if !is_stable(&system.a)? {
        return Ok(None);
    }
    let mut density = Matrix::zeros(n, frequencies.len());
    for (k, f) in frequencies.iter().enumerate() {
        let omega = std::f64::consts::TAU * f;
        let shifted =
            Matrix::from_fn(n, n, |i, j| Complex::new(-system.a[(i, j)], if i == j { omega } else { 0.0 }));
        let lu = Lu::new(&shifted)?;
        for noise in &system.noises {
            let strength = strength(noise, omega);
            let s: Vec<Complex> = noise.direction.iter().map(|&x| Complex::new(x, 0.0)).collect();
            for (d, h) in density.column_mut(k).iter_mut().zip(lu.solve(&s)) {
                *d += strength * h.norm_sqr();
            }
        }
    }
    Ok(Some(PowerSpectrum { frequencies: frequencies.to_vec(), density }))
}

/// The power spectral density of the output y = sum of `weights`[i] x_i at these frequencies, `None` where A is not
/// asymptotically stable.
///
/// # Errors
/// If a direction or the weights do not fit the system, or a frequency is not finite.
pub fn output_spectrum(
    system: &LinearSystem,
    weights: &[f64],
    frequencies: &[f64],
) -> Result<Option<Vec<f64>>, AnalyzeError> {
    let n = check(system)?;
    if weights.len() != n {
        return Err(AnalyzeError::Length { what: "the list of weights", found: weights.len(), expected: n });
    }
    if let Some(index) = frequencies.iter().position(|f| !f.is_finite()) {
        let value = frequencies[index];
        return Err(AnalyzeError::NotFinite { what: "the frequencies", index, value });
    }
    let schur = complex_schur(&system.a)?;
    let (u, t) = (&schur.q, &schur.t);
    if (0..n).any(|i| t[(i, i)].re >= 0.0) {
        return Ok(None);
    }
    let adjoint = Matrix::from_fn(n, n, |i, j| u[(j, i)].conj());
    let directions =
        Matrix::from_fn(n, system.noises.len(), |i, k| Complex::new(system.noises[k].direction[i], 0.0));
    let driven = mul(&adjoint, &directions);
    let read: Vec<Complex> =
        (0..n).map(|j| u.column(j).iter().zip(weights).map(|(u, w)| u * w).sum()).collect();
    let density = frequencies.iter().map(|f| {
        let omega = std::f64::consts::TAU * f;
        // y^T (i omega - T) = w^T U, from the first entry on.
        let mut y = read.clone();
        for j in 0..n {
            let known: Complex = y[..j].iter().zip(t.column(j)).map(|(y, t)| y * t).sum();
            y[j] = (y[j] + known) / (Complex::new(0.0, omega) - t[(j, j)]);
        }
        let each = system.noises.iter().enumerate().map(|(k, noise)| {
            let h: Complex = y.iter().zip(driven.column(k)).map(|(y, s)| y * s).sum();
            strength(noise, omega) * h.norm_sqr()
        });
        each.sum()
    });
    Ok(Some(density.collect()))
}

/// The density of a noise at the angular frequency `omega`.
fn strength(noise: &Noise, omega: f64) -> f64 {
    match noise.tau {
        None => noise.sigma.powi(2),
        Some(tau) => 2.0 * noise.sigma.powi(2) * tau / (1.0 + (omega * tau).powi(2)),
    }
}

fn is_stable(a: &Matrix) -> Result<bool, AnalyzeError> {
    Ok(eigenvalues(a)?.iter().all(|z| z.re < 0.0))
}

fn check(system: &LinearSystem) -> Result<usize, AnalyzeError> {
    let n = system.dimension();
    if n == 0 {
        return Err(AnalyzeError::Empty);
    }
    for (what, x) in std::iter::once(("g", &system.g))
        .chain(system.noises.iter().map(|noise| ("the direction of a noise", &noise.direction)))
    {
        if x.len() != n {
            return Err(AnalyzeError::Length { what, found: x.len(), expected: n });
        }
    }
    Ok(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network() -> LinearSystem {
        let mut system =
            LinearSystem::new(Matrix::from_rows(&[[-1.0, 2.0, 0.0], [-2.0, -1.5, 0.3], [0.5, 0.0, -0.7]]));
        system.noises.push(Noise { direction: vec![1.0, 0.0, 0.5], sigma: 0.8, tau: None });
        system.noises.push(Noise { direction: vec![0.0, 1.0, -1.0], sigma: 0.6, tau: Some(2.0) });
        system
    }

    #[test]
    fn a_leaky_integrator_of_ornstein_uhlenbeck_noise_has_a_known_variance() {
        // dx = -x/T dt + eta dt: Var x = sigma^2 T^2 tau/(T + tau).
        let (t, tau, sigma) = (3.0, 0.5, 1.7);
        let mut system = LinearSystem::new(Matrix::from_rows(&[[-1.0 / t]]));
        system.g = vec![2.0];
        system.noises.push(Noise { direction: vec![1.0], sigma, tau: Some(tau) });
        let found = stationary_covariance(&system).unwrap().unwrap();
        let truth = sigma * sigma * t * t * tau / (t + tau);
        assert!((found.covariance[(0, 0)] - truth).abs() < 1e-13 * truth);
        assert!((found.mean[0] - 6.0).abs() < 1e-13);
    }

    #[test]
    fn the_power_spectrum_integrates_to_the_variance() {
        let system = network();
        let covariance = stationary_covariance(&system).unwrap().unwrap().covariance;
        // f = tan(theta)/pi maps the line to (-pi/2, pi/2), where the integrand is periodic: the midpoint rule converges fast.
        let count = 4000;
        let angle = |k: usize| std::f64::consts::PI * ((k as f64 + 0.5) / count as f64 - 0.5);
        let frequencies: Vec<f64> = (0..count).map(|k| angle(k).tan() / std::f64::consts::PI).collect();
        let spectrum = power_spectrum(&system, &frequencies).unwrap().unwrap();
        for i in 0..3 {
            let integral: f64 =
                (0..count).map(|k| spectrum.density[(i, k)] / angle(k).cos().powi(2) / count as f64).sum();
            assert!((integral - covariance[(i, i)]).abs() < 1e-9, "{i}: {integral} {}", covariance[(i, i)]);
        }
    }

    #[test]
    fn the_spectrum_of_an_output_is_that_of_its_variable() {
        let system = network();
        let frequencies = [0.0, 0.03, 0.2, -1.7, 40.0];
        let all = power_spectrum(&system, &frequencies).unwrap().unwrap().density;
        for i in 0..3 {
            let weights = [0, 1, 2].map(|k| if k == i { 1.0 } else { 0.0 });
            let one = output_spectrum(&system, &weights, &frequencies).unwrap().unwrap();
            // Two backward stable ways to one number of size 1: rounding times the size of the problem.
            assert!(one.iter().enumerate().all(|(k, s)| (s / all[(i, k)] - 1.0).abs() < 1e-12), "{one:?}");
        }
        assert!(output_spectrum(&system, &[1.0], &frequencies).is_err());
    }

    #[test]
    fn without_stability_there_is_no_stationary_state() {
        let mut system = network();
        system.a[(0, 0)] = 3.0;
        assert!(stationary_covariance(&system).unwrap().is_none());
        assert!(power_spectrum(&system, &[0.0]).unwrap().is_none());
        assert!(output_spectrum(&system, &[1.0; 3], &[0.0]).unwrap().is_none());
    }
}
