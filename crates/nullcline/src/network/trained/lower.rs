//! A trained network as a system with named variables.

use super::Trained;
use crate::network::{Group, System, SystemKind};
use dynamics::field::Signal;

/// The system h(k+1) = f(h(k), u(k)) with a signal of the step for each input.
pub fn lower_trained(network: &Trained, inputs: &[Signal], x0: &[f64]) -> System {
    let mut start = 0;
    let group = |(name, len): (String, usize)| {
        start += len;
        Group { name, range: start - len..start, scalar: len == 1 }
    };
    let groups: Vec<Group> = network.parts().into_iter().map(group).collect();
    System {
        names: groups.iter().flat_map(Group::names).collect(),
        groups,
        dimensions: Vec::new(),
        x0: x0.to_vec(),
        kind: SystemKind::Iterated {
            map: Box::new(network.clone()),
            inputs: inputs.to_vec(),
            bounds: network.bounds(),
        },
    }
}
