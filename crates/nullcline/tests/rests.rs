//! Fixed points of nonlinear models, against systems whose complete set is known.

use nullcline::model::{MemoryFolder, Model};
use nullcline::study::Study;
use nullcline::walk::{Options, build, examine};
use std::ops::ControlFlow;

fn study(text: &str, simulate: bool) -> Study {
    let model = Model::parse("model.toml", text, &MemoryFolder::default())
        .unwrap_or_else(|e| panic!("{:?}", miette::Report::new(e)));
    let built = build(&model).expect("a network");
    let options = Options { simulate, full: false };
    examine(&model, &built, options, &|_| ControlFlow::Continue(())).expect("a study")
}

fn gallery(name: &str, simulate: bool) -> Study {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../models/{name}.toml"));
    study(&std::fs::read_to_string(path).expect("the gallery has this model"), simulate)
}

#[test]
fn the_flip_flop_has_all_its_twenty_seven_points() {
    // Three switches seen through a rotation: each rests at 0 or at +-s, s = tanh(2 s).
    let s = 0.957_504_024_077_268_7_f64;
    let rests = gallery("flip_flop", false).rests.expect("a search");
    assert_eq!(rests.points.len(), 27);
    assert!(rests.points.iter().all(|p| p.certified && p.residual < 1e-10));
    let unstable = |k: usize| rests.points.iter().filter(|p| p.unstable == k).count();
    assert_eq!([0, 1, 2, 3].map(unstable), [8, 12, 6, 1]);
    for point in &rests.points {
        let norm2: f64 = point.x.iter().map(|v| v * v).sum();
        let on = (3 - point.unstable) as f64;
        assert!((norm2 - on * s * s).abs() < 1e-12, "{:?}", point.x);
    }
    assert!(rests.slow.is_empty() && rests.singular.is_empty() && rests.missed.points == 0.0);
}

#[test]
fn the_three_rests_of_lorenz_are_found_without_a_run() {
    let rests = gallery("lorenz", false).rests.expect("a search");
    assert_eq!(rests.points.len(), 3, "{:?}", rests.points);
    let c = (8.0_f64 / 3.0 * 27.0).sqrt();
    let found = |x: [f64; 3]| {
        let near = |p: &&nullcline::study::Point| p.x.iter().zip(x).all(|(a, b)| (a - b).abs() < 1e-9);
        rests.points.iter().filter(near).count() == 1
    };
    assert!(found([0.0; 3]) && found([c, c, 27.0]) && found([-c, -c, 27.0]));
}

#[test]
fn two_rates_that_inhibit_each_other_are_a_line_without_drift() {
    for simulate in [false, true] {
        let study = gallery("line_attractor", simulate);
        let rests = study.rests.expect("a search");
        assert!(rests.points.is_empty() && rests.singular.is_empty(), "{:?}", rests.points);
        let [set] = rests.attractors.as_slice() else { panic!("one line: {:?}", rests.attractors.len()) };
        assert_eq!((set.shape.name(), set.dimension, set.is_fixed), ("line", 1, true));
        // In units of 1/s; the eigenvalue beside it is -2/tau = -20.
        assert!(
            set.largest_drift < 1e-12 && (set.decay - 20.0).abs() < 1e-9,
            "{} {}",
            set.largest_drift,
            set.decay
        );
        // It reaches from (1, 0) to (0, 1).
        assert!((set.length - 2.0_f64.sqrt()).abs() < 0.02, "{}", set.length);
        assert!(set.points.iter().all(|x| (x[0] + x[1] - 1.0).abs() < 1e-12));
    }
}

#[test]
fn a_ring_of_bumps_is_a_ring() {
    let rests = gallery("ring_attractor", false).rests.expect("a search");
    let [set] = rests.attractors.as_slice() else { panic!("one ring: {:?}", rests.attractors.len()) };
    assert_eq!((set.shape.name(), set.dimension, set.is_fixed), ("ring", 1, true));
    // 80 samples of the bump: its Fourier coefficients beyond are below rounding, and so is the drift.
    assert!(set.largest_drift < 1e-9 && set.decay > 0.0);
    assert_eq!(rests.points.len(), 1);
    assert_eq!(rests.points[0].unstable, 2);
}

#[test]
fn the_ghost_of_two_fixed_points_is_a_slow_point() {
    // dx/dt = x^2 + 1/100: the speed is smallest at 0, and 1/100 there.
    let text = "format = 1\n[populations.cell]\nn = 1\neq = \"\"\"\ndx/dt = x^2 + 0.01\ndy/dt = -y\n\"\"\"\ninit = { x = 0.3, y = 0.1 }\n";
    let study = study(text, false);
    let rests = study.rests.as_ref().expect("a search");
    assert!(study.linear.is_empty() && rests.points.is_empty());
    let [(x, speed)] = rests.slow.as_slice() else { panic!("one slow point: {:?}", rests.slow) };
    assert!(x.iter().all(|v| v.abs() < 1e-6) && (speed - 0.01).abs() < 1e-12, "{x:?} {speed}");
}
