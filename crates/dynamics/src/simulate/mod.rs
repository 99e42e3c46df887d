//! Systems followed through time.
//!
//! A linear system is propagated exactly; any other field by an explicit Runge-Kutta method or, where it is stiff, by an
//! implicit one, whose numbers and paper are a file each under `tableau`. Five roles do not know each other: what is followed (a field), how one step is made, how
//! long it is, what is kept of it, and how it ended.

mod adaptive;
mod block;
mod brownian;
mod cause;
mod control;
mod course;
mod delayed;
mod ensemble;
mod error_estimate;
mod exact;
mod exponential;
mod fixed;
mod flow;
mod gaussian;
mod hybrid;
mod implicit;
mod linear;
mod map;
mod method;
mod plan;
mod propagator;
mod scheme;
mod settings;
mod sliding;
mod stepper;
mod stiffness;
mod stochastic;
mod tableau;
mod takeover;
mod trajectory;
mod tree;

pub use brownian::simulate_stochastic;
pub use delayed::simulate_delayed;
pub use ensemble::{Ensemble, ensemble, ensemble_of};
pub use flow::simulate;
pub use hybrid::{Event, HybridTrajectory, simulate_hybrid};
pub use linear::{ensemble_linear, simulate_linear};
pub use map::{simulate_iterated, simulate_map};
pub use method::Method;
pub use settings::{Crossings, ErrorEstimation, Progress, Settings, SimulateError, unwatched};
pub use stochastic::{Draw, Trials, Wiener, initial_stream, simulate_diffusion, simulate_trials};
pub use trajectory::{ErrorEstimate, Trajectory, Verdict};
pub use tree::simulate_tree;

pub(crate) use control::Tolerance;
pub(crate) use stepper::{Pace, Step, Stepper};
pub(crate) use stiffness::Suspicion;
pub(crate) use tableau::{DOP853, RODAS5P, TSIT5, Tableau};
