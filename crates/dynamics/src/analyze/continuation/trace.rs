//! The diagram of equilibria: each branch once, through all crossings.

use super::diagram::{
    Branch, BranchEnd, BranchKind, BranchPoint, Criticality, Diagram, Special, SpecialKind,
};
use super::equilibrium::{Found, Limits, Point, WalkEnd, equilibria, passes, walk};
use super::problem::{Problem, along, distance, dot, largest};
use super::settings::ContinuationSettings;
use crate::field::VectorField;
use crate::simulate::Progress;
use linalg::{Matrix, eigenvalues};
use std::collections::VecDeque;
use std::f64::consts::TAU;

/// A branch in coordinates of size 1.
struct Traced {
    points: Vec<Point>,
    ends: [TracedEnd; 2],
    /// The special point `1` between point `0` and the next.
    specials: Vec<(usize, usize)>,
}

#[derive(Clone, Copy)]
enum TracedEnd {
    Walk(WalkEnd),
    Special(usize),
}

enum Task {
    /// The branch through this equilibrium, both ways.
    Through(Vec<f64>),
    /// The branch that leaves special point `0` along this tangent.
    From(usize, Vec<f64>),
}

struct Atlas<'a, 'f> {
    problem: &'a mut Problem<'f>,
    limits: Limits,
    branches: Vec<Traced>,
    /// Each with the branch that it was first seen on.
    specials: Vec<(Found, usize)>,
    tasks: VecDeque<Task>,
    notes: Vec<String>,
}

/// All branches of equilibria over the interval.
pub(super) fn equilibria_diagram(
    field: &dyn VectorField,
    p: &[f64],
    settings: &ContinuationSettings,
    progress: Progress<'_>,
) -> Diagram {
    let at = |value: f64, stream: u64| {
        let mut q = p.to_vec();
        q[settings.parameter] = value;
        equilibria(field, &q, settings, stream)
    };
    let ends = [(0.0, at(settings.from, 0)), (1.0, at(settings.to, 1))];
    let size = sizes(field.dimension(), ends.iter().flat_map(|e| &e.1), settings);
    let span = settings.to - settings.from;
    let mut problem = Problem::new(field, p, &[(settings.parameter, settings.from, span)], &size);
    let scaled = |bound: &[f64]| bound.iter().zip(&size).map(|(b, s)| b / s).collect::<Vec<f64>>();
    let limits = Limits {
        margin: settings.margin,
        low: scaled(&settings.low),
        high: scaled(&settings.high),
        points: settings.points,
        largest_step: settings.largest_step,
        smallest_step: settings.smallest_step,
        tolerance: settings.tolerance,
    };
    let mut tasks = VecDeque::new();
    for (value, found) in &ends {
        for x in found {
            let z = x.iter().zip(&size).map(|(x, s)| x / s).chain([*value]).collect();
            tasks.push_back(Task::Through(z));
        }
    }
    let mut atlas = Atlas {
        problem: &mut problem,
        limits,
        branches: Vec::new(),
        specials: Vec::new(),
        tasks,
        notes: Vec::new(),
    };
    if atlas.tasks.is_empty() {
        let (from, to) = (settings.from, settings.to);
        atlas.notes.push(format!(
            "no equilibrium was found at {from} or at {to}; give a start near one, or more starts"
        ));
    }
    let mut done = 0;
    while let Some(task) = atlas.tasks.pop_front() {
        if progress(done as f64 / (done + 1 + atlas.tasks.len()) as f64).is_break() {
            atlas.notes.push("stopped before all branches were followed".into());
            break;
        }
        match task {
            Task::Through(z) => atlas.through(&z),
            Task::From(special, tangent) => atlas.leave(special, &tangent),
        }
        done += 1;
    }
    atlas.draw(span)
}

/// The size of each variable among the equilibria found. A value 1e-9 times as small as the box (or as 1) is a rounded 0.
fn sizes<'x>(
    n: usize,
    found: impl Iterator<Item = &'x Vec<f64>>,
    settings: &ContinuationSettings,
) -> Vec<f64> {
    let mut size = vec![0.0_f64; n];
    for x in found {
        size.iter_mut().zip(x).for_each(|(s, x)| *s = s.max(x.abs()));
    }
    (0..n)
        .map(|i| {
            let width = settings.low.get(i).zip(settings.high.get(i)).map(|(low, high)| high - low);
            let (reference, default) = width.filter(|w| w.is_finite()).map_or((1.0, 1.0), |w| (w, 0.1 * w));
            if size[i] > 1e-9 * reference { size[i] } else { default }
        })
        .collect()
}

impl Atlas<'_, '_> {
    fn is_known(&mut self, point: &Point) -> bool {
        let tolerance = self.limits.tolerance;
        for branch in &self.branches {
            for pair in branch.points.windows(2) {
                if passes(self.problem, &pair[0], &pair[1], point, tolerance) {
                    return true;
                }
            }
        }
        false
    }

    fn through(&mut self, z: &[f64]) {
        let n = self.problem.n;
        let mut normal = vec![0.0; n + 1];
        normal[n] = 1.0;
        let start = match Point::near(self.problem, z, &normal, self.limits.tolerance) {
            Ok(start) => start,
            Err(lost) => {
                let (x, p) = (self.problem.state(z), self.problem.parameter(0, z));
                self.notes.push(format!(
                    "the equilibrium {x:?} at {p} is not followed: it has no tangent there (residual {:e})",
                    lost.residual
                ));
                return;
            }
        };
        if self.is_known(&start) {
            return;
        }
        let back = walk(self.problem, start.reversed(), &self.limits);
        let closed = back.end == WalkEnd::Closed;
        let mut points: Vec<Point> = back.points.iter().rev().map(Point::reversed).collect();
        let pieces = points.len() - 1;
        let branch = self.branches.len();
        let mut specials = Vec::new();
        for (piece, found) in back.found.into_iter().rev() {
            let index = self.keep(found, branch, &back.points[piece].tangent);
            specials.push((pieces - 1 - piece, index));
        }
        self.tell(&back.unresolved);
        let mut ends = [TracedEnd::Walk(back.end); 2];
        if !closed {
            let ahead = walk(self.problem, start, &self.limits);
            for (piece, found) in ahead.found {
                let index = self.keep(found, branch, &ahead.points[piece].tangent);
                specials.push((pieces + piece, index));
            }
            self.tell(&ahead.unresolved);
            points.extend(ahead.points.into_iter().skip(1));
            ends[1] = TracedEnd::Walk(ahead.end);
        }
        self.branches.push(Traced { points, ends, specials });
    }

    fn leave(&mut self, special: usize, tangent: &[f64]) {
        let z = self.specials[special].0.z.clone();
        let Some(first) = self.first_step(&z, tangent) else {
            let p = self.problem.parameter(0, &z);
            self.notes.push(format!("the branch that crosses at {p} could not be entered"));
            return;
        };
        if self.is_known(&first) {
            return;
        }
        let start = Point { z, tangent: tangent.to_vec(), ..first.clone() };
        let ahead = walk(self.problem, first, &self.limits);
        let branch = self.branches.len();
        let mut specials = Vec::new();
        for (piece, found) in ahead.found {
            let index = self.keep(found, branch, &ahead.points[piece].tangent);
            specials.push((piece + 1, index));
        }
        self.tell(&ahead.unresolved);
        let points = [start].into_iter().chain(ahead.points).collect();
        let ends = [TracedEnd::Special(special), TracedEnd::Walk(ahead.end)];
        self.branches.push(Traced { points, ends, specials });
    }

    /// The first point of a new branch.
    fn first_step(&mut self, z: &[f64], tangent: &[f64]) -> Option<Point> {
        let mut h = 0.2 * self.limits.largest_step;
        while h > self.limits.smallest_step {
            let guess = along(z, h, tangent);
            if let Ok(point) = Point::near(self.problem, &guess, tangent, self.limits.tolerance)
                && point.first <= 0.3 * h
                && dot(&point.tangent, tangent) > 0.95
            {
                return Some(point);
            }
            h *= 0.5;
        }
        None
    }

    /// Its index among the special points; a new branch point makes new tasks.
    fn keep(&mut self, found: Found, branch: usize, direction: &[f64]) -> usize {
        let near = |known: &Found| {
            known.kind == found.kind && distance(&known.z, &found.z) <= 1e-6 * largest(&found.z).max(1.0)
        };
        if let Some(index) = self.specials.iter().position(|(known, _)| near(known)) {
            return index;
        }
        let index = self.specials.len();
        if found.kind == SpecialKind::BranchPoint {
            match &found.tangents {
                Some(pair) => {
                    // The one that is not the curve walked along.
                    let aligned = |t: &Vec<f64>| dot(t, direction).abs();
                    let other = if aligned(&pair[0]) < aligned(&pair[1]) { &pair[0] } else { &pair[1] };
                    let back = other.iter().map(|t| -t).collect();
                    self.tasks.push_back(Task::From(index, other.clone()));
                    self.tasks.push_back(Task::From(index, back));
                }
                None => {
                    let p = self.problem.parameter(0, &found.z);
                    self.notes.push(format!(
                        "at the branch point {p} the curves touch instead of crossing: what leaves it is not followed"
                    ));
                }
            }
        }
        self.specials.push((found, branch));
        index
    }

    fn tell(&mut self, unresolved: &[Vec<f64>]) {
        for z in unresolved {
            let (x, p) = (self.problem.state(z), self.problem.parameter(0, z));
            self.notes.push(format!(
                "near {p} the number of unstable eigenvalues changes at {x:?} in a way that is no simple fold, Hopf or branch point"
            ));
        }
    }

    /// The diagram in the units of the field.
    fn draw(self, span: f64) -> Diagram {
        let Self { problem, branches, specials, notes, .. } = self;
        let is_inside = |found: &Found| {
            let s = found.z[problem.n];
            let slack = found.error + 1e-12;
            (-slack..=1.0 + slack).contains(&s)
        };
        // In the order of branches, and along each.
        let mut place: Vec<Option<(bool, usize)>> = vec![None; specials.len()];
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        for branch in &branches {
            for &(_, index) in &branch.specials {
                if place[index].is_none() {
                    let (found, on) = &specials[index];
                    let list = if is_inside(found) { &mut inside } else { &mut outside };
                    place[index] = Some((is_inside(found), list.len()));
                    list.push(special(problem, found, *on, span));
                }
            }
        }
        let branches = branches.iter().map(|b| drawn(problem, b, &specials, &place)).collect();
        Diagram { branches, specials: inside, outside, notes }
    }
}

fn special(problem: &Problem, found: &Found, branch: usize, span: f64) -> Special {
    let criticality = found
        .lyapunov
        .filter(|l| l.value.abs() > l.error)
        .map(|l| if l.value < 0.0 { Criticality::Supercritical } else { Criticality::Subcritical });
    Special {
        kind: found.kind,
        branch,
        p: problem.parameter(0, &found.z),
        error: found.error * span.abs(),
        x: problem.state(&found.z),
        period: found.omega.map(|omega| TAU / omega),
        criticality,
        coefficient: found.lyapunov.map(|l| l.value).or(found.coefficient),
    }
}

fn drawn(
    problem: &mut Problem,
    branch: &Traced,
    specials: &[(Found, usize)],
    place: &[Option<(bool, usize)>],
) -> Branch {
    let mut points = Vec::new();
    let mut next = branch.specials.iter().peekable();
    let is_special = |end: TracedEnd| matches!(end, TracedEnd::Special(_));
    for (k, point) in branch.points.iter().enumerate() {
        let mut drawn = BranchPoint {
            p: problem.parameter(0, &point.z),
            x: problem.state(&point.z),
            period: None,
            low: Vec::new(),
            high: Vec::new(),
            spectrum: point.spectrum.clone(),
            unstable: point.unstable,
            is_stable: point.is_stable(),
        };
        if k == 0 && is_special(branch.ends[0]) {
            drawn = at_special(problem, &point.z, point.unstable);
        }
        points.push(drawn);
        while let Some(&&(piece, index)) = next.peek().filter(|(piece, _)| *piece == k) {
            let after = branch.points.get(piece + 1).map_or(point.unstable, |p| p.unstable);
            points.push(at_special(problem, &specials[index].0.z, point.unstable.min(after)));
            next.next();
        }
    }
    let end = |end: TracedEnd, point: &Point| match end {
        TracedEnd::Special(index) => match place[index] {
            Some((true, at)) => BranchEnd::Special(at),
            Some((false, at)) => BranchEnd::Outside(at),
            None => BranchEnd::Points,
        },
        TracedEnd::Walk(WalkEnd::Interval) => BranchEnd::Interval,
        TracedEnd::Walk(WalkEnd::Box { variable }) => {
            BranchEnd::Box { variable, value: point.z[variable] * problem.size[variable] }
        }
        TracedEnd::Walk(WalkEnd::Closed) => BranchEnd::Closed,
        TracedEnd::Walk(WalkEnd::Points) => BranchEnd::Points,
        TracedEnd::Walk(WalkEnd::Failed { residual }) => BranchEnd::Failed { residual },
    };
    let ends = [
        end(branch.ends[0], &branch.points[0]),
        end(branch.ends[1], &branch.points[branch.points.len() - 1]),
    ];
    Branch { kind: BranchKind::Equilibrium, points, ends }
}

/// A special point as a point of its branch: on the border of stability.
fn at_special(problem: &mut Problem, z: &[f64], unstable: usize) -> BranchPoint {
    let n = problem.n;
    let spectrum = problem
        .derivative(z)
        .ok()
        .and_then(|g| eigenvalues(&Matrix::from_fn(n, n, |i, k| g[(i, k)])).ok())
        .unwrap_or_default();
    BranchPoint {
        p: problem.parameter(0, z),
        x: problem.state(z),
        period: None,
        low: Vec::new(),
        high: Vec::new(),
        spectrum,
        unstable,
        is_stable: (unstable > 0).then_some(false),
    }
}
