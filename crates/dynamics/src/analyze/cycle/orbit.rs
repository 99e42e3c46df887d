//! A closed curve as pieces of polynomials: x(T s) for s in [0, 1], on a mesh that is dense where the curve turns.

use super::basis::{DEGREE, values};

/// A closed curve in time: polynomials of degree 4 on the intervals of a mesh.
#[derive(Clone, Debug)]
pub struct Orbit {
    /// The number n of variables.
    pub n: usize,
    /// The mesh 0 = s_0 < … < s_N = 1, in units of the period.
    pub mesh: Vec<f64>,
    /// The states at 4 N + 1 points, one after the other, 4 equal parts to each interval; the last equals the first.
    pub points: Vec<f64>,
    /// The period T.
    pub period: f64,
}

impl Orbit {
    /// The number N of intervals.
    pub fn intervals(&self) -> usize {
        self.mesh.len() - 1
    }

    /// The state at phase s in [0, 1].
    pub fn at(&self, s: f64) -> Vec<f64> {
        let s = s - s.floor();
        let j = self.mesh.partition_point(|&m| m <= s).clamp(1, self.intervals()) - 1;
        let mut x = vec![0.0; self.n];
        self.piece(j, (s - self.mesh[j]) / (self.mesh[j + 1] - self.mesh[j]), &mut x);
        x
    }

    /// The phases of the points.
    pub fn phases(&self) -> Vec<f64> {
        phases(&self.mesh)
    }

    /// The mean over the period of each variable, by Simpson's and Boole's kin of the 5 points.
    pub fn mean(&self) -> Vec<f64> {
        let mut mean = vec![0.0; self.n];
        for j in 0..self.intervals() {
            let h = self.mesh[j + 1] - self.mesh[j];
            for (k, w) in [7.0, 32.0, 12.0, 32.0, 7.0].into_iter().enumerate() {
                let at = (j * DEGREE + k) * self.n;
                for (m, x) in mean.iter_mut().zip(&self.points[at..at + self.n]) {
                    *m += h * w / 90.0 * x;
                }
            }
        }
        mean
    }

    /// The smallest and the largest value of each variable, of the polynomials and not only of the points.
    pub fn extrema(&self) -> (Vec<f64>, Vec<f64>) {
        let (mut low, mut high) = (vec![f64::INFINITY; self.n], vec![f64::NEG_INFINITY; self.n]);
        let last = self.intervals() * DEGREE;
        for i in 0..self.n {
            let x = |k: usize| self.points[k * self.n + i];
            let (mut least, mut most) = (0, 0);
            for k in 0..last {
                if x(k) < x(least) {
                    least = k;
                }
                if x(k) > x(most) {
                    most = k;
                }
            }
            low[i] = -self.peak(i, least, -1.0);
            high[i] = self.peak(i, most, 1.0);
        }
        (low, high)
    }

    /// The largest value of sign * x_i near point k.
    fn peak(&self, i: usize, k: usize, sign: f64) -> f64 {
        let intervals = self.intervals();
        let j = k / DEGREE;
        let mut best = sign * self.points[k * self.n + i];
        let mut try_piece = |j: usize, from: f64, to: f64| {
            let f = |s: f64| {
                let l = values(s);
                (0..=DEGREE).map(|q| l[q] * sign * self.points[(j * DEGREE + q) * self.n + i]).sum::<f64>()
            };
            let (mut a, mut b) = (from, to);
            // Golden sections: the maximum is flat, so that 1e-8 in s is rounding in x.
            const PART: f64 = 0.618_033_988_749_894_9;
            let (mut c, mut d) = (b - PART * (b - a), a + PART * (b - a));
            let (mut fc, mut fd) = (f(c), f(d));
            for _ in 0..36 {
                if fc > fd {
                    (b, d, fd) = (d, c, fc);
                    c = b - PART * (b - a);
                    fc = f(c);
                } else {
                    (a, c, fc) = (c, d, fd);
                    d = a + PART * (b - a);
                    fd = f(d);
                }
            }
            best = best.max(fc).max(fd);
        };
        let step = 1.0 / DEGREE as f64;
        let s = (k % DEGREE) as f64 * step;
        if k.is_multiple_of(DEGREE) {
            try_piece(j, 0.0, step);
            try_piece((j + intervals - 1) % intervals, 1.0 - step, 1.0);
        } else {
            try_piece(j, s - step, s + step);
        }
        best
    }

    /// The state at the part s of interval j.
    pub(crate) fn piece(&self, j: usize, s: f64, x: &mut [f64]) {
        piece(&self.points, self.n, j, s, x);
    }

    /// The same curve on another mesh.
    pub(crate) fn on(&self, mesh: &[f64]) -> Self {
        let mut points = transfer(&self.points, self.n, &self.mesh, mesh);
        let (n, len) = (self.n, points.len());
        let first: Vec<f64> = points[..n].to_vec();
        points[len - n..].copy_from_slice(&first);
        Self { n, mesh: mesh.to_vec(), points, period: self.period }
    }

    /// A mesh of N intervals that shares the error of this curve equally, and an estimate of the error.
    ///
    /// The fifth derivative is read from the jumps of the fourth, each variable in its unit; the intervals get equal shares
    /// of its fifth root. Reference: de Boor (1973), Good approximation by splines with variable knots.
    pub(crate) fn balanced(&self, intervals: usize, units: &[f64]) -> (Vec<f64>, f64) {
        let old = self.intervals();
        let width = |j: usize| self.mesh[j + 1] - self.mesh[j];
        let fourth = [256.0, -1024.0, 1536.0, -1024.0, 256.0];
        let mut high = vec![0.0; old * self.n];
        for j in 0..old {
            let h4 = width(j).powi(4);
            for i in 0..self.n {
                let d: f64 =
                    (0..=DEGREE).map(|k| fourth[k] * self.points[(j * DEGREE + k) * self.n + i]).sum();
                high[j * self.n + i] = d / h4 / units[i];
            }
        }
        // The fifth derivative where two intervals meet.
        let jump: Vec<f64> = (0..old)
            .map(|j| {
                let before = (j + old - 1) % old;
                let between = 0.5 * (width(before) + width(j));
                let d = |i: usize| (high[j * self.n + i] - high[before * self.n + i]) / between;
                (0..self.n).map(|i| d(i).abs()).fold(0.0, f64::max)
            })
            .collect();
        let fifth = |j: usize| 0.5 * (jump[j] + jump[(j + 1) % old]);
        let error = (0..old).map(|j| width(j).powi(5) * fifth(j)).fold(0.0, f64::max) / 3e4;
        let mut density: Vec<f64> = (0..old).map(|j| fifth(j).powf(0.2)).collect();
        let mean: f64 = (0..old).map(|j| width(j) * density[j]).sum();
        // A floor keeps quiet stretches from being left with nothing.
        density.iter_mut().for_each(|d| *d += 0.2 * mean + 1e-300);
        let mut sum = vec![0.0; old + 1];
        for j in 0..old {
            sum[j + 1] = sum[j] + width(j) * density[j];
        }
        let mut mesh = Vec::with_capacity(intervals + 1);
        let mut j = 0;
        for k in 0..=intervals {
            let target = sum[old] * k as f64 / intervals as f64;
            while j + 1 < old && sum[j + 1] < target {
                j += 1;
            }
            mesh.push(self.mesh[j] + (target - sum[j]) / density[j]);
        }
        (mesh[0], mesh[intervals]) = (0.0, 1.0);
        (mesh, error)
    }
}

/// Each interval halved.
pub(crate) fn halved(mesh: &[f64]) -> Vec<f64> {
    let mut fine = Vec::with_capacity(2 * mesh.len());
    for pair in mesh.windows(2) {
        fine.extend([pair[0], 0.5 * (pair[0] + pair[1])]);
    }
    fine.push(1.0);
    fine
}

/// The phases of the points of a mesh.
pub(crate) fn phases(mesh: &[f64]) -> Vec<f64> {
    let mut phases = Vec::with_capacity(DEGREE * mesh.len());
    for pair in mesh.windows(2) {
        phases.extend((0..DEGREE).map(|k| pair[0] + (pair[1] - pair[0]) * k as f64 / DEGREE as f64));
    }
    phases.push(1.0);
    phases
}

fn piece(points: &[f64], n: usize, j: usize, s: f64, x: &mut [f64]) {
    let l = values(s);
    for i in 0..n {
        x[i] = (0..=DEGREE).map(|k| l[k] * points[(j * DEGREE + k) * n + i]).sum();
    }
}

/// Values of piecewise polynomials at the points of another mesh.
pub(crate) fn transfer(points: &[f64], n: usize, from: &[f64], to: &[f64]) -> Vec<f64> {
    let mut out = Vec::with_capacity(points.len());
    let (mut j, last) = (0, from.len() - 2);
    let mut x = vec![0.0; n];
    for s in phases(to) {
        while j < last && from[j + 1] < s {
            j += 1;
        }
        piece(points, n, j, (s - from[j]) / (from[j + 1] - from[j]), &mut x);
        out.extend_from_slice(&x);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn circle(intervals: usize) -> Orbit {
        let mesh: Vec<f64> = (0..=intervals).map(|j| j as f64 / intervals as f64).collect();
        let points = phases(&mesh).iter().flat_map(|s| [(TAU * s).cos(), 2.0 + (TAU * s).sin()]).collect();
        Orbit { n: 2, mesh, points, period: TAU }
    }

    #[test]
    fn a_circle_has_its_mean_and_extrema() {
        let orbit = circle(40);
        let (low, high) = orbit.extrema();
        // The polynomials are right to h^5 / 3e4 * (2 pi)^5 = 3e-9.
        for (found, true_value) in low.iter().chain(&high).zip([-1.0, 1.0, 1.0, 3.0]) {
            assert!((found - true_value).abs() < 1e-8);
        }
        assert!(orbit.mean()[0].abs() < 1e-9 && (orbit.mean()[1] - 2.0).abs() < 1e-9);
    }

    #[test]
    fn the_mesh_of_a_circle_is_even_and_its_error_is_told() {
        let orbit = circle(20);
        let (mesh, error) = orbit.balanced(30, &[1.0, 1.0]);
        for pair in mesh.windows(2) {
            assert!((pair[1] - pair[0] - 1.0 / 30.0).abs() < 2e-3);
        }
        let worst = (0..1000)
            .map(|k| k as f64 / 1000.0)
            .map(|s| (orbit.at(s)[0] - (TAU * s).cos()).abs())
            .fold(0.0, f64::max);
        assert!(worst < 2.0 * error && error < 5.0 * worst, "{worst:e} {error:e}");
        let other = orbit.on(&mesh);
        assert!((other.at(0.3)[0] - orbit.at(0.3)[0]).abs() < 1e-6);
    }
}
