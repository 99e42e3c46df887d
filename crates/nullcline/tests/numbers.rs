//! Numbers that a model asks for, against closed forms and published values.

use nullcline::model::{MemoryFolder, Model};
use nullcline::report::{figures, findings, plain_text, story};
use nullcline::study::Study;
use nullcline::walk::{ExamineError, Options, build, examine};
use std::f64::consts::{PI, TAU};
use std::ops::ControlFlow;

fn asked(text: &str) -> Result<Study, ExamineError> {
    let model = Model::parse("model.toml", text, &MemoryFolder::default())
        .unwrap_or_else(|e| panic!("{:?}", miette::Report::new(e)));
    let built = build(&model).expect("a network");
    let options = Options { simulate: true, full: false };
    examine(&model, &built, options, &|_| ControlFlow::Continue(()))
}

fn study(text: &str) -> Study {
    asked(text).expect("a study")
}

const LORENZ: &str = "format = 1\n[populations.flow]\nn = 1\neq = \"\"\"\ndx/dt = 10*(y - x)\ndy/dt = x*(28 - z) - y\n\
                      dz/dt = x*y - 8/3*z\n\"\"\"\ninit = { x = 1, y = 1, z = 1 }\n[run]\nt = [0, 20]\n";
/// r' = r (1 - r^2), theta' = 1.
const TURNING: &str = "format = 1\n[populations.o]\nn = 1\neq = \"\"\"\ndx/dt = x - y - x*(x^2 + y^2)\n\
                       dy/dt = x + y - y*(x^2 + y^2)\n\"\"\"\ninit = { x = 0.5, y = 0 }\n[run]\nt = [0, 40]\n";

#[test]
fn the_exponents_of_lorenz_are_the_published_ones() {
    // 0.9056, 0, -14.5723 (Sprott 2003); they add up to -(10 + 1 + 8/3).
    let study = study(&format!("{LORENZ}[analyze]\nlyapunov = {{ time = 1000 }}\n"));
    let found = study.lyapunov.as_ref().expect("exponents");
    for (e, published) in found.exponents.iter().zip([0.9056, 0.0, -14.5723]) {
        assert!((e.value - published).abs() < 4.0 * e.error + 1e-4, "{e:?} {published}");
        assert!(e.error < 0.02, "{e:?}");
    }
    assert!((found.sum + 41.0 / 3.0).abs() < 1e-4 && found.trivial == Some(1));
    let json = findings(&study);
    assert_eq!(json["lyapunov"]["exponents"].as_array().map(Vec::len), Some(3));
    assert!(plain_text(&story(&study), 100).contains("chaotic"));
    assert!(figures(&study).iter().any(|f| f.name == "lyapunov"));
}

#[test]
fn exponents_of_a_model_with_units_are_per_second() {
    // dx/dt = -x/tau + (something that vanishes at rest): -1/(20 ms) and -1/(5 ms).
    let text = "format = 1\n[populations.c]\nn = 1\neq = \"\"\"\ndv/dt = (-v - v^3)/(20*ms)\ndw/dt = -w/(5*ms)\n\"\"\"\n\
                init = { v = 0.1, w = 0.1 }\n[run]\nt = [\"0 s\", \"1 s\"]\n[analyze]\nlyapunov = true\n";
    let study = study(text);
    let found = study.lyapunov.expect("exponents");
    assert!((found.exponents[0].value + 50.0).abs() < 0.05, "{:?}", found.exponents);
    assert!((found.exponents[1].value + 200.0).abs() < 0.2, "{:?}", found.exponents);
}

#[test]
fn the_phase_response_of_a_circle_is_minus_the_sine() {
    let study = study(&format!("{TURNING}[analyze]\nphase_response = \"x\"\n"));
    let cycle = study.cycle.as_ref().expect("a cycle");
    assert!(cycle.is_cycle && (cycle.period - TAU).abs() < 1e-9 && cycle.is_stable == Some(true));
    assert!((cycle.multipliers[0].re * (4.0 * PI).exp() - 1.0).abs() < 1e-5, "{:?}", cycle.multipliers);
    let response = cycle.response.as_ref().expect("a response");
    for (s, z) in response.phases.iter().zip(&response.values) {
        assert!((z + (TAU * s).sin()).abs() < 1e-6, "{s} {z}");
    }
    let json = findings(&study);
    assert_eq!(json["phase_response"]["kind"], "both signs");
    assert_eq!(json["cycle"]["stability"], "stable");
    assert!(figures(&study).iter().any(|f| f.name == "phase_response"));
}

#[test]
fn a_section_is_crossed_once_a_turn() {
    let study = study(&format!(
        "{TURNING}[analyze]\nsection = {{ variable = \"x\", value = 0, direction = \"down\" }}\n"
    ));
    let section = study.section.as_ref().expect("a section");
    assert_eq!(section.crossings.len(), 6);
    for pair in section.crossings.windows(2) {
        assert!((pair[1].0 - pair[0].0 - TAU).abs() < 1e-7);
        assert!((pair[1].2[1] - 1.0).abs() < 1e-7, "x falls through 0 where y = 1");
    }
    assert!(figures(&study).iter().any(|f| f.name == "return_map"));
}

#[test]
fn what_is_not_there_is_said_in_words() {
    let rests = TURNING.replace("dx/dt = x - y", "dx/dt = -x - y").replace("dy/dt = x + y", "dy/dt = x - y");
    let study =
        study(&format!("{rests}[analyze]\ncycle = true\nsection = {{ variable = \"x\", value = 5 }}\n"));
    assert!(study.cycle.as_ref().is_some_and(|c| !c.is_cycle));
    let told = plain_text(&story(&study), 1000);
    assert!(
        told.contains("no cycle: the state comes to rest") && told.contains("was never crossed"),
        "{told}"
    );
}

fn refused(text: &str) -> String {
    match asked(text) {
        Err(ExamineError::Refused { what, remedy }) => format!("{what}; {remedy}"),
        other => panic!("not refused: {:?}", other.map(|s| s.name)),
    }
}

#[test]
fn what_cannot_be_asked_is_refused_with_a_remedy() {
    let equation = |eq: &str| {
        format!("format = 1\n[populations.c]\nn = 1\neq = \"{eq}\"\ninit = {{ x = 1 }}\n[run]\nt = [0, 5]\n")
    };
    let delayed = equation("dx/dt = -x(t - 1)");
    assert!(refused(&format!("{delayed}[analyze]\nlyapunov = true\n")).contains("the model has delays"));
    let noisy = equation("dx/dt = -x + 0.1*xi");
    assert!(refused(&format!("{noisy}[analyze]\nlyapunov = true\n")).contains("the model has noise"));
    let linear = "format = 1\n[linear]\nA = [[0, 1], [-1, 0]]\nx0 = [1, 0]\n";
    assert!(refused(&format!("{linear}[analyze]\ncycle = true\n")).contains("the system is linear"));
    let slip = refused(&format!("{TURNING}[analyze]\nphase_response = \"z\"\n"));
    assert!(slip.contains("names `z`, which is no variable"), "{slip}");
    assert!(refused(&format!("{TURNING}[analyze]\nlyapunov = 3\n")).contains("3 exponents of 2 variables"));
    let section =
        refused(&format!("{TURNING}[analyze]\nsection = {{ variable = \"x\", value = \"3 mV\" }}\n"));
    assert!(section.contains("`x` is"), "{section}");
    let far = refused(&format!("{TURNING}[analyze]\nsensitivity = {{ fixed_point = 7 }}\n"));
    assert!(far.contains("names fixed point 7"), "{far}");
}

#[test]
fn the_derivative_of_an_eigenvalue_of_two_by_two_is_in_closed_form() {
    // lambda^2 - tr lambda + det = 0: d lambda/da = (lambda - d)/(2 lambda - tr), d lambda/db = c/(2 lambda - tr), …
    let (a, b, c, d) = (-1.0, 2.0, 0.5, -2.0);
    let text = format!(
        "format = 1\n[linear]\nA = [[{a:?}, {b:?}], [{c:?}, {d:?}]]\n[analyze]\nsensitivity = true\n"
    );
    let study = study(&text);
    let found = study.synapses.as_ref().expect("derivatives");
    let (trace, det) = (a + d, a * d - b * c);
    let lambda: f64 = (trace + f64::sqrt(trace * trace - 4.0 * det)) / 2.0;
    let scale = 2.0 * lambda - trace;
    let expected = [[(lambda - d) / scale, c / scale], [b / scale, (lambda - a) / scale]];
    let derivative = found.derivative.as_ref().expect("simple");
    for (i, row) in expected.iter().enumerate() {
        for (j, value) in row.iter().enumerate() {
            assert!((derivative[(i, j)] - value).abs() < 1e-12, "{i} {j}");
        }
    }
    // The largest is that from x1 to x2: b/scale.
    assert_eq!((found.strongest[0].0, found.strongest[0].1), (1, 0));
    assert_eq!(findings(&study)["sensitivity"]["strongest"][0]["post"], "x2");
    assert!(figures(&study).iter().any(|f| f.name == "sensitivity"));
}

#[test]
fn the_smallest_change_of_a_symmetric_pair_is_along_its_mode() {
    // lambda(M) = 1/2 on (1, 1)/sqrt 2: 1 s takes 1 - tau/1 s = 0.9, a change of 0.4; the border takes 0.5.
    let text = "format = 1\n[populations.v]\nn = 2\nunit = \"rate\"\ntau = \"100 ms\"\ntransfer = \"linear\"\n\
                [matrices]\nM = { value = [[0, 0.5], [0.5, 0]], axes = [\"post\", \"pre\"] }\n\
                [[connect]]\nfrom = \"v\"\nto = \"v\"\nmatrix = \"M\"\n[analyze]\ntime_constant = \"1 s\"\n";
    let study = study(text);
    let found = study.synapses.expect("changes");
    assert_eq!(found.symbol, "M");
    let (wanted, change) = found.for_time_constant.expect("a change");
    assert!((wanted - 1.0).abs() < 1e-12 && (change.norm_frobenius - 0.4).abs() < 1e-10);
    for value in change.change.as_slice() {
        assert!((value - 0.2).abs() < 1e-10);
    }
    assert!((change.reached.re + 1.0).abs() < 1e-9 && change.leads);
    let border = found.to_bifurcation.expect("a change");
    assert!((border.norm_frobenius - 0.5).abs() < 1e-10 && border.crossing == Some("zero"));
}

#[test]
fn at_a_fixed_point_the_slope_of_the_unit_enters() {
    // tau v' = -v + tanh(2 v): at v* = tanh(2 v*) the slope is 1 - v*^2, so lambda = (2 (1 - v*^2) - 1)/tau.
    let s = 0.957_504_024_077_268_7_f64;
    for form in ["rate", "current"] {
        let text = format!(
            "format = 1\n[populations.v]\nn = 1\nunit = \"rate\"\nform = \"{form}\"\ntau = 0.5\ntransfer = \"tanh\"\ninit = 0.5\n\
             [[connect]]\nfrom = \"v\"\nto = \"v\"\nw = 2\n[run]\nt = [0, 20]\n[analyze]\nsensitivity = true\n"
        );
        let found = study(&text).synapses.expect("derivatives");
        let slope = 1.0 - s * s;
        assert!(
            (found.eigenvalue.re - (2.0 * slope - 1.0) / 0.5).abs() < 1e-9,
            "{form} {:?}",
            found.eigenvalue
        );
        let derivative = found.derivative.expect("simple")[(0, 0)];
        assert!((derivative - slope / 0.5).abs() < 1e-9, "{form} {derivative}");
        // The border takes 2 + D with (2 + D) slope = 1.
        let border = found.to_bifurcation.expect("a change");
        assert!((border.norm_frobenius - (1.0 / slope - 2.0)).abs() < 1e-8, "{form}");
    }
}
