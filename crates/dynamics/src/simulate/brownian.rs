//! A field with additive noise, by Euler and Maruyama: dx = f(t, x) dt + sum s eta dt, or s sigma dW.
//!
//! ```text
//! x' = x + h f(t, x) + h sum_colored s eta + sqrt(h) sum_white s sigma xi
//! eta' = eta exp(-h/tau) + sigma sqrt(1 - exp(-2h/tau)) xi        exact, begun in its stationary state
//! ```
//!
//! Between recorded times and breakpoints the step is equal and at most dt, so that all are landed on. With noise that does
//! not depend on the state the strong order is 1. The normal numbers of step k are those of the stream (seed, 0, k).
//!
//! Reference: Maruyama (1955), Continuous Markov processes and stochastic equations; Kloeden, Platen (1992), Numerical
//! solution of stochastic differential equations, section 10.2.

use super::course::Watch;
use super::error_estimate::none;
use super::gaussian::{check_noises, initial_noise};
use super::settings::check;
use super::{Method, Progress, Settings, SimulateError, Trajectory, Verdict, cause};
use crate::field::{Noise, VectorField, Workspace};
use crate::random::Stream;
use linalg::Matrix;

/// Follows dx = f(t, x; p) dt + noise from `x0` at `times[0]` through the other times.
///
/// # Errors
/// As [`super::simulate`]; also for a method that knows no noise.
pub fn simulate_stochastic(
    field: &dyn VectorField,
    noises: &[Noise],
    p: &[f64],
    x0: &[f64],
    times: &[f64],
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<Trajectory, SimulateError> {
    let n = field.dimension();
    check(n, x0, times, settings)?;
    if x0.len() != n {
        return Err(SimulateError::WrongLength { what: "the initial state", expected: n, found: x0.len() });
    }
    check_noises(noises, n)?;
    if noises.is_empty() && settings.method != Method::EulerMaruyama {
        return super::simulate(field, p, x0, times, settings, progress);
    }
    if !matches!(settings.method, Method::Auto | Method::EulerMaruyama) {
        let reason = "does not know noise; take `auto` or `euler_maruyama`";
        return Err(SimulateError::Unfit { method: settings.method.name(), reason });
    }
    let streams = Stream::new(settings.seed, 0, 0);
    let mut normals = |step: usize, xi: &mut [f64]| {
        let mut stream = streams.at(step as u64);
        xi.iter_mut().for_each(|x| *x = stream.normal());
    };
    let eta = initial_noise(noises.iter().map(|s| (s.sigma, s.tau)), settings.seed);
    follow(field, noises, p, x0, eta, times, settings, &mut normals, progress)
}

/// Up to this dimension the field's own speed is taken from its Jacobian.
const WITH_JACOBIAN: usize = 2000;

/// The largest step: as asked, or the smallest of the recorded intervals, a twentieth of the shortest correlation time and a
/// fiftieth of the field's own time, at which Euler's bias in a variance is 1 %.
fn largest_step(
    field: &dyn VectorField,
    noises: &[Noise],
    p: &[f64],
    x0: &[f64],
    times: &[f64],
    settings: &Settings,
) -> Result<(f64, &'static str), SimulateError> {
    if let Some(dt) = settings.dt {
        return Ok((dt, ""));
    }
    let smallest = times.windows(2).map(|w| w[1] - w[0]).fold(f64::INFINITY, f64::min);
    let shortest = noises.iter().filter_map(|s| s.tau).fold(f64::INFINITY, f64::min) / 20.0;
    let own = fastest_rate(field, p, x0, times[0])?.map_or(f64::INFINITY, |rate| 1.0 / (50.0 * rate));
    Ok(if own <= shortest.min(smallest) {
        (own, ", a fiftieth of the shortest time constant of the field")
    } else if shortest < smallest {
        (shortest, ", a twentieth of the shortest correlation time")
    } else {
        (smallest, ", the smallest recorded interval")
    })
}

/// The fastest rate of the field where it starts: the largest leak, or the root mean square of the singular values of its
/// Jacobian, balanced so that it does not depend on the units of the variables.
pub(crate) fn fastest_rate(
    field: &dyn VectorField,
    p: &[f64],
    x0: &[f64],
    t: f64,
) -> Result<Option<f64>, SimulateError> {
    let n = x0.len();
    if n == 0 || n > WITH_JACOBIAN {
        return Ok(None);
    }
    let mut j = Matrix::zeros(n, n);
    field.jacobian(t, p, x0, &mut j, &mut Workspace::default())?;
    let leak = (0..n).map(|i| j[(i, i)].abs()).fold(0.0, f64::max);
    if !j.is_finite() {
        return Ok(None);
    }
    balance(&mut j);
    let rate = leak.max(j.norm_frobenius() / (n as f64).sqrt());
    Ok((rate.is_finite() && rate > 0.0).then_some(rate))
}

/// Scales the variables until each has as much in its row as in its column, off the diagonal (Parlett and Reinsch 1969,
/// Balancing a matrix for calculation of eigenvalues and eigenvectors). Of a variable that only drives or is only driven, whose
/// scale is free, nothing is left there.
fn balance(j: &mut Matrix) {
    let n = j.rows();
    for _ in 0..20 {
        let mut settled = true;
        for i in 0..n {
            let others = || (0..n).filter(|k| *k != i);
            let row: f64 = others().map(|k| j[(i, k)].abs()).sum();
            let column: f64 = others().map(|k| j[(k, i)].abs()).sum();
            let scale = if row > 0.0 && column > 0.0 { (row / column).sqrt() } else { 0.0 };
            if (row == 0.0 && column == 0.0) || (0.9..1.1).contains(&scale) {
                continue;
            }
            settled = false;
            for k in (0..n).filter(|k| *k != i) {
                j[(k, i)] *= scale;
                j[(i, k)] *= if scale > 0.0 { 1.0 / scale } else { 0.0 };
            }
        }
        if settled {
            return;
        }
    }
}

fn follow(
    field: &dyn VectorField,
    noises: &[Noise],
    p: &[f64],
    x0: &[f64],
    mut eta: Vec<f64>,
    times: &[f64],
    settings: &Settings,
    normals: &mut dyn FnMut(usize, &mut [f64]),
    progress: Progress<'_>,
) -> Result<Trajectory, SimulateError> {
    let (n, dt) = (x0.len(), largest_step(field, noises, p, x0, times, settings)?);
    let (start, end) = (times[0], times[times.len() - 1]);
    let mut marks: Vec<(f64, bool)> = times.iter().map(|&t| (t, true)).collect();
    marks
        .extend(field.breakpoints(start, end).into_iter().filter(|t| !times.contains(t)).map(|t| (t, false)));
    marks.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut x, mut before, mut dx) = (x0.to_vec(), x0.to_vec(), vec![0.0; n]);
    let (mut xi, mut ws) = (vec![0.0; noises.len()], Workspace::default());
    let (mut all, mut step) = (x0.to_vec(), 0);
    let mut verdict = Verdict::Completed;
    let watch = Watch::new(progress, 1);
    let mut ticks = watch.ticks(n, 1);
    'marks: for pair in marks.windows(2) {
        let ((t0, _), (t1, recorded)) = (pair[0], pair[1]);
        let pieces = ((t1 - t0) / dt.0 * (1.0 - 1e-9)).ceil().max(1.0);
        let h = (t1 - t0) / pieces;
        for k in 0..pieces as usize {
            let t = t0 + k as f64 * h;
            if ticks.pass() && watch.stop((t - start) / (end - start)) || step >= settings.max_steps {
                verdict = Verdict::Stopped { time: t };
                break 'marks;
            }
            field.eval(&[t], p, &x, &mut dx, &mut ws)?;
            normals(step, &mut xi);
            before.copy_from_slice(&x);
            x.iter_mut().zip(&dx).for_each(|(x, f)| *x += h * f);
            let mut colored = eta.iter_mut();
            for (noise, xi) in noises.iter().zip(&xi) {
                let amount = match noise.tau {
                    None => h.sqrt() * noise.sigma * xi,
                    Some(tau) => {
                        let eta = colored.next().expect("one state for each colored noise");
                        let amount = h * *eta;
                        let decay = (-h / tau).exp();
                        *eta = *eta * decay + noise.sigma * (-f64::exp_m1(-2.0 * h / tau)).sqrt() * xi;
                        amount
                    }
                };
                x.iter_mut().zip(&noise.direction).for_each(|(x, s)| *x += s * amount);
            }
            step += 1;
            if x.iter().any(|v| !(v.is_finite() && v.abs() <= settings.bound)) {
                let finite = x.iter().all(|v| v.is_finite());
                let (variable, value) = cause::largest(if finite { &x } else { &before });
                let cause = format!(
                    "unstable growth, or a step {h} that is too large for the explicit method euler_maruyama: try a smaller dt"
                );
                verdict = Verdict::Diverged { time: t + h, variable, value, cause };
                break 'marks;
            }
        }
        if recorded {
            all.extend_from_slice(&x);
        }
    }
    let columns = all.len() / n.max(1);
    let asked = if settings.method == Method::Auto {
        "auto chose euler_maruyama: there is noise, and the field is not known to be linear"
    } else {
        "euler_maruyama was asked for"
    };
    Ok(Trajectory {
        t: times[..columns].to_vec(),
        x: Matrix::from_columns(n, columns, all),
        method: Method::EulerMaruyama.name().to_string(),
        reason: format!("{asked}; its step is {:.3e}{}", dt.0, dt.1),
        steps: step,
        rejected: 0,
        evaluations: step,
        verdict,
        error: none("noise: the path is one draw of many, and the error of one path has no meaning"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::EvalError;
    use crate::simulate::unwatched;

    /// x' = -x^3 + x: the double well.
    struct DoubleWell;
    impl VectorField for DoubleWell {
        fn dimension(&self) -> usize {
            1
        }
        fn eval(
            &self,
            _: &[f64],
            _: &[f64],
            x: &[f64],
            dx: &mut [f64],
            _: &mut Workspace,
        ) -> Result<(), EvalError> {
            dx.iter_mut().zip(x).for_each(|(d, x)| *d = x - x * x * x);
            Ok(())
        }
    }

    #[test]
    fn the_strong_order_with_additive_noise_is_one() {
        // The same Brownian paths at steps 2^-5 and 2^-7, against 2^-12: errors fall by 4^1 within sampling error.
        let noise = [Noise { direction: vec![1.0], sigma: 0.5, tau: None }];
        let fine = 4096usize;
        let end = |steps: usize, path: u64| -> f64 {
            let settings = Settings { dt: Some(1.0 / steps as f64), ..Settings::default() };
            let each = fine / steps;
            let mut normals = |step: usize, xi: &mut [f64]| {
                let sum: f64 =
                    (0..each).map(|k| Stream::new(path, 0, (step * each + k) as u64).normal()).sum();
                xi[0] = sum / (each as f64).sqrt();
            };
            let x0 = [0.5];
            let run = follow(
                &DoubleWell,
                &noise,
                &[],
                &x0,
                vec![],
                &[0.0, 1.0],
                &settings,
                &mut normals,
                &unwatched,
            );
            run.unwrap().x[(0, 1)]
        };
        let (mut coarse, mut middle) = (0.0, 0.0);
        for path in 0..100 {
            let exact = end(fine, path);
            coarse += (end(32, path) - exact).abs();
            middle += (end(128, path) - exact).abs();
        }
        let order = f64::log2(coarse / middle) / 2.0;
        assert!((order - 1.0).abs() < 0.15, "{order}");
    }

    #[test]
    fn the_step_that_auto_takes_does_not_depend_on_what_is_recorded() {
        // dx = -x + dW, sigma^2 = 2: the variance is 1, and Euler's is 1/(1 - dt/2): twice that at the interval of 1.
        let field = crate::field::LinearSystem::new(Matrix::diagonal(&[-1.0]));
        let noise = [Noise { direction: vec![1.0], sigma: 2f64.sqrt(), tau: None }];
        let times: Vec<f64> = (0..20_000).map(f64::from).collect();
        let run = simulate_stochastic(&field, &noise, &[], &[0.0], &times, &Settings::default(), &unwatched)
            .unwrap();
        let var = run.x.as_slice()[20..].iter().map(|x| x * x).sum::<f64>() / 19_980.0;
        assert!((var - 1.0).abs() < 0.06, "{var}");
        assert!(run.reason.contains("2.000e-2, a fiftieth of the shortest time constant"), "{}", run.reason);
    }

    #[test]
    fn the_fastest_rate_does_not_depend_on_the_units_of_the_variables() {
        let rate = |rows: &[&[f64]]| {
            let field = crate::field::LinearSystem::new(Matrix::from_rows(rows));
            fastest_rate(&field, &[], &[0.0; 2], 0.0).unwrap().unwrap()
        };
        // Balancing stops within 10 %.
        let same = rate(&[&[-1.0, 3.0], &[3.0, -2.0]]);
        assert!((rate(&[&[-1.0, 3e9], &[3e-9, -2.0]]) / same - 1.0).abs() < 0.1);
        // A variable that only drives has no scale of its own.
        assert_eq!(rate(&[&[-1.0, 1e11], &[0.0, -2.0]]), 2.0);
    }

    #[test]
    fn colored_noise_reaches_the_variance_of_theory() {
        // dx = -x + eta: var x = sigma^2 tau/(1 + tau); averaged over one long path.
        let field = crate::field::LinearSystem::new(Matrix::diagonal(&[-1.0]));
        let noise = [Noise { direction: vec![1.0], sigma: 2.0, tau: Some(0.5) }];
        let times: Vec<f64> = (0..20_000).map(|k| k as f64).collect();
        let settings = Settings { dt: Some(0.02), ..Settings::default() };
        let run = simulate_stochastic(&field, &noise, &[], &[0.0], &times, &settings, &unwatched).unwrap();
        let var = run.x.as_slice()[20..].iter().map(|x| x * x).sum::<f64>() / 19_980.0;
        // Correlated over about 1.5 intervals: five standard errors are near 0.09; Euler's bias at this step is 1 %.
        assert!((var / (4.0 * 0.5 / 1.5) - 1.0).abs() < 0.1, "{var}");
    }
}
