//! Every method by its name in a model file, every input through a linear run, every promise of a noisy one.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use nullcline::dynamics::simulate::{Trajectory, Verdict, unwatched};
use nullcline::gallery;
use nullcline::model::{MemoryFolder, Model};
use nullcline::study::Study;
use nullcline::walk::{Options, build, examine};

fn study_with(text: &str, files: &[(&str, &str)]) -> Result<Study, String> {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    let model = Model::parse("test.toml", text, &MemoryFolder { files })
        .map_err(|e| format!("{:?}", miette::Report::new(e)))?;
    let built = build(&model).map_err(|e| e.to_string())?;
    examine(&model, &built, Options { simulate: true, full: false }, &unwatched).map_err(|e| e.to_string())
}

fn study(text: &str) -> Study {
    study_with(text, &[]).unwrap()
}

fn run(text: &str) -> Trajectory {
    study(text).simulation.unwrap().trajectory
}

fn end(run: &Trajectory) -> &[f64] {
    run.x.column(run.x.cols() - 1)
}

/// Three tanh units driven by a sine; SciPy's DOP853 at 1e-13 gives the end.
fn network(method: &str) -> String {
    format!(
        r#"
format = 1
[populations.v]
n = 3
unit = "rate"
tau = 1
transfer = "tanh"
init = [0.5, -0.2, 0.8]
[matrices]
M = {{ value = [[1.2, -2, 0.3], [1.7, 0.4, -0.5], [0.2, 0.6, -0.3]], axes = ["post", "pre"] }}
[[connect]]
from = "v"
to = "v"
matrix = "M"
[inputs.u]
to = "v"
sine = {{ amplitude = 0.3, frequency = 0.2 }}
[run]
t = [0, 10]
{method}
"#
    )
}

#[test]
fn every_method_by_its_name_ends_where_scipy_does_and_knows_its_error() {
    let truth = [0.187_376_793_490_717_2, 0.006_334_527_494_552_945, -0.164_925_817_587_000_2];
    for (method, name, tolerance) in [
        ("", "tsit5", 1e-6),
        ("method = \"auto\"", "tsit5", 1e-6),
        ("method = \"euler\"\ndt = 0.01", "euler", 1e-2),
        ("method = \"heun\"\ndt = 0.01", "heun", 1e-4),
        ("method = \"rk4\"\ndt = 0.01", "rk4", 1e-8),
        ("method = \"bs32\"", "bs32", 1e-5),
        ("method = \"dopri5\"", "dopri5", 1e-6),
        ("method = \"ode45\"", "dopri5", 1e-6),
        ("method = \"tsit5\"", "tsit5", 1e-6),
        ("method = \"dop853\"", "dop853", 1e-6),
        ("method = \"dop853\"\nrtol = 1e-11\natol = 1e-12", "dop853", 1e-10),
    ] {
        let run = run(&network(method));
        assert_eq!((run.method.as_str(), &run.verdict), (name, &Verdict::Completed));
        let error = end(&run).iter().zip(truth).map(|(x, t)| (x - t).powi(2)).sum::<f64>().sqrt();
        assert!(error < tolerance, "{name}: {error:e}");
        let ratio = run.error.value.unwrap() / error;
        assert!(ratio > 0.1 && ratio < 10.0, "{name}: {ratio}");
        assert_eq!(
            run.reason.to_lowercase().contains("auto"),
            !method.contains("method") || method.contains("auto")
        );
    }
    for (method, word) in [("expm", "linear systems only"), ("euler_maruyama", "with noise")] {
        let message = study_with(&network(&format!("method = \"{method}\"")), &[]).err().unwrap();
        assert!(message.contains(word) && message.contains("auto"), "{message}");
    }
}

#[test]
fn auto_says_what_it_chose_and_why() {
    for (name, word) in [("tornado", "expm: the system is linear"), ("wilson_cowan", "tsit5")] {
        let found = run(gallery::find(name).unwrap().text);
        assert!(found.reason.contains(word), "{}", found.reason);
    }
}

#[test]
fn the_impulse_through_two_integrators_is_a_ramp_and_with_leaks_it_peaks_at_t() {
    let ramp = run(gallery::find("ramp").unwrap().text);
    // The pulse of area 1 ends at t = 0.5, its center is at 0.25: v2 = t - 0.25 from then on.
    for (k, &t) in ramp.t.iter().enumerate().filter(|(_, t)| **t >= 0.5) {
        assert!((ramp.x[(0, k)] - 1.0).abs() < 1e-14 && (ramp.x[(1, k)] - (t - 0.25)).abs() < 1e-13);
    }
    assert!((end(&ramp)[1] - 3.0).abs() < 1e-14);
    // An impulse at t = 0 is the initial state (1, 0): (1, 3) at t = 3.
    let impulse = |leak: f64, until: f64| {
        run(&format!(
            "format = 1\n[linear]\nA = [[{0}, 0], [1, {0}]]\nx0 = [1, 0]\n[run]\nt = [0, {until}]\n\
             record = {{ every = 0.01 }}\n",
            -leak
        ))
    };
    let there = impulse(0.0, 3.0);
    assert!(end(&there)[0] == 1.0 && (end(&there)[1] - 3.0).abs() < 1e-13, "{:?}", end(&there));
    let leaky_time = 2.0;
    let leaky = impulse(1.0 / leaky_time, 8.0);
    let mut best = 0;
    for (k, &t) in leaky.t.iter().enumerate() {
        assert!((leaky.x[(1, k)] - t * (-t / leaky_time).exp()).abs() < 1e-14);
        best = if leaky.x[(1, k)] > leaky.x[(1, best)] { k } else { best };
    }
    assert!((leaky.t[best] - leaky_time).abs() < 0.011, "{}", leaky.t[best]);
}

#[test]
fn steps_pulses_ramps_and_sines_are_exact_in_linear_runs() {
    // dx/dt = -x + u: each response has a closed form.
    let response = |input: &str| {
        let text = format!(
            "format = 1\n[linear]\nA = [[-1]]\nB = [[1]]\nx0 = [0]\n[inputs.u]\n{input}\n[run]\nt = [0, 5]\nrecord = {{ every = 0.1 }}\n"
        );
        run(&text)
    };
    let after = |t: f64, onset: f64| (t - onset).max(0.0);
    let step = |t: f64, onset: f64| 1.0 - (-after(t, onset)).exp();
    let ramp = |t: f64, onset: f64| after(t, onset) - step(t, onset);
    let w = std::f64::consts::TAU * 0.3;
    let sine = |t: f64| ((w * t).sin() - w * (w * t).cos() + w * (-t).exp()) / (1.0 + w * w);
    type Form<'a> = &'a dyn Fn(f64) -> f64;
    let cases: [(&str, Form<'_>); 5] = [
        ("constant = 2", &|t| 2.0 * step(t, 0.0)),
        ("step = { onset = 0.73, value = 2 }", &|t| 2.0 * step(t, 0.73)),
        ("pulse = { onset = 0.73, width = 1.11, amplitude = 3 }", &|t| {
            3.0 * (step(t, 0.73) - step(t, 0.73 + 1.11))
        }),
        ("ramp = { onset = 0.73, slope = 2 }", &|t| 2.0 * ramp(t, 0.73)),
        ("sine = { amplitude = 1, frequency = 0.3 }", &sine),
    ];
    for (input, form) in cases {
        let run = response(input);
        assert_eq!(run.method, "expm");
        for (k, &t) in run.t.iter().enumerate() {
            assert!((run.x[(0, k)] - form(t)).abs() < 1e-13, "{input} at {t}: {} {}", run.x[(0, k)], form(t));
        }
    }
}

#[test]
fn a_column_of_a_file_drives_a_run() {
    let text = "format = 1\n[linear]\nA = [[0]]\nB = [[1]]\nx0 = [0]\n[inputs.u]\ncolumn = { file = \"u.csv\", time = \"t\", column = \"b\" }\n\
                [run]\nt = [0, 4]\n";
    let files = [("u.csv", "t,a,b\n0,9,0\n1,9,2\n3,9,2\n4,9,0\n")];
    let found = study_with(text, &files).unwrap().simulation.unwrap().trajectory;
    // The area under the trapezoid.
    assert!((end(&found)[0] - 6.0).abs() < 1e-12, "{:?}", end(&found));
}

#[test]
fn divergence_stops_within_one_interval_and_names_variable_time_and_cause() {
    let text = "format = 1\n[linear]\nA = [[-1, 0], [0, 100]]\nx0 = [1, 1]\n[run]\nt = [0, 20]\nrecord = { every = 0.1 }\n";
    for method in ["auto\"", "tsit5\"", "rk4\"\ndt = 0.001", "dop853\"", "bs32\"", "heun\"\ndt = 0.001"] {
        let found = run(&format!("{text}method = \"{method}\n"));
        let Verdict::Diverged { time, variable, cause, .. } = &found.verdict else {
            panic!("{:?}", found.verdict)
        };
        assert_eq!(*variable, 1, "{method}");
        let last = found.t[found.t.len() - 1];
        assert!(*time - last <= 0.1 + 1e-9 && *time >= last, "{method}: {time} {last}");
        assert!(cause.contains("unstable"), "{method}: {cause}");
        assert!(found.error.value.is_none() && found.x.is_finite());
    }
}

#[test]
fn theory_and_simulation_of_a_noisy_network_agree() {
    let found = study(gallery::find("noise_driven").unwrap().text).fluctuations.unwrap();
    // SciPy's solution of the Lyapunov equation of (E, I, and their two noises).
    for (place, truth) in [
        ((0, 0), 0.747_967_479_674_796_4),
        ((0, 1), 0.308_943_089_430_894_16),
        ((1, 1), 0.211_382_113_821_138),
    ] {
        assert!((found.theory[place] / truth - 1.0).abs() < 1e-10, "{place:?}: {}", found.theory[place]);
        assert!((found.simulated[place] / truth - 1.0).abs() < 0.1, "{place:?}: {}", found.simulated[place]);
    }
    let pairs = || found.spectrum.iter().zip(&found.spectrum_simulated).filter(|(_, s)| s.is_finite());
    let mean = pairs().map(|(t, s)| (s / t).ln()).sum::<f64>() / pairs().count() as f64;
    assert!(mean.abs() < 0.1 && pairs().count() > 40, "{mean}");
}

#[test]
fn the_principal_components_stand_beside_the_modes() {
    // Two decaying modes along (1, 1) and (1, -1): the slow and large one is the first component.
    let found = study("format = 1\n[linear]\nA = [[-1, 0.9], [0.9, -1]]\nx0 = [2, 1]\n[run]\nt = [0, 30]\n");
    let components = found.components.unwrap();
    let first = components.directions.column(0);
    assert!((first[0].abs() - 0.5f64.sqrt()).abs() < 0.1 && first[0] * first[1] > 0.0, "{first:?}");
    assert!(components.variance[0] > 0.95);
}
