//! Populations with equations: texts to checked equations, and the numbers that go with them.

use super::context::{Context, free};
use super::input::{Signals, Values, signals};
use super::matrices::{Body, Entry, matrices};
use super::quantities::{Owner, quantities};
use super::rules::{Owned, rules};
use super::spikes::{self, End};
use super::word::uses;
use crate::model::at::At;
use crate::model::error::{Problem, did_you_mean, unknown};
use crate::model::schema::{File, InputText, PerUnitText, PopulationText, Raw};
use crate::model::source::Places;
use crate::network::unit::{LIBRARY, LibraryUnit, library_unit};
use crate::network::{Cable, Cells, Connections, EquationNetwork, Initial, InputSignal};
use dynamics::field::Signal;
use equations::{Dimension, EquationError, Equations, Name, NameKind, Scope, Section, Value};
use linalg::Matrix;
use std::ops::Range;

/// Whether a population is given by equations, its own or those of a library unit.
pub(super) fn has_equations(text: &PopulationText) -> bool {
    text.eq.is_some() || text.unit.as_ref().is_some_and(|unit| unit.value != "rate")
}

/// A piece of equation text, and where it stands in the file.
pub(super) struct Text {
    content: String,
    origin: Origin,
}

enum Origin {
    /// A string of the file.
    Written(At<String>),
    /// `name = text`, of which both are words of the file; the text begins at `shift`.
    Defined { name: Range<usize>, text: At<String>, shift: usize },
    /// The text of a library unit, called for here.
    Library(Range<usize>),
}

impl Text {
    /// The bytes of the file for a part of this text.
    fn place(&self, context: &Context<'_>, part: &Range<usize>) -> Range<usize> {
        match &self.origin {
            Origin::Library(span) => span.clone(),
            Origin::Written(text) => context.inside(&text.span, text, part),
            Origin::Defined { name, shift, .. } if part.start < *shift => name.clone(),
            Origin::Defined { text, shift, .. } => {
                let part = part.start.saturating_sub(*shift)..part.end.saturating_sub(*shift);
                context.inside(&text.span, text, &part)
            }
        }
    }
}

/// One population on its way.
struct Part<'a> {
    name: &'a At<String>,
    text: &'a At<PopulationText>,
    n: Option<usize>,
    unit: Option<&'static LibraryUnit>,
    cable: Option<Cable>,
    texts: Vec<Text>,
    /// Parameters and coordinates of its own.
    own: Vec<(String, Dimension, Value)>,
    coordinates: Vec<(String, Vec<f64>)>,
}

/// Reads a network of populations with equations.
pub(super) fn equation_network(
    context: &mut Context<'_>,
    file: &File,
    places: &mut Places,
) -> Result<EquationNetwork, Problem> {
    for (_, text) in &file.populations.0 {
        text.unit.as_ref().filter(|unit| unit.value != "rate").map(unit_of).transpose()?;
    }
    let entries = matrices(context, &file.matrices)?;
    // An input that flows in at a site is no name of the equations, nor are spikes.
    let is_named = |text: &InputText| text.site.is_none() && text.poisson.is_none();
    let named = file.inputs.0.iter().filter(|(_, text)| is_named(text)).map(|(name, _)| name.as_str());
    let named: Vec<&str> = named.collect();
    let mut parts = Vec::new();
    let given = file.inputs.0.iter().filter(|(_, text)| text.site.is_none()).map(|(name, _)| (name, "input"));
    for (name, what) in given.chain(file.matrices.0.iter().map(|(name, _)| (name, "matrix"))) {
        free(name, what)?;
    }
    for (k, (name, text)) in file.populations.0.iter().enumerate() {
        let own = text.parameters.0.iter().map(|(name, _)| (name, "parameter"));
        for (name, what) in own.chain(text.coords.0.iter().map(|(name, _)| (name, "coordinate"))) {
            free(name, what)?;
        }
        places.0.push((format!("populations.{}", name.value), name.span.clone()));
        parts.push(part(context, k, name, text, &named, run_time(context, file))?);
    }
    let mut cable = only_cable(&parts)?;
    let mut scope = Scope { time: run_time(context, file), names: Vec::new() };
    let mut parameters = Vec::new();
    for (name, value, dimension) in context.measured() {
        scope.names.push(known(name, dimension, NameKind::Parameter { len: 1 }));
        parameters.push(Value::Number(value));
    }
    let mut inputs = Vec::new();
    for (name, text) in file.inputs.0.iter().filter(|(_, text)| text.poisson.is_none()) {
        let Signals { channels, dimension } = signals(context, name, text, Values::Any(None))?;
        if let Some(site) = &text.site {
            let channels: Result<Vec<Signal>, Problem> =
                channels.into_iter().map(|c| signal(c, name)).collect();
            super::cable::inject(cable.as_mut(), name, site, channels?, dimension)?;
            places.0.push((format!("inputs.{}", name.value), name.span.clone()));
            continue;
        }
        scope.names.push(known(name, dimension, NameKind::Input { len: channels.len() }));
        let signals: Result<Vec<Signal>, Problem> = channels.into_iter().map(|c| signal(c, name)).collect();
        inputs.push(signals?);
        places.0.push((format!("inputs.{}", name.value), name.span.clone()));
    }
    let mut made = Vec::new();
    let joins =
        |entry: &Entry| file.connect.iter().any(|c| c.matrix.as_ref().is_some_and(|m| m.value == entry.name));
    for entry in entries.iter().filter(|entry| !joins(entry)) {
        let matrix = connections(context, entry, &parts)?;
        let (rows, cols) = (equations::Product::rows(&matrix), equations::Product::cols(&matrix));
        scope.names.push(known(&entry.name, Dimension::NONE, NameKind::Matrix { rows, cols }));
        made.push(matrix);
    }
    let mut equations = parse(context, &parts, &scope)?;
    super::start::time(context, file, equations.time)?;
    for part in &parts {
        parameters.extend(part.own.iter().map(|(_, _, value)| value.clone()));
    }
    let mut initial = Vec::new();
    for k in 0..equations.states.len() {
        let next = self::initial(context, &equations, k, &parts, &initial)?;
        initial.push(next);
    }
    let mut all = Vec::new();
    for (k, part) in parts.iter().enumerate() {
        check_init(&equations, k, part)?;
        all.extend(rules(
            context,
            &mut equations,
            k,
            part.text,
            &Owned { unit: part.unit, values: &part.own },
        )?);
    }
    let ends: Vec<End<'_>> = parts
        .iter()
        .map(|part| End {
            name: part.name,
            n: part.n.unwrap_or(1),
            own: &part.own,
            coordinates: &part.coordinates,
        })
        .collect();
    let joined = spikes::connections(context, file, &ends, &entries, &equations, &all, places)?;
    let poisson = spikes::poisson(context, file, &ends, &equations, places)?;
    let step = spikes::step(context, file, joined.is_empty() && poisson.is_empty())?;
    spikes::check_delays(file, &joined, step)?;
    let populations = parts.iter().map(|part| {
        let written = part.texts.iter().flat_map(|t| t.content.lines()).map(|line| line.trim().to_owned());
        Cells {
            name: part.name.value.clone(),
            n: part.n.unwrap_or(1),
            unit: part.unit.map(|u| u.name.to_owned()),
            text: written.filter(|line| !line.is_empty() && !line.starts_with('#')).collect(),
        }
    });
    let populations = populations.collect();
    let network = EquationNetwork {
        populations,
        equations,
        parameters,
        matrices: made,
        inputs,
        initial,
        rules: all,
        interpretation: None,
        cable,
        connections: joined.into_iter().map(|(connection, _)| connection).collect(),
        poisson,
        step,
        seed: context.seed,
    };
    let start = file.run.as_ref().and_then(|run| context.quantity(run.t.first()?).ok());
    super::start::check(&network, start.map_or(0.0, |(t, _)| t)).map_err(|e| located(context, &parts, e))?;
    Ok(network)
}

/// The cable of the model; its population is the only one.
fn only_cable(parts: &[Part<'_>]) -> Result<Option<Cable>, Problem> {
    let Some(part) = parts.iter().find(|part| part.cable.is_some()) else { return Ok(None) };
    match parts.iter().find(|other| other.name.value != part.name.value) {
        None => Ok(part.cable.clone()),
        Some(other) => {
            let message = format!("`{}` stands beside the cable `{}`", other.name.value, part.name.value);
            let problem =
                Problem::at(other.name.span.clone(), message).also(part.name.span.clone(), "the cable");
            Err(problem.help("a cable is the only population of its model"))
        }
    }
}

/// The dimension of time where the run says so.
fn run_time(context: &Context<'_>, file: &File) -> Option<Dimension> {
    let end = file.run.as_ref()?.t.get(1)?;
    let (_, dimension) = context.quantity(end).ok()?;
    (dimension == Dimension::TIME).then_some(Dimension::TIME)
}

fn known(name: &str, dimension: Dimension, kind: NameKind) -> Name {
    Name { name: name.to_owned(), dimension: Some(dimension), kind }
}

/// Reads one population up to its equations.
fn part<'a>(
    context: &mut Context<'_>,
    k: usize,
    name: &'a At<String>,
    text: &'a At<PopulationText>,
    inputs: &[&str],
    time: Option<Dimension>,
) -> Result<Part<'a>, Problem> {
    only_equation_keys(name, text)?;
    let unit = text.unit.as_ref().map(unit_of).transpose()?;
    let cable = text.cable.as_ref().map(|cable| super::cable::cable(context, cable)).transpose()?;
    let n = match (&text.n, &cable) {
        (Some(n), Some(_)) => {
            let problem = Problem::at(n.span.clone(), "the units of a cable are its compartments");
            return Err(problem.help("drop `n`; `compartments` says how many there are"));
        }
        (None, Some(cable)) => Some(cable.compartments()),
        (n, None) => n.as_ref().map(|n| context.count(n)).transpose()?,
    };
    let coordinates = super::population::coordinates(context, text, n.unwrap_or(1))?;
    let coordinates_of = coordinates.clone();
    let mut part =
        Part { name, text, n, unit, cable, texts: Vec::new(), own: Vec::new(), coordinates: coordinates_of };
    if let (Some(unit), Some(at)) = (unit, &text.unit) {
        let blocks = unit.equations.iter();
        part.texts.extend(
            blocks.map(|b| Text { content: (*b).to_owned(), origin: Origin::Library(at.span.clone()) }),
        );
    }
    if let Some(eq) = &text.eq {
        part.texts.push(Text { content: eq.value.clone(), origin: Origin::Written(eq.clone()) });
    }
    for (word, text) in &text.define.0 {
        let left = format!("{} = ", word.value);
        let content = format!("{left}{}", text.value);
        let origin = Origin::Defined { name: word.span.clone(), text: text.clone(), shift: left.len() };
        part.texts.push(Text { content, origin });
    }
    let size = n.unwrap_or(1);
    for (name, values) in &coordinates {
        part.own.push((name.clone(), Dimension::NONE, Value::PerUnit(values.clone())));
    }
    let tau = text.tau.as_ref().map(|tau| ("tau", tau));
    let given = tau.into_iter().chain(text.parameters.0.iter().map(|(name, value)| (name.as_str(), value)));
    for (j, (name, value)) in given.enumerate() {
        let places = crate::network::Places { name: &part.name.value, n: size, coordinates: &coordinates };
        let stream = stream(k, j);
        let owner = Owner { places, known: &part.own, stream };
        let (value, dimension) = quantities(context, value, name, &owner)?;
        part.own.push((name.to_owned(), dimension, value));
    }
    super::library::check(unit, text, &part.own, time)?;
    if let Some(unit) = unit {
        library_parameters(context, &mut part, unit, inputs)?;
    }
    if let (Some(text), Some(cable)) = (&text.cable, &part.cable) {
        super::cable::parameters(context, text, cable, &mut part.own, inputs)?;
    }
    Ok(part)
}

/// The stream of the j-th random quantity of population k.
fn stream(k: usize, j: usize) -> u64 {
    0x5100_0000_0000_0000 | (k as u64) << 16 | j as u64
}

fn unit_of(name: &At<String>) -> Result<&'static LibraryUnit, Problem> {
    library_unit(name).ok_or_else(|| {
        let known: Vec<&str> = std::iter::once("rate").chain(LIBRARY.iter().map(|u| u.name)).collect();
        let problem = Problem::at(name.span.clone(), format!("there is no unit `{}`", name.value));
        problem.help(did_you_mean(name, known))
    })
}

/// The parameters of a library unit that neither the population nor the model gives.
fn library_parameters(
    context: &Context<'_>,
    part: &mut Part<'_>,
    unit: &'static LibraryUnit,
    inputs: &[&str],
) -> Result<(), Problem> {
    let set = match &part.text.set {
        None => unit.sets.first(),
        Some(name) => Some(unit.set(name).ok_or_else(|| {
            let message = format!("`{}` has no set `{}`", unit.name, name.value);
            let known: Vec<&str> = unit.set_names().collect();
            Problem::at(name.span.clone(), message).help(did_you_mean(name, known))
        })?),
    };
    let given = |part: &Part<'_>, name: &str| {
        let model = context.measured().map(|(known, ..)| known).chain(inputs.iter().copied());
        part.own.iter().map(|(own, ..)| own.as_str()).chain(model).any(|known| known == name)
    };
    for (name, text) in set.map_or(&[][..], |set| set.values) {
        if !given(part, name) {
            let quantity = equations::Quantity::parse(text).expect("the library's quantities are tested");
            part.own.push(((*name).to_owned(), quantity.unit.dimension(), Value::Number(quantity.value)));
        }
    }
    // What reaches a unit from outside is 0 where nobody gives it.
    for input in unit.inputs {
        if !given(part, input.name) {
            let unit = equations::Unit::parse(input.unit).expect("the library's units are tested");
            part.own.push((input.name.to_owned(), unit.dimension(), Value::Number(0.0)));
        }
    }
    Ok(())
}

/// Refuses the keys of rate units.
fn only_equation_keys(name: &At<String>, text: &PopulationText) -> Result<(), Problem> {
    let span = |at: Option<Range<usize>>, key: &'static str| at.map(|span| (span, key));
    let others = [
        span(text.form.map(|_| name.span.clone()), "form"),
        span(text.transfer.as_ref().map(|t| t.span.clone()), "transfer"),
        span(text.h.as_ref().map(|h| h.span.clone()), "h"),
        span(text.leak.as_ref().map(|l| l.span.clone()), "leak"),
        span(text.sign.map(|_| name.span.clone()), "sign"),
    ];
    match others.into_iter().flatten().next() {
        Some((span, key)) => {
            let problem = Problem::at(
                span,
                format!("`{key}` belongs to rate units, and `{}` has equations", name.value),
            );
            Err(problem
                .help(format!("write it into the equations; a value goes into parameters = {{ {key} = … }}")))
        }
        None => Ok(()),
    }
}

/// A signal for the equations; noise is written there.
fn signal(channel: InputSignal, name: &At<String>) -> Result<Signal, Problem> {
    match channel {
        InputSignal::Signal(signal) => Ok(signal),
        InputSignal::Noise { .. } => {
            let problem = Problem::at(name.span.clone(), "noise to equations is written in the equations");
            Err(problem.help("white noise: `… + sigma*xi`; slow noise: `dz/dt = -z/tau + sigma*sqrt(2/tau)*xi` and z where it acts"))
        }
    }
}

/// A matrix for the equations; a rule takes its size from the population whose equations use it.
fn connections(context: &Context<'_>, entry: &Entry, parts: &[Part<'_>]) -> Result<Connections, Problem> {
    match &entry.body {
        Body::Dense(m) => Ok(Connections::Dense(m.clone())),
        Body::Edges(m, _) => Ok(Connections::Sparse(m.clone())),
        Body::Rule(rule) => {
            let users = parts.iter().filter(|p| p.texts.iter().any(|t| uses(&t.content, &entry.name)));
            let Some(part) = users.into_iter().next() else {
                let problem =
                    Problem::at(entry.span.clone(), format!("no equation uses the matrix `{}`", entry.name));
                return Err(problem.help("its size comes from the population whose equations use it"));
            };
            let n = part.n.unwrap_or(1);
            let formula =
                equations::Formula::parse(rule).map_err(|e| context.formula_problem(&rule.span, rule, e))?;
            let mut values = context.values();
            values.extend([("n", n as f64), ("m", n as f64)]);
            let formula = formula.substitute(&values);
            let mut names: Vec<String> = vec!["i".into(), "j".into()];
            let mut columns: Vec<&[f64]> = Vec::new();
            for (name, _, value) in &part.own {
                if let Value::PerUnit(list) = value {
                    names.extend([format!("{name}_post"), format!("{name}_pre")]);
                    columns.push(list);
                }
            }
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let bound = formula.bind(&names).map_err(|e| context.formula_problem(&rule.span, rule, e))?;
            let entry = |i: usize, j: usize| {
                let mut at = vec![i as f64, j as f64];
                columns.iter().for_each(|c| at.extend([c[i], c[j]]));
                bound.eval(&at)
            };
            let m = Matrix::from_fn(n, n, entry);
            if !m.is_finite() {
                return Err(Problem::at(rule.span.clone(), "this rule gives a value that is not finite"));
            }
            Ok(Connections::Dense(m))
        }
    }
}

fn parse(context: &Context<'_>, parts: &[Part<'_>], scope: &Scope) -> Result<Equations, Problem> {
    let texts: Vec<Vec<&str>> =
        parts.iter().map(|p| p.texts.iter().map(|t| t.content.as_str()).collect()).collect();
    let names: Vec<Vec<Name>> = parts
        .iter()
        .map(|part| {
            let own = part.own.iter().map(|(name, dimension, value)| {
                known(name, *dimension, NameKind::Parameter { len: value.length() })
            });
            own.collect()
        })
        .collect();
    let hints: Vec<Vec<(&str, Dimension)>> = parts.iter().map(|part| hints(context, part)).collect();
    let sections: Vec<Section<'_>> = (0..parts.len())
        .map(|k| Section {
            name: &parts[k].name.value,
            length: parts[k].n,
            texts: &texts[k],
            hints: &hints[k],
            names: &names[k],
        })
        .collect();
    Equations::parse(&sections, scope).map_err(|e| located(context, parts, e))
}

/// The error of an equation and those of later lines, at their places in the file.
fn located(context: &Context<'_>, parts: &[Part<'_>], error: EquationError) -> Problem {
    let more = error.all().skip(1).map(|e| located_one(context, parts, e.clone())).collect();
    Problem { more, ..located_one(context, parts, error) }
}

fn located_one(context: &Context<'_>, parts: &[Part<'_>], error: EquationError) -> Problem {
    let place = |place: &equations::Place| {
        let part = &parts[place.section.min(parts.len() - 1)];
        match place.text.and_then(|k| part.texts.get(k)) {
            Some(text) => text.place(context, &place.span),
            None => part.name.span.clone(),
        }
    };
    let part = &parts[error.place.section.min(parts.len() - 1)];
    let text = error.place.text.and_then(|k| part.texts.get(k));
    if let (Some(Text { content, origin: Origin::Library(_) }), Some(unit)) = (text, part.unit) {
        // The file shows the name of the unit only, so the sentence shows the line.
        let start = content.get(..error.place.span.start).and_then(|s| s.rfind('\n')).map_or(0, |n| n + 1);
        let line = content[start..].lines().next().unwrap_or_default().trim();
        let message = format!("{}, in `{line}` of the unit `{}`", error.message, unit.name);
        return Problem::at(place(&error.place), message).maybe_help(error.hint);
    }
    let mut problem = Problem::at(place(&error.place), error.message).maybe_help(error.hint);
    for (at, label) in &error.labels {
        let first = *at == error.place;
        problem = if first { problem.label(label) } else { problem.also(place(at), label.clone()) };
    }
    problem
}

/// Dimensions of initial values that are plain quantities.
fn hints<'a>(context: &Context<'_>, part: &Part<'a>) -> Vec<(&'a str, Dimension)> {
    let Some(At { value: PerUnitText::Table(table), .. }) = &part.text.init else { return Vec::new() };
    let known = table.0.iter().filter_map(|(name, value)| match &value.value {
        PerUnitText::One(raw) => {
            let scalar = At { span: value.span.clone(), value: raw.clone() };
            let (x, dimension) = context.quantity(&scalar).ok()?;
            (x != 0.0 || dimension != Dimension::NONE).then_some((name.as_str(), dimension))
        }
        _ => None,
    });
    known.collect()
}

/// State k at the start.
fn initial(
    context: &mut Context<'_>,
    equations: &Equations,
    k: usize,
    parts: &[Part<'_>],
    before: &[Initial],
) -> Result<Initial, Problem> {
    let state = &equations.states[k];
    let part = &parts[state.section];
    let alone = equations.states.iter().filter(|s| s.section == state.section).count() == 1;
    let text = match &part.text.init {
        Some(At { value: PerUnitText::Table(table), .. }) if table.get("dist").is_none() => {
            table.get(&state.name)
        }
        Some(text) if alone => Some(text),
        Some(text) => {
            let message =
                format!("`init` of `{}` does not say which of its states it is for", part.name.value);
            return Err(Problem::at(text.span.clone(), message)
                .help(format!("write init = {{ {} = … }}", state.name)));
        }
        None => None,
    };
    let standard = if text.is_none() { Some(standard(part, state)?) } else { None };
    let text = text.or(standard.as_ref()).expect("one of the two is there");
    if let PerUnitText::One(Raw::Text(word)) = &text.value
        && word == "steady"
    {
        return Ok(Initial::Steady);
    }
    let places = crate::network::Places { name: &part.name.value, n: state.len, coordinates: &[] };
    // A formula may use the states above this one.
    let mut names = part.own.clone();
    for (other, initial) in equations.states.iter().zip(before).filter(|(s, _)| s.section == state.section) {
        let value = match initial {
            Initial::Same(x) => Value::Number(*x),
            Initial::Each(list) => Value::PerUnit(list.clone()),
            Initial::Steady => continue,
        };
        names.push((other.name.clone(), other.dimension, value));
    }
    let owner = Owner { places, known: &names, stream: stream(state.section, 0x8000 + k) };
    let (value, dimension) = quantities(context, text, &state.name, &owner)?;
    let zero = value == Value::Number(0.0) && dimension == Dimension::NONE;
    if dimension != state.dimension && !zero {
        let wanted = state.dimension.with_article();
        let message = format!("`{}` is {wanted}, and this value {}", state.name, dimension.with_article());
        let problem = Problem::at(text.span.clone(), message).label(dimension.to_string());
        return Err(problem.help(if state.dimension == Dimension::NONE {
            "write a number without unit".to_owned()
        } else {
            format!("give it the unit of {wanted}")
        }));
    }
    Ok(match value {
        Value::PerUnit(list) => Initial::Each(list),
        Value::Number(x) => Initial::Same(x),
        Value::Free(_) => unreachable!("values are read from the file"),
    })
}

/// The initial value that a library unit gives a state, as the file could write it.
fn standard(part: &Part<'_>, state: &equations::State) -> Result<At<PerUnitText>, Problem> {
    let own = part.unit.and_then(|unit| unit.init.iter().find(|(name, _)| *name == state.name));
    match own {
        Some((_, text)) => {
            let value = PerUnitText::One(Raw::Text((*text).to_owned()));
            Ok(At { span: part.name.span.clone(), value })
        }
        None => {
            let problem = Problem::at(
                part.name.span.clone(),
                format!("the state `{}` has no initial value", state.name),
            );
            let unit = if state.dimension == Dimension::NONE {
                "0".to_owned()
            } else {
                format!("\"0 {}\"", state.dimension.symbol())
            };
            Err(problem
                .help(format!("add init = {{ {} = {unit} }}; \"steady\" starts it at rest", state.name)))
        }
    }
}

/// Refuses initial values of what is no state.
fn check_init(equations: &Equations, k: usize, part: &Part<'_>) -> Result<(), Problem> {
    let Some(At { value: PerUnitText::Table(table), .. }) = &part.text.init else { return Ok(()) };
    if table.get("dist").is_some() {
        return Ok(());
    }
    let states: Vec<&str> =
        equations.states.iter().filter(|s| s.section == k).map(|s| s.name.as_str()).collect();
    match table.0.iter().find(|(name, _)| !states.contains(&name.as_str())) {
        Some((name, _)) => {
            let problem = unknown("state", name, name.span.clone(), &states);
            let own = format!("a state has an equation, `d{}/dt = …`", name.value);
            let help = problem.help.as_deref().map_or(own.clone(), |h| format!("{h}; {own}"));
            Err(problem.help(help))
        }
        None => Ok(()),
    }
}
