//! From a graph to stages: loops over lanes or over units and lanes, with the matrix products between them.
//!
//! A stage computes everything of one length at one depth, where the depth of a node is the largest number of matrix
//! products on a way from it to a symbol. Within a depth single values come first, so that vectors may use them.

use super::binding::{Binding, Value};
use super::fold::fold;
use super::instruction::Instruction;
use super::pack::{Single, single};
use super::registers::allocate;
use super::select::{expand_power, select};
use super::source::{Place, Source, Target};
use crate::graph::{Graph, Node, Op};
use std::collections::BTreeMap;

/// A part of a kernel.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stage {
    /// The same instructions for each entry.
    Elementwise {
        /// Entries for each lane.
        length: usize,
        /// What to do.
        tape: Vec<Instruction>,
        /// How many registers it needs.
        registers: usize,
        /// The same for a single entry, if it may be one and needs few registers.
        lane: Option<Single>,
    },
    /// A matrix times a vector.
    Product {
        /// Which matrix.
        matrix: usize,
        /// The vector.
        from: Source,
        /// Where the result goes among the carried values.
        to: u32,
    },
}

/// A kernel without its matrices.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Plan {
    pub(super) stages: Vec<Stage>,
    /// Carried entries for each lane.
    pub(super) carried: usize,
    /// Numbers for each unit.
    pub(super) per_unit: Vec<f64>,
}

/// Depth, and length; matrix products at the beginning of their depth.
type Key = (usize, usize);

struct Planner<'a> {
    graph: &'a Graph,
    binding: &'a Binding,
    keys: Vec<Key>,
    uses: Vec<u32>,
    /// What each stage leaves, and where.
    stores: BTreeMap<Key, Vec<(Node, Target)>>,
    /// Products by their depth.
    products: BTreeMap<usize, Vec<(usize, Node, u32)>>,
    /// Where values lie that are carried, by node and length.
    carried: BTreeMap<(Node, usize), u32>,
    plan: Plan,
    offsets: Offsets,
    /// The last stage that computed or loaded a node.
    done: Vec<usize>,
}

/// Stages that write each of `outputs`, of at least these lengths, one after the other.
pub(super) fn stages(graph: &Graph, binding: &Binding, outputs: &[Node], lengths: &[usize]) -> Plan {
    let (graph, outputs) = fold(graph, binding, outputs);
    let mut planner = Planner {
        keys: keys(&graph),
        uses: uses(&graph, &outputs),
        graph: &graph,
        binding,
        offsets: Offsets::new(binding),
        done: vec![0; graph.len()],
        stores: BTreeMap::new(),
        products: BTreeMap::new(),
        carried: BTreeMap::new(),
        plan: Plan { per_unit: per_unit(binding), ..Plan::default() },
    };
    let mut offset = 0;
    for (&output, &length) in outputs.iter().zip(lengths) {
        planner.store(output, length, Target::Output(offset));
        offset += entries(length);
    }
    planner.carry();
    planner.emit();
    planner.plan
}

/// All numbers for each unit, parameter by parameter.
fn per_unit(binding: &Binding) -> Vec<f64> {
    let each = binding.parameters.iter().filter_map(|p| match p {
        Value::PerUnit(x) => Some(x.as_slice()),
        _ => None,
    });
    each.flatten().copied().collect()
}

/// A length as it is stored.
fn entries(length: usize) -> u32 {
    u32::try_from(length).expect("lengths are those of vectors in memory")
}

fn keys(graph: &Graph) -> Vec<Key> {
    let mut keys: Vec<Key> = Vec::with_capacity(graph.len());
    for k in 0..graph.len() {
        let node = graph.node(k);
        let depth = graph.arguments(node).map(|a| keys[a.index()].0).max().unwrap_or(0);
        let depth = if matches!(graph.op(node), Op::Product(..)) { depth + 1 } else { depth };
        keys.push((depth, graph.length(node)));
    }
    keys
}

fn uses(graph: &Graph, outputs: &[Node]) -> Vec<u32> {
    let mut uses = vec![0; graph.len()];
    let arguments = (0..graph.len()).flat_map(|k| graph.arguments(graph.node(k)));
    arguments.chain(outputs.iter().copied()).for_each(|a| uses[a.index()] += 1);
    uses
}

/// Whether the value is there without being computed by a stage.
fn is_read(op: Op) -> bool {
    !matches!(op, Op::Constant(_) | Op::Unary(..) | Op::Binary(..) | Op::Ternary(..))
}

impl Planner<'_> {
    /// Asks the stage of this length, at the depth of the node, to leave its value at the target.
    fn store(&mut self, node: Node, length: usize, target: Target) {
        let depth = self.keys[node.index()].0;
        self.stores.entry((depth, length)).or_default().push((node, target));
    }

    /// Finds what one stage needs from another, from the last node to the first.
    fn carry(&mut self) {
        for k in (0..self.graph.len()).rev() {
            let node = self.graph.node(k);
            match self.graph.op(node) {
                Op::Product(matrix, a) => {
                    let to = self.place(node, self.graph.length(node));
                    let depth = self.keys[k].0;
                    self.products.entry(depth).or_default().push((matrix as usize, a, to));
                    let cols = self.binding.matrices[matrix as usize].cols();
                    if !is_read(self.graph.op(a)) || self.graph.length(a) != cols || self.is_per_unit(a) {
                        self.carry_one(a, cols);
                    }
                }
                _ => {
                    for a in self.graph.arguments(node) {
                        let outside = self.keys[a.index()] != self.keys[k];
                        if outside && !is_read(self.graph.op(a)) && self.graph.as_constant(a).is_none() {
                            self.carry_one(a, self.graph.length(a));
                        }
                    }
                }
            }
        }
        // Outputs of single values that fill a vector are stored by a stage of the vector's length.
        let filled: Vec<Node> = self
            .stores
            .iter()
            .flat_map(|(key, stores)| stores.iter().map(move |(node, _)| (key.1, *node)))
            .filter(|&(length, node)| length != self.graph.length(node))
            .map(|(_, node)| node)
            .collect();
        for node in filled {
            if !is_read(self.graph.op(node)) && self.graph.as_constant(node).is_none() {
                self.carry_one(node, self.graph.length(node));
            }
        }
    }

    fn carry_one(&mut self, node: Node, length: usize) {
        if !self.carried.contains_key(&(node, length)) {
            let to = self.place(node, length);
            self.store(node, length, Target::Carried(to));
            let computed = !is_read(self.graph.op(node)) && self.graph.as_constant(node).is_none();
            if length != self.graph.length(node) && computed {
                self.carry_one(node, self.graph.length(node));
            }
        }
    }

    /// A place of its own among the carried values.
    fn place(&mut self, node: Node, length: usize) -> u32 {
        *self.carried.entry((node, length)).or_insert_with(|| {
            let to = entries(self.plan.carried);
            self.plan.carried += length;
            to
        })
    }

    fn is_per_unit(&self, node: Node) -> bool {
        matches!(self.graph.op(node), Op::Parameter(k) if matches!(self.binding.parameters[k as usize], Value::PerUnit(_)))
    }

    fn emit(&mut self) {
        let depths = self.keys.iter().map(|k| k.0).max().unwrap_or(0);
        let stores = std::mem::take(&mut self.stores);
        let products = std::mem::take(&mut self.products);
        for depth in 0..=depths {
            for &(matrix, a, to) in products.get(&depth).into_iter().flatten() {
                let cols = self.binding.matrices[matrix].cols();
                let from = match self.carried.get(&(a, cols)) {
                    Some(&offset) => Source { place: Place::Carried, offset, single: false },
                    None => self.source(a, cols),
                };
                self.plan.stages.push(Stage::Product { matrix, from, to });
            }
            for (&key, stores) in stores.range((depth, 0)..(depth + 1, 0)) {
                let mut tape = self.tape(key, stores);
                let lane = if key.1 == 1 { single(&tape) } else { None };
                let registers = allocate(&mut tape);
                self.plan.stages.push(Stage::Elementwise { length: key.1, tape, registers, lane });
            }
        }
    }

    /// The instructions of one stage, in order of need.
    fn tape(&mut self, key: Key, stores: &[(Node, Target)]) -> Vec<Instruction> {
        let graph = self.graph;
        let mut tape = Vec::new();
        // Stages count from 1: no node is done before the first.
        let stage = self.plan.stages.len() + 1;
        let mut done = std::mem::take(&mut self.done);
        let mut fresh = entries(graph.len());
        for &(output, to) in stores {
            let mut pending = vec![output];
            while let Some(&node) = pending.last() {
                if done[node.index()] == stage {
                    pending.pop();
                    continue;
                }
                let here = self.keys[node.index()] == key && !is_read(graph.op(node));
                let instruction = if here || graph.as_constant(node).is_some() {
                    let fusable = |p: Node| self.uses[p.index()] == 1 && self.keys[p.index()] == key;
                    select(graph, node, fusable, |n| self.keys[n.index()] == key)
                } else {
                    Instruction::Load { d: node.0, from: self.source(node, key.1) }
                };
                let waiting = pending.len();
                pending.extend(instruction.reads().map(Node).filter(|a| done[a.index()] != stage));
                if pending.len() == waiting {
                    pending.pop();
                    done[node.index()] = stage;
                    if let Instruction::Power { d, a, n } = instruction {
                        let next = || {
                            fresh += 1;
                            fresh - 1
                        };
                        expand_power(d, a, n, next, |i| tape.push(i));
                    } else {
                        tape.push(instruction);
                    }
                }
            }
            tape.push(Instruction::Store { a: output.0, to });
        }
        self.done = done;
        tape
    }

    /// Where a stage of this length reads a symbol, or what another stage left.
    fn source(&self, node: Node, length: usize) -> Source {
        let at = &self.offsets;
        let (place, offset) = match self.graph.op(node) {
            Op::Time => (Place::Time, 0),
            Op::State(k) => (Place::States, at.states[k as usize]),
            Op::Input(k) => (Place::Inputs, at.inputs[k as usize]),
            Op::Noise(k) => (Place::Noises, at.noises[k as usize]),
            Op::Delayed(k) => (Place::Delayed, at.delayed[k as usize]),
            Op::Parameter(k) if self.is_per_unit(node) => (Place::PerUnit, at.per_unit[k as usize]),
            Op::Parameter(k) => (Place::Parameters, at.free[k as usize]),
            _ => (Place::Carried, self.carried[&(node, self.graph.length(node))]),
        };
        Source { place, offset, single: self.graph.length(node) == 1 && length != 1 }
    }
}

/// Where each symbol of a kind begins: the sum of the lengths of those before it.
struct Offsets {
    states: Vec<u32>,
    inputs: Vec<u32>,
    delayed: Vec<u32>,
    noises: Vec<u32>,
    free: Vec<u32>,
    per_unit: Vec<u32>,
}

impl Offsets {
    fn new(b: &Binding) -> Self {
        let free = |v: &Value| if let Value::Free(length) = v { *length } else { 0 };
        let per_unit = |v: &Value| if let Value::PerUnit(x) = v { x.len() } else { 0 };
        Self {
            states: before(b.states.iter().copied()),
            inputs: before(b.inputs.iter().copied()),
            delayed: before(b.delayed.iter().copied()),
            noises: before(b.noises.iter().copied()),
            free: before(b.parameters.iter().map(free)),
            per_unit: before(b.parameters.iter().map(per_unit)),
        }
    }
}

fn before(lengths: impl Iterator<Item = usize>) -> Vec<u32> {
    let mut end = 0;
    lengths
        .map(|length| {
            let start = entries(end);
            end += length;
            start
        })
        .collect()
}
