//! Wong and Wang: a decision between two options as a race of two populations, reduced to two slow variables.
//!
//! [`WONG_WANG`] holds the equations. S1 and S2 are the open fractions of the NMDA receptors of two selective populations, each exciting itself and
//! inhibiting the other; mu0 is the strength of the stimulus and c its coherence, from -1 to 1. [`WONG_WANG_NOISY`] is the same text, with the
//! currents I1 and I2 as slow noise. The transfer function from current to rate is ([`wong_wang_rate`])
//!
//! r(x) = (a x - b)/(1 - e^(-d (a x - b))) = 1/(d exprel(-d (a x - b))),
//!
//! which is 0/0 at a x = b in the first form and 1/d in the second.
//!
//! Without a stimulus there are five fixed points: rest, two memories of a decision, and two saddles between. With mu0 = 30 Hz and c = 0 a
//! saddle and two attractors are left: the decision is made by which side of the saddle's stable manifold noise leaves on.
//!
//! The noise is tau_n dI1 = -I1 dt + sigma sqrt(tau_n) dW, as the paper writes it: its stationary standard deviation is sigma/sqrt(2), not sigma.
//!
//! When it fails: above mu0 of about 70 Hz the reduced model has a symmetric stable state that the spiking network lacks in this form; and the
//! time that it gives is that of the decision, without the time of seeing and of moving.
//!
//! Reference: Wong and Wang (2006), A recurrent network mechanism of time integration in perceptual decisions; the equations are
//! those of its appendix, with the AMPA self-coupling taken up in the others.
//!
//! ```
//! use nullcline::network::unit::wong_wang_rate;
//! let f = |x| wong_wang_rate(x, 270.0, 108.0, 0.154);   // x in nA, r in Hz
//! assert!((f(0.4) - 1.0 / 0.154).abs() < 1e-12);        // a x = b
//! assert!((f(1.0) - 162.0).abs() < 1e-8);               // far above: a x - b
//! ```

use super::library::{LibraryUnit, ParameterSet, Symbol};

const GATES: &str = "
dS1/dt = -S1/tau_S + (1 - S1)*gamma*r1
dS2/dt = -S2/tau_S + (1 - S2)*gamma*r2
r1 = 1/(d*exprel(-d*(a*x1 - b)))
r2 = 1/(d*exprel(-d*(a*x2 - b)))
x1 = JE*S1 - JI*S2 + I0 + Jext*mu0*(1 + c) + I1
x2 = JE*S2 - JI*S1 + I0 + Jext*mu0*(1 - c) + I2
";
const NOISE: &str = "
tau_n*dI1/dt = -I1 + sigma*sqrt(tau_n)*xi_1
tau_n*dI2/dt = -I2 + sigma*sqrt(tau_n)*xi_2
";

const S1: Symbol = Symbol::new("S1", "1", "open NMDA receptors of population 1");
const S2: Symbol = Symbol::new("S2", "1", "open NMDA receptors of population 2");
const I1: Symbol = Symbol::new("I1", "nA", "current to population 1");
const I2: Symbol = Symbol::new("I2", "nA", "current to population 2");
const MU0: Symbol = Symbol::new("mu0", "Hz", "strength of the stimulus");
const C: Symbol = Symbol::new("c", "1", "coherence of the stimulus, towards population 1");

/// The decision model of Wong and Wang.
pub const WONG_WANG: LibraryUnit = LibraryUnit {
    name: "wong_wang",
    title: "Wong-Wang decision model",
    source: "Wong and Wang (2006), A recurrent network mechanism of time integration in perceptual decisions",
    equations: &[GATES],
    states: &[S1, S2],
    inputs: &[MU0, C, I1, I2],
    parameters: &[
        Symbol::new("a", "Hz/nA", "slope of the transfer function"),
        Symbol::new("b", "Hz", "offset of the transfer function"),
        Symbol::new("d", "s", "curvature of the transfer function"),
        Symbol::new("gamma", "1", "opening per spike"),
        Symbol::new("tau_S", "ms", "time constant of the NMDA receptors"),
        Symbol::new("JE", "nA", "coupling of a population to itself"),
        Symbol::new("JI", "nA", "inhibition between the populations"),
        Symbol::new("Jext", "nA/Hz", "coupling of the stimulus"),
        Symbol::new("I0", "nA", "background current"),
    ],
    sets: &[ParameterSet {
        name: "wong_wang_2006",
        source: "Wong and Wang (2006), appendix",
        values: &[
            ("a", "270 Hz/nA"),
            ("b", "108 Hz"),
            ("d", "0.154 s"),
            ("gamma", "0.641"),
            ("tau_S", "100 ms"),
            ("JE", "0.2609 nA"),
            ("JI", "0.0497 nA"),
            ("Jext", "0.00052 nA/Hz"),
            ("I0", "0.3255 nA"),
        ],
    }],
    init: &[("S1", "0.1"), ("S2", "0.1")],
    spike: None,
};

/// The decision model of Wong and Wang with noise.
pub const WONG_WANG_NOISY: LibraryUnit = LibraryUnit {
    name: "wong_wang_noisy",
    title: "Wong-Wang decision model with noise",
    source: "Wong and Wang (2006), A recurrent network mechanism of time integration in perceptual decisions",
    equations: &[GATES, NOISE],
    states: &[S1, S2, I1, I2],
    inputs: &[MU0, C],
    parameters: &[
        Symbol::new("a", "Hz/nA", "slope of the transfer function"),
        Symbol::new("b", "Hz", "offset of the transfer function"),
        Symbol::new("d", "s", "curvature of the transfer function"),
        Symbol::new("gamma", "1", "opening per spike"),
        Symbol::new("tau_S", "ms", "time constant of the NMDA receptors"),
        Symbol::new("JE", "nA", "coupling of a population to itself"),
        Symbol::new("JI", "nA", "inhibition between the populations"),
        Symbol::new("Jext", "nA/Hz", "coupling of the stimulus"),
        Symbol::new("I0", "nA", "background current"),
        Symbol::new("tau_n", "ms", "correlation time of the noise"),
        Symbol::new("sigma", "nA", "noise; its standard deviation is sigma/sqrt(2)"),
    ],
    sets: &[ParameterSet {
        name: "wong_wang_2006",
        source: "Wong and Wang (2006), appendix",
        values: &[
            ("a", "270 Hz/nA"),
            ("b", "108 Hz"),
            ("d", "0.154 s"),
            ("gamma", "0.641"),
            ("tau_S", "100 ms"),
            ("JE", "0.2609 nA"),
            ("JI", "0.0497 nA"),
            ("Jext", "0.00052 nA/Hz"),
            ("I0", "0.3255 nA"),
            ("tau_n", "2 ms"),
            ("sigma", "0.02 nA"),
        ],
    }],
    init: &[("S1", "0.1"), ("S2", "0.1"), ("I1", "0 nA"), ("I2", "0 nA")],
    spike: None,
};

/// Rate of a population at the current x.
pub fn wong_wang_rate(x: f64, a: f64, b: f64, d: f64) -> f64 {
    let y = d * (a * x - b);
    if y == 0.0 { 1.0 / d } else { y / (d * -(-y).exp_m1()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rest_without_a_stimulus_fires_at_its_published_rate() {
        // WW1: at (0.1027, 0.1027) r = 1.78 Hz; S is given to four digits, and dr/dS is 21 Hz there.
        let x = (0.2609 - 0.0497) * 0.1027 + 0.3255;
        let r = wong_wang_rate(x, 270.0, 108.0, 0.154);
        assert!((r - 1.78).abs() < 0.01, "{r}");
    }

    #[test]
    fn the_rate_is_smooth_where_the_textbook_divides_zero_by_zero() {
        let f = |x: f64| wong_wang_rate(x, 270.0, 108.0, 0.154);
        // On both sides the slope is a/2: the second differences of a kink would not vanish.
        for h in [1e-9, 1e-12, 1e-15] {
            assert!((f(0.4 + h) - f(0.4 - h) - 270.0 * h).abs() < 1e-12, "{h}");
        }
        assert!(f(-10.0) >= 0.0 && f(-10.0) < 1e-100);
    }
}
