//! `[linear]` to a linear system.
//!
//! A spectrum D = diag([a b; -b a], ..., lambda, ...) in a basis B gives A = B D B^-1. The block turns clockwise for b > 0.
//! B^-1 is never formed: A solves A B = B D.

use super::context::Context;
use super::input::{Signals, Values, signals};
use super::matrix::{matrix, rows};
use crate::model::at::{At, Named};
use crate::model::error::{Problem, did_you_mean};
use crate::model::schema::{BasisText, InputText, Linear, MatrixText, Scalar, WeightsText};
use crate::model::source::LinearModel;
use crate::network::InputSignal;
use dynamics::field::{Drive, LinearSystem, Noise, Signal};
use dynamics::random::Stream;
use linalg::{Lu, Matrix};

/// Random stream of the basis, apart from those of a network's structure.
const BASIS_STREAM: u64 = 0x0062_6173_6973;
/// A basis beyond this condition number loses the spectrum that was asked for.
const WORST_CONDITION: f64 = 1e12;

/// Reads `[linear]` and its inputs.
pub(super) fn linear(
    context: &mut Context<'_>,
    linear: &At<Linear>,
    inputs: &Named<InputText>,
) -> Result<LinearModel, Problem> {
    let (a, basis) = match (&linear.a, &linear.pairs, &linear.real) {
        (Some(a), None, None) => {
            let m = matrix(context, a, "A")?;
            if !m.is_square() {
                let message = format!("`A` is {} x {}, and must be square", m.rows(), m.cols());
                return Err(Problem::at(a.span.clone(), message).help("row i holds what drives variable i"));
            }
            if let Some(basis) = &linear.basis {
                return Err(Problem::at(
                    basis.span.clone(),
                    "`basis` belongs to a spectrum, and `A` is a matrix",
                ));
            }
            (m, None)
        }
        (None, None, None) => {
            let problem = Problem::at(linear.span.clone(), "`[linear]` has no matrix");
            return Err(problem.help("write `A = [[0, 1], [-1, 0]]`, or a spectrum: `pairs` and `real`"));
        }
        (Some(a), ..) => {
            let problem = Problem::at(a.span.clone(), "`[linear]` has a matrix and a spectrum");
            return Err(problem.help("keep `A`, or `pairs`, `real` and `basis`"));
        }
        (None, ..) => by_spectrum(context, linear)?,
    };
    let n = a.rows();
    let map = linear.map.as_ref().is_some_and(|m| m.value);
    let vector = |list: &Option<At<Vec<Scalar>>>, what: &str| match list {
        None => Ok(vec![0.0; n]),
        Some(list) if list.len() != n => {
            let message = format!("`{what}` has {} entries, and A is {n} x {n}", list.len());
            Err(Problem::at(list.span.clone(), message)
                .help(format!("give one entry for each of the {n} variables")))
        }
        Some(list) => list.iter().map(|x| context.number(x, what)).collect(),
    };
    let (g, x0) = (vector(&linear.g, "g")?, vector(&linear.x0, "x0")?);
    let names = names(linear, n)?;
    let mut system = LinearSystem { g, ..LinearSystem::new(a) };
    if map && let Some((name, _)) = inputs.0.first() {
        let problem = Problem::at(name.span.clone(), "inputs to a map come with a later version");
        return Err(problem.help("a constant input is `g`"));
    }
    drive(context, linear, inputs, &mut system)?;
    Ok(LinearModel { system, x0, names, map, basis })
}

fn names(linear: &Linear, n: usize) -> Result<Vec<String>, Problem> {
    let Some(list) = &linear.names else { return Ok((1..=n).map(|k| format!("x{k}")).collect()) };
    if list.len() != n {
        let message = format!("`names` has {} entries, and A is {n} x {n}", list.len());
        return Err(Problem::at(list.span.clone(), message));
    }
    for (k, name) in list.iter().enumerate() {
        if let Some(first) = list[..k].iter().find(|other| other.value == name.value) {
            let problem = Problem::at(name.span.clone(), format!("the name `{}` stands twice", name.value));
            return Err(problem.also(first.span.clone(), "first here"));
        }
        if name.trim().is_empty() {
            return Err(Problem::at(name.span.clone(), "a name is not empty"));
        }
    }
    Ok(list.iter().map(|s| s.value.clone()).collect())
}

/// A from its eigenvalues and a basis; the basis is kept for the arrows of a figure.
fn by_spectrum(context: &Context<'_>, linear: &Linear) -> Result<(Matrix, Option<Matrix>), Problem> {
    let mut pairs = Vec::new();
    for pair in linear.pairs.iter().flat_map(|p| &p.value) {
        pairs.push((context.number(&pair.a, "a")?, context.number(&pair.b, "b")?));
    }
    let real = linear.real.iter().flat_map(|r| &r.value).map(|x| context.number(x, "real"));
    let real = real.collect::<Result<Vec<f64>, Problem>>()?;
    let n = 2 * pairs.len() + real.len();
    let span = linear.pairs.as_ref().map(|p| &p.span).or(linear.real.as_ref().map(|r| &r.span));
    let span = span.expect("a spectrum has pairs or real values").clone();
    if n == 0 {
        return Err(Problem::at(span, "this spectrum is empty").help("write `real = [-1]`"));
    }
    let mut d = Matrix::zeros(n, n);
    for (k, &(a, b)) in pairs.iter().enumerate() {
        let i = 2 * k;
        (d[(i, i)], d[(i, i + 1)], d[(i + 1, i)], d[(i + 1, i + 1)]) = (a, b, -b, a);
    }
    for (k, &x) in real.iter().enumerate() {
        let i = 2 * pairs.len() + k;
        d[(i, i)] = x;
    }
    let Some(text) = &linear.basis else { return Ok((d, Some(Matrix::identity(n)))) };
    let basis = match &text.value {
        BasisText::Word(word) if word == "identity" => return Ok((d, Some(Matrix::identity(n)))),
        BasisText::Word(word) if word == "random" => {
            let mut stream = Stream::new(context.seed, BASIS_STREAM, 0);
            Matrix::from_fn(n, n, |_, _| stream.normal())
        }
        BasisText::Word(word) => {
            let problem = Problem::at(text.span.clone(), format!("`{word}` is not a basis"));
            return Err(problem.help(did_you_mean(word, ["identity", "random"])));
        }
        BasisText::Matrix(MatrixText::Rows(list)) => rows(context, list, &text.span, "basis")?,
        BasisText::Matrix(MatrixText::File(file)) => {
            super::matrix::from_file(context, &file.file, file.variable.as_ref())?
        }
        BasisText::Matrix(MatrixText::Literal(_)) => unreachable!("a string is a word"),
    };
    if (basis.rows(), basis.cols()) != (n, n) {
        let message =
            format!("the basis is {} x {}, and the spectrum has {n} values", basis.rows(), basis.cols());
        return Err(Problem::at(text.span.clone(), message).help("one column for each variable"));
    }
    let singular = |why: String| {
        let problem = Problem::at(text.span.clone(), format!("these columns are not a basis: {why}"));
        problem.help("choose columns that are independent of each other")
    };
    // A B = B D, transposed so that it is solved from the left.
    let lu = Lu::new(&basis.transpose()).map_err(|e| singular(e.to_string()))?;
    let condition = 1.0 / lu.reciprocal_condition();
    if lu.is_singular() || condition > WORST_CONDITION {
        return Err(singular(format!("their condition number is {condition:.1e}")));
    }
    let product = Matrix::from_fn(n, n, |i, j| (0..n).map(|k| basis[(i, k)] * d[(k, j)]).sum());
    Ok((lu.solve_matrix(&product.transpose()).transpose(), Some(basis)))
}

/// Inputs to a linear system: through `B`, or through the `weights` of each.
fn drive(
    context: &mut Context<'_>,
    linear: &Linear,
    inputs: &Named<InputText>,
    system: &mut LinearSystem,
) -> Result<(), Problem> {
    let n = system.dimension();
    let b = linear.b.as_ref().map(|b| matrix(context, b, "B").map(|m| (b, m))).transpose()?;
    let mut next = 0;
    for (name, input) in &inputs.0 {
        if let Some(to) = &input.to {
            let problem = Problem::at(
                to.0[0].span.clone(),
                "`to` names a population, and a `[linear]` system has none",
            );
            return Err(problem.help("the columns of `B`, or `weights`, say where an input goes"));
        }
        let Signals { channels, .. } = signals(context, name, input, Values::Bare)?;
        let m = channels.len();
        let directions = match (&input.weights, &b) {
            (Some(weights), _) => Some(direction(context, weights, n, m)?),
            (None, Some((_, b))) if b.rows() == n && next + m <= b.cols() => {
                let first = next;
                next += m;
                Some(Matrix::from_fn(n, m, |i, k| b[(i, first + k)]))
            }
            (None, Some((text, b))) => {
                let message =
                    format!("`B` is {} x {}, and {n} variables have {} inputs", b.rows(), b.cols(), next + m);
                return Err(Problem::at(text.span.clone(), message).also(name.span.clone(), "this input"));
            }
            (None, None) if channels.iter().all(is_independent) => None,
            (None, None) if n == 1 && m == 1 => Some(Matrix::identity(1)),
            (None, None) => {
                let problem =
                    Problem::at(name.span.clone(), format!("nothing says where `{}` goes", name.value));
                return Err(
                    problem.help(format!("give `[linear] B`, {n} x {m}, or `weights` with {n} entries"))
                );
            }
        };
        for (k, channel) in channels.into_iter().enumerate() {
            let along = directions.as_ref().map(|d| d.column(k).to_vec());
            add(system, channel, along, n);
        }
    }
    match &b {
        Some((text, b)) if next != b.cols() && (next > 0 || inputs.0.is_empty()) => {
            let message = format!("`B` has {} columns, and the inputs have {next} channels", b.cols());
            Err(Problem::at(text.span.clone(), message)
                .help("one column for each channel, in the order of the file"))
        }
        _ => Ok(()),
    }
}

fn is_independent(channel: &InputSignal) -> bool {
    matches!(channel, InputSignal::Noise { independent: true, .. })
}

/// The directions of an input's channels, n x m, from its weights.
fn direction(
    context: &Context<'_>,
    weights: &At<WeightsText>,
    n: usize,
    m: usize,
) -> Result<Matrix, Problem> {
    let found = match &weights.value {
        WeightsText::Each(list) => {
            let column: Result<Vec<f64>, Problem> =
                list.iter().map(|x| context.number(x, "weights")).collect();
            let column = column?;
            Matrix::from_fn(column.len(), m, |i, _| column[i])
        }
        WeightsText::Rows(list) => rows(context, list, &weights.span, "weights")?,
        WeightsText::Name(name) => {
            let problem =
                Problem::at(weights.span.clone(), format!("there is no matrix `{name}` for `[linear]`"));
            return Err(problem.help("write the weights as a list, or use `B`"));
        }
    };
    if (found.rows(), found.cols()) != (n, m) {
        let message = format!("`weights` is {} x {}, and must be {n} x {m}", found.rows(), found.cols());
        return Err(Problem::at(weights.span.clone(), message)
            .help("a row for each variable, a column for each channel"));
    }
    Ok(found)
}

fn add(system: &mut LinearSystem, channel: InputSignal, along: Option<Vec<f64>>, n: usize) {
    match channel {
        InputSignal::Signal(Signal::Constant { value }) => {
            let along = along.expect("a signal has a direction");
            system.g.iter_mut().zip(along).for_each(|(g, d)| *g += value * d);
        }
        InputSignal::Signal(signal) => {
            system.drives.push(Drive { direction: along.expect("a signal has a direction"), signal });
        }
        InputSignal::Noise { sigma, tau, independent: false } => {
            system.noises.push(Noise { direction: along.expect("shared noise has a direction"), sigma, tau });
        }
        InputSignal::Noise { sigma, tau, independent: true } => {
            for i in 0..n {
                let size = along.as_ref().map_or(1.0, |d| d[i]);
                if size != 0.0 {
                    let direction = (0..n).map(|k| if k == i { size } else { 0.0 }).collect();
                    system.noises.push(Noise { direction, sigma, tau });
                }
            }
        }
    }
}
