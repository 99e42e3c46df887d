//! The exponential integrate-and-fire unit: a threshold that is as sharp as a sodium channel.
//!
//! [`EXPONENTIAL`] holds the equation. A spike is the escape of v to infinity, which it reaches in finite time; the guard at
//! `V_peak` cuts it where less than a thousandth of a millisecond is left. With I_rh = gL (VT - EL - DT) the largest current that still
//! allows rest, firing begins at rate 0, as sqrt(I - I_rh), for it begins at a saddle-node. Under a constant current the
//! period is t_ref plus the integral of dv/(dv/dt) from V_r to V_peak, which has no closed form. For DT -> 0 it is the leaky
//! unit with its threshold at VT.
//!
//! When it fails: no adaptation (the adaptive unit has it), and above VT the currents of a real spike are not modeled.
//!
//! Reference: Fourcaud-Trocmé, Hansel, van Vreeswijk and Brunel (2003), How spike generation mechanisms determine the neuronal
//! response to fluctuating inputs.

use super::library::{LibraryUnit, ParameterSet, SpikeRule, Symbol};

/// The exponential integrate-and-fire unit.
pub const EXPONENTIAL: LibraryUnit = LibraryUnit {
    name: "exponential",
    title: "exponential integrate-and-fire",
    source: "Fourcaud-Trocmé, Hansel, van Vreeswijk and Brunel (2003), How spike generation mechanisms determine the neuronal response to fluctuating inputs",
    equations: &["C*dv/dt = -gL*(v - EL) + gL*DT*exp((v - VT)/DT) + I"],
    states: &[Symbol::new("v", "mV", "membrane potential")],
    inputs: &[Symbol::new("I", "uA/cm^2", "applied current per area")],
    parameters: &[
        Symbol::new("C", "uF/cm^2", "capacitance per area"),
        Symbol::new("gL", "mS/cm^2", "leak conductance per area"),
        Symbol::new("EL", "mV", "resting potential"),
        Symbol::new("VT", "mV", "where the slope of the current is 0"),
        Symbol::new("DT", "mV", "sharpness of the onset of a spike"),
        Symbol::new("V_peak", "mV", "where the spike is cut"),
        Symbol::new("V_r", "mV", "where it starts again"),
        Symbol::new("t_ref", "ms", "refractory time"),
    ],
    sets: &[ParameterSet {
        name: "fourcaud_trocme_2003",
        source: "fitted to the conductance-based unit of Wang and Buzsáki (1996)",
        values: &[
            ("C", "1 uF/cm^2"),
            ("gL", "0.1 mS/cm^2"),
            ("EL", "-65 mV"),
            ("VT", "-59.9 mV"),
            ("DT", "3.48 mV"),
            ("V_peak", "-30 mV"),
            ("V_r", "-68 mV"),
            ("t_ref", "1.7 ms"),
        ],
    }],
    init: &[("v", "EL")],
    spike: Some(SpikeRule { when: "v > V_peak", reset: "v = V_r", refractory: Some("t_ref"), hold: &["v"] }),
};
