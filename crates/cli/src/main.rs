//! The command line of nullcline: it translates and renders; it computes nothing.

mod args;
mod failure;
mod folder;
mod interrupt;
mod memory;
mod progress;
mod tell;
mod verb;

use args::{Cli, Verb};
use clap::Parser;
use failure::Failure;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse_from(args::guard_minus(std::env::args_os()));
    interrupt::listen();
    match start(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Some(message) = failure.message() {
                tell::complain(&message);
            }
            failure.code()
        }
    }
}

fn start(cli: &Cli) -> Result<(), Failure> {
    let options = &cli.options;
    if let Some(threads) = options.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build_global().map_err(|error| Failure::input(error, "choose a smaller --threads"))?;
    }
    memory::check(options.max_memory.as_deref())?;
    match &cli.verb {
        Verb::New(new) => verb::new::new(new, options),
        Verb::Check(check) => verb::check::check(check, options),
        Verb::Run(run) => verb::run::run(run, options),
        Verb::Analyze(analyze) => verb::analyze::analyze(analyze, options),
        Verb::Continue(arguments) => verb::continuation::continuation(arguments, options),
        Verb::Schema => verb::schema::schema(),
        Verb::Completions(completions) => verb::completions::completions(completions),
    }
}
