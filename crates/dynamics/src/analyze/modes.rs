//! Modes: the directions and planes in which a linear system moves independently.
//!
//! A real eigenvalue has a direction u with A u = lambda u. A complex pair lambda = a + i b has a plane: with the
//! eigenvector u + i w, A u = a u - b w and A w = b u + a w, so the state turns in span(u, w) from u towards -w. (The two vectors u and w are
//! the real and the imaginary part of *one* eigenvector, not two eigenvectors.)
//!
//! The coefficients of an initial state solve V c = x0. They are inner products only for an orthonormal basis, and
//! then with the conjugate: c = V^H x0.

use super::eigenvectors::{EigenvectorVerdict, Eigenvectors};
use super::spectrum::Spectrum;
use linalg::{Complex, LinalgError, Lu};

/// A real mode, or the plane that a complex pair turns in.
#[derive(Clone, Debug)]
pub struct Mode {
    /// The eigenvalue (of a pair, the one with positive imaginary part).
    pub eigenvalue: Complex,
    /// Index of that eigenvalue in the list.
    pub index: usize,
    /// The unit eigenvector's real part u: for a real mode the direction itself.
    pub u: Vec<f64>,
    /// Its imaginary part w, for a pair: the state turns in span(u, w).
    pub w: Option<Vec<f64>>,
    /// Coefficient of the initial state on this mode, from a solve with the eigenvector basis (not from an inner product).
    pub coefficient: Option<Complex>,
    /// 1/|y^H x|: how strongly a perturbation of the matrix moves the eigenvalue.
    pub condition: f64,
}

/// All modes, or none where the eigenvectors are no basis to be trusted.
pub(super) fn modes(
    spectrum: &Spectrum,
    eigenvectors: &Eigenvectors,
    initial: Option<&[f64]>,
) -> Result<Vec<Mode>, LinalgError> {
    let trusted =
        matches!(eigenvectors.verdict, EigenvectorVerdict::Orthonormal | EigenvectorVerdict::Independent);
    let (Some(v), true) = (&eigenvectors.vectors, trusted) else { return Ok(Vec::new()) };
    let orthonormal = eigenvectors.verdict == EigenvectorVerdict::Orthonormal;
    let coefficients = match initial {
        None => None,
        Some(x) if orthonormal => {
            let inner = |j: usize| v.column(j).iter().zip(x).map(|(q, &x)| q.conj() * x).sum::<Complex>();
            Some((0..x.len()).map(inner).collect::<Vec<_>>())
        }
        Some(x) => {
            let x: Vec<Complex> = x.iter().map(|&x| Complex::new(x, 0.0)).collect();
            Some(Lu::new(v)?.solve(&x))
        }
    };
    let mode = |j: usize| {
        let x = v.column(j);
        let pair = spectrum.values[j].im != 0.0;
        Mode {
            eigenvalue: spectrum.values[j],
            index: j,
            u: x.iter().map(|z| z.re).collect(),
            w: pair.then(|| x.iter().map(|z| z.im).collect()),
            coefficient: coefficients.as_ref().map(|c| c[j]),
            condition: if orthonormal { 1.0 } else { spectrum.condition[j] },
        }
    };
    Ok((0..spectrum.values.len()).filter(|&j| spectrum.values[j].im >= 0.0).map(mode).collect())
}
