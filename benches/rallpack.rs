//! How long do Rallpack 1 and 3 take, beside Arbor?
//!
//! A cable of 1 mm and 1 um in 1000 compartments for 0.25 s, passive or with Hodgkin and Huxley's channels, dt 0.05 ms, recorded at both
//! ends at every step; the membrane is written as text, for the channels that of the library. One thread, CPU time, in turn. Without the
//! second run that estimates the error, and without the start of the program (some milliseconds).
#![allow(clippy::print_stdout)]

#[path = "beside.rs"]
mod beside;

use beside::{Peer, compare, cpu};
use nullcline::dynamics::simulate::{
    ErrorEstimation, Method, Settings, Trajectory, simulate_tree, unwatched,
};
use nullcline::model::{MemoryFolder, Model};
use nullcline::network::{System, SystemKind};
use nullcline::walk::build;

const N: usize = 1000;
const PASSIVE: &str = r#"
eq = "C*dV/dt = I - gL*(V - EL)"
parameters = { C = "1 uF/cm^2", gL = "0.25 S/m^2", EL = "-65 mV" }
init = { V = "-65 mV" }
"#;
const SQUID: &str = r#"
unit = "hodgkin_huxley"
parameters = { gL = "0.025 mS/cm^2", EL = "-65 mV" }
"#;

fn system(membrane: &str) -> System {
    let text = format!(
        r#"
format = 1
[populations.axon]
{membrane}
[populations.axon.cable]
length = "1 mm"
diameter = "1 um"
compartments = {N}
Ra = "1 ohm*m"
sites = {{ near = 0 }}
[inputs]
electrode = {{ site = "near", constant = "0.1 nA" }}
"#
    );
    let model = Model::parse("rallpack.toml", &text, &MemoryFolder { files: [].into() });
    build(&model.expect("a model")).expect("a cable").system
}

fn run(system: &System, method: Method) -> Trajectory {
    let SystemKind::Tree { tree, reaction, x0, variables } = &system.kind else { panic!("a tree") };
    let times: Vec<f64> = (0..=5000).map(|k| 5e-5 * f64::from(k)).collect();
    let settings = Settings { method, dt: Some(5e-5), error: ErrorEstimation::Off, ..Settings::default() };
    let ends = [variables[0], variables[N - 1]];
    simulate_tree(tree, reaction.as_ref(), x0, &times, &ends, &settings, &unwatched)
        .expect("a valid question")
}

fn main() {
    for (name, membrane) in [("rallpack1", PASSIVE), ("rallpack3", SQUID)] {
        let system = system(membrane);
        for method in [Method::CrankNicolson, Method::BackwardEuler] {
            let found = run(&system, method);
            let far: Vec<f64> = (0..found.t.len()).map(|k| found.x[(1, k)]).collect();
            let passages = far.windows(2).filter(|v| v[0] < 0.0 && v[1] >= 0.0).count();
            let what = format!(
                "{name} {} (far end {:.2} mV after {passages} passages of 0)",
                method.name(),
                1e3 * far[far.len() - 1]
            );
            let peer = Peer::start("Arbor", "rallpack.py", &[name]);
            compare(&what, 9, || cpu(1, || run(&system, method)), vec![peer]);
        }
    }
}
