//! The phase plane: a planar vector field, read from its geometry.

mod basin;
mod contour;
mod course;
mod equilibrium;
mod limit_cycle;
mod nullcline;
mod portrait;
mod section;
mod separatrix;
mod streamline;
mod trap;
mod winding;
mod window;

pub use basin::{BasinPart, Basins};
pub use equilibrium::PlaneFixedPoint;
pub use limit_cycle::LimitCycle;
pub use nullcline::{Nullcline, NullclinePiece};
pub use portrait::{PhasePortrait, PlaneOrbit, PortraitError, PortraitSettings, portrait};
pub use separatrix::{Manifold, Separatrix};
pub use trap::Destination;
pub use window::Rectangle;
