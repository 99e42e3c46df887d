//! A point of a branch of cycles with its tangent, its multipliers and the functions that vanish at bifurcations.

use super::super::diagram::BranchPoint;
use super::settings::CycleBranchSettings;
use crate::analyze::cycle::collocation::{Blocks, Collocation};
use crate::analyze::cycle::floquet::{multipliers, split};
use crate::analyze::cycle::limit_cycle::{is_stable, ranges};
use crate::analyze::cycle::newton::{Direction, Ending, Patience, Point, Units, advance, correct};
use crate::field::{EvalError, VectorField};
use linalg::Complex;

/// The tools of one branch.
pub(super) struct Tools<'a> {
    pub(super) c: Collocation<'a>,
    pub(super) blocks: Blocks,
    pub(super) units: Units,
    /// The largest range that each variable has had.
    largest: Vec<f64>,
    pub(super) settings: &'a CycleBranchSettings,
}

/// A point of the branch.
#[derive(Clone, Debug)]
pub(super) struct Station {
    pub(super) point: Point,
    pub(super) tangent: Direction,
    /// Multipliers without the trivial one.
    pub(super) spectrum: Vec<Complex>,
    /// How far the trivial one is from 1.
    pub(super) deviation: f64,
}

/// The functions whose zeros are bifurcations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Test {
    /// The tangent's part along p.
    Fold,
    /// Product of multiplier - 1.
    Plus,
    /// Product of multiplier + 1.
    Minus,
    /// |multiplier| - 1 of the pair nearest the circle.
    Pair,
}

impl<'a> Tools<'a> {
    pub(super) fn new(field: &'a dyn VectorField, units: Units, settings: &'a CycleBranchSettings) -> Self {
        let c = Collocation::new(field, Some(settings.parameter));
        Self { c, blocks: Blocks::default(), units, largest: Vec::new(), settings }
    }

    /// Corrects a predicted point across `tangent`; the phase is that of `reference`.
    pub(super) fn land(
        &mut self,
        point: Point,
        reference: &[f64],
        tangent: &Direction,
        tolerance: f64,
    ) -> Result<Result<(Station, Ending), Ending>, EvalError> {
        let mut point = point;
        let patience = Patience { tolerance, iterations: 8, longest: f64::INFINITY };
        let units = self.units.clone();
        let mut ending =
            correct(&mut self.c, &mut self.blocks, &mut point, reference, Some(tangent), &units, patience)?;
        match ending.tangent.take() {
            Some(tangent) if ending.converged => {
                let (trivial, spectrum) = split(multipliers(&self.blocks));
                let deviation = trivial.map_or(f64::INFINITY, |m| (m - 1.0).norm());
                Ok(Ok((Station { point, tangent, spectrum, deviation }, ending)))
            }
            _ => Ok(Err(ending)),
        }
    }

    /// The point at the distance `length` along the tangent of a station.
    pub(super) fn predict(&self, from: &Station, length: f64) -> Point {
        let mut point = from.point.clone();
        advance(&mut point, &from.tangent, length, Some(self.settings.parameter));
        point
    }

    /// The station as it is written to the branch.
    pub(super) fn write(&self, station: &Station) -> BranchPoint {
        let orbit = &station.point.orbit;
        let (low, high) = orbit.extrema();
        BranchPoint {
            p: station.point.p[self.settings.parameter],
            x: orbit.points[..orbit.n].to_vec(),
            period: Some(orbit.period),
            low,
            high,
            spectrum: station.spectrum.clone(),
            unstable: station.unstable(),
            is_stable: is_stable(&station.spectrum, station.deviation.min(1e-3), orbit.n),
        }
    }

    /// The units of the cycle at a station; those of the parameter stay.
    ///
    /// A cycle that shrinks keeps a part of the largest unit, so that it reaches its end in finitely many steps.
    pub(super) fn measure(&mut self, station: &Station) {
        let ranges = ranges(&station.point.orbit);
        self.largest.resize(ranges.len(), 0.0);
        // So does a variable that rests while others move.
        let least = 1e-5 * ranges.iter().copied().fold(0.0, f64::max);
        for k in 0..ranges.len() {
            self.largest[k] = self.largest[k].max(ranges[k]);
            self.units.variables[k] = ranges[k].max(5e-2 * self.largest[k]).max(least).max(f64::MIN_POSITIVE);
        }
        self.units.period = station.point.orbit.period;
    }
}

impl Station {
    /// The number of multipliers outside the unit circle.
    pub(super) fn unstable(&self) -> usize {
        self.spectrum.iter().filter(|m| m.norm() > 1.0).count()
    }

    /// The value of a test function; NaN where the multipliers are too large for it.
    pub(super) fn test(&self, test: Test) -> f64 {
        let whole = self.spectrum.len() + 1 == self.point.orbit.n;
        let product = |shift: f64| -> f64 {
            let all: Complex = self.spectrum.iter().map(|m| (m + shift) / (1.0 + m.norm())).product();
            all.re
        };
        match test {
            Test::Fold => self.tangent.p,
            _ if !whole => f64::NAN,
            Test::Plus => product(-1.0),
            Test::Minus => product(1.0),
            Test::Pair => {
                let pairs = self.spectrum.iter().filter(|m| m.im > 0.0);
                pairs.map(|m| m.norm() - 1.0).min_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(f64::NAN)
            }
        }
    }
}
