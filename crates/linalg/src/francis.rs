//! The implicit double-shift QR iteration on a Hessenberg matrix: H = Z T Z^T with T quasi-triangular.
//!
//! Each 2 x 2 block of T is standardized: equal diagonal entries a, and off-diagonal entries b, c of opposite
//! sign, so that its eigenvalues are a +- i sqrt(-b c). Deflation is by the neighborwise test of Ahues and
//! Tisseur, and every tenth sweep without deflation takes an exceptional shift, so that a cyclic permutation
//! does not stall it.
//!
//! Reference: J. G. F. Francis (1961); LAPACK's dlahqr and dlanv2 (E. Anderson et al. 1999). Cost: about
//! 10 n^3 operations for T and 4 n^3 more for Z.

use crate::{LinalgError, Matrix};
use pulp::NullaryFnOnce;

const EPS: f64 = f64::EPSILON;

/// Reduces the upper Hessenberg matrix `h` to standardized real Schur form, and multiplies `z` by the
/// transformation.
pub(crate) fn francis(h: &mut Matrix, z: &mut Matrix) -> Result<(), LinalgError> {
    let n = h.rows();
    let small = f64::MIN_POSITIVE * (n as f64 / EPS);
    let max_sweeps = 30 * n.max(10);
    let mut end = n;
    let mut sweeps = 0;
    let mut stalled = 0;
    while end > 0 {
        let i = end - 1;
        let l = active_start(h, i, small);
        if l > 0 {
            h[(l, l - 1)] = 0.0;
        }
        if l + 1 >= end || l + 2 == end {
            if l + 2 == end {
                standardize(h, z, l);
            }
            end = l;
            stalled = 0;
            continue;
        }
        stalled += 1;
        sweeps += 1;
        if sweeps > max_sweeps {
            return Err(LinalgError::NoConvergence { what: "the QR iteration", iterations: max_sweeps });
        }
        let shifts = shifts(h, l, i, stalled);
        pulp::Arch::new().dispatch(Sweep { h: &mut *h, z: &mut *z, l, i, shifts });
    }
    Ok(())
}

/// The first row of the unreduced block that ends at row `i`.
fn active_start(h: &Matrix, i: usize, small: f64) -> usize {
    let n = h.rows();
    for k in (1..=i).rev() {
        let sub = h[(k, k - 1)].abs();
        if sub <= small {
            return k;
        }
        let mut scale = h[(k - 1, k - 1)].abs() + h[(k, k)].abs();
        if scale == 0.0 {
            if k >= 2 {
                scale += h[(k - 1, k - 2)].abs();
            }
            if k + 1 < n {
                scale += h[(k + 1, k)].abs();
            }
        }
        if sub <= EPS * scale {
            let sup = h[(k - 1, k)].abs();
            let (ab, ba) = (sub.max(sup), sub.min(sup));
            let (d, gap) = (h[(k, k)].abs(), (h[(k - 1, k - 1)] - h[(k, k)]).abs());
            let (aa, bb) = (d.max(gap), d.min(gap));
            let s = aa + ab;
            if ba * (ab / s) <= small.max(EPS * (bb * (aa / s))) {
                return k;
            }
        }
    }
    0
}

/// Two shifts, real or conjugate: (re, im), (re, -im) or two equal real ones.
fn shifts(h: &Matrix, l: usize, i: usize, stalled: usize) -> [(f64, f64); 2] {
    let (h11, h21, h12, h22);
    if stalled.is_multiple_of(20) {
        let s = h[(i, i - 1)].abs() + h[(i - 1, i - 2)].abs();
        (h11, h12, h21) = (0.75 * s + h[(i, i)], -0.4375 * s, s);
        h22 = h11;
    } else if stalled.is_multiple_of(10) {
        let s = h[(l + 1, l)].abs() + h[(l + 2, l + 1)].abs();
        (h11, h12, h21) = (0.75 * s + h[(l, l)], -0.4375 * s, s);
        h22 = h11;
    } else {
        (h11, h21, h12, h22) = (h[(i - 1, i - 1)], h[(i, i - 1)], h[(i - 1, i)], h[(i, i)]);
    }
    let s = h11.abs() + h12.abs() + h21.abs() + h22.abs();
    if s == 0.0 {
        return [(0.0, 0.0); 2];
    }
    let (h11, h12, h21, h22) = (h11 / s, h12 / s, h21 / s, h22 / s);
    let half = (h11 + h22) / 2.0;
    let det = (h11 - half) * (h22 - half) - h12 * h21;
    let root = det.abs().sqrt();
    if det >= 0.0 {
        [(half * s, root * s), (half * s, -root * s)]
    } else {
        let (one, two) = (half + root, half - root);
        let near = if (one - h22).abs() <= (two - h22).abs() { one } else { two };
        [(near * s, 0.0); 2]
    }
}

/// One double-shift sweep over rows `l..=i`, compiled for the vectors of the machine it runs on.
struct Sweep<'a> {
    h: &'a mut Matrix,
    z: &'a mut Matrix,
    l: usize,
    i: usize,
    shifts: [(f64, f64); 2],
}

impl NullaryFnOnce for Sweep<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        sweep(self.h, self.z, self.l, self.i, self.shifts);
    }
}

#[inline(always)]
fn sweep(h: &mut Matrix, z: &mut Matrix, l: usize, i: usize, shifts: [(f64, f64); 2]) {
    let [(r1, i1), (r2, i2)] = shifts;
    let n = h.rows();
    let mut v = [0.0; 3];
    let mut m = i - 1;
    // Two consecutive small subdiagonal entries let the sweep begin further down.
    loop {
        m -= 1;
        let sub = h[(m + 1, m)];
        let s = (h[(m, m)] - r2).abs() + i2.abs() + sub.abs();
        let sub = sub / s;
        v[0] = sub * h[(m, m + 1)] + (h[(m, m)] - r1) * ((h[(m, m)] - r2) / s) - i1 * (i2 / s);
        v[1] = sub * (h[(m, m)] + h[(m + 1, m + 1)] - r1 - r2);
        v[2] = sub * h[(m + 2, m + 1)];
        let s = v[0].abs() + v[1].abs() + v[2].abs();
        v = v.map(|x| x / s);
        if m == l {
            break;
        }
        let around = h[(m - 1, m - 1)].abs() + h[(m, m)].abs() + h[(m + 1, m + 1)].abs();
        if h[(m, m - 1)].abs() * (v[1].abs() + v[2].abs()) <= EPS * v[0].abs() * around {
            break;
        }
    }
    for k in m..i {
        let three = k + 2 <= i;
        if k > m {
            v = [h[(k, k - 1)], h[(k + 1, k - 1)], if three { h[(k + 2, k - 1)] } else { 0.0 }];
        } else if !three {
            v[2] = 0.0;
        }
        let (beta, tau, w) = reflector(v);
        if k > m {
            h[(k, k - 1)] = beta;
            h[(k + 1, k - 1)] = 0.0;
            if three {
                h[(k + 2, k - 1)] = 0.0;
            }
        } else if m > l {
            h[(k, k - 1)] *= 1.0 - tau;
        }
        if tau == 0.0 {
            continue;
        }
        let rows = (k + 4).min(i + 1);
        if three {
            for j in k..n {
                let c = &mut h.column_mut(j)[k..k + 3];
                let s = tau * (c[0] + w[0] * c[1] + w[1] * c[2]);
                c[0] -= s;
                c[1] -= s * w[0];
                c[2] -= s * w[1];
            }
            mix_three(h, k, rows, tau, w);
            mix_three(z, k, n, tau, w);
        } else {
            for j in k..n {
                let c = &mut h.column_mut(j)[k..k + 2];
                let s = tau * (c[0] + w[0] * c[1]);
                c[0] -= s;
                c[1] -= s * w[0];
            }
            mix_two(h, k, rows, |a, b| {
                let s = tau * (a + w[0] * b);
                (a - s, b - s * w[0])
            });
            mix_two(z, k, n, |a, b| {
                let s = tau * (a + w[0] * b);
                (a - s, b - s * w[0])
            });
        }
    }
}

/// beta, tau, w with (I - tau (1, w)(1, w)^T) v = (beta, 0, 0).
#[inline(always)]
fn reflector(v: [f64; 3]) -> (f64, f64, [f64; 2]) {
    let tail = v[1].hypot(v[2]);
    if tail == 0.0 {
        return (v[0], 0.0, [0.0; 2]);
    }
    let beta = -v[0].hypot(tail).copysign(v[0]);
    let scale = v[0] - beta;
    (beta, (beta - v[0]) / beta, [v[1] / scale, v[2] / scale])
}

/// Columns k, k+1, k+2 times the reflector, rows `0..rows`.
#[inline(always)]
fn mix_three(a: &mut Matrix, k: usize, rows: usize, tau: f64, w: [f64; 2]) {
    let n = a.rows();
    let (c0, rest) = a.as_mut_slice()[k * n..(k + 3) * n].split_at_mut(n);
    let (c1, c2) = rest.split_at_mut(n);
    for ((x, y), z) in c0[..rows].iter_mut().zip(&mut c1[..rows]).zip(&mut c2[..rows]) {
        let s = tau * (*x + w[0] * *y + w[1] * *z);
        *x -= s;
        *y -= s * w[0];
        *z -= s * w[1];
    }
}

/// Columns k, k+1, each pair of entries replaced by `f` of it, rows `0..rows`.
#[inline(always)]
fn mix_two(a: &mut Matrix, k: usize, rows: usize, f: impl Fn(f64, f64) -> (f64, f64)) {
    let n = a.rows();
    let (c0, c1) = a.as_mut_slice()[k * n..(k + 2) * n].split_at_mut(n);
    for (x, y) in c0[..rows].iter_mut().zip(&mut c1[..rows]) {
        (*x, *y) = f(*x, *y);
    }
}

/// Brings the block at rows l, l+1 to standard form (triangular, or equal diagonal and b c < 0).
pub(crate) fn standardize(h: &mut Matrix, z: &mut Matrix, l: usize) {
    let n = h.rows();
    let (block, (cs, sn)) = standard_block(h[(l, l)], h[(l, l + 1)], h[(l + 1, l)], h[(l + 1, l + 1)]);
    [h[(l, l)], h[(l, l + 1)], h[(l + 1, l)], h[(l + 1, l + 1)]] = block;
    for j in l + 2..n {
        let c = &mut h.column_mut(j)[l..l + 2];
        (c[0], c[1]) = (cs * c[0] + sn * c[1], cs * c[1] - sn * c[0]);
    }
    mix_two(h, l, l, |a, b| (cs * a + sn * b, cs * b - sn * a));
    mix_two(z, l, z.rows(), |a, b| (cs * a + sn * b, cs * b - sn * a));
}

/// The rotation (cs, sn) that standardizes [[a, b], [c, d]], and the block that it makes.
fn standard_block(a: f64, b: f64, c: f64, d: f64) -> ([f64; 4], (f64, f64)) {
    if c == 0.0 {
        return ([a, b, c, d], (1.0, 0.0));
    }
    if b == 0.0 {
        return ([d, -c, 0.0, a], (0.0, 1.0));
    }
    if a == d && (b > 0.0) != (c > 0.0) {
        return ([a, b, c, d], (1.0, 0.0));
    }
    let gap = a - d;
    let p = 0.5 * gap;
    let largest = b.abs().max(c.abs());
    let smallest = b.abs().min(c.abs()) * b.signum() * c.signum();
    let scale = p.abs().max(largest);
    let disc = (p / scale) * p + (largest / scale) * smallest;
    if disc >= 4.0 * EPS * scale {
        // Real eigenvalues.
        let r = p + (scale.sqrt() * disc.sqrt()).copysign(p);
        let tau = c.hypot(r);
        return ([d + r, b - c, 0.0, d - (largest / r) * smallest], (r / tau, c / tau));
    }
    // Complex or nearly equal: make the diagonal equal.
    let sigma = b + c;
    let tau = sigma.hypot(gap);
    let cs = (0.5 * (1.0 + sigma.abs() / tau)).sqrt();
    let sn = -(p / (tau * cs)) * if sigma < 0.0 { -1.0 } else { 1.0 };
    let (aa, bb, cc, dd) = (a * cs + b * sn, -a * sn + b * cs, c * cs + d * sn, -c * sn + d * cs);
    let (a, b, c, d) = (aa * cs + cc * sn, bb * cs + dd * sn, -aa * sn + cc * cs, -bb * sn + dd * cs);
    let mean = 0.5 * (a + d);
    if c == 0.0 || (b != 0.0 && (b < 0.0) != (c < 0.0)) {
        return ([mean, b, c, mean], (cs, sn));
    }
    if b == 0.0 {
        return ([mean, -c, 0.0, mean], (-sn, cs));
    }
    // Real after all: one more rotation makes it triangular.
    let (root_b, root_c) = (b.abs().sqrt(), c.abs().sqrt());
    let p = (root_b * root_c).copysign(c);
    let tau = 1.0 / (b + c).abs().sqrt();
    let (cs1, sn1) = (root_b * tau, root_c * tau);
    ([mean + p, b - c, 0.0, mean - p], (cs * cs1 - sn * sn1, cs * sn1 + sn * cs1))
}
