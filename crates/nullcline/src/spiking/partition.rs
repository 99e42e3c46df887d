//! A part of a population with the synapses onto it: what one thread at a time owns.
//!
//! For each step k -> k + 1, block by block: the flow; what arrives at k + 1; Poisson input; units above their threshold fire at k + 1
//! and are reset. A unit that is refractory holds some of its variables, which take no input then.
//!
//! What arrives later waits in a ring: a row of one number a unit for each step ahead and each variable that receives.

use super::connections::{Delays, Table, Weights};
use super::description::{Fires, Reset, SpikingNetwork, Synapses, Units};
use super::flow::{Motion, Work, step};
use super::lanes::{LANES, blocks, in_blocks, place};
use super::poisson::Poisson;
use dynamics::random::Stream;
use equations::Sources;
use pulp::{Arch, NullaryFnOnce};
use std::ops::Range;
use std::sync::Arc;

/// The spikes of one stretch of steps: units by step.
#[derive(Clone, Default)]
pub(super) struct Outbox {
    /// Where the spikes of each step end.
    pub(super) ends: Vec<u32>,
    /// Units, counted in their population.
    pub(super) units: Vec<u32>,
}

impl Outbox {
    /// The units that fired in step k of the stretch.
    #[inline(always)]
    pub(super) fn of(&self, k: usize) -> &[u32] {
        let start = if k == 0 { 0 } else { self.ends[k - 1] };
        &self.units[start as usize..self.ends[k] as usize]
    }
}

/// Synapses from a population onto a partition.
struct Incoming {
    /// The partitions of the source population.
    from: Range<usize>,
    /// Which row of the ring.
    row: usize,
    table: Table,
}

/// Some units of a population. A copy shares the synapses, which never change.
#[derive(Clone)]
pub(super) struct Partition {
    /// Its population.
    pub(super) population: usize,
    /// Its units.
    pub(super) range: Range<usize>,
    variables: usize,
    x: Vec<f64>,
    parameters: Vec<f64>,
    /// The step at which each unit is free again.
    free: Vec<f64>,
    /// Guard or variable one step before, where a spike is a rise.
    before: Vec<f64>,
    motion: Motion,
    held: Vec<bool>,
    poisson: Vec<(Poisson, Stream, usize, f64)>,
    /// Variables that receive spikes.
    receives: Vec<usize>,
    ring: Vec<f64>,
    slots: usize,
    incoming: Arc<[Incoming]>,
    work: Work,
    words: Vec<u32>,
    guard: Vec<f64>,
    inputs: Vec<f64>,
    pub(super) outbox: Outbox,
    /// Variable and unit (in the population) of each number that is recorded, and what was.
    pub(super) probes: Vec<(usize, usize)>,
    pub(super) samples: Vec<f64>,
}

impl Partition {
    /// With its synapses; `parts` are the partitions of each population.
    pub(super) fn new(
        network: &SpikingNetwork,
        synapses: &[Synapses<'_>],
        population: usize,
        range: Range<usize>,
        parts: &[Range<usize>],
    ) -> Self {
        let units = &network.units[population];
        let n = range.len();
        let own: Vec<_> = synapses.iter().filter(|s| s.to == population).collect();
        let mut receives: Vec<usize> = own.iter().map(|s| s.variable).collect();
        receives.sort_unstable();
        receives.dedup();
        let longest = own.iter().map(|s| usize::from(s.delay.most())).max().unwrap_or(1);
        let slots = (longest + 1).next_power_of_two();
        let row = |variable: usize| receives.iter().position(|v| *v == variable).unwrap_or(0);
        let incoming = own.iter().map(|s| Incoming {
            from: parts[s.from].clone(),
            row: row(s.variable),
            table: Table::new(s, network.units[s.from].n, range.clone()),
        });
        let incoming: Arc<[Incoming]> = incoming.collect();
        let initial: Vec<&[f64]> =
            (0..units.variables).map(|v| &units.initial[v * units.n..][range.clone()]).collect();
        let parameters: Vec<&[f64]> = units.parameters.iter().map(|p| &p[range.clone()]).collect();
        let stream = |stream: u64| Stream::new(network.seed, stream, 0);
        Self {
            population,
            variables: units.variables,
            x: in_blocks(&initial, n),
            parameters: in_blocks(&parameters, n),
            free: vec![0.0; n],
            before: vec![f64::INFINITY; if is_rise(units) { n } else { 0 }],
            motion: Motion::new(&units.flow),
            held: (0..units.variables).map(|v| units.held.contains(&v)).collect(),
            poisson: units
                .poisson
                .iter()
                .map(|p| (Poisson::new(p.mean), stream(p.stream), p.variable, p.weight))
                .collect(),
            ring: vec![0.0; slots * receives.len() * n],
            receives,
            slots,
            incoming,
            work: Work::default(),
            words: vec![0; LANES],
            guard: vec![0.0; LANES],
            inputs: Vec::new(),
            outbox: Outbox::default(),
            probes: Vec::new(),
            samples: Vec::new(),
            range,
        }
    }

    /// Bytes of its synapses and of the ring.
    pub(super) fn bytes(&self) -> usize {
        8 * self.ring.len() + self.incoming.iter().map(|i| i.table.bytes()).sum::<usize>()
    }

    /// How many synapses end here.
    pub(super) fn synapses(&self) -> usize {
        self.incoming.iter().map(|i| i.table.targets.len()).sum()
    }

    /// Variable `v` of unit `i` of the population.
    pub(super) fn value(&self, v: usize, i: usize) -> f64 {
        self.x[place(self.range.len(), self.variables, v, i - self.range.start)]
    }

    /// The first variable that is not finite, with its unit and value.
    pub(super) fn lost(&self) -> Option<(usize, usize, f64)> {
        if self.x.iter().all(|x| x.is_finite()) {
            return None;
        }
        let all = (0..self.variables).flat_map(|v| self.range.clone().map(move |i| (v, i)));
        all.map(|(v, i)| (v, i, self.value(v, i))).find(|(.., x)| !x.is_finite())
    }

    /// Takes the spikes of the stretch of steps that ended with step `now`, and goes on to step `now + steps`.
    pub(super) fn advance(
        &mut self,
        network: &SpikingNetwork,
        spikes: &[Outbox],
        now: u64,
        steps: u32,
        every: u64,
    ) {
        Arch::new().dispatch(Advance { partition: self, network, spikes, now, steps, every });
    }

    #[inline(always)]
    fn deliver(&mut self, spikes: &[Outbox], now: u64) {
        let Some(stretch) = spikes.first().map(|outbox| outbox.ends.len()) else { return };
        let n = self.range.len();
        let rows = self.receives.len();
        let mask = self.slots - 1;
        for k in 0..stretch {
            let fired = now as usize + 1 + k - stretch;
            for Incoming { from, row, table } in &*self.incoming {
                for outbox in &spikes[from.clone()] {
                    let units = outbox.of(k);
                    if units.is_empty() {
                        continue;
                    }
                    match (&table.delays, &table.weights) {
                        (Delays::Same(delay), weights) => {
                            let slot = (fired + usize::from(*delay)) & mask;
                            let ring = &mut self.ring[(slot * rows + row) * n..][..n];
                            match weights {
                                Weights::Same(w) => add_same(ring, table, units, *w),
                                Weights::Each(w) => add_each(ring, table, units, w),
                            }
                        }
                        (Delays::Each(delays), weights) => {
                            for &unit in units {
                                for j in table.of(unit) {
                                    let slot = (fired + usize::from(delays[j])) & mask;
                                    let w = match weights {
                                        Weights::Same(w) => *w,
                                        Weights::Each(w) => f64::from(w[j]),
                                    };
                                    self.ring[(slot * rows + row) * n + usize::from(table.targets[j])] += w;
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn step(&mut self, network: &SpikingNetwork, k: u64) {
        let units = &network.units[self.population];
        let now = k as f64;
        let t = [network.start + (now + 0.5) * network.dt];
        self.inputs.clear();
        for signal in &units.signals {
            let value = signal.value(t[0]);
            self.inputs.resize(self.inputs.len() + LANES.min(self.range.len()), value);
        }
        for block in blocks(self.range.len()) {
            self.block(network, units, block, k, now, &t);
        }
        self.outbox.ends.push(self.outbox.units.len() as u32);
    }

    #[inline(always)]
    fn block(
        &mut self,
        network: &SpikingNetwork,
        units: &Units,
        block: Range<usize>,
        k: u64,
        now: f64,
        t: &[f64],
    ) {
        let lanes = block.len();
        let free = &mut self.free[block.clone()];
        let x = &mut self.x[block.start * self.variables..][..lanes * self.variables];
        let own = units.parameters.len();
        let parameters = &self.parameters[block.start * own..][..lanes * own];
        // All channels have a value for each lane; the last block may have fewer lanes than there are copies.
        let inputs: Vec<f64>;
        let mut sources = Sources { t, parameters, inputs: &self.inputs, ..Sources::default() };
        if lanes < LANES.min(self.range.len()) && !units.signals.is_empty() {
            let each = self.inputs.chunks(LANES.min(self.range.len()));
            inputs = each.flat_map(|c| c[..lanes].iter().copied()).collect();
            sources.inputs = &inputs;
        }
        step(&self.motion, network.dt, &sources, x, lanes, &self.held, free, now, &mut self.work);
        let n = self.range.len();
        let slot = (k as usize + 1) & (self.slots - 1);
        for (r, &v) in self.receives.iter().enumerate() {
            let ring = &mut self.ring[(slot * self.receives.len() + r) * n..][block.clone()];
            let own = &mut x[v * lanes..][..lanes];
            if self.held[v] { receive_held(own, ring, free, now) } else { receive(own, ring) }
        }
        for (table, stream, v, weight) in &self.poisson {
            let words = &mut self.words[..lanes];
            // Blocks of units begin at multiples of four words.
            stream.at(k).fill_words(((self.range.start + block.start) / 4) as u64, words);
            let own = &mut x[v * lanes..][..lanes];
            if self.held[*v] {
                for ((x, word), free) in own.iter_mut().zip(words).zip(&*free) {
                    let (old, next) = (*x, weight.mul_add(table.of(*word), *x));
                    *x = if *free > now { old } else { next };
                }
            } else {
                for (x, word) in own.iter_mut().zip(words) {
                    *x = weight.mul_add(table.of(*word), *x);
                }
            }
        }
        let Some(fires) = &units.fires else { return };
        let first = self.outbox.units.len();
        let start = (self.range.start + block.start) as u32;
        let (level, value, rising) = match fires {
            Fires::Above { variable, value, rising } => (&x[variable * lanes..][..lanes], *value, *rising),
            Fires::Guard { guard, rising } => {
                let sources = Sources { states: x, ..sources };
                guard.eval(&sources, lanes, &mut self.guard[..lanes], &mut self.work.scratch);
                (&self.guard[..lanes], 0.0, *rising)
            }
        };
        if rising {
            let before = &mut self.before[block];
            for i in 0..lanes {
                if level[i] > value && before[i] <= value && free[i] <= now {
                    self.outbox.units.push(start + i as u32);
                }
            }
            before.copy_from_slice(level);
        } else {
            above(level, value, free, now, start, &mut self.outbox.units);
        }
        for &unit in &self.outbox.units[first..] {
            let i = (unit - start) as usize;
            free[i] = now + 1.0 + f64::from(units.refractory);
            match &units.reset {
                Reset::Values(values) => values.iter().for_each(|(v, value)| x[v * lanes + i] = *value),
                Reset::Kernel { variables, kernel } => {
                    let states: Vec<f64> = (0..self.variables).map(|v| x[v * lanes + i]).collect();
                    let own: Vec<f64> = (0..own).map(|p| parameters[p * lanes + i]).collect();
                    let inputs: Vec<f64> = sources.inputs.chunks(lanes).map(|c| c[i]).collect();
                    let sources = Sources {
                        t,
                        states: &states,
                        parameters: &own,
                        inputs: &inputs,
                        ..Sources::default()
                    };
                    let mut set = vec![0.0; variables.len()];
                    kernel.eval(&sources, 1, &mut set, &mut self.work.scratch);
                    variables.iter().zip(set).for_each(|(v, value)| x[v * lanes + i] = value);
                }
            }
        }
    }
}

/// Whether a spike of these units is a rise.
fn is_rise(units: &Units) -> bool {
    matches!(units.fires, Some(Fires::Above { rising: true, .. } | Fires::Guard { rising: true, .. }))
}

struct Advance<'a> {
    partition: &'a mut Partition,
    network: &'a SpikingNetwork,
    spikes: &'a [Outbox],
    now: u64,
    steps: u32,
    every: u64,
}

impl NullaryFnOnce for Advance<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { partition, network, spikes, now, steps, every } = self;
        partition.deliver(spikes, now);
        partition.outbox.ends.clear();
        partition.outbox.units.clear();
        for k in now..now + u64::from(steps) {
            partition.step(network, k);
            if (k + 1).is_multiple_of(every) {
                let (probes, samples) = (&partition.probes, &mut partition.samples);
                let (n, first) = (partition.range.len(), partition.range.start);
                let value =
                    |&(v, i): &(usize, usize)| partition.x[place(n, partition.variables, v, i - first)];
                samples.extend(probes.iter().map(value));
            }
        }
    }
}

#[inline(always)]
fn add_same(ring: &mut [f64], table: &Table, units: &[u32], w: f64) {
    for few in units.chunks(AHEAD) {
        touch(table, few);
        for &unit in few {
            for &target in &table.targets[table.of(unit)] {
                ring[usize::from(target)] += w;
            }
        }
    }
}

/// Sources whose targets are asked for at once.
const AHEAD: usize = 8;
/// Targets in a line of the cache.
const LINE: usize = 32;

/// Reads a number of each line that holds targets of these sources, so that all lines are on their way before the first is
/// needed: the memory serves many at once, but a loop over one row waits for each.
#[inline(always)]
fn touch(table: &Table, units: &[u32]) {
    let mut sum = 0u16;
    for &unit in units {
        for line in table.targets[table.of(unit)].chunks(LINE) {
            sum = sum.wrapping_add(line[0]);
        }
    }
    std::hint::black_box(sum);
}

#[inline(always)]
fn add_each(ring: &mut [f64], table: &Table, units: &[u32], weights: &[f32]) {
    for &unit in units {
        let of = table.of(unit);
        for (&target, &w) in table.targets[of.clone()].iter().zip(&weights[of]) {
            ring[usize::from(target)] += f64::from(w);
        }
    }
}

/// Adds what arrived, and empties the ring.
#[inline(always)]
fn receive(x: &mut [f64], ring: &mut [f64]) {
    for (x, ring) in x.iter_mut().zip(ring) {
        *x += *ring;
        *ring = 0.0;
    }
}

#[inline(always)]
fn receive_held(x: &mut [f64], ring: &mut [f64], free: &[f64], now: f64) {
    for ((x, ring), free) in x.iter_mut().zip(ring).zip(free) {
        let (old, next) = (*x, *x + *ring);
        *x = if *free > now { old } else { next };
        *ring = 0.0;
    }
}

/// The units above a value. Few are, so a piece is first asked whether any is.
#[inline(always)]
fn above(level: &[f64], value: f64, free: &[f64], now: f64, first: u32, fired: &mut Vec<u32>) {
    const PIECE: usize = 32;
    for (k, piece) in level.chunks(PIECE).enumerate() {
        let mut any = false;
        for &x in piece {
            any |= x > value;
        }
        if any {
            for (i, &x) in piece.iter().enumerate() {
                let at = k * PIECE + i;
                if x > value && free[at] <= now {
                    fired.push(first + at as u32);
                }
            }
        }
    }
}
