//! A block of M: a projection between its populations.

use crate::network::{Network, NetworkError, NetworkErrorKind, Population, Projection};
use dynamics::random::Stream;

/// The entries of one row: sources and weights.
pub(in crate::network) type Row = Vec<(usize, f64)>;
/// Writes row i to an empty `Row`.
pub(in crate::network) type Rule<'a> = Box<dyn Fn(usize, &mut Row) -> Result<(), NetworkError> + Sync + 'a>;

/// A projection between its populations.
pub(in crate::network) struct Block<'a> {
    pub(in crate::network) post: &'a Population,
    pub(in crate::network) pre: &'a Population,
    pub(in crate::network) projection: &'a Projection,
    pub(super) seed: u64,
}

/// Random streams of projections lie apart from those of units and of simulations.
const STREAM: u64 = 0x5700_0000_0000_0000;
impl<'a> Block<'a> {
    pub(in crate::network) fn new(network: &'a Network, projection: &'a Projection) -> Self {
        let (post, pre) = (&network.populations[projection.to], &network.populations[projection.from]);
        Self { post, pre, projection, seed: network.seed }
    }

    /// A projection between populations that belong to no network of rate units.
    pub(in crate::network) fn between(
        post: &'a Population,
        pre: &'a Population,
        projection: &'a Projection,
        seed: u64,
    ) -> Self {
        Self { post, pre, projection, seed }
    }

    /// `E -> I`, for errors.
    pub(super) fn place(&self) -> String {
        format!("connect {} -> {}", self.pre.name, self.post.name)
    }

    pub(super) fn error(
        &self,
        kind: NetworkErrorKind,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> NetworkError {
        NetworkError::new(kind, self.place(), what, remedy)
    }

    /// The random numbers of row i.
    pub(super) fn stream(&self) -> Stream {
        Stream::new(self.seed, STREAM | self.projection.stream, 0)
    }

    /// Whether row i may hold column i.
    pub(super) fn allows_self(&self) -> bool {
        self.projection.from != self.projection.to || self.projection.self_connections
    }
}
