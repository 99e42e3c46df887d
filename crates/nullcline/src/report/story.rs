//! The story of a study: what it is, what it did, why, and what to keep in mind.
//!
//! Sentences carry the numbers at hand; tables follow them. The same story is set by the terminal
//! ([`plain_text`](super::plain_text)) and by the page for the browser.

use super::caveats::caveats;
use super::findings::{largest_rise, last_state, participation};
use super::phrase::{Clock, count, long, quantity, reason, sentence, short};
use super::readable::{is_mixed, readable};
use super::{Paragraph, continuation, happened, nonlinear, numbers, phase_plane, synapses, trials, why};
use crate::study::{CableShape, Simulation, Study};
use dynamics::simulate::Verdict;

/// A table of states shows no more than this many variables.
const STATES: usize = 12;
/// The story tells no more than this many fixed points in full.
const POINTS: usize = 6;

/// The story of a study.
pub fn story(study: &Study) -> Vec<Paragraph> {
    let study = &*readable(study);
    let mut out = what_it_is(study);
    if let Some(simulation) = &study.simulation {
        out.extend(what_it_did(study, simulation));
    }
    out.extend(why_it_did(study));
    out.extend(numbers::paragraphs(study));
    out.extend(synapses::paragraphs(study));
    out.extend(continuation::paragraphs(study));
    if !study.expect.is_empty() {
        out.extend(expectations(study));
    }
    if !study.notes.is_empty() {
        out.push(Paragraph::Heading("Notes".into()));
        out.push(Paragraph::List(study.notes.iter().map(|n| sentence(n)).collect()));
    }
    out
}

fn what_it_is(study: &Study) -> Vec<Paragraph> {
    let mut out = vec![Paragraph::Heading(format!("What it is: {}", study.name))];
    if let Some(description) = &study.description {
        out.push(Paragraph::Text(sentence(description)));
    }
    out.push(Paragraph::Formula(study.equation.text.clone()));
    if !study.equation.parts.is_empty() {
        let rows = study.equation.parts.iter().map(|(s, m, v)| [s.clone(), m.clone(), v.clone()]).collect();
        out.push(Paragraph::table(["symbol", "what it means", "value here"], rows));
    }
    let kind = if study.equation.linear { "linear" } else { "nonlinear" };
    let time = if study.equation.map { "in discrete steps" } else { "in continuous time" };
    let variables = count(study.names.len(), "variable");
    let mut text = match &study.cable {
        // Whether its membrane is linear was not asked.
        Some(cable) => on_cable(cable, &variables),
        None => format!("A {kind} system of {variables} {time}."),
    };
    if let Some(m) = &study.connectivity {
        text += &format!(
            " M holds the weights: row i is the target (post), column j the source (pre), {} by {}.",
            m.rows(),
            m.cols()
        );
    } else if study.equation.linear {
        text += " Rows of A are targets, columns sources.";
    }
    if let Some(symmetry) = &study.symmetry {
        if symmetry.asymmetry == 0.0 {
            text += " M is symmetric.";
        } else {
            text += &format!(" M is not symmetric (asymmetry {}, 0 if it were).", short(symmetry.asymmetry));
        }
        if let Some(r) = symmetry.reciprocity.filter(|_| symmetry.asymmetry > 0.0) {
            text += &format!(" A weight and the one that answers it correlate with {}.", short(r));
        }
    }
    out.push(Paragraph::Text(text));
    out
}

fn what_it_did(study: &Study, simulation: &Simulation) -> Vec<Paragraph> {
    let clock = Clock::of(study);
    let run = &simulation.trajectory;
    let mut out = vec![Paragraph::Heading("What it did".into())];
    let mut text = format!(
        "It was followed from {} to {} by the method {}. {}",
        clock.at(simulation.span.0),
        clock.at(simulation.span.1),
        run.method,
        sentence(&run.reason)
    );
    text += &format!(" This took {}", count(run.steps, "step"));
    if run.rejected > 0 {
        text += &format!(", and {} were rejected", run.rejected);
    }
    text += ".";
    match &run.verdict {
        Verdict::Completed => {}
        Verdict::Diverged { time, variable, value, cause } => {
            let name = study.names.get(*variable).map_or("a variable", String::as_str);
            let unit = study.units.get(*variable).filter(|unit| !unit.symbol.is_empty());
            text += &format!(
                " It diverged at {}: {name} reached {}{}. {}",
                clock.at(*time),
                short(*value),
                unit.map_or(String::new(), |unit| format!(" {}", unit.symbol)),
                sentence(cause)
            );
        }
        Verdict::Stopped { time } => text += &format!(" It was stopped at {}.", clock.at(*time)),
        Verdict::Ended { time, guard } => {
            text += &format!(" At {} {} ended it.", clock.at(*time), study.event(*guard));
        }
        Verdict::Chattering { time, guard, events } => {
            text += &format!(
                " At {} {} happened {events} times while no time passed; the run ends there.",
                clock.at(*time),
                study.event(*guard)
            );
        }
        Verdict::JumpStays { time, guard } => {
            text += &format!(
                " At {} {} left its own condition true; the run ends there.",
                clock.at(*time),
                study.event(*guard)
            );
        }
        Verdict::StepTooSmall { time, step, variable, cause } => {
            let name =
                variable.and_then(|k| study.names.get(k)).map_or(String::new(), |name| format!("{name} "));
            text += &format!(
                " At {} {name}asked for steps of {}, too small for double precision; the run ends there. Likely cause: {cause}.",
                clock.at(*time),
                clock.span(*step)
            );
        }
        Verdict::Slides { time, variable } => {
            let name = study.names.get(*variable).map_or("a variable", String::as_str);
            text += &format!(
                " At {} it began to slide along a discontinuity: the rate of {name} jumps there, and points to the jump from both \
                 sides. The run ends there.",
                clock.at(*time)
            );
        }
    }
    text += &match run.error.value {
        Some(error) => {
            let of = if is_mixed(study) {
                " (2-norm over all variables in SI units)".into()
            } else {
                study
                    .units
                    .first()
                    .map_or(String::new(), |unit| format!(" {}", unit.symbol))
                    .trim_end()
                    .to_string()
            };
            format!(" The final state is wrong by about {}{of}: {}", short(error), reason(&run.error.reason))
        }
        None => format!(" Its global error is not estimated: {}", reason(&run.error.reason)),
    };
    if let Some(seconds) = study.seconds {
        text += &format!(
            " Building took {}, running and analysis {}.",
            Clock::Seconds.span(seconds.build),
            Clock::Seconds.span(seconds.run)
        );
    }
    out.push(Paragraph::Text(text));
    out.extend(happened::paragraphs(study));
    if let Some(text) = happened::oscillation(study) {
        out.push(Paragraph::Text(text + &happened::swing(study).unwrap_or_default()));
    }
    if let Some(last) = last_state(simulation) {
        out.push(states(study, simulation, last));
    }
    out.extend(trials::paragraphs(study));
    out.extend(activity(study));
    out
}

/// Where each variable began, ended and went between; a summary for groups of many.
fn states(study: &Study, simulation: &Simulation, last: &[f64]) -> Paragraph {
    let x = &simulation.trajectory.x;
    if last.len() <= STATES {
        let rows = (0..last.len())
            .map(|i| {
                let row = x.row(i);
                let name = quantity(study, i);
                let start = simulation.x0.get(i).map_or(String::new(), |v| long(*v));
                [name, start, long(last[i]), long(low(&row)), long(high(&row))]
            })
            .collect();
        return Paragraph::table(["state", "start", "end", "lowest", "highest"], rows);
    }
    let rows = study
        .groups
        .iter()
        .filter_map(|g| {
            let end = last.get(g.start..g.start + g.len)?;
            let mean = end.iter().sum::<f64>() / end.len() as f64;
            let name = nonlinear::group_label(study, g.start, &g.name);
            Some([name, g.len.to_string(), long(mean), long(low(end)), long(high(end))])
        })
        .take(STATES)
        .collect();
    Paragraph::table(["states", "number", "mean at the end", "lowest", "highest"], rows)
}

fn low(x: &[f64]) -> f64 {
    x.iter().copied().fold(f64::INFINITY, f64::min)
}

fn high(x: &[f64]) -> f64 {
    x.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

/// Principal components, energy and fluctuations of what was simulated.
fn activity(study: &Study) -> Vec<Paragraph> {
    let mut out = Vec::new();
    if let Some(c) = study.components.as_ref().filter(|c| !c.variance.is_empty() && !is_mixed(study)) {
        let mut sum = 0.0;
        let enough = c
            .variance
            .iter()
            .take_while(|v| {
                let before = sum;
                sum += **v;
                before < 0.95
            })
            .count();
        let nearest = c.nearest.zip(study.linear.first()).map_or(String::new(), |(near, at)| {
            let z = at.analysis.eigenvalues[near.mode];
            let turn = if z.im == 0.0 { String::new() } else { format!(" +- {} i", short(z.im.abs())) };
            format!(
                " The first lies nearest to the mode of the eigenvalue {}{turn} (cosine of the angle between them: {}).",
                short(z.re),
                short(near.cosine)
            )
        });
        out.push(Paragraph::Text(format!(
            "The first principal component of this activity holds {} % of its variance; it takes {enough} to hold 95 % \
             (participation ratio {}). A principal component is a direction of the recorded activity, orthogonal to the \
             others; a mode is a direction of the dynamics, and need not be.{nearest}",
            short(100.0 * c.variance[0]),
            short(participation(c))
        )));
    }
    if let Some(energy) = study.symmetry.as_ref().and_then(|s| s.energy.as_ref()).filter(|e| e.len() > 1) {
        let rise = largest_rise(energy);
        let rises = study.symmetry.as_ref().and_then(|s| s.energy_rises);
        let verdict = if rises == Some(true) { "but rose" } else { "and never rose by more than rounding" };
        out.push(Paragraph::Text(format!(
            "M is symmetric and the transfer function rises, so the network has an energy. Along the run it went from {} to \
             {} {verdict} (largest rise between two recorded times: {}).",
            short(energy[0]),
            short(energy[energy.len() - 1]),
            short(rise)
        )));
    }
    if let Some(f) = &study.fluctuations {
        let unit = study.units.first().filter(|unit| !unit.symbol.is_empty());
        let unit = unit.map_or(String::new(), |unit| format!(" ({})^2", unit.symbol));
        out.push(Paragraph::Text(format!(
            "Noise drives it. The stationary variance of {} is {}{unit} by theory (Lyapunov equation) and {}{unit} in this \
             run, which is a finite sample.",
            f.variable,
            short(f.theory[(0, 0)]),
            short(f.simulated[(0, 0)])
        )));
    }
    out
}

fn why_it_did(study: &Study) -> Vec<Paragraph> {
    let nonlinear = !study.equation.linear;
    if study.linear.is_empty() && !(nonlinear && study.oscillation.is_some()) {
        return Vec::new();
    }
    let mut out = vec![Paragraph::Heading("Why".into())];
    if nonlinear {
        out.extend(nonlinear::paragraphs(study));
    }
    out.extend(phase_plane::paragraphs(study));
    let mut told: Vec<String> = Vec::new();
    for (k, at) in study.linear.iter().take(POINTS).enumerate() {
        out.extend(why::paragraphs(study, at, k));
        let new: Vec<String> = caveats(study, at).into_iter().filter(|c| !told.contains(c)).collect();
        told.extend(new);
    }
    if study.linear.len() > POINTS {
        out.push(Paragraph::Text(format!(
            "The other {} are in the findings.",
            count(study.linear.len() - POINTS, "fixed point")
        )));
    }
    if is_mixed(study) && !study.linear.is_empty() {
        told.push(
            "Its variables have different units, so no length of a state is told here, and nothing that rests on one: \
             distances to instability, condition numbers, departures from normality and principal components would change \
             with the units. Eigenvalues do not. The findings hold all of them, in SI units."
                .into(),
        );
    }
    if !told.is_empty() {
        out.push(Paragraph::Heading("To keep in mind".into()));
        out.push(Paragraph::List(told));
    }
    out
}

fn expectations(study: &Study) -> Vec<Paragraph> {
    let passed = study.expect.iter().filter(|o| o.pass).count();
    let rows = study
        .expect
        .iter()
        .map(|o| {
            let verdict = if o.pass { "holds" } else { "FAILS" };
            [o.path.clone(), spaced(&o.words), spaced(&o.measured), verdict.into()]
        })
        .collect();
    vec![
        Paragraph::Heading("Expectations".into()),
        Paragraph::Text(format!("{passed} of {} hold.", study.expect.len())),
        Paragraph::table(["of", "expected", "measured", ""], rows),
    ]
}

/// JSON with room to break a line.
fn spaced(json: &str) -> String {
    json.replace(", ", ",").replace(',', ", ")
}

/// What a cable is, and how fast what happens travels along it.
fn on_cable(cable: &CableShape, variables: &str) -> String {
    let mut text = format!(
        "A cable of {} in {}, {} mm long: {variables} in continuous time, coupled along its branches.",
        count(cable.compartments, "compartment"),
        count(cable.sections, "section"),
        short(1e3 * cable.length)
    );
    for t in &cable.travels {
        let [from, to] = &t.between;
        text += &format!(
            " The first {} goes from {from} to {to}, {} mm, at {} m/s.",
            t.event,
            short(1e3 * t.distance),
            short(t.velocity)
        );
    }
    text
}
