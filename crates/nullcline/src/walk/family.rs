//! A model as a family of vector fields: some of its numbers stay free.
//!
//! Parameters of equations are symbols of their kernels. For any other number the model is read and lowered again at each of
//! its values; the last few are kept.

use crate::model::{Knob, Model, Source, Turn};
use crate::network::{System, SystemKind, freed_field};
use crate::walk::built::build;
use crate::walk::error::ExamineError;
use dynamics::field::{EvalError, JacobianKind, VectorField, Workspace};
use linalg::Matrix;
use std::sync::{Arc, Mutex, PoisonError};

/// The field of a model with these knobs as its parameters, in the order of the knobs.
///
/// # Errors
/// When the model is no flow without chance: in discrete time, with delays, or with noise.
pub(super) fn family(model: &Model, knobs: &[&Knob]) -> Result<Box<dyn VectorField>, ExamineError> {
    if let Source::Equations(network) = &model.system {
        let symbol = |knob: &&Knob| match knob.turn {
            Turn::Symbol(k) => Some(k),
            Turn::Path(_) => None,
        };
        let symbols: Option<Vec<usize>> = knobs.iter().map(symbol).collect();
        // The field takes its parameters in the order of the equations.
        if let Some(symbols) = symbols.filter(|list| list.is_sorted()) {
            return Ok(Box::new(freed_field(network, &symbols)));
        }
    }
    let knobs: Vec<Knob> = knobs.iter().map(|&knob| knob.clone()).collect();
    let dimension = build(model)?.system.dimension();
    Ok(Box::new(Rebuilt { model: model.clone(), knobs, dimension, kept: Mutex::default() }))
}

/// What keeps a system from being followed by its equilibria and cycles, in words: what, and what to do.
pub(super) fn refusal(system: &System) -> Option<(&'static str, &'static str)> {
    match &system.kind {
        SystemKind::Linear(linear) if !linear.noises.is_empty() => Some(NOISY),
        SystemKind::Field { noises, .. } if !noises.is_empty() => Some(NOISY),
        SystemKind::Stochastic(_) => Some(NOISY),
        SystemKind::Map { .. } | SystemKind::Iterated { .. } => Some((
            "the model is a map, and only systems in continuous time are continued",
            "use `nullcline analyze` for its fixed points",
        )),
        SystemKind::Delayed(_) => Some((
            "the model has delays: its state is a piece of the past, and neither equilibria nor cycles are continued",
            "follow it with `nullcline run` at a few values of the parameter",
        )),
        SystemKind::Tree { .. } => Some((
            "the model is a cable, which is followed and not continued",
            "continue a single compartment: the same unit without `cable`",
        )),
        SystemKind::Clocked(_) => Some((
            "the model is a network of spikes, which is followed and not continued",
            "follow it with `nullcline run` at a few values of the parameter",
        )),
        SystemKind::Linear(_) | SystemKind::Field { .. } | SystemKind::Hybrid(_) => None,
    }
}

const NOISY: (&str, &str) = (
    "the model has noise: it rests nowhere, and equilibria and cycles belong to systems without it",
    "take the noise out, for instance with `--set parameters.sigma=0` where it is a parameter `sigma` of the rates",
);

/// A model that is read again for each value of its knobs.
struct Rebuilt {
    model: Model,
    knobs: Vec<Knob>,
    dimension: usize,
    kept: Mutex<Vec<(Vec<u64>, Arc<System>)>>,
}

/// Systems that are kept: a value, its neighbors for a difference, and those of the step before.
const KEPT: usize = 8;

impl Rebuilt {
    fn at(&self, p: &[f64]) -> Result<Arc<System>, EvalError> {
        let key: Vec<u64> = p.iter().map(|p| p.to_bits()).collect();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = kept.iter().position(|(known, _)| *known == key) {
            let found = kept.remove(place);
            kept.push(found);
            return Ok(kept[kept.len() - 1].1.clone());
        }
        let refused = |reason: String| EvalError { reason };
        let mut model = self.model.clone();
        for (knob, value) in self.knobs.iter().zip(p) {
            model = model.turned(knob, *value).map_err(|error| refused(error.message().to_owned()))?;
        }
        let system = build(&model).map_err(|error| refused(error.to_string()))?.system;
        if system.dimension() != self.dimension {
            return Err(refused("the number of variables changes with this parameter".to_owned()));
        }
        if kept.len() == KEPT {
            kept.remove(0);
        }
        let system = Arc::new(system);
        kept.push((key, system.clone()));
        Ok(system)
    }
}

/// The flow of a system.
fn flow(system: &System) -> Result<&dyn VectorField, EvalError> {
    system.flow().ok_or_else(|| EvalError { reason: "the system has no flow".to_owned() })
}

impl VectorField for Rebuilt {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn eval(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        dx: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        let lanes = t.len();
        let of = |l: usize| -> Vec<f64> { (0..self.knobs.len()).map(|k| p[k * lanes + l]).collect() };
        let first = of(0);
        if (1..lanes).all(|l| of(l) == first) {
            return flow(self.at(&first)?.as_ref())?.eval(t, &[], x, dx, ws);
        }
        let n = self.dimension;
        let (mut y, mut dy) = (vec![0.0; n], vec![0.0; n]);
        for l in 0..lanes {
            (0..n).for_each(|i| y[i] = x[i * lanes + l]);
            flow(self.at(&of(l))?.as_ref())?.eval(&t[l..=l], &[], &y, &mut dy, ws)?;
            (0..n).for_each(|i| dx[i * lanes + l] = dy[i]);
        }
        Ok(())
    }

    fn jacobian(
        &self,
        t: f64,
        p: &[f64],
        x: &[f64],
        j: &mut Matrix,
        ws: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        flow(self.at(p)?.as_ref())?.jacobian(t, &[], x, j, ws)
    }

    fn is_autonomous(&self) -> bool {
        self.model.run.is_none()
    }
}
