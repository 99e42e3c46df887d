//! Populations that are joined by spikes, as a network of the clock-driven engine with its synapses.
//!
//! Each population is taken as one unit whose lanes are its units. What is recorded of a large network is the state of the first
//! few units of each population; spikes are kept of all.

use super::cells::EquationNetwork;
use super::clocked_units::units;
use super::spikes::SpikeConnection;
use crate::network::structure::{Block, Rule};
use crate::network::{
    Clocked, Group, NetworkError, NetworkErrorKind, Population, Rate, System, SystemKind, Weight,
};
use crate::spiking::{Delay, Engine, Probe, Row, SpikingNetwork, Synapses};
use dynamics::random::Stream;
use equations::Scratch;
use std::sync::Mutex;

/// Units of each population whose state is recorded.
const WATCHED: usize = 3;
/// Streams of delays lie apart from those of structure and of simulation.
const DELAYS: u64 = 0x4400_0000_0000_0000;

/// Lowers to the engine; `t0` is when the clock starts.
pub(super) fn clocked(network: &EquationNetwork, t0: f64) -> Result<System, NetworkError> {
    let step = network.step;
    let units: Result<Vec<_>, NetworkError> =
        (0..network.populations.len()).map(|k| units(network, k, t0)).collect();
    let units = units?;
    let exact = units.iter().all(|u| u.flow.rates.is_none());
    let ends: Vec<_> = network.connections.iter().map(|c| ends(network, c)).collect();
    let blocks: Vec<Block<'_>> = network
        .connections
        .iter()
        .zip(&ends)
        .map(|(c, [post, pre])| Block::between(post, pre, &c.projection, network.seed))
        .collect();
    let mut made = Vec::new();
    for (connection, block) in network.connections.iter().zip(&blocks) {
        for k in 0..connection.increments.len() {
            made.push(Made::new(network, connection, block, k)?);
        }
    }
    let failed: Mutex<Option<NetworkError>> = Mutex::new(None);
    let rows: Vec<_> = made.iter().map(|made| |i: usize, row: &mut Row| made.row(i, row, &failed)).collect();
    let delays: Vec<_> =
        made.iter().map(|made| |i: usize, n: usize, to: &mut Vec<u16>| made.delays(i, n, to)).collect();
    let each = made.iter().zip(&rows).zip(&delays);
    let synapses: Vec<Synapses<'_>> = each
        .map(|((made, rows), delays)| {
            let (least, most) = made.span;
            Synapses {
                from: made.connection.projection.from,
                to: made.connection.projection.to,
                variable: made.variable,
                rows,
                weight: made.weight,
                delay: if least == most {
                    Delay::Same(least)
                } else {
                    Delay::Each { least, most, rows: delays }
                },
            }
        })
        .collect();
    let engine = Engine::new(SpikingNetwork { dt: step, start: t0, seed: network.seed, units }, &synapses);
    drop(synapses);
    if let Some(error) = failed.into_inner().ok().flatten() {
        return Err(error);
    }
    let (mut groups, mut probes, mut dimensions) = (Vec::new(), Vec::new(), Vec::new());
    let states = &network.equations.states;
    for (k, state) in states.iter().enumerate() {
        let variable = states[..k].iter().filter(|s| s.section == state.section).count();
        let seen = state.len.min(WATCHED);
        let range = probes.len()..probes.len() + seen;
        groups.push(Group { name: network.state_name(k), range, scalar: state.len == 1 });
        probes.extend((0..seen).map(|unit| Probe { population: state.section, variable, unit }));
        dimensions.resize(probes.len(), state.dimension);
    }
    let x0 = probes.iter().map(|probe| engine.value(*probe)).collect();
    let names = groups.iter().flat_map(Group::names).collect();
    let kind = SystemKind::Clocked(Box::new(Clocked { engine, probes, exact }));
    Ok(System { names, groups, dimensions, x0, kind })
}

/// Both ends as the rules of structure know them: target and source.
fn ends(network: &EquationNetwork, connection: &SpikeConnection) -> [Population; 2] {
    let [post, pre] = &connection.coordinates;
    [(connection.projection.to, post), (connection.projection.from, pre)].map(|(k, coordinates)| {
        let cells = &network.populations[k];
        let plain = Population::new(&cells.name, cells.n, Rate::default());
        Population { coordinates: coordinates.clone(), ..plain }
    })
}

/// Bytes that the synapses of a connection take while they are made.
pub(in crate::network) fn bytes_expected(network: &EquationNetwork, connection: &SpikeConnection) -> f64 {
    let [post, pre] = ends(network, connection);
    let block = Block::between(&post, &pre, &connection.projection, network.seed);
    let weight = if block.common_weight().is_some() { 0.0 } else { 4.0 };
    let delay = if matches!(connection.delay, None | Some(Weight::Same(_))) { 0.0 } else { 2.0 };
    let each = 2.0 + weight + delay;
    block.expected_entries() * connection.increments.len() as f64 * (2.0 * each + 4.0)
}

/// What makes the synapses of one increment.
struct Made<'a> {
    connection: &'a SpikeConnection,
    rule: Rule<'a>,
    increment: usize,
    variable: usize,
    weight: Option<f64>,
    delays: Stream,
    step: f64,
    /// The shortest and the longest delay, in steps.
    span: (u16, u16),
}

impl<'a> Made<'a> {
    fn new(
        network: &EquationNetwork,
        connection: &'a SpikeConnection,
        block: &'a Block<'a>,
        increment: usize,
    ) -> Result<Self, NetworkError> {
        let amount = &connection.increments[increment].amount;
        let weight = block.common_weight().map(|w| {
            let mut one = [w];
            amount.of(&mut one, &mut Scratch::default());
            one[0]
        });
        let state = connection.increments[increment].state;
        let states = &network.equations.states;
        let before = states[..state].iter().filter(|s| s.section == states[state].section);
        Ok(Self {
            rule: block.row_by_row()?,
            increment,
            variable: before.count(),
            weight,
            delays: Stream::new(network.seed, DELAYS | connection.projection.stream, 0),
            step: network.step,
            span: span(connection, network)?,
            connection,
        })
    }

    /// Row i; the first error is kept.
    fn row(&self, i: usize, row: &mut Row, failed: &Mutex<Option<NetworkError>>) {
        if let Err(error) = (self.rule)(i, row) {
            row.clear();
            if let Ok(mut failed) = failed.lock() {
                failed.get_or_insert(error);
            }
        }
        if self.weight.is_none() {
            let mut weights: Vec<f64> = row.iter().map(|(_, w)| *w).collect();
            self.connection.increments[self.increment].amount.of(&mut weights, &mut Scratch::default());
            row.iter_mut().zip(weights).for_each(|((_, w), amount)| *w = amount);
        }
    }

    /// Delays of the connections to target i.
    fn delays(&self, i: usize, count: usize, to: &mut Vec<u16>) {
        let mut s = self.delays.at(i as u64);
        let (least, most) = self.span;
        let rule = self.connection.delay.unwrap_or(Weight::Same(self.step));
        to.extend((0..count).map(|_| {
            let steps = (rule.draw(&mut s) / self.step).round();
            steps.clamp(f64::from(least), f64::from(most)) as u16
        }));
    }
}

/// The shortest and the longest delay in steps: ends of a distribution without ends lie five standard deviations out.
fn span(connection: &SpikeConnection, network: &EquationNetwork) -> Result<(u16, u16), NetworkError> {
    let (low, high) = match connection.delay {
        None => (network.step, network.step),
        Some(Weight::Same(d)) => (d, d),
        Some(Weight::Uniform { low, high }) => (low, high),
        Some(Weight::Normal { mean, sd }) => (mean - 5.0 * sd, mean + 5.0 * sd),
        Some(Weight::Lognormal { mean, cv }) => {
            let variance = (cv * cv).ln_1p();
            let far = 5.0 * variance.sqrt();
            let middle = mean.ln() - 0.5 * variance;
            ((middle - far).exp(), (middle + far).exp())
        }
    };
    let steps = |d: f64| (d / network.step).round().max(1.0);
    if steps(high) > f64::from(u16::MAX) {
        let [from, to] = [connection.projection.from, connection.projection.to];
        let [from, to] = [from, to].map(|k| network.populations[k].name.clone());
        return Err(NetworkError::new(
            NetworkErrorKind::Value,
            format!("connect {from} -> {to}"),
            format!("a delay of {high} is {} steps of {}", steps(high), network.step),
            "at most 65 535 steps: take a larger `dt`, or shorter delays",
        ));
    }
    Ok((steps(low) as u16, steps(high) as u16))
}
