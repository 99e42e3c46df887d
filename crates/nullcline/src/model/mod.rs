//! The model file: TOML to a network or a linear system, with errors that show line, caret and remedy.
//!
//! | step | module | knows |
//! |---|---|---|
//! | keys and their types | `schema` | serde, the JSON schema |
//! | numbers, units, shapes, signs | `build` | the nouns of the network |
//! | data beside the model | `folder`, `matrix_file` | bytes |
//!
//! A model file never executes code, reads the network or the environment, or a file outside its own folder.
//!
//! ```
//! use nullcline::model::{MemoryFolder, Model, Source};
//! let text = "format = 1\n[linear]\nA = [[0, 1], [-1, 0]]\nx0 = [1, 0]\n[run]\nt = [0, 30]\n";
//! let model = Model::parse("circle.toml", text, &MemoryFolder::default()).unwrap();
//! let Source::Linear(linear) = &model.system else { panic!("a linear system") };
//! assert_eq!(linear.system.a[(1, 0)], -1.0);
//! let wrong = text.replace("x0 = [1, 0]", "x0 = [1, 0, 0]");
//! let error = Model::parse("circle.toml", &wrong, &MemoryFolder::default()).unwrap_err();
//! assert_eq!(error.line(), Some(4));
//! assert_eq!(error.message(), "`x0` has 3 entries, and A is 2 x 2");
//! ```

mod at;
mod build;
mod continuation;
mod error;
mod expect;
mod folder;
mod knob;
mod matrix_file;
mod page;
mod read;
mod schema;
mod set;
mod source;
mod sweep;

pub use error::ModelError;
pub use expect::{Expect, Expectation, Tested};
pub use folder::{DiskFolder, Folder, FolderError, MAX_FILE, MemoryFolder};
pub use knob::KnobError;
pub use matrix_file::{MatrixError, matrix_literal, read_matrix, read_matrix_variable};
pub use read::description;
pub use schema::json_schema;
pub use set::apply_set;
pub use source::{
    AnalyzeSpec, EnsembleSpec, Labels, LinearModel, LyapunovSpec, Model, Parameter, PoincareSpec, RunSpec,
    SensitivitySpec, Source, TimeUnit, TrainedModel, TrialsSpec,
};
pub use sweep::{ContinuationSpec, Knob, Sweep, Turn};
