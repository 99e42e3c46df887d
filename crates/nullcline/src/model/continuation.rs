//! What is continued: one number of the model over an interval, and perhaps a second one.

use super::at::At;
use super::error::Problem;
use super::knob::KnobError;
use super::schema::Raw;
use super::source::{Model, Source};
use super::sweep::{ContinuationSpec, Knob, STARTS, Sweep};
use equations::{Dimension, Quantity};

/// Which part of a sweep was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Name,
    From,
    To,
}

impl Model {
    /// The number of this name over an interval whose ends are numbers or quantities.
    ///
    /// # Errors
    /// An unknown name (the nearest is told), an end of another dimension, an interval of length zero.
    pub fn sweep(&self, name: &str, from: &str, to: &str) -> Result<Sweep, KnobError> {
        self.swept(name, from, to).map_err(|(_, error)| error)
    }

    fn swept(&self, name: &str, from: &str, to: &str) -> Result<Sweep, (Part, KnobError)> {
        let knob = self.knob(name).map_err(|error| (Part::Name, error))?;
        let (a, a_bare) = end(&knob, from).map_err(|error| (Part::From, error))?;
        let (b, b_bare) = end(&knob, to).map_err(|error| (Part::To, error))?;
        if a == b {
            let what = format!("the interval of `{}` has no length: it begins and ends at {from}", knob.name);
            let remedy = "give two different values".to_owned();
            return Err((Part::To, KnobError { what, remedy }));
        }
        // A bare 0 goes with any unit.
        let bare = (a_bare || a == 0.0) && (b_bare || b == 0.0);
        let si = if knob.dimension == Dimension::NONE { String::new() } else { knob.dimension.symbol() };
        let unit = if bare { knob.unit.clone() } else { (si, 1.0) };
        Ok(Sweep { knob, from: a, to: b, unit })
    }
}

/// An end of the interval in SI units, and whether it was a bare number.
fn end(knob: &Knob, text: &str) -> Result<(f64, bool), KnobError> {
    let text = text.trim();
    let finite = |x: f64| {
        let what = format!("{text} is no end of an interval");
        if x.is_finite() { Ok(x) } else { Err(KnobError { what, remedy: "give a finite number".into() }) }
    };
    if let Ok(x) = text.parse::<f64>() {
        return Ok((finite(x)? * knob.unit.1, true));
    }
    let quantity = Quantity::parse(text).map_err(|error| KnobError {
        what: error.message,
        remedy: error.hint.unwrap_or_else(|| "give a number or a quantity such as \"20 ms\"".into()),
    })?;
    let found = quantity.unit.dimension();
    if found != knob.dimension {
        return Err(KnobError {
            what: format!(
                "`{}` is {}, and \"{text}\" {}",
                knob.name,
                knob.dimension.with_article(),
                found.with_article()
            ),
            remedy: match knob.unit.0.as_str() {
                "" => "give a bare number".into(),
                unit => format!("give it in {unit}"),
            },
        });
    }
    Ok((finite(quantity.value)?, false))
}

/// `[continue]` of a model, read against the model itself.
pub(super) fn continued(model: &Model) -> Result<Option<ContinuationSpec>, Problem> {
    let Some(text) = &model.asked else { return Ok(None) };
    let first = sweep(model, &text.param, &text.from, &text.to)?;
    let second = text.second.as_ref().map(|s| sweep(model, &s.param, &s.from, &s.to)).transpose()?;
    if second.as_ref().is_some_and(|s| s.knob.turn == first.knob.turn) {
        let span = text.second.as_ref().map_or(text.span.clone(), |s| s.param.span.clone());
        return Err(Problem::at(span, "the second parameter is the first one").help("name another parameter"));
    }
    let starts = match &text.starts {
        None => STARTS,
        Some(k) => match usize::try_from(k.value) {
            Ok(k) if (1..=1_000_000).contains(&k) => k,
            _ => {
                let problem = Problem::at(k.span.clone(), format!("`starts` is {}", k.value));
                return Err(problem.help("a number from 1 to 1 000 000"));
            }
        },
    };
    let within =
        text.within.0.iter().map(|(name, ends)| bounds(model, name, ends)).collect::<Result<_, _>>()?;
    Ok(Some(ContinuationSpec { first, second, starts, cycles: text.cycles.unwrap_or(true), within }))
}

fn sweep(model: &Model, name: &At<String>, from: &At<Raw>, to: &At<Raw>) -> Result<Sweep, Problem> {
    let words = |raw: &At<Raw>| match &raw.value {
        Raw::Number(x) => format!("{x:e}"),
        Raw::Text(text) => text.clone(),
    };
    model.swept(name, &words(from), &words(to)).map_err(|(part, error)| {
        let span = match part {
            Part::Name => &name.span,
            Part::From => &from.span,
            Part::To => &to.span,
        };
        Problem::at(span.clone(), error.what).help(error.remedy)
    })
}

fn bounds(model: &Model, name: &At<String>, ends: &At<Vec<At<Raw>>>) -> Result<(String, f64, f64), Problem> {
    let Source::Equations(network) = &model.system else {
        let problem = Problem::at(name.span.clone(), "`box` belongs to a model with equations");
        return Err(problem.help("leave it away"));
    };
    let states = &network.equations.states;
    let Some(state) = states.iter().find(|s| s.name == name.value) else {
        let known: Vec<&str> = states.iter().map(|s| s.name.as_str()).collect();
        return Err(super::error::unknown("variable", name, name.span.clone(), &known));
    };
    let [low, high] = ends.value.as_slice() else {
        let problem = Problem::at(ends.span.clone(), format!("`{}` has {} ends", name.value, ends.len()));
        return Err(problem.help("write the least and the largest value: [\"-100 mV\", \"60 mV\"]"));
    };
    let value = |raw: &At<Raw>| match &raw.value {
        Raw::Number(x) if *x == 0.0 || state.dimension == Dimension::NONE => Ok(*x),
        Raw::Number(_) => Err(Problem::at(raw.span.clone(), format!("`{}` has a unit", name.value))
            .help(format!("it is {}", state.dimension.with_article()))),
        Raw::Text(text) => match Quantity::parse(text) {
            Ok(q) if q.unit.dimension() == state.dimension => Ok(q.value),
            Ok(q) => {
                let found = q.unit.dimension();
                let problem = Problem::at(raw.span.clone(), format!("this is {}", found.with_article()));
                Err(problem.help(format!("`{}` is {}", name.value, state.dimension.with_article())))
            }
            Err(error) => Err(Problem::at(raw.span.clone(), error.message).maybe_help(error.hint)),
        },
    };
    let (low, high) = (value(low)?, value(high)?);
    if low >= high {
        let problem = Problem::at(ends.span.clone(), "this range is empty");
        return Err(problem.help("write the least value first"));
    }
    Ok((name.value.clone(), low, high))
}
