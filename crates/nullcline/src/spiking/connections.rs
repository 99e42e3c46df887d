//! Synapses as a partition of the targets keeps them: by source, so that a spike finds its targets in one piece.
//!
//! | part | bytes |
//! |---|---|
//! | where the targets of a source begin | 4 a source |
//! | target within the partition | 2 a synapse |
//! | delay in steps, where delays differ | 2 |
//! | weight in single precision, where weights differ | 4 |
//!
//! Built by counting: the rows of the targets are asked once, in order; then each connection goes to its place. So the targets
//! of a source ascend, whatever the number of threads.

use super::description::{Delay, Row, Synapses};
use std::ops::Range;

/// The synapses of a projection onto the targets of a partition.
pub(super) struct Table {
    offsets: Vec<u32>,
    pub(super) targets: Vec<u16>,
    pub(super) weights: Weights,
    pub(super) delays: Delays,
}

/// Weights.
pub(super) enum Weights {
    Same(f64),
    Each(Vec<f32>),
}

/// Delays in steps.
pub(super) enum Delays {
    Same(u16),
    Each(Vec<u16>),
}

impl Table {
    /// The synapses of `sources` units onto the targets of a range of at most 65 536.
    pub(super) fn new(synapses: &Synapses<'_>, sources: usize, targets: Range<usize>) -> Self {
        let mut row = Row::new();
        let mut from: Vec<u32> = Vec::new();
        let mut ends: Vec<usize> = Vec::with_capacity(targets.len());
        let (mut weights, mut delays): (Vec<f32>, Vec<u16>) = (Vec::new(), Vec::new());
        let mut offsets = vec![0u32; sources + 1];
        for target in targets.clone() {
            row.clear();
            (synapses.rows)(target, &mut row);
            if from.is_empty() {
                // Rows are about alike: room for all of them at once.
                from.reserve(row.len() * targets.len() + row.len() / 2);
            }
            for &(j, _) in &row {
                from.push(j as u32);
                offsets[j + 1] += 1;
            }
            if synapses.weight.is_none() {
                weights.extend(row.iter().map(|(_, w)| *w as f32));
            }
            if let Delay::Each { rows, .. } = &synapses.delay {
                rows(target, row.len(), &mut delays);
            }
            ends.push(from.len());
        }
        for j in 0..sources {
            offsets[j + 1] += offsets[j];
        }
        let mut next: Vec<u32> = offsets[..sources].to_vec();
        let mut to = vec![0u16; from.len()];
        let (mut by_weight, mut by_delay) = (vec![0.0; weights.len()], vec![0; delays.len()]);
        let mut start = 0;
        for (i, end) in ends.into_iter().enumerate() {
            for k in start..end {
                let place = &mut next[from[k] as usize];
                to[*place as usize] = i as u16;
                if let Some(w) = weights.get(k) {
                    by_weight[*place as usize] = *w;
                }
                if let Some(d) = delays.get(k) {
                    by_delay[*place as usize] = *d;
                }
                *place += 1;
            }
            start = end;
        }
        Self {
            offsets,
            targets: to,
            weights: synapses.weight.map_or_else(|| Weights::Each(by_weight), Weights::Same),
            delays: match &synapses.delay {
                Delay::Same(d) => Delays::Same(*d),
                Delay::Each { .. } => Delays::Each(by_delay),
            },
        }
    }

    /// Where the synapses of a source lie.
    #[inline(always)]
    pub(super) fn of(&self, source: u32) -> Range<usize> {
        let k = source as usize;
        self.offsets[k] as usize..self.offsets[k + 1] as usize
    }

    /// Bytes in memory.
    pub(super) fn bytes(&self) -> usize {
        let weights = match &self.weights {
            Weights::Same(_) => 0,
            Weights::Each(w) => 4 * w.len(),
        };
        let delays = match &self.delays {
            Delays::Same(_) => 0,
            Delays::Each(d) => 2 * d.len(),
        };
        4 * self.offsets.len() + 2 * self.targets.len() + weights + delays
    }
}
