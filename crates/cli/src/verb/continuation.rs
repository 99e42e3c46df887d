//! `continue MODEL`: how fixed points and cycles change with a parameter.

use super::{source, write};
use crate::args::{Continue, Options};
use crate::failure::Failure;
use crate::folder::OutFolder;
use crate::progress::Bar;
use crate::tell;
use nullcline::model::{ContinuationSpec, KnobError, Model};
use nullcline::report::{continuation_json, continuation_story, plain_text};
use nullcline::walk;

/// Follows equilibria and cycles and tells where they change their kind.
///
/// # Errors
/// Bad input: a parameter that does not exist, an interval of length zero, a model of a kind that cannot be continued.
pub fn continuation(arguments: &Continue, options: &Options) -> Result<(), Failure> {
    let (model, built) = source::open(&arguments.model, options)?;
    let spec = spec(arguments, &model)?;
    let folder = options.out.as_deref().map(OutFolder::open).transpose()?;
    let bar = Bar::new(options.json);
    let depth = walk::Options { simulate: false, full: false };
    let study = walk::examine(&model, &built, depth, &|_| std::ops::ControlFlow::Continue(()));
    let mut study = source::examined(&model, study)?;
    let found = walk::continued(&model, &built, &spec, &|fraction| bar.advance(fraction));
    bar.finish();
    study.continuation = Some(source::examined(&model, found)?);
    if let Some(folder) = &folder {
        write::write(&study, folder, arguments.png)?;
    }
    if options.json {
        tell::say_json(&continuation_json(&study));
    } else {
        tell::say(&plain_text(&continuation_story(&study), tell::width()));
        if let Some(folder) = &folder {
            tell::say(&format!(
                "Written to {}: report.html, findings.json, diagram.csv, figures/diagram.svg",
                folder.path().display()
            ));
        }
    }
    Ok(())
}

/// What the command line asks for; what it leaves open, `[continue]` of the file says.
fn spec(arguments: &Continue, model: &Model) -> Result<ContinuationSpec, Failure> {
    let file = model.continuation.as_ref();
    let fail = |error: KnobError| Failure::input(error.what, error.remedy);
    let mut spec = match (&arguments.param, &arguments.from, &arguments.to) {
        (Some(name), Some(from), Some(to)) => {
            let first = model.sweep(name, from, to).map_err(fail)?;
            match file.cloned() {
                // A second parameter of the file belongs to the first one of the file.
                Some(spec) => ContinuationSpec { first, second: None, ..spec },
                None => ContinuationSpec::new(first),
            }
        }
        (None, None, None) => file.cloned().ok_or_else(|| {
            Failure::input(
                "nothing says what to continue",
                "give --param NAME --from A --to B, or write `[continue]` with param, from and to into the model",
            )
        })?,
        (None, ..) => {
            return Err(Failure::input("the interval is given, and not the parameter", "add --param NAME"));
        }
        _ => {
            return Err(Failure::input(
                "the parameter is given without its whole interval",
                "add --from A and --to B",
            ));
        }
    };
    if let (Some(name), Some(from), Some(to)) = (&arguments.param2, &arguments.from2, &arguments.to2) {
        let second = model.sweep(name, from, to).map_err(fail)?;
        if second.knob.turn == spec.first.knob.turn {
            return Err(Failure::input(
                "the second parameter is the first one",
                "name another with --param2",
            ));
        }
        spec.second = Some(second);
    }
    if let Some(starts) = arguments.starts {
        spec.starts = starts;
    }
    spec.cycles &= !arguments.no_cycles;
    Ok(spec)
}
