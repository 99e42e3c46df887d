//! Events along a cable: when their condition becomes true in which compartment, and how fast that travels.
//!
//! A run on a tree has steps of its own, so events are read from its record: a guard that changes its sign between two
//! recorded times does so on the straight line between its values, which is right to the square of the interval.

use super::cells::EquationNetwork;
use crate::network::{Cable, Geometry};
use dynamics::simulate::{Event, Trajectory};
use equations::{Kernel, Node, Scratch, Sources};

/// How fast the first event of each compartment travels from one site to the next.
#[derive(Clone, Debug, PartialEq)]
pub struct Travel {
    /// The name of the rule.
    pub event: String,
    /// Two neighbors in the list of sites.
    pub between: [String; 2],
    /// The first event at each of them, in s.
    pub times: [f64; 2],
    /// The way along the cable, from node to node, in m.
    pub distance: f64,
    /// In m/s; negative where it comes the other way.
    pub velocity: f64,
}

/// The events of all rules of a recorded run, in order of time; guards are counted rule by rule, unit by unit.
pub fn passages(network: &EquationNetwork, run: &Trajectory) -> Vec<Event> {
    if network.rules.is_empty() {
        return Vec::new();
    }
    let nodes: Vec<Node> = network.rules.iter().map(|rule| rule.guard).collect();
    let lengths: Vec<usize> = network.rules.iter().map(|rule| network.units_of(rule)).collect();
    let kernel = Kernel::with_lengths(&network.equations.graph, &network.binding(), &nodes, &lengths);
    let signals = network.signals();
    let (mut scratch, mut events) = (Scratch::default(), Vec::new());
    let (mut before, mut now) = (vec![f64::NAN; kernel.outputs()], vec![0.0; kernel.outputs()]);
    for (k, &t) in run.t.iter().enumerate() {
        let inputs: Vec<f64> = signals.iter().map(|s| s.value(t)).collect();
        let sources = Sources { t: &[t], states: run.x.column(k), inputs: &inputs, ..Sources::default() };
        kernel.eval(&sources, 1, &mut now, &mut scratch);
        for (guard, (a, b)) in before.iter().zip(&now).enumerate() {
            if *a < 0.0 && *b >= 0.0 {
                let fraction = a / (a - b);
                let time = run.t[k - 1] + fraction * (t - run.t[k - 1]);
                events.push(Event { guard, time, state: Vec::new() });
            }
        }
        std::mem::swap(&mut before, &mut now);
    }
    events.sort_by(|a, b| a.time.total_cmp(&b.time));
    events
}

/// How fast events travel from each site of a cable to the next.
pub fn travel(
    network: &EquationNetwork,
    cable: &Cable,
    geometry: &Geometry,
    events: &[Event],
) -> Vec<Travel> {
    let mut all = Vec::new();
    let mut guard = 0;
    for rule in &network.rules {
        let units = network.units_of(rule);
        let first = |i: usize| events.iter().find(|e| e.guard == guard + i).map(|e| e.time);
        for pair in cable.sites.windows(2).filter(|_| units == geometry.area.len()) {
            let ends = [cable.compartment(&pair[0]), cable.compartment(&pair[1])];
            if let [Some(a), Some(b)] = ends.map(first)
                && a != b
            {
                let distance = way(geometry, ends);
                all.push(Travel {
                    event: rule.name.clone(),
                    between: [pair[0].name.clone(), pair[1].name.clone()],
                    times: [a, b],
                    distance,
                    velocity: distance / (b - a),
                });
            }
        }
        guard += units;
    }
    all
}

/// The way along the cable between two compartments.
fn way(geometry: &Geometry, ends: [usize; 2]) -> f64 {
    let up = |i: usize| {
        let chain = std::iter::successors(Some(geometry.node[i]), |&k| geometry.tree.parent(k));
        chain.collect::<Vec<usize>>()
    };
    let [a, b] = ends.map(up);
    // The last compartment that both have above them; joints are where their neighbors end.
    let compartment = |k: &usize| geometry.node.iter().position(|n| n == k);
    let common = a.iter().filter(|k| b.contains(k)).find_map(compartment);
    let from = |i: usize| geometry.distance[i] - common.map_or(0.0, |c| geometry.distance[c]);
    from(ends[0]).abs() + from(ends[1]).abs()
}
