//! The keys of a model file in words: how each is written, and where it belongs.

/// How a key is written.
pub(super) fn example(key: &str) -> Option<&'static str> {
    Some(match key {
        "t" => "write `t = [0, 30]`, the start and the end; with units `t = [\"0 s\", \"2 s\"]`",
        "eq" => "write `eq = \"dx/dt = -x\"`; several lines stand between `\"\"\"` and `\"\"\"`",
        "init" => "write `init = { v = 0 }`, a value for each state",
        "spike" => "write `spike = { when = \"v > 1\", reset = \"v = 0\" }`",
        "events" => "write `events = { up = { when = \"v > 1\" } }`",
        "when" => "write `when = \"v > 1\"`, the condition under which it happens",
        "parameters" => "write `parameters = { tau = \"20 ms\" }`, or `[parameters]` and one a line below it",
        "define" => "write `define = { drive = \"2*v\" }`",
        "coords" => "write `coords = { x = \"i/n\" }`",
        "run" => "write `[run]`, and `t = [0, 30]` below it",
        "trials" => "write `[trials]`, and `count = 1000` and `stop = { up = \"x > 1\" }` below it",
        "count" => "write `count = 1000`, a number of runs",
        "stop" => "write `stop = { up = \"x > 1\" }`, the conditions that end a run, by name",
        "populations" => "write `[populations.NAME]`, and `eq` or `unit` below it",
        "linear" => "write `[linear]`, and `A = [[0, 1], [-1, 0]]` below it",
        "trained" => "write `[trained]`, and `kind = \"gru\"` and `weights = \"weights.npz\"` below it",
        "weights" => {
            "write `weights = \"weights.npz\"`, a file of arrays, or for an input a list with one weight a unit"
        }
        "kind" => "write `kind = \"vanilla\"`, `\"gru\"` or `\"lstm\"`",
        "input" => "write `input = [0, 1]`, one number for each input of the network",
        "inputs" => "write `[inputs.NAME]`, and `constant = 1` or another signal below it",
        "matrices" => {
            "write `[matrices]`, and `M = { value = [[0, 1], [1, 0]], axes = [\"post\", \"pre\"] }` below it"
        }
        "continue" | "param" => {
            "write `[continue]`, and `param = \"I\"`, `from = 0` and `to = 1` below it: the parameter and its range"
        }
        "analyze" => "write `[analyze]`, and such as `starts = 50` below it",
        "expect" => "write `[expect]`, and one path into the findings with its number a line below it",
        "plane" => "write `plane = [\"v\", \"w\"]`, the names of two variables",
        "section" => "write `section = { variable = \"x\", value = 0, direction = \"up\" }`",
        "phase_response" => "write `phase_response = \"v\"`, the name of a variable",
        "lyapunov" => "write `lyapunov = true`, or `lyapunov = 3` for the first three",
        "sensitivity" => "write `sensitivity = true`, or `sensitivity = { eigenvalue = 1, fixed_point = 2 }`",
        "time_constant" => "write `time_constant = \"2 s\"`",
        "method" => "write `method = \"auto\"`",
        "unit" => "write `unit = \"lif\"`, the name of a unit of the library, or `unit = \"rate\"`",
        "cable" => {
            "write `[populations.NAME.cable]`, and `Ra`, `length`, `diameter` and `compartments` below it"
        }
        "step" => "write `step = { onset = 1, value = 2 }`",
        "pulse" => "write `pulse = { onset = 1, width = 2, amplitude = 3 }`",
        "ramp" => "write `ramp = { onset = 1, slope = 2 }`",
        "sine" => "write `sine = { amplitude = 1, frequency = 2 }`",
        "noise" => "write `noise = { sigma = 1, tau = 0.1 }`",
        "record" => "write `record = { every = 0.1 }`",
        "ensemble" => "write `ensemble = { n = 20, spread = 0.1 }`",
        _ => return None,
    })
}

/// How a table whose name the user chose is written.
pub(super) fn of_table(expected: &str, key: &str) -> Option<String> {
    Some(match expected.strip_prefix("struct ")? {
        "PopulationText" => format!("write `[populations.{key}]`, and `eq` or `unit` below it"),
        "InputText" => format!("write `[inputs.{key}]`, and `constant = 1` or another signal below it"),
        "EventText" => format!("write `{key} = {{ when = \"v > 1\" }}`"),
        "SectionText" => format!("write `{key} = {{ length = \"100 um\", diameter = \"2 um\" }}`"),
        _ => return None,
    })
}

/// What is expected, and how it is written.
pub(super) fn expected(expected: &str) -> (String, String) {
    let (what, remedy) = match expected {
        "i64" => ("a whole number", "write digits only, as in `100`"),
        "u64" | "usize" => ("a whole number from 0 to 9223372036854775807", "write digits only, as in `100`"),
        "a boolean" => ("true or false", "write `true` or `false`, without quotation marks"),
        "a sequence" => ("a list", "write a list in square brackets, as in `[1, 2]`"),
        "a string" => ("a string", "write it in quotation marks"),
        "a table of names" => {
            ("a table", "write `{ name = value }`, or a heading in square brackets and one a line")
        }
        _ if expected.starts_with("struct ") => {
            ("a table", "write `{ key = value }`, or a heading in square brackets and its keys below")
        }
        other => match other.strip_prefix("an array of length ") {
            Some(n) => return (format!("a list of {n}"), format!("write a list of {n} in square brackets")),
            None => (other, "write such a value here"),
        },
    };
    (what.to_owned(), remedy.to_owned())
}

/// What was found, in the words of a file.
pub(super) fn found(found: &str) -> String {
    let (kind, value) = found.split_once(' ').unwrap_or((found, ""));
    let value = value.trim_matches('`');
    match kind {
        "integer" => format!("the number {value}"),
        "floating" => format!("the number {}", value.trim_start_matches("point `")),
        "boolean" => format!("`{value}`"),
        "sequence" => "a list".to_owned(),
        "map" => "a table".to_owned(),
        "string" => format!("the {found}"),
        _ if found.chars().all(|c| c.is_ascii_digit()) => format!("{found} of them"),
        _ => found.to_owned(),
    }
}

/// Where a key belongs that stands in a table that does not have it.
pub(super) fn elsewhere(key: &str) -> Option<String> {
    Some(match key {
        "eq" | "define" | "spike" | "events" | "cable" | "coords" | "set" | "init" | "unit" | "n" | "tau" => {
            format!("`{key}` belongs to a population: write it below `[populations.NAME]`")
        }
        "eqs" | "equations" | "equation" | "model" => {
            "equations of a population are its key `eq`, below `[populations.NAME]`".to_owned()
        }
        "reset" | "refractory" | "threshold" => {
            "write `spike = { when = \"v > 1\", reset = \"v = 0\", refractory = \"2 ms\" }` in the population".to_owned()
        }
        "t" | "method" | "dt" | "rtol" | "atol" | "record" | "ensemble" | "interpretation" | "error_estimate" => {
            format!("`{key}` belongs to the simulation: write it below `[run]`")
        }
        "duration" | "tstop" | "t_end" => "write `t = [0, 30]`, the start and the end, below `[run]`".to_owned(),
        "format" | "name" | "description" | "seed" | "notes" => {
            format!("`{key}` stands at the top of the file, above the first heading in square brackets")
        }
        "run" | "trials" | "continue" | "analyze" | "expect" | "linear" | "trained" | "matrices" | "inputs"
        | "populations" => {
            let how = example(key).unwrap_or_default();
            format!("`{key}` is a table of its own: {how}")
        }
        "connect" => "`connect` is a list of tables: write each below `[[connect]]`".to_owned(),
        "delay" | "delays" => {
            "in equations a delay is written `v(t - 5*ms)`; connections of rate units have none".to_owned()
        }
        "plasticity" | "on_pre" | "on_post" => {
            "a weight that changes is a state with an equation of its own; there are no rules for spikes at synapses"
                .to_owned()
        }
        "poisson" => {
            "there is no Poisson input; noise is `xi` in equations, and `noise = { … }` in the inputs of rate units"
                .to_owned()
        }
        "readouts" => "what is read out is a definition: `define = { r = \"2*v\" }`".to_owned(),
        _ => return None,
    })
}
