//! How much memory a network needs, known before anything is built.

use super::Network;

/// Bytes that building and lowering the network takes at its peak.
pub fn bytes_needed(network: &Network) -> u64 {
    let n: u64 = network.populations.iter().map(|p| p.n as u64).sum();
    16u64.saturating_mul(n.saturating_mul(n))
}
