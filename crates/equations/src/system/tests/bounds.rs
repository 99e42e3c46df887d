//! Whatever the text, an answer comes in bounded time.

use super::*;
use proptest::prelude::*;

fn refused_at_once(texts: &[&str]) -> EquationError {
    Equations::parse(&[Section { name: "a", texts, ..Section::default() }], &Scope::default()).unwrap_err()
}

#[test]
fn brackets_ten_thousand_deep_are_refused() {
    for text in [
        format!("x = {}", "(".repeat(10_000)),
        format!("x = {}1{}", "(".repeat(10_000), ")".repeat(10_000)),
        format!("x = {}1", "-".repeat(100_000)),
        "dv/dt*(".repeat(10_000),
        format!("x = {}", "not ".repeat(10_000)),
    ] {
        let e = refused_at_once(&[&text]);
        assert!(
            e.message.contains("nested too deeply") || e.message.contains("is expected"),
            "{}",
            e.message
        );
    }
    let e = refused_at_once(&[&format!("x = 1{}", ")".repeat(10_000))]);
    assert_eq!(e.message, "this bracket was never opened");
}

#[test]
fn a_megabyte_of_text_is_read_or_refused() {
    let long = format!("x = {}1", "1+".repeat(40_000));
    let s = read(&[], &long).unwrap();
    assert_eq!(s.graph.as_constant(s.definitions[0].node), Some(40_001.0));
    for text in [
        " ".repeat(2_000_000),
        format!("x = {}1", "1+".repeat(200_000)),
        format!("# {}", "a".repeat(900_000)),
        "x".repeat(1_000_000),
        format!("y = {}", "x".repeat(1_000_000)),
        format!("x = 1\ny = {}", "x".repeat(150)),
        "x = 1\n".repeat(150_000),
        "\n".repeat(1_000_000),
        format!("x = 1 : {}", "m".repeat(900_000)),
        format!("x = {}", "9".repeat(1_000_000)),
    ] {
        assert!(read(&[], &text).is_err());
    }
    let half = format!("a = {}1\n", "1+".repeat(30_000));
    let other = half.replace('a', "b");
    assert!(refused_at_once(&[&half, &other, &half.replace('a', "c")]).message.contains("megabyte"));
}

/// Systems made to be costly for one pass each.
#[test]
fn systems_made_to_be_costly_end() {
    let n = 20_000;
    let lines = |f: &dyn Fn(usize) -> String| (0..n).map(f).collect::<String>();
    // Chains of definitions and of states, in both directions.
    for text in [
        lines(&|k| format!("a{} = a{k} + 1\n", k + 1)) + "a0 = 1",
        lines(&|k| format!("a{k} = a{} + 1\n", k + 1)) + &format!("a{n} = 1"),
        lines(&|k| format!("da{k}/dt = a{}\n", k + 1)) + &format!("da{n}/dt = p"),
        lines(&|k| format!("da{}/dt = a{k}\n", k + 1)) + "da0/dt = p",
    ] {
        let p = name("p", "1", NameKind::Parameter { len: 3 });
        let s = timed(Some(Dimension::NONE), &[p], &text)
            .unwrap_or_else(|e| panic!("{} {}", &text[..40], e.message));
        assert!(s.states.iter().all(|x| x.len == 3));
    }
    let circle = lines(&|k| format!("a{k} = a{}\n", (k + 1) % n));
    assert!(refused_at_once(&[&circle]).message.contains("circle"));
    // Noises in every line; unknown units that hang together; one delay a line.
    let noises: String = (0..1000).map(|k| format!("+ xi_{k}")).collect();
    let dense =
        format!("n = 0 {noises}\n") + &(0..3000).map(|k| format!("dx{k}/dt = n\n")).collect::<String>();
    assert!(read(&[], &dense).is_err());
    assert!(read(&[], &format!("dx/dt = 0 {noises} + xi_z")).is_err());
    let product: String = (0..400).map(|k| format!("*p{k}^{}", k % 7 + 1)).collect();
    let names: Vec<Name> = (0..400).map(|k| parameter(&format!("p{k}"), "?")).collect();
    let _ = read(&names, &(0..200).map(|k| format!("d{k} = 1{product}*p{k}\n")).collect::<String>());
    let delays: String = (0..5000).map(|k| format!("+ x(t - {k}.5)")).collect();
    assert!(read(&[], &format!("dx/dt = x {delays}")).unwrap_err().message.contains("1000 delays"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_text_panics(text in "\\PC{0,60}") {
        let _ = read(&[], &text);
    }

    #[test]
    fn no_string_of_pieces_of_equations_panics(
        text in "(dv/dt|dw/dt|v|w|p|M|I|tau|xi|xi_a|t|[0-9]|\\.|e|[-+*/^(),<>=@:;#\n ]|==|\\+=| ms| mV|sin\\(|where\\(|v\\(t-|and|or|not|E\\.v| = ){0,40}"
    ) {
        let given = [
            parameter("tau", "ms"),
            parameter("p", "?"),
            name("I", "nA", NameKind::Input { len: 2 }),
            name("M", "1", NameKind::Matrix { rows: 2, cols: 2 }),
        ];
        if let Err(e) = read(&given, &text) {
            prop_assert!(text.get(e.place.span.clone()).is_some(), "{:?}", e);
            prop_assert!(!e.message.is_empty());
        }
        let mut s = read(&given, "tau*dv/dt = -v + M@v\ndw/dt = -w/tau + xi/sqrt(tau)\nx = v").unwrap_or_else(|e| panic!("{e}"));
        let _ = (s.expression(0, &text), s.condition(0, &text), s.assignments(0, &text));
    }
}
