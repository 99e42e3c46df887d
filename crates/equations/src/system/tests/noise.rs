//! Noise stands linearly, delays are constant and positive, nothing is divided by zero.

use super::*;

fn given() -> Vec<Name> {
    vec![
        parameter("tau", "ms"),
        parameter("sigma", "mV"),
        parameter("d", "ms"),
        name("I", "mV", NameKind::Input { len: 1 }),
        name("M", "1", NameKind::Matrix { rows: 2, cols: 2 }),
        name("q", "1", NameKind::Parameter { len: 2 }),
        name("D", "ms", NameKind::Parameter { len: 2 }),
    ]
}

fn values() -> Values {
    Values {
        states: vec![vec![0.5]],
        parameters: vec![vec![0.25], vec![3.0], vec![0.125], vec![1.0, 2.0], vec![0.1, 0.2]],
        inputs: vec![vec![7.0]],
        delayed: vec![vec![0.75], vec![11.0]],
        ..Values::default()
    }
}

#[test]
fn drift_and_noise_are_told_apart() {
    for (text, drift, noise) in [
        ("dv/dt = -v/tau + sigma*xi/sqrt(tau)", -2.0, vec![6.0]),
        ("tau*dv/dt = I - v + sigma*sqrt(2*tau)*xi : volt", 26.0, vec![12.0 * 0.5_f64.sqrt()]),
        ("dv/dt = -v/tau + n\nn = -(sigma*2/sqrt(tau))*xi", -2.0, vec![-12.0]),
        ("dv/dt = (sigma*xi_a + v*xi_b - I*xi_a)/sqrt(tau)", 0.0, vec![-8.0, 1.0]),
        ("dv/dt = sigma*(xi_a - xi_b)/sqrt(tau)", 0.0, vec![6.0, -6.0]),
        ("dv/dt = (v + sqrt(tau)*xi*v)/tau : volt", 2.0, vec![1.0]),
    ] {
        let s = timed(Some(Dimension::TIME), &given(), text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
        let state = &s.states[0];
        assert_eq!(evaluate(&s.graph, state.rate, &values()), [drift], "{text}");
        let found: Vec<f64> =
            state.diffusion.iter().map(|&(_, n)| evaluate(&s.graph, n, &values())[0]).collect();
        assert_eq!(found, noise, "{text}");
        assert_eq!(state.dimension, dimension("V"), "{text}");
    }
}

#[test]
fn a_noise_is_one_for_each_unit_and_the_same_under_the_same_name() {
    let text = "dx/dt = xi\ndy/dt = 2*xi\ndz/dt = xi_other*q + xi_third";
    let s = timed(Some(Dimension::NONE), &given(), text).unwrap();
    let noises: Vec<(&str, usize)> = s.noises.iter().map(|n| (n.name.as_str(), n.len)).collect();
    assert_eq!(noises, [("xi", 1), ("xi_other", 2), ("xi_third", 2)]);
    let drives: Vec<Vec<usize>> =
        s.states.iter().map(|x| x.diffusion.iter().map(|d| d.0).collect()).collect();
    assert_eq!(drives, [vec![0], vec![0], vec![1, 2]]);
    let e = refused(&given(), "dx/dt = -x/(1 s) + xi/sqrt(1 s)\ndy/dt = q/(1 s) + xi/sqrt(1 s)");
    assert_eq!(e.message, "`xi` drives states of 1 and of 2 units");
    let one = Section { name: "one", texts: &["dx/dt = xi"], ..Section::default() };
    let two = Section { name: "two", length: Some(4), ..one };
    let s = Equations::parse(&[one, two], &Scope::default()).unwrap();
    assert_eq!(s.noises.iter().map(|n| n.len).collect::<Vec<_>>(), [1, 4]);
}

#[test]
fn noise_that_is_not_linear_is_refused() {
    for (text, place) in [
        ("dv/dt = exp(xi)", "xi"),
        ("dv/dt = xi^2", "xi"),
        ("dv/dt = xi*xi", "xi*xi"),
        ("dv/dt = xi_a*xi_b", "xi_a*xi_b"),
        ("dv/dt = 1/xi", "xi"),
        ("dv/dt = where(xi > 0, 1, 2)", "xi"),
        ("dv/dt = max(xi, 0)", "xi"),
        ("dv/dt = abs(2 + n)\nn = 3*xi", "2 + n"),
        ("xi*dv/dt = 1", "xi"),
        ("dv/dt = M@(q*xi)", "(q*xi)"),
        ("dv/dt = v(xi)", "xi"),
        ("dv/dt = min(1, 2, xi)", "xi"),
    ] {
        let e = refused_when_timed(None, &given(), text);
        assert!(e.message.contains("does not stand linearly here"), "{text}: {}", e.message);
        assert_eq!(&text[e.place.span], place, "{text}");
    }
    let text = "dv/dt = -v/tau + sigma*xi/tau";
    let e = refused_when_timed(Some(Dimension::TIME), &given(), text);
    assert_eq!(e.message, "by these equations `v` is a quantity in V s^(-1/2)");
    let e = refused_when_timed(Some(Dimension::TIME), &given(), &format!("{text} : volt"));
    assert_eq!(e.message, "`+` needs equal units, not a voltage per time (V/s) and a quantity in V s^(-3/2)");
    assert_eq!(
        e.hint.as_deref(),
        Some("multiply the quantity in V s^(-3/2) by the square root of a time, as in `sqrt(tau)*xi`")
    );
}

#[test]
fn a_delayed_state_is_one_symbol_for_each_delay() {
    let text = "tau*dv/dt = -v + v(t - 5*ms) + 2*v(t - d - 1 ms) - v(t - 5 ms) + v(t + 3 ms - 8 ms) : volt";
    let s = read(&given(), text).unwrap();
    assert_eq!(s.delays.len(), 2);
    let by = |k: usize| evaluate(&s.graph, s.delays[k].by, &values())[0];
    assert_eq!((by(0), by(1)), (0.005, 0.126));
    assert_eq!(s.delays[0].state, 0);
    assert_eq!(evaluate(&s.graph, s.states[0].rate, &values()), [(-0.5 + 0.75 + 22.0 - 0.75 + 0.75) / 0.25]);
}

#[test]
fn a_delay_is_constant_and_positive() {
    for (text, message) in [
        ("v(t - 0*ms)", "this delay is zero"),
        ("v(t)", "this delay is zero"),
        ("v(t - (3 ms - 3 ms))", "this delay is zero"),
        ("v(t + 5*ms)", "this delay is negative: the time lies in the future"),
        ("v(t - -5*ms)", "this delay is negative: the time lies in the future"),
        ("v(t - d*v/mV)", "this delay depends on a state, and delays are constant"),
        ("v(t - t/2)", "this delay depends on the time, and delays are constant"),
        ("v(t - d*I/mV)", "this delay depends on an input, and delays are constant"),
        ("v(t - v(t - d)/mV*ms)", "this delay depends on a state, and delays are constant"),
        ("v(t - D)", "a delay is one number for all units"),
        ("v(2*t)", "`2*t` is no earlier time"),
        ("v(5*ms)", "`5*ms` is no earlier time"),
        ("v(t - 5)", "`-` needs equal units, not a time (s) and dimensionless"),
        ("v(t - 5 mV)", "`-` needs equal units, not a time (s) and a voltage (V)"),
        ("I(t - 5 ms)", "`I` is an input, and only states have a past"),
        ("x(t - 5 ms)", "`x` is a definition, and only states have a past"),
        ("v(t - 5 ms, 2)", "there is no function `v`"),
    ] {
        let text = format!("tau*dv/dt = -v + {text} : volt\nx = 2*v");
        let e = refused_when_timed(Some(Dimension::TIME), &given(), &text);
        assert_eq!(e.message, message, "{text}");
        assert!(e.hint.is_some(), "{text}");
    }
}

#[test]
fn a_division_by_what_is_always_zero_is_refused() {
    for (text, place) in [
        ("x = 1/0", "0"),
        ("x = 1/(1-1)", "(1-1)"),
        ("x = v/(v - v)", "(v - v)"),
        ("x = v/(0*v)", "(0*v)"),
        ("x = v/(0.0 mV)", "(0.0 mV)"),
        ("x = v/z\nz = 0", "z"),
        ("x = v/sin(0)", "sin(0)"),
    ] {
        let e = refused(&given(), &format!("tau*dv/dt = -v : volt\n{text}"));
        assert!(e.message.contains("is always zero"), "{text}: {}", e.message);
        assert_eq!(&format!("tau*dv/dt = -v : volt\n{text}")[e.place.span], place, "{text}");
    }
    let e = refused(&given(), "0*ms*dv/dt = -v");
    assert_eq!(e.message, "the factor of the derivative is always zero");
    for (text, message) in [
        ("x = log(0)", "`log(0)` is infinite"),
        ("x = 0^-1", "`0^-1` is infinite"),
        ("x = sqrt(-1)", "`sqrt(-1)` is not a number"),
        ("x = mod(3, 0)", "`mod(3, 0)` is not a number"),
        ("x = 1e308*10", "`1e308*10` is infinite"),
    ] {
        assert_eq!(refused(&given(), text).message, message, "{text}");
    }
}
