//! A tree system followed from one initial state.
//!
//! | method | v and the local states | order |
//! |---|---|---|
//! | `crank_nicolson` (`auto`) | midpoint rule; half steps of the local states before and after | 2, in both, at every recorded time |
//! | `backward_euler` | backward Euler; then a whole step of the local states with the new v | 1 |
//!
//! Both treat the coupling implicitly and the reaction by its tangent, so a step is one linear system on the tree: O(n), whatever
//! the couplings are. Neither is bound by their stiffness. A reaction that grows by itself (G < 0) bounds the step, h |G|/c < 1
//! (h/2 for order 2): a run in which it blows up ends as diverged, and does not leap over the pole.
//!
//! Reference: M. Hines (1984), Efficient computation of branched nerve equations; R. Rannacher (1984), Finite element solution
//! of diffusion problems with irregular data.
//!
//! ```
//! use dynamics::field::{EvalError, Reaction, TreeSystem, Workspace};
//! use dynamics::linalg::Tree;
//! use dynamics::simulate::{Settings, simulate_tree, unwatched};
//! /// Nothing happens at the nodes.
//! struct Inert;
//! impl Reaction for Inert {
//!     fn states(&self) -> usize {
//!         0
//!     }
//!     fn linear(
//!         &self, _: f64, _: &[f64], _: &[f64], g: &mut [f64], j: &mut [f64], _: &mut Workspace,
//!     ) -> Result<(), EvalError> {
//!         g.fill(0.0);
//!         j.fill(0.0);
//!         Ok(())
//!     }
//!     fn advance(&self, _: f64, _: f64, _: &[f64], _: &mut [f64], _: &mut Workspace) -> Result<(), EvalError> {
//!         Ok(())
//!     }
//! }
//! // Two vessels with a pipe between them: their difference decays at the rate g (1/c1 + 1/c2) = 1.5.
//! let tree = Tree::new(&[None, Some(0)]).unwrap();
//! let vessels = TreeSystem { tree, capacity: vec![1.0, 2.0], coupling: vec![0.0, 1.0], drives: vec![] };
//! let settings = Settings { dt: Some(1e-3), ..Settings::default() };
//! let run = simulate_tree(&vessels, &Inert, &[3.0, 0.0], &[0.0, 1.0], &[0, 1], &settings, &unwatched).unwrap();
//! let difference = 3.0 * (-1.5f64).exp();
//! assert!((run.x[(0, 1)] - run.x[(1, 1)] - difference).abs() < 1e-6);
//! assert!((run.x[(0, 1)] + 2.0 * run.x[(1, 1)] - 3.0).abs() < 1e-12); // nothing is lost
//! ```

use super::diffusion::Diffusion;
use super::walk::{Course, follow};
use crate::field::{Reaction, TreeSystem, Workspace};
use crate::simulate::cause::{UNRESOLVED, largest};
use crate::simulate::course::{End, Outcome, Watch};
use crate::simulate::error_estimate::{distance, none, none_after};
use crate::simulate::settings::{FixedStep, check, finite};
use crate::simulate::{
    ErrorEstimate, ErrorEstimation, Method, Progress, Settings, SimulateError, Trajectory, Verdict,
};
use linalg::Matrix;

/// Follows a tree system from `x0`, v first and the local states after it, at `times[0]` through the other times, and keeps
/// the variables `recorded`, each a row of the trajectory.
///
/// # Errors
/// When the question cannot be asked (lengths, times, settings, a system that is none), or the reaction cannot be evaluated.
/// Divergence is no error: it is the verdict of the trajectory.
pub fn simulate_tree(
    system: &TreeSystem,
    reaction: &dyn Reaction,
    x0: &[f64],
    times: &[f64],
    recorded: &[usize],
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<Trajectory, SimulateError> {
    let n = system.tree.len() + reaction.states();
    check(n, x0, times, settings)?;
    if x0.len() != n {
        return Err(SimulateError::WrongLength { what: "the initial state", expected: n, found: x0.len() });
    }
    check_system(system)?;
    if let Some(&i) = recorded.iter().find(|&&i| i >= n) {
        let remedy = "there are not so many variables; the first is 0";
        return Err(SimulateError::Setting { name: "recorded", value: i as f64, remedy });
    }
    let (method, order, mut reason) = choose(settings)?;
    let mut dt = f64::NAN;
    if times.len() > 1 {
        let step = FixedStep::of(settings, times)?;
        reason.push_str(&step.words());
        dt = step.dt;
    }
    let (t0, t1) = (times[0], times[times.len() - 1]);
    let mut stops = reaction.breakpoints(t0, t1);
    stops.extend(system.drives.iter().flat_map(|d| d.signal.breakpoints(t0, t1)));
    stops.retain(|&t| t0 < t && t < t1);
    stops.push(t1);
    stops.sort_by(f64::total_cmp);
    stops.dedup();
    let (bound, max_steps) = (settings.bound, settings.max_steps);
    let course =
        Course { system, reaction, order, dt, parts: 1, times, recorded, stops: &stops, bound, max_steps };
    let again = settings.error == ErrorEstimation::SecondRun;
    let share = if again { 1.0 / 3.0 } else { 1.0 };
    let first = |fraction: f64| progress(fraction * share);
    let kept = recorded.len();
    let mut x = vec![f64::NAN; kept * times.len()];
    let outcome = follow(&course, x0, &mut x, &Watch::new(&first, 1))?;
    x.truncate(kept * outcome.recorded);
    let verdict = verdict(&course, &outcome);
    let mut run = Trajectory {
        t: times[..outcome.recorded].to_vec(),
        x: Matrix::from_columns(kept, outcome.recorded, x),
        method: method.name().to_string(),
        reason,
        steps: outcome.steps,
        rejected: 0,
        evaluations: outcome.evaluations,
        error: none_after(&verdict, settings),
        verdict,
    };
    if matches!(outcome.end, End::Stopped { .. }) && outcome.steps >= max_steps {
        run.reason.push_str(&format!("; it stopped at the limit of {max_steps} steps"));
    }
    if run.verdict == Verdict::Completed && again {
        let second = |fraction: f64| progress(share + fraction * (1.0 - share));
        run.error = second_run(&course, x0, &run, &second)?;
    }
    Ok(run)
}

/// The method, its order, and the sentence that says why.
fn choose(settings: &Settings) -> Result<(Method, usize, String), SimulateError> {
    let asked = |method: Method, order| Ok((method, order, format!("{} was asked for", method.name())));
    match settings.method {
        Method::Auto => {
            let why = "auto chose crank_nicolson: on a tree an implicit step costs no more than an explicit one, and order 2 \
                       no more than order 1";
            Ok((Method::CrankNicolson, 2, why.to_string()))
        }
        Method::CrankNicolson => asked(Method::CrankNicolson, 2),
        Method::BackwardEuler => asked(Method::BackwardEuler, 1),
        other => Err(SimulateError::Unfit {
            method: other.name(),
            reason: "does not know trees; take `auto`, `crank_nicolson` or `backward_euler`",
        }),
    }
}

/// Lengths and signs, and no two neighbors without capacity.
fn check_system(system: &TreeSystem) -> Result<(), SimulateError> {
    let n = system.tree.len();
    for (what, values) in
        [("the list of capacities", &system.capacity), ("the list of couplings", &system.coupling)]
    {
        if values.len() != n {
            return Err(SimulateError::WrongLength { what, expected: n, found: values.len() });
        }
    }
    finite("capacity", &system.capacity)?;
    let setting = |name, value, remedy| Err(SimulateError::Setting { name, value, remedy });
    if let Some(&c) = system.capacity.iter().find(|&&c| c < 0.0) {
        return setting("capacity", c, "a capacity is 0 or positive");
    }
    for i in 0..n {
        let Some(p) = system.tree.parent(i) else {
            if system.capacity[i] == 0.0 && (i + 1..n).all(|k| system.tree.parent(k) != Some(i)) {
                return setting("node", i as f64, "it has neither a capacity nor a neighbor; leave it out");
            }
            continue;
        };
        let g = system.coupling[i];
        if !(g.is_finite() && g >= 0.0) {
            return setting("coupling", g, "a coupling is a finite number, 0 or positive");
        }
        if system.capacity[i] == 0.0 && system.capacity[p] == 0.0 {
            return setting(
                "node",
                i as f64,
                "neither it nor its parent has a capacity; make one node of them",
            );
        }
    }
    match system.drives.iter().find(|d| d.node >= n) {
        Some(drive) => {
            setting("node of a drive", drive.node as f64, "there are not so many nodes; the first is 0")
        }
        None => Ok(()),
    }
}

/// The distance of the recorded variables, at the end, to a run with half the step.
fn second_run(
    course: &Course<'_>,
    x0: &[f64],
    run: &Trajectory,
    progress: Progress<'_>,
) -> Result<ErrorEstimate, SimulateError> {
    let kept = course.recorded.len();
    if kept == 0 {
        return Ok(none("nothing was recorded"));
    }
    let ends = [course.times[0], course.times[course.times.len() - 1]];
    if ends[0] == ends[1] {
        return Ok(ErrorEstimate { value: Some(0.0), reason: "nothing was computed".to_string() });
    }
    let mut x = vec![f64::NAN; 2 * kept];
    let finer = Course { times: &ends, parts: 2, ..*course };
    match follow(&finer, x0, &mut x, &Watch::new(progress, 1))?.end {
        End::Completed => {
            Ok(distance(run, &x[kept..], 1.0 - 0.5f64.powi(course.order as i32), "half the step"))
        }
        End::Stopped { .. } => Ok(none("the second run was stopped")),
        _ => Ok(none("a second run with half the step did not reach the end")),
    }
}

fn verdict(course: &Course<'_>, outcome: &Outcome) -> Verdict {
    match outcome.end {
        End::Completed => Verdict::Completed,
        End::HandedOver => unreachable!("an implicit method is not taken over"),
        End::Stopped { time } => Verdict::Stopped { time },
        End::TooSmall { time, step, .. } => {
            Verdict::StepTooSmall { time, step, variable: None, cause: UNRESOLVED.to_string() }
        }
        End::Slides { time, variable } => Verdict::Slides { time, variable },
        End::Diverged => {
            let (variable, value) = largest(&outcome.last);
            let cause = cause(course, outcome);
            Verdict::Diverged { time: outcome.time, variable, value, cause }
        }
    }
}

/// Why a run diverged: only the reaction can do that, since diffusion is stable at any step.
fn cause(course: &Course<'_>, outcome: &Outcome) -> String {
    let mut diffusion = Diffusion::new(course.system, course.reaction);
    let (v, s) = outcome.last.split_at(course.system.tree.len());
    let known = diffusion.tangent(outcome.time, v, s, &mut Workspace::default()).is_ok();
    let rates = diffusion.rates().iter().zip(&course.system.capacity).map(|(g, c)| -g / c);
    let fastest = rates.enumerate().filter(|(_, r)| r.is_finite()).max_by(|a, b| a.1.total_cmp(&b.1));
    match fastest {
        Some((node, rate)) if known && rate > 0.0 => {
            let explosive = rate * course.dt >= course.order as f64;
            let advice = if explosive {
                format!("; the step {} is too long for it", course.dt)
            } else {
                String::new()
            };
            format!("the reaction of node {node} grows by itself, at a rate of {rate:.3e}{advice}")
        }
        _ => "the state left the range of the reaction".to_string(),
    }
}
