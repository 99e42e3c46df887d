//! A system of equations: rates of states, definitions, noises and delays, checked and brought into a graph.
//!
//! ```
//! use equations::{Dimension, Equations, Name, NameKind, Scope, Section, Unit};
//! let tau = Name {
//!     name: "tau".into(),
//!     dimension: Some(Dimension::TIME),
//!     kind: NameKind::Parameter { len: 1 },
//! };
//! let scope = Scope { time: Some(Dimension::TIME), names: vec![tau] };
//! let cell = Section { name: "cell", texts: &["tau*dv/dt = -65*mV - v"], ..Section::default() };
//! let system = Equations::parse(&[cell], &scope).unwrap();
//! assert_eq!(system.states[0].name, "v");
//! assert_eq!(system.states[0].dimension, Unit::parse("V").unwrap().dimension());
//!
//! let cell = Section { texts: &["tau*dv/dt = 3*nA - v : volt"], ..cell };
//! let e = Equations::parse(&[cell], &scope).unwrap_err();
//! assert_eq!(e.message, "`-` needs equal units, not a current (A) and a voltage (V)");
//! ```

use super::delay::Delay;
use super::dimensions::Dimensions;
use super::lengths::{Lengths, lengths};
use super::lower::Lower;
use super::names::{Given, Names, Use};
use super::order::order;
use super::symbol::Symbol;
use super::text::Text;
use super::value::Value;
use crate::Dimension;
use crate::equation_error::{EquationError, Errors, Place, Source};
use crate::grammar::{self, Annotation, Id, MAX_BYTES, MAX_OPERATIONS, SHORTER, Statement, Word};
use crate::graph::{Graph, Node};
use crate::scope::{Scope, Section};
use std::collections::HashMap;

/// A variable with a rate.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Its name in its section.
    pub name: String,
    /// Its section.
    pub section: usize,
    /// How many units it has.
    pub len: usize,
    /// Its dimension.
    pub dimension: Dimension,
    /// dx/dt without noise.
    pub rate: Node,
    /// The factor of each noise in dx/dt: (noise, node).
    pub diffusion: Vec<(usize, Node)>,
    /// The left side of its equation.
    pub place: Place,
}

/// A name for an expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// Its name in its section.
    pub name: String,
    /// Its section.
    pub section: usize,
    /// How many units it has.
    pub len: usize,
    /// Its dimension.
    pub dimension: Dimension,
    /// Its value without noise.
    pub node: Node,
    /// The factor of each noise in it.
    pub diffusion: Vec<(usize, Node)>,
    /// Its name on the left side.
    pub place: Place,
}

/// An independent white noise with <xi(t) xi(t')> = delta(t - t').
#[derive(Clone, Debug, PartialEq)]
pub struct Noise {
    /// `xi`, or `xi_name`.
    pub name: String,
    /// Its section.
    pub section: usize,
    /// One noise for each unit of the states that it drives.
    pub len: usize,
    /// Where it stands first.
    pub place: Place,
}

/// Equations that were read and checked.
#[derive(Clone, Debug)]
pub struct Equations {
    /// In the order of their equations; the k-th is the k-th state of the graph.
    pub states: Vec<State>,
    /// In the order of their lines.
    pub definitions: Vec<Definition>,
    /// The k-th noise of every `diffusion`.
    pub noises: Vec<Noise>,
    /// The k-th delayed state of the graph.
    pub delays: Vec<Delay>,
    /// The k-th parameter of the graph.
    pub parameters: Vec<Given>,
    /// The k-th input of the graph.
    pub inputs: Vec<Given>,
    /// The k-th matrix of the graph.
    pub matrices: Vec<Given>,
    /// The dimension of `t`.
    pub time: Dimension,
    /// The expressions that all of these share.
    pub graph: Graph,
    pub(super) names: Names,
    pub(super) dimensions: Dimensions,
    pub(super) values: Vec<Option<Value>>,
    pub(super) lengths: Vec<usize>,
}

/// The equation of a state or of a definition.
struct Line {
    text: usize,
    symbol: Symbol,
    left: Place,
    factor: Option<Id>,
    right: Id,
    unit: Option<Annotation>,
}

/// Most lines of which all are told whose units are wrong.
const RETRIED: usize = 300;

/// Sums of noises that one system may need.
const NOISE_TERMS: usize = 1_000_000;

impl Equations {
    /// Reads the texts of all sections and checks them together.
    ///
    /// # Errors
    /// What is wrong: grammar, names, circles, lengths, units, noise, delays, division by zero. In grammar, names and units every
    /// line is looked at, and the first error carries the others; what comes later is looked at where these are right.
    pub fn parse(sections: &[Section<'_>], scope: &Scope) -> Result<Self, EquationError> {
        let (mut texts, statements) = read(sections)?;
        let mut names = Names::new(sections, scope);
        names.check_given()?;
        let lines = declare(&mut names, &texts, statements.iter())?;
        let mut errors = Errors::default();
        for line in &lines {
            for root in line.factor.into_iter().chain([line.right]) {
                let Text { source, tree, symbols } = &mut texts[line.text];
                errors.keep_new(names.resolve(*source, tree, root, Use::Equation, symbols));
            }
            if errors.full() {
                break;
            }
        }
        for (text, statement) in &statements {
            if let Statement::Declaration { name, .. } = statement {
                errors.keep(given(&names, texts[*text].source, name));
            }
        }
        errors.none_or(())?;
        let order = order(&names.definitions, &uses(&names, &lines, &texts))?;
        let everything: Vec<(Symbol, usize, Id)> = lines
            .iter()
            .flat_map(|l| l.factor.into_iter().chain([l.right]).map(|root| (l.symbol, l.text, root)))
            .collect();
        let lengths = lengths(&names, |k| sections[k].length, &everything, &texts);
        let dimensions = check(sections, scope, &names, &texts, &statements, &lines, &order)?;
        let equations = lower(names, dimensions, lengths, &texts, &lines, &order)?;
        equations.whole(&texts, &lines)?;
        Ok(equations)
    }
}

impl Equations {
    /// Refuses a state whose dimension has half a power, as noise with a wrong factor makes it, unless its unit is stated.
    fn whole(&self, texts: &[Text<'_>], lines: &[Line]) -> Result<(), EquationError> {
        for line in lines.iter().filter(|l| l.unit.is_none()) {
            let Symbol::State(k) = line.symbol else { continue };
            let State { name, dimension, .. } = &self.states[k];
            if !dimension.is_integral() {
                let message = format!("by these equations `{name}` is {}", dimension.with_article());
                let e = texts[line.text].error(line.right, message);
                let hint =
                    format!("state its unit, as in `d{name}/dt = … : volt`, to see which term differs");
                return Err(e.help(hint));
            }
        }
        Ok(())
    }
}

type Read<'a> = (Vec<Text<'a>>, Vec<(usize, Statement<'a>)>);

/// Every text of every section.
fn read<'a>(sections: &[Section<'a>]) -> Result<Read<'a>, EquationError> {
    let mut texts = Vec::new();
    let mut statements = Vec::new();
    let mut errors = Errors::default();
    let (mut bytes, mut nodes) = (0, 0);
    for (k, section) in sections.iter().enumerate() {
        let before = statements.len();
        for (j, text) in section.texts.iter().enumerate() {
            let source = Source { section: k, text: Some(j) };
            let (found, tree) = match grammar::statements(text) {
                Ok(read) => read,
                Err(wrong) => {
                    for e in wrong {
                        errors.keep(Err::<(), _>(source.misread(e)));
                    }
                    continue;
                }
            };
            (bytes, nodes) = (bytes + text.len(), nodes + tree.nodes.len());
            if bytes > MAX_BYTES || nodes > MAX_OPERATIONS {
                let message = "these equations have more than a megabyte, or more than 100 000 operations";
                return Err(source.error(&(0..text.len()), message).help(SHORTER));
            }
            statements.extend(found.into_iter().map(|s| (texts.len(), s)));
            texts.push(Text::new(source, tree));
        }
        if statements.len() == before && errors.is_empty() {
            let source = Source { section: k, text: section.texts.len().checked_sub(1).map(|_| 0) };
            let len = section.texts.first().map_or(0, |t| t.len());
            let e = source.error(&(0..len), "there is no equation here");
            return Err(e.help("write `dx/dt = …`, one equation a line"));
        }
    }
    errors.none_or((texts, statements))
}

/// The states and definitions of all left sides.
fn declare<'a, 'b: 'a>(
    names: &mut Names,
    texts: &[Text<'b>],
    statements: impl Iterator<Item = &'a (usize, Statement<'b>)>,
) -> Result<Vec<Line>, EquationError> {
    let mut lines = Vec::new();
    let mut errors = Errors::default();
    for (text, statement) in statements {
        let source = texts[*text].source;
        lines.push(match statement {
            Statement::Rate { state, left, factor, right, unit } => {
                let Some(k) = errors.keep(names.state(source, state)) else { continue };
                let symbol = Symbol::State(k);
                let (left, unit) = (source.place(left), unit.clone());
                Line { text: *text, symbol, left, factor: *factor, right: *right, unit }
            }
            Statement::Definition { name, right, unit } => {
                let Some(k) = errors.keep(names.definition(source, name)) else { continue };
                let symbol = Symbol::Definition(k);
                let (left, unit) = (source.place(&name.span), unit.clone());
                Line { text: *text, symbol, left, factor: None, right: *right, unit }
            }
            Statement::Declaration { .. } => continue,
        });
    }
    errors.none_or(lines)
}

/// The symbol of a name that a line says to be given from outside.
fn given(names: &Names, source: Source, word: &Word<'_>) -> Result<Symbol, EquationError> {
    match names.known(source.section, word.text) {
        Some(symbol) => Ok(symbol),
        None => {
            let e = source.error(&word.span, format!("`{}` has a unit and no value", word.text));
            Err(e.help(format!("give it a value from outside, or an equation, `{} = …`", word.text)))
        }
    }
}

/// The definitions that each definition names.
fn uses(names: &Names, lines: &[Line], texts: &[Text<'_>]) -> Vec<Vec<usize>> {
    let mut uses = vec![Vec::new(); names.definitions.len()];
    for line in lines {
        if let Symbol::Definition(k) = line.symbol {
            let text = &texts[line.text];
            uses[k].extend((text.tree.start(line.right)..=line.right).filter_map(|id| {
                match text.symbols[id] {
                    Symbol::Definition(used) => Some(used),
                    _ => None,
                }
            }));
        }
    }
    uses
}

/// Lines in an order in which definitions come before what uses them, states last.
fn ordered<'a>(lines: &'a [Line], order: &[usize]) -> impl Iterator<Item = &'a Line> {
    let mut definitions: Vec<Option<&Line>> = vec![None; order.len()];
    for line in lines {
        if let Symbol::Definition(k) = line.symbol {
            definitions[k] = Some(line);
        }
    }
    let first: Vec<&Line> = order.iter().filter_map(|&k| definitions[k]).collect();
    first.into_iter().chain(lines.iter().filter(|l| matches!(l.symbol, Symbol::State(_))))
}

/// The dimensions of all names.
fn check(
    sections: &[Section<'_>],
    scope: &Scope,
    names: &Names,
    texts: &[Text<'_>],
    statements: &[(usize, Statement<'_>)],
    lines: &[Line],
    order: &[usize],
) -> Result<Dimensions, EquationError> {
    let mut start = Dimensions::new(names, scope.time);
    for line in lines {
        if let Some(unit) = &line.unit {
            annotate(&mut start, texts[line.text].source, line.symbol, &line.left, unit, names)?;
        }
    }
    for (text, statement) in statements {
        if let Statement::Declaration { name, unit } = statement {
            let source = texts[*text].source;
            let symbol = given(names, source, name)?;
            annotate(&mut start, source, symbol, &source.place(&name.span), unit, names)?;
        }
    }
    let hints: Vec<(Symbol, Dimension)> = sections
        .iter()
        .enumerate()
        .flat_map(|(k, s)| s.hints.iter().filter_map(move |(name, d)| Some((names.known(k, name)?, *d))))
        .filter(|(symbol, _)| matches!(symbol, Symbol::State(_)))
        .collect();
    let step = |d: &mut Dimensions, line: &Line| {
        let text = &texts[line.text];
        match line.symbol {
            Symbol::State(_) => d.rate(text, line.symbol, line.factor, &line.left, line.right),
            _ => d.definition(text, line.symbol, &line.left, line.right),
        }
    };
    let mut dimensions = start.clone();
    if let Err(e) = ordered(lines, order).try_for_each(|line| step(&mut dimensions, line)) {
        // Where initial values say what the states are, the error is told in their terms.
        hints.iter().for_each(|&(symbol, d)| start.suggest(symbol, d));
        let mut errors = Errors::default();
        for line in ordered(lines, order) {
            // A line that is wrong says nothing about the units of its names, lest it makes others wrong.
            let before = (lines.len() <= RETRIED).then(|| start.clone());
            if errors.keep(step(&mut start, line)).is_none() {
                match before {
                    Some(before) if !errors.full() => start = before,
                    _ => break,
                }
            }
        }
        return errors.none_or(()).and(Err(e));
    }
    hints.iter().for_each(|&(symbol, d)| dimensions.suggest(symbol, d));
    dimensions.settle();
    let time = dimensions.of(Symbol::Time).unwrap_or_default();
    if time != Dimension::TIME && time != Dimension::NONE {
        let line = lines.iter().find(|l| matches!(l.symbol, Symbol::State(_)));
        let place = line.map_or_else(|| Source { section: 0, text: None }.place(&(0..0)), |l| l.left.clone());
        let message = format!("by these equations `t` is {}, not a time", time.with_article());
        let hint = Some("look for a factor that is missing, or for a name that was read as a unit".into());
        return Err(EquationError { message, place, labels: Vec::new(), hint, next: None });
    }
    Ok(dimensions)
}

fn annotate(
    dimensions: &mut Dimensions,
    source: Source,
    symbol: Symbol,
    left: &Place,
    unit: &Annotation,
    names: &Names,
) -> Result<(), EquationError> {
    let stated = unit.unit.dimension();
    match dimensions.declare(symbol, stated) {
        Ok(()) => Ok(()),
        Err(known) => {
            let known = known.unwrap_or_default();
            let message = format!(
                "this name is {}, and its unit here is {}",
                known.with_article(),
                stated.with_article()
            );
            let e = source.error(&unit.span, message).label(source.place(&unit.span), stated.to_string());
            let e = e.label(left.clone(), known.to_string());
            let e = match names.place(symbol) {
                Some(place) if place != *left => e.label(place, "its equation"),
                _ => e,
            };
            Err(e.help("let the two agree"))
        }
    }
}

/// The graph of all lines.
fn lower(
    names: Names,
    mut dimensions: Dimensions,
    lengths: Lengths,
    texts: &[Text<'_>],
    lines: &[Line],
    order: &[usize],
) -> Result<Equations, EquationError> {
    let mut graph = Graph::default();
    let mut values: Vec<Option<Value>> = vec![None; names.definitions.len()];
    let mut delays = Vec::new();
    let mut states: Vec<State> = Vec::new();
    let mut noises: Vec<Noise> = names
        .noises
        .iter()
        .map(|n| Noise { name: n.name.clone(), section: n.section, len: 0, place: n.place.clone() })
        .collect();
    let mut budget = NOISE_TERMS;
    for line in ordered(lines, order) {
        let text = &texts[line.text];
        let mut lowering = Lower {
            graph: &mut graph,
            names: &names,
            states: &lengths.states,
            definitions: &values,
            delays: &mut delays,
            replaced: &HashMap::new(),
            budget: &mut budget,
        };
        match line.symbol {
            Symbol::Definition(k) => values[k] = Some(lowering.expression(text, line.right)?),
            Symbol::State(k) => {
                let value = lowering.rate(text, line.factor, line.right)?;
                let own = &names.states[k];
                let len = lengths.states[k];
                let longest =
                    value.noise.iter().map(|n| n.1).chain([value.node]).map(|n| graph.length(n)).max();
                if let Some(found) = longest.filter(|&found| found != 1 && found != len) {
                    let message = format!("`{}` has {len} units, and its rate has {found}", own.name);
                    let e = text.error(line.right, message).label(line.left.clone(), format!("length {len}"));
                    let e = e.label(text.place(line.right), format!("length {found}"));
                    return Err(e.help("a state and its rate have the same length"));
                }
                for &(noise, _) in &value.noise {
                    let noise = &mut noises[noise];
                    if noise.len != 0 && noise.len != len {
                        let message =
                            format!("`{}` drives states of {} and of {len} units", noise.name, noise.len);
                        let e = text.error(line.right, message).label(noise.place.clone(), "first used here");
                        return Err(e.help(format!(
                            "give the second noise its own name, such as `{}_2`",
                            noise.name
                        )));
                    }
                    noise.len = len;
                }
                states.push(State {
                    name: own.name.clone(),
                    section: own.section,
                    len,
                    dimension: dimensions.of(line.symbol).unwrap_or_default(),
                    rate: value.node,
                    diffusion: value.noise,
                    place: line.left.clone(),
                });
            }
            _ => {}
        }
    }
    let definitions = names.definitions.iter().zip(&values).enumerate().filter_map(|(k, (own, value))| {
        let value = value.as_ref()?;
        Some(Definition {
            name: own.name.clone(),
            section: own.section,
            len: graph.length(value.node).max(lengths.definitions[k]),
            dimension: dimensions.of(Symbol::Definition(k)).unwrap_or_default(),
            node: value.node,
            diffusion: value.noise.clone(),
            place: own.place.clone(),
        })
    });
    let definitions = definitions.collect();
    let mut known = |list: &[Given], symbol: fn(usize) -> Symbol| -> Vec<Given> {
        let found = list.iter().enumerate();
        found.map(|(k, g)| Given { dimension: dimensions.of(symbol(k)), ..g.clone() }).collect()
    };
    Ok(Equations {
        parameters: known(&names.parameters, Symbol::Parameter),
        inputs: known(&names.inputs, Symbol::Input),
        matrices: known(&names.matrices, Symbol::Matrix),
        time: dimensions.of(Symbol::Time).unwrap_or_default(),
        states,
        definitions,
        noises,
        delays,
        graph,
        names,
        dimensions,
        values,
        lengths: lengths.states,
    })
}
