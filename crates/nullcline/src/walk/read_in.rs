//! The unit that people read a quantity in: mV rather than V, chosen by what it measures and how large it is.

use crate::network::System;
use crate::study::ReadIn;
use dynamics::simulate::Trajectory;
use equations::{Dimension, Unit};

/// Units for each dimension, from small to large; the largest that leaves the number at least 1 is taken.
const SCALES: [&[&str]; 14] = [
    &["us", "ms", "s"],
    &["uV", "mV", "V"],
    &["fA", "pA", "nA", "uA", "mA", "A"],
    &["pS", "nS", "uS", "mS", "S"],
    &["ohm", "kohm", "Mohm", "Gohm"],
    &["fF", "pF", "nF", "uF", "F"],
    &["Hz", "kHz"],
    &["nm", "um", "mm", "m"],
    &["nA/cm^2", "uA/cm^2", "mA/cm^2"],
    &["uS/cm^2", "mS/cm^2", "S/cm^2"],
    &["nF/cm^2", "uF/cm^2"],
    &["ohm cm", "kohm cm"],
    &["nM", "uM", "mM", "M"],
    &["fC", "pC", "nC", "C"],
];

/// The unit of each variable, chosen by the largest value that the run shows; none where all are bare numbers.
pub(super) fn units(system: &System, run: Option<&Trajectory>) -> Vec<ReadIn> {
    let columns = run.map_or(Vec::new(), |run| (0..run.x.cols()).map(|k| run.x.column(k)).collect());
    units_of(system, &columns)
}

/// The unit of each variable, chosen by the largest value among these states and the initial one.
pub(super) fn units_of<X: AsRef<[f64]>>(system: &System, states: &[X]) -> Vec<ReadIn> {
    let largest = |i: usize| {
        let values = states.iter().map(|x| x.as_ref()[i].abs());
        values.filter(|x| x.is_finite()).fold(system.x0[i].abs(), f64::max)
    };
    // All units of a population are read in the same unit.
    let mut all = vec![ReadIn { symbol: String::new(), size: 1.0 }; system.dimensions.len()];
    for group in &system.groups {
        let Some(&dimension) = system.dimensions.get(group.range.start) else { continue };
        let unit = read_in(dimension, group.range.clone().map(largest).fold(0.0, f64::max));
        all[group.range.clone()].fill(unit);
    }
    all
}

/// The unit for values of this dimension whose largest modulus is `size`.
pub(super) fn read_in(dimension: Dimension, size: f64) -> ReadIn {
    if dimension == Dimension::NONE {
        return ReadIn { symbol: String::new(), size: 1.0 };
    }
    let unit = |symbol: &str| Unit::parse(symbol).ok().filter(|u| u.dimension() == dimension);
    let scale = SCALES.iter().find(|scale| unit(scale[0]).is_some());
    let Some(scale) = scale else { return ReadIn { symbol: dimension.symbol(), size: 1.0 } };
    let sizes = scale.iter().filter_map(|symbol| unit(symbol).map(|u| (*symbol, u.factor())));
    let sizes: Vec<(&str, f64)> = sizes.collect();
    let fitting = sizes.iter().rev().find(|(_, factor)| size >= *factor * (1.0 - 1e-9));
    let (symbol, size) = fitting.or(sizes.first()).copied().unwrap_or(("", 1.0));
    ReadIn { symbol: symbol.to_owned(), size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_potential_of_a_cell_is_read_in_millivolts() {
        let volt = Unit::parse("V").unwrap().dimension();
        assert_eq!(read_in(volt, 0.065), ReadIn { symbol: "mV".into(), size: 1e-3 });
        assert_eq!(read_in(volt, 0.0).symbol, "uV");
        let density = Unit::parse("A/m^2").unwrap().dimension();
        assert_eq!(read_in(density, 0.1).symbol, "uA/cm^2");
        assert_eq!(read_in(Dimension::NONE, 3.0).symbol, "");
    }
}
