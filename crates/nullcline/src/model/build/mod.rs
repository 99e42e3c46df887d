//! From keys to nouns: units to SI, shapes and signs checked, files read.

mod analyze;
mod cable;
mod connect;
mod context;
mod edges;
mod equations;
mod input;
mod library;
mod linear;
mod matrices;
mod matrix;
mod network;
mod parse;
mod per_unit;
mod population;
mod quantities;
mod rules;
mod run;
mod spikes;
mod start;
mod trained;
mod trials;
mod word;
mod words;

use super::error::Problem;
use super::expect::flatten;
use super::folder::Folder;
use super::schema::File;
use super::source::{Model, Places, Source};
use context::Context;

/// Reads a model; the caller adds the name of the file and the text.
pub(crate) fn model(text: &str, folder: &dyn Folder) -> Result<Model, Problem> {
    let file = parse::parse(text)?;
    if file.format.value != 1 {
        let problem =
            Problem::at(file.format.span.clone(), format!("format {} is not known", file.format.value));
        return Err(problem.help("this version reads `format = 1`"));
    }
    let seed = file.seed.as_ref().map_or(0, |s| s.value);
    let mut context = Context::new(text, folder, seed, &file.parameters)?;
    check_names(&file)?;
    let mut places = Places::default();
    let mut labels = Vec::new();
    let mut system = match (&file.linear, &file.trained, file.populations.0.first()) {
        (None, Some(text), None) => Source::Trained(Box::new(trained::trained(&mut context, text, &file)?)),
        (Some(linear), None, None) => {
            if let Some(connect) = file.connect.first() {
                let problem = Problem::at(connect.span.clone(), "a `[linear]` system has no connections");
                return Err(problem.help("write the matrix as `A`, or use `[populations]`"));
            }
            Source::Linear(linear::linear(&mut context, linear, &file.inputs)?)
        }
        (None, None, Some((name, _)))
            if file.populations.0.iter().any(|(_, p)| equations::has_equations(p)) =>
        {
            if let Some((other, _)) = file.populations.0.iter().find(|(_, p)| !equations::has_equations(p)) {
                let message =
                    format!("`{}` is a population of rate units beside one with equations", other.value);
                let problem = Problem::at(other.span.clone(), message).also(name.span.clone(), "here");
                return Err(
                    problem.help("write its equation too, such as eq = \"tau*dr/dt = -r + relu(M@v)\"")
                );
            }
            Source::Equations(Box::new(equations::equation_network(&mut context, &file, &mut places)?))
        }
        (None, None, Some(_)) => {
            let (network, names) = network::network(&mut context, &file, &mut places)?;
            labels = names;
            Source::Network(network)
        }
        (None, None, None) => {
            let problem =
                Problem::at(0..text.lines().next().map_or(0, str::len), "this model describes no system");
            return Err(problem.help(
                "add `[linear]` with a matrix `A`, `[populations.NAME]`, or `[trained]` with weights",
            ));
        }
        (linear, trained, populations) => {
            let linear = linear.as_ref().map(|at| (&at.span, "here is `[linear]`"));
            let trained = trained.as_ref().map(|at| (&at.span, "here is `[trained]`"));
            let population = populations.map(|(name, _)| (&name.span, "and here is a population"));
            let all: Vec<_> = [linear, trained, population].into_iter().flatten().collect();
            let message = "a model has one of `[linear]`, `[trained]` and `[populations]`";
            let problem = Problem::at(all[0].0.clone(), message);
            return Err(all[1..].iter().fold(problem, |p, (span, what)| p.also((*span).clone(), *what)));
        }
    };
    let dimension = match &system {
        Source::Linear(l) => Some(l.x0.len()),
        Source::Network(network) => {
            network.populations.iter().map(|p| p.n).reduce(|a, b| a.saturating_add(b))
        }
        Source::Equations(network) => Some(network.dimension()),
        Source::Trained(trained) => Some(trained.x0.len()),
    };
    let run = file.run.as_ref().map(|r| run::run(&mut context, r, dimension)).transpose()?;
    if let (Source::Trained(_), Some(run)) = (&system, &run) {
        trained::runs_in_steps(run, &file)?;
    }
    if let Some(run) = &file.run {
        let span = run.method.as_ref().map_or(run.span.clone(), |method| method.span.clone());
        places.0.push(("run".to_owned(), span));
    }
    if let (Source::Equations(network), Some(run)) = (&mut system, &run) {
        network.interpretation = run.interpretation;
    }
    if let (Source::Equations(network), Some(text)) = (&system, &file.run) {
        run::knows_noise(text, network)?;
    }
    // A cable has methods of its own, and says so.
    let is_cable = matches!(&system, Source::Equations(network) if network.cable.is_some());
    if let Some(text) = file.run.as_ref().filter(|_| !is_cable) {
        run::takes_a_step(text)?;
    }
    let trials = match (&file.trials, &mut system) {
        (None, _) => None,
        (Some(text), Source::Equations(network)) => {
            Some(trials::trials(&mut context, text, network, run.as_ref())?)
        }
        (Some(text), _) => {
            let problem = Problem::at(text.span.clone(), "`[trials]` belongs to a model with equations");
            return Err(problem.help("write the noise into the equations: `dv/dt = … + sigma*xi`"));
        }
    };
    let analyze =
        file.analyze.as_ref().map(|a| analyze::analyze(&mut context, a)).transpose()?.unwrap_or_default();
    let expect = file.expect.as_ref().map_or(Ok(Vec::new()), flatten)?;
    Ok(Model {
        format: file.format.value,
        name: file.name.clone().unwrap_or_default(),
        description: file.description.clone(),
        notes: file.notes.clone(),
        seed,
        time_unit: context.time_unit()?,
        parameters: context.parameters(),
        system,
        labels,
        run,
        trials,
        analyze,
        expect,
        continuation: None,
        asked: file.continuation.clone(),
        data: std::sync::Arc::default(),
        text: String::new(),
        sha256: String::new(),
        file: String::new(),
        places,
    })
}

/// Names are words that a formula and a path can hold.
fn check_names(file: &File) -> Result<(), Problem> {
    let populations = file.populations.0.iter().map(|(k, _)| k);
    let named =
        populations.chain(file.inputs.0.iter().map(|(k, _)| k)).chain(file.matrices.0.iter().map(|(k, _)| k));
    for name in named {
        let mut letters = name.chars();
        let word = letters.next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && letters.all(|c| c.is_alphanumeric() || c == '_');
        if !word {
            let problem = Problem::at(name.span.clone(), format!("`{}` is not a name", name.value));
            return Err(problem.help("a name begins with a letter and holds letters, digits and `_`"));
        }
    }
    Ok(())
}
