//! Every model of the gallery is read, and what a file says becomes the nouns of the network.

use dynamics::field::Signal;
use linalg::Sparse;
use nullcline::model::{DiskFolder, MemoryFolder, Model, Source, TimeUnit, json_schema};
use nullcline::network::{Boundary, Form, InputSignal, Network, PerUnit, Structure, Transfer, Unit};

fn gallery() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")
}

fn read(name: &str) -> Model {
    let text =
        std::fs::read_to_string(gallery().join(format!("{name}.toml"))).expect("the gallery has this model");
    Model::parse(name, &text, &DiskFolder::new(gallery()))
        .unwrap_or_else(|e| panic!("{:?}", miette::Report::new(e)))
}

#[test]
fn every_model_of_the_gallery_is_read() {
    for entry in std::fs::read_dir(gallery()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            read(path.file_stem().unwrap().to_str().unwrap());
        }
    }
}

#[test]
fn the_tornado_is_two_blocks() {
    let model = read("tornado");
    let Source::Linear(l) = &model.system else { panic!("a linear system") };
    let a = &l.system.a;
    assert_eq!(a.row(0), [0.035, 10.5, 0.0]);
    assert_eq!(a.row(1), [-10.5, 0.035, 0.0]);
    assert_eq!(a.row(2), [0.0, 0.0, 0.08]);
    assert_eq!(model.run.as_ref().unwrap().t, (0.0, 30.0));
    assert!(model.expect.iter().any(|e| e.path.ends_with("final") && e.expectation.value.is_some()));
}

fn network(text: &str) -> (Model, Network) {
    let files = [
        ("edges.csv", "pre,post,kind,weight\nb,a,chem,2\na,c,chem,3\nb,a,chem,1\nc,d,gap,7\n"),
        ("heading.csv", "t,angle\n0,1\n0.5,2\n2,-1\n"),
    ];
    let files = files.into_iter().map(|(k, v)| (k.to_owned(), v.as_bytes().to_vec())).collect();
    let model = Model::parse("model.toml", text, &MemoryFolder { files });
    let model = model.unwrap_or_else(|e| panic!("{:?}", miette::Report::new(e)));
    let Source::Network(network) = model.system.clone() else { panic!("a network") };
    (model, network)
}

#[test]
fn quantities_become_si_and_time_is_in_seconds() {
    let (model, network) = network(
        r#"
format = 1
seed = 9
[parameters]
tau0 = "20 ms"
J = 3
[populations.E]
n = 4
unit = "rate"
tau = "tau0"
sign = "+"
coords = { theta = "2*pi*i/n" }
init = "cos(theta) + J"
h = ["J/2", 0, 1, "2 + 1"]
[populations.I]
n = 2
unit = "rate"
form = "current"
tau = "10 ms"
transfer = { kind = "logistic", gain = 2 }
sign = "-"
init = { dist = "uniform", low = -1, high = 1 }
[[connect]]
from = ["E", "I"]
to = ["I", "E"]
p = 0.5
w = { dist = "lognormal", mean = 0.2, cv = 0.5 }
[[connect]]
from = "E"
to = "E"
kernel = "J*exp(-d^2)"
boundary = "periodic"
period = "2*pi"
self_connections = false
[inputs.u]
to = "I"
channels = [{ sine = { amplitude = 1, frequency = "10 Hz", phase = "90 deg" } }, { noise = { sigma = 0.1, tau = "5 ms" } }]
weights = [[1, 0], [0, 1]]
[inputs.turn]
to = ["E", "I"]
column = { file = "heading.csv", column = "angle", time = "t" }
[run]
t = ["0 s", "1 s"]
record = { every = "1 ms" }
ensemble = { n = 3, spread = 0.1 }
"#,
    );
    assert_eq!(model.time_unit, TimeUnit::Seconds);
    assert_eq!((model.seed, model.run.as_ref().unwrap().every), (9, Some(0.001)));
    let [e, i] = network.populations.as_slice() else { panic!("two populations") };
    let (Unit::Rate(e_rate), Unit::Rate(i_rate)) = (&e.unit, &i.unit);
    assert_eq!(e_rate.tau, PerUnit::Same(0.02));
    assert_eq!(e_rate.bias, PerUnit::Each(vec![1.5, 0.0, 1.0, 3.0]));
    assert_eq!(e.coordinates[0].1[2], std::f64::consts::PI);
    let PerUnit::Formula(init) = &e.init else { panic!("a formula") };
    assert_eq!(init.eval(&[("theta", 0.0)]).unwrap(), 4.0);
    assert_eq!(i_rate.form, Form::Current);
    assert_eq!(i_rate.transfer, Transfer::Logistic { gain: 2.0, threshold: 0.0 });
    let ends: Vec<_> = network.projections.iter().map(|p| (p.from, p.to, p.stream)).collect();
    assert_eq!(ends, [(0, 1, 0), (0, 0, 1), (1, 1, 2), (1, 0, 3), (0, 0, 4)]);
    let Structure::Kernel { coordinate, boundary, .. } = &network.projections[4].structure else {
        panic!("a kernel")
    };
    assert_eq!(coordinate.as_deref(), Some("theta"));
    assert_eq!(*boundary, Boundary::Periodic(2.0 * std::f64::consts::PI));
    assert_eq!(network.inputs[0].channels.len(), 2);
    let InputSignal::Signal(Signal::Samples { times, values }) = &network.inputs[1].channels[0] else {
        panic!("samples")
    };
    assert_eq!((times.as_slice(), values.as_slice()), (&[0.0, 0.5, 2.0][..], &[1.0, 2.0, -1.0][..]));
}

#[test]
fn a_matrix_of_sources_in_rows_is_turned_round() {
    let (_, network) = network(
        r#"
format = 1
[populations.v]
unit = "rate"
tau = 1
[matrices]
M = { value = "0 1 2; 0 0 3; 0 0 0", axes = ["pre", "post"] }
[[connect]]
from = "v"
to = "v"
matrix = "M"
"#,
    );
    assert_eq!(network.populations[0].n, 3);
    let Structure::Matrix(m) = &network.projections[0].structure else { panic!("a matrix") };
    assert_eq!((m[(1, 0)], m[(0, 1)], m[(2, 1)]), (1.0, 0.0, 3.0));
}

#[test]
fn a_list_of_edges_becomes_a_matrix_over_its_nodes() {
    let (model, network) = network(
        r#"
format = 1
[populations.cell]
n = "M"
unit = "rate"
tau = 1
[matrices]
M = { file = "edges.csv", edges = { pre = "pre", post = "post", weight = "weight" }, where = { kind = ["chem"] }, axes = ["post", "pre"] }
[[connect]]
from = "cell"
to = "cell"
matrix = "M"
spectral_radius = 0.9
"#,
    );
    assert_eq!(model.labels, [("cell".to_owned(), ["a", "b", "c"].map(str::to_owned).to_vec())]);
    let Structure::Sparse(m) = &network.projections[0].structure else { panic!("a sparse matrix") };
    assert_eq!((m.rows(), m.entries()), (3, 2));
    let expected = Sparse::from_triplets(3, 3, &[(0, 1, 3.0), (2, 0, 3.0)]);
    assert_eq!(*m, expected);
}

#[test]
fn an_override_is_applied_before_reading_and_the_hash_is_that_of_the_file() {
    let text = "format = 1\n[linear]\nA = [[0, 1], [-1, 0]]\n[run]\nt = [0, 30]\n";
    let sets = ["run.t=[0, 10]".to_owned(), "linear.A.0.1=5".to_owned(), "linear.x0=[1,2]".to_owned()];
    let model = Model::parse_with("a.toml", text, &sets, &MemoryFolder::default()).unwrap();
    assert_eq!(model.run.unwrap().t, (0.0, 10.0));
    let Source::Linear(l) = model.system else { panic!("a linear system") };
    assert_eq!((l.system.a[(0, 1)], l.x0), (5.0, vec![1.0, 2.0]));
    let plain = Model::parse("a.toml", text, &MemoryFolder::default()).unwrap();
    assert_eq!(plain.sha256, model.sha256);
    assert_eq!(plain.sha256.len(), 64);
    let wrong = ["run.t=[10, 0]".to_owned()];
    let e = Model::parse_with("a.toml", text, &wrong, &MemoryFolder::default()).unwrap_err();
    let mut out = String::new();
    let handler = miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::none());
    handler.render_report(&mut out, &e).unwrap();
    assert!(out.contains("t = [10, 0] # from --set"), "{out}");
}

#[test]
fn inputs_reach_a_linear_system_through_b_or_their_weights() {
    let base = "format = 1\n[linear]\nA = [[-1, 0], [0, -2]]\n";
    let read = |tail: &str| {
        let text = format!("{base}{tail}");
        let model = Model::parse("a.toml", &text, &MemoryFolder::default());
        let model = model.unwrap_or_else(|e| panic!("{:?}", miette::Report::new(e)));
        let Source::Linear(l) = model.system else { panic!("a linear system") };
        l.system
    };
    let s = read("B = [[1], [3]]\n[inputs.u]\nstep = { onset = 1, value = 2 }\n");
    assert_eq!((s.drives.len(), s.drives[0].direction.as_slice()), (1, &[1.0, 3.0][..]));
    let s = read("[inputs.u]\nconstant = 2\nweights = [1, 3]\n");
    assert_eq!(s.g, [2.0, 6.0]);
    let s = read("[inputs.u]\nnoise = { sigma = 0.5, independent = true }\n");
    assert_eq!(s.noises.len(), 2);
    assert_eq!(s.noises[1].direction, [0.0, 1.0]);
}

#[test]
fn expectations_are_tested_against_findings() {
    let text = r#"
format = 1
[linear]
A = [[3, 1], [0, 3]]
[expect]
eigenvalues = [[3, 0], [3.0, 0]]
"stability.verdict" = "unstable"
planar = { trace = 6, determinant = { min = 8, max = 10 } }
final = { value = [1.0, 2.0], atol = 1e-3 }
linear.0.eigenvectors.condition = "null"
"#;
    let model = Model::parse("a.toml", text, &MemoryFolder::default()).unwrap();
    let paths: Vec<&str> = model.expect.iter().map(|e| e.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "eigenvalues",
            "stability.verdict",
            "planar.trace",
            "planar.determinant",
            "final",
            "linear.0.eigenvectors.condition"
        ]
    );
    let mut findings = serde_json::json!({
        "eigenvalues": [[3.0, 0.0], [3.0, 0.0]],
        "stability": {"verdict": "unstable"},
        "planar": {"trace": 6.000000001, "determinant": 9.0},
        "final": [1.0005, 2.0],
        "linear": [{"eigenvectors": {"condition": null}}],
    });
    for e in &model.expect {
        assert!(e.test(&findings, &[1.0005, 2.0]).pass, "{}", e.path);
    }
    findings["planar"]["trace"] = serde_json::json!(6.1);
    findings["planar"]["determinant"] = serde_json::json!(11);
    findings["final"] = serde_json::json!([1.0005]);
    findings["stability"] = serde_json::json!({});
    let passed: Vec<bool> = model.expect.iter().map(|e| e.test(&findings, &[1.0005]).pass).collect();
    assert_eq!(passed, [true, false, false, false, false, true]);
}

#[test]
fn the_schema_for_editors_knows_every_table() {
    let schema = json_schema();
    for table in
        ["linear", "populations", "connect", "matrices", "inputs", "run", "analyze", "expect", "parameters"]
    {
        assert!(schema["properties"][table].is_object(), "{table}");
    }
    assert_eq!(schema["additionalProperties"], serde_json::json!(false));
    assert!(schema.to_string().contains("spectral_radius"));
}
