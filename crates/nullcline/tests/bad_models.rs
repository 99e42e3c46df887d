//! What is wrong with a model file is said with its line, its caret and a remedy.

use nullcline::model::{MemoryFolder, Model, ModelError, Source};
use nullcline::network::{bytes_needed, connectivity};

const LINEAR: &str = "format = 1\n[linear]\nA = [[0, 1], [-1, 0]]\nx0 = [1, 0]\n[run]\nt = [0, 30]\n";
const NETWORK: &str = "\
format = 1
[populations.E]
n = 2
unit = \"rate\"
tau = \"20 ms\"
transfer = \"tanh\"
[matrices]
M = { value = [[0.0, 0.9], [0.9, 0.0]], axes = [\"post\", \"pre\"] }
[[connect]]
from = \"E\"
to = \"E\"
matrix = \"M\"
[inputs.u]
to = \"E\"
pulse = { onset = \"100 ms\", width = \"50 ms\", amplitude = 1.0 }
[run]
t = [\"0 s\", \"2 s\"]
record = { every = \"1 ms\" }
";

fn folder() -> MemoryFolder {
    let shape = "{'descr': '<f8', 'fortran_order': False, 'shape': (900000, 900000), }";
    let huge = format!("{shape:<117}\n");
    let huge = [b"\x93NUMPY\x01\x00\x76\x00", huge.as_bytes()].concat();
    let files: [(&str, &[u8]); 6] = [
        ("binary.csv", &[0, 159, 146, 150]),
        ("ragged.csv", b"1,2\n3\n"),
        ("words.csv", b"1,2\n3,x\n"),
        ("empty.csv", b""),
        ("edges.csv", b"pre,post,kind,weight\nb,a,chem,2\na,c,chem,3\nb,a,gap,1\n"),
        ("huge.npy", &huge),
    ];
    MemoryFolder { files: files.into_iter().map(|(k, v)| (k.to_owned(), v.to_vec())).collect() }
}

fn fails(text: &str) -> ModelError {
    match Model::parse("model.toml", text, &folder()) {
        Err(e) => e,
        Ok(_) => panic!("this was read:\n{text}"),
    }
}

/// Each case: what is replaced, by what, the line, and pieces of message and hint.
fn check(base: &str, cases: &[(&str, &str, usize, &str, &str)]) {
    Model::parse("model.toml", base, &folder()).unwrap_or_else(|e| panic!("{:?}", miette::Report::new(e)));
    let mut wrong = Vec::new();
    for (old, new, line, message, hint) in cases {
        assert!(base.contains(old), "{old}");
        let text = base.replacen(old, new, 1);
        let Err(e) = Model::parse("model.toml", &text, &folder()) else {
            wrong.push(format!("{new} was read"));
            continue;
        };
        let told = e.message().contains(message) && e.hint().unwrap_or("").contains(hint);
        if !told || e.line() != Some(*line) {
            wrong.push(format!("{new}: line {:?}, {}; {:?}", e.line(), e.message(), e.hint()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_bad_linear_system_is_told_where_and_why() {
    let rows = "[[0, 1], [-1, 0]]";
    check(
        LINEAR,
        &[
            (rows, "[[0, 1]]", 3, "`A` is 1 x 2, and must be square", "row i"),
            (rows, "[]", 3, "`A` is empty", "[[0, 1], [-1, 0]]"),
            (rows, "[[]]", 3, "`A` is empty", ""),
            (rows, "[[0, 1], [1]]", 3, "`A` is ragged: row 2 has 1 entries", "same length"),
            (rows, "[[0, nan], [1, 0]]", 3, "not a number (NaN)", "finite"),
            (rows, "[[0, inf], [1, 0]]", 3, "infinite", "finite"),
            (
                rows,
                "[[0, \"1 mV\"], [1, 0]]",
                3,
                "needs a number without unit, and \"1 mV\" is a voltage (V)",
                "",
            ),
            (rows, "[0, 1]", 3, "a row such as [0, 1]", ""),
            (rows, "{ file = \"none.csv\" }", 3, "there is no file `none.csv`", "relative to the folder"),
            (rows, "{ file = \"../A.csv\" }", 3, "lies outside the folder", "own folder"),
            (rows, "{ file = \"binary.csv\" }", 3, "binary", ".npy"),
            (rows, "{ file = \"ragged.csv\" }", 3, "ragged: row 2 has 1 entries", ""),
            (rows, "{ file = \"words.csv\" }", 3, "row 2, column 2", ""),
            (rows, "{ file = \"empty.csv\" }", 3, "is empty", ""),
            (rows, "{ file = \"huge.npy\" }", 3, "claims 900000 x 900000", ""),
            (rows, "{ file = \"model.pkl\" }", 3, "there is no file", ""),
            (rows, "{ fil = \"a.csv\" }", 3, "unknown key `fil`", "did you mean `file`?"),
            ("x0 = [1, 0]", "x0 = [1, 0, 0]", 4, "`x0` has 3 entries, and A is 2 x 2", "2 variables"),
            ("x0", "xo", 4, "unknown key `xo`", "did you mean `x0`?"),
            ("[0, 30]", "[30, 0]", 6, "ends before it starts", "the start, then the end"),
            ("[0, 30]", "[0]", 6, "`t` has 1 entries", ""),
            ("[0, 30]", "[0, \"30 mV\"]", 6, "needs a time (s), and \"30 mV\" is a voltage (V)", "20 ms"),
            ("[0, 30]", "[1, \"30 s\"]", 6, "this time has no unit", "every time"),
            ("[0, 30]", "[0, 30]\nmethod = \"rk5\"", 7, "there is no method `rk5`", "did you mean `rk4`?"),
            ("[0, 30]", "[0, 30]\ndt = 0", 7, "`dt` is zero", "positive"),
            (
                "[0, 30]",
                "[0, 30]\ndt = 0.1\nmethod = \"tsit5\"",
                7,
                "so `dt` would do nothing",
                "give `rtol` and `atol`",
            ),
            ("[0, 30]", "[0, 30]\ndt = 0.1\nmethod = \"expm\"", 7, "is exact at any step", "leave `dt` out"),
            ("[0, 30]", "[0, 30]\nrtol = -1", 7, "`rtol` is negative", "positive"),
            ("[0, 30]", "[0, 30]\nt = [0, 1]", 7, "twice", "one of them"),
            ("[0, 30]", "[0, 30", 6, "not TOML", ""),
            ("format = 1", "format = 2", 1, "format 2 is not known", "format = 1"),
            ("format = 1\n", "", 1, "`format` is missing", "begins with"),
            ("format = 1", "format = 1\nsed = 3", 2, "unknown key `sed`", "did you mean `seed`?"),
            ("format = 1", "format = 1\nseed = -3", 2, "whole number", ""),
            ("x0", "real = [1]\nx0", 3, "a matrix and a spectrum", "keep `A`"),
            ("x0", "names = [\"a\", \"a\"]\nx0", 4, "the name `a` stands twice", ""),
            (
                "[run]",
                "[inputs.u]\nconstant = 1\n[run]",
                5,
                "nothing says where `u` goes",
                "`[linear] B`, 2 x 1",
            ),
            ("[run]", "[expect]\nfinal = { value = 1, rtoll = 2 }\n[run]", 6, "`rtoll`", ""),
        ],
    );
}

#[test]
fn a_bad_network_is_told_where_and_why() {
    check(
        NETWORK,
        &[
            ("tau =", "tua =", 5, "unknown key `tua`", "did you mean `tau`?"),
            ("\"20 ms\"", "\"20 mV\"", 5, "`tau` needs a time (s), and \"20 mV\" is a voltage (V)", "20 ms"),
            ("\"20 ms\"", "\"20 mss\"", 5, "`mss` is not a unit", "did you mean `ms`?"),
            ("\"20 ms\"", "0", 5, "`tau` is zero", "positive"),
            ("\"20 ms\"", "\"-20 ms\"", 5, "`tau` is negative", "positive"),
            ("\"20 ms\"", "[\"20 ms\", \"0 ms\"]", 5, "`tau` is zero", ""),
            ("\"20 ms\"", "20", 5, "this time has no unit", "every time"),
            ("\"20 ms\"", "[\"1 ms\", \"2 ms\", \"3 ms\"]", 5, "`tau` has 3 entries", "one for each unit"),
            ("tau = \"20 ms\"\n", "", 2, "has no time constant", "tau = "),
            ("unit = \"rate\"\n", "", 2, "does not say what its units are", "unit = \"rate\""),
            ("unit = \"rate\"", "unit = \"rat\"", 4, "there is no unit `rat`", "did you mean `rate`?"),
            (
                "unit = \"rate\"",
                "eq = \"dv/dt = -v\"",
                6,
                "`transfer` belongs to rate units, and `E` has equations",
                "write it into the equations",
            ),
            ("\"tanh\"", "\"tanhh\"", 6, "there is no transfer function `tanhh`", "did you mean `tanh`?"),
            ("\"tanh\"", "{ kind = \"tanh\", threshold = 1 }", 6, "`tanh` has no `threshold`", "gain"),
            ("n = 2", "n = 0", 3, "`n` is 0", "whole number"),
            ("n = 2", "n = 2.5", 3, "`n` is 2.5", "whole number"),
            ("n = 2", "n = 3", 12, "`M` is 2 x 2, and there are 3 targets", ""),
            (
                "{ value = [[0.0, 0.9], [0.9, 0.0]], axes = [\"post\", \"pre\"] }",
                "[[0.0, 0.9], [0.9, 0.0]]",
                8,
                "a table such as { value = [[0, 1], [1, 0]], axes = [\"post\", \"pre\"] }",
                "",
            ),
            (
                ", axes = [\"post\", \"pre\"]",
                "",
                8,
                "does not state its orientation",
                "axes = [\"post\", \"pre\"]",
            ),
            (
                "[\"post\", \"pre\"]",
                "[\"row\", \"column\"]",
                8,
                "these axes are not known",
                "rows are targets",
            ),
            ("[[0.0, 0.9], [0.9, 0.0]]", "[[0.0, 0.9], [0.9]]", 8, "ragged", "same length"),
            (
                "value = [[0.0, 0.9], [0.9, 0.0]]",
                "rule = \"cos(thta_post)\"",
                8,
                "`thta_post` is not known",
                "",
            ),
            ("from = \"E\"", "from = \"F\"", 10, "there is no population `F`", "`E`"),
            ("matrix = \"M\"", "matrix = \"N\"", 12, "there is no matrix `N`", "`M`"),
            ("matrix = \"M\"", "matrix = \"M\"\np = 0.1", 13, "two structures: `matrix` and `p`", "keep one"),
            ("matrix = \"M\"", "matrix = \"M\"\nw = 0.1", 13, "`w` has no place beside `matrix`", "gain"),
            ("matrix = \"M\"", "p = 1.5", 12, "`p` is 1.5", "between 0 and 1"),
            ("matrix = \"M\"", "in_degree = 3", 12, "`in_degree` is 3", "without repetition"),
            ("matrix = \"M\"", "kernel = \"exp(-d)\"", 12, "needs a distance", "coords"),
            (
                "matrix = \"M\"",
                "p = 0.1\nw = { dist = \"normall\", mean = 0 }",
                13,
                "not a distribution",
                "did you mean `normal`?",
            ),
            ("matrix = \"M\"", "p = 0.1\nw = { dist = \"normal\", mean = 0 }", 13, "needs `sd`", ""),
            (
                "matrix = \"M\"",
                "delay = \"1 ms\"",
                12,
                "these are rate units: they send no spikes",
                "spike = {",
            ),
            ("pulse", "puls", 15, "unknown key `puls`", "did you mean `pulse`?"),
            ("width = \"50 ms\"", "width = \"50 nS\"", 15, "`width` needs a time (s)", "20 ms"),
            ("to = \"E\"\npulse", "to = \"X\"\npulse", 14, "there is no population `X`", "`E`"),
            ("every = \"1 ms\"", "every = 0.5", 18, "this time has no unit", ""),
            ("[populations.E]", "[populations.\"E 1\"]", 2, "`E 1` is not a name", "letter"),
            ("[inputs.u]", "[populations.E]\n[inputs.u]", 13, "", ""),
        ],
    );
}

#[test]
fn a_message_shows_line_caret_and_remedy() {
    let error = fails(&NETWORK.replace("tau =", "tua ="));
    let mut out = String::new();
    let handler = miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::none());
    handler.render_report(&mut out, &error).unwrap();
    for piece in ["unknown key `tua`", "model.toml:5:1", "tua = \"20 ms\"", "did you mean `tau`?"] {
        assert!(out.contains(piece), "{out}");
    }
}

#[test]
fn no_cut_or_garbled_model_panics() {
    for base in [LINEAR, NETWORK] {
        for k in 0..base.len() {
            let _ = Model::parse("model.toml", &base[..k], &folder());
            let mut bytes = base.as_bytes().to_vec();
            bytes[k] = bytes[(k * 7 + 3) % bytes.len()];
            let _ = Model::parse("model.toml", &String::from_utf8(bytes).unwrap(), &folder());
        }
    }
}

#[test]
fn mixed_signs_under_dale_s_law_lead_to_the_line_of_the_connection() {
    let text = NETWORK.replace("n = 2", "n = 2\nsign = \"+\"").replace("[0.9, 0.0]]", "[-0.9, 0.3]]");
    let text = text.replace("[0.0, 0.9]", "[0.5, 0.9]");
    let model = Model::parse("model.toml", &text, &folder()).unwrap();
    let Source::Network(network) = &model.system else { panic!("a network") };
    let e = model.locate(&connectivity(network).unwrap_err());
    assert!(e.message().contains("both signs"), "{}", e.message());
    assert_eq!(e.line(), Some(13));
    assert!(e.hint().is_some());
}

#[test]
fn a_huge_network_is_read_and_forecast_and_not_built() {
    let text = NETWORK.replace("n = 2", "n = 100000000").replace("matrix = \"M\"", "g = 1.5");
    let model = Model::parse("model.toml", &text, &folder()).unwrap();
    let Source::Network(network) = &model.system else { panic!("a network") };
    assert!(bytes_needed(network) > 1 << 50);
}
