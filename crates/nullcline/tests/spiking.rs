//! Networks of spikes from model files: rates beside theory and beside the located spikes of single units, and what is refused.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use nullcline::dynamics::simulate::unwatched;
use nullcline::gallery::ENTRIES;
use nullcline::model::{MemoryFolder, Model, Source};
use nullcline::network::bytes_needed_by_equations;
use nullcline::study::Study;
use nullcline::walk::{Options, build, examine};

fn read(text: &str) -> Result<Model, nullcline::model::ModelError> {
    Model::parse("spikes.toml", text, &MemoryFolder::default())
}

fn run(text: &str) -> Study {
    let model = read(text).unwrap_or_else(|e| panic!("{:?}", miette::Report::new(e)));
    let built = build(&model).unwrap();
    let options = Options { simulate: true, full: false };
    examine(&model, &built, options, &unwatched).unwrap()
}

/// A model of one population; connected, a clock moves it.
fn cells(population: &str, end: &str, connected: Option<(&str, &str)>) -> String {
    let joined = connected.map_or(String::new(), |(dt, on_pre)| {
        format!("dt = \"{dt}\"\n[[connect]]\nfrom = \"cell\"\nto = \"cell\"\np = 0\n{on_pre}\n")
    });
    format!(
        "format = 1\nseed = 3\n[populations.cell]\n{population}\n[run]\nt = [\"0 ms\", \"{end}\"]\n{joined}"
    )
}

#[test]
fn a_clocked_unit_fires_as_often_as_one_whose_spikes_are_located() {
    let units = [
        (
            "n = 5\nunit = \"lif\"\nset = \"textbook\"\nparameters = { I = [\"0.151 nA\", \"0.16 nA\", \"0.2 nA\", \"0.3 nA\", \"0.5 nA\"] }",
            "on_pre = \"v += w*mV\"",
        ),
        ("n = 1\nunit = \"adaptive_exponential\"\nparameters = { I = \"1 nA\" }", "on_pre = \"v += w*mV\""),
        (
            "n = 2\nunit = \"izhikevich\"\nparameters = { I = [\"10 mV/ms\", \"7 mV/ms\"] }",
            "on_pre = \"v += w*mV\"",
        ),
        (
            "n = 1\neq = \"tau*dv/dt = v**2 - v + 1.0\"\nparameters = { tau = \"10 ms\" }\nspike = { when = \"v > 5\", reset = \"v = -1\", refractory = \"2 ms\" }\ninit = { v = 0 }",
            "on_pre = \"v += w\"",
        ),
    ];
    for (population, on_pre) in units {
        let located = run(&cells(population, "500 ms", None));
        let clocked = run(&cells(population, "500 ms", Some(("0.005 ms", on_pre))));
        let (a, b) = (&located.spikes[0], &clocked.spikes[0]);
        assert!(a.times.len() > 5, "{population}");
        // A spike is told up to a step late, so that a run may end before the last one; some 4 us in 10 ms.
        assert!(
            a.times.len().abs_diff(b.times.len()) <= a.n,
            "{population}: {} {}",
            a.times.len(),
            b.times.len()
        );
        let first = |s: &[(f64, usize)]| s.iter().find(|(_, i)| *i == 0).map_or(0.0, |s| s.0);
        assert!((first(&a.times) - first(&b.times)).abs() < 5e-5, "{population}");
    }
}

#[test]
fn gates_begin_at_rest_for_the_potential_of_their_own_unit() {
    let population = "n = 3\nunit = \"hodgkin_huxley\"\nset = \"squid_1952\"\nparameters = { I = [\"0 uA/cm^2\", \"10 uA/cm^2\", \"30 uA/cm^2\"] }\n\
        init = { V = [\"-65 mV\", \"-65 mV\", \"-60 mV\"], m = \"steady\", h = \"steady\", n = \"steady\" }\nspike = { when = \"V > 0 mV\" }";
    let located = run(&cells(population, "100 ms", None));
    let clocked = run(&cells(population, "100 ms", Some(("0.01 ms", "on_pre = \"V += w*mV\""))));
    let count = |study: &Study, k: usize| study.spikes[0].times.iter().filter(|(_, i)| *i == k).count();
    for k in 0..3 {
        assert_eq!(count(&located, k), count(&clocked, k), "unit {k}");
    }
    assert!(count(&clocked, 1) == 7 && count(&clocked, 0) == 0);
    // Each spike is counted once, though V stays above 0 for many steps.
    let x0 = &clocked.simulation.as_ref().unwrap().x0;
    let other = &located.simulation.as_ref().unwrap().x0;
    assert!(x0.iter().zip(other).all(|(a, b)| (a - b).abs() < 1e-12), "{x0:?} {other:?}");
}

#[test]
fn poisson_spikes_have_the_mean_and_variance_of_a_shot_noise() {
    // dv/dt = -v/tau under rate r and jumps J: mean r J tau, variance r J^2 tau/2. 2000 units, well after the start.
    let text = "format = 1\nseed = 5\n[populations.cell]\nn = 2000\neq = \"dv/dt = -v/(10 ms)\"\ninit = { v = \"5 mV\" }\n\
        [inputs.x]\nto = \"cell\"\npoisson = { rate = \"50 Hz\", sources = 100, w = \"0.1 mV\", on_pre = \"v += w\" }\n\
        [run]\nt = [\"0 ms\", \"100 ms\"]\ndt = \"0.1 ms\"\n";
    let model = read(text).unwrap();
    let built = build(&model).unwrap();
    let nullcline::network::SystemKind::Clocked(clocked) = &built.system.kind else {
        panic!("a clock moves it")
    };
    let mut engine = clocked.engine.clone();
    engine.run(1000, &Default::default(), &unwatched);
    let v = engine.state(0);
    let n = v.len() as f64;
    let mean = v.iter().sum::<f64>() / n;
    let variance = v.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
    let (m, s2) = (5000.0 * 1e-4 * 0.01, 5000.0 * 1e-8 * 0.005);
    // Five standard errors, and half a step of 0.1 ms in 10 ms.
    assert!((mean - m).abs() < 5.0 * (s2 / n).sqrt() + 0.005 * m, "{mean} {m}");
    assert!((variance / s2 - 1.0).abs() < 5.0 * (2.0 / n).sqrt() + 0.01, "{variance} {s2}");
}

#[test]
fn a_network_reads_as_it_is_written_and_two_runs_are_one() {
    let text = ENTRIES.iter().find(|e| e.name == "coba").unwrap().text.replace("\"2 s\"", "\"0.2 s\"");
    let (a, b) = (run(&text), run(&text));
    assert_eq!(a.spikes, b.spikes);
    assert!(a.spikes.iter().all(|s| (5.0..40.0).contains(&s.rate)));
    assert_eq!(a.names.len(), 18);
    let model = read(&text).unwrap();
    let Source::Equations(network) = &model.system else { panic!("equations") };
    assert_eq!((network.connections.len(), network.step), (4, 1e-4));
}

/// A sound network of two populations, for one thing at a time to be made wrong.
const SOUND: &str = "format = 1\n[populations.E]\nn = 20\neq = \"\"\"\ndv/dt = (g - v)/(20 ms)\ndg/dt = -g/(5 ms)\n\"\"\"\n\
    spike = { when = \"v > 10 mV\", reset = \"v = 0 mV\", refractory = \"2 ms\" }\ninit = { v = \"0 mV\", g = \"0 mV\" }\n\
    [populations.S]\nn = 3\neq = \"dv/dt = -v/(20 ms)\"\ninit = { v = \"0 mV\" }\n\
    [inputs.noise]\nto = \"E\"\npoisson = { rate = \"100 Hz\", w = \"2 mV\", on_pre = \"g += w\" }\n\
    [[connect]]\nfrom = \"E\"\nto = [\"E\", \"S\"]\np = 0.1\nw = \"1 mV\"\non_pre = \"v += w\"\ndelay = \"1.5 ms\"\n\
    [run]\nt = [\"0 s\", \"0.1 s\"]\ndt = \"0.1 ms\"\n";

#[test]
fn what_is_wrong_with_a_network_of_spikes_is_told_at_its_place() {
    run(SOUND);
    // What is replaced, by what, the message, the text under the caret, the remedy.
    let cases = [
        ("delay = \"1.5 ms\"", "delay = \"0.05 ms\"", "shorter than the step", "\"0.05 ms\"", "smaller `dt`"),
        (
            "delay = \"1.5 ms\"",
            "delay = \"-1 ms\"",
            "shorter than the step",
            "\"-1 ms\"",
            "at least one step",
        ),
        ("delay = \"1.5 ms\"", "delay = \"1.5 mV\"", "`delay` needs a", "\"1.5 mV\"", "20 ms"),
        ("delay = \"1.5 ms\"", "delay = 0.02", "no unit", "0.02", "20 ms"),
        ("p = 0.1", "p = 1.5", "`p` is 1.5", "1.5", "between 0 and 1"),
        ("p = 0.1", "in_degree = 21", "20 sources to choose from", "21", "without repetition"),
        ("p = 0.1", "p = 0.1\nin_degree = 2", "two structures", "2", "keep one"),
        ("from = \"E\"", "from = \"F\"", "population `F`", "\"F\"", "`E`"),
        ("to = [\"E\", \"S\"]", "to = \"T\"", "population `T`", "\"T\"", ""),
        ("from = \"E\"", "from = \"S\"", "no rule by which it spikes", "\"S\"", "spike = {"),
        ("w = \"1 mV\"", "w = 1", "`v` is a voltage (V), and a spike adds", "w", "unit"),
        ("w = \"1 mV\"", "w = \"1 nS\"", "`v` is a voltage (V), and a spike adds", "w", "unit"),
        ("on_pre = \"v += w\"\ndelay", "on_pre = \"u += w\"\ndelay", "`u`", "u", "`v`"),
        ("on_pre = \"v += w\"\ndelay", "on_pre = \"v = w\"\ndelay", "adds to a state", "v = w", "+="),
        ("on_pre = \"v += w\"\ndelay", "on_pre = \"v += w*q\"\ndelay", "`q`", "q", ""),
        ("on_pre = \"v += w\"\ndelay", "delay", "nothing says what a spike does", "", "on_pre"),
        ("refractory = \"2 ms\"", "refractory = \"-2 ms\"", "negative", "\"-2 ms\"", "from 0 on"),
        ("(20 ms)\ndg", "(20 mV)\ndg", "", "", ""),
        ("rate = \"100 Hz\"", "rate = \"-100 Hz\"", "`rate` is negative", "\"-100 Hz\"", "at least 0"),
        ("rate = \"100 Hz\"", "rate = \"100 ms\"", "`rate` needs a", "\"100 ms\"", "10 Hz"),
        ("w = \"2 mV\"", "w = \"2 nA\"", "`g` is a voltage (V), and a spike adds", "w", "unit"),
        (
            "dt = \"0.1 ms\"",
            "dt = \"0.1 ms\"\nmethod = \"dop853\"",
            "does not move networks",
            "\"dop853\"",
            "`auto`",
        ),
    ];
    for (old, new, message, under, hint) in cases {
        assert!(SOUND.contains(old), "{old}");
        let text = SOUND.replacen(old, new, 1);
        let Err(e) = read(&text) else { panic!("this was read: {new}") };
        let found = e.span().and_then(|span| text.get(span)).unwrap_or("nothing").to_owned();
        let help = e.hint().unwrap_or_default().to_owned();
        let told =
            e.message().contains(message) && help.contains(hint) && (under.is_empty() || found == under);
        assert!(told, "{new}: {:?}\n`{found}`", miette::Report::new(e));
    }
}

#[test]
fn a_network_that_memory_cannot_hold_is_known_before_it_is_built() {
    let text = SOUND.replace("n = 20\n", "n = 1000000\n").replace("p = 0.1", "p = 0.5");
    let model = read(&text).unwrap();
    let Source::Equations(network) = &model.system else { panic!("equations") };
    assert!(bytes_needed_by_equations(network) > 1 << 40);
    let model = read(SOUND).unwrap();
    let Source::Equations(network) = &model.system else { panic!("equations") };
    assert!(bytes_needed_by_equations(network) < 1 << 20);
}

#[test]
fn rate_units_send_no_spikes() {
    let text = "format = 1\n[populations.v]\nn = 2\nunit = \"rate\"\ntau = 1\n[[connect]]\nfrom = \"v\"\nto = \"v\"\non_pre = \"v += w\"\n";
    let e = read(text).err().unwrap();
    assert!(e.message().contains("send no spikes"), "{}", e.message());
}
