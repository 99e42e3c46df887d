//! Linear systems with noise, drawn exactly: dx/dt = A x + g + sum b u(t) + sum s eta(t).
//!
//! The states eta of Ornstein-Uhlenbeck noises join the state, z = (x, eta), so that dz = (F z + …) dt + L dW. The next
//! state is Gaussian, with a mean that the matrix exponential carries and a covariance that no step size has to resolve:
//!
//! ```text
//! z(t + h) = exp(hF) z(t) + … + xi,   xi ~ N(0, Q(h)),   dQ/dh = F Q + Q F^T + L L^T,   Q(2h) = Q(h) + E(h) Q(h) E(h)^T
//! ```
//!
//! Q of a short step comes from its Taylor series, Q of the step by doubling: sums of positive semidefinite matrices, where
//! Van Loan's block exponential of [-F LL^T; 0 F^T] would overflow for a stiff F. Noises begin in their stationary state.
//! The normal numbers of step k are those of the stream (seed, 0, k): the bits do not depend on threads.
//!
//! Reference: Van Loan (1978), Computing integrals involving the matrix exponential.

use super::cause::largest;
use super::course::Watch;
use super::error_estimate::none;
use super::exact::{marks, slack};
use super::propagator::Propagators;
use super::{Method, Progress, Settings, SimulateError, Trajectory, Verdict};
use crate::field::{Drive, LinearSystem};
use crate::random::Stream;
use linalg::{Matrix, expm, mul, symmetric_eigen};

/// The system of (x, eta) without its noise, and L.
struct Extended {
    system: LinearSystem,
    diffusion: Matrix,
}

fn extend(system: &LinearSystem) -> Extended {
    let n = system.dimension();
    let colored = system.noises.iter().filter(|s| s.tau.is_some()).count();
    let size = n + colored;
    let pad = |v: &[f64]| v.iter().copied().chain(std::iter::repeat_n(0.0, colored)).collect::<Vec<f64>>();
    let mut a = Matrix::zeros(size, size);
    for j in 0..n {
        a.column_mut(j)[..n].copy_from_slice(system.a.column(j));
    }
    let mut diffusion = Matrix::zeros(size, system.noises.len());
    let mut at = n;
    for (k, noise) in system.noises.iter().enumerate() {
        match noise.tau {
            Some(tau) => {
                a.column_mut(at)[..n].copy_from_slice(&noise.direction);
                a[(at, at)] = -1.0 / tau;
                diffusion[(at, k)] = noise.sigma * (2.0 / tau).sqrt();
                at += 1;
            }
            None => {
                for (i, s) in noise.direction.iter().enumerate() {
                    diffusion[(i, k)] = s * noise.sigma;
                }
            }
        }
    }
    let drives =
        system.drives.iter().map(|d| Drive { direction: pad(&d.direction), signal: d.signal.clone() });
    let system = LinearSystem { a, g: pad(&system.g), drives: drives.collect(), noises: Vec::new() };
    Extended { system, diffusion }
}

/// Q(h) for dz = F z dt + L dW.
fn step_covariance(f: &Matrix, l: &Matrix, h: f64) -> Matrix {
    let d = mul(l, &l.transpose());
    let halvings = (f.norm_1() * h / 0.25).log2().ceil().clamp(0.0, 1000.0) as i32;
    let short = h * 0.5f64.powi(halvings);
    let mut term = d.scaled(short);
    let mut q = term.clone();
    for k in 2..40 {
        let ft = mul(f, &term);
        term = (&ft + &ft.transpose()).scaled(short / f64::from(k));
        q = &q + &term;
        if term.norm_max() <= 1e-18 * q.norm_max() {
            break;
        }
    }
    let mut e = expm(&f.scaled(short));
    for _ in 0..halvings {
        q = &q + &mul(&mul(&e, &q), &e.transpose());
        e = mul(&e, &e);
    }
    Matrix::from_fn(q.rows(), q.cols(), |i, j| 0.5 * (q[(i, j)] + q[(j, i)]))
}

/// R with R R^T = Q.
fn root(q: &Matrix) -> Matrix {
    let eigen = symmetric_eigen(q);
    let sqrt: Vec<f64> = eigen.values.iter().map(|v| v.max(0.0).sqrt()).collect();
    Matrix::from_fn(q.rows(), q.cols(), |i, j| eigen.vectors[(i, j)] * sqrt[j])
}

/// Stationary draws of the noises, from the stream (seed, 1, 0).
pub(crate) fn initial_noise(taus: impl Iterator<Item = (f64, Option<f64>)>, seed: u64) -> Vec<f64> {
    let mut stream = Stream::new(seed, 1, 0);
    taus.filter_map(|(sigma, tau)| tau.map(|_| sigma * stream.normal())).collect()
}

pub(crate) fn simulate(
    system: &LinearSystem,
    x0: &[f64],
    times: &[f64],
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<Trajectory, SimulateError> {
    check_noises(&system.noises, x0.len())?;
    let n = system.dimension();
    let extended = extend(system);
    let mut propagators = Propagators::new(&extended.system);
    let mut roots: Vec<(f64, Matrix)> = Vec::new();
    let slack = slack(times);
    let marks = marks(system, times);
    let mut z = x0.to_vec();
    z.extend(initial_noise(system.noises.iter().map(|s| (s.sigma, s.tau)), settings.seed));
    let size = z.len();
    let mut z = Matrix::from_columns(size, 1, z);
    let mut all = x0.to_vec();
    let mut verdict = Verdict::Completed;
    let streams = Stream::new(settings.seed, 0, 0);
    let mut xi = vec![0.0; size];
    let watch = Watch::new(progress, 1);
    let mut steps = 0;
    for (k, pair) in marks.windows(2).enumerate() {
        let ((t, _), (next, recorded)) = (pair[0], pair[1]);
        if watch.stop(k as f64 / marks.len() as f64) {
            verdict = Verdict::Stopped { time: t };
            break;
        }
        let h = next - t;
        let at = roots.iter().position(|(l, _)| (l - h).abs() <= slack).unwrap_or_else(|| {
            // Irregular times would fill the memory: only so many lengths are kept.
            if roots.len() == 64 {
                roots.clear();
            }
            roots.push((h, root(&step_covariance(&extended.system.a, &extended.diffusion, h))));
            roots.len() - 1
        });
        let mut stream = streams.at(k as u64);
        xi.iter_mut().for_each(|x| *x = stream.normal());
        let mut y = propagators.hop(&z, t, h, slack);
        let kick = roots[at].1.mul_vec(&xi);
        y.column_mut(0).iter_mut().zip(&kick).for_each(|(y, x)| *y += x);
        steps += 1;
        let state = &y.as_slice()[..n];
        if state.iter().any(|v| !(v.is_finite() && v.abs() <= settings.bound)) {
            let last = if state.iter().all(|v| v.is_finite()) { state } else { &z.as_slice()[..n] };
            let (variable, value) = largest(last);
            let cause = "unstable linear growth of what the noise feeds".to_string();
            verdict = Verdict::Diverged { time: next, variable, value, cause };
            break;
        }
        if recorded {
            all.extend_from_slice(state);
        }
        z = y;
    }
    let columns = all.len() / n.max(1);
    let why = "the system is linear, so the next state has a normal distribution that is known exactly, and is drawn from it";
    let reason = match settings.method {
        Method::Auto => format!("auto chose expm: {why}"),
        _ => format!("expm was asked for: {why}"),
    };
    Ok(Trajectory {
        t: times[..columns].to_vec(),
        x: Matrix::from_columns(n, columns, all),
        method: Method::Expm.name().to_string(),
        reason,
        steps,
        rejected: 0,
        evaluations: 0,
        verdict,
        error: none(
            "noise: the path is one draw of many; its distribution is exact, and the error of one path has no meaning",
        ),
    })
}

/// Lengths and signs of noises.
pub(crate) fn check_noises(noises: &[crate::field::Noise], n: usize) -> Result<(), SimulateError> {
    for noise in noises {
        if noise.direction.len() != n {
            let (what, found) = ("the direction of a noise", noise.direction.len());
            return Err(SimulateError::WrongLength { what, expected: n, found });
        }
        if let Some(tau) = noise.tau.filter(|tau| !(*tau > 0.0 && tau.is_finite())) {
            let remedy = "a correlation time is positive; leave it out for white noise";
            return Err(SimulateError::Setting { name: "tau of a noise", value: tau, remedy });
        }
        if !(noise.sigma >= 0.0 && noise.sigma.is_finite()) {
            let remedy = "a standard deviation is 0 or positive";
            return Err(SimulateError::Setting { name: "sigma of a noise", value: noise.sigma, remedy });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Noise;
    use crate::simulate::unwatched;

    #[test]
    fn the_covariance_of_a_step_is_that_of_the_ornstein_uhlenbeck_process() {
        // dx = -x/tau dt + sigma sqrt(2/tau) dW has Q(h) = sigma^2 (1 - exp(-2h/tau)), for soft and stiff steps.
        for (tau, h) in [(1.0, 1e-6), (0.5, 1.0), (1e-3, 10.0)] {
            let (f, l) = (Matrix::diagonal(&[-1.0 / tau]), Matrix::diagonal(&[3.0 * f64::sqrt(2.0 / tau)]));
            let want = -9.0 * f64::exp_m1(-2.0 * h / tau);
            assert!((step_covariance(&f, &l, h)[(0, 0)] / want - 1.0).abs() < 1e-13);
        }
    }

    #[test]
    fn a_long_step_has_the_stationary_covariance() {
        let f = Matrix::from_rows(&[[-1.0, 3.0], [0.0, -2.0]]);
        let q = step_covariance(&f, &Matrix::identity(2), 40.0);
        // The closed form of A X + X A^T + I = 0.
        for (i, j, want) in [(0, 0, 1.25), (0, 1, 0.25), (1, 1, 0.25)] {
            assert!((q[(i, j)] - want).abs() < 1e-13);
        }
    }

    fn driven(tau: Option<f64>) -> LinearSystem {
        let mut s = LinearSystem::new(Matrix::from_rows(&[[-1.0, 0.5], [0.0, -2.0]]));
        s.noises.push(Noise { direction: vec![1.0, 1.0], sigma: 0.7, tau });
        s
    }

    #[test]
    fn samples_have_the_stationary_variance_whatever_the_interval() {
        // With OU noise in both: var x2 = sigma^2 tau / (2 (1 + 2 tau)) with rate 2 and tau = 0.5: 0.49 * 0.5/(2*2) …
        // checked against the doubled covariance of a long step, which another test compares with closed forms.
        for tau in [None, Some(0.5)] {
            let s = driven(tau);
            let e = extend(&s);
            let want = step_covariance(&e.system.a, &e.diffusion, 60.0);
            let times: Vec<f64> = (0..20_000).map(|k| 5.0 * k as f64).collect();
            let run = simulate(&s, &[0.0; 2], &times, &Settings::default(), &unwatched).unwrap();
            for i in 0..2 {
                let var = (100..20_000).map(|k| run.x[(i, k)].powi(2)).sum::<f64>() / 19_900.0;
                // Nearly independent samples: five standard errors are 5 sqrt(2/19900).
                assert!((var / want[(i, i)] - 1.0).abs() < 0.051, "{var} {}", want[(i, i)]);
            }
        }
    }

    #[test]
    fn equal_seeds_give_equal_bits_and_others_do_not() {
        let times: Vec<f64> = (0..50).map(|k| 0.1 * k as f64).collect();
        let run = |seed| {
            let settings = Settings { seed, ..Settings::default() };
            simulate(&driven(Some(0.3)), &[1.0, 0.0], &times, &settings, &unwatched).unwrap().x
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
    }
}
