//! Which weight matters: how eigenvalues depend on weights, and the smallest change of the weights that moves one.
//!
//! ```text
//! tau_i dx_i/dt = -s x_i + sum_j M_ij x_j,   A = T^-1 (M - s I),   T = diag(tau)
//! d lambda/d M_ij = w_i x_j/(tau_i w^T x),   A x = lambda x,   w^T A = lambda w^T
//! ```
//!
//! | symbol | meaning |
//! |---|---|
//! | M_ij | the weight from j to i: rows are targets, columns sources |
//! | x, w | right and left eigenvector of the eigenvalue lambda |
//! | kappa = abs(w) abs(x)/abs(w^T x) | its condition: at most so fast does it move per change of A in the 2-norm |
//! | D | the change of M, real, whose Frobenius norm is made smallest |
//!
//! | wanted | smallest change |
//! |---|---|
//! | a real eigenvalue mu | M - s I - mu T + D is singular: D = -sigma u v^T, rank one, from the smallest singular value. It is the smallest in the 2-norm too (Eckart, Young 1936) |
//! | a complex pair, or a real part alone | steps to the nearest point of the linearized condition, damped; rank two or less. A local minimum, beside the lower bound sigma_min(M - s I - mu T) |
//! | the nearest bifurcation | the smaller of: an eigenvalue to 0, a pair to the axis (Hopf) |
//!
//! Every change comes with its certificate: the eigenvalues of the changed system, computed anew.
//!
//! Cost: a few O(n^3) for the derivatives and for a real eigenvalue; about 10 n^3 for each step of the others.
//! A pair that meets the real axis on its way has a gradient without bound there: the iteration stops, and the change is told as
//! missed. It fails for eigenvalues that are defective or coincide: there no derivative exists, and that is said. Where kappa is large the
//! derivative holds for tiny changes only, up to about the distance to the next eigenvalue over kappa.
//!
//! References: Wilkinson (1965), The algebraic eigenvalue problem; Eckart, Young (1936), The approximation of one matrix by
//! another of lower rank; Qiu et al. (1995), A formula for computation of the real stability radius; Liu, Der Kiureghian (1991),
//! Optimization algorithms for structural reliability.

mod change;
mod derivative;
mod pair;
mod weights;

#[cfg(test)]
mod tests;

pub use change::{
    BorderCrossing, ChangeVerdict, SmallestChange, Wanted, nearest_bifurcation, smallest_change,
};
pub use derivative::{Sensitivity, SensitivityVerdict, sensitivity};
pub use weights::Weights;
