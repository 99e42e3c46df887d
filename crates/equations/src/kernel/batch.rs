//! The tape of a single entry: functions that wait for nothing but each other's kind are computed together, in one vector.
//!
//! The level of a value is the largest number of such functions on a way to it. Functions of one kind and level become a batch;
//! all else stays in its order within its level.

use super::instruction::Instruction as I;
use super::registers::allocate;
use crate::function::Unary;
use std::collections::HashMap;

/// The most that one vector holds.
pub(super) const WIDEST: usize = 8;

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

/// Where an instruction stands: level, functions first, kind of function.
type Key = (u32, bool, u64);

/// The tape, each of whose registers is written once, with batches, on registers that are counted in a byte; `None` if
/// these are too few.
pub(super) fn single(tape: &[I]) -> Option<Vec<I<u8>>> {
    let mut levels: HashMap<u32, u32> = HashMap::new();
    let mut keyed: Vec<(Key, I)> = Vec::with_capacity(tape.len());
    for &instruction in tape {
        let before = instruction.reads().map(|r| levels[&r]).max().unwrap_or(0);
        let key = match instruction {
            I::Unary { f, .. } if is_dear(f) => (before + 1, false, f as u64),
            _ => (before, true, 0),
        };
        let mut copy = instruction;
        if let Some(d) = copy.registers().0 {
            levels.insert(*d, key.0);
        }
        keyed.push((key, instruction));
    }
    keyed.sort_by_key(|(key, _)| *key);
    let mut ordered: Vec<I> = Vec::with_capacity(tape.len());
    for same in keyed.chunk_by(|a, b| a.0 == b.0) {
        for part in same.chunks(if same[0].0.1 { same.len() } else { WIDEST }) {
            if let I::Unary { f, .. } = part[0].1
                && !part[0].0.1
                && part.len() > 1
            {
                ordered.push(I::Batch { f, count: part.len() as u8 });
            }
            ordered.extend(part.iter().map(|(_, instruction)| *instruction));
        }
    }
    allocate(&mut ordered);
    ordered.iter().map(|i| i.rename(|r| u8::try_from(r).ok())).collect()
}
