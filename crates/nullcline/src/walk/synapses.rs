//! Which synapse matters: how an eigenvalue depends on every weight, and the smallest changes of the weights that do something.
//!
//! At a fixed point of a network the Jacobian is T^-1 (R M C - L): R and C hold the slopes of F of targets and sources, one of
//! them for each unit, L the leaks. It has the eigenvalues of (R C)^-1-scaled weights,
//!
//! D^-1 T -> T',  D^-1 L -> S,  D = R C:   T'^-1 (M - S),
//!
//! so that derivatives and changes are those of M itself. Units whose slope is 0 hear nothing: weights to and from them are left as
//! they are. The slopes are held: that the fixed point itself moves with the weights is not part of the derivative.

use super::Built;
use super::error::ExamineError;
use crate::model::{Model, Source};
use crate::network::{Form, Network, time_constants};
use crate::study::{Change, LinearAt, Synapses};
use dynamics::analyze::{
    BorderCrossing, SmallestChange, TimeKind, Wanted, Weights, nearest_bifurcation, sensitivity,
    smallest_change,
};
use linalg::Matrix;

/// Weights that are named.
const STRONGEST: usize = 8;
/// Above this size the smallest changes are left out: they take hundreds of factorizations.
const CHANGES: usize = 100;
/// A slope below this part of the largest counts as 0.
const FLAT: f64 = 1e-9;

/// What `[analyze] sensitivity` and `time_constant` ask for.
///
/// # Errors
/// When there is no such fixed point or eigenvalue, or the model has no linearization.
pub(super) fn synapses(
    model: &Model,
    built: &Built,
    linear: &[LinearAt],
) -> Result<Option<Synapses>, ExamineError> {
    let Some(spec) = &model.analyze.sensitivity else { return Ok(None) };
    let refused = |what: String, remedy: &str| ExamineError::Refused { what, remedy: remedy.to_owned() };
    let nonlinear = !built.system.is_linear();
    let Some(at) = linear.get(if nonlinear { spec.fixed_point } else { 0 }) else {
        let what = match linear.len() {
            0 => "`[analyze] sensitivity` is about the eigenvalues at a fixed point, and none was found"
                .to_owned(),
            k => format!(
                "`[analyze] sensitivity` names fixed point {}, and {k} {} found",
                spec.fixed_point + 1,
                if k == 1 { "was" } else { "were" }
            ),
        };
        return Err(refused(what, "look at the table of fixed points that `nullcline analyze` prints"));
    };
    if at.analysis.time == TimeKind::Map {
        let what = "`[analyze] sensitivity` is answered for systems in continuous time".to_owned();
        return Err(refused(what, "leave it away"));
    }
    if spec.eigenvalue >= at.a.rows() {
        let what = format!(
            "`[analyze] sensitivity` names eigenvalue {}, and there are {}",
            spec.eigenvalue + 1,
            at.a.rows()
        );
        return Err(refused(what, "eigenvalues are numbered from 1, by descending real part"));
    }
    let network = match &model.system {
        Source::Network(network) => built.connectivity.as_ref().map(|c| (network, c.m.to_dense())),
        _ => None,
    };
    let (symbol, weights, active) = match network {
        Some((network, m)) => {
            let (weights, active) = of_network(network, m, &at.a, nonlinear.then_some(at))?;
            ("M", weights, active)
        }
        None => ("A", Weights::plain(at.a.clone()), (0..at.a.rows()).collect()),
    };
    if active.is_empty() || spec.eigenvalue >= active.len() {
        let what = "`[analyze] sensitivity`: too few units have a slope at this fixed point, so that no weight moves this eigenvalue";
        return Err(refused(
            what.to_owned(),
            "choose another fixed point with `{ eigenvalue = 1, fixed_point = 2 }`",
        ));
    }
    let n = at.a.rows();
    let found = sensitivity(&weights, spec.eigenvalue)?;
    let place = |list: Vec<(usize, usize, f64)>| -> Vec<(usize, usize, f64)> {
        list.into_iter().map(|(i, j, d)| (active[i], active[j], d)).collect()
    };
    let mut left_out = Vec::new();
    if active.len() < n {
        left_out.push(format!(
            "{} of {n} variables have no slope or are no units; weights to and from them were left as they are.",
            n - active.len()
        ));
    }
    let (mut for_time_constant, mut to_bifurcation) = (None, None);
    if active.len() <= CHANGES {
        let change = |found: SmallestChange| told(found, &active, n);
        to_bifurcation = nearest_bifurcation(&weights)?.map(change);
        if let Some(tau) = model.analyze.time_constant {
            let found = smallest_change(&weights, spec.eigenvalue, Wanted::RealPart(-1.0 / tau))?;
            for_time_constant = Some((tau, change(found)));
        }
    } else {
        left_out.push(format!(
            "The smallest changes of the weights were not looked for above {CHANGES} variables."
        ));
    }
    Ok(Some(Synapses {
        symbol,
        index: spec.eigenvalue,
        fixed_point: nonlinear.then_some(spec.fixed_point),
        eigenvalue: found.eigenvalue,
        condition: found.condition,
        gap: found.gap,
        verdict: found.sentence(),
        strongest: place(found.strongest(STRONGEST)),
        derivative: found.derivative.as_ref().map(|d| among(|i, j| d[(i, j)].re, &active, n)),
        for_time_constant,
        to_bifurcation,
        left_out,
    }))
}

/// The weights of the units with a slope, and which units these are.
fn of_network(
    network: &Network,
    m: Matrix,
    a: &Matrix,
    at: Option<&LinearAt>,
) -> Result<(Weights, Vec<usize>), ExamineError> {
    let (tau, leak) = time_constants(network)?;
    let n = tau.len();
    let mut slopes = vec![1.0; n];
    if let Some(x) = at.and_then(|at| at.point.as_ref()) {
        let rates = network.populations.iter().flat_map(|p| std::iter::repeat_n(p.rate(), p.n));
        let columns: Vec<f64> = rates
            .zip(&x.x)
            .map(|(rate, x)| if rate.form == Form::Current { rate.transfer.derivative(*x) } else { 1.0 })
            .collect();
        for i in 0..n {
            // The row of the Jacobian is the row of M times the slopes; the best fit of one number to it.
            let (mut along, mut square) = (0.0, 0.0);
            for j in 0..n {
                let own = a[(i, j)] * tau[i] + if i == j { leak[i] } else { 0.0 };
                let sent = m[(i, j)] * columns[j];
                along += own * sent;
                square += sent * sent;
            }
            let row = if square > 0.0 { along / square } else { 1.0 };
            slopes[i] = row * columns[i];
        }
    }
    let most = slopes.iter().fold(0.0, |m: f64, d| m.max(d.abs()));
    let active: Vec<usize> = (0..n).filter(|&i| slopes[i] > FLAT * most).collect();
    let weights = Weights {
        m: Matrix::from_fn(active.len(), active.len(), |i, j| m[(active[i], active[j])]),
        shift: active.iter().map(|&i| leak[i] / slopes[i]).collect(),
        tau: active.iter().map(|&i| tau[i] / slopes[i]).collect(),
    };
    Ok((weights, active))
}

/// A matrix over some of n variables among all of them; the others have zeros.
fn among(entry: impl Fn(usize, usize) -> f64, active: &[usize], n: usize) -> Matrix {
    let mut place = vec![None; n];
    active.iter().enumerate().for_each(|(k, i)| place[*i] = Some(k));
    Matrix::from_fn(n, n, |i, j| match (place[i], place[j]) {
        (Some(i), Some(j)) => entry(i, j),
        _ => 0.0,
    })
}

fn told(found: SmallestChange, active: &[usize], n: usize) -> Change {
    let k = found.change.rows();
    let mut entries: Vec<(usize, usize, f64)> = (0..k)
        .flat_map(|j| (0..k).map(move |i| (i, j)))
        .map(|(i, j)| (active[i], active[j], found.change[(i, j)]))
        .collect();
    entries.sort_by(|a, b| b.2.abs().total_cmp(&a.2.abs()));
    entries.truncate(STRONGEST);
    Change {
        norm_frobenius: found.norm_frobenius,
        norm_2: found.norm_2,
        lower_bound: found.lower_bound,
        verdict: found.verdict.name(),
        reached: found.reached,
        leads: found.leads,
        crossing: found.crossing.map(|c| match c {
            BorderCrossing::Zero => "zero",
            BorderCrossing::Hopf => "hopf",
        }),
        change: among(|i, j| found.change[(i, j)], active, n),
        strongest: entries,
    }
}
