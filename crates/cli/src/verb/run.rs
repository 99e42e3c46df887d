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
            "event {guard} happened {events} times at t = {time}{unit} while no time passed.\nRemedy: let what the event sets \
             off take time (a delay, a refractory period), or let the condition that ends a state lie apart from the one \
             that begins it."
        ))),
        Verdict::JumpStays { time, guard } => Err(Failure::Numerical(format!(
            "event {guard} at t = {time}{unit} left its own condition true, so it would happen again at once, for ever.\n\
             Remedy: a reset that makes the condition false, or a refractory period."
        ))),
        Verdict::Diverged { time, variable, value, cause } => {
            let (size, symbol) = match study.units.get(*variable) {
                Some(read) if !read.symbol.is_empty() => (read.size, format!(" {}", read.symbol)),
                _ => (1.0, String::new()),
            };
            Err(Failure::Numerical(format!(
                "diverged: `{}` reached {:e}{symbol} at t = {time}{unit}.\nLikely cause: {cause}",
                name(*variable),
                value / size
            )))
        }
        Verdict::StepTooSmall { time, step } => Err(Failure::Numerical(format!(
            "the step shrank to {step:e}{unit} at t = {time}{unit}, too small for double precision.\nRemedy: a larger rtol or \
             atol, or look for a singularity there."
        ))),
        Verdict::Stopped { time } if !interrupt::is_pressed() => Err(Failure::Limit(format!(
            "the run was stopped at t = {time}{unit}, at the limit of {} steps; what was computed until then is whole.\n\
             Remedy: a larger `dt` or `rtol`, or a shorter run.",
            simulation.trajectory.steps
        ))),
        Verdict::Stopped { time } => Err(Failure::Stopped(format!(
            "stopped by Ctrl-C at t = {time}{unit}; what was computed until then is whole."
        ))),
    }
}
