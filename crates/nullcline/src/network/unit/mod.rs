//! The library of units: one file each, with the equation, its parameter sets and, where it has a closed form, the rate
//! that a constant input brings.
//!
//! | name | variables | what it shows |
//! |---|---|---|
//! | `lif` | v | a leak, a threshold, a reset |
//! | `exponential` | v | a soft threshold |
//! | `quadratic`, `theta` | v, theta | the normal form of firing that begins at rate 0 |
//! | `adaptive_exponential` | v, w | adaptation, bursts, irregular firing |
//! | `izhikevich`, `izhikevich_2007` | v, u | the same patterns with a parabola |
//! | `fitzhugh_nagumo`, `fitzhugh_nagumo_lecture` | v, w | excitability in the plane |
//! | `morris_lecar` | V, w | how firing begins: Hopf, saddle-node on a cycle, homoclinic |
//! | `hodgkin_huxley`, `hodgkin_huxley_reduced` | V, m, h, n | the squid's axon |
//! | `wilson_cowan` | E, I | excitation and inhibition with refractoriness |
//! | `wong_wang`, `wong_wang_noisy` | S1, S2 | a decision between two options |
//!
//! The rate unit tau dv/dt = -v + F(...) is [`Rate`](super::Rate): its nonlinearity is a
//! [`Transfer`](super::Transfer), which is at the same time its curve from input to rate.

mod adaptive_exponential;
mod exponential;
mod fitzhugh_nagumo;
mod hodgkin_huxley;
mod izhikevich;
mod library;
mod lif;
mod morris_lecar;
mod quadratic;
mod wilson_cowan;
mod wong_wang;

pub use adaptive_exponential::{ADAPTIVE_EXPONENTIAL, adaptive_exponential_rheobase};
pub use exponential::EXPONENTIAL;
pub use fitzhugh_nagumo::{FITZHUGH_NAGUMO, FITZHUGH_NAGUMO_LECTURE, fitzhugh_nagumo_hopf};
pub use hodgkin_huxley::{HODGKIN_HUXLEY, HODGKIN_HUXLEY_REDUCED};
pub use izhikevich::{IZHIKEVICH, IZHIKEVICH_2007, izhikevich_rheobase};
pub use library::{LibraryUnit, ParameterSet, SpikeRule, Symbol};
pub use lif::{LIF, lif_rate};
pub use morris_lecar::MORRIS_LECAR;
pub use quadratic::{QUADRATIC, THETA, quadratic_rate};
pub use wilson_cowan::{WILSON_COWAN, wilson_cowan_transfer};
pub use wong_wang::{WONG_WANG, WONG_WANG_NOISY, wong_wang_rate};

/// Every unit of the library.
pub const LIBRARY: &[&LibraryUnit] = &[
    &ADAPTIVE_EXPONENTIAL,
    &EXPONENTIAL,
    &FITZHUGH_NAGUMO,
    &FITZHUGH_NAGUMO_LECTURE,
    &HODGKIN_HUXLEY,
    &HODGKIN_HUXLEY_REDUCED,
    &IZHIKEVICH,
    &IZHIKEVICH_2007,
    &LIF,
    &MORRIS_LECAR,
    &QUADRATIC,
    &THETA,
    &WILSON_COWAN,
    &WONG_WANG,
    &WONG_WANG_NOISY,
];

/// The unit of this name.
pub fn library_unit(name: &str) -> Option<&'static LibraryUnit> {
    LIBRARY.iter().copied().find(|unit| unit.name == name)
}
