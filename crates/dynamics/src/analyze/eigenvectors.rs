//! What the eigenvectors are worth as a basis.
//!
//! | verdict | meaning |
//! |---|---|
//! | orthonormal | A A^T = A^T A: they can be chosen orthonormal, and are here, also for repeated eigenvalues |
//! | independent | a basis, with its condition number |
//! | nearly defective | a basis with a condition above 1e6, which loses six digits and more |
//! | defective | no basis; a condition number printed for it is an accident of rounding |
//!
//! Whether a matrix is defective is decided exactly on the doubles given: by the discriminant in two dimensions, and by
//! the squarefree part of the characteristic polynomial modulo a prime otherwise (up to n = 300, and only where the condition or
//! overlapping rounding bounds raise the question). Above that size eigenvalues that agree within their rounding
//! bounds are compared with the number of small singular values of A - mu I.
//!
//! Cost: the singular values of the eigenvector matrix, O(n^3).

use super::modular::Modular;
use super::spectrum::Spectrum;
use super::stability::clusters;
use linalg::{Complex, LinalgError, Matrix};

/// The condition number above which eigenvectors are called nearly defective.
pub const NEARLY_DEFECTIVE: f64 = 1e6;

/// What the eigenvectors are worth as a basis.
#[derive(Clone, Debug)]
pub struct Eigenvectors {
    /// The verdict.
    pub verdict: EigenvectorVerdict,
    /// Condition number of the unit-norm basis; `None` when defective, where it is infinite.
    pub condition: Option<f64>,
    /// Unit-norm columns in the order of the eigenvalues; `None` when defective.
    pub vectors: Option<Matrix<Complex>>,
}

/// The four verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EigenvectorVerdict {
    /// A normal matrix: they can be chosen orthonormal, and are here.
    Orthonormal,
    /// A basis.
    Independent,
    /// A basis with a condition above 1e6.
    NearlyDefective,
    /// No basis.
    Defective,
}

impl EigenvectorVerdict {
    /// The name in words, as the findings spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Orthonormal => "orthonormal",
            Self::Independent => "independent",
            Self::NearlyDefective => "nearly defective",
            Self::Defective => "defective",
        }
    }
}

/// Judges the eigenvectors; for a normal matrix the spectrum's vectors are replaced by orthonormal ones.
///
/// `defective` is the answer where it is known beforehand (two dimensions).
pub(super) fn eigenvectors(
    a: &Matrix,
    spectrum: &mut Spectrum,
    defective: Option<bool>,
    exact: Option<&Modular>,
) -> Result<Eigenvectors, LinalgError> {
    let without = Eigenvectors { verdict: EigenvectorVerdict::Defective, condition: None, vectors: None };
    if defective == Some(true) {
        return Ok(without);
    }
    // A coupling below rounding may still be the whole difference between a Jordan block and a multiple of the identity.
    let mut known = defective.is_some() || a.is_symmetric();
    if let (false, Some(m), true) = (known, exact, has_close_pair(spectrum)) {
        if m.is_defective() {
            return Ok(without);
        }
        known = true;
    }
    if is_normal(a, spectrum)? {
        spectrum.vectors = orthonormal_vectors(a, spectrum)?;
        return Ok(Eigenvectors {
            verdict: EigenvectorVerdict::Orthonormal,
            condition: Some(1.0),
            vectors: Some(spectrum.vectors.clone()),
        });
    }
    let condition = linalg::condition_real(&real_basis(spectrum));
    let distrusted = condition.is_nan() || condition > NEARLY_DEFECTIVE;
    if distrusted && !known && exact.map_or_else(|| lacks_eigenvectors(a, spectrum), Modular::is_defective) {
        return Ok(without);
    }
    let verdict =
        if distrusted { EigenvectorVerdict::NearlyDefective } else { EigenvectorVerdict::Independent };
    // A basis that exists but whose condition overflows is reported with the largest number there is.
    let condition = if condition.is_finite() { condition } else { f64::MAX };
    Ok(Eigenvectors { verdict, condition: Some(condition), vectors: Some(spectrum.vectors.clone()) })
}

/// A real matrix with the singular values of the eigenvector matrix.
///
/// The columns x and conj(x) of a pair are sqrt 2 Re x and sqrt 2 Im x, turned by a unitary 2 x 2 matrix; in real
/// arithmetic the singular values cost a quarter.
fn real_basis(s: &Spectrum) -> Matrix {
    let mut real = s.vectors.map(|z| z.re);
    let mut j = 0;
    while j < s.values.len() {
        let pair = s.values[j].im != 0.0 && j + 1 < s.values.len() && s.values[j + 1] == s.values[j].conj();
        if pair {
            let root = std::f64::consts::SQRT_2;
            for (i, z) in s.vectors.column(j).iter().enumerate() {
                real[(i, j)] = root * z.re;
                real[(i, j + 1)] = root * z.im;
            }
        }
        j += if pair { 2 } else { 1 };
    }
    real
}

/// Whether A A^T = A^T A to rounding.
fn is_normal(a: &Matrix, spectrum: &Spectrum) -> Result<bool, LinalgError> {
    if a.is_symmetric() {
        return Ok(true);
    }
    let n = a.rows();
    let scale = a.norm_max();
    // For a normal matrix the squared entries add up to the squared eigenvalues: a cheap first look.
    let entries = (spectrum.scale / scale).powi(2);
    let values: f64 = spectrum.values.iter().map(|z| (z.norm() / scale).powi(2)).sum();
    if (entries - values).abs() > 1e-8 * entries {
        return Ok(false);
    }
    let b = a.scaled(1.0 / scale);
    if !b.is_finite() {
        return Ok(false);
    }
    let t = b.transpose();
    let commutator = &linalg::mul(&b, &t) - &linalg::mul(&t, &b);
    if commutator.norm_frobenius() > 4.0 * n as f64 * f64::EPSILON * entries {
        return Ok(false);
    }
    // The commutator is of second order in the departure from normality; the Schur form shows it in first order.
    Ok(linalg::henrici(&linalg::schur(a)?) <= 16.0 * n as f64 * f64::EPSILON * spectrum.scale)
}

/// Orthonormal eigenvectors of a normal matrix, in the order of its eigenvalues.
fn orthonormal_vectors(a: &Matrix, spectrum: &Spectrum) -> Result<Matrix<Complex>, LinalgError> {
    let n = a.rows();
    if a.is_symmetric() {
        return Ok(linalg::symmetric_eigen(a).vectors.to_complex());
    }
    // The real Schur form of a normal matrix is block diagonal: its columns, or (q1 +- i q2)/sqrt 2, are eigenvectors.
    let s = linalg::schur(a)?;
    let mut found: Vec<(Complex, Vec<Complex>)> = Vec::with_capacity(n);
    for (k, size) in s.blocks() {
        let q = s.q.column(k);
        if size == 1 {
            found.push((Complex::new(s.t[(k, k)], 0.0), q.iter().map(|&x| Complex::new(x, 0.0)).collect()));
            continue;
        }
        let b = 0.5 * (s.t[(k, k + 1)] - s.t[(k + 1, k)]);
        let a = 0.5 * (s.t[(k, k)] + s.t[(k + 1, k + 1)]);
        let half = std::f64::consts::FRAC_1_SQRT_2;
        let x: Vec<Complex> =
            q.iter().zip(s.q.column(k + 1)).map(|(&x, &y)| Complex::new(half * x, half * y)).collect();
        found.push((Complex::new(a, -b), x.iter().map(Complex::conj).collect()));
        found.push((Complex::new(a, b), x));
    }
    // Each eigenvalue of the list takes the nearest of those that are left.
    let mut vectors = Matrix::zeros(n, n);
    for (j, z) in spectrum.values.iter().enumerate() {
        let distance = |w: &Complex| (w - z).norm();
        let nearest =
            (0..found.len()).min_by(|&x, &y| distance(&found[x].0).total_cmp(&distance(&found[y].0)));
        if let Some(k) = nearest {
            vectors.column_mut(j).copy_from_slice(&found.swap_remove(k).1);
        }
    }
    Ok(vectors)
}

/// Whether two eigenvalues lie within each other's rounding bounds.
fn has_close_pair(s: &Spectrum) -> bool {
    // Sorted by real part: partners are looked for as long as the real parts are near.
    let widest = s.rounding.iter().copied().fold(0.0, f64::max);
    (0..s.values.len()).any(|i| {
        (i + 1..s.values.len())
            .take_while(|&j| s.values[i].re - s.values[j].re <= 4.0 * widest)
            .any(|j| (s.values[i] - s.values[j]).norm() <= 2.0 * (s.rounding[i] + s.rounding[j]))
    })
}

/// Whether some cluster of eigenvalues has fewer small singular values of A - mu I than members.
fn lacks_eigenvectors(a: &Matrix, spectrum: &Spectrum) -> bool {
    let n = a.rows();
    let all: Vec<usize> = (0..n).collect();
    let tolerance = 4.0 * n as f64 * f64::EPSILON * spectrum.scale;
    clusters(spectrum, &all).iter().filter(|c| c.len() > 1).take(4).any(|cluster| {
        let mu = cluster.iter().map(|&i| spectrum.values[i]).sum::<Complex>() / cluster.len() as f64;
        let zero = Complex::new(0.0, 0.0);
        let shifted =
            Matrix::from_fn(n, n, |i, j| Complex::new(a[(i, j)], 0.0) - if i == j { mu } else { zero });
        let small = linalg::singular_values_complex(&shifted).iter().filter(|&&s| s <= tolerance).count();
        small < cluster.len()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::TimeKind;

    #[test]
    fn the_condition_in_real_arithmetic_is_that_of_the_complex_basis() {
        for n in [2, 5, 16] {
            let a = Matrix::from_fn(n, n, |i, j| {
                ((i * 31 + j * 17 + 3) as f64).sin() + if j > i { 2.0 } else { 0.0 }
            });
            let s = Spectrum::new(&a, TimeKind::Flow, None).unwrap();
            assert!(s.values.iter().any(|z| z.im != 0.0) || n == 2);
            let (real, complex) = (linalg::condition_real(&real_basis(&s)), linalg::condition(&s.vectors));
            assert!((real - complex).abs() < 1e-10 * complex, "{real} {complex}");
        }
    }
}
