//! Connections by spikes: what a spike does to its targets, with which weight, and when.
//!
//! `on_pre` is a list of increments, `STATE += EXPRESSION` with `;` between, of states of the target; the expression may use w, the
//! parameters of the model and the numbers of the target population. It is read by the grammar of the equations, so its unit is
//! that of the state or the model is refused.

use super::connect::{check, place, structure};
use super::context::Context;
use super::matrices::Entry;
use super::per_unit::distribution;
use super::quantities::Alike;
use crate::model::at::At;
use crate::model::error::{Problem, unknown};
use crate::model::schema::{Connect, File, Raw, WeightText};
use crate::model::source::Places;
use crate::network::{
    Amount, Increment, PoissonDrive, Population, Projection, Rate, Rule, RuleKind, SpikeConnection, Weight,
};
use equations::{
    Binding, Dimension, EquationError, Equations, Kernel, Name, NameKind, Scope, Scratch, Section, Value,
};
use std::ops::Range;

/// The step where a model in seconds gives none.
const STEP: f64 = 1e-4;

/// A population at the end of a connection.
pub(super) struct End<'a> {
    pub(super) name: &'a At<String>,
    pub(super) n: usize,
    /// Parameters and coordinates of its own.
    pub(super) own: &'a [(String, Dimension, Value)],
    pub(super) coordinates: &'a [(String, Vec<f64>)],
}

impl End<'_> {
    fn population(&self) -> Population {
        let plain = Population::new(&self.name.value, self.n, Rate::default());
        Population { coordinates: self.coordinates.to_vec(), ..plain }
    }
}

/// A connection, and where its delay stands.
type Placed = (SpikeConnection, Option<Range<usize>>);

/// Reads `[[connect]]` between populations with equations.
pub(super) fn connections(
    context: &mut Context<'_>,
    file: &File,
    ends: &[End<'_>],
    matrices: &[Entry],
    equations: &Equations,
    rules: &[Rule],
    places: &mut Places,
) -> Result<Vec<Placed>, Problem> {
    let mut all: Vec<Placed> = Vec::new();
    for entry in &file.connect {
        check(entry)?;
        let Some(on_pre) = &entry.on_pre else {
            let problem = Problem::at(entry.span.clone(), "nothing says what a spike does to its targets");
            return Err(problem.help(
                "add on_pre = \"ge += w\"; weights between units without spikes are a matrix of the equations, `M@v`",
            ));
        };
        if let Some(radius) = &entry.spectral_radius {
            let problem = Problem::at(radius.span.clone(), "`spectral_radius` belongs to rate units");
            return Err(problem.help("scale the weights by `w` or `gain`"));
        }
        let gain = entry.gain.as_ref().map_or(Ok(1.0), |g| context.number(g, "gain"))?;
        let (weight, dimension) = weight(context, entry)?;
        let delay = entry.delay.as_ref().map(|delay| self::delay(context, delay)).transpose()?;
        for from in &entry.from.0 {
            let pre = index(ends, from)?;
            if !rules.iter().any(|rule| rule.population == pre && rule.kind == RuleKind::Spike) {
                let message = format!("`{}` has no rule by which it spikes", from.value);
                return Err(Problem::at(from.span.clone(), message).help(
                    "give the population one: spike = { when = \"v > -50 mV\", reset = \"v = -60 mV\" }",
                ));
            }
            for to in &entry.to.0 {
                let post = index(ends, to)?;
                let pair = [ends[post].population(), ends[pre].population()];
                let structure = structure(context, entry, [&pair[0], &pair[1]], matrices, weight)?;
                places.0.push((format!("connect {} -> {}", from.value, to.value), place(entry)));
                let projection = Projection {
                    from: pre,
                    to: post,
                    structure,
                    gain,
                    spectral_radius: None,
                    self_connections: entry.self_connections.unwrap_or(true),
                    stream: all.len() as u64,
                };
                let connection = SpikeConnection {
                    projection,
                    on_pre: on_pre.value.clone(),
                    increments: increments(context, equations, post, &ends[post], on_pre, dimension)?,
                    delay,
                    coordinates: pair.map(|p| p.coordinates),
                };
                all.push((connection, entry.delay.as_ref().map(|d| d.span.clone())));
            }
        }
    }
    Ok(all)
}

/// The index of a population.
fn index(ends: &[End<'_>], name: &At<String>) -> Result<usize, Problem> {
    ends.iter().position(|end| end.name.value == name.value).ok_or_else(|| {
        let known: Vec<&str> = ends.iter().map(|end| end.name.as_str()).collect();
        unknown("population", name, name.span.clone(), &known)
    })
}

/// The weights of an entry and what they measure; 1 if it has none.
fn weight(context: &Context<'_>, entry: &Connect) -> Result<(Weight, Dimension), Problem> {
    let Some(text) = &entry.w else { return Ok((Weight::Same(1.0), Dimension::NONE)) };
    let mut alike = Alike::default();
    let weight = distribution(text, "w", &mut |scalar, key| match key {
        "cv" => context.number(scalar, key),
        _ => alike.read(context, scalar, key),
    })?;
    Ok((weight, alike.dimension()))
}

fn delay(context: &mut Context<'_>, text: &At<WeightText>) -> Result<Weight, Problem> {
    distribution(text, "delay", &mut |scalar, key| match key {
        "cv" => context.number(scalar, key),
        "delay" => context.time(scalar, "delay"),
        _ => context.time(scalar, key),
    })
}

/// The step of the clock; 0 where there is none.
pub(super) fn step(context: &mut Context<'_>, file: &File, idle: bool) -> Result<f64, Problem> {
    if idle {
        return Ok(0.0);
    }
    let Some(run) = &file.run else { return Ok(STEP) };
    if let Some(method) = &run.method
        && !["auto", "expm", "event-exact", "exponential_euler"].contains(&method.as_str())
    {
        let message = format!("the method `{}` does not move networks of spikes", method.value);
        return Err(Problem::at(method.span.clone(), message).help(
            "take `auto`: what is linear between spikes is propagated exactly, the rest by `exponential_euler`",
        ));
    }
    if let Some(dt) = &run.dt {
        return context.positive_time(dt, "dt");
    }
    let end = run.t.get(1).map(|end| context.quantity(end)).transpose()?;
    match end {
        Some((_, dimension)) if dimension == Dimension::TIME => Ok(STEP),
        _ => {
            let problem = Problem::at(run.t.span.clone(), "nothing says how long a step of the clock is");
            Err(problem.help("add `dt = 0.1`: spikes happen at multiples of it"))
        }
    }
}

/// Refuses delays below a step.
pub(super) fn check_delays(file: &File, all: &[Placed], step: f64) -> Result<(), Problem> {
    for (connection, span) in all {
        let least = match connection.delay {
            Some(Weight::Same(d) | Weight::Uniform { low: d, .. } | Weight::Normal { mean: d, .. }) => d,
            Some(Weight::Lognormal { mean, .. }) => mean,
            None => continue,
        };
        if least < step * (1.0 - 1e-9) {
            let dt = match file.run.as_ref().and_then(|run| run.dt.as_ref()).map(|dt| &dt.value) {
                Some(Raw::Text(text)) => format!("dt = {text}"),
                Some(Raw::Number(x)) => format!("dt = {x}"),
                None => "dt = 0.1 ms, since none is given".to_owned(),
            };
            let problem = Problem::at(
                span.clone().unwrap_or(0..0),
                format!("this delay is shorter than the step of the clock ({dt})"),
            );
            return Err(problem
                .help("a spike takes at least one step: give a longer delay, or `[run]` a smaller `dt`"));
        }
    }
    Ok(())
}

/// Reads what a spike adds.
fn increments(
    context: &Context<'_>,
    equations: &Equations,
    section: usize,
    end: &End<'_>,
    text: &At<String>,
    weight: Dimension,
) -> Result<Vec<Increment>, Problem> {
    let mut all = Vec::new();
    let mut start = 0;
    for piece in text.value.split(';') {
        let at = start;
        start += piece.len() + 1;
        if piece.trim().is_empty() {
            continue;
        }
        let inside = |part: Range<usize>| context.inside(&text.span, text, &part);
        let Some((sign, k)) = ["+=", "-="].into_iter().find_map(|op| Some((op, piece.find(op)?))) else {
            let problem = Problem::at(inside(at..at + piece.len()), "a spike adds to a state of its target");
            return Err(problem.help("write `ge += w`"));
        };
        let word = piece[..k].trim();
        let first = at + piece.len() - piece.trim_start().len();
        let name = word.strip_suffix("_post").unwrap_or(word);
        let own = |s: &equations::State| s.section == section;
        let Some(state) = equations.states.iter().position(|s| own(s) && s.name == name) else {
            let known: Vec<&str> =
                equations.states.iter().filter(|s| own(s)).map(|s| s.name.as_str()).collect();
            let span = inside(first..first + word.len());
            return Err(unknown(&format!("state of `{}`", end.name.value), name, span, &known));
        };
        let right = &piece[k + 2..];
        let (node_at, dimension, kernel) = amount(context, end, text, right, at + k + 2, weight)?;
        let wanted = equations.states[state].dimension;
        if dimension != wanted {
            let message = format!(
                "`{name}` is {}, and a spike adds {}",
                wanted.with_article(),
                dimension.with_article()
            );
            let problem = Problem::at(inside(node_at), message).label(dimension.to_string());
            return Err(problem.help(if right.trim() == "w" && wanted != Dimension::NONE {
                format!("give `w` the unit of {}", wanted.with_article())
            } else {
                "give both sides the same unit".to_owned()
            }));
        }
        let factor = if sign == "-=" { -1.0 } else { 1.0 };
        let amount =
            if right.trim() == "w" && factor > 0.0 { Amount::Weight } else { Amount::Kernel(factor, kernel) };
        all.push(Increment { state, amount });
    }
    if all.is_empty() {
        let problem = Problem::at(text.span.clone(), "a spike adds to a state of its target");
        return Err(problem.help("write on_pre = \"ge += w\""));
    }
    Ok(all)
}

/// An expression of w: where it stands, its dimension, and its kernel.
fn amount(
    context: &Context<'_>,
    end: &End<'_>,
    text: &At<String>,
    right: &str,
    offset: usize,
    weight: Dimension,
) -> Result<(Range<usize>, Dimension, Kernel), Problem> {
    const LEFT: &str = "value = ";
    let mut names = Vec::new();
    let mut values = Vec::new();
    let mut add = |name: &str, dimension: Dimension, value: Value| {
        let kind = NameKind::Parameter { len: 1 };
        names.push(Name { name: name.to_owned(), dimension: Some(dimension), kind });
        values.push(value);
    };
    let is_own = |name: &str| end.own.iter().any(|(own, ..)| own == name);
    for (name, value, dimension) in context.measured().filter(|(name, ..)| *name != "w" && !is_own(name)) {
        add(name, dimension, Value::Number(value));
    }
    for (name, dimension, value) in end.own.iter().filter(|(name, ..)| name != "w") {
        if let Value::Number(x) = value {
            add(name, *dimension, Value::Number(*x));
        }
    }
    add("w", weight, Value::Free(1));
    let source = format!("{LEFT}{right}");
    let texts = [source.as_str()];
    let section = Section { name: &end.name.value, length: Some(1), texts: &texts, hints: &[], names: &[] };
    let place = |part: &Range<usize>| {
        let shift = |k: usize| offset + k.saturating_sub(LEFT.len());
        shift(part.start)..shift(part.end)
    };
    let equations = Equations::parse(&[section], &Scope { time: None, names }).map_err(|e: EquationError| {
        let span = context.inside(&text.span, text, &place(&e.place.span));
        let problem = Problem::at(span, e.message);
        match e.hint {
            Some(hint) if hint.contains("/dt = …") => {
                problem.help("here are known: w, the parameters of the model, and the numbers of the target population")
            }
            hint => problem.maybe_help(hint),
        }
    })?;
    let definition = equations.definitions.first().expect("the text is one definition");
    let binding = Binding { parameters: values, ..Binding::default() };
    let kernel = Kernel::with_lengths(&equations.graph, &binding, &[definition.node], &[1]);
    let lead = right.len() - right.trim_start().len();
    let whole = offset + lead..offset + lead + right.trim().len();
    Ok((whole, definition.dimension, kernel))
}

/// Reads the Poisson spikes among the inputs.
pub(super) fn poisson(
    context: &mut Context<'_>,
    file: &File,
    ends: &[End<'_>],
    equations: &Equations,
    places: &mut Places,
) -> Result<Vec<PoissonDrive>, Problem> {
    let mut all = Vec::new();
    for (name, text) in &file.inputs.0 {
        let Some(given) = &text.poisson else { continue };
        places.0.push((format!("inputs.{}", name.value), given.span.clone()));
        let Some(to) = &text.to else {
            let problem = Problem::at(name.span.clone(), "nothing says whom these spikes reach");
            return Err(problem.help("add to = \"E\""));
        };
        let rate = context.rate(&given.rate, "rate")?;
        if rate < 0.0 {
            return Err(
                Problem::at(given.rate.span.clone(), "`rate` is negative").help("a rate is at least 0")
            );
        }
        let sources = match &given.sources {
            None => 1.0,
            Some(k) if k.value >= 0 => k.value as f64,
            Some(k) => {
                return Err(
                    Problem::at(k.span.clone(), format!("`sources` is {}", k.value)).help("at least 0")
                );
            }
        };
        let (weight, dimension) = match &given.w {
            Some(w) => context.quantity(w)?,
            None => (1.0, Dimension::NONE),
        };
        for to in &to.0 {
            let k = index(ends, to)?;
            for Increment { state, amount } in
                increments(context, equations, k, &ends[k], &given.on_pre, dimension)?
            {
                let mut one = [weight];
                amount.of(&mut one, &mut Scratch::default());
                let name = name.value.clone();
                all.push(PoissonDrive { name, to: k, rate: rate * sources, state, weight: one[0] });
            }
        }
    }
    Ok(all)
}
