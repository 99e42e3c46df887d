//! The tape of a single entry: instructions that do not wait for one another and do the same are done together, in one vector.
//!
//! The level of a value is the largest number of dear functions on a way to it. Within a level the functions come first, one
//! kind after the other. Then comes, of the operations that have what they need, the one of which the fewest still wait.
//!
//! A vector has the bits of its entries, one by one.

use super::instruction::Instruction as I;
use super::source::{Place, Source, Target};
use crate::function::Unary;
use std::collections::HashMap;

/// The most that one vector holds.
pub(super) const WIDTH: usize = 8;
/// What half a vector holds.
const HALF: usize = WIDTH / 2;

/// The work of a single entry.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Single {
    /// The states that are read, first of all, and where they are.
    pub(super) states: Vec<(u8, u32)>,
    /// What else is read.
    pub(super) loads: Vec<(u8, Source)>,
    /// What is computed.
    pub(super) steps: Vec<I<u8>>,
    /// Packs of the steps.
    pub(super) few: Vec<Pack<HALF>>,
    /// Larger ones, and those of functions.
    pub(super) many: Vec<Pack<WIDTH>>,
    /// What is written to the outputs, at the end, and where.
    pub(super) outputs: Vec<(u8, u32)>,
    /// What is carried to other stages.
    pub(super) carried: Vec<(u8, u32)>,
}

/// The same operation on several registers. Results go to neighboring registers from d on; what goes beyond the last has no
/// meaning.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pack<const W: usize> {
    pub(super) operation: Operation,
    pub(super) d: u8,
    pub(super) a: Operand<W>,
    pub(super) b: Operand<W>,
    pub(super) c: Operand<W>,
    pub(super) k: [f64; W],
    pub(super) j: [f64; W],
}

/// Registers that are read together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Operand<const W: usize> {
    /// One for all.
    Shared(u8),
    /// Neighbors, from this on.
    Row(u8),
    /// Any.
    Any([u8; W]),
}

impl<const W: usize> Operand<W> {
    /// These, and whatever is cheapest beyond the last; copies of that where `whole`.
    fn new(registers: &[u8], whole: bool) -> Self {
        let (first, last) = (registers[0], registers[registers.len() - 1]);
        if registers.iter().all(|r| *r == first) {
            return Self::Shared(first);
        }
        let in_a_row = registers.windows(2).all(|r| r[0].checked_add(1) == Some(r[1]));
        if in_a_row && (!whole || registers.len() == W) {
            return Self::Row(first);
        }
        let mut any = [last; W];
        any[..registers.len()].copy_from_slice(registers);
        Self::Any(any)
    }
}

/// What a vector of registers can do; k and j are numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Operation {
    /// f(a)
    Apply(Unary),
    /// a k + j, rounded twice
    Line,
    /// a k + j, rounded once
    Affine,
    /// (a + k) / j
    ShiftDivide,
    /// k / a
    Over,
    /// a / b
    Divide,
    /// a k b, from the left
    Product,
    /// a b + c, rounded once
    MultiplyAdd,
    /// a b - c, rounded once
    MultiplySubtract,
    /// c - a b, rounded once
    SubtractProduct,
    /// a b + k, rounded once
    MultiplyAddConstant,
    /// k - a b, rounded once
    ConstantSubtractProduct,
    /// a k + b, rounded once
    ScaleAdd,
    /// a k - b, rounded once
    ScaleSubtract,
}

/// Whether a vector of it costs about as much as one.
fn is_dear(f: Unary) -> bool {
    matches!(
        f,
        Unary::Exp
            | Unary::Expm1
            | Unary::Exprel
            | Unary::Log
            | Unary::Log1p
            | Unary::Log10
            | Unary::Sin
            | Unary::Cos
            | Unary::Tan
            | Unary::Sinh
            | Unary::Cosh
            | Unary::Tanh
            | Unary::Sigmoid
            | Unary::Softplus
    )
}

/// The register that an instruction writes.
fn written(mut instruction: I) -> Option<u32> {
    instruction.registers().0.copied()
}

/// The operation that says the same, and its numbers.
fn operation(instruction: I) -> Option<(Operation, f64, f64)> {
    Some(match instruction {
        I::Unary { f, .. } if is_dear(f) => (Operation::Apply(f), 0.0, 0.0),
        // Multiplying by 1 or -1 and adding -0 change nothing.
        I::AddConstant { k, .. } => (Operation::Line, 1.0, k),
        I::FromConstant { k, .. } => (Operation::Line, -1.0, k),
        I::MultiplyConstant { k, .. } => (Operation::Line, k, -0.0),
        I::Affine { k, j, .. } => (Operation::Affine, k, j),
        I::ShiftDivide { k, j, .. } => (Operation::ShiftDivide, k, j),
        I::DivideConstant { k, .. } => (Operation::ShiftDivide, -0.0, k),
        I::OverConstant { k, .. } => (Operation::Over, k, 0.0),
        I::Divide { .. } => (Operation::Divide, 0.0, 0.0),
        I::Multiply { .. } => (Operation::Product, 1.0, 0.0),
        I::ScaleMultiply { k, .. } => (Operation::Product, k, 0.0),
        I::MultiplyAdd { .. } => (Operation::MultiplyAdd, 0.0, 0.0),
        I::MultiplySubtract { .. } => (Operation::MultiplySubtract, 0.0, 0.0),
        I::SubtractProduct { .. } => (Operation::SubtractProduct, 0.0, 0.0),
        I::MultiplyAddConstant { k, .. } => (Operation::MultiplyAddConstant, k, 0.0),
        I::ConstantSubtractProduct { k, .. } => (Operation::ConstantSubtractProduct, k, 0.0),
        I::ScaleAdd { k, .. } => (Operation::ScaleAdd, k, 0.0),
        I::ScaleSubtract { k, .. } => (Operation::ScaleSubtract, k, 0.0),
        _ => return None,
    })
}

/// The tape, each of whose registers is written once, with packs, on registers that are counted in a byte; `None` if
/// these are too few.
pub(super) fn single(tape: &[I]) -> Option<Single> {
    let mut writer = Writer::new(tape);
    for &instruction in tape {
        if let I::Load { d, from } = instruction {
            let home = writer.place(&[d])?;
            match from.place {
                Place::States => writer.single.states.push((home, from.offset)),
                _ => writer.single.loads.push((home, from)),
            }
        }
    }
    let users = users(tape);
    let in_order = |mut same: Vec<I>| {
        same.sort_by_key(|i| written(*i).and_then(|d| users.get(&d)));
        same
    };
    for wave in waves(tape) {
        wave.functions.into_iter().try_for_each(|same| writer.write(&in_order(same)))?;
        let mut rest = Waiting::new(&wave.others);
        while let Some(next) = rest.next() {
            writer.write(&in_order(next))?;
        }
    }
    for &instruction in tape {
        if let I::Store { a, to } = instruction {
            let home = writer.homes[&a];
            match to {
                Target::Output(k) => writer.single.outputs.push((home, k)),
                Target::Carried(k) => writer.single.carried.push((home, k)),
            }
        }
    }
    Some(writer.single)
}

/// Of the first that reads each register its kind, the kind that reads that, where the way from there ends, and its place.
///
/// Packs in this order find their operands in a row more often.
fn users(tape: &[I]) -> HashMap<u32, [usize; 4]> {
    let mut kinds: Vec<Operation> = Vec::new();
    let mut users: HashMap<u32, [usize; 4]> = HashMap::new();
    for (place, instruction) in tape.iter().copied().enumerate().rev() {
        let kind = operation(instruction).map_or(usize::MAX, |(kind, ..)| {
            kinds.iter().position(|k| *k == kind).unwrap_or_else(|| {
                kinds.push(kind);
                kinds.len() - 1
            })
        });
        let [next, _, end, _] =
            written(instruction).and_then(|d| users.get(&d)).copied().unwrap_or([0, 0, place, 0]);
        for r in instruction.reads() {
            users.insert(r, [kind, next, end, place]);
        }
    }
    users
}

/// The instructions of one level.
#[derive(Default)]
struct Wave {
    /// Functions of one kind.
    functions: Vec<Vec<I>>,
    /// All else, in its order.
    others: Vec<I>,
}

fn waves(tape: &[I]) -> Vec<Wave> {
    let mut levels: HashMap<u32, usize> = HashMap::new();
    let mut waves = vec![Wave::default()];
    for &instruction in tape {
        let level = instruction.reads().map(|r| levels[&r]).max().unwrap_or(0);
        let dear = matches!(instruction, I::Unary { f, .. } if is_dear(f));
        let level = level + usize::from(dear);
        if let Some(d) = written(instruction) {
            levels.insert(d, level);
        }
        if level == waves.len() {
            waves.push(Wave::default());
        }
        let wave = &mut waves[level];
        match instruction {
            I::Load { .. } | I::Store { .. } => {}
            _ if dear => {
                let kind = operation(instruction);
                match wave.functions.iter_mut().find(|same| operation(same[0]) == kind) {
                    Some(same) => same.push(instruction),
                    None => wave.functions.push(vec![instruction]),
                }
            }
            _ => wave.others.push(instruction),
        }
    }
    waves
}

/// Instructions of a level that wait for one another.
struct Waiting {
    /// How many of its operands each waits for, and which wait for it.
    all: Vec<(I, usize, Vec<usize>)>,
    /// What is ready and how many there are besides, by operation.
    kinds: Vec<(Option<Operation>, Vec<usize>, usize)>,
}

impl Waiting {
    fn new(others: &[I]) -> Self {
        let mut made: HashMap<u32, usize> = HashMap::new();
        let mut waiting = Self { all: Vec::with_capacity(others.len()), kinds: Vec::new() };
        for (at, &instruction) in others.iter().enumerate() {
            let mut count = 0;
            for r in instruction.reads() {
                if let Some(&before) = made.get(&r) {
                    count += 1;
                    let (_, _, users): &mut (I, usize, Vec<usize>) = &mut waiting.all[before];
                    users.push(at);
                }
            }
            if let Some(d) = written(instruction) {
                made.insert(d, at);
            }
            waiting.all.push((instruction, count, Vec::new()));
            let kind = waiting.kind(at);
            kind.2 += 1;
            if count == 0 {
                kind.1.push(at);
            }
        }
        waiting
    }

    fn kind(&mut self, at: usize) -> &mut (Option<Operation>, Vec<usize>, usize) {
        let name = operation(self.all[at].0).map(|o| o.0);
        let place = self.kinds.iter().position(|k| k.0 == name).unwrap_or_else(|| {
            self.kinds.push((name, Vec::new(), 0));
            self.kinds.len() - 1
        });
        &mut self.kinds[place]
    }

    /// The next instructions, all of one kind.
    fn next(&mut self) -> Option<Vec<I>> {
        let ready = self.kinds.iter_mut().filter(|(_, ready, _)| !ready.is_empty());
        let (name, ready, left) =
            ready.min_by_key(|(name, ready, left)| (name.is_some(), left - ready.len()))?;
        let count = if name.is_some() { ready.len().min(WIDTH) } else { 1 };
        let next: Vec<usize> = ready.drain(..count).collect();
        *left -= count;
        for &at in &next {
            for user in std::mem::take(&mut self.all[at].2) {
                self.all[user].1 -= 1;
                if self.all[user].1 == 0 {
                    self.kind(user).1.push(user);
                }
            }
        }
        Some(next.iter().map(|&at| self.all[at].0).collect())
    }
}

/// Writes steps, and finds homes for registers.
struct Writer {
    single: Single,
    homes: HashMap<u32, u8>,
    /// How often each register is still read.
    reads: HashMap<u32, usize>,
    taken: [bool; 256],
}

impl Writer {
    fn new(tape: &[I]) -> Self {
        let mut reads = HashMap::new();
        tape.iter().flat_map(|i| i.reads()).for_each(|r| *reads.entry(r).or_default() += 1);
        Self { single: Single::default(), homes: HashMap::new(), reads, taken: [false; 256] }
    }

    /// Neighboring homes.
    fn place(&mut self, registers: &[u32]) -> Option<u8> {
        let first = self.taken.windows(registers.len()).position(|w| !w.contains(&true))?;
        for (k, &r) in registers.iter().enumerate() {
            // What nothing reads needs no home for long.
            self.taken[first + k] = self.reads.contains_key(&r);
            self.homes.insert(r, u8::try_from(first + k).ok()?);
        }
        u8::try_from(first).ok()
    }

    fn write(&mut self, same: &[I]) -> Option<()> {
        match same {
            [] => Some(()),
            [one] => self.one(*one),
            [first, second] if !matches!(operation(*first)?.0, Operation::Apply(_)) => {
                self.one(*first)?;
                self.one(*second)
            }
            few if few.len() > WIDTH => few.chunks(WIDTH).try_for_each(|part| self.write(part)),
            [first, ..] => {
                let (name, ..) = operation(*first)?;
                let is_function = matches!(name, Operation::Apply(_));
                let step = if same.len() <= HALF && !is_function {
                    let pack = self.pack(same)?;
                    self.single.few.push(pack);
                    I::Few(u32::try_from(self.single.few.len() - 1).ok()?)
                } else {
                    let pack = self.pack(same)?;
                    self.single.many.push(pack);
                    let place = u32::try_from(self.single.many.len() - 1).ok()?;
                    if is_function { I::Together(place) } else { I::Many(place) }
                };
                self.single.steps.push(step);
                Some(())
            }
        }
    }

    fn one(&mut self, instruction: I) -> Option<()> {
        let read: Vec<u32> = instruction.reads().collect();
        let homes: HashMap<u32, u8> = read.iter().map(|r| (*r, self.homes[r])).collect();
        self.release(read);
        if let Some(d) = written(instruction) {
            self.place(&[d])?;
            let home = self.homes[&d];
            let renamed = instruction.rename(|r| if r == d { Some(home) } else { homes.get(&r).copied() })?;
            self.single.steps.push(renamed);
        }
        Some(())
    }

    /// A pack of at most W instructions of one kind.
    fn pack<const W: usize>(&mut self, same: &[I]) -> Option<Pack<W>> {
        let (name, ..) = operation(*same.first()?)?;
        let (mut k, mut j, mut written) = ([0.0; W], [0.0; W], Vec::new());
        let mut operands = [const { Vec::new() }; 3];
        for l in 0..W {
            let mut instruction = *same.get(l).or(same.last())?;
            (_, k[l], j[l]) = operation(instruction)?;
            // Beyond the last there is a home, too, which nothing reads.
            let (d, reads) = instruction.registers();
            written.push(if l < same.len() { *d? } else { u32::MAX });
            for (operand, r) in operands.iter_mut().zip(reads).filter(|_| l < same.len()) {
                operand.push(r.map_or(0, |r| self.homes[r]));
            }
        }
        // These may be slow where their argument has no meaning.
        let whole = matches!(name, Operation::Apply(Unary::Sin | Unary::Cos | Unary::Tan));
        let [a, b, c] = operands.map(|registers| Operand::new(&registers, whole));
        self.release(same.iter().flat_map(|i| i.reads()).collect());
        let d = self.place(&written)?;
        Some(Pack { operation: name, d, a, b, c, k, j })
    }

    fn release(&mut self, read: Vec<u32>) {
        for r in read {
            if let Some(left) = self.reads.get_mut(&r) {
                *left -= 1;
                if *left == 0 {
                    self.taken[usize::from(self.homes[&r])] = false;
                }
            }
        }
    }
}
