//! The quadratic integrate-and-fire unit and the theta unit: the normal form of firing that begins at rate 0.
//!
//! [`QUADRATIC`] and [`THETA`] are one unit in two coordinates, v = tan(theta/2). Near a saddle-node on a cycle every excitable
//! unit looks like this. For eta < 0 there is rest at v = -sqrt(-eta); for eta > 0 v runs from -infinity to +infinity and the
//! rate is sqrt(eta)/(pi tau). Cut at v_peak and reset to v_reset it is ([`quadratic_rate`])
//!
//! f = (sqrt(eta)/tau)/(atan(v_peak/sqrt(eta)) - atan(v_reset/sqrt(eta))).
//!
//! The theta unit passes through infinity without a jump: its guard at pi only turns theta back by one round, and the
//! equation does not notice.
//!
//! When it fails: far from the onset of firing, and for firing that begins at a Hopf point with a rate above 0.
//!
//! Reference: Ermentrout and Kopell (1986), Parabolic bursting in an excitable system coupled with a slow oscillation.
//!
//! ```
//! use nullcline::network::unit::quadratic_rate;
//! let f = quadratic_rate(0.25, 0.010, f64::INFINITY, f64::NEG_INFINITY);
//! assert!((f - 0.5 / (std::f64::consts::PI * 0.010)).abs() < 1e-12);
//! ```

use super::library::{LibraryUnit, ParameterSet, SpikeRule, Symbol};

/// The quadratic integrate-and-fire unit.
pub const QUADRATIC: LibraryUnit = LibraryUnit {
    name: "quadratic",
    title: "quadratic integrate-and-fire",
    source: "Ermentrout and Kopell (1986), Parabolic bursting in an excitable system coupled with a slow oscillation",
    equations: &["tau*dv/dt = v^2 + eta"],
    states: &[Symbol::new("v", "1", "membrane potential, scaled")],
    inputs: &[Symbol::new("eta", "1", "distance from the onset of firing")],
    parameters: &[
        Symbol::new("tau", "ms", "time constant"),
        Symbol::new("v_peak", "1", "where the spike is cut"),
        Symbol::new("v_reset", "1", "where it starts again"),
    ],
    sets: &[ParameterSet {
        name: "symmetric",
        source: "the ends as far as makes the rate at eta = 1 right to 0.7 %",
        values: &[("tau", "10 ms"), ("v_peak", "100"), ("v_reset", "-100")],
    }],
    init: &[("v", "-1")],
    spike: Some(SpikeRule { when: "v > v_peak", reset: "v = v_reset", refractory: None, hold: &[] }),
};

/// The theta unit.
pub const THETA: LibraryUnit = LibraryUnit {
    name: "theta",
    title: "theta unit",
    source: "Ermentrout and Kopell (1986), Parabolic bursting in an excitable system coupled with a slow oscillation",
    equations: &["tau*dtheta/dt = 1 - cos(theta) + (1 + cos(theta))*eta"],
    states: &[Symbol::new("theta", "1", "phase; the spike is at pi")],
    inputs: &[Symbol::new("eta", "1", "distance from the onset of firing")],
    parameters: &[Symbol::new("tau", "ms", "time constant")],
    sets: &[ParameterSet {
        name: "standard",
        source: "the time constant is free",
        values: &[("tau", "10 ms")],
    }],
    init: &[("theta", "-pi/2")],
    spike: Some(SpikeRule { when: "theta > pi", reset: "theta -= 2*pi", refractory: None, hold: &[] }),
};

/// Spikes per unit of time of the quadratic unit at a constant eta; 0 for eta <= 0.
pub fn quadratic_rate(eta: f64, tau: f64, peak: f64, reset: f64) -> f64 {
    if eta <= 0.0 {
        return 0.0;
    }
    let root = eta.sqrt();
    root / (tau * ((peak / root).atan() - (reset / root).atan()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_period_is_the_time_that_the_flow_takes_from_reset_to_peak() {
        // v(t) = sqrt(eta) tan(sqrt(eta) t/tau + atan(v_reset/sqrt(eta))): after one period it is at the peak.
        for (eta, peak, reset) in [(1.0, 100.0, -100.0), (0.01, 10.0, -1.0), (25.0, 3.0, 0.0)] {
            let (tau, root) = (0.010, f64::sqrt(eta));
            let period = 1.0 / quadratic_rate(eta, tau, peak, reset);
            let v = root * (root * period / tau + f64::atan(reset / root)).tan();
            // The tangent is steep at the peak: its condition is (peak^2 + eta)/(root peak) times the angle.
            assert!((v / peak - 1.0).abs() < 1e-12, "{eta}: {v}");
        }
        assert_eq!(quadratic_rate(0.0, 0.010, 100.0, -100.0), 0.0);
    }

    #[test]
    fn the_ends_of_the_set_cost_less_than_a_hundredth_of_the_rate() {
        let ends = quadratic_rate(1.0, 0.010, 100.0, -100.0);
        let full = quadratic_rate(1.0, 0.010, f64::INFINITY, f64::NEG_INFINITY);
        assert!((ends / full - 1.0).abs() < 0.007);
    }
}
