//! Bad equations in a model file: each is refused in one sentence, with its line, the very bytes under the caret, and a remedy.
//!
//! What the caret must stand under is marked in the texts, `tau*dv/dt = -v + «Q»`; the marks are taken out before a text is
//! read.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use nullcline::dynamics::simulate::{Verdict, unwatched};
use nullcline::model::{MemoryFolder, Model, ModelError, Source};
use nullcline::network::bytes_needed_by_equations;
use nullcline::report::{plain_text, story};
use nullcline::walk::{Options, build, examine};
use std::ops::Range;

/// Other keys of the population, its equations, a part of the message, a part of the remedy.
type Case = (&'static str, &'static str, &'static str, &'static str);

/// A model of one population.
fn population(keys: &str, equations: &str) -> String {
    format!(
        "format = 1\n[populations.cell]\n{keys}\neq = \"\"\"\n{equations}\n\"\"\"\n[run]\nt = [\"0 ms\", \"10 ms\"]\n"
    )
}

/// The text without its marks, and the bytes that they held.
fn unmarked(text: &str) -> (String, Option<Range<usize>>) {
    match text.split_once('«').and_then(|(before, rest)| Some((before, rest.split_once('»')?))) {
        None => (text.to_owned(), None),
        Some((before, (inside, after))) => {
            (format!("{before}{inside}{after}"), Some(before.len()..before.len() + inside.len()))
        }
    }
}

fn read(text: &str) -> Result<Model, ModelError> {
    Model::parse("bad.toml", text, &MemoryFolder::default())
}

/// What is wrong with the refusal of a marked text, if anything is.
fn complaint(marked: &str, message: &str, hint: &str) -> Option<String> {
    let (text, place) = unmarked(marked);
    let e = match read(&text) {
        Ok(_) => return Some(format!("this was read:\n{text}")),
        Err(e) => e,
    };
    let place = place?;
    let line = 1 + text[..place.start].matches('\n').count();
    let help = e.hint().unwrap_or_default().to_owned();
    let right = e.message().contains(message)
        && help.contains(hint)
        && !help.is_empty()
        && e.span() == Some(place.clone())
        && e.line() == Some(line);
    if right {
        return None;
    }
    let caret = e.span().and_then(|span| text.get(span)).unwrap_or("nothing").to_owned();
    let wanted = format!("wanted `{}` in line {line}: {message}; {hint}", &text[place]);
    let found = format!("found `{caret}` in line {:?}: {}; {help}", e.line(), e.message());
    Some(format!("{wanted}\n{found}\n{:?}", miette::Report::new(e)))
}

#[track_caller]
fn refused(cases: &[Case]) {
    let all = cases.iter().filter_map(|(keys, equations, message, hint)| {
        complaint(&population(keys, equations), message, hint)
    });
    let wrong: Vec<String> = all.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n----\n"));
}

#[track_caller]
fn files_refused(cases: &[(&str, &str, &str)]) {
    let wrong: Vec<String> = cases.iter().filter_map(|(text, m, hint)| complaint(text, m, hint)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n----\n"));
}

const TAU: &str = "tau = \"20 ms\"\ninit = { v = 0 }";
const REST: &str = "init = { v = 0 }";

#[test]
fn a_name_that_is_not_known_comes_with_the_nearest_that_is() {
    refused(&[
        (TAU, "tau*dv/dt = -v + «Q»", "`Q` is not known here", "`dQ/dt = …` or `Q = …`"),
        (TAU, "«tua»*dv/dt = -v", "`tua` is not known here", "did you mean `tau`?"),
        (TAU, "tau*dv/dt = -v + «exq»(v)", "there is no function `exq`", "did you mean `exp`?"),
        (TAU, "dv/dt = -v/(5 «mss»)", "an operator is missing here", "the unit `ms`"),
        (TAU, "tau*dv/dt = -v : «vlt»", "`vlt` is not a unit", "units are such as s, ms"),
        (TAU, "tau*dv/dt = -v + «other.v»", "`other.v` is not known here", "there is no section `other`"),
        (
            "tau = \"20 ms\"\ndefine = { drive = \"2*«vv»\" }\ninit = { v = 0 }",
            "tau*dv/dt = drive - v",
            "`vv` is not known here",
            "`dvv/dt = …` or `vv = …`, or a value from outside",
        ),
        (
            "tau = \"20 ms\"\nparameters = { a = 2, b = \"«aa» + 1\" }\ninit = { v = 0 }",
            "tau*dv/dt = b - v",
            "`aa` is not known here",
            "known here: `tau`, `a`",
        ),
        ("tau = \"20 ms\"\ninit = { v = \"2*«tua»\" }", "tau*dv/dt = -v", "`tua`", "`tau`"),
        ("tau = \"20 ms\"\ninit = { v = 0, «u» = 1 }", "tau*dv/dt = -v", "there is no state `u`", "`v`"),
        (
            "tau = \"20 ms\"\ninit = { v = 0 }\nspike = { when = \"«w» > 1\", reset = \"v = 0\" }",
            "tau*dv/dt = -v",
            "`w` is not known here",
            "",
        ),
        (
            "tau = \"20 ms\"\ninit = { v = 0 }\nspike = { when = \"v > 1\", reset = \"«w» = 0\" }",
            "tau*dv/dt = -v",
            "`w` is no state",
            "states here are v",
        ),
        (
            "tau = \"20 ms\"\ninit = { v = 0 }\nspike = { when = \"v > 1\", reset = \"v = 0\", hold = [«\"w\"»] }",
            "tau*dv/dt = -v",
            "there is no state `w`",
            "`v`",
        ),
        (
            "tau = \"20 ms\"\ninit = { v = 0 }\nevents.up = { when = \"v > 1\", set = \"v = «e»\" }",
            "tau*dv/dt = -v",
            "`e` is not known here",
            "",
        ),
    ]);
}

#[test]
fn two_units_that_clash_are_both_named() {
    refused(&[
        (
            "init = { v = \"1 mV\" }",
            "dv/dt = «-v»",
            "the left side is a voltage per time (V/s), the right side a voltage (V)",
            "divide the voltage (V) by a time",
        ),
        (
            "tau = \"20 ms\"\nparameters = { I = \"1 nA\" }\ninit = { v = 0 }",
            "dv/dt = (I - «v»)/tau : volt",
            "`-` needs equal units, not a current (A) and a voltage (V)",
            "multiply the voltage (V) by a conductance (S), such as `(1 nS)`",
        ),
        (
            "tau = \"20 ms\"\nparameters = { I = \"1 nA\" }\ninit = { v = 0 }",
            "I : «volt»\ntau*dv/dt = I - v",
            "this name is a current (A), and its unit here is a voltage (V)",
            "agree",
        ),
        (
            TAU,
            "tau*dv/dt = 2*mV*exp(«v») - v : volt",
            "`exp` needs a dimensionless argument, not a voltage (V)",
            "`v/mV`",
        ),
        (
            "tau = \"20 ms\"\ndefine = { drive = \"v + «2*nA»\" }\ninit = { v = 0 }",
            "tau*dv/dt = drive - v : volt",
            "`+` needs equal units, not a voltage (V) and a current (A)",
            "multiply the current (A) by a resistance (ohm), such as `(1 Mohm)`",
        ),
        (
            "tau = \"20 ms\"\ninit = { v = «\"1 nA\"» }",
            "tau*dv/dt = -v : volt",
            "`v` is a voltage (V), and this value a current (A)",
            "the unit of a voltage",
        ),
        (
            "n = 2\ntau = \"20 ms\"\nparameters = { E = [\"1 mV\", «\"1 nA\"»] }\ninit = { v = 0 }",
            "tau*dv/dt = E - v",
            "this value of `E` is a current (A), and another one a voltage (V)",
            "the same unit",
        ),
        (
            "tau = \"20 ms\"\ninit = { v = 0 }\nspike = { when = \"v > «1»\", reset = \"v = 0\" }",
            "tau*dv/dt = -v : volt",
            "a comparison needs equal units, not a voltage (V) and dimensionless",
            "give the number a unit",
        ),
        (
            "tau = \"20 ms\"\ninit = { v = 0 }\nspike = { when = \"v > 1 mV\", reset = \"v = «1»\" }",
            "tau*dv/dt = -v : volt",
            "`v` is a voltage (V), and this is dimensionless",
            "give the number a unit",
        ),
        (
            "tau = \"20 ms\"\ninit = { v = 0 }\nspike = { when = \"v > 1\", reset = \"v = 0\", refractory = «\"2 mV\"» }",
            "tau*dv/dt = -v",
            "`refractory` needs a time (s), and \"2 mV\" is a voltage (V)",
            "\"20 ms\"",
        ),
        (
            "unit = \"lif\"\nparameters = { R = «\"100 mV\"» }",
            "I2 = 0*nA",
            "`R` of the unit `lif` is a resistance (ohm), and this value a voltage (V)",
            "Mohm",
        ),
        (
            "tau = «\"20 mV\"»\ninit = { v = 0 }",
            "tau*dv/dt = -v : volt",
            "`tau` needs a time (s), and this is a voltage (V)",
            "\"20 ms\"",
        ),
    ]);
}

#[test]
fn equations_that_are_too_many_too_few_or_circular_are_refused() {
    refused(&[
        (
            REST,
            "dv/dt = -a*v/(1 ms)\n«a» = b\nb = a",
            "these definitions go in a circle: a -> b -> a",
            "`da/dt = …`",
        ),
        (REST, "dv/dt = -a*v/(1 ms)\n«a» = a + 1", "`a` is defined by itself", "`da/dt = …`"),
        (REST, "dv/dt = -v/(1 ms)\nd«v»/dt = v/(1 ms)", "`v` has two equations", "keep one"),
        (REST, "dv/dt = -v/(1 ms)\n«v» = 2", "`v` has two equations", "keep one"),
        (REST, "dv/dt = -«w»/(1 ms)", "`w` is not known here", "`dw/dt = …`"),
        (
            "define = { «v» = \"2\" }\ninit = { v = 0 }",
            "dv/dt = -v/(1 ms)",
            "`v` has two equations",
            "keep one",
        ),
        (REST, "dv/dt «=» ", "the line ends too early", "go on in the next line"),
        (REST, "«dv/dt»", "this line has no `=`", "`dx/dt = …`"),
        (REST, "dv/dt = -v/(1 ms)«;» dw/dt = 0", "`;` does not separate equations", "one equation a line"),
        (REST, "v«'» = -v", "`'` does not belong in a formula", "a derivative as `dx/dt`"),
    ]);
    files_refused(&[
        ("format = 1\n[populations.cell]\neq = «\"\"»\n", "there is no equation here", "`dx/dt = …`"),
        (
            "format = 1\n[populations.«cell»]\neq = \"\"\"\ndv/dt = -v/(1 ms)\ndw/dt = -w/(1 ms)\n\"\"\"\ninit = { v = 0 }\n",
            "the state `w` has no initial value",
            "init = { w = 0 }",
        ),
        (
            "format = 1\n[populations.«cell»]\neq = \"dv/dt = -v/(1 ms) : volt\"\n",
            "the state `v` has no initial value",
            "init = { v = \"0 V\" }",
        ),
        (
            "format = 1\n[populations.cell]\neq = \"dv/dt = -v/(1 ms)\"\ninit = { v = 0 }\ntransfer = «\"tanh\"»\n",
            "`transfer` belongs to rate units",
            "into the equations",
        ),
        (
            "format = 1\n[populations.cell]\nunit = «\"hodgkin_huxly\"»\n",
            "there is no unit `hodgkin_huxly`",
            "did you mean `hodgkin_huxley`?",
        ),
        (
            "format = 1\n[populations.cell]\nunit = \"lif\"\nset = «\"textbok\"»\n",
            "`lif` has no set `textbok`",
            "did you mean `textbook`?",
        ),
        (
            "format = 1\n[populations.cell]\nunit = \"lif\"\nparameters = { «v_treshold» = \"15 mV\" }\n",
            "the unit `lif` has no parameter `v_treshold`",
            "did you mean `v_threshold`?",
        ),
        (
            "format = 1\n[populations.cell]\nunit = «\"fitzhugh_nagumo\"»\n[run]\nt = [\"0 ms\", \"100 ms\"]\n",
            "the unit `fitzhugh_nagumo` has no unit of time, and this run counts in seconds",
            "`t = [0, 200]`",
        ),
        (
            "format = 1\n[populations.cell]\nunit = \"lif\"\n[run]\nt = [0, «100»]\n",
            "this time has no unit, and the equations count in seconds",
            "\"100 ms\"",
        ),
        (
            "format = 1\n[parameters]\nI = \"1 mV\"\n[populations.cell]\nunit = «\"lif\"»\n",
            "in `tau*dv/dt = EL - v + R*I` of the unit `lif`",
            "",
        ),
        (
            "format = 1\n[populations.cell]\neq = \"dv/dt = -v/(1 ms)\"\ninit = { v = 0 }\nset = «\"textbook\"»\n",
            "`set` chooses the constants of a unit of the library",
            "unit = ",
        ),
    ]);
}

#[test]
fn vectors_of_the_wrong_length_and_products_of_numbers_are_refused() {
    refused(&[
        (
            "n = 3\ninit = { v = «[1, 2]» }",
            "dv/dt = -v/(1 ms)",
            "`v` has 2 entries, and the population 3 units",
            "one for each unit",
        ),
        (
            "n = 3\nparameters = { a = «[1, 2]» }\ninit = { v = 0 }",
            "dv/dt = -a*v/(1 ms)",
            "`a` has 2 entries, and the population 3 units",
            "one for each unit",
        ),
        (REST, "dv/dt = «-v»@v/(1 ms)", "`-v` is a number, and `@` multiplies by a matrix", "write `*`"),
        (
            "n = 3\ninit = { v = 0 }",
            "dv/dt = «-v»@v/(1 ms)",
            "`-v` is a vector, and `@` multiplies by a matrix",
            "write `*`",
        ),
    ]);
    let with = |equation: &str, n: usize| {
        format!(
            "format = 1\n[matrices]\nM = {{ value = [[0, 1], [1, 0]], axes = [\"post\", \"pre\"] }}\n\
             [populations.cell]\nn = {n}\neq = \"{equation}\"\ninit = {{ v = 0 }}\n"
        )
    };
    files_refused(&[
        (&with("dv/dt = «M@v» - v", 3), "`M` has 2 columns, and `v` has 3 units", "one column for each unit"),
        (&with("dv/dt = «M*v» - v", 2), "the matrix `M` and the vector `v` are joined by `*`", "`M@v`"),
        (&with("dv/dt = «M» - v", 2), "`M` is a matrix and stands alone here", "`M@x`"),
    ]);
    files_refused(&[(
        "format = 1\n[populations.E]\nn = 2\neq = \"dx/dt = -x\"\ninit = { x = 0 }\n\
         [populations.I]\nn = 3\neq = \"dy/dt = «E.x - y»\"\ninit = { y = 0 }\n",
        "vectors of lengths 2 and 3 stand together here",
        "the same length",
    )]);
}

#[test]
fn a_delay_is_constant_and_positive() {
    refused(&[
        (
            REST,
            "dv/dt = -v(t - 5*ms)/(1 ms) + v(«t + 2*ms»)/(1 ms)",
            "this delay is negative: the time lies in the future",
            "`v(t - delay)` with a positive delay",
        ),
        (REST, "dv/dt = -v(«t - v*ms»)/(1 ms)", "this delay depends on a state", "`v(t - 5 ms)`"),
        (REST, "dv/dt = -v(«t - t/2»)/(1 ms)", "this delay depends on the time", "`v(t - 5 ms)`"),
        (REST, "dv/dt = -v(«t - 0*ms»)/(1 ms)", "this delay is zero", "`v` for the present value"),
        (
            REST,
            "dv/dt = -v(t - «5»)/(1 ms)",
            "`-` needs equal units, not a time (s) and dimensionless",
            "`2 ms`",
        ),
        (
            "parameters = { d = \"-5 ms\" }\ninit = { v = 0 }",
            "dv/dt = -«v(t - d)»/(1 ms)",
            "this delay is -0.005 s",
            "`v(t - delay)` needs a positive delay",
        ),
    ]);
}

#[test]
fn noise_stands_linearly_and_in_a_run_that_knows_noise() {
    refused(&[
        (
            REST,
            "dv/dt = -v/(1 ms) + exp(«xi*sqrt(1 s)»)/(1 s)",
            "the noise `xi` does not stand linearly here",
            "a term of its own, `a*xi`",
        ),
        (
            "init = { v = \"0 mV\" }",
            "dv/dt = «-v/(1 ms) + 2*mV*xi»",
            "by these equations `v` is a quantity in V s^(1/2)",
            "`dv/dt = … : volt`",
        ),
        (
            "init = { v = 0 }\nspike = { when = \"«n*sqrt(1 s)» > 1\", reset = \"v = 0\" }",
            "dv/dt = -v/(1 ms) + n/sqrt(1 ms)\nn = 3*xi",
            "the noise `xi` does not stand linearly here",
            "a term of its own, `a*xi`",
        ),
    ]);
    let run = |method: &str| {
        format!(
            "format = 1\n[populations.cell]\neq = \"dv/dt = -v/(1 ms) + xi/sqrt(1 ms)\"\ninit = {{ v = 0 }}\n\
             [run]\nt = [\"0 ms\", \"10 ms\"]\nmethod = «\"{method}\"»\n"
        )
    };
    for method in ["rk4", "tsit5", "dop853", "rodas5p", "exponential_euler"] {
        let message = format!("the method `{method}` does not know noise");
        assert_eq!(complaint(&run(method), &message, "`milstein`"), None);
    }
}

#[test]
fn a_division_by_what_is_always_zero_is_refused() {
    refused(&[
        (REST, "dv/dt = -v/(1 ms)/«0»", "`0` is always zero, and this divides by it", "can differ from zero"),
        (REST, "dv/dt = -v/«((1 ms)*(3 - 3))»", "`((1 ms)*(3 - 3))` is always zero", "can differ from zero"),
        (REST, "dv/dt = -v/(1 ms)/«z»\nz = 0", "`z` is always zero", "can differ from zero"),
        (REST, "dv/dt = -v/(1 ms)/«(v - v)»", "`(v - v)` is always zero", "can differ from zero"),
        ("tau = «\"0 ms\"»\ninit = { v = 0 }", "tau*dv/dt = -v", "`tau` is zero", "must be positive"),
        (
            "parameters = { C = \"0 pF\", g = \"1 nS\" }\ninit = { v = 0 }",
            "«C*dv/dt» = -g*v : volt",
            "the rate of `v` is not a number (NaN) at the start",
            "`C` is zero: an equation may divide by it",
        ),
        (
            "n = 2\nparameters = { a = [1, 0] }\ninit = { v = 1 }",
            "«dv/dt» = log(a)*v/(1 ms)",
            "the rate of `v` is infinite at the start for unit 1",
            "`a` is zero",
        ),
    ]);
}

#[test]
fn brackets_are_closed_and_not_too_deep() {
    refused(&[
        (REST, "dv/dt = -v/«(»1 ms", "this bracket is never closed", "write `)` where it ends"),
        (REST, "dv/dt = -v/(1 ms)«)»", "this bracket was never opened", "delete it"),
        (REST, "dv/dt = «[»v]", "does not belong", "round brackets"),
    ]);
    for (deep, message) in [
        (format!("dv/dt = {}v{}", "(".repeat(10_000), ")".repeat(10_000)), "nested too deeply"),
        (format!("dv/dt = {}v", "(".repeat(10_000)), "nested too deeply"),
        (format!("dv/dt = {}v", "-".repeat(10_000)), "nested too deeply"),
        (format!("dv/dt = {}", "exp(".repeat(10_000)), "nested too deeply"),
        (format!("dv/dt = v{}", ")".repeat(10_000)), "never opened"),
    ] {
        for text in [
            population(REST, &deep),
            population(&format!("define = {{ x = '{}' }}", &deep[8..]), "dv/dt = -v"),
        ] {
            let e = read(&text).unwrap_err();
            assert!(e.message().contains(message), "{}", e.message());
            assert!(e.hint().is_some() && e.span().is_some_and(|s| s.len() < 10), "{:?}", e.span());
        }
    }
}

#[test]
fn a_megabyte_of_text_ends_in_an_error_at_its_place() {
    for equations in [
        format!("dv/dt = v{}", " + v".repeat(300_000)),
        format!("dv/dt = v{}", " + v".repeat(120_000)),
        "a = 1\n".repeat(200_000),
        format!("dv/dt = {}", "9".repeat(1_100_000)),
        "x".repeat(1_100_000),
        " ".repeat(1_100_000),
    ] {
        let text = population(REST, &equations);
        let e = read(&text).unwrap_err();
        let line = text.lines().position(|l| l.starts_with("eq")).unwrap() + 1;
        assert!(e.message().contains("megabyte") || e.message().contains("operations"), "{}", e.message());
        assert!(e.hint().is_some(), "{}", e.message());
        assert!(e.line().is_some_and(|at| at >= line), "{:?}: {}", e.line(), e.message());
    }
}

#[test]
fn characters_that_look_like_others_are_named() {
    refused(&[
        (TAU, "t«\u{430}»u*dv/dt = -v", "`\u{430}` is a Cyrillic letter (U+0430); `a` is meant", "write `a`"),
        (TAU, "tau*dv/dt = -«\u{3bd}»", "`\u{3bd}` is a Greek letter (U+03BD); `v` is meant", "write `v`"),
        (TAU, "tau*dv/dt = «\u{2212}»v", "the minus sign (U+2212); `-` is meant", "write `-`"),
        (TAU, "tau*dv/dt «\u{ff1d}» -v", "full-width", "write `=`"),
        (TAU, "tau*dv/dt = -v«\u{200b}»", "an invisible character (U+200B) stands here", "delete it"),
        (TAU, "tau*dv/dt =«\u{a0}»-v", "a space without a break", "an ordinary space"),
        (TAU, "tau*dv/dt = -v : «\u{43c}V»", "`\u{43c}V` is not a unit", "`mV`"),
        (
            "tau = \"20 ms\"\ndefine = { «\"\u{430}\"» = \"2\" }\ninit = { v = 0 }",
            "tau*dv/dt = -v",
            "`\u{430}` is a Cyrillic letter",
            "write `a`",
        ),
        (
            "tau = \"20 ms\"\ninit = { v = 0 }\nspike = { when = \"«\u{475}» > 1\" }",
            "tau*dv/dt = -v",
            "`\u{475}` is a Cyrillic letter",
            "write `v`",
        ),
        (
            "tau = \"20 «m\u{455}»\"\ninit = { v = 0 }",
            "tau*dv/dt = -v",
            "`m\u{455}` is not a unit",
            "did you mean `ms`?",
        ),
    ]);
}

#[test]
fn a_caret_stands_right_in_a_file_with_carriage_returns() {
    let (text, place) = unmarked(&population(TAU, "tau*dv/dt = -v\nx = «Q»"));
    let before = text[..place.unwrap().start].matches('\n').count();
    let text = text.replace('\n', "\r\n");
    let e = read(&text).unwrap_err();
    assert_eq!((text.get(e.span().unwrap()), e.line()), (Some("Q"), Some(1 + before)));
}

#[test]
fn a_rule_that_is_none_says_what_one_looks_like() {
    refused(&[
        (
            "init = { v = 0 }\nspike = { when = \"«v»\", reset = \"v = 0\" }",
            "dv/dt = -v/(1 ms)",
            "this is no condition",
            "`x > 1`",
        ),
        (
            "init = { v = 0 }\nspike = { when = \"«v == 1»\", reset = \"v = 0\" }",
            "dv/dt = -v/(1 ms)",
            "an equality holds at single instants",
            "`<` or `>`",
        ),
        (
            "init = { v = 0 }\nspike = { when = \"v > 1\", reset = \"«v»\" }",
            "dv/dt = -v/(1 ms)",
            "this is no assignment",
            "`x = …`",
        ),
        (
            "init = { v = 0 }\nspike = { when = \"v > 1\", reset = \"v = 0\", refractory = «\"-2 ms\"» }",
            "dv/dt = -v/(1 ms)",
            "`refractory` is negative",
            "0",
        ),
        (
            "init = { v = 0 }\nspike = «{ when = \"v > 1\", reset = \"v -= 1\", refractory = \"2 ms\" }»",
            "dv/dt = -v/(1 ms)",
            "which states are held",
            "hold = [\"v\"]",
        ),
    ]);
}

#[test]
fn a_run_that_diverges_names_variable_unit_time_and_cause() {
    // v = v0/(1 - v0 t/(10 mV ms)) with v0 = 20 mV: it is infinite at half a millisecond.
    let text = population("init = { v = \"20 mV\" }", "dv/dt = v^2/(10 mV*ms)");
    let model = read(&text).unwrap();
    let study = examine(&model, &build(&model).unwrap(), Options { simulate: true, full: false }, &unwatched)
        .unwrap();
    let Verdict::Diverged { time, variable, cause, .. } =
        &study.simulation.as_ref().unwrap().trajectory.verdict
    else {
        panic!("{:?}", study.simulation.unwrap().trajectory.verdict)
    };
    assert!((time - 0.5e-3).abs() < 1e-6, "{time}");
    assert_eq!(study.names[*variable], "v");
    assert!(cause.contains("blow-up in finite time"), "{cause}");
    let told = plain_text(&story(&study), 100).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("It diverged at t = 500 us: v reached"), "{told}");
    assert!(told.contains(" V. Blow-up in finite time"), "{told}");
}

#[test]
fn a_line_of_a_megabyte_is_shown_around_its_caret() {
    for (equation, column) in [
        (format!("dv/dt = {}", vec!["v*2"; 250_000].join("+")), None),
        (format!("dv/dt = -v{} + Q", " ".repeat(70_000)), Some("5:70014")),
        (format!("{} = 1", "a".repeat(1_000_000)), None),
    ] {
        let text = population("init = { v = 0 }", &equation);
        let shown = format!("{:?}", miette::Report::new(read(&text).unwrap_err()));
        assert!(shown.len() < 4000, "{} bytes: {}", shown.len(), &shown[..2000]);
        assert!(shown.contains("[bad.toml:") && shown.contains(['─', '▲']), "{shown}");
        assert!(column.is_none_or(|place| shown.contains(place)), "{shown}");
    }
}

#[test]
fn a_search_for_rest_that_leaves_the_domain_of_the_equations_ends_no_run() {
    for equation in ["dv/dt = (-1 + 0*log(v) + v*v)/(1 ms)", "dv/dt = (-1 + sqrt(v))/(1 ms)"] {
        let model = read(&population("init = { v = 0.5 }", equation)).unwrap();
        let options = Options { simulate: true, full: false };
        let study = examine(&model, &build(&model).unwrap(), options, &unwatched);
        assert!(study.is_ok(), "{equation}: {:?}", study.err());
    }
}

#[test]
fn a_linear_population_too_large_for_a_matrix_runs_without_one() {
    // 20 000 variables: a matrix would take 3.2 GB.
    let text = population("n = 20000\ninit = { v = 1 }", "dv/dt = -v/(10 ms)");
    let model = read(&text).unwrap();
    let study = examine(&model, &build(&model).unwrap(), Options { simulate: true, full: false }, &unwatched)
        .unwrap();
    let run = &study.simulation.as_ref().unwrap().trajectory;
    let end = run.x[(19_999, run.t.len() - 1)];
    assert!((end - (-1f64).exp()).abs() < 1e-6, "{end}");
    assert!(study.linear.is_empty());
}

#[test]
fn a_billion_units_are_read_and_forecast_and_not_built() {
    let model = read(&population("n = 1_000_000_000\ninit = { v = 1 }", "dv/dt = -v/(10 ms)")).unwrap();
    let Source::Equations(network) = &model.system else { panic!("equations") };
    assert!(bytes_needed_by_equations(network) > 100 << 30);
}
