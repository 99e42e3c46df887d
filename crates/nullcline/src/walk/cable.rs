//! A cable, and how fast what happens travels along it.

use crate::network::{EquationNetwork, geometry, travel};
use crate::study::{CableShape, Travel};
use dynamics::simulate::Event;

/// The shape of the model's cable, if it has one, with what its events tell.
pub(super) fn cable(network: &EquationNetwork, events: &[Event]) -> Option<CableShape> {
    let cable = network.cable.as_ref()?;
    let geometry = geometry(cable);
    let travels = travel(network, cable, &geometry, events).into_iter().map(|t| Travel {
        event: t.event,
        between: t.between,
        times: t.times,
        distance: t.distance,
        velocity: t.velocity,
    });
    let sites = cable.sites.iter().map(|site| {
        let i = cable.compartment(site);
        (site.name.clone(), i, geometry.distance[i])
    });
    Some(CableShape {
        population: network.populations[0].name.clone(),
        compartments: cable.compartments(),
        sections: cable.sections.len(),
        length: cable.sections.iter().map(|s| s.length()).sum(),
        area: geometry.area.iter().sum(),
        sites: sites.collect(),
        travels: travels.collect(),
    })
}
