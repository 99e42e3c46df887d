//! Where folds and Hopf points are in the plane of two parameters, and the points at which these curves change their kind.
//!
//! ```text
//! fold curve    f = 0, g = 0              for (x, p1, p2)           g of J bordered
//! Hopf curve    f = 0, Re g = Im g = 0    for (x, p1, p2, omega)    g of J - i omega bordered
//! ```
//!
//! | special point | on a curve of | what vanishes |
//! |---|---|---|
//! | cusp | folds | w^T B(v, v): the quadratic coefficient |
//! | Bogdanov-Takens | folds | w^T v: the eigenvalue 0 is double |
//! | Bogdanov-Takens | Hopf points | omega: the curve ends there, on a fold curve |
//! | generalized Hopf | Hopf points | l1: the cycles that are born change from attracting to repelling |
//!
//! where J v = 0, w^T J = 0 and B is the second derivative of f. Each is refined by Newton's method on the curve's system with
//! what vanishes as one more equation (its gradient by differences), and carries an estimate of the error of both parameters.
//!
//! Cost: as a curve of equilibria with n + 1 or n + 2 unknowns; a point takes 8 or 16 Jacobians more a correction. It fails where
//! two eigenvalues vanish otherwise (by symmetry, or where a fold curve crosses another). Points where a fold curve or a Hopf
//! curve meets another pair on the axis (zero-Hopf, double Hopf) are not looked for.
//!
//! Reference: Kuznetsov (2004), Elements of applied bifurcation theory, chapters 8 and 10.

mod bordered;
mod follow;
mod parameter_curve;

#[cfg(test)]
mod tests;

pub use parameter_curve::{
    CurveEnd, CurvePoint, CurveSpecial, CurveSpecialKind, ParameterCurve, ParameterCurveKind,
    ParameterCurveSettings,
};

use super::diagram::{Special, SpecialKind};
use crate::analyze::AnalyzeError;
use crate::field::VectorField;
use std::f64::consts::TAU;

/// The curve of folds through a fold of a diagram over the first of the two parameters.
///
/// # Errors
/// If the point is no fold, or the settings do not fit. What fails on the way is told as an end of the curve.
pub fn fold_curve(
    field: &dyn VectorField,
    p: &[f64],
    fold: &Special,
    settings: &ParameterCurveSettings,
) -> Result<ParameterCurve, AnalyzeError> {
    if fold.kind != SpecialKind::Fold {
        let remedy = "a curve of folds begins at a fold";
        return Err(AnalyzeError::Setting { what: "the special point", value: fold.p, remedy });
    }
    settings.check(field.dimension(), p, fold)?;
    Ok(follow::curve(field, p, fold, None, settings))
}

/// The curve of Hopf points through a Hopf point of a diagram over the first of the two parameters.
///
/// # Errors
/// If the point is no Hopf point, or the settings do not fit. What fails on the way is told as an end of the curve.
pub fn hopf_curve(
    field: &dyn VectorField,
    p: &[f64],
    hopf: &Special,
    settings: &ParameterCurveSettings,
) -> Result<ParameterCurve, AnalyzeError> {
    let omega = hopf.period.map(|period| TAU / period).filter(|omega| omega.is_finite() && *omega > 0.0);
    let (SpecialKind::Hopf, Some(omega)) = (hopf.kind, omega) else {
        let remedy = "a curve of Hopf points begins at a Hopf point, with its period";
        return Err(AnalyzeError::Setting { what: "the special point", value: hopf.p, remedy });
    };
    settings.check(field.dimension(), p, hopf)?;
    Ok(follow::curve(field, p, hopf, Some(omega), settings))
}
