//! Names that mean nothing, or two things, or look like another.

use super::*;

#[test]
fn names_that_mean_nothing_or_too_much_are_refused() {
    let given = [
        parameter("tau", "ms"),
        name("I", "nA", NameKind::Input { len: 1 }),
        name("M", "1", NameKind::Matrix { rows: 2, cols: 2 }),
    ];
    let mut wrong = Vec::new();
    for (text, message, place, hint) in [
        ("tau*dv/dt = -w", "`w` is not known here", "w", "`dw/dt = …` or `w = …`"),
        ("tau*dv/dt = -v + gain", "`gain` is not known here", "gain", "`dgain/dt = …` or `gain = …`"),
        ("tua*dv/dt = -v", "`tua` is not known here", "tua", "did you mean `tau`?"),
        ("tau*dv/dt = -v\ndv/dt = 2", "`v` has two equations", "v", "keep one"),
        ("tau*dv/dt = -v\nv = 2", "`v` has two equations", "v", "keep one"),
        ("x = 1\nx = 2", "`x` has two equations", "x", "keep one"),
        ("dI/dt = 2", "`I` is an input, given from outside, and cannot be a state", "I", "another name"),
        ("tau = 2*ms", "`tau` is a parameter and cannot be a definition", "tau", "another name"),
        ("dtau/dt = 2", "`tau` is a parameter and cannot be a state", "tau", "another name"),
        ("M = 2", "`M` is a matrix and cannot be a definition", "M", "another name"),
        ("exp = 2", "`exp` is a function and has no argument here", "exp", "exp(x)"),
        ("dexp/dt = 2", "`exp` is a function and cannot be a state", "exp", "another name"),
        ("pi = 3", "`pi` is the number 3.14159… and cannot be a definition", "pi", "another name"),
        ("t = 3", "`t` is the time and cannot be a definition", "t", "another name"),
        ("xi_a = 3", "`xi_a` is a noise and cannot be a definition", "xi_a", "another name"),
        ("dt/dt = 3", "`t` is the time and cannot be a state", "t", "another name"),
        ("x = dt", "`dt` stands only on the left side", "dt", "rate = …"),
        ("tau*dv/dt = -v\nx = dv/dt", "`dv` is not known here", "dv", "alone on the left"),
        ("tau*dv/dt = vv(v)", "there is no function `vv`", "vv", "written with `*`"),
        ("tau*dv/dt = exq(v)", "there is no function `exq`", "exq", "did you mean `exp`?"),
        ("tau*dv/dt = tau(v)", "`tau` is a number, not a function", "tau", "product"),
        ("J : volt", "`J` has a unit and no value", "J", "value from outside"),
        ("x = I : volt", "the left side is a voltage (V), the right side a current (A)", "I", "multiply"),
        (
            "I : volt\nx = I",
            "this name is a current (A), and its unit here is a voltage (V)",
            "volt",
            "agree",
        ),
        (
            "x = -y\ny = z + 1\nz = x",
            "these definitions go in a circle: x -> y -> z -> x",
            "x",
            "`dx/dt = …`",
        ),
        // The kind of product comes before its units.
        ("dv/dt = 2*mV + tau@v", "`tau` is a number, and `@` multiplies by a matrix", "tau", "write `*`"),
        ("x = x + 1", "`x` is defined by itself", "x", "`dx/dt = …`"),
        ("dx/dt = -x + K", "`K` is not known here", "K", "write `(1 K)`"),
        ("dx/dt = -K*x", "`K` is not known here", "K", "write `(1 K)`"),
        ("dx/dt = x/K^2", "`K` is not known here", "K", "write `(1 K)`"),
        ("dx/dt = am*(1 - x)", "`am` is not known here", "am", "write `(1 am)`"),
        ("dx/dt = exp(J*A)", "`J` is not known here", "J", "write `(1 J)`"),
        ("x = mV", "`mV` is not known here", "mV", "write `(1 mV)`"),
        ("x = exp(ms)", "`ms` is not known here", "ms", "write `(1 ms)`"),
        ("x = 5 tau", "an operator is missing here", "tau", "hides the unit"),
        ("ms = 2\nx = 5 ms", "an operator is missing here", "ms", "write a product with `*`"),
        ("x = 5 mss", "an operator is missing here", "mss", "the unit `ms`"),
        ("x = E.v", "`E.v` is not known here", "E.v", "there is no section `E`"),
        ("x = π", "`π` is not known here", "π", "write `pi`"),
        ("\u{b5}x = 1\ny = \u{3bc}x", "`\u{3bc}x` is not known here", "\u{3bc}x", "U+00B5"),
        ("t\u{430}u*dv/dt = 1", "`\u{430}` is a Cyrillic letter (U+0430); `a` is meant", "\u{430}", "`a`"),
        ("dv/dt = 1 \u{2212} v", "the minus sign (U+2212); `-` is meant", "\u{2212}", "`-`"),
        ("# nothing\n\n", "there is no equation here", "# nothing\n\n", "dx/dt = …"),
    ] {
        let e = refused(&given, text);
        let found = (&text[e.place.span.clone()], e.hint.unwrap_or_default());
        if !e.message.contains(message) || found.0 != place || !found.1.contains(hint) {
            wrong.push(format!("{text:?}: {} {found:?}", e.message));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let second = refused(&given, "tau*dv/dt = -v\ntau*dv/dt = 2*v");
    assert_eq!((second.place.span, second.labels[1].0.span.clone()), (20..21, 5..6));
    assert!(Equations::parse(&[], &Scope::default()).unwrap().states.is_empty());
}

#[test]
fn a_name_that_is_defined_is_never_a_unit() {
    let given = [parameter("s", "1"), parameter("C", "nF"), parameter("tau", "ms")];
    let nodes = |text: &str| read(&given, text).unwrap();
    // `s` is the parameter, `C` the capacitance and not the coulomb.
    assert_eq!(nodes("x = 3*s").definitions[0].dimension, Dimension::NONE);
    assert_eq!(nodes("x = 5*nA/C").definitions[0].dimension.symbol(), "V/s");
    assert_eq!(nodes("x = 1 second").definitions[0].dimension, Dimension::TIME);
    assert_eq!(nodes("x = 1 msecond").definitions[0].dimension, Dimension::TIME);
    let e = refused(&given, "x = 3 s");
    assert!(e.hint.unwrap().ends_with("or `1 second` for the unit"));
    // A letter that nothing defines is a unit beside a number, and an error beside names.
    assert_eq!(read(&[], "x = 3*s").unwrap().definitions[0].dimension, Dimension::TIME);
    assert_eq!(read(&[], "x = 3*(1 s)^2").unwrap().definitions[0].dimension.symbol(), "s^2");
    let e = refused(&[parameter("i", "1")], "x = (1 + i)*s");
    assert_eq!(e.message, "`s` is not known here; without a number it is not taken for the unit");
    assert!(e.hint.unwrap().ends_with("from outside; if the unit `s` is meant, write `(1 s)`"));
}

#[test]
fn a_name_of_the_grammar_cannot_be_given_from_outside() {
    for (given, meaning) in [
        ("xi", "a noise"),
        ("xi_2", "a noise"),
        ("t", "the time"),
        ("dt", "the step of time"),
        ("pi", "the number"),
        ("exp", "a function"),
        ("where", "a function"),
        ("and", "a word"),
    ] {
        for kind in [NameKind::Parameter { len: 1 }, NameKind::Input { len: 1 }] {
            let e = timed(None, &[name(given, "1", kind)], "dv/dt = -v + xi").unwrap_err();
            assert!(e.message.contains(meaning) && e.hint.is_some(), "{given}: {}", e.message);
        }
        assert!(crate::reserved(given).is_some());
    }
    assert_eq!(crate::reserved("xis"), None);
}

/// The bytes under the carets of all errors of a text, in order.
fn carets<'a>(given: &[Name], text: &'a str) -> Vec<&'a str> {
    let e = timed(None, given, text).unwrap_err();
    e.all().map(|e| &text[e.place.span.clone()]).collect()
}

#[test]
fn every_line_that_is_wrong_is_told_in_order() {
    let given = [parameter("tau", "ms"), parameter("I", "nA"), parameter("EL", "mV")];
    for (text, wrong) in [
        // Grammar: brackets over lines, closed or not, do not hide the lines that follow.
        ("x = 1 +* 2\ny = 2\nz = (3", &["*", "("][..]),
        ("x = (1 +\n  2 $ 3\n  + 4)\ny = 5 5", &["$", "5"]),
        ("x = (1 + 2\ny = 3\nz = 4 4", &["(", "4"]),
        ("x = 1 : voltt\n$\n\n# comment (\ny = = 2", &["voltt", "$", "="]),
        // Names: each unknown one once.
        ("tua*dv/dt = -v\ndw/dt = -w/tua\nx = uu", &["tua", "uu"]),
        ("exp2 = 3\npi = 2\nxi = 3\nexp2 = 4", &["pi", "xi", "exp2"]),
        // Units: a line that is wrong makes no other wrong.
        ("tau*dv/dt = EL - v + I\nx = v + 2*mV\ny = I + EL\nz = x + tau", &["I", "EL", "tau"]),
        ("tau*dv/dt = EL - v\nx = sin(v)\ny = exp(x)", &["v"]),
    ] {
        assert_eq!(carets(&given, text), wrong, "{text}");
    }
    let many: String = (0..50).map(|k| format!("x{k} = $\n")).collect();
    assert_eq!(carets(&[], &many).len(), 10);
    let many: String = (0..50).map(|k| format!("x{k} = u{k}\n")).collect();
    assert_eq!(carets(&[], &many).len(), 10);
    let many: String = (0..50).map(|k| format!("x{k} = {k}*mV + 1*nA\n")).collect();
    assert_eq!(carets(&[], &many).len(), 10);
}
