//! The dimension of every expression, and the error where two differ.
//!
//! | expression | rule |
//! |---|---|
//! | `a + b` `a - b` `a < b` `min` `max` `clip` `mod` `atan2`, both sides of `=` | equal dimensions; a literal 0 has any |
//! | `a*b` `a/b` `M@v` | product, quotient |
//! | `a^k` | k without dimension, and constant where a has one |
//! | `-a` `abs` `relu` | that of a |
//! | `sqrt` | half of it |
//! | `sign` `heaviside` | of anything, without dimension |
//! | `where(c, a, b)` | c without dimension, a and b equal |
//! | the other functions | without dimension |
//! | `xi` | time^(-1/2) |

use super::exponents::{Failure, Form, Unknowns};
use super::names::Names;
use super::remedy::{remedy, usual_unit};
use super::symbol::Symbol;
use super::text::Text;
use crate::equation_error::{EquationError, Place};
use crate::function::{Binary, FUNCTIONS, Function, Ternary, Unary};
use crate::grammar::{Expr, Id};
use crate::{Dimension, Rational};

/// The dimensions of all names, as far as they are known.
#[derive(Clone, Debug, Default)]
pub(super) struct Dimensions {
    unknowns: Unknowns,
    /// Where each unknown was found, if that was in an equation.
    causes: Vec<Option<Place>>,
    /// The first unknown of the states, definitions, parameters, inputs and matrices; time is the first of all.
    first: [usize; 5],
}

/// The form of an expression, and the number that it is, if it is one.
#[derive(Clone, Debug, Default)]
struct Reading {
    form: Form,
    constant: Option<f64>,
}

impl Dimensions {
    /// The dimensions that are given.
    pub(super) fn new(names: &Names, time: Option<Dimension>) -> Self {
        let mut count = 1;
        let mut block = |n: usize| {
            count += n;
            count - n
        };
        let first = [
            block(names.states.len()),
            block(names.definitions.len()),
            block(names.parameters.len()),
            block(names.inputs.len()),
            block(names.matrices.len()),
        ];
        let mut d = Self { unknowns: Unknowns::new(count), causes: vec![None; count], first };
        let given = [&names.parameters, &names.inputs, &names.matrices];
        let known = given.iter().zip(&first[2..]).flat_map(|(list, &start)| {
            list.iter().enumerate().filter_map(move |(k, g)| g.dimension.map(|d| (start + k, d)))
        });
        for (k, dimension) in known.chain(time.map(|time| (0, time))) {
            // An unknown that stands in no equation yet can be given any value.
            let _ = d.fix(k, dimension);
        }
        d
    }

    fn fix(&mut self, k: usize, dimension: Dimension) -> Result<(), Failure> {
        let form = self.unknowns.form(k)?;
        self.unknowns.equate(&form, &dimension.into()).map(|_| ())
    }

    fn unknown(&self, symbol: Symbol) -> Option<usize> {
        match symbol {
            Symbol::Time => Some(0),
            Symbol::State(k) => Some(self.first[0] + k),
            Symbol::Definition(k) => Some(self.first[1] + k),
            Symbol::Parameter(k) => Some(self.first[2] + k),
            Symbol::Input(k) => Some(self.first[3] + k),
            Symbol::Matrix(k) => Some(self.first[4] + k),
            Symbol::None | Symbol::Pi | Symbol::Noise(_) | Symbol::Unit(..) => None,
        }
    }

    /// What is known of the dimension of a name.
    pub(super) fn of(&mut self, symbol: Symbol) -> Option<Dimension> {
        let form = self.unknowns.form(self.unknown(symbol)?).ok()?;
        self.unknowns.dimension(&form).ok().flatten()
    }

    /// Gives a name a dimension, unless it has another.
    pub(super) fn declare(&mut self, symbol: Symbol, dimension: Dimension) -> Result<(), Option<Dimension>> {
        let k = self.unknown(symbol).ok_or(None)?;
        match self.fix(k, dimension) {
            Ok(()) => Ok(()),
            Err(_) => Err(self.of(symbol)),
        }
    }

    /// Gives a name this dimension where nothing else has.
    pub(super) fn suggest(&mut self, symbol: Symbol, dimension: Dimension) {
        if let Some(k) = self.unknown(symbol) {
            // A suggestion that does not fit is not taken.
            let _ = self.fix(k, dimension);
        }
    }

    /// Whatever is still unknown has no dimension; but time is time wherever anything has a unit.
    pub(super) fn settle(&mut self) {
        let units = (1..self.causes.len()).any(|k| {
            let form = self.unknowns.form(k);
            form.is_ok_and(|f| !matches!(self.unknowns.dimension(&f), Ok(None | Some(Dimension::NONE))))
        });
        if units && self.of(Symbol::Time).is_none() {
            self.suggest(Symbol::Time, Dimension::TIME);
        }
        for k in 0..self.causes.len() {
            self.suggest_unknown(k);
        }
    }

    fn suggest_unknown(&mut self, k: usize) {
        let Ok(form) = self.unknowns.form(k) else { return };
        if self.unknowns.dimension(&form) == Ok(None) {
            let _ = self.fix(k, Dimension::NONE);
        }
    }

    /// factor * dstate/dt = right.
    pub(super) fn rate(
        &mut self,
        text: &Text<'_>,
        state: Symbol,
        factor: Option<Id>,
        left: &Place,
        right: Id,
    ) -> Result<(), EquationError> {
        let b = self.read(text, right)?;
        let mut a = match factor {
            Some(factor) => self.read(text, factor)?.form,
            None => Form::default(),
        };
        let k = self.unknown(state).unwrap_or_default();
        let failed = |f: Failure| failure(text, right, f);
        let state = self.unknowns.form(k).map_err(failed)?;
        let time = self.unknowns.form(0).map_err(failed)?;
        a = self.unknowns.sum(&a, &state, Rational::ONE).map_err(failed)?;
        a = self.unknowns.sum(&a, &time, Rational::integer(-1)).map_err(failed)?;
        if text.tree.is_zero(right) {
            return Ok(());
        }
        self.sides(text, &a, left, right, &b.form)
    }

    /// name = right.
    pub(super) fn definition(
        &mut self,
        text: &Text<'_>,
        name: Symbol,
        left: &Place,
        right: Id,
    ) -> Result<(), EquationError> {
        let b = self.read(text, right)?;
        if text.tree.is_zero(right) {
            return Ok(());
        }
        let k = self.unknown(name).unwrap_or_default();
        let a = self.unknowns.form(k).map_err(|f| failure(text, right, f))?;
        self.sides(text, &a, left, right, &b.form)
    }

    fn sides(
        &mut self,
        text: &Text<'_>,
        a: &Form,
        left: &Place,
        right: Id,
        b: &Form,
    ) -> Result<(), EquationError> {
        match self.equate(text, right, a, b) {
            Ok(()) => Ok(()),
            Err(Failure::Clash) => {
                let (x, y) = (self.unknowns.shown(a), self.unknowns.shown(b));
                let message =
                    format!("the left side is {}, the right side {}", x.with_article(), y.with_article());
                let e = text.error(right, message).label(left.clone(), x.to_string());
                let e = e.label(text.place(right), y.to_string());
                Err(self.explained(text, &[right], remedied(e, x, y)))
            }
            Err(f) => Err(failure(text, right, f)),
        }
    }

    /// The dimension of an expression; everything that is unknown in it is settled.
    pub(super) fn expression(&mut self, text: &Text<'_>, root: Id) -> Result<Dimension, EquationError> {
        let form = self.read(text, root)?.form;
        Ok(self.unknowns.shown(&form))
    }

    /// Refuses an expression of another dimension than this.
    pub(super) fn expect(
        &mut self,
        text: &Text<'_>,
        name: &str,
        expected: Symbol,
        root: Id,
    ) -> Result<(), EquationError> {
        let found = self.expression(text, root)?;
        let expected = self.of(expected).unwrap_or_default();
        if found == expected || text.tree.is_zero(root) {
            return Ok(());
        }
        let message =
            format!("`{name}` is {}, and this is {}", expected.with_article(), found.with_article());
        Err(remedied(text.error(root, message), expected, found))
    }

    /// Refuses an expression that has a dimension.
    pub(super) fn expect_none(&mut self, text: &Text<'_>, root: Id) -> Result<(), EquationError> {
        let found = self.expression(text, root)?;
        if found == Dimension::NONE {
            return Ok(());
        }
        let message =
            format!("a state is multiplied by a dimensionless number, not by {}", found.with_article());
        Err(remedied(text.error(root, message), found, Dimension::NONE))
    }

    fn equate(&mut self, text: &Text<'_>, id: Id, a: &Form, b: &Form) -> Result<(), Failure> {
        if let Some(k) = self.unknowns.equate(a, b)? {
            self.causes[k] = Some(text.place(id));
        }
        Ok(())
    }

    /// The form of an expression, and the errors of all that stands in it.
    fn read(&mut self, text: &Text<'_>, root: Id) -> Result<Reading, EquationError> {
        let start = text.tree.start(root);
        let mut readings: Vec<Reading> = Vec::with_capacity(root + 1 - start);
        for id in start..=root {
            let reading = self.node(text, id, start, &mut readings)?;
            readings.push(reading);
        }
        Ok(readings.pop().unwrap_or_default())
    }

    fn node(
        &mut self,
        text: &Text<'_>,
        id: Id,
        start: Id,
        readings: &mut [Reading],
    ) -> Result<Reading, EquationError> {
        let mut take = |part: Id| std::mem::take(&mut readings[part - start]);
        let failed = |f: Failure| failure(text, id, f);
        let bare = || Reading::default();
        Ok(match text.tree.nodes[id] {
            Expr::Number(x) => Reading { constant: Some(x), ..bare() },
            Expr::Name(_) | Expr::Unit(..) => {
                Reading { form: self.symbol(text.symbols[id]).map_err(failed)?, constant: None }
            }
            Expr::Unary(f, a) => {
                let x = take(a);
                let constant = x.constant.map(|x| f.apply(x));
                let form = match f {
                    Unary::Negate | Unary::Abs | Unary::Relu => x.form,
                    Unary::Sign | Unary::Heaviside => Form::default(),
                    Unary::Sqrt => {
                        let half = Rational::ONE.over(Rational::integer(2)).unwrap_or_default();
                        self.unknowns.sum(&Form::default(), &x.form, half).map_err(failed)?
                    }
                    _ => {
                        self.bare(text, a, &x.form, function_name(Function::Unary(f)))?;
                        Form::default()
                    }
                };
                Reading { form, constant }
            }
            Expr::Binary(f, a, b) => {
                let (x, y) = (take(a), take(b));
                self.binary(text, id, f, (a, x), (b, y))?
            }
            Expr::Ternary(Ternary::Clip, a, b, c) => {
                let (x, y, z) = (take(a), take(b), take(c));
                let form = self.agree(text, "`clip` needs", (a, &x), (b, &y))?;
                let x = Reading { form, constant: None };
                Reading { form: self.agree(text, "`clip` needs", (a, &x), (c, &z))?, constant: None }
            }
            Expr::Ternary(Ternary::Where, c, a, b) => {
                let (z, x, y) = (take(c), take(a), take(b));
                self.bare(text, c, &z.form, "where")?;
                Reading { form: self.agree(text, "`where` needs", (a, &x), (b, &y))?, constant: None }
            }
            Expr::And(..) | Expr::Or(..) | Expr::Not(_) => bare(),
            Expr::Product(a, b) => {
                let (x, y) = (take(a), take(b));
                Reading {
                    form: self.unknowns.sum(&x.form, &y.form, Rational::ONE).map_err(failed)?,
                    constant: None,
                }
            }
            Expr::Call(name, a) => {
                let x = take(a);
                let time = self.unknowns.form(0).map_err(failed)?;
                match self.equate(text, a, &time, &x.form) {
                    Ok(()) => {}
                    Err(Failure::Clash) => {
                        let (t, d) = (self.unknowns.shown(&time), self.unknowns.shown(&x.form));
                        let message =
                            format!("`{name}` is taken at {}, not at {}", t.with_article(), d.with_article());
                        let e = text.error(a, message).label(text.place(a), d.to_string());
                        return Err(e.help(format!("write `{name}(t - 5 ms)`")));
                    }
                    Err(f) => return Err(failed(f)),
                }
                Reading { form: self.symbol(text.symbols[id]).map_err(failed)?, constant: None }
            }
        })
    }

    fn symbol(&mut self, symbol: Symbol) -> Result<Form, Failure> {
        match symbol {
            Symbol::Unit(dimension, ..) => Ok(dimension.into()),
            Symbol::Noise(_) => {
                let time = self.unknowns.form(0)?;
                let half = Rational::integer(-1).over(Rational::integer(2)).unwrap_or_default();
                self.unknowns.sum(&Form::default(), &time, half)
            }
            Symbol::None | Symbol::Pi => Ok(Form::default()),
            _ => self.unknowns.form(self.unknown(symbol).unwrap_or_default()),
        }
    }

    fn binary(
        &mut self,
        text: &Text<'_>,
        id: Id,
        f: Binary,
        (a, x): (Id, Reading),
        (b, y): (Id, Reading),
    ) -> Result<Reading, EquationError> {
        let constant = x.constant.zip(y.constant).map(|(x, y)| f.apply(x, y));
        let failed = |f: Failure| failure(text, id, f);
        let form = match f {
            Binary::Multiply => self.unknowns.sum(&x.form, &y.form, Rational::ONE).map_err(failed)?,
            Binary::Divide => self.unknowns.sum(&x.form, &y.form, Rational::integer(-1)).map_err(failed)?,
            Binary::Power => self.power(text, id, (a, &x), (b, &y))?,
            Binary::Add => self.agree(text, "`+` needs", (a, &x), (b, &y))?,
            Binary::Subtract => self.agree(text, "`-` needs", (a, &x), (b, &y))?,
            Binary::Min | Binary::Max | Binary::Mod => {
                let name = format!("`{}` needs", binary_name(f));
                self.agree(text, &name, (a, &x), (b, &y))?
            }
            Binary::Atan2 => {
                self.agree(text, "`atan2` needs", (a, &x), (b, &y))?;
                Form::default()
            }
            Binary::Less
            | Binary::LessEqual
            | Binary::Greater
            | Binary::GreaterEqual
            | Binary::Equal
            | Binary::NotEqual => {
                self.agree(text, "a comparison needs", (a, &x), (b, &y))?;
                Form::default()
            }
        };
        Ok(Reading { form, constant })
    }

    /// The common form of two operands.
    fn agree(
        &mut self,
        text: &Text<'_>,
        needs: &str,
        (a, x): (Id, &Reading),
        (b, y): (Id, &Reading),
    ) -> Result<Form, EquationError> {
        if text.tree.is_zero(a) {
            return Ok(y.form.clone());
        }
        if text.tree.is_zero(b) {
            return Ok(x.form.clone());
        }
        match self.equate(text, b, &x.form, &y.form) {
            Ok(()) => Ok(x.form.clone()),
            Err(Failure::Clash) => {
                let (d, e) = (self.unknowns.shown(&x.form), self.unknowns.shown(&y.form));
                let message =
                    format!("{needs} equal units, not {} and {}", d.with_article(), e.with_article());
                let error = text.error(b, message).label(text.place(a), d.to_string());
                let error = error.label(text.place(b), e.to_string());
                Err(self.explained(text, &[a, b], remedied(error, d, e)))
            }
            Err(f) => Err(failure(text, b, f)),
        }
    }

    /// Refuses an argument that has a dimension.
    fn bare(&mut self, text: &Text<'_>, a: Id, form: &Form, function: &str) -> Result<(), EquationError> {
        match self.equate(text, a, form, &Form::default()) {
            Ok(()) => Ok(()),
            Err(Failure::Clash) => {
                let d = self.unknowns.shown(form);
                let message =
                    format!("`{function}` needs a dimensionless argument, not {}", d.with_article());
                let source = text.tree.excerpt(a);
                let atom = source.chars().all(|c| c.is_alphanumeric() || c == '_') || source.starts_with('(');
                let hint = match usual_unit(d) {
                    Some(unit) if atom => {
                        format!("divide it by a unit or a scale: `{source}/{}`", in_quotient(unit))
                    }
                    Some(unit) => format!("divide it by a unit or a scale, such as `{unit}`"),
                    None => format!("divide it by a scale in {d}"),
                };
                let e = text.error(a, message).label(text.place(a), d.to_string()).help(hint);
                Err(self.explained(text, &[a], e))
            }
            Err(f) => Err(failure(text, a, f)),
        }
    }

    fn power(
        &mut self,
        text: &Text<'_>,
        id: Id,
        (a, x): (Id, &Reading),
        (b, y): (Id, &Reading),
    ) -> Result<Form, EquationError> {
        let failed = |f: Failure| failure(text, id, f);
        match self.equate(text, b, &y.form, &Form::default()) {
            Ok(()) => {}
            Err(Failure::Clash) => {
                let d = self.unknowns.shown(&y.form);
                let e = text.error(b, format!("a power is a dimensionless number, not {}", d.with_article()));
                let e =
                    e.label(text.place(b), d.to_string()).help("divide the exponent by a unit or a scale");
                return Err(self.explained(text, &[b], e));
            }
            Err(f) => return Err(failed(f)),
        }
        if let Some(k) = y.constant.and_then(Rational::nearest) {
            return self.unknowns.sum(&Form::default(), &x.form, k).map_err(failed);
        }
        match self.equate(text, a, &x.form, &Form::default()) {
            Ok(()) => Ok(Form::default()),
            Err(Failure::Clash) => {
                let d = self.unknowns.shown(&x.form);
                let message = match y.constant {
                    Some(k) => {
                        format!("to the power {k} goes a dimensionless number, not {}", d.with_article())
                    }
                    None => {
                        format!("to a variable power goes a dimensionless number, not {}", d.with_article())
                    }
                };
                let e = text.error(a, message).label(text.place(a), d.to_string());
                Err(e.help("divide the base by a unit or a scale, as in `(x/k)^n`"))
            }
            Err(f) => Err(failed(f)),
        }
    }

    /// The error with a remark on a name whose dimension was found elsewhere, and on letters that were read as units.
    fn explained(&mut self, text: &Text<'_>, operands: &[Id], mut e: EquationError) -> EquationError {
        let inside = operands.iter().flat_map(|&root| text.tree.start(root)..=root);
        let own: Vec<Place> = operands.iter().map(|&id| text.place(id)).collect();
        let mut letters: Vec<&str> = Vec::new();
        let mut found = None;
        for id in inside {
            let symbol = text.symbols[id];
            let name = text.tree.source(id);
            match (symbol, text.tree.nodes[id]) {
                (Symbol::Unit(..), Expr::Name(name)) if name.chars().count() == 1 => letters.push(name),
                (Symbol::State(_) | Symbol::Parameter(_) | Symbol::Input(_), Expr::Name(_))
                    if found.is_none() =>
                {
                    let cause = self.unknown(symbol).and_then(|k| self.causes[k].clone());
                    let cause = cause.filter(|c| !own.iter().any(|o| o.contains(c)));
                    found = cause.zip(self.of(symbol)).map(|c| (c, name.to_owned()));
                }
                _ => {}
            }
        }
        if let Some(((place, d), name)) = found {
            e = e.label(place, format!("so `{name}` is {}", d.with_article()));
        }
        if let Some(letter) = letters.first() {
            let note = format!("`{letter}` is not defined here and was read as a unit");
            e.hint = Some(e.hint.map_or(note.clone(), |h| format!("{h}; {note}")));
        }
        e
    }
}

fn in_quotient(unit: &str) -> String {
    if unit.contains('/') { format!("({unit})") } else { unit.to_owned() }
}

fn remedied(e: EquationError, a: Dimension, b: Dimension) -> EquationError {
    EquationError { hint: remedy(a, b), ..e }
}

/// The error of a system that no exponents fit.
fn failure(text: &Text<'_>, id: Id, failure: Failure) -> EquationError {
    match failure {
        Failure::Budget => text
            .error(id, "the units of these equations hang together in too many ways to be checked")
            .help("give parameters, definitions and states their units"),
        _ => text.error(id, "the unit of this expression is too large a power"),
    }
}

fn function_name(function: Function) -> &'static str {
    FUNCTIONS.iter().find(|f| f.1 == function).map_or("this function", |f| f.0)
}

fn binary_name(f: Binary) -> &'static str {
    match f {
        Binary::Min => "min",
        Binary::Max => "max",
        _ => "mod",
    }
}
