//! The linear system of a cycle: intervals in a ring, a few scalars, a few rows that see everything.
//!
//! Unknowns are the states u_0 … u_N at the mesh, and scalars s. Interval j says u_(j+1) = X_j u_j + Y_j s + z_j, the ring
//! u_N = sigma u_0 (sigma = 1 closes it, sigma = -1 after two turns), and each scalar comes with a row over all unknowns.
//! States are eliminated one after the other with row exchanges among the 2 n rows that hold them, so that directions that
//! grow and directions that decay are both safe; 2 n + k unknowns are left. Cost: O(N n^3).
//! Reference: Keller (1976), Numerical solution of two point boundary value problems; Doedel, Keller, Kernévez (1991).

use super::basis::DEGREE;
use super::collocation::Blocks;
use linalg::{Elimination, Matrix};

/// A row over all unknowns, with two right-hand sides.
pub(crate) struct Border {
    /// The weights of all points of the orbit.
    pub(crate) weights: Vec<f64>,
    /// The weights of the scalars.
    pub(crate) scalars: Vec<f64>,
    /// The right-hand side of the inhomogeneous and of the homogeneous system.
    pub(crate) right: [f64; 2],
}

/// The ring around the blocks.
pub(crate) struct Ring<'a> {
    pub(crate) blocks: &'a Blocks,
    /// How many scalars of the blocks are unknowns.
    pub(crate) coupled: usize,
    /// u_N = sigma u_0.
    pub(crate) sigma: f64,
    /// The column of one more scalar in the rows of the ring.
    pub(crate) extra: Option<&'a [f64]>,
    /// One for each scalar.
    pub(crate) borders: &'a [Border],
}

/// The states at all points and the scalars.
#[derive(Clone, Debug)]
pub(crate) struct Solution {
    pub(crate) points: Vec<f64>,
    pub(crate) scalars: Vec<f64>,
}

/// Solves with the blocks' z and each border's first right-hand side, and with z = 0 and its second.
pub(crate) fn solve(ring: &Ring<'_>) -> [Solution; 2] {
    let blocks = ring.blocks;
    let (n, intervals) = (blocks.n, blocks.intervals);
    let k = ring.borders.len();
    let coupled = ring.coupled;
    let (next, first, scalar, right) = (n, 2 * n, 3 * n, 3 * n + k);
    let width = right + 2;
    let rows = 2 * n + k;
    let end = (DEGREE - 1) * n;
    let z = n + blocks.scalars;
    let mut a = vec![0.0; rows * width];
    let mut kept = vec![0.0; intervals.saturating_sub(1) * n * width];
    // The borders see the insides of the intervals through the states at their beginnings.
    let mut seen = vec![0.0; k * (intervals + 1) * n];
    for (b, border) in ring.borders.iter().enumerate() {
        let row = &mut a[(2 * n + b) * width..(2 * n + b + 1) * width];
        row[scalar..right].copy_from_slice(&border.scalars);
        row[right..].copy_from_slice(&border.right);
        for j in 0..=intervals {
            let mesh = j * DEGREE * n;
            let seen = &mut seen[(b * (intervals + 1) + j) * n..][..n];
            seen.copy_from_slice(&border.weights[mesh..mesh + n]);
            if j < intervals {
                let inner = &border.weights[mesh + n..mesh + DEGREE * n];
                let through = |c: usize| -> f64 { dot(inner, &blocks.column(j, c)[..end]) };
                (0..n).for_each(|c| seen[c] += through(c));
                (0..coupled).for_each(|c| row[scalar + c] += through(n + c));
                row[right] -= through(z);
            }
        }
        row[first..first + n].copy_from_slice(&seen[b * (intervals + 1) * n..][..n]);
        row[..n].copy_from_slice(&seen[(b * (intervals + 1) + 1) * n..][..n]);
    }
    for r in 0..n {
        let row = &mut a[r * width..(r + 1) * width];
        row[r] = 1.0;
        (0..n).for_each(|c| row[first + c] = -blocks.column(0, c)[end + r]);
        (0..coupled).for_each(|c| row[scalar + c] = -blocks.column(0, n + c)[end + r]);
        row[right] = blocks.column(0, z)[end + r];
    }
    for j in 1..intervals {
        for r in 0..n {
            let row = &mut a[(n + r) * width..(n + r + 1) * width];
            row.fill(0.0);
            (0..n).for_each(|c| row[c] = -blocks.column(j, c)[end + r]);
            row[next + r] = 1.0;
            (0..coupled).for_each(|c| row[scalar + c] = -blocks.column(j, n + c)[end + r]);
            row[right] = blocks.column(j, z)[end + r];
        }
        for b in 0..k {
            let row = &mut a[(2 * n + b) * width..(2 * n + b + 1) * width];
            row[next..first].copy_from_slice(&seen[(b * (intervals + 1) + j + 1) * n..][..n]);
        }
        eliminate(&mut a, n, width, rows);
        kept[(j - 1) * n * width..j * n * width].copy_from_slice(&a[..n * width]);
        for r in 0..n {
            a.copy_within((n + r) * width..(n + r + 1) * width, r * width);
        }
        for row in a.chunks_exact_mut(width) {
            row.copy_within(next..first, 0);
            row[next..first].fill(0.0);
        }
    }
    let ends = close(ring, &a, width);
    ends.map(|(right_side, solution)| unfold(ring, &kept, width, right_side, &solution))
}

/// Clears the first n columns below the diagonal, with row exchanges among the first 2 n rows.
fn eliminate(a: &mut [f64], n: usize, width: usize, rows: usize) {
    for c in 0..n {
        let mut pivot = c;
        for r in c + 1..2 * n {
            if a[r * width + c].abs() > a[pivot * width + c].abs() {
                pivot = r;
            }
        }
        if pivot != c {
            for q in c..width {
                a.swap(c * width + q, pivot * width + q);
            }
        }
        let (above, below) = a.split_at_mut((c + 1) * width);
        let top = &above[c * width..];
        let reciprocal = 1.0 / top[c];
        for row in below.chunks_exact_mut(width).take(rows - c - 1) {
            let factor = row[c] * reciprocal;
            if factor != 0.0 {
                for (x, t) in row[c + 1..].iter_mut().zip(&top[c + 1..]) {
                    *x -= factor * t;
                }
                row[c] = 0.0;
            }
        }
    }
}

/// Solves for u_0, u_N and the scalars.
fn close(ring: &Ring<'_>, a: &[f64], width: usize) -> [(usize, Vec<f64>); 2] {
    let n = ring.blocks.n;
    let k = ring.borders.len();
    let d = 2 * n + k;
    let mut m = Matrix::zeros(d, d);
    let mut sides = [vec![0.0; d], vec![0.0; d]];
    for r in (0..n).chain(2 * n..d) {
        let row = &a[r * width..(r + 1) * width];
        for c in 0..n {
            m[(r, c)] = row[2 * n + c];
            m[(r, n + c)] = row[c];
        }
        (0..k).for_each(|c| m[(r, 2 * n + c)] = row[3 * n + c]);
        (0..2).for_each(|side| sides[side][r] = row[3 * n + k + side]);
    }
    for r in 0..n {
        m[(n + r, r)] = -ring.sigma;
        m[(n + r, n + r)] = 1.0;
        if let Some(extra) = ring.extra {
            m[(n + r, d - 1)] = extra[r];
        }
    }
    let mut elimination = Elimination::new(d);
    elimination.factor(&m);
    sides.iter_mut().for_each(|side| elimination.solve(side));
    let [one, two] = sides;
    [(0, one), (1, two)]
}

/// The states at all points from those at the two ends.
fn unfold(ring: &Ring<'_>, kept: &[f64], width: usize, side: usize, ends: &[f64]) -> Solution {
    let blocks = ring.blocks;
    let (n, intervals) = (blocks.n, blocks.intervals);
    let k = ring.borders.len();
    let scalars = ends[2 * n..].to_vec();
    let mut points = vec![0.0; (intervals * DEGREE + 1) * n];
    let at = |j: usize| j * DEGREE * n;
    points[..n].copy_from_slice(&ends[..n]);
    points[at(intervals)..].copy_from_slice(&ends[n..2 * n]);
    for j in (1..intervals).rev() {
        for r in (0..n).rev() {
            let row = &kept[((j - 1) * n + r) * width..][..width];
            let mut x = row[3 * n + k + side];
            x -= dot(&row[n..2 * n], &points[at(j + 1)..at(j + 1) + n]);
            x -= dot(&row[2 * n..3 * n], &ends[..n]);
            x -= dot(&row[3 * n..3 * n + k], &scalars);
            x -= dot(&row[r + 1..n], &points[at(j) + r + 1..at(j) + n]);
            points[at(j) + r] = x / row[r];
        }
    }
    for j in 0..intervals {
        let (start, inner) = points[at(j)..at(j + 1)].split_at_mut(n);
        let mut add = |c: usize, factor: f64| {
            let column = blocks.column(j, c);
            inner.iter_mut().zip(column).for_each(|(x, y)| *x += factor * y);
        };
        (0..n).for_each(|c| add(c, start[c]));
        (0..ring.coupled).for_each(|c| add(n + c, scalars[c]));
        if side == 0 {
            add(n + blocks.scalars, 1.0);
        }
    }
    Solution { points, scalars }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}
