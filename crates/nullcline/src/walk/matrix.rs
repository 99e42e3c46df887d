//! A bare matrix, without a model around it.

use super::{equation, portrait, symmetry};
use crate::network::{System, SystemKind};
use crate::study::{Group, LinearAt, Study};
use dynamics::analyze::{AnalyzeError, LinearOptions, Origin, TimeKind, linear};
use dynamics::field::LinearSystem;
use linalg::Matrix;

/// What the matrix is read as.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reading {
    /// The A of dx/dt = A x.
    Flow,
    /// The A of x(k+1) = A x(k).
    Map,
    /// The M of tau dv/dt = -v + M v.
    Weights {
        /// tau, positive.
        tau: f64,
    },
}

/// The analysis of a square matrix.
///
/// # Errors
/// When the matrix is empty or an eigenvalue computation fails.
pub fn examine_matrix(
    name: &str,
    matrix: &Matrix,
    reading: Reading,
    time_unit: &'static str,
    full: bool,
) -> Result<Study, AnalyzeError> {
    let n = matrix.rows();
    let time = if reading == Reading::Map { TimeKind::Map } else { TimeKind::Flow };
    let (a, origin) = match reading {
        Reading::Weights { tau } => {
            let identity = |i, j| if i == j { 1.0 } else { 0.0 };
            let a = Matrix::from_fn(n, n, |i, j| (matrix[(i, j)] - identity(i, j)) / tau);
            (a, Some(Origin { m: matrix.clone(), shift: 1.0, tau }))
        }
        _ => (matrix.clone(), None),
    };
    let system = LinearSystem::new(a);
    let options = LinearOptions { full, initial: None, origin };
    let analysis = linear(&system.a, &system.g, time, &options)?;
    let equation = match reading {
        Reading::Weights { tau } => equation::of_weights(matrix, tau, time_unit),
        _ => equation::of_matrix(matrix, time == TimeKind::Map),
    };
    let weights = matches!(reading, Reading::Weights { .. }).then_some(matrix);
    let letter = if weights.is_some() { "v" } else { "x" };
    let names: Vec<String> = (1..=n).map(|i| format!("{letter}{i}")).collect();
    let groups = names.iter().enumerate();
    let groups = groups.map(|(i, name)| Group { name: name.clone(), start: i, len: 1, scalar: true });
    let groups = groups.collect();
    let linear = vec![LinearAt { a: system.a.clone(), g: system.g.clone(), point: None, analysis }];
    let kind = match time {
        TimeKind::Flow => SystemKind::Linear(system),
        TimeKind::Map => SystemKind::Map { a: system.a, g: system.g },
    };
    let system = System { names, groups: Vec::new(), dimensions: Vec::new(), x0: vec![0.0; n], kind };
    Ok(Study {
        name: name.to_owned(),
        description: None,
        sha256: None,
        seed: 0,
        time_unit,
        guards: Vec::new(),
        groups,
        equation,
        basis: None,
        connectivity: weights.cloned(),
        simulation: None,
        symmetry: weights.map(symmetry::of_weights),
        components: None,
        activity: None,
        fluctuations: None,
        oscillation: None,
        portrait: portrait::portrait(&system, None, &linear),
        names: system.names,
        ensemble: Vec::new(),
        units: Vec::new(),
        spikes: Vec::new(),
        events: Vec::new(),
        cable: None,
        trials: None,
        continuation: None,
        rests: None,
        lyapunov: None,
        cycle: None,
        section: None,
        synapses: None,
        linear,
        expect: Vec::new(),
        notes: Vec::new(),
        seconds: None,
    })
}
