//! Where a function of time may cross 0 within a step, from samples of it at Chebyshev's points.
//!
//! A guard along the dense output of a step is a smooth function: the polynomial through its samples is the guard itself where
//! that is affine in the state, and close to it elsewhere. A bound from its Chebyshev coefficients clears most guards at
//! once; for the others the polynomial is looked at on a finer grid and at its extrema, so that an excursion above 0 and
//! back within one step is found. What is found is a suspicion; the method itself confirms and refines it.
//!
//! Reference: Trefethen (2013), Approximation theory and approximation practice, chapters 3 to 5.

use std::f64::consts::PI;

/// Points of the finer grid for each interval between samples.
const FINER: usize = 4;

/// The points of a step at which guards are sampled, and what is made of the samples.
pub(crate) struct Sieve {
    /// Fractions of the step, from 0 to 1.
    pub(crate) nodes: Vec<f64>,
    weights: Vec<f64>,
    to_coefficients: Vec<f64>,
    fine: Vec<f64>,
    to_fine: Vec<f64>,
}

/// A stretch of a step in which a function comes from below 0 to above it, as fractions of the step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bracket {
    /// Not above 0.
    pub(crate) low: f64,
    /// Above 0.
    pub(crate) high: f64,
    /// Where it crosses, about.
    pub(crate) guess: f64,
}

impl Sieve {
    /// With m samples.
    pub(crate) fn new(m: usize) -> Self {
        let last = (m - 1) as f64;
        let nodes: Vec<f64> = (0..m).map(|j| (PI * j as f64 / (2.0 * last)).sin().powi(2)).collect();
        let end = |j: usize| if j == 0 || j == m - 1 { 0.5 } else { 1.0 };
        let weights = (0..m).map(|j| end(j) * if j % 2 == 0 { 1.0 } else { -1.0 }).collect();
        let mut to_coefficients = vec![0.0; m * m];
        for k in 0..m {
            for j in 0..m {
                to_coefficients[k * m + j] =
                    2.0 / last * end(k) * end(j) * (PI * (k * j) as f64 / last).cos();
            }
        }
        let between = |w: &[f64]| {
            (0..FINER).map(|k| w[0] + (w[1] - w[0]) * k as f64 / FINER as f64).collect::<Vec<_>>()
        };
        let mut fine: Vec<f64> = nodes.windows(2).flat_map(between).collect();
        fine.push(1.0);
        let mut sieve = Self { nodes, weights, to_coefficients, fine, to_fine: Vec::new() };
        for at in 0..sieve.fine.len() {
            for j in 0..m {
                let unit: Vec<f64> = (0..m).map(|i| if i == j { 1.0 } else { 0.0 }).collect();
                let value = sieve.value(&unit, sieve.fine[at]);
                sieve.to_fine.push(value);
            }
        }
        sieve
    }

    /// The polynomial through the samples `g`, at `theta`.
    pub(crate) fn value(&self, g: &[f64], theta: f64) -> f64 {
        let (mut above, mut below) = (0.0, 0.0);
        for ((g, w), node) in g.iter().zip(&self.weights).zip(&self.nodes) {
            if theta == *node {
                return *g;
            }
            above += w * g / (theta - node);
            below += w / (theta - node);
        }
        above / below
    }

    /// Whether the polynomial through the samples certainly stays on its side of 0: above, if `up`.
    fn is_clear(&self, g: &[f64], up: bool) -> bool {
        let (m, sign) = (g.len(), if up { -1.0 } else { 1.0 });
        if g.iter().any(|g| sign * g > 0.0) {
            return false;
        }
        let coefficient = |k: usize| -> f64 {
            self.to_coefficients[k * m..(k + 1) * m].iter().zip(g).map(|(w, g)| w * g).sum()
        };
        sign * coefficient(0) + (1..m).map(|k| coefficient(k).abs()).sum::<f64>() < 0.0
    }

    /// The stretches in which the function with samples `g` comes from below 0 (where it begins unless `up`) to above it by
    /// more than its `rounding`; whether it ends above 0.
    pub(crate) fn brackets(
        &self,
        g: &[f64],
        rounding: f64,
        mut up: bool,
        mut found: impl FnMut(Bracket),
    ) -> bool {
        if self.is_clear(g, up) {
            return up;
        }
        let fine = &self.fine;
        let v: Vec<f64> = (0..fine.len())
            .map(|i| {
                let row = &self.to_fine[i * g.len()..(i + 1) * g.len()];
                row.iter().zip(g).map(|(w, g)| w * g).sum()
            })
            .collect();
        let last = fine.len() - 1;
        let mut low = 0.0;
        for i in 1..=last {
            // An extremum that the grid has stepped over: a rise while the state is below, a dip while it is above.
            if let Some(theta) = self.extremum(g, &v, i, rounding, up) {
                if up {
                    (up, low) = (false, theta);
                } else {
                    let guess = self.root(g, fine[i - 1].max(low), theta);
                    found(Bracket { low, high: theta, guess });
                    low = fine[i];
                }
            }
            if !up && v[i] > rounding {
                found(Bracket { low, high: fine[i], guess: self.root(g, fine[i - 1].max(low), fine[i]) });
                up = true;
            } else if up && v[i] <= 0.0 {
                (up, low) = (false, fine[i]);
            }
        }
        up
    }

    /// An extremum near interval i (a maximum unless `up`) that lies beyond 0 while both ends of its interval do not.
    fn extremum(&self, g: &[f64], v: &[f64], i: usize, rounding: f64, up: bool) -> Option<f64> {
        let sign = if up { -1.0 } else { 1.0 };
        let f = |theta: f64| sign * self.value(g, theta);
        let (a, b) = (sign * v[i - 1], sign * v[i]);
        if a > rounding || b > rounding || i == 1 && up {
            return None;
        }
        // Values that rise (or fall) from before the interval to behind it leave no room for an extremum.
        if i > 1 && i + 1 < v.len() {
            let rises = [v[i - 1] - v[i - 2], v[i] - v[i - 1], v[i + 1] - v[i]];
            if rises.iter().all(|d| *d > 0.0) || rises.iter().all(|d| *d < 0.0) {
                return None;
            }
        }
        let (left, right) = (self.fine[i - 1], self.fine[i]);
        let step = 1e-4 * (right - left);
        if f(left + step) <= a || f(right - step) <= b {
            return None;
        }
        // Golden section, until it is above 0 or has closed on the maximum.
        let ratio = 0.5 * (5f64.sqrt() - 1.0);
        let (mut low, mut high) = (left, right);
        let (mut c, mut d) = (high - ratio * (high - low), low + ratio * (high - low));
        let (mut fc, mut fd) = (f(c), f(d));
        for _ in 0..60 {
            if fc.max(fd) > rounding {
                return Some(if fc > fd { c } else { d });
            }
            if fc > fd {
                (high, d, fd) = (d, c, fc);
                c = high - ratio * (high - low);
                fc = f(c);
            } else {
                (low, c, fc) = (c, d, fd);
                d = low + ratio * (high - low);
                fd = f(d);
            }
        }
        None
    }

    /// A root of the polynomial between `a` and `b`, to some digits.
    fn root(&self, g: &[f64], mut a: f64, mut b: f64) -> f64 {
        let (mut fa, mut fb) = (self.value(g, a), self.value(g, b));
        for _ in 0..12 {
            let secant = a - fa * (b - a) / (fb - fa);
            let c = if secant > a && secant < b { secant } else { 0.5 * (a + b) };
            let fc = self.value(g, c);
            // The Illinois rule: an end that stays counts half.
            if fc > 0.0 {
                (b, fb, fa) = (c, fc, 0.5 * fa);
            } else {
                (a, fa, fb) = (c, fc, 0.5 * fb);
            }
        }
        0.5 * (a + b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(m: usize, f: impl Fn(f64) -> f64, up: bool) -> Vec<Bracket> {
        let sieve = Sieve::new(m);
        let g: Vec<f64> = sieve.nodes.iter().map(|&t| f(t)).collect();
        let mut all = Vec::new();
        sieve.brackets(&g, 0.0, up, |b| all.push(b));
        all
    }

    #[test]
    fn every_upward_crossing_of_a_polynomial_is_found_once() {
        // (t - .1)(t - .3)(t - .35)(t - .8): above 0 before .1, between .3 and .35, and after .8.
        let f = |t: f64| (t - 0.1) * (t - 0.3) * (t - 0.35) * (t - 0.8);
        let all = found(6, f, true);
        assert_eq!(all.len(), 2, "{all:?}");
        for (b, root) in all.iter().zip([0.3, 0.8]) {
            assert!(f(b.low) <= 0.0 && f(b.high) > 0.0 && b.low <= root && root <= b.high, "{b:?}");
            assert!((b.guess - root).abs() < 1e-3, "{b:?}");
        }
    }

    #[test]
    fn an_excursion_between_two_points_of_the_grid_is_found() {
        for center in [0.003, 0.02, 0.31, 0.5, 0.77, 0.997] {
            let f = |t: f64| 1e-9 - (t - center) * (t - center);
            let all = found(6, f, false);
            assert_eq!(all.len(), 1, "{center}: {all:?}");
            assert!(f(all[0].high) > -1e-15 && (all[0].guess - center).abs() < 1e-3, "{center}: {all:?}");
        }
    }

    #[test]
    fn what_touches_zero_from_below_does_not_cross_it() {
        for m in [6, 8] {
            assert!(found(m, |t| -(t - 0.31) * (t - 0.31) - 1e-15, false).is_empty());
            assert!(found(m, |t| t - 1.0, false).is_empty());
            assert!(found(m, |t| -t, false).is_empty());
        }
    }
}
