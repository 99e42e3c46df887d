//! A clock that moves all partitions from one exchange of spikes to the next.
//!
//! The shortest delay of the network, m steps, is how long no partition needs to know of the others' spikes: each takes m steps
//! alone, then the spikes of all are there for all. Partitions do not depend on the number of threads, each adds what it
//! receives in the order of step, projection and source, and the spikes are told in the order of step and unit; so the same bits
//! come out for any number of threads.
//!
//! Where a stretch is little work, one thread does all of it: waking another would cost more.

use super::description::{Flow, SpikingNetwork, Synapses};
use super::partition::{Outbox, Partition};
use dynamics::simulate::Progress;
use rayon::prelude::*;
use std::ops::Range;

/// A network with its synapses built, at some step. A copy shares the synapses.
#[derive(Clone)]
pub struct Engine {
    network: SpikingNetwork,
    partitions: Vec<Partition>,
    /// The partitions of each population.
    parts: Vec<Range<usize>>,
    /// The spikes of the last stretch.
    spikes: Vec<Outbox>,
    stretch: u32,
    step: u64,
    alone: bool,
}

/// A number that is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Population.
    pub population: usize,
    /// Variable of its units.
    pub variable: usize,
    /// Unit.
    pub unit: usize,
}

/// What is wanted of a run.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// What is recorded.
    pub probes: Vec<Probe>,
    /// Every how many steps; also how often it is asked whether all numbers are finite.
    pub every: u64,
}

/// A run.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// For each population the steps at which units fired, and which, in order.
    pub spikes: Vec<Vec<(u64, u32)>>,
    /// Steps at which something was recorded.
    pub steps: Vec<u64>,
    /// What was recorded: probe by probe for each of those steps.
    pub samples: Vec<f64>,
    /// How it ended.
    pub end: End,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum End {
    /// All steps were taken.
    #[default]
    Completed,
    /// The caller asked to stop after this step.
    Stopped(u64),
    /// A number was not finite any more.
    Lost {
        /// Seen after this step.
        step: u64,
        /// Whose.
        probe: Probe,
        /// What it was.
        value: f64,
    },
}

/// Partitions are made so that there are about this many, but not small ones.
const PARTITIONS: usize = 4;
/// Smallest and largest number of units of a partition; targets are counted in 16 bits.
const SIZES: (usize, usize) = (512, 4096);
/// A stretch that takes less than this, in ns, is not worth waking a thread for.
const WORTH: f64 = 60_000.0;

impl Engine {
    /// Builds the synapses, partition by partition, on as many threads as there are.
    ///
    /// # Panics
    /// If an index points to no population, variable or source, or a list of the units has another length.
    pub fn new(network: SpikingNetwork, synapses: &[Synapses<'_>]) -> Self {
        let total: usize = network.units.iter().map(|u| u.n).sum();
        let (least, most) = SIZES;
        let size = total.div_ceil(PARTITIONS).clamp(least, most);
        let (mut ranges, mut parts) = (Vec::new(), Vec::new());
        for (k, units) in network.units.iter().enumerate() {
            let first = ranges.len();
            let count = units.n.div_ceil(size).max(1);
            // Multiples of 16 units, so that random words are drawn in whole blocks.
            let each = units.n.div_ceil(count).next_multiple_of(16);
            ranges.extend((0..units.n).step_by(each).map(|start| (k, start..(start + each).min(units.n))));
            parts.push(first..ranges.len());
        }
        let partitions: Vec<Partition> = ranges
            .into_par_iter()
            .map(|(k, range)| Partition::new(&network, synapses, k, range, &parts))
            .collect();
        let stretch = synapses.iter().map(|s| s.delay.least()).min().unwrap_or(64).max(1);
        let work: f64 = network.units.iter().map(|u| u.n as f64 * cost(&u.flow)).sum();
        let alone = work * f64::from(stretch) < WORTH || partitions.len() == 1;
        let spikes = vec![Outbox::default(); partitions.len()];
        Self { network, partitions, parts, spikes, stretch: u32::from(stretch), step: 0, alone }
    }

    /// The network.
    pub fn network(&self) -> &SpikingNetwork {
        &self.network
    }

    /// How many synapses there are.
    pub fn synapses(&self) -> usize {
        self.partitions.iter().map(Partition::synapses).sum()
    }

    /// Bytes of synapses and of what waits to arrive.
    pub fn bytes(&self) -> usize {
        self.partitions.iter().map(Partition::bytes).sum()
    }

    /// The step that was reached.
    pub fn step(&self) -> u64 {
        self.step
    }

    /// The present state of a population, variable by variable.
    pub fn state(&self, population: usize) -> Vec<f64> {
        let units = &self.network.units[population];
        let parts = &self.partitions[self.parts[population].clone()];
        let of = |v: usize| parts.iter().flat_map(move |p| p.range.clone().map(move |i| p.value(v, i)));
        (0..units.variables).flat_map(of).collect()
    }

    /// The present value of one variable.
    pub fn value(&self, probe: Probe) -> f64 {
        let parts = &self.partitions[self.parts[probe.population].clone()];
        let own = parts.iter().find(|p| p.range.contains(&probe.unit));
        own.map_or(f64::NAN, |p| p.value(probe.variable, probe.unit))
    }

    /// Takes `steps` further steps.
    pub fn run(&mut self, steps: u64, wanted: &Wanted, progress: Progress<'_>) -> Run {
        let every = wanted.every.max(1);
        let (first, end) = (self.step, self.step + steps);
        let mut run = Run { spikes: vec![Vec::new(); self.network.units.len()], ..Run::default() };
        let seats = self.place_probes(&wanted.probes);
        let mut told = 0;
        while self.step < end {
            let stretch = u64::from(self.stretch).min(end - self.step) as u32;
            self.stretch(stretch, every);
            let before = self.step;
            self.step += u64::from(stretch);
            for (outbox, partition) in self.spikes.iter_mut().zip(&mut self.partitions) {
                std::mem::swap(outbox, &mut partition.outbox);
                for k in 0..stretch as usize {
                    let step = before + 1 + k as u64;
                    let units = outbox.of(k).iter();
                    run.spikes[partition.population].extend(units.map(|&unit| (step, unit)));
                }
            }
            let checked = self.step / every != before / every;
            if checked && let Some(lost) = self.lost() {
                run.end = lost;
                break;
            }
            // Now and then, since asking costs.
            if self.step >= told + 64 * u64::from(self.stretch).max(1) {
                told = self.step;
                let done = (self.step - first) as f64 / steps as f64;
                if progress(done).is_break() {
                    run.end = End::Stopped(self.step);
                    break;
                }
            }
        }
        run.steps = (first / every + 1..=self.step / every).map(|k| k * every).collect();
        run.samples = self.collect(&seats, run.steps.len());
        run.spikes.iter_mut().for_each(|spikes| spikes.sort_unstable());
        run
    }

    /// Moves every partition on.
    fn stretch(&mut self, steps: u32, every: u64) {
        let Self { network, partitions, spikes, step, .. } = self;
        let advance = |p: &mut Partition| p.advance(network, spikes, *step, steps, every);
        if self.alone || rayon::current_num_threads() == 1 {
            partitions.iter_mut().for_each(advance);
        } else {
            partitions.par_iter_mut().with_max_len(1).for_each(advance);
        }
    }

    /// Gives each partition its probes; where each of them is recorded: partition, and place among its probes.
    fn place_probes(&mut self, probes: &[Probe]) -> Vec<(usize, usize)> {
        for partition in &mut self.partitions {
            partition.probes.clear();
            partition.samples.clear();
        }
        let mut seats = Vec::with_capacity(probes.len());
        for probe in probes {
            let parts = self.parts[probe.population].clone();
            let owner = parts.into_iter().find(|&p| self.partitions[p].range.contains(&probe.unit));
            let Some(owner) = owner else { continue };
            seats.push((owner, self.partitions[owner].probes.len()));
            self.partitions[owner].probes.push((probe.variable, probe.unit));
        }
        seats
    }

    fn collect(&self, seats: &[(usize, usize)], times: usize) -> Vec<f64> {
        let mut all = Vec::with_capacity(seats.len() * times);
        for k in 0..times {
            all.extend(seats.iter().map(|&(p, seat)| {
                let part = &self.partitions[p];
                part.samples[k * part.probes.len() + seat]
            }));
        }
        all
    }

    fn lost(&self) -> Option<End> {
        self.partitions.iter().find_map(|p| {
            let (variable, unit, value) = p.lost()?;
            let probe = Probe { population: p.population, variable, unit };
            Some(End::Lost { step: self.step, probe, value })
        })
    }
}

/// About how long a step of a unit takes, in ns.
fn cost(flow: &Flow) -> f64 {
    1.0 + flow.rates.as_ref().map_or(0.0, |rates| 5.0 * rates.variables.len() as f64)
}
