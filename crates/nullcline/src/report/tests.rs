//! The findings and the story against what users were promised.

use super::{Paragraph, analysis_json, findings, fixture, plain_text, story};
use dynamics::analyze::{FixedPointSet, StabilityVerdict};
use linalg::Matrix;
use serde_json::{Value, json};

fn told(study: &crate::study::Study) -> String {
    let text = plain_text(&story(study), 100);
    for line in text.lines() {
        assert!(line.chars().count() <= 100, "too wide: {line}");
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_improper_node_gives_the_promised_json() {
    let found = analysis_json(&fixture::improper_node());
    assert_eq!(
        keys(&found)[..9],
        [
            "dimension",
            "eigenvalues",
            "time_constants",
            "frequencies",
            "stability",
            "planar",
            "eigenvectors",
            "fixed_points",
            "non_normality"
        ]
    );
    assert_eq!(found["dimension"], json!(2));
    assert_eq!(found["eigenvalues"], json!([[3.0, 0.0], [3.0, 0.0]]));
    assert_eq!(found["frequencies"], json!([0.0, 0.0]));
    assert_eq!(found["stability"]["verdict"], "unstable");
    assert_eq!(found["stability"]["spectral_abscissa"], json!(3.0));
    assert_eq!(found["stability"]["distance_to_instability"], Value::Null);
    assert_eq!(
        serde_json::to_string(&found["planar"]).unwrap(),
        r#"{"type":"improper node","stability":"unstable","rotation":null,"trace":6.0,"determinant":9.0,"discriminant":0.0,"margin":0.0,"neighbors":["node","spiral"],"within_rounding":false}"#
    );
    assert_eq!(
        found["eigenvectors"],
        json!({"verdict": "defective", "condition": null, "orthonormal": false})
    );
    let fixed = &found["fixed_points"];
    assert_eq!(fixed["verdict"], "unique");
    assert_eq!(
        (&fixed["dimension"], &fixed["point"], &fixed["directions"]),
        (&json!(0), &json!([0.0, 0.0]), &json!([]))
    );
    assert_eq!(
        serde_json::to_string(&found["non_normality"]).unwrap(),
        r#"{"numerical_abscissa":3.5,"henrici":1.0,"max_amplification":null,"kreiss":null}"#
    );
}

#[test]
fn the_findings_of_the_tornado_hold_its_promised_keys() {
    let found = findings(&fixture::tornado());
    assert_eq!(
        keys(&found),
        [
            "nullcline",
            "model",
            "simulation",
            "linear",
            "symmetry",
            "components",
            "fluctuations",
            "expect",
            "notes"
        ]
    );
    assert_eq!(keys(&found["model"]), ["name", "sha256", "seed"]);
    let run = &found["simulation"];
    assert_eq!((&run["verdict"], &run["duration"]), (&json!("completed"), &json!(30.0)));
    assert_eq!(keys(&run["final"]), ["x1", "x2", "x3"]);
    assert!((run["final"]["x1"].as_f64().unwrap() - 4.035_143_017_690_633).abs() < 1e-9);
    assert_eq!(found["expect"][0]["pass"], true);
    assert_eq!(found["expect"][0]["expected"][0], json!(4.035143017691));
    assert_eq!(found["linear"]["dimension"], 3);
}

#[test]
fn the_tornado_is_told_as_a_teacher_would() {
    let text = told(&fixture::tornado());
    let sentence = "One pair of modes grows by e every 28.6 time units while it turns clockwise once per 0.598; the third \
                    grows by e every 12.5: a tornado.";
    assert!(text.contains(sentence), "{text}");
    assert!(text.contains("real and the imaginary part of one complex eigenvector"), "{text}");
    assert!(text.contains("c = V^H x0"), "{text}");
    assert!(text.contains("1 of 1 hold"), "{text}");
}

#[test]
fn a_defective_matrix_is_not_computed_through_its_eigenvectors() {
    let text = told(&fixture::improper_node());
    assert!(text.contains("an unstable improper node"), "{text}");
    assert!(text.contains("margin 0"), "{text}");
    assert!(text.contains("makes it a node or a spiral"), "{text}");
    assert!(text.contains("defective and has no basis of eigenvectors"), "{text}");
}

#[test]
fn transient_growth_is_told_with_its_peak() {
    let text = told(&fixture::transient());
    assert!(text.contains("amplified 25 times (at t = 693 ms)"), "{text}");
    assert!(text.contains("not the same as being far from symmetric"), "{text}");
    assert!(
        text.contains("decays by e every 1 s; the other decays by e every 500 ms: a stable node"),
        "{text}"
    );
}

#[test]
fn a_drive_outside_the_range_leaves_no_fixed_point() {
    let mut a = fixture::analysis(&[(0.0, 0.0), (-1.0, 0.0)], StabilityVerdict::Stable);
    a.fixed_points.verdict = FixedPointSet::Empty;
    a.fixed_points.point = None;
    a.fixed_points.drift = Some(vec![2.0, 0.0]);
    a.fixed_points.drift_rate = Some(2.0);
    let study = fixture::bare("drift", Matrix::diagonal(&[0.0, -1.0]), a);
    let text = told(&study);
    assert!(text.contains("There is no fixed point"), "{text}");
    assert!(text.contains("drifts at the rate 2 per time unit along (2, 0)"), "{text}");
    let found = analysis_json(&study);
    assert_eq!(found["fixed_points"]["verdict"], "none");
    assert_eq!(found["fixed_points"]["drift_rate"], json!(2.0));
}

#[test]
fn a_defective_zero_grows_although_no_real_part_is_positive() {
    let a = fixture::analysis(&[(0.0, 0.0), (0.0, 0.0)], StabilityVerdict::Unstable);
    let text = told(&fixture::bare("two integrators", Matrix::from_rows(&[[0.0, 0.0], [1.0, 0.0]]), a));
    assert!(text.contains("grow without bound, like a power of time"), "{text}");
}

#[test]
fn the_eigenvalues_of_m_are_scaled_by_one_over_tau() {
    let m = Matrix::from_rows(&[[0.0, 0.99], [0.99, 0.0]]);
    let tau = 0.02;
    let a = Matrix::from_fn(2, 2, |i, j| (m[(i, j)] - f64::from(u8::from(i == j))) / tau);
    let analysis = fixture::analysis(&[(-0.5, 0.0), (-99.5, 0.0)], StabilityVerdict::AsymptoticallyStable);
    let mut study = fixture::bare("linear RNN", a, analysis);
    study.connectivity = Some(m);
    study.time_unit = "s";
    let text = told(&study);
    assert!(text.contains("here lambda(M) = 0.99 with tau = 20 ms gives -0.5/s"), "{text}");
    assert!(text.contains("decays by e every 2 s"), "{text}");
    assert!(text.contains("because all units share this one tau"), "{text}");
}

#[test]
fn the_linear_ring_is_a_plane_and_no_ring() {
    let n = 50;
    let angle = |k: usize| std::f64::consts::PI * k as f64 / n as f64;
    let m = Matrix::from_fn(n, n, |i, j| 2.0 / n as f64 * (angle(i) - angle(j)).cos());
    let a = Matrix::from_fn(n, n, |i, j| m[(i, j)] - f64::from(u8::from(i == j)));
    let mut spectrum = vec![(-1.0, 0.0); n];
    spectrum[0] = (0.0, 0.0);
    spectrum[1] = (0.0, 0.0);
    let mut analysis = fixture::analysis(&spectrum, StabilityVerdict::Stable);
    analysis.fixed_points.verdict = FixedPointSet::Affine;
    analysis.fixed_points.dimension = 2;
    let mut study = fixture::bare("linear ring", a, analysis);
    study.connectivity = Some(m);
    let text = told(&study);
    assert!(text.contains("ker M has dimension 48"), "{text}");
    assert!(text.contains("ker(M - I), of dimension 2"), "{text}");
    assert!(text.contains("a plane, not a ring"), "{text}");
    assert!(text.contains("its two ends inhibit each other"), "{text}");
}

#[test]
fn a_critical_point_of_a_nonlinear_system_is_undecided() {
    let a = fixture::analysis(&[(0.0, 1.0), (0.0, -1.0)], StabilityVerdict::Stable);
    let mut study = fixture::bare("center or not", Matrix::from_rows(&[[0.0, 1.0], [-1.0, 0.0]]), a);
    study.equation.linear = false;
    study.linear[0].point = Some(crate::study::Point::certified(vec![0.0, 0.0], 0.0));
    let found = findings(&study);
    assert_eq!(found["linear"][0]["stability"]["verdict"], "undecided by linearization");
    assert_eq!(keys(&found["linear"][0])[0], "fixed_point");
    assert!(told(&study).contains("does not decide its stability"));
}

#[test]
fn every_row_of_a_table_has_the_length_of_its_head() {
    for study in [fixture::tornado(), fixture::transient(), fixture::improper_node()] {
        for paragraph in story(&study) {
            if let Paragraph::Table { head, rows } = paragraph {
                assert!(rows.iter().all(|r| r.len() == head.len()));
            }
        }
    }
}

#[test]
fn a_cell_is_told_in_millivolts_and_never_in_volts() {
    let text = told(&fixture::cell());
    assert!(!text.contains("0.0") || !text.contains("-0.0"), "{text}");
    for part in [
        "V (mV)",
        "cell fired",
        "as even as a clock",
        "It oscillates with period 14.6",
        "V = -59.6 mV, m = 0.0975",
        "2 of 4 modes grow there",
        "different units",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    for part in ["Henrici", "condition number 2", "distance of"] {
        assert!(!text.contains(part), "{part}: {text}");
    }
    // The findings stay in SI units.
    let found = findings(&fixture::cell());
    assert!(found["simulation"]["final"]["V"].as_f64().unwrap().abs() < 0.1);
    assert_eq!(found["linear"][0]["fixed_point"]["x"][0], json!(-0.0596));
    assert_eq!(found["simulation"]["oscillation"]["verdict"], "oscillates");
}

#[test]
fn a_reset_keeps_the_state_from_its_fixed_point() {
    let text = told(&fixture::integrate_and_fire());
    assert!(text.contains("The flow alone would come to rest at the fixed point (v = -50 mV)"), "{text}");
    assert!(text.contains("a reset carries the state back"), "{text}");
    let mut silent = fixture::integrate_and_fire();
    silent.spikes[0].times.clear();
    silent.spikes[0].rate = 0.0;
    let text = told(&silent);
    assert!(text.contains("cell did not fire: its rate 0 counts the spikes of this run"), "{text}");
    assert!(text.contains("less than once in 100 ms"), "{text}");
}

#[test]
fn populations_and_trials_are_told() {
    let text = told(&fixture::populations());
    assert!(text.contains("The 80 units of E fired"), "{text}");
    assert!(text.contains("as irregular as a Poisson process"), "{text}");
    let text = told(&fixture::decision());
    for part in [
        "It was run 500 times for each of 6 values of coherence",
        "correct came first at coherence = 0 % in 50.4 % of the runs after 376 ms on average",
        "correct happened once, at t = 557 ms, and ended the run",
        "0.986 to 0.999",
        "time of error (ms)",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_limit_cycle_is_told_with_the_unstable_point_inside() {
    let a = fixture::analysis(&[(0.5, 0.866), (0.5, -0.866)], StabilityVerdict::Unstable);
    let mut study = fixture::bare("van der Pol", Matrix::from_rows(&[[0.0, 1.0], [-1.0, 1.0]]), a);
    study.equation.linear = false;
    study.linear[0].point = Some(crate::study::Point::certified(vec![0.0, 0.0], 0.0));
    study.oscillation = Some(crate::study::Oscillation {
        verdict: crate::study::Course::Oscillates,
        reason: String::new(),
        cycle: Some(crate::study::Cycle {
            timed: "maxima of x1".into(),
            period: 6.6633,
            spread: 1e-4,
            error: Some(2e-5),
            count: 6,
            lowest: vec![-2.01, -2.67],
            highest: vec![2.01, 2.67],
        }),
    });
    fixture::follow(&mut study, 0.1, 400, |t| vec![2.0 * t.cos(), 2.0 * t.sin()]);
    let text = told(&study);
    assert!(text.contains("It oscillates with period 6.6633 time units"), "{text}");
    assert!(
        text.contains("a limit cycle. In the plane every closed orbit surrounds a fixed point"),
        "{text}"
    );
    study.linear[0].analysis = fixture::analysis(&[(0.0, 1.0), (0.0, -1.0)], StabilityVerdict::Stable);
    assert!(told(&study).contains("one of many orbits of which the start chooses one"));
    study.linear[0].analysis =
        fixture::analysis(&[(-0.1, 1.0), (-0.1, -1.0)], StabilityVerdict::AsymptoticallyStable);
    assert!(told(&study).contains("(bistability)"));
}

#[test]
fn an_energy_rises_in_the_story_where_it_does_in_the_findings() {
    let a = fixture::analysis(&[(-1.0, 0.0)], StabilityVerdict::AsymptoticallyStable);
    let mut study = fixture::bare("one unit", Matrix::diagonal(&[-1.0]), a);
    fixture::follow(&mut study, 0.1, 3, |t| vec![(-t).exp()]);
    let symmetry = |rises| crate::study::Symmetry {
        reciprocity: None,
        asymmetry: 0.0,
        energy: Some(vec![1.0, 0.5, 0.5 + 1e-8, 0.4]),
        energy_rises: Some(rises),
    };
    study.symmetry = Some(symmetry(false));
    assert!(told(&study).contains("and never rose"));
    study.symmetry = Some(symmetry(true));
    assert!(told(&study).contains("but rose"));
    assert_eq!(findings(&study)["symmetry"]["energy"]["rises"], true);
}
