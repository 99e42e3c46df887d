//! Keys of a model file that are missing, of a wrong kind or in a wrong place; names that are taken; several wrong lines at once.
//! Each is told with its line, its caret and how it is written.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use nullcline::model::{MemoryFolder, Model, ModelError};

fn refused(text: &str) -> ModelError {
    match Model::parse("bad.toml", text, &MemoryFolder::default()) {
        Err(e) => e,
        Ok(_) => panic!("this was read:\n{text}"),
    }
}

/// Lines below a population, the bytes under the caret, a part of the message, a part of the remedy.
type Case = (&'static str, &'static str, &'static str, &'static str);

/// Words of the program that reads TOML, which mean nothing to people.
const FOREIGN: [&str; 6] = ["struct", "sequence", "integer `", "later version", "u64", "i64"];

#[track_caller]
fn check(start: &str, cases: &[Case]) {
    let mut wrong = Vec::new();
    for (lines, caret, message, hint) in cases {
        let text = format!("{start}{lines}\n");
        let e = refused(&text);
        let found = e.span().and_then(|span| text.get(span)).unwrap_or_default();
        let line = format!("bad.toml:{}:", e.line().unwrap());
        let told = e.message().contains(message) && e.hint().is_some_and(|h| h.contains(hint));
        let there = found == *caret;
        let shown = format!("{:?}", miette::Report::new(e));
        if !told || !there || !shown.contains(&line) || FOREIGN.iter().any(|w| shown.contains(w)) {
            wrong.push(shown);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const CELL: &str = "format = 1\n[populations.cell]\ninit = { v = 0 }\neq = \"dv/dt = -v\"\n";

#[test]
fn a_key_that_is_missing_is_shown_as_it_is_written() {
    check(
        CELL,
        &[
            ("[run]", "[run]", "`t` is missing", "write `t = [0, 30]`"),
            ("[run]\ndt = 1", "[run]", "`t` is missing", "the start and the end"),
            ("spike = { reset = \"v\" }", "{ reset = \"v\" }", "`when` is missing", "when = \"v > 1\""),
            ("[trials]\ncount = 3", "[trials]", "`stop` is missing", "stop = { up = \"x > 1\" }"),
            ("[trials]\nstop = { a = \"v > 1\" }", "[trials]", "`count` is missing", "count = 1000"),
            ("[continue]", "[continue]", "`param` is missing", "param = \"I\""),
            (
                "[inputs]\nu = { step = { onset = 1 } }",
                "{ onset = 1 }",
                "`value` is missing",
                "add `value = …`",
            ),
        ],
    );
}

#[test]
fn a_value_of_a_wrong_kind_is_told_in_the_words_of_a_file() {
    check(
        "format = 1\n[populations.cell]\ninit = { v = 0 }\n",
        &[
            ("eq = 5", "5", "`eq` needs a string", "eq = \"dx/dt = -x\""),
            ("eq = [\"dv/dt = -v\"]", "[\"dv/dt = -v\"]", "`eq` needs a string", "eq = \"dx/dt = -x\""),
            ("eq = dv/dt = -v", "", "this is not TOML", "put equations in quotation marks"),
        ],
    );
    check(
        CELL,
        &[
            ("[run]\nt = 5", "5", "`t` needs a list", "t = [0, 30]"),
            ("[run]\nt = \"5 ms\"", "\"5 ms\"", "`t` needs a list", "t = [\"0 s\", \"2 s\"]"),
            ("[run]\nt = [0, true]", "true", "a number or a quantity", "such a value"),
            ("[run]\nt = [0, 1]\nmethod = 5", "5", "`method` needs a string", "\"auto\""),
            ("spike = \"v > 1\"", "\"v > 1\"", "`spike` needs a table", "when = \"v > 1\", reset"),
            ("events = \"v > 1\"", "\"v > 1\"", "`events` needs a table", "when = "),
            ("events = { up = 5 }", "5", "`up` needs a table", "up = { when = \"v > 1\" }"),
            ("define = { a = 3 }", "3", "`a` needs a string", "quotation marks"),
            ("define = 3", "3", "`define` needs a table", "define = { drive"),
            ("parameters = 3", "3", "`parameters` needs a table", "tau = \"20 ms\""),
            (
                "parameters = { a = true }",
                "true",
                "`a` needs a number, a quantity, a formula",
                "such a value",
            ),
            (
                "n = 3\nparameters = { tau = \"(1 + i)*s\" }",
                "s",
                "`s` is not known here; without a number it is not taken for the unit",
                "known here: `i`, `n`, and the units of SI; if the unit `s` is meant, write `(1 s)`",
            ),
            (
                "n = 3\nparameters = { s = 2, tau = \"(1 + i)*(1 s)\" }",
                "s",
                "an operator is missing here",
                "`s` is a name here and hides the unit: write a product with `*`, or `1 second` for the unit",
            ),
            ("cable = 3", "3", "`cable` needs a table", "[populations.NAME.cable]"),
            ("unit = 3", "3", "`unit` needs a string", "\"lif\""),
            ("coords = 3.5", "3.5", "`coords` needs a table", "coords = { x"),
            ("[inputs]\nI = 5", "5", "`I` needs a table", "[inputs.I]"),
            ("[inputs]\nI = { step = 5 }", "5", "`step` needs a table", "step = { onset"),
            ("[analyze]\nplane = [\"v\"]", "[\"v\"]", "`plane` needs a list of 2", "plane = [\"v\", \"w\"]"),
            ("[trials]\ncount = \"many\"", "\"many\"", "`count` needs a whole number", "count = 1000"),
        ],
    );
    check(
        "format = 1\n",
        &[
            ("run = 5", "5", "`run` needs a table", "[run]"),
            ("populations = 5", "5", "`populations` needs a table", "[populations.NAME]"),
            ("populations = { a = 5 }", "5", "`a` needs a table", "[populations.a]"),
            ("parameters = { a = [1, 2] }", "[1, 2]", "`a` needs a number or a quantity", "such a value"),
            ("seed = -1", "-1", "`seed` needs a whole number", "digits"),
        ],
    );
}

#[test]
fn a_key_of_another_table_is_sent_there() {
    check(
        CELL,
        &[
            ("delay = 3", "delay", "unknown key `delay`", "v(t - 5*ms)"),
            ("readouts = 3", "readouts", "unknown key", "define = "),
            ("poisson = 3", "poisson", "unknown key", "`xi`"),
            ("plasticity = 3", "plasticity", "unknown key", "an equation of its own"),
            ("threshold = 3", "threshold", "unknown key", "spike = { when"),
            ("eqs = \"dw/dt = 1\"", "eqs", "unknown key", "its key `eq`"),
            ("expect = 4", "expect", "unknown key", "`expect` is a table of its own: write `[expect]`"),
            ("t = [0, 1]", "t", "unknown key", "below `[run]`"),
            ("seed = 1", "seed", "unknown key", "top of the file"),
            ("[run]\nt = [0, 1]\neq = \"dv/dt = -v\"", "eq", "unknown key", "belongs to a population"),
            ("[run]\nduration = 10", "duration", "unknown key", "t = [0, 30]"),
            ("inti = 3", "inti", "unknown key", "did you mean `init`?"),
        ],
    );
    check("format = 1\n", &[("eq = \"dv/dt = -v\"", "eq", "unknown key", "[populations.NAME]")]);
}

#[test]
fn a_name_that_equations_use_for_something_else_is_refused() {
    let cell = "[populations.cell]\ninit = { v = 0 }\neq = \"dv/dt = -v + 1\"\n";
    for (name, meaning) in [
        ("xi", "a noise"),
        ("xi_1", "a noise"),
        ("t", "the time"),
        ("dt", "the step of time"),
        ("pi", "the number"),
        ("exp", "a function"),
        ("not", "a word of conditions"),
    ] {
        let matrix = "value = [[1]], axes = [\"post\", \"pre\"]";
        for text in [
            format!("format = 1\n[parameters]\n{name} = 3\n{cell}"),
            format!("format = 1\n{cell}parameters = {{ {name} = 3 }}\n"),
            format!("format = 1\n{cell}n = 2\ncoords = {{ {name} = [1, 2] }}\n"),
            format!("format = 1\n{cell}[inputs]\n{name} = {{ constant = 3 }}\n"),
            format!("format = 1\n{cell}[matrices]\n{name} = {{ {matrix} }}\n"),
        ] {
            let e = refused(&text);
            assert!(e.message().contains(meaning), "{text}{}", e.message());
            assert_eq!(&text[e.span().unwrap()], name, "{text}");
            assert_eq!(e.hint(), Some(format!("choose another name, such as `{name}0`").as_str()));
        }
    }
}

#[test]
fn all_lines_that_are_wrong_are_told_each_in_its_place() {
    let start = "format = 1\n[parameters]\ntau = \"20 ms\"\n[populations.cell]\ninit = { v = 0 }\n";
    for (lines, wrong) in [
        ("tau*dv/dt = -v +* 2\nx = (3 - v\ny = 5 5", &[(7, "*"), (8, "("), (9, "5")][..]),
        ("tau*dv/dt = -v + ww\nx = vv\ny = exq(3)", &[(7, "ww"), (8, "vv"), (9, "exq")]),
        ("tau*dv/dt = -v + 1 mV : mV\nx = v + 2*nA\ny = sin(v)", &[(8, "2*nA"), (9, "v")]),
    ] {
        let text = format!("{start}eq = \"\"\"\n{lines}\n\"\"\"\n");
        let e = refused(&text);
        let all = || std::iter::once(&e).chain(e.more());
        let found: Vec<(usize, &str)> =
            all().map(|e| (e.line().unwrap(), &text[e.span().unwrap()])).collect();
        assert_eq!(found, wrong, "{lines}");
        assert!(all().all(|e| e.hint().is_some()));
        let shown = format!("{:?}", miette::Report::new(refused(&text)));
        assert!(wrong.iter().all(|(line, _)| shown.contains(&format!("bad.toml:{line}:"))), "{shown}");
    }
}
