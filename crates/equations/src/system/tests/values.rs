//! What equations are worth: rates, quantities, conditions and jumps.

use super::*;
use crate::Quantity;

const HODGKIN_HUXLEY: &str = "
C*dV/dt = I - gL*(V-EL) - gNa*m^3*h*(V-ENa) - gK*n_^4*(V-EK)
dm/dt  = (am*(1-m)  - bm*m)/(1 ms)
dh/dt  = (ah*(1-h)  - bh*h)/(1 ms)
dn_/dt = (an*(1-n_) - bn*n_)/(1 ms)
am = 1/exprel(-(V/mV+40)/10)               # removable singularity handled: no NaN at V = -40 mV
an = 0.1/exprel(-(V/mV+55)/10)             # nor at -55 mV
ah = 0.07*exp(-0.05*(V/mV+65))
bm = 4*exp(-0.0556*(V/mV+65))
bh = 1/(1+exp(-(V/mV+35)/10))
bn = 0.125*exp(-(V/mV+65)/80)
";

fn squid() -> Vec<Name> {
    let mut names: Vec<Name> = [("C", "nF/mm^2"), ("gNa", "mS/mm^2"), ("gK", "mS/mm^2"), ("gL", "mS/mm^2")]
        .iter()
        .chain(&[("ENa", "mV"), ("EK", "mV"), ("EL", "mV")])
        .map(|(n, u)| parameter(n, u))
        .collect();
    names.push(name("I", "uA/mm^2", NameKind::Input { len: 1 }));
    names
}

#[test]
fn hodgkin_huxley_has_its_rates_and_units() {
    let s = read(&squid(), HODGKIN_HUXLEY).unwrap();
    let found: Vec<(&str, Dimension)> = s.states.iter().map(|x| (x.name.as_str(), x.dimension)).collect();
    let none = Dimension::NONE;
    assert_eq!(found, [("V", dimension("V")), ("m", none), ("h", none), ("n_", none)]);
    assert_eq!(s.time, Dimension::TIME);
    let q = |text: &str| Quantity::parse(text).unwrap().value;
    let units = ["10 nF/mm^2", "1.2 mS/mm^2", "0.36 mS/mm^2", "0.003 mS/mm^2", "57 mV", "-77 mV", "-54 mV"];
    let (v, m, h, n, i) = (-55.0, 0.1, 0.5, 0.3, 0.1);
    let values = Values {
        states: vec![vec![v * 1e-3], vec![m], vec![h], vec![n]],
        parameters: units.iter().map(|u| vec![q(u)]).collect(),
        inputs: vec![vec![i]],
        ..Values::default()
    };
    // In mV, ms, nF, mS and uA an mm^2, as the book has it.
    let current = 0.003 * (v + 54.0) + 1.2 * m * m * m * h * (v - 57.0) + 0.36 * n.powi(4) * (v + 77.0);
    let rates = [
        (i - current) / 10.0 * 1000.0,
        1.0 / (f64::exp_m1(1.5) / 1.5) * (1.0 - m) - 4.0 * f64::exp(-0.0556 * 10.0) * m,
        0.07 * f64::exp(-0.5) * (1.0 - h) - h / (1.0 + f64::exp(2.0)),
        0.1 * (1.0 - n) - 0.125 * f64::exp(-10.0 / 80.0) * n,
    ];
    for (state, expected) in s.states.iter().zip(rates) {
        let found = evaluate(&s.graph, state.rate, &values)[0];
        let expected = if state.name == "V" { expected } else { expected * 1000.0 };
        // A dozen roundings.
        assert!(
            (found - expected).abs() <= 1e-14 * expected.abs().max(1.0) * 10.0,
            "{} {found} {expected}",
            state.name
        );
    }
}

#[test]
fn written_quantities_are_the_doubles_nearest_to_them() {
    for (text, value) in [
        ("5*ms", 0.005),
        ("5 ms", 0.005),
        ("-50 mV", -0.05),
        ("-50*mV", -0.05),
        ("0.3 ms", 3e-4),
        ("3*mS/cm^2", 30.0),
        ("0.1 uA/mm^2", 0.1),
        ("1.2e-3 mV", 1.2e-6),
        ("7*nS/mm**2", 0.007),
        ("1/ms", 1000.0),
        ("0.1/ms", 100.0),
        ("(1 ms)", 0.001),
        ("2/(1 ms)", 2000.0),
        ("5 kg m s^-2", 5.0),
        ("0.3 min", 18.0),
        ("8*J/(mol*K)", 8.0),
        ("2*K^2*A", 2.0),
        ("-3*V/s", -3.0),
        ("5 \u{b5}s + 0 \u{3bc}s", 5e-6),
        ("2 M\u{3a9} + 0 \u{2126}", 2e6),
    ] {
        let s = read(&[], &format!("x = {text}")).unwrap();
        assert_eq!(s.graph.as_constant(s.definitions[0].node), Some(value), "{text}");
    }
}

#[test]
fn definitions_stand_in_any_order() {
    let s = read(&[], "dx/dt = b\nb = 2*a\na = x + 1").unwrap();
    let values = Values { states: vec![vec![3.0]], ..Values::default() };
    assert_eq!(evaluate(&s.graph, s.states[0].rate, &values), [8.0]);
    let names: Vec<&str> = s.definitions.iter().map(|d| d.name.as_str()).collect();
    assert_eq!(names, ["b", "a"]);
}

#[test]
fn factors_of_the_derivative_divide_the_right_side() {
    for text in ["tau*dx/dt = 6 - x", "(tau*2)/2*dx/dt = 6 - x", "dx/dt = (6 - x)/tau", "tau*(dx/dt) = 6 - x"]
    {
        let s = read(&[parameter("tau", "ms")], text).unwrap();
        let values = Values { states: vec![vec![2.0]], parameters: vec![vec![0.5]], ..Values::default() };
        assert_eq!(evaluate(&s.graph, s.states[0].rate, &values), [8.0], "{text}");
    }
}

#[test]
fn expressions_conditions_and_jumps_speak_the_names_of_their_section() {
    let mut s =
        read(&[parameter("b", "pA")], "C*dv/dt = -w : volt\ndw/dt = -w/(5 ms)\nC = 2*pF\nx = v/mV").unwrap();
    let values =
        Values { states: vec![vec![-0.04], vec![1e-12]], parameters: vec![vec![2e-12]], ..Values::default() };
    let (node, d) = s.expression(0, "-65 mV + 2*v").unwrap();
    assert_eq!((evaluate(&s.graph, node, &values), d), (vec![-0.065 - 0.08], dimension("V")));
    let node = s.condition(0, "v > -50 mV and not x > -30").unwrap();
    let guard = evaluate(&s.graph, node, &values)[0];
    assert!((guard - 0.01).abs() < 1e-15, "{guard}");
    let jump = s.assignments(0, "v = -65*mV; w += b\nw *= 2; v = v + 1 mV").unwrap();
    let set: Vec<(usize, f64)> = jump.iter().map(|&(k, n)| (k, evaluate(&s.graph, n, &values)[0])).collect();
    assert_eq!(set, [(1, 6e-12), (0, -0.064)]);
    for (text, message) in [
        ("v > 3 nA", "a comparison needs equal units, not a voltage (V) and a current (A)"),
        ("v", "this is no condition"),
        ("v == 2 mV", "an equality holds at single instants, or never"),
        ("", "the formula is empty"),
        ("v > u", "`u` is not known here"),
        ("v > xi", "`xi` is a noise and has no value at an instant"),
        ("v(t - 5 ms) > 0", "the past of `v` is not known here"),
    ] {
        assert_eq!(s.condition(0, text).unwrap_err().message, message, "{text}");
    }
    for (text, message) in [
        ("b = 2 pA", "`b` is a parameter and cannot be set"),
        ("x = 2", "`x` is a definition and cannot be set"),
        ("u = 2", "`u` is no state"),
        ("v = 2 nA", "`v` is a voltage (V), and this is a current (A)"),
        ("v += 2 nA", "`v` is a voltage (V), and this is a current (A)"),
        ("v *= 2 nA", "a state is multiplied by a dimensionless number, not by a current (A)"),
        ("v /= 0", "`0` is always zero, and this divides by it"),
        ("", "there is no assignment here"),
    ] {
        assert_eq!(s.assignments(0, text).unwrap_err().message, message, "{text}");
    }
}

#[test]
fn dimensions_that_are_not_given_follow_from_the_equations() {
    let names = [
        parameter("g", "?"),
        parameter("E", "mV"),
        parameter("k", "?"),
        name("I", "?", NameKind::Input { len: 1 }),
    ];
    let s = read(&names, "C*dv/dt = g*(E - v) + I + w : volt\ntau*dw/dt = -w\nC = 5*pF\ntau = k^2").unwrap();
    let of = |n: &str| {
        let given = s.parameters.iter().chain(&s.inputs).find(|p| p.name == n).unwrap();
        given.dimension.unwrap().to_string()
    };
    let half = "s^(1/2)";
    assert_eq!((of("g"), of("I"), of("k")), ("conductance (S)".into(), "current (A)".into(), half.into()));
    assert_eq!((s.states[1].dimension, s.definitions[1].dimension), (dimension("A"), Dimension::TIME));
    assert_eq!(s.time, Dimension::TIME);
}

#[test]
fn a_model_without_units_has_none() {
    let s = read(&[parameter("mu", "?")], "dv/dt = mu*(v - v^3/3 - w)\ndw/dt = v/mu + 0.7").unwrap();
    assert!(s.states.iter().all(|x| x.dimension == Dimension::NONE));
    assert_eq!((s.time, s.parameters[0].dimension), (Dimension::NONE, Some(Dimension::NONE)));
}

#[test]
fn initial_values_say_the_dimension_only_where_nothing_else_does() {
    let with_hints = |text: &str, hints: &[(&str, Dimension)]| {
        let scope =
            Scope { time: Some(Dimension::TIME), names: vec![parameter("tau", "s"), parameter("I", "A")] };
        Equations::parse(&[Section { name: "a", texts: &[text], hints, ..Section::default() }], &scope)
    };
    let volt = [("v", dimension("V"))];
    assert_eq!(with_hints("tau*dv/dt = -v", &volt).unwrap().states[0].dimension, dimension("V"));
    assert_eq!(with_hints("tau*dv/dt = -v", &[]).unwrap().states[0].dimension, Dimension::NONE);
    assert_eq!(with_hints("tau*dv/dt = I - v", &volt).unwrap().states[0].dimension, dimension("A"));
    // The error speaks of what the initial value says.
    let e = with_hints("tau*dv/dt = I - v + v*v", &volt).unwrap_err();
    assert_eq!(e.message, "`-` needs equal units, not a current (A) and a voltage (V)");
}

#[test]
fn an_error_points_at_both_operands_and_at_what_made_them_so() {
    let text = "tau*dv/dt = E - v\ntau*dw/dt = w + v - I";
    let names = [parameter("tau", "ms"), parameter("E", "mV"), parameter("I", "nA")];
    let e = refused(&names, text);
    assert_eq!(e.message, "`-` needs equal units, not a voltage (V) and a current (A)");
    let labels: Vec<(&str, &str)> =
        e.labels.iter().map(|(p, l)| (&text[p.span.clone()], l.as_str())).collect();
    assert_eq!(labels, [("w + v", "voltage (V)"), ("I", "current (A)"), ("v", "so `v` is a voltage (V)")]);
    assert_eq!(e.hint.as_deref(), Some("multiply the current (A) by a resistance (ohm), such as `(1 Mohm)`"));
    assert_eq!((&text[e.place.span.clone()], e.place.section, e.place.text), ("I", 0, Some(0)));
    let e = refused(&names, "tau*dv/dt = E - v + 2*C");
    assert!(e.hint.unwrap().ends_with("`C` is not defined here and was read as a unit"));
}
