//! Why a system does what it does.

mod linear;

pub use linear::{
    Amplification, EigenvectorVerdict, Eigenvectors, FixedPointSet, FixedPoints, LinearAnalysis, Mode,
    NonNormality, Planar, PlanarType, Rotation, Stability, StabilityVerdict, TimeKind,
};
