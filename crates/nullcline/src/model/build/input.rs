//! Inputs: signals of time and noise.

use super::context::Context;
use super::matrix::{broken, read};
use crate::model::at::At;
use crate::model::error::{Problem, did_you_mean};
use crate::model::matrix_file::read_table;
use crate::model::schema::{Column, InputText, Noise, Pulse, Ramp, Scalar, Sine, Step};
use crate::network::InputSignal;
use dynamics::field::Signal;
use equations::Dimension;
use std::ops::Range;

/// The signals of an input, one for each channel, and the dimension of their values.
pub(super) struct Signals {
    pub(super) channels: Vec<InputSignal>,
    pub(super) dimension: Dimension,
}

/// What the values of a signal may measure.
pub(super) enum Values {
    /// Nothing: bare numbers.
    Bare,
    /// Anything, the same for all channels; `None` until the first value was read.
    Any(Option<Dimension>),
}

impl Values {
    /// A value, or with `per` = -1 a value per unit of time.
    fn read(
        &mut self,
        context: &mut Context<'_>,
        scalar: &Scalar,
        what: &str,
        per: i32,
    ) -> Result<f64, Problem> {
        let Self::Any(known) = self else {
            return if per == 0 { context.number(scalar, what) } else { context.rate(scalar, what) };
        };
        let (value, found) = context.quantity(scalar)?;
        let found = if per == 0 { found } else { context.per_time(scalar, found, value) };
        match known {
            Some(known) if *known != found && value != 0.0 => {
                let message = format!("`{what}` is a {found}, and another value of this input a {known}");
                Err(Problem::at(scalar.span.clone(), message).help("give all of them the same unit"))
            }
            Some(_) => Ok(value),
            None => {
                if value != 0.0 || found != Dimension::NONE {
                    *known = Some(found);
                }
                Ok(value)
            }
        }
    }

    fn dimension(&self) -> Dimension {
        match self {
            Self::Bare | Self::Any(None) => Dimension::NONE,
            Self::Any(Some(known)) => *known,
        }
    }
}

/// The kinds of a signal as the file writes them.
struct Kinds<'a> {
    constant: Option<&'a Scalar>,
    value: Option<&'a Scalar>,
    step: Option<&'a At<Step>>,
    pulse: Option<&'a At<Pulse>>,
    ramp: Option<&'a At<Ramp>>,
    sine: Option<&'a At<Sine>>,
    noise: Option<&'a At<Noise>>,
    column: Option<&'a At<Column>>,
}

macro_rules! kinds {
    ($from:expr) => {
        Kinds {
            constant: $from.constant.as_ref(),
            value: $from.value.as_ref(),
            step: $from.step.as_ref(),
            pulse: $from.pulse.as_ref(),
            ramp: $from.ramp.as_ref(),
            sine: $from.sine.as_ref(),
            noise: $from.noise.as_ref(),
            column: $from.column.as_ref(),
        }
    };
}

const KINDS: &str = "`constant`, `step`, `pulse`, `ramp`, `sine`, `noise` or `column`";

/// Reads the signals of an input.
pub(super) fn signals(
    context: &mut Context<'_>,
    name: &At<String>,
    input: &At<InputText>,
    mut values: Values,
) -> Result<Signals, Problem> {
    let own = kinds!(input.value);
    let Some(list) = &input.channels else {
        let channels = vec![signal(context, &own, &name.span, name, &mut values)?];
        return Ok(Signals { channels, dimension: values.dimension() });
    };
    if own.count() > 0 {
        let problem =
            Problem::at(list.span.clone(), format!("input `{}` has a signal and `channels`", name.value));
        return Err(problem.help("write each signal as one of the channels"));
    }
    if list.is_empty() {
        return Err(Problem::at(list.span.clone(), "`channels` is empty")
            .help(format!("a channel is one of {KINDS}")));
    }
    let mut channels = Vec::with_capacity(list.len());
    for channel in list.iter() {
        channels.push(signal(context, &kinds!(channel.value), &channel.span, name, &mut values)?);
    }
    Ok(Signals { channels, dimension: values.dimension() })
}

impl Kinds<'_> {
    fn count(&self) -> usize {
        let given = [
            self.constant.is_some(),
            self.value.is_some(),
            self.step.is_some(),
            self.pulse.is_some(),
            self.ramp.is_some(),
            self.sine.is_some(),
            self.noise.is_some(),
            self.column.is_some(),
        ];
        given.into_iter().filter(|g| *g).count()
    }
}

fn signal(
    context: &mut Context<'_>,
    kinds: &Kinds<'_>,
    span: &Range<usize>,
    name: &str,
    values: &mut Values,
) -> Result<InputSignal, Problem> {
    match kinds.count() {
        1 => {}
        0 => {
            let problem = Problem::at(span.clone(), format!("input `{name}` has no signal"));
            return Err(problem.help(format!("give it one of {KINDS}")));
        }
        k => {
            let problem = Problem::at(span.clone(), format!("input `{name}` has {k} signals"));
            return Err(problem.help("write several signals as `channels = [{ ... }, { ... }]`"));
        }
    }
    if let Some(x) = kinds.constant.or(kinds.value) {
        return Ok(InputSignal::Signal(Signal::Constant { value: values.read(context, x, "constant", 0)? }));
    }
    if let Some(s) = kinds.step {
        let onset = context.time(&s.onset, "onset")?;
        return Ok(InputSignal::Signal(Signal::Step {
            onset,
            value: values.read(context, &s.value.value, "value", 0)?,
        }));
    }
    if let Some(p) = kinds.pulse {
        let onset = context.time(&p.onset, "onset")?;
        let width = context.positive_time(&p.width, "width")?;
        let amplitude = values.read(context, &p.amplitude, "amplitude", 0)?;
        return Ok(InputSignal::Signal(Signal::Pulse { onset, width, amplitude }));
    }
    if let Some(r) = kinds.ramp {
        let onset = context.time(&r.onset, "onset")?;
        let slope = values.read(context, &r.slope, "slope", -1)?;
        let end = r.end.as_ref().map(|e| context.time(e, "end").map(|t| (t, e))).transpose()?;
        if let Some((_, at)) = end.filter(|(t, _)| *t < onset) {
            return Err(Problem::at(at.span.clone(), "this ramp ends before it begins"));
        }
        return Ok(InputSignal::Signal(Signal::Ramp { onset, slope, end: end.map(|(t, _)| t) }));
    }
    if let Some(s) = kinds.sine {
        let amplitude = values.read(context, &s.amplitude, "amplitude", 0)?;
        let frequency = context.rate(&s.frequency, "frequency")?;
        let phase = s.phase.as_ref().map_or(Ok(0.0), |p| context.number(p, "phase"))?;
        let onset = s.onset.as_ref().map_or(Ok(f64::NEG_INFINITY), |t| context.time(t, "onset"))?;
        return Ok(InputSignal::Signal(Signal::Sine { onset, amplitude, frequency, phase }));
    }
    if let Some(n) = kinds.noise {
        let sigma = values.read(context, &n.sigma, "sigma", 0)?;
        if sigma < 0.0 {
            return Err(
                Problem::at(n.sigma.span.clone(), "`sigma` is negative").help("it is a standard deviation")
            );
        }
        let tau = n.tau.as_ref().map(|t| context.positive_time(t, "tau")).transpose()?;
        return Ok(InputSignal::Noise { sigma, tau, independent: n.independent.unwrap_or(false) });
    }
    column(context, kinds.column.expect("one kind is given, and it is none of the others"))
}

/// A column of a csv file.
fn column(context: &Context<'_>, column: &Column) -> Result<InputSignal, Problem> {
    let bytes = read(context, &column.file)?;
    let table = read_table(&column.file, &bytes).map_err(|e| broken(&column.file.span, e))?;
    let numbers = |name: &At<String>| {
        let Some(k) = table.column(name) else {
            let problem = Problem::at(name.span.clone(), format!("there is no column `{}`", name.value));
            return Err(problem.help(did_you_mean(name, table.header.iter().map(String::as_str))));
        };
        let mut out = Vec::with_capacity(table.rows.len());
        for (i, row) in table.rows.iter().enumerate() {
            match row[k].parse::<f64>() {
                Ok(x) if x.is_finite() => out.push(x),
                _ => {
                    let message = format!(
                        "`{}` in row {} of column `{}` is not a finite number",
                        row[k],
                        i + 2,
                        name.value
                    );
                    return Err(Problem::at(name.span.clone(), message));
                }
            }
        }
        Ok(out)
    };
    let (times, values) = (numbers(&column.time)?, numbers(&column.column)?);
    if times.is_empty() {
        return Err(Problem::at(column.file.span.clone(), "this table has no rows"));
    }
    if let Some(k) = times.windows(2).position(|w| w[1] <= w[0]) {
        let message =
            format!("the times do not increase: {} in row {} after {}", times[k + 1], k + 3, times[k]);
        return Err(
            Problem::at(column.time.span.clone(), message).help("sort the rows by time, without repetition")
        );
    }
    Ok(InputSignal::Signal(Signal::Samples { times, values }))
}
