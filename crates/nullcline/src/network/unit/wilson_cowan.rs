//! Wilson and Cowan: an excitatory and an inhibitory population, each with its refractoriness.
//!
//! [`WILSON_COWAN`] holds the equations in the original form. E and I are the fractions of cells that fire; only those that are not refractory,
//! k - r E, can be excited. S is a logistic function moved down so that S(0) = 0 ([`wilson_cowan_transfer`]), and k = S(infinity) is its
//! largest value. With r = 0 and S not moved it becomes tau dv/dt = -v + F(M v + h), the rate unit, up to the factor k.
//!
//! | set | P, Q | what it does |
//! |---|---|---|
//! | `limit_cycle` | 1.25, 0 | oscillates |
//! | `hysteresis` | 0, 0 | two stable states with a third between; P moves it through a loop |
//!
//! Its curve from input to rate, without connections, is E = k S(P)/(1 + r S(P)).
//!
//! When it fails: the mean field forgets correlations and the time course within one refractory period.
//!
//! Reference: Wilson and Cowan (1972), Excitatory and inhibitory interactions in localized populations of model neurons.

use super::library::{LibraryUnit, ParameterSet, Symbol};

/// The two populations of Wilson and Cowan.
pub const WILSON_COWAN: LibraryUnit = LibraryUnit {
    name: "wilson_cowan",
    title: "Wilson-Cowan with refractoriness",
    source: "Wilson and Cowan (1972), Excitatory and inhibitory interactions in localized populations of model neurons",
    equations: &["
tau_E*dE/dt = -E + (kE - rE*E)*SE
tau_I*dI/dt = -I + (kI - rI*I)*SI
SE = sigmoid(aE*(c1*E - c2*I + P - theta_E)) - sigmoid(-aE*theta_E)
SI = sigmoid(aI*(c3*E - c4*I + Q - theta_I)) - sigmoid(-aI*theta_I)
kE = sigmoid(aE*theta_E)
kI = sigmoid(aI*theta_I)
"],
    states: &[
        Symbol::new("E", "1", "fraction of excitatory cells that fire"),
        Symbol::new("I", "1", "fraction of inhibitory cells that fire"),
    ],
    inputs: &[
        Symbol::new("P", "1", "input to the excitatory population"),
        Symbol::new("Q", "1", "input to the inhibitory population"),
    ],
    parameters: &[
        Symbol::new("tau_E", "ms", "time constant of excitation"),
        Symbol::new("tau_I", "ms", "time constant of inhibition"),
        Symbol::new("c1", "1", "from E to E"),
        Symbol::new("c2", "1", "from I to E"),
        Symbol::new("c3", "1", "from E to I"),
        Symbol::new("c4", "1", "from I to I"),
        Symbol::new("aE", "1", "slope of the transfer of E"),
        Symbol::new("theta_E", "1", "threshold of E"),
        Symbol::new("aI", "1", "slope of the transfer of I"),
        Symbol::new("theta_I", "1", "threshold of I"),
        Symbol::new("rE", "1", "refractoriness of E"),
        Symbol::new("rI", "1", "refractoriness of I"),
    ],
    sets: &[
        ParameterSet {
            name: "limit_cycle",
            source: "Wilson and Cowan (1972), figure 11, with P = 1.25",
            values: &[
                ("tau_E", "10 ms"),
                ("tau_I", "10 ms"),
                ("c1", "16"),
                ("c2", "12"),
                ("c3", "15"),
                ("c4", "3"),
                ("aE", "1.3"),
                ("theta_E", "4"),
                ("aI", "2"),
                ("theta_I", "3.7"),
                ("rE", "1"),
                ("rI", "1"),
            ],
        },
        ParameterSet {
            name: "hysteresis",
            source: "Wilson and Cowan (1972), figure 4, with P = Q = 0",
            values: &[
                ("tau_E", "10 ms"),
                ("tau_I", "10 ms"),
                ("c1", "12"),
                ("c2", "4"),
                ("c3", "13"),
                ("c4", "11"),
                ("aE", "1.2"),
                ("theta_E", "2.8"),
                ("aI", "1"),
                ("theta_I", "4"),
                ("rE", "1"),
                ("rI", "1"),
            ],
        },
    ],
    init: &[("E", "0.1"), ("I", "0.05")],
    spike: None,
};

/// S(x) of slope a and threshold theta: 1/(1 + e^(-a (x - theta))) - 1/(1 + e^(a theta)).
pub fn wilson_cowan_transfer(x: f64, a: f64, theta: f64) -> f64 {
    let logistic = |y: f64| 1.0 / (1.0 + (-y).exp());
    logistic(a * (x - theta)) - logistic(-a * theta)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_comes_of_nothing_and_the_most_is_k() {
        let k = 1.0 / (1.0 + f64::exp(-1.3 * 4.0));
        assert_eq!(wilson_cowan_transfer(0.0, 1.3, 4.0), 0.0);
        assert!((wilson_cowan_transfer(1e3, 1.3, 4.0) - k).abs() < 1e-15);
    }
}
