//! The distance to instability: the smallest complex perturbation that puts an eigenvalue on the border.
//!
//! flow: beta(A) = min over omega of sigma_min(A - i omega I); map: min over theta of sigma_min(A - e^{i theta} I).
//!
//! A level s is a singular value of A - i omega I exactly if i omega is an eigenvalue of the Hamiltonian matrix
//! [A, -s I; s I, -A^T]. So a local minimum is made the global one: below it a level has no imaginary eigenvalue, or
//! the intervals between those found hold a lower minimum, and the search goes on there (Boyd and Balakrishnan 1990;
//! Bruinsma and Steinbuch 1990). For maps the Cayley transform z = (1 + s)/(1 - s) brings the circle to the axis.
//!
//! Cost: a few spectra of size 2n. Accuracy: 1e-8 relative, or eps ||A|| where the distance is smaller than that.
//! For real perturbations of a 2 x 2 flow the distance is min(sigma_min(A), |tr A|/2).

use super::resolvent::{Resolvent, minimize};
use super::time::TimeKind;
use linalg::{Complex, LinalgError, Lu, Matrix, eigenvalues};

/// The distance and the frequency (map: the angle) where the minimum lies; A must be asymptotically stable.
pub(super) fn distance_to_instability(
    a: &Matrix,
    time: TimeKind,
    values: &[Complex],
    resolvent: &Resolvent,
) -> Result<(f64, f64), LinalgError> {
    let on_border = |y: f64| match time {
        TimeKind::Flow => Complex::new(0.0, y),
        TimeKind::Map => Complex::from_polar(1.0, y),
    };
    let sigma = |y: f64| resolvent.sigma_min(on_border(y), 1e-7);
    let angle = |z: &Complex| match time {
        TimeKind::Flow => z.im.abs(),
        TimeKind::Map => z.arg().abs(),
    };
    // The border is symmetric: y >= 0 suffices. Candidates are 0 and the frequencies of the eigenvalues nearest to it.
    let mut candidates: Vec<(f64, f64)> = values
        .iter()
        .filter(|z| z.im >= 0.0)
        .map(|z| ((on_border(angle(z)) - Complex::new(z.re, z.im.abs())).norm(), angle(z)))
        .collect();
    candidates.sort_by(|a, b| a.0.total_cmp(&b.0));
    candidates.truncate(12);
    let mut best = (sigma(0.0), 0.0);
    for &(_, y) in &candidates {
        let s = sigma(y);
        if s < best.0 {
            best = (s, y);
        }
    }
    let scale = a.norm_frobenius();
    for _ in 0..20 {
        best = descend(&sigma, best);
        let level = best.0 * (1.0 - 2e-9);
        if best.0 <= 1e-14 * scale {
            break;
        }
        let crossings = crossings(a, time, level, scale)?;
        // Between two crossings lies a lower stretch; a crossing that is an accident of rounding is found out here.
        let mut tried = crossings.clone();
        tried.extend(crossings.windows(2).map(|w| 0.5 * (w[0] + w[1])));
        if let Some(&last) = crossings.first() {
            tried.push(0.5 * last);
        }
        let lower = tried
            .iter()
            .map(|&y| (sigma(y), y))
            .filter(|t| t.0 < best.0 * (1.0 - 1e-9))
            .min_by(|a, b| a.0.total_cmp(&b.0));
        match lower {
            Some(t) => best = t,
            None => break,
        }
    }
    // By symmetry sigma is flat at the real points of the border, and a search stops a root of rounding beside them.
    for y in [0.0, std::f64::consts::PI] {
        let real = time == TimeKind::Map || y == 0.0;
        if real && best.1 != y && sigma(y) <= best.0 * (1.0 + 1e-12) {
            best = (best.0.min(sigma(y)), y);
        }
    }
    Ok(best)
}

/// Walks from `best` to the bottom of its valley.
fn descend(sigma: &impl Fn(f64) -> f64, best: (f64, f64)) -> (f64, f64) {
    // sigma_min is Lipschitz with constant 1 in y, so its own value is the natural first step.
    let (mut value, mut y) = best;
    let mut reach = 0.5 * value;
    for _ in 0..60 {
        let (left, right) = (sigma((y - reach).abs()), sigma(y + reach));
        if left >= value && right >= value {
            break;
        }
        (value, y) = if left < right { (left, (y - reach).abs()) } else { (right, y + reach) };
        reach *= 1.6;
    }
    let (at, low) = minimize(|y| sigma(y.abs()), y - reach, y + reach, 1e-10);
    if low < value { (low, at.abs()) } else { (value, y) }
}

/// The y >= 0 at which the level is a singular value, in increasing order; a few may be false.
fn crossings(a: &Matrix, time: TimeKind, level: f64, scale: f64) -> Result<Vec<f64>, LinalgError> {
    let n = a.rows();
    let unit = |i: usize, j: usize, x: f64| if i == j { x } else { 0.0 };
    let mut found: Vec<f64> = match time {
        TimeKind::Flow => {
            let h = Matrix::from_fn(2 * n, 2 * n, |i, j| match (i < n, j < n) {
                (true, true) => a[(i, j)],
                (true, false) => unit(i, j - n, -level),
                (false, true) => unit(i - n, j, level),
                (false, false) => -a[(j - n, i - n)],
            });
            let axis = |z: &&Complex| z.im >= 0.0 && z.re.abs() <= 1e-7 * (scale + z.norm());
            eigenvalues(&h)?.iter().filter(axis).map(|z| z.im).collect()
        }
        TimeKind::Map => {
            // (P - Q) x = s (P + Q) x for the pencil P = [A, -l I; 0, I], Q = [I, 0; -l I, A^T].
            let (mut difference, mut sum) = (Matrix::zeros(2 * n, 2 * n), Matrix::zeros(2 * n, 2 * n));
            for j in 0..n {
                for i in 0..n {
                    difference[(i, j)] = a[(i, j)] - unit(i, j, 1.0);
                    sum[(i, j)] = a[(i, j)] + unit(i, j, 1.0);
                    difference[(n + i, n + j)] = unit(i, j, 1.0) - a[(j, i)];
                    sum[(n + i, n + j)] = unit(i, j, 1.0) + a[(j, i)];
                    difference[(i, n + j)] = unit(i, j, -level);
                    sum[(i, n + j)] = unit(i, j, -level);
                    difference[(n + i, j)] = unit(i, j, level);
                    sum[(n + i, j)] = unit(i, j, -level);
                }
            }
            let lu = Lu::new(&sum)?;
            if lu.is_singular() {
                return Ok(vec![std::f64::consts::PI]);
            }
            let axis = |z: &&Complex| z.im >= 0.0 && z.re.abs() <= 1e-7 * (1.0 + z.norm());
            eigenvalues(&lu.solve_matrix(&difference))?
                .iter()
                .filter(axis)
                .map(|z| 2.0 * z.im.atan())
                .collect()
        }
    };
    found.sort_by(f64::total_cmp);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(rows: &[&[f64]], time: TimeKind) -> f64 {
        let a = Matrix::from_rows(rows);
        let values = eigenvalues(&a).unwrap();
        distance_to_instability(&a, time, &values, &Resolvent::new(&a).unwrap()).unwrap().0
    }

    #[test]
    fn a_normal_matrix_is_as_far_as_its_nearest_eigenvalue() {
        let a: [&[f64]; 3] = [&[-0.3, 5.0, 0.0], &[-5.0, -0.3, 0.0], &[0.0, 0.0, -1.0]];
        assert!((distance(&a, TimeKind::Flow) - 0.3).abs() < 1e-9);
        let a: [&[f64]; 2] = [&[0.6, 0.6], &[-0.6, 0.6]];
        let truth = 1.0 - 0.72_f64.sqrt();
        assert!((distance(&a, TimeKind::Map) - truth).abs() < 1e-9);
    }

    #[test]
    fn a_minimum_at_rest_is_at_frequency_zero_exactly() {
        for seed in 0..40 {
            let noise = |k: usize| ((seed * 17 + k * 71 + 3) as f64 * 12.9898).sin();
            let a = Matrix::from_rows(&[
                [-1.0, 3.0 * noise(1), noise(2)],
                [0.0, -1.0 - noise(3).abs(), 5.0 * noise(4)],
                [0.0, 0.0, -2.0],
            ]);
            let values = eigenvalues(&a).unwrap();
            let resolvent = Resolvent::new(&a).unwrap();
            let y = distance_to_instability(&a, TimeKind::Flow, &values, &resolvent).unwrap().1;
            assert!(y == 0.0 || y > 1e-3, "{y:e}");
        }
    }

    #[test]
    fn a_planar_matrix_agrees_with_a_fine_scan() {
        for (rows, time) in [
            ([[-1.0, 100.0], [0.0, -2.0]], TimeKind::Flow),
            ([[-1.0, 5.0], [-3.0, -0.5]], TimeKind::Flow),
            ([[0.5, 4.0], [0.0, -0.7]], TimeKind::Map),
            ([[0.1, 0.9], [-0.5, 0.6]], TimeKind::Map),
        ] {
            let a = Matrix::from_rows(&rows);
            let found = distance(&[&rows[0], &rows[1]], time);
            let mut least = f64::INFINITY;
            for k in 0..=40_000 {
                let y = f64::from(k) * if time == TimeKind::Flow { 2e-4 } else { std::f64::consts::PI / 4e4 };
                let z =
                    if time == TimeKind::Flow { Complex::new(0.0, y) } else { Complex::from_polar(1.0, y) };
                let (p, q) = (a[(0, 0)] - z, a[(1, 1)] - z);
                let square = p.norm_sqr() + q.norm_sqr() + a[(0, 1)].powi(2) + a[(1, 0)].powi(2);
                let det = (p * q - a[(0, 1)] * a[(1, 0)]).norm();
                let top = ((square + ((square - 2.0 * det) * (square + 2.0 * det)).sqrt()) / 2.0).sqrt();
                least = least.min(det / top);
            }
            assert!(
                (found - least).abs() < 1e-6 * least && found <= least * (1.0 + 1e-9),
                "{rows:?} {found} {least}"
            );
        }
    }
}
