//! Numbers with their units: one place that knows the parameters, and whether the model's time is in seconds.

use crate::model::at::{At, Named};
use crate::model::error::{Problem, did_you_mean};
use crate::model::folder::Folder;
use crate::model::schema::{Raw, Scalar};
use crate::model::source::{Parameter, TimeUnit};
use equations::{Dimension, Formula, FormulaError, Quantity};
use std::ops::Range;

/// What the parts of a model share while it is built.
pub(super) struct Context<'a> {
    pub(super) text: &'a str,
    pub(super) folder: &'a dyn Folder,
    pub(super) seed: u64,
    parameters: Vec<(Parameter, Dimension)>,
    in_seconds: Option<Range<usize>>,
    bare: Option<Range<usize>>,
}

/// More units than this in one population are a mistake.
const MAX_UNITS: f64 = 1e9;
/// Names that formulas give a meaning.
const RESERVED: [&str; 5] = ["pi", "i", "j", "n", "d"];

impl<'a> Context<'a> {
    pub(super) fn new(
        text: &'a str,
        folder: &'a dyn Folder,
        seed: u64,
        parameters: &Named<Raw>,
    ) -> Result<Self, Problem> {
        let mut context = Self { text, folder, seed, parameters: Vec::new(), in_seconds: None, bare: None };
        for (name, scalar) in &parameters.0 {
            let word = Formula::parse(name).is_ok_and(|f| f.variables() == [name.value.clone()]);
            free(name, "parameter")?;
            if !word || RESERVED.contains(&name.as_str()) {
                let problem =
                    Problem::at(name.span.clone(), format!("`{}` cannot name a parameter", name.value));
                return Err(problem
                    .help("a name holds letters, digits and `_`; pi, i, j, n, d and functions are taken"));
            }
            let (value, dimension) = context.quantity(scalar)?;
            let written = match &scalar.value {
                Raw::Number(x) => x.to_string(),
                Raw::Text(t) => t.clone(),
            };
            context.parameters.push((Parameter { name: name.value.clone(), value, written }, dimension));
        }
        Ok(context)
    }

    /// The parameters.
    pub(super) fn parameters(&self) -> Vec<Parameter> {
        self.parameters.iter().map(|(p, _)| p.clone()).collect()
    }

    /// Their names and values.
    pub(super) fn values(&self) -> Vec<(&str, f64)> {
        self.parameters.iter().map(|(p, _)| (p.name.as_str(), p.value)).collect()
    }

    /// Their names, values and dimensions.
    pub(super) fn measured(&self) -> impl Iterator<Item = (&str, f64, Dimension)> {
        self.parameters.iter().map(|(p, dimension)| (p.name.as_str(), p.value, *dimension))
    }

    /// A number of units.
    pub(super) fn count(&self, scalar: &Scalar) -> Result<usize, Problem> {
        let value = self.number(scalar, "n")?;
        if !(value >= 1.0 && value.fract() == 0.0 && value <= MAX_UNITS) {
            let problem = Problem::at(scalar.span.clone(), format!("`n` is {value}"));
            return Err(problem.help("a population has a whole number of units, from 1 to 1e9"));
        }
        Ok(value as usize)
    }

    /// Whether a formula uses a parameter that measures time.
    fn uses_time(&self, formula: &Formula) -> bool {
        self.parameters.iter().any(|(p, d)| *d == Dimension::TIME && formula.uses(&p.name))
    }

    /// The unit of the model's time, when all of it was read.
    pub(super) fn time_unit(&self) -> Result<TimeUnit, Problem> {
        match (&self.in_seconds, &self.bare) {
            (Some(unit), Some(bare)) => {
                let problem =
                    Problem::at(bare.clone(), "this time has no unit, and others of the model have one");
                let problem = problem.label("no unit here").also(unit.clone(), "a unit here");
                Err(problem.help("give every time of the model a unit, such as \"20 ms\", or none"))
            }
            (Some(_), None) => Ok(TimeUnit::Seconds),
            (None, _) => Ok(TimeUnit::Dimensionless),
        }
    }

    /// Remembers whether a time carried its unit.
    fn note_time(&mut self, with_unit: bool, value: f64, span: &Range<usize>) {
        if with_unit {
            self.in_seconds.get_or_insert(span.clone());
        } else if value != 0.0 && value.is_finite() {
            self.bare.get_or_insert(span.clone());
        }
    }

    /// A number or quantity: a literal, a parameter, or a formula of parameters without units.
    pub(super) fn quantity(&self, scalar: &Scalar) -> Result<(f64, Dimension), Problem> {
        let (value, dimension) = match &scalar.value {
            Raw::Number(x) => (*x, Dimension::NONE),
            Raw::Text(text) => self.read(text, &scalar.span)?,
        };
        if !value.is_finite() {
            let what = if value.is_nan() { "not a number (NaN)" } else { "infinite" };
            return Err(Problem::at(scalar.span.clone(), format!("this value is {what}"))
                .help("write a finite number"));
        }
        Ok((value, dimension))
    }

    fn read(&self, text: &str, span: &Range<usize>) -> Result<(f64, Dimension), Problem> {
        if let Some((p, d)) = self.parameters.iter().find(|(p, _)| p.name == text.trim()) {
            return Ok((p.value, *d));
        }
        let quantity = match Quantity::parse(text) {
            Ok(q) => return Ok((q.value, q.unit.dimension())),
            Err(e) => e,
        };
        let numeric = text.trim_start().starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
        match Formula::parse(text) {
            Ok(formula) => {
                let with_unit =
                    |v: &&String| self.parameters.iter().any(|(p, d)| p.name == **v && *d != Dimension::NONE);
                if let Some(v) = formula.variables().iter().find(with_unit) {
                    let problem =
                        Problem::at(span.clone(), format!("`{v}` has a unit and stands in a formula"));
                    return Err(problem.help("here a parameter with a unit can only stand alone"));
                }
                let value = formula.eval(&self.values());
                value.map(|x| (x, Dimension::NONE)).map_err(|e| self.formula_problem(span, text, e))
            }
            Err(_) if numeric => {
                let inside = self.inside(span, text, &quantity.span);
                Err(Problem::at(inside, quantity.message).maybe_help(quantity.hint))
            }
            Err(e) => Err(self.formula_problem(span, text, e)),
        }
    }

    /// The bytes of the file for bytes of a string in it.
    pub(super) fn inside(&self, span: &Range<usize>, content: &str, part: &Range<usize>) -> Range<usize> {
        let written = self.text.get(span.clone()).unwrap_or("");
        let before = content.get(..part.start).unwrap_or_default().trim_end();
        let part = match before.chars().next_back() {
            // What is missing is missing after the last character before it.
            Some(last) if part.is_empty() => &(before.len() - last.len_utf8()..before.len()),
            None if part.is_empty() => return span.clone(),
            _ => part,
        };
        if let Some(k) = written.find(content) {
            return span.start + k + part.start..span.start + k + part.end;
        }
        // A file from Windows ends its lines with two characters, of which the content keeps one.
        let lines = |end: usize| content.get(..end).map_or(0, |before| before.matches('\n').count());
        match written.find(&content.replace('\n', "\r\n")) {
            Some(k) => {
                let start = span.start + k;
                start + part.start + lines(part.start)..start + part.end + lines(part.end)
            }
            None => span.clone(),
        }
    }

    /// The problem of a formula that stands in a string.
    pub(super) fn formula_problem(&self, span: &Range<usize>, text: &str, error: FormulaError) -> Problem {
        let inside = self.inside(span, text, &error.span);
        Problem::at(inside, error.message).maybe_help(error.hint)
    }

    /// A formula with the parameters written in, that may use `names`.
    pub(super) fn formula(&mut self, text: &At<String>, names: &[&str]) -> Result<Formula, Problem> {
        let formula = Formula::parse(text).map_err(|e| self.formula_problem(&text.span, text, e))?;
        let formula = formula.substitute(&self.values());
        if let Err(e) = formula.bind(names) {
            let known: Vec<&str> =
                names.iter().copied().chain(self.values().into_iter().map(|v| v.0)).collect();
            let word = e.message.split('`').nth(1).unwrap_or("").to_owned();
            return Err(self.formula_problem(&text.span, text, e).help(did_you_mean(&word, known)));
        }
        Ok(formula)
    }

    /// A formula for a time.
    pub(super) fn time_formula(&mut self, text: &At<String>, names: &[&str]) -> Result<Formula, Problem> {
        let with_unit = Formula::parse(text).is_ok_and(|f| self.uses_time(&f));
        self.note_time(with_unit, 1.0, &text.span);
        self.formula(text, names)
    }

    /// A number without unit.
    pub(super) fn number(&self, scalar: &Scalar, what: &str) -> Result<f64, Problem> {
        let (value, dimension) = self.quantity(scalar)?;
        self.expect_dimension(scalar, what, dimension, Dimension::NONE)?;
        Ok(value)
    }

    /// A number that is greater than 0.
    pub(super) fn positive(&self, scalar: &Scalar, what: &str) -> Result<f64, Problem> {
        must_be_positive(self.number(scalar, what)?, scalar, what)
    }

    /// A time.
    pub(super) fn time(&mut self, scalar: &Scalar, what: &str) -> Result<f64, Problem> {
        self.timed(scalar, what, Dimension::TIME)
    }

    /// A time that is greater than 0.
    pub(super) fn positive_time(&mut self, scalar: &Scalar, what: &str) -> Result<f64, Problem> {
        must_be_positive(self.time(scalar, what)?, scalar, what)
    }

    /// A number per unit of time.
    pub(super) fn rate(&mut self, scalar: &Scalar, what: &str) -> Result<f64, Problem> {
        self.timed(scalar, what, Dimension::FREQUENCY)
    }

    /// The dimension of x where x per unit of time was read as `found`; remembers whether time carried its unit.
    pub(super) fn per_time(&mut self, scalar: &Scalar, found: Dimension, value: f64) -> Dimension {
        let times = found.times_power(Dimension::TIME, 1).unwrap_or(found);
        let with_unit = found != Dimension::NONE;
        self.note_time(with_unit, value, &scalar.span);
        if with_unit { times } else { found }
    }

    fn timed(&mut self, scalar: &Scalar, what: &str, expected: Dimension) -> Result<f64, Problem> {
        let (value, dimension) = self.quantity(scalar)?;
        if dimension != Dimension::NONE {
            self.expect_dimension(scalar, what, dimension, expected)?;
        }
        self.note_time(dimension != Dimension::NONE, value, &scalar.span);
        Ok(value)
    }

    fn expect_dimension(
        &self,
        at: &Scalar,
        what: &str,
        found: Dimension,
        expected: Dimension,
    ) -> Result<(), Problem> {
        if found == expected {
            return Ok(());
        }
        let Raw::Text(text) = &at.value else { unreachable!("a bare number has no unit") };
        let needs = if expected == Dimension::NONE {
            "a number without unit".into()
        } else {
            format!("a {expected}")
        };
        let problem =
            Problem::at(at.span.clone(), format!("`{what}` needs {needs}, and \"{text}\" is a {found}"));
        let problem = problem.label(format!("{found}"));
        Err(match expected {
            Dimension::TIME => problem.help("write a time such as \"20 ms\""),
            Dimension::FREQUENCY => problem.help("write a rate such as \"10 Hz\""),
            _ => problem.help("rate units have no unit in this version: write a bare number"),
        })
    }
}

/// Refuses a name that means something else in equations.
pub(super) fn free(name: &At<String>, what: &str) -> Result<(), Problem> {
    match equations::reserved(name) {
        None => Ok(()),
        Some(meaning) => {
            let message = format!("`{}` is {meaning} and cannot name a {what}", name.value);
            let help = format!("choose another name, such as `{}0`", name.value);
            Err(Problem::at(name.span.clone(), message).help(help))
        }
    }
}

fn must_be_positive(value: f64, scalar: &Scalar, what: &str) -> Result<f64, Problem> {
    if value > 0.0 {
        return Ok(value);
    }
    let found = if value == 0.0 { "zero" } else { "negative" };
    Err(Problem::at(scalar.span.clone(), format!("`{what}` is {found}"))
        .help(format!("`{what}` must be positive")))
}
