//! The matrix exponential: exp(A) = (r_m(A / 2^s))^(2^s), with r_m the [m/m] Padé approximant of exp.
//!
//! | symbol | meaning |
//! | --- | --- |
//! | m | degree: 3, 5, 7, 9 or 13, the cheapest whose backward error is below the unit roundoff |
//! | s | number of squarings |
//! | d_k | the norm of A^k to the power 1/k, which bounds the error better than the norm of A does |
//!
//! A norm of A that is large only because A is far from normal asks for no scaling: the older choice of s by
//! the norm overscales, and loses up to eleven digits on [[1, 1e6], [0, -1]]. Where A is triangular (in some
//! order of its units) the diagonal and the first superdiagonal are set to their closed forms after each
//! squaring. For n = 2 the closed form is taken.
//!
//! Cost: 6 products and one solve for m = 13, and s products. An entry that overflows is infinite.
//! Reference: A. H. Al-Mohy and N. J. Higham (2009), A new scaling and squaring algorithm for the matrix
//! exponential, SIAM J. Matrix Anal. Appl. 31, 970.
//!
//! ```
//! use linalg::{Matrix, expm};
//! let x = expm(&Matrix::from_rows(&[[3.0, 1.0], [0.0, 3.0]]));
//! assert!((x[(0, 1)] - 20.085536923187668).abs() < 1e-14);
//! assert_eq!(x[(1, 0)], 0.0);
//! ```

use crate::one_norm::estimate;
use crate::pair::discriminant;
use crate::{Lu, Matrix, balance, irreducible_blocks, mul, mul_into, mul_transposed_vec_into};

/// exp(A). An entry that overflows is infinite.
///
/// # Panics
/// If A is not square, or has an entry that is not finite.
pub fn expm(a: &Matrix) -> Matrix {
    assert!(a.is_square(), "exp(A) needs a square matrix, but A is {} x {}", a.rows(), a.cols());
    assert!(a.is_finite(), "exp(A) needs entries that are finite numbers");
    let n = a.rows();
    let blocks = irreducible_blocks(a);
    if n == 2 && blocks.len() == 1 {
        return planar(a);
    }
    if blocks.len() < n {
        return scale_and_square(a, false);
    }
    let order = blocks.concat();
    let mut place = vec![0; n];
    for (i, &unit) in order.iter().enumerate() {
        place[unit] = i;
    }
    let x = scale_and_square(&Matrix::from_fn(n, n, |i, j| a[(order[i], order[j])]), true);
    Matrix::from_fn(n, n, |i, j| x[(place[i], place[j])])
}

/// The closed form for n = 2: with m = tr/2, p = (a - d)/2 and D = p^2 + b c = s^2,
/// exp(A) = e^m (cosh s I + (sinh s / s) (A - m I)), and cos and sin where D < 0.
fn planar(a: &Matrix) -> Matrix {
    let power = balance::power_of_two_near(a.norm_max());
    let [a, c, b, d] = [0, 1, 2, 3].map(|k| a.as_slice()[k] / power);
    let disc = discriminant(a, b, c, d).0;
    let s = disc.abs().sqrt() * power;
    let (p, mean) = ((a - d) / 2.0 * power, (a / 2.0 + d / 2.0) * power);
    let (b, c) = (b * power, c * power);
    if disc < 0.0 {
        let (cos, slope) = (s.cos(), s.sin() / s);
        let turn = [cos + p * slope, c * slope, b * slope, cos - p * slope];
        // A product of infinity and 0 is no number, so a zero stays one.
        let grown = turn.map(|x| if x == 0.0 { 0.0 } else { x * mean.exp() });
        return Matrix::from_columns(2, 2, grown.to_vec());
    }
    let slope = divided_difference(mean + s, mean - s);
    let (first, last);
    if s <= 1.0 {
        let (growth, ratio) = (mean.exp() * s.cosh(), slope);
        (first, last) = (growth + p * ratio, growth - p * ratio);
    } else {
        // e^(m + s) (s + p)/2s + e^(m - s) (s - p)/2s, where (s + p)(s - p) = b c avoids a cancellation.
        let (up, down) = ((mean + s).exp(), (mean - s).exp());
        let near = (s + p.abs()) / s / 2.0;
        let far = (b / s) * (c / (s + p.abs())) / 2.0;
        let (plus, minus) = if p >= 0.0 { (near, far) } else { (far, near) };
        (first, last) = (up * plus + down * minus, up * minus + down * plus);
    }
    let entries = [first, c * slope, b * slope, last];
    Matrix::from_columns(2, 2, entries.map(|x| if x.is_nan() { f64::INFINITY } else { x }).to_vec())
}

fn scale_and_square(a: &Matrix, triangular: bool) -> Matrix {
    let n = a.rows();
    let norm = a.norm_1();
    if norm == 0.0 {
        return Matrix::identity(n);
    }
    // Powers of B = A / 2^k neither overflow nor underflow.
    let unit = balance::power_of_two_near(a.norm_max()) * balance::power_of_two_near(n as f64);
    let mut powers = Powers::new(a.scaled(1.0 / unit));
    for degree in [3, 5, 7, 9] {
        if unit * powers.distance(degree) <= theta(degree) && powers.extra(degree, unit) == 0 {
            let mut x = powers.pade(degree, unit);
            if triangular {
                set_diagonals(&mut x, a, 1.0);
            }
            return x;
        }
    }
    let mut squarings = (unit * powers.distance(13) / theta(13)).log2().ceil().max(0.0) as i32;
    squarings += powers.extra(13, unit * 0.5f64.powi(squarings));
    let scale = |s: i32| unit * 0.5f64.powi(s.min(1000)) * 0.5f64.powi((s - 1000).max(0));
    let mut x = powers.pade(13, scale(squarings));
    if triangular {
        set_diagonals(&mut x, a, scale(squarings) / unit);
    }
    let start = x.clone();
    let mut y = Matrix::zeros(n, n);
    for s in (0..squarings).rev() {
        mul_into(&x, &x, &mut y);
        std::mem::swap(&mut x, &mut y);
        if triangular {
            set_diagonals(&mut x, a, scale(s) / unit);
        }
        if !x.is_finite() {
            repair(&mut x, &start);
        }
    }
    x
}

/// Products of infinite entries leave no number: 0 where no path of A leads, which the first approximant shows,
/// and otherwise an overflow.
fn repair(x: &mut Matrix, start: &Matrix) {
    for (v, first) in x.as_mut_slice().iter_mut().zip(start.as_slice()) {
        if v.is_nan() {
            *v = if *first == 0.0 { 0.0 } else { f64::INFINITY };
        }
    }
}

/// The bound on d_k for a backward error below the unit roundoff.
fn theta(degree: usize) -> f64 {
    match degree {
        3 => 1.495585217958292e-2,
        5 => 2.53939833006323e-1,
        7 => 9.504178996162932e-1,
        9 => 2.097847961257068,
        // The paper lowers 5.37 to 4.25, for the condition of the denominator.
        _ => 4.25,
    }
}

/// The reciprocal of the leading coefficient of the backward error.
fn error_constant(degree: usize) -> f64 {
    match degree {
        3 => 100800.0,
        5 => 10059033600.0,
        7 => 4487938430976000.0,
        9 => 5914384781877411840000.0,
        _ => 113250775606021113483283660800000000.0,
    }
}

/// Coefficients of the numerator, from the constant one.
fn coefficients(degree: usize) -> &'static [f64] {
    match degree {
        3 => &[120.0, 60.0, 12.0, 1.0],
        5 => &[30240.0, 15120.0, 3360.0, 420.0, 30.0, 1.0],
        7 => &[17297280.0, 8648640.0, 1995840.0, 277200.0, 25200.0, 1512.0, 56.0, 1.0],
        9 => &[
            17643225600.0,
            8821612800.0,
            2075673600.0,
            302702400.0,
            30270240.0,
            2162160.0,
            110880.0,
            3960.0,
            90.0,
            1.0,
        ],
        _ => &[
            64764752532480000.0,
            32382376266240000.0,
            7771770303897600.0,
            1187353796428800.0,
            129060195264000.0,
            10559470521600.0,
            670442572800.0,
            33522128640.0,
            1323241920.0,
            40840800.0,
            960960.0,
            16380.0,
            182.0,
            1.0,
        ],
    }
}

/// The even powers of B that have been needed so far.
struct Powers {
    b: Matrix,
    /// B^2, B^4, B^6, B^8.
    even: Vec<Matrix>,
}

impl Powers {
    fn new(b: Matrix) -> Self {
        Self { b, even: Vec::with_capacity(4) }
    }

    /// B^(2 k).
    fn even(&mut self, k: usize) -> &Matrix {
        while self.even.len() < k {
            let next = match self.even.len() {
                0 => mul(&self.b, &self.b),
                1 => mul(&self.even[0], &self.even[0]),
                2 => mul(&self.even[0], &self.even[1]),
                _ => mul(&self.even[1], &self.even[1]),
            };
            self.even.push(next);
        }
        &self.even[k - 1]
    }

    /// The norm of B^(2 k) to the power 1/(2 k): exact where the power is needed anyway.
    fn d(&mut self, k: usize) -> f64 {
        let norm = if k <= 3 {
            self.even(k).norm_1()
        } else {
            let four = self.even(2).clone();
            let other = self.even(k - 2);
            let down = |m: &Matrix, x: &[f64]| {
                let mut y = vec![0.0; m.cols()];
                mul_transposed_vec_into(m, x, &mut y);
                y
            };
            estimate(four.rows(), |x| four.mul_vec(&other.mul_vec(x)), |x| down(other, &down(&four, x)))
        };
        norm.powf(0.5 / k as f64)
    }

    /// What must lie below theta for this degree.
    fn distance(&mut self, degree: usize) -> f64 {
        match degree {
            3 | 5 => self.d(2).max(self.d(3)),
            7 | 9 => self.d(3).max(self.d(4)),
            _ => {
                let (d6, d8) = (self.d(3), self.d(4));
                d6.max(d8).min(d8.max(self.d(5)))
            }
        }
    }

    /// How many more squarings keep the leading term of the backward error of scale B below the roundoff:
    /// from the norm of |B|^(2 m + 1), which costs only products with vectors.
    fn extra(&self, degree: usize, scale: f64) -> i32 {
        let n = self.b.rows();
        let power = 2 * degree + 1;
        let moduli = self.b.map(f64::abs);
        let (mut x, mut y) = (vec![1.0; n], vec![0.0; n]);
        let mut log = 0.0;
        for _ in 0..power {
            mul_transposed_vec_into(&moduli, &x, &mut y);
            std::mem::swap(&mut x, &mut y);
            let largest = x.iter().fold(0.0, |m: f64, v| m.max(*v));
            if largest == 0.0 {
                return 0;
            }
            log += largest.log2();
            for v in &mut x {
                *v /= largest;
            }
        }
        // log2 of || |scale B|^power || / (||scale B|| c u).
        let alpha =
            log + (power - 1) as f64 * scale.log2() - self.b.norm_1().log2() - error_constant(degree).log2();
        ((alpha + 53.0) / (2 * degree) as f64).ceil().max(0.0) as i32
    }

    /// r_m(scale B).
    fn pade(&mut self, degree: usize, scale: f64) -> Matrix {
        let n = self.b.rows();
        let c = coefficients(degree);
        let half = if degree == 13 { 3 } else { degree / 2 };
        self.even(half);
        let even: Vec<Matrix> =
            (0..half).map(|k| times_power(&self.even[k], scale, 2 * k as i32 + 2)).collect();
        // sum of w[k] (scale B)^(2 k).
        let polynomial = |w: &[f64]| {
            let mut p = Matrix::zeros(n, n);
            for (k, power) in even.iter().enumerate().take(w.len() - 1) {
                for (p, x) in p.as_mut_slice().iter_mut().zip(power.as_slice()) {
                    *p += w[k + 1] * x;
                }
            }
            for i in 0..n {
                p[(i, i)] += w[0];
            }
            p
        };
        let take = |first: usize, last: usize| (first..=last).step_by(2).map(|k| c[k]).collect::<Vec<f64>>();
        let (odd, mut v);
        if degree == 13 {
            let with_tail = |low: &[f64], high: &[f64]| {
                let high: Vec<f64> = std::iter::once(0.0).chain(high.iter().copied()).collect();
                &mul(&even[2], &polynomial(&high)) + &polynomial(low)
            };
            odd = with_tail(&take(1, 7), &take(9, 13));
            v = with_tail(&take(0, 6), &take(8, 12));
        } else {
            odd = polynomial(&take(1, degree));
            v = polynomial(&take(0, degree - 1));
        }
        let u = mul(&self.b.scaled(scale), &odd);
        let numerator = &v + &u;
        for (v, u) in v.as_mut_slice().iter_mut().zip(u.as_slice()) {
            *v -= u;
        }
        Lu::new(&v).expect("the denominator is square and, at this scale, finite").solve_matrix(&numerator)
    }
}

/// A scale^power, where the power alone may overflow but the product with a tiny or zero entry does not.
fn times_power(a: &Matrix, scale: f64, power: i32) -> Matrix {
    let factor = scale.powi(power);
    if factor.is_finite() && factor > 0.0 {
        return a.scaled(factor);
    }
    a.map(|x| (0..power).fold(x, |x, _| x * scale))
}

/// Sets the diagonal and first superdiagonal of X = exp(scale A) for an upper triangular A, and its zeros.
fn set_diagonals(x: &mut Matrix, a: &Matrix, scale: f64) {
    let n = a.rows();
    for j in 0..n {
        x.column_mut(j)[j + 1..].fill(0.0);
        x[(j, j)] = (scale * a[(j, j)]).exp();
        if j > 0 {
            let divided = divided_difference(scale * a[(j - 1, j - 1)], scale * a[(j, j)]);
            let coupling = scale * a[(j - 1, j)];
            x[(j - 1, j)] = if coupling == 0.0 { 0.0 } else { coupling * divided };
        }
    }
}

/// (e^p - e^q)/(p - q), without cancellation.
fn divided_difference(p: f64, q: f64) -> f64 {
    let half = (p - q) / 2.0;
    if half.abs() > 1.0 {
        return (p.exp() - q.exp()) / (p - q);
    }
    let ratio = if half == 0.0 { 1.0 } else { half.sinh() / half };
    ((p + q) / 2.0).exp() * ratio
}
