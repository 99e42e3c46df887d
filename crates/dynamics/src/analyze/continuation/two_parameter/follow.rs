//! Along a curve of folds or Hopf points, both ways from where it was met.

use super::bordered::{Augmented, Bordered};
use super::parameter_curve::{
    CurveEnd, CurvePoint, CurveSpecial, CurveSpecialKind, ParameterCurve, ParameterCurveKind,
    ParameterCurveSettings,
};
use crate::analyze::continuation::curve::{Corrected, Lost, between, correct};
use crate::analyze::continuation::diagram::Special;
use crate::analyze::continuation::newton::root;
use crate::analyze::continuation::problem::{Problem, along, distance, dot, largest};
use crate::field::VectorField;

/// The angle between tangents that a step aims at.
const ANGLE: f64 = 0.1;
/// A step that turns the tangent more is repeated with half the length.
const WIDEST: f64 = 0.3;
/// Below this step a special point that Newton's method does not find is told in a note.
const PATIENCE: f64 = 1e-4;

/// A point of the curve in coordinates of size 1.
#[derive(Clone)]
struct Station {
    z: Vec<f64>,
    tangent: Vec<f64>,
    /// Null vectors of J and of its transpose, of length 1, of a fold: each continues that of the point before.
    null: [Vec<f64>; 2],
    /// What changes its sign at a special point of each kind.
    tests: Vec<(CurveSpecialKind, f64)>,
}

/// A special point in these coordinates.
#[derive(Clone)]
struct Located {
    kind: CurveSpecialKind,
    z: Vec<f64>,
    errors: Vec<f64>,
}

struct Walk {
    stations: Vec<Station>,
    /// Each with the index of the point before it.
    found: Vec<(usize, Located)>,
    end: CurveEnd,
    notes: Vec<String>,
}

struct Walker<'a, 'f> {
    problem: Problem<'f>,
    rate: Option<f64>,
    settings: &'a ParameterCurveSettings,
}

/// The curve through a special point; `omega` of a Hopf point.
pub(super) fn curve(
    field: &dyn VectorField,
    p: &[f64],
    start: &Special,
    omega: Option<f64>,
    settings: &ParameterCurveSettings,
) -> ParameterCurve {
    let [first, second] = settings.parameters;
    let mut p = p.to_vec();
    p[first] = start.p;
    let free: Vec<(usize, f64, f64)> = (0..2)
        .map(|k| (settings.parameters[k], settings.low[k], settings.high[k] - settings.low[k]))
        .collect();
    // A value of 1e-9 is a rounded 0.
    let size: Vec<f64> = start.x.iter().map(|x| if x.abs() > 1e-9 { x.abs() } else { 1.0 }).collect();
    let mut z: Vec<f64> = start.x.iter().zip(&size).map(|(x, s)| x / s).collect();
    z.extend([start.p, p[second]].iter().zip(&free).map(|(p, f)| (p - f.1) / f.2));
    z.extend(omega.map(|_| 1.0));
    let mut walker = Walker { problem: Problem::new(field, &p, &free, &size), rate: omega, settings };
    let kind = if omega.is_some() { ParameterCurveKind::Hopf } else { ParameterCurveKind::Fold };
    let beginning = match walker.beginning(&z) {
        Ok(beginning) => beginning,
        Err(lost) => {
            let end = CurveEnd::Failed { residual: lost.residual };
            let notes = vec![format!(
                "the curve is not followed: it has no tangent at {} (residual {:e})",
                start.p, lost.residual
            )];
            return ParameterCurve { kind, points: Vec::new(), specials: Vec::new(), ends: [end; 2], notes };
        }
    };
    let ahead = walker.walk(beginning.clone());
    let mut reversed = beginning;
    reversed.tangent.iter_mut().for_each(|t| *t = -*t);
    let back = (ahead.end != CurveEnd::Closed).then(|| walker.walk(reversed));
    walker.draw(kind, back, ahead)
}

impl Walker<'_, '_> {
    fn beginning(&mut self, z: &[f64]) -> Result<Station, Lost> {
        // The point was found with the second parameter held.
        let mut normal = vec![0.0; z.len()];
        normal[self.problem.n + 1] = 1.0;
        let corrected = self.correct(z, &normal)?;
        self.station(corrected, None).ok_or(Lost { residual: f64::NAN })
    }

    fn correct(&mut self, guess: &[f64], normal: &[f64]) -> Result<Corrected, Lost> {
        let lost = |_| Lost { residual: f64::NAN };
        let mut system = Bordered::new(&mut self.problem, guess, self.rate).map_err(lost)?;
        correct(&mut system, guess, normal, self.settings.tolerance)
    }

    fn station(&mut self, found: Corrected, before: Option<&Station>) -> Option<Station> {
        let mut system = Bordered::new(&mut self.problem, &found.z, self.rate).ok()?;
        let mut null = [Vec::new(), Vec::new()];
        let mut tests = Vec::new();
        if self.rate.is_some() {
            let kind = CurveSpecialKind::GeneralizedHopf;
            tests.push((kind, system.test(&found.z, kind).map_or(f64::NAN, |t| t.0)));
        } else {
            for kind in [CurveSpecialKind::Cusp, CurveSpecialKind::BogdanovTakens] {
                tests.push((kind, system.test(&found.z, kind).map_or(f64::NAN, |t| t.0)));
            }
            let (v, w) = system.null_vectors()?;
            let sign = |k: usize, a: &[f64]| {
                if before.is_some_and(|b| dot(&b.null[k], a) < 0.0) { -1.0 } else { 1.0 }
            };
            let (sv, sw) = (sign(0, v), sign(1, w));
            null = [v.iter().map(|v| sv * v).collect(), w.iter().map(|w| sw * w).collect()];
            // w^T B(v, v) and w^T v.
            tests[0].1 *= sw;
            tests[1].1 *= sv * sw;
        }
        Some(Station { z: found.z, tangent: found.tangent, null, tests })
    }

    fn walk(&mut self, start: Station) -> Walk {
        let n = self.problem.n;
        let mut seen =
            Walk { stations: vec![start], found: Vec::new(), end: CurveEnd::Points, notes: Vec::new() };
        let mut h = 0.2 * self.settings.largest_step;
        let mut residual = f64::NAN;
        while seen.stations.len() < self.settings.points {
            let last = seen.stations[seen.stations.len() - 1].clone();
            let most = self.settings.largest_step * largest(&last.z[..n]).max(1.0);
            let sideways = largest(&last.tangent[n..n + 2]).max(1e-300);
            h = h.min(most).min(self.settings.largest_step / sideways);
            if h < self.settings.smallest_step {
                seen.end = self.ending(&last, None, 1e-2, &mut seen).unwrap_or(CurveEnd::Failed { residual });
                return seen;
            }
            let next = match self.correct(&along(&last.z, h, &last.tangent), &last.tangent) {
                Ok(next) => next,
                Err(lost) => {
                    residual = if lost.residual.is_finite() { lost.residual } else { residual };
                    h *= 0.5;
                    continue;
                }
            };
            let angle = dot(&last.tangent, &next.tangent).min(1.0).acos();
            let vanishes = self.rate.is_some() && next.z.last().is_some_and(|omega| *omega < 1e-6);
            if vanishes && let Some(end) = self.ending(&last, Some(&next.z), 4.0 * h, &mut seen) {
                seen.end = end;
                return seen;
            }
            let sharp = angle.is_nan() || angle > WIDEST || next.first > 0.5 * h || next.iterations > 8;
            if sharp || vanishes {
                h *= 0.5;
                continue;
            }
            let border = self.border(&last, &next);
            let ends = border.is_some();
            let Some(next) = self.station(border.unwrap_or(next), Some(&last)) else {
                h *= 0.5;
                continue;
            };
            let closes = seen.stations.len() > 3 && passes(&last, &next, &seen.stations[0]);
            let crossed: Vec<(CurveSpecialKind, f64)> = last
                .tests
                .iter()
                .zip(&next.tests)
                .filter(|(a, b)| a.1 * b.1 < 0.0 || (b.1 == 0.0 && a.1 != 0.0))
                .map(|(a, b)| (a.0, a.1 / (a.1 - b.1)))
                .collect();
            let located: Vec<Option<Located>> =
                crossed.iter().map(|(kind, s)| self.locate(*kind, &last, &next, *s)).collect();
            if located.iter().any(Option::is_none) && h > PATIENCE {
                h *= 0.5;
                continue;
            }
            let at = seen.stations.len() - 1;
            for (located, (kind, _)) in located.into_iter().zip(&crossed) {
                match located {
                    Some(located) => seen.found.push((at, located)),
                    None => seen.notes.push(format!(
                        "near {:?} a {} is passed that Newton's method does not find",
                        self.parameters(&next.z),
                        kind.name()
                    )),
                }
            }
            seen.stations.push(next);
            if ends || closes {
                seen.end = if ends { CurveEnd::Border } else { CurveEnd::Closed };
                return seen;
            }
            h *= (ANGLE / angle.max(1e-3)).sqrt().clamp(0.5, 2.0);
        }
        seen
    }

    /// The special point between a and b, at about the fraction `s`.
    fn locate(&mut self, kind: CurveSpecialKind, a: &Station, b: &Station, s: f64) -> Option<Located> {
        let guess = between(&a.z, &a.tangent, &b.z, &b.tangent, s);
        let length = distance(&a.z, &b.z);
        let found = self.refine(kind, &guess, self.rate, length + 1e-6)?;
        // On this piece of the curve, or beyond its ends by rounding.
        let chord: Vec<f64> = b.z.iter().zip(&a.z).map(|(b, a)| b - a).collect();
        let way: Vec<f64> = found.z.iter().zip(&a.z).map(|(z, a)| z - a).collect();
        let part = dot(&way, &chord) / (length * length);
        let slack = 1e-6 / length.max(1e-9);
        (-slack..=1.0 + slack).contains(&part).then_some(found)
    }

    fn refine(
        &mut self,
        kind: CurveSpecialKind,
        guess: &[f64],
        rate: Option<f64>,
        radius: f64,
    ) -> Option<Located> {
        let curve = Bordered::new(&mut self.problem, guess, rate).ok()?;
        let found = root(&mut Augmented { curve, kind }, guess, radius)?;
        Some(Located { kind, z: found.z, errors: found.errors })
    }

    /// The Bogdanov-Takens point at which a Hopf curve ends, near `last` or between it and `beyond`.
    fn ending(
        &mut self,
        last: &Station,
        beyond: Option<&[f64]>,
        radius: f64,
        seen: &mut Walk,
    ) -> Option<CurveEnd> {
        self.rate?;
        let m = self.problem.n + 2;
        let s = beyond.map_or(0.0, |b| (last.z[m] / (last.z[m] - b[m])).clamp(0.0, 1.0));
        let guess: Vec<f64> = match beyond {
            Some(b) => last.z[..m].iter().zip(b).map(|(a, b)| a + s * (b - a)).collect(),
            None => last.z[..m].to_vec(),
        };
        let mut found = self.refine(CurveSpecialKind::BogdanovTakens, &guess, None, radius)?;
        found.z.push(0.0);
        found.errors.push(0.0);
        let tests = last.tests.clone();
        let null = last.null.clone();
        let at = seen.stations.len() - 1;
        let station = Station { z: found.z.clone(), tangent: last.tangent.clone(), null, tests };
        seen.found.push((at, found));
        seen.stations.push(station);
        // Its index is known when the curve is drawn.
        Some(CurveEnd::BogdanovTakens(usize::MAX))
    }

    /// The point on the border of the rectangle, if it was crossed.
    fn border(&mut self, last: &Station, next: &Corrected) -> Option<Corrected> {
        let n = self.problem.n;
        let crossed = |k: usize| {
            let (a, b) = (last.z[k], next.z[k]);
            let bound = if b > 1.0 && b > a {
                1.0
            } else if b < 0.0 && b < a {
                0.0
            } else {
                return None;
            };
            Some((((bound - a) / (b - a)).clamp(0.0, 1.0), k, bound))
        };
        let (s, k, bound) = (n..n + 2).filter_map(crossed).min_by(|a, b| a.0.total_cmp(&b.0))?;
        let mut guess = between(&last.z, &last.tangent, &next.z, &next.tangent, s);
        guess[k] = bound;
        let mut normal = vec![0.0; guess.len()];
        normal[k] = 1.0;
        let landed = self.correct(&guess, &normal).ok();
        let landed = landed.filter(|l| distance(&l.z, &last.z) <= 1.5 * distance(&last.z, &next.z));
        let mut landed = landed.unwrap_or_else(|| next.clone());
        if dot(&landed.tangent, &last.tangent) < 0.0 {
            landed.tangent.iter_mut().for_each(|t| *t = -*t);
        }
        Some(landed)
    }

    fn parameters(&self, z: &[f64]) -> [f64; 2] {
        [self.problem.parameter(0, z), self.problem.parameter(1, z)]
    }

    /// The curve in the units of the field: back from its far end, then ahead.
    fn draw(&self, kind: ParameterCurveKind, back: Option<Walk>, ahead: Walk) -> ParameterCurve {
        let n = self.problem.n;
        let mut drawn = ParameterCurve {
            kind,
            points: Vec::new(),
            specials: Vec::new(),
            ends: [ahead.end; 2],
            notes: Vec::new(),
        };
        let point = |z: &[f64]| CurvePoint {
            p: self.parameters(z),
            x: self.problem.state(z),
            omega: self.rate.map(|rate| rate * z[n + 2]),
        };
        let special = |found: &Located| CurveSpecial {
            kind: found.kind,
            p: self.parameters(&found.z),
            error: [0, 1].map(|k| found.errors[n + k] * self.problem.size[n + k].abs()),
            x: self.problem.state(&found.z),
        };
        if let Some(back) = back {
            drawn.ends[0] = back.end;
            drawn.notes.extend(back.notes);
            for at in (1..back.stations.len()).rev() {
                drawn.points.push(point(&back.stations[at].z));
                for (_, found) in back.found.iter().rev().filter(|(k, _)| k + 1 == at) {
                    drawn.specials.push(special(found));
                    if found.z != back.stations[at].z {
                        drawn.points.push(point(&found.z));
                    }
                }
            }
        }
        for (at, station) in ahead.stations.iter().enumerate() {
            drawn.points.push(point(&station.z));
            for (_, found) in ahead.found.iter().filter(|(k, _)| *k == at) {
                drawn.specials.push(special(found));
                if ahead.stations.get(at + 1).is_none_or(|next| next.z != found.z) {
                    drawn.points.push(point(&found.z));
                }
            }
        }
        drawn.notes.extend(ahead.notes);
        let last = drawn.specials.len().saturating_sub(1);
        for (end, index) in drawn.ends.iter_mut().zip([0, last]) {
            if matches!(end, CurveEnd::BogdanovTakens(_)) {
                *end = CurveEnd::BogdanovTakens(index);
            }
        }
        drawn
    }
}

/// Whether the curve from a to b goes through `start`, the same way.
fn passes(a: &Station, b: &Station, start: &Station) -> bool {
    let chord: Vec<f64> = b.z.iter().zip(&a.z).map(|(b, a)| b - a).collect();
    let length = distance(&a.z, &b.z);
    let way: Vec<f64> = start.z.iter().zip(&a.z).map(|(z, a)| z - a).collect();
    let s = dot(&way, &chord) / (length * length);
    if !(-0.01..=1.01).contains(&s) || dot(&a.tangent, &start.tangent) < 0.8 {
        return false;
    }
    let cubic = between(&a.z, &a.tangent, &b.z, &b.tangent, s);
    distance(&cubic, &start.z) <= 1e-2 * length + 1e-7
}
