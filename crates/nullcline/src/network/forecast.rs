//! How much memory a network needs, known before anything is built.
//!
//! | part | bytes |
//! |---|---|
//! | M dense | 8 n^2; lowering a linear network turns it into A in place |
//! | M sparse | 60 an entry while it is sorted, then 12; a linear network has a dense A, 8 n^2 |
//! | a block that is rescaled to a spectral radius | 32 n_post n_pre for its eigenvalues |
//! | W | 8 n m, and 8 n for each noise of its own |
//! | connections by spikes | 2 each, 4 more where weights differ and 2 where delays do; twice that while they are sorted |
//!
//! ```
//! use nullcline::network::{bytes_needed, Network, Population, Projection, Rate, Structure, Transfer, Weight};
//! let tanh = Rate { transfer: Transfer::Tanh { gain: 1.0 }, ..Rate::default() };
//! let network = |structure| Network {
//!     populations: vec![Population::new("v", 16_384, tanh.clone())],
//!     projections: vec![Projection::new(0, 0, structure)],
//!     inputs: vec![],
//!     seed: 1,
//! };
//! assert!(bytes_needed(&network(Structure::Gaussian { g: 1.5 })) > 2 << 30);
//! let sparse = Structure::Probability { p: 0.001, weight: Weight::Same(1.0) };
//! assert!(bytes_needed(&network(sparse)) < 1 << 27);
//! ```

use super::connectivity::{expected_entries, is_sparse};
use super::equations::bytes_expected;
use super::{EquationNetwork, InputSignal, Network, check};

/// Names, values, slopes and a few vectors of a variable, in bytes.
const VARIABLE: u64 = 500;

/// Bytes that building and lowering equations takes, beside their matrices, which are there already.
pub fn bytes_needed_by_equations(network: &EquationNetwork) -> u64 {
    let synapses: f64 = network.connections.iter().map(|c| bytes_expected(network, c)).sum();
    VARIABLE.saturating_mul(network.dimension() as u64).saturating_add(synapses as u64)
}

/// Bytes that building and lowering the network takes at its peak; 0 for a network that is refused anyway.
pub fn bytes_needed(network: &Network) -> u64 {
    if check::network(network).is_err() {
        return 0;
    }
    let n: f64 = network.populations.iter().map(|p| p.n as f64).sum();
    let linear = network.populations.iter().all(|p| p.rate().transfer.is_linear());
    let m = if is_sparse(network) {
        60.0 * expected_entries(network) + if linear { 8.0 * n * n } else { 0.0 }
    } else {
        8.0 * n * n
    };
    let size = |k: usize| network.populations[k].n as f64;
    let rescaled = network.projections.iter().filter(|p| p.spectral_radius.is_some());
    let rescaled = rescaled.map(|p| 32.0 * size(p.from) * size(p.to)).fold(0.0, f64::max);
    let mut columns = 0.0;
    for input in &network.inputs {
        let reached: f64 = input.to.iter().map(|&(k, _)| size(k)).sum();
        for channel in &input.channels {
            columns += 2.0;
            if matches!(channel, InputSignal::Noise { independent: true, .. }) {
                columns += reached;
            }
        }
    }
    // Vectors of the units, and rows that wait to be stored.
    let vectors = 64.0 * n + 16.0 * 256.0 * n;
    (m + rescaled + 8.0 * n * columns + vectors) as u64
}
