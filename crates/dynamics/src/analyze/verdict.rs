//! The three verdicts on stability, shared by flows, maps and the planar types.

/// The three verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StabilityVerdict {
    /// Every state returns.
    AsymptoticallyStable,
    /// Bounded, not attracting.
    Stable,
    /// Some state grows, be it only like a polynomial.
    Unstable,
}

impl StabilityVerdict {
    /// The name in words, as the findings spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::AsymptoticallyStable => "asymptotically stable",
            Self::Stable => "stable",
            Self::Unstable => "unstable",
        }
    }
}
