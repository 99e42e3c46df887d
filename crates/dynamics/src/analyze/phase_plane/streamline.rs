//! Evenly spaced streamlines: curves along the velocity, no two nearer than half of a chosen distance.
//!
//! A line grows from its seed both ways, in steps along the direction of the velocity (the classical method of order 4, a step shorter where
//! the direction turns fast), until it leaves the picture, comes nearer than d/2 to another line or to itself, or meets a place of no
//! speed, or is a third of the picture long. New seeds lie at the distance d on both sides of the lines that are there. d is chosen so that about as many lines
//! come out as were asked for.
//!
//! Reference: Jobard and Lefer (1997), Creating evenly-spaced streamlines of arbitrary density.

use super::window::{Probe, ahead, angle, dot, minus, norm};

/// About `count` lines in the window; those through `seeds` come first.
pub(super) fn streamlines(probe: &mut Probe<'_>, count: usize, seeds: &[[f64; 2]]) -> Vec<Vec<[f64; 2]>> {
    if count == 0 {
        return Vec::new();
    }
    // As many lines of the usual length as lie side by side at a distance somewhat below d.
    let mut distance = (4.5 / count as f64).clamp(0.004, 0.25);
    let mut lines = Vec::new();
    for _ in 0..3 {
        lines = spread(probe, distance, seeds, 2 * count);
        let ratio = lines.len() as f64 / count as f64;
        if (0.85..=1.15).contains(&ratio) || lines.is_empty() {
            break;
        }
        distance = (distance * ratio.clamp(0.3, 3.0)).clamp(0.002, 0.4);
    }
    lines
}

/// Places that are taken, in cells as wide as the distance.
struct Taken {
    distance: f64,
    side: usize,
    cells: Vec<Vec<([f64; 2], usize, f64)>>,
}

impl Taken {
    fn new(distance: f64) -> Self {
        let side = (1.0 / distance).ceil() as usize + 1;
        Self { distance, side, cells: vec![Vec::new(); side * side] }
    }

    fn cell(&self, z: [f64; 2]) -> (usize, usize) {
        let at = |v: f64| (((v + 0.5) / self.distance) as usize).min(self.side - 1);
        (at(z[0]), at(z[1]))
    }

    fn add(&mut self, z: [f64; 2], line: usize, s: f64) {
        let (i, j) = self.cell(z);
        self.cells[j * self.side + i].push((z, line, s));
    }

    /// Whether a place is nearer than `limit` to a line; places of `own` count where they are further than `apart` along it.
    fn is_near(&self, z: [f64; 2], limit: f64, own: (usize, f64, f64)) -> bool {
        let (i, j) = self.cell(z);
        let (line, s, apart) = own;
        (j.saturating_sub(1)..=(j + 1).min(self.side - 1)).any(|b| {
            (i.saturating_sub(1)..=(i + 1).min(self.side - 1)).any(|a| {
                self.cells[b * self.side + a].iter().any(|(y, l, at)| {
                    let off = minus(*y, z);
                    (*l != line || (at - s).abs() > apart) && dot(off, off) < limit * limit
                })
            })
        })
    }
}

/// A line grows so far each way, in widths of the picture: short enough to show where it leads.
const LENGTH: f64 = 0.16;

const NONE: usize = usize::MAX;

/// Lines at one distance.
fn spread(probe: &mut Probe<'_>, distance: f64, seeds: &[[f64; 2]], most: usize) -> Vec<Vec<[f64; 2]>> {
    let mut taken = Taken::new(distance);
    let mut lines: Vec<Vec<[f64; 2]>> = Vec::new();
    // Places of the whole square last, so that no corner stays empty.
    let n = (0.7 / distance).ceil() as usize;
    let rest = (0..n * n).map(|k| {
        // In an order that jumps about.
        let k = (k * 7919) % (n * n);
        [((k % n) as f64 + 0.5) / n as f64 - 0.5, ((k / n) as f64 + 0.5) / n as f64 - 0.5]
    });
    let mut first: std::collections::VecDeque<[f64; 2]> = seeds.iter().copied().collect();
    first.push_back([0.013, -0.021]);
    let mut rest = rest.peekable();
    let (mut next_line, mut index) = (0, 0);
    loop {
        if lines.len() >= most {
            break;
        }
        let seed = match first.pop_front() {
            Some(seed) => seed,
            None if next_line < lines.len() => {
                // Seeds beside the next line.
                let line = &lines[next_line];
                for w in line.windows(2).step_by(3) {
                    let d = minus(w[1], w[0]);
                    let length = norm(d);
                    let normal = [-d[1] / length, d[0] / length];
                    first.extend([1.0, -1.0].map(|sign| ahead(w[0], sign * 1.001 * distance, normal)));
                }
                next_line += 1;
                continue;
            }
            None => match rest.next() {
                Some(seed) => seed,
                None => break,
            },
        };
        let inside = seed.iter().all(|v| v.abs() < 0.5);
        if !inside || taken.is_near(seed, distance, (NONE, 0.0, 0.0)) {
            continue;
        }
        index += 1;
        taken.add(seed, index, 0.0);
        let back = grow(probe, seed, -1.0, &mut taken, index);
        let ahead = grow(probe, seed, 1.0, &mut taken, index);
        let mut line: Vec<[f64; 2]> = back.into_iter().rev().collect();
        line.push(seed);
        line.extend(ahead);
        let length: f64 = line.windows(2).map(|w| norm(minus(w[1], w[0]))).sum();
        // One that is too short leaves its places taken, so that no other is tried there.
        if length > 1.2 * distance {
            lines.push(line);
        }
    }
    lines
}

/// Grows a line one way from its seed.
fn grow(probe: &mut Probe<'_>, seed: [f64; 2], sign: f64, taken: &mut Taken, index: usize) -> Vec<[f64; 2]> {
    let distance = taken.distance;
    let (longest, reach) = (0.35 * distance, LENGTH.max(4.0 * distance));
    let mut direction = |z: [f64; 2]| {
        let v = probe.velocity(z);
        let speed = norm(v);
        // In a window the middle speed is 1.
        (speed > 1e-9 && speed.is_finite()).then(|| [sign * v[0] / speed, sign * v[1] / speed])
    };
    let (mut z, mut s, mut line) = (seed, 0.0, Vec::new());
    let Some(mut d) = direction(z) else { return line };
    let mut h = longest;
    while line.len() < 1500 && s < reach {
        // One step of order 4 along the direction.
        let step = |h: f64, direction: &mut dyn FnMut([f64; 2]) -> Option<[f64; 2]>| {
            let k2 = direction(ahead(z, 0.5 * h, d))?;
            let k3 = direction(ahead(z, 0.5 * h, k2))?;
            let k4 = direction(ahead(z, h, k3))?;
            let sum = [0, 1].map(|i| (d[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]) / 6.0);
            let end = ahead(z, h, sum);
            let last = direction(end)?;
            let turns = angle(d, last).abs().max(angle(d, k2).abs()).max(angle(d, k3).abs());
            Some((end, last, turns))
        };
        let Some((end, last, turns)) = step(h, &mut direction) else { break };
        if turns > 0.35 {
            h *= 0.5;
            if h < 1e-3 * longest {
                break;
            }
            continue;
        }
        if end.iter().any(|v| v.abs() > 0.5) {
            // To the edge.
            let part = (0..2)
                .map(|i| {
                    let way = end[i] - z[i];
                    if end[i].abs() > 0.5 { (0.5 * way.signum() - z[i]) / way } else { 1.0 }
                })
                .fold(1.0, f64::min);
            line.push(ahead(z, part.max(0.0), minus(end, z)));
            break;
        }
        s += norm(minus(end, z));
        if taken.is_near(end, 0.5 * distance, (index, sign * s, 1.5 * distance)) {
            break;
        }
        line.push(end);
        taken.add(end, index, sign * s);
        (z, d) = (end, last);
        if turns < 0.12 {
            h = (2.0 * h).min(longest);
        }
    }
    line
}
