//! Gives registers that are no longer needed to new values.
//!
//! A value lives from the instruction that makes it to the last one that reads it. The register that an instruction writes is
//! never one that it reads, so a block of lanes can be written while others are read.

use super::instruction::Instruction;
use std::collections::HashMap;

/// Renames the registers of `tape`, each of which is written once, and returns how many are left.
pub(super) fn allocate(tape: &mut [Instruction]) -> usize {
    let mut last: HashMap<u32, usize> = HashMap::new();
    for (place, instruction) in tape.iter().enumerate() {
        instruction.reads().for_each(|r| {
            last.insert(r, place);
        });
    }
    let mut home: HashMap<u32, u32> = HashMap::new();
    let mut free: Vec<u32> = Vec::new();
    let mut count = 0_u32;
    for (place, instruction) in tape.iter_mut().enumerate() {
        let reads = instruction.reads().collect::<Vec<_>>();
        let (d, operands) = instruction.registers();
        for operand in operands.into_iter().flatten() {
            *operand = home[operand];
        }
        if let Some(d) = d {
            let to = free.pop().unwrap_or_else(|| {
                count += 1;
                count - 1
            });
            home.insert(*d, to);
            if !last.contains_key(d) {
                free.push(to);
            }
            *d = to;
        }
        for (k, r) in reads.iter().enumerate() {
            if last[r] == place && !reads[..k].contains(r) {
                free.push(home[r]);
            }
        }
    }
    count as usize
}
