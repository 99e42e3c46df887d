//! What can be typed: verbs, their arguments, and the options that every verb takes.

use clap::{Args, Parser, Subcommand, ValueHint};
use clap_complete::Shell;
use std::path::PathBuf;

/// From connectivity to dynamics and back: simulate and analyze recurrent networks.
#[derive(Parser, Debug)]
#[command(name = "nullcline", version, max_term_width = 100, after_help = AFTER)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
    /// Options of every verb.
    #[command(flatten)]
    pub options: Options,
}

const AFTER: &str = "\
Exit codes: 0 done, 1 an expectation of `check --run` failed, 2 bad input, 3 numerical failure (diverged), 4 a resource \
limit, 130 stopped by Ctrl-C.
Begin with:  nullcline new tornado > tornado.toml && nullcline run tornado.toml";

/// Options of every verb.
#[derive(Args, Clone, Debug, Default)]
pub struct Options {
    /// Print the findings as JSON on standard output, and nothing else.
    #[arg(long, global = true)]
    pub json: bool,
    /// Seed of the random numbers, instead of the model's.
    #[arg(long, global = true, value_name = "N", value_parser = seed)]
    pub seed: Option<u64>,
    /// Number of threads (default: one for each core). Results do not depend on it.
    #[arg(long, global = true, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,
    /// Folder for the files that are written (default of `run`: out/NAME).
    #[arg(short, long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// Override a value of the model file, for instance `--set run.t="[0, 10]"`; may be repeated.
    #[arg(long = "set", global = true, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Refuse work that needs more memory than this, for instance 2GB (default: what the machine has free).
    #[arg(long, global = true, value_name = "SIZE")]
    pub max_memory: Option<String>,
}

/// The verbs.
#[derive(Subcommand, Debug)]
pub enum Verb {
    /// Print a gallery model, to start from; without a name, list them.
    New(New),
    /// Parse a model; check units, shapes, orientation and signs.
    Check(Check),
    /// Simulate, analyze, tell the story, write report and figures.
    Run(Run),
    /// Analyze a model or a matrix without simulating it.
    Analyze(Analyze),
    /// Follow fixed points and cycles over a parameter, and find their bifurcations.
    Continue(Continue),
    /// Print the JSON Schema of model files, for editors.
    Schema,
    /// Print a completion script for a shell.
    Completions(Completions),
}

/// `new`.
#[derive(Args, Debug)]
pub struct New {
    /// Name of a gallery model.
    pub name: Option<String>,
}

/// `check`.
#[derive(Args, Debug)]
pub struct Check {
    /// Model files, or matrices whose orientation is asked for.
    #[arg(required = true, value_hint = ValueHint::FilePath)]
    pub models: Vec<PathBuf>,
    /// Also run each model and test its `[expect]` block.
    #[arg(long)]
    pub run: bool,
}

/// `run`.
#[derive(Args, Debug)]
pub struct Run {
    /// The model file.
    #[arg(value_hint = ValueHint::FilePath)]
    pub model: PathBuf,
    /// Also write each figure as PNG.
    #[arg(long)]
    pub png: bool,
    /// Compute what is skipped above 200 variables for its cost.
    #[arg(long)]
    pub full: bool,
}

/// `analyze`.
#[derive(Args, Debug)]
pub struct Analyze {
    /// A model file, a matrix file (.csv, .npy, .npz, .mat), or a matrix such as "3 1; 0 3" (rows are targets).
    #[arg(value_hint = ValueHint::FilePath)]
    pub subject: String,
    /// Read the matrix as M of tau dv/dt = -v + M v, with this time constant, for instance 20ms.
    #[arg(long, value_name = "TAU", conflicts_with = "map")]
    pub tau: Option<String>,
    /// Read the matrix as A of x(k+1) = A x(k).
    #[arg(long)]
    pub map: bool,
    /// Which array of an .npz or .mat file that holds several.
    #[arg(long, value_name = "NAME")]
    pub variable: Option<String>,
    /// Compute what is skipped above 200 variables for its cost.
    #[arg(long)]
    pub full: bool,
    /// Also write each figure as PNG (with -o).
    #[arg(long)]
    pub png: bool,
}

/// `continue`.
#[derive(Args, Debug)]
pub struct Continue {
    /// The model file.
    #[arg(value_hint = ValueHint::FilePath)]
    pub model: PathBuf,
    /// What is changed: a parameter, `population.parameter`, or the path of a number such as connect.0.w.
    #[arg(long, value_name = "NAME")]
    pub param: Option<String>,
    /// Where the interval begins: a number in the unit of the file, or a quantity such as "5 uA/cm^2".
    #[arg(long, value_name = "A")]
    pub from: Option<String>,
    /// Where it ends.
    #[arg(long, value_name = "B")]
    pub to: Option<String>,
    /// A second parameter, over which folds and Hopf points are followed too.
    #[arg(long, value_name = "NAME", requires = "from2", requires = "to2")]
    pub param2: Option<String>,
    /// Where the interval of the second parameter begins.
    #[arg(long, value_name = "A", requires = "param2")]
    pub from2: Option<String>,
    /// Where it ends.
    #[arg(long, value_name = "B", requires = "param2")]
    pub to2: Option<String>,
    /// Random starts of the search for fixed points at each end.
    #[arg(long, value_name = "N")]
    pub starts: Option<usize>,
    /// Follow equilibria only.
    #[arg(long)]
    pub no_cycles: bool,
    /// Also write each figure as PNG (with -o).
    #[arg(long)]
    pub png: bool,
}

/// `completions`.
#[derive(Args, Debug)]
pub struct Completions {
    /// The shell.
    pub shell: Shell,
}

/// The largest seed: a model file holds it as a whole number of TOML.
const LARGEST_SEED: u64 = i64::MAX as u64;
/// More threads than any machine has use for, and fewer than any refuses.
const MOST_THREADS: usize = 1024;

fn seed(text: &str) -> Result<u64, String> {
    let seed = text.trim().parse().ok().filter(|seed| *seed <= LARGEST_SEED);
    seed.ok_or_else(|| format!("a seed is a whole number from 0 to {LARGEST_SEED}"))
}

fn threads(text: &str) -> Result<usize, String> {
    let threads = text.trim().parse().ok().filter(|threads| (1..=MOST_THREADS).contains(threads));
    threads.ok_or_else(|| format!("give a whole number from 1 to {MOST_THREADS}"))
}

/// Lets a matrix literal or a number begin with a minus sign: `-1 5; 0 -2` is a value, `-o` is an option.
pub fn guard_minus(args: impl Iterator<Item = std::ffi::OsString>) -> Vec<std::ffi::OsString> {
    args.map(|arg| match arg.to_str() {
        Some(text) if is_negative_value(text) => format!(" {text}").into(),
        _ => arg,
    })
    .collect()
}

fn is_negative_value(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('-') else { return false };
    rest.trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(args: &[&str]) -> Cli {
        Cli::try_parse_from(guard_minus(args.iter().map(Into::into))).unwrap()
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_matrix_may_begin_with_a_minus_sign() {
        for args in [
            ["nullcline", "analyze", "-1 5; 0 -2", "--json"],
            ["nullcline", "analyze", "--json", "-1 5; 0 -2"],
        ] {
            let cli = parse(&args);
            let Verb::Analyze(analyze) = cli.verb else { panic!("not analyze") };
            assert_eq!(analyze.subject.trim(), "-1 5; 0 -2");
            assert!(cli.options.json);
        }
    }

    #[test]
    fn numbers_of_threads_and_seeds_that_make_no_sense_are_refused() {
        for bad in [["--threads", "0"], ["--threads", "100000"], ["--threads", "-1"], ["--seed", "-1"]] {
            let args = ["nullcline", "new"].into_iter().chain(bad).map(Into::into);
            let error = Cli::try_parse_from(guard_minus(args)).unwrap_err().to_string();
            assert!(error.contains("whole number"), "{bad:?}: {error}");
        }
        assert_eq!(
            parse(&["nullcline", "new", "--seed", "9223372036854775807"]).options.seed,
            Some(i64::MAX as u64)
        );
    }

    #[test]
    fn options_may_stand_behind_the_verb() {
        let cli =
            parse(&["nullcline", "run", "a.toml", "-o", "x", "--set", "seed=3", "--set", "run.rtol=1e-3"]);
        assert_eq!(cli.options.set, ["seed=3", "run.rtol=1e-3"]);
    }
}
