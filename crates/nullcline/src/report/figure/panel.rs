//! Which variables share an axis: those of one unit, and of bare numbers those of about one size.

use super::frame::extent;
use crate::study::Study;
use linalg::Matrix;

/// More variables than this become an image.
pub(in super::super) const LINES_AT_MOST: usize = 12;
/// Bare numbers whose ranges differ by more than this factor have axes of their own.
const ALIKE: f64 = 50.0;

/// Units that spike have panels of their own up to this number.
const APART: usize = 6;

/// Variables that share an axis.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Panel {
    /// Their unit; empty for bare numbers.
    pub(in super::super) unit: String,
    /// Their indices.
    pub(in super::super) variables: Vec<usize>,
    /// Whether they are too many for lines.
    pub(in super::super) image: bool,
    /// Whether it shares its axis with no other.
    apart: bool,
    /// The largest range among them.
    range: f64,
}

impl Panel {
    /// The label of its axis: `V (mV)`, `state (mV)`, `state`.
    pub(in super::super) fn label(&self, study: &Study, alone: bool) -> String {
        let name = match self.variables.as_slice() {
            [one] if !(alone && self.unit.is_empty()) => {
                study.names.get(*one).cloned().unwrap_or_else(|| "state".into())
            }
            _ => "state".into(),
        };
        if self.unit.is_empty() { name } else { format!("{name} ({})", self.unit) }
    }

    /// Its named parts with the first and the last row of each, counted from 1.
    pub(in super::super) fn parts(&self, study: &Study) -> Vec<(String, usize, usize)> {
        let row = |i: usize| self.variables.partition_point(|v| *v < i) + 1;
        let inside = study.groups.iter().filter(|g| self.variables.binary_search(&g.start).is_ok());
        inside.map(|g| (g.name.clone(), row(g.start), row(g.start + g.len) - 1)).collect()
    }
}

/// The panels of the recorded states `x`, in the order of the model.
pub(in super::super) fn panels(study: &Study, x: &Matrix) -> Vec<Panel> {
    let mut all: Vec<Panel> = Vec::new();
    let few = x.rows() <= LINES_AT_MOST;
    let firing = (0..x.rows()).filter(|&i| spiking(study, i)).count();
    for i in 0..x.rows() {
        let unit = study.units.get(i).map_or("", |unit| unit.symbol.as_str());
        let (low, high) = extent(x.row(i));
        let range = if high > low { high - low } else { 0.0 };
        let alike = |a: f64, b: f64| a == 0.0 || b == 0.0 || (a / b < ALIKE && b / a < ALIKE);
        let apart = firing <= APART && spiking(study, i);
        let fits = |p: &&mut Panel| {
            !apart && !p.apart && p.unit == unit && (!few || !unit.is_empty() || alike(p.range, range))
        };
        match all.iter_mut().find(fits) {
            Some(panel) => {
                panel.variables.push(i);
                panel.range = panel.range.max(range);
            }
            None => all.push(Panel { unit: unit.into(), variables: vec![i], image: false, apart, range }),
        }
    }
    for panel in &mut all {
        let resets = panel.variables.len() > 1 && panel.variables.iter().any(|&i| spiking(study, i));
        panel.image = panel.variables.len() > LINES_AT_MOST || resets;
    }
    all
}

/// Whether a variable belongs to a few units that spike: their resets would cover each other.
fn spiking(study: &Study, i: usize) -> bool {
    let group = study.groups.iter().find(|g| (g.start..g.start + g.len).contains(&i));
    let fires = |n: usize| study.spikes.iter().any(|s| s.n == n && s.times.len() > 2 * n);
    group.is_some_and(|g| g.len > 1 && fires(g.len))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{fixture, readable::readable};

    #[test]
    fn variables_of_one_unit_share_an_axis() {
        let study = fixture::cell();
        let study = readable(&study);
        let found = panels(&study, &study.simulation.as_ref().unwrap().trajectory.x);
        let labels: Vec<String> = found.iter().map(|p| p.label(&study, false)).collect();
        assert_eq!(labels, ["V (mV)", "state"]);
        assert_eq!(found[1].variables, [1, 2, 3]);
    }

    #[test]
    fn numbers_of_very_different_size_do_not() {
        let mut study = fixture::tornado();
        fixture::follow(&mut study, 0.1, 50, |t| vec![t.sin(), 1000.0 * t.cos(), 0.5]);
        let found = panels(&study, &study.simulation.as_ref().unwrap().trajectory.x);
        let shares: Vec<&[usize]> = found.iter().map(|p| p.variables.as_slice()).collect();
        assert_eq!(shares, [&[0, 2][..], &[1]]);
    }
}
