//! A study in the units that people read: mV where the findings say 0.065 V.
//!
//! Inside, everything is in SI units, and so are the findings and the recorded arrays. The story, the figures and the page
//! show a copy whose variables are divided by the units of [`Study::units`]:
//!
//! ```text
//! y_i = x_i / s_i,    A becomes S^-1 A S,    eigenvalues stay
//! ```
//!
//! A norm over variables of different units would change with the units, and so would every number that rests on one
//! (distances, condition numbers, departures from normality, principal components): [`is_mixed`] says so, and they are
//! then not told.

use crate::study::{LinearAt, Portrait, Study};
use dynamics::analyze::continuation::BranchEnd;
use dynamics::simulate::Verdict;
use linalg::Matrix;
use std::borrow::Cow;

/// The study in readable units; itself where its variables are bare numbers, or readable already.
pub(super) fn readable(study: &Study) -> Cow<'_, Study> {
    if study.units.len() != study.names.len() || study.units.iter().all(|unit| unit.size == 1.0) {
        return Cow::Borrowed(study);
    }
    let sizes: Vec<f64> = study.units.iter().map(|unit| unit.size).collect();
    let one = (!is_mixed(study)).then(|| sizes[0]);
    let mut out = study.clone();
    for unit in &mut out.units {
        unit.size = 1.0;
    }
    if let Some(simulation) = &mut out.simulation {
        let run = &mut simulation.trajectory;
        run.x = rows(&run.x, &sizes);
        if let Verdict::Diverged { variable, value, .. } = &mut run.verdict {
            *value /= sizes.get(*variable).copied().unwrap_or(1.0);
        }
        divide(&mut simulation.x0, &sizes);
        run.error.value = run.error.value.map(|error| error / one.unwrap_or(1.0));
    }
    for at in &mut out.linear {
        linear(at, &sizes, one);
    }
    if let Some(rests) = &mut out.rests {
        for point in rests.points.iter_mut().chain(&mut rests.singular) {
            divide(&mut point.x, &sizes);
        }
        for (x, speed) in &mut rests.slow {
            divide(x, &sizes);
            *speed /= one.unwrap_or(1.0);
        }
        rests.attractors.iter_mut().flat_map(|set| &mut set.points).for_each(|x| divide(x, &sizes));
    }
    if let Some(cycle) = &mut out.cycle {
        divide(&mut cycle.low, &sizes);
        divide(&mut cycle.high, &sizes);
        if let Some(response) = &mut cycle.response {
            let size = sizes[response.variable];
            response.values.iter_mut().for_each(|z| *z *= size);
            response.states.iter_mut().for_each(|x| *x /= size);
        }
    }
    if let Some(section) = &mut out.section {
        section.value /= sizes[section.variable];
        section.crossings.iter_mut().for_each(|(_, _, x)| divide(x, &sizes));
    }
    for state in &mut out.ensemble {
        *state = rows(state, &sizes);
    }
    if let (Some(components), Some(size)) = (&mut out.components, one) {
        components.scores = components.scores.map(|v| v / size);
    }
    if let Some(f) = &mut out.fluctuations {
        let pair = |m: &Matrix| Matrix::from_fn(m.rows(), m.cols(), |i, j| m[(i, j)] / sizes[i] / sizes[j]);
        (f.theory, f.simulated) = (pair(&f.theory), pair(&f.simulated));
        for density in f.spectrum.iter_mut().chain(&mut f.spectrum_simulated) {
            *density /= sizes[0] * sizes[0];
        }
    }
    if let Some(portrait) = &mut out.portrait {
        plane(portrait, &sizes);
    }
    if let Some(found) = &mut out.continuation {
        let diagram = &mut found.diagram;
        for point in diagram.branches.iter_mut().flat_map(|branch| &mut branch.points) {
            divide(&mut point.x, &sizes);
            divide(&mut point.low, &sizes);
            divide(&mut point.high, &sizes);
        }
        for special in diagram.specials.iter_mut().chain(&mut diagram.outside) {
            divide(&mut special.x, &sizes);
        }
        for curve in found.second.iter_mut().flat_map(|second| &mut second.curves) {
            curve.points.iter_mut().for_each(|point| divide(&mut point.x, &sizes));
            curve.specials.iter_mut().for_each(|special| divide(&mut special.x, &sizes));
        }
        for end in diagram.branches.iter_mut().flat_map(|branch| &mut branch.ends) {
            if let BranchEnd::Box { variable, value } = end {
                *value /= sizes.get(*variable).copied().unwrap_or(1.0);
            }
        }
    }
    if let Some(cycle) = out.oscillation.as_mut().and_then(|o| o.cycle.as_mut()) {
        divide(&mut cycle.lowest, &sizes);
        divide(&mut cycle.highest, &sizes);
    }
    Cow::Owned(out)
}

/// The same for a drawing, where units are set as in print: `\u{b5}A/cm\u{b2}` for `uA/cm^2`.
pub(super) fn drawn(study: &Study) -> Cow<'_, Study> {
    let mut out = readable(study);
    if out.units.iter().any(|unit| typographic(&unit.symbol) != unit.symbol) {
        for unit in &mut out.to_mut().units {
            unit.symbol = typographic(&unit.symbol);
        }
    }
    out
}

/// A unit as it is printed.
pub(super) fn typographic(symbol: &str) -> String {
    let micro = |word: &str| match word.strip_prefix('u') {
        Some(rest) if rest.starts_with(|c: char| c.is_alphabetic()) => format!("\u{b5}{rest}"),
        _ => word.to_string(),
    };
    let words: Vec<String> =
        symbol.split(' ').map(|w| w.split('/').map(micro).collect::<Vec<_>>().join("/")).collect();
    words.join(" ").replace("^2", "\u{b2}").replace("^3", "\u{b3}").replace("ohm", "\u{3a9}")
}

/// Whether variables have different units, so that no norm over them has a meaning.
pub(super) fn is_mixed(study: &Study) -> bool {
    study.units.iter().any(|unit| unit.symbol != study.units[0].symbol)
}

fn divide(x: &mut [f64], sizes: &[f64]) {
    for (x, size) in x.iter_mut().zip(sizes) {
        *x /= size;
    }
}

fn rows(x: &Matrix, sizes: &[f64]) -> Matrix {
    Matrix::from_fn(x.rows(), x.cols(), |i, k| x[(i, k)] / sizes[i])
}

fn linear(at: &mut LinearAt, sizes: &[f64], one: Option<f64>) {
    at.a = Matrix::from_fn(at.a.rows(), at.a.cols(), |i, j| at.a[(i, j)] * sizes[j] / sizes[i]);
    divide(&mut at.g, sizes);
    if let Some(point) = &mut at.point {
        divide(&mut point.x, sizes);
        point.residual /= one.unwrap_or(1.0);
    }
    let fixed = &mut at.analysis.fixed_points;
    if let Some(point) = &mut fixed.point {
        divide(point, sizes);
    }
    fixed.drift_rate = fixed.drift_rate.and_then(|rate| one.map(|size| rate / size));
    for direction in fixed.directions.iter_mut().chain(&mut fixed.drift) {
        divide(direction, sizes);
        let norm = square(direction).sqrt();
        divide(direction, &vec![norm; sizes.len()]);
    }
    for mode in &mut at.analysis.modes {
        let norm = |m: &dynamics::analyze::Mode| (square(&m.u) + m.w.as_deref().map_or(0.0, square)).sqrt();
        let before = norm(mode);
        divide(&mut mode.u, sizes);
        if let Some(w) = &mut mode.w {
            divide(w, sizes);
        }
        let longer = norm(mode) / before;
        if longer > 0.0 && longer.is_finite() {
            for v in mode.u.iter_mut().chain(mode.w.iter_mut().flatten()) {
                *v /= longer;
            }
            mode.coefficient = mode.coefficient.map(|c| c * longer);
        }
    }
}

fn square(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum()
}

fn plane(p: &mut Portrait, sizes: &[f64]) {
    let (i, j) = p.plane;
    let (a, b) = (sizes[i], sizes[j]);
    p.x.iter_mut().for_each(|v| *v /= a);
    p.y.iter_mut().for_each(|v| *v /= b);
    (p.dx, p.dy) = (p.dx.map(|v| v / a), p.dy.map(|v| v / b));
    for curve in &mut p.curves {
        *curve = rows(curve, &[a, b]);
    }
    for (foot, direction, _) in &mut p.eigenvectors {
        divide(foot, &[a, b]);
        divide(direction, &[a, b]);
    }
    if let Some(phase) = &mut p.phase {
        let curves = phase
            .nullclines
            .iter_mut()
            .flat_map(|n| n.pieces.iter_mut().map(|piece| &mut piece.points))
            .chain(phase.separatrices.iter_mut().map(|s| &mut s.points))
            .chain(phase.cycles.iter_mut().map(|c| &mut c.points))
            .chain(phase.streamlines.iter_mut())
            .chain(phase.orbits.iter_mut().flat_map(|o| [&mut o.forward, &mut o.backward]));
        curves.flatten().for_each(|point| divide(point, &[a, b]));
        phase.rectangle.x.iter_mut().for_each(|v| *v /= a);
        phase.rectangle.y.iter_mut().for_each(|v| *v /= b);
        phase.fixed_points.iter_mut().for_each(|point| divide(&mut point.x, &[a, b]));
        for cycle in &mut phase.cycles {
            divide(&mut cycle.low, &[a, b]);
            divide(&mut cycle.high, &[a, b]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn units_are_drawn_as_they_are_printed() {
        assert_eq!(typographic("uA/cm^2"), "\u{b5}A/cm\u{b2}");
        assert_eq!(typographic("Mohm"), "M\u{3a9}");
        assert_eq!(typographic("mV"), "mV");
    }

    #[test]
    fn a_potential_is_told_in_millivolts_and_its_eigenvalues_stay() {
        let study = fixture::cell();
        let told = readable(&study);
        let run = |s: &Study| s.simulation.as_ref().unwrap().trajectory.x.clone();
        assert!((run(&told)[(0, 0)] - 1e3 * run(&study)[(0, 0)]).abs() < 1e-12);
        assert_eq!(run(&told)[(1, 0)], run(&study)[(1, 0)]);
        let (before, after) = (&study.linear[0], &told.linear[0]);
        assert_eq!(before.analysis.eigenvalues, after.analysis.eigenvalues);
        assert!((before.a.trace() - after.a.trace()).abs() < 1e-9 * before.a.trace().abs());
        assert!(is_mixed(&study) && matches!(readable(&told), Cow::Borrowed(_)));
    }
}
