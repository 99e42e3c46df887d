//! How symmetric the weights are; for a symmetric M with one monotone F, the energy along the run.
//!
//! Of tau dv/dt = -v + F(M v + h) the energy is E(v) = -v M v/2 - h v + sum of the integrals of the inverse of F up to v_i; of
//! the form tau dx/dt = -x + M F(x) + h it is the same at v = F(x). It never rises while inputs are constant.

use super::built::Built;
use crate::network::{Connectivity, Form, Network, Rate, Transfer, Unit};
use crate::study::Symmetry;
use dynamics::analyze::{energy_along, reciprocity};
use dynamics::simulate::Trajectory;
use linalg::Matrix;

/// A rise below this part of the whole fall is the solver's error, not the network's doing.
const SOLVER: f64 = 1e-6;

/// The symmetry of a network's weights; `None` for a bare linear system.
pub(super) fn symmetry(
    network: Option<&Network>,
    built: &Built,
    run: Option<&Trajectory>,
) -> Option<Symmetry> {
    let (network, connectivity) = (network?, built.connectivity.as_ref()?);
    let m = connectivity.m.to_dense();
    let found = reciprocity(&m);
    let energy = if found.is_symmetric_to_rounding { energy(network, connectivity, &m, run) } else { None };
    Some(Symmetry {
        reciprocity: found.reciprocity,
        asymmetry: found.asymmetry,
        energy_rises: energy.as_ref().map(|(_, rises)| *rises),
        energy: energy.map(|(values, _)| values),
    })
}

/// The symmetry of bare weights.
pub(super) fn of_weights(m: &Matrix) -> Symmetry {
    let found = reciprocity(m);
    Symmetry { reciprocity: found.reciprocity, asymmetry: found.asymmetry, energy: None, energy_rises: None }
}

fn energy(
    network: &Network,
    connectivity: &Connectivity,
    m: &Matrix,
    run: Option<&Trajectory>,
) -> Option<(Vec<f64>, bool)> {
    let (run, (form, transfer)) = (run?, one_transfer(network)?);
    if !network.inputs.is_empty() || run.x.rows() != m.rows() {
        return None;
    }
    let rates = match form {
        Form::Rate => run.x.clone(),
        Form::Current => run.x.map(|x| transfer.apply(x)),
    };
    let curve = energy_along(m, &connectivity.h, &|u| transfer.apply(u), &rates);
    // Outside the range of F the energy has no value.
    let values: Option<Vec<f64>> = curve.values.into_iter().collect();
    let values = values?;
    let (low, high) =
        values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), e| (a.min(*e), b.max(*e)));
    Some((values, curve.largest_rise > curve.rounding + SOLVER * (high - low)))
}

/// The form and the transfer that all units share, without a change of the leak.
fn one_transfer(network: &Network) -> Option<(Form, Transfer)> {
    let mut rates = network.populations.iter().map(|p| match &p.unit {
        Unit::Rate(rate) => rate,
    });
    let first: &Rate = rates.next()?;
    let alike = |r: &Rate| r.form == first.form && r.transfer == first.transfer && r.leak == 1.0;
    (first.leak == 1.0 && rates.all(alike)).then_some((first.form, first.transfer))
}
