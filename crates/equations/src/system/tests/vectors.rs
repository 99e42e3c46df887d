//! Lengths: where they come from, and where two of them clash.

use super::*;

fn matrix(n: &str, rows: usize, cols: usize) -> Name {
    name(n, "1", NameKind::Matrix { rows, cols })
}

fn per_unit(n: &str, unit: &str, len: usize) -> Name {
    name(n, unit, NameKind::Parameter { len })
}

fn given() -> Vec<Name> {
    vec![
        parameter("tau", "s"),
        parameter("a", "1"),
        per_unit("p", "1", 3),
        name("u", "1", NameKind::Input { len: 2 }),
        matrix("M", 2, 2),
        matrix("W", 2, 3),
        matrix("B", 3, 2),
        name("G", "nS", NameKind::Matrix { rows: 2, cols: 2 }),
    ]
}

fn lengths(text: &str) -> Vec<(String, usize)> {
    let s = read(&given(), text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
    let states = s.states.iter().map(|x| (x.name.clone(), x.len));
    states.chain(s.definitions.iter().map(|x| (x.name.clone(), x.len))).collect()
}

#[test]
fn lengths_follow_from_products_parameters_and_inputs() {
    for (text, expected) in [
        ("tau*dv/dt = -v + M@v", vec![("v", 2)]),
        ("tau*dv/dt = -v + u", vec![("v", 2)]),
        ("tau*dv/dt = -v + p", vec![("v", 3)]),
        ("p*tau*dv/dt = -v", vec![("v", 3)]),
        ("tau*dv/dt = -v + a", vec![("v", 1)]),
        // Forward through a definition, and back through one.
        ("tau*dv/dt = -v + r\nr = tanh(q)\nq = M@v", vec![("v", 2), ("r", 2), ("q", 2)]),
        ("tau*dv/dt = -v + W@r\nr = relu(w)\ntau*dw/dt = -w", vec![("v", 2), ("w", 3), ("r", 3)]),
        // A chain of states.
        ("tau*dx/dt = y\ntau*dy/dt = z\ntau*dz/dt = p", vec![("x", 3), ("y", 3), ("z", 3)]),
        ("tau*dv/dt = W@B@v", vec![("v", 2)]),
        ("tau*dv/dt = -a*M@v/2", vec![("v", 2)]),
        ("tau*dv/dt = B@(a*u) - v", vec![("v", 3)]),
    ] {
        let expected: Vec<(String, usize)> = expected.into_iter().map(|(n, l)| (n.to_owned(), l)).collect();
        assert_eq!(lengths(text), expected, "{text}");
    }
}

#[test]
fn a_product_is_that_of_the_matrix() {
    let m = vec![vec![1.0, 2.0], vec![3.0, 4.0]];
    let w = vec![vec![1.0, 0.0, 2.0], vec![0.0, 1.0, 0.0]];
    let b = vec![vec![1.0, 1.0], vec![0.0, 2.0], vec![5.0, 0.0]];
    let values = Values {
        states: vec![vec![5.0, -1.0]],
        parameters: vec![vec![0.5], vec![3.0], vec![1.0, 2.0, 3.0]],
        inputs: vec![vec![7.0, 8.0]],
        matrices: vec![m, w, b],
        ..Values::default()
    };
    for (text, expected) in [
        ("tau*dv/dt = M@v", [6.0, 22.0]),
        ("tau*dv/dt = -v + M@v", [-4.0, 24.0]),
        ("tau*dv/dt = -a*M@v/2 + u", [5.0, -17.0]),
        ("tau*dv/dt = W@p", [14.0, 4.0]),
        ("tau*dv/dt = W@B@v", [108.0, -4.0]),
        ("tau*dv/dt = W@(B@v)", [108.0, -4.0]),
    ] {
        let s = read(&given()[..7], text).unwrap();
        assert_eq!(evaluate(&s.graph, s.states[0].rate, &values), expected, "{text}");
    }
}

#[test]
fn the_unit_of_a_matrix_goes_into_its_product() {
    let s = read(&given(), "c*dv/dt = G@v - 2*nA\nc = 5*pF").unwrap();
    assert_eq!(s.states[0].dimension, dimension("V"));
    let e = refused(&given(), "tau*dv/dt = G@v - v : volt");
    assert_eq!(e.message, "`-` needs equal units, not a current (A) and a voltage (V)");
}

#[test]
fn a_section_of_n_units_has_states_of_n() {
    let texts = ["tau*dv/dt = -v + E.x*p", "dw/dt = W@v/tau"];
    let scope = Scope { time: None, names: given() };
    let e = Section { name: "E", texts: &["tau*dx/dt = -x"], ..Section::default() };
    let cells = Section { name: "I", length: Some(3), texts: &texts, ..Section::default() };
    let error = Equations::parse(&[e, cells], &scope).unwrap_err();
    assert_eq!(error.message, "`w` has 3 units, and its rate has 2");
    assert_eq!((error.place.section, error.place.text), (1, Some(1)));
    let cells = Section { texts: &texts[..1], ..cells };
    let s = Equations::parse(&[e, cells], &scope).unwrap();
    assert_eq!((s.states[0].len, s.states[1].len), (1, 3));
    let values = Values {
        states: vec![vec![2.0], vec![1.0, 2.0, 3.0]],
        parameters: vec![vec![1.0], vec![0.0], vec![1.0, 2.0, 3.0]],
        ..Values::default()
    };
    assert_eq!(evaluate(&s.graph, s.states[1].rate, &values), [1.0, 2.0, 3.0]);
}

#[test]
fn names_of_a_section_come_before_those_of_all() {
    let own = [per_unit("a", "1", 2)];
    let one = Section { name: "one", texts: &["dx/dt = a"], names: &own, ..Section::default() };
    let two = Section { name: "two", texts: &["dy/dt = a + one.a"], ..Section::default() };
    let s = Equations::parse(&[one, two], &Scope { time: None, names: vec![parameter("a", "1")] }).unwrap();
    assert_eq!((s.states[0].len, s.states[1].len), (2, 2));
    let values = Values { parameters: vec![vec![1.0], vec![10.0, 20.0]], ..Values::default() };
    assert_eq!(evaluate(&s.graph, s.states[1].rate, &values), [11.0, 21.0]);
    let sections: Vec<Option<usize>> = s.parameters.iter().map(|p| p.section).collect();
    assert_eq!(sections, [None, Some(0)]);
}

#[test]
fn a_jump_sets_one_value_or_one_for_each_unit() {
    let mut s = read(&given(), "tau*dv/dt = -v + p").unwrap();
    let jump = s.assignments(0, "v += 2*p").unwrap();
    let values = Values {
        states: vec![vec![1.0; 3]],
        parameters: vec![vec![1.0], vec![1.0], vec![1.0, 2.0, 3.0]],
        ..Values::default()
    };
    assert_eq!(evaluate(&s.graph, jump[0].1, &values), [3.0, 5.0, 7.0]);
    assert_eq!(s.assignments(0, "v = 0").unwrap().len(), 1);
    assert_eq!(s.assignments(0, "v = u").unwrap_err().message, "`v` has 3 units, and this has 2");
    let e = s.condition(0, "v > u").unwrap_err();
    assert_eq!(e.message, "vectors of lengths 3 and 2 stand together here");
}

#[test]
fn lengths_that_clash_are_both_told_with_their_origin() {
    for (text, message, labels) in [
        (
            "x = p + u",
            "vectors of lengths 3 and 2 stand together here",
            ["length 3: `p` has 3 values", "length 2: `u` has 2 values"],
        ),
        (
            "tau*dv/dt = -v + M@v + p",
            "`M` has 2 columns, and `v` has 3 units",
            ["2 rows, 2 columns", "length 3: `v` has 3 units"],
        ),
        (
            "x = exp(p)*(M@u)",
            "vectors of lengths 3 and 2 stand together here",
            ["length 3: `p` has 3 values", "length 2: `u` has 2 values"],
        ),
        (
            "x = M@p",
            "`M` has 2 columns, and `p` has 3 units",
            ["2 rows, 2 columns", "length 3: `p` has 3 values"],
        ),
        ("x = M@2", "`M` has 2 columns, and `2` has 1 units", ["2 rows, 2 columns", "length 1"]),
        ("x = W@M@u", "`W` has 3 columns, and `M` has 2 rows", ["2 rows, 3 columns", "2 rows"]),
    ] {
        let e = refused(&given(), text);
        assert_eq!(e.message, message, "{text}");
        assert_eq!(e.labels.iter().map(|l| l.1.as_str()).collect::<Vec<_>>(), labels, "{text}");
        assert!(e.hint.is_some(), "{text}");
    }
}

#[test]
fn a_matrix_multiplies_vectors_and_does_nothing_else() {
    for (text, message) in [
        ("x = a@u", "`a` is a number, and `@` multiplies by a matrix"),
        ("x = u@u", "`u` is a vector, and `@` multiplies by a matrix"),
        ("x = u@M", "`u` is a vector, and `@` multiplies by a matrix"),
        ("x = 2@3", "`2` is a number, and `@` multiplies by a matrix"),
        ("x = M", "`M` is a matrix and stands alone here"),
        ("x = M + 1", "`M` is a matrix and stands alone here"),
        ("x = exp(M)", "`M` is a matrix and stands alone here"),
        ("x = M^2", "`M` is a matrix and stands alone here"),
        ("x = 1/M", "`*` and `/` do not combine matrices"),
        ("x = M*M", "`*` and `/` do not combine matrices"),
        ("x = M*u", "the matrix `M` and the vector `u` are joined by `*`"),
        ("x = p*B@u", "the matrix `B` and the vector `p` are joined by `*`"),
        ("x = M(2)", "`M` is a number, not a function"),
        ("x = M/0", "this is always zero, and the line divides by it"),
    ] {
        let e = refused(&given(), text);
        assert_eq!(e.message, message, "{text}");
        assert!(e.hint.is_some() || text.contains("/0"), "{text}");
    }
}
