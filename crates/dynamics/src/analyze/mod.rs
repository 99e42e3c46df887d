//! Why a system does what it does.

mod amplification;
mod distance;
mod dyadic;
mod eigenvectors;
mod fixed_points;
mod kreiss;
mod lanczos;
mod linear;
mod modes;
mod modular;
mod non_normal;
mod planar;
mod resolvent;
mod spectrum;
mod stability;
mod time;
mod verdict;

pub use amplification::Amplification;
pub use eigenvectors::{EigenvectorVerdict, Eigenvectors, NEARLY_DEFECTIVE};
pub use fixed_points::{FixedPointSet, FixedPoints};
pub use linear::{AnalyzeError, FULL_DIMENSION, LinearAnalysis, LinearOptions, Origin, linear};
pub use modes::Mode;
pub use non_normal::NonNormality;
pub use planar::{Planar, PlanarType, Rotation, planar, planar_shifted};
pub use stability::Stability;
pub use time::TimeKind;
pub use verdict::StabilityVerdict;
