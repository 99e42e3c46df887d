//! A model on the way: its network made and lowered, nothing followed or analyzed yet.

use super::{equation, equation_text, equation_trained};
use crate::model::{Model, Source};
use crate::network::{
    Connectivity, NetworkError, System, SystemKind, connectivity, lower_connected, lower_equations,
    lower_trained,
};
use crate::study::Equation;
use linalg::Matrix;

/// A model whose network is made and lowered.
pub struct Built {
    /// The system.
    pub system: System,
    /// M, W and h of a network.
    pub connectivity: Option<Connectivity>,
    /// Columns of the basis of a `[linear]` system that was given by its spectrum.
    pub basis: Option<Matrix>,
    pub(super) equation: Equation,
}

/// Makes the network of a model and lowers it.
///
/// # Errors
/// When the network contradicts itself.
pub fn build(model: &Model) -> Result<Built, NetworkError> {
    let unit = model.time_unit.symbol();
    match &model.system {
        Source::Linear(source) => {
            let kind = if source.map {
                SystemKind::Map { a: source.system.a.clone(), g: source.system.g.clone() }
            } else {
                SystemKind::Linear(source.system.clone())
            };
            let groups = source.names.iter().enumerate();
            let groups = groups
                .map(|(i, name)| crate::network::Group { name: name.clone(), range: i..i + 1, scalar: true })
                .collect();
            Ok(Built {
                equation: equation::of_linear(&source.system, &source.x0, source.map, unit),
                system: System {
                    names: source.names.clone(),
                    groups,
                    dimensions: Vec::new(),
                    x0: source.x0.clone(),
                    kind,
                },
                connectivity: None,
                basis: source.basis.clone(),
            })
        }
        Source::Network(network) => {
            let connectivity = connectivity(network)?;
            let mut system = lower_connected(network, connectivity.clone())?;
            name_units(&mut system, &model.labels);
            let is_linear = matches!(system.kind, SystemKind::Linear(_));
            let equation = equation::of_network(network, &connectivity, is_linear, unit);
            Ok(Built { system, connectivity: Some(connectivity), basis: None, equation })
        }
        Source::Trained(trained) => Ok(Built {
            equation: equation_trained::of_trained(trained),
            system: lower_trained(&trained.network, &trained.inputs, &trained.x0),
            connectivity: None,
            basis: None,
        }),
        Source::Equations(network) => {
            let system = lower_equations(network, model.run.as_ref().map_or(0.0, |run| run.t.0))?;
            let equation = equation_text::of_equations(network, system.is_linear(), unit);
            Ok(Built { system, connectivity: None, basis: None, equation })
        }
    }
}

/// Gives units the names that their data know them by, for instance those of the nodes of an edge list.
fn name_units(system: &mut System, labels: &[(String, Vec<String>)]) {
    for (population, names) in labels {
        let Some(group) = system.groups.iter().find(|group| group.name == *population) else { continue };
        if group.range.len() == names.len() {
            system.names[group.range.clone()].clone_from_slice(names);
        }
    }
}
