//! Why a system does what it does.

mod amplification;
pub mod continuation;
mod continuous_attractor;
mod covariance;
mod cycle;
mod distance;
mod dyadic;
mod eigenvectors;
mod energy;
mod fixed_point;
mod fixed_point_search;
mod fixed_points;
mod kreiss;
mod lanczos;
mod linear;
mod lyapunov;
mod modes;
mod modular;
mod non_normal;
mod periodogram;
pub mod phase_plane;
mod planar;
mod principal_components;
mod resolvent;
mod sensitivity;
mod spectrum;
mod stability;
mod symmetry;
mod time;
mod verdict;

pub use amplification::Amplification;
pub use continuous_attractor::{
    AttractorSettings, AttractorShape, ContinuousAttractor, LineEnd, continuous_attractor,
    continuous_attractors,
};
pub use covariance::{
    PowerSpectrum, StationaryState, output_spectrum, power_spectrum, stationary_covariance,
};
pub use cycle::{
    Crossing, CycleGuess, CycleSettings, CycleVerdict, LimitCycle, Orbit, PhaseResponse, Return, Section,
    limit_cycle, phase_response, return_map, section, settled_cycle,
};
pub use eigenvectors::{EigenvectorVerdict, Eigenvectors, NEARLY_DEFECTIVE};
pub use energy::{EnergyCurve, energy, energy_along};
pub use fixed_point::{FixedPointCandidate, FixedPointVerdict, fixed_point};
pub use fixed_point_search::{
    FixedPointSearch, FixedPointsFound, FoundPoint, Homotopy, Missed, PointKind, Region, SlowPoint,
    search_fixed_points,
};
pub use fixed_points::{FixedPointSet, FixedPoints};
pub use linear::{AnalyzeError, FULL_DIMENSION, LinearAnalysis, LinearOptions, Origin, linear};
pub use lyapunov::{
    Estimate, LyapunovExponents, LyapunovSettings, LyapunovStep, LyapunovVerdict, MapLyapunovSettings,
    lyapunov_exponents, map_lyapunov_exponents,
};
pub use modes::Mode;
pub use non_normal::NonNormality;
pub use periodogram::periodogram;
pub use planar::{Planar, PlanarType, Rotation, planar, planar_shifted};
pub use principal_components::{PrincipalComponents, principal_components};
pub use sensitivity::{
    BorderCrossing, ChangeVerdict, Sensitivity, SensitivityVerdict, SmallestChange, Wanted, Weights,
    nearest_bifurcation, sensitivity, smallest_change,
};
pub use stability::Stability;
pub use symmetry::{Reciprocity, reciprocity};
pub use time::TimeKind;
pub use verdict::StabilityVerdict;
