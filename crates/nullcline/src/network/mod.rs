//! A network: populations of units, projections between them, inputs to them. Inert data.
//!
//! Rate units come in two forms, with M the recurrent weights, rows targets and columns sources:
//!
//! | form | equation | the nonlinearity sits |
//! |---|---|---|
//! | rate | tau dv/dt = -v + F(M v + W u + h) | outside the sum |
//! | current | tau dx/dt = -x + M F(x) + W u + h | inside the sum |

mod cable;
mod check;
mod connectivity;
mod dale;
mod description;
mod equations;
mod error;
mod forecast;
mod input;
mod lower;
mod per_unit;
mod population;
mod projection;
mod rate_field;
mod resolve;
mod structure;
mod system;
mod trained;
mod transfer;
pub mod unit;

pub use cable::{Cable, CableError, CableSection, Geometry, Injection, Site, geometry, read_swc};
pub use connectivity::{Connections, Connectivity, connectivity};
pub use dale::{Orientation, mixed_columns, orientation_by_sign};
pub use description::Network;
pub use equations::{
    Amount, Cells, EquationDelayed, EquationField, EquationHybrid, EquationNetwork, EquationStochastic,
    Increment, Initial, Membrane, PoissonDrive, Rule, RuleKind, SpikeConnection, Travel, freed_field,
    lower_equations, lower_with, passages, travel,
};
pub use error::{NetworkError, NetworkErrorKind};
pub use forecast::{bytes_needed, bytes_needed_by_equations};
pub use input::{Input, InputSignal, InputWeights};
pub use lower::{lower, lower_connected, time_constants};
pub use per_unit::PerUnit;
pub use population::{Form, Population, Rate, Sign, Unit};
pub use projection::{Boundary, Projection, Structure, Weight};
pub use rate_field::{Hidden, RateField, Segment};
pub use resolve::Places;
pub use system::{Clocked, Group, System, SystemKind};
pub use trained::{Cell, Layer, Trained, lower_trained};
pub use transfer::Transfer;
