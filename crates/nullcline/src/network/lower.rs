//! From a network to a system of the crate `dynamics`.
//!
//! With every F(x) = x both forms are one linear system,
//!
//! ```text
//! tau_i dx_i/dt = -leak x_i + sum_j M_ij x_j + sum_k W_ik u_k + h_i      A = (M - leak I)/tau by rows, g = h/tau
//! ```
//!
//! and each eigenvector of M is one of A only if all units share one tau. Otherwise the network becomes a [`RateField`].
//!
//! Noise is an input like any other: it is divided by tau and, where F bends it, enters F. There an Ornstein-Uhlenbeck
//! process is a variable of its own, hidden behind the units, that starts from a draw of its stationary
//! distribution, as noise outside F does; white noise has no meaning inside a nonlinear F and is refused.
//!
//! ```
//! use nullcline::network::{self, Network, PerUnit, Population, Rate, SystemKind};
//! let unit = Rate { tau: PerUnit::Same(0.1), bias: PerUnit::Same(2.0), ..Rate::default() };
//! let populations = vec![Population::new("v", 1, unit)];
//! let network = Network { populations, projections: vec![], inputs: vec![], seed: 1 };
//! let SystemKind::Linear(system) = network::lower(&network).unwrap().kind else { panic!("F is linear") };
//! assert_eq!((system.a[(0, 0)], system.g[0]), (-10.0, 20.0));
//! ```

use super::connectivity::ranges;
use super::rate_field::{Hidden, Segment};
use super::resolve::Quantity;
use super::{
    Connectivity, Form, Group, InputSignal, Network, NetworkError, NetworkErrorKind, RateField, System,
    SystemKind, connectivity,
};
use dynamics::field::{Drive, LinearSystem, Noise};
use dynamics::random::Stream;

/// Random stream of the hidden noises at the start.
const HIDDEN: u64 = 0x4800_0000_0000_0000;

/// Lowers a network: to a linear system where every transfer is linear, otherwise to a field.
///
/// # Errors
/// When the network contradicts itself: shapes, signs, names, values; or white noise inside a nonlinear F.
pub fn lower(network: &Network) -> Result<System, NetworkError> {
    let connectivity = connectivity(network)?;
    lower_connected(network, connectivity)
}

/// Lowers a network whose connectivity was built before.
///
/// # Errors
/// As [`lower`].
pub fn lower_connected(network: &Network, connectivity: Connectivity) -> Result<System, NetworkError> {
    let units = Units::resolve(network)?;
    let channels = channels(network, &connectivity);
    let linear = network.populations.iter().all(|p| p.rate().transfer.is_linear());
    let groups = network.populations.iter().zip(ranges(network));
    let mut groups: Vec<Group> =
        groups.map(|(p, range)| Group { name: p.name.clone(), scalar: range.len() == 1, range }).collect();
    let mut x0 = units.x0;
    let per_tau = |direction: &[f64]| -> Vec<f64> {
        direction.iter().zip(&units.tau).map(|(b, tau)| b / tau).collect()
    };
    let kind = if linear {
        let mut a = connectivity.m.into_dense();
        for j in 0..a.cols() {
            a[(j, j)] -= units.leak[j];
            a.column_mut(j).iter_mut().zip(&units.tau).for_each(|(a, tau)| *a /= tau);
        }
        let mut system = LinearSystem { g: per_tau(&connectivity.h), ..LinearSystem::new(a) };
        for channel in channels {
            match channel.kind {
                ChannelKind::Drive(signal) => {
                    system.drives.push(Drive { direction: per_tau(&channel.direction), signal });
                }
                ChannelKind::Noise { sigma, tau } => {
                    system.noises.push(Noise { direction: per_tau(&channel.direction), sigma, tau });
                }
            }
        }
        SystemKind::Linear(system)
    } else {
        let mut field = RateField {
            m: connectivity.m,
            segments: segments(network),
            inverse_tau: units.tau.iter().map(|tau| 1.0 / tau).collect(),
            leak: units.leak,
            h: connectivity.h,
            drives: Vec::new(),
            hidden: Vec::new(),
        };
        let n = field.units();
        let mut noises = Vec::new();
        let mut deviations = Vec::new();
        for channel in channels {
            let bent = bends(&field.segments, &channel.direction);
            match channel.kind {
                ChannelKind::Drive(signal) => {
                    field.drives.push(Drive { direction: channel.direction, signal })
                }
                ChannelKind::Noise { sigma, tau } if !bent => {
                    noises.push(Noise { direction: per_tau(&channel.direction), sigma, tau });
                }
                ChannelKind::Noise { sigma, tau: Some(tau) } => {
                    hide(&mut groups, channel.input, n + field.hidden.len());
                    field.hidden.push(Hidden { direction: channel.direction, tau });
                    deviations.push(sigma);
                }
                ChannelKind::Noise { tau: None, .. } => return Err(white_inside(channel.input)),
            }
        }
        let dimension = n + field.hidden.len();
        let stationary = Stream::new(network.seed, HIDDEN, 0);
        x0.extend(deviations.iter().enumerate().map(|(k, sigma)| sigma * stationary.at(k as u64).normal()));
        noises.iter_mut().for_each(|noise| noise.direction.resize(dimension, 0.0));
        for (k, (sigma, hidden)) in deviations.into_iter().zip(&field.hidden).enumerate() {
            let mut direction = vec![0.0; dimension];
            direction[n + k] = 1.0;
            noises.push(Noise { direction, sigma: sigma * (2.0 / hidden.tau).sqrt(), tau: None });
        }
        SystemKind::Field { field: Box::new(field), noises }
    };
    for group in groups.iter_mut().skip(network.populations.len()) {
        group.scalar = group.range.len() == 1;
    }
    let names = groups.iter().flat_map(Group::names).collect();
    Ok(System { names, groups, dimensions: Vec::new(), x0, kind })
}

/// The time constant and the leak of each unit.
///
/// # Errors
/// As [`lower`].
pub fn time_constants(network: &Network) -> Result<(Vec<f64>, Vec<f64>), NetworkError> {
    Units::resolve(network).map(|units| (units.tau, units.leak))
}

/// What each unit of the network has of its own.
struct Units {
    tau: Vec<f64>,
    leak: Vec<f64>,
    x0: Vec<f64>,
}

impl Units {
    fn resolve(network: &Network) -> Result<Self, NetworkError> {
        let (mut tau, mut leak, mut x0) = (Vec::new(), Vec::new(), Vec::new());
        for (k, population) in network.populations.iter().enumerate() {
            let rate = population.rate();
            let of = rate.tau.resolve("tau", population.places(), network.seed, Quantity::Tau.stream(k))?;
            if let Some(i) = of.iter().position(|&tau| tau <= 0.0) {
                let unit = if population.n == 1 { String::new() } else { format!("[{i}]") };
                return Err(NetworkError::new(
                    NetworkErrorKind::Value,
                    format!("populations.{}.tau", population.name),
                    format!(
                        "tau of `{}{unit}` is {}, but a time constant is positive",
                        population.name, of[i]
                    ),
                    "give a positive tau; for growth instead of decay, raise the weight of the unit to itself above 1",
                ));
            }
            tau.extend(of);
            leak.resize(tau.len(), rate.leak);
            x0.extend(population.init.resolve(
                "init",
                population.places(),
                network.seed,
                Quantity::Init.stream(k),
            )?);
        }
        Ok(Self { tau, leak, x0 })
    }
}

/// One column of W with what comes through it.
struct Channel<'a> {
    input: &'a str,
    direction: Vec<f64>,
    kind: ChannelKind,
}

enum ChannelKind {
    Drive(dynamics::field::Signal),
    Noise { sigma: f64, tau: Option<f64> },
}

/// The channels of all inputs; a noise that is independent for each unit becomes one for each unit that it reaches.
fn channels<'a>(network: &'a Network, connectivity: &Connectivity) -> Vec<Channel<'a>> {
    let mut all = Vec::new();
    let signals = network.inputs.iter().flat_map(|u| u.channels.iter().map(|c| (u.name.as_str(), c)));
    for (k, (input, signal)) in signals.enumerate() {
        let w = connectivity.w.column(k);
        match signal {
            InputSignal::Signal(signal) => {
                all.push(Channel { input, direction: w.to_vec(), kind: ChannelKind::Drive(signal.clone()) });
            }
            &InputSignal::Noise { sigma, tau, independent: false } => {
                all.push(Channel { input, direction: w.to_vec(), kind: ChannelKind::Noise { sigma, tau } });
            }
            &InputSignal::Noise { sigma, tau, independent: true } => {
                for i in (0..w.len()).filter(|&i| w[i] != 0.0) {
                    let mut direction = vec![0.0; w.len()];
                    direction[i] = w[i];
                    all.push(Channel { input, direction, kind: ChannelKind::Noise { sigma, tau } });
                }
            }
        }
    }
    all
}

/// Neighboring populations of one form and one F are one segment.
fn segments(network: &Network) -> Vec<Segment> {
    let mut all: Vec<Segment> = Vec::new();
    for (population, range) in network.populations.iter().zip(ranges(network)) {
        let rate = population.rate();
        match all.last_mut() {
            Some(last) if last.form == rate.form && last.transfer == rate.transfer => {
                last.range.end = range.end
            }
            _ => all.push(Segment { range, form: rate.form, transfer: rate.transfer }),
        }
    }
    all
}

/// Whether what comes in this direction passes a nonlinear F.
fn bends(segments: &[Segment], direction: &[f64]) -> bool {
    segments.iter().any(|s| {
        s.form == Form::Rate
            && !s.transfer.is_linear()
            && direction[s.range.clone()].iter().any(|&b| b != 0.0)
    })
}

/// Adds variable k to the group of this input's hidden noises.
fn hide(groups: &mut Vec<Group>, input: &str, k: usize) {
    match groups.last_mut() {
        Some(last) if last.name == input && last.range.end == k => last.range.end = k + 1,
        _ => groups.push(Group { name: input.to_owned(), range: k..k + 1, scalar: true }),
    }
}

fn white_inside(input: &str) -> NetworkError {
    NetworkError::new(
        NetworkErrorKind::Noise,
        format!("inputs.{input}"),
        format!("the white noise `{input}` enters a nonlinear F: tau dv/dt = -v + F(M v + W u + h)"),
        "F of white noise has no meaning, for white noise has no finite values: give the noise a correlation time `tau`, \
         or use form = \"current\", where noise is added outside F",
    )
}
