//! Graphs as machines: the same expressions for many lanes, or many units, at once.
//!
//! A lane is one trajectory, a unit one entry of a vector. Numbers lie variable-major over the lanes: component j of the
//! symbol at offset s of lane l at `[(s + j) * lanes + l]`, in the sources and in the outputs, which follow one another as they
//! were given.
//!
//! A graph becomes stages (`plan`): loops over entries, with the matrix products between them. The loops run over blocks of
//! 128 entries, instruction by instruction, with one number for each entry in a register of the first-level cache; a single entry
//! has an interpreter of its own, in which instructions that do the same go together in vectors (`pack`). Shared
//! subexpressions are computed once, numbers are part of their instructions, integer powers are multiplications, and a product
//! that only a sum needs is fused with it.
//!
//! An entry has the same bits in any block, lane, company, thread and instruction set, also alone.
//!
//! Cost: about 0.1 ns an arithmetic operation and 1 ns an elementary function for each entry of a block; 1 to 2 ns and 5 to
//! 20 ns for a single entry. Nothing is allocated once the scratch memory has grown.

mod apply;
mod binding;
mod block;
mod fold;
mod instruction;
mod lane;
mod pack;
mod plan;
mod registers;
mod select;
mod source;

pub use binding::{Binding, Product, Sources, Value};

use crate::graph::{Graph, Node};
use plan::{Plan, Stage, stages};
use pulp::Arch;
use source::{Arrays, Place};
use std::sync::Arc;

/// Expressions, ready to be evaluated.
#[derive(Clone, Debug)]
pub struct Kernel {
    plan: Plan,
    matrices: Vec<Arc<dyn Product>>,
    outputs: usize,
    arch: Arch,
}

/// Memory that evaluations reuse; it belongs to the caller, so that kernels stay immutable.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    carried: Vec<f64>,
    single: Single,
    blocks: block::Registers,
    lent: Vec<f64>,
}

#[derive(Clone, Debug)]
struct Single(lane::Registers);

impl Default for Single {
    fn default() -> Self {
        Self([0.0; 256 + pack::WIDTH])
    }
}

impl Scratch {
    /// Takes a buffer of this length out, with any numbers; give it back with `put`.
    pub(crate) fn take(&mut self, length: usize) -> Vec<f64> {
        let mut buffer = std::mem::take(&mut self.lent);
        grow(&mut buffer, length);
        buffer
    }

    /// Gives a buffer back, so that its memory is used again.
    pub(crate) fn put(&mut self, buffer: Vec<f64>) {
        self.lent = buffer;
    }
}

impl Kernel {
    /// A kernel for these outputs.
    ///
    /// # Panics
    /// If the binding lacks a symbol that an output uses.
    pub fn new(graph: &Graph, binding: &Binding, outputs: &[Node]) -> Self {
        let lengths: Vec<usize> = outputs.iter().map(|&o| graph.length(o)).collect();
        Self::with_lengths(graph, binding, outputs, &lengths)
    }

    /// A kernel for outputs of these lengths: an output that is a single value fills its place.
    ///
    /// # Panics
    /// If the binding lacks a symbol that an output uses, or if a vector is to have another length than its own.
    pub fn with_lengths(graph: &Graph, binding: &Binding, outputs: &[Node], lengths: &[usize]) -> Self {
        assert_eq!(outputs.len(), lengths.len(), "one length for each output");
        let fits = |(&o, &n): (&Node, &usize)| graph.length(o) == 1 || graph.length(o) == n;
        assert!(
            outputs.iter().zip(lengths).all(fits),
            "an output is a single value or has the length of its place"
        );
        Self {
            plan: stages(graph, binding, outputs, lengths),
            matrices: binding.matrices.clone(),
            outputs: lengths.iter().sum(),
            arch: Arch::new(),
        }
    }

    /// The number of values for each lane.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Writes the outputs for each of `lanes` lanes.
    ///
    /// # Panics
    /// If an array is shorter than what is read from it or written to it.
    pub fn eval(&self, sources: &Sources, lanes: usize, out: &mut [f64], scratch: &mut Scratch) {
        grow(&mut scratch.carried, self.plan.carried * lanes);
        let arrays = Arrays { sources, per_unit: &self.plan.per_unit };
        for stage in &self.plan.stages {
            match stage {
                Stage::Product { matrix, from, to } => {
                    self.multiply(*matrix, from, *to as usize * lanes, lanes, &arrays, scratch);
                }
                Stage::Elementwise { lane: Some(single), .. } if lanes == 1 => {
                    let registers = &mut scratch.single.0;
                    let carried = &mut scratch.carried;
                    self.arch.dispatch(lane::Run { single, arrays: &arrays, carried, registers, out });
                }
                Stage::Elementwise { length, tape, registers, .. } => {
                    if scratch.blocks.len() < *registers {
                        scratch.blocks.resize_with(*registers, || vec![0.0; block::BLOCK]);
                    }
                    let Scratch { carried, blocks, .. } = scratch;
                    let (length, arrays) = (*length, &arrays);
                    let run = block::Run { tape, length, lanes, arrays, carried, registers: blocks, out };
                    self.arch.dispatch(run);
                }
            }
        }
    }

    fn multiply(
        &self,
        matrix: usize,
        from: &source::Source,
        to: usize,
        lanes: usize,
        arrays: &Arrays,
        scratch: &mut Scratch,
    ) {
        let m = &self.matrices[matrix];
        let (rows, cols) = (m.rows() * lanes, m.cols() * lanes);
        let at = from.offset as usize * lanes;
        if from.place != Place::Carried {
            let x = &arrays.of(from.place)[at..][..cols];
            m.apply(x, lanes, &mut scratch.carried[to..][..rows]);
        } else if at < to {
            let (before, rest) = scratch.carried.split_at_mut(to);
            m.apply(&before[at..][..cols], lanes, &mut rest[..rows]);
        } else {
            let (rest, after) = scratch.carried.split_at_mut(at);
            m.apply(&after[..cols], lanes, &mut rest[to..][..rows]);
        }
    }
}

/// Makes room.
fn grow(buffer: &mut Vec<f64>, length: usize) {
    if buffer.len() < length {
        buffer.resize(length, 0.0);
    }
}

#[cfg(test)]
mod tests;
