//! `run MODEL`: the main job.

use super::{source, write};
use crate::args::{Options, Run};
use crate::failure::Failure;
use crate::folder::OutFolder;
use crate::interrupt;
use crate::progress::Bar;
use crate::tell;
use dynamics::simulate::Verdict;
use nullcline::report::{findings, plain_text, story};
use nullcline::study::{Seconds, Study};
use nullcline::walk;
use std::path::Path;
use std::time::Instant;

/// Simulates, analyzes, writes the report and tells the story.
///
/// # Errors
/// Bad input; a run that diverged (after everything was written); Ctrl-C (likewise).
pub fn run(arguments: &Run, options: &Options) -> Result<(), Failure> {
    let began = Instant::now();
    let (model, built) = source::open(&arguments.model, options)?;
    if model.run.is_none() {
        return Err(Failure::input(
            "the model has no [run] block, so there is nothing to simulate",
            "add `[run]` with `t = [0, 10]`, or use `nullcline analyze`",
        ));
    }
    source::refuse_long_recording(&model, &built, options)?;
    let default = Path::new("out").join(source::stem(&arguments.model));
    let folder = OutFolder::open(options.out.as_deref().unwrap_or(&default))?;
    let ready = Instant::now();
    let bar = Bar::new(options.json);
    let depth = walk::Options { simulate: true, full: arguments.full };
    let study = walk::examine(&model, &built, depth, &|fraction| bar.advance(fraction));
    bar.finish();
    let mut study = source::examined(&model, study)?;
    study.seconds =
        Some(Seconds { build: (ready - began).as_secs_f64(), run: ready.elapsed().as_secs_f64() });
    write::write(&study, &folder, arguments.png)?;
    if options.json {
        tell::say_json(&findings(&study));
    } else {
        tell::say(&plain_text(&story(&study), tell::width()));
        tell::say(&format!(
            "Written to {}: report.html, findings.json, trajectory.npz, figures/",
            folder.path().display()
        ));
    }
    outcome(&study)
}

/// What the end of the run means for the exit code.
///
/// # Errors
/// When it diverged, stalled or was stopped.
pub fn outcome(study: &Study) -> Result<(), Failure> {
    let Some(simulation) = &study.simulation else { return Ok(()) };
    let name = |variable: usize| study.names.get(variable).map_or("a hidden variable", String::as_str);
    let unit = if study.time_unit.is_empty() { String::new() } else { format!(" {}", study.time_unit) };
    match &simulation.trajectory.verdict {
        Verdict::Completed | Verdict::Ended { .. } => Ok(()),
        Verdict::Chattering { time, guard, events } => Err(Failure::Numerical(format!(
            "{} happened {events} times at t = {}{unit} while no time passed.\nRemedy: let what the event sets \
             off take time (a delay, a refractory period), or let the condition that ends a state lie apart from the one \
             that begins it.",
            study.event(*guard),
            plain(*time)
        ))),
        Verdict::JumpStays { time, guard } => Err(Failure::Numerical(format!(
            "{} at t = {}{unit} left its own condition true, so it would happen again at once, for ever.\n\
             Remedy: a reset that makes the condition false, or a refractory period.",
            study.event(*guard),
            plain(*time)
        ))),
        Verdict::Diverged { time, variable, value, cause } => {
            let (size, symbol) = match study.units.get(*variable) {
                Some(read) if !read.symbol.is_empty() => (read.size, format!(" {}", read.symbol)),
                _ => (1.0, String::new()),
            };
            Err(Failure::Numerical(format!(
                "diverged: `{}` reached {:e}{symbol} at t = {}{unit}.\nLikely cause: {cause}",
                name(*variable),
                value / size,
                plain(*time)
            )))
        }
        Verdict::StepTooSmall { time, step, variable, cause } => {
            let whose = variable.map_or(String::new(), |k| format!(" for `{}`", name(k)));
            Err(Failure::Numerical(format!(
                "the step{whose} shrank to {step:e}{unit} at t = {}{unit}, too small for double precision.\n\
                 Likely cause: {cause}.\nRemedy: a larger rtol or atol, or equations without a singularity there.",
                plain(*time)
            )))
        }
        Verdict::Slides { time, variable } => Err(Failure::Numerical(format!(
            "`{0}` chatters at t = {1}{unit}.\nLikely cause: the state slides along a discontinuity: d{0}/dt jumps there (a sign, \
             a step, a comparison) and points to the jump from both sides, so that no step is short enough.\n\
             Remedy: a steep smooth function in place of the jump, such as tanh(v/width) for sign(v), or a rule with hysteresis.",
            name(*variable),
            plain(*time)
        ))),
        Verdict::Stopped { time } if !interrupt::is_pressed() => Err(Failure::Limit(format!(
            "the run was stopped at t = {}{unit}, at the limit of {} steps; what was computed until then is whole.\n\
             Remedy: a larger `dt` or `rtol`, or a shorter run.",
            plain(*time),
            simulation.trajectory.steps
        ))),
        Verdict::Stopped { time } => Err(Failure::Stopped(format!(
            "stopped by Ctrl-C at t = {}{unit}; what was computed until then is whole.",
            plain(*time)
        ))),
    }
}

/// A number as short as its size lets it be: `0.25`, `1e-300`.
fn plain(x: f64) -> String {
    if x == 0.0 || (1e-4..1e6).contains(&x.abs()) { x.to_string() } else { format!("{x:e}") }
}
