//! Bifurcations of models against known values, and what is refused.

use dynamics::analyze::continuation::{Special, SpecialKind};
use nullcline::model::{ContinuationSpec, MemoryFolder, Model};
use nullcline::study::Continuation;
use nullcline::{gallery, walk};
use std::ops::ControlFlow;

fn gallery_model(name: &str, sets: &[&str]) -> Model {
    let entry = gallery::find(name).expect("it is in the gallery");
    let sets: Vec<String> = sets.iter().map(|s| (*s).to_owned()).collect();
    Model::parse_with(name, entry.text, &sets, &MemoryFolder::default()).expect("gallery models are right")
}

fn text_model(text: &str) -> Model {
    Model::parse("model.toml", text, &MemoryFolder::default()).expect("the model is right")
}

/// Equilibria alone.
fn equilibria(model: &Model, name: &str, from: &str, to: &str) -> Continuation {
    let spec = ContinuationSpec {
        cycles: false,
        ..ContinuationSpec::new(model.sweep(name, from, to).expect("it exists"))
    };
    followed(model, &spec)
}

fn followed(model: &Model, spec: &ContinuationSpec) -> Continuation {
    let built = walk::build(model).expect("the model is right");
    walk::continued(model, &built, spec, &|_| ControlFlow::Continue(())).expect("it can be continued")
}

fn of(found: &Continuation, kind: SpecialKind) -> Vec<&Special> {
    found.diagram.specials.iter().filter(|s| s.kind == kind).collect()
}

/// Each special point of this kind lies at its truth: within 1e-7 of it, and within the error that it tells.
fn holds(found: &Continuation, kind: SpecialKind, truths: &[f64], digits: f64) {
    let all = of(found, kind);
    let values: Vec<f64> = all.iter().map(|s| s.p / found.unit.size).collect();
    assert_eq!(all.len(), truths.len(), "{}: {values:?}", kind.name());
    for (special, truth) in all.iter().zip(truths) {
        let (value, error) = (special.p / found.unit.size, special.error / found.unit.size);
        let off = (value - truth).abs();
        assert!(off <= digits + 1e-7 * truth.abs(), "{} at {value}, truth {truth}", kind.name());
        assert!(off <= error + digits, "{} is off by {off:e}, and says {error:e}", kind.name());
        assert!(error <= 1e-7 * truth.abs().max(1.0));
    }
}

const HOPF: SpecialKind = SpecialKind::Hopf;
const FOLD: SpecialKind = SpecialKind::Fold;

#[test]
fn fitzhugh_and_nagumo_oscillate_between_their_hopf_points() {
    let found = equilibria(&gallery_model("fitzhugh_nagumo", &[]), "I", "0", "1.5");
    // Closed form: v = -+ sqrt(1 - b phi), to the last digits of doubles.
    holds(&found, HOPF, &[0.331_281_337_454_745_8, 1.418_718_662_545_254_1], 1e-14);
    for special in of(&found, HOPF) {
        assert_eq!(special.criticality.map(|c| c.name()), Some("subcritical"));
        assert!((special.period.unwrap() - 22.805_916_865_386_006).abs() < 1e-8);
    }
}

#[test]
fn the_lectures_form_of_it_has_other_hopf_points() {
    let found = equilibria(&gallery_model("fitzhugh_nagumo_lecture", &[]), "I", "0", "1.5");
    // v^2 = (1 - b phi)/3, I = w + v^3 - v with w = (v + a)/b.
    let v: f64 = ((1.0 - 0.8 * 0.08) / 3.0_f64).sqrt();
    let at = |v: f64| (v + 0.7) / 0.8 - v + v.powi(3);
    holds(&found, HOPF, &[at(-v), at(v)], 1e-13);
    assert!((at(-v) - 0.561_084).abs() < 1e-6 && (at(v) - 1.188_916).abs() < 1e-6);
}

#[test]
fn the_axon_of_hodgkin_and_huxley_fires_between_two_hopf_points() {
    let found = equilibria(&gallery_model("hodgkin_huxley", &[]), "I", "0", "200");
    holds(&found, HOPF, &[9.775_437_994_313_522, 154.522_433_670_917_96], 1e-8);
    let frequencies: Vec<f64> = of(&found, HOPF).iter().map(|s| 1.0 / s.period.unwrap()).collect();
    assert!((frequencies[0] - 93.30).abs() < 0.01 && (frequencies[1] - 169.17).abs() < 0.01);
    let criticality: Vec<_> = of(&found, HOPF).iter().map(|s| s.criticality.unwrap().name()).collect();
    assert_eq!(criticality, ["subcritical", "supercritical"]);
}

#[test]
fn the_lectures_axon_has_its_upper_hopf_point_where_no_sweep_looked() {
    let found = equilibria(&gallery_model("hodgkin_huxley_lecture", &[]), "I", "0", "2000");
    let hopf = of(&found, HOPF);
    let values: Vec<f64> = hopf.iter().map(|s| s.p / found.unit.size).collect();
    assert_eq!(found.unit.symbol, "nA/mm^2");
    assert!((values[0] - 77.875).abs() < 1e-3 && (values[1] - 1666.93).abs() < 1e-2, "{values:?}");
    assert!((1.0 / hopf[0].period.unwrap() - 88.69).abs() < 0.01);
}

#[test]
fn morris_and_lecar_lose_rest_at_a_hopf_point() {
    let found = equilibria(&gallery_model("morris_lecar", &[]), "I", "0", "300");
    // Twenty-five digits of the determinant and trace conditions, rounded.
    holds(&found, HOPF, &[93.857_618, 212.018_816], 5e-7);
    assert!((of(&found, HOPF)[0].x[0] + 25.270_105e-3).abs() < 1e-9);
}

#[test]
fn a_hopf_point_on_a_branch_that_folds_outside_is_found() {
    // The interval ends before the fold at 39.963, so that the upper branch is reached from outside, or from its own end.
    let model = gallery_model("morris_lecar_snic", &[]);
    let found = equilibria(&model, "I", "0", "150");
    holds(&found, FOLD, &[39.963_153_1], 1e-7);
    holds(&found, HOPF, &[97.773_713_234], 1e-8);
    let found = equilibria(&model, "I", "50", "150");
    holds(&found, FOLD, &[], 0.0);
    holds(&found, HOPF, &[97.773_713_234], 1e-8);
}

#[test]
fn a_decision_is_made_between_two_pitchforks() {
    let found = equilibria(&gallery_model("wong_wang", &[]), "mu0", "0", "60");
    assert_eq!(of(&found, SpecialKind::BranchPoint).len(), 2);
    // Without a stimulus: the symmetric point, two attractors, two saddles.
    let mut at_zero = 0;
    for branch in &found.diagram.branches {
        at_zero += branch.points.windows(2).filter(|w| (w[0].p > 0.0) != (w[1].p > 0.0)).count();
    }
    assert_eq!(at_zero, 5);
}

#[test]
fn convection_becomes_unstable_at_470_over_19() {
    let found = equilibria(&gallery_model("lorenz", &[]), "r", "0", "30");
    holds(&found, SpecialKind::BranchPoint, &[1.0], 1e-12);
    holds(&found, HOPF, &[470.0 / 19.0, 470.0 / 19.0], 1e-12);
    assert!(of(&found, HOPF).iter().all(|s| s.criticality.unwrap().name() == "subcritical"));
}

#[test]
fn a_number_of_a_rate_network_is_turned_by_its_path() {
    let found = equilibria(&gallery_model("wilson_cowan", &[]), "populations.E.h", "-2", "6");
    // Solved by hand: E from the line of I, h from the line of E; folds where dh/dE = 0 (SciPy, 1e-10).
    holds(&found, FOLD, &[0.969_815_015_3, 0.753_107_916_8, 3.064_887_61], 1e-8);
    assert_eq!(found.diagram.outside.len(), 1);
}

#[test]
fn a_parameter_that_others_rest_on_moves_them_too() {
    let text = "format = 1\n[parameters]\na = 2\n[populations.c]\nparameters = { k = \"3*a\" }\n\
                eq = \"dx/dt = a*k*(1 - x)\"\ninit = { x = 0 }\n[run]\nt = [0, 1]\n";
    let model = text_model(text);
    let knob = model.knob("a").unwrap();
    assert_eq!(knob.turn, nullcline::model::Turn::Path("parameters.a".into()));
    assert!(matches!(model.knob("k").unwrap().turn, nullcline::model::Turn::Symbol(_)));
    let found = equilibria(&model, "a", "1", "3");
    let point = found.diagram.branches[0].points.iter().find(|q| (q.p - 2.0).abs() < 0.2).unwrap();
    // -3 a^2 at a, not -k a.
    assert!((point.spectrum[0].re + 3.0 * point.p * point.p).abs() < 1e-6 * point.p);
}

#[test]
fn wrong_questions_are_refused_with_a_remedy() {
    let model = gallery_model("fitzhugh_nagumo", &[]);
    for (name, from, to, what, remedy) in [
        ("Ib", "0", "1", "no parameter `Ib`", "`I`"),
        ("phy", "0", "1", "no parameter `phy`", "did you mean `phi`?"),
        ("I", "1", "1", "has no length", "two different values"),
        ("I", "0 mV", "1 mV", "is dimensionless, and \"0 mV\" a voltage", "bare number"),
        ("I", "0", "inf", "no end of an interval", "finite"),
        ("I", "zero", "1", "does not begin with a number", ""),
    ] {
        let error = model.sweep(name, from, to).unwrap_err();
        assert!(error.what.contains(what) && error.remedy.contains(remedy), "{error:?}");
    }
    for (name, parameter, ends, what) in
        [("mackey_glass", "beta", ("0.1", "0.3"), "delays"), ("decision", "c", ("0", "1"), "noise")]
    {
        let model = gallery_model(name, &[]);
        let spec = ContinuationSpec::new(model.sweep(parameter, ends.0, ends.1).unwrap());
        let built = walk::build(&model).unwrap();
        let error = walk::continued(&model, &built, &spec, &|_| ControlFlow::Continue(())).unwrap_err();
        assert!(error.to_string().contains(what), "{error}");
    }
}

#[test]
fn what_a_file_asks_to_continue_is_checked_where_it_stands() {
    let text = "format = 1\n[parameters]\nmu = 1\n[populations.c]\neq = \"dx/dt = mu*x - x^3\"\ninit = { x = 1 }\n\
                [continue]\nparam = \"mu\"\nfrom = -1\nto = 1\n";
    assert!(text_model(text).continuation.is_some());
    for (from, to, line, message) in [
        ("param = \"mu\"", "param = \"nu\"", 8, "no parameter `nu`"),
        ("to = 1", "to = -1", 10, "no length"),
        ("to = 1", "to = \"1 s\"", 10, "a time"),
        ("to = 1", "to = 1\nstarts = 0", 11, "`starts` is 0"),
        ("to = 1", "to = 1\nbox = { y = [0, 1] }", 11, "no variable `y`"),
        ("to = 1", "to = 1\nbox = { x = [1, 0] }", 11, "empty"),
        ("to = 1", "to = 1\nparm = 2", 11, "unknown key `parm`"),
    ] {
        let wrong = text.replace(from, to);
        let error = Model::parse("m.toml", &wrong, &MemoryFolder::default()).unwrap_err();
        assert!(error.message().contains(message), "{}", error.message());
        assert_eq!(error.line(), Some(line), "{message}");
    }
}
