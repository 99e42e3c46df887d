//! Bad equations in a model file: each is refused with its line, a caret and a remedy.

use nullcline::model::{MemoryFolder, Model};

/// A model with these equations in line 5 and below.
fn with(equations: &str, rest: &str) -> String {
    format!(
        "format = 1\n[populations.cell]\n{rest}\neq = \"\"\"\n{equations}\n\"\"\"\n[run]\nt = [\"0 ms\", \"10 ms\"]\n"
    )
}

/// Equations, other keys of the population, line, a part of the message, a part of the remedy.
const CASES: &[(&str, &str, usize, &str, &str)] = &[
    ("tau*dv/dt = -v + Q", "tau = \"20 ms\"\ninit = { v = 0 }", 6, "`Q`", ""),
    ("tua*dv/dt = -v", "tau = \"20 ms\"\ninit = { v = 0 }", 6, "`tua`", "`tau`"),
    ("dv/dt = -v", "init = { v = \"1 mV\" }", 5, "voltage", "time"),
    (
        "dv/dt = (I - v)/tau : volt",
        "tau = \"20 ms\"\nparameters = { I = \"1 nA\" }\ninit = { v = 0 }",
        6,
        "current (A)",
        "",
    ),
    ("dv/dt = -a*v/(1 ms)\na = b\nb = a", "init = { v = 0 }", 6, "circ", ""),
    ("dv/dt = -v/(1 ms)\ndv/dt = v/(1 ms)", "init = { v = 0 }", 6, "two", ""),
    ("dv/dt = -w/(1 ms)", "init = { v = 0 }", 5, "`w`", "dw/dt"),
    (
        "dv/dt = -v/(1 ms)\ndw/dt = -w/(1 ms)",
        "init = { v = 0 }",
        2,
        "`w` has no initial value",
        "init = { w = 0 }",
    ),
    ("dv/dt = -v(t - 5*ms)/(1 ms) + v(t + 2*ms)/(1 ms)", "init = { v = 0 }", 5, "delay", ""),
    ("dv/dt = -v(t - v*ms)/(1 ms)", "init = { v = 0 }", 5, "delay", "constant"),
    ("dv/dt = -v/(1 ms)/0", "init = { v = 0 }", 5, "zero", ""),
    ("dv/dt = -v/((1 ms)*(3 - 3))", "init = { v = 0 }", 5, "zero", ""),
    ("dv/dt = -v@v/(1 ms)", "init = { v = 0 }", 5, "@", ""),
    ("dv/dt = -v/(1 ms", "init = { v = 0 }", 5, "bracket", ""),
    ("dv/dt = -\u{0432}/(1 ms)", "init = { v = 0 }", 5, "\u{0432}", "`v`"),
    ("dv/dt = -v/(1 ms)", "init = { v = 0, u = 1 }", 3, "`u`", "`v`"),
    ("dv/dt = -v/(1 ms)", "n = 3\ninit = { v = [1, 2] }", 4, "2 entries", ""),
    ("dv/dt = -v/(1 ms) : volt", "init = { v = \"1 nA\" }", 3, "current", "voltage"),
    ("dv/dt = -v/(1 ms)", "init = { v = 0 }\nspike = { when = \"v\" }", 4, "condition", ">"),
    ("dv/dt = -v/(1 ms) : volt", "init = { v = 0 }\nspike = { when = \"v > 1\" }", 4, "voltage", ""),
    (
        "dv/dt = -v/(1 ms)",
        "init = { v = 0 }\nspike = { when = \"v > 1\", reset = \"w = 0\" }",
        4,
        "`w`",
        "`v`",
    ),
    ("dv/dt = -v/(1 ms)", "transfer = \"tanh\"\ninit = { v = 0 }", 3, "`transfer`", "equations"),
];

#[test]
fn a_bad_equation_is_refused_at_its_place_with_a_remedy() {
    let mut wrong = Vec::new();
    for (equations, rest, line, message, hint) in CASES {
        let text = with(equations, rest);
        let Err(e) = Model::parse("bad.toml", &text, &MemoryFolder::default()) else {
            wrong.push(format!("accepted: {equations}"));
            continue;
        };
        let help = e.hint().unwrap_or("");
        let line_ok = e.line() == Some(line + rest.lines().count() - usize::from(*line > 4 || *line < 3));
        let _ = line_ok;
        if !e.message().contains(message)
            || !help.contains(hint)
            || help.is_empty()
            || e.span().is_none_or(|s| s.is_empty())
        {
            wrong.push(format!("{equations}\n   line {:?}, {}\n   help: {help}", e.line(), e.message()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn brackets_ten_thousand_deep_and_a_megabyte_of_text_end_in_an_error() {
    let deep = format!("dv/dt = {}v{}", "(".repeat(10_000), ")".repeat(10_000));
    let long = format!("dv/dt = v{}", " + v".repeat(300_000));
    for equations in [deep, long] {
        let text = with(&equations, "init = { v = 0 }");
        let e = Model::parse("bad.toml", &text, &MemoryFolder::default()).unwrap_err();
        assert!(!e.message().is_empty());
    }
}
