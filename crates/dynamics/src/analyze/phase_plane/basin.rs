//! Basins of attraction: what each place of the picture comes to.
//!
//! The places are the middles of n x n cells. One in sixteen is followed, in lanes with an error control of their own, until it is
//! in a trap or has left; then those in blocks of 4 x 4 whose neighbors came to something else, or through which a
//! separatrix or an unstable cycle leads, until no block is left whose neighbors differ. The rest has the label of its block.
//!
//! A part of the picture is told with the part of the cells at its border as its error: half of each, at most, may be wrong.
//! Islands smaller than a block, away from every separatrix, are not seen.

use super::course::Course;
use super::trap::{Destination, Trap};
use crate::simulate::{ErrorEstimation, Method, Settings, Verdict, ensemble, unwatched};
use linalg::Matrix;

/// Which place comes to what.
#[derive(Clone, Debug, PartialEq)]
pub struct Basins {
    /// Cells along a side.
    pub side: usize,
    /// What the orbit from the middle of cell (i, j) comes to, at j * side + i; j = 0 is the bottom.
    pub labels: Vec<Destination>,
    /// Each destination, with its part of the area.
    pub parts: Vec<BasinPart>,
}

/// How much of the picture comes to one end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BasinPart {
    /// The end.
    pub destination: Destination,
    /// Its part of the area of the rectangle.
    pub fraction: f64,
    /// How wrong that may be: half the cells at its border.
    pub error: f64,
}

/// Cells along a side of a block.
const BLOCK: usize = 4;
/// So many orbits may take as many steps as any orbit may.
const FEW: usize = 24;

/// Labels the picture. `borders` are curves, in the window, that part basins.
///
/// A middle that lies on the stable manifold of one of the `saddles`, as by symmetry, belongs to no basin: a place beside it
/// answers for its cell.
pub(super) fn basins(
    course: &Course<'_>,
    traps: &[Trap],
    saddles: &[usize],
    borders: &[&[[f64; 2]]],
    side: usize,
) -> Basins {
    let blocks = side.div_ceil(BLOCK).max(1);
    let side = blocks * BLOCK;
    let middle = |cell: usize| {
        let at = |k: usize| (k as f64 + 0.5) / side as f64 - 0.5;
        [at(cell % side), at(cell / side)]
    };
    let block_of = |cell: usize| cell / side / BLOCK * blocks + cell % side / BLOCK;
    let cells_of = |block: usize| {
        let (i0, j0) = (block % blocks * BLOCK, block / blocks * BLOCK);
        (j0..j0 + BLOCK).flat_map(move |j| (i0..i0 + BLOCK).map(move |i| j * side + i))
    };
    let mut labels: Vec<Option<Destination>> = vec![None; side * side];
    let ask = |labels: &mut Vec<Option<Destination>>, cells: &[usize]| {
        let cells: Vec<usize> = cells.iter().copied().filter(|&c| labels[c].is_none()).collect();
        let starts: Vec<_> = cells.iter().map(|&c| middle(c)).collect();
        for (c, d) in cells.iter().zip(destinations(course, traps, &starts)) {
            labels[*c] = Some(d);
        }
        let on_border = |c: &usize| matches!(labels[*c], Some(Destination::Point(k)) if saddles.contains(&k));
        let again: Vec<usize> = cells.iter().copied().filter(on_border).collect();
        let beside = |c: &usize| [middle(*c)[0] + 0.2 / side as f64, middle(*c)[1] - 0.1 / side as f64];
        let starts: Vec<_> = again.iter().map(beside).collect();
        for (c, d) in again.iter().zip(destinations(course, traps, &starts)) {
            labels[*c] = Some(d);
        }
    };
    // One cell of each block, in turn another corner of its middle.
    let scouts: Vec<usize> = (0..blocks * blocks)
        .map(|b| (b % blocks * BLOCK + 1 + b / blocks % 2) + (b / blocks * BLOCK + 1 + b % blocks % 2) * side)
        .collect();
    ask(&mut labels, &scouts);
    let mut is_whole = vec![false; blocks * blocks];
    let mut fresh: Vec<usize> = Vec::new();
    for z in borders.iter().flat_map(|b| b.iter()) {
        let at = |v: f64| ((v + 0.5) * side as f64).floor();
        let (i, j) = (at(z[0]), at(z[1]));
        if (0.0..side as f64).contains(&i) && (0.0..side as f64).contains(&j) {
            fresh.push(block_of(j as usize * side + i as usize));
        }
    }
    loop {
        for b in (0..blocks * blocks).filter(|&b| !is_whole[b]) {
            let own = labels[scouts[b]];
            let (i, j) = (b % blocks, b / blocks);
            let around = [(i.wrapping_sub(1), j), (i + 1, j), (i, j.wrapping_sub(1)), (i, j + 1)];
            let mut neighbors = around.iter().filter(|(i, j)| *i < blocks && *j < blocks);
            let differs = neighbors.any(|(i, j)| {
                let n = j * blocks + i;
                if is_whole[n] { cells_of(n).any(|c| labels[c] != own) } else { labels[scouts[n]] != own }
            });
            if differs {
                fresh.push(b);
            }
        }
        fresh.sort_unstable();
        fresh.dedup();
        fresh.retain(|&b| !is_whole[b]);
        if fresh.is_empty() {
            break;
        }
        let cells: Vec<usize> = fresh.iter().flat_map(|&b| cells_of(b)).collect();
        ask(&mut labels, &cells);
        fresh.drain(..).for_each(|b| is_whole[b] = true);
    }
    let labels: Vec<Destination> = (0..side * side)
        .map(|c| labels[c].or(labels[scouts[block_of(c)]]).unwrap_or(Destination::Undecided))
        .collect();
    let parts = parts(&labels, side);
    Basins { side, labels, parts }
}

fn parts(labels: &[Destination], side: usize) -> Vec<BasinPart> {
    let mut parts: Vec<BasinPart> = Vec::new();
    let cell = 1.0 / labels.len() as f64;
    for (c, label) in labels.iter().enumerate() {
        let (i, j) = (c % side, c / side);
        let around = [
            (i > 0).then(|| c - 1),
            (i + 1 < side).then(|| c + 1),
            (j > 0).then(|| c - side),
            (j + 1 < side).then(|| c + side),
        ];
        let is_border = around.iter().flatten().any(|&n| labels[n] != *label);
        let k = parts.iter().position(|p| p.destination == *label).unwrap_or_else(|| {
            parts.push(BasinPart { destination: *label, fraction: 0.0, error: 0.0 });
            parts.len() - 1
        });
        parts[k].fraction += cell;
        parts[k].error += if is_border { 0.5 * cell } else { 0.0 };
    }
    parts.sort_by(|a, b| b.fraction.total_cmp(&a.fraction));
    parts
}

/// What each start comes to.
fn destinations(course: &Course<'_>, traps: &[Trap], starts: &[[f64; 2]]) -> Vec<Destination> {
    let mut ends = vec![Destination::Undecided; starts.len()];
    let caught = |z: [f64; 2]| traps.iter().find(|trap| trap.contains(z)).map(|trap| trap.destination);
    let mut left: Vec<(usize, [f64; 2])> = Vec::new();
    for (k, z) in starts.iter().enumerate() {
        match caught(*z) {
            Some(end) => ends[k] = end,
            None => left.push((k, *z)),
        }
    }
    let settings = Settings {
        rtol: 1e-5,
        atol: 1e-8,
        error: ErrorEstimation::Off,
        bound: course.bound,
        max_steps: 600,
        method: if course.is_stiff() { Method::Rodas5P } else { Method::Auto },
        ..Settings::default()
    };
    // Ever longer legs: slow orbits cost no more steps for it.
    let mut leg = 0.5;
    for _ in 0..26 {
        if left.is_empty() {
            break;
        }
        let x: Vec<f64> = left.iter().flat_map(|(_, z)| *z).collect();
        let x = Matrix::from_columns(2, left.len(), x);
        // Looked at several times, for a trap may be only a part of the way.
        let times = [0.0, 0.3 * leg, 0.6 * leg, 0.8 * leg, leg];
        let Ok(run) = ensemble(&course.window, course.p, &x, &times, &settings, &unwatched) else {
            break;
        };
        let mut still = Vec::new();
        for (l, (k, _)) in left.iter().enumerate() {
            let state = |time: usize| [run.state(l, time)[0], run.state(l, time)[1]];
            match (&run.verdicts[l], (1..times.len()).find_map(|time| caught(state(time)))) {
                (_, Some(end)) => ends[*k] = end,
                (Verdict::Completed, None) => still.push((*k, state(times.len() - 1))),
                (Verdict::Diverged { .. }, _) => ends[*k] = Destination::Leaves,
                _ => {}
            }
        }
        left = still;
        leg *= 2.0;
    }
    // A few that are undecided start so near to a border that they need more than their share of steps.
    let last: Vec<usize> = (0..starts.len()).filter(|&k| ends[k] == Destination::Undecided).collect();
    if last.len() <= FEW {
        last.into_iter().for_each(|k| ends[k] = course.line(starts[k], 1e-6, traps).1);
    }
    ends
}
