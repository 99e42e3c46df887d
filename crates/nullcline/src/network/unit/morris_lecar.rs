//! Morris and Lecar: a calcium and a potassium current, and three ways to begin to fire.
//!
//! [`MORRIS_LECAR`] holds the equations. Calcium is instantaneous, potassium is w; the unit has only the slow time scale that phi sets.
//!
//! | set | firing begins at | the rate there | currents in uA/cm^2 |
//! |---|---|---|---|
//! | `hopf` | a subcritical Hopf point | above 0 | 93.8576 (and ends at 212.0188) |
//! | `snic` | a saddle-node on the cycle | 0, as a square root | 39.963 (the Hopf point of the upper branch: 97.774) |
//! | `homoclinic` | a saddle that the cycle meets | 0, as 1/log | the Hopf point: 36.316, below the saddle-node at 39.963 |
//!
//! The rate has no closed form.
//!
//! When it fails: the fiber of the barnacle has no sodium spike; the constants of the sets are those of teaching, not of one preparation.
//!
//! Reference: Morris and Lecar (1981), Voltage oscillations in the barnacle giant muscle fiber; the sets are those of Rinzel and
//! Ermentrout (1989), Analysis of neural excitability and oscillations, and Ermentrout and Terman (2010), Mathematical
//! foundations of neuroscience, table 3.1.

use super::library::{LibraryUnit, ParameterSet, Symbol};

/// The unit of Morris and Lecar.
pub const MORRIS_LECAR: LibraryUnit = LibraryUnit {
    name: "morris_lecar",
    title: "Morris-Lecar",
    source: "Morris and Lecar (1981), Voltage oscillations in the barnacle giant muscle fiber",
    equations: &["
C*dV/dt = I - gL*(V - EL) - gCa*m_inf*(V - ECa) - gK*w*(V - EK)
dw/dt = phi*(w_inf - w)*cosh((V - V3)/(2*V4))/ms
m_inf = (1 + tanh((V - V1)/V2))/2
w_inf = (1 + tanh((V - V3)/V4))/2
"],
    states: &[
        Symbol::new("V", "mV", "membrane potential"),
        Symbol::new("w", "1", "fraction of open potassium channels"),
    ],
    inputs: &[Symbol::new("I", "uA/cm^2", "applied current per area")],
    parameters: &[
        Symbol::new("C", "uF/cm^2", "capacitance per area"),
        Symbol::new("gL", "mS/cm^2", "leak conductance"),
        Symbol::new("gCa", "mS/cm^2", "calcium conductance"),
        Symbol::new("gK", "mS/cm^2", "potassium conductance"),
        Symbol::new("EL", "mV", "reversal potential of the leak"),
        Symbol::new("ECa", "mV", "reversal potential of calcium"),
        Symbol::new("EK", "mV", "reversal potential of potassium"),
        Symbol::new("V1", "mV", "where half of the calcium channels are open"),
        Symbol::new("V2", "mV", "width of the opening of calcium channels"),
        Symbol::new("V3", "mV", "where half of the potassium channels are open"),
        Symbol::new("V4", "mV", "width of the opening of potassium channels"),
        Symbol::new("phi", "1", "smallest rate of potassium, in 1/ms"),
    ],
    sets: &[
        ParameterSet {
            name: "hopf",
            source: "Rinzel and Ermentrout (1989); Ermentrout and Terman (2010), table 3.1, Hopf",
            values: &[
                ("C", "20 uF/cm^2"),
                ("gL", "2 mS/cm^2"),
                ("gCa", "4.4 mS/cm^2"),
                ("gK", "8 mS/cm^2"),
                ("EL", "-60 mV"),
                ("ECa", "120 mV"),
                ("EK", "-84 mV"),
                ("V1", "-1.2 mV"),
                ("V2", "18 mV"),
                ("V3", "2 mV"),
                ("V4", "30 mV"),
                ("phi", "0.04"),
            ],
        },
        ParameterSet {
            name: "snic",
            source: "Ermentrout and Terman (2010), table 3.1, SNLC, with phi = 0.0667",
            values: &[
                ("C", "20 uF/cm^2"),
                ("gL", "2 mS/cm^2"),
                ("gCa", "4 mS/cm^2"),
                ("gK", "8 mS/cm^2"),
                ("EL", "-60 mV"),
                ("ECa", "120 mV"),
                ("EK", "-84 mV"),
                ("V1", "-1.2 mV"),
                ("V2", "18 mV"),
                ("V3", "12 mV"),
                ("V4", "17.4 mV"),
                ("phi", "0.0667"),
            ],
        },
        ParameterSet {
            name: "homoclinic",
            source: "Ermentrout and Terman (2010), table 3.1, homoclinic",
            values: &[
                ("C", "20 uF/cm^2"),
                ("gL", "2 mS/cm^2"),
                ("gCa", "4 mS/cm^2"),
                ("gK", "8 mS/cm^2"),
                ("EL", "-60 mV"),
                ("ECa", "120 mV"),
                ("EK", "-84 mV"),
                ("V1", "-1.2 mV"),
                ("V2", "18 mV"),
                ("V3", "12 mV"),
                ("V4", "17.4 mV"),
                ("phi", "0.23"),
            ],
        },
    ],
    init: &[("V", "-60 mV"), ("w", "steady")],
    spike: None,
};
