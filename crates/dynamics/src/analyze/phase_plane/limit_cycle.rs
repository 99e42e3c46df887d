//! Limit cycles, stable and unstable: isolated closed orbits, with their period and multiplier.
//!
//! Every closed orbit encloses fixed points whose indices add up to 1, hence one that is no saddle. A ray from each such point is
//! a section; the displacement of one turn is sampled along it, forward and backward in time, more closely where it comes near to 0
//! and where orbits cease to come around; each change of sign is refined by Newton's method on orbits followed to a tolerance of 1e-12.
//! The multiplier is exp of the integral of the divergence over a period (Liouville).
//!
//! Not found: a cycle of even multiplicity (the displacement only touches 0), one that no ray crosses within twice the
//! picture, and one narrower than the samples. Where the displacement is 0 to rounding along a stretch, closed orbits fill a
//! region: it is told as such, and no cycle is made of it.
//!
//! Reference: Perko (2001), Differential equations and dynamical systems, sections 3.4 and 3.12.

use super::course::Course;
use super::section::{Caught, Section, Stiffness, WithLine};
use super::trap::{Destination, Polygon, Trap, encloses};
use super::window::{Probe, Window, ahead, cross, minus, norm};

/// A limit cycle.
#[derive(Clone, Debug)]
pub struct LimitCycle {
    /// Once around; the last is the first.
    pub points: Vec<[f64; 2]>,
    /// Its period.
    pub period: f64,
    /// The logarithm of its multiplier: the integral of the divergence over a period.
    pub log_multiplier: f64,
    /// The smallest value of each variable along it.
    pub low: [f64; 2],
    /// The largest.
    pub high: [f64; 2],
    /// By how much of the rectangle it fails to close.
    pub gap: f64,
    /// `None` where the multiplier is 1 to the accuracy of the orbit.
    pub is_stable: Option<bool>,
    /// Indices of the fixed points inside.
    pub around: Vec<usize>,
}

impl LimitCycle {
    /// The Floquet multiplier other than 1: what is left of a small distance after one turn.
    pub fn multiplier(&self) -> f64 {
        self.log_multiplier.exp()
    }

    /// Largest minus smallest value of each variable.
    pub fn amplitude(&self) -> [f64; 2] {
        [self.high[0] - self.low[0], self.high[1] - self.low[1]]
    }
}

/// The displacement along one ray in one direction of time.
struct Scan {
    section: Section,
    center: usize,
    time: usize,
    samples: Vec<(f64, Option<f64>)>,
    /// Cycles that attract in this direction, each after the sample of this index.
    attracting: Vec<(usize, usize)>,
}

/// What the rays show.
#[derive(Default)]
pub(super) struct Cycles {
    /// In the window.
    pub(super) cycles: Vec<LimitCycle>,
    /// Traps around the cycles that attract forward in time, and backward.
    pub(super) traps: [Vec<Trap>; 2],
    /// Whether closed orbits fill a region.
    pub(super) has_band: bool,
    /// Changes of sign that Newton's method did not settle.
    pub(super) unsettled: usize,
}

/// Tolerance of the samples.
const SAMPLE: f64 = 1e-7;
/// A displacement that counts as 0.
const NOTHING: f64 = 3e-6;

/// What a search for cycles works with: forward and backward in time.
pub(super) struct Search<'s, 'a> {
    pub(super) courses: [&'s Course<'a>; 2],
    /// Traps of fixed points.
    pub(super) traps: [&'s [Trap]; 2],
    /// Places of all fixed points.
    pub(super) places: &'s [[f64; 2]],
    /// Whether orbits turn around a point for ever as they come near to it.
    pub(super) turns: &'s [bool],
}

impl Search<'_, '_> {
    /// Cycles around the points of `centers` (indices of fixed points, the place of none a saddle).
    pub(super) fn around(&self, centers: &[usize]) -> Cycles {
        let mut found = Cycles::default();
        let mut scans = Vec::new();
        for &center in centers {
            for section in self.rays(center) {
                for time in 0..2 {
                    scans.extend(self.along(section, center, time, &mut found));
                }
            }
        }
        for time in 0..2 {
            found.traps[time] = self.traps_of(&scans, time, &found.cycles);
        }
        found
    }

    /// Traps of the centers and the cycles that attract in one direction of time. A cycle that one ray shows may lie between
    /// the samples of another: no trap but its own may reach across it.
    fn traps_of(&self, scans: &[Scan], time: usize, cycles: &[LimitCycle]) -> Vec<Trap> {
        let mut traps: Vec<Trap> = Vec::new();
        for scan in scans.iter().filter(|scan| scan.time == time) {
            traps.extend(self.disk(scan, cycles));
            for &(k, cycle) in &scan.attracting {
                if !traps.iter().any(|t| t.destination == Destination::Cycle(cycle)) {
                    traps.extend(self.ring(scan, k, cycle, cycles));
                    traps.extend(self.tube(scan, cycle, &cycles[cycle]));
                }
            }
        }
        traps
    }

    /// The two rays, well apart, that the flow crosses most squarely.
    fn rays(&self, center: usize) -> Vec<Section> {
        let foot = self.places[center];
        let probe = &mut Probe::new(self.courses[0].window, self.courses[0].p);
        let mut rays: Vec<(f64, Section)> = (0..16)
            .map(|k| {
                // Directions between those of symmetry, along which a separatrix may lie.
                let (y, x) = (std::f64::consts::TAU * (f64::from(k) + 0.217) / 16.0).sin_cos();
                let section = Section { foot, direction: [x, y] };
                let reach = self.reach(&section, 0.5);
                let squareness = (1..=24).map(|i| {
                    let v = probe.velocity(section.place(reach * f64::from(i) / 24.0));
                    let sine = cross(section.direction, v) / norm(v);
                    if sine.is_nan() { 0.0 } else { sine }
                });
                let all: Vec<f64> = squareness.collect();
                let positive: f64 = all.iter().filter(|s| **s > 0.0).sum();
                let negative: f64 = -all.iter().filter(|s| **s < 0.0).sum::<f64>();
                // A ray that leaves the picture at once shows little.
                ((positive - negative).abs() * (0.2 + reach), section)
            })
            .collect();
        rays.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut chosen: Vec<Section> = Vec::new();
        for (_, ray) in rays {
            let apart = |other: &Section| {
                let d = ray.direction;
                other.direction[0] * d[0] + other.direction[1] * d[1] < 0.2
            };
            if chosen.len() < 2 && chosen.iter().all(apart) {
                chosen.push(ray);
            }
        }
        chosen
    }

    /// How far the ray runs until a coordinate is `limit`.
    fn reach(&self, section: &Section, limit: f64) -> f64 {
        (0..2)
            .map(|i| {
                let d = section.direction[i];
                if d == 0.0 { f64::INFINITY } else { (limit * d.signum() - section.foot[i]) / d }
            })
            .fold(f64::INFINITY, f64::min)
            .max(0.0)
    }

    /// The displacement of one turn.
    fn displacement(&self, section: &Section, center: usize, time: usize, s: f64) -> Option<f64> {
        // What spirals into the center comes around; what is caught otherwise does not.
        let own = self.turns[center].then_some(Destination::Point(center));
        let others = |z: [f64; 2]| {
            let caught = self.traps[time].iter().any(|t| Some(t.destination) != own && t.contains(z));
            if caught { Caught::Yes } else { Caught::No }
        };
        section.turn(self.courses[time], s, SAMPLE, WithLine::Dropped, others).map(|turn| turn.s - s)
    }

    /// Samples one ray in one direction of time.
    fn along(&self, section: Section, center: usize, time: usize, found: &mut Cycles) -> Option<Scan> {
        let (near, far) = (self.reach(&section, 0.5), 0.9 * self.reach(&section, self.courses[0].bound));
        if near.partial_cmp(&1e-3) != Some(std::cmp::Ordering::Greater) {
            return None;
        }
        let mut at: Vec<f64> = (0..10).map(|k| 2e-3 * near * 12f64.powf(f64::from(k) / 10.0)).collect();
        at.extend((1..=40).map(|k| near * (0.024 + 0.976 * f64::from(k) / 40.0)));
        at.extend((1..=10).map(|k| near + (far - near) * f64::from(k) / 10.0));
        let ask = |s: f64| (s, self.displacement(&section, center, time, s));
        let mut samples: Vec<(f64, Option<f64>)> = Vec::with_capacity(at.len());
        // Where the eigenvalues are real and no orbit comes around, a few samples show it.
        let mut silent = 0;
        for s in at {
            let sample = ask(s);
            silent = if sample.1.is_none() { silent + 1 } else { 0 };
            samples.push(sample);
        }
        if silent == samples.len() {
            return None;
        }
        let mut k = 0;
        while k + 1 < samples.len() {
            // To the border of where orbits come around.
            if samples[k].1.is_some() != samples[k + 1].1.is_some() {
                let (mut a, mut b) = (samples[k], samples[k + 1]);
                let mut fresh = Vec::new();
                for _ in 0..14 {
                    let c = ask(0.5 * (a.0 + b.0));
                    if c.1.is_some() {
                        fresh.push(c);
                    }
                    if c.1.is_some() == a.1.is_some() { a = c } else { b = c }
                }
                fresh.sort_by(|a, b| a.0.total_cmp(&b.0));
                let many = fresh.len();
                samples.splice(k + 1..k + 1, fresh);
                k += many;
            }
            k += 1;
        }
        self.look_closer(&mut samples, &ask);
        let zero = |s: &(f64, Option<f64>)| s.1.is_some_and(|d| d.abs() < NOTHING * (1.0 + s.0));
        // Tiny orbits around a weak spiral look closed too: a band has some size.
        let is_band = samples.windows(5).any(|w| w.iter().all(zero) && w[4].0 > 0.1 * near);
        if is_band {
            found.has_band = true;
        }
        let mut attracting = Vec::new();
        for k in 0..samples.len() - 1 {
            let ((a, Some(da)), (b, Some(db))) = (samples[k], samples[k + 1]) else { continue };
            if (da > 0.0) == (db > 0.0) || (is_band && zero(&samples[k]) && zero(&samples[k + 1])) {
                continue;
            }
            if let Some((cycle, true)) = self.settle(&section, time, [(a, da), (b, db)], found) {
                attracting.push((k, cycle));
            }
        }
        Some(Scan { section, center, time, samples, attracting })
    }

    /// Two roots between samples of one sign show as a small minimum of the modulus.
    fn look_closer(&self, samples: &mut Vec<(f64, Option<f64>)>, ask: &dyn Fn(f64) -> (f64, Option<f64>)) {
        let mut fresh = Vec::new();
        for w in samples.windows(3) {
            let [(a, Some(da)), (b, Some(db)), (c, Some(dc))] = *w else { continue };
            let one_sign = (da > 0.0) == (db > 0.0) && (db > 0.0) == (dc > 0.0);
            if !one_sign || db.abs() > da.abs() || db.abs() > dc.abs() || db.abs() < NOTHING {
                continue;
            }
            // The golden section, until the sign changes.
            let (mut a, mut b, mut c, mut least) = (a, b, c, db.abs());
            for _ in 0..16 {
                let s = if c - b > b - a { b + 0.382 * (c - b) } else { b - 0.382 * (b - a) };
                let (_, Some(d)) = ask(s) else { break };
                if (d > 0.0) != (db > 0.0) {
                    fresh.push((s, Some(d)));
                    break;
                }
                let better = d.abs() < least;
                match (better, s > b) {
                    (true, true) => (a, b) = (b, s),
                    (true, false) => (c, b) = (b, s),
                    (false, true) => c = s,
                    (false, false) => a = s,
                }
                least = least.min(d.abs());
                if least < 1e-9 || c - a < 1e-9 {
                    break;
                }
            }
        }
        samples.extend(fresh);
        samples.sort_by(|a, b| a.0.total_cmp(&b.0));
    }

    /// Refines one change of sign: the index of its cycle, and whether it attracts.
    fn settle(
        &self,
        section: &Section,
        time: usize,
        bracket: [(f64, f64); 2],
        found: &mut Cycles,
    ) -> Option<(usize, bool)> {
        let course = self.courses[time];
        let stiffness = if course.is_stiff() { Stiffness::Stiff } else { Stiffness::None };
        let probe = &mut Probe::new(course.window, course.p);
        let [(mut a, mut da), (mut b, db)] = bracket;
        let mut s = a - da * (b - a) / (db - da);
        let mut settled = None;
        for _ in 0..40 {
            let Some(turn) = section.careful_turn(course.window, course.p, s, stiffness) else { break };
            let d = turn.s - s;
            let slope = section.slope(probe, s, &turn);
            if (d > 0.0) == (da > 0.0) {
                (a, da) = (s, d)
            } else {
                b = s
            }
            let newton = s - d / (slope - 1.0);
            let step = newton - s;
            if step.abs() <= 1e-11 || d == 0.0 || b - a < 1e-13 {
                settled = Some((s, turn, d, slope));
                break;
            }
            if b - a < 1e-9 && d.abs() > 1e-5 {
                break;
            }
            s = if newton > a && newton < b { newton } else { 0.5 * (a + b) };
        }
        // A jump of the displacement changes its sign too, and leaves a gap.
        let Some((_, turn, d, _)) = settled.filter(|c| c.2.abs() < 1e-7) else {
            found.unsettled += 1;
            return None;
        };
        let forward = if time == 0 { 1.0 } else { -1.0 };
        let log_multiplier = forward * turn.divergence;
        let attracts = turn.divergence < 0.0;
        let same = |c: &LimitCycle| {
            let near = c.points.iter().map(|z| norm([z[0] - turn.line[0][0], z[1] - turn.line[0][1]]));
            (c.period / turn.time - 1.0).abs() < 1e-3
                && near.fold(f64::INFINITY, f64::min) < 0.02
                && (c.log_multiplier - log_multiplier).abs() < 1e-2 * (1.0 + log_multiplier.abs())
        };
        let index = match found.cycles.iter().position(same) {
            Some(known) => known,
            None => {
                let mut points = turn.line.clone();
                if let (Some(first), Some(last)) = (points.first().copied(), points.last_mut()) {
                    *last = first;
                }
                let (low, high) = extent(&points);
                let around = (0..self.places.len()).filter(|&i| encloses(&points, self.places[i])).collect();
                let known_to = 1e-6_f64.max(10.0 * d.abs());
                found.cycles.push(LimitCycle {
                    points,
                    period: turn.time,
                    log_multiplier,
                    low,
                    high,
                    gap: d.abs(),
                    is_stable: (log_multiplier.abs() > known_to).then_some(log_multiplier < 0.0),
                    around,
                });
                found.cycles.len() - 1
            }
        };
        Some((index, attracts))
    }

    /// The ring between two arcs that spiral toward a cycle from the samples around it, as wide as they allow.
    fn ring(&self, scan: &Scan, k: usize, index: usize, cycles: &[LimitCycle]) -> Option<Trap> {
        let (samples, cycle) = (&scan.samples, &cycles[index]);
        let inward: Vec<f64> =
            samples[..=k].iter().rev().take_while(|x| x.1.is_some_and(|d| d > 0.0)).map(|x| x.0).collect();
        let outward: Vec<f64> =
            samples[k + 1..].iter().take_while(|x| x.1.is_some_and(|d| d < 0.0)).map(|x| x.0).collect();
        // No fixed point and no other cycle may lie between an arc and the cycle.
        let fits = |line: &[[f64; 2]]| {
            (0..self.places.len()).all(|i| encloses(line, self.places[i]) == cycle.around.contains(&i))
                && (0..cycles.len()).filter(|&i| i != index).all(|i| {
                    let z = cycles[i].points[0];
                    encloses(line, z) == encloses(&cycle.points, z)
                })
        };
        let arc = |from: f64| self.arc(scan, from).filter(|line| fits(line));
        let side = |mut far: Vec<f64>| {
            // The widest but one, and then ever nearer.
            while far.len() > 1 {
                far.truncate(far.len().div_ceil(2).max(1));
                if let Some(line) = far.last().and_then(|&from| arc(from)) {
                    return Some(line);
                }
            }
            far.last().and_then(|&from| arc(from))
        };
        let (inner, outer) = (side(inward)?, side(outward)?);
        Some(Trap::new(Destination::Cycle(index), outer, Some(inner)))
    }

    /// One turn from a place of the ray.
    fn arc(&self, scan: &Scan, from: f64) -> Option<Vec<[f64; 2]>> {
        let none = |_| Caught::No;
        let turn = scan.section.turn(self.courses[scan.time], from, SAMPLE, WithLine::Kept, none);
        turn.map(|turn| turn.line)
    }

    /// What an arc that spirals toward an attracting center encloses.
    fn disk(&self, scan: &Scan, cycles: &[LimitCycle]) -> Option<Trap> {
        let to = Destination::Point(scan.center);
        if !self.turns[scan.center] || !self.traps[scan.time].iter().any(|t| t.destination == to) {
            return None;
        }
        // Next to the center one turn moves an orbit by less than can be told.
        let inward = scan.samples.iter().take_while(|x| x.1.is_some_and(|d| d < NOTHING));
        let mut inward: Vec<f64> =
            inward.filter(|x| x.1.is_some_and(|d| d < -NOTHING)).map(|x| x.0).collect();
        while let Some(&from) = inward.last() {
            let fits = |line: &[[f64; 2]]| {
                (0..self.places.len()).all(|i| encloses(line, self.places[i]) == (i == scan.center))
                    && cycles.iter().all(|c| !encloses(line, c.points[0]))
            };
            if let Some(line) = self.arc(scan, from).filter(|line| fits(line)) {
                return Some(Trap::new(to, line, None));
            }
            inward.truncate(inward.len() * 3 / 4);
        }
        None
    }

    /// Neighborhoods of those parts of a cycle around which orbits come nearer in one turn, as samples show. Where an
    /// unstable cycle runs beside it, as on the slow branches of relaxation oscillators, there is none.
    fn tube(&self, scan: &Scan, index: usize, cycle: &LimitCycle) -> Option<Trap> {
        const PHASES: usize = 32;
        let stride = cycle.points.len().div_ceil(512).max(1);
        let curve: Vec<[f64; 2]> = cycle.points.iter().copied().step_by(stride).collect();
        let polygon = Polygon::new(cycle.points.clone());
        // Phases evenly along the curve, not in time.
        let lengths = curve.windows(2).map(|w| norm(minus(w[1], w[0])));
        let length: f64 = lengths.clone().sum();
        let mut run = 0.0;
        let parts: Vec<usize> = lengths
            .map(|d| {
                run += d;
                ((run - 0.5 * d) / length * PHASES as f64) as usize
            })
            .collect();
        let comes_nearer = |phase: usize, width: f64| {
            let Some(k) = parts.iter().position(|p| *p == phase) else { return false };
            let tangent = minus(curve[k + 1], curve[k]);
            let scale = width / norm(tangent);
            [1.0, -1.0].iter().all(|side| {
                let start = ahead(curve[k], side * scale, [-tangent[1], tangent[0]]);
                let away = minus(start, scan.section.foot);
                let s = norm(away);
                let section = Section { direction: [away[0] / s, away[1] / s], ..scan.section };
                let none = |_| Caught::No;
                let turn = section.turn(self.courses[scan.time], s, SAMPLE, WithLine::Dropped, none);
                turn.is_some_and(|turn| {
                    polygon.distance(section.place(turn.s)) < 0.98 * polygon.distance(start)
                })
            })
        };
        for width in [8e-3, 2e-3, 5e-4] {
            let good: Vec<bool> = (0..PHASES).map(|phase| comes_nearer(phase, width)).collect();
            // A part counts where both its ends, and so its neighbors, are good.
            let both = |k: usize| good[k % PHASES] && good[(k + 1) % PHASES];
            let sides: Vec<_> = curve.windows(2).zip(&parts).filter(|(_, k)| both(**k)).collect();
            if sides.len() * 8 >= parts.len() {
                let sides = sides.iter().map(|(w, _)| [w[0], w[1]]).collect();
                return Some(Trap::tube(Destination::Cycle(index), sides, width));
            }
        }
        None
    }
}

fn extent(points: &[[f64; 2]]) -> ([f64; 2], [f64; 2]) {
    let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
    // Through each point and its neighbors goes a parabola, and its vertex is the extremum.
    let n = points.len().saturating_sub(1).max(1);
    for k in 0..n {
        let (before, here, after) = (points[(k + n - 1) % n], points[k], points[(k + 1) % n]);
        for i in 0..2 {
            low[i] = low[i].min(here[i]);
            high[i] = high[i].max(here[i]);
            let (l, r) = (here[i] - before[i], after[i] - here[i]);
            if l * r < 0.0 {
                let (x0, x1) = (
                    norm([here[0] - before[0], here[1] - before[1]]),
                    norm([after[0] - here[0], after[1] - here[1]]),
                );
                // With the distance as the parameter.
                let curve = (r / x1 - l / x0) / (x0 + x1);
                let slope = (l / x0 * x1 + r / x1 * x0) / (x0 + x1);
                let vertex = here[i] - slope * slope / (4.0 * curve);
                if vertex.is_finite() {
                    low[i] = low[i].min(vertex);
                    high[i] = high[i].max(vertex);
                }
            }
        }
    }
    (low, high)
}

impl LimitCycle {
    /// The same in the units of the plane.
    pub(super) fn out(mut self, window: &Window<'_>) -> Self {
        self.points = window.curve_out(&self.points);
        self.low = window.out(self.low);
        self.high = window.out(self.high);
        self.period *= window.time.abs();
        self
    }
}
