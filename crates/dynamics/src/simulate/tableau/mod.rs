//! Methods of one step: a method is its numbers and its paper.
//!
//! One step from (t, x) with step h:
//!
//! ```text
//! k_i = f(t + c_i h, x + h sum_j a_ij k_j),   i = 1 … s
//! x'  = x + h sum_i b_i k_i,   k_{s+1} = f(t + h, x')      which is also k_1 of the next step
//! err = h sum_i e_i k_i        the difference to a result of lower order
//! x(t + theta h) = x + h sum_i w_i(theta) k_i              dense output
//! ```
//!
//! That is an explicit method. A Rosenbrock method gets its k_i from linear systems, see [`Rosenbrock`], and keeps the slope at
//! the beginning before them: k_1 = f(t, x) has no weight in x' then.

mod bs32;
mod dop853;
mod dopri5;
mod euler;
mod exponential;
mod heun;
mod rk4;
mod rodas5p;
mod tsit5;

pub(crate) use bs32::BS32;
pub(crate) use dop853::DOP853;
pub(crate) use dopri5::DOPRI5;
pub(crate) use euler::EULER;
pub(crate) use exponential::{EXPONENTIAL_EULER, EXPONENTIAL_MIDPOINT};
pub(crate) use heun::HEUN;
pub(crate) use rk4::RK4;
pub(crate) use rodas5p::RODAS5P;
pub(crate) use tsit5::TSIT5;

/// The numbers of a method with s stages.
pub(crate) struct Tableau {
    /// Its name in model files.
    pub(crate) name: &'static str,
    /// Order of x'.
    pub(crate) order: i32,
    /// The error of a step shrinks like h to this power.
    pub(crate) error_order: i32,
    /// How much the controller of the step listens to the error before the last one.
    pub(crate) beta: f64,
    /// Where the interval of stability on the negative real axis ends, about.
    pub(crate) stability: f64,
    /// How it obtains its k.
    pub(crate) slopes: Slopes,
    /// c, of length s, of an explicit method.
    pub(crate) c: &'static [f64],
    /// Row i holds a_ij for j < i, of an explicit method.
    pub(crate) a: &'static [&'static [f64]],
    /// b, of length s.
    pub(crate) b: &'static [f64],
    /// e, of length s + 1; empty for a method of fixed step.
    pub(crate) error: &'static [f64],
    /// A second e, of DOP853; else empty.
    pub(crate) error3: &'static [f64],
    /// Evaluations that only dense output needs.
    pub(crate) extra: &'static [Extra],
    /// Writes w(theta) for the s + 1 + (extra) evaluations.
    pub(crate) dense: fn(f64, &mut [f64]),
}

/// How the k of a method are obtained.
pub(crate) enum Slopes {
    /// By evaluations of the right-hand side alone.
    Explicit,
    /// From linear systems with the Jacobian.
    Rosenbrock(&'static Rosenbrock),
    /// None but the slope at the beginning: the step is that of an exponential method.
    Exponential(Exponential),
}

/// The exponential methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exponential {
    /// Exponential Euler, of order 1.
    Euler,
    /// The exponential midpoint rule, of order 2.
    Midpoint,
}

/// The numbers that make the k of a Rosenbrock method with one stage less than its tableau:
///
/// ```text
/// (I/gamma - h J) k_i = f(t + alpha_i h, x + h sum_j a_ij k_j) + sum_j C_ij k_j + h d_i df/dt,   j < i
/// ```
///
/// with J = df/dx and df/dt at (t, x). One matrix is factored a step and serves all stages, and the dense output too: a stiff
/// solution is far more accurate at the end of a step than the polynomial u within it, and one step of Newton's method makes
/// up for that,
///
/// ```text
/// x(t + theta h) = u - h (I/gamma - h J)^-1 (u' - f(t + theta h, u))
/// ```
///
/// where a fast mode of rate lambda loses its error but for a part 1/(h lambda), and a slow one changes by its error.
pub(crate) struct Rosenbrock {
    /// gamma.
    pub(crate) gamma: f64,
    /// alpha.
    pub(crate) alpha: &'static [f64],
    /// d.
    pub(crate) d: &'static [f64],
    /// Row i holds a_ij for j < i.
    pub(crate) a: &'static [&'static [f64]],
    /// Row i holds C_ij for j < i.
    pub(crate) c: &'static [&'static [f64]],
    /// Writes dw/dtheta for the evaluations.
    pub(crate) dense_slope: fn(f64, &mut [f64]),
}

/// An evaluation that only dense output needs.
pub(crate) struct Extra {
    /// Its time within the step.
    pub(crate) c: f64,
    /// Its weights on the evaluations before it.
    pub(crate) a: &'static [f64],
}

impl Tableau {
    /// The number s of stages.
    pub(crate) fn stages(&self) -> usize {
        self.b.len()
    }

    /// The number of evaluations that a step with dense output keeps.
    pub(crate) fn evaluations(&self) -> usize {
        self.stages() + 1 + self.extra.len()
    }
}

/// Weights of the cubic through both states with both slopes (error of order h^4), for methods of order 4 and less.
pub(crate) fn hermite(theta: f64, b: &[f64], w: &mut [f64]) {
    let (s, r) = (theta, 1.0 - theta);
    for (w, b) in w.iter_mut().zip(b) {
        *w = b * s * s * (3.0 - 2.0 * s);
    }
    w[b.len()] = -s * s * r;
    w[0] += s * r * r;
}

/// Weights that are polynomials without constant term: row i holds the coefficients of theta, theta^2, …
fn polynomial<const D: usize>(theta: f64, rows: &[[f64; D]], w: &mut [f64]) {
    for (w, row) in w.iter_mut().zip(rows) {
        *w = theta * row.iter().rev().fold(0.0, |s, c| s * theta + c);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn all() -> [&'static Tableau; 7] {
        [&EULER, &HEUN, &RK4, &BS32, &DOPRI5, &TSIT5, &DOP853]
    }

    /// The rows of every evaluation over those before it.
    fn rows(m: &Tableau) -> Vec<Vec<f64>> {
        let mut rows: Vec<Vec<f64>> = m.a.iter().map(|r| r.to_vec()).collect();
        rows.push(m.b.to_vec());
        rows.extend(m.extra.iter().map(|e| e.a.to_vec()));
        rows
    }

    fn nodes(m: &Tableau) -> Vec<f64> {
        m.c.iter().copied().chain([1.0]).chain(m.extra.iter().map(|e| e.c)).collect()
    }

    #[test]
    fn each_row_sums_to_its_node() {
        for m in all() {
            for (row, c) in rows(m).iter().zip(nodes(m)) {
                assert!((row.iter().sum::<f64>() - c).abs() < 4e-14, "{}: {row:?}", m.name);
            }
        }
    }

    /// Elementary weights of all rooted trees with up to `order` nodes, as pairs (product over stages, density).
    fn trees(m: &Tableau, order: usize) -> Vec<(usize, Vec<f64>, f64)> {
        let rows = rows(m);
        trees_of(&rows, &rows, m.evaluations(), order)
    }

    /// The same where a node with one child takes the weights `single`, one with more of them `several`.
    pub(super) fn trees_of(
        single: &[Vec<f64>],
        several: &[Vec<f64>],
        s: usize,
        order: usize,
    ) -> Vec<(usize, Vec<f64>, f64)> {
        // by_size[k]: for each tree of k nodes, its vector of stage values and its density gamma.
        let mut by_size: Vec<Vec<(Vec<f64>, f64)>> = vec![Vec::new(), vec![(vec![1.0; s], 1.0)]];
        for size in 2..=order {
            let mut found: Vec<_> = by_size[size - 1]
                .iter()
                .map(|(v, g)| ((0..s).map(|i| dot(single, i, v)).collect::<Vec<f64>>(), *g))
                .collect();
            let one = (vec![1.0; s], 1.0);
            forests(&by_size, size - 1, size - 2, usize::MAX, one, several, &mut found);
            by_size.push(found.into_iter().map(|(v, g)| (v, g * size as f64)).collect());
        }
        let flat = by_size.into_iter().enumerate();
        flat.flat_map(|(k, list)| list.into_iter().map(move |(v, g)| (k, v, g))).collect()
    }

    fn dot(rows: &[Vec<f64>], i: usize, v: &[f64]) -> f64 {
        rows[i].iter().zip(v).map(|(a, v)| a * v).sum()
    }

    fn forests(
        by_size: &[Vec<(Vec<f64>, f64)>],
        left: usize,
        largest: usize,
        last: usize,
        so_far: (Vec<f64>, f64),
        rows: &[Vec<f64>],
        found: &mut Vec<(Vec<f64>, f64)>,
    ) {
        if left == 0 {
            found.push(so_far);
            return;
        }
        for size in (1..=left.min(largest)).rev() {
            let until = if size == largest { last.min(by_size[size].len()) } else { by_size[size].len() };
            for k in 0..until {
                let (v, g) = &by_size[size][k];
                let next = so_far.0.iter().enumerate().map(|(i, x)| x * dot(rows, i, v)).collect();
                forests(by_size, left - size, size, k + 1, (next, so_far.1 * g), rows, found);
            }
        }
    }

    #[test]
    fn the_order_conditions_of_all_rooted_trees_hold() {
        // 1, 2, 4, 8, 17, 37, 85, 200 trees with up to 1 … 8 nodes; DOP853's simplifying assumptions are among them.
        for m in all() {
            let trees = trees(m, m.order as usize);
            let count = [0, 1, 2, 4, 8, 17, 37, 85, 200][m.order as usize];
            assert_eq!(trees.len(), count, "{}", m.name);
            for (_, v, g) in &trees {
                let weight: f64 = m.b.iter().zip(v).map(|(b, v)| b * v).sum();
                assert!((weight - 1.0 / g).abs() < 1e-13, "{}: {weight} is not 1/{g}", m.name);
            }
            // One more node must fail, or the order is understated.
            let more = self::trees(m, m.order as usize + 1);
            let worst = more
                .iter()
                .map(|(_, v, g)| (m.b.iter().zip(v).map(|(b, v)| b * v).sum::<f64>() - 1.0 / g).abs());
            assert!(worst.fold(0.0, f64::max) > 1e-9, "{}", m.name);
        }
    }

    #[test]
    fn dense_output_satisfies_its_own_order_conditions() {
        // Order 3 of the cubic (its error of order 4 matches methods up to order 4), 4 of DOPRI5 and Tsit5, 7 of DOP853.
        for (m, order) in [(&BS32, 3), (&RK4, 3), (&DOPRI5, 4), (&TSIT5, 4), (&DOP853, 7)] {
            for theta in [0.0, 0.1, 0.37, 0.5, 0.9, 1.0] {
                let mut w = vec![0.0; m.evaluations()];
                (m.dense)(theta, &mut w);
                for (size, v, g) in trees(m, order) {
                    let weight: f64 = w.iter().zip(&v).map(|(w, v)| w * v).sum();
                    let want = f64::powi(theta, size as i32) / g;
                    assert!((weight - want).abs() < 2e-12, "{} at {theta}: {weight} is not {want}", m.name);
                }
            }
        }
    }

    #[test]
    fn error_weights_ignore_what_the_lower_order_gets_right() {
        for (m, order) in [(&BS32, 2), (&DOPRI5, 4), (&TSIT5, 4), (&DOP853, 5)] {
            for (_, v, g) in trees(m, order) {
                let weight: f64 = m.error.iter().zip(&v).map(|(e, v)| e * v).sum();
                assert!(weight.abs() < 1e-13, "{}: tree of density {g}", m.name);
            }
        }
    }
}
