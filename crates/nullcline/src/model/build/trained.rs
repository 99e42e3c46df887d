//! `[trained]` to a network: the arrays of a file, found by PyTorch's names, with their shapes held against each other.

use super::context::Context;
use super::input::{Signals, Values, signals};
use super::matrix::{broken, read};
use crate::model::at::{At, Named};
use crate::model::error::{Problem, did_you_mean};
use crate::model::matrix_file::{Array, Arrays};
use crate::model::schema::{File, InputText, Scalar, TrainedText};
use crate::model::source::{RunSpec, TrainedModel};
use crate::network::{Cell, InputSignal, Layer, Trained};
use dynamics::field::{IteratedMap, Signal};
use linalg::Matrix;

/// What stands between the name of a network and that of its arrays.
const SEPARATORS: [char; 4] = ['.', '/', '_', ':'];
/// How many arrays of a file a message names.
const NAMED: usize = 12;

/// Reads `[trained]` and its inputs.
pub(super) fn trained(
    context: &mut Context<'_>,
    text: &At<TrainedText>,
    file: &File,
) -> Result<TrainedModel, Problem> {
    if let Some(connect) = file.connect.first() {
        let problem = Problem::at(connect.span.clone(), "a `[trained]` network has no other connections");
        return Err(problem.help("its weights come from the file that `weights` names"));
    }
    let cell = cell(text)?;
    let bytes = read(context, &text.weights)?;
    let arrays =
        Arrays::open(&text.weights, &bytes).map_err(|problem| broken(&text.weights.span, problem))?;
    let mut store = Store { text, cell, arrays, names: Names::default() };
    store.names = store.find()?;
    let network = store.network()?;
    let inputs = inputs(context, text, &file.inputs, network.inputs())?;
    let n = network.dimension();
    let x0 = match &text.x0 {
        None => vec![0.0; n],
        Some(list) if list.len() != n => {
            let parts: Vec<String> =
                network.parts().iter().map(|(name, len)| format!("{len} of {name}")).collect();
            let message = format!("`x0` has {} entries, and the state has {n}", list.len());
            return Err(
                Problem::at(list.span.clone(), message).help(format!("give {}", parts.join(", then ")))
            );
        }
        Some(list) => numbers(context, list, "x0")?,
    };
    Ok(TrainedModel { network, inputs, x0, weights: text.weights.value.clone() })
}

/// Refuses a run that is not made of steps.
pub(super) fn runs_in_steps(run: &RunSpec, file: &File) -> Result<(), Problem> {
    let Some(text) = &file.run else { return Ok(()) };
    let is_step = |t: f64| t >= 0.0 && t.fract() == 0.0 && t <= 1e9;
    if !(is_step(run.t.0) && is_step(run.t.1)) {
        let message =
            format!("a trained network goes in steps, and this run goes from {} to {}", run.t.0, run.t.1);
        return Err(Problem::at(text.t.span.clone(), message).help("write whole numbers: `t = [0, 100]`"));
    }
    match &text.method {
        Some(method) if method.value != "auto" => {
            let message =
                format!("a trained network is iterated, and `{}` is a method for flows", method.value);
            Err(Problem::at(method.span.clone(), message).help("leave `method` out"))
        }
        _ => Ok(()),
    }
}

fn numbers(context: &Context<'_>, list: &At<Vec<Scalar>>, what: &str) -> Result<Vec<f64>, Problem> {
    list.iter().map(|x| context.number(x, what)).collect()
}

fn cell(text: &At<TrainedText>) -> Result<Cell, Problem> {
    let cell = match text.kind.as_str() {
        "vanilla" => Cell::Tanh,
        "gru" => Cell::Gru,
        "lstm" => Cell::Lstm,
        other => {
            let problem = Problem::at(text.kind.span.clone(), format!("`{other}` is no kind of cell"));
            return Err(problem.help(did_you_mean(other, ["vanilla", "gru", "lstm"])));
        }
    };
    let Some(transfer) = &text.transfer else { return Ok(cell) };
    if cell != Cell::Tanh {
        let message = format!("`transfer` is for vanilla units: {} has its own", cell.with_article());
        return Err(Problem::at(transfer.span.clone(), message).help("leave it out"));
    }
    match transfer.as_str() {
        "tanh" => Ok(Cell::Tanh),
        "relu" => Ok(Cell::Relu),
        other => {
            let problem = Problem::at(transfer.span.clone(), format!("vanilla units have no `{other}`"));
            Err(problem.help(did_you_mean(other, ["tanh", "relu"])))
        }
    }
}

/// The inputs: held constant, or signals of the step.
fn inputs(
    context: &mut Context<'_>,
    text: &At<TrainedText>,
    named: &Named<InputText>,
    count: usize,
) -> Result<Vec<Signal>, Problem> {
    let constant = |value| Signal::Constant { value };
    let Some((first, _)) = named.0.first() else {
        let values = match &text.input {
            None => vec![0.0; count],
            Some(list) if list.len() != count => {
                let message = format!("`input` has {} entries, and the network reads {count}", list.len());
                return Err(
                    Problem::at(list.span.clone(), message).help("one for each column of weight_ih_l0")
                );
            }
            Some(list) => numbers(context, list, "input")?,
        };
        return Ok(values.into_iter().map(constant).collect());
    };
    if let Some(list) = &text.input {
        let problem = Problem::at(list.span.clone(), "the input is given twice");
        return Err(problem.also(first.span.clone(), "and here").help("keep one of them"));
    }
    let mut all = Vec::new();
    for (name, input) in &named.0 {
        let elsewhere = input.to.as_ref().and_then(|to| to.0.first()).map(|to| &to.span);
        if let Some(span) = elsewhere.or(input.weights.as_ref().map(|weights| &weights.span)) {
            let problem =
                Problem::at(span.clone(), "the weights of a trained network's inputs are in its file");
            return Err(problem.help("the channels of all inputs, in the order of the file, are its inputs"));
        }
        let Signals { channels, .. } = signals(context, name, input, Values::Bare)?;
        for channel in channels {
            match channel {
                InputSignal::Signal(signal) => all.push(signal),
                InputSignal::Noise { .. } => {
                    let message =
                        format!("`{}` is noise, and a trained network is followed without", name.value);
                    return Err(
                        Problem::at(name.span.clone(), message).help("write a signal, or a column of a file")
                    );
                }
            }
        }
    }
    if all.len() != count {
        let message = format!("the inputs have {} channels, and the network reads {count}", all.len());
        return Err(Problem::at(first.span.clone(), message).help("one for each column of weight_ih_l0"));
    }
    Ok(all)
}

/// What the arrays of the network are called.
#[derive(Default)]
struct Names {
    /// What stands before them, with its separator.
    prefix: String,
    /// Whether they end in `_l0`, `_l1`, …: those of a single cell do not.
    layered: bool,
}

impl Names {
    fn of(&self, stem: &str, layer: usize) -> String {
        let end = if self.layered { format!("_l{layer}") } else { String::new() };
        format!("{}{stem}{end}", self.prefix)
    }
}

/// A file of weights, and what is looked for in it.
struct Store<'a> {
    text: &'a At<TrainedText>,
    cell: Cell,
    arrays: Arrays<'a>,
    names: Names,
}

impl Store<'_> {
    fn at_file(&self, message: String) -> Problem {
        Problem::at(self.text.weights.span.clone(), message)
    }

    fn file(&self) -> &str {
        &self.text.weights.value
    }

    /// The network in the file: the only one, or the one that `prefix` names.
    fn find(&mut self) -> Result<Names, Problem> {
        let all = self.arrays.names();
        let separated = |prefix: &str| prefix.is_empty() || prefix.ends_with(SEPARATORS);
        let mut found: Vec<Names> = Vec::new();
        for (stem, layered) in [("weight_hh_l0", true), ("weight_hh", false)] {
            let prefixes = all.iter().filter_map(|name| name.strip_suffix(stem));
            let prefixes = prefixes.filter(|prefix| separated(prefix));
            found.extend(prefixes.map(|prefix| Names { prefix: prefix.to_owned(), layered }));
        }
        let bare = |names: &Names| names.prefix.trim_end_matches(SEPARATORS).to_owned();
        let known: Vec<String> = found.iter().map(bare).collect();
        if let Some(wanted) = &self.text.prefix {
            let wanted_bare = wanted.trim_end_matches(SEPARATORS);
            let mut fitting = found.into_iter().filter(|names| bare(names) == wanted_bare);
            return fitting.next().ok_or_else(|| {
                let message = format!("`{}` holds no network `{}`", self.text.weights.value, wanted.value);
                let problem = Problem::at(wanted.span.clone(), message);
                problem.help(did_you_mean(wanted_bare, known.iter().map(String::as_str)))
            });
        }
        match found.len() {
            1 => Ok(found.swap_remove(0)),
            0 => Err(self.missing("weight_hh_l0")),
            _ => {
                let list: Vec<String> = known.iter().map(|prefix| format!("`{prefix}`")).collect();
                let problem =
                    self.at_file(format!("`{}` holds several networks: {}", self.file(), list.join(", ")));
                let example = known.iter().find(|prefix| !prefix.is_empty()).map_or("", String::as_str);
                Err(problem.help(format!("say which: `prefix = \"{example}\"`")))
            }
        }
    }

    /// All layers, once what is not understood was refused.
    fn network(&mut self) -> Result<Trained, Problem> {
        let all = self.arrays.names();
        let own = |name: &&String| {
            name.strip_prefix(&self.names.prefix).is_some_and(|rest| rest.starts_with("weight_"))
        };
        if let Some(name) = all.iter().filter(own).find(|name| name.ends_with("_reverse")) {
            let problem =
                self.at_file(format!("`{name}` in `{}`: the network is bidirectional", self.file()));
            return Err(problem.help(
                "a network that also reads its input from the end is no dynamical system; export one direction alone",
            ));
        }
        if let Some(name) = all.iter().filter(own).find(|name| name.contains("weight_hr")) {
            let problem = self.at_file(format!(
                "`{name}` in `{}`: an LSTM with projections is not known here",
                self.file()
            ));
            return Err(problem.help("train it with `proj_size = 0`"));
        }
        let mut layers: Vec<Layer> = Vec::new();
        while all.contains(&self.names.of("weight_hh", layers.len())) {
            let below = layers.last().map(Layer::units);
            layers.push(self.layer(layers.len(), below)?);
            if !self.names.layered {
                break;
            }
        }
        let higher = format!("{}weight_hh_l", self.names.prefix);
        let last = all.iter().filter_map(|name| name.strip_prefix(&higher)?.parse::<usize>().ok()).max();
        if self.names.layered && last.is_some_and(|last| last >= layers.len()) {
            return Err(self.missing(&self.names.of("weight_hh", layers.len())));
        }
        Ok(Trained { layers })
    }

    /// A layer; `below` is the number of units of the one below it.
    fn layer(&mut self, k: usize, below: Option<usize>) -> Result<Layer, Problem> {
        let (name, gates) = (self.names.of("weight_hh", k), self.cell.gates());
        let recurrent = self.array(&name)?;
        let units = match recurrent.shape[..] {
            [rows, units] if units > 0 && rows == gates * units => units,
            _ => return Err(self.not_square(&name, &recurrent.shape)),
        };
        let rows = gates * units;
        let (name, input) = (self.names.of("weight_ih", k), below.map_or("I".to_owned(), |b| b.to_string()));
        let weights = self.array(&name)?;
        let fits = matches!(weights.shape[..], [r, c] if r == rows && below.is_none_or(|below| c == below));
        if !fits {
            return Err(self.wrong(&name, &weights.shape, &format!("{rows} x {input}"), k));
        }
        let mut bias = |stem: &str| -> Result<Vec<f64>, Problem> {
            let name = self.names.of(stem, k);
            if !self.arrays.names().contains(&name) {
                return Ok(vec![0.0; rows]);
            }
            let found = self.array(&name)?;
            if found.shape != [rows] {
                return Err(self.wrong(&name, &found.shape, &rows.to_string(), k));
            }
            Ok(found.values)
        };
        let (input_bias, recurrent_bias) = (bias("bias_ih")?, bias("bias_hh")?);
        let matrix =
            |array: Array| Matrix::from_columns(array.shape[1], array.shape[0], array.values).transpose();
        Ok(Layer {
            cell: self.cell,
            input_weights: matrix(weights),
            recurrent_weights: matrix(recurrent),
            input_bias,
            recurrent_bias,
        })
    }

    fn array(&mut self, name: &str) -> Result<Array, Problem> {
        if !self.arrays.names().iter().any(|known| known == name) {
            return Err(self.missing(name));
        }
        let file = &self.text.weights.value;
        self.arrays.read(file, name).map_err(|error| broken(&self.text.weights.span, error))
    }

    /// An array that is not there, with those that are.
    fn missing(&mut self, name: &str) -> Problem {
        let all = self.arrays.names();
        let described = |name: &String| match self.arrays.shape(name) {
            Some(shape) => format!("`{name}` ({})", shaped(&shape)),
            None => format!("`{name}`"),
        };
        let mut list: Vec<String> = all.iter().take(NAMED).map(described).collect();
        if all.len() > NAMED {
            list.push(format!("and {} more", all.len() - NAMED));
        }
        let holds = if list.is_empty() { "nothing".to_owned() } else { list.join(", ") };
        self.at_file(format!("there is no array `{name}` in `{}`", self.file())).help(format!(
            "it holds {holds}; expected are PyTorch's names and orientation: weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0"
        ))
    }

    /// Recurrent weights of a shape that this cell does not have.
    fn not_square(&self, name: &str, shape: &[usize]) -> Problem {
        let gates = self.cell.gates();
        let expected = if gates == 1 { "H x H".to_owned() } else { format!("{gates}H x H") };
        let message = format!(
            "`{name}` in `{}` is {}, and {} network needs {expected}",
            self.file(),
            shaped(shape),
            self.cell.with_article()
        );
        let help = match shape {
            [rows, cols] if *rows > 0 && *rows == cols * gates && *cols > 0 => String::new(),
            [rows, cols] if gates > 1 && rows * gates == *cols => {
                "it looks transposed: in PyTorch's convention rows are targets, gate by gate; store the transpose".into()
            }
            [rows, cols] if *cols > 0 => match (*rows == *cols, *rows == 3 * cols, *rows == 4 * cols) {
                (true, ..) => "a square matrix is that of a vanilla network: `kind = \"vanilla\"`".into(),
                (_, true, _) => "three rows for each column are those of a GRU: `kind = \"gru\"`".into(),
                (_, _, true) => "four rows for each column are those of an LSTM: `kind = \"lstm\"`".into(),
                _ => "rows are targets, gate by gate, and columns the H hidden units".into(),
            },
            _ => "it is a matrix: rows are targets, gate by gate, and columns the H hidden units".into(),
        };
        self.at_file(message).help(help)
    }

    /// An array that does not fit the recurrent weights.
    fn wrong(&self, name: &str, found: &[usize], expected: &str, layer: usize) -> Problem {
        let message = format!("`{name}` in `{}` is {}, and must be {expected}", self.file(), shaped(found));
        let by = self.names.of("weight_hh", layer);
        self.at_file(message).help(format!(
            "`{by}` says how many rows; they are targets, gate by gate (GRU r, z, n; LSTM i, f, g, o), as in PyTorch"
        ))
    }
}

/// A shape in words: `12 x 4`.
fn shaped(shape: &[usize]) -> String {
    match shape {
        [] => "a single number".to_owned(),
        _ => shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" x "),
    }
}
