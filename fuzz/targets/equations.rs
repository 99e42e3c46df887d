//! Any text as a system of equations: read, checked, differentiated and evaluated, or refused with an error inside the text.

#![no_main]

use equations::{
    Binding, Dimension, Equations, Jacobian, Kernel, Name, NameKind, Node, Scope, Scratch, Section, Sources,
    Symbol, Value, linear_part,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // The first line is a condition and a jump; the rest the equations.
    let (first, body) = text.split_once('\n').unwrap_or(("", text));
    let (condition, jump) = first.split_once('|').unwrap_or((first, ""));
    let name = |name: &str, dimension, kind| Name { name: name.into(), dimension, kind };
    let names = vec![
        name("a", None, NameKind::Parameter { len: 1 }),
        name("tau", Some(Dimension::TIME), NameKind::Parameter { len: 1 }),
        name("b", Some(Dimension::NONE), NameKind::Parameter { len: 3 }),
        name("u", None, NameKind::Input { len: 1 }),
    ];
    let texts = [body];
    for length in [None, Some(3)] {
        let section = Section { name: "cell", length, texts: &texts, ..Section::default() };
        let scope = Scope { time: None, names: names.clone() };
        let mut system = match Equations::parse(&[section], &scope) {
            Ok(system) => system,
            Err(e) => {
                assert!(body.get(e.place.span.clone()).is_some() || e.place.text.is_none(), "{e:?}");
                continue;
            }
        };
        let _ = system.condition(0, condition);
        let _ = system.assignments(0, jump);
        let binding = Binding {
            states: system.states.iter().map(|s| s.len).collect(),
            parameters: vec![Value::Number(0.5), Value::Number(0.02), Value::PerUnit(vec![1.0, 2.0, 3.0])],
            inputs: vec![1],
            delayed: system.delays.iter().map(|d| system.states[d.state].len).collect(),
            noises: system.noises.iter().map(|n| n.len).collect(),
            matrices: Vec::new(),
        };
        let rates: Vec<Node> = system.states.iter().map(|s| s.rate).collect();
        let n: usize = binding.states.iter().sum();
        if n == 0 || n > 1000 {
            continue;
        }
        let delayed: usize = binding.delayed.iter().sum();
        let kernel = Kernel::with_lengths(&system.graph, &binding, &rates, &binding.states);
        let (x, past) = (vec![0.25; n], vec![0.5; delayed]);
        let sources =
            Sources { t: &[1.0], states: &x, inputs: &[0.1], delayed: &past, ..Sources::default() };
        let mut alone = vec![0.0; n];
        kernel.eval(&sources, 1, &mut alone, &mut Scratch::default());
        // A lane has the same bits in any company.
        let (t, x, u, past) = (vec![1.0; 70], vec![0.25; 70 * n], vec![0.1; 70], vec![0.5; 70 * delayed]);
        let sources = Sources { t: &t, states: &x, inputs: &u, delayed: &past, ..Sources::default() };
        let mut many = vec![0.0; 70 * n];
        kernel.eval(&sources, 70, &mut many, &mut Scratch::default());
        for (i, one) in alone.iter().enumerate() {
            for lane in &many[70 * i..70 * (i + 1)] {
                assert!(one.to_bits() == lane.to_bits() || one.is_nan() && lane.is_nan());
            }
        }
        if system.graph.len() < 2000 {
            let rows: Vec<(Node, usize)> = rates.iter().copied().zip(binding.states.iter().copied()).collect();
            let by: Vec<(Symbol, usize)> =
                binding.states.iter().enumerate().map(|(k, n)| (Symbol::State(k), *n)).collect();
            let _ = Jacobian::new(&mut system.graph.clone(), &binding, &rows, &by);
            let _ = linear_part(&mut system.graph, &binding, &rates);
        }
    }
});
