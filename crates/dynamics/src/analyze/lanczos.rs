//! The largest eigenvalue of a symmetric positive operator that is only known by its products.
//!
//! Lanczos with full reorthogonalization: after k products the largest Ritz value is exact to the square of its
//! residual. It serves ||E|| (the operator is E^T E, by two products) and sigma_min(z I - T) (the operator is the
//! inverse of (zI - T)^H (zI - T), by two triangular solves), each O(n^2) a step where a singular value
//! decomposition would take O(n^3).
//!
//! A complex vector is the real vector of its real and imaginary parts: a Hermitian operator is symmetric there.
//! Reference: Golub and Van Loan (2013), *Matrix Computations*, ch. 10.

const STEPS: usize = 120;

/// The largest eigenvalue and its unit eigenvector of the operator `apply(x, y)`: y = B x, on vectors of length `n`.
///
/// `accuracy` bounds the relative residual; the eigenvalue is accurate to about its square.
pub(super) fn largest_eigenpair(
    n: usize,
    accuracy: f64,
    mut apply: impl FnMut(&[f64], &mut [f64]),
) -> (f64, Vec<f64>) {
    // A fixed start without pattern, so that no symmetry of B hides the eigenvector from it.
    let mut start: Vec<f64> = (1..=n).map(|i| 0.25 + (i as f64 * 0.618_033_988_749_894_9).fract()).collect();
    for (i, x) in start.iter_mut().enumerate() {
        if (i * i + i / 3) % 5 < 2 {
            *x = -*x;
        }
    }
    let mut best = (0.0, start.clone());
    for _restart in 0..3 {
        let (value, vector, converged) = sweep(&start, accuracy, &mut apply);
        best = (value, vector);
        if converged || !value.is_finite() {
            break;
        }
        start.clone_from(&best.1);
    }
    best
}

fn sweep(start: &[f64], accuracy: f64, apply: &mut impl FnMut(&[f64], &mut [f64])) -> (f64, Vec<f64>, bool) {
    let n = start.len();
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let (mut alpha, mut beta): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    let mut q = start.to_vec();
    normalize(&mut q);
    let mut w = vec![0.0; n];
    loop {
        apply(&q, &mut w);
        let a = dot(&q, &w);
        if !a.is_finite() {
            return (a, q, false);
        }
        alpha.push(a);
        basis.push(std::mem::take(&mut q));
        // Twice is enough.
        for _ in 0..2 {
            for v in &basis {
                let c = dot(v, &w);
                for (x, y) in w.iter_mut().zip(v) {
                    *x -= c * y;
                }
            }
        }
        let b = dot(&w, &w).sqrt();
        let k = alpha.len();
        let exhausted =
            k == n || k == STEPS || b <= 1e-15 * alpha.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
        if exhausted || k < 6 || k.is_multiple_of(4) {
            let (value, s) = tridiagonal_top(&alpha, &beta);
            let residual = b * s[k - 1].abs();
            let converged = residual <= accuracy * value;
            if exhausted || converged {
                let mut v = vec![0.0; n];
                for (column, &c) in basis.iter().zip(&s) {
                    for (x, y) in v.iter_mut().zip(column) {
                        *x += c * y;
                    }
                }
                normalize(&mut v);
                return (value, v, converged || k == n || k < STEPS);
            }
        }
        beta.push(b);
        q = w.iter().map(|x| x / b).collect();
    }
}

/// The largest eigenpair of a symmetric tridiagonal matrix, by the implicit QL method.
fn tridiagonal_top(alpha: &[f64], beta: &[f64]) -> (f64, Vec<f64>) {
    let n = alpha.len();
    let (mut d, mut e) = (alpha.to_vec(), beta.to_vec());
    e.push(0.0);
    let mut z: Vec<Vec<f64>> =
        (0..n).map(|j| (0..n).map(|i| f64::from(u8::from(i == j))).collect()).collect();
    for l in 0..n {
        for _ in 0..60 {
            let m = (l..n - 1)
                .find(|&m| e[m].abs() <= f64::EPSILON * (d[m].abs() + d[m + 1].abs()))
                .unwrap_or(n - 1);
            if m == l {
                break;
            }
            let g = (d[l + 1] - d[l]) / (2.0 * e[l]);
            let mut r = g.hypot(1.0);
            let mut g = d[m] - d[l] + e[l] / (g + r.copysign(g));
            let (mut s, mut c, mut p) = (1.0, 1.0, 0.0);
            let mut early = false;
            for i in (l..m).rev() {
                let (f, b) = (s * e[i], c * e[i]);
                r = f.hypot(g);
                e[i + 1] = r;
                if r == 0.0 {
                    d[i + 1] -= p;
                    e[m] = 0.0;
                    early = true;
                    break;
                }
                s = f / r;
                c = g / r;
                g = d[i + 1] - p;
                r = (d[i] - g) * s + 2.0 * c * b;
                p = s * r;
                d[i + 1] = g + p;
                g = c * r - b;
                let (left, right) = z.split_at_mut(i + 1);
                for (x, y) in left[i].iter_mut().zip(right[0].iter_mut()) {
                    let f = *y;
                    *y = s * *x + c * f;
                    *x = c * *x - s * f;
                }
            }
            if !early {
                d[l] -= p;
                e[l] = g;
                e[m] = 0.0;
            }
        }
    }
    let top = (0..n).max_by(|&i, &j| d[i].total_cmp(&d[j])).unwrap_or(0);
    (d[top], z.swap_remove(top))
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Divides by the 2-norm, if that is not 0.
pub(super) fn normalize(x: &mut [f64]) {
    let norm = dot(x, x).sqrt();
    if norm > 0.0 {
        x.iter_mut().for_each(|v| *v /= norm);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_eigenvalue_of_the_second_difference_is_known() {
        // 2 + 2 cos(pi/(n + 1)), close to its neighbor.
        let n = 60;
        let (value, v) = largest_eigenpair(n, 1e-8, |x, y| {
            for i in 0..n {
                let left = if i > 0 { x[i - 1] } else { 0.0 };
                let right = if i + 1 < n { x[i + 1] } else { 0.0 };
                y[i] = 2.0 * x[i] - left - right;
            }
        });
        let truth = 2.0 + 2.0 * (std::f64::consts::PI / (n as f64 + 1.0)).cos();
        assert!((value - truth).abs() < 1e-13, "{value} {truth}");
        assert!((dot(&v, &v) - 1.0).abs() < 1e-14);
    }

    #[test]
    fn a_multiple_of_the_identity_needs_one_step() {
        let (value, _) = largest_eigenpair(5, 1e-8, |x, y| {
            y.iter_mut().zip(x).for_each(|(y, x)| *y = 3.0 * x);
        });
        assert!((value - 3.0).abs() < 1e-15);
    }
}
