//! Every name of a system and what it stands for.

use super::stray_unit::stray_unit;
use super::symbol::Symbol;
use crate::equation_error::{EquationError, Place, Source};
use crate::function::FUNCTIONS;
use crate::grammar::{Expr, Id, Tree, Word};
use crate::scope::{Name, NameKind, Scope, Section};
use crate::{Dimension, Rational, nearest, unit};
use std::collections::HashMap;

/// A name that is given from outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// How it is written.
    pub name: String,
    /// The section that alone knows it; `None`: all do.
    pub section: Option<usize>,
    /// Its length, or rows and columns.
    pub kind: NameKind,
    /// Its dimension, given or found.
    pub dimension: Option<Dimension>,
}

/// A state or a definition, and where it is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Own {
    pub(super) name: String,
    pub(super) section: usize,
    pub(super) place: Place,
}

/// A white noise: `xi`, `xi_name`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Xi {
    pub(super) name: String,
    pub(super) section: usize,
    pub(super) place: Place,
}

/// The names of a system.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    sections: Vec<(String, HashMap<String, Symbol>)>,
    everywhere: HashMap<String, Symbol>,
    pub(super) states: Vec<Own>,
    pub(super) definitions: Vec<Own>,
    pub(super) parameters: Vec<Given>,
    pub(super) inputs: Vec<Given>,
    pub(super) matrices: Vec<Given>,
    pub(super) noises: Vec<Xi>,
}

/// What an expression may use besides numbers, names and functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Everything.
    Equation,
    /// Neither noise nor delay.
    Moment,
}

const MOST_NOISES: usize = 1000;

impl Names {
    pub(super) fn new(sections: &[Section<'_>], scope: &Scope) -> Self {
        let mut names = Self::default();
        for name in &scope.names {
            let symbol = names.give(name, None);
            names.everywhere.insert(name.name.clone(), symbol);
        }
        for (k, section) in sections.iter().enumerate() {
            let mut own = HashMap::new();
            for name in section.names {
                let symbol = names.give(name, Some(k));
                own.insert(name.name.clone(), symbol);
            }
            names.sections.push((section.name.to_owned(), own));
        }
        names
    }

    /// Refuses names from outside that mean something else already.
    pub(super) fn check_given(&self) -> Result<(), EquationError> {
        let given = self.parameters.iter().chain(&self.inputs).chain(&self.matrices);
        match given.filter_map(|g| Some((g, reserved(&g.name)?))).next() {
            None => Ok(()),
            Some((g, meaning)) => {
                let source = Source { section: g.section.unwrap_or(0), text: None };
                let e = source
                    .error(&(0..0), format!("`{}` is {meaning} and cannot be given from outside", g.name));
                Err(e.help("choose another name"))
            }
        }
    }

    fn give(&mut self, name: &Name, section: Option<usize>) -> Symbol {
        let given = Given { name: name.name.clone(), section, kind: name.kind, dimension: name.dimension };
        let (list, symbol): (_, fn(usize) -> Symbol) = match name.kind {
            NameKind::Parameter { .. } => (&mut self.parameters, Symbol::Parameter),
            NameKind::Input { .. } => (&mut self.inputs, Symbol::Input),
            NameKind::Matrix { .. } => (&mut self.matrices, Symbol::Matrix),
        };
        list.push(given);
        symbol(list.len() - 1)
    }

    /// Adds a state.
    pub(super) fn state(&mut self, source: Source, word: &Word<'_>) -> Result<usize, EquationError> {
        self.free(source, word, "a state")?;
        let own =
            Own { name: word.text.to_owned(), section: source.section, place: source.place(&word.span) };
        self.states.push(own);
        let k = self.states.len() - 1;
        self.sections[source.section].1.insert(word.text.to_owned(), Symbol::State(k));
        Ok(k)
    }

    /// Adds a definition.
    pub(super) fn definition(&mut self, source: Source, word: &Word<'_>) -> Result<usize, EquationError> {
        self.free(source, word, "a definition")?;
        let own =
            Own { name: word.text.to_owned(), section: source.section, place: source.place(&word.span) };
        self.definitions.push(own);
        let k = self.definitions.len() - 1;
        self.sections[source.section].1.insert(word.text.to_owned(), Symbol::Definition(k));
        Ok(k)
    }

    /// Refuses a name that already means something.
    fn free(&self, source: Source, word: &Word<'_>, what: &str) -> Result<(), EquationError> {
        let name = word.text;
        let error = |message: String, hint: &str| Err(source.error(&word.span, message).help(hint));
        if let Some(meaning) = reserved(name) {
            return error(format!("`{name}` is {meaning} and cannot be {what}"), "choose another name");
        }
        let remove = "choose another name, or take one of the two away";
        match self.known(source.section, name) {
            None => Ok(()),
            Some(symbol @ (Symbol::State(_) | Symbol::Definition(_))) => {
                let first = self.place(symbol);
                let e = source.error(&word.span, format!("`{name}` has two equations"));
                let e = e.label(source.place(&word.span), "the second").help("keep one of them");
                Err(match first {
                    Some(place) => e.label(place, "the first"),
                    None => e,
                })
            }
            Some(Symbol::Input(_)) => {
                error(format!("`{name}` is an input, given from outside, and cannot be {what}"), remove)
            }
            Some(Symbol::Matrix(_)) => error(format!("`{name}` is a matrix and cannot be {what}"), remove),
            Some(_) => error(format!("`{name}` is a parameter and cannot be {what}"), remove),
        }
    }

    /// Where a state or a definition is written.
    pub(super) fn place(&self, symbol: Symbol) -> Option<Place> {
        match symbol {
            Symbol::State(k) => Some(self.states[k].place.clone()),
            Symbol::Definition(k) => Some(self.definitions[k].place.clone()),
            _ => None,
        }
    }

    /// The state, definition or given name of this name.
    pub(super) fn known(&self, section: usize, name: &str) -> Option<Symbol> {
        let own = |(_, names): &(String, HashMap<String, Symbol>), name: &str| names.get(name).copied();
        match name.split_once('.') {
            Some((other, name)) => self.sections.iter().find(|s| s.0 == other).and_then(|s| own(s, name)),
            None => own(&self.sections[section], name).or_else(|| self.everywhere.get(name).copied()),
        }
    }

    /// What each node of an expression stands for; nodes that are no names give `Symbol::None`.
    pub(super) fn resolve(
        &mut self,
        source: Source,
        tree: &Tree<'_>,
        root: Id,
        allowed: Use,
        symbols: &mut [Symbol],
    ) -> Result<(), EquationError> {
        let start = tree.start(root);
        for id in start..=root {
            symbols[id] = match tree.nodes[id] {
                Expr::Name(name) => self.name(source, tree, id, name, allowed)?,
                Expr::Unit(name, power) => self.unit(source, tree, id, name, power)?,
                Expr::Call(name, _) => self.call(source, tree, id, name, allowed)?,
                Expr::Product(left, _) if self.is_number(tree, symbols, left) => {
                    return Err(not_a_matrix(source, tree, left, "number"));
                }
                _ => Symbol::None,
            };
        }
        match stray_unit(tree, symbols, root) {
            None => Ok(()),
            Some(id) => {
                let name = tree.source(id);
                let e = self.unknown(source, tree, id, name);
                let message =
                    format!("`{name}` is not known here; without a number it is not taken for the unit");
                let unit = format!("if the unit `{name}` is meant, write `(1 {name})`");
                let hint = e.hint.map_or(unit.clone(), |h| format!("{h}; {unit}"));
                Err(EquationError { message, hint: Some(hint), ..e })
            }
        }
    }

    /// Whether this is one number, whatever the lengths of states turn out to be.
    fn is_number(&self, tree: &Tree<'_>, symbols: &[Symbol], id: Id) -> bool {
        match (tree.nodes[id], symbols[id]) {
            (Expr::Number(_), _) | (Expr::Name(_), Symbol::Pi | Symbol::Time | Symbol::Unit(..)) => true,
            (Expr::Name(_), Symbol::Parameter(k)) => {
                self.parameters[k].kind == NameKind::Parameter { len: 1 }
            }
            _ => false,
        }
    }

    fn name(
        &mut self,
        source: Source,
        tree: &Tree<'_>,
        id: Id,
        name: &str,
        allowed: Use,
    ) -> Result<Symbol, EquationError> {
        if let Some(symbol) = self.known(source.section, name) {
            return Ok(symbol);
        }
        let span = &tree.spans[id];
        match name {
            "pi" => Ok(Symbol::Pi),
            "t" => Ok(Symbol::Time),
            "dt" => Err(source
                .error(span, "`dt` stands only on the left side of an equation, as in `dx/dt = …`")
                .help("use the expression of the rate itself, or give it a name: `rate = …`")),
            _ if is_noise(name) && allowed == Use::Equation => self.noise(source, tree, id, name),
            _ if is_noise(name) => Err(source
                .error(span, format!("`{name}` is a noise and has no value at an instant"))
                .help("noise stands in equations only")),
            _ => match unit::lookup(name) {
                Some((dimension, scale, decade)) => Ok(Symbol::Unit(dimension, scale, decade)),
                None => Err(self.unknown(source, tree, id, name)),
            },
        }
    }

    fn noise(
        &mut self,
        source: Source,
        tree: &Tree<'_>,
        id: Id,
        name: &str,
    ) -> Result<Symbol, EquationError> {
        let known = self.noises.iter().position(|n| n.section == source.section && n.name == name);
        if known.is_none() {
            if self.noises.len() >= MOST_NOISES {
                return Err(source.error(&tree.spans[id], "these equations have more than 1000 noises"));
            }
            let place = source.place(&tree.spans[id]);
            self.noises.push(Xi { name: name.to_owned(), section: source.section, place });
        }
        Ok(Symbol::Noise(known.unwrap_or(self.noises.len() - 1)))
    }

    fn unit(
        &self,
        source: Source,
        tree: &Tree<'_>,
        id: Id,
        name: &str,
        power: Rational,
    ) -> Result<Symbol, EquationError> {
        let span = &tree.spans[id];
        let missing = |hint: String| Err(source.error(span, "an operator is missing here").help(hint));
        if self.known(source.section, name).is_some() {
            let word = unit::word(name).map_or(String::new(), |word| format!(", or `1 {word}` for the unit"));
            return missing(format!(
                "`{name}` is a name here and hides the unit: write a product with `*`{word}"
            ));
        }
        let Some((dimension, scale, decade)) = unit::lookup(name) else {
            return missing(match nearest(name, unit::common()) {
                Some(known) => format!("write a product with `*`, or the unit `{known}` if that is meant"),
                None => "write a product with `*`".to_owned(),
            });
        };
        let dimension = Dimension::NONE.times_rational_power(dimension, power);
        let Some((dimension, (scale, decade))) = dimension.zip(unit::raised(scale, decade, power)) else {
            return Err(source.error(span, "this power is too large").help("units have small powers"));
        };
        let (decade, rest) = unit::tens(decade);
        Ok(Symbol::Unit(dimension, scale * rest, decade))
    }

    /// A state at an earlier time.
    fn call(
        &self,
        source: Source,
        tree: &Tree<'_>,
        id: Id,
        name: &str,
        allowed: Use,
    ) -> Result<Symbol, EquationError> {
        let start = tree.spans[id].start;
        let span = start..start + name.len();
        let error = |message: String, hint: &str| Err(source.error(&span, message).help(hint));
        match self.known(source.section, name) {
            Some(symbol @ Symbol::State(_)) if allowed == Use::Equation => Ok(symbol),
            Some(Symbol::State(_)) => {
                error(format!("the past of `{name}` is not known here"), "delays stand in equations only")
            }
            Some(Symbol::Definition(_)) => error(
                format!("`{name}` is a definition, and only states have a past"),
                "delay the states that it is made of",
            ),
            Some(Symbol::Input(_)) => error(
                format!("`{name}` is an input, and only states have a past"),
                "give the input that comes later as one of its own",
            ),
            Some(_) => error(format!("`{name}` is a number, not a function"), "write a product with `*`"),
            None => {
                let states =
                    self.states.iter().filter(|s| s.section == source.section).map(|s| s.name.as_str());
                let known = FUNCTIONS.iter().map(|f| f.0).chain(states);
                let hint = match nearest(name, known) {
                    Some(known) => format!("did you mean `{known}`?"),
                    None => "a product is written with `*`; functions are exp, log, sqrt, sin, tanh, abs, …"
                        .into(),
                };
                error(format!("there is no function `{name}`"), &hint)
            }
        }
    }

    /// The error of a name that nothing defines.
    fn unknown(&self, source: Source, tree: &Tree<'_>, id: Id, name: &str) -> EquationError {
        let e = source.error(&tree.spans[id], format!("`{name}` is not known here"));
        let plain = |c: char| match c {
            'µ' => 'μ',
            '\u{2126}' => '\u{3a9}',
            c => c,
        };
        let folded: String = name.chars().map(plain).collect();
        let mut all = self.all(source.section);
        if let Some(twin) = all.iter().find(|k| k.chars().map(plain).collect::<String>() == folded) {
            let code = |s: &str| s.chars().find(|c| !c.is_ascii()).map_or(0, u32::from);
            let (here, there) = (code(name), code(twin));
            return e.help(format!(
                "`{twin}` is written with U+{there:04X}, this with U+{here:04X}, which looks the same"
            ));
        }
        if name == "π" {
            return e.help("write `pi`");
        }
        if let Some((other, _)) = name.split_once('.')
            && !self.sections.iter().any(|s| s.0 == other)
        {
            let hint = match nearest(other, self.sections.iter().map(|s| s.0.as_str())) {
                Some(known) => format!("there is no section `{other}`; did you mean `{known}`?"),
                None => format!("there is no section `{other}`"),
            };
            return e.help(hint);
        }
        all.extend(["pi", "t", "xi"].map(str::to_owned));
        if let Some(rest) = name.strip_prefix('d').filter(|rest| all.iter().any(|k| k == rest)) {
            return e.help(format!("a derivative stands alone on the left side, as in `d{rest}/dt = …`"));
        }
        e.help(match nearest(name, all.iter().map(String::as_str)) {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("give it an equation, `d{name}/dt = …` or `{name} = …`, or a value from outside"),
        })
    }

    /// Every name that a section knows; those of other sections with a dot.
    fn all(&self, section: usize) -> Vec<String> {
        let mut all: Vec<String> = self.everywhere.keys().cloned().collect();
        for (k, (name, own)) in self.sections.iter().enumerate() {
            let shown = |key: &String| if k == section { key.clone() } else { format!("{name}.{key}") };
            all.extend(own.keys().map(shown));
        }
        all.sort();
        all
    }
}

/// The error of `@` after something else than a matrix.
pub(super) fn not_a_matrix(source: Source, tree: &Tree<'_>, left: Id, what: &str) -> EquationError {
    let (span, excerpt) = (&tree.spans[left], tree.excerpt(left));
    let e = source.error(span, format!("`{excerpt}` is a {what}, and `@` multiplies by a matrix"));
    e.label(source.place(span), format!("a {what}")).help("write `*` for the product unit by unit")
}

/// Whether a name is that of a noise.
fn is_noise(name: &str) -> bool {
    name == "xi" || name.starts_with("xi_")
}

/// What a name that cannot be chosen means in equations: the time, a noise, a number, a function; `None` where it is free.
pub fn reserved(name: &str) -> Option<&'static str> {
    match name {
        "t" => Some("the time"),
        "dt" => Some("the step of time"),
        "pi" => Some("the number 3.14159…"),
        "and" | "or" | "not" => Some("a word of conditions"),
        _ if is_noise(name) => Some("a noise"),
        _ if FUNCTIONS.iter().any(|f| f.0 == name) => Some("a function"),
        _ => None,
    }
}
