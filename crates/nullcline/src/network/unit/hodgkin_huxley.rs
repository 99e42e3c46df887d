//! Hodgkin and Huxley: the axon of the squid.
//!
//! [`HODGKIN_HUXLEY`] holds the equations in (V, m, h, n), with rest near -65 mV. [`HODGKIN_HUXLEY_REDUCED`] is the lecture's (V, n, h), where
//! m, the fastest, stands at its steady value m_inf(V) = am/(am + bm); all other lines are the same text. The rates am and an are 0/0 at
//! -40 and -55 mV as they are usually printed; written with exprel(x) = (e^x - 1)/x they are exact there.
//!
//! | set | rest in mV | Hopf currents |
//! |---|---|---|
//! | `squid_1952` | -64.9964 | 9.7754 and 154.522 uA/cm^2 |
//! | `squid_rounded`, EL = -54.4 mV | -64.9997 | 9.7793 and 154.526 uA/cm^2 |
//! | `lecture` | -64.832 | 77.875 and 1666.93 nA/mm^2 |
//!
//! The lecture counts per mm^2, where 1 nA/mm^2 = 0.1 uA/cm^2, has ENa = 57 mV, and rounds 1/18 mV^-1 in bm to 0.0556; its Hopf points move
//! with that. The rate has no closed form. A step from rest: one spike from 2.3 uA/cm^2 on, repetitive firing from 6.3 on, and between the
//! fold of cycles and the Hopf point rest and firing are both stable.
//!
//! When it fails: temperature enters only through phi = 3^((T - 6.3 degC)/10), one factor for all gates; noise of single channels and
//! the slow currents of cortical cells are absent.
//!
//! Reference: Hodgkin and Huxley (1952), A quantitative description of membrane current and its application to conduction and
//! excitation in nerve, with the sign and the zero of the potential of today.

use super::library::{LibraryUnit, ParameterSet, Symbol};

const MEMBRANE: &str = "C*dV/dt = I - gL*(V - EL) - gNa*m^3*h*(V - ENa) - gK*n^4*(V - EK)";
const SODIUM_ACTIVATION: &str = "dm/dt = phi*(am*(1 - m) - bm*m)/ms";
const SODIUM_INACTIVATION: &str = "dh/dt = phi*(ah*(1 - h) - bh*h)/ms";
const POTASSIUM: &str = "dn/dt = phi*(an*(1 - n) - bn*n)/ms";
const INSTANTANEOUS: &str = "m = am/(am + bm)";
const RATES: &str = "
am = 1/exprel(-(V/mV + 40)/10)
bm = 4*exp(-kbm*(V + 65*mV))
ah = 0.07*exp(-(V/mV + 65)/20)
bh = 1/(1 + exp(-(V/mV + 35)/10))
an = 0.1/exprel(-(V/mV + 55)/10)
bn = 0.125*exp(-(V/mV + 65)/80)
";

const V: Symbol = Symbol::new("V", "mV", "membrane potential");
const M: Symbol = Symbol::new("m", "1", "activation of sodium");
const H: Symbol = Symbol::new("h", "1", "inactivation of sodium");
const N: Symbol = Symbol::new("n", "1", "activation of potassium");
const INPUTS: &[Symbol] = &[Symbol::new("I", "uA/cm^2", "applied current per area")];
const PARAMETERS: &[Symbol] = &[
    Symbol::new("C", "uF/cm^2", "capacitance per area"),
    Symbol::new("gNa", "mS/cm^2", "sodium conductance"),
    Symbol::new("gK", "mS/cm^2", "potassium conductance"),
    Symbol::new("gL", "mS/cm^2", "leak conductance"),
    Symbol::new("ENa", "mV", "reversal potential of sodium"),
    Symbol::new("EK", "mV", "reversal potential of potassium"),
    Symbol::new("EL", "mV", "reversal potential of the leak"),
    Symbol::new("kbm", "1/mV", "steepness of bm"),
    Symbol::new("phi", "1", "temperature factor, 1 at 6.3 degrees Celsius"),
];
const SETS: &[ParameterSet] = &[
    ParameterSet {
        name: "squid_1952",
        source: "Hodgkin and Huxley (1952); EL puts rest near -65 mV",
        values: &[
            ("C", "1 uF/cm^2"),
            ("gNa", "120 mS/cm^2"),
            ("gK", "36 mS/cm^2"),
            ("gL", "0.3 mS/cm^2"),
            ("ENa", "50 mV"),
            ("EK", "-77 mV"),
            ("EL", "-54.387 mV"),
            ("kbm", "0.05555555555555555 1/mV"),
            ("phi", "1"),
        ],
    },
    ParameterSet {
        name: "squid_rounded",
        source: "the same with EL = -54.4 mV, as many textbooks print it",
        values: &[
            ("C", "1 uF/cm^2"),
            ("gNa", "120 mS/cm^2"),
            ("gK", "36 mS/cm^2"),
            ("gL", "0.3 mS/cm^2"),
            ("ENa", "50 mV"),
            ("EK", "-77 mV"),
            ("EL", "-54.4 mV"),
            ("kbm", "0.05555555555555555 1/mV"),
            ("phi", "1"),
        ],
    },
    ParameterSet {
        name: "lecture",
        source: "the lecture's demonstration: per mm^2, ENa = 57 mV, 0.0556 for 1/18",
        values: &[
            ("C", "10 nF/mm^2"),
            ("gNa", "1200 uS/mm^2"),
            ("gK", "360 uS/mm^2"),
            ("gL", "3 uS/mm^2"),
            ("ENa", "57 mV"),
            ("EK", "-77 mV"),
            ("EL", "-54 mV"),
            ("kbm", "0.0556 1/mV"),
            ("phi", "1"),
        ],
    },
];

/// The unit of Hodgkin and Huxley.
pub const HODGKIN_HUXLEY: LibraryUnit = LibraryUnit {
    name: "hodgkin_huxley",
    title: "Hodgkin-Huxley",
    source: "Hodgkin and Huxley (1952), A quantitative description of membrane current and its application to conduction and excitation in nerve",
    equations: &[MEMBRANE, SODIUM_ACTIVATION, SODIUM_INACTIVATION, POTASSIUM, RATES],
    states: &[V, M, H, N],
    inputs: INPUTS,
    parameters: PARAMETERS,
    sets: SETS,
    init: &[("V", "-65 mV"), ("m", "steady"), ("h", "steady"), ("n", "steady")],
    spike: None,
};

/// The unit of Hodgkin and Huxley with an instantaneous m.
pub const HODGKIN_HUXLEY_REDUCED: LibraryUnit = LibraryUnit {
    name: "hodgkin_huxley_reduced",
    title: "Hodgkin-Huxley in (V, n, h)",
    source: "Hodgkin and Huxley (1952) with m at its steady value, as the lecture draws it",
    equations: &[MEMBRANE, INSTANTANEOUS, POTASSIUM, SODIUM_INACTIVATION, RATES],
    states: &[V, N, H],
    inputs: INPUTS,
    parameters: PARAMETERS,
    sets: SETS,
    init: &[("V", "-65 mV"), ("n", "steady"), ("h", "steady")],
    spike: None,
};
