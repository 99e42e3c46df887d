//! The energy of a symmetric network: a quantity that never rises.
//!
//! For tau dv/dt = -v + F(M v + h) with symmetric M and rising F (Cohen and Grossberg 1983; Hopfield 1984)
//!
//! E(v) = -1/2 v^T M v - h^T v + sum_i integral from F(0) to v_i of F^-1(s) ds.
//!
//! With u = F^-1(v) the integral is u v - integral from 0 to u of F (Young's equality), so that only F is needed: u is found by
//! bisection, the integral by Gauss and Legendre's rule. Along a solution
//! tau dE/dt = -sum_i (u_i - (M v + h)_i) (v_i - F((M v + h)_i)) <= 0, because F rises.
//! Where M is not symmetric there is no such function, and v outside the range of F has no energy.
//!
//! Cost: O(n^2) for each state.
//!
//! ```
//! use dynamics::analyze::energy;
//! use linalg::Matrix;
//! // F(u) = u: E = v^T (I - M) v/2 - h^T v.
//! let m = Matrix::from_rows(&[[0.0, 0.5], [0.5, 0.0]]);
//! let e = energy(&m, &[0.0, 0.0], &|u| u, &[1.0, 2.0]).unwrap();
//! assert!((e - (2.5 - 1.0)).abs() < 1e-12);
//! ```

use linalg::Matrix;

/// The energy along a trajectory, and whether it ever rose.
#[derive(Clone, Debug)]
pub struct EnergyCurve {
    /// E at each sample; `None` where the state lies outside the range of F.
    pub values: Vec<Option<f64>>,
    /// The largest rise from one sample to the next, 0 if there is none.
    pub largest_rise: f64,
    /// What rounding could do to a value: rises below it mean nothing.
    pub rounding: f64,
}

/// E(v), or `None` where v lies outside the range of F. M must be symmetric and F rising.
pub fn energy(m: &Matrix, h: &[f64], f: &dyn Fn(f64) -> f64, v: &[f64]) -> Option<f64> {
    terms(m, h, f, v).map(|t| t.0)
}

/// The energy of every column of `x` (n x samples).
pub fn energy_along(m: &Matrix, h: &[f64], f: &dyn Fn(f64) -> f64, x: &Matrix) -> EnergyCurve {
    let found: Vec<Option<(f64, f64)>> = (0..x.cols()).map(|t| terms(m, h, f, x.column(t))).collect();
    let size = found.iter().flatten().map(|t| t.1).fold(0.0, f64::max);
    let rise = found.windows(2).filter_map(|w| Some(w[1]?.0 - w[0]?.0)).fold(0.0, f64::max);
    EnergyCurve {
        values: found.iter().map(|t| t.map(|t| t.0)).collect(),
        largest_rise: rise,
        rounding: 1e-13 * size,
    }
}

/// The energy and the sum of the sizes of its terms.
fn terms(m: &Matrix, h: &[f64], f: &dyn Fn(f64) -> f64, v: &[f64]) -> Option<(f64, f64)> {
    let mv = m.mul_vec(v);
    let (mut sum, mut size) = (0.0, 0.0);
    for i in 0..v.len() {
        let u = inverse(f, v[i])?;
        let stored = u * v[i] - integral(f, u);
        let drive = -(0.5 * mv[i] + h[i]) * v[i];
        sum += drive + stored;
        size += drive.abs() + (u * v[i]).abs();
    }
    Some((sum, size))
}

/// u with F(u) = v by bisection, for a rising F.
fn inverse(f: &dyn Fn(f64) -> f64, v: f64) -> Option<f64> {
    let (mut low, mut high) = (-1.0, 1.0);
    while f(low) > v {
        low *= 2.0;
        if low < -1e9 {
            return None;
        }
    }
    while f(high) < v {
        high *= 2.0;
        if high > 1e9 {
            return None;
        }
    }
    // Where F is flat at v, as a threshold-linear F is at 0, the u nearest to 0 serves: the energy does not depend on it.
    for _ in 0..120 {
        let middle = 0.5 * (low + high);
        if middle == low || middle == high {
            break;
        }
        let value = f(middle);
        if value < v || value == v && middle < 0.0 { low = middle } else { high = middle }
    }
    Some(0.5 * (low + high))
}

/// The integral of F from 0 to u, on panels of at most half a unit.
fn integral(f: &dyn Fn(f64) -> f64, u: f64) -> f64 {
    const NODES: [f64; 4] =
        [0.183_434_642_495_649_8, 0.525_532_409_916_329, 0.796_666_477_413_626_7, 0.960_289_856_497_536_2];
    const WEIGHTS: [f64; 4] =
        [0.362_683_783_378_362, 0.313_706_645_877_887_3, 0.222_381_034_453_374_5, 0.101_228_536_290_376_3];
    let panels = (2.0 * u.abs()).ceil().clamp(1.0, 400.0);
    let half = 0.5 * u / panels;
    (0..panels as usize)
        .map(|k| {
            let middle = half * (2.0 * k as f64 + 1.0);
            NODES
                .iter()
                .zip(&WEIGHTS)
                .map(|(x, w)| w * (f(middle - half * x) + f(middle + half * x)))
                .sum::<f64>()
        })
        .sum::<f64>()
        * half
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symmetric(n: usize) -> Matrix {
        Matrix::from_fn(n, n, |i, j| 2.0 * (((i + 1) * (j + 1)) as f64 * 0.7).sin() / (n as f64).sqrt())
    }

    fn walk(m: &Matrix, h: &[f64], f: &dyn Fn(f64) -> f64) -> Matrix {
        let n = m.rows();
        let mut v: Vec<f64> = (0..n).map(|i| 0.4 + 0.3 * (i as f64).sin()).collect();
        let mut columns = v.clone();
        for _ in 0..400 {
            let drive = m.mul_vec(&v);
            for i in 0..n {
                v[i] += 0.02 * (f(drive[i] + h[i]) - v[i]);
            }
            columns.extend(&v);
        }
        Matrix::from_columns(n, 401, columns)
    }

    #[test]
    fn the_energy_never_rises_for_symmetric_connections() {
        let m = symmetric(8);
        let h: Vec<f64> = (0..8).map(|i| 0.1 * (i as f64).cos()).collect();
        let rules: [&dyn Fn(f64) -> f64; 4] =
            [&f64::tanh, &|u| 1.0 / (1.0 + (-u).exp()), &|u: f64| u.exp().ln_1p(), &|u| 0.4 * u];
        for f in rules {
            let curve = energy_along(&m, &h, f, &walk(&m, &h, f));
            assert!(curve.values.iter().all(Option::is_some));
            assert!(curve.largest_rise <= curve.rounding, "{:e} {:e}", curve.largest_rise, curve.rounding);
            let (first, last) = (curve.values[0].unwrap(), curve.values[400].unwrap());
            assert!(last < first - 1e-3, "{first} {last}");
        }
    }

    #[test]
    fn the_stored_part_of_tanh_has_its_closed_form() {
        // integral of atanh = v atanh v + ln(1 - v^2)/2.
        let zero = Matrix::zeros(1, 1);
        for v in [0.0, 0.3, -0.9, 0.9999] {
            let e = energy(&zero, &[0.0], &f64::tanh, &[v]).unwrap();
            let truth = v * f64::atanh(v) + 0.5 * (1.0 - v * v).ln();
            assert!((e - truth).abs() < 1e-12, "{v} {e} {truth}");
        }
        assert_eq!(energy(&zero, &[0.0], &f64::tanh, &[1.5]), None);
    }

    #[test]
    fn a_threshold_linear_unit_stores_half_its_square() {
        let f = |u: f64| u.max(0.0);
        let e = energy(&Matrix::zeros(2, 2), &[0.0; 2], &f, &[0.0, 3.0]).unwrap();
        assert!((e - 4.5).abs() < 1e-12);
    }
}
