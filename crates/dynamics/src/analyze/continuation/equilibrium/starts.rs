//! Equilibria at one value of the parameter, from many starts.
//!
//! Damped Newton from each start; of those that meet, one is kept. The walk along its branch corrects it again, so that nothing
//! is proved here.

use crate::analyze::continuation::problem::{Problem, along, distance, norm};
use crate::analyze::continuation::settings::ContinuationSettings;
use crate::field::VectorField;
use crate::random::Stream;
use linalg::Elimination;

/// The equilibria found at p.
pub(crate) fn equilibria(
    field: &dyn VectorField,
    p: &[f64],
    settings: &ContinuationSettings,
    stream: u64,
) -> Vec<Vec<f64>> {
    let n = field.dimension();
    let mut starts = settings.given.clone();
    starts.extend((0..settings.starts as u64).map(|k| scattered(n, settings, stream, k)));
    let mut found: Vec<Vec<f64>> = Vec::new();
    for start in starts {
        let size: Vec<f64> = start.iter().map(|x| x.abs().max(1e-3)).collect();
        let mut problem = Problem::new(field, p, &[], &size);
        let z: Vec<f64> = start.iter().zip(&size).map(|(x, s)| x / s).collect();
        let Some(z) = newton(&mut problem, z) else { continue };
        let x = problem.state(&z);
        let is_inside = (0..n).all(|i| {
            let slack = 1e-9 * x[i].abs();
            settings.low.get(i).is_none_or(|low| x[i] >= low - slack)
                && settings.high.get(i).is_none_or(|high| x[i] <= high + slack)
        });
        let is_new = found.iter().all(|y| distance(y, &x) > 1e-7 * (norm(y) + norm(&x)) + 1e-12);
        if is_inside && is_new {
            found.push(x);
        }
    }
    found
}

/// In the box; where it has no bound, of any size from 0.01 to 100 and any sign.
fn scattered(n: usize, settings: &ContinuationSettings, stream: u64, k: u64) -> Vec<f64> {
    let mut random = Stream::new(settings.seed, stream, k);
    (0..n)
        .map(|i| {
            let (u, sign) = (random.uniform(), if random.uniform() < 0.5 { -1.0 } else { 1.0 });
            let low = settings.low.get(i).copied().filter(|v| v.is_finite());
            let high = settings.high.get(i).copied().filter(|v| v.is_finite());
            match (low, high) {
                (Some(low), Some(high)) => low + u * (high - low),
                (Some(low), None) => low + 10_f64.powf(4.0 * u - 2.0),
                (None, Some(high)) => high - 10_f64.powf(4.0 * u - 2.0),
                (None, None) => sign * 10_f64.powf(4.0 * u - 2.0),
            }
        })
        .collect()
}

/// Damped Newton; `None` unless it ends at rounding.
fn newton(problem: &mut Problem, mut z: Vec<f64>) -> Option<Vec<f64>> {
    let n = problem.n;
    let mut elimination = Elimination::new(n);
    let mut f = problem.velocity(&z).ok()?;
    for _ in 0..60 {
        let j = problem.derivative(&z).ok()?;
        elimination.factor(&j);
        let mut d: Vec<f64> = f.iter().map(|f| -f).collect();
        elimination.solve(&mut d);
        let step = norm(&d);
        if !step.is_finite() {
            return None;
        }
        if step <= 1e-11 * norm(&z).max(1e-3) {
            return Some(along(&z, 1.0, &d));
        }
        // The natural test: the next simplified correction must be shorter than this one (Deuflhard 2004).
        let mut s = 1.0;
        loop {
            let y = along(&z, s, &d);
            if let Ok(g) = problem.velocity(&y) {
                let mut next: Vec<f64> = g.iter().map(|g| -g).collect();
                elimination.solve(&mut next);
                let is_rounding = s == 1.0 && step <= 1e-8 * norm(&z).max(1e-3);
                if norm(&next) <= (1.0 - 0.25 * s) * step || is_rounding {
                    (z, f) = (y, g);
                    break;
                }
            }
            s *= 0.5;
            if s < 1e-6 {
                return None;
            }
        }
    }
    None
}
