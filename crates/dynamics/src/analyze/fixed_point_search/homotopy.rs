//! Homotopy: paths of zeros from an easy system to the wanted one.
//!
//! | path | easy end |
//! |---|---|
//! | (1 - s)(x0 - x) + s f(x) = 0, s from 0 to 1 | x0 alone; for a network -x + J r(x) this is s J, a homotopy in the gain |
//! | f(x; p_k) = 0, p_k from an easy value to the wanted one | the zeros that a search finds there |
//!
//! A path is a curve in (x, s) and may turn back in s, so it is followed by its arclength: with its unit tangent T,
//!
//! predict z + h T, then Newton on [H(z); T.(z - z_predicted)] = 0,   z = (x, c s)
//!
//! and every passage of s = 1 gives a start for Newton's method, which ends on a zero of f. Paths are smooth for almost every x0
//! (Chow, Mallet-Paret and Yorke); one that was followed wrongly costs time, never truth: what it leads to is certified.
//!
//! Cost: about two factorizations, 4/3 n^3, a step and some dozens of steps a path.
//! Reference: Allgower, Georg (1990), Numerical continuation methods.

use super::point::norm;
use crate::field::{EvalError, VectorField, Workspace};
use linalg::{Lu, Matrix};

/// A family of systems; s = 0 is the easy one, s = 1 the wanted one.
pub(super) enum Family<'a> {
    /// (1 - s)(x0 - x) + s f(x).
    Pull { x0: &'a [f64] },
    /// Parameter `index` goes from `from` to its value in p.
    Parameter { index: usize, from: f64 },
}

/// Steps of a path, at most.
const STEPS: usize = 400;

struct Path<'a> {
    field: &'a dyn VectorField,
    p: &'a [f64],
    family: &'a Family<'a>,
    /// c: what a unit of s counts beside a unit of x.
    weight: f64,
}

/// The places at which the path from `x` at s = 0 passes s = 1.
pub(super) fn passages(
    field: &dyn VectorField,
    p: &[f64],
    family: &Family<'_>,
    x: &[f64],
    reach: f64,
) -> Vec<Vec<f64>> {
    let n = x.len();
    let path = Path { field, p, family, weight: reach.max(f64::MIN_POSITIVE) };
    let mut ws = Workspace::default();
    let mut found = Vec::new();
    let mut z: Vec<f64> = x.iter().copied().chain([0.0]).collect();
    let mut tangent = vec![0.0; n + 1];
    tangent[n] = 1.0;
    let Some(first) = path.tangent(&z, &tangent, &mut ws) else { return found };
    tangent = first;
    let mut h = 0.02 * reach;
    for _ in 0..STEPS {
        let predicted: Vec<f64> = z.iter().zip(&tangent).map(|(z, t)| z + h * t).collect();
        let corrected = path.correct(&predicted, &tangent, &mut ws);
        let next = corrected.and_then(|(y, steps)| Some((path.tangent(&y, &tangent, &mut ws)?, y, steps)));
        let turned = |t: &[f64]| t.iter().zip(&tangent).map(|(a, b)| a * b).sum::<f64>() < 0.8;
        let Some((t, y, steps)) = next.filter(|(t, ..)| !turned(t)) else {
            h *= 0.4;
            if h < 1e-7 * reach {
                break;
            }
            continue;
        };
        let (before, after) = (z[n] / path.weight, y[n] / path.weight);
        if (before - 1.0) * (after - 1.0) <= 0.0 && before != after {
            let share = (1.0 - before) / (after - before);
            found.push((0..n).map(|i| z[i] + share * (y[i] - z[i])).collect());
        }
        (z, tangent) = (y, t);
        if !(-0.5..=2.0).contains(&after) || norm(&z[..n]) > 25.0 * reach {
            break;
        }
        if steps <= 2 {
            h = (1.6 * h).min(0.25 * reach);
        }
    }
    found
}

impl Path<'_> {
    /// H and its Jacobian by (x, c s), n x (n + 1), in the upper part of an (n + 1) x (n + 1) matrix.
    fn value(&self, z: &[f64], ws: &mut Workspace) -> Result<(Vec<f64>, Matrix), EvalError> {
        let n = z.len() - 1;
        let (x, s) = (&z[..n], z[n] / self.weight);
        let mut q = self.p.to_vec();
        let mut whole = Matrix::zeros(n + 1, n + 1);
        let (mut h, mut j) = (vec![0.0; n], Matrix::zeros(n, n));
        let by_s: Vec<f64>;
        match self.family {
            Family::Pull { x0 } => {
                self.field.eval(&[0.0], &q, x, &mut h, ws)?;
                self.field.jacobian(0.0, &q, x, &mut j, ws)?;
                by_s = h.iter().zip(x.iter().zip(*x0)).map(|(f, (x, x0))| f - (x0 - x)).collect();
                h.iter_mut()
                    .zip(x.iter().zip(*x0))
                    .for_each(|(f, (x, x0))| *f = (1.0 - s) * (x0 - x) + s * *f);
                j = j.scaled(s);
                (0..n).for_each(|i| j[(i, i)] -= 1.0 - s);
            }
            Family::Parameter { index, from } => {
                let span = self.p[*index] - from;
                q[*index] = from + s * span;
                self.field.eval(&[0.0], &q, x, &mut h, ws)?;
                self.field.jacobian(0.0, &q, x, &mut j, ws)?;
                let mut slopes = Matrix::zeros(n, q.len());
                self.field.parameter_slopes(0.0, &q, x, &mut slopes, ws)?;
                by_s = slopes.column(*index).iter().map(|v| v * span).collect();
            }
        }
        for k in 0..n {
            whole.column_mut(k)[..n].copy_from_slice(j.column(k));
        }
        whole.column_mut(n)[..n].iter_mut().zip(by_s).for_each(|(w, v)| *w = v / self.weight);
        Ok((h, whole))
    }

    /// The unit tangent of the path, on the side of the old one.
    fn tangent(&self, z: &[f64], old: &[f64], ws: &mut Workspace) -> Option<Vec<f64>> {
        let n = z.len() - 1;
        let (_, mut whole) = self.value(z, ws).ok()?;
        old.iter().enumerate().for_each(|(k, t)| whole[(n, k)] = *t);
        let mut t = vec![0.0; n + 1];
        t[n] = 1.0;
        Lu::new(&whole).ok()?.solve_in_place(&mut t);
        let size = norm(&t);
        (size.is_finite() && size > 0.0).then(|| t.iter().map(|v| v / size).collect())
    }

    /// The point of the path above the predicted one, and the steps that it took.
    fn correct(&self, predicted: &[f64], tangent: &[f64], ws: &mut Workspace) -> Option<(Vec<f64>, usize)> {
        let n = predicted.len() - 1;
        let mut z = predicted.to_vec();
        let mut last = f64::INFINITY;
        for steps in 1..=5 {
            let (h, mut whole) = self.value(&z, ws).ok()?;
            tangent.iter().enumerate().for_each(|(k, t)| whole[(n, k)] = *t);
            let off: f64 = z.iter().zip(predicted).zip(tangent).map(|((z, p), t)| (z - p) * t).sum();
            let right: Vec<f64> = h.iter().copied().chain([off]).collect();
            let d = Lu::new(&whole).ok()?.solve(&right);
            let size = norm(&d);
            if !size.is_finite() || size > 0.5 * last {
                return None;
            }
            z.iter_mut().zip(&d).for_each(|(z, d)| *z -= d);
            if size <= 1e-6 * norm(&z).max(1e-3 * self.weight) {
                return Some((z, steps));
            }
            last = size;
        }
        None
    }
}
