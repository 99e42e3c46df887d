//! Cables from model files: the gallery's, forks held against an equivalent cylinder, sections, files of points, and what is wrong.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use nullcline::dynamics::simulate::{Trajectory, Verdict, unwatched};
use nullcline::gallery;
use nullcline::model::{MemoryFolder, Model};
use nullcline::report::{plain_text, story};
use nullcline::study::Study;
use nullcline::walk::{Options, build, examine};

fn study_with(text: &str, files: &[(&str, &str)]) -> Result<Study, String> {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    let model = Model::parse("test.toml", text, &MemoryFolder { files })
        .map_err(|e| format!("{:?}", miette::Report::new(e)))?;
    let built = build(&model).map_err(|e| e.to_string())?;
    examine(&model, &built, Options { simulate: true, full: false }, &unwatched).map_err(|e| e.to_string())
}

fn run(text: &str) -> Trajectory {
    let run = study_with(text, &[]).unwrap().simulation.unwrap().trajectory;
    assert_eq!(run.verdict, Verdict::Completed);
    run
}

fn last(run: &Trajectory, i: usize) -> f64 {
    run.x[(i, run.x.cols() - 1)]
}

#[test]
fn the_cables_of_the_gallery_give_their_numbers() {
    for name in ["cable", "axon"] {
        let entry = gallery::ENTRIES.iter().find(|e| e.name == name).unwrap();
        let study = study_with(entry.text, &[]).unwrap();
        for outcome in &study.expect {
            assert!(outcome.pass, "{name}: {outcome:?}");
        }
        assert!(!study.expect.is_empty());
    }
}

/// A passive neuron: 0.1 nA into the beginning of its root for 250 ms.
fn passive(cable: &str) -> String {
    format!(
        r#"
format = 1
[populations.cell]
eq = "C*dV/dt = I - gL*(V - EL)"
parameters = {{ C = "1 uF/cm^2", gL = "0.25 S/m^2", EL = "-65 mV" }}
init = {{ V = "-65 mV" }}
[populations.cell.cable]
Ra = "100 ohm*cm"
{cable}
[inputs]
electrode = {{ site = "root", constant = "0.1 nA" }}
[run]
t = ["0 ms", "250 ms"]
dt = "0.1 ms"
record = {{ every = "50 ms" }}
error_estimate = false
"#
    )
}

/// By Rall's law a fork whose daughters have diameters d/2^(2/3) and lengths l/2^(1/3) is a cylinder that goes on.
#[test]
fn a_fork_by_ralls_law_is_a_cylinder_that_goes_on() {
    let (d, l) = (2.0 * 0.25f64.cbrt(), 200.0 * 0.5f64.cbrt());
    let daughter =
        format!("parent = \"trunk\", length = \"{l} um\", diameter = \"{d} um\", compartments = 20");
    let tree = passive(&format!(
        "sections = {{ left = {{ {daughter} }}, trunk = {{ length = \"200 um\", diameter = \"2 um\", compartments = 20 }}, \
         right = {{ {daughter} }} }}\nsites = {{ root = \"trunk 0\" }}"
    ));
    let cylinder =
        passive("length = \"400 um\"\ndiameter = \"2 um\"\ncompartments = 40\nsites = { root = 0 }");
    let (a, b) = (run(&tree), run(&cylinder));
    for k in 0..20 {
        // Compartments count section by section: 20 of the left, 20 of the trunk, 20 of the right.
        for (i, j) in [(20 + k, k), (k, 20 + k), (40 + k, 20 + k)] {
            for c in 0..a.x.cols() {
                assert!((a.x[(i, c)] - b.x[(j, c)]).abs() < 1e-9, "{i} {c}: {} {}", a.x[(i, c)], b.x[(j, c)]);
            }
        }
    }
    // 1 - e^(-250/40) of the steady rise at the beginning of a sealed cylinder, I r lambda coth(l/lambda), less the half compartment.
    let lambda = (2e-6f64 / 4.0 * 4.0 / 1.0).sqrt();
    let axial = 4.0 / (std::f64::consts::PI * 4e-12);
    let steady = -0.065 + 1e-10 * axial * (lambda * (1.0 / (400e-6 / lambda).tanh()) - 5e-6);
    assert!((last(&b, 0) - steady).abs() < 2.5e-3 * (steady + 0.065), "{} {steady}", last(&b, 0));
}

#[test]
fn a_file_of_points_and_its_sections_are_the_same_cable() {
    let text = passive(
        "file = \"cell.swc\"\nlongest = \"25 um\"\nsites = { root = \"soma 0.5\", tip = \"dend0 1\" }",
    );
    let points = "1 1 0 0 0 5 -1\n2 3 5 0 0 1 1\n3 3 105 0 0 0.5 2\n";
    let by_file = study_with(&text, &[("cell.swc", points)]).unwrap();
    let cable = by_file.cable.as_ref().unwrap();
    assert_eq!((cable.compartments, cable.sections, cable.sites[1].1), (5, 2, 4));
    let by_file = by_file.simulation.unwrap().trajectory;
    let by_sections = run(&passive(
        "sections.soma = { length = \"10 um\", diameter = \"10 um\" }\n\
         sections.dend = { parent = \"soma 0.5\", length = \"100 um\", diameter = [\"2 um\", \"1 um\"], compartments = 4 }\n\
         sites = { root = \"soma 0.5\" }",
    ));
    for i in 0..5 {
        assert!((last(&by_file, i) - last(&by_sections, i)).abs() < 1e-12);
    }
    // The charge that flows in leaves through the whole membrane: I = gL sum of area (V - EL) at the end, up to e^(-250/40).
    let area: Vec<f64> = {
        let cone = |j: f64| {
            let (a, b) = (2e-6 - 0.25e-6 * j, 2e-6 - 0.25e-6 * (j + 1.0));
            std::f64::consts::PI * 0.5 * (a + b) * 25e-6f64.hypot(0.5 * (a - b))
        };
        std::iter::once(std::f64::consts::PI * 1e-10).chain((0..4).map(|j| cone(f64::from(j)))).collect()
    };
    let leak: f64 = area.iter().enumerate().map(|(i, a)| 0.25 * a * (last(&by_file, i) + 0.065)).sum();
    assert!((leak / 1e-10 - 1.0 + (-6.25f64).exp()).abs() < 1e-4, "{leak:e}");
}

/// The same cable, membrane and step by Hodgkin and Huxley's equations from the library, and written by hand in `rallpack.rs`.
#[test]
fn rallpack_3_from_text_has_the_spikes_of_the_reference() {
    let text = r#"
format = 1
[populations.axon]
unit = "hodgkin_huxley"
parameters = { gL = "0.025 mS/cm^2", EL = "-65 mV" }
events = { upstroke = { when = "V > 0*mV" } }
[populations.axon.cable]
length = "1 mm"
diameter = "1 um"
compartments = 100
Ra = "1 ohm*m"
sites = { near = 0, far = 1 }
[inputs]
electrode = { site = "near", constant = "0.1 nA" }
[run]
t = ["0 ms", "100 ms"]
dt = "0.0125 ms"
record = { every = "0.05 ms" }
error_estimate = false
"#;
    let study = study_with(text, &[]).unwrap();
    let upstrokes = &study.events[0];
    let of = |unit: usize| -> Vec<f64> {
        upstrokes.times.iter().filter(|(_, i)| *i == unit).map(|(t, _)| t * 1e3).collect()
    };
    // The reference of `rallpack.rs`; 100 compartments are late by 0.003 ms, and the far node lies 5 um before the end.
    for (k, t) in [(0, 4.070789), (1, 18.686896), (2, 33.235176)] {
        assert!((of(99)[k] - t).abs() < 0.02, "{k}: {} {t}", of(99)[k]);
    }
    assert!((of(0)[2] - 30.544919).abs() < 0.05);
    let story = plain_text(&story(&study), 1000);
    assert!(story.contains("A cable of 100 compartments in 1 section, 1 mm long"), "{story}");
    assert!(story.contains("The first upstroke goes from near to far"), "{story}");
    assert!(!story.contains("nonlinear system"), "{story}");
    let travel = &study.cable.unwrap().travels[0];
    assert!((travel.distance - 9.9e-4).abs() < 1e-12 && travel.velocity > 0.0);
}

#[test]
fn sections_may_have_membranes_of_their_own_and_equations_may_use_the_distance() {
    let text = r#"
format = 1
[populations.cell]
unit = "hodgkin_huxley"
define = { unused = "distance/um" }
[populations.cell.cable]
Ra = "100 ohm*cm"
sections.soma = { length = "20 um", diameter = "20 um" }
sections.dend = { parent = "soma", length = "400 um", diameter = "2 um", compartments = 8, parameters = { gNa = "0 mS/cm^2", gK = "0 mS/cm^2" } }
sites = { soma = "soma 0.5", tip = "dend 1" }
[inputs]
electrode = { site = "soma", pulse = { onset = "1 ms", width = "1 ms", amplitude = "1 nA" } }
[run]
t = ["0 ms", "10 ms"]
dt = "0.01 ms"
error_estimate = false
"#;
    let run = run(text);
    let highest = |i: usize| (0..run.x.cols()).map(|k| run.x[(i, k)]).fold(f64::NEG_INFINITY, f64::max);
    // The soma fires; the spike dies away along the passive dendrite.
    assert!(
        highest(0) > 0.02 && highest(8) < highest(4) && highest(4) < highest(0),
        "{} {}",
        highest(0),
        highest(8)
    );
}

/// A membrane that is not affine in V, with two local states that see each other: Morris and Lecar's currents.
#[test]
fn any_membrane_shows_order_two() {
    let text = |dt: f64| {
        format!(
            r#"
format = 1
[populations.cell]
eq = """
C*dV/dt = I + J - gL*(V - EL) - gCa*minf*(V - ECa) - gK*w*(V - EK)
dw/dt = (winf - w)/tau
dz/dt = (w*z - z^2)/tau : 1
minf = 0.5*(1 + tanh((V/mV + 1.2)/18))
winf = 0.5*(1 + tanh((V/mV - 2)/30)) + 0.1*z
"""
parameters = {{ C = "20 uF/cm^2", gL = "2 mS/cm^2", gCa = "4.4 mS/cm^2", gK = "8 mS/cm^2", EL = "-60 mV", ECa = "120 mV", EK = "-84 mV", tau = "15 ms", J = "90 uA/cm^2" }}
init = {{ V = "-30 mV", w = 0.1, z = 0.2 }}
[populations.cell.cable]
length = "1 mm"
diameter = "10 um"
compartments = 5
Ra = "100 ohm*cm"
[run]
t = ["0 ms", "40 ms"]
dt = "{dt} ms"
record = {{ every = "40 ms" }}
error_estimate = false
"#
        )
    };
    let end = |dt: f64| run(&text(dt)).x.column(1).to_vec();
    let (a, b, c) = (end(0.2), end(0.1), end(0.05));
    let apart = |x: &[f64], y: &[f64], rows: std::ops::Range<usize>| {
        rows.map(|i| (x[i] - y[i]).powi(2)).sum::<f64>().sqrt()
    };
    for rows in [0..5, 5..10, 10..15] {
        let order = (apart(&a, &b, rows.clone()) / apart(&b, &c, rows)).log2();
        assert!((order - 2.0).abs() < 0.2, "{order}");
    }
}

#[test]
fn what_is_wrong_with_a_cable_is_told_with_a_remedy() {
    let one = "length = \"1 mm\"\ndiameter = \"1 um\"\nsites = { root = 0 }";
    let told =
        |text: &str| study_with(text, &[]).unwrap_err().split_whitespace().collect::<Vec<_>>().join(" ");
    let shape = |cable: &str| told(&passive(cable));
    for (cable, message) in [
        ("length = \"-1 mm\"\ndiameter = \"1 um\"", "-0.001 m long"),
        ("length = \"1 mm\"\ndiameter = \"0 um\"", "a diameter of 0 m"),
        ("length = \"1 mV\"\ndiameter = \"1 um\"", "`length` is a voltage"),
        ("length = \"1 mm\"", "a length and no diameter"),
        ("sites = { root = 0 }", "one of three ways"),
        ("length = \"1 mm\"\ndiameter = \"1 um\"\ncompartments = 0.5", "`compartments` is 0.5"),
        (
            "sections.a = { parent = \"b\", length = \"1 mm\", diameter = \"1 um\" }\nsections.b = { parent = \"a\", length = \"1 mm\", diameter = \"1 um\" }",
            "its own ancestors",
        ),
        (
            "sections.a = { length = \"1 mm\", diameter = \"1 um\" }\nsections.b = { length = \"1 mm\", diameter = \"1 um\" }",
            "both have no parent",
        ),
        (
            "sections.soma = { length = \"1 mm\", diameter = \"1 um\" }\nsections.b = { parent = \"somma\", length = \"1 mm\", diameter = \"1 um\" }",
            "did you mean `soma`",
        ),
        (
            "sections.a = { length = \"1 mm\", diameter = \"1 um\", parameters = { gLL = \"1 S/m^2\" } }\nsites = { root = \"a 0\" }",
            "no parameter `gLL`",
        ),
        (
            "sections.a = { length = \"1 mm\", diameter = \"1 um\", parameters = { gL = \"1 S\" } }\nsites = { root = \"a 0\" }",
            "the same unit everywhere",
        ),
        ("length = \"1 mm\"\ndiameter = \"1 um\"\nsites = { root = 2 }", "no place on a section"),
        ("length = \"1 mm\"\ndiameter = \"1 um\"\nsites = { roof = 0 }", "did you mean `roof`"),
        ("file = \"none.swc\"", "`none.swc` cannot be read"),
    ] {
        let text = shape(cable);
        assert!(text.contains(message), "{cable}\n{text}");
    }
    let good = passive(one);
    for (from, to, message) in [
        ("I - gL*(V - EL)", "-gL*(V - EL)", "through which neighboring compartments act"),
        ("I - gL", "I*(V/mV) - gL", "changes with the state"),
        ("\"0.1 nA\"", "0.1", "what flows in at a site a current"),
        ("[populations.cell]\n", "[populations.cell]\nn = 3\n", "the units of a cable are its compartments"),
        ("V = \"-65 mV\" }", "V = \"steady\" }", "no steady value of `V`"),
        ("- gL*(V - EL)", "- gL*(V - EL) + C*xi*mV/sqrt(ms)", "noise on a cable"),
        (
            "init =",
            "spike = { when = \"V > 0*mV\", reset = \"V = EL\" }\ninit =",
            "on a cable events are only watched",
        ),
        ("dt = \"0.1 ms\"", "dt = \"0.1 ms\"\nmethod = \"tsit5\"", "does not know trees"),
        ("[run]", "[populations.other]\neq = \"dx/dt = -x/ms\"\ninit = 1\n[run]", "beside the cable `cell`"),
    ] {
        assert!(good.contains(from), "{from}");
        let text = told(&good.replace(from, to));
        assert!(text.contains(message), "{to}\n{text}");
    }
    let broken = study_with(&passive("file = \"a.swc\""), &[("a.swc", "1 1 0 0 0 5 -1\n2 3 5 0 0 1 9\n")])
        .unwrap_err();
    assert!(broken.contains("line 2 of the points"), "{broken}");
}
