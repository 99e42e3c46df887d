//! The leaky integrate-and-fire unit: a leak, a threshold, a reset.
//!
//! [`LIF`] holds the equation and what its symbols mean. Below threshold it is linear, so that it is propagated exactly.
//! Under a constant input it tends to v_inf = EL + R I, and once v_inf lies above the threshold it fires at the rate
//! ([`lif_rate`])
//!
//! f = 1/(t_ref + tau ln((v_inf - v_reset)/(v_inf - v_threshold))).
//!
//! The rate rises with infinite slope from 0 and ends at 1/t_ref.
//!
//! When it fails: the spike itself has no shape, the threshold does not move, and the onset of firing is sharper than that
//! of any unit with a real spike; for the response to fast inputs take the exponential unit.
//!
//! Reference: Lapicque (1907), Recherches quantitatives sur l'excitation électrique des nerfs; Stein (1965), A theoretical
//! analysis of neuronal variability.
//!
//! ```
//! use nullcline::network::unit::lif_rate;
//! // tau = 20 ms, threshold 15 mV above a reset at rest, 2 ms of refractoriness, R I = 20 mV.
//! let f = lif_rate(0.020, 0.015, 0.0, 0.020, 0.002);
//! assert!((f - 33.6407).abs() < 1e-4);
//! ```

use super::library::{LibraryUnit, ParameterSet, SpikeRule, Symbol};

/// The leaky integrate-and-fire unit.
pub const LIF: LibraryUnit = LibraryUnit {
    name: "lif",
    title: "leaky integrate-and-fire",
    source: "Lapicque (1907); Stein (1965), A theoretical analysis of neuronal variability",
    equations: &["tau*dv/dt = EL - v + R*I"],
    states: &[Symbol::new("v", "mV", "membrane potential")],
    inputs: &[Symbol::new("I", "nA", "applied current")],
    parameters: &[
        Symbol::new("tau", "ms", "membrane time constant"),
        Symbol::new("EL", "mV", "resting potential"),
        Symbol::new("R", "Mohm", "input resistance"),
        Symbol::new("v_threshold", "mV", "where it spikes"),
        Symbol::new("v_reset", "mV", "where it starts again"),
        Symbol::new("t_ref", "ms", "refractory time"),
    ],
    sets: &[
        ParameterSet {
            name: "textbook",
            source: "potentials from rest; the resistance makes 0.1 nA 10 mV",
            values: &[
                ("tau", "20 ms"),
                ("EL", "0 mV"),
                ("R", "100 Mohm"),
                ("v_threshold", "15 mV"),
                ("v_reset", "0 mV"),
                ("t_ref", "2 ms"),
            ],
        },
        ParameterSet {
            name: "cortical",
            source: "Song, Miller and Abbott (2000), Competitive Hebbian learning through spike-timing-dependent synaptic plasticity",
            values: &[
                ("tau", "20 ms"),
                ("EL", "-70 mV"),
                ("R", "100 Mohm"),
                ("v_threshold", "-54 mV"),
                ("v_reset", "-60 mV"),
                ("t_ref", "0 ms"),
            ],
        },
        ParameterSet {
            name: "brunel_2000",
            source: "Brunel (2000), Dynamics of sparsely connected networks of excitatory and inhibitory spiking neurons; the resistance is free",
            values: &[
                ("tau", "20 ms"),
                ("EL", "0 mV"),
                ("R", "100 Mohm"),
                ("v_threshold", "20 mV"),
                ("v_reset", "10 mV"),
                ("t_ref", "2 ms"),
            ],
        },
    ],
    init: &[("v", "EL")],
    spike: Some(SpikeRule {
        when: "v > v_threshold",
        reset: "v = v_reset",
        refractory: Some("t_ref"),
        hold: &["v"],
    }),
};

/// Spikes per unit of time under a constant input, where the potential tends to `v_inf`; 0 at or below threshold.
pub fn lif_rate(v_inf: f64, threshold: f64, reset: f64, tau: f64, refractory: f64) -> f64 {
    if v_inf <= threshold {
        return 0.0;
    }
    // ln(1 + x) keeps its digits far above threshold, where x is small.
    1.0 / (refractory + tau * ((threshold - reset) / (v_inf - threshold)).ln_1p())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_the_closed_form_with_refractoriness() {
        // LI1: tau 20 ms, threshold 15 mV, reset 0, 2 ms; four decimals are given.
        for (drive, hertz) in
            [(15.1, 9.7708), (16.0, 17.4059), (20.0, 33.6407), (30.0, 63.0400), (50.0, 109.4871)]
        {
            let f = lif_rate(drive * 1e-3, 0.015, 0.0, 0.020, 0.002);
            assert!((f - hertz).abs() < 6e-5, "{drive}: {f}");
        }
        assert_eq!(lif_rate(0.015, 0.015, 0.0, 0.020, 0.002), 0.0);
    }

    #[test]
    fn far_above_threshold_the_rate_is_the_inverse_of_the_refractory_time() {
        assert!((lif_rate(1e12, 0.015, 0.0, 0.020, 0.002) - 500.0).abs() < 1e-6);
    }
}
