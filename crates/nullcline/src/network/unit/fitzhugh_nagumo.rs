//! FitzHugh and Nagumo: excitability in a plane that can be drawn.
//!
//! [`FITZHUGH_NAGUMO`] has the cubic v - v^3/3 of the textbooks, [`FITZHUGH_NAGUMO_LECTURE`] the cubic v - v^3 of the lecture. They are two
//! systems: the second is not the first with another unit of v, because a and b count in that unit too. Everything is
//! dimensionless. Rest loses its stability at a Hopf point where the trace is 0, s(v) = phi b with s the slope of the cubic, as
//! long as the nullclines cross once ([`fitzhugh_nagumo_hopf`]):
//!
//! | | a | b | phi | Hopf currents |
//! |---|---|---|---|---|
//! | textbook | 0.7 | 0.8 | 0.08 | 0.331281, 1.418719 |
//! | lecture | 0.7 | 0.8 | 0.08 | 0.561084, 1.188916 |
//!
//! The textbook's Hopf point is subcritical: the cycle is there already at I = 0.3242, beside the stable rest.
//!
//! When it fails: it has no spikes of fixed height, and no threshold in the strict sense (the medium amplitudes are canards).
//!
//! Reference: FitzHugh (1961), Impulses and physiological states in theoretical models of nerve membrane; Nagumo, Arimoto and
//! Yoshizawa (1962), An active pulse transmission line simulating nerve axon.
//!
//! ```
//! use nullcline::network::unit::fitzhugh_nagumo_hopf;
//! let [low, high] = fitzhugh_nagumo_hopf(1.0 / 3.0, 0.7, 0.8, 0.08).unwrap();
//! assert!((low - 0.3312813374547458).abs() < 1e-14 && (high - 1.4187186625452541).abs() < 1e-14);
//! ```

use super::library::{LibraryUnit, ParameterSet, Symbol};

const RECOVERY: &str = "dw/dt = phi*(v + a - b*w)";
const STATES: &[Symbol] =
    &[Symbol::new("v", "1", "membrane potential, scaled"), Symbol::new("w", "1", "recovery")];
const INPUTS: &[Symbol] = &[Symbol::new("I", "1", "applied current")];
const PARAMETERS: &[Symbol] = &[
    Symbol::new("a", "1", "shift of the recovery"),
    Symbol::new("b", "1", "leak of the recovery"),
    Symbol::new("phi", "1", "how slow the recovery is"),
];

/// FitzHugh-Nagumo with the cubic of the textbooks.
pub const FITZHUGH_NAGUMO: LibraryUnit = LibraryUnit {
    name: "fitzhugh_nagumo",
    title: "FitzHugh-Nagumo, v - v^3/3",
    source: "FitzHugh (1961), Impulses and physiological states in theoretical models of nerve membrane",
    equations: &["dv/dt = v - v^3/3 - w + I", RECOVERY],
    states: STATES,
    inputs: INPUTS,
    parameters: PARAMETERS,
    sets: &[ParameterSet {
        name: "textbook",
        source: "FitzHugh (1961)",
        values: &[("a", "0.7"), ("b", "0.8"), ("phi", "0.08")],
    }],
    init: &[("v", "-1.2"), ("w", "-0.625")],
    spike: None,
};

/// FitzHugh-Nagumo with the cubic of the lecture.
pub const FITZHUGH_NAGUMO_LECTURE: LibraryUnit = LibraryUnit {
    name: "fitzhugh_nagumo_lecture",
    title: "FitzHugh-Nagumo, v - v^3",
    source: "the lecture's demonstration; FitzHugh (1961) has v^3/3",
    equations: &["dv/dt = v - v^3 - w + I", RECOVERY],
    states: STATES,
    inputs: INPUTS,
    parameters: PARAMETERS,
    sets: &[ParameterSet {
        name: "lecture",
        source: "the lecture's demonstration",
        values: &[("a", "0.7"), ("b", "0.8"), ("phi", "0.08")],
    }],
    init: &[("v", "-0.87"), ("w", "-0.2125")],
    spike: None,
};

/// The two currents at which rest has the trace 0, for the cubic v - k v^3: the lower and the upper; `None` if phi b >= 1.
///
/// They are Hopf points where the determinant is positive there, phi (1 - phi b^2) > 0.
pub fn fitzhugh_nagumo_hopf(k: f64, a: f64, b: f64, phi: f64) -> Option<[f64; 2]> {
    // 1 - 3 k v^2 = phi b.
    let v = ((1.0 - phi * b) / (3.0 * k)).sqrt();
    let current = |v: f64| (v + a) / b - v + k * v * v * v;
    (v > 0.0).then(|| [current(-v), current(v)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hopf_currents_are_those_of_both_cubics() {
        let textbook = fitzhugh_nagumo_hopf(1.0 / 3.0, 0.7, 0.8, 0.08).unwrap();
        let lecture = fitzhugh_nagumo_hopf(1.0, 0.7, 0.8, 0.08).unwrap();
        for (found, given) in [(textbook, [0.331281, 1.418719]), (lecture, [0.561084, 1.188916])] {
            // Six decimals are given.
            assert!((found[0] - given[0]).abs() < 1e-6 && (found[1] - given[1]).abs() < 1e-6, "{found:?}");
        }
        // By the symmetry of the cubic they lie around 0.7/0.8 at the same distance.
        assert!((textbook[0] + textbook[1] - 1.75).abs() < 1e-15);
        assert!(fitzhugh_nagumo_hopf(1.0, 0.7, 2.0, 0.6).is_none());
    }
}
