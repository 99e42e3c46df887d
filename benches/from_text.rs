//! How long do adaptive runs of models written as text take, without the second run that estimates the error?
//!
//! The peers are those of `ivp` and `ensemble`: SciPy at the same tolerances.
#![allow(clippy::print_stdout)]

#[path = "beside.rs"]
mod beside;

use beside::{Peer, compare, cpu, wall};
use nullcline::dynamics::simulate::{ErrorEstimation, Method, Settings, ensemble, simulate, unwatched};
use nullcline::linalg::Matrix;
use nullcline::model::{MemoryFolder, Model, Source};
use nullcline::network::{System, lower_equations};

const LORENZ: &str = r#"
eq = """
dx/dt = 10*(y - x)
dy/dt = x*(28 - z) - y
dz/dt = x*y - 8/3*z
"""
init = { x = 1, y = 1, z = 1 }
"#;

const VAN_DER_POL: &str = r#"
eq = """
dx/dt = y
dy/dt = 1000*(1 - x^2)*y - x
"""
init = { x = 2, y = 0 }
"#;

const HODGKIN_HUXLEY: &str = r#"
eq = """
i = 120*mS/cm^2*m^3*h*(v - 50*mV) + 36*mS/cm^2*n^4*(v + 77*mV) + 0.3*mS/cm^2*(v + 54.387*mV)
1*uF/cm^2 * dv/dt = 10*uA/cm^2 - i
dm/dt = 1/ms/exprel(-(v + 40*mV)/(10*mV))*(1 - m) - 4/ms*exp(-(v + 65*mV)/(18*mV))*m
dh/dt = 0.07/ms*exp(-(v + 65*mV)/(20*mV))*(1 - h) - 1/ms/(1 + exp(-(v + 35*mV)/(10*mV)))*h
dn/dt = 0.1/ms/exprel(-(v + 55*mV)/(10*mV))*(1 - n) - 0.125/ms*exp(-(v + 65*mV)/(80*mV))*n
"""
init = { v = "-65 mV", m = 0.0529, h = 0.5961, n = 0.3177 }
"#;

const FITZHUGH_NAGUMO: &str = r#"
eq = """
dv/dt = v - v^3/3 - w + 0.5
dw/dt = 0.08*(v + 0.7 - 0.8*w)
"""
init = { v = 0, w = 0 }
"#;

fn system(body: &str) -> System {
    let text = format!("format = 1\n[populations.x]\nn = 1\n{body}");
    let model = Model::parse("text", &text, &MemoryFolder::default()).expect("the text is right");
    let Source::Equations(network) = model.system else { panic!("the model is made of equations") };
    lower_equations(&network, 0.0).expect("the equations have a system")
}

fn main() {
    for (name, body, end, peer, methods) in [
        ("lorenz", LORENZ, 20.0, "RK45", &["auto", "tsit5", "dop853"][..]),
        ("van_der_pol", VAN_DER_POL, 2000.0, "LSODA", &["auto", "rodas5p"]),
        ("hodgkin_huxley", HODGKIN_HUXLEY, 0.2, "LSODA", &["auto", "tsit5", "dop853"]),
    ] {
        let system = system(body);
        let field = system.flow().expect("a field");
        for (k, method) in methods.iter().enumerate() {
            let method = Method::from_name(method).expect("a method of the list");
            // As the peer, whose variable is in mV.
            let settings = Settings { method, error: ErrorEstimation::Off, ..Settings::default() };
            let run = || {
                simulate(field, &[], &system.x0, &[0.0, end], &settings, &unwatched)
                    .expect("a valid question")
            };
            let found = run();
            let what = format!(
                "{name} {} ({} steps, {} rejected, {} evaluations)",
                found.method, found.steps, found.rejected, found.evaluations
            );
            let peer = || Peer::start(&format!("scipy {peer}"), "ivp.py", &[name, peer]);
            compare(&what, 15, || cpu(100, run), if k == 0 { vec![peer()] } else { vec![] });
        }
    }
    let system = system(FITZHUGH_NAGUMO);
    let field = system.flow().expect("a field");
    let grid = |k: usize| -3.0 + 6.0 * k as f64 / 99.0;
    let x0s = Matrix::from_fn(2, 10_000, |i, j| if i == 0 { grid(j % 100) } else { grid(j / 100) });
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("two threads can be started");
    for method in [Method::Tsit5, Method::Dop853] {
        let settings = Settings { method, error: ErrorEstimation::Off, ..Settings::default() };
        let all = || ensemble(field, &[], &x0s, &[0.0, 50.0], &settings, &unwatched);
        let run = || pool.install(all).expect("a valid question");
        let what = format!("fitzhugh_nagumo {}, 10 000 trajectories", method.name());
        compare(&what, 9, || wall(run), vec![]);
    }
}
