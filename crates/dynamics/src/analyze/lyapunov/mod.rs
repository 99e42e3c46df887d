//! Lyapunov exponents: how fast neighbouring states part, or come together, in the long run.
//!
//! ```text
//! dx/dt = f(x),   dV/dt = J(x) V,   V(t + s) = Q R   (every s: orthonormalized)
//! lambda_i = lim 1/T  sum ln R_ii
//! ```
//!
//! | symbol | meaning |
//! |---|---|
//! | V | n x k, the tangent vectors; all n of them, or the first k |
//! | lambda_1 >= lambda_2 >= … | the exponents, 1/time (of a map: 1/step) |
//! | h = sum of the positive ones | the entropy rate where Pesin's formula holds |
//! | D = j + S_j/abs(lambda_(j+1)) | the dimension of Kaplan and Yorke: S_j = lambda_1 + … + lambda_j is the last sum that is not negative |
//! | sum of all | the mean divergence, the mean of trace J along the orbit: a check |
//!
//! *Error.* The record of the ln R_ii is cut into blocks, 8, 16 and 32 of them; the largest standard error of the mean of the
//! blocks counts, and so does half the difference between the two halves of the record. An exponent is told as
//! converged only where that error is small. The error of the step shows in the sum, which must be the mean divergence.
//!
//! *The trivial exponent.* Along an orbit of an autonomous flow that comes to no rest, f(x(t)) itself is a tangent vector that neither
//! grows nor decays: one exponent is 0, and its estimate says how well the others can be known.
//!
//! Cost: each step of Runge and Kutta takes four products J V, 8 n^2 k together; each orthonormalization 4 n k^2. Columns in two
//! halves go to two threads; the bits do not depend on their number.
//! It fails where the transient is not over, or where the orbit moves between parts of the state space more seldom than the
//! run is long: then nothing in the record tells.
//!
//! References: Benettin, Galgani, Giorgilli, Strelcyn (1980), Lyapunov characteristic exponents for smooth dynamical systems;
//! Kaplan, Yorke (1979), Chaotic behavior of multidimensional difference equations; Skokos (2010), The Lyapunov characteristic
//! exponents and their computation.

mod exponents;
mod flow;
mod map;
mod record;
mod tangent;
mod variational;

#[cfg(test)]
mod tests;

pub use exponents::{Estimate, LyapunovExponents, LyapunovVerdict};
pub use flow::{LyapunovSettings, LyapunovStep, lyapunov_exponents};
pub use map::{MapLyapunovSettings, map_lyapunov_exponents};
