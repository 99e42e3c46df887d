//! Continuous or discrete time, carried by every result.

/// Continuous or discrete time: nobody judges a flow by the unit circle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeKind {
    /// dx/dt = A x + g, judged by the imaginary axis.
    Flow,
    /// x(k+1) = A x(k) + g, judged by the unit circle.
    Map,
}
